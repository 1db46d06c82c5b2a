"""One scenario with and without Chinese projects, on a system small enough to be worked out by hand.

Load is 100 MW all year. Coal (100 MW, 50 USD/MWh, 1 t/MWh) can serve it alone. A Chinese wind plant of 40 MW that never
stands still comes in 2030, and a Chinese company may build 10 MW more of it, which costs nothing.
With them 50 of 100 MW are renewable; without them none, coal burns 438 GWh more and costs 21.9 MUSD more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from results_toy import results_toy

from simulator.analysis.finance import jobs
from simulator.cli import main
from simulator.errors import FileError, InputError
from simulator.inputs.read import built_in, load_scenario, read_system
from simulator.inputs.schema.investment import ProjectOverride, Projects
from simulator.studies import store
from simulator.studies.counterfactual import counterfactual, input_differences, told_differences, without
from simulator.system import System

SYSTEM: dict[str, Any] = {
    "name": "toy",
    "countries": [{"id": "C", "name": "Country"}],
    "zones": [{"id": "A", "country": "C", "name": "A"}],
    "investors": [
        {"id": "owner", "name": "Owner", "real_wacc_percent": 0},
        {"id": "dragon", "name": "Dragon Power", "real_wacc_percent": 0, "chinese": True},
    ],
    "fuels": [{"id": "coal", "co2_t_per_mwh": 0.4}],
    "fuel_prices": [{"fuel": "coal", "zone": "A", "year": 2030, "usd_per_mwh": 20}],
    "technologies": [
        {"id": "coal", "name": "coal", "kind": "thermal", "group": "coal", "fuel": "coal", "efficiency_percent": 40},
        {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"},
    ],
    "job_factors": [{"group": "wind", "construction_jobs_per_mw": 2, "operation_jobs_per_mw": 0.5}],
    "awards": [
        {"id": "old", "country": "C", "group": "wind", "date": "2018", "highest_usd_per_mwh": 90},
        {"id": "new", "country": "C", "group": "wind", "date": "2021-05", "highest_usd_per_mwh": 50},
        {"id": "dearer", "country": "C", "group": "wind", "date": "2021-02", "highest_usd_per_mwh": 55},
    ],
    "technology_costs": [{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 0}],
    "plants": [{"id": "coal", "name": "coal", "zone": "A", "technology": "coal", "capacity_mw": 100}],
    "projects": [
        {"id": "far_wind", "name": "Far wind", "zone": "A", "technology": "wind", "capacity_mw": 40, "chinese": True,
         "stage": "agreement", "commissioning": "2030", "investor": "dragon",
         "probability_percent": 100, "delay_months": 0, "chinese_role": ["developer"]},
    ],
    "candidates": [{"zone": "A", "technology": "wind", "investors": ["dragon"], "limit_mw": 10}],
    "definitions": [{"definition": "law", "country": "C", "technology": "wind"}],
    "targets": [
        {"id": "goal", "country": "C", "year": 2030, "definition": "law", "percent": 30, "basis": "generation"}
    ],
    "profiles": [
        {"zone": "A", "name": "load", "year": 2030, "slice": "s", "value": 100},
        {"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 1},
    ],
}  # fmt: skip
SCENARIO: dict[str, Any] = {
    "question": "What do Chinese projects change?",
    "description": "A system small enough to be solved on paper.",
    "system": "system.yaml",
    "horizon": {
        "model_years": [2030],
        "part_year": False,
        "time": {"method": "slices", "slices": [{"name": "s", "hours_per_year": 8760}]},
    },
    "finance": {"discount_rate_percent": 0, "base_year": 2030},
    "chinese_investment": {"projects": {"realisation": "all"}},
}


SHARE = ("renewable share of generation, C 2030, law", "%")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "system.yaml").write_text(yaml.safe_dump(SYSTEM), encoding="utf-8")
    file = tmp_path / "wind.yaml"
    file.write_text(yaml.safe_dump(SCENARIO), encoding="utf-8")
    return file


def test_what_chinese_projects_change_by_hand(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """50 points of share and 438 GWh; 438 kt of CO2 and 21.9 MUSD less; both runs are kept, one key apart."""
    folder = tmp_path / "pair"
    assert main(["counterfactual", str(path), "-o", str(folder), "--no-figures"]) == 0
    text = capsys.readouterr().out
    assert "Why the share of 2030 differs: +50.00 points" in text
    assert "+40.00 points: wind of Chinese projects gives 0.35 TWh more that counts" in text
    assert "+10.00 points: wind of Chinese chosen plants gives 0.09 TWh more that counts" in text
    assert "-438.00 kt: coal gives 0.44 TWh less" in text
    assert "-21.90 MUSD/yr: fuel" in text
    assert "+0.35 TWh: wind, projects of Chinese owner" in text
    assert (folder / "comparison.txt").read_text(encoding="utf-8") == text
    assert (folder / "causes.csv").read_text(encoding="utf-8").startswith("differs,unit,cause,effect,text")
    assert told_differences(folder / "wind_without_chinese", folder / "wind") == (
        "The runs differ in one input:\n  chinese_investment.last_year: 2029 → not stated\n"
    )
    assert main(["compare", str(folder / "wind_without_chinese"), str(folder / "wind")]) == 0
    assert "differ in one input:\n  chinese_investment.last_year" in capsys.readouterr().out


def test_from_python_without_a_folder(path: Path) -> None:
    found = counterfactual(path)
    column = "wind − wind_without_chinese"
    assert found.table.loc[SHARE, column] == pytest.approx(50)
    assert found.table.loc[("fuel coal", "TWh"), column] == pytest.approx(-0.438 / 0.4)
    assert found.table.loc[("Chinese-financed capacity", "MW"), column] == pytest.approx(50)
    plants = found.actual["asset_emissions_kt"].sum("asset")
    assert plants.values == pytest.approx(found.actual["emissions_kt"].sum("country").values)
    assert set(found.without["asset"].values) < set(found.actual["asset"].values)


def test_jobs_and_awards_come_from_the_systems_tables(path: Path) -> None:
    """40 MW of the project run all 2030 with half a job per MW; 10 MW are chosen in the middle of 2030.

    Of the auctions of 2021, the last year, the highest price holds.
    """
    actual = counterfactual(path).actual
    table = jobs(actual).set_index("asset")["operation_jobs"]
    assert table["far_wind"] == pytest.approx(20) and table["A/wind/dragon"] == pytest.approx(10 / 2 / 2)
    coal = actual.sel(asset="coal")
    awards = actual["asset_award_usd_per_mwh"], actual["asset_award_year"]
    assert [float(x.sel(asset="far_wind")) for x in awards] == [55, 2021] and np.isnan(awards[0].sel(asset="coal"))
    assert np.isnan(coal["asset_operation_jobs_per_mw"]) and np.isnan(coal["asset_construction_jobs_per_mw"])
    assert float(actual["asset_construction_jobs_per_mw"].sel(asset="far_wind")) == 2


def test_one_investor_can_be_taken_away(path: Path) -> None:
    """Dragon Power is the only Chinese investor here, so the result is the same by another key."""
    found = counterfactual(path, investor="dragon")
    assert found.without.attrs["scenario"] == "wind_without_dragon"
    assert found.table.loc[SHARE, "wind − wind_without_dragon"] == pytest.approx(50)
    with pytest.raises(InputError, match="unknown name 'dragoon': not in investors"):
        counterfactual(path, investor="dragoon")


def test_choices_that_lose_their_object_go_with_it(path: Path) -> None:
    """An explicit choice for a Chinese project, or an investor that leaves later, would have no effect any more."""
    scenario = load_scenario(path)
    chosen = ProjectOverride(build="always", commissioning="2029")
    projects = Projects(realisation="none", override={"far_wind": chosen})
    chinese = scenario.chinese_investment.model_copy(update={"projects": projects})
    said = scenario.model_copy(update={"chinese_investment": chinese, "withdrawals": {"dragon": 2029, "owner": 2035}})
    gone = without(said, System.model_validate(SYSTEM))
    assert gone.chinese_investment.projects == Projects(realisation="none")
    assert gone.withdrawals == {"owner": 2035} and gone.chinese_investment.last_year == 2029
    one = without(scenario, System.model_validate(SYSTEM), "dragon")
    assert one.withdrawals == {"dragon": 2029} and one.chinese_investment.last_year is None


def test_nothing_to_take_away_is_said(path: Path) -> None:
    scenario, system = load_scenario(path), System.model_validate(SYSTEM)
    for investor in (None, "dragon"):
        with pytest.raises(InputError, match="no such projects or money"):
            without(without(scenario, system, investor), system, investor)


def test_a_run_folder_is_not_mixed_with_a_pair(path: Path, tmp_path: Path, saved_toy) -> None:
    run = saved_toy(tmp_path / "toy")
    with pytest.raises(FileError, match="name another folder"):
        counterfactual(path, run)


def test_inputs_are_told_by_what_changes_and_not_by_defaults(path: Path) -> None:
    """A part only one scenario has shows its own keys; equal ones and descriptions do not show."""
    first = load_scenario(path)
    other = type(first).model_validate(SCENARIO | {
        "description": "Another description.",
        "nev": {"C": {"factor": 3}},
        "finance": {"discount_rate_percent": 6, "base_year": 2030},
    })  # fmt: skip
    assert input_differences(first, other) == [
        "finance.discount_rate_percent: 0.0 → 6.0",
        "nev.C.factor: not stated → 3.0",
    ]
    assert input_differences(first, first) == []


def test_unknown_inputs_and_other_data_are_said(path: Path, tmp_path: Path) -> None:
    """Single files and unreadable scenarios are not compared; a data file with another checksum is named."""
    text = {"scenario.resolved.yaml": yaml.safe_dump(load_scenario(path).model_dump(mode="json"))}
    inputs = [{"inputs": {"data/zones.csv": checksum, "wind.yaml": checksum}} for checksum in ("1", "2")]
    one, two = (
        store.save_run(tmp_path / name, results_toy(name), text, lambda i=i: inputs[i]) for i, name in enumerate("ab")
    )
    assert (
        told_differences(one, two) == "The runs differ in one input:\n  data/zones.csv: another version of the file\n"
    )
    assert told_differences(one, one) == "The inputs do not differ.\n"
    assert "name run folders" in told_differences(one / "results.nc", two)
    broken = store.save_run(tmp_path / "c", results_toy("c"), {"scenario.resolved.yaml": "a: 1"}, dict)
    assert "this version can read" in told_differences(one, broken)


def test_a_figure_of_the_tables_is_shown_with_its_value() -> None:
    """``changes`` in one scenario only: the other side is what the table says, not that nothing is said."""
    system = read_system(built_in("central_asia"))
    limit = next(row for row in system.build_limits if row.mw_per_year is not None)
    scenario = load_scenario(Path(__file__).parents[1] / "scenarios" / "reference.yaml")
    other = scenario.model_copy(update={"changes": {"build_limits": {limit.id: {"mw_per_year": 1200.0}}}})
    assert input_differences(scenario, other, system) == [
        f"changes.build_limits.{limit.id}.mw_per_year: {limit.mw_per_year} (the table's) → 1200.0"
    ]
