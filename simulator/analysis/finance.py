"""Who pays, who lends, what a plant's energy costs, and who works there: a run by investor and by project.

=========  ====================================================================  ==============
symbol     meaning                                                               unit
=========  ====================================================================  ==============
``a``      annuity of the overnight cost at the investor's own real rate         MUSD per year
``f, v``   fixed and variable cost, fuel and carbon included                     MUSD per year
``g``      generation, in all and by slice                                       GWh per year
``p``      marginal price of the zone by slice                                   USD/MWh
``e``      share of the energy that counts for the headline target               –
``D``      what the headline target's share is measured against                  GWh per year
``c``      years of construction before the commissioning date ``t₀``            years
``j``      jobs per MW                                                           1/MW
=========  ====================================================================  ==============

All for a plant's first full model year, the first in which it runs with its largest capacity:

(1)  levelised cost = 10³·(a + f + v) / g           the tariff that pays everybody, constant in real terms
(2)  value          = Σ_s g[s]·p[s] / Σ_s g[s]      what the energy is worth to the system, hour by hour
(3)  a year late    = value·g/10³ − v               MUSD that the energy is worth, own running cost taken off
(4)  a year late    = 100·e·g / D                   points of the headline share
(5)  margin         = award − levelised cost        what auctions have paid lately less what the plant needs

The award is the highest price of the last year in which an auction of the country awarded the technology, as published:
in dollars of its day, not raised by inflation since.

Jobs are heads on average over a calendar year: ``j·MW`` on the site from t₀ − c to t₀, other ``j·MW`` in the plant
from t₀ to the end of its life. Where nobody publishes jobs per MW there is no figure (NaN); sums are over the plants
that have one.

Only plants that come in the horizon are listed: projects, procured plants and plants chosen by the plan. What the plan
chooses in an interval comes evenly over its calendar years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.text import aligned

Table = pd.DataFrame

YEARLY = ("investment_musd", "annuity_musd", "debt_service_musd", "subsidy_musd")
"""Variables of assets that the investors' table adds up."""


def new_assets(dataset: xr.Dataset) -> xr.Dataset:
    """The dataset with the plants alone that come in the horizon and have capacity in it."""
    new = (dataset["asset_status"].values != "existing") & (dataset["capacity_mw"].values.max(axis=1, initial=0) > 1e-6)
    return dataset.isel(asset=np.flatnonzero(new))


def by_investor(dataset: xr.Dataset) -> Table:
    """Money, capacity and jobs of each investor's new plants, a row per investor, country and model year.

    Columns: investor, name, chinese, currency (of its loans), country, year, capacity_mw, investment_musd (overnight,
    in the interval that ends with the year), annuity_musd, debt_service_musd (both per year), debt_service_home_musd
    (the same in the money of the plant's country, at the tables' exchange rate, so that a depreciation of that money
    raises it), subsidy_musd (grant element of loans taken in the interval), wacc_percent (real), construction_jobs,
    operation_jobs (NaN: no figure).
    """
    new = new_assets(dataset)
    known, chinese = ind.names(dataset, "investor"), ind.chinese_investors(dataset)
    frames = []
    for position, year in enumerate(map(int, new["year"].values)):
        here = new.isel(year=position)
        frame = pd.DataFrame({"investor": here["asset_investor"].values.astype(str)})
        frame["currency"] = here["asset_currency"].values.astype(str)
        frame["country"] = here["asset_country"].values.astype(str)
        frame["year"] = year
        frame["capacity_mw"] = here["capacity_mw"].values
        for column in YEARLY:
            frame[column] = here[column].values
        frame["debt_service_home_musd"] = frame["debt_service_musd"] * _home_factor(here)
        frames.append(frame)
    keys = ["investor", "currency", "country", "year"]
    table = pd.concat(frames).groupby(keys, sort=False).sum(min_count=1).reset_index()
    table.insert(1, "name", table["investor"].map(lambda i: known.get(i, i)))
    table.insert(2, "chinese", table["investor"].isin(chinese))
    rates = new["investor_wacc_percent"].to_series()
    table["wacc_percent"] = [
        rates.get((i, c), np.nan) for i, c in zip(table["investor"], table["country"], strict=True)
    ]
    return table.merge(_jobs_by_investor(dataset), on=["investor", "country", "year"], how="left")


def _home_factor(here: xr.Dataset) -> np.ndarray:
    """Home money for a unit of the loan's, relative to the tables, by asset; dollars where no currency is named."""
    usd = dict(zip(ind.labels(here, "currency"), here["currency_usd_factor"].values, strict=True))
    home = dict(zip(ind.labels(here, "country"), ind.labels(here, "country_currency"), strict=True))
    owed = [usd.get(str(c), 1.0) for c in here["asset_currency"].values]
    paid = [usd.get(home[str(c)], 1.0) for c in here["asset_country"].values]
    return np.asarray(np.divide(owed, paid))


def _jobs_by_investor(dataset: xr.Dataset) -> Table:
    counted = jobs(dataset)
    keys = ["investor", "country", "year"]
    return counted.groupby(keys, sort=False)[["construction_jobs", "operation_jobs"]].sum(min_count=1).reset_index()


def by_envelope(dataset: xr.Dataset) -> Table:
    """Further money that investors are ready to place by choice, a row per envelope and model year that has some.

    Columns: envelope, investor, year, limit_musd, spent_musd (both in the interval that ends with the year) and
    value_of_one_more_dollar: what the present cost of the system falls by for each dollar more; 0 where money is left.
    """
    columns = {"investor_budget_musd": "limit_musd", "investor_spent_musd": "spent_musd",
               "budget_dual": "value_of_one_more_dollar"}  # fmt: skip
    table = dataset[list(columns)].reset_coords(drop=True).to_dataframe(dim_order=["envelope", "year"])
    table = table.rename(columns=columns).reset_index()
    owner = dict(zip(ind.labels(dataset, "envelope"), ind.labels(dataset, "envelope_investor"), strict=True))
    table.insert(1, "investor", table["envelope"].map(owner))
    return table[table["limit_musd"] > 0].reset_index(drop=True)


def by_project(dataset: xr.Dataset) -> Table:
    """Each new plant, by country and name; figures of energy and cost are those of its first full model year.

    Columns: asset, name, project, country, zone, group, status, investor, currency, chinese_money_percent, mw (at
    most), commissioning (decimal year; NaN: chosen by the plan), investment_musd, wacc_percent, social_rate_percent,
    full_year, generation_gwh, lcoe_usd_per_mwh, value_usd_per_mwh, award_usd_per_mwh, award_year and margin_usd_per_mwh
    (NaN where no auction has awarded that technology), year_late_musd, year_late_points (NaN outside the headline's
    country), debt_service_musd, subsidy_musd, construction_jobs, operation_jobs (NaN: no figure). Storage
    has no levelised cost.
    """
    new = new_assets(dataset)
    at = _first_full_year(new)
    pick = np.arange(new.sizes["asset"]), at

    def then(variable: str) -> np.ndarray:
        return np.asarray(new[variable].transpose("asset", "year").values[pick])

    energy, variable_cost = then("generation_gwh"), then("variable_cost_musd")
    producing = energy > 1e-6
    cost = then("annuity_musd") + then("fixed_cost_musd") + variable_cost
    value = np.where(producing, _value_usd_per_mwh(new)[pick], np.nan)
    table = pd.DataFrame({name: new[f"asset_{name}"].values for name in (
        "name", "project", "country", "zone", "group", "status", "investor", "currency"
    )})  # fmt: skip
    table.insert(0, "asset", ind.labels(new, "asset"))
    table["chinese_money_percent"] = 100 * new["asset_chinese_money"].values
    table["mw"] = new["capacity_mw"].values.max(axis=1)
    table["commissioning"] = new["asset_date"].values
    table["investment_musd"] = new["investment_musd"].values.sum(axis=1)
    table["wacc_percent"] = new["asset_wacc_percent"].values
    table["social_rate_percent"] = float(dataset.attrs["discount_rate_percent"])
    table["full_year"] = new["year"].values[at]
    table["generation_gwh"] = energy
    table["lcoe_usd_per_mwh"] = np.divide(1e3 * cost, energy, out=np.full_like(energy, np.nan), where=producing)  # (1)
    table["value_usd_per_mwh"] = value  # (2)
    table["award_usd_per_mwh"] = new["asset_award_usd_per_mwh"].values
    table["award_year"] = new["asset_award_year"].values
    table["margin_usd_per_mwh"] = table["award_usd_per_mwh"] - table["lcoe_usd_per_mwh"]  # (5)
    table["year_late_musd"] = value * energy / 1e3 - variable_cost  # (3)
    table["year_late_points"] = _points(new, at, energy)  # (4)
    table["debt_service_musd"] = then("debt_service_musd")
    table["subsidy_musd"] = new["subsidy_musd"].values.sum(axis=1)
    for kind in ("construction", "operation"):
        table[f"{kind}_jobs"] = table["mw"] * new[f"asset_{kind}_jobs_per_mw"].values
    return table.sort_values(["country", "name"], kind="stable", ignore_index=True)


def _first_full_year(new: xr.Dataset) -> np.ndarray:
    """Position of the first model year in which each plant has its largest capacity."""
    capacity = new["capacity_mw"].transpose("asset", "year").values
    return np.asarray((capacity >= 0.999 * capacity.max(axis=1, keepdims=True)).argmax(axis=1))


def _value_usd_per_mwh(new: xr.Dataset) -> np.ndarray:
    """Equation (2), by asset and year: of the dispatch unit the asset belongs to, whose output it shares."""
    units = new.sel(unit=new["asset_unit"].values)
    there = new["price_usd_per_mwh"].sel(zone=new["asset_zone"].values)
    price = there.where(new["hours"] > 0, 0.0).transpose("zone", "year", "slice").values
    power = (units["generation_mw"] * new["hours"]).transpose("unit", "year", "slice").values
    energy = power.sum(axis=2)
    earned = (power * price).sum(axis=2)
    return np.asarray(np.divide(earned, energy, out=np.full_like(energy, np.nan), where=energy > 1e-6))


def _points(new: xr.Dataset, at: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Equation (4): points of the headline share, each plant in its own first full year."""
    question = ind.focus(new)
    if question is None:
        return np.full(len(energy), np.nan)
    below = ind.denominator_gwh(new).sel(country=question.country, basis=question.basis).values[at]
    counts = new["eligibility"].sel(definition=question.definition).values
    points = np.divide(100 * counts * energy, below, out=np.full_like(energy, np.nan), where=below > 0)
    return np.where(new["asset_country"].values == question.country, points, np.nan)


def jobs(dataset: xr.Dataset) -> Table:
    """People at each new plant by calendar year, from the first model year to the last.

    Columns: asset, name, investor, country, year, construction_jobs, operation_jobs; NaN where there is no figure.
    """
    new = new_assets(dataset)
    model_years = [int(y) for y in new["year"].values]
    calendar = np.arange(model_years[0], model_years[-1] + 1)
    heads = np.zeros((2, new.sizes["asset"], len(calendar)))
    lead, life = new["asset_construction_years"].values, new["asset_life_years"].values
    for asset, date, mw in _additions(new):
        heads[0, asset] += mw * _overlap(calendar, date - lead[asset], date)
        heads[1, asset] += mw * _overlap(calendar, date, date + life[asset])
    n_assets = new.sizes["asset"]
    table = pd.DataFrame({
        name: np.repeat(values, len(calendar)) for name, values in (
            ("asset", new["asset"].values), ("name", new["asset_name"].values),
            ("investor", new["asset_investor"].values), ("country", new["asset_country"].values),
        )
    })  # fmt: skip
    table["year"] = np.tile(calendar, n_assets)
    for kind, count in zip(("construction", "operation"), heads, strict=True):
        table[f"{kind}_jobs"] = (count * new[f"asset_{kind}_jobs_per_mw"].values[:, None]).ravel()
    return table


def _additions(new: xr.Dataset) -> list[tuple[int, float, float]]:
    """Position, date and MW of all that is commissioned: dated plants, and chosen ones in the middle of each year."""
    dates, full = new["asset_date"].values, new["asset_full_mw"].values
    dated = [(a, float(dates[a]), float(full[a])) for a in range(len(dates)) if np.isfinite(dates[a])]
    build = new["build_mw"].transpose("asset", "year").values
    interval = new["interval_years"].values
    chosen = [
        (int(a), int(new["year"].values[y]) - k + 0.5, float(build[a, y] / interval[y]))
        for a, y in np.argwhere(build > 1e-6)
        for k in range(int(interval[y]))
    ]
    return dated + chosen


def _overlap(years: np.ndarray, start: float, end: float) -> np.ndarray:
    """Share of each calendar year between two dates.

    >>> _overlap(np.array([2028, 2029, 2030]), 2028.5, 2030.0).tolist()
    [0.5, 1.0, 0.0]
    """
    return np.asarray(np.clip(np.minimum(years + 1, end) - np.maximum(years, start), 0, 1))


# ----------------------------------------------------------------------------------------------- for the terminal


def as_text(dataset: xr.Dataset) -> str:
    """The tables for the headline's country and year (all countries and the last year without one)."""
    question, year = ind.focus(dataset), ind.focus_year(dataset)
    places = [question.country] if question else ind.labels(dataset, "country")
    where = ", ".join(ind.names(dataset, "country")[c] for c in places)
    social = float(dataset.attrs["discount_rate_percent"])
    money = by_investor(dataset)
    money = money[money["country"].isin(places)]
    plants = by_project(dataset)
    plants = plants[plants["country"].isin(places)]
    return (
        f"{where}: investors' new plants in {year}, capacity on average over the year; spending and subsidy up to "
        f"then, MUSD of {dataset.attrs['money_year']}. The social rate that weighs years is {social:g} %.\n\n"
        f"{_investor_table(money, year)}\n\n"
        f"{where}: new plants, each in its first full model year, USD/MWh. Award: the highest price of "
        "the country's last auctions, in dollars of their day.\n\n"
        f"{_project_table(plants)}\n\n"
        f"Further money, all countries, in the interval that ends with {year}, MUSD; what one more dollar saves.\n\n"
        f"{_envelope_table(by_envelope(dataset), year)}\n"
    )


def _investor_table(money: Table, year: int) -> str:
    head = ("investor", "loans in", "MW", "spent", "annuity/yr", "debt service/yr", "subsidy", "WACC %",
            "jobs building", "jobs running")  # fmt: skip
    keys = ["investor", "country", "currency"]
    so_far = money[money["year"] <= year].groupby(keys, sort=False)[["investment_musd", "subsidy_musd"]]
    now = money[money["year"] == year].drop(columns=["investment_musd", "subsidy_musd"])
    now = now.merge(so_far.sum(min_count=1).reset_index(), on=keys)
    rounded = {"capacity_mw": 0, "investment_musd": 0, "annuity_musd": 0, "debt_service_musd": 0, "subsidy_musd": 0,
               "wacc_percent": 1, "construction_jobs": 0, "operation_jobs": 0}  # fmt: skip
    body = [
        [str(row["name"]), str(row["currency"]), *(_number(row[column], digits) for column, digits in rounded.items())]
        for _, row in now.sort_values("capacity_mw", ascending=False, kind="stable").iterrows()
    ]
    sums = {"All": now, "Chinese investors": now[now["chinese"]]}
    body += [[name, "", *_sums(part, rounded)] for name, part in sums.items() if len(now) > 1]
    return aligned(head, body, left=range(2))


def _sums(part: Table, rounded: dict[str, int]) -> list[str]:
    """Sums of the columns; a rate of cost of capital has none. Jobs are over the plants that have a figure."""
    return ["" if column == "wacc_percent" else _number(part[column].sum(min_count=1), digits)
            for column, digits in rounded.items()]  # fmt: skip


def _project_table(plants: Table) -> str:
    head = ("plant", "investor", "MW", "from", "MUSD", "WACC %", "levelised", "value", "award", "margin",
            "Chinese %", "a year late: MUSD", "points")  # fmt: skip
    rounded = {"investment_musd": 0, "wacc_percent": 1, "lcoe_usd_per_mwh": 1, "value_usd_per_mwh": 1,
               "award_usd_per_mwh": 1, "margin_usd_per_mwh": 1, "chinese_money_percent": 0, "year_late_musd": 1,
               "year_late_points": 2}  # fmt: skip
    body = [
        [str(row["name"]), str(row["investor"]), _number(row["mw"], 0), _number(row["commissioning"], 1, thousands=""),
         *(_number(row[column], digits) for column, digits in rounded.items())]
        for _, row in plants.iterrows()
    ]  # fmt: skip
    return aligned(head, body, left=range(2))


def _envelope_table(money: Table, year: int) -> str:
    head = ("envelope", "investor", "ready", "placed", "one more dollar saves")
    body = [
        [str(row["envelope"]), str(row["investor"]), _number(row["limit_musd"], 0), _number(row["spent_musd"], 0),
         _number(row["value_of_one_more_dollar"], 2)]
        for _, row in money[money["year"] == year].iterrows()
    ]  # fmt: skip
    return aligned(head, body, left=range(2))


def _number(value: float, digits: int, thousands: str = ",") -> str:
    """A figure with so many decimals; ``–`` where there is none."""
    return f"{value:{thousands}.{digits}f}" if np.isfinite(value) else "–"
