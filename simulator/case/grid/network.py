"""Lines between zones, cut-sets, steps of border markets, and distribution networks, by model year and slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over, position
from simulator.case.capacity.assets import in_service
from simulator.case.finance import annuity
from simulator.case.money.cost_of_capital import all_rates
from simulator.case.money.taxes import all_taxes
from simulator.case.time.frame import Frame
from simulator.case.time.horizon import ModelYears, line_opens
from simulator.case.time.stretches import Stretches
from simulator.errors import InputError, Problem
from simulator.grouping import paths
from simulator.inputs.scenario import Scenario
from simulator.interpolation import at_years
from simulator.system import CutSet, DistributionNetwork, Link, MarketStep, System, year_fraction


@dataclass(frozen=True)
class LineVintage:
    """Capacity that may be added to a link in the interval of a model year."""

    year: int = field(metadata=position("year"))
    """Position of the model year in whose interval it comes."""
    operating: np.ndarray = field(metadata=over("year", least=0, most=1))
    """Share of it that is in service in each model year (Y): it comes evenly over its interval, as plants do. It is
    renewed at the end of its life, so its annuity goes on as long as it serves."""


@dataclass(frozen=True)
class LinkByYear:
    """A link with its capacity by model year (MW) and the yearly cost of its expansion."""

    row: Link
    forward_mw: np.ndarray = field(metadata=over("year", least=0))
    backward_mw: np.ndarray = field(metadata=over("year", least=0))
    expansions: tuple[LineVintage, ...]
    """When capacity can be added."""
    annual_usd_per_kw: float
    """Annuity and operation of a kW of line per year."""
    existing_musd: np.ndarray = field(metadata=over("year", least=0))
    """Yearly cost of existing capacity that is not paid off (Y)."""
    opens: float | None
    """Decimal year of service, delayed as the scenario says; none: since ever."""

    def added_mw(self, build_mw: np.ndarray) -> np.ndarray:
        """(Y) what additions (Y, by the model year in whose interval they come) give in each model year."""
        nothing = np.zeros(len(self.forward_mw))
        return np.asarray(sum((v.operating * build_mw[v.year] for v in self.expansions), start=nothing))


def make_links(system: System, scenario: Scenario, horizon: ModelYears) -> list[LinkByYear]:
    """Links with the capacity that is in service, and what their expansion costs."""
    rates, taxes = all_rates(system), all_taxes(system)
    zones = {row.id: row for row in system.zones}
    social = scenario.finance.discount_rate_percent / 100
    lines = []
    for row in system.links:
        share = line_shares(row, scenario, horizon.years)
        may = scenario.optimiser.expand_grid
        expansions = _expansions(row.expandable_from, horizon) if may and row.expandable_from is not None else ()
        rate = rates[row.investor, zones[row.from_zone].country] if row.investor else social
        tax = taxes.get(zones[row.from_zone].country) if row.investor else None
        overnight = row.overnight_usd_per_kw or 0.0  # whoever pays for it has one (case/changes/consistency.py)
        yearly = annuity(overnight, rate, row.life_years, tax=tax) + overnight * row.fixed_om_percent / 100
        existing = np.zeros(len(horizon.years))
        if not row.existing_is_paid:
            existing = yearly * max(row.forward_mw, row.backward_mw) * share / 1e3
        start = line_opens(row, scenario, horizon.years[0])
        forward, backward = row.forward_mw * share, row.backward_mw * share
        lines.append(LinkByYear(row, forward, backward, expansions, yearly, existing, start))
    return lines


def _expansions(first: int, horizon: ModelYears) -> tuple[LineVintage, ...]:
    """Additions in each interval that has calendar years from ``first`` on; in those years they come."""
    shares = [
        np.array([horizon.operating_share(v, y, np.inf, first, horizon.years[v]) for y in range(len(horizon.years))])
        for v in range(len(horizon.years))
    ]
    return tuple(LineVintage(v, operating) for v, operating in enumerate(shares) if operating.any())


def line_shares(row: Link, scenario: Scenario, years: Sequence[int]) -> np.ndarray:
    """(Y) share of each model year in which a link is in service; only those not yet in service are delayed."""
    end = year_fraction(row.out_of_service) if row.out_of_service else None
    return in_service(years, line_opens(row, scenario, years[0]), end)


@dataclass(frozen=True)
class CutSetByYear:
    """A cut-set: the sign with which each link counts (K), and its limits by model year (MW; infinite: none)."""

    row: CutSet
    sign: np.ndarray = field(metadata=over("link"))
    forward_mw: np.ndarray = field(metadata=over("year", least=0, unlimited=True))
    backward_mw: np.ndarray = field(metadata=over("year", least=0, unlimited=True))

    def gained_mw(self, added_mw: np.ndarray) -> np.ndarray:
        """(…) what capacity added to links (K, …) adds to the limits."""
        return np.asarray(self.row.expansion_percent / 100 * np.tensordot(np.abs(self.sign), added_mw, axes=1))


def make_cut_sets(system: System, horizon: ModelYears) -> list[CutSetByYear]:
    """Cut-sets with limits in the model years whose middle lies within their dates."""
    middle = np.array(horizon.years) + 0.5
    cuts = []
    for row in system.cut_sets:
        sign = np.array([float(x.id in row.forward_links) - (x.id in row.backward_links) for x in system.links])
        begins = -np.inf if row.in_service is None else year_fraction(row.in_service)
        ends = np.inf if row.out_of_service is None else year_fraction(row.out_of_service)
        holds = (middle >= begins) & (middle < ends)
        forward, backward = (
            np.where(holds, np.inf if limit is None else limit, np.inf) for limit in (row.forward_mw, row.backward_mw)
        )
        cuts.append(CutSetByYear(row, sign, forward, backward))
    return cuts


@dataclass(frozen=True)
class MarketStepByYear:
    """A step of a border market, by model year and slice."""

    row: MarketStep
    open: np.ndarray = field(metadata=over("year", "slice", least=0, most=1))
    """Share of the hours of a slice in which it is open: its years and months."""
    active: np.ndarray = field(metadata=over("year"))
    """Model years (bool) in which it is open."""

    @property
    def limit_mw(self) -> np.ndarray:
        """(Y, S) most that is traded on average over a slice."""
        return np.asarray(self.row.limit_mw * self.open)


def make_market_steps(
    system: System, horizon: ModelYears, frame: Frame, stretches: Stretches
) -> list[MarketStepByYear]:
    """Market steps limited to their years and months.

    Raises ``InputError`` where named slices lie in months in which a market sells and others in which it buys for more:
    within a slice power of one month would serve another.
    """
    years = np.array(horizon.years)
    steps = []
    for row in system.market_steps:
        active = (years >= row.first_year) & (years <= row.last_year)
        steps.append(MarketStepByYear(row, active[:, None] * stretches.open_in(row.months)[:, frame.day], active))
    open_in = {step.row.id: step.open > 0 for step in steps}
    problems = []
    for sale, purchase in _resold(system.market_steps):
        both = (open_in[sale.id] & open_in[purchase.id]).any(axis=0)
        if both.any():
            problems.append(_pays_for_itself(sale, purchase, f"slice {frame.label[both.argmax()]!r}"))
    if problems:
        raise InputError(problems)
    return steps


def round_trips(system: System, years: Sequence[int]) -> list[Problem]:
    """Steps at which a market buys in a zone for more than it sells there in the same months of a model year."""
    return [
        _pays_for_itself(sale, purchase, "the same months")
        for sale, purchase in _resold(system.market_steps)
        if set(sale.months) & set(purchase.months)
        and any(all(row.first_year <= y <= row.last_year for row in (sale, purchase)) for y in years)
    ]  # fmt: skip


def _resold(steps: Sequence[MarketStep]) -> list[tuple[MarketStep, MarketStep]]:
    """Exports and imports of one market and zone, where the export earns more than the import costs."""
    return [
        (sale, purchase)
        for sale in steps if sale.direction == "export" and sale.limit_mw > 0
        for purchase in steps if purchase.direction == "import" and purchase.limit_mw > 0
        if (sale.market, sale.zone) == (purchase.market, purchase.zone) and sale.usd_per_mwh > purchase.usd_per_mwh
    ]  # fmt: skip


def _pays_for_itself(sale: MarketStep, purchase: MarketStep, when: str) -> Problem:
    return Problem(
        f"market {sale.market!r} sells in {sale.zone} for {purchase.usd_per_mwh:g} ({purchase.id}) and buys for "
        f"{sale.usd_per_mwh:g} ({sale.id}) in {when}: buying to sell back would pay", path=f"market_steps.{sale.id}",
        help="set the price of the export at or below that of the import, or their months and years apart "
        "(in slices of their own)",
    )  # fmt: skip


@dataclass(frozen=True)
class DistributionNetworkByYear:
    """A distribution network and the peak it must carry by model year (MW)."""

    row: DistributionNetwork
    peak_mw: np.ndarray = field(metadata=over("year", least=0))


def make_distribution_networks(system: System, horizon: ModelYears) -> list[DistributionNetworkByYear]:
    """Distribution networks with the coincident peaks stated for them; linear between years and constant outside."""
    stated = paths((row.zone, row.year, row.peak_mw) for row in system.peak_demand)
    nothing = np.zeros(len(horizon.years))
    return [
        DistributionNetworkByYear(row, at_years(stated[row.zone], horizon.years) if row.zone in stated else nothing)
        for row in system.distribution_networks
    ]
