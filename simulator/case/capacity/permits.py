"""Limits of building: how much may be commissioned, by country or zone, over calendar years.

One mechanism for growth, permits and grid connection; the table ``build_limits`` says which plants share a limit and
how much of them may come. Named projects come first, then procurement in the order of its table, then the plan's choice
(``model/features/invest``).

Symbols
-------
========  =====================  ======  ======================================================================
symbol    name                   unit    meaning
========  =====================  ======  ======================================================================
``S[t]``  mw_per_year            MW      most in calendar year t
``M[t]``  mean_mw_per_year       MW      most on average over n calendar years in a row
``n``     mean_years             years
``C[t]``  total_mw               MW      most from the first model year to the end of t …
``Λ[l]``  limit_lines.mw         MW      … and what line l adds once it is in service
``W[p]``  (share · capacity_mw)  MW      named project p that the limit counts, due in calendar year d[p]
``x[t]``  (used)                 MW      all that is commissioned in t and counts
``r[t]``  (room)                 MW      what the limit leaves in t to projects that wait
``λ[t]``  (opening)              –       share of what waits that opens in t
========  =====================  ======  ======================================================================

Rows, for every calendar year t from the first model year to the last; each is a *span* of years with its MW
------------------------------------------------------------------------------------------------------------
(1)  x[t] ≤ S[t]
(2)  Σ x over the n years that end in t ≤ Σ M over the same years: what a year leaves serves the next n − 1
(3)  Σ x from the first model year to t ≤ C[t] + Σ Λ[l] of the lines in service by the end of t

x has what is named, procured and chosen. Where a limit counts projects, it has plants of the table by their year of
commissioning, too, so that in (2) the years before the first model year have taken what they took. What is taken
already is never cut: it leaves less, down to nothing, to those who come after it.

Named projects that want more than there is room for, in the order of years
---------------------------------------------------------------------------
(4)  r[t] = least over the spans that hold t of: MW of the span − Σ x of its years that is entered so far, at least 0
(5)  λ[t] = min(1, r[t] / Σ W that waits in t): of every project that waits the same share opens in t; of one that
     several limits count the smallest of their shares
(6)  the rest waits for the next year, late by whole years; what waits after the last year comes beyond the horizon

Expected projects count with capacity times probability. Projects in operation, and those that a scenario builds in any
case (``build: always``), are never late; they are entered before others. A limit that does not count projects
(``counts_projects``) knows neither them nor treaties and framework deals: it is one of auctions and of the plan's
choice.

Calendar years and model years
------------------------------
Limits hold for calendar years, in which projects and procurement come. What the plan chooses for a model year comes in
the calendar years after the model year before, up to and including it, as the limits of these years leave room: with
2026, 2028, 2030 and 2035 the choice of 2030 shares the room of 2029 and 2030, and a mean over four years ties it to
the choices of 2028.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite

from simulator.case.capacity.pipeline import Outcome
from simulator.case.time.horizon import ModelYears, line_opens
from simulator.errors import Problem, warn
from simulator.inputs.scenario import Scenario
from simulator.interpolation import limits_at
from simulator.system import BuildLimit, ByYear, Candidate, System

Rule = BuildLimit | Candidate
TOO_EARLY, POTENTIAL, PACE = "before the candidate's first year", "potential of the zone", "yearly limit of the zone"
"""What may prevent a plant, besides a limit of countries, which is named."""


def limit_reason(rule: Rule) -> str:
    """A limit in words."""
    return f"limit {rule.id}" if isinstance(rule, BuildLimit) else PACE


@dataclass(frozen=True)
class Span:
    """Calendar years ``first`` to ``last``, in which no more than ``mw`` may be commissioned."""

    first: int
    last: int
    mw: float
    kind: str
    """Column of ``build_limits`` that it comes from."""

    def __contains__(self, year: int) -> bool:
        return self.first <= year <= self.last


class Permits:
    """Limits of candidates and countries with what uses them. ``outcomes``: projects, late where limits say so.

    ``left`` says what a procurement may still take, ``take`` enters it, and ``spans_left``, ``yearly_left`` and
    ``total_left`` what remains for the plan's choice.
    """

    def __init__(self, system: System, scenario: Scenario, outcomes: Sequence[Outcome], horizon: ModelYears) -> None:
        self.country_of, self.horizon = system.country_of, horizon
        self.life = {row.id: row.life_years for row in system.technologies}
        self.limits = system.build_limits
        self.candidates = {(row.zone, row.technology): row for row in system.candidates}
        self.used: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        lines = _lines(system, scenario, horizon.years[0])
        self.spans = {row.id: spans(row, horizon, lines.get(row.id, ())) for row in self.limits}
        for row in system.plants:
            if row.commissioned is not None:
                for limit in self._limits(row.zone, row.technology, named=True):
                    self.used[_name(limit)][int(row.commissioned[:4])] += row.capacity_mw
        self.outcomes = self._in_time(outcomes)

    def _limits(self, zone: str, technology: str, named: bool = False) -> list[BuildLimit]:
        """Limits of a technology in a zone; of what is named only those that count projects."""
        country = self.country_of[zone]
        return [x for x in self.limits if x.holds(zone, country, technology) and (x.counts_projects or not named)]

    def _rules(self, zone: str, technology: str, named: bool) -> list[Rule]:
        return [self.candidates[zone, technology], *self._limits(zone, technology, named)]

    # ------------------------------------------------------------------------------------- named projects

    def _in_time(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Projects as the limits let them come, equations 4 to 6; what they take is entered."""
        years = range(self.horizon.years[0], self.horizon.years[-1] + 1)
        found: dict[int, list[Outcome]] = {i: [] for i in range(len(outcomes))}
        waiting: dict[int, float] = {}
        for i, outcome in enumerate(outcomes):
            if outcome.share > 0 and not outcome.certain and int(outcome.date) in years and self._counting(outcome):
                waiting[i] = 1.0
            else:
                found[i].append(outcome)
                self._enter(outcome)
        self._warn_of_certain_ones()
        for t in years:
            now = {i: left for i, left in waiting.items() if int(outcomes[i].date) <= t}
            opening = self._opening(t, {i: left * _mw(outcomes[i]) for i, left in now.items()}, outcomes)
            for i, left in now.items():
                part = left if opening[i] >= 1 - 1e-12 else left * opening[i]
                waiting[i] = left - part
                if part > 0:
                    found[i].append(_later(outcomes[i], part, t))
                    self._enter(found[i][-1])
            waiting = {i: left for i, left in waiting.items() if left > 0}
        for i, left in waiting.items():
            found[i].append(_later(outcomes[i], left, years[-1] + 1))
        return [part for parts in found.values() for part in parts]

    def _counting(self, outcome: Outcome) -> list[BuildLimit]:
        """Limits that a project counts in with its own technology."""
        return self._limits(outcome.project.zone, outcome.project.technology, named=True)

    def _opening(self, year: int, mw: Mapping[int, float], outcomes: Sequence[Outcome]) -> dict[int, float]:
        """Share of what waits that opens in a year, by project (5)."""
        wanted: dict[str, float] = defaultdict(float)
        for i, each in mw.items():
            for limit in self._counting(outcomes[i]):
                wanted[limit.id] += each
        share = {
            row.id: min(1.0, self._room(row, year) / wanted[row.id])
            for row in self.limits if wanted[row.id] > 0
        }  # fmt: skip
        return {i: min(share.get(limit.id, 1.0) for limit in self._counting(outcomes[i])) for i in mw}

    def _enter(self, outcome: Outcome) -> None:
        for technology, mw in _parts(outcome):
            for limit in self._limits(outcome.project.zone, technology, named=True):
                self.used[_name(limit)][int(outcome.date)] += mw

    def _warn_of_certain_ones(self) -> None:
        """What exists or is built in any case may want more than a limit allows: then it is built all the same."""
        for limit in self.limits:
            over = [(-left, span) for span, left in self._left(limit) if left < -1e-6]
            if over and limit.counts_projects:
                mw, span = max(over, key=lambda pair: pair[0])
                warn(Problem(
                    f"plants that exist or come in any case exceed the limit by {mw:,.0f} MW {_years(span)}: they come "
                    "all the same, and nothing else does", path=f"build_limits.{limit.id}.{span.kind}",
                    help="widen the limit, or build fewer of them in any case",
                ))  # fmt: skip

    # ------------------------------------------------------------------------------------ room and its use

    def _left(self, limit: BuildLimit) -> Iterator[tuple[Span, float]]:
        """Spans with what is left of them, below zero where those who are never cut took more."""
        used = self.used[_name(limit)]
        for span in self.spans[limit.id]:
            yield span, span.mw - sum(mw for t, mw in used.items() if t in span)

    def _room(self, limit: BuildLimit, year: int) -> float:
        """MW that all spans with a year leave (4)."""
        return max(min((left for span, left in self._left(limit) if year in span), default=inf), 0.0)

    def spans_left(self, limit: BuildLimit) -> list[Span]:
        """Spans of a limit with what is left of them for the plan's choice."""
        return [replace(span, mw=max(left, 0.0)) for span, left in self._left(limit)]

    def left(self, zone: str, technology: str, year: int, award: int, named: bool) -> tuple[float, str]:
        """MW that a procurement may still commission in a calendar year, and the limit that leaves no more.

        A candidate's first year holds for awards of the plan's years; earlier ones are on their way. ``named``:
        treaties and framework deals, which only limits that count projects cut.
        """
        row = self.candidates[zone, technology]
        if year < row.earliest and award >= self.horizon.years[0]:
            return 0.0, TOO_EARLY
        left = {
            POTENTIAL: min(self.total_left(row, y) for y in (year, *self._later(row, year))),
            PACE: self.yearly_left(row, [year]),
        }
        for limit in self._limits(zone, technology, named):
            left[limit_reason(limit)] = self._room(limit, year)
        reason = min(left, key=lambda name: left[name])
        return left[reason], reason

    def _later(self, row: Candidate, year: int) -> list[int]:
        """Years in which others come to the same place while what is commissioned in a year still runs."""
        closes = self.horizon.opening(year) + self.life[row.technology]
        return [y for y in self.used[_name(row)] if year < y < closes]

    def take(self, zone: str, technology: str, year: int, mw: float, named: bool) -> None:
        """Enter MW that a procurement commissions in a calendar year."""
        for rule in self._rules(zone, technology, named):
            self.used[_name(rule)][year] += mw

    def yearly_left(self, row: Candidate, years: Iterable[int]) -> float:
        """MW left of a candidate's yearly limit over some calendar years; a year cannot lend to another. Infinite
        without one."""
        if row.limit_mw_per_year is None:
            return inf
        return sum(max(row.limit_mw_per_year - self.used[_name(row)][year], 0.0) for year in years)

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


def spans(row: BuildLimit, horizon: ModelYears, lines: Sequence[tuple[float, float]] = ()) -> list[Span]:
    """Spans of a limit over the calendar years of the plan, equations 1 to 3; infinite ones are left out.

    ``lines``: (decimal year of service, MW) of the lines that widen its total.
    """
    first, found = horizon.years[0], []
    for t in range(first, horizon.years[-1] + 1):
        found.append(Span(t, t, _at(row.mw_per_year, [t]), "mw_per_year"))  # (1)
        back = range(t - row.mean_years + 1, t + 1)
        found.append(Span(back[0], t, _at(row.mean_mw_per_year, back, first), "mean_mw_per_year"))  # (2)
        wider = sum(mw for date, mw in lines if date < t + 1)
        found.append(Span(first, t, _at(row.total_mw, [t]) + wider, "total_mw"))  # (3)
    return [span for span in found if isfinite(span.mw)]


def _at(path: ByYear | None, years: Iterable[int], first: int = 0) -> float:
    """Sum of a limit over some years, those before ``first`` as in it; infinite where it does not hold."""
    if path is None:
        return inf
    return float(limits_at(path if isinstance(path, dict) else {0: path}, [max(t, first) for t in years]).sum())


def _lines(system: System, scenario: Scenario, first: int) -> dict[str, list[tuple[float, float]]]:
    """Limit → (decimal year of service, MW) of the lines that widen it; late as the scenario says."""
    service = {row.id: line_opens(row, scenario, first) for row in system.links}
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in system.limit_lines:
        found[row.limit].append((service[row.link] or 0.0, row.mw))
    return found


def _years(span: Span) -> str:
    return f"in {span.first}" if span.first == span.last else f"from {span.first} to {span.last}"


def _later(outcome: Outcome, part: float, year: int) -> Outcome:
    """Part of a project that comes in a year; late by whole years."""
    late = year - int(outcome.date)
    return replace(outcome, share=outcome.share * part, date=outcome.date + late, late_years=late)


def _mw(outcome: Outcome) -> float:
    return outcome.project.capacity_mw * outcome.share


def _name(rule: Rule) -> str:
    return f"{type(rule).__name__} {rule.key}"


def _parts(outcome: Outcome) -> Iterator[tuple[str, float]]:
    """Technology and MW of a project and of the storage that comes with it."""
    row = outcome.project
    yield row.technology, _mw(outcome)
    if row.storage_technology is not None:
        yield row.storage_technology, row.storage_mw * outcome.share
