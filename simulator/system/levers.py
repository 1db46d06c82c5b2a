"""What a scenario can pull beside power plants: Chinese equipment, trade, electrified corridors, irrigation programmes.

The columns are figures of the reference; the keys that move them stand in ``simulator/inputs/scenario.py``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.system.names import FreeText, Id, Of
from simulator.system.plants import Group
from simulator.system.rows import Date, NonNegative, Percent, Positive, Row, Year


class Equipment(Row):
    """A part of plants of a group that can be bought in China, and how China taxes its export."""

    key_fields = ("group", "item")
    group: Group
    item: Id
    share_percent: Percent
    """Of the overnight cost."""
    vat_percent: Annotated[float, Field(ge=0, lt=100)] = 13
    """Chinese value-added tax on what it is made of."""
    pass_through_percent: Percent = 100
    """Share of a change of the rebate that reaches the buyer."""


class EquipmentRebate(Row):
    """Share of the export price that China gives back of the value-added tax, from a date on; without a row, none."""

    key_fields = ("group", "item", "since")
    together = {("group", "item"): "equipment"}
    group: Group
    item: Annotated[str, Of("equipment.item")]
    since: Date
    rebate_percent: Percent


class Corridor(Row):
    """A rail or road freight corridor whose traction becomes electric; its energy comes on top of ``demand``."""

    id: Id
    name: FreeText
    zone: Annotated[str, Of("zones")]
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
    corridor: Annotated[str, Of("corridors")]
    year: Year
    million_tonnes: NonNegative


class TradeLink(Row):
    """What follows trade turnover with China, and how closely."""

    key_fields = ("item",)
    item: Literal["vehicle_imports", "corridor_freight", "envelopes"]
    elasticity: Annotated[float, Field(ge=-5, le=5)]
    """Percent of growth for one percent of turnover; 0: does not follow."""


class IrrigationSaving(Row):
    """What a national programme promises to save of the water that irrigation takes from a country's reservoirs."""

    key_fields = ("country",)
    country: Annotated[str, Of("countries")]
    """Of the reservoir, whose fields may lie downstream in another country."""
    saving_percent: Percent
