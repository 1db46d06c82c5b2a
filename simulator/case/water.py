"""Water: monthly inflow becomes inflow of the days of the plan, and windows of release over months.

A day of the plan stands for ``weight_days`` days of its neighbourhood; a period of the reservoir is such a day. The
inflow of a period is the mean daily inflow of the months the period covers times the days it stands for, so the
year's water is exactly the sum of the twelve months whatever days are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case.frame import Frame
from simulator.schema import Scenario
from simulator.system import Release, Reservoir, System

DAYS_OF_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


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
    """Reservoirs (R) and their inflow (R, days) in hm3."""

    reservoirs: tuple[Reservoir, ...]
    inflow_hm3: np.ndarray
    windows: tuple[Window, ...]


def water_factor(system: System, scenario: Scenario) -> dict[str, float]:
    """Country → inflow relative to a normal year; rivers of a dry or wet year move together."""
    if scenario.horizon.water == "normal":
        return {row.id: 1.0 for row in system.countries}
    factors = {
        row.country: row.factor_percent / 100 for row in system.water_years if row.condition == scenario.horizon.water
    }
    return {row.id: factors.get(row.id, 1.0) for row in system.countries}


def month_shares(frame: Frame) -> np.ndarray:
    """(days of the plan, 12): how many days of each month every day of the plan stands for.

    Days stand for consecutive stretches of the year in proportion to their weights, so each month's days are
    fully shared out: columns add up to the days of the months, rows to the weights.
    """
    scale = 365 / frame.weight_days.sum()
    edges = np.concatenate([[0.0], np.cumsum(frame.weight_days)]) * scale
    months = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)]).astype(float)
    overlap = np.minimum(edges[1:, None], months[None, 1:]) - np.maximum(edges[:-1, None], months[None, :-1])
    return np.asarray(np.clip(overlap, 0, None))


def make_water(system: System, scenario: Scenario, frame: Frame) -> Water:
    """Reservoirs with their inflow and windows in the scenario's water year."""
    factor = water_factor(system, scenario)
    country = {row.id: row.country for row in system.zones}
    position = {row.id: i for i, row in enumerate(system.reservoirs)}
    monthly = np.zeros((len(system.reservoirs), 12))
    for row in system.inflows:
        reservoir = system.reservoirs[position[row.reservoir]]
        monthly[position[row.reservoir], row.month - 1] = row.inflow_hm3 * factor[country[reservoir.zone]]
    shares = month_shares(frame)
    inflow = (monthly / DAYS_OF_MONTH) @ shares.T
    windows = [_window(row, position[row.reservoir], shares) for row in system.releases]
    return Water(system.reservoirs, inflow, tuple(window for window in windows if window.days))


def _window(row: Release, reservoir: int, shares: np.ndarray) -> Window:
    inside = shares[:, [month - 1 for month in row.months]].sum(axis=1) / np.maximum(shares.sum(axis=1), 1e-12)
    days: Sequence[int] = np.flatnonzero(inside > 1e-9).tolist()
    maximum = np.inf if row.maximum_hm3 is None else row.maximum_hm3
    return Window(row.key, reservoir, tuple(days), inside[days], row.minimum_hm3, maximum)
