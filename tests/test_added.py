"""Projects and investors that a scenario adds, on the toy of the counterfactual: a plant of 30 MW of somebody's own.

With the Chinese 40 MW and the 10 MW of the plan's choice 50 of 100 MW are renewable, with the added plant 80.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from test_counterfactual import SCENARIO, SYSTEM

import simulator
from simulator.errors import InputError
from simulator.inputs.read import load_scenario

OWN = {
    "id": "own_wind", "name": "Own wind", "zone": "A", "technology": "wind", "capacity_mw": 30, "stage": "construction",
    "commissioning": "2030", "investor": "fund", "overnight_usd_per_kw": 1000, "probability_percent": 100,
    "delay_months": 0,
}  # fmt: skip
FUND = {"id": "fund", "name": "Fund", "real_wacc_percent": 8}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "system.yaml").write_text(yaml.safe_dump(SYSTEM))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(SCENARIO))
    return tmp_path / "toy.yaml"


def test_an_added_project_is_built_and_paid_on_its_investors_terms(file):
    """30 MW at 1000 USD/kW are 30 MUSD; at 8 % over the 30 years of the technology that is 2.66 MUSD a year."""
    scenario = load_scenario(file).with_({"projects.add": [OWN], "investors.add": [FUND]})
    results = simulator.plan(scenario)
    assert simulator.verdict(results).headline.share_percent == pytest.approx(80)
    paid = results["annuity_musd"].sel(asset=results["asset_investor"] == "fund").sum().item()
    assert paid == pytest.approx(30 * 0.08 / (1 - 1.08**-30), rel=1e-6)


@pytest.mark.parametrize(
    "project, investors, message",
    [
        (OWN, [], "'fund'"),
        (OWN | {"zone": "B"}, [FUND], "'B'"),
        (OWN | {"capacity_mw": -1}, [FUND], "must be at least 0"),
        (OWN | {"colour": "red"}, [FUND], "unknown key 'colour'"),
        (OWN | {"id": "far_wind", "investor": "owner"}, [], "far_wind"),
        (OWN | {"capacity_factor_percent": 200}, [FUND], "less than or equal|at most 100"),
    ],
)
def test_what_is_wrong_with_an_added_row_is_refused(file, project, investors, message):
    with pytest.raises(InputError, match=message):
        simulator.plan(load_scenario(file).with_({"projects.add": [project], "investors.add": investors or None}
                                                 if investors else {"projects.add": [project]}))  # fmt: skip


def test_a_file_says_the_same_and_an_added_plant_obeys_the_rules(file):
    """Under ``none`` nothing of it comes; a choice names it as any other project."""
    text = yaml.safe_load(file.read_text()) | {"projects": {"add": [OWN], "realisation": "none"},
                                               "investors": {"add": [FUND]}}  # fmt: skip
    file.write_text(yaml.safe_dump(text))
    scenario = load_scenario(file)
    assert simulator.verdict(simulator.plan(scenario)).headline.share_percent == pytest.approx(50)
    chosen = scenario.with_({"projects.override": {"own_wind": {"build": "always"}}})
    assert simulator.verdict(simulator.plan(chosen)).headline.share_percent == pytest.approx(80)


def test_an_added_investor_whom_nothing_names_is_refused(file):
    idle = FUND | {"id": "idle"}
    with pytest.raises(InputError, match="nothing names investor 'idle': this has no effect"):
        simulator.plan(load_scenario(file).with_({"projects.add": [OWN], "investors.add": [FUND, idle]}))
