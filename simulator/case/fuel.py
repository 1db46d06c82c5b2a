"""Fuel supply in steps, its windows, and carbon policy, by model year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from simulator.case.axes import over
from simulator.case.time.stretches import Stretches
from simulator.errors import Problem, warn
from simulator.grouping import lists, paths
from simulator.interpolation import at_years, limits_at
from simulator.system import FuelSupply, FuelWindow, Row, System
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


@dataclass(frozen=True)
class FuelDeliveryByYear:
    """Most fuel (GWh; infinite: no limit yet) that reaches the plants of some zones in some months of a model year."""

    name: str
    fuel: str
    zones: tuple[str, ...]
    share: np.ndarray = field(metadata=over("year", "day", least=0, most=1))
    """Share of what each day of the plan represents that lies in these months."""
    limit_gwh: np.ndarray = field(metadata=over("year", least=0, unlimited=True))


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


def make_fuel_deliveries(system: System, stretches: Stretches, years: Sequence[int]) -> list[FuelDeliveryByYear]:
    """Limits of delivery, which ``window_problems`` has found to be good."""
    return [
        FuelDeliveryByYear(
            name, rows[0].fuel, rows[0].zones, stretches.inside(rows[0].months),
            limits_at({row.year: row.maximum_gwh for row in rows}, years),
        )
        for name, rows in lists((row.name, row) for row in system.fuel_deliveries).items()
    ]  # fmt: skip


def _by_name(system: System) -> dict[tuple[str, str], list[FuelWindow]]:
    """(market, name) → rows of a window."""
    return lists(((row.market, row.name), row) for row in system.fuel_windows)


def window_problems(system: System) -> list[Problem]:
    """Windows and deliveries whose rows do not agree, and windows of a market that overlap."""
    found = _by_name(system)
    problems = []
    for (_, name), rows in found.items():
        problems += _disagreeing(rows, f"window {name!r}", "fuel_windows", ("months",))
    for name, deliveries in lists((row.name, row) for row in system.fuel_deliveries).items():
        problems += _disagreeing(deliveries, f"delivery {name!r}", "fuel_deliveries", ("fuel", "zones", "months"))
    for (one, first), (other, second) in combinations(found.items(), 2):
        if one[0] == other[0] and set(first[0].months) & set(second[0].months):
            problems.append(Problem(
                f"windows {one[1]!r} and {other[1]!r} of fuel market {one[0]!r} overlap",
                path=f"fuel_windows.{second[0].key}", help="give each month to one window",
            ))  # fmt: skip
    return problems


def _disagreeing(rows: Sequence[Row], called: str, table: str, columns: Sequence[str]) -> list[Problem]:
    """Rows of one name that differ in what must be the same in all of them."""
    return [
        Problem(f"{called} has different {column} in different rows", path=f"{table}.{row.key}",
                help=f"give all rows of a name the same {column}")
        for row in rows for column in columns if getattr(row, column) != getattr(rows[0], column)
    ]  # fmt: skip


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
