"""What the fuel that was burnt costs at least, from supply steps and their windows: a small transport problem a year.

Columns are purchases of a step in a part of the year (each window, and the rest); each part burns what it burns, a step
gives in all no more than its yearly limit, and in a window no more than the window's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog

from simulator.case.case import Case
from simulator.errors import NumericalError

Burnt = Callable[[str, tuple[str, ...], np.ndarray], np.ndarray]
"""(fuel, zones, share (D) of what days stand for) → (Y) GWh burnt."""

SHORTAGE_USD_PER_MWH = 1e6
"""Price of fuel that no step can give, to see whether there is any."""


def cost_musd(case: Case, market: str, burnt: Burnt) -> np.ndarray:
    """(Y) least cost of a market's fuel, MUSD."""
    return _cheapest(case, market, burnt)[0]


def missing(case: Case, market: str, burnt: Burnt) -> float:
    """Fuel burnt that no step could give, relative to what was burnt."""
    _, short, used = _cheapest(case, market, burnt)
    return float(short.max() / max(float(used.max()), 1e-6))


def _cheapest(case: Case, market: str, burnt: Burnt) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(Y) cost in MUSD, GWh that no step gives, GWh burnt."""
    steps = {k: step for k, step in enumerate(case.fuel_steps) if step.market == market}
    windows = [window for window in case.fuel_windows if window.market == market]
    first = next(iter(steps.values()))
    rest = 1 - sum((w.share for w in windows), np.zeros(len(case.frame.weight_days)))
    use = np.array([burnt(first.fuel, first.zones, share) for share in [*(w.share for w in windows), rest]])
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
