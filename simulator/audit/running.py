"""What is online, what is started, and the reserve that is held."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit import days
from simulator.audit.measure import excess, relative
from simulator.case.case import Case


def commitment(case: Case, results: xr.Dataset) -> float:
    """What is in repair is not online; what is online runs between its minimum and what it can, and no faster than it
    can change within a day."""
    worst = 0.0
    capacity = results["capacity_mw"].values
    scale = float(results["generation_mw"].max())  # a small plant's rounding is no fault of it
    for u, unit in enumerate(case.units):
        if unit.technology.commitment:
            online, output = results["online_mw"].values[u], results["generation_mw"].values[u]
            running = online[:, case.frame.day]
            able = _able(case, u)
            least = np.minimum(unit.technology.minimum_output_percent / 100, able) * running
            fit = _fit(case, u) * capacity[list(unit.assets)].sum(axis=0)[:, None]
            over = online - fit, output - able * running, least - output, _too_fast(case, u, output, running)
            worst = max(worst, *(relative(np.maximum(difference, 0), scale) for difference in over))
    return worst


def _fit(case: Case, u: int) -> np.ndarray:
    """(Y, D) share of a unit's capacity that can be online: what can run in the best hours of the day."""
    each = range(int(case.frame.day.max()) + 1)
    return np.array([case.availability[u][:, case.frame.day == d].max(axis=1) for d in each]).T


def _able(case: Case, u: int) -> np.ndarray:
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


def starts_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for what is brought online from one day of the plan to the next, the year closing on itself."""
    online = results["online_mw"].values
    started = np.maximum(online - days.shifted(case, online, 1), 0).sum(axis=2)
    price = np.array([u.technology.start_cost_usd_per_mw * u.technology.commitment for u in case.units])
    return np.asarray(price @ started) / 1e6


def reserve(case: Case, results: xr.Dataset) -> float:
    """Every country holds its own part of the reserve it asks for, and every area that shares holds all of it."""
    worst = 0.0
    held = {c.id: _held_mw(case, results, c.id) for c in case.countries}
    need = {c.id: _need_mw(case, results, c.id) for c in case.countries}
    missing = dict(zip(held, results["reserve_missing_mw"].values, strict=True))
    own = {c.id: np.ones((len(case.horizon.years), 1)) for c in case.countries}
    for area in case.system.reserve_areas:
        for y, year in enumerate(case.horizon.years):
            if area.first_year <= year <= area.last_year:
                together = sum(held[c][y] + missing[c][y] for c in area.countries)
                worst = max(worst, excess(sum(need[c][y] for c in area.countries), together))
                for c in area.countries:
                    own[c][y] = area.own_percent / 100
    return max(worst, *(excess(own[c] * need[c], held[c] + missing[c]) for c in held))


def _held_mw(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    """(Y, S) power that spinning plants and storage could add at once."""
    capacity, total = results["capacity_mw"].values, np.zeros_like(case.hours)
    for u, unit in enumerate(case.units):
        if unit.country == country and unit.technology.spinning:
            if unit.technology.commitment:
                room = _able(case, u) * results["online_mw"].values[u][:, case.frame.day]
            else:
                room = case.availability[u] * capacity[list(unit.assets)].sum(axis=0)[:, None]
            used = ("generation_mw", "storage_charge_mw", "storage_discharge_mw")
            total = total + room - sum(results[name].values[u] for name in used)
    return total


def _need_mw(case: Case, results: xr.Dataset, country: str) -> np.ndarray:
    """(Y, S) reserve that load with vehicles, and wind and sun ask for."""
    row = next(c for c in case.countries if c.id == country)
    here = [z for z, zone in enumerate(case.zones) if zone.country == country]
    load = (case.load_mw + results["nev_load_mw"].values)[here].sum(axis=0)
    mine = [u for u, x in enumerate(case.units) if x.country == country and x.technology.group in ("wind", "solar")]
    natural = results["generation_mw"].values[mine].sum(axis=0)
    asked = row.reserve_percent_of_load * load + row.reserve_percent_of_wind_and_solar * natural
    return np.asarray(asked / 100)


def missing_reserve_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for reserve that is missing."""
    price = np.array([c.reserve_shortfall_usd_per_mwh for c in case.countries])
    return np.asarray(price @ (results["reserve_missing_mw"].values * case.hours).sum(axis=2)) / 1e6
