"""A user's own hourly profiles, from CSV or netCDF.

CSV: a column ``time`` with ISO time stamps that carry their UTC offset (or ``hour`` counting 0 to 8759 at UTC+5), and
one column per zone and item named ``ZONE:load``, ``ZONE:wind``, ``ZONE:solar``. netCDF: one variable per such name, or
variables ``load``, ``wind``, ``solar`` over dimensions ``zone`` and ``time`` (or ``hour``). Wind and sun are per unit
of capacity; load in any unit, as only its shape counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from simulator.case.changes import nearest
from simulator.errors import FileError, InputError, Problem

HOURS = 8760
CLOCK = "Etc/GMT-5"
"""UTC+5: the sign is reversed in this name."""


def read_profiles(path: Path, zones: tuple[str, ...], items: tuple[str, ...]) -> dict[tuple[str, str], np.ndarray]:
    """(zone, item) → 8760 hourly values from 1 January, UTC+5.

    Raises ``FileError`` when the file cannot be read and ``InputError`` with every problem of its content: length,
    gaps, double or unordered hours, time zone, unknown names, values that are not numbers or out of range.
    """
    table = _read_netcdf(path) if path.suffix in (".nc", ".nc4") else _read_csv(path)
    problems: list[Problem] = []
    table = _on_clock(table, path.name, problems)
    profiles = {}
    for column in table.columns:
        zone, _, item = str(column).partition(":")
        if zone not in zones:
            problems.append(_problem(path, f"column {column!r}: unknown zone {zone!r}", nearest(zone, zones)))
        elif item not in items:
            problems.append(_problem(path, f"column {column!r}: unknown item {item!r}", nearest(item, items)))
        else:
            profiles[zone, item] = _values(table[column], path, item, problems)
    if problems:
        raise InputError(problems)
    return profiles


def _problem(path: Path, message: str, help: str = "", line: int = 0) -> Problem:
    return Problem(message, file=path.name, line=line, help=help)


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, encoding="utf-8")
    except OSError as error:
        raise FileError(f"cannot read the profiles {path.name}: {error.strerror}") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError([_problem(path, f"not a CSV table in UTF-8: {error}")]) from error


def _read_netcdf(path: Path) -> pd.DataFrame:
    try:
        with xr.open_dataset(path, engine="netcdf4") as data:
            data.load()
    except OSError as error:
        raise FileError(f"cannot read the profiles {path.name}: {error}") from error
    clock = "time" if "time" in data.dims else "hour"
    if clock not in data.dims:
        raise InputError([_problem(path, "no dimension `time` or `hour`", "name the time dimension so")])
    columns: dict[str, Any] = {clock: data[clock].values if clock in data.coords else np.arange(data.sizes[clock])}
    for name, variable in data.data_vars.items():
        if "zone" in variable.dims:
            for zone in variable["zone"].values:
                columns[f"{zone}:{name}"] = variable.sel(zone=zone).transpose(clock).values
        elif variable.dims == (clock,):
            columns[str(name)] = variable.values
    table = pd.DataFrame(columns)
    if clock == "time":  # netCDF times are UTC by convention
        table["time"] = pd.to_datetime(table["time"], utc=True).astype(str)
    return table


def _on_clock(table: pd.DataFrame, name: str, problems: list[Problem]) -> pd.DataFrame:
    """The table sorted by hour of the year at UTC+5, without its time column; problems of time are recorded."""
    if len(table) != HOURS:
        problems.append(Problem(
            f"{len(table)} hours instead of {HOURS}", file=name,
            help="give 365 days of 24 hours: leave out 29 February, fill missing hours",
        ))  # fmt: skip
    if "hour" in table:
        hour = pd.to_numeric(table["hour"], errors="coerce").to_numpy()
        rest = table.drop(columns="hour")
    elif "time" in table:
        hour = _hour_of_time(table["time"], name, problems)
        rest = table.drop(columns="time")
    else:
        problems.append(Problem("no column `time` or `hour`", file=name, help="the first column gives the time"))
        return table
    if len(table) == HOURS and not problems:
        wrong = np.flatnonzero(hour != np.arange(HOURS))
        if wrong.size:
            row = int(wrong[0])
            problems.append(Problem(
                f"hour {row} of the year is missing, doubled or out of order", file=name, line=row + 2,
                help="give every hour once, in order from 1 January 00:00 at UTC+5",
            ))  # fmt: skip
    return rest


def _hour_of_time(time: pd.Series, name: str, problems: list[Problem]) -> np.ndarray:
    text = time.astype(str)
    naive = ~text.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True)
    if naive.any():
        row = int(np.flatnonzero(naive)[0])
        problems.append(Problem(
            f"time {text.iloc[row]!r} does not say its time zone", file=name, line=row + 2,
            help="write the offset, such as 2023-01-01T00:00+05:00, or use a column `hour`",
        ))  # fmt: skip
        return np.zeros(len(time))
    stamps = pd.to_datetime(text, utc=True, errors="coerce")
    if stamps.isna().any():
        row = int(np.flatnonzero(stamps.isna())[0])
        problems.append(Problem(f"{text.iloc[row]!r} is not a time", file=name, line=row + 2))
        return np.zeros(len(time))
    local = stamps.dt.tz_convert(CLOCK)
    return np.asarray((local - pd.Timestamp(f"{local.dt.year.iloc[0]}-01-01", tz=CLOCK)) / pd.Timedelta("1h"))


def _values(column: pd.Series, path: Path, item: str, problems: list[Problem]) -> np.ndarray:
    values = pd.to_numeric(column, errors="coerce").to_numpy(float)
    bad = np.flatnonzero(~np.isfinite(values))
    high = np.inf if item == "load" else 1.0
    if bad.size:
        row = int(bad[0])
        text = f"column {column.name!r}: {column.iloc[row]!r} is not a number ({bad.size} such values)"
        problems.append(_problem(path, text, line=row + 2))
        return values
    outside = np.flatnonzero((values < 0) | (values > high))
    if outside.size:
        row = int(outside[0])
        limit = "0 or more" if item == "load" else "between 0 and 1 (per unit of capacity, not percent or MW)"
        text = f"column {column.name!r}: {values[row]:g} is out of range ({outside.size} such values)"
        problems.append(_problem(path, text, f"values must be {limit}", row + 2))
    elif item == "load" and values.size and values.max() == 0:
        problems.append(_problem(path, f"column {column.name!r}: the load is zero all year"))
    return values
