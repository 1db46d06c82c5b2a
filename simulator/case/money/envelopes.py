"""Envelopes: whose money may build what and where, and how much of it must come from the country itself.

A deal under an envelope is paid by the investor and, where the envelope asks for it, by a domestic partner. The
domestic share of the overnight cost is the larger of two terms,

    κ = max((1 − d)·e, c / (1 + c)),

with the debt share d of the investor, the share e of the equity that a partner must hold, and c domestic dollars asked
for beside each dollar of the investor. The partner pays from its own envelope that covers the country and technology.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulator.case.messages import ids, no_effect
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.system import Candidate, Envelope, EnvelopeYear, Row, System
from simulator.system.names import composed


def domestic_share(debt_share: float, local_equity: float, cofinance: float) -> float:
    """κ, the domestic share of the overnight cost; all arguments as fractions.

    >>> domestic_share(0.7, 0.25, 0.0), domestic_share(0.7, 0.25, 0.25)  # 0.3 · 0.25; 0.25 / 1.25
    (0.07500000000000001, 0.2)
    """
    return max((1 - debt_share) * local_equity, cofinance / (1 + cofinance))


class Envelopes:
    """The envelopes of a system, ready to be asked; an investor without any is not limited."""

    def __init__(self, system: System) -> None:
        self.rows = system.envelopes
        self.debt_share = {row.id: row.debt_share_percent / 100 for row in system.investors}
        self.path: dict[str, dict[int, float]] = {row.id: {} for row in self.rows}
        for row in system.envelope_years:
            self.path[row.envelope][row.year] = row.musd_per_year

    def of(self, investor: str, country: str, technology: str) -> Envelope | None:
        """The investor's envelope that covers a technology in a country."""
        return next((row for row in self.rows if row.investor == investor and covers(row, country, technology)), None)

    def partner(self, row: Envelope, country: str, technology: str) -> Envelope | None:
        """The envelope that pays the domestic part of a deal under ``row``."""
        found = (self.of(name, country, technology) for name in row.cofinanciers)
        return next((envelope for envelope in found if envelope is not None), None)

    def open_to(self, investor: str, country: str, technology: str) -> bool:
        """Whether an investor can build: one with envelopes only where one of them and its partner's cover it."""
        if all(row.investor != investor for row in self.rows):
            return True
        row = self.of(investor, country, technology)
        return row is not None and (not row.cofinanciers or self.partner(row, country, technology) is not None)

    def domestic(self, row: Envelope | None) -> float:
        """κ of a deal under an envelope; 0 without one."""
        if row is None:
            return 0.0
        return domestic_share(
            self.debt_share[row.investor], row.local_equity_percent / 100, row.cofinance_usd_per_usd
        )  # fmt: skip

    def parts(self, investor: str, country: str, technology: str) -> dict[str, float]:
        """Envelope → share of the overnight cost of a deal that it pays; empty for investors without limit."""
        row = self.of(investor, country, technology)
        if row is None:
            return {}
        domestic = self.domestic(row)
        partner = self.partner(row, country, technology)
        return {row.id: 1 - domestic} | ({} if partner is None else {partner.id: domestic})


def covers(row: Envelope, country: str, technology: str) -> bool:
    """Whether an envelope is meant for a technology in a country."""
    return (not row.countries or country in row.countries) and (not row.technologies or technology in row.technologies)


# --------------------------------------------------------------------------------- changed by a scenario


def changed(system: System, scenario: Scenario, problems: list[Problem]) -> dict[str, tuple[Row, ...]]:
    """The tables ``envelopes`` and ``envelope_years`` as the scenario changes them."""
    change = scenario.chinese_investment
    rows, years = list(system.envelopes), list(system.envelope_years)
    if change.envelopes is not None:
        named = {new.investor for new in change.envelopes}
        rows = [row for row in rows if row.investor not in named]
        kept = {row.id for row in rows}
        years = [row for row in years if row.envelope in kept]
        for i, new in enumerate(change.envelopes):
            name = composed("scenario", i + 1, new.investor)  # no id of the table contains the joining sign
            row = Envelope(id=new.investor, **new.model_dump(exclude={"musd_per_year"}))
            if not _finds_all(row, system):
                continue  # found where names are checked
            rows.append(row.model_copy(update={"id": name}))
            years += [EnvelopeYear(envelope=name, year=y, musd_per_year=m) for y, m in new.musd_per_year.items()]
    factor = change.envelope_factor
    if factor != 1:
        chinese = {row.id for row in system.investors if row.chinese}
        scaled = {row.id for row in rows if row.investor in chinese}
        if not scaled:
            problems.append(no_effect("no Chinese investor has an envelope", "chinese_investment.envelope_factor"))
        rows = [
            row.model_copy(update={"cumulative_musd": row.cumulative_musd * factor})
            if row.id in scaled and row.cumulative_musd is not None else row
            for row in rows
        ]  # fmt: skip
        years = [
            row.model_copy(update={"musd_per_year": row.musd_per_year * factor}) if row.envelope in scaled else row
            for row in years
        ]
    return {"envelopes": tuple(rows), "envelope_years": tuple(years)}


def _finds_all(row: Envelope, system: System) -> bool:
    """Whether all that an envelope names is there."""
    investors, countries, technologies = map(ids, (system.investors, system.countries, system.technologies))
    return ({row.investor, *row.cofinanciers} <= {*investors}
            and {*row.countries} <= {*countries} and {*row.technologies} <= {*technologies})  # fmt: skip


def check(system: System) -> list[Problem]:
    """What makes envelopes contradict each other or the rest of the tables."""
    envelopes = Envelopes(system)
    country = system.country_of
    partners = {name for row in system.envelopes for name in row.cofinanciers}
    limited = {row.investor for row in system.envelopes}
    problems = []
    for row in system.envelopes:
        path = f"envelopes.{row.id}"
        if not envelopes.path[row.id]:
            problems.append(Problem("it has no money", path=path, help="add rows to `envelope_years`"))
        built = [c for c in system.candidates if row.investor in c.investors and _covers(row, c, country)]
        if not built and row.investor not in partners:
            problems.append(
                no_effect("no candidate is open to its investor there", path, "add `candidates`, or drop it")
            )
        if row.cofinanciers and envelopes.domestic(row) == 0:
            problems.append(no_effect(f"{row.investor} brings no equity that a partner could share", path))
        problems += [
            Problem(f"cofinancier {name!r} has no envelope, so its money would have no end", path=path,
                    help="add an envelope of its own")
            for name in row.cofinanciers if name not in limited
        ]  # fmt: skip
    return problems + _overlaps(system, country)


def _covers(row: Envelope, candidate: Candidate, country: Mapping[str, str]) -> bool:
    return covers(row, country[candidate.zone], candidate.technology)


def _overlaps(system: System, country: Mapping[str, str]) -> list[Problem]:
    """Two envelopes of one investor for the same technology and country would leave open which one pays."""
    problems, named = [], set()
    for candidate in system.candidates:
        for investor in candidate.investors:
            mine = [row.id for row in system.envelopes if row.investor == investor and _covers(row, candidate, country)]
            if len(mine) > 1 and tuple(mine) not in named:
                named.add(tuple(mine))
                problems.append(Problem(
                    f"envelopes {mine[0]!r} and {mine[1]!r} both cover {candidate.technology} in "
                    f"{country[candidate.zone]}", path=f"envelopes.{mine[1]}",
                    help="separate them by countries or technologies, or make them one",
                ))  # fmt: skip
    return problems
