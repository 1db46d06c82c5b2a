"""Evaluate a rule's expression for a whole index set at once.

Pyomo calls a rule with placeholders (index templates) and returns one expression tree. This module walks that tree
with numpy: every placeholder is a vector of positions, every parameter look-up an array take, every variable look-up a
vector of columns. The result is a :class:`Linear`: a constant per row and terms (row, column, coefficient).

These are semi-public parts of Pyomo; nothing else in the project touches them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyomo.core.expr as expr
import pyomo.environ as pyo
from pyomo.common.errors import PyomoException
from pyomo.common.numeric_types import native_numeric_types
from pyomo.core.base.component import Component
from pyomo.core.base.var import ScalarVar
from pyomo.core.expr import template_expr
from pyomo.core.expr.numvalue import NumericConstant
from pyomo.core.expr.template_expr import IndexTemplate, templatize_rule

from simulator.model.lp.components import width


class RuleError(TypeError):
    """A rule does something that cannot be stamped for a whole index set."""


@dataclass(frozen=True)
class Labels:
    """Index labels: positions in a list of members, as an array that broadcasts to the shape of the rows."""

    members: list[Any]
    codes: np.ndarray


@dataclass(frozen=True)
class Linear:
    """A constant plus terms: rows, columns, coefficients. Constants broadcast to the shape of the rows, and so do
    columns and coefficients of a term whose rows are None (one per row); else all three are vectors of equal length."""

    const: Any = 0.0
    terms: tuple[tuple[np.ndarray | None, Any, Any], ...] = ()

    def value(self, x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """What it is at a solution, in the shape of the rows."""
        total = np.array(np.broadcast_to(self.const, shape), float)
        for row, col, coef in self.terms:
            if row is None:
                total += coef * x[col]
            else:
                total += np.bincount(row, coef * x[col], total.size).reshape(shape)
        return total

    def scaled(self, factor: Any, shape: tuple[int, ...] = ()) -> Linear:
        """The form times a number, or a number per row of rows of some shape."""
        per_row = np.broadcast_to(factor, shape).reshape(-1) if np.ndim(factor) else None
        scaled = [
            (row, col, coef * (factor if row is None or per_row is None else per_row[row]))
            for row, col, coef in self.terms
        ]
        return Linear(self.const * factor, tuple(scaled))


class Rowset:
    """The rows being evaluated: a shape (an axis per set) and the labels of every placeholder.

    A placeholder that belongs to one axis has codes along that axis only, so most of the work is done on short arrays.
    """

    def __init__(
        self, shape: tuple[int, ...], labels: dict[int, Labels], outer: Rowset | None = None,
        parent: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        self.shape = shape
        self.size = math.prod(shape)
        self._labels, self._outer, self._parent = labels, outer, parent

    def __getitem__(self, key: int) -> Labels:
        if key not in self._labels:
            assert self._outer is not None
            known = self._outer[key]
            if self._parent is None:  # an axis was added behind those of the outer rows
                codes = known.codes[..., None]
            else:
                codes = np.broadcast_to(known.codes, self._outer.shape).reshape(-1)[self._parent]
            self._labels[key] = Labels(known.members, codes)
        return self._labels[key]

    def with_axis(self, length: int, new: dict[int, Labels]) -> Rowset:
        """Each row repeated for all members of a set."""
        return Rowset((*self.shape, length), new, self)

    def expanded(self, parent: np.ndarray, new: dict[int, Labels]) -> Rowset:
        """Each row repeated for its own members; ``parent`` is the row of each."""
        return Rowset((len(parent),), new, self, parent)


def templates(model: Any, rule: Callable[..., Any], index_set: Any, name: str) -> tuple[Any, tuple[Any, ...]]:
    """The expression of a rule and its placeholders. Raises ``RuleError`` for rules that branch on an index."""

    def call(block: Any, index: Any) -> Any:
        return rule(block, *index)

    try:
        with _placeholders_only():
            expression, placeholders = templatize_rule(model, call, index_set)
            return expression, placeholders
    except RuleError as error:
        raise RuleError(
            f"the rule of {name!r} compares or branches on an index ({error}); declare a set of the members it holds "
            "for and index the rule by that set"
        ) from None
    except (TypeError, IndexError, KeyError, ValueError, PyomoException) as error:
        raise RuleError(
            f"the rule of {name!r} cannot be called with placeholders for its indices ({error}); write numbers as "
            "array_param, choices as a set, and sums as sum(... for ... in set)"
        ) from error


@contextmanager
def _placeholders_only() -> Iterator[None]:
    """While a rule runs with placeholders, comparing one is an error: the answer would be stamped on every row."""

    def refuse(self: Any, other: Any) -> Any:
        raise RuleError(f"{self} against {other!r}")

    def refuse_truth(self: Any) -> bool:
        raise RuleError(f"truth of {self}")

    def refuse_hash(self: Any) -> int:
        raise RuleError(f"{self} as a dictionary key")

    comparisons = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
    changed: dict[str, Callable[..., Any]] = dict.fromkeys(comparisons, refuse)
    changed |= {"__bool__": refuse_truth, "__hash__": refuse_hash}
    saved = {name: IndexTemplate.__dict__.get(name) for name in changed}
    for name, function in changed.items():
        setattr(IndexTemplate, name, function)
    original = template_expr._reduce_template_to_component
    template_expr._reduce_template_to_component = lambda node: _kind_of(node, original)
    try:
        yield
    finally:
        template_expr._reduce_template_to_component = original
        for name, function in saved.items():
            if function is None:
                delattr(IndexTemplate, name)
            else:
                setattr(IndexTemplate, name, function)


_SOME_NUMBER, _SOME_VARIABLE = NumericConstant(1.0), ScalarVar()


def _kind_of(node: Any, original: Callable[[Any], Any]) -> Any:
    """Something of the kind that an indexed component holds: a number, a variable, or a set with its ``dimen``.

    Pyomo evaluates the component at some index to learn this, which fails when a set of that index happens to be
    empty; the component itself shows it.
    """
    if isinstance(node, Component):  # the whole component, which Pyomo would walk through to return it
        return node
    component = node.args[0] if isinstance(node, expr.GetItemExpression) else None
    if isinstance(component, pyo.Param):
        return _SOME_NUMBER
    if isinstance(component, pyo.Var):
        return _SOME_VARIABLE
    if isinstance(component, pyo.Set) and hasattr(component, "member_dimen"):
        return SimpleNamespace(dimen=component.member_dimen)
    return original(node)


def _along(axis: int, length: int, axes: int) -> np.ndarray:
    """0, 1, 2, … along one of several axes."""
    return np.arange(length).reshape([length if k == axis else 1 for k in range(axes)])


class Evaluator:
    """Walks expression trees of one model; remembers members of sets and arrays of parameters."""

    def __init__(self, offsets: dict[int, int]) -> None:
        self.offsets = offsets
        """First column of every variable component, by identity."""
        self._members: dict[int, list[Any]] = {}
        self._positions: dict[tuple[int, int], np.ndarray] = {}
        self._lookup: dict[int, dict[Any, int]] = {}
        self._numeric: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._parts: dict[tuple[int, int], list[Any]] = {}
        self._arrays: dict[int, np.ndarray] = {}
        self._axes: dict[int, list[tuple[dict[Any, int], int, int]]] = {}
        self._grouped: dict[int, tuple[list[Any], np.ndarray]] = {}
        self._keep: list[Any] = []
        self.computed: list[np.ndarray] = []
        """Indices that were computed from parameters."""

    # ------------------------------------------------------------------------------- sets and positions

    def members(self, s: Any) -> list[Any]:
        """Members of a set in order; the same list object for the same set."""
        if id(s) not in self._members:
            self._members[id(s)] = list(s)
            self._keep.append(s)
        return self._members[id(s)]

    def product(self, sets: list[Any], placeholders: tuple[Any, ...]) -> Rowset:
        """Rows for all combinations of some sets, in C order."""
        shape = tuple(len(self.members(s)) for s in sets)
        labels: dict[int, Labels] = {}
        place = 0
        for axis, s in enumerate(sets):
            codes = _along(axis, shape[axis], len(shape))
            for part in range(width(s)):
                labels[placeholders[place]._id] = Labels(self._part(self.members(s), part, width(s)), codes)
                place += 1
        return Rowset(shape, labels)

    def _part(self, members: list[Any], part: int, parts: int) -> list[Any]:
        """The list of one part of members with several parts."""
        if parts == 1:
            return members
        key = (id(members), part)
        if key not in self._parts:
            self._parts[key] = [member[part] for member in members]
            self._keep.append(members)
        return self._parts[key]

    def flat(self, component: Any, index: list[Any]) -> Any:
        """Position of index labels in the flattened arrays of a component."""
        position: Any = 0
        place = 0
        for s in component.index_set().subsets():
            parts = width(s)
            codes = self._codes(s, index[place]) if parts == 1 else self._tuple_codes(s, index[place : place + parts])
            position = position * len(self.members(s)) + codes
            place += parts
        return position

    def position(self, component: Any, index: Any) -> int:
        """Position of one member, by its index as Pyomo gives it, in the flattened arrays of a component."""
        if id(component) not in self._axes:
            sets = list(component.index_set().subsets())
            self._axes[id(component)] = [
                (self._lookup_of(self.members(s)), width(s), len(self.members(s))) for s in sets
            ]
            self._keep.append(component)
        labels = index if isinstance(index, tuple) else (index,)
        place = position = 0
        for lookup, parts, length in self._axes[id(component)]:
            key = labels[place] if parts == 1 else labels[place : place + parts]
            position = position * length + lookup[key]
            place += parts
        return position

    def _codes(self, s: Any, label: Any) -> Any:
        """Positions of labels in a set of single-part members."""
        members = self.members(s)
        if isinstance(label, Labels):
            if label.members is members:
                return label.codes
            key = (id(label.members), id(members))
            if key not in self._positions:
                lookup = self._lookup_of(members)
                self._positions[key] = np.array([lookup.get(m, -1) for m in label.members], np.int64)
                self._keep.append(label.members)
            codes = self._positions[key][label.codes]
            self._inside(codes, s)
            return codes
        if np.ndim(label) == 0:
            lookup = self._lookup_of(members)
            if label not in lookup:
                raise KeyError(f"{label!r} is not in {s.name}")
            return np.int64(lookup[label])
        return self._numeric_codes(s, members, label)

    def _numeric_codes(self, s: Any, members: list[Any], label: np.ndarray) -> np.ndarray:
        """Positions of computed numbers (an index parameter) in a set of numbers."""
        if not label.size or not members:
            if label.size:
                raise KeyError(f"an index computed from a parameter is not in {s.name}, which is empty")
            return np.zeros(label.shape, np.int64)
        if id(members) not in self._numeric:
            values = np.asarray(members, float)
            order = np.argsort(values, kind="stable")
            self._numeric[id(members)] = values[order], order
        values, order = self._numeric[id(members)]
        place = np.minimum(np.searchsorted(values, label), len(values) - 1)
        if not np.array_equal(values[place], label):
            raise KeyError(f"an index computed from a parameter is not in {s.name}")
        return order[place]

    def _tuple_codes(self, s: Any, parts: list[Any]) -> np.ndarray:
        """Positions of tuples of labels in a set whose members have several parts."""
        lookup = self._lookup_of(self.members(s))
        if not any(isinstance(part, Labels) or np.ndim(part) for part in parts):
            codes = np.array(lookup.get(tuple(parts), -1))
            self._inside(codes, s)
            return codes
        arrays = [part.codes if isinstance(part, Labels) else np.asarray(part) for part in parts]
        spread = np.broadcast_arrays(*arrays)
        distinct, inverse = np.unique(np.stack([a.reshape(-1) for a in spread], axis=1), axis=0, return_inverse=True)
        codes = np.array(
            [
                lookup.get(
                    tuple(p.members[c] if isinstance(p, Labels) else c for p, c in zip(parts, row, strict=True)), -1
                )
                for row in distinct
            ],
            np.int64,
        )
        self._inside(codes, s)
        return codes[inverse].reshape(spread[0].shape)

    def _lookup_of(self, members: list[Any]) -> dict[Any, int]:
        if id(members) not in self._lookup:
            self._lookup[id(members)] = {member: i for i, member in enumerate(members)}
        return self._lookup[id(members)]

    @staticmethod
    def _inside(codes: np.ndarray, s: Any) -> None:
        if codes.size and codes.min() < 0:
            raise KeyError(f"an index is not in {s.name}")

    # ---------------------------------------------------------------------------------------- evaluation

    def evaluate(self, node: Any, rowset: Rowset) -> Linear:
        """The linear form of an expression over rows. Raises ``RuleError`` for what is not linear."""
        kind = node.__class__
        if kind in native_numeric_types:
            return Linear(float(node))
        if kind is IndexTemplate:
            label = rowset[node._id]
            return Linear(np.asarray(label.members, float)[label.codes])
        if isinstance(node, expr.GetItemExpression):
            return self._item(node, rowset)
        if isinstance(node, expr.TemplateSumExpression):
            return self._sum(node, rowset)
        if isinstance(node, expr.SumExpression):
            parts = [self.evaluate(argument, rowset) for argument in node.args]
            return Linear(sum(part.const for part in parts), tuple(term for part in parts for term in part.terms))
        if isinstance(node, expr.NegationExpression):
            return self.evaluate(node.args[0], rowset).scaled(-1.0)
        if isinstance(node, expr.ProductExpression):
            left, right = (self.evaluate(argument, rowset) for argument in node.args)
            if left.terms and right.terms:
                raise RuleError("a product of two variables is not linear")
            factor, form = (right, left) if left.terms else (left, right)
            return form.scaled(factor.const, rowset.shape)
        if isinstance(node, expr.DivisionExpression):
            above, below = (self.evaluate(argument, rowset) for argument in node.args)
            if below.terms:
                raise RuleError("division by a variable is not linear")
            if not np.all(below.const):
                raise RuleError("division by zero")
            return above.scaled(1.0 / below.const, rowset.shape)
        if isinstance(node, expr.PowExpression):
            base, power = (self.evaluate(argument, rowset) for argument in node.args)
            if base.terms or power.terms:
                raise RuleError("a power of a variable is not linear")
            return Linear(np.power(base.const, power.const))
        return self._leaf(node, rowset)

    def _leaf(self, node: Any, rowset: Rowset) -> Linear:
        """A single variable, or a constant expression."""
        if hasattr(node, "is_variable_type") and node.is_variable_type():
            component = node.parent_component()
            position = 0
            if component.is_indexed():
                position = self.position(component, node.index())
            return Linear(0.0, ((None, self.offsets[id(component)] + position, 1.0),))
        if hasattr(node, "is_potentially_variable") and not node.is_potentially_variable():
            return Linear(float(pyo.value(node)))
        raise RuleError(f"{type(node).__name__} is not linear")

    def _item(self, node: Any, rowset: Rowset) -> Linear:
        component = node.args[0]
        index = [self._index(argument, rowset) for argument in node.args[1:]]
        position = self.flat(component, index)
        if id(component) in self.offsets:
            return Linear(0.0, ((None, self.offsets[id(component)] + position, 1.0),))
        if not isinstance(component, pyo.Param):
            raise RuleError(f"{component.name!r} is neither a variable nor a parameter; write a function instead")
        return Linear(self._array(component)[position])

    def _index(self, node: Any, rowset: Rowset) -> Any:
        if node.__class__ is IndexTemplate:
            return rowset[node._id]
        if node.__class__ in native_numeric_types or isinstance(node, str):
            return node
        value = self.evaluate(node, rowset).const
        self.computed.append(np.asarray(value))
        return value

    def _array(self, param: Any) -> np.ndarray:
        if id(param) not in self._arrays:
            array = getattr(param, "array", None)
            if array is None:
                array = np.array([pyo.value(param[i]) for i in param.index_set()], float)
            self._arrays[id(param)] = np.asarray(array, float).reshape(-1)
            self._keep.append(param)
        return self._arrays[id(param)]

    def _sum(self, node: Any, rowset: Rowset) -> Linear:
        """Expand the rows for every iterator of the sum, evaluate once, and add up by original row."""
        origin = np.arange(rowset.size, dtype=np.int32)
        inner = rowset
        for iterators in node.template_iters():
            source, parts = iterators[0]._set, len(iterators)
            if isinstance(source, expr.GetItemExpression):
                members, parent, codes = self._own_members(source, inner)
                origin = origin[parent]
            else:
                members, codes = self.members(source), _along(len(inner.shape), len(source), len(inner.shape) + 1)
                origin = np.repeat(origin, len(source))
            new = {it._id: Labels(self._part(members, part, parts), codes) for part, it in enumerate(iterators)}
            if isinstance(source, expr.GetItemExpression):
                inner = inner.expanded(parent, new)
            else:
                inner = inner.with_axis(len(source), new)
        if inner.size == 0:
            return Linear()
        form = self.evaluate(node.template_args()[0], inner)
        const: Any = 0.0
        if np.ndim(form.const) or form.const:
            const = np.bincount(origin, _full(form.const, inner.shape), rowset.size).reshape(rowset.shape)
        terms = [
            (origin, _full(col, inner.shape), _full(coef, inner.shape)) if row is None else (origin[row], col, coef)
            for row, col, coef in form.terms
        ]
        return Linear(const, tuple(terms))

    def _own_members(self, source: Any, rowset: Rowset) -> tuple[list[Any], np.ndarray, np.ndarray]:
        """Members of the indexed set a sum runs over, with parent row and member position of every expanded row."""
        indexed = source.args[0]
        key = _full(self.flat(indexed, [self._index(argument, rowset) for argument in source.args[1:]]), rowset.shape)
        if id(indexed) not in self._grouped:
            lists = [list(indexed[i]) for i in indexed.index_set()]
            lengths = np.array([len(found) for found in lists], int)
            self._grouped[id(indexed)] = [member for found in lists for member in found], lengths
            self._keep.append(indexed)
        members, lengths = self._grouped[id(indexed)]
        first, count = np.cumsum(lengths) - lengths, lengths[key]
        parent = np.repeat(np.arange(rowset.size), count)
        codes = np.arange(len(parent)) + np.repeat(first[key] - (np.cumsum(count) - count), count)
        return members, parent, codes


def _full(values: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Values, one per row of rows of some shape, as a vector."""
    return np.broadcast_to(values, shape).reshape(-1)
