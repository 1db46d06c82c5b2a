"""Vehicles: how many, who sells them, what they drive and draw, where they charge.

A *class* (``vehicle``) is what a vehicle does: car, bus, truck. Its *powertrain* is what moves it; ``vehicle_types``
says for each pair how it drives, lives and costs. A plug-in powertrain ``replaces`` another of its class.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Date, Life, Month, NonNegative, Percent, Positive, Row, Year, year_fraction


class Vehicle(Row):
    """A class of vehicles."""

    id: Id
    name: FreeText
    registered_as: Id
    """What registers count it as: a taxi is registered as a car."""
    temperature_curve: Annotated[str, Of("temperature_factors.curve")]
    """Its curve in ``temperature_factors``."""


class VehicleType(Row):
    """How vehicles of a class with one powertrain drive, live and cost."""

    key_fields = ("vehicle", "powertrain")
    together = {("vehicle", "replaces"): "vehicle_types"}
    vehicle: Annotated[str, Of("vehicles")]
    powertrain: Id
    electric_km_percent: Percent = 0
    """Share of the distance driven on electricity from the grid."""
    kwh_per_km: NonNegative = 0
    """At the battery, at 20 degrees, while driving on electricity."""
    battery_kwh: NonNegative = 0
    fuel: Annotated[str, Of("motor_fuels")] | None = None
    fuel_l_per_100km: NonNegative = 0
    """On the rest of the distance."""
    replaces: Annotated[str, Of("vehicle_types.powertrain")] | None = None
    """Powertrain that would be driven instead."""
    survival_shape: Annotated[float, Field(ge=0.1, le=20)]
    """Share alive at age a: exp(-(a/scale)^shape)."""
    survival_scale_years: Annotated[float, Field(ge=0.1)]
    price_usd: NonNegative = 0
    """What a buyer pays without duty."""


class VehicleStock(Row):
    """Vehicles on the road at the end of a year, to start from; ages as in a fleet that neither grows nor shrinks."""

    key_fields = ("country", "vehicle", "powertrain")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    vehicle: Annotated[str, Of("vehicles")]
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    year: Year
    vehicles: NonNegative


class VehicleSales(Row):
    """Vehicles that come on the road in a year: published ones, then an outlook, without duties."""

    key_fields = ("country", "vehicle", "powertrain", "year")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    vehicle: Annotated[str, Of("vehicles")]
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    year: Year
    new: NonNegative
    second_hand: NonNegative = 0
    second_hand_age: Annotated[int, Field(ge=0, le=40)] = 0
    """Age in years at which second-hand vehicles come."""


class VehicleAdoption(Row):
    """How sales of a plug-in powertrain go on after the published years."""

    key_fields = ("country", "vehicle", "powertrain")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    vehicle: Annotated[str, Of("vehicles")]
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    method: Literal["path", "logistic", "bass", "supply"] = "path"
    """``path``: the outlook. ``logistic``: a share of sales, ``bass``: a part of the stock, both along a curve fitted
    to the published years. ``supply``: what plants and importers bring."""
    history_to: Year
    """Last year whose sales are published."""
    fit_from: Year | None = None
    """First year the curve is fitted to …"""
    saturation_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """… and what it ends at: of sales (logistic), of the stock (Bass). Empty: only path and supply can be chosen."""


class VehicleSupply(Row):
    """A plant in the country, or a brand's imports into it."""

    together = {("vehicle", "powertrain"): "vehicle_types"}
    id: Id
    name: FreeText
    brand: FreeText
    country: Annotated[str, Of("countries")]
    kind: Literal["plant", "import"]
    vehicle: Annotated[str, Of("vehicles")]
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    capacity_per_year: NonNegative
    """Vehicles per year; imports: also the weight by which imports are shared among brands."""
    start: Date
    ramp_years: NonNegative = 1
    home_market_percent: Percent = 100
    """Share sold in the country; the rest is exported."""
    probability_percent: Percent = 100
    """How likely it comes."""
    investment_musd: NonNegative = 0
    chinese: bool = False

    @property
    def starts(self) -> float:
        """Decimal year."""
        return year_fraction(self.start)


class VehicleDuty(Row):
    """Duty on imports beyond a quota, from this year until the next row; before the first, and without one, none."""

    key_fields = ("country", "vehicle", "powertrain", "year")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    vehicle: Annotated[str, Of("vehicles")]
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    year: Year
    quota: NonNegative
    """Imports per year without duty."""
    duty_percent: Percent
    price_elasticity: Annotated[float, Field(ge=-10, le=0)]
    """Percent more sold per percent of price: buyers pay the duty."""


class VehicleUse(Row):
    """How far plug-in vehicles of a class drive."""

    key_fields = ("country", "vehicle")
    country: Annotated[str, Of("countries")]
    vehicle: Annotated[str, Of("vehicles")]
    km_per_year: NonNegative
    charging_loss_percent: Annotated[float, Field(ge=0, lt=100)] = 10
    """Of what is drawn from the grid."""


class VehicleZone(Row):
    """How a country's vehicles are spread over its zones."""

    key_fields = ("zone",)
    zone: Annotated[str, Of("zones")]
    share_percent: Percent


class Temperature(Row):
    """Usual mean temperature of a month in a zone, all twelve; a system without any is at 20 degrees everywhere."""

    key_fields = ("zone", "month")
    zone: Annotated[str, Of("zones")]
    month: Month
    celsius: Annotated[float, Field(ge=-60, le=60)]


class TemperatureFactor(Row):
    """Energy per km relative to 20 degrees; linear in between, constant outside."""

    key_fields = ("curve", "celsius")
    curve: Id
    celsius: Annotated[float, Field(ge=-60, le=60)]
    factor: Positive


class MotorFuel(Row):
    """What vehicles burn."""

    id: Id
    name: FreeText
    co2_kg_per_litre: NonNegative


class MotorFuelPrice(Row):
    """Price and origin of a motor fuel."""

    key_fields = ("country", "fuel")
    country: Annotated[str, Of("countries")]
    fuel: Annotated[str, Of("motor_fuels")]
    usd_per_litre: NonNegative
    import_percent: Percent
    """Share that is imported, as fuel or as crude oil."""


class ChargingProfile(Row):
    """When a day's charging energy is drawn without control: shares by hour of the local clock, adding up to 1."""

    key_fields = ("id", "day_type", "hour")
    id: Id
    day_type: Literal["weekday", "weekend"]
    hour: Annotated[int, Field(ge=0, le=23)]
    share: NonNegative


class ChargingPlace(Row):
    """Where vehicles of a class charge, with which chargers, and how much of it can be moved."""

    key_fields = ("country", "vehicle", "place")
    country: Annotated[str, Of("countries")]
    vehicle: Annotated[str, Of("vehicles")]
    place: Id
    share_percent: Percent
    """Of the class's charging energy."""
    profile: Annotated[str, Of("charging_profiles")]
    """A key of ``charging_profiles``."""
    charger_kw: Positive
    session_kwh: Positive
    """Energy of one charging session; with the power it says how many are plugged in."""
    vehicles_per_charger: Positive
    charger_usd: NonNegative
    """Cost of a charger, installed."""
    charger_life_years: Life
    delay_hours: Annotated[float, Field(ge=0, le=24)] = 0
    """How long a vehicle stays plugged in after its uncontrolled charging would begin; 0: it cannot wait."""
    smart_percent: Percent = 0
    """Share of its energy that the plan may move."""


class ChargingTerms(Row):
    """What holds for all charging of a country; without a row, the values given here."""

    key_fields = ("country",)
    country: Annotated[str, Of("countries")]
    hours_ahead: Annotated[int, Field(ge=-12, le=12)] = 0
    """Local clock less UTC+5."""
    network_usd_per_kw: NonNegative = 0
    """Reinforcing local networks, per kW of the highest charging …"""
    network_life_years: Life = 40
    """… and how long that lasts."""
    v2g_percent: Percent = 0
    """Share of the smart vehicles that feed back to the grid …"""
    v2g_available_percent: Percent = 50
    """… how much of them can be counted on …"""
    v2g_battery_percent: Percent = 30
    """… the part of their batteries that may be borrowed …"""
    v2g_efficiency_percent: Annotated[float, Field(gt=0, le=100)] = 90
    """… what comes back of what was charged …"""
    v2g_wear_usd_per_mwh: NonNegative = 0
    """… and the wear of the batteries per MWh fed."""
