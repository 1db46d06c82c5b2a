"""Energy-transition scenarios for power grids: a question in YAML, a least-cost plan, a verdict.

>>> import simulator
>>> dataset = simulator.run("scenarios/reference.yaml")  # doctest: +SKIP
>>> print(simulator.verdict(dataset).sentence)  # doctest: +SKIP

Names are imported when they are first used, so that ``import simulator`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator._version import __version__

if TYPE_CHECKING:
    from simulator.analysis.compare import compare
    from simulator.analysis.verdict import verdict
    from simulator.errors import InputError, SimulatorError
    from simulator.inputs.read import load_scenario
    from simulator.inputs.scenario import Scenario, System
    from simulator.studies.batch import Job, run_many
    from simulator.studies.counterfactual import counterfactual
    from simulator.studies.run import run
    from simulator.studies.store import open_results


__all__ = [
    "InputError",
    "Job",
    "Scenario",
    "SimulatorError",
    "System",
    "__version__",
    "compare",
    "counterfactual",
    "load_scenario",
    "open_results",
    "run",
    "run_many",
    "verdict",
]

_HOME = {
    "InputError": "errors",
    "Job": "studies.batch",
    "Scenario": "inputs.scenario",
    "SimulatorError": "errors",
    "System": "inputs.scenario",
    "compare": "analysis.compare",
    "counterfactual": "studies.counterfactual",
    "load_scenario": "inputs.read",
    "open_results": "studies.store",
    "run": "studies.run",
    "run_many": "studies.batch",
    "verdict": "analysis.verdict",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    return getattr(import_module(f"simulator.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
