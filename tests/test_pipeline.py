"""What becomes of projects: rules, explicit choices, chance, withdrawals, and whose money they are."""

from __future__ import annotations

import doctest
from math import isclose, sqrt
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

import pytest
from pydantic import ValidationError
from toy import case, scenario, solve, system, technology

from simulator.case.capacity import chance as draws
from simulator.case.capacity.assets import in_service
from simulator.case.capacity.pipeline import Priors, realise
from simulator.errors import InputError
from simulator.inputs.read import load_scenario, read_system
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.investment import Rule
from simulator.system import Project, Realisation, System

STAGES = [
    {"stage": "construction", "probability_percent": 90, "probability_low_percent": 80, "probability_high_percent": 100,
     "delay_months": 6},
    {"stage": "agreement", "probability_percent": 50, "probability_low_percent": 20, "probability_high_percent": 80,
     "delay_months": 12},
]  # fmt: skip


def project(name: str, mw: float = 10, **columns: Any) -> dict[str, Any]:
    """A project of the owner, due on 1 July 2028."""
    return {"id": name, "name": name, "zone": "A", "technology": "wind", "capacity_mw": mw, "stage": "agreement",
            "commissioning": "2028-07", "investor": "owner"} | columns  # fmt: skip


CHINESE = {"chinese": True, "investor": "bank", "chinese_role": "developer"}


def register(*projects: dict[str, Any], **tables: Any) -> System:
    """A system with projects, a Chinese investor with three quarters of debt, and two stages."""
    rows = {
        "technologies": [technology("wind", group="wind"), technology("box", kind="storage", group="battery",
                                                                      efficiency_percent=90)],
        "technology_costs": [{"technology": name, "year": 2028, "overnight_usd_per_kw": 0} for name in ("wind", "box")],
        "currencies": [{"id": "USD", "name": "Dollar", "base_rate_percent": 0, "inflation_percent": 0, "per_usd": 1}],
        "investors": [
            {"id": "owner", "name": "Owner", "real_wacc_percent": 0, "currency": "USD", "debt_share_percent": 70},
            {"id": "bank", "name": "Bank", "chinese": True, "real_wacc_percent": 0, "currency": "USD",
             "debt_share_percent": 75},
        ],
        "realisation": STAGES, "projects": list(projects),
    }  # fmt: skip
    return system({"all": 0}, years=(2028, 2030), **(rows | tables))


def world(**parts: Any) -> Scenario:
    return scenario({"all": 8760}, years=(2028, 2030), **parts)


def outcomes(of: System, **parts: Any) -> dict[str, tuple[float, float]]:
    """Share and date of every project."""
    return {each.project.id: (each.share, each.date) for each in realise(of, world(**parts))}


def problems(of: System, **parts: Any) -> dict[str, str]:
    """Path → message of what the assembly refuses."""
    with pytest.raises(InputError) as caught:
        case(of, world(**parts))
    return {problem.path: problem.message for problem in caught.value.problems}


# --------------------------------------------------------------------------------------------- rules


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(draws).failed == 0


def test_the_best_fitting_prior_wins() -> None:
    """Exact, then the group for all sizes, then the size for all groups, then the stage alone."""

    def row(group: str, size: str, percent: float) -> dict[str, Any]:
        return STAGES[1] | {"group": group, "size": size, "probability_percent": percent}

    table = [row("wind", "large", 21), row("wind", "all", 22), row("all", "small", 23), row("all", "all", 24)]
    wind, box = project("w", 300), project("b", 300, technology="box")
    large_wind, large_box = project("W", 301), project("B", 301, technology="box")
    of = register(wind, box, large_wind, large_box, realisation=table)
    assert {name: share for name, (share, _) in outcomes(of).items()} == {"w": 0.22, "b": 0.23, "W": 0.21, "B": 0.24}
    of = of.model_copy(update={"large_project_mw": 400})
    assert outcomes(of)["W"][0] == 0.22


def test_rules_by_hand() -> None:
    """Due 2028.5; agreement: half, a year late; construction: nine tenths, half a year late; extra: a year."""
    of = register(project("a"), project("c", stage="construction"))
    assert outcomes(of) == {"a": (0.5, 2029.5), "c": (0.9, 2029.0)}
    every = {"realisation": "all", "extra_delay_months": 12}
    assert outcomes(of, projects=every) == {"a": (1, 2029.5), "c": (1, 2029.5)}
    assert outcomes(of, projects={"realisation": "committed_only"}) == {"a": (0, 2029.5), "c": (1, 2029.0)}
    assert all(share == 0 for share, _ in outcomes(of, projects={"realisation": "none"}).values())


def test_seed_and_common_share_belong_to_drawn_only() -> None:
    for wrong in ({"seed": 1}, {"common_percent": 20}, {"realisation": "sampled"}):
        with pytest.raises(ValidationError, match="seed"):
            Rule.model_validate(wrong)


# -------------------------------------------------------------------------------------------- chance


def drawn(of: System, seed: int, common: float = 0) -> dict[str, tuple[float, float]]:
    return outcomes(of, projects={"realisation": "sampled", "seed": seed, "common_percent": common})


@pytest.mark.parametrize("common", [0, 60])
def test_many_draws_average_to_expected(common: float) -> None:
    """400 draws of 5 projects that are built with 0.5: the standard error of the share is at most that of 400
    draws of one, 0.025; of those built the mean delay is a year and its spread, too (exponential)."""
    of = register(*(project(f"p{i}") for i in range(5)))
    draws_ = [drawn(of, seed, common) for seed in range(400)]
    assert abs(mean(share for each in draws_ for share, _ in each.values()) - 0.5) < 4 * 0.025
    late = [date - 2028.5 for each in draws_ for share, date in each.values() if share]
    assert min(late) >= 0 and abs(mean(late) - 1) < 4 / sqrt(400) and 0.7 < pstdev(late) < 1.3


def test_what_is_shared_makes_totals_uncertain() -> None:
    """Ten projects of one half each, probability certain: the variance of the number built is 10 · 0.25 if they are
    independent. A common share of 60 % more than triples it, and so does a probability between 0 and 100 %."""
    certain = {"probability_low_percent": 50, "probability_high_percent": 50}
    tied = [STAGES[1] | certain]
    loose = [STAGES[1] | {"probability_low_percent": 0, "probability_high_percent": 100}]
    ten = [project(f"p{i}") for i in range(10)]

    def variance(realisation: list[dict[str, Any]], common: float) -> float:
        of = register(*ten, realisation=realisation)
        return pstdev(sum(share for share, _ in drawn(of, seed, common).values()) for seed in range(300)) ** 2

    independent = variance(tied, 0)
    assert 1.6 < independent < 3.4
    assert variance(tied, 60) > 3 * independent
    assert variance(loose, 0) > 1.8 * independent, "10·0.25 + 90 · variance of the triangle (1/24) = 6.25"


def test_draws_repeat_and_do_not_depend_on_the_order_of_projects() -> None:
    three = [project(name) for name in ("x", "y", "z")]
    once = drawn(register(*three), 7, 30)
    assert once == drawn(register(*reversed(three)), 7, 30)
    assert {name: once[name] for name in ("x", "z")} == drawn(register(three[0], three[2]), 7, 30)
    assert len({tuple(drawn(register(*three), seed).values()) for seed in range(8)}) > 4


def test_the_drawn_probability_keeps_its_mean() -> None:
    """Also where the range is lopsided: 95 in 85 to 100 gives mode 100 and mean (85 + 100 + 100) / 3 = 95."""
    row = Realisation.model_validate(STAGES[0] | {"probability_percent": 95, "probability_low_percent": 85})
    values = [100 * draws.draw_probability(row, seed) for seed in range(2000)]
    assert min(values) >= 85 and max(values) <= 100 and abs(mean(values) - 95) < 0.4


def test_a_project_s_own_probability_and_delay_are_used_as_they_stand() -> None:
    of = register(project("sure", probability_percent=100, delay_months=0),
                  project("never", probability_percent=0))  # fmt: skip
    assert drawn(of, 1)["sure"] == (1, 2028.5) and drawn(of, 1)["never"][0] == 0


# ------------------------------------------------------------------------------------ explicit choice


def chosen(**choice: Any) -> dict[str, Any]:
    return {"override": {"p": choice}}


def test_explicit_choices_by_hand() -> None:
    """Without choice: half, in mid-2029. ``always`` means in full and on the stated date, plus its own delay only."""
    of = register(project("p"))
    rule = {"extra_delay_months": 24}
    assert outcomes(of, projects=chosen(build="always") | rule)["p"] == (1, 2028.5)
    assert outcomes(of, projects=chosen(build="always", extra_delay_months=6))["p"] == (1, 2029)
    assert outcomes(of, projects=chosen(build="always", commissioning="2030"))["p"] == (1, 2030)
    assert outcomes(of, projects=chosen(extra_delay_months=6))["p"] == (0.5, 2030)
    assert outcomes(of, projects=chosen(build="never"))["p"][0] == 0


def test_part_of_the_first_year_and_the_storage_that_comes_along() -> None:
    """20 MW and its 5 MW / 10 MWh from 1 July 2028: half of it on average over 2028, all of it in 2030. A choice may
    size the storage otherwise."""
    along = project("p", 20, storage_technology="box", storage_mw=5, storage_mwh=10)
    assets = {a.id: a for a in case(register(along), world(projects=chosen(build="always"))).assets}
    assert assets["p"].mw.tolist() == [10, 20]
    assert assets["p/storage"].mw.tolist() == [2.5, 5] and assets["p/storage"].mwh.tolist() == [5, 10]
    other = chosen(build="always", storage_mw=8, storage_mwh=32)
    assets = {a.id: a for a in case(register(along), world(projects=other)).assets}
    assert (assets["p/storage"].full_mw, assets["p/storage"].full_mwh) == (8, 32)


@pytest.mark.parametrize(
    ("choice", "path", "words"),
    [
        ({"build": "always", "extra_delay_months": 0}, "extra_delay_months", "no effect"),
        ({"build": "never", "commissioning": "2029"}, "commissioning", "no effect"),
        ({"commissioning": "2028-07"}, "commissioning", "no effect"),
        ({"storage_mw": 5}, "", "without storage"),
        ({}, "", "nothing is chosen"),
        ({"build": None}, "", "nothing is chosen"),
    ],
)
def test_choices_without_effect_are_refused(choice: dict[str, Any], path: str, words: str) -> None:
    found = problems(register(project("p")), projects=chosen(**choice))
    key = ".".join(part for part in ("projects.override.p", path) if part)
    assert words in found[key], found


def test_a_choice_leaves_no_storage_without_power_or_energy() -> None:
    """Storage of 5 MW and no energy would be counted and store nothing; 0 of both is no storage."""
    along = project("p", 20, storage_technology="box", storage_mw=5, storage_mwh=10)
    for key in ("storage_mw", "storage_mwh"):
        found = problems(register(along), projects=chosen(build="always", **{key: 0}))
        assert "the storage that comes with it needs" in found[f"projects.override.p.{key}"]
    none = chosen(build="always", storage_mw=0, storage_mwh=0)
    assert "p/storage" not in {a.id for a in case(register(along), world(projects=none)).assets}


def test_choices_for_the_wrong_project_are_refused() -> None:
    of = register(project("p"), project("c", **CHINESE), project("gone", stage="superseded"))
    found = problems(
        of, projects={"override": {"q": {"build": "never"}, "c": {"build": "never"}, "gone": {"build": "always"}}},
        chinese_investment={"projects": {"override": {"p": {"build": "never"}}}},
    )  # fmt: skip
    assert "unknown name 'q'" in found["projects.override.q"]
    assert "a Chinese one" in found["projects.override.c"]
    assert "count twice" in found["projects.override.gone"]
    assert "not a Chinese one" in found["chinese_investment.projects.override.p"]


def test_a_choice_among_drawn_projects_is_judged_on_average() -> None:
    """``never`` for a project that this draw would not build anyway is no mistake."""
    of = register(project("p"))
    for seed in range(6):
        rule = {"realisation": "sampled", "seed": seed}
        assert case(of, world(projects=rule | chosen(build="never"))).assets == ()


# ------------------------------------------------------------------------------------ national plans

PLANS = [{"id": "winds", "country": "C", "name": "Wind", "kind": "wind_solar"},
         {"id": "coals", "country": "C", "name": "Coal", "kind": "coal"}]  # fmt: skip


def test_a_plan_s_rule_holds_for_its_projects_only() -> None:
    """Also for a Chinese one, and an explicit choice still wins."""
    of = register(project("p", plan="winds"), project("c", plan="winds", **CHINESE), project("q"), plans=PLANS)
    late = {"winds": {"realisation": "all", "extra_delay_months": 6}}
    assert outcomes(of, national_plans=late) == {"p": (1, 2029), "c": (1, 2029), "q": (0.5, 2029.5)}
    assert outcomes(of, national_plans=late, projects=chosen(build="never"))["p"][0] == 0
    never = {"realisation": "none"}
    assert {share for share, _ in outcomes(of, national_plans={"winds": never}).values()} == {0, 0.5}


def test_plans_without_effect_are_refused() -> None:
    of = register(project("p", plan="winds"), plans=PLANS)
    for name, rule in (("winds", {}), ("coals", {"realisation": "none"})):
        assert "no effect" in problems(of, national_plans={name: rule})[f"national_plans.{name}"]
    assert "unknown name 'sun'" in problems(of, national_plans={"sun": {}})["national_plans.sun"]
    assert case(of, world(national_plans={"winds": {"realisation": "sampled", "seed": 3}}))


def test_a_plan_holds_projects_of_its_country_and_technologies() -> None:
    of = register(project("p", plan="coals"), plans=PLANS)
    assert "cannot belong to plan 'coals'" in problems(of)["projects.p.plan"]
    abroad = [PLANS[0] | {"country": "D"}]
    of = register(
        project("p", plan="winds"), plans=abroad, countries=[{"id": "C", "name": "C"}, {"id": "D", "name": "D"}]
    )
    assert "cannot belong to plan 'winds'" in problems(of)["projects.p.plan"]


# --------------------------------------------------------------------------------------- withdrawals


def test_an_investor_leaves() -> None:
    """Nothing of the bank after 2028: its project of 2029 does not come, nor what the plan would choose to build.

    Load 1 MW all year without supply: 8,760 MWh in 2030 at 1,000 USD are lost if the bank may not build; the owner
    has no candidate. Before it leaves, it serves all.
    """
    loads = {"A": 1.0}
    tables = {"technologies": [technology("wind", group="wind")],
              "technology_costs": [{"technology": "wind", "year": 2028, "overnight_usd_per_kw": 1}],
              "investors": [{"id": "bank", "name": "Bank", "chinese": True, "real_wacc_percent": 0}],
              "candidates": [{"zone": "A", "technology": "wind", "investors": ["bank"], "earliest": 2029}]}  # fmt: skip
    of = system({"all": loads["A"]}, years=(2028, 2030), **tables)
    stays, leaves = solve(of, world()), solve(of, world(withdrawals={"bank": 2028}))
    assert float(stays["unserved_gwh"].sel(year=2030).sum()) == pytest.approx(0, abs=1e-6)
    assert float(leaves["unserved_gwh"].sel(year=2030).sum()) == pytest.approx(8.76)
    late = register(project("early"), project("late", commissioning="2029-01", **CHINESE))
    assert outcomes(late, withdrawals={"bank": 2028})["late"][0] == 0
    assert outcomes(late, withdrawals={"owner": 2029}, projects={"extra_delay_months": 12})["early"][0] == 0
    assert outcomes(late, withdrawals={"owner": 2029})["early"][0] == 0.5, "delayed to mid-2029: still comes"


def test_withdrawals_without_effect_are_refused() -> None:
    of = register(project("p"))
    assert "unknown name 'nobody'" in problems(of, withdrawals={"nobody": 2028})["withdrawals.nobody"]
    for name, year in (("bank", 2026), ("owner", 2029), ("owner", 2030)):
        assert "no effect" in problems(of, withdrawals={name: year})[f"withdrawals.{name}"]


# ---------------------------------------------------------------------------------------- whose money


@pytest.mark.parametrize(
    ("columns", "share"),
    [
        ({}, 1),
        ({"chinese_role": "epc"}, 0),
        ({"chinese_role": "epc;owner", "chinese_equity_percent": 40}, 0.25 * 0.4 + 0.75),
        ({"chinese_equity_percent": 40, "chinese_debt_percent": 20}, 0.25 * 0.4 + 0.75 * 0.2),
        ({"investor": "owner"}, 0),
        ({"investor": "owner", "chinese_debt_percent": 50}, 0.7 * 0.5),
    ],
)
def test_chinese_share_of_the_capital(columns: dict[str, Any], share: float) -> None:
    """(1 − d)·equity + d·debt, with debt shares d of 75 % (the bank) and 70 % (the owner)."""
    of = register(project("p", **(CHINESE | columns)))
    (asset,) = case(of, world()).assets
    assert isclose(asset.chinese_money, share)


def test_the_flag_must_agree_with_the_roles() -> None:
    Project.model_validate(project("p", chinese_role="equipment;epc"))
    for wrong in (
        {"chinese_role": "lender"},
        {"chinese": True},
        {"chinese": True, "chinese_role": "equipment"},
        {"chinese_role": "epc", "chinese_debt_percent": 5},
    ):
        with pytest.raises(ValidationError, match="chinese_role"):
            Project.model_validate(project("p", **wrong))


def test_roles_stand_in_the_results() -> None:
    results = solve(register(project("p", **(CHINESE | {"chinese_role": "owner;epc"}))), world())
    assert results["asset_chinese_role"].values.tolist() == ["owner;epc"]


def test_a_prior_is_missing() -> None:
    of = register(project("p", stage="announced"))
    with pytest.raises(InputError, match="has no row for its stage 'announced'"):
        Priors(of).delay(of.projects[0])


# ---------------------------------------------------------------------------------- shipped scenarios


def test_a_slip_of_a_year_costs_five_months_of_the_target_year_and_two_years_all_of_it() -> None:
    """Due in June 2029: on time it runs all of 2030, a year late 7 of 12 months, two years late not at all."""
    folder = Path(__file__).parents[1]
    shipped = read_system(folder / "simulator" / "data" / "central_asia" / "system.yaml")
    for name, share in (("on_time", 1), ("one_year_late", 7 / 12), ("two_years_late", 0)):
        each = load_scenario(folder / "scenarios" / f"pavlodar_{name}.yaml")
        (late,) = (found for found in realise(shipped, each) if found.project.id == "kaz_spic_pavlodar")
        assert late.share == 1
        assert in_service([2030], late.date, None)[0] == pytest.approx(share)
