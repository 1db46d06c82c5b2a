"""The report of a run: its verdict, its hours and past years, on one page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulator.analysis.report import page
from simulator.errors import disk_errors
from simulator.inputs.read import built_in, read_scenario
from simulator.solve.watch import Progress
from simulator.studies import backcast
from simulator.studies.hours import data_have_changed, operate_run, read_operation
from simulator.studies.store import REPORT, RESOLVED, is_run, open_results, read_manifest, run_file


def report(
    run: str | Path, past: str | Path | None = None, *, scenario: Path | None = None, progress: Progress | None = None
) -> str:
    """Write ``report.md`` into a run folder; the page.

    What is missing is made first: the check hour by hour, and the backcast in the folder ``past`` (default:
    ``backcast`` beside the run). A system of the user's own has no backcast. Raises what ``operate_run`` and
    ``run_backcast`` raise.
    """
    folder = Path(run)
    plan = open_results(folder)
    found = read_operation(folder)
    if found is None:
        checked = operate_run(folder, scenario=scenario, progress=progress)
        found = checked.table, checked.unserved
    own = built_in(read_scenario(run_file(folder, RESOLVED)).scenario.system) is None
    place = Path(past) if past is not None else folder.parent / "backcast"
    text = page(plan, *found, None if own else _past(place, progress))
    with disk_errors(folder / REPORT):
        (folder / REPORT).write_text(text, encoding="utf-8")
    return text


def _past(folder: Path, progress: Progress | None) -> pd.DataFrame:
    """The backcast that lies in a folder, made again when its data have changed."""
    table = folder / backcast.TABLE
    if table.is_file() and is_run(folder / "run") and not data_have_changed(read_manifest(folder / "run")["inputs"]):
        return backcast.sealed_table(folder)
    return backcast.run_backcast(output=folder, progress=progress).table
