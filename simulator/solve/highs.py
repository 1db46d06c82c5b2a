"""HiGHS alone: the problem handed over, every option asserted, every outcome named, and whole units.

HiPO, IPX (interior points, both with crossover to a vertex) and the simplex method are HiGHS' own.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from simulator.errors import (
    InfeasibleError,
    InternalError,
    Interrupted,
    NumericalError,
    SolveError,
    UnboundedError,
)
from simulator.model.lp.problem import CompiledModel, Solution
from simulator.solve.judge import judged
from simulator.solve.watch import POLL_S, Watch, out_of_memory


def solve_linear(problem: CompiledModel, method: str, watch: Watch, threads: int = 1) -> Solution:
    """The optimum by one of HiGHS' methods. Raises the ``SolveError`` that names what happened instead."""
    highs = load(problem, threads)
    choose(highs, method)
    run(highs, watch)
    raise_unless_optimal(highs, problem, watch)
    found = highs.getSolution()
    return judged(problem, np.asarray(found.col_value), np.asarray(found.row_dual), method)


def with_whole_units(problem: CompiledModel, watch: Watch, threads: int = 1) -> CompiledModel:
    """The linear problem that is left when whole units are fixed at their optimum, by branch and bound."""
    highs = load(problem, threads)
    set_option(highs, "mip_rel_gap", 1e-9)
    run(highs, watch)
    raise_unless_optimal(highs, problem, watch)
    whole = problem.integrality > 0
    lower, upper = problem.column_lower.copy(), problem.column_upper.copy()
    lower[whole] = upper[whole] = np.round(np.asarray(highs.getSolution().col_value)[whole])
    return replace(problem, column_lower=lower, column_upper=upper, integrality=np.zeros_like(problem.integrality))


# ------------------------------------------------------------------------------------------- hand-over


def set_option(highs: highspy.Highs, option: str, value: Any) -> None:
    """Set an option; HiGHS ignores a refused one silently, so ask for its status."""
    if highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
        raise InternalError(f"HiGHS refuses the option {option} = {value!r}")


def choose(highs: highspy.Highs, method: str) -> None:
    """Name the linear solver. HiPO is refused when the package highspy-extras is missing or of another version."""
    if highs.setOptionValue("solver", method) != highspy.HighsStatus.kOk:
        raise NumericalError(f"HiGHS has no {method} here: install highspy-extras in the version of highspy")


def load(problem: CompiledModel, threads: int = 1) -> highspy.Highs:
    """HiGHS with the problem, silent but for its callbacks."""
    highs = highspy.Highs()
    set_option(highs, "output_flag", True)
    set_option(highs, "log_to_console", False)
    set_option(highs, "threads", int(threads))
    matrix = problem.matrix
    n_rows, n_columns = matrix.shape
    status = highs.passModel(
        n_columns, n_rows, matrix.nnz, int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize),
        problem.offset, problem.cost, problem.column_lower, problem.column_upper, problem.row_lower,
        problem.row_upper, matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        np.ascontiguousarray(problem.integrality, np.int32),  # full length: an empty one is read as garbage
    )  # fmt: skip
    if status == highspy.HighsStatus.kError:
        raise InternalError("HiGHS refuses the model")
    if problem.square is not None:
        place = np.arange(n_columns, dtype=np.int32)
        triangle = int(highspy.HessianFormat.kTriangular)
        if highs.passHessian(n_columns, n_columns, triangle, place, place, problem.square) != highspy.HighsStatus.kOk:
            raise InternalError("HiGHS refuses the squares of the model")
    return highs


# ------------------------------------------------------------------------------- running and interruption


def run(highs: highspy.Highs, watch: Watch, quiet: bool = False) -> None:
    """Run within what is left of the time limit, with live progress unless ``quiet``; Ctrl-C stops it at its callback.

    HiGHS runs in a thread of its own: Python handles signals in the main thread only, between its own steps. HiPO's
    analysis, before its first iteration, has no callback: Ctrl-C takes effect after it.
    """
    listener = _Listener(watch, quiet)
    failures: list[BaseException] = listener.failures

    def work() -> None:
        try:
            highs.run()
        except BaseException as error:
            failures.append(error)

    set_option(highs, "time_limit", highs.getRunTime() + watch.left())
    highs.setCallback(listener, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (kinds.kCallbackLogging, kinds.kCallbackIpmInterrupt, kinds.kCallbackSimplexInterrupt,
                 kinds.kCallbackMipInterrupt):  # fmt: skip
        highs.startCallback(kind)
    runner = threading.Thread(target=work, daemon=True)
    runner.start()
    while runner.is_alive():
        runner.join(POLL_S)
    for error in failures:
        if isinstance(error, MemoryError):
            raise out_of_memory() from error
        raise error
    if watch.stop.is_set():
        watch.left()


class _Listener:
    """What HiGHS calls: it passes on at most one line of progress a second, and stops HiGHS when it must end."""

    def __init__(self, watch: Watch, quiet: bool) -> None:
        self.watch, self.quiet = watch, quiet
        self.failures: list[BaseException] = []
        self.said = 0.0
        self.iteration = 0

    def __call__(self, kind: Any, message: str, data_out: Any, data_in: Any, _user: Any) -> None:
        if self.failures or self.watch.stop.is_set():
            if kind != highspy.cb.HighsCallbackType.kCallbackLogging:
                data_in.user_interrupt = True
            return
        if self.quiet:
            return
        now = time.monotonic()
        milestone = any(word in message for word in _MILESTONES)
        if not milestone and now - self.said < 1:
            return
        line = progress_line(kind, message, data_out)
        if line and not self._begins_again(line):
            self.said = now
            try:
                self.watch.say(line)
            except BaseException as error:  # must not cross HiGHS' own frames
                self.failures.append(error)

    def _begins_again(self, line: str) -> bool:
        """Crossover begins with some iterations of IPX: its count must not look like a new start."""
        found = _COUNT.match(line)
        if found is None:
            return False
        before, self.iteration = self.iteration, max(self.iteration, int(found[1]))
        return int(found[1]) < before


_MILESTONES = ("Presolving", "Running crossover")
_COUNT = re.compile(r"interior point, iteration (\d+)")
_INTERIOR = re.compile(r"^\s*(\d+)\s+([-+\d.]+e[-+]\d+)\s+([-+\d.]+e[-+]\d+)")
_SIMPLEX = re.compile(r"^\s*(\d+)\s+([-+\d.]+e[-+]\d+)\s+(Pr|Du): ")
_PUSHES = re.compile(r"(\d+) (primal|dual) pushes remaining")


def progress_line(kind: Any, message: str, data_out: Any) -> str:
    """A short line of progress out of a callback of HiGHS, or nothing.

    HiPO writes no lines to the callback while the console is off, but its interrupt callback counts iterations.
    """
    kinds = highspy.cb.HighsCallbackType
    if kind == kinds.kCallbackIpmInterrupt and data_out.ipm_iteration_count > 0:
        return f"interior point, iteration {data_out.ipm_iteration_count}"
    if kind == kinds.kCallbackMipInterrupt:
        best, bound = data_out.mip_primal_bound, data_out.mip_dual_bound
        return f"branch and bound: between {bound:,.0f} and {best:,.0f} MUSD" if abs(best) < np.inf else ""
    if kind != kinds.kCallbackLogging:
        return ""
    if found := _INTERIOR.match(message):
        return interior_line(int(found[1]), float(found[2]), abs(float(found[2]) - float(found[3])))
    if found := _SIMPLEX.match(message):
        return f"simplex, iteration {found[1]}: {float(found[2]):,.0f} MUSD"
    if found := _PUSHES.search(message):
        return f"crossover: {found[1]} {found[2]} pushes left"
    return message.strip()[:80] if any(word in message for word in _MILESTONES) else ""


def interior_line(iteration: int, primal: float, gap: float) -> str:
    """Progress of an interior point: its objective in MUSD, and the gap to the dual one relative to it."""
    return f"interior point, iteration {iteration}: {primal:,.0f} MUSD, gap {gap / max(1.0, abs(primal)):.1e}"


# ----------------------------------------------------------------------------------------------- outcome


def raise_unless_optimal(highs: highspy.Highs, problem: CompiledModel, watch: Watch) -> None:
    """Raise the error that names how HiGHS ended, unless at an optimum."""
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    if status == kinds.kUnboundedOrInfeasible:
        status = _tell_apart(problem, watch)
    if status == kinds.kOptimal:
        return
    errors: dict[Any, SolveError] = {
        kinds.kInfeasible: InfeasibleError("no plan satisfies all the rules of the scenario"),
        kinds.kUnbounded: UnboundedError("cost can fall without end: a price or a limit is missing"),
        kinds.kTimeLimit: watch.out_of_time(),
        kinds.kMemoryLimit: out_of_memory(),
        kinds.kInterrupt: Interrupted("interrupted while solving; nothing was saved"),
    }
    raise errors.get(status, NumericalError(f"the solver ended with '{highs.modelStatusToString(status)}'"))


def _tell_apart(problem: CompiledModel, watch: Watch) -> Any:
    """Whether a plan is unbounded or infeasible: solve it again without a cost, which cannot be unbounded."""
    highs = load(replace(problem, cost=np.zeros_like(problem.cost)))
    if not problem.integrality.any():  # a named linear solver would make HiGHS forget the whole units
        choose(highs, "simplex")
    run(highs, watch)
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    return kinds.kUnbounded if status == kinds.kOptimal else status
