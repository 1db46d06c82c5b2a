"""What can still be looked at when files are wrong, so that one mistake does not hide the others.

What was refused is replaced or taken out, and later stages look at the rest:

* a key of the scenario is taken out, so that its default counts; without its horizon or its system no case can be made;
* a cell gets its default, or the value of another row; where that is not enough, or a row names what is not there, the
  row is taken out, and with it every row that names it. A table of which a line or a row's own name cannot be read
  ends it: others may name that row.

``Doubts`` remember all of that. A later problem that speaks of something doubtful may follow from what was done here,
and is left out: the user finds it, if it is one, in the next round. So nothing untrue is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from simulator.case.messages import table_problems
from simulator.errors import Problem
from simulator.inputs.csv_tables import Table
from simulator.inputs.locate import Places
from simulator.inputs.read import draft_extending
from simulator.inputs.scenario import Scenario, names_of
from simulator.inputs.strict_yaml import Key, KeyPath, dotted
from simulator.inputs.tables import LoadedSystem, TablesDraft, draft_tables
from simulator.inputs.validation import Marks, checked
from simulator.system import System
from simulator.system.faults import faults_of_tables

MOST = 100
"""So often something is taken out of a file; what is wrong in more places is shown in a later round."""
WITHOUT_THESE_NO_CASE = ("horizon", "system")
STAND_INS: Mapping[KeyPath, Any] = {
    ("question",): "?", ("description",): "?", ("finance",): {},
    ("finance", "discount_rate_percent"): 5, ("finance", "base_year"): 2026,
}  # fmt: skip
"""For keys that must be there; what depends on them is doubtful."""


@dataclass
class Doubts:
    """What was replaced or taken out."""

    paths: set[str] = field(default_factory=set)
    """Dotted paths of the scenario, and ``table.row``."""
    names: set[tuple[str, ...]] = field(default_factory=set)
    """Names that only together are one of something doubtful."""

    def key(self, path: KeyPath) -> None:
        """A key of the scenario is doubtful, and all that stands beside it or is named by its path."""
        self.paths.add(dotted(path[:-1] if len(path) > 1 else path))
        names = [str(part) for part in path if str(part) not in _keys_of_scenarios()]
        self.names.update((name,) for name in names)

    def row(self, table: Table, row: Mapping[Any, Any], gone: bool) -> None:
        """A row is doubtful. One that is gone may be missed wherever any of its names is spoken of."""
        key = tuple(str(row[field]) for field in table.model.key_fields if field in row)  # type: ignore[attr-defined]
        self.paths.add(f"{table.name}.{'/'.join(key)}")
        words = tuple(part for part in key if not part.isdigit())
        self.names.update(((word,) for word in words) if gone else {words} if words else ())

    def concern(self, problem: Problem) -> bool:
        """Whether a problem speaks of something doubtful."""
        path = problem.path.removeprefix("changes.")
        if any(_within(path, doubt) or _within(doubt, path) for doubt in self.paths):
            return True
        text = f"{problem.message} {problem.path}"
        return any(all(_said(name, text) for name in names) for names in self.names)


def _within(path: str, outer: str) -> bool:
    return bool(path) and f"{path}.".startswith(f"{outer}.")


def _said(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


@cache
def _keys_of_scenarios() -> frozenset[str]:
    schema = Scenario.model_json_schema()
    models = [schema, *schema["$defs"].values()]
    return frozenset(key for model in models for key in model.get("properties", ()))


# --------------------------------------------------------------------------------------------- scenarios


def rest_of_scenario(path: Path, doubts: Doubts) -> tuple[Scenario | None, str | None, Marks]:
    """What is left of a scenario file (None: too little for a case), the system it names, and the marks of both."""
    draft = draft_extending(path, Scenario)
    data = dict(draft.document.data)
    name = data.get("system") if isinstance(data.get("system"), str) else None
    for refused in draft.document.refused:
        doubts.key(refused)
    for _ in range(MOST if draft.complete else 0):
        scenario, complaints = checked(Scenario, data)
        if scenario is not None:
            scenario = scenario.from_origin(replace(scenario.origin, path=path))
            return (None if _no_case(doubts) else scenario), name, draft.marks
        if not complaints[0].path:
            break
        _take_out(data, complaints[0].path, doubts)
        if _no_case(doubts):
            break
    return None, name, draft.marks


def _no_case(doubts: Doubts) -> bool:
    return any(path.partition(".")[0] in WITHOUT_THESE_NO_CASE for path in doubts.paths)


def _take_out(data: dict[Key, Any], path: KeyPath, doubts: Doubts) -> None:
    """Take a key out, or put in what must be there; of a list the whole goes, of what lacks a key the whole, too."""
    listed = [i for i, part in enumerate(path) if isinstance(part, int) and isinstance(_at(data, path[:i]), tuple)]
    path = path[: listed[0]] if listed else path
    while len(path) > 1 and path not in STAND_INS and path[-1] not in _at(data, path[:-1]):
        path = path[:-1]
    doubts.key(path)
    holder = data
    for part in path[:-1]:
        holder[part] = dict(holder[part])
        holder = holder[part]
    holder.pop(path[-1], None)
    if path in STAND_INS:
        holder[path[-1]] = STAND_INS[path]


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        data = data[part]
    return data


# ----------------------------------------------------------------------------------------------- systems


def rest_of_system(path: Path, scenario: Scenario, doubts: Doubts) -> tuple[LoadedSystem | None, list[Problem]]:
    """What is left of the tables in a file once rows find each other, and names that nobody bears among the rest."""
    draft = draft_tables(path, System)
    if not all(table.every_row for table in draft.tables.values()):
        return None, []
    if not all(_usable_rows(table, draft, doubts) for table in draft.tables.values()):
        return None, []
    problems: list[Problem] = []
    for _ in range(MOST):
        system = _system(draft)
        if system is None:
            break
        names = names_of(system, scenario)
        faulty = {(fault.path[0], fault.path[1]) for fault in faults_of_tables(names)}
        if not faulty:
            return LoadedSystem(system, _marks_of_kept(draft), tuple(draft.files)), problems
        places = Places(tables=_marks_of_kept(draft), system=system)
        problems += [places.placed(problem) for problem in table_problems(names) if not doubts.concern(problem)]
        for table in draft.tables.values():
            gone = [row for i, row in enumerate(table.rows) if (table.name, i) in faulty]
            table.rows = [row for row in table.rows if row not in gone]
            for _, row in gone:
                doubts.row(table, row.model_dump(), gone=True)
    return None, problems


def _usable_rows(table: Table, draft: TablesDraft, doubts: Doubts) -> bool:
    """The rows of a table that can be used, those with replaced cells among them.

    False where the name of a row is not known: others may name it, so that nothing can be said of them.
    """
    refused = {path[1] for path in draft.document.refused if path[0] == table.name and len(path) > 1}
    wrong = []
    for index, raw in enumerate(table.raw):
        row, complaints = checked(table.model, raw)
        columns = {complaint.path[0] if complaint.path else "" for complaint in complaints}
        if row is not None and index not in refused:
            table.rows.append((index, row))
        elif not isinstance(raw, Mapping) or not columns.isdisjoint(table.model.key_fields):  # type: ignore[attr-defined]
            return False
        else:
            wrong.append((index, raw))
    good = [row.model_dump() for _, row in table.rows]
    for index, raw in wrong:
        row = _mended(table, raw, good)
        if row is not None:
            table.rows.append((index, row))
        doubts.row(table, raw, gone=row is None)
    table.rows.sort(key=lambda row: row[0])
    return True


def _mended(table: Table, raw: Mapping[Key, Any], good: list[dict[str, Any]]) -> Any:
    """The row with defaults, or values of another row, in place of what is wrong with it; None where that is not enough
    (it lacks a text, say, and there is no other row)."""
    values = dict(raw)
    for _ in range(MOST):
        row, complaints = checked(table.model, values)
        if row is not None:
            return row
        column = complaints[0].path[0] if complaints[0].path else ""
        if not column:
            return None
        if column in values:
            del values[column]
        else:
            values[column] = good[0][str(column)] if good else 1
    return None


def _system(draft: TablesDraft) -> System | None:
    """The tables as a system; what else its file says is left out where it is wrong. None where a table that every
    system needs has no rows (left)."""
    needed = (table for name, table in draft.tables.items() if System.model_fields[name].is_required())
    if not all(table.rows for table in needed):
        return None
    data = {key: value for key, value in draft.document.data.items() if key not in draft.tables}
    data |= {name: tuple(row for _, row in table.rows) for name, table in draft.tables.items()}
    for _ in range(MOST):
        system, complaints = checked(System, data)
        if system is not None or not complaints[0].path or complaints[0].path[0] not in data:
            return system
        del data[complaints[0].path[0]]
    return None


def _marks_of_kept(draft: TablesDraft) -> Marks:
    """The places of the rows that are left, counted as these are."""
    kept: dict[KeyPath, KeyPath] = {
        (name, i): (name, k) for name, table in draft.tables.items() for k, (i, _) in enumerate(table.rows)
    }
    marks = Marks()
    for path, mark in _kept(draft.marks.nodes.items(), kept, draft.tables):
        marks.nodes[path] = mark
    for path, row in _kept(draft.marks.rows.items(), kept, draft.tables):
        marks.rows[path] = row
    return marks


def _kept(
    items: Iterable[tuple[KeyPath, Any]], kept: Mapping[KeyPath, KeyPath], tables: Mapping[str, Table]
) -> Iterator[tuple[KeyPath, Any]]:
    for path, value in items:
        if len(path) < 2 or path[0] not in tables:
            yield path, value
        elif path[:2] in kept:
            yield (*kept[path[:2]], *path[2:]), value
