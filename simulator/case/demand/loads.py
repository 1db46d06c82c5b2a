"""Loads and weather of the scenario's year, hour by hour, and the slices cut from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.case.capacity.assets import Asset
from simulator.case.demand.corridors import corridor_energy
from simulator.case.time import frame as frames
from simulator.case.time.calendar import FIRST_WEEKDAY, HOURS
from simulator.case.time.frame import Frame
from simulator.case.time.horizon import ModelYears
from simulator.case.time.slices import named_frame
from simulator.case.vehicles.charging import Charging, Flexible, inflexible
from simulator.case.weather.profiles import read_profiles
from simulator.case.weather.series import Hourly, SliceProfiles, hourly_load
from simulator.case.weather.sun import check_sun
from simulator.errors import InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import NamedSlices, TypicalDays, Weeks
from simulator.system import System


@dataclass(frozen=True)
class Loads:
    """Time structure and loads of a scenario."""

    frame: Frame
    hours: np.ndarray
    """(Y, S)"""
    load_mw: np.ndarray
    """(Z, Y, S)"""
    nev_mw: np.ndarray
    """(Z, Y, S)"""
    flexible: Flexible
    corridor_mw: np.ndarray
    """(Z, Y) flat part of the load that electrified corridors draw."""
    peak_series_mw: np.ndarray
    """(Z, Y, hours or slices) load with vehicles, to find peaks in."""
    fixed_series_mw: np.ndarray
    """The same without the vehicles that charge smartly."""


def hourly_loads(
    system: System, scenario: Scenario, horizon: ModelYears, assets: Sequence[Asset], charging: Charging, hourly: Hourly
) -> Loads:
    """Loads along their hourly shapes, cut into slices."""
    corridors = corridor_energy(system, horizon.years) * 1e3 / system.hours_per_year
    load = hourly_load(system, horizon.years, hourly) + corridors[:, :, None]
    vehicles, smart = charging.total_mw()
    if scenario.horizon.realised:
        load = _without_vehicles(load, vehicles)
    total = load + vehicles
    frame = _frame(scenario, system, total, _potential(assets, hourly))
    hours = np.repeat(frame.weight_h[None, :], len(horizon.years), axis=0)
    fixed, flexible = charging.sliced(frame, vehicles, scenario.finance.discount_rate_percent / 100)
    sliced = frames.aggregate_load(load, frame)
    return Loads(frame, hours, sliced, fixed, flexible, corridors, total, total - smart)


def _without_vehicles(consumption: np.ndarray, vehicles: np.ndarray) -> np.ndarray:
    """(Z, Y, 8760) what is left of the consumption of past years, in which the charging of vehicles was counted."""
    energy = consumption.sum(axis=-1, keepdims=True)
    charged = vehicles.sum(axis=-1, keepdims=True)
    return np.asarray(consumption * (1 - np.divide(charged, energy, out=np.zeros_like(charged), where=energy > 0)))


def _frame(scenario: Scenario, system: System, total_mw: np.ndarray, potential_mw: np.ndarray) -> Frame:
    """The frame of the scenario; peaks are those of the last model year's load and of it less wind and sun."""
    time, hours = scenario.horizon.time, system.hours_per_year
    if isinstance(time, TypicalDays):
        load = total_mw[:, -1].sum(axis=0)
        return frames.typical_days(time.days, time.block_hours, load, load - potential_mw, FIRST_WEEKDAY, hours)
    if isinstance(time, Weeks):
        return frames.weeks(time.weeks, time.block_hours, FIRST_WEEKDAY, hours)
    return frames.full_year(FIRST_WEEKDAY, hours)


def _potential(assets: Sequence[Asset], hourly: Hourly) -> np.ndarray:
    """(8760) output of wind and sun of existing plants and projects in the last model year, MW."""
    total = np.zeros(HOURS)
    for asset in assets:
        series = hourly.get((asset.zone, asset.technology.group))
        if asset.technology.kind == "variable" and series is not None:
            total += asset.mw[-1] * series
    return total


Weather = Callable[[Sequence[str], int, int], Mapping[tuple[str, str], np.ndarray]]
"""(weather zones, seed, weekday of 1 January) → (weather zone, item) → 8760 values."""


def generated(zones: Sequence[str], seed: int, first_weekday: int) -> Mapping[tuple[str, str], np.ndarray]:
    """A year of the weather generator."""
    from simulator.case.weather.synthesis import synthesise  # here, because what it loads takes seconds

    return synthesise(zones, seed, first_weekday)


def same_in_every_hour(zones: Sequence[str], seed: int, first_weekday: int) -> Mapping[tuple[str, str], np.ndarray]:
    """Replaces the generator where a case is only examined: its years are never refused, so their hours do not
    matter."""
    return {(zone, item): np.full(HOURS, 1.0 if item == "load" else 0.3)
            for zone in zones for item in ("wind", "solar", "load")}  # fmt: skip


def make_hourly(
    system: System, scenario: Scenario, folder: Path | None, weather: Weather = generated
) -> Hourly:  # fmt: skip
    """Series by zone of the system from the weather generator; the scenario's own profiles win over it."""
    used = {zone.id: zone.weather for zone in system.zones if zone.weather is not None}
    hourly: Hourly = {}
    if used:
        year = weather(tuple(sorted(set(used.values()))), scenario.horizon.weather_seed, FIRST_WEEKDAY)
        for zone, name in used.items():
            hourly |= {(zone, item): series for (source, item), series in year.items() if source == name}
    if scenario.horizon.profiles is not None:
        hourly |= own_profiles(system, (folder or Path()) / scenario.horizon.profiles)
    missing = [zone.id for zone in system.zones if (zone.id, "load") not in hourly]
    if missing:
        raise InputError([
            Problem(f"zone {name!r} has no load profile", path=f"zones.{name}.weather",
                    help="name a zone of the weather tables, or give a column `load` in horizon.profiles")
            for name in missing
        ])  # fmt: skip
    return hourly


def own_profiles(system: System, path: Path) -> Hourly:
    """The profiles of a user's file, for the zones and technologies of a system.

    Raises ``FileError``, and ``InputError`` with all problems; warns of a sun that is an hour off.
    """
    items = sorted({t.group for t in system.technologies if t.kind == "variable"} | {"load"})
    found = read_profiles(path, tuple(zone.id for zone in system.zones), tuple(items))
    check_sun(found, longitudes(system), path.name)
    return found


def longitudes(system: System) -> dict[str, float]:
    """Zone → degrees east, of zones whose place is stated."""
    return {zone.id: zone.longitude for zone in system.zones if (zone.latitude, zone.longitude) != (0, 0)}


def useless_with_slices(system: System) -> list[Problem]:
    """Tables that have no effect in a system that names its own slices."""
    problems = []
    if system.demand:
        problems.append(Problem("the table `demand` has no effect when slices are named: load is in `profiles`",
                                path="demand", help="remove it, or use typical days"))  # fmt: skip
    if system.vehicle_use:
        problems.append(Problem("vehicles need hours of the day, which named slices do not have", path="vehicle_use",
                                help="remove the vehicle tables, or use typical days"))  # fmt: skip
    for table, what in (
        ("heat_zones", "heating is the profile `heat`"),
        ("maintenance", "repair is spread evenly over the year"),
        ("river_profiles", "what rivers give is the profile of the technology"),
    ):
        if getattr(system, table):
            problems.append(Problem(f"the table `{table}` has no effect when slices are named: {what}", path=table,
                                    help="remove it, or use typical days"))  # fmt: skip
    return problems


def sliced_loads(system: System, horizon: ModelYears, named: NamedSlices) -> Loads:
    """Loads of a system that names its own slices; a slice of one year has no hours in the others."""
    frame, hours = named_frame(named, horizon.years, system.hours_per_year)
    corridors = corridor_energy(system, horizon.years) * 1e3 / system.hours_per_year
    profiles = SliceProfiles(system, horizon.years, frame.label, hours)
    given = np.array([profiles.given[zone.id, "load"] for zone in system.zones])
    load = np.where(hours > 0, given + corridors[:, :, None], 0.0)
    return Loads(frame, hours, load, np.zeros_like(load), inflexible(*load.shape), corridors, load, load)
