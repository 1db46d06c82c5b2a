"""Model years: which calendar years each represents, what its money weighs, and when in its interval new plants come.

A model year represents the years around it: the cost of a calendar year between two model years lies on the straight
line between theirs, or with ``years_between: step`` is that of the model year before.

======  ======  ====================  =====  =======================================================================
symbol  name    index                 unit   meaning
======  ======  ====================  =====  =======================================================================
``μ``   shares  model, calendar year  –      part of a calendar year that a model year represents
``n``   span    model year            years  calendar years that a model year represents
``w``   weight  model year            years  the same, discounted to the start of the base year
``N``   (key)                         years  ``last_year_stands_for``: years from the last model year on
``ρ``   (key)                         1/a    social discount rate
``b``   (key)                                base year, at whose start money is counted
======  ======  ====================  =====  =======================================================================

(1)  μ[y,t] = (t − y₋)/(y − y₋) for y₋ ≤ t ≤ y,  (y₊ − t)/(y₊ − y) for y ≤ t ≤ y₊,  0 elsewhere;
     with ``step``: 1 for y ≤ t < y₊, 0 elsewhere
(2)  n[y] = Σ_t μ[y,t],  w[y] = Σ_t μ[y,t]·(1 + ρ)^−(t + 1 − b),    t from the first model year to the last + N − 1

y₋ and y₊ are the model years before and after y. The plan starts with the first model year, so no year before it is
represented; from the last one on all N years are as it is. Every calendar year is represented once: Σ_y μ[y,t] = 1. A
year's cost is paid at its end.

New capacity of a model year is commissioned in the interval after the previous model year up to and including it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from simulator.case.axes import over
from simulator.case.finance import discount_factor
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.system import Link, year_fraction

HEAVIEST = 1e5
"""A year of a plan weighs less than this many base years, and more than its inverse: beyond it solvers find no optimum
to their usual accuracy."""


@dataclass(frozen=True)
class ModelYears:
    """Model years and their weights; all arrays have one value per model year (Y)."""

    years: tuple[int, ...] = field(metadata=over("year"))
    span: np.ndarray = field(metadata=over("year"))
    """(2) Calendar years that each model year represents; a broken number between others."""
    interval: np.ndarray = field(metadata=over("year"))
    """Calendar years in which its new capacity is commissioned; the first model year has only itself."""
    weight: np.ndarray = field(metadata=over("year", least=0))
    """(2) Discounted number of years: yearly cost times this is present value."""
    part_year: bool
    base_year: int
    stands_for: int
    """``N``"""
    between: Literal["line", "step"] = "line"
    """Whether costs lie on a line between those of model years, or are those of the one before."""

    def calendar_years(self, position: int) -> range:
        """Calendar years in which the new capacity of a model year is commissioned."""
        year = self.years[position]
        return range(year - int(self.interval[position]) + 1, year + 1)

    def opening(self, year: int) -> float:
        """Decimal year from which capacity that comes in a calendar year runs, on average: its middle, or its start
        when the scenario switches ``part_year`` off."""
        return year + (0.5 if self.part_year else 0.0)

    def interval_of(self, date: float) -> int | None:
        """Position of the model year in whose interval a decimal date lies; none outside all of them."""
        return next((y for y in range(len(self.years)) if int(date) in self.calendar_years(y)), None)

    def operating_share(self, vintage: int, year: int, life_years: float, first: int, last: int) -> float:
        """Share of the capacity of a vintage (position) that runs in a model year (position), 0 to 1.

        Capacity comes evenly over those calendar years of the vintage's interval that lie between ``first`` and
        ``last``, each year's from its ``opening`` on. It stops after its life, counted from the vintage's model year.
        """
        start, now = self.years[vintage], self.years[year]
        built_in = [t for t in self.calendar_years(vintage) if first <= t <= last]
        if now < start or now >= start + life_years or not built_in:
            return 0.0
        return float(np.mean([min(1.0, now + 1 - self.opening(t)) for t in built_in]))


def discounting(scenario: Scenario, horizon: ModelYears) -> list[Problem]:
    """Years whose money weighs so much or so little that a solver takes that of others, or their own, for nothing."""
    yearly = horizon.weight / horizon.span
    finance = scenario.finance
    return [
        Problem(
            f"at {finance.discount_rate_percent:g} % a dollar of {year} weighs {weight:.1e} dollars of "
            f"{finance.base_year}: no plan can be found with such weights", path="finance.discount_rate_percent",
            help="lower the rate, take nearer model years, or a base_year near them",
        )
        for year, weight in zip(horizon.years, yearly, strict=True) if not 1 / HEAVIEST < weight < HEAVIEST
    ]  # fmt: skip


def make_horizon(scenario: Scenario) -> ModelYears:
    """The scenario's model years with their spans, intervals and discounted weights."""
    years = scenario.horizon.model_years
    calendar = range(years[0], years[-1] + scenario.horizon.last_year_stands_for)
    shares = np.array([np.interp(calendar, years, one) for one in np.eye(len(years))])  # (1)
    between = scenario.horizon.years_between
    if between == "step":
        until = pairwise([*years, calendar.stop])
        shares = np.array([[float(year <= t < after) for t in calendar] for year, after in until])
    rate, base = scenario.finance.discount_rate_percent / 100, scenario.finance.base_year
    paid = np.array([discount_factor(year + 1, base, rate) for year in calendar])
    return ModelYears(
        years, shares.sum(axis=1), np.diff(years, prepend=years[0] - 1), shares @ paid, scenario.horizon.part_year,
        base, scenario.horizon.last_year_stands_for, between,
    )  # fmt: skip


def line_opens(row: Link, scenario: Scenario, first: int) -> float | None:
    """Decimal year in which a line comes into service; none: since ever. Only lines that are not in service before the
    ``first`` model year are delayed."""
    if row.in_service is None:
        return None
    start, grid = year_fraction(row.in_service), scenario.grid
    if start < first:
        return start
    return start + (grid.extra_delay_months + grid.delay_months.get(row.id, 0)) / 12
