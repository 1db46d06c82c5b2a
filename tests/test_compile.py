"""Rules compiled for whole index sets give the matrix that Pyomo itself would build, row by row."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from toy import case, plant, scenario, system, technology

from simulator.errors import InternalError
from simulator.model import build
from simulator.model.closing import present_value
from simulator.model.compile import CompiledModel, Compiler, check_sample
from simulator.model.components import Rows, array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.template import RuleError


def small():
    """Plants of two zones over two slices, with a shifted index, tuple sets and an empty set."""
    m = pyo.ConcreteModel()
    m.ZONE, m.SLICE, m.NONE = subset("AB"), subset([0, 1, 2]), subset([])
    m.UNIT = subset(["coal", "wind", "gas"])
    m.UNITS_OF_ZONE = grouped(m.ZONE, {"A": ["coal", "wind"], "B": ["gas"]})
    m.BUILT = pyo.Set(initialize=[("wind", 2030), ("gas", 2035)], dimen=2)
    m.BUILT_OF_UNIT = grouped(m.UNIT, {"wind": [("wind", 2030)], "gas": [("gas", 2035)]}, dimen=2)
    m.load_mw = array_param(m.ZONE, m.SLICE, values=np.arange(6.0).reshape(2, 3))
    m.share = array_param(m.BUILT, m.SLICE, values=np.linspace(0.1, 0.6, 6).reshape(2, 3))
    m.following = array_param(m.SLICE, values=np.array([1, 2, 0]))
    m.output = array_var(m.UNIT, m.SLICE, upper=9.0)
    m.build = array_var(m.BUILT)
    m.nothing = array_var(m.NONE, m.SLICE)
    m.balance = rows(
        m.ZONE, m.SLICE, rule=lambda m, z, s: sum(m.output[u, s] for u in m.UNITS_OF_ZONE[z]) == m.load_mw[z, s]
    )
    m.limit = rows(
        m.UNIT,
        m.SLICE,
        rule=lambda m, u, s: (
            m.output[u, m.following[s]] - m.output[u, s] / 2
            <= 4 + sum(m.share[a, v, s] * m.build[a, v] for a, v in m.BUILT_OF_UNIT[u])
        ),
    )
    m.between = rows(m.SLICE, rule=lambda m, s: (1, sum(m.output[u, s] for u in m.UNIT), 20))
    m.vanished = rows(m.NONE, m.SLICE, rule=lambda m, n, s: m.nothing[n, s] <= 1)
    return m


def compiled(m) -> tuple[Compiler, CompiledModel]:
    compiler = Compiler(m)
    return compiler, compiler.compile(lambda m: sum(2 * m.output[u, s] for u in m.UNIT for s in m.SLICE) + 5)


def by_pyomo(m):
    """{row as columns → coefficients, lower, upper} of the same model through Pyomo's own standard form."""
    for con in m.component_objects(pyo.Constraint, active=True):
        if isinstance(con, Rows):
            con.materialise()
    m.objective_of_pyomo = pyo.Objective(expr=0.0)
    form = LinearStandardFormCompiler().write(m, mixed_form=True)
    names = [column.name for column in form.columns]
    matrix, found = form.A.tocsr(), []
    for i, (row, side) in enumerate(zip(form.rows, form.rhs, strict=True)):
        span = slice(matrix.indptr[i], matrix.indptr[i + 1])
        terms = {names[c]: v for c, v in zip(matrix.indices[span], matrix.data[span], strict=True)}
        found.append(normal(terms, -np.inf if row.bound_type > 0 else side, np.inf if row.bound_type < 0 else side))
    return sorted(found)


def normal(terms, low, high):
    """A row in one form: first coefficient positive, sides split so that ranges count as two rows."""
    terms = {name: float(value) for name, value in terms.items() if abs(value) > 1e-12}
    if terms and terms[min(terms)] < 0:
        terms, low, high = {name: -value for name, value in terms.items()}, -high, -low
    return tuple((n, round(v, 9)) for n, v in sorted(terms.items())), round(float(low), 9), round(float(high), 9)


def by_us(m, compiler, plan):
    """The rows of a compiled model in the same form."""
    names = {}
    for var in m.component_objects(pyo.Var):
        for index in var.index_set():
            names[compiler.column(var[index])] = var[index].name
    found = []
    for i in range(plan.matrix.shape[0]):
        span = slice(plan.matrix.indptr[i], plan.matrix.indptr[i + 1])
        terms = {names[c]: v for c, v in zip(plan.matrix.indices[span], plan.matrix.data[span], strict=True)}
        low, high = plan.row_lower[i], plan.row_upper[i]
        if np.isfinite(low) and np.isfinite(high) and low != high:
            found += [normal(terms, low, np.inf), normal(terms, -np.inf, high)]
        else:
            found.append(normal(terms, low, high))
    return sorted(found)


def test_the_matrix_is_the_one_of_pyomos_standard_form():
    """Equalities, inequalities, ranges, shifted indices and sums over tuple sets agree row for row."""
    m = small()
    compiler, plan = compiled(m)
    ours = by_us(m, compiler, plan)
    assert ours == by_pyomo(m)
    assert len(ours) == 6 + 9 + 2 * 3


def test_a_whole_plan_is_the_one_of_pyomos_standard_form():
    """The same for a plan with all features: two zones, a line, storage, a candidate."""
    battery = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 81}
    coal = technology("coal", group="coal", commitment=True, minimum_output_percent=40, spinning=True)
    toy = system(
        {"a": [40, 60], "b": [90, 20]},
        zones=("A", "B"),
        country={"reserve_percent_of_load": 5, "planning_margin_percent": 10, "adequacy_shortfall_usd_per_kw_year": 9},
        technologies=[coal, battery, technology("gas", variable_om_usd_per_mwh=40)],
        plants=[plant("coal", 80), plant("battery", 20, energy_mwh=40), plant("gas", 90, zone="B")],
        links=[{"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 30, "expandable_from": 2030}],
        technology_costs=[{"technology": "gas", "year": 2030, "overnight_usd_per_kw": 700}],
        candidates=[{"zone": "A", "technology": "gas", "investors": ["owner"], "limit_mw": 50}],
    )
    model = build(case(toy, scenario({"a": 4000, "b": 4760}, days={"a": "d", "b": "d"})))
    compiler = Compiler(model.pyomo)
    plan = compiler.compile(lambda m: present_value(m, model.ledger))
    assert check_sample(compiler, plan) > 20
    assert by_us(model.pyomo, compiler, plan) == by_pyomo(model.pyomo)


def test_cost_and_offset_are_compiled():
    """The objective of the small model: 2 on every output, 5 as offset."""
    _, plan = compiled(small())
    assert plan.offset == 5
    assert plan.cost[plan.columns["output"].start :][:9] == pytest.approx(np.full(9, 2.0))


def test_rows_can_be_printed_and_bounds_edited():
    """A member exists when it is asked for; an edited bound and a fixed variable count."""
    m = small()
    assert "output[coal,0]" in str(m.balance["A", 0].expr)
    m.output["gas", 2].setub(3)
    m.output["coal", 1].fix(4)
    compiler, plan = compiled(m)
    gas, coal = compiler.column(m.output["gas", 2]), compiler.column(m.output["coal", 1])
    assert plan.column_upper[gas] == 3
    assert (plan.column_lower[coal], plan.column_upper[coal]) == (4, 4)


def test_a_users_own_constraint_counts():
    """An ordinary constraint over an ordinary variable becomes a row like ours."""
    m = small()
    m.extra = pyo.Var(bounds=(0, 7))
    m.mine = pyo.Constraint(expr=m.output["gas", 0] + 2 * m.extra <= 6)
    compiler, plan = compiled(m)
    row = plan.matrix[[plan.rows["mine"].start], :].toarray().ravel()
    assert row[compiler.column(m.output["gas", 0])] == 1
    assert row[compiler.column(m.extra)] == 2
    assert plan.row_upper[plan.rows["mine"].start] == 6


@pytest.mark.parametrize(
    "rule",
    [
        lambda m, z, s: m.output["gas", s] <= (5 if z == "A" else 10),
        lambda m, z, s: m.output["gas", s] <= {"A": 5, "B": 10}[z],
        lambda m, z, s: m.output["gas", s] <= (5 if s > 1 else 10),
    ],
)
def test_branching_on_an_index_is_refused(rule):
    """The answer for one index would be stamped on every row: the message names the rule and the remedy."""
    m = small()
    m.wrong = rows(m.ZONE, m.SLICE, rule=rule)
    with pytest.raises(RuleError, match=r"wrong.*declare a set"):
        compiled(m)


def test_a_wrong_matrix_is_noticed():
    """A coefficient changed behind the compiler's back fails the comparison with Pyomo's own expansion."""
    compiler, plan = compiled(small())
    plan.matrix.data[0] *= 2
    with pytest.raises(InternalError, match="compiled wrongly"):
        check_sample(compiler, plan)


def test_numbers_that_are_none_are_refused():
    """NaN in a parameter never reaches the solver."""
    with pytest.raises(ValueError, match="not a finite number"):
        array_param(small().SLICE, values=np.array([1, np.nan, 2]))
