"""All optimal plans at once: the face of the problem on which cost is least, made small, and a vertex of it.

If y and d = c − Aᵀy are optimal duals, x is optimal exactly if it is feasible and

(1)  x_j at its lower bound where d_j > 0, at its upper bound where d_j < 0
(2)  (A x)_i at its lower side where y_i > 0, at its upper side where y_i < 0

An interior optimum shows both sides of every pair: of a dual and the distance it belongs to, one is nothing. Where it
cannot be seen yet which, neither is fixed and the true cost decides, so that cost is least on the face too. What is
fixed makes the rest small without any assumption on cost:

(3)  a row with one column left is a bound of it; a column without room is a number; a row without columns is none

On the main run 7 of 8 columns and rows vanish so, and the simplex method needs seconds for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
import scipy.sparse as sp

from simulator.errors import NumericalError
from simulator.model.lp.problem import CompiledModel
from simulator.solve.highs import choose, load, run
from simulator.solve.watch import Watch

SEEN = 1e-6
"""A dual above this (MUSD per unit) fixes a side that is nearer than this."""
NEAR = 1e-3
"""It must also be this near compared with the largest term of the row: among terms of 1e-6 all sides are near."""
ROOM = 1e-9
"""A column with less room than this is a number."""
STEEP = 1e-3
"""A row with one column is a bound if its coefficient is at least this; a smaller one would magnify rounding."""


@dataclass(frozen=True)
class Face:
    """Optimal plans: the columns that are still free, as a problem of their own, and the value of all others."""

    problem: CompiledModel
    free: np.ndarray
    """Where the columns of ``problem`` are among all."""
    rest: np.ndarray
    """The values of all columns that are not free; elsewhere 0."""

    def whole(self, part: np.ndarray) -> np.ndarray:
        """All columns of a plan whose free columns are ``part``."""
        x = self.rest.copy()
        x[self.free] = part
        return x


def vertex(problem: CompiledModel, x: np.ndarray, dual: np.ndarray, watch: Watch) -> np.ndarray:
    """An optimal vertex (columns) near an interior optimum, by the simplex method of HiGHS."""
    watch.say("from the interior to a vertex of the optimal face")
    face = reduced(optimal(problem, x, dual))
    if face.free.size == 0:
        return face.rest
    highs = load(face.problem)
    choose(highs, "simplex")
    run(highs, watch)
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    if status == kinds.kTimeLimit:
        raise watch.out_of_time()
    if status != kinds.kOptimal:
        raise NumericalError(f"no vertex of the optimal face was found: '{highs.modelStatusToString(status)}'")
    return face.whole(np.asarray(highs.getSolution().col_value))


def optimal(problem: CompiledModel, x: np.ndarray, dual: np.ndarray) -> CompiledModel:
    """(1), (2) The problem with the sides fixed at which an interior optimum is seen to be."""
    matrix = problem.matrix
    reduced_cost = problem.cost - matrix.T @ dual
    column_lower, column_upper = _pressed(x, reduced_cost, problem.column_lower, problem.column_upper, np.inf)
    terms = abs(matrix).multiply(np.abs(x)[None]).max(axis=1).toarray().ravel()
    row_lower, row_upper = _pressed(matrix @ x, dual, problem.row_lower, problem.row_upper, NEAR * terms)
    return replace(
        problem, column_lower=column_lower, column_upper=column_upper, row_lower=row_lower, row_upper=row_upper
    )


def _pressed(
    value: np.ndarray, dual: np.ndarray, lower: np.ndarray, upper: np.ndarray, near: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper sides, made equal where a dual presses a value against one."""
    near = np.minimum(near, SEEN)
    low, high = (dual > SEEN) & (value - lower < near), (dual < -SEEN) & (upper - value < near)
    return np.where(high, upper, lower), np.where(low, lower, upper)


def reduced(problem: CompiledModel) -> Face:
    """(3) What is left of a problem when fixed columns and rows that are bounds are taken out."""
    matrix, free, rest = problem.matrix, np.arange(len(problem.cost)), np.zeros(len(problem.cost))
    lower, upper = problem.column_lower.copy(), problem.column_upper.copy()
    row_lower, row_upper = problem.row_lower, problem.row_upper
    while True:
        fixed = upper - lower <= ROOM
        value = (lower[fixed] + upper[fixed]) / 2
        rest[free[fixed]] = value
        moved = matrix[:, fixed] @ value
        free, lower, upper, matrix = free[~fixed], lower[~fixed], upper[~fixed], matrix[:, ~fixed]
        row_lower, row_upper = row_lower - moved, row_upper - moved
        terms = np.diff(matrix.indptr)
        single = np.flatnonzero(terms == 1)
        single = single[np.abs(matrix.data[matrix.indptr[single]]) >= STEEP]
        if single.size == 0:
            break
        _bound(matrix[single], row_lower[single], row_upper[single], lower, upper)
        left = terms > 0
        left[single] = False
        matrix, row_lower, row_upper = matrix[left], row_lower[left], row_upper[left]
    keep = terms > 0
    left = replace(
        problem, cost=problem.cost[free], offset=problem.offset + float(problem.cost @ rest), column_lower=lower,
        column_upper=upper, integrality=problem.integrality[free], matrix=sp.csr_array(matrix[keep]),
        row_lower=row_lower[keep], row_upper=row_upper[keep], columns={}, rows={},
    )  # fmt: skip
    return Face(left, free, rest)


def _bound(
    rows: sp.csr_array, row_lower: np.ndarray, row_upper: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> None:
    """Rows with one column each become bounds of their columns."""
    column, coefficient = rows.indices, rows.data
    ends = np.sort([row_lower / coefficient, row_upper / coefficient], axis=0)
    np.maximum.at(lower, column, ends[0])
    np.minimum.at(upper, column, ends[1])
