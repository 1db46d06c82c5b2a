"""Smart charging: put off, lent and fed back within its limits, and energy that adds up."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import outside, relative
from simulator.case.case import Case


def smart(case: Case, results: xr.Dataset) -> float:
    """Charging is what vehicles would draw, less what it is put off or lent; limits of power and energy hold."""
    flexible, feed = case.flexible, results["nev_feed_mw"].values
    deferred, borrowed = results["nev_deferred_mwh"].values, results["nev_borrowed_mwh"].values
    smart = results["nev_load_mw"].values - case.nev_mw
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
    )


def _growth_mw(case: Case, energy_mwh: np.ndarray) -> np.ndarray:
    """(Z, Y, S) how fast an energy (Z, Y, S) at the start of slices grows through each, the day closing on itself."""
    after = np.empty_like(energy_mwh)
    for day in range(len(case.frame.date_index)):
        inside = np.flatnonzero(case.frame.day == day)
        after[:, :, inside] = energy_mwh[:, :, np.roll(inside, -1)]
    return np.asarray((after - energy_mwh) / case.frame.block_hours)


def energy(case: Case, results: xr.Dataset) -> float:
    """Energy charged is what vehicles would draw without control plus the losses of feeding back."""
    charged = results["nev_load_mw"].values - results["nev_feed_mw"].values
    loss = results["nev_feed_mw"].values * (1 / case.flexible.feed_efficiency - 1)[:, None, None]
    needed = ((case.nev_mw + case.flexible.baseline_mw + loss) * case.hours).sum(axis=2)
    return relative((charged * case.hours).sum(axis=2) - needed, needed)
