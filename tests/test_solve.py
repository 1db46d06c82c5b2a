"""The solver's side of a plan: signs of duals, every outcome by its own name, fallbacks said aloud, Ctrl-C obeyed."""

from __future__ import annotations

import signal
import subprocess
import threading
from dataclasses import replace
from functools import cache
from typing import Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import (
    InfeasibleError,
    InternalError,
    Interrupted,
    NumericalError,
    TimeLimitError,
    UnboundedError,
)
from simulator.model.lp.problem import CompiledModel
from simulator.solve import SolveOptions, choice, highs, judge, solve, solver

INF = np.inf


def problem(cost: Any, rows: Any, lower: Any, upper: Any, **other: Any) -> CompiledModel:
    """A problem written as dense lists; columns are continuous and not negative unless said otherwise."""
    n = len(cost)
    parts: dict[str, Any] = {
        "offset": 0.0,
        "column_lower": np.zeros(n),
        "column_upper": np.full(n, INF),
        "integrality": np.zeros(n),
    }
    parts |= {key: value if key == "offset" else np.array(value, float) for key, value in other.items()}
    parts["integrality"] = np.asarray(parts["integrality"]).astype(np.int32)
    return CompiledModel(
        cost=np.array(cost, float), matrix=sp.csr_array(np.array(rows, float).reshape(-1, n)),
        row_lower=np.array(lower, float), row_upper=np.array(upper, float), columns={}, rows={}, **parts,
    )  # fmt: skip


def fleet(hours: int, plants: int = 30) -> CompiledModel:
    """Plants of random costs and availability with ramp limits meet a load; capacity is chosen too."""
    rng = np.random.default_rng(1)
    size = hours * plants
    balance = sp.kron(sp.eye_array(hours), np.ones((1, plants)))
    ramp = sp.kron(sp.eye_array(hours) - sp.eye_array(hours, k=-1), sp.eye_array(plants)).tocsr()[plants:]
    availability = sp.kron(np.ones((hours, 1)), sp.eye_array(plants)).multiply(rng.uniform(0.2, 1, (size, 1)))
    matrix = sp.block_array([[balance, None], [ramp, None], [sp.eye_array(size), -availability]]).tocsr()
    load = 50 + 20 * np.sin(np.arange(hours) * np.pi / 12) + rng.uniform(0, 10, hours)
    ramps = np.full(size - plants, 0.4)
    running = np.tile(rng.uniform(1, 5, plants), hours) * rng.uniform(0.9, 1.1, size)
    columns = size + plants
    return CompiledModel(
        cost=np.concatenate([running, rng.uniform(2, 8, plants) * hours]), offset=0.0, matrix=sp.csr_array(matrix),
        column_lower=np.zeros(columns), column_upper=np.full(columns, INF), integrality=np.zeros(columns, np.int32),
        row_lower=np.concatenate([load, -ramps, np.full(size, -INF)]),
        row_upper=np.concatenate([np.full(hours, INF), ramps, np.zeros(size)]), columns={}, rows={},
    )  # fmt: skip


@cache
def by_ipx(hours: int) -> float:
    return solve(fleet(hours), SolveOptions("ipx")).objective


METHODS = pytest.mark.parametrize("method", ["piqp", "hipo", "ipx", "simplex"])


@METHODS
def test_duals_are_derivatives_of_the_objective(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """min 3x + 5y + 7, x + y >= 10, x <= 6: x = 6 and y = 4 cost 38 + 7.

    One more unit of the row is met by y: dual +5.
    """
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    found = solve(problem([3, 5], [[1, 1]], [10], [INF], column_upper=[6, INF], offset=7), SolveOptions(method))
    assert found.objective == pytest.approx(45)
    assert found.column_value == pytest.approx([6, 4])
    assert found.row_dual == pytest.approx([5])
    assert (found.solver, found.notes) == (method, ())


def test_a_limit_from_above_has_a_negative_dual() -> None:
    """min -x, x <= 2 as a row: the objective falls by one with each unit of the limit."""
    assert solve(problem([-1], [[1]], [-INF], [2])).row_dual == pytest.approx([-1])


@settings(max_examples=15, deadline=None)
@given(st.integers(-50, 50), st.floats(1, 50), st.floats(1, 9), st.floats(1, 9))
def test_the_cheaper_way_sets_the_price(low: int, room: float, first: float, second: float) -> None:
    """min a·x + b·y with x + y >= d, no limits but zero: all from the cheaper one, at its cost, if d is positive."""
    found = solve(problem([first, second], [[1, 1]], [low], [max(low, 0) + room]))
    assert found.objective == pytest.approx(max(low, 0) * min(first, second), abs=1e-9)
    assert sum(found.column_value) == pytest.approx(max(low, 0), abs=1e-9)


def test_small_problems_say_that_simplex_solved_them() -> None:
    """``solver`` names what really ran, not what was asked for."""
    assert solve(problem([1], [[1]], [2], [INF]), SolveOptions("hipo")).solver == "simplex"


@METHODS
def test_infeasible_and_unbounded_have_their_own_names(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """x + y both at least 3 and at most 2; and -x with nothing above x. Presolve alone may not tell the two apart."""
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    with pytest.raises(InfeasibleError):
        solve(problem([1, 1], [[1, 1], [1, 1]], [3, -INF], [INF, 2]), SolveOptions(method))
    with pytest.raises(UnboundedError):
        solve(problem([-1, 1], [[1, -1]], [-INF], [INF]), SolveOptions(method))
    with pytest.raises(InfeasibleError):  # infeasible, although its cost could fall without end
        solve(problem([-1, 0], [[0, 1], [0, 1]], [3, -INF], [INF, 2]), SolveOptions(method))


def test_whole_units_and_their_duals() -> None:
    """Blocks of 4 at 10 each, or 3 a unit from elsewhere, for a load of 6.

    One block and 2 from elsewhere: 16; two blocks: 20; none: 18. The next unit of load comes from elsewhere: 3. With
    half a block more the relaxation would pay 2.5, so a dual of 3 shows that the block was held.
    """
    found = solve(problem([10, 3], [[4, 1]], [6], [INF], integrality=[1, 0]))
    assert found.objective == pytest.approx(16)
    assert found.column_value == pytest.approx([1, 2])
    assert found.row_dual == pytest.approx([3])
    assert found.solver == "mip"
    assert any("fixed" in note for note in found.notes)


def test_whole_units_that_cannot_be() -> None:
    """2x = 1 has the solution 0.5, but none in whole numbers; and a whole x may be without end."""
    with pytest.raises(InfeasibleError):
        solve(problem([1], [[2]], [1], [1], integrality=[1]))
    with pytest.raises(UnboundedError):
        solve(problem([-2, 1], [[1, -1]], [-INF], [5], integrality=[1, 1]))


@METHODS
def test_methods_agree_and_report_progress(method: str) -> None:
    """The four methods share no arithmetic; the optimum is one. Primal and dual objective meet."""
    lines: list[str] = []
    found = solve(fleet(140), SolveOptions(method), lines.append)
    assert found.objective == pytest.approx(by_ipx(140), rel=1e-8)
    assert (found.solver, found.notes) == (method, ())
    assert lines[0].lower().startswith("presolving")
    assert any("crossover" in line for line in lines) == (method in ("hipo", "ipx"))
    assert any("vertex" in line for line in lines) == (method == "piqp")


def test_asked_for_highs_alone_nothing_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """``highs`` starts no other process, and its first method is HiPO."""
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert solve(problem([1], [[1]], [2], [INF]), SolveOptions("highs")).solver == "hipo"


def test_a_missing_solver_is_replaced_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS without HiPO refuses its name: the older interior point solves, and notes and progress tell."""
    accept = highspy.Highs.setOptionValue

    def without_hipo(self: highspy.Highs, option: str, value: Any) -> Any:
        return highspy.HighsStatus.kError if value == "hipo" else accept(self, option, value)

    monkeypatch.setattr(highspy.Highs, "setOptionValue", without_hipo)
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    lines: list[str] = []
    found = solve(problem([1], [[1]], [2], [INF]), SolveOptions("hipo"), lines.append)
    assert found.solver == "ipx"
    assert "highspy-extras" in found.notes[0]
    assert found.notes[0] in lines


def test_failing_solvers_are_followed_down_to_simplex(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the check after an interior point fails, the next takes over; after simplex there is nobody left."""
    check = judge.judged
    failing = {"piqp", "hipo", "ipx"}

    def checked(problem: Any, x: Any, dual: Any, method: str, *rest: Any) -> Any:
        if method in failing:
            raise NumericalError("no")
        return check(problem, x, dual, method, *rest)

    monkeypatch.setattr(highs, "judged", checked)
    monkeypatch.setattr(solver, "judged", checked)
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    tiny = problem([1, 2], [[1, 1], [1, -1]], [2, -1], [INF, 1])
    found = solve(tiny)
    assert (found.solver, len(found.notes)) == ("simplex", 3)
    failing.add("simplex")
    with pytest.raises(NumericalError):
        solve(tiny)


@pytest.mark.parametrize(
    ("x", "dual", "words"),
    [
        ([1.9], [1.0], "violates"),
        ([float("nan")], [1.0], "violates"),
        ([2.5], [1.0], "differ"),
        ([2.0], [1.5], "wrong sign"),
        ([2.0], [float("nan")], "differ"),
    ],
)
def test_claims_are_checked_against_the_matrix(x: list[float], dual: list[float], words: str) -> None:
    """min x, x >= 2, x free: 1.9 breaks the row, 2.5 costs more than its dual proves, a dual of 1.5 leaves x a reduced
    cost of -0.5 with no bound to press against. What the solver says of itself is not asked."""
    free = problem([1], [[1]], [2], [INF], column_lower=[-INF])
    if words == "wrong sign":  # an offset row keeps the objectives equal, so only the sign can give it away
        free = replace(free, row_lower=np.array([0.0]))
        x = [0.0]
    with pytest.raises(NumericalError, match=words):
        judge.judged(free, np.array(x), np.array(dual), "simplex")


def test_not_a_number_is_refused_before_the_solver_swallows_it() -> None:
    """HiGHS calls a problem with NaN in its matrix optimal."""
    good = problem([1], [[1]], [2], [INF])
    bad = good.matrix.copy()
    bad.data[0] = np.nan
    for wrong in (replace(good, matrix=bad), replace(good, row_lower=np.array([np.nan]))):
        with pytest.raises(InternalError, match=r"matrix|row_lower"):
            solve(wrong)


@METHODS
def test_time_limit(method: str) -> None:
    """A limit of a fifth of a second on a problem that takes seconds; the message names the setting to change."""
    with pytest.raises(TimeLimitError, match="time_limit_s"):
        solve(fleet(300), SolveOptions(method, time_limit_s=0.2))


@pytest.mark.parametrize("method", choice.HIGHS_ALONE)
def test_ctrl_c_stops_the_solver_and_gives_the_handler_back(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGINT half a second into a problem of several seconds: HiGHS itself ends as interrupted, not as optimal."""
    run, ends = highspy.Highs.run, []

    def watched(self: highspy.Highs) -> Any:
        status = run(self)
        ends.append(self.getModelStatus())
        return status

    monkeypatch.setattr(highspy.Highs, "run", watched)
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(Interrupted):
        solve(fleet(500), SolveOptions(method))
    assert ends == [highspy.HighsModelStatus.kInterrupt]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver deaf until the test is over: the first SIGINT would wait for it, the second leaves at once."""
    before, over = signal.getsignal(signal.SIGINT), threading.Event()
    monkeypatch.setattr(highspy.Highs, "run", lambda self: over.wait(20))
    for delay in (0.1, 0.4):
        threading.Timer(delay, signal.raise_signal, [signal.SIGINT]).start()
    try:
        with pytest.raises(Interrupted, match="twice"):
            solve(problem([1], [[1]], [2], [INF]))
    finally:
        over.set()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "  12   6.47424924e+04  -6.26196837e+03   2.70e-02   1.93e-03",
            "interior point, iteration 12: 64,742 MUSD, gap 1.1e+00",
        ),
        ("      11804     1.7334944784e+05 Pr: 0(0) 2s", "simplex, iteration 11804: 173,349 MUSD"),
        ("    1589 dual pushes remaining", "crossover: 1589 dual pushes left"),
        ("  Matrix  [2e-01, 1e+00]", ""),
    ],
)
def test_log_lines_become_progress(line: str, words: str) -> None:
    """Iterations and objectives are picked out of the solver's log; its tables of ranges are not progress."""
    said = highs.progress_line(highspy.cb.HighsCallbackType.kCallbackLogging, line, None)
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_solving_in_a_thread_leaves_signals_alone() -> None:
    """Only the main thread may set handlers; elsewhere solving must work without."""
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(solve(problem([1], [[1]], [2], [INF])).objective))
    thread.start()
    thread.join()
    assert found == pytest.approx([2])


def test_an_error_of_the_listener_reaches_the_caller() -> None:
    """A progress function that fails (a full disk, a closed pipe) must neither vanish nor crash HiGHS."""

    def broken(line: str) -> None:
        raise BrokenPipeError(line)

    with pytest.raises(BrokenPipeError):
        solve(problem([1, 2], [[1, 1]], [2], [INF]), SolveOptions(), broken)
