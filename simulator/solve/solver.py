"""All steps of solving in order, and what takes over when one fails."""

from __future__ import annotations

import numpy as np

from simulator.errors import InternalError, NumericalError
from simulator.model.lp.problem import CompiledModel, Solution
from simulator.solve.choice import SolveOptions, methods
from simulator.solve.face import vertex
from simulator.solve.highs import solve_integer, solve_linear
from simulator.solve.interior import interior_point
from simulator.solve.judge import judged
from simulator.solve.watch import Progress, Watch


def solve(problem: CompiledModel, options: SolveOptions | None = None, progress: Progress | None = None) -> Solution:
    """The optimum of a compiled plan. Raises the ``SolveError`` that names what happened instead.

    A method that fails is followed by the next of ``choice``; the solution's ``notes`` say so.
    """
    options = options or SolveOptions()
    _refuse_not_a_number(problem)
    watch = Watch(options.time_limit_s, progress)
    with watch.obeying_ctrl_c():
        if problem.integrality.any():
            return solve_integer(problem, watch, options.threads)
        return _solve_in_turn(problem, methods(problem, options), watch, options.threads)


def _refuse_not_a_number(problem: CompiledModel) -> None:
    """HiGHS calls a problem with NaN in it optimal, so look before it does."""
    finite = {"cost": problem.cost, "matrix": problem.matrix.data, "offset": np.asarray(problem.offset)}
    limits = {name: getattr(problem, name) for name in ("column_lower", "column_upper", "row_lower", "row_upper")}
    for name, values in finite.items():
        if not np.isfinite(values).all():
            raise InternalError(f"the {name} of the plan holds a number that is not finite")
    for name, values in limits.items():
        if np.isnan(values).any():
            raise InternalError(f"{name} of the plan holds NaN at {int(np.isnan(values).argmax())}")


def _solve_in_turn(problem: CompiledModel, order: tuple[str, ...], watch: Watch, threads: int) -> Solution:
    notes: list[str] = []
    for method, following in zip(order, (*order[1:], None), strict=True):
        try:
            if method == "piqp":
                return _solve_by_interior_point(problem, watch, tuple(notes))
            return solve_linear(problem, method, watch, threads, tuple(notes))
        except NumericalError as error:
            if following is None:
                raise
            notes.append(f"{method} failed ({error}); {following} took over")
            watch.say(notes[-1])
    raise AssertionError("there is no method to try")


def _solve_by_interior_point(problem: CompiledModel, watch: Watch, notes: tuple[str, ...]) -> Solution:
    """PIQP finds where the optimum is and what it is worth, HiGHS a vertex there."""
    x, dual = interior_point(problem, watch)
    return judged(problem, vertex(problem, x, dual, watch), dual, "piqp", notes)
