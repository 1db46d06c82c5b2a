"""Strict YAML: text becomes nodes that know their place.

PyYAML's event parser reads the syntax; what a word means is decided here by the core schema of YAML 1.2, so
``NO``, ``12:30`` and ``2030-06`` stay text and ``1e6`` is a number. Whatever could surprise is refused: equal keys,
leading zeros, ``.nan`` and ``.inf``, anchors, aliases, merge keys, tags, several documents, invisible characters.
Size, depth and digits are limited, so a hostile file is a message and never a crash. All problems of a file go to
one ``Report``; reading goes on after each as far as the syntax allows.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeAlias

import yaml

from simulator.errors import FileError, InputError, Problem
from simulator.files import Unreadable
from simulator.files.kinds import SAVE_AS_CSV
from simulator.files.text import LINE_BREAK, decode

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_DIGITS = 40
LARGEST = 1e15
"""No figure of a power system is larger, or smaller than its inverse; so none grows beyond what a float can hold."""
MAX_PROBLEMS = 100
MAX_EXCERPT = 160

Key: TypeAlias = str | int
KeyPath: TypeAlias = tuple[Key, ...]

SHORT = re.compile(r"-?(0|[1-9]\d{0,8})(?:\.(\d{1,8}))?", re.ASCII)
"""The numbers that files are full of: of few digits, without an exponent, neither too large nor too small."""
NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)
CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None,
             "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}  # fmt: skip


class Mark(NamedTuple):
    """Place of a value and of its key; lines and columns count from 1."""

    file: str
    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place. ``value`` is a dict of nodes, a list of nodes, a scalar, or ``REFUSED``."""

    value: Any
    mark: Mark


class _Refused:
    """In the place of a value that was refused and reported already."""


REFUSED = _Refused()


class Refusal(Exception):
    """Why a word is refused, and what to write instead."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message, self.help = message, help


@dataclass
class Report:
    """The problems found so far, and the lines of the files they are in."""

    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, message: str, file: str, line: int, column: int, path: str = "", help: str = "") -> None:
        excerpt = self.excerpt(file, line)
        excerpt = "" if column > MAX_EXCERPT else excerpt
        self.problems.append(Problem(message, file, line, column, path, excerpt, help))

    def at(self, mark: Mark, message: str, path: str = "", help: str = "", *, key: bool = False) -> None:
        """A problem of the value at ``mark``, or of its key."""
        line, column = (mark.key_line, mark.key_column) if key else (mark.line, mark.column)
        self.add(message, mark.file, line, column, path, help)

    def excerpt(self, file: str, line: int) -> str:
        """The line, cut to a readable length, with a blank for whatever a terminal would not show as one sign."""
        lines = self.lines.get(file, [])
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return UNPRINTABLE.sub(" ", text[:MAX_EXCERPT]).replace("\t", " ").rstrip()

    @property
    def is_full(self) -> bool:
        """There are more problems than will be shown: looking for others is in vain."""
        return len(self.problems) > MAX_PROBLEMS

    def raise_if_any(self) -> None:
        """Raise ``InputError`` with all problems, the first hundred of them when there are more."""
        if not self.problems:
            return
        problems = sorted(dict.fromkeys(self.problems), key=lambda p: (p.file, p.line, p.column))
        shown = problems[:MAX_PROBLEMS]
        if len(problems) > MAX_PROBLEMS:
            last = shown[-1]
            shown.append(Problem("further problems are not shown", last.file, last.line, last.column))
        raise InputError(shown)


def dotted(path: KeyPath) -> str:
    """``("plants", 3, "name")`` is ``plants.3.name``; list items count from 0.

    >>> dotted(("musd_per_year", 2027))
    'musd_per_year.2027'
    """
    return ".".join(str(part) for part in path)


def shorten(text: str, length: int = 40) -> str:
    """The text in quotes, cut when it is long, control characters escaped.

    >>> shorten("wind")
    "'wind'"
    """
    return repr(text if len(text) <= length else text[: length - 1] + "…")


# ------------------------------------------------------------------------------------------------ files


def read_text(path: Path, name: str, report: Report, limit: int = MAX_BYTES, *, bom: bool = False) -> str | None:
    """The text of a UTF-8 file, or None when problems were reported.

    ``name`` is what messages call the file. ``bom``: a byte-order mark is skipped instead of refused (spreadsheets
    write one). Raises ``FileError`` when the file cannot be read at all.
    """
    content = _read_bytes(path, name, limit)
    if len(content) > limit:
        report.add(f"the file is larger than {limit // 1024} KiB", name, 0, 0, help="split it, or use a CSV table")
        return None
    if content.startswith(b"\xef\xbb\xbf") and not bom:
        report.add("the file begins with a byte-order mark", name, 1, 1, help="save it as UTF-8 without BOM")
    text = _decode(content, name, report, SAVE_AS_CSV if bom else "save the file with encoding UTF-8")
    return text if text is not None and _is_printable(text, name, report) else None


def _read_bytes(path: Path, name: str, limit: int) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise FileError(f"{name} is {'a folder' if stat.S_ISDIR(mode) else 'not a regular file'}")
        with path.open("rb") as file:
            return file.read(limit + 1)
    except FileNotFoundError:
        raise FileError(f"{name} does not exist") from None
    except OSError as error:
        raise FileError(f"{name} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise FileError(f"{shorten(name)} is no file name: {error}") from None


def _decode(content: bytes, name: str, report: Report, advice: str) -> str | None:
    try:
        text = decode(content, advice)
    except Unreadable as error:
        report.lines[name] = LINE_BREAK.split(content.decode("utf-8", errors="replace"))
        report.add(error.message, name, error.line, error.column, help=error.help)
        return None
    report.lines[name] = LINE_BREAK.split(text)
    return text


def _is_printable(text: str, name: str, report: Report) -> bool:
    found = UNPRINTABLE.search(text)
    if found is None:
        return True
    before = LINE_BREAK.split(text[: found.start()])
    message = f"control or invisible character U+{ord(found.group()):04X}"
    report.add(message, name, len(before), len(before[-1]) + 1, help="delete it (it may not show in the editor)")
    return False


# ---------------------------------------------------------------------------------------------- scalars


def read_number(text: str) -> int | float:
    """The number that ``text`` (matching ``NUMBER``) says; raises ``Refusal`` when it is not plain and finite.

    >>> read_number("1e6"), read_number("2.50")
    (1000000, 2.5)
    """
    if short := SHORT.fullmatch(text):
        return float(text) if short[2] else int(text)
    if re.match(r"[-+]?0\d", text):
        plain = re.sub(r"^([-+]?)0+(?=\d)", r"\1", text)[:MAX_DIGITS]
        raise Refusal("a number cannot begin with 0", f'write {plain}, or "{text[:MAX_DIGITS]}" when it is text')
    if sum(sign.isdigit() for sign in text) > MAX_DIGITS:
        raise Refusal(f"the number has more than {MAX_DIGITS} digits", "round it; put it in quotes when it is text")
    value = float(text)
    mantissa = re.split("[eE]", text)[0]
    if abs(value) > LARGEST or (abs(value) < 1 / LARGEST and re.search("[1-9]", mantissa)):
        raise Refusal("the number is too large or too small", "put it in quotes when it is text")
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    return int(value) if "e" in text.lower() and value.is_integer() and abs(value) < 2**53 else value


def read_scalar(text: str) -> str | int | float | bool | None:
    """What a word without quotes means in YAML 1.2; raises ``Refusal`` for what would surprise.

    >>> [read_scalar(word) for word in ("NO", "12:30", "2030-06", "true", "~")]
    ['NO', '12:30', '2030-06', True, None]
    """
    if text in CONSTANTS:
        return CONSTANTS[text]
    if NUMBER.fullmatch(text):
        return read_number(text)
    if NOT_FINITE.fullmatch(text):
        raise Refusal(f"{text} is not a finite number", "write a number, or leave the key out")
    if OTHER_BASE.fullmatch(text):
        help = f'write it in decimals, or "{text[:MAX_DIGITS]}" when it is text'
        raise Refusal("only decimal numbers are read", help)
    return text


# ---------------------------------------------------------------------------------------------- composer


class _Stop(Exception):
    """The rest of the file cannot be read; the reason is reported."""


def compose(text: str, name: str, report: Report) -> Node | None:
    """The nodes of the one YAML mapping in ``text``; None when its syntax is broken (reported)."""
    loader = yaml.SafeLoader(text)
    known, seen = _PARSED.pop(text, None), []  # type: list[Any] | None, list[Any]
    try:
        node = _Composer(iter(known) if known else _parsed(loader, seen), name, report).document()
        if len(text) <= KEPT_BYTES:
            _PARSED[text] = known or seen
        if len(_PARSED) > KEPT_TEXTS:
            del _PARSED[next(iter(_PARSED))]
        return node
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, name, report)
    except (ValueError, OverflowError):  # PyYAML on "\UFFFFFFFF" and on %YAML with thousands of digits
        mark = loader.get_mark()
        report.add("this escape or directive cannot be read", name, mark.line + 1, mark.column + 1)
    except _Stop:
        pass
    return None


_PARSED: dict[str, list[Any]] = {}
"""Events of the texts composed last: a file with mistakes is looked at more than once, and parsing takes longest."""
KEPT_TEXTS = 8
KEPT_BYTES = 100_000


def _parsed(loader: yaml.SafeLoader, seen: list[Any]) -> Iterator[Any]:
    """Events as they are parsed, kept in ``seen``."""
    while True:
        seen.append(loader.get_event())  # type: ignore[no-untyped-call]
        yield seen[-1]


class _Composer:
    """Builds nodes from PyYAML's events; recursion is bounded by ``MAX_DEPTH``."""

    def __init__(self, events: Iterator[Any], name: str, report: Report) -> None:
        self.events, self.name, self.report = events, name, report

    def document(self) -> Node:
        self.next()
        start = self.next()
        if isinstance(start, yaml.StreamEndEvent):
            self.stop("the file is empty", start, "`simulator init` writes a scenario to begin with")
        if start.version or start.tags:
            self.complain("directives (%) are not read", start, "delete the line")
        first = self.next()
        node = self.node(first, (), None, 1)
        if node.value is None:
            self.stop("the file is empty", first, "`simulator init` writes a scenario to begin with")
        if not isinstance(node.value, dict):
            self.stop("the file must be a mapping of keys and values", first, "write lines such as `key: value`")
        self.next()
        following = self.next()
        if not isinstance(following, yaml.StreamEndEvent):
            self.complain("a file has one document only", following, "delete this `---` and what follows")
        return node

    def node(self, event: Any, path: KeyPath, key: Any, depth: int) -> Node:
        """The node that begins with ``event``; ``key`` is the event of its key."""
        mark = self.mark(event, key or event)
        if isinstance(event, yaml.AliasEvent):
            self.complain("aliases (*) are not read", event, "write the value out, or use `extends`", path)
            return Node(REFUSED, mark)
        if event.anchor is not None:
            self.complain("anchors (&) are not read", event, "delete it; `extends` shares values", path)
        if event.tag is not None:
            self.complain("tags (!) are not read", event, "delete it; quotes make text of a number", path)
            self.skip(event)
            return Node(REFUSED, mark)
        if isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event, path), mark)
        if depth > MAX_DEPTH:
            self.stop(f"nested deeper than {MAX_DEPTH} levels", event, "no scenario needs this; check the brackets")
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self.sequence(path, depth), mark)
        return Node(self.mapping(path, depth), mark)

    def sequence(self, path: KeyPath, depth: int) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items)), None, depth + 1))
        return items

    def mapping(self, path: KeyPath, depth: int) -> dict[Key, Node]:
        items: dict[Key, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.key(event, path)
            node = self.node(self.next(), path if key is None else (*path, key), event, depth + 1)
            if key is None:
                continue
            if (first := lines.get(str(key))) is not None:
                message = f"`{key}` is given twice: in line {first} and in line {node.mark.key_line}"
                self.complain(message, event, "keep one of them", (*path, key))
                continue
            lines[str(key)] = node.mark.key_line
            items[key] = node
        return items

    def key(self, event: Any, path: KeyPath) -> Key | None:
        """The key that ``event`` says: text or a whole number; None when refused."""
        if not isinstance(event, yaml.ScalarEvent):
            self.complain("a key must be a word or a whole number", event, "brackets cannot be keys", path)
            self.skip(event)
            return None
        if event.anchor is not None or event.tag is not None:
            self.complain("anchors (&) and tags (!) are not read", event, "delete it", path)
            return None
        if event.implicit[0] and event.value == "<<":
            self.complain("merge keys (<<) are not read", event, "write the keys out, or use `extends`", path)
            return None
        value = self.scalar(event, path)
        if value is REFUSED:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            message = f"a key must be a word or a whole number, not `{event.value}`"
            self.complain(message, event, f'write "{event.value}" when this word is meant', path)
            return None
        return value

    def scalar(self, event: Any, path: KeyPath) -> Any:
        try:
            if found := UNPRINTABLE.search(event.value):
                raise Refusal(f"control or invisible character U+{ord(found.group()):04X}", "leave it out")
            return read_scalar(event.value) if event.implicit[0] else event.value
        except Refusal as refusal:
            self.complain(refusal.message, event, refusal.help, path)
            return REFUSED

    def skip(self, event: Any) -> None:
        """Pass over the collection that ``event`` opened."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth > 0:
            event = self.next()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def next(self) -> Any:
        return next(self.events)

    def mark(self, event: Any, key: Any) -> Mark:
        start, key_start = event.start_mark, key.start_mark
        return Mark(self.name, start.line + 1, start.column + 1, key_start.line + 1, key_start.column + 1)

    def complain(self, message: str, event: Any, help: str, path: KeyPath = ()) -> None:
        self.report.at(self.mark(event, event), message, dotted(path), help)

    def stop(self, message: str, event: Any, help: str) -> NoReturn:
        self.complain(message, event, help)
        raise _Stop


_SYNTAX = (
    (r"'\t'", "there is a tab here", "YAML wants spaces: replace the tab"),
    ("mapping values are not allowed", "a colon where no key can end, or a wrong indentation",
     "put text that contains `: ` in quotes; keys of one mapping begin in the same column"),
    ("could not find expected ':'", "this line has no `: ` after its key", "write `key: value`, with a space"),
    ("expected <block end>", "the indentation does not fit the lines above",
     "keys of one mapping begin in the same column; a text in quotes ends with its line"),
    ("unexpected end of stream", "a quote is never closed", "close the quote"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing", "write [a, b] or {a: 1, b: 2}"),
    ("cannot start any token", "text cannot begin with this sign", "put the text in quotes"),
    ("found undefined alias", "aliases (*) are not read", "put text that begins with * in quotes"),
)  # fmt: skip


def _report_syntax(error: yaml.MarkedYAMLError, name: str, report: Report) -> None:
    problem = error.problem or "this is not YAML"
    known = ((message, help) for part, message, help in _SYNTAX if part in problem)
    message, help = next(known, (f"this is not YAML: {problem}", ""))
    mark = error.context_mark if "never closed" in message and error.context_mark else error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    report.add(message, name, line, column, help=help)


# ------------------------------------------------------------------------------------------ plain data


@dataclass
class Document:
    """Plain data (dict, tuple, scalar), the place of every value, and the paths that were refused already."""

    data: Any
    marks: dict[KeyPath, Mark]
    refused: set[KeyPath]


def flatten(node: Node) -> Document:
    """Nodes as plain data. Lists become tuples; refused values are left out and named in ``refused``."""
    document = Document(None, {}, set())
    document.data = _flatten(node, (), document)
    return document


def _flatten(node: Node, path: KeyPath, document: Document) -> Any:
    document.marks[path] = node.mark
    if isinstance(node.value, Mapping):
        refused = {key for key, item in node.value.items() if item.value is REFUSED}
        document.refused.update((*path, key) for key in refused)
        kept = ((key, item) for key, item in node.value.items() if key not in refused)
        return {key: _flatten(item, (*path, key), document) for key, item in kept}
    if isinstance(node.value, list):
        items = [item for item in node.value if item.value is not REFUSED]
        if len(items) < len(node.value):
            document.refused.add(path)
        return tuple(_flatten(item, (*path, index), document) for index, item in enumerate(items))
    return node.value
