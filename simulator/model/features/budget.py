"""Money: what investors are ready to place by the plan's choice.

============  ===================  ======================  ========  ==================================================
symbol        name                 index                   unit      meaning
============  ===================  ======================  ========  ==================================================
``b``, ``e``  build_gw, build_gwh  asset, vintage          GW, GWh   from ``invest``
``σ·π``       draw_gw              budget, asset, vintage  MUSD/GW   overnight cost with connection, times the share of
                                                                     it that the envelope pays: 1 − κ of its own deals,
                                                                     κ of those it finances beside another
                                                                     (``case/money/envelopes.py``)
``σ·π_E``     draw_gwh             budget, asset, vintage  MUSD/GWh  the same for storage energy
``M``         budget_musd          budget                  MUSD      money of an envelope for the interval of a model
                                                                     year, or for the whole horizon
``T``         ticket_musd          ticket                  MUSD      smallest sum placed in an interval
``z``         deal                 ticket                  –         whether anything is placed (0 or 1)
============  ===================  ======================  ========  ==================================================

(1)  S[k] = Σ_{(a,v)} (σ·π)[k,a,v]·b[a,v] + Σ_{(a,v) storage} (σ·π_E)[k,a,v]·e[a,v] ≤ M[k]
(2)  T[k]·z[k] ≤ S[k] ≤ 2·M[k]·z[k]      for envelopes with a ticket; twice M, so that only (1) binds when z = 1

Money is counted when a plant is commissioned, undiscounted; it may be left unspent. Named projects and plants procured
by rule are not paid from it. The dual of (1) is the value of one more dollar. It costs nothing by itself: what is built
pays its annuity in ``invest``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.features.invest import built, stored_vintages
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the budget rows."""
    budgets, vintages = case.investment.budgets, case.investment.vintages
    label = list(m.VINTAGE)
    stored = stored_vintages(case)
    share = np.zeros((len(budgets), len(vintages)))
    for k, budget in enumerate(budgets):
        share[k, list(budget.shares)] = list(budget.shares.values())
    m.BUDGET = subset(range(len(budgets)))
    m.VINTAGES_OF_BUDGET = grouped(
        m.BUDGET, {k: [label[v] for v in budget.shares] for k, budget in enumerate(budgets)}, dimen=2
    )
    m.STORAGE_OF_BUDGET = grouped(
        m.BUDGET, {k: [label[v] for v in b.shares if v in set(stored)] for k, b in enumerate(budgets)}, dimen=2
    )
    kw = np.array([v.overnight_usd_per_kw for v in vintages])
    kwh = np.array([vintages[i].overnight_usd_per_kwh for i in stored])
    m.draw_gw = array_param(m.BUDGET, m.VINTAGE, values=share * kw)
    m.draw_gwh = array_param(m.BUDGET, m.STORAGE_VINTAGE, values=share[:, stored] * kwh)
    m.budget_musd = array_param(m.BUDGET, values=np.array([budget.limit_musd for budget in budgets]))
    m.budget = rows(m.BUDGET, rule=lambda m, k: spent(m, k) <= m.budget_musd[k])  # (1)

    m.TICKET = subset(k for k, budget in enumerate(budgets) if budget.ticket_musd > 0)
    m.ticket_musd = array_param(m.TICKET, values=np.array([budgets[k].ticket_musd for k in m.TICKET]))
    m.deal = array_var(m.TICKET, upper=1.0, integer=True)
    m.least_deal = rows(m.TICKET, rule=lambda m, k: spent(m, k) >= m.ticket_musd[k] * m.deal[k])  # (2)
    m.most_deal = rows(m.TICKET, rule=lambda m, k: spent(m, k) <= 2 * m.budget_musd[k] * m.deal[k])  # (2)


def spent(m: pyo.ConcreteModel, k: Any) -> Any:
    """What is drawn from a budget, MUSD."""
    return sum(m.draw_gw[k, a, v] * m.build_gw[a, v] for a, v in m.VINTAGES_OF_BUDGET[k]) + sum(
        m.draw_gwh[k, a, v] * m.build_gwh[a, v] for a, v in m.STORAGE_OF_BUDGET[k]
    )


def report(s: Solved) -> None:
    """What is spent on projects and by choice, and the money of every envelope."""
    case = s.case
    money = case.investment.spent_musd.copy()
    for vintage, gw, gwh in zip(case.investment.vintages, *built(s), strict=True):
        money[vintage.asset, vintage.year] += vintage.overnight_usd_per_kw * gw
        money[vintage.asset, vintage.year] += vintage.overnight_usd_per_kwh * gwh
    s.put("investment_musd", money)
    shape = (len(case.system.envelopes), len(case.horizon.years))
    limit, placed, dual = np.full(shape, np.nan), np.zeros(shape), np.full(shape, np.nan)
    total, total_dual = np.full(shape[0], np.nan), np.full(shape[0], np.nan)
    for row, drawn, worth in zip(
        case.investment.budgets, s.entry(spent, s.m.BUDGET), -s.dual(s.m.budget), strict=True
    ):  # fmt: skip
        if row.year is None:
            total[row.envelope], total_dual[row.envelope] = row.limit_musd, worth
        else:
            place = row.envelope, row.year
            limit[place], placed[place], dual[place] = row.limit_musd, drawn, worth
    s.put("investor_budget_musd", limit)
    s.put("investor_spent_musd", placed)
    s.put("budget_dual", dual)
    s.put("cumulative_budget_musd", total)
    s.put("cumulative_budget_dual", total_dual)
