"""What a study file may say: one scenario, what is varied in it, and what is kept of each run.

A study is a YAML file as strict as a scenario. What is varied is named by dotted paths, as ``Scenario.with_`` takes
them, or by the word ``scenario``, whose levels are files. A level that a scenario has anyway is allowed, and ``null``
means: as the scenario says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from simulator.inputs.read import read_extending
from simulator.inputs.validation import Marks
from simulator.system import wrong
from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id
from simulator.system.rows import CONFIG, Ordered

SCENARIO = "scenario"
"""The axis whose levels are scenario files."""


class StudyPart(Ordered):
    """Parent of all parts of a study: frozen, unknown keys refused."""

    model_config = CONFIG


class SampledRange(StudyPart):
    """Between what a sampled value lies."""

    rising = (("low", "high"),)
    low: float
    """Lowest value."""
    high: float
    """Highest value."""


class Study(StudyPart):
    """Many runs of one scenario."""

    question: FreeText = Field(min_length=10)
    """What this study asks."""
    description: FreeText = ""
    """What it varies, in a sentence or two."""
    scenario: FreeText
    """File of the scenario that is varied, relative to the folder of the study."""
    design: Literal["grid", "list", "latin_hypercube", "sobol"]
    """``grid``: each level with each. ``list``: the ``runs`` one by one. ``latin_hypercube``, ``sobol``: ``samples``
    points over the ``ranges``; with ``sobol`` more samples continue the same sequence."""
    levels: dict[FreeText, Annotated[tuple[Any, ...], Field(min_length=1)]] = {}
    """For ``grid``: values by dotted path, for example ``{demand.KAZ.factor: [1, 1.1]}``; under ``scenario`` files."""
    runs: dict[Id, dict[FreeText, Any]] = {}
    """For ``list``: by name of the run, values by dotted path."""
    ranges: dict[FreeText, SampledRange] = {}
    """For sampled designs: low and high by dotted path."""
    samples: Annotated[int | None, Field(ge=1, le=100_000), Unit("runs")] = None
    """For sampled designs: number of runs."""
    seed: Annotated[int, Field(ge=0), Unit("–")] = 1
    """For sampled designs: number of the sequence."""
    keep: Literal["table", "folders"] = "table"
    """``table``: a row of the study's table is kept of each run. ``folders``: a run folder as well."""
    indicators: tuple[FreeText, ...] = ()
    """Indicators of ``summary.csv`` that the table keeps; empty: shares, energies, capacities, trade, emissions and
    costs."""

    @model_validator(mode="after")
    def _only_what_the_design_reads(self) -> Study:
        needed = {"grid": "levels", "list": "runs"}.get(self.design, "ranges")
        for name in ("levels", "runs", "ranges"):
            if name == needed and not getattr(self, name):
                raise wrong(name, f"design: {self.design} needs `{name}`")
            if name != needed and getattr(self, name):
                raise wrong(name, f"`{name}` has no effect with design: {self.design}")
        varied = {"levels": list(self.levels), "ranges": list(self.ranges)}
        for place, paths in (varied | {f"runs.{name}": list(run) for name, run in self.runs.items()}).items():
            for path in paths:
                if above := next((other for other in paths if path.startswith(f"{other}.")), None):
                    raise wrong(place, f"{path} is part of {above}: name one of them")
        if (self.samples is None) != (needed != "ranges"):
            raise wrong("samples", "`samples` goes together with a sampled design")
        return self


@dataclass(frozen=True)
class Varied:
    """One run of a study: its name, and values by dotted path (``scenario``: a file)."""

    name: str
    levels: dict[str, Any]
    place: str
    """Dotted path in the study of what it varies."""


def load_study(path: str | Path) -> tuple[Study, Marks]:
    """The study in a YAML file, and where it states its values. Raises ``InputError`` and ``FileError``."""
    study, marks, _ = read_extending(path, Study)
    return study, marks


def varied(study: Study) -> list[Varied]:
    """Every run of a study, in order.

    >>> study = Study(question="How does it grow?", scenario="a.yaml", design="grid", levels={"x.y": (1, 2), "z": (3,)})
    >>> [(run.name, run.levels) for run in varied(study)]
    [('y=1,z=3', {'x.y': 1, 'z': 3}), ('y=2,z=3', {'x.y': 2, 'z': 3})]
    """
    if study.design == "list":
        return [Varied(name, dict(levels), f"runs.{name}") for name, levels in study.runs.items()]
    if study.design == "grid":
        paths = list(study.levels)
        short = _short(paths)
        return [
            Varied(",".join(f"{short[p]}={_said(v)}" for p, v in zip(paths, values, strict=True)),
                   dict(zip(paths, values, strict=True)), "levels")
            for values in product(*study.levels.values())
        ]  # fmt: skip
    return [Varied(f"sample {i:05d}", levels, "ranges") for i, levels in enumerate(_sampled(study))]


def _sampled(study: Study) -> list[dict[str, Any]]:
    from scipy.stats import qmc  # here, because it takes a second to load

    assert study.samples is not None, "the schema asks for it"
    kind = qmc.LatinHypercube if study.design == "latin_hypercube" else qmc.Sobol
    points = kind(len(study.ranges), rng=study.seed).random(study.samples)
    return [
        {path: r.low + float(u) * (r.high - r.low) for u, (path, r) in zip(point, study.ranges.items(), strict=True)}
        for point in points
    ]


def _short(paths: list[str]) -> dict[str, str]:
    """The last words of each path that tell it from the others."""
    for words in range(1, 1 + max(path.count(".") + 1 for path in paths)):
        short = {path: ".".join(path.split(".")[-words:]) for path in paths}
        if len(set(short.values())) == len(paths):
            return short
    return {path: path for path in paths}


def _said(value: Any) -> str:
    """A level as part of a name.

    >>> _said("scenarios/dry_years.yaml"), _said(1.5), _said(None), _said({"a": 1})
    ('dry_years', '1.5', 'as it is', '{a: 1}')
    """
    if value is None:
        return "as it is"
    if isinstance(value, str):
        return Path(value).stem if value.endswith((".yaml", ".yml")) else value.replace("/", "-")
    return str(value).replace("'", "").replace("/", "-")
