"""Figures that are allowed but look like a mistake of unit: a percentage given as a fraction, GW given as MW.

Each gets a warning, never an error: there may be a reason. The shipped tables and scenarios give none. Four kinds:

* a figure outside the usual range of its column or, where that has none of its own, of its unit (``RANGES``);
* two figures of a row that do not go together (``RATIOS``), and a country's demand beside its plants (``USE_HOURS``);
* a figure that a scenario changes by a factor that no policy has (``FACTOR``), and a step as large in a table by year;
* model years beyond the data, and days of one slice, within which nothing can be moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from pydantic import BaseModel

from simulator.errors import Problem, warn
from simulator.grouping import lists
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import FullYear, NamedSlices
from simulator.system import System
from simulator.system.names import row_models


class Range(NamedTuple):
    """Where values usually lie; zero and empty cells are never questioned, of negative ones the size counts."""

    low: float
    high: float
    question: str


PERCENT = "per cent run from 0 to 100: is it a fraction?"
CAPACITY = "capacity is in MW: is it in GW, or in kW?"
PER_KW = "the cost is in USD per kW: is it per MW, or per W?"
ENERGY = "energy is in GWh: is it in TWh, or in MWh?"
RATE = Range(0.05, 40, PERCENT)
SMALL = Range(0.05, 100, PERCENT)
RANGES: Mapping[str, Range] = {
    "percent": Range(1, 1000, PERCENT),
    **dict.fromkeys((f"build_limits.{name}{end}" for name in ("mw_per_year", "mean_mw_per_year", "total_mw")
                     for end in ("", "_low", "_high")),
                    Range(10, 100_000, "the limit is in MW: is it in GW?")),
    "mw_per_year": Range(1, 100_000, "it is in MW a year: is it in GW?"),
    "limit_mw": Range(1, 1_000_000, "the limit is in MW: is it in GW?"),
    "mw": Range(0.05, 200_000, CAPACITY),
    "plants.capacity_mw": Range(0.05, 30_000, CAPACITY),
    "projects.capacity_mw": Range(0.05, 30_000, CAPACITY),
    "mwh": Range(0.05, 2_000_000, "energy is in MWh: is it in GWh, or in kWh?"),
    "gwh": Range(0.1, 5_000_000, ENERGY),
    "demand.energy_gwh": Range(1, 2_000_000, ENERGY),
    "technologies.efficiency_percent": Range(5, 100, PERCENT),
    "technologies.available_percent": Range(5, 100, PERCENT),
    "usd_per_kw": Range(5, 30_000, PER_KW),
    "overnight_usd_per_kw": Range(20, 30_000, PER_KW),
    "usd_per_kw_year": Range(0.1, 1_000, PER_KW),
    "usd_per_kwh": Range(2, 5_000, "the cost is in USD per kWh: is it per MWh?"),
    "usd_per_mwh": Range(0.01, 20_000, "it is in USD per MWh: is it per kWh?"),
    "fuel_prices.usd_per_mwh": Range(0.1, 500, "the price is in USD per MWh of fuel: is it per GJ, t or 1,000 m3?"),
    "value_of_lost_load_usd_per_mwh": Range(10, 200_000, "the value is in USD per MWh: is it per kWh?"),
    "usd_per_t": Range(0.05, 2_000, "the price is in USD per tonne"),
    "usd_per_litre": Range(0.02, 10, "the price is in USD per litre"),
    "co2_t_per_mwh": Range(0.01, 2, "it is in tonnes of CO2 per MWh of fuel: is it in kg?"),
    "kv": Range(0.2, 1_500, "voltage is in kV: is it in V?"),
    "ohm": Range(0.01, 2_000, "reactance is in ohm of the whole line"),
    "life_years": Range(2, 200, "a life is in years"),
    "kwh_per_km": Range(0.02, 20, "it is in kWh per km: is it per 100 km?"),
    "discount_rate_percent": Range(0.5, 40, PERCENT), "real_wacc_percent": Range(0.5, 40, PERCENT),
    "real_equity_return_percent": Range(0.5, 60, PERCENT),
    "growth_percent_per_year": Range(0.1, 15, PERCENT),
    "extra_growth_percent_per_year": Range(0, 15, PERCENT),
    **dict.fromkeys(("loss_percent", "own_use_percent", "forced_outage_percent", "fixed_om_percent"),
                    Range(0.05, 30, PERCENT)),
    **dict.fromkeys(("inflation_percent", "base_rate_percent", "risk_premium_percent", "debt_margin_percent",
                     "hedging_percent", "fees_percent", "market_debt_rate_percent"), RATE),
    **dict.fromkeys(("procurement_mix.percent", "statistics.percent", "backcast_bands.percent",
                     "backcast_bands.absolute"), SMALL),
}  # fmt: skip
"""By table and column, by column, or by unit: the end of a column's name. What is more exact comes first."""


class Ratio(NamedTuple):
    """Two columns of a table, and between which values the first divided by the second usually lies."""

    table: str
    above: str
    below: str
    low: float
    high: float
    question: str


HOURS = "is the energy in GWh, or the power in kW?"
RATIOS = (
    Ratio("plants", "energy_mwh", "capacity_mw", 0.1, 1_000, HOURS),
    Ratio("projects", "storage_mwh", "storage_mw", 0.1, 1_000, HOURS),
    Ratio("projects", "storage_mwh", "capacity_mw", 0.01, 1_000, HOURS),
    Ratio("plants", "largest_unit_mw", "capacity_mw", 0.0005, 1, "are both in MW?"),
)
USE_HOURS = Range(100, 100_000, "is it in TWh, or are the plants in kW?")
"""Yearly demand of a country divided by the capacity of its plants."""
FACTOR = 100
"""A change, or a step from one year of a table to the next, by more than this is questioned."""
HOURS_OF_DAY = 24
YEARLY = ("demand", "fuel_prices", "technology_costs")
"""Tables by year whose last figure is kept for every later year."""


def warn_of_oddities(system: System, scenario: Scenario, before: System | None = None) -> None:
    """Warn of every figure that looks like a slip, and of model years beyond the tables. ``before`` is the system
    without the scenario's changes."""
    found = (
        *_ranges(system, scenario), *_ratios(system), *_use(system), *_steps(system),
        *_changes(before or system, scenario), *_years(system, scenario.horizon.model_years),
        *_days(system, scenario),
    )  # fmt: skip
    for problem in dict.fromkeys(found):
        warn(problem)


def range_of(table: str, column: str) -> Range | None:
    """The usual range of a column, or of the unit at the end of its name.

    >>> range_of("plants", "capacity_mw").high, range_of("cut_sets", "forward_mw").high
    (30000, 200000)
    """
    parts = column.split("_")
    names = (f"{table}.{column}", *("_".join(parts[start:]) for start in range(len(parts))))
    return next((RANGES[name] for name in names if name in RANGES), None)


def _ranges(system: System, scenario: Scenario) -> Iterator[Problem]:
    for table, model in row_models(System).items():
        usual = {column: found for column in model.model_fields if (found := range_of(table, column))}
        for row in getattr(system, table):
            for column, found in usual.items():
                for value in _by_year(getattr(row, column)):
                    yield from _outside(column, value, found, f"{table}.{row.key}.{column}")
    for path, column, value in _figures(scenario, (), ""):
        if path[0] != "changes" and (found := range_of("", column)):
            yield from _outside(column, value, found, ".".join(path))


def _figures(value: Any, path: tuple[str, ...], column: str) -> Iterator[tuple[tuple[str, ...], str, float]]:
    """Every number of a scenario with its path and the last key in it that is no year."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _figures(item, (*path, str(key)), column if isinstance(key, int) else str(key))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _figures(item, (*path, str(i)), column)
    elif _is_number(value):
        yield path, column, value


def _by_year(value: Any) -> Iterable[Any]:
    """A figure, or those of a path."""
    return value.values() if isinstance(value, Mapping) else (value,)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _outside(column: str, value: Any, usual: Range, path: str) -> Iterator[Problem]:
    if _is_number(value) and value and not usual.low <= abs(value) <= usual.high:
        yield Problem(f"{column} is {value:g}: {usual.question}", path=path,
                      help=f"usual values lie between {usual.low:g} and {usual.high:g}")  # fmt: skip


def _ratios(system: System) -> Iterator[Problem]:
    for rule in RATIOS:
        for row in getattr(system, rule.table):
            above, below = getattr(row, rule.above), getattr(row, rule.below)
            if above and below and not rule.low <= above / below <= rule.high:
                yield Problem(
                    f"{rule.above} is {above:g} where {rule.below} is {below:g}: {rule.question}",
                    path=f"{rule.table}.{row.key}.{rule.above}",
                    help=f"usually the first is between {rule.low:g} and {rule.high:g} times the second",
                )  # fmt: skip


def _use(system: System) -> Iterator[Problem]:
    """Demand beside plants: of a country as a whole, because zones may live on their neighbours."""
    country = system.country_of
    capacity: dict[str, float] = defaultdict(float)
    demand: dict[tuple[str, int], float] = defaultdict(float)
    row_of = {}
    for plant in system.plants:
        capacity[country[plant.zone]] += plant.capacity_mw
    for row in system.demand:
        demand[country[row.zone], row.year] += row.energy_gwh
        row_of[country[row.zone], row.year] = row.key
    for (name, year), energy in demand.items():
        hours = 1000 * energy / capacity[name] if capacity[name] else 0.0
        if hours and not USE_HOURS.low <= hours <= USE_HOURS.high:
            yield Problem(
                f"energy_gwh of {name} in {year} is {energy:g}, {hours:.2g} hours of its {capacity[name]:g} MW of "
                f"plants: {USE_HOURS.question}", path=f"demand.{row_of[name, year]}.energy_gwh",
                help=f"usual are {USE_HOURS.low:g} to {USE_HOURS.high:g} hours",
            )  # fmt: skip


def _steps(system: System) -> Iterator[Problem]:
    """Figures of one series in consecutive years."""
    for table in YEARLY:
        columns = [name for name in row_models(System)[table].model_fields if range_of(table, name)]
        series = lists(
            (tuple(getattr(row, field) for field in row.key_fields if field != "year"), row)
            for row in getattr(system, table)
        )
        for rows in series.values():
            for one, other in pairwise(sorted(rows, key=lambda row: row.year)):
                for column in columns:
                    path = f"{table}.{other.key}.{column}"
                    yield from _jump(column, getattr(one, column), getattr(other, column), path, f"in {one.year}")


def _changes(before: System, scenario: Scenario) -> Iterator[Problem]:
    """Figures that the scenario changes by name."""
    for table, changes in scenario.changes.items():
        rows = {row.key: row for row in getattr(before, table, ())}
        for key, columns in changes.items():
            for column, value in columns.items():
                old = getattr(rows.get(key), column, None)
                yield from _jump(column, old, value, f"changes.{table}.{key}.{column}", "in the table")


def _jump(column: str, old: Any, new: Any, path: str, where: str) -> Iterator[Problem]:
    if not (_is_number(old) and _is_number(new) and old and new):
        return
    if not 1 / FACTOR <= abs(new / old) <= FACTOR:
        yield Problem(f"{column} is {new:g}, {where} {old:g}: are both in the same unit?", path=path,
                      help=f"this changes it by a factor of {abs(new / old):.3g}")  # fmt: skip


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


def _days(system: System, scenario: Scenario) -> Iterator[Problem]:
    """Storage where no day has two slices: it closes within the day, so it moves nothing."""
    time = scenario.horizon.time
    if isinstance(time, NamedSlices):
        days = [(item.day, item.year) for item in time.slices if item.day is not None]
        path, alone, help = "horizon.time.slices", len(set(days)) == len(days), "give slices of one day the same `day`"
    else:
        alone = not isinstance(time, FullYear) and time.block_hours == HOURS_OF_DAY
        path, help = "horizon.time.block_hours", "give shorter blocks"
    storing = {row.id for row in system.technologies if row.kind == "storage"}
    names = {row.technology for row in system.plants} | {row.technology for row in system.candidates}
    names |= {name for row in system.projects for name in (row.technology, row.storage_technology) if name}
    if alone and (found := sorted(storing.intersection(names))):
        yield Problem(f"every day is a single slice, within which storage ({', '.join(found)}) cannot move energy",
                      path=path, help=help)  # fmt: skip


def _listed(years: list[int]) -> str:
    return ", ".join(map(str, years))
