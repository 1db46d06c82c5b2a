"""``make bench``: measure, keep the measurements in ``benchmarks/measured``, and write ``docs/benchmarks.md``.

    python benchmarks [PART …] [--quick]      parts: build solvers peers growth whole; default: all
    python benchmarks --page                  write the page again from what was measured

Each part keeps its own date, machine and versions, so that one of them can be measured again alone. ``--quick`` tries
the programs with small sizes and keeps nothing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from measure import circumstances  # noqa: E402

PAGE = HERE.parent / "docs" / "benchmarks.md"
FIGURE = "benchmarks_growth.svg"
PARTS = ("build", "solvers", "peers", "growth", "whole")
COLUMNS = {
    "what": "", "value": "size", "size": "size", "rows": "rows", "coefficients": "coefficients", "cpu_s": "CPU s",
    "clock_s": "clock s", "build_s": "build, CPU s", "solve_s": "solve, CPU s", "memory_mb": "memory, MB",
    "ratio": "ratio", "least": "least", "largest": "largest", "against": "against", "rounds": "rounds",
    "limit_s": "limit, s", "status": "ended", "difference": "difference of the objective",
}  # fmt: skip
HEAD = """\
# Benchmarks

Measured with `make bench`; `python benchmarks PART` measures one part again, `python benchmarks --page` writes this
page from what was measured. Seconds are those of the processor, of the process and all it starts; ratios are formed
round by round, and *least* and *largest* are those of single rounds. They are never part of a test.
"""


def main() -> None:
    """Measure what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes; print, and keep nothing")
    parser.add_argument("--page", action="store_true", help="only write the page")
    options = parser.parse_args()
    for part in () if options.page else options.parts or PARTS:
        rows = importlib.import_module(part).measure(options.quick)
        if options.quick:
            print(part, *(json.dumps(row) for row in rows), sep="\n")
            continue
        found = {**circumstances(), "command": f"python benchmarks {part}", "rows": rows}
        (HERE / "measured").mkdir(exist_ok=True)
        (HERE / "measured" / f"{part}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if not options.quick:
        PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page: what each part asks, where and when it was measured, and its table."""
    text = HEAD
    for part in PARTS:
        module = importlib.import_module(part)
        title, *more = (module.__doc__ or "").split("\n\n")
        text += f"\n## {' '.join(title.split())}\n\n"
        text += "".join(f"{paragraph.strip()}\n\n" for paragraph in more)
        file = HERE / "measured" / f"{part}.json"
        if not file.exists():
            text += "Not measured yet.\n"
            continue
        found = json.loads(file.read_text(encoding="utf-8"))
        text += f"*{found['date']}; {found['machine']}; {found['versions']}; `{found['command']}`*\n\n"
        text += _table(found["rows"])
        if part == "growth":
            module.draw(found["rows"], PAGE.parent / FIGURE)
            text += f"\n![Seconds over size]({FIGURE})\n"
    return text


def _table(rows: list[dict[str, Any]]) -> str:
    names = [name for name in COLUMNS if any(name in row for row in rows)]
    lines = ["| " + " | ".join(COLUMNS[name] for name in names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_cell(name, row.get(name, "")) for name in names) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(name: str, value: Any) -> str:
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return f"{value:.1e}" if name == "difference" else f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
