"""Smart charging: put off, lent and fed back within its limits, and energy that adds up."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.balance import of_countries
from simulator.audit.measure import outside, relative
from simulator.case.case import Case


def smart(case: Case, results: xr.Dataset) -> float:
    """Charging is what vehicles would draw, less what it is put off or lent; limits of power and energy hold."""
    flexible, feed = case.flexible, results.variables["nev_feed_mw"].values
    deferred, borrowed = results.variables["nev_deferred_mwh"].values, results.variables["nev_borrowed_mwh"].values
    smart = results.variables["nev_load_mw"].values - case.nev_mw
    prompt = flexible.baseline_mw - _growth_mw(case, deferred)
    again = feed / flexible.feed_efficiency[:, None, None] - _growth_mw(case, borrowed)
    return max(
        relative(prompt + again - smart, flexible.power_mw),
        outside(prompt, flexible.power_mw),
        outside(again, flexible.power_mw),
        outside(smart + feed, flexible.power_mw),
        outside(feed, flexible.feed_mw),
        outside(deferred, flexible.deferrable_mwh),
        outside(borrowed, flexible.battery_mwh[:, :, None]),
        *(relative(_least_of_days(case, owed), flexible.power_mw) for owed in (deferred, borrowed)),
    )


def _growth_mw(case: Case, energy_mwh: np.ndarray) -> np.ndarray:
    """(Z, Y, S) how fast an energy (Z, Y, S) at the start of slices grows through each, the day closing on itself."""
    after = np.empty_like(energy_mwh)
    for day in range(len(case.frame.date_index)):
        inside = np.flatnonzero(case.frame.day == day)
        after[:, :, inside] = energy_mwh[:, :, np.roll(inside, -1)]
    return np.asarray((after - energy_mwh) / case.frame.block_hours)


def _least_of_days(case: Case, energy_mwh: np.ndarray) -> np.ndarray:
    """(Z, Y, D) the least that is owed in each day: nothing, as what is owed all day long moves no charging."""
    days = [np.flatnonzero(case.frame.day == day) for day in range(len(case.frame.date_index))]
    return np.stack([energy_mwh[:, :, inside].min(axis=2) for inside in days], axis=2)


def energy(case: Case, results: xr.Dataset) -> float:
    """Energy charged is what vehicles would draw without control plus the losses of feeding back."""
    charged = results.variables["nev_load_mw"].values - results.variables["nev_feed_mw"].values
    loss = results.variables["nev_feed_mw"].values * (1 / case.flexible.feed_efficiency - 1)[:, None, None]
    needed = ((case.nev_mw + case.flexible.baseline_mw + loss) * case.hours).sum(axis=2)
    return relative((charged * case.hours).sum(axis=2) - needed, needed)


# ------------------------------------------------------------------------------------------- variables that follow


def _net(results: xr.Dataset) -> np.ndarray:
    return np.asarray(results.variables["nev_load_mw"].values - results.variables["nev_feed_mw"].values)


FIGURES = {
    "nev_uncontrolled_mw": lambda case, results: case.nev_mw + case.flexible.baseline_mw,
    "nev_network_mw": lambda case, results: _net(results).max(axis=2),
    "nev_energy_gwh": lambda case, results: of_countries(case, _net(results)),
}
