"""An independent look at a plan: recompute it from inputs and decisions alone, variable by variable and rule by rule.

Nothing here knows Pyomo, the ledger or the compiler. A *figure* is a variable that follows from others and from inputs;
a *rule* is what must hold between decisions, inputs and prices. Each check gives the largest violation, relative to
the scale of what it checks; above ``TOLERANCE``, or where there is no number, the plan is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from simulator.audit import (
    balance,
    books,
    capacity,
    charging,
    cost,
    fuel,
    grid,
    labels,
    money,
    output,
    permits,
    policy,
    prices,
    running,
    shares,
    shedding,
    storage,
    vehicles,
    water,
)
from simulator.audit.measure import differs
from simulator.case.case import Case
from simulator.errors import NumericalError
from simulator.results_schema import declared

TOLERANCE = 1e-6
EXACT = {"charging of vehicles": 1e-9, "energy of vehicles": 1e-9}
"""Checks that hold however the solver rounds."""

Test = Callable[[Case, xr.Dataset], float]
Figure = Callable[[Case, xr.Dataset], np.ndarray]


@dataclass(frozen=True)
class Finding:
    """One check: its name and the largest violation, relative to the scale of what is checked."""

    name: str
    violation: float

    @property
    def allowed(self) -> float:
        """What rounding may do."""
        return EXACT.get(self.name, TOLERANCE)

    @property
    def holds(self) -> bool:
        """Whether it is no more than rounding; what is not a number never holds."""
        return self.violation <= self.allowed


def check(case: Case, results: xr.Dataset) -> tuple[Finding, ...]:
    """All findings. Raises ``NumericalError`` naming every check that fails."""
    found = tuple(findings(case, results, CHECKS))
    return _judged(case, results, found, "the plan fails its independent check and is not saved")


def check_operation(case: Case, results: xr.Dataset, worth_musd: np.ndarray) -> tuple[Finding, ...]:
    """Findings on a year that was only operated: every figure, and what must hold in every hour and day.

    ``worth_musd`` (reservoir, day) is what the plan thinks water is worth. Raises as ``check``.
    """
    carried = (results.variables["reservoir_carried_hm3"].values[:, 0] * worth_musd).sum()
    worth = Finding("carried_value_musd", differs(results.variables["carried_value_musd"].values, np.array([carried])))
    found = (*findings(case, results, OPERATION), worth)
    return _judged(case, results, found, "the operated year fails its independent check")


def findings(case: Case, results: xr.Dataset, names: Iterable[str]) -> Iterator[Finding]:
    """One named check after the other."""
    for name in names:
        yield Finding(name, float(CHECKS[name](case, results)))


def _judged(case: Case, results: xr.Dataset, found: tuple[Finding, ...], failure: str) -> tuple[Finding, ...]:
    lines = [f"  {f.name}: off by {f.violation:.1e} (allowed {f.allowed:.0e})" for f in found if not f.holds]
    if lines:
        strange = labels.wrong(case, results)
        raise NumericalError("\n".join([f"{failure}:", *lines, *([f"  wrong labels: {strange}"] if strange else [])]))
    return found


def _compared(name: str) -> Test:
    return lambda case, results: differs(results.variables[name].values, FIGURES[name](case, results))


SUBJECTS = (
    balance, shedding, output, charging, shares, capacity, grid, water, policy, cost, books, money, vehicles,
    fuel, permits, prices, running, storage,
)  # fmt: skip
FIGURES: dict[str, Figure] = {
    name: figure for subject in SUBJECTS for name, figure in getattr(subject, "FIGURES", {}).items()
}
"""Variables of the results that follow from others and from inputs, and how: each subject names its own."""
RULES: dict[str, Test] = {
    "labels": labels.labels,
    "numbers": labels.numbers,
    "attributes": labels.attributes,
    "energy balance": balance.balance,
    "electrified corridors": balance.corridors,
    "output within capacity": output.within_capacity,
    "kinds of units": output.kinds,
    "wind, sun and river": output.nature,
    "heat": output.heat,
    "charging of vehicles": vehicles.charging,
    "storage": storage.contents,
    "smart charging": charging.smart,
    "energy of vehicles": charging.energy,
    "firm capacity": capacity.adequate,
    "closed plants": capacity.closing,
    "what is built": capacity.building,
    "limits of building": capacity.limits,
    "water": water.balances,
    "releases": water.releases,
    "links": grid.links,
    "contracts of trade": grid.contracts,
    "cut-sets": grid.cut_sets,
    "power flow": grid.power_flow,
    "trade": grid.trade,
    "distribution networks": grid.distribution_networks,
    "commitment": running.commitment,
    "flat output": running.flat,
    "reserve": running.reserve,
    "fuel": fuel.missing,
    "delivery of fuel": fuel.deliveries,
    "carbon caps": policy.carbon_caps,
    "permits": permits.permits,
    "late projects": permits.delays,
    "envelopes": money.envelopes,
    "value of one more dollar": money.duals,
    "targets": policy.targets,
    "value of a target": policy.duals,
    "standing before the law": shares.standing,
    "cost": cost.objective,
    "cost by asset": books.books,
    "prices": prices.prices,
    "worth of water": prices.water_values,
}
"""What must hold between decisions, inputs and prices."""
CHECKS: dict[str, Test] = {name: _compared(name) for name in FIGURES} | RULES
OF_WHOLE_YEARS = {"releases", "contracts of trade", "trade", "fuel", "delivery of fuel", "carbon caps"}
"""Rules that weeks may miss: an operated year says by how much."""
OF_PLANS = {
    "charging of vehicles", "firm capacity", "envelopes", "value of one more dollar",
    "targets", "value of a target", "cost", "cost by asset", "prices", "worth of water",
}  # fmt: skip
"""Rules on what an operated year does not have: choices, targets, money by asset, prices of an optimum."""
OPERATION = (
    *(name for name in FIGURES if declared()[name].part != "plan"),
    *(name for name in RULES if name not in OF_WHOLE_YEARS | OF_PLANS),
)
"""What must hold in an operated year, whatever its plan has decided."""
