"""A winter and a summer day, zone by zone: who serves the load, hour by hour."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import dispatch_mw, focus, focus_year, labels, names, summer_day, winter_day
from simulator.plots.style import ENTRY_COLOURS, GROUP_COLOURS, colour, label, new_figure

ORDER = [*GROUP_COLOURS, *ENTRY_COLOURS]


def days(dataset: xr.Dataset) -> Figure:
    """Columns: the winter day of the highest load and a July day; rows: the zones of the headline country."""
    question, year = focus(dataset), focus_year(dataset)
    zones = [
        z for z in labels(dataset, "zone")
        if question is None or str(dataset["zone_country"].sel(zone=z).item()) == question.country
    ]  # fmt: skip
    figure, axes = new_figure(
        f"A day in winter and one in summer, {year} ({dataset.attrs['scenario']})", 9.5, 2.4 * len(zones) + 1,
        len(zones), 2, sharex=True, sharey="row",
    )  # fmt: skip
    shown: dict[str, object] = {}
    for row, zone in enumerate(zones):
        for column, day in enumerate((winter_day(dataset, year), summer_day(dataset))):
            axis = axes[2 * row + column]
            shown |= _day(axis, dataset, zone, year, day)
            season = "peak day in winter" if column == 0 else "day in July"
            axis.set_title(f"{names(dataset, 'zone')[zone]}, {season}")
            if column == 0:
                axis.set_ylabel("GW")
            if row == len(zones) - 1:
                axis.set_xlabel("hour of the day, UTC+5")
    figure.legend(list(shown.values()), list(shown), loc="outside lower center", ncols=6)  # type: ignore[arg-type]
    return figure


def _day(axis: Axes, dataset: xr.Dataset, zone: str, year: int, day: int) -> dict[str, object]:
    """Stacked steps of one day; the handles by label."""
    slices = np.flatnonzero(dataset["slice_day"].values == day)
    table = dispatch_mw(dataset, zone, year, slices) / 1e3
    hour = dataset["slice_hour"].values[slices].astype(float)
    edges = np.append(hour, hour[-1] + float(dataset["slice_block_hours"].values[slices][-1]))
    up, down = np.zeros(len(slices)), np.zeros(len(slices))
    handles: dict[str, object] = {}
    for name in sorted(table.columns, key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER)):
        values = table[name].to_numpy()
        for part, base in ((np.maximum(values, 0), up), (np.minimum(values, 0), down)):
            if np.abs(part).max() > 0:
                handles[label(name)] = axis.stairs(base + part, edges, baseline=base, fill=True, color=colour(name))
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    load = (dataset["load_mw"] + dataset["nev_load_mw"]).sel(zone=zone, year=year).values[slices] / 1e3
    handles["load with vehicles"] = axis.stairs(load, edges, baseline=None, color="black", lw=1.6)
    axis.axhline(0, color="black", lw=0.6)
    axis.set_xticks(range(0, 25, 6))
    axis.set_xlim(0, 24 if edges[-1] > 1 else edges[-1])
    return handles
