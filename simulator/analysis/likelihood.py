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

*What the correction adds to the variance* is judged twice: by the residuals that were seen, and by those that g
expects. The larger counts, since few plans in full may by luck have seen no contradiction:

(5)  V = max(Σ δ (1 − π)/π² · (1{T ≥ L} − g)², Σ (1 − π)/π · g (1 − g)) / n²;   for the mean of the share with the
     residual T − S − μ and with σ² in place of g (1 − g)

*Control variate*, where at least eight draws lie on either side of the level.

(6)  p = Σ (h − β (C − c)) / n,   β = cov(h, C) / var C of the other half,   variance = s²(h − β C) / n + β² s²(C) / N

*Interval.* The chance of the draws is Wilson's interval (l, u) of n draws, times the gain of (6); it also says
something where every draw, or none, reaches the level. The correction is added by its squares:

(7)  p − √((p − l)² + z² V)  to  p + √((u − p)² + z² V)

*Difference of two variants in paired draws* (same numbers by chance in both), Student's interval with two more pairs
that differ, one each way, so that no difference among the draws does not mean that there never is one:

(8)  d = p₁ − p₀,   variance = s²(h₁ − h₀) / n + 2/n², and of V what exceeds the residuals that were seen;
     pairing divides the variance by (s²(h₁) + s²(h₀)) / s²(h₁ − h₀)

*What failed.* A draw without a plan may have reached the level or not, and so may a plan in full that failed: interval
ends are those of the worse case.

Sobol points are more even than draws by chance; their variance is taken as that of chance, so intervals are rather too
wide. Equations are those of sampling theory: a difference estimator with unequal probabilities, Wilson (1927), Zou and
Donner (2008) for (7), Agresti and Min (2005) for (8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy import stats

from simulator.analysis.verdict import TOLERANCE

LEVEL = 0.95
Z = float(stats.norm.ppf(0.5 + LEVEL / 2))
PRIOR_ERROR = 0.25
"""σ before anything is known, in points: rather more than coarse days are off by, since too little costs more."""
FEW = 8
"""With fewer draws than this in half of the sample, or on one side of the level, there is no control variate."""


@dataclass(frozen=True)
class Sample:
    """Shares of the draws of one variant, percent."""

    screened: np.ndarray
    full: np.ndarray
    """NaN where the draw is not planned in full."""
    probability: np.ndarray
    """π of every draw."""
    failed: np.ndarray | None = None
    """True where a plan in full was to be made and could not; None: nowhere."""
    lost: int = 0
    """Further draws, of which there is no plan at all."""

    @property
    def chosen(self) -> np.ndarray:
        """δ as booleans."""
        return np.asarray(~np.isnan(self.full))

    def first(self, n: int) -> Sample:
        """The first draws."""
        failed = None if self.failed is None else self.failed[:n]
        return Sample(self.screened[:n], self.full[:n], self.probability[:n], failed, self.lost)


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


def probabilities(
    screened: np.ndarray, level: float, wanted: float, error: float = PRIOR_ERROR, shift: float = 0.0
) -> np.ndarray:  # fmt: skip
    """π of every draw; equation 1. ``error`` and ``shift`` must not come from the draws themselves.

    >>> p = probabilities(np.array([10.0, 14.95, 15.05, 20.0]), 15.0, 2.0)
    >>> round(float(p.sum()), 6), bool(p[1] > p[0])
    (2.0, True)
    """
    n = len(screened)
    if not n:
        return np.zeros(0)
    wanted = min(wanted, n)
    even, g = wanted / (2 * n), doubt(screened, level, shift, error)
    weight = np.sqrt(g * (1 - g)) + 1e-3  # so that there is something to spread where nothing is in doubt
    low, high = 0.0, wanted / float(weight.min())
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(1, even + middle * weight).sum() < wanted else (low, middle)
    return np.asarray(np.minimum(1, even + high * weight))


# ------------------------------------------------------------------------------------------ estimates


@dataclass(frozen=True)
class Scores:
    """What each draw says, and how sure the correction by plans in full is. All by draw."""

    h: np.ndarray
    seen: np.ndarray
    """First term of equation 5, before it is summed: squares of residuals that were seen."""
    likely: np.ndarray
    """Second term: what g expects of them."""
    down: np.ndarray
    """By how much h would be less, had a plan in full that failed missed the level."""
    up: np.ndarray

    def of(self, draws: np.ndarray) -> Scores:
        """Of some of the draws."""
        return Scores(*(getattr(self, each.name)[draws] for each in fields(self)))

    @property
    def correction(self) -> float:
        """V of equation 5."""
        return float(max(self.seen.sum(), self.likely.sum())) / len(self.h) ** 2

    @property
    def unseen(self) -> float:
        """What V has more than the residuals that were seen, which are in s²(h) already."""
        return max(float(self.likely.sum() - self.seen.sum()), 0.0) / len(self.h) ** 2


def scores(sample: Sample, level: float | None) -> Scores:
    """h of every draw; equations 2, 3 and 5. ``level`` None: for the mean of the share."""
    n, pi = len(sample.screened), np.maximum(sample.probability, 1e-12)
    guess, expected = np.empty(n), np.empty(n)
    for own, other in halves(n):
        shift, error = _error(sample, other)
        s = sample.screened[own]
        guess[own] = s + shift if level is None else doubt(s, level, shift, error)
        expected[own] = error**2 if level is None else guess[own] * (1 - guess[own])
    truth = sample.full if level is None else (sample.full >= level - 100 * TOLERANCE).astype(float)
    residual = np.where(sample.chosen, truth - guess, 0.0)
    missing = np.zeros(n) if sample.failed is None or level is None else sample.failed / pi
    return Scores(guess + residual / pi, (1 - pi) / pi**2 * residual**2, (1 - pi) / pi * expected,
                  missing * guess, missing * (1 - guess))  # fmt: skip


def corrected(sample: Sample) -> np.ndarray:
    """The best guess of every draw's share: its plan in full, else what was screened less the mean error, percent."""
    shift, _ = _error(sample, np.arange(len(sample.screened)))
    return np.where(sample.chosen, sample.full, sample.screened + shift)


def halves(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two halves of the draws, each with the other: what is fitted to one serves the other."""
    even, odd = np.arange(0, n, 2), np.arange(1, n, 2)
    return [(even, odd), (odd, even)]


def _error(sample: Sample, among: np.ndarray) -> tuple[float, float]:
    """μ and σ, from the draws planned in full among some; for σ the first value counts as one of them."""
    chosen = among[sample.chosen[among]]
    if not len(chosen):
        return 0.0, PRIOR_ERROR
    weight = 1 / sample.probability[chosen]
    difference = sample.full[chosen] - sample.screened[chosen]
    mean = float(np.average(difference, weights=weight))
    variance = float(np.average((difference - mean) ** 2, weights=weight))
    return mean, float(np.sqrt((len(chosen) * variance + PRIOR_ERROR**2) / (len(chosen) + 1)))


def controlled(h: np.ndarray, control: Control | None) -> tuple[np.ndarray, float]:
    """What the control variate takes from every h, β (C − c), and by what it divides the variance; equation 6."""
    n, nothing = len(h), (np.zeros(len(h)), 1.0)
    if control is None or n < 2 * FEW or not np.var(control.value) or not np.var(h):
        return nothing
    taken = np.zeros(n)
    for own, other in halves(n):
        c = control.value[other]
        spread = float(np.var(c))
        beta = float(np.cov(h[other], c, bias=True)[0, 1] / spread) if spread > 0 else 0.0
        taken[own] = beta * (control.value[own] - control.mean[own])
    total = float(np.var(h - taken, ddof=1)) / n + _of_mean(taken, control)
    gain = float(np.var(h, ddof=1)) / n / total if total > 0 else 1.0
    return (taken, gain) if gain > 1 else nothing


def _of_mean(taken: np.ndarray, control: Control | None) -> float:
    """Variance of the mean of the control variate, known from cheap draws alone."""
    return 0.0 if control is None else float(np.var(taken)) / max(control.cheap_draws, 1)


def reached(sample: Sample, level: float, control: Control | None = None) -> Estimate:
    """P(T ≥ level), 0 to 1; equations 2 to 7."""
    return chance(scores(sample, level), control, sample.lost)


def chance(found: Scores, control: Control | None = None, lost: int = 0) -> Estimate:
    """The probability that some draws say, 0 to 1; equations 4 to 7."""
    n = len(found.h)
    if not n:
        return Estimate(float("nan"), 0.0, 1.0, 0)
    taken, gain = controlled(found.h, _for_level(found.h, control))
    value = min(max(float((found.h - taken).mean()), 0.0), 1.0)
    low, high = interval(value, found.correction, n * gain)
    part = lost / (n + lost)
    low = max(low - float(found.down.mean()), 0.0) * (1 - part)
    high = min(high + float(found.up.mean()), 1.0) * (1 - part) + part
    return Estimate(value, low, high, n, gain)


def _for_level(h: np.ndarray, control: Control | None) -> Control | None:
    """The control variate, where enough draws lie on either side of the level to say what it gains."""
    return control if min(float(h.sum()), float((1 - h).sum())) >= FEW else None


def interval(value: float, correction: float, draws: float) -> tuple[float, float]:
    """Equation 7, within 0 and 1: Wilson's interval of so many draws, and the variance of the correction.

    >>> low, high = interval(0.0, 0.0, 100)  # the rule of three, rather on the safe side
    >>> bool(low < 1e-9 and 0.03 < high < 0.04)
    True
    """
    centre, scale = value + Z**2 / (2 * draws), 1 + Z**2 / draws
    half = Z * float(np.sqrt(value * (1 - value) / draws + Z**2 / (4 * draws**2)))
    below, above = value - (centre - half) / scale, (centre + half) / scale - value
    added = Z * float(np.sqrt(correction))
    return max(value - float(np.hypot(below, added)), 0.0), min(value + float(np.hypot(above, added)), 1.0)


def mean(sample: Sample, control: Control | None = None) -> Estimate:
    """Mean of the share in percent; equations 3, 5 and 6, and Student's interval."""
    if not len(sample.screened):
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    found = scores(sample, None)
    taken, gain = controlled(found.h, control)
    return _student(found.h - taken, found.unseen + _of_mean(taken, control), gain)


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


def difference(
    one: Sample, other: Sample, level: float | None, controls: tuple[Control | None, Control | None] = (None, None)
) -> Difference:  # fmt: skip
    """P(reached), or with ``level`` None the mean share, of ``one`` less that of ``other``; equation 8.

    With the control variates of both, so that it is the difference of what is said of each.
    """
    found = [scores(sample, level) for sample in (one, other)]
    used = [c if level is None else _for_level(s.h, c) for s, c in zip(found, controls, strict=True)]
    taken = [controlled(s.h, c)[0] for s, c in zip(found, used, strict=True)]
    first, second = (s.h - t for s, t in zip(found, taken, strict=True))
    apart, together = float(np.var(first) + np.var(second)), float(np.var(first - second))
    n = len(first)
    added = found[0].unseen + found[1].unseen + _of_mean(taken[0] - taken[1], used[0] or used[1])
    estimate = _student(first - second, added + (2 / n**2 if level is not None else 0.0))
    if level is not None:
        estimate = _of_chances(estimate, first, second, found, one.lost)
    return Difference(estimate, apart / together if together > 0 else 1.0)


def _of_chances(
    estimate: Estimate, first: np.ndarray, second: np.ndarray, found: Sequence[Scores], lost: int
) -> Estimate:  # fmt: skip
    """A difference of probabilities: of those that are said, within −1 and 1, whatever failed."""
    one, other = (min(max(float(h.mean()), 0.0), 1.0) for h in (first, second))
    moved = one - other - estimate.value
    part = lost / (estimate.draws + lost)
    low = (estimate.low + moved - float(found[0].down.mean() + found[1].up.mean())) * (1 - part) - part
    high = (estimate.high + moved + float(found[0].up.mean() + found[1].down.mean())) * (1 - part) + part
    return replace(estimate, value=one - other, low=max(low, -1.0), high=min(high, 1.0))


def by_level(
    sample: Sample, levels: Sequence[float], controls: Sequence[Control | None] | None = None, said: float | None = None
) -> list[Estimate]:  # fmt: skip
    """P(T ≥ level) by ascending level, each with the control variate of its level; never rising with the level.

    At the level ``said`` (none: the lowest) nothing is changed to that end, so that it is the estimate given elsewhere.
    """
    controls = controls or [None] * len(levels)
    found = [reached(sample, level, control) for level, control in zip(levels, controls, strict=True)]
    at = list(levels).index(said) if said is not None else 0
    value, low, high = (_falling(np.array([getattr(e, name) for e in found]), at) for name in ("value", "low", "high"))
    return [replace(e, value=v, low=min(a, v), high=max(b, v))
            for e, v, a, b in zip(found, value.tolist(), low.tolist(), high.tolist(), strict=True)]  # fmt: skip


def _falling(x: np.ndarray, at: int) -> np.ndarray:
    """x, at most what is before it from place ``at`` on, and at least what is after it before that."""
    after, before = np.minimum.accumulate(x[at:]), np.maximum.accumulate(x[: at + 1][::-1])[::-1]
    return np.concatenate([before[:-1], after])


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
