"""Axes of the arrays of a case, said where a field is declared, and what follows from them for every field.

    load_mw: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    year: int = field(metadata=position("year"))

Taking a model year and the search for invalid numbers walk the fields of a case and of all its parts, so that
none can be forgotten; ``tests/test_axes.py`` refuses an array that does not say its axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from math import inf, isinf, isnan
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from simulator.errors import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

YEAR = "year"
"""The axis of model years."""
AXES, POSITION = "axes", "position"
NUMBERS = (float, np.ndarray, int)
Part = TypeVar("Part", bound="DataclassInstance")


@dataclass(frozen=True)
class Axes:
    """What a field has a value for, and what values it may have; of a mapping: what each of its values has."""

    names: tuple[str, ...]
    least: float = -inf
    most: float = inf
    unlimited: bool = False
    """Whether infinity is a value: no limit."""

    def wrong(self, values: np.ndarray) -> str:
        """What is wrong with values, or nothing."""
        if values.dtype.kind != "f" or not values.size:
            return ""
        low, high = float(values.min()), float(values.max())  # both are NaN where one value is
        if isnan(low):
            return "not a number"
        if (isinf(low) or isinf(high)) and not self.unlimited:
            return "infinite"
        if low < self.least:
            return "negative" if self.least == 0 else f"below {self.least:g}"
        return f"above {self.most:g}" if high > self.most * (1 + 1e-9) else ""


def over(*names: str, least: float = -inf, most: float = inf, unlimited: bool = False) -> dict[str, Axes]:
    """Metadata of an array, of a tuple with one value for each member of an axis, or of a mapping to arrays."""
    return {AXES: Axes(names, least, most, unlimited)}


def position(axis: str) -> dict[str, str]:
    """Metadata of a position on an axis: the object belongs to that member alone; none: to all. A tuple of positions
    is a list of such members."""
    return {POSITION: axis}


def of_year(part: Part, year: int) -> Part:
    """The same with one model year (a position), which keeps its axis; what belongs to other years is left out."""
    taken = {}
    for f, value in _fields(part):
        if f.metadata.get(POSITION) != YEAR or value is None:
            taken[f.name] = _taken(value, f.metadata.get(AXES), year)
        else:
            taken[f.name] = (0,) * value.count(year) if isinstance(value, tuple) else 0
    return replace(part, **taken)


def _taken(value: Any, axes: Axes | None, year: int) -> Any:
    if axes is not None and isinstance(value, dict):
        return {key: _taken(item, axes, year) for key, item in value.items()}
    if axes is not None and value is not None:
        if YEAR not in axes.names:
            return value
        return value[year : year + 1] if isinstance(value, tuple) else np.take(value, [year], axes.names.index(YEAR))
    if isinstance(value, tuple):
        return tuple(_taken(item, None, year) for item in value if not _elsewhere(item, year))
    return of_year(value, year) if is_part(value) else value


def _elsewhere(item: Any, year: int) -> bool:
    """Whether something belongs to another model year."""
    return is_part(item) and any(
        f.metadata.get(POSITION) == YEAR and isinstance(value, int) and value != year for f, value in _fields(item)
    )


def numbers(part: Any, path: str = "") -> list[tuple[str, Any, Axes | None]]:
    """Every array and number of a part and of its parts: where it is, its values, its axes if it is an array."""
    found: list[tuple[str, Any, Axes | None]] = []
    _add_numbers(found, part, None, path)
    return found


def _add_numbers(found: list[tuple[str, Any, Axes | None]], value: Any, axes: Axes | None, path: str) -> None:
    if isinstance(value, NUMBERS):
        found.append((path, value, axes))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            _add_numbers(found, item, axes, f"{path}[{getattr(item, 'id', i)}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            _add_numbers(found, item, axes, f"{path}[{key}]")
    elif is_part(value):
        for f, inner in _fields(value):
            _add_numbers(found, inner, f.metadata.get(AXES), f"{path}.{f.name}" if path else f.name)


def wrong_numbers(part: Any, path: str = "") -> list[Problem]:
    """Arrays and numbers that are not valid: not a number, infinite, or beyond their limits."""
    found = []
    for where, value, axes in numbers(part, path):
        wrong = axes.wrong(value) if axes and isinstance(value, np.ndarray) else "not a number" * _is_nan(value)
        if wrong:
            found.append(Problem(f"{where} has a value that is {wrong}",
                                 help="look at the profiles and tables it is made of"))  # fmt: skip
    return found


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and isnan(value)


def is_part(value: Any) -> bool:
    """Whether something is a part of a case and no row of a table."""
    return is_dataclass(value) and not isinstance(value, type)


def _fields(part: Any) -> Iterator[tuple[Any, Any]]:
    return ((f, getattr(part, f.name)) for f in fields(part))
