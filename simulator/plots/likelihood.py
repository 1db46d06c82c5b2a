"""How likely: distributions with and without, probability by level, what drives the share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from simulator.plots.style import LINES, PLAIN, TARGET, halo, label, new_figure, styled


@styled
def distribution(shares: Mapping[str, np.ndarray], target: float, name: str) -> Figure:
    """Histograms of the share by variant on common steps of half a point or more, the target as a dashed line."""
    figure, (axis,) = new_figure(f"{label(name)}: share in the draws")
    every = np.concatenate([*shares.values(), [target]])
    step = max(0.5, float(np.ptp(every)) / 40)
    edges = np.arange(np.floor(every.min() / step) * step, every.max() + 2 * step, step).tolist()
    for (variant, values), shade in zip(shares.items(), LINES, strict=False):
        weights = np.full(len(values), 100 / max(len(values), 1))
        axis.hist(values, edges, weights=weights, histtype="stepfilled", alpha=0.3, color=shade)
        axis.hist(values, edges, weights=weights, histtype="step", color=shade, lw=1.6, label=label(variant))
        axis.axvline(float(np.mean(values)), color=shade, lw=1.2, ls=":")
    axis.axvline(target, color=TARGET, ls=(0, (4, 3)), lw=1.2)
    halo(axis.annotate(f"target {target:g} %", (target, axis.get_ylim()[1]), xytext=(5, -10),
                       textcoords="offset points", va="top"))  # fmt: skip
    axis.set_xlabel("renewable share, %")
    axis.set_ylabel("share of draws, %")
    axis.legend(frameon=False)
    return figure


@styled
def by_level(levels: pd.DataFrame, target: float, name: str) -> Figure:
    """Probability of reaching each level, with its interval, by variant."""
    figure, (axis,) = new_figure(f"{label(name)}: probability of reaching a level")
    for (variant, rows), shade in zip(levels.groupby("variant", sort=False), LINES, strict=False):
        axis.fill_between(rows["level_percent"], rows["low"], rows["high"], color=shade, alpha=0.2, lw=0)
        axis.plot(rows["level_percent"], rows["probability_percent"], color=shade, marker="o", ms=3.5,
                  label=label(str(variant)))  # fmt: skip
    axis.axvline(target, color=TARGET, ls=(0, (4, 3)), lw=1)
    axis.set_ylim(0, 100)
    axis.set_xlabel("level, % of electricity")
    axis.set_ylabel("probability, %")
    axis.legend(frameon=False)
    return figure


@styled
def running(table: pd.DataFrame, name: str) -> Figure:
    """The estimate and its band after more and more draws."""
    figure, (axis,) = new_figure(f"{label(name)}: estimate as draws come in")
    for (variant, rows), shade in zip(table.groupby("variant", sort=False), LINES, strict=False):
        axis.fill_between(rows["draws"], rows["low"], rows["high"], color=shade, alpha=0.2, lw=0)
        axis.plot(rows["draws"], rows["probability_percent"], color=shade, label=label(str(variant)))
    axis.set_ylim(bottom=0)
    axis.set_xlabel("draws")
    axis.set_ylabel("probability of reaching the target, %")
    axis.legend(frameon=False)
    return figure


@styled
def tornado(drivers: pd.DataFrame, name: str) -> Figure:
    """Points of share by which each input moves it, from one deviation below its mean to one above; the largest on
    top, with its part of the variance."""
    figure, (axis,) = new_figure(f"{label(name)}: what drives the share")
    top = drivers.head(12).iloc[::-1]
    axis.barh(top["name"], 2 * top["points_per_deviation"], left=-top["points_per_deviation"],
              color=[LINES[0] if x >= 0 else PLAIN for x in top["points_per_deviation"]])  # fmt: skip
    for place, (points, part) in enumerate(zip(top["points_per_deviation"], top["variance_percent"], strict=True)):
        halo(axis.annotate(f"{part:.0f} %", (abs(points), place), xytext=(4, 0), textcoords="offset points",
                           va="center"))  # fmt: skip
    axis.axvline(0, color=TARGET, lw=0.8)
    axis.set_xlabel("points of share, one standard deviation either way; % of the variance")
    return figure


@styled
def scatter(x: np.ndarray, shares: Mapping[str, np.ndarray], target: float, of: str, name: str) -> Figure:
    """The share of every draw over its main driver."""
    figure, (axis,) = new_figure(f"{label(name)}: share and its main driver")
    for (variant, values), shade in zip(shares.items(), LINES, strict=False):
        axis.plot(x, values, ".", color=shade, ms=5, alpha=0.6, label=label(variant))
    axis.axhline(target, color=TARGET, ls=(0, (4, 3)), lw=1)
    axis.set_xlabel(of)
    axis.set_ylabel("renewable share, %")
    axis.legend(frameon=False)
    return figure
