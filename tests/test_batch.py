"""Many plans at a time, on the toy of the counterfactual: what comes back, what fails, and what ends them."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest
import yaml
from test_counterfactual import SCENARIO, SYSTEM

from simulator.errors import InfeasibleError, InputError, InputWarning, InternalError, MemoryLimitError, Problem
from simulator.inputs.scenario import Scenario
from simulator.studies import batch
from simulator.studies.batch import Job, as_done, plan_one, run_many, usual_processes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "system.yaml").write_text(yaml.safe_dump(SYSTEM))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(SCENARIO))
    return tmp_path / "toy.yaml"


def nothing_built(said: Scenario) -> Scenario:
    return said.model_copy(update={"optimiser": said.optimiser.model_copy(update={"build": False})})


def refused(said: Scenario) -> Scenario:
    raise InputError([Problem("this scenario is refused", path="question")])


def broken(said: Scenario) -> Scenario:
    raise ZeroDivisionError("one of ours")


def gone(said: Scenario) -> Scenario:
    os.kill(os.getpid(), signal.SIGKILL)
    return said


def slow(said: Scenario) -> Scenario:
    time.sleep(60)
    return said


def objective(results) -> float:
    return float(results.attrs["objective_musd"])


def test_failures_are_named_and_stop_no_other_plan(file):
    jobs = [Job(file, "one"), Job(file, "two", refused), Job(file, "three", broken), Job(file, "four", nothing_built)]
    said: list[str] = []
    done = run_many(jobs, take=objective, processes=1, progress=said.append)
    assert [each.job.called for each in done] == ["one", "two", "three", "four"]
    assert isinstance(done[1].error, InputError) and "this scenario is refused" in str(done[1].error)
    assert isinstance(done[2].error, InternalError) and "ZeroDivisionError: one of ours" in str(done[2].error)
    assert done[0].get() < done[3].get(), "ten more MW of wind save coal"
    with pytest.raises(InputError, match="this scenario is refused"):
        done[1].get()
    assert any(line.startswith("2 of 4: two failed: ") and line.endswith("this scenario is refused") for line in said)


def test_other_processes_give_the_same_plans_in_the_order_asked(file, tmp_path):
    """Two processes of their own: a run that is saved, a function without a name that fails there, and a process that
    is killed, whose neighbours are planned again."""
    jobs = [
        Job(file, "first", nothing_built, tmp_path / "out" / "first"),
        Job(file, "killed", gone),
        Job(file, "refused", lambda said: refused(said)),
    ]
    said: list[str] = []
    there = run_many(jobs, take=lambda results: (os.getpid(), objective(results)), processes=2, progress=said.append)
    process, found = there[0].get()
    assert process != os.getpid() and found == plan_one(jobs[0], objective).get()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"first"}
    assert isinstance(there[1].error, MemoryLimitError) and "ended from outside" in str(there[1].error)
    assert isinstance(there[2].error, InputError) and there[2].error.problems[0].path == "question"
    assert "planning (first)" in said, "progress of other processes is heard"


def test_ctrl_c_ends_all_processes_at_once(file):
    before = set(batch.active_children())

    def press() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not started:
            time.sleep(0.05)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    started: list[str] = []
    pressing = threading.Thread(target=press)
    pressing.start()
    with pytest.raises(KeyboardInterrupt):
        run_many([Job(file, str(i), slow) for i in range(3)], processes=2, progress=started.append)
    pressing.join()
    assert set(batch.active_children()) <= before


def test_warnings_reach_who_asked(file):
    """The toy's 2030 price of coal is used for 2030 alone; a scenario that warns does so in the process that asked."""
    done = batch.Done(Job(file), value=1.0, warnings=(Problem("looks wrong"),))

    def planned(*arguments):
        yield 0, done

    with pytest.MonkeyPatch.context() as patch, pytest.warns(InputWarning, match="looks wrong"):
        patch.setattr(batch, "_here", planned)
        assert [each.get() for _, each in as_done([Job(file)])] == [1.0]


def test_the_unit_of_work_can_be_sent_to_any_scheduler(file):
    """Job, function and answer survive pickling, errors of every kind with all they say."""
    work = pickle.loads(pickle.dumps(partial(plan_one, Job(file, "sent", nothing_built), objective)))
    done = pickle.loads(pickle.dumps(work()))
    assert done.job.called == "sent" and done.seconds > 0 and done.get() == plan_one(done.job, objective).get()
    for error in (InputError([Problem("a", path="b")]), InfeasibleError("why"), MemoryLimitError("more")):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and str(again) == str(error) and vars(again) == vars(error)


def test_how_many_at_a_time_can_be_said(monkeypatch):
    monkeypatch.setenv(batch.PROCESSES_KEY, "3")
    assert usual_processes() == 3
    for nonsense in ("", "0", "many"):
        monkeypatch.setenv(batch.PROCESSES_KEY, nonsense)
        assert 1 <= usual_processes() <= (os.cpu_count() or 1)
