"""Several runs side by side: small bars, one panel per indicator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.compare import compare, scope_of
from simulator.analysis.indicators import names
from simulator.plots.style import PLAIN, SERIES, TARGET, halo, label, new_figure, styled

PANELS = (
    "renewable share",
    "renewable energy that counts",
    "of it from Chinese plants",
    "capacity wind",
    "capacity solar",
    "Chinese capacity",
    "Chinese investment to date",
    "system cost",
    "discounted cost of the horizon",
    "mean price",
    "emissions",
    "net import",
    "curtailment",
    "unserved energy",
)
COLUMNS = 3


@styled
def comparison(datasets: Sequence[xr.Dataset]) -> Figure:
    """One panel per indicator that is not zero in all runs; bars by run, the first in grey, differences in brackets."""
    table = compare(datasets)
    scenarios = [str(d.attrs["scenario"]) for d in datasets]
    scope = scope_of(datasets[0])
    values = table[scenarios]
    rows = [
        key for name in PANELS for key in values.index if key[0] == name and values.loc[[key]].abs().sum().sum() > 0
    ]
    where = ", ".join(names(datasets[0], "country")[c] for c in scope.countries)
    height = (0.24 * len(scenarios) + 0.62) * max(-(-len(rows) // COLUMNS), 1) + 0.5
    title = f"{where} in {scope.year}: runs compared with “{label(scenarios[0])}”"
    figure, axes = new_figure(title, 10.5, height, max(-(-len(rows) // COLUMNS), 1), COLUMNS, sharey=True)
    for axis, key in zip(axes, rows, strict=False):
        percent = scope.target.percent if scope.target and key[0] == "renewable share" else None
        _panel(axis, values.loc[[key]].iloc[0], f"{key[0]}, {key[1]}", percent)
    for axis in axes[len(rows) :]:
        axis.set_visible(False)
    axes[0].set_yticks(range(len(scenarios)), [label(s) for s in scenarios])
    axes[0].set_ylim(len(scenarios) - 0.4, -0.6)
    return figure


def _panel(axis: Axes, row: pd.Series, title: str, target_percent: float | None) -> None:
    values = row.to_numpy(dtype=float)
    drawn = np.nan_to_num(values)
    shades = [PLAIN, *[SERIES[0]] * (len(values) - 1)]
    bars = axis.barh(range(len(values)), drawn, 0.68, color=shades)
    for text in axis.bar_label(bars, [_text(v, values[0]) for v in values], padding=3, fontsize=8):
        halo(text)
    axis.set_title(title if target_percent is None else f"{title} (line: target {target_percent:g} %)")
    low, high = min(drawn.min(), 0.0), max(drawn.max(), target_percent or 0.0, 0.0)
    room = max(high - low, 1e-9)
    axis.set_xlim(low - (0.55 * room if low < 0 else 0), high + 0.55 * room)
    axis.set_xticks([])
    axis.grid(False)
    axis.spines["bottom"].set_visible(False)
    axis.axvline(0, color="black", lw=0.8)
    if target_percent is not None:
        axis.axvline(target_percent, color=TARGET, ls=(0, (4, 3)), lw=0.9, zorder=0)


def _text(value: float, first: float) -> str:
    """The value, and what it differs from the first run's if that shows."""
    if not np.isfinite(value):
        return "not modelled"
    size = max(abs(value), abs(first) if np.isfinite(first) else 0.0)
    digits = 0 if size >= 1000 else 1 if size >= 10 else 2
    text = f"{value:,.{digits}f}"
    if not np.isfinite(first) or abs(value - first) < 0.5 * 10**-digits:
        return text
    return f"{text} ({value - first:+,.{digits}f})"
