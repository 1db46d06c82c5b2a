"""What auctions of renewable plants have paid so far."""

from __future__ import annotations

from typing import Annotated

from simulator.system.names import Id, Of
from simulator.system.plants import Group
from simulator.system.rows import Date, Positive, Row


class Award(Row):
    """Prices awarded in an auction, as published; the yardstick for what new plants need."""

    id: Id
    """Name of the award."""
    country: Annotated[str, Of("countries")]
    """Country that held the auction."""
    group: Group
    """Technology group that was auctioned."""
    date: Date
    """Date of the auction."""
    highest_usd_per_mwh: Positive
    """Highest price that was awarded, at the exchange rate of the day."""
