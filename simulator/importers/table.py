"""Rows of a CSV text with their lines, and columns as numbers and stamps."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

import numpy as np

from simulator.case.weather.profiles import HourTable, read_numbers
from simulator.errors import InputError
from simulator.importers.hours import Source


@dataclass(frozen=True)
class TextTable:
    """Columns of cells, and the line of every row."""

    source: Source
    columns: dict[str, tuple[str, ...]]
    lines: list[int]
    header_line: int

    def numbers(self, name: str) -> np.ndarray:
        """(n) A column as numbers. Raises ``InputError`` at the first cell that is none, or without the column."""
        self.need(name)
        table = HourTable(self.source.path.name, line=self.lines)
        values = read_numbers(name, self.columns[name], table)
        if table.problems:
            raise InputError(table.problems)
        return values

    def stamps(self, name: str, read: Callable[[str], datetime], example: str) -> np.ndarray:
        """(n) A column as UTC stamps. Raises ``InputError`` at the first cell that ``read`` refuses."""
        self.need(name)
        stamps = []
        for cell, line in zip(self.columns[name], self.lines, strict=True):
            try:
                stamp = read(cell.strip())
            except ValueError:
                raise self.source.problem(f"{cell.strip()!r} is not a time", line, f"expected {example}") from None
            stamps.append(stamp.astimezone(UTC).replace(tzinfo=None) if stamp.tzinfo else stamp)
        return np.array(stamps, dtype="datetime64[m]")

    def need(self, name: str) -> None:
        """Raises ``InputError`` if there is no column of that name."""
        if name not in self.columns:
            help = f"its columns are {', '.join(self.columns)}"
            raise self.source.problem(f"no column `{name}`", self.header_line, help)


def read_table(source: Source, lines: Sequence[str], first: int) -> TextTable:
    """The table whose header is line ``first`` (from 1) of a text; it ends with the text or with a blank line."""
    names = [name.strip() for name in next(csv.reader([lines[first - 1]]), [])]
    rows = list(csv.reader(takewhile(str.strip, lines[first:])))
    for line, cells in enumerate(rows, start=first + 1):
        if len(cells) != len(names):
            help = "separate columns by commas, write a point in decimals"
            raise source.problem(f"the row has {len(cells)} cells, the header has {len(names)}", line, help)
    if len(set(names)) < len(names):
        raise source.problem("two columns have the same name", first, "keep one of them")
    columns = {name: tuple(row[place] for row in rows) for place, name in enumerate(names)}
    return TextTable(source, columns, list(range(first + 1, first + 1 + len(rows))), first)
