"""Tables of a system: rows inline in its YAML or in CSV files beside it, typed by their models, keys and references.

The header of a CSV file (``files/sheet.py``) names the fields of the row model; an empty cell is an absent field; lists
are joined by ``;``. A cell means what its field's type says, and nothing is guessed: ``1_000``, ``nan`` and ``yes``
are problems with line and column.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from simulator.files import Unreadable
from simulator.files.sheet import Sheet, read_sheet
from simulator.inputs.renaming import renamed_header
from simulator.inputs.strict_yaml import NUMBER, Key, KeyPath, Mark, Refusal, Report, read_number, read_text, shorten
from simulator.inputs.validation import Marks, bare, is_union, number_advice, validate
from simulator.system.alike import nearest
from simulator.system.faults import faults_of_tables
from simulator.system.known import known_names

MAX_CSV_BYTES = 64 * 1024 * 1024

Kind = Literal["text", "number", "boolean"]


@dataclass
class Table:
    """The rows of one table: plain data as read, then the valid ones as objects."""

    name: str
    model: type[BaseModel]
    raw: list[dict[Key, Any]] = field(default_factory=list)
    rows: list[tuple[int, BaseModel]] = field(default_factory=list)
    """Index in ``raw``, and the object."""
    complete: bool = True
    """False when rows were refused: what the table seems to lack may be among them."""
    every_row: bool = True
    """False when rows are not even in ``raw``: a file is missing, or its header or a line cannot be read."""


# ------------------------------------------------------------------------------------------------- CSV


@dataclass(frozen=True)
class CsvRow:
    """A row as read: typed cells by field, and its place."""

    values: dict[Key, Any]
    refused: tuple[str, ...]
    mark: partial[Mark | None]


def read_csv(path: Path, name: str, table: Table, report: Report) -> list[CsvRow]:
    """The rows of a CSV file of a table, typed by its model; problems go to ``report`` under the file's ``name``."""
    model = table.model
    text = read_text(path, name, report, MAX_CSV_BYTES, bom=True)
    if text is None:
        return []
    sheet = read_sheet(report.lines[name])
    for flaw in sheet.flaws:
        report.add(flaw.message, name, flaw.line, 1, help=flaw.help)
    header = Mark(name, sheet.header_line, 1, sheet.header_line, 1)
    sheet.names = renamed_header(sheet.names, table.name, header, report)
    if not _check_header(sheet, name, model, report):
        return []
    kinds = [_kind(model.model_fields[column].annotation) for column in sheet.names]
    plain = sheet.plain_numbers(index for index, (kind, _) in enumerate(kinds) if kind == "number")
    rows = []
    for line, cells in zip(sheet.lines, sheet.rows, strict=True):
        if report.is_full:
            break
        rows.append(_row(sheet.names, kinds, cells, plain, partial(_cell_mark, report, name, line, sheet), report))
    return rows


def _check_header(sheet: Sheet, name: str, model: type[BaseModel], report: Report) -> bool:
    known = list(model.model_fields)
    if not sheet.names:
        help = f"the first line names columns: {', '.join(known)}"
        report.add("the file has no header", name, sheet.header_line, 1, help=help)
        return False
    before = len(report.problems)
    for index, column in enumerate(sheet.names):
        place = _cell_place(report, name, sheet.header_line, sheet.places[index], sheet.separator)
        if column in sheet.names[:index]:
            report.add(f"column {shorten(column)} is given twice", name, *place, column, "keep one of them")
        elif column not in known:
            help = nearest(column, known) or f"known here: {', '.join(known)}"
            report.add(f"unknown column {shorten(column)}", name, *place, column[:40], help)
    return len(report.problems) == before


def _row(
    header: list[str], kinds: list[tuple[Kind, bool]], cells: list[str], plain: Callable[[str], str],
    mark: partial[Mark | None], report: Report,
) -> CsvRow:  # fmt: skip
    values: dict[Key, Any] = {}
    refused = []
    for column, (kind, many), cell in zip(header, kinds, cells, strict=True):
        if not cell:
            continue
        try:
            if many:
                values[column] = tuple(_cell(part.strip(), kind, plain) for part in cell.split(";") if part.strip())
            else:
                values[column] = _cell(cell, kind, plain)
        except (Refusal, Unreadable) as refusal:
            refused.append(column)
            place = mark(column)
            assert place is not None
            report.at(place, refusal.message, column, refusal.help)
    return CsvRow(values, tuple(refused), mark)


def _cell(text: str, kind: Kind, plain: Callable[[str], str]) -> Any:
    if kind == "text":
        return text
    if kind == "boolean":
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise Refusal(f"expected true or false, found the text {shorten(text)}", "write true or false")
    text = plain(text)
    if NUMBER.fullmatch(text):
        return read_number(text)
    if re.fullmatch(r"[-+]?(nan|inf|infinity)", text.lower().lstrip(".")):
        raise Refusal(f"{shorten(text)} is not a finite number", "write a number, or leave the cell empty")
    raise Refusal(f"expected a number, found the text {shorten(text)}", number_advice(text))


def _kind(annotation: Any) -> tuple[Kind, bool]:
    """What a cell of this field contains, and whether it is a list."""
    annotation = bare(annotation)
    arguments = [bare(argument) for argument in typing.get_args(annotation) if argument is not type(None)]
    origin = typing.get_origin(annotation)
    if is_union(annotation):
        kinds = [_kind(argument) for argument in arguments]
        return next((kind for kind in kinds if kind[0] == "text"), kinds[0])
    if origin in (tuple, list, set, frozenset):
        return _kind(arguments[0])[0], True
    types = {type(word) for word in arguments} if origin is Literal else {annotation}
    if types == {bool}:
        return "boolean", False
    return ("number" if types <= {int, float} else "text"), False


def _cell_mark(report: Report, name: str, line: int, sheet: Sheet, column: Key | None) -> Mark | None:
    """The mark of a row's cell, or of the row when ``column`` is None; None when the file lacks the column."""
    if column is None:
        return Mark(name, line, 1, line, 1)
    if column not in sheet.names:
        return None
    index = sheet.places[sheet.names.index(str(column))]
    line, place = _cell_place(report, name, line, index, sheet.separator)
    return Mark(name, line, place, line, place)


def _cell_place(report: Report, name: str, line: int, index: int, separator: str) -> tuple[int, int]:
    """Line and column at which the cell ``index`` of the record that begins in ``line`` begins."""
    quoted = False
    for number in range(line, len(report.lines[name]) + 1):
        text = report.lines[name][number - 1]
        for column, sign in enumerate(text, start=1):
            if index == 0:
                return number, column
            quoted ^= sign == '"'
            index -= sign == separator and not quoted
        if not quoted:
            return number, len(text) + 1
    return line, 1


# ----------------------------------------------------------------------------------------------- checks


def validate_rows(table: Table, marks: Marks, refused: set[KeyPath], report: Report) -> None:
    """Turn raw rows into objects; the valid ones go to ``table.rows``. Of ``refused`` paths nothing is said again."""
    refused = {path for path in refused if path[:1] == (table.name,)}
    refused_rows = {path[1] for path in refused if len(path) > 1}
    for index, raw in enumerate(table.raw):
        if report.is_full:
            table.complete = False
            return
        row = validate(table.model, raw, marks, report, refused, (table.name, index))
        if row is None or index in refused_rows:
            table.complete = False
        else:
            table.rows.append((index, row))


def check_names(tables: Mapping[str, Table], marks: Marks, report: Report) -> None:
    """Refuse equal keys, names that nobody bears and names that meet. Only complete tables are looked into."""
    names = known_names(
        {table.name: table.model for table in tables.values()},
        {table.name: [row for _, row in table.rows] for table in tables.values()},
        complete={table.name for table in tables.values() if table.complete},
    )
    for fault in faults_of_tables(names):
        if report.is_full:
            return
        path, earlier = (_raw_path(tables, place) for place in (fault.path, fault.earlier))
        mark = marks.near(path)
        meets = f": in {_place_of(marks.near(earlier), mark)} and in line {mark.line}" if earlier else ""
        report.at(mark, fault.message + meets, marks.label(path), fault.help)


def _raw_path(tables: Mapping[str, Table], place: KeyPath) -> KeyPath:
    """The path of a cell as the file has it, from its table, the position among valid rows, and its column."""
    if not place:
        return ()
    table, position, column = place
    return (table, tables[str(table)].rows[int(position)][0], column)


def _place_of(earlier: Mark, mark: Mark) -> str:
    return f"line {earlier.line}" if earlier.file == mark.file else f"{earlier.file}:{earlier.line}"
