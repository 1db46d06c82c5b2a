"""Where a problem that is found after reading comes from: its dotted path becomes file, line and column.

A path names a value as a scenario writes it (``horizon.time``), or as ``changes`` would write it: table, row, column
(``plants.kaz_balkhash.zone``). The longest part of it that a file states is the place; what the scenario says about a
row wins over the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from simulator.errors import InputError, Problem, warnings_through
from simulator.files.text import LINE_BREAK
from simulator.inputs.scenario import System
from simulator.inputs.strict_yaml import KeyPath, Mark, Report, dotted
from simulator.inputs.validation import Marks


@dataclass(frozen=True)
class Places:
    """The values that files state: of a scenario, of the tables of a system, or of both."""

    scenario: Marks = field(default_factory=Marks)
    tables: Marks = field(default_factory=Marks)
    system: System | None = None
    """What was read from ``tables``; row by row in the same order."""

    @contextmanager
    def placing_problems(self) -> Iterator[None]:
        """Give problems and warnings that name only a dotted path the place in the files they speak of."""
        try:
            with warnings_through(self.placed):
                yield
        except InputError as error:
            raise InputError([self.placed(problem) for problem in error.problems]) from None

    def placed(self, problem: Problem) -> Problem:
        """The problem with the place of its path; the same when it has one, or no file states anything of it."""
        path = problem.path
        while path and not problem.file:
            if mark := self._mark(path):
                line, column = mark.key_line, mark.key_column
                return replace(problem, file=mark.file, line=line, column=column, excerpt=_excerpt(mark.file, line))
            path = path.rpartition(".")[0]
        return problem

    def _mark(self, path: str) -> Mark | None:
        """The mark of exactly this path."""
        said = self._by_dotted.get(path) or self._by_dotted.get(f"changes.{path}")
        if said:
            return said
        row, _, column = path.rpartition(".")
        if place := self._rows.get(path):
            return self.tables.at(place)
        if place := self._rows.get(row):
            return self.tables.at((*place, column))
        return self.tables.nodes.get((path,))

    @cached_property
    def _by_dotted(self) -> dict[str, Mark]:
        return {dotted(path): mark for path, mark in self.scenario.nodes.items()}

    @cached_property
    def _rows(self) -> dict[str, KeyPath]:
        """``table.key`` → where its row is in the marks."""
        tables = self.system or ()
        return {
            f"{name}.{row.key}": (name, i)
            for name, rows in tables if isinstance(rows, tuple) for i, row in enumerate(rows)
        }  # fmt: skip


def _excerpt(file: str, line: int) -> str:
    """The line as messages show it; nothing when the file is gone."""
    report = Report()
    with suppress(OSError, UnicodeDecodeError):
        report.lines[file] = LINE_BREAK.split(Path(file).read_text(encoding="utf-8-sig"))
    return report.excerpt(file, line)
