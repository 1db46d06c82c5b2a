"""Many plans: as many at a time as there are cores, each on one thread, in the order asked.

``plan_one`` is the unit of work: it depends on its job alone and can be pickled, so that any scheduler can run it.
``run_many`` runs it in processes of its own (loky: no guard of ``__main__`` is needed, functions without a name can be
sent). What does not change is done once in a process: imports, system tables, the weather of a seed, and the check of
sampled rows where code and sets are equal.

A plan that fails is named and stops no other one; so is a process that the system ends because memory is short. Ctrl-C
ends all of them, and what had been saved by then stays.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import xarray as xr
from loky import ProcessPoolExecutor
from loky.backend import get_context

from simulator import errors
from simulator.errors import InternalError, Interrupted, MemoryLimitError, Problem, SimulatorError, warnings_through
from simulator.inputs.read import ScenarioSource, name_of
from simulator.inputs.scenario import Scenario
from simulator.solve.watch import Progress
from simulator.studies.run import run_as

T = TypeVar("T")

PROCESSES_KEY = "SIMULATOR_PROCESSES"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Libraries of linear algebra read these when they are imported."""
END_S = 3.0
"""How long a process may take to end by itself."""


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

    def get(self) -> T:
        """The value. Raises the error."""
        if self.error is not None:
            raise self.error
        return cast(T, self.value)


def plan_one(
    job: Job, take: Callable[[xr.Dataset], Any] | None = None, progress: Progress | None = None
) -> Done[Any]:  # fmt: skip
    """Make one plan; ``take`` says what is wanted of its results (default: all). Raises nothing but what ends all."""
    found: list[Problem] = []
    start = time.perf_counter()

    def done(value: Any = None, error: SimulatorError | None = None) -> Done[Any]:
        return Done(job, value, error, tuple(found), time.perf_counter() - start)

    try:
        with warnings_through(found.append):
            results = run_as(job.path, job.called, job.change or _same, job.output, figures=job.figures,
                             progress=progress)  # fmt: skip
        return done(take(results) if take else results)
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
    processes: int | None = None, progress: Progress | None = None,
) -> list[Done[T]]:  # fmt: skip
    """Plan many scenarios; what became of each, in the order asked.

    ``take`` turns results into what is kept of them, where they were made: a whole dataset of every plan of hundreds
    does not fit in memory. ``processes``: at most so many plans at a time (default: ``SIMULATOR_PROCESSES``, else one
    for each core). Nothing is raised for plans that fail: ``Done.error`` says why.
    """
    wanted = [job if isinstance(job, Job) else Job(job) for job in jobs]
    found = dict(as_done(wanted, take=take, processes=processes, progress=progress))
    return [found[i] for i in range(len(wanted))]


def as_done(
    jobs: Sequence[Job], *, take: Callable[[xr.Dataset], T] | None = None, processes: int | None = None,
    progress: Progress | None = None,
) -> Generator[tuple[int, Done[T]], None, None]:  # fmt: skip
    """As ``run_many``, one by one as they are done, each with its position."""
    say = progress or (lambda message: None)
    count = min(processes or usual_processes(), len(jobs))
    plans = _here(jobs, take, say) if count <= 1 else _in_processes(jobs, take, count, say)
    for number, (i, done) in enumerate(plans, start=1):
        for problem in done.warnings:
            errors.warn(problem)
        if len(jobs) > 1:
            said = f"failed: {str(done.error).splitlines()[0]}" if done.error else f"planned in {done.seconds:.0f} s"
            say(f"{number} of {len(jobs)}: {done.job.called} {said}")
        yield i, done


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


def _in_processes(
    jobs: Sequence[Job], take: Callable[[xr.Dataset], Any] | None, count: int, say: Progress
) -> Iterator[tuple[int, Done[Any]]]:
    """Some at a time. A process that is gone takes the plans of the others with it: those are made again, alone."""
    left = dict(enumerate(jobs))
    with _listening(say) as messages:
        try:
            for i, done in _pool(left, take, count, messages):
                del left[i]
                yield i, done
        except BrokenProcessPool:
            say("a process was ended from outside, perhaps because memory is short: one plan at a time from here on")
        for i, job in left.items():
            try:
                yield from _pool({i: job}, take, 1, messages)
            except BrokenProcessPool:
                yield i, Done(job, error=MemoryLimitError(
                    "the process of this plan was ended from outside, perhaps because memory is short; "
                    "use fewer days or longer blocks"
                ))  # fmt: skip


def _pool(
    jobs: dict[int, Job], take: Callable[[xr.Dataset], Any] | None, count: int, messages: Any
) -> Iterator[tuple[int, Done[Any]]]:
    """Plans as they are done. Raises ``BrokenProcessPool`` when a process ends without an answer."""
    before = set(active_children())
    executor = ProcessPoolExecutor(count, context=get_context("loky"), initializer=_begin, initargs=(messages,),
                                   env=ONE_THREAD)  # fmt: skip
    futures: dict[Future[Done[Any]], int] = {}
    whole = False
    try:
        futures = {executor.submit(_one_of_many, job, take): i for i, job in jobs.items()}
        for future in as_completed(list(futures)):
            done = future.result()
            if isinstance(done.error, Interrupted):  # the process got a signal that this one did not
                raise done.error
            yield futures.pop(future), done
        whole = True
    finally:
        if not whole:
            for future in futures:
                future.cancel()
            for child in set(active_children()) - before:
                child.terminate()
            wait(futures, timeout=END_S)
        executor.shutdown(wait=True, kill_workers=not whole)


_messages: Any = None
"""In a process of a pool: where its progress goes."""
_ending = threading.Event()


def _begin(messages: Any) -> None:
    """Prepare a process of a pool: it ends when it is asked to, and Ctrl-C is for who asked for the plans."""
    global _messages
    _messages = messages
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)


def _end(_number: int, _frame: object) -> None:
    """End the plan that is being made as Ctrl-C would, in whatever phase it is."""
    _ending.set()
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)


def _one_of_many(job: Job, take: Callable[[xr.Dataset], Any] | None) -> Done[Any]:
    """``plan_one`` in a process of a pool."""
    last = 0.0

    def say(message: str) -> None:
        nonlocal last
        if not message.startswith("iteration") or time.monotonic() - last >= 1:
            last = time.monotonic()
            _messages.put(f"{message} ({job.called})")

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if _ending.is_set():
            raise KeyboardInterrupt
        return plan_one(job, take, say)
    except (KeyboardInterrupt, Interrupted):
        return Done(job, error=Interrupted("interrupted; plans that are done are saved, others are not"))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _listening(say: Progress) -> Iterator[Any]:
    """A queue for the progress of other processes, and a thread that passes it on."""
    messages: queue.SimpleQueue[str | None] = get_context("loky").SimpleQueue()

    def listen() -> None:
        while (message := messages.get()) is not None:
            say(message)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield messages
    finally:
        messages.put(None)
        listener.join(END_S)
