"""From a plan to a year of hours: the plan's capacities, operated in rolling weeks by what the plan expects.

A plan sees some days of the year, each standing for its neighbourhood. Here every hour has its own wind, sun, load and
water, and nothing but the operation is decided. What a plan knows about the whole year (how full reservoirs are in each
season, what water is worth, how much of a fuel volume or of a contract is used when) is handed over as an expectation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import xarray as xr

from simulator._version import __version__
from simulator.audit import check_operation
from simulator.case import Case
from simulator.case.time.calendar import DAYS
from simulator.case.year import Capacities, operated
from simulator.errors import FileError
from simulator.model.build import OPERATION, build
from simulator.model.closing import objective
from simulator.model.features.dispatch import online_shares
from simulator.model.lp.chronology import chronology
from simulator.model.lp.compile import Compiler
from simulator.model.lp.problem import CompiledModel, Segment, Solution
from simulator.model.results.extract import collect_operation
from simulator.results_schema import variable
from simulator.solve.rolling import Operated, Stocks, roll

Progress = Callable[[str], None]


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
    expectation = _Expectation(plan.isel(year=position))
    expected = _expected(one, compiled, expectation)
    steady = _steady(compiled, expected)
    stocks = Stocks(
        _places(compiled.columns["level_hm3"]), _places(compiled.rows["water_balance"]), expectation.water_value_musd()
    )
    done = roll(steady, chronology(model.pyomo, compiled), stocks, expected, say)
    missed = _missed(compiler, done)
    results = collect_operation(one, model, compiler, compiled, _solution(compiled, done), {
        "scenario": case.name,
        "system": case.system.name,
        "headline_target": case.headline,
        "money_year": case.system.money_year,
        "simulator_version": __version__,
        "missed": "; ".join(f"{name}: {amount:.4g}" for name, amount in missed.items()),
    })  # fmt: skip
    results["reservoir_carried_hm3"] = variable("reservoir_carried_hm3", done.carried[:, None])
    results["carried_value_musd"] = variable("carried_value_musd", [(done.carried * stocks.value).sum()])
    check_operation(one, results)
    return results


def _missed(compiler: Compiler, done: Operated) -> dict[str, float]:
    """Rows of the whole year that could not be met, by component and labels."""

    def named(component: str, row: int) -> str:
        labels = compiler.index_of(compiler.model.find_component(component), row)
        return f"{component.replace('_', ' ')} {' '.join(map(str, labels))}"

    return {named(*key): amount for key, amount in done.missed.items()}


def _check_labels(case: Case, plan: xr.Dataset) -> None:
    """The plan's results must speak of the same plants, lines, offers and reservoirs, in the same order."""
    ours = {
        "asset": [a.id for a in case.assets], "unit": [u.id for u in case.units],
        "link": [line.row.id for line in case.lines], "offer": [deal.row.id for deal in case.deals],
        "reservoir": [r.id for r in case.water.reservoirs], "year": list(case.horizon.years),
    }  # fmt: skip
    for dimension, names in ours.items():
        if list(plan[dimension].values) != names:
            raise FileError(f"the results know other labels of {dimension!r} than the scenario and its data do now: "
                            "run the scenario again")  # fmt: skip
    if "water_value_usd_per_hm3" not in plan:
        raise FileError(
            "the results are of an earlier version and do not say what water is worth: run the scenario again"
        )


def _capacities(plan: xr.Dataset, position: int) -> Capacities:
    here = plan.isel(year=position)
    added = plan["link_build_mw"].cumsum("year").isel(year=position)
    return Capacities(here["capacity_mw"].values, here["energy_capacity_mwh"].values, added.values)


class _Expectation:
    """A model year of a plan, spread over the days and hours of the calendar.

    Days of a plan follow each other and stand for stretches of the year in proportion to their weights.
    """

    def __init__(self, plan: xr.Dataset) -> None:
        self.plan = plan
        ends = np.cumsum(plan["day_weight"].values)
        self.edges = np.concatenate([[0.0], ends]) * (DAYS / ends[-1])
        self.day = np.clip(np.searchsorted(self.edges, np.arange(DAYS) + 0.5) - 1, 0, len(ends) - 1)
        """(365) position of the day of the plan that stands for each day."""
        self.slice = self._slices()

    def _slices(self) -> np.ndarray:
        """(8760) position of the slice of the plan that stands for each hour."""
        day, start = self.plan["slice_day"].values, self.plan["slice_hour"].values
        found = np.empty((DAYS, 24), int)
        for d in range(len(self.edges) - 1):
            inside = np.flatnonzero(day == d)
            found[self.day == d] = inside[np.searchsorted(start[inside], np.arange(24), side="right") - 1]
        return found.reshape(-1)

    def hourly(self, name: str) -> np.ndarray:
        """(…, 8760) a variable of slices."""
        return np.asarray(self.plan[name].values[..., self.slice])

    def levels(self) -> np.ndarray:
        """(R, 365) content at the start of each day, on straight lines between the days of the plan."""
        given = self.plan["reservoir_level_hm3"].values
        closed = np.concatenate([given, given[:, :1]], axis=1)
        return np.array([np.interp(np.arange(DAYS), self.edges, levels) for levels in closed]).reshape(len(given), DAYS)

    def daily_rate(self, name: str) -> np.ndarray:
        """(R, 365) what a volume of the plan's days is on each of the days they stand for."""
        return np.asarray((self.plan[name].values / np.diff(self.edges))[:, self.day])

    def water_value_musd(self) -> np.ndarray:
        """(R, 365) worth of one more hm3 at the start of each day; water is never worth less than nothing."""
        return np.asarray(np.maximum(self.plan["water_value_usd_per_hm3"].values[:, self.day], 0) / 1e6)


def _expected(case: Case, compiled: CompiledModel, plan: _Expectation) -> np.ndarray:
    """What the plan expects of the columns that meet in limits of the whole year, in the units of the model."""
    units = case.units
    dispatched = [i for i, u in enumerate(units) if u.technology.kind in ("thermal", "reservoir")]
    flat = [i for i, u in enumerate(units) if u.technology.flat and i in dispatched]
    committed = [i for i in dispatched if units[i].technology.commitment]
    stored = [i for i, u in enumerate(units) if u.technology.kind == "storage"]
    steady = [i for i, deal in enumerate(case.deals) if deal.row.profile == "flat"]
    mw = np.array([sum(case.assets[a].mw[0] for a in unit.assets) for unit in units])
    fit = online_shares(case)[0][:, 0]
    mwh = np.array([sum(case.assets[a].mwh[0] for a in unit.assets) for unit in units])
    output, traded = plan.hourly("generation_mw"), plan.hourly("trade_mw")
    levels = plan.levels()
    spill = _close_balances(case, levels, output, plan.daily_rate("reservoir_spill_hm3"))
    x = np.zeros(len(compiled.cost))
    for name, values in (
        ("capacity_gw", mw / 1e3),
        ("energy_gwh", mwh[stored] / 1e3),
        ("output_gw", output[dispatched] / 1e3),
        ("flat_gw", output[flat].max(axis=1, initial=0) / 1e3),
        ("online_gw", fit * mw[committed, None] / 1e3),
        ("traded_gw", traded / 1e3),
        ("steady_gw", traded[steady].max(axis=1, initial=0) / 1e3),
        ("level_hm3", levels),
        ("spill_hm3", spill),
    ):
        segment = compiled.columns[name]
        x[segment.start : segment.start + segment.size] = values.reshape(-1)
    return x


def _close_balances(case: Case, levels: np.ndarray, output: np.ndarray, spill: np.ndarray) -> np.ndarray:
    """(R, 365) spill with which every day of every reservoir closes at the expected levels; scales ``output`` to it.

    What is on its way at the turn of the year must be what the last days can let out: a plan's day holds the mean of
    the days it stands for, and a reservoir without storage can pass on only what comes on the day itself.
    """
    water, spill = case.water, spill.copy()
    rows = water.reservoirs
    released: dict[str, np.ndarray] = {}
    while len(released) < len(rows):
        for i, row in enumerate(rows):
            above = [k for k, o in enumerate(rows) if o.downstream == row.id]
            if row.id in released or not all(rows[k].id in released for k in above):
                continue
            arrived = sum((released[rows[k].id] @ water.arrival_share[k, 0] for k in above), np.zeros(DAYS))
            gain = water.inflow_hm3[i, 0] - water.withdrawal_hm3[i, 0] + arrived
            out = np.maximum(gain + levels[i] - np.roll(levels[i], -1), 0)
            mine = [u for u, unit in enumerate(case.units) if unit.reservoir == row.id]
            turbined = output[mine].sum(axis=0).reshape(DAYS, 24).sum(axis=1) / row.energy_mwh_per_hm3
            spill[i] = np.where(turbined > 0, np.minimum(spill[i], out), out)
            factor = np.divide(out - spill[i], turbined, out=np.zeros(DAYS), where=turbined > 0)
            output[mine] *= np.repeat(factor, 24)
            released[row.id] = out
    return spill


def _steady(compiled: CompiledModel, expected: np.ndarray) -> CompiledModel:
    """What is one decision for the whole year stays as the plan decided: base load and flat contracts."""
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    for name in ("flat_gw", "steady_gw"):
        segment = compiled.columns[name]
        span = slice(segment.start, segment.start + segment.size)
        lower[span] = upper[span] = expected[span]
    return replace(compiled, column_lower=lower, column_upper=upper)


def _places(segment: Segment) -> np.ndarray:
    """(R, D) columns or rows of a component over reservoirs, one year and days."""
    return (segment.start + np.arange(segment.size)).reshape(segment.shape)[:, 0]


def _solution(compiled: CompiledModel, done: Operated) -> Solution:
    """The year as the extraction of results wants it."""
    objective = float(compiled.cost @ done.column_value + compiled.offset)
    return Solution(objective, done.column_value, done.row_dual, solver="simplex")
