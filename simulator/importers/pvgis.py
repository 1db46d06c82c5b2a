"""PVGIS (Joint Research Centre): hourly CSV, or the CSV of a typical year (TMY).

*Hourly*: lines ``Name: value``, then columns ``time`` (UTC, ``20160101:0010``) and, as asked for at the download, ``P``
(W of the nominal power in the header, losses taken off) or the irradiance on the plane of the modules: ``G(i)`` whole,
or ``Gb(i)``, ``Gd(i)``, ``Gr(i)`` in parts; with ``T2m`` and ``WS10m``. *Typical year*: columns ``time(UTC)``,
``G(h)``, ``Gb(n)``, ``Gd(h)``, ``T2m``, ``WS10m``; every month comes from the year named in the header, and
``Irradiance Time Offset (h)`` says when within the hour the irradiance holds.

``P`` wins where it is given; otherwise output is computed as ``conversion`` says, for the plane of the file or, from
horizontal irradiance, for one that faces south. A value is that of the hour in which its stamp lies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from simulator.importers.conversion import on_tilted_plane, solar_output, sun
from simulator.importers.hours import (
    Profiles,
    Wanted,
    WeatherFile,
    in_ordinary_year,
    limited,
    number_of,
    one_year,
    read_lines,
)
from simulator.importers.table import TextTable, read_table

TYPICAL = "time(UTC)"
COLUMNS = re.compile(r'"?time(\(UTC\))?"?[,;\t]')
"""How the line with the columns begins."""
PARTS = ("Gb(i)", "Gd(i)", "Gr(i)")


def read_pvgis(sources: Sequence[WeatherFile], wanted: Wanted) -> list[Profiles]:
    """One series for each file, named ``ZONE:item``. Raises ``FileError`` and ``InputError``."""
    return [_read(source, wanted) for source in sources]


def _read(source: WeatherFile, wanted: Wanted) -> Profiles:
    source.expect("ZONE:item")
    lines = read_lines(source)
    first = next((n for n, line in enumerate(lines, start=1) if COLUMNS.match(line)), 0)
    if not first:
        raise source.problem("no line with the columns", help="download hourly data or a TMY from PVGIS as CSV")
    table = read_table(source, lines, first)
    typical = TYPICAL in table.columns
    if typical and wanted.year is not None:
        raise source.problem(f"a typical year has no {wanted.year}", help="leave out --year")
    stamps = table.stamps(TYPICAL if typical else "time", _stamp, "20160101:0010, UTC")
    header = _Header(source, lines[: first - 1])
    if "P" in table.columns:
        output = table.numbers("P") / (1000 * header.number("Nominal power of the PV system"))
    elif typical:
        output = _from_horizontal(table, header, stamps)
    else:
        output = _from_plane(table)
    stamps = in_ordinary_year(stamps) if typical else stamps
    place = header.number("Longitude", np.nan)
    longitude = None if np.isnan(place) else place
    return one_year(source, stamps, {source.name: limited(output)}, wanted, table.lines, longitude=longitude)


def _stamp(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d:%H%M")


class _Header:
    """Lines ``Name (unit): value`` above the table."""

    def __init__(self, source: WeatherFile, lines: Sequence[str]) -> None:
        self.source = source
        self.found = {}
        for number, line in enumerate(lines, start=1):
            name, colon, value = line.rpartition(":")
            if colon:
                self.found[name] = (value.rstrip(" ,;\t"), number)

    def number(self, start: str, default: float | None = None) -> float:
        """The value whose name begins with ``start``. Raises ``InputError`` if there is none and no default."""
        for name, (value, line) in self.found.items():
            if name.startswith(start):
                return number_of(self.source, value, name, line)
        if default is None:
            raise self.source.problem(f"the header has no line {start!r}", help="keep the lines above the columns")
        return default


def _from_plane(table: TextTable) -> np.ndarray:
    parts = ("G(i)",) if "G(i)" in table.columns else PARTS
    plane = np.sum([table.numbers(name) for name in parts], axis=0)
    return solar_output(plane, table.numbers("T2m"), table.numbers("WS10m"))


def _from_horizontal(table: TextTable, header: _Header, stamps: np.ndarray) -> np.ndarray:
    latitude, longitude = header.number("Latitude"), header.number("Longitude")
    offset = np.timedelta64(round(60 * header.number("Irradiance Time Offset", 0.0)), "m")
    position = sun(stamps + offset, latitude, longitude)
    components = (table.numbers(name) for name in ("G(h)", "Gb(n)", "Gd(h)"))
    plane = on_tilted_plane(position, latitude, *components)
    return solar_output(plane, table.numbers("T2m"), table.numbers("WS10m"))
