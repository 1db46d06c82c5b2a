"""What all parts of a scenario share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.meaning import Unit
from simulator.system.rows import CONFIG, Ordered


class Part(Ordered):
    """Parent of all parts of a scenario: frozen, unknown keys refused."""

    model_config = CONFIG


Level = Literal["low", "middle", "high"] | Annotated[float, Field(ge=0, le=1), Unit("–")]
"""Where in the range of a figure: from 0 (low) over 0.5 (middle) to 1 (high), linear in between."""
