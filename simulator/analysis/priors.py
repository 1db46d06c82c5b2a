"""What a small register of projects says about how likely and how late projects come, and how little it says for sure.

======  =========================================================
n, k    projects of a cohort, and how many of them are built
T, m    project-years under way, and commissionings in them
d, s    mean and standard deviation of delays
======  =========================================================

*Built share.* Each project of a cohort is built with the same unknown probability p. With Jeffreys' prior, which adds
half a project on either side,

(1)  p ~ Beta(k + ½, n − k + ½),   mean (k + ½) / (n + 1)

The interval is that of equal tails; where nothing (or all) is built it starts at 0 (ends at 1).

*Hazard.* Projects under way are commissioned at a constant rate λ per project-year; those not built are known to have
lasted until now (censored). With Jeffreys' prior, and λ integrated out for the chance within y years of announcement,

(2)  λ ~ Gamma(m + ½, T),          mean (m + ½) / T
(3)  P(built within y) = 1 − (T / (T + y))^(m + ½)

A constant rate is wrong in the first year, when nothing can be finished, and for dead projects, which never will be;
it reads the register as a whole.

*Delay.* The interval of a mean of n delays is Student's:

(4)  d ± t(n − 1) · s / √n

All of it treats projects as independent, which they are not: true intervals are wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from scipy import stats

Interval = tuple[float, float]


@dataclass(frozen=True)
class Share:
    """Built projects of a cohort, and their capacity."""

    built: int
    projects: int
    built_mw: float = 0.0
    mw: float = 0.0

    @property
    def mean(self) -> float:
        """Posterior mean of the probability, 0 to 1; equation 1.

        >>> Share(8, 14).mean
        0.5666666666666667
        """
        return (self.built + 0.5) / (self.projects + 1)

    def interval(self, level: float) -> Interval:
        """Equal-tailed interval of the probability, such as ``level`` 0.8.

        >>> [round(x, 2) for x in Share(8, 14).interval(0.95)]
        [0.32, 0.8]
        >>> Share(0, 2).interval(0.8)[0]
        0.0
        """
        low, high = stats.beta.interval(level, self.built + 0.5, self.projects - self.built + 0.5)
        return (0.0 if self.built == 0 else float(low), 1.0 if self.built == self.projects else float(high))


@dataclass(frozen=True)
class Hazard:
    """Commissionings in project-years under way."""

    built: int
    project_years: float

    @property
    def rate(self) -> float:
        """Posterior mean, per project-year; equation 2.

        >>> Hazard(12, 50).rate
        0.25
        """
        return (self.built + 0.5) / self.project_years

    def within(self, years: float) -> float:
        """Chance that a project is built within so many years of its announcement; equation 3.

        >>> round(Hazard(12, 50).within(2), 3)  # 1 − (50/52)^12.5
        0.388
        """
        return float(1 - (self.project_years / (self.project_years + years)) ** (self.built + 0.5))

    def interval_within(self, years: float, level: float) -> Interval:
        """Interval of that chance from the interval of the rate.

        >>> [round(x, 2) for x in Hazard(12, 50).interval_within(2, 0.8)]
        [0.28, 0.5]
        """
        low, high = stats.gamma.interval(level, self.built + 0.5, scale=1 / self.project_years)
        return 1 - exp(-low * years), 1 - exp(-high * years)


@dataclass(frozen=True)
class Mean:
    """Mean and standard deviation of some values."""

    n: int
    mean: float
    deviation: float

    def interval(self, level: float) -> Interval | None:
        """Interval of the mean, equation 4; none for a single value.

        >>> [round(x, 2) for x in Mean(4, 10.0, 2.0).interval(0.95)]  # 10 ± 3.182 · 2 / 2
        [6.82, 13.18]
        """
        if self.n < 2:
            return None
        half = float(stats.t.ppf((1 + level) / 2, self.n - 1)) * self.deviation / sqrt(self.n)
        return self.mean - half, self.mean + half


def mean_of(values: Sequence[float]) -> Mean:
    """Mean and sample deviation. Raises ``ValueError`` without a value.

    >>> mean_of([1.0, 3.0])
    Mean(n=2, mean=2.0, deviation=1.4142135623730951)
    """
    if not values:
        raise ValueError("a mean needs at least one value")
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return Mean(len(values), float(np.mean(values)), deviation)
