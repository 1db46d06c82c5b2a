"""What plug-in vehicles drive, draw and save.

========  ==================  ===============  ==========================================================
symbol    index               unit             meaning
========  ==================  ===============  ==========================================================
``N``     country c, class    vehicles         on the road on average over the year
          v, powertrain p
``k``     c, v                km/yr            distance
``g``     v, p                1                share of it driven on electricity from the grid
``e``     v, p                kWh/km           at the battery, at 20 degrees
``f``     v, zone z, month m  1                temperature factor: its curve at the zone's temperature
``l``     c, v                1                charging loss, of what is drawn
``w``     z                   1                share of the country's vehicles that are in the zone
``b``     v, p                l/km             fuel burnt on the rest of the distance
========  ==================  ===============  ==========================================================

(1)  driven[z,v,m] per day = Σ_p N·w[z]·k·g·e·f[v,z,m] / 365
(2)  charged = driven / (1 - l)
(3)  oil avoided = Σ_p N·k·(b[replaced]·(1 - g[replaced]) - b[p]·(1 - g[p]))    for powertrains that replace another
(4)  CO2 avoided = oil · kg/l;  import bill avoided = oil · USD/l · share imported
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH
from simulator.case.vehicles.fleet import Fleet
from simulator.errors import InputError, Problem
from simulator.grouping import paths
from simulator.system import System

GWH_PER_MWH = 1e-3


@dataclass(frozen=True)
class Energy:
    """Energy of the plug-in vehicles; C countries, V classes, Z zones, Y model years."""

    day_mwh: np.ndarray = field(metadata=over("zone", "vehicle", "month", "year", least=0))
    """Drawn from the grid on each day of a month."""
    driven_gwh: np.ndarray = field(metadata=over("country", "vehicle", "year", least=0))
    """Taken from batteries to drive …"""
    charged_gwh: np.ndarray = field(metadata=over("country", "vehicle", "year", least=0))
    """… and drawn from the grid for it."""


def zone_shares(system: System) -> np.ndarray:
    """(Z) share of its country's vehicles that are in a zone. Raises ``InputError`` unless they add up to 1."""
    given = {row.zone: row.share_percent / 100 for row in system.vehicle_zones}
    shares = np.array([given.get(zone.id, 0.0) for zone in system.zones])
    problems = []
    for country in {row.country: None for row in system.vehicle_use}:
        total = sum(share for share, zone in zip(shares, system.zones, strict=True) if zone.country == country)
        if abs(total - 1) > 1e-6:
            problems.append(Problem(
                f"the zones of {country} hold {100 * total:g} % of its vehicles", path="vehicle_zones",
                help="the share_percent of a country's zones add up to 100",
            ))  # fmt: skip
    if problems:
        raise InputError(problems)
    return shares


def temperature_factors(system: System) -> np.ndarray:
    """(Z, V, 12) energy per km relative to 20 degrees; 1 in zones whose temperatures are not given."""
    curves = paths((row.curve, row.celsius, row.factor) for row in system.temperature_factors)
    celsius = {(row.zone, row.month): row.celsius for row in system.temperatures}
    factors = np.ones((len(system.zones), len(system.vehicles), 12))
    for v, vehicle in enumerate(system.vehicles):
        points = sorted(curves[vehicle.temperature_curve].items())
        for z, zone in enumerate(system.zones):
            for month in range(12):
                if (zone.id, month + 1) in celsius:
                    at = celsius[zone.id, month + 1]
                    factors[z, v, month] = np.interp(at, [t for t, _ in points], [f for _, f in points])
    return factors


def make_energy(system: System, fleet: Fleet, years: tuple[int, ...]) -> Energy:
    """(1) and (2) for all model years."""
    stock = fleet.mean(years)
    per_km = fleet.by_type(lambda row: row.electric_km_percent / 100 * row.kwh_per_km)
    km, loss = np.zeros(stock.shape[:2]), np.zeros(stock.shape[:2])
    for use in system.vehicle_use:
        place = fleet.countries.index(use.country), fleet.vehicles.index(use.vehicle)
        km[place], loss[place] = use.km_per_year, use.charging_loss_percent / 100
    mild_mwh = np.einsum("cvpy,vp,cv->cvy", stock, per_km, km) / 1e3
    country = np.array([fleet.countries.index(zone.country) for zone in system.zones])
    spread = zone_shares(system)[:, None, None] * temperature_factors(system)  # (Z, V, 12)
    day = mild_mwh[country][:, :, None, :] * spread[..., None] / DAYS
    member = (country[None, :] == np.arange(len(fleet.countries))[:, None]).astype(float)
    driven = np.einsum("cz,zvmy,m->cvy", member, day, DAYS_OF_MONTH) * GWH_PER_MWH
    drawn = day / (1 - loss[country])[:, :, None, None]
    return Energy(drawn, driven, driven / (1 - loss)[..., None])


def oil_avoided(system: System, fleet: Fleet, years: tuple[int, ...]) -> np.ndarray:
    """(3) million litres per year, (C, motor fuel, Y)."""
    stock = fleet.mean(years)
    types = {(row.vehicle, row.powertrain): row for row in system.vehicle_types}
    km = {(row.country, row.vehicle): row.km_per_year for row in system.vehicle_use}
    fuels = [row.id for row in system.motor_fuels]
    saved = np.zeros((len(fleet.countries), len(fuels), len(years)))
    for (vehicle, powertrain), kind in types.items():
        if kind.replaces is None:
            continue
        v, p = fleet.vehicles.index(vehicle), fleet.powertrains.index(powertrain)
        for row, sign in ((types[vehicle, kind.replaces], 1.0), (kind, -1.0)):
            if row.fuel is None:
                continue
            litres = sign * row.fuel_l_per_100km / 100 * (1 - row.electric_km_percent / 100)
            for c, country in enumerate(fleet.countries):
                saved[c, fuels.index(row.fuel)] += stock[c, v, p] * km.get((country, vehicle), 0.0) * litres / 1e6
    return saved


def oil_value(system: System, litres: np.ndarray, countries: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(4) kt of CO2 at the exhaust and million USD of imports avoided, both (C, Y), from million litres."""
    prices = {(row.country, row.fuel): row.usd_per_litre * row.import_percent / 100 for row in system.motor_fuel_prices}
    kg = np.array([row.co2_kg_per_litre for row in system.motor_fuels])
    usd = np.array([[prices.get((c, row.id), 0.0) for row in system.motor_fuels] for c in countries])
    return np.einsum("cfy,f->cy", litres, kg), np.einsum("cfy,cf->cy", litres, usd.reshape(len(countries), len(kg)))
