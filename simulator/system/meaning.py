"""What a key or a column means, and in which unit it is: one text beside the field, for every reader.

The text is the field's docstring; a key that leads to an object, or a table, without one has the docstring of the
class. The unit is the end of the name (``overnight_usd_per_kw``), or comes with the type: ``Year`` brings its own, and
``Annotated[NonNegative, Unit("GWh")]`` states it. The JSON schema, the help of errors and the reference pages take both
from here. Texts are read from the source only when somebody asks: pydantic would read those of every class whenever it
is imported, which costs a quarter of a second before any file is read.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BaseModel

PLAIN = "–"
"""The unit of a figure without dimension."""
UNITS = {
    "mw": "MW", "kw": "kW", "gwh": "GWh", "mwh": "MWh", "kwh": "kWh", "wh": "Wh", "hm3": "hm³", "t": "t", "kt": "kt",
    "kg": "kg", "litre": "l", "l": "l", "km": "km", "100km": "100 km", "tonne": "t", "tonnes": "t", "kv": "kV",
    "ohm": "Ω", "usd": "USD", "musd": "MUSD", "percent": "%", "celsius": "°C", "hour": "h", "hours": "h",
    "days": "days", "weeks": "weeks", "months": "months", "year": "year", "years": "years", "s": "s", "jobs": "jobs",
    "vehicles": "vehicles", "charger": "charger",
}  # fmt: skip
"""Ending of a name → unit."""
_ONE = "|".join(sorted(UNITS, key=len, reverse=True))
_ENDING = re.compile(rf"(?:^|_)({_ONE})(?:_per_({_ONE})(?:_({_ONE}))?)?$")


@dataclass(frozen=True)
class Unit:
    """The unit of a figure whose name does not end with it."""

    text: str


def unit_in(name: str) -> str:
    """The unit at the end of a name; empty where there is none.

    >>> unit_in("overnight_usd_per_kw"), unit_in("fixed_om_usd_per_kw_year"), unit_in("factor")
    ('USD/kW', 'USD/(kW·year)', '')
    """
    found = _ENDING.search(re.sub("(?<=percent)_of_.*", "", name))
    if found is None:
        return ""
    above, below, more = (UNITS[part] if part else "" for part in found.groups())
    return above + (f"/({below}·{more})" if more else f"/{below}" if below else "")


def unit_of(model: type[BaseModel], name: str) -> str:
    """The unit of a field; empty for what is no figure, or has none stated."""
    info = model.model_fields[name]
    if not is_figure(info.annotation):
        return ""
    stated = [mark.text for mark in info.metadata if isinstance(mark, Unit)]
    return next(iter([*stated, *_stated(info.annotation)]), "") or unit_in(
        name.removesuffix("_low").removesuffix("_high")
    )


def is_figure(annotation: Any) -> bool:
    """Whether it is a number, several, or may be one; the keys of a mapping do not count."""
    return any(kind in (int, float) for kind in _values(annotation))


def _values(annotation: Any) -> Iterator[Any]:
    """The types a value may have, inside lists and mappings too, without keys and without ``Annotated``."""
    if typing.get_origin(annotation) is Annotated:
        yield from _values(annotation.__origin__)
    elif typing.get_origin(annotation) is typing.Literal:
        yield from map(type, typing.get_args(annotation))
    elif inner := _inside(annotation):
        for part in inner:
            yield from _values(part)
    else:
        yield annotation


def _stated(annotation: Any) -> Iterator[str]:
    if typing.get_origin(annotation) is Annotated:
        yield from (mark.text for mark in annotation.__metadata__ if isinstance(mark, Unit))
        yield from _stated(annotation.__origin__)
    for part in _inside(annotation):
        yield from _stated(part)


def _inside(annotation: Any) -> tuple[Any, ...]:
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (Annotated, typing.Literal) or not parts:
        return ()
    return parts[1:] if origin is dict else tuple(part for part in parts if part is not Ellipsis)


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The classes of the objects that a value may consist of."""
    return [kind for kind in _values(annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)]


def meaning(model: type[BaseModel], name: str) -> str:
    """What a field means: its text, or that of the class it leads to; empty where nobody wrote one."""
    if text := meanings(model).get(name):
        return text
    inside = models_in(model.model_fields[name].annotation)
    return about(inside[0]) if len(inside) == 1 else ""


@cache
def meanings(model: type) -> dict[str, str]:
    """Field → its text, of a class and those it inherits from; nothing where the source is not at hand."""
    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        if "__annotations__" in parent.__dict__ and not parent.__module__.startswith("pydantic"):
            found |= _below_fields(parent)
    return found


def _below_fields(model: type) -> dict[str, str]:
    try:
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    except OSError:
        return {}
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }  # fmt: skip


def about(model: type[BaseModel]) -> str:
    """What a class says of itself, in one paragraph."""
    return " ".join(inspect.cleandoc(model.__dict__.get("__doc__") or "").split())


def sentence(model: type[BaseModel], name: str) -> str:
    """Meaning and unit of a field in one line."""
    unit, text = unit_of(model, name), meaning(model, name)
    return f"{text} [{unit}]" if text and unit not in ("", PLAIN) else text


def with_meanings(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put meaning and unit of every field into a JSON schema; for ``json_schema_extra`` of a model's configuration."""
    for name, entry in schema.get("properties", {}).items():
        if name in model.model_fields and (text := sentence(model, name)):
            entry["description"] = text


def without_meaning(model: type[BaseModel]) -> list[str]:
    """Fields without a text, and figures without a unit."""
    nameless = [f"{model.__name__}.{name}: no text" for name in model.model_fields if not meaning(model, name)]
    fields = model.model_fields.items()
    bare = [name for name, info in fields if is_figure(info.annotation) and not unit_of(model, name)]
    return [*nameless, *(f"{model.__name__}.{name}: no unit" for name in bare)]
