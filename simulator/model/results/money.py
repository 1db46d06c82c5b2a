"""What each asset costs and owes, from decisions alone: the books of investors behind the cost account.

Symbols of this file: ``C`` capital with interest during construction, ``d`` debt share, ``S(k)`` debt service in the
k-th year per unit lent (``finance.debt_service``), ``G`` grant element.

(1)  annuity[a,y]      sums over assets to the capital entries of the cost account
(2)  fixed cost[a,y]   sums to the entry "fixed operation"
(3)  variable[a,y]     fuel at the zone's price and its supply step, operation, carbon; by share of the unit's capacity
(4)  debt service[a,y] = d·Σ_c C[a,c]·S(k), payments k of the money commissioned in c that fall into calendar year y
(5)  subsidy[a,v]      = G·d·C[a,v] of what is commissioned in the interval of v

Money is real, so a loan in another currency is owed in the real money of that currency at today's exchange rate; fees
and hedging are no debt service, as they are not paid year by year to lenders. A plant that closes early still owes.
"""

from __future__ import annotations

from math import floor

import numpy as np

from simulator.case.capacity.procurement import by_interval, reasons
from simulator.case.case import Case
from simulator.case.finance import Loan, debt_service, interest_during_construction
from simulator.case.money.cost_of_capital import grant, loan
from simulator.model.solved import Solved


def put_money(s: Solved) -> None:
    """Money of assets and of procurement."""
    _put_books(s)
    _put_placed(s)


def _put_books(s: Solved) -> None:
    """Variables by asset (A) and model year (Y), and the cost of capital by investor (I) and country (C)."""
    case, social = s.case, s.case.discount_rate
    rate = np.array([case.investment.wacc.get((a.investor, a.country), social) for a in case.assets])
    build, build_mwh = s.reported("build_mw"), s.reported("build_mwh")
    annuity, fixed = case.investment.paid_capital_musd.copy(), np.zeros_like(build)
    for a, asset in enumerate(case.assets):
        if asset.candidate is None:
            fixed[a] = asset.fixed_om * s.reported("capacity_mw")[a] / 1e3
    for v in case.investment.vintages:
        mw, mwh = build[v.asset, v.year], build_mwh[v.asset, v.year]
        annuity[v.asset] += v.operating * (v.annuity_usd_per_kw * mw + v.annuity_usd_per_kwh * mwh) / 1e3
        fixed[v.asset] += v.operating * v.fixed_om_usd_per_kw_year * mw / 1e3
    capital, service, subsidy = _debts(case, rate, build, build_mwh)
    countries = [c.id for c in case.countries]
    wacc = [[100 * case.investment.wacc[i.id, c] for c in countries] for i in case.system.investors]
    s.put("asset_wacc_percent", 100 * rate)
    s.put("investor_wacc_percent", np.array(wacc).reshape(len(case.system.investors), len(countries)))
    s.put("capital_musd", capital)
    s.put("annuity_musd", annuity)
    s.put("fixed_cost_musd", fixed)
    s.put("variable_cost_musd", _variable(s))
    s.put("debt_service_musd", service)
    s.put("subsidy_musd", subsidy)


def _debts(
    case: Case, rate: np.ndarray, build: np.ndarray, build_mwh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Capital by interval, debt service by model year, subsidy by interval; (A, Y) each."""
    investors = {row.id: row for row in case.system.investors}
    countries = {row.id: row for row in case.countries}
    currencies = {row.id: row for row in case.system.currencies}
    capital, service, subsidy = np.zeros_like(build), np.zeros_like(build), np.zeros_like(build)
    for a, dates in _commissioned(case, build, build_mwh).items():
        asset = case.assets[a]
        grown = interest_during_construction(rate[a], asset.technology.construction_years)
        investor = investors.get(asset.investor)
        terms = None if investor is None else loan(investor, currencies)
        debt = 0.0 if investor is None else investor.debt_share_percent / 100
        for date, overnight in dates.items():
            interval = case.horizon.interval_of(date)
            if interval is not None:
                capital[a, interval] += overnight * grown
            if terms is not None:
                service[a] += debt * overnight * grown * _owed(terms, date, case.horizon.years)
        if investor is not None and terms is not None:
            given = grant(investor, countries[asset.country], currencies)
            subsidy[a] = np.nan if given is None else given * debt * capital[a]
    return capital, service, subsidy


def _owed(terms: Loan, date: float, years: tuple[int, ...]) -> np.ndarray:
    """(Y) debt service per unit lent; the k-th payment comes k years after ``date``, the end of a year is in it."""
    return np.array([debt_service(terms, floor(year + 1 - date)) for year in years])


def _commissioned(case: Case, build: np.ndarray, build_mwh: np.ndarray) -> dict[int, dict[float, float]]:
    """Asset → date of commissioning → overnight MUSD. Chosen plants come evenly over their calendar years, on average
    in the middle of each; at the start of the model year when the scenario switches ``part_year`` off."""
    found: dict[int, dict[float, float]] = {}
    for a, asset in enumerate(case.assets):
        musd = (asset.overnight_usd_per_kw * asset.full_mw + asset.overnight_usd_per_kwh * asset.full_mwh) / 1e3
        if asset.candidate is None and musd > 0 and asset.date is not None:
            found[a] = {asset.date: musd}
    for v in case.investment.vintages:
        musd = v.overnight_usd_per_kw * build[v.asset, v.year] + v.overnight_usd_per_kwh * build_mwh[v.asset, v.year]
        dates = [t + 0.5 for t in v.window] if case.horizon.part_year else [float(case.horizon.years[v.year])]
        for date in dates:
            found.setdefault(v.asset, {})[date] = musd / 1e3 / len(dates)
    return found


def _variable(s: Solved) -> np.ndarray:
    """(A, Y) MUSD; a unit's cost is shared by capacity, as its generation is."""
    case = s.case
    country = {c.id: i for i, c in enumerate(case.countries)}
    energy = np.einsum("uys,ys->uy", s.reported("generation_mw"), case.hours) / 1e3
    discharged = np.einsum("uys,ys->uy", s.reported("storage_discharge_mw"), case.hours) / 1e3
    step = _supply_step(case, energy, s.value(s.m.purchase_gwh))
    capacity = s.reported("capacity_mw")
    cost = np.zeros_like(capacity)
    for u, unit in enumerate(case.units):
        carbon = unit.co2_t_per_mwh * case.carbon_usd_per_t[country[unit.country]]
        usd = unit.variable_om_usd_per_mwh + unit.fuel_usd_per_mwh + carbon + step[u]
        total = (energy[u] * usd + discharged[u] * unit.variable_om_usd_per_mwh) / 1e3
        members = list(unit.assets)
        running = capacity[members].sum(axis=0)
        cost[members] = total * np.divide(capacity[members], running, out=np.zeros_like(capacity[members]),
                                          where=running > 1e-9)  # fmt: skip
    return cost


def _supply_step(case: Case, energy_gwh: np.ndarray, purchase_gwh: np.ndarray) -> np.ndarray:
    """(U, Y) USD per MWh of electricity that a market's fuel costs on top of the zone's price, on average."""
    step = np.zeros_like(energy_gwh)
    for market in dict.fromkeys(s.market for s in case.fuel_steps):
        mine = [k for k, s in enumerate(case.fuel_steps) if s.market == market]
        fuel, zones = case.fuel_steps[mine[0]].fuel, case.fuel_steps[mine[0]].zones
        paid = sum(purchase_gwh[k] * case.fuel_steps[k].usd_per_mwh for k in mine)
        bought = purchase_gwh[mine].sum(axis=0)
        price = np.divide(paid, bought, out=np.zeros_like(bought), where=bought > 1e-9)
        for u, unit in enumerate(case.units):
            if unit.fuel is not None and unit.fuel.id == fuel and unit.zone in zones:
                step[u] += price / unit.efficiency
    return step


def _put_placed(s: Solved) -> None:
    """What procurement become, and why the rest does not."""
    case, rows = s.case, s.case.system.procurement
    why = reasons(case.system)
    built = np.zeros((len(rows), len(case.horizon.years)))
    refused = np.zeros((len(rows), len(why), len(case.horizon.years)))
    for p, y, reason, mw in by_interval(case.procured, rows, case.horizon, why):
        if reason is None:
            built[p, y] += mw
        else:
            refused[p, reason, y] += mw
    s.put("procured_mw", built)
    s.put("procurement_refused_mw", refused)
    s.put("ceiling_usd_per_mwh", [np.nan if a.ceiling_usd_per_mwh is None else a.ceiling_usd_per_mwh
                                  for a in case.assets])  # fmt: skip
