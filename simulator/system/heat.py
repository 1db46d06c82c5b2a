"""Heat and repair: what the heating of towns asks of power plants, and when plants are closed for maintenance."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.system.names import Of
from simulator.system.rows import Month, NonNegative, Percent, Row


class HeatZone(Row):
    """District heating behind the heat plants of a zone: how its load follows the temperature outside."""

    key_fields = ("zone",)
    ascending = (("season_celsius", "indoor_celsius"),)
    rising = (("design_celsius", "season_celsius"),)
    zone: Annotated[str, Of("zones")]
    """Zone whose heat plants serve district heating."""
    design_celsius: float
    """Outside temperature for which heating is designed, such as the mean of the coldest five days."""
    indoor_celsius: float = 18
    """Temperature inside."""
    season_celsius: float = 8
    """Heating is on while the day's usual mean is below this."""
    daily_range_celsius: NonNegative = 0
    """Usual difference between the warmest and the coldest hour of a day."""
    hot_water_percent: Percent
    """Hot water, all year, as a share of the heat load at the design temperature."""
    plant_percent: Annotated[float, Field(gt=0, le=100)]
    """Share of the load at the design temperature that the turbines' extractions can carry; boilers carry the rest."""


class Maintenance(Row):
    """When the plants of a country are repaired: share of the year's planned outage that falls into a month.

    Months without a row have none; the shares of a country add up to 100.
    """

    key_fields = ("country", "month")
    country: Annotated[str, Of("countries")]
    """Country whose plants are repaired."""
    month: Month
    """Month of the year."""
    share_percent: Percent
    """Share of the year's planned outage that falls into this month; adds up to 100 per country."""
