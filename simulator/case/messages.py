"""Messages about a scenario: a name that is unknown, a key that would change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from simulator.errors import Problem
from simulator.system import Row, alike
from simulator.system.faults import faults_of_row, faults_of_tables
from simulator.system.names import KnownNames, key_of

S = TypeVar("S")


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice that names the nearest known word, or the first known words."""
    names = list(known)
    return alike.nearest(word, names) or alike.some(names)


def unknown(kind: str, word: str, known: Iterable[str], path: str) -> Problem:
    """The problem of a name that is not in a table."""
    return Problem(f"unknown {kind} {word!r}", path=path, help=nearest(word, known))


def borne(said: Mapping[str, S], names: Iterable[str]) -> Iterator[tuple[str, S]]:
    """What is said of names that are there; the others are found where names are checked."""
    there = set(names)
    return ((name, value) for name, value in said.items() if name in there)


def ids(rows: Iterable[Row]) -> list[str]:
    """The keys of rows."""
    return [row.key for row in rows]


def no_effect(why: str, path: str, help: str = "remove it, or write another value") -> Problem:
    """The problem of a key that would change nothing."""
    return Problem(f"{why}: this has no effect", path=path, help=help)


def table_problems(names: KnownNames) -> list[Problem]:
    """Names in tables that nobody bears, and names that meet."""

    def at(path: tuple[str | int, ...]) -> str:
        table, position, *column = map(str, path)
        return ".".join((table, key_of(names.rows[table][int(position)]), *column))

    return [
        Problem(fault.message + (f" (as {at(fault.earlier[:2])})" if fault.earlier else ""), path=at(fault.path),
                help=fault.help)
        for fault in faults_of_tables(names)
    ]  # fmt: skip


def row_problems(row: Row, names: KnownNames, path: str) -> list[Problem]:
    """Names in a row that nobody bears; ``path`` is where the scenario changes the row."""
    return [Problem(fault.message, path=f"{path}.{fault.path[0]}", help=fault.help)
            for fault in faults_of_row(row, names)]  # fmt: skip
