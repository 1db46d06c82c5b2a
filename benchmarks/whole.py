"""(e) Whole commands, from an empty process to files on the disk: main run, counterfactual, a draw, ten scenarios."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from subprocess import run
from typing import Any

import yaml
from measure import timed
from plans import MAIN, PROJECT

BASE = PROJECT / "scenarios" / "base.yaml"
DRAW = """
import sys
from functools import partial
from pathlib import Path
sys.path.insert(0, {benchmarks!r})
from plans import MAIN, drawn
from simulator.analysis.verdict import verdict
from simulator.studies.batch import Job, plan_one
for seed in range({draws}):
    plan_one(Job(MAIN, f"draw {{seed}}", partial(drawn, {days}, {hours}, seed + 1)), verdict).get()
"""


def measure(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        main = _with_days(folder, MAIN, 4, 6) if quick else MAIN
        commands = {
            "validate": ["validate", main],
            "main run with figures": ["run", main, "-o", folder / "run"],
            "main run without figures": ["run", main, "-o", folder / "bare", "--no-figures"],
            "counterfactual without figures": ["counterfactual", main, "-o", folder / "two", "--no-figures"],
            "open and judge": ["verdict", folder / "run"],
        }
        rows = [_row(what, partial(_simulator, *words)) for what, words in commands.items()]
        days, hours = (4, 6) if quick else (8, 2)
        first, more = (timed(partial(_draws, days, hours, count)) for count in (1, 4))
        rows.append({"what": f"the first draw, {days} days × {hours} h", "cpu_s": first["cpu_s"],
                     "clock_s": first["clock_s"]})  # fmt: skip
        rows.append({"what": f"a further draw, {days} days × {hours} h", "cpu_s": (more["cpu_s"] - first["cpu_s"]) / 3,
                     "clock_s": (more["clock_s"] - first["clock_s"]) / 3})  # fmt: skip
        scenarios = folder / "scenarios"
        scenarios.mkdir()
        for file in _ten()[: 2 if quick else 10]:
            _with_days(scenarios, file, *((4, 6) if quick else (24, 2)))
        ten = ["scenarios", "--folder", scenarios, "--results", folder / "results", "--run"]
        what = f"{2 if quick else 10} scenarios in a batch, {_cores()} processes"
        return [*rows, _row(what, partial(_simulator, *ten))]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _row(what: str, job: Any) -> dict[str, Any]:
    spent = timed(job)
    return {"what": what, "cpu_s": spent["cpu_s"], "clock_s": spent["clock_s"], "status": str(spent["value"])}


def _simulator(*words: object) -> int:
    """The exit status of a command."""
    return run([sys.executable, "-m", "simulator", *map(str, words)], cwd=PROJECT, capture_output=True).returncode


def _draws(days: int, hours: int, draws: int) -> int:
    program = DRAW.format(benchmarks=str(Path(__file__).parent), days=days, hours=hours, draws=draws)
    done = run([sys.executable, "-W", "ignore", "-c", program], cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return done.returncode


def _ten() -> list[Path]:
    """The main scenario and nine others that extend it or what it extends, so that no other file is needed."""
    files = sorted(path for path in (PROJECT / "scenarios").glob("*.yaml") if path not in (MAIN, BASE))
    near = [path for path in files if str(_said(path).get("extends")).removesuffix(".yaml") in (MAIN.stem, BASE.stem)]
    return [MAIN, *near[:9]]


def _said(file: Path) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return said


def _with_days(folder: Path, file: Path, days: int, hours: int) -> Path:
    """A copy of a scenario with other days, beside a copy of what the main one extends."""
    (folder / BASE.name).write_bytes(BASE.read_bytes())
    said = _said(file)
    said.setdefault("horizon", {})["time"] = {"method": "typical_days", "days": days, "block_hours": hours}
    (folder / file.name).write_text(yaml.safe_dump(said, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return folder / file.name
