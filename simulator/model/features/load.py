"""Demand: the load of the zones, charging of electric vehicles, and what cannot be served.

======  =================  ===================  =======  =========================================================
symbol  name               index                unit     meaning
======  =================  ===================  =======  =========================================================
``D``   load_gw            zone, year, slice    GW       load without vehicles
``N``   nev_gw             zone, year, slice    GW       charging that nobody controls, a profile given from outside
``c``   (smart charging)   zone, year, slice    GW       from ``nev_charging``, at most its power
``u``   unserved_gw        zone, year, slice    GW       load that is shed (variable)
``r``   rationed_gw        step of a zone,      GW       part of it that is rationed by plan (variable), at most the
                           year, slice                   step's share ``ρ`` of D + N
``P``   rationing_price    step of a zone       USD/MWh  price of planned rationing
``V``   lost_load          zone                 USD/MWh  value of lost load of its country, above every P
======  =================  ===================  =======  =========================================================

(1)  u[z,y,s] ≤ D[z,y,s] + N[z,y,s] + c[z,y,s]      a bound with the highest c; as a row (4) of ``nev_charging``
(2)  Σ_{k of z} r[k,y,s] ≤ u[z,y,s]
(3)  cost "planned rationing"[y] = Σ_k P[k]·Σ_s h[y,s]·r[k,y,s] / 1000
(4)  cost "unserved energy"[y] = Σ_z V[z]·Σ_s h[y,s]·(u[z,y,s] − Σ_{k of z} r[k,y,s]) / 1000

Zones with a distribution network have their load below it.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.grouping import lists
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare load and shedding, and post them to the grid or to the distribution network."""
    networked = {network.row.zone for network in case.distribution_networks}
    below = np.array([zone.id in networked for zone in case.zones], float)
    value = {country.id: country.value_of_lost_load_usd_per_mwh for country in case.countries}
    m.load_gw = array_param(m.ZONE, m.YEAR, m.SLICE, values=case.load_mw / 1e3)
    m.nev_gw = array_param(m.ZONE, m.YEAR, m.SLICE, values=case.nev_mw / 1e3)
    m.below = array_param(m.ZONE, values=below)
    """1 where load lies below a distribution network, 0 where it lies at the grid."""
    reaches = {network.row.zone: 1 - network.row.loss_percent / 100 for network in case.distribution_networks}
    m.drawn_per_load = array_param(m.ZONE, values=np.array([1 / reaches.get(zone.id, 1.0) for zone in case.zones]))
    """Power at the grid for each that reaches the load, or that is thrown away beside it."""
    m.lost_load = array_param(m.ZONE, values=np.array([value[zone.country] for zone in case.zones]) / 1e3)
    most = case.load_mw + case.nev_mw + case.flexible.power_mw
    m.unserved_gw = array_var(m.ZONE, m.YEAR, m.SLICE, upper=most / 1e3)  # (1)

    ledger.energy.post("load", lambda m, z, y, s: -(1 - m.below[z]) * m.load_gw[z, y, s])
    ledger.energy.post("NEV charging", lambda m, z, y, s: -(1 - m.below[z]) * m.nev_gw[z, y, s])
    ledger.energy.post("unserved energy", lambda m, z, y, s: (1 - m.below[z]) * m.unserved_gw[z, y, s])
    ledger.distribution.post("load", lambda m, z, y, s: -m.below[z] * m.load_gw[z, y, s])
    ledger.distribution.post("NEV charging", lambda m, z, y, s: -m.below[z] * m.nev_gw[z, y, s])
    ledger.distribution.post("unserved energy", lambda m, z, y, s: m.below[z] * m.unserved_gw[z, y, s])
    _rationing(m, case)
    ledger.cost.post(  # (3)
        "planned rationing",
        lambda m, y: sum(
            m.rationing_price[k] * m.hours[y, s] * m.rationed_gw[k, y, s] for k in m.RATIONING for s in m.SLICE
        ),
    )
    ledger.cost.post(  # (4)
        "unserved energy",
        lambda m, y: (
            sum(m.lost_load[z] * m.hours[y, s] * m.unserved_gw[z, y, s] for z in m.ZONE for s in m.SLICE)
            - sum(
                m.lost_load[z] * m.hours[y, s] * m.rationed_gw[k, y, s]
                for z in m.RATIONED_ZONE for k in m.RATIONING_OF_ZONE[z] for s in m.SLICE
            )
        ),
    )  # fmt: skip


def _rationing(m: pyo.ConcreteModel, case: Case) -> None:
    steps, zones = case.rationing, [zone.id for zone in case.zones]
    m.RATIONING = subset(step.name for step in steps)
    of_zone = lists((step.zone, step.name) for step in steps)
    m.RATIONED_ZONE = subset(of_zone)
    m.RATIONING_OF_ZONE = grouped(m.RATIONED_ZONE, of_zone)
    m.rationing_price = array_param(m.RATIONING, values=np.array([step.usd_per_mwh for step in steps]) / 1e3)
    asked = case.load_mw + case.nev_mw
    most = np.array([step.share * asked[zones.index(step.zone)] for step in steps]).reshape(
        len(steps), *asked.shape[1:]
    )
    m.rationed_gw = array_var(m.RATIONING, m.YEAR, m.SLICE, upper=most / 1e3)
    m.rationing_limit = rows(  # (2)
        m.RATIONED_ZONE, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: sum(m.rationed_gw[k, y, s] for k in m.RATIONING_OF_ZONE[z]) <= m.unserved_gw[z, y, s],
    )  # fmt: skip


def report(s: Solved) -> None:
    """Load, and what of it is shed."""
    s.put("load_mw", s.case.load_mw)
    s.put("corridor_energy_gwh", np.einsum("zy,ys->zy", s.case.corridor_mw, s.case.hours) / 1e3)
    s.put("unserved_mw", s.value(s.m.unserved_gw) * 1e3)
    _report_rationing(s)


def _report_rationing(s: Solved) -> None:
    """What of it is planned, and what all of it costs by country; in slices without hours nothing is rationed."""
    case, zones = s.case, [zone.id for zone in s.case.zones]
    value = {country.id: country.value_of_lost_load_usd_per_mwh for country in case.countries}
    lost = np.array([value[zone.country] for zone in case.zones])
    rationed = np.zeros(case.load_mw.shape)
    musd = lost[:, None] * np.einsum("zys,ys->zy", s.reported("unserved_mw"), case.hours) / 1e6
    for step, gw in zip(case.rationing, s.value(s.m.rationed_gw), strict=True):
        z = zones.index(step.zone)
        rationed[z] += gw * 1e3 * (case.hours > 0)
        musd[z] -= (lost[z] - step.usd_per_mwh) * (gw * case.hours).sum(axis=1) / 1e3
    s.put("rationed_mw", rationed)
    home = np.array([[zone.country == country.id for zone in case.zones] for country in case.countries], float)
    s.put("shed_musd", home @ musd)
