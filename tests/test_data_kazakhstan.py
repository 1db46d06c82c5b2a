"""The tables of Kazakhstan and the common tables: units, ranges, keys, provenance, and sums that must close.

The official totals stand in the table ``statistics``; nothing is compared with a number that only this file knows,
except the bounds a reader can check by hand.
"""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import yaml

from simulator.case.weather.heat import heat_led
from simulator.case.weather.outages import running
from simulator.system import Plant, Row, System, Technology, year_fraction

FOLDER = Path(__file__).parent.parent / "simulator" / "data" / "central_asia"
COUNTRY_FILE = "_kazakhstan.csv"
COMMON = (
    "countries",
    "zones",
    "fuels",
    "technologies",
    "technology_costs",
    "markets",
    "heat_zones",
    "maintenance",
    "candidates",
    "build_limits",
    "carbon_policies",
    "backcast_facts",
)
ZONES = ("KAZ_N", "KAZ_S", "KAZ_W")
HOURS_PER_YEAR = 8760


@cache
def index() -> dict[str, list[str]]:
    """Table name -> its files, as ``system.yaml`` lists them."""
    document = yaml.safe_load((FOLDER / "system.yaml").read_text(encoding="utf-8"))
    scalars = ("name", "description", "hours_per_year", "money_year", "large_project_mw")
    return {key: [value] if isinstance(value, str) else value for key, value in document.items() if key not in scalars}


def own_files() -> list[tuple[str, str]]:
    return [
        (table, file)
        for table, files in index().items()
        if table != "sources"
        for file in files
        if file.endswith(COUNTRY_FILE) or (file == f"{table}.csv" and table in COMMON)
    ]


@cache
def cells(file: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def rows_of(table: str, file: str) -> tuple[Any, ...]:
    model = get_args(System.model_fields[table].annotation)[0]
    return tuple(model(**{key: cell for key, cell in row.items() if cell}) for row in cells(file))


def rows(table: str) -> tuple[Any, ...]:
    """All rows of a table in the files this test looks after."""
    return tuple(row for name, file in own_files() if name == table for row in rows_of(name, file))


@cache
def technologies() -> dict[str, Technology]:
    return {row.id: row for row in rows("technologies")}


@cache
def source_keys() -> frozenset[str]:
    present = [file for file in index()["sources"] if (FOLDER / file).exists()]
    return frozenset(row["id"] for file in present for row in cells(file))


def published(item: str, year: int) -> float:
    """The chosen figure of ``statistics``; exactly one must be chosen."""
    (value,) = [s.value for s in rows("statistics") if s.item == item and s.year == year and s.chosen]
    return float(value)


def capacity_mw(*names: str, before: float = 2026) -> float:
    """MW of some technologies in operation before a date."""
    return sum(
        float(p.capacity_mw)
        for p in rows("plants")
        if p.technology in names and year_fraction(p.commissioned or "1900") < before
    )


# ------------------------------------------------------------------------------------------ form


@pytest.mark.parametrize(("table", "file"), own_files())
def test_rows_are_valid_unique_and_say_where_they_come_from(table: str, file: str) -> None:
    """A row has a key of its own, sources that exist, a year and a degree of confidence; estimates say how."""
    content: tuple[Row, ...] = rows_of(table, file)
    assert content
    keys = [row.key for row in content]
    assert len(keys) == len(set(keys))
    for row in content:
        assert row.source and row.data_year and row.confidence, row.key
        assert set(row.source.split(";")) <= source_keys(), row.key
        if "kz_estimate" in row.source.split(";"):
            assert len(row.note) > 8, f"{file}: {row.key} is an estimate and does not say how it was made"


def test_every_source_of_the_file_is_used() -> None:
    used = {key for table, file in own_files() for row in rows_of(table, file) for key in row.source.split(";")}
    listed = [row["id"] for row in cells("sources_kazakhstan.csv")]
    assert len(listed) == len(set(listed))
    assert set(listed) <= used


def test_no_cell_is_padded_and_no_number_has_a_thousands_separator() -> None:
    for _, file in own_files():
        for row in cells(file):
            for column, cell in row.items():
                assert cell == cell.strip(), (file, column, cell)
                if column not in ("name", "note", "source"):
                    assert not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", cell), (file, column, cell)


# ----------------------------------------------------------------------------------------- ranges


def test_technologies_are_complete() -> None:
    """A burner has a fuel and an efficiency; credit is no more than a full winter leaves; new plants have a price."""
    priced = {row.technology for row in rows("technology_costs")}
    for tech in technologies().values():
        if tech.kind == "thermal":
            assert tech.fuel and tech.efficiency_percent and 25 <= tech.efficiency_percent <= 62, tech.id
        if tech.kind == "storage":
            assert tech.efficiency_percent and 0 < tech.hours_min <= tech.hours_max, tech.id
        assert tech.capacity_credit_percent <= 100 * most(tech, heating=1.0) + 1 or tech.kind == "run_of_river", tech.id
        assert bool(tech.minimum_output_percent) == tech.commitment, tech.id
    assert {row.technology for row in rows("candidates")} <= priced
    assert {tech for tech in technologies() if technologies()[tech].retirable} == {
        "coal_steam",
        "gas_steam",
        "lignite_steam",
    }


def test_plants_lie_in_their_country() -> None:
    for plant in rows("plants"):
        if plant.latitude is not None:
            assert 40 < plant.latitude < 56 and 46 < plant.longitude < 88, plant.id
        assert (plant.available_mw or 0) <= plant.capacity_mw, plant.id
        assert (plant.reservoir is not None) == (plant.technology == "hydro_reservoir"), plant.id


def test_the_law_sees_single_plants() -> None:
    """Hydro counts up to 35 MW: no small-hydro row may hide a larger plant, no reservoir may slip under the limit."""
    for plant in rows("plants"):
        size = plant.largest_unit_mw or plant.capacity_mw
        if plant.technology == "hydro_small":
            assert size <= 35, plant.id
        if plant.technology == "hydro_reservoir":
            assert size > 35, plant.id


def test_coal_is_not_for_the_west() -> None:
    assert not [c for c in rows("candidates") if c.zone == "KAZ_W" and technologies()[c.technology].group == "coal"]


def test_seasons_and_rivers_have_twelve_months() -> None:
    assert {row.zone for row in rows("heat_zones")} == {row.id for row in rows("zones")}
    for table, keys in (("inflows", ("reservoir",)), ("river_profiles", ("zone", "technology"))):
        months: dict[tuple[str, ...], list[int]] = {}
        for row in rows(table):
            months.setdefault(tuple(getattr(row, key) for key in keys), []).append(row.month)
        assert all(sorted(found) == list(range(1, 13)) for found in months.values())


# ------------------------------------------------------------------------------------ sums that close


@pytest.mark.parametrize(
    ("item", "year", "names"),
    [
        ("capacity_total", 2025, None),
        ("capacity_coal", 2024, ("coal_steam", "coal_chp")),
        ("capacity_gas", 2024, ("gas_steam", "gas_chp", "gas_field", "gas_turbine")),
        ("capacity_hydro", 2024, ("hydro_reservoir", "hydro_small")),
        ("capacity_wind", 2024, ("wind",)),
        ("capacity_solar", 2024, ("solar",)),
        ("capacity_hydro_small", 2024, ("hydro_small",)),
        ("capacity_hydro_small", 2025, ("hydro_small",)),
    ],
)
def test_fleet_meets_official_totals(item: str, year: int, names: tuple[str, ...] | None) -> None:
    found = capacity_mw(*(names or tuple(technologies())), before=year + 1)
    assert found == pytest.approx(published(item, year), rel=0.02)


def test_the_generation_of_2025_adds_up() -> None:
    """Coal, gas, large hydro and official renewables are the official 123.1 TWh; the same by technology."""
    parts = [published(f"generation_{part}", 2025) for part in ("coal", "gas", "hydro_large", "res")]
    assert sum(parts) == pytest.approx(published("generation_total", 2025), rel=0.002)
    parts = [published(f"generation_{part}", 2025) for part in ("coal", "gas", "hydro", "wind", "solar")]
    assert sum(parts) == pytest.approx(published("generation_total", 2025), rel=0.002)
    share = 100 * published("generation_res", 2025) / published("generation_total", 2025)
    assert share == pytest.approx(published("official_share", 2025), abs=0.05)


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2023, 2024, 2025])
def test_demand_is_the_published_consumption(year: int) -> None:
    demand = {row.zone: row.energy_gwh for row in rows("demand") if row.year == year}
    assert set(demand) == set(ZONES)
    assert sum(demand.values()) / 1000 == pytest.approx(published("demand", year), rel=0.001)
    if year > 2020:
        balance = published("generation_total", year) + published("net_import", year)
        assert balance == pytest.approx(published("demand", year), rel=0.005)


def test_the_fixed_trade_of_2025_is_the_net_import() -> None:
    """2.9 TWh in, 0.2 + 0.8 out: 1.9 net. A flat contract must fit under its limit in MW."""
    net = 0.0
    for offer in rows("market_steps"):
        if offer.first_year <= 2025 <= offer.last_year:
            net += offer.minimum_gwh * (1 if offer.direction == "import" else -1)
        assert offer.minimum_gwh * 1000 / HOURS_PER_YEAR <= offer.limit_mw, offer.id
    assert net / 1000 == pytest.approx(published("net_import", 2025), abs=0.01)


def most(tech: Technology, heating: float) -> float:
    """Most that can run beside heat, per installed capacity, outside repair."""
    return running(tech) * (float(heat_led(tech, np.array(heating)).most) if tech.heats else 1.0)


def most_gwh(plant: Plant) -> float:
    """Largest yearly output: half a year of heating season at full heat, half a year of hot water and of repair."""
    tech = technologies()[plant.technology]
    usable = plant.available_mw if plant.available_mw is not None else plant.capacity_mw
    summer = most(tech, heating=0.3) * (1 - tech.planned_outage_days / 182.5)
    return usable * (most(tech, heating=1.0) + summer) / 2 * HOURS_PER_YEAR / 1000


def test_coal_is_limited_by_its_availability() -> None:
    """Coal runs at its cap nearly all year, so cap times capacity must be close to the 76 TWh of 2025."""
    cap = sum(most_gwh(p) for p in rows("plants") if technologies()[p.technology].group == "coal") / 1000
    assert cap == pytest.approx(published("generation_coal", 2025), rel=0.05)


def test_gas_for_power_is_limited_and_import_costs_160_dollars() -> None:
    """10 bcm at about 31 % are 29 TWh. The second step lifts the southern price to 160 USD per 1000 m3."""
    steps = {(row.step, row.year): row for row in rows("fuel_supply")}
    plants = [plant for plant in rows("plants") if technologies()[plant.technology].group == "gas"]
    power = sum(most_gwh(plant) for plant in plants)
    fuel = sum(
        100
        * most_gwh(plant)
        / float(plant.efficiency_percent or technologies()[plant.technology].efficiency_percent or 0)
        for plant in plants
    )
    limit = steps[1, 2025].limit_gwh
    assert limit == pytest.approx(10 * 9306)
    assert limit * power / fuel / 1000 == pytest.approx(published("generation_gas", 2025), rel=0.06)
    assert limit < fuel, "the limit must be able to bind"
    prices = [row for row in rows("fuel_prices") if (row.fuel, row.zone) == ("gas", "KAZ_S")]
    (south,) = {row.usd_per_mwh for row in prices}
    assert (south + steps[2, 2025].usd_per_mwh) * 9.306 == pytest.approx(160, rel=0.01)


def all_rows(table: str) -> tuple[Any, ...]:
    """Rows of a table from all its files, the neighbours' too: rivers cross borders."""
    return tuple(row for file in index()[table] for row in rows_of(table, file))


def through_hm3(reservoir: str) -> dict[int, float]:
    """What passes a reservoir in each month of a normal year, if none above stores."""
    found = dict.fromkeys(range(1, 13), 0.0)
    for row in all_rows("inflows"):
        found[row.month] += row.inflow_hm3 * (row.reservoir == reservoir)
    for row in all_rows("withdrawals"):
        found[row.month] -= row.withdrawal_hm3 * (row.reservoir == reservoir)
    for above in all_rows("reservoirs"):
        if above.downstream == reservoir:
            found = {month: water + through_hm3(above.id)[month] for month, water in found.items()}
    return found


def test_large_hydro_gives_a_normal_year_and_fits_its_turbines() -> None:
    """The year's water is worth the output of 2025; where no lake evens months out, turbines take each of them."""
    total = 0.0
    for reservoir in rows("reservoirs"):
        months = {m: water * reservoir.energy_mwh_per_hm3 for m, water in through_hm3(reservoir.id).items()}
        turbines = sum(p.capacity_mw for p in rows("plants") if p.reservoir == reservoir.id)
        total += sum(months.values()) / 1e6
        for month, mwh in months.items():
            assert reservoir.active_hm3 or mwh < turbines * 0.95 * monthrange(2026, month)[1] * 24, reservoir.id
    assert total == pytest.approx(published("generation_hydro_large", 2025), rel=0.05)


def test_the_fleet_can_give_the_generation_forecast_for_the_peak() -> None:
    """Firm capacity by credits is near the 16.7 GW the system operator forecast for winter 2025-26.

    The operator's peaks of 2022 and 2023 were met with 15.2 and 15.1 GW, so it may not lie above the forecast.
    """
    firm = sum(
        (p.available_mw if p.available_mw is not None else p.capacity_mw)
        * technologies()[p.technology].capacity_credit_percent
        / 100
        for p in rows("plants")
    )
    assert firm == pytest.approx(published("generation_at_peak", 2025), rel=0.04)
    assert firm < published("generation_at_peak", 2025)


def test_plants_that_projects_replace_exist() -> None:
    known = {plant.id for plant in rows("plants")}
    named = [row["replaces"] for row in cells("projects.csv") if row["id"].startswith("kaz_") and row["replaces"]]
    assert named
    assert {plant for cell in named for plant in cell.split(";")} <= known
