"""Stacked bars by year: generation, capacity and cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import by_asset, generation_by_group_gwh, labels, names
from simulator.plots.style import PLAIN, SERIES, colour, in_order, label, legend_below, new_figure, styled

VISIBLE = 0.004
"""A layer thinner than this share of the highest stack is not drawn, so that the legend names only what is seen."""


@styled
def generation(dataset: xr.Dataset) -> Figure:
    """Generation by technology group and year, a panel per country, each with its own scale."""
    return _by_country(dataset, generation_by_group_gwh(dataset) / 1e3, "Generation by technology", "TWh per year")


@styled
def capacity(dataset: xr.Dataset) -> Figure:
    """Operating capacity by technology group and year, a panel per country, each with its own scale."""
    values = by_asset(dataset, "capacity_mw", "country", "group") / 1e3
    return _by_country(dataset, values, "Capacity in operation by technology", "GW")


def _by_country(dataset: xr.Dataset, values: xr.DataArray, title: str, unit: str) -> Figure:
    countries = [c for c in labels(dataset, "country") if c in values["country"].values]
    n_columns = min(3, max(len(countries), 1))
    n_rows = max(-(-len(countries) // n_columns), 1)
    size = 3.2 * n_columns + 0.6, 2.5 * n_rows + 1.2
    figure, axes = new_figure(f"{title} ({dataset.attrs['scenario']})", *size, n_rows, n_columns)
    years = [int(year) for year in dataset["year"].values]
    handles: dict[str, Any] = {}
    for axis, country in zip(axes, countries, strict=False):
        here = values.sel(country=country).transpose("year", "group")
        table = pd.DataFrame(here.values, index=years, columns=[str(g) for g in values["group"].values])
        handles |= stack(axis, table[in_order(table.columns)], colour)
        axis.set_title(names(dataset, "country")[country])
        axis.set_ylabel(unit)
    for axis in axes[len(countries) :]:
        axis.set_visible(False)
    legend_below(figure, {label(g): handles[g] for g in in_order(handles)})
    return figure


@styled
def cost(dataset: xr.Dataset) -> Figure:
    """Cost of the system by component and year; what trade earns lies below zero, small components are added up."""
    figure, (axis,) = new_figure(f"Cost of the system per year ({dataset.attrs['scenario']})", 8, 5)
    years = [int(year) for year in dataset["year"].values]
    table = pd.DataFrame(dataset["cost_musd"].transpose("year", "cost_component").values / 1e3, index=years)
    table.columns = pd.Index(labels(dataset, "cost_component"))
    largest = set(table.abs().max().nlargest(len(SERIES)).index)
    small = [name for name in table if name not in largest]
    if small:
        table = table.drop(columns=small).assign(**{"everything else": table[small].sum(axis=1)})
    shades = dict(zip(table.columns, [*SERIES, PLAIN], strict=False))
    legend_below(figure, stack(axis, table, shades.__getitem__))
    total = table.sum(axis=1).to_numpy()
    axis.plot(range(len(years)), total, "D", color="white", markeredgecolor="black", ms=6)
    for place, value in enumerate(total):
        axis.annotate(
            f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}",
            (place + 0.36, value),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    axis.set_ylabel(f"bn USD of {dataset.attrs['money_year']} per year (diamond: total)")
    return figure


def stack(axis: Axes, table: pd.DataFrame, shade: Callable[[str], str]) -> dict[str, Any]:
    """Stacked bars, negative values downwards; one bar per row, evenly spaced. Handles by column that is visible."""
    place = np.arange(len(table))
    up, down = np.zeros(len(table)), np.zeros(len(table))
    thin = VISIBLE * float(table.abs().sum(axis=1).max()) if len(table) else 0.0
    handles: dict[str, Any] = {}
    for name in table:
        values = table[name].to_numpy(dtype=float)
        if np.abs(values).max(initial=0) <= thin:
            continue
        base = np.where(values >= 0, up, down)
        bars = axis.bar(place, values, 0.7, bottom=base, color=shade(str(name)), edgecolor="white", lw=0.4)
        handles[str(name)] = bars
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    axis.set_xticks(place, [str(row) for row in table.index])
    axis.set_xlim(-0.6, len(table) - 0.4)
    if down.min(initial=0) < 0:
        axis.axhline(0, color="black", lw=0.8)
    if not handles:
        axis.set_ylim(0, 1)
    return handles
