"""From a plan to a year of hours: the plan's capacities, operated in rolling weeks by what the plan expects.

A plan sees some days of the year, each standing for its neighbourhood. Here every hour has its own wind, sun, load and
water, and nothing but the operation is decided. What a plan knows about the whole year (how full reservoirs are in each
season, what water is worth, how much of a fuel volume or of a contract is used when) is handed over as an expectation,
by every feature for its own variables (``carry``, see ``model/handover.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from simulator._version import __version__
from simulator.audit import check_operation
from simulator.case import Case
from simulator.case.year import Capacities, operated
from simulator.errors import FileError
from simulator.model.build import OPERATION, Model, build
from simulator.model.closing import objective
from simulator.model.handover import Handover, Stores
from simulator.model.lp.chronology import chronology
from simulator.model.lp.compile import Compiler
from simulator.model.lp.problem import CompiledModel, Segment, Solution
from simulator.model.results.collect import collect_operation
from simulator.model.results.coordinates import things
from simulator.model.solved import Carried, Solved
from simulator.solve.rolling import Operated, Stocks, roll
from simulator.solve.watch import Progress


def operate(case: Case, plan: xr.Dataset, year: int, progress: Progress | None = None) -> xr.Dataset:
    """Results of a model year of a plan, hour by hour, that have passed their independent check.

    ``case`` is the plan's, with every hour of the year for its slices. The dataset has one year and 8760 slices;
    ``attrs["missed"]`` names limits of the whole year that could not be met. Raises ``FileError`` when the plan's
    results do not belong to the case, and a ``SolveError`` when some week cannot be operated.
    """
    say = progress or (lambda message: None)
    _check_labels(case, plan)
    position = [int(y) for y in plan["year"].values].index(year)
    one = operated(case, position, _capacities(plan, position))
    model = build(one, OPERATION)
    compiler = Compiler(model.pyomo)
    compiled = compiler.compile(lambda m: objective(m, model.ledger))
    handover = Handover(one, model.pyomo, plan.isel(year=position))
    model.carry(handover)
    expected = _expected(compiled, handover)
    problem, stocks = _fixed(compiled, expected, handover.fixed), _stocks(compiled, handover.stores)
    done = roll(problem, chronology(model.pyomo, compiled), stocks, expected, say)
    missed = _missed(compiler, done)
    results = collect_operation(model, _solved(one, model, compiler, compiled, done, handover.stores), {
        "scenario": case.name,
        "system": case.system.name,
        "headline_target": case.headline,
        "money_year": case.system.money_year,
        "simulator_version": __version__,
        "missed": "; ".join(f"{name}: {amount:.4g}" for name, amount in missed.items()),
    })  # fmt: skip
    check_operation(one, results, stocks.value)
    return results


def _missed(compiler: Compiler, done: Operated) -> dict[str, float]:
    """Rows of the whole year that could not be met, by component and labels."""

    def named(component: str, row: int) -> str:
        labels = compiler.index_of(compiler.model.find_component(component), row)
        return f"{component.replace('_', ' ')} {' '.join(map(str, labels))}"

    return {named(*key): amount for key, amount in done.missed.items()}


def _check_labels(case: Case, plan: xr.Dataset) -> None:
    """The plan's results must speak of the same years, plants, links, market steps and so on, in the same order."""
    ours = {"year": np.array(case.horizon.years)}
    ours |= {name: labels for name, (dims, labels, _) in things(case).items() if dims == (name,)}
    for dimension, labels in ours.items():
        if not np.array_equal(plan[dimension].values, labels):
            raise FileError(f"the results know other labels of {dimension!r} than the scenario and its data do now: "
                            "run the scenario again")  # fmt: skip


def _capacities(plan: xr.Dataset, position: int) -> Capacities:
    here = plan.isel(year=position)
    added = plan["link_build_mw"].cumsum("year").isel(year=position)
    return Capacities(here["capacity_mw"].values, here["energy_capacity_mwh"].values, added.values)


def _expected(compiled: CompiledModel, handover: Handover) -> np.ndarray:
    """(columns) what the plan expects."""
    x = np.zeros(len(compiled.cost))
    for name, values in handover.expected.items():
        x[compiled.columns[name].span] = values.reshape(-1)
    return x


def _fixed(compiled: CompiledModel, expected: np.ndarray, names: Sequence[str]) -> CompiledModel:
    """The problem in which some variables stay as the plan decided."""
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    for name in names:
        span = compiled.columns[name].span
        lower[span] = upper[span] = expected[span]
    return replace(compiled, column_lower=lower, column_upper=upper)


def _stocks(compiled: CompiledModel, stores: Sequence[Stores]) -> Stocks:
    """Where the contents of all stores lie in the problem."""

    def places(segment: Segment) -> np.ndarray:
        """(stores, D) of the one model year."""
        return (segment.start + np.arange(segment.size)).reshape(segment.shape)[:, 0]

    return Stocks(
        np.concatenate([places(compiled.columns[store.content.name]) for store in stores]),
        np.concatenate([places(compiled.rows[store.balance.name]) for store in stores]),
        np.concatenate([store.musd for store in stores]),
    )


def _solved(
    case: Case, model: Model, compiler: Compiler, compiled: CompiledModel, done: Operated, stores: Sequence[Stores]
) -> Solved:
    """The year as features report it."""
    objective = float(compiled.cost @ done.column_value + compiled.offset)
    solution = Solution(objective, done.column_value, done.row_dual, solver="simplex")
    ends = np.cumsum([len(store.musd) for store in stores])
    carried = {
        store.content.name: Carried(amount, float((amount * store.musd).sum()))
        for store, amount in zip(stores, np.split(done.carried, ends[:-1]), strict=True)
    }
    return Solved(case, model.pyomo, model.ledger, compiler, compiled, solution, carried)
