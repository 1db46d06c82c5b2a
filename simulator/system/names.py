"""What a text names, and whether somebody bears that name.

Every text of a row or a scenario declares what it is, in its type:

* ``Id``: a name of its own. Other rows call it by this name, and labels of the results are made of it.
* ``Annotated[str, Of("zones")]``: the name of something else, here of a row of ``zones``. A target is a table (its
  first key), a column (``"fuel_supply.market"``), or a word list that is in no table (slices, model years).
* ``FreeText``: words for the reader; nothing depends on them.

Columns that only together name a row say so in the class (``together``). ``faults`` finds every name that nobody bears,
and names that meet: two of one space that are the same, or that look the same.

What a name may contain
--------------------
Letters of any script, digits, signs and single blanks. Not: control and invisible characters, blanks at the ends or
two in a row, and ``/ | ; : = \\``, which join names (``zone/technology``, ``ZONE:wind``, ``a;b``) in files and results.
So a composed label is the label of one thing only. A name is written in Unicode's composed form (NFC). Two names of one
space must differ by more than capitals or the script of a letter that looks the same: a reader takes ``KAZ_N`` and
``kaz_n`` for one.
"""

from __future__ import annotations

import difflib
import types
import typing
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel

LONGEST = 80
JOINTS = "/|;:=\\"
"""Signs that join names."""
BLANK_LETTERS = frozenset(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
"""Letters and signs that show nothing; control and format characters are known by their category."""


# ------------------------------------------------------------------------------------------ declarations


@dataclass(frozen=True)
class Own:
    """A name of its own. Names of one ``space`` must not meet; without one, the column is a space of its own."""

    space: str = ""
    repeats: bool = False
    """In a scenario: the same name may be in several places, which then belong together."""


@dataclass(frozen=True)
class Of:
    """A name that is borne elsewhere: in one of ``targets``, or one of the words ``also``."""

    targets: tuple[str, ...]
    also: tuple[str, ...] = ()
    parted: str = ""
    """The sign between several names in one text."""
    if_any: bool = False
    """Looked for only where the target has names at all."""

    def __init__(self, *targets: str, also: tuple[str, ...] = (), parted: str = "", if_any: bool = False) -> None:
        for name, value in (("targets", targets), ("also", also), ("parted", parted), ("if_any", if_any)):
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Text:
    """No name: words for the reader, or a form that a validator checks."""

    form: str = "text"


Mark = Own | Of | Text


def check_name(name: str) -> str:
    """The name, if it may be one. Raises ``ValueError`` otherwise.

    >>> check_name("Ekibastuz GRES-1"), check_name("Сырдарья")
    ('Ekibastuz GRES-1', 'Сырдарья')
    """
    if not name:
        raise ValueError("a name cannot be empty")
    if len(name) > LONGEST:
        raise ValueError(f"a name has at most {LONGEST} characters, this one {len(name)}")
    for sign in name:
        if sign in JOINTS:
            raise ValueError(f"a name cannot contain {sign!r}: it joins names, write '_' or '-' instead")
        if sign != " " and _shows_nothing(sign):
            raise ValueError(f"a name cannot contain the invisible character U+{ord(sign):04X}: delete it")
    if name != name.strip() or "  " in name:
        raise ValueError("a name has no blanks at its ends and no two in a row")
    if not unicodedata.is_normalized("NFC", name):
        parts = next((c for c in _clusters(name) if not unicodedata.is_normalized("NFC", c)), name)
        raise ValueError(f"write {unicodedata.normalize('NFC', parts)!r} as one character (Unicode's composed form): "
                         f"here it is made of {_codes(parts)}")  # fmt: skip
    return name


def _shows_nothing(sign: str) -> bool:
    variation = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef" or "\u180b" <= sign <= "\u180f"
    return unicodedata.category(sign)[0] in "CZ" or variation or sign in BLANK_LETTERS


def _clusters(name: str) -> Iterator[str]:
    """The characters of a name with the marks that follow each."""
    start = 0
    for i in range(1, len(name) + 1):
        if i == len(name) or not unicodedata.combining(name[i]):
            yield name[start:i]
            start = i


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(sign):04X}" for sign in text)


Id = Annotated[str, AfterValidator(check_name), Own()]
FREE = Text()
FreeText = Annotated[str, FREE]


AssetName = Annotated[str, AfterValidator(check_name), Own("assets")]
"""Plants and projects are side by side in the results, so they share one space of names."""


# ------------------------------------------------------------------------------- from types to the words


class Word(NamedTuple):
    """A text with its declaration, and where it is in the object it was found in."""

    path: tuple[str | int, ...]
    text: str | int
    mark: Mark


Typed = tuple[Any, Mark | None]
"""A type without ``Annotated``, and the mark on it."""


def _origin(annotation: Any) -> Any:
    return typing.get_origin(annotation)


def declared(annotation: Any, mark: Mark | None = None) -> Typed:
    """The type and its mark: the outermost one, else the one given."""
    while _origin(annotation) is Annotated:
        mark = mark or next((m for m in reversed(annotation.__metadata__) if isinstance(m, Mark)), None)
        annotation = annotation.__origin__
    return annotation, mark


@cache
def fields_of(model: Any) -> dict[str, Typed]:
    """Every field of a model."""
    outer = {n: next((m for m in reversed(f.metadata) if isinstance(m, Mark)), None)
             for n, f in model.model_fields.items()}  # fmt: skip
    return {name: declared(info.annotation, outer[name]) for name, info in model.model_fields.items()}


def members(annotation: Any, mark: Mark | None) -> Iterator[Typed]:
    """A type, or all members of a union."""
    if _origin(annotation) in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from members(*declared(member, mark))
    else:
        yield annotation, mark


def leaves(annotation: Any, mark: Mark | None = None) -> Iterator[Typed]:
    """The types inside a type that contain no others."""
    for member, own_mark in members(*declared(annotation, mark)):
        origin = _origin(member)
        parts = [part for part in typing.get_args(member) if part is not Ellipsis] if origin in (tuple, dict) else []
        for part in parts:
            yield from leaves(part, own_mark if origin is tuple else None)
        if not parts:
            yield member, own_mark


def is_model(annotation: Any) -> bool:
    """Whether it is a class of objects with fields."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


@cache
def _searched(model: Any) -> tuple[tuple[str, Typed, Mark | None], ...]:
    """The fields with names in them, with the mark of those that have only texts of one kind."""
    found = []
    for name, typed in fields_of(model).items():
        inside = list(leaves(*typed))
        named = {mark for _, mark in inside if mark is not None and not isinstance(mark, Text)}
        plain = _origin(typed[0]) is not dict and all(leaf in (str, type(None)) for leaf, _ in inside)
        if named or any(is_model(leaf) for leaf, _ in inside):
            found.append((name, typed, named.pop() if plain else None))
    return tuple(found)


def words(model: BaseModel) -> Iterator[Word]:
    """Every name in an object, its own and those of others."""
    for name, typed, plain in _searched(type(model)):
        value = getattr(model, name)
        if value is None or value == ():
            continue
        if plain is None:
            yield from _words(value, typed, (name,))
        elif isinstance(value, tuple):
            yield from (Word((name, i), text, plain) for i, text in enumerate(value))
        else:
            yield Word((name,), value, plain)


def _words(value: Any, typed: Typed, path: tuple[str | int, ...]) -> Iterator[Word]:
    if isinstance(value, BaseModel):
        yield from (Word((*path, *word.path), word.text, word.mark) for word in words(value))
        return
    for member, mark in members(*typed):
        origin, arguments = _origin(member), typing.get_args(member)
        if isinstance(value, Mapping) and origin is dict:
            for key, inner in value.items():
                yield from _words(key, declared(arguments[0]), (*path, key))
                yield from _words(inner, declared(arguments[1]), (*path, key))
            return
        if isinstance(value, tuple) and origin is tuple:
            for i, inner in enumerate(value):
                yield from _words(inner, declared(arguments[0], mark), (*path, i))
            return
        if type(value) is member and mark is not None:
            yield Word(path, value, mark)
            return


def composed(*parts: Any) -> str:
    """One name made of several, joined by ``/``, which none of them can contain: two of as many parts never meet."""
    return "/".join(map(str, parts))


def key_of(row: Any) -> str:
    """The name of a row in its table."""
    return composed(*(getattr(row, field) for field in row.key_fields))


@cache
def row_models(model: Any) -> dict[str, Any]:
    """The tables of a system: every field that is a tuple of any number of rows."""
    found = {}
    for name, (annotation, _) in fields_of(model).items():
        arguments = typing.get_args(annotation)
        if _origin(annotation) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            row, _ = declared(arguments[0])
            if isinstance(row, type) and issubclass(row, BaseModel):
                found[name] = row
    return found


# --------------------------------------------------------------------------------------- who bears a name


Models = Mapping[str, Any]
"""Table → the class of its rows."""
Rows = Mapping[str, Sequence[Any]]
"""Table → its rows."""


class KnownNames:
    """All names of some tables, and of word lists that are in no table (``others``: list → its words).

    Names of tables that are not in ``complete`` are not known in full, so nothing is looked for there.
    """

    def __init__(
        self, models: Models, rows: Rows, others: Mapping[str, Collection[Any]], complete: Collection[str] | None = None
    ) -> None:
        self.models, self.rows, self.others = models, rows, others
        self.complete = set(models if complete is None else complete)
        self._found: dict[str, dict[Any, None]] = {}
        self._keys: dict[tuple[str, int], set[tuple[Any, ...]]] = {}

    def knows(self, target: str) -> bool:
        """Whether all names of a target are known."""
        return target in self.others or target.partition(".")[0] in self.complete

    def of(self, target: str) -> dict[Any, None]:
        """The names of a target, in order."""
        if target not in self._found:
            self._found[target] = dict.fromkeys(self._list(target))
        return self._found[target]

    def keys(self, table: str, length: int) -> set[tuple[Any, ...]]:
        """The first parts of the keys of a table."""
        if (table, length) not in self._keys:
            fields = self.models[table].key_fields[:length]
            self._keys[table, length] = {tuple(getattr(row, field) for field in fields) for row in self.rows[table]}
        return self._keys[table, length]

    def _list(self, target: str) -> Iterable[Any]:
        if target in self.others:
            return self.others[target]
        table, _, column = target.partition(".")
        column = column or self.models[table].key_fields[0]
        return (getattr(row, column) for row in self.rows[table])

    def unknown(self, mark: Of, text: str | int) -> tuple[str | int, list[Any]] | None:
        """The first part of a text that is no name, with all that could have been meant."""
        if not all(self.knows(target) for target in mark.targets):
            return None
        lists = [self.of(target) for target in mark.targets]
        if mark.if_any and not any(lists):
            return None
        parts = [part.strip() for part in str(text).split(mark.parted)] if mark.parted else [text]
        for part in parts:
            if part not in mark.also and not any(part in known for known in lists):
                return part, [*(name for known in lists for name in known), *mark.also]
        return None


# ------------------------------------------------------------------------------------------------ faults


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
    return any(not isinstance(plain, Of) for _, _, plain in _searched(model))


def _all_borne(model: Any, rows: Sequence[Any], names: KnownNames) -> bool:
    """Whether every name of others in a table is borne, seen by columns, as nearly always: each word is looked up once.
    False also where this cannot be seen so."""
    for column, _, mark in _searched(model):
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


# ---------------------------------------------------------------------------------------- near and alike


ALIKE = str.maketrans("АВЕЅІЈКМНОРСТУҮХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYYXABEZHIKMNOPTYX")
"""Cyrillic and Greek capitals that look like Latin ones."""


@cache
def look(name: str) -> str:
    """What a reader sees of a name: names with the same look are taken for one.

    >>> look("KAZ_N") == look("kaz_n") == look("ＫАZ_N")  # a wide K, a Cyrillic A
    True
    """
    return unicodedata.normalize("NFKC", name).upper().translate(ALIKE)


def nearest(word: Any, known: Iterable[Any]) -> str:
    """A help line with the known word nearest to ``word``, or nothing when none is near.

    >>> nearest("KAZ_NN", ["KAZ_N", "UZB"]), nearest("КAZ_N", ["KAZ_N"])
    ('nearest: KAZ_N', 'nearest: KAZ_N, which looks the same: CYRILLIC CAPITAL LETTER KA is not LATIN CAPITAL LETTER K')
    """
    by_look = {look(str(name)): str(name) for name in known}
    text = str(word)[:100]
    close = difflib.get_close_matches(look(text), by_look, 1, 0.6)
    if not close:
        return ""
    found = by_look[close[0]]
    alike = close[0] == look(text) and found.casefold() != text.casefold()
    return f"nearest: {found}" + (f", which looks the same: {_first_difference(text, found)}" if alike else "")


def _first_difference(text: str, other: str) -> str:
    one, two = next(pair for pair in zip(f"{text}\0", f"{other}\0", strict=False) if pair[0] != pair[1])
    return " is not ".join(unicodedata.name(sign, "nothing") for sign in (one, two))


def some(known: Sequence[Any]) -> str:
    """A help line with the first names of a list."""
    if not known:
        return "there is no such name at all"
    return f"known: {', '.join(map(str, known[:8]))}" + (", …" if len(known) > 8 else "")


def short(text: Any, length: int = 40) -> str:
    """A word in quotes, cut when it is long; numbers as they are."""
    if not isinstance(text, str):
        return str(text)
    return repr(text if len(text) <= length else text[: length - 1] + "…")
