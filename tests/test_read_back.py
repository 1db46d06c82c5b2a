"""Whatever a command reads back is as it was written, or the command says what to do: checks, backcasts, manifests."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
from results_toy import results_toy

from simulator import studies
from simulator.analysis.text import csv, from_csv
from simulator.cli import main
from simulator.errors import FileError
from simulator.studies import backcast, likelihood, store, validate
from simulator.studies.hours import OPERATION_FORMAT, data_have_changed, read_operation
from simulator.studies.rows import StudyRow, StudyTable, read_row, write_row

DOCS = Path(__file__).parent.parent / "docs"
OPERATION_TABLE = pd.DataFrame({
    "weather": [7, 7], "year": [2030, 2030], "region": ["AAA", "NA"], "quantity": ["renewable share", "generation"],
    "item": ["law / generation", ""], "plan": [15.2, None], "hourly": [15.1, 3.0], "difference": [-0.1, None],
    "unit": ["%", "TWh"],
})  # fmt: skip
NONE_UNSERVED = pd.DataFrame({name: [] for name in ("weather", "zone", "month", "day", "hour", "mw")})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the toy with a check, and a backcast beside it."""
    place = tmp_path_factory.mktemp("whole")
    texts = {"scenario.resolved.yaml": "question: which?\n"}
    run = store.save_run(place / "run", results_toy(), texts, dict)
    (run / "operation").mkdir()
    (run / "operation" / "operation.csv").write_text(csv(OPERATION_TABLE))
    (run / "operation" / "unserved.csv").write_text(csv(NONE_UNSERVED))
    store.seal(run / "operation", OPERATION_FORMAT, results=store.sha256(run / "results.nc"))
    (place / "backcast").mkdir()
    shutil.copy(DOCS / "backcast.csv", place / "backcast")
    store.seal(place / "backcast", backcast.FORMAT)
    return place


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def test_what_was_written_is_read(place: Path) -> None:
    """A region called NA stays one, what is empty stays empty, and no unserved hour is a table without rows."""
    found = read_operation(place / "run")
    assert found is not None
    pd.testing.assert_frame_equal(found[0], OPERATION_TABLE, check_dtype=False)
    assert found[1].empty and list(found[1].columns) == list(NONE_UNSERVED.columns)
    assert len(backcast.sealed_table(place / "backcast")) == len(pd.read_csv(DOCS / "backcast.csv"))
    shutil.rmtree(place / "run" / "operation")
    assert read_operation(place / "run") is None


def test_texts_that_a_spreadsheet_would_run_come_back_as_they_were(tmp_path: Path) -> None:
    names = ["=1+1", "+x", "-", "@a", "'quoted", "plain", ""]
    (tmp_path / "a.csv").write_text(csv(pd.DataFrame({"name": names, "mw": range(len(names))})))
    assert list(from_csv(tmp_path / "a.csv", ["name"], ["mw"])["name"]) == names


Damage = Callable[[Path], object]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _edit(path: Path) -> None:
    path.write_text(path.read_text().replace("15.2", "41.6").replace("KAZ", "UZB"))


def _reseal(folder: Path, format: str, change: Damage) -> None:
    """Somebody who knows how changes a file and its checksum."""
    about = {k: v for k, v in json.loads((folder / "manifest.json").read_text()).items() if k == "results"}
    change(folder)
    (folder / "manifest.json").unlink()
    store.seal(folder, format, **about)


CHECKS: dict[str, Damage] = {
    "cut": lambda check: _cut(check / "operation.csv"),
    "edited": lambda check: _edit(check / "operation.csv"),
    "without its hours": lambda check: (check / "unserved.csv").unlink(),
    "of an older version": lambda check: (check / "manifest.json").unlink(),
    "of another format": lambda check: _reseal(check, "simulator operation folder, version 0", lambda folder: None),
    "of another run": lambda check: store.seal(check, OPERATION_FORMAT, results="0" * 64),
    "without a column": lambda check: _reseal(
        check,
        OPERATION_FORMAT,
        lambda folder: (folder / "operation.csv").write_text(csv(OPERATION_TABLE.drop(columns="region"))),
    ),
    "with words for numbers": lambda check: _reseal(
        check,
        OPERATION_FORMAT,
        lambda folder: (folder / "operation.csv").write_text(csv(OPERATION_TABLE.assign(plan="much"))),
    ),
    "empty": lambda check: _reseal(check, OPERATION_FORMAT, lambda folder: (folder / "operation.csv").write_text("")),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_is_not_as_it_was_is_refused(place: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    CHECKS[name](place / "run" / "operation")
    with pytest.raises(FileError, match=r"run `simulator operate .*` again"):
        read_operation(place / "run")
    assert main(["report", str(place / "run")]) == 3
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("change", [_cut, _edit, lambda path: path.with_name("manifest.json").unlink()])
def test_a_backcast_that_is_not_as_it_was_is_refused(place: Path, change: Damage) -> None:
    change(place / "backcast" / "backcast.csv")
    with pytest.raises(FileError, match="run `simulator backcast` again"):
        backcast.sealed_table(place / "backcast")


def test_a_backcast_of_other_columns_is_refused(tmp_path: Path) -> None:
    for text in ("a,b\n1,2\n", "", "\0"):
        (tmp_path / "backcast.csv").write_text(text)
        with pytest.raises(FileError, match="is no table of a backcast"):
            backcast.read_table(tmp_path / "backcast.csv")


# ------------------------------------------------------------------------------------------- the run itself


def _manifest(change: Callable[[dict[str, object]], object]) -> Damage:
    def damage(run: Path) -> None:
        content = json.loads((run / "manifest.json").read_text())
        change(content)
        (run / "manifest.json").write_text(json.dumps(content))

    return damage


RUNS: dict[str, tuple[Damage, str]] = {
    "no inputs": (_manifest(lambda content: content.pop("inputs")), "has no inputs; run the scenario again"),
    "inputs as a list": (_manifest(lambda content: content.update(inputs=["zones.csv"])), "has no inputs"),
    "inputs of numbers": (_manifest(lambda content: content.update(inputs={"zones.csv": 7})), "has no inputs"),
    "seconds in words": (_manifest(lambda content: content.update(seconds={"planning": "long"})), "has no seconds"),
    "no files": (_manifest(lambda content: content.pop("files")), "has no files"),
    "a file of no checksum": (_manifest(lambda content: content.update(files={"results.nc": None})), "has no files"),
    "not listed": (_manifest(lambda content: content.update(files={})), "is not the file this run wrote"),
    "nested": (lambda run: (run / "manifest.json").write_text("[" * 100_000), "no readable manifest.json"),
    "bytes": (lambda run: (run / "manifest.json").write_bytes(b"\xff\xfe{}"), "no readable manifest.json"),
    "a number of 5,000 digits": (lambda run: (run / "manifest.json").write_text("9" * 5000), "no readable manifest"),
    "a folder": (lambda run: ((run / "manifest.json").unlink(), (run / "manifest.json").mkdir()), "no readable"),
    "results cut": (lambda run: _cut(run / "results.nc"), "results.nc is not the file this run wrote"),
    "no results": (lambda run: (run / "results.nc").unlink(), "results.nc is not the file this run wrote"),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("command", ["verdict", "operate"])
def test_a_run_that_is_not_as_it_was_is_refused(
    place: Path, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, message = RUNS[name]
    damage(place / "run")
    assert main([command, str(place / "run")]) == 3
    assert message in capsys.readouterr().err


def test_another_scenario_than_the_one_that_was_run_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its hours would be those of another plan."""
    (place / "run" / "scenario.resolved.yaml").write_text("question: another?\n")
    for command in ("operate", "report"):
        assert main([command, str(place / "run")]) == 3
        assert "scenario.resolved.yaml is not the file this run wrote" in capsys.readouterr().err


def test_files_of_a_folder_called_data_are_the_users_own() -> None:
    """Only what the manifest calls built in is looked for there."""
    assert data_have_changed({"data/zones.csv": "0" * 64, "sys.yaml": "0" * 64}) == ""
    assert data_have_changed({"simulator/data/central_asia/zones.csv": "0" * 64}).endswith("zones.csv")
    assert data_have_changed({"simulator/data/central_asia/gone.csv": "0" * 64}).endswith("gone.csv")


READING = ("read_text(", "read_csv(", "from_csv(", "json.load", "open_dataset(")


def test_these_are_all_that_read_back() -> None:
    """A new reader of files in ``studies`` must be tested here: nobody else there opens one."""
    readers = {}
    for path in Path(studies.__path__[0]).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if found := [word for word in READING if word in text]:
            readers[path.stem] = found
    assert readers == {
        "store": ["read_text(", "json.load"],
        "hours": ["from_csv("],
        "backcast": ["from_csv("],
        "time_resolution": ["read_text("],
        "rows": ["json.load", "open_dataset("],
        "likelihood": ["from_csv("],
        "validate": ["json.load"],
    }


@pytest.mark.parametrize("content", [None, "", "x", "{}", "[1]", '"a'])
def test_a_row_of_a_study_that_is_none_is_made_again(content: str | None, tmp_path: Path) -> None:
    (tmp_path / "row.json.gz").write_bytes(b"x" if content is None else gzip.compress(content.encode()))
    assert read_row(tmp_path / "row.json.gz") is None


@pytest.mark.parametrize("content", [b"", b"x", b"\x89HDF\r\n\x1a\n" + 50 * b"\0"])
def test_a_dataset_of_a_study_that_is_none_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "study.nc").write_bytes(content)
    with pytest.raises(FileError, match=r"study\.nc cannot be read"):
        StudyTable(tmp_path).load()


def test_a_foreign_dataset_in_place_of_a_study_is_named(tmp_path: Path) -> None:
    xr.Dataset({"t2m": ("time", [1.0])}).to_netcdf(tmp_path / "study.nc")
    with pytest.raises(FileError, match="no table of a study"):
        StudyTable(tmp_path).kept()


def test_a_damaged_row_does_not_count_as_made(tmp_path: Path) -> None:
    write_row(tmp_path, StudyRow("whole", "one", values=[("A", "share [%]", 2030, 15.0)]))
    (tmp_path / "rows" / "half.json.gz").write_bytes(b"x")
    assert StudyTable(tmp_path).kept() == {"whole"}


@pytest.mark.parametrize("text", ["", "x", "variant,draw\nas_it_is,1\n", "variant,draw,probability\na,b,c\n"])
def test_chosen_draws_that_are_none_are_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "chosen.csv").write_text(text)
    with pytest.raises(FileError, match=r"chosen\.csv is not what the study wrote"):
        likelihood._chosen(tmp_path)


@pytest.mark.parametrize("text", [b"", b"x", b"[]", b"{}", b'{"files": ["gone.yaml"], "checksum": "", "warnings": 1}'])
def test_a_validity_that_cannot_be_read_is_asked_again(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate.cache, "find", lambda kind, key: text)
    assert validate._kept("key") is None
