"""The days of the plan in each model year, from the hours of their slices alone."""

from __future__ import annotations

import numpy as np

from simulator.case.case import Case


def weight(case: Case) -> np.ndarray:
    """(Y, D) hours per year of each day; 0 where it is not part of a year."""
    return np.array([np.bincount(case.frame.day, of_year) for of_year in case.hours])


def shifted(case: Case, values: np.ndarray, days: int) -> np.ndarray:
    """(…, Y, D) with the values of the days before (days > 0) or after, every year closing on itself over its days."""
    moved = values.copy()
    for y, hours in enumerate(weight(case)):
        inside = np.flatnonzero(hours)
        moved[..., y, inside] = np.roll(values[..., y, inside], days, axis=-1)
    return moved
