"""An interior optimum from another process (``worker``), with live progress, the time limit and Ctrl-C.

The process gets the problem through a pipe and gives its answer through another; nothing is written to disk. When
solving must end it is killed at once, in whatever phase it is. It runs in a session of its own, so that Ctrl-C in a
terminal reaches the parent alone.
"""

from __future__ import annotations

import os
import pickle
import queue
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from simulator.errors import NumericalError
from simulator.model.lp.problem import CompiledModel
from simulator.solve.highs import interior_line
from simulator.solve.watch import POLL_S, Watch, out_of_memory

COMMAND = (sys.executable, "-P", "-m", "simulator.solve.worker")
SIGKILL = 9
_ITERATION = re.compile(r"^\s*(\d+)((?:\s+[-+]?\d\.\d+e[-+]\d+){3})")


@dataclass(frozen=True)
class Answer:
    """An interior optimum of the full problem, or why there is none."""

    x: np.ndarray | None = None
    dual: np.ndarray | None = None
    failure: str = ""
    out_of_memory: bool = False


def interior_point(problem: CompiledModel, watch: Watch) -> tuple[np.ndarray, np.ndarray]:
    """Columns and row duals of an interior optimum. Raises ``NumericalError`` when there is none for whatever reason:
    another method then finds out why."""
    child = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    with child:
        text, last = _ask(child, problem, watch)
    if child.returncode != 0 or not text:
        if child.returncode == -SIGKILL:  # not by us: the system kills what takes the most memory
            raise out_of_memory()
        raise NumericalError(f"the process of PIQP ended with status {child.returncode}: {last}")
    answer: Answer = pickle.loads(text)
    if answer.out_of_memory:
        raise out_of_memory()
    if answer.x is None or answer.dual is None:
        raise NumericalError(answer.failure)
    return answer.x, answer.dual


def _ask(child: subprocess.Popen[bytes], problem: CompiledModel, watch: Watch) -> tuple[bytes, str]:
    """What the process answers, and the last line of text it wrote."""
    answers: list[bytes] = []
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert child.stdin and child.stdout and child.stderr
    to_child, from_child, text = child.stdin, child.stdout, child.stderr

    def exchange() -> None:
        with suppress(OSError), to_child:  # a process that is gone takes nothing
            pickle.dump(problem, to_child)
        answers.append(from_child.read())

    def listen() -> None:
        for line in text:
            lines.put(line.decode(errors="replace"))

    helpers = [threading.Thread(target=work, daemon=True) for work in (exchange, listen)]
    for helper in helpers:
        helper.start()
    reporter = _Reporter(watch)
    try:
        watch.say("presolving")
        while any(helper.is_alive() for helper in helpers) or not lines.empty():
            watch.left()
            with suppress(queue.Empty):
                reporter.line(lines.get(timeout=POLL_S))
        child.wait()
    finally:
        child.kill()  # nothing happens if it has ended
        for helper in helpers:
            helper.join()
    return answers[0], reporter.last


class _Reporter:
    """Makes progress of what the process writes, at most one line a second."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.offset = 0.0
        self.said = 0.0
        self.last = ""

    def line(self, text: str) -> None:
        """Take a line of the process."""
        self.last = text.strip() or self.last
        if text.startswith("offset "):
            self.offset = float(text.split()[1])
        found = _ITERATION.match(text)
        if found and time.monotonic() - self.said >= 1:
            self.said = time.monotonic()
            primal, _dual, gap = (float(number) for number in found[2].split())
            self.watch.say(interior_line(int(found[1]), primal + self.offset, gap))
