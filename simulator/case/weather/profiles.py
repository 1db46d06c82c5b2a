"""A user's own hourly profiles, from CSV or netCDF.

A file covers one year of 365 days, every hour once. Zones are those of the system; items are ``load`` and the groups of
variable technologies, such as ``wind`` and ``solar``. Wind and sun are per unit of capacity (0 to 1); load is in any
unit, as only its shape counts.

*CSV* (``files/sheet.py``): a column ``time`` (ISO stamps that carry their UTC offset) or ``hour`` (0 to 8759, counted
at UTC+5), and one column per series, named ``ZONE:item``. *netCDF*: a dimension ``time`` (UTC, as the CF conventions
say) or ``hour``, and variables named ``ZONE:item``, or ``item`` over ``zone``, or any name over ``zone`` and
``technology``; in the last, a series of NaN alone is one not given.

Stamps are moved to UTC+5. They are one calendar year by the clock of some time zone; a year that starts in another zone
wraps around New Year: its last hours become the first. The 29th of February, as counted at UTC+5, must be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.case.messages import nearest
from simulator.case.time.calendar import FIRST_DAY_OF_MONTH, HOURS
from simulator.errors import FileError, InputError, Problem, warn
from simulator.files import Unreadable
from simulator.files.sheet import read_sheet
from simulator.files.text import LINE_BREAK, decode
from simulator.inputs.validation import number_advice

if TYPE_CHECKING:
    import xarray as xr

AHEAD = np.timedelta64(5, "h")
"""From UTC to the clock of the profiles."""
CLOCKS = np.arange(-12, 15).astype("timedelta64[h]")
"""From UTC to the clocks of the earth."""
YEARS = range(1900, 2201)
"""Years of which there may be hourly data."""
CALENDARS = {"standard", "gregorian", "proleptic_gregorian", "noleap", "365_day"}
"""Calendars of netCDF whose days are those of a year of 365 days, 29 February apart."""
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
    except Unreadable as error:
        raise unreadable(path.name, error) from error
    return checked_profiles(table, zones, items)


def unreadable(file: str, error: Unreadable) -> InputError:
    """The same about a file of that name."""
    return InputError([Problem(error.message, file=file, line=error.line, column=error.column, help=error.help)])


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
    sheet = read_sheet(LINE_BREAK.split(decode(path.read_bytes())))
    table.line = sheet.lines
    clocks = [name for name in ("time", "hour") if name in sheet.names]
    if len(clocks) != 1:
        text = "both a column `time` and a column `hour`" if clocks else "no column `time` or `hour`"
        table.add(text, "keep one of them" if clocks else f"its columns are {', '.join(sheet.names)[:100] or 'none'}")
    for name in sorted({name for name in sheet.names if sheet.names.count(name) > 1}):
        table.add(f"column {name!r} is given twice", "keep one of them")
    if sheet.flaws:
        flaw = sheet.flaws[0]
        message = flaw.message + _and_more(len(sheet.flaws))
        table.problems.append(Problem(message, file=table.file, line=flaw.line, help=flaw.help))
    if table.problems:
        return
    series = {name: place for place, name in enumerate(sheet.names) if name != clocks[0]}
    clock = sheet.column(sheet.names.index(clocks[0]))
    table.hour = _hours_of_stamps(clock, table) if clocks == ["time"] else _hours_of_count(clock, table)
    plain = sheet.plain_numbers(series.values())
    table.series = {name: read_numbers(name, sheet.column(place), table, plain) for name, place in series.items()}


def read_numbers(
    name: str, cells: Sequence[str], table: HourTable, plain: Callable[[str], str] = lambda cell: cell
) -> np.ndarray:
    """Cells as numbers; the first that is none is reported, with how many there are. ``plain`` as ``Sheet`` has it."""
    values, bad = np.zeros(len(cells)), []
    for row, cell in enumerate(cells):
        try:
            number = plain(cell)
            values[row] = float(number)
        except (ValueError, Unreadable):
            bad.append(row)
            continue
        if "_" in number:  # Python reads 1_000 as a number; no other tool does
            bad.append(row)
    if bad:
        cell = cells[bad[0]].strip()
        text = f"series {name!r}: {cell[:40]!r} is not a number"
        table.add(text + _and_more(len(bad)), _advice(cell, plain), bad[0])
    return values


def _advice(cell: str, plain: Callable[[str], str]) -> str:
    """What to write for a cell that is no number."""
    try:
        return number_advice(plain(cell)) if cell else "fill the gap with a number"
    except Unreadable as error:
        return f"{error.message}: {error.help}"


def _hours_of_count(cells: Sequence[str], table: HourTable) -> np.ndarray:
    result = np.full(len(cells), -1)
    for row, cell in enumerate(cells):
        count = cell.strip()
        if not (count.isdecimal() and len(count) <= len(str(HOURS)) and int(count) < HOURS):
            table.add(f"hour {count[:40]!r} is not a whole number from 0 to {HOURS - 1}", "count from 0", row)
            break
        result[row] = int(count)
    return result


def _hours_of_stamps(cells: Sequence[str], table: HourTable) -> np.ndarray:
    """Hour of the year of ISO stamps with offset; the first wrong stamp is reported."""
    stamps = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[m]")
    for row, cell in enumerate(cells):
        try:
            stamp = datetime.fromisoformat(cell.strip())
        except ValueError:
            table.add(f"{cell.strip()[:40]!r} is not a time", "write 2023-01-01T00:00+05:00", row)
            break
        if stamp.tzinfo is None:
            help = "write the offset, such as 2023-01-01T00:00+05:00, or use a column `hour`"
            table.add(f"time {cell.strip()!r} does not say its time zone", help, row)
            break
        if stamp.year not in YEARS:
            table.add(*_no_such_year(stamp.year), row)
            break
        if stamp.second or stamp.microsecond:
            table.add(f"{stamp.isoformat()} is not a full hour", FULL_HOURS, row)
            break
        stamps[row] = stamp.astimezone(UTC).replace(tzinfo=None)
    return _hours_of_utc(stamps, table)


FULL_HOURS = "give hourly values that begin at full hours UTC+5"


def _no_such_year(year: int) -> tuple[str, str]:
    return f"the year {year} is not one of hourly data", f"stamps lie between {YEARS[0]} and {YEARS[-1]}"


def _hours_of_utc(stamps: np.ndarray, table: HourTable) -> np.ndarray:
    """Hour of the year of UTC stamps (minutes), -1 where there is none; the first that is wrong is reported.

    Missing stamps have been reported.
    """
    local = stamps + AHEAD
    hour, ordinary = hour_of_year(local)
    known = ~np.isnat(stamps)
    part = known & (local != local.astype("datetime64[h]"))
    if part.any():
        row = int(np.argmax(part))
        table.add(f"{local[row]}+05:00 is not a full hour", FULL_HOURS, row)
    if (known & ~ordinary).any():
        row = int(np.argmax(known & ~ordinary))
        table.add(f"{local[row]}+05:00 lies on 29 February", "leave out that day, as counted at UTC+5", row)
    if known.any():
        _check_one_year(stamps, known, table)
    return np.where(known & ordinary & ~part, hour, -1)


def hour_of_year(local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hour of a year of 365 days of stamps, and whether there is one: not on 29 February, and not for a missing stamp.

    >>> hour_of_year(np.array(["2024-03-01T05", "2024-02-29T05"], dtype="datetime64[h]"))
    (array([1421, 1421]), array([ True, False]))
    """
    known = ~np.isnat(local)
    local = np.where(known, local, np.datetime64("2000-01-01", "h")).astype("datetime64[h]")
    date, first = local.astype("datetime64[D]"), local.astype("datetime64[M]")
    month, day = first.astype(int) % 12, (date - first).astype(int)
    hour = (FIRST_DAY_OF_MONTH[month] + day) * 24 + (local - date).astype(int)
    return hour, known & ~((month == 1) & (day == 28))


def _check_one_year(stamps: np.ndarray, known: np.ndarray, table: HourTable) -> None:
    """All stamps lie in one calendar year by the clock of some time zone."""
    first, last = stamps[known].min(), stamps[known].max()
    if np.any((first + CLOCKS).astype("datetime64[Y]") == (last + CLOCKS).astype("datetime64[Y]")):
        return
    years = (stamps + AHEAD).astype("datetime64[Y]")
    row = int(np.argmax(known & (years != years[known][0])))
    names = ", ".join(map(str, np.unique(years[known])[:5]))
    table.add(f"the file has hours of several years: {names}", "give one year, every hour once", row)


# ------------------------------------------------------------------------------------------------ netCDF


def _read_netcdf(path: Path, table: HourTable) -> None:
    from simulator.files.netcdf import read_netcdf  # here, because CSV does without

    data = read_netcdf(path)
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
        elif variable.dtype.kind not in "iuf":
            table.add(f"variable {name!r} does not contain numbers")
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
    nowhere = np.full(labels.size, -1)
    if clock == "hour":
        if labels.dtype.kind not in "iuf":
            table.add("the coordinate `hour` does not contain numbers", f"count the hours from 0 to {HOURS - 1}")
            return nowhere
        return _hours_of_count([f"{label:.15g}" for label in labels.values.tolist()], table)
    try:
        stamps = utc_minutes(labels)
    except Unreadable as error:
        table.add(error.message, error.help)
        return nowhere
    return _hours_of_utc(stamps, table)


def utc_minutes(labels: xr.DataArray) -> np.ndarray:
    """UTC stamps of a time coordinate, rounded to minutes. Raises ``Unreadable`` for what is no date of 365 days."""
    if labels.dtype.kind not in "MO" or (labels.dtype.kind == "O" and not hasattr(labels.dt, "calendar")):
        help = 'give it units, such as "hours since 2023-01-01"'
        raise Unreadable(f"the coordinate `{labels.name}` has no dates", help)
    if (calendar := labels.dt.calendar) not in CALENDARS:
        help = 'convert it to the calendar "standard" or "noleap", for instance with xarray\'s convert_calendar'
        raise Unreadable(f"the calendar of `{labels.name}` is {calendar!r}, whose days are not those of a year", help)
    years = labels.dt.year.values
    wrong = ~((years >= YEARS[0]) & (years <= YEARS[-1]))
    if wrong.any():
        if labels.isnull().any():
            raise Unreadable(f"the coordinate `{labels.name}` has gaps", "give the time of every value")
        raise Unreadable(*_no_such_year(int(years[np.argmax(wrong)])))
    if labels.dtype.kind == "M":
        seconds = labels.values
    else:  # calendars of their own come as objects
        seconds = np.array([stamp.isoformat() for stamp in labels.values], dtype="datetime64[us]")
    return np.asarray((seconds + np.timedelta64(30, "s")).astype("datetime64[m]"))


# ------------------------------------------------------------------------------------------------ checks


def _check_hours(table: HourTable) -> None:
    """Every hour of the year once."""
    if len(table.hour) != HOURS:
        table.add(f"{len(table.hour)} hours instead of {HOURS}", "give 365 days of 24 hours, every hour once")
    times = np.bincount(table.hour.astype(int), minlength=HOURS)
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
    elif values.size and values.max() == 0:
        if item == "load":
            table.add(f"series {name!r}: the load is zero all year")
        else:
            warn(Problem(f"series {name!r}: the output is zero all year", file=table.file))
