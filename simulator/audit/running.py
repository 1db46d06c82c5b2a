"""What is online, what is started, and the reserve that is held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from simulator.audit import days
from simulator.audit.measure import excess, negative, relative
from simulator.case.case import Case


def commitment(case: Case, results: xr.Dataset) -> float:
    """What is in repair is not online; what is online runs between its minimum and what it can, and no faster than it
    can change within a day."""
    worst = 0.0
    capacity = results.variables["capacity_mw"].values
    largest = results.variables["generation_mw"].values.max(initial=0)  # a small plant's rounding is no fault of it
    for u, unit in enumerate(case.units):
        if unit.technology.commitment:
            online, output = results.variables["online_mw"].values[u], results.variables["generation_mw"].values[u]
            running = online[:, case.frame.day]
            able = able_share(case, u)
            least = np.minimum(unit.technology.minimum_output_percent / 100, able) * running
            fit = _fit(case, u) * capacity[list(unit.assets)].sum(axis=0)[:, None]
            over = online - fit, -online, output - able * running, least - output, _too_fast(case, u, output, running)
            worst = max(worst, *(relative(np.maximum(difference, 0), largest) for difference in over))
    return worst


def _fit(case: Case, u: int) -> np.ndarray:
    """(Y, D) share of a unit's capacity that can be online: what can run in the best hours of the day."""
    each = range(int(case.frame.day.max()) + 1)
    return np.array([case.availability[u][:, case.frame.day == d].max(axis=1) for d in each]).T


def able_share(case: Case, u: int) -> np.ndarray:
    """(Y, S) share that can run of what is online."""
    fit = _fit(case, u)[:, case.frame.day]
    return np.where(fit > 0, case.availability[u] / np.where(fit > 0, fit, 1), 0)


def _too_fast(case: Case, u: int, output: np.ndarray, running: np.ndarray) -> np.ndarray:
    """(Y, S) MW by which output changes more since the slice before it in the day than what is online allows."""
    change = np.zeros_like(output)
    for day in np.unique(case.frame.day):
        inside = np.flatnonzero(case.frame.day == day)
        change[:, inside[1:]] = np.abs(np.diff(output[:, inside], axis=1))
    hourly = case.units[u].technology.ramp_percent_per_hour / 100
    return np.asarray(change - hourly * np.asarray(case.frame.block_hours) * running)


def flat(case: Case, results: xr.Dataset) -> float:
    """Plants that give the same in every hour do."""
    worst = 0.0
    for unit, output in zip(case.units, results.variables["generation_mw"].values, strict=True):
        if unit.technology.flat:
            steady = np.where(case.hours > 0, output.max(axis=1, keepdims=True), 0.0)
            worst = max(worst, relative(output - steady, output))
    return worst


def starts_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for what is brought online from one day of the plan to the next, the year closing on itself."""
    online = results.variables["online_mw"].values
    started = np.maximum(online - days.shifted(case, online, 1), 0).sum(axis=2)
    price = np.array([u.technology.start_cost_usd_per_mw * u.technology.commitment for u in case.units])
    return np.asarray(price @ started) / 1e6


def reserve(case: Case, results: xr.Dataset) -> float:
    """Every country holds its own part of the reserve it asks for, and every area that shares holds all of it."""
    asks = [c.reserve_percent_of_load > 0 or c.reserve_percent_of_wind_and_solar > 0 for c in case.countries]
    missing = results.variables["reserve_missing_mw"].values
    worst = max(negative(missing, case.load_mw), relative(missing[~np.array(asks, bool)], 1.0))
    for needed, held, _, _ in _reserves(case, results):
        worst = max(worst, excess(needed, held))
    return worst


def spare(case: Case, results: xr.Dataset) -> np.ndarray:
    """(C, Y, S) whether a country holds more than it must, alone and with those it shares with."""
    found = np.ones((len(case.countries), *case.hours.shape), bool)
    for needed, held, members, y in _reserves(case, results):
        found[members, y] &= held > needed + 1e-5 * np.maximum(needed, 1.0)
    return found


def _reserves(case: Case, results: xr.Dataset) -> Iterator[tuple[np.ndarray, np.ndarray, list[int], int]]:
    """What is needed and held (S), missing part included: of each country (its own part) and area, by model year.

    Countries that ask for nothing need nothing by themselves.
    """
    names = [c.id for c in case.countries]
    need = np.array([_need_mw(case, results, c) for c in names])
    held = np.array([_held_mw(case, results, c) for c in names]) + results.variables["reserve_missing_mw"].values
    for y, year in enumerate(case.horizon.years):
        own = np.ones(len(names))
        for area in case.system.reserve_areas:
            if area.first_year <= year <= area.last_year:
                members = [names.index(c) for c in area.countries]
                own[members] = area.own_percent / 100
                yield need[members, y].sum(axis=0), held[members, y].sum(axis=0), members, y
        for i in range(len(names)):
            if need[i, y].any():
                yield own[i] * need[i, y], held[i, y], [i], y


def _held_mw(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    """(Y, S) power that spinning plants and storage could add at once."""
    capacity, total = results.variables["capacity_mw"].values, np.zeros_like(case.hours)
    for u, unit in enumerate(case.units):
        if unit.country == country and unit.technology.spinning:
            if unit.technology.commitment:
                room = able_share(case, u) * results.variables["online_mw"].values[u][:, case.frame.day]
            else:
                room = case.availability[u] * capacity[list(unit.assets)].sum(axis=0)[:, None]
            used = ("generation_mw", "storage_charge_mw", "storage_discharge_mw")
            total = total + room - sum(results.variables[name].values[u] for name in used)
    return total


def _need_mw(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    """(Y, S) reserve that load with vehicles, and wind and sun ask for."""
    row = next(c for c in case.countries if c.id == country)
    here = [z for z, zone in enumerate(case.zones) if zone.country == country]
    load = (case.load_mw + results.variables["nev_load_mw"].values)[here].sum(axis=0)
    mine = [u for u, x in enumerate(case.units) if x.country == country and x.technology.group in ("wind", "solar")]
    natural = results.variables["generation_mw"].values[mine].sum(axis=0)
    asked = row.reserve_percent_of_load * load + row.reserve_percent_of_wind_and_solar * natural
    return np.asarray(asked / 100)


def missing_reserve_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for reserve that is missing."""
    price = np.array([c.reserve_shortfall_usd_per_mwh for c in case.countries])
    return np.asarray(price @ (results.variables["reserve_missing_mw"].values * case.hours).sum(axis=2)) / 1e6
