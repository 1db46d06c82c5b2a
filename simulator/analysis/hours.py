"""What a plan says of a year, and what the hours of that year say: tables of two kinds of results, side by side.

A *plan* knows some days of the year; *hours* are datasets of one model year with 8760 slices, operated with the plan's
capacities, one for each weather year. Where a share differs by more than ``NOTABLE`` points, the text says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.text import aligned, markdown

NOTABLE = 0.5
"""Percentage points of a share above which a difference is reported as one."""
SHED = 0.5
"""MW of a zone below which an hour is not listed as short."""
OPERATING = (
    "fuel and variable operation", "starts", "operation of wind, sun and river", "operation of storage",
    "fuel supply steps", "use of lines", "border trade", "planned rationing", "unserved energy",
    "wear of vehicle batteries", "missing reserve", "carbon",
)  # fmt: skip
"""Costs that operation decides."""
VARIABLE = ("wind", "solar")

HEAD = ("quantity", "region", "item", "plan", "hourly", "from", "to", "unit")

Hours = Mapping[int, xr.Dataset]
"""Weather seed → the year's hours."""


def side_by_side(plan: xr.Dataset, hours: Hours) -> pd.DataFrame:
    """One row per weather year, region, quantity and item: plan, hourly, difference, unit.

    What a plan cannot say (an hour's change of output) is empty in its column.
    """
    parts = []
    for weather, year in hours.items():
        model_year = int(year["year"].values[0])
        expected = {quantity: array.values for quantity, _, array in _quantities(plan.sel(year=[model_year]))}
        for quantity, unit, array in _quantities(year) + _changes(year):
            for at in np.ndindex(array.shape):
                labels = [str(array[d].values[i]) for d, i in zip(array.dims, at, strict=True)]
                planned = float(expected[quantity][at]) if quantity in expected else np.nan
                parts.append((weather, model_year, labels[0], quantity, " / ".join(labels[1:]), planned,
                              float(array.values[at]), unit))  # fmt: skip
    table = pd.DataFrame(parts, columns=["weather", "year", "region", "quantity", "item", "plan", "hourly", "unit"])
    table.insert(7, "difference", table["hourly"] - table["plan"])
    return table[~(table["hourly"].isna() & table["plan"].isna())].reset_index(drop=True)


Quantities = list[tuple[str, str, xr.DataArray]]
"""Name, unit, and values with the region first among their dimensions and without the year."""


def _quantities(dataset: xr.Dataset) -> Quantities:
    """What plan and hours both say."""
    potential = _wind_and_sun(ind.by_asset(dataset, "potential_gwh", "country", "group"))
    lost = _wind_and_sun(ind.curtailment_gwh(dataset))
    arrays = [
        ("renewable share", "%", ind.share_percent(dataset)),
        ("unserved energy", "GWh", ind.unserved_gwh(dataset)),
        ("curtailed of wind and sun", "%", 100 * lost / potential.where(potential > 0)),
        ("generation", "GWh", ind.generation_by_group_gwh(dataset)),
        ("net import", "GWh", dataset["net_import_gwh"]),
        ("emissions", "kt", dataset["emissions_kt"]),
        ("operating cost", "MUSD", _operating_cost(dataset)),
        ("worth of water carried into the next year", "MUSD", _carried(dataset)),
    ]
    return [(name, unit, array.isel(year=0)) for name, unit, array in arrays]


def _changes(year: xr.Dataset) -> Quantities:
    """How much power changes from hour to hour, which no plan with blocks of hours knows."""
    powers = {"thermal output": _thermal_mw(year), "load less wind and sun": _residual_mw(year)}
    return [
        (f"change of {name} within an hour, {words}", "MW", _change(power.isel(year=0), quantile))
        for name, power in powers.items() for words, quantile in (("99 % of hours", 0.99), ("largest", 1.0))
    ]  # fmt: skip


def _wind_and_sun(by_group: xr.DataArray) -> xr.DataArray:
    return by_group.sel(group=[group for group in VARIABLE if group in by_group["group"].values]).sum("group")


def _operating_cost(dataset: xr.Dataset) -> xr.DataArray:
    here = [name for name in OPERATING if name in dataset["cost_component"].values]
    total = dataset["cost_musd"].sel(cost_component=here).sum("cost_component")
    return total.expand_dims(region=["system"])


def _carried(dataset: xr.Dataset) -> xr.DataArray:
    """(region, year) what operation leaves to the next year or borrows from it; a plan closes its year."""
    nothing = xr.zeros_like(dataset["year_weight"])
    return dataset.get("carried_value_musd", nothing).expand_dims(region=["system"])


def _thermal_mw(dataset: xr.Dataset) -> xr.DataArray:
    """(country, year, slice) output of thermal plants."""
    by_kind = ind.sum_by(dataset["generation_mw"], "unit", "country", "kind")
    return by_kind.sel(kind="thermal") if "thermal" in by_kind["kind"].values else 0 * by_kind.isel(kind=0)


def _residual_mw(dataset: xr.Dataset) -> xr.DataArray:
    """(country, year, slice) load that wind and sun leave to others."""
    given = _wind_and_sun(ind.sum_by(dataset["generation_mw"], "unit", "country", "group"))
    load = ind.sum_by(dataset["load_mw"] + dataset["nev_load_mw"], "zone", "country")
    return load - given.reindex(country=load["country"].values, fill_value=0.0)


def _change(power: xr.DataArray, quantile: float) -> xr.DataArray:
    """(country) quantile of the change from one slice to the next, either way."""
    change = np.abs(np.diff(power.transpose("country", "slice").values, axis=1))
    return xr.DataArray(np.quantile(change, quantile, axis=1), {"country": power["country"].values})


def unserved_hours(hours: Hours) -> pd.DataFrame:
    """Every hour in which a zone sheds load: weather, zone, month, day of the year (from 1), hour (UTC+5), MW."""
    parts = []
    for weather, year in hours.items():
        shed = year["unserved_mw"].isel(year=0).transpose("zone", "slice").values
        day = year["slice_day"].values
        for z, s in zip(*np.nonzero(shed > SHED), strict=True):
            parts.append((weather, str(year["zone"].values[z]), int(year["slice_month"].values[s]),
                          int(year["day_of_year"].values[day[s]]) + 1, int(year["slice_hour"].values[s]),
                          round(float(shed[z, s]), 1)))  # fmt: skip
    return pd.DataFrame(parts, columns=["weather", "zone", "month", "day", "hour", "mw"])


def sentence(plan: xr.Dataset, table: pd.DataFrame) -> str:
    """The headline share hour by hour beside the plan's, over all weather years; unserved energy of the country."""
    question = ind.focus(plan)
    year = int(table["year"].iloc[0])
    if question is None:
        worst = table[table["quantity"] == "renewable share"]["difference"].abs().max()
        return f"Hour by hour in {year}: shares differ from the plan's by {worst:.2f} points at most."
    name = ind.names(plan, "country")[question.country]
    share = _rows(table, "renewable share", question.country, f"{question.definition} / {question.basis}")
    low, high, said = share["hourly"].min(), share["hourly"].max(), share["plan"].iloc[0]
    span = f"{low:.1f} %" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f} to {high:.1f} %"
    weather = f"{len(share)} weather year{'s' if len(share) > 1 else ''}"
    farthest = float(share["difference"].abs().max())
    judged = f"{'more' if farthest > NOTABLE else 'less'} than half a point apart"
    zones = ind.zones_of(plan, question.country)
    shed = table[(table["quantity"] == "unserved energy") & table["region"].isin(zones)]
    most = shed.groupby("weather")["hourly"].sum().max()
    return (f"{name} hour by hour in {year}: {span} in {weather}, {said:.1f} % in the plan, {judged}; "
            f"at most {most:.1f} GWh unserved.")  # fmt: skip


def _rows(table: pd.DataFrame, quantity: str, region: str, item: str) -> pd.DataFrame:
    return table[(table["quantity"] == quantity) & (table["region"] == region) & (table["item"] == item)]


def summarised(table: pd.DataFrame) -> list[list[str]]:
    """Over weather years: quantity, region, item, plan, mean, lowest and highest hourly value, unit.

    What is nothing in the plan and in every hour is left out.
    """
    rows = []
    for (quantity, region, item, unit), found in table.groupby(["quantity", "region", "item", "unit"], sort=False):
        values = found["plan"].iloc[0], found["hourly"].mean(), found["hourly"].min(), found["hourly"].max()
        if np.nanmax(np.abs(values)) > 1e-3:
            rows.append([str(quantity), str(region), str(item), *map(_number, values), str(unit)])
    return rows


def as_text(plan: xr.Dataset, table: pd.DataFrame) -> str:
    """The sentence, and the table for the terminal."""
    return sentence(plan, table) + "\n\n" + aligned(HEAD, summarised(table), left={0, 1, 2, 7})


def page(plan: xr.Dataset, table: pd.DataFrame, unserved: pd.DataFrame, missed: Mapping[int, str]) -> str:
    """All of it in Markdown, with the hours in which load is shed and the yearly limits that were missed."""
    items = [f"- weather {weather}: {text}" for weather, text in missed.items() if text]
    return "\n".join([
        f"# {plan.attrs['scenario']}, hour by hour\n\n{_words(plan, table)}\n",
        markdown(HEAD, summarised(table)),
        f"## Load that cannot be served\n\n{_shed(unserved)}",
        "## Limits of the whole year that were missed\n",
        *(items or ["None."]),
    ]) + "\n"  # fmt: skip


def summary_markdown(plan: xr.Dataset, table: pd.DataFrame, unserved: pd.DataFrame) -> str:
    """The sentence, shares, unserved energy, curtailment and ramps of the headline country, and the load shed."""
    question = ind.focus(plan)
    rows = summarised(table)
    if question is not None:
        kept = {question.country, "system", *ind.zones_of(plan, question.country)}
        rows = [row for row in rows if row[1] in kept]
    return f"{_words(plan, table)}\n\n{markdown(HEAD, rows)}\nLoad that cannot be served:\n\n{_shed(unserved)}"


def _words(plan: xr.Dataset, table: pd.DataFrame) -> str:
    seeds = ", ".join(str(w) for w in sorted(set(table["weather"])))
    return (
        f"{sentence(plan, table)}\n\n"
        "Capacities are the plan's. The year is operated hour by hour in rolling weeks that look some days ahead;\n"
        "levels of reservoirs, the value of water and the use of yearly volumes are expected as the plan has them.\n"
        f"Weather years (seeds): {seeds}. Hourly: mean over them, and the lowest and highest."
    )


def _shed(unserved: pd.DataFrame) -> str:
    if unserved.empty:
        return "None in any hour.\n"
    rows = [
        [*key, len(found), f"{found['mw'].sum() / 1e3:.2f}", f"{found['mw'].max():.0f}"]
        for key, found in unserved.groupby(["weather", "zone", "month"])
    ]
    return markdown(("weather", "zone", "month", "hours", "GWh", "most, MW"), rows)


def _number(value: float) -> str:
    if np.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"
