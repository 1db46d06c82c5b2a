"""A user's own hourly profiles, from CSV or netCDF.

A file covers one year of 365 days, every hour once. Zones are those of the system; items are ``load`` and the groups of
variable technologies, such as ``wind`` and ``solar``. Wind and sun are per unit of capacity (0 to 1); load is in any
unit, as only its shape counts.

*CSV*: UTF-8 with commas; a column ``time`` (ISO stamps that carry their UTC offset) or ``hour`` (0 to 8759, counted at
UTC+5), and one column per series, named ``ZONE:item``. *netCDF*: a dimension ``time`` (UTC, as the CF conventions say)
or ``hour``, and variables named ``ZONE:item``, or ``item`` over ``zone``, or any name over ``zone`` and ``technology``;
in the last, a series of NaN alone is one not given.

Stamps are moved to UTC+5. A year that starts in another time zone wraps around New Year: its last hours become the
first. The 29th of February, as counted at UTC+5, must be left out.
"""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.case.messages import nearest
from simulator.case.time.calendar import FIRST_DAY_OF_MONTH, HOURS
from simulator.errors import FileError, InputError, Problem

if TYPE_CHECKING:
    import xarray as xr

CLOCK = timezone(timedelta(hours=5))
MAX_BYTES = 256 * 1024 * 1024


@dataclass
class HourTable:
    """A file as read, here or by an importer: hour of the year and line of every row, and series in their order."""

    file: str
    hour: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    """-1 where the time is wrong and has been reported."""
    line: Sequence[int] = ()
    """Empty for netCDF."""
    series: dict[str, np.ndarray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, message: str, help: str = "", row: int | None = None) -> None:
        """Record a problem, at the line of a row when there is one."""
        line = self.line[row] if row is not None and len(self.line) else 0
        self.problems.append(Problem(message, file=self.file, line=line, help=help))


def read_profiles(
    path: Path, zones: Sequence[str] | None = None, items: Sequence[str] | None = None
) -> dict[tuple[str, str], np.ndarray]:
    """(zone, item) → 8760 hourly values from 1 January, UTC+5, hour beginning.

    Without ``zones`` or ``items`` any name will do. Raises ``FileError`` when the file cannot be read and
    ``InputError`` with every problem of its content: length, gaps, double hours, time zone, unknown names, values that
    are not numbers or out of range.
    """
    table = HourTable(path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError([Problem(f"the file is larger than {MAX_BYTES // 1024**2} MB", file=path.name)])
        (_read_netcdf if path.suffix.lower() in (".nc", ".nc4") else _read_csv)(path, table)
    except OSError as error:
        raise FileError(f"cannot read the profiles {path.name}: {error.strerror or error}") from error
    return checked_profiles(table, zones, items)


def checked_profiles(
    table: HourTable, zones: Sequence[str] | None = None, items: Sequence[str] | None = None
) -> dict[tuple[str, str], np.ndarray]:
    """(zone, item) → 8760 values of a table, in the order of the hours. Raises ``InputError`` with every problem."""
    if not table.problems:
        _check_hours(table)
    order = np.argsort(table.hour, kind="stable")
    profiles = {}
    for column, values in table.series.items():
        zone, colon, item = column.partition(":")
        if not colon:
            table.add(f"series {column!r} names no item", "name columns ZONE:item, such as NORTH:wind")
        elif zones is not None and zone not in zones:
            table.add(f"series {column!r}: unknown zone {zone!r}", nearest(zone, zones))
        elif items is not None and item not in items:
            table.add(f"series {column!r}: unknown item {item!r}", nearest(item, items))
        else:
            _check_values(column, item, values, table)
            profiles[zone, item] = values[order]
    if not table.series and not table.problems:
        table.add("the file has no series", "name columns ZONE:item, such as NORTH:wind")
    if table.problems:
        raise InputError(table.problems)
    return profiles


# --------------------------------------------------------------------------------------------------- CSV


def _read_csv(path: Path, table: HourTable) -> None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            rows = [(reader.line_num, cells) for cells in reader if cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Problem(f"not a CSV table in UTF-8: {error}", file=path.name)]) from error
    table.line = [line for line, _ in rows]
    clocks = [name for name in ("time", "hour") if name in header]
    if len(clocks) != 1:
        text = "no column `time` or `hour`" if not clocks else "both a column `time` and a column `hour`"
        help = "separate columns by commas" if any(";" in name or "\t" in name for name in header) else "give one"
        table.add(text, help)
    for name in sorted({name for name in header if header.count(name) > 1}):
        table.add(f"column {name!r} is given twice", "keep one of them")
    for row, (_, cells) in enumerate(rows):
        if len(cells) != len(header):
            table.add(f"the row has {len(cells)} cells, the header has {len(header)}", "write a point in decimals", row)
            break
    if table.problems:
        return
    columns = dict(zip(header, zip(*(cells for _, cells in rows), strict=True), strict=True)) if rows else {}
    clock = columns.pop(clocks[0], ())
    table.hour = _hours_of_stamps(clock, table) if clocks == ["time"] else _hours_of_count(clock, table)
    table.series = {name: read_numbers(name, cells, table) for name, cells in columns.items()}


def read_numbers(name: str, cells: Sequence[str], table: HourTable) -> np.ndarray:
    """Cells as numbers; the first that is none is reported, with how many there are."""
    values, bad = np.zeros(len(cells)), []
    for row, cell in enumerate(cells):
        try:
            values[row] = float(cell)
        except ValueError:
            bad.append(row)
            continue
        if "_" in cell:  # Python reads 1_000 as a number; no other tool does
            bad.append(row)
    if bad:
        text = f"series {name!r}: {cells[bad[0]].strip()!r} is not a number"
        table.add(text + _and_more(len(bad)), "fill the gap with a number", bad[0])
    return values


def _hours_of_count(cells: Sequence[str], table: HourTable) -> np.ndarray:
    result = np.full(len(cells), -1)
    for row, cell in enumerate(cells):
        if not (cell.strip().isdecimal() and int(cell) < HOURS):
            table.add(f"hour {cell.strip()!r} is not a whole number from 0 to {HOURS - 1}", "count from 0", row)
            break
        result[row] = int(cell)
    return result


def _hours_of_stamps(cells: Sequence[str], table: HourTable) -> np.ndarray:
    """Hour of the year of ISO stamps with offset; the first wrong stamp is reported."""
    result = np.full(len(cells), -1)
    for row, cell in enumerate(cells):
        try:
            stamp = datetime.fromisoformat(cell.strip())
        except ValueError:
            table.add(f"{cell.strip()!r} is not a time", "write 2023-01-01T00:00+05:00", row)
            break
        if stamp.tzinfo is None:
            help = "write the offset, such as 2023-01-01T00:00+05:00, or use a column `hour`"
            table.add(f"time {cell.strip()!r} does not say its time zone", help, row)
            break
        result[row] = _hour_of_year(stamp.astimezone(CLOCK), table, row)
        if result[row] < 0:
            break
    return result


def _hour_of_year(stamp: datetime, table: HourTable, row: int) -> int:
    """Hour of a year of 365 days; -1 and a problem when there is none."""
    if (stamp.minute, stamp.second, stamp.microsecond) != (0, 0, 0):
        table.add(f"{stamp.isoformat()} is not a full hour", "give hourly values that begin at full hours UTC+5", row)
    elif (stamp.month, stamp.day) == (2, 29):
        table.add(f"{stamp.isoformat()} lies on 29 February", "leave out that day, as counted at UTC+5", row)
    else:
        return int((FIRST_DAY_OF_MONTH[stamp.month - 1] + stamp.day - 1) * 24 + stamp.hour)
    return -1


# ------------------------------------------------------------------------------------------------ netCDF


def _read_netcdf(path: Path, table: HourTable) -> None:
    import xarray as xr  # here, because CSV does without

    try:
        with xr.open_dataset(path, engine="netcdf4") as data:
            data.load()
    except ValueError as error:
        raise InputError([Problem(f"not a netCDF file that can be decoded: {error}", file=path.name)]) from error
    clocks = [name for name in ("time", "hour") if name in data.dims]
    if len(clocks) != 1:
        table.add("needs one dimension `time` or `hour`", f"its dimensions are {', '.join(map(str, data.dims))}")
        return
    clock = clocks[0]
    unlabelled = [dim for dim in (clock, "zone", "technology") if dim in data.dims and dim not in data.coords]
    for dim in unlabelled:
        table.add(f"dimension `{dim}` has no labels", f"add a coordinate variable `{dim}`")
    if unlabelled:
        return
    layouts: tuple[set[Hashable], ...] = ({clock}, {clock, "zone"}, {clock, "zone", "technology"})
    for name, variable in data.data_vars.items():
        if set(variable.dims) not in layouts:
            help = f"series lie over {clock}, over zone and {clock}, or over zone, technology and {clock}"
            table.add(f"variable {name!r} has dimensions {', '.join(map(str, variable.dims))}", help)
        elif not np.issubdtype(variable.dtype, np.number):
            table.add(f"variable {name!r} does not hold numbers")
        else:
            for label, values in _series(str(name), variable, clock):
                if label in table.series:
                    table.add(f"series {label!r} is given twice", "keep one of them")
                table.series[label] = values
    table.hour = _hours_of_coordinate(clock, data[clock], table)


def _series(name: str, variable: xr.DataArray, clock: str) -> Iterator[tuple[str, np.ndarray]]:
    """``ZONE:item`` and values of every series in a variable."""
    if "zone" not in variable.dims:
        yield name, variable.values.astype(float)
        return
    for z, zone in enumerate(variable["zone"].values):
        part = variable.isel(zone=z)
        if "technology" not in part.dims:
            yield f"{zone}:{name}", part.values.astype(float)
            continue
        for values, technology in zip(
            part.transpose("technology", clock).values, part["technology"].values, strict=True
        ):
            if not np.isnan(values).all():
                yield f"{zone}:{technology}", values.astype(float)


def _hours_of_coordinate(clock: str, labels: xr.DataArray, table: HourTable) -> np.ndarray:
    if clock == "hour":
        return _hours_of_count([f"{label:g}" for label in labels.values.tolist()], table)
    if labels.dtype.kind not in "MO":
        table.add(
            "the coordinate `time` is a plain number", 'give it units, such as "hours since 2023-01-01", or use `hour`'
        )
        return np.full(labels.size, -1)
    result = np.full(labels.size, -1)
    for row, stamp in enumerate(_utc(labels)):
        result[row] = _hour_of_year(stamp.astimezone(CLOCK), table, row)
        if result[row] < 0:
            break
    return result


def _utc(labels: xr.DataArray) -> Iterable[datetime]:
    """Stamps of a time coordinate, of any calendar that has no day Python's lacks."""
    parts = [getattr(labels.dt, part).values for part in ("year", "month", "day", "hour", "minute", "second")]
    for stamp in zip(*parts, strict=True):
        yield datetime(*map(int, stamp), tzinfo=UTC)  # type: ignore[misc,arg-type]


# ------------------------------------------------------------------------------------------------ checks


def _check_hours(table: HourTable) -> None:
    """Every hour of the year once."""
    if len(table.hour) != HOURS:
        table.add(f"{len(table.hour)} hours instead of {HOURS}", "give 365 days of 24 hours, every hour once")
    times = np.bincount(table.hour, minlength=HOURS)
    if np.any(times > 1):
        hour = int(np.argmax(times > 1))
        row = int(np.flatnonzero(table.hour == hour)[1])
        table.add(f"{_name(hour)} is given twice" + _and_more(int((times > 1).sum())), "keep one of them", row)
    if np.any(times == 0):
        hour = int(np.argmax(times == 0))
        table.add(f"{_name(hour)} is missing" + _and_more(int((times == 0).sum())), "fill the gap")


def _name(hour: int) -> str:
    return f"hour {hour} ({datetime(2023, 1, 1) + timedelta(hours=hour):%d %b %H:%M} at UTC+5)"


def _and_more(count: int) -> str:
    return f" ({count} such in all)" if count > 1 else ""


def _check_values(name: str, item: str, values: np.ndarray, table: HourTable) -> None:
    """Finite and in range; the first wrong value of a series is reported."""
    high = np.inf if item == "load" else 1.0
    bad = np.flatnonzero(~np.isfinite(values))
    outside = np.flatnonzero((values < 0) | (values > high))
    if bad.size:
        place = "" if len(table.line) else f" in position {bad[0]}"
        table.add(f"series {name!r}: {values[bad[0]]} is not a finite number{place}" + _and_more(bad.size),
                  "fill the gap with a number", int(bad[0]))  # fmt: skip
    elif outside.size:
        place = "" if len(table.line) else f" in position {outside[0]}"
        limit = "0 or more" if item == "load" else "between 0 and 1: per unit of capacity, not percent or MW"
        table.add(f"series {name!r}: {values[outside[0]]:g} is out of range{place}" + _and_more(outside.size),
                  f"values must be {limit}", int(outside[0]))  # fmt: skip
    elif item == "load" and values.size and values.max() == 0:
        table.add(f"series {name!r}: the load is zero all year")
