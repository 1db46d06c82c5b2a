"""Existing plants, projects and candidates become assets; assets that run alike share a dispatch unit.

An *asset* is capacity with one owner and one story: a plant, a project (or the storage that comes with it), what an
investor's rule places in a year, or a candidate (technology in a zone, open to one investor). A *unit* is what the
dispatch sees: all assets of a zone with the same technology, the same reservoir and the same standing before the law.
Plants with figures of their own run in units of their own (``cohorts``), so all assets of a unit run alike, and its
generation is attributed to them in proportion to their capacity.

Names do not meet: a plant or project has its own id, the part of a project that limits delay by n years is
``project/late/n``, storage that comes with it ``project/storage`` (or ``project/late/n/storage``), a candidate
``zone/technology/investor``, what is procured ``procurement/zone/technology/year``. No id has a ``/``, nor the ``|``
and ``=`` of units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Literal

import numpy as np

from simulator.case.axes import over
from simulator.case.capacity.cohorts import exact, variant
from simulator.case.capacity.pipeline import Outcome
from simulator.case.capacity.procurement import Batch
from simulator.case.law import Law
from simulator.case.money.costs import CostTable
from simulator.case.money.envelopes import Envelopes
from simulator.case.money.exchange import Exchange
from simulator.case.time.horizon import ModelYears
from simulator.inputs.scenario import Scenario
from simulator.system import Candidate, ChinesePart, Plant, Project, System, Technology, year_fraction
from simulator.system.names import composed

Status = Literal["existing", "project", "procured", "candidate"]


@dataclass(frozen=True)
class Asset:
    """One row of capacity; ``mw`` and ``mwh`` are what operates on average in each model year (candidates: 0)."""

    id: str
    name: str
    zone: str
    country: str
    technology: Technology
    """With the figures of its own, where it has some."""
    investor: str
    status: Status
    """``procured``: built by an investor's own rule; ``candidate``: by the plan's choice."""
    mw: np.ndarray = field(metadata=over("year", least=0))
    mwh: np.ndarray = field(metadata=over("year", least=0))
    paying: np.ndarray = field(metadata=over("year", least=0))
    """Share of its capital whose annuity is due in each model year: while it operates, up to its life."""
    eligibility: tuple[float, ...]
    """Share of its energy that counts, by legal definition."""
    om_factor: np.ndarray = field(metadata=over("year", least=0))
    """Dollar price of the country's operation relative to the tables, by model year."""
    chinese: bool = False
    chinese_money: float = 0.0
    """Share of its capital that is Chinese, debt and equity together, 0 to 1."""
    chinese_role: tuple[str, ...] = ()
    project: str = ""
    reservoir: str | None = None
    variant: str = ""
    """Its own figures, where they are not those of the table's technology."""
    overnight_usd_per_kw: float = 0.0
    overnight_usd_per_kwh: float = 0.0
    """Capital still to be paid; projects and plants that are not yet paid off."""
    date: float | None = None
    """Decimal year of commissioning; empty: long ago."""
    late_years: int = 0
    """Whole years by which limits of building delay it."""
    certain: bool = False
    """A project that they do not delay."""
    full_mw: float = 0.0
    """Capacity at full operation …"""
    full_mwh: float = 0.0
    fixed_om_usd_per_kw_year: float = 0.0
    ceiling_usd_per_mwh: float | None = None
    """Highest price at which it would have been awarded; empty: no ceiling."""
    candidate: Candidate | None = None

    @property
    def fixed_om(self) -> np.ndarray:
        """USD per kW and year by model year; 0 for candidates, whose vintages say."""
        return self.fixed_om_usd_per_kw_year * self.om_factor

    @property
    def unit(self) -> str:
        """The dispatch unit it belongs to."""
        standing = ",".join(exact(share) for share in self.eligibility)
        parts = (self.zone, self.technology.id, self.reservoir or "", standing, self.variant)
        return "|".join(part for part in parts if part)

    @property
    def retirable(self) -> bool:
        """Whether the optimiser may close it early."""
        return self.status == "existing" and self.technology.retirable


def make_assets(
    system: System, scenario: Scenario, horizon: ModelYears, law: Law, outcomes: Sequence[Outcome],
    batches: Sequence[Batch], exchange: Exchange,
) -> list[Asset]:  # fmt: skip
    """All assets: existing plants, projects with their storage, procured plants, then candidates by investor."""
    builder = _Builder(system, scenario, horizon, law, exchange)
    closing = _closing_shares(horizon, outcomes)
    assets = [builder.plant(row, closing.get(row.id)) for row in system.plants]
    for outcome in outcomes:
        if outcome.share > 0:
            assets += builder.project(outcome)
    assets += [builder.placed(batch) for batch in batches]
    if scenario.optimiser.build:
        assets += [builder.candidate(row, investor) for row in system.candidates for investor in row.investors]
    return assets


def in_service(years: Sequence[int], start: float | None, end: float | None) -> np.ndarray:
    """Share of each model year between two decimal years; no start: since ever, no end: for ever.

    >>> in_service([2028, 2029, 2030], 2028.75, 2030.0).tolist()
    [0.25, 1.0, 0.0]
    """
    year = np.asarray(years, float)
    begin = year if start is None else np.clip(start, year, year + 1)
    stop = year + 1 if end is None else np.clip(end, year, year + 1)
    return np.asarray(np.clip(stop - begin, 0, 1))


def _closing_shares(horizon: ModelYears, outcomes: Sequence[Outcome]) -> dict[str, np.ndarray]:
    """What remains of each plant that projects replace, by model year; it does not come back when they close."""
    opened: dict[str, tuple[Project, np.ndarray]] = {}
    for outcome in outcomes:
        before = opened.get(outcome.project.id, (outcome.project, np.zeros(len(horizon.years))))[1]
        closed = before + outcome.share * in_service(horizon.years, outcome.date, None)
        opened[outcome.project.id] = outcome.project, closed
    remaining: dict[str, np.ndarray] = {}
    for project, closed in opened.values():
        for plant in project.replaces:
            remaining[plant] = remaining.get(plant, np.ones(len(horizon.years))) * (1 - closed)
    return remaining


class _Builder:
    """Turns rows into assets, with the lookups they share."""

    def __init__(
        self, system: System, scenario: Scenario, horizon: ModelYears, law: Law, exchange: Exchange
    ) -> None:  # fmt: skip
        self.horizon, self.law, self.om_factor = horizon, law, exchange.of_country
        self.technologies = {row.id: row for row in system.technologies}
        self.country_of = system.country_of
        self.investors = {row.id: row for row in system.investors}
        self.costs = CostTable(system, scenario)
        self.envelopes = Envelopes(system)
        self.zeros = np.zeros(len(horizon.years))

    def eligibility(self, zone: str, technology: str, unit_mw: float, percent: float = 100) -> tuple[float, ...]:
        country = self.country_of[zone]
        return tuple(self.law.share(d, country, technology, unit_mw, percent) for d in self.law.definitions)

    def chinese_money(self, row: ChinesePart, investor: str | None) -> float:
        """Chinese share of the capital, 0 to 1: (1 − d) · Chinese share of equity + d · Chinese share of debt,
        with the investor's debt share d."""
        if investor is None:
            return 0.0
        owner = self.investors[investor]
        default = 100.0 * (owner.chinese and row.chinese_funded)
        equity = default if row.chinese_equity_percent is None else row.chinese_equity_percent
        debt = default if row.chinese_debt_percent is None else row.chinese_debt_percent
        d = owner.debt_share_percent / 100
        return ((1 - d) * equity + d * debt) / 100

    def plant(self, row: Plant, remaining: np.ndarray | None) -> Asset:
        technology, own = variant(self.technologies[row.technology], row)
        start = year_fraction(row.commissioned) if row.commissioned else None
        end = year_fraction(row.retires) if row.retires else None
        if end is None and row.life_binds and start is not None:
            end = start + technology.life_years
        paid = end if start is None else min(start + technology.life_years, inf if end is None else end)
        left = np.ones(len(self.horizon.years)) if remaining is None else remaining
        share, paying = (
            in_service(self.horizon.years, start, end) * left,
            in_service(self.horizon.years, start, paid) * left,
        )
        mw = row.capacity_mw if row.available_mw is None else row.available_mw
        return Asset(
            id=row.id, name=row.name, zone=row.zone, country=self.country_of[row.zone], technology=technology,
            investor=row.investor or "", status="existing", mw=mw * share, mwh=(row.energy_mwh or 0) * share,
            paying=paying,
            eligibility=self.eligibility(
                row.zone, row.technology, row.capacity_mw if row.largest_unit_mw is None else row.largest_unit_mw
            ),
            chinese=row.chinese_funded or (row.investor is not None and self.investors[row.investor].chinese),
            chinese_money=self.chinese_money(row, row.investor), chinese_role=row.chinese_role,
            reservoir=row.reservoir, variant=own, overnight_usd_per_kw=row.overnight_usd_per_kw, date=start,
            full_mw=mw, full_mwh=row.energy_mwh or 0, om_factor=self.om_factor[self.country_of[row.zone]],
            fixed_om_usd_per_kw_year=technology.fixed_om_usd_per_kw_year
            if row.fixed_om_usd_per_kw_year is None else row.fixed_om_usd_per_kw_year,
        )  # fmt: skip

    def project(self, outcome: Outcome) -> list[Asset]:
        """The plant, and the storage that comes with it; each closes after its own life."""
        row = outcome.project
        plant, own = variant(self.technologies[row.technology], row)
        late = outcome.late_years
        name_of = row.id if late == 0 else composed(row.id, "late", late)
        called = row.name if late == 0 else f"{row.name}, {late} years late"
        parts = [(plant, own, name_of, called, row.capacity_mw, 0.0, row.overnight_usd_per_kw)]
        if row.storage_technology is not None and row.storage_mw > 0:
            storage = self.technologies[row.storage_technology]
            label = f"{called}, storage"
            parts.append((storage, "", composed(name_of, "storage"), label, row.storage_mw, row.storage_mwh, None))
        assets = []
        for technology, own, name, label, mw, mwh, announced_cost in parts:
            kw, kwh, om = self.costs.at(technology.id, outcome.date, row.investor)
            running = in_service(self.horizon.years, outcome.date, outcome.date + technology.life_years)
            share = outcome.share * running
            alone = technology is plant and row.storage_mwh > 0 and row.storage_technology is None
            assets.append(Asset(
                id=name, name=label, zone=row.zone, country=self.country_of[row.zone],
                technology=technology, variant=own, investor=row.investor, status="project",
                mw=mw * share, mwh=(row.storage_mwh if alone else mwh) * share, paying=running,
                eligibility=self.eligibility(
                    row.zone, technology.id, row.capacity_mw if row.largest_unit_mw is None else row.largest_unit_mw,
                    row.eligible_percent,
                ),
                chinese=row.chinese, chinese_money=self.chinese_money(row, row.investor),
                chinese_role=row.chinese_role, project=row.id, reservoir=row.reservoir,
                overnight_usd_per_kw=kw if announced_cost is None else announced_cost, overnight_usd_per_kwh=kwh,
                date=outcome.date, late_years=late, certain=outcome.certain, full_mw=mw * outcome.share,
                om_factor=self.om_factor[self.country_of[row.zone]],
                full_mwh=(row.storage_mwh if alone else mwh) * outcome.share, fixed_om_usd_per_kw_year=om,
            ))  # fmt: skip
        return assets

    def placed(self, batch: Batch) -> Asset:
        """Plants of a batch; evenly over their year, so on average from its middle on, as chosen plants do, for their
        life."""
        row, technology = batch.procurement, self.technologies[batch.technology]
        investor = self.investors[row.investor]
        date = self.horizon.opening(batch.year)
        running = in_service(self.horizon.years, date, date + technology.life_years)
        local = (1 - investor.debt_share_percent / 100) * row.local_equity_percent / 100
        return Asset(
            id=composed(row.id, batch.zone, batch.technology, batch.year),
            name=f"{row.name}, {technology.name}, {batch.zone}, {batch.year}",
            zone=batch.zone, country=self.country_of[batch.zone], technology=technology, investor=row.investor,
            status="procured", mw=batch.mw * running, mwh=self.zeros, paying=running,
            eligibility=self.eligibility(batch.zone, batch.technology, 0.0), chinese=investor.chinese,
            chinese_money=investor.chinese * (1 - local), overnight_usd_per_kw=batch.overnight_usd_per_kw, date=date,
            full_mw=batch.mw, om_factor=self.om_factor[self.country_of[batch.zone]],
            fixed_om_usd_per_kw_year=batch.fixed_om_usd_per_kw_year, ceiling_usd_per_mwh=batch.ceiling_usd_per_mwh,
        )  # fmt: skip

    def candidate(self, row: Candidate, investor: str) -> Asset:
        envelope = self.envelopes.of(investor, self.country_of[row.zone], row.technology)
        return Asset(
            id=composed(row.zone, row.technology, investor),
            name=f"New {self.technologies[row.technology].name}, {row.zone}, {investor}",
            zone=row.zone, country=self.country_of[row.zone], technology=self.technologies[row.technology],
            investor=investor, status="candidate", mw=self.zeros, mwh=self.zeros, paying=self.zeros,
            om_factor=self.om_factor[self.country_of[row.zone]],
            eligibility=self.eligibility(row.zone, row.technology, 0.0), chinese=self.investors[investor].chinese,
            chinese_money=self.investors[investor].chinese * (1 - self.envelopes.domestic(envelope)),
            reservoir=row.reservoir, candidate=row,
        )  # fmt: skip
