"""Which columns mean something for which kind of technology; elsewhere they are refused, not ignored.

One table for the columns of a technology, one for the columns of rows that name a technology. A column that is not
listed means something for every kind. What a kind cannot do without is ``needed``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

ALL = frozenset({"thermal", "variable", "run_of_river", "reservoir", "storage"})
THERMAL = frozenset({"thermal"})
DISPATCHED = frozenset({"thermal", "reservoir"})
STORAGE = frozenset({"storage"})
RESERVOIR = frozenset({"reservoir"})
VARIABLE = frozenset({"variable"})


@dataclass(frozen=True)
class Meaning:
    """For which kinds a column has an effect, and for which of them it must be stated, above zero."""

    kinds: frozenset[str]
    needed: frozenset[str] = frozenset()
    where: Callable[[Any], bool] = lambda technology: True
    """What else must hold of the technology …"""
    condition: str = ""
    """… in words."""
    why: str = ""
    """Why a kind cannot do without it."""
    zero_is_none: bool = False
    """Whether a stated 0 says nothing where the column means nothing: spreadsheets fill a column of costs with it."""


def _burns(technology: Any) -> bool:
    return technology.kind == "storage" or technology.fuel is not None


def _committed(technology: Any) -> bool:
    return bool(technology.commitment)


def _heats(technology: Any) -> bool:
    return bool(technology.power_to_heat)


TECHNOLOGY: Mapping[str, Meaning] = {
    "fuel": Meaning(THERMAL),
    "efficiency_percent": Meaning(THERMAL | STORAGE, where=_burns, condition="a `fuel`"),
    "co2_capture_percent": Meaning(THERMAL, where=_burns, condition="a `fuel`"),
    "commitment": Meaning(DISPATCHED),
    "minimum_output_percent": Meaning(DISPATCHED, where=_committed, condition="`commitment: true`"),
    "start_cost_usd_per_mw": Meaning(DISPATCHED, where=_committed, condition="`commitment: true`"),
    "ramp_percent_per_hour": Meaning(DISPATCHED, where=_committed, condition="`commitment: true`"),
    "flat": Meaning(DISPATCHED),
    "capacity_factor_percent": Meaning(VARIABLE),
    "realised_yield_percent": Meaning(VARIABLE),
    "power_to_heat": Meaning(THERMAL),
    "heat_per_power": Meaning(THERMAL, where=_heats, condition="a `power_to_heat`"),
    "power_loss_per_heat": Meaning(THERMAL, where=_heats, condition="a `power_to_heat`"),
    "back_pressure_percent": Meaning(THERMAL, where=_heats, condition="a `power_to_heat`"),
    "host_load_percent": Meaning(THERMAL),
    "spinning": Meaning(DISPATCHED | STORAGE),
    "own_use_percent": Meaning(ALL - STORAGE),
    "hours_min": Meaning(STORAGE),
    "hours_max": Meaning(STORAGE),
    "self_discharge_percent_per_hour": Meaning(STORAGE),
}
"""Column of ``technologies`` → what it means."""

USERS: Mapping[str, Mapping[str, Meaning]] = {
    "plants": {
        "energy_mwh": Meaning(STORAGE, STORAGE, why="without energy it stores nothing"),
        "reservoir": Meaning(RESERVOIR, RESERVOIR, why="whose water it turns into power"),
    },
    "projects": {
        "reservoir": Meaning(RESERVOIR, RESERVOIR, why="whose water it turns into power"),
    },
    "candidates": {
        "reservoir": Meaning(RESERVOIR, RESERVOIR, why="whose water it turns into power"),
    },
    "technology_costs": {"overnight_usd_per_kwh": Meaning(STORAGE, zero_is_none=True)},
    "river_profiles": {"capacity_factor_percent": Meaning(frozenset({"run_of_river"}))},
    "realised": {"factor_percent": Meaning(frozenset({"variable", "run_of_river", "reservoir", "thermal"}))},
    "interannual_yields": {"low_percent": Meaning(VARIABLE), "high_percent": Meaning(VARIABLE)},
}
"""Table whose rows name a technology → column → what it means. Figures of their own mean what the technology's do."""


def misplaced(row: BaseModel, technology: Any, meanings: Mapping[str, Meaning]) -> Iterator[tuple[str, str, str]]:
    """Columns of a row that mean nothing for its technology (which may be the row itself), or that it cannot do
    without; what is wrong with each, and what to do."""
    kind, called = technology.kind, f"{technology.id!r} ({_words(technology.kind)})"
    for column, meaning in meanings.items():
        value, info = getattr(row, column), type(row).model_fields[column]
        stated = value != (None if info.is_required() else info.default)
        if kind not in meaning.kinds:
            if stated and not (meaning.zero_is_none and value == 0):
                yield (column, f"{column} means nothing for {called}: this has no effect",
                       f"remove it; it is for {_list(meaning.kinds)}")  # fmt: skip
        elif not meaning.where(technology):
            if stated:
                yield (column, f"{column} of {called} has an effect with {meaning.condition} only",
                       f"add {meaning.condition}, or remove this")  # fmt: skip
        elif kind in meaning.needed and not value:
            yield column, f"{called} needs {column}: {meaning.why}", f"give {column}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _list(kinds: frozenset[str]) -> str:
    names = sorted(map(_words, kinds))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
