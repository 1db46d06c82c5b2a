"""What counts as renewable: eligibility from the tables of the law, and energy of units attributed to their assets.

A unit's output belongs to its assets in proportion to their capacity.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.balance import of_countries
from simulator.audit.capacity import of_units
from simulator.audit.measure import relative
from simulator.case.case import Case
from simulator.system import Definition, Plant, Project


def _eligibility(case: Case, results: xr.Dataset) -> np.ndarray:
    """(A, definitions) share of each asset's energy that counts, from the tables.

    The country's own rule comes before that for all. Size is that of the largest unit; new plants without a row of
    their own are small.
    """
    rules = {(row.definition, row.country, row.technology): row for row in case.system.definitions}
    definitions = list(dict.fromkeys(row.definition for row in case.system.definitions))
    plants = {("existing", row.id): row for row in case.system.plants}
    projects = {("project", row.id): row for row in case.system.projects}
    found = np.zeros((len(case.assets), len(definitions)))
    for a, asset in enumerate(case.assets):
        row = plants.get((asset.status, asset.id)) or projects.get((asset.status, asset.project))
        for d, definition in enumerate(definitions):
            own, common = ((definition, home, asset.technology.id) for home in (asset.country, "all"))
            rule = rules.get(own) or rules.get(common)
            found[a, d] = 0.0 if rule is None else rule.counts_percent / 100 * _small(rule, row)
    return found


def _small(rule: Definition, row: Plant | Project | None) -> float:
    """Part of a plant that is not too large for a rule."""
    if rule.largest_unit_mw is None or row is None:
        return 1.0
    if isinstance(row, Project) and row.eligible_percent < 100:
        return row.eligible_percent / 100
    mw = row.capacity_mw if row.largest_unit_mw is None else row.largest_unit_mw
    return float(mw <= rule.largest_unit_mw)


def standing(case: Case, results: xr.Dataset) -> float:
    """All assets of a unit count alike, so it does not matter whose output is curtailed."""
    eligibility = results.variables["eligibility"].values
    spread = [np.ptp(eligibility[list(unit.assets)], axis=0) for unit in case.units]
    return relative(np.array(spread), 1.0)


def attributed(case: Case, results: xr.Dataset, of_unit: np.ndarray) -> np.ndarray:
    """(A, Y) what each asset has of its unit's (U, Y), by its part of the unit's capacity."""
    capacity, total = results.variables["capacity_mw"].values, of_units(case, results)
    found = np.zeros_like(capacity)
    for u, unit in enumerate(case.units):
        for a in unit.assets:
            found[a] = of_unit[u] * np.divide(capacity[a], total[u], out=np.zeros_like(total[u]), where=total[u] > 1e-9)
    return found


def yearly(case: Case, power_mw: np.ndarray) -> np.ndarray:
    """(…, Y) GWh of a power (…, Y, S)."""
    return np.asarray((power_mw * case.hours).sum(axis=-1) / 1e3)


def _generation(case: Case, results: xr.Dataset) -> np.ndarray:
    return attributed(case, results, yearly(case, results.variables["generation_mw"].values))


def _curtailment(case: Case, results: xr.Dataset) -> np.ndarray:
    return attributed(case, results, yearly(case, results.variables["curtailment_mw"].values))


def _country_generation(case: Case, results: xr.Dataset) -> np.ndarray:
    power = np.zeros_like(case.load_mw)
    zone = {z.id: i for i, z in enumerate(case.zones)}
    for unit, output in zip(case.units, results.variables["generation_mw"].values, strict=True):
        power[zone[unit.zone]] += output
    return of_countries(case, power)


FIGURES = {
    "eligibility": _eligibility,
    "generation_gwh": _generation,
    "curtailment_gwh": _curtailment,
    "potential_gwh": lambda case, results: np.where(
        np.array([a.technology.kind in ("variable", "run_of_river") for a in case.assets], bool)[:, None],
        _generation(case, results) + _curtailment(case, results),
        0.0,
    ),
    "country_generation_gwh": _country_generation,
}
