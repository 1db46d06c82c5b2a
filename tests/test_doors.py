"""Every door is as strict as the tables: what a scenario changes, lays over or overrides is read like a row of a file.

The toy: one zone with 100 MW of gas at 50 USD/MWh and a load of 100 MW in two slices of one day.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cli import main
from simulator.errors import InputError
from simulator.inputs.read import read_scenario
from simulator.studies.run import make_case

SCENARIO: dict[str, Any] = {
    "question": "Is the mistake found at its line?",
    "description": "A small system with one mistake.",
    "system": "system.yaml",
    "horizon": {
        "model_years": [2025], "part_year": False,
        "time": {"method": "slices", "slices": [
            {"name": "s0", "hours_per_year": 4380, "day": "d", "block_hours": 12},
            {"name": "s1", "hours_per_year": 4380, "day": "d", "block_hours": 12},
        ]},
    },
    "finance": {"discount_rate_percent": 0, "base_year": 2025},
}  # fmt: skip
SYSTEM: dict[str, Any] = {
    "name": "toy",
    "countries": [{"id": "C", "name": "C", "value_of_lost_load_usd_per_mwh": 1000}],
    "zones": [{"id": "Z", "country": "C", "name": "Z"}],
    "investors": [{"id": "o", "name": "o", "real_wacc_percent": 5}],
    "technologies": [
        {"id": "gas", "name": "gas", "kind": "thermal", "group": "gas", "variable_om_usd_per_mwh": 50},
    ],
    "plants": [{"id": "g", "name": "g", "zone": "Z", "technology": "gas", "capacity_mw": 100}],
    "profiles": [{"zone": "Z", "name": "load", "year": 2025, "slice": s, "value": 100} for s in ("s0", "s1")],
}  # fmt: skip


def write(folder: Path, scenario: dict[str, Any] | None = None, system: dict[str, Any] | None = None) -> Path:
    """The toy in two files, keys of the scenario and tables of the system replaced or added."""
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump(SCENARIO | (scenario or {}), sort_keys=False))
    (folder / "system.yaml").write_text(yaml.safe_dump(copy.deepcopy(SYSTEM) | (system or {}), sort_keys=False))
    return path


def problems(path: Path) -> list[str]:
    """What a run would refuse before it solves: ``line of the file: message`` of every problem."""
    loaded = read_scenario(path)
    with pytest.raises(InputError) as caught, loaded.placing_problems():
        make_case(loaded.scenario, path)
    lines = path.read_text().splitlines()
    return [f"{lines[p.line - 1].strip()}: {p.message}" for p in caught.value.problems]


def test_the_toy_is_good(tmp_path):
    loaded = read_scenario(path := write(tmp_path))
    assert make_case(loaded.scenario, path)[0].load_mw.tolist() == [[[100, 100]]]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("capacity_mw", "inf", "expected a number, found the text 'inf'"),
        ("capacity_mw", "300", "expected a number, found the text '300'"),
        ("capacity_mw", True, "expected a number, found true"),
        ("capacity_mw", -1, "must be at least 0, found the number -1"),
        ("capacity_mw", None, "expected a number, found nothing (null)"),
        ("capacity_mw", [1], "expected a number, found a list"),
        ("life_binds", "yes", "expected true or false, found the text 'yes'"),
        ("life_binds", 1, "expected true or false, found the number 1"),
        ("name", 12, "expected text, found the number 12"),
        ("retires", "soon", "'soon' is not a year (2028) or a month (2028-06)"),
        ("zone", "Y", "unknown name 'Y': not in zones"),
        ("technology", "/etc/passwd", "unknown name '/etc/passwd': not in technologies"),
        ("capacity", 1, "unknown column 'capacity'"),
        ("id", "h", "`id` is part of the row's name and cannot be changed"),
        ("capacity_mw", 100, "the system already says capacity_mw = 100.0: this has no effect"),
    ],
)
def test_a_change_is_as_strict_as_a_table(tmp_path, column, value, message):
    path = write(tmp_path, {"changes": {"plants": {"g": {column: value}}}})
    (found,) = problems(path)
    assert found.startswith(f"{column}:") and found.endswith(message)


def test_a_refused_change_leaves_the_rest_to_be_looked_at(tmp_path):
    """Four mistakes in one round; the unknown zone of the plant brings no error of its own."""
    path = write(tmp_path, {
        "changes": {"plants": {"g": {"zone": "Y"}}, "technologies": {"gas": {"life_years": "thirty"}, "oil": {}},
                    "plant": {}},
        "demand": {"X": {"factor": 2}},
    })  # fmt: skip
    assert sorted(problems(path)) == [
        "X:: unknown name 'X': not in countries",
        "life_years: thirty: expected a number, found the text 'thirty'",
        "oil: {}: unknown row of `technologies` 'oil'",
        "plant: {}: unknown name 'plant': not in tables",
        "zone: Y: unknown name 'Y': not in zones",
    ]


def test_a_number_too_large_for_any_power_system_is_refused(tmp_path, capsys):
    path = write(tmp_path, {"changes": {"plants": {"g": {"capacity_mw": 3}}}})
    path.write_text(path.read_text().replace("capacity_mw: 3", "capacity_mw: 3e20"))
    assert main(["validate", str(path)]) == 2
    assert "the number is too large or too small" in capsys.readouterr().err
