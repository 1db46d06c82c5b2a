"""An independent look at a plan: recompute balances, limits, cost and shares from inputs and results alone.

Nothing here knows Pyomo, the ledger or the compiler. Each check gives the largest violation, relative to the scale of
what it checks; above ``TOLERANCE`` the plan is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import xarray as xr

from simulator.audit import (
    balance,
    capacity,
    charging,
    cost,
    grid,
    money,
    output,
    policy,
    running,
    shares,
    storage,
    vehicles,
    water,
)
from simulator.case.case import Case
from simulator.errors import NumericalError

TOLERANCE = 1e-6
EXACT = {"charging of vehicles": 1e-9, "energy of vehicles": 1e-9}
"""Checks that hold however the solver rounds."""


Test = Callable[[Case, xr.Dataset], float]


@dataclass(frozen=True)
class Finding:
    """One check: its name and the largest violation, relative to the scale of what is checked."""

    name: str
    violation: float


def check(case: Case, results: xr.Dataset) -> tuple[Finding, ...]:
    """All findings. Raises ``NumericalError`` naming every check that fails."""
    return _judged(case, results, CHECKS, "the plan fails its independent check and is not saved")


def check_operation(case: Case, results: xr.Dataset) -> tuple[Finding, ...]:
    """Findings on a year that was only operated: what must hold in every hour and day. Raises as ``check``."""
    tests = {name: CHECKS[name] for name in OPERATION}
    return _judged(case, results, tests, "the operated year fails its independent check")


def _judged(case: Case, results: xr.Dataset, tests: Mapping[str, Test], failure: str) -> tuple[Finding, ...]:
    findings = tuple(Finding(name, float(test(case, results))) for name, test in tests.items())
    allowed = {f.name: EXACT.get(f.name, TOLERANCE) for f in findings}
    failed = [f for f in findings if not f.violation <= allowed[f.name]]
    if failed:
        lines = [f"  {f.name}: off by {f.violation:.1e} (allowed {allowed[f.name]:.0e})" for f in failed]
        raise NumericalError(f"{failure}:\n" + "\n".join(lines))
    return findings


CHECKS: dict[str, Test] = {
    "energy balance": balance.balance,
    "electrified corridors": balance.corridors,
    "output within capacity": output.within_capacity,
    "heat": output.heat,
    "charging of vehicles": vehicles.charging,
    "storage": storage.contents,
    "smart charging": charging.smart,
    "energy of vehicles": charging.energy,
    "firm capacity": capacity.firm,
    "water": water.balances,
    "releases": water.releases,
    "links": grid.links,
    "cut-sets": grid.cut_sets,
    "power flow": grid.power_flow,
    "trade": grid.trade,
    "local networks": grid.local_networks,
    "commitment": running.commitment,
    "reserve": running.reserve,
    "limits of building, fuel and carbon": capacity.limits,
    "permits": money.permits,
    "envelopes": money.envelopes,
    "emissions": policy.emissions,
    "losses": policy.lost,
    "targets": policy.targets,
    "cost": cost.objective,
    "shares": shares.attribution,
    "cost by asset": money.books,
}
OPERATION = (
    "energy balance", "output within capacity", "heat", "storage", "smart charging", "energy of vehicles", "water",
    "links", "cut-sets", "power flow", "commitment", "reserve", "emissions", "losses",
)  # fmt: skip
"""What must hold whatever a plan has decided; limits of the whole year are reported where they are missed."""
