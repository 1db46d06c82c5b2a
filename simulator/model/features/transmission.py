"""Lines between zones: transport with losses, both directions, and expansion.

============  =============================  =================  =============  =======================================
symbol        name                           index              unit           meaning
============  =============================  =================  =============  =======================================
``f``         forward_gw                     link, year, slice  GW             sent from its first to its second zone
                                                                               (variable)
``b``         backward_gw                    link, year, slice  GW             sent the other way (variable)
``n``         line_build_gw                  link, vintage      GW             capacity added in both directions
                                                                               (variable)
``φ``         line_operating                 link, vintage,     –              share of an addition that is in service
                                             year
``F``, ``B``  forward_limit, backward_limit  link, year         GW             capacity in service
``N``         expansion_limit                limited link       GW             most that may be added in all years
``λ``         delivered                      link               –              share that arrives
``τ``         hurdle                         link               USD/MWh        use per energy sent: tariff, friction
``A``         line_annuity                   expandable link    USD/(kW·year)  annuity and operation of a kW added
``O``         line_existing                  year               MUSD/year      annuity and operation of existing links
                                                                               that are not paid off
============  =============================  =================  =============  =======================================

(1)  f[k,y,s] ≤ F[k,y] + Σ_{v≤y} φ[k,v,y]·n[k,v]
(2)  b[k,y,s] ≤ B[k,y] + Σ_{v≤y} φ[k,v,y]·n[k,v]
(3)  Σ_v n[k,v] ≤ N[k]                          where there is a limit
(4)  cost "use of lines"[y] = Σ_k τ[k]·Σ_s h[y,s]·(f + b)[k,y,s] / 1000
(5)  cost "lines"[y] = O[y] + Σ_k A[k]·Σ_{v≤y} φ[k,v,y]·n[k,v]

What is added comes evenly over the interval of its vintage, as plants do, so that in v itself only a part of it serves
and is paid for. Links that cannot be expanded have (1) and (2) as bounds. Of f the second zone gets λ·f, of b the first
λ·b. ``cut_sets`` limits several links together; ``power_flow`` divides power between the lines of a loop where the
scenario asks for it. Left out: voltage.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.case.grid.network import LinkByYear
from simulator.grouping import lists
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare flows and expansion, and post them."""
    lines = case.links
    shape = (len(lines), len(case.horizon.years))
    forward = np.array([line.forward_mw for line in lines]).reshape(shape) / 1e3
    backward = np.array([line.backward_mw for line in lines]).reshape(shape) / 1e3
    fixed = np.array([not line.expansions for line in lines], bool).reshape(-1, 1)
    m.LINK = subset(line.row.id for line in lines)
    m.forward_limit = array_param(m.LINK, m.YEAR, values=forward)
    m.backward_limit = array_param(m.LINK, m.YEAR, values=backward)
    m.forward_gw = array_var(m.LINK, m.YEAR, m.SLICE, upper=np.where(fixed, forward, np.inf)[:, :, None])
    m.backward_gw = array_var(m.LINK, m.YEAR, m.SLICE, upper=np.where(fixed, backward, np.inf)[:, :, None])
    _expansion(m, case, lines)
    _post(m, case, ledger, lines)


def _expansion(m: pyo.ConcreteModel, case: Case, lines: tuple[LinkByYear, ...]) -> None:
    years = case.horizon.years
    m.EXPANDABLE = subset(line.row.id for line in lines if line.expansions)
    m.LINE_VINTAGE = pyo.Set(
        initialize=[(line.row.id, years[v.year]) for line in lines for v in line.expansions], dimen=2, ordered=True
    )
    m.line_build_gw = array_var(m.LINE_VINTAGE)
    operating = np.array([v.operating for line in lines for v in line.expansions]).reshape(-1, len(years))
    m.line_operating = array_param(m.LINE_VINTAGE, m.YEAR, values=operating)
    built_by = {
        (line.row.id, y): [(line.row.id, years[v.year]) for v in line.expansions if v.operating[p] > 0]
        for line in lines if line.expansions for p, y in enumerate(years)
    }  # fmt: skip
    m.EXPANDABLE_YEAR = m.EXPANDABLE * m.YEAR
    m.LINE_VINTAGES_BY = grouped(m.EXPANDABLE_YEAR, built_by, dimen=2)
    m.forward_expanded = rows(  # (1)
        m.EXPANDABLE, m.YEAR, m.SLICE,
        rule=lambda m, k, y, s: m.forward_gw[k, y, s]
        <= m.forward_limit[k, y] + added_gw(m, k, y),
    )  # fmt: skip
    m.backward_expanded = rows(  # (2)
        m.EXPANDABLE, m.YEAR, m.SLICE,
        rule=lambda m, k, y, s: m.backward_gw[k, y, s]
        <= m.backward_limit[k, y] + added_gw(m, k, y),
    )  # fmt: skip
    limited = [line for line in lines if line.expansions and line.row.expansion_limit_mw is not None]
    m.LIMITED_LINK = subset(line.row.id for line in limited)
    m.LINE_VINTAGES = grouped(
        m.LIMITED_LINK,
        {line.row.id: [(line.row.id, years[v.year]) for v in line.expansions] for line in limited},
        dimen=2,
    )
    m.expansion_limit = array_param(
        m.LIMITED_LINK, values=np.array([line.row.expansion_limit_mw or 0.0 for line in limited]) / 1e3
    )
    m.expansion_sum = rows(  # (3)
        m.LIMITED_LINK,
        rule=lambda m, k: sum(m.line_build_gw[k, v] for k, v in m.LINE_VINTAGES[k]) <= m.expansion_limit[k],
    )


def added_gw(m: pyo.ConcreteModel, k: Any, y: Any) -> Any:
    """What additions to a link give in a model year."""
    return sum(m.line_operating[k, v, y] * m.line_build_gw[k, v] for k, v in m.LINE_VINTAGES_BY[k, y])


def _post(m: pyo.ConcreteModel, case: Case, ledger: Ledger, lines: tuple[LinkByYear, ...]) -> None:
    m.delivered = array_param(m.LINK, values=np.array([1 - line.row.loss_percent / 100 for line in lines]))
    m.hurdle = array_param(m.LINK, values=np.array([line.row.hurdle_usd_per_mwh for line in lines]) / 1e3)
    expandable = [line for line in lines if line.expansions]
    m.line_annuity = array_param(m.EXPANDABLE, values=np.array([line.annual_usd_per_kw for line in expandable]))
    existing = np.array([line.existing_musd for line in lines]).reshape(len(lines), len(m.YEAR))
    m.line_existing = array_param(m.YEAR, values=existing.sum(axis=0))
    m.LINKS_FROM = grouped(m.ZONE, lists((line.row.from_zone, line.row.id) for line in lines))
    m.LINKS_TO = grouped(m.ZONE, lists((line.row.to_zone, line.row.id) for line in lines))
    ledger.energy.post(
        "imports by link",
        lambda m, z, y, s: (
            sum(m.delivered[k] * m.forward_gw[k, y, s] for k in m.LINKS_TO[z])
            + sum(m.delivered[k] * m.backward_gw[k, y, s] for k in m.LINKS_FROM[z])
        ),
    )
    ledger.energy.post(
        "exports by link",
        lambda m, z, y, s: (
            -sum(m.forward_gw[k, y, s] for k in m.LINKS_FROM[z]) - sum(m.backward_gw[k, y, s] for k in m.LINKS_TO[z])
        ),
    )
    ledger.cost.post(  # (4)
        "use of lines",
        lambda m, y: sum(
            m.hurdle[k] * m.hours[y, s] * (m.forward_gw[k, y, s] + m.backward_gw[k, y, s])
            for k in m.LINK for s in m.SLICE
        ),
    )  # fmt: skip
    ledger.cost.post(  # (5)
        "lines",
        lambda m, y: m.line_existing[y] + sum(m.line_annuity[k] * added_gw(m, k, y) for k in m.EXPANDABLE),
    )


def report(s: Solved) -> None:
    """Flows, and the capacity of links with what is added."""
    lines, years = s.case.links, s.case.horizon.years
    forward, backward = s.value(s.m.forward_gw) * 1e3, s.value(s.m.backward_gw) * 1e3
    chosen = np.zeros((len(lines), len(years)))
    built = dict(zip(s.m.LINE_VINTAGE, s.value(s.m.line_build_gw) * 1e3, strict=True))
    for i, line in enumerate(lines):
        for v in line.expansions:
            chosen[i, v.year] = built[line.row.id, years[v.year]]
    existing = np.array([np.maximum(line.forward_mw, line.backward_mw) for line in lines]).reshape(chosen.shape)
    added = np.array([line.added_mw(mw) for line, mw in zip(lines, chosen, strict=True)]).reshape(chosen.shape)
    s.put("forward_mw", forward)
    s.put("backward_mw", backward)
    s.put("flow_mw", forward - backward)
    s.put("link_capacity_mw", existing + added)
    s.put("link_build_mw", np.diff(added, axis=1, prepend=0))
    s.put("link_chosen_mw", chosen)
