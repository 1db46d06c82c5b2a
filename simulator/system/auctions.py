"""What auctions of renewable plants have paid so far."""

from __future__ import annotations

from typing import Annotated

from simulator.system.names import Id, Of
from simulator.system.plants import Group
from simulator.system.rows import Date, Positive, Row


class Award(Row):
    """Prices awarded in an auction, as published; the yardstick for what new plants need."""

    id: Id
    country: Annotated[str, Of("countries")]
    group: Group
    date: Date
    highest_usd_per_mwh: Positive
    """At the exchange rate of the day."""
