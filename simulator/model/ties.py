"""Which of the plans of equal cost: weights that share what is built in proportion to what each investor may place.

Cost often leaves open who builds where. Of the plans of least cost with the same operation the one is taken for which

(1)  Σ_v b[v]²/w[v]  is least

over what is built of each vintage v (a plant of one investor in one year), in GW, and its storage in GWh.

======  ==================================================================================================  ====
symbol  meaning                                                                                             unit
======  ==================================================================================================  ====
``b``   build_gw, build_gwh
``w``   what may be placed: the least of its potential, permits and what its money pays for; of storage     GW
        as many hours of it as the technology may have                                                      GWh
======  ==================================================================================================  ====

So investors who may build the same plant at the same cost share it in proportion to ``w``. (1) is strictly convex:
there is one such plan, and neither solver nor machine decides which.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.lp.problem import CompiledModel

LARGE_GW = 1000.0
"""What may be placed where no limit is given, and the largest weight."""
LEAST = 0.01
"""Weights ``w`` below this (GW, GWh) count as this."""


def evenness(m: pyo.ConcreteModel, case: Case, compiled: CompiledModel) -> np.ndarray:
    """(1) as a weight of the square of every column; 0 where a column does not take part."""
    room = _room_gw(case)
    weights = {"build_gw": room, "build_gwh": room[_stored(case)] * m.hours_max.array}
    square = np.zeros(len(compiled.cost))
    for name, weight in weights.items():
        segment = compiled.columns[name]
        square[segment.start : segment.start + segment.size] = 1 / np.clip(weight, LEAST, LARGE_GW)
    return square


def _stored(case: Case) -> np.ndarray:
    kinds = [case.assets[v.asset].technology.kind for v in case.investment.vintages]
    return np.array([kind == "storage" for kind in kinds], bool)


def _room_gw(case: Case) -> np.ndarray:
    """What may be placed of each vintage if nothing else is; a GW of storage costs at least its fewest hours."""
    vintages = case.investment.vintages
    room = np.full(len(vintages), LARGE_GW)
    for cap in case.investment.caps:
        mine = list(cap.vintages)
        room[mine] = np.minimum(room[mine], cap.limit_mw / 1e3)
    for budget in case.investment.budgets:
        for i, share in budget.shares.items():
            hours = case.assets[vintages[i].asset].technology.hours_min
            musd_per_gw = share * (vintages[i].overnight_usd_per_kw + hours * vintages[i].overnight_usd_per_kwh)
            if musd_per_gw > 0:
                room[i] = min(room[i], budget.limit_musd / musd_per_gw)
    return room
