"""Output of thermal plants and of reservoir hydro, slice by slice.

Large steam and combined-cycle plants are committed by day: what is online for a day runs between its minimum and its
capacity, which is the linear image of unit commitment for a fleet; what is in repair is not online. Base-load plants
are flat over the year.

Symbols
-------
======  ============  =======================  =======  =========================================================
symbol  name          index                    unit     meaning
======  ============  =======================  =======  =========================================================
``g``   output_gw     dispatched, year, slice  GW       gross output (variable)
``o``   online_gw     committed, year, day     GW       capacity online on a day (variable)
``t``   started_gw    committed, year, day     GW       capacity brought online since the day before (variable)
``l``   flat_gw       flat, year               GW       constant output (variable)
``α``   availability  unit, year, slice        –        share of capacity that can run
``ᾱ``   fit           committed, year, day     –        share of capacity that can be online: the day's highest α
``ρ``   able          committed, year, slice   –        what can run of what is online, α/ᾱ; 0 where ᾱ is 0
``K``   capacity_gw   unit, year               GW       from ``invest``
``μ``   minimum       committed, year, slice   –        least output of what is online, or ρ where that is less
``r``   ramp          ramping                  1/h      change of output per hour, relative to what is online
``Δ``   block_hours   slice                    h        length of a slice within its day
``h``   hours         year, slice              h/year   hours of a slice; 0 where it is not part of the year
``π``   output_cost   dispatched, year         USD/MWh  variable operation, and fuel at the zone's own price
``κ``   start_cost    committed                USD/MW   cost of bringing capacity online
``ω``   sent_out      dispatched               –        output less the plant's own use
======  ============  =======================  =======  =========================================================

Equations
---------
(1)  g[u,y,s] ≤ α[u,y,s]·K[u,y]                          what is not committed
(2)  o[u,y,d] ≤ ᾱ[u,y,d]·K[u,y]
(3)  g[u,y,s] ≤ ρ[u,y,s]·o[u,y,day(s)]                   with (2) it implies (1)
(4)  g[u,y,s] ≥ μ[u,y,s]·o[u,y,day(s)]
(5)  t[u,y,d] ≥ o[u,y,d] − o[u,y,d−1]                    before the year's first day comes its last
(6)  |g[u,y,s] − g[u,y,s−1]| ≤ r[u]·Δ[s]·o[u,y,day(s)]   within a day, only for units that it can bind
(7)  g[u,y,s] = l[u,y] where h[y,s] > 0, else 0          flat plants
(8)  cost "fuel and variable operation"[y] = Σ_u π[u,y]·Σ_s h[y,s]·g[u,y,s] / 1000
(9)  cost "starts"[y] = Σ_u κ[u]·Σ_d t[u,y,d] / 1000

The grid gets ω·g. Left out: minimum up and down times, single machines; a start counts once per change between days of
the plan, however many days of the year such a day represents.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case
from simulator.model.handover import Handover
from simulator.model.ledger import Account, Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset, units_by
from simulator.model.solved import Solved


def is_dispatched(unit: DispatchUnit) -> bool:
    """Units whose output is a decision of its own."""
    return unit.technology.kind in ("thermal", "reservoir")


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare output, commitment, ramps, and their cost."""
    dispatched = [u for u in case.units if is_dispatched(u)]
    committed = [u for u in dispatched if u.technology.commitment]
    m.DISPATCHED = subset(u.id for u in dispatched)
    m.COMMITTED = subset(u.id for u in committed)
    m.UNCOMMITTED = subset(u.id for u in dispatched if not u.technology.commitment)
    m.output_gw = array_var(m.DISPATCHED, m.YEAR, m.SLICE)
    m.output_limit = rows(  # (1)
        m.UNCOMMITTED, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, s] <= m.availability[u, y, s] * m.capacity_gw[u, y],
    )  # fmt: skip
    fit, able, least = online_shares(case)
    _commitment(m, fit, able, least)
    _ramps(m, case, committed, able, least)
    _flat(m, case, dispatched)
    _post(m, case, ledger, dispatched, committed)


def online_shares(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ᾱ (committed units, Y, D), ρ and μ (committed units, Y, S)."""
    committed = [i for i, u in enumerate(case.units) if is_dispatched(u) and u.technology.commitment]
    share, day = case.availability[committed], case.frame.day
    fit = np.stack([share[..., day == d].max(axis=2) for d in range(int(case.frame.day.max()) + 1)], axis=2)
    able = np.divide(share, fit[..., day], out=np.zeros_like(share), where=fit[..., day] > 0)
    minimum = np.array([case.units[i].technology.minimum_output_percent for i in committed]) / 100
    return fit, able, np.minimum(minimum[:, None, None], able)


def _commitment(m: pyo.ConcreteModel, fit: np.ndarray, able: np.ndarray, least: np.ndarray) -> None:
    m.fit = array_param(m.COMMITTED, m.YEAR, m.DAY, values=fit)
    m.able = array_param(m.COMMITTED, m.YEAR, m.SLICE, values=able)
    m.minimum = array_param(m.COMMITTED, m.YEAR, m.SLICE, values=least)
    m.online_gw = array_var(m.COMMITTED, m.YEAR, m.DAY)
    m.started_gw = array_var(m.COMMITTED, m.YEAR, m.DAY)
    m.online_limit = rows(  # (2)
        m.COMMITTED, m.YEAR, m.DAY,
        rule=lambda m, u, y, d: m.online_gw[u, y, d] <= m.fit[u, y, d] * m.capacity_gw[u, y],
    )  # fmt: skip
    m.output_online = rows(  # (3)
        m.COMMITTED, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, s] <= m.able[u, y, s] * m.online_gw[u, y, m.day_of[s]],
    )  # fmt: skip
    m.output_minimum = rows(  # (4)
        m.COMMITTED, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, s] >= m.minimum[u, y, s] * m.online_gw[u, y, m.day_of[s]],
    )  # fmt: skip
    m.start = rows(  # (5)
        m.COMMITTED, m.YEAR, m.DAY,
        rule=lambda m, u, y, d: m.started_gw[u, y, d] >= m.online_gw[u, y, d] - m.online_gw[u, y, m.previous_day[y, d]],
    )  # fmt: skip


def _ramps(
    m: pyo.ConcreteModel, case: Case, committed: list[DispatchUnit], able: np.ndarray, least: np.ndarray
) -> None:
    """Ramp rows only for units whose ramp over the shortest block is below the range between most and least."""
    block = float(case.frame.block_hours.min())
    spread = 100 * (able.max(axis=(1, 2), initial=0) - least.min(axis=(1, 2), initial=1))
    binding = [
        u for u, most in zip(committed, spread, strict=True) if u.technology.ramp_percent_per_hour * block < most
    ]
    m.RAMPING = subset(u.id for u in binding)
    m.ramp = array_param(m.RAMPING, values=np.array([u.technology.ramp_percent_per_hour for u in binding]) / 100)
    day = case.frame.day
    first = np.unique(day, return_index=True)[1]
    m.INNER_SLICE = subset(s for s in range(len(day)) if s not in first)
    m.ramp_up = rows(  # (6)
        m.RAMPING, m.YEAR, m.INNER_SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, s] - m.output_gw[u, y, m.previous_slice[s]]
        <= m.ramp[u] * m.block_hours[s] * m.online_gw[u, y, m.day_of[s]],
    )  # fmt: skip
    m.ramp_down = rows(  # (6)
        m.RAMPING, m.YEAR, m.INNER_SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, m.previous_slice[s]] - m.output_gw[u, y, s]
        <= m.ramp[u] * m.block_hours[s] * m.online_gw[u, y, m.day_of[s]],
    )  # fmt: skip


def _flat(m: pyo.ConcreteModel, case: Case, dispatched: list[DispatchUnit]) -> None:
    m.FLAT = subset(u.id for u in dispatched if u.technology.flat)
    m.flat_gw = array_var(m.FLAT, m.YEAR)
    m.in_year = array_param(m.YEAR, m.SLICE, values=(case.hours > 0).astype(float))
    m.flat_output = rows(  # (7)
        m.FLAT, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, s] == m.in_year[y, s] * m.flat_gw[u, y],
    )  # fmt: skip


def _post(
    m: pyo.ConcreteModel, case: Case, ledger: Ledger, dispatched: list[DispatchUnit], committed: list[DispatchUnit]
) -> None:  # fmt: skip
    usd = np.array([u.variable_om_usd_per_mwh + u.fuel_usd_per_mwh for u in dispatched])
    m.output_cost = array_param(m.DISPATCHED, m.YEAR, values=usd.reshape(len(dispatched), len(m.YEAR)) / 1e3)
    m.start_cost = array_param(
        m.COMMITTED, values=np.array([u.technology.start_cost_usd_per_mw for u in committed]) / 1e3
    )
    m.sent_out = array_param(
        m.DISPATCHED, values=np.array([1 - u.technology.own_use_percent / 100 for u in dispatched])
    )
    for name, account, kind, below in (
        ("thermal generation", ledger.energy, "thermal", False),
        ("hydro generation", ledger.energy, "reservoir", False),
        ("distributed thermal generation", ledger.distribution, "thermal", True),
        ("distributed hydro generation", ledger.distribution, "reservoir", True),
    ):
        _post_output(m, case, account, name, kind, below)
    ledger.cost.post(  # (8)
        "fuel and variable operation",
        lambda m, y: sum(
            m.output_cost[u, y] * m.hours[y, s] * m.output_gw[u, y, s] for u in m.DISPATCHED for s in m.SLICE
        ),
    )
    ledger.cost.post(  # (9)
        "starts", lambda m, y: sum(m.start_cost[u] * m.started_gw[u, y, d] for u in m.COMMITTED for d in m.DAY)
    )


def _post_output(m: pyo.ConcreteModel, case: Case, account: Account, name: str, kind: str, below: bool) -> None:
    members = units_by(case, lambda u: u.zone, lambda u: u.technology.kind == kind and u.below == below)
    by_zone = grouped(m.ZONE, members)
    m.add_component(f"UNITS_{name.upper().replace(' ', '_')}", by_zone)
    account.post(name, lambda m, z, y, s: sum(m.sent_out[u] * m.output_gw[u, y, s] for u in by_zone[z]))


def report(s: Solved) -> None:
    """Output, and what is online."""
    m = s.m
    s.fill("generation_mw", m.UNIT, m.DISPATCHED, s.value(m.output_gw) * 1e3)
    s.fill("online_mw", m.UNIT, m.COMMITTED, s.value(m.online_gw) * 1e3)


def carry(h: Handover) -> None:
    """Output as planned; base load stays as it is; of what is committed all that can be is online."""
    m = h.m
    position = {unit.id: i for i, unit in enumerate(h.case.units)}
    output = h.hourly("generation_mw") / 1e3
    h.expect(m.output_gw, output[[position[u] for u in m.DISPATCHED]])
    h.expect(m.flat_gw, output[[position[u] for u in m.FLAT]].max(axis=1, initial=0), fixed=True)
    capacity = h.capacity_mw[[position[u] for u in m.COMMITTED]]
    h.expect(m.online_gw, online_shares(h.case)[0][:, 0] * capacity[:, None] / 1e3)
