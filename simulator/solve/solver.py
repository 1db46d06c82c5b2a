"""All steps of solving in order, and what takes over when one fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.errors import InfeasibleError, InternalError, NumericalError
from simulator.model.lp.problem import CompiledModel, Solution
from simulator.solve.choice import SolveOptions, even_methods, methods
from simulator.solve.face import vertex
from simulator.solve.highs import solve_linear, with_whole_units
from simulator.solve.interior import interior_point
from simulator.solve.judge import judged
from simulator.solve.ties import most_even
from simulator.solve.watch import Progress, Watch

SAME_COST = 1e-9
"""Plans whose costs differ by no more than this share cost the same."""
UNDECIDED = "of plans of equal cost the one that the solver came upon was taken"
WHOLE = "whole units are fixed at their optimum for the duals"


def solve(
    problem: CompiledModel, options: SolveOptions | None = None, progress: Progress | None = None,
    square: np.ndarray | None = None,
) -> Solution:  # fmt: skip
    """The optimum of a compiled plan; of plans of equal cost the one with the least Σ square·x², if weights are given.

    Raises the ``SolveError`` that names what happened instead. A method that fails is followed by the next of
    ``choice``; the solution's ``notes`` say so.
    """
    options = options or SolveOptions()
    _refuse_not_a_number(problem)
    watch = Watch(options.time_limit_s, progress)
    with watch.obeying_ctrl_c():
        if not problem.integrality.any():
            return _solve_in_turn(problem, methods(problem, options), watch, options.threads, square)
        fixed = with_whole_units(problem, watch, options.threads)
        try:
            solution = _solve_in_turn(fixed, ("simplex",), watch, options.threads, square)
        except InfeasibleError as error:
            raise NumericalError("the plan is infeasible once its whole units are rounded to whole numbers") from error
        return replace(_noted(solution, [WHOLE]), solver="mip")


def _refuse_not_a_number(problem: CompiledModel) -> None:
    """HiGHS calls a problem with NaN in it optimal, so look before it does."""
    finite = {"cost": problem.cost, "matrix": problem.matrix.data, "offset": np.asarray(problem.offset)}
    limits = {name: getattr(problem, name) for name in ("column_lower", "column_upper", "row_lower", "row_upper")}
    for name, values in finite.items():
        if not np.isfinite(values).all():
            raise InternalError(f"the {name} of the plan has a number that is not finite")
    for name, values in limits.items():
        if np.isnan(values).any():
            raise InternalError(f"{name} of the plan has NaN at {int(np.isnan(values).argmax())}")


def _solve_in_turn(
    problem: CompiledModel, order: Sequence[str], watch: Watch, threads: int, square: np.ndarray | None
) -> Solution:
    notes: list[str] = []
    for method, following in zip(order, (*order[1:], None), strict=True):
        try:
            return _noted(_solve_by(problem, method, watch, threads, square), notes)
        except NumericalError as error:
            if following is None:
                raise
            notes.append(f"{method} failed ({error}); {following} took over")
            watch.say(notes[-1])
    raise AssertionError("there is no method to try")


def _solve_by(
    problem: CompiledModel, method: str, watch: Watch, threads: int, square: np.ndarray | None
) -> Solution:  # fmt: skip
    """PIQP finds where the optimum is and what it is worth, HiGHS a vertex there; or HiGHS does all of it."""
    if method == "piqp":
        x, dual = interior_point(problem, watch)
        solution = judged(problem, vertex(problem, x, dual, watch), dual, method)
    else:
        solution = solve_linear(problem, method, watch, threads)
    return solution if square is None else _settled(problem, solution, square, watch)


def _settled(
    problem: CompiledModel, solution: Solution, square: np.ndarray, watch: Watch
) -> Solution:  # fmt: skip
    """The most even of plans of equal cost; a plan that is found is not lost if this one cannot be."""
    notes: list[str] = []
    for method in even_methods(solution.solver):
        try:
            x = most_even(problem, solution.column_value, square, method, watch)
            even = judged(problem, x, solution.row_dual, solution.solver)
            rise = abs(even.objective - solution.objective) / max(1.0, abs(solution.objective))
            if not rise <= SAME_COST:
                raise NumericalError(f"the plan it chooses costs {rise:.0e} more")
            return _noted(even, notes)
        except NumericalError as error:
            notes.append(f"{method} failed to choose among plans of equal cost ({error})")
            watch.say(notes[-1])
    return _noted(solution, [*notes, UNDECIDED])


def _noted(solution: Solution, notes: Sequence[str]) -> Solution:
    return replace(solution, notes=(*notes, *solution.notes))
