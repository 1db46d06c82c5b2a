"""The tables of the four neighbours, of water and of the borders: provenance, fleets, rivers that can be run.

Official totals stand in the table ``statistics``. Reservoirs are run through a year of months, apart from the model: a
plan is sought that keeps every level, turbine and release, and is then followed month by month with plain arithmetic.
"""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from simulator.system import Row, System, year_fraction

FOLDER = Path(__file__).parent.parent / "simulator" / "data" / "central_asia"
COUNTRIES = ("UZB", "KGZ", "TJK", "TKM")
OWN = (
    "demand",
    "fuel_prices",
    "fuel_supply",
    "fuel_windows",
    "plants",
    "projects",
    "links",
    "markets",
    "market_steps",
    "reservoirs",
    "inflows",
    "withdrawals",
    "fillings",
    "irrigation_savings",
    "releases",
    "river_profiles",
    "statistics",
)
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
WINTER = np.array([month in (10, 11, 12, 1, 2, 3) for month in range(1, 13)])
CONDITIONS = ("normal", "dry", "wet")
THERMAL_GROUPS = ("coal", "gas", "oil")


def raw(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def rows(table: str) -> tuple[Any, ...]:
    """Rows of one of this author's tables, as typed objects."""
    kind = System.model_fields[table].annotation.__args__[0]  # type: ignore[union-attr]
    file = "interannual_inflows.csv" if table == "interannual_inflows" else f"{table}_neighbours.csv"
    return tuple(kind(**{k: v for k, v in row.items() if v != ""}) for row in raw(file))


@cache
def source_ids() -> frozenset[str]:
    return frozenset(row["id"] for path in FOLDER.glob("sources_*.csv") for row in raw(path.name))


@cache
def group_of() -> dict[str, str]:
    return {row["id"]: row["group"] for row in raw("technologies.csv")}


def fleet_mw(zone: str, *groups: str) -> float:
    return float(sum(p.capacity_mw for p in rows("plants") if p.zone == zone and group_of()[p.technology] in groups))


def official(country: str, item: str, year: int) -> float:
    (value,) = (
        s.value for s in rows("statistics") if (s.country, s.item, s.year) == (country, item, year) and s.chosen
    )
    return float(value)


# ------------------------------------------------------------------------------------------ provenance


@pytest.mark.parametrize("table", [*OWN, "interannual_inflows"])
def test_every_row_says_where_it_comes_from(table: str) -> None:
    keys = [row.key for row in rows(table)]
    assert len(keys) == len(set(keys))
    for row in rows(table):
        assert isinstance(row, Row)
        assert row.source and row.data_year and row.confidence, row.key
        assert set(row.source.split(";")) <= source_ids(), row.key
        assert row.note or row.source != "ca_estimate", f"{row.key}: an estimate says how"


def test_no_source_is_listed_without_use() -> None:
    used = {key for table in (*OWN, "interannual_inflows") for row in rows(table) for key in row.source.split(";")}
    assert {row["id"] for row in raw("sources_neighbours.csv")} <= used


def test_projects_come_after_the_plants() -> None:
    for plant in rows("plants"):
        assert plant.commissioned is None or year_fraction(plant.commissioned) < 2026, plant.id
    for project in rows("projects"):
        assert year_fraction(project.commissioning) >= 2026, project.id
        assert not project.chinese, f"{project.id} belongs to the register of Chinese projects"
    register = {row["id"] for row in raw("projects.csv")}
    assert not register & {project.id for project in rows("projects")}


# --------------------------------------------------------------------------------------------- fleets


@pytest.mark.parametrize(
    ("country", "item", "year", "groups"),
    [
        ("UZB", "capacity_hydro", 2025, ("hydro",)),
        ("UZB", "capacity_solar", 2025, ("solar",)),
        ("UZB", "capacity_wind", 2025, ("wind",)),
        ("UZB", "capacity_battery", 2025, ("battery",)),
        ("UZB", "capacity_total", 2025, (*THERMAL_GROUPS, "hydro", "solar", "wind")),
        ("KGZ", "capacity_hydro", 2025, ("hydro",)),
        ("KGZ", "capacity_coal_chp", 2024, THERMAL_GROUPS),
        ("KGZ", "capacity_solar", 2025, ("solar",)),
        ("TJK", "capacity_hydro", 2023, ("hydro",)),
        ("TJK", "capacity_coal", 2023, ("coal",)),
        ("TJK", "capacity_gas_oil_chp", 2023, ("gas", "oil")),
        ("TKM", "capacity_gas", 2023, ("gas",)),
    ],
)
def test_fleet_meets_the_official_total(country: str, item: str, year: int, groups: tuple[str, ...]) -> None:
    assert fleet_mw(country, *groups) == pytest.approx(official(country, item, year), rel=0.02)


def test_uzbek_thermal_with_industrial_stations_meets_the_official_total() -> None:
    thermal = official("UZB", "capacity_thermal", 2025) + official("UZB", "capacity_block_stations", 2025)
    assert fleet_mw("UZB", *THERMAL_GROUPS) == pytest.approx(thermal, rel=0.02)


def test_batteries_hold_between_one_and_four_hours() -> None:
    for plant in rows("plants"):
        assert (plant.energy_mwh is not None) == (plant.technology == "battery"), plant.id
        assert plant.energy_mwh is None or 1 <= plant.energy_mwh / plant.capacity_mw <= 4


def test_burning_plants_have_a_price_for_their_fuel() -> None:
    fuel = {row["id"]: row["fuel"] for row in raw("technologies.csv")}
    priced = {(price.fuel, price.zone) for price in rows("fuel_prices")}
    for item in (*rows("plants"), *rows("projects")):
        if fuel[item.technology]:
            assert (fuel[item.technology], item.zone) in priced, item.id


def test_steps_of_fuel_supply_rise_and_the_last_gas_is_unlimited() -> None:
    for year in {step.year for step in rows("fuel_supply") if step.market == "uzb_gas"}:
        steps = sorted(
            (s for s in rows("fuel_supply") if s.market == "uzb_gas" and s.year == year), key=lambda s: s.step
        )
        assert all(a.usd_per_mwh < b.usd_per_mwh for a, b in pairwise(steps))
        assert [s.limit_gwh is None for s in steps] == [False] * (len(steps) - 1) + [True]


# --------------------------------------------------------------------------------- demand and borders


@pytest.mark.parametrize("zone", COUNTRIES)
def test_demand_grows_by_one_to_seven_percent_a_year(zone: str) -> None:
    years = sorted((d.year, d.energy_gwh) for d in rows("demand") if d.zone == zone and d.year >= 2024)
    for (year, energy), (later, more) in pairwise(years):
        assert 1.01 <= (more / energy) ** (1 / (later - year)) <= 1.07


@pytest.mark.parametrize("zone", ("UZB", "KGZ", "TJK"))
def test_demand_of_2025_is_generation_plus_net_import(zone: str) -> None:
    (demand,) = (d.energy_gwh for d in rows("demand") if d.zone == zone and d.year == 2025)
    balance = official(zone, "generation_total", 2025) + official(zone, "net_import", 2025)
    assert demand / 1000 == pytest.approx(balance, rel=0.01)


def test_contracts_fit_their_lines() -> None:
    for offer in rows("market_steps"):
        most = offer.limit_mw * sum(DAYS[month - 1] for month in offer.months) * 24 / 1000
        assert offer.minimum_gwh <= (offer.maximum_gwh or np.inf)
        assert offer.minimum_gwh <= most, offer.id


# ----------------------------------------------------------------------------------------------- water


def water_factor(zone: str, condition: str) -> float:
    if condition == "normal":
        return 1.0
    (row,) = (row for row in rows("interannual_inflows") if row.country == zone)
    return float(getattr(row, f"{condition}_percent")) / 100


def inflow_hm3(reservoir: Any, condition: str) -> np.ndarray:
    """Inflow by month, hm3."""
    months = dict.fromkeys(range(1, 13), 0.0)
    months |= {i.month: i.inflow_hm3 for i in rows("inflows") if i.reservoir == reservoir.id}
    return np.array([months[m] for m in range(1, 13)]) * water_factor(reservoir.zone, condition)


def turbines_hm3(reservoir: Any) -> np.ndarray:
    """Most water the turbines take in each month, outages deducted, hm3."""
    (kind,) = (row for row in raw("technologies.csv") if row["id"] == "hydro_reservoir")
    running = 1 - float(kind["forced_outage_percent"]) / 100
    plants = [p for p in rows("plants") if p.reservoir == reservoir.id]
    mw = sum(p.capacity_mw if p.available_mw is None else p.available_mw for p in plants)
    return np.asarray(mw * running * 24 * DAYS / reservoir.energy_mwh_per_hm3)


def least(reservoir: Any) -> float:
    """Least content, hm3."""
    return float(reservoir.active_hm3 * reservoir.minimum_percent / 100)


def plan(reservoir: Any, condition: str) -> tuple[np.ndarray, float]:
    """Water through the turbines by month and content on 1 January, both hm3, for the strongest weakest winter month.

    Nothing is spilled; raises AssertionError where no such year exists. Unknowns: twelve releases, the first content,
    the smallest winter release per day.
    """
    inflow, turbines = inflow_hm3(reservoir, condition), turbines_hm3(reservoir)
    limits, right = [], []

    def at_most(release: np.ndarray, start: float, weakest: float, bound: float) -> None:
        limits.append([*release, start, weakest])
        right.append(bound)

    for month in range(12):
        until = (np.arange(12) <= month).astype(float)
        gained = inflow[: month + 1].sum()
        at_most(until, -1, 0, gained - least(reservoir))  # content at the month's end is not below its least ...
        at_most(-until, 1, 0, reservoir.active_hm3 - gained)  # ... nor above full level
        if WINTER[month]:
            at_most(-np.eye(12)[month], 0, DAYS[month], 0)
    for window in (w for w in rows("releases") if w.reservoir == reservoir.id):
        inside = np.isin(np.arange(1, 13), window.months).astype(float)
        at_most(-inside, 0, 0, -window.minimum_hm3)
        if window.maximum_hm3 is not None:
            at_most(inside, 0, 0, window.maximum_hm3)
    answer = linprog(
        [*np.zeros(13), -1],
        A_ub=limits,
        b_ub=right,
        A_eq=[[*np.ones(12), 0, 0]],  # the year ends where it began
        b_eq=[inflow.sum()],
        bounds=[*((0, most) for most in turbines), starts(reservoir), (0, None)],
    )
    assert answer.success, f"{reservoir.id}, {condition} year: {answer.message}"
    return answer.x[:12], float(answer.x[12])


def starts(reservoir: Any) -> tuple[float, float]:
    """Least and most content on 1 January, hm3."""
    if reservoir.start_percent is None:
        return least(reservoir), reservoir.active_hm3
    return (reservoir.active_hm3 * reservoir.start_percent / 100,) * 2


def reservoir(name: str) -> Any:
    (found,) = (r for r in rows("reservoirs") if r.id == name)
    return found


HEADS = [r.id for r in rows("reservoirs") if not any(r.id == o.downstream for o in rows("reservoirs"))]
"""Reservoirs with none above; ``test_water.py`` runs whole rivers."""


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("name", HEADS)
def test_a_year_of_months_can_be_run_and_conserves_water(name: str, condition: str) -> None:
    """Content next month = content + inflow - release, between empty and full, back at the start after a year."""
    lake = reservoir(name)
    release, start = plan(lake, condition)
    content = start
    for inflow, out, turbines in zip(inflow_hm3(lake, condition), release, turbines_hm3(lake), strict=True):
        assert 0 <= out <= turbines + 1e-6
        content += inflow - out
        assert least(lake) - 1e-6 <= content <= lake.active_hm3 + 1e-6
    assert content == pytest.approx(start, abs=1e-5)


def test_toktogul_turns_the_seasons_round() -> None:
    """A quarter of the water comes in winter, six to seven tenths can leave then: the energy regime since 1992."""
    lake = reservoir("kgz_toktogul")
    inflow, (release, start) = inflow_hm3(lake, "normal"), plan(lake, "normal")
    assert inflow[WINTER].sum() / inflow.sum() == pytest.approx(0.24, abs=0.02)
    assert 0.60 <= release[WINTER].sum() / release.sum() <= 0.70
    assert start >= 2800


def test_nurek_keeps_its_summer() -> None:
    """Eight tenths come in summer and, with 4.2 km3 to move, about six tenths (62 percent seen) leave then."""
    lake = reservoir("tjk_nurek")
    inflow, (release, start) = inflow_hm3(lake, "normal"), plan(lake, "normal")
    assert inflow[~WINTER].sum() / inflow.sum() == pytest.approx(0.80, abs=0.01)
    assert release[~WINTER].sum() / release.sum() == pytest.approx(0.62, abs=0.04)
    assert start >= 2000


def through_hm3(reservoir: Any) -> float:
    """What passes a reservoir in a normal year: its inflow and that of those above, less what is taken."""
    above = sum(through_hm3(r) for r in rows("reservoirs") if r.downstream == reservoir.id)
    taken = sum(w.withdrawal_hm3 for w in rows("withdrawals") if w.reservoir == reservoir.id)
    months = sum(i.inflow_hm3 for i in rows("inflows") if i.reservoir == reservoir.id)
    return float(above + months - taken)


def hydro_twh(zone: str) -> float:
    """Hydro energy of a normal year without spill, TWh."""
    stored = sum(through_hm3(r) * r.energy_mwh_per_hm3 for r in rows("reservoirs") if r.zone == zone)
    profile = {(p.technology, p.month): p.capacity_factor_percent for p in rows("river_profiles") if p.zone == zone}
    river = sum(
        (plant.capacity_mw if plant.available_mw is None else plant.available_mw)
        * profile[plant.technology, month]
        / 100
        * DAYS[month - 1]
        * 24
        for plant in rows("plants")
        if plant.zone == zone and plant.technology in ("hydro_river", "hydro_small")
        for month in range(1, 13)
    )
    return float(stored + river) / 1e6


@pytest.mark.parametrize("zone", ("UZB", "KGZ", "TJK"))
def test_a_normal_year_gives_the_mean_hydro_output_of_the_last_years(zone: str) -> None:
    """Mean of 2020-2025; Tajikistan 2023-2025, as its new units came step by step."""
    years = range(2023, 2026) if zone == "TJK" else range(2020, 2026)
    mean = np.mean([official(zone, "generation_hydro", year) for year in years])
    assert hydro_twh(zone) == pytest.approx(mean, rel=0.05)


def test_river_profiles_are_complete_and_dry_years_come_together() -> None:
    for zone in COUNTRIES:
        for technology in ("hydro_river", "hydro_small"):
            months = [p.month for p in rows("river_profiles") if (p.zone, p.technology) == (zone, technology)]
            assert sorted(months) == list(range(1, 13))
    for country in ("KAZ", *COUNTRIES):
        assert water_factor(country, "dry") < 1 < water_factor(country, "wet")
