"""Anchor years: values given for some years, interpolated in between, constant outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def at_years(anchors: Mapping[int, float], years: Iterable[float]) -> np.ndarray:
    """Values at ``years`` (shape: one per year), linear between anchors and constant outside them.

    >>> at_years({2025: 100.0, 2030: 150.0}, [2020, 2025, 2027, 2040]).tolist()
    [100.0, 100.0, 120.0, 150.0]
    """
    import numpy as np  # here, because checking a scenario does not need it

    known = sorted(anchors)
    return np.asarray(np.interp(np.asarray(list(years), float), known, [anchors[year] for year in known]))
