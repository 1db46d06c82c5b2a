"""Water day by day: balances with what travels, levels, energy against water; and what must be let out over months."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, relative
from simulator.case.case import Case
from simulator.case.time.calendar import DAYS


def balances(case: Case, results: xr.Dataset) -> float:
    """Every period of every reservoir closes, and so does the year; turbined water is the energy over its factor."""
    worst = 0.0
    rows = case.water.reservoirs
    released = results["reservoir_turbined_hm3"].values + results["reservoir_spill_hm3"].values
    carried = _carried(case, results, released)
    largest = max(float(released.sum(axis=2).max(initial=0)), 1.0)  # a solver rounds small rivers as it does great ones
    for i, row in enumerate(rows):
        gain = case.water.inflow_hm3[i] - case.water.withdrawal_hm3[i] - released[i]
        arrived = np.zeros_like(gain)
        for k, above in enumerate(rows):
            if above.downstream == row.id:
                arrived = arrived + _late(case, released[k], above.travel_hours / 24)
        level = results["reservoir_level_hm3"].values[i]
        scale = max(float(released[i].sum(axis=1).max()), 1.0)
        end = level[:, 0] + carried[i][:, -1]
        following = np.roll(level, -1, axis=1) + carried[i]
        worst = max(
            worst,
            relative(following - level - gain - arrived, largest / level.shape[1]),
            relative((gain + arrived - carried[i]).sum(axis=1), scale),
            relative(arrived - results["reservoir_arrival_hm3"].values[i], scale),
            relative(_used(case, results, row.id) / row.energy_mwh_per_hm3
                     - results["reservoir_turbined_hm3"].values[i], scale),
            excess(level, np.array(row.active_hm3)),
            excess(np.array(row.active_hm3 * row.minimum_percent / 100), level),
            relative(end - np.clip(end, row.active_hm3 * row.minimum_percent / 100, row.active_hm3), scale),
            relative(np.minimum(results["reservoir_spill_hm3"].values[i], 0), scale),
        )  # fmt: skip
        if row.start_percent is not None:
            worst = max(worst, relative(level[:, 0] - row.active_hm3 * row.start_percent / 100, row.active_hm3))
    return worst


def _carried(case: Case, results: xr.Dataset, released: np.ndarray) -> np.ndarray:
    """(R, Y, D) what a year that was only operated hands to the next: nothing but at its ends, as far as water travels.

    A plan closes its year and carries nothing.
    """
    if "reservoir_carried_hm3" not in results:
        return np.zeros_like(released)
    carried = results["reservoir_carried_hm3"].values.copy()
    longest = max((row.travel_hours for row in case.water.reservoirs), default=0) / 24
    carried[:, :, int(np.ceil(longest)) + 1 : -1] = 0  # in between it would be water from nothing
    return carried


def _late(case: Case, released: np.ndarray, days: float) -> np.ndarray:
    """(Y, D) what arrives of a release (Y, D) some days later: differences of its running total over the year."""
    weight = case.frame.weight_days
    edges = np.concatenate([[0.0], np.cumsum(weight)]) * (DAYS / weight.sum())
    arrived = []
    for yearly in released:
        total = np.concatenate([[0.0], np.cumsum(yearly)])
        late = edges - days
        turns = np.floor(late / DAYS)
        arrived.append(np.diff(np.interp(late - turns * DAYS, edges, total) + turns * total[-1]))
    return np.array(arrived)


def _used(case: Case, results: xr.Dataset, reservoir: str) -> np.ndarray:
    """(Y, D) energy of a reservoir's units in the days each day of the plan stands for, MWh."""
    used = np.zeros((len(case.horizon.years), len(case.frame.weight_days)))
    for u, unit in enumerate(case.units):
        if unit.reservoir == reservoir:
            energy = results["generation_mw"].values[u] * case.hours
            for y in range(len(used)):
                used[y] += np.bincount(case.frame.day, energy[y], len(used[y]))
    return used


def releases(case: Case, results: xr.Dataset) -> float:
    """Each window lets out what it must and may."""
    worst = 0.0
    released = results["reservoir_turbined_hm3"].values + results["reservoir_spill_hm3"].values
    for window in case.water.windows:
        out = released[window.reservoir][:, list(window.days)] @ window.share
        worst = max(worst, excess(window.minimum_hm3, out), excess(out, np.array(window.maximum_hm3)))
    return worst
