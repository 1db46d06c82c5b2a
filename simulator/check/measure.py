"""How far a result is off, relative to the scale of what is checked."""

from __future__ import annotations

import numpy as np


def relative(difference: np.ndarray, scale: np.ndarray | float) -> float:
    if np.size(difference) == 0:
        return 0.0
    return float(np.max(np.abs(difference)) / max(float(np.max(np.abs(scale), initial=0.0)), 1e-6))


def excess(value: np.ndarray, limit: np.ndarray) -> float:
    """How far values exceed limits (infinite limits never bind), relative to the largest value."""
    if np.size(value) == 0:
        return 0.0
    over = np.where(np.isfinite(limit), value - limit, 0.0)
    return float(max(np.max(over), 0.0) / max(float(np.max(np.abs(value))), 1e-6))


def outside(value: np.ndarray, limit: np.ndarray) -> float:
    """How far values lie outside 0 to their limits, relative to the largest limit."""
    return relative(value - np.clip(value, 0, limit), limit)
