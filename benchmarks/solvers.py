"""(b) The same matrix, of a shipped scenario, solved by us and by HiGHS' own methods, each within a limit of time.

``choose`` is what HiGHS does when nothing is asked for, and so what PyPSA and linopy call unless told otherwise.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import highspy
import numpy as np
from measure import timed
from plans import compiled

from simulator.model.lp.problem import CompiledModel
from simulator.solve import SolveOptions, solve
from simulator.solve.highs import load

METHODS = ("choose", "ipx", "hipo")


def measure(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the page."""
    limit = 30.0 if quick else 1200.0
    rows = []
    for days, hours in ((4, 6),) if quick else ((8, 2), (24, 2)):
        problem = compiled(days=days, block_hours=hours)
        size = f"{problem.matrix.shape[0]:,} × {problem.matrix.shape[1]:,}, {days} days × {hours} h"
        found = {"ours": timed(partial(_ours, problem, limit))}
        found |= {method: timed(partial(_highs, problem, method, limit)) for method in METHODS}
        best = found["ours"]["value"]["objective"]
        for name, spent in found.items():
            reached = spent["value"]
            rows.append({
                "what": name, "size": size, "cpu_s": spent["cpu_s"], "clock_s": spent["clock_s"], "limit_s": limit,
                "ratio": spent["cpu_s"] / found["ours"]["cpu_s"], "status": reached["status"],
                "difference": abs(reached["objective"] - best) / (1 + abs(best)),
            })  # fmt: skip
    return rows


def _ours(problem: CompiledModel, limit: float) -> dict[str, Any]:
    solution = solve(problem, SolveOptions(time_limit_s=limit))
    return {"objective": solution.objective, "status": f"Optimal ({solution.solver})"}


def _highs(problem: CompiledModel, method: str, limit: float) -> dict[str, Any]:
    """HiGHS alone, with crossover, until it has done or the time is over."""
    highs = load(problem)
    for option, value in (("solver", method), ("time_limit", limit), ("log_to_console", False)):
        if highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
            return {"objective": np.nan, "status": f"{option} {value} is refused here"}
    start = time.perf_counter()
    highs.run()
    status = highs.modelStatusToString(highs.getModelStatus())
    info = highs.getInfo()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        status += f" after {time.perf_counter() - start:.0f} s, infeasibility {info.max_primal_infeasibility:.1e}"
    return {"objective": info.objective_function_value, "status": status}
