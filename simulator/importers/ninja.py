"""renewables.ninja: CSV of a point or of a country.

Lines that begin with ``#`` come above the columns. *Point*: ``time`` (UTC), ``local_time`` (not used) and
``electricity``, the mean power of the hour that begins, kW; one of the lines above is a JSON text, whose
``params.capacity`` is the capacity in kW (1 kW without it) and ``params.lon`` the place. *Country*: ``time`` (UTC) and
``national``, the mean output of the country's plants per unit of their capacity; other columns are not used.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from simulator.importers.hours import Profiles, Wanted, WeatherFile, limited, number_of, one_year, read_lines
from simulator.importers.table import read_table

POINT, COUNTRY = "electricity", "national"


def read_ninja(sources: Sequence[WeatherFile], wanted: Wanted) -> list[Profiles]:
    """One series for each file, named ``ZONE:item``. Raises ``FileError`` and ``InputError``."""
    return [_read(source, wanted) for source in sources]


def _read(source: WeatherFile, wanted: Wanted) -> Profiles:
    source.expect("ZONE:item")
    lines = read_lines(source)
    first = next((n for n, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#")), 0)
    if not first:
        raise source.problem("the file has no table", help="download it again from renewables.ninja")
    table = read_table(source, lines, first)
    if POINT not in table.columns and COUNTRY not in table.columns:
        help = f"points have the first, countries the second; this file has {', '.join(table.columns)[:100]}"
        raise source.problem(f"no column `{POINT}` or `{COUNTRY}`", table.header_line, help)
    about, line = _about(source, lines[: first - 1])
    if POINT in table.columns:
        output = table.numbers(POINT) / _capacity_kw(source, about, line)
    else:
        output = table.numbers(COUNTRY)
    stamps = table.stamps("time", datetime.fromisoformat, "2019-01-01 00:00, UTC")
    place = _part(about, "params").get("lon")
    longitude = None if place is None else number_of(source, str(place), "lon", line)
    return one_year(source, stamps, {source.name: limited(output)}, wanted, table.lines, longitude=longitude)


def _about(source: WeatherFile, header: Sequence[str]) -> tuple[dict[str, Any], int]:
    """What the JSON text above the table says, and its line; empty without it."""
    for line, text in enumerate(header, start=1):
        content = text.lstrip("# ")
        if not content.startswith("{"):
            continue
        try:
            about: dict[str, Any] = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise source.problem(f"the header is not JSON: {error}", line, "download the file again") from None
        return about, line
    return {}, 0


def _part(about: dict[str, Any], name: str) -> dict[str, Any]:
    part = about.get(name)
    return part if isinstance(part, dict) else {}


def _capacity_kw(source: WeatherFile, about: dict[str, Any], line: int) -> float:
    units = _part(about, "units")
    for column, expected in (("time", "UTC"), (POINT, "kW")):
        if units.get(column, expected) != expected:
            raise source.problem(f"`{column}` is in {units[column]!r}", line, f"this importer reads {expected}")
    capacity = number_of(source, str(_part(about, "params").get("capacity", 1)), "capacity", line)
    if capacity <= 0:
        raise source.problem(f"a capacity of {capacity:g} kW", line)
    return capacity
