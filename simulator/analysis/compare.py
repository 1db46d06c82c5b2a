"""Several runs side by side: one row per indicator, one column per scenario, and what differs from the first.

The first run asks the question: its headline target gives country and year for all. Shares have a row for every
headline target of the runs that differs in country, year, definition or basis, the first run's own first, so that no
figure contradicts a verdict. Without a target the last model year of the first run and all countries are compared.
A run that does not model the year shows empty cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.costs import plants_musd, shed_musd
from simulator.analysis.shed import rationed_gwh, shed_hours
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


def questions(datasets: Sequence[xr.Dataset]) -> list[ind.Focus]:
    """The headline targets of the runs, each once by country, year, definition and basis."""
    found: dict[tuple[str, int, str, str], ind.Focus] = {}
    for dataset in datasets:
        target = ind.focus(dataset)
        if target is not None:
            found.setdefault((target.country, target.year, target.definition, target.basis), target)
    return list(found.values())


def share_row(target: ind.Focus) -> str:
    """Name of the row with the share a target asks for: every share names its definition and basis."""
    return f"renewable share of {target.basis}, {target.country} {target.year}, {target.definition}"


def gap_row(target: ind.Focus) -> str:
    """Name of the row with the energy missing to a target."""
    return f"gap to {target.percent:g} % of {target.basis}, {target.country} {target.year}, {target.definition}"


def _share(dataset: xr.Dataset, target: ind.Focus) -> Iterator[Item]:
    known = target.year in dataset["year"].values and target.country in ind.labels(dataset, "country")
    if not known or target.definition not in ind.labels(dataset, "definition"):
        return
    at = {"country": target.country, "year": target.year}
    counted = {**at, "definition": target.definition}
    above = float(ind.numerator_gwh(dataset).sel(counted)) / 1000
    below = ind.denominator_gwh(dataset).sel(at) / 1000
    base = float(below.sel(basis=target.basis))
    for basis in (target.basis, *(name for name in ind.BASES if name != target.basis)):
        of = float(below.sel(basis=basis))
        yield share_row(replace(target, basis=basis)), "%", 100 * above / of if of > 0 else 0.0
    yield gap_row(target), "TWh", target.percent / 100 * base - above
    yield f"renewable energy that counts, {target.country} {target.year}, {target.definition}", "TWh", above
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
    if len(scope.countries) == 1:
        yield "peak load", "MW", total(dataset["peak_load_mw"])
    yield "net import", "TWh", total(dataset["net_import_gwh"]) / 1000
    yield "unserved energy", "GWh", total(ind.sum_by(ind.unserved_gwh(dataset), "zone", "country"))
    yield "of it rationed by plan", "GWh", total(rationed_gwh(dataset))
    if len(scope.countries) == 1:
        yield "hours with unserved energy", "h", total(shed_hours(dataset))
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


def _cost_of_countries(dataset: xr.Dataset, scope: Scope) -> Iterator[Item]:
    """What plants in the countries cost over the horizon, and the price of load shed there. Trade is not in it."""
    for name, musd in (("cost of plants", plants_musd(dataset)), ("price of load shed", shed_musd(dataset))):
        yield f"discounted {name} here", "MUSD", float(musd.sel(country=list(scope.countries)).sum(skipna=False))


def _money(dataset: xr.Dataset, scope: Scope) -> Iterator[Item]:
    yield "system cost", "MUSD/yr", float(dataset["cost_musd"].sel(year=scope.year).sum(skipna=False))
    yield "discounted cost of supply", "MUSD", ind.npv_of_supply_musd(dataset)
    yield "discounted cost of shortage", "MUSD", ind.npv_of_shortage_musd(dataset)
    yield from _cost_of_countries(dataset, scope)
    here = {"country": list(scope.countries), "year": scope.year}
    load = ind.sum_by(ind.energy_gwh(dataset, dataset["load_mw"] + dataset["nev_load_mw"]), "zone", "country")
    if float(load.sel(here).sum()) > 0:
        price = ind.price_usd_per_mwh(dataset).sel(here)
        yield "mean price", "USD/MWh", float((price * load.sel(here)).sum() / load.sel(here).sum())
        yield "bill of consumers", "MUSD/yr", float(ind.bill_musd(dataset).sel(here).sum())


def compare(datasets: Sequence[xr.Dataset]) -> pd.DataFrame:
    """Indicators in rows (index: indicator, unit), scenarios in columns, then ``<scenario> − <first>`` for the others.

    ``datasets`` are results of ``run``, ``plan`` or ``open_results``; the first is what the others are compared with.
    Year and countries are those of its headline target. Capacity and fuel absent from a run are 0; other missing
    figures are NaN. Raises InputError without runs or when two carry the same scenario name (``plan(…, name=…)`` gives
    another).
    """
    scenarios = [str(d.attrs.get("scenario", "")) for d in datasets]
    if not scenarios:
        raise InputError("nothing to compare: name at least one results folder")
    if len(set(scenarios)) < len(scenarios):
        twice = next(name for name in scenarios if scenarios.count(name) > 1)
        raise InputError(f"two results carry the scenario name {twice!r}: a comparison needs different names")
    scope, asked = scope_of(datasets[0]), questions(datasets)
    columns = {}
    for name, dataset in zip(scenarios, datasets, strict=True):
        parts = (_energy, _capacity, _money) if scope.holds(dataset) else ()
        items = {(i, unit): value for target in asked for i, unit, value in _share(dataset, target)}
        items |= {(i, unit): value for part in parts for i, unit, value in part(dataset, scope)}
        columns[name] = pd.Series(items, dtype=float)
    table = _in_order(columns)
    zero_if_absent = [str(indicator).startswith(("capacity ", "fuel ")) for indicator, _ in table.index]
    modelled = [name for name in scenarios if len(columns[name])]
    table.loc[zero_if_absent, modelled] = table.loc[zero_if_absent, modelled].fillna(0.0)
    for name in scenarios[1:]:
        table[f"{name} − {scenarios[0]}"] = table[name] - table[scenarios[0]]
    table.attrs = {"year": scope.year, "countries": list(scope.countries), "warnings": warnings(datasets)}
    return table


def warnings(datasets: Sequence[xr.Dataset]) -> list[str]:
    """What makes differences to the first run mean less than they seem to: another horizon, system or money."""
    first, found = datasets[0], []
    for other in datasets[1:]:
        unlike = [what for what, of in _ALIKE.items() if of(first) != of(other)]
        if unlike:
            name, base = other.attrs.get("scenario", ""), first.attrs.get("scenario", "")
            found.append(f"{name} and {base} differ in {', '.join(unlike)}: differences mix this with the scenarios")
    return found


_ALIKE: dict[str, Callable[[xr.Dataset], object]] = {
    "model years": lambda d: [int(year) for year in d["year"].values],
    "years that each model year represents": lambda d: [round(float(x), 6) for x in d["year_weight"].values]
    if "year_weight" in d else None,
    "discount rate": lambda d: d.attrs.get("discount_rate_percent"),
    "system": lambda d: d.attrs.get("system"),
    "zones": lambda d: ind.labels(d, "zone"),
    "year of the money": lambda d: d.attrs.get("money_year"),
}  # fmt: skip
"""What must be the same in runs that are subtracted from each other."""


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
    warned = "".join(f"\nwarning: {warning}\n" for warning in table.attrs.get("warnings", []))
    return f"{where}, {year}; costs are those of the whole system\n\n{aligned(head, body, left=range(2))}\n{warned}"


def _number(value: float, signed: bool) -> str:
    if not np.isfinite(value):
        return "–"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"


def as_csv(table: pd.DataFrame) -> str:
    """The comparison as CSV with full precision; empty cells for missing figures."""
    return csv(table, index=True)
