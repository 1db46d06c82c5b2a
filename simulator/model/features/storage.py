"""Batteries and pumped hydro: energy moved within a day, at a loss.

Storage closes within the day: what is charged on a day is discharged on that day. Power and energy are chosen apart.

============  =======================  ====================  =======  ==================================================
symbol        name                     index                 unit     meaning
============  =======================  ====================  =======  ==================================================
``c``         charge_gw                storage, year, slice  GW       drawn from the grid (variable)
``d``         discharge_gw             storage, year, slice  GW       fed to the grid (variable)
``s``         stored_gwh               storage, year, slice  GWh      content at the start of a slice (variable)
``η``         one_way                  storage               –        square root of the round-trip efficiency
``σ``         kept_share               storage, slice        –        content left after a slice's own losses, (1 − loss
                                                                      per hour)^Δ
``Δ``         block_hours              slice                 h        length of a slice within its day
``α``         availability             unit, year, slice     –        share of capacity that can run
``K``, ``E``  capacity_gw, energy_gwh  storage, year         GW, GWh  from ``invest``
``π``         storage_cost             storage, year         USD/MWh  variable operation per energy discharged
============  =======================  ====================  =======  ==================================================

(1)  s[u,y,next(t)] = σ[u,t]·s[u,y,t] + Δ[t]·(η[u]·c[u,y,t] − d[u,y,t]/η[u])      after the day's last slice its first
(2)  c[u,y,t] + d[u,y,t] ≤ α[u,y,t]·K[u,y]
(3)  s[u,y,t] ≤ E[u,y]
(4)  cost "operation of storage"[y] = Σ_u π[u,y]·Σ_t h[y,t]·d[u,y,t] / 1000

Left out: storage between days, wear by cycling beyond the operation cost.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Account, Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, units_by
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare charging, discharging, content, and post them."""
    units = [u for u in case.units if u.technology.kind == "storage"]
    loss = np.array([u.technology.self_discharge_percent_per_hour for u in units]) / 100
    m.one_way = array_param(m.STORAGE, values=np.sqrt([u.efficiency for u in units]))
    m.kept_share = array_param(
        m.STORAGE, m.SLICE, values=(1 - loss)[:, None] ** np.asarray(case.frame.block_hours, float)[None, :]
    )
    operation = np.array([u.variable_om_usd_per_mwh for u in units]).reshape(len(units), len(m.YEAR))
    m.storage_cost = array_param(m.STORAGE, m.YEAR, values=operation / 1e3)
    m.charge_gw = array_var(m.STORAGE, m.YEAR, m.SLICE)
    m.discharge_gw = array_var(m.STORAGE, m.YEAR, m.SLICE)
    m.stored_gwh = array_var(m.STORAGE, m.YEAR, m.SLICE)
    m.storage_balance = rows(  # (1)
        m.STORAGE, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.stored_gwh[u, y, m.next_slice[s]] == m.kept_share[u, s] * m.stored_gwh[u, y, s]
        + m.block_hours[s] * (m.one_way[u] * m.charge_gw[u, y, s] - m.discharge_gw[u, y, s] / m.one_way[u]),
    )  # fmt: skip
    m.storage_power = rows(  # (2)
        m.STORAGE, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.charge_gw[u, y, s] + m.discharge_gw[u, y, s]
        <= m.availability[u, y, s] * m.capacity_gw[u, y],
    )  # fmt: skip
    m.storage_content = rows(  # (3)
        m.STORAGE, m.YEAR, m.SLICE, rule=lambda m, u, y, s: m.stored_gwh[u, y, s] <= m.energy_gwh[u, y]
    )
    for name, account, below in (
        ("STORAGE_AT_GRID", ledger.energy, False),
        ("STORAGE_BELOW", ledger.distribution, True),
    ):
        _post(m, case, name, account, below)
    ledger.cost.post(  # (4)
        "operation of storage",
        lambda m, y: sum(
            m.storage_cost[u, y] * m.hours[y, s] * m.discharge_gw[u, y, s] for u in m.STORAGE for s in m.SLICE
        ),
    )


def _post(m: pyo.ConcreteModel, case: Case, name: str, account: Account, below: bool) -> None:
    """What storage at the grid, or below a distribution network, draws and feeds."""
    members = units_by(case, lambda u: u.zone, lambda u: u.technology.kind == "storage" and u.below == below)
    of_zone = grouped(m.ZONE, members)
    m.add_component(name, of_zone)
    account.post("storage discharge", lambda m, z, y, s: sum(m.discharge_gw[u, y, s] for u in of_zone[z]))
    account.post("storage charge", lambda m, z, y, s: -sum(m.charge_gw[u, y, s] for u in of_zone[z]))


def report(s: Solved) -> None:
    """Charging, discharging, content."""
    m = s.m
    s.fill("storage_charge_mw", m.UNIT, m.STORAGE, s.value(m.charge_gw) * 1e3)
    s.fill("storage_discharge_mw", m.UNIT, m.STORAGE, s.value(m.discharge_gw) * 1e3)
    s.fill("storage_level_mwh", m.UNIT, m.STORAGE, s.value(m.stored_gwh) * 1e3)
