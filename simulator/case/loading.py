"""The case of a scenario file: its system is read, its profile file found, and every problem gets its line.

Every problem that can be judged is named in one round. Four stages follow each other:

1. the scenario's files: every key has its type;
2. the system's tables: every row can be read;
3. names: of the tables, of the scenario, and of what it changes;
4. the case: contradictions, gaps, what is missing, what has no effect, profiles and their sun.

Where an early stage refuses something, the later ones look at the rest (``salvage``); only what speaks of the refused
part waits for the next round, and everything does where the rest is too little: a file that is no YAML, a table without
a header, a scenario without horizon. What only the last steps can see (rivers that run dry, years without enough
weather) comes alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from simulator.case.assembly import assemble
from simulator.case.case import Case
from simulator.case.demand.loads import Weather, generated
from simulator.case.salvage import Doubts, rest_of_scenario, rest_of_system
from simulator.errors import Findings, InputError, Problem, warnings_through
from simulator.inputs.locate import Places
from simulator.inputs.read import DATA, LoadedSystem, built_in, file_beside, load_system
from simulator.inputs.scenario import Scenario
from simulator.inputs.tables import system_called
from simulator.inputs.validation import Marks


def make_case(
    scenario: Scenario, path: Path, name: str = "", marks: Marks | None = None, weather: Weather = generated
) -> tuple[Case, list[Path]]:  # fmt: skip
    """The case of a scenario file, named after it if not otherwise, and the data files it was made from.

    Problems are shown where ``marks`` say that the scenario's values come from, and where its system's do. ``weather``
    makes the hours of weather zones.
    """
    places = Places(marks or Marks())
    with places.placing_problems():
        loaded = load_system(scenario, path)
    files = list(loaded.files)
    with replace(places, tables=loaded.marks, system=loaded.system).placing_problems():
        if any(zone.weather for zone in loaded.system.zones):
            files += sorted((DATA / "weather").glob("*"))
        if scenario.horizon.profiles is not None:
            files.append(file_beside(scenario.horizon.profiles, path, "horizon.profiles"))
        return assemble(scenario, loaded.system, name or path.stem, path.resolve().parent, weather), files


def all_problems(path: Path, first: InputError, weather: Weather = generated) -> InputError:
    """All that is wrong with a scenario file: ``first``, which ended its reading, and what the rest shows."""
    found, doubts = list(first.problems), Doubts()
    try:
        for problem in _of_the_rest(path, doubts, weather):
            if not any(_same(problem, other) for other in found):
                found.append(problem)
    except Exception:  # nobody wrote what is left, so that its failing says nothing; what is wrong is in `first`
        pass
    return InputError(found)


def _of_the_rest(path: Path, doubts: Doubts, weather: Weather) -> Iterator[Problem]:
    """Problems of the system, then of the case, that do not follow from what was taken out."""
    scenario, name, marks = rest_of_scenario(path, doubts)
    if name is None:
        return
    places, findings = Places(marks), Findings()
    with findings.collecting(), places.placing_problems():
        loaded: LoadedSystem | None = system_called(name, path)
    yield from findings.problems
    if scenario is None:
        return
    wrong: list[Problem] = []
    if built_in(name) is None:
        loaded, wrong = rest_of_system(file_beside(name, path, "system"), scenario, doubts)
        yield from wrong
    if loaded is None or not doubts.paths:
        return
    places = replace(places, tables=loaded.marks, system=loaded.system)
    findings = Findings()
    with findings.collecting(), places.placing_problems(), warnings_through(lambda p: None if doubts.concern(p) else p):
        assemble(scenario, loaded.system, path.stem, path.resolve().parent, weather)
    yield from (problem for problem in findings.problems if not doubts.concern(problem))


def _same(one: Problem, other: Problem) -> bool:
    """Whether two stages say the same of the same place: a row is counted by the one, called by name by the other."""

    def column(problem: Problem) -> tuple[str, str]:
        return problem.path.partition(".")[0], problem.path.rpartition(".")[2]

    alike = one.message.startswith(other.message) or other.message.startswith(one.message)
    return alike and one.file == other.file and (one.line == other.line or column(one) == column(other))
