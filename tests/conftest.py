"""What all tests share: no test writes into the project or depends on the terminal it runs in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator import cache


@pytest.fixture(autouse=True, scope="session")
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What runs keep is kept apart from the user's; several plans are made one after the other, in this process."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cache.FOLDER_KEY, str(folder))
        patch.setenv("SIMULATOR_PROCESSES", "1")
        yield folder


@pytest.fixture(scope="session")
def saved_toy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Puts the run of the toy of results into a folder that is not there yet: saved once, then copied."""
    from results_toy import results_toy

    from simulator.studies import store

    run = store.save_run(tmp_path_factory.mktemp("saved") / "toy", results_toy(), {}, dict)
    return lambda folder: Path(shutil.copytree(run, folder))


@pytest.fixture
def sound_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """netCDF files are read here at once: who made them is known, and another process takes half a second for each."""
    from simulator.files import netcdf

    monkeypatch.setattr(netcdf, "_read_elsewhere", netcdf._read_here)


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages as a log file sees them."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("NO_COLOR", "1")
