"""Compile a Pyomo model into the arrays HiGHS takes, each rule for its whole index set at once.

A rule is called once (see ``template.py``), so building costs little more than writing the matrix by hand, and the
model stays ordinary Pyomo: rows can be printed, bounds edited, and a user's own constraints, which are compiled row by
row, count like ours. ``check_sample`` compares a sample of the rows with Pyomo's own expansion at every build.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.core.expr as expr
import pyomo.environ as pyo
import scipy.sparse as sp
from pyomo.core.expr.relational_expr import tuple_to_relational_expr
from pyomo.repn import generate_standard_repn

from simulator.errors import InternalError
from simulator.model.components import Rows, width
from simulator.model.template import Evaluator, Linear, RuleError, templates

SMALL = 1e-9
"""Coefficients below this are dropped, as HiGHS would."""


@dataclass(frozen=True)
class Segment:
    """Where a component stands in the columns or rows of the matrix."""

    name: str
    start: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def pick(self, vector: np.ndarray) -> np.ndarray:
        """The component's part of a vector, in the shape of its sets."""
        return vector[self.start : self.start + self.size].reshape(self.shape)


@dataclass(frozen=True)
class LinearForm:
    """``matrix @ x + constant``, one row per index in C order."""

    matrix: sp.csr_array
    constant: np.ndarray

    def value(self, x: np.ndarray) -> np.ndarray:
        """Value at a solution, one per row."""
        return np.asarray(self.matrix @ x + self.constant)


@dataclass(frozen=True)
class CompiledModel:
    """A linear (mixed-integer) problem: minimise cost·x + offset, row_lower ≤ A x ≤ row_upper, bounds on x."""

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


class Compiler:
    """Numbers the columns of a model and compiles its rules."""

    def __init__(self, model: pyo.ConcreteModel) -> None:
        self.model = model
        self.columns: dict[str, Segment] = {}
        self.rows: dict[str, Segment] = {}
        self.variables: list[Any] = []
        offsets: dict[int, int] = {}
        start = 0
        for var in model.component_objects(pyo.Var, active=True, descend_into=True):
            shape = tuple(len(s) for s in var.index_set().subsets()) if var.is_indexed() else ()
            segment = Segment(var.name, start, shape)
            self.columns[var.name] = segment
            self.variables.append(var)
            offsets[id(var)] = start
            start += segment.size
        self.size = start
        self.evaluator = Evaluator(offsets)

    # ------------------------------------------------------------------------------------------- forms

    def linear_form(self, rule: Callable[..., Any], *sets: Any) -> LinearForm:
        """Compile ``rule(model, *index)``, a linear expression, over sets (none: a single row)."""
        linear, size = self._evaluate(rule, sets, getattr(rule, "__name__", "expression"))
        return LinearForm(self._matrix(linear, size), np.broadcast_to(np.asarray(linear.const, float), (size,)).copy())

    def _evaluate(self, rule: Callable[..., Any], sets: tuple[Any, ...], name: str) -> tuple[Linear, int]:
        if any(len(s) == 0 for s in sets):
            return Linear(), 0
        if not sets:
            expression, _ = templates(self.model, rule, None, name)
            rowset = self.evaluator.product([], ())
        else:
            index_set = sets[0] if len(sets) == 1 else sets[0].cross(*sets[1:])
            expression, placeholders = templates(self.model, rule, index_set, name)
            parts = [part for s in sets for part in s.subsets()]
            rowset = self.evaluator.product(parts, placeholders)
        return self.evaluator.evaluate(expression, rowset), rowset.size

    def _matrix(self, linear: Linear, size: int) -> sp.csr_array:
        row = np.concatenate([np.arange(size) if r is None else r for r, _, _ in linear.terms] or [np.zeros(0, int)])
        col = np.concatenate([np.asarray(c, np.int64) for _, c, _ in linear.terms] or [np.zeros(0, int)])
        val = np.concatenate([np.broadcast_to(v, np.shape(c)) for _, c, v in linear.terms] or [np.zeros(0)])
        return sp.coo_array((val.astype(float), (row, col)), shape=(size, self.size)).tocsr()

    # -------------------------------------------------------------------------------------------- rows

    def constraint(self, con: Rows) -> tuple[sp.csr_array, np.ndarray, np.ndarray]:
        """Matrix, lower and upper side of a constraint over its whole index set; an empty set gives no rows."""
        if len(con.index_set()) == 0:
            return sp.csr_array((0, self.size)), np.zeros(0), np.zeros(0)
        expression, placeholders = templates(self.model, _rule_of(con), con.index_set(), con.name)
        if expression.__class__ is tuple:
            expression = tuple_to_relational_expr(expression)
        rowset = self.evaluator.product(list(con.index_set().subsets()), placeholders)
        size = rowset.size
        parts = [self.evaluator.evaluate(argument, rowset) for argument in expression.args]
        if isinstance(expression, expr.RangedExpression):
            low, body, high = parts
            if low.terms or high.terms:
                raise RuleError(f"{con.name!r}: the limits of a ranged row must not hold variables")
            lower, upper = low.const - body.const, high.const - body.const
        else:
            left, right = parts
            body = Linear(0.0, left.terms + right.scaled(-1.0).terms)
            upper = right.const - left.const
            lower = upper if isinstance(expression, expr.EqualityExpression) else -np.inf
        sides = [np.broadcast_to(np.asarray(side, float), (size,)) for side in (lower, upper)]
        return self._matrix(body, size), sides[0], sides[1]

    def scalar_rows(self, con: Any) -> tuple[sp.csr_array, np.ndarray, np.ndarray]:
        """The same for an ordinary constraint of a user, row by row through Pyomo."""
        row, col, val, lower, upper = [], [], [], [], []
        for n, data in enumerate(d for d in con.values() if d.active):
            form = generate_standard_repn(data.body)
            if not form.is_linear():
                raise RuleError(f"{data.name!r} is not linear")
            for var, coef in zip(form.linear_vars, form.linear_coefs, strict=True):
                row.append(n)
                col.append(self.column(var))
                val.append(float(pyo.value(coef)))
            constant = float(pyo.value(form.constant))
            lower.append(-np.inf if data.lb is None else float(data.lb) - constant)
            upper.append(np.inf if data.ub is None else float(data.ub) - constant)
        matrix = sp.coo_array((np.array(val, float), (np.array(row, int), np.array(col, int))),
                              shape=(len(lower), self.size)).tocsr()  # fmt: skip
        return matrix, np.array(lower, float), np.array(upper, float)

    def column(self, var: Any) -> int:
        """Column of a single variable."""
        component = var.parent_component()
        start = self.columns[component.name].start
        if not component.is_indexed():
            return start
        index = var.index()
        return start + int(self.evaluator.flat(component, list(index) if isinstance(index, tuple) else [index]))

    # ------------------------------------------------------------------------------------------- whole

    def compile(self, objective: Callable[[Any], Any]) -> CompiledModel:
        """The whole model with ``objective(model)`` to be minimised. Raises ``InternalError`` for bad numbers."""
        blocks, start = [], 0
        for con in self.model.component_objects(pyo.Constraint, active=True, descend_into=True):
            block = self.constraint(con) if isinstance(con, Rows) else self.scalar_rows(con)
            _refuse_bad_numbers(con.name, block)
            blocks.append(block)
            own = isinstance(con, Rows)
            shape = tuple(len(s) for s in con.index_set().subsets()) if own else (len(block[1]),)
            self.rows[con.name] = Segment(con.name, start, shape)
            start += len(block[1])
        matrix = sp.vstack([block[0] for block in blocks], format="csr") if blocks else sp.csr_array((0, self.size))
        matrix.data[np.abs(matrix.data) < SMALL] = 0.0
        matrix.eliminate_zeros()
        cost = self.linear_form(objective)
        lower, upper, integrality = self._bounds()
        return CompiledModel(
            cost=np.asarray(cost.matrix.toarray()).ravel(), offset=float(cost.constant[0]),
            column_lower=lower, column_upper=upper, integrality=integrality, matrix=matrix,
            row_lower=np.concatenate([block[1] for block in blocks] or [np.zeros(0)]),
            row_upper=np.concatenate([block[2] for block in blocks] or [np.zeros(0)]),
            columns=self.columns, rows=self.rows,
        )  # fmt: skip

    def _bounds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        lower, upper = np.full(self.size, -np.inf), np.full(self.size, np.inf)
        integer = np.zeros(self.size, np.int32)
        for var in self.variables:
            segment = self.columns[var.name]
            span = slice(segment.start, segment.start + segment.size)
            if hasattr(var, "arrays"):
                lower[span], upper[span] = (np.ravel(array) for array in var.arrays)
                integer[span] = int(var.integer)
            for data in var.values():  # only members that someone touched, or a user's own variables
                place = self.column(data)
                low, high = data.bounds
                if data.fixed:
                    low = high = float(pyo.value(data))
                lower[place] = -np.inf if low is None else low
                upper[place] = np.inf if high is None else high
                integer[place] = int(data.is_integer() or data.is_binary())
        return lower, upper, integer


def _rule_of(con: Rows) -> Callable[..., Any]:
    """The rule as a function of block and indices."""
    initializer = con.rule

    def rule(block: Any, *index: Any) -> Any:
        return initializer(block, index if len(index) > 1 else index[0])

    return rule


def _refuse_bad_numbers(name: str, block: tuple[sp.csr_array, np.ndarray, np.ndarray]) -> None:
    matrix, lower, upper = block
    if not np.isfinite(matrix.data).all():
        row = int(np.searchsorted(matrix.indptr, np.flatnonzero(~np.isfinite(matrix.data))[0], side="right")) - 1
        raise InternalError(f"constraint {name!r}, row {row}: a coefficient is not a finite number")
    if np.isnan(lower).any() or np.isnan(upper).any():
        raise InternalError(f"constraint {name!r}: a side of a row is not a number")


def check_sample(compiler: Compiler, compiled: CompiledModel) -> int:
    """Compare a sample of rows with Pyomo's own expansion; returns how many. Raises ``InternalError`` on a mismatch.

    Every member of every set but the last is met at least once, with the first, second and last of the last set.
    """
    checked = 0
    for con in compiler.model.component_objects(pyo.Constraint, active=True, descend_into=True):
        if not isinstance(con, Rows):
            continue
        segment = compiled.rows[con.name]
        for position in _sample(segment.shape):
            _compare(compiler, compiled, con, segment, position)
            checked += 1
    return checked


def _sample(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if 0 in shape:
        return []
    *front, last = shape
    longest = max(front, default=1)
    ends = sorted({0, min(1, last - 1), last - 1})
    if not front:
        return [(i,) for i in range(min(last, 50))]
    return [(*(i % n for n in front), ends[i % len(ends)]) for i in range(max(longest, len(ends)))]


def _compare(
    compiler: Compiler, compiled: CompiledModel, con: Rows, segment: Segment, position: tuple[int, ...]
) -> None:
    index: list[Any] = []
    for s, place in zip(con.index_set().subsets(), position, strict=True):
        member = compiler.evaluator.members(s)[place]
        index += list(member) if width(s) > 1 else [member]
    expression = con.rule(con.parent_block(), tuple(index) if len(index) > 1 else index[0])
    data = pyo.Constraint(expr=expression)
    data.construct()
    form = generate_standard_repn(data.body)
    theirs: dict[int, float] = {}
    for var, coef in zip(form.linear_vars, form.linear_coefs, strict=True):
        column = compiler.column(var)
        theirs[column] = theirs.get(column, 0.0) + float(pyo.value(coef))
    row = segment.start + int(np.ravel_multi_index(position, segment.shape))
    span = slice(compiled.matrix.indptr[row], compiled.matrix.indptr[row + 1])
    ours = dict(zip(compiled.matrix.indices[span].tolist(), compiled.matrix.data[span].tolist(), strict=True))
    constant = float(pyo.value(form.constant))
    low = -np.inf if data.lower is None else float(pyo.value(data.lower)) - constant
    high = np.inf if data.upper is None else float(pyo.value(data.upper)) - constant
    sides = compiled.row_lower[row], compiled.row_upper[row]
    if not (
        _same_row(ours, theirs, sides, (low, high))
        or _same_row(ours, {c: -v for c, v in theirs.items()}, sides, (-high, -low))
    ):
        raise InternalError(f"constraint {con.name!r} at {tuple(index)} was compiled wrongly: {ours} against {theirs}")


def _same_row(
    ours: dict[int, float], theirs: dict[int, float], sides: tuple[float, float], other: tuple[float, float]
) -> bool:
    columns = ours.keys() | theirs.keys()
    equal = all(abs(ours.get(c, 0.0) - theirs.get(c, 0.0)) <= 2e-9 * (1 + abs(theirs.get(c, 0.0))) for c in columns)
    return equal and all(
        a == b or (np.isfinite(a) and np.isfinite(b) and abs(a - b) <= 1e-7 * (1 + abs(b)))
        for a, b in zip(sides, other, strict=True)
    )
