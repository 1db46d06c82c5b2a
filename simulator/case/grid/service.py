"""When a line comes into service, as late as the scenario says."""

from __future__ import annotations

from simulator.inputs.scenario import Scenario
from simulator.system import Link, year_fraction


def opens(row: Link, scenario: Scenario, first: int) -> float | None:
    """Decimal year; none: since ever. Only lines not in service before the ``first`` model year are delayed."""
    if row.in_service is None:
        return None
    start, grid = year_fraction(row.in_service), scenario.grid
    if start < first:
        return start
    return start + (grid.extra_delay_months + grid.delay_months.get(row.id, 0)) / 12
