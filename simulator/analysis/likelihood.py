"""How likely a target is reached: estimates from draws of which some are planned at full structure.

======  ==================================================================================================
n       draws, all planned at the coarse *screening* structure
S, T    share of a draw: screened; at full structure, known where δ = 1
L       level that must be reached
δ, π    1 if the draw is planned in full; the probability of that, fixed before T is known
μ, σ    mean and standard deviation of T − S among draws planned in full (each weighted by 1/π)
g       probability, judged from S alone, that T reaches L
C, c    control variate: what cheap arithmetic says of a draw; its mean over many more draws (N)
z       1.96 for an interval of 95 %
======  ==================================================================================================

*Which draws are planned in full.* Near the level with high, elsewhere with a low but known probability. With m such
plans wanted, half of them are spread evenly and half by doubt:

(1)  π = min(1, m/2n + a · √(g (1 − g))),  a so that Σπ = m

*Estimate.* Each draw gets

(2)  g = Φ((S + μ − L) / σ)
(3)  h = g + δ/π · (1{T ≥ L} − g);   for the mean of the share  h = S + μ + δ/π · (T − S − μ)
(4)  p = Σ h / n,   variance of p = s²(h) / n

Since δ has the mean π, h has the mean P(T ≥ L) however wrong S is, as long as g does not use the draw's own T: μ and σ
of a draw come from the other half of the draws (cross-fitting). A poor screening model makes the interval wide, not
wrong.

*Control variate.*

(5)  p = Σ (h − β (C − c)) / n,   β = cov(h, C) / var C of the other half,   variance = s²(h − β C) / n + β² s²(C) / N

*Interval.* Wilson's, with the number of independent draws that would give the same variance (r), which also says
something where every draw, or none, reaches the level:

(6)  r = p' (1 − p') / variance, p' = (n p + 2) / (n + 4), at most n times the gain of (5)
(7)  (p + z²/2r ± z √(p (1 − p)/r + z²/4r²)) / (1 + z²/r)

*Difference of two variants in paired draws* (same numbers by chance in both):

(8)  d = Σ (h₁ − h₀) / n,   variance = s²(h₁ − h₀) / n;  pairing divides the variance by (s²(h₁) + s²(h₀)) / s²(h₁ − h₀)

Sobol points are more even than draws by chance; their variance is taken as that of chance, so intervals are rather too
wide. Equations are those of sampling theory: a difference estimator with unequal probabilities, and Wilson (1927).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95
Z = float(stats.norm.ppf(0.5 + LEVEL / 2))
PRIOR_ERROR = 0.1
"""σ before anything is known, in points: what coarse days are off by."""
FEW = 8
"""With fewer draws than this in half of the sample, μ and σ keep their first values and β is 0."""


@dataclass(frozen=True)
class Sample:
    """Shares of the draws of one variant, percent."""

    screened: np.ndarray
    full: np.ndarray
    """NaN where the draw is not planned in full."""
    probability: np.ndarray
    """π of every draw."""

    @property
    def chosen(self) -> np.ndarray:
        """δ as booleans."""
        return np.asarray(~np.isnan(self.full))

    def first(self, n: int) -> Sample:
        """The first draws."""
        return Sample(self.screened[:n], self.full[:n], self.probability[:n])


@dataclass(frozen=True)
class Control:
    """A control variate: its value for each draw, and its mean over many cheap draws."""

    value: np.ndarray
    mean: np.ndarray
    """For each draw, since a half of the draws has a mean of its own."""
    cheap_draws: int

    def first(self, n: int) -> Control:
        """Of the first draws."""
        return Control(self.value[:n], self.mean[:n], self.cheap_draws)


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval of 95 %."""

    value: float
    low: float
    high: float
    draws: int
    gain: float = 1.0
    """By what the control variate divides the variance."""

    @property
    def half(self) -> float:
        """Half of the width of the interval."""
        return (self.high - self.low) / 2


# -------------------------------------------------------------------------------- which draws in full


def doubt(screened: np.ndarray, level: float, shift: float = 0.0, error: float = PRIOR_ERROR) -> np.ndarray:
    """g of equation 2."""
    return np.asarray(stats.norm.cdf((screened + shift - level) / max(error, 1e-9)))


def probabilities(screened: np.ndarray, level: float, wanted: float, error: float = PRIOR_ERROR) -> np.ndarray:
    """π of every draw; equation 1. ``error`` must not come from the draws themselves.

    >>> p = probabilities(np.array([10.0, 14.95, 15.05, 20.0]), 15.0, 2.0)
    >>> round(float(p.sum()), 6), bool(p[1] > p[0])
    (2.0, True)
    """
    n = len(screened)
    if not n:
        return np.zeros(0)
    wanted = min(wanted, n)
    even, g = wanted / (2 * n), doubt(screened, level, error=error)
    weight = np.sqrt(g * (1 - g)) + 1e-3  # so that there is something to spread where nothing is in doubt
    low, high = 0.0, wanted / float(weight.min())
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(1, even + middle * weight).sum() < wanted else (low, middle)
    return np.asarray(np.minimum(1, even + high * weight))


# ------------------------------------------------------------------------------------------ estimates


def scores(sample: Sample, level: float | None) -> np.ndarray:
    """h of every draw; equations 2 and 3. ``level`` None: for the mean of the share."""
    n = len(sample.screened)
    h = np.empty(n)
    for own, other in halves(n):
        shift, error = _error(sample, other)
        s, chosen, pi = sample.screened[own], sample.chosen[own], sample.probability[own]
        guess = s + shift if level is None else doubt(s, level, shift, error)
        truth = sample.full[own] if level is None else (sample.full[own] >= level).astype(float)
        h[own] = guess + np.where(chosen, (truth - guess) / np.maximum(pi, 1e-12), 0.0)
    return h


def halves(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two halves of the draws, each with the other: what is fitted to one serves the other."""
    even, odd = np.arange(0, n, 2), np.arange(1, n, 2)
    return [(even, odd), (odd, even)]


def _error(sample: Sample, among: np.ndarray) -> tuple[float, float]:
    """μ and σ, from the draws planned in full among some."""
    chosen = among[sample.chosen[among]]
    if len(chosen) < FEW:
        return 0.0, PRIOR_ERROR
    weight = 1 / sample.probability[chosen]
    difference = sample.full[chosen] - sample.screened[chosen]
    mean = float(np.average(difference, weights=weight))
    return mean, max(float(np.sqrt(np.average((difference - mean) ** 2, weights=weight))), 1e-3)


def controlled(h: np.ndarray, control: Control | None) -> tuple[np.ndarray, float, float]:
    """h after the control variate, the variance that its mean adds, and what it divides the variance by; equation 5."""
    n = len(h)
    if control is None or n < 2 * FEW or not np.var(control.value) or not np.var(h):
        return h, 0.0, 1.0
    new, slopes = h.astype(float).copy(), []
    for own, other in halves(n):
        c = control.value[other]
        spread = float(np.var(c))
        beta = float(np.cov(h[other], c, bias=True)[0, 1] / spread) if spread > 0 else 0.0
        new[own] = h[own] - beta * (control.value[own] - control.mean[own])
        slopes.append(beta)
    added = float(np.mean(slopes)) ** 2 * float(np.var(control.value)) / max(control.cheap_draws, 1)
    total = float(np.var(new, ddof=1)) / n + added
    gain = float(np.var(h, ddof=1)) / n / total if total > 0 else 1.0
    return (new, added, gain) if gain > 1 else (h, 0.0, 1.0)


def reached(sample: Sample, level: float, control: Control | None = None) -> Estimate:
    """P(T ≥ level), 0 to 1; equations 2 to 7."""
    n = len(sample.screened)
    if not n:
        return Estimate(float("nan"), 0.0, 1.0, 0)
    h, added, gain = controlled(scores(sample, level), control)
    value = min(max(float(h.mean()), 0.0), 1.0)
    variance = (float(np.var(h, ddof=1)) / n if n > 1 else 0.0) + added
    low, high = interval(value, variance, n, gain)
    return Estimate(value, low, high, n, gain)


def interval(value: float, variance: float, n: int, gain: float = 1.0) -> tuple[float, float]:
    """Equations 6 and 7.

    >>> low, high = interval(0.0, 0.0, 100)  # the rule of three, rather on the safe side
    >>> bool(low < 1e-9 and 0.03 < high < 0.04)
    True
    """
    near = (n * value + 2) / (n + 4)
    r = min(near * (1 - near) / variance if variance > 0 else np.inf, n * max(gain, 1.0))
    centre, scale = value + Z**2 / (2 * r), 1 + Z**2 / r
    half = Z * float(np.sqrt(value * (1 - value) / r + Z**2 / (4 * r**2)))
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)


def mean(sample: Sample, control: Control | None = None) -> Estimate:
    """Mean of the share in percent; equations 3 to 5 and Student's interval."""
    n = len(sample.screened)
    h, added, gain = controlled(scores(sample, None), control)
    return _student(h, added, gain) if n else Estimate(float("nan"), float("nan"), float("nan"), 0)


def _student(h: np.ndarray, added: float = 0.0, gain: float = 1.0) -> Estimate:
    n, value = len(h), float(h.mean())
    if n < 2:
        return Estimate(value, float("-inf"), float("inf"), n)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * float(np.sqrt(np.var(h, ddof=1) / n + added))
    return Estimate(value, value - half, value + half, n, gain)


@dataclass(frozen=True)
class Difference:
    """What one variant has more than the other, in paired draws."""

    estimate: Estimate
    pairing: float
    """By what pairing divides the variance."""


def difference(one: Sample, other: Sample, level: float | None) -> Difference:
    """P(reached), or with ``level`` None the mean share, of ``one`` less that of ``other``; equation 8."""
    first, second = scores(one, level), scores(other, level)
    apart = float(np.var(first) + np.var(second))
    together = float(np.var(first - second))
    estimate = _student(first - second)
    if level is not None and not together:  # no draw differs: neither do they say that none ever would
        bound = 3 / max(len(first), 1)
        estimate = Estimate(estimate.value, estimate.value - bound, estimate.value + bound, estimate.draws)
    return Difference(estimate, apart / together if together > 0 else 1.0)


def by_level(
    sample: Sample, levels: Sequence[float], controls: Sequence[Control | None] | None = None
) -> list[Estimate]:  # fmt: skip
    """P(T ≥ level) by level, each with the control variate of its level; never rising with the level."""
    controls = controls or [None] * len(levels)
    found = [reached(sample, level, control) for level, control in zip(levels, controls, strict=True)]
    return _falling(found)


def _falling(found: Sequence[Estimate]) -> list[Estimate]:
    least = 1.0
    result = []
    for e in found:
        least = min(least, e.value)
        result.append(Estimate(least, min(e.low, least), max(e.high, least), e.draws, e.gain))
    return result


def running(sample: Sample, level: float, control: Control | None = None, steps: int = 40) -> list[Estimate]:
    """The estimate after more and more draws."""
    n = len(sample.screened)
    numbers = sorted({int(x) for x in np.linspace(min(10, n), n, min(steps, n))} - {0})
    return [reached(sample.first(k), level, control.first(k) if control else None) for k in numbers]


def more_draws(estimate: Estimate) -> int:
    """How many more draws halve the interval, if they go on as they did: its width falls with the root of the number.

    >>> more_draws(Estimate(0.5, 0.4, 0.6, 100))
    300
    """
    return 3 * estimate.draws
