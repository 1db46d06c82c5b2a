"""Reservoirs: water is stored over the year, turned into power, spilled, taken by fields, and passed downstream.

Days of the plan follow each other through the year; each represents several days, and a reservoir's balance counts the
water of all of them, so unequal weights make no water. The year ends as it began.

============  =====================  =========================  =======  ===============================================
symbol        name                   index                      unit     meaning
============  =====================  =========================  =======  ===============================================
``v``         level_hm3              reservoir, year, day       hm3      active storage at the start of a day (variable)
``w``         spill_hm3              reservoir, year, day       hm3      water past the turbines (variable)
``a``         inflow_hm3             reservoir, year, day       hm3      natural inflow of the days it represents
``x``         withdrawal_hm3         reservoir, year, day       hm3      taken by fields, kept by new lakes that fill
``K``         arrival_share          reservoir, year, day, day  –        part of a release that arrives in each period,
                                                                         from its travel time
                                                                         (``case/weather/water.py``)
``z``         part_hm3               part of a period           hm3      release in a part of a named slice's period;
                                                                         parts differ in the windows they lie in
                                                                         (variable)
``σ``         part_share             part of a period           –        share of the period's days
``A``, ``B``  part_least, part_most  part of a period           hm3      bounds of its release without arrivals
``ψ``         window_share           window, year, day          –        share of a period that lies in the window's
                                                                         months
``m``, ``M``  least_hm3, most_hm3    window (m: year)           hm3      least and most release over a window
``κ``         hm3_per_gwh            reservoir                  hm3/GWh  water for the energy, whatever the head
``g``         output_gw              unit, year, slice          GW       from ``dispatch``
``q``         (turbined)             reservoir, year, day       hm3      κ[r]·Σ_u Σ_{s in d} h[y,s]·g[u,y,s] over its
                                                                         units
``p``         (arrivals)             reservoir, year, day       hm3      water from the reservoirs above
============  =====================  =========================  =======  ===============================================

(1)  p[r,y,d] = Σ_{o above r} Σ_k K[o,y,k,d]·(q[o,y,k] + w[o,y,k])
(2)  v[r,y,next(d)] = v[r,y,d] + a[r,y,d] − x[r,y,d] + p[r,y,d] − q[r,y,d] − w[r,y,d], cyclic over the year
(3)  minimum ≤ v[r,y,d] ≤ active; on the year's first day the content stated, where there is one
(4)  m[i,y] ≤ Σ_d ψ[i,y,d]·(q + w)[r,y,d] + Σ_{parts in window i} z ≤ M[i]      irrigation, ecology and others
(5)  Σ_{parts of r,y,d} z = q[r,y,d] + w[r,y,d]
(6)  A ≤ z − σ·p[r,y,d] ≤ B

A balance row has what left the reservoirs above up to their travel time earlier; K adds up to one over the periods of
arrival, so over the year nothing is lost on the way. Water costs nothing; operation of the plants is in ``dispatch``.

Left out: head and evaporation; rivers that rise and fall while water travels; that fields take less when it is short
(a year drier than the dry one gives them less, see ``case/weather/water.py``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.case.time.calendar import DAYS
from simulator.grouping import lists
from simulator.model.handover import Handover
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare levels, spill, water balance and windows."""
    water, reservoirs = case.water, case.water.reservoirs
    m.RESERVOIR = subset(r.id for r in reservoirs)
    m.UNITS_OF_RESERVOIR = grouped(
        m.RESERVOIR, {r.id: [u.id for u in case.units if u.reservoir == r.id] for r in reservoirs}
    )
    m.UPSTREAM = grouped(m.RESERVOIR, {r.id: [o.id for o in reservoirs if o.downstream == r.id] for r in reservoirs})
    m.DAYS_BEFORE = grouped(
        m.RESERVOIR * m.DAY,
        {(r.id, d): np.flatnonzero(water.arrival_share[i, :, :, d].any(axis=0)).tolist()
         for i, r in enumerate(reservoirs) if r.downstream for d in m.DAY},
    )  # fmt: skip
    """The periods of release from which water arrives downstream in a period."""
    m.arrival_share = array_param(m.RESERVOIR, m.YEAR, m.DAY, m.DAY, values=water.arrival_share)
    m.inflow_hm3 = array_param(m.RESERVOIR, m.YEAR, m.DAY, values=water.inflow_hm3)
    m.withdrawal_hm3 = array_param(m.RESERVOIR, m.YEAR, m.DAY, values=water.withdrawal_hm3)
    m.hm3_per_gwh = array_param(m.RESERVOIR, values=np.array([1e3 / r.energy_mwh_per_hm3 for r in reservoirs]))
    lower, upper = _bounds(case)
    m.level_hm3 = array_var(m.RESERVOIR, m.YEAR, m.DAY, lower=lower, upper=upper)  # (3)
    m.spill_hm3 = array_var(m.RESERVOIR, m.YEAR, m.DAY)
    m.water_balance = rows(  # (2)
        m.RESERVOIR, m.YEAR, m.DAY,
        rule=lambda m, r, y, d: m.level_hm3[r, y, m.next_day[y, d]] == m.level_hm3[r, y, d] + m.inflow_hm3[r, y, d]
        - m.withdrawal_hm3[r, y, d] + arrivals(m, r, y, d) - outflow(m, r, y, d),
    )  # fmt: skip
    _windows(m, case)


def _bounds(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """(3) Least and most content (R, Y, D)."""
    reservoirs, shape = case.water.reservoirs, case.stretches.weight_days.shape
    active = np.array([r.active_hm3 for r in reservoirs]).reshape(-1, 1, 1)
    least = active * np.array([r.minimum_percent / 100 for r in reservoirs]).reshape(-1, 1, 1)
    lower, upper = (np.broadcast_to(each, (len(reservoirs), *shape)).copy() for each in (least, active))
    years, first = np.arange(shape[0]), case.stretches.first_day
    for i, r in enumerate(reservoirs):
        if r.start_percent is not None:
            upper[i, years, first] = lower[i, years, first] = r.active_hm3 * r.start_percent / 100
    return lower, upper


def turbined(m: pyo.ConcreteModel, r: Any, y: Any, d: Any) -> Any:
    """Water through the turbines in the days that a day of the plan represents, hm3."""
    return m.hm3_per_gwh[r] * sum(
        m.hours[y, s] * m.output_gw[u, y, s] for u in m.UNITS_OF_RESERVOIR[r] for s in m.SLICES_OF_DAY[d]
    )


def outflow(m: pyo.ConcreteModel, r: Any, y: Any, d: Any) -> Any:
    """Turbined and spilled water, hm3."""
    return turbined(m, r, y, d) + m.spill_hm3[r, y, d]


def arrivals(m: pyo.ConcreteModel, r: Any, y: Any, d: Any) -> Any:
    """(1) Water that arrives from the reservoirs above, hm3."""
    return sum(m.arrival_share[o, y, k, d] * outflow(m, o, y, k) for o in m.UPSTREAM[r] for k in m.DAYS_BEFORE[o, d])


def _windows(m: pyo.ConcreteModel, case: Case) -> None:
    windows, reservoirs = case.water.windows, case.water.reservoirs
    m.WINDOW = subset(w.name for w in windows)
    m.RESERVOIR_OF_WINDOW = grouped(m.WINDOW, {w.name: [reservoirs[w.reservoir].id] for w in windows})
    _parts(m, case)
    share = np.array([w.share for w in windows]).reshape(len(windows), len(m.YEAR), len(m.DAY))
    m.window_share = array_param(m.WINDOW, m.YEAR, m.DAY, values=share)
    least = [w for w in windows if w.minimum_hm3.any()]
    most = [w for w in windows if np.isfinite(w.maximum_hm3)]
    m.LEAST_WINDOW = subset(w.name for w in least)
    m.MOST_WINDOW = subset(w.name for w in most)
    minimum = np.array([w.minimum_hm3 for w in least]).reshape(len(least), len(m.YEAR))
    m.least_hm3 = array_param(m.LEAST_WINDOW, m.YEAR, values=minimum)
    m.most_hm3 = array_param(m.MOST_WINDOW, values=np.array([w.maximum_hm3 for w in most]))

    def released(m: pyo.ConcreteModel, w: Any, y: Any) -> Any:
        whole = sum(m.window_share[w, y, d] * outflow(m, r, y, d) for r in m.RESERVOIR_OF_WINDOW[w] for d in m.DAY)
        return whole + sum(m.part_hm3[p] for p in m.PARTS_OF_WINDOW[w, y])

    m.least_release = rows(m.LEAST_WINDOW, m.YEAR, rule=lambda m, w, y: released(m, w, y) >= m.least_hm3[w, y])  # (4)
    m.most_release = rows(m.MOST_WINDOW, m.YEAR, rule=lambda m, w, y: released(m, w, y) <= m.most_hm3[w])  # (4)


def _parts(m: pyo.ConcreteModel, case: Case) -> None:
    """(5) and (6) Release in the parts of periods that represent more than the months of a window."""
    water, years = case.water, case.horizon.years
    parts = water.parts
    period = [(water.reservoirs[p.reservoir].id, years[p.year], p.day) for p in parts]
    m.PART = subset(range(len(parts)))
    m.PARTED = pyo.Set(initialize=list(dict.fromkeys(period)), dimen=3, ordered=True)
    inside = lists(((water.windows[w].name, years[part.year]), k) for k, part in enumerate(parts) for w in part.windows)
    m.PARTS_OF_PERIOD = grouped(m.PARTED, lists((place, k) for k, place in enumerate(period)))
    m.PERIOD_OF_PART = grouped(m.PART, {k: [place] for k, place in enumerate(period)}, dimen=3)
    m.PARTS_OF_WINDOW = grouped(m.WINDOW * m.YEAR, inside)
    m.part_share = array_param(m.PART, values=np.array([p.share for p in parts]))
    m.part_least = array_param(m.PART, values=np.array([p.least_hm3 for p in parts]))
    m.part_most = array_param(m.PART, values=np.array([p.most_hm3 for p in parts]))
    m.part_hm3 = array_var(m.PART)

    def own(m: pyo.ConcreteModel, p: Any) -> Any:
        return m.part_hm3[p] - m.part_share[p] * sum(arrivals(m, r, y, d) for r, y, d in m.PERIOD_OF_PART[p])

    m.part_sum = rows(  # (5)
        m.PARTED, rule=lambda m, r, y, d: sum(m.part_hm3[p] for p in m.PARTS_OF_PERIOD[r, y, d]) == outflow(m, r, y, d)
    )
    m.part_lower = rows(m.PART, rule=lambda m, p: own(m, p) >= m.part_least[p])  # (6)
    m.part_upper = rows(m.PART, rule=lambda m, p: own(m, p) <= m.part_most[p])


def report(s: Solved) -> None:
    """Contents and flows of water, and what it is worth."""
    case, m = s.case, s.m
    s.put("reservoir_level_hm3", s.value(m.level_hm3))
    s.put("reservoir_inflow_hm3", case.water.inflow_hm3)
    s.put("reservoir_withdrawal_hm3", case.water.withdrawal_hm3)
    s.put("reservoir_arrival_hm3", s.entry(arrivals, m.RESERVOIR, m.YEAR, m.DAY))
    s.put("reservoir_turbined_hm3", s.entry(turbined, m.RESERVOIR, m.YEAR, m.DAY))
    s.put("reservoir_spill_hm3", s.value(m.spill_hm3))
    # The balance v' = v + inflow − outflow reads v' − v + outflow = inflow, so inflow is its right-hand side.
    s.put("water_value_usd_per_hm3", -s.dual(m.water_balance) * 1e6 / case.horizon.weight[:, None])
    if (left := s.carried.get(m.level_hm3.name)) is not None:
        s.put("reservoir_carried_hm3", left.amount[:, None])
        s.put("carried_value_musd", [left.musd])


def carry(h: Handover) -> None:
    """Contents on straight lines between the days of the plan; every week takes over the last one's, at their worth.

    Output is scaled to what the balances let through.
    """
    levels = h.daily_content("reservoir_level_hm3")
    spill = _close_balances(h, levels, h.daily_rate("reservoir_spill_hm3"))
    h.expect(h.m.level_hm3, levels)
    h.expect(h.m.spill_hm3, spill)
    h.store(h.m.level_hm3, h.m.water_balance, np.maximum(h.daily("water_value_usd_per_hm3"), 0) / 1e6)


def _close_balances(h: Handover, levels: np.ndarray, spill: np.ndarray) -> np.ndarray:
    """(R, 365) spill with which every day of every reservoir closes at the expected levels; scales output to it.

    What is on its way at the turn of the year must be what the last days can let out: a plan's day holds the mean of
    the days it represents, and a reservoir without storage can pass on only what comes on the day itself.
    """
    water, output = h.case.water, h.hourly("generation_mw")
    expected, position = h.expected[h.m.output_gw.name], {unit: i for i, unit in enumerate(h.m.DISPATCHED)}
    released: dict[str, np.ndarray] = {}
    while len(released) < len(water.reservoirs):
        for i, row in enumerate(water.reservoirs):
            above = [k for k, o in enumerate(water.reservoirs) if o.downstream == row.id]
            if row.id in released or not all(water.reservoirs[k].id in released for k in above):
                continue
            arrived = sum((released[water.reservoirs[k].id] @ water.arrival_share[k, 0] for k in above), np.zeros(DAYS))
            gain = water.inflow_hm3[i, 0] - water.withdrawal_hm3[i, 0] + arrived
            out = np.maximum(gain + levels[i] - np.roll(levels[i], -1), 0)
            mine = [u for u, unit in enumerate(h.case.units) if unit.reservoir == row.id]
            used = output[mine].sum(axis=0).reshape(DAYS, 24).sum(axis=1) / row.energy_mwh_per_hm3
            spill[i] = np.where(used > 0, np.minimum(spill[i], out), out)
            factor = np.divide(out - spill[i], used, out=np.zeros(DAYS), where=used > 0)
            expected[[position[h.case.units[u].id] for u in mine]] = output[mine] * np.repeat(factor, 24) / 1e3
            released[row.id] = out
    return spill
