"""The command ``simulator``: the only place that parses arguments, prints and exits.

Data goes to standard output, messages to standard error. The commands are in a module per group; heavy libraries are
imported inside them, so that ``--help`` and ``validate`` answer at once.
"""

from __future__ import annotations

import argparse
import errno
import json
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from simulator.cli import compare, many, plan, read, supply
from simulator.cli.memory import require_memory
from simulator.cli.screen import message, say_warning
from simulator.cli.streams import Stream
from simulator.errors import (
    FileError,
    InputError,
    InternalError,
    Interrupted,
    MemoryLimitError,
    SimulatorError,
    warnings_through,
)
from simulator.renamed import notice, renamed

GROUPS = (plan, compare, many, read, supply)
"""Every group of commands, in the order of the help."""
SHORT_OF_MEMORY = ("cannot allocate memory", "failed to map segment", "can't start new thread", "unable to allocate")
"""What libraries say, apart from ``MemoryError``, when memory is short."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    output, errors = Stream(sys.stdout), Stream(sys.stderr)
    with redirect_stdout(output), redirect_stderr(errors), _sigterm_as_ctrl_c():
        try:
            status = _run_command(_parser().parse_args(_present(arguments)))
        finally:
            output.flush()
            errors.flush()
        if output.failure is not None:
            message(f"cannot write to standard output: {output.failure.strerror or output.failure}")
            return FileError.exit_status
        return status


def _present(arguments: Sequence[str] | None) -> list[str]:
    """The arguments, with the present name of a command that was called otherwise, and a message about it."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    new = renamed("command").get(given[0]) if given else None
    if new is None:
        return given
    message(f"warning: {notice('command', given[0], new)}")
    return [new, *given[1:]]


def _parser() -> argparse.ArgumentParser:
    from simulator._version import __version__

    parser = argparse.ArgumentParser(prog="simulator", description="Energy-transition scenarios for power grids.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, function: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.add_argument("--debug", action="store_true", help="show a traceback when something fails")
        sub.set_defaults(command=function)
        return sub

    for group in GROUPS:
        group.add(command)
    return parser


def _run_command(options: argparse.Namespace) -> int:
    """The exit status of a command; every failure has a message."""
    try:
        require_memory()
        with warnings_through(say_warning):
            return int(options.command(options))
    except KeyboardInterrupt:
        message("interrupted; nothing was written, earlier results are untouched")
        return Interrupted.exit_status
    except SimulatorError as error:
        if options.debug:
            traceback.print_exc()
        if getattr(options, "json", False) and isinstance(error, InputError):
            print(json.dumps([problem.as_dict() for problem in error.problems], indent=2, ensure_ascii=False))
        else:
            message(str(error))
        return error.exit_status
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        if _lacks_memory(error):
            message("not enough memory; use fewer days or longer blocks, or raise the limit of memory")
            return MemoryLimitError.exit_status
        message(f"internal error: {type(error).__name__}: {error}\nThis is a bug of ours; run again with --debug.")
        return InternalError.exit_status


def _lacks_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that caused it, says that memory is short; libraries say it in several ways."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        words = str(error).lower()
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        if isinstance(error, ImportError | OSError | RuntimeError) and any(word in words for word in SHORT_OF_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """A request to end, as a batch system sends it, is treated like Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
        yield
        return

    def handle(_number: int, _frame: object) -> None:
        if callable(signal.getsignal(signal.SIGINT)):
            signal.raise_signal(signal.SIGINT)
        else:  # a job in the background ignores Ctrl-C
            raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)
