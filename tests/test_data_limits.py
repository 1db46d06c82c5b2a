"""The tables on how fast new plants come: where figures come from, and what they add up to."""

from __future__ import annotations

import csv
from pathlib import Path

from simulator import system

DATA = Path(system.__file__).parents[1] / "data" / "central_asia"


def test_no_source_is_listed_without_use() -> None:
    """Every source of this file is named by a row of some table."""
    texts = [path.read_text(encoding="utf-8") for path in DATA.glob("*.csv") if not path.name.startswith("sources_")]
    with (DATA / "sources_limits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and not [row["id"] for row in rows if not any(row["id"] in text for text in texts)]
    assert all(row["url"] or row["note"] for row in rows)
