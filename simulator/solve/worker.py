"""The process that finds an interior optimum: HiGHS presolves, PIQP solves, HiGHS returns to the full problem.

PIQP neither lets other threads of Python run nor asks whether it should stop. In a process of its own it can be ended
at any moment, and what it needs of memory is given back. The process reads one pickled ``CompiledModel`` from its
standard input and writes one pickled ``Answer`` to its standard output. PIQP's table of iterations goes to standard
error; before it comes a line ``offset …``, what HiGHS' presolve took out of the objective.

A process whose parent is gone ends at its next line (a broken pipe).

The presolved problem is min c·x, with rows A x = b and g ≤ G x ≤ h; PIQP's multipliers y of the first, z⁻ and z⁺ of the
second give HiGHS' duals:

(1)  row dual: −y and z⁻ − z⁺;  column dual: c − Aᵀ·row dual

Rows and columns are scaled first, so that the largest and the smallest entry of each are about as far from one:

(2)  rᵢ = 1/√(maxⱼ |aᵢⱼ|·minⱼ |aᵢⱼ|), then columns likewise, four times; row multipliers are those found times rᵢ

PIQP's own scaling is by the largest entry alone. With the contracts of trade, which add up a year, it did not end: near
the optimum violations grew again, and after 160 iterations they were 300 times what is asked for. Scaled by (2) the
same problem ends after 144.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys

import highspy
import numpy as np
import scipy.sparse as sp

from simulator.errors import NumericalError
from simulator.model.lp.problem import CompiledModel
from simulator.solve.highs import load
from simulator.solve.interior import Answer

SCALINGS = 4
"""How often rows and columns are scaled in turn; more changes little."""


def main() -> None:
    """Read a problem, answer it."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what PIQP prints
        try:
            answer = interior(pickle.load(sys.stdin.buffer))
        except MemoryError:
            answer = Answer(out_of_memory=True)
        except ImportError as error:
            answer = Answer(failure=f"{error}: install piqp")
        pickle.dump(answer, out)


def interior(problem: CompiledModel) -> Answer:
    """The interior optimum of a problem."""
    highs = load(problem)
    highs.presolve()
    status, kinds = highs.getModelPresolveStatus(), highspy.HighsPresolveStatus
    if status == kinds.kReducedToEmpty:
        highs.run()
    elif status in (kinds.kReduced, kinds.kNotReduced):
        lp = highs.getPresolvedLp()
        os.write(2, f"offset {lp.offset_!r}\n".encode())
        part = _problem(lp)
        found = _solved(part)
        if isinstance(found, str):
            return Answer(failure=found)
        if highs.postsolve(_solution(part, *found)) == highspy.HighsStatus.kError:
            return Answer(failure="HiGHS cannot return to the full problem")
    else:
        return Answer(failure=f"presolve ended with '{status.name}'")
    full = highs.getSolution()
    return Answer(np.asarray(full.col_value), np.asarray(full.row_dual))


def quadratic(problem: CompiledModel) -> np.ndarray:
    """The columns of a small problem with squares. Raises ``NumericalError`` when PIQP ends without them."""
    found = _solved(problem)
    if isinstance(found, str):
        raise NumericalError(found)
    return found[0]


def _solved(problem: CompiledModel) -> tuple[np.ndarray, np.ndarray] | str:
    """PIQP's columns and row duals of a problem, or how it ended."""
    import piqp

    rows, columns = _scales(problem.matrix)
    matrix = sp.csr_matrix(sp.diags(rows) @ problem.matrix @ sp.diags(columns))  # PIQP takes no arrays of scipy
    cost, row_lower, row_upper = problem.cost * columns, problem.row_lower * rows, problem.row_upper * rows
    equal = row_lower == row_upper
    solver = piqp.SparseSolver()
    settings = solver.settings
    settings.verbose = problem.square is None
    # the default floor of the regularisation is too high for its own gap: it would run to the last iteration
    settings.reg_lower_limit, settings.reg_finetune_lower_limit = 1e-12, 1e-14
    if problem.square is None:
        # asked for a gap of 1e-9, violations grow to 1e-4 again; the vertex that follows is exact
        settings.eps_abs, settings.eps_duality_gap_rel, settings.max_iter = 1e-6, 1e-7, 300
        square = sp.csc_matrix((len(cost), len(cost)))
    else:
        # squares keep the arithmetic healthy to the end, and nothing exact follows
        settings.eps_abs, settings.eps_duality_gap_rel, settings.max_iter = 1e-9, 1e-12, 160
        square = sp.diags(problem.square * columns**2, format="csc")
    solver.setup(
        square, cost, matrix[equal].tocsc(), row_lower[equal], matrix[~equal].tocsc(), row_lower[~equal],
        row_upper[~equal], problem.column_lower / columns, problem.column_upper / columns,
    )  # fmt: skip
    status = solver.solve()
    if status != piqp.PIQP_SOLVED:
        return f"PIQP ended with {status.name.removeprefix('PIQP_').lower().replace('_', ' ')}"
    result = solver.result
    dual = np.zeros(len(row_lower))
    dual[equal], dual[~equal] = -np.array(result.y), np.array(result.z_l) - np.array(result.z_u)  # (1)
    return np.clip(np.array(result.x) * columns, problem.column_lower, problem.column_upper), dual * rows


def _scales(matrix: sp.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Factors of rows and columns (2); one where there is no entry."""
    entries = abs(sp.csr_array(matrix))
    entries.eliminate_zeros()
    factors = [np.ones(size) for size in entries.shape]
    for _ in range(SCALINGS):
        for axis in (0, 1):
            part = sp.csr_array(sp.diags_array(factors[0]) @ entries @ sp.diags_array(factors[1]))
            largest = part.max(axis=1 - axis).toarray().ravel()
            part.data = 1 / part.data
            inverse = part.max(axis=1 - axis).toarray().ravel()  # of the smallest
            filled = largest > 0
            factors[axis][filled] *= np.sqrt(inverse[filled] / largest[filled])
    return factors[0], factors[1]


def _problem(lp: highspy.HighsLp) -> CompiledModel:
    """A problem of HiGHS as arrays."""
    matrix = lp.a_matrix_
    kind = sp.csc_array if matrix.format_ == highspy.MatrixFormat.kColwise else sp.csr_array
    parts = np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_)
    return CompiledModel(
        cost=np.array(lp.col_cost_), offset=lp.offset_, column_lower=np.array(lp.col_lower_),
        column_upper=np.array(lp.col_upper_), integrality=np.zeros(lp.num_col_, np.int32),
        matrix=kind(parts, shape=(lp.num_row_, lp.num_col_)).tocsr(), row_lower=np.array(lp.row_lower_),
        row_upper=np.array(lp.row_upper_), columns={}, rows={},
    )  # fmt: skip


def _solution(problem: CompiledModel, x: np.ndarray, dual: np.ndarray) -> highspy.HighsSolution:
    """Columns and row duals as HiGHS wants them."""
    found = highspy.HighsSolution()
    found.col_value, found.row_value = list(x), list(problem.matrix @ x)
    found.row_dual, found.col_dual = list(dual), list(problem.cost - problem.matrix.T @ dual)
    found.value_valid = found.dual_valid = True
    return found


if __name__ == "__main__":
    main()
