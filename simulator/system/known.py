"""All names of a system: those of its tables, and word lists that are in no table."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator.system.names import KnownNames, Models, Rows, key_of
from simulator.system.vehicles import VehicleType

WEATHER = Path(__file__).parent.parent / "data" / "weather" / "wind_parameters.csv"
BACKCAST_ITEMS = (
    "coal", "gas_oil", "hydro", "wind", "solar", "thermal", "generation", "demand", "net_import", "peak",
    "generation_at_peak",
)  # fmt: skip
"""What a backcast compares with statistics, beside ``<definition>_share`` for every legal definition."""


@cache
def weather_zones() -> tuple[str, ...]:
    """Zones of the weather tables, in their order."""
    with WEATHER.open(encoding="utf-8", newline="") as file:
        return tuple(row["zone"] for row in csv.DictReader(file))


def called_vehicles(types: Iterable[VehicleType]) -> dict[str, tuple[str, str]]:
    """What a scenario calls a class and its powertrain: ``car/phev``; the class alone is its only electric one."""
    found = {key_of(row): (row.vehicle, row.powertrain) for row in types}
    electric = [(row.vehicle, row.powertrain) for row in types if row.electric_km_percent == 100]
    alone = {vehicle for vehicle, _ in electric if [v for v, _ in electric].count(vehicle) == 1}
    return found | {vehicle: (vehicle, powertrain) for vehicle, powertrain in electric if vehicle in alone}


def known_names(
    models: Models, rows: Rows, others: Mapping[str, Collection[Any]] | None = None,
    complete: Collection[str] | None = None,
) -> KnownNames:  # fmt: skip
    """The names of a system's tables. ``others`` are lists that a scenario adds; ``complete``: tables read in full."""
    items = [*BACKCAST_ITEMS, *dict.fromkeys(f"{row.definition}_share" for row in rows.get("definitions", ()))]
    lists: dict[str, Collection[Any]] = {
        "weather": weather_zones(),
        "items of the backcast": items,
        "items of the backcast by country": [f"{row.id}/{item}" for row in rows.get("countries", ()) for item in items],
        "tables": list(models),
        "candidates (zone/technology)": [key_of(row) for row in rows.get("candidates", ())],
        "vehicle_types (car, car/phev)": called_vehicles(rows.get("vehicle_types", ())),
        "columns": {name for model in models.values() for name in model.model_fields},
    }
    if complete is None or set(complete) >= set(models):
        lists["keys of rows"] = {key_of(row) for table in rows.values() for row in table}
    return KnownNames(models, rows, lists | dict(others or {}), complete)
