"""What plants may give: their availability, and for heat plants what heat forces and limits."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.capacity import of_units
from simulator.audit.measure import excess, negative, outside, relative
from simulator.case.case import Case

NATURAL = ("variable", "run_of_river")


def within_capacity(case: Case, results: xr.Dataset) -> float:
    """No unit exceeds its available capacity; heat-led plants give what heat forces; nothing is negative."""
    limit = case.availability * of_units(case, results)[:, :, None]
    generation = results.variables["generation_mw"].values
    stored = results.variables["storage_charge_mw"].values, results.variables["storage_discharge_mw"].values
    thermal = np.array([u.technology.kind == "thermal" for u in case.units], bool)
    must_run = case.must_run * of_units(case, results)[:, :, None]
    return max(
        excess(generation + stored[0] + stored[1], limit),
        excess(must_run[thermal], generation[thermal]),
        *(negative(values, limit) for values in (generation, *stored)),
    )


def kinds(case: Case, results: xr.Dataset) -> float:
    """Only storage charges and discharges, and generates nothing; only committed plants are online."""
    store = np.array([u.technology.kind == "storage" for u in case.units], bool)
    alone = results.variables["online_mw"].values[[not u.technology.commitment for u in case.units]]
    stored = [
        results.variables[f"storage_{name}"].values[~store] for name in ("charge_mw", "discharge_mw", "level_mwh")
    ]
    return max(relative(values, 1.0) for values in (results.variables["generation_mw"].values[store], *stored, alone))


def nature(case: Case, results: xr.Dataset) -> float:
    """Wind, sun and river give what nature offers less what is curtailed; nothing else is curtailed."""
    limit = case.availability * of_units(case, results)[:, :, None]
    natural = np.array([u.technology.kind in NATURAL for u in case.units], bool)
    generation, curtailed = results.variables["generation_mw"].values, results.variables["curtailment_mw"].values
    return max(
        relative((generation + curtailed - limit)[natural], limit[natural]),
        outside(curtailed[natural], limit[natural]),
        relative(curtailed[~natural], 1.0),
    )


def heat(case: Case, results: xr.Dataset) -> float:
    """Heat plants lie on or right of the back-pressure line, below full steam less what heat takes, hour by hour."""
    worst = 0.0
    output, heat = results.variables["generation_mw"].values, results.variables["heat_mw"].values
    capacity = of_units(case, results)
    scale = capacity.max(initial=0)  # a small plant's rounding is no fault of it
    for u, unit in enumerate(case.units):
        t = unit.technology
        if t.power_to_heat == 0:
            worst = max(worst, relative(heat[u], scale))
            continue
        able = t.available_percent / 100 * (1 - t.forced_outage_percent / 100) * capacity[u]
        worst = max(worst, excess(t.power_to_heat * heat[u], output[u], scale))
        worst = max(worst, relative(results.variables["must_run_mw"].values[u] - t.power_to_heat * heat[u], scale))
        pressed = t.back_pressure_percent / 100
        per_heating = (1 - pressed) * t.heat_per_power + pressed / t.power_to_heat
        heating = heat[u] / per_heating  # MW of capacity that gives all the heat it can
        worst = max(worst, excess(heating, able[:, None], scale))
        lost = t.power_loss_per_heat * (1 - pressed) * t.heat_per_power * heating
        worst = max(worst, excess(output[u] + lost, (1 - pressed) * able[:, None] + pressed * heating, scale))
    return worst


FIGURES = {
    "must_run_mw": lambda case, results: case.must_run * of_units(case, results)[:, :, None],
    "heat_mw": lambda case, results: case.heat * of_units(case, results)[:, :, None],
}
