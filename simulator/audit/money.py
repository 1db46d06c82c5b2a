"""Who pays: envelopes and procurement."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, negative, relative
from simulator.case.capacity.assets import Asset
from simulator.case.case import Case
from simulator.system import Envelope


def envelopes(case: Case, results: xr.Dataset) -> float:
    """Nobody draws more than an envelope has in an interval or over the horizon, nor less than its ticket."""
    worst = 0.0
    spent = _spent(case, results)
    for e, row in enumerate(case.system.envelopes):
        deals = spent[e][spent[e] > 1e-6 * row.ticket_musd]
        most = np.inf if row.cumulative_musd is None else row.cumulative_musd
        worst = max(
            worst,
            excess(spent[e], _yearly_money(case, row), spent),
            excess(row.ticket_musd - deals, np.zeros(1), spent),
            excess(spent[e].sum(keepdims=True), np.array([most]), spent),
        )
    return worst


def _yearly_money(case: Case, row: Envelope) -> np.ndarray:
    """(Y) MUSD of an envelope in the interval of each model year; before its first year there is none."""
    path = sorted((x.year, x.musd_per_year) for x in case.system.envelope_years if x.envelope == row.id)
    anchors, musd = [x[0] for x in path], [x[1] for x in path]
    intervals = [case.horizon.calendar_years(y) for y in range(len(case.horizon.years))]
    return np.array([sum(np.interp(t, anchors, musd) for t in years if t >= anchors[0]) for years in intervals])


def _parts(case: Case, asset: Asset) -> dict[int, float]:
    """Envelope → share of a chosen plant's overnight cost: its investor's and its partner's."""
    rows = case.system.envelopes
    debt = {i.id: i.debt_share_percent / 100 for i in case.system.investors}

    def covering(names: tuple[str, ...]) -> list[int]:
        return [
            e for name in names for e, row in enumerate(rows)
            if row.investor == name and asset.country in (row.countries or (asset.country,))
            and asset.technology.id in (row.technologies or (asset.technology.id,))
        ][:1]  # fmt: skip

    parts: dict[int, float] = {}
    for e in covering((asset.investor,)):
        beside = rows[e].cofinance_usd_per_usd
        domestic = max((1 - debt[asset.investor]) * rows[e].local_equity_percent / 100, beside / (1 + beside))
        parts[e] = 1 - domestic
        parts |= dict.fromkeys(covering(rows[e].cofinanciers), domestic)
    return {e: part for e, part in parts.items() if part > 0}


def _spent(case: Case, results: xr.Dataset) -> np.ndarray:
    """(envelope, Y) MUSD that chosen plants take."""
    mw, mwh = results.variables["build_mw"].values, results.variables["build_mwh"].values
    spent = np.zeros((len(case.system.envelopes), len(case.horizon.years)))
    for v in case.investment.vintages:
        musd = v.overnight_usd_per_kw * mw[v.asset, v.year] + v.overnight_usd_per_kwh * mwh[v.asset, v.year]
        for e, part in _parts(case, case.assets[v.asset]).items():
            spent[e, v.year] += part * musd / 1e3
    return spent


def _drawn(case: Case) -> np.ndarray:
    """(envelope, Y) whether anything can be paid from it."""
    drawn = np.zeros((len(case.system.envelopes), len(case.horizon.years)), bool)
    for v in case.investment.vintages:
        drawn[list(_parts(case, case.assets[v.asset])), v.year] = True
    return drawn


def duals(case: Case, results: xr.Dataset) -> float:
    """One more dollar is never worth less than nothing, and nothing where money is left.

    How much it is worth where none is left is the solver's word: ``solve`` checks its duals against the matrix.
    """
    spent = _spent(case, results)
    yearly, total = results.variables["budget_dual"].values, results.variables["cumulative_budget_dual"].values
    limit, whole = _budget(case, results), _cumulative(case, results)
    return max(_slack(yearly, spent, limit), _slack(total, spent.sum(axis=1), whole))


def _slack(dual: np.ndarray, used: np.ndarray, limit: np.ndarray) -> float:
    none = np.isnan(limit)
    if np.any(np.isnan(dual) != none):
        return np.inf
    left = ~none & (used < limit - 1e-6 * np.maximum(limit, 1.0))
    return max(negative(dual[~none], 1.0), relative(dual[left], 1.0))


# ------------------------------------------------------------------------------------------- variables that follow


def _budget(case: Case, results: xr.Dataset) -> np.ndarray:
    money = np.array([_yearly_money(case, row) for row in case.system.envelopes])
    return np.where(_drawn(case), money.reshape(_drawn(case).shape), np.nan)


def _cumulative(case: Case, results: xr.Dataset) -> np.ndarray:
    money = [np.nan if row.cumulative_musd is None else row.cumulative_musd for row in case.system.envelopes]
    return np.where(_drawn(case).any(axis=1), np.array(money, float), np.nan)


def _placed(case: Case, results: xr.Dataset) -> np.ndarray:
    """(procurement, Y) MW of the batches that come in each interval."""
    found = np.zeros((len(case.system.procurement), len(case.horizon.years)))
    names = [row.id for row in case.system.procurement]
    for batch in case.procured.batches:
        for y in _intervals(case, batch.year):
            found[names.index(batch.procurement.id), y] += batch.mw
    return found


def _refused(case: Case, results: xr.Dataset) -> np.ndarray:
    names, reasons = [row.id for row in case.system.procurement], [str(x) for x in results.variables["reason"].values]
    found = np.zeros((len(names), len(reasons), len(case.horizon.years)))
    for (name, reason, year), mw in case.procured.refused_mw.items():
        for y in _intervals(case, year):
            found[names.index(name), reasons.index(reason), y] += mw
    return found


def _intervals(case: Case, year: int) -> list[int]:
    return [y for y in range(len(case.horizon.years)) if year in case.horizon.calendar_years(y)]


FIGURES = {
    "investor_budget_musd": _budget,
    "investor_spent_musd": _spent,
    "cumulative_budget_musd": _cumulative,
    "procured_mw": _placed,
    "procurement_refused_mw": _refused,
    "currency_usd_factor": lambda case, results: case.exchange.usd,
    "currency_real_factor": lambda case, results: case.exchange.real,
    "ceiling_usd_per_mwh": lambda case, results: np.array(
        [np.nan if a.ceiling_usd_per_mwh is None else a.ceiling_usd_per_mwh for a in case.assets], float
    ),
}
