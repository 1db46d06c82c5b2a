"""Rules compiled for whole index sets give the matrix that Pyomo itself would build, row by row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from toy import case, plant, scenario, system, technology

from simulator.case.loading import make_case
from simulator.errors import InternalError
from simulator.inputs.read import load_scenario
from simulator.inputs.schema.time import TypicalDays
from simulator.model.build import build
from simulator.model.closing import present_value
from simulator.model.lp.compile import Compiler
from simulator.model.lp.components import Rows, array_param, array_var, rows
from simulator.model.lp.problem import CompiledModel
from simulator.model.lp.sample import check_sample
from simulator.model.lp.template import RuleError
from simulator.model.sets import grouped, subset

INF = np.inf


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
        links=[
            {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 30, "expandable_from": 2030,
             "overnight_usd_per_kw": 100},
        ],
        technology_costs=[{"technology": "gas", "year": 2030, "overnight_usd_per_kw": 700}],
        candidates=[{"zone": "A", "technology": "gas", "investors": ["owner"], "limit_mw": 50}],
    )  # fmt: skip
    model = build(case(toy, scenario({"a": 4000, "b": 4760}, days={"a": "d", "b": "d"}, block_hours=None)))
    compiler = Compiler(model.pyomo)
    plan = compiler.compile(lambda m: present_value(m, model.ledger))
    assert check_sample(compiler, plan) > 20
    assert by_us(model.pyomo, compiler, plan) == by_pyomo(model.pyomo)


@pytest.mark.slow
def test_two_days_of_the_shipped_system_are_those_of_pyomos_standard_form():
    """Every row of the main scenario, of two days and the peak days in blocks of six hours, in two model years."""
    path = Path(__file__).parents[1] / "scenarios" / "reference.yaml"
    said = load_scenario(path)
    days = TypicalDays(method="typical_days", days=2, block_hours=6)
    horizon = said.horizon.model_copy(update={"model_years": (2026, 2030), "time": days})
    model = build(make_case(said.model_copy(update={"horizon": horizon}), path)[0])
    compiler = Compiler(model.pyomo)
    plan = compiler.compile(lambda m: present_value(m, model.ledger))
    ours = by_us(model.pyomo, compiler, plan)
    assert ours == by_pyomo(model.pyomo)
    assert len(ours) > 5000


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


# ------------------------------------------------------------------- kinds of rules, each worked out by hand


def toy() -> pyo.ConcreteModel:
    """Sets, numbers and variables of the toy; demand is 0, 1, 2, … over zone, year, slice."""
    m = pyo.ConcreteModel()
    m.ZONE, m.PLANT = pyo.Set(initialize=["A", "B"]), pyo.Set(initialize=["u1", "u2"])
    m.YEAR, m.SLICE, m.NONE = pyo.Set(initialize=[2025, 2030]), pyo.RangeSet(0, 3), pyo.Set(initialize=[])
    m.PLANTS_OF = pyo.Set(m.ZONE, initialize={"A": ["u1", "u2"], "B": []})
    m.VINTAGE = pyo.Set(dimen=2, initialize=[("u1", 2025), ("u2", 2025), ("u2", 2030)])
    m.BUILT_BY = pyo.Set(m.YEAR, dimen=2, initialize={2025: [("u1", 2025), ("u2", 2025)], 2030: list(m.VINTAGE)})
    m.demand = array_param(m.ZONE, m.YEAR, m.SLICE, values=np.arange(16.0).reshape(2, 2, 4))
    m.following = array_param(m.SLICE, values=[1, 2, 3, 0])
    m.rate = array_param(m.PLANT, values=[0.5, 4.0])
    m.gen = array_var(m.PLANT, m.YEAR, m.SLICE, upper=np.array([3.0, 5.0])[:, None, None])
    m.new = array_var(m.VINTAGE)
    m.none = array_var(m.NONE, m.SLICE)
    return m


def first(m: pyo.ConcreteModel) -> Any:
    """An objective where only the rows matter."""
    return m.gen["u1", 2025, 0]


def compiled_with(m: pyo.ConcreteModel, objective: Callable[[Any], Any]) -> tuple[Compiler, CompiledModel]:
    """A model with an objective of its own, after its sample check."""
    compiler = Compiler(m)
    plan = compiler.compile(objective)
    check_sample(compiler, plan)
    return compiler, plan


def checked(m: pyo.ConcreteModel, objective: Callable[[Any], Any] = first) -> CompiledModel:
    """The compiled model, after its sample check."""
    return compiled_with(m, objective)[1]


def one(*sets: str, rule: Callable[..., Any]) -> tuple[CompiledModel, np.ndarray]:
    """The toy with one constraint ``row``; its matrix as a dense array."""
    m = toy()
    m.row = rows(*[getattr(m, name) for name in sets], rule=rule)
    result = checked(m)
    return result, result.matrix.toarray()


def gen(p: int, y: int, s: int) -> int:
    """Column of gen by position: the first variable, plants × 2 years × 4 slices."""
    return (p * 2 + y) * 4 + s


def test_sums_over_a_set_of_pairs_and_rows_over_one() -> None:
    """new is column 16 on: built by 2025 are the first two, by 2030 all three; a row per pair bounds its own column."""
    _, matrix = one("YEAR", rule=lambda m, y: sum(m.rate[u] * m.new[u, v] for (u, v) in m.BUILT_BY[y]) <= 4)
    assert matrix[:, 16:19].tolist() == [[0.5, 4, 0], [0.5, 4, 4]]
    _, matrix = one("VINTAGE", "SLICE", rule=lambda m, u, v, s: m.gen[u, v, s] <= m.new[u, v])
    assert matrix.shape[0] == 12
    assert matrix[9, [gen(1, 1, 1), 18]].tolist() == [1, -1]  # third pair (u2, 2030), slice 1


def test_sums_over_several_indices_and_in_each_other() -> None:
    """Both read zone A's plants over all slices; the second weighs each slice by its demand 0, 1, 2, 3 in 2025."""
    _, flat = one(
        "ZONE", "YEAR", rule=lambda m, z, y: sum(m.gen[u, y, s] for u in m.PLANTS_OF[z] for s in m.SLICE) <= 1
    )
    assert flat.sum(axis=1).tolist() == [8, 8, 0, 0]
    _, nested = one(
        "ZONE", "YEAR",
        rule=lambda m, z, y: sum(m.demand[z, y, s] * sum(m.gen[u, y, s] for u in m.PLANTS_OF[z]) for s in m.SLICE) <= 1,
    )  # fmt: skip
    assert nested[0, :4].tolist() == [0, 1, 2, 3]
    assert nested.sum(axis=1).tolist() == [12, 44, 0, 0]  # twice 0+1+2+3, twice 4+5+6+7


@pytest.mark.parametrize(
    ("rule", "coefficient", "lower", "upper"),
    [
        (lambda m, s: m.gen["u1", 2025, s] <= 2, 1, -INF, 2),
        (lambda m, s: m.gen["u1", 2025, s] >= 2, -1, -INF, -2),  # 2 <= gen is read as 2 - gen <= 0
        (lambda m, s: m.gen["u1", 2025, s] + 1 == 2, 1, 1, 1),
        (lambda m, s: (1, 2 * m.gen["u1", 2025, s] + 1, 3), 2, 0, 2),
        (lambda m, s: pyo.inequality(1, m.gen["u1", 2025, s], 3), 1, 1, 3),
        (lambda m, s: (m.gen["u1", 2025, s] + m.gen["u1", 2025, s]) / 4 <= 2, 0.5, -INF, 2),
        (lambda m, s: -(2**3) * m.gen["u1", 2025, s] <= 2, -8, -INF, 2),
    ],
)
def test_the_sides_of_a_row(rule: Callable[..., Any], coefficient: float, lower: float, upper: float) -> None:
    """Constants move to the sides; equal variables are added up."""
    result, matrix = one("SLICE", rule=rule)
    assert matrix[2, gen(0, 0, 2)] == coefficient
    assert (result.row_lower[2], result.row_upper[2]) == (lower, upper)


def test_an_index_may_be_an_exponent() -> None:
    """0.5 to the power of the following slice: 1/2, 1/4, 1/8 and, for slice 3, 1."""
    _, matrix = one("SLICE", rule=lambda m, s: 0.5 ** m.following[s] * m.gen["u1", 2025, s] <= 1)
    assert matrix[range(4), range(4)].tolist() == [0.5, 0.25, 0.125, 1]


def test_empty_sets_vanish() -> None:
    """No rows over an empty set, nothing from a sum over one, and a rule that always skips gives no rows."""
    assert one("NONE", "SLICE", rule=lambda m, n, s: m.none[n, s] <= 1)[1].shape[0] == 0
    assert one("SLICE", rule=lambda m, s: pyo.Constraint.Skip)[1].shape[0] == 0
    result, matrix = one("SLICE", rule=lambda m, s: sum(m.none[n, s] for n in m.NONE) + m.gen["u1", 2025, s] <= 1)
    assert (result.matrix.nnz, matrix.sum()) == (4, 4)


def test_a_literal_index_inside_a_rule() -> None:
    """A rule may name one member outright, before anything else has touched it."""
    _, matrix = one("SLICE", rule=lambda m, s: m.gen["u2", 2030, s] <= m.demand["B", 2030, 3] + m.gen["u1", 2025, 0])
    assert matrix[1, [gen(1, 1, 1), gen(0, 0, 0)]].tolist() == [1, -1]


def test_tiny_coefficients_are_dropped() -> None:
    """1e-10 is nothing; 1e-8 stays."""
    assert (
        one("SLICE", rule=lambda m, s: 1e-10 * m.gen["u1", 2025, s] + 1e-8 * m.gen["u2", 2025, s] <= 1)[0].matrix.nnz
        == 4
    )


def test_forms_of_the_ledger_and_the_objective() -> None:
    """gen at 2, 3, 4, … in the first eight columns: 2025 sums to 2+3+4+5, plus the year itself as a number."""
    m = toy()
    compiler = Compiler(m)
    at = np.arange(compiler.size) + 2.0
    value = compiler.value(at, lambda m, y: sum(m.gen["u1", y, s] for s in m.SLICE) + y, m.YEAR)
    assert value.tolist() == [14 + 2025, 30 + 2030]
    result = compiler.compile(
        lambda m: sum(m.rate[u] * m.gen[u, y, s] for u in m.PLANT for y in m.YEAR for s in m.SLICE) + 7
    )
    assert (result.cost[:16].tolist(), result.offset) == ([0.5] * 8 + [4.0] * 8, 7)


def test_bounds_and_fixed_values_count() -> None:
    """Bounds come from arrays (3 for u1, 5 for u2) until a member is edited; fixing sets both."""
    m = toy()
    m.row = rows(m.SLICE, rule=lambda m, s: m.gen["u1", 2025, s] + m.gen["u2", 2025, s] <= 4)
    m.gen["u1", 2025, 1].setub(1.5)
    m.gen["u1", 2025, 2].fix(2.0)
    result = checked(m)
    assert result.column_upper[:4].tolist() == [3, 1.5, 2, 3]
    assert result.column_lower[:4].tolist() == [0, 0, 2, 0]
    assert result.column_upper[8] == 5
    assert result.column_upper[16:19].tolist() == [INF] * 3  # new has no bound from above
    assert result.matrix.nnz == 8  # a fixed variable keeps its coefficient


def test_a_users_own_variables_and_constraints() -> None:
    """Ordinary Pyomo: a scalar w >= 0, a sparse w2 within 0 and 5, and rows w + gen >= s with sides 0 to 3."""
    m = toy()
    m.w = pyo.Var(domain=pyo.NonNegativeReals)
    m.w2 = pyo.Var(m.PLANT, bounds=(0, 5), dense=False, domain=pyo.Integers)
    m.own = pyo.Constraint(m.SLICE, rule=lambda m, s: m.w + m.gen["u1", 2025, s] + 1 >= s + 1)
    result = checked(m)
    column = result.columns["w"].start
    assert (result.column_lower[column], result.column_upper[column]) == (0, INF)
    assert result.columns["w2"].pick(result.column_upper).tolist() == [5, 5]
    assert result.columns["w2"].pick(result.integrality).tolist() == [1, 1]
    assert result.matrix.toarray()[2, [gen(0, 0, 2), column]].tolist() == [1, 1]
    assert result.row_lower.tolist() == [0, 1, 2, 3]


def test_rows_can_be_switched_off_but_not_rewritten_unseen() -> None:
    """A deactivated member limits nothing, a deactivated constraint is gone, a rewritten member is refused by name."""
    m = toy()
    m.row = rows(m.SLICE, rule=lambda m, s: m.gen["u1", 2025, s] <= 1)
    m.row[1].deactivate()
    assert checked(m).row_upper.tolist() == [1, INF, 1, 1]
    m.row[2].set_value(m.gen["u1", 2025, 2] <= 2)
    with pytest.raises(InternalError, match=r"'row' at \(2,\) was rewritten"):
        checked(m)
    m.row.deactivate()
    assert checked(m).matrix.shape[0] == 0


@pytest.mark.parametrize(
    "limit",
    [
        lambda z: 5 if str(z) == "A" else 10,
        lambda z: {"A": 5}.get(f"{z}", 10),
        lambda z: 5 if isinstance(z, str) else 10,
    ],
)
def test_branching_in_disguise_is_found_by_the_sample(limit: Callable[..., Any]) -> None:
    """What cannot be refused is stamped wrongly: 10 for all where zone A should have 5. The check meets every zone."""
    with pytest.raises(InternalError, match=r"'row' at \('A', .*compiled wrongly"):
        one("ZONE", "SLICE", rule=lambda m, z, s: m.gen["u1", 2025, s] <= limit(z))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda m, s: float("nan") * m.gen["u1", 2025, s] <= 1, r"at \(0,\): a coefficient"),
        (lambda m, s: m.gen["u1", 2025, s] <= float("nan"), r"at \(0,\): its side"),
        (lambda m, s: m.gen["u1", 2025, s] >= float("inf"), r"at \(0,\): its side"),
    ],
)
def test_numbers_that_are_none_are_named(rule: Callable[..., Any], words: str) -> None:
    """Pyomo and HiGHS would pass them on and call the result optimal."""
    with pytest.raises(InternalError, match=f"'row' {words}"):
        one("SLICE", rule=rule)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda m, s: m.gen["u1", 2025, s] * m.gen["u2", 2025, s] <= 1, "product of two variables"),
        (lambda m, s: m.gen["u1", 2025, s] ** 2 <= 1, "power of a variable"),
        (lambda m, s: m.gen["u1", 2025, s] / m.following[s] <= 1, "division by zero"),  # slice 3 is followed by 0
        (lambda m, s: m.gen["u1", 2025 + m.following[s], s] <= 1, "not in YEAR"),
        (lambda m, s: sum([m.gen[u, 2025, s] for u in m.PLANT]) <= 1, "Explicit iteration"),
        (lambda m, s: [5, 6, 7, 8][s] * m.gen["u1", 2025, s] <= 1, "array_param"),
        (lambda m, s: 1 <= 2, "not a comparison"),
    ],
)
def test_rules_that_cannot_be_compiled_say_so(rule: Callable[..., Any], words: str) -> None:
    """By the name of the constraint."""
    with pytest.raises(RuleError, match=f"(?s)'row'.*{words}"):
        one("SLICE", rule=rule)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.randoms(use_true_random=False))
def test_any_small_plan_equals_pyomos(zones: int, years: int, slices: int, chance: Any) -> None:
    """Random sizes, random plants per zone (also none), random numbers; storage, vintages, budget and all signs."""
    m = pyo.ConcreteModel()
    m.ZONE, m.YEAR, m.SLICE = pyo.RangeSet(zones), pyo.RangeSet(years), pyo.RangeSet(slices)
    plants = {z: [f"{z}{k}" for k in range(chance.randint(0, 2))] for z in m.ZONE}
    m.PLANT = pyo.Set(initialize=[u for found in plants.values() for u in found])
    m.PLANTS_OF = pyo.Set(m.ZONE, initialize=plants)
    m.VINTAGE = pyo.Set(dimen=2, initialize=[(u, y) for u in m.PLANT for y in m.YEAR if chance.random() < 0.6])
    m.BUILT_BY = pyo.Set(m.YEAR, dimen=2, initialize={y: [(u, v) for u, v in m.VINTAGE if v <= y] for y in m.YEAR})

    def numbers(*sets: Any) -> Any:
        shape = [len(s) for s in sets]
        return array_param(
            *sets,
            values=np.array([round(chance.uniform(-2, 2), 2) for _ in range(np.prod(shape, dtype=int))]).reshape(shape),
        )

    m.draw, m.share, m.price = numbers(m.ZONE, m.YEAR, m.SLICE), numbers(m.PLANT, m.SLICE), numbers(m.PLANT, m.YEAR)
    m.following = array_param(m.SLICE, values=np.roll(np.arange(slices) + 1, -1))
    m.gen, m.level = array_var(m.PLANT, m.YEAR, m.SLICE), array_var(m.ZONE, m.YEAR, m.SLICE)
    m.new, m.slack = array_var(m.VINTAGE), array_var(m.YEAR)
    m.balance = rows(
        m.ZONE, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: sum(m.gen[u, y, s] * m.share[u, s] for u in m.PLANTS_OF[z])
        - 3 * (m.level[z, y, m.following[s]] - m.level[z, y, s] / 2) + m.draw[z, y, s] >= m.slack[y] * 2,
    )  # fmt: skip
    m.limit = rows(m.VINTAGE, m.SLICE, rule=lambda m, u, v, s: m.gen[u, v, s] - m.share[u, s] * m.new[u, v] <= 1)
    m.money = rows(
        m.YEAR, rule=lambda m, y: (-1, sum(m.price[u, v] * m.new[u, v] for (u, v) in m.BUILT_BY[y]) + m.slack[y], 9)
    )
    m.total = rows(m.YEAR, rule=lambda m, y: sum(m.gen[u, y, s] for u in m.PLANT for s in m.SLICE) == m.slack[y])
    compiler, plan = compiled_with(m, lambda m: sum(m.slack[y] for y in m.YEAR))
    ours = [row for row in by_us(m, compiler, plan) if row[0]]  # Pyomo leaves out rows without variables
    assert ours == by_pyomo(m)


def test_the_sample_meets_every_member_of_the_leading_sets() -> None:
    """One wrong zone among thirty is found, wherever it stands: the rule says 1, the compiled row of zone 17 says 2."""
    m = pyo.ConcreteModel()
    m.ZONE, m.SLICE = pyo.RangeSet(30), pyo.RangeSet(8)
    m.x = array_var(m.ZONE, m.SLICE)
    m.row = rows(m.ZONE, m.SLICE, rule=lambda m, z, s: m.x[z, s] <= 1)
    compiler = Compiler(m)
    result = compiler.compile(lambda m: m.x[1, 1])
    assert check_sample(compiler, result) == 30
    result.row_upper[17 * 8 : 18 * 8] = 2
    with pytest.raises(InternalError, match=r"'row' at \(18, "):
        check_sample(compiler, result)
