"""Adequacy: firm capacity of a country must exceed its yearly peak by a margin.

===================  ===============  ======================  =============  ===========================================
symbol               name             index                   unit           meaning
===================  ===============  ======================  =============  ===========================================
``κ``                credit           unit                    –              share of capacity that counts at the peak
``K``                capacity_gw      unit, year              GW             from ``invest``
``I``                firm_import      country                 GW             firm help from outside
``m``                peak_share       country                 –              1 + planning margin
``x``                firm_missing_gw  planning country, year  GW             firm capacity that is missing (variable)
``π``                firm_price       planning country        USD/(kW·year)  price of missing firm capacity; a country
                                                                             with one is planning
``P``                peak_gw          smart country, year     GW             yearly peak (variable where vehicles charge
                                                                             smartly)
``P⁰``, ``P¹``       (bounds)         country, year           GW             peak without smart vehicles, at most P¹;
                                                                             with them, uncontrolled
``φ``                peak_factor      smart country, year     –              hourly peak per highest mean of a slice; 1
                                                                             without load
``D``, ``N``         load_gw, nev_gw  zone, year, slice       GW             from ``load``
``b``, ``c``, ``d``  (charging)       zone, year, slice       GW             from ``nev_charging``: baseline, charging,
                                                                             feeding
===================  ===============  ======================  =============  ===========================================

(1)  Σ_{u in c} κ[u]·K[u,y] + I[c] + x[c,y] ≥ m[c]·P[c,y]       for planning countries
(2)  P⁰[c,y] ≤ P[c,y] ≤ P¹[c,y]
(3)  φ[c,y]·Σ_{z in c} (D + N + c − d)[z,y,s] ≤ P[c,y],         φ[c,y] = P¹[c,y] / max_s Σ_{z in c} (D + N + b)[z,y,s]
(4)  cost "missing firm capacity"[y] = Σ_c π[c]·x[c,y]          USD/(kW·year) · GW is MUSD/year

Where nothing is smart, P is P¹, a number. P⁰ and P¹ are peaks of hours; slices are means of several hours, and φ says
how much higher an hour is, so that charging without control has exactly the peak P¹. By (2) no plan with smart
charging needs more firm capacity than one without: c = b, d = 0 satisfies (2) and (3), and any other plan with (2)
needs at most as much. P⁰ is the least: vehicles that feed back lower the peak of other vehicles, and do not replace
plants for the rest of the load.

Left out: how credits fall as wind and sun grow; help between the modelled countries beyond what their dispatch gives.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.features.nev_charging import fed_gw, smart_gw, smart_zones
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def peak_mw(case: Case, charging_mw: np.ndarray) -> np.ndarray:
    """(C, Y) the least peak that (2) and (3) allow with a net charging (Z, Y, S) of all vehicles."""
    return np.asarray(np.maximum(case.peak_fixed_mw, peak_factor(case) * _highest(case, charging_mw)))


def peak_factor(case: Case) -> np.ndarray:
    """(C, Y) ``φ``; 1 for a country without load."""
    mean = _highest(case, case.nev_mw + case.flexible.baseline_mw)
    return np.asarray(np.divide(case.peak_mw, mean, out=np.ones_like(mean), where=mean > 0))


def _highest(case: Case, charging_mw: np.ndarray) -> np.ndarray:
    """(C, Y) highest load of a country in any slice, with a charging."""
    member = np.array([[zone.country == country.id for zone in case.zones] for country in case.countries], float)
    return np.asarray(np.einsum("cz,zys->cys", member, case.load_mw + charging_mw).max(axis=2))


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the margin of every country that prices it, and post firm capacity."""
    countries = case.countries
    _peak(m, case)
    m.UNITS_OF_COUNTRY = grouped(m.COUNTRY, {c.id: [u.id for u in case.units if u.country == c.id] for c in countries})
    m.credit = array_param(m.UNIT, values=np.array([u.technology.capacity_credit_percent for u in case.units]) / 100)
    m.firm_import = array_param(m.COUNTRY, values=np.array([c.firm_import_mw for c in countries]) / 1e3)
    planning = [c for c in countries if c.adequacy_shortfall_usd_per_kw_year > 0]
    m.PLANNING = subset(c.id for c in planning)
    m.firm_price = array_param(m.PLANNING, values=np.array([c.adequacy_shortfall_usd_per_kw_year for c in planning]))
    m.firm_missing_gw = array_var(m.PLANNING, m.YEAR)
    ledger.firm.post("plants", lambda m, c, y: sum(m.credit[u] * m.capacity_gw[u, y] for u in m.UNITS_OF_COUNTRY[c]))
    ledger.firm.post("help from outside", lambda m, c, y: m.firm_import[c])
    m.planning_margin = rows(  # (1)
        m.PLANNING, m.YEAR,
        rule=lambda m, c, y: ledger.firm.total(m, c, y) + m.firm_missing_gw[c, y]
        >= m.peak_share[c] * m.peak_given[c, y] + sum(m.peak_share[k] * m.peak_gw[k, y] for k in m.SMART_COUNTRY_OF[c]),
    )  # fmt: skip
    ledger.cost.post(  # (4)
        "missing firm capacity",
        lambda m, y: sum(m.firm_price[c] * m.firm_missing_gw[c, y] for c in m.PLANNING),
    )


def _peak(m: pyo.ConcreteModel, case: Case) -> None:
    """The peak: planned where vehicles charge smartly, given elsewhere."""
    names = [country.id for country in case.countries]
    found = {case.zones[z].country for z in smart_zones(case)}
    smart = [i for i, name in enumerate(names) if name in found]
    given = np.array([name not in found for name in names], float)
    m.SMART_COUNTRY = subset(names[i] for i in smart)
    m.SMART_COUNTRY_OF = grouped(m.COUNTRY, {names[i]: [names[i]] for i in smart})
    m.peak_share = array_param(
        m.COUNTRY, values=1 + np.array([c.planning_margin_percent for c in case.countries]) / 100
    )
    m.peak_given = array_param(m.COUNTRY, m.YEAR, values=given[:, None] * case.peak_mw / 1e3)
    m.peak_factor = array_param(m.SMART_COUNTRY, m.YEAR, values=peak_factor(case)[smart])
    least = np.minimum(case.peak_fixed_mw, case.peak_mw)
    m.peak_gw = array_var(  # (2)
        m.SMART_COUNTRY, m.YEAR, lower=least[smart] / 1e3, upper=case.peak_mw[smart] / 1e3
    )
    m.peak_limit = rows(  # (3)
        m.SMART_COUNTRY, m.YEAR, m.SLICE,
        rule=lambda m, c, y, s: m.peak_factor[c, y] * sum(
            m.load_gw[z, y, s] + m.nev_gw[z, y, s] + smart_gw(m, z, y, s) - fed_gw(m, z, y, s)
            for z in m.ZONES_OF_COUNTRY[c]
        ) <= m.peak_gw[c, y],
    )  # fmt: skip


def report(s: Solved) -> None:
    """Peak, firm capacity, and what is missing to the margin."""
    case, m = s.case, s.m
    peak = peak_mw(case, s.reported("nev_load_mw") - s.reported("nev_feed_mw"))
    s.put("peak_load_mw", peak)
    s.put("peak_uncontrolled_mw", case.peak_mw)
    s.put("firm_mw", s.entries(s.ledger.firm, m.COUNTRY, m.YEAR).sum(axis=0) * 1e3)
    s.put("required_mw", peak * np.array([1 + c.planning_margin_percent / 100 for c in case.countries])[:, None])
    s.fill("adequacy_shortfall_mw", m.COUNTRY, m.PLANNING, s.value(m.firm_missing_gw) * 1e3)
