"""What may be written for a key or a column, in words: read from its type."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from simulator.system.meaning import Unit
from simulator.system.names import Of, Own, Text

Link = Callable[[type[BaseModel]], str]
"""How a page names a class of objects."""
CALENDAR = {"year": "year", "month": "month (1 to 12)"}
"""Unit → what a whole number with it is."""
PLAIN: dict[Any, str] = {bool: "true or false", int: "whole number", float: "number", str: "text", Any: "any value"}


def values(info: FieldInfo, link: Link) -> str:
    """What may be written for a field."""
    return " or ".join(dict.fromkeys(_words(info.annotation, tuple(info.metadata), link)))


def default(info: FieldInfo) -> str:
    """What counts where nothing is written."""
    value = info.default
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, BaseModel):
        return "its defaults"
    if value is None or value in ("", (), {}):
        return "empty"
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _words(annotation: Any, marks: tuple[Any, ...], link: Link) -> Iterator[str]:
    """The members of a type in words; ``marks`` are what ``Annotated`` said of it."""
    while typing.get_origin(annotation) is Annotated:
        inner = (x.metadata if isinstance(x, FieldInfo) else [x] for x in annotation.__metadata__)
        annotation, marks = annotation.__origin__, (*(mark for part in inner for mark in part), *marks)
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        for part in parts:
            if part is not type(None):
                yield from _words(part, marks, link)
    elif origin is typing.Literal:
        yield from (f"`{_plain(word)}`" if word != "" else "empty" for word in parts)
    elif origin is tuple:
        inside = _joined(parts[0], _names(marks), link)
        plural = re.sub("^(name|date|year|month)", r"\1s", inside)
        yield (plural if plural != inside else f"list of {inside}") + _bounds(marks)
    elif origin is dict:
        yield f"{_joined(parts[0], (), link)}: {_joined(parts[1], (), link)}"
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield link(annotation)
    else:
        yield from _one(annotation, marks)


def _joined(annotation: Any, marks: tuple[Any, ...], link: Link) -> str:
    return " or ".join(dict.fromkeys(_words(annotation, marks, link)))


def _names(marks: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(mark for mark in marks if isinstance(mark, Own | Of | Text))


def _one(annotation: Any, marks: tuple[Any, ...]) -> Iterator[str]:
    """A type that contains no others; of several marks of names the last counts, which is the outermost."""
    mark = next((mark for mark in reversed(_names(marks))), None)
    if isinstance(mark, Of):
        yield "name in " + ", ".join(f"`{target}`" if " " not in target else target for target in mark.targets)
        yield from (f"`{word}`" for word in mark.also if word)
    elif isinstance(mark, Own):
        yield "name"
    elif isinstance(mark, Text):
        yield mark.form
    elif named := [CALENDAR[mark.text] for mark in marks if isinstance(mark, Unit) and mark.text in CALENDAR]:
        yield named[0]
    else:
        yield PLAIN[annotation] + _bounds(marks)


def _bounds(marks: Sequence[Any]) -> str:
    """Limits of a number or of a list's length, after a comma."""
    found = []
    for kind, sign, tightest in ((Ge, "≥", max), (Gt, ">", max), (Le, "≤", min), (Lt, "<", min)):
        if bounds := [getattr(mark, kind.__name__.lower()) for mark in marks if isinstance(mark, kind)]:
            found.append(f"{sign} {tightest(bounds):g}")
    found += [f"{mark.min_length} or more" for mark in marks if isinstance(mark, MinLen)]
    return "".join(f", {words}" for words in dict.fromkeys(found))
