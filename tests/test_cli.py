"""The command line: what it prints where, what it returns, and what it leaves on the disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from results_toy import results_toy

import simulator.studies.run
from simulator import errors
from simulator.case.loading import make_case
from simulator.cli import main
from simulator.inputs.read import load_scenario
from simulator.plots import FIGURES
from simulator.studies import store
from simulator.studies.run import resolved_yaml

PROJECT = Path(simulator.studies.run.__file__).parents[2]
SMALL = Path(__file__).parent / "reference" / "switch_3zone_toy.yaml"
SCENARIOS = sorted(path for path in (PROJECT / "scenarios").glob("*.yaml") if path.stem != "base")


@pytest.fixture
def toy(tmp_path, saved_toy):
    """A run folder whose headline target (15 %) is missed."""
    return saved_toy(tmp_path / "toy")


def finished_run(monkeypatch, outcome=None):
    """Replace the run by one that returns the toy at once, or fails with ``outcome``."""

    def run(scenario, output, *, figures, progress):
        progress("planning")
        if outcome:
            raise outcome
        return results_toy()

    monkeypatch.setattr(simulator.studies.run, "run", run)


def test_a_scenario_runs_to_a_whole_folder(tmp_path, capsys):
    """Three zones, solved for real: verdict on standard output, progress and folder on standard error."""
    folder = tmp_path / "made" / "here"
    assert main(["run", str(SMALL), "-o", str(folder), "--no-figures"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("No headline target")
    assert "planning" in printed.err and str(folder) in printed.err
    assert {path.name for path in folder.iterdir()} == store.OWN - {"figures", "operation", "check", "report.md"}
    manifest = store.read_manifest(folder)
    assert manifest["outcome"] == "optimal"
    assert manifest["objective_musd"] == pytest.approx(134.733088429291)
    assert manifest["inputs"] == {name: store.sha256(SMALL.parent / name) for name in (SMALL.name, _system_of(SMALL))}
    assert manifest["seconds"]["total"] > 0 and manifest["peak_memory_mb"] > 10
    assert load_scenario(folder / "scenario.resolved.yaml") == load_scenario(SMALL)


def _system_of(path: Path) -> str:
    return str(yaml.safe_load(path.read_text())["system"])


def test_the_built_in_system_lists_every_table_and_the_weather():
    """A manifest that leaves out a table it was computed from would promise too much."""
    path = PROJECT / "scenarios" / "reference.yaml"
    _, files = make_case(load_scenario(path), path)
    data = PROJECT / "simulator" / "data"
    assert set(files) == {*(data / "central_asia").iterdir(), *(data / "weather").iterdir()}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_resolved_scenario_says_the_same(path, tmp_path):
    """What a run folder keeps can be run again: years, dates and words survive the way to text and back."""
    scenario = load_scenario(path)
    (tmp_path / "again.yaml").write_text(resolved_yaml(scenario), encoding="utf-8")
    assert load_scenario(tmp_path / "again.yaml") == scenario


def test_a_missed_target_is_an_answer_and_fails_only_on_request(monkeypatch, capsys):
    finished_run(monkeypatch)
    assert main(["run", "any.yaml"]) == 0
    assert main(["run", "any.yaml", "--fail-on-miss"]) == 10
    assert "Alland generates" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InputError("wrong"), 2),
        (errors.FileError("gone"), 3),
        (errors.InfeasibleError("impossible"), 11),
        (errors.UnboundedError("endless"), 12),
        (errors.TimeLimitError("late"), 13),
        (errors.NumericalError("inexact"), 14),
        (errors.MemoryLimitError("full"), 15),
        (errors.Interrupted("stopped"), 130),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("a bug"), 70),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_outcome_has_its_status_and_one_message(monkeypatch, capsys, error, status):
    """No traceback without ``--debug``, nothing on standard output."""
    finished_run(monkeypatch, error)
    assert main(["run", "any.yaml"]) == status
    printed = capsys.readouterr()
    assert printed.out == ""
    assert (str(error) or "interrupted") in printed.err and "Traceback" not in printed.err


def test_debug_shows_where_it_failed(monkeypatch, capsys):
    finished_run(monkeypatch, ZeroDivisionError("a bug"))
    assert main(["run", "any.yaml", "--debug"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_failed_run_leaves_the_earlier_one(tmp_path):
    """The second run finds no system: the folder of the first stays as it was."""
    folder = tmp_path / "run"
    assert main(["run", str(SMALL), "-o", str(folder), "--no-figures"]) == 0
    before = (folder / "results.nc").read_bytes()
    broken = tmp_path / "broken.yaml"
    broken.write_text(SMALL.read_text().replace(_system_of(SMALL), "nowhere.yaml"))
    assert main(["run", str(broken), "-o", str(folder), "--no-figures"]) == 2
    assert (folder / "results.nc").read_bytes() == before


def test_validate_shows_all_problems_of_all_files(tmp_path, capsys):
    """Two files with one unknown key each: two problems, each with file and line; the good file is no problem."""
    for name in ("a", "b"):
        text = SMALL.read_text()
        shutil.copy(SMALL.parent / _system_of(SMALL), tmp_path)
        (tmp_path / f"{name}.yaml").write_text(text + f"wrong_{name}: 1\n")
    files = [str(SMALL), str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]
    assert main(["validate", *files]) == 2
    message = capsys.readouterr().err
    assert "wrong_a" in message and "wrong_b" in message and f"a.yaml:{text.count(chr(10)) + 1}" in message
    assert main(["validate", "--json", *files]) == 2
    assert {problem["path"] for problem in json.loads(capsys.readouterr().out)} == {"wrong_a", "wrong_b"}


def test_validate_accepts_what_runs(capsys):
    assert main(["validate", str(SMALL)]) == 0
    assert main(["validate", "--json", str(SMALL)]) == 0
    assert capsys.readouterr().out == "1 scenario valid\n[]\n"


def test_validate_refuses_the_system_that_a_run_refuses(tmp_path, capsys):
    """A system outside the scenario's folder: one message for both commands."""
    scenario = tmp_path / "inside" / "scenario.yaml"
    scenario.parent.mkdir()
    (tmp_path / "system.yaml").write_text("name: outside\n")
    scenario.write_text(SMALL.read_text().replace(_system_of(SMALL), "../system.yaml"))
    assert main(["validate", str(scenario)]) == 2
    validated = capsys.readouterr().err
    assert main(["run", str(scenario), "-o", str(tmp_path / "run")]) == 2
    refused = capsys.readouterr().err
    assert "system" in validated and validated.strip() in refused


def test_a_verdict_for_people_and_for_programs(toy, capsys):
    assert main(["verdict", str(toy)]) == 0
    text = capsys.readouterr().out
    assert main(["verdict", "--json", str(toy)]) == 0
    assert text.startswith(json.loads(capsys.readouterr().out)["sentence"])


def test_comparison_on_the_screen_and_in_a_folder(toy, tmp_path, capsys):
    other = store.save_run(tmp_path / "other", results_toy("other"), {}, dict)
    assert main(["compare", str(toy), str(other), "-o", str(tmp_path / "out")]) == 0
    assert "renewable share" in capsys.readouterr().out
    written = {p.name for p in (tmp_path / "out").iterdir()}
    assert written == {"comparison.csv", "causes_other.csv", "comparison.svg", "comparison.png", "why_share.svg",
                       "why_share.png"}  # fmt: skip


def test_investors_on_the_screen_and_as_csv(toy, capsys):
    """The folder keeps the same tables that the command prints."""
    assert main(["investors", str(toy)]) == 0
    assert "Dragon Power" in capsys.readouterr().out
    for table, column in (("investors", "subsidy_musd"), ("projects", "lcoe_usd_per_mwh"), ("jobs", "operation_jobs")):
        assert main(["investors", str(toy), "--csv", table]) == 0
        assert column in capsys.readouterr().out.splitlines()[0].split(",")


def test_runs_of_one_name_cannot_be_compared(toy, capsys):
    assert main(["compare", str(toy), str(toy)]) == 2
    assert "needs different names" in capsys.readouterr().err


def test_figures_can_be_drawn_from_saved_results(toy, tmp_path, monkeypatch, capsys):
    """Two of them: ``test_plots`` draws all."""
    for other in FIGURES.keys() - {"share", "flows"}:
        monkeypatch.delitem(FIGURES, other)
    assert main(["plot", str(toy), "-o", str(tmp_path / "figures")]) == 0
    drawn = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(drawn) == 4 and all(path.stat().st_size > 1000 for path in drawn)


def test_the_template_is_a_scenario_and_is_not_written_over_a_file(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    assert main(["init", str(file)]) == 0
    assert main(["validate", str(file)]) == 0
    shipped = load_scenario(Path(__file__).parent.parent / "scenarios" / "reference.yaml")
    assert load_scenario(file).horizon == shipped.horizon
    assert "# extends: " in file.read_text()
    file.write_text("precious")
    assert main(["init", str(file)]) == 3
    assert file.read_text() == "precious"


def test_the_schema_accepts_the_template_and_refuses_an_unknown_key(tmp_path, capsys):
    main(["schema"])
    schema = json.loads(capsys.readouterr().out)
    main(["init", str(tmp_path / "mine.yaml")])
    template = yaml.safe_load((tmp_path / "mine.yaml").read_text())
    jsonschema.validate(template, schema)
    with pytest.raises(jsonschema.ValidationError, match="horizont"):
        jsonschema.validate(template | {"horizont": {}}, schema)


def test_the_table_of_scenarios_tells_run_from_not_run(tmp_path, saved_toy, capsys):
    scenarios, results = tmp_path / "scenarios", tmp_path / "results"
    scenarios.mkdir()
    results.mkdir()
    for name in ("toy", "later"):
        (scenarios / f"{name}.yaml").write_text(SMALL.read_text())
    saved_toy(results / "toy")
    assert main(["scenarios", "--folder", str(scenarios), "--results", str(results)]) == 0
    rows = {line.split("]")[0][3:]: line for line in (scenarios / "README.md").read_text().splitlines() if "](" in line}
    assert "missed" in rows["toy"] and "not run" in rows["later"]
    assert len({line.count("|") for line in rows.values()}) == 1


def test_doctor_names_the_solver(capsys):
    assert main(["doctor"]) == 0
    assert "highspy" in capsys.readouterr().out


def test_wrong_usage_is_bad_input(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["run"])
    assert caught.value.code == 2


def command(*arguments: str, **options) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **options.pop("env", {})}
    program = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_a_reader_that_leaves_early_is_no_error():
    """As in ``simulator schema | head -1``."""
    with command("schema") as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_a_terminal_without_our_characters_gets_question_marks():
    """The schema holds an ellipsis, which ASCII has not."""
    out, err = command("schema", env={"PYTHONIOENCODING": "ascii"}).communicate(timeout=60)
    assert err == b"" and json.loads(out)
