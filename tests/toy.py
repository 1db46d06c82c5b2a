"""Small systems for tests: one country, one or a few zones, slices named one by one."""

from __future__ import annotations

from typing import Any

import xarray as xr

from simulator.case import Case, assemble
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import NamedSlices
from simulator.solve.plan import plan
from simulator.system import System

YEAR = 2030


def technology(name: str, **columns: Any) -> dict[str, Any]:
    """A thermal plant that costs nothing but what is given."""
    return {"id": name, "name": name, "kind": "thermal", "group": "gas", **columns}


def plant(tech: str, mw: float, zone: str = "A", **columns: Any) -> dict[str, Any]:
    """An existing plant of a technology, named after both."""
    row = {"id": f"{tech}_{zone}", "name": tech, "zone": zone, "technology": tech, "capacity_mw": mw}
    return row | columns


def envelope(investor: str, musd_per_year: float, **columns: Any) -> dict[str, Any]:
    """The tables of one envelope, named after its investor, with the same money every year."""
    row = {"id": investor, "investor": investor} | columns
    year = {"envelope": row["id"], "year": 1900, "musd_per_year": musd_per_year}
    return {"envelopes": [row], "envelope_years": [year]}


def system(
    loads: dict[str, float | list[float]], *, years: tuple[int, ...] = (YEAR,), zones: tuple[str, ...] = ("A",),
    country: dict[str, Any] | None = None, profiles: list[dict[str, Any]] | None = None, **tables: Any,
) -> System:  # fmt: skip
    """A system whose slices have the loads given, MW: one number for all zones, or one per zone."""
    rows = list(profiles or [])
    for year in years:
        for name, load in loads.items():
            per_zone = load if isinstance(load, list) else [load] * len(zones)
            rows += [
                {"zone": z, "name": "load", "year": year, "slice": name, "value": mw}
                for z, mw in zip(zones, per_zone, strict=True)
            ]
    data = {
        "name": "toy",
        "countries": [{"id": "C", "name": "Country", "value_of_lost_load_usd_per_mwh": 1000} | (country or {})],
        "zones": [{"id": z, "country": "C", "name": z} for z in zones],
        "investors": [{"id": "owner", "name": "Owner", "real_wacc_percent": 0}],
        "profiles": rows,
    }
    return System.model_validate(data | tables)


def scenario(
    hours: dict[str, float], *, years: tuple[int, ...] = (YEAR,), days: dict[str, str] | None = None,
    block_hours: float | None = 1, **parts: Any,
) -> Scenario:  # fmt: skip
    """A scenario without discounting; ``hours`` per year of every slice, ``days`` the day of slices that share one.

    ``block_hours``: length of each of these within its day; none: it follows from the hours.
    """
    slices = [
        {"name": name, "hours_per_year": h} | ({"day": days[name], "block_hours": block_hours} if days else {})
        for name, h in hours.items()
    ]
    data = {
        "question": "Is the optimum the one worked out by hand?",
        "description": "A system small enough to be solved on paper.",
        "horizon": {"model_years": list(years), "part_year": False, "time": {"method": "slices", "slices": slices}},
        "finance": {"discount_rate_percent": 0, "base_year": years[0]},
    }
    return Scenario.model_validate(data | parts)


def case(system: System, scenario: Scenario) -> Case:
    """The case of a toy, whose year has the hours of its slices."""
    time = scenario.horizon.time
    if isinstance(time, NamedSlices):
        first = scenario.horizon.model_years[0]
        hours = sum(item.hours_per_year for item in time.slices if item.year in (None, first))
        system = system.model_copy(update={"hours_per_year": hours})
    return assemble(scenario, system, "toy")


def solve(system: System, scenario: Scenario) -> xr.Dataset:
    """The results of a toy, after the independent check."""
    return plan(case(system, scenario), scenario)
