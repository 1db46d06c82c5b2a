"""Who builds and who pays: capacity and money by investor."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import (
    by_asset,
    chinese_investors,
    focus,
    focus_year,
    investment_by_investor_musd,
    names,
    new_capacity_by_investor_mw,
)
from simulator.plots.stacks import stack
from simulator.plots.style import CHINESE, SERIES, colour, in_order, label, new_figure, styled

MOST = 12
"""Investors shown by name; the smaller ones are added up."""


@styled
def money(dataset: xr.Dataset) -> Figure:
    """Left: what investors' projects and choices amount to in the target's year, by technology. Right: their money.

    For the country of the headline target, or all countries without one.
    """
    where, year, dataset = _of_the_question(dataset)
    built = _table(new_capacity_by_investor_mw(dataset).sel(year=year), "group") / 1e3
    spent = _table(investment_by_investor_musd(dataset), "year") / 1e3
    built, spent = _largest(built, spent)
    height = 0.34 * max(len(spent), 2) + 1.9
    title = f"{where}: who builds and who pays ({dataset.attrs['scenario']})"
    figure, (left, right) = new_figure(title, 9.5, height, 1, 2, sharey=True)
    groups = in_order(built.columns)
    _rows(left, built[groups], {g: colour(g) for g in groups})
    left.set_title(f"New capacity in operation in {year}")
    left.set_xlabel("GW")
    shades = mpl.colormaps["cividis"](np.linspace(0.95, 0.1, max(spent.shape[1], 1)))
    _rows(right, spent, dict(zip(map(str, spent.columns), map(tuple, shades), strict=True)))
    right.set_title("Money spent up to the model year")
    right.set_xlabel(f"bn USD of {dataset.attrs['money_year']}, overnight cost")
    _name_rows(left, dataset, [str(i) for i in spent.index])
    return figure


@styled
def debt(dataset: xr.Dataset) -> Figure:
    """Left: what is owed to lenders by currency of the loan and model year. Right: by investor in the target's year.

    For the country of the headline target, or all countries without one. Interest and repayment, real.
    """
    where, year, dataset = _of_the_question(dataset)
    owed = by_asset(dataset, "debt_service_musd", "investor", "currency")
    by_year = owed.sum("investor").transpose("year", "currency")
    table = pd.DataFrame(
        by_year.values, index=dataset["year"].values, columns=[str(c) for c in owed["currency"].values]
    )
    table = table.loc[:, table.sum() > 0].sort_index(axis=1)
    shades = dict(zip(table.columns, SERIES, strict=False))
    title = f"{where}: interest and repayment to lenders of new plants ({dataset.attrs['scenario']})"
    figure, (left, right) = new_figure(title, 9.5, 4.2, 1, 2)
    handles = stack(left, table, shades.__getitem__)
    left.set_title("By currency of the loan and year")
    left.set_ylabel(f"MUSD of {dataset.attrs['money_year']} per year")
    rows = _table(owed.sel(year=year), "currency")
    rows = rows.loc[rows.sum(axis=1).sort_values(ascending=False, kind="stable").index][table.columns]
    rows = rows[rows.sum(axis=1) > 1e-6].iloc[:MOST]
    _rows(right, rows, shades)
    right.set_title(f"By investor in {year}")
    right.set_xlabel(f"MUSD of {dataset.attrs['money_year']} per year")
    if handles:
        left.legend(list(handles.values()), list(handles), loc="upper left", title="loans in")
    _name_rows(right, dataset, [str(i) for i in rows.index])
    return figure


def _of_the_question(dataset: xr.Dataset) -> tuple[str, int, xr.Dataset]:
    """Name of the headline target's country, its year, and the country's assets; all countries without a target."""
    question, year = focus(dataset), focus_year(dataset)
    if question is None:
        return "all countries", year, dataset
    here = dataset.isel(asset=np.flatnonzero(dataset["asset_country"].values == question.country))
    return names(dataset, "country")[question.country], year, here


def _table(array: xr.DataArray, across: str) -> pd.DataFrame:
    """Investors in rows."""
    values = array.transpose("investor", across).values
    return pd.DataFrame(values, index=array["investor"].values, columns=array[across].values)


def _largest(built: pd.DataFrame, spent: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with the same rows: the largest investors first, the rest added up as ``others``."""
    together = sorted({*built.index, *spent.index})
    built, spent = built.reindex(together, fill_value=0.0), spent.reindex(together, fill_value=0.0)
    size = built.sum(axis=1) / max(built.sum().sum(), 1e-9) + spent.sum(axis=1) / max(spent.sum().sum(), 1e-9)
    order = size[size > 1e-4].sort_values(ascending=False, kind="stable").index
    shown, rest = list(order[:MOST]), list(order[MOST:])
    tables = []
    for table in (built, spent):
        kept = table.loc[shown]
        if rest:
            kept.loc["others"] = table.loc[rest].sum()
        kept.columns = kept.columns.map(str)
        tables.append(kept)
    return tables[0], tables[1]


def _rows(axis: Axes, table: pd.DataFrame, shades: dict[str, Any]) -> None:
    """Horizontal stacked bars with a small legend inside, where the short bars leave room."""
    place = np.arange(len(table))
    start = np.zeros(len(table))
    for name in table:
        values = table[name].to_numpy()
        if values.max(initial=0) > 1e-6:
            axis.barh(
                place, values, 0.7, start, color=shades[str(name)], edgecolor="white", lw=0.4, label=label(str(name))
            )
            start = start + values
    axis.set_ylim(max(len(table), 1) - 0.4, -0.6)
    axis.grid(axis="x")
    axis.grid(False, axis="y")
    axis.set_xlim(0, 1.05 * max(start.max(initial=0), 1e-3))
    if start.max(initial=0) > 0:
        axis.legend(loc="lower right", fontsize=8, handlelength=1.2)
    else:
        axis.set_xticks([])
        axis.annotate("nothing", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color="#666666")


def _name_rows(axis: Axes, dataset: xr.Dataset, investors: list[str]) -> None:
    """Investors' names beside the bars; Chinese ones in their colour, which the note below explains."""
    known, chinese = names(dataset, "investor"), chinese_investors(dataset)
    texts = [label(known.get(i, i)) or "not named" for i in investors]
    axis.set_yticks(range(len(investors)), texts)
    for investor, tick in zip(investors, axis.get_yticklabels(), strict=True):
        if investor in chinese:
            tick.set_color(CHINESE)
            tick.set_fontweight("bold")
    if chinese & set(investors) and axis.figure is not None:
        axis.figure.supxlabel("Orange names: Chinese", x=0.01, ha="left", fontsize=8, color=CHINESE)
