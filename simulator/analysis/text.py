"""Tables for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Container, Sequence


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


def markdown(head: Sequence[str], body: Sequence[Sequence[object]]) -> str:
    """A table in Markdown; a bar inside a cell stays a bar.

    >>> print(markdown(["name", "MW"], [["wind", 5]]), end="")
    | name | MW |
    |---|---|
    | wind | 5 |
    """
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in body]
    return "\n".join(lines) + "\n"
