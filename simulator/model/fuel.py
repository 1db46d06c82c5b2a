"""Fuel that is scarce: supply in steps, each with a yearly volume and a price on top of the zone's fuel price.

==========  ===============  ====================  =======  ===================================================
symbol      name             index                 unit     meaning
==========  ===============  ====================  =======  ===================================================
``p``       purchase_gwh     step, year            GWh      fuel bought in a step (variable)
``η``       (efficiency)     unit                  –        electricity per fuel
``g``       output_gw        unit, year, slice     GW       from ``dispatch``
==========  ===============  ====================  =======  ===================================================

(1)  Σ_{u burns it} Σ_s h[y,s]·g[u,y,s]/η[u] = Σ_{steps of the market} p[k,y],   p ≤ limit

Left out: fuel for heat, seasonal storage and pipelines inside a market.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.components import array_param, array_var, rows
from simulator.model.ledger import Ledger
from simulator.model.sets import grouped, subset


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare purchases by step, and post their cost."""
    steps = case.fuel_steps
    label = [f"{step.market} {step.step}" for step in steps]
    years = len(case.horizon.years)
    markets = {step.market: step for step in steps}
    m.FUEL_STEP = subset(label)
    m.FUEL_MARKET = subset(markets)
    m.STEPS_OF_MARKET = grouped(
        m.FUEL_MARKET,
        {name: [n for n, s in zip(label, steps, strict=True) if s.market == name] for name in markets},
    )
    burning = {
        name: [u.id for u in case.units if u.fuel is not None and u.fuel.id == s.fuel and u.zone in s.zones]
        for name, s in markets.items()
    }
    m.BURNERS = grouped(m.FUEL_MARKET, burning)
    m.FUELLED = subset(u.id for u in case.units if u.fuel is not None)
    m.fuel_per_output = array_param(
        m.FUELLED, values=np.array([1 / u.efficiency for u in case.units if u.fuel is not None])
    )
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
    ledger.cost.post(
        "fuel supply steps", lambda m, y: sum(m.fuel_price[k, y] * m.purchase_gwh[k, y] for k in m.FUEL_STEP)
    )
