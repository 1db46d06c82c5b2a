"""Scenarios in Python: given as path, object or dict, changed by dotted paths, as strict as a file."""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from test_renamed import BESIDE, VALUES, merged, nested

import simulator
import simulator.studies.store
from simulator.errors import InputError, InputWarning
from simulator.inputs.read import load_scenario, read_source
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import TypicalDays
from simulator.renamed import RENAMED

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


# ------------------------------------------------------------------------------------------ dicts and objects


def cost_of(results: Any) -> float:
    return float(results["cost_musd"].sum())


def test_a_path_a_dict_and_an_object_are_the_same_plan(folder):
    """Load of 100 MW: coal gives 60 MW at 10 USD/MWh, gas 40 MW at 50: 22.8 MUSD in 8760 hours."""
    path = folder / "scenario.yaml"
    sources = (path, str(path), load_scenario(path))
    plans = [simulator.plan(source) for source in sources]
    plans += [simulator.plan(SCENARIO, folder=folder), simulator.run(SCENARIO, folder=folder)]
    assert [cost_of(results) for results in plans] == pytest.approx([22.776] * 5) == [COST] * 5
    assert {results.attrs["scenario"] for results in plans} == {"scenario"}


def test_a_changed_scenario_is_planned_and_compared(folder):
    """With 100 MW of coal no gas runs: 8.76 MUSD."""
    base = load_scenario(folder / "scenario.yaml")
    more = base.with_({"changes.plants.coal.capacity_mw": 100})
    jobs = [base, simulator.Job(more, "more coal")]
    plans = [done.get() for done in simulator.run_many(jobs, processes=1)]
    assert [cost_of(results) for results in plans] == pytest.approx([COST, 8.76])
    table = simulator.compare(plans)
    assert list(table.columns) == ["scenario", "more coal", "more coal − scenario"]


def test_a_run_of_a_dict_is_a_whole_folder(folder):
    results = simulator.run(SCENARIO, folder / "made", name="mine", folder=folder, figures=False)
    manifest = simulator.studies.store.read_manifest(folder / "made")
    assert manifest["scenario"] == results.attrs["scenario"] == "mine"
    assert set(manifest["inputs"]) == {"system.yaml"}
    assert load_scenario(folder / "made" / "scenario.resolved.yaml") == of(folder)


def test_files_of_a_dict_are_looked_for_in_the_current_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert cost_of(simulator.plan(SCENARIO)) == pytest.approx(COST)
    assert cost_of(simulator.plan(Scenario.model_validate(load_scenario("scenario.yaml")))) == pytest.approx(COST)
    monkeypatch.chdir(folder.parent)
    ((path, message, _),) = refused(simulator.plan, SCENARIO)
    assert path == "system" and "there is no file" in message


def test_a_dict_extends_a_file(folder):
    child = {"question": "And in days?", "description": "The same in days.", "extends": "scenario"}
    loaded = read_source(child | {"optimiser": {"build": False}}, folder)
    assert loaded.scenario == load_scenario(folder / "child.yaml").with_({"optimiser.build": False})
    assert loaded.files == ((folder / "scenario.yaml").resolve(),)
    ((path, _, help),) = refused(read_source, child | {"extends": "scenari"}, folder)
    assert path == "extends" and "nearest: scenario.yaml" in help
    ((path, message, _),) = refused(read_source, child | {"extends": "../scenario"}, folder)
    assert path == "extends" and "outside" in message


@pytest.mark.parametrize(
    ("keys", "path", "message"),
    [
        ({"horizn": 1}, "horizn", "unknown key"),
        ({"headline": 7}, "headline", "expected text, found the number 7"),
        ({"optimiser": {"build": 1}}, "optimiser.build", "expected true or false"),
        ({"optimiser": {"build": "yes"}}, "optimiser.build", "expected true or false"),
        ({"solver": {"threads": 2.0}}, "solver.threads", "whole number"),
        ({"solver": {"threads": True}}, "solver.threads", "whole number"),
        ({"finance": {"discount_rate_percent": "5", "base_year": 2025}}, "finance.discount_rate_percent", "a number"),
        ({"finance": {"discount_rate_percent": np.inf, "base_year": 2025}}, "finance.discount_rate_percent", "finite"),
        ({"finance": {"discount_rate_percent": 1e300, "base_year": 2025}}, "finance.discount_rate_percent", "large"),
        ({"system": Path("system.yaml")}, "system", "nothing a scenario can say"),
        ({"system": {"system.yaml"}}, "system", "nothing a scenario can say"),
        ({"description": "a bell rings \x07 here"}, "description", "invisible character"),
        ({"nev": {True: {}}}, "nev", "a key must be"),
        ({"nev": {"2030": {}, 2030: {}}}, "nev.2030", "given twice"),
        ({"extends": 4}, "extends", "names one file"),
    ],
)
def test_a_dict_is_as_strict_as_a_file(folder, keys, path, message):
    ((found, why, _),) = refused(read_source, SCENARIO | keys, folder)[:1]
    assert found == path and message in why


def test_numbers_of_numpy_are_numbers(folder):
    years = SCENARIO["horizon"] | {"model_years": list(np.arange(2025, 2026))}
    assert read_source(SCENARIO | {"horizon": years}, folder).scenario == of(folder)


def test_a_dict_that_contains_itself_ends(folder):
    endless: dict[str, Any] = {}
    endless["nev"] = endless
    ((_, message, _),) = refused(read_source, SCENARIO | {"changes": endless}, folder)[:1]
    assert "nested deeper" in message
    assert refused(read_source, {})[0][1] == "the scenario is an empty dict"


@pytest.mark.parametrize("source", [None, 3, ["scenario.yaml"], b"scenario.yaml"])
def test_nothing_else_is_a_scenario(source):
    with pytest.raises(InputError, match="a path, a Scenario or a dict"):
        simulator.plan(source)


def test_only_a_dict_needs_a_folder(folder):
    with pytest.raises(InputError, match="`folder`"):
        simulator.plan(folder / "scenario.yaml", folder=folder)


@pytest.mark.parametrize("row", [row for row in RENAMED if row.what == "key"], ids=lambda row: row.old)
def test_old_keys_work_in_python_with_a_notice(row, folder):
    def read(name: str) -> tuple[Scenario, list[str]]:
        data = merged(merged(SCENARIO, BESIDE.get(row.new, {})), nested(name, VALUES[row.new]))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = read_source(data, folder).scenario
        return found, [w.message.problem.path for w in caught if isinstance(w.message, InputWarning)]

    old, notices = read(row.old)
    new, silent = read(row.new)
    assert old == new and not silent
    assert notices == [row.old]


def test_an_old_key_is_changed_under_its_new_name(folder):
    with pytest.warns(InputWarning, match="called `trade_with_china` now"):
        new = of(folder).with_({"trade": {"volume_percent": 200, "year": 2030}})
    assert new.trade_with_china is not None and new.trade_with_china.volume_percent == 200


# ------------------------------------------------------------------------------------------------ the notebook

NOTEBOOK = Path(__file__).parent.parent / "docs" / "first_question.ipynb"


def cells() -> list[dict[str, Any]]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_the_notebook_is_ten_executed_cells():
    assert len(cells()) == 10
    code = [cell for cell in cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert outputs and all(output["output_type"] != "error" for output in outputs)
    assert any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.slow
def test_the_notebook_runs(monkeypatch, capsys):
    """Two plans of the shipped system on four days: from a scenario to a figure."""
    monkeypatch.chdir(NOTEBOOK.parent)
    names: dict[str, Any] = {}
    for cell in cells():
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["more"].attrs["scenario"] == "three times the vehicles"
    assert "nearest: factor" in capsys.readouterr().out
    assert len(names["figure"].axes) > 1
