"""The tests see small mistakes: every mutant of ``mutants.yaml`` is killed by the test it names.

Every run tries a few, others each day; ``.ci/run`` tries a tenth, ``make slow`` and ``python tests/mutation.py`` all.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from mutation import PACKAGE, TESTS, Mutant, mutants, tried
from share import sampled

TABLE = mutants()
TODAY = date.today().toordinal()


def left(chosen: list[Mutant]) -> list[str]:
    """Mutants that nothing sees, with what is wrong in them."""
    return [f"{m.id}: {outcome} ({m.breaks}; {m.test})" for m, outcome in tried(chosen) if outcome != "killed"]


def test_every_mutant_makes_one_change_that_is_python():
    for mutant in TABLE:
        compile(mutant.source(), mutant.file, "exec")
        assert mutant.old != mutant.new and mutant.breaks, mutant.id


def test_mutants_have_names_of_their_own_and_cover_equations_case_and_audit():
    assert max(Counter(mutant.id for mutant in TABLE).values()) == 1
    parts = Counter(mutant.file.split("/")[0] for mutant in TABLE)
    assert min(parts[part] for part in ("model", "case", "audit")) >= 20
    features = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "model" / "features").glob("[a-z]*.py")}
    assert features <= {mutant.file for mutant in TABLE}, "every feature has a mutant"


def test_every_named_test_exists():
    functions: dict[str, set[str]] = {}
    for mutant in TABLE:
        file, name = mutant.test.split("::")
        if file not in functions:
            tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
            functions[file] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in functions[file], mutant.id


def test_a_mutant_that_nothing_sees_or_that_is_not_there_is_told(tmp_path: Path):
    """A change of nothing survives; a test that does not run, and text that has gone, show nothing."""
    file = "model/ledger.py"
    line = "return sum(rule(*index) for rule in self.values())"
    test = "test_model_toys.py::test_cheap_plants_run_first"
    cases = {
        "survived": Mutant("same", file, line, f"{line}  # the same", "nothing", test),
        "killed": Mutant("none", file, line, "return 2 * sum(rule(*index) for rule in self.values())", "all", test),
        "its test does not run (pytest ends with 4)": Mutant("lost", file, line, line + " ", "nothing", f"{test}_no"),
        f"its text occurs 0 times in {file}": Mutant("gone", file, "no such text", "", "nothing", test),
        "crashes with NameError": Mutant("broken", file, line, "return nobody", "all", test),
    }
    assert [outcome for _, outcome in tried(cases.values())] == list(cases)


def test_a_few_mutants_of_the_day_are_killed():
    assert not left(random.Random(TODAY).sample(TABLE, 2))


@pytest.mark.slow
def test_all_mutants_are_killed():
    """Or, with ``SLOW_SHARE``, that share of them."""
    assert not left(sampled(TABLE, seed=TODAY))
