"""A sample of the fuzzer in every run: no damaged input ends in a stray exception, a hang or an empty message.

``SLOW_SHARE`` says how much of it: ``.ci/run`` tries a share, ``make slow`` all of it.
"""

from __future__ import annotations

import random

import pytest
from fuzz import COUNTS, SCENARIO, damaged, fuzz
from share import count


@pytest.mark.parametrize("kind", COUNTS)
def test_damaged_input_gets_a_clear_answer(kind: str) -> None:
    failures = fuzz(kind, count(COUNTS[kind]))
    assert not failures, "\n".join(failures[:20])


def test_the_fuzzer_repeats_itself_and_does_damage() -> None:
    """The same number gives the same damage, and most of it changes something."""

    def text(number: int) -> str:
        return repr(damaged(SCENARIO, random.Random(number)))

    assert text(7) == text(7)
    assert sum(text(number) != repr(SCENARIO) for number in range(200)) > 120
