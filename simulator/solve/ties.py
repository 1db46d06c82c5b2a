"""Which of the plans of equal cost: the most even one, whatever solver found the first.

Cost often leaves open who builds where. Columns with a weight s > 0 (``model/ties.py``) move from their place x in the
plan that was found, all others stay, and so does the cost:

(1)  Σ_j s_j·(x_j + δ_j)²  is least
(2)  lower − A x ≤ A δ ≤ upper − A x, the same for bounds, and c·δ = 0

Every δ that keeps (2) is an optimal plan, δ = 0 among them. (1) is strictly convex, so one of them is the most even.

(3)  δ_j = z_j/√s_j: then (1) is ½|z|² + Σ_j √s_j·x_j·z_j
(4)  rows that are multiples of each other are one row: a plant's limit in every hour is one limit of what is built

What is left has some hundred columns and rows.
"""

from __future__ import annotations

import highspy
import numpy as np
import scipy.sparse as sp

from simulator.errors import NumericalError
from simulator.model.lp.problem import CompiledModel
from simulator.solve.highs import choose, load, run, set_option
from simulator.solve.watch import Watch
from simulator.solve.worker import quadratic

ROOM = 1e-9
"""A column with less room than this does not move, and none moves by less."""
EXACT = 1e-9
"""Tolerances of HiGHS for (1)."""


def most_even(problem: CompiledModel, x: np.ndarray, square: np.ndarray, method: str, watch: Watch) -> np.ndarray:
    """(1) All columns of the plan, by ``piqp`` or by HiGHS' ``hipo``. Raises ``NumericalError`` when it fails."""
    where = np.flatnonzero((square > 0) & (problem.column_upper - problem.column_lower > ROOM))
    if where.size == 0:
        return x
    watch.say("choosing among plans of equal cost")
    unit = 1 / np.sqrt(square[where])
    moves = _moves(problem, x, where, unit)
    z = quadratic(moves) if method == "piqp" else _by_highs(moves, method, watch)
    moved = np.clip(x[where] + z * unit, problem.column_lower[where], problem.column_upper[where])
    even = x.copy()
    even[where] = np.where(np.abs(moved - x[where]) > ROOM, moved, x[where])  # less is rounding, and 0 stays 0
    return even


def _moves(problem: CompiledModel, x: np.ndarray, where: np.ndarray, unit: np.ndarray) -> CompiledModel:
    """(1) to (4)"""
    matrix = sp.csr_array(problem.matrix[:, where] @ sp.diags_array(unit))
    touched = np.diff(matrix.indptr) > 0
    at = problem.matrix[touched] @ x
    lower, upper = _sides(problem.row_lower[touched] - at, problem.row_upper[touched] - at)
    cost = sp.csr_array((problem.cost[where] * unit)[None])
    rows, row_lower, row_upper = _distinct(
        sp.csr_array(sp.vstack([matrix[touched], cost])), np.append(lower, 0.0), np.append(upper, 0.0)
    )
    column_lower, column_upper = _sides(
        (problem.column_lower[where] - x[where]) / unit, (problem.column_upper[where] - x[where]) / unit
    )
    return CompiledModel(
        cost=x[where] / unit, offset=0.0, column_lower=column_lower, column_upper=column_upper,
        integrality=np.zeros(len(where), np.int32), matrix=rows, row_lower=row_lower, row_upper=row_upper,
        columns={}, rows={}, square=np.ones(len(where)),
    )  # fmt: skip


def _sides(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """No move is always allowed, whatever was rounded."""
    return np.minimum(lower, 0), np.maximum(upper, 0)


def _distinct(
    matrix: sp.csr_array, lower: np.ndarray, upper: np.ndarray
) -> tuple[sp.csr_array, np.ndarray, np.ndarray]:
    """(4) Rows divided by their first coefficient, each once, with the narrowest of its sides."""
    found: dict[bytes, list[float]] = {}
    first: list[int] = []
    matrix.eliminate_zeros()
    matrix.sort_indices()
    scale = np.ones(matrix.shape[0])
    for row in range(matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        data = matrix.data[span]
        if len(data) == 0:
            continue
        scale[row] = data[0]
        sides = sorted((lower[row] / data[0], upper[row] / data[0]))
        key = matrix.indices[span].tobytes() + np.round(data / data[0], 9).tobytes()
        if key not in found:
            found[key] = sides
            first.append(row)
        found[key] = [max(found[key][0], sides[0]), min(found[key][1], sides[1])]
    kept = sp.csr_array(sp.diags_array(1 / scale[first]) @ matrix[first])
    narrow = np.array(list(found.values()))
    return kept, narrow[:, 0], narrow[:, 1]


def _by_highs(problem: CompiledModel, method: str, watch: Watch) -> np.ndarray:
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
    return np.asarray(highs.getSolution().col_value)
