"""Water day by day: balances with what travels, levels, energy against water; and what must be let out over months."""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy.optimize import linprog

from simulator.audit import days
from simulator.audit.measure import excess, relative
from simulator.case.case import Case
from simulator.case.time.calendar import DAYS


def balances(case: Case, results: xr.Dataset) -> float:
    """Every period of every reservoir closes, and so does the year; turbined water is the energy over its factor."""
    worst = 0.0
    rows = case.water.reservoirs
    first = (days.weight(case) > 0).argmax(axis=1)
    years = np.arange(len(first))
    released = results.variables["reservoir_turbined_hm3"].values + results.variables["reservoir_spill_hm3"].values
    carried = _carried(case, results, released)
    largest = max(float(released.sum(axis=2).max(initial=0)), 1.0)  # a solver rounds small rivers as it does great ones
    for i, row in enumerate(rows):
        gain = case.water.inflow_hm3[i] - case.water.withdrawal_hm3[i] - released[i]
        arrived = np.zeros_like(gain)
        for k, above in enumerate(rows):
            if above.downstream == row.id:
                arrived = arrived + _late(case, released[k], above.travel_hours / 24)
        level = results.variables["reservoir_level_hm3"].values[i]
        scale = max(float(released[i].sum(axis=1).max()), 1.0)
        start = level[years, first]
        end = start + carried[i][:, -1]
        following = days.shifted(case, level, -1) + carried[i]
        worst = max(
            worst,
            relative(following - level - gain - arrived, largest / level.shape[1]),
            relative((gain + arrived - carried[i]).sum(axis=1), scale),
            relative(arrived - results.variables["reservoir_arrival_hm3"].values[i], scale),
            relative(_used(case, results, row.id) / row.energy_mwh_per_hm3
                     - results.variables["reservoir_turbined_hm3"].values[i], scale),
            excess(level, np.array(row.active_hm3)),
            excess(np.array(row.active_hm3 * row.minimum_percent / 100), level),
            relative(end - np.clip(end, row.active_hm3 * row.minimum_percent / 100, row.active_hm3), scale),
            relative(np.minimum(results.variables["reservoir_spill_hm3"].values[i], 0), scale),
        )  # fmt: skip
        if row.start_percent is not None:
            worst = max(worst, relative(start - row.active_hm3 * row.start_percent / 100, row.active_hm3))
    return worst


def _carried(case: Case, results: xr.Dataset, released: np.ndarray) -> np.ndarray:
    """(R, Y, D) what a year that was only operated hands to the next: nothing but at its ends, as far as water travels.

    A plan closes its year and carries nothing.
    """
    if "reservoir_carried_hm3" not in results:
        return np.zeros_like(released)
    carried = results.variables["reservoir_carried_hm3"].values.copy()
    longest = max((row.travel_hours for row in case.water.reservoirs), default=0) / 24
    carried[:, :, int(np.ceil(longest)) + 1 : -1] = 0  # in between it would be water from nothing
    return carried


def _late(case: Case, released: np.ndarray, late_days: float) -> np.ndarray:
    """(Y, D) what arrives of a release (Y, D) some days later: differences of its running total over the year."""
    arrived = np.zeros_like(released)
    for y, hours in enumerate(days.weight(case)):
        inside = np.flatnonzero(hours)
        edges = np.concatenate([[0.0], np.cumsum(hours[inside])]) * (DAYS / hours.sum())
        total = np.concatenate([[0.0], np.cumsum(released[y, inside])])
        late = edges - late_days
        turns = np.floor(late / DAYS)
        arrived[y, inside] = np.diff(np.interp(late - turns * DAYS, edges, total) + turns * total[-1])
    return arrived


def _used(case: Case, results: xr.Dataset, reservoir: str) -> np.ndarray:
    """(Y, D) energy of a reservoir's units in the days each day of the plan represents, MWh."""
    used = np.zeros(days.weight(case).shape)
    for u, unit in enumerate(case.units):
        if unit.reservoir == reservoir:
            energy = results.variables["generation_mw"].values[u] * case.hours
            for y in range(len(used)):
                used[y] += np.bincount(case.frame.day, energy[y], len(used[y]))
    return used


def releases(case: Case, results: xr.Dataset) -> float:
    """Each window lets out what it must and may, wherever parts of a period can let it out."""
    worst = 0.0
    released = results.variables["reservoir_turbined_hm3"].values + results.variables["reservoir_spill_hm3"].values
    parted = {part.reservoir for part in case.water.parts}
    for r in parted:
        for y in range(len(case.horizon.years)):
            worst = max(worst, _parted(case, results, released, r, y))
    for window in case.water.windows:
        if window.reservoir not in parted:
            out = (released[window.reservoir] * window.share).sum(axis=1)
            worst = max(worst, excess(window.minimum_hm3, out), excess(out, np.array(window.maximum_hm3)))
    return worst


def _parted(case: Case, results: xr.Dataset, released: np.ndarray, r: int, y: int) -> float:
    """The least by which windows of a reservoir are missed in a year however its periods divide their release.

    Columns: the release of every part, and the one amount by which all windows are missed.
    """
    parts = [part for part in case.water.parts if (part.reservoir, part.year) == (r, y)]
    windows = [(w, window) for w, window in enumerate(case.water.windows) if window.reservoir == r]
    arrived = results.variables["reservoir_arrival_hm3"].values[r, y]
    lowest = [max(part.least_hm3 + part.share * arrived[part.day], 0.0) for part in parts]
    highest = [part.most_hm3 + part.share * arrived[part.day] for part in parts]
    periods = sorted({part.day for part in parts})
    of_period = np.array([[float(part.day == d) for part in parts] + [0.0] for d in periods])
    whole = released[r, y, periods]
    inside = np.array([[float(w in part.windows) for part in parts] for w, _ in windows])
    out = np.array([released[r, y] @ window.share[y] for _, window in windows])
    miss = np.ones((len(windows), 1))
    limited = np.isfinite([window.maximum_hm3 for _, window in windows])
    most = np.array([window.maximum_hm3 for _, window in windows])[limited]
    least = np.array([window.minimum_hm3[y] for _, window in windows])
    rows = np.vstack([np.hstack([-inside, -miss]), np.hstack([inside, -miss])[limited]])
    limits = np.concatenate([out - least, most - out[limited]])
    scale = max(float(np.abs(whole).max(initial=0)), float(least.max(initial=0)), 1.0)
    slack = 1e-9 * scale  # sums of a solver's numbers
    bounds = [(low - slack, high + slack) for low, high in zip(lowest, highest, strict=True)] + [(0, None)]
    found = linprog([0.0] * len(parts) + [1.0], rows / scale, limits / scale, of_period / scale, whole / scale, bounds)
    return np.inf if found.status != 0 else found.x[-1] / scale


FIGURES = {
    "reservoir_inflow_hm3": lambda case, results: case.water.inflow_hm3,
    "reservoir_withdrawal_hm3": lambda case, results: case.water.withdrawal_hm3,
}
