"""One scenario laid over another: what ``extends`` means in a file, and ``Scenario.with_`` in Python."""

from __future__ import annotations

from typing import Any

from simulator.inputs.strict_yaml import Key, KeyPath, Node, Report, dotted, shorten
from simulator.system.alike import nearest


def merge(parent: Node, child: Node, report: Report, path: KeyPath = ()) -> Node:
    """The child laid over the parent.

    Mappings merge key by key and ``null`` removes a key the parent has; lists whose items all carry an ``id`` (or a
    ``name``) merge by it, and ``remove: true`` removes an item; anything else is replaced.
    """
    if isinstance(parent.value, dict) and isinstance(child.value, dict):
        merged: dict[Key, Node] = dict(parent.value)
        for key, node in child.value.items():
            if key not in merged:
                merged[key] = node
            elif node.value is None:
                del merged[key]
            else:
                merged[key] = merge(merged[key], node, report, (*path, key))
        return Node(merged, child.mark)
    for word in ("id", "name"):
        if _all_carry(parent, word) and _all_carry(child, word):
            return Node(_merge_items(parent, child, word, report, path), child.mark)
    return child


def _all_carry(node: Node, word: str) -> bool:
    return bool(node.value) and isinstance(node.value, list) and all(
        isinstance(item.value, dict) and word in item.value and isinstance(item.value[word].value, str | int)
        for item in node.value
    )  # fmt: skip


def _merge_items(parent: Node, child: Node, word: str, report: Report, path: KeyPath) -> list[Node]:
    merged = {item.value[word].value: item for item in parent.value}
    if len(merged) < len(parent.value):
        report.at(parent.mark, f"two items have the same {word}, so nothing can be laid over them", dotted(path))
        return list(child.value)
    seen: dict[Any, int] = {}
    for item in child.value:
        stated = item.value[word]
        key, here = stated.value, dotted((*path, str(stated.value)))
        if key in seen:
            message = f"{word} {shorten(str(key))} is given twice: in line {seen[key]} and in line {stated.mark.line}"
            report.at(stated.mark, message, here, "keep one of them")
            continue
        seen[key] = stated.mark.line
        removed = item.value.get("remove")
        if removed is not None and removed.value is True:
            if merged.pop(key, None) is None:
                message = f"nothing to remove: there is no {word} {shorten(str(key))}"
                report.at(stated.mark, message, here, nearest(key, map(str, merged)))
        else:
            merged[key] = merge(merged[key], item, report, (*path, str(key))) if key in merged else item
    return list(merged.values())
