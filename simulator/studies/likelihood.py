"""How likely a scenario's targets are reached: draws with and without something, planned coarsely and some in full.

Every draw is planned at the screening structure in every variant; some, chosen with a known probability, are planned at
the scenario's own structure as well (``simulator/analysis/likelihood.py`` has the estimators). The choice is written
down in ``chosen.csv`` before its plans are made, so that more draws later never change an earlier choice. Everything is
resumed: a second start makes what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import xarray as xr
from pydantic import ValidationError

from simulator import cache
from simulator.analysis import likelihood as maths
from simulator.analysis.likelihood import Control, Sample
from simulator.analysis.text import csv, from_csv
from simulator.errors import FileError, InputError, Problem, SolveError, disk_errors
from simulator.inputs.read import load_scenario
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import TypicalDays
from simulator.solve.watch import Progress
from simulator.studies.batch import Job
from simulator.studies.counterfactual import taken_away
from simulator.studies.draws import World, make_world
from simulator.studies.store import folder_for, write_whole
from simulator.studies.sweep import Driven, Run, drive, key_of
from simulator.system import Target

INDICATORS = (
    "renewable share", "counted energy", "denominator", "generation", "capacity", "net import", "emissions",
    "discounted cost",
)  # fmt: skip
AS_IT_IS, MIDDLE = "with", "middle"
SCREENED, FULL = "screened", "full"
CHOSEN = "chosen.csv"
CHEAP_DRAWS = 2000
"""Draws of the control variate, of which nothing is planned."""
SCREENING = (8, 2)
FULL_PART = 0.1
"""Share of draws that are planned in full, unless another number is asked for."""


@dataclass(frozen=True)
class Question:
    """What is asked: a scenario file, what is taken away in the other variants, and by which draws."""

    path: Path
    without: tuple[str, ...] = ("chinese",)
    draws: int = 500
    seed: int = 1
    screening: tuple[int, int] = SCREENING
    full: int | None = None
    """Plans in full that are wanted of each variant; None: a tenth of the draws."""
    stamp: str = ""
    """Checksum of scenario and data when the question was asked; empty: not asked yet."""

    @property
    def variants(self) -> tuple[str, ...]:
        """The scenario as it is, and without each of what is taken away."""
        return (AS_IT_IS, *(f"without {what}" for what in self.without))


@dataclass(frozen=True)
class PlannedDraws:
    """The draws as planned, from which everything else is computed."""

    question: Question
    target: Target
    table: xr.Dataset
    samples: dict[str, Sample]
    """By variant, of the headline target's own definition and basis."""
    probability: dict[str, np.ndarray]
    numbers: np.ndarray
    """Draws that have a plan in every variant; intervals hold whatever the others would have given."""
    driven: Driven

    def sample(self, variant: str, target: Target, definition: str, basis: str) -> Sample:
        """The shares of a variant under another target, definition or basis."""
        n = self.question.draws
        full = shares(self.table, variant, FULL, n, target, definition, basis)[self.numbers]
        lost = n - len(self.numbers)
        if not self.screened:
            return Sample(full, full, np.ones(len(full)), lost=lost)
        coarse = shares(self.table, variant, SCREENED, n, target, definition, basis)[self.numbers]
        probability = self.probability[variant][self.numbers]
        asked = np.array([_lot(self.question.seed, int(i)) for i in self.numbers]) < probability
        return Sample(coarse, full, probability, asked & np.isnan(full), lost)

    @property
    def screened(self) -> bool:
        """Whether draws were planned at a coarser structure first."""
        return any(str(run).endswith(f"/{SCREENED}") for run in self.table["run"].values)


# ------------------------------------------------------------------------------------------ the worlds


@lru_cache(maxsize=16)
def world_of(path: Path, variant: str, seed: int, stamp: str = "") -> World:
    """The world of a variant; once in a process for each ``stamp``, so that a worker that lives on reads what changed.

    Raises ``InputError`` where scenario and data are not those of the stamp.
    """
    scenario = load_scenario(path)
    if stamp and key_of(scenario) != stamp:
        raise InputError([Problem("scenario or data are not what they were when the draws were asked for",
                                  help="start again; workers elsewhere must see the same files")])  # fmt: skip
    whole = make_world(scenario, seed)
    if variant == AS_IT_IS:
        return whole
    return make_world(taken_away(scenario, whole.system, variant.removeprefix("without ")), seed)


def drawn(
    path: Path, variant: str, seed: int, number: int | None, time: TypicalDays | None, _: Scenario, *, stamp: str = ""
) -> Scenario:  # fmt: skip
    """The scenario of a draw (None: the middle) of a variant, at a structure (None: its own)."""
    world = world_of(path, variant, seed, stamp)
    scenario = world.middle() if number is None else world.at(number, world.values(number, 1)[0])
    if time is None:
        return scenario
    return scenario.model_copy(update={"horizon": scenario.horizon.model_copy(update={"time": time})})


def world_in(question: Question, variant: str) -> World:
    """The world of a variant of what is asked."""
    return world_of(question.path, variant, question.seed, question.stamp)


def _asked(question: Question) -> Question:
    """The question about scenario and data as they are now. Raises ``InputError`` where it cannot be answered."""
    for what, wrong in (
        (f"{question.draws} draws", question.draws < 1),
        (f"seed {question.seed}", question.seed < 0),
        (f"{question.full} draws in full", question.full is not None and not 0 < question.full <= question.draws),
        (f"without: {', '.join(question.without)}", len(set(question.without)) < len(question.without)),
    ):
        if wrong:
            help = "draws and those in full from 1, in full no more than draws; seeds from 0; each thing once"
            raise InputError([Problem(f"likelihood cannot work with {what}", help=help)])
    path = question.path.resolve()
    return replace(question, path=path, stamp=key_of(load_scenario(path)))


def target_of(world: World) -> Target:
    """The headline target. Raises ``InputError`` if there is none in a model year."""
    scenario = world.scenario
    found = next((row for row in world.system.targets if scenario.headline in (None, row.id)), None)
    if found is None or found.year not in scenario.horizon.model_years:
        raise InputError([Problem("likelihood needs a headline target whose year is a model year", path="headline",
                                  help="name one, and its year in horizon.model_years")])  # fmt: skip
    return found


def screening_of(scenario: Scenario, structure: tuple[int, int]) -> TypicalDays | None:
    """The coarse structure; None where the scenario's own is no finer, so that all draws are planned in full."""
    time, (days, hours) = scenario.horizon.time, structure
    try:
        coarse = TypicalDays.model_validate({"method": "typical_days", "days": days, "block_hours": hours})
    except ValidationError as error:
        raise InputError([Problem(f"draws cannot be screened at {days}x{hours}: {error.errors()[0]['msg']}",
                                  help="days x hours of a block, such as 8x2")]) from None  # fmt: skip
    finer = isinstance(time, TypicalDays) and time.days / time.block_hours > days / hours
    return coarse if finer else None


# ------------------------------------------------------------------------------------------- the runs


def _runs(question: Question, variant: str, numbers: Sequence[int], time: TypicalDays | None) -> list[Run]:
    world = world_in(question, variant)
    target = target_of(world)
    of = key_of(world.base, str(world.seed), ",".join(sorted(world.left_out)), repr(time), ",".join(INDICATORS))
    values = world.values(0, max(numbers, default=0) + 1)
    runs = []
    for i in numbers:
        name = run_name(variant, i, SCREENED if time else FULL)
        levels = sorted(world.levels(values[i]).items())
        change = partial(drawn, question.path, variant, question.seed, i, time, stamp=question.stamp)
        runs.append(Run(Job(question.path, name, change), cache.checksum(of, str(i), repr(levels))[:32],
                        world.inputs(i, values[i], target), INDICATORS))  # fmt: skip
    return runs


def _middle(question: Question, variant: str, time: TypicalDays | None) -> Run:
    world = world_in(question, variant)
    change = partial(drawn, question.path, variant, question.seed, None, time, stamp=question.stamp)
    name = f"{variant}/{MIDDLE}/{'screened' if time else FULL}"
    return Run(Job(question.path, name, change), key_of(world.middle(), repr(time), ",".join(INDICATORS)), {},
               INDICATORS)  # fmt: skip


def run_name(variant: str, number: int, structure: str) -> str:
    """How the table calls a draw.

    >>> run_name("without chinese", 7, "full")
    'without chinese/00007/full'
    """
    return f"{variant}/{number:05d}/{structure}"


def ask(
    question: Question, output: Path, *, processes: int | None = None, scheduler: str | None = None,
    progress: Progress | None = None,
) -> PlannedDraws:  # fmt: skip
    """Make what is missing of the draws and give all of them. Raises ``InputError`` before anything is planned."""
    folder_for(output, "the draws")
    question = _asked(question)
    say = progress or (lambda message: None)
    say("reading the scenario and what is drawn of it")
    world = world_in(question, AS_IT_IS)
    target, time = target_of(world), screening_of(world.scenario, question.screening)
    every = range(question.draws)
    first = [_middle(question, variant, structure) for variant in question.variants
             for structure in ([None] if time is None else [time, None])]  # fmt: skip
    by_variant = [_runs(question, variant, every, time) for variant in question.variants]
    runs = first + [run for draw in zip(*by_variant, strict=True) for run in draw]  # pairs are planned together
    show = partial(_say_running, question, target, say)
    of = f"likelihood of {question.path.name}"
    driven = drive(runs, output, of=of, question=world.scenario.question, processes=processes, scheduler=scheduler,
                   progress=progress, during=show)  # fmt: skip
    probability = {variant: np.ones(question.draws) for variant in question.variants}
    if time is not None:
        probability, more = _choose(question, output, target, driven.table, by_variant)
        again = drive([*runs, *more], output, of=of, question=world.scenario.question, processes=processes,
                      scheduler=scheduler, progress=progress)  # fmt: skip
        driven = replace(again, failed=again.failed, made=again.made + driven.made, kept=driven.kept,
                         again=(*driven.again, *again.again))  # fmt: skip
    structure = FULL if time is None else SCREENED
    found = [shares(driven.table, variant, structure, question.draws, target, target.definition, target.basis)
             for variant in question.variants]  # fmt: skip
    numbers = np.flatnonzero(~np.isnan(found).any(axis=0))
    if not len(numbers):
        raise SolveError(f"no draw has a plan in every variant\n{driven.text}")
    answer = PlannedDraws(question, target, driven.table, {}, probability, numbers, driven)
    samples = {v: answer.sample(v, target, target.definition, target.basis) for v in question.variants}
    return replace(answer, samples=samples)


def _say_running(question: Question, target: Target, say: Progress, table: xr.Dataset) -> None:
    """The estimate so far, with its band, from screened shares."""
    said = []
    for variant in question.variants:
        s = shares(table, variant, SCREENED, question.draws, target, target.definition, target.basis)
        s = s[~np.isnan(s)]
        if len(s) > 1:
            e = maths.reached(Sample(s, np.full(len(s), np.nan), np.ones(len(s))), target.percent)
            said.append(f"{variant} {100 * e.value:.0f} % ({100 * e.low:.0f} to {100 * e.high:.0f}, {len(s)} draws)")
    if said:
        say(f"{target.id}, screened so far: {'; '.join(said)}")


def _choose(
    question: Question, output: Path, target: Target, table: xr.Dataset, screened: Sequence[Sequence[Run]]
) -> tuple[dict[str, np.ndarray], list[Run]]:  # fmt: skip
    """π of every draw by variant, and the runs in full; a choice is made once for a screened run, and then stays.

    Doubt is looked for where the middle plan, which is no draw, says that coarse days are off.
    """
    known = _chosen(output)
    probability, runs = {}, []
    part = FULL_PART if question.full is None else question.full / question.draws
    for variant, of_variant in zip(question.variants, screened, strict=True):
        s = shares(table, variant, SCREENED, question.draws, target, target.definition, target.basis)
        off = _middle_share(table, variant, FULL, target) - _middle_share(table, variant, SCREENED, target)
        new = [i for i, run in enumerate(of_variant) if run.key not in known and not np.isnan(s[i])]
        chosen = maths.probabilities(s[new], target.percent, max(part * len(new), 1.0),
                                     shift=0.0 if np.isnan(off) else off)  # fmt: skip
        known |= {of_variant[i].key: float(p) for i, p in zip(new, chosen, strict=True)}
        mine = np.array([known.get(run.key, np.nan) for run in of_variant])
        probability[variant] = mine
        runs += _runs(question, variant, [i for i, p in enumerate(mine) if _lot(question.seed, i) < p], None)
    rows = sorted(known.items())
    write_whole(output / CHOSEN, csv(pd.DataFrame(rows, columns=["run_key", "probability"])))
    return probability, runs


def _lot(seed: int, number: int) -> float:
    """The lot of a draw, the same in all variants, so that pairs are planned in full together where they can."""
    return Random(f"{seed}/in full/{number}").random()


def _chosen(output: Path) -> dict[str, float]:
    """Key of a screened run → π."""
    path = output / CHOSEN
    if not path.exists():
        return {}
    with disk_errors(path, "read"):
        try:
            table = from_csv(path, ["run_key"], ["probability"])
        except ValueError as error:
            raise FileError(f"{path} is not what the study wrote ({error}): move its folder away") from error
    return dict(zip(map(str, table["run_key"]), map(float, table["probability"]), strict=True))


def shares(
    table: xr.Dataset, variant: str, structure: str, count: int, target: Target, definition: str, basis: str
) -> np.ndarray:  # fmt: skip
    """The share of each draw, percent; NaN where it is not planned (so)."""
    return _shares(table, [run_name(variant, i, structure) for i in range(count)], target, definition, basis)


def _middle_share(table: xr.Dataset, variant: str, structure: str, target: Target) -> float:
    """The share of the middle plan, percent; NaN where it is not planned."""
    name = f"{variant}/{MIDDLE}/{structure}"
    return float(_shares(table, [name], target, target.definition, target.basis)[0])


def _shares(table: xr.Dataset, runs: Sequence[str], target: Target, definition: str, basis: str) -> np.ndarray:
    found = np.full(len(runs), np.nan)
    label = f"renewable share: {definition} / {basis} [%]"
    here = (target.country in table["region"].values, label in table["indicator"].values,
            target.year in table["year"].values) if "value" in table else (False,)  # fmt: skip
    if not all(here):
        return found
    column = table["value"].sel(region=target.country, indicator=label, year=target.year)
    place = {str(run): i for i, run in enumerate(table["run"].values)}
    for i, run in enumerate(runs):
        at = place.get(run)
        if at is not None:
            found[i] = float(column.values[at])
    return found


# ------------------------------------------------------------------------------------- control variate


@dataclass(frozen=True)
class Features:
    """What is known of draws without a plan: energy of projects from sums alone, and the figures that were drawn."""

    planned: np.ndarray
    """(draw, feature) of the draws that are planned."""
    cheap: np.ndarray
    """(draw, feature) of many more."""


def features(answer: PlannedDraws, variant: str) -> Features:
    """Energy of counted projects in the target's year, TWh, and the values of the table.

    Yields are those of the middle plan by technology group, times the year of wind and sun.
    """
    question, target = answer.question, answer.target
    world = world_in(question, variant)
    energy = _energy_per_part(answer, world, variant)
    technology = {row.id: row.technology for row in world.system.projects}

    def one(i: int, values: np.ndarray) -> float:
        found = world.inputs(i, values, target)
        return sum(energy[p] * found.get(f"project {p}", 0.0) * found.get(f"year of {technology[p]}", 1.0)
                   for p in energy)  # fmt: skip

    values = world.values(0, question.draws + CHEAP_DRAWS)
    x = np.column_stack([[one(i, row) for i, row in enumerate(values)], values])
    return Features(x[answer.numbers], x[question.draws :])


def _energy_per_part(answer: PlannedDraws, world: World, variant: str) -> dict[str, float]:
    """Project → counted TWh a year if all of it runs."""
    groups = {row.id: row.group for row in world.system.technologies}
    hours = {group: _full_hours(answer, variant, group) for group in set(groups.values())}
    rows = {row.id: row for row in world.system.projects}
    return {p: rows[p].capacity_mw * hours[groups[rows[p].technology]] * counts / 1e6
            for p, counts in world.counted(answer.target).items()}  # fmt: skip


def _full_hours(answer: PlannedDraws, variant: str, group: str) -> float:
    """Yearly output over capacity of a technology group in the target's country and year, in the middle plan."""
    run = f"{variant}/{MIDDLE}/{'screened' if answer.screened else FULL}"
    table, target = answer.table, answer.target
    if run not in table["run"].values:
        return 0.0
    at = table["value"].sel(run=run, year=target.year)
    world = world_in(answer.question, variant)
    zones = [zone.id for zone in world.system.zones if zone.country == target.country]

    def of(label: str, regions: Sequence[str]) -> float:
        there = [r for r in regions if r in at["region"].values]
        return float(at.sel(indicator=label, region=there).sum()) if label in at["indicator"].values else 0.0

    energy, power = of(f"generation: {group} [GWh]", [target.country]), of(f"capacity: {group} [MW]", zones)
    return 1000 * energy / power if power > 0 else 0.0


def control(answer: PlannedDraws, variant: str, level: float | None, known: Features) -> Control | None:
    """The control variate of a variant: what arithmetic says of the share, or of its reaching a level.

    A linear picture of the screened share, fitted to one half of the draws, serves the other half; with few draws from
    the energy of projects alone.
    """
    share = answer.samples[variant].screened
    n = len(share)
    if n < 4 * maths.FEW:
        return None
    wide = n >= 20 * known.planned.shape[1]
    planned, cheap = (_design(x if wide else x[:, :1]) for x in (known.planned, known.cheap))
    value, mean = np.empty(n), np.empty(n)
    for own, other in maths.halves(n):
        slopes = np.linalg.lstsq(planned[other], share[other], rcond=None)[0]
        error = float(np.std(share[other] - planned[other] @ slopes))
        said, of_all = planned[own] @ slopes, cheap @ slopes
        if level is not None:
            said, of_all = (maths.doubt(x, level, error=error) for x in (said, of_all))
        value[own], mean[own] = said, float(np.mean(of_all))
    return Control(value, mean, len(cheap))


def _design(x: np.ndarray) -> np.ndarray:
    """With a constant."""
    return np.column_stack([np.ones(len(x)), x])
