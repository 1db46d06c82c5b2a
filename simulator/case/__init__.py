"""Scenario and system become a case: arrays by zone, unit, year and slice. ``assemble`` is the one door.

Its parts are imported when they are used, so that checking a scenario's changes does not load the weather generator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.case.assembly import assemble
    from simulator.case.case import Case

__all__ = ["Case", "assemble"]


def __getattr__(name: str) -> Any:
    if name == "Case":
        from simulator.case.case import Case

        return Case
    if name == "assemble":
        from simulator.case.assembly import assemble

        return assemble
    raise AttributeError(f"module 'simulator.case' has no attribute {name!r}")
