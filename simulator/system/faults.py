"""What is wrong with names: those that nobody bears, and those that meet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from simulator.system.alike import look, nearest, short, some
from simulator.system.names import KnownNames, Models, Of, Own, Word, fields_of, leaves, searched, words


@dataclass(frozen=True)
class Fault:
    """What is wrong with a name: in a column of a row (its position in its table), or in an object of a scenario."""

    path: tuple[str | int, ...]
    message: str
    help: str = ""
    earlier: tuple[str | int, ...] = ()
    """Where the name is that it meets."""


def faults_of_tables(names: KnownNames) -> Iterator[Fault]:
    """Everything wrong with the names of tables; paths are table, position, column."""
    for table, rows in names.rows.items():
        if names.models[table].key_fields:
            yield from _equal_keys(table, names.models[table].key_fields, rows)
    found = [
        Word((table, i, word.path[0]), word.text, word.mark)
        for table, rows in names.rows.items() if _has_own(names.models[table])
        for i, row in enumerate(rows) for word in words(row) if isinstance(word.mark, Own)
    ]  # fmt: skip
    yield from _meeting(found, reserved_words(names.models))
    for table, rows in names.rows.items():
        if _all_borne(names.models[table], rows, names):
            continue
        for i, row in enumerate(rows):
            for fault in faults_of_row(row, names):
                yield replace(fault, path=(table, i, fault.path[0]))


@cache
def _has_own(model: Any) -> bool:
    """Whether objects have names of their own, or contain other objects, which may."""
    return any(not isinstance(plain, Of) for _, _, plain in searched(model))


def _all_borne(model: Any, rows: Sequence[Any], names: KnownNames) -> bool:
    """Whether every name of others in a table is borne, seen by columns, as nearly always: each word is looked up once.
    False also where this cannot be seen so."""
    for column, _, mark in searched(model):
        if mark is None:
            return False
        if isinstance(mark, Of):
            values = {getattr(row, column) for row in rows} - {None, ()}
            texts = {text for value in values for text in (value if isinstance(value, tuple) else (value,))}
            if any(names.unknown(mark, text) for text in texts):
                return False
    for columns, target in model.together.items():
        keys = {tuple(getattr(row, column) for column in columns) for row in rows}
        if target in names.complete and not {key for key in keys if None not in key} <= names.keys(
            target, len(columns)
        ):
            return False
    return True


def faults_of(model: BaseModel, names: KnownNames) -> Iterator[Fault]:
    """Everything wrong with the names in an object; paths lead into it."""
    found = list(words(model))
    yield from _unknown(found, names)
    yield from _meeting(found, reserved_words(names.models), once=True)


def faults_of_row(row: Any, names: KnownNames) -> Iterator[Fault]:
    """Names of others in one row that nobody bears, alone or together; paths lead into it."""
    unknown = list(_unknown(words(row), names))
    yield from unknown
    for columns, target in row.together.items():
        key = tuple(getattr(row, column) for column in columns)
        if None in key or target not in names.complete or any(fault.path[0] in columns for fault in unknown):
            continue
        if key not in names.keys(target, len(columns)):
            said = ", ".join(f"{column} {part}" for column, part in zip(columns, key, strict=True))
            yield Fault(columns[-1:], f"no row of {target} has {said}", f"add it to {target}, or name one of its rows")


def _unknown(found: Iterable[Word], names: KnownNames) -> Iterator[Fault]:
    for word in found:
        if isinstance(word.mark, Of) and (miss := names.unknown(word.mark, word.text)):
            part, known = miss
            where = " or ".join(word.mark.targets)
            yield Fault(word.path, f"unknown name {short(part)}: not in {where}", nearest(part, known) or some(known))


def _equal_keys(table: str, fields: Sequence[str], rows: Sequence[Any]) -> Iterator[Fault]:
    first: dict[tuple[Any, ...], int] = {}
    for i, row in enumerate(rows):
        key = tuple(getattr(row, field) for field in fields)
        if key in first:
            said = ", ".join(f"{field} {value}" for field, value in zip(fields, key, strict=True))
            yield Fault((table, i, fields[0]), f"{said} is in {table} twice", "keep one of them",
                        (table, first[key], fields[0]))  # fmt: skip
        else:
            first[key] = i


def _meeting(found: Iterable[Word], reserved: Mapping[str, Collection[str]], once: bool = False) -> Iterator[Fault]:
    """Names of a space that are the same though they name two things, look the same, or are reserved words."""
    seen: dict[str, dict[str, Word]] = {}
    for word in found:
        if not isinstance(word.mark, Own):
            continue
        column = f"{word.path[0]}.{word.path[-1]}"
        space, text = word.mark.space or column, str(word.text)
        if text in reserved.get(column, ()):
            yield Fault(word.path, f"{short(text)} is a word with a meaning of its own here", "choose another name")
        other = seen.setdefault(space, {}).setdefault(look(text), word)
        if other.text != text:
            yield Fault(word.path, f"{short(text)} and {short(other.text)} look the same to a reader",
                        "write the same name in the same way, and different ones so that they can be distinguished",
                        other.path)  # fmt: skip
        elif other is not word and ((once and not word.mark.repeats) or other.path[0] != word.path[0]):
            names = sorted({str(part.path[0]) for part in (other, word)})
            yield Fault(word.path, f"{short(text)} is a name of two things, in {' and in '.join(names)}",
                        "rename one of them", other.path)  # fmt: skip


def reserved_words(models: Models) -> dict[str, set[str]]:
    """Column → words that references to it use for something else, such as ``all``."""
    return _reserved_words(tuple(models.items()))


@cache
def _reserved_words(tables: tuple[tuple[str, Any], ...]) -> dict[str, set[str]]:
    models, found = dict(tables), dict[str, set[str]]()
    inside = (mark for model in models.values() for typed in fields_of(model).values() for _, mark in leaves(*typed))
    for mark in (mark for mark in inside if isinstance(mark, Of)):
        for target in mark.targets:
            table, _, column = target.partition(".")
            if table in models:
                found.setdefault(f"{table}.{column or models[table].key_fields[0]}", set()).update(mark.also)
    return found
