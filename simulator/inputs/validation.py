"""Plain data against a pydantic model: every complaint in plain words, at the place of the value.

Pydantic checks strictly (text is never taken for a number) and says where in the *model* a value is wrong; here that
becomes a place in the *file*. Complaints of the members of a union about one value become a single sentence, an
unknown key gets the nearest known one, and a missing key is shown at the mapping it is missing from.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from simulator.inputs.strict_yaml import NUMBER, Key, KeyPath, Mark, Refusal, Report, dotted, read_number, shorten
from simulator.system import WrongColumns
from simulator.system.alike import nearest
from simulator.system.meaning import sentence

M = TypeVar("M", bound=BaseModel)

MAX_DETAILS = 500
"""More complaints of pydantic are not looked at: only the first hundred problems are shown."""


@dataclass
class Marks:
    """Where each value comes from. Cells of CSV tables are located only when somebody asks."""

    nodes: dict[KeyPath, Mark] = field(default_factory=dict)
    rows: dict[KeyPath, Callable[[Key | None], Mark | None]] = field(default_factory=dict)
    """For a row read from CSV: the mark of its cell in a column, or (None) of the row."""

    def at(self, path: KeyPath) -> Mark | None:
        """The mark of exactly this value; None when no file states it."""
        if row := self.rows.get(path[:2]):
            return row(path[2] if len(path) > 2 else None)
        return self.nodes.get(path)

    def near(self, path: KeyPath) -> Mark:
        """The mark of this value or, where no file states it, of what it belongs to."""
        for length in range(len(path), -1, -1):
            if mark := self.at(path[:length]):
                return mark
        raise KeyError(dotted(path))

    def label(self, path: KeyPath) -> str:
        """The dotted path; for a cell of a CSV table the name of its column."""
        return dotted(path[2:3]) if path[:2] in self.rows else dotted(path)


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with the value at ``path``. ``expected`` is set when its type or word is wrong."""

    path: KeyPath
    message: str = ""
    help: str = ""
    expected: str = ""
    in_union: bool = False
    at_key: bool = False


def validate(
    model: type[M], data: Any, marks: Marks, report: Report, refused: Iterable[KeyPath] = (), prefix: KeyPath = ()
) -> M | None:
    """``data`` as an object of ``model``, or None when problems were reported.

    ``refused`` are paths reported before, about which nothing more is said. ``prefix`` is where ``data`` is in
    the whole of which ``marks`` speaks.
    """
    value, complaints = checked(model, data)
    refused = set(refused)
    for complaint in complaints:
        path = prefix + complaint.path
        if path in refused:
            continue
        mark, label = marks.near(path), marks.label(path)
        report.at(mark, complaint.message, label, _mention_origin(complaint, mark, marks), key=complaint.at_key)
    return value


def checked(model: type[M], data: Any) -> tuple[M | None, list[Complaint]]:
    """``data`` as an object of ``model``, or None and what is wrong with it: text is never taken for a number."""
    try:
        return model.model_validate(data, strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False)[:MAX_DETAILS]
        return None, list(_merged([found for detail in details for found in _complaints(model, data, detail)], data))


def _mention_origin(complaint: Complaint, mark: Mark, marks: Marks) -> str:
    """The help line; for a key inherited from another file it says how to be rid of it."""
    root = marks.nodes.get(())
    if complaint.at_key and complaint.path and root is not None and mark.file != root.file:
        key = complaint.path[-1]
        how = f"`{key}: null` in {root.file}" if root.file else f"{key!r}: None"
        return f"{complaint.help}; or {how} removes it"
    return complaint.help


# ----------------------------------------------------------------------------- from pydantic to the file


def _complaints(model: type[BaseModel], data: Any, detail: Any) -> list[Complaint]:
    """What pydantic says in one detail; a check of a whole row may say something of several columns."""
    cause = (detail.get("ctx") or {}).get("error")
    if isinstance(cause, WrongColumns):
        path, _ = _locate(data, detail["loc"])
        return [Complaint((*path, column), message, help) for column, message, help in cause.found]
    return [_complaint(model, data, detail)]


def _complaint(model: type[BaseModel], data: Any, detail: Any) -> Complaint:
    kind, loc, context = detail["type"], detail["loc"], detail.get("ctx") or {}
    if kind == "missing":
        return _missing(model, data, loc)
    if kind == "union_tag_not_found":
        return _missing(model, data, (*loc, context["discriminator"].strip("'")))
    path, value = _locate(data, loc)
    in_union, at_key = len(path) < len([part for part in loc if part != "[key]"]), "[key]" in loc
    if kind in ("extra_forbidden", "invalid_key"):
        return _unknown_key(model, loc, path)
    if kind == "union_tag_invalid":
        words = _words(context["expected_tags"])
        return Complaint((*path, context["discriminator"].strip("'")), expected=_one_of(words),
                         help=nearest(context["tag"], words))  # fmt: skip
    if kind in ("literal_error", "enum"):
        words = _words(context["expected"])
        return Complaint(path, expected=_one_of(words), help=nearest(value, words), in_union=in_union)
    if at_key:
        value = path[-1] if path else None
    if kind in _TYPES:
        expected = _TYPES[kind]
        help = _advice(expected, value) or _meant(model, loc)
        return Complaint(path, expected=expected, help=help, in_union=in_union, at_key=at_key)
    help = _meant(model, loc) if kind in _BOUNDS else ""
    return Complaint(path, message=_bound(kind, context, value, detail["msg"]), help=help, at_key=at_key)


_TYPES = {
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    "finite_number": "a finite number",
    "string_type": "text",
    **dict.fromkeys(("tuple_type", "list_type", "set_type", "frozen_set_type"), "a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "keys and values"),
    "none_required": "null",
}

_BOUNDS = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must look like {pattern}",
    "too_short": "must have at least {min_length} items, has {actual_length}",
    "too_long": "must have at most {max_length} items, has {actual_length}",
}


def _bound(kind: str, context: Mapping[str, Any], value: Any, message: str) -> str:
    """A limit that is not kept, or the message of a check in the model."""
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    if kind not in _BOUNDS:
        return message
    limit = _BOUNDS[kind].format(**{name: _plain(bound) for name, bound in context.items()})
    return limit if kind.startswith("too_") else f"{limit}, found {describe(value)}"


def _plain(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _missing(model: type[BaseModel], data: Any, loc: tuple[Any, ...]) -> Complaint:
    *outer, name = loc
    path, _ = _locate(data, tuple(outer), mapping=True)
    meant = _meant(model, loc)
    return Complaint((*path, name), f"`{name}` is missing", f"add `{name}: …`" + (f" ({meant})" if meant else ""))


def _meant(model: type[BaseModel], loc: tuple[Any, ...]) -> str:
    """What the key or column at a place of pydantic's means, with its unit; empty where it is none."""
    if not loc or not isinstance(loc[-1], str):
        return ""
    return next((sentence(m, loc[-1]) for m in models_at(model, loc[:-1]) if loc[-1] in m.model_fields), "")


def _unknown_key(model: type[BaseModel], loc: tuple[Any, ...], path: KeyPath) -> Complaint:
    key = str(loc[-1])
    known = [name for m in models_at(model, loc[:-1]) for name in m.model_fields]
    if ":" in key:
        help = "a colon between key and value is followed by a space"
    else:
        help = nearest(key, known) or f"known here: {', '.join(known)}"
    return Complaint(path, f"unknown key {shorten(key)}", help, at_key=True)


def _merged(complaints: list[Complaint], data: Any) -> Iterator[Complaint]:
    """One complaint per value: the members of a union are joined by "or", and give way to complaints inside them."""
    for path in dict.fromkeys(complaint.path for complaint in complaints):
        here = [complaint for complaint in complaints if complaint.path == path]
        wrong = [complaint for complaint in here if complaint.expected]
        deeper = any(len(c.path) > len(path) and c.path[: len(path)] == path for c in complaints)
        if wrong and not (deeper and all(complaint.in_union for complaint in wrong)):
            expected = " or ".join(dict.fromkeys(complaint.expected for complaint in wrong))
            found = describe(path[-1] if wrong[0].at_key else _value(data, path))
            help = next((complaint.help for complaint in wrong if complaint.help), "")
            yield Complaint(path, f"expected {expected}, found {found}", help, at_key=wrong[0].at_key)
        yield from (complaint for complaint in here if not complaint.expected)


def _value(data: Any, path: KeyPath) -> Any:
    for part in path:
        data = data[part]
    return data


def _locate(data: Any, loc: tuple[Any, ...], *, mapping: bool = False) -> tuple[KeyPath, Any]:
    """Path and value in ``data`` of a place in the model.

    The place may also name members of unions, which the data does not know: of all readings the one is right that
    finds the last part, then the most parts. ``mapping``: what is found must be a mapping.
    """

    def rank(reading: tuple[KeyPath, Any, bool]) -> tuple[bool, bool, int]:
        path, value, last = reading
        return isinstance(value, Mapping) or not mapping, last, len(path)

    path, value, _ = max(_readings(data, loc), key=rank)
    return path, value


def _readings(data: Any, loc: tuple[Any, ...], last: bool = True) -> Iterator[tuple[KeyPath, Any, bool]]:
    if not loc:
        yield (), data, last
        return
    head, rest = loc[0], loc[1:]
    inside = head in data if isinstance(data, Mapping) else isinstance(data, tuple) and head in range(len(data))
    if inside:
        for path, value, found in _readings(data[head], rest):
            yield (head, *path), value, found
    yield from _readings(data, rest, head == "[key]" and last)


# ------------------------------------------------------------------------------------ what the model knows


def bare(annotation: Any) -> Any:
    """The annotation without ``Annotated``."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation


def is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def models_at(annotation: Any, loc: tuple[Any, ...]) -> list[type[BaseModel]]:
    """The models that are allowed at a place of pydantic's (which can name the member of a union)."""
    annotation = bare(annotation)
    arguments = typing.get_args(annotation)
    if is_union(annotation):
        members = [bare(argument) for argument in arguments]
        chosen = [member for member in members if loc and loc[0] in _tags(member)]
        if chosen:
            return [model for member in chosen for model in models_at(member, loc[1:])]
        return [model for member in members for model in models_at(member, loc)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not loc:
            return [annotation]
        info = annotation.model_fields.get(str(loc[0]))
        return models_at(info.annotation, loc[1:]) if info else []
    if arguments and loc:
        return models_at(arguments[1] if typing.get_origin(annotation) is dict else arguments[0], loc[1:])
    return []


def _tags(annotation: Any) -> set[Any]:
    """What pydantic may call a model as a member of a union: its class name or a literal of its own."""
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return set()
    literals = (bare(info.annotation) for info in annotation.model_fields.values())
    words = {word for a in literals if typing.get_origin(a) is typing.Literal for word in typing.get_args(a)}
    return {annotation.__name__, *words}


# --------------------------------------------------------------------------------------------- plain words


def describe(value: Any) -> str:
    """A value in words.

    >>> describe("NO"), describe(None), describe(True), describe((1, 2))
    ("the text 'NO'", 'nothing (null)', 'true', 'a list')
    """
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {shorten(value)}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "keys and values" if isinstance(value, Mapping) else "a list"


def _words(listed: str) -> list[str]:
    """Pydantic's ``'a', 'b' or 3`` as a list."""
    return [word.strip("'") for word in re.findall(r"'[^']*'|[^\s,]+", listed.replace(" or ", ", "))]


def _one_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def _advice(expected: str, value: Any) -> str:
    """What to write instead of ``value``."""
    if expected == "true or false" and isinstance(value, str | int | float):
        word = str(value).lower()
        if word in ("yes", "y", "on", "1", "true"):
            return "write true"
        return "write false" if word in ("no", "n", "off", "0", "false") else "write true or false"
    if expected in ("a number", "a whole number") and isinstance(value, str):
        return number_advice(value)
    if expected == "a whole number" and isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    if expected == "text" and isinstance(value, bool | int | float):
        return f'write "{str(value).lower()}", in quotes'
    if expected == "a list" and isinstance(value, str | int | float):
        return f"write [{value}]" if len(str(value)) < 40 else "write [a, b]"
    return ""


def number_advice(text: str) -> str:
    """How a number is written that came as ``text``.

    >>> number_advice("1_000"), number_advice("1,5")
    ('write 1000', 'write 1.5')
    >>> number_advice("1 GW")
    "write the number alone and in full, without 'GW', in the unit of its name or column"
    """
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", text):
        return "write thousands without a sign between them, decimals with a point"
    plain = re.sub(r"(?<=\d)[_\s'](?=\d)", "", text.strip()[:100])
    plain = re.sub(r"^([-+]?\d+),(\d+)", r"\1.\2", plain)
    number = NUMBER.match(plain)
    if number is None or ":" in plain:
        return "write a number such as 12.5"
    try:
        value = read_number(number.group())
    except Refusal:
        return "write a number such as 12.5"
    if number.end() < len(plain):
        if re.fullmatch(r"\d{4}-\d\d?(-\d\d?)?", plain):
            return f"write {plain[:4]} for the year; a month has no place here"
        rest = plain[number.end() :].strip()
        return f"write the number alone and in full, without {rest!r}, in the unit of its name or column"
    return f"write {value}, without quotes" if plain == text else f"write {value}"
