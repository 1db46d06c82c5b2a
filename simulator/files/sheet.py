"""Tables in text, as programs and spreadsheets save them.

*Columns* are separated by commas, semicolons or tabs: the header decides, or a first line such as ``sep=;``. *Rows*
without a value, and *columns* without a name and without a value, are left out, wherever they are; cells beyond the
header must be empty. *Decimals*: beside semicolons or tabs a file may write decimal commas, but then it must not write
decimal points, because 1.234 could be either. In a file in
which a comma could be a decimal and none is, points are decimals unless every one could divide thousands, as in 1.234.
Nothing else is guessed: what remains unclear is a flaw with its line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from simulator.files import Unreadable

SEPARATORS = (",", ";", "\t")
STATED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""A first line that says to spreadsheets what separates columns."""
COMMA_NUMBER = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?", re.ASCII)
POINT_NUMBER = re.compile(r"[-+]?[\d.]*\.[\d.]*(,\d*)?([eE][-+]?\d+)?", re.ASCII)

THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a row: line, message, and what to do."""

    line: int
    message: str
    help: str


@dataclass
class Sheet:
    """Named columns and the rows that have a value, with their lines."""

    names: list[str]
    places: list[int]
    """Which column of the file each name is, from 0."""
    header_line: int
    separator: str
    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    """As many cells as names, without blanks around them."""
    flaws: list[Flaw] = field(default_factory=list)

    def column(self, index: int) -> list[str]:
        """The cells of a column."""
        return [row[index] for row in self.rows]

    def plain_numbers(self, columns: Iterable[int]) -> Callable[[str], str]:
        """What turns a cell of these columns, in which numbers are written, into one with a decimal point.

        It raises ``Unreadable`` for a cell whose point may divide thousands.
        """
        wanted = list(columns)
        if self.separator == ",":
            return str
        if any(COMMA_NUMBER.fullmatch(row[c]) for row in self.rows for c in wanted):
            return _with_point
        pointed = [row[c] for row in self.rows for c in wanted if "." in row[c] and POINT_NUMBER.fullmatch(row[c])]
        return _unclear if pointed and all(map(THOUSANDS.fullmatch, pointed)) else str


def _unclear(cell: str) -> str:
    if THOUSANDS.fullmatch(cell):
        whole = cell.replace(".", "")
        raise Unreadable(f"{cell!r} could be {whole}", f"write {whole}, or {cell}0 where the point is a decimal one")
    return cell


def _with_point(cell: str) -> str:
    if POINT_NUMBER.fullmatch(cell):
        raise Unreadable(
            f"{cell!r} has a point in a file that writes decimal commas",
            "write all decimals alike, and thousands without a sign between them",
        )
    return cell.replace(",", ".") if COMMA_NUMBER.fullmatch(cell) else cell


def read_sheet(lines: Sequence[str], first: int = 1) -> Sheet:
    """The table in lines of text, of which the first is line ``first`` of its file.

    Rows that do not fit the header are flaws, and left out; what is no CSV ends the table.
    """
    flaws: list[Flaw] = []
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    stated = STATED.fullmatch(lines[start].strip()) if start < len(lines) else None
    if stated:
        start = next((i for i, line in enumerate(lines[start + 1 :], start + 1) if line.strip()), len(lines))
    separator = stated.group(1) if stated else _separator(lines[start] if start < len(lines) else "")
    records = _records(lines[start:], first + start, separator, flaws)
    line, header = next(records, (first, []))
    places = [place for place, name in enumerate(header) if name]
    sheet = Sheet([header[place] for place in places], places, line, separator, flaws=flaws)
    for line, cells in records:
        if flaw := _flaw(header, line, cells):
            flaws.append(flaw)
        else:
            sheet.lines.append(line)
            sheet.rows.append([cells[place] for place in places])
    return sheet


def _separator(header: str) -> str:
    """What separates the names of a header line, outside quotes: what occurs most; the comma if nothing does."""
    outside = re.sub(r'"[^"]*"', "", header)
    return max(SEPARATORS, key=outside.count)


def _records(lines: Sequence[str], first: int, separator: str, flaws: list[Flaw]) -> Iterator[tuple[int, list[str]]]:
    """First line and cells of every record with a value."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    while True:
        line = first + reader.line_num
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            flaws.append(Flaw(line, f"this is not CSV: {error}", 'inside quotes, a quote is written ""'))
            return
        if any(cells):
            yield line, cells


def _flaw(header: list[str], line: int, cells: list[str]) -> Flaw | None:
    """What is wrong with a row: too few cells, or values where the header has no name."""
    if len(cells) < len(header) or any(cells[len(header) :]):
        message = f"the row has {len(cells)} cells, the header has {len(header)}"
        return Flaw(line, message, "a text with a comma is put in double quotes; decimals have a point")
    for place, name in enumerate(header):
        if cells[place] and not name:
            message = f"the value {cells[place][:40]!r} is in column {place + 1}, which has no name"
            return Flaw(line, message, "name the column in the header, or empty it")
    return None
