"""A solution, and the test that it is one: everything recomputed from the matrix, nothing believed.

Symbols: x columns, y duals of rows, d = c − Aᵀy reduced costs, l and u the lower and upper sides of rows and columns.

(1)  violation of a side, relative to 1 plus the side                        ≤ ``FEASIBILITY``
(2)  |c·x − Σ y·side − Σ d·side| / max(1, |c·x + offset|)                     ≤ ``GAP``
     side: l where the dual is positive, u elsewhere; an infinite side earns nothing
(3)  a dual that presses against an infinite side, relative to 1 + max |c|   ≤ ``GAP``
"""

from __future__ import annotations

import numpy as np

from simulator.errors import NumericalError
from simulator.model.lp.problem import CompiledModel, Solution

FEASIBILITY = 1e-6
"""Largest violation of a row or bound, relative to 1 plus the row's side; in GW, GWh, hm3."""
GAP = 1e-6
"""Largest difference of primal and dual objective, relative; and largest dual of the wrong sign, relative to 1 plus the
largest cost."""


def judged(
    problem: CompiledModel, x: np.ndarray, dual: np.ndarray, solver: str, notes: tuple[str, ...] = ()
) -> Solution:
    """The solution of these columns and duals. Raises ``NumericalError`` when it is none."""
    matrix = problem.matrix
    excess = max(
        violation(x, problem.column_lower, problem.column_upper),
        violation(matrix @ x, problem.row_lower, problem.row_upper),
    )
    reduced = problem.cost - matrix.T @ dual
    objective = float(problem.cost @ x + problem.offset)
    rows = _side(dual, problem.row_lower, problem.row_upper)
    columns = _side(reduced, problem.column_lower, problem.column_upper)
    gap = abs(objective - rows[0] - columns[0] - problem.offset) / max(1.0, abs(objective))
    wrong = max(rows[1], columns[1]) / (1 + float(np.abs(problem.cost).max(initial=0)))
    # asked this way round, a NaN fails
    if not (np.isfinite(x).all() and excess <= FEASIBILITY):
        raise NumericalError(f"the solution violates a row or bound by {excess:.1e} (relative to its side)")
    if not gap <= GAP:
        raise NumericalError(f"primal and dual objective differ by {gap:.1e}")
    if not wrong <= GAP:
        raise NumericalError(f"a dual has the wrong sign by {wrong:.1e} (relative to the largest cost)")
    return Solution(objective, x, dual, solver, notes)


def violation(value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """(1) How far values leave their limits, relative to 1 plus the limit."""
    if value.size == 0:
        return 0.0
    below = np.where(np.isfinite(lower), (lower - value) / (1 + np.abs(np.where(np.isfinite(lower), lower, 0))), 0)
    above = np.where(np.isfinite(upper), (value - upper) / (1 + np.abs(np.where(np.isfinite(upper), upper, 0))), 0)
    return float(max(below.max(), above.max(), 0))


def _side(dual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """(2), (3) What duals earn at the sides they press against, and the largest that presses against no side."""
    side = np.where(dual > 0, lower, upper)
    there = np.isfinite(side)
    return float(dual[there] @ side[there]), float(np.abs(dual[~there]).max(initial=0))
