"""Law, policy and published statistics; profiles of systems that name their own slices."""

from __future__ import annotations

from typing import Annotated, Literal

from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Date, NonNegative, Percent, Row, Year, year_fraction

PROFILES = ("load", "heat")
"""Profiles of a zone that are not the availability of a technology."""


class Profile(Row):
    """Availability or load in a slice, for systems that name their own slices.

    ``name`` is ``load`` (MW), a technology (per unit of capacity), or ``heat`` (what heat plants give of the heat they
    can, 0 to 1). Every zone has a load; wind, sun, rivers and heat plants need their profile, other plants without one
    can always run. A profile has a value for every slice of every model year. With typical days the weather tables or a
    profile file give these.
    """

    key_fields = ("zone", "name", "year", "slice")
    zone: Annotated[str, Of("zones")]
    name: Annotated[str, Of("technologies", also=PROFILES)]
    year: Year
    slice: Annotated[str, Of("slices")]
    value: NonNegative


class Definition(Row):
    """What counts as renewable: technology by technology, law by law."""

    key_fields = ("definition", "country", "technology")
    definition: Id
    country: Annotated[str, Of("countries", also=("all",))] = "all"
    """Country code, or ``all`` for a definition that holds everywhere."""
    technology: Annotated[str, Of("technologies")]
    largest_unit_mw: NonNegative | None = None
    """Counts only up to this size."""
    counts_percent: Percent = 100
    article: FreeText = ""


class Target(Row):
    """A national goal."""

    id: Id
    country: Annotated[str, Of("countries")]
    year: Year
    percent: Percent
    definition: Annotated[str, Of("definitions")]
    basis: Literal["generation", "consumption"] = "generation"
    mode: Literal["report", "soft", "hard"] = "report"
    shortfall_usd_per_mwh: NonNegative = 0
    """Soft: price of each MWh missing."""
    imports: Literal["held", "free"] = "held"
    """Soft or hard, of generation. Held: net imports count as if they were generated, so that importing instead of
    generating brings no target nearer. Free: the share of generation alone is asked for."""


PLAN_GROUPS: dict[str, tuple[str, ...]] = {
    "coal": ("coal",),
    "nuclear": ("nuclear",),
    "gas": ("gas",),
    "hydro": ("hydro",),
    "wind_solar": ("wind", "solar"),
    "storage": ("battery", "pumped_hydro"),
}
"""Technology groups that a plan of a kind may hold."""


class Plan(Row):
    """A national plan: what the state promises. Its named projects stand in the table ``projects``."""

    id: Id
    country: Annotated[str, Of("countries")]
    name: FreeText
    kind: Literal["coal", "nuclear", "gas", "hydro", "wind_solar", "storage"]
    promise: FreeText = ""
    """What the plan says, in a sentence."""


class CarbonPolicy(Row):
    """Carbon price and cap of a country; a country without a row has neither.

    Both are linear between years and constant after the last. Before the first the price is that of the first, and
    there is no cap.
    """

    key_fields = ("country", "year")
    country: Annotated[str, Of("countries")]
    year: Year
    usd_per_t: NonNegative = 0
    cap_kt: NonNegative | None = None


class Statistic(Row):
    """A published figure to compare with; never an input of the model."""

    key_fields = ("country", "year", "item", "source")
    country: Annotated[str, Of("countries")]
    year: Year
    item: FreeText
    """Such as ``generation_coal``, ``official_share``, ``net_import``, ``peak``, ``demand``."""
    value: float
    unit: FreeText
    chosen: bool = True
    """Where sources disagree, the one used for comparison."""
    state_of: Date | None = None
    """When a stock was counted; empty: a figure of the whole year."""

    @property
    def counted_at(self) -> float:
        """Decimal year of the count; the middle of the year for figures of the whole year."""
        return year_fraction(self.state_of) if self.state_of else self.year + 0.5
