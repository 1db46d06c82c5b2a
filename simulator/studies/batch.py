"""Many plans: as many at a time as there are cores, each on one thread.

``plan_one`` is the unit of work: it depends on its job alone and can be pickled, so that any scheduler can run it.
``run_many`` and ``as_done`` run it here, in a local cluster, or by the workers of a scheduler (``cluster``). What does
not change is done once in a process: imports, system tables, the weather of a seed, and the check of sampled rows where
code and sets are equal.

A plan that fails is named and stops no other one; so is one whose process was ended twice. A plan that the solver or
its check did not pass for numerical reasons is made again by the fall-back. Ctrl-C ends all of them, and what had been
saved by then stays.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import xarray as xr

from simulator import cache, errors
from simulator.errors import (
    InputError,
    InternalError,
    Interrupted,
    MemoryLimitError,
    NumericalError,
    Problem,
    SimulatorError,
    warnings_through,
)
from simulator.inputs.read import ScenarioSource, name_of
from simulator.inputs.scenario import Scenario
from simulator.solve.watch import Progress
from simulator.studies.cluster import local_cluster, scheduler_at
from simulator.studies.run import run_as

T = TypeVar("T")

PROCESSES_KEY = "SIMULATOR_PROCESSES"
FALL_BACK = "highs"
"""The method that plans again what did not pass for numerical reasons."""
TOPIC = "simulator"
"""Under which workers say how far they are."""


@dataclass(frozen=True)
class Job:
    """A plan to be made: a scenario, its name, what differs from the scenario, and where the run is saved."""

    path: ScenarioSource
    """A file, a ``Scenario`` or a dict, as ``run`` takes it."""
    name: str = ""
    """Empty: that of the file; of a dict: ``scenario``."""
    change: Callable[[Scenario], Scenario] | None = None
    output: Path | None = None
    """None: nothing is saved."""
    figures: bool = False
    take: Callable[[xr.Dataset], Any] | None = None
    """What is wanted of its results, in place of what is wanted of all others'."""

    @property
    def called(self) -> str:
        """The name of the plan."""
        return self.name or name_of(self.path)


@dataclass(frozen=True)
class Done(Generic[T]):
    """What became of a job: a value, or the error that names what is wrong."""

    job: Job
    value: T | None = None
    error: SimulatorError | None = None
    warnings: tuple[Problem, ...] = ()
    seconds: float = 0.0
    first_error: str = ""
    """Why the plan was made again by the fall-back; empty: it was not."""

    def get(self) -> T:
        """The value. Raises the error."""
        if self.error is not None:
            raise self.error
        return cast(T, self.value)


def plan_one(
    job: Job, take: Callable[[xr.Dataset], Any] | None = None, progress: Progress | None = None
) -> Done[Any]:  # fmt: skip
    """Make one plan; ``take`` says what is wanted of its results (default: all). Raises nothing but what ends all."""
    done = _plan_once(job, take, progress)
    if isinstance(done.error, NumericalError):
        again = _plan_once(replace(job, name=job.called, change=_FallBack(job.change or _same)), take, progress)
        why = str(done.error).splitlines()[0]
        return replace(again, job=job, seconds=done.seconds + again.seconds, first_error=why)
    return done


@dataclass(frozen=True)
class _FallBack:
    """The same scenario, planned by the fall-back."""

    change: Callable[[Scenario], Scenario]

    def __call__(self, said: Scenario) -> Scenario:
        scenario = self.change(said)
        return scenario.model_copy(update={"solver": scenario.solver.model_copy(update={"method": FALL_BACK})})


def _plan_once(job: Job, take: Callable[[xr.Dataset], Any] | None, progress: Progress | None) -> Done[Any]:
    found: list[Problem] = []
    start = time.perf_counter()

    def done(value: Any = None, error: SimulatorError | None = None) -> Done[Any]:
        return Done(job, value, error, tuple(found), time.perf_counter() - start)

    try:
        with warnings_through(found.append):
            results = run_as(job.path, job.called, job.change or _same, job.output, figures=job.figures,
                             progress=progress)  # fmt: skip
        wanted = job.take or take
        return done(wanted(results) if wanted else results)
    except Interrupted:
        raise
    except SimulatorError as error:
        return done(error=error)
    except MemoryError:
        return done(error=MemoryLimitError("not enough memory; use fewer days or longer blocks"))
    except Exception as error:
        return done(error=InternalError(f"internal error: {type(error).__name__}: {error}"))


def run_many(
    jobs: Sequence[Job | ScenarioSource], *, take: Callable[[xr.Dataset], T] | None = None,
    processes: int | None = None, scheduler: str | None = None, progress: Progress | None = None,
) -> list[Done[T]]:  # fmt: skip
    """Plan many scenarios; what became of each, in the order asked.

    ``take`` turns results into what is kept of them, where they were made: a whole dataset of every plan of hundreds
    does not fit in memory. ``processes``: at most so many plans at a time (default: ``SIMULATOR_PROCESSES``, else one
    for each core). ``scheduler``: address of a Dask scheduler whose workers plan instead. Nothing is raised for plans
    that fail: ``Done.error`` says why.
    """
    wanted = [job if isinstance(job, Job) else Job(job) for job in jobs]
    found = dict(as_done(wanted, take=take, processes=processes, scheduler=scheduler, progress=progress))
    return [found[i] for i in range(len(wanted))]


def as_done(
    jobs: Sequence[Job], *, take: Callable[[xr.Dataset], T] | None = None, processes: int | None = None,
    scheduler: str | None = None, progress: Progress | None = None,
) -> Generator[tuple[int, Done[T]], None, None]:  # fmt: skip
    """As ``run_many``, one by one as they are done, each with its position."""
    say = progress or (lambda message: None)
    count = min(processes or usual_processes(), len(jobs))
    if not jobs:
        return
    if scheduler is None and count <= 1:
        plans = _here(jobs, take, say)
    else:
        plans = _spread(jobs, take, scheduler_at(scheduler) if scheduler else local_cluster(count), say)
    start, warned = time.monotonic(), set[Problem]()
    for number, (i, done) in enumerate(plans, start=1):
        for problem in done.warnings:
            if problem not in warned:
                errors.warn(problem)
        warned.update(done.warnings)
        if len(jobs) > 1:
            say(f"{number} of {len(jobs)}: {_said(done)}{_left(number, len(jobs), time.monotonic() - start)}")
        yield i, done


def _said(done: Done[Any]) -> str:
    if done.error:
        return f"{done.job.called} failed: {str(done.error).splitlines()[0]}"
    again = f", again by {FALL_BACK} after: {done.first_error}" if done.first_error else ""
    return f"{done.job.called} planned in {done.seconds:.0f} s{again}"


def _left(number: int, of: int, seconds: float) -> str:
    """``; 412 an hour, 1 h 20 min left``: rate and remaining time of a long run; nothing of a short one."""
    left = seconds / number * (of - number)
    if left < 60:
        return ""
    hours, minutes = divmod(round(left / 60), 60)
    return f"; {3600 * number / seconds:.0f} an hour, {f'{hours} h ' if hours else ''}{minutes} min left"


def usual_processes() -> int:
    """As many as ``SIMULATOR_PROCESSES`` says, else as many as there are cores for this process."""
    stated = os.environ.get(PROCESSES_KEY, "")
    if stated.isdigit() and int(stated) > 0:
        return int(stated)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _same(scenario: Scenario) -> Scenario:
    return scenario


def _here(
    jobs: Sequence[Job], take: Callable[[xr.Dataset], Any] | None, say: Progress
) -> Iterator[tuple[int, Done[Any]]]:
    """One after the other in this process."""
    for i, job in enumerate(jobs):
        if len(jobs) > 1:
            say(f"planning {job.called}")
        yield i, plan_one(job, take, say)


# -------------------------------------------------------------------------------------- other processes


def _spread(
    jobs: Sequence[Job], take: Callable[[xr.Dataset], Any] | None, where: AbstractContextManager[Any], say: Progress
) -> Iterator[tuple[int, Done[Any]]]:
    """By the workers of a cluster, as plans are done. What waits is dropped when this ends early."""
    with where as client:
        from distributed import as_completed

        client.subscribe_topic(TOPIC, lambda event: say(event[1]))
        code = _version()
        futures = {client.submit(_by_worker, job, take, code, pure=False): i for i, job in enumerate(jobs)}
        arriving = as_completed(list(futures))
        try:
            for future in arriving:
                if future.status == "lost":  # its worker was killed with the answer; it is planned again
                    arriving.add(future)
                    continue
                done = _answer(future, jobs[futures[future]])
                if isinstance(done.error, Interrupted):
                    raise done.error
                yield futures.pop(future), done
                future.release()
        finally:
            client.cancel(list(futures))


def _answer(future: Any, job: Job) -> Done[Any]:
    """What a worker has answered, or why it did not."""
    if future.status == "finished":
        return cast(Done[Any], future.result())
    error = future.exception() if future.status == "error" else None
    if type(error).__name__ == "KilledWorker":
        return Done(job, error=MemoryLimitError(
            "the process of this plan was ended from outside, perhaps because memory is short; "
            "use fewer days or longer blocks"
        ))  # fmt: skip
    return Done(job, error=InternalError(f"internal error: no answer ({future.status}): {error}"))


def plan_code() -> str:
    """A checksum of the code that decides what a plan is."""
    return cache.code("system", "inputs", "case", "model", "solve", "audit")


def _version() -> str:
    """A checksum of code and data of this process, as they were when it first needed them."""
    return cache.checksum(plan_code(), cache.data())


def _by_worker(job: Job, take: Callable[[xr.Dataset], Any] | None, code: str) -> Done[Any]:
    """``plan_one`` in a worker, which must have the code of who asks."""
    from distributed import get_worker

    if _version() != code:
        return Done(job, error=InputError("a worker of the scheduler has another version of the simulator: "
                                          "install the same there and start it again"))  # fmt: skip
    worker, last = get_worker(), 0.0

    def say(message: str) -> None:
        nonlocal last
        if time.monotonic() - last >= 1:
            last = time.monotonic()
            worker.log_event(TOPIC, f"{message} ({job.called})")

    return plan_one(job, take, say)
