"""The share of renewables by year and definition, with the target."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from simulator.analysis.indicators import focus, labels, names, share_percent
from simulator.plots.style import SERIES, TARGET, new_figure


def share_trajectory(dataset: xr.Dataset) -> Figure:
    """One line per legal definition, the headline's bold; the target as a dashed line with a diamond in its year."""
    question = focus(dataset)
    country = question.country if question else labels(dataset, "country")[0]
    shares = share_percent(dataset).sel(country=country)
    if "basis" in shares.dims:
        shares = shares.sel(basis=question.basis if question else "generation")
    who = names(dataset, "country")[country]
    figure, (axis,) = new_figure(f"{who}: renewable share of generation by definition ({dataset.attrs['scenario']})")
    years = [int(year) for year in dataset["year"].values]
    ends: list[list[Any]] = []
    for i, definition in enumerate(labels(dataset, "definition")):
        values = shares.sel(definition=definition).values
        bold = question is not None and definition == question.definition
        axis.plot(
            years, values, color=SERIES[i % len(SERIES)], lw=2.6 if bold else 1.3, marker="o", ms=5 if bold else 3.5
        )
        ends.append([float(values[-1]), definition.replace("_", " "), SERIES[i % len(SERIES)], bold, float(values[-1])])
        if bold:
            for year, value in zip(years, values, strict=True):
                axis.annotate(f"{value:.1f}", (year, value), xytext=(0, 8), textcoords="offset points", ha="center")
    top = max(max(end[4] for end in ends), question.percent if question else 0) * 1.12
    axis.set_ylim(0, top)
    _spread(ends, top * 0.045)
    for place, name, shade, bold, _ in ends:
        axis.annotate(name, (years[-1], place), xytext=(8, 0), textcoords="offset points", va="center", color=shade,
                      fontweight="bold" if bold else "normal", annotation_clip=False)  # fmt: skip
    if question:
        axis.axhline(question.percent, color=TARGET, ls="--", lw=1)
        axis.plot([question.year], [question.percent], marker="D", color=TARGET, ls="none", ms=7)
        axis.annotate(f"target {question.percent:g} % in {question.year}", (years[0], question.percent), xytext=(0, 4),
                      textcoords="offset points", color=TARGET)  # fmt: skip
    axis.set_xticks(years)
    axis.set_xlim(years[0] - 0.4, years[-1] + 0.22 * max(years[-1] - years[0], 1))
    axis.set_ylabel("share of generation, %")
    return figure


def _spread(ends: list[list[Any]], least: float) -> None:
    """Move labels apart that would lie on each other."""
    ends.sort(key=lambda end: end[0])
    for lower, upper in pairwise(ends):
        upper[0] = max(upper[0], lower[0] + least)
