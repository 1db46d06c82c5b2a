"""Law, policy and published statistics; profiles of systems that name their own slices."""

from __future__ import annotations

from typing import Annotated, Literal

from simulator.system.meaning import Unit
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
    """Zone of the profile."""
    name: Annotated[str, Of("technologies", also=PROFILES)]
    """``load`` (in MW), a technology (output per unit of capacity), or ``heat`` (what heat plants give of the heat they
    can, 0 to 1)."""
    year: Year
    """Model year of the value."""
    slice: Annotated[str, Of("slices")]
    """Slice of the value, as named in ``horizon.time.slices``."""
    value: Annotated[NonNegative, Unit("MW or per unit")]
    """Load in MW; availability or heat from 0 to 1."""


class Definition(Row):
    """What counts as renewable: technology by technology, law by law."""

    key_fields = ("definition", "country", "technology")
    definition: Id
    """Name of the legal definition; its rows share it."""
    country: Annotated[str, Of("countries", also=("all",))] = "all"
    """Country to which the row applies, or ``all``; a row for a country wins over one for all."""
    technology: Annotated[str, Of("technologies")]
    """Technology that counts; a technology without a row does not count."""
    largest_unit_mw: NonNegative | None = None
    """Largest plant that counts; empty: any size."""
    counts_percent: Percent = 100
    """Share of the energy that counts."""
    article: FreeText = ""
    """Article of the law, for the reader."""


class Target(Row):
    """A national goal."""

    id: Id
    """Name of the target."""
    country: Annotated[str, Of("countries")]
    """Country that has the target."""
    year: Year
    """Year in which the share is due; soft and hard targets shape the plan only where it is a model year."""
    percent: Percent
    """Share to be reached."""
    definition: Annotated[str, Of("definitions")]
    """Legal definition of what counts."""
    basis: Literal["generation", "consumption"] = "generation"
    """What the share is of: all electricity that is ``generation`` in the country, or its ``consumption``."""
    mode: Literal["report", "soft", "hard"] = "report"
    """``report``: only compared with the results. ``soft``: what is missing costs ``shortfall_usd_per_mwh``. ``hard``:
    must be met."""
    shortfall_usd_per_mwh: NonNegative = 0
    """Soft targets: price of each MWh missing."""
    imports: Literal["held", "free"] = "held"
    """For soft and hard targets of generation. ``held``: net imports count as if they were generated, so that importing
    instead of generating brings no target nearer. ``free``: the share of generation alone is asked for."""


PLAN_GROUPS: dict[str, tuple[str, ...]] = {
    "coal": ("coal",),
    "nuclear": ("nuclear",),
    "gas": ("gas",),
    "hydro": ("hydro",),
    "wind_solar": ("wind", "solar"),
    "storage": ("battery", "pumped_hydro"),
}
"""Technology groups that a plan of a kind may contain."""


class Plan(Row):
    """A national plan: what the state promises. Its named projects are in the table ``projects``."""

    id: Id
    """Name of the plan, by which projects refer to it."""
    country: Annotated[str, Of("countries")]
    """Country whose state made the plan."""
    name: FreeText
    """Name for the reader."""
    kind: Literal["coal", "nuclear", "gas", "hydro", "wind_solar", "storage"]
    """Kind of plants it promises; its projects must be of the technology groups of that kind."""
    promise: FreeText = ""
    """What the plan says, in a sentence."""


class CarbonPolicy(Row):
    """Carbon price and cap of a country; a country without a row has neither.

    Both are linear between years and constant after the last. Before the first the price is that of the first, and
    there is no cap.
    """

    key_fields = ("country", "year")
    country: Annotated[str, Of("countries")]
    """Country of the policy."""
    year: Year
    """Year of this row's price and cap."""
    usd_per_t: NonNegative = 0
    """Carbon price per tonne of CO2; 0: none."""
    cap_kt: Annotated[NonNegative | None, Unit("kt/year")] = None
    """Most CO2 of its power plants in the year; empty: no cap from this year on, until a row that has one."""


class StudyShare(Row):
    """A renewable share that another study or authority expects; never an input of the model."""

    key_fields = ("study", "country", "year", "counts", "basis")
    study: FreeText
    """Who says it, and of which case."""
    country: Annotated[str, Of("countries")]
    """Country of the figure."""
    year: Year
    """Year of the figure."""
    counts: FreeText
    """What it counts, in its own words."""
    definition: Annotated[str | None, Of("definitions")] = None
    """Legal definition that counts the same; empty: none does."""
    basis: Literal["generation", "consumption"] = "generation"
    """What the share is measured against."""
    percent: NonNegative
    """The share."""
    differs: FreeText = ""
    """Why it differs from this model's, as far as it is known."""


class Statistic(Row):
    """A published figure to compare with; never an input of the model."""

    key_fields = ("country", "year", "item", "source")
    country: Annotated[str, Of("countries")]
    """Country of the figure."""
    year: Year
    """Year of the figure."""
    item: FreeText
    """What the figure is, such as ``generation_coal``, ``official_share``, ``net_import``, ``peak``, ``demand``."""
    value: Annotated[float, Unit("see unit")]
    """The published figure."""
    unit: FreeText
    """Unit of the value, for example ``TWh``, ``MW``, ``percent``."""
    chosen: bool = True
    """Whether this is the figure used for comparison where sources disagree."""
    state_of: Date | None = None
    """Date on which a stock was counted; empty: a figure of the whole year."""

    @property
    def counted_at(self) -> float:
        """Decimal year of the count; the middle of the year for figures of the whole year."""
        return year_fraction(self.state_of) if self.state_of else self.year + 0.5
