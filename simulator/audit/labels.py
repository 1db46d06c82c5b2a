"""What results are labelled by: names, places, owners, hours and weights, as the tables have them.

Whoever reads a share or a bill trusts these as much as the numbers. Plants and projects are looked up in their tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from simulator.audit.measure import differs
from simulator.audit.vehicles import counts
from simulator.case.capacity.assets import Asset
from simulator.case.case import Case
from simulator.results_schema import declared
from simulator.system import ChinesePart

BY_NAME = ("entry", "loss", "cost_component", "reason")
"""Labels by which other checks find what they compare."""

Columns = dict[str, Iterable[Any]]


def labels(case: Case, results: xr.Dataset) -> float:
    """Every coordinate is as expected; one that is not known here is refused."""
    return max(_violations(case, results).values(), default=0.0)


def wrong(case: Case, results: xr.Dataset) -> str:
    """The names of those that are not."""
    return ", ".join(name for name, off in _violations(case, results).items() if not off <= 1e-9)


def _violations(case: Case, results: xr.Dataset) -> dict[str, float]:
    known, names = expected(case), [str(name) for name in results.coords if name not in BY_NAME]
    return {name: _off(results.variables[name].values, known[name]) if name in known else np.inf for name in names}


def numbers(case: Case, results: xr.Dataset) -> float:
    """Every value is a number, but for those whose declaration says what a missing one means; in every slice that is a
    part of its year all are."""
    known, part = declared(), case.hours > 0
    for name, variable in results.data_vars.items():
        values = variable.values
        if variable.dims[-2:] == ("year", "slice"):
            values = values[..., part]
        elif name in known and known[str(name)].missing:
            continue
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            return np.inf
    return 0.0


def attributes(case: Case, results: xr.Dataset) -> float:
    """What a run says of itself, and what all its money depends on."""
    attrs: Mapping[str, Any] = results.attrs
    same = attrs["headline_target"] == case.headline and attrs["money_year"] == case.system.money_year
    rate = attrs.get("discount_rate_percent", 100 * case.discount_rate)
    return differs(np.array(rate), np.array(100 * case.discount_rate)) if same else np.inf


def _off(values: np.ndarray, given: Iterable[Any]) -> float:
    column = np.array(list(given) if not isinstance(given, np.ndarray) else given)
    if values.dtype.kind in "OUS" or column.dtype.kind in "OUS":
        return 0.0 if list(map(str, values)) == list(map(str, column)) else np.inf
    return differs(values.astype(float), column.astype(float))


def expected(case: Case) -> Columns:
    """Coordinate → its values."""
    parts = (_places(case), _time(case), _assets(case), _units(case), _grid(case), _law(case), _money(case),
             _vehicles(case))  # fmt: skip
    return {name: values for part in parts for name, values in part.items()}


def _rows(dimension: str, rows: Iterable[Any], *words: str, key: str = "id") -> Columns:
    """The labels of a dimension that is a table, and columns of the table that describe it."""
    found: Columns = {dimension: [getattr(row, key) for row in rows]}
    return found | {f"{dimension}_{word}": ["" if (x := getattr(row, word)) is None else x for row in rows]
                    for word in words}  # fmt: skip


def _places(case: Case) -> Columns:
    system = case.system
    return {
        **_rows("country", system.countries, "name", "currency"),
        **_rows("zone", system.zones, "country", "name", "latitude", "longitude"),
        **_rows("reservoir", system.reservoirs, "zone", "active_hm3"),
    }


def _time(case: Case) -> Columns:
    frame, horizon = case.frame, case.horizon
    return {
        "year": horizon.years, "year_weight": _year_weight(case), "hours": case.hours,
        "interval_years": [len(horizon.calendar_years(y)) for y in range(len(horizon.years))],
        "slice": frame.label, "slice_day": frame.day, "slice_month": frame.month[frame.day],
        "slice_hour": frame.hour_start, "slice_block_hours": frame.block_hours,
        "slice_weight_h": case.hours.max(axis=0),
        "day": np.arange(len(frame.date_index)), "day_month": frame.month, "day_type": frame.day_type,
        "day_weight": frame.weight_days, "day_of_year": frame.date_index,
    }  # fmt: skip


def _year_weight(case: Case) -> np.ndarray:
    """(Y) each calendar year, paid at its end, goes to the model years before and after it, most to the nearer one;
    with steps all of it to the one before."""
    years, weight = case.horizon.years, dict.fromkeys(case.horizon.years, 0.0)
    for t in range(years[0], years[-1] + case.horizon.stands_for):
        worth = (1 + case.discount_rate) ** (case.horizon.base_year - t - 1)
        before = max(y for y in years if y <= t)
        after = min((y for y in years if y > t), default=before)
        part = (t - before) / (after - before) if after > before and case.horizon.between == "line" else 0.0
        weight[before] += (1 - part) * worth
        weight[after] += part * worth
    return np.array(list(weight.values()))


def _assets(case: Case) -> Columns:
    assets, system = case.assets, case.system
    country = {zone.id: zone.country for zone in system.zones}
    currency = {row.id: row.currency or "" for row in system.investors}
    jobs = {row.group: row for row in system.job_factors}
    unit_of = {a: unit.id for unit in case.units for a in unit.assets}
    groups = {row.id: (row.group, row.kind) for row in system.technologies}
    awards = [_award(case, country[a.zone], groups[a.technology.id][0]) for a in assets]
    heads = [jobs.get(a.technology.group) for a in assets]
    return {
        **_rows("asset", assets, "name", "zone", "investor", "status", "project", "chinese"),
        "asset_country": [country[a.zone] for a in assets],
        "asset_technology": [a.technology.id for a in assets],
        "asset_group": [groups[a.technology.id][0] for a in assets],
        "asset_kind": [groups[a.technology.id][1] for a in assets],
        "asset_chinese_money": [_chinese_money(case, a) for a in assets],
        "asset_chinese_role": [";".join(a.chinese_role) for a in assets],
        "asset_currency": [currency.get(a.investor, "") for a in assets],
        "asset_unit": [unit_of[i] for i in range(len(assets))],
        "asset_date": [np.nan if a.date is None else a.date for a in assets],
        "asset_full_mw": [a.full_mw for a in assets],
        "asset_construction_years": [a.technology.construction_years for a in assets],
        "asset_life_years": [a.technology.life_years for a in assets],
        "asset_construction_jobs_per_mw": [np.nan if h is None else h.construction_jobs_per_mw for h in heads],
        "asset_operation_jobs_per_mw": [np.nan if h is None else h.operation_jobs_per_mw for h in heads],
        "asset_award_year": [year for year, _ in awards],
        "asset_award_usd_per_mwh": [price for _, price in awards],
    }


def _award(case: Case, country: str, group: str) -> tuple[float, float]:
    """Year and highest price of the last year with awards of a technology in a country."""
    found = [
        (int(row.date[:4]), row.highest_usd_per_mwh) for row in case.system.awards
        if (row.country, row.group) == (country, group)
    ]  # fmt: skip
    return max(found, default=(np.nan, np.nan))


def _chinese_money(case: Case, asset: Asset) -> float:
    """Chinese share of an asset's capital, 0 to 1: equity and debt by the debt share of its investor."""
    owners = {row.id: row for row in case.system.investors}
    if asset.investor not in owners:
        return 0.0
    owner = owners[asset.investor]
    debt, whole = owner.debt_share_percent / 100, float(owner.chinese)
    rows = [*(p for p in case.system.plants if asset.status == "existing" and p.id == asset.id),
            *(p for p in case.system.projects if p.id == asset.project)]  # fmt: skip
    if rows:
        return (1 - debt) * _part(rows[0], "equity", whole) + debt * _part(rows[0], "debt", whole)
    if asset.status == "procured":
        place = [a.id for a in case.assets if a.status == "procured"].index(asset.id)
        local = case.procured.batches[place].procurement.local_equity_percent
        return whole * (1 - (1 - debt) * local / 100)
    return whole * (1 - _domestic(case, asset, debt))


def _part(row: ChinesePart, of: str, whole: float) -> float:
    given = row.chinese_equity_percent if of == "equity" else row.chinese_debt_percent
    return whole * row.chinese_funded if given is None else given / 100


def _domestic(case: Case, asset: Asset, debt: float) -> float:
    """Share of a chosen plant that partners of its envelope pay."""
    for row in case.system.envelopes:
        here = asset.country in (row.countries or (asset.country,))
        if (
            row.investor == asset.investor
            and here
            and asset.technology.id in (row.technologies or (asset.technology.id,))
        ):
            beside = row.cofinance_usd_per_usd
            return max((1 - debt) * row.local_equity_percent / 100, beside / (1 + beside))
    return 0.0


def _units(case: Case) -> Columns:
    units, first = case.units, [case.assets[unit.assets[0]] for unit in case.units]
    country = {zone.id: zone.country for zone in case.system.zones}
    return {
        "unit": [unit.id for unit in units],
        "unit_zone": [a.zone for a in first],
        "unit_country": [country[a.zone] for a in first],
        "unit_technology": [a.technology.id for a in first],
        "unit_group": [a.technology.group for a in first],
        "unit_kind": [a.technology.kind for a in first],
    }


def _grid(case: Case) -> Columns:
    system = case.system
    country = {zone.id: zone.country for zone in system.zones}
    return {
        "link": [row.id for row in system.links],
        "link_from": [row.from_zone for row in system.links],
        "link_to": [row.to_zone for row in system.links],
        **_rows("cut_set", system.cut_sets, "name"),
        **_rows("market_step", system.market_steps, "market", "zone", "direction"),
        "market_step_country": [country[row.zone] for row in system.market_steps],
        **_rows("contract", system.trade_contracts, "name"),
        **_rows("market", system.markets, "name", "latitude", "longitude"),
    }


def _law(case: Case) -> Columns:
    system = case.system
    return {
        "fuel": [row.id for row in system.fuels],
        "definition": dict.fromkeys(row.definition for row in system.definitions),
        **_rows("target", system.targets, "country", "year", "definition", "basis", "percent"),
        "target_mode": case.targets.mode,
    }


def _money(case: Case) -> Columns:
    system = case.system
    return {
        "currency": [row.id for row in system.currencies],
        **_rows("envelope", system.envelopes, "investor"),
        **_rows("procurement", system.procurement, "investor", "kind"),
        **_rows("investor", system.investors, "name", "chinese", "kind"),
    }


def _vehicles(case: Case) -> Columns:
    system, counted = case.system, counts(case)
    return {
        "vehicle": [row.id for row in system.vehicles],
        "vehicle_registered_as": [row.registered_as for row in system.vehicles],
        "powertrain": dict.fromkeys(row.powertrain for row in system.vehicle_types),
        "place": dict.fromkeys(row.place for row in system.charging_places),
        "calendar_year": case.vehicles.fleet.calendar,
        **_rows("supplier", system.vehicle_supply, "name", "brand", "country", "kind", "vehicle", "powertrain",
                "chinese"),
        "count_country": [row.country for row in counted],
        "count_of": [row.item.removeprefix("ev_stock_") for row in counted],
        "count_date": [row.counted_at for row in counted],
        "count_chosen": [row.chosen for row in counted],
    }  # fmt: skip
