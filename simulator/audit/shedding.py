"""Load that is shed: planned rationing, from its cheapest step, and what is lost beyond it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.shares import yearly
from simulator.case.case import Case

Step = tuple[float, np.ndarray, np.ndarray]
"""Price in USD/MWh; MW that are shed in it, and that could be at most (Y, S)."""


def steps_of(case: Case, results: xr.Dataset, z: int) -> list[Step]:
    """Steps of a zone's planned rationing by price, and all beyond them at the value of lost load."""
    zone = case.zones[z]
    value = next(c.value_of_lost_load_usd_per_mwh for c in case.countries if c.id == zone.country)
    planned = sorted((r.usd_per_mwh, r.percent_of_load) for r in case.system.rationing if r.country == zone.country)
    left = results.variables["unserved_mw"].values[z]
    all_load = case.load_mw[z] + results.variables["nev_load_mw"].values[z]
    found: list[Step] = []
    for price, percent in planned:
        most = percent / 100 * (case.load_mw[z] + case.nev_mw[z])
        mw = np.minimum(left, most)
        found.append((price, mw, most))
        left, all_load = left - mw, all_load - most
    return [*found, (value, left, all_load)]


def cost_musd(case: Case, results: xr.Dataset) -> dict[str, np.ndarray]:
    """Component → (Z, Y) MUSD."""
    steps = [steps_of(case, results, z) for z in range(len(case.zones))]
    money = [[price * yearly(case, mw) / 1e3 for price, mw, _ in found] for found in steps]
    none = np.zeros(len(case.horizon.years))
    return {
        "planned rationing": np.array([sum(found[:-1], none) for found in money]),
        "unserved energy": np.array([found[-1] for found in money]),
    }


def _rationed(case: Case, results: xr.Dataset) -> np.ndarray:
    none = np.zeros(case.hours.shape)
    return np.array(
        [
            sum((mw * (case.hours > 0) for _, mw, _ in steps_of(case, results, z)[:-1]), none)
            for z in range(len(case.zones))
        ]
    )


def _by_country(case: Case, results: xr.Dataset) -> np.ndarray:
    planned, lost = cost_musd(case, results).values()
    total = planned + lost
    return np.array([
        sum((total[z] for z, zone in enumerate(case.zones) if zone.country == c.id), np.zeros(len(case.horizon.years)))
        for c in case.countries
    ])  # fmt: skip


FIGURES = {"rationed_mw": _rationed, "shed_musd": _by_country}
