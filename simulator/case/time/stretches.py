"""Stretches of the year: what each day of the plan represents, model year by model year and month by month.

Days of a plan follow each other through the year in their order. Each represents a stretch of days in proportion to the
hours of its slices *in that year*; slices that belong to one model year have no stretch in the others.

========  ===============  =====  ==================================================================================
symbol    index            unit   meaning
========  ===============  =====  ==================================================================================
``h``     year, slice      h      hours per year of a slice; 0 where it is not part of the year
``w``     year, day        d      days of the year that a day of the plan represents
``e``     year, edge       d      where the stretches begin and end, the first at 0, the last at 365
``n``     year, day, month d      days of a month that a day of the plan represents
========  ===============  =====  ==================================================================================

(1)  w[y,d] = 365 · Σ_{s in d} h[y,s] / Σ_s h[y,s]
(2)  e[y,0] = 0,  e[y,d+1] = e[y,d] + w[y,d]
(3)  n[y,d,m] = |[e[y,d], e[y,d+1]) ∩ month m|;  named slices that state their months: w[y,d] divided over them in
     proportion to their lengths

What a month brings is shared over the days of the plan by n, so the year's sum is that of the twelve months whatever
days are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH
from simulator.case.time.frame import Frame

MONTH_EDGES = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)]).astype(float)


@dataclass(frozen=True)
class Stretches:
    """What the days of the plan (D) represent in each model year (Y)."""

    weight_days: np.ndarray = field(metadata=over("year", "day", least=0))
    """Days of the year, equation 1; 0: not part of the year."""
    month_days: np.ndarray = field(metadata=over("year", "day", "month", least=0))
    """Days of each month among them, equation 3."""
    open_share: np.ndarray = field(metadata=over("year", "day", "month", least=0))
    """Share of the hours of a day's slices that lie in each month: all in the month of its date, or, for
    named slices, which have no date, as ``month_days``."""
    dated: bool
    """Whether days are dates of the year."""

    @property
    def edges(self) -> np.ndarray:
        """(Y, D + 1) equation 2."""
        return np.pad(np.cumsum(self.weight_days, axis=1), ((0, 0), (1, 0)))

    @property
    def first_day(self) -> np.ndarray:
        """(Y) position of the year's first day."""
        return np.asarray((self.weight_days > 0).argmax(axis=1))

    def neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        """(Y, D) the following day of each year, after its last the first, and the one before.

        A day that is not part of a year is its own neighbour there.
        """
        years, days = self.weight_days.shape
        following, before = (np.tile(np.arange(days), (years, 1)) for _ in range(2))
        for y in range(years):
            inside = np.flatnonzero(self.weight_days[y] > 0)
            following[y, inside], before[y, inside] = np.roll(inside, -1), np.roll(inside, 1)
        return following, before

    def inside(self, months: Sequence[int]) -> np.ndarray:
        """(Y, D) share of each stretch that lies in some months (1 to 12)."""
        return _part(self.month_days, months)

    def open_in(self, months: Sequence[int]) -> np.ndarray:
        """(Y, D) share of the hours of a day's slices that lie in some months (1 to 12)."""
        return _part(self.open_share, months)

    def spread(self, monthly: np.ndarray) -> np.ndarray:
        """Amounts by month (…, Y, 12) shared over the days of the plan (…, Y, D); the sum of a year stays."""
        of_month = self.month_days / self.month_days.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("...ym,ydm->...yd", monthly, of_month))

    def mean(self, monthly: np.ndarray) -> np.ndarray:
        """Figures by month (…, Y, 12) as their mean over each stretch (…, Y, D); 0 where a day has no stretch."""
        return np.asarray(np.einsum("...ym,ydm->...yd", monthly, _shares(self.month_days)))


def make_stretches(frame: Frame, hours: np.ndarray) -> Stretches:
    """Equations 1 to 3 from the hours per year (Y, S) of slices."""
    days = len(frame.date_index)
    weight = np.array([np.bincount(frame.day, yearly, days) for yearly in hours])
    weight *= DAYS / weight.sum(axis=1, keepdims=True)
    edges = np.pad(np.cumsum(weight, axis=1), ((0, 0), (1, 0)))
    month_days = np.array([overlap(each, MONTH_EDGES) for each in edges])
    if frame.months is not None:
        stating = frame.months.any(axis=1, keepdims=True)
        lengths = frame.months * DAYS_OF_MONTH
        stated = lengths / np.maximum(lengths.sum(axis=1, keepdims=True), 1)
        month_days = np.where(stating, weight[:, :, None] * stated, month_days)
    open_share = _shares(month_days)
    if frame.dated:
        dates = (frame.month[:, None] == np.arange(1, 13)).astype(float)
        open_share = np.broadcast_to(dates, open_share.shape)
    return Stretches(weight, month_days, open_share, frame.dated)


def overlap(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Common length of every stretch between edges with every stretch between other edges."""
    common = np.minimum(first[1:, None], second[None, 1:]) - np.maximum(first[:-1, None], second[None, :-1])
    return np.asarray(np.clip(common, 0, None))


def _shares(month_days: np.ndarray) -> np.ndarray:
    """(Y, D, 12) share of each stretch in each month; 0 where there is none."""
    total = month_days.sum(axis=2, keepdims=True)
    return _ratio(month_days, total)


def _part(days: np.ndarray, months: Sequence[int]) -> np.ndarray:
    inside = days[:, :, sorted({month - 1 for month in months})].sum(axis=2)
    return _ratio(inside, days.sum(axis=2))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """0 where there is no whole."""
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))
