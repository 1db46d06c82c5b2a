"""Files become schema objects: a scenario with its ``extends``, a system with its tables.

Every problem of every file involved is found in one pass and raised as one ``InputError`` that names file, line and
column; a file that cannot be read at all is a ``FileError``. Nothing else is raised, whatever the files contain.
"""

from __future__ import annotations

import difflib
import functools
import pickle
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

import pydantic
from pydantic import BaseModel

from simulator import cache
from simulator.errors import FileError, InputError, Problem
from simulator.inputs.csv_tables import Table, check_names, read_csv, validate_rows
from simulator.inputs.renaming import rename_in_scenario, rename_in_tables
from simulator.inputs.scenario import Scenario, System
from simulator.inputs.strict_yaml import (
    REFUSED,
    Document,
    Key,
    KeyPath,
    Mark,
    Node,
    Refusal,
    Report,
    compose,
    dotted,
    flatten,
    read_text,
    shorten,
)
from simulator.inputs.validation import Marks, describe, validate
from simulator.system.names import nearest, row_models

M = TypeVar("M", bound=BaseModel)

OWN_KEYS = ("question", "description")
"""What a scenario says for itself and does not take from the one it extends."""

DATA = Path(__file__).resolve().parents[1] / "data"

SYSTEM_FILE = "system.yaml"
"""What a system given as a folder is read from."""


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario, where each of its values comes from, and the files it was read from (its own first)."""

    scenario: Scenario
    marks: Marks
    files: tuple[Path, ...]

    def where(self, path: str | KeyPath) -> str:
        """``file:line`` that set the value at a dotted path such as ``horizon.model_years``.

        "" when no file states it and the default holds.
        """
        mark = self._by_dotted.get(path if isinstance(path, str) else dotted(path))
        return f"{mark.file}:{mark.line}" if mark else ""

    @cached_property
    def _by_dotted(self) -> dict[str, Mark]:
        return {dotted(path): mark for path, mark in self.marks.nodes.items()}


@dataclass(frozen=True)
class LoadedSystem:
    """A system, where each of its values comes from, and the files it was read from."""

    system: System
    marks: Marks
    files: tuple[Path, ...]


def load_scenario(path: str | Path) -> Scenario:
    """The scenario in a YAML file, with all it extends. Raises ``InputError`` and ``FileError``."""
    return read_scenario(path).scenario


def read_scenario(path: str | Path) -> LoadedScenario:
    """As ``load_scenario``, with the place of every value."""
    scenario, marks, files = read_extending(path, Scenario)
    return LoadedScenario(scenario, marks, files)


def read_system(path: str | Path) -> System:
    """The system in a YAML file, or in the ``system.yaml`` of a folder, with its CSV tables.

    Raises ``InputError`` and ``FileError``.
    """
    return read_tables(path, System)[0]


def load_system(scenario: Scenario, path: Path) -> LoadedSystem:
    """The system that a scenario file names, built in or a file beside it."""
    own = built_in(scenario.system)
    if own is not None:
        return _built_in_system(own)
    return LoadedSystem(*read_tables(file_beside(scenario.system, path, "system"), System))


@functools.cache
def _built_in_system(folder: Path) -> LoadedSystem:
    """A system that comes with the simulator: read once in a process, and kept as long as its files do not change."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    code = cache.code("inputs", "system", "files")
    key = cache.checksum(pydantic.VERSION, code, cache.checksum_of_files(files))
    kept = cache.find("systems", key)
    if kept is not None:
        try:
            loaded = pickle.loads(kept)
        except Exception:  # whatever is wrong with it: the tables are read again
            loaded = None
        if isinstance(loaded, LoadedSystem):
            return loaded
    loaded = LoadedSystem(*read_tables(folder, System))
    cache.keep("systems", key, pickle.dumps(loaded, pickle.HIGHEST_PROTOCOL))
    return loaded


def asks_nothing(path: Path, error: InputError) -> bool:
    """Whether all that is wrong with a file is that it has no question and description, and others beside extend it."""
    if not all(problem.path in OWN_KEYS and "missing" in problem.message for problem in error.problems):
        return False
    return any(_extends(other) == path.resolve() for other in path.parent.glob("*.y*ml") if other != path)


def _extends(path: Path) -> Path | None:
    """The file that a scenario extends, by its line ``extends: name``; a file that cannot be read extends nothing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    named = [line.split(":", 1)[1].split("#")[0].strip().strip("'\"") for line in lines if line.startswith("extends:")]
    return (path.parent / named[0]).resolve() if named and named[0] else None


def built_in(name: str) -> Path | None:
    """The folder of a built-in system; none if no system has that name."""
    folder = DATA / name
    return folder if name.replace("_", "").isalnum() and folder.is_dir() else None


def file_beside(name: str, path: Path, key: str) -> Path:
    """A file that the scenario file ``path`` names under ``key``, inside its folder. Raises ``InputError`` there."""
    folder = path.resolve().parent
    try:
        return file_inside(name, folder, folder)
    except Refusal as refusal:
        raise InputError([Problem(refusal.message, path=key, help=refusal.help)]) from None


def read_extending(path: str | Path, model: type[M]) -> tuple[M, Marks, tuple[Path, ...]]:
    """A YAML file and the files it extends as one object of ``model``, its marks, and the files read."""
    report = Report()
    nodes, files, complete = _chain(Path(path), report)
    for node in nodes if model is Scenario else ():
        rename_in_scenario(node, report)
    if not nodes:
        report.raise_if_any()
    merged = nodes[-1]
    for child in reversed(nodes[:-1]):
        inherited = {key: node for key, node in merged.value.items() if key not in OWN_KEYS}
        merged = merge(Node(inherited, merged.mark), child, report)
    document = flatten(merged)
    marks = Marks(document.marks)
    result = None
    if complete:  # otherwise what seems to be missing may be in the file that is broken
        result = validate(model, document.data, marks, report, document.refused)
    report.raise_if_any()
    assert result is not None
    return result, marks, files


# --------------------------------------------------------------------------------------------- extends


def _chain(path: Path, report: Report) -> tuple[list[Node], tuple[Path, ...], bool]:
    """The nodes of the file and of its ancestors, child first, their files, and whether none of them is broken."""
    root = _folder_of(path)
    nodes: list[Node] = []
    files, names = [path], [str(path)]
    resolved = [root / path.name]
    while True:
        node = _read_node(files[-1], names[-1], report, nodes)
        if node is None:
            return nodes, tuple(files), False
        parent = node.value.pop("extends", None)
        nodes.append(node)
        if parent is None or parent.value is REFUSED:
            return nodes, tuple(files), parent is None
        try:
            following = _parent_file(parent.value, resolved[-1].parent, root)
            if following in resolved:
                chain = " -> ".join([*names, names[resolved.index(following)]])
                raise Refusal(f"scenarios extend each other in a circle: {chain}", "delete one `extends`")
        except Refusal as refusal:
            report.at(parent.mark, refusal.message, "extends", refusal.help)
            return nodes, tuple(files), False
        resolved.append(following)
        files.append(following)
        names.append(str(path.parent / following.relative_to(root)))


def _read_node(path: Path, name: str, report: Report, children: list[Node]) -> Node | None:
    """The nodes of one file. Only of the outermost file is an unreadable one a ``FileError``."""
    try:
        text = read_text(path, name, report)
    except FileError as error:
        if not children:
            raise FileError(f"{error}{_similar_files(path)}") from None
        report.add(str(error), name, 0, 0)
        return None
    return compose(text, name, report) if text is not None else None


def _parent_file(value: Any, folder: Path, root: Path) -> Path:
    if not isinstance(value, str):
        found = "a list" if isinstance(value, list) else "keys" if isinstance(value, dict) else describe(value)
        raise Refusal(f"`extends` names one file, found {found}", "write `extends: reference`")
    name = value if value.endswith((".yaml", ".yml")) else f"{value}.yaml"
    return file_inside(name, folder, root)


def file_inside(name: str, folder: Path, root: Path) -> Path:
    """The existing file that a file in ``folder`` calls ``name``, symlinks resolved; it must lie inside ``root``.

    Raises ``Refusal`` (message and help) otherwise. ``root`` is a resolved path.
    """
    windows = PureWindowsPath(name)
    if windows.drive or windows.root or "\\" in name:
        raise Refusal(f"{shorten(name)} is not a relative path", "write a path relative to this file, with /")
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(root):
            raise Refusal(f"{shorten(name)} lies outside the folder {root.name}", "copy the file into the folder")
        exists = path.is_file()
    except (OSError, RuntimeError, ValueError):
        raise Refusal(f"{shorten(name)} cannot be resolved to a file", "check the name and its links") from None
    if not exists:
        help = _similar_files(path).removeprefix("; ") or "check the name"
        raise Refusal(f"there is no file {shorten(name)}", help)
    return path


def _folder_of(path: Path) -> Path:
    try:
        return path.parent.resolve()
    except (OSError, RuntimeError, ValueError):
        raise FileError(f"{shorten(str(path))} is no readable path") from None


def _similar_files(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return ""
    close = difflib.get_close_matches(path.name[:100], names, 1, 0.6)
    return f"; nearest: {close[0]}" if close and close[0] != path.name else ""


# ----------------------------------------------------------------------------------------------- merge


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


# ---------------------------------------------------------------------------------------------- tables


def read_tables(path: str | Path, model: type[M]) -> tuple[M, Marks, tuple[Path, ...]]:
    """A YAML file whose tables are inline or in CSV files, as one object of ``model``, its marks, and the files read.

    A table is any field of ``model`` that is a tuple of row models. In the YAML it is a list of rows, the name of a
    CSV file, or a list of such names, relative to the YAML's folder and inside it.
    """
    report, path = Report(), Path(path)
    if _is_folder(path):
        path = path / SYSTEM_FILE
    node = _read_node(path, str(path), report, [])
    if node is None:
        report.raise_if_any()
    assert node is not None
    rename_in_tables(node, report)
    tables = {name: Table(name, row_model) for name, row_model in row_models(model).items()}
    from_csv = {name: items for name in tables if (items := _csv_names(node.value.get(name))) is not None}
    for name in from_csv:
        del node.value[name]
    document = flatten(node)
    marks = Marks(document.marks)
    files = [path]
    for name, items in from_csv.items():
        files += _read_csv_table(tables[name], items, path, document, marks, report)
    for name in tables.keys() - from_csv.keys():
        inline = document.data.get(name)
        if isinstance(inline, tuple):
            tables[name].raw, tables[name].complete = list(inline), (name,) not in document.refused
            del document.data[name]
        elif name in document.data or (name,) in document.refused:
            tables[name].complete = False
    result = _assemble(model, document, tables, marks, report)
    return result, marks, tuple(files)


def _assemble(model: type[M], document: Document, tables: dict[str, Table], marks: Marks, report: Report) -> M:
    """Check rows, then names, then the whole; raises ``InputError`` with all problems."""
    for table in tables.values():
        validate_rows(table, marks, document.refused, report)
    check_names(tables, marks, report)
    rows = {name: tuple(row for _, row in table.rows) for name, table in tables.items()}
    stated = {path[0] for path in marks.nodes if len(path) == 1}
    document.data |= {name: rows[name] for name in tables if name in stated and name not in document.data}
    result = validate(model, document.data, marks, report, document.refused)
    report.raise_if_any()
    assert result is not None
    return result


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _csv_names(node: Node | None) -> list[Node] | None:
    """The names of CSV files when the table is given by names; None when it is not."""
    if node is None:
        return None
    if isinstance(node.value, str):
        return [node]
    if isinstance(node.value, list) and node.value and all(isinstance(item.value, str) for item in node.value):
        return node.value
    return None


def _read_csv_table(
    table: Table, items: list[Node], yaml_path: Path, document: Document, marks: Marks, report: Report
) -> list[Path]:
    """Read the CSV files of a table into it; the files found."""
    root = _folder_of(yaml_path)
    marks.nodes[(table.name,)] = items[0].mark
    before, files = len(report.problems), []
    for item in items:
        try:
            file = file_inside(item.value, root, root)
        except Refusal as refusal:
            report.at(item.mark, refusal.message, table.name, refusal.help)
            continue
        files.append(file)
        for row in read_csv(file, str(yaml_path.parent / file.relative_to(root)), table, report):
            place = (table.name, len(table.raw))
            table.raw.append(row.values)
            marks.rows[place] = row.mark
            document.refused.update((*place, column) for column in row.refused)
    table.complete = len(report.problems) == before
    return files
