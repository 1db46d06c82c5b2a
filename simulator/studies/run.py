"""A run on one screen: read, assemble, plan, judge, save."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xarray as xr
import yaml

from simulator._version import __version__
from simulator.analysis.finance import by_investor, by_project, jobs
from simulator.analysis.summary import summary
from simulator.analysis.text import csv
from simulator.analysis.verdict import Verdict, verdict
from simulator.case.loading import make_case
from simulator.errors import Problem, warnings_through
from simulator.inputs.locate import Places
from simulator.inputs.read import DATA, ScenarioSource, read_source
from simulator.inputs.scenario import Scenario
from simulator.solve.plan import plan
from simulator.solve.watch import Progress
from simulator.studies.store import RESOLVED, check_target, save_run, sha256

BUILT_IN = "simulator/data/"
"""How a manifest calls the folder of the built-in data."""
PACKAGES = (
    "pyomo",
    "highspy",
    "highspy-extras",
    "piqp",
    "numpy",
    "scipy",
    "xarray",
    "pydantic",
    "pvlib",
    "netCDF4",
    "matplotlib",
)


def run(
    scenario: ScenarioSource, output: str | Path | None = None, *, name: str = "", folder: str | Path | None = None,
    figures: bool = True, progress: Progress | None = None,
) -> xr.Dataset:  # fmt: skip
    """Plan a scenario; the results as a dataset, and a run folder when ``output`` names one.

    ``scenario`` is the path of a YAML file, a ``Scenario``, or a dict of what a file would say, as strict as a file.
    Files that it names (``extends``, a system, profiles) are looked for beside its file; for a dict, in ``folder``
    (default: the current one); for a ``Scenario``, where it came from. ``name`` is what results and comparisons call
    the plan (default: the file's name, ``scenario`` for a dict).

    The dataset has dimensions such as ``year``, ``slice``, ``zone``, ``asset`` and ``target``; every variable has its
    unit in ``attrs["units"]``, and all of them are listed in ``docs/results.md``: ``capacity_mw`` (asset, year) in MW,
    ``cost_musd`` (cost_component, year) in MUSD. ``attrs["objective_musd"]`` is the present cost.

    Raises ``InputError`` with every problem of the input before anything is solved, a ``SolveError`` when there is no
    optimal plan, ``FileError`` when a file cannot be read or the folder cannot be written; in none of these cases is
    anything written.
    """
    return run_as(scenario, name, _same, output, folder=folder, figures=figures, progress=progress)


def plan_scenario(
    scenario: ScenarioSource, *, name: str = "", folder: str | Path | None = None, progress: Progress | None = None
) -> xr.Dataset:
    """The least-cost plan of a scenario as a dataset; as ``run``, and nothing is written.

    Scenario, ``name``, ``folder``, dataset and errors are those of ``run``.
    """
    return run_as(scenario, name, _same, folder=folder, progress=progress)


def _same(scenario: Scenario) -> Scenario:
    return scenario


def run_as(
    source: ScenarioSource, name: str, change: Callable[[Scenario], Scenario], output: str | Path | None = None,
    *, folder: str | Path | None = None, figures: bool = True, progress: Progress | None = None,
) -> xr.Dataset:  # fmt: skip
    """As ``run``, of the scenario that ``change`` makes of the source's."""
    watch = _Watch(progress or (lambda message: None))
    target = check_target(output) if output is not None else None
    watch.stage("reading the scenario")
    with warnings_through(watch.warn):
        loaded = read_source(source, folder)
        path = loaded.scenario.origin.path
        with Places(loaded.marks).placing_problems():
            scenario = change(loaded.scenario)
        case, inputs = make_case(scenario, path, name, loaded.marks)
    watch.stage("planning")
    results = plan(case, scenario, watch.say)
    answer = verdict(results)
    for line in (answer.sentence, answer.bases_sentence, *answer.shed, *answer.costs, *answer.unmet, *answer.surplus):
        if line:
            watch.log(line)
    if target is not None:
        watch.stage("saving")
        save_run(
            target,
            results,
            {
                RESOLVED: resolved_yaml(scenario),
                "summary.csv": csv(summary(results)),
                "investors.csv": csv(by_investor(results)),
                "projects.csv": csv(by_project(results)),
                "jobs.csv": csv(jobs(results)),
                "verdict.json": json.dumps(answer.as_dict(), indent=2, ensure_ascii=False) + "\n",
                "run.log": "\n".join(watch.lines) + "\n",
            },
            lambda: _manifest(path, (*loaded.files, *inputs), results, answer, watch),
            _drawing(results, watch.say) if figures else None,
        )
    return results


def resolved_yaml(scenario: Scenario) -> str:
    """The scenario with everything it inherits and every default written out."""
    data = _with_lists(scenario.model_dump())
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 reads as a number and PyYAML, which knows 1.1, does not: 1e6 is one, and so is 0o17."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    like_a_number = text[:1].isdigit() or text[:1] in ("+", "-", ".")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if like_a_number else None)


_Dumper.add_representer(str, _quoted)


def _with_lists(value: Any) -> Any:
    """Tuples become lists, which YAML knows; keys stay as they are, so that a year is not turned into a text."""
    if isinstance(value, dict):
        return {key: _with_lists(inner) for key, inner in value.items()}
    return [_with_lists(inner) for inner in value] if isinstance(value, tuple | list) else value


def _drawing(results: xr.Dataset, say: Progress) -> Callable[[Path], Mapping[str, str]]:
    def draw(folder: Path) -> Mapping[str, str]:
        from simulator.plots import save_all

        drawn = save_all(results, folder)
        for warning in drawn.warnings():
            say(f"warning: {warning}")
        return drawn.not_drawn

    return draw


def _manifest(
    path: Path, files: tuple[Path, ...], results: xr.Dataset, answer: Verdict, watch: _Watch
) -> dict[str, Any]:
    """What was run, with what, and how it went."""
    return {
        "scenario": results.attrs["scenario"],
        "question": results.attrs["question"],
        "outcome": "optimal",
        "verdict": answer.sentence,
        "objective_musd": results.attrs["objective_musd"],
        "simulator": __version__,
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "inputs": {_label(file, path): sha256(file) for file in files if file.is_file()},
        "solver": {key: results.attrs[key] for key in ("solver", "notes", "rows", "columns")},
        "warnings": [str(problem) for problem in watch.warnings],
        "seconds": watch.seconds(),
        "peak_memory_mb": _peak_memory_mb(),
    }


def _peak_memory_mb() -> int | None:
    """Most memory of this process and the largest that it started, as if both were at their peaks at once; None where
    the system does not say."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    used = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(used * unit / 1024**2)


def _label(file: Path, scenario: Path) -> str:
    """What the manifest calls an input: its path in the built-in data, or relative to the scenario's folder."""
    if file.is_relative_to(DATA):
        return BUILT_IN + file.relative_to(DATA).as_posix()
    return Path(os.path.relpath(file.resolve(), scenario.parent.resolve())).as_posix()


class _Watch:
    """Times the stages and keeps what was said for the log."""

    def __init__(self, say: Progress) -> None:
        self.start = self.mark = time.perf_counter()
        self.name = ""
        self.spent: dict[str, float] = {}
        self.lines: list[str] = []
        self.warnings: list[Problem] = []
        self.show = say

    def say(self, message: str) -> None:
        self.log(message)
        self.show(message)

    def log(self, message: str) -> None:
        """Keep a line for the log that the command prints by itself, as part of the verdict."""
        self.lines.append(f"{time.perf_counter() - self.start:7.1f} s  {message}")

    def warn(self, problem: Problem) -> Problem:
        """Keep a warning for log and manifest."""
        self.warnings.append(problem)
        self.lines.append(f"warning: {problem}")
        return problem

    def stage(self, name: str) -> None:
        self._close()
        self.name = name
        self.say(name)

    def _close(self) -> None:
        now = time.perf_counter()
        if self.name:
            self.spent[self.name] = round(now - self.mark, 2)
        self.mark = now

    def seconds(self) -> dict[str, float]:
        self._close()
        return {**self.spent, "total": round(time.perf_counter() - self.start, 2)}
