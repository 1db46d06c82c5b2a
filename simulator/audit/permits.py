"""Limits of building by calendar years: who may come, and which named projects are late. Numbers in brackets are
equations of ``case/capacity/permits``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import xarray as xr
from scipy.optimize import linprog

from simulator.audit.measure import excess, relative
from simulator.case.capacity.assets import Asset
from simulator.case.case import Case
from simulator.system import BuildLimit, ByYear

Span = tuple[int, int, float]
"""First and last calendar year, and MW that may come between them."""


def permits(case: Case, results: xr.Dataset) -> float:
    """Chosen and procured plants keep to what others leave of every limit, in every span of calendar years.

    What is chosen for a model year may come in any calendar year in which it can: a small linear program looks for the
    years that break the limit least.
    """
    build, worst = results.variables["build_mw"].values, 0.0
    for limit in case.system.build_limits:
        mine, spans = _limited(case, limit), list(_spans(case, limit))
        procured = [x for x in mine if x.status == "procured" and (limit.counts_projects or not _is_deal(case, x))]
        before = _by_year(case, limit, (x for x in mine if x.status == "project"))
        left = np.array([max(mw - _within(before, first, last), 0.0) for first, last, mw in spans])
        placed: dict[int, float] = defaultdict(float)
        for asset in procured:
            placed[int(asset.date or 0)] += asset.full_mw
        used = np.array([_within(placed, first, last) for first, last, _ in spans])
        vintages = [v for v in case.investment.vintages if any(case.assets[v.asset] is x for x in mine)]
        chosen = [(v.window, float(build[v.asset, v.year])) for v in vintages]
        over = _overflow(chosen, spans, np.maximum(left - used, 0.0))
        worst = max(worst, excess(used, left), relative(np.array([over]), np.array([1.0, *(mw for _, mw in chosen)])))
    return worst


def delays(case: Case, results: xr.Dataset) -> float:
    """Projects that wait open as (4) to (6) say: every year the same share of all that wait, as much as there is room
    for, no earlier and no later."""
    worst, limits = 0.0, [row for row in case.system.build_limits if row.counts_projects]
    names = {row.id: {x.project for x in _limited(case, row) if _waits(case, x)} for row in limits}
    bound = {name for found in names.values() for name in found}
    parts = [x for x in case.assets if x.project in bound and _waits(case, x)]
    due = {x.project: int(x.date or 0) - x.late_years for x in parts}
    waiting: dict[str, float] = defaultdict(float)
    for x in parts:
        waiting[x.project] += x.full_mw
    taken = {row.id: _by_year(case, row, (x for x in _limited(case, row) if x.project not in bound)) for row in limits}
    for t in range(case.horizon.years[0], case.horizon.years[-1] + 1):
        now = {p: mw for p, mw in waiting.items() if due[p] <= t and mw > 1e-9}
        share = dict.fromkeys(now, 1.0)
        for row in limits:
            mine = names[row.id] & now.keys()
            left = [
                mw - _within(taken[row.id], first, last) for first, last, mw in _spans(case, row) if first <= t <= last
            ]
            for p in mine:
                share[p] = min(share[p], max(min(left), 0.0) / sum(now[q] for q in mine))
        for p, mw in now.items():
            opened = sum(x.full_mw for x in parts if x.project == p and int(x.date or 0) == t)
            worst = max(worst, relative(np.array([opened - mw * share[p]]), _whole(parts, p)))
            waiting[p] -= opened
        for row in limits:
            for x in _limited(case, row):
                if x.project in now and int(x.date or 0) == t:
                    taken[row.id][t] += x.full_mw
    return worst


def _whole(parts: list[Asset], project: str) -> float:
    """All that comes of a project, early and late."""
    return sum(x.full_mw for x in parts if x.project == project)


def _waits(case: Case, asset: Asset) -> bool:
    """Whether a plant of a project, not its storage, is one that limits may delay."""
    due = int(asset.date or 0) - asset.late_years
    return (
        asset.status == "project" and not asset.certain and not asset.id.endswith("/storage")
        and case.horizon.years[0] <= due <= case.horizon.years[-1]
    )  # fmt: skip


def _limited(case: Case, limit: BuildLimit) -> list[Asset]:
    return [
        x for x in case.assets
        if x.country in limit.countries and x.technology.id in limit.technologies
        and (not limit.zones or x.zone in limit.zones)
    ]  # fmt: skip


def _is_deal(case: Case, asset: Asset) -> bool:
    """Whether a treaty or a framework deal brings a plant."""
    return any(row.kind != "auction" for row in case.system.procurement if row.id == asset.id.split("/")[0])


def _by_year(case: Case, limit: BuildLimit, projects: Iterable[Asset]) -> dict[int, float]:
    """Calendar year → MW of existing plants and some projects; nothing where the limit does not count them."""
    found: dict[int, float] = defaultdict(float)
    if limit.counts_projects:
        home = case.system.country_of
        for row in case.system.plants:
            if row.commissioned and limit.holds(row.zone, home[row.zone], row.technology):
                found[int(row.commissioned[:4])] += row.capacity_mw
        for x in projects:
            if x.status == "project":
                found[int(x.date or 0)] += x.full_mw
    return found


def _spans(case: Case, limit: BuildLimit) -> Iterator[Span]:
    """Equations 1 to 3; without a limit the MW are infinite."""
    begin, n = case.horizon.years[0], limit.mean_years
    service = {line.row.id: line for line in case.links}
    for t in range(begin, case.horizon.years[-1] + 1):
        yield t, t, _figure(limit.mw_per_year, t)
        yield t - n + 1, t, sum(_figure(limit.mean_mw_per_year, max(t - k, begin)) for k in range(n))
        lines = [row for row in case.system.limit_lines if row.limit == limit.id]
        wider = sum(row.mw for row in lines if (service[row.link].opens or 0) < t + 1)
        yield begin, t, _figure(limit.total_mw, t) + wider


def _figure(path: ByYear | None, year: int) -> float:
    """Linear between figures, constant towards an anchor without one; infinite before the first and after ``none``."""
    if not isinstance(path, dict):
        return np.inf if path is None else path
    last = max((t for t in path if t <= year), default=None)
    now = None if last is None else path[last]
    if last is None or now is None:
        return np.inf
    following = min((t for t in path if t > year), default=last)
    ahead = path[following]
    return now if ahead is None or following == last else now + (ahead - now) * (year - last) / (following - last)


def _within(by_year: dict[int, float], first: int, last: int) -> float:
    return sum(mw for year, mw in by_year.items() if first <= year <= last)


def _overflow(chosen: list[tuple[tuple[int, ...], float]], spans: list[Span], left: np.ndarray) -> float:
    """MW by which the worst span is exceeded when plants come in their best calendar years."""
    bound = [(span, mw) for span, mw in zip(spans, left, strict=True) if np.isfinite(mw)]
    places = [(i, t) for i, (window, _) in enumerate(chosen) for t in window]
    if not bound or not places:
        return 0.0
    a_ub = np.array([[float(s[0] <= t <= s[1]) for _, t in places] + [-1.0] for s, _ in bound])
    a_eq = np.array([[float(i == k) for i, _ in places] + [0.0] for k in range(len(chosen))])
    cost, mw = np.append(np.zeros(len(places)), 1.0), [max(mw, 0.0) for _, mw in chosen]
    found = linprog(cost, a_ub, [r for _, r in bound], a_eq, mw, bounds=(0, None))
    return float(found.fun) if found.success else np.inf
