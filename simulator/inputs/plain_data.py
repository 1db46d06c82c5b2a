"""Python's own values become the nodes that a YAML file gives, and are as strict: what a file cannot say is refused.

A dict has text and whole numbers for keys; lists and tuples are lists; numpy's scalars count as Python's. A part of a
scenario (a pydantic object) is what it states. Such values have no line: problems name the dotted path.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from simulator.inputs.strict_yaml import (
    LARGEST,
    MAX_DEPTH,
    REFUSED,
    UNPRINTABLE,
    Key,
    KeyPath,
    Mark,
    Node,
    Report,
    dotted,
    shorten,
)

NOWHERE = Mark("", 0, 0, 0, 0)
"""The place of a value that no file states."""


def mapping_node(data: Mapping[str, Any], report: Report) -> Node | None:
    """The nodes of a dict; None when it says nothing (reported)."""
    if not data:
        report.add("the scenario is an empty dict", "", 0, 0, help="give it a question, a horizon and so on")
        return None
    return node_of(data, report)


def node_of(value: Any, report: Report, path: KeyPath = (), marks: Mapping[KeyPath, Mark] | None = None) -> Node:
    """The node of a value at a path; what is refused is reported. ``marks``: where a file states it, if one does."""
    mark = (marks or {}).get(path, NOWHERE)
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_unset=True)
    if len(path) >= MAX_DEPTH:
        return _refused(report, path, f"nested deeper than {MAX_DEPTH} levels", "no scenario needs this")
    if isinstance(value, Mapping):
        return Node(_mapping(value, report, path, marks), mark)
    if isinstance(value, list | tuple):
        return Node([node_of(item, report, (*path, i), marks) for i, item in enumerate(value)], mark)
    return Node(_scalar(value, report, path), mark)


def _mapping(
    data: Mapping[Any, Any], report: Report, path: KeyPath, marks: Mapping[KeyPath, Mark] | None
) -> dict[Key, Node]:
    items: dict[Key, Node] = {}
    for given, value in data.items():
        key = int(given) if isinstance(given, Integral) and not isinstance(given, bool) else given
        if isinstance(key, bool) or not isinstance(key, str | int):
            _refused(
                report, path, f"a key must be a word or a whole number, not {shorten(str(key))}", "write it as text"
            )
        elif isinstance(_scalar(key, report, (*path, str(key))), str | int):
            if str(key) in map(str, items):
                _refused(report, (*path, key), f"`{key}` is given twice, as text and as a number", "keep one of them")
            else:
                items[str(key) if isinstance(key, str) else key] = node_of(value, report, (*path, key), marks)
    return items


def _scalar(value: Any, report: Report, path: KeyPath) -> Any:
    """Text, number, true or false, or nothing, as YAML has them; ``REFUSED`` for all else."""
    if value is None or isinstance(value, bool):
        return value
    if type(value).__name__ in ("bool_", "bool"):  # numpy's
        return bool(value)
    if isinstance(value, str):
        if found := UNPRINTABLE.search(value):
            message = f"control or invisible character U+{ord(found.group()):04X}"
            return _refused(report, path, message, "leave it out").value
        return str(value)
    if isinstance(value, Real):
        return _number(value, report, path)
    help = "write it as text" if isinstance(value, Path) else "write text, numbers, True, False, lists and dicts"
    return _refused(report, path, f"a {type(value).__name__} is nothing a scenario can say", help).value


def _number(value: Real, report: Report, path: KeyPath) -> Any:
    number = int(value) if isinstance(value, Integral) else float(value)
    if not math.isfinite(number):
        return _refused(report, path, f"{number} is not a finite number", "write a number, or leave the key out").value
    if abs(number) > LARGEST or 0 < abs(number) < 1 / LARGEST:
        return _refused(report, path, "the number is too large or too small", "look at its unit").value
    return number


def _refused(report: Report, path: KeyPath, message: str, help: str) -> Node:
    report.add(message, "", 0, 0, dotted(path), help)
    return Node(REFUSED, NOWHERE)
