"""Index sets and common parameters of the model: places, years, slices, units.

Slices and days are counted from 0 in chronological order; the labels of slices return in the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case
from simulator.grouping import lists
from simulator.model.lp.components import array_param


def subset(items: Iterable[Any]) -> pyo.Set:
    """An ordered set of the items, in their order."""
    return pyo.Set(initialize=list(items), dimen=1, ordered=True)


def grouped(index: pyo.Set, members: dict[Any, list[Any]], dimen: int = 1) -> pyo.Set:
    """For each element of ``index`` the list of its members (empty where it has none)."""
    lists = {key: members.get(key, []) for key in index}
    found = pyo.Set(index, initialize=lists, ordered=True, dimen=dimen)
    found.member_dimen = dimen
    return found


def units_by(
    case: Case, key: Callable[[DispatchUnit], Any], which: Callable[[DispatchUnit], bool]
) -> dict[Any, list[str]]:
    """Ids of the units that satisfy ``which``, by ``key``."""
    return lists((key(unit), unit.id) for unit in case.units if which(unit))


def add(m: pyo.ConcreteModel, case: Case) -> None:
    """Declare the sets and parameters that several features share."""
    frame, years = case.frame, case.horizon.years
    slices = len(frame.day)
    m.ZONE = subset(zone.id for zone in case.zones)
    m.COUNTRY = subset(country.id for country in case.countries)
    m.ZONES_OF_COUNTRY = grouped(
        m.COUNTRY, {c.id: [z.id for z in case.zones if z.country == c.id] for c in case.countries}
    )
    m.YEAR = subset(years)
    m.SLICE = subset(range(slices))
    m.DAY = subset(range(len(frame.date_index)))
    m.SLICES_OF_DAY = grouped(m.DAY, {d: np.flatnonzero(frame.day == d).tolist() for d in m.DAY})
    m.UNIT = subset(unit.id for unit in case.units)

    m.hours = array_param(m.YEAR, m.SLICE, values=case.hours)
    """Hours per year of a slice."""
    m.day_of = array_param(m.SLICE, values=frame.day)
    m.availability = array_param(m.UNIT, m.YEAR, m.SLICE, values=case.availability)
    next_day, previous_day = case.stretches.neighbours()
    m.next_day = array_param(m.YEAR, m.DAY, values=next_day)
    """The following day of a year; after its last comes its first, and a day that is not part of it follows itself."""
    m.previous_day = array_param(m.YEAR, m.DAY, values=previous_day)
    following, before = _neighbours_in_day(frame.day)
    m.next_slice = array_param(m.SLICE, values=following)
    """The following slice of the same day; after the last comes the first."""
    m.previous_slice = array_param(m.SLICE, values=before)
    m.block_hours = array_param(m.SLICE, values=frame.block_hours)
    """Length of a slice within its day, in hours."""


def _neighbours_in_day(day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    following, before = np.empty(len(day), int), np.empty(len(day), int)
    for d in np.unique(day):
        inside = np.flatnonzero(day == d)
        following[inside], before[inside] = np.roll(inside, -1), np.roll(inside, 1)
    return following, before
