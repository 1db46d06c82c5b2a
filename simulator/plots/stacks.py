"""Stacked bars by year: generation, capacity, new capacity and money by investor, cost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import (
    by_asset,
    generation_by_group_gwh,
    investment_by_investor_musd,
    labels,
    names,
    new_capacity_by_investor_mw,
)
from simulator.plots.style import GROUP_COLOURS, SERIES, colour, label, new_figure


def generation(dataset: xr.Dataset) -> Figure:
    """Generation by technology group and year, a panel per country."""
    return _by_country(dataset, generation_by_group_gwh(dataset) / 1e3, "Generation by technology", "TWh per year")


def capacity(dataset: xr.Dataset) -> Figure:
    """Operating capacity by technology group and year, a panel per country."""
    values = by_asset(dataset, "capacity_mw", "country", "group") / 1e3
    return _by_country(dataset, values, "Capacity in operation by technology", "GW")


def _by_country(dataset: xr.Dataset, values: xr.DataArray, title: str, unit: str) -> Figure:
    countries = labels(dataset, "country")
    n_columns = min(3, len(countries))
    n_rows = -(-len(countries) // n_columns)
    figure, axes = new_figure(
        f"{title} ({dataset.attrs['scenario']})", 3.2 * n_columns + 0.6, 2.9 * n_rows + 0.6, n_rows, n_columns
    )
    groups = [g for g in GROUP_COLOURS if g in values["group"].values and float(values.sel(group=g).max()) > 1e-3]
    years = [int(year) for year in dataset["year"].values]
    for axis, country in zip(axes, countries, strict=False):
        table = pd.DataFrame({g: values.sel(country=country, group=g).values for g in groups}, index=years)
        _stack(axis, table, colour)
        axis.set_title(names(dataset, "country")[country])
        axis.set_ylabel(unit)
    for axis in axes[len(countries) :]:
        axis.set_visible(False)
    _legend(figure, axes[0], n_columns + 2)
    return figure


def money(dataset: xr.Dataset) -> Figure:
    """New capacity in operation and money spent by investor, all countries."""
    figure, (left, right) = new_figure(
        f"Who builds and who pays, all countries ({dataset.attrs['scenario']})", 9.5, 4.6, 1, 2
    )
    built = new_capacity_by_investor_mw(dataset).sum("group") / 1e3
    spent = investment_by_investor_musd(dataset) / 1e3
    years = [int(year) for year in dataset["year"].values]
    investors = [
        name
        for name in map(str, built["investor"].values)
        if name and max(float(built.sel(investor=name).max()), float(spent.sel(investor=name).max())) > 1e-3
    ]
    shade = dict(zip(investors, SERIES * 3, strict=False))
    for axis, values, title, unit in (
        (left, built, "Projects and chosen capacity", "GW in operation"),
        (right, spent, "Overnight spending", "bn USD since the model year before"),
    ):
        _stack(
            axis, pd.DataFrame({i: values.sel(investor=i).values for i in investors}, index=years), shade.__getitem__
        )
        axis.set_title(title)
        axis.set_ylabel(unit)
    _legend(figure, left, 4)
    return figure


def cost(dataset: xr.Dataset) -> Figure:
    """Cost of the system by component and year; trade earnings lie below zero."""
    figure, (axis,) = new_figure(f"Cost of the system per year ({dataset.attrs['scenario']})", 8, 4.8)
    years = [int(year) for year in dataset["year"].values]
    table = pd.DataFrame(dataset["cost_musd"].values.T / 1e3, index=years, columns=labels(dataset, "cost_component"))
    table = table.loc[:, table.abs().max() > 0.005 * table.abs().sum(axis=1).max()]
    shade = dict(zip(table.columns, SERIES * 3, strict=False))
    _stack(axis, table, shade.__getitem__)
    axis.set_ylabel("bn USD per year")
    _legend(figure, axis, 3)
    return figure


def _stack(axis: Axes, table: pd.DataFrame, shade: Callable[[str], str]) -> None:
    """Stacked bars, negative values downwards; one bar per year, evenly spaced."""
    place = np.arange(len(table))
    up, down = np.zeros(len(table)), np.zeros(len(table))
    for name in table:
        values = table[name].to_numpy()
        base = np.where(values >= 0, up, down)
        axis.bar(
            place, values, 0.7, bottom=base, color=shade(str(name)), label=label(str(name)), edgecolor="white", lw=0.4
        )
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    axis.set_xticks(place, [str(year) for year in table.index])
    if down.min(initial=0) < 0:
        axis.axhline(0, color="black", lw=0.8)


def _legend(figure: Figure, axis: Axes, columns: int) -> None:
    handles, texts = axis.get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside lower center", ncols=columns)
