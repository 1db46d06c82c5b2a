"""People who build and run plants."""

from __future__ import annotations

from simulator.system.plants import Group
from simulator.system.rows import NonNegative, Row


class JobFactor(Row):
    """Jobs per MW of new plants; groups without a row have no figure, which is not zero."""

    key_fields = ("group",)
    group: Group
    """Technology group."""
    construction_jobs_per_mw: NonNegative
    """Jobs per MW on the site while the plant is being built."""
    operation_jobs_per_mw: NonNegative
    """Jobs per MW in the plant as long as it runs."""
