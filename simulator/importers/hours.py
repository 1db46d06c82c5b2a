"""What all importers share: names of files, lines of text, and the hours of one year.

Stamps are UTC. The year is that of the stamps at UTC+5 if the file holds all its hours, otherwise that of UTC, whose
last five hours then become the first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from simulator.case.time.calendar import FIRST_DAY_OF_MONTH, HOURS
from simulator.case.weather.profiles import HourTable, checked_profiles
from simulator.errors import FileError, InputError, Problem

Profiles = dict[tuple[str, str], np.ndarray]
"""(zone, item) → 8760 values."""
AHEAD = np.timedelta64(5, "h")
BEGINS, ENDS = np.timedelta64(0, "h"), np.timedelta64(-1, "h")
"""From the stamp of an hour to its beginning, where the stamp begins or ends it."""
MAX_BYTES = 1024**3
LOWEST, LARGEST = -0.01, 1.2
"""Output per unit of capacity between these is cut to 0 and 1 (a cold clear noon); what is beyond will be refused."""


@dataclass(frozen=True)
class Source:
    """A file and what it is to be called."""

    name: str
    path: Path

    @classmethod
    def parse(cls, text: str) -> Source:
        """From ``NAME=PATH`` or a path.

        >>> Source.parse("NORTH:wind=a=b.csv").name
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

    def problem(self, message: str, line: int = 0, help: str = "") -> InputError:
        """An error at a line of this file."""
        return InputError([Problem(message, file=self.path.name, line=line, help=help)])


def read_lines(source: Source) -> list[str]:
    """Lines of a text file. Raises ``FileError`` or, for a file that is too large or no text, ``InputError``."""
    try:
        check_size(source)
        return source.path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise source.problem(f"not a text in UTF-8: {error}") from error
    except OSError as error:
        raise FileError(f"cannot read {source.path}: {error.strerror or error}") from error


def read_netcdf(source: Source) -> xr.Dataset:
    """A netCDF file in memory. Raises ``FileError`` or ``InputError``."""
    try:
        check_size(source)
        with xr.open_dataset(source.path, engine="netcdf4") as data:
            return data.load()
    except ValueError as error:
        raise source.problem(f"not a netCDF file that can be decoded: {error}") from error
    except OSError as error:
        raise FileError(f"cannot read {source.path}: {error.strerror or error}") from error


def check_size(source: Source) -> None:
    if source.path.stat().st_size > MAX_BYTES:
        raise source.problem(f"the file is larger than {MAX_BYTES // 1024**2} MB")


def stamps_of(source: Source, labels: xr.DataArray) -> np.ndarray:
    """UTC stamps of a time coordinate."""
    if labels.dtype.kind != "M":
        raise source.problem(
            f"the coordinate `{labels.name}` holds no dates of the standard calendar",
            help='give it units such as "hours since 2019-01-01" and the calendar "standard"',
        )
    return np.asarray(labels.values.astype("datetime64[m]"))


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
    source: Source,
    stamps: np.ndarray,
    series: Mapping[str, np.ndarray],
    year: int | None,
    lines: Sequence[int] = (),
    shift: np.timedelta64 = BEGINS,
) -> Profiles:
    """The hours of one year in order.

    ``stamps``: (n) UTC, which plus ``shift`` lie in the hours the values stand for; ``series``: ``ZONE:item`` → (n);
    ``lines``: (n) lines of a text file. Raises ``InputError``: no such year, several years, missing or double hours,
    values out of range.
    """
    local = (stamps + shift + AHEAD).astype("datetime64[h]")
    month = local.astype("datetime64[M]").astype(int) % 12
    day = (local.astype("datetime64[D]") - local.astype("datetime64[M]")).astype(int)
    ordinary = ~((month == 1) & (day == 28))
    rows = ordinary & _rows_of_year(source, stamps, local, ordinary, year)
    hour_of_day = (local - local.astype("datetime64[D]")).astype(int)
    hour = (FIRST_DAY_OF_MONTH[month] + day) * 24 + hour_of_day
    kept = [line for line, row in zip(lines, rows, strict=True) if row] if lines else ()
    chosen = {name: values[rows] for name, values in series.items()}
    return checked_profiles(HourTable(source.path.name, hour[rows], kept, chosen))


def _rows_of_year(
    source: Source, stamps: np.ndarray, local: np.ndarray, ordinary: np.ndarray, year: int | None
) -> np.ndarray:
    """Which rows belong to the year asked for, or to the only one there is."""
    utc_years, local_years = (times.astype("datetime64[Y]").astype(int) + 1970 for times in (stamps, local))
    known = sorted({int(y) for y in utc_years})
    if year is None:
        if len(known) > 1:
            names = ", ".join(map(str, known))
            raise source.problem(f"the file holds the years {names}", help=f"choose one, such as --year {known[-1]}")
        year = known[0] if known else 0
    elif year not in known:
        raise source.problem(f"the file has no hour of {year}", help=f"it holds {', '.join(map(str, known))}")
    whole: np.ndarray = local_years == year
    return whole if np.count_nonzero(whole & ordinary) >= HOURS else utc_years == year


def number_of(source: Source, text: str, what: str, line: int) -> float:
    """A number of the header. Raises ``InputError`` at its line."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise source.problem(f"{what}: {text.strip()!r} is not a number", line)
    return value
