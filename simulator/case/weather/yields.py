"""How much a plant gives in a normal year, as its investor reckons before any plan: full-load hours."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.case.capacity.procurement import FullLoadHours
from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH, MONTH_OF_HOUR
from simulator.case.weather.outages import Outages, yearly
from simulator.case.weather.series import Hourly, normal_rivers
from simulator.grouping import paths
from simulator.inputs.schema.time import NamedSlices
from simulator.system import System, Technology


def full_load_hours(system: System, hourly: Hourly) -> FullLoadHours:
    """From hourly series, monthly river profiles, and what can run month by month; the same in every year."""
    rivers, outages, country = normal_rivers(system), Outages(system), system.country_of

    def hours(zone: str, technology: Technology, year: int) -> float:
        season = outages.monthly(country[zone], technology)
        if technology.kind == "variable":
            weather = hourly[zone, technology.group]
            mean = float((season[MONTH_OF_HOUR - 1] * weather).mean()) * technology.yield_factor(float(weather.mean()))
        elif technology.kind == "run_of_river":
            mean = float(season * rivers[zone, technology.id] @ DAYS_OF_MONTH / DAYS)
        else:
            mean = float(season @ DAYS_OF_MONTH / DAYS)
        return mean * system.hours_per_year

    return hours


def sliced_hours(system: System, named: NamedSlices, years: Sequence[int]) -> FullLoadHours:
    """From the profiles of a system that names its slices, in the model year to which a calendar year belongs."""
    given = paths(((row.zone, row.name), (row.year, row.slice), row.value) for row in system.profiles)

    def hours(zone: str, technology: Technology, year: int) -> float:
        now = max((y for y in years if y <= year), default=years[0])
        slices = [item for item in named.slices if item.year in (None, now)]
        if technology.kind in ("variable", "run_of_river") or (zone, technology.id) in given:
            profile = given[zone, technology.id]
            full = sum(item.hours_per_year * profile[now, item.name] for item in slices)
            mean = full / sum(item.hours_per_year for item in slices)
            return yearly(technology) * full * technology.yield_factor(mean)
        return yearly(technology) * sum(item.hours_per_year for item in slices)

    return hours
