"""Closing the books: the energy account becomes the balance, the cost account the objective.

======  ===========  =====  ======  ==========================================================================
symbol  name         index  unit    meaning
======  ===========  =====  ======  ==========================================================================
``w``   year_weight  year   years   discounted number of years that a model year represents (``case/time/horizon``)
======  ===========  =====  ======  ==========================================================================

(1)  Σ entries of the energy account[z,y,s] = 0            at the grid of a zone
(2)  Σ entries of the distribution account[z,y,s] = 0      below a distribution network
(3)  PV = Σ_y w[y]·Σ entries of the cost account[y]        MUSD, present value of all costs
(4)  minimise PV + Σ_y w[y]·Σ entries of the order account[y]

The dual of (1), divided by w[y]·h[y,s], is the price of energy; that of (2) the price below the distribution
network. Of plans that cost the same, (4) takes the one with the least order account, which is far below what any cost
is known to and is reported nowhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the balances and the weights of the years."""
    m.energy_balance = rows(  # (1)
        m.ZONE, m.YEAR, m.SLICE, rule=lambda m, z, y, s: ledger.energy.total(m, z, y, s) == 0
    )
    m.distribution_balance = rows(  # (2)
        m.NETWORKED, m.YEAR, m.SLICE, rule=lambda m, z, y, s: ledger.distribution.total(m, z, y, s) == 0
    )
    m.year_weight = array_param(m.YEAR, values=case.horizon.weight)


def present_value(m: pyo.ConcreteModel, ledger: Ledger) -> Any:
    """(3) Present value of all entries of the cost account, MUSD."""
    return sum(m.year_weight[y] * ledger.cost.total(m, y) for y in m.YEAR)


def objective(m: pyo.ConcreteModel, ledger: Ledger) -> Any:
    """(4) What is minimised: present value and, among equals, the order account."""
    return sum(m.year_weight[y] * (ledger.cost.total(m, y) + ledger.order.total(m, y)) for y in m.YEAR)


def report(s: Solved) -> None:
    """The entries of the balance and of the cost, and the price of energy."""
    m, names = s.m, s.ledger.energy_entries
    energy = np.zeros((len(names), len(m.ZONE), len(m.YEAR), len(m.SLICE)))
    for account in (s.ledger.energy, s.ledger.distribution):
        for name, values in zip(account, s.entries(account, m.ZONE, m.YEAR, m.SLICE), strict=True):
            energy[names.index(name)] += values * 1e3
    s.put("energy_mw", energy)
    s.put("cost_musd", s.entries(s.ledger.cost, m.YEAR))
    s.put("price_usd_per_mwh", _price(s))


def _price(s: Solved) -> np.ndarray:
    """The dual of (1), from present value per GW and slice to USD per MWh of the year.

    The balance reads feeds − draws = 0, so one more GW drawn moves the right-hand side by +1.
    """
    hours, weight = s.case.hours, s.case.horizon.weight
    with np.errstate(divide="ignore", invalid="ignore"):
        price = s.dual(s.m.energy_balance) * 1e3 / (weight[:, None] * hours)[None]
    return np.where(hours[None] > 0, price, np.nan)
