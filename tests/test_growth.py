"""Limits of growth over calendar years: a mean with a single-year limit, totals that lines widen, projects that wait.

Wind of ``test_procurement`` costs 50 USD/kW and year; gas at 50 USD/MWh serves the load without it, so in 2000 hours a year
the plan wants all the wind it may have.
"""

from __future__ import annotations

from typing import Any

import pytest
from test_procurement import WIND, asked, limit, toy
from toy import plant, solve, technology

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
    """5 MW in 2030, 12 from 2031 on."""
    results = solve(toy(0, **limit({2030: 5, 2031: 12}), **DEAR), asked())  # type: ignore[arg-type]
    assert planned(results) == pytest.approx([5, 12, 12])


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


def test_a_total_by_zone_is_widened_by_a_line() -> None:
    """30 MW since the first model year, and 20 more once the line is in service in 2031; at most 100 a year."""
    line = {"id": "line", "from_zone": "A", "to_zone": "B", "forward_mw": 0, "backward_mw": 0,
            "in_service": "2031-03"}  # fmt: skip
    tables = toy(
        0, zones=("A", "B"), links=[line],
        limit_lines=[{"limit": "grid", "link": "line", "mw": 20}], **limit(100, zones=["A"], total_mw=30), **DEAR,
    )  # fmt: skip
    assert planned(solve(tables, asked())) == pytest.approx([30, 20, 0])


@pytest.mark.parametrize("wider", [{"mw_per_year": 45}, {"mean_mw_per_year": 22}, {"mean_years": 4}])
def test_a_wider_limit_never_costs_more(wider: dict[str, Any]) -> None:
    narrow = {"mw_per_year": 40} | MEAN
    cost = [
        float(solve(toy(0, **limit(**{"mw": row["mw_per_year"]}, **{k: v for k, v in row.items() if k != "mw_per_year"}),
                        **DEAR), asked()).attrs["objective_musd"])
        for row in (narrow, narrow | wider)
    ]  # fmt: skip
    assert cost[1] <= cost[0] + 1e-9
