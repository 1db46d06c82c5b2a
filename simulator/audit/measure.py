"""How far a result is off, relative to the scale of what is checked. What is not a number is infinitely far off."""

from __future__ import annotations

import numpy as np


def relative(difference: np.ndarray, scale: np.ndarray | float) -> float:
    """Largest difference, relative to the largest value of the scale."""
    if np.size(difference) == 0:
        return 0.0
    return _violation(np.max(np.abs(difference)), scale)


def excess(value: np.ndarray, limit: np.ndarray, scale: np.ndarray | float | None = None) -> float:
    """How far values exceed limits (infinite limits never bind), relative to a scale, or else the largest value."""
    if np.size(value) == 0:
        return 0.0
    over = np.where(np.isposinf(limit), value * 0.0, value - limit)
    return _violation(np.maximum(np.max(over), 0.0), value if scale is None else scale)


def negative(value: np.ndarray, scale: np.ndarray | float) -> float:
    """How far values lie below zero, relative to the largest value of the scale."""
    return relative(np.minimum(value, 0), scale)


def outside(value: np.ndarray, limit: np.ndarray) -> float:
    """How far values lie outside 0 to their limits, relative to the largest limit."""
    return relative(value - np.clip(value, 0, limit), limit)


def differs(value: np.ndarray, expected: np.ndarray) -> float:
    """How far values are from what is expected; there is no number where, and only where, none is expected."""
    if np.shape(value) != np.shape(expected):
        return np.inf
    none = np.isnan(expected)
    if np.any(np.isnan(value) != none):
        return np.inf
    return relative(value[~none] - expected[~none], expected[~none])


def _violation(off: float, scale: np.ndarray | float) -> float:
    """Relative to the scale, or to 1 where that is less: no MW, GWh or MUSD is checked closer than a millionth.

    ``max`` passes over NaN, so nothing that is not a number may leave here.
    """
    violation = float(off) / max(float(np.max(np.abs(scale), initial=0.0)), 1.0)
    return violation if np.isfinite(violation) else np.inf
