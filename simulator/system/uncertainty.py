"""What is not known for sure about a system, beside its projects and the weather, and is drawn (``likelihood``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from simulator.system.meaning import Unit
from simulator.system.names import FREE, FreeText, Id
from simulator.system.rows import Percent, Row, SomeNames, wrong


class Uncertainty(Row):
    """A figure that is drawn. Whether and when projects come, and the years of rivers, wind and sun, are drawn as
    ``realisation``, ``interannual_inflows`` and ``interannual_yields`` say."""

    ascending = (("low", "middle", "high"),)
    id: Id
    """Name of the uncertain input."""
    name: FreeText
    """Name for the reader."""
    changes: Annotated[SomeNames, FREE]
    """Dotted paths of a scenario that the value changes, all alike, for example ``demand.KAZ.factor``. Under
    ``changes.TABLE.ROW.COLUMN`` the row may have ``*`` for any letters, and every row found is changed."""
    way: Literal["value", "factor", "plus"]
    """``value``: the drawn value takes the place of what is there; ``factor``: it multiplies it; ``plus``: it is
    added."""
    shape: Literal["uniform", "triangle", "normal", "lognormal", "fixed"]
    """``uniform``, ``triangle``: low and high are the ends, middle is the mode. ``normal``, ``lognormal``: low and high
    are the lowest and highest tenth, middle is the median. ``fixed``: always the middle."""
    low: Annotated[float, Unit("as it changes")]
    """Low value, in the unit of what it changes."""
    middle: Annotated[float, Unit("as it changes")]
    """Middle value."""
    high: Annotated[float, Unit("as it changes")]
    """High value."""
    group: FreeText = ""
    """Inputs with the same group vary together, and their parts of the variance are also given as one."""
    common_percent: Percent = 0
    """Part of its variation that it shares with its group."""

    @model_validator(mode="after")
    def _in_order(self) -> Uncertainty:
        if self.low == self.high and self.shape != "fixed":
            raise wrong("high", "low and high are the same", "shape: fixed draws the middle alone")
        if self.shape == "lognormal" and self.low <= 0:
            raise wrong("low", "lognormal values are greater than 0")
        if self.common_percent and not self.group:
            raise wrong("common_percent", "what is shared needs a `group` to share it with")
        return self
