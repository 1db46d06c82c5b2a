"""Several runs side by side: small bars, one panel per indicator; and why their shares differ, as waterfalls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.attribution import Why, explain, largest
from simulator.analysis.compare import compare, questions, scope_of, share_row
from simulator.analysis.indicators import names
from simulator.plots.style import PLAIN, SERIES, TARGET, halo, label, new_figure, styled

PANELS = (
    "renewable share",
    "renewable energy that counts",
    "of it paid with Chinese money",
    "capacity wind",
    "capacity solar",
    "Chinese-financed capacity",
    "Chinese money placed to date",
    "system cost",
    "discounted cost of supply",
    "mean price",
    "emissions",
    "net import",
    "curtailment",
    "planned rationing",
    "unserved energy",
)
COLUMNS = 3


def share_causes(datasets: Sequence[xr.Dataset]) -> list[tuple[str, Why]]:
    """Run by run, why its share differs from the first one's; runs without a share are left out."""
    found = [(str(run.attrs["scenario"]), explain(datasets[0], run)) for run in datasets[1:]]
    return [(name, whys[0]) for name, whys in found if whys and whys[0].unit == "points"]


@styled
def why_share(datasets: Sequence[xr.Dataset]) -> Figure:
    """How the share of the first run becomes that of each other one: a waterfall of causes, a panel per run.

    Needs at least one run with a share to explain (``share_causes``).
    """
    panels = share_causes(datasets)
    shares = _shares(datasets)
    first = str(datasets[0].attrs["scenario"])
    rows = [len(largest(why.causes)) + 2 for _, why in panels]
    title = f"Why the renewable share of {scope_of(datasets[0]).year} differs from “{label(first)}”"
    figure, axes = new_figure(title, 9.5, 0.27 * sum(rows) + 0.75 * len(rows) + 0.6, len(rows), height_ratios=rows)
    for axis, (name, why) in zip(axes, panels, strict=True):
        _waterfall(axis, (first, shares[first]), (name, shares[name]), why)
    axes[-1].set_xlabel("share, %")
    return figure


def _shares(datasets: Sequence[xr.Dataset]) -> dict[str, float]:
    """Share by run, percent."""
    table = compare(datasets)
    row = table.index.get_level_values("indicator") == share_row(questions(datasets)[0])
    return {str(run.attrs["scenario"]): float(table.loc[row, str(run.attrs["scenario"])].item()) for run in datasets}


def _waterfall(axis: Axes, start: tuple[str, float], end: tuple[str, float], why: Why) -> None:
    """Bars from one share to the other; each cause begins where the one above it ends."""
    causes = largest(why.causes)
    steps = causes["effect"].to_numpy(dtype=float)
    edges = start[1] + np.append(0.0, np.cumsum(steps))
    colours = [SERIES[4] if step > 0 else SERIES[1] for step in steps]
    axis.barh(0, start[1], 0.68, color=PLAIN)
    axis.barh(range(1, len(steps) + 1), steps, 0.68, left=edges[:-1], color=colours)
    axis.barh(len(steps) + 1, end[1], 0.68, color=SERIES[0])
    texts = [f"{start[1]:.2f}", *(f"{step:+.2f}" for step in steps), f"{end[1]:.2f}"]
    right = [start[1], *np.maximum(edges[:-1], edges[1:]), end[1]]
    for place, (text, x) in enumerate(zip(texts, right, strict=True)):
        halo(axis.annotate(text, (x, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8))
    axis.set_yticks(range(len(texts)), [label(start[0]), *causes.index, label(end[0])])
    axis.set_ylim(len(texts) - 0.4, -0.6)
    low, high = min(edges.min(), end[1]), max(*right)
    room = max(high - low, 0.01 * max(abs(high), 1e-6))
    axis.set_xlim(max(low - 0.25 * room, 0.0), high + 0.2 * room)
    axis.grid(axis="x")
    axis.grid(False, axis="y")
    axis.set_title(f"{label(end[0])}: {why.total:+.2f} points (the axis does not begin at zero)")


@styled
def comparison(datasets: Sequence[xr.Dataset]) -> Figure:
    """One panel per indicator that is not zero in all runs; bars by run, the first in grey, differences in brackets."""
    table = compare(datasets)
    scenarios = [str(d.attrs["scenario"]) for d in datasets]
    scope = scope_of(datasets[0])
    values = table[scenarios]
    rows = [
        key for name in PANELS for key in values.index if _is(key[0], name) and values.loc[[key]].abs().sum().sum() > 0
    ]
    required = {share_row(target): target.percent for target in questions(datasets)}
    where = ", ".join(names(datasets[0], "country")[c] for c in scope.countries)
    height = (0.24 * len(scenarios) + 0.62) * max(-(-len(rows) // COLUMNS), 1) + 0.5
    title = f"{where} in {scope.year}: runs compared with “{label(scenarios[0])}”"
    figure, axes = new_figure(title, 10.5, height, max(-(-len(rows) // COLUMNS), 1), COLUMNS, sharey=True)
    for axis, key in zip(axes, rows, strict=False):
        name = key[0] if len(required) > 1 else next(name for name in PANELS if _is(key[0], name))
        _panel(axis, values.loc[[key]].iloc[0], f"{name}, {key[1]}", required.get(key[0]))
    for axis in axes[len(rows) :]:
        axis.set_visible(False)
    axes[0].set_yticks(range(len(scenarios)), [label(s) for s in scenarios])
    axes[0].set_ylim(len(scenarios) - 0.4, -0.6)
    return figure


def _is(row: str, name: str) -> bool:
    """Whether a row of the comparison has a name, perhaps followed by what it is measured against."""
    return row == name or row.startswith((f"{name} of ", f"{name},"))


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
