"""All that a case knows of vehicles: the fleet, its energy, what it saves, its chargers and its money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.time.calendar import FIRST_WEEKDAY
from simulator.case.time.frame import is_weekend
from simulator.case.time.horizon import ModelYears
from simulator.case.vehicles.charging import Chargers, Charging
from simulator.case.vehicles.energy import Energy, make_energy, oil_avoided, oil_value
from simulator.case.vehicles.fleet import Fleet, make_fleet
from simulator.errors import InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.system import Statistic, System
from simulator.system.alike import nearest

COUNTED = "ev_stock_"
"""Statistics of this name count fully electric vehicles: of a class, of what registers call it, or of all."""


@dataclass(frozen=True)
class Vehicles:
    """Vehicles by country (C), class (V), powertrain (P), supplier (F) and model year (Y)."""

    fleet: Fleet
    energy: Energy
    chargers: Chargers
    stock: np.ndarray = field(metadata=over("country", "vehicle", "powertrain", "year"))
    """On the road on average over the year."""
    sales: np.ndarray = field(metadata=over("country", "vehicle", "powertrain", "year"))
    """That come on the road in the year."""
    oil_million_litres: np.ndarray = field(metadata=over("country", "motor_fuel", "year"))
    """Not burnt."""
    co2_kt: np.ndarray = field(metadata=over("country", "year"))
    """Not emitted at the exhaust."""
    import_bill_musd: np.ndarray = field(metadata=over("country", "year"))
    """Fuel imports not paid."""
    sold_musd: np.ndarray = field(metadata=over("supplier", "year"))
    """Value of the vehicles sold in the year, before duty."""
    plant_musd: np.ndarray = field(metadata=over("supplier", "year"))
    """Spent on plants that start in the interval of the year, times their probability."""
    counted: tuple[Statistic, ...]
    """Published stocks of fully electric vehicles, with their dates …"""
    modelled: np.ndarray = field(metadata=over("count"))
    """… and the model's number at each of these dates."""
    counts_as: tuple[str, ...]
    """(V) what registers call each class."""


def make_vehicles(
    system: System, scenario: Scenario, horizon: ModelYears, import_factor: Callable[[int], float] = lambda year: 1.0
) -> tuple[Vehicles, Charging]:
    """The vehicles of a case, and their charging; ``import_factor`` scales a year's imports of vehicles.

    Raises ``InputError`` for tables that do not fit together.
    """
    years = horizon.years
    fleet = make_fleet(system, scenario, horizon, import_factor)
    energy = make_energy(system, fleet, years)
    charging = Charging(system, fleet, energy, years, is_weekend(FIRST_WEEKDAY))
    oil = oil_avoided(system, fleet, years)
    co2, bill = oil_value(system, oil, fleet.countries)
    at = [fleet.calendar.index(year) for year in years]
    price = {(row.vehicle, row.powertrain): row.price_usd for row in system.vehicle_types}
    prices = np.array([price[row.vehicle, row.powertrain] for row in fleet.supply])
    counted = tuple(counts(system))
    vehicles = Vehicles(
        fleet, energy, charging.chargers(scenario.finance.discount_rate_percent / 100), fleet.mean(years),
        fleet.sales[..., at], oil, co2, bill, fleet.supplied[:, at] * prices[:, None] / 1e6,
        _plant_money(fleet, horizon), counted, np.array([model_count(system, fleet, row) for row in counted]),
        tuple(row.registered_as for row in system.vehicles),
    )  # fmt: skip
    return vehicles, charging


def counts(system: System) -> Iterator[Statistic]:
    """Published stocks, from the year on in which those of the country are known. Raises ``InputError`` for a class
    that is not there."""
    classes = {"all"} | {name for row in system.vehicles for name in (row.id, row.registered_as)}
    electric = {(row.vehicle, row.powertrain) for row in system.vehicle_types if row.electric_km_percent == 100}
    known: dict[str, int] = {}
    for stock in system.vehicle_stocks:
        if stock.vehicles > 0 and (stock.vehicle, stock.powertrain) in electric:
            known[stock.country] = max(stock.year + 1, known.get(stock.country, 0))
    for row in system.statistics:
        if not row.item.startswith(COUNTED) or row.state_of is None:
            continue
        kind = row.item.removeprefix(COUNTED)
        if kind not in classes:
            raise InputError([Problem(f"the statistic counts {kind!r}, which is no class of vehicles",
                                      path=f"statistics.{row.key}.item", help=nearest(kind, classes))])  # fmt: skip
        if row.counted_at >= known.get(row.country, 0):
            yield row


def model_count(system: System, fleet: Fleet, row: Statistic) -> float:
    """Fully electric vehicles of the model at the date of a count."""
    kind = row.item.removeprefix(COUNTED)
    electric = fleet.by_type(lambda kind: kind.electric_km_percent == 100)
    registered = {vehicle.id: vehicle.registered_as for vehicle in system.vehicles}
    wanted = np.array([kind in ("all", name, registered[name]) for name in fleet.vehicles], float)
    stock = fleet.at(row.counted_at)[fleet.countries.index(row.country)]
    return float(np.einsum("vp,vp,v->", stock, electric, wanted))


def _plant_money(fleet: Fleet, horizon: ModelYears) -> np.ndarray:
    spent = np.zeros((len(fleet.supply), len(horizon.years)))
    for f, row in enumerate(fleet.supply):
        interval = horizon.interval_of(row.starts)
        if interval is not None:
            spent[f, interval] = row.investment_musd * row.probability_percent / 100
    return spent
