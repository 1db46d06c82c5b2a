"""Fuels: what burning them emits, what they cost, how much there is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Months, NonNegative, Row, SomeNames, Year


class Fuel(Row):
    """A fuel and what burning it emits."""

    id: Id
    name: FreeText = ""
    co2_t_per_mwh: Annotated[float, Field(ge=-1, le=2)] = 0
    """tCO2 per MWh of fuel (lower heating value) counted to the power sector."""


class FuelPrice(Row):
    """Price of a fuel at the plants of a zone."""

    key_fields = ("fuel", "zone", "year")
    fuel: Annotated[str, Of("fuels")]
    zone: Annotated[str, Of("zones")]
    year: Year
    usd_per_mwh: float
    """USD per MWh of fuel (lower heating value)."""
    currency: Annotated[str, Of("currencies")] | None = None
    """In which it is set at home; empty: the dollar, as for imported fuel. The same in all years."""


class FuelSupply(Row):
    """A step of a fuel's supply curve shared by zones; its price comes on top of the zone's fuel price.

    Linear between years and constant after the last. Before the first the price is that of the first, without limit.
    """

    key_fields = ("market", "step", "year")
    market: Id
    step: int
    year: Year
    fuel: Annotated[str, Of("fuels")]
    zones: Annotated[SomeNames, Of("zones")]
    usd_per_mwh: float
    border_price: bool = False
    """Price and step together are a price at the border, in dollars, whatever the zone's own price does."""
    limit_gwh: NonNegative | None = None
    """GWh of fuel per year available in this step; empty: no limit."""


class FuelWindow(Row):
    """How much of a supply step power plants get at most in some months of a year.

    Heat and households come first in winter. Windows of a market must not overlap. Linear between years and constant
    after the last; before the first there is none.
    """

    key_fields = ("market", "name", "step", "year")
    together = {("market", "step"): "fuel_supply"}
    market: Annotated[str, Of("fuel_supply.market")]
    name: Id
    step: int
    year: Year
    months: Months
    """The same in all rows of a name."""
    maximum_gwh: NonNegative
    """GWh of fuel over these months."""
