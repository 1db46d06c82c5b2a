"""Checks of who builds and who pays: permits, envelopes, and the books by asset."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, relative
from simulator.case.case import Case


def permits(case: Case, results: xr.Dataset) -> float:
    """Chosen and placed plants stay within what named ones, where they count, leave of a country's yearly limits."""
    worst = 0.0
    build = results["build_mw"].values
    for limit in case.system.build_limits:
        where = limit.countries, limit.technologies
        mine = [a for a, x in enumerate(case.assets) if x.country in where[0] and x.technology.id in where[1]]
        named = _by_year(case, mine, "project") if limit.counts_projects else {}
        placed = _by_year(case, mine, "placed")
        room = {t: max(limit.mw_per_year - named.get(t, 0.0), 0.0) for t in {*named, *placed}}
        for year, mw in placed.items():
            worst = max(worst, excess(np.array([mw]), np.array([room[year]])))
        for y in range(len(case.horizon.years)):
            years = case.horizon.calendar_years(y)
            left = sum(max(room.get(t, limit.mw_per_year) - placed.get(t, 0.0), 0.0) for t in years)
            worst = max(worst, excess(build[mine, y].sum(keepdims=True), np.array([left])))
    return worst


def _by_year(case: Case, positions: list[int], status: str) -> dict[int, float]:
    """Calendar year → MW of the assets of a status that are commissioned in it."""
    found: dict[int, float] = {}
    for asset in (case.assets[a] for a in positions):
        if asset.status == status and asset.date is not None:
            found[int(asset.date)] = found.get(int(asset.date), 0.0) + asset.full_mw
    return found


def envelopes(case: Case, results: xr.Dataset) -> float:
    """Nobody draws more than an envelope holds in an interval or over the horizon, nor less than its ticket."""
    rows, years = case.system.envelopes, case.horizon.years
    spent = _drawn(case, results)
    worst = relative(spent - results["investor_spent_musd"].values, spent)
    for e, row in enumerate(rows):
        path = sorted((x.year, x.musd_per_year) for x in case.system.envelope_years if x.envelope == row.id)
        anchors, money = [x[0] for x in path], [x[1] for x in path]
        for y in range(len(years)):
            interval = [t for t in case.horizon.calendar_years(y) if t >= anchors[0]]
            limit = float(np.sum(np.interp(interval, anchors, money))) if interval else 0.0
            worst = max(worst, excess(spent[e, y : y + 1], np.array([limit])))
            if row.ticket_musd > 0 and spent[e, y] > 1e-6 * row.ticket_musd:
                worst = max(worst, 1 - spent[e, y] / row.ticket_musd)
        if row.cumulative_musd is not None:
            worst = max(worst, excess(spent[e].sum(keepdims=True), np.array([row.cumulative_musd])))
    return worst


def _drawn(case: Case, results: xr.Dataset) -> np.ndarray:
    """(envelope, year) MUSD that chosen plants take from their investor's envelope and from its partner's."""
    rows = case.system.envelopes
    debt = {i.id: i.debt_share_percent / 100 for i in case.system.investors}
    spent = np.zeros((len(rows), len(case.horizon.years)))

    def covering(names: tuple[str, ...], country: str, technology: str) -> list[int]:
        return [
            e for name in names for e, row in enumerate(rows)
            if row.investor == name and country in (row.countries or (country,))
            and technology in (row.technologies or (technology,))
        ]  # fmt: skip

    for v in case.investment.vintages:
        asset = case.assets[v.asset]
        musd = v.overnight_usd_per_kw * results["build_mw"].values[v.asset, v.year] / 1e3
        musd += v.overnight_usd_per_kwh * results["build_mwh"].values[v.asset, v.year] / 1e3
        for e in covering((asset.investor,), asset.country, asset.technology.id)[:1]:
            beside = rows[e].cofinance_usd_per_usd
            partner = (1 - debt[asset.investor]) * rows[e].local_equity_percent / 100
            domestic = max(partner, beside / (1 + beside))
            spent[e, v.year] += (1 - domestic) * musd
            for k in covering(rows[e].cofinanciers, asset.country, asset.technology.id)[:1]:
                spent[k, v.year] += domestic * musd
    return spent


def books(case: Case, results: xr.Dataset) -> float:
    """Capital, fixed and variable cost by asset add up to the cost table."""
    worst = 0.0
    for variable, entries in {
        "annuity_musd": ("capital of new plants", "capital of projects and indebted plants"),
        "fixed_cost_musd": ("fixed operation",),
        "variable_cost_musd": (
            "fuel and variable operation", "fuel supply steps", "operation of wind, sun and river",
            "operation of storage", "carbon",
        ),
    }.items():  # fmt: skip
        booked = results["cost_musd"].sel(cost_component=list(entries)).sum("cost_component").values
        worst = max(worst, relative(results[variable].values.sum(axis=0) - booked, results["cost_musd"].values))
    return worst
