"""The table of all shipped scenarios with their verdicts: ``scenarios/README.md``, written by a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import xarray as xr

from simulator.analysis.indicators import npv_musd
from simulator.analysis.verdict import verdict
from simulator.errors import FileError, disk_errors
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
) -> Path:
    """Write ``README.md`` into the scenario folder; returns its path. Scenarios without results say so."""
    say = progress or (lambda message: None)
    rows, definitions = [], []
    for file in sorted(folder.glob("*.yaml"), key=lambda path: (path.stem != "reference", path.stem)):
        if file.stem == "base":
            continue
        found = _results(file, results, run_missing, say)
        if found is not None:
            definitions = [str(name) for name in found["definition"].values]
        rows.append((file, load_scenario(file).question, found))
    head = HEAD.format(
        definitions=" | ".join(f"{name} %" for name in definitions) or "share %",
        lines="|".join("---" for _ in definitions) or "---",
    )
    text = head + "".join(_row(file, question, found, definitions) for file, question, found in rows)
    path = folder / "README.md"
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")
    return path


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
    name = f"[{file.stem}]({file.name})"
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
