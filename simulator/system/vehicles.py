"""Vehicles: how many, who sells them, what they drive and draw, where they charge.

A *class* (``vehicle``) is what a vehicle does: car, bus, truck. Its *powertrain* is what moves it; ``vehicle_types``
says for each pair how it drives, lives and costs. A plug-in powertrain ``replaces`` another of its class.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Date, Life, Month, NonNegative, Percent, Positive, Row, Year, year_fraction


class Vehicle(Row):
    """A class of vehicles."""

    id: Id
    """Name of the class."""
    name: FreeText
    """Name for the reader."""
    registered_as: Id
    """What registers count it as, when stocks are compared: a taxi is registered as a car."""
    temperature_curve: Annotated[str, Of("temperature_factors.curve")]
    """Curve in ``temperature_factors`` that its consumption follows."""


class VehicleType(Row):
    """How vehicles of a class with one powertrain drive, live and cost."""

    key_fields = ("vehicle", "powertrain")
    together = {("vehicle", "replaces"): "vehicle_types"}
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicle."""
    powertrain: Id
    """What moves it, for example ``bev``, ``phev``, ``petrol``."""
    electric_km_percent: Percent = 0
    """Share of the distance driven on electricity from the grid."""
    kwh_per_km: NonNegative = 0
    """Electricity at the battery, at 20 degrees, while driving on electricity."""
    battery_kwh: NonNegative = 0
    """Size of the battery."""
    fuel: Annotated[str, Of("motor_fuels")] | None = None
    """Motor fuel that it burns; empty: none."""
    fuel_l_per_100km: NonNegative = 0
    """Fuel burnt on the rest of the distance."""
    replaces: Annotated[str, Of("vehicle_types.powertrain")] | None = None
    """Powertrain that would be driven instead; empty: none."""
    survival_shape: Annotated[float, Field(ge=0.1, le=20), Unit("–")]
    """Shape k of the share alive at age a: exp(-(a/scale)^k)."""
    survival_scale_years: Annotated[float, Field(ge=0.1)]
    """Scale of the share alive: the age at which 37 percent are left."""
    price_usd: NonNegative = 0
    """What a buyer pays without duty; values what plants and brands sell."""


class VehicleStock(Row):
    """Vehicles on the road at the end of a year, to start from; ages as in a fleet that neither grows nor shrinks."""

    key_fields = ("country", "vehicle", "powertrain")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    """Country of the stock."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    """Powertrain of the vehicles."""
    year: Year
    """Year at whose end they are counted."""
    vehicles: NonNegative
    """Number on the road."""


class VehicleSales(Row):
    """Vehicles that come on the road in a year: published ones, then an outlook, without duties."""

    key_fields = ("country", "vehicle", "powertrain", "year")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    """Country of the sales."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    """Powertrain of the vehicles."""
    year: Year
    """Year of the sales; linear between years, constant before the first and after the last."""
    new: Annotated[NonNegative, Unit("vehicles/year")]
    """New vehicles that come on the road."""
    second_hand: Annotated[NonNegative, Unit("vehicles/year")] = 0
    """Second-hand vehicles that come from abroad."""
    second_hand_age: Annotated[int, Field(ge=0, le=40), Unit("years")] = 0
    """Age at which second-hand vehicles come."""


class VehicleAdoption(Row):
    """How sales of a plug-in powertrain go on after the published years."""

    key_fields = ("country", "vehicle", "powertrain")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    ascending = (("fit_from", "history_to"),)
    country: Annotated[str, Of("countries")]
    """Country of the sales."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    """Plug-in powertrain whose sales go on."""
    method: Literal["path", "logistic", "bass", "supply"] = "path"
    """``path``: the outlook of the tables. ``logistic``: a share of sales, ``bass``: a part of the stock, both along a
    curve fitted to the published years. ``supply``: what plants and importers bring."""
    history_to: Year
    """Last year whose sales are published."""
    fit_from: Year | None = None
    """First year to which the curve is fitted; empty: only path and supply can be chosen."""
    saturation_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """What the curve ends at, of sales (logistic) or of the stock (Bass); empty: only path and supply can be chosen."""


class VehicleSupply(Row):
    """A plant in the country, or a brand's imports into it."""

    together = {("vehicle", "powertrain"): "vehicle_types"}
    id: Id
    """Name of the plant or of the brand's imports."""
    name: FreeText
    """Name for the reader."""
    brand: FreeText
    """Brand, for the reader."""
    country: Annotated[str, Of("countries")]
    """Country where it sells."""
    kind: Literal["plant", "import"]
    """``plant`` in the country, or ``import`` into it."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    """Powertrain of the vehicles."""
    capacity_per_year: Annotated[NonNegative, Unit("vehicles/year")]
    """Vehicles per year at full output; imports: also the weight by which imports are shared among brands."""
    start: Date
    """Date from which it sells."""
    ramp_years: NonNegative = 1
    """Years over which sales rise evenly to the full capacity; at least one is taken."""
    home_market_percent: Percent = 100
    """Share sold in the country; the rest is exported."""
    probability_percent: Percent = 100
    """How likely it comes; multiplies its capacity."""
    investment_musd: NonNegative = 0
    """Money put into it; reported, no cost of the plan."""
    chinese: bool = False
    """Whether its owner is Chinese, for the reader."""

    @property
    def starts(self) -> float:
        """Decimal year."""
        return year_fraction(self.start)


class VehicleDuty(Row):
    """Duty on imports beyond a quota, from this year until the next row; before the first, and without one, none."""

    key_fields = ("country", "vehicle", "powertrain", "year")
    together = {("vehicle", "powertrain"): "vehicle_types"}
    country: Annotated[str, Of("countries")]
    """Country that asks for the duty."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    powertrain: Annotated[str, Of("vehicle_types.powertrain")]
    """Powertrain of the vehicles."""
    year: Year
    """First year of this rule."""
    quota: Annotated[NonNegative, Unit("vehicles/year")]
    """Imports per year without duty."""
    duty_percent: Percent
    """Duty on imports beyond the quota, as a share of the price."""
    price_elasticity: Annotated[float, Field(ge=-10, le=0), Unit("%/%")]
    """Percent more sold per percent of price: buyers pay the duty."""


class VehicleUse(Row):
    """How far plug-in vehicles of a class drive."""

    key_fields = ("country", "vehicle")
    country: Annotated[str, Of("countries")]
    """Country of the vehicles."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    km_per_year: NonNegative
    """Distance that a vehicle drives in a year."""
    charging_loss_percent: Annotated[float, Field(ge=0, lt=100)] = 10
    """Share of what is drawn from the grid that is lost in charging."""


class VehicleZone(Row):
    """How a country's vehicles are spread over its zones."""

    key_fields = ("zone",)
    zone: Annotated[str, Of("zones")]
    """Zone where the vehicles are; a zone without a row has none."""
    share_percent: Percent
    """Share of the country's vehicles; adds up to 100 per country."""


class Temperature(Row):
    """Usual mean temperature of a month in a zone, all twelve; a system without any is at 20 degrees everywhere."""

    key_fields = ("zone", "month")
    zone: Annotated[str, Of("zones")]
    """Zone of the temperature."""
    month: Month
    """Month of the year."""
    celsius: Annotated[float, Field(ge=-60, le=60)]
    """Usual mean temperature of the month."""


class TemperatureFactor(Row):
    """Energy per km relative to 20 degrees; linear in between, constant outside."""

    key_fields = ("curve", "celsius")
    curve: Id
    """Name of the curve, by which classes of vehicles name it."""
    celsius: Annotated[float, Field(ge=-60, le=60)]
    """Temperature of this point."""
    factor: Annotated[Positive, Unit("–")]
    """Energy per km at this temperature, relative to 20 degrees."""


class MotorFuel(Row):
    """What vehicles burn."""

    id: Id
    """Name of the fuel."""
    name: FreeText
    """Name for the reader."""
    co2_kg_per_litre: NonNegative
    """CO2 at the exhaust."""


class MotorFuelPrice(Row):
    """Price and origin of a motor fuel."""

    key_fields = ("country", "fuel")
    country: Annotated[str, Of("countries")]
    """Country of the price."""
    fuel: Annotated[str, Of("motor_fuels")]
    """Motor fuel that is priced."""
    usd_per_litre: NonNegative
    """Price at which avoided imports are valued."""
    import_percent: Percent
    """Share that is imported, as fuel or as crude oil."""


class ChargingProfile(Row):
    """When a day's charging energy is drawn without control: shares by hour of the local clock, adding up to 1."""

    key_fields = ("id", "day_type", "hour")
    id: Id
    """Name of the profile; its 48 rows share it."""
    day_type: Literal["weekday", "weekend"]
    """``weekday`` or ``weekend``."""
    hour: Annotated[int, Field(ge=0, le=23), Unit("hour of the day")]
    """Hour of the local clock, from 0."""
    share: Annotated[NonNegative, Unit("–")]
    """Share of the day's energy drawn in this hour; adds up to 1 over the day."""


class ChargingPlace(Row):
    """Where vehicles of a class charge, with which chargers, and how much of it can be moved."""

    key_fields = ("country", "vehicle", "place")
    country: Annotated[str, Of("countries")]
    """Country of the vehicles."""
    vehicle: Annotated[str, Of("vehicles")]
    """Class of the vehicles."""
    place: Id
    """Name of the place, for example ``home``."""
    share_percent: Percent
    """Share of the class's charging energy drawn here; adds up to 100 per class."""
    profile: Annotated[str, Of("charging_profiles")]
    """Profile in ``charging_profiles`` that charging without control follows."""
    charger_kw: Positive
    """Power of a charger."""
    session_kwh: Positive
    """Energy of one charging session; with the power it decides how many are plugged in."""
    vehicles_per_charger: Positive
    """Plug-in vehicles of the class for each charger."""
    charger_usd: NonNegative
    """Cost of a charger, installed."""
    charger_life_years: Life
    """Years over which a charger is paid."""
    delay_hours: Annotated[float, Field(ge=0, le=24)] = 0
    """How long a vehicle stays plugged in after its uncontrolled charging would begin; 0: it cannot wait."""
    smart_percent: Percent = 0
    """Share of its energy that the plan may move."""


class ChargingTerms(Row):
    """What applies to all charging of a country; without a row, the defaults here."""

    key_fields = ("country",)
    country: Annotated[str, Of("countries")]
    """Country of the terms."""
    hours_ahead: Annotated[int, Field(ge=-12, le=12), Unit("h")] = 0
    """Local clock less UTC+5."""
    network_usd_per_kw: NonNegative = 0
    """Capital cost of reinforcing distribution networks, per kW of the highest charging."""
    network_life_years: Life = 40
    """Years over which the reinforcement is paid."""
    v2g_percent: Percent = 0
    """Share of the smart vehicles that feed back to the grid."""
    v2g_available_percent: Percent = 50
    """Share of the vehicles that feed back on which the plan can count."""
    v2g_battery_percent: Percent = 30
    """Part of their batteries that may be borrowed."""
    v2g_efficiency_percent: Annotated[float, Field(gt=0, le=100)] = 90
    """Energy fed to the grid per energy charged again."""
    v2g_wear_usd_per_mwh: NonNegative = 0
    """Wear of the batteries per MWh fed."""
