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
from typing import Any

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
from simulator.model.lp.problem import CompiledModel, Solution

Progress = Callable[[str], None]
SMALL_PROBLEM = 20_000
"""Below this many coefficients simplex is quicker than any interior point."""
FEASIBILITY = 1e-6
"""Largest violation of a row or bound, relative to 1 plus the row's side; in GW, GWh, hm3."""
GAP = 1e-6
"""Largest difference of primal and dual objective, relative; and largest dual of the wrong sign, relative to 1 plus the
largest cost."""
FALLBACK = {"hipo": "ipx", "ipx": "simplex"}


@dataclass(frozen=True)
class SolveOptions:
    """How to solve."""

    method: str = "hipo"
    """``hipo``, ``ipx`` or ``simplex``; small problems are left to simplex, whole units to branch and bound."""
    crossover: bool = True
    time_limit_s: float = 3600
    threads: int = 1


def solve(compiled: CompiledModel, options: SolveOptions | None = None, progress: Progress | None = None) -> Solution:
    """The optimum of a compiled plan. Raises the ``SolveError`` that names what happened instead."""
    options = options or SolveOptions()
    say = progress or (lambda message: None)
    start = time.perf_counter()
    _refuse_not_a_number(compiled)
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
    highs = _load(compiled, options, start)
    _choose(highs, options.method)
    _run(highs, say)
    _raise_unless_optimal(highs, compiled, options, say, start)
    return _solution(highs, compiled, options.method, notes)


def _solve_integer(compiled: CompiledModel, options: SolveOptions, say: Progress, start: float) -> Solution:
    """Branch and bound, then the plan with its integers fixed, for duals."""
    highs = _load(compiled, options, start)
    _set(highs, "mip_rel_gap", 1e-9)
    _run(highs, say)
    _raise_unless_optimal(highs, compiled, options, say, start)
    whole = compiled.integrality > 0
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    lower[whole] = upper[whole] = np.round(np.asarray(highs.getSolution().col_value)[whole])
    fixed = replace(compiled, column_lower=lower, column_upper=upper, integrality=np.zeros_like(compiled.integrality))
    notes = ("whole units are fixed at their optimum for the duals",)
    try:
        solution = _solve_linear(fixed, replace(options, method="simplex"), say, start, notes)
    except InfeasibleError as error:
        raise NumericalError("the plan does not hold once its whole units are rounded to whole numbers") from error
    return replace(solution, solver="mip")


# ------------------------------------------------------------------------------------------- hand-over


def _set(highs: highspy.Highs, option: str, value: Any) -> None:
    """Set an option; HiGHS ignores a refused one silently, so ask for its status."""
    if highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
        raise InternalError(f"HiGHS refuses the option {option} = {value!r}")


def _choose(highs: highspy.Highs, method: str) -> None:
    """Name the linear solver. HiPO is refused when the package highspy-extras is missing or of another version."""
    if method not in ("hipo", "ipx", "simplex"):
        raise InternalError(f"there is no method {method!r}: choose hipo, ipx or simplex")
    if highs.setOptionValue("solver", method) != highspy.HighsStatus.kOk:
        raise NumericalError(f"HiGHS has no {method} here: install highspy-extras in the version of highspy")


def _refuse_not_a_number(compiled: CompiledModel) -> None:
    """HiGHS calls a problem with NaN in it optimal, so look before it does."""
    finite = {"cost": compiled.cost, "matrix": compiled.matrix.data, "offset": np.asarray(compiled.offset)}
    limits = {name: getattr(compiled, name) for name in ("column_lower", "column_upper", "row_lower", "row_upper")}
    for name, values in finite.items():
        if not np.isfinite(values).all():
            raise InternalError(f"the {name} of the plan holds a number that is not finite")
    for name, values in limits.items():
        if np.isnan(values).any():
            raise InternalError(f"{name} of the plan holds NaN at {int(np.isnan(values).argmax())}")


def _load(compiled: CompiledModel, options: SolveOptions, start: float) -> highspy.Highs:
    """HiGHS with the model and what is left of the time limit."""
    left = options.time_limit_s - (time.perf_counter() - start)
    if left <= 0:
        raise _out_of_time(options)
    highs = highspy.Highs()
    _set(highs, "output_flag", True)
    _set(highs, "log_to_console", False)
    _set(highs, "time_limit", left)
    _set(highs, "threads", int(options.threads))
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


def _run(highs: highspy.Highs, say: Progress) -> None:
    """Run with live progress; Ctrl-C stops HiGHS at its next callback and raises ``Interrupted``.

    HiGHS runs in a thread of its own: Python handles signals in the main thread only, between its own steps. HiPO's
    analysis, before its first iteration, has no callback: Ctrl-C takes effect after it.
    """
    stop = threading.Event()
    failures: list[BaseException] = []
    last = [0.0]

    def listen(kind: Any, message: str, data_out: Any, data_in: Any, _user: Any) -> None:
        if failures or stop.is_set():
            if kind != highspy.cb.HighsCallbackType.kCallbackLogging:
                data_in.user_interrupt = True
            return
        now = time.monotonic()
        milestone = any(word in message for word in _MILESTONES)
        if not milestone and now - last[0] < 1:
            return
        line = _progress_line(kind, message, data_out)
        if line:
            last[0] = now
            try:
                say(line)
            except BaseException as error:  # must not cross HiGHS's own frames
                failures.append(error)

    def work() -> None:
        try:
            highs.run()
        except BaseException as error:
            failures.append(error)

    highs.setCallback(listen, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (kinds.kCallbackLogging, kinds.kCallbackIpmInterrupt, kinds.kCallbackSimplexInterrupt,
                 kinds.kCallbackMipInterrupt):  # fmt: skip
        highs.startCallback(kind)
    with _on_ctrl_c(stop):
        runner = threading.Thread(target=work, daemon=True)
        runner.start()
        while runner.is_alive():
            runner.join(0.05)
    if stop.is_set():
        raise Interrupted("interrupted while solving; nothing was saved, earlier results are untouched")
    for error in failures:
        if isinstance(error, MemoryError):
            raise _out_of_memory() from error
        raise error


@contextmanager
def _on_ctrl_c(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C sets a flag instead of ending the process in the middle of HiGHS; a second one does not wait.

    Only the main thread may set handlers: elsewhere the caller's stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(_number: int, _frame: Any) -> None:
        if stop.is_set():
            raise Interrupted("interrupted twice while solving; nothing was saved, earlier results are untouched")
        stop.set()

    old = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)


_MILESTONES = ("Presolving", "Running crossover")
_INTERIOR = re.compile(r"^\s*(\d+)\s+([-+\d.]+e[-+]\d+)\s+([-+\d.]+e[-+]\d+)")
_SIMPLEX = re.compile(r"^\s*(\d+)\s+([-+\d.]+e[-+]\d+)\s+(Pr|Du): ")
_PUSHES = re.compile(r"(\d+) (primal|dual) pushes remaining")


def _progress_line(kind: Any, message: str, data_out: Any) -> str:
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
        return f"interior point, iteration {found[1]}: {float(found[2]):,.0f} MUSD, dual {float(found[3]):,.0f}"
    if found := _SIMPLEX.match(message):
        return f"simplex, iteration {found[1]}: {float(found[2]):,.0f} MUSD"
    if found := _PUSHES.search(message):
        return f"crossover: {found[1]} {found[2]} pushes left"
    return message.strip()[:80] if any(word in message for word in _MILESTONES) else ""


# ----------------------------------------------------------------------------------------------- outcome


def _out_of_time(options: SolveOptions) -> TimeLimitError:
    limit = f"the time limit of {options.time_limit_s:g} s came before the optimum"
    return TimeLimitError(f"{limit}; raise solver.time_limit_s or choose fewer days")


def _out_of_memory() -> MemoryLimitError:
    return MemoryLimitError("the solver ran out of memory; use fewer days or longer blocks")


def _raise_unless_optimal(
    highs: highspy.Highs, compiled: CompiledModel, options: SolveOptions, say: Progress, start: float
) -> None:
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    if status == kinds.kUnboundedOrInfeasible:
        status = _tell_apart(compiled, options, say, start)
    if status == kinds.kOptimal:
        return
    errors: dict[Any, SolveError] = {
        kinds.kInfeasible: InfeasibleError("no plan satisfies all the rules of the scenario"),
        kinds.kUnbounded: UnboundedError("cost can fall without end: a price or a limit is missing"),
        kinds.kTimeLimit: _out_of_time(options),
        kinds.kMemoryLimit: _out_of_memory(),
        kinds.kInterrupt: Interrupted("interrupted while solving; nothing was saved"),
    }
    raise errors.get(status, NumericalError(f"the solver ended with '{highs.modelStatusToString(status)}'"))


def _tell_apart(compiled: CompiledModel, options: SolveOptions, say: Progress, start: float) -> Any:
    """Whether a plan is unbounded or infeasible: solve it again without a cost, which cannot be unbounded."""
    free = replace(compiled, cost=np.zeros_like(compiled.cost))
    highs = _load(free, options, start)
    if not compiled.integrality.any():  # a named linear solver would make HiGHS forget the whole units
        _choose(highs, "simplex")
    _run(highs, say)
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    return kinds.kUnbounded if status == kinds.kOptimal else status


def _solution(highs: highspy.Highs, compiled: CompiledModel, method: str, notes: tuple[str, ...]) -> Solution:
    """The solution, if its violation and gap, recomputed from the matrix, are small enough."""
    raw = highs.getSolution()
    x, dual = np.asarray(raw.col_value), np.asarray(raw.row_dual)
    matrix: sp.csr_array = compiled.matrix
    violation = max(
        _violation(x, compiled.column_lower, compiled.column_upper),
        _violation(matrix @ x, compiled.row_lower, compiled.row_upper),
    )
    reduced = compiled.cost - matrix.T @ dual
    objective = float(compiled.cost @ x + compiled.offset)
    rows = _side(dual, compiled.row_lower, compiled.row_upper)
    columns = _side(reduced, compiled.column_lower, compiled.column_upper)
    gap = abs(objective - rows[0] - columns[0] - compiled.offset) / max(1.0, abs(objective))
    wrong = max(rows[1], columns[1]) / (1 + float(np.abs(compiled.cost).max(initial=0)))
    # asked this way round, a NaN fails
    if not (np.isfinite(x).all() and violation <= FEASIBILITY):
        raise NumericalError(f"the solution violates a row or bound by {violation:.1e} (relative to its side)")
    if not gap <= GAP:
        raise NumericalError(f"primal and dual objective differ by {gap:.1e}")
    if not wrong <= GAP:
        raise NumericalError(f"a dual has the wrong sign by {wrong:.1e} (relative to the largest cost)")
    return Solution(objective, x, dual, method, notes)


def _violation(value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """How far values leave their limits, relative to 1 plus the limit."""
    if value.size == 0:
        return 0.0
    below = np.where(np.isfinite(lower), (lower - value) / (1 + np.abs(np.where(np.isfinite(lower), lower, 0))), 0)
    above = np.where(np.isfinite(upper), (value - upper) / (1 + np.abs(np.where(np.isfinite(upper), upper, 0))), 0)
    return float(max(below.max(), above.max(), 0))


def _side(dual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """What duals earn at the sides they press against, and the largest dual that presses against no side at all."""
    side = np.where(dual > 0, lower, upper)
    there = np.isfinite(side)
    return float(dual[there] @ side[there]), float(np.abs(dual[~there]).max(initial=0))
