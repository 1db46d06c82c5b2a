"""Electric vehicles: energy by year, and when they charge on the winter peak day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import focus, focus_year, labels, names, winter_day
from simulator.plots.stacks import stack
from simulator.plots.style import SERIES, new_figure, styled


@styled
def charging(dataset: xr.Dataset) -> Figure:
    """Left: charging energy by country and year; right: charging by zone of the headline country on its peak day."""
    question, year = focus(dataset), focus_year(dataset)
    country = question.country if question else labels(dataset, "country")[0]
    title = f"Electric vehicles: energy, and power on the winter peak day ({dataset.attrs['scenario']})"
    figure, (left, right) = new_figure(title, 9.5, 4, 1, 2)
    known = names(dataset, "country")
    table = pd.DataFrame(
        dataset["nev_energy_gwh"].transpose("year", "country").values / 1e3,
        index=[int(y) for y in dataset["year"].values],
        columns=labels(dataset, "country"),
    )
    shades = dict(zip(table.columns, SERIES * 4, strict=False))
    handles = stack(left, table, shades.__getitem__)
    left.set_title("Charging energy")
    left.set_ylabel("TWh per year")
    _legend(left, {known[c]: bars for c, bars in handles.items()}, "no charging")
    _peak_day(right, dataset, country, year)
    right.set_title(f"{known[country]}, winter peak day of {year}")
    return figure


def _peak_day(axis: Axes, dataset: xr.Dataset, country: str, year: int) -> None:
    """Charging by zone through the day, and what it is of the load when it is highest."""
    slices = np.flatnonzero(dataset["slice_day"].values == winter_day(dataset, year))
    first = float(dataset["slice_hour"].values[slices][0])
    edges = first + np.append(0.0, np.cumsum(dataset["slice_block_hours"].values[slices]))
    here = dataset.sel(year=year).isel(zone=np.flatnonzero(dataset["zone_country"].values == country), slice=slices)
    base = np.zeros(len(slices))
    handles: dict[str, Any] = {}
    for i, zone in enumerate(labels(here, "zone")):
        power = here["nev_load_mw"].sel(zone=zone).values
        if power.max() > 1e-6:
            shade = SERIES[i % len(SERIES)]
            handles[names(here, "zone")[zone]] = axis.stairs(base + power, edges, baseline=base, fill=True, color=shade)
        base = base + power
    load = (here["load_mw"] + here["nev_load_mw"]).sum("zone").values
    top = int(np.argmax(base))
    if handles:
        note = f"at most {base[top]:,.0f} MW,\n{100 * base[top] / load[top]:.1f} % of the load then"
        axis.annotate(note, (0.98, 0.98), xycoords="axes fraction", ha="right", va="top")
    axis.set_ylim(0, 1.45 * max(float(base.max()), 1e-3))
    axis.set_xlim(edges[0], edges[-1])
    if edges[-1] <= 24:
        axis.set_xticks(range(0, 25, 6))
    axis.set_ylabel("charging, MW")
    axis.set_xlabel("hour of the day, UTC+5")
    _legend(axis, handles, "no charging")


def _legend(axis: Axes, handles: dict[str, Any], otherwise: str) -> None:
    if handles:
        axis.legend(list(handles.values()), list(handles), loc="upper left")
    else:
        axis.set_yticks([])
        axis.annotate(otherwise, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color="#666666")
