"""Which of the plans of equal cost: weights that make the most even plan the one to take.

Cost often leaves open who builds where, and which of two like plants runs. Of the plans of least cost the one is taken
for which

(1)  Σ_c c²/w[c] + κ·Σ_v Σ_t θ[t]·(v[t]/u)²  is least,   κ = ``OPERATION_WEIGHT``

over all decisions c about capacity, and all variables v over the times t of a year.

======  ==================================================================================================  ====
symbol  meaning                                                                                             unit
======  ==================================================================================================  ====
``w``   build_gw: what may be placed, the least of its potential, permits and what its money pays for       GW
        build_gwh: as many hours of it as the technology may have                                           GWh
        kept_gw: what exists; line_build_gw: what may be added; other capacity: 1
``θ``   share of the year: hours of a slice, one of the days; 1 for what is decided once a year
``u``   1 GW, 1 GWh of content, 1 km³ of water; for a yearly sum in GWh the energy of 1 GW
======  ==================================================================================================  ====

So what investors may build of the same plant at the same cost is shared in proportion to what each may place, and
output that costs the same is spread evenly over plants, lines and hours. All weights are above zero: there is one such
plan, and neither solver nor machine decides which.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.lp.problem import CompiledModel

OPERATION_WEIGHT = 0.01
"""``κ``: capacities are shared out first, as far as one sum can say so."""
LARGE_GW = 1000.0
"""What may be placed where no limit is given, and the largest weight."""
LEAST = 0.01
"""Weights ``w`` below this (GW, GWh) count as this."""
LEAST_SHARE = 1e-5
"""Shares ``θ`` below this count as this: slices that are not part of a year are decided too."""
YEAR_HOURS = 8760.0


def evenness(m: pyo.ConcreteModel, case: Case, compiled: CompiledModel) -> np.ndarray:
    """(1) as a weight of the square of every column."""
    weights = {
        "build_gw": _room_gw(case),
        "build_gwh": _room_gw(case)[_stored(case)] * m.hours_max.array,
        "kept_gw": compiled.columns["kept_gw"].pick(compiled.column_upper).ravel(),
        "line_build_gw": _addable_gw(case),
    }
    square = np.empty(len(compiled.cost))
    for name, segment in compiled.columns.items():
        weight = weights.get(name)
        span = slice(segment.start, segment.start + segment.size)
        square[span] = _operation(m, name, segment.shape) if weight is None else 1 / np.clip(weight, LEAST, LARGE_GW)
    return square


def _operation(m: pyo.ConcreteModel, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """(1) κ·θ/u² of a variable over times, and 1 of one over none."""
    sets: list[Any] = list(m.find_component(name).index_set().subsets())
    if not any(s is m.YEAR for s in sets):
        return np.ones(int(np.prod(shape)))
    share, unit = np.ones(1), 1000.0 if name.endswith("_hm3") else 1.0
    if sets[-1] is m.SLICE:
        share = m.hours.array / YEAR_HOURS
    elif sets[-1] is m.DAY:
        share = np.full(shape[-1], 1 / shape[-1])
    elif name.endswith("_gwh"):
        unit = YEAR_HOURS
    return OPERATION_WEIGHT * np.broadcast_to(np.maximum(share, LEAST_SHARE), shape).ravel() / unit**2


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


def _addable_gw(case: Case) -> np.ndarray:
    limits = [line.row.expansion_limit_mw for line in case.links for _ in line.expansion_years]
    return np.array([LARGE_GW if mw is None else mw / 1e3 for mw in limits])
