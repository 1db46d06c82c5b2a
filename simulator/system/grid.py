"""Links between zones, what they share (limits, reserve), and trade with neighbours outside."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import (
    Date,
    Latitude,
    Life,
    Longitude,
    Months,
    Names,
    NonNegative,
    Percent,
    Positive,
    Row,
    Year,
    wrong,
)


class Link(Row):
    """A line or cut-set between two zones."""

    rising = (("in_service", "out_of_service"),)
    id: Id
    """Name of the link."""
    from_zone: Annotated[str, Of("zones")]
    """Zone where it begins."""
    to_zone: Annotated[str, Of("zones")]
    """Zone where it ends."""
    forward_mw: NonNegative = 0
    """Capacity from its first to its second zone, as sent."""
    backward_mw: NonNegative = 0
    """Capacity from its second to its first zone, as sent."""
    loss_percent: Percent = 0
    """Share of what is sent that does not arrive."""
    hurdle_usd_per_mwh: NonNegative = 0
    """Cost of using it per MWh sent, in either direction: tariffs and the friction of trade."""
    in_service: Date | None = None
    """Date from which its capacity counts; empty: it is already there."""
    out_of_service: Date | None = None
    """Date from which its capacity no longer counts; empty: for good."""
    expandable_from: Year | None = None
    """First year in which capacity can be added; empty: never."""
    expansion_limit_mw: NonNegative | None = None
    """Most that may be added in all years together; empty: no limit."""
    overnight_usd_per_kw: NonNegative | None = None
    """Capital cost per kW of capacity added in both directions; empty: not known, which neither ``expandable_from`` nor
    ``existing_is_paid: false`` allows."""
    life_years: Life = 40
    """Years over which the capital is paid."""
    fixed_om_percent: Annotated[Percent, Unit("%/year")] = 0
    """Operation cost per year, as a share of the overnight cost."""
    investor: Annotated[str, Of("investors")] | None = None
    """Whose cost of capital the expansion pays; empty: the social rate."""
    existing_is_paid: bool = True
    """Whether existing capacity costs nothing; if false, it costs its annuity and operation."""
    reactance_ohm: Positive | None = None
    """Reactance of all its circuits together; with ``grid.power_flow: linear`` flows follow it. Empty (direct current,
    or not known): the flow is free."""
    voltage_kv: Positive | None = None
    """Voltage at which the reactance is given; given together with it."""

    @model_validator(mode="after")
    def _reactance_has_a_voltage(self) -> Link:
        if (self.reactance_ohm is None) != (self.voltage_kv is None):
            raise wrong("reactance_ohm", "reactance_ohm and voltage_kv go together")
        return self


class CutSet(Row):
    """Links that share a limit: the sum of what they send, counted in or against their direction. Without a limit
    their sum is reported only."""

    rising = (("in_service", "out_of_service"),)
    id: Id
    """Name of the cut-set."""
    name: FreeText
    """Name for the reader."""
    forward_links: Annotated[Names, Of("links")] = ()
    """Links counted in their own direction."""
    backward_links: Annotated[Names, Of("links")] = ()
    """Links counted against their direction."""
    forward_mw: NonNegative | None = None
    """Most that passes in its direction, as sent; empty: no limit."""
    backward_mw: NonNegative | None = None
    """Most that passes the other way; empty: no limit."""
    in_service: Date | None = None
    """The limit binds in the years whose middle is after this date; empty: from the start."""
    out_of_service: Date | None = None
    """The limit binds in the years whose middle is before this date; empty: to the end."""
    expansion_percent: Percent = 100
    """Share of capacity added to a member that is added to the limit; 0: nothing."""

    @model_validator(mode="after")
    def _holds_several_links(self) -> CutSet:
        links = [*self.forward_links, *self.backward_links]
        twice = sorted({name for name in links if links.count(name) > 1})
        if twice:
            raise wrong("forward_links", f"it counts {', '.join(twice)} twice")
        if len(links) < 2:
            raise wrong("forward_links", "it needs two links or more: the limit of one link is in its own row")
        return self


class ReserveArea(Row):
    """Countries that share their spinning reserve."""

    ascending = (("first_year", "last_year"),)
    id: Id
    """Name of the area."""
    countries: Annotated[Names, Of("countries")]
    """Countries that share the spinning reserve."""
    own_percent: Percent = 0
    """Least share of its own need that every country must provide at home."""
    first_year: Year = 1900
    """First year in which they share."""
    last_year: Year = 2200
    """Last year in which they share."""

    @model_validator(mode="after")
    def _shares(self) -> ReserveArea:
        if len(set(self.countries)) < 2:
            raise wrong("countries", "it needs two countries or more")
        if self.own_percent == 100:
            raise wrong(
                "own_percent", "a country that holds all of its reserve shares none: own_percent must be below 100"
            )
        return self


class Market(Row):
    """A neighbour outside the model."""

    id: Id
    """Name of the market."""
    name: FreeText
    """Name for the reader."""
    latitude: Latitude = 0
    """Place on maps; 0 with longitude 0: not stated."""
    longitude: Longitude = 0
    """Place on maps; 0 with latitude 0: not stated."""


class MarketStep(Row):
    """A step of trade with a market: so much at this price, in these months."""

    ascending = (("first_year", "last_year"), ("minimum_gwh", "maximum_gwh"))
    id: Id
    """Name of the step."""
    market: Annotated[str, Of("markets")]
    """Market that buys or sells."""
    zone: Annotated[str, Of("zones")]
    """Zone that trades with it."""
    direction: Literal["import", "export"]
    """``import``: the zone buys. ``export``: the zone sells."""
    usd_per_mwh: float
    """Price paid for imports or earned for exports."""
    limit_mw: NonNegative
    """Most power that is traded; 0: none."""
    first_year: Year = 1900
    """First year in which it is open."""
    last_year: Year = 2200
    """Last year in which it is open."""
    months: Months = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    """Months in which it is open, for example ``10;11;12``."""
    minimum_gwh: Annotated[NonNegative, Unit("GWh/year")] = 0
    """Contract: least energy per year, whatever it costs; 0: none."""
    maximum_gwh: Annotated[NonNegative | None, Unit("GWh/year")] = None
    """Contract: most energy per year; empty: no limit."""
    profile: Literal["flexible", "flat"] = "flexible"
    """``flexible``: any power up to the limit. ``flat``: the same power in every hour of its months."""


class TradeContract(Row):
    """A volume of energy agreed over links or with markets, in one direction. Its years are in ``contract_years``.

    Lines are often wider than what is agreed on: then this, not the line, limits the trade of a year.
    """

    id: Id
    """Name of the contract."""
    name: FreeText
    """Name for the reader: seller and buyer."""
    forward_links: Annotated[Names, Of("links")] = ()
    """Links whose energy counts when it flows in their own direction."""
    backward_links: Annotated[Names, Of("links")] = ()
    """Links whose energy counts when it flows against their direction."""
    market_steps: Annotated[Names, Of("market_steps")] = ()
    """Steps of border markets whose energy counts."""

    @model_validator(mode="after")
    def _limits_something(self) -> TradeContract:
        if not (self.forward_links or self.backward_links or self.market_steps):
            raise wrong("forward_links", "it limits nothing: name links or market steps")
        return self


class ContractYear(Row):
    """Volume of a contract in a year; linear between years and constant after the last. Before the first no limit."""

    key_fields = ("contract", "year")
    contract: Annotated[str, Of("trade_contracts")]
    """Contract that is limited."""
    year: Year
    """Year of the volume."""
    maximum_gwh: Annotated[NonNegative, Unit("GWh/year")]
    """Most energy in the year, as sent."""
    maximum_gwh_low: Annotated[NonNegative | None, Unit("GWh/year")] = None
    """The same with ``contracts: low``; empty: as the middle."""
    maximum_gwh_high: Annotated[NonNegative | None, Unit("GWh/year")] = None
    """The same with ``contracts: high``; empty: as the middle."""
