"""The plan of a run, operated hour by hour: does it work in the year of which the plan saw a few days?

The scenario and its data are read again as the run read them; every weather year has its own wind, sun, load and water,
and but for the plan's own it is a good or a bad year for each of them.
It is written to the folder ``operation`` of the run: a table, the hours in which load is shed, a page, a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from simulator.analysis import hours as hourly
from simulator.analysis import indicators as ind
from simulator.analysis.text import csv, from_csv
from simulator.case.loading import make_case
from simulator.case.year import NAMED
from simulator.errors import FileError, InputError, Problem
from simulator.inputs.read import DATA, SYSTEM_FILE, built_in, load_system, read_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import FullYear, NamedSlices
from simulator.solve.operate import operate
from simulator.solve.watch import Progress
from simulator.studies.run import BUILT_IN
from simulator.studies.store import (
    OPERATION,
    RESOLVED,
    RESULTS,
    open_results,
    read_manifest,
    replacing,
    run_file,
    seal,
    sealed_file,
    sha256,
    write_results,
)
from simulator.system import System

TABLE, UNSERVED = "operation.csv", "unserved.csv"
COLUMNS = ("region", "quantity", "item", "unit"), ("weather", "year", "plan", "hourly", "difference")
UNSERVED_COLUMNS = ("zone",), ("weather", "month", "day", "hour", "mw")
"""Columns of texts and of numbers."""
OPERATION_FORMAT = "simulator operation folder, version 1"
WEATHER_YEARS = 3
"""Weather years that are tried where nothing is said: the plan's own, and the seeds after it."""


@dataclass(frozen=True)
class Operation:
    """A plan and its hours."""

    plan: xr.Dataset
    hours: dict[int, xr.Dataset]
    """Weather seed → the year's hours."""
    table: pd.DataFrame
    unserved: pd.DataFrame

    @property
    def sentence(self) -> str:
        """What the check finds, in a sentence."""
        return hourly.sentence(self.plan, self.table)

    @property
    def text(self) -> str:
        """Sentence and table for the terminal."""
        return hourly.as_text(self.plan, self.table)


def operate_run(
    run: str | Path, year: int | None = None, weather: Sequence[int] = (), *,
    scenario: str | Path | Scenario | None = None, save: bool = True, keep_hours: bool = False,
    progress: Progress | None = None,
) -> Operation:  # fmt: skip
    """Operate a year of a run hour by hour, and compare it with the plan.

    ``run`` is a run folder, as ``run`` writes it. ``year`` is a model year (default: the headline target's),
    ``weather`` are seeds. ``scenario`` is the scenario, or its file, where its system or profiles lie beside it. What
    is found is a table of quantities by region in the plan and in the hours (energies in TWh, shares in %, each with
    its unit), and for every seed a dataset of 8760 hours, MW. It is written to ``operation`` in the run folder unless
    ``save`` is false; ``keep_hours`` saves the hours as ``hours_SEED.nc``, too. Raises
    ``FileError`` for results that do not belong to the data of today, ``InputError`` for a year or scenario that has no
    hours, and a ``SolveError`` when a week cannot be operated.
    """
    say = progress or (lambda message: None)
    folder = Path(run)
    plan = open_results(folder)
    resolved = run_file(folder, RESOLVED)
    said = read_scenario(resolved).scenario
    path = scenario.origin.path if isinstance(scenario, Scenario) else Path(scenario or resolved)
    _refuse_what_has_no_hours(said, scenario)
    if changed := _changed(read_manifest(folder), said, path):
        raise FileError(f"{changed} has changed since the run: run the scenario again")
    model_year = _model_year(plan, year)
    system = load_system(said, path).system
    first = said.horizon.weather_seed
    seeds = tuple(dict.fromkeys(weather)) or tuple(range(first, first + WEATHER_YEARS))
    hours = {}
    for seed in seeds:
        say(f"weather {seed}: reading and building")
        case, _ = make_case(_hour_by_hour(said, seed, system), path, str(plan.attrs["scenario"]))
        hours[seed] = operate(case, plan, model_year, partial(_say_of, say, seed))
    found = Operation(plan, hours, hourly.side_by_side(plan, hours), hourly.unserved_hours(hours))
    if save:
        _write(found, folder, keep_hours, say)
    return found


def _say_of(say: Progress, seed: int, message: str) -> None:
    say(f"weather {seed}: {message}")


def _model_year(plan: xr.Dataset, asked: int | None) -> int:
    known = [int(year) for year in plan["year"].values]
    found = ind.focus_year(plan) if asked is None else asked
    if found not in known:
        raise InputError([Problem(f"{found} is not a model year of the run", help=f"known: {known}")])
    return found


def _hour_by_hour(scenario: Scenario, seed: int, system: System) -> Scenario:
    """The scenario with every hour of a weather year.

    The plan's own weather year yields what the plan expects; another is calm or windy, dull or sunny, dry or wet by
    chance, where the system says how far years differ and the scenario does not say which year it is.
    """
    horizon = scenario.horizon
    update: dict[str, object] = {"time": FullYear(method="full"), "weather_seed": seed}
    if seed != horizon.weather_seed and not horizon.realised:
        if system.interannual_inflows and horizon.water == "normal":
            update["water"] = "sampled"
        if system.interannual_yields:
            update["wind_and_sun"] = "sampled"
    return scenario.model_copy(update={"horizon": scenario.horizon.model_copy(update=update)})


def _refuse_what_has_no_hours(scenario: Scenario, given: str | Path | Scenario | None) -> None:
    if isinstance(scenario.horizon.time, NamedSlices):
        raise InputError([NAMED])
    beside = built_in(scenario.system) is None or scenario.horizon.profiles is not None
    if beside and given is None:
        raise InputError([Problem("the run's system or profiles lie beside its scenario",
                                  help="name the scenario file with --scenario")])  # fmt: skip


def _changed(manifest: Mapping[str, Any], said: Scenario, path: Path) -> str:
    """The first file of data, built in or beside the scenario, that is not what a run was made with; "" if none.

    The scenario itself is kept in the run.
    """
    inputs: dict[str, str] = manifest["inputs"]
    if changed := data_have_changed(inputs):
        return changed
    system = Path(said.system).as_posix()
    for label, checksum in inputs.items():
        kept = label.endswith((".yaml", ".yml")) and label not in (system, f"{system}/{SYSTEM_FILE}")
        beside = path.resolve().parent / label
        if not (kept or label.startswith(BUILT_IN) or (beside.is_file() and sha256(beside) == checksum)):
            return label
    return ""


def data_have_changed(inputs: Mapping[str, str]) -> str:
    """The first table of the built-in data that is not what a run was made with, by its manifest; "" if none."""
    for label, checksum in inputs.items():
        path = DATA / label.removeprefix(BUILT_IN)
        if label.startswith(BUILT_IN) and not (path.is_file() and sha256(path) == checksum):
            return label
    return ""


def read_operation(run: Path) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Table and unserved hours that a check has left in a run folder; None where there is none.

    Raises ``FileError`` for a check of another version, of another run, or changed since.
    """
    folder = run / OPERATION
    if not (folder / TABLE).is_file():
        return None
    of = sha256(run / RESULTS)
    try:
        table = from_csv(sealed_file(folder, TABLE, OPERATION_FORMAT, results=of), *COLUMNS)
        unserved = from_csv(sealed_file(folder, UNSERVED, OPERATION_FORMAT, results=of), *UNSERVED_COLUMNS)
    except (FileError, OSError, ValueError) as error:
        raise FileError(
            f"the operation in {folder} cannot be used: {error}; run `simulator operate {run}` again"
        ) from error
    return table, unserved


def _write(found: Operation, run: Path, keep_hours: bool, say: Progress) -> None:
    from simulator.plots import save_hours

    missed = {seed: str(year.attrs["missed"]) for seed, year in found.hours.items()}
    with replacing(run / OPERATION) as staging:
        (staging / TABLE).write_text(csv(found.table.round(4)), encoding="utf-8")
        (staging / UNSERVED).write_text(csv(found.unserved), encoding="utf-8")
        (staging / "operation.md").write_text(
            hourly.page(found.plan, found.table, found.unserved, missed), encoding="utf-8"
        )
        for warning in save_hours(found.plan, found.hours, staging).warnings():
            say(f"warning: {warning}")
        if keep_hours:
            for seed, year in found.hours.items():
                write_results(year, staging / f"hours_{seed}.nc", "hours")
        seal(staging, OPERATION_FORMAT, results=sha256(run / RESULTS))
