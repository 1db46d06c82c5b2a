"""Scenarios in Python: given as path, object or dict, changed by dotted paths, as strict as a file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.errors import InputError
from simulator.inputs.read import load_scenario, read_source
from simulator.inputs.scenario import Scenario, TypicalDays

SYSTEM: dict[str, Any] = {
    "name": "toy",
    "countries": [{"id": "NORTH", "name": "North", "value_of_lost_load_usd_per_mwh": 1000}],
    "zones": [{"id": "Z", "country": "NORTH", "name": "Z"}],
    "investors": [{"id": "owner", "name": "owner", "real_wacc_percent": 5}],
    "technologies": [
        {"id": "gas", "name": "gas", "kind": "thermal", "group": "gas", "variable_om_usd_per_mwh": 50},
        {"id": "coal", "name": "coal", "kind": "thermal", "group": "coal", "variable_om_usd_per_mwh": 10},
    ],
    "plants": [
        {"id": name, "name": name, "zone": "Z", "technology": name, "capacity_mw": mw}
        for name, mw in (("gas", 100), ("coal", 60))
    ],
    "profiles": [{"zone": "Z", "name": "load", "year": 2025, "slice": s, "value": 100} for s in ("day", "night")],
}  # fmt: skip
"""100 MW of load in every hour; 60 MW of coal at 10 USD/MWh, gas at 50."""
COST = 8760 * (60 * 10 + 40 * 50) / 1e6
"""MUSD of the toy's year."""
SCENARIO: dict[str, Any] = {
    "question": "What does the year cost?",
    "description": "One zone, two plants, two slices.",
    "system": "system.yaml",
    "horizon": {
        "model_years": [2025], "part_year": False,
        "time": {"method": "slices", "slices": [
            {"name": name, "hours_per_year": 4380, "day": "d", "block_hours": 12} for name in ("day", "night")
        ]},
    },
    "finance": {"discount_rate_percent": 0, "base_year": 2025},
}  # fmt: skip
DAYS = {"horizon": {"model_years": [2025], "time": {"method": "typical_days", "days": 12, "block_hours": 2}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the toy's system, its scenario as a file, and a child that extends it."""
    child = {"question": "And in days?", "description": "The same in days.", "extends": "scenario.yaml"}
    for name, data in (("system", SYSTEM), ("scenario", SCENARIO), ("child", child)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return tmp_path


def of(folder: Path, **keys: Any) -> Scenario:
    """The toy as an object, made from a dict, with keys replaced."""
    return read_source(SCENARIO | keys, folder).scenario


def refused(call: Any, *args: Any, **keys: Any) -> list[tuple[str, str, str]]:
    """Path, message and help of every problem."""
    with pytest.raises(InputError) as caught:
        call(*args, **keys)
    assert all(not problem.file for problem in caught.value.problems)
    return [(problem.path, problem.message, problem.help) for problem in caught.value.problems]


# ------------------------------------------------------------------------------------------------ with_


def test_dotted_paths_change_a_copy(folder):
    base = of(folder, **DAYS)
    new = base.with_({"horizon.time.days": 4, "demand.NORTH.factor": 3})
    assert (new.horizon.time.days, new.horizon.time.block_hours, new.demand["NORTH"].factor) == (4, 2, 3)
    assert base.horizon.time.days == 12 and not base.demand
    assert new == base.with_(horizon={"time": {"days": 4}}, demand={"NORTH": {"factor": 3}})
    assert new.with_({"demand.NORTH": None}) == base.with_({"horizon.time.days": 4})


def test_a_change_means_what_a_file_that_extends_would_say(folder):
    changes = {"optimiser": {"retire": False}, "horizon": {"time": {"slices": [{"name": "day", "hours_per_year": 1}]}}}
    file = folder / "other.yaml"
    own = {"question": SCENARIO["question"], "description": SCENARIO["description"], "extends": "scenario"}
    file.write_text(yaml.safe_dump(own | changes), encoding="utf-8")
    assert load_scenario(folder / "scenario.yaml").with_(changes) == load_scenario(file)


def test_a_path_leads_to_an_item_by_name_or_position(folder):
    base = of(folder)
    by_name = base.with_({"horizon.time.slices.night.hours_per_year": 4380.5})
    assert [item.hours_per_year for item in by_name.horizon.time.slices] == [4380, 4380.5]
    assert by_name == base.with_({"horizon.time.slices.1.hours_per_year": 4380.5})
    ((path, message, help),) = refused(base.with_, {"horizon.time.slices.dusk.hours_per_year": 1})
    assert (path, help) == ("horizon.time.slices.dusk", "known: day, night") and "dusk" in message


def test_another_method_replaces_the_time_structure(folder):
    base = of(folder)
    days = base.with_({"horizon.time": {"method": "typical_days", "days": 4}}).horizon.time
    assert days == TypicalDays(method="typical_days", days=4)
    assert base.with_({"horizon.time": days}).horizon.time == days
    ((path, _, help),) = refused(base.with_, {"horizon.time.days": 4})
    assert path == "horizon.time.days" and "known here" in help


@pytest.mark.parametrize(
    ("changes", "path", "help"),
    [
        ({"horizon.time.dayz": 4}, "horizon.time.dayz", "nearest: days"),
        ({"horizn.time.days": 4}, "horizn", "nearest: horizon"),
        ({"demand.NORHT.factor": 2}, "demand.NORHT", "nearest: NORTH"),
        ({"changes.plnts.gas.capacity_mw": 2}, "changes.plnts", "nearest: plants"),
        ({"horizon.time.days": "4"}, "horizon.time.days", "write 4, without quotes"),
        ({"horizon.time.days": 4.0}, "horizon.time.days", "write 4"),
        ({"horizon.time.days": 400}, "horizon.time.days", "Number of days"),
        ({"horizon.time.days": float("nan")}, "horizon.time.days", "write a number"),
        ({"horizon.model_years.first": 2026}, "horizon.model_years.first", "known: 0"),
        ({"question.text": "What is this?"}, "question", ""),
        ({"horizon": None}, "horizon", "add `horizon: …`"),
        ({"horizon.water_seed": 3}, "horizon.water_seed", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_path(folder, changes, path, help):
    ((found, _, advice),) = refused(of(folder, **DAYS).with_, changes)
    assert found == path and help in advice


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon.time.days": 12},
        {"optimiser.retire": True},
        {"nev": {}},
        {"headline": None},
        {"finance": {"base_year": 2025}},
    ],
)
def test_a_change_that_changes_nothing_is_refused(folder, changes):
    ((path, message, _),) = refused(of(folder, **DAYS).with_, changes)
    assert path in changes and "no effect" in message


def test_a_change_that_another_one_covers_is_refused(folder):
    changes = {"horizon.time.days": 4, "horizon": {"time": {"days": 5}}}
    ((path, message, _),) = refused(of(folder, **DAYS).with_, changes)
    assert path == "horizon.time.days" and "no effect" in message


def test_all_problems_come_at_once(folder):
    found = refused(of(folder, **DAYS).with_, {"horizon.time.dayz": 4, "grid.flow": 1, "solver.threads": 0})
    assert {path for path, _, _ in found} == {"horizon.time.dayz", "grid.flow", "solver.threads"}


def test_years_are_numbers_in_a_path(folder):
    rate = {"year": 2030, "percent": 10}
    with pytest.raises(InputError, match="not in currencies"):
        of(folder).with_({"depreciations.KZT": rate})
    ((path, _, _),) = refused(of(folder).with_, {"nev.NORTH.vehicles.car.2030": -5})
    assert path == "nev.NORTH.vehicles.car.2030"


def test_where_a_scenario_comes_from_is_no_part_of_what_it_says(folder):
    one, other = load_scenario(folder / "scenario.yaml"), of(folder)
    assert one == other and one.origin.path != other.origin.path
    assert pickle.loads(pickle.dumps(one)).origin.path == folder / "scenario.yaml"
    assert one.with_({"grid.power_flow": "linear"}).origin.path == folder / "scenario.yaml"
