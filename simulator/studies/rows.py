"""The table of a study: what is kept of each run, saved at once and gathered in one dataset along ``run``.

A run leaves a row, one small compressed file, written atomically where the run was made: what
has been solved is never solved again, whoever is killed. ``gather`` moves rows into ``study.nc`` (run × region ×
indicator × year) and deletes their files once the dataset is safe on the disk. A row is found by its key, a checksum
of all that its results depend on.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis.summary import summary
from simulator.errors import FileError, disk_errors

TABLE, ROWS = "study.nc", "rows"
WHOLE = 0
"""In place of a year: a sum over the horizon, or what has no year."""
USUAL = (
    "renewable share", "counted energy", "Chinese-financed share of counted energy", "denominator", "generation",
    "curtailment", "unserved energy", "net import", "emissions", "capacity", "NEV charging", "peak load", "mean price",
    "discounted cost",
)  # fmt: skip
"""Indicators that are kept where a study names none."""


@dataclass(frozen=True)
class StudyRow:
    """What is kept of a run."""

    key: str
    name: str
    inputs: Mapping[str, float | str] = field(default_factory=dict)
    """What was varied, by name."""
    values: Sequence[tuple[str, str, int, float]] = ()
    """(region, indicator, year, value)."""
    seconds: float = float("nan")
    error: str = ""


@dataclass(frozen=True)
class KeepRow:
    """Turns results into the row of a run, where they were made, and saves it."""

    folder: Path
    key: str
    name: str
    inputs: Mapping[str, float | str]
    indicators: tuple[str, ...] = ()

    def __call__(self, results: xr.Dataset) -> StudyRow:
        row = StudyRow(self.key, self.name, self.inputs, values_of(results, self.indicators or USUAL))
        write_row(self.folder, row)
        return row


def values_of(results: xr.Dataset, indicators: Sequence[str]) -> tuple[tuple[str, str, int, float], ...]:
    """The indicators of a run as ``summary.csv`` has them, by region and year."""
    table = summary(results, indicators)
    label = table["indicator"] + np.where(table["item"] == "", "", ": " + table["item"]) + " [" + table["unit"] + "]"
    years = table["year"].fillna(WHOLE).astype(int)
    return tuple(zip(table["region"].astype(str), label, map(int, years), map(float, table["value"]), strict=True))


def write_row(folder: Path, row: StudyRow) -> None:
    """Save a row atomically. Raises ``FileError``."""
    home = folder / ROWS
    with disk_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        half = home / f".{row.key}.{os.getpid()}"
        half.write_bytes(gzip.compress(json.dumps(asdict(row)).encode(), 5, mtime=0))
        half.replace(home / f"{row.key}.json.gz")


def read_row(path: Path) -> StudyRow | None:
    """A saved row; None when the file is not one."""
    try:
        said = json.loads(gzip.decompress(path.read_bytes()))
        values = tuple((str(a), str(b), int(c), float(d)) for a, b, c, d in said.pop("values"))
        return StudyRow(**said, values=values)
    except (OSError, EOFError, ValueError, TypeError, KeyError):
        return None


class StudyTable:
    """The rows of a study in a folder."""

    def __init__(self, folder: Path, of: str = "") -> None:
        self.folder = folder
        self.of = of
        """Of what it is; a table of something else is refused, not written over. Empty: of anything."""
        self.others = 0
        """Rows of the saved table that the last ``gather`` did not return."""

    def kept(self) -> set[str]:
        """Keys of all runs that have a row which can be read."""
        found = {row.key for row in map(read_row, self._files()) if row is not None}
        data = self.load()
        return found | (set() if data is None else {str(key) for key in data["key"].values})

    def load(self) -> xr.Dataset | None:
        """The dataset as it was gathered last; None before. Raises ``FileError`` if it cannot be read."""
        path = self.folder / TABLE
        if not path.exists():
            return None
        try:
            with xr.open_dataset(path, engine="netcdf4") as data:
                found = data.load()
        except (OSError, ValueError, RuntimeError) as error:
            raise FileError(f"{path} cannot be read ({error}): move it away, and its runs are made again") from error
        if not {"value", "key"} <= found.variables.keys():
            raise FileError(f"{path} is no table of a study: move it away, or name another folder")
        other = found.attrs.get("study_of", "")
        if self.of and other and other != self.of:
            raise FileError(f"{self.folder} holds the runs of another study, {other!r}: name another folder than for "
                            f"{self.of!r}")  # fmt: skip
        return found

    def gather(self, question: str = "", order: Sequence[str] = ()) -> xr.Dataset:
        """All rows in one dataset, runs in the order of the keys in ``order``; saved, then files of rows are deleted.

        With ``order`` only the runs that it names are in what is returned, and all in what is saved.
        """
        files = self._files()
        rows = [row for row in map(read_row, files) if row is not None]  # runs of the others are made again
        before = self.load()
        data = before
        if rows or data is None:
            data = _merged(before, as_dataset(rows).assign_attrs(question=question, study_of=self.of))
            self._save(data)
            with disk_errors(self.folder):
                for file in files:
                    file.unlink(missing_ok=True)
        found = _ordered(data, order)
        self.others = data.sizes["run"] - found.sizes["run"]
        return found

    def _files(self) -> list[Path]:
        return sorted((self.folder / ROWS).glob("*.json.gz"))

    def _save(self, data: xr.Dataset) -> None:
        half = self.folder / f".{TABLE}.{os.getpid()}"
        small = {"zlib": True, "complevel": 4, "shuffle": True}
        encoding = {str(name): small for name, array in data.variables.items() if array.dtype.kind == "f"}
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                data.to_netcdf(half, engine="netcdf4", encoding=encoding)
                half.replace(self.folder / TABLE)
            except (RuntimeError, PermissionError) as error:  # how the library reports a full disk
                raise FileError(f"cannot write {self.folder / TABLE}: {error}; is the disk full?") from error
            finally:
                half.unlink(missing_ok=True)


def as_dataset(rows: Sequence[StudyRow]) -> xr.Dataset:
    """Rows as one dataset: ``value`` (run, region, indicator, year), ``input`` and ``word`` (run, name).

    >>> rows = [StudyRow("k", "one", {"x": 2.0, "w": "dry"}, [("A", "share [%]", 2030, 15.0)])]
    >>> data = as_dataset(rows)
    >>> float(data["value"].sel(run="one", region="A", year=2030).item()), data["word"].sel(run="one", name="w").item()
    (15.0, 'dry')
    """
    runs = [row.name for row in rows]
    axes = {name: _labels(value[i] for row in rows for value in row.values)
            for i, name in enumerate(("region", "indicator", "year"))}  # fmt: skip
    value = np.full((len(rows), *map(len, axes.values())), np.nan)
    place = {name: {label: i for i, label in enumerate(labels)} for name, labels in axes.items()}
    for i, row in enumerate(rows):
        for region, indicator, year, x in row.values:
            value[i, place["region"][region], place["indicator"][indicator], place["year"][year]] = x
    numbers = _labels(n for row in rows for n, v in row.inputs.items() if not isinstance(v, str))
    words = _labels(n for row in rows for n, v in row.inputs.items() if isinstance(v, str))
    texts = [[str(row.inputs.get(n, "")) for n in words] for row in rows]
    data = xr.Dataset(
        {
            "value": (("run", *axes), value),
            "input": (("run", "number"), _inputs(rows, numbers)),
            "word": (("run", "name"), np.array(texts, dtype=str).reshape(len(rows), len(words))),
        },
        {"run": runs, **axes, "number": numbers, "name": words,
         "key": ("run", [row.key for row in rows])},
    )  # fmt: skip
    return _with_text(data)


def _inputs(rows: Sequence[StudyRow], names: Sequence[Any]) -> np.ndarray:
    found = np.full((len(rows), len(names)), np.nan)
    for i, row in enumerate(rows):
        for j, name in enumerate(names):
            value = row.inputs.get(name)
            if isinstance(value, int | float):
                found[i, j] = value
    return found


def _labels(found: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(found))


def _with_text(data: xr.Dataset) -> xr.Dataset:
    """Texts as netCDF keeps them, also where there are none."""
    texts = ("run", "region", "indicator", "number", "name", "key")
    data = data.assign_coords({name: (data[name].dims, data[name].values.astype(object).astype(str))
                               for name in texts if name in data.coords})  # fmt: skip
    shape = data["word"].shape
    return data.assign(word=(("run", "name"), data["word"].values.astype(object).astype(str).reshape(shape)))


def _merged(before: xr.Dataset | None, new: xr.Dataset) -> xr.Dataset:
    """Both, where the new rows replace those of the same name."""
    if before is None or not before.sizes.get("run"):
        return new
    if not new.sizes.get("run"):
        return before
    kept = before.isel(run=np.flatnonzero(~np.isin(before["run"].values, new["run"].values)))
    if not kept.sizes["run"]:
        return new
    both = xr.concat([kept, new], "run", join="outer", fill_value={"word": "", "value": np.nan, "input": np.nan},
                     combine_attrs="drop_conflicts", data_vars="all", coords="minimal", compat="override")  # fmt: skip
    return _with_text(both.assign_attrs(new.attrs))


def _ordered(data: xr.Dataset, order: Sequence[str]) -> xr.Dataset:
    if not order:
        return data
    place = {str(key): i for i, key in enumerate(data["key"].values)}
    return data.isel(run=[place[key] for key in order if key in place])


def table_of(data: xr.Dataset) -> pd.DataFrame:
    """Inputs of each run side by side, for ``runs.csv``."""
    numbers = pd.DataFrame(data["input"].values, columns=data["number"].values.astype(str))
    words = pd.DataFrame(data["word"].values, columns=data["name"].values.astype(str))
    return pd.concat([pd.DataFrame({"run": data["run"].values}), words, numbers], axis=1)
