"""Wind, sun and run-of-river: output is what nature gives, less what is curtailed.

Curtailment is one variable for all units of a zone that count alike in every legal definition, cost the same to run and
use the same share themselves: which of them is throttled changes neither cost nor verdict, so one variable gives the
same optimum with far fewer rows. Results attribute it to the units in proportion to their potential.

======  ============  =================  =======  ======================================================
symbol  name          index              unit     meaning
======  ============  =================  =======  ======================================================
``c``   curtailed_gw  pool, year, slice  GW       curtailed output (variable)
``α``   availability  unit, year, slice  –        output per capacity that nature gives
``K``   capacity_gw   unit, year         GW       from ``invest``
``ω``   net_of_use    pool               –        share of the output that the plant does not use itself
``π``   pool_cost     pool, year         USD/MWh  variable operation
======  ============  =================  =======  ======================================================

(1)  c[p,y,s] ≤ Σ_{u in p} α[u,y,s]·K[u,y]
(2)  energy to the grid = ω[p]·g[p,y,s],  g[p,y,s] = Σ_{u in p} α[u,y,s]·K[u,y] − c[p,y,s]
(3)  cost "operation of wind, sun and river"[y] = Σ_p π[p,y]·Σ_s h[y,s]·g[p,y,s] / 1000
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.capacity.cohorts import exact
from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case
from simulator.grouping import lists
from simulator.model.ledger import Account, Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved
from simulator.system.names import composed


def is_natural(unit: DispatchUnit) -> bool:
    """Units whose output follows a profile."""
    return unit.technology.kind in ("variable", "run_of_river")


def pools(case: Case) -> dict[str, list[int]]:
    """Pool → positions of its units."""
    return lists((_pool(unit), i) for i, unit in enumerate(case.units) if is_natural(unit))


def _pool(unit: DispatchUnit) -> str:
    technology = unit.technology
    figures = (technology.variable_om_usd_per_mwh, technology.own_use_percent, *unit.eligibility)
    return composed(unit.zone, "local" if unit.below else "grid", *map(exact, figures))


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare curtailment, and post potential less curtailment."""
    members = pools(case)
    first = {name: case.units[positions[0]] for name, positions in members.items()}
    m.POOL = subset(members)
    m.UNITS_OF_POOL = grouped(m.POOL, {name: [case.units[i].id for i in found] for name, found in members.items()})
    operation = np.array([unit.variable_om_usd_per_mwh for unit in first.values()]).reshape(len(first), len(m.YEAR))
    m.pool_cost = array_param(m.POOL, m.YEAR, values=operation / 1e3)
    m.net_of_use = array_param(
        m.POOL, values=np.array([1 - unit.technology.own_use_percent / 100 for unit in first.values()])
    )
    m.curtailed_gw = array_var(m.POOL, m.YEAR, m.SLICE)
    m.curtailment_limit = rows(m.POOL, m.YEAR, m.SLICE, rule=lambda m, p, y, s: net_output(m, p, y, s) >= 0)  # (1)

    for name, account, local in (
        ("wind, sun and river", ledger.energy, False),
        ("distributed wind and sun", ledger.distribution, True),
    ):
        _post(m, account, name, {p: unit for p, unit in first.items() if unit.below == local})
    ledger.cost.post(  # (3)
        "operation of wind, sun and river",
        lambda m, y: sum(m.pool_cost[p, y] * m.hours[y, s] * net_output(m, p, y, s) for p in m.POOL for s in m.SLICE),
    )


def net_output(m: pyo.ConcreteModel, p: Any, y: Any, s: Any) -> Any:
    """Gross output of a pool in GW after curtailment."""
    return sum(m.availability[u, y, s] * m.capacity_gw[u, y] for u in m.UNITS_OF_POOL[p]) - m.curtailed_gw[p, y, s]


def _post(m: pyo.ConcreteModel, account: Account, name: str, first: dict[str, DispatchUnit]) -> None:
    pools_of_zone = grouped(m.ZONE, lists((unit.zone, pool) for pool, unit in first.items()))
    m.add_component("POOLS_" + name.upper().replace(" ", "_").replace(",", ""), pools_of_zone)
    account.post(  # (2)
        name, lambda m, z, y, s: sum(m.net_of_use[p] * net_output(m, p, y, s) for p in pools_of_zone[z])
    )


def potential_mw(s: Solved) -> np.ndarray:
    """(U, Y, S) what nature gives to all units; of those that are dispatched: what they could give."""
    return np.asarray(s.case.availability * s.value(s.m.capacity_gw)[:, :, None] * 1e3)


def report(s: Solved) -> None:
    """Output and curtailment of units: what is curtailed in a pool, in proportion to their potential."""
    m, potential = s.m, potential_mw(s)
    s.fill("curtailment_mw", m.UNIT, [], potential[:0])
    for curtailed, members in zip(s.value(m.curtailed_gw) * 1e3, pools(s.case).values(), strict=True):
        total = potential[members].sum(axis=0)
        share = np.divide(curtailed, total, out=np.zeros_like(total), where=total > 1e-9)
        names = [s.case.units[i].id for i in members]
        s.fill("curtailment_mw", m.UNIT, names, potential[members] * share)
        s.fill("generation_mw", m.UNIT, names, potential[members] - potential[members] * share)
