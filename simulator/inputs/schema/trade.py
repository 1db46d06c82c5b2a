"""Trade with China, and the equipment that comes from there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.inputs.schema.part import Part
from simulator.system import Date, Positive, Year
from simulator.system.names import Of


class TradeWithChina(Part):
    """Trade volume with China; what follows it says the table ``trade_links``."""

    rising = (("base_year", "year"),)
    volume_percent: Annotated[float, Field(gt=0, le=10_000)]
    """Turnover relative to that of the base year."""
    year: Year
    """Year from which on it is reached; linear in between."""
    base_year: Year = 2025
    """Year to which the trade volume is compared."""


class EquipmentChange(Part):
    """Chinese equipment by technology group: its price, its export rebate, its delivery."""

    price_percent: dict[Annotated[str, Of("equipment.group")], dict[Year, Positive]] = {}
    """Price path by group and year, relative to the cost tables, before the rebate; linear in between."""
    rebate_ends: dict[Annotated[str, Of("equipment.group")], Date] = {}
    """Date by group from which China gives no value-added tax back; empty: as the tables say."""
    delay_months: dict[Annotated[str, Of("equipment.group")], Annotated[float, Field(ge=0, le=240)]] = {}
    """Delay by group of projects, and of the first year of new capacity, of those who buy everything in China; others
    in proportion to what they buy there."""
