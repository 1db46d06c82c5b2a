"""What differs between two scenarios: the levers that one of them pulls.

A lever is a key of the schema. What the key is given for (a country, a project, a technology, a year) makes no lever
of its own: ``nev.KAZ.factor`` and ``nev.UZB.factor`` are the lever ``nev.factor``. A change of tables is one lever a
column. Nor is a key that only completes another (``COMPLETES``): a depreciation has a year and a percentage and is
one lever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from simulator.inputs.scenario import Scenario

WORDS = {"name", "question", "description"}
"""Keys that say something to the reader and nothing to the model."""
COMPLETES = {
    "depreciations.year": "depreciations.percent",
    "trade.year": "trade.volume_percent",
    "nev.plants": "nev.method",
    "projects.seed": "projects.realisation",
    "projects.common_percent": "projects.realisation",
    "chinese_investment.projects.seed": "chinese_investment.projects.realisation",
    "chinese_investment.projects.common_percent": "chinese_investment.projects.realisation",
}
"""Keys that mean something only beside another one."""


def levers(one: Scenario, other: Scenario) -> list[str]:
    """Dotted names of the keys in which two resolved scenarios differ, in the order of the schema, each once."""
    found = dict.fromkeys(".".join(name) for name in _differences(one, other, ()) if name[0] not in WORDS)
    return [name for name in found if COMPLETES.get(name) not in found]


def _differences(one: Any, other: Any, name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if one == other:
        return
    model = next((type(value) for value in (one, other) if isinstance(value, BaseModel)), None)
    if model is not None and all(value is None or type(value) is model for value in (one, other)):
        for field, info in model.model_fields.items():
            default = info.get_default(call_default_factory=True) if not info.is_required() else None
            yield from _differences(getattr(one, field, default), getattr(other, field, default), (*name, field))
    elif isinstance(one, Mapping | None) and isinstance(other, Mapping | None) and not _is_cell(name):
        yield from _rows(one or {}, other or {}, name)
    else:
        yield name


def _is_cell(name: tuple[str, ...]) -> bool:
    """A changed figure of a table, which may be a path."""
    return name[:1] == ("changes",) and len(name) == 3


def _rows(one: Mapping[Any, Any], other: Mapping[Any, Any], name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key in dict.fromkeys((*one, *other)):
        if name[:1] != ("changes",):
            yield from _differences(one.get(key), other.get(key), name)
        elif len(name) == 2:  # a row of a table: its columns are next
            for column in dict.fromkeys((*(one.get(key) or {}), *(other.get(key) or {}))):
                yield from _differences((one.get(key) or {}).get(column), (other.get(key) or {}).get(column),
                                        (*name, str(column)))  # fmt: skip
        else:
            yield from _differences(one.get(key), other.get(key), (*name, str(key)))
