"""How power divides between the lines of a loop: Kirchhoff's voltage law, linearised.

============  =======================  =================  ======  =================================================
symbol        name                     index              unit    meaning
============  =======================  =================  ======  =================================================
``f``, ``b``  forward_gw, backward_gw  link, year, slice  GW      from ``transmission``: sent one way and the other
``x``         loop_radian              loop, year, link   rad/GW  signed reactance, from
                                                                  ``simulator/case/grid/loops.py``
============  =======================  =================  ======  =================================================

(1)  Σ_k x[l,y,k]·(f − b)[k,y,s] = 0        for every independent loop of a year

Only where the scenario says ``grid: {power_flow: linear}``. Assumed: voltages at their rating and small angles; flows
as sent, so that losses, which stay as in ``transmission``, do not enter (1); reactances that added capacity leaves as
they are. Links without a reactance, and links not yet in service, are outside all loops. Left out: transformers that
shift phases, the network inside zones.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, rows
from simulator.model.sets import grouped


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the law of every loop."""
    names = [(number, case.horizon.years[loop.year]) for number, loop in enumerate(case.loops)]
    m.LOOP = pyo.Set(initialize=names, dimen=2, ordered=True)
    members = {
        name: [case.links[k].row.id for k in np.flatnonzero(loop.radian_per_gw)]
        for name, loop in zip(names, case.loops, strict=True)
    }
    m.LOOP_LINKS = grouped(m.LOOP, members)
    radian = np.array([loop.radian_per_gw for loop in case.loops]).reshape(len(names), len(case.links))
    m.loop_radian = array_param(m.LOOP, m.LINK, values=radian)
    m.voltage_law = rows(  # (1)
        m.LOOP, m.SLICE,
        rule=lambda m, n, y, s: sum(
            m.loop_radian[n, y, k] * (m.forward_gw[k, y, s] - m.backward_gw[k, y, s]) for k in m.LOOP_LINKS[n, y]
        ) == 0,
    )  # fmt: skip
