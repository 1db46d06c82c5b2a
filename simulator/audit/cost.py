"""The cost of a plan, component by component, from its decisions.

Components are named as in the results. Results with a component that is not known here are refused.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit import books, fuel, grid, policy, running, shedding
from simulator.audit.measure import relative
from simulator.audit.shares import yearly
from simulator.case.case import Case


def objective(case: Case, results: xr.Dataset) -> float:
    """All components, weighed by year, are what was minimised; ``FIGURES`` recomputes them one by one."""
    reported = results.attrs["objective_musd"]
    total = results.variables["cost_musd"].values.sum(axis=0) @ case.horizon.weight
    return relative(np.array([total - reported]), reported)


def components(case: Case, results: xr.Dataset) -> dict[str, np.ndarray]:
    """Component → (Y) MUSD."""
    annuity = books.annuities_musd(case, results)
    built = np.array([a.status == "candidate" for a in case.assets], bool)
    return {
        "capital of new plants": annuity[built].sum(axis=0),
        "capital of projects and indebted plants": annuity[~built].sum(axis=0),
        "fixed operation": books.fixed_musd(case, results).sum(axis=0),
        **_running(case, results),
        "fuel supply steps": fuel.cost_musd(case, results),
        "starts": running.starts_musd(case, results),
        **grid.cost_musd(case, results),
        **_charging(case, results),
        **_scarcity(case, results),
    }


def _running(case: Case, results: xr.Dataset) -> dict[str, np.ndarray]:
    """Variable operation, fuel at the price of the zone, and carbon."""
    plants, natural, stored, carbon = (np.zeros(len(case.horizon.years)) for _ in range(4))
    generation = yearly(case, results.variables["generation_mw"].values)
    discharged = yearly(case, results.variables["storage_discharge_mw"].values)
    country = {c.id: i for i, c in enumerate(case.countries)}
    for u, unit in enumerate(case.units):
        operation = books.operation_usd_per_mwh(case, unit)
        if unit.technology.kind in ("variable", "run_of_river"):
            natural += generation[u] * operation / 1e3
        else:
            plants += generation[u] * (operation + books.fuel_usd_per_mwh(case, unit)) / 1e3
        stored += discharged[u] * operation / 1e3
        carbon += generation[u] * policy.emission(case, unit) * case.carbon_usd_per_t[country[unit.country]] / 1e3
    return {"fuel and variable operation": plants, "operation of wind, sun and river": natural,
            "operation of storage": stored, "carbon": carbon}  # fmt: skip


def _charging(case: Case, results: xr.Dataset) -> dict[str, np.ndarray]:
    """Wear of the vehicles' batteries, and the distribution network their charging needs."""
    feed, price = results.variables["nev_feed_mw"].values, case.flexible.network_usd_per_kw_year
    wear = case.flexible.wear_usd_per_mwh @ yearly(case, feed) / 1e3
    highest = (results.variables["nev_load_mw"].values - feed).max(axis=2)
    return {"wear of vehicle batteries": wear, "distribution network for charging": price @ highest / 1e3}


def _scarcity(case: Case, results: xr.Dataset) -> dict[str, np.ndarray]:
    """Load shed, missing firm capacity and reserve, and missed targets."""
    costs = {
        **{name: musd.sum(axis=0) for name, musd in shedding.cost_musd(case, results).items()},
        "missing reserve": running.missing_reserve_musd(case, results),
    }
    if "adequacy_shortfall_mw" in results:  # an operated year has neither margin nor targets
        price = np.array([c.adequacy_shortfall_usd_per_kw_year for c in case.countries])
        costs["missing firm capacity"] = price @ results.variables["adequacy_shortfall_mw"].values / 1e3
        costs["missed targets"] = policy.missed_targets_musd(case, results)
    return costs


def _table(case: Case, results: xr.Dataset) -> np.ndarray:
    known, none = components(case, results), np.full(len(case.horizon.years), np.nan)
    return np.array([known.get(str(name), none) for name in results.variables["cost_component"].values])


FIGURES = {"cost_musd": _table}
