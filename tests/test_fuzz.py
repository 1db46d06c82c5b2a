"""The fuzzer in every run: no damaged input ends in a stray exception, a hang or an empty message.

``make test`` tries a few of each kind, ``.ci/run`` a tenth, whatever its share of other long tests, ``make slow`` all.
"""

from __future__ import annotations

import random

import pytest
from fuzz import COUNTS, SCENARIO, damaged, fuzz
from share import SHARE, count

LEAST_SHARE = 0.1
PARTS = 10
"""So many tests share the work, so that several processes can."""


@pytest.mark.parametrize("kind", COUNTS)
def test_damaged_input_gets_a_clear_answer(kind: str) -> None:
    failures = fuzz(kind, count(COUNTS[kind] // 4))
    assert not failures, "\n".join(failures[:20])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", COUNTS)
def test_a_tenth_of_the_fuzzer_or_all_of_it(kind: str, part: int) -> None:
    each = round(COUNTS[kind] * max(SHARE, LEAST_SHARE) / PARTS)
    failures = fuzz(kind, each, part * each)
    assert not failures, "\n".join(failures[:20])


def test_the_fuzzer_repeats_itself_and_does_damage() -> None:
    """The same number gives the same damage, and most of it changes something."""

    def text(number: int) -> str:
        return repr(damaged(SCENARIO, random.Random(number)))

    assert text(7) == text(7)
    assert sum(text(number) != repr(SCENARIO) for number in range(200)) > 120
