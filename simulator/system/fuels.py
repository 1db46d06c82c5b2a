"""Fuels: what burning them emits, what they cost, how much there is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Months, NonNegative, Row, SomeNames, Year


class Fuel(Row):
    """A fuel and what burning it emits."""

    id: Id
    """Name of the fuel."""
    name: FreeText = ""
    """Name for the reader."""
    co2_t_per_mwh: Annotated[float, Field(ge=-1, le=2)] = 0
    """CO2 per MWh of fuel (lower heating value) that is counted to the power sector; 0: none."""


class FuelPrice(Row):
    """Price of a fuel at the plants of a zone."""

    key_fields = ("fuel", "zone", "year")
    fuel: Annotated[str, Of("fuels")]
    """Fuel that is priced."""
    zone: Annotated[str, Of("zones")]
    """Zone in which plants pay this price."""
    year: Year
    """Year of the price; linear between years, constant before the first and after the last."""
    usd_per_mwh: float
    """Price per MWh of fuel (lower heating value), in dollars of the system's money year."""
    usd_per_mwh_low: float | None = None
    """The same with ``gas: low``, whatever the fuel; empty: as the middle."""
    usd_per_mwh_high: float | None = None
    """The same with ``gas: high``, whatever the fuel; empty: as the middle."""
    currency: Annotated[str, Of("currencies")] | None = None
    """Currency in which the price is set at home, the same in all years; empty: the dollar, as for imported fuel."""


class FuelSupply(Row):
    """A step of a fuel's supply curve shared by zones; its price comes on top of the zone's fuel price.

    Linear between years and constant after the last. Before the first the price is that of the first, without limit.
    """

    key_fields = ("market", "step", "year")
    market: Id
    """Name of the supply curve; its steps share it."""
    step: Annotated[int, Unit("–")]
    """Number of the step within its market."""
    year: Year
    """Year of this row's price and limit."""
    fuel: Annotated[str, Of("fuels")]
    """Fuel that is sold; the same in all rows of a market."""
    zones: Annotated[SomeNames, Of("zones")]
    """Zones whose plants buy here, for example ``A;B``; the same in all rows of a market."""
    usd_per_mwh: float
    """Price per MWh of fuel on top of the zone's fuel price; may be negative."""
    border_price: bool = False
    """Whether price and step together are a price at the border, in dollars, whatever the zone's own price does."""
    limit_gwh: Annotated[NonNegative | None, Unit("GWh/year")] = None
    """Fuel available in this step; empty: no limit from this year on, until a row that has one."""
    limit_gwh_low: Annotated[NonNegative | None, Unit("GWh/year")] = None
    """The same with ``gas: low``; empty: as the middle."""
    limit_gwh_high: Annotated[NonNegative | None, Unit("GWh/year")] = None
    """The same with ``gas: high``; empty: as the middle."""


class FuelWindow(Row):
    """How much of a supply step power plants get at most in some months of a year.

    Heat and households come first in winter. Windows of a market must not overlap. Linear between years and constant
    after the last; before the first there is none.
    """

    key_fields = ("market", "name", "step", "year")
    together = {("market", "step"): "fuel_supply"}
    market: Annotated[str, Of("fuel_supply.market")]
    """Supply curve to which the window belongs."""
    name: Id
    """Name of the window; its rows share it."""
    step: Annotated[int, Unit("–")]
    """Step of the supply curve that is limited."""
    year: Year
    """Year of this row's limit."""
    months: Months
    """Months of the window, for example ``12;1;2``; the same in all rows of a name."""
    maximum_gwh: NonNegative
    """Most fuel from this step over these months together."""


class FuelDelivery(Row):
    """How much of a fuel reaches the power plants of some zones in some months, whoever sells it: a pipeline, or what
    homes leave of it. Linear between years and constant after the last; before the first there is no limit."""

    key_fields = ("name", "year")
    name: Id
    """Name of the limit; its rows share it."""
    fuel: Annotated[str, Of("fuels")]
    """Fuel that is limited; the same in all rows of a name."""
    zones: Annotated[SomeNames, Of("zones")]
    """Zones whose plants share it; the same in all rows of a name."""
    months: Months = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    """Months of the limit, for example ``12;1;2``; the same in all rows of a name."""
    year: Year
    """Year of this row's limit."""
    maximum_gwh: NonNegative
    """Most fuel over these months together."""
    maximum_gwh_low: NonNegative | None = None
    """The same with ``gas: low``; empty: as the middle."""
    maximum_gwh_high: NonNegative | None = None
    """The same with ``gas: high``; empty: as the middle."""
