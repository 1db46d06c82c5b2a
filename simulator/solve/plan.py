"""From a case to checked results: build, compile, solve, collect, check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import xarray as xr

from simulator._version import __version__
from simulator.audit import check
from simulator.case import Case
from simulator.errors import InfeasibleError
from simulator.inputs.scenario import Scenario
from simulator.model.build import build
from simulator.model.closing import objective
from simulator.model.lp.compile import Compiler, check_sample
from simulator.model.results.extract import collect
from simulator.solve import SolveOptions, solve

Progress = Callable[[str], None]


def plan(case: Case, scenario: Scenario, progress: Progress | None = None) -> xr.Dataset:
    """The least-cost plan of a case as a dataset that has passed its independent check.

    Raises ``SolveError`` (one of its kinds) when there is no optimal plan; an infeasible one is explained by the
    binding targets that cannot be met.
    """
    try:
        return _plan(case, scenario, progress)
    except InfeasibleError as error:
        raise InfeasibleError(f"{error}\n{_explain(case, scenario)}") from None


def _plan(case: Case, scenario: Scenario, progress: Progress | None) -> xr.Dataset:
    say = progress or (lambda message: None)
    say("building the model")
    model = build(case)
    compiler = Compiler(model.pyomo)
    compiled = compiler.compile(lambda m: objective(m, model.ledger))
    check_sample(compiler, compiled)
    n_rows, n_columns = compiled.matrix.shape
    say(f"solving {n_rows:,} rows, {n_columns:,} columns, {compiled.matrix.nnz:,} coefficients")
    options = SolveOptions(
        method=scenario.solver.method, time_limit_s=scenario.solver.time_limit_s, threads=scenario.solver.threads
    )
    solution = solve(compiled, options, progress)
    say("collecting and checking the results")
    results = collect(case, model, compiler, compiled, solution, {
        "scenario": case.name,
        "question": scenario.question,
        "description": scenario.description,
        "system": case.system.name,
        "headline_target": case.headline,
        "money_year": case.system.money_year,
        "simulator_version": __version__,
        "solver": solution.solver,
        "rows": n_rows,
        "columns": n_columns,
        "notes": "; ".join(solution.notes),
    })  # fmt: skip
    check(case, results)
    return results


def _explain(case: Case, scenario: Scenario) -> str:
    """Why there is no plan: every hard target is made soft at a high price, and what is missing is named."""
    targets = case.targets
    hard = [i for i, mode in enumerate(targets.mode) if mode == "hard"]
    if not hard:
        return _suspects(case)
    price = targets.shortfall_usd_per_mwh.copy()
    price[hard] = 1e4
    soft = tuple("soft" if i in hard else mode for i, mode in enumerate(targets.mode))
    try:
        relaxed = _plan(replace(case, targets=replace(targets, mode=soft, shortfall_usd_per_mwh=price)), scenario, None)
    except InfeasibleError:
        return f"Even without the hard targets there is no plan. {_suspects(case)}"
    lines = []
    for i in hard:
        missing = float(relaxed["target_shortfall_gwh"].values[i]) / 1e3
        if missing > 1e-6:
            lines.append(
                f"targets.{targets.id[i]}: {targets.percent[i]:g} % in {targets.calendar_year[i]} is out of "
                f"reach by {missing:.2f} TWh within the limits on building, money, grid and dates. Lower the "
                "percentage, set the mode to soft or report, or widen the limits."
            )
    return "\n".join(lines) or "The hard targets can be met one by one but only just: the solver found no plan."


FEW_DAYS = 12
"""With fewer days a single one stands for a month and more, and what months ask for may not fit into it."""


def _suspects(case: Case) -> str:
    """What in this case asks for something that cannot be left out, by name; nothing it does not have."""
    capped = [c.id for c, row in zip(case.countries, case.carbon_cap_kt, strict=True) if np.isfinite(row).any()]
    found = {
        "carbon caps": capped,
        "contracts with minimum energy": [deal.row.id for deal in case.deals if deal.row.minimum_gwh > 0],
        "release windows": [row.key for row in case.system.releases if row.minimum_hm3 > 0],
        "least levels of reservoirs": [row.id for row in case.system.reservoirs if row.minimum_percent > 0],
    }
    named = "; ".join(f"{what} ({', '.join(names[:6])}{', …' if len(names) > 6 else ''})"
                      for what, names in found.items() if names)  # fmt: skip
    days = len(case.frame.weight_days)
    parts = [f"What may ask for too much: {named}." if named else "Nothing by name asks for more than can be left out."]
    if days < FEW_DAYS and case.frame.dated:
        parts.append(
            f"The plan has only {days} days: the peak day alone is one of them, and each other stands for "
            f"{(365 - 2) / max(days - 2, 1):.0f} days, so that what a month asks for (water, minimum energy) may not "
            "fit. Choose more days (horizon.time)."
        )
    return " ".join(parts)
