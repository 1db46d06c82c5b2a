"""Emissions, fuel and targets of a plan: the carbon of fuels, what the law counts, what the tables ask."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.balance import of_countries
from simulator.audit.measure import excess, negative, relative
from simulator.audit.shares import attributed, yearly
from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case
from simulator.system import Target


def emission(case: Case, unit: DispatchUnit) -> float:
    """t of carbon dioxide per MWh of a unit's output, from the table of fuels."""
    if unit.technology.fuel is None:
        return 0.0
    fuel = next(row for row in case.system.fuels if row.id == unit.technology.fuel)
    return fuel.co2_t_per_mwh / unit.efficiency * (1 - unit.technology.co2_capture_percent / 100)


def carbon_caps(case: Case, results: xr.Dataset) -> float:
    """No country emits more than its cap."""
    return excess(results.variables["emissions_kt"].values, case.carbon_cap_kt)


def binding(case: Case) -> list[tuple[int, Target, int]]:
    """Position, row and position of the model year of every target that shapes the plan.

    Whether it does, and at what price, is the case's: an operated year is bound by none, and a plan that explains why
    there is none makes hard targets soft.
    """
    years = case.horizon.years
    modes = zip(case.system.targets, case.targets.mode, strict=True)
    return [
        (t, row, years.index(row.year))
        for t, (row, mode) in enumerate(modes) if mode != "report" and row.year in years
    ]  # fmt: skip


def targets(case: Case, results: xr.Dataset) -> float:
    """Energy that counts and is not lost, with what is missing, reaches every target that shapes the plan.

    A target of generation with ``imports: held`` asks its share of generation with net imports too.
    A hard target misses nothing.
    """
    missing, worst = results.variables["target_shortfall_gwh"].values, 0.0
    bound = [t for t, _, _ in binding(case)]
    if not np.array_equal(np.flatnonzero(~np.isnan(missing)), bound):
        return np.inf
    for t, row, y in binding(case):
        hard = case.targets.mode[t] == "hard"
        reached, needed = _reached_gwh(case, results, row)[y], _needed_gwh(case, results, row)[y]
        worst = max(
            worst,
            excess(np.array([needed]), np.array([reached + (0.0 if hard else missing[t])])),
            negative(missing[t : t + 1], needed),
            relative(missing[t], needed) if hard else 0.0,
        )
    return worst


def duals(case: Case, results: xr.Dataset) -> float:
    """One more MWh of a target costs nothing where it is exceeded, and what missing it costs where some is missing.

    In between it is the solver's word: ``solve`` checks its duals against the matrix.
    """
    dual, missing, worst = (
        results.variables["target_dual_usd_per_mwh"].values,
        results.variables["target_shortfall_gwh"].values,
        0.0,
    )
    if not np.array_equal(np.flatnonzero(~np.isnan(dual)), [t for t, _, _ in binding(case)]):
        return np.inf
    for t, row, y in binding(case):
        needed = _needed_gwh(case, results, row)[y]
        rounding, price = 1e-6 * needed + 1e-6, case.targets.shortfall_usd_per_mwh[t]
        exceeded = _reached_gwh(case, results, row)[y] > needed + rounding
        most = 0.0 if exceeded else np.inf if case.targets.mode[t] == "hard" else price
        least = price if missing[t] > rounding and case.targets.mode[t] == "soft" else 0.0
        worst = max(worst, relative(dual[t] - np.clip(dual[t], least, most), max(price, 1.0)))
    return worst


def _reached_gwh(case: Case, results: xr.Dataset, row: Target) -> np.ndarray:
    """(Y) energy that counts for a target, less own use, less all that is lost in the country."""
    definitions = list(dict.fromkeys(r.definition for r in case.system.definitions))
    counts = results.variables["eligibility"].values[:, definitions.index(row.definition)]
    energy, total = yearly(case, results.variables["generation_mw"].values), -_lost_gwh(case, results, row.country)
    for unit, generated in zip(case.units, energy, strict=True):
        if unit.country == row.country:
            total = total + counts[unit.assets[0]] * (1 - unit.technology.own_use_percent / 100) * generated
    return total


def _needed_gwh(case: Case, results: xr.Dataset, row: Target) -> np.ndarray:
    """(Y) what a target asks for: its part of what users need, or of what is generated and not lost."""
    country = [c.id for c in case.countries].index(row.country)
    if row.basis == "consumption":
        base = of_countries(case, case.load_mw + case.nev_mw + case.flexible.baseline_mw)[country]
    else:
        generated = results.variables["country_generation_gwh"].values[country]
        shed = of_countries(case, results.variables["unserved_mw"].values)[country]
        base = generated + shed - _lost_gwh(case, results, row.country)
        if row.imports == "held":
            base = base + np.maximum(_net_import_gwh(case, results, row.country), 0.0)
    return np.asarray(row.percent / 100 * base)


def _net_import_gwh(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    """(Y) what neighbours send less what they receive, measured beyond the lines at the border."""
    of, total = {zone.id: zone.country for zone in case.zones}, np.zeros_like(case.hours)
    forward, backward = results.variables["forward_mw"].values, results.variables["backward_mw"].values
    for i, line in enumerate(case.links):
        keep = 1 - line.row.loss_percent / 100
        ends = of[line.row.from_zone] == country, of[line.row.to_zone] == country
        if ends == (False, True):
            total = total + forward[i] - keep * backward[i]
        if ends == (True, False):
            total = total + backward[i] - keep * forward[i]
    for i, step in enumerate(case.market_steps):
        if of[step.row.zone] == country:
            total = total + (1 if step.row.direction == "import" else -1) * results.variables["trade_mw"].values[i]
    return yearly(case, total)


def _losses_gwh(case: Case, results: xr.Dataset, country: str) -> dict[str, np.ndarray]:
    """Loss → (Y) GWh that reach nobody in a country, at the grid; lines at its border count in full."""
    of = {zone.id: zone.country for zone in case.zones}
    reaches = {network.row.zone: 1 - network.row.loss_percent / 100 for network in case.distribution_networks}
    lines, store, again, thrown = (np.zeros_like(case.hours) for _ in range(4))
    sent = results.variables["forward_mw"].values + results.variables["backward_mw"].values
    for i, line in enumerate(case.links):
        if country in (of[line.row.from_zone], of[line.row.to_zone]):
            lines += line.row.loss_percent / 100 * sent[i]
    charged, discharged = (results.variables[f"storage_{way}_mw"].values for way in ("charge", "discharge"))
    for u, unit in enumerate(case.units):
        if unit.country == country:
            part = reaches.get(unit.zone, 1.0) if unit.technology.distributed else 1.0
            store += (charged[u] - discharged[u]) / part
    for z, zone in enumerate(case.zones):
        if zone.country == country:
            part = reaches.get(zone.id, 1.0)
            again += results.variables["nev_feed_mw"].values[z] * (1 / case.flexible.feed_efficiency[z] - 1) / part
            thrown += (
                results.variables["surplus_mw"].values[z]
                + results.variables["distribution_surplus_mw"].values[z] / part
            )
    powers = {"lines": lines, "storage": store, "vehicles to grid": again, "surplus": thrown}
    return {name: yearly(case, power) for name, power in powers.items()}


def _lost_gwh(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    return np.asarray(sum(_losses_gwh(case, results, country).values()))


def missed_targets_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for energy missing to targets."""
    total = np.zeros(len(case.horizon.years))
    for t, _, y in binding(case):
        total[y] += results.variables["target_shortfall_gwh"].values[t] * case.targets.shortfall_usd_per_mwh[t] / 1e3
    return total


# ------------------------------------------------------------------------------------------- variables that follow


def _by_unit(case: Case, results: xr.Dataset) -> np.ndarray:
    """(U, Y) kt emitted."""
    factor = np.array([emission(case, unit) for unit in case.units])
    return np.asarray(factor[:, None] * yearly(case, results.variables["generation_mw"].values))


def _emissions(case: Case, results: xr.Dataset) -> np.ndarray:
    home = np.array([unit.country for unit in case.units])
    by_unit = _by_unit(case, results)
    return np.array([by_unit[home == c.id].sum(axis=0) for c in case.countries])


def _fuel_use(case: Case, results: xr.Dataset) -> np.ndarray:
    fuels, countries = [f.id for f in case.system.fuels], [c.id for c in case.countries]
    found = np.zeros((len(fuels), len(countries), len(case.horizon.years)))
    for unit, energy in zip(case.units, yearly(case, results.variables["generation_mw"].values), strict=True):
        if unit.technology.fuel is not None:
            found[fuels.index(unit.technology.fuel), countries.index(unit.country)] += energy / unit.efficiency
    return found


def _lost(case: Case, results: xr.Dataset) -> np.ndarray:
    """(losses, C, Y); a loss that is not known here has no expected value."""
    none = np.full(len(case.horizon.years), np.nan)
    found = [_losses_gwh(case, results, country.id) for country in case.countries]
    names = [str(name) for name in results["loss"].values]
    return np.array([[of_country.get(name, none) for of_country in found] for name in names])


FIGURES = {
    "emissions_kt": _emissions,
    "lost_gwh": _lost,
    "asset_emissions_kt": lambda case, results: attributed(case, results, _by_unit(case, results)),
    "fuel_use_gwh": _fuel_use,
}
