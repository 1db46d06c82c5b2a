"""What a finer time structure changes: cost, share, capacities, shortage and seconds, compared with the finest.

A table here has a row per structure and figure: structure, own (whether it is the scenario's), slices, rows, seconds,
figure, region, year, value, unit. The same figures come from every run, so they can be subtracted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.text import Markup, aligned, markdown

COLUMNS = ("structure", "own", "slices", "rows", "seconds", "figure", "region", "year", "value", "unit")
WHOLE = "system"
HEAD = """\
# Time structure: how fine is fine enough

A plan does not see every hour: it sees evenly spaced days, the days of the peaks, and blocks of hours. This page plans
the same scenario with coarser and finer days. *24x2* are 24 days of blocks of two hours; the peak days come on top.
**Bold** is the structure the scenario uses. The error of a structure is its distance to the finest one, which is the
nearest thing to the truth here and not the truth itself: all of them see the same synthetic year.

Made by `simulator time-structure --docs docs`; all figures are in [time_structure.csv](time_structure.csv).
"""


def records(dataset: xr.Dataset, structure: str, own: bool, seconds: float) -> pd.DataFrame:
    """The rows of one run; ``own`` says that the structure is the scenario's."""
    head = (structure, own, dataset.sizes["slice"], int(dataset.attrs["rows"]), seconds)
    return pd.DataFrame([(*head, *row) for row in _figures(dataset)], columns=list(COLUMNS))


def _figures(dataset: xr.Dataset) -> Iterator[tuple[str, str, int | None, float, str]]:
    """Figure, region, year, value, unit; years are that of the question and the last one."""
    question = ind.focus(dataset)
    years = sorted({ind.focus_year(dataset), int(dataset["year"].values[-1])})
    yield "present cost", WHOLE, None, float(dataset.attrs["objective_musd"]) / 1e3, "bn USD"
    shed = ind.unserved_gwh(dataset).sum("zone")
    capacity = ind.by_asset(dataset, "capacity_mw", "country", "group") / 1e3
    capacity = capacity.reindex(country=dataset["country"].values, fill_value=0.0)
    for year in years:
        if question is not None:
            at = {"country": question.country, "definition": question.definition, "basis": question.basis, "year": year}
            share = float(ind.share_percent(dataset).sel(at))
            yield f"{question.definition} share", question.country, year, share, "%"
        yield "unserved energy", WHOLE, year, float(shed.sel(year=year)), "GWh"
        for group in capacity["group"].values:
            here = capacity.sel(group=group, year=year)
            yield str(group), WHOLE, year, float(here.sum()), "GW"
            if question is not None:
                yield str(group), question.country, year, float(here.sel(country=question.country)), "GW"


def own_structure(table: pd.DataFrame) -> str | None:
    """The scenario's own structure, if it is among those planned so far."""
    found = table.loc[table["own"].astype(bool), "structure"]
    return None if found.empty else str(found.iloc[0])


def finest(table: pd.DataFrame) -> str:
    """The structure with the most slices."""
    return str(table["structure"].iloc[int(table["slices"].to_numpy().argmax())])


def errors(table: pd.DataFrame, structure: str) -> pd.DataFrame:
    """Figures of a structure and of the finest one: value, finest, difference, percent (NaN of nothing)."""
    keys = ["figure", "region", "year", "unit"]
    both = table[table["structure"] == structure][[*keys, "value"]].merge(
        table[table["structure"] == finest(table)][[*keys, "value"]].rename(columns={"value": "finest"}), on=keys
    )
    both["difference"] = both["value"] - both["finest"]
    both["percent"] = 100 * both["difference"] / both["finest"].where(both["finest"].abs() > 1e-9)
    return both


def as_text(table: pd.DataFrame) -> str:
    """The first table of the page, for the terminal."""
    head, body = _overview(table)
    return aligned(head, body, left={0})


def page(table: pd.DataFrame) -> str:
    """Everything as a page in Markdown."""
    parts = [HEAD, markdown(*_overview(table))]
    for (region, year), rows in table[table["unit"] == "GW"].groupby(["region", "year"], sort=False):
        where = "whole system" if region == WHOLE else region
        parts += [f"## Capacity in {year:.0f}, {where}, GW\n", markdown(*_capacities(table, rows))]
    own = own_structure(table)
    if own is not None and own != finest(table):
        parts += [f"## Errors of {own} against {finest(table)}\n", markdown(*_differences(errors(table, own)))]
    return "\n".join(parts)


Cells = tuple[list[str], list[list[str]]]


def _overview(table: pd.DataFrame) -> Cells:
    """A row per structure: size, seconds, and the figures that are no capacities."""
    shown = table[table["unit"] != "GW"]
    figures = shown[["figure", "year", "unit"]].drop_duplicates().to_numpy().tolist()
    head = ["structure", "slices", "rows", "seconds"]
    head += [" ".join(filter(None, (figure, _number(year, ".0f")))) + f", {unit}" for figure, year, unit in figures]
    body = []
    for structure, rows in shown.groupby("structure", sort=False):
        first = rows.iloc[0]
        cells = [_name(table, str(structure)), f"{first['slices']}", f"{first['rows']:,}", f"{first['seconds']:.0f}"]
        body.append(cells + [f"{value:,.2f}" for value in rows["value"]])
    return head, body


def _capacities(table: pd.DataFrame, rows: pd.DataFrame) -> Cells:
    """A row per structure, a column per group that any of them has."""
    wide = rows.pivot(index="structure", columns="figure", values="value").reindex(rows["structure"].unique())
    wide = wide.loc[:, (wide > 5e-3).any()]
    body = [[_name(table, str(name)), *(f"{value:.2f}" for value in row)] for name, row in wide.iterrows()]
    return ["structure", *map(str, wide.columns)], body


def _differences(found: pd.DataFrame) -> Cells:
    """Every figure that is not nothing in both: value, finest, difference, percent."""
    seen = found[(found["value"].abs() > 5e-3) | (found["finest"].abs() > 5e-3)]
    head = ["figure", "region", "year", "value", "finest", "difference", "%"]
    body = [
        [f"{figure}, {unit}", region, _number(year, ".0f"), *(_number(x, ",.2f") for x in (value, best)),
         _number(difference, "+,.2f"), _number(percent, "+.1f")]
        for figure, region, year, unit, value, best, difference, percent in seen.to_numpy().tolist()
    ]  # fmt: skip
    return head, body


def _number(value: float, form: str) -> str:
    """A number in a form; what is not a number is left empty."""
    return "" if np.isnan(value) else format(value, form)


def _name(table: pd.DataFrame, structure: str) -> str:
    return Markup(f"**{structure}**") if structure == own_structure(table) else structure
