"""Changes of targets."""

from __future__ import annotations

from typing import Literal

from simulator.inputs.schema.part import Part
from simulator.system import NonNegative, Percent


class TargetChange(Part):
    """What becomes of a target of the system."""

    mode: Literal["report", "soft", "hard"] | None = None
    """Another mode: ``report``, ``soft`` or ``hard``; empty: that of the table."""
    percent: Percent | None = None
    """Another share; empty: that of the table."""
    shortfall_usd_per_mwh: NonNegative | None = None
    """Another price of each MWh missing, for soft targets; empty: that of the table."""
    imports: Literal["held", "free"] | None = None
    """Whether importing instead of generating may bring a binding target of generation nearer: ``held`` no, ``free``
    yes; empty: as the table says."""
