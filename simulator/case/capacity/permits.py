"""Permits: how much may still be added by year, after projects and procurement took their part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from simulator.case.capacity.pipeline import Outcome
from simulator.case.time.horizon import ModelYears
from simulator.system import BuildLimit, Candidate, System

Rule = BuildLimit | Candidate
TOO_EARLY, POTENTIAL, PACE = "before the candidate's first year", "potential of the zone", "yearly limit of the zone"
"""What may prevent a plant, besides a limit of countries, which is named."""


def limit_reason(rule: Rule) -> str:
    """A yearly limit in words."""
    return f"limit {rule.id}" if isinstance(rule, BuildLimit) else PACE


class Permits:
    """Limits of candidates and countries with what uses them; projects are entered first and never cut.

    ``left`` says what a procurement may still take, ``take`` enters it, and ``yearly_left`` and ``total_left`` what
    remains for the plan's choice.
    """

    def __init__(self, system: System, outcomes: Sequence[Outcome], horizon: ModelYears) -> None:
        self.country_of, self.horizon = system.country_of, horizon
        self.life = {row.id: row.life_years for row in system.technologies}
        self.limits = system.build_limits
        self.candidates = {(row.zone, row.technology): row for row in system.candidates}
        self.used: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for outcome in outcomes:
            for technology, mw in _parts(outcome):
                for limit in self._limits(outcome.project.zone, technology):
                    if limit.counts_projects:
                        self.used[_name(limit)][int(outcome.date)] += mw

    def _limits(self, zone: str, technology: str) -> list[BuildLimit]:
        return [x for x in self.limits if self.country_of[zone] in x.countries and technology in x.technologies]

    def _rules(self, zone: str, technology: str) -> list[Rule]:
        return [self.candidates[zone, technology], *self._limits(zone, technology)]

    def left(self, zone: str, technology: str, year: int) -> tuple[float, str]:
        """MW that may still be commissioned in a calendar year, and the limit that leaves no more."""
        row = self.candidates[zone, technology]
        if year < row.earliest:
            return 0.0, TOO_EARLY
        left = {POTENTIAL: min(self.total_left(row, y) for y in (year, *self._later(row, year)))}
        for rule in self._rules(zone, technology):
            left[limit_reason(rule)] = self.yearly_left(rule, [year])
        reason = min(left, key=lambda name: left[name])
        return left[reason], reason

    def _later(self, row: Candidate, year: int) -> list[int]:
        """Years in which others come to the same place while what is commissioned in a year still runs."""
        closes = self.horizon.opening(year) + self.life[row.technology]
        return [y for y in self.used[_name(row)] if year < y < closes]

    def take(self, zone: str, technology: str, year: int, mw: float) -> None:
        """Enter MW commissioned in a calendar year."""
        for rule in self._rules(zone, technology):
            self.used[_name(rule)][year] += mw

    def yearly_left(self, rule: Rule, years: Iterable[int]) -> float:
        """MW left of a yearly limit over some calendar years; a year cannot lend to another. Infinite without one."""
        yearly = rule.mw_per_year if isinstance(rule, BuildLimit) else rule.limit_mw_per_year
        if yearly is None:
            return inf
        return sum(max(yearly - self.used[_name(rule)][year], 0.0) for year in years)

    def total_left(self, row: Candidate, year: int) -> float:
        """MW left of a candidate's potential in a calendar year, in which what has closed after its life makes room
        again; infinite without a potential."""
        if row.limit_mw is None:
            return inf
        life = self.life[row.technology]
        taken = [
            mw * min(max(self.horizon.opening(y) + life - year, 0.0), 1.0)
            for y, mw in self.used[_name(row)].items() if y <= year
        ]  # fmt: skip
        return max(row.limit_mw - sum(taken), 0.0)


def _name(rule: Rule) -> str:
    return f"{type(rule).__name__} {rule.key}"


def _parts(outcome: Outcome) -> Iterator[tuple[str, float]]:
    """Technology and MW of a project and of the storage that comes with it."""
    row = outcome.project
    yield row.technology, row.capacity_mw * outcome.share
    if row.storage_technology is not None:
        yield row.storage_technology, row.storage_mw * outcome.share
