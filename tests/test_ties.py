"""Of plans of equal cost the most even one: shares worked out by hand, and two methods compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pandas.testing import assert_frame_equal
from share import SHARE, sampled
from test_envelopes import row, toy
from test_solve import INF, METHODS, problem
from toy import scenario
from toy import solve as planned

from simulator.analysis.finance import by_investor
from simulator.analysis.indicators import sum_by
from simulator.analysis.verdict import verdict
from simulator.case.loading import make_case
from simulator.errors import NumericalError
from simulator.inputs.read import read_scenario
from simulator.solve import SolveOptions, choice, solve, solver
from simulator.solve.plan import plan

SCENARIOS = Path(__file__).parent.parent / "scenarios"
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
COARSE = {"method": "typical_days", "days": 4, "block_hours": 6}


def test_investors_share_in_proportion_to_what_each_may_place() -> None:
    """40 MW of wind may be built, at the same cost by both; one has money for 30 MW, the other for 90 and so for all.

    What may be placed is 30 and 40 MW: of every 70 MW the first builds 30.
    """
    wind = [{"zone": "A", "technology": "wind", "investors": ["dragon", "state"], "limit_mw": 40}]
    results = planned(toy(row("dragon", 30), row("state", 90), candidates=wind), scenario({"s": 8000}))
    built = results["build_mw"].sum("year").to_series()
    assert built["A/wind/dragon"] == pytest.approx(40 * 30 / 70, rel=1e-5)
    assert built["A/wind/state"] == pytest.approx(40 * 40 / 70, rel=1e-5)


@METHODS
def test_the_most_even_plan_does_not_depend_on_the_method(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """min x + y + 2z with x + y + z ≥ 2, y ≤ 1.2, and then least x² + y²/3 + z².

    z costs more and stays 0. In proportion x and y would be 0.5 and 1.5; the limit of y leaves 0.8 to x.
    """
    monkeypatch.setattr(choice, "SMALL_PROBLEM", 0)
    plan = problem([1, 1, 2], [[1, 1, 1]], [2], [INF], column_upper=[INF, 1.2, INF])
    weights = np.array([1, 1 / 3, 1])
    found = solve(plan, SolveOptions(method), square=weights)
    assert found.column_value == pytest.approx([0.8, 1.2, 0], abs=1e-7)
    assert (found.solver, found.notes) == (method, ())
    wide = problem([1, 1, 2], [[1, 1, 1]], [2], [INF])
    assert solve(wide, SolveOptions(method), square=weights).column_value == pytest.approx([0.5, 1.5, 0], abs=1e-7)


def test_a_cheaper_plan_is_never_given_up_for_an_even_one() -> None:
    """x costs a millionth less than y: it is taken alone, though halves would be more even."""
    found = solve(problem([1, 1 + 1e-6], [[1, 1]], [2], [INF]), square=np.ones(2))
    assert found.column_value == pytest.approx([2, 0], abs=1e-9)


def test_whole_units_keep_their_number_while_the_rest_is_shared() -> None:
    """A block of 4 for 10; 2 more of a load of 6 come from two sources of 3 each, one half from either."""
    found = solve(problem([10, 3, 3], [[4, 1, 1]], [6], [INF], integrality=[1, 0, 0]), square=np.ones(3))
    assert found.column_value == pytest.approx([1, 1, 1], abs=1e-7)
    assert found.solver == "mip"


def test_a_plan_is_not_lost_when_the_choice_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vertex is kept, and notes say which method failed, why, and what that means."""

    def broken(*_: Any) -> Any:
        raise NumericalError("no")

    monkeypatch.setattr(solver, "most_even", broken)
    found = solve(problem([1, 1], [[1, 1]], [2], [INF]), square=np.ones(2))
    assert found.objective == pytest.approx(2)
    assert found.notes == ("hipo failed to choose among plans of equal cost (no)", solver.UNDECIDED)


def by_both(name: str, time: dict[str, Any] | None) -> tuple[xr.Dataset, xr.Dataset]:
    """A shipped scenario by PIQP and by HiGHS alone."""
    path = SCENARIOS / f"{name}.yaml"
    read = read_scenario(path)
    data = read.scenario.model_dump()
    if time is not None:
        data["horizon"]["time"] = time
    found = []
    for method in ("auto", "highs"):
        data["solver"]["method"] = method
        scenario = type(read.scenario).model_validate(data)
        found.append(plan(make_case(scenario, path, name, read.marks)[0], scenario))
    return found[0], found[1]


def assert_same(one: xr.Dataset, other: xr.Dataset) -> None:
    """The same objective (1e-7), verdict, capacities, figures of countries and years, and table by investor.

    Which of two hours or like plants gives the same energy at the same cost may differ, and so may which of like old
    plants closes and which of two neighbours rations load at the same price.
    """
    assert (one.attrs["notes"], other.attrs["notes"]) == ("", "")
    assert one.attrs["solver"] != other.attrs["solver"]
    assert one.attrs["objective_musd"] == pytest.approx(other.attrs["objective_musd"], rel=1e-7)
    assert verdict(one).sentence == verdict(other).sentence
    for name in ("energy_capacity_mwh", "build_mw", "build_mwh", "link_build_mw"):
        assert np.abs(one[name] - other[name]).max() < 0.1, name
    capacity = [sum_by(run["capacity_mw"], "asset", "zone", "technology", "status") for run in (one, other)]
    assert np.abs(capacity[0] - capacity[1]).max() < 0.1, "capacity, but for which of like old plants closes"
    for name in ("country_generation_gwh", "emissions_kt", "investment_musd"):
        assert np.abs(one[name] - other[name]).max() < 1, name
    supplied = [run["net_import_gwh"] + run["unserved_gwh"] for run in (one, other)]
    assert np.abs(supplied[0] - supplied[1]).max() < 1, "net import, but for load shed here or there"
    assert_frame_equal(by_investor(one), by_investor(other), rtol=1e-4, atol=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(NAMES, 2))
def test_two_methods_give_the_same_tables_for_shipped_scenarios(name: str) -> None:
    """A share of the shipped scenarios (``SLOW_SHARE``), on four days of four blocks."""
    assert_same(*by_both(name, COARSE))


@pytest.mark.slow
@pytest.mark.skipif(SHARE < 1, reason="HiGHS alone needs minutes: make slow")
@pytest.mark.parametrize("name", ["reference", "power_flow", "nev_boom_smart"])
def test_two_methods_give_the_same_tables_at_full_size(name: str) -> None:
    """As shipped: HiGHS alone needs minutes."""
    assert_same(*by_both(name, None))
