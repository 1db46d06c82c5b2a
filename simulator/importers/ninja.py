"""renewables.ninja: CSV of a point.

Lines that begin with ``#`` stand above the columns ``time`` (UTC), ``local_time`` (not used) and ``electricity``, the
mean power of the hour that begins, kW. One of them is a JSON text, whose ``params.capacity`` is the capacity in kW;
without it the capacity is 1 kW.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from simulator.importers.hours import Profiles, Source, limited, number_of, one_year, read_lines
from simulator.importers.table import read_table


def read_ninja(sources: Sequence[Source], year: int | None) -> list[Profiles]:
    """One series for each file, named ``ZONE:item``. Raises ``FileError`` and ``InputError``."""
    return [_read(source, year) for source in sources]


def _read(source: Source, year: int | None) -> Profiles:
    source.expect("ZONE:item")
    lines = read_lines(source)
    first = next((n for n, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#")), 0)
    if not first:
        raise source.problem("the file has no table", help="download it again from renewables.ninja")
    table = read_table(source, lines, first)
    power = table.numbers("electricity")
    stamps = table.stamps("time", datetime.fromisoformat, "2019-01-01 00:00, UTC")
    capacity = _capacity_kw(source, lines[: first - 1])
    return one_year(source, stamps, {source.name: limited(power / capacity)}, year, table.lines)


def _capacity_kw(source: Source, header: Sequence[str]) -> float:
    for line, text in enumerate(header, start=1):
        content = text.lstrip("# ")
        if not content.startswith("{"):
            continue
        try:
            about: dict[str, Any] = json.loads(content)
        except ValueError as error:
            raise source.problem(f"the header is not JSON: {error}", line) from None
        units = about.get("units") or {}
        for column, expected in (("time", "UTC"), ("electricity", "kW")):
            if units.get(column, expected) != expected:
                raise source.problem(f"`{column}` is in {units[column]!r}", line, f"this importer reads {expected}")
        capacity = number_of(source, str((about.get("params") or {}).get("capacity", 1)), "capacity", line)
        if capacity <= 0:
            raise source.problem(f"a capacity of {capacity:g} kW", line)
        return capacity
    return 1.0
