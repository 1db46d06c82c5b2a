"""A plan operated hour by hour: rolling weeks against the optimum of the whole year, and what the command writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lever_toys import shipped

from simulator import cli
from simulator.analysis import hours as tables
from simulator.analysis.report import page
from simulator.case.loading import make_case
from simulator.case.weather.interannual import draw_water, factor, standing
from simulator.case.year import Capacities, operated
from simulator.errors import FileError, InfeasibleError, InputError
from simulator.inputs.read import load_system, read_scenario
from simulator.model.build import OPERATION, build
from simulator.model.lp.problem import CompiledModel
from simulator.solve import rolling
from simulator.solve.operate import operate
from simulator.studies import hours as hourly
from simulator.studies.backcast import read_table
from simulator.studies.hours import operate_run
from simulator.studies.report import report
from simulator.studies.run import run
from simulator.studies.store import open_results
from simulator.system import System

MONTHS = range(1, 13)
SNOW = [10, 10, 15, 60, 120, 150, 120, 60, 25, 12, 10, 8]
"""hm3 a month: six tenths of the water come in three months of summer."""


def system(**tables):
    """100 MW of load on average; coal at 10, gas at 50 of limited volume, wind, and a lake that feeds 40 MW."""
    data = {
        "name": "toy",
        "countries": [{"id": "C", "name": "Country", "reserve_percent_of_load": 3}],
        "zones": [{"id": "A", "country": "C", "name": "A", "weather": "KAZ_N"}],
        "demand": [{"zone": "A", "year": 2030, "energy_gwh": 876}],
        "fuels": [{"id": "gas"}],
        "fuel_prices": [{"fuel": "gas", "zone": "A", "year": 2030, "usd_per_mwh": 25}],
        "fuel_supply": [
            {"market": "gas", "year": 2030, "fuel": "gas", "zones": ["A"]} | step
            for step in ({"step": 1, "usd_per_mwh": 0, "limit_gwh": 300}, {"step": 2, "usd_per_mwh": 40})
        ],
        "technologies": [
            {"id": "coal", "name": "coal", "kind": "thermal", "group": "coal", "variable_om_usd_per_mwh": 10,
             "commitment": True, "minimum_output_percent": 50, "start_cost_usd_per_mw": 20, "spinning": True},
            {"id": "gas", "name": "gas", "kind": "thermal", "group": "gas", "fuel": "gas", "efficiency_percent": 50,
             "spinning": True},
            {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"},
            {"id": "hydro", "name": "hydro", "kind": "reservoir", "group": "hydro"},
        ],
        "plants": [
            {"id": name, "name": name, "zone": "A", "technology": name, "capacity_mw": mw}
            | ({"reservoir": "lake"} if name == "hydro" else {})
            for name, mw in (("coal", 55), ("gas", 90), ("wind", 40), ("hydro", 40))
        ],
        "reservoirs": [{"id": "lake", "name": "Lake", "zone": "A", "active_hm3": 200, "energy_mwh_per_hm3": 250}],
        "inflows": [{"reservoir": "lake", "month": m, "inflow_hm3": SNOW[m - 1]} for m in MONTHS],
        "releases": [{"reservoir": "lake", "name": "fields", "months": [6, 7, 8], "purpose": "irrigation",
                      "minimum_hm3": 200}],
        "definitions": [{"definition": "law", "country": "all", "technology": "wind", "counts_percent": 100}],
        "targets": [{"id": "goal", "country": "C", "year": 2030, "definition": "law", "basis": "generation",
                     "percent": 15}],
    }  # fmt: skip
    return data | tables


def aged():
    """The same with a third of the gas older and of 40 %, coal in repair for 36 days in May and June, and good and bad
    years of wind."""
    tables = system()
    coal, *others = tables["technologies"]
    old = {"id": "old", "name": "old", "zone": "A", "technology": "gas", "capacity_mw": 30, "efficiency_percent": 40}
    younger = [row | ({"capacity_mw": 60} if row["id"] == "gas" else {}) for row in tables["plants"]]
    return tables | {
        "technologies": [coal | {"planned_outage_days": 36}, *others],
        "plants": [*younger, old],
        "interannual_yields": [
            {"country": "C", "technology": "wind", "low_percent": 95, "high_percent": 105, "common_percent": 0}
        ],
        "interannual_inflows": [{"country": "C", "dry_percent": 98, "wet_percent": 102, "common_percent": 50}],
        "maintenance": [{"country": "C", "month": m, "share_percent": 50 * (m in (5, 6))} for m in MONTHS],
    }


SCENARIO = {
    "question": "Does the year hold what the plan saw?",
    "description": "A toy with every kind of plant.",
    "system": "toy.yaml",
    "horizon": {"model_years": [2030], "time": {"method": "typical_days", "days": 12, "block_hours": 2}},
    "finance": {"discount_rate_percent": 0, "base_year": 2030},
    "optimiser": {"build": False, "retire": False, "expand_grid": False},
    "headline": "goal",
}


def write(folder, name="toy", tables=None, **parts):
    (folder / "toy.yaml").write_text(yaml.safe_dump(tables or system()), encoding="utf-8")
    path = folder / f"{name}.scenario.yaml"
    path.write_text(yaml.safe_dump(SCENARIO | parts), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A run of the toy, its scenario, and its check in two weather years."""
    folder = tmp_path_factory.mktemp("toy")
    path = write(folder, tables=aged())
    run(path, folder / "run", figures=False)
    return folder / "run", path, operate_run(folder / "run", weather=(1, 2), scenario=path, keep_hours=True)


def test_every_part_of_the_shipped_system_can_be_operated():
    """Nothing is left to decide, so no limit of building speaks of a choice: the operation of 2030 can be built."""
    case = shipped("reference")
    assets = [asset.mw[1] for asset in case.assets], [asset.mwh[1] for asset in case.assets]
    built = Capacities(*map(np.array, assets), np.zeros(len(case.links)))
    one = operated(case, 1, built)
    assert case.investment.growth and not one.investment.growth
    assert build(one, OPERATION).pyomo is not None


@given(st.integers(1, 400))
def test_windows_decide_every_day_once(days):
    """Windows follow each other from the first day to the last and look ahead within the year."""
    found = rolling.windows(days)
    assert [d for first, after, _ in found for d in range(first, after)] == list(range(days))
    assert all(after <= seen <= days for _, after, seen in found)
    assert found[-1][2] == days


@pytest.mark.slow
def test_rolling_weeks_come_close_to_the_optimum_of_the_whole_year(toy, tmp_path):
    """Solved at once, with all 8760 hours foreseen, the year cannot cost more; rolling weeks lose less than 2 %."""
    whole = write(tmp_path, "whole", aged(), horizon=SCENARIO["horizon"] | {"time": {"method": "full"}})
    best = run(whole, None)
    optimum = tables._operating_cost(best).item()
    rolled = tables._operating_cost(toy[2].hours[1]).item()
    assert optimum - 1e-6 <= rolled <= 1.02 * optimum


def test_water_is_conserved_and_the_year_ends_as_it_began(toy):
    for hours in toy[2].hours.values():
        inflow, out = hours["reservoir_inflow_hm3"], hours["reservoir_turbined_hm3"] + hours["reservoir_spill_hm3"]
        assert float(out.sum()) == pytest.approx(float(inflow.sum()), rel=1e-9)
        level = hours["reservoir_level_hm3"].values[0, 0]
        following = level + (inflow - out).values[0, 0]
        np.testing.assert_allclose(following, np.roll(level, -1), atol=1e-6)


def test_the_lake_keeps_its_seasons(toy):
    """Full after the snow, low before it, and more water in winter than flows in: as the plan has it."""
    plan, hours = toy[2].plan, toy[2].hours[1]
    level = hours["reservoir_level_hm3"].values[0, 0]
    assert level[210] > 3 * level[100]
    edges = np.cumsum(plan["day_weight"].values)
    expected = np.interp(np.arange(365), np.concatenate([[0], edges]),
                         np.append(plan["reservoir_level_hm3"].values[0, 0], level[0]))  # fmt: skip
    assert np.abs(level - expected).mean() < 30


def test_a_yearly_volume_is_never_used_twice(toy):
    """The cheap step holds 300 GWh of gas; what is burnt beyond it is bought in the dear one."""
    for hours in toy[2].hours.values():
        burnt = float(hours["fuel_use_gwh"].sum())
        steps = float(hours["cost_musd"].sel(cost_component="fuel supply steps").item())
        assert steps == pytest.approx(max(burnt - 300, 0) * 40 / 1e3, rel=1e-6)


def test_hours_know_the_age_of_plants_and_their_repair(toy):
    """Old gas burns a fuel of its own efficiency; of 55 MW of coal 18 days of May, and of June, are not online."""
    for hours in toy[2].hours.values():
        gas = (
            (hours["generation_mw"] * hours["hours"])
            .sum("slice")
            .sel(unit=["A|gas|0", "A|gas|0|efficiency_percent=40"])
        )
        assert float(hours["fuel_use_gwh"].sum()) == pytest.approx(float((gas.values.ravel() / [500, 400]).sum()))
        online = hours["online_mw"].sel(unit="A|coal|0").values.ravel()
        share = {5: 1 - 18 / 31, 6: 1 - 18 / 30}
        fit = np.array([55 * share.get(int(month), 1) for month in hours["day_month"].values])
        assert (online <= fit + 1e-6).all() and (online[fit < 55] > 0).any() and (online > fit.min() + 1).any()


def test_irrigation_is_served(toy):
    for hours in toy[2].hours.values():
        summer = np.isin(hours["day_month"].values, (6, 7, 8))
        out = (hours["reservoir_turbined_hm3"] + hours["reservoir_spill_hm3"]).values[0, 0]
        assert out[summer].sum() >= 200 - 1e-3
        assert hours.attrs["missed"] == ""


def test_years_of_a_technology_called_water_are_not_those_of_rivers():
    """Wind, sun and water vary apart from each other, whatever they are called."""
    spread = {"country": "C", "low_percent": 80, "high_percent": 125, "common_percent": 50}
    tables = system(
        interannual_yields=[spread | {"technology": name} for name in ("water", "wind")],
        interannual_inflows=[{"country": "C", "dry_percent": 80, "wet_percent": 125, "common_percent": 50}],
        technologies=[{"id": n, "name": n, "kind": "variable", "group": "wind"} for n in ("water", "wind")],
    )
    found = System.model_validate(tables)
    rows = (*found.interannual_yields, *found.interannual_inflows)
    assert len({standing(row, 1) for row in rows}) == 3


def test_another_weather_is_a_good_or_a_bad_year(toy):
    """The plan's own weather yields what it expects; seed 2 is drawn: wind by its table, whatever its hours are."""
    found = toy[2]
    row = System.model_validate(aged()).interannual_yields[0]
    expected = factor(row, standing(row, 2))
    potential = {seed: float(hours["potential_gwh"].sum()) for seed, hours in found.hours.items()}
    assert potential[1] == pytest.approx(float(found.plan["potential_gwh"].sum()), rel=1e-6)
    assert potential[2] / potential[1] == pytest.approx(expected, rel=1e-3)
    assert abs(expected - 1) > 0.01
    water = {seed: float(hours["reservoir_inflow_hm3"].sum()) for seed, hours in found.hours.items()}
    assert water[1] == pytest.approx(sum(SNOW), rel=1e-9)
    assert water[2] / water[1] == pytest.approx(draw_water(System.model_validate(aged()), [2])["C"][0], rel=1e-9)
    assert abs(water[2] / water[1] - 1) > 0.001


def test_a_year_may_end_otherwise_than_it_began_and_says_so(toy):
    """Without worth, a plan's water of 1 January is not saved: the lake ends lower, within its limits, and says by
    how much; what is carried closes every balance (the check of every year recomputes them)."""
    run_folder, path, _ = toy
    plan = open_results(run_folder)
    plan["reservoir_level_hm3"][:] = 0
    plan["reservoir_level_hm3"][:, :, 0] = 150
    plan["water_value_usd_per_hm3"][:] = 1
    scenario = read_scenario(path).scenario
    case, _ = make_case(hourly._hour_by_hour(scenario, 1, load_system(scenario, path).system), path)
    hours = operate(case, plan, 2030)
    carried = hours["reservoir_carried_hm3"].values[0, 0]
    assert -150 - 1e-6 <= carried[-1] < -1
    assert np.abs(carried[:-1]).max() < 1e-6
    assert float(hours["carried_value_musd"].item()) == pytest.approx(carried[-1] / 1e6, rel=1e-6)


@pytest.mark.parametrize("weather", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_a_closed_volume_sheds_no_load_while_later_weeks_can_make_up(weather, tmp_path):
    """Gas that just lasts the year: weeks that are colder than the plan's days take more, warmer ones less. Operated in
    weeks, the year sheds at most a thousandth of the load more than when it is solved at once."""
    gas = {"market": "gas", "year": 2030, "fuel": "gas", "zones": ["A"], "step": 1, "usd_per_mwh": 0}
    tables = system(fuel_supply=[gas | {"limit_gwh": 236.65}])
    path = write(tmp_path, tables=tables)
    run(path, tmp_path / "run", figures=False)
    found = operate_run(tmp_path / "run", weather=(weather,), scenario=path, save=False)
    for hours in found.hours.values():
        assert float(hours["fuel_use_gwh"].sum()) <= 236.65 * (1 + 1e-6) or hours.attrs["missed"]
        assert float(hours["unserved_gwh"].sum()) < 0.876


def test_weather_years_differ_and_shares_stay_near(toy):
    table = toy[2].table
    share = table[(table["quantity"] == "renewable share") & (table["item"] == "law / generation")]
    assert list(share["weather"]) == [1, 2]
    assert (share["difference"].abs() < 1).all()
    one, two = (toy[2].hours[seed]["generation_mw"].values for seed in (1, 2))
    assert np.abs(one - two).max() > 1


def test_what_is_written(toy):
    run_folder, _, found = toy
    folder = run_folder / "operation"
    names = {path.name for path in folder.iterdir()}
    assert {"operation.csv", "unserved.csv", "operation.md", "hardest_week.svg", "hours_1.nc", "hours_2.nc"} <= names
    assert len(pd.read_csv(folder / "operation.csv")) == len(found.table)
    assert found.sentence in (folder / "operation.md").read_text(encoding="utf-8")
    open_results(run_folder)  # the run is still whole


def test_shortage_has_a_zone_a_day_and_an_hour(tmp_path):
    """Without gas, 55 MW of coal, wind and the lake cannot serve winter evenings: every short hour is listed."""
    plants = [row for row in system()["plants"] if row["id"] != "gas"]
    path = write(tmp_path, tables=system(plants=plants))
    run(path, tmp_path / "run", figures=False)
    found = operate_run(tmp_path / "run", weather=(3,), scenario=path, save=False)
    listed = found.unserved
    table = found.table[found.table["quantity"] == "unserved energy"]
    assert listed["mw"].sum() / 1e3 == pytest.approx(table["hourly"].sum(), rel=1e-2)
    assert set(listed["zone"]) == {"A"}
    assert listed["hour"].between(0, 23).all() and listed["day"].between(1, 365).all()
    assert "GWh unserved" in found.sentence


def test_a_week_that_cannot_be_operated_is_named():
    """One column of at most 1 in a row that asks for 2: days 8 to 14 have no way out."""
    problem = CompiledModel(
        cost=np.ones(1), offset=0.0, column_lower=np.zeros(1), column_upper=np.ones(1),
        integrality=np.zeros(1, np.int32),
        matrix=sp.csr_array([[1.0]]), row_lower=np.full(1, 2.0), row_upper=np.full(1, np.inf), columns={}, rows={},
    )  # fmt: skip
    with pytest.raises(InfeasibleError, match="days 8 to 14"):
        rolling._solve(rolling._Window(problem, np.zeros(1, int), np.zeros(1, int)), 7, 14)


def test_results_of_other_data_are_refused(toy, tmp_path):
    """A plant more in the system than in the results: the run must be repeated."""
    run_folder, _, _ = toy
    plants = [*system()["plants"], {"id": "new", "name": "n", "zone": "A", "technology": "gas", "capacity_mw": 1}]
    path = write(tmp_path, tables=system(plants=plants))
    with pytest.raises(FileError, match="run the scenario again"):
        operate_run(run_folder, scenario=path, save=False)


def test_hours_of_another_load_are_refused(toy, tmp_path):
    """The same names with other figures: the hours would not be those of the plan, and nothing would show it."""
    run_folder, _, _ = toy
    demand = [row | {"energy_gwh": row["energy_gwh"] * 1.1} for row in system()["demand"]]
    path = write(tmp_path, tables=aged() | {"demand": demand})
    with pytest.raises(FileError, match=r"\.yaml has changed since the run: run the scenario again"):
        operate_run(run_folder, scenario=path, save=False)


def test_hours_are_those_of_the_scenario_that_was_run(toy, tmp_path):
    """``scenario`` says where the system is; what it says itself is kept in the run."""
    run_folder, path, found = toy
    folder = Path(shutil.copytree(path.parent, tmp_path / "copy"))
    edited = folder / path.name
    edited.write_text(
        edited.read_text(encoding="utf-8").replace("weather_seed: 1", "weather_seed: 9"), encoding="utf-8"
    )
    again = operate_run(run_folder, weather=(1,), scenario=edited, save=False)
    pd.testing.assert_frame_equal(again.table, found.table[found.table["weather"] == 1].reset_index(drop=True))


def test_what_has_no_hours_is_refused(toy):
    run_folder, path, _ = toy
    with pytest.raises(InputError, match="2031 is not a model year"):
        operate_run(run_folder, 2031, scenario=path)
    with pytest.raises(InputError, match="--scenario"):
        operate_run(run_folder)


def test_the_report_puts_verdict_and_hours_on_one_page(toy):
    """A system of one's own has no past years; what the check found is not made again."""
    run_folder, _, found = toy
    text = report(run_folder)
    assert (run_folder / "report.md").read_text(encoding="utf-8") == text
    assert found.sentence in text
    assert "Country generates" in text
    assert "Past years" not in text


def test_the_report_tells_of_past_years(toy):
    """The score of the published backcast, and what fails in the country asked about."""
    past = read_table(Path(__file__).parent.parent / "docs" / "backcast.csv")
    past["country"] = past["country"].replace("KAZ", "C")
    text = page(toy[2].plan, toy[2].table, toy[2].unserved, past)
    causes = [row.cause for row in past.itertuples() if row.country == "C" and row.holds is False]
    assert causes
    assert all(cause in text for cause in causes)


def test_the_command(toy, capsys):
    run_folder, path, _ = toy
    assert cli.main(["operate", str(run_folder), "--weather", "5", "--scenario", str(path)]) == 0
    told = capsys.readouterr()
    assert "Country hour by hour in 2030" in told.out
    assert "unserved" in told.out
    assert not (run_folder / "operation" / "hours_1.nc").exists()


@pytest.mark.slow
@pytest.mark.parametrize("weather", [1, 2])
def test_water_on_its_way_and_drawn_with_the_weather_is_operated_day_by_day(weather, tmp_path):
    """A plant 30 hours below the lake, fields between, and a drawn year: each weather has its own water, which all
    arrives (the check of every run recomputes each day's balance)."""
    tables = system()
    tables["reservoirs"][0] |= {"downstream": "foot", "travel_hours": 30, "minimum_percent": 5}
    tables["reservoirs"].append({"id": "foot", "name": "Foot", "zone": "A", "active_hm3": 1, "energy_mwh_per_hm3": 100})
    tables["plants"].append(tables["plants"][3] | {"id": "low", "capacity_mw": 20, "reservoir": "foot"})
    tables["withdrawals"] = [{"reservoir": "foot", "month": 7, "withdrawal_hm3": 10}]
    tables["interannual_inflows"] = [{"country": "C", "dry_percent": 80, "wet_percent": 120, "common_percent": 50}]
    path = write(tmp_path, tables=tables, horizon=SCENARIO["horizon"] | {"water": "sampled"})
    run(path, tmp_path / "run", figures=False)
    drawn = {}
    for seed, hours in operate_run(tmp_path / "run", weather=(weather,), scenario=path).hours.items():
        water = {name: hours[f"reservoir_{name}_hm3"].isel(year=0).sum("day").values
                 for name in ("inflow", "arrival", "withdrawal", "turbined", "spill")}  # fmt: skip
        out = water["turbined"] + water["spill"]
        assert water["arrival"] == pytest.approx([0, out[0]], rel=1e-9)
        carried = hours["reservoir_carried_hm3"].isel(year=0)
        assert np.abs(carried.values[:, 3:-1]).max() < 1e-9
        kept = out + water["withdrawal"] + carried.sum("day").values
        assert kept == pytest.approx(water["inflow"] + water["arrival"], rel=1e-9)
        drawn[seed] = water["inflow"][0] / sum(SNOW)
    assert drawn == {weather: pytest.approx(draw_water(System.model_validate(tables), [weather])["C"][0])}


def test_what_is_on_its_way_on_new_years_eve_is_what_the_last_days_let_out(tmp_path):
    """A brook without storage, fuller in December than in January, above a plant without storage, three days down.

    In January the plant runs on what the brook brought in December, whatever mean the plan's last day held.
    """
    tables = system()
    for name, below in (("brook", {"downstream": "tail", "travel_hours": 72}), ("tail", {})):
        row = {"id": name, "name": name, "zone": "A", "active_hm3": 0, "energy_mwh_per_hm3": 100}
        tables["reservoirs"].append(row | below)
        tables["plants"].append(tables["plants"][3] | {"id": name, "capacity_mw": 9, "reservoir": name})
    tables["inflows"] += [{"reservoir": "brook", "month": m, "inflow_hm3": 2 + m} for m in MONTHS]
    ten_days = {"method": "typical_days", "days": 10, "block_hours": 2}  # the last stands for part of November, too
    path = write(tmp_path, tables=tables, horizon=SCENARIO["horizon"] | {"time": ten_days})
    run(path, tmp_path / "run", figures=False)
    (hours,) = operate_run(tmp_path / "run", weather=(1,), scenario=path).hours.values()
    arrived = hours["reservoir_arrival_hm3"].sel(reservoir="tail").values[0]
    assert arrived[:3] == pytest.approx(14 / 31, rel=1e-6)
    assert arrived[3:31] == pytest.approx(3 / 31, rel=1e-6)
    assert hours.attrs["missed"] == ""
