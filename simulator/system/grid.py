"""Links between zones, what they share (limits, reserve), and trade with neighbours outside."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import (
    Date,
    Life,
    Months,
    Names,
    NonNegative,
    Percent,
    Positive,
    Row,
    Year,
    wrong,
    year_fraction,
)


class Link(Row):
    """A line or cut-set between two zones."""

    id: Id
    from_zone: Annotated[str, Of("zones")]
    to_zone: Annotated[str, Of("zones")]
    forward_mw: NonNegative = 0
    backward_mw: NonNegative = 0
    loss_percent: Percent = 0
    hurdle_usd_per_mwh: NonNegative = 0
    """Cost of using it: tariffs and the friction of trade."""
    in_service: Date | None = None
    """Capacity counts from here; empty: already there …"""
    out_of_service: Date | None = None
    """… until here; empty: for good."""
    expandable_from: Year | None = None
    """First year in which capacity can be added; empty: never."""
    expansion_limit_mw: NonNegative | None = None
    overnight_usd_per_kw: NonNegative = 0
    life_years: Life = 40
    fixed_om_percent: Percent = 0
    """Of the overnight cost per year."""
    investor: Annotated[str, Of("investors")] | None = None
    """Whose cost of capital expansion is paid at; default: the social rate."""
    existing_is_paid: bool = True
    """If false, existing capacity still costs its annuity and operation."""
    reactance_ohm: Positive | None = None
    """Of all its circuits together. With ``grid.power_flow: linear`` flows then follow it; empty (direct current, not
    known): the flow is free."""
    voltage_kv: Positive | None = None
    """At which the reactance is given."""

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Link:
        _check_dates(self.in_service, self.out_of_service)
        return self

    @model_validator(mode="after")
    def _reactance_has_a_voltage(self) -> Link:
        if (self.reactance_ohm is None) != (self.voltage_kv is None):
            raise wrong("reactance_ohm", "reactance_ohm and voltage_kv go together")
        return self


class CutSet(Row):
    """Links that share a limit: the sum of what they send, counted in or against their direction. Without a limit
    their sum is reported only."""

    id: Id
    name: FreeText
    forward_links: Annotated[Names, Of("links")] = ()
    """Counted in their own direction …"""
    backward_links: Annotated[Names, Of("links")] = ()
    """… and against it."""
    forward_mw: NonNegative | None = None
    """Most that passes; empty: no limit."""
    backward_mw: NonNegative | None = None
    """Most that passes the other way."""
    in_service: Date | None = None
    """The limit holds in the years whose middle lies between these dates; empty: since ever …"""
    out_of_service: Date | None = None
    """… and for good."""
    expansion_percent: Percent = 100
    """What is added to a member adds this share of it to the limit; 0: nothing."""

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> CutSet:
        _check_dates(self.in_service, self.out_of_service)
        return self

    @model_validator(mode="after")
    def _holds_several_links(self) -> CutSet:
        links = [*self.forward_links, *self.backward_links]
        twice = sorted({name for name in links if links.count(name) > 1})
        if twice:
            raise wrong("forward_links", f"it counts {', '.join(twice)} twice")
        if len(links) < 2:
            raise wrong("forward_links", "it needs two links or more: the limit of one link stands in its own row")
        return self


class ReserveArea(Row):
    """Countries that hold the spinning reserve for all of them together."""

    id: Id
    countries: Annotated[Names, Of("countries")]
    own_percent: Percent = 0
    """Least share of its own need that every country holds at home."""
    first_year: Year = 1900
    last_year: Year = 2200

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> ReserveArea:
        _check_years(self.first_year, self.last_year)
        return self

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
    name: FreeText
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0
    longitude: Annotated[float, Field(ge=-180, le=180)] = 0


class Offer(Row):
    """A step of trade with a market: so much at this price, in these months."""

    id: Id
    market: Annotated[str, Of("markets")]
    zone: Annotated[str, Of("zones")]
    direction: Literal["import", "export"]
    usd_per_mwh: float
    """Price paid for imports or earned for exports."""
    limit_mw: NonNegative
    first_year: Year = 1900
    last_year: Year = 2200
    months: Months = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    minimum_gwh: NonNegative = 0
    """Contract: least and most energy per year."""
    maximum_gwh: NonNegative | None = None
    profile: Literal["flexible", "flat"] = "flexible"
    """Flat: the same power in every hour of its months."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Offer:
        _check_years(self.first_year, self.last_year)
        return self


def _check_dates(opens: str | None, closes: str | None) -> None:
    if opens and closes and year_fraction(closes) <= year_fraction(opens):
        raise wrong("out_of_service", f"it closes ({closes}) before it opens ({opens})")


def _check_years(first: int, last: int) -> None:
    if last < first:
        raise wrong("last_year", f"it ends ({last}) before it begins ({first})")
