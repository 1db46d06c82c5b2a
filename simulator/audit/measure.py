"""How far a result is off, relative to the scale of what is checked. What is not a number is infinitely far off."""

from __future__ import annotations

import numpy as np


def relative(difference: np.ndarray, scale: np.ndarray | float) -> float:
    """Largest difference, relative to the largest value of the scale."""
    if np.size(difference) == 0:
        return 0.0
    return _violation(np.max(np.abs(difference)), np.max(np.abs(scale), initial=0.0))


def excess(value: np.ndarray, limit: np.ndarray) -> float:
    """How far values exceed limits (infinite limits never bind), relative to the largest value."""
    if np.size(value) == 0:
        return 0.0
    over = np.where(np.isposinf(limit), value * 0.0, value - limit)
    return _violation(np.maximum(np.max(over), 0.0), np.max(np.abs(value)))


def outside(value: np.ndarray, limit: np.ndarray) -> float:
    """How far values lie outside 0 to their limits, relative to the largest limit."""
    return relative(value - np.clip(value, 0, limit), limit)


def _violation(off: float, scale: float) -> float:
    """``max`` passes over NaN, so nothing that is not a number may leave here."""
    violation = float(off) / max(float(scale), 1e-6)
    return violation if np.isfinite(violation) else np.inf
