"""How fast a plan is built and handed over: our Pyomo rules against the same matrix written by hand with numpy.

Run with ``make bench``. Both sides build a synthetic plan (zones × years × days × slices with plants, storage and
lines), hand it to HiGHS, and must give the identical matrix. The figure to quote is the ratio of the medians.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import highspy
import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp

from simulator.model.lp.compile import Compiler
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.lp.problem import CompiledModel
from simulator.model.lp.sample import check_sample
from simulator.model.sets import grouped, subset

ZONES, PLANTS, YEARS, DAYS, BLOCKS = 7, 10, 4, 24, 12
RUNS = 5


class Data:
    """Random numbers for a plan; plant i stands in zone i // PLANTS, storage z in zone z, line z joins z and z + 1."""

    def __init__(self) -> None:
        draw = np.random.default_rng(1)
        self.slices, self.units = DAYS * BLOCKS, ZONES * PLANTS
        self.load = draw.uniform(1, 2, (ZONES, YEARS, self.slices))
        self.available = draw.uniform(0.2, 1, (self.units, YEARS, self.slices))
        self.cost = draw.uniform(1, 50, (self.units, YEARS))
        self.annuity = draw.uniform(10, 90, (self.units, YEARS))
        self.hours = np.full((YEARS, self.slices), 8760 / self.slices)
        slot = np.arange(self.slices)
        self.following = np.where(slot % BLOCKS == BLOCKS - 1, slot - BLOCKS + 1, slot + 1)


def by_rules(data: Data) -> CompiledModel:
    """The plan as rules."""
    m = pyo.ConcreteModel()
    m.ZONE, m.YEAR, m.SLICE = subset(range(ZONES)), subset(range(YEARS)), subset(range(data.slices))
    m.UNIT, m.LINE = subset(range(data.units)), subset(range(ZONES - 1))
    m.UNITS_OF_ZONE = grouped(m.ZONE, {z: list(range(z * PLANTS, (z + 1) * PLANTS)) for z in range(ZONES)})
    m.OUT = grouped(m.ZONE, {z: [z] for z in range(ZONES - 1)})
    m.IN = grouped(m.ZONE, {z: [z - 1] for z in range(1, ZONES)})
    m.demand = array_param(m.ZONE, m.YEAR, m.SLICE, values=data.load)
    m.available = array_param(m.UNIT, m.YEAR, m.SLICE, values=data.available)
    m.cost = array_param(m.UNIT, m.YEAR, values=data.cost)
    m.annuity = array_param(m.UNIT, m.YEAR, values=data.annuity)
    m.hours = array_param(m.YEAR, m.SLICE, values=data.hours)
    m.following = array_param(m.SLICE, values=data.following)
    m.capacity = array_var(m.UNIT, m.YEAR)
    m.output = array_var(m.UNIT, m.YEAR, m.SLICE)
    m.charge, m.discharge, m.content = (array_var(m.ZONE, m.YEAR, m.SLICE, upper=u) for u in (1.0, 1.0, 4.0))
    m.flow = array_var(m.LINE, m.YEAR, m.SLICE, lower=-2.0, upper=2.0)
    m.limit = rows(
        m.UNIT, m.YEAR, m.SLICE,
        rule=lambda m, u, y, s: m.output[u, y, s] <= m.available[u, y, s] * m.capacity[u, y],
    )  # fmt: skip
    m.store = rows(
        m.ZONE, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: m.content[z, y, m.following[s]]
        == m.content[z, y, s] + 0.9 * m.charge[z, y, s] - m.discharge[z, y, s] / 0.9,
    )  # fmt: skip
    m.balance = rows(
        m.ZONE, m.YEAR, m.SLICE,
        rule=lambda m, z, y, s: sum(m.output[u, y, s] for u in m.UNITS_OF_ZONE[z])
        + m.discharge[z, y, s] - m.charge[z, y, s]
        + sum(m.flow[k, y, s] for k in m.IN[z]) - sum(m.flow[k, y, s] for k in m.OUT[z])
        == m.demand[z, y, s],
    )  # fmt: skip
    compiler = Compiler(m)
    compiled = compiler.compile(
        lambda m: (
            sum(m.annuity[u, y] * m.capacity[u, y] for u in m.UNIT for y in m.YEAR)
            + sum(m.cost[u, y] * m.hours[y, s] * m.output[u, y, s] for u in m.UNIT for y in m.YEAR for s in m.SLICE)
        )
    )
    check_sample(compiler, compiled)
    return compiled


def by_hand(data: Data) -> tuple[sp.csr_array, np.ndarray]:
    """The same matrix and cost, written column by column."""
    n_units, n_zones = data.units * YEARS * data.slices, ZONES * YEARS * data.slices
    capacity = np.arange(data.units * YEARS).reshape(data.units, YEARS)
    at = capacity.size
    output = at + np.arange(n_units).reshape(data.units, YEARS, data.slices)
    at += n_units
    charge, discharge, content = (
        at + i * n_zones + np.arange(n_zones).reshape(ZONES, YEARS, data.slices) for i in range(3)
    )
    at += 3 * n_zones
    flow = at + np.arange((ZONES - 1) * YEARS * data.slices).reshape(ZONES - 1, YEARS, data.slices)
    n_columns = at + flow.size
    first = np.arange(n_units)
    second = n_units + np.arange(n_zones)
    third = (n_units + n_zones + np.arange(n_zones)).reshape(ZONES, YEARS, data.slices)
    row = [first, first, second, second, second, second]
    col = [output.ravel(), np.repeat(capacity.ravel(), data.slices), content[:, :, data.following].ravel(),
           content.ravel(), charge.ravel(), discharge.ravel()]  # fmt: skip
    val = [np.ones(n_units), -data.available.ravel(), np.ones(n_zones), -np.ones(n_zones), np.full(n_zones, -0.9),
           np.full(n_zones, 1 / 0.9)]  # fmt: skip
    zone_of = np.arange(data.units) // PLANTS
    for target, columns, sign in (
        (third[zone_of], output, 1.0), (third, discharge, 1.0), (third, charge, -1.0),
        (third[1:], flow, 1.0), (third[:-1], flow, -1.0),
    ):  # fmt: skip
        row.append(target.ravel())
        col.append(columns.ravel())
        val.append(np.full(columns.size, sign))
    shape = (n_units + 2 * n_zones, n_columns)
    matrix = sp.coo_array((np.concatenate(val), (np.concatenate(row), np.concatenate(col))), shape=shape).tocsr()
    cost = np.zeros(n_columns)
    cost[capacity] = data.annuity
    cost[output] = data.cost[:, :, None] * data.hours[None]
    return matrix, cost


def hand_over(matrix: sp.csr_array, cost: np.ndarray) -> None:
    """Give a matrix to HiGHS."""
    n_rows, n_columns = matrix.shape
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        n_columns, n_rows, matrix.nnz, int(highspy.MatrixFormat.kRowwise), 1, 0.0, cost, np.zeros(n_columns),
        np.full(n_columns, np.inf), np.zeros(n_rows), np.zeros(n_rows), matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32), matrix.data, np.zeros(n_columns, np.int32),
    )  # fmt: skip


def median_seconds(job: Callable[[], object]) -> float:
    """Median of several runs after one to warm up."""
    job()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Compare, and print sizes, seconds and the ratio."""
    data = Data()
    compiled, (matrix, cost) = by_rules(data), by_hand(data)
    difference = abs(compiled.matrix - matrix)
    same = difference.nnz == 0 or difference.max() < 1e-12
    if not same or not np.allclose(compiled.cost, cost):
        raise SystemExit("the two matrices differ")

    def ours() -> None:
        plan = by_rules(data)
        hand_over(plan.matrix, plan.cost)

    rules, hand = median_seconds(ours), median_seconds(lambda: hand_over(*by_hand(data)))
    print(f"{matrix.shape[0]:,} rows, {matrix.shape[1]:,} columns, {matrix.nnz:,} coefficients; identical matrices")
    print(f"rules, with the check of a sample of rows: {rules:.3f} s;  numpy by hand: {hand:.3f} s")
    print(f"ratio {rules / hand:.2f}")


if __name__ == "__main__":
    main()
