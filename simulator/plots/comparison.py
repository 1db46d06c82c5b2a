"""Several runs side by side: the headline share, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from simulator.analysis.indicators import focus, npv_musd
from simulator.analysis.verdict import verdict
from simulator.plots.style import SERIES, TARGET, new_figure


def comparison(datasets: Sequence[xr.Dataset]) -> Figure:
    """Horizontal bars, one row per run: headline share with the target, and present cost."""
    figure, (left, right) = new_figure("Runs compared", 9.5, 0.45 * len(datasets) + 1.8, 1, 2, sharey=True)
    place = np.arange(len(datasets))[::-1]
    shares = [verdict(d).headline for d in datasets]
    values = [row.share_percent if row else np.nan for row in shares]
    left.barh(place, values, 0.65, color=SERIES[0])
    for y, value in zip(place, values, strict=True):
        if np.isfinite(value):
            left.annotate(f"{value:.1f}", (value, y), xytext=(4, 0), textcoords="offset points", va="center")
    question = focus(datasets[0])
    if question:
        left.axvline(question.percent, color=TARGET, ls="--", lw=1.2)
        left.set_xlabel(f"share in {question.year} by the headline definition, %  (target {question.percent:g} %)")
    left.set_yticks(place, [str(d.attrs["scenario"]) for d in datasets])
    left.margins(x=0.12)
    costs = [float(npv_musd(d).sum()) / 1e3 for d in datasets]
    right.barh(place, costs, 0.65, color=SERIES[4])
    for y, value in zip(place, costs, strict=True):
        right.annotate(f"{value:.1f}", (value, y), xytext=(4, 0), textcoords="offset points", va="center")
    right.set_xlabel("present cost of the system, bn USD")
    right.margins(x=0.15)
    for axis in (left, right):
        axis.grid(False)
    return figure
