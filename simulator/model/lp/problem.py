"""A compiled linear problem and its solution: plain arrays, nothing of Pyomo and nothing of a solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class Segment:
    """Where a component is in the columns or rows of the matrix."""

    name: str
    start: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def span(self) -> slice:
        """Its places in a vector."""
        return slice(self.start, self.start + self.size)

    def pick(self, vector: np.ndarray) -> np.ndarray:
        """The component's part of a vector, in the shape of its sets."""
        return vector[self.span].reshape(self.shape)


@dataclass(frozen=True)
class CompiledModel:
    """A linear (mixed-integer) problem: minimise cost·x + offset, row_lower ≤ A x ≤ row_upper, bounds on x.

    With ``square`` it is a convex quadratic one: ½ Σ_j square[j]·x[j]² is added to what is minimised.
    """

    cost: np.ndarray
    offset: float
    column_lower: np.ndarray
    column_upper: np.ndarray
    integrality: np.ndarray
    """1 for integer columns, else 0."""
    matrix: sp.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    columns: dict[str, Segment]
    rows: dict[str, Segment]
    square: np.ndarray | None = None


@dataclass(frozen=True)
class Solution:
    """An optimal solution, in the model's units; duals are derivatives of the objective by a row's side."""

    objective: float
    column_value: np.ndarray
    row_dual: np.ndarray
    solver: str
    """What really solved it: ``piqp``, ``hipo``, ``ipx``, ``simplex`` or ``mip``."""
    notes: tuple[str, ...] = ()
