"""Who serves whom on a day: the ledger of a zone slice by slice, the hours of the highest load, and the days to show.

Dataset in, DataFrame or DataArray out, as in ``indicators``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis.indicators import (
    DISTRIBUTION_ENTRIES,
    GENERATION_ENTRIES,
    LOAD_ENTRIES,
    energy_gwh,
    labels,
    sum_by,
    zones_of,
    zones_to_countries,
)

WINTER_MONTHS = (11, 12, 1, 2)
SUMMER_MONTH = 7
MIDSUMMER_DAY = 196


def winter_day(dataset: xr.Dataset, year: int) -> int:
    """Position of the winter day with the highest system load; of any day if no winter month is modelled."""
    day_of_slice = dataset["slice_day"].values
    load = (dataset["load_mw"] + dataset["nev_load_mw"]).sel(year=year).sum("zone").values
    winter = np.isin(dataset["day_month"].values[day_of_slice], WINTER_MONTHS)
    return int(day_of_slice[np.argmax(np.where(winter, load, -1.0) if winter.any() else load)])


def summer_day(dataset: xr.Dataset) -> int:
    """Position of the day that represents most of July; the day nearest to mid-July if July is not modelled."""
    july = dataset["day_month"].values == SUMMER_MONTH
    if july.any():
        return int(np.argmax(np.where(july, dataset["day_weight"].values, -1.0)))
    apart = np.abs(dataset["day_of_year"].values - MIDSUMMER_DAY)
    return int(np.argmin(np.minimum(apart, 365 - apart)))


def dispatch_mw(dataset: xr.Dataset, zone: str, year: int, slices: np.ndarray) -> pd.DataFrame:
    """The ledger of a zone in some slices: rows slices, columns technology groups, then the other entries.

    What feeds the zone is positive, what takes from it negative; load is left out, so a row adds up to load and NEV
    charging. Where plants use part of their gross output, and where distribution networks lose energy, a column of its
    own says so. ``slices`` are positions.
    """
    here = dataset[["generation_mw", "energy_mw"]].sel(year=year).isel(slice=slices)
    by_group = sum_by(here["generation_mw"].isel(unit=np.flatnonzero(here["unit_zone"] == zone)), "unit", "group")
    table = pd.DataFrame({str(g): by_group.sel(group=g).values for g in by_group["group"].values})
    entries = pd.DataFrame(here["energy_mw"].sel(zone=zone).transpose("slice", "entry").values)
    entries.columns = pd.Index(labels(dataset, "entry"))
    sent_out = entries.loc[:, entries.columns.isin(GENERATION_ENTRIES)].sum(axis=1)
    table["own use of plants"] = sent_out - table.sum(axis=1)
    table["distribution network losses"] = entries.loc[:, entries.columns.isin(DISTRIBUTION_ENTRIES)].sum(axis=1)
    listed = GENERATION_ENTRIES + DISTRIBUTION_ENTRIES + LOAD_ENTRIES
    table = pd.concat([table, entries.loc[:, ~entries.columns.isin(listed)]], axis=1)
    table.index = pd.Index(here["slice"].values, name="slice")
    return table.loc[:, (table.abs() > 1e-6).any()]


def peak_dispatch_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Who serves the slice with each country's highest load of the year. (country, year, item); load is left out.

    Links inside the country cancel; what is left of imports and exports by link is their net.
    """
    load = zones_to_countries(dataset["load_mw"] + dataset["nev_load_mw"])
    net = {"imports by link": "links, net", "exports by link": "links, net"}
    rows = {}
    for country in labels(dataset, "country"):
        zones = zones_of(dataset, country)
        for year in map(int, dataset["year"].values):
            at = np.array([int(np.argmax(load.sel(country=country, year=year).values))])
            parts = [dispatch_mw(dataset, z, year, at).iloc[0].rename(net) for z in zones]
            rows[country, year] = pd.concat(parts).groupby(level=0).sum()
    table = pd.DataFrame(rows).fillna(0.0)
    shape = (dataset.sizes["country"], dataset.sizes["year"], len(table))
    coords = {"country": labels(dataset, "country"), "year": dataset["year"].values, "item": list(table.index)}
    return xr.DataArray(table.to_numpy().T.reshape(shape), coords=coords, dims=("country", "year", "item"))


def nev_at_peak_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Net charging in the slice with each country's highest load: as planned, and if nobody controlled it.

    (control = planned, uncontrolled; country; year).
    """
    load = zones_to_countries(dataset["load_mw"])
    ways = {"planned": dataset["nev_load_mw"] - dataset["nev_feed_mw"], "uncontrolled": dataset["nev_uncontrolled_mw"]}
    parts = []
    for zones in ways.values():
        charging = zones_to_countries(zones)
        parts.append(charging.isel(slice=(load + charging).argmax("slice")).drop_vars("slice"))
    return xr.concat(parts, pd.Index(list(ways), name="control"))


def nev_moved_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy charged in other slices than without control. (zone, year)."""
    return energy_gwh(dataset, (dataset["nev_load_mw"] - dataset["nev_uncontrolled_mw"]).clip(min=0))
