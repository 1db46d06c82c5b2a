"""Several runs side by side: one row per indicator, one column per scenario, and what differs from the first.

The first run asks the question: its headline target gives country, year, definition and basis for all. Without one,
the last model year of the first run and the sum over all countries are compared, and the rows on the share are absent.
A run that does not model the year shows empty cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.text import aligned, csv
from simulator.errors import InputError


@dataclass(frozen=True)
class Scope:
    """What is compared: a year and countries; ``target`` is None where the first run has no headline target."""

    year: int
    countries: tuple[str, ...]
    target: ind.Focus | None

    def holds(self, dataset: xr.Dataset) -> bool:
        """Whether the run models this year and these countries."""
        return self.year in dataset["year"].values and set(self.countries) <= set(ind.labels(dataset, "country"))


def scope_of(dataset: xr.Dataset) -> Scope:
    """The question the run asks."""
    target = ind.focus(dataset)
    year = ind.focus_year(dataset)
    if target is None or target.year != year:
        return Scope(year, tuple(ind.labels(dataset, "country")), None)
    return Scope(year, (target.country,), target)


Item = tuple[str, str, float]


def _share(dataset: xr.Dataset, scope: Scope) -> Iterator[Item]:
    target = scope.target
    if target is None or target.definition not in ind.labels(dataset, "definition"):
        return
    at = {"country": target.country, "year": target.year}
    counted = {**at, "definition": target.definition}
    above = float(ind.numerator_gwh(dataset).sel(counted)) / 1000
    below = ind.denominator_gwh(dataset).sel(at) / 1000
    base = float(below.sel(basis=target.basis))
    yield "renewable share", "%", 100 * above / base if base > 0 else 0.0
    yield "gap to the target", "TWh", target.percent / 100 * base - above
    yield "renewable energy that counts", "TWh", above
    chinese = ind.chinese_share_of_numerator_percent(dataset).sel(counted)
    yield "of it paid with Chinese money", "%", float(chinese)
    built = ind.chinese_built_share_of_numerator_percent(dataset).sel(counted)
    yield "of it built by Chinese companies alone", "%", float(built)


def _energy(dataset: xr.Dataset, scope: Scope) -> Iterator[Item]:
    here = {"country": list(scope.countries), "year": scope.year}

    def total(array: xr.DataArray) -> float:
        return float(array.sel(here).sum(skipna=False))

    yield "generation", "TWh", total(dataset["country_generation_gwh"]) / 1000
    yield "consumption", "TWh", total(dataset["country_consumption_gwh"]) / 1000
    yield "of it NEV charging", "TWh", total(dataset["nev_energy_gwh"]) / 1000
    yield "net import", "TWh", total(dataset["net_import_gwh"]) / 1000
    yield "unserved energy", "GWh", total(ind.sum_by(ind.unserved_gwh(dataset), "zone", "country"))
    yield "curtailment", "GWh", _in_countries(ind.curtailment_gwh(dataset), scope)
    yield "emissions", "kt", total(dataset["emissions_kt"])
    for fuel in ind.labels(dataset, "fuel"):
        if (burnt := total(dataset["fuel_use_gwh"].sel(fuel=fuel))) > 1e-6:
            yield f"fuel {fuel.replace('_', ' ')}", "TWh", burnt / 1000


def _in_countries(array: xr.DataArray, scope: Scope) -> float:
    """Sum over the countries in the year; a country without any asset has no label and adds nothing."""
    kept = array.isel(country=np.isin(array["country"].values, scope.countries))
    return float(kept.sel(year=scope.year).sum(skipna=False))


def _capacity(dataset: xr.Dataset, scope: Scope) -> Iterator[Item]:
    mask = np.isin(dataset["asset_country"].values, scope.countries)
    assets = dataset.isel(asset=np.flatnonzero(mask))
    by_group = ind.by_asset(assets, "capacity_mw", "group").sel(year=scope.year)
    for group in by_group["group"].values:
        if (megawatt := float(by_group.sel(group=group))) > 1e-6:
            yield f"capacity {str(group).replace('_', ' ')}", "MW", megawatt
    chinese = assets[["capacity_mw", "investment_musd"]] * assets["asset_chinese_money"]
    yield "Chinese-financed capacity", "MW", float(chinese["capacity_mw"].sel(year=scope.year).sum(skipna=False))
    spent = chinese["investment_musd"].sel(year=slice(None, scope.year))
    yield "Chinese money placed to date", "MUSD", float(spent.sum(skipna=False))


def _money(dataset: xr.Dataset, scope: Scope) -> Iterator[Item]:
    yield "system cost", "MUSD/yr", float(dataset["cost_musd"].sel(year=scope.year).sum(skipna=False))
    yield "discounted cost of the horizon", "MUSD", float(ind.npv_musd(dataset).sum(skipna=False))
    here = {"country": list(scope.countries), "year": scope.year}
    load = ind.sum_by(ind.energy_gwh(dataset, dataset["load_mw"] + dataset["nev_load_mw"]), "zone", "country")
    if float(load.sel(here).sum()) > 0:
        price = ind.price_usd_per_mwh(dataset).sel(here)
        yield "mean price", "USD/MWh", float((price * load.sel(here)).sum() / load.sel(here).sum())
        yield "bill of consumers", "MUSD/yr", float(ind.bill_musd(dataset).sel(here).sum())


def compare(datasets: Sequence[xr.Dataset]) -> pd.DataFrame:
    """Indicators in rows (index: indicator, unit), scenarios in columns, then ``<scenario> − <first>`` for the others.

    Capacity and fuel absent from a run are 0; other missing figures are NaN. Raises InputError without runs or when two
    carry the same scenario name.
    """
    scenarios = [str(d.attrs.get("scenario", "")) for d in datasets]
    if not scenarios:
        raise InputError("nothing to compare: name at least one results folder")
    if len(set(scenarios)) < len(scenarios):
        twice = next(name for name in scenarios if scenarios.count(name) > 1)
        raise InputError(f"two results carry the scenario name {twice!r}: a comparison needs different names")
    scope = scope_of(datasets[0])
    columns = {}
    for name, dataset in zip(scenarios, datasets, strict=True):
        parts = (_share, _energy, _capacity, _money) if scope.holds(dataset) else ()
        items = {(i, unit): value for part in parts for i, unit, value in part(dataset, scope)}
        columns[name] = pd.Series(items, dtype=float)
    table = _in_order(columns)
    zero_if_absent = [str(indicator).startswith(("capacity ", "fuel ")) for indicator, _ in table.index]
    modelled = [name for name in scenarios if len(columns[name])]
    table.loc[zero_if_absent, modelled] = table.loc[zero_if_absent, modelled].fillna(0.0)
    for name in scenarios[1:]:
        table[f"{name} − {scenarios[0]}"] = table[name] - table[scenarios[0]]
    table.attrs = {"year": scope.year, "countries": list(scope.countries)}
    return table


def _in_order(columns: dict[str, pd.Series]) -> pd.DataFrame:
    """Rows of the first run, with those only other runs have put behind the row they follow there."""
    order: list[tuple[str, str]] = []
    for series in columns.values():
        at = 0
        for key in series.index:
            if key in order:
                at = order.index(key) + 1
            else:
                order.insert(at, key)
                at += 1
    index = pd.MultiIndex.from_tuples(order, names=["indicator", "unit"])
    return pd.DataFrame({name: [s.get(key, np.nan) for key in order] for name, s in columns.items()}, index=index)


def as_text(table: pd.DataFrame) -> str:
    """The comparison for the terminal; differences carry their sign, empty cells show ``–``."""
    year, where = table.attrs["year"], ", ".join(table.attrs["countries"])
    head = ["", "unit", *map(str, table.columns)]
    body = [
        [str(indicator), str(unit), *(_number(v, "−" in str(c)) for c, v in zip(table.columns, row, strict=True))]
        for (indicator, unit), row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return f"{where}, {year}; costs are those of the whole system\n\n{aligned(head, body, left=range(2))}\n"


def _number(value: float, signed: bool) -> str:
    if not np.isfinite(value):
        return "–"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"


def as_csv(table: pd.DataFrame) -> str:
    """The comparison as CSV with full precision; empty cells for missing figures."""
    return csv(table, index=True)
