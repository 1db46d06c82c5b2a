"""Rivers and reservoirs."""

from __future__ import annotations

from typing import Literal

from simulator.system.rows import Month, Months, NonNegative, Percent, Positive, Row


class Reservoir(Row):
    """Water that is stored over seasons and turned into power by the plants that name it."""

    references = {"zone": "zones", "downstream": "reservoirs"}
    id: str
    name: str
    zone: str
    active_hm3: NonNegative
    """Volume between dead and full storage; 0: the month's inflow must be used in its month."""
    energy_mwh_per_hm3: Positive
    """Energy of one hm3 through the turbines counted with it (own plant and the cascade named with it)."""
    start_percent: Percent | None = None
    """Content on 1 January, of the active volume; empty: free. It is the same at the year's end."""
    downstream: str | None = None


class Inflow(Row):
    """Natural inflow of a month in a normal year."""

    key_fields = ("reservoir", "month")
    references = {"reservoir": "reservoirs"}
    reservoir: str
    month: Month
    inflow_hm3: NonNegative


class Release(Row):
    """What must or may flow out over a season: irrigation, ecology, winter protocol."""

    key_fields = ("reservoir", "name")
    references = {"reservoir": "reservoirs"}
    reservoir: str
    name: str
    months: Months
    purpose: Literal["irrigation", "winter", "ecology", "protocol"]
    """Only what irrigation asks for shrinks when fields save water."""
    minimum_hm3: NonNegative = 0
    maximum_hm3: NonNegative | None = None


class RiverProfile(Row):
    """Run-of-river output of a month in a normal year."""

    key_fields = ("zone", "technology", "month")
    references = {"zone": "zones", "technology": "technologies"}
    zone: str
    technology: str
    month: Month
    capacity_factor_percent: Percent


class WaterYear(Row):
    """What a dry or a wet year makes of the normal inflow."""

    key_fields = ("condition", "country")
    references = {"country": "countries"}
    condition: Literal["dry", "wet"]
    country: str
    factor_percent: NonNegative
