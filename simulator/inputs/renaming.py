"""Old names in files become new ones before anything else is read, each with a warning at its line.

Every file is taken by itself, so a scenario with new names may extend one with old names. A file that gives both names
of one thing is refused.
"""

from __future__ import annotations

from simulator.errors import Problem, warn
from simulator.inputs.strict_yaml import Key, KeyPath, Mark, Node, Report, dotted
from simulator.renamed import RENAMED, notice, renamed

HELP = "write `{}`"


def rename_in_scenario(node: Node, report: Report) -> None:
    """Give the keys, words, tables and columns of a scenario file their new names."""
    for row in RENAMED:
        if row.what == "key":
            *above, old = row.old.split(".")
            _rename(node, tuple(above), old, row.new.rpartition(".")[2], "key", report)
        elif row.what == "word":
            *above, key = row.at.split(".")
            for path, mapping in _mappings(node, tuple(above)):
                _reword(mapping, key, row.old, row.new, path, report)
        elif row.what == "table":
            _rename(node, ("changes",), row.old, row.new, "table", report)
        elif row.what == "column":
            _rename(node, ("changes", row.at, "*"), row.old, row.new, "column", report)


def rename_in_tables(node: Node, report: Report) -> None:
    """Give the tables of a system file, and the columns of rows written in it, their new names."""
    for row in RENAMED:
        if row.what == "table":
            _rename(node, (), row.old, row.new, "table", report)
        elif row.what == "column":
            table = node.value.get(row.at)
            for i, item in enumerate(table.value if table and isinstance(table.value, list) else ()):
                _rename(item, (), row.old, row.new, "column", report, (row.at, i))


def renamed_header(names: list[str], table: str, mark: Mark, report: Report) -> list[str]:
    """The columns of a CSV file of a table, by their new names."""
    new = renamed("column", table)
    for name in names:
        if name in new and new[name] in names:
            report.at(mark, f"`{name}` is the old name of `{new[name]}`, which is also a column", name, "keep one")
        elif name in new:
            _tell("column", name, new[name], name, mark, report)
    return [new[name] if name in new and new[name] not in names else name for name in names]


def _rename(
    node: Node, above: KeyPath, old: str, new: str, what: str, report: Report, path: KeyPath = ()
) -> None:  # fmt: skip
    for found, mapping in _mappings(node, above, path):
        items: dict[Key, Node] = mapping.value
        if old not in items:
            continue
        mark, here = items[old].mark, dotted((*found, old))
        if new in items:
            report.at(mark, f"`{old}` is the old name of `{new}`, which is also given", here, "keep one", key=True)
            del items[old]
            continue
        _tell(what, old, new, here, mark, report)
        kept = [(new if key == old else key, item) for key, item in items.items()]
        items.clear()
        items.update(kept)


def _reword(mapping: Node, key: str, old: str, new: str, path: KeyPath, report: Report) -> None:
    item = mapping.value.get(key)
    if item is not None and isinstance(item.value, str) and item.value == old:
        _tell("word", old, new, dotted((*path, key)), item.mark, report)
        mapping.value[key] = Node(new, item.mark)


def _mappings(node: Node, above: KeyPath, path: KeyPath = ()) -> list[tuple[KeyPath, Node]]:
    """The mappings at a path below a node, of which ``*`` is any key; none where there is no mapping."""
    if not isinstance(node.value, dict):
        return []
    if not above:
        return [(path, node)]
    keys = list(node.value) if above[0] == "*" else [key for key in node.value if key == above[0]]
    return [found for key in keys for found in _mappings(node.value[key], above[1:], (*path, key))]


def _tell(what: str, old: str, new: str, path: str, mark: Mark, report: Report) -> None:
    line, column = mark.key_line, mark.key_column
    warn(Problem(notice(what, old, new), mark.file, line, column, path, report.excerpt(mark.file, line),
                 HELP.format(new)))  # fmt: skip
