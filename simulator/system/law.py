"""Law, policy and published statistics; profiles of systems that name their own slices."""

from __future__ import annotations

from typing import Literal

from simulator.system.rows import Date, NonNegative, Percent, Row, Year, year_fraction


class Profile(Row):
    """Availability or load in a slice, for systems that name their own slices.

    ``name`` is ``load`` (MW), a technology (per unit of capacity), or ``heat`` (what heat plants give of the heat they
    can, 0 to 1). With typical days the weather tables or a
    profile file give these.
    """

    key_fields = ("zone", "name", "year", "slice")
    references = {"zone": "zones"}
    zone: str
    name: str
    year: Year
    slice: str
    value: NonNegative


class Definition(Row):
    """What counts as renewable: technology by technology, law by law."""

    key_fields = ("definition", "country", "technology")
    references = {"technology": "technologies"}
    definition: str
    country: str = "all"
    """Country code, or ``all`` for a definition that holds everywhere."""
    technology: str
    largest_unit_mw: NonNegative | None = None
    """Counts only up to this size."""
    counts_percent: Percent = 100
    article: str = ""


class Target(Row):
    """A national goal."""

    references = {"country": "countries"}
    id: str
    country: str
    year: Year
    percent: Percent
    definition: str
    basis: Literal["generation", "consumption"] = "generation"
    mode: Literal["report", "soft", "hard"] = "report"
    shortfall_usd_per_mwh: NonNegative = 0
    """Soft: price of each MWh missing."""


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

    references = {"country": "countries"}
    id: str
    country: str
    name: str
    kind: Literal["coal", "nuclear", "gas", "hydro", "wind_solar", "storage"]
    promise: str = ""
    """What the plan says, in a sentence."""


class CarbonPolicy(Row):
    """Carbon price and cap of a country."""

    key_fields = ("country", "year")
    references = {"country": "countries"}
    country: str
    year: Year
    usd_per_t: NonNegative = 0
    cap_kt: NonNegative | None = None


class Statistic(Row):
    """A published figure to compare with; never an input of the model."""

    key_fields = ("country", "year", "item", "source")
    references = {"country": "countries"}
    country: str
    year: Year
    item: str
    """Such as ``generation_coal``, ``official_share``, ``net_import``, ``peak``, ``demand``."""
    value: float
    unit: str
    chosen: bool = True
    """Where sources disagree, the one used for comparison."""
    state_of: Date | None = None
    """When a stock was counted; empty: a figure of the whole year."""

    @property
    def counted_at(self) -> float:
        """Decimal year of the count; the middle of the year for figures of the whole year."""
        return year_fraction(self.state_of) if self.state_of else self.year + 0.5
