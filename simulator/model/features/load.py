"""Demand: the load of the zones, charging of electric vehicles, and what cannot be served.

======  ================  =================  =======  ===========================================================
symbol  name              index              unit     meaning
======  ================  =================  =======  ===========================================================
``D``   load_gw           zone, year, slice  GW       load without vehicles
``N``   nev_gw            zone, year, slice  GW       charging that nobody controls, a profile given from outside
``c``   (smart charging)  zone, year, slice  GW       from ``nev_charging``, at most its power
``u``   unserved_gw       zone, year, slice  GW       load that is shed (variable)
``V``   lost_load         zone               USD/MWh  value of lost load of its country
======  ================  =================  =======  ===========================================================

(1)  u[z,y,s] ≤ D[z,y,s] + N[z,y,s] + c[z,y,s]      a bound with the highest c; as a row (4) of ``nev_charging``
(2)  cost "unserved energy"[y] = Σ_z V[z]·Σ_s h[y,s]·u[z,y,s] / 1000

Zones with a distribution network have their load below it.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var
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
    ledger.cost.post(  # (2)
        "unserved energy",
        lambda m, y: sum(m.lost_load[z] * m.hours[y, s] * m.unserved_gw[z, y, s] for z in m.ZONE for s in m.SLICE),
    )


def report(s: Solved) -> None:
    """Load, and what of it is shed."""
    s.put("load_mw", s.case.load_mw)
    s.put("corridor_energy_gwh", np.einsum("zy,ys->zy", s.case.corridor_mw, s.case.hours) / 1e3)
    s.put("unserved_mw", s.value(s.m.unserved_gw) * 1e3)
