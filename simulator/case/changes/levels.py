"""Figures with a range: where between low, middle and high a scenario puts them.

Symbols: p the place in the range (``low`` 0, ``middle`` 0.5, ``high`` 1); l, m, h the figures of the columns ``…_low``,
``…`` and ``…_high``. A figure without a low one has l = m, one without a high one h = m.

(1)  figure = l + 2·p·(m − l) for p ≤ 0.5, else m + (2·p − 1)·(h − m)

Figures by year are placed year by year, at the anchor years of both; between a limit and none there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf, isfinite
from typing import Any

from simulator.case.messages import no_effect
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.part import Level
from simulator.interpolation import limits_at
from simulator.system import ByYear, Row, System

COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "limits": {
        "build_limits": ("mw_per_year", "mean_mw_per_year", "total_mw"),
        "procurement": ("realisation_percent",),
        "procurement_years": ("mw",),
    },
    "contracts": {"contract_years": ("maximum_gwh",)},
    "gas": {"fuel_prices": ("usd_per_mwh",), "fuel_supply": ("limit_gwh",), "fuel_deliveries": ("maximum_gwh",)},
    "taxes": {"taxes": ("profit_tax_percent",)},
    "shortage": {"rationing": ("usd_per_mwh",), "countries": ("value_of_lost_load_usd_per_mwh",)},
}
"""Key of the scenario → table → its figures with a range."""
PLACES: Mapping[Level, float] = {"low": 0.0, "middle": 0.5, "high": 1.0}


def chosen(system: System, scenario: Scenario, problems: list[Problem]) -> dict[str, tuple[Row, ...]]:
    """The tables with figures at the scenario's level; a level or a changed figure that moves nothing is a problem."""
    found: dict[str, tuple[Row, ...]] = {}
    for key, tables in COLUMNS.items():
        moved: set[str] = set()
        for table, columns in tables.items():
            found[table] = _rows(system, scenario, key, table, columns, moved, problems)
        level = getattr(scenario, key)
        if PLACES.get(level, level) != 0.5 and not moved:
            problems.append(no_effect("no table has a range in this direction", key))
        if key == "limits":
            problems += [
                no_effect("none of its figures has a range in this direction", f"procurement.{name}.level")
                for name, change in scenario.procurement.items()
                if change.level is not None and PLACES.get(change.level, change.level) != 0.5 and name not in moved
            ]
    return found


def _rows(
    system: System, scenario: Scenario, key: str, table: str, columns: tuple[str, ...], moved: set[str],
    problems: list[Problem],
) -> tuple[Row, ...]:  # fmt: skip
    """The rows of a table at the scenario's level; ``moved`` gets the names of what has other figures there."""
    rows = []
    for row in getattr(system, table):
        place = level_of(scenario, table, row)
        new = dict(_placed(row, columns, place))
        changed = scenario.changes.get(table, {}).get(row.key, {})
        ends = {name for column in new for name in holding(row, column, place)} - {*columns}
        if ends & {*changed} or any(value != getattr(row, name) for name, value in new.items()):
            moved.add(_subject(table, row))
        problems += _unused(scenario, key, table, row, columns, place)
        rows.append(row.model_copy(update=new))
    return tuple(rows)


def _subject(table: str, row: Any) -> str:
    """The programme that a row belongs to, or its own name."""
    return str(row.procurement if table == "procurement_years" else row.key)


def level_of(scenario: Scenario, table: str, row: Any) -> float:
    """Where in its range the scenario, or the row's own programme, puts a row, from 0 to 1."""
    key = next(key for key, tables in COLUMNS.items() if table in tables)
    change = scenario.procurement.get(_subject(table, row)) if table.startswith("procurement") else None
    level: Level = getattr(scenario, key) if change is None or change.level is None else change.level
    return PLACES.get(level, level)  # type: ignore[arg-type]


def holding(row: Row, column: str, place: float) -> tuple[str, ...]:
    """The columns of a figure that count at a place in its range."""
    side = "low" if place < 0.5 else "high"
    if place == 0.5 or getattr(row, f"{column}_{side}") is None:
        return (column,)
    end = f"{column}_{side}"
    return (end,) if place in (0, 1) else (column, end)


def making_way(scenario: Scenario, table: str, row: Row, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that do not count at the scenario's level, where a change moves one that does: they do not limit it."""
    found: dict[str, Any] = {}
    for tables in COLUMNS.values():
        for column in tables.get(table, ()):
            counting = holding(row, column, level_of(scenario, table, row))
            moved = [changed[name] for name in counting if name in changed]
            if moved:
                ends = {f"{column}_low": None, f"{column}_high": None, column: moved[0]}
                found |= {name: value for name, value in ends.items() if name not in (*counting, *changed)}
    return found


def _placed(row: Row, columns: tuple[str, ...], place: float) -> Iterator[tuple[str, Any]]:
    """Columns that have a range, with their figure at a place in it (1)."""
    side, part = ("low", 1 - 2 * place) if place < 0.5 else ("high", 2 * place - 1)
    for column in columns:
        end, middle = getattr(row, f"{column}_{side}"), getattr(row, column)
        if end is not None and part > 0:
            yield column, _between(middle, end, part)


def _between(middle: ByYear, end: ByYear, part: float) -> ByYear:
    """The middle, moved by a part of the way to an end."""
    if not isinstance(middle, dict) and not isinstance(end, dict):
        return middle + part * (end - middle)
    paths = [path if isinstance(path, dict) else {0: path} for path in (middle, end)]
    found: dict[int, float | None] = {}
    for year in sorted({*paths[0], *paths[1]} - {0}):
        m, e = (float(limits_at(path, [year])[0]) for path in paths)
        placed = e if part == 1 else m + part * (e - m) if isfinite(m) and isfinite(e) else inf
        found[year] = placed if isfinite(placed) else None
    return found


def _unused(
    scenario: Scenario, key: str, table: str, row: Row, columns: tuple[str, ...], place: float
) -> Iterator[Problem]:
    """Figures that a scenario changes although another one holds."""
    changes = scenario.changes.get(table, {}).get(row.key, {})
    for column in columns:
        for name in {column, f"{column}_low", f"{column}_high"} - {*holding(row, column, place)}:
            if name in changes:
                path = f"changes.{table}.{row.key}.{name}"
                why = f"`{key}` puts the figure elsewhere in its range: {name} does not count"
                yield no_effect(why, path, "change the figure that holds, or say another level")
