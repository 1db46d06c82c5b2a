"""The backcast of a built-in system: its past years dispatched, compared with statistics, and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd
import xarray as xr
from pydantic import BaseModel

from simulator.analysis import indicators as ind
from simulator.analysis.backcast import COLUMNS, History, backcast
from simulator.analysis.backcast_page import page
from simulator.analysis.text import csv, from_csv
from simulator.errors import FileError, InputError, Problem, disk_errors
from simulator.inputs.read import DATA, load_system, read_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import TimeStructure
from simulator.solve.watch import Progress
from simulator.studies.run import run_as
from simulator.studies.store import folder_for, seal, sealed_file
from simulator.system import System

BUILT_IN = DATA / "backcast.yaml"
TABLE, FORMAT = "backcast.csv", "simulator backcast folder, version 1"
TEXTS = ("country", "item", "unit", "kind", "band", "holds", "null_holds", "source", "reason", "others", "cause")
"""Columns of the table that are texts; the two that end in ``holds`` are True, False or empty."""
TABLES = {
    "statistics": "statistics", "bands": "backcast_bands", "facts": "backcast_facts", "causes": "backcast_causes",
    "calibration": "calibration",
}  # fmt: skip


@dataclass(frozen=True)
class Backcast:
    """Past years as the model gives them, and the table that compares them with statistics."""

    results: xr.Dataset
    table: pd.DataFrame
    calibration: pd.DataFrame

    @property
    def countries(self) -> dict[str, str]:
        """Names of the countries of the table, in the system's order."""
        return {c: n for c, n in ind.names(self.results, "country").items() if c in set(self.table["country"])}


def run_backcast(
    years: Sequence[int] = (), countries: Sequence[str] = (), output: str | Path | None = None, *,
    scenario: Path = BUILT_IN, time: TimeStructure | None = None, progress: Progress | None = None,
) -> Backcast:  # fmt: skip
    """Dispatch the years of a backcast scenario (all of them, or those named) and compare them with statistics.

    ``output`` names a folder for the run, ``backcast.csv``, ``backcast.md`` and the figures; ``time`` replaces the
    scenario's time structure. The table has a row for every country, year and item (TWh, MW, %, as its ``unit`` says)
    with the model's figure and the published one. Raises what ``run`` raises, and ``InputError`` for a country or year
    it does not know.
    """
    folder = folder_for(output, "the backcast") if output is not None else None
    loaded = read_scenario(scenario).scenario
    system = load_system(loaded, scenario).system
    _check_known("country", countries, [country.id for country in system.countries])
    _check_known("year", years, loaded.horizon.model_years)

    def of_these_years(said: Scenario) -> Scenario:
        update = {
            "model_years": tuple(sorted(set(years))) or said.horizon.model_years,
            "time": time or said.horizon.time,
        }
        return said.model_copy(update={"horizon": said.horizon.model_copy(update=update)})

    results = run_as(
        scenario, scenario.stem, of_these_years, folder / "run" if folder else None, figures=False, progress=progress
    )
    past = history(system)
    table = backcast(results, past)
    if countries:
        table = table[table["country"].isin(list(countries))].reset_index(drop=True)
    found = Backcast(results, table, past.calibration)
    if folder:
        write(found, folder, progress)
        seal(folder, FORMAT)
    return found


def history(system: System) -> History:
    """The system's tables of past years as data frames."""
    return History(**{field.name: frame(getattr(system, TABLES[field.name])) for field in fields(History)})


def frame(rows: Sequence[BaseModel]) -> pd.DataFrame:
    """Rows of a table as a data frame; a cell that is not given is None."""
    return pd.DataFrame([row.model_dump() for row in rows])


def write(found: Backcast, folder: Path, progress: Progress | None = None) -> list[Path]:
    """Write table, page and figures of a backcast; the paths."""
    say = progress or (lambda message: None)
    from simulator.plots import save_backcast

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / TABLE, folder / "backcast.md"]
        table = found.table.round(4)  # as the file says it, so that the page can be made again from it
        paths[0].write_text(csv(table), encoding="utf-8")
        paths[1].write_text(page(table, found.calibration, found.countries), encoding="utf-8")
        drawn = save_backcast(table, found.countries, folder)
        for warning in drawn.warnings():
            say(f"warning: {warning}")
        return paths + drawn.paths


def read_table(path: Path) -> pd.DataFrame:
    """A table that ``write`` wrote: texts are texts again, ``holds`` is True, False or None. Raises ``FileError``."""
    try:
        table = from_csv(path, TEXTS, [column for column in COLUMNS if column not in TEXTS])
    except (OSError, ValueError) as error:
        raise FileError(f"{path} is no table of a backcast: {error}") from error
    said = {"True": True, "False": False}
    for column in ("holds", "null_holds"):
        table[column] = [said.get(value) for value in table[column]]
    return table


def sealed_table(folder: Path) -> pd.DataFrame:
    """The table that ``run_backcast`` has left in a folder. Raises ``FileError`` for another, or if it was changed."""
    try:
        return read_table(sealed_file(folder, TABLE, FORMAT))
    except FileError as error:
        raise FileError(f"the backcast in {folder} cannot be used: {error}; run `simulator backcast` again") from error


def _check_known(kind: str, asked: Sequence[object], known: Sequence[object]) -> None:
    names = ", ".join(map(str, known))
    problems = [
        Problem(f"the backcast has no {kind} {item}", help=f"known: {names}") for item in asked if item not in known
    ]
    if problems:
        raise InputError(problems)
