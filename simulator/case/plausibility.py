"""Figures that are allowed but look like a mistake: a share given as a fraction, GW given as MW, years beyond the data.

Each gets a warning, never an error: there may be a reason. The shipped tables give none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.errors import Problem, warn
from simulator.grouping import lists
from simulator.inputs.scenario import Scenario
from simulator.system import System


@dataclass(frozen=True)
class Range:
    """Where the values of a column usually lie; zero and empty cells are never questioned."""

    table: str
    column: str
    low: float
    high: float
    question: str


PERCENT = "per cent run from 0 to 100: is it a fraction?"
RANGES = (
    Range("targets", "percent", 1, 100, PERCENT),
    Range("build_limits", "mw_per_year", 10, 100_000, "the limit is in MW a year: is it in GW?"),
    Range("candidates", "limit_mw", 1, 1_000_000, "the limit is in MW: is it in GW?"),
    Range("plants", "capacity_mw", 0.05, 30_000, "capacity is in MW: is it in GW, or in kW?"),
    Range("projects", "capacity_mw", 0.05, 30_000, "capacity is in MW: is it in GW, or in kW?"),
    Range("technologies", "efficiency_percent", 5, 100, PERCENT),
    Range("technologies", "available_percent", 5, 100, PERCENT),
    Range("technology_costs", "overnight_usd_per_kw", 20, 30_000, "the cost is in USD per kW: is it per MW, or per W?"),
    Range("fuel_prices", "usd_per_mwh", 0.1, 500, "the price is in USD per MWh of fuel: is it per GJ, t or 1,000 m3?"),
    Range("links", "loss_percent", 0.05, 30, PERCENT),
    Range("investors", "real_wacc_percent", 0.5, 40, PERCENT),
    Range("demand", "energy_gwh", 1, 2_000_000, "energy is in GWh: is it in TWh, or in MWh?"),
    Range("countries", "value_of_lost_load_usd_per_mwh", 10, 200_000, "the value is in USD per MWh: is it per kWh?"),
)
GROWTH = (0.1, 15.0)
"""Yearly growth of demand, percent, that is not questioned."""
YEARLY = ("demand", "fuel_prices", "technology_costs")
"""Tables by year whose last figure is kept for every later year."""


def warn_of_oddities(system: System, scenario: Scenario) -> None:
    """Warn of every figure outside its usual range, and of model years beyond the tables."""
    for problem in (*_ranges(system), *_growth(scenario), *_years(system, scenario.horizon.model_years)):
        warn(problem)


def _ranges(system: System) -> Iterator[Problem]:
    for rule in RANGES:
        for row in getattr(system, rule.table):
            value = getattr(row, rule.column)
            if value and not rule.low <= value <= rule.high:
                yield Problem(
                    f"{rule.column} is {value:g}: {rule.question}", path=f"{rule.table}.{row.key}.{rule.column}",
                    help=f"usual values lie between {rule.low:g} and {rule.high:g}",
                )  # fmt: skip


def _growth(scenario: Scenario) -> Iterator[Problem]:
    low, high = GROWTH
    for country, change in scenario.demand.items():
        value = getattr(change, "growth_percent_per_year", None)
        if value and not low <= abs(value) <= high:
            yield Problem(f"growth_percent_per_year is {value:g}: {PERCENT}",
                          path=f"demand.{country}.growth_percent_per_year",
                          help=f"usual values lie between {low:g} and {high:g} per cent a year")  # fmt: skip


def _years(system: System, model_years: Iterable[int]) -> Iterator[Problem]:
    """Series of one year are constant on purpose. Demand of every zone must go on; of prices the last year counts."""
    for table in YEARLY:
        series = lists(
            (tuple(getattr(row, field) for field in row.key_fields if field != "year"), row.year)
            for row in getattr(system, table)
        )
        ends = [max(years) for years in series.values() if len(years) > 1] or [9999]
        last = min(ends) if table == "demand" else max(ends)
        if late := sorted(year for year in model_years if year > last):
            yield Problem(
                f"the table {table} ends in {last}: {_listed(late)} have the figures of {last}",
                path="horizon.model_years", help=f"add rows to {table}, or leave those years out",
            )  # fmt: skip


def _listed(years: list[int]) -> str:
    return ", ".join(map(str, years))
