"""The share of renewables by year and definition, with the target."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import Focus, definition_applies, focus, labels, names, share_percent
from simulator.plots.style import LINES, TARGET, halo, label, new_figure, spread, styled


@styled
def share_trajectory(dataset: xr.Dataset) -> Figure:
    """One line per legal definition, the headline's bold; the target as a dashed line with a diamond in its year.

    Country and basis are those of the headline target; without one, the first country over its generation.
    """
    question = focus(dataset)
    country = question.country if question else labels(dataset, "country")[0]
    basis = question.basis if question else "generation"
    shares = share_percent(dataset).sel(country=country, basis=basis).fillna(0.0)
    applies = definition_applies(dataset).sel(country=country)
    official = question.definition if question else None
    shown = [d for d in labels(dataset, "definition") if d == official or bool(applies.sel(definition=d))]
    who = names(dataset, "country")[country]
    figure, (axis,) = new_figure(f"{who}: renewable share of {basis} by definition ({dataset.attrs['scenario']})")
    years = [int(year) for year in dataset["year"].values]
    span = max(years[-1] - years[0], 1)
    percents = [question.percent] if question else []
    top = 1.15 * max([float(shares.sel(definition=shown).max()) if shown else 0.0, *percents, 1.0])
    axis.set_ylim(0, top)
    axis.set_xlim(years[0] - 0.06 * span, years[-1] + 0.28 * span)
    axis.set_xticks(years)
    axis.set_ylabel(f"share of {basis}, %")
    if question:
        lines = shares.sel(definition=shown).transpose("definition", "year").values
        _draw_target(axis, question, years, lines, top)
    ends = spread([float(shares.sel(definition=d)[-1]) for d in shown], 0.055 * top)
    for i, (definition, end) in enumerate(zip(shown, ends, strict=True)):
        values = [float(v) for v in shares.sel(definition=definition).values]
        bold, shade = definition == official, LINES[i % len(LINES)]
        weight = "bold" if bold else "normal"
        axis.plot(years, values, color=shade, lw=2.6 if bold else 1.3, marker="o", ms=5 if bold else 3.5, zorder=3)
        text = f"{label(definition)} {values[-1]:.1f} %"
        halo(axis.annotate(text, (years[-1], end), xytext=(9, 0), textcoords="offset points", va="center", color=shade,
                           fontweight=weight))  # fmt: skip
        if bold:
            _write_values(axis, years[:-1], values[:-1], percents, top)
    if not shown:
        axis.annotate("nothing in the country counts as renewable", (0.5, 0.5), xycoords="axes fraction", ha="center")
    return figure


def _draw_target(axis: Axes, question: Focus, years: list[int], lines: np.ndarray, top: float) -> None:
    """The dashed line, its diamond, and its name where the fewest of ``lines`` (definition, year) run through it."""
    axis.axhline(question.percent, color=TARGET, ls=(0, (4, 3)), lw=0.9, zorder=2)
    if question.year in years:
        axis.plot([question.year], [question.percent], "D", color=TARGET, ms=6.5, zorder=4)
    span = max(years[-1] - years[0], 1)

    def crossed(start: float) -> tuple[int, float]:
        at = np.linspace(start, start + 0.2 * span, 12)
        height = (
            np.array([np.interp(at, years, line) for line in lines]).reshape(len(lines), len(at)) - question.percent
        )
        return int(((height > -0.01 * top) & (height < 0.07 * top)).sum()), abs(start + 0.1 * span - question.year)

    start = min(np.linspace(years[0], max(years[-1] - 0.22 * span, years[0]), 15), key=crossed)
    text = f"target {question.percent:g} % in {question.year}"
    note = axis.annotate(text, (start, question.percent), xytext=(5, 8), textcoords="offset points", zorder=6)
    halo(note)


def _write_values(axis: Axes, years: list[int], values: list[float], percents: list[float], top: float) -> None:
    """The headline's values above its points, below where the target's line would run through them."""
    for year, value in zip(years, values, strict=True):
        above = all(not 0 <= percent - value < 0.11 * top for percent in percents)
        low = value < 0.07 * top
        offset = 7 if above or low else -15
        halo(axis.annotate(f"{value:.1f} %", (year, value), xytext=(0, offset), textcoords="offset points", ha="center",
                           fontweight="bold", zorder=6))  # fmt: skip
