"""Vehicles in the results: what the case knows of them, as labelled variables. Nothing here was optimised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.case.case import Case
from simulator.case.vehicles.results import COUNTED, Vehicles
from simulator.model.results.coordinates import Coordinates, described, dimension

Put = Callable[[str, Any], None]


def vehicle_coordinates(vehicles: Vehicles) -> Coordinates:
    """Labels of classes, powertrains, calendar years, places, suppliers and published counts."""
    fleet, supply, counted = vehicles.fleet, vehicles.fleet.supply, vehicles.counted
    return {
        **dimension("vehicle", fleet.vehicles, registered_as=vehicles.counts_as),
        **dimension("powertrain", fleet.powertrains),
        **dimension("calendar_year", np.array(fleet.calendar)),
        **dimension("place", vehicles.chargers.places),
        **dimension(
            "supplier", [row.id for row in supply], name=[row.name for row in supply],
            brand=[row.brand for row in supply], country=[row.country for row in supply],
            kind=[row.kind for row in supply], vehicle=[row.vehicle for row in supply],
            powertrain=[row.powertrain for row in supply], chinese=np.array([row.chinese for row in supply], bool),
        ),
        **described(
            "count", country=[row.country for row in counted],
            of=[row.item.removeprefix(COUNTED) for row in counted],
            date=np.array([row.counted_at for row in counted], float),
            chosen=np.array([row.chosen for row in counted], bool),
        ),
    }  # fmt: skip


def put_vehicles(case: Case, put: Put) -> None:
    """Put everything about vehicles into the dataset."""
    v = case.vehicles
    share = v.fleet.by_type(lambda row: row.electric_km_percent)
    put("vehicle_electric_km_percent", share)
    put("vehicle_stock", v.stock)
    put("vehicle_stock_end", v.fleet.end)
    put("vehicle_sales_total", v.sales)
    put("vehicle_driven_gwh", v.energy.driven_gwh)
    put("vehicle_charged_gwh", v.energy.charged_gwh)
    put("charger_count", v.chargers.count)
    put("charger_cost_musd", v.chargers.musd)
    put("oil_avoided_million_litres", v.oil_million_litres.sum(axis=1))
    put("co2_avoided_kt", v.co2_kt)
    put("fuel_bill_avoided_musd", v.import_bill_musd)
    put("vehicle_money_musd", v.sold_musd)
    put("vehicle_plant_musd", v.plant_musd)
    put("count_published", [row.value for row in v.counted])
    put("count_modelled", v.modelled)
