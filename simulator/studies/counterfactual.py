"""What Chinese projects and money change: one scenario planned twice, as it is and without them.

The second plan differs in one key of the scenario: Chinese investors leave before the first model year
(``chinese_investment.last_year``), or one named investor does (``withdrawals``). So none of their projects, placed
plants and further money comes to operation in the horizon, and plants that their projects would have replaced stay.
Explicit choices for their projects go with them. What runs before the first model year stays: it is there already.
Electric vehicles stay too: who builds power plants does not decide who buys cars.

The difference of the two plans is smaller than the plants that are missing, because the plan answers: other investors'
money is drawn on, old plants run more, trade turns. Both plans are optimal, so what a reader sees is the effect of the
money, not that of the plants alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from simulator.analysis import attribution
from simulator.analysis.compare import as_csv, as_text, compare
from simulator.analysis.text import csv
from simulator.errors import InputError, Problem, SimulatorError, disk_errors
from simulator.inputs.read import built_in, load_scenario, load_system, read_system
from simulator.inputs.scenario import Scenario, with_added
from simulator.inputs.schema.investment import ProjectOverride, Projects
from simulator.solve.watch import Progress
from simulator.studies.batch import Job, as_done
from simulator.studies.store import RESOLVED, folder_for, is_run, read_manifest, run_file
from simulator.system import System
from simulator.system.alike import nearest


@dataclass(frozen=True)
class Counterfactual:
    """Two plans of one scenario. ``table`` compares them; its last column is what Chinese projects and money change."""

    actual: xr.Dataset
    without: xr.Dataset
    table: pd.DataFrame

    @property
    def text(self) -> str:
        """The comparison for the terminal, and why share, supply, cost and emission differ."""
        return as_text(self.table) + "\n" + attribution.as_text(attribution.explain(self.without, self.actual))


def without(scenario: Scenario, system: System, investor: str | None = None) -> Scenario:
    """The scenario in which nothing of Chinese investors, or of one investor, is commissioned in the horizon.

    Raises ``InputError`` if that is what the scenario says already.
    """
    last = scenario.horizon.model_years[0] - 1
    left = scenario.chinese_investment.last_year if investor is None else scenario.withdrawals.get(investor)
    if left is not None and left <= last:
        raise InputError("the scenario has no such projects or money that could be taken away")
    gone = {row.id for row in system.investors if row.chinese} if investor is None else {investor}
    theirs = {row.id for row in system.projects if row.investor in gone or (investor is None and row.chinese)}
    withdrawals = {name: year for name, year in scenario.withdrawals.items() if name not in gone}
    chinese = scenario.chinese_investment.model_copy(
        update={"projects": _without_choices(scenario.chinese_investment.projects, theirs)}
        | ({"last_year": last} if investor is None else {})
    )
    return scenario.model_copy(update={
        "projects": _without_choices(scenario.projects, theirs),
        "chinese_investment": chinese,
        "withdrawals": withdrawals | ({} if investor is None else {investor: last}),
    })  # fmt: skip


def taken_away(scenario: Scenario, system: System, what: str) -> Scenario:
    """The scenario without ``chinese`` projects and money, or those of ``investor:ID``, of all investors of one
    ``kind:KIND``, or without ``project:ID``. Raises ``InputError`` where nothing is there to be taken away."""
    if what == "chinese":
        return without(scenario, system)
    word, _, name = what.partition(":")
    known: dict[str, list[str]] = {
        "investor": [row.id for row in system.investors],
        "kind": [str(row.kind) for row in system.investors],
        "project": [row.id for row in system.projects],
    }
    if name not in known.get(word, ()):
        names = known.get(word)
        help = nearest(name, names) if names else "chinese, investor:ID, kind:KIND or project:ID"
        raise InputError([Problem(f"nothing is called {what!r} that could be taken away", help=help)])
    if word == "project":
        return _without_project(scenario, system, name)
    for row in system.investors:
        if name in (row.id, row.kind):
            scenario = without(scenario, system, row.id)
    return scenario


def _without_project(scenario: Scenario, system: System, name: str) -> Scenario:
    """The scenario in which one project never comes."""
    chinese = next(row.chinese for row in system.projects if row.id == name)
    rules = scenario.chinese_investment.projects if chinese else scenario.projects
    rules = rules.model_copy(update={"override": rules.override | {name: ProjectOverride(build="never")}})
    if not chinese:
        return scenario.model_copy(update={"projects": rules})
    investment = scenario.chinese_investment.model_copy(update={"projects": rules})
    return scenario.model_copy(update={"chinese_investment": investment})


def _without_choices(rules: Projects, projects: set[str]) -> Projects:
    """Rules without explicit choices for some projects, which would have no effect."""
    kept = {name: choice for name, choice in rules.override.items() if name not in projects}
    return rules.model_copy(update={"override": kept})


def counterfactual(
    scenario: str | Path, output: str | Path | None = None, *,
    investor: str | None = None, figures: bool = True, processes: int | None = None, scheduler: str | None = None,
    progress: Progress | None = None,
) -> Counterfactual:  # fmt: skip
    """Plan a scenario file as it is and without Chinese projects and money, or without those of one ``investor``.

    ``output`` names a folder for both run folders (``NAME``, ``NAME_without_chinese``), the comparison and its causes
    as CSV and text, and figures. Raises what ``run`` raises, and ``InputError`` if there is nothing to take away.
    """
    path = Path(scenario)
    folder = folder_for(output, "the two runs") if output is not None else None

    def job(name: str, change: Callable[[Scenario], Scenario] | None = None) -> Job:
        return Job(path, name, change, folder / name if folder else None, figures)

    jobs = job(f"{path.stem}_without_{investor or 'chinese'}", partial(_taken_away, path, investor)), job(path.stem)
    plans: dict[int, xr.Dataset] = {}
    working = as_done(jobs, take=_all, processes=processes, scheduler=scheduler, progress=progress)
    with closing(working) as planned:  # what is wrong with one stops the other
        for i, done in planned:
            plans[i] = done.get()
    rest, actual = plans[0], plans[1]
    found = Counterfactual(actual, rest, compare([rest, actual]))
    if folder:
        _save(found, folder, figures, progress or (lambda message: None))
    return found


def _all(results: xr.Dataset) -> xr.Dataset:
    return results


def _taken_away(path: Path, investor: str | None, said: Scenario) -> Scenario:
    return without(said, with_added(load_system(said, path).system, said), investor)


def _save(found: Counterfactual, folder: Path, figures: bool, say: Progress) -> None:
    with disk_errors(folder):
        (folder / "comparison.csv").write_text(as_csv(found.table), encoding="utf-8")
        (folder / "comparison.txt").write_text(found.text, encoding="utf-8")
        causes = attribution.as_table(attribution.explain(found.without, found.actual))
        (folder / "causes.csv").write_text(csv(causes), encoding="utf-8")
    if figures:
        from simulator.plots import save_comparison

        for warning in save_comparison([found.without, found.actual], folder).warnings():
            say(f"warning: {warning}")


# ----------------------------------------------------------------------------------------------- what differs


def told_differences(first: str | Path, second: str | Path) -> str:
    """Which inputs of two run folders differ, a line each: ``nev.AAA.factor: 1 → 3``; data files that differ by name.

    Results without their folder, and scenarios this version cannot read, cannot be compared: the text says so.
    """
    folders = Path(first), Path(second)
    if not all(is_run(folder) for folder in folders):
        return "The inputs are not known: name run folders, not single files.\n"
    try:
        one, two = (load_scenario(run_file(folder, RESOLVED)) for folder in folders)
    except SimulatorError:
        return "The inputs are not known: a run folder has no scenario that this version can read.\n"
    lines = input_differences(one, two, _system_of(one)) + _data_differences(*folders)
    if not lines:
        return "The inputs do not differ.\n"
    head = "The runs differ in one input:" if len(lines) == 1 else f"The runs differ in {len(lines)} inputs:"
    return "\n".join([head, *(f"  {line}" for line in lines)]) + "\n"


def input_differences(first: Scenario, second: Scenario, system: System | None = None) -> list[str]:
    """Dotted path and both values of what two scenarios say differently; question and description apart.

    A part that only one of them has is shown by what it changes, not by its defaults. A figure of the tables that only
    one of them changes is shown with the value of the table, where ``system`` is given.
    """
    stated, whole = [], []
    for scenario in (first, second):
        stated.append(_flat(scenario.model_dump(mode="json", exclude_defaults=True)))
        whole.append(_flat(scenario.model_dump(mode="json")))
    paths = dict.fromkeys([*stated[0], *stated[1]])
    differing = [path for path in paths if whole[0].get(path) != whole[1].get(path)]
    return [
        f"{path}: {_said(whole[0].get(path), path, system)} → {_said(whole[1].get(path), path, system)}"
        for path in differing
    ]


def _flat(data: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Nested mappings as one with dotted keys, lists of mappings by the name or place of each; other lists are values.

    >>> _flat({"deals": [{"name": "West", "mw": 50}], "years": [2026, 2030]})
    {'deals.West.name': 'West', 'deals.West.mw': 50, 'years': [2026, 2030]}
    """
    flat: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{above}{key}"
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            value = {str(item.get("id") or item.get("name") or i): item for i, item in enumerate(value, start=1)}
        if isinstance(value, dict):
            flat |= _flat(value, f"{path}.")
        elif path not in ("question", "description"):
            flat[path] = value
    return flat


def _said(value: Any, path: str, system: System | None) -> str:
    if value is not None:
        return str(value)
    table = _table_value(path, system) if system is not None else None
    return "not stated" if table is None else f"{table} (the table's)"


def _table_value(path: str, system: System) -> Any:
    """The figure of a table that ``changes.table.row.column`` changes; None for other paths."""
    start, _, rest = path.partition(".")
    table, _, rest = rest.partition(".")
    key, _, column = rest.rpartition(".")
    rows = getattr(system, table, ()) if start == "changes" else ()
    return next((getattr(row, column, None) for row in rows if row.key == key), None)


def _system_of(scenario: Scenario) -> System | None:
    """The built-in system of a scenario; None for a user's own, whose files a run folder does not have."""
    found = built_in(scenario.system)
    return read_system(found) if found is not None else None


def _data_differences(first: Path, second: Path) -> list[str]:
    """Files both runs read, with other contents; scenarios apart, whose differences are listed by key."""
    one, two = (read_manifest(folder)["inputs"] for folder in (first, second))
    return [f"{name}: another version of the file" for name in one
            if name in two and one[name] != two[name] and not name.endswith((".yaml", ".yml"))]  # fmt: skip
