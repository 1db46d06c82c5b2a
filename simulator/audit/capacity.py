"""Capacity from what exists, what is closed and what is built; limits of building; firm capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, negative, relative
from simulator.case.capacity.investment import Vintage
from simulator.case.case import Case


def of_units(case: Case, results: xr.Dataset) -> np.ndarray:
    """(U, Y) capacity of units from the assets' results."""
    mw = results.variables["capacity_mw"].values
    return np.array([mw[list(unit.assets)].sum(axis=0) for unit in case.units]).reshape(
        len(case.units), len(case.horizon.years)
    )


def operating(case: Case, vintage: Vintage) -> np.ndarray:
    """(Y) share of a vintage that runs: it comes evenly over its years, each year's part in the middle of it."""
    start, life = case.horizon.years[vintage.year], case.assets[vintage.asset].technology.life_years
    share = np.zeros(len(case.horizon.years))
    for y, year in enumerate(case.horizon.years):
        if start <= year < start + life:
            parts = [min(max(year + 0.5 - built, 0.0), 1.0) if case.horizon.part_year else 1.0
                     for built in vintage.window]  # fmt: skip
            share[y] = np.mean(parts)
    return share


def _grown(case: Case, existing: np.ndarray, build: np.ndarray) -> np.ndarray:
    """(A, Y) what exists without the plan's choice, and what operates of the choice."""
    total = existing.copy()
    for v in case.investment.vintages:
        total[v.asset] += operating(case, v) * build[v.asset, v.year]
    return total


def _standing(case: Case, results: xr.Dataset) -> np.ndarray:
    """(A, Y) existing, named and procured plants."""
    return np.array([a.mw for a in case.assets]).reshape(results["capacity_mw"].shape)


def _mw(case: Case, results: xr.Dataset) -> np.ndarray:
    return _grown(
        case, _standing(case, results) - results.variables["retired_mw"].values, results.variables["build_mw"].values
    )


def _mwh(case: Case, results: xr.Dataset) -> np.ndarray:
    given = np.array([a.mwh for a in case.assets]).reshape(results["capacity_mw"].shape)
    return _grown(case, given, results.variables["build_mwh"].values)


def closing(case: Case, results: xr.Dataset) -> float:
    """Only what may close is closed, no more than exists, and what is closed stays closed."""
    retired, existing = results.variables["retired_mw"].values, _standing(case, results)
    may = [case.may_retire and a.status == "existing" and a.technology.retirable for a in case.assets]
    kept, scale = (existing - retired)[may], existing
    new = np.maximum(np.diff(existing[may], axis=1), 0)
    return max(
        negative(retired, scale),
        excess(retired, np.where(np.array(may, bool)[:, None], existing, 0.0), scale),
        excess(kept[:, 1:], kept[:, :-1] + new, scale),
    )


def building(case: Case, results: xr.Dataset) -> float:
    """Only candidates are built, when they may come; storage with its hours, whole units whole, nothing too small."""
    build, energy = results.variables["build_mw"].values, results.variables["build_mwh"].values
    least, most, open_to = np.zeros_like(build), np.zeros_like(build), np.zeros(build.shape, bool)
    broken = np.zeros_like(build)
    for v in case.investment.vintages:
        technology, mw, at = case.assets[v.asset].technology, build[v.asset, v.year], (v.asset, v.year)
        open_to[at] = True
        if technology.kind == "storage":
            least[at], most[at] = technology.hours_min * mw, technology.hours_max * mw
        if technology.unit_size_mw is not None:
            broken[at] = mw - technology.unit_size_mw * np.round(mw / technology.unit_size_mw)
        if mw > 1e-6 * technology.minimum_build_mw:
            broken[at] += max(technology.minimum_build_mw - mw, 0.0)
    return max(
        relative(np.where(open_to, 0.0, build), build),
        *(negative(values, values) for values in (build, energy)),
        relative(energy - np.clip(energy, least, most), energy),
        relative(broken, build),
    )


def limits(case: Case, results: xr.Dataset) -> float:
    """Potentials and yearly limits of candidates, less what was procured there."""
    build, worst = results.variables["build_mw"].values, 0.0
    for row in case.system.candidates:
        here = [a for a, x in enumerate(case.assets) if (x.zone, x.technology.id) == (row.zone, row.technology)]
        chosen = [a for a in here if case.assets[a].status == "candidate"]
        procured = [case.assets[a] for a in here if case.assets[a].status == "procured"]
        together = sum((asset.mw for asset in procured), np.zeros(len(case.horizon.years)))
        for v in case.investment.vintages:
            if v.asset in chosen:
                together = together + (operating(case, v) > 0) * build[v.asset, v.year]
        if row.limit_mw is not None:
            worst = max(worst, excess(together, np.array(row.limit_mw)))
        if row.limit_mw_per_year is not None:
            years = {t for y in range(len(case.horizon.years)) for t in case.horizon.calendar_years(y)}
            room = dict.fromkeys(years, row.limit_mw_per_year)
            for asset in procured:
                room[int(asset.date or 0)] -= asset.full_mw
            over = negative(np.array([*room.values()]), row.limit_mw_per_year)
            worst = max(worst, over, paced(case, results, chosen, room))
    return worst


def paced(case: Case, results: xr.Dataset, assets: Sequence[int], room: Mapping[int, float]) -> float:
    """How far what is chosen exceeds the room (calendar year → MW) of any years in a row in which it must come."""
    build, worst = results.variables["build_mw"].values, 0.0
    for y in range(len(case.horizon.years)):
        now = [v for v in case.investment.vintages if v.year == y and v.asset in assets]
        for first, last in combinations_with_replacement(case.horizon.calendar_years(y), 2):
            mw = sum(build[v.asset, y] for v in now if first <= v.window[0] and v.window[-1] <= last)
            left = sum(max(room[t], 0.0) for t in range(first, last + 1))
            worst = max(worst, excess(np.array([mw]), np.array([left])))
    return worst


# ------------------------------------------------------------------------------------------------------ adequacy


def adequate(case: Case, results: xr.Dataset) -> float:
    """Firm capacity with what is missing covers the peak and its margin; no peak is above that without control."""
    priced = np.array([c.adequacy_shortfall_usd_per_kw_year > 0 for c in case.countries], bool)
    missing = results.variables["adequacy_shortfall_mw"].values
    held = _firm(case, results) + missing
    return max(
        excess(_peak(case, results), case.peak_mw),
        excess(_required(case, results)[priced], held[priced]),
        negative(missing, held),
        relative(missing[~priced], 1.0),
    )


def _peak(case: Case, results: xr.Dataset) -> np.ndarray:
    """(C, Y) the hour's peak is as high above the highest slice as without control."""
    charged = results.variables["nev_load_mw"].values - results.variables["nev_feed_mw"].values
    usual, now = (_highest(case, x) for x in (case.nev_mw + case.flexible.baseline_mw, charged))
    higher = np.divide(case.peak_mw, usual, out=np.ones_like(usual), where=usual > 0)
    return np.asarray(np.maximum(case.peak_fixed_mw, higher * now))


def _highest(case: Case, charging_mw: np.ndarray) -> np.ndarray:
    """(C, Y) highest slice of a country's load with a charging."""
    home = np.array([zone.country for zone in case.zones])
    return np.array([(case.load_mw + charging_mw)[home == c.id].sum(axis=0).max(axis=1) for c in case.countries])


def _firm(case: Case, results: xr.Dataset) -> np.ndarray:
    found = np.array([np.full(len(case.horizon.years), c.firm_import_mw, float) for c in case.countries])
    place = {c.id: i for i, c in enumerate(case.countries)}
    for unit, mw in zip(case.units, of_units(case, results), strict=True):
        found[place[unit.country]] += unit.technology.capacity_credit_percent / 100 * mw
    return found


def _required(case: Case, results: xr.Dataset) -> np.ndarray:
    margin = np.array([c.planning_margin_percent for c in case.countries]) / 100
    return np.asarray((1 + margin)[:, None] * _peak(case, results))


FIGURES = {
    "capacity_mw": _mw,
    "energy_capacity_mwh": _mwh,
    "peak_load_mw": _peak,
    "peak_uncontrolled_mw": lambda case, results: case.peak_mw,
    "firm_mw": _firm,
    "required_mw": _required,
}
