"""Procurement: treaties, auctions and framework deals become plants by the investor's own rule, before the plan.

With administered prices of coal and gas the cheapest plan builds little beyond named projects; this money comes anyway.

Symbols
-------
============  =====================  =============  ==================================================================
symbol        name                   unit           meaning
============  =====================  =============  ==================================================================
``V[t]``      mw or musd             MW or MUSD     volume awarded in calendar year t
``ρ``         realisation_percent    1              share of it that is built at all
``m[z,g]``    percent                1              share of a zone and technology in the volume
``l``         lead_years             years          from award to operation, plus the delay of late equipment
``T``         ticket_mw              MW             size of a plant
``w[z,g,t]``                         MW             what waits for a ticket to be full
``C``         ceiling_per_mwh        USD/MWh        at the exchange rate of its own year (``ceiling_per_usd``), lower
                                                    after a depreciation
============  =====================  =============  ==================================================================

Rule, for each part (z, g) and award year t, in the order of the tables
----------------------------------------------------------------------
(1)  wanted = ρ·V[t]·m, divided by the overnight cost with connection where the volume is money
(2)  not awarded if the levelised cost > C: on the investor's terms, at the zone's mean availability, with connection
(3)  offered = T·⌊(w + wanted) / T⌋, the rest waits: w[t+1] = w + wanted − offered     (T = 0: all is offered)
(4)  built = min(offered, what permits leave in year t + l), in whole tickets
     (potential and yearly limit of the zone, limits of ``case/capacity/permits``, for awards from the first model year
     on the first year of the candidate); the rest is refused for good
(5)  nothing is built after its investor has left

Left out: competition between bidders below the ceiling, storage that auctions ask for, volumes carried over from
refused awards. The investor's own envelope is not touched. Hours of a normal year count, not those of the scenario.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import floor, inf

from simulator.case.capacity.permits import PACE, POTENTIAL, TOO_EARLY, Permits, limit_reason
from simulator.case.capacity.pipeline import leaves_after
from simulator.case.finance import lcoe
from simulator.case.money.cost_of_capital import all_rates
from simulator.case.money.costs import CostTable
from simulator.case.money.equipment import delay_years
from simulator.case.money.exchange import Exchange
from simulator.case.money.taxes import all_taxes
from simulator.case.time.horizon import ModelYears
from simulator.inputs.scenario import Scenario
from simulator.interpolation import at_years
from simulator.system import Procurement, ProcurementMix, System, Technology

FullLoadHours = Callable[[str, Technology, int], float]
"""(zone, technology, calendar year) → hours per year at full output."""
NOT_REALISED, TOO_DEAR, LEFT = "not realised", "dearer than the ceiling", "investor has left"


def reasons(system: System) -> tuple[str, ...]:
    """Why volume does not become plants: the rule of the procurement, or the limit that leaves no room."""
    limits = [limit_reason(limit) for limit in system.build_limits]
    return (NOT_REALISED, TOO_DEAR, LEFT, TOO_EARLY, POTENTIAL, PACE, *limits)


@dataclass(frozen=True)
class Batch:
    """Plants of one procurement in a zone, commissioned in one calendar year."""

    procurement: Procurement
    zone: str
    technology: str
    year: int
    mw: float
    overnight_usd_per_kw: float
    """With connection."""
    fixed_om_usd_per_kw_year: float
    ceiling_usd_per_mwh: float | None


@dataclass(frozen=True)
class Procured:
    """What procurement builds, and what it does not, by round, reason and calendar year of operation."""

    batches: tuple[Batch, ...]
    refused_mw: dict[tuple[str, str, int], float]


def place(
    system: System, scenario: Scenario, horizon: ModelYears, permits: Permits, hours: FullLoadHours, exchange: Exchange
) -> Procured:
    """All procurement of a system, in the order of its tables; what it builds is entered into ``permits``."""
    builder = _Builder(system, scenario, horizon, permits, hours, exchange)
    refused: dict[tuple[str, str, int], float] = defaultdict(float)
    batches = []
    for row in system.procurement:
        for part in (part for part in system.procurement_mix if part.procurement == row.id):
            for batch, lost in builder.years(row, part):
                for reason, mw in lost.items():
                    refused[row.id, reason, batch.year] += mw
                if batch.mw > 0:
                    batches.append(batch)
    return Procured(tuple(batches), dict(refused))


class _Builder:
    """Applies the rule, with the lookups it needs."""

    def __init__(
        self, system: System, scenario: Scenario, horizon: ModelYears, permits: Permits, hours: FullLoadHours,
        exchange: Exchange,
    ) -> None:  # fmt: skip
        self.system, self.scenario, self.horizon = system, scenario, horizon
        self.permits, self.hours, self.exchange = permits, hours, exchange
        self.costs, self.rates, self.taxes = CostTable(system, scenario), all_rates(system), all_taxes(system)
        self.investors = {row.id: row for row in system.investors}
        self.technologies = {row.id: row for row in system.technologies}
        self.country_of = system.country_of
        self.connection = {(row.zone, row.technology): row.connection_usd_per_kw for row in system.candidates}

    def years(self, row: Procurement, part: ProcurementMix) -> Iterator[tuple[Batch, dict[str, float]]]:
        """The batch of every award, perhaps of nothing, and what is refused by reason."""
        investor, technology = self.investors[row.investor], self.technologies[part.technology]
        late = int(delay_years(self.scenario, technology.group, investor) + 0.5)
        leaves = leaves_after(self.scenario, row.investor, investor.chinese)
        waiting = 0.0
        for t, volume in self._volumes(row, late):
            year = t + row.lead_years + late
            kw, _, om = self.costs.built(
                technology.id, year, investor, self.connection[part.zone, part.technology]
            )  # fmt: skip
            full = volume * part.percent / 100 / (kw / 1e3 if self._is_money(row) else 1)
            wanted = full * row.realisation_percent / 100  # (1)
            lost = {NOT_REALISED: full - wanted}
            ceiling = self._ceiling(row, t)
            batch = Batch(row, part.zone, part.technology, year, 0.0, kw, om, ceiling)
            if leaves is not None and year > leaves:  # (5)
                lost[LEFT] = wanted
            elif ceiling is not None and self._lcoe(batch, technology) > ceiling:  # (2)
                lost[TOO_DEAR] = wanted
            else:
                offered = _whole(waiting + wanted, row.ticket_mw)  # (3)
                waiting += wanted - offered
                named = row.kind != "auction"
                room, limit = self.permits.left(part.zone, part.technology, year, t, named)
                built = _whole(min(offered, room), row.ticket_mw)  # (4)
                self.permits.take(part.zone, part.technology, year, built, named)
                lost[limit] = offered - built
                batch = Batch(row, part.zone, part.technology, year, built, kw, om, ceiling)
            yield batch, lost

    def _volumes(self, row: Procurement, late: int) -> Iterator[tuple[int, float]]:
        """(award year, volume) of all awards that come to operation within the horizon."""
        path = {
            x.year: (x.musd if x.mw is None else x.mw) or 0.0
            for x in self.system.procurement_years
            if x.procurement == row.id
        }
        lead = row.lead_years + late
        years = range(max(min(path), self.horizon.years[0] - lead), self.horizon.years[-1] - lead + 1)
        yield from zip(years, at_years(path, years).tolist(), strict=True)

    def _is_money(self, row: Procurement) -> bool:
        return any(x.procurement == row.id and x.musd is not None for x in self.system.procurement_years)

    def _ceiling(self, row: Procurement, year: int) -> float | None:
        """USD/MWh at the exchange rate of the award."""
        if row.ceiling_per_mwh is None or row.ceiling_currency is None:
            return None
        currency = next(x for x in self.system.currencies if x.id == row.ceiling_currency)
        fall = self.scenario.depreciations.get(currency.id)
        worth = 1 - fall.percent / 100 if fall is not None and year >= fall.year else 1.0
        return row.ceiling_per_mwh / (row.ceiling_per_usd or currency.per_usd) * worth

    def _lcoe(self, batch: Batch, technology: Technology) -> float:
        country = self.country_of[batch.zone]
        now = max(sum(year <= batch.year for year in self.horizon.years) - 1, 0)
        home = float(self.exchange.of_country[country][now])
        hours = self.hours(batch.zone, technology, batch.year)
        if hours <= 0:
            return inf
        return lcoe(
            batch.overnight_usd_per_kw, self.rates[batch.procurement.investor, country], technology.life_years,
            technology.construction_years, batch.fixed_om_usd_per_kw_year * home,
            hours, technology.variable_om_usd_per_mwh * home, self.taxes.get(country),
        )  # fmt: skip


def _whole(mw: float, ticket: float) -> float:
    """The largest multiple of a ticket within some MW; all of it without a ticket.

    >>> _whole(130.0, 50.0), _whole(130.0, 0.0), _whole(3 * 0.1, 0.1)
    (100.0, 130.0, 0.30000000000000004)
    """
    return mw if ticket == 0 else ticket * floor(mw / ticket + 1e-9)


def by_interval(
    procured: Procured, rows: Sequence[Procurement], horizon: ModelYears, reasons: Sequence[str]
) -> Iterator[tuple[int, int, int | None, float]]:
    """(procurement, model year, reason or none for what is built, MW), positions, of all that the horizon has."""
    position = {row.id: i for i, row in enumerate(rows)}
    interval = {year: y for y in range(len(horizon.years)) for year in horizon.calendar_years(y)}
    for batch in procured.batches:
        if batch.year in interval:
            yield position[batch.procurement.id], interval[batch.year], None, batch.mw
    for (name, reason, year), mw in procured.refused_mw.items():
        if year in interval:
            yield position[name], interval[year], reasons.index(reason), mw
