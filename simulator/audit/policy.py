"""Emissions and targets of a plan, from what its units generate."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, relative
from simulator.case.case import Case


def emissions(case: Case, results: xr.Dataset) -> float:
    """A country emits what its units emit per MWh times what they generate."""
    energy = (results["generation_mw"].values * case.hours).sum(axis=2) / 1e3
    expected = np.zeros_like(case.carbon_cap_kt)
    for u, unit in enumerate(case.units):
        expected[[c.id for c in case.countries].index(unit.country)] += unit.co2_t_per_mwh * energy[u]
    return relative(results["emissions_kt"].values - expected, expected)


def targets(case: Case, results: xr.Dataset) -> float:
    """Energy that counts, with what is missing, reaches every target that shapes the plan; a hard one misses none."""
    goals, worst = case.targets, 0.0
    for t, missing in enumerate(results["target_shortfall_gwh"].values):
        if goals.mode[t] == "report" or goals.calendar_year[t] not in case.horizon.years:
            continue
        y = case.horizon.years.index(int(goals.calendar_year[t]))
        law = case.law.definitions.index(goals.definition[t])
        counted, below = 0.0, _demand_gwh(case, results, t, y)
        for u, unit in enumerate(case.units):
            if unit.country == goals.country[t]:
                energy = float(results["generation_mw"].values[u, y] @ case.hours[y]) / 1e3
                counted += unit.eligibility[law] * energy
                below += energy * (goals.basis[t] == "generation")
        reached = counted + (0.0 if goals.mode[t] == "hard" else missing)
        worst = max(worst, excess(np.array([goals.percent[t] / 100 * below]), np.array([reached])))
    return worst


def _demand_gwh(case: Case, results: xr.Dataset, t: int, y: int) -> float:
    """What a target is measured against beside generation: load with vehicles, or the load that is shed."""
    here = [z for z, zone in enumerate(case.zones) if zone.country == case.targets.country[t]]
    shed, used = results["unserved_mw"].values, results["nev_load_mw"].values - results["nev_feed_mw"].values
    power = case.load_mw + used if case.targets.basis[t] == "consumption" else shed
    return float((power[here, y] @ case.hours[y]).sum()) / 1e3


def missed_targets_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for energy missing to targets."""
    total = np.zeros(len(case.horizon.years))
    for t, missing in enumerate(results["target_shortfall_gwh"].values):
        if np.isfinite(missing):
            now = np.equal(case.horizon.years, case.targets.calendar_year[t])
            total += now * missing * case.targets.shortfall_usd_per_mwh[t] / 1e3
    return total
