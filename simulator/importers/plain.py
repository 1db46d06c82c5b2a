"""A plain table: what ``horizon.profiles`` reads, and in CSV also leap days and several years.

A CSV file with a column ``time`` (ISO stamps that carry their UTC offset) may have any number of years, of which one is
taken. A column ``hour``, or netCDF, is read as ``simulator.case.weather.profiles`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from simulator.case.weather.profiles import read_profiles
from simulator.case.weather.sun import check_sun
from simulator.importers.hours import Profiles, Wanted, WeatherFile, one_year, read_lines
from simulator.importers.table import read_table


def read_plain(sources: Sequence[WeatherFile], wanted: Wanted) -> list[Profiles]:
    """All series of each file. Raises ``FileError`` and ``InputError``."""
    return [_read(source, wanted) for source in sources]


def _read(source: WeatherFile, wanted: Wanted) -> Profiles:
    source.expect("")
    if source.path.suffix.lower() in (".nc", ".nc4"):
        return _of_one_year(source, wanted)
    table = read_table(source, read_lines(source), 1, ends_blank=False)
    if "time" not in table.columns or "hour" in table.columns:
        return _of_one_year(source, wanted)
    stamps = table.stamps("time", _stamp, "a time with its offset, such as 2019-01-01T00:00+05:00")
    series = {name: table.numbers(name) for name in table.columns if name != "time"}
    return one_year(source, stamps, series, wanted, table.lines)


def _of_one_year(source: WeatherFile, wanted: Wanted) -> Profiles:
    if wanted.year is not None:
        raise source.problem("--year has no effect on this file", help="leave it out")
    found = read_profiles(source.path)
    check_sun(found, wanted.longitudes, source.path.name)
    return found


def _stamp(text: str) -> datetime:
    stamp = datetime.fromisoformat(text)
    if stamp.tzinfo is None:
        raise ValueError("no offset")
    return stamp
