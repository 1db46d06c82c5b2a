"""What a plan hands to the operation of one of its years, hour by hour.

A plan sees some days of the year, which follow each other and represent stretches of it in proportion to their weights.
Spread over the calendar, that is what it expects of every hour: what features say in ``carry``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyomo.environ as pyo
import xarray as xr

from simulator.case.case import Case
from simulator.case.time.calendar import DAYS


@dataclass(frozen=True)
class Stores:
    """Contents that pass from one day to the next."""

    content: pyo.Var
    """(stores, year, day) at the start of a day."""
    balance: pyo.Constraint
    """(stores, year, day) the row that leads from a day's content to the next day's."""
    musd: np.ndarray
    """(stores, D) what one more unit at the start of a day is worth to the plan."""


@dataclass
class Handover:
    """A model year of a plan, and what features take from it for the year of hours that ``case`` describes."""

    case: Case
    m: pyo.ConcreteModel
    plan: xr.Dataset
    """The results of the plan in this year."""
    expected: dict[str, np.ndarray] = field(default_factory=dict)
    """Variable → what the plan expects of it; 0 where no feature says anything."""
    fixed: list[str] = field(default_factory=list)
    stores: list[Stores] = field(default_factory=list)

    def expect(self, var: pyo.Var, values: np.ndarray, *, fixed: bool = False) -> None:
        """What the plan expects of a variable, in the shape of its sets without the year; ``fixed``: one decision for
        the whole year, which stays as the plan took it."""
        self.expected[var.name] = values
        if fixed:
            self.fixed.append(var.name)

    def store(self, content: pyo.Var, balance: pyo.Constraint, musd: np.ndarray) -> None:
        """Contents that every week takes over from the week before, and what the plan thinks they are worth."""
        self.stores.append(Stores(content, balance, musd))

    @cached_property
    def capacity_mw(self) -> np.ndarray:
        """(units)"""
        return np.array([sum(self.case.assets[a].mw[0] for a in unit.assets) for unit in self.case.units])

    @cached_property
    def edges(self) -> np.ndarray:
        """(days of the plan + 1) where the stretch of each day begins and ends, in days of the year."""
        ends = np.cumsum(self.plan["day_weight"].values)
        return np.asarray(np.concatenate([[0.0], ends]) * (DAYS / ends[-1]))

    @cached_property
    def day(self) -> np.ndarray:
        """(365) position of the day of the plan that represents each day."""
        return np.asarray(np.clip(np.searchsorted(self.edges, np.arange(DAYS) + 0.5) - 1, 0, len(self.edges) - 2))

    @cached_property
    def slice(self) -> np.ndarray:
        """(8760) position of the slice of the plan that represents each hour."""
        day, start = self.plan["slice_day"].values, self.plan["slice_hour"].values
        found = np.empty((DAYS, 24), int)
        for d in range(len(self.edges) - 1):
            inside = np.flatnonzero(day == d)
            found[self.day == d] = inside[np.searchsorted(start[inside], np.arange(24), side="right") - 1]
        return found.reshape(-1)

    def hourly(self, name: str) -> np.ndarray:
        """(…, 8760) a variable of slices."""
        return np.asarray(self.plan[name].values[..., self.slice])

    def daily(self, name: str) -> np.ndarray:
        """(…, 365) a variable of days, the same over the stretch of each."""
        return np.asarray(self.plan[name].values[:, self.day])

    def daily_rate(self, name: str) -> np.ndarray:
        """(…, 365) what a volume of the plan's days is on each of the days they represent."""
        return np.asarray((self.plan[name].values / np.diff(self.edges))[:, self.day])

    def daily_content(self, name: str) -> np.ndarray:
        """(…, 365) a content at the start of each day, on straight lines between the days of the plan."""
        given = self.plan[name].values
        closed = np.concatenate([given, given[:, :1]], axis=1)
        return np.array([np.interp(np.arange(DAYS), self.edges, content) for content in closed]).reshape(
            len(given), DAYS
        )
