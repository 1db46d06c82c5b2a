"""Anchor years: values given for some years, linear in between. Outside them it depends on what is given:

===============================================================  =====================  ===================
what                                                             before its first year  after its last year
===============================================================  =====================  ===================
demand, peaks, prices, costs, freight: ``at_years``              as in its first year   as in its last year
limits (carbon caps, fuel volumes, fuel windows): ``limits_at``  no limit               as in its last year
money of envelopes and procurement                               none                   as in its last year
===============================================================  =====================  ===================

A limit stated for 2030 does not bind 2025, and a price of 2030 is the best guess for 2025.
"""

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


def limits_at(anchors: Mapping[int, float | None], years: Iterable[float]) -> np.ndarray:
    """Limits at ``years``: infinite before the first anchor and from an anchor without a limit to the next with one.

    Between two limits linear; from a limit to an anchor without one, and after the last, constant.

    >>> limits_at({2030: 100.0, 2034: 60.0, 2040: None}, [2025, 2030, 2032, 2038, 2045]).tolist()
    [inf, 100.0, 80.0, 60.0, inf]
    """
    import numpy as np

    known = sorted(anchors)
    found = []
    for year in years:
        before = [y for y in known if y <= year]
        after = [y for y in known if y > year]
        limit = anchors[before[-1]] if before else None
        following = anchors[after[0]] if after else None
        if limit is not None and following is not None:
            limit += (following - limit) * (year - before[-1]) / (after[0] - before[-1])
        found.append(np.inf if limit is None else limit)
    return np.array(found, float)
