"""The page ``formulation.md``: the docstrings of the model's features, with their symbols and numbered equations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

from simulator.model import closing, ledger
from simulator.model.build import FEATURES

INTRODUCTION = """\
# Formulation

<!-- Written by `simulator schema --docs docs` from the docstrings in `simulator/model`: change them, not this page. -->

A linear program, with integers only where the data ask for whole units, least sizes or least sums. Inside the model
power is in GW, energy in GWh, money in MUSD of the system's money year, emissions in kt, water in hm³. Prices are in
USD/MWh: times GWh and divided by 1000 they are MUSD. Indices: z zone, c country, u unit (what the dispatch sees), a
asset (what somebody owns), y model year, v the model year in which something is built (vintage), s slice of the year,
d day of the plan; h[y,s] are the hours per year of a slice, Δ[s] its length within its day. Variables are not negative
unless a row says otherwise.

Numbers are those of a section; the code repeats them above its rules. Features meet in accounts. What a feature posts
to the cost account is an equation too, under the name that it has in the results."""
ORDER = (closing, *(feature for feature in FEATURES if feature is not closing))
RULE = re.compile(r"=+( +=+)*")


def formulation() -> str:
    """The whole page."""
    accounts = "## Accounts\n\n" + as_markdown(inspect.getdoc(ledger) or "")
    return "\n\n".join([INTRODUCTION, accounts, *map(_section, ORDER)]) + "\n"


def _section(feature: ModuleType) -> str:
    return f"## {feature.__name__.rpartition('.')[2]}\n\n" + as_markdown(inspect.getdoc(feature) or "")


def as_markdown(docstring: str) -> str:
    """A docstring in Markdown: symbols as a table, equations as they are.

    >>> print(as_markdown("Of a plant.\\n\\n(1)  x ≤ ``K``\\n     and more"))
    Of a plant.
    <BLANKLINE>
    ```text
    (1)  x ≤ K
         and more
    ```
    """
    return "\n\n".join(_block(block) for block in _blocks(docstring))


def _blocks(docstring: str) -> Iterator[list[str]]:
    """Parts between empty lines."""
    block: list[str] = []
    for line in [*docstring.splitlines(), ""]:
        if line.strip():
            block.append(line.rstrip())
        elif block:
            yield block
            block = []


def _block(lines: list[str]) -> str:
    if len(lines) > 1 and set(lines[1]) == {"-"}:
        return "\n\n".join([f"### {lines[0]}", *([_block(lines[2:])] if lines[2:] else [])])
    if RULE.fullmatch(lines[0]):
        return _table(lines)
    if lines[0].startswith(("(", " ")) and (lines[0][:1] == " " or lines[0][1:2].isdigit()):
        return "```text\n" + "\n".join(line.replace("``", "") for line in lines) + "\n```"
    return _code(" ".join(line.strip() for line in lines))


def _table(lines: list[str]) -> str:
    """A table whose columns are ruled with ``=``; a row that begins with blanks goes on with the one before."""
    spans = [match.span() for match in re.finditer("=+", lines[0])]
    edges = [start for start, _ in spans]
    rows: list[list[str]] = []
    for line in lines:
        if RULE.fullmatch(line):
            continue
        if any(line[end:start].strip() for (_, end), (start, _) in pairwise(spans)):
            raise ValueError(f"a cell reaches into the next column: {line!r}")
        cells = [line[a:b].strip() for a, b in zip(edges, [*edges[1:], None], strict=True)]
        if cells[0] or not rows:
            rows.append(cells)
        else:
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
    head, *body = rows if lines.count(lines[0]) == 3 else [[""] * len(edges), *rows]
    written = [head, ["---"] * len(edges), *body]
    return "\n".join("| " + " | ".join(_code(cell).replace("|", "\\|") for cell in row) + " |" for row in written)


def _code(text: str) -> str:
    return text.replace("``", "`")
