"""Trade with markets outside the modelled system: steps of price and power, and contracts.

============  ===================  ==================  ========  =======================================================
symbol        name                 index               unit      meaning
============  ===================  ==================  ========  =======================================================
``x``         traded_gw            step, year, slice   GW        power bought or sold (variable), at most φ times the
                                                                 step's limit
``l``         steady_gw            flat step, year     GW        constant power of a flat contract (variable)
``φ``         open                 step, year, slice   –         share of the hours of a slice that lie in its months; 0
                                                                 outside its years
``m``, ``M``  least_gwh, most_gwh  step, year          GWh/year  least and most energy of a contract, in the years in
                                                                 which it is open
``π``         trade_cost           step                USD/MWh   price paid for imports, less than zero: earned for
                                                                 exports
============  ===================  ==================  ========  =======================================================

(1)  m[o,y] ≤ Σ_s h[y,s]·x[o,y,s] ≤ M[o,y]      where the contract states them
(2)  x[o,y,s] = φ[o,y,s]·l[o,y]                 for a flat contract
(3)  order "round trips"[y] = ε·Σ_o Σ_s h[y,s]·x[o,y,s]      over exports at the price of an import of the same market
     and zone, with ε of ``surplus``
(4)  cost "border trade"[y] = Σ_o π[o]·Σ_s h[y,s]·x[o,y,s] / 1000

Of plans of equal cost (3) takes the one that does not buy to sell back; where that would pay, the steps are refused
(``case/grid/network``). Left out: how the neighbour's price answers.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.grouping import lists
from simulator.model.features.surplus import ORDER
from simulator.model.handover import Handover
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare trade, its contracts, and post it."""
    steps, years = case.market_steps, case.horizon.years
    shape = (len(steps), len(years), len(case.frame.day))
    limit = np.array([step.limit_mw for step in steps]).reshape(shape) / 1e3
    m.MARKET_STEP = subset(step.row.id for step in steps)
    m.traded_gw = array_var(m.MARKET_STEP, m.YEAR, m.SLICE, upper=limit)

    least = [(d.row.id, y) for d in steps for i, y in enumerate(years) if d.active[i] and d.row.minimum_gwh > 0]
    most = [(d.row.id, y) for d in steps for i, y in enumerate(years) if d.active[i] and d.row.maximum_gwh is not None]
    row = {step.row.id: step.row for step in steps}
    m.LEAST_TRADE = pyo.Set(initialize=least, dimen=2, ordered=True)
    m.MOST_TRADE = pyo.Set(initialize=most, dimen=2, ordered=True)
    m.least_gwh = array_param(m.LEAST_TRADE, values=np.array([row[o].minimum_gwh for o, _ in least], float))
    m.most_gwh = array_param(m.MOST_TRADE, values=np.array([row[o].maximum_gwh or 0 for o, _ in most], float))
    m.contract_least = rows(  # (1)
        m.LEAST_TRADE,
        rule=lambda m, o, y: sum(m.hours[y, s] * m.traded_gw[o, y, s] for s in m.SLICE) >= m.least_gwh[o, y],
    )
    m.contract_most = rows(  # (1)
        m.MOST_TRADE,
        rule=lambda m, o, y: sum(m.hours[y, s] * m.traded_gw[o, y, s] for s in m.SLICE) <= m.most_gwh[o, y],
    )
    flat = [step for step in steps if step.row.profile == "flat"]
    m.FLAT_STEP = subset(step.row.id for step in flat)
    m.steady_gw = array_var(m.FLAT_STEP, m.YEAR)
    open_ = np.array([step.open for step in flat], float).reshape(len(flat), len(years), shape[2])
    m.open = array_param(m.FLAT_STEP, m.YEAR, m.SLICE, values=open_)
    m.steady_trade = rows(  # (2)
        m.FLAT_STEP, m.YEAR, m.SLICE,
        rule=lambda m, o, y, s: m.traded_gw[o, y, s] == m.open[o, y, s] * m.steady_gw[o, y],
    )  # fmt: skip
    _post(m, case, ledger)


def _post(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    sign = np.array([1.0 if step.row.direction == "import" else -1.0 for step in case.market_steps])
    price = np.array([step.row.usd_per_mwh for step in case.market_steps]) / 1e3
    m.trade_cost = array_param(m.MARKET_STEP, values=sign * price)
    m.IMPORTS_OF_ZONE, m.EXPORTS_OF_ZONE = (
        grouped(m.ZONE, lists((d.row.zone, d.row.id) for d in case.market_steps if d.row.direction == direction))
        for direction in ("import", "export")
    )
    price_of = {(d.row.market, d.row.zone, d.row.usd_per_mwh) for d in case.market_steps if d.row.direction == "import"}
    m.EVEN_STEP = subset(
        d.row.id for d in case.market_steps
        if d.row.direction == "export" and (d.row.market, d.row.zone, d.row.usd_per_mwh) in price_of
    )  # fmt: skip
    ledger.order.post(  # (3)
        "round trips",
        lambda m, y: ORDER * sum(m.hours[y, s] * m.traded_gw[o, y, s] for o in m.EVEN_STEP for s in m.SLICE),
    )
    ledger.energy.post("border imports", lambda m, z, y, s: sum(m.traded_gw[o, y, s] for o in m.IMPORTS_OF_ZONE[z]))
    ledger.energy.post("border exports", lambda m, z, y, s: -sum(m.traded_gw[o, y, s] for o in m.EXPORTS_OF_ZONE[z]))
    ledger.cost.post(  # (4)
        "border trade",
        lambda m, y: sum(
            m.trade_cost[o] * m.hours[y, s] * m.traded_gw[o, y, s] for o in m.MARKET_STEP for s in m.SLICE
        ),
    )


def report(s: Solved) -> None:
    """What is bought and sold."""
    s.put("trade_mw", s.value(s.m.traded_gw) * 1e3)


def carry(h: Handover) -> None:
    """Trade as planned; flat contracts stay as they are."""
    traded = h.hourly("trade_mw") / 1e3
    flat = [i for i, step in enumerate(h.case.market_steps) if step.row.profile == "flat"]
    h.expect(h.m.traded_gw, traded)
    h.expect(h.m.steady_gw, traded[flat].max(axis=1, initial=0), fixed=True)
