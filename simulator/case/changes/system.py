"""How a scenario changes the system: changed rows, demand paths, vehicle fleets and targets.

Everything after this module sees one effective system. A change that names something unknown, or that could not have
any effect, is an error with the nearest known name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.case.changes import levels, levers
from simulator.case.changes import procurement as procurement_changes
from simulator.case.changes.consistency import contradictions
from simulator.case.changes.project_rules import check_choices
from simulator.case.changes.vehicles import changed_vehicles
from simulator.case.gaps import gaps
from simulator.case.messages import (
    borne,
    ids,
    no_effect,
    row_problems,
    table_problems,
    unknown,
)
from simulator.case.money import envelopes
from simulator.errors import Findings, InputError, Problem
from simulator.grouping import paths
from simulator.inputs.scenario import Scenario, names_of, said_problems, with_added
from simulator.inputs.schema.demand import DemandChange
from simulator.inputs.strict_yaml import dotted
from simulator.inputs.validation import checked
from simulator.interpolation import at_years
from simulator.system import Demand, Row, System, Target
from simulator.system.names import KnownNames

_NO_NEW_ROWS = "rows are changed here, not added (a hypothetical plant: chinese_investment.procurement)"


def effective_system(system: System, scenario: Scenario) -> System:
    """The system as the scenario changes it. Raises ``InputError`` naming every change that cannot work."""
    updated, problems = changed_system(system, scenario)
    if problems:
        raise InputError(problems)
    return updated


def changed_system(system: System, scenario: Scenario) -> tuple[System, list[Problem]]:
    """The system as the scenario changes it, and every change that cannot work and was left out.

    Raises ``InputError`` for a system whose rows do not find each other: nothing can be made of it.
    """
    system = with_added(system, scenario)
    names = names_of(system, scenario)
    problems = said_problems(scenario, names)
    if wrong := table_problems(names):
        raise InputError(wrong + problems)
    tables = _changed_rows(system, scenario, names, problems)
    updated = system.model_copy(update=tables)
    updated = updated.model_copy(update={
        "demand": _demand(updated, scenario, problems),
        **changed_vehicles(updated, scenario, problems),
        "targets": _targets(updated, scenario, problems),
    })  # fmt: skip
    updated = levers.apply(updated, scenario, problems)
    updated = updated.model_copy(update=envelopes.changed(updated, scenario, problems))
    updated = updated.model_copy(update=levels.chosen(updated, scenario, problems))
    updated = updated.model_copy(update=procurement_changes.changed(updated, scenario, problems))
    _check_names(updated, scenario, problems)
    findings = Findings()
    with findings.collecting():  # a stage without priors ends it
        problems += check_choices(updated, scenario)
    problems += findings.problems + contradictions(updated) + gaps(updated, scenario)
    problems += envelopes.check(updated) + procurement_changes.check(updated)
    return updated, problems


def _changed_rows(system: System, scenario: Scenario, names: KnownNames, problems: list[Problem]) -> dict[str, Any]:
    """The tables that the scenario changes; a row whose change is refused stays as it was, so that the rest can be
    looked at."""
    tables: dict[str, Any] = {}
    for table, changes in borne(scenario.changes, names.models):
        rows: tuple[Row, ...] = getattr(system, table)
        position = {row.key: i for i, row in enumerate(rows)}
        new = list(rows)
        for key, columns in changes.items():
            path = f"changes.{table}.{key}"
            if key not in position:
                problem = unknown(f"row of `{table}`", key, position, path)
                problems.append(replace(problem, help=f"{problem.help}; {_NO_NEW_ROWS}"))
                continue
            row = rows[position[key]]
            changed, wrong = _changed_row(row, columns, path, levels.making_way(scenario, table, row, columns))
            wrong += row_problems(changed, names, path)
            problems += wrong
            new[position[key]] = row if wrong else changed
        tables[table] = tuple(new)
    return tables


def _changed_row(row: Row, columns: dict[str, Any], path: str, others: dict[str, Any]) -> tuple[Row, list[Problem]]:
    """The row with new values, checked as strictly as a table is, and what is wrong with them; ``others`` follow."""
    model = type(row)
    known = [name for name in model.model_fields if name not in model.key_fields]
    wrong = [_strange(row, column, known, f"{path}.{column}") for column in columns if column not in known]
    if not columns:
        wrong.append(no_effect("nothing is changed", path, "remove it, or write `column: value`"))
    if wrong:
        return row, wrong
    changed, complaints = checked(
        model, row.model_dump() | others | {name: _plain(value) for name, value in columns.items()}
    )
    if changed is None:
        return row, [Problem(c.message, path=dotted((path, *c.path)), help=c.help) for c in complaints]
    return changed, [
        no_effect(f"the system already says {column} = {getattr(row, column)!r}", f"{path}.{column}")
        for column in columns if getattr(changed, column) == getattr(row, column)
    ]  # fmt: skip


def _strange(row: Row, column: str, known: list[str], path: str) -> Problem:
    if column in row.key_fields:
        return Problem(f"`{column}` is part of the row's name and cannot be changed", path=path,
                       help="write a row of your own system")  # fmt: skip
    return unknown("column", column, known, path)


def _plain(value: Any) -> Any:
    """Lists as tuples, as files give them."""
    return tuple(value) if isinstance(value, list) else value


def _demand(system: System, scenario: Scenario, problems: list[Problem]) -> tuple[Demand, ...]:
    country = system.country_of
    known = {country[row.zone] for row in system.demand}
    problems += [no_effect(f"the table `demand` has no row of {name}", f"demand.{name}")
                 for name, _ in borne(scenario.demand, ids(system.countries)) if name not in known]  # fmt: skip
    new: list[Demand] = []
    for zone, path in paths((row.zone, row.year, row) for row in system.demand).items():
        change = scenario.demand.get(country[zone])
        years = sorted(path)
        if change is None:
            new += [path[year] for year in years]
            continue
        energy = {year: path[year].energy_gwh for year in years}
        if change.growth_percent_per_year is not None:
            start = change.growth_from
            base = float(at_years(energy, [start])[0])
            growth = 1 + change.growth_percent_per_year / 100
            energy = {year: value for year, value in energy.items() if year < start}
            last = max(*scenario.horizon.model_years, start) + 1
            energy |= {year: base * growth ** (year - start) for year in range(start, last)}
        if change.extra_growth_percent_per_year:
            energy = _growing(energy, change, scenario.horizon.model_years[-1])
        pattern = path[years[-1]]
        new += [pattern.model_copy(update={"year": y, "energy_gwh": e * change.factor}) for y, e in energy.items()]
    return tuple(new)


def _growing(energy: dict[int, float], change: DemandChange, last: int) -> dict[int, float]:
    """A path that grows by some points a year more, for every year, so that nothing is straight between anchors."""
    start, extra = change.growth_from, 1 + change.extra_growth_percent_per_year / 100
    every = sorted({*energy, *range(start, max(last, *energy) + 1)})
    path = at_years(energy, every)
    return {year: float(x) * extra ** max(year - start, 0) for year, x in zip(every, path, strict=True)}


def _targets(system: System, scenario: Scenario, problems: list[Problem]) -> tuple[Target, ...]:
    new = []
    for row in system.targets:
        change = scenario.targets.get(row.id)
        update = {} if change is None else {k: v for k, v in change.model_dump().items() if v is not None}
        changed = row.model_copy(update=update)
        path = f"targets.{row.id}"
        if changed.mode != "report" and changed.year not in scenario.horizon.model_years:
            problems.append(Problem(
                f"target {row.id!r} is {changed.mode} for {changed.year}, which is not a model year", path=path,
                help=f"add {changed.year} to horizon.model_years, or set the target's mode to report",
            ))  # fmt: skip
        if changed.mode == "soft" and changed.shortfall_usd_per_mwh == 0:
            problems.append(Problem(
                f"target {row.id!r} is soft but missing it costs nothing", path=f"{path}.shortfall_usd_per_mwh",
                help="give shortfall_usd_per_mwh, such as 100",
            ))  # fmt: skip
        if change is not None and change.imports and (changed.mode == "report" or changed.basis == "consumption"):
            problems.append(no_effect(
                f"imports matter to a soft or hard target of generation; {row.id!r} is "
                f"{changed.mode}, of {changed.basis}", f"{path}.imports", "remove it, or make the target soft or hard",
            ))  # fmt: skip
        new.append(changed)
    return tuple(new)


def _check_names(system: System, scenario: Scenario, problems: list[Problem]) -> None:
    chinese, last = scenario.chinese_investment, scenario.horizon.model_years[-1]
    if chinese.last_year is not None and chinese.last_year >= last:
        why = f"Chinese investors leave after {chinese.last_year}, but the last model year is {last}"
        problems.append(no_effect(why, "chinese_investment.last_year", "name an earlier year"))
