"""Rows of a CSV text with their lines, and columns as numbers and stamps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

import numpy as np

from simulator.case.weather.profiles import HourTable, read_numbers
from simulator.errors import InputError
from simulator.files.sheet import read_sheet
from simulator.importers.hours import WeatherFile

CLOCKS = ("time", "local_time")
"""Columns of stamps begin so."""


@dataclass(frozen=True)
class TextTable:
    """Columns of cells, and the line of every row."""

    source: WeatherFile
    columns: dict[str, list[str]]
    lines: list[int]
    header_line: int
    plain: Callable[[str], str]
    """What gives a number its decimal point."""

    def numbers(self, name: str) -> np.ndarray:
        """(n) A column as numbers. Raises ``InputError`` at the first cell that is none, or without the column."""
        self.need(name)
        table = HourTable(self.source.path.name, line=self.lines)
        values = read_numbers(name, self.columns[name], table, self.plain)
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
                stamps.append(stamp.astimezone(UTC).replace(tzinfo=None) if stamp.tzinfo else stamp)
            except (ValueError, OverflowError):
                said = f"{cell.strip()[:40]!r} is not a time"
                raise self.source.problem(said, line, f"expected {example}") from None
        return np.array(stamps, dtype="datetime64[m]")

    def need(self, name: str) -> None:
        """Raises ``InputError`` if there is no column of that name."""
        if name not in self.columns:
            help = f"its columns are {', '.join(self.columns)}"
            raise self.source.problem(f"no column `{name}`", self.header_line, help)


def _has_value(line: str) -> bool:
    """Whether there is more in a line than separators, which spreadsheets put into blank ones."""
    return bool(line.strip(" ,;\t"))


def read_table(source: WeatherFile, lines: Sequence[str], first: int, *, ends_blank: bool = True) -> TextTable:
    """The table that begins in line ``first`` (from 1) of a text and ends with it, or with a blank line."""
    below = lines[first:]
    sheet = read_sheet([lines[first - 1], *(takewhile(_has_value, below) if ends_blank else below)], first)
    if sheet.flaws:
        flaw = sheet.flaws[0]
        raise source.problem(flaw.message, flaw.line, flaw.help)
    if len(set(sheet.names)) < len(sheet.names):
        raise source.problem("two columns have the same name", sheet.header_line, "keep one of them")
    columns = {name: sheet.column(place) for place, name in enumerate(sheet.names)}
    numeric = [place for place, name in enumerate(sheet.names) if not name.startswith(CLOCKS)]
    return TextTable(source, columns, sheet.lines, sheet.header_line, sheet.plain_numbers(numeric))
