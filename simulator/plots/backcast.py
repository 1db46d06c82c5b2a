"""A backcast in a figure: generation by fuel and net import, model beside statistics, year by year."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from simulator.analysis.backcast import records
from simulator.plots.style import SERIES, colour, legend_below, new_figure, styled

STACK = {"coal": "coal", "gas_oil": "gas", "hydro": "hydro", "wind": "wind", "solar": "solar"}
"""Items of the table from the bottom of the stack, and the group whose colour they take."""
SIDES = {"published": -0.2, "model": 0.2}
WIDTH = 0.36


@styled
def backcast(table: pd.DataFrame, country: str, title: str) -> Figure:
    """Two bars a year, statistics left and model right; below, net import. ``table`` as ``analysis.backcast`` makes it.

    A fuel that misses its band has a red rim in the model's bar.
    """
    here = table[table["country"] == country]
    years = sorted(int(year) for year in here.loc[here["kind"] != "fact", "year"].unique())
    figure, axes = new_figure(
        f"{title}: statistics (left) and model (right)", 8, 5.6, 2, 1, sharex=True, height_ratios=[3, 1.1]
    )
    handles = _stacks(axes[0], here, years)
    _net_import(axes[1], here, years)
    axes[1].set_xticks(range(len(years)), [str(year) for year in years])
    legend_below(figure, handles)
    return figure


def _stacks(axis: Axes, here: pd.DataFrame, years: list[int]) -> dict[str, Any]:
    handles: dict[str, Any] = {}
    base = {(side, year): 0.0 for side in SIDES for year in years}
    for item, group in STACK.items():
        for row in records(here[here["item"] == item]):
            if max(row.model, row.published) <= 0:
                continue
            for side, shift in SIDES.items():
                value = float(getattr(row, side))
                place = years.index(int(row.year)) + shift
                fails = side == "model" and row.holds is False
                axis.bar(
                    place, value, WIDTH, bottom=base[side, row.year], color=colour(group),
                    edgecolor="#d00000" if fails else "white", lw=1.6 if fails else 0.4, zorder=3 if fails else 2,
                )  # fmt: skip
                base[side, row.year] += value
            handles[item.replace("gas_oil", "gas and oil")] = Patch(color=colour(group))
    if any(holds is False for holds in here.loc[here["item"].isin(list(STACK)), "holds"]):
        handles["misses its band"] = Patch(facecolor="white", edgecolor="#d00000", lw=1.6)
    axis.set_ylabel("generation, TWh")
    return handles


def _net_import(axis: Axes, here: pd.DataFrame, years: list[int]) -> None:
    for row in records(here[here["item"] == "net_import"]):
        for side, shift in SIDES.items():
            axis.bar(years.index(int(row.year)) + shift, float(getattr(row, side)), WIDTH, color=SERIES[0])
    axis.axhline(0, color="black", lw=0.8)
    axis.set_ylabel("net import, TWh")
