"""Evaluate a rule's expression for a whole index set at once.

Pyomo calls a rule with placeholders (index templates) and returns one expression tree. This module walks that tree
with numpy: every placeholder is a vector of positions, every parameter look-up an array take, every variable look-up a
vector of columns. The result is a :class:`Linear`: a constant per row and terms (row, column, coefficient).

These are semi-public parts of Pyomo; nothing else in the project touches them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyomo.core.expr as expr
import pyomo.environ as pyo
from pyomo.common.numeric_types import native_numeric_types
from pyomo.core.base.var import ScalarVar
from pyomo.core.expr import template_expr
from pyomo.core.expr.numvalue import NumericConstant
from pyomo.core.expr.template_expr import IndexTemplate, templatize_rule

from simulator.model.components import width


class RuleError(TypeError):
    """A rule does something that cannot be stamped for a whole index set."""


@dataclass(frozen=True)
class Labels:
    """A vector of index labels: positions in a list of members."""

    members: list[Any]
    codes: np.ndarray


@dataclass
class Linear:
    """``const`` (scalar or one per row) plus terms: rows (None: one per row, in order), columns, coefficients."""

    const: Any = 0.0
    terms: list[tuple[np.ndarray | None, np.ndarray, Any]] = field(default_factory=list)

    def scaled(self, factor: Any) -> Linear:
        """The form times a number, or a number per row."""
        scaled = [
            (row, col, coef * (factor if row is None or np.ndim(factor) == 0 else factor[row]))
            for row, col, coef in self.terms
        ]
        return Linear(self.const * factor, scaled)


@dataclass(frozen=True)
class Rowset:
    """The rows being evaluated: how many, and the labels of every placeholder."""

    size: int
    labels: dict[int, Labels]

    def expanded(self, parent: np.ndarray, new: dict[int, Labels]) -> Rowset:
        """Rows of a sum: each parent row repeated for its members, with further placeholders."""
        kept = {key: Labels(value.members, value.codes[parent]) for key, value in self.labels.items()}
        return Rowset(len(parent), kept | new)


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
    empty; the component itself tells as much.
    """
    component = node.args[0] if isinstance(node, expr.GetItemExpression) else None
    if isinstance(component, pyo.Param):
        return _SOME_NUMBER
    if isinstance(component, pyo.Var):
        return _SOME_VARIABLE
    if isinstance(component, pyo.Set) and hasattr(component, "member_dimen"):
        return SimpleNamespace(dimen=component.member_dimen)
    return original(node)


class Evaluator:
    """Walks expression trees of one model; remembers members of sets and arrays of parameters."""

    def __init__(self, offsets: dict[int, int]) -> None:
        self.offsets = offsets
        """First column of every variable component, by identity."""
        self._members: dict[int, list[Any]] = {}
        self._positions: dict[tuple[int, int], np.ndarray] = {}
        self._lookup: dict[int, dict[Any, int]] = {}
        self._numeric: dict[int, np.ndarray | None] = {}
        self._parts: dict[tuple[int, int], list[Any]] = {}
        self._arrays: dict[int, np.ndarray] = {}
        self._grouped: dict[int, tuple[list[Any], np.ndarray]] = {}
        self._keep: list[Any] = []

    # ------------------------------------------------------------------------------- sets and positions

    def members(self, s: Any) -> list[Any]:
        """Members of a set in order; the same list object for the same set."""
        if id(s) not in self._members:
            self._members[id(s)] = list(s)
            self._keep.append(s)
        return self._members[id(s)]

    def product(self, sets: list[Any], placeholders: tuple[Any, ...]) -> Rowset:
        """Rows for all combinations of some sets, in C order."""
        sizes = [len(self.members(s)) for s in sets]
        total = int(np.prod(sizes, dtype=np.int64)) if sizes else 1
        labels: dict[int, Labels] = {}
        place = 0
        for k, s in enumerate(sets):
            after = int(np.prod(sizes[k + 1 :], dtype=np.int64))
            before = int(np.prod(sizes[:k], dtype=np.int64))
            codes = np.tile(np.repeat(np.arange(sizes[k], dtype=np.int64), after), before)
            for part in range(width(s)):
                labels[placeholders[place]._id] = Labels(self._part(self.members(s), part, width(s)), codes)
                place += 1
        return Rowset(total, labels)

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
        if id(members) not in self._numeric:
            self._numeric[id(members)] = np.asarray(members, float)
        values = self._numeric[id(members)]
        assert values is not None
        order = np.argsort(values, kind="stable")
        place = np.minimum(np.searchsorted(values[order], label), max(len(values) - 1, 0))
        if label.size and (len(values) == 0 or not np.array_equal(values[order][place], label)):
            raise KeyError(f"an index computed from a parameter is not in {s.name}")
        return order[place] if label.size else np.zeros(0, np.int64)

    def _tuple_codes(self, s: Any, parts: list[Any]) -> np.ndarray:
        """Positions of tuples of labels in a set whose members have several parts."""
        lookup = self._lookup_of(self.members(s))
        if not any(isinstance(part, Labels) or np.ndim(part) for part in parts):
            return np.asarray(lookup[tuple(parts)])
        arrays = [part.codes if isinstance(part, Labels) else np.asarray(part) for part in parts]
        stacked = np.stack(np.broadcast_arrays(*arrays), axis=-1).reshape(-1, len(parts))
        distinct, inverse = np.unique(stacked, axis=0, return_inverse=True)
        codes = np.array(
            [
                lookup.get(
                    tuple(p.members[c] if isinstance(p, Labels) else c for p, c in zip(parts, row, strict=True)), -1
                )
                for row in distinct
            ],
            np.int64,
        )
        found = codes[inverse.reshape(-1)] if len(codes) else np.zeros(0, np.int64)
        self._inside(found, s)
        return found

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
            label = rowset.labels[node._id]
            return Linear(np.asarray(label.members, float)[label.codes])
        if isinstance(node, expr.GetItemExpression):
            return self._item(node, rowset)
        if isinstance(node, expr.TemplateSumExpression):
            return self._sum(node, rowset)
        if isinstance(node, expr.SumExpression):
            total = Linear()
            for argument in node.args:
                part = self.evaluate(argument, rowset)
                total = Linear(total.const + part.const, total.terms + part.terms)
            return total
        if isinstance(node, expr.NegationExpression):
            return self.evaluate(node.args[0], rowset).scaled(-1.0)
        if isinstance(node, expr.ProductExpression):
            left, right = (self.evaluate(argument, rowset) for argument in node.args)
            if left.terms and right.terms:
                raise RuleError("a product of two variables is not linear")
            return right.scaled(left.const) if not left.terms else left.scaled(right.const)
        if isinstance(node, expr.DivisionExpression):
            above, below = (self.evaluate(argument, rowset) for argument in node.args)
            if below.terms:
                raise RuleError("division by a variable is not linear")
            return above.scaled(1.0 / below.const)
        return self._leaf(node, rowset)

    def _leaf(self, node: Any, rowset: Rowset) -> Linear:
        """A single variable, or a constant expression."""
        if hasattr(node, "is_variable_type") and node.is_variable_type():
            component = node.parent_component()
            position = 0
            if component.is_indexed():
                index = node.index()
                position = self.flat(component, list(index) if isinstance(index, tuple) else [index])
            column = np.full(rowset.size, self.offsets[id(component)] + position, np.int64)
            return Linear(0.0, [(None, column, 1.0)])
        if hasattr(node, "is_potentially_variable") and not node.is_potentially_variable():
            return Linear(float(pyo.value(node)))
        raise RuleError(f"{type(node).__name__} is not linear")

    def _item(self, node: Any, rowset: Rowset) -> Linear:
        component = node.args[0]
        index = [self._index(argument, rowset) for argument in node.args[1:]]
        position = self.flat(component, index)
        if id(component) in self.offsets:
            column = np.broadcast_to(self.offsets[id(component)] + position, (rowset.size,))
            return Linear(0.0, [(None, column, 1.0)])
        return Linear(self._array(component)[position])

    def _index(self, node: Any, rowset: Rowset) -> Any:
        if node.__class__ is IndexTemplate:
            return rowset.labels[node._id]
        if node.__class__ in native_numeric_types or isinstance(node, str):
            return node
        return self.evaluate(node, rowset).const

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
        origin: np.ndarray | None = None
        inner = rowset
        for iterators in node.template_iters():
            source = iterators[0]._set
            members, parent, codes = self._iterated(source, inner)
            new = {
                it._id: Labels(self._part(members, part, len(iterators)), codes) for part, it in enumerate(iterators)
            }
            inner = inner.expanded(parent, new)
            origin = parent if origin is None else origin[parent]
        assert origin is not None
        form = self.evaluate(node.template_args()[0], inner)
        const: Any = 0.0
        if np.ndim(form.const) or form.const:
            const = np.bincount(origin, np.broadcast_to(form.const, (inner.size,)), rowset.size)
        return Linear(const, [(origin if row is None else origin[row], col, coef) for row, col, coef in form.terms])

    def _iterated(self, source: Any, rowset: Rowset) -> tuple[list[Any], np.ndarray, np.ndarray]:
        """Members of the set a sum runs over, with parent row and member position of every expanded row."""
        if not isinstance(source, expr.GetItemExpression):
            members = self.members(source)
            n = len(members)
            return members, np.repeat(np.arange(rowset.size), n), np.tile(np.arange(n), rowset.size)
        indexed = source.args[0]
        key = self.flat(indexed, [self._index(argument, rowset) for argument in source.args[1:]])
        key = np.broadcast_to(key, (rowset.size,))
        if id(indexed) not in self._grouped:
            lists = [list(indexed[i]) for i in indexed.index_set()]
            self._grouped[id(indexed)] = ([m for found in lists for m in found], np.array([len(f) for f in lists], int))
            self._keep.append(indexed)
        members, lengths = self._grouped[id(indexed)]
        first = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)
        count = lengths[key]
        parent = np.repeat(np.arange(rowset.size), count)
        within = np.arange(len(parent)) - np.repeat(np.cumsum(count) - count, count)
        return members, parent, first[key][parent] + within
