"""Names that are near one another or look alike, and help lines about them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

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
