"""atlite: capacity factors by region, as ``cutout.wind(…, per_unit=True)`` or ``cutout.pv(…)`` give them with shapes.

A netCDF file with one variable over time (UTC) and one further dimension, whose labels are zones; length-one dimensions
do not count. Of several variables the one called ``profile`` is taken. ERA5 labels the sun's mean of an hour by the end
of that hour, and so does atlite: ``solar`` is moved by an hour, unless the file names SARAH as its source, whose hours
are labelled by their beginning, or ``labels`` says which it is. Wind is the state at the stamp.
"""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from simulator.importers.hours import (
    BEGINS,
    ENDS,
    Profiles,
    Wanted,
    WeatherFile,
    limited,
    one_year,
    read_netcdf,
    stamps_of,
)

ITEMS = ("wind", "solar")
SHIFTS = {"beginning": BEGINS, "end": ENDS}
CUTOUT = {"wnd100m", "influx_direct", "influx_toa", "roughness", "height"}
"""Variables of weather itself, from which atlite computes capacity factors."""
PER_UNIT = ("p.u.", "1", "")


def read_atlite(sources: Sequence[WeatherFile], wanted: Wanted) -> list[Profiles]:
    """All regions of each file, called ``item``. Raises ``FileError`` and ``InputError``."""
    return [_read(source, wanted) for source in sources]


def _read(source: WeatherFile, wanted: Wanted) -> Profiles:
    source.expect("item")
    if source.name not in ITEMS:
        raise source.problem(f"item {source.name!r}", help=f"known: {', '.join(ITEMS)}")
    data = _only_one(source, read_netcdf(source))
    variable, region = _profile(source, data)
    if region not in variable.coords:
        raise source.problem(f"dimension `{region}` has no labels", help="name the shapes like the zones")
    if variable.attrs.get("units", "p.u.") not in PER_UNIT:
        raise source.problem(f"`{variable.name}` is in {variable.attrs['units']!r}", help="save it with per_unit=True")
    if variable.dtype.kind not in "iuf":
        raise source.problem(f"`{variable.name}` does not contain numbers")
    values = variable.transpose(region, "time").values.astype(float)
    series = {f"{zone}:{source.name}": limited(row) for zone, row in zip(variable[region].values, values, strict=True)}
    if len(series) < len(values):
        raise source.problem(f"two labels of `{region}` are the same", help="name the shapes like the zones")
    shift = SHIFTS[wanted.labels or sun_labels(data, variable)] if source.name == "solar" else BEGINS
    return one_year(source, stamps_of(source, variable), series, wanted, shift=shift)


def sun_labels(*said: xr.Dataset | xr.DataArray) -> str:
    """What the stamps of an hour of sun are, by the data source that the attribute ``module`` names."""
    return "beginning" if any("sarah" in str(part.attrs.get("module", "")).lower() for part in said) else "end"


def _only_one(source: WeatherFile, found: list[xr.Dataset]) -> xr.Dataset:
    if len(found) > 1:
        raise source.problem(f"the archive contains {len(found)} netCDF files", help="unpack it and name one of them")
    if set(map(str, found[0].data_vars)) & CUTOUT:
        help = (
            "read it with: import-weather era5 ZONE=FILE; or save what cutout.wind(…) or cutout.pv(…) gives, with "
            "shapes named like the zones and per_unit=True"
        )
        raise source.problem("this is a cutout of weather, not a capacity factor by region", help=help)
    return found[0]


def _profile(source: WeatherFile, data: xr.Dataset) -> tuple[xr.DataArray, str]:
    """The one variable over time and region, and what its dimension is called."""
    found = {}
    variables = {"profile": data["profile"]} if "profile" in data else data.data_vars
    for name, variable in variables.items():
        region = _region(variable)
        if region:
            others = [dim for dim in variable.dims if dim not in ("time", region)]
            found[str(name)] = variable.squeeze(others, drop=True), region
    if len(found) == 1:
        return next(iter(found.values()))
    text = (
        f"several variables over time and region: {', '.join(found)}" if found else "no variable over time and region"
    )
    raise source.problem(text, help="save one capacity factor, with per_unit=True and shapes")


def _region(variable: xr.DataArray) -> str:
    """The dimension beside time; empty if there is none, or more than one."""
    others = [str(dim) for dim in variable.dims if dim != "time"]
    long = [dim for dim in others if variable.sizes[dim] > 1]
    fitting = long or others
    return fitting[0] if "time" in variable.dims and len(fitting) == 1 else ""
