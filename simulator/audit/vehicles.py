"""Energy of vehicles, from the number on the road to what they draw from the grid."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import relative
from simulator.case.case import Case

DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def charging(case: Case, results: xr.Dataset) -> float:
    """What vehicles draw in the slices without control is what they drive, plus charging losses, over the year.

    A system without a table of what vehicles drive has nothing to compare their charging with.
    """
    drawn = np.einsum("zys,ys->zy", case.nev_mw + case.flexible.baseline_mw, case.hours) / 1e3
    year, worst = case.hours.sum(axis=1) / 8760, 0.0
    for country in {row.country for row in case.system.vehicle_use}:
        needed = np.zeros(len(case.horizon.years))
        for use in case.system.vehicle_use:
            if use.country == country:
                driven = use.km_per_year * _kwh_per_km(case, results, country, use.vehicle) / 1e6
                told = results["vehicle_driven_gwh"].sel(country=country, vehicle=use.vehicle).values
                worst = max(worst, relative(told - driven, driven))
                needed += driven / (1 - use.charging_loss_percent / 100)
        here = drawn[[zone.country == country for zone in case.zones]].sum(axis=0)
        worst = max(worst, relative(here - needed * year, here))
    return worst


def _kwh_per_km(case: Case, results: xr.Dataset, country: str, vehicle: str) -> np.ndarray:
    """(Y) what all vehicles of a class take from their batteries for a km each, on average over the year."""
    stock = results["vehicle_stock"].sel(country=country, vehicle=vehicle)
    mild = sum(
        stock.sel(powertrain=row.powertrain).values * row.electric_km_percent / 100 * row.kwh_per_km
        for row in case.system.vehicle_types if row.vehicle == vehicle
    )  # fmt: skip
    return np.asarray(mild * _weather(case, country, vehicle))


def _weather(case: Case, country: str, vehicle: str) -> float:
    """Energy per km relative to 20 degrees, on average over zones and days."""
    curve = next(row.temperature_curve for row in case.system.vehicles if row.id == vehicle)
    points = {row.celsius: row.factor for row in case.system.temperature_factors if row.curve == curve}
    known = sorted(points)
    total = 0.0
    for row in case.system.vehicle_zones:
        if any(zone.id == row.zone and zone.country == country for zone in case.zones):
            factor = np.ones(12)
            for month in (t for t in case.system.temperatures if t.zone == row.zone):
                factor[month.month - 1] = np.interp(month.celsius, known, [points[celsius] for celsius in known])
            total += row.share_percent / 100 * float(factor @ DAYS) / 365
    return total
