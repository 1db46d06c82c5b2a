"""What new capacity costs, when it may come, and what limits it: the economics of candidates and the paid capital of
projects and plants.

Symbols
-------
========  ==============  ========================================================================================
symbol    unit            meaning
========  ==============  ========================================================================================
``w``     calendar years  in which vintage v (asset a, model year y) can come: those of y's interval that are not before
                          the candidate's first year, late equipment included, nor after its investor leaves
``φ``     –               share of a vintage that operates in a model year: it comes evenly over w, and closes after T
``T``     years           life of the technology
``c``     USD/kW          overnight cost in y, with connection
``i``     1/year          investor's real cost of capital in the country; country risk is in it
``A``     USD/(kW·year)   yearly payment (``case/finance.annuity``), tax on profits inside (``case/money/taxes``)
``P``     MUSD/year       capital of projects and plants that is still paid
``L``     MW              limit of the vintages l of a candidate
``U``     MW              procured at the candidate's place
``R``     MW              what others leave of a span of calendar years (``case/capacity/permits``)
========  ==============  ========================================================================================

Equations
---------
(1)  A = annuity(c, i, T, construction years, tax), due from commissioning to the end of T, as far as it operates
(2)  P[y] = Σ over plants, projects and procured ones of annuity(capital to be paid) · share of y in which it is due
(3)  L = potential − U that still runs, for all vintages that run together in a model year
(4)  L = Σ_t max(yearly limit − U[t], 0) over calendar years in a row, for the vintages that can come in no others
(5)  rows of ``build_limits``: calendar years t, the spans with their R, and for years in a row within a model year's
     the vintages that can come in no others; the plan shares the room (``model/features/invest``, 11 and 12)
(6)  money of an envelope in the interval of y: Σ of its path over the calendar years, none before its first year
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from simulator.case.axes import over, position
from simulator.case.capacity.assets import Asset
from simulator.case.capacity.permits import Permits, Span
from simulator.case.capacity.pipeline import leaves_after
from simulator.case.finance import Tax, annuity
from simulator.case.money.cost_of_capital import Rates, all_rates
from simulator.case.money.costs import CostTable
from simulator.case.money.envelopes import Envelopes
from simulator.case.money.equipment import delay_years, first_year
from simulator.case.money.taxes import all_taxes
from simulator.case.time.horizon import ModelYears
from simulator.inputs.scenario import Scenario
from simulator.interpolation import at_years
from simulator.system import BuildLimit, Candidate, Investor, System


@dataclass(frozen=True)
class Vintage:
    """New capacity of a candidate in a model year (both as positions); costs in USD per kW or per kWh."""

    asset: int
    year: int = field(metadata=position("year"))
    operating: np.ndarray = field(metadata=over("year", least=0, most=1))
    """Share that runs in each model year (Y)."""
    window: tuple[int, ...]
    """Calendar years of the interval in which it can be commissioned."""
    overnight_usd_per_kw: float
    overnight_usd_per_kwh: float
    annuity_usd_per_kw: float
    annuity_usd_per_kwh: float
    fixed_om_usd_per_kw_year: np.ndarray = field(metadata=over("year"))
    """By model year."""


@dataclass(frozen=True)
class Cap:
    """Limit in MW on vintages: their sum must not exceed it."""

    name: str
    limit_mw: float
    vintages: tuple[int, ...]


@dataclass(frozen=True)
class Growth:
    """What a row of ``build_limits`` leaves for the plan's choice, by calendar years."""

    limit: BuildLimit
    years: tuple[int, ...]
    """Calendar years in which chosen plants can come."""
    spans: tuple[Span, ...]
    """With what others leave of them."""
    groups: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """Calendar years in a row within a model year's, and the vintages that can come in no others."""

    def most_mw(self, window: Sequence[int]) -> float:
        """Most that can come in some calendar years; infinite where they have no limit."""
        each = sum(min((s.mw for s in self.spans if t in s), default=inf) for t in window)
        whole = min((s.mw for s in self.spans if all(t in s for t in window)), default=inf)
        return min(each, whole)


@dataclass(frozen=True)
class Budget:
    """Money of an envelope (a position) for the interval of a model year, or (no year) for the whole horizon."""

    envelope: int
    year: int | None = field(metadata=position("year"))
    limit_musd: float
    ticket_musd: float
    """Nothing is spent or at least this; 0: any sum."""
    shares: dict[int, float]
    """Vintage → share of its overnight cost that this envelope pays."""


@dataclass(frozen=True)
class Investment:
    """All that the investment decisions need."""

    vintages: tuple[Vintage, ...]
    caps: tuple[Cap, ...]
    growth: tuple[Growth, ...]
    budgets: tuple[Budget, ...]
    paid_capital_musd: np.ndarray = field(metadata=over("asset", "year"))
    """Yearly annuities of projects and of plants that are not yet paid off."""
    spent_musd: np.ndarray = field(metadata=over("asset", "year"))
    """Overnight spending of projects commissioned in the interval of each model year."""
    fixed_om_musd: np.ndarray = field(metadata=over("asset", "year"))
    """Fixed cost of existing plants and projects as long as they are kept."""
    wacc: Rates
    """(investor, country) → real rate, for the record."""


def make_investment(
    system: System, scenario: Scenario, horizon: ModelYears, assets: Sequence[Asset], permits: Permits
) -> Investment:
    """Vintages of all candidates with their costs and the limits that ``permits`` leave, and the capital committed."""
    investors = {row.id: row for row in system.investors}
    rates, taxes = all_rates(system), all_taxes(system)
    social = scenario.finance.discount_rate_percent / 100
    costs = CostTable(system, scenario)
    envelopes = Envelopes(system)
    vintages = [
        vintage
        for position, asset in enumerate(assets)
        if asset.candidate is not None and envelopes.open_to(asset.investor, asset.country, asset.technology.id)
        for vintage in _vintages(position, asset, asset.candidate, investors[asset.investor], rates, taxes, costs,
                                 horizon, scenario)
    ]  # fmt: skip
    paid, spent = _committed(assets, rates, taxes, social, horizon)
    fixed = np.array([asset.fixed_om * asset.mw / 1e3 for asset in assets]).reshape(len(assets), len(horizon.years))
    return Investment(
        tuple(vintages),
        tuple(_caps(assets, vintages, horizon, permits)),
        tuple(_growth(system, assets, vintages, horizon, permits)),
        tuple(_budgets(system, envelopes, assets, vintages, horizon)),
        paid, spent, fixed, rates,
    )  # fmt: skip


def _vintages(
    position: int, asset: Asset, row: Candidate, investor: Investor, rates: Rates,
    taxes: Mapping[str, Tax], costs: CostTable, horizon: ModelYears, scenario: Scenario,
) -> list[Vintage]:  # fmt: skip
    last = leaves_after(scenario, asset.investor, asset.chinese)
    technology = asset.technology
    earliest = first_year(row.earliest, horizon.years[0], delay_years(scenario, technology.group, investor))
    rate, tax = rates[asset.investor, asset.country], taxes.get(asset.country)
    found = []
    for v, year in enumerate(horizon.years):
        window = [t for t in horizon.calendar_years(v) if t >= earliest and (last is None or t <= last)]
        if not window:
            continue
        kw, kwh, om = costs.built(technology.id, year, investor, row.connection_usd_per_kw)
        operating = np.array([
            horizon.operating_share(v, y, technology.life_years, window[0], window[-1])
            for y in range(len(horizon.years))
        ])  # fmt: skip
        found.append(Vintage(
            position, v, operating, tuple(window), kw, kwh,
            annuity(kw, rate, technology.life_years, technology.construction_years, tax),
            annuity(kwh, rate, technology.life_years, technology.construction_years, tax), om * asset.om_factor,
        ))  # fmt: skip
    return found


def _caps(assets: Sequence[Asset], vintages: Sequence[Vintage], horizon: ModelYears, permits: Permits) -> list[Cap]:
    """Potential and yearly limits of candidates."""
    caps = []
    for row in {asset.candidate.key: asset.candidate for asset in assets if asset.candidate}.values():
        mine = [i for i, v in enumerate(vintages) if assets[v.asset].candidate is row]
        if row.limit_mw is not None:
            caps += _potential(row, mine, vintages, horizon, permits)
        if row.limit_mw_per_year is not None:
            caps += _yearly(row, mine, vintages, horizon, permits)
    return caps


def _potential(
    row: Candidate, mine: list[int], vintages: Sequence[Vintage], horizon: ModelYears, permits: Permits
) -> list[Cap]:  # fmt: skip
    """What runs together, in each model year that brings more of it or leaves less room than the years before."""
    caps: list[Cap] = []
    for y, year in enumerate(horizon.years):
        alive = tuple(i for i in mine if vintages[i].year <= y and vintages[i].operating[y] > 0)
        left, newest = permits.total_left(row, year), any(vintages[i].year == y for i in alive)
        if alive and (newest or left < caps[-1].limit_mw):
            caps.append(Cap(f"potential {row.key} {year}", left, alive))
    return caps


def _yearly(
    rule: Candidate, mine: list[int], vintages: Sequence[Vintage], horizon: ModelYears, permits: Permits
) -> list[Cap]:  # fmt: skip
    """Limits of each model year: what is left of the rule in the years in which vintages must come."""
    return [
        Cap(f"yearly {rule.key} {horizon.years[y]}", permits.yearly_left(rule, years), inside)
        for y in range(len(horizon.years)) for years, inside in _bound_to(mine, vintages, y)
    ]  # fmt: skip


def _growth(
    system: System, assets: Sequence[Asset], vintages: Sequence[Vintage], horizon: ModelYears, permits: Permits
) -> Iterator[Growth]:
    """Limits over several technologies that the plan's choice shares."""
    for limit in system.build_limits:
        mine = [
            i for i, v in enumerate(vintages)
            if limit.holds(assets[v.asset].zone, assets[v.asset].country, assets[v.asset].technology.id)
        ]  # fmt: skip
        groups = [part for y in range(len(horizon.years)) for part in _bound_to(mine, vintages, y)]
        years = tuple(sorted({t for part, _ in groups for t in part}))
        spans = tuple(span for span in permits.spans_left(limit) if any(t in span for t in years))
        if spans:
            yield Growth(limit, years, spans, tuple(groups))


def _bound_to(
    mine: Sequence[int], vintages: Sequence[Vintage], year: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:  # fmt: skip
    """Calendar years in a row and the vintages of a model year that can come in no others.

    When vintages find room in every such group of years, all of them find room together (Hall's condition for windows
    of years in a row).
    """
    now = [i for i in mine if vintages[i].year == year]
    first, last = ({vintages[i].window[end] for i in now} for end in (0, -1))
    groups = {
        tuple(i for i in now if start <= vintages[i].window[0] and vintages[i].window[-1] <= end): None
        for start in sorted(first) for end in sorted(last)
    }  # fmt: skip
    for inside in filter(None, groups):
        yield tuple(sorted({t for i in inside for t in vintages[i].window})), inside


def _budgets(
    system: System, envelopes: Envelopes, assets: Sequence[Asset], vintages: Sequence[Vintage], horizon: ModelYears
) -> list[Budget]:
    """Yearly money of every envelope that somebody draws on, then its limit over the horizon."""
    parts = [
        envelopes.parts(asset.investor, asset.country, asset.technology.id)
        for asset in (assets[v.asset] for v in vintages)
    ]
    budgets = []
    for e, row in enumerate(system.envelopes):
        shares = {i: part[row.id] for i, part in enumerate(parts) if part.get(row.id, 0) > 0}
        for y in range(len(horizon.years)):
            now = {i: share for i, share in shares.items() if vintages[i].year == y}
            if now:
                money = _money(envelopes.path[row.id], horizon.calendar_years(y))
                budgets.append(Budget(e, y, money, row.ticket_musd, now))
        if shares and row.cumulative_musd is not None:
            budgets.append(Budget(e, None, row.cumulative_musd, 0.0, shares))
    return budgets


def _money(path: Mapping[int, float], years: Iterable[int]) -> float:
    """MUSD of some calendar years; before the first anchor year there is none."""
    return float(at_years(path, [year for year in years if year >= min(path)]).sum())


def _committed(
    assets: Sequence[Asset], rates: Rates, taxes: Mapping[str, Tax], social: float,
    horizon: ModelYears,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Annuities and spending of capital that the scenario commits, (assets, Y) each, in MUSD."""
    paid = np.zeros((len(assets), len(horizon.years)))
    spent = np.zeros_like(paid)
    for a, asset in enumerate(assets):
        capital = (asset.overnight_usd_per_kw * asset.full_mw + asset.overnight_usd_per_kwh * asset.full_mwh) / 1e3
        if capital == 0 or asset.status == "candidate":
            continue
        rate = rates.get((asset.investor, asset.country), social)
        technology = asset.technology
        tax = taxes.get(asset.country) if (asset.investor, asset.country) in rates else None
        yearly = annuity(capital, rate, technology.life_years, technology.construction_years, tax)
        paid[a] = yearly * asset.paying
        if asset.status in ("project", "procured") and asset.date is not None:
            for y in range(len(horizon.years)):
                if int(asset.date) in horizon.calendar_years(y):
                    spent[a, y] = capital
    return paid, spent
