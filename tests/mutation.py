"""Mutation test: would a small mistake in an equation, in the case or in the audit be noticed?

    python tests/mutation.py            all mutants, some minutes
    python tests/mutation.py ID …       some of them

``mutants.yaml`` is a table of such mistakes (a sign, a term, an index, a unit, a year). Each names the one fast test
that must fail once it is made. A mutant is tried in a process of its own, whose import system compiles the changed text
instead of the module's file: no file is touched, and nothing is left behind. A mutant that survives is a missing test.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import yaml

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "simulator"
SECONDS = 300.0
"""After which a mutant counts as one that hangs."""
CRASHES = (NameError, AttributeError, TypeError, SyntaxError, ImportError)
"""A mutant that merely stumbles in Python shows nothing about the tests."""
PRELOADED = [
    "numpy", "pandas", "xarray", "scipy.optimize", "pyomo.environ", "highspy", "hypothesis", "pytest",
    "simulator.system", "simulator.inputs.scenario",
]  # fmt: skip
"""What every test imports and no mutant changes, loaded once for all processes."""


@dataclass(frozen=True)
class Mutant:
    """One mistake and the test that must see it."""

    id: str
    file: str
    """In the package."""
    old: str
    """Text that occurs once in the file …"""
    new: str
    """… and what the mistake makes of it."""
    breaks: str
    """What is wrong then, in words."""
    test: str
    """The pytest id of the test that fails."""

    @property
    def path(self) -> Path:
        return PACKAGE / self.file

    @property
    def module(self) -> str:
        return ".".join(["simulator", *Path(self.file).with_suffix("").parts]).removesuffix(".__init__")

    def source(self) -> str:
        """The file with the mistake. Raises ``ValueError`` where the text is not there exactly once."""
        text = self.path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"its text occurs {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


def mutants() -> list[Mutant]:
    """The table."""
    text = (TESTS / "mutants.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [Mutant(**row) for row in rows]


def tried(chosen: Iterable[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Each with what became of it, one after the other: ``killed``, ``survived``, or why it shows nothing."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(PRELOADED)
    for mutant in chosen:
        yield mutant, _tried(mutant, context)


def _tried(mutant: Mutant, context: Any) -> str:
    try:
        mutant.source()
    except ValueError as gone:
        return str(gone)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_inside, args=(mutant, theirs))
    process.start()
    theirs.close()
    try:
        return str(ours.recv()) if ours.poll(SECONDS) else "hangs"
    except EOFError:
        return "its process broke"
    finally:
        process.kill()
        process.join()


# --------------------------------------------------------------------------------------- in a process of its own


def _inside(mutant: Mutant, answer: Connection) -> None:
    """Run the named test on the changed text, in silence."""
    import pytest

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.chdir(TESTS.parent)
    assert mutant.module not in sys.modules, "the package is imported after the import system is changed"
    sys.meta_path.insert(0, _Finder(mutant))
    witness = _Witness()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    code = pytest.main(
        ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", f"tests/{mutant.test}"], plugins=[witness]
    )
    answer.send(_verdict(int(code), witness.raised))


def _verdict(code: int, raised: Sequence[type[BaseException]]) -> str:
    crashes = [kind.__name__ for kind in raised if issubclass(kind, CRASHES)]
    if crashes:
        return f"crashes with {crashes[0]}"
    return {0: "survived", 1: "killed"}.get(code, f"its test does not run (pytest ends with {code})")


class _Witness:
    """What the test raised."""

    def __init__(self) -> None:
        self.raised: list[type[BaseException]] = []

    def pytest_exception_interact(self, call: Any) -> None:
        self.raised.append(call.excinfo.type)


class _Finder(MetaPathFinder):
    """Finds the one module that is changed."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self.mutant.module:
            return None
        file = str(self.mutant.path)
        return spec_from_file_location(name, file, loader=_Loader(name, file, self.mutant.source()))


class _Loader(SourceFileLoader):
    """Compiles the changed text; what is cached of the file is left alone."""

    def __init__(self, name: str, file: str, text: str) -> None:
        super().__init__(name, file)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.text, self.path, "exec", dont_inherit=True)
        return code


def main(names: Sequence[str]) -> int:
    """Try all mutants, or those named; 1 when one is not killed."""
    table = mutants()
    unknown = sorted(set(names) - {mutant.id for mutant in table})
    if unknown:
        print(f"no such mutant: {', '.join(unknown)}")
        return 2
    left = 0
    for mutant, outcome in tried(m for m in table if not names or m.id in names):
        left += outcome != "killed"
        print(
            f"{mutant.id}: {outcome}" + ("" if outcome == "killed" else f"\n  {mutant.breaks}\n  {mutant.test}"),
            flush=True,
        )
    print(f"{left} mutants are left" if left else "every mutant was killed")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
