"""The table of scenarios is written whatever happens to one of them, and a scenario written out reads back the same."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml
from fuzz import SCENARIO, TOY
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cli import main
from simulator.inputs.read import load_scenario
from simulator.inputs.scenario import Scenario
from simulator.studies.run import resolved_yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three scenarios of one toy: an impossible target, a mistake, and one that can be planned."""
    scenarios = tmp_path / "scenarios"
    (scenarios / "systems").mkdir(parents=True)
    (scenarios / "systems" / "toy.yaml").write_text(yaml.safe_dump(TOY, sort_keys=False), encoding="utf-8")
    good = SCENARIO | {"system": "systems/toy.yaml", "question": "Does <b>it</b> | work?"}
    target = {"targets": {"goal": {"mode": "hard", "percent": 99}}, "optimiser": {"build": False}}
    for name, data in (("b_good", good), ("a_hard", good | target), ("c_wrong", good | {"headline": "nothing"})):
        (scenarios / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return scenarios


def test_one_scenario_that_fails_does_not_stop_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = folder.parent / "results"
    status = main(["scenarios", "--folder", str(folder), "--results", str(results), "--run"])
    said = capsys.readouterr().err
    assert status == 14
    assert "a_hard: " in said and "c_wrong: " in said
    assert (results / "b_good" / "results.nc").is_file()
    assert sorted(path.name for path in results.iterdir()) == ["b_good"]
    table = (folder / "README.md").read_text(encoding="utf-8")
    assert "failed: " in next(line for line in table.splitlines() if "a_hard" in line)
    assert "Does \\<b\\>it\\</b\\> \\| work?" in table


def test_a_refused_scenario_leaves_no_folder(folder: Path) -> None:
    assert main(["run", str(folder / "c_wrong.yaml"), "-o", str(folder.parent / "deep" / "out")]) == 2
    assert not (folder.parent / "deep").exists()


ODD = st.sampled_from(
    ["no", "NO", "yes", "12:30", "0x1F", "1_000", "010", "1e6", "~", "null", ".inf", "=x", "# no comment", "- item",
     "a: b", "2027-06", "'", '"', "\\", "|", ">", "%", "@", "`", "&a", "*a", "!tag", "{", "[", "}", ", ", " x ", "é 的"]
)  # fmt: skip
"""Texts that YAML reads as something else, or not at all, when they are not quoted."""
TEXT = st.one_of(
    ODD, st.text(string.ascii_letters + string.digits + string.punctuation + " \n\täß的–", min_size=1, max_size=40)
)
NUMBER = st.one_of(st.just(0.0), st.floats(1e-9, 1e12))
RATE = st.one_of(st.just(0.0), st.floats(1e-9, 30))


@settings(max_examples=60, deadline=None)
@given(question=TEXT, description=TEXT, rate=RATE, name=ODD, mw=NUMBER)
def test_a_resolved_scenario_reads_back_the_same(tmp_path_factory, question, description, rate, name, mw) -> None:
    """Whatever texts and numbers it has: quotes, comments, other scripts, very small and very large."""
    data = SCENARIO | {
        "question": f"Is it so? {question}",
        "description": f"It is so. {description}",
        "finance": {"discount_rate_percent": rate, "base_year": 2026},
        "changes": {"plants": {name: {"capacity_mw": mw}}},
    }
    scenario = Scenario.model_validate(data)
    path = tmp_path_factory.mktemp("resolved") / "scenario.yaml"
    path.write_text(resolved_yaml(scenario), encoding="utf-8")
    assert load_scenario(path) == scenario
