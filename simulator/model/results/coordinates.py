"""What the results are labelled by: every dimension with its labels, and ``<dimension>_<word>`` that describes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.case.capacity.procurement import reasons
from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.results_schema import Described, variable

Coordinates = dict[str, Described]


def dimension(name: str, labels: Any, /, **words: Any) -> Coordinates:
    """The labels of a dimension, and what describes them."""
    return {name: variable(name, labels)} | described(name, **words)


def described(name: str, /, **words: Any) -> Coordinates:
    """Columns along a dimension, as ``<name>_<word>``."""
    return {f"{name}_{word}": variable(f"{name}_{word}", values) for word, values in words.items()}


def coordinates(case: Case, ledger: Ledger) -> Coordinates:
    """All coordinates but those of vehicles."""
    accounts = {"entry": ledger.energy_entries, "loss": list(ledger.lost), "cost_component": list(ledger.cost)}
    return _time(case) | things(case) | {
        k: v for name, labels in accounts.items() for k, v in dimension(name, labels).items()
    }  # fmt: skip


def things(case: Case) -> Coordinates:
    """What a case consists of: places, plants, links, money, law."""
    parts = (_places(case), _assets(case), _awards(case), _jobs(case), _units(case), _trade(case), _law(case))
    return {name: column for part in (*parts, _money(case)) for name, column in part.items()}


def _places(case: Case) -> Coordinates:
    countries, zones, reservoirs = case.countries, case.zones, case.water.reservoirs
    return {
        **dimension(
            "country", [c.id for c in countries], name=[c.name for c in countries],
            currency=[c.currency or "" for c in countries],
        ),
        **dimension(
            "zone", [z.id for z in zones], country=[z.country for z in zones], name=[z.name for z in zones],
            latitude=[z.latitude for z in zones], longitude=[z.longitude for z in zones],
        ),
        **dimension(
            "reservoir", [r.id for r in reservoirs], zone=[r.zone for r in reservoirs],
            active_hm3=[r.active_hm3 for r in reservoirs],
        ),
    }  # fmt: skip


def _time(case: Case) -> Coordinates:
    frame, horizon = case.frame, case.horizon
    return {
        **dimension("year", np.array(horizon.years), weight=horizon.weight),
        "interval_years": variable("interval_years", horizon.interval),
        **dimension(
            "slice", frame.label, day=frame.day, month=frame.month[frame.day], hour=frame.hour_start,
            block_hours=frame.block_hours, weight_h=case.hours.max(axis=0),
        ),
        "hours": variable("hours", case.hours),
        **dimension(
            "day", np.arange(len(frame.date_index)), month=frame.month, type=[str(t) for t in frame.day_type],
            weight=frame.weight_days, of_year=frame.date_index,
        ),
    }  # fmt: skip


def _assets(case: Case) -> Coordinates:
    assets = case.assets
    currency = {row.id: row.currency for row in case.system.investors}
    return dimension(
        "asset", [a.id for a in assets], name=[a.name for a in assets], zone=[a.zone for a in assets],
        country=[a.country for a in assets], technology=[a.technology.id for a in assets],
        group=[a.technology.group for a in assets], kind=[a.technology.kind for a in assets],
        investor=[a.investor for a in assets], chinese=[a.chinese for a in assets],
        chinese_money=[a.chinese_money for a in assets],
        chinese_role=[";".join(a.chinese_role) for a in assets], status=[a.status for a in assets],
        currency=[currency.get(a.investor) or "" for a in assets], project=[a.project for a in assets],
        unit=[a.unit for a in assets],
    )  # fmt: skip


def _awards(case: Case) -> Coordinates:
    """The last year in which an auction awarded each asset's technology in its country, and its highest price."""
    last: dict[tuple[str, str], tuple[int, float]] = {}
    for row in case.system.awards:
        award = (int(row.date[:4]), row.highest_usd_per_mwh)
        last[row.country, row.group] = max(award, last.get((row.country, row.group), award))
    found = [last.get((a.country, a.technology.group), (np.nan, np.nan)) for a in case.assets]
    year, price = np.array(found, float).reshape(len(case.assets), 2).T
    return described("asset", award_year=year, award_usd_per_mwh=price)


def _jobs(case: Case) -> Coordinates:
    """When each asset is built, and how many people that and running it takes; NaN where there is no figure."""
    jobs = {row.group: row for row in case.system.job_factors}
    found = [jobs.get(a.technology.group) for a in case.assets]
    columns = {
        "date": [np.nan if a.date is None else a.date for a in case.assets],
        "full_mw": [a.full_mw for a in case.assets],
        "life_years": [a.technology.life_years for a in case.assets],
        "construction_years": [a.technology.construction_years for a in case.assets],
        "construction_jobs_per_mw": [np.nan if row is None else row.construction_jobs_per_mw for row in found],
        "operation_jobs_per_mw": [np.nan if row is None else row.operation_jobs_per_mw for row in found],
    }
    return described("asset", **{word: np.array(values, float) for word, values in columns.items()})


def _units(case: Case) -> Coordinates:
    units = case.units
    return dimension(
        "unit", [u.id for u in units], zone=[u.zone for u in units], country=[u.country for u in units],
        technology=[u.technology.id for u in units], group=[u.technology.group for u in units],
        kind=[u.technology.kind for u in units],
    )  # fmt: skip


def _trade(case: Case) -> Coordinates:
    lines, steps, markets = case.links, case.market_steps, case.markets
    return {
        **dimension("link", [x.row.id for x in lines]),
        **described("link", **{"from": [x.row.from_zone for x in lines], "to": [x.row.to_zone for x in lines]}),
        **dimension("cut_set", [x.row.id for x in case.cut_sets], name=[x.row.name for x in case.cut_sets]),
        **dimension(
            "market_step", [x.row.id for x in steps], market=[x.row.market for x in steps],
            zone=[x.row.zone for x in steps],
            country=[case.system.country_of[x.row.zone] for x in steps], direction=[x.row.direction for x in steps],
        ),
        **dimension(
            "contract", [x.row.id for x in case.contracts], name=[x.row.name for x in case.contracts]
        ),
        **dimension(
            "market", [x.id for x in markets], name=[x.name for x in markets],
            latitude=[x.latitude for x in markets], longitude=[x.longitude for x in markets],
        ),
    }  # fmt: skip


def _law(case: Case) -> Coordinates:
    targets = case.targets
    return {
        **dimension("fuel", [fuel.id for fuel in case.system.fuels]),
        **dimension("definition", case.law.definitions),
        **dimension(
            "target", targets.id, country=targets.country, year=targets.calendar_year, definition=targets.definition,
            basis=targets.basis, percent=targets.percent, mode=targets.mode,
        ),
    }  # fmt: skip


def _money(case: Case) -> Coordinates:
    system = case.system
    envelopes, procurement, investors = system.envelopes, system.procurement, system.investors
    return {
        **dimension("currency", case.exchange.currencies),
        **dimension("envelope", [e.id for e in envelopes], investor=[e.investor for e in envelopes]),
        **dimension(
            "procurement", [p.id for p in procurement], investor=[p.investor for p in procurement],
            kind=[p.kind for p in procurement],
        ),
        **dimension("reason", reasons(system)),
        **dimension(
            "investor", [i.id for i in investors], name=[i.name for i in investors],
            chinese=[i.chinese for i in investors], kind=[i.kind for i in investors],
        ),
    }  # fmt: skip
