"""One scenario with coarser and finer days: what the plan's time structure costs in accuracy and seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pandas as pd
import xarray as xr
from pydantic import ValidationError

from simulator.analysis.text import csv
from simulator.analysis.time_resolution import page, records
from simulator.errors import FileError, InputError, Problem, disk_errors
from simulator.inputs.read import read_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import TypicalDays
from simulator.solve.watch import Progress
from simulator.studies.batch import Job, as_done
from simulator.studies.run import resolved_yaml
from simulator.studies.store import RESOLVED, check_writable, open_results, read_manifest, run_file

PAGE, TABLE = "time_structure.md", "time_structure.csv"


def run_structures(
    path: Path, structures: Sequence[tuple[int, int]], output: Path, *, docs: Path | None = None, resume: bool = False,
    processes: int | None = None, scheduler: str | None = None, progress: Progress | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Plan a scenario with each structure (days, hours of a block) and its own, and compare them.

    Every run has a folder of its own in ``output``; page and table are written there, and to ``docs``, after each of
    them, so that an interruption loses nothing. ``resume`` keeps the runs that are there already;
    ``processes`` is how many plans are made at a time (``batch``), which lengthens the seconds that the table reports.
    Returns the table of ``simulator.analysis.time_resolution``. Raises what ``run`` raises, ``InputError`` for a
    scenario without typical days and for blocks that do not divide a day.
    """
    own = read_scenario(path).scenario.horizon.time
    if not isinstance(own, TypicalDays):
        why = f"its time structure is {own.method}: only typical days can be made coarser and finer"
        raise InputError([Problem(why, path="horizon.time", help="use method: typical_days")])
    wanted = [_typical_days(days, hours) for days, hours in structures]
    wanted += [own] if own not in wanted else []
    folders = [folder for folder in (output, docs) if folder is not None]
    for folder in folders:  # before the first plan, which takes minutes
        check_writable(folder)
    wanted.sort(key=lambda time: time.days / time.block_hours)
    tables: dict[int, pd.DataFrame] = {}

    def take_in(place: int) -> pd.DataFrame:
        tables[place] = _records(wanted[place], output, own)
        table = pd.concat([tables[i] for i in sorted(tables)], ignore_index=True)
        for folder in folders:
            write(table, folder)
        return table

    said = read_scenario(path).scenario
    kept = [i for i, time in enumerate(wanted) if resume and _is_same(output / _label(time), _with_time(time, said))]
    for place in kept:
        table = take_in(place)
    missing = [i for i in range(len(wanted)) if i not in kept]
    jobs = [Job(path, path.stem, partial(_with_time, wanted[i]), output / _label(wanted[i])) for i in missing]
    with closing(as_done(jobs, take=_nothing, processes=processes, scheduler=scheduler, progress=progress)) as planned:
        for i, done in planned:
            done.get()
            table = take_in(missing[i])
    return table


def write(table: pd.DataFrame, folder: Path) -> None:
    """Write page and table. Raises ``FileError``."""
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TABLE).write_text(csv(table.round(4)), encoding="utf-8")
        (folder / PAGE).write_text(page(table), encoding="utf-8")


def _with_time(time: TypicalDays, said: Scenario) -> Scenario:
    return said.model_copy(update={"horizon": said.horizon.model_copy(update={"time": time})})


def _nothing(results: xr.Dataset) -> None:
    """The run is saved; nothing else of it is wanted."""


def _records(time: TypicalDays, output: Path, own: TypicalDays) -> pd.DataFrame:
    """The records of one structure, as saved."""
    folder = output / _label(time)
    seconds = float(read_manifest(folder)["seconds"].get("planning", math.nan))
    return records(open_results(folder), _label(time), own == time, seconds)


def _is_same(folder: Path, scenario: Scenario) -> bool:
    """Whether a run of this scenario, made by this version, is in the folder."""
    try:
        kept = run_file(folder, RESOLVED).read_text(encoding="utf-8")
        open_results(folder)
    except FileError:
        return False
    return kept == resolved_yaml(scenario)


def _typical_days(days: int, hours: int) -> TypicalDays:
    try:
        return TypicalDays.model_validate({"method": "typical_days", "days": days, "block_hours": hours})
    except ValidationError as error:
        raise InputError([
            Problem(f"{days}x{hours}: {detail['msg']}", path=str(detail["loc"][0]),
                    help="such as 24x2: up to 365 days, blocks of 1, 2, 3, 4, 6, 8, 12 or 24 hours")
            for detail in error.errors()
        ]) from None  # fmt: skip


def _label(time: TypicalDays) -> str:
    return f"{time.days}x{time.block_hours}"
