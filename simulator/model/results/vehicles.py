"""Vehicles in the results: what the case knows of them, as labelled variables. Nothing here was optimised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.case.case import Case
from simulator.case.vehicles.results import COUNTED, Vehicles
from simulator.model.results.coordinates import Coordinates, described, dimension

Put = Callable[[str, tuple[str, ...], Any, str, str], None]


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
    cvpy, cvy, cy = ("country", "vehicle", "powertrain", "year"), ("country", "vehicle", "year"), ("country", "year")
    cvpt = (*cvpy[:3], "calendar_year")
    vp, fy = cvpy[1:3], ("supplier", "year")
    share = v.fleet.by_type(lambda row: row.electric_km_percent)
    put("vehicle_electric_km_percent", vp, share, "percent", "share of the distance on electricity from the grid")
    put("vehicle_stock", cvpy, v.stock, "vehicles", "vehicles on the road, on average over the year")
    put("vehicle_stock_end", cvpt, v.fleet.end, "vehicles", "vehicles on the road at the end of the year")
    put("vehicle_sales_total", cvpy, v.sales, "vehicles/yr", "vehicles that come on the road, new or second-hand")
    put("vehicle_driven_gwh", cvy, v.energy.driven_gwh, "GWh/yr", "electricity taken from batteries to drive")
    put("vehicle_charged_gwh", cvy, v.energy.charged_gwh, "GWh/yr", "electricity drawn from the grid to drive")
    put("charger_count", ("country", "place", "year"), v.chargers.count, "chargers", "chargers the vehicles need")
    put("charger_cost_musd", cy, v.chargers.musd, "MUSD/yr", "yearly payment for chargers, outside the plan's cost")
    litres, exhaust = "million l/yr", "carbon dioxide not emitted at the exhaust, before that of power plants"
    put("oil_avoided_million_litres", cy, v.oil_million_litres.sum(axis=1), litres, "motor fuel not burnt")
    put("co2_avoided_kt", cy, v.co2_kt, "ktCO2/yr", exhaust)
    put("fuel_bill_avoided_musd", cy, v.import_bill_musd, "MUSD/yr", "imports of motor fuel not paid")
    put("vehicle_money_musd", fy, v.sold_musd, "MUSD/yr", "value of vehicles sold, before duty")
    put("vehicle_plant_musd", fy, v.plant_musd, "MUSD", "spending on vehicle plants that start in the interval")
    put("count_published", ("count",), [row.value for row in v.counted], "vehicles", "published electric vehicles")
    put("count_modelled", ("count",), v.modelled, "vehicles", "electric vehicles of the model at the same date")
