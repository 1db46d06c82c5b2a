"""A study: many runs of one scenario, driven to one table, resumed by what each run depends on.

``drive`` is what all studies of many runs share: it leaves out runs whose rows are there, makes the others (here, in a
local cluster or by a scheduler), gathers rows from time to time, and names what failed at the end. A run's key is a
checksum of its resolved scenario, the bytes of its data and the code that plans, so that a row is never that of
something else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from simulator import cache
from simulator.analysis.summary import SUMMARY
from simulator.analysis.text import csv
from simulator.errors import FileError, InputError, Problem
from simulator.inputs.locate import Places
from simulator.inputs.read import DATA, built_in, file_beside, load_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.study import SCENARIO, Study, Varied, load_study, varied
from simulator.inputs.tables import system_called
from simulator.solve.watch import Progress
from simulator.studies.batch import Done, Job, as_done, plan_code, plan_one
from simulator.studies.rows import TABLE, USUAL, KeepRow, StudyTable, table_of
from simulator.studies.run import resolved_yaml
from simulator.studies.store import alone, folder_for, is_run, write_whole
from simulator.system.alike import nearest

GATHER_S = 60.0
"""After so many seconds rows are gathered in the dataset, beside the end."""
PLAN, RUNS, FAILED = "plan.csv", "runs.csv", "failed.csv"


@dataclass(frozen=True)
class Run:
    """A run of a study: what is planned, and the key under which its row is found."""

    job: Job
    key: str
    inputs: Mapping[str, float | str]
    indicators: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the run."""
        return self.job.called


@dataclass(frozen=True)
class Driven:
    """What became of the runs of a study."""

    table: xr.Dataset
    failed: tuple[Done[Any], ...]
    made: int
    kept: int
    again: tuple[Done[Any], ...] = ()
    """Planned a second time by the fall-back."""
    others: int = 0
    """Rows of the saved table that are of no run of the study as it is now."""

    @property
    def text(self) -> str:
        """How many, and every failure by name."""
        lines = [f"{self.made} runs made, {self.kept} were there already, {len(self.failed)} failed"]
        lines += [f"  {done.job.called}: {str(done.error).splitlines()[0]}" for done in self.failed]
        lines += [f"  {done.job.called}: planned again after: {done.first_error}" for done in self.again]
        if self.others:
            lines.append(f"  {self.others} older rows in {TABLE} are of other runs: of before the study, its scenario, "
                         "the data or the code changed")  # fmt: skip
        return "\n".join(lines)


# -------------------------------------------------------------------------------------------- the driver


def drive(
    runs: Sequence[Run], folder: Path, *, of: str = "", question: str = "", processes: int | None = None,
    scheduler: str | None = None, progress: Progress | None = None,
    during: Callable[[xr.Dataset], None] | None = None,
) -> Driven:  # fmt: skip
    """Make the runs that have no row yet; ``during`` sees the table whenever it is gathered.

    Rows of failed runs are not kept, so that a second start tries those again. Raises ``FileError`` for a folder in
    which another process is at work, or whose table is ``of`` something else.
    """
    with alone(folder):
        return _drive(runs, StudyTable(folder, of), folder, question, processes, scheduler, progress, during)


def _drive(
    runs: Sequence[Run], table: StudyTable, folder: Path, question: str, processes: int | None, scheduler: str | None,
    progress: Progress | None, during: Callable[[xr.Dataset], None] | None,
) -> Driven:  # fmt: skip
    there = table.kept()
    missing = [run for run in runs if run.key not in there or _lost(run)]
    order = [run.key for run in runs]
    jobs = [replace(run.job, take=KeepRow(folder.resolve(), run.key, run.name, run.inputs, run.indicators))
            for run in missing]  # fmt: skip
    found: list[Done[Any]] = []
    gathered = time.monotonic()
    try:
        plans: Generator[tuple[int, Done[Any]], None, None] = as_done(
            jobs, processes=processes, scheduler=scheduler, progress=progress
        )
        with closing(plans):
            for _, done in plans:
                found.append(done)
                if time.monotonic() - gathered > GATHER_S:
                    data = table.gather(question, order)
                    if during is not None:
                        during(data)
                    gathered = time.monotonic()
    finally:
        data = table.gather(question, order)
    failed = tuple(done for done in found if done.error is not None)
    again = tuple(done for done in found if done.first_error and done.error is None)
    return Driven(data, failed, len(found) - len(failed), len(runs) - len(missing), again, table.others)


def _lost(run: Run) -> bool:
    """Whether the run was to leave a folder that is not there."""
    return run.job.output is not None and not is_run(run.job.output)


def key_of(scenario: Scenario, *more: str) -> str:
    """The checksum of all on which the results of a scenario depend, and of what is kept of them."""
    path, profiles = scenario.origin.path, scenario.horizon.profiles
    files = [*_tables(scenario.system, path), *sorted((DATA / "weather").glob("*"))]
    files += [file_beside(profiles, path, "horizon.profiles")] if profiles else []
    data = _checksum(tuple(map(_state, files)))
    return cache.checksum(plan_code(), data, resolved_yaml(scenario), *more)[:32]


State = tuple[Path, int, int]
"""A file, when it was changed and how long it is."""


def _state(file: Path) -> State:
    found = file.stat()
    return file, found.st_mtime_ns, found.st_size


def _tables(name: str, path: Path) -> tuple[Path, ...]:
    """The files of a system that a scenario names."""
    own = built_in(name)
    return _tables_in(name, path, _state(own if own is not None else file_beside(name, path, "system")))


@lru_cache(maxsize=64)
def _tables_in(name: str, path: Path, state: State) -> tuple[Path, ...]:
    return tuple(system_called(name, path).files)


@lru_cache(maxsize=64)
def _checksum(states: tuple[State, ...]) -> str:
    """A checksum of what is in files; once in a process as long as they do not change."""
    return cache.checksum(*(file.read_bytes() for file, *_ in states))


# ------------------------------------------------------------------------------------------ study files


def runs_of(path: Path, output: Path) -> tuple[Study, list[Run]]:
    """The runs of a study file. Raises ``InputError`` with every level that its scenario refuses, and its line."""
    study, marks = load_study(path)
    places = Places(marks)
    known = [indicator for indicator, *_ in SUMMARY]
    problems = [
        places.placed(Problem(f"unknown indicator {name!r}", path=f"indicators.{i}", help=nearest(name, known)))
        for i, name in enumerate(study.indicators) if name not in known
    ]  # fmt: skip
    runs: list[Run] = []
    read = lru_cache(maxsize=64)(load_scenario)
    for one in varied(study):
        try:
            runs.append(_run(path, study, one, output, read))
        except InputError as error:
            problems += [places.placed(_in_study(problem, one)) for problem in error.problems]
        except FileError as error:
            where = f"{one.place}.{SCENARIO}" if SCENARIO in one.levels else SCENARIO
            problems.append(places.placed(Problem(str(error), path=where)))
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    names = [run.name for run in runs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        why = f"two runs are called {twice[0]!r}"
        raise InputError([places.placed(Problem(why, path="levels", help="name each level once"))])
    return study, runs


def _in_study(problem: Problem, one: Varied) -> Problem:
    """A problem of a scenario as one of the level that caused it."""
    if problem.file:
        return problem
    above, below = (f"{problem.path}.", problem.path)
    cause = next((p for p in one.levels if below == p or below.startswith(f"{p}.") or p.startswith(above)), None)
    return replace(problem, path=f"{one.place}.{cause}" if cause else one.place,
                   message=f"{problem.message} ({problem.path}, run {one.name!r})")  # fmt: skip


def _run(path: Path, study: Study, one: Varied, output: Path, read: Callable[[Path], Scenario]) -> Run:
    levels = {name: value for name, value in one.levels.items() if value is not None}
    file = path.parent / str(levels.pop(SCENARIO, study.scenario))
    scenario = read(file).at_levels(levels)
    inputs = {name: value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
              for name, value in one.levels.items()}  # fmt: skip
    indicators = study.indicators or USUAL
    target = output / one.name if study.keep == "folders" else None
    key = key_of(scenario, ",".join(indicators))
    return Run(Job(scenario, one.name, output=target), key, inputs, indicators)


def write_plan(path: Path, output: Path) -> Path:
    """Write the list of runs, numbered from 0, for ``run_index``; nothing is planned."""
    _, runs = runs_of(path, output)
    table = pd.DataFrame([{"index": i, "run": run.name, "key": run.key, **run.inputs} for i, run in enumerate(runs)])
    write_whole(folder_for(output, "the study") / PLAN, csv(table))
    return output / PLAN


def run_index(path: Path, output: Path, index: int, progress: Progress | None = None) -> Driven:
    """Make one run of a study, as a job of an array does; its row waits in the folder to be gathered."""
    folder_for(output, "the study")
    _, runs = runs_of(path, output)
    if not 0 <= index < len(runs):
        raise InputError(f"--index {index}: the study has runs 0 to {len(runs) - 1}")
    run = runs[index]
    if run.key in StudyTable(output).kept() and not _lost(run):
        return Driven(xr.Dataset(), (), 0, 1)
    job = replace(run.job, take=KeepRow(output.resolve(), run.key, run.name, run.inputs, run.indicators))
    done = plan_one(job, progress=progress)
    return Driven(xr.Dataset(), (done,) if done.error else (), int(done.error is None), 0)


def run_study(
    path: Path, output: Path, *, processes: int | None = None, scheduler: str | None = None,
    progress: Progress | None = None,
) -> Driven:  # fmt: skip
    """Make all runs of a study file that are not made yet; table, list of runs and failures are in ``output``.

    Raises ``InputError`` before anything is planned when the study, or a scenario that it makes, is wrong.
    """
    folder_for(output, "the study")
    study, runs = runs_of(path, output)
    driven = drive(
        runs,
        output,
        of=f"study {path.name}",
        question=study.question,
        processes=processes,
        scheduler=scheduler,
        progress=progress,
    )
    failed = pd.DataFrame([(done.job.called, str(done.error)) for done in driven.failed], columns=["run", "error"])
    write_whole(output / RUNS, csv(table_of(driven.table)))
    write_whole(output / FAILED, csv(failed))
    return driven
