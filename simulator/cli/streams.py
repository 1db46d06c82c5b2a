"""Standard output and error of a command: a reader that goes away or a full disk never ends it half-way.

A closed pipe (``| head``) is no error: what follows is dropped and the command finishes its files. Any other failure
to write is kept, so that the command can end with the status of a file error.
"""

from __future__ import annotations

import io
import os
from typing import Any, TextIO


class Stream(io.TextIOBase):
    """A text stream that drops what it cannot write; ``failure`` says why, if it was not a closed pipe."""

    def __init__(self, inner: TextIO | None) -> None:
        self.inner = inner
        self.failure: OSError | None = None
        if isinstance(inner, io.TextIOWrapper):
            inner.reconfigure(errors="replace")  # a terminal without our characters shows ? and not an error

    def write(self, text: str) -> int:
        self._try("write", text)
        return len(text)

    def flush(self) -> None:
        self._try("flush")

    def isatty(self) -> bool:
        return self.inner is not None and self.inner.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self.inner, "encoding", None) or "utf-8"

    def _try(self, method: str, *arguments: Any) -> None:
        if self.inner is None:
            return
        try:
            getattr(self.inner, method)(*arguments)
        except BrokenPipeError:
            self._give_up()
        except OSError as error:
            self.failure = error
            self._give_up()

    def _give_up(self) -> None:
        """Let the interpreter's own flush at exit go nowhere instead of failing again."""
        inner, self.inner = self.inner, None
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, inner.fileno() if inner is not None else null)
            os.close(null)
        except (OSError, ValueError):  # a stream without a file, or one that is closed
            pass
