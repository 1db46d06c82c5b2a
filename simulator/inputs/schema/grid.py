"""Delays of lines, and how power divides between them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.inputs.schema.part import Part
from simulator.system.names import Of


class Grid(Part):
    """Delay of lines that are not in service yet, and how power divides between lines."""

    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] = 0
    """Delay of all links that are not in service at the start of the plan; negative: earlier."""
    delay_months: dict[Annotated[str, Of("links")], Annotated[float, Field(ge=-60, le=240)]] = {}
    """Delay of single links, on top."""
    power_flow: Literal["transport", "linear"] = "transport"
    """``transport``: every link carries what the plan sends over it. ``linear``: where reactances are given, power
    divides between the links of a loop as Kirchhoff's voltage law says."""
