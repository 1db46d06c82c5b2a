"""Pyomo components over arrays: parameters, variables and rows that exist as wholes, their members only when touched.

They are ordinary Pyomo components: a member can be printed, a bound changed, a variable fixed. What differs is that
nothing is created per index when the model is built; ``compile.py`` reads the arrays and calls each rule once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.base.constraint import IndexedConstraint


def set_sizes(sets: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape of arrays over some sets."""
    return tuple(len(s) for s in sets)


def width(s: Any) -> int:
    """How many parts the members of a set have; an empty set of unknown kind has members of one part."""
    return s.dimen if isinstance(s.dimen, int) else 1


class _Positions:
    """Position of an index tuple in the arrays of a component; sets may have members of several parts.

    Members are asked for one by one: iterating over a set means something else while a rule is being compiled.
    """

    def __init__(self, sets: tuple[Any, ...]) -> None:
        self.sets = sets
        self.maps: list[dict[Any, int]] | None = None

    def __call__(self, index: tuple[Any, ...]) -> tuple[int, ...]:
        if self.maps is None:
            self.maps = [{s.at(i + 1): i for i in range(len(s))} for s in self.sets]
        found, start = [], 0
        for s, positions in zip(self.sets, self.maps, strict=True):
            parts = width(s)
            key = index[start] if parts == 1 else tuple(index[start : start + parts])
            found.append(positions[key])
            start += parts
        return tuple(found)


def array_param(*sets: Any, values: Any) -> pyo.Param:
    """A parameter over sets; ``values`` has their lengths as shape. Integers can serve as indices of other components.

    Raises ``ValueError`` when the shape does not fit or a value is not a number.
    """
    array = np.ascontiguousarray(values)
    if array.dtype.kind not in "iuf":
        array = array.astype(float)
    if array.shape != set_sizes(sets):
        raise ValueError(f"values of shape {array.shape} for sets of sizes {set_sizes(sets)}")
    if not np.isfinite(array).all():
        raise ValueError("a parameter has a value that is not a finite number")
    where = _Positions(sets)

    def member(_block: Any, *index: Any) -> Any:
        return array[where(index)].item()

    param = pyo.Param(*sets, default=member, within=pyo.Any)
    param.array = array
    return param


def array_var(*sets: Any, lower: Any = 0.0, upper: Any = np.inf, integer: bool = False) -> pyo.Var:
    """A variable over sets; bounds are numbers or arrays that broadcast to the sets' lengths."""
    shape = set_sizes(sets)
    low, high = (np.broadcast_to(np.asarray(bound, float), shape) for bound in (lower, upper))
    if np.isnan(low).any() or np.isnan(high).any():
        raise ValueError("a bound is not a number")
    where = _Positions(sets)

    def bounds(_block: Any, *index: Any) -> tuple[float | None, float | None]:
        place = where(index)
        return (
            float(low[place]) if np.isfinite(low[place]) else None,
            float(high[place]) if np.isfinite(high[place]) else None,
        )

    var = pyo.Var(*sets, domain=pyo.Integers if integer else pyo.Reals, bounds=bounds, dense=False)
    var.arrays = (low, high)
    var.integer = integer
    return var


class Rows(IndexedConstraint):  # type: ignore[misc]
    """A constraint over sets whose members are made when they are asked for."""

    def construct(self, data: Any = None) -> None:
        """Prepare the index sets; no member is made."""
        if self._constructed:
            return
        self._constructed: bool = True
        for anonymous in self._anonymous_sets or ():
            anonymous.construct()

    def materialise(self) -> None:
        """Make all members, for Pyomo's own tools."""
        for index in self.index_set():
            self[index]


def rows(*sets: Any, rule: Callable[..., Any]) -> Rows:
    """A constraint ``rule(model, *index)`` over sets. The rule is called once, with placeholders for its indices:
    it must not compare or branch on them; declare a set of the members it holds for instead."""
    return Rows(*sets, rule=rule)
