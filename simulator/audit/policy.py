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
    """Energy that counts and is not lost, with what is missing, reaches every target that shapes the plan.

    Of a target of generation that holds imports, what is asked of generation is asked of generation with net imports
    too. A hard target misses nothing.
    """
    goals, worst = case.targets, 0.0
    for t, missing in enumerate(results["target_shortfall_gwh"].values):
        if goals.mode[t] == "report" or goals.calendar_year[t] not in case.horizon.years:
            continue
        y = case.horizon.years.index(int(goals.calendar_year[t]))
        law, country = case.law.definitions.index(goals.definition[t]), goals.country[t]
        energy = (results["generation_mw"].values[:, y] * case.hours[y]).sum(axis=1) / 1e3
        mine = [(u, unit) for u, unit in enumerate(case.units) if unit.country == country]
        counted = sum(
            unit.eligibility[law] * (1 - unit.technology.own_use_percent / 100) * energy[u] for u, unit in mine
        )
        gone = lost_gwh(case, results, country)[y]
        reached = counted - gone + (0.0 if goals.mode[t] == "hard" else missing)
        if goals.basis[t] == "consumption":
            below = _needed_gwh(case, country, y)
        else:
            generated = sum(energy[u] for u, unit in mine if unit.technology.kind != "storage")
            below = generated + _shed_gwh(case, results, country, y) - gone
            below += max(_net_import_gwh(case, results, country, y), 0.0) if goals.imports[t] == "held" else 0.0
        worst = max(worst, excess(np.array([goals.percent[t] / 100 * below]), np.array([reached])))
    return worst


def _zones(case: Case, country: str) -> list[int]:
    return [z for z, zone in enumerate(case.zones) if zone.country == country]


def _needed_gwh(case: Case, country: str, y: int) -> float:
    """Load and what vehicles need, shed or not."""
    power = case.load_mw + case.nev_mw + case.flexible.baseline_mw
    return float((power[_zones(case, country), y] * case.hours[y]).sum()) / 1e3


def _shed_gwh(case: Case, results: xr.Dataset, country: str, y: int) -> float:
    return float((results["unserved_mw"].values[_zones(case, country), y] * case.hours[y]).sum()) / 1e3


def _net_import_gwh(case: Case, results: xr.Dataset, country: str, y: int) -> float:
    """What neighbours send less what they receive, measured beyond the lines at the border."""
    of, total = {zone.id: zone.country for zone in case.zones}, np.zeros_like(case.hours[y])
    forward, backward = results["forward_mw"].values, results["backward_mw"].values
    for i, line in enumerate(case.lines):
        keep = 1 - line.row.loss_percent / 100
        ends = of[line.row.from_zone] == country, of[line.row.to_zone] == country
        if ends == (False, True):
            total = total + forward[i, y] - keep * backward[i, y]
        if ends == (True, False):
            total = total + backward[i, y] - keep * forward[i, y]
    for i, deal in enumerate(case.deals):
        if of[deal.row.zone] == country:
            total = total + (1 if deal.row.direction == "import" else -1) * results["trade_mw"].values[i, y]
    return float(total @ case.hours[y]) / 1e3


def lost(case: Case, results: xr.Dataset) -> float:
    """What the results call lost is lost on lines, in storage, by vehicles that feed back, and thrown away."""
    told = results["lost_gwh"].sum("loss", skipna=False).values
    expected = np.array([lost_gwh(case, results, country.id) for country in case.countries])
    return relative(told - expected, expected)


def lost_gwh(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    """(Y) GWh that reach nobody in a country; lines at its border count in full."""
    of, total = {zone.id: zone.country for zone in case.zones}, np.zeros_like(case.hours)
    local = {network.row.zone: 1 - network.row.loss_percent / 100 for network in case.locals}
    sent = results["forward_mw"].values + results["backward_mw"].values
    for i, line in enumerate(case.lines):
        if country in (of[line.row.from_zone], of[line.row.to_zone]):
            total = total + line.row.loss_percent / 100 * sent[i]
    for u, unit in enumerate(case.units):
        if unit.country == country:
            charged, discharged = results["storage_charge_mw"].values[u], results["storage_discharge_mw"].values[u]
            share = local.get(unit.zone, 1.0) if unit.technology.distributed else 1.0
            total = total + (charged - discharged) / share
    for z in _zones(case, country):
        again = results["nev_feed_mw"].values[z] * (1 / case.flexible.feed_efficiency[z] - 1)
        below = again + results["local_surplus_mw"].values[z]
        total = total + results["surplus_mw"].values[z] + below / local.get(case.zones[z].id, 1.0)
    return np.asarray((total * case.hours).sum(axis=1)) / 1e3


def missed_targets_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for energy missing to targets."""
    total = np.zeros(len(case.horizon.years))
    for t, missing in enumerate(results["target_shortfall_gwh"].values):
        if np.isfinite(missing):
            now = np.equal(case.horizon.years, case.targets.calendar_year[t])
            total += now * missing * case.targets.shortfall_usd_per_mwh[t] / 1e3
    return total
