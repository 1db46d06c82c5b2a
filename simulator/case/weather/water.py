"""Water: monthly figures become those of the days of the plan; travel between reservoirs; windows of release.

A day of the plan represents a stretch of the year (``stretches``); a period of the reservoir is such a day. What a
month brings or takes is spread evenly over its days, so the year's water is exactly the sum of the twelve months
whatever days are chosen.

=======  ============================================================================================
``e``    edges of the periods in days of the year, the first at 0, the last at 365
``τ``    travel time in days
``K``    part of a period's release that arrives in each period
``a``    inflow less withdrawals of a part of a period, hm3; ``S`` what the lake can hold, hm3
=======  ============================================================================================

(1)  K[d,k] = |[e[d] + τ, e[d+1] + τ) ∩ [e[k], e[k+1])| / (e[d+1] − e[d]), the year closing on itself;  Σ_k K[d,k] = 1
(2)  a[p] − S ≤ release in the part p of a period ≤ a[p] + S       (arrivals from above in proportion to its days)

A period's release flows evenly over the days it represents; shifted by the travel time it meets one period or more,
whether these represent one day or for many. Of a dated day a window counts the share that lies in its months. A named
slice can represent a season or a whole year, within which a lake lets water out when it is owed: its period has parts,
distinguished by the windows they lie in, and the plan divides the release over them within (2).

In a year drier than the dry year of ``interannual_inflows`` there is less to share: what is owed below (windows,
withdrawals) shrinks in proportion to the inflow, as quotas do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from simulator.case.axes import over, position
from simulator.case.capacity.pipeline import Outcome
from simulator.case.time.calendar import DAYS
from simulator.case.time.stretches import Stretches, overlap
from simulator.case.weather.realised import Factors
from simulator.errors import InputError, Problem
from simulator.grouping import lists
from simulator.system import Filling, Release, Reservoir, System

ROUNDING = 1e-12
"""A smaller part of a release is what sums of edges leave over."""
SLIVER = 1e-9
"""A smaller part of a stretch is what sums of edges leave over."""


@dataclass(frozen=True)
class Window:
    """Water that must or may leave a reservoir over some months, in hm3."""

    name: str
    reservoir: int
    share: np.ndarray = field(metadata=over("year", "day", least=0, most=1))
    """Share of each period that lies in the window's months; 0 where the period has ``parts``."""
    minimum_hm3: np.ndarray = field(metadata=over("year", least=0))
    """By model year."""
    maximum_hm3: float


@dataclass(frozen=True)
class WindowPart:
    """A part of a period, in which a lake lets out more or less than flows in, equation 2."""

    reservoir: int
    year: int = field(metadata=position("year"))
    day: int
    windows: tuple[int, ...]
    """Positions of the windows it lies in."""
    share: float
    """Of the period's days."""
    least_hm3: float
    """Release, without what arrives from above: at least …"""
    most_hm3: float
    """… and at most."""


@dataclass(frozen=True)
class Water:
    """Reservoirs (R), what comes to them and what is taken from it (R, Y, days) in hm3, and how water travels."""

    reservoirs: tuple[Reservoir, ...]
    inflow_hm3: np.ndarray = field(metadata=over("reservoir", "year", "day"))
    """Natural inflow."""
    withdrawal_hm3: np.ndarray = field(metadata=over("reservoir", "year", "day"))
    """Taken by fields and canals, and kept by new lakes that fill."""
    arrival_share: np.ndarray = field(metadata=over("reservoir", "year", "day", "day", least=0))
    """Part of a period's release that arrives downstream in each period, equation 1."""
    windows: tuple[Window, ...]
    parts: tuple[WindowPart, ...]


def travel_shares(weight_days: np.ndarray, days: float) -> np.ndarray:
    """(days, days) part of the water released in a period that arrives in each period after ``days`` on its way.

    Equation 1; rows add up to one. A period that represents no time keeps its (empty) release. ``days`` below 365.

    >>> travel_shares(np.array([73.0, 292.0]), 36.5)
    array([[0.5  , 0.5  ],
           [0.125, 0.875]])
    """
    edges = np.concatenate([[0.0], np.cumsum(weight_days)]) * (DAYS / weight_days.sum())
    length = np.diff(edges)[:, None]
    shared = overlap(edges + days, edges) + overlap(edges + days, edges + DAYS)
    shares = np.divide(shared, length, out=np.eye(len(length)), where=length > 0)
    shares[shares < ROUNDING] = 0.0
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def make_water(
    system: System, factors: Factors, stretches: Stretches, years: Sequence[int], outcomes: Sequence[Outcome] = ()
) -> Water:
    """Reservoirs with their windows, their inflow as nature gives it in each model year, and what is taken from it.

    Raises ``InputError`` where a new lake keeps more than flows in.
    """
    rows = system.reservoirs
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
    windows = [_window(row, position[row.reservoir], stretches, owed) for row in system.releases]
    parts: list[WindowPart] = []
    if not stretches.dated:
        windows, parts = _divided(system, windows, stretches, inflow - withdrawal)
    return Water(
        rows, stretches.spread(inflow), stretches.spread(withdrawal), _arrival_shares(rows, stretches.weight_days),
        tuple(windows), tuple(parts),
    )  # fmt: skip


def _arrival_shares(rows: Sequence[Reservoir], weight_days: np.ndarray) -> np.ndarray:
    """(R, Y, days, days) of (1); equal years are stored once."""
    years, days = weight_days.shape
    distinct = weight_days[:1] if (weight_days == weight_days[0]).all() else weight_days
    found = [[travel_shares(weight, row.travel_hours / 24) for weight in distinct] for row in rows]
    shares = np.array(found).reshape(len(rows), len(distinct), days, days)
    return np.broadcast_to(shares, (len(rows), years, days, days))


def circles(system: System) -> list[Problem]:
    """Reservoirs whose water would flow in a circle."""
    below = {row.id: row.downstream for row in system.reservoirs}
    problems = []
    for name in below:
        place: str | None = name
        for _ in below:
            place = below.get(place) if place else None
        if place:
            problems.append(Problem(f"the water of reservoir {name!r} flows in a circle",
                                    path=f"reservoirs.{name}.downstream", help="name what lies below it"))  # fmt: skip
    return problems


def _factors(system: System, factors: Factors, years: int) -> tuple[np.ndarray, np.ndarray]:
    """(R, Y) inflow relative to a normal year, and the part of what is owed that such a year can give.

    The factor of a reservoir is that of the technology of the first plant, project or candidate at it; one without
    any has its normal inflow.
    """
    country = system.country_of
    dry = {row.country: row.dry_percent / 100 for row in system.interannual_inflows}
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
    coming = {outcome.project.id: outcome for outcome in reversed(outcomes)}  # of a project's parts the first
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


def _window(row: Release, reservoir: int, stretches: Stretches, owed: np.ndarray) -> Window:
    share = stretches.inside(row.months)
    maximum = np.inf if row.maximum_hm3 is None else row.maximum_hm3
    return Window(row.key, reservoir, np.where(share > SLIVER, share, 0.0), row.minimum_hm3 * owed[reservoir], maximum)


def _divided(
    system: System, windows: list[Window], stretches: Stretches, gain: np.ndarray
) -> tuple[list[Window], list[WindowPart]]:
    """The parts of periods that windows divide, and the windows without them; ``gain``: (R, Y, 12) hm3 a month."""
    parts: list[WindowPart] = []
    whole = [window.share.copy() for window in windows]
    by_month = np.array([[month in row.months for month in range(1, 13)] for row in system.releases])
    of_month = stretches.month_days / stretches.month_days.sum(axis=1, keepdims=True)
    for r in {window.reservoir: None for window in windows}:
        mine = [w for w, window in enumerate(windows) if window.reservoir == r]
        inside = np.array([windows[w].share for w in mine])
        for y, d in np.argwhere(((inside > SLIVER) & (inside < 1 - SLIVER)).any(axis=0)).tolist():
            here = gain[r, y] * of_month[y, d]
            parts += _parts(system.reservoirs[r], (r, y, d), mine, by_month, stretches.month_days[y, d], here)
            for w in mine:
                whole[w][y, d] = 0.0
    return [replace(window, share=share) for window, share in zip(windows, whole, strict=True)], parts


def _parts(
    row: Reservoir, place: tuple[int, int, int], windows: list[int], by_month: np.ndarray, days: np.ndarray,
    gain: np.ndarray,
) -> list[WindowPart]:  # fmt: skip
    """(2) Months of a period, joined where they lie in the same windows; ``days``, ``gain``: (12) of the period."""
    joined = lists(
        (tuple(w for w in windows if by_month[w, month]), month) for month in np.flatnonzero(days > SLIVER).tolist()
    )
    gains = {inside: float(gain[months].sum()) for inside, months in joined.items()}
    room = row.active_hm3 * (1 - row.minimum_percent / 100) - sum(min(gain, 0.0) for gain in gains.values())
    return [
        WindowPart(*place, inside, float(days[months].sum() / days.sum()),
             max(gains[inside], 0.0) - room, max(gains[inside], 0.0) + room)
        for inside, months in joined.items()
    ]  # fmt: skip
