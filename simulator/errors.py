"""Everything that can go wrong, as one tree.

    SimulatorError                exit status
    ├── InputError                 2   the scenario or its data is wrong; carries every problem found
    ├── FileError                  3   a file cannot be read or written
    ├── SolveError                     the solver ended without an optimal plan
    │   ├── InfeasibleError       11
    │   ├── UnboundedError        12
    │   ├── TimeLimitError        13
    │   ├── NumericalError        14   also: the independent check disagrees with the solver
    │   ├── MemoryLimitError      15
    │   └── Interrupted          130   Ctrl-C
    └── InternalError             70   a bug of ours

The command line prints the message alone; a traceback appears with ``--debug`` only.

Input that can be used but looks wrong is a warning (``warn``). Who runs something for a user listens to them with
``warnings_through``: the command line prints them, a run keeps them in its log and manifest.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, ParamSpec, TextIO, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class SimulatorError(Exception):
    """Parent of all errors; ``exit_status`` is what the command returns to the shell."""

    exit_status: ClassVar[int] = 70


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input, and where.

    ``file``, ``line`` and ``column`` (both counted from 1) point at the text that set the value; ``path`` is
    the dotted path of the key; ``excerpt`` is the line itself; ``help`` says what to write instead.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    excerpt: str = ""
    help: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line or "", self.column or "") if part != "")
        lines = [f"{place}: {self.message}" if place else self.message]
        if self.excerpt:
            lines += [f"    {self.excerpt}", "    " + " " * max(self.column - 1, 0) + "^"]
        if self.path:
            lines.append(f"  at {self.path}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for ``--json``."""
        return dict(vars(self))


class InputError(SimulatorError):
    """The input is wrong. All problems found are in ``problems``, sorted by file and line."""

    exit_status = 2

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = [Problem(problems)]
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
        super().__init__("\n".join(str(p) for p in self.problems))


class InputWarning(UserWarning):
    """Input that is used as it is, but looks wrong; ``problem`` says what and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def warn(problem: Problem) -> None:
    """Warn of input that looks wrong."""
    warnings.warn(InputWarning(problem), stacklevel=2)


@contextmanager
def warnings_through(handle: Callable[[Problem], Problem | None]) -> Iterator[None]:
    """Give every warning of input to ``handle``; what it returns goes on to the handler outside, None ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        outside = warnings.showwarning

        def show(
            message: Warning | str, category: type[Warning], filename: str, lineno: int,
            file: TextIO | None = None, line: str | None = None,
        ) -> None:  # fmt: skip
            if isinstance(message, InputWarning):
                problem = handle(message.problem)
                if problem is None:
                    return
                message = InputWarning(problem)
            outside(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield


class Findings:
    """Problems of several steps, raised together, so that a user sees all of them in one round."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep the problems that are raised inside, and go on after it."""
        try:
            yield
        except InputError as error:
            self.problems += error.problems

    def of(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What a step gives, or None with its problems kept."""
        with self.collecting():
            return step(*args, **kwargs)
        return None

    def finish(self) -> None:
        """Raise all that was found, each once."""
        if self.problems:
            raise InputError(tuple(dict.fromkeys(self.problems)))


class FileError(SimulatorError):
    """A file cannot be read or written."""

    exit_status = 3


@contextmanager
def disk_errors(path: Path, verb: str = "write") -> Iterator[None]:
    """What the disk refuses inside becomes a ``FileError`` that names the file or folder."""
    try:
        yield
    except OSError as error:
        raise FileError(f"cannot {verb} {path}: {error.strerror or error}") from error


class SolveError(SimulatorError):
    """The solver ended without an optimal plan; nothing is saved as a result."""

    exit_status = 14


class InfeasibleError(SolveError):
    """No plan satisfies all the rules of the scenario."""

    exit_status = 11


class UnboundedError(SolveError):
    """Cost can fall without end: a price or a limit is missing."""

    exit_status = 12


class TimeLimitError(SolveError):
    """The time limit came before the optimum."""

    exit_status = 13


class NumericalError(SolveError):
    """The solver could not reach its tolerances, or the independent check disagrees with it."""

    exit_status = 14


class MemoryLimitError(SolveError):
    """The solver ran out of memory."""

    exit_status = 15


class Interrupted(SolveError):
    """The user pressed Ctrl-C."""

    exit_status = 130


class InternalError(SimulatorError):
    """A bug of ours: please report it with the run's log."""

    exit_status = 70
