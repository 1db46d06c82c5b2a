"""Studies on the toy of the counterfactual: what is refused with its line, what is planned, kept and planned again.

In the toy 50 of 100 MW are renewable; with ``demand.C.factor: 2`` there would be 50 of 200.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from test_counterfactual import SCENARIO, SYSTEM

from simulator.cli import main
from simulator.errors import FileError, InputError, InternalError
from simulator.inputs.read import load_scenario
from simulator.inputs.study import load_study, varied
from simulator.studies import sweep
from simulator.studies.batch import Done
from simulator.studies.rows import StudyRow, StudyTable, as_dataset, write_row
from simulator.studies.store import alone
from simulator.studies.sweep import key_of, run_index, run_study, runs_of, write_plan

STUDY = {
    "question": "What does it take?", "scenario": "toy.yaml", "design": "grid",
    "levels": {"optimiser.build": [True, False], "chinese_investment.envelope_factor": [1]},
}  # fmt: skip
SHARE = "renewable share: law / generation [%]"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "system.yaml").write_text(yaml.safe_dump(SYSTEM))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(SCENARIO))
    (tmp_path / "poor.yaml").write_text(yaml.safe_dump(
        {"extends": "toy.yaml", "question": "What without projects?", "description": "No project comes at all.",
         "chinese_investment": {"projects": {"realisation": "none"}}}
    ))  # fmt: skip
    return tmp_path / "study.yaml"


def say(file: Path, **changes) -> Path:
    file.write_text(yaml.safe_dump({k: v for k, v in (STUDY | changes).items() if v is not None}, sort_keys=False))
    return file


def test_a_grid_is_planned_kept_and_not_planned_again(file, monkeypatch):
    """Wind of 40 MW is built in both runs, the 10 MW of the plan's choice in one; ``envelope_factor: 1`` is today's
    value and allowed. A second start finds both rows, a third after one is gone makes that one."""
    out = file.parent / "out"
    driven = run_study(say(file), out, processes=1)
    assert (driven.made, driven.kept, driven.failed) == (2, 0, ())
    table = driven.table["value"].sel(region="C", indicator=SHARE, year=2030)
    assert table.values.tolist() == pytest.approx([50, 40])
    assert list(driven.table["run"].values) == ["build=True,envelope_factor=1", "build=False,envelope_factor=1"]
    assert not list((out / "rows").iterdir()) and (out / "runs.csv").read_text().count("\n") == 3

    monkeypatch.setattr(sweep, "as_done", lambda jobs, **_: (_ for _ in _none_of(jobs)))
    again = run_study(file, out)
    assert (again.made, again.kept) == (0, 2) and again.table.identical(driven.table)


def _none_of(jobs):
    assert not jobs, "nothing is planned twice"
    return ()


def test_files_as_levels_in_a_list_and_run_folders(file):
    runs = {"rich": {"scenario": "toy.yaml"}, "poor": {"scenario": "poor.yaml", "optimiser.build": False}}
    out = file.parent / "out"
    driven = run_study(say(file, design="list", levels=None, runs=runs, keep="folders"), out, processes=1)
    shares = driven.table["value"].sel(region="C", indicator=SHARE, year=2030)
    assert shares.sel(run="rich").item() == pytest.approx(50) and shares.sel(run="poor").item() == 0
    assert (out / "rich" / "results.nc").exists() and (out / "poor" / "verdict.json").exists()
    assert driven.table["word"].sel(run="poor", name="scenario").item() == "poor.yaml"


def test_a_job_array_makes_the_runs_one_by_one(file):
    """The list is written first; each run waits as a row; the study then has nothing left to make."""
    out = file.parent / "out"
    plan = write_plan(say(file), out).read_text().splitlines()
    assert plan[0].startswith("index,run,key,optimiser.build") and len(plan) == 3
    for index in (1, 0):
        assert run_index(file, out, index).made == 1
    assert run_index(file, out, 1).kept == 1
    driven = run_study(file, out)
    assert (driven.made, driven.kept) == (0, 2) and driven.table.sizes["run"] == 2
    with pytest.raises(InputError, match="the study has runs 0 to 1"):
        run_index(file, out, 2)


def test_what_failed_is_named_and_tried_again(file, monkeypatch):
    out = file.parent / "out"

    def broken(jobs, **_):
        for i, job in enumerate(jobs):
            yield i, Done(job, error=InternalError("the disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(sweep, "as_done", broken)
        driven = run_study(say(file), out)
    assert len(driven.failed) == 2 and "build=True,envelope_factor=1: the disk is full" in driven.text
    assert (out / "failed.csv").read_text().count("the disk is full") == 2
    assert run_study(file, out, processes=1).made == 2


@pytest.mark.parametrize(
    "changes, message, line",
    [
        ({"indicators": ["emission"]}, "unknown indicator 'emission'", "- emission"),
        ({"designs": 1}, "unknown key 'designs'", "designs:"),
        ({"levels": None}, "design: grid needs `levels`", ""),
        ({"samples": 3}, "`samples` goes together with a sampled design", "samples:"),
        ({"runs": {"a": {}}}, "`runs` has no effect with design: grid", "a: {}"),
        ({"levels": {"optimiser": [{"build": True}], "optimiser.build": [False]}}, "part of optimiser", ""),
        ({"levels": {"optimiser.bild": [1]}}, "unknown key 'bild'", "optimiser.bild:"),
        ({"levels": {"demand.X.factor": [2]}}, "'X'", "demand.X.factor:"),
        ({"levels": {"scenario": ["gone.yaml"]}}, "gone.yaml", "scenario:"),
        ({"scenario": "gone.yaml"}, "gone.yaml", ""),
        ({"levels": None, "design": "sobol", "samples": 2, "ranges": {"a": {"low": 2, "high": 1}}}, "must exceed",
         "high:"),
        ({"levels": {"optimiser.build": [True, "true"]}}, "true or false", "optimiser.build:"),
    ],
)  # fmt: skip
def test_a_wrong_study_is_refused_at_its_line_before_anything_runs(file, changes, message, line):
    say(file, **changes)
    with pytest.raises(InputError) as caught:
        runs_of(file, file.parent / "out")
    problem = caught.value.problems[0]
    assert message in str(problem)
    if line:
        assert problem.file == str(file) and line in file.read_text().splitlines()[problem.line - 1]


def test_more_samples_of_a_sobol_sequence_are_a_continuation(file):
    ranges = {"demand.C.factor": {"low": 1, "high": 2}, "optimiser.x": {"low": 0, "high": 1}}
    few = varied(load_study(say(file, design="sobol", levels=None, ranges=ranges, samples=4))[0])
    many = varied(load_study(say(file, design="sobol", levels=None, ranges=ranges, samples=8))[0])
    assert [run.levels for run in many[:4]] == [run.levels for run in few]
    cube = varied(load_study(say(file, design="latin_hypercube", levels=None, ranges=ranges, samples=8))[0])
    growth = sorted(run.levels["demand.C.factor"] for run in cube)
    assert np.floor(8 * (np.array(growth) - 1)).tolist() == list(range(8)), "one in each eighth"


def test_a_key_follows_scenario_data_and_code(file, monkeypatch):
    """Another value, another byte of the tables or another code is another run."""
    scenario = load_scenario(say(file).parent / "toy.yaml")
    keys = {key_of(scenario), key_of(scenario.with_({"optimiser.build": False}))}
    (file.parent / "system.yaml").write_text(yaml.safe_dump(SYSTEM | {"description": "Changed."}))
    keys.add(key_of(scenario))
    monkeypatch.setattr(sweep, "plan_code", lambda: "another")
    keys.add(key_of(scenario))
    assert len(keys) == 4


def test_a_thousand_rows_are_small_and_gathered_whole(tmp_path):
    """A thousand runs of 6,000 values take less than 100 MB; rows that are half written are none."""
    rng = np.random.default_rng(1)
    regions, indicators, years = [f"r{i}" for i in range(15)], [f"i{i}" for i in range(100)], [2026, 2028, 2030, 2035]
    template = [(r, i, y) for r in regions for i in indicators for y in years]
    rows = [StudyRow(f"k{n}", f"run {n}", {"x": float(n)},
                     [(*cell, float(x)) for cell, x in zip(template, rng.random(len(template)), strict=True)])
            for n in range(20)]  # fmt: skip
    for row in rows[:19]:
        write_row(tmp_path, row)
    table = StudyTable(tmp_path)
    assert table.gather().sizes == {"run": 19, "region": 15, "indicator": 100, "year": 4, "number": 1, "name": 0}
    write_row(tmp_path, rows[19])
    (tmp_path / "rows" / "k99.json.gz").write_bytes(b"half")
    data = table.gather(order=["k19", "k0"])
    assert list(data["run"].values) == ["run 19", "run 0"] and table.load().sizes["run"] == 20
    assert (
        data["value"].sel(run="run 0").values.ravel().tolist() == as_dataset(rows[:1])["value"].values.ravel().tolist()
    )
    assert 50 * (tmp_path / "study.nc").stat().st_size < 100e6


def test_a_folder_is_of_one_study_and_one_process(file):
    """A second process is refused while the first is at work, and so is another study; rows of levels that the study
    has no more stay in the table and are named."""
    out = file.parent / "out"
    run_study(say(file), out, processes=1)
    with alone(out), pytest.raises(FileError, match="another process makes runs in"):
        run_study(file, out)
    other = file.with_name("other.yaml")
    other.write_text(file.read_text())
    with pytest.raises(FileError, match=r"another study, 'study study\.yaml'"):
        run_study(other, out)
    less = run_study(say(file, levels={"optimiser.build": [True], "chinese_investment.envelope_factor": [1]}), out)
    assert (less.made, less.kept, less.others) == (0, 1, 1) and "1 older rows in study.nc" in less.text


def test_files_that_change_while_python_runs_are_read_again(file):
    """In a notebook a study is made, its scenario and then its tables are changed, and it is made again."""
    out = file.parent / "out"
    keys = [{run.key for run in runs_of(say(file), out)[1]}]
    (file.parent / "toy.yaml").write_text(yaml.safe_dump(SCENARIO | {"projects": {"realisation": "none"}}))
    keys.append({run.key for run in runs_of(file, out)[1]})
    (file.parent / "system.yaml").write_text(yaml.safe_dump(SYSTEM | {"description": "Changed."}))
    keys.append({run.key for run in runs_of(file, out)[1]})
    assert len(set.union(*keys)) == 6


def test_the_command_line(file, capsys):
    assert main(["sweep", str(say(file)), "-o", str(file.parent / "out"), "--processes", "1"]) == 0
    assert "2 runs made, 0 were there already, 0 failed" in capsys.readouterr().out
    assert main(["sweep", str(file), "-o", str(file.parent / "out"), "--plan"]) == 0
    assert capsys.readouterr().out.strip().endswith("plan.csv")
    assert main(["sweep", str(file), "--plan", "--index", "1"]) == 2


@pytest.mark.parametrize("study", sorted((Path(__file__).parent.parent / "scenarios" / "studies").glob("*.yaml")))
def test_shipped_studies_are_valid(study, tmp_path):
    """Every level is one that its scenario can have, and runs differ."""
    _, runs = runs_of(study, tmp_path)
    assert len({run.key for run in runs}) == len(runs) > 1
