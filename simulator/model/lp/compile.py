"""Compile a Pyomo model into the arrays HiGHS takes, each rule for its whole index set at once.

A rule is called once (see ``template.py``), so building costs little more than writing the matrix by hand, and the
model stays ordinary Pyomo: rows can be printed, bounds edited, and a user's own constraints, which are compiled row by
row, count like ours. ``sample.check_sample`` compares a sample of the rows with Pyomo's own expansion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyomo.core.expr as expr
import pyomo.environ as pyo
import scipy.sparse as sp
from pyomo.core.expr import identify_variables
from pyomo.core.expr.relational_expr import tuple_to_relational_expr
from pyomo.repn import generate_standard_repn

from simulator.errors import InternalError
from simulator.model.lp.components import Rows, width
from simulator.model.lp.problem import CompiledModel, Segment
from simulator.model.lp.template import Evaluator, Linear, RuleError, templates

SMALL = 1e-9
"""Coefficients below this are dropped, as HiGHS would."""
FEW = 12
"""Rows with at most this many terms, one column each, are written side by side without sorting."""

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Values, columns, and the start of every row, as a compressed sparse row matrix has them."""


@dataclass(frozen=True)
class LinearForm:
    """``matrix @ x + constant``, one row per index in C order."""

    matrix: sp.csr_array
    constant: np.ndarray


@dataclass(frozen=True)
class Block:
    """The rows of one constraint."""

    shape: tuple[int, ...]
    values: np.ndarray
    columns: np.ndarray
    starts: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


class Compiler:
    """Numbers the columns of a model and compiles its rules."""

    def __init__(self, model: pyo.ConcreteModel) -> None:
        self.model = model
        self.columns: dict[str, Segment] = {}
        self.rows: dict[str, Segment] = {}
        self.variables: list[Any] = []
        self.expressions: dict[str, str] = {}
        """Constraint → what its rule says with placeholders for its indices."""
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
        name = getattr(rule, "__name__", "expression")
        linear, shape = self._evaluate(rule, sets, name)
        form = LinearForm(_csr(*self._arrays(linear, shape), self.size), _spread(linear.const, shape))
        if not (np.isfinite(form.matrix.data).all() and np.isfinite(form.constant).all()):
            raise InternalError(f"{name!r} has a number that is not finite")
        return form

    def value(self, x: np.ndarray, rule: Callable[..., Any], *sets: Any) -> np.ndarray:
        """``rule(model, *index)``, a linear expression, at a solution, in the shape of the sets (none: one number)."""
        name = getattr(rule, "__name__", "expression")
        linear, shape = self._evaluate(rule, sets, name)
        value = linear.value(x, shape)
        if not np.isfinite(value).all():
            raise InternalError(f"{name!r} has a number that is not finite")
        return value.reshape([len(s) for s in sets])

    def _evaluate(self, rule: Callable[..., Any], sets: tuple[Any, ...], name: str) -> tuple[Linear, tuple[int, ...]]:
        """The form of a rule over sets, and the shape of its rows."""
        parts = [part for s in sets for part in s.subsets()]
        if any(len(part) == 0 for part in parts):
            return Linear(), (0,)
        index_set = None if not sets else sets[0] if len(sets) == 1 else sets[0].cross(*sets[1:])
        expression, placeholders = templates(self.model, rule, index_set, name)
        rowset = self.evaluator.product(parts, placeholders)
        with _named(name):
            return self.evaluator.evaluate(expression, rowset), rowset.shape

    def _arrays(self, linear: Linear, shape: tuple[int, ...]) -> Arrays:
        """The coefficients of a form by row: values, columns and the start of every row; no column twice in a row."""
        size, terms = math.prod(shape), linear.terms
        if len(terms) <= FEW and all(row is None for row, _, _ in terms):
            columns = np.empty((*shape, len(terms)), np.int32)
            values = np.empty((*shape, len(terms)))
            for k, (_, col, coef) in enumerate(terms):
                columns[..., k], values[..., k] = col, coef
            pairs = ((columns[..., i], columns[..., j]) for i in range(len(terms)) for j in range(i))
            if not any(np.equal(one, other).any() for one, other in pairs):
                return values.reshape(-1), columns.reshape(-1), np.arange(size + 1) * len(terms)
        every = np.arange(size, dtype=np.int32)
        row = [every if r is None else r for r, _, _ in terms]
        col = [(_spread(c, shape) if r is None else c).astype(np.int32, copy=False) for r, c, _ in terms]
        val = [_spread(v, shape) if r is None else v for r, _, v in terms]
        if size == 1:  # one row over many columns, such as the objective
            total = np.bincount(np.concatenate(col), np.concatenate(val), self.size) if terms else np.zeros(self.size)
            used = np.flatnonzero(total).astype(np.int32)
            return total[used], used, np.array([0, len(used)])
        matrix = sp.coo_array((np.concatenate(val or [[]]), (np.concatenate(row or [every[:0]]),
                               np.concatenate(col or [every[:0]]))), shape=(size, self.size)).tocsr()  # fmt: skip
        return matrix.data, matrix.indices, matrix.indptr

    # -------------------------------------------------------------------------------------------- rows

    def constraint(self, con: Rows) -> Block:
        """A constraint over its whole index set; an empty set, or a rule that says ``Skip``, gives no rows."""
        sets = list(con.index_set().subsets())
        empty = Block(tuple(len(s) for s in sets), *self._arrays(Linear(), (0,)), np.zeros(0), np.zeros(0))
        if 0 in empty.shape:
            return empty
        expression, placeholders = templates(self.model, _rule_of(con), con.index_set(), con.name)
        if expression is pyo.Constraint.Skip or expression is pyo.Constraint.Feasible:
            return replace(empty, shape=(0,) * len(sets))
        if expression.__class__ is tuple:
            expression = tuple_to_relational_expr(expression)
        self.expressions[con.name] = str(expression)
        if not isinstance(expression, expr.RelationalExpression):
            raise RuleError(f"the rule of {con.name!r} returns {expression!r}, not a comparison of expressions")
        rowset = self.evaluator.product(sets, placeholders)
        with _named(con.name):
            parts = [self.evaluator.evaluate(argument, rowset) for argument in expression.args]
        body, lower, upper = _body_and_sides(con.name, expression, parts)
        block = Block(
            rowset.shape, *self._arrays(body, rowset.shape), _spread(lower, rowset.shape), _spread(upper, rowset.shape)
        )
        self._refuse_bad_numbers(con, block, expression)
        for index, data in con.items():  # only members that someone touched
            if not data.active:
                row = self.evaluator.position(con, index)
                block.lower[row], block.upper[row] = -np.inf, np.inf
        return block

    def scalar_rows(self, con: Any) -> Block:
        """The same for an ordinary constraint of a user, row by row through Pyomo."""
        starts, columns, values = [0], list[int](), list[float]()
        lower, upper = list[float](), list[float]()
        for data in (d for d in con.values() if d.active):
            body, low, high = through_pyomo(data.body, data.lower, data.upper)
            found: dict[int, float] = {}
            for column, coef in ((self.column(var), coef) for var, coef in body):
                found[column] = found.get(column, 0.0) + coef
            if not np.isfinite([*found.values()]).all() or np.isnan([low, high]).any():
                raise InternalError(f"constraint {data.name!r} has a number that is not finite")
            columns += found.keys()
            values += found.values()
            starts.append(len(columns))
            lower.append(low)
            upper.append(high)
        return Block(
            (len(lower),), np.array(values, float), np.array(columns, np.int32), np.array(starts),
            np.array(lower, float), np.array(upper, float),
        )  # fmt: skip

    def index_of(self, con: Rows, row: int) -> tuple[Any, ...]:
        """The index labels of a row of a constraint."""
        sets = list(con.index_set().subsets())
        index: list[Any] = []
        for s, place in zip(sets, np.unravel_index(row, [len(self.evaluator.members(s)) for s in sets]), strict=True):
            member = self.evaluator.members(s)[place]
            index += member if width(s) > 1 else [member]
        return tuple(index)

    def _refuse_bad_numbers(self, con: Rows, block: Block, expression: Any) -> None:
        """NaN and infinity pass through Pyomo and HiGHS as "optimal": name the row instead."""
        bad = np.flatnonzero(~np.isfinite(block.values))
        if bad.size:
            row = int(np.searchsorted(block.starts, bad[0], side="right")) - 1
            raise InternalError(f"constraint {con.name!r} at {self.index_of(con, row)}: a coefficient is not finite")
        sides = [block.upper]
        if isinstance(expression, expr.RangedExpression):
            sides.append(block.lower)
        for side in sides:
            bad = np.flatnonzero(~np.isfinite(side))
            if bad.size:
                where = self.index_of(con, int(bad[0]))
                raise InternalError(f"constraint {con.name!r} at {where}: its side is not a finite number")

    def column(self, var: Any) -> int:
        """Column of a single variable."""
        component = var.parent_component()
        start = self.columns[component.name].start
        if not component.is_indexed():
            return start
        return start + self.evaluator.position(component, var.index())

    # ------------------------------------------------------------------------------------------- whole

    def compile(self, objective: Callable[[Any], Any]) -> CompiledModel:
        """The whole model with ``objective(model)`` to be minimised. Raises ``InternalError`` for bad numbers."""
        blocks, start = [], 0
        for con in self.model.component_objects(pyo.Constraint, active=True, descend_into=True):
            block = self.constraint(con) if isinstance(con, Rows) else self.scalar_rows(con)
            blocks.append(block)
            self.rows[con.name] = Segment(con.name, start, block.shape)
            start += len(block.lower)
        cost = self.linear_form(objective)
        vector = np.zeros(self.size)
        vector[cost.matrix.indices] = cost.matrix.data
        lower, upper, integrality = self._bounds()
        return CompiledModel(
            cost=vector, offset=float(cost.constant[0]), column_lower=lower, column_upper=upper,
            integrality=integrality, matrix=_stacked(blocks, self.size),
            row_lower=np.concatenate([block.lower for block in blocks] or [np.zeros(0)]),
            row_upper=np.concatenate([block.upper for block in blocks] or [np.zeros(0)]),
            columns=self.columns, rows=self.rows,
        )  # fmt: skip

    def _bounds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        lower, upper = np.full(self.size, -np.inf), np.full(self.size, np.inf)
        integer = np.zeros(self.size, np.int32)
        for var in self.variables:
            segment = self.columns[var.name]
            span = segment.span
            if hasattr(var, "arrays"):
                lower[span], upper[span] = (np.ravel(array) for array in var.arrays)
                integer[span] = int(var.integer)
            elif len(var) < segment.size:  # a user's own sparse variable: let Pyomo make the members
                for index in var.index_set():
                    var[index]
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


def _body_and_sides(name: str, expression: Any, parts: list[Linear]) -> tuple[Linear, Any, Any]:
    """The variable part of a comparison and its lower and upper side; an inequality becomes body ≤ side."""
    if isinstance(expression, expr.RangedExpression):
        low, body, high = parts
        if low.terms or high.terms:
            raise RuleError(f"{name!r}: the limits of a ranged row must not hold variables")
        return body, low.const - body.const, high.const - body.const
    left, right = parts
    side = right.const - left.const
    body = Linear(0.0, left.terms + right.scaled(-1.0).terms)
    return body, side if isinstance(expression, expr.EqualityExpression) else -np.inf, side


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say which rule an error comes from."""
    try:
        yield
    except (RuleError, KeyError) as error:
        raise RuleError(f"the rule of {name!r}: {error.args[0]}") from None


def _spread(values: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Values that broadcast to the shape of the rows, one per row, as an array of our own."""
    return np.array(np.broadcast_to(values, shape)).reshape(-1)


def _csr(values: np.ndarray, columns: np.ndarray, starts: np.ndarray, n_columns: int) -> sp.csr_array:
    return sp.csr_array((values, columns, starts), shape=(len(starts) - 1, n_columns))


def _stacked(blocks: list[Block], n_columns: int) -> sp.csr_array:
    """The rows of all blocks as one matrix without coefficients that are nothing."""
    starts, at = [np.zeros(1, np.int64)], 0
    for block in blocks:
        starts.append(at + block.starts[1:])
        at += len(block.values)
    values = np.concatenate([block.values for block in blocks] or [np.zeros(0)])
    columns = np.concatenate([block.columns for block in blocks] or [np.zeros(0)]).astype(np.int32, copy=False)
    index_type = np.int32 if at < 2**31 else np.int64
    matrix = _csr(values, columns, np.concatenate(starts).astype(index_type), n_columns)
    small = np.abs(matrix.data) < SMALL
    if small.any():
        matrix.data[small] = 0.0
        matrix.eliminate_zeros()
    return matrix


def through_pyomo(body: Any, lower: Any, upper: Any) -> tuple[list[tuple[Any, float]], float, float]:
    """Variables with coefficients, and sides, as Pyomo expands them; a fixed variable stays a variable."""
    fixed = [var for var in identify_variables(body, include_fixed=True) if var.fixed]
    for var in fixed:
        var.fixed = False
    try:
        form = generate_standard_repn(body)
    finally:
        for var in fixed:
            var.fixed = True
    if not form.is_linear():
        raise RuleError(f"{body} is not linear")
    constant = float(pyo.value(form.constant))
    terms = [(var, float(pyo.value(coef))) for var, coef in zip(form.linear_vars, form.linear_coefs, strict=True)]
    low = -np.inf if lower is None else float(pyo.value(lower)) - constant
    return terms, low, np.inf if upper is None else float(pyo.value(upper)) - constant
