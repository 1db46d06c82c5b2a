"""How many vehicles are sold: curves fitted to published sales, and what plants, importers and duties make of demand.

========  ======================  ==================================================================
symbol    unit                    meaning
========  ======================  ==================================================================
``t``     year                    calendar year; sales are those of the whole year
``K``     1                       share of all sales at which a logistic curve ends
``M``     vehicles                number of vehicles at which a Bass curve ends
``p, q``  1/yr                    innovation and imitation
``d, ε``  1                       duty on imports beyond the quota ``Q``; price elasticity
========  ======================  ==================================================================

(1)  share sold in t              s(t) = K / (1 + exp(-r·(t - t0)))
(2)  on the road since the start  F(x) = M·(1 - exp(-(p+q)·x)) / (1 + (q/p)·exp(-(p+q)·x)),  x years after the start
(3)  imports when w are wanted    min(w, Q) + max(w - Q, 0)·(1 + d)^ε

A Bass curve counts first buyers only: vehicles that go out of use come back as somebody's new purchase in (1), not in
(2). Both curves are fitted by least squares.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


def logistic(year: np.ndarray | float, saturation: float, rate: float, middle: float) -> np.ndarray:
    """(1) Share of sales, between 0 and ``saturation``.

    >>> float(logistic(2030.0, 0.8, 0.5, 2030.0))
    0.4
    """
    with np.errstate(over="ignore"):  # long before the middle the share is 0, and a fit looks there, too
        return np.asarray(saturation / (1 + np.exp(-rate * (np.asarray(year, float) - middle))))


def bass(x: np.ndarray | float, market: float, innovation: float, imitation: float) -> np.ndarray:
    """(2) Adopters ``x`` years after the start, between 0 and ``market``.

    >>> float(bass(0.0, 100.0, 0.01, 0.4)), round(float(bass(100.0, 100.0, 0.01, 0.4)), 6)
    (0.0, 100.0)
    """
    decay = np.exp(-(innovation + imitation) * np.asarray(x, float))
    return np.asarray(market * (1 - decay) / (1 + imitation / innovation * decay))


def fit_logistic(years: Sequence[int], shares: Sequence[float], saturation: float) -> tuple[float, float]:
    """Rate and middle year of (1). Raises ``ValueError`` when there are fewer than two years.

    >>> given = [float(logistic(t, 0.8, 0.5, 2030.0)) for t in (2022, 2023, 2024, 2025)]
    >>> rate, middle = fit_logistic([2022, 2023, 2024, 2025], given, 0.8)
    >>> round(rate, 6), round(middle, 6)
    (0.5, 2030.0)
    """
    year, share = np.asarray(years, float), np.asarray(shares, float)
    inside = np.clip(share / saturation, 1e-6, 1 - 1e-6)
    slope, offset = np.polyfit(year - year[0], np.log(inside / (1 - inside)), 1)
    guess = (float(slope), float(year[0] - offset / slope) if slope else float(year[0]))
    rate, middle = _fit(lambda t, r, m: logistic(t, saturation, r, m), year, share, guess)
    return rate, middle


def fit_bass(x: Sequence[int], adopters: Sequence[float], market: float) -> tuple[float, float]:
    """Innovation and imitation of (2), both per year. Raises ``ValueError`` when there are fewer than two years.

    >>> given = [float(bass(x, 1000.0, 0.01, 0.4)) for x in (1, 2, 3, 4)]
    >>> p, q = fit_bass([1, 2, 3, 4], given, 1000.0)
    >>> round(p, 6), round(q, 6)
    (0.01, 0.4)
    """
    bounds = (np.array([1e-9, 0.0]), np.array([1.0, 3.0]))
    share = np.asarray(adopters, float) / market
    return _fit(lambda t, p, q: bass(t, 1.0, p, q), np.asarray(x, float), share, (1e-3, 0.4), bounds)


def _fit(
    curve: Callable[..., np.ndarray], x: np.ndarray, y: np.ndarray, guess: tuple[float, float],
    bounds: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[float, float]:  # fmt: skip
    from scipy.optimize import OptimizeWarning, curve_fit  # here, because most scenarios fit no curve

    if len(x) < 2:
        raise ValueError("a curve needs at least two published years")
    scale = float(np.max(np.abs(y))) or 1.0  # small shares would pass for zero
    limits = bounds or (np.full(2, -np.inf), np.full(2, np.inf))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # two years fit exactly and have no variance
        (one, other), _ = curve_fit(
            lambda t, a, b: curve(t, a, b) / scale, x, y / scale, guess, bounds=limits, method="trf", xtol=1e-12
        )
    return float(one), float(other)


def ramp(year: float, start: float, ramp_years: float) -> float:
    """Share of its capacity that a plant sells in a year: rises evenly over ``ramp_years``, at least over a year.

    >>> ramp(2027, 2027.5, 0), ramp(2027, 2027.0, 4), ramp(2031, 2027.0, 4), ramp(2026, 2027.0, 4)
    (0.5, 0.25, 1.0, 0.0)
    """
    return float(np.clip((year + 1 - start) / max(ramp_years, 1.0), 0, 1))


def dutiable(wanted: float, quota: float, duty: float, elasticity: float) -> float:
    """(3) Imports that remain: within the quota all, beyond it those who still buy with the duty on top.

    >>> dutiable(900.0, 1000.0, 0.15, -1.5), round(dutiable(3000.0, 1000.0, 0.25, -1.0), 6)
    (900.0, 2600.0)
    """
    return min(wanted, quota) + max(wanted - quota, 0.0) * float((1 + duty) ** elasticity)


@dataclass(frozen=True)
class Duty:
    """What imports of a year meet: quota (vehicles), duty (fraction), elasticity."""

    quota: float = np.inf
    duty: float = 0.0
    elasticity: float = 0.0


@dataclass(frozen=True)
class YearlySupply:
    """What plants and importers can bring in a year, and what importing costs in numbers."""

    local: float
    imports: float
    duty: Duty
    import_factor: float = 1.0
    """Scales imports after duty, such as when trade grows: the one place where imports are scaled."""

    def sold(self, demand: float, *, limited_by_supply: bool) -> tuple[float, float]:
        """Vehicles sold from local plants and from imports.

        Demand takes local vehicles first and imports for the rest; limited by supply, all that comes is sold.
        """
        local = self.local if limited_by_supply else min(self.local, demand)
        wanted = self.imports if limited_by_supply else demand - local
        kept = dutiable(wanted, self.duty.quota, self.duty.duty, self.duty.elasticity)
        return local, kept * self.import_factor
