"""The process that lends an interior point: it obeys its parent, dies with it, and says why it failed."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_solve import INF, fleet, problem

from simulator.errors import InfeasibleError, Interrupted, MemoryLimitError, NumericalError, TimeLimitError
from simulator.solve import SolveOptions, choice, face, interior, solve, worker
from simulator.solve.judge import judged
from simulator.solve.watch import Watch

HOUSE = Path(__file__).parent.parent


def watch(seconds: float = 60) -> Watch:
    return Watch(seconds, None)


def instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A process that runs a program of the test instead of the worker."""
    monkeypatch.setattr(interior, "COMMAND", (sys.executable, "-c", textwrap.dedent(program)))


def test_the_interior_point_is_an_optimum_of_the_full_problem() -> None:
    """What comes back fits the rows and columns that were sent, and passes the test of every solution."""
    plan = fleet(48)
    x, dual = interior.interior_point(plan, watch())
    found = judged(plan, x, dual, "piqp")
    assert found.objective == pytest.approx(solve(fleet(48), SolveOptions("simplex")).objective, rel=1e-6)


def test_a_problem_that_presolve_finds_infeasible_is_called_so() -> None:
    """More is asked of a column than its bound."""
    impossible = problem([1, 1], [[1, 1]], [3], [INF], column_upper=[1, 1])
    assert worker.interior(impossible).failure == "presolve ended with 'kInfeasible'"


def test_iterations_and_gap_are_reported_as_they_come() -> None:
    """The last line of progress has many iterations behind it, a small gap and the objective of the full problem."""
    lines: list[str] = []
    reporter = interior._Reporter(Watch(60, lines.append))
    for text in (
        "offset 100.5\n",
        "iter  prim_obj       dual_obj       duality_gap   prim_res\n",
        " 42    7.00021e+02    6.90021e+02    1.00000e+01   4.11924e-09   9.3e-03  1.e-14  1e-14  5e-03  0.1  0.1\n",
        "status:               solved\n",
    ):
        reporter.line(text)
    assert lines == ["interior point, iteration 42: 801 MUSD, gap 1.2e-02"]
    assert reporter.last == "status:               solved"


def test_ctrl_c_ends_the_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that never answers: SIGINT to the parent ends both within two seconds."""
    instead(monkeypatch, "import time; time.sleep(600)")
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    began: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*args: object, **options: object) -> subprocess.Popen[bytes]:
        began.append(start(*args, **options))  # type: ignore[call-overload]
        return began[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    since = time.monotonic()
    with pytest.raises(Interrupted):
        solve(problem([1, 2], [[1, 1]], [2], [INF]))
    assert time.monotonic() - since < 2.3
    assert began[0].returncode == -signal.SIGKILL


def test_the_time_limit_holds_for_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that never answers is ended when the limit comes, and the error names the setting."""
    instead(monkeypatch, "import time; time.sleep(600)")
    since = time.monotonic()
    with pytest.raises(TimeLimitError, match="time_limit_s"):
        interior.interior_point(problem([1], [[1]], [2], [INF]), watch(0.5))
    assert 0.5 <= time.monotonic() - since < 2


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="there are no broken pipes here")
def test_the_process_dies_with_its_parent(tmp_path: Path) -> None:
    """A parent killed in the middle leaves nobody behind: the worker's next line of progress has no reader."""
    plan = tmp_path / "plan"
    plan.write_bytes(pickle.dumps(fleet(400)))
    program = f"""
        import pickle, subprocess, pathlib
        from simulator.solve import interior, watch
        start = subprocess.Popen
        def noted(*args, **options):
            child = start(*args, **options)
            print(child.pid, flush=True)
            return child
        subprocess.Popen = noted
        say = lambda line: print(line, flush=True)
        interior.interior_point(pickle.loads(pathlib.Path({str(plan)!r}).read_bytes()), watch.Watch(600, say))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        while not parent.stdout.readline().startswith("interior point"):
            assert parent.poll() is None, "the problem was solved before it could be interrupted"
        parent.kill()
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the process of a dead parent went on")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # a dead process that nobody asks for stays in the table
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


LITTLE_MEMORY = """
    import resource, runpy
    import highspy, numpy, piqp, scipy.sparse
    held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + 40_000_000, -1))
    runpy.run_module("simulator.solve.worker", run_name="__main__")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs to know how much memory a process has")
def test_too_little_memory_has_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that gets 40 MB more than its libraries need cannot hold a problem of half a million coefficients."""
    instead(monkeypatch, LITTLE_MEMORY)
    with pytest.raises(MemoryLimitError):
        interior.interior_point(fleet(1500), watch())


def test_a_process_killed_from_outside_had_too_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the system kills it; it does so when memory is short."""
    instead(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(MemoryLimitError):
        interior.interior_point(problem([1], [[1]], [2], [INF]), watch())


def test_a_process_that_breaks_is_followed_by_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last words are in the notes, and HiGHS solves the plan alone."""
    instead(monkeypatch, "raise SystemExit('cannot open shared object file')")
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    found = solve(problem([1, 2], [[1, 1]], [2], [INF]))
    assert found.solver == "hipo"
    assert "shared object" in found.notes[0]


def test_piqp_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the next method takes over; the note says what to install."""
    instead(
        monkeypatch,
        """
        import runpy, sys
        sys.modules["piqp"] = None
        runpy.run_module("simulator.solve.worker", run_name="__main__")
        """,
    )
    with pytest.raises(NumericalError, match="install piqp"):
        interior.interior_point(fleet(10), watch())


def test_no_optimum_is_left_to_highs_to_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that no capacity can meet: PIQP only knows that it does not converge."""
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    plan = fleet(24)
    none = replace(plan, column_upper=np.where(np.arange(len(plan.cost)) < 24 * 30, 0.5, INF))
    with pytest.raises(InfeasibleError):
        solve(none)


def test_the_face_holds_every_optimum() -> None:
    """min x + y + 2z with x + y + z ≥ 2, x ≤ 1.5: any x up to 1.5 is as good, z is not.

    From an interior optimum (1, 1, 0) with dual 1 of the row, z is fixed at 0 and the row at 2; x and y stay free.
    """
    plan = problem([1, 1, 2], [[1, 1, 1]], [2], [INF], column_upper=[1.5, INF, INF])
    found = face.reduced(face.optimal(plan, np.array([1.0, 1, 0]), np.array([1.0])))
    assert found.free.tolist() == [0, 1]
    assert found.problem.row_lower == found.problem.row_upper == pytest.approx([2])
    assert found.problem.column_upper.tolist() == [1.5, INF]
    assert found.whole(np.array([0.5, 1.5])).tolist() == [0.5, 1.5, 0]


def test_what_is_fixed_makes_the_rest_small() -> None:
    """2x + y ≤ 8 with y = 2 bounds x by 3, and x − z = 1 is left. With z = 2 too, x is 3: nothing is left."""
    plan = problem(
        [1, 1, 1], [[2, 1, 0], [1, 0, -1]], [-INF, 1], [8, 1], column_lower=[0, 2, 1], column_upper=[9, 2, 9]
    )
    found = face.reduced(plan)
    assert found.free.tolist() == [0, 2]
    assert found.problem.column_upper.tolist() == [3, 9]
    assert found.problem.matrix.toarray().tolist() == [[1, -1]]
    assert found.problem.offset == 2
    plan = replace(plan, column_lower=np.array([0.0, 2, 2]), column_upper=np.array([9.0, 2, 2]))
    assert face.reduced(plan).whole(np.zeros(0)).tolist() == [3, 2, 2]


def test_a_vertex_is_cheaper_than_the_interior() -> None:
    """The simplex method ends where as many limits hold as there are columns, at the optimum of simplex alone."""
    compiled = fleet(48)
    plan = compiled
    x, dual = interior.interior_point(plan, watch())
    corner = face.vertex(plan, x, dual, watch())
    best = solve(compiled, SolveOptions("simplex")).objective
    assert plan.cost @ corner == pytest.approx(best, rel=1e-9)
    rows = plan.matrix @ corner
    held = np.minimum(rows - plan.row_lower, plan.row_upper - rows) < 1e-7
    at_bound = np.minimum(corner - plan.column_lower, plan.column_upper - corner) < 1e-7
    assert held.sum() + at_bound.sum() >= len(corner)
