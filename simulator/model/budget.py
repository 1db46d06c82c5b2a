"""Money: what an investor is ready to place by the plan's choice.

==========  ================  ===========  =======  ==========================================================
symbol      name              index        unit     meaning
==========  ================  ===========  =======  ==========================================================
``b``, ``e``  build_gw, build_gwh  asset, vintage   from ``invest``
``π``       overnight         asset, vintage  USD/kW   overnight cost with connection
``M``       budget_musd       budget       MUSD     money of an investor for the interval of a model year
==========  ================  ===========  =======  ==========================================================

(1)  Σ π·b + Σ π_E·e ≤ M

Money is counted when a plant is commissioned; it may be left unspent. Named projects are not paid from it. The dual is
the value of one more dollar.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.components import array_param, rows
from simulator.model.ledger import Ledger
from simulator.model.sets import grouped, subset


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the budget rows."""
    budgets, vintages = case.investment.budgets, case.investment.vintages
    label = list(m.VINTAGE)
    is_storage = [case.assets[v.asset].technology.kind == "storage" for v in vintages]
    m.BUDGET = subset(range(len(budgets)))
    m.VINTAGES_OF_BUDGET = grouped(
        m.BUDGET, {i: [label[v] for v in budget.vintages] for i, budget in enumerate(budgets)}, dimen=2
    )
    m.STORAGE_OF_BUDGET = grouped(
        m.BUDGET, {i: [label[v] for v in b.vintages if is_storage[v]] for i, b in enumerate(budgets)}, dimen=2
    )
    m.budget_musd = array_param(m.BUDGET, values=np.array([budget.limit_musd for budget in budgets]))
    m.overnight = array_param(m.VINTAGE, values=np.array([v.overnight_usd_per_kw for v in vintages]))
    stored = [v for v, storage in zip(vintages, is_storage, strict=True) if storage]
    m.overnight_energy = array_param(m.STORAGE_VINTAGE, values=np.array([v.overnight_usd_per_kwh for v in stored]))
    m.budget = rows(  # (1)
        m.BUDGET,
        rule=lambda m, k: (
            sum(m.overnight[a, v] * m.build_gw[a, v] for a, v in m.VINTAGES_OF_BUDGET[k])
            + sum(m.overnight_energy[a, v] * m.build_gwh[a, v] for a, v in m.STORAGE_OF_BUDGET[k])
            <= m.budget_musd[k]
        ),
    )
