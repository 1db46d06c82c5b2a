"""Limits of growth over calendar years: a mean with a single-year limit, totals that lines widen, projects that wait.

Wind of ``test_procurement`` costs 50 USD/kW and year; gas at 50 USD/MWh serves the load without it, so in 2000 hours a
year the plan wants all the wind it may have.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_procurement import WIND, asked, limit, toy
from toy import case, plant, solve, technology

import simulator
from simulator.audit.permits import delays
from simulator.errors import InfeasibleError, InputError
from simulator.studies.limits import limits as what_binds
from simulator.studies.limits import shifted

DEAR = {"technologies": [technology("gas", variable_om_usd_per_mwh=50), WIND], "plants": [plant("gas", 100)]}
MEAN = {"mean_mw_per_year": 20, "mean_years": 3}


def planned(results: Any) -> list[float]:
    return results["build_mw"].sum("asset").values.tolist()


def named(mw: float, stage: str = "construction", **columns: Any) -> dict[str, Any]:
    row = {"id": "p", "name": "P", "zone": "A", "technology": "wind", "capacity_mw": mw, "stage": stage,
           "commissioning": "2030-01", "investor": "state", "overnight_usd_per_kw": 1000,
           "probability_percent": 100, "delay_months": 0}  # fmt: skip
    return {"projects": [row | columns]}


def test_a_mean_lets_room_wait_or_come_early_within_its_years() -> None:
    """20 MW on average over three years are 60 in 2030 to 2032; with at most 40 in a year the plan, which wants wind at
    once, takes 40, 20 and none."""
    results = solve(toy(0, **limit(40, **MEAN), **DEAR), asked())
    assert planned(results) == pytest.approx([40, 20, 0])


def test_room_that_a_year_leaves_serves_the_next() -> None:
    """Wind can come from 2031 on: nothing lapses, 40 come in 2031 and 20 in 2032."""
    results = solve(toy(0, candidate={"earliest": 2031}, **limit(40, **MEAN), **DEAR), asked())
    assert planned(results) == pytest.approx([0, 40, 20])


def test_a_limit_by_year_says_1200_from_2031() -> None:
    """5 MW in 2030, 12 from 2031 on, in the table or by a scenario."""
    path = {2030: 5, 2031: 12}
    results = solve(toy(0, **limit(path), **DEAR), asked())  # type: ignore[arg-type]
    assert planned(results) == pytest.approx([5, 12, 12])
    changes = {"build_limits": {"grid": {"mw_per_year": path}}}
    assert planned(solve(toy(0, **limit(40), **DEAR), asked(changes=changes))) == pytest.approx([5, 12, 12])


def test_projects_that_want_too_much_are_late_by_the_same_share() -> None:
    """P of 60 and Q of 30 MW are due in 2030, 45 MW may come in a year: half of each comes in 2030, half in 2031, and
    nothing is left for the plan before 2032."""
    both = named(60)["projects"] + named(30, id="q")["projects"]
    results = solve(toy(0, projects=both, **limit(45, counts_projects=True), **DEAR), asked())
    mw = {
        str(a): results["capacity_mw"].sel(asset=a).values.tolist() for a in results["asset"].values if "gas" not in a
    }
    assert mw["p"] == [30, 30, 30] and mw["p/late/1"] == [0, 30, 30]
    assert mw["q"] == [15, 15, 15] and mw["q/late/1"] == [0, 15, 15]
    assert planned(results) == pytest.approx([0, 0, 10])  # the load of 100 is met with 10 more


def test_the_narrowest_of_several_limits_makes_projects_late() -> None:
    """P of 60 MW is due in 2030; 45 MW of wind may come in a year, and 20 MW in all of A: 20 in each year."""
    narrow = limit(20, counts_projects=True)["build_limits"][0] | {"id": "narrow"}
    wide = limit(45, counts_projects=True)["build_limits"]
    results = solve(toy(0, **named(60), build_limits=[*wide, narrow], **DEAR), asked())
    late = results["capacity_mw"].sel(asset=["p", "p/late/1", "p/late/2"]).values
    assert late == pytest.approx(np.array([[20, 20, 20], [0, 20, 20], [0, 0, 20]]))


def test_a_project_waits_for_the_narrowest_span() -> None:
    """P of 70 MW is due in 2030; 40 MW may come in a year, and 60 in three: 40, then 20, and 10 after the plan."""
    results = solve(toy(0, **named(70), **limit(40, counts_projects=True, **MEAN), **DEAR), asked())
    came = results["capacity_mw"].sel(asset=["p", "p/late/1"]).values
    assert came == pytest.approx(np.array([[40, 40, 40], [0, 20, 20]]))


def test_a_total_by_zone_is_widened_by_a_line() -> None:
    """30 MW since the first model year, and 20 more once the line is in service in 2031; at most 100 a year."""
    line = {"id": "line", "from_zone": "A", "to_zone": "B", "forward_mw": 0, "backward_mw": 0,
            "in_service": "2031-03"}  # fmt: skip
    tables = toy(
        0, zones=("A", "B"), links=[line],
        limit_lines=[{"limit": "grid", "link": "line", "mw": 20}], **limit(100, zones=["A"], total_mw=30), **DEAR,
    )  # fmt: skip
    assert planned(solve(tables, asked())) == pytest.approx([30, 20, 0])


@pytest.mark.parametrize("wider", [{"mw": 45}, {"mean_mw_per_year": 22}, {"mean_years": 4}])
def test_a_wider_limit_never_costs_more(wider: dict[str, Any]) -> None:
    rows = ({"mw": 40} | MEAN, {"mw": 40} | MEAN | wider)
    cost = [float(solve(toy(0, **limit(**row), **DEAR), asked()).attrs["objective_musd"]) for row in rows]
    assert cost[1] <= cost[0] + 1e-9


def test_plants_of_the_years_before_count_in_a_mean() -> None:
    """20 MW a year over three years: 30 of 60 MW came in 2029, so 30 are left in 2030, and in 2031; 2032 looks back to
    2030 and has 30 again. The first two years share 30, which come at once."""
    kinds = DEAR | {"plants": [plant("gas", 100), plant("wind", 30, commissioned="2029-01")]}
    results = solve(toy(0, **limit(100, counts_projects=True, **MEAN), **kinds), asked())
    assert planned(results) == pytest.approx([30, 0, 30])


def test_a_project_in_any_case_comes_on_its_date() -> None:
    """60 MW where 45 may come: with ``build: always`` it is not late, a warning says so, and nothing else comes."""
    tables = toy(0, **named(60), **limit(45, counts_projects=True), **DEAR)
    with pytest.warns(Warning, match="exceed the limit by 15 MW in 2030"):
        results = solve(tables, asked(projects={"override": {"p": {"build": "always"}}}))
    assert float(results["capacity_mw"].sel(asset="p", year=2030)) == 60
    assert planned(results) == pytest.approx([0, 40, 0])


def test_a_limit_of_auctions_does_not_cut_a_treaty() -> None:
    """25 MW a year of auctions and choice, projects not counted: an auction of 40 brings 25, a treaty 40."""
    for kind, mw in (("auction", 25), ("treaty", 40)):
        tables = toy(40, terms={"kind": kind}, **limit(25))
        assert sum(batch.mw for batch in case(tables, asked()).procured.batches if batch.year == 2030) == mw


LEVELS = {"mw_per_year_low": 10, "mw_per_year_high": 40}


@pytest.mark.parametrize(("level", "mw"), [("low", 10), (0.25, 15), ("middle", 20), (0.75, 30), ("high", 40), (1, 40)])
def test_a_level_lies_between_low_and_high(level: str | float, mw: float) -> None:
    """10, 20 and 40 MW a year; in between linear on each side of the middle."""
    results = solve(toy(0, **limit(20, **LEVELS), **DEAR), asked(limits=level))
    assert planned(results)[0] == pytest.approx(mw)


def test_a_level_moves_paths_and_what_auctions_bring() -> None:
    path = {"mw_per_year_low": {2030: 4, 2032: 8}}
    built = solve(toy(0, **limit({2030: 10, 2031: 20}, **path), **DEAR), asked(limits=0.25))  # type: ignore[arg-type]
    assert planned(built) == pytest.approx([7, 13, 14])
    auction = toy(40)
    ranged = auction.model_copy(update={
        "procurement": tuple(x.model_copy(update={"realisation_percent_low": 50.0}) for x in auction.procurement),
        "procurement_years": tuple(x.model_copy(update={"mw_low": 20.0}) for x in auction.procurement_years),
    })  # fmt: skip
    for asking in ({"limits": "low"}, {"procurement": {"auction": {"level": 0}}}):
        assert sum(batch.mw for batch in case(ranged, asked(**asking)).procured.batches if batch.year == 2030) == 10


@pytest.mark.parametrize(
    ("asking", "path"),
    [
        ({"limits": "high"}, "limits"),
        (
            {"limits": "low", "changes": {"build_limits": {"grid": {"mw_per_year": 30}}}},
            "changes.build_limits.grid.mw_per_year",
        ),
        ({"changes": {"build_limits": {"grid": {"mw_per_year_low": 5}}}}, "changes.build_limits.grid.mw_per_year_low"),
        ({"procurement": {"auction": {"level": "low"}}}, "procurement.auction.level"),
    ],
)
def test_a_level_or_a_figure_without_effect_is_refused(asking: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as refused:
        case(toy(40, **limit(20, mw_per_year_low=10)), asked(**asking))
    assert [problem.path for problem in refused.value.problems] == [path]


def test_the_audit_sees_projects_that_are_late_for_no_reason() -> None:
    """P of 60 MW, 45 allowed: 45 in 2030 and 15 in 2031. Another split, or a year more, is not by the rule."""
    made = case(toy(0, **named(60), **limit(45, counts_projects=True), **DEAR), asked())
    assert {x.id: x.full_mw for x in made.assets if x.project} == {"p": 45, "p/late/1": 15}
    assert delays(made, None) == pytest.approx(0)  # type: ignore[arg-type]
    for change in ({"p": 40, "p/late/1": 20}, {"p": 50, "p/late/1": 10}):
        other = [replace(x, full_mw=change.get(x.id, x.full_mw)) for x in made.assets]
        assert delays(replace(made, assets=tuple(other)), None) > 0.01  # type: ignore[arg-type]


# ------------------------------------------------------------------------------ what binds, and what is out of reach


def test_a_target_out_of_reach_names_the_limit_in_its_way() -> None:
    """Half of 100 MW times 2000 h are 50 MW of wind; 20 may come in 2030."""
    goal = {"id": "goal", "country": "C", "year": 2030, "percent": 50, "definition": "law", "basis": "generation",
            "mode": "hard"}  # fmt: skip
    law = {"definitions": [{"definition": "law", "technology": "wind"}], "targets": [goal]}
    with pytest.raises(InfeasibleError) as caught:
        solve(toy(0, **limit(20), **DEAR, **law), asked())
    text = str(caught.value)
    assert "targets.goal: 50 % in 2030 is out of reach by 0.06 TWh" in text
    assert "build_limits.grid: mw_per_year allows 30 MW too little in 2030" in text


REPORTED = {
    "definitions": [{"definition": "law", "technology": "wind"}],
    "targets": [{"id": "goal", "country": "C", "year": 2030, "percent": 50, "definition": "law", "basis": "generation",
                 "mode": "report"}],
}  # fmt: skip


def test_what_binds_who_uses_it_and_what_100_mw_move(tmp_path: Path) -> None:
    """20 MW a year, of which an auction takes 15: 20 % of the load of 100 MW. With 100 more it is 85 %, as
    the 15 MW of the next auction are worth waiting for, with 100 less none; a limit of 500 does not bind."""
    wide = {"id": "wide", "countries": ["C"], "technologies": ["wind"], "mw_per_year": 500}
    world = toy(15, build_limits=[limit(20)["build_limits"][0], wide], **DEAR, **REPORTED)
    asking = asked(headline="goal")
    whole = json.loads(world.model_dump_json(exclude_defaults=True)) | {"hours_per_year": 2000}
    (tmp_path / "system.yaml").write_text(json.dumps(whole))
    path = tmp_path / "asked.yaml"
    path.write_text(json.dumps(json.loads(asking.model_dump_json(exclude_defaults=True)) | {"system": "system.yaml"}))
    simulator.run(path, tmp_path / "run", figures=False)
    lines = what_binds(tmp_path / "run", scenario=path).splitlines()
    assert lines[0] == "Country in 2030: 20.00 %"
    cells = [cell.strip() for cell in lines[4].split("  ") if cell.strip()]
    assert cells == ["grid", "mw_per_year", "2030", "20 MW", "auction 15; chosen 5", "+65.00", "-20.00"]
    assert not any(line.startswith("wide") for line in lines)


@pytest.mark.parametrize(("level", "new"), [
    ("middle", {"mw_per_year": 120}), ("low", {"mw_per_year_low": 110}),
    (0.25, {"mw_per_year": 120, "mw_per_year_low": 110}), (0.75, {"mw_per_year": 120, "mw_per_year_high": 140}),
])  # fmt: skip
def test_a_figure_is_moved_where_the_level_looks(level: str | float, new: dict[str, float]) -> None:
    world = toy(0, **limit(20, **LEVELS), **DEAR)
    changed = shifted(("build_limits", "grid", "mw_per_year"), 100.0, world, asked(limits=level))
    assert changed.changes == {"build_limits": {"grid": new}}
    assert case(world, changed).investment.growth[0].spans[0].mw == pytest.approx(
        case(world, asked(limits=level)).investment.growth[0].spans[0].mw + 100
    )


def test_figures_that_do_not_count_do_not_limit_a_change() -> None:
    """10, 20 and 40 MW; in the middle 120 may be asked for, at the low end 110. Half way up both middle and high count:
    120 in the middle alone contradicts the high 40."""
    world = toy(0, **limit(20, **LEVELS), **DEAR)

    def first(level: str | float, **columns: float) -> float:
        changed = asked(limits=level, changes={"build_limits": {"grid": columns}})
        return case(world, changed).investment.growth[0].spans[0].mw

    assert first("middle", mw_per_year=120) == 120
    assert first("low", mw_per_year_low=110) == 110
    assert first(0.75, mw_per_year=120, mw_per_year_high=140) == 130
    with pytest.raises(InputError, match=r"mw_per_year_high \(40\) is below mw_per_year \(120\)"):
        first(0.75, mw_per_year=120)
