"""How a scenario is told that a name is unknown or that a key would change nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from simulator.errors import Problem
from simulator.system import Row, System


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice that names the nearest known word, or the known ones, the first of them when they are many."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(names if len(names) <= 12 else [*names[:10], f"… ({len(names)} in all)"])
    return f"known: {shown}" if names else "there are none"


def unknown(kind: str, word: str, known: Iterable[str], path: str) -> Problem:
    """The problem of a name that is not in a table."""
    return Problem(f"unknown {kind} {word!r}", path=path, help=nearest(word, known))


def unknown_references(row: Row, system: System, path: str) -> list[Problem]:
    """The problems of all names in a row that the table they point into does not have."""
    problems = []
    for column, table in type(row).references.items():
        value = getattr(row, column)
        known = [other.key for other in getattr(system, table)]
        names = (value,) if isinstance(value, str) else value or ()
        problems += [unknown(column, name, known, f"{path}.{column}") for name in names if name not in known]
    return problems


def no_effect(why: str, path: str, help: str = "remove it, or write another value") -> Problem:
    """The problem of a key that would change nothing."""
    return Problem(f"{why}: this has no effect", path=path, help=help)
