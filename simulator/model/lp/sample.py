"""A sample of the compiled rows compared with what Pyomo itself makes of the rules for real labels.

A rule is compiled from one call with placeholders (``template``). Should that ever mean something else than the rule
says, a row of the sample shows it. The check costs seconds, and what it finds depends on the *structure* alone: the
code, the members of all sets, what the rules say with placeholders, and the positions that rules compute from
parameters. So it is made once for each structure, and its checksum kept (``simulator.cache``); where any of these
differs, it is made again. Rows that someone touched are compared every time. So is everything if a rule is not part of
the simulator: its code is not in the checksum.

What a rule means is a property of its code and seldom of the members of a set. So where a process has compared one
structure, and another has the same rules, as hundreds of plans of a study have, a tenth of the sample is compared; the
checksum decides which. The independent check of every plan's results knows nothing of either.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.relational_expr import tuple_to_relational_expr
from pyomo.version import version as pyomo_version

from simulator import cache
from simulator.errors import InternalError
from simulator.model.lp.compile import Compiler, through_pyomo
from simulator.model.lp.components import Rows
from simulator.model.lp.problem import CompiledModel

TOLERANCE = 1e-7
"""Sides of a row that agree to this, relative to 1 plus the side, are the same."""
OURS = Path(__file__).resolve().parents[2]
CHECKED = "structures"
_checked: set[str] = set()
"""Structures that this process has checked."""
_rules_checked: set[str] = set()
"""Rules of which this process has checked a structure in whole."""
SELDOM = 10
"""Of rules that were checked in whole, one row of the sample in so many is compared in further structures."""


def check_sample(compiler: Compiler, compiled: CompiledModel) -> int:
    """Compare a sample of rows with Pyomo's own expansion; returns how many. Raises ``InternalError`` on a mismatch.

    Every member of every set but the last is met at least once, with the first, second and last of the last set; of a
    structure that was compared before, only rows that someone touched.
    """
    key, rules = structure(compiler)
    known = key is not None and (key in _checked or cache.find(CHECKED, key) is not None)
    lots = np.random.default_rng(int(key[:16], 16)) if key is not None and rules in _rules_checked else None
    checked = 0
    for con in _rows(compiler):
        segment = compiled.rows[con.name]
        positions = [] if known else _sample(segment.shape)
        if lots is not None:
            positions = [position for position in positions if lots.integers(SELDOM) == 0]
        sample = {int(np.ravel_multi_index(position, segment.shape)) for position in positions}
        if segment.size:
            sample |= {compiler.evaluator.position(con, index) for index, _ in con.items()}
        for row in sorted(sample):
            _compare(compiler, compiled, con, segment.start + row, compiler.index_of(con, row))
        checked += len(sample)
    if key is not None and not known:
        _checked.add(key)
        if lots is None:
            cache.keep(CHECKED, key)
    if key is not None:
        _rules_checked.add(rules)
    return checked


def structure(compiler: Compiler) -> tuple[str | None, str]:
    """A checksum of all that decides which rows and columns the rules meet, and one of what the rules alone say.

    The first is None if rules are not the simulator's.
    """
    constraints = list(_rows(compiler))
    code = cache.code("model"), pyomo_version, np.__version__
    said = [f"{con.name} {con.index_set().name} {compiler.expressions.get(con.name)}" for con in constraints]
    if not all(_is_ours(con) for con in constraints):
        return None, ""
    sets = compiler.model.component_objects(pyo.Set, active=True, descend_into=True)
    members = (f"{s.name} {[(key, list(s[key])) for key in s] if s.is_indexed() else list(s)}" for s in sets)
    columns = (f"{segment}" for segment in compiler.columns.values())
    positions = (array.astype(np.int64).tobytes() for array in compiler.evaluator.computed)
    return cache.checksum(*code, *members, *columns, *said, *positions), cache.checksum(*code, *said)


def _rows(compiler: Compiler) -> Iterator[Rows]:
    found = compiler.model.component_objects(pyo.Constraint, active=True, descend_into=True)
    return (con for con in found if isinstance(con, Rows))


def _is_ours(con: Rows) -> bool:
    code = getattr(getattr(con.rule, "_fcn", None), "__code__", None)
    return code is not None and _is_inside(code.co_filename, OURS)


@functools.cache
def _is_inside(file: str, folder: Path) -> bool:
    return Path(file).resolve().is_relative_to(folder)


def _sample(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Positions that meet every member of every set but the last, and the last set's first, second and last."""
    if 0 in shape:
        return []
    *front, last = shape
    ends = sorted({0, min(1, last - 1), last - 1})
    if not front:
        return [(i,) for i in {*range(min(last, 50)), *ends}]
    return [(*(i % n for n in front), ends[i % len(ends)]) for i in range(max(*front, len(ends)))]


def _compare(compiler: Compiler, compiled: CompiledModel, con: Rows, row: int, index: tuple[Any, ...]) -> None:
    """Compare a row with the member someone touched, or else with what the rule gives for real labels."""
    key = index if len(index) > 1 else index[0]
    member = con._data.get(key)
    if member is not None and not member.active:
        return
    expression = con.rule(con.parent_block(), key) if member is None else member.expr
    if expression.__class__ is tuple:
        expression = tuple_to_relational_expr(expression)
    span = slice(compiled.matrix.indptr[row], compiled.matrix.indptr[row + 1])
    ours = dict(zip(compiled.matrix.indices[span].tolist(), compiled.matrix.data[span].tolist(), strict=True))
    low, high = compiled.row_lower[row], compiled.row_upper[row]
    theirs: dict[int, float] = {}
    if isinstance(expression, bool | np.bool_) or not expression.is_potentially_variable():  # sums over no members
        holds = bool(pyo.value(expression))
        right = not ours and holds == (low <= TOLERANCE and high >= -TOLERANCE)
    else:
        data = pyo.Constraint(expr=expression)
        data.construct()
        terms, *sides = through_pyomo(data.body, data.lower, data.upper)
        for column, coef in ((compiler.column(var), coef) for var, coef in terms):
            theirs[column] = theirs.get(column, 0.0) + coef
        turned = {column: -coef for column, coef in theirs.items()}
        right = _same_row(ours, theirs, (low, high), (sides[0], sides[1]))
        right = right or _same_row(ours, turned, (low, high), (-sides[1], -sides[0]))
    if not right:
        cause = "was compiled wrongly" if member is None else "was rewritten; deactivate it and add a constraint"
        raise InternalError(f"constraint {con.name!r} at {index} {cause}: {ours} against {theirs}, {expression}"[:600])


def _same_row(
    ours: dict[int, float], theirs: dict[int, float], sides: tuple[float, float], other: tuple[float, float]
) -> bool:
    columns = ours.keys() | theirs.keys()
    equal = all(abs(ours.get(c, 0.0) - theirs.get(c, 0.0)) <= 2e-9 * (1 + abs(theirs.get(c, 0.0))) for c in columns)
    return equal and all(
        a == b or (np.isfinite(a) and np.isfinite(b) and abs(a - b) <= TOLERANCE * (1 + abs(b)))
        for a, b in zip(sides, other, strict=True)
    )
