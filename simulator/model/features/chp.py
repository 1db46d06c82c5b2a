"""Must-run output: what combined heat and power must generate because heat is needed, or because a host takes it.

======  ===========  ==========================  ====  ===================================================
symbol  name         index                       unit  meaning
======  ===========  ==========================  ====  ===================================================
``f``   must_run     heat-led unit, year, slice  –     share of capacity that heat or a host forces to run
``g``   output_gw    unit, year, slice           GW    from ``dispatch``
``K``   capacity_gw  unit, year                  GW    from ``invest``
======  ===========  ==========================  ====  ===================================================

(1)  g[u,y,s] ≥ f[u,y,s]·K[u,y]

How much heat forces, and the most a plant can give beside it (its availability), follow from the temperature outside
and the kind of turbine (``case/weather/heat.py``). Left out: heat as a good of its own, heat storage, boilers.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows
from simulator.model.sets import subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the least output."""
    led = [i for i, unit in enumerate(case.units) if unit.technology.kind == "thermal" and np.any(case.must_run[i] > 0)]
    m.HEAT_LED = subset(case.units[i].id for i in led)
    m.must_run = array_param(m.HEAT_LED, m.YEAR, m.SLICE, values=case.must_run[led])
    m.heat_led_output = rows(  # (1)
        m.HEAT_LED, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.output_gw[u, y, s] >= m.must_run[u, y, s] * m.capacity_gw[u, y],
    )  # fmt: skip


def report(s: Solved) -> None:
    """What heat forces, and the heat that is given."""
    capacity = s.value(s.m.capacity_gw)[:, :, None] * 1e3
    s.put("must_run_mw", s.case.must_run * capacity)
    s.put("heat_mw", s.case.heat * capacity)
