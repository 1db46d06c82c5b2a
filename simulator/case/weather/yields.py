"""How much a plant gives in a normal year, as its investor reckons before any plan: full-load hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.case.capacity.procurement import FullLoadHours
from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH, MONTH_OF_HOUR
from simulator.case.weather.outages import Outages, yearly
from simulator.case.weather.series import Hourly
from simulator.inputs.scenario import NamedSlices
from simulator.system import System, Technology


def full_load_hours(system: System, hourly: Hourly) -> FullLoadHours:
    """From hourly series, monthly river profiles, and what can run month by month; the same in every year."""
    rivers: dict[tuple[str, str], np.ndarray] = {}
    for row in system.river_profiles:
        monthly = rivers.setdefault((row.zone, row.technology), np.zeros(12))
        monthly[row.month - 1] = row.capacity_factor_percent / 100
    outages, country = Outages(system), system.country_of

    def hours(zone: str, technology: Technology, year: int) -> float:
        season = outages.monthly(country[zone], technology)
        if technology.kind == "variable":
            mean = float((season[MONTH_OF_HOUR - 1] * hourly[zone, technology.group]).mean())
        elif technology.kind == "run_of_river":
            mean = float(season * rivers[zone, technology.id] @ DAYS_OF_MONTH / DAYS)
        else:
            mean = float(season @ DAYS_OF_MONTH / DAYS)
        return mean * system.hours_per_year

    return hours


def sliced_hours(system: System, named: NamedSlices, years: Sequence[int]) -> FullLoadHours:
    """From the profiles of a system that names its slices, in the model year that holds for a calendar year."""
    given: dict[tuple[str, str], dict[tuple[int, str], float]] = {}
    for row in system.profiles:
        given.setdefault((row.zone, row.name), {})[row.year, row.slice] = row.value

    def hours(zone: str, technology: Technology, year: int) -> float:
        now = max((y for y in years if y <= year), default=years[0])
        slices = [item for item in named.slices if item.year in (None, now)]
        if technology.kind in ("variable", "run_of_river") or (zone, technology.id) in given:
            profile = given[zone, technology.id]
            return yearly(technology) * sum(item.hours_per_year * profile[now, item.name] for item in slices)
        return yearly(technology) * sum(item.hours_per_year for item in slices)

    return hours
