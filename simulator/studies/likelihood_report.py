"""What draws say, as tables, figures and words: probabilities, differences, what drives them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.analysis import drivers as drivers_of
from simulator.analysis import likelihood as maths
from simulator.analysis.drivers import Condition, Inputs, Surrogate
from simulator.analysis.likelihood import Control, Difference, Estimate
from simulator.analysis.text import aligned, csv, markdown
from simulator.analysis.words import Outlook, languages, paragraph
from simulator.errors import disk_errors
from simulator.solve.watch import Progress
from simulator.studies.draws import names_of_paths
from simulator.studies.likelihood import AS_IT_IS, Features, PlannedDraws, Question, ask, control, features, world_in
from simulator.system import Target

LEVELS = tuple(range(8, 21))
"""Levels, percent, for which the probability is given beside the target's own."""
BASES = ("generation", "consumption")
TOP = 3
"""So many projects make the condition that all of them are on time."""
WEATHER = "years of rivers, wind and sun"


@dataclass(frozen=True)
class LikelihoodReport:
    """Everything that is said of an answer."""

    answer: PlannedDraws

    @property
    def target(self) -> Target:
        """The headline target."""
        return self.answer.target

    @cached_property
    def controls(self) -> dict[str, Control | None]:
        """By variant, for P(reached)."""
        return {v: self.control(v, self.target.percent) for v in self.answer.question.variants}

    @cached_property
    def features(self) -> dict[str, Features]:
        """By variant, what is known of draws without a plan."""
        return {v: features(self.answer, v) for v in self.answer.question.variants}

    def control(self, variant: str, level: float | None) -> Control | None:
        """For the mean (None) or for reaching a level."""
        return control(self.answer, variant, level, self.features[variant])

    def reached(self, variant: str) -> Estimate:
        """P of the headline target by its own definition and basis."""
        return maths.reached(self.answer.samples[variant], self.target.percent, self.controls[variant])

    @cached_property
    def means(self) -> dict[str, Estimate]:
        """Mean share by variant."""
        return {v: maths.mean(self.answer.samples[v], self.control(v, None))
                for v in self.answer.question.variants}  # fmt: skip

    def differences(self) -> Iterator[tuple[str, Difference, Difference]]:
        """What each thing that is taken away adds: (name, points of share, probability)."""
        for what in self.answer.question.without:
            variants = AS_IT_IS, f"without {what}"
            one, other = (self.answer.samples[v] for v in variants)
            points, chances = (
                maths.difference(one, other, level, (self.control(AS_IT_IS, level), self.control(variants[1], level)))
                for level in (None, self.target.percent)
            )
            yield what, points, chances

    # -------------------------------------------------------------------------------------------- tables

    def probabilities(self) -> pd.DataFrame:
        """Every target whose year is modelled, under every definition and basis, in every variant."""
        rows = []
        world = world_in(self.answer.question, AS_IT_IS)
        definitions = list(dict.fromkeys(row.definition for row in world.system.definitions))
        for target in world.system.targets:
            for definition in definitions:
                for basis in BASES:
                    for variant in self.answer.question.variants:
                        rows += self._row(target, definition, basis, variant)
        return pd.DataFrame(rows)

    def _row(self, target: Target, definition: str, basis: str, variant: str) -> list[dict[str, object]]:
        sample = self.answer.sample(variant, target, definition, basis)
        if not len(sample.screened) or np.isnan(sample.screened).any():
            return []
        official = (definition, basis) == (target.definition, target.basis)
        headline = official and target.id == self.target.id
        p = self.reached(variant) if headline else maths.reached(sample, target.percent)
        mean = self.means[variant] if headline else maths.mean(sample)
        return [{
            "target": target.id, "country": target.country, "year": target.year, "required_percent": target.percent,
            "definition": definition, "basis": basis, "official": official, "variant": variant,
            "probability_percent": 100 * p.value, "low_percent": 100 * p.low, "high_percent": 100 * p.high,
            "mean_share_percent": mean.value, "mean_low_percent": mean.low, "mean_high_percent": mean.high,
            "draws": p.draws, "planned_in_full": int(sample.chosen.sum()), "control_variate_gain": p.gain,
        }]  # fmt: skip

    def levels(self) -> pd.DataFrame:
        """P of the headline's share by level, in every variant."""
        levels = sorted({*map(float, LEVELS), self.target.percent})
        rows = []
        for variant in self.answer.question.variants:
            controls = [self.control(variant, level) for level in levels]
            found = maths.by_level(self.answer.samples[variant], levels, controls, self.target.percent)
            for level, e in zip(levels, found, strict=True):
                rows.append((variant, level, 100 * e.value, 100 * e.low, 100 * e.high))
        return pd.DataFrame(rows, columns=["variant", "level_percent", "probability_percent", "low", "high"])

    def running(self) -> pd.DataFrame:
        """The estimate after more and more draws."""
        rows = []
        for variant in self.answer.question.variants:
            for e in maths.running(self.answer.samples[variant], self.target.percent, self.controls[variant]):
                rows.append((variant, e.draws, 100 * e.value, 100 * e.low, 100 * e.high))
        return pd.DataFrame(rows, columns=["variant", "draws", "probability_percent", "low", "high"])

    def draws(self) -> pd.DataFrame:
        """Every draw: its shares by variant and what was drawn."""
        columns: dict[str, np.ndarray] = {"draw": self.answer.numbers}
        for variant, sample in self.answer.samples.items():
            columns |= {f"{variant} screened": sample.screened, f"{variant} in full": sample.full,
                        f"{variant} probability of full": sample.probability}  # fmt: skip
        inputs = self.inputs
        return pd.DataFrame(columns | {name: inputs.column(name) for name in inputs.names})

    # ------------------------------------------------------------------------------------------- drivers

    @cached_property
    def inputs(self) -> Inputs:
        """What was drawn, by name."""
        question = self.answer.question
        world = world_in(question, AS_IT_IS)
        values = world.values(0, question.draws)
        rows = [world.inputs(int(i), values[i], self.target) for i in self.answer.numbers]
        names = tuple(rows[0]) if rows else ()
        return Inputs(names, np.array([[row[name] for name in names] for row in rows]).reshape(len(rows), len(names)))

    @cached_property
    def surrogate(self) -> Surrogate:
        """The linear picture of the share with everything."""
        return drivers_of.fit(self.inputs, maths.corrected(self.answer.samples[AS_IT_IS]))

    @cached_property
    def groups(self) -> dict[str, str]:
        """Input → its group."""
        world = world_in(self.answer.question, AS_IT_IS)
        found = {row.id: row.group for row in world.rows if row.group}
        for name in self.surrogate.inputs.names:
            if name.startswith("project ") or name in ("luck of projects", drivers_of.POOLED):
                found[name] = "projects"
            elif name.startswith(("water ", "year of ")):
                found[name] = WEATHER
        return found

    def readable(self, name: str) -> str:
        """The name of an input for the reader."""
        world = world_in(self.answer.question, AS_IT_IS)
        names = {row.id: row.name for row in world.system.uncertainties}
        names |= {f"project {row.id}": row.name for row in world.system.projects}
        return names.get(name, name)

    def drivers(self) -> pd.DataFrame:
        """Inputs by their part of the variance, with the points of share of one deviation and tipping values."""
        s, tips = self.surrogate, drivers_of.tipping(self.surrogate, self.target.percent)
        rows = [
            (name, self.readable(name), self.groups.get(name, ""), 100 * s.parts[name], s.slope[j], s.mean[j],
             s.deviation[j], tips.get(name, math.nan))
            for j, name in enumerate(s.inputs.names)
        ]  # fmt: skip
        columns = ["input", "name", "group", "variance_percent", "points_per_deviation", "mean", "deviation",
                   "tipping_value"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).sort_values("variance_percent", ascending=False)

    def conditions(self) -> list[Condition]:
        """P(reached) if the largest drivers are at their best, one by one, and if the largest projects all come."""
        table, inputs = self.drivers(), self.inputs
        main = [name for name in table["input"] if name in inputs.names][:6]
        slope = dict(zip(table["input"], table["points_per_deviation"], strict=True))
        values = inputs.values * [
            -1 if slope.get(name, 1) < 0 and not name.startswith(drivers_of.PROJECT) else 1 for name in inputs.names
        ]
        named = [(self._condition(name, slope[name]), [name]) for name in main]
        projects = [name for name in table["input"] if name.startswith("project ")][:TOP]
        if len(projects) > 1:
            named.append((f"{' and '.join(self.readable(p) for p in projects)} on time", projects))
        sample = self.answer.samples[AS_IT_IS]
        return drivers_of.conditions(Inputs(inputs.names, values), sample, self.target.percent, named)

    def _condition(self, name: str, slope: float) -> str:
        if name.startswith("project "):
            return f"{self.readable(name)} on time"
        return f"{self.readable(name)} in its {'upper' if slope >= 0 else 'lower'} third"

    # --------------------------------------------------------------------------------------------- words

    def finding(self) -> Outlook:
        """What the paragraph says."""
        world = world_in(self.answer.question, AS_IT_IS)
        country = next(row.name for row in world.system.countries if row.id == self.target.country)
        parts = drivers_of.by_group(self.surrogate.parts, self.groups) if self.told else {}
        found = Outlook(
            country, self.target.year, self.target.percent, self.means[AS_IT_IS], self.reached(AS_IT_IS),
            len(self.answer.numbers), drivers=[(n, p) for n, p in parts.items() if p > 0.05][:3],
            spread=self._spread(),
        )  # fmt: skip
        for what, points, chances in self.differences():
            return replace(found, without=self.reached(f"without {what}"), points=points.estimate,
                           chances=chances.estimate, taken=self._taken(what))  # fmt: skip
        return found

    def _spread(self) -> tuple[float, float] | None:
        """Between what the middle eight of ten shares lie; None with few draws."""
        share = maths.corrected(self.answer.samples[AS_IT_IS])
        if len(share) < 2 * drivers_of.FOLDS:
            return None
        low, high = np.quantile(share, [0.1, 0.9]).tolist()
        return float(low), float(high)

    def _taken(self, what: str) -> tuple[str, str]:
        """What was taken away: of what sort, and its name for the reader."""
        word, _, name = what.partition(":")
        system = world_in(self.answer.question, AS_IT_IS).system
        names = {row.id: row.name for row in system.projects} | {row.id: row.name for row in system.investors}
        return word, names.get(name, name.replace("_", " "))

    @property
    def told(self) -> bool:
        """Whether there are enough draws to speak of drivers: they must say something of draws not seen."""
        return len(self.answer.numbers) >= 2 * drivers_of.FOLDS and self.surrogate.unseen_r2 > 0

    def text(self) -> str:
        """For the terminal: the paragraph, probabilities, differences, drivers, and how sure all of it is."""
        parts = [paragraph(self.finding()), _table(self.probabilities(), official=True), self._differences()]
        if self.told:
            parts += [self._drivers(), self._conditions()]
        return "\n\n".join([*parts, self._how_sure()]) + "\n"

    def _differences(self) -> str:
        lines = [
            f"{what}: {p.estimate.value:+.2f} points ({p.estimate.low:+.2f} to {p.estimate.high:+.2f}), "
            f"probability {100 * c.estimate.value:+.1f} points ({100 * c.estimate.low:+.1f} to "
            f"{100 * c.estimate.high:+.1f}); pairing divides the variance by {p.pairing:.1f} and {c.pairing:.1f}"
            for what, p, c in self.differences()
        ]
        return "What it adds, in the same draws:\n" + "\n".join(f"  {line}" for line in lines) if lines else ""

    def _drivers(self) -> str:
        s = self.surrogate
        body = [(str(row.name), str(row.group), f"{row.variance_percent:.0f}", f"{row.points_per_deviation:+.2f}",
                 "" if math.isnan(float(str(row.tipping_value))) else f"{row.tipping_value:.3g}")
                for row in self.drivers().head(12).itertuples()]  # fmt: skip
        head = ("input", "group", "% of variance", "points per deviation", "reached at")
        groups = ", ".join(f"{name} {100 * p:.0f} %" for name, p in
                           list(drivers_of.by_group(s.parts, self.groups).items())[:6])  # fmt: skip
        return (f"{aligned(head, body, left=(0, 1))}\n\nBy group: {groups}. A linear surrogate explains "
                f"{100 * s.r2:.0f} % of the variance, and {100 * s.unseen_r2:.0f} % in draws it has not seen; its "
                f"error there is {s.error:.2f} points (the share itself varies by {s.spread:.2f}).")  # fmt: skip

    def _conditions(self) -> str:
        lines = [f"  if {c.text}: {100 * c.value:.0f} % ({100 * c.low:.0f} to {100 * c.high:.0f}, {c.draws} draws)"
                 for c in self.conditions() if c.draws]  # fmt: skip
        return "Probability under a condition:\n" + "\n".join(lines)

    def _how_sure(self) -> str:
        answer, e = self.answer, self.reached(AS_IT_IS)
        sample = answer.samples[AS_IT_IS]
        full = int(sample.chosen.sum())
        lines = [f"{maths.more_draws(e)} more draws would halve the interval of ± {100 * e.half:.1f} points."]
        if answer.screened and full > 1:
            off = (sample.full - sample.screened)[sample.chosen]
            way = "lower" if off.mean() >= 0 else "higher"
            lines.append(f"{full} of {len(sample.screened)} draws were planned in full as well: the screened share is "
                         f"{way} by {abs(off.mean()):.2f} points on average (standard deviation "
                         f"{off.std(ddof=1):.2f}); the estimates are corrected for it.")  # fmt: skip
        mean = self.means[AS_IT_IS]
        lines.append(f"The arithmetic of projects divides the variance by {mean.gain:.1f} for the mean and "
                     f"{e.gain:.1f} for the probability.")  # fmt: skip
        lost = answer.question.draws - len(answer.numbers)
        if lost:
            lines.append(f"{lost} of {answer.question.draws} draws have no plan in some variant: intervals of "
                         "probabilities hold whatever they would give.")  # fmt: skip
        failed = 0 if sample.failed is None else int(sample.failed.sum())
        if failed:
            lines.append(f"{failed} plans in full failed: intervals of probabilities hold whatever they would give.")
        world = world_in(answer.question, AS_IT_IS)
        if world.left_out:
            lines.append(f"Without effect here and not drawn: {', '.join(names_of_paths(world))}.")
        return "\n".join([*lines, answer.driven.text])

    def page(self) -> str:
        """The same as a page in Markdown, with every definition and basis."""
        head = f"# How likely: {self.target.id}\n\n" + "\n\n".join(
            paragraph(self.finding(), language) for language in languages()
        )
        table = self.probabilities()
        rows = [[f"{x:.1f}" if isinstance(x, float) else x for x in row] for row in table.itertuples(index=False)]
        parts = [head, markdown(list(table.columns), rows), self._differences()]
        if self.told:
            parts += [markdown(["input", "group", "% of variance", "points per deviation"],
                               [[row.name, row.group, f"{row.variance_percent:.0f}", f"{row.points_per_deviation:+.2f}"]
                                for row in self.drivers().itertuples()]), self._conditions()]  # fmt: skip
        return "\n\n".join([*parts, self._how_sure()]) + "\n"


def _table(table: pd.DataFrame, official: bool) -> str:
    head = ("target", "definition", "basis", "variant", "required %", "mean share %", "probability %", "interval")
    body = [
        (str(row.target), str(row.definition), str(row.basis), str(row.variant), f"{row.required_percent:g}",
         f"{row.mean_share_percent:.1f}", f"{row.probability_percent:.0f}",
         f"{row.low_percent:.0f} to {row.high_percent:.0f}")
        for row in table.itertuples() if row.official or not official
    ]  # fmt: skip
    return aligned(head, body, left=(0, 1, 2, 3))


def run_likelihood(
    question: Question, output: Path, *, processes: int | None = None, scheduler: str | None = None,
    figures: bool = True, progress: Progress | None = None,
) -> LikelihoodReport:  # fmt: skip
    """Make the draws that are missing, and write tables, page, words and figures to ``output``."""
    say = progress or (lambda message: None)
    report = LikelihoodReport(ask(question, output, processes=processes, scheduler=scheduler, progress=progress))
    say("computing probabilities and what drives them")
    tables = {
        "likelihood.csv": report.probabilities(), "levels.csv": report.levels(), "running.csv": report.running(),
        "draws.csv": report.draws(),
    }  # fmt: skip
    if report.told:
        tables |= {"drivers.csv": report.drivers(), "conditions.csv": pd.DataFrame(report.conditions())}
    with disk_errors(output):
        for name, table in tables.items():
            (output / name).write_text(csv(table), encoding="utf-8")
        (output / "likelihood.md").write_text(report.page(), encoding="utf-8")
        for language in languages():
            (output / f"words_{language}.txt").write_text(
                paragraph(report.finding(), language) + "\n", encoding="utf-8"
            )
    if figures:
        from simulator.plots import save_likelihood

        with disk_errors(output):
            drawn = save_likelihood(_drawing(report, tables), output)
        for warning in drawn.warnings():
            say(f"warning: {warning}")
    return report


def _drawing(report: LikelihoodReport, tables: dict[str, pd.DataFrame]) -> dict[str, object]:
    """What the figures show, as plain arrays and tables."""
    shares = {v: maths.corrected(s) for v, s in report.answer.samples.items()}
    found: dict[str, object] = {"shares": shares, "target": report.target.percent, "levels": tables["levels.csv"],
                                "running": tables["running.csv"], "name": report.target.id}  # fmt: skip
    if report.told:
        drivers = report.drivers()
        main = next((n for n in drivers["input"] if n in report.inputs.names), None)
        found["drivers"] = drivers
        if main is not None:
            found["scatter"] = (report.readable(main), report.inputs.column(main))
    return found
