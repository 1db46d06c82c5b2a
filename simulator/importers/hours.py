"""What all importers share: names of files, lines of text, and the hours of one year.

Stamps are UTC. The year is that of the stamps at UTC+5 if the file has all its hours, otherwise that of UTC, whose
last five hours then become the first. Of several years, the only whole one is taken; otherwise one must be named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import xarray as xr

from simulator.case.time.calendar import HOURS
from simulator.case.weather.profiles import AHEAD, HourTable, checked_profiles, hour_of_year, unreadable, utc_minutes
from simulator.case.weather.sun import check_sun
from simulator.errors import FileError, InputError, Problem
from simulator.files import Unreadable, netcdf
from simulator.files.text import LINE_BREAK, decode

Profiles = dict[tuple[str, str], np.ndarray]
"""(zone, item) → 8760 values."""
T = TypeVar("T")
BEGINS, ENDS = np.timedelta64(0, "h"), np.timedelta64(-1, "h")
"""From the stamp of an hour to its beginning, where the stamp begins or ends it."""
MAX_BYTES = 1024**3
LOWEST, LARGEST = -0.01, 1.2
"""Output per unit of capacity between these is cut to 0 and 1 (a cold clear noon); what is beyond will be refused."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of files beside their content."""

    year: int | None = None
    labels: str = ""
    """Whether stamps are the ``beginning`` or the ``end`` of an hour of sun; "" where the format says so."""
    longitudes: Mapping[str, float] = field(default_factory=dict)
    """Zone → degrees east, for files that do not say where they are."""


@dataclass(frozen=True)
class WeatherFile:
    """A file and what it is to be called."""

    name: str
    path: Path

    @classmethod
    def parse(cls, text: str) -> WeatherFile:
        """From ``NAME=PATH`` or a path.

        >>> WeatherFile.parse("NORTH:wind=a=b.csv").name
        'NORTH:wind'
        """
        name, equals, path = text.partition("=")
        return cls(name, Path(path)) if equals else cls("", Path(text))

    def expect(self, form: str) -> None:
        """Refuse a name that is not of the form ``ZONE:item``, ``ZONE``, ``item`` or nothing. Raises ``InputError``."""
        parts = self.name.split(":")
        fits = not self.name if not form else len(parts) == len(form.split(":")) and all(parts)
        if not fits:
            wanted = f"{form}={self.path.name}" if form else self.path.name
            raise self.problem(f"the file is called {self.name!r}", help=f"write {wanted}")

    def read(self, reader: Callable[[Path], T]) -> T:
        """What ``reader`` makes of the file. Raises ``FileError`` and ``InputError``."""
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise self.problem(f"the file is larger than {MAX_BYTES // 1024**2} MB")
            return reader(self.path)
        except Unreadable as error:
            raise unreadable(self.path.name, error) from error
        except OSError as error:
            raise FileError(f"cannot read {self.path}: {error.strerror or error}") from error

    def problem(self, message: str, line: int = 0, help: str = "") -> InputError:
        """An error at a line of this file."""
        return InputError([Problem(message, file=self.path.name, line=line, help=help)])


def read_lines(source: WeatherFile) -> list[str]:
    """Lines of a text file. Raises ``FileError`` and ``InputError``."""
    return source.read(lambda path: LINE_BREAK.split(decode(path.read_bytes())))


def read_netcdf(source: WeatherFile) -> list[xr.Dataset]:
    """A netCDF file in memory, or those of a zip archive. Raises ``FileError`` and ``InputError``."""
    return source.read(netcdf.read_all)


def stamps_of(source: WeatherFile, data: xr.Dataset | xr.DataArray) -> np.ndarray:
    """UTC stamps of the dimension ``time``. Raises ``InputError``."""
    if "time" not in data.coords:
        raise source.problem("the dimension `time` has no dates", help="give it a coordinate with units")
    try:
        return utc_minutes(data["time"])
    except Unreadable as error:
        raise unreadable(source.path.name, error) from error


def limited(output: np.ndarray) -> np.ndarray:
    """Output per unit of capacity with small excesses cut; large ones and missing values stay, to be refused."""
    return np.where((output >= LOWEST) & (output <= LARGEST), np.clip(output, 0, 1), output)


def in_ordinary_year(stamps: np.ndarray) -> np.ndarray:
    """Stamps of a typical year, whose months come from several years, moved to a year without 29 February.

    >>> in_ordinary_year(np.array(["2008-03-01T00:00"], dtype="datetime64[m]")).tolist()
    [datetime.datetime(2023, 3, 1, 0, 0)]
    """
    month = stamps.astype("datetime64[M]")
    first_of_month = np.datetime64("2023-01", "M") + month.astype(int) % 12
    return np.asarray(first_of_month.astype(stamps.dtype) + (stamps - month.astype(stamps.dtype)))


def one_year(
    source: WeatherFile,
    stamps: np.ndarray,
    series: Mapping[str, np.ndarray],
    wanted: Wanted,
    lines: Sequence[int] = (),
    shift: np.timedelta64 = BEGINS,
    longitude: float | None = None,
) -> Profiles:
    """The hours of one year in order.

    ``stamps``: (n) UTC, which plus ``shift`` lie in the hours of the values; ``series``: ``ZONE:item`` → (n);
    ``lines``: (n) lines of a text file; ``longitude``: where the file says it is. Raises ``InputError``: no such year,
    several years, missing or double hours, values out of range, sun by night.
    """
    local = (stamps + shift + AHEAD).astype("datetime64[h]")
    hour, ordinary = hour_of_year(local)
    rows = ordinary & _rows_of_year(source, stamps, local, ordinary, wanted.year)
    kept = [line for line, row in zip(lines, rows, strict=True) if row] if lines else ()
    chosen = {name: values[rows] for name, values in series.items()}
    found = checked_profiles(HourTable(source.path.name, hour[rows], kept, chosen))
    places = wanted.longitudes if longitude is None else {zone: longitude for zone, _ in found}
    check_sun(found, places, source.path.name)
    return found


def _rows_of_year(
    source: WeatherFile, stamps: np.ndarray, local: np.ndarray, ordinary: np.ndarray, year: int | None
) -> np.ndarray:
    """Which rows belong to the year asked for, or to the only one there is."""
    utc_years, local_years = (times.astype("datetime64[Y]").astype(int) + 1970 for times in (stamps, local))
    known = sorted({int(y) for y in utc_years})
    if year is None:
        clocks = (utc_years, local_years)
        whole = [y for y in known if any(np.count_nonzero(ordinary & (years == y)) >= HOURS for years in clocks)]
        if len(known) > 1 and len(whole) != 1:
            names = ", ".join(map(str, known))
            help = f"choose one, such as --year {(whole or known)[-1]}"
            raise source.problem(f"the file has hours of {names}", help=help)
        year = (whole or known or [0])[0]
    elif year not in known:
        raise source.problem(f"the file has no hour of {year}", help=f"it has {', '.join(map(str, known))}")
    rows: np.ndarray = local_years == year
    return rows if np.count_nonzero(rows & ordinary) >= HOURS else utc_years == year


def number_of(source: WeatherFile, text: str, what: str, line: int) -> float:
    """A number of the header. Raises ``InputError`` at its line."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise source.problem(f"{what}: {text.strip()!r} is not a number", line)
    return value
