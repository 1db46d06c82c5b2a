"""Where energy has nowhere to go: the zone, the hours, how much, and what gives it.

"A (North): 152 GWh have nowhere to go in 2030, 17 MW on average in 8,760 hours, most (17 MW) in slice s. Smelter
plant (p) must run with 120 MW."
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from simulator.analysis.indicators import labels, names

SMALL_MW = 1e-3
MOST_NAMES = 3


def surplus(dataset: xr.Dataset) -> list[str]:
    """A sentence or two for every zone and year with surplus, the largest energy first."""
    zones, years = labels(dataset, "zone"), dataset["year"].values
    hours = dataset["hours"].transpose("year", "slice").values
    power = (dataset["surplus_mw"] + dataset["distribution_surplus_mw"]).transpose("zone", "year", "slice").values
    thrown = np.where(hours > 0, power, 0.0)
    found = [
        (float(thrown[z, y] @ hours[y]), _sentence(dataset, zones[z], int(years[y])))
        for z, y in np.argwhere(thrown.max(axis=-1) > SMALL_MW)
    ]
    return [text for _, text in sorted(found, key=lambda pair: -pair[0])]


def _sentence(dataset: xr.Dataset, zone: str, year: int) -> str:
    here = dataset.sel(zone=zone, year=year)
    thrown = (here["surplus_mw"] + here["distribution_surplus_mw"]).values
    when = (thrown > SMALL_MW) & (here["hours"].values > 0)
    hours, energy = float(here["hours"].values[when].sum()), float(thrown[when] @ here["hours"].values[when])
    most = int(np.argmax(np.where(when, thrown, -np.inf)))
    name = names(dataset, "zone")[zone]
    return (
        f"{zone}{f' ({name})' if name != zone else ''}: {energy / 1e3:,.3g} GWh have nowhere to go in {year}, "
        f"{energy / hours:,.0f} MW on average in {hours:,.0f} hours, most ({thrown[most]:,.0f} MW) in slice "
        f"{here['slice'].values[most]}. " + "; ".join(_causes(dataset, zone, year, when))
    ) + "."


def _causes(dataset: xr.Dataset, zone: str, year: int, when: np.ndarray) -> Iterator[str]:
    """What gives power that nobody may turn down, or that is paid for: plants and imports in these slices."""
    here = dataset.sel(year=year).isel(slice=np.flatnonzero(when))
    units = dict(zip(labels(dataset, "unit"), here["must_run_mw"].max("slice").values, strict=True))
    plants = dict(zip(labels(dataset, "asset"), names(dataset, "asset").values(), strict=True))
    standing = {
        unit: [f"{plants[asset]} ({asset})" if plants[asset] != asset else asset
               for asset, of, mw in zip(plants, labels(dataset, "asset_unit"), here["capacity_mw"].values, strict=True)
               if of == unit and mw > 0]
        for unit, place in zip(units, labels(dataset, "unit_zone"), strict=True) if place == zone
    }  # fmt: skip
    forced = sorted(((units[u], few) for u, few in standing.items() if units[u] > SMALL_MW), key=lambda pair: -pair[0])
    for mw, members in forced:
        yield f"{_some(members)} must run with up to {mw:,.0f} MW"
    for offer, place, way in zip(
        *(labels(dataset, f"market_step{x}") for x in ("", "_zone", "_direction")), strict=True
    ):
        bought = float(here["trade_mw"].sel(market_step=offer).max())
        if (place, way) == (zone, "import") and bought > SMALL_MW:
            yield f"{offer} brings up to {bought:,.0f} MW"
    if not forced:
        paid = here["generation_mw"].isel(unit=np.flatnonzero(dataset["unit_zone"].values == zone))
        running = [str(u) for u in paid["unit"].values[paid.max("slice").values > SMALL_MW]]
        if running:
            yield f"{_some(running)} may be paid to run"


def _some(members: list[str]) -> str:
    rest = len(members) - MOST_NAMES
    return ", ".join(members[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")
