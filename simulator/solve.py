"""Solve a compiled plan with HiGHS, every option asserted, every outcome named, and look at the solution again.

HiPO (an interior-point method) with crossover is the default: an exact vertex with clean duals. When it is missing or
fails, the older interior point and then the simplex method take over, and the solution's ``notes`` say so.
"""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import scipy.sparse as sp

from simulator.errors import (
    InfeasibleError,
    InternalError,
    Interrupted,
    MemoryLimitError,
    NumericalError,
    SolveError,
    TimeLimitError,
    UnboundedError,
)

if TYPE_CHECKING:
    from simulator.model.compile import CompiledModel

Progress = Callable[[str], None]
SMALL_PROBLEM = 20_000
"""Below this many coefficients simplex is quicker than any interior point."""
FEASIBILITY = 1e-6
"""Largest violation of a row or bound, relative to 1 plus the row's side; in GW, GWh, hm3."""
GAP = 1e-6
"""Largest difference of primal and dual objective, relative."""
FALLBACK = {"hipo": "ipx", "ipx": "simplex"}


@dataclass(frozen=True)
class SolveOptions:
    """How to solve."""

    method: str = "hipo"
    """``hipo``, ``ipx`` or ``simplex``."""
    crossover: bool = True
    time_limit_s: float = 3600
    threads: int = 1


@dataclass(frozen=True)
class Solution:
    """An optimal solution, in the model's units; duals are derivatives of the objective by a row's side."""

    objective: float
    column_value: np.ndarray
    row_value: np.ndarray
    reduced_cost: np.ndarray
    row_dual: np.ndarray
    seconds: float
    iterations: int
    solver: str
    notes: tuple[str, ...]
    primal_violation: float
    dual_gap: float


def solve(compiled: CompiledModel, options: SolveOptions | None = None, progress: Progress | None = None) -> Solution:
    """The optimum of a compiled plan. Raises the ``SolveError`` that names what happened instead."""
    options = options or SolveOptions()
    say = progress or (lambda message: None)
    start = time.perf_counter()
    if compiled.integrality.any():
        return _solve_integer(compiled, options, say, start)
    method = "simplex" if compiled.matrix.nnz < SMALL_PROBLEM else options.method
    notes: list[str] = []
    while True:
        try:
            return _solve_linear(compiled, replace(options, method=method), say, start, tuple(notes))
        except NumericalError as error:
            if method not in FALLBACK:
                raise
            notes.append(f"{method} failed ({error}); {FALLBACK[method]} took over")
            say(notes[-1])
            method = FALLBACK[method]


def _solve_linear(
    compiled: CompiledModel, options: SolveOptions, say: Progress, start: float, notes: tuple[str, ...]
) -> Solution:
    highs = _load(compiled, options)
    _run(highs, options, say)
    _raise_unless_optimal(highs, compiled, options)
    return _solution(highs, compiled, options.method, time.perf_counter() - start, notes)


def _solve_integer(compiled: CompiledModel, options: SolveOptions, say: Progress, start: float) -> Solution:
    """Branch and bound, then the plan with its integers fixed, for duals."""
    highs = _load(compiled, options)
    _set(highs, "solver", "choose")
    _set(highs, "mip_rel_gap", 1e-9)
    _run(highs, options, say)
    _raise_unless_optimal(highs, compiled, options)
    whole = compiled.integrality > 0
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    lower[whole] = upper[whole] = np.round(np.asarray(highs.getSolution().col_value)[whole])
    fixed = replace(compiled, column_lower=lower, column_upper=upper, integrality=np.zeros_like(compiled.integrality))
    notes = ("whole units are fixed at their optimum for the duals",)
    return _solve_linear(fixed, replace(options, method="simplex"), say, start, notes)


# ------------------------------------------------------------------------------------------- hand-over


def _set(highs: highspy.Highs, option: str, value: Any) -> None:
    """Set an option; HiGHS ignores a refused one silently, so ask for its status."""
    if highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
        raise InternalError(f"HiGHS refuses the option {option} = {value!r}")


def _load(compiled: CompiledModel, options: SolveOptions) -> highspy.Highs:
    highs = highspy.Highs()
    _set(highs, "output_flag", True)
    _set(highs, "log_to_console", False)
    _set(highs, "time_limit", float(options.time_limit_s))
    _set(highs, "threads", int(options.threads))
    _set(highs, "solver", options.method)
    _set(highs, "run_crossover", "on" if options.crossover else "off")
    matrix = compiled.matrix
    n_rows, n_columns = matrix.shape
    status = highs.passModel(
        n_columns, n_rows, matrix.nnz, int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize),
        compiled.offset, compiled.cost, compiled.column_lower, compiled.column_upper, compiled.row_lower,
        compiled.row_upper, matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        np.ascontiguousarray(compiled.integrality, np.int32),  # full length: an empty one is read as garbage
    )  # fmt: skip
    if status == highspy.HighsStatus.kError:
        raise InternalError("HiGHS refuses the model")
    return highs


# ------------------------------------------------------------------------------- running and interruption


def _run(highs: highspy.Highs, options: SolveOptions, say: Progress) -> None:
    """Run with live progress; Ctrl-C stops HiGHS at its next callback and raises ``Interrupted``."""
    stop = threading.Event()
    last = [0.0]

    def listen(kind: Any, message: str, data_out: Any, data_in: Any, _user: Any) -> None:
        if kind == highspy.cb.HighsCallbackType.kCallbackLogging:
            line = _progress_line(message)
            now = time.monotonic()
            if line and now - last[0] > 1:
                last[0] = now
                say(line)
        elif stop.is_set() and data_in is not None:
            data_in.user_interrupt = True

    highs.setCallback(listen, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (kinds.kCallbackLogging, kinds.kCallbackIpmInterrupt, kinds.kCallbackSimplexInterrupt,
                 kinds.kCallbackMipInterrupt):  # fmt: skip
        highs.startCallback(kind)
    with _on_ctrl_c(stop):
        runner = threading.Thread(target=highs.run, daemon=True)
        runner.start()
        while runner.is_alive():
            runner.join(0.05)
            if stop.is_set():
                runner.join(5)
                break
    if stop.is_set():
        raise Interrupted("interrupted while solving; nothing was saved, earlier results are untouched")


@contextmanager
def _on_ctrl_c(stop: threading.Event) -> Iterator[None]:
    """While solving, Ctrl-C sets a flag instead of killing the process in the middle of HiGHS."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = signal.signal(signal.SIGINT, lambda number, frame: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)


_INTERIOR = re.compile(r"^\s*(\d+)\s+([-+\d.]+e[-+]\d+)\s+([-+\d.]+e[-+]\d+)")


def _progress_line(message: str) -> str:
    """A short line of progress out of HiGHS's log, or nothing."""
    found = _INTERIOR.match(message)
    if found:
        return f"iteration {found[1]}: between {float(found[3]):,.0f} and {float(found[2]):,.0f} MUSD"
    for word in ("Presolving", "crossover", "Crossover"):
        if word in message:
            return message.strip()[:80]
    return ""


# ----------------------------------------------------------------------------------------------- outcome


def _raise_unless_optimal(highs: highspy.Highs, compiled: CompiledModel, options: SolveOptions) -> None:
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    if status == kinds.kOptimal:
        return
    if status == kinds.kUnboundedOrInfeasible:
        status = _tell_apart(compiled, options)
    name = highs.modelStatusToString(status)
    errors: dict[Any, SolveError] = {
        kinds.kInfeasible: InfeasibleError("no plan satisfies all the rules of the scenario"),
        kinds.kUnbounded: UnboundedError("cost can fall without end: a price or a limit is missing"),
        kinds.kTimeLimit: TimeLimitError(
            f"the time limit of {options.time_limit_s:g} s came before the optimum; raise solver.time_limit_s"
        ),
        kinds.kMemoryLimit: MemoryLimitError("the solver ran out of memory; use fewer days or longer blocks"),
        kinds.kInterrupt: Interrupted("interrupted while solving; nothing was saved"),
    }
    raise errors.get(status, NumericalError(f"the solver ended with '{name}'"))


def _tell_apart(compiled: CompiledModel, options: SolveOptions) -> Any:
    """Whether a plan is unbounded or infeasible: solve it again without a cost."""
    free = replace(compiled, cost=np.zeros_like(compiled.cost))
    highs = _load(free, replace(options, method="simplex"))
    highs.run()
    feasible = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highspy.HighsModelStatus.kUnbounded if feasible else highspy.HighsModelStatus.kInfeasible


def _solution(
    highs: highspy.Highs, compiled: CompiledModel, method: str, seconds: float, notes: tuple[str, ...]
) -> Solution:
    """The solution, after its violation and gap have been recomputed from the matrix."""
    raw, info = highs.getSolution(), highs.getInfo()
    x, dual = np.asarray(raw.col_value), np.asarray(raw.row_dual)
    matrix: sp.csr_array = compiled.matrix
    activity = matrix @ x
    violation = max(
        _violation(x, compiled.column_lower, compiled.column_upper),
        _violation(activity, compiled.row_lower, compiled.row_upper),
    )
    reduced = compiled.cost - matrix.T @ dual
    objective = float(compiled.cost @ x + compiled.offset)
    bound = (
        _side(dual, compiled.row_lower, compiled.row_upper)
        + _side(reduced, compiled.column_lower, compiled.column_upper)
        + compiled.offset
    )
    gap = abs(objective - bound) / max(1.0, abs(objective))
    if violation > FEASIBILITY:
        raise NumericalError(f"the solution violates a row or bound by {violation:.1e} (relative to its side)")
    if gap > GAP:
        raise NumericalError(f"primal and dual objective differ by {gap:.1e}")
    iterations = int(max(info.simplex_iteration_count, 0) + max(info.ipm_iteration_count, 0))
    return Solution(objective, x, activity, reduced, dual, seconds, iterations, method, notes, violation, gap)


def _violation(value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """How far values leave their limits, relative to 1 plus the limit."""
    if value.size == 0:
        return 0.0
    below = np.where(np.isfinite(lower), (lower - value) / (1 + np.abs(np.where(np.isfinite(lower), lower, 0))), 0)
    above = np.where(np.isfinite(upper), (value - upper) / (1 + np.abs(np.where(np.isfinite(upper), upper, 0))), 0)
    return float(max(below.max(), above.max(), 0))


def _side(dual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """What duals earn at the sides they press against; a tiny dual at an infinite side counts nothing."""
    side = np.where(dual > 0, lower, upper)
    return float(np.sum(np.where(np.isfinite(side), dual * np.where(np.isfinite(side), side, 0), 0)))
