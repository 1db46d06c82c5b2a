"""Energy-transition scenarios for power grids: a question in YAML, a least-cost plan, a verdict.

>>> import simulator
>>> reference = simulator.load_scenario("scenarios/reference.yaml")  # doctest: +SKIP
>>> dataset = simulator.plan(reference.with_({"nev.KAZ.factor": 3}))  # doctest: +SKIP
>>> print(simulator.verdict(dataset).sentence)  # doctest: +SKIP

``docs/first_question.ipynb`` goes from a scenario to a figure in ten cells.

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
    from simulator.studies.backcast import run_backcast as backcast
    from simulator.studies.batch import Job, run_many
    from simulator.studies.counterfactual import counterfactual
    from simulator.studies.hours import operate_run as operate
    from simulator.studies.run import plan_scenario as plan
    from simulator.studies.run import run
    from simulator.studies.store import open_results


__all__ = [
    "InputError",
    "Job",
    "Scenario",
    "SimulatorError",
    "System",
    "__version__",
    "backcast",
    "compare",
    "counterfactual",
    "load_scenario",
    "open_results",
    "operate",
    "plan",
    "run",
    "run_many",
    "verdict",
]

_HOME = {  # where each is defined, and under which name
    "InputError": "errors.InputError",
    "Job": "studies.batch.Job",
    "Scenario": "inputs.scenario.Scenario",
    "SimulatorError": "errors.SimulatorError",
    "System": "inputs.scenario.System",
    "backcast": "studies.backcast.run_backcast",
    "compare": "analysis.compare.compare",
    "counterfactual": "studies.counterfactual.counterfactual",
    "load_scenario": "inputs.read.load_scenario",
    "open_results": "studies.store.open_results",
    "operate": "studies.hours.operate_run",
    "plan": "studies.run.plan_scenario",
    "run": "studies.run.run",
    "run_many": "studies.batch.run_many",
    "verdict": "analysis.verdict.verdict",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    module, _, attribute = _HOME[name].rpartition(".")
    return getattr(import_module(f"simulator.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
