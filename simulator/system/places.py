"""Places: countries, zones, their demand and local networks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import NonNegative, Percent, Positive, Premium, Rate, Row, Year, wrong


class Country(Row):
    """A country: the area of adequacy, reserves, emissions and targets."""

    id: Id
    name: FreeText
    currency: Annotated[str, Of("currencies")] | None = None
    """In which its plants pay for operation; empty: the dollar."""
    planning_margin_percent: NonNegative = 0
    """Firm capacity must exceed the yearly peak by this much."""
    firm_import_mw: NonNegative = 0
    """Firm help from outside the modelled system that planners count on at the peak."""
    adequacy_shortfall_usd_per_kw_year: NonNegative = 0
    """Price of each kW missing from the planning margin; 0 = the margin is not enforced."""
    reserve_percent_of_load: NonNegative = 0
    """Spinning reserve as a share of load …"""
    reserve_percent_of_wind_and_solar: NonNegative = 0
    """… and of the output of wind and solar."""
    reserve_shortfall_usd_per_mwh: Positive = 500
    """Price of reserve that is missing."""
    value_of_lost_load_usd_per_mwh: Positive = 3000
    risk_premium_percent: Premium = 0
    """Country risk added to an investor's cost of capital, times the investor's exposure."""
    market_debt_rate_percent: Annotated[Rate, Field(ge=0)] | None = None
    """Nominal interest a power plant pays at market terms, before tax; loans are measured against it …"""
    market_debt_currency: Annotated[str, Of("currencies")] | None = None
    """… in this currency; both empty: no loan of the country is measured."""

    @model_validator(mode="after")
    def _market_rate_has_a_currency(self) -> Country:
        if (self.market_debt_rate_percent is None) != (self.market_debt_currency is None):
            raise wrong("market_debt_rate_percent", "market_debt_rate_percent and market_debt_currency go together")
        return self


class Zone(Row):
    """A node of the grid."""

    id: Id
    country: Annotated[str, Of("countries")]
    name: FreeText
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0
    longitude: Annotated[float, Field(ge=-180, le=180)] = 0
    weather: Annotated[str, Of("weather")] | None = None
    """Zone of the weather tables whose wind, sun and load shape are used; none: profiles must be given."""


class LocalNetwork(Row):
    """The network between the grid's node and its customers, where it is planned too."""

    key_fields = ("zone",)
    zone: Annotated[str, Of("zones")]
    existing_mw: NonNegative = 0
    annual_usd_per_kw: NonNegative = 0
    """Cost of a kW of network per year, existing or new."""
    loss_percent: Percent = 0


class PeakDemand(Row):
    """Coincident peak the local network must carry, beyond what flows in the slices of the plan.

    Linear between years, constant outside them.
    """

    key_fields = ("zone", "year")
    zone: Annotated[str, Of("zones")]
    year: Year
    peak_mw: Positive


class Demand(Row):
    """Yearly electricity demand of a zone at the generator terminals (own use and losses inside), without NEV."""

    key_fields = ("zone", "year")
    zone: Annotated[str, Of("zones")]
    year: Year
    energy_gwh: NonNegative
