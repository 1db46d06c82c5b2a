"""Planned rationing: steps of a zone's load that are cut before load is lost unplanned."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.errors import Problem
from simulator.grouping import lists
from simulator.system import System
from simulator.system.names import composed


@dataclass(frozen=True)
class RationingStep:
    """A step of planned rationing in a zone."""

    name: str
    zone: str
    share: float
    """Most of the load, at any time."""
    usd_per_mwh: float


def make_rationing(system: System) -> list[RationingStep]:
    """The steps of every zone, the cheapest first."""
    steps = lists((row.country, row) for row in sorted(system.rationing, key=lambda row: row.step))
    return [
        RationingStep(composed(zone.id, row.step), zone.id, row.percent_of_load / 100, row.usd_per_mwh)
        for zone in system.zones for row in steps.get(zone.country, [])
    ]  # fmt: skip


def rationing_problems(system: System) -> list[Problem]:
    """Steps whose order is not that of their prices, and shares that add up to more than the load."""
    value = {country.id: country.value_of_lost_load_usd_per_mwh for country in system.countries}
    problems = []
    for country, rows in lists((row.country, row) for row in sorted(system.rationing, key=lambda r: r.step)).items():
        for row, above in zip(rows, [*(row.usd_per_mwh for row in rows[1:]), value[country]], strict=True):
            if row.usd_per_mwh >= above:
                what = "the value of lost load" if row is rows[-1] else "the next step"
                problems.append(Problem(
                    f"rationing step {row.step} of {country} costs {row.usd_per_mwh:g} USD/MWh, {what} {above:g}",
                    path=f"rationing.{row.key}.usd_per_mwh", help="let prices ascend, below the value of lost load",
                ))  # fmt: skip
        if (total := sum(row.percent_of_load for row in rows)) > 100:
            problems.append(Problem(f"rationing steps of {country} cut {total:g} % of the load",
                                    path=f"rationing.{rows[-1].key}.percent_of_load",
                                    help="let the shares add up to 100 % at most"))  # fmt: skip
    return problems
