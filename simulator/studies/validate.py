"""Whether a scenario and the data it uses are valid, found out once for the same files and code.

What is kept of a valid scenario is its warnings and a checksum of every file that was read for it. It is valid again,
with the same warnings, as long as these files, the simulator and its data are the same. What is not valid is looked at
anew each time. The libraries that read and compute are imported only then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from simulator import cache, errors
from simulator.errors import InputError, Problem, warnings_through

KIND = "valid"
LIBRARIES = ("numpy", "pydantic", "PyYAML")
"""What decides with the simulator's own code whether a scenario is valid."""


def validate(file: Path) -> None:
    """Check the scenario in a file and the data it uses; warns of what looks wrong.

    Raises ``InputError`` with every problem, and ``FileError``.
    """
    try:
        key = cache.checksum(cache.code(), cache.data(), *map(version, LIBRARIES), str(file), str(file.resolve()))
    except (OSError, RuntimeError, ValueError):  # what cannot be read has its message below
        key = ""
    warned = _kept(key)
    if warned is None:
        files, warned = _looked_at(file)
        cache.keep(KIND, key, _entry(files, warned))
    for problem in warned:
        errors.warn(problem)


def _looked_at(file: Path) -> tuple[list[Path], list[Problem]]:
    """Every file that was read for a valid scenario, and its warnings."""
    from simulator.case.demand.loads import same_in_every_hour
    from simulator.case.loading import all_problems, make_case
    from simulator.inputs.locate import Places
    from simulator.inputs.read import read_scenario

    found: list[Problem] = []
    try:
        with warnings_through(found.append):
            try:
                loaded = read_scenario(file)
                with Places(loaded.marks).placing_problems():
                    _, files = make_case(loaded.scenario, file, marks=loaded.marks, weather=same_in_every_hour)
            except InputError as error:
                raise all_problems(file, error, same_in_every_hour) from None
    except InputError:
        for problem in dict.fromkeys(found):
            errors.warn(problem)
        raise
    return [*loaded.files, *files], found


def _entry(files: Iterable[Path], warned: Iterable[Problem]) -> bytes:
    places = [str(file) for file in files]
    return json.dumps({
        "files": places, "checksum": cache.checksum_of_files(map(Path, places)),
        "warnings": [problem.as_dict() for problem in warned],
    }).encode()  # fmt: skip


def _kept(key: str) -> list[Problem] | None:
    """The warnings of a scenario that was valid and whose files are still the same; None if there is none."""
    text = cache.find(KIND, key)
    if text is None:
        return None
    try:
        entry = json.loads(text)
        same = cache.checksum_of_files(map(Path, entry["files"])) == entry["checksum"]
        return [Problem(**problem) for problem in entry["warnings"]] if same else None
    except (OSError, ValueError, KeyError, TypeError):  # what cannot be read is looked at again
        return None
