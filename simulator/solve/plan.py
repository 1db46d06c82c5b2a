"""From a case to checked results: build, compile, solve, collect, check."""

from __future__ import annotations

import xarray as xr

from simulator._version import __version__
from simulator.audit import check
from simulator.case import Case
from simulator.errors import InfeasibleError
from simulator.inputs.scenario import Scenario
from simulator.model.build import build
from simulator.model.closing import objective
from simulator.model.lp.compile import Compiler
from simulator.model.lp.sample import check_sample
from simulator.model.results.collect import collect
from simulator.model.solved import Solved
from simulator.model.ties import evenness
from simulator.solve import SolveOptions, solve
from simulator.solve.infeasible import explain
from simulator.solve.watch import Progress


def plan(case: Case, scenario: Scenario, progress: Progress | None = None) -> xr.Dataset:
    """The least-cost plan of a case as a dataset that has passed its independent check.

    Raises ``SolveError`` (one of its kinds) when there is no optimal plan; an infeasible one says which limits leave
    none.
    """
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
    try:
        solution = solve(compiled, options, progress, evenness(model.pyomo, case, compiled))
    except InfeasibleError as error:
        raise InfeasibleError(f"{error}\n{explain(case, compiler, compiled, options)}") from None
    say("collecting and checking the results")
    solved = Solved(case, model.pyomo, model.ledger, compiler, compiled, solution)
    results = collect(model, solved, {
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
