"""(a) How long a plan takes to be built and handed over: our rules, numpy by hand, linopy.

All build the same synthetic plan (zones × years × days × slices with plants, storage and lines) and hand it to HiGHS.
Ours and the one by hand must be identical, linopy's must have as many rows, columns and coefficients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp
from measure import in_turn

from simulator.model.lp.compile import Compiler
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.lp.problem import CompiledModel
from simulator.model.lp.sample import check_sample
from simulator.model.sets import grouped, subset

PLANTS = 10
"""Plants of a zone."""


class Data:
    """Random numbers for a plan; plant i is in zone i // PLANTS, storage z in zone z, line z joins z and z + 1.

    Storage returns to its content at the end of each day, or (``by_day=False``) at the end of the whole plan.
    """

    def __init__(
        self, zones: int = 7, years: int = 4, days: int = 24, blocks: int = 12, *, by_day: bool = True
    ) -> None:  # fmt: skip
        draw = np.random.default_rng(1)
        self.zones, self.years, self.slices, self.units = zones, years, days * blocks, zones * PLANTS
        self.load = draw.uniform(1, 2, (zones, years, self.slices))
        self.available = draw.uniform(0.2, 1, (self.units, years, self.slices))
        self.cost = draw.uniform(1, 50, (self.units, years)) / 1e3
        self.annuity = draw.uniform(10, 90, (self.units, years))
        self.hours = np.full((years, self.slices), 8760 / self.slices)
        slot, period = np.arange(self.slices), blocks if by_day else self.slices
        self.following = np.where(slot % period == period - 1, slot - period + 1, slot + 1)


def by_rules(data: Data) -> CompiledModel:
    """The plan as rules."""
    m = pyo.ConcreteModel()
    m.ZONE, m.YEAR, m.SLICE = subset(range(data.zones)), subset(range(data.years)), subset(range(data.slices))
    m.UNIT, m.LINE = subset(range(data.units)), subset(range(data.zones - 1))
    m.UNITS_OF_ZONE = grouped(m.ZONE, {z: list(range(z * PLANTS, (z + 1) * PLANTS)) for z in range(data.zones)})
    m.OUT = grouped(m.ZONE, {z: [z] for z in range(data.zones - 1)})
    m.IN = grouped(m.ZONE, {z: [z - 1] for z in range(1, data.zones)})
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
    zones, years = data.zones, data.years
    n_units, n_zones = data.units * years * data.slices, zones * years * data.slices
    capacity = np.arange(data.units * years).reshape(data.units, years)
    at = capacity.size
    output = at + np.arange(n_units).reshape(data.units, years, data.slices)
    at += n_units
    charge, discharge, content = (
        at + i * n_zones + np.arange(n_zones).reshape(zones, years, data.slices) for i in range(3)
    )
    at += 3 * n_zones
    flow = at + np.arange((zones - 1) * years * data.slices).reshape(zones - 1, years, data.slices)
    n_columns = at + flow.size
    first = np.arange(n_units)
    second = n_units + np.arange(n_zones)
    third = (n_units + n_zones + np.arange(n_zones)).reshape(zones, years, data.slices)
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


def by_linopy(data: Data) -> Any:
    """The same plan in linopy, as HiGHS takes it: with its matrix written directly and not by way of a file."""
    import linopy
    import pandas as pd
    import xarray as xr

    zone, line = pd.RangeIndex(data.zones, name="zone"), pd.RangeIndex(data.zones - 1, name="line")
    unit, year = pd.RangeIndex(data.units, name="unit"), pd.RangeIndex(data.years, name="year")
    place = pd.RangeIndex(data.slices, name="slice")
    m = linopy.Model()
    capacity = m.add_variables(lower=0, coords=[unit, year], name="capacity")
    output = m.add_variables(lower=0, coords=[unit, year, place], name="output")
    of_zones = [zone, year, place]
    charge, discharge, content = (
        m.add_variables(lower=0, upper=upper, coords=of_zones, name=name)
        for name, upper in (("charge", 1.0), ("discharge", 1.0), ("content", 4.0))
    )
    flow = m.add_variables(lower=-2.0, upper=2.0, coords=[line, year, place], name="flow")
    available = xr.DataArray(data.available, coords=[unit, year, place])
    m.add_constraints(output - available * capacity <= 0, name="limit")
    later = content.isel(slice=data.following).assign_coords(slice=place)
    m.add_constraints(later - content - 0.9 * charge + discharge * (1 / 0.9) == 0, name="store")
    home = pd.Series(np.arange(data.units) // PLANTS, index=unit, name="zone")
    made = (1 * output).groupby(home).sum()
    there, from_here = (
        (1 * flow).assign_coords(line=line + shift).rename(line="zone").reindex(zone=zone) for shift in (1, 0)
    )
    load = xr.DataArray(data.load, coords=of_zones)
    m.add_constraints(made + discharge - charge + there - from_here == load, name="balance")
    hourly = xr.DataArray(data.cost[:, :, None] * data.hours[None], coords=[unit, year, place])
    m.add_objective((xr.DataArray(data.annuity, coords=[unit, year]) * capacity).sum() + (hourly * output).sum())
    return linopy.io.to_highspy(m)


def measure(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the page."""
    data = Data(3, 2, 4, 6) if quick else Data()
    compiled, (matrix, cost) = by_rules(data), by_hand(data)
    difference = abs(compiled.matrix - matrix)
    if (difference.nnz and difference.max() > 1e-12) or not np.allclose(compiled.cost, cost):
        raise SystemExit("our matrix and the one by hand differ")
    size = f"{matrix.shape[0]:,} rows, {matrix.shape[1]:,} columns, {matrix.nnz:,} coefficients"

    def ours() -> None:
        plan = by_rules(data)
        hand_over(plan.matrix, plan.cost)

    jobs: dict[str, Callable[[], object]] = {"our rules": ours, "numpy by hand": lambda: hand_over(*by_hand(data))}
    try:
        lp = by_linopy(data).getLp()
    except ImportError:
        size += "; linopy is not installed"
    else:
        found = lp.num_row_, lp.num_col_, lp.a_matrix_.start_[-1]
        if found != (*matrix.shape, matrix.nnz):
            raise SystemExit(f"linopy's matrix has another size: {found}")
        jobs["linopy"] = lambda: by_linopy(data)
    return [row | {"size": size} for row in in_turn(jobs, "numpy by hand", rounds=2 if quick else 5)]
