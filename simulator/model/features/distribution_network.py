"""The network between the grid and its customers, where it is planned too.

======  ======================  ===========================  =============  ========================================
symbol  name                    index                        unit           meaning
======  ======================  ===========================  =============  ========================================
``w``   withdrawn_gw            networked zone, year, slice  GW             drawn from the grid (variable)
``L``   distribution_gw         networked zone, year         GW             capacity of the network (variable)
``n``   distribution_build_gw   networked zone, year         GW             capacity added (variable)
``L⁰``  distribution_existing   networked zone               GW             capacity at the start
``P``   distribution_peak       networked zone, year         GW             peak that customers must be able to draw
``μ``   distribution_delivered  networked zone               –              share that reaches customers
``a``   distribution_cost       networked zone               USD/(kW·year)  cost of capacity, existing or new
======  ======================  ===========================  =============  ========================================

(1)  L[z,y] = L⁰[z] + Σ_{v≤y} n[z,v]
(2)  w[z,y,s] ≤ L[z,y]
(3)  μ[z]·L[z,y] ≥ P[z,y]
(4)  cost "distribution networks"[y] = Σ_z a[z]·L[z,y]      USD/(kW·year) · GW is MUSD/year

Customers are fed by μ·w and by distributed plants and storage; a network carries nothing back to the grid.
Distributed technology of zones without a network feeds the zone.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare distribution networks, and post what they draw and deliver."""
    networks, years = case.distribution_networks, list(case.horizon.years)
    m.NETWORKED = subset(network.row.zone for network in networks)
    m.NETWORK_OF_ZONE = grouped(m.ZONE, {network.row.zone: [network.row.zone] for network in networks})
    m.BUILT_BY = grouped(m.YEAR, {y: [v for v in years if v <= y] for y in years})
    peak = np.array([network.peak_mw for network in networks]).reshape(len(networks), len(years)) / 1e3
    m.distribution_peak = array_param(m.NETWORKED, m.YEAR, values=peak)
    m.distribution_existing = array_param(m.NETWORKED, values=np.array([n.row.existing_mw for n in networks]) / 1e3)
    m.distribution_cost = array_param(m.NETWORKED, values=np.array([n.row.annual_usd_per_kw for n in networks]))
    m.distribution_delivered = array_param(
        m.NETWORKED, values=np.array([1 - n.row.loss_percent / 100 for n in networks])
    )
    m.withdrawn_gw = array_var(m.NETWORKED, m.YEAR, m.SLICE)
    m.distribution_gw = array_var(m.NETWORKED, m.YEAR)
    m.distribution_build_gw = array_var(m.NETWORKED, m.YEAR)
    m.distribution_sum = rows(  # (1)
        m.NETWORKED, m.YEAR,
        rule=lambda m, z, y: m.distribution_gw[z, y]
        == m.distribution_existing[z] + sum(m.distribution_build_gw[z, v] for v in m.BUILT_BY[y]),
    )  # fmt: skip
    m.distribution_limit = rows(  # (2)
        m.NETWORKED, m.YEAR, m.SLICE, rule=lambda m, z, y, s: m.withdrawn_gw[z, y, s] <= m.distribution_gw[z, y]
    )
    m.distribution_adequate = rows(  # (3)
        m.NETWORKED,
        m.YEAR,
        rule=lambda m, z, y: m.distribution_delivered[z] * m.distribution_gw[z, y] >= m.distribution_peak[z, y],
    )
    ledger.energy.post(
        "to distribution networks", lambda m, z, y, s: -sum(m.withdrawn_gw[k, y, s] for k in m.NETWORK_OF_ZONE[z])
    )
    ledger.distribution.post(
        "from the grid",
        lambda m, z, y, s: sum(m.distribution_delivered[k] * m.withdrawn_gw[k, y, s] for k in m.NETWORK_OF_ZONE[z]),
    )
    ledger.cost.post(
        "distribution networks", lambda m, y: sum(m.distribution_cost[z] * m.distribution_gw[z, y] for z in m.NETWORKED)
    )  # (4)


def report(s: Solved) -> None:
    """What distribution networks draw, and their capacity."""
    m = s.m
    s.fill("distribution_withdrawal_mw", m.ZONE, m.NETWORKED, s.value(m.withdrawn_gw) * 1e3)
    s.fill("distribution_network_mw", m.ZONE, m.NETWORKED, s.value(m.distribution_gw) * 1e3)
