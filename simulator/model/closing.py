"""Closing the books: the energy account becomes the balance, the cost account the objective.

(1)  Σ entries of the energy account[z,y,s] = 0            its dual is the price of energy
(2)  Σ entries of the local account[z,y,s] = 0             below a local network
(3)  minimise Σ_y weight[y]·Σ entries of the cost account[y]     MUSD, discounted to the base year

Of plans that cost the same the solver takes the one with the least order account: it is added to (3), far below what
any cost is known to, and reported nowhere.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the balances and the weights of the years."""
    m.energy_balance = rows(  # (1)
        m.ZONE, m.YEAR, m.SLICE, rule=lambda m, z, y, s: ledger.energy.total(m, z, y, s) == 0
    )
    m.local_balance = rows(  # (2)
        m.NETWORKED, m.YEAR, m.SLICE, rule=lambda m, z, y, s: ledger.local.total(m, z, y, s) == 0
    )
    m.year_weight = array_param(m.YEAR, values=case.horizon.weight)


def present_value(m: pyo.ConcreteModel, ledger: Ledger) -> Any:
    """(3) Present value of all entries of the cost account, MUSD."""
    return sum(m.year_weight[y] * ledger.cost.total(m, y) for y in m.YEAR)


def objective(m: pyo.ConcreteModel, ledger: Ledger) -> Any:
    """What is minimised: (3) and, among equals, the order account."""
    return sum(m.year_weight[y] * (ledger.cost.total(m, y) + ledger.order.total(m, y)) for y in m.YEAR)
