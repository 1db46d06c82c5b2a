"""Series by slice: load, what can run of every unit, and what must run.

Weather and load shapes come from the seeded generator or from the user's own profiles; river flow is given by month
and spread over the days of the plan, repair and heating are reckoned by hour and averaged over the stretch of the year
that each day represents, so that the year's total is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.case.capacity.units import DispatchUnit
from simulator.case.time.calendar import HOURS, MONTH_OF_HOUR
from simulator.case.time.frame import Frame, aggregate, stretch_means
from simulator.case.time.stretches import Stretches
from simulator.case.weather.heat import heat_led, heating
from simulator.case.weather.outages import Outages, yearly
from simulator.case.weather.realised import Factors
from simulator.grouping import months, paths
from simulator.interpolation import at_years
from simulator.system import System

HEAT = "heat"
"""Name of the profile that says how far heating is on in a named slice."""

Hourly = dict[tuple[str, str], np.ndarray]
"""(zone, ``load``, ``wind`` or ``solar``) → 8760 hourly values; load relative to its mean, others per capacity."""


def annual_gwh(system: System, years: Sequence[int]) -> np.ndarray:
    """(Z, Y) demand without vehicles, GWh."""
    stated = paths((row.zone, row.year, row.energy_gwh) for row in system.demand)
    return np.array([at_years(stated[zone.id], years) for zone in system.zones])


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
    must_run: np.ndarray
    heat: np.ndarray


def running(
    system: System, factors: Factors, frame: Frame, stretches: Stretches, units: Sequence[DispatchUnit],
    years: Sequence[int], hourly: Hourly,
) -> Running:  # fmt: skip
    """What weather, rivers, repair and heat make of every unit; hour by hour first, then by slice."""
    outages, rivers, warmth = Outages(system), river_profiles(system, factors, stretches), heating(system)
    natural: dict[tuple[str, str, bytes], np.ndarray] = {}
    shape = (len(units), len(years), len(frame.day))
    available, must_run, heat = np.zeros(shape), np.zeros((shape[0], shape[2])), np.zeros((shape[0], shape[2]))
    for u, unit in enumerate(units):
        technology = unit.technology
        fit = outages.monthly(unit.country, technology)[MONTH_OF_HOUR - 1]
        if technology.heats:
            led = heat_led(technology, warmth[unit.zone])
            available[u] = stretch_means(fit * led.most, frame)
            must_run[u] = stretch_means(fit * led.least, frame)
            heat[u] = stretch_means(fit * led.heat, frame)
            continue
        available[u] = stretch_means(fit, frame)
        must_run[u] = available[u, 0] * technology.host_load_percent / 100
        if technology.kind == "variable":
            weather = hourly[unit.zone, technology.group]
            given = factors[unit.country, technology.id] * technology.yield_factor(float(weather.mean()))
            key = (unit.zone, technology.group, given.tobytes())
            if key not in natural:
                distinct = {factor: aggregate(weather, frame, factor=factor) for factor in {*given.tolist()}}
                natural[key] = np.array([distinct[factor] for factor in given])
            available[u] *= natural[key]
        elif technology.kind == "run_of_river":
            available[u] *= rivers[unit.zone, technology.id][:, frame.day]
        elif (could := factors.get((unit.country, technology.id))) is not None and technology.kind == "thermal":
            available[u] = np.minimum(available[u] * could[:, None], 1.0)
    return Running(available, *(np.broadcast_to(each[:, None], shape) for each in (must_run, heat)))


def river_profiles(system: System, factors: Factors, stretches: Stretches) -> dict[tuple[str, str], np.ndarray]:
    """(zone, technology) → (Y, D) run-of-river output per capacity as nature gives it in each model year."""
    country = system.country_of
    return {
        (zone, technology): stretches.mean(np.minimum(values * factors[country[zone], technology][:, None], 1.0))
        for (zone, technology), values in normal_rivers(system).items()
    }


def normal_rivers(system: System) -> dict[tuple[str, str], np.ndarray]:
    """(zone, technology) → (12) run-of-river output per capacity in a normal year, by month."""
    return months(
        ((row.zone, row.technology), row.month, row.capacity_factor_percent / 100) for row in system.river_profiles
    )


# ------------------------------------------------------------------------------------------ named slices


class SliceProfiles:
    """Profiles of a system that names its slices, by model year and slice; ``gaps`` refuses those with holes.

    ``hours``: (Y, S) what a slice represents, ``in_year`` whether it is part of a year.
    """

    def __init__(self, system: System, years: Sequence[int], slices: Sequence[str], hours: np.ndarray) -> None:
        self.hours, self.in_year = hours, hours > 0
        self.given: dict[tuple[str, str], np.ndarray] = {}
        position = {(year, name): (y, s) for y, year in enumerate(years) for s, name in enumerate(slices)}
        for row in system.profiles:
            if (place := position.get((row.year, row.slice))) is not None:  # other years are for other scenarios
                series = self.given.setdefault((row.zone, row.name), np.full(hours.shape, np.nan))
                series[place] = row.value

    def of(self, zone: str, name: str) -> np.ndarray | None:
        """(Y, S) a profile, 0 where a slice is not part of a year; None where it is not given."""
        series = self.given.get((zone, name))
        return None if series is None else np.where(self.in_year, series, 0.0)


def sliced_running(
    system: System, factors: Factors, units: Sequence[DispatchUnit], years: Sequence[int], profiles: SliceProfiles
) -> Running:  # fmt: skip
    """For systems that name their own slices: weather and heating as given, outages as their mean over the year.

    What past years gave scales the weather, up to full output. Heat plants follow the profile ``heat`` of their zone,
    wind, sun and rivers that of their technology (``needs``); others can always run where none is given. Nothing runs
    in a slice that is not part of a year.
    """
    in_year = profiles.in_year
    shape = (len(units), *in_year.shape)
    available, must_run, heat = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for u, unit in enumerate(units):
        technology, base = unit.technology, yearly(unit.technology)
        if technology.heats:
            led = heat_led(technology, _sliced_heating(profiles, unit.zone))
            available[u], must_run[u], heat[u] = base * led.most, base * led.least, base * led.heat
            continue
        own = profiles.of(unit.zone, technology.id)
        if own is not None and technology.kind in ("variable", "run_of_river"):
            mean = (own * profiles.hours).sum(axis=1) / profiles.hours.sum(axis=1)
            given = factors[unit.country, technology.id] * [technology.yield_factor(float(x)) for x in mean]
            own = np.minimum(own * given[:, None], np.maximum(own, 1.0))
        available[u] = base if own is None else base * own
        if technology.kind == "thermal" and (could := factors.get((unit.country, technology.id))) is not None:
            available[u] = np.minimum(available[u] * could[:, None], 1.0)
        must_run[u] = base * technology.host_load_percent / 100
    return Running(*(each * in_year for each in (available, np.minimum(must_run, available), heat)))


def _sliced_heating(profiles: SliceProfiles, zone: str) -> np.ndarray:
    """(Y, S) profile ``heat``: what turbines give of the heat they can, 0 to 1."""
    heating = profiles.of(zone, HEAT)
    assert heating is not None, "needs.py asks for it"
    return heating
