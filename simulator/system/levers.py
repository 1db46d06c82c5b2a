"""What a scenario can pull beside power plants: electrified corridors, irrigation programmes.

The columns are figures of the reference; the keys that move them stand in ``simulator/schema.py``.
"""

from __future__ import annotations

from simulator.system.rows import Date, NonNegative, Percent, Positive, Row, Year


class Corridor(Row):
    """A rail or road freight corridor whose traction becomes electric; its energy comes on top of ``demand``."""

    references = {"zone": "zones"}
    id: str
    name: str
    zone: str
    km: Positive
    """Length inside the zone; every tonne is taken to run all of it."""
    wh_per_tonne_km: Positive
    """Electricity at the catenary per net tonne-km."""
    opens: Date
    """First day of electric traction."""
    decided: bool = False
    """Funded and under way: part of the reference. Others count only where the scenario names them."""


class CorridorFreight(Row):
    """What a corridor carries in both directions."""

    key_fields = ("corridor", "year")
    references = {"corridor": "corridors"}
    corridor: str
    year: Year
    million_tonnes: NonNegative


class IrrigationSaving(Row):
    """What a national programme promises to save of the water that irrigation takes from a country's reservoirs."""

    key_fields = ("country",)
    references = {"country": "countries"}
    country: str
    """Of the reservoir, whose fields may lie downstream in another country."""
    saving_percent: Percent
