"""The pages ``scenario_reference.md`` and ``tables.md``: values, unit, default and meaning of every key and column."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from simulator.inputs.scenario import Scenario
from simulator.inputs.study import Study
from simulator.reference.formulation import formulation
from simulator.reference.values import default, values
from simulator.results_schema import as_markdown
from simulator.system import Row, System
from simulator.system.kinds import ALL, TECHNOLOGY, USERS, Meaning
from simulator.system.meaning import about, meaning, models_in, unit_of
from simulator.system.names import Of, row_models

NOTICE = "<!-- Written by `simulator schema --docs docs`: change the text beside the field, not here. -->"
HEADER = "| {} | values | unit | default | meaning |\n|---|---|---|---|---|"


def written(folder: Path) -> dict[str, str]:
    """File → text of every page; the end of ``results.md`` is replaced, its beginning is written by hand."""
    pages = {
        "scenario_reference.md": scenario_page(),
        "study_reference.md": study_page(),
        "tables.md": tables_page(),
        "formulation.md": formulation(),
    }
    results = folder / "results.md"
    if results.exists():
        beginning, _, _ = results.read_text(encoding="utf-8").partition("### Labels\n")
        pages["results.md"] = beginning + as_markdown()
    return pages


# ------------------------------------------------------------------------------------------------ scenario


def scenario_page() -> str:
    """Every key of a scenario, a section for each object in it."""
    places = _places(Scenario)
    sections = [_section(model, paths) for model, paths in places.items()]
    return "\n\n".join([
        "# Keys of a scenario", NOTICE,
        "A scenario is a YAML file. A key that is not listed is an error, and so is a key without effect. Figures have "
        "the unit of the column *unit*; dates are years (`2028`, its first day) or months (`2028-06`). *Empty* means "
        "that the key is left out. The tables that names refer to are in [tables.md](tables.md).", *sections,
    ]) + "\n"  # fmt: skip


def study_page() -> str:
    """Every key of a study, as the keys of a scenario."""
    sections = [_section(model, paths, "The study") for model, paths in _places(Study).items()]
    return "\n\n".join([
        "# Keys of a study", NOTICE,
        "A study is a YAML file for `simulator sweep`: many runs of one scenario. A key that is not listed is an "
        "error. What is varied is named by dotted paths of the scenario "
        "([scenario_reference.md](scenario_reference.md)); `null` as a level means: as the scenario says. *Empty* "
        "means that the key is left out.", *sections,
    ]) + "\n"  # fmt: skip


def _places(model: type[BaseModel], path: str = "") -> dict[type[BaseModel], list[str]]:
    """Every class of objects in a scenario and the paths at which it may be written."""
    found: dict[type[BaseModel], list[str]] = {model: [path]}
    for name, info in model.model_fields.items():
        for inner in models_in(info.annotation):
            here = f"{path}.{name}".lstrip(".") + _below(info.annotation)
            for kind, paths in _places(inner, here).items():
                known = found.setdefault(kind, [])
                known += [new for new in paths if new not in known]
    return found


def _below(annotation: Any) -> str:
    """How the objects of a list or a mapping are reached."""
    while typing.get_origin(annotation) is typing.Annotated or type(None) in typing.get_args(annotation):
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) is tuple:
        return "[]"
    if typing.get_origin(annotation) is dict:
        key = typing.get_args(annotation)[0]
        target = next((mark.targets[0] for mark in getattr(key, "__metadata__", ()) if isinstance(mark, Of)), "name")
        return f".<{target}>"
    return ""


def _section(model: type[BaseModel], paths: list[str], whole: str = "The scenario") -> str:
    title = ", ".join(f"`{path}`" for path in paths) if paths != [""] else whole
    if "method" in model.model_fields and len(words := typing.get_args(model.model_fields["method"].annotation)) == 1:
        title += f", `method: {words[0]}`"
    lines = [_line(model, name, lambda kind: f"[keys below](#{_anchor(kind)})") for name in model.model_fields]
    return f'<a id="{_anchor(model)}"></a>\n## {title}\n\n{_code(about(model))}\n\n' + _table("key", lines)


def _anchor(model: type[BaseModel]) -> str:
    return model.__name__.lower()


# -------------------------------------------------------------------------------------------------- tables


def tables_page() -> str:
    """Every table of a system, with its columns."""
    rows = row_models(System)
    scalars = [_line(System, name, _class) for name in System.model_fields if name not in rows]
    shared = [_line(Row, name, _class) for name in Row.model_fields]
    contents = [f"| [`{name}`](#{name}) | {_code(_first_sentence(about(row)))} |" for name, row in rows.items()]
    return "\n\n".join([
        "# Tables of a power system", NOTICE,
        "The built-in system has its tables in `simulator/data/central_asia`, one CSV file each. A system of one's own "
        "is a YAML file with the same tables, inline or as CSV files beside it. A row is named by its key, the columns "
        "of the key joined by `/`; a scenario changes any figure by that name (`changes`). *Empty* is an empty cell or "
        "a key left out. Dates are years (`2028`, its first day) or months (`2028-06`). Several values in a cell are "
        "joined by `;`.",
        "## The system itself", _table("key", scalars),
        "## Columns of every table", "Where a figure comes from; every table but `sources` has them.",
        _table("column", shared), "## All tables", "\n".join(["| table | a row is |", "|---|---|", *contents]),
        *(_table_section(name, row) for name, row in rows.items()),
    ]) + "\n"  # fmt: skip


def _table_section(name: str, row: Any) -> str:
    only = TECHNOLOGY if name == "technologies" else USERS.get(name, {})
    own = [field for field in row.model_fields if field not in Row.model_fields or not issubclass(row, Row)]
    lines = [_line(row, field, _class, only) for field in sorted(own, key=lambda field: _place(row, field))]
    key = ", ".join(f"`{field}`" for field in row.key_fields)
    return f"### {name}\n\n{_code(about(row))} Key: {key}.\n\n" + _table("column", lines)


def _place(row: Any, field: str) -> int:
    """Columns of the key come first."""
    return row.key_fields.index(field) if field in row.key_fields else len(row.key_fields)


def _class(model: type[BaseModel]) -> str:
    return f"`{model.__name__}`"


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


# ---------------------------------------------------------------------------------------------------- both


def _line(model: type[BaseModel], name: str, link: Any, only: Mapping[str, Meaning] | None = None) -> str:
    info = model.model_fields[name]
    text = meaning(model, name) + _for_kinds((only or {}).get(name))
    cells = (f"`{name}`", values(info, link), unit_of(model, name), default(info), _code(text))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _for_kinds(given: Meaning | None) -> str:
    """For which technologies a column has an effect."""
    if given is None or given.kinds == ALL:
        return ""
    condition = f" with {given.condition}" if given.condition else ""
    needed = ", needed there" if given.needed else ""
    return f" Only for {', '.join(f'`{kind}`' for kind in sorted(given.kinds))}{condition}{needed}."


def _table(first: str, lines: Iterable[str]) -> str:
    return "\n".join(_rows(first, lines))


def _rows(first: str, lines: Iterable[str]) -> Iterator[str]:
    yield HEADER.format(first)
    yield from lines


def _code(text: str) -> str:
    """Names in code style, as Markdown writes them."""
    return text.replace("``", "`")
