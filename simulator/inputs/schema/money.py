"""How time and money are valued: discounting, and currencies that fall."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.inputs.schema.part import Part
from simulator.system import Year
from simulator.system.meaning import Unit


class Finance(Part):
    """How the system values time and money."""

    discount_rate_percent: Annotated[float, Field(ge=0, le=30), Unit("%/year")]
    """Social discount rate, real; also the cost of capital where no investor is named."""
    base_year: Year
    """Costs are discounted to the start of this year."""


class Depreciation(Part):
    """A currency loses value against the dollar at the start of a year, for good."""

    year: Year
    """Year at whose start the currency falls."""
    percent: Annotated[float, Field(ge=0, lt=100)]
    """Fall of the dollar value of a unit."""
