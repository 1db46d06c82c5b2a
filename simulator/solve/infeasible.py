"""Why there is no plan: the least that would have to give way, in the words of the scenario and its tables.

Load may be shed and surplus thrown away, so what leaves no plan is a limit of a whole year or of water. The problem is
solved again with slack, and its sum, not the cost, is minimised: first with slack for hard targets alone, so that a
target is named by how far it is out of reach; then for every limit that the scenario and its tables may have set; and
if that is not enough, for every row. Where hard targets alone give way, limits of building that could give way instead
are named beside them. Only rows that need slack are named, so nothing is named that does not exist. Days that leave a
month out are named, too, because what is asked of it may then have no hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.case.case import Case
from simulator.case.time.frame import days_too_few
from simulator.errors import InfeasibleError, MemoryLimitError, NumericalError, TimeLimitError
from simulator.model.lp.compile import Compiler
from simulator.model.lp.components import Rows
from simulator.model.lp.problem import CompiledModel
from simulator.solve import SolveOptions, solve
from simulator.solve.slack import with_slack

SMALL = 1e-4
"""Slack below this (GWh, kt, hm3, GW) is rounding."""
MOST_LINES = 12

Line = Callable[[tuple[Any, ...], float], str]
"""The labels of a row and its slack, as a sentence."""

LIMITS: dict[str, Line] = {
    "emission_cap": lambda at, off: f"carbon_policies.{at[0]}/{at[1]}: cap_kt is {off:,.4g} kt too low",
    "contract_least": lambda at, off: f"market_steps.{at[0]}: minimum_gwh is {off:,.4g} GWh too high for {at[1]}",
    "least_release": lambda at, off: f"releases.{at[0]}: minimum_hm3 is {off:,.4g} hm3 too high for {at[1]}",
    "most_release": lambda at, off: f"releases.{at[0]}: maximum_hm3 is {off:,.4g} hm3 too low for {at[1]}",
    "water_balance": lambda at, off: f"reservoirs.{at[0]}: {off:,.4g} hm3 of water are missing in {at[1]}",
    "fuel_balance": lambda at, off: f"fuel_supply {at[0]}: {off:,.4g} GWh of fuel are missing in {at[1]}",
    "delivery": lambda at, off: f"fuel_deliveries {at[0]}: maximum_gwh is {off:,.4g} GWh too low for {at[1]}",
    "contract_volume": lambda at, off: f"trade_contracts.{at[0]}: maximum_gwh is {off:,.4g} GWh too low for {at[1]}",
    "window_balance": lambda at, off: f"fuel_windows {at[0]}: {off:,.4g} GWh of fuel are missing in {at[1]}",
    "growth_limit": lambda at, off: (
        f"build_limits.{at[0]}: {at[1]} allows {1e3 * off:,.4g} MW too little {_years(*at[2:])}"
    ),
}
"""Rows that a scenario or its tables may set too tight."""
BUILDING = ("growth_limit", "build_limit")
"""Rows that limit what the plan may build, so that a target can be out of reach."""


def _years(first: int, last: int) -> str:
    return f"in {first}" if first == last else f"from {first} to {last}"


def explain(case: Case, compiler: Compiler, compiled: CompiledModel, options: SolveOptions) -> str:
    """A line for each limit that leaves no plan, and by how much."""
    limits = [name for name in LIMITS if compiled.rows.get(name) is not None and compiled.rows[name].size]
    try:
        for rows in ((), limits, list(compiled.rows)):
            lines = _named(case, compiler, compiled, options, rows)
            if lines:
                instead = [] if rows else _instead(case, compiler, compiled, options)
                return "\n".join([*lines, *instead, *filter(None, [days_too_few(case.frame)])])
    except (NumericalError, TimeLimitError, MemoryLimitError) as error:
        return f"Which limit leaves none could not be found: {error}"
    return "Each limit can be kept, but only just: the solver found no plan."


def _instead(case: Case, compiler: Compiler, compiled: CompiledModel, options: SolveOptions) -> list[str]:
    """Limits of building that could give way instead of a target; nothing when that is not enough, or not known."""
    rows = [name for name in BUILDING if compiled.rows.get(name) is not None and compiled.rows[name].size]
    try:
        found = _named(case, compiler, compiled, options, rows, targets=False) if rows else []
    except (NumericalError, TimeLimitError, MemoryLimitError):
        return []
    return ["or, for the targets to be reached:", *(f"  {line}" for line in found)] if found else []


def _named(
    case: Case, compiler: Compiler, compiled: CompiledModel, options: SolveOptions, rows: Sequence[str],
    targets: bool = True,
) -> list[str]:  # fmt: skip
    """What gives way when these rows and (``targets``) hard targets may; nothing when that is not enough."""
    missing, names = compiled.columns["target_missing_gwh"], list(compiler.model.TARGET)
    hard = missing.start + np.flatnonzero(missing.pick(compiled.column_upper) == 0)
    cost, upper = np.zeros_like(compiled.cost), compiled.column_upper.copy()
    if targets:
        cost[hard], upper[hard] = 1.0, np.inf
    segments = [compiled.rows[name] for name in rows]
    place = np.array([row for s in segments for row in range(s.start, s.start + s.size)], int)
    free = replace(compiled, cost=cost, offset=0.0, column_upper=upper)
    try:
        x = solve(with_slack(free, place, 1.0, 1.0, np.inf, np.inf), options).column_value
    except InfeasibleError:
        return []
    found = [_target(case, names[i - missing.start], float(x[i])) for i in hard if x[i] > SMALL]
    over, under = x[len(cost) :].reshape(2, -1)
    slack = dict(zip(place.tolist(), (over + under).tolist(), strict=True))
    return found + [line for name in rows for line in _rows(case, compiler, compiled, name, slack)]


def _target(case: Case, name: str, missing_gwh: float) -> str:
    targets = case.targets
    t = targets.id.index(name)
    held = targets.basis[t] == "generation" and targets.imports[t] == "held"
    imports = ", net imports counted as if they were generated" if held else ""
    return (
        f"targets.{name}: {targets.percent[t]:g} % in {targets.calendar_year[t]} is out of reach by "
        f"{_twh(missing_gwh / 1e3)}, whatever it costs{imports}. Lower the percentage, set the mode to soft or report, "
        "or widen what limits the plan."
    )


def _twh(energy: float) -> str:
    return f"{energy:.2f} TWh" if energy >= 0.005 else f"{1e3 * energy:.2g} GWh"


def _rows(
    case: Case, compiler: Compiler, compiled: CompiledModel, name: str, slack: dict[int, float]
) -> list[str]:  # fmt: skip
    """The rows of a component that need slack; those of a year's days are added up."""
    segment, component = compiled.rows[name], compiler.model.find_component(name)
    total: dict[tuple[Any, ...], float] = {}
    for row in range(segment.size):
        off = slack.get(segment.start + row, 0.0)
        if off > SMALL:
            at = compiler.index_of(component, row) if isinstance(component, Rows) else (row,)
            at = at[:2] if name in LIMITS and name not in BUILDING else at
            total[at] = total.get(at, 0.0) + off

    def rule(at: tuple[Any, ...], off: float) -> str:
        return f"the rule {name} at {' / '.join(map(str, at))} is off by {off:,.4g}"

    def cap(at: tuple[Any, ...], off: float) -> str:
        return f"candidates, {case.investment.caps[at[0]].name}: {1e3 * off:,.4g} MW too little"

    say = cap if name == "build_limit" else LIMITS.get(name, rule)
    lines = [say(at, off) for at, off in total.items()]
    rest = len(lines) - MOST_LINES
    return lines if rest <= 0 else [*lines[:MOST_LINES], f"and {rest} more of this kind"]
