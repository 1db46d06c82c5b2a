"""ERA5 on a grid (Copernicus Climate Data Store, netCDF): ``u100``, ``v100``, ``ssrd``, ``t2m``.

Every cell of the grid counts the same: cut the grid to where the plants stand, or will. Files of one zone may hold
different months or variables; with ``u100`` and ``v100`` they give ``wind``, with ``ssrd`` and ``t2m`` they give
``solar``.

Wind is the state at the stamp and stands for the hour that begins. ``ssrd``, J/m2, is summed up over the hour that ends
at the stamp; divided by 3600 it is the mean global irradiance of that hour, split and tilted with the sun in its
middle, with the temperature at its end and still air. See ``conversion`` for the rest. Reanalysis winds over mountains
and narrow corridors are too low; nothing is corrected here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from simulator.errors import InputError
from simulator.importers.conversion import from_global_horizontal, solar_output, wind_output
from simulator.importers.hours import BEGINS, ENDS, Profiles, Source, limited, one_year, read_netcdf, stamps_of

UNITS = {
    "u100": ("m s**-1", "m s-1", "m/s"),
    "v100": ("m s**-1", "m s-1", "m/s"),
    "ssrd": ("J m**-2", "J m-2", "J/m2"),
    "t2m": ("K",),
}
RENAMED = {"valid_time": "time", "lat": "latitude", "lon": "longitude"}
GRID = ("time", "latitude", "longitude")
ZERO_CELSIUS = 273.15
HALF_HOUR = np.timedelta64(30, "m")


def read_era5(sources: Sequence[Source], year: int | None) -> list[Profiles]:
    """``wind`` and ``solar`` of every zone, from all files of its name. Raises ``FileError`` and ``InputError``."""
    zones: dict[str, list[Source]] = {}
    for source in sources:
        source.expect("ZONE")
        zones.setdefault(source.name, []).append(source)
    return [_zone(zone, parts, year) for zone, parts in zones.items()]


def _zone(zone: str, sources: list[Source], year: int | None) -> Profiles:
    first = sources[0]
    try:
        data = xr.merge([_read(source) for source in sources], compat="no_conflicts", join="outer")
    except ValueError as error:
        raise InputError(f"the files of {zone} do not fit together: {error}") from error
    result: Profiles = {}
    stamps = stamps_of(first, data["time"]) if data.data_vars else np.array([])
    if "u100" in data and "v100" in data:
        output = wind_output(np.hypot(data["u100"].values, data["v100"].values)).mean(axis=(1, 2))
        result |= one_year(first, stamps, {f"{zone}:wind": limited(output)}, year, shift=BEGINS)
    if "ssrd" in data and "t2m" in data:
        result |= one_year(first, stamps, {f"{zone}:solar": limited(_solar(data, stamps))}, year, shift=ENDS)
    if not result:
        names = ", ".join(map(str, data.data_vars)) or "none of these"
        raise first.problem(f"{zone} has {names}", help="wind needs u100 and v100, sun needs ssrd and t2m")
    return result


def _read(source: Source) -> xr.Dataset:
    """The variables of a file that are used, over (time, latitude, longitude)."""
    data = read_netcdf(source)
    data = data.rename({old: new for old, new in RENAMED.items() if old in data.dims and new not in data})
    data = data[[name for name in UNITS if name in data]]
    for name, variable in data.data_vars.items():
        unit = variable.attrs.get("units")
        if unit not in UNITS[str(name)]:
            raise source.problem(f"`{name}` is in {unit!r}", help=f"expected {UNITS[str(name)][0]}")
    extra = [dim for dim in data.dims if dim not in GRID]
    for dim in extra:
        if data.sizes[dim] > 1:
            help = "ask for the reanalysis alone, without preliminary months or ensemble members"
            raise source.problem(f"dimension `{dim}` has {data.sizes[dim]} values", help=help)
    data = data.squeeze(extra, drop=True).reset_coords(drop=True)
    if data.data_vars and not all(set(variable.dims) == set(GRID) for variable in data.data_vars.values()):
        raise source.problem("the variables do not lie over time, latitude and longitude")
    return data.transpose(*GRID) if data.data_vars else data


def _solar(data: xr.Dataset, stamps: np.ndarray) -> np.ndarray:
    """(time) Mean output of the cells."""
    total = np.zeros(len(stamps))
    places = [(float(lat), float(lon)) for lat in data["latitude"] for lon in data["longitude"]]
    for latitude, longitude in places:
        cell = data.sel(latitude=latitude, longitude=longitude)
        irradiance = np.clip(cell["ssrd"].values.astype(float) / 3600, 0, None)
        plane = from_global_horizontal(stamps - HALF_HOUR, latitude, longitude, irradiance)
        plane = np.where(np.isnan(irradiance), np.nan, plane)
        total += solar_output(plane, cell["t2m"].values.astype(float) - ZERO_CELSIUS)
    return total / len(places)
