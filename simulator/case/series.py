"""Series by slice: load, availability of units, heat-led minimum.

Weather and load shapes come from the seeded generator or from the user's own profiles; seasonal figures (heating
season, river flow, availability in winter and summer) are given by month and spread over the days of the plan so that
the year's total is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.case.anchors import at_years
from simulator.case.calendar import HOURS
from simulator.case.frame import Frame, aggregate
from simulator.case.realised import Factors
from simulator.case.units import HEATING_MONTHS, Unit
from simulator.case.water import month_shares
from simulator.errors import InputError, Problem
from simulator.system import System

Hourly = dict[tuple[str, str], np.ndarray]
"""(zone, ``load``, ``wind`` or ``solar``) → 8760 hourly values; load relative to its mean, others per capacity."""


def annual_gwh(system: System, years: Sequence[int]) -> np.ndarray:
    """(Z, Y) demand without vehicles, GWh."""
    paths: dict[str, dict[int, float]] = {}
    for row in system.demand:
        paths.setdefault(row.zone, {})[row.year] = row.energy_gwh
    missing = [zone.id for zone in system.zones if zone.id not in paths]
    if missing:
        raise InputError([Problem(
            f"zone {name!r} has no demand", path=f"demand.{name}", help="add a row to `demand`; 0 is allowed",
        ) for name in missing])  # fmt: skip
    return np.array([at_years(paths[zone.id], years) for zone in system.zones])


def hourly_load(system: System, years: Sequence[int], hourly: Hourly) -> np.ndarray:
    """(Z, Y, 8760) load without vehicles, MW."""
    shape = np.array([hourly[zone.id, "load"] for zone in system.zones])
    mean = annual_gwh(system, years) * 1e3 / HOURS
    return np.asarray(mean[:, :, None] * (shape / shape.mean(axis=1, keepdims=True))[:, None, :])


# ------------------------------------------------------------------------------------------- availability


def availability(
    system: System, factors: Factors, frame: Frame, units: Sequence[Unit], years: Sequence[int], hourly: Hourly
) -> np.ndarray:
    """(U, Y, S) share of capacity that can run, from weather, rivers, season and heat."""
    winter = by_day(frame, np.isin(np.arange(1, 13), HEATING_MONTHS).astype(float))[frame.day]
    heat = heating(system, frame)
    rivers = river_profiles(system, factors, frame)
    cache: dict[tuple[str, str, str], np.ndarray] = {}
    rows = []
    for unit in units:
        technology = unit.technology
        season = winter * technology.availability_winter_percent + (1 - winter) * technology.availability_summer_percent
        share = season / 100
        if technology.kind == "variable":
            key = (unit.zone, technology.group, technology.id)
            if key not in cache:
                weather = _weather(hourly, key[:2])
                given = factors[unit.country, technology.id]
                distinct = {factor: aggregate(weather, frame, factor=float(factor)) for factor in np.unique(given)}
                cache[key] = np.array([distinct[factor] for factor in given])
            share = share * cache[key]
        elif technology.kind == "run_of_river":
            share = share * _river(rivers, unit)[:, frame.day]
        elif technology.kind == "thermal":
            full = heat[unit.zone][frame.day]
            cap = full * technology.heat_cap_winter_percent + (1 - full) * technology.heat_cap_summer_percent
            share = np.minimum(share, cap / 100)
        rows.append(np.broadcast_to(share, (len(years), len(frame.day))))
    return np.array(rows).reshape(len(units), len(years), len(frame.day))


def forced_output(system: System, frame: Frame, units: Sequence[Unit]) -> np.ndarray:
    """(U, S) share of capacity that heat forces to run."""
    heat = heating(system, frame)
    rows = []
    for unit in units:
        full, technology = heat[unit.zone][frame.day], unit.technology
        led = full * technology.heat_led_winter_percent + (1 - full) * technology.heat_led_summer_percent
        rows.append(led / 100)
    return np.array(rows).reshape(len(units), len(frame.day))


def by_day(frame: Frame, monthly: np.ndarray) -> np.ndarray:
    """Monthly figures (…, 12) for the days of the plan (…, D): the mean over the days each stands for.

    The mean over the days of the plan, by their weights, equals the mean over the months by their lengths.
    """
    shares = month_shares(frame)
    return np.asarray(monthly @ (shares / shares.sum(axis=1, keepdims=True)).T)


def heating(system: System, frame: Frame) -> dict[str, np.ndarray]:
    """Zone → (D) how far the heating season is on, 0 to 1; zones without a season have none."""
    monthly = {zone.id: np.zeros(12) for zone in system.zones}
    for row in system.heat_seasons:
        monthly[row.zone][row.month - 1] = row.heat_percent / 100
    return {zone: by_day(frame, values) for zone, values in monthly.items()}


def river_profiles(system: System, factors: Factors, frame: Frame) -> dict[tuple[str, str], np.ndarray]:
    """(zone, technology) → (Y, D) run-of-river output per capacity as nature gives it in each model year."""
    country = {zone.id: zone.country for zone in system.zones}
    monthly: dict[tuple[str, str], np.ndarray] = {}
    for row in system.river_profiles:
        profile = monthly.setdefault((row.zone, row.technology), np.full(12, np.nan))
        profile[row.month - 1] = row.capacity_factor_percent / 100
    gaps = [Problem(
        f"river profile of {technology} in {zone}: month {int(np.flatnonzero(np.isnan(values))[0]) + 1} is missing",
        path=f"river_profiles.{zone}/{technology}", help="give all twelve months",
    ) for (zone, technology), values in monthly.items() if np.isnan(values).any()]  # fmt: skip
    if gaps:
        raise InputError(gaps)
    return {
        (zone, technology): by_day(frame, np.minimum(values * factors[country[zone], technology][:, None], 1.0))
        for (zone, technology), values in monthly.items()
    }


def _river(rivers: dict[tuple[str, str], np.ndarray], unit: Unit) -> np.ndarray:
    profile = rivers.get((unit.zone, unit.technology.id))
    if profile is None:
        raise InputError([Problem(
            f"{unit.technology.id} in {unit.zone} has no river profile",
            path=f"river_profiles.{unit.zone}/{unit.technology.id}", help="add its twelve months to `river_profiles`",
        )])  # fmt: skip
    return profile


def _weather(hourly: Hourly, key: tuple[str, str]) -> np.ndarray:
    series = hourly.get(key)
    if series is None:
        raise InputError([Problem(
            f"{key[1]} in {key[0]} has no hourly profile", path=f"zones.{key[0]}.weather",
            help="name a zone of the weather tables, or give the profile in horizon.profiles",
        )])  # fmt: skip
    return series


# ------------------------------------------------------------------------------------------ named slices


def sliced_load(system: System, years: Sequence[int], slices: Sequence[str]) -> np.ndarray:
    """(Z, Y, S) load of systems that name their own slices; 0 where a slice is not part of a year."""
    given = {(row.zone, row.name, row.year, row.slice): row.value for row in system.profiles}
    return np.array([
        [[given.get((zone.id, "load", year, name), 0.0) for name in slices] for year in years] for zone in system.zones
    ])  # fmt: skip


def sliced_availability(
    system: System, factors: Factors, units: Sequence[Unit], years: Sequence[int], slices: Sequence[str]
) -> np.ndarray:
    """(U, Y, S) availability of systems that name their own slices: plants as their winter figure, weather as given.

    What past years gave scales the weather, up to full output.
    """
    given = {(row.zone, row.name, row.year, row.slice): row.value for row in system.profiles}
    result = np.zeros((len(units), len(years), len(slices)))
    for u, unit in enumerate(units):
        base = unit.technology.availability_winter_percent / 100
        for y, year in enumerate(years):
            for s, name in enumerate(slices):
                own = given.get((unit.zone, unit.technology.id, year, name))
                if unit.technology.kind in ("variable", "run_of_river"):
                    own, factor = own or 0.0, float(factors[unit.country, unit.technology.id][y])
                    own = min(own * factor, max(own, 1.0))
                result[u, y, s] = base * (own if own is not None else 1.0)
    return result
