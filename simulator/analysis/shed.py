"""Load that is not served, in GWh and hours, before anybody puts a price on it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.analysis.indicators import names, sum_by, unserved_gwh

NOTABLE_MW = 0.5
"""Load of a country below which a slice is not counted as short."""
NOTABLE_GWH = 0.5


def shed_hours(dataset: xr.Dataset) -> xr.DataArray:
    """Hours of a year in which a country sheds load. (country, year)."""
    short = sum_by(dataset["unserved_mw"], "zone", "country") > NOTABLE_MW
    return (short * dataset["hours"]).sum("slice", skipna=False)


def rationed_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Load that is rationed by plan. (country, year)."""
    return (sum_by(dataset["rationed_mw"], "zone", "country") * dataset["hours"]).sum("slice", skipna=False) / 1e3


def shed(dataset: xr.Dataset) -> list[str]:
    """A line for each country that sheds load, with all its years."""
    energy, hours = sum_by(unserved_gwh(dataset), "zone", "country"), shed_hours(dataset)
    planned, served = rationed_gwh(dataset), dataset["country_consumption_gwh"]
    called = names(dataset, "country")
    lines = []
    for country in energy["country"].values.astype(str):
        parts = []
        for year in dataset["year"].values:
            here = {"country": country, "year": year}
            gwh = float(energy.sel(here))
            if not np.isfinite(gwh) or gwh < NOTABLE_GWH:
                continue
            percent = 100 * gwh / (gwh + float(served.sel(here)))
            parts.append(f"{int(year)} {gwh:,.0f} GWh ({percent:.1f} %) in {float(hours.sel(here)):,.0f} hours, "
                         f"{float(planned.sel(here)):,.0f} of it rationed")  # fmt: skip
        if parts:
            lines.append(f"{called.get(country, country)}: {'; '.join(parts)}")
    return lines
