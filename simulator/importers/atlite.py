"""atlite: capacity factors by region, as ``cutout.wind(…, per_unit=True)`` or ``cutout.pv(…)`` give them with shapes.

A netCDF file with one variable over time (UTC) and one further dimension, whose labels are zones; length-one dimensions
do not count. Of several variables the one called ``profile`` is taken. ERA5 labels the sun's mean of an hour by the end
of that hour, and so does atlite: ``solar`` is moved by an hour. Wind is the state at the stamp.
"""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from simulator.importers.hours import (
    BEGINS,
    ENDS,
    Profiles,
    Source,
    limited,
    one_year,
    read_netcdf,
    stamps_of,
)

SHIFT = {"wind": BEGINS, "solar": ENDS}
PER_UNIT = ("p.u.", "1", "")


def read_atlite(sources: Sequence[Source], year: int | None) -> list[Profiles]:
    """All regions of each file, called ``item``. Raises ``FileError`` and ``InputError``."""
    return [_read(source, year) for source in sources]


def _read(source: Source, year: int | None) -> Profiles:
    source.expect("item")
    if source.name not in SHIFT:
        raise source.problem(f"item {source.name!r}", help=f"known: {', '.join(SHIFT)}")
    variable, region = _profile(source, read_netcdf(source))
    if region not in variable.coords:
        raise source.problem(f"dimension `{region}` has no labels", help="name the shapes like the zones")
    if variable.attrs.get("units", "p.u.") not in PER_UNIT:
        raise source.problem(f"`{variable.name}` is in {variable.attrs['units']!r}", help="save it with per_unit=True")
    values = variable.transpose(region, "time").values.astype(float)
    series = {f"{zone}:{source.name}": limited(row) for zone, row in zip(variable[region].values, values, strict=True)}
    return one_year(source, stamps_of(source, variable["time"]), series, year, shift=SHIFT[source.name])


def _profile(source: Source, data: xr.Dataset) -> tuple[xr.DataArray, str]:
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
