"""A run folder is written atomically, whatever goes wrong; figures come after it and cannot cost it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr
from results_toy import results_toy, single_zone

from simulator.errors import FileError, Interrupted
from simulator.studies import store


def save(folder: Path, dataset: xr.Dataset | None = None, draw=None) -> Path:
    texts = {"summary.csv": "a,b\n", "run.log": "done\n"}
    return store.save_run(folder, results_toy() if dataset is None else dataset, texts, lambda: {"n": 1}, draw)


def drawing(name: str):
    """Draws one file, and nothing fails."""

    def draw(figures: Path) -> dict[str, str]:
        (figures / name).write_text("<svg/>", encoding="utf-8")
        return {}

    return draw


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_what_is_saved_is_what_is_opened(tmp_path):
    """Names, values, units and attributes survive, from the folder and from the file alone."""
    folder = save(tmp_path / "toy")
    assert store.open_results(folder).identical(results_toy())
    assert store.open_results(folder / "results.nc").identical(results_toy())


def test_empty_dimensions_survive(tmp_path):
    """A system of one zone has no links: the dimension has length 0, which netCDF could take for unlimited."""
    one = single_zone(results_toy())
    assert store.open_results(save(tmp_path / "one", one)).sizes == one.sizes


def test_identical_results_give_an_identical_file(tmp_path):
    assert store.sha256(save(tmp_path / "a") / "results.nc") == store.sha256(save(tmp_path / "b") / "results.nc")


def test_the_manifest_carries_the_checksum_of_every_other_file(tmp_path):
    folder = save(tmp_path / "toy", draw=drawing("share.svg"))
    manifest = store.read_manifest(folder)
    assert manifest["n"] == 1
    assert manifest["files"].keys() == {"results.nc", "summary.csv", "run.log", "figures/share.svg"}
    assert all(store.sha256(folder / name) == checksum for name, checksum in manifest["files"].items())


def test_a_new_run_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path):
    """The first run drew a figure and the second did not: the figure is gone, and so are the temporary folders."""
    save(tmp_path / "toy", draw=drawing("old.svg"))
    save(tmp_path / "toy", results_toy("second"))
    assert store.open_results(tmp_path / "toy").attrs["scenario"] == "second"
    assert not (tmp_path / "toy" / "figures").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), ValueError("a bug")])
def test_whatever_stops_the_writing_leaves_the_earlier_run(tmp_path, error):
    """Ctrl-C, a full disk or a bug: the earlier folder is untouched, to the byte."""
    save(tmp_path / "toy")
    before = contents(tmp_path)

    def manifest() -> dict[str, str]:
        raise error

    expected = FileError if isinstance(error, OSError) else error if isinstance(error, type) else type(error)
    with pytest.raises(expected):
        store.save_run(tmp_path / "toy", results_toy("second"), {}, manifest)
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), Interrupted),
        (OSError(28, "No space left on device"), FileError),
        (ValueError("a bug"), ValueError),
    ],
)
def test_no_figure_costs_a_solved_plan(tmp_path, error, expected):
    """Figures come when the run is safe: whatever happens while drawing, the new results stay, without figures."""
    save(tmp_path / "toy", draw=drawing("old.svg"))

    def draw(figures: Path) -> dict[str, str]:
        (figures / "half.svg").write_text("<svg", encoding="utf-8")
        raise error

    with pytest.raises(expected) as caught:
        save(tmp_path / "toy", results_toy("second"), draw)
    assert expected is ValueError or "results are saved in" in str(caught.value)
    assert store.open_results(tmp_path / "toy").attrs["scenario"] == "second"
    assert {path.name for path in (tmp_path / "toy").iterdir()} == {
        "manifest.json",
        "results.nc",
        "run.log",
        "summary.csv",
    }


def test_the_manifest_names_what_could_not_be_drawn(tmp_path):
    save(tmp_path / "toy", draw=lambda figures: {"capacity": "ZeroDivisionError: division by zero"})
    assert store.read_manifest(tmp_path / "toy")["not_drawn"] == {"capacity": "ZeroDivisionError: division by zero"}


def test_a_first_run_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        store.save_run(tmp_path / "deep" / "toy", results_toy(), {}, lambda: 1 / 0)
    assert not list(tmp_path.rglob("toy"))


def test_asking_whether_a_folder_can_be_made_makes_none(tmp_path):
    """A scenario that is refused later leaves no empty folders."""
    store.check_target(tmp_path / "deep" / "deeper" / "toy")
    assert not list(tmp_path.iterdir())


def dead_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_by(final: Path, kind: str, process: int) -> Path:
    machine = store._process()[:8]
    left = final.parent / f".{final.name}.{kind}-{machine}-{process}-abc_123"
    left.mkdir()
    (left / "results.nc").write_text("half", encoding="utf-8")
    return left


def test_the_next_run_removes_what_a_killed_one_left(tmp_path):
    """Folders of dead processes go, those of running ones and of runs with longer names stay."""
    killed = left_by(tmp_path / "toy", "new", dead_process())
    running = left_by(tmp_path / "toy", "new", os.getppid())
    other = left_by(tmp_path / "toy.two", "new", dead_process())
    save(tmp_path / "toy")
    assert not killed.exists()
    assert running.exists()
    assert other.exists()


def test_a_run_set_aside_by_a_killed_one_comes_back(tmp_path):
    """Killed between two renames: the earlier results lie aside and nothing has their name."""
    folder = save(tmp_path / "toy")
    aside = tmp_path / f".toy.old-{store._process()[:8]}-{dead_process()}-abc_123"
    folder.rename(aside)
    store.check_target(folder)
    assert store.open_results(folder).identical(results_toy())
    assert not aside.exists()


@pytest.mark.parametrize(("age_days", "kept"), [(1, True), (30, False)])
def test_what_another_machine_left_is_removed_after_a_week(tmp_path, age_days, kept):
    left = tmp_path / ".toy.new-00000000-1-abc_123"
    left.mkdir()
    then = time.time() - age_days * 24 * 3600
    os.utime(left, (then, then))
    store.check_target(tmp_path / "toy")
    assert left.exists() == kept


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(5, "Input/output error")])
def test_the_old_run_comes_back_when_the_last_step_fails(tmp_path, monkeypatch, error):
    """The old folder is already moved aside when moving the new one fails."""
    save(tmp_path / "toy")
    before = contents(tmp_path)
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if ".new-" in path.name:
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises((KeyboardInterrupt, FileError)):
        save(tmp_path / "toy", results_toy("second"))
    assert contents(tmp_path) == before


def test_values_that_changed_on_the_disk_are_noticed_before_the_old_run_goes(tmp_path, monkeypatch):
    """A disk that returns other bytes than it was given: one load differs by 1 MW when read back."""
    save(tmp_path / "toy")
    before = contents(tmp_path)
    bad = results_toy()
    bad["load_mw"][0, 0, 0] += 1
    monkeypatch.setattr(store, "_load", lambda path: bad)
    with pytest.raises(FileError, match="other values than were written"):
        save(tmp_path / "toy")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["thesis.docx", "manifest.json"])
def test_a_folder_that_is_not_ours_is_never_replaced(tmp_path, name):
    """Neither somebody's documents nor somebody else's manifest."""
    (tmp_path / name).write_text('{"name": "a web page"}')
    before = contents(tmp_path)
    with pytest.raises(FileError, match="is not a run folder"):
        save(tmp_path)
    assert contents(tmp_path) == before


def test_a_run_folder_with_notes_in_it_is_not_replaced(tmp_path):
    folder = save(tmp_path / "toy")
    (folder / "notes.txt").write_text("important")
    with pytest.raises(FileError, match=r"also contains notes\.txt"):
        save(folder)
    assert (folder / "notes.txt").read_text() == "important"


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "toy").mkdir()
    assert store.is_run(save(tmp_path / "toy"))


def test_a_file_in_the_way_is_said(tmp_path):
    (tmp_path / "toy").write_text("")
    with pytest.raises(FileError, match="is a file"):
        save(tmp_path / "toy")
    with pytest.raises(FileError, match="is a file"):
        save(tmp_path / "toy" / "below")


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"format": "something else", "files": {}}'])
def test_a_folder_without_a_valid_manifest_does_not_exist(tmp_path, manifest):
    folder = save(tmp_path / "toy")
    (folder / "manifest.json").unlink()
    if manifest is not None:
        (folder / "manifest.json").write_text(manifest)
    assert not store.is_run(folder)
    with pytest.raises(FileError, match="is not a run folder"):
        store.open_results(folder)


def test_results_that_were_changed_afterwards_are_refused(tmp_path):
    folder = save(tmp_path / "toy")
    with (folder / "results.nc").open("ab") as file:
        file.write(b"x")
    with pytest.raises(FileError, match="is not the file this run wrote"):
        store.open_results(folder)


def test_missing_results_name_the_runs_there_are(tmp_path):
    save(tmp_path / "toy")
    with pytest.raises(FileError, match="there are: toy"):
        store.open_results(tmp_path / "tyo")


def test_other_files_are_no_results(tmp_path):
    """Text, a truncated results file, and a netCDF file of somebody else."""
    text, half, other = tmp_path / "a.nc", tmp_path / "b.nc", tmp_path / "c.nc"
    text.write_text("no netCDF")
    half.write_bytes((save(tmp_path / "toy") / "results.nc").read_bytes()[:5000])
    xr.Dataset({"a": 1}).to_netcdf(other)
    for path, words in ((text, "cannot be read"), (half, "cannot be read"), (other, "no results of this simulator")):
        with pytest.raises(FileError, match=words):
            store.open_results(path)


def test_a_manifest_is_plain_json(tmp_path):
    assert json.loads((save(tmp_path / "toy") / "manifest.json").read_text())["format"] == store.FORMAT


FULL_DISK = """
import resource, sys
from pathlib import Path
from results_toy import results_toy
from simulator.studies import store
from simulator.errors import FileError, Interrupted
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    store.save_run(sys.argv[1], results_toy(), {}, dict)
except FileError as error:
    print("refused:", error)
"""


def test_a_disk_that_fills_up_under_the_library_is_a_clear_error(tmp_path):
    """No file may grow beyond 20 kB, so that the netCDF library itself cannot go on (the toy needs more)."""
    assert (save(tmp_path / "toy") / "results.nc").stat().st_size > 20_000
    before = contents(tmp_path)
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "toy")]
    path = os.pathsep.join(str(p) for p in (Path(__file__).parent, Path(store.__file__).parents[2]))
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("refused: cannot write"), done.stderr
    assert contents(tmp_path) == before
