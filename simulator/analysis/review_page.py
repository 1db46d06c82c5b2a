"""The review of a plan as a page in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis import review
from simulator.analysis.backcast_page import name
from simulator.analysis.text import Markup, markdown

HEAD = """\
# A grid engineer's page

The main plan's figures for {years} beside published ones. Made by `simulator review RUN --docs docs` from the run
`{scenario}`.

A figure is **marked** (bold) when it lies outside the range that statistics of {first} to {last} give, by more than
{width} %, and nothing explains it. More of a fuel than ever is explained by plants opened since that give the excess,
less of a fuel by new plants of other fuels, more generation and a higher peak by demand, which is an input. Nothing
explains net imports. Hours with load shed are marked where there are more of them than a winter has. A mark is a
question, not an error.
"""


def page(dataset: xr.Dataset, statistics: pd.DataFrame, studies: pd.DataFrame, years: Sequence[int]) -> str:
    """The page: odd figures, figures by country, other studies, capacity factors, prices, storage, links."""
    figures = review.figures(dataset, statistics, years)
    head = HEAD.format(
        years=" and ".join(map(str, years)), scenario=dataset.attrs["scenario"], width=f"{100 * review.WIDTH:g}",
        first=review.PAST[0], last=review.PAST[-1],
    )  # fmt: skip
    said = "".join(f"- {line}\n" for line in review.marked(figures)) or "Nothing.\n"
    parts = [head, f"## What is odd\n\n{said}"]
    parts += [
        f"## {title}\n\n{_figures(figures[figures['country'] == country], years)}"
        for country, title in ind.names(dataset, "country").items()
    ]
    if len(studies):
        parts.append(f"## Beside other studies\n\n{_studies(review.beside_studies(dataset, studies))}")
    for title, table, digits in (
        ("Capacity factors, percent", review.capacity_factors(dataset, years), 0),
        ("Prices, USD/MWh, weighted by load", review.seasonal_prices(dataset, years), 0),
        ("Storage", review.storage_use(dataset, years), 0),
        ("Links and markets, TWh", review.links(dataset, years), 2),
    ):
        if len(table):
            parts.append(f"## {title}\n\n{_plain(table, years, digits)}")
    return "\n".join(parts)


def _figures(table: pd.DataFrame, years: Sequence[int]) -> str:
    rows = [[_called(row), _past(row), *(_value(row, year) for year in years)] for row in table.to_dict("records")]
    return markdown(("", "last statistic (range)", *map(str, years)), rows)


def _called(row: Mapping[Any, Any]) -> str:
    return f"{name(str(row['item']))}, {row['unit']}"


def _past(row: Mapping[Any, Any]) -> str:
    if not row["years"]:
        return ""
    digits = 0 if row["unit"] == "MW" else 1
    return (f"{row['last']:,.{digits}f} in {row['last_year']} "
            f"({row['low']:,.{digits}f} to {row['high']:,.{digits}f})")  # fmt: skip


def _value(row: Mapping[Any, Any], year: int) -> str:
    text = f"{row[str(year)]:,.{0 if row['unit'] in ('MW', 'h') else 1}f}"
    return Markup(f"**{text}**") if str(year) in str(row["mark"]).split(", ") else text


def _studies(table: pd.DataFrame) -> str:
    rows = [
        (row["study"], row["country"], row["year"], f"{row['counts']}, of {row['basis']}", f"{row['percent']:g}",
         "" if pd.isna(row["model"]) else f"{row['model']:.1f}", row["differs"])
        for row in table.to_dict("records")
    ]  # fmt: skip
    return markdown(("study", "", "year", "what counts", "its share, %", "this plan, %", "why they differ"), rows)


def _plain(table: pd.DataFrame, years: Sequence[int], digits: int) -> str:
    words = [column for column in table.columns if column not in set(map(str, years))]
    rows = [
        [*(row[word] for word in words), *("" if pd.isna(row[str(y)]) else f"{row[str(y)]:,.{digits}f}" for y in years)]
        for row in table.to_dict("records")
    ]
    return markdown((*words, *map(str, years)), rows)
