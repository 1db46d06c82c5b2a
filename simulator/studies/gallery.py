"""Two pages about all shipped scenarios, written by a command: their verdicts, and what each lever moves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import xarray as xr

from simulator.analysis.indicators import focus, npv_of_shortage_musd, npv_of_supply_musd, unserved_gwh
from simulator.analysis.levers import HEAD as HEAD_OF_EFFECT
from simulator.analysis.levers import effect
from simulator.analysis.shed import shed_hours
from simulator.analysis.text import plain
from simulator.analysis.verdict import verdict
from simulator.errors import FileError, InputError, SimulatorError, disk_errors
from simulator.inputs.levers import levers
from simulator.inputs.read import load_scenario, read_scenario
from simulator.solve.watch import Progress
from simulator.studies.batch import Done, Job, run_many
from simulator.studies.store import open_results

HEAD = """\
# Scenarios

Each file asks one question; `base.yaml` has what they share. The table is written by `simulator scenarios` from the
runs in `results/`; `simulator scenarios --run` runs what is missing.

Shares are by the basis of the target, the last one by the other. Load shed is that of all countries in the target's
year, and the hours of the country that sheds longest. Costs are discounted over the horizon, of all countries: supply
is what is built, run, bought and sold, shortage the price put on what is missing.

| scenario | question | {definitions} | other basis % | gap to the target | outcome | load shed | supply | shortage |
|---|---|{lines}|---|---|---|---|---|---|
"""


def write_gallery(
    folder: Path, results: Path, *, run_missing: bool = False, processes: int | None = None,
    scheduler: str | None = None, progress: Progress | None = None,
) -> tuple[Path, list[str]]:  # fmt: skip
    """Write ``README.md`` into the scenario folder; its path, and a line for every scenario that could not be run.

    Scenarios without results say so; with ``run_missing`` they are planned first, several at a time and without
    figures. One that fails does not stop the others.
    """
    files = [file for file in sorted(folder.glob("*.yaml"), key=lambda path: (path.stem != "reference", path.stem))
             if file.stem != "base"]  # fmt: skip
    questions: dict[Path, str] = {}
    found: dict[Path, xr.Dataset] = {}
    errors: dict[Path, SimulatorError] = {}
    for file in files:
        try:
            questions[file] = load_scenario(file).question
            found[file] = open_results(results / file.stem)
        except InputError as error:
            errors[file] = error
        except FileError as error:
            if file not in questions:
                errors[file] = error
    if run_missing:
        missing = [file for file in files if file not in found and file not in errors]
        jobs = [Job(file, output=results / file.stem) for file in missing]
        plans: list[Done[xr.Dataset]] = run_many(jobs, processes=processes, scheduler=scheduler, progress=progress)
        for file, done in zip(missing, plans, strict=True):
            if done.error is not None:
                errors[file] = done.error
            else:
                found[file] = done.get()
    definitions = next(([str(name) for name in run["definition"].values] for run in found.values()), [])
    rows = [(file, _outcome(errors[file]) if file in errors else questions[file], found.get(file)) for file in files]
    head = HEAD.format(
        definitions=" | ".join(f"{plain(name)} %" for name in definitions) or "share %",
        lines="|".join("---" for _ in definitions) or "---",
    )
    text = head + "".join(_row(file, question, found, definitions) for file, question, found in rows)
    path = folder / "README.md"
    with disk_errors(path):
        path.write_text(text, encoding="utf-8")
    return path, [f"{file.stem}: {errors[file]}" for file in files if file in errors]


LEVERS = """\
# What the levers do

Pairs of runs. Each compares a scenario with the one that it extends; points and costs are differences. Costs are
discounted over the horizon; they and load shed, that of the target's year, are of all countries together. Supply is
what is built, run, bought and sold; shortage is the price that the model puts on what is missing (energy, reserve, firm
capacity, targets), which nobody is billed for. CO2 in the year of the target, and the peak in the last model year, are
the country's. `simulator scenarios --docs docs` writes this page; `simulator compare A B` explains a pair.

## One lever

The resolved scenarios differ in one key.

{one}
## Several levers

Their effects cannot be separated by the pair alone.

{several}"""


def write_levers(folder: Path, results: Path, docs: Path) -> Path:
    """Write ``levers.md`` into ``docs`` from the runs in ``results``; scenarios without a run are left out.

    A pair is a scenario and the one it extends. Raises ``InputError`` and ``FileError``.
    """
    runs = {path.stem: found for path in sorted(folder.glob("*.yaml")) if (found := _kept(results / path.stem))}
    rows: dict[bool, list[Sequence[str]]] = {True: [], False: []}
    for name, found in runs.items():
        loaded = read_scenario(folder / f"{name}.yaml")
        base = loaded.files[1].stem if len(loaded.files) > 1 else ""
        if base not in runs or focus(found) is None or focus(runs[base]) is None:
            continue
        pulled = levers(load_scenario(folder / f"{base}.yaml"), loaded.scenario)
        link = f"[{plain(loaded.scenario.question)}]({quote(os.path.relpath(folder, docs))}/{quote(name)}.yaml)"
        keys = ", ".join(f"`{key}`" for key in pulled)
        rows[len(pulled) == 1].append((link, plain(base), keys, *effect(found, runs[base]).cells()))
    path = docs / "levers.md"
    with disk_errors(path):
        path.write_text(LEVERS.format(one=_markdown(rows[True]), several=_markdown(rows[False])), encoding="utf-8")
    return path


def _kept(folder: Path) -> xr.Dataset | None:
    return open_results(folder) if folder.is_dir() else None


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head = ("scenario", "against", "lever", *HEAD_OF_EFFECT)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _outcome(error: SimulatorError) -> str:
    """What the table says in place of a question that got no answer: the first line of the error."""
    return f"failed: {str(error).splitlines()[0]}"


def _row(file: Path, question: str, found: xr.Dataset | None, definitions: list[str]) -> str:
    name, question = f"[{plain(file.stem)}]({quote(file.name)})", plain(question)
    if found is None:
        return f"| {name} | {question} | " + " | ".join("not run" for _ in definitions or [""]) + " | | | | | | |\n"
    answer = verdict(found)
    head = answer.headline
    cost = f"{npv_of_supply_musd(found) / 1e3:.1f} bn USD | {npv_of_shortage_musd(found) / 1e3:.1f} bn USD"
    if head is None:
        return f"| {name} | {question} | " + " | ".join("" for _ in definitions) + f" | | | | | {cost} |\n"
    share = {
        row.definition: f"{row.share_percent:.1f}"
        for row in answer.rows
        if row.target == head.target and row.basis == head.basis
    }
    shares = " | ".join(share.get(name, "") for name in definitions)
    other = next(
        row.share_percent for row in answer.rows
        if (row.target, row.definition) == (head.target, head.definition) and row.basis != head.basis
    )  # fmt: skip
    gwh = float(unserved_gwh(found).sel(year=head.year).sum(skipna=False))
    hours = float(shed_hours(found).sel(year=head.year).max())
    shed = f"{gwh:,.0f} GWh in {hours:,.0f} h"
    cells = (shares, f"{other:.1f}", f"{head.gap_twh:+.1f} TWh", head.outcome, shed, cost)
    return f"| {name} | {question} | {' | '.join(cells)} |\n"
