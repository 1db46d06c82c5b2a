"""Which of the plans of equal cost: the most even one, whatever solver found the first.

Cost often leaves open who builds where, or which of two like plants runs. Among all optimal plans F (``face``) the one
is taken for which

(1)  Σ_j s_j·x_j²  is least

with the weights s of the model (``model/ties.py``), all above zero. F is convex and (1) strictly convex, so there is
exactly one such plan.

From a vertex v of F and the duals there, F is written in moves δ = x − v, so that δ = 0 always belongs to it:

(2)  a column or row whose dual is not 0 does not move; the others move within their sides, of which 0 is one at least
(3)  δ_j = z_j/√s_j and rows divided by their largest coefficient: then (1) is ½|z|² + Σ_j √s_j·v_j·z_j

In this form interior points reach 1e-9 in about 35 iterations; in the units of the model they do not converge.
"""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import scipy.sparse as sp

from simulator.errors import NumericalError
from simulator.model.lp.problem import CompiledModel
from simulator.solve.face import Vertex, reduced
from simulator.solve.highs import choose, load, run, set_option
from simulator.solve.interior import EVEN, interior_point
from simulator.solve.watch import Watch

EQUAL = 1e-9
"""A dual below this (MUSD per unit) is 0: moving costs nothing."""
ROOM = 1e-7
"""A column with less room than this does not move."""
EXACT = 1e-9
"""Tolerances of HiGHS for (1)."""


def most_even(start: Vertex, square: np.ndarray, method: str, watch: Watch) -> np.ndarray:
    """(1) All columns of the plan, by ``piqp`` or by HiGHS' ``hipo``. Raises ``NumericalError`` when it fails."""
    moving = reduced(_moves(start), ROOM)
    where = start.face.free[moving.free]
    x = start.x.copy()
    if where.size == 0:
        return x
    watch.say(EVEN)
    unit = 1 / np.sqrt(square[where])
    z = _nearest(_scaled(moving.problem, unit, x[where] / unit), method, watch)
    x[start.face.free] += moving.whole(z * unit)
    return x


def _moves(start: Vertex) -> CompiledModel:
    """(2) The face in moves from the vertex."""
    problem, x = start.face.problem, start.x[start.face.free]
    column_lower, column_upper = _sides(problem.column_lower - x, problem.column_upper - x, start.column_dual)
    at = problem.matrix @ x
    row_lower, row_upper = _sides(problem.row_lower - at, problem.row_upper - at, start.row_dual)
    return replace(
        problem, cost=np.zeros_like(x), offset=0.0, column_lower=column_lower, column_upper=column_upper,
        row_lower=row_lower, row_upper=row_upper,
    )  # fmt: skip


def _sides(lower: np.ndarray, upper: np.ndarray, dual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    moves = np.abs(dual) <= EQUAL
    return np.where(moves, np.minimum(lower, 0), 0), np.where(moves, np.maximum(upper, 0), 0)


def _scaled(problem: CompiledModel, unit: np.ndarray, start: np.ndarray) -> CompiledModel:
    """(3)"""
    matrix = sp.csr_array(problem.matrix @ sp.diags_array(unit))
    largest = np.abs(matrix).max(axis=1).toarray().ravel()
    return replace(
        problem, cost=start, square=np.ones_like(unit), matrix=sp.csr_array(sp.diags_array(1 / largest) @ matrix),
        column_lower=problem.column_lower / unit, column_upper=problem.column_upper / unit,
        row_lower=problem.row_lower / largest, row_upper=problem.row_upper / largest,
    )  # fmt: skip


def _nearest(problem: CompiledModel, method: str, watch: Watch) -> np.ndarray:
    if method == "piqp":
        return interior_point(problem, watch)[0]
    highs = load(problem)
    choose(highs, method)
    for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "ipm_optimality_tolerance"):
        set_option(highs, option, EXACT)
    run(highs, watch, quiet=True)
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    if status == kinds.kTimeLimit:
        raise watch.out_of_time()
    if status != kinds.kOptimal:
        raise NumericalError(f"{method} ended with '{highs.modelStatusToString(status)}'")
    return np.asarray(np.clip(highs.getSolution().col_value, problem.column_lower, problem.column_upper))
