"""What is drawn for a scenario, and the scenario of each draw.

Draw number i of a seed is the same world in every variant of a scenario (with and without some investors): its number
is the seed of projects, rivers, wind and sun, and its point of the Sobol sequence gives the values of the table
``uncertainties``. Only what a scenario leaves open is drawn: rules of projects that are ``expected``, years that are
``normal``, inputs whose shape is not ``fixed``. A drawn path that has no effect in a variant (auctions of an investor
who has left) is left out there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import BaseModel

from simulator.analysis import draws
from simulator.analysis.draws import Spread
from simulator.case.capacity.chance import common_luck
from simulator.case.capacity.pipeline import realise
from simulator.case.changes.project_rules import change_sampled
from simulator.case.changes.system import changed_system
from simulator.case.demand.loads import same_in_every_hour
from simulator.case.law import make_law
from simulator.case.loading import make_case
from simulator.case.weather.interannual import water_year, yield_year
from simulator.errors import InputError, Problem
from simulator.inputs.read import load_system
from simulator.inputs.scenario import Scenario
from simulator.inputs.strict_yaml import dotted
from simulator.system import Row, System, Target, Uncertainty

A_MILLION = 1_000_000
Values = Sequence[float] | np.ndarray
CHANGES = "changes."
ROUNDS = 8
"""So many times paths without effect are left out before the others are blamed."""


@dataclass(frozen=True)
class World:
    """A scenario whose open ends are drawn."""

    scenario: Scenario
    """With rules and years that are drawn; their seeds are those of draw 0."""
    base: Scenario
    """As it was, of which the middle is planned."""
    system: System
    """The tables as the scenario changes them."""
    seed: int = 1
    left_out: frozenset[str] = frozenset()
    """Paths that have no effect here."""

    @cached_property
    def rows(self) -> tuple[Uncertainty, ...]:
        """What is drawn of the table."""
        return tuple(row for row in self.system.uncertainties if row.shape != "fixed")

    @cached_property
    def spreads(self) -> list[Spread]:
        """Their shapes."""
        return [Spread(row.shape, row.low, row.middle, row.high, row.group, row.common_percent / 100)
                for row in self.rows if row.shape != "fixed"]  # fmt: skip

    def values(self, first: int, count: int) -> np.ndarray:
        """(draw, row) values of the table for draws from number ``first`` on."""
        cube = draws.points(first, count, draws.dimensions(self.spreads), self.seed)
        return draws.values(self.spreads, cube)

    def at(self, number: int, values: Values) -> Scenario:
        """The scenario of a draw."""
        return with_seed(self.scenario, self.seed * A_MILLION + number).at_levels(self.levels(values))

    def middle(self) -> Scenario:
        """The scenario with all inputs of the table at their middle, and projects, rivers and wind as it says."""
        rows = [row.middle for row in self.rows]
        closed = {path: value for path, value in self.levels(rows).items() if "common_percent" not in path}
        return self.base.at_levels(closed)

    def levels(self, values: Values) -> dict[str, Any]:
        """What a draw says of the scenario, by dotted path."""
        found: dict[str, Any] = {}
        for row, value in zip(self.rows, values, strict=True):
            for path in row.changes:
                if path not in self.left_out:
                    new = dict(_levels(self, row, path, float(value)))
                    if twice := new.keys() & found.keys():
                        raise InputError([Problem(f"{min(twice)} is changed by another uncertainty as well",
                                                  path=f"uncertainties.{row.id}.changes",
                                                  help="name each path and each cell in one row")])  # fmt: skip
                    found |= new
        return found

    def inputs(self, number: int, values: Values, target: Target) -> dict[str, float]:
        """What was drawn, by name: inputs of the table, luck of projects, the years of the target's country, and the
        part of each of its counted projects that runs in the target's year."""
        seed = self.seed * A_MILLION + number
        scenario = with_seed(self.scenario, seed)
        found = {row.id: float(value) for row, value in zip(self.rows, values, strict=True)}
        found["luck of projects"] = common_luck(seed)
        found |= {f"water {name}": x for name, x in water_year(self.system, scenario).items() if name == target.country}
        found |= {
            f"year of {technology}": x for (name, technology), x in yield_year(self.system, scenario).items()
            if name == target.country
        }  # fmt: skip
        return found | {f"project {name}": x for name, x in self.parts(number, values, target).items()}

    def parts(self, number: int, values: Values, target: Target) -> dict[str, float]:
        """Project of the target's country that its definition counts → share of its capacity that runs, on average
        over the target's year."""
        scenario = with_seed(self.scenario, self.seed * A_MILLION + number)
        drawn = self.levels(values)
        for path in ("projects.common_percent", "chinese_investment.projects.common_percent"):
            if path in drawn:
                scenario = with_common(scenario, drawn[path])
        outcomes = realise(_with_cells(self.system, drawn, ("realisation", "projects")), scenario)
        return {
            o.project.id: o.share * min(max(target.year + 1 - o.date, 0.0), 1.0)
            for o in outcomes if o.project.id in self.counted(target)
        }  # fmt: skip

    def counted(self, target: Target) -> dict[str, float]:
        """Projects of the target's country → share of their energy that its definition counts."""
        if target.id not in self._counted:
            law, country = make_law(self.system), self.system.country_of
            found = {
                row.id: law.share(target.definition, target.country, row.technology,
                                  row.capacity_mw if row.largest_unit_mw is None else row.largest_unit_mw,
                                  row.eligible_percent)
                for row in self.system.projects if country[row.zone] == target.country
                and row.stage not in ("operating", "superseded")
            }  # fmt: skip
            self._counted[target.id] = {name: share for name, share in found.items() if share > 0}
        return self._counted[target.id]

    @cached_property
    def _counted(self) -> dict[str, dict[str, float]]:
        return {}


def make_world(scenario: Scenario, seed: int = 1) -> World:
    """The world of a scenario. Raises ``InputError`` for an uncertainty that changes nothing that is there."""
    system = load_system(scenario, scenario.origin.path).system
    system, problems = changed_system(system, scenario)
    if problems:
        raise InputError(problems)
    world = World(_opened(scenario, system), scenario, system, seed)
    for _ in range(ROUNDS):
        useless = _without_effect(world)
        if not useless:
            return world
        world = replace(world, left_out=world.left_out | useless)
    return world


def _without_effect(world: World) -> frozenset[str]:
    """Paths of the table that a first draw shows to have no effect. Raises ``InputError`` for all other problems."""
    values = world.values(0, 1)[0]
    try:
        drawn = world.at(0, values)
        make_case(drawn, drawn.origin.path, weather=same_in_every_hour)
    except InputError as error:
        paths = {path for row in world.rows for path in row.changes if path not in world.left_out}
        useless, others = set(), []
        for problem in error.problems:
            found = {path for path in paths if _speaks_of(problem, path)} if "effect" in problem.message else set()
            useless |= found
            others += [] if found else [problem]
        if others:
            raise InputError(others) from None
        return frozenset(useless)
    return frozenset()


def _speaks_of(problem: Problem, path: str) -> bool:
    """Whether a problem is one of a drawn path, of what it belongs to, or of something below it."""
    if path.startswith(CHANGES) and "*" in path:
        return fnmatchcase(problem.path, path)
    return (problem.path != "" and f"{path}.".startswith(f"{problem.path}.")) or problem.path.startswith(f"{path}.")


# -------------------------------------------------------------------------------------- what is drawn


def _opened(scenario: Scenario, system: System) -> Scenario:
    """Rules that are ``expected``, and years that are ``normal`` where tables say how they vary, become drawn ones."""
    chinese = scenario.chinese_investment
    horizon = {}
    if scenario.horizon.water == "normal" and not scenario.horizon.realised and system.interannual_inflows:
        horizon["water"] = "sampled"
    if scenario.horizon.wind_and_sun == "normal" and not scenario.horizon.realised and system.interannual_yields:
        horizon["wind_and_sun"] = "sampled"
    opened = scenario.model_copy(update={
        "projects": _sampled(scenario.projects),
        "chinese_investment": chinese.model_copy(update={"projects": _sampled(chinese.projects)}),
        "national_plans": {name: _sampled(rule) for name, rule in scenario.national_plans.items()},
        "horizon": scenario.horizon.model_copy(update=horizon),
    })  # fmt: skip
    return with_seed(opened, 0)


def _sampled(rule: Any) -> Any:
    return rule.model_copy(update={"realisation": "sampled"}) if rule.realisation == "expected" else rule


def with_seed(scenario: Scenario, seed: int) -> Scenario:
    """The scenario with one seed for all that is sampled in it."""
    horizon: dict[str, Any] = {}
    if scenario.horizon.water == "sampled":
        horizon["water_seed"] = seed
    if scenario.horizon.wind_and_sun == "sampled":
        horizon["yield_seed"] = seed
    return change_sampled(
        scenario.model_copy(update={"horizon": scenario.horizon.model_copy(update=horizon)}), {"seed": seed}
    )


def with_common(scenario: Scenario, percent: float) -> Scenario:
    """The scenario with another correlation between projects."""
    return change_sampled(scenario, {"common_percent": percent})


# ---------------------------------------------------------------------------------- values at paths


def _levels(world: World, row: Uncertainty, path: str, value: float) -> Iterator[tuple[str, float]]:
    """Every path that a path of the table stands for, with what it becomes; what stays the same is left out."""
    if path.startswith(CHANGES):
        yield from _cells(world, row, path, value)
        return
    there = _at(world.scenario, path.split("."))
    if row.way != "value" and there is None:
        raise InputError([Problem(f"there is no number at {path}, which {row.way} could change",
                                  path=f"uncertainties.{row.id}.changes", help="use way: value")])  # fmt: skip
    new = _applied(row, there or 0.0, value)
    if there is None or new != there:
        yield path, new


def _cells(world: World, row: Uncertainty, path: str, value: float) -> Iterator[tuple[str, float]]:
    table, _, rest = path.removeprefix(CHANGES).partition(".")
    pattern, _, column = rest.rpartition(".")
    rows: tuple[Row, ...] = getattr(world.system, table, ())
    found = [each for each in rows if fnmatchcase(each.key, pattern)]
    if not found or column not in type(found[0]).model_fields:
        raise InputError([Problem(f"no row and column of a table is called {path}",
                                  path=f"uncertainties.{row.id}.changes", help="as under `changes`: "
                                  "changes.TABLE.ROW.COLUMN, where ROW may have *")])  # fmt: skip
    for each in found:
        there = getattr(each, column)
        if isinstance(there, int | float) and (new := _applied(row, there, value)) != there:
            yield f"{CHANGES}{table}.{each.key}.{column}", new


def _applied(row: Uncertainty, there: float, value: float) -> float:
    return {"value": value, "factor": there * value, "plus": there + value}[row.way]


def _at(model: Any, path: Sequence[str]) -> float | None:
    """The number that a scenario states at a path; None where there is none."""
    for part in path:
        if isinstance(model, BaseModel):
            model = getattr(model, part, None)
        elif isinstance(model, Mapping):
            model = next((value for key, value in model.items() if str(key) == part), None)
    return float(model) if isinstance(model, int | float) and not isinstance(model, bool) else None


def _with_cells(system: System, levels: Mapping[str, Any], tables: Sequence[str]) -> System:
    """The system with the cells of some tables changed as levels say."""
    update: dict[str, tuple[Row, ...]] = {}
    for table in tables:
        cells: dict[str, dict[str, Any]] = {}
        for path, value in levels.items():
            if path.startswith(f"{CHANGES}{table}."):
                key, _, column = path.removeprefix(f"{CHANGES}{table}.").rpartition(".")
                cells.setdefault(key, {})[column] = value
        if cells:
            update[table] = tuple(
                row.model_copy(update=cells[row.key]) if row.key in cells else row for row in getattr(system, table)
            )
    return system.model_copy(update=update)


def names_of_paths(world: World) -> list[str]:
    """Paths that are left out, for the reader."""
    return sorted(dotted(tuple(path.split("."))) for path in world.left_out)
