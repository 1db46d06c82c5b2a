"""Past years: what nature gave, how the plan is compared with statistics, and what was calibrated on them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.meaning import Unit
from simulator.system.names import FREE, FreeText, Id, Of
from simulator.system.rows import Months, Names, NonNegative, Row, Year


class Realised(Row):
    """What wind, sun or water of a past year gave, or plants could run, relative to the normal year of the tables.

    It scales the availability of wind, sun, rivers and thermal plants and the inflow of reservoirs in scenarios that
    say ``horizon.realised: true``. Water counts with what was drawn from or stored for other years. Plants that heat
    leads, and those that serve a host, have no row.
    """

    key_fields = ("country", "technology", "year")
    country: Annotated[str, Of("countries")]
    """Country in which it was observed."""
    technology: Annotated[str, Of("technologies")]
    """Technology whose yield it is; for reservoirs their inflow, for thermal plants what can run."""
    year: Year
    """Past year."""
    factor_percent: NonNegative
    """Yield or availability of that year relative to the normal year; 100: normal."""


class Band(Row):
    """How far a figure of the model may lie from the published one."""

    key_fields = ("country", "item", "above")
    country: Annotated[str, Of("countries", also=("all",))] = "all"
    """Country to which the band applies, or ``all`` for countries without a band of their own."""
    item: Annotated[str, Of("items of the backcast", also=("fuel",))]
    """Figure of the backcast, such as ``coal`` or ``peak``; ``fuel``: every fuel without a band of its own."""
    above: Annotated[NonNegative, Unit("unit of the item")] = 0
    """Applies to published figures above this; of several that fit, the highest is taken."""
    percent: NonNegative | None = None
    """Width of the band as a share of the published figure; empty: 0."""
    absolute: Annotated[NonNegative | None, Unit("unit of the item")] = None
    """Width of the band in TWh, MW or percentage points; empty: 0. The wider of the two counts."""
    published_range: bool = False
    """Whether the model may lie anywhere between the lowest and the highest published figure, as sources disagree."""
    same_sign: bool = False
    """Whether the model's figure must also have the sign of the published one."""


class Fact(Row):
    """Something every operator knows, which a dispatch must show."""

    ascending = (("first_hour", "last_hour"), ("least", "most"))
    id: Id
    """Name of the fact."""
    country: Annotated[str, Of("countries")]
    """Country under which it is reported."""
    sentence: FreeText
    """The fact in words."""
    quantity: Literal["flow_percent_of_limit", "backward_mw", "capacity_mw", "release_percent", "inflow_percent"]
    """What is measured: the largest flow relative to the limit (``flow_percent_of_limit``) or backwards
    (``backward_mw``) in these months and hours, the capacity of a link (``capacity_mw``), or the share of a reservoir's
    yearly release or inflow in these months (``release_percent``, ``inflow_percent``)."""
    place: Annotated[str, Of("links", "reservoirs")]
    """Link or reservoir where it is measured."""
    months: Months = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    """Months that are looked at."""
    first_hour: Annotated[int, Field(ge=0, le=23), Unit("hour of the day")] = 0
    """First hour of the day that is looked at, from 0."""
    last_hour: Annotated[int, Field(ge=0, le=23), Unit("hour of the day")] = 23
    """Last hour of the day that is looked at, to 23."""
    least: Annotated[float | None, Unit("% or MW")] = None
    """The figure must be at least this; empty: no lower limit."""
    most: Annotated[float | None, Unit("% or MW")] = None
    """The figure must be at most this; empty: no upper limit."""


class Cause(Row):
    """Why a figure of the backcast misses its band, as far as it was found."""

    key_fields = ("country", "item", "year")
    country: Annotated[str, Of("countries")]
    """Country of the figure."""
    item: Annotated[str, Of("items of the backcast", "backcast_facts")]
    """Figure of the backcast, or a fact of ``backcast_facts``."""
    year: Year | None = None
    """Year of the figure; empty: every year that misses and has no row of its own."""
    cause: FreeText
    """Why it misses, in a sentence."""


class FirstYear(Row):
    """Why the first model year of the shipped scenarios lies below the last statistic of a country."""

    key_fields = ("country", "item")
    country: Annotated[str, Of("countries")]
    """Country whose first model year lies below history."""
    item: FreeText
    """Statistic that it lies below, such as ``generation_hydro``."""
    cause: FreeText
    """Why, for the reader."""


class Calibration(Row):
    """A figure of the tables that decides the backcast: fitted to past years, or taken from elsewhere."""

    ascending = (("low", "value", "high"),)
    id: Id
    """Name of the entry."""
    table: Annotated[str, Of("tables")]
    """Table that has the figure."""
    row: Annotated[str, Of("keys of rows")]
    """Key of the row, for example ``A/2024``."""
    column: Annotated[str, Of("columns")]
    """Column of the figure."""
    value: Annotated[float, Unit("see unit")]
    """The figure, as it is in the table."""
    low: Annotated[float, Unit("see unit")]
    """Lower end of the plausible range."""
    high: Annotated[float, Unit("see unit")]
    """Upper end of the plausible range."""
    unit: FreeText
    """Unit of the value."""
    fitted_items: Annotated[Names, Of("items of the backcast by country")] = ()
    """Figures that were looked at while the value was chosen, as ``COUNTRY/item``; empty: not fitted."""
    set_items: Annotated[Names, Of("items of the backcast by country")] = ()
    """Figures that this volume or cap sets in every year, as ``COUNTRY/item``: inputs of the backcast; empty: none."""
    fitted_years: Annotated[Names, FREE] = ()
    """Years that were looked at: there the backcast shows a fit, elsewhere it is a test."""
