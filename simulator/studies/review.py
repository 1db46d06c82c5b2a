"""The review of a run: its plan beside published figures, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.analysis import indicators as ind
from simulator.analysis.review_page import page
from simulator.errors import InputError, Problem, disk_errors
from simulator.inputs.read import load_system, read_scenario
from simulator.studies.backcast import frame
from simulator.studies.store import RESOLVED, open_results, run_file

PAGE = "grid_review.md"


def review(run: str | Path, years: Sequence[int] = (), *, scenario: Path | None = None) -> str:
    """The page of a run, in Markdown; default: the first model year and the headline target's.

    Statistics and other studies are those of the scenario's system; ``scenario`` names its file where the system lies
    beside it. Raises ``FileError`` for a folder that is no run, ``InputError`` for a year that is not modelled.
    """
    results = open_results(run)
    known = [int(year) for year in results["year"].values]
    wanted = sorted(set(years)) or sorted({known[0], ind.focus_year(results)})
    if wrong := [year for year in wanted if year not in known]:
        raise InputError([Problem(f"{year} is not a model year", help=f"known: {', '.join(map(str, known))}")
                          for year in wrong])  # fmt: skip
    file = scenario or run_file(Path(run), RESOLVED)
    system = load_system(read_scenario(file).scenario, file).system
    return page(results, frame(system.statistics), frame(system.studies), wanted)


def write_page(text: str, folder: Path) -> Path:
    """Write the page into a folder, which is made where it does not exist; its path."""
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text(text, encoding="utf-8")
    return folder / PAGE
