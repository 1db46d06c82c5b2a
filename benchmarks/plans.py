"""The shipped main scenario with other days, as a case, a compiled matrix, or a job of a batch."""

from __future__ import annotations

from pathlib import Path

from simulator.case.case import Case
from simulator.case.loading import make_case
from simulator.inputs.read import load_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import TypicalDays
from simulator.model.build import build
from simulator.model.closing import objective
from simulator.model.lp.compile import Compiler
from simulator.model.lp.problem import CompiledModel

PROJECT = Path(__file__).parents[1]
MAIN = PROJECT / "scenarios" / "reference.yaml"


def with_days(days: int, block_hours: int, said: Scenario) -> Scenario:
    """A scenario with other typical days."""
    time = TypicalDays.model_validate({"method": "typical_days", "days": days, "block_hours": block_hours})
    return said.model_copy(update={"horizon": said.horizon.model_copy(update={"time": time})})


def drawn(days: int, block_hours: int, seed: int, said: Scenario) -> Scenario:
    """A scenario with other days and the weather of another seed."""
    other = with_days(days, block_hours, said)
    return other.model_copy(update={"horizon": other.horizon.model_copy(update={"weather_seed": seed})})


def with_years(count: int, said: Scenario) -> Scenario:
    """A scenario with as many model years as asked for, at least three: the first, 2030 (its target's), the last, and
    others evenly between them."""
    first, last, years = said.horizon.model_years[0], said.horizon.model_years[-1], {2030}
    spaced = [round(first + (last - first) * i / (count - 1)) for i in range(count)]
    for year in (first, last, *spaced, *range(first, last)):
        if len(years) < count:
            years.add(year)
    return said.model_copy(update={"horizon": said.horizon.model_copy(update={"model_years": tuple(sorted(years))})})


def case_of(scenario: Scenario) -> Case:
    """The case of a scenario like the main one."""
    return make_case(scenario, MAIN, "benchmark")[0]


def compiled(days: int, block_hours: int) -> CompiledModel:
    """The matrix of the main scenario."""
    return compiled_case(case_of(with_days(days, block_hours, load_scenario(MAIN))))


def compiled_case(case: Case) -> CompiledModel:
    """The matrix of a case."""
    model = build(case)
    return Compiler(model.pyomo).compile(lambda m: objective(m, model.ledger))
