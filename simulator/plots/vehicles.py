"""Electric vehicles: their number and what they save, their energy and power, and the stock against counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.dispatch import winter_day
from simulator.analysis.indicators import focus, focus_year, labels, names
from simulator.analysis.vehicles import counted_stock, grid_co2_kt, plug_in_stock, stock_beside_counts
from simulator.plots.stacks import stack
from simulator.plots.style import LINES, SERIES, label, legend_below, new_figure, styled


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


@styled
def vehicle_stock(dataset: xr.Dataset) -> Figure:
    """Left: plug-in vehicles by class in the headline country; right: carbon dioxide they avoid and cause."""
    question = focus(dataset)
    country = question.country if question else labels(dataset, "country")[0]
    known = names(dataset, "country")[country]
    figure, (left, right) = new_figure(f"Electric vehicles, {known} ({dataset.attrs['scenario']})", 9.5, 4, 1, 2)
    years = [int(y) for y in dataset["year"].values]
    stock = plug_in_stock(dataset).sel(country=country).transpose("year", "vehicle").values / 1e3
    table = pd.DataFrame(stock, index=years, columns=labels(dataset, "vehicle"))
    shades = dict(zip(table.columns, SERIES * 4, strict=False))
    handles = stack(left, table.loc[:, table.max() > 1e-3], shades.__getitem__) if stock.size else {}
    left.set_title("On the road")
    left.set_ylabel("thousand vehicles")
    _legend(left, {label(name): bars for name, bars in handles.items()}, "no vehicles")
    gross, grid = (values.sel(country=country).values / 1e3 for values in (dataset["co2_avoided_kt"],
                                                                           grid_co2_kt(dataset)))  # fmt: skip
    place = np.arange(len(years))
    bars = {}
    if gross.max() > 1e-6:
        bars["not burnt in engines"] = right.bar(place - 0.2, gross, 0.36, color=SERIES[0])
        bars["of the power plants, at their mean"] = right.bar(place + 0.2, grid, 0.36, color=SERIES[1])
        right.set_xticks(place, [str(y) for y in years])
        right.set_ylim(0, 1.35 * float(np.nanmax([gross, grid])))
    right.set_title("Carbon dioxide")
    right.set_ylabel("Mt per year")
    _legend(right, bars, "no vehicles")
    return figure


@styled
def stock_backcast(dataset: xr.Dataset) -> Figure:
    """Published counts of electric vehicles as marks, the model's stock as lines; one panel per country with counts."""
    counts = stock_beside_counts(dataset)
    counts = counts[counts["country"].isin(labels(dataset, "country"))]
    countries = list(dict.fromkeys(counts["country"])) or labels(dataset, "country")[:1]
    kinds = list(dict.fromkeys(counts["counted"]))
    shades = dict(zip(kinds, LINES * 2, strict=False))
    title = f"Electric vehicles counted, and in the model ({dataset.attrs['scenario']})"
    figure, axes = new_figure(title, 3.2 * len(countries) + 1.5, 3.8, 1, len(countries))
    handles: dict[str, Any] = {}
    last = int(np.ceil(counts["date"].max())) if len(counts) else 0
    for axis, country in zip(axes, countries, strict=True):
        here = counts[counts["country"] == country]
        axis.set_title(names(dataset, "country")[country])
        axis.set_ylabel("electric vehicles" if axis is axes[0] else "")
        if not len(here):
            _legend(axis, {}, "nothing counted")
            continue
        for kind in dict.fromkeys(here["counted"]):
            _counted(axis, dataset, here[here["counted"] == kind], kind, shades[kind], last, handles)
        axis.set_yscale("log")
        axis.set_xlim(last - 8.1, last + 0.1)
        axis.set_ylim(5, 3 * max(here["published"].max(), here["modelled"].max()))
        axis.set_xticks(range(last - 8, last + 1, 2))
    legend_below(figure, handles)
    return figure


def _counted(
    axis: Axes, dataset: xr.Dataset, rows: pd.DataFrame, kind: str, shade: str, last: int, handles: dict[str, Any]
) -> None:
    """One line of the model with its counts: filled where the count is used for comparison."""
    stock = counted_stock(dataset, str(rows["country"].iloc[0]), kind)
    ends = stock["calendar_year"].values + 1.0
    shown = (ends <= last) & (stock.values > 0)
    (line,) = axis.plot(ends[shown], stock.values[shown], color=shade, lw=1.5)
    for _, row in rows.iterrows():
        axis.plot(row["date"], row["published"], "o", ms=5, mec=shade, mfc=shade if row["chosen"] else "white")
    handles.setdefault(label(kind), line)


def _legend(axis: Axes, handles: dict[str, Any], otherwise: str) -> None:
    if handles:
        axis.legend(list(handles.values()), list(handles), loc="upper left")
    else:
        axis.set_yticks([])
        axis.annotate(otherwise, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color="#666666")
