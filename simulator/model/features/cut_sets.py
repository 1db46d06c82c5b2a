"""Cut-sets: a joint limit on what several links carry.

============  =========================  =================  ====  ===================================================
symbol        name                       index              unit  meaning
============  =========================  =================  ====  ===================================================
``f``, ``b``  forward_gw, backward_gw    link, year, slice  GW    from ``transmission``: sent one way and the other
``n``         line_build_gw              link, vintage      GW    from ``transmission``: capacity added
``φ``         line_operating             link, vintage,     –     from ``transmission``: share of it in service
                                         year
``σ``         cut_sign                   cut-set, link      –     1 or −1: counted in or against the link's direction
``F``, ``B``  cut_forward, cut_backward  cut-set, year      GW    what may pass one way and the other
``ε``         cut_gain                   cut-set            –     share of added capacity that raises the limit
============  =========================  =================  ====  ===================================================

(1)   Σ_k σ[c,k]·(f − b)[k,y,s] ≤ F[c,y] + ε[c]·Σ_{k in c} Σ_{v≤y} φ[k,v,y]·n[k,v]
(2)  −Σ_k σ[c,k]·(f − b)[k,y,s] ≤ B[c,y] + ε[c]·Σ_{k in c} Σ_{v≤y} φ[k,v,y]·n[k,v]

Power is counted as it is sent, before losses. Cut-sets without a limit in a year have no row. Left out: limits that
depend on the load or on what runs behind the cut.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the limits of cut-sets."""
    cuts, years = case.cut_sets, case.horizon.years
    m.CUT = subset(cut.row.id for cut in cuts)
    members = {cut.row.id: [case.links[k] for k in np.flatnonzero(cut.sign)] for cut in cuts}
    m.CUT_LINKS = grouped(m.CUT, {cut: [line.row.id for line in lines] for cut, lines in members.items()})
    sign = np.array([cut.sign for cut in cuts]).reshape(len(cuts), len(case.links))
    m.cut_sign = array_param(m.CUT, m.LINK, values=sign)
    m.cut_gain = array_param(m.CUT, values=np.array([cut.row.expansion_percent for cut in cuts]) / 100)
    m.CUT_YEAR = m.CUT * m.YEAR
    added_by = {
        (cut, y): [(line.row.id, years[v.year]) for line in lines for v in line.expansions if v.operating[p] > 0]
        for cut, lines in members.items() for p, y in enumerate(years)
    }  # fmt: skip
    m.CUT_VINTAGES = grouped(m.CUT_YEAR, added_by, dimen=2)
    forward = {(c.row.id, y): mw for c in cuts for y, mw in zip(years, c.forward_mw, strict=True) if np.isfinite(mw)}
    backward = {(c.row.id, y): mw for c in cuts for y, mw in zip(years, c.backward_mw, strict=True) if np.isfinite(mw)}
    m.CUT_FORWARD = pyo.Set(initialize=list(forward), dimen=2, ordered=True)
    m.CUT_BACKWARD = pyo.Set(initialize=list(backward), dimen=2, ordered=True)
    m.cut_forward = array_param(m.CUT_FORWARD, values=np.array(list(forward.values())) / 1e3)
    m.cut_backward = array_param(m.CUT_BACKWARD, values=np.array(list(backward.values())) / 1e3)
    m.cut_forward_limit = rows(  # (1)
        m.CUT_FORWARD, m.SLICE,
        rule=lambda m, c, y, s: _sent(m, c, y, s) <= m.cut_forward[c, y] + _gained(m, c, y),
    )  # fmt: skip
    m.cut_backward_limit = rows(  # (2)
        m.CUT_BACKWARD, m.SLICE,
        rule=lambda m, c, y, s: -_sent(m, c, y, s) <= m.cut_backward[c, y] + _gained(m, c, y),
    )  # fmt: skip


def _sent(m: pyo.ConcreteModel, c: Any, y: Any, s: Any) -> Any:
    return sum(m.cut_sign[c, k] * (m.forward_gw[k, y, s] - m.backward_gw[k, y, s]) for k in m.CUT_LINKS[c])


def _gained(m: pyo.ConcreteModel, c: Any, y: Any) -> Any:
    return m.cut_gain[c] * sum(m.line_operating[k, v, y] * m.line_build_gw[k, v] for k, v in m.CUT_VINTAGES[c, y])


def report(s: Solved) -> None:
    """What passes, and what may pass."""
    cuts, flow, added = s.case.cut_sets, s.reported("flow_mw"), s.reported("link_build_mw").cumsum(axis=1)
    sign = np.array([cut.sign for cut in cuts]).reshape(len(cuts), len(flow))
    gain = np.array([cut.gained_mw(added) for cut in cuts]).reshape(len(cuts), len(s.m.YEAR))
    s.put("cut_set_flow_mw", np.einsum("ck,kys->cys", sign, flow))
    for name, limits in (
        ("forward", [cut.forward_mw for cut in cuts]),
        ("backward", [cut.backward_mw for cut in cuts]),
    ):
        mw = np.array(limits).reshape(gain.shape) + gain
        s.put(f"cut_set_{name}_mw", np.where(np.isfinite(mw), mw, np.nan))
