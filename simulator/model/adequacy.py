"""Adequacy: firm capacity of a country must exceed its yearly peak by a margin.

==========  =================  ==============  ====  ==========================================================
symbol      name               index           unit  meaning
==========  =================  ==============  ====  ==========================================================
``κ``       credit             unit            –     share of capacity that counts at the peak
``K``       capacity_gw        unit, year      GW    from ``invest``
``x``       firm_missing_gw    country, year   GW    firm capacity that is missing (variable, has a price)
==========  =================  ==============  ====  ==========================================================

(1)  Σ_u κ[u]·K[u,y] + help from outside + x[c,y] ≥ (1 + margin)·peak[c,y]     where the country sets a margin price

Cost: the price of missing firm capacity. Left out: how credits fall as wind and sun grow; help between the modelled
countries beyond what their dispatch gives.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.components import array_param, array_var, rows
from simulator.model.ledger import Ledger
from simulator.model.sets import grouped, subset


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the margin of every country that prices it, and post firm capacity."""
    countries = case.countries
    m.UNITS_OF_COUNTRY = grouped(m.COUNTRY, {c.id: [u.id for u in case.units if u.country == c.id] for c in countries})
    m.credit = array_param(m.UNIT, values=np.array([u.technology.capacity_credit_percent for u in case.units]) / 100)
    m.firm_import = array_param(m.COUNTRY, values=np.array([c.firm_import_mw for c in countries]) / 1e3)
    required = case.peak_mw / 1e3 * np.array([1 + c.planning_margin_percent / 100 for c in countries])[:, None]
    m.firm_required = array_param(m.COUNTRY, m.YEAR, values=required)
    planning = [c for c in countries if c.adequacy_shortfall_usd_per_kw_year > 0]
    m.PLANNING = subset(c.id for c in planning)
    m.firm_price = array_param(m.PLANNING, values=np.array([c.adequacy_shortfall_usd_per_kw_year for c in planning]))
    m.firm_missing_gw = array_var(m.PLANNING, m.YEAR)
    ledger.firm.post("plants", lambda m, c, y: sum(m.credit[u] * m.capacity_gw[u, y] for u in m.UNITS_OF_COUNTRY[c]))
    ledger.firm.post("help from outside", lambda m, c, y: m.firm_import[c])
    m.planning_margin = rows(  # (1)
        m.PLANNING, m.YEAR,
        rule=lambda m, c, y: ledger.firm.total(m, c, y) + m.firm_missing_gw[c, y] >= m.firm_required[c, y],
    )  # fmt: skip
    ledger.cost.post(
        "missing firm capacity",
        lambda m, y: sum(m.firm_price[c] * m.firm_missing_gw[c, y] for c in m.PLANNING),
    )
