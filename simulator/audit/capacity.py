"""Capacity of units from that of assets, limits of what is built, and firm capacity."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit import fuel
from simulator.audit.measure import excess, relative
from simulator.case.case import Case


def of_units(case: Case, results: xr.Dataset) -> np.ndarray:
    """(U, Y) capacity of units from the assets' results."""
    mw = results["capacity_mw"].values
    return np.array([mw[list(unit.assets)].sum(axis=0) for unit in case.units]).reshape(
        len(case.units), len(case.horizon.years)
    )


def limits(case: Case, results: xr.Dataset) -> float:
    """Potentials, yearly build limits, fuel volumes and carbon caps hold."""
    worst = 0.0
    build = results["build_mw"].values
    vintages = case.investment.vintages
    for cap in case.investment.caps:
        chosen = sum(build[vintages[v].asset, vintages[v].year] for v in cap.vintages)
        worst = max(worst, excess(np.array([chosen]), np.array([cap.limit_mw])))
    return max(worst, fuel.missing(case, results), excess(results["emissions_kt"].values, case.carbon_cap_kt))


def firm(case: Case, results: xr.Dataset) -> float:
    """Firm capacity with what is missing covers the peak and its margin; no peak is above that without control."""
    net = results["load_mw"].values + results["nev_load_mw"].values - results["nev_feed_mw"].values
    free = case.load_mw + case.nev_mw + case.flexible.baseline_mw
    capacity, worst = of_units(case, results), 0.0
    for i, country in enumerate(case.countries):
        mine = [z for z, zone in enumerate(case.zones) if zone.country == country.id]
        highest, usual = net[mine].sum(axis=0).max(axis=1), free[mine].sum(axis=0).max(axis=1)
        peak = np.maximum(case.peak_fixed_mw[i], case.peak_mw[i] * highest / np.where(usual > 0, usual, 1))
        worst = max(worst, excess(peak, case.peak_mw[i]))
        worst = max(worst, relative(peak - results["peak_load_mw"].values[i], peak))
        firm = sum(
            (capacity[u] * unit.technology.capacity_credit_percent / 100
             for u, unit in enumerate(case.units) if unit.country == country.id),
            np.full_like(peak, country.firm_import_mw),
        )  # fmt: skip
        if country.adequacy_shortfall_usd_per_kw_year > 0:
            need = (1 + country.planning_margin_percent / 100) * peak
            worst = max(worst, excess(need, firm + results["adequacy_shortfall_mw"].values[i]))
    return worst
