"""Changes of demand, and of freight on electrified corridors."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.inputs.schema.part import Part
from simulator.system import NonNegative, Positive, Year
from simulator.system.meaning import Unit
from simulator.system.names import Of


class DemandChange(Part):
    """Demand of a country, without electric vehicles."""

    growth_percent_per_year: Annotated[float, Field(ge=-20, le=30)] | None = None
    """Growth from ``growth_from`` on, in place of the system's path; empty: the system's path."""
    growth_from: Year = 2025
    """Year whose demand grows on; before it the system's own path counts."""
    extra_growth_percent_per_year: Annotated[float, Field(ge=-20, le=30)] = 0
    """Added to the growth of the path from ``growth_from`` on."""
    factor: Annotated[Positive, Unit("–")] = 1
    """Multiplies the demand of all years."""


class Corridors(Part):
    """Freight on electrified corridors. Without this, those already decided carry their tables' freight."""

    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies the freight of decided corridors."""
    factors: Annotated[dict[Annotated[str, Of("corridors")], NonNegative], Unit("–")] = {}
    """Freight of single corridors, decided or not, relative to their tables; wins over ``factor``."""
