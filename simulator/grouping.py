"""Rows of tables by what they belong to, in the order in which each first appears."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np

K = TypeVar("K", bound=Hashable)
L = TypeVar("L", bound=Hashable)
V = TypeVar("V")


def lists(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """Key → its values.

    >>> lists([("a", 1), ("b", 2), ("a", 3)])
    {'a': [1, 3], 'b': [2]}
    """
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def paths(triples: Iterable[tuple[K, L, V]]) -> dict[K, dict[L, V]]:
    """Key → its values by a second key, such as the year.

    >>> paths([("a", 2025, 1.0), ("a", 2030, 2.0)])
    {'a': {2025: 1.0, 2030: 2.0}}
    """
    found: dict[K, dict[L, V]] = {}
    for key, at, value in triples:
        found.setdefault(key, {})[at] = value
    return found


def months(triples: Iterable[tuple[K, int, float]], missing: float = np.nan) -> dict[K, np.ndarray]:
    """Key → (12) its values by month, 1 to 12.

    >>> months([("a", 2, 5.0)], missing=0.0)["a"][:3].tolist()
    [0.0, 5.0, 0.0]
    """
    found: dict[K, np.ndarray] = {}
    for key, month, value in triples:
        found.setdefault(key, np.full(12, missing))[month - 1] = value
    return found
