"""Water: monthly figures become those of the days of the plan; travel between reservoirs; windows of release.

A day of the plan stands for ``weight_days`` days of its neighbourhood; a period of the reservoir is such a day. What a
month brings or takes is spread evenly over its days, so the year's water is exactly the sum of the twelve months
whatever days are chosen.

=======  ============================================================================================
``e``    edges of the periods in days of the year, the first at 0, the last at 365
``τ``    travel time in days
``K``    part of a period's release that arrives in each period
=======  ============================================================================================

(1)  K[d,k] = |[e[d] + τ, e[d+1] + τ) ∩ [e[k], e[k+1])| / (e[d+1] − e[d]), the year closing on itself;  Σ_k K[d,k] = 1

A period's release flows evenly over the days it stands for; shifted by the travel time it meets one period or more,
whether these stand for one day or for many.

In a year drier than the dry year of ``water_years`` there is less to share: what is owed below (windows, withdrawals)
shrinks in proportion to the inflow, as quotas do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case.capacity.pipeline import Outcome
from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH
from simulator.case.time.frame import Frame
from simulator.case.weather.realised import Factors
from simulator.errors import InputError, Problem
from simulator.system import Filling, Release, Reservoir, System

ROUNDING = 1e-12
"""A smaller part of a release is what sums of edges leave over."""


@dataclass(frozen=True)
class Window:
    """Water that must or may leave a reservoir over some periods, in hm3."""

    name: str
    reservoir: int
    days: tuple[int, ...]
    share: np.ndarray
    """Share of each of these periods that lies in the window's months."""
    minimum_hm3: np.ndarray
    """By model year."""
    maximum_hm3: float


@dataclass(frozen=True)
class Water:
    """Reservoirs (R), what comes to them and what is taken from it (R, Y, days) in hm3, and how water travels."""

    reservoirs: tuple[Reservoir, ...]
    inflow_hm3: np.ndarray
    """Natural inflow."""
    withdrawal_hm3: np.ndarray
    """Taken by fields and canals, and kept by new lakes that fill."""
    arrival_share: np.ndarray
    """(R, days, days) part of a period's release that arrives downstream in each period, equation 1."""
    windows: tuple[Window, ...]


def period_edges(weight_days: np.ndarray) -> np.ndarray:
    """(days + 1) where the stretches of the year that days of the plan stand for begin and end, in days from 0."""
    return np.asarray(np.concatenate([[0.0], np.cumsum(weight_days)]) * (DAYS / weight_days.sum()))


def month_shares(frame: Frame) -> np.ndarray:
    """(days of the plan, 12): how many days of each month every day of the plan stands for.

    Days stand for consecutive stretches of the year in proportion to their weights, so each month's days are
    fully shared out: columns add up to the days of the months, rows to the weights.
    """
    months = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)]).astype(float)
    return _overlap(period_edges(frame.weight_days), months)


def travel_shares(weight_days: np.ndarray, days: float) -> np.ndarray:
    """(days, days) part of the water released in a period that arrives in each period after ``days`` on its way.

    Equation 1; rows add up to one. A period that stands for no time keeps its (empty) release. ``days`` below 365.

    >>> travel_shares(np.array([73.0, 292.0]), 36.5)
    array([[0.5  , 0.5  ],
           [0.125, 0.875]])
    """
    edges = period_edges(weight_days)
    length = np.diff(edges)[:, None]
    shared = _overlap(edges + days, edges) + _overlap(edges + days, edges + DAYS)
    shares = np.divide(shared, length, out=np.eye(len(length)), where=length > 0)
    shares[shares < ROUNDING] = 0.0
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _overlap(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Common length of every stretch between edges with every stretch between other edges."""
    common = np.minimum(first[1:, None], second[None, 1:]) - np.maximum(first[:-1, None], second[None, :-1])
    return np.asarray(np.clip(common, 0, None))


def make_water(
    system: System, factors: Factors, frame: Frame, years: Sequence[int], outcomes: Sequence[Outcome] = ()
) -> Water:
    """Reservoirs with their windows, their inflow as nature gives it in each model year, and what is taken from it.

    Raises ``InputError`` where a new lake keeps more than flows in, or water would flow in a circle.
    """
    _check_courses(system)
    rows, shares = system.reservoirs, month_shares(frame)
    position = {row.id: i for i, row in enumerate(rows)}
    normal, taken = np.zeros((len(rows), 12)), np.zeros((len(rows), 12))
    for row in system.inflows:
        normal[position[row.reservoir], row.month - 1] = row.inflow_hm3
    for use in system.withdrawals:
        taken[position[use.reservoir], use.month - 1] = use.withdrawal_hm3
    factor, owed = _factors(system, factors, len(years))
    inflow = factor[:, :, None] * normal[:, None, :]
    kept = _kept(system.fillings, outcomes, position, normal, years)
    _check_filling(system, kept, inflow)
    withdrawal = owed[:, :, None] * taken[:, None, :] + kept
    windows = [_window(release, position[release.reservoir], shares, owed) for release in system.releases]
    daily = shares.T / DAYS_OF_MONTH[:, None]
    travel = [travel_shares(frame.weight_days, row.travel_hours / 24) for row in rows]
    days = len(frame.weight_days)
    return Water(
        rows, inflow @ daily, withdrawal @ daily, np.array(travel).reshape(len(rows), days, days),
        tuple(window for window in windows if window.days),
    )  # fmt: skip


def _check_courses(system: System) -> None:
    below = {row.id: row.downstream for row in system.reservoirs}
    problems = []
    for name in below:
        place: str | None = name
        for _ in below:
            place = below.get(place) if place else None
        if place:
            problems.append(Problem(f"the water of reservoir {name!r} flows in a circle",
                                    path=f"reservoirs.{name}.downstream", help="name what lies below it"))  # fmt: skip
    if problems:
        raise InputError(problems)


def _factors(system: System, factors: Factors, years: int) -> tuple[np.ndarray, np.ndarray]:
    """(R, Y) inflow relative to a normal year, and the part of what is owed that such a year can give.

    The factor of a reservoir is that of the technology of the first plant, project or candidate at it; one without
    any has its normal inflow.
    """
    country = system.country_of
    dry = {row.country: row.dry_percent / 100 for row in system.water_years}
    technology = {row.reservoir: row.technology for row in reversed(system.candidates) if row.reservoir}
    technology |= {row.reservoir: row.technology for row in reversed(system.projects) if row.reservoir}
    technology |= {row.reservoir: row.technology for row in reversed(system.plants) if row.reservoir}
    where = [country[row.zone] for row in system.reservoirs]
    found = [factors.get((place, technology.get(row.id, "")), np.ones(years))
             for place, row in zip(where, system.reservoirs, strict=True)]  # fmt: skip
    factor = np.array(found).reshape(-1, years)
    least = np.array([dry.get(place, 0.0) for place in where])[:, None]
    return factor, np.where(factor < least, factor / np.maximum(least, 1e-12), 1.0)


def _kept(
    fillings: Sequence[Filling],
    outcomes: Sequence[Outcome],
    position: dict[str, int],
    normal: np.ndarray,
    years: Sequence[int],
) -> np.ndarray:
    """(R, Y, 12) water that new lakes keep, as far as their projects come, in the years before they run in full."""
    coming = {outcome.project.id: outcome for outcome in outcomes}
    kept = np.zeros((len(normal), len(years), 12))
    for row in fillings:
        outcome, months = coming.get(row.project), [month - 1 for month in row.months]
        if outcome is None:
            continue
        first = outcome.date - row.years
        inside = np.array([max(min(outcome.date, year + 1) - max(first, year), 0.0) for year in years])
        yearly = outcome.share * row.volume_hm3 / row.years * inside
        flow = normal[position[row.reservoir], months]
        kept[position[row.reservoir], :, months] += np.outer(flow / flow.sum(), yearly)
    return kept


def _check_filling(system: System, kept: np.ndarray, inflow: np.ndarray) -> None:
    problems = [
        Problem(f"lakes that fill above {row.id!r} keep more than flows in", path=f"fillings.{filling.key}",
                help="give more years, or more months")
        for filling in system.fillings for i, row in enumerate(system.reservoirs)
        if row.id == filling.reservoir and np.any(kept[i] > inflow[i])
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def _window(row: Release, reservoir: int, shares: np.ndarray, owed: np.ndarray) -> Window:
    inside = shares[:, [month - 1 for month in row.months]].sum(axis=1) / np.maximum(shares.sum(axis=1), 1e-12)
    days: Sequence[int] = np.flatnonzero(inside > 1e-9).tolist()
    maximum = np.inf if row.maximum_hm3 is None else row.maximum_hm3
    return Window(row.key, reservoir, tuple(days), inside[days], row.minimum_hm3 * owed[reservoir], maximum)
