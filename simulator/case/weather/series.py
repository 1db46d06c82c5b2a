"""Series by slice: load, what can run of every unit, and what must run.

Weather and load shapes come from the seeded generator or from the user's own profiles; river flow is given by month
and spread over the days of the plan, repair and heating are reckoned by hour and averaged over the stretch of the year
that each day stands for, so that the year's total is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case.capacity.units import Unit
from simulator.case.time.calendar import HOURS, MONTH_OF_HOUR
from simulator.case.time.frame import Frame, aggregate, stretch_means
from simulator.case.time.interpolation import at_years
from simulator.case.time.stretches import Stretches
from simulator.case.weather.heat import heat_led, heating
from simulator.case.weather.outages import Outages, yearly
from simulator.case.weather.realised import Factors
from simulator.errors import InputError, Problem
from simulator.system import System

HEAT = "heat"
"""Name of the profile that says how far heating is on in a named slice."""

Hourly = dict[tuple[str, str], np.ndarray]
"""(zone, ``load``, ``wind`` or ``solar``) → 8760 hourly values; load relative to its mean, others per capacity."""


def annual_gwh(system: System, years: Sequence[int]) -> np.ndarray:
    """(Z, Y) demand without vehicles, GWh."""
    paths: dict[str, dict[int, float]] = {}
    for row in system.demand:
        paths.setdefault(row.zone, {})[row.year] = row.energy_gwh
    return np.array([at_years(paths[zone.id], years) for zone in system.zones])


def hourly_load(system: System, years: Sequence[int], hourly: Hourly) -> np.ndarray:
    """(Z, Y, 8760) load without vehicles, MW."""
    shape = np.array([hourly[zone.id, "load"] for zone in system.zones])
    mean = annual_gwh(system, years) * 1e3 / HOURS
    return np.asarray(mean[:, :, None] * (shape / shape.mean(axis=1, keepdims=True))[:, None, :])


# ------------------------------------------------------------------------------------------- availability


@dataclass(frozen=True)
class Running:
    """Shares of capacity (U, Y, S): what can run, what must run, and heat given at it."""

    available: np.ndarray
    forced: np.ndarray
    heat: np.ndarray


def running(
    system: System, factors: Factors, frame: Frame, stretches: Stretches, units: Sequence[Unit], years: Sequence[int],
    hourly: Hourly,
) -> Running:  # fmt: skip
    """What weather, rivers, repair and heat make of every unit; hour by hour first, then by slice."""
    outages, rivers, warmth = Outages(system), river_profiles(system, factors, stretches), heating(system)
    natural: dict[tuple[str, str, str], np.ndarray] = {}
    shape = (len(units), len(years), len(frame.day))
    available, forced, heat = np.zeros(shape), np.zeros((shape[0], shape[2])), np.zeros((shape[0], shape[2]))
    for u, unit in enumerate(units):
        technology = unit.technology
        fit = outages.monthly(unit.country, technology)[MONTH_OF_HOUR - 1]
        if technology.heats:
            led = heat_led(technology, warmth[unit.zone])
            available[u] = stretch_means(fit * led.most, frame)
            forced[u] = stretch_means(fit * led.least, frame)
            heat[u] = stretch_means(fit * led.heat, frame)
            continue
        available[u] = stretch_means(fit, frame)
        forced[u] = available[u, 0] * technology.host_load_percent / 100
        if technology.kind == "variable":
            key = (unit.zone, technology.group, technology.id)
            if key not in natural:
                weather = hourly[key[:2]]
                given = factors[unit.country, technology.id]
                distinct = {factor: aggregate(weather, frame, factor=float(factor)) for factor in np.unique(given)}
                natural[key] = np.array([distinct[factor] for factor in given])
            available[u] *= natural[key]
        elif technology.kind == "run_of_river":
            available[u] *= rivers[unit.zone, technology.id][:, frame.day]
    return Running(available, *(np.broadcast_to(each[:, None], shape) for each in (forced, heat)))


def river_profiles(system: System, factors: Factors, stretches: Stretches) -> dict[tuple[str, str], np.ndarray]:
    """(zone, technology) → (Y, D) run-of-river output per capacity as nature gives it in each model year."""
    country = system.country_of
    monthly: dict[tuple[str, str], np.ndarray] = {}
    for row in system.river_profiles:
        profile = monthly.setdefault((row.zone, row.technology), np.full(12, np.nan))
        profile[row.month - 1] = row.capacity_factor_percent / 100
    return {
        (zone, technology): stretches.mean(np.minimum(values * factors[country[zone], technology][:, None], 1.0))
        for (zone, technology), values in monthly.items()
    }


# ------------------------------------------------------------------------------------------ named slices


def sliced_load(system: System, years: Sequence[int], slices: Sequence[str]) -> np.ndarray:
    """(Z, Y, S) load of systems that name their own slices; 0 where a slice is not part of a year."""
    given = {(row.zone, row.name, row.year, row.slice): row.value for row in system.profiles}
    return np.array([
        [[given.get((zone.id, "load", year, name), 0.0) for name in slices] for year in years] for zone in system.zones
    ])  # fmt: skip


def sliced_running(
    system: System, factors: Factors, units: Sequence[Unit], years: Sequence[int], slices: Sequence[str],
    in_year: np.ndarray,
) -> Running:  # fmt: skip
    """For systems that name their own slices: weather and heating as given, outages as their mean over the year.

    What past years gave scales the weather, up to full output. Heat plants need the profile ``heat`` of their zone.
    ``in_year``: (Y, S) whether a slice is part of a year; nothing runs where it is not.
    """
    given = {(row.zone, row.name, row.year, row.slice): row.value for row in system.profiles}
    shape = (len(units), len(years), len(slices))
    available, forced, heat = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for u, unit in enumerate(units):
        technology = unit.technology
        base = yearly(technology)
        if technology.heats:
            led = heat_led(technology, _sliced_heating(given, unit, years, slices, in_year))
            available[u], forced[u], heat[u] = base * led.most, base * led.least, base * led.heat
            continue
        forced[u] = base * technology.host_load_percent / 100
        for y, year in enumerate(years):
            for s, name in enumerate(slices):
                own = given.get((unit.zone, technology.id, year, name))
                if technology.kind in ("variable", "run_of_river"):
                    own, factor = own or 0.0, float(factors[unit.country, technology.id][y])
                    own = min(own * factor, max(own, 1.0))
                available[u, y, s] = base * (own if own is not None else 1.0)
    return Running(*(each * in_year for each in (available, np.minimum(forced, available), heat)))


def _sliced_heating(
    given: dict[tuple[str, str, int, str], float], unit: Unit, years: Sequence[int], slices: Sequence[str],
    in_year: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """(Y, S) profile ``heat``: what turbines give of the heat they can, 0 to 1; 0 where a slice is not part of it."""
    heating = np.zeros(in_year.shape)
    for y, s in np.argwhere(in_year).tolist():
        value = given.get((unit.zone, HEAT, years[y], slices[s]))
        if value is None or value > 1:
            raise InputError([Problem(
                f"{unit.technology.id} in {unit.zone} gives heat, but the zone has no profile {HEAT!r} between 0 and 1 "
                f"for slice {slices[s]!r} in {years[y]}", path=f"profiles.{unit.zone}/{HEAT}",
                help="give it for every slice of every model year",
            )])  # fmt: skip
        heating[y, s] = value
    return heating
