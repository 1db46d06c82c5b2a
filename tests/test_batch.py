"""Many plans at a time, on the toy of the counterfactual: what comes back, what fails, and what ends them."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from distributed import Client
from test_counterfactual import SCENARIO, SYSTEM

from simulator.errors import (
    FileError,
    InfeasibleError,
    InputError,
    InputWarning,
    InternalError,
    MemoryLimitError,
    NumericalError,
    Problem,
)
from simulator.inputs.read import load_scenario
from simulator.inputs.scenario import Scenario
from simulator.studies import batch, cluster
from simulator.studies.batch import Job, as_done, plan_one, run_many, usual_processes
from simulator.studies.cluster import local_cluster


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
    """Two processes of their own: a run that is saved, a function without a name that fails there, and a plan that
    ends its process each time, which is given up without its neighbours."""
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
    assert any(line.endswith("(first)") for line in said), "progress of other processes is heard"


def counted(folder: Path, once: bool, said: Scenario) -> Scenario:
    """Note that the plan was begun; the first time, end the process."""
    mark = folder / f"begun-{time.time_ns()}-{os.getpid()}"
    first = not list(folder.iterdir())
    mark.touch()
    if once and first:
        time.sleep(1)  # as in a plan of seconds, the answer before has been fetched
        os.kill(os.getpid(), signal.SIGKILL)
    return said


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_one_plan(file, tmp_path):
    """Four plans on one worker; it is killed from outside in one of them, which is made again, and no other is."""
    folders = [tmp_path / str(i) for i in range(4)]
    for folder in folders:
        folder.mkdir()
    jobs = [Job(file, f"plan {i}", partial(counted, folder, i == 1)) for i, folder in enumerate(folders)]
    with local_cluster(1) as client:
        done = run_many(jobs, take=objective, scheduler=client.scheduler.address)
    assert [each.error for each in done] == [None] * 4
    assert len({each.get() for each in done}) == 1
    assert [len(list(folder.iterdir())) for folder in folders] == [1, 2, 1, 1]


@pytest.mark.slow
def test_an_existing_scheduler_with_two_workers_makes_the_plans(file):
    """Scheduler and workers are processes of their own, as on a machine with many."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = [*cluster.WORKER, address, "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": told}
    processes = [subprocess.Popen([*scheduler, "--no-dashboard"], **quiet)]
    try:
        processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        done = run_many([Job(file, str(i)) for i in range(6)], take=process_and_objective, scheduler=address)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    answers = [each.get() for each in done]
    assert len({value for _, value in answers}) == 1
    assert {process for process, _ in answers} <= {process.pid for process in processes[1:]}


def test_a_scheduler_that_is_not_there_is_an_error(file):
    with pytest.raises(FileError, match="no Dask scheduler answers"):
        run_many([Job(file)], scheduler="tcp://127.0.0.1:1")


def test_workers_with_other_code_are_refused(file):
    """A plan made by another version must not be among the others."""
    worker = SimpleNamespace(log_event=lambda topic, message: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("distributed.get_worker", lambda: worker)
        done = batch._by_worker(Job(file), objective, "another")
        assert isinstance(done.error, InputError) and "another version" in str(done.error)
        assert batch._by_worker(Job(file), objective, batch._version()).get() > 0


def process_and_objective(results) -> tuple[int, float]:
    return os.getpid(), objective(results)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_plan_that_fails_its_check_is_made_again_by_the_fall_back(file, monkeypatch):
    """It is counted and named, and not dropped; what fails for another reason is not tried twice."""
    methods: list[str] = []

    def planned(source, name, change, *rest, **options):
        said = change(load_scenario(source))
        methods.append(said.solver.method)
        if said.solver.method != batch.FALL_BACK:
            raise NumericalError("the check disagrees by 1.2e-6")
        return 7

    monkeypatch.setattr(batch, "run_as", planned)
    done = plan_one(Job(file, "one"))
    assert done.get() == 7 and methods == ["auto", "highs"] and done.first_error == "the check disagrees by 1.2e-6"
    assert "again by highs" in batch._said(done)
    assert isinstance(plan_one(Job(file, "two", refused)).error, InputError) and len(methods) == 2


@pytest.fixture
def listens() -> Iterator[None]:
    """Ctrl-C reaches this process even where the tests run in the background, which a shell starts deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_all_processes_at_once(file, listens):
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
    assert not workers_of(os.getpid())


def workers_of(process: int) -> list[str]:
    """Command lines of living children that are workers."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (path / "status").read_text(), (path / "cmdline").read_text()
        except OSError:
            continue
        if f"PPid:\t{process}\n" in status and "dask_worker" in command:
            found.append(command)
    return found


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
