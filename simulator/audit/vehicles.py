"""Vehicles: from their number on the road to what they draw, save and cost. Their number itself is an input."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import xarray as xr

from simulator.audit.measure import relative
from simulator.case.case import Case
from simulator.system import ChargingPlace, Statistic, VehicleType, VehicleUse

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
                needed += driven / (1 - use.charging_loss_percent / 100)
        here = drawn[[zone.country == country for zone in case.zones]].sum(axis=0)
        worst = max(worst, relative(here - needed * year, here))
    return worst


def _kwh_per_km(case: Case, results: xr.Dataset, country: str, vehicle: str) -> np.ndarray:
    """(Y) what all vehicles of a class take from their batteries for a km each, on average over the year."""
    mild = sum(
        _stock_of(case, results, country, row) * row.electric_km_percent / 100 * row.kwh_per_km
        for row in case.system.vehicle_types if row.vehicle == vehicle
    )  # fmt: skip
    return np.asarray(mild * _weather(case, country, vehicle))


def _stock_of(case: Case, results: xr.Dataset, country: str, kind: VehicleType, of: str = "stock") -> np.ndarray:
    """(…) vehicles of a type in a country: stock, or stock_end."""
    place = (
        [row.id for row in case.countries].index(country),
        [row.id for row in case.system.vehicles].index(kind.vehicle),
        list(dict.fromkeys(row.powertrain for row in case.system.vehicle_types)).index(kind.powertrain),
    )
    return np.asarray(results.variables[f"vehicle_{of}"].values[place])


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


# ------------------------------------------------------------------------------------------- variables that follow

Fleets = Callable[[Case, xr.Dataset], np.ndarray]


def _stock(case: Case, results: xr.Dataset) -> np.ndarray:
    """(C, V, P, Y) between the ends of the year before and of the year."""
    ends, calendar = results.variables["vehicle_stock_end"].values, list(case.vehicles.fleet.calendar)
    before, after = (ends[..., [calendar.index(t - k) for t in case.horizon.years]] for k in (1, 0))
    return np.asarray((before + after) / 2)


def _sales(case: Case, results: xr.Dataset) -> np.ndarray:
    fleet = case.vehicles.fleet
    return fleet.sales[..., [fleet.calendar.index(year) for year in case.horizon.years]]


def _by_use(case: Case, results: xr.Dataset, figure: Callable[[VehicleUse, np.ndarray], np.ndarray]) -> np.ndarray:
    """(C, V, Y) a figure of each row of use and the energy its vehicles take from batteries, GWh."""
    countries, classes = [c.id for c in case.countries], [row.id for row in case.system.vehicles]
    found = np.zeros((len(countries), len(classes), len(case.horizon.years)))
    for use in case.system.vehicle_use:
        driven = use.km_per_year * _kwh_per_km(case, results, use.country, use.vehicle) / 1e6
        found[countries.index(use.country), classes.index(use.vehicle)] = figure(use, driven)
    return found


def _driven(case: Case, results: xr.Dataset) -> np.ndarray:
    return _by_use(case, results, lambda use, driven: driven)


def _charged(case: Case, results: xr.Dataset) -> np.ndarray:
    return _by_use(case, results, lambda use, driven: driven / (1 - use.charging_loss_percent / 100))


def _electric_km(case: Case, results: xr.Dataset) -> np.ndarray:
    types = {(row.vehicle, row.powertrain): row.electric_km_percent for row in case.system.vehicle_types}
    powertrains = list(dict.fromkeys(row.powertrain for row in case.system.vehicle_types))
    found = [[types.get((row.id, name), 0.0) for name in powertrains] for row in case.system.vehicles]
    return np.array(found).reshape(len(case.system.vehicles), len(powertrains))


def _chargers(case: Case, results: xr.Dataset) -> Iterator[tuple[ChargingPlace, np.ndarray]]:
    """Each place where a class charges, and (Y) how many chargers its vehicles with a plug need."""
    for row in case.system.charging_places:
        plugs = [t for t in case.system.vehicle_types if t.vehicle == row.vehicle and t.electric_km_percent > 0]
        stock = sum((_stock_of(case, results, row.country, t) for t in plugs), np.zeros(len(case.horizon.years)))
        yield row, stock / row.vehicles_per_charger


def _charger_count(case: Case, results: xr.Dataset) -> np.ndarray:
    countries = [c.id for c in case.countries]
    places = list(dict.fromkeys(row.place for row in case.system.charging_places))
    found = np.zeros((len(countries), len(places), len(case.horizon.years)))
    for row, count in _chargers(case, results):
        found[countries.index(row.country), places.index(row.place)] += count
    return found


def _charger_cost(case: Case, results: xr.Dataset) -> np.ndarray:
    countries, rate = [c.id for c in case.countries], case.discount_rate
    found = np.zeros((len(countries), len(case.horizon.years)))
    for row, count in _chargers(case, results):
        life = row.charger_life_years
        yearly = rate / (1 - (1 + rate) ** -life) if rate else 1 / life
        found[countries.index(row.country)] += yearly * row.charger_usd * count / 1e6
    return found


def _litres(case: Case, results: xr.Dataset) -> np.ndarray:
    """(C, fuel, Y) million litres that vehicles would burn without a plug, less what they do."""
    countries, fuels = [c.id for c in case.countries], [row.id for row in case.system.motor_fuels]
    saved = np.zeros((len(countries), len(fuels), len(case.horizon.years)))
    types = {(row.vehicle, row.powertrain): row for row in case.system.vehicle_types}
    for use in case.system.vehicle_use:
        for row in (t for t in types.values() if t.vehicle == use.vehicle and t.replaces is not None):
            driven = _stock_of(case, results, use.country, row) * use.km_per_year
            for kind, sign in ((types[row.vehicle, str(row.replaces)], 1), (row, -1)):
                if kind.fuel is not None:
                    litres = kind.fuel_l_per_100km / 100 * (1 - kind.electric_km_percent / 100)
                    saved[countries.index(use.country), fuels.index(kind.fuel)] += sign * litres * driven / 1e6
    return saved


def _co2(case: Case, results: xr.Dataset) -> np.ndarray:
    kilograms = np.array([row.co2_kg_per_litre for row in case.system.motor_fuels])
    return np.asarray(np.einsum("cfy,f->cy", _litres(case, results), kilograms))


def _import_bill(case: Case, results: xr.Dataset) -> np.ndarray:
    countries, fuels = [c.id for c in case.countries], [row.id for row in case.system.motor_fuels]
    usd = np.zeros((len(countries), len(fuels)))
    for row in case.system.motor_fuel_prices:
        usd[countries.index(row.country), fuels.index(row.fuel)] = row.usd_per_litre * row.import_percent / 100
    return np.asarray(np.einsum("cfy,cf->cy", _litres(case, results), usd))


def _sold(case: Case, results: xr.Dataset) -> np.ndarray:
    fleet = case.vehicles.fleet
    price = {(row.vehicle, row.powertrain): row.price_usd for row in case.system.vehicle_types}
    found = np.zeros((len(case.system.vehicle_supply), len(case.horizon.years)))
    for f, row in enumerate(case.system.vehicle_supply):
        for y, year in enumerate(case.horizon.years):
            found[f, y] = fleet.supplied[f, fleet.calendar.index(year)] * price[row.vehicle, row.powertrain] / 1e6
    return found


def _plants(case: Case, results: xr.Dataset) -> np.ndarray:
    found = np.zeros((len(case.system.vehicle_supply), len(case.horizon.years)))
    for f, row in enumerate(case.system.vehicle_supply):
        for y in range(len(case.horizon.years)):
            if int(row.starts) in case.horizon.calendar_years(y):
                found[f, y] = row.investment_musd * row.probability_percent / 100
    return found


def counts(case: Case) -> list[Statistic]:
    """Published stocks of fully electric vehicles with a date."""
    return [row for row in case.system.statistics if row.item.startswith("ev_stock_") and row.state_of]


def _modelled(case: Case, results: xr.Dataset) -> np.ndarray:
    """Fully electric vehicles of the kind counted, linear between the ends of years."""
    years = results.variables["calendar_year"].values
    found = []
    for row in counts(case):
        kind = row.item.removeprefix("ev_stock_")
        classes = {v.id for v in case.system.vehicles if kind in ("all", v.id, v.registered_as)}
        stock = np.zeros(len(years))
        for t in case.system.vehicle_types:
            if t.vehicle in classes and t.electric_km_percent == 100:
                stock = stock + _stock_of(case, results, row.country, t, "stock_end")
        found.append(np.interp(row.counted_at, [years[0], *(years + 1)], [0.0, *stock]))
    return np.array(found)


FIGURES: dict[str, Fleets] = {
    "vehicle_electric_km_percent": _electric_km,
    "vehicle_stock": _stock,
    "vehicle_stock_end": lambda case, results: case.vehicles.fleet.end,
    "vehicle_sales_total": _sales,
    "vehicle_driven_gwh": _driven,
    "vehicle_charged_gwh": _charged,
    "charger_count": _charger_count,
    "charger_cost_musd": _charger_cost,
    "oil_avoided_million_litres": lambda case, results: _litres(case, results).sum(axis=1),
    "co2_avoided_kt": _co2,
    "fuel_bill_avoided_musd": _import_bill,
    "vehicle_money_musd": _sold,
    "vehicle_plant_musd": _plants,
    "count_published": lambda case, results: np.array([row.value for row in counts(case)], float),
    "count_modelled": _modelled,
}
