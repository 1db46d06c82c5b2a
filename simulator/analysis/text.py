"""Tables for the terminal, for Markdown and for CSV; texts of users stay texts in all of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

MARKUP = re.compile(r"[\\`*<>|\[\]$~]|(?<!\w)_|_(?!\w)|&(?=[#\w]+;)")
"""What Markdown reads as more than a letter; an underscore between letters is none."""
STARTS = re.compile(r"^(?=[#+=-])|^(\d+)(?=[.)])")
"""What at the beginning of a paragraph makes a heading or a list."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a spreadsheet recognises a formula."""


def aligned(head: Sequence[str], body: Sequence[Sequence[str]], left: Container[int]) -> str:
    """Lines of cells under a ruled head; the columns ``left`` (positions) flush left, the others flush right.

    >>> print(aligned(["name", "MW"], [["wind", "1,000"], ["sun", "50"]], left={0}))
    name     MW
    ----  -----
    wind  1,000
    sun      50
    """
    lines = [list(head), *map(list, body)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(t.ljust(w) if i in left else t.rjust(w) for i, (t, w) in enumerate(zip(line, widths, strict=True)))
        .rstrip()
        for line in lines
    )  # fmt: skip


class Markup(str):
    """A text that is Markdown already."""


def markdown(head: Sequence[str], body: Sequence[Sequence[object]]) -> str:
    """A table in Markdown; the text of a cell is shown as it is, unless it is ``Markup``.

    >>> print(markdown(["name", "MW"], [["wind|sun", Markup("**5**")]]), end="")
    | name | MW |
    |---|---|
    | wind\\|sun | **5** |
    """
    lines = ["| " + " | ".join(map(_cell, head)) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in body]
    return "\n".join(lines) + "\n"


def _cell(content: object) -> str:
    return content.replace("|", "\\|") if isinstance(content, Markup) else plain(content)


def plain(text: object) -> str:
    """A user's text for Markdown: one line, nothing in it marked up.

    >>> print(plain("<b>50 $ for _x_ of kaz_res</b>"))
    \\<b\\>50 \\$ for \\_x\\_ of kaz_res\\</b\\>
    """
    return MARKUP.sub(lambda found: "\\" + found[0], " ".join(str(text).split()))


def paragraph(text: object) -> str:
    """The same as a paragraph of its own, which neither a heading nor a list can begin.

    >>> print(paragraph("# 1"), paragraph("1. why?"))
    \\# 1 1\\. why?
    """
    return STARTS.sub(lambda found: f"{found[1] or ''}\\", plain(text))


def csv(table: pd.DataFrame, *, index: bool = False) -> str:
    """A table as CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it.

    >>> print(csv(pd.DataFrame({"name": ["=1+1", "wind"], "MW": [-5, 2]})), end="")
    name,MW
    '=1+1,-5
    wind,2
    """
    safe = table.reset_index() if index else table.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(_no_formula)
    safe.columns = safe.columns.map(_no_formula)
    return str(safe.to_csv(index=False, lineterminator="\n"))


def from_csv(path: Path, texts: Collection[str], numbers: Collection[str]) -> pd.DataFrame:
    """A table that ``csv`` wrote, with these columns. Raises ``ValueError`` for a file that is none."""
    table = pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=[""])
    if absent := [column for column in (*texts, *numbers) if column not in table.columns]:
        raise ValueError(f"no column {absent[0]!r}")
    if table.empty:
        table = table.astype(dict.fromkeys(numbers, float))
    if words := [column for column in numbers if not pd.api.types.is_numeric_dtype(table[column])]:
        raise ValueError(f"column {words[0]!r} does not contain numbers")
    for column in texts:
        table[column] = table[column].fillna("").map(_with_formula)
    return table


def _with_formula(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _no_formula(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
