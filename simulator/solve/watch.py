"""What every phase of solving shares: progress is reported, the time limit is kept, Ctrl-C is obeyed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from simulator.errors import Interrupted, MemoryLimitError, TimeLimitError

Progress = Callable[[str], None]
POLL_S = 0.05
NOTHING_SAVED = "while solving; nothing was saved, earlier results are untouched"


class Watch:
    """The clock of one call of ``solve``, the flag that Ctrl-C sets, and who listens."""

    def __init__(self, time_limit_s: float, progress: Progress | None) -> None:
        self.say: Progress = progress or (lambda message: None)
        self.stop = threading.Event()
        self.limit = time_limit_s
        self._end = time.perf_counter() + time_limit_s

    def left(self) -> float:
        """Seconds that are left. Raises ``Interrupted`` or ``TimeLimitError`` when solving must end."""
        if self.stop.is_set():
            raise Interrupted(f"interrupted {NOTHING_SAVED}")
        left = self._end - time.perf_counter()
        if left <= 0:
            raise self.out_of_time()
        return left

    def out_of_time(self) -> TimeLimitError:
        """The error that names the setting to change."""
        limit = f"the time limit of {self.limit:g} s came before the optimum"
        return TimeLimitError(f"{limit}; raise solver.time_limit_s or choose fewer days")

    @contextmanager
    def obeying_ctrl_c(self) -> Iterator[None]:
        """Ctrl-C sets a flag instead of ending the process in the middle of HiGHS; a second one does not wait.

        Only the main thread may set handlers: elsewhere the caller's stay as they are.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def handle(_number: int, _frame: Any) -> None:
            if self.stop.is_set():
                raise Interrupted(f"interrupted twice {NOTHING_SAVED}")
            self.stop.set()

        old = signal.signal(signal.SIGINT, handle)
        try:
            yield
            if self.stop.is_set():
                raise Interrupted(f"interrupted {NOTHING_SAVED}")
        finally:
            signal.signal(signal.SIGINT, old)


def out_of_memory() -> MemoryLimitError:
    """The error that says what to make smaller."""
    return MemoryLimitError("the solver ran out of memory; use fewer days or longer blocks")
