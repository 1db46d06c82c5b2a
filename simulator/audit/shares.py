"""Energy of units, attributed to their assets."""

from __future__ import annotations

import xarray as xr

from simulator.audit.measure import relative
from simulator.case.case import Case


def attribution(case: Case, results: xr.Dataset) -> float:
    """Energy attributed to assets adds up to the generation of their country."""
    worst = 0.0
    for i, country in enumerate(case.countries):
        mine = [a for a, asset in enumerate(case.assets) if asset.country == country.id]
        total = results["generation_gwh"].values[mine].sum(axis=0)
        worst = max(worst, relative(total - results["country_generation_gwh"].values[i], total))
    return worst
