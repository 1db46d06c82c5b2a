"""Model years: how many years each represents, what its money weighs, and when in its interval new plants come.

Model year *y* represents the calendar years from *y* to the next model year (exclusive). New capacity of *y* is
commissioned in the interval after the previous model year up to and including *y*.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.finance import years_weight
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
    """Calendar years that each model year represents."""
    interval: np.ndarray = field(metadata=over("year"))
    """Calendar years in which its new capacity is commissioned; the first model year has only itself."""
    weight: np.ndarray = field(metadata=over("year", least=0))
    """Discounted number of years: yearly cost times this is present value."""
    part_year: bool

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
    years = np.array(scenario.horizon.model_years)
    span = np.append(np.diff(years), scenario.horizon.last_year_stands_for)
    interval = np.insert(np.diff(years), 0, 1)
    rate, base = scenario.finance.discount_rate_percent / 100, scenario.finance.base_year
    weight = [years_weight(int(y), int(n), base, rate) for y, n in zip(years, span, strict=True)]
    return ModelYears(scenario.horizon.model_years, span, interval, np.array(weight), scenario.horizon.part_year)


def line_opens(row: Link, scenario: Scenario, first: int) -> float | None:
    """Decimal year in which a line comes into service; none: since ever. Only lines that are not in service before the
    ``first`` model year are delayed."""
    if row.in_service is None:
        return None
    start, grid = year_fraction(row.in_service), scenario.grid
    if start < first:
        return start
    return start + (grid.extra_delay_months + grid.delay_months.get(row.id, 0)) / 12
