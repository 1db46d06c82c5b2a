"""Years that happened: what nature gave, how the plan is compared with statistics, and what was calibrated on them."""

from __future__ import annotations

from typing import Annotated, Literal

from simulator.system.names import FREE, FreeText, Id, Of
from simulator.system.rows import Months, Names, NonNegative, Row, Year


class Realised(Row):
    """What wind, sun or water of a past year gave, relative to the normal year of the tables.

    It scales the availability of wind, sun and rivers and the inflow of reservoirs in scenarios that say
    ``horizon.realised: true``. Water counts with what was drawn from or stored for other years.
    """

    key_fields = ("country", "technology", "year")
    country: Annotated[str, Of("countries")]
    technology: Annotated[str, Of("technologies")]
    year: Year
    factor_percent: NonNegative


class Band(Row):
    """How far a figure of the model may lie from the published one."""

    key_fields = ("country", "item", "above")
    country: Annotated[str, Of("countries", also=("all",))] = "all"
    """Country code, or ``all`` for countries without a band of their own."""
    item: Annotated[str, Of("items of the backcast", also=("fuel",))]
    """``fuel``: every fuel without a band of its own."""
    above: NonNegative = 0
    """Holds for published figures above this; the highest that fits is taken."""
    percent: NonNegative | None = None
    """Of the published figure …"""
    absolute: NonNegative | None = None
    """… or in the item's unit; where both are given the wider one counts."""
    same_sign: bool = False
    """The model's figure must have the sign of the published one."""


class Fact(Row):
    """Something every operator knows, which a dispatch must show."""

    id: Id
    country: Annotated[str, Of("countries")]
    sentence: FreeText
    quantity: Literal["flow_percent_of_limit", "backward_mw", "capacity_mw", "release_percent", "inflow_percent"]
    """Largest flow forwards relative to the limit, or largest flow backwards, in the months and hours given; largest
    capacity of a link; share of a reservoir's yearly release or inflow that falls into the months given."""
    place: Annotated[str, Of("links", "reservoirs")]
    """A link or a reservoir."""
    months: Months = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    first_hour: int = 0
    last_hour: int = 23
    least: float | None = None
    most: float | None = None


class Cause(Row):
    """Why a figure of the backcast misses its band, as far as it was found."""

    key_fields = ("country", "item", "year")
    country: Annotated[str, Of("countries")]
    item: Annotated[str, Of("items of the backcast", "backcast_facts")]
    year: Year
    cause: FreeText


class Calibration(Row):
    """A figure of the tables that decides the backcast: fitted to past years, or taken from elsewhere."""

    id: Id
    table: Annotated[str, Of("tables")]
    row: Annotated[str, Of("keys of rows")]
    column: Annotated[str, Of("columns")]
    """Where it stands: table, key of the row, column."""
    value: float
    low: float
    high: float
    """Plausible range."""
    unit: FreeText
    fitted_items: Annotated[Names, Of("items of the backcast by country")] = ()
    """What was looked at while it was chosen, as ``COUNTRY/item`` …"""
    fitted_years: Annotated[Names, FREE] = ()
    """… in these years: there the backcast shows a fit, elsewhere it is a test. Empty: not fitted."""
