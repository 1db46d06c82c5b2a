"""Surplus: the outlet for energy with nowhere to go, and the account of energy that reaches nobody.

What heat or a host forces plants to give may exceed what load, lines, storage and markets take; so may imports that a
contract forces or that are paid for, and output of plants that are paid to run. Without an outlet a linear plan burns
such energy: it sends power both ways over a line with losses, or lets storage or vehicles charge and feed at once.

============  =======================  ==========================  ====  =============================================
symbol        name                     index                       unit  meaning
============  =======================  ==========================  ====  =============================================
``w``         surplus_gw               outlet, year, slice         GW    thrown away at the grid (variable)
``w'``        distribution_surplus_gw  local outlet, year, slice   GW    thrown away below a network (variable)
``f``         must_run                 heat-led unit, year, slice  –     must-run share of capacity, from ``chp``
``K``         capacity_gw              unit, year                  GW    from ``invest``
``g``, ``x``  output_gw, traded_gw     unit or step, year, slice   GW    from ``dispatch`` and ``trade``
``σ``         sent_out                 dispatched                  –     output less the plant's own use
``μ``         distribution_delivered   networked zone              –     share that reaches what lies below
``λ``         delivered                link                        –     share that arrives
============  =======================  ==========================  ====  =============================================

(1)  w[z,y,s] ≤ Σ_{must-run u} σ[u]·f[u,y,s]·K[u,y] + Σ_{u paid to run} σ[u]·g[u,y,s] + Σ_{imports o} x[o,y,s]
     w' likewise, of what feeds in below the distribution network

Account of what is lost, by country, in GW at the grid:

(2)  lines               Σ_{links inside the country or at its border} (1 − λ[k])·(forward + backward)[k,y,s]
(3)  storage             Σ_u (charge − discharge)[u,y,s]          over the year its losses; divided by μ below
(4)  vehicles to grid    Σ_z d[z,y,s]·(1/η[z] − 1)                divided by μ below a distribution network
(5)  surplus             Σ_z w[z,y,s] + w'[z,y,s]/μ[z]

Surplus costs nothing: what it took to make the energy is in the plan's cost already. Any price would be a reason to
burn instead, where the use of a line, of storage or of vehicles is free. But of plans that cost the same the one that
loses least is taken, and surplus before losses that have another name:

(6)  order = Σ_s h[y,s]·(ε·((2) + (3) + (4)) + ε/2·(5)),   ε = ``ORDER``, a twentieth of a cent per MWh, each line once

*Burning such energy never pays.* Take a plan that burns power t > 0 of it, and throw t away instead. No row is worse
off: limits of lines, of power and of charging networks, reserve and peaks gain room; net flows and contents stay; so
does the account of what is lost, the only place where targets see it (``policy``). The cost does not rise, and (6)
falls. For the same reason what can be curtailed or turned down is never thrown away.

Left out: the least output of plants that the plan itself keeps online, and flat output, have no outlet.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_var, rows
from simulator.model.sets import grouped, subset, units_by
from simulator.model.solved import Solved

ORDER = 5e-7
"""``ε``: MUSD per GWh that reaches nobody; chooses between plans of equal cost, and no cost reports it."""


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the outlets, and post them and what lines, storage and vehicles lose."""
    _outlets(m, case)
    ledger.energy.post("surplus", lambda m, z, y, s: -sum(m.surplus_gw[k, y, s] for k in m.OUTLET_OF_ZONE[z]))
    ledger.distribution.post(
        "surplus", lambda m, z, y, s: -sum(m.distribution_surplus_gw[k, y, s] for k in m.DISTRIBUTION_OUTLET_OF[z])
    )
    m.LINKS_OF_COUNTRY = grouped(m.COUNTRY, {c.id: _links_of(case, c.id) for c in case.countries})
    for name, rule in (("storage", stored), ("vehicles to grid", fed), ("surplus", thrown)):
        ledger.lost.post(name, _of_country(rule))  # (3) to (5)
    ledger.lost.post("lines", lambda m, c, y, s: sum(on_line(m, k, y, s) for k in m.LINKS_OF_COUNTRY[c]))  # (2)
    ledger.order.post(  # (6)
        "losses",
        lambda m, y: ORDER * sum(
            m.hours[y, s] * (
                sum(stored(m, z, y, s) + fed(m, z, y, s) + 0.5 * thrown(m, z, y, s) for z in m.ZONE)
                + sum(on_line(m, k, y, s) for k in m.LINK)
            )
            for s in m.SLICE
        ),
    )  # fmt: skip


def _of_country(rule: Any) -> Any:
    return lambda m, c, y, s: sum(rule(m, z, y, s) for z in m.ZONES_OF_COUNTRY[c])


def on_line(m: pyo.ConcreteModel, k: Any, y: Any, s: Any) -> Any:
    """(2) of one link."""
    return (1 - m.delivered[k]) * (m.forward_gw[k, y, s] + m.backward_gw[k, y, s])


def stored(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """(3) of one zone."""
    at_grid = sum(m.charge_gw[u, y, s] - m.discharge_gw[u, y, s] for u in m.STORAGE_AT_GRID[z])
    return at_grid + _stored_below(m, z, y, s)


def _stored_below(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    below = sum(m.charge_gw[u, y, s] - m.discharge_gw[u, y, s] for u in m.STORAGE_BELOW[z])
    return m.drawn_per_load[z] * below


def fed(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """(4) of one zone."""
    return sum(m.drawn_per_load[z] * (1 / m.feed_efficiency[k] - 1) * m.feed_gw[k, y, s] for k in m.FEEDING_OF_ZONE[z])


def thrown(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """(5) of one zone."""
    return sum(m.surplus_gw[k, y, s] for k in m.OUTLET_OF_ZONE[z]) + _thrown_below(m, z, y, s)


def _thrown_below(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    return sum(m.drawn_per_load[z] * m.distribution_surplus_gw[k, y, s] for k in m.DISTRIBUTION_OUTLET_OF[z])


def lost_below(m: pyo.ConcreteModel, z: Any, y: Any, s: Any) -> Any:
    """What of (3) to (5) is lost below the distribution network of a zone that has one."""
    return _stored_below(m, z, y, s) + fed(m, z, y, s) + _thrown_below(m, z, y, s)


def _outlets(m: pyo.ConcreteModel, case: Case) -> None:
    """(1) Outlets where there is something that must run, is paid to run, or comes by a contract."""
    imported = {d.row.zone: True for d in case.market_steps if d.row.direction == "import"}
    grid, local = _sources(m, case, False), _sources(m, case, True)
    zones = [zone.id for zone in case.zones]
    m.OUTLET = subset(z for z in zones if z in imported or any(z in found for found in grid.values()))
    m.DISTRIBUTION_OUTLET = subset(z for z in zones if any(z in found for found in local.values()))
    m.OUTLET_OF_ZONE = grouped(m.ZONE, {z: [z] for z in m.OUTLET})
    m.DISTRIBUTION_OUTLET_OF = grouped(m.ZONE, {z: [z] for z in m.DISTRIBUTION_OUTLET})
    m.surplus_gw = array_var(m.OUTLET, m.YEAR, m.SLICE)
    m.distribution_surplus_gw = array_var(m.DISTRIBUTION_OUTLET, m.YEAR, m.SLICE)
    m.MUST_RUN_AT, m.PAID_AT = (grouped(m.OUTLET, grid[kind]) for kind in ("must_run", "paid"))
    m.MUST_RUN_BELOW, m.PAID_BELOW = (grouped(m.DISTRIBUTION_OUTLET, local[kind]) for kind in ("must_run", "paid"))
    m.surplus_limit = rows(
        m.OUTLET, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: m.surplus_gw[z, y, s]
        <= sum(m.sent_out[u] * m.must_run[u, y, s] * m.capacity_gw[u, y] for u in m.MUST_RUN_AT[z])
        + sum(m.sent_out[u] * m.output_gw[u, y, s] for u in m.PAID_AT[z])
        + sum(m.traded_gw[o, y, s] for o in m.IMPORTS_OF_ZONE[z]),
    )  # fmt: skip
    m.distribution_surplus_limit = rows(
        m.DISTRIBUTION_OUTLET, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: m.distribution_surplus_gw[z, y, s]
        <= sum(m.sent_out[u] * m.must_run[u, y, s] * m.capacity_gw[u, y] for u in m.MUST_RUN_BELOW[z])
        + sum(m.sent_out[u] * m.output_gw[u, y, s] for u in m.PAID_BELOW[z]),
    )  # fmt: skip


def _sources(m: pyo.ConcreteModel, case: Case, below: bool) -> dict[str, dict[str, list[str]]]:
    """Must-run units, and units that are paid to run, by zone; those that are both are paid."""
    country = {c.id: i for i, c in enumerate(case.countries)}

    def paid(unit: DispatchUnit) -> bool:
        carbon = unit.co2_t_per_mwh * case.carbon_usd_per_t[country[unit.country]]
        cost = unit.variable_om_usd_per_mwh + unit.fuel_usd_per_mwh + carbon
        free = not (unit.technology.commitment or unit.technology.flat)
        return unit.technology.kind == "thermal" and free and bool(np.any(cost < 0))

    def here(unit: DispatchUnit) -> bool:
        return unit.below == below

    return {
        "must_run": units_by(case, lambda u: u.zone, lambda u: here(u) and u.id in m.HEAT_LED and not paid(u)),
        "paid": units_by(case, lambda u: u.zone, lambda u: here(u) and paid(u)),
    }


def _links_of(case: Case, country: str) -> list[str]:
    of = {zone.id: zone.country for zone in case.zones}
    return [line.row.id for line in case.links if country in (of[line.row.from_zone], of[line.row.to_zone])]


def report(s: Solved) -> None:
    """Surplus by zone, and all that reaches nobody by country."""
    m = s.m
    s.fill("surplus_mw", m.ZONE, m.OUTLET, s.value(m.surplus_gw) * 1e3)
    s.fill("distribution_surplus_mw", m.ZONE, m.DISTRIBUTION_OUTLET, s.value(m.distribution_surplus_gw) * 1e3)
    lost = s.entries(s.ledger.lost, m.COUNTRY, m.YEAR, m.SLICE) * s.case.hours
    s.put("lost_gwh", lost.sum(axis=3))
