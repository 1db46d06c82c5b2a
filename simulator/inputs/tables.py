"""The tables of a system become schema objects, wherever they are: built in, in a folder, in a file beside a scenario.

Every problem of every file involved is found in one pass and raised as one ``InputError`` that names file, line and
column; a file that cannot be read at all is a ``FileError``.
"""

from __future__ import annotations

import difflib
import functools
import pickle
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import TypeVar

import pydantic
from pydantic import BaseModel

from simulator import cache
from simulator.errors import FileError, InputError, Problem
from simulator.inputs.csv_tables import Table, check_names, read_csv, validate_rows
from simulator.inputs.renaming import rename_in_tables
from simulator.inputs.strict_yaml import Document, Node, Refusal, Report, compose, flatten, read_text, shorten
from simulator.inputs.validation import Marks, validate
from simulator.system import System
from simulator.system.names import row_models

M = TypeVar("M", bound=BaseModel)

DATA = Path(__file__).resolve().parents[1] / "data"

SYSTEM_FILE = "system.yaml"
"""What a system given as a folder is read from."""


@dataclass(frozen=True)
class TablesDraft:
    """What the files of a system say, before rows and names are checked."""

    document: Document
    tables: dict[str, Table]
    marks: Marks
    files: list[Path]
    report: Report


@dataclass(frozen=True)
class LoadedSystem:
    """A system, where each of its values comes from, and the files it was read from."""

    system: System
    marks: Marks
    files: tuple[Path, ...]


def read_system(path: str | Path) -> System:
    """The system in a YAML file, or in the ``system.yaml`` of a folder, with its CSV tables.

    One that comes with the simulator is read once. Raises ``InputError`` and ``FileError``.
    """
    for place in (Path(path), Path(path).parent):
        if place.parent == DATA and (Path(path) == place or Path(path).name == SYSTEM_FILE) and built_in(place.name):
            return _built_in_system(place).system
    return read_tables(path, System)[0]


def system_called(name: str, path: Path) -> LoadedSystem:
    """The system that the scenario file ``path`` calls ``name``, built in or a file beside it."""
    own = built_in(name)
    if own is not None:
        return _built_in_system(own)
    return LoadedSystem(*read_tables(file_beside(name, path, "system"), System))


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


# ---------------------------------------------------------------------------------------------- tables


def read_tables(path: str | Path, model: type[M]) -> tuple[M, Marks, tuple[Path, ...]]:
    """A YAML file whose tables are inline or in CSV files, as one object of ``model``, its marks, and the files read.

    A table is any field of ``model`` that is a tuple of row models. In the YAML it is a list of rows, the name of a
    CSV file, or a list of such names, relative to the YAML's folder and inside it.
    """
    draft = draft_tables(Path(path), model)
    result = _assemble(model, draft.document, draft.tables, draft.marks, draft.report)
    return result, draft.marks, tuple(draft.files)


def draft_tables(path: Path, model: type[BaseModel]) -> TablesDraft:
    """What the files say, with the problems of reading them. Raises where the YAML itself cannot be read."""
    report = Report()
    if _is_folder(path):
        path = path / SYSTEM_FILE
    node = read_node(path, str(path), report, [])
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
            tables[name].every_row = tables[name].complete
            del document.data[name]
        elif name in document.data or (name,) in document.refused:
            tables[name].complete = tables[name].every_row = False
    return TablesDraft(document, tables, marks, files, report)


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
    root = folder_of(yaml_path)
    marks.nodes[(table.name,)] = items[0].mark
    before, files, cells = len(report.problems), [], 0
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
            cells += len(row.refused)
    table.complete = len(report.problems) == before
    table.every_row = len(report.problems) == before + cells
    return files


# ----------------------------------------------------------------------------------------------- files


def read_node(path: Path, name: str, report: Report, children: list[Node]) -> Node | None:
    """The nodes of one file. Only of the outermost file is an unreadable one a ``FileError``."""
    try:
        text = read_text(path, name, report)
    except FileError as error:
        if not children:
            raise FileError(f"{error}{similar_files(path)}") from None
        report.add(str(error), name, 0, 0)
        return None
    return compose(text, name, report) if text is not None else None


def file_inside(name: str, folder: Path, root: Path) -> Path:
    """The existing file that a file in ``folder`` calls ``name``, symlinks resolved; it must lie inside ``root``.

    Raises ``Refusal`` (message and help) otherwise. ``root`` is a resolved path.
    """
    windows = PureWindowsPath(name)
    if windows.drive or windows.root or "\\" in name:
        raise Refusal(
            f"{shorten(name)} is not a relative path",
            f"write a path relative to this file, with /, inside the folder {root.name}",
        )
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(root):
            raise Refusal(
                f"{shorten(name)} lies outside the folder {root.name}",
                "copy the file, and the files it names, into the folder",
            )
        exists = path.is_file()
    except (OSError, RuntimeError, ValueError):
        raise Refusal(f"{shorten(name)} cannot be resolved to a file", "check the name and its links") from None
    if not exists:
        help = similar_files(path).removeprefix("; ") or "check the name"
        raise Refusal(f"there is no file {shorten(name)}", help)
    return path


def folder_of(path: Path) -> Path:
    """The folder of a file, symlinks resolved. Raises ``FileError``."""
    try:
        return path.parent.resolve()
    except (OSError, RuntimeError, ValueError):
        raise FileError(f"{shorten(str(path))} is no readable path") from None


def similar_files(path: Path) -> str:
    """``; nearest: NAME`` for a file that is not there; "" where nothing in its folder is called alike."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return ""
    close = difflib.get_close_matches(path.name[:100], names, 1, 0.6)
    return f"; nearest: {close[0]}" if close and close[0] != path.name else ""
