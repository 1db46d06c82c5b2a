"""What commands share: messages on standard error, progress, folders, lists of years."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.errors import Problem, disk_errors

MISSED = 10
"""Exit status when a target or a band is missed."""
Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Makes the parser of a command from its name, its function and what it does."""


def message(text: str) -> None:
    print(text, file=sys.stderr)


def warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        message(f"warning: {warning}")


def say_warning(problem: Problem) -> None:
    """Print a warning, in a line of its own also where progress rewrites its line."""
    print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr)
    warn([str(problem)])


def make_folder(path: Path) -> None:
    with disk_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def year_list(text: str) -> tuple[int, ...]:
    """``2020-2022,2025`` → (2020, 2021, 2022, 2025)."""
    years: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            raise argparse.ArgumentTypeError(f"{text!r} is not a list of years such as 2020-2025 or 2022,2024")
        years += range(int(first), int(last or first) + 1)
    return tuple(years)


def structures(text: str) -> tuple[tuple[int, int], ...]:
    """``12x2,24x1`` → ((12, 2), (24, 1))."""
    pairs = [part.strip().split("x") for part in text.split(",")]
    if not all(len(pair) == 2 and pair[0].isdigit() and pair[1].isdigit() for pair in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list such as 12x2,24x1 (24 days of blocks of 1 hour)")
    return tuple((int(days), int(hours)) for days, hours in pairs)


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def where(sub: argparse.ArgumentParser) -> None:
    """Options of every command that makes many plans."""
    sub.add_argument(
        "--processes", type=_at_least_one, metavar="N", help="plans at a time (default: one for each core)"
    )
    sub.add_argument(
        "--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers plan, such as tcp://host:8786"
    )


class Live:
    """Progress on standard error: one line rewritten on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") in (None, "", "dumb")
        self.terminal = sys.stderr.isatty() and not plain
        self.start = time.monotonic()
        self.last = 0.0

    def __enter__(self) -> Live:
        return self

    def __exit__(self, *error: object) -> None:
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def say(self, message: str) -> None:
        """Show a message with the time passed; on a plain stream, solver iterations at most every ten seconds."""
        now = time.monotonic() - self.start
        text = f"{now:6.1f} s  {message}"
        if self.terminal:
            print(f"\r\033[K{text[:110]}", end="", file=sys.stderr, flush=True)
        elif not message.startswith("iteration") or now - self.last > 10:
            self.last = now
            print(text, file=sys.stderr, flush=True)
