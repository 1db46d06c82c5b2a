"""The cost of a plan, recomputed from its decisions."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit import fuel, grid, policy, running
from simulator.audit.measure import relative
from simulator.case.case import Case


def objective(case: Case, results: xr.Dataset) -> float:
    """Cost recomputed from decisions equals the objective."""
    hours = case.hours
    energy = (results["generation_mw"].values * hours).sum(axis=2) / 1e3
    total = case.investment.paid_capital_musd.sum(axis=0) + sum(line.existing_musd for line in case.lines)
    for u, unit in enumerate(case.units):
        country = [c.id for c in case.countries].index(unit.country)
        operation = unit.technology.variable_om_usd_per_mwh * home_price(case, unit.country)
        usd = operation + unit.fuel_usd_per_mwh
        usd = usd + unit.co2_t_per_mwh * case.carbon_usd_per_t[country]
        total = total + energy[u] * usd / 1e3
        stored = (results["storage_discharge_mw"].values[u] * hours).sum(axis=1) / 1e3
        total = total + stored * operation / 1e3
    for a, asset in enumerate(case.assets):
        if asset.status != "candidate":
            fixed = asset.fixed_om_usd_per_kw_year * home_price(case, asset.country)
            total = total + fixed * results["capacity_mw"].values[a] / 1e3
    for v in case.investment.vintages:
        mw, mwh = results["build_mw"].values[v.asset, v.year], results["build_mwh"].values[v.asset, v.year]
        yearly = (v.annuity_usd_per_kw + v.fixed_om_usd_per_kw_year) * mw + v.annuity_usd_per_kwh * mwh
        total = total + v.operating * yearly / 1e3
    total = total + grid.cost_musd(case, results) + _charging_cost(case, results) + _scarcity_cost(case, results)
    return relative(np.array([total @ case.horizon.weight - results.attrs["objective_musd"]]),
                     results.attrs["objective_musd"])  # fmt: skip


def home_price(case: Case, country: str) -> np.ndarray:
    """(Y) dollar price of a country's operation relative to the tables."""
    name = next(row.currency for row in case.countries if row.id == country)
    return case.exchange.real[case.exchange.currencies.index(name)] if name else np.ones(len(case.horizon.years))


def _charging_cost(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for wear of the vehicles' batteries and for the local network their charging needs."""
    feed, price = results["nev_feed_mw"].values, case.flexible.network_usd_per_kw_year
    wear = case.flexible.wear_usd_per_mwh @ (feed * case.hours).sum(axis=2) / 1e6
    highest = (results["nev_load_mw"].values - feed).max(axis=2)
    return np.asarray(wear + price @ highest / 1e3)


def _scarcity_cost(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for load shed, missing firm capacity and reserve, fuel steps, missed targets, and starts."""
    hours = case.hours
    total = np.zeros(len(case.horizon.years))
    country = {c.id: c for c in case.countries}
    for z, zone in enumerate(case.zones):
        lost = (results["unserved_mw"].values[z] * hours).sum(axis=1) / 1e3
        total += lost * country[zone.country].value_of_lost_load_usd_per_mwh / 1e3
    for i, c in enumerate(case.countries):
        total += c.adequacy_shortfall_usd_per_kw_year * results["adequacy_shortfall_mw"].values[i] / 1e3
    total += fuel.cost_musd(case, results) + policy.missed_targets_musd(case, results)
    total += running.starts_musd(case, results) + running.missing_reserve_musd(case, results)
    return total
