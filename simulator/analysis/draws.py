"""From points in the unit cube to values of uncertain inputs: shapes, and correlation within groups.

=======  =======================================================================================
v        point of a draw in one dimension, 0 to 1, from a scrambled Sobol sequence
e, Z     standard normal: of the input itself, and shared by its group, each with its own v
ρ        part of the variation that a group shares, ``common_percent`` / 100
u        rank of an input, 0 to 1
a, m, b  its low, middle and high value
=======  =======================================================================================

(1)  e = Φ⁻¹(v),  z = √ρ · Z + √(1 − ρ) · e,  u = Φ(z): a Gaussian copula, in which ranks of inputs i and j of a group
     have the normal correlation √(ρᵢ · ρⱼ)
(2)  ``uniform``: x = a + u (b − a)
(3)  ``triangle``: a and b are the ends, m is the mode;  x = a + √(u (b − a)(m − a)) up to m, then from b down
(4)  ``normal``: m is the median, a and b the lowest and highest tenth;  x = m + (a − m) z / −1.28 below, (b − m) z /
     1.28 above; ``lognormal``: the same with logarithms. Cut at z = ± 2.33, beyond which nothing is known

Points of a seed are a sequence: more draws continue it, and an input has the same dimension as long as the table does
not change before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats
from scipy.stats import qmc

Shape = Literal["uniform", "triangle", "normal", "lognormal"]
TENTH = float(stats.norm.ppf(0.9))
FURTHEST = float(stats.norm.ppf(0.99))


@dataclass(frozen=True)
class Spread:
    """How an uncertain input varies."""

    shape: Shape
    low: float
    middle: float
    high: float
    group: str = ""
    common: float = 0.0
    """ρ; 0 without a group."""


def points(first: int, count: int, dimensions: int, seed: int) -> np.ndarray:
    """(draw, dimension) ``count`` points of the sequence from number ``first`` on.

    >>> bool((points(0, 8, 3, 1)[5:] == points(5, 3, 3, 1)).all())
    True
    """
    if not dimensions:
        return np.zeros((count, 0))
    sequence = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    if first:
        sequence.fast_forward(first)
        return np.asarray(sequence.random(count))
    return np.asarray(sequence.random_base2(int(np.ceil(np.log2(max(count, 1)))))[:count])


def normals(spreads: Sequence[Spread], cube: np.ndarray) -> np.ndarray:
    """(draw, input) standard normals; equation 1. Dimensions of ``cube``: one for each input, then one a group."""
    clipped = np.clip(cube, 1e-12, 1 - 1e-12)
    own = stats.norm.ppf(clipped[:, : len(spreads)])
    names = groups_of(spreads)
    shared = stats.norm.ppf(clipped[:, len(spreads) :])
    z = own.copy()
    for j, spread in enumerate(spreads):
        if spread.group in names and spread.common > 0:
            common = shared[:, names.index(spread.group)]
            z[:, j] = np.sqrt(spread.common) * common + np.sqrt(1 - spread.common) * own[:, j]
    return np.asarray(z)


def groups_of(spreads: Sequence[Spread]) -> list[str]:
    """Groups whose inputs vary together, in order of their first input."""
    return list(dict.fromkeys(s.group for s in spreads if s.group and s.common > 0))


def dimensions(spreads: Sequence[Spread]) -> int:
    """Dimensions of the cube that some inputs need."""
    return len(spreads) + len(groups_of(spreads))


def values(spreads: Sequence[Spread], cube: np.ndarray) -> np.ndarray:
    """(draw, input) values; equations 1 to 4."""
    z = normals(spreads, cube)
    return np.column_stack([value_of(spread, z[:, j]) for j, spread in enumerate(spreads)]) if spreads else z


def value_of(spread: Spread, z: np.ndarray) -> np.ndarray:
    """The values of one input at standard normals ``z``; equations 2 to 4.

    >>> half = Spread("triangle", 0.0, 1.0, 2.0)
    >>> [round(float(x), 3) for x in value_of(half, np.array([-10.0, 0.0, 10.0]))]
    [0.0, 1.0, 2.0]
    >>> skew = Spread("lognormal", 0.8, 1.0, 1.5)
    >>> [round(float(x), 3) for x in value_of(skew, np.array([-TENTH, 0.0, TENTH]))]
    [0.8, 1.0, 1.5]
    """
    a, m, b = spread.low, spread.middle, spread.high
    if spread.shape in ("normal", "lognormal"):
        log = spread.shape == "lognormal"
        low, middle, high = (np.log([a, m, b]) if log else np.array([a, m, b])).tolist()
        z = np.clip(z, -FURTHEST, FURTHEST)
        x = middle + np.where(z < 0, (middle - low) * z, (high - middle) * z) / TENTH  # (4)
        return np.asarray(np.exp(x) if log else x)
    u = stats.norm.cdf(z)
    if spread.shape == "uniform":
        return np.asarray(a + u * (b - a))  # (2)
    at = (m - a) / (b - a)
    below = a + np.sqrt(np.maximum(u * (b - a) * (m - a), 0))  # (3)
    above = b - np.sqrt(np.maximum((1 - u) * (b - a) * (b - m), 0))
    return np.asarray(np.where(u < at, below, above))
