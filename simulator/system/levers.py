"""What a scenario can pull beside power plants: Chinese equipment, trade, electrified corridors, irrigation programmes.

The columns are figures of the reference; the keys that move them are in ``simulator/inputs/schema``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.plants import Group
from simulator.system.rows import Date, NonNegative, Percent, Positive, Row, Year


class Equipment(Row):
    """A part of plants of a group that can be bought in China, and how China taxes its export."""

    key_fields = ("group", "item")
    group: Group
    """Technology group of the plants."""
    item: Id
    """Part of the plant, such as modules or inverters."""
    share_percent: Percent
    """Share of this part in the overnight cost."""
    vat_percent: Annotated[float, Field(ge=0, lt=100)] = 13
    """Chinese value-added tax on what the part is made of."""
    pass_through_percent: Percent = 100
    """Share of a change of the export rebate that reaches the buyer's price."""


class EquipmentRebate(Row):
    """Share of the export price that China gives back of the value-added tax, from a date on; without a row, none."""

    key_fields = ("group", "item", "since")
    together = {("group", "item"): "equipment"}
    group: Group
    """Technology group of the plants."""
    item: Annotated[str, Of("equipment.item")]
    """Part of the plant, as in ``equipment``."""
    since: Date
    """Date from which this rebate applies, until the next row."""
    rebate_percent: Percent
    """Part of the export price that is given back; 0: none."""


class Corridor(Row):
    """A rail or road freight corridor whose traction becomes electric; its energy comes on top of ``demand``."""

    id: Id
    """Name of the corridor."""
    name: FreeText
    """Name for the reader."""
    zone: Annotated[str, Of("zones")]
    """Zone from which it draws its electricity."""
    km: Positive
    """Length inside the zone; every tonne is taken to run all of it."""
    wh_per_tonne_km: Positive
    """Electricity at the catenary per net tonne-kilometre."""
    opens: Date
    """First day of electric traction."""
    decided: bool = False
    """Whether it is funded and under way, and so part of the reference; others count only where the scenario names
    them."""


class CorridorFreight(Row):
    """What a corridor carries in both directions."""

    key_fields = ("corridor", "year")
    corridor: Annotated[str, Of("corridors")]
    """Corridor that carries the freight."""
    year: Year
    """Year of the freight; linear between years, constant before the first and after the last."""
    million_tonnes: Annotated[NonNegative, Unit("Mt/year")]
    """Freight of the year in both directions together."""


class TradeLink(Row):
    """What follows trade volume with China, and how closely."""

    key_fields = ("item",)
    item: Literal["vehicle_imports", "corridor_freight", "envelopes"]
    """What follows trade: imports of vehicles, freight on corridors, or envelopes of Chinese investors."""
    elasticity: Annotated[float, Field(ge=-5, le=5), Unit("%/%")]
    """Percent of growth for one percent of growth in turnover; 0: does not follow."""


class IrrigationSaving(Row):
    """What a national programme promises to save of the water that irrigation takes from a country's reservoirs."""

    key_fields = ("country",)
    country: Annotated[str, Of("countries")]
    """Country of the reservoir, whose fields may lie downstream in another country."""
    saving_percent: Percent
    """Share of the releases asked for by irrigation that the programme promises to save."""
