"""Links between zones, and trade with neighbours outside."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.system.rows import Date, Months, NonNegative, Percent, Positive, Row, Year, year_fraction


class Link(Row):
    """A line or cut-set between two zones."""

    references = {"from_zone": "zones", "to_zone": "zones", "investor": "investors"}
    id: str
    from_zone: str
    to_zone: str
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
    life_years: Positive = 40
    fixed_om_percent: Percent = 0
    """Of the overnight cost per year."""
    investor: str | None = None
    """Whose cost of capital expansion is paid at; default: the social rate."""
    existing_is_paid: bool = True
    """If false, existing capacity still costs its annuity and operation."""

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Link:
        opens, closes = self.in_service, self.out_of_service
        if opens and closes and year_fraction(closes) <= year_fraction(opens):
            raise ValueError(f"it closes ({self.out_of_service}) before it opens ({self.in_service})")
        return self


class Market(Row):
    """A neighbour outside the model."""

    id: str
    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0
    longitude: Annotated[float, Field(ge=-180, le=180)] = 0


class Offer(Row):
    """A step of trade with a market: so much at this price, in these months."""

    references = {"market": "markets", "zone": "zones"}
    id: str
    market: str
    zone: str
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
        if self.last_year < self.first_year:
            raise ValueError(f"it ends ({self.last_year}) before it begins ({self.first_year})")
        return self
