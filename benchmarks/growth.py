"""(d) How seconds and memory grow with days, model years and zones.

Days and years are those of the main scenario. Zones are those of the synthetic plan of (a), as the shipped system has
the zones it has.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from build import Data, by_rules
from measure import timed
from plans import MAIN, case_of, compiled_case, with_days, with_years

from simulator.inputs.read import load_scenario
from simulator.solve import SolveOptions, solve

DAYS, YEARS, ZONES = (6, 12, 24, 48, 96), (3, 4, 6, 8), (4, 8, 16, 32)
QUICK = (4, 8), (3, 4), (2, 4)


def measure(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the page: each size in a process of its own, so that its memory is its own."""
    days, years, zones = QUICK if quick else (DAYS, YEARS, ZONES)
    rows = []
    for axis, values in (("days", days), ("model years", years), ("zones", zones)):
        for value in values:
            command = [sys.executable, str(Path(__file__)), axis, str(value), "quick" if quick else "full"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append(json.loads(done.stdout.splitlines()[-1]))
    return rows


def one(axis: str, value: int, quick: bool) -> dict[str, Any]:
    """One size."""
    import resource

    if axis == "zones":
        built = timed(partial(by_rules, Data(value, 1 if quick else 2, 4 if quick else 24, 12)))
    else:
        said = with_days(4, 6, load_scenario(MAIN)) if quick else with_days(12, 2, load_scenario(MAIN))
        scenario = with_days(value, 6 if quick else 2, said) if axis == "days" else with_years(value, said)
        case = case_of(scenario)
        built = timed(partial(compiled_case, case))
    problem = built["value"]
    solved = timed(partial(solve, problem, SolveOptions()))
    parts = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"what": axis, "value": value, "rows": problem.matrix.shape[0], "coefficients": problem.matrix.nnz,
            "build_s": built["cpu_s"], "solve_s": solved["cpu_s"], "memory_mb": sum(parts)}  # fmt: skip


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Seconds over size, both axes logarithmic; a line of slope 1 shows what proportional growth would be."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    axes_of = list(dict.fromkeys(row["what"] for row in rows))
    with mpl.rc_context({"svg.hashsalt": "benchmarks", "font.size": 9}):
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        for axis, name in zip(figure.subplots(1, len(axes_of), squeeze=False)[0], axes_of, strict=True):
            mine = [row for row in rows if row["what"] == name]
            x = [row["value"] for row in mine]
            for key, label in (("build_s", "build"), ("solve_s", "solve")):
                axis.loglog(x, [row[key] for row in mine], marker="o", label=label)
            start = mine[0]["solve_s"]
            axis.loglog(x, [start * value / x[0] for value in x], ":", color="#999999", label="proportional")
            axis.set(xlabel=name, ylabel="CPU seconds", xticks=x, xticklabels=[str(value) for value in x])
            axis.minorticks_off()
            axis.grid(alpha=0.3)
        axis.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    print(json.dumps(one(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "quick")))
