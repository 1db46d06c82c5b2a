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
from simulator.errors import FileError, InputError, Problem, disk_errors
from simulator.inputs.locate import Places
from simulator.inputs.read import DATA, file_beside, read_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.study import SCENARIO, Study, Varied, load_study, varied
from simulator.inputs.tables import system_called
from simulator.solve.watch import Progress
from simulator.studies.batch import Done, Job, as_done, plan_code, plan_one
from simulator.studies.rows import USUAL, KeepRow, StudyTable, table_of
from simulator.studies.run import resolved_yaml
from simulator.studies.store import folder_for, is_run
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

    @property
    def text(self) -> str:
        """How many, and every failure by name."""
        lines = [f"{self.made} runs made, {self.kept} were there already, {len(self.failed)} failed"]
        lines += [f"  {done.job.called}: {str(done.error).splitlines()[0]}" for done in self.failed]
        lines += [f"  {done.job.called}: planned again after: {done.first_error}" for done in self.again]
        return "\n".join(lines)


# -------------------------------------------------------------------------------------------- the driver


def drive(
    runs: Sequence[Run], folder: Path, *, question: str = "", processes: int | None = None,
    scheduler: str | None = None, progress: Progress | None = None,
    during: Callable[[xr.Dataset], None] | None = None,
) -> Driven:  # fmt: skip
    """Make the runs that have no row yet; ``during`` sees the table whenever it is gathered.

    Rows of failed runs are not kept, so that a second start tries those again.
    """
    table = StudyTable(folder)
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
    return Driven(data, failed, len(found) - len(failed), len(runs) - len(missing), again)


def _lost(run: Run) -> bool:
    """Whether the run was to leave a folder that is not there."""
    return run.job.output is not None and not is_run(run.job.output)


def key_of(scenario: Scenario, *more: str) -> str:
    """The checksum of all on which the results of a scenario depend, and of what is kept of them."""
    data = _data_key(scenario.system, scenario.horizon.profiles, scenario.origin.path)
    return cache.checksum(plan_code(), data, resolved_yaml(scenario), *more)[:32]


@lru_cache(maxsize=64)
def _data_key(system: str, profiles: str | None, path: Path) -> str:
    """A checksum of the tables, weather and profiles that a scenario names; once in a process."""
    files = [*system_called(system, path).files, *sorted((DATA / "weather").glob("*"))]
    files += [file_beside(profiles, path, "horizon.profiles")] if profiles else []
    return cache.checksum(*(file.read_bytes() for file in files))


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
    for one in varied(study):
        try:
            runs.append(_run(path, study, one, output))
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


def _run(path: Path, study: Study, one: Varied, output: Path) -> Run:
    levels = {name: value for name, value in one.levels.items() if value is not None}
    file = path.parent / str(levels.pop(SCENARIO, study.scenario))
    scenario = _scenario(file).at_levels(levels)
    inputs = {name: value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
              for name, value in one.levels.items()}  # fmt: skip
    indicators = study.indicators or USUAL
    target = output / one.name if study.keep == "folders" else None
    key = key_of(scenario, ",".join(indicators))
    return Run(Job(scenario, one.name, output=target), key, inputs, indicators)


@lru_cache(maxsize=64)
def _scenario(file: Path) -> Scenario:
    return read_scenario(file).scenario


def write_plan(path: Path, output: Path) -> Path:
    """Write the list of runs, numbered from 0, for ``run_index``; nothing is planned."""
    _, runs = runs_of(path, output)
    table = pd.DataFrame([{"index": i, "run": run.name, "key": run.key, **run.inputs} for i, run in enumerate(runs)])
    with disk_errors(output):
        output.mkdir(parents=True, exist_ok=True)
        (output / PLAN).write_text(csv(table), encoding="utf-8")
    return output / PLAN


def run_index(path: Path, output: Path, index: int, progress: Progress | None = None) -> Driven:
    """Make one run of a study, as a job of an array does; its row waits in the folder to be gathered."""
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
    driven = drive(runs, output, question=study.question, processes=processes, scheduler=scheduler, progress=progress)
    failed = pd.DataFrame([(done.job.called, str(done.error)) for done in driven.failed], columns=["run", "error"])
    with disk_errors(output):
        (output / RUNS).write_text(csv(table_of(driven.table)), encoding="utf-8")
        (output / FAILED).write_text(csv(failed), encoding="utf-8")
    return driven
