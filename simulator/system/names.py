"""What a text names, and whether somebody bears that name.

Every text of a row or a scenario declares what it is, in its type:

* ``Id``: a name of its own. Other rows call it by this name, and labels of the results are made of it.
* ``Annotated[str, Of("zones")]``: the name of something else, here of a row of ``zones``. A target is a table (its
  first key), a column (``"fuel_supply.market"``), or a word list that is in no table (slices, model years).
* ``FreeText``: words for the reader; nothing depends on them.

Columns that only together name a row say so in the class (``together``). ``system/faults``
finds every name that nobody bears, and names that meet: two of one space that are the same, or that look the same.

What a name may contain
--------------------
Letters of any script, digits, signs and single blanks. Not: control and invisible characters, blanks at the ends or
two in a row, and ``/ | ; : = \\``, which join names (``zone/technology``, ``ZONE:wind``, ``a;b``) in files and results.
So a composed label is the label of one thing only. A name is written in Unicode's composed form (NFC). Two names of one
space must differ by more than capitals or the script of a letter that looks the same: a reader takes ``KAZ_N`` and
``kaz_n`` for one.
"""

from __future__ import annotations

import types
import typing
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
def searched(model: Any) -> tuple[tuple[str, Typed, Mark | None], ...]:
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
    for name, typed, plain in searched(type(model)):
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
        if mark.parted and not text:  # several names, of which there are none
            return None
        parts = [part.strip() for part in str(text).split(mark.parted)] if mark.parted else [text]
        for part in parts:
            if part not in mark.also and not any(part in known for known in lists):
                return part, [*(name for known in lists for name in known), *mark.also]
        return None
