"""The energy balance of every zone, entry by entry, and what countries use and import.

Entries are named as in the results. Each lies at the grid or below a distribution network, where customers and what is
distributed lie in zones that have one. Results with an entry that is not known here are refused.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, negative, outside, relative
from simulator.case.case import Case

CUSTOMERS = ("load", "NEV charging", "smart charging", "vehicles to grid", "unserved energy")
TRADED = ("imports by link", "exports by link", "border imports", "border exports")
OUTPUT = {
    "thermal": ("thermal generation", "distributed thermal generation"),
    "reservoir": ("hydro generation", "distributed hydro generation"),
}
NATURAL = ("wind, sun and river", "distributed wind and sun")
"""Kind → entry at the grid, and below a distribution network."""
PLANTS = ("storage discharge", "storage charge", *NATURAL, *(name for names in OUTPUT.values() for name in names))
"""Entries of plants, of which a system need not have any."""
Entries = dict[str, np.ndarray]
"""Entry → (Z, Y, S) MW, + feeds, − draws."""


def balance(case: Case, results: xr.Dataset) -> float:
    """Entries add up to nothing in every zone and slice, at the grid and below it; no more is shed than is asked."""
    now, worst = case.hours > 0, 0.0
    for entries in levels(case, results):
        total = sum(entries.values())
        scale = np.max([np.abs(mw) for mw in entries.values()], axis=(0, 2, 3))
        worst = max(worst, relative(total * now / np.reshape(np.maximum(scale, 1.0), (-1, 1, 1)), 1.0))
    thrown = (results.variables[name].values for name in ("surplus_mw", "distribution_surplus_mw"))
    shed = outside(results.variables["unserved_mw"].values, case.load_mw + results.variables["nev_load_mw"].values)
    return max(worst, shed, *(negative(mw, case.load_mw) for mw in thrown))


def levels(case: Case, results: xr.Dataset) -> tuple[Entries, Entries]:
    """Entries at the grid, and below distribution networks."""
    below = np.isin([zone.id for zone in case.zones], [n.row.zone for n in case.distribution_networks])[:, None, None]
    customers = {
        "load": -case.load_mw,
        "NEV charging": -case.nev_mw,
        "smart charging": case.nev_mw - results.variables["nev_load_mw"].values,
        "vehicles to grid": results.variables["nev_feed_mw"].values,
        "unserved energy": results.variables["unserved_mw"].values,
    }
    loss = {n.row.zone: n.row.loss_percent / 100 for n in case.distribution_networks}
    keep = np.array([1 - loss.get(zone.id, 0.0) for zone in case.zones])[:, None, None]
    withdrawn = results.variables["distribution_withdrawal_mw"].values
    grid, local = _plants(case, results)
    grid |= _trade(case, results) | {name: mw * ~below for name, mw in customers.items()}
    local |= {name: mw * below for name, mw in customers.items()}
    grid |= {"to distribution networks": -withdrawn, "surplus": -results.variables["surplus_mw"].values}
    local |= {"from the grid": keep * withdrawn, "surplus": -results.variables["distribution_surplus_mw"].values}
    return grid, local


def _plants(case: Case, results: xr.Dataset) -> tuple[Entries, Entries]:
    """Output after own use, and what storage feeds and draws."""
    zone = {z.id: i for i, z in enumerate(case.zones)}
    networked = {n.row.zone for n in case.distribution_networks}
    found: tuple[Entries, Entries] = {}, {}
    generation, charged = results.variables["generation_mw"].values, results.variables["storage_charge_mw"].values
    discharged = results.variables["storage_discharge_mw"].values
    for u, unit in enumerate(case.units):
        below = unit.technology.distributed and unit.zone in networked
        if unit.technology.kind == "storage":
            parts = {"storage discharge": discharged[u], "storage charge": -charged[u]}
        else:
            name = OUTPUT.get(unit.technology.kind, NATURAL)[below]
            parts = {name: (1 - unit.technology.own_use_percent / 100) * generation[u]}
        for entry, mw in parts.items():
            found[below].setdefault(entry, np.zeros_like(case.load_mw))[zone[unit.zone]] += mw
    return found


def _trade(case: Case, results: xr.Dataset) -> Entries:
    zone = {z.id: i for i, z in enumerate(case.zones)}
    found = {name: np.zeros_like(case.load_mw) for name in TRADED}
    forward, backward = results.variables["forward_mw"].values, results.variables["backward_mw"].values
    for k, line in enumerate(case.links):
        keep = 1 - line.row.loss_percent / 100
        first, second = zone[line.row.from_zone], zone[line.row.to_zone]
        for start, end, sent in ((first, second, forward[k]), (second, first, backward[k])):
            found["imports by link"][end] += keep * sent
            found["exports by link"][start] -= sent
    for step, traded in zip(case.market_steps, results.variables["trade_mw"].values, strict=True):
        if step.row.direction == "import":
            found["border imports"][zone[step.row.zone]] += traded
        else:
            found["border exports"][zone[step.row.zone]] -= traded
    return found


def corridors(case: Case, results: xr.Dataset) -> float:
    """Energy of electrified corridors is part of the load."""
    load = (case.load_mw * case.hours).sum(axis=2) / 1e3
    return excess(results.variables["corridor_energy_gwh"].values, load)


# ------------------------------------------------------------------------------------------- variables that follow


def _energy(case: Case, results: xr.Dataset) -> np.ndarray:
    """(entries, Z, Y, S) of both levels; those named in the results that nothing feeds or draws are nothing."""
    grid, local = levels(case, results)
    none, nothing = np.full_like(case.load_mw, np.nan), np.zeros_like(case.load_mw)
    known = dict.fromkeys(PLANTS, nothing) | {n: grid.get(n, nothing) + local.get(n, nothing) for n in grid | local}
    found = [known.get(str(name), none) for name in results["entry"].values]
    return np.array(found).reshape(-1, *none.shape)


def _corridors(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Z, Y) freight times distance times energy per tonne-km, from the month of opening on."""
    years = case.horizon.years
    energy = np.zeros((len(case.zones), len(years)))
    for row in case.system.corridors:
        freight = sorted((f.year, f.million_tonnes) for f in case.system.corridor_freight if f.corridor == row.id)
        opening = int(row.opens[:4]) + (int(row.opens[5:]) - 1) / 12 if len(row.opens) > 4 else float(row.opens)
        place = [zone.id for zone in case.zones].index(row.zone)
        for y, year in enumerate(years):
            tonnes = np.interp(year, [f[0] for f in freight], [f[1] for f in freight])
            energy[place, y] += min(max(year + 1 - opening, 0), 1) * tonnes * row.km * row.wh_per_tonne_km / 1e3
    return np.asarray(energy * case.hours.sum(axis=1) / case.system.hours_per_year)


def of_countries(case: Case, power_mw: np.ndarray) -> np.ndarray:
    """(C, Y) GWh a year of a power (Z, Y, S) of the zones of each country."""
    energy = (power_mw * case.hours).sum(axis=2) / 1e3
    home = np.array([zone.country for zone in case.zones])
    return np.array([energy[home == country.id].sum(axis=0) for country in case.countries])


def _of_entries(case: Case, results: xr.Dataset, names: tuple[str, ...]) -> np.ndarray:
    """(C, Y) GWh of some entries."""
    return of_countries(case, np.sum([part[n] for part in levels(case, results) for n in names if n in part], axis=0))


FIGURES = {
    "load_mw": lambda case, results: case.load_mw,
    "energy_mw": _energy,
    "corridor_energy_gwh": _corridors,
    "country_consumption_gwh": lambda case, results: -_of_entries(case, results, CUSTOMERS),
    "net_import_gwh": lambda case, results: _of_entries(case, results, TRADED),
    "unserved_gwh": lambda case, results: of_countries(case, results.variables["unserved_mw"].values),
}
