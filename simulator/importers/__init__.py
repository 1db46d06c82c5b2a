"""Hourly weather made by other programs, turned into the profiles of a scenario.

Every importer gives (zone, item) → 8760 values from 1 January, UTC+5, hour beginning: output per unit of capacity, or
load in any unit. What a file is called on the command line says where its series belong:

    ninja   ZONE:item=FILE   renewables.ninja, CSV of a point or of a country
    pvgis   ZONE:item=FILE   PVGIS, hourly CSV or typical year (TMY): sun
    atlite  item=FILE        atlite, netCDF of capacity factors over (time, region); regions are named like zones
    era5    ZONE=FILE        ERA5 or ERA5-Land on a grid, netCDF or zip, or a cutout of atlite
    plain   FILE             CSV or netCDF as ``horizon.profiles`` reads it, with leap days and several years

Several files of the same ``ZONE:item`` are sites of one zone and are averaged. Several ERA5 files of a zone are parts
of one data set (months, variables). 29 February is left out. Of a file with several whole years, one must be named.
The middle of the sun's day is compared with the place: that of the file where it says so, else that of the zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from simulator.errors import FileError, InputError, Problem
from simulator.importers.atlite import read_atlite
from simulator.importers.era5 import read_era5
from simulator.importers.hours import Profiles, Wanted, WeatherFile
from simulator.importers.ninja import read_ninja
from simulator.importers.plain import read_plain
from simulator.importers.pvgis import read_pvgis

Reader = Callable[[Sequence[WeatherFile], Wanted], list[Profiles]]
FORMATS: dict[str, Reader] = {
    "ninja": read_ninja, "pvgis": read_pvgis, "atlite": read_atlite, "era5": read_era5, "plain": read_plain,
}  # fmt: skip


def import_weather(
    format: str, files: Sequence[str], year: int | None = None,
    *, labels: str = "", longitudes: Mapping[str, float] | None = None,
) -> Profiles:  # fmt: skip
    """(zone, item) → 8760 values of all ``files``, each ``NAME=PATH`` or a path, as the format asks.

    ``labels`` says whether stamps are the ``beginning`` or the ``end`` of an hour of sun, where the format leaves that
    open (atlite); ``longitudes`` of zones, degrees east, serve files that do not say where they are. Raises
    ``FileError`` for files that cannot be read and ``InputError``, with the line where there is one, for content that
    cannot be used; warns of a sun that is an hour off.
    """
    parts: dict[tuple[str, str], list[np.ndarray]] = {}
    sources = [WeatherFile.parse(text) for text in files]
    if labels and not (format == "atlite" and any(source.name == "solar" for source in sources)):
        raise InputError([Problem("--labels has no effect on these files", help="it is for atlite solar=FILE")])
    for profiles in FORMATS[format](sources, Wanted(year, labels, longitudes or {})):
        for key, values in profiles.items():
            parts.setdefault(key, []).append(values)
    twice = [":".join(key) for key, values in parts.items() if len(values) > 1]
    if twice and format not in ("ninja", "pvgis"):
        raise InputError(f"{', '.join(twice)} is in more than one file; keep one of them")
    return {key: np.mean(values, axis=0) for key, values in parts.items()}


def write_profiles(path: Path, profiles: Profiles) -> None:
    """Write the CSV file that ``horizon.profiles`` reads. Raises ``FileError`` if it exists or cannot be written."""
    header = ",".join(["hour", *(":".join(key) for key in profiles)])
    table = np.column_stack([np.arange(len(next(iter(profiles.values())))), *profiles.values()])
    try:
        with path.open("x", encoding="utf-8") as file:
            np.savetxt(file, table, fmt=["%d"] + ["%.6g"] * len(profiles), delimiter=",", header=header, comments="")
    except FileExistsError:
        raise FileError(f"{path} exists already; choose another name") from None
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
