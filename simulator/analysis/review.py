"""What a grid engineer looks at first: the figures of a plan beside published ones, odd ones marked by rule.

For each country: generation by fuel, demand, net import and peaks with the range that statistics of past years give and
the last figure of it; capacity factors; prices by zone and season; storage; links. A figure is *marked* when it lies
outside the range of the published years and nothing explains it:

(1)  marked ⟺ not (low − w ≤ x ≤ high + w)  and not explained,   w = max(WIDTH · max(|low|, |high|), small)

=================  ==========================================================================================
figure             explained by
=================  ==========================================================================================
more of a fuel     plants of it that opened in the year of the last statistic or later give at least the excess
less of a fuel     such plants of other fuels in the country give at least what is missing
all generation     it grew by no more than demand (and ``WIDTH``) since the last statistic
peak load          as all generation
demand             it is an input
net import         nothing
=================  ==========================================================================================

No statistic says how much load is shed. It is marked in years in which it is shed in more hours than a winter has:

(2)  marked ⟺ hours with load shed > WINTER_HOURS

because what is known of rationing (limits for households, hours of supply of villages) is of the cold months. How many
hours a plan says is a weak figure: what is kept over the year, gas and water, makes it cheap to ration a little always.

Statistics come as a data frame with the columns of the system's table ``statistics``, other studies' shares with
those of ``studies``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.backcast import FUELS, model_figures, published_figures
from simulator.analysis.shed import NOTABLE_GWH, shed_hours

PAST = range(2020, 2026)
"""Years whose statistics give the range."""
WIDTH = 0.05
"""Room beside the range, as a part of its larger end: statistics of two sources differ by as much."""
SMALL_TWH, SMALL_MW = 0.3, 100.0
"""Room at least, in the unit of the figure."""
ITEMS = (*FUELS, "generation", "demand", "net_import", "peak")
SHED = ("load_shed", "hours_with_load_shed")
WINTER_HOURS = 24 * (30 + 31 + 31 + 28 + 31)
"""November to March."""
COLUMNS = ("country", "item", "unit", "low", "high", "last", "last_year", "years", "mark")
"""Columns of ``figures`` beside one per model year, which is called by the year."""
SEASONS = {"winter": (11, 12, 1, 2, 3), "summer": (6, 7, 8), "spring and autumn": (4, 5, 9, 10)}


@dataclass(frozen=True)
class PublishedRange:
    """What statistics of past years say of one figure."""

    low: float
    high: float
    last: float
    last_year: int
    count: int

    def contains(self, value: float, small: float) -> bool:
        """Whether a value lies in the range or in the room beside it (1)."""
        room = max(WIDTH * max(abs(self.low), abs(self.high)), small)
        return self.low - room <= value <= self.high + room


def figures(dataset: xr.Dataset, statistics: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """One row per country and item: the plan's years, the published range, the last figure, and what is odd.

    Energy in TWh, peaks in MW. Columns: ``COLUMNS`` and one per year; ``mark`` is empty or says which years are odd.
    """
    model = model_figures(dataset)
    known = _ranges(statistics)
    rows = []
    for country in ind.labels(dataset, "country"):
        judge = _Judge(dataset, model, known, country)
        for item in ITEMS:
            past = known.get((country, item))
            values = {str(year): judge.value(item, year) for year in years}
            odd = ", ".join(str(year) for year in years if past and judge.odd(item, year, past))
            rows.append({"country": country, "item": item, "unit": _unit(item), "mark": odd, **_about(past), **values})
        rows += _shed(dataset, country, years)
    return pd.DataFrame(rows, columns=[*COLUMNS, *map(str, years)])


def _shed(dataset: xr.Dataset, country: str, years: Sequence[int]) -> list[dict[str, object]]:
    """Rows of load that is not served; none in countries that serve all."""
    energy = ind.sum_by(ind.unserved_gwh(dataset), "zone", "country").sel(country=country, year=list(years))
    hours = shed_hours(dataset).sel(country=country, year=list(years))
    if not bool((energy > NOTABLE_GWH).any()):
        return []
    odd = ", ".join(str(year) for year in years if float(hours.sel(year=year)) > WINTER_HOURS)
    found = (("TWh", "", energy / 1000), ("h", odd, hours))
    return [
        {"country": country, "item": item, "unit": unit, "mark": mark, **_about(None),
         **{str(year): float(values.sel(year=year)) for year in years}}
        for item, (unit, mark, values) in zip(SHED, found, strict=True)
    ]  # fmt: skip


def _about(past: PublishedRange | None) -> dict[str, float]:
    if past is None:
        return {"low": np.nan, "high": np.nan, "last": np.nan, "last_year": 0, "years": 0}
    return {"low": past.low, "high": past.high, "last": past.last, "last_year": past.last_year, "years": past.count}


def _unit(item: str) -> str:
    return "MW" if item == "peak" else "TWh"


def capacity_factors(dataset: xr.Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Percent of the year's capacity that each technology of a zone gives. Columns: zone, technology, one per year."""
    energy = ind.by_asset(dataset, "generation_gwh", "zone", "technology")
    power = ind.by_asset(dataset, "capacity_mw", "zone", "technology")
    factor = 100 * energy * 1000 / (power * dataset["hours"].sum("slice")).where(power > 0)
    rows = [
        {"zone": zone, "technology": technology, **{str(y): float(mine.sel(year=y)) for y in years}}
        for zone in ind.labels(dataset, "zone")
        for technology in energy["technology"].values
        if zone in energy["zone"].values
        and bool((mine := factor.sel(zone=zone, technology=technology)).notnull().any())
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["zone", "technology", *map(str, years)])


def seasonal_prices(dataset: xr.Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Marginal price by zone and season, weighted by load, USD/MWh. Columns: zone, season, one per year."""
    load = (dataset["load_mw"] + dataset["nev_load_mw"]) * dataset["hours"]
    price = dataset["price_usd_per_mwh"].where(dataset["hours"] > 0, 0.0)
    rows = []
    for zone in ind.labels(dataset, "zone"):
        for season, months in SEASONS.items():
            inside = dataset["slice_month"].isin(list(months))
            weight = load.sel(zone=zone).where(inside, 0.0)
            whole = weight.sum("slice")
            mean = (price.sel(zone=zone) * weight).sum("slice") / whole.where(whole > 0)
            rows.append({"zone": zone, "season": season, **{str(y): float(mean.sel(year=y)) for y in years}})
    return pd.DataFrame(rows)


def storage_use(dataset: xr.Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Storage by zone: power, full discharges a year. Columns: zone, figure, one per year; empty without storage."""
    kept = dataset["asset_kind"] == "storage"
    power = ind.sum_by(dataset["capacity_mw"].where(kept, 0.0), "asset", "zone")
    stores = ind.sum_by(dataset["energy_capacity_mwh"].where(kept, 0.0), "asset", "zone")
    given = ind.sum_by(ind.energy_gwh(dataset, dataset["storage_discharge_mw"]), "unit", "zone")
    rows = []
    for zone in ind.labels(dataset, "zone"):
        if zone not in power["zone"].values or not bool((power.sel(zone=zone) > 0).any()):
            continue
        mine = stores.sel(zone=zone)
        cycles = given.sel(zone=zone) * 1000 / mine.where(mine > 0)
        for figure, values in (("power, MW", power.sel(zone=zone)), ("full discharges a year", cycles)):
            rows.append({"zone": zone, "figure": figure, **{str(y): float(values.sel(year=y)) for y in years}})
    return pd.DataFrame(rows, columns=["zone", "figure", *map(str, years)])


def links(dataset: xr.Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Energy over each link and from each market, TWh; both ways apart. Columns: path, from, to, one per year."""
    sent = ind.link_flow_gwh(dataset) / 1000
    rows = []
    for link in ind.labels(dataset, "link"):
        ends = [str(dataset[f"link_{end}"].sel(link=link).item()) for end in ("from", "to")]
        for way, (start, end) in (("forward", ends), ("backward", ends[::-1])):
            values = sent.sel(direction=way, link=link)
            if not bool((values.sel(year=list(years)) > 0).any()):
                continue
            rows.append({"path": link, "from": start, "to": end, **{str(y): float(values.sel(year=y)) for y in years}})
    bought = ind.market_net_import_gwh(dataset) / 1000
    for market in bought["market"].values:
        for zone in bought["zone"].values:
            values = bought.sel(market=market, zone=zone)
            if bool((abs(values) > 0).any()):
                named = {"path": "market", "from": str(market), "to": str(zone)}
                rows.append(named | {str(y): float(values.sel(year=y)) for y in years})
    return pd.DataFrame(rows, columns=["path", "from", "to", *map(str, years)])


def beside_studies(dataset: xr.Dataset, studies: pd.DataFrame) -> pd.DataFrame:
    """Shares that other studies publish beside this plan's, percent. Columns of ``studies`` and ``model``.

    ``model`` is empty where the year is not modelled, or where no definition of the law counts the same.
    """
    ours = ind.share_percent(dataset)
    table = studies.copy()
    table["model"] = [
        float(ours.sel(country=row.country, year=row.year, definition=row.definition, basis=row.basis))
        if isinstance(row.definition, str) and row.year in dataset["year"].values else np.nan
        for row in table.itertuples()
    ]  # fmt: skip
    return table


# ------------------------------------------------------------------------------------------------- what is odd


def _ranges(statistics: pd.DataFrame) -> dict[tuple[str, str], PublishedRange]:
    """(country, item) → lowest, highest and last figure of the past years."""
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for (country, item, year), value in published_figures(statistics).items():
        if year in PAST:
            found.setdefault((country, item), []).append((year, value))
    return {
        key: PublishedRange(
            min(v for _, v in pairs), max(v for _, v in pairs), max(pairs)[1], max(pairs)[0], len(pairs)
        )
        for key, pairs in found.items()
    }


@dataclass(frozen=True)
class _Judge:
    """Says of a country's figures which are odd."""

    dataset: xr.Dataset
    model: Mapping[str, xr.DataArray]
    known: Mapping[tuple[str, str], PublishedRange]
    country: str

    def value(self, item: str, year: int) -> float:
        return float(self.model[item].sel(country=self.country, year=year))

    def odd(self, item: str, year: int, past: PublishedRange) -> bool:
        """Whether a figure is marked (1)."""
        value = self.value(item, year)
        if item == "demand" or past.contains(value, SMALL_MW if item == "peak" else SMALL_TWH):
            return False
        if item in ("generation", "peak"):
            return value > past.high and not self._grew_with_demand(item, year, past)
        if item == "net_import":
            return True
        others = [fuel for fuel in FUELS if (fuel == item) == (value > past.high)]
        missing = value - past.high if value > past.high else past.low - value
        return missing > sum(self._opened_twh(fuel, year, past.last_year) for fuel in others) + SMALL_TWH

    def _grew_with_demand(self, item: str, year: int, past: PublishedRange) -> bool:
        demand = self.known.get((self.country, "demand"))
        if demand is None or demand.last <= 0 or past.last <= 0:
            return False
        return self.value(item, year) / past.last <= (1 + WIDTH) * self.value("demand", year) / demand.last

    def _opened_twh(self, fuel: str, year: int, since: int) -> float:
        """What plants of a fuel that opened in the year ``since`` or later give."""
        data = self.dataset
        mine = (data["asset_country"] == self.country) & data["asset_group"].isin(list(FUELS[fuel]))
        late = (data["asset_status"] != "existing") | (data["asset_date"] >= since)
        return float(data["generation_gwh"].sel(year=year).where(mine & late, 0.0).sum()) / 1000


def marked(table: pd.DataFrame) -> Iterator[str]:
    """A sentence for each marked row of ``figures``."""
    for _, row in table[table["mark"] != ""].iterrows():
        values = ", ".join(f"{row[year]:,.1f} in {year}" for year in str(row["mark"]).split(", "))
        said = f"{row['country']} {row['item'].replace('_', ' ')}: {values} {row['unit']}; "
        if row["item"] in SHED:
            yield f"{said}a winter has {WINTER_HOURS:,.0f}, and rationing is known of winters only"
            continue
        yield (
            f"{said}published "
            f"{row['low']:,.1f} to {row['high']:,.1f} in {row['years']} of the years {PAST[0]} to {PAST[-1]}"
        )
