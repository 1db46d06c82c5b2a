"""Water: monthly inflow becomes inflow of the days of the plan, and windows of release over months.

A day of the plan stands for ``weight_days`` days of its neighbourhood; a period of the reservoir is such a day. The
inflow of a period is the mean daily inflow of the months the period covers times the days it stands for, so the
year's water is exactly the sum of the twelve months whatever days are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case.calendar import DAYS, DAYS_OF_MONTH
from simulator.case.frame import Frame
from simulator.case.realised import Factors
from simulator.system import Release, Reservoir, System


@dataclass(frozen=True)
class Window:
    """Water that must or may leave a reservoir over some periods, in hm3."""

    name: str
    reservoir: int
    days: tuple[int, ...]
    share: np.ndarray
    """Share of each of these periods that lies in the window's months."""
    minimum_hm3: float
    maximum_hm3: float


@dataclass(frozen=True)
class Water:
    """Reservoirs (R) and their inflow (R, Y, days) in hm3."""

    reservoirs: tuple[Reservoir, ...]
    inflow_hm3: np.ndarray
    windows: tuple[Window, ...]


def month_shares(frame: Frame) -> np.ndarray:
    """(days of the plan, 12): how many days of each month every day of the plan stands for.

    Days stand for consecutive stretches of the year in proportion to their weights, so each month's days are
    fully shared out: columns add up to the days of the months, rows to the weights.
    """
    scale = DAYS / frame.weight_days.sum()
    edges = np.concatenate([[0.0], np.cumsum(frame.weight_days)]) * scale
    months = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)]).astype(float)
    overlap = np.minimum(edges[1:, None], months[None, 1:]) - np.maximum(edges[:-1, None], months[None, :-1])
    return np.asarray(np.clip(overlap, 0, None))


def make_water(system: System, factors: Factors, frame: Frame, years: Sequence[int]) -> Water:
    """Reservoirs with their windows, and their inflow as nature gives it in each model year.

    The factor of a reservoir is that of the technology of the first plant, project or candidate at it; one without
    any has its normal inflow.
    """
    country = {row.id: row.country for row in system.zones}
    technology = {row.reservoir: row.technology for row in reversed(system.candidates) if row.reservoir}
    technology |= {row.reservoir: row.technology for row in reversed(system.projects) if row.reservoir}
    technology |= {row.reservoir: row.technology for row in reversed(system.plants) if row.reservoir}
    position = {row.id: i for i, row in enumerate(system.reservoirs)}
    monthly = np.zeros((len(system.reservoirs), 12))
    for row in system.inflows:
        monthly[position[row.reservoir], row.month - 1] = row.inflow_hm3
    shares = month_shares(frame)
    normal = np.ones(len(years))
    factor = np.array([factors.get((country[r.zone], technology.get(r.id, "")), normal) for r in system.reservoirs])
    inflow = factor.reshape(-1, len(years), 1) * ((monthly / DAYS_OF_MONTH) @ shares.T)[:, None, :]
    windows = [_window(row, position[row.reservoir], shares) for row in system.releases]
    return Water(system.reservoirs, inflow, tuple(window for window in windows if window.days))


def _window(row: Release, reservoir: int, shares: np.ndarray) -> Window:
    inside = shares[:, [month - 1 for month in row.months]].sum(axis=1) / np.maximum(shares.sum(axis=1), 1e-12)
    days: Sequence[int] = np.flatnonzero(inside > 1e-9).tolist()
    maximum = np.inf if row.maximum_hm3 is None else row.maximum_hm3
    return Window(row.key, reservoir, tuple(days), inside[days], row.minimum_hm3, maximum)
