"""Vehicles and their charging."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.rows import NonNegative, Percent, Positive, Row, Year


class VehicleFleet(Row):
    """Electric vehicles on the road."""

    key_fields = ("country", "vehicle", "year")
    references = {"country": "countries"}
    country: str
    vehicle: str
    """Class and powertrain, such as ``car`` or ``bus``."""
    year: Year
    vehicles: NonNegative


class VehicleUse(Row):
    """What a vehicle drives and draws from the grid."""

    key_fields = ("country", "vehicle")
    references = {"country": "countries"}
    country: str
    vehicle: str
    km_per_year: NonNegative
    kwh_per_km: NonNegative
    """At the battery, at 20 degrees."""
    charging_loss_percent: Percent = 10
    charging: str
    """Charging profile, a key of ``charging_profiles``."""


class VehicleZone(Row):
    """How a country's vehicles are spread over its zones and how cold months raise their use."""

    key_fields = ("zone",)
    references = {"zone": "zones"}
    zone: str
    share_percent: Percent
    cold_m01: Positive = 1
    cold_m02: Positive = 1
    cold_m03: Positive = 1
    cold_m04: Positive = 1
    cold_m05: Positive = 1
    cold_m06: Positive = 1
    cold_m07: Positive = 1
    cold_m08: Positive = 1
    cold_m09: Positive = 1
    cold_m10: Positive = 1
    cold_m11: Positive = 1
    cold_m12: Positive = 1

    @property
    def cold_factor(self) -> tuple[float, ...]:
        """Energy per km relative to 20 degrees, by month."""
        return tuple(float(getattr(self, f"cold_m{month:02d}")) for month in range(1, 13))


class ChargingProfile(Row):
    """When a day's charging energy is drawn: shares by hour of the day (UTC+5), adding up to 1."""

    key_fields = ("id", "day_type", "hour")
    id: str
    day_type: Literal["weekday", "weekend"]
    hour: Annotated[int, Field(ge=0, le=23)]
    share: NonNegative
