"""Which limits of building bind in the year of a plan's target, who uses them, and what 100 MW more or less move.

A limit binds when what came in its calendar years takes all of its room, as far as the size of auctioned plants lets
it; what a limit moves is not read from a price: the plan is made again with the figure of the table 100 MW higher, and
100 MW lower (MW a year for figures by the year). Money that is spent to the last dollar is listed
beside them and not planned again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr

from simulator.analysis.text import aligned
from simulator.analysis.verdict import verdict
from simulator.case.capacity.permits import Span, spans
from simulator.case.case import Case
from simulator.case.changes.levels import holding, level_of
from simulator.case.loading import make_case
from simulator.errors import FileError
from simulator.inputs.read import load_scenario, load_system
from simulator.inputs.scenario import Scenario
from simulator.solve.watch import Progress
from simulator.studies.batch import Job, as_done
from simulator.studies.store import RESOLVED, open_results, run_file
from simulator.system import BuildLimit, ByYear, System

STEP_MW = 100.0


@dataclass(frozen=True)
class Binding:
    """A limit that binds: the row and column of its figure, the calendar years, what they allow, and who used it."""

    table: str
    row: str
    column: str
    years: str
    limit: float
    used: dict[str, float]
    more: float | str = ""
    """Points of share by 100 MW more, or why there is no such plan; empty: not planned."""
    less: float | str = ""
    unit: str = "MW"


def limits(
    run: str | Path, *, scenario: Path | None = None, again: bool = True, only: Sequence[str] = (),
    progress: Progress | None = None,
) -> str:  # fmt: skip
    """The limits of building that bind in the country and year of a run's headline target, as a table.

    ``again``: plan twice more for each of them; ``only``: just these rows. ``scenario`` is the file, if its system or
    profiles lie beside it. Raises what ``run`` raises, and ``FileError`` for a run whose scenario no longer makes the
    same plants.
    """
    results = open_results(run)
    path = scenario or run_file(Path(run), RESOLVED)
    said = load_scenario(path)
    case, _ = make_case(said, path)
    if [asset.id for asset in case.assets] != results["asset"].values.tolist():
        raise FileError(f"{run} has other plants than its scenario makes today: run the scenario again")
    head = verdict(results).headline
    if head is None:
        raise FileError(f"{run} has no headline target in a model year")
    found = [x for x in binding(case, results, head.country, head.year) if not only or x.row in only]
    if again and found:
        found = _moved(found, path, head.share_percent, load_system(said, path).system, progress)
    title = f"{head.country_name} in {head.year}: {head.share_percent:.2f} %"
    return f"{title}\n\n{as_text(found)}\n{_late(case, head.country)}"


def binding(case: Case, results: xr.Dataset, country: str, year: int) -> Iterator[Binding]:
    """Limits of a country that have no room left in the interval of a model year."""
    y = case.horizon.years.index(year)
    interval, build = set(case.horizon.calendar_years(y)), results["build_mw"].values
    for row in case.system.build_limits:
        lines = [(line.mw, link.opens or 0.0) for line in case.system.limit_lines if line.limit == row.id
                 for link in case.links if link.row.id == line.link]  # fmt: skip
        for span in spans(row, case.horizon, lines) if country in row.countries else ():
            if any(t in span for t in interval):
                used = _users(case, row, span, build)
                if _is_full(case, row, span, sum(used.values())):
                    yield Binding("build_limits", row.id, span.kind, _years(span), span.mw, used)
    for cap in case.investment.caps:
        members = [case.investment.vintages[v] for v in cap.vintages]
        home = case.assets[members[0].asset]
        built = sum(float(build[v.asset, v.year]) for v in members)
        full = built > 0 and built >= cap.limit_mw - 1e-3 * max(cap.limit_mw, 1)
        if full and home.country == country and home.candidate and any(v.year == y for v in members):
            of_years = cap.name.startswith("yearly")
            column = "limit_mw_per_year" if of_years else "limit_mw"
            years = _interval(case, year) if of_years else f"to {year}"
            yield Binding("candidates", home.candidate.key, column, years, cap.limit_mw, {"chosen": built})
    yield from _money(case, results, country, year)


def _money(case: Case, results: xr.Dataset, country: str, year: int) -> Iterator[Binding]:
    """Envelopes that have nothing left for the interval of a model year."""
    now = results.sel(year=year)
    for row in case.system.envelopes:
        ready, spent = (float(now[f"investor_{name}_musd"].sel(envelope=row.id)) for name in ("budget", "spent"))
        if country in (row.countries or (country,)) and 0 < ready <= spent * (1 + 1e-3):
            yield Binding(
                "envelopes", row.id, "musd_per_year", _interval(case, year), ready, {"spent": spent}, unit="MUSD"
            )


def _interval(case: Case, year: int) -> str:
    years = case.horizon.calendar_years(case.horizon.years.index(year))
    return _years(Span(min(years), max(years), 0, ""))


def _users(case: Case, row: BuildLimit, span: Span, build: Any) -> dict[str, float]:
    """MW in a span by those who came in it. What is chosen counts where it can come in no other years."""
    used: dict[str, float] = defaultdict(float)
    deals = {deal.id for deal in case.system.procurement if deal.kind != "auction"}
    if row.counts_projects:
        for plant in case.system.plants:
            if plant.commissioned and row.holds(plant.zone, case.system.country_of[plant.zone], plant.technology):
                used["before the plan"] += plant.capacity_mw * (int(plant.commissioned[:4]) in span)
    for asset in case.assets:
        if row.holds(asset.zone, asset.country, asset.technology.id) and asset.date is not None:
            name = asset.id.split("/")[0]
            if asset.status == "project" and row.counts_projects:
                used["named projects"] += asset.full_mw * (int(asset.date) in span)
            elif asset.status == "procured" and (row.counts_projects or name not in deals):
                used[name] += asset.full_mw * (int(asset.date) in span)
    for v in case.investment.vintages:
        asset = case.assets[v.asset]
        if row.holds(asset.zone, asset.country, asset.technology.id) and all(t in span for t in v.window):
            used["chosen"] += float(build[v.asset, v.year])
    return {name: mw for name, mw in used.items() if mw > 1e-6}


def _is_full(case: Case, row: BuildLimit, span: Span, used: float) -> bool:
    """Whether a span has no room; where it refused a plant of auctions, less than a plant is none."""
    cut = any(
        reason == f"limit {row.id}" and year in span and mw > 0
        for (_, reason, year), mw in case.procured.refused_mw.items()
    )
    ticket = max((x.ticket_mw for x in case.system.procurement), default=0.0) if cut else 0.0
    return used >= span.mw - max(1e-3 * span.mw, 1e-3) - ticket


def _years(span: Span) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}-{span.last}"


# ------------------------------------------------------------------------------------------ planned again


def _moved(
    found: Sequence[Binding], path: Path, share: float, system: System, progress: Progress | None
) -> list[Binding]:  # fmt: skip
    """The same with the points that 100 MW more and less move; each figure is moved once."""
    figures = list(dict.fromkeys((x.table, x.row, x.column) for x in found if x.unit == "MW"))
    jobs = [
        Job(path, f"{row}.{column} {step:+.0f} MW", partial(shifted, (table, row, column), step, system))
        for table, row, column in figures for step in (STEP_MW, -STEP_MW)
    ]  # fmt: skip
    points: dict[int, float | str] = {}
    with closing(as_done(jobs, take=_share, progress=progress)) as planned:
        for i, done in planned:
            points[i] = str(done.error).splitlines()[0] if done.error else done.get() - share
    return [
        replace(x, more=points[2 * i], less=points[2 * i + 1]) if x.unit == "MW" else x
        for x in found for i in [figures.index((x.table, x.row, x.column)) if x.unit == "MW" else -1]
    ]  # fmt: skip


def _share(results: xr.Dataset) -> float:
    head = verdict(results).headline
    assert head is not None, "the same target in the same year"
    return head.share_percent


def shifted(figure: tuple[str, str, str], step: float, system: System, said: Scenario) -> Scenario:
    """The scenario with a figure of the tables higher by ``step`` MW, whatever level holds."""
    table, key, column = figure
    row = next(row for row in getattr(system, table) if row.key == key)
    own = said.changes.get(table, {}).get(key, {})
    names = holding(row, column, level_of(said, table, row)) if table == "build_limits" else (column,)
    new = {name: _plus(own.get(name, getattr(row, name)), step) for name in names}
    changes = said.changes | {table: said.changes.get(table, {}) | {key: {**own, **new}}}
    return said.model_copy(update={"changes": changes})


def _plus(figure: ByYear, step: float) -> ByYear:
    if isinstance(figure, dict):
        return {year: None if mw is None else max(mw + step, 0.0) for year, mw in figure.items()}
    return max(figure + step, 0.0)


# --------------------------------------------------------------------------------------------------- text


def as_text(found: Sequence[Binding]) -> str:
    """One line for each limit."""
    if not found:
        return "No limit of building binds.\n"
    head = ["limit", "figure", "years", "allowed", "used by", "+100 MW, points", "-100 MW, points"]
    body = [
        [x.row, x.column, x.years, f"{x.limit:,.0f} {x.unit}", "; ".join(f"{n} {v:,.0f}" for n, v in x.used.items()),
         _points(x.more), _points(x.less)]
        for x in found
    ]  # fmt: skip
    return aligned(head, body, left={0, 1, 2, 4}) + "\n"


def _points(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:+.2f}"


def _late(case: Case, country: str) -> str:
    """What limits delay, in words."""
    late: dict[str, float] = defaultdict(float)
    for asset in case.assets:
        if asset.late_years and asset.country == country and not asset.id.endswith("/storage"):
            late[asset.project] += asset.full_mw
    if not late:
        return ""
    names = ", ".join(f"{name} {mw:,.0f}" for name, mw in sorted(late.items(), key=lambda pair: -pair[1])[:8])
    return f"Late, because named projects alone exceed a limit, all by the same share (MW): {names}.\n"
