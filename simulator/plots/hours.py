"""A plan and its hours: the hardest week, hour by hour, and the share in every weather year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from simulator.analysis import indicators as ind
from simulator.plots.dispatch import dispatch_legend, draw_dispatch
from simulator.plots.style import new_figure, styled

HOURS_OF_WEEK = 168


@styled
def hardest_week(plan: xr.Dataset, hours: Mapping[int, xr.Dataset]) -> Figure:
    """The week with the most unserved energy, or else with the highest load less wind and sun, in the headline country.

    Rows: its zones. The weather year is that in which the week is hardest.
    """
    question = ind.focus(plan)
    country = question.country if question else ind.labels(plan, "country")[0]
    seed, first = _hardest(hours, country)
    year = hours[seed]
    zones = ind.zones_of(year, country)
    day = int(year["slice_day"].values[first])
    title = (
        f"{ind.names(plan, 'country')[country]}: the hardest week of {int(year['year'].values[0])}, "
        f"from day {day + 1}, weather {seed} ({plan.attrs['scenario']})"
    )
    figure, axes = new_figure(title, 9.5, 2.2 * len(zones) + 1.1, len(zones), 1, sharex=True)
    handles: dict[str, Any] = {}
    slices = np.arange(first, first + HOURS_OF_WEEK)
    for axis, zone in zip(axes, zones, strict=True):
        handles |= draw_dispatch(axis, year, zone, int(year["year"].values[0]), slices)
        axis.set_title(ind.names(plan, "zone")[zone])
        axis.set_ylabel("GW")
        axis.set_xticks(range(0, HOURS_OF_WEEK + 1, 24))
    axes[-1].set_xlabel("hour of the week, UTC+5")
    dispatch_legend(figure, handles)
    return figure


def _hardest(hours: Mapping[int, xr.Dataset], country: str) -> tuple[int, int]:
    """Weather year and first hour of the hardest week, which starts at midnight."""
    worst: dict[tuple[int, int], tuple[float, float]] = {}
    for seed, year in hours.items():
        mine = year["unit_country"].values == country
        variable = np.flatnonzero(mine & np.isin(year["unit_group"].values, ("wind", "solar")))
        here = year.isel(year=0).sel(zone=ind.zones_of(year, country))
        shed = here["unserved_mw"].sum("zone").values
        residual = (here["load_mw"] + here["nev_load_mw"]).sum("zone").values
        residual = residual - here["generation_mw"].isel(unit=variable).sum("unit").values
        for first in range(0, len(shed) - HOURS_OF_WEEK + 1, 24):
            week = slice(first, first + HOURS_OF_WEEK)
            worst[seed, first] = round(float(shed[week].sum()), 3), float(residual[week].sum())
    return max(worst, key=lambda key: worst[key])
