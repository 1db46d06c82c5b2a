"""The table of all shipped scenarios with their verdicts: ``scenarios/README.md``, written by a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import xarray as xr

from simulator.analysis.indicators import npv_musd
from simulator.analysis.text import plain
from simulator.analysis.verdict import verdict
from simulator.errors import FileError, InputError, Interrupted, SimulatorError, SolveError, disk_errors
from simulator.inputs.read import load_scenario
from simulator.studies.store import open_results

HEAD = """\
# Scenarios

Each file asks one question; `base.yaml` holds what they share. The table is written by `simulator scenarios` from the
runs in `results/`; `simulator scenarios --run` runs what is missing.

| scenario | question | {definitions} | gap to the target | outcome | present cost |
|---|---|{lines}|---|---|---|
"""


def write_gallery(
    folder: Path, results: Path, *, run_missing: bool = False, progress: Callable[[str], None] | None = None
) -> tuple[Path, list[str]]:
    """Write ``README.md`` into the scenario folder; its path, and a line for every scenario that could not be run.

    Scenarios without results say so. One that fails does not stop the others.
    """
    say = progress or (lambda message: None)
    rows: list[tuple[Path, str, xr.Dataset | None]] = []
    definitions: list[str] = []
    failed: list[str] = []
    for file in sorted(folder.glob("*.yaml"), key=lambda path: (path.stem != "reference", path.stem)):
        if file.stem == "base":
            continue
        try:
            question = load_scenario(file).question
            found = _results(file, results, run_missing, say)
        except Interrupted:
            raise
        except (InputError, SolveError, FileError) as error:
            failed.append(f"{file.stem}: {error}")
            say(f"{file.stem} failed")
            rows.append((file, _outcome(error), None))
            continue
        if found is not None:
            definitions = [str(name) for name in found["definition"].values]
        rows.append((file, question, found))
    head = HEAD.format(
        definitions=" | ".join(f"{plain(name)} %" for name in definitions) or "share %",
        lines="|".join("---" for _ in definitions) or "---",
    )
    text = head + "".join(_row(file, question, found, definitions) for file, question, found in rows)
    path = folder / "README.md"
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")
    return path, failed


def _outcome(error: SimulatorError) -> str:
    """What the table says in place of a question that got no answer: the first line of the error."""
    return f"failed: {str(error).splitlines()[0]}"


def _results(file: Path, results: Path, run_missing: bool, say: Callable[[str], None]) -> xr.Dataset | None:
    try:
        return open_results(results / file.stem)
    except FileError:
        if not run_missing:
            return None
    from simulator.studies.run import run

    say(f"running {file.stem}")
    return run(file, results / file.stem, progress=say)


def _row(file: Path, question: str, found: xr.Dataset | None, definitions: list[str]) -> str:
    name, question = f"[{plain(file.stem)}]({quote(file.name)})", plain(question)
    if found is None:
        return f"| {name} | {question} | " + " | ".join("not run" for _ in definitions or [""]) + " | | | |\n"
    answer = verdict(found)
    head = answer.headline
    cost = f"{float(np.sum(npv_musd(found))) / 1e3:.1f} bn USD"
    if head is None:
        return f"| {name} | {question} | " + " | ".join("" for _ in definitions) + f" | | | {cost} |\n"
    share = {
        row.definition: f"{row.share_percent:.1f}"
        for row in answer.rows
        if row.target == head.target and row.basis == head.basis
    }
    shares = " | ".join(share.get(name, "") for name in definitions)
    return f"| {name} | {question} | {shares} | {head.gap_twh:+.1f} TWh | {head.outcome} | {cost} |\n"
