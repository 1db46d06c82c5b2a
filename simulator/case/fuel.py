"""Fuel supply in steps, its windows, and carbon policy, by model year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from simulator.case.axes import over
from simulator.case.time.interpolation import at_years, limits_at
from simulator.case.time.stretches import Stretches
from simulator.errors import Problem, warn
from simulator.grouping import lists, paths
from simulator.system import FuelSupply, FuelWindow, System
from simulator.system.names import composed


@dataclass(frozen=True)
class FuelStep:
    """A step of a fuel's supply: price on top of the zone's, and yearly limit (GWh of fuel), by model year."""

    market: str
    step: int
    fuel: str
    zones: tuple[str, ...]
    usd_per_mwh: np.ndarray = field(metadata=over("year"))
    limit_gwh: np.ndarray = field(metadata=over("year", least=0, unlimited=True))


@dataclass(frozen=True)
class FuelWindowByYear:
    """Months in which steps of a market have less to give than their year: limits (GWh of fuel) by step and year."""

    name: str
    market: str
    share: np.ndarray = field(metadata=over("year", "day", least=0, most=1))
    """Share of what each day of the plan represents that lies in these months."""
    limit_gwh: dict[int, np.ndarray] = field(metadata=over("year", least=0, unlimited=True))
    """Position of a fuel step → (Y); steps without one are limited by their year alone."""


def make_fuel_steps(system: System, years: Sequence[int]) -> list[FuelStep]:
    """Steps of all fuel markets, prices and limits interpolated between their years."""
    found = lists(((row.market, row.step), row) for row in system.fuel_supply)
    for rows in found.values():
        _warn_of_late_limit(rows, years[0])
    return [
        FuelStep(
            market, step, rows[0].fuel, rows[0].zones,
            at_years({row.year: row.usd_per_mwh for row in rows}, years),
            limits_at({row.year: row.limit_gwh for row in rows}, years),
        )
        for (market, step), rows in found.items()
    ]  # fmt: skip


def _warn_of_late_limit(rows: Sequence[FuelSupply], first: int) -> None:
    """A step that nothing limits in the first model years may be meant to be closed there."""
    row = min(rows, key=lambda row: row.year)
    if row.limit_gwh is not None and row.year > first:
        warn(Problem(
            f"step {row.step} of fuel market {row.market!r} is limited from {row.year} on, and has no limit in {first}",
            path=f"fuel_supply.{row.key}", help="add an earlier row with the limit, 0 for none of it, or leave it open",
        ))  # fmt: skip


def make_fuel_windows(
    system: System, steps: Sequence[FuelStep], stretches: Stretches, years: Sequence[int]
) -> list[FuelWindowByYear]:  # fmt: skip
    """Windows of all markets, which ``window_problems`` has found to be good."""
    position = {(step.market, step.step): k for k, step in enumerate(steps)}
    windows = []
    for (market, name), rows in _by_name(system).items():
        limits = paths((position[market, row.step], row.year, row.maximum_gwh) for row in rows)
        by_step = {k: limits_at(path, years) for k, path in limits.items()}
        share = stretches.inside(rows[0].months)
        windows.append(FuelWindowByYear(composed(market, name), market, share, by_step))
    return windows


def _by_name(system: System) -> dict[tuple[str, str], list[FuelWindow]]:
    """(market, name) → rows of a window."""
    return lists(((row.market, row.name), row) for row in system.fuel_windows)


def window_problems(system: System) -> list[Problem]:
    """Windows of changing months, and those of a market that overlap."""
    found = _by_name(system)
    problems = []
    for rows in found.values():
        for row in rows:
            path = f"fuel_windows.{row.key}"
            if set(row.months) != set(rows[0].months):
                problems.append(Problem(f"window {row.name!r} has different months in different rows", path=path,
                                        help="give all rows of a name the same months"))  # fmt: skip
    for (one, first), (other, second) in combinations(found.items(), 2):
        if one[0] == other[0] and set(first[0].months) & set(second[0].months):
            problems.append(Problem(
                f"windows {one[1]!r} and {other[1]!r} of fuel market {one[0]!r} overlap",
                path=f"fuel_windows.{second[0].key}", help="give each month to one window",
            ))  # fmt: skip
    return problems


def carbon(system: System, years: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Carbon price (USD/t) and cap (kt), (C, Y) each; no rows: no price; no cap, or none yet: infinite."""
    price = np.zeros((len(system.countries), len(years)))
    cap = np.full_like(price, np.inf)
    for i, country in enumerate(system.countries):
        rows = [row for row in system.carbon_policies if row.country == country.id]
        if rows:
            price[i] = at_years({row.year: row.usd_per_t for row in rows}, years)
            cap[i] = limits_at({row.year: row.cap_kt for row in rows}, years)
    return price, cap
