"""Cohorts: a plant whose own figures differ from its technology's has a variant of the technology, and runs apart.

Old plants and new ones of a zone and technology need not run alike. An average over both would be exact only if they
always gave the same share of their capacity; it would burn the old plant's fuel in new capacity, and go on doing so
after the old one has closed. So each set of figures is a dispatch unit of its own, and equal sets are one.
"""

from __future__ import annotations

from simulator.system import OwnFigures, Technology


def variant(technology: Technology, row: OwnFigures) -> tuple[Technology, str]:
    """A technology with the row's own figures, and what they are where they differ (empty: nothing does)."""
    own = row.differing(technology)
    if not own:
        return technology, ""
    return technology.model_copy(update=own), " ".join(f"{name}={exact(value)}" for name, value in own.items())


def exact(value: float) -> str:
    """A number as the shortest text that no other has: names made of figures differ wherever the figures do.

    >>> exact(31.0), exact(0.1 + 0.2)
    ('31', '0.30000000000000004')
    """
    return repr(float(value)).removesuffix(".0")
