"""Fuel that is scarce: supply in steps, each with a yearly volume and a price on top of the zone's fuel price.

In some months others come first (heating and households in winter): then a step gives less than its year would allow.

======  =============  ===================  ========  ============================================================
symbol  name           index                unit      meaning
======  =============  ===================  ========  ============================================================
``p``   purchase_gwh   step, year           GWh/year  fuel bought in a step (variable), at most the step's limit
``b``   window_gwh     window, step, year   GWh/year  part of it bought in a window's months (variable), at most the
                                                      window's limit
``φ``   window_days    window, year, day    –         share of what a day represents that lies in these months
``D``   delivery_gwh   delivery, year       GWh/year  most that reaches the plants of its zones in its months, in
                                                      years that have a limit
``ψ``   delivery_days  delivery, year, day  –         share of what a day represents that lies in these months
``η``   (efficiency)   unit                 –         electricity per fuel
``g``   output_gw      unit, year, slice    GW        from ``dispatch``
``π``   fuel_price     step, year           USD/MWh   price of the step on top of the zone's own price, which is in
                                                      ``dispatch``
======  =============  ===================  ========  ============================================================

(1)  Σ_{u buys there} Σ_s h[y,s]·g[u,y,s]/η[u] = Σ_{steps k of the market} p[k,y]
(2)  Σ_{u buys there} Σ_s φ[w,y,day(s)]·h[y,s]·g[u,y,s]/η[u] = Σ_{steps k of the market} b[w,k,y]
(3)  Σ_{windows w of the market} b[w,k,y] ≤ p[k,y]
(4)  cost "fuel supply steps"[y] = Σ_k π[k,y]·p[k,y] / 1000
(5)  Σ_{u behind it} Σ_s ψ[d,y,day(s)]·h[y,s]·g[u,y,s]/η[u] ≤ D[d,y]      whoever sells: a pipeline, or what homes leave

Left out: fuel for heat, and storage from season to season.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved
from simulator.system.names import composed


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare purchases by step, and post their cost."""
    steps, years = case.fuel_steps, len(case.horizon.years)
    label = [composed(step.market, step.step) for step in steps]
    m.FUEL_STEP = subset(label)
    _markets(m, case, label)
    limit = np.array([step.limit_gwh for step in steps]).reshape(len(steps), years)
    price = np.array([step.usd_per_mwh for step in steps]).reshape(len(steps), years) / 1e3
    m.fuel_price = array_param(m.FUEL_STEP, m.YEAR, values=price)
    m.purchase_gwh = array_var(m.FUEL_STEP, m.YEAR, upper=limit)
    m.fuel_balance = rows(  # (1)
        m.FUEL_MARKET, m.YEAR,
        rule=lambda m, f, y: sum(
            m.fuel_per_output[u] * m.hours[y, s] * m.output_gw[u, y, s] for u in m.BURNERS[f] for s in m.SLICE
        )
        == sum(m.purchase_gwh[k, y] for k in m.STEPS_OF_MARKET[f]),
    )  # fmt: skip
    _windows(m, case, label)
    _deliveries(m, case)
    ledger.cost.post(  # (4)
        "fuel supply steps", lambda m, y: sum(m.fuel_price[k, y] * m.purchase_gwh[k, y] for k in m.FUEL_STEP)
    )


def _markets(m: pyo.ConcreteModel, case: Case, label: list[str]) -> None:
    """Who sells in each market, and who burns what is sold there."""
    markets = {step.market: step for step in case.fuel_steps}
    fuelled = [(unit, unit.fuel) for unit in case.units if unit.fuel is not None]
    m.FUEL_MARKET = subset(markets)
    m.STEPS_OF_MARKET = grouped(
        m.FUEL_MARKET,
        {name: [n for n, s in zip(label, case.fuel_steps, strict=True) if s.market == name] for name in markets},
    )
    m.BURNERS = grouped(
        m.FUEL_MARKET,
        {name: [u.id for u, fuel in fuelled if fuel.id == s.fuel and u.zone in s.zones] for name, s in markets.items()},
    )
    m.FUELLED = subset(unit.id for unit, _ in fuelled)
    m.fuel_per_output = array_param(m.FUELLED, values=np.array([1 / unit.efficiency for unit, _ in fuelled]))


def _windows(m: pyo.ConcreteModel, case: Case, label: list[str]) -> None:
    """(2) and (3) Purchases within the months of a window."""
    windows, steps, years = case.fuel_windows, case.fuel_steps, len(case.horizon.years)
    pairs = [(w, k) for w in windows for k, step in enumerate(steps) if step.market == w.market]
    open_year = np.full(years, np.inf)
    m.FUEL_WINDOW = subset(w.name for w in windows)
    m.MARKET_OF_WINDOW = grouped(m.FUEL_WINDOW, {w.name: [w.market] for w in windows})
    m.WINDOW_STEP = subset(composed(w.name, label[k]) for w, k in pairs)
    m.STEPS_OF_WINDOW = grouped(
        m.FUEL_WINDOW, {w.name: [composed(w.name, label[k]) for x, k in pairs if x is w] for w in windows}
    )
    m.WINDOWED_STEP = subset(dict.fromkeys(label[k] for _, k in pairs))
    m.PARTS_OF_STEP = grouped(
        m.WINDOWED_STEP, {label[k]: [composed(w.name, label[j]) for w, j in pairs if j == k] for _, k in pairs}
    )
    upper = np.array([w.limit_gwh.get(k, open_year) for w, k in pairs]).reshape(len(pairs), years)
    m.window_gwh = array_var(m.WINDOW_STEP, m.YEAR, upper=upper)
    share = np.array([w.share for w in windows]).reshape(len(windows), years, len(m.DAY))
    m.window_days = array_param(m.FUEL_WINDOW, m.YEAR, m.DAY, values=share)
    m.window_balance = rows(  # (2)
        m.FUEL_WINDOW, m.YEAR,
        rule=lambda m, w, y: sum(
            m.window_days[w, y, d] * m.fuel_per_output[u] * m.hours[y, s] * m.output_gw[u, y, s]
            for f in m.MARKET_OF_WINDOW[w] for u in m.BURNERS[f] for d in m.DAY for s in m.SLICES_OF_DAY[d]
        )
        == sum(m.window_gwh[b, y] for b in m.STEPS_OF_WINDOW[w]),
    )  # fmt: skip
    m.window_purchase = rows(  # (3)
        m.WINDOWED_STEP, m.YEAR,
        rule=lambda m, k, y: sum(m.window_gwh[b, y] for b in m.PARTS_OF_STEP[k]) <= m.purchase_gwh[k, y],
    )  # fmt: skip


def _deliveries(m: pyo.ConcreteModel, case: Case) -> None:
    deliveries, years = case.fuel_deliveries, case.horizon.years
    m.FUEL_DELIVERY = subset(d.name for d in deliveries)
    m.BURNERS_BEHIND = grouped(
        m.FUEL_DELIVERY,
        {
            d.name: [u.id for u in case.units if u.fuel is not None and u.fuel.id == d.fuel and u.zone in d.zones]
            for d in deliveries
        },
    )
    share = np.array([d.share for d in deliveries]).reshape(len(deliveries), len(years), len(m.DAY))
    m.delivery_days = array_param(m.FUEL_DELIVERY, m.YEAR, m.DAY, values=share)
    limit = {(d.name, y): gwh for d in deliveries for y, gwh in zip(years, d.limit_gwh, strict=True)}
    limit = {place: gwh for place, gwh in limit.items() if np.isfinite(gwh)}
    m.DELIVERY_YEAR = pyo.Set(initialize=list(limit), dimen=2, ordered=True)
    m.delivery_gwh = array_param(m.DELIVERY_YEAR, values=np.array(list(limit.values())))
    m.delivery = rows(  # (5)
        m.DELIVERY_YEAR,
        rule=lambda m, n, y: sum(
            m.delivery_days[n, y, d] * m.fuel_per_output[u] * m.hours[y, s] * m.output_gw[u, y, s]
            for u in m.BURNERS_BEHIND[n] for d in m.DAY for s in m.SLICES_OF_DAY[d]
        )
        <= m.delivery_gwh[n, y],
    )  # fmt: skip


def report(s: Solved) -> None:
    """Fuel that is burnt, bought in steps or not."""
    case, fuels = s.case, s.case.system.fuels
    generation = np.einsum("uys,ys->uy", s.reported("generation_mw"), case.hours) / 1e3
    use = np.zeros((len(fuels), len(case.countries), len(case.horizon.years)))
    country = [row.id for row in case.countries]
    for unit, gwh in zip(case.units, generation, strict=True):
        if unit.fuel is not None:
            use[fuels.index(unit.fuel), country.index(unit.country)] += gwh / unit.efficiency
    s.put("fuel_use_gwh", use)
