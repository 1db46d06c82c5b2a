"""Places: countries, zones, their demand and distribution networks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import (
    Latitude,
    Longitude,
    NonNegative,
    Percent,
    Positive,
    Premium,
    Rate,
    Row,
    Year,
    wrong,
)


class Country(Row):
    """A country: the area of adequacy, reserves, emissions and targets."""

    id: Id
    """Name of the country, for example its code."""
    name: FreeText
    """Name for the reader."""
    currency: Annotated[str, Of("currencies")] | None = None
    """Currency in which its plants pay for operation; empty: the dollar."""
    planning_margin_percent: NonNegative = 0
    """Firm capacity must exceed the yearly peak by this much."""
    firm_import_mw: NonNegative = 0
    """Firm help from outside the modelled system that planners count on at the peak."""
    adequacy_shortfall_usd_per_kw_year: NonNegative = 0
    """Price of each kW missing from the planning margin; 0: the margin is not enforced."""
    reserve_percent_of_load: NonNegative = 0
    """Spinning reserve asked for, as a share of load with charging; 0: none."""
    reserve_percent_of_wind_and_solar: NonNegative = 0
    """Spinning reserve asked for, as a share of the output of wind and solar; 0: none."""
    reserve_shortfall_usd_per_mwh: Positive = 500
    """Price of reserve that is missing, per MW and hour."""
    value_of_lost_load_usd_per_mwh: Positive = 3000
    """Price of load that is not served and was not rationed by plan."""
    value_of_lost_load_usd_per_mwh_low: Positive | None = None
    """The same with ``shortage: low``; empty: as the middle."""
    value_of_lost_load_usd_per_mwh_high: Positive | None = None
    """The same with ``shortage: high``; empty: as the middle."""
    risk_premium_percent: Annotated[Premium, Unit("%/year")] = 0
    """Country risk added to an investor's real cost of capital, times the investor's exposure."""
    market_debt_rate_percent: Annotated[Annotated[Rate, Field(ge=0)] | None, Unit("%/year")] = None
    """Nominal interest that a power plant pays at market terms, before tax; loans are compared with it. Empty: no loan
    of the country is compared."""
    market_debt_currency: Annotated[str, Of("currencies")] | None = None
    """Currency of ``market_debt_rate_percent``; given together with it."""

    @model_validator(mode="after")
    def _market_rate_has_a_currency(self) -> Country:
        if (self.market_debt_rate_percent is None) != (self.market_debt_currency is None):
            raise wrong("market_debt_rate_percent", "market_debt_rate_percent and market_debt_currency go together")
        return self


class Rationing(Row):
    """A step of planned rationing: load that is announced to be cut, which costs less than an outage.

    Steps are used before load is lost unplanned. Their prices ascend and stay below the value of lost load.
    """

    key_fields = ("country", "step")
    country: Annotated[str, Of("countries")]
    """Country that rations."""
    step: Annotated[int, Field(ge=1), Unit("–")]
    """Number of the step, from 1; each costs more than the one before."""
    percent_of_load: Annotated[Percent, Field(gt=0)]
    """Most of a zone's load that this step cuts, at any time."""
    usd_per_mwh: Positive
    """Price of load that is cut."""
    usd_per_mwh_low: Positive | None = None
    """The same with ``shortage: low``; empty: as the middle."""
    usd_per_mwh_high: Positive | None = None
    """The same with ``shortage: high``; empty: as the middle."""


class Zone(Row):
    """A node of the grid."""

    id: Id
    """Name of the zone."""
    country: Annotated[str, Of("countries")]
    """Country to which it belongs."""
    name: FreeText
    """Name for the reader."""
    latitude: Latitude = 0
    """Place on maps; 0 with longitude 0: not stated."""
    longitude: Longitude = 0
    """Place on maps, and check of the hour of noon in solar profiles; 0 with latitude 0: not stated."""
    weather: Annotated[str, Of("weather")] | None = None
    """Zone of the weather tables whose wind, sun and load shape are used; empty: ``horizon.profiles`` must give
    them."""


class DistributionNetwork(Row):
    """The network between the grid's node and its customers, where it is planned too."""

    key_fields = ("zone",)
    zone: Annotated[str, Of("zones")]
    """Zone whose customers lie below a distribution network; one without a row has none."""
    existing_mw: NonNegative = 0
    """Capacity at the start of the plan."""
    annual_usd_per_kw: Annotated[NonNegative, Unit("USD/(kW·year)")] = 0
    """Cost of a kW of network per year, existing or new."""
    loss_percent: Percent = 0
    """Share of what the network draws from the grid that is lost on the way to customers."""


class PeakDemand(Row):
    """Coincident peak the distribution network must carry, beyond what flows in the slices of the plan.

    Linear between years, constant outside them.
    """

    key_fields = ("zone", "year")
    zone: Annotated[str, Of("zones")]
    """Zone with a distribution network."""
    year: Year
    """Year of the peak."""
    peak_mw: Positive
    """Highest load that must be delivered to customers."""


class Demand(Row):
    """Yearly electricity demand of a zone at the generator terminals (own use and losses inside), without NEV."""

    key_fields = ("zone", "year")
    zone: Annotated[str, Of("zones")]
    """Zone of the demand."""
    year: Year
    """Year of the demand; linear between years, constant before the first and after the last."""
    energy_gwh: Annotated[NonNegative, Unit("GWh/year")]
    """Electricity at the generator terminals, own use and losses inside, without plug-in vehicles and corridors."""
