"""What plants may give: their availability, and for heat plants what heat forces and limits."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.capacity import of_units
from simulator.audit.measure import excess, relative
from simulator.case.case import Case


def within_capacity(case: Case, results: xr.Dataset) -> float:
    """No unit exceeds its available capacity; heat-led plants give what heat forces; nothing is negative."""
    limit = case.availability * of_units(case, results)[:, :, None]
    used = results["generation_mw"].values + results["storage_charge_mw"].values
    used = used + results["storage_discharge_mw"].values
    natural = np.array([u.technology.kind == "thermal" for u in case.units])
    forced = case.forced * of_units(case, results)[:, :, None]
    return max(
        excess(used, limit),
        excess(forced[natural], results["generation_mw"].values[natural]),
        excess(-results["curtailment_mw"].values, np.zeros(1)),
    )


def heat(case: Case, results: xr.Dataset) -> float:
    """Heat plants lie on or right of the back-pressure line, below full steam less what heat takes, hour by hour."""
    worst = 0.0
    output, heat = results["generation_mw"].values, results["heat_mw"].values
    capacity = of_units(case, results)
    for u, unit in enumerate(case.units):
        t = unit.technology
        if t.power_to_heat == 0:
            worst = max(worst, relative(heat[u], 1.0))
            continue
        able = t.available_percent / 100 * (1 - t.forced_outage_percent / 100) * capacity[u]
        worst = max(worst, excess(t.power_to_heat * heat[u], output[u]))
        worst = max(worst, relative(results["must_run_mw"].values[u] - t.power_to_heat * heat[u], able))
        pressed = t.back_pressure_percent / 100
        per_heating = (1 - pressed) * t.heat_per_power + pressed / t.power_to_heat
        heating = heat[u] / per_heating  # MW of capacity that gives all the heat it can
        worst = max(worst, excess(heating, able[:, None]))
        lost = t.power_loss_per_heat * (1 - pressed) * t.heat_per_power * heating
        worst = max(worst, excess(output[u] + lost, (1 - pressed) * able[:, None] + pressed * heating))
    return worst
