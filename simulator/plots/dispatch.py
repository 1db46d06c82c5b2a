"""A winter and a summer day, zone by zone: who serves the load, hour by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.dispatch import dispatch_mw, summer_day, winter_day
from simulator.analysis.indicators import (
    focus,
    focus_year,
    labels,
    must_run_mw,
    names,
    zones_of,
)
from simulator.plots.style import ENTRY_COLOURS, ENTRY_NAMES, colour, in_order, label, legend_below, new_figure, styled

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@styled
def days(dataset: xr.Dataset) -> Figure:
    """Columns: the winter day of the highest load and a July day; rows: the zones of the headline country, or all.

    Above zero what feeds a zone, below zero what it gives away or stores; the black line is its load with vehicles,
    the dashed one what heat and hosts force plants to give.
    """
    question, year = focus(dataset), focus_year(dataset)
    country = question.country if question else None
    zones = labels(dataset, "zone") if country is None else zones_of(dataset, country)
    chosen = list(dict.fromkeys([winter_day(dataset, year), summer_day(dataset)]))
    who = names(dataset, "country")[country] if country else "All zones"
    title = f"{who}: how load is served on a winter and a summer day, {year} ({dataset.attrs['scenario']})"
    size = 9.5, 2.2 * len(zones) + 1.1
    figure, axes = new_figure(title, *size, len(zones), len(chosen), sharex=True, sharey="row")
    handles: dict[str, Any] = {}
    for row, zone in enumerate(zones):
        for column, day in enumerate(chosen):
            axis = axes[len(chosen) * row + column]
            handles |= draw_dispatch(axis, dataset, zone, year, np.flatnonzero(dataset["slice_day"].values == day))
            month = MONTHS[int(dataset["day_month"].values[day]) - 1]
            axis.set_title(f"{names(dataset, 'zone')[zone]}, {'peak ' if column == 0 else ''}day in {month}")
            if column == 0:
                axis.set_ylabel("GW")
            if row == len(zones) - 1:
                axis.set_xlabel("hour of the day, UTC+5")
    dispatch_legend(figure, handles)
    return figure


def dispatch_legend(figure: Figure, handles: dict[str, Any]) -> None:
    """A legend below the figure: technologies in their order, then the other entries, then load and must run."""
    lines = {name: handles.pop(name) for name in ("load with vehicles", "must run") if name in handles}
    entries = [name for name in ENTRY_COLOURS if name in handles]
    order = [*in_order(n for n in handles if n not in entries), *entries]
    legend_below(figure, {label(n): handles[n] for n in order} | lines)


def draw_dispatch(axis: Axes, dataset: xr.Dataset, zone: str, year: int, slices: np.ndarray) -> dict[str, Any]:
    """Stacked steps of consecutive slices (positions), hours on the axis; the handles by name."""
    table = dispatch_mw(dataset, zone, year, slices) / 1e3
    first = float(dataset["slice_hour"].values[slices][0])
    edges = first + np.append(0.0, np.cumsum(dataset["slice_block_hours"].values[slices]))
    named = [(name, ENTRY_NAMES.get(str(name), str(name))) for name in table.columns]
    last = [*in_order(n for _, n in named if n not in ENTRY_COLOURS), *ENTRY_COLOURS]
    up, down = np.zeros(len(slices)), np.zeros(len(slices))
    handles: dict[str, Any] = {}
    for name, shown in sorted(named, key=lambda pair: last.index(pair[1])):
        values = table[name].to_numpy()
        for part, base in ((np.maximum(values, 0), up), (np.minimum(values, 0), down)):
            if np.abs(part).max(initial=0) > 1e-6:
                handles[shown] = axis.stairs(base + part, edges, baseline=base, fill=True, color=colour(shown), lw=0)
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    load = (dataset["load_mw"] + dataset["nev_load_mw"]).sel(zone=zone, year=year).values[slices] / 1e3
    axis.stairs(load, edges, baseline=None, color="white", lw=3.2)
    handles["load with vehicles"] = axis.stairs(load, edges, baseline=None, color="black", lw=1.5)
    must_run = must_run_mw(dataset).sel(zone=zone, year=year).values[slices] / 1e3
    if must_run.max(initial=0) > 1e-6:
        axis.stairs(must_run, edges, baseline=None, color="white", lw=2.2)
        handles["must run"] = axis.stairs(must_run, edges, baseline=None, color="black", lw=1.1, ls=(0, (2, 1.5)))
    axis.axhline(0, color="black", lw=0.6)
    if edges[-1] <= 24:
        axis.set_xticks(range(0, 25, 6))
    axis.set_xlim(edges[0], edges[-1])
    return handles
