"""Seconds of CPU, of this process and those it starts, measured in turn; and what they were measured on.

On a machine that others use too, CPU seconds move less than those of a clock, and ratios within one round less than
either: so candidates run one after the other in every round, and what is reported is the median of the rounds' ratios
with the least and the largest of them.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGES = ("pyomo", "highspy", "highspy-extras", "piqp", "numpy", "scipy", "xarray", "linopy", "pypsa")


def cpu_seconds() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in usage)


def timed(job: Callable[[], Any]) -> dict[str, Any]:
    """What a job gives, with its seconds of CPU and clock."""
    cpu, clock = cpu_seconds(), time.perf_counter()
    value = job()
    return {"value": value, "cpu_s": cpu_seconds() - cpu, "clock_s": time.perf_counter() - clock}


def in_turn(jobs: dict[str, Callable[[], Any]], against: str, rounds: int) -> list[dict[str, Any]]:
    """A row for each job: median seconds, and its ratio to one of them, round by round. The first round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name, job in jobs.items():
            spent = timed(job)["cpu_s"]
            if number:
                seconds[name].append(spent)
    rows = []
    for name, spent in seconds.items():
        ratios = [one / max(other, 1e-9) for one, other in zip(spent, seconds[against], strict=True)]
        rows.append({
            "what": name, "cpu_s": statistics.median(spent), "ratio": statistics.median(ratios),
            "least": min(ratios), "largest": max(ratios), "against": against, "rounds": rounds,
        })  # fmt: skip
    return rows


def circumstances() -> dict[str, str]:
    """Date, machine and versions."""
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *versions]),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")
