"""Rivers and reservoirs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Month, Months, NonNegative, Percent, Positive, Row, wrong

HOURS = 8760


class Reservoir(Row):
    """Water that is stored over seasons and turned into power by the plants that name it."""

    ascending = (("minimum_percent", "start_percent"),)
    id: Id
    """Name of the reservoir."""
    name: FreeText
    """Name for the reader."""
    zone: Annotated[str, Of("zones")]
    """Zone to which it belongs; its country decides dry and wet years."""
    active_hm3: NonNegative
    """Volume between dead and full storage; 0: the inflow of each period must be used in it."""
    energy_mwh_per_hm3: Positive
    """Energy of one hm3 through the turbines counted with it (own plant and the cascade named with it)."""
    start_percent: Percent | None = None
    """Content on 1 January, of the active volume, and again at the year's end; empty: free, the same at both ends."""
    minimum_percent: Percent = 0
    """Content it never falls below, of the active volume: safety of the dam, fish, a reserve for irrigation."""
    downstream: Annotated[str, Of("reservoirs")] | None = None
    """Reservoir into which turbined and spilled water flows; empty: none."""
    travel_hours: NonNegative = 0
    """How long the water is on its way to ``downstream``."""

    @model_validator(mode="after")
    def _water_can_move(self) -> Reservoir:
        if self.travel_hours and self.downstream is None:
            raise wrong("travel_hours", "`travel_hours` has an effect with `downstream` only")
        if self.travel_hours >= HOURS:
            raise wrong("travel_hours", "water is on its way for less than a year: `travel_hours` below 8760")
        return self


class Inflow(Row):
    """Natural inflow of a month in a normal year: all twelve, or none of a reservoir to which others flow."""

    key_fields = ("reservoir", "month")
    reservoir: Annotated[str, Of("reservoirs")]
    """Reservoir into which it flows."""
    month: Month
    """Month of the year."""
    inflow_hm3: NonNegative
    """Water of the month."""


class Withdrawal(Row):
    """What fields and canals take in a month from the water that comes to a reservoir, return flow deducted.

    Months without a row: nothing.
    """

    key_fields = ("reservoir", "month")
    reservoir: Annotated[str, Of("reservoirs")]
    """Reservoir from whose water it is taken."""
    month: Month
    """Month of the year."""
    withdrawal_hm3: NonNegative
    """Water taken in the month."""


class Filling(Row):
    """Water that a new lake above a reservoir keeps while it fills, evenly over the years before its project runs."""

    key_fields = ("project", "reservoir")
    project: Annotated[str, Of("projects")]
    """Project whose lake fills; it fills as far, and is full when, the project comes."""
    reservoir: Annotated[str, Of("reservoirs")]
    """Reservoir below, which gets less water meanwhile."""
    volume_hm3: Positive
    """Water that the lake keeps in all."""
    years: Positive
    """Years over which it fills before the project runs."""
    months: Months
    """Months of the year in which water is kept, in proportion to the normal inflow."""


class Release(Row):
    """What must or may flow out over a season: irrigation, ecology, winter protocol."""

    key_fields = ("reservoir", "name")
    ascending = (("minimum_hm3", "maximum_hm3"),)
    reservoir: Annotated[str, Of("reservoirs")]
    """Reservoir that releases."""
    name: Id
    """Name of the rule."""
    months: Months
    """Months over which releases are summed, for example ``4;5;6;7;8;9``."""
    purpose: Literal["irrigation", "winter", "ecology", "protocol"]
    """What it is for; only what ``irrigation`` asks for shrinks when fields save water."""
    minimum_hm3: NonNegative = 0
    """Least water released over these months; 0: none."""
    maximum_hm3: NonNegative | None = None
    """Most water released over these months; empty: no limit."""


class RiverProfile(Row):
    """Run-of-river output of a month in a normal year."""

    key_fields = ("zone", "technology", "month")
    zone: Annotated[str, Of("zones")]
    """Zone of the rivers."""
    technology: Annotated[str, Of("technologies")]
    """Technology of the kind ``run_of_river``."""
    month: Month
    """Month of the year."""
    capacity_factor_percent: Percent
    """Output of the month in a normal year, as a share of capacity."""


class InterannualInflow(Row):
    """What dry and wet years make of the normal inflow of a country's rivers, and how far these follow the others."""

    key_fields = ("country",)
    country: Annotated[str, Of("countries")]
    """Country of the rivers; dry, wet and drawn years need a row for every country with rivers."""
    dry_percent: Annotated[float, Field(gt=0, lt=100)]
    """Inflow of a dry year relative to normal; one year in ten is drier."""
    wet_percent: Annotated[float, Field(gt=100)]
    """Inflow of a wet year relative to normal; one year in ten is wetter."""
    common_percent: Percent
    """Part of the variation that all countries share: the correlation of two countries is the root of the product."""

    @property
    def nature(self) -> str:
        """What varies: countries share a part of the same nature only."""
        return "water"

    @property
    def tenths(self) -> tuple[float, float]:
        """Lowest and highest tenth, percent of the normal year."""
        return self.dry_percent, self.wet_percent


class InterannualYield(Row):
    """What calm and windy, dull and sunny years make of the normal yield of a technology in a country."""

    key_fields = ("country", "technology")
    country: Annotated[str, Of("countries")]
    """Country of the plants; drawn years need a row for every technology of the kind ``variable`` that it has."""
    technology: Annotated[str, Of("technologies")]
    """Technology of the kind ``variable``."""
    low_percent: Annotated[float, Field(gt=0, lt=100)]
    """Yield of a poor year relative to normal; one year in ten is poorer."""
    high_percent: Annotated[float, Field(gt=100)]
    """Yield of a rich year relative to normal; one year in ten is richer."""
    common_percent: Percent
    """Part of the variation that all countries share, as for water, within the technology."""

    @property
    def nature(self) -> str:
        """What varies. A technology may be called water; no name can contain a slash."""
        return "water/technology" if self.technology == "water" else self.technology

    @property
    def tenths(self) -> tuple[float, float]:
        """Lowest and highest tenth, percent of the normal year."""
        return self.low_percent, self.high_percent
