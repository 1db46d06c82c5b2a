"""Tables for the terminal."""

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
