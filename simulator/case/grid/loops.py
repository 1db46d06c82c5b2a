"""Loops of the grid in which Kirchhoff's voltage law holds, from links with a reactance.

==========  ============  ============  ======  =====================================================================
symbol      name          index         unit    meaning
==========  ============  ============  ======  =====================================================================
``X[k]``    reactance     link          ohm     of all circuits of a link together
``U[k]``    voltage       link          kV      at which it is given
``x[k]``    per GW        link          rad/GW  difference of the voltage angles at its ends per GW
``σ[l,k]``  sign          loop, link    –       +1 where the loop runs along a link's direction, −1 against, 0 elsewhere
==========  ============  ============  ======  =====================================================================

(1)  x[k] = 1000 · X[k] / U[k]²

Around a loop the angles return to where they began: Σ_k σ[l,k]·x[k]·flow[k] = 0. A grid of n zones and m links in
one piece has m − n + 1 independent loops, fewer rows than an angle per zone, and no new variables. A link counts in the
model years that it is in service from beginning to end; capacity that is added does not change its reactance. Left out:
resistance, transformers, the network inside zones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over, position
from simulator.case.grid.network import line_shares
from simulator.inputs.scenario import Scenario
from simulator.system import Link, System


@dataclass(frozen=True)
class Loop:
    """A loop of a model year: rad per GW of every link (K), with the sign in which it is passed; 0: not passed."""

    year: int = field(metadata=position("year"))
    """Position of the model year."""
    radian_per_gw: np.ndarray = field(metadata=over("link"))


def make_loops(system: System, scenario: Scenario) -> list[Loop]:
    """The independent loops of every model year; none where power flow is not asked for."""
    if scenario.grid.power_flow == "transport":
        return []
    years = scenario.horizon.model_years
    shares = [line_shares(row, scenario, years) for row in system.links]
    found = []
    for y in range(len(years)):
        closed = [k for k, row in enumerate(system.links) if shares[k][y] == 1 and carries(row)]
        for signs in independent_loops([(system.links[k].from_zone, system.links[k].to_zone) for k in closed]):
            radian = np.zeros(len(system.links))
            radian[closed] = signs * np.array([radian_per_gw(system.links[k]) for k in closed])
            found.append(Loop(y, radian))
    return found


def carries(row: Link) -> bool:
    """Whether a link is there to be flown through, with a reactance."""
    return row.reactance_ohm is not None and max(row.forward_mw, row.backward_mw) > 0


def radian_per_gw(row: Link) -> float:
    """Difference of voltage angles per GW.

    >>> line = Link(id="l", from_zone="A", to_zone="B", reactance_ohm=75, voltage_kv=500)
    >>> radian_per_gw(line)
    0.3
    """
    if row.reactance_ohm is None or row.voltage_kv is None:
        raise ValueError(f"link {row.id} has no reactance")
    return 1e3 * row.reactance_ohm / row.voltage_kv**2  # (1)


def independent_loops(ends: Sequence[tuple[str, str]]) -> list[np.ndarray]:
    """For each loop the sign (−1, 0, 1) of every edge; every edge outside a spanning tree closes one.

    >>> [loop.tolist() for loop in independent_loops([("A", "B"), ("B", "C"), ("A", "C")])]
    [[-1.0, -1.0, 1.0]]
    """
    way: dict[str, np.ndarray] = {}
    """Signed edges of the tree from its root to a node."""
    root: dict[str, str] = {}
    loops = []
    for edge, (start, end) in enumerate(ends):
        for node in (start, end):
            if node not in way:
                way[node], root[node] = np.zeros(len(ends)), node
        step = np.zeros(len(ends))
        step[edge] = 1.0
        around = way[start] + step - way[end]
        if root[start] == root[end]:
            loops.append(around)
        else:  # hang the tree of the end below that of the start
            joined = root[end]
            for node in [node for node in root if root[node] == joined]:
                way[node], root[node] = way[node] + around, root[start]
    return loops
