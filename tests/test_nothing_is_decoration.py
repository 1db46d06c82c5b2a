"""Nothing is decoration: every column of the register and of finance moves some number.

For every column some row of the built-in tables is changed to another legal value; the numbers of the case (everything
the model and the results are made from, without the rows themselves) must then differ, in an ordinary scenario or in
one of two that pull many levers at once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError
from share import sampled

from simulator.case import Case, assemble
from simulator.errors import InputError
from simulator.inputs.read import load_scenario, read_tables
from simulator.inputs.scenario import Scenario
from simulator.inputs.validation import bare, is_union
from simulator.system import Row, System
from simulator.system.names import Of, fields_of, leaves

PROJECT = Path(__file__).parent.parent
LABELS = {"name", "note", "source", "data_year", "confidence", "companies", "latitude", "longitude"}
"""What is said about a row."""
TOLD = {
    "investors": {"kind"},
    "projects": {"announced", "promised", "largest_unit_mw", "eligible_percent"},
    "procurement": {"kind", "local_equity_percent"},
}
"""Columns that act where this search does not look: kinds name causes and procurement in the results, dates feed
``simulator priors``, size before the law is tried below, the local part of Chinese deals in ``test_procurement.py``."""
TABLES = (
    "projects", "currencies", "investors", "envelopes", "envelope_years", "procurement", "procurement_mix",
    "equipment", "equipment_rebates", "trade_links",
)  # fmt: skip
TODAY = date.today().toordinal()
OF_THE_DAY = sampled(TABLES, least=3, seed=TODAY)
MANY_LEVERS = {
    "projects": {"realisation": "all"},
    "chinese_investment": {
        "projects": {"realisation": "sampled", "seed": 3, "common_percent": 30},
        "envelope_factor": 2,
    },
    "trade_with_china": {"volume_percent": 200, "year": 2030},
    "depreciations": {"KZT": {"year": 2028, "percent": 20}, "UZS": {"year": 2028, "percent": 20}},
    "equipment": {"rebate_ends": {"wind": 2027}, "price_percent": {"solar": {2028: 90}}},
    "limits": 0.25,
}
HIGH = {
    "limits": 0.75,
    "changes": {"procurement": {"kaz_auction_solar": {"ceiling_per_usd": None}}},  # then that of the currency holds
}


@pytest.fixture(scope="module")
def world() -> tuple[System, list[tuple[Scenario, str]]]:
    """The built-in system, and three scenarios of one day with the fingerprints of their cases."""
    system, _, _ = read_tables(PROJECT / "simulator" / "data" / "central_asia", System)
    plain = load_scenario(PROJECT / "scenarios" / "reference.yaml").model_dump(exclude_unset=True)
    plain["horizon"]["time"] = {"method": "typical_days", "days": 1, "block_hours": 24}
    scenarios = [Scenario.model_validate(plain | levers) for levers in ({}, MANY_LEVERS, HIGH)]
    return system, [(scenario, fingerprint(assemble(scenario, system))) for scenario in scenarios]


def fingerprint(case: Case) -> str:
    """A hash of all numbers of a case; rows of tables do not count, only what was made of them."""
    digest = hashlib.sha256()
    for text in _numbers(case):
        digest.update(text)
    return digest.hexdigest()


def _numbers(value: Any) -> Iterator[bytes]:
    if isinstance(value, BaseModel) or callable(value):
        return
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _numbers(getattr(value, field.name))
    elif isinstance(value, np.ndarray):
        yield value.tobytes() if value.dtype.kind != "O" else repr(value.tolist()).encode()
    elif isinstance(value, dict):
        for key, item in value.items():
            yield repr(key).encode() if not isinstance(key, BaseModel) else b""
            yield from _numbers(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _numbers(item)
    else:
        yield repr(value).encode()


def others(row: Row, column: str, system: System) -> Iterator[Any]:
    """Other values a column might take."""
    value, kind = getattr(row, column), bare(type(row).model_fields[column].annotation)
    if is_union(kind):
        kind = next(bare(k) for k in typing.get_args(kind) if k is not types.NoneType)
    mark = next(mark for _, mark in leaves(*fields_of(type(row))[column]))
    if isinstance(mark, Of):
        table, _, field = mark.targets[0].partition(".")
        keys = [getattr(other, field or "key") for other in getattr(system, table)]
        for key in keys[:12]:
            yield (key,) if isinstance(value, tuple) else key
    elif typing.get_origin(kind) is Literal:
        yield from typing.get_args(kind)
    elif kind is bool:
        yield not value
    elif kind in (int, float):
        number = kind(value or 0)
        yield from (kind(x) for x in (number + 1, number * 0.5, number * 1.5, number - 1, 7, 50, 2024))
    elif (isinstance(value, str) and value[:4].isdigit()) or column in ("promised", "announced"):
        yield from ("2027-03", "2031-09")
    elif isinstance(value, tuple):
        yield value[:1]
        yield ()
    else:
        yield from ("wind", "all", "KAZ", "EV", "developer")


def moves(system: System, table: str, column: str, worlds: list[tuple[Scenario, str]]) -> bool:
    """Whether some other value of the column, in some row, moves a number."""
    rows = getattr(system, table)
    given = [i for i, row in enumerate(rows) if getattr(row, column) not in (None, "", (), 0)]
    spread = dict.fromkeys([*given[:: max(1, len(given) // 8)], *range(0, len(rows), max(1, len(rows) // 8))])
    for i in spread:
        for value in others(rows[i], column, system):
            if value == getattr(rows[i], column):
                continue
            try:
                new = type(rows[i]).model_validate({**rows[i].model_dump(), column: value})
                changed = system.model_copy(update={table: (*rows[:i], new, *rows[i + 1 :])})
                if any(fingerprint(assemble(scenario, changed)) != before for scenario, before in reversed(worlds)):
                    return True
            except InputError:
                return True  # the case looked at it and refused it, such as shares that no longer add up
            except ValidationError:
                continue
    return False


@pytest.mark.parametrize("table", [pytest.param(t, marks=[] if t in OF_THE_DAY else pytest.mark.slow) for t in TABLES])
def test_every_column_moves_a_number(table, world):
    """Columns that only say what a row is are labels; all others act. Each day one column of three other tables is
    tried, all of them when all tests are run."""
    system, worlds = world
    rows = getattr(system, table)
    assert rows, f"{table} is empty"
    columns = [c for c in type(rows[0]).model_fields if c not in LABELS | TOLD.get(table, set())]
    columns = [c for c in columns if c not in type(rows[0]).key_fields]
    tried = sampled(columns, least=1, seed=TODAY)
    still = [column for column in tried if not moves(system, table, column, worlds)]
    assert not still, f"columns of `{table}` without effect: {', '.join(still)}"


@pytest.mark.parametrize(("column", "value"), [("eligible_percent", 80), ("largest_unit_mw", 200)])
def test_the_size_of_a_project_s_plants_decides_what_counts(column, value, world):
    """Kazakh law looks at the size of hydro plants; where a row mixes sizes, at the share below the limit."""
    system, worlds = world
    row = next(p for p in system.projects if p.id == "kaz_hydro_contracts_2027").model_copy(
        update={"eligible_percent": 100}
    )
    rest = tuple(p for p in system.projects if p.id != row.id)
    before, after = (
        fingerprint(assemble(worlds[0][0], system.model_copy(update={"projects": (*rest, project)})))
        for project in (row, row.model_copy(update={column: value}))
    )
    assert before != after
