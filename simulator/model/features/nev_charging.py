"""Smart charging of electric vehicles, vehicles that feed the grid, and the distribution network that charging needs.

What vehicles draw if nobody controls them, the baseline b, is the earliest they can charge: as soon as they are plugged
in. Smart charging comes later and owes them energy meanwhile, within the day. Vehicles that feed back lend energy from
their batteries, which is charged again within the day.

============  ================  =========================  =============  ==============================================
symbol        name              index                      unit           meaning
============  ================  =========================  =============  ==============================================
``b``         baseline_gw       smart zone, year, slice    GW             what smart vehicles would draw without control
``o``         deferred_gwh      smart zone, year, slice    GWh            not yet charged at the start of a slice
                                                                          (variable)
``q``         borrowed_gwh      feeding zone, year, slice  GWh            lent by batteries at the start of a slice
                                                                          (variable)
``d``         feed_gw           feeding zone, year, slice  GW             fed to the grid (variable)
``η``         feed_efficiency   feeding zone               –              energy fed per energy charged again
``c``         (smart charging)  zone, year, slice          GW             charging of smart vehicles, c' + c'' of (1)
                                                                          and (2)
``R``         network_gw        reinforced zone, year      GW             distribution network that carries the charging
                                                                          (variable)
``D``, ``N``  load_gw, nev_gw   zone, year, slice          GW             from ``load``
``u``         unserved_gw       zone, year, slice          GW             from ``load``
``Δ``         block_hours       slice                      h              length of a slice within its day
``ω``         wear_cost         feeding zone               USD/MWh        wear of the batteries
``a``         network_price     zone                       USD/(kW·year)  cost of distribution network
============  ================  =========================  =============  ==============================================

(1)  c'[z,y,s]  = b[z,y,s] − (o[z,y,next(s)] − o[z,y,s]) / Δ[s] ≥ 0               0 ≤ o ≤ deferrable
(2)  c''[z,y,s] = d[z,y,s]/η[z] − (q[z,y,next(s)] − q[z,y,s]) / Δ[s] ≥ 0          0 ≤ q ≤ battery,  0 ≤ d ≤ feed
(3)  c'[z,y,s] + c''[z,y,s] + d[z,y,s] ≤ power[z,y,s]                a vehicle plugged in charges or feeds, not both
(4)  u[z,y,s] ≤ D[z,y,s] + N[z,y,s] + c[z,y,s]                       equation (1) of ``load``
(5)  R[z,y] ≥ N[z,y,s] + c[z,y,s] − d[z,y,s]
(6)  cost "wear of vehicle batteries"[y] = Σ_z ω[z]·Σ_s h[y,s]·d[z,y,s] / 1000
(7)  cost "distribution network for charging"[y] = Σ_{z reinforced} a[z]·R[z,y] + Σ_{other z} a[z]·max_s N[z,y,s]

After the last slice of a day comes its first. Charging is written with the energy that is owed and not the other way
round: over a day the differences of o and q cancel, so Σ c = Σ (b + d/η) holds whatever the solver's tolerance, and
days that represent many days of the year make no energy.

Deferred and borrowed energy are kept apart. Only what a battery holds can be fed, so ``battery`` must bound what is
borrowed; were both one sum, energy that deferred vehicles have not charged yet could be fed by others. And ``battery``
is lent to the grid, not to the timetable: without feeding, no vehicle is later than ``deferrable`` says.

o = q = d = 0 gives c = b, the plan without control, which is always possible because power ≥ b. Whatever smart charging
changes, the plan may leave, so it never costs more. Where nothing is smart, R is the highest N, a number. Charging lies
where the load of its zone lies: at the grid or below a distribution network. Left out: energy moved between days,
single vehicles, chargers shared by both kinds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def smart_zones(case: Case) -> list[int]:
    """Positions of the zones with vehicles that charge smartly or feed back."""
    charges = case.flexible.baseline_mw.any(axis=(1, 2))
    return sorted({*np.flatnonzero(charges).tolist(), *feeding_zones(case)})


def feeding_zones(case: Case) -> list[int]:
    """Positions of the zones whose vehicles can feed back."""
    feeds = case.flexible.feed_mw.any(axis=(1, 2)) & case.flexible.battery_mwh.any(axis=1)
    return np.flatnonzero(feeds).tolist()


def smart_gw(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """``c``: charging of the smart vehicles of any zone."""
    return sum(_prompt_gw(m, k, y, s) for k in m.SMART_OF_ZONE[z]) + sum(
        _again_gw(m, k, y, s) for k in m.FEEDING_OF_ZONE[z]
    )


def fed_gw(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """``d``: what the vehicles of any zone feed back."""
    return sum(m.feed_gw[k, y, s] for k in m.FEEDING_OF_ZONE[z])


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare smart charging and feeding back, and post them where the load of their zone lies."""
    _declare(m, case)
    m.charging_limit = rows(m.SMART, m.YEAR, m.SLICE, rule=lambda m, z, y, s: _prompt_gw(m, z, y, s) >= 0)  # (1)
    m.recharging_limit = rows(m.FEEDING, m.YEAR, m.SLICE, rule=lambda m, z, y, s: _again_gw(m, z, y, s) >= 0)  # (2)
    m.plugged_in = rows(  # (3)
        m.SMART, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: smart_gw(m, z, y, s) + fed_gw(m, z, y, s) <= m.smart_power[z, y, s],
    )  # fmt: skip
    m.shedding_limit = rows(  # (4)
        m.SMART, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: m.unserved_gw[z, y, s]
        <= m.load_gw[z, y, s] + m.nev_gw[z, y, s] + smart_gw(m, z, y, s),
    )  # fmt: skip
    ledger.energy.post("smart charging", lambda m, z, y, s: -(1 - m.below[z]) * smart_gw(m, z, y, s))
    ledger.energy.post("vehicles to grid", lambda m, z, y, s: (1 - m.below[z]) * fed_gw(m, z, y, s))
    ledger.distribution.post("smart charging", lambda m, z, y, s: -m.below[z] * smart_gw(m, z, y, s))
    ledger.distribution.post("vehicles to grid", lambda m, z, y, s: m.below[z] * fed_gw(m, z, y, s))
    ledger.cost.post(  # (6)
        "wear of vehicle batteries",
        lambda m, y: sum(m.wear_cost[z] * m.hours[y, s] * m.feed_gw[z, y, s] for z in m.FEEDING for s in m.SLICE),
    )
    _network(m, case, ledger)


def _declare(m: pyo.ConcreteModel, case: Case) -> None:
    flexible, smart, feeding = case.flexible, smart_zones(case), feeding_zones(case)
    zone = [z.id for z in case.zones]
    m.SMART = subset(zone[z] for z in smart)
    m.FEEDING = subset(zone[z] for z in feeding)
    m.SMART_OF_ZONE = grouped(m.ZONE, {zone[z]: [zone[z]] for z in smart})
    m.FEEDING_OF_ZONE = grouped(m.ZONE, {zone[z]: [zone[z]] for z in feeding})
    m.baseline_gw = array_param(m.SMART, m.YEAR, m.SLICE, values=flexible.baseline_mw[smart] / 1e3)
    m.smart_power = array_param(m.SMART, m.YEAR, m.SLICE, values=flexible.power_mw[smart] / 1e3)
    m.feed_efficiency = array_param(m.FEEDING, values=flexible.feed_efficiency[feeding])
    m.wear_cost = array_param(m.FEEDING, values=flexible.wear_usd_per_mwh[feeding] / 1e3)
    m.deferred_gwh = array_var(m.SMART, m.YEAR, m.SLICE, upper=flexible.deferrable_mwh[smart] / 1e3)  # (1)
    m.borrowed_gwh = array_var(m.FEEDING, m.YEAR, m.SLICE, upper=flexible.battery_mwh[feeding][:, :, None] / 1e3)  # (2)
    m.feed_gw = array_var(m.FEEDING, m.YEAR, m.SLICE, upper=flexible.feed_mw[feeding] / 1e3)


def _prompt_gw(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """(1) Charging for driving."""
    later = m.deferred_gwh[z, y, m.next_slice[s]] - m.deferred_gwh[z, y, s]
    return m.baseline_gw[z, y, s] - later / m.block_hours[s]


def _again_gw(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """(2) Charging again of what was fed."""
    later = m.borrowed_gwh[z, y, m.next_slice[s]] - m.borrowed_gwh[z, y, s]
    return m.feed_gw[z, y, s] / m.feed_efficiency[z] - later / m.block_hours[s]


def _network(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """The distribution network of charging: planned where vehicles are smart, given where they are not."""
    price = case.flexible.network_usd_per_kw_year
    reinforced = [z for z in smart_zones(case) if price[z] > 0]
    given = np.array([z not in reinforced for z in range(len(case.zones))], float)
    m.REINFORCED = subset(case.zones[z].id for z in reinforced)
    m.network_price = array_param(m.REINFORCED, values=price[reinforced])
    m.network_given = array_param(m.YEAR, values=(given * price) @ case.nev_mw.max(axis=2) / 1e3)
    """Yearly cost where nothing is smart, MUSD."""
    m.network_gw = array_var(m.REINFORCED, m.YEAR)
    m.network_limit = rows(  # (5)
        m.REINFORCED, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: m.nev_gw[z, y, s] + smart_gw(m, z, y, s) - fed_gw(m, z, y, s) <= m.network_gw[z, y],
    )  # fmt: skip
    ledger.cost.post(  # (7)
        "distribution network for charging",
        lambda m, y: m.network_given[y] + sum(m.network_price[z] * m.network_gw[z, y] for z in m.REINFORCED),
    )


def report(s: Solved) -> None:
    """What vehicles draw and feed, with and without control."""
    case, m = s.case, s.m
    drawn = case.nev_mw + s.entry(smart_gw, m.ZONE, m.YEAR, m.SLICE) * 1e3
    fed = s.entry(fed_gw, m.ZONE, m.YEAR, m.SLICE) * 1e3
    s.put("nev_load_mw", drawn)
    s.put("nev_uncontrolled_mw", case.nev_mw + case.flexible.baseline_mw)
    s.put("nev_feed_mw", fed)
    s.fill("nev_deferred_mwh", m.ZONE, m.SMART, _above_least(case, s.value(m.deferred_gwh)) * 1e3)
    s.fill("nev_borrowed_mwh", m.ZONE, m.FEEDING, _above_least(case, s.value(m.borrowed_gwh)) * 1e3)
    s.put("nev_network_mw", (drawn - fed).max(axis=2))


def _above_least(case: Case, energy: np.ndarray) -> np.ndarray:
    """(…, S) less the least of each day: what is owed all day long moves no charging, and the solver may add any."""
    least = np.empty_like(energy)
    for day in range(len(case.frame.date_index)):
        inside = np.flatnonzero(case.frame.day == day)
        least[..., inside] = energy[..., inside].min(axis=-1, keepdims=True)
    return np.asarray(energy - least)
