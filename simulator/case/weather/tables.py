"""Plain rows of the weather tables."""

from __future__ import annotations

import csv
from pathlib import Path

Row = dict[str, str]
TABLES = Path(__file__).resolve().parents[2] / "data" / "weather"


def rows(table: str) -> list[Row]:
    """The rows of one table."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
