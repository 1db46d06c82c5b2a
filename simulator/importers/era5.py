"""ERA5 and ERA5-Land on a grid (Copernicus Climate Data Store, netCDF or the zip it delivers), and cutouts of atlite.

Every cell of the grid counts the same, but those without any data (sea in ERA5-Land) do not count: cut the grid to
where the plants are, or will be. Files of one zone may have different months or variables. From the *data store*
``u100`` and ``v100`` give ``wind``, ``ssrd`` and ``t2m`` give ``solar``; in a *cutout* ``wnd100m`` gives ``wind``, and
``influx_direct``, ``influx_diffuse`` and ``temperature`` give ``solar``.

Wind is the state at the stamp and is used for the hour that begins. ``ssrd``, J/m2, is summed up over the hour that
ends at the stamp; divided by 3600 it is the mean global irradiance of that hour, split and tilted with the sun in its
middle, with the temperature at its end and still air. ERA5-Land sums ``ssrd`` up from midnight UTC: sums that never
fall from 01:00 to 24:00 of any day are such, and the hour is the difference of two of them. The irradiance of a cutout,
W/m2, is the mean of the hour that ends at the stamp, or begins there if it comes from SARAH. See ``conversion`` for the
rest. Reanalysis winds over mountains and narrow corridors are too low; nothing is corrected here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from simulator.errors import InputError
from simulator.importers.atlite import SHIFTS, sun_labels
from simulator.importers.conversion import from_global_horizontal, solar_output, wind_output
from simulator.importers.hours import BEGINS, Profiles, Wanted, WeatherFile, limited, one_year, read_netcdf, stamps_of

SPEED, POWER = ("m s**-1", "m s-1", "m/s"), ("W m**-2", "W m-2", "W/m2")
UNITS = {
    "u100": SPEED, "v100": SPEED, "ssrd": ("J m**-2", "J m-2", "J/m2"), "t2m": ("K",),
    "wnd100m": SPEED, "influx_direct": POWER, "influx_diffuse": POWER, "temperature": ("K",),
}  # fmt: skip
RENAMED = {"valid_time": "time", "lat": "latitude", "lon": "longitude", "y": "latitude", "x": "longitude"}
GRID = ("time", "latitude", "longitude")
ZERO_CELSIUS = 273.15
HOUR = np.timedelta64(1, "h")
HALF_HOUR = np.timedelta64(30, "m")
FALL = 0.01
"""Sums that fall by more than this part of the largest are no sums since midnight; less is rounding of packed files."""


def read_era5(sources: Sequence[WeatherFile], wanted: Wanted) -> list[Profiles]:
    """``wind`` and ``solar`` of every zone, from all files of its name. Raises ``FileError`` and ``InputError``."""
    zones: dict[str, list[WeatherFile]] = {}
    for source in sources:
        source.expect("ZONE")
        zones.setdefault(source.name, []).append(source)
    return [_zone(zone, parts, wanted) for zone, parts in zones.items()]


def _zone(zone: str, sources: list[WeatherFile], wanted: Wanted) -> Profiles:
    first = sources[0]
    data = _cells(first, _merged(zone, [part for source in sources for part in _read(source)]))
    stamps = stamps_of(first, data) if data.data_vars else np.array([], dtype="datetime64[m]")
    longitude = float(data["longitude"].mean()) if data.data_vars else None
    result: Profiles = {}
    speed = _speed(data)
    if speed is not None:
        output = limited(wind_output(speed).mean(axis=1))
        result |= one_year(first, stamps, {f"{zone}:wind": output}, wanted, shift=BEGINS)
    found = _irradiance(data, stamps)
    if found is not None:
        irradiance, celsius, shift = found
        output = limited(_solar(data, irradiance, celsius, stamps + shift + HALF_HOUR))
        result |= one_year(first, stamps, {f"{zone}:solar": output}, wanted, shift=shift, longitude=longitude)
    if not result:
        names = ", ".join(map(str, data.data_vars)) or "none of these"
        help = "wind needs u100 and v100, sun needs ssrd and t2m (ERA5-Land has no wind at 100 m)"
        raise first.problem(f"{zone} has {names}", help=help)
    return result


def _merged(zone: str, parts: list[xr.Dataset]) -> xr.Dataset:
    try:
        data = xr.merge(parts, compat="no_conflicts", join="outer", combine_attrs="drop_conflicts")
        return data.sortby("time") if data.data_vars else data
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"the files of {zone} do not fit together: {error}") from error


def _read(source: WeatherFile) -> list[xr.Dataset]:
    """The variables that are used, over (time, latitude, longitude), of a file or of each file in a zip archive."""
    return [_used(source, data) for data in read_netcdf(source)]


def _used(source: WeatherFile, data: xr.Dataset) -> xr.Dataset:
    data = data.drop_vars([name for name in (*RENAMED, *GRID) if name in data.variables and name not in data.dims])
    data = data.rename({old: new for old, new in RENAMED.items() if old in data.dims and new not in data.variables})
    data = data[[name for name in UNITS if name in data.data_vars]]
    for name, variable in data.data_vars.items():
        unit = variable.attrs.get("units")
        if unit not in UNITS[str(name)]:
            raise source.problem(f"`{name}` is in {unit!r}", help=f"expected {UNITS[str(name)][0]}")
        if variable.dtype.kind not in "iuf":
            raise source.problem(f"`{name}` does not contain numbers")
    extra = [dim for dim in data.dims if dim not in GRID]
    for dim in extra:
        if data.sizes[dim] > 1:
            help = "ask for the reanalysis alone, without preliminary months or ensemble members"
            raise source.problem(f"dimension `{dim}` has {data.sizes[dim]} values", help=help)
    data = data.squeeze(extra, drop=True).reset_coords(drop=True)
    if data.data_vars:
        if not all(set(variable.dims) == set(GRID) for variable in data.data_vars.values()):
            raise source.problem("the variables do not lie over time, latitude and longitude")
        for dim in GRID:
            if dim not in data.coords:
                raise source.problem(f"dimension `{dim}` has no labels", help=f"add a coordinate variable `{dim}`")
            if data.indexes[dim].has_duplicates:
                raise source.problem(f"a value of `{dim}` is given twice", help="keep one of them")
        for dim in ("latitude", "longitude"):
            if data[dim].dtype.kind not in "iuf" or not np.isfinite(data[dim].values).all():
                raise source.problem(f"`{dim}` has a value that is not a number")
            data = data.assign_coords({dim: data[dim].values.astype(float).round(4)})  # some files round to 4 bytes
    return data


def _cells(source: WeatherFile, data: xr.Dataset) -> xr.Dataset:
    """The same over (time, cell), without the cells that have no value."""
    if not data.data_vars:
        return data
    cells = data.stack(cell=("latitude", "longitude")).transpose("time", "cell")
    empty = np.any([variable.isnull().all("time").values for variable in cells.data_vars.values()], axis=0)
    if empty.all():
        raise source.problem("no cell of the grid has all variables", help="choose a grid with land in it")
    return cells.isel(cell=np.flatnonzero(~empty))


def _speed(data: xr.Dataset) -> np.ndarray | None:
    """(time, cell) wind at 100 m."""
    if "wnd100m" in data:
        return np.asarray(data["wnd100m"].values)
    if "u100" in data and "v100" in data:
        return np.asarray(np.hypot(data["u100"].values, data["v100"].values))
    return None


def _irradiance(data: xr.Dataset, stamps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.timedelta64] | None:
    """(time, cell) global irradiance on the ground, W/m2, and temperature, °C; and from stamps to their hours."""
    if "ssrd" in data and "t2m" in data:
        sums = hourly_sums(data["ssrd"].values.astype(float), stamps)
        return sums / 3600, data["t2m"].values.astype(float) - ZERO_CELSIUS, SHIFTS["end"]
    if {"influx_direct", "influx_diffuse", "temperature"} <= set(map(str, data.data_vars)):
        total = data["influx_direct"].values.astype(float) + data["influx_diffuse"].values
        shift = SHIFTS[sun_labels(data["influx_direct"], data)]
        return total, data["temperature"].values.astype(float) - ZERO_CELSIUS, shift
    return None


def hourly_sums(sums: np.ndarray, stamps: np.ndarray) -> np.ndarray:
    """(time, cell) sums of each hour, from such sums or from sums since midnight.

    Of the first hour of a file that begins at midnight the sum before is not known: the next day's counts.
    """
    mean = sums.mean(axis=1)
    hour = (stamps - stamps.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    follows = np.concatenate([[False], np.diff(stamps) == HOUR]) & (hour != 1)
    steps = np.diff(mean, prepend=mean[:1])
    largest = np.nanmax(mean, initial=0)
    if not largest > 0 or not follows.any() or np.any(steps[follows] < -FALL * largest):
        return sums
    result = np.where(follows[:, None], np.diff(sums, axis=0, prepend=sums[:1]), sums)
    if len(stamps) > 24 and not follows[0] and hour[0] != 1:
        result[0] = result[24]
    return np.clip(result, 0, None)


def _solar(data: xr.Dataset, irradiance: np.ndarray, celsius: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """(time) Mean output of the cells; ``middle`` of the hours, UTC."""
    total = np.zeros(len(middle))
    places = list(zip(data["latitude"].values.astype(float), data["longitude"].values.astype(float), strict=True))
    for cell, (latitude, longitude) in enumerate(places):
        falling = np.clip(irradiance[:, cell], 0, None)
        plane = from_global_horizontal(middle, latitude, longitude, falling)
        total += solar_output(np.where(np.isnan(falling), np.nan, plane), celsius[:, cell])
    return total / len(places)
