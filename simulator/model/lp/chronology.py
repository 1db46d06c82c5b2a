"""The day of every column and row of a compiled plan, read from the index sets of its components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.model.lp.problem import CompiledModel, Segment

YEARLY = -1


@dataclass(frozen=True)
class Chronology:
    """Days, counted from 0; ``YEARLY`` for what belongs to no day."""

    days: int
    column_day: np.ndarray
    """(columns)"""
    row_day: np.ndarray
    """(rows) the day a row is indexed by, whatever other days its columns belong to; a user's own rows are yearly."""


def chronology(m: pyo.ConcreteModel, compiled: CompiledModel) -> Chronology:
    """Of a model with one model year."""
    day_of = {id(m.DAY): np.arange(len(m.DAY))}
    for slices in (m.SLICE, m.INNER_SLICE):
        day_of[id(slices)] = np.array([m.day_of[s] for s in slices], int)
    column_day = np.full(compiled.matrix.shape[1], YEARLY)
    row_day = np.full(compiled.matrix.shape[0], YEARLY)
    for segments, days in ((compiled.columns, column_day), (compiled.rows, row_day)):
        for name, segment in segments.items():
            days[segment.span] = _days(m.find_component(name), segment, day_of)
    return Chronology(len(m.DAY), column_day, row_day)


def _days(component: Any, segment: Segment, day_of: dict[int, np.ndarray]) -> np.ndarray:
    """(size) the day of each member, in the order of the component's segment."""
    sets = list(component.index_set().subsets()) if component.is_indexed() else []
    for position, s in enumerate(sets):
        if id(s) in day_of and len(segment.shape) == len(sets):
            shape = [1] * len(sets)
            shape[position] = -1
            return np.broadcast_to(day_of[id(s)].reshape(shape), segment.shape).reshape(-1)
    return np.full(segment.size, YEARLY)
