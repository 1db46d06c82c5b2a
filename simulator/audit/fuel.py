"""What the fuel that was burnt costs at least, from supply steps and their windows: a small transport problem a year.

Columns are purchases of a step in a part of the year (each window, and the rest); each part burns what it burns, a step
gives in all no more than its yearly limit, and in a window no more than the window's.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy.optimize import linprog

from simulator.audit.measure import excess, relative
from simulator.case.case import Case
from simulator.errors import NumericalError

SHORTAGE_USD_PER_MWH = 1e6
"""Price of fuel that no step can give, to see whether there is any."""


def cost_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) least cost of the fuel of all markets, MUSD."""
    none = np.zeros(len(case.horizon.years))
    return sum((_cheapest(case, market, results)[0] for market in _markets(case)), none)


def step_usd_per_mwh(case: Case, results: xr.Dataset) -> np.ndarray:
    """(U, Y) what a MWh of fuel costs on top of the zone's price, on average over its market; 0 where none is burnt."""
    found = np.zeros((len(case.units), len(case.horizon.years)))
    for market in _markets(case):
        cost, _, burnt = _cheapest(case, market, results)
        price = 1e3 * np.divide(cost, burnt, out=np.zeros_like(cost), where=burnt > 1e-9)
        first = next(step for step in case.fuel_steps if step.market == market)
        for u, unit in enumerate(case.units):
            if unit.fuel is not None and unit.fuel.id == first.fuel and unit.zone in first.zones:
                found[u] += price
    return found


def missing(case: Case, results: xr.Dataset) -> float:
    """Fuel burnt that no step of its market could give, relative to what was burnt there."""
    worst = 0.0
    for market in _markets(case):
        _, short, used = _cheapest(case, market, results)
        worst = max(worst, relative(short, used))
    return worst


def deliveries(case: Case, results: xr.Dataset) -> float:
    """Fuel burnt behind a limit of delivery beyond it, relative to what was burnt there."""
    worst = 0.0
    for delivery in case.fuel_deliveries:
        burnt = (delivery.share * _burnt(case, results, delivery.fuel, delivery.zones)).sum(axis=1)
        worst = max(worst, excess(burnt, delivery.limit_gwh, burnt))
    return worst


def _markets(case: Case) -> list[str]:
    return list(dict.fromkeys(step.market for step in case.fuel_steps))


def _burnt(case: Case, results: xr.Dataset, fuel: str, zones: tuple[str, ...]) -> np.ndarray:
    """(Y, D) GWh of a fuel burnt in some zones, by day of the plan."""
    days = len(case.frame.date_index)
    use = np.zeros((len(case.horizon.years), days))
    for u, unit in enumerate(case.units):
        if unit.fuel is not None and unit.fuel.id == fuel and unit.zone in zones:
            energy = results.variables["generation_mw"].values[u] * case.hours / 1e3 / unit.efficiency
            use += np.array([np.bincount(case.frame.day, of_year, days) for of_year in energy])
    return use


def _cheapest(case: Case, market: str, results: xr.Dataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(Y) cost in MUSD, GWh that no step gives, GWh burnt."""
    steps = {k: step for k, step in enumerate(case.fuel_steps) if step.market == market}
    windows = [window for window in case.fuel_windows if window.market == market]
    first = next(iter(steps.values()))
    burnt = _burnt(case, results, first.fuel, first.zones)
    rest = 1 - sum((w.share for w in windows), np.zeros_like(burnt))
    use = np.array([(share * burnt).sum(axis=1) for share in (*(w.share for w in windows), rest)])
    parts, years = len(use), use.shape[1]
    cost, short = np.zeros(years), np.zeros(years)
    in_part = np.tile(np.eye(parts), len(steps) + 1)
    of_step = np.kron(np.eye(len(steps)), np.ones(parts))
    of_step = np.hstack([of_step, np.zeros((len(steps), parts))])
    for y in range(years):
        yearly = np.array([step.limit_gwh[y] for step in steps.values()])
        upper = [w.limit_gwh[k][y] if k in w.limit_gwh else np.inf for k in steps for w in windows]
        most = np.full((len(steps), parts), np.inf)
        most[:, : parts - 1] = np.array(upper).reshape(len(steps), parts - 1)
        price = np.repeat([*(step.usd_per_mwh[y] for step in steps.values()), SHORTAGE_USD_PER_MWH], parts)
        bounds = [(0, None if np.isinf(x) else x) for x in [*most.ravel(), *([np.inf] * parts)]]
        limited = np.isfinite(yearly)
        found = linprog(price, of_step[limited], yearly[limited], in_part, use[:, y], bounds)
        if found.status != 0:
            raise NumericalError(f"the cheapest supply of {market} cannot be recomputed: {found.message}")
        short[y] = found.x[-parts:].sum()
        cost[y] = price[:-parts] @ found.x[:-parts] / 1e3
    return cost, short, use.sum(axis=0)
