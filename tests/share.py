"""How much of the long tests is run: ``SLOW_SHARE`` is 1 in ``make slow``, 0.02 in ``.ci/run``, else very little.

The fuzzer has a share of its own (``test_fuzz``).
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SHARE = float(os.environ.get("SLOW_SHARE", "0.002"))


def count(whole: int, least: int = 3) -> int:
    """So many of ``whole`` cases are tried."""
    return min(whole, max(least, round(whole * SHARE)))


def sampled(items: Sequence[T], least: int = 3, seed: int = 1) -> list[T]:
    """A share of the items, in their order; the same for the same seed."""
    chosen = random.Random(seed).sample(range(len(items)), count(len(items), least))
    return [items[number] for number in sorted(chosen)]
