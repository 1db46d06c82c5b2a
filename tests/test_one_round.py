"""Mistakes of different stages and files are named in one round, each at its line; nothing that follows from another
mistake is said."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from fuzz import SCENARIO, TOY

from simulator.cli import main


def said(folder: Path, capsys: pytest.CaptureFixture[str], scenario: Any, system: Any, **files: str) -> str:
    """What ``validate`` says of a scenario and its system with mistakes."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, data in (("scenario", scenario), ("system", system | {name: f"{name}.csv" for name in files})):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert main(["validate", str(folder / "scenario.yaml")]) == 2
    return capsys.readouterr().err


def test_mistakes_of_all_stages_and_files_are_said_together(tmp_path, capsys):
    """A word for a number in the scenario (reading), another in a CSV table (its rows), an unknown technology (names),
    a price that is missing and a target in no model year (the case), a change of what is not there."""
    scenario, system = copy.deepcopy(SCENARIO), copy.deepcopy(TOY)
    scenario["finance"]["discount_rate_percent"] = "six"
    scenario["changes"] = {"links": {"lin": {"forward_mw": 90}}}
    system["projects"][0]["technology"] = "wnd"
    system["technology_costs"] = system["technology_costs"][1:]
    system["targets"][0] |= {"year": 2031, "mode": "hard"}
    found = said(tmp_path, capsys, scenario, system,
                 plants="id,name,zone,technology,capacity_mw\nold,Old,A,steam,3oo\n")  # fmt: skip
    lines = (tmp_path / "system.yaml").read_text().splitlines()
    at = {text: lines.index(text) + 1 for text in ("  technology: wnd", "- id: goal")}
    for place in (
        "scenario.yaml:19:26: expected a number, found the text 'six'",
        "scenario.yaml:27:5: unknown row of `links` 'lin'",
        "plants.csv:2:17: expected a number, found the text '3oo'",
        f"system.yaml:{at['  technology: wnd']}:15: unknown name 'wnd'",
        f"system.yaml:{at['- id: goal']}:3: target 'goal' is hard for 2031",
        "technology 'wind' is to be built but the table `technology_costs` has no row for it",
    ):
        assert place in found, place


@pytest.mark.parametrize(
    ("system", "number"),
    [
        ({"technologies": [TOY["technologies"][0] | {"kind": "stem"}, *TOY["technologies"][1:]]}, 1),
        ({"zones": [TOY["zones"][0], {"id": "B", "country": "X", "name": "South"}]}, 1),
        ({"zones": [TOY["zones"][0], 7]}, 1),
        ({"definitions": [TOY["definitions"][0] | {"definition": 2}]}, 1),
        ({"investors": TOY["investors"][:1]}, 2),
        ({"fuels": [{"id": "coal", "co2_t_per_mwh": "much"}]}, 1),
        ({"fuel_prices": [{"fuel": "coal", "zone": zone, "year": 2025, "usd_per_mwh": "x"} for zone in "AB"]}, 2),
    ],
)
def test_what_follows_from_a_mistake_is_not_said(tmp_path, capsys, system, number):
    """A technology, zone or price that cannot be read is named once; not that plants lack it, or that load has none."""
    found = said(tmp_path, capsys, SCENARIO, TOY | system)
    assert found.count("system.yaml:") == number, found


def test_a_failure_of_looking_further_hides_nothing(tmp_path, capsys, monkeypatch):
    """What is left of a faulty system was written by nobody: if it cannot be computed, the mistakes are said."""

    def fails(*_arguments):
        raise IndexError("invalid index to scalar variable")

    monkeypatch.setattr("simulator.case.loading.assemble", fails)
    scenario = copy.deepcopy(SCENARIO)
    scenario["finance"]["discount_rate_percent"] = "six"
    found = said(tmp_path, capsys, scenario, TOY)
    assert "scenario.yaml:19:26: expected a number, found the text 'six'" in found and "internal" not in found
