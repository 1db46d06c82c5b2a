"""What results contain: every label and variable, declared once in ``data/results/variables.csv``.

Code that makes results takes dimensions, type, unit and meaning from here (``variable``); code that reads a file
compares it with the declaration (``differences``); the tables of ``docs/results.md`` are written from it
(``as_markdown``). A row with a ``part`` is only in the results of a plan (``plan``) or only in the hours of an operated
year (``hours``); ``missing`` says what NaN means.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr

from simulator.renamed import renamed

FORMAT = 1
"""Number of the declaration. Raise it when a name keeps and its meaning changes; new names are noticed without it."""
DECLARED = Path(__file__).parent / "data" / "results" / "variables.csv"

Part = Literal["plan", "hours"]
Kind = Literal["text", "whole", "number", "boolean"]
KIND_OF_DTYPE: dict[str, Kind] = {
    "O": "text", "U": "text", "T": "text", "i": "whole", "u": "whole", "f": "number", "b": "boolean",
}  # fmt: skip
DTYPE: dict[Kind, Any] = {"text": object, "whole": np.int64, "number": np.float64, "boolean": np.bool_}
ATTRIBUTES: dict[str, tuple[Kind, Part | Literal[""]]] = {
    "scenario": ("text", ""), "question": ("text", "plan"), "description": ("text", "plan"), "system": ("text", ""),
    "headline_target": ("text", ""), "money_year": ("whole", ""), "simulator_version": ("text", ""),
    "solver": ("text", "plan"), "notes": ("text", "plan"), "rows": ("whole", "plan"), "columns": ("whole", "plan"),
    "objective_musd": ("number", "plan"), "discount_rate_percent": ("number", "plan"), "missed": ("text", "hours"),
}  # fmt: skip
"""Attributes of the dataset as a whole."""

Described = tuple[tuple[str, ...], np.ndarray, dict[str, str]]
"""Dimensions, values and attributes, as a dataset wants them."""


@dataclass(frozen=True)
class Variable:
    """A label or a variable of the results."""

    name: str
    is_label: bool
    dims: tuple[str, ...]
    kind: Kind
    unit: str
    part: Part | Literal[""]
    missing: str
    meaning: str

    @property
    def long_name(self) -> str:
        """The meaning, with that of NaN."""
        return f"{self.meaning}; NaN: {self.missing}" if self.missing else self.meaning

    @property
    def attributes(self) -> dict[str, str]:
        """What the dataset says of it."""
        return ({"units": self.unit} if self.unit else {}) | {"long_name": self.long_name}


@cache
def declared() -> dict[str, Variable]:
    """Every label and variable by name."""
    with DECLARED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["name"]: Variable(
            row["name"], row["role"] == "label", tuple(row["dimensions"].split()), row["kind"],  # type: ignore[arg-type]
            row["unit"], row["part"], row["missing"], row["meaning"],  # type: ignore[arg-type]
        )
        for row in rows
    }  # fmt: skip


def expected(part: Part) -> dict[str, Variable]:
    """What the results of a plan, or of the hours of an operated year, consist of."""
    return {name: variable for name, variable in declared().items() if variable.part in ("", part)}


def variable(name: str, values: Any) -> Described:
    """Values under a declared name, with its dimensions, type and attributes."""
    row = declared()[name]
    return row.dims, np.asarray(values, dtype=DTYPE[row.kind]), row.attributes


# -------------------------------------------------------------------------------------- compared with a file


@dataclass(frozen=True)
class Found:
    """What a file or a dataset says of a variable before its values are read."""

    dims: tuple[str, ...]
    kind: str
    unit: str


def header(dataset: xr.Dataset) -> dict[str, Found]:
    """The variables of a dataset, without their values."""
    return {
        str(name): Found(tuple(map(str, v.dims)), kind_of(v.dtype), str(v.attrs.get("units", "")))
        for name, v in dataset.variables.items()
    }  # fmt: skip


def kind_of(dtype: np.dtype) -> str:
    """The kind of a dtype, or what it is called if no declared variable can have it."""
    return KIND_OF_DTYPE.get(dtype.kind, str(dtype))


def differences(found: Mapping[str, Found], attributes: Mapping[str, Any], part: Part) -> list[str]:
    """How variables and attributes differ from those declared; empty if they do not."""
    wanted = expected(part)
    said = []
    if absent := [name for name in wanted if name not in found]:
        said.append(f"lacks {_some(absent)}")
    if strange := [name for name in found if name not in wanted]:
        said.append(f"has {_some(strange, renamed('variable'))}, which this version does not know")
    for name, row in wanted.items():
        if name in found and (found[name].dims, found[name].kind, found[name].unit) != (row.dims, row.kind, row.unit):
            is_said, should = (f"{_shape(x.dims, x.kind)} in {x.unit or 'no unit'}" for x in (found[name], row))
            said.append(f"{name!r} is {is_said} instead of {should}")
    for name, (kind, of) in ATTRIBUTES.items():
        if of in ("", part) and _kind_of(attributes.get(name)) != kind:
            said.append(f"its attribute {name!r} is missing or no {kind}")
    return said


def _kind_of(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return kind_of(np.asarray(value).dtype) if np.ndim(value) == 0 and value is not None else ""


def _shape(dims: tuple[str, ...], kind: str) -> str:
    return f"{kind} over {', '.join(dims) or 'nothing'}"


def _some(names: list[str], now: Mapping[str, str] | None = None) -> str:
    """The first of some names; with what those are called that had another name before."""
    shown = [f"{name!r} (now {now[name]!r})" if now and name in now else name for name in names[:4]]
    return ", ".join(shown) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


# ---------------------------------------------------------------------------------------------- documentation


def as_markdown() -> str:
    """Every label and variable as tables."""
    parts = []
    for title, label in (("Labels", True), ("Variables", False)):
        rows = [row for row in declared().values() if row.is_label == label]
        lines = [f"| `{v.name}` | {', '.join(v.dims)} | {v.unit or '–'} | {v.long_name}{_where(v)} |" for v in rows]
        parts.append(
            "\n".join([f"### {title}\n", "| name | dimensions | unit | meaning |", "|---|---|---|---|", *lines])
        )
    return "\n\n".join(parts) + "\n"


def _where(row: Variable) -> str:
    return " (hours only)" if row.part == "hours" else ""
