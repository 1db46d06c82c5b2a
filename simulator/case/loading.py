"""The case of a scenario file: its system is read, its profile file found, and every problem gets its line.

Problems come in as few rounds as can be. Four stages end before the next can begin; each names all that it finds:

1. the scenario's files: until every key has its type, neither its system nor its years are known;
2. the system's tables: a row that cannot be read has no name, so whether others find it is not known. Names are
   looked for in all tables that could be read in full;
3. names of the scenario and of what it changes: rows that do not find each other cannot be looked up;
4. the case: contradictions, gaps, what is missing, what has no effect, profiles and their sun. What only a step after
   all these can see (rivers, fillings, round trips within a slice) comes last, alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from simulator.case.assembly import assemble
from simulator.case.case import Case
from simulator.case.demand.loads import Weather, generated
from simulator.inputs.locate import Places
from simulator.inputs.read import DATA, file_beside, load_system
from simulator.inputs.scenario import Scenario
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
