"""Storage within the day: what is discharged was charged, less the losses."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import outside, relative
from simulator.case.case import Case


def contents(case: Case, results: xr.Dataset) -> float:
    """What a day discharges is what it charges less the losses, and contents stay within the energy."""
    worst = 0.0
    hours = np.asarray(case.frame.block_hours, float)
    for u, unit in enumerate(case.units):
        if unit.technology.kind != "storage":
            continue
        one_way = np.sqrt(unit.efficiency)
        level = results.variables["storage_level_mwh"].values[u]
        keep = (1 - unit.technology.self_discharge_percent_per_hour / 100) ** hours
        change = hours * (
            one_way * results.variables["storage_charge_mw"].values[u]
            - results.variables["storage_discharge_mw"].values[u] / one_way
        )
        energy = results.variables["energy_capacity_mwh"].values[list(unit.assets)].sum(axis=0)
        for day in range(len(case.frame.date_index)):
            inside = np.flatnonzero(case.frame.day == day)
            after = np.roll(level[:, inside], -1, axis=1)
            residual = after - keep[inside] * level[:, inside] - change[:, inside]
            worst = max(worst, relative(residual, np.maximum(energy, 1.0)))
        worst = max(worst, outside(level, energy[:, None]))
    return worst
