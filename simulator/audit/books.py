"""The books by asset: what capital, operation and loans cost, from rates and terms in the tables.

Symbols: ``r`` real cost of capital, ``n`` life, ``c`` years of construction, ``d`` debt share, ``t`` tax, ``i`` nominal
interest, ``π`` inflation of the loan's currency, ``h`` hedging, ``f`` fees, ``g`` grace, ``T`` tenor.

(1)  r = d·[(1 + i·(1 − t) + h + f/L)/(1 + π) − 1] + (1 − d)·equity + exposure·premium,    L = (g + 1 + T)/2
(2)  capital = overnight · mean over c of (1 + r)^(years before operation, at the middle of each)
(3)  annuity = capital · A, such that owners have left Σ_k (A − τ[k]·(A − δ[k]/(1 + π)^k))/(1 + r)^k = 1, k = 1…n;
     δ what is written off the books in year k, τ the tax of the country, none in a holiday, π its inflation
(4)  owed in year k after commissioning = d·capital·(i·o(k) + o(k) − o(k+1))/(1 + π)^k,    o(k) what is out of the loan
(5)  given = 1 − Σ_k (owed + h·o(k)/(1 + π)^k)/(1 + market)^k − f    per unit lent
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import xarray as xr

from simulator.audit import fuel, policy
from simulator.audit.capacity import operating
from simulator.audit.measure import relative
from simulator.audit.shares import attributed, yearly
from simulator.case.capacity.assets import Asset
from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case
from simulator.system import Country, Investor, Link, year_fraction


def books(case: Case, results: xr.Dataset) -> float:
    """Capital, fixed and variable cost by asset add up to the cost table."""
    worst = 0.0
    for variable, entries in {
        "annuity_musd": ("capital of new plants", "capital of projects and indebted plants"),
        "fixed_cost_musd": ("fixed operation",),
        "variable_cost_musd": (
            "fuel and variable operation", "fuel supply steps", "operation of wind, sun and river",
            "operation of storage", "carbon",
        ),
    }.items():  # fmt: skip
        booked = results["cost_musd"].sel(cost_component=list(entries)).sum("cost_component", skipna=False).values
        worst = max(
            worst, relative(results[variable].values.sum(axis=0) - booked, results.variables["cost_musd"].values)
        )
    return worst


# ------------------------------------------------------------------------------------------------------ operation


def home_price(case: Case, country: str) -> np.ndarray:
    """(Y) dollar price of a country's operation relative to the tables."""
    name = next(row.currency for row in case.countries if row.id == country)
    return case.exchange.real[case.exchange.currencies.index(name)] if name else np.ones(len(case.horizon.years))


def operation_usd_per_mwh(case: Case, unit: DispatchUnit) -> np.ndarray:
    """(Y) variable operation of a unit."""
    return unit.technology.variable_om_usd_per_mwh * home_price(case, unit.country)


def fuel_usd_per_mwh(case: Case, unit: DispatchUnit) -> np.ndarray:
    """(Y) fuel for a MWh of electricity at the zone's price; steps of its supply come on top."""
    path = {
        row.year: row.usd_per_mwh for row in case.system.fuel_prices
        if (row.fuel, row.zone) == (unit.technology.fuel, unit.zone)
    }  # fmt: skip
    if not path:
        return np.zeros(len(case.horizon.years))
    return _at(path, case.horizon.years) / unit.efficiency


def _variable(case: Case, results: xr.Dataset) -> np.ndarray:
    generation = yearly(case, results.variables["generation_mw"].values)
    discharged = yearly(case, results.variables["storage_discharge_mw"].values)
    steps = fuel.step_usd_per_mwh(case, results)
    country = [c.id for c in case.countries]
    cost = np.zeros_like(generation)
    for u, unit in enumerate(case.units):
        usd = operation_usd_per_mwh(case, unit)
        burnt = fuel_usd_per_mwh(case, unit) + steps[u] / unit.efficiency
        carbon = policy.emission(case, unit) * case.carbon_usd_per_t[country.index(unit.country)]
        cost[u] = (generation[u] * (usd + burnt + carbon) + discharged[u] * usd) / 1e3
    return attributed(case, results, cost)


def fixed_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(A, Y) fixed operation: of what exists, and of what is built by its year's table."""
    capacity, cost = results.variables["capacity_mw"].values, np.zeros(results["capacity_mw"].shape)
    for a, asset in enumerate(case.assets):
        if asset.status != "candidate":
            cost[a] = asset.fixed_om_usd_per_kw_year * home_price(case, asset.country) * capacity[a] / 1e3
    build = results.variables["build_mw"].values
    paths: dict[str, dict[int, float]] = {}
    standard = {row.id: row.fixed_om_usd_per_kw_year for row in case.system.technologies}
    for row in case.system.technology_costs:
        own = row.fixed_om_usd_per_kw_year
        paths.setdefault(row.technology, {})[row.year] = standard[row.technology] if own is None else own
    for v in case.investment.vintages:
        if build[v.asset, v.year] != 0:
            asset = case.assets[v.asset]
            usd = _at(paths[asset.technology.id], case.horizon.years[v.year]) * home_price(case, asset.country)
            cost[v.asset] += operating(case, v) * usd * build[v.asset, v.year] / 1e3
    return cost


def _at(path: dict[int, float], years: Sequence[int] | int) -> np.ndarray:
    """Values between anchor years, constant outside."""
    anchors = sorted(path)
    return np.asarray(np.interp(years, anchors, [path[year] for year in anchors]))


# -------------------------------------------------------------------------------------------------------- capital


def cost_of_capital(case: Case, investor: Investor, country: Country) -> float:
    """(1) The rate an investor asks for in a country."""
    if investor.real_wacc_percent is not None:
        return investor.real_wacc_percent / 100
    money = next(row for row in case.system.currencies if row.id == investor.currency)
    interest = (money.base_rate_percent + investor.debt_margin_percent) * (1 - investor.tax_rate_percent / 100)
    out_for = (investor.grace_years + 1 + investor.tenor_years) / 2
    nominal = (interest + money.hedging_percent + investor.fees_percent / out_for) / 100
    debt, part = (1 + nominal) / (1 + money.inflation_percent / 100) - 1, investor.debt_share_percent / 100
    risk = investor.exposure_percent / 100 * country.risk_premium_percent / 100
    return part * debt + (1 - part) * investor.real_equity_return_percent / 100 + risk


def _rate(case: Case, asset: Asset) -> float:
    """What the owner of an asset asks for; the social rate where nobody is named."""
    owner = next((row for row in case.system.investors if row.id == asset.investor), None)
    if owner is None:
        return case.discount_rate
    return cost_of_capital(case, owner, next(row for row in case.countries if row.id == asset.country))


def _taxed(case: Case, asset: Asset) -> str | None:
    """The country whose tax an asset pays; none where no owner is named."""
    return asset.country if asset.investor in {row.id for row in case.system.investors} else None


def _grown(rate: float, years: float) -> float:
    """(2) per unit of overnight cost; a broken year comes first."""
    if years <= 0:
        return 1.0
    edges = [*range(int(years) + 1), *([years] if years > int(years) else [])]
    parts = [(end - start) * (1 + rate) ** ((start + end) / 2) for start, end in pairwise(edges)]
    return float(sum(parts) / years)


def _plain(rate: float, life: float) -> float:
    """Present value of 1 a year for a life, at each year's end."""
    return life if rate == 0 else (1 - (1 + rate) ** -life) / rate


def annuity(case: Case, rate: float, life: float, country: str | None) -> float:
    """(3) per unit of capital; ``country`` whose tax is due, if any.

    What is left of a first payment of 1 a year, and of the deductions, gives A by proportion.
    """
    row = next((row for row in case.system.taxes if row.country == country), None)
    if row is None:
        return 1 / _plain(rate, life)
    tax, free = row.profit_tax_percent / 100, row.holiday_years
    money = next((c.currency for c in case.countries if c.id == country), None)
    inflation = next((m.inflation_percent / 100 for m in case.system.currencies if m.id == money), 0.0)
    book = first = 1 - row.at_once_percent / 100
    saved, years = 0.0, int(np.ceil(life))
    for k in range(1, years + 1):
        if row.method == "straight":
            written = min(book, first * row.depreciation_percent / 100)
        else:
            written = book if k == years else book * row.depreciation_percent / 100
        book -= written
        due = tax * min(max(k - free, 0.0), 1.0)
        saved += due * (written + (1 - first) * (k == 1)) / (1 + inflation) ** k / (1 + rate) ** k
    untaxed = _plain(rate, min(free, life)) if free > 0 else 0.0
    return (1 - saved) / (untaxed + (1 - tax) * (_plain(rate, life) - untaxed))


def line_usd_per_kw(case: Case, row: Link) -> float:
    """A kW of line a year: capital and operation."""
    country = next(zone.country for zone in case.zones if zone.id == row.from_zone)
    owner = next((x for x in case.system.investors if x.id == row.investor), None)
    home = next(x for x in case.countries if x.id == country)
    rate = case.discount_rate if owner is None else cost_of_capital(case, owner, home)
    yearly = annuity(case, rate, row.life_years, None if owner is None else country) + row.fixed_om_percent / 100
    return yearly * (row.overnight_usd_per_kw or 0.0)


def _overnight(asset: Asset) -> float:
    """MUSD of an asset in full."""
    return (asset.overnight_usd_per_kw * asset.full_mw + asset.overnight_usd_per_kwh * asset.full_mwh) / 1e3


def _chosen(case: Case, results: xr.Dataset) -> Iterator[tuple[int, int, float, np.ndarray, tuple[int, ...]]]:
    """Asset, interval, MUSD, share that runs and calendar years of everything the plan may choose."""
    mw, mwh = results.variables["build_mw"].values, results.variables["build_mwh"].values
    for v in case.investment.vintages:
        musd = v.overnight_usd_per_kw * mw[v.asset, v.year] + v.overnight_usd_per_kwh * mwh[v.asset, v.year]
        yield v.asset, v.year, musd / 1e3, operating(case, v), v.window


def _paying(case: Case, asset: Asset) -> np.ndarray:
    """(Y) share of an asset whose capital is still paid: what operates, up to its life."""
    running = asset.mw / asset.full_mw if asset.full_mw else asset.mwh / asset.full_mwh
    if asset.date is None:
        return np.asarray(running)
    life = asset.date + asset.technology.life_years
    closes = life
    for row in case.system.plants if asset.status == "existing" else ():
        if row.id == asset.id:
            closes = year_fraction(row.retires) if row.retires else life if row.life_binds else np.inf
    years = np.array(case.horizon.years, float)
    open_, due = (np.clip(np.minimum(years + 1, end) - np.maximum(years, asset.date), 0, 1)
                  for end in (closes, min(closes, life)))  # fmt: skip
    return np.asarray(running * np.divide(due, open_, out=np.zeros_like(due), where=open_ > 0))


def annuities_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(A, Y) capital payments: of what was committed as it runs, and of what is chosen as it comes."""
    paid = np.zeros(results["capacity_mw"].shape)
    for a, asset in enumerate(case.assets):
        if asset.status != "candidate" and _overnight(asset) > 0:
            paid[a] = _overnight(asset) * _paying(case, asset)
    for a, _, musd, share, _ in _chosen(case, results):
        paid[a] += musd * share
    for a, asset in enumerate(case.assets):
        if paid[a].any():
            rate, technology = _rate(case, asset), asset.technology
            paid[a] *= annuity(case, rate, technology.life_years, _taxed(case, asset))
            paid[a] *= _grown(rate, technology.construction_years)
    return paid


def _interval(case: Case, date: float) -> int | None:
    """Position of the model year up to which a date lies, after the model year before; none outside."""
    years = case.horizon.years
    before = (years[0] - 1, *years[:-1])
    return next((y for y, (last, year) in enumerate(zip(before, years, strict=True)) if last < int(date) <= year), None)


def _investment(case: Case, results: xr.Dataset) -> np.ndarray:
    spent = np.zeros(results["capacity_mw"].shape)
    for a, asset in enumerate(case.assets):
        if asset.status in ("project", "procured") and asset.date is not None:
            interval = _interval(case, asset.date)
            if interval is not None:
                spent[a, interval] = _overnight(asset)
    for a, y, musd, *_ in _chosen(case, results):
        spent[a, y] += musd
    return spent


# ---------------------------------------------------------------------------------------------------------- loans


def _commissioned(case: Case, results: xr.Dataset) -> Iterator[tuple[int, float, float]]:
    """Asset, date and capital (2) of everything that comes at a date; chosen plants in the middle of their years."""
    for a, asset in enumerate(case.assets):
        if asset.status != "candidate" and asset.date is not None and _overnight(asset) > 0:
            yield a, asset.date, _overnight(asset) * _grown(_rate(case, asset), asset.technology.construction_years)
    for a, y, musd, _, window in _chosen(case, results):
        capital = musd * _grown(_rate(case, case.assets[a]), case.assets[a].technology.construction_years)
        dates = [year + 0.5 for year in window] if case.horizon.part_year else [float(case.horizon.years[y])]
        for date in dates:
            yield a, date, capital / len(dates)


def _capital(case: Case, results: xr.Dataset) -> np.ndarray:
    capital = np.zeros(results["capacity_mw"].shape)
    for a, date, musd in _commissioned(case, results):
        interval = _interval(case, date)
        if interval is not None:
            capital[a, interval] += musd
    return capital


def _outstanding(investor: Investor) -> np.ndarray:
    """o(1) to o(T + 1) of (4): all of it in the years of grace and the first after, then equal parts less."""
    ages = np.arange(1, investor.tenor_years + 2)
    out = (investor.tenor_years + 1 - ages) / (investor.tenor_years - investor.grace_years)
    return np.asarray(np.minimum(out, 1.0))


def _payments(case: Case, investor: Investor) -> np.ndarray:
    """(T) of (4), per unit lent, real."""
    money = next(row for row in case.system.currencies if row.id == investor.currency)
    out, ages = _outstanding(investor), np.arange(1, investor.tenor_years + 1)
    nominal = (money.base_rate_percent + investor.debt_margin_percent) / 100 * out[:-1] - np.diff(out)
    return np.asarray(nominal / (1 + money.inflation_percent / 100) ** ages)


def _lenders(case: Case) -> dict[str, Investor]:
    return {row.id: row for row in case.system.investors if row.currency is not None}


def _debt_service(case: Case, results: xr.Dataset) -> np.ndarray:
    owed, lenders = np.zeros(results["capacity_mw"].shape), _lenders(case)
    for a, date, musd in _commissioned(case, results):
        investor = lenders.get(case.assets[a].investor)
        if investor is None:
            continue
        payments = _payments(case, investor)
        for y, year in enumerate(case.horizon.years):
            age = int(np.floor(year + 1 - date))
            if 1 <= age <= len(payments):
                owed[a, y] += investor.debt_share_percent / 100 * musd * payments[age - 1]
    return owed


def _subsidy(case: Case, results: xr.Dataset) -> np.ndarray:
    """(5) of what is commissioned in each interval; NaN for those who borrow where no market rate is stated."""
    given, lenders, capital = np.zeros(results["capacity_mw"].shape), _lenders(case), _capital(case, results)
    for a in {a for a, *_ in _commissioned(case, results)}:
        investor = lenders.get(case.assets[a].investor)
        if investor is not None:
            part = _given(case, investor, case.assets[a].country)
            given[a] = part * investor.debt_share_percent / 100 * capital[a]
    return given


def _given(case: Case, investor: Investor, country: str) -> float:
    money = {row.id: row for row in case.system.currencies}
    home = next(row for row in case.countries if row.id == country)
    if home.market_debt_rate_percent is None or home.market_debt_currency is None:
        return np.nan
    inflation = money[home.market_debt_currency].inflation_percent / 100
    market = (1 + home.market_debt_rate_percent / 100) / (1 + inflation) - 1
    own, ages = money[str(investor.currency)], np.arange(1, investor.tenor_years + 1)
    hedge = own.hedging_percent / 100 * _outstanding(investor)[:-1] / (1 + own.inflation_percent / 100) ** ages
    paid = (_payments(case, investor) + hedge) / (1 + market) ** ages
    return float(1 - investor.fees_percent / 100 - paid.sum())


# ------------------------------------------------------------------------------------------- variables that follow


def _rates(case: Case, results: xr.Dataset) -> np.ndarray:
    rates = [[100 * cost_of_capital(case, row, c) for c in case.countries] for row in case.system.investors]
    return np.array(rates).reshape(len(case.system.investors), len(case.countries))


FIGURES = {
    "annuity_musd": annuities_musd,
    "fixed_cost_musd": fixed_musd,
    "variable_cost_musd": _variable,
    "investment_musd": _investment,
    "capital_musd": _capital,
    "debt_service_musd": _debt_service,
    "subsidy_musd": _subsidy,
    "asset_wacc_percent": lambda case, results: np.array([100 * _rate(case, asset) for asset in case.assets]),
    "investor_wacc_percent": _rates,
}
