"""Scenarios become schema objects, with all they extend: a file, a dict, or one that is an object already.

A dict is as strict as a file: its keys and values become the same nodes (``plain_data``), so every check, old name and
``extends`` works alike; a problem names the dotted path, as there is no line. Every problem of all that is involved is
found in one pass and raised as one ``InputError`` that names file, line and column; a file that cannot be read at all
is a ``FileError``. Nothing else is raised, whatever is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel

from simulator.errors import InputError
from simulator.inputs.merge import merge
from simulator.inputs.plain_data import mapping_node
from simulator.inputs.renaming import rename_in_scenario
from simulator.inputs.scenario import Origin, Scenario
from simulator.inputs.strict_yaml import REFUSED, Document, KeyPath, Mark, Node, Refusal, Report, dotted, flatten
from simulator.inputs.tables import (
    DATA,
    SYSTEM_FILE,
    LoadedSystem,
    built_in,
    file_beside,
    file_inside,
    folder_of,
    read_node,
    read_system,
    read_tables,
    system_called,
)
from simulator.inputs.validation import Marks, describe, validate

__all__ = [
    "DATA", "SYSTEM_FILE", "LoadedScenario", "LoadedSystem", "ScenarioSource", "asks_nothing", "built_in",
    "file_beside", "load_scenario", "load_system", "name_of", "read_extending", "read_scenario", "read_source",
    "read_system", "read_tables",
]  # fmt: skip

M = TypeVar("M", bound=BaseModel)

ScenarioSource: TypeAlias = str | Path | Scenario | Mapping[str, Any]
"""What a scenario can be given as: the path of a file, an object, or a dict of what a file would say."""

OWN_KEYS = ("question", "description")
"""What a scenario says for itself and does not take from the one it extends."""


@dataclass(frozen=True)
class Draft:
    """What a file and all it extends say, before keys and values are checked."""

    document: Document
    marks: Marks
    files: tuple[Path, ...]
    report: Report
    complete: bool
    """None of the files is broken. Otherwise what seems to be missing may be in the one that is."""


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
        return f"{mark.file}:{mark.line}" if mark and mark.file else ""

    @cached_property
    def _by_dotted(self) -> dict[str, Mark]:
        return {dotted(path): mark for path, mark in self.marks.nodes.items()}


def load_scenario(path: str | Path) -> Scenario:
    """The scenario in a YAML file, with all it extends. Raises ``InputError`` and ``FileError``.

    It remembers the file: what it names (a system, profiles) is looked for beside it.
    """
    return read_scenario(path).scenario


def read_scenario(path: str | Path) -> LoadedScenario:
    """As ``load_scenario``, with the place of every value."""
    return _loaded(Path(path), None)


def read_source(source: ScenarioSource, folder: str | Path | None = None) -> LoadedScenario:
    """A scenario given as a path, a dict or an object, with the place of every value that a file states.

    What a dict names (``extends``, a system, profiles) is looked for in ``folder``, without it in the current folder.
    A path and an object know theirs, so that ``folder`` beside them is an ``InputError``.
    """
    if isinstance(source, Mapping):
        return _loaded(Path(folder or ".") / Origin().path, source)
    if folder is not None:
        raise InputError(
            "`folder` is where the files that a dict names are looked for; leave it out with anything else"
        )
    if isinstance(source, Scenario):
        return LoadedScenario(source, source.origin.marks, source.origin.files)
    if isinstance(source, str | Path):
        return read_scenario(source)
    raise InputError(f"a scenario is a path, a Scenario or a dict, found {type(source).__name__}")


def name_of(source: ScenarioSource) -> str:
    """What a scenario is called where nobody names it: as its file, or ``scenario`` where it has none."""
    if isinstance(source, str | Path):
        return Path(source).stem
    return (source.origin if isinstance(source, Scenario) else Origin()).path.stem


def _loaded(path: Path, data: Mapping[str, Any] | None) -> LoadedScenario:
    scenario, marks, files = read_extending(path, Scenario, data)
    return LoadedScenario(scenario.from_origin(Origin(path, files, marks)), marks, files)


def load_system(scenario: Scenario, path: Path) -> LoadedSystem:
    """The system that a scenario file names, built in or a file beside it."""
    return system_called(scenario.system, path)


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


def read_extending(
    path: str | Path, model: type[M], data: Mapping[str, Any] | None = None
) -> tuple[M, Marks, tuple[Path, ...]]:
    """A YAML file and the files it extends as one object of ``model``, its marks, and the files read.

    ``data`` is taken as what a file at ``path`` would say, which then need not exist.
    """
    draft = draft_extending(Path(path), model, data)
    result = None
    if draft.complete:
        result = validate(model, draft.document.data, draft.marks, draft.report, draft.document.refused)
    draft.report.raise_if_any()
    assert result is not None
    return result, draft.marks, draft.files


def draft_extending(path: Path, model: type[BaseModel], data: Mapping[str, Any] | None = None) -> Draft:
    """What a file and those it extends say, with the problems of reading them. Raises where nothing can be read."""
    report = Report()
    nodes, files, complete = _chain(path, data, report)
    for node in nodes if model is Scenario else ():
        rename_in_scenario(node, report)
    if not nodes:
        report.raise_if_any()
    merged = nodes[-1]
    for child in reversed(nodes[:-1]):
        inherited = {key: node for key, node in merged.value.items() if key not in OWN_KEYS}
        merged = merge(Node(inherited, merged.mark), child, report)
    document = flatten(merged)
    return Draft(document, Marks(document.marks), files, report, complete)


# --------------------------------------------------------------------------------------------- extends


def _chain(path: Path, data: Mapping[str, Any] | None, report: Report) -> tuple[list[Node], tuple[Path, ...], bool]:
    """The nodes of the file (or of ``data`` in its place) and of its ancestors, child first; the files that were read;
    and whether none of them is broken."""
    root = folder_of(path)
    nodes: list[Node] = []
    files, names = [path], [str(path)]
    resolved = [root / path.name]
    first = 0 if data is None else 1
    while True:
        if data is not None and not nodes:
            node = mapping_node(data, report)
        else:
            node = read_node(files[-1], names[-1], report, nodes)
        if node is None:
            return nodes, tuple(files[first:]), False
        parent = node.value.pop("extends", None)
        nodes.append(node)
        if parent is None or parent.value is REFUSED:
            return nodes, tuple(files[first:]), parent is None
        try:
            following = _parent_file(parent.value, resolved[-1].parent, root)
            if following in resolved[first:]:
                chain = " -> ".join([*names, names[resolved.index(following)]])
                raise Refusal(f"scenarios extend each other in a circle: {chain}", "delete one `extends`")
        except Refusal as refusal:
            report.at(parent.mark, refusal.message, "extends", refusal.help)
            return nodes, tuple(files[first:]), False
        resolved.append(following)
        files.append(following)
        names.append(str(path.parent / following.relative_to(root)))


def _parent_file(value: Any, folder: Path, root: Path) -> Path:
    if not isinstance(value, str):
        found = "a list" if isinstance(value, list) else "keys" if isinstance(value, dict) else describe(value)
        raise Refusal(f"`extends` names one file, found {found}", "write `extends: reference`")
    name = value if value.endswith((".yaml", ".yml")) else f"{value}.yaml"
    return file_inside(name, folder, root)
