"""What drives a share: its variance by input, statements under a condition, and where each input tips the outcome.

======  =====================================================================================
y       share of the draws, percent (corrected for screening)
X       inputs of the draws, each less its mean and divided by its deviation (n × k)
b       coefficients of the linear surrogate  ŷ = ȳ + X b, ridge-regularised
R²(A)   share of variance that a surrogate with the inputs A alone explains
======  =====================================================================================

(1)  b = (XᵀX + λ I)⁻¹ Xᵀ (y − ȳ),  λ = k/n of the trace's mean, small beside it
(2)  part of input j: mean over orders of the inputs of R²(those before and j) − R²(those before): Shapley's value, so
     that correlated inputs share what they explain together; the parts of all inputs add up to R² of all
(3)  error: root mean square of y less the surrogate fitted without the draw's own tenth (cross-validation); with few
     draws R² of all flatters, 1 − error² / s²(y) does not
(4)  tipping value of input j: x at which ŷ = L with all other inputs at their means

Inputs that hardly vary (a project built in few draws, or in nearly all) are pooled to one: their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.likelihood import Sample, Scores, chance, scores

RARE = 0.08
"""An input that has its most frequent value in all but this share of the draws is rare."""
ON_TIME = 0.9
"""A project is on time that runs for at least so much of the longest time that it runs in any draw."""
ORDERS = 200
FOLDS = 10
POOLED = "other projects"
PROJECT = "project "
"""How names of inputs begin that are projects."""


@dataclass(frozen=True)
class Inputs:
    """Inputs of the draws."""

    names: tuple[str, ...]
    values: np.ndarray
    """(draw, input)"""

    def column(self, name: str) -> np.ndarray:
        """The values of one input."""
        return np.asarray(self.values[:, self.names.index(name)])


@dataclass(frozen=True)
class Surrogate:
    """A linear picture of the share."""

    inputs: Inputs
    mean: np.ndarray
    deviation: np.ndarray
    level: float
    slope: np.ndarray
    """Points of share per deviation of an input."""
    parts: Mapping[str, float]
    """Share of the variance by input, equation 2."""
    r2: float
    error: float
    """Equation 3, points."""
    spread: float
    """Standard deviation of the share itself."""

    @property
    def unseen_r2(self) -> float:
        """Share of the variance that it explains in draws it was not fitted to; 0 if no better than the mean."""
        return max(1 - (self.error / self.spread) ** 2, 0.0) if self.spread > 0 else 0.0


@dataclass(frozen=True)
class Condition:
    """P(reached) among the draws that fulfil a condition."""

    text: str
    value: float
    low: float
    high: float
    draws: int


def pooled(inputs: Inputs, prefix: str = PROJECT) -> Inputs:
    """Inputs without those that never vary, and with rare ones that begin with ``prefix`` summed to one."""
    varies = inputs.values.std(axis=0) > 1e-12
    rare = np.array([n.startswith(prefix) and _rare(inputs.values[:, j]) for j, n in enumerate(inputs.names)], bool)
    kept = [j for j in range(len(inputs.names)) if varies[j] and not rare[j]]
    names, columns = [inputs.names[j] for j in kept], [inputs.values[:, j] for j in kept]
    rest = [j for j in range(len(inputs.names)) if varies[j] and rare[j]]
    if rest:
        names.append(POOLED)
        columns.append(inputs.values[:, rest].sum(axis=1))
    return Inputs(tuple(names), np.column_stack(columns) if columns else np.zeros((len(inputs.values), 0)))


def _rare(x: np.ndarray) -> bool:
    _, counts = np.unique(x, return_counts=True)
    return bool(counts.max() > (1 - RARE) * len(x))


def fit(inputs: Inputs, share: np.ndarray, seed: int = 1) -> Surrogate:
    """The linear surrogate of the share; equations 1 to 3."""
    inputs = pooled(inputs)
    mean, deviation = inputs.values.mean(axis=0), inputs.values.std(axis=0)
    x, y = (inputs.values - mean) / deviation, share - share.mean()
    slope = _ridge(x, y)
    total = float(y @ y)
    parts = _shapley(x.T @ x, x.T @ y, total, len(y), seed) if total > 0 else np.zeros(x.shape[1])
    return Surrogate(inputs, mean, deviation, float(share.mean()), slope,
                     dict(zip(inputs.names, map(float, parts), strict=True)), float(parts.sum()),
                     cross_validated(x, y, seed), float(share.std(ddof=1)) if len(share) > 1 else 0.0)  # fmt: skip


def _ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    n, k = x.shape
    return np.asarray(np.linalg.solve(x.T @ x + _penalty(n, k) * np.eye(k), x.T @ y)) if k else np.zeros(0)


def _penalty(n: int, k: int) -> float:
    """λ: columns have the square n, so this takes k/n of the weight of one draw; none where draws are many."""
    return max(k, 1) / max(n, 1) + 1e-9


def _shapley(gram: np.ndarray, cross: np.ndarray, total: float, n: int, seed: int) -> np.ndarray:
    """Equation 2 over some orders at random; each order and its reverse, so that interactions weigh alike."""
    k = len(cross)
    parts, rng = np.zeros(k), np.random.default_rng(seed)
    penalty = _penalty(n, k) * np.eye(k)
    orders = [rng.permutation(k) for _ in range(ORDERS // 2)]
    for order in [*orders, *(order[::-1] for order in orders)]:
        before = 0.0
        for i in range(1, k + 1):
            a = order[:i]
            now = float(cross[a] @ np.linalg.solve((gram + penalty)[np.ix_(a, a)], cross[a])) / total
            parts[order[i - 1]] += now - before
            before = now
    return parts / ORDERS


def cross_validated(x: np.ndarray, y: np.ndarray, seed: int = 1) -> float:
    """Equation 3; NaN with fewer draws than folds."""
    n = len(y)
    if n < FOLDS:
        return float("nan")
    fold = np.random.default_rng(seed).permutation(n) % FOLDS
    missed = np.empty(n)
    for f in range(FOLDS):
        own, rest = fold == f, fold != f
        centre = y[rest].mean()
        missed[own] = (
            y[own] - centre - (x[own] - x[rest].mean(axis=0)) @ _ridge(x[rest] - x[rest].mean(axis=0), y[rest] - centre)
        )
    return float(np.sqrt(np.mean(missed**2)))


def by_group(parts: Mapping[str, float], groups: Mapping[str, str]) -> dict[str, float]:
    """Parts summed by group, largest first; an input without one is a group of its own."""
    found: dict[str, float] = {}
    for name, part in parts.items():
        group = groups.get(name) or name
        found[group] = found.get(group, 0.0) + part
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def tipping(surrogate: Surrogate, level: float) -> dict[str, float]:
    """Input → its value at which the share reaches the level, all else at its mean; only values inside what was
    drawn; equation 4."""
    found = {}
    for j, name in enumerate(surrogate.inputs.names):
        if abs(surrogate.slope[j]) < 1e-9:
            continue
        x = surrogate.mean[j] + surrogate.deviation[j] * (level - surrogate.level) / surrogate.slope[j]
        column = surrogate.inputs.values[:, j]
        if column.min() <= x <= column.max():
            found[name] = float(x)
    return found


def conditions(
    inputs: Inputs, sample: Sample, level: float, named: Sequence[tuple[str, Sequence[str]]]
) -> list[Condition]:
    """For each condition (text, inputs): P(reached) among the draws that fulfil it, with its interval and their number.

    A project must be on time, another input in its upper third.
    """
    said = scores(sample, level)
    found = []
    for text, names in named:
        inside = np.all([_high(inputs.column(name), name.startswith(PROJECT)) for name in names], axis=0)
        found.append(_condition(text, said.of(np.flatnonzero(inside))))
    return found


def _high(x: np.ndarray, project: bool) -> np.ndarray:
    """Draws in which a project is there for nearly as long as in any, or another input is in its upper third."""
    if project:
        return np.asarray((x > 0) & (x >= ON_TIME * x.max()))
    return np.asarray(x >= np.quantile(x, 2 / 3))


def _condition(text: str, said: Scores) -> Condition:
    e = chance(said)
    return Condition(text, e.value, e.low, e.high, e.draws)
