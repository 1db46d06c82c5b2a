"""Fuel supply in steps and carbon policy, by model year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.case.anchors import at_years
from simulator.case.case import FuelStep
from simulator.system import FuelSupply, System


def make_fuel_steps(system: System, years: Sequence[int]) -> list[FuelStep]:
    """Steps of all fuel markets, prices and limits interpolated between their years."""
    found: dict[tuple[str, int], list[FuelSupply]] = {}
    for row in system.fuel_supply:
        found.setdefault((row.market, row.step), []).append(row)
    return [
        FuelStep(
            market, step, rows[0].fuel, rows[0].zones,
            at_years({row.year: row.usd_per_mwh for row in rows}, years),
            _limits({row.year: row.limit_gwh for row in rows}, years),
        )
        for (market, step), rows in found.items()
    ]  # fmt: skip


def _limits(limits: dict[int, float | None], years: Sequence[int]) -> np.ndarray:
    """Limits by year; a step that is open at one anchor is open until the next that closes it."""
    known = {year: value for year, value in limits.items() if value is not None}
    if not known:
        return np.full(len(years), np.inf)
    values = at_years(known, years)
    for i, year in enumerate(years):
        latest = max((y for y in limits if y <= year), default=min(limits))
        if limits[latest] is None:
            values[i] = np.inf
    return values


def carbon(system: System, years: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Carbon price (USD/t) and cap (kt), (C, Y) each; no rows: no price; no cap: infinite."""
    price = np.zeros((len(system.countries), len(years)))
    cap = np.full_like(price, np.inf)
    for i, country in enumerate(system.countries):
        rows = [row for row in system.carbon_policies if row.country == country.id]
        if rows:
            price[i] = at_years({row.year: row.usd_per_t for row in rows}, years)
            cap[i] = _limits({row.year: row.cap_kt for row in rows}, years)
    return price, cap
