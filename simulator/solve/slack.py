"""Linear problems with more columns: what may be added to rows and taken from them, at a price."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from simulator.model.lp.problem import CompiledModel


def with_slack(
    problem: CompiledModel, rows: np.ndarray, cost_over: Any, cost_under: Any, most_over: Any, most_under: Any
) -> CompiledModel:  # fmt: skip
    """Two columns more for each of some rows: what is added to it, then what is taken from it."""
    n = len(rows)
    slack = sp.csr_array((np.ones(n), (rows, np.arange(n))), shape=(problem.matrix.shape[0], n))
    cost = np.concatenate([np.broadcast_to(cost_over, n), np.broadcast_to(cost_under, n)])
    most = np.concatenate([np.broadcast_to(most_over, n), np.broadcast_to(most_under, n)])
    return widened(problem, sp.hstack([slack, -slack]), cost, most)


def widened(problem: CompiledModel, matrix: Any, cost: np.ndarray, upper: np.ndarray) -> CompiledModel:
    """More columns, from 0 up."""
    n = len(cost)
    return replace(
        problem, matrix=sp.csr_array(sp.hstack([problem.matrix, matrix])),
        cost=np.concatenate([problem.cost, cost]),
        column_lower=np.concatenate([problem.column_lower, np.zeros(n)]),
        column_upper=np.concatenate([problem.column_upper, upper]),
        integrality=np.concatenate([problem.integrality, np.zeros(n, problem.integrality.dtype)]),
    )  # fmt: skip
