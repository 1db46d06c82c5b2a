"""A scenario with some of its keys changed, as checked as a file would be.

Every change is laid over what the scenario states, by the rule of ``extends`` (``merge``): mappings merge key by key,
``None`` takes a key out, a list whose items have names merges by them, anything else is replaced. Beyond that rule, a
path may lead into a list, by position or name of an item; and another ``method`` of the time structure replaces the
former structure with all its keys, which belong to the former method.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from simulator.inputs.merge import merge
from simulator.inputs.plain_data import NOWHERE, node_of
from simulator.inputs.renaming import rename_in_scenario
from simulator.inputs.strict_yaml import Key, KeyPath, Node, Report, dotted, flatten
from simulator.inputs.validation import Marks, bare, models_at, validate
from simulator.system.alike import nearest

M = TypeVar("M", bound=BaseModel)

NUMERAL = re.compile(r"0|[1-9]\d*", re.ASCII)


def laid(model: M, changes: Mapping[str, Any], marks: Marks) -> tuple[M, Marks]:
    """As ``changed``; a value that the object has anyway, stated or by default, is left out instead of refused."""
    report = Report()
    new = {path: value for path, value in changes.items() if not _has(model, path.split("."), value)}
    trees = [_tree(path, value, report) for path, value in new.items()]
    report.raise_if_any()
    result = _with(model, trees, marks, report)
    report.raise_if_any()
    assert result is not None
    return result


def _has(model: BaseModel, path: Sequence[str], value: Any) -> bool:
    """Whether this value is at a path; of an entry that a mapping does not have, the default of its class counts."""
    at: Any = model
    for i, part in enumerate(path):
        if isinstance(at, BaseModel) and part in type(at).model_fields:
            at = getattr(at, part)
        elif isinstance(at, Mapping) and part in map(str, at):
            at = next(inner for key, inner in at.items() if str(key) == part)
        else:
            fields = [kind.model_fields.get(path[-1]) for kind in models_at(type(model), tuple(path[:-1]))]
            return i == len(path) - 2 and any(info is not None and info.default == value for info in fields)
    return bool(at == value) and isinstance(at, bool) == isinstance(value, bool)


def changed(model: M, changes: Mapping[str, Any], marks: Marks) -> tuple[M, Marks]:
    """The object with values at dotted paths changed, and where its other values come from.

    Raises ``InputError`` with every path that is unknown, every value of a wrong type, and every change without which
    the object would be the same.
    """
    report = Report()
    trees = [_tree(path, value, report) for path, value in changes.items()]
    report.raise_if_any()
    result = _with(model, trees, marks, report)
    report.raise_if_any()
    assert result is not None
    for i, (path, value) in enumerate(changes.items()):
        rest = _with(model, trees[:i] + trees[i + 1 :], marks, Report())
        if rest is not None and rest[0] == result[0]:
            stated = map(dotted, result[1].nodes)
            taken = value is None
            message = "nothing is stated here that could be taken out" if taken else "the scenario says so already"
            help = nearest(path, stated) if taken else "leave it out, or give another value"
            report.add(f"{message}: this has no effect", "", 0, 0, path, help)
    report.raise_if_any()
    return result


def _tree(path: str, value: Any, report: Report) -> Node:
    """A change as a file would write it: nested keys, by their present names."""
    keys: list[Key] = [int(part) if NUMERAL.fullmatch(part) else part for part in path.split(".")]
    node = node_of(value, report, tuple(keys))
    for key in reversed(keys):
        node = Node({key: node}, NOWHERE)
    rename_in_scenario(node, report)
    return node


def _with(model: M, trees: Sequence[Node], marks: Marks, report: Report) -> tuple[M, Marks] | None:
    """The object with changes laid over it; None when it is not valid (reported)."""
    said = node_of(model.model_dump(exclude_unset=True), report, (), marks.nodes)
    for tree in trees:
        said = _lay(said, tree, (), type(model), report)
    document = flatten(Node(said.value, NOWHERE))
    places = Marks(document.marks)
    result = validate(type(model), document.data, places, report, document.refused)
    return None if result is None or report.problems else (result, places)


def _lay(below: Node, above: Node, path: KeyPath, model: type[BaseModel], report: Report) -> Node:
    if isinstance(below.value, list) and isinstance(above.value, dict):
        return _change_items(below, above, path, model, report)
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return merge(below, above, report, path)
    if _other_kind(below, above, models_at(model, path)):
        return above
    merged = dict(below.value)
    for stated, node in above.value.items():
        key = str(stated) if stated not in merged and str(stated) in merged else stated
        if key not in merged:
            merged[key] = node
        elif node.value is None:
            del merged[key]
        else:
            merged[key] = _lay(merged[key], node, (*path, key), model, report)
    return Node(merged, below.mark)


def _change_items(below: Node, above: Node, path: KeyPath, model: type[BaseModel], report: Report) -> Node:
    """Items of a list changed by their position or name."""
    items = list(below.value)
    names = [_name(item) for item in items]
    for key, node in above.value.items():
        place = names.index(key) if key in names else key
        if isinstance(place, int) and place < len(items):
            items[place] = _lay(items[place], node, (*path, place), model, report)
        else:
            known = ", ".join(str(name or i) for i, name in enumerate(names))
            report.at(NOWHERE, f"the list has no item {key}", dotted((*path, key)), f"known: {known}")
    return Node(items, below.mark)


def _name(item: Node) -> Any:
    keys: Mapping[Key, Node] = item.value if isinstance(item.value, dict) else {}
    return next((keys[word].value for word in ("id", "name") if word in keys), None)


def _other_kind(below: Node, above: Node, models: Sequence[type[BaseModel]]) -> bool:
    """Whether a mapping is another member of a union of models than the one it is laid over, by its literal key."""
    return len(models) > 1 and any(
        key in below.value and node.value != below.value[key].value and all(_is_literal(m, key) for m in models)
        for key, node in above.value.items()
    )


def _is_literal(model: type[BaseModel], key: Key) -> bool:
    field = model.model_fields.get(str(key))
    return field is not None and field.is_required() and typing.get_origin(bare(field.annotation)) is typing.Literal
