"""Every old name means what the new one means, and says so; both of them together are an error."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import cli, results_schema
from simulator.errors import InputError, InputWarning
from simulator.inputs.read import load_scenario, read_system
from simulator.inputs.scenario import Scenario, System
from simulator.renamed import RENAMED, Renamed
from simulator.system.names import row_models

SCENARIO = {
    "question": "What was it called?",
    "description": "A toy that is only read.",
    "horizon": {"model_years": [2030], "time": {"method": "full"}},
    "finance": {"discount_rate_percent": 5, "base_year": 2026},
}
VALUES: dict[str, Any] = {
    "procurement": {"auction": {"factor": 0.5}},
    "chinese_investment.procurement": [
        {"name": "deal", "investor": "x", "mix": {"A/wind": 100}, "mw_per_year": {2030: 1}}
    ],
    "trade_with_china": {"volume_percent": 200, "year": 2031},
    "trade_with_china.volume_percent": 200,
}
"""A value under each key that has had another name."""
BESIDE: dict[str, Any] = {
    "trade_with_china.volume_percent": {"trade_with_china": {"year": 2031}},
    "projects.realisation": {"projects": {"seed": 1}},
    "chinese_investment.projects.realisation": {"chinese_investment": {"projects": {"seed": 1}}},
    "national_plans.*.realisation": {"national_plans": {"*": {"seed": 1}}},
}
"""What else these keys need."""
ROWS: dict[str, dict[str, Any]] = {
    "market_steps": {"id": "buy", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 5, "limit_mw": 1},
    "procurement": {"id": "deal", "name": "Deal", "investor": "owner", "kind": "treaty"},
    "procurement_mix": {"procurement": "deal", "zone": "A", "technology": "wind", "percent": 100},
    "procurement_years": {"procurement": "deal", "year": 2030, "mw": 1},
    "distribution_networks": {"zone": "A", "existing_mw": 1, "annual_usd_per_kw": 1},
    "interannual_yields": {"country": "C", "technology": "wind", "low_percent": 80, "high_percent": 120,
                           "common_percent": 50},
    "interannual_inflows": {"country": "C", "dry_percent": 80, "wet_percent": 120, "common_percent": 50},
}  # fmt: skip
SYSTEM: dict[str, Any] = {
    "name": "toy",
    "countries": [{"id": "C", "name": "Country", "value_of_lost_load_usd_per_mwh": 1000}],
    "zones": [{"id": "A", "country": "C", "name": "A"}],
    "investors": [{"id": "owner", "name": "Owner", "real_wacc_percent": 0}],
    "technologies": [{"id": "wind", "name": "Wind", "kind": "variable", "group": "wind"}],
    "candidates": [{"zone": "A", "technology": "wind", "investors": ["owner"]}],
    "markets": [{"id": "M", "name": "Market"}],
    **{table: [row] for table, row in ROWS.items()},
}


def of(*kinds: str) -> Any:
    rows = [row for row in RENAMED if row.what in kinds]
    return pytest.mark.parametrize("row", rows, ids=lambda row: f"{row.at or row.what}-{row.old}")


def read(reader: Any, folder: Path, data: dict[str, Any]) -> tuple[Any, list[InputWarning]]:
    """What a file says, and what is said of it."""
    path = folder / "file.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return reader(path), [w.message for w in caught if isinstance(w.message, InputWarning)]


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = {**one, **other}
    return both | {key: merged(one[key], other[key]) for key in one.keys() & other.keys() if isinstance(one[key], dict)}


def nested(path: str, value: Any) -> dict[str, Any]:
    for part in reversed(path.split(".")):
        value = {part: value}
    return value


def with_name(row: Renamed, name: str) -> dict[str, Any]:
    """The scenario with the old or new name in it."""
    path, value = (row.at, name) if row.what == "word" else (name, VALUES[row.new])
    return merged(merged(SCENARIO, BESIDE.get(row.at or row.new, {})), nested(path, value))


def told(row: Renamed, notices: list[InputWarning], folder: Path) -> None:
    """One notice, with both names, at the line of the old one."""
    (notice,) = notices
    problem, old = notice.problem, row.old.rpartition(".")[2]
    assert f"`{old}`" in problem.message and f"`{row.new.rpartition('.')[2]}`" in problem.message
    line = (folder / "file.yaml").read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert old in line and Path(problem.file).name == "file.yaml"


@of("key", "word")
def test_an_old_key_or_word_of_a_scenario_means_the_new_one(row, tmp_path):
    new, silent = read(load_scenario, tmp_path, with_name(row, row.new))
    assert not silent and new != Scenario.model_validate(load_scenario_alone(tmp_path))
    old, notices = read(load_scenario, tmp_path, with_name(row, row.old))
    assert old == new
    told(row, notices, tmp_path)


def load_scenario_alone(folder: Path) -> dict[str, Any]:
    """The scenario without the key that has been renamed."""
    return read(load_scenario, folder, SCENARIO)[0].model_dump()


@of("key")
def test_both_names_of_a_key_are_refused(row, tmp_path):
    both = merged(with_name(row, row.old), with_name(row, row.new))
    with pytest.raises(InputError, match="is the old name of"):
        read(load_scenario, tmp_path, both)


def test_a_scenario_with_new_names_may_extend_one_with_old_names(tmp_path):
    """The child's 150 % lies over the parent's 200 %; the parent's year stays."""
    parent = SCENARIO | {"trade": {"turnover_percent": 200, "year": 2031}}
    (tmp_path / "parent.yaml").write_text(yaml.safe_dump(parent), encoding="utf-8")
    child = {key: SCENARIO[key] for key in ("question", "description")}
    child |= {"extends": "parent.yaml", "trade_with_china": {"volume_percent": 150}}
    found, notices = read(load_scenario, tmp_path, child)
    assert (found.trade_with_china.volume_percent, found.trade_with_china.year) == (150, 2031)
    assert {Path(notice.problem.file).name for notice in notices} == {"parent.yaml"}


@of("table", "column")
def test_an_old_table_or_column_means_the_new_one(row, tmp_path):
    """In a system file, and under ``changes`` of a scenario."""
    table = row.at or row.new
    new, silent = read(read_system, tmp_path, SYSTEM)
    assert not silent
    old, notices = read(read_system, tmp_path, renamed(SYSTEM, row, [renamed(ROWS[table], row)]))
    assert old == new
    told(row, notices, tmp_path)

    changes = {"changes": {table: {"row": ROWS[table]}}}
    new, silent = read(load_scenario, tmp_path, SCENARIO | changes)
    assert not silent and new.changes
    former = {"changes": renamed(changes["changes"], row, {"row": renamed(ROWS[table], row)})}
    old, notices = read(load_scenario, tmp_path, SCENARIO | former)
    assert old == new
    told(row, notices, tmp_path)


def renamed(mapping: dict[str, Any], row: Renamed, content: Any = None) -> dict[str, Any]:
    """A mapping with the old name: of tables, whose rows are then ``content``, or of columns."""
    if content is None:
        return {row.old if row.what == "column" and key == row.new else key: value for key, value in mapping.items()}
    table, name = row.at or row.new, row.old if row.what == "table" else row.at
    return {name if key == table else key: content if key == table else value for key, value in mapping.items()}


@of("column")
def test_an_old_column_of_a_csv_file_means_the_new_one(row, tmp_path):
    columns = ROWS[row.at]
    header, cells = ",".join(renamed(columns, row)), ",".join(map(str, columns.values()))
    (tmp_path / "rows.csv").write_text(f"{header}\n{cells}\n", encoding="utf-8")
    found, (notice,) = read(read_system, tmp_path, SYSTEM | {row.at: "rows.csv"})
    assert found == read(read_system, tmp_path, SYSTEM)[0]
    assert Path(notice.problem.file).name == "rows.csv" and notice.problem.line == 1
    (tmp_path / "rows.csv").write_text(f"{header},{row.new}\n{cells},deal\n", encoding="utf-8")
    with pytest.raises(InputError, match="is the old name of"):
        read(read_system, tmp_path, SYSTEM | {row.at: "rows.csv"})


@of("table")
def test_both_names_of_a_table_are_refused(row, tmp_path):
    with pytest.raises(InputError, match="is the old name of"):
        read(read_system, tmp_path, SYSTEM | {row.old: []})


def test_new_names_exist_and_old_ones_do_not():
    """Where the rows of the list point: tables, their columns, variables of the results."""
    models = row_models(System)
    for row in RENAMED:
        if row.what == "table":
            assert row.new in models and row.old not in models
        if row.what == "column":
            assert row.new in models[row.at].model_fields and row.old not in models[row.at].model_fields
        if row.what == "variable":
            assert row.new in results_schema.declared() and row.old not in results_schema.declared()


@of("command")
def test_an_old_command_runs_the_new_one_and_says_so(row, capsys):
    """Without a run folder both fail alike; the old one says its new name first."""
    said = {}
    for name in (row.new, row.old):
        status = cli.main([name, "no_such_folder"])
        said[name] = (status, capsys.readouterr().err.splitlines())
    assert said[row.old][0] == said[row.new][0] == 3
    notice, *rest = said[row.old][1]
    assert f"`{row.old}`" in notice and f"`{row.new}`" in notice and rest == said[row.new][1]


@of("variable")
def test_results_with_old_names_are_refused_with_the_new_ones(row):
    said = results_schema.differences({row.old: results_schema.Found((), "number", "")}, {}, "plan")
    assert any(f"{row.old!r} (now {row.new!r})" in line for line in said)
