"""Carbon dioxide of power plants: price and cap by country.

======  ============  =================  =======  ========================================
symbol  name          index              unit     meaning
======  ============  =================  =======  ========================================
``ε``   co2           emitting unit      t/MWh    emission per gross output, after capture
``g``   output_gw     unit, year, slice  GW       from ``dispatch``
``p``   carbon_price  country, year      USD/t    price of emissions
``C``   carbon_cap    country, year      kt/year  cap, where there is one
======  ============  =================  =======  ========================================

(1)  E[c,y] = Σ_{u in c} ε[u]·Σ_s h[y,s]·g[u,y,s] ≤ C[c,y]      t/MWh · GWh/year is kt/year
(2)  cost "carbon"[y] = Σ_c p[c,y]·E[c,y] / 1000                also without a cap

Left out: emission of heat, of imports, and before the power plant.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows
from simulator.model.sets import grouped, subset, units_by
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Post emissions and their cost, and declare caps."""
    emitting = [u for u in case.units if u.co2_t_per_mwh != 0]
    m.EMITTING = subset(u.id for u in emitting)
    m.EMITTING_OF_COUNTRY = grouped(m.COUNTRY, units_by(case, lambda u: u.country, lambda u: u.co2_t_per_mwh != 0))
    m.co2 = array_param(m.EMITTING, values=np.array([u.co2_t_per_mwh for u in emitting]))
    m.carbon_price = array_param(m.COUNTRY, m.YEAR, values=case.carbon_usd_per_t / 1e3)
    ledger.emissions.post(
        "power plants",
        lambda m, c, y: sum(
            m.co2[u] * m.hours[y, s] * m.output_gw[u, y, s] for u in m.EMITTING_OF_COUNTRY[c] for s in m.SLICE
        ),
    )
    ledger.cost.post(  # (2)
        "carbon", lambda m, y: sum(m.carbon_price[c, y] * ledger.emissions.total(m, c, y) for c in m.COUNTRY)
    )
    capped = [
        (country.id, year, case.carbon_cap_kt[i, y])
        for i, country in enumerate(case.countries)
        for y, year in enumerate(case.horizon.years)
        if np.isfinite(case.carbon_cap_kt[i, y])
    ]
    m.CAPPED = pyo.Set(initialize=[(c, y) for c, y, _ in capped], dimen=2, ordered=True)
    m.carbon_cap = array_param(m.CAPPED, values=np.array([kt for _, _, kt in capped]))
    m.emission_cap = rows(  # (1)
        m.CAPPED, rule=lambda m, c, y: ledger.emissions.total(m, c, y) <= m.carbon_cap[c, y]
    )


def report(s: Solved) -> None:
    """Emissions of all sources."""
    s.put("emissions_kt", s.entries(s.ledger.emissions, s.m.COUNTRY, s.m.YEAR).sum(axis=0))
