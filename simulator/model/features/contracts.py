"""Contracts of trade: the most energy of a year over some links in one direction, or with some steps of border markets.

============  =========================  ====================  ========  ==============================================
symbol        name                       index                 unit      meaning
============  =========================  ====================  ========  ==============================================
``f``, ``b``  forward_gw, backward_gw    link, year, slice     GW        from ``transmission``: sent one way and the
                                                                         other
``x``         traded_gw                  step, year, slice     GW        from ``trade``: bought or sold
``M``         contract_gwh               contract, year        GWh/year  volume of the contract, in years that have one
============  =========================  ====================  ========  ==============================================

(1)  Σ_s h[y,s]·(Σ_{k forward in c} f[k,y,s] + Σ_{k backward in c} b[k,y,s] + Σ_{o in c} x[o,y,s]) ≤ M[c,y]

Energy is counted as it is sent, before losses, and gross: what flows back is not taken off. Left out: what a buyer pays
for energy beyond a contract.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.handover import Handover
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the volumes of contracts."""
    contracts, years = case.contracts, case.horizon.years
    m.CONTRACT = subset(contract.row.id for contract in contracts)
    for name in ("forward_links", "backward_links", "market_steps"):
        members = {contract.row.id: list(getattr(contract.row, name)) for contract in contracts}
        setattr(m, f"CONTRACT_{name.upper()}", grouped(m.CONTRACT, members))
    limit = {(c.row.id, y): gwh for c in contracts for y, gwh in zip(years, c.limit_gwh, strict=True)}
    limit = {place: gwh for place, gwh in limit.items() if np.isfinite(gwh)}
    m.CONTRACT_YEAR = pyo.Set(initialize=list(limit), dimen=2, ordered=True)
    m.contract_gwh = array_param(m.CONTRACT_YEAR, values=np.array(list(limit.values())))
    m.contract_volume = rows(  # (1)
        m.CONTRACT_YEAR,
        rule=lambda m, c, y: (
            sum(m.hours[y, s] * m.forward_gw[k, y, s] for k in m.CONTRACT_FORWARD_LINKS[c] for s in m.SLICE)
            + sum(m.hours[y, s] * m.backward_gw[k, y, s] for k in m.CONTRACT_BACKWARD_LINKS[c] for s in m.SLICE)
            + sum(m.hours[y, s] * m.traded_gw[o, y, s] for o in m.CONTRACT_MARKET_STEPS[c] for s in m.SLICE)
            <= m.contract_gwh[c, y]
        ),
    )


def report(s: Solved) -> None:
    """What was delivered under contracts, and what they allow."""
    case = s.case
    sent = {
        name: dict(zip(labels, (s.reported(name) * case.hours).sum(axis=2) / 1e3, strict=True))
        for name, labels in (
            ("forward_mw", s.m.LINK), ("backward_mw", s.m.LINK), ("trade_mw", s.m.MARKET_STEP),
        )
    }  # fmt: skip
    shape = (len(case.contracts), len(case.horizon.years))
    energy = np.zeros(shape)
    for i, row in enumerate(contract.row for contract in case.contracts):
        members = (row.forward_links, row.backward_links, row.market_steps)
        for names, by_name in zip(members, sent.values(), strict=True):
            energy[i] += sum((by_name[name] for name in names), np.zeros(shape[1]))
    limit = np.array([contract.limit_gwh for contract in case.contracts]).reshape(shape)
    s.put("contract_energy_gwh", energy)
    s.put("contract_limit_gwh", np.where(np.isfinite(limit), limit, np.nan))


def carry(h: Handover) -> None:
    """The flows that use up a contract, as planned."""
    if h.case.contracts:
        h.expect(h.m.forward_gw, h.hourly("forward_mw") / 1e3)
        h.expect(h.m.backward_gw, h.hourly("backward_mw") / 1e3)
