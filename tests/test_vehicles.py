"""The stock of vehicles: ageing, sales by every method, scrappage, money; and the published stocks again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.case.loading import make_case
from simulator.case.time.horizon import make_horizon
from simulator.case.vehicles.fleet import AGES, aged, steady, survival
from simulator.case.vehicles.results import Vehicles, make_vehicles
from simulator.case.vehicles.sales import bass, dutiable, logistic
from simulator.errors import InputError
from simulator.inputs.read import load_scenario
from simulator.inputs.scenario import Scenario
from simulator.system import System

FOLDER = Path(__file__).parents[1] / "scenarios"
LONG = 1e6
"""A life so long that nothing goes out of use within a test."""


def types(life: float = LONG, shape: float = 1.0) -> list[dict]:
    ice = {"vehicle": "car", "powertrain": "ice", "fuel": "petrol", "fuel_l_per_100km": 8}
    ev = {"vehicle": "car", "powertrain": "ev", "electric_km_percent": 100, "kwh_per_km": 0.2, "replaces": "ice"}
    return [
        ev | {"survival_shape": shape, "survival_scale_years": life, "price_usd": 10_000, "battery_kwh": 50},
        ice | {"survival_shape": shape, "survival_scale_years": life},
    ]


def toy(life: float = LONG, **tables: object) -> System:
    """One country, one class: 100 electric cars and 900 others a year from 2021, 10,000 others before."""
    data = {
        "name": "toy",
        "countries": [{"id": "C", "name": "Country"}],
        "zones": [{"id": "A", "country": "C", "name": "A", "weather": "KAZ_S"}],
        "technologies": [],
        "demand": [{"zone": "A", "year": 2025, "energy_gwh": 1000}],
        "vehicles": [{"id": "car", "name": "Cars", "registered_as": "car", "temperature_curve": "flat"}],
        "vehicle_types": types(life),
        "vehicle_stocks": [{"country": "C", "vehicle": "car", "powertrain": "ice", "year": 2020, "vehicles": 10_000}],
        "vehicle_sales": [
            {"country": "C", "vehicle": "car", "powertrain": "ev", "year": 2021, "new": 100},
            {"country": "C", "vehicle": "car", "powertrain": "ice", "year": 2021, "new": 900},
        ],
        "vehicle_adoption": [adoption()],
        "vehicle_use": [
            {"country": "C", "vehicle": "car", "km_per_year": 10_000, "charging_loss_percent": 20},
        ],
        "vehicle_zones": [{"zone": "A", "share_percent": 100}],
        "temperature_factors": [{"curve": "flat", "celsius": 20, "factor": 1}],
        "motor_fuels": [{"id": "petrol", "name": "Petrol", "co2_kg_per_litre": 2.3}],
        "motor_fuel_prices": [{"country": "C", "fuel": "petrol", "usd_per_litre": 0.5, "import_percent": 40}],
        "charging_profiles": [
            {"id": "evening", "day_type": kind, "hour": hour, "share": 0.25 if hour >= 20 else 0}
            for kind in ("weekday", "weekend") for hour in range(24)
        ],
        "charging_places": [place()],
    }  # fmt: skip
    return System.model_validate(data | tables)


def adoption(**columns: object) -> dict:
    row = {"country": "C", "vehicle": "car", "powertrain": "ev", "history_to": 2025}
    return row | {"fit_from": 2021, "saturation_percent": 50} | columns


def place(**columns: object) -> dict:
    row = {"country": "C", "vehicle": "car", "place": "home", "share_percent": 100, "profile": "evening"}
    charger = {"charger_kw": 8, "session_kwh": 16, "vehicles_per_charger": 2, "charger_usd": 1000}
    return row | charger | {"charger_life_years": 10} | columns


def supplier(name: str, kind: str, capacity: float, **columns: object) -> dict:
    row = {"id": name, "name": name, "brand": name, "country": "C", "kind": kind, "vehicle": "car", "powertrain": "ev"}
    return row | {"capacity_per_year": capacity, "start": "2010"} | columns


def scenario(years: tuple[int, ...] = (2026, 2030), **nev: object) -> Scenario:
    data = {
        "question": "How many vehicles are there?",
        "description": "A fleet that can be counted by hand.",
        "horizon": {"model_years": list(years), "time": {"method": "typical_days", "days": 2}},
        "finance": {"discount_rate_percent": 0, "base_year": 2026},
        "nev": {"C": nev} if nev else {},
    }
    return Scenario.model_validate(data)


def run(system: System, scenario: Scenario) -> Vehicles:
    from simulator.case.changes.system import effective_system

    return make_vehicles(effective_system(system, scenario), scenario, make_horizon(scenario))[0]


def end(vehicles: Vehicles, year: int, powertrain: str = "ev") -> float:
    fleet = vehicles.fleet
    return float(fleet.end[0, 0, fleet.powertrains.index(powertrain), fleet.calendar.index(year)])


def sold(vehicles: Vehicles, year: int, powertrain: str = "ev") -> float:
    fleet = vehicles.fleet
    return float(fleet.sales[0, 0, fleet.powertrains.index(powertrain), fleet.calendar.index(year)])


# --------------------------------------------------------------------------------------------- the stock


def test_without_losses_the_stock_is_the_sum_of_sales():
    """100 a year from 2021 to 2030 are 1,000; of the others 10,000 + 10·900, less those older than 80 years.

    The 10,000 are spread evenly over ages 0 to 80, so that a part of 81 leaves each year.
    """
    fleet = run(toy(), scenario())
    assert end(fleet, 2030) == pytest.approx(1000, rel=1e-4)
    assert end(fleet, 2030, "ice") == pytest.approx(19_000 - 10_000 * 10 / 81, rel=1e-4)
    assert float(fleet.stock[0, 0, 0, 1]) == pytest.approx((900 + 1000) / 2, rel=1e-4)


def test_a_class_and_a_country_without_vehicles_have_none():
    """Buses have no types, and Dland has no vehicles; the cars of Cland are as many as without them."""
    more = {
        "countries": [{"id": "C", "name": "Country"}, {"id": "D", "name": "Dland"}],
        "vehicles": [{"id": name, "name": name, "registered_as": name, "temperature_curve": "flat"}
                     for name in ("car", "bus")],
    }  # fmt: skip
    fleet, alone = run(toy(**more), scenario()).fleet, run(toy(), scenario()).fleet
    assert fleet.end.shape[:2] == (2, 2)
    assert fleet.end[0, 0] == pytest.approx(alone.end[0, 0])
    assert not fleet.end[1].any() and not fleet.end[0, 1].any()


def test_vehicles_die_along_their_survival_curve():
    """With S(a) = exp(-a/10), 100 sold each year from 2021 to 2025 leave 100·(1 + s + … + s⁴), s = exp(-0.1)."""
    fleet = run(toy(life=10), scenario())
    s = np.exp(-0.1)
    assert end(fleet, 2025) == pytest.approx(100 * (1 - s**5) / (1 - s))


def test_a_steady_fleet_stays_steady():
    """A fleet with stationary ages loses each year just what a steady one buys: vehicles / Σ S."""
    alive = survival(2.0, 12.0)
    stock = steady(1000, alive)
    again = aged(stock, alive)
    again[0] = 1000 / alive.sum()
    assert np.allclose(again, stock, atol=1e-9)


@given(st.floats(0.5, 4), st.floats(2, 40), st.integers(0, AGES))
def test_ageing_never_makes_vehicles(shape, scale, age):
    alive = survival(shape, scale)
    assert 0 <= aged(np.eye(AGES + 1)[age], alive).sum() <= 1 + 1e-12


def test_second_hand_vehicles_come_at_their_age():
    """With S(a) = exp(-(a/10)²), 100 imports of age 10 keep S(11)/S(10) = exp(-0.21) after a year."""
    sales = [{"country": "C", "vehicle": "car", "powertrain": "ev", "year": y, "new": 0, "second_hand": n,
              "second_hand_age": 10} for y, n in ((2024, 0), (2025, 100), (2026, 0))]  # fmt: skip
    fleet = run(toy(vehicle_sales=sales, vehicle_types=types(10, 2.0), vehicle_stocks=[]), scenario())
    assert end(fleet, 2026) == pytest.approx(100 * np.exp(-0.21))


def test_scrapped_vehicles_are_replaced_one_for_one():
    """Of 10,000 cars spread over ages 0 to 80 in 2020, 75 parts of 81 are left in 2026, all older than five: 10 % go.

    Sales are larger by as many, a tenth of them electric as before.
    """
    scheme = {"percent_per_year": 10, "age_years": 6, "first_year": 2026, "last_year": 2026}
    plain, scrapped = run(toy(), scenario()), run(toy(), scenario(scrappage=scheme))
    extra = sold(scrapped, 2026) + sold(scrapped, 2026, "ice") - 1000
    assert extra == pytest.approx(1000 * 75 / 81, rel=1e-4)
    assert sold(scrapped, 2026) - sold(plain, 2026) == pytest.approx(extra / 10)
    assert end(scrapped, 2026) + end(scrapped, 2026, "ice") == pytest.approx(
        end(plain, 2026) + end(plain, 2026, "ice"), rel=1e-3
    )


# --------------------------------------------------------------------------------------------- sales


def test_a_curve_goes_on_where_the_published_shares_point():
    """Shares that lie on a logistic curve ending at one half are continued along it."""
    years = range(2021, 2026)
    share = {t: float(logistic(t, 0.5, 0.6, 2027)) for t in (*years, 2030)}
    sales = [
        {"country": "C", "vehicle": "car", "powertrain": name, "year": t, "new": 1000 * s}
        for t in years for name, s in (("ev", share[t]), ("ice", 1 - share[t]))
    ]  # fmt: skip
    fleet = run(toy(vehicle_sales=sales), scenario(method="logistic"))
    assert sold(fleet, 2030) == pytest.approx(1000 * share[2030], rel=1e-6)
    assert sold(fleet, 2030) + sold(fleet, 2030, "ice") == pytest.approx(1000)


def test_a_share_that_stays_the_same_goes_on_the_same():
    """Of a level share the curve's middle is endlessly far away, where the exponential is beyond all numbers."""
    sales = [
        {"country": "C", "vehicle": "car", "powertrain": name, "year": year, "new": n, "second_hand": 60 * k}
        for name, n, k in (("ev", 200, 1), ("ice", 200, 30)) for year in (2021, 2025)
    ]  # fmt: skip
    vehicles = run(toy(vehicle_sales=sales, vehicle_adoption=[adoption(method="logistic")]), scenario())
    assert sold(vehicles, 2030) == pytest.approx(260, rel=1e-6)
    assert float(logistic(1e9, 0.8, 1.0, 2e9)) == 0.0


def test_adopters_follow_the_fitted_bass_curve():
    """Cumulative sales on a Bass curve ending at half of the 10,000 vehicles are continued along it."""
    total = {t: float(bass(t - 2020, 5000, 0.01, 0.5)) for t in range(2020, 2031)}
    sales = [
        {"country": "C", "vehicle": "car", "powertrain": name, "year": t, "new": n}
        for t in range(2021, 2026) for name, n in (("ev", total[t] - total[t - 1]), ("ice", 900))
    ]  # fmt: skip
    fleet = run(toy(vehicle_sales=sales), scenario(method="bass"))
    assert sold(fleet, 2030) == pytest.approx(total[2030] - total[2029], rel=1e-6)


def test_supply_brings_what_plants_and_importers_can():
    """A plant of 200 ramps up over two years from 2029 and sells half at home, if it comes (40 %); importers bring 60.

    2029: 60 + 200·½·½·0.4 = 80; 2030: 60 + 200·½·0.4 = 100; with the plant for certain 60 + 200·½ = 160; three times
    the supply 480, and never more than the market of 1,000.
    """
    plant = supplier("works", "plant", 200, start="2029", ramp_years=2, home_market_percent=50, probability_percent=40)
    system = toy(vehicle_supply=[plant, supplier("trade", "import", 60)])
    fleet = run(system, scenario(method="supply"))
    assert [sold(fleet, year) for year in (2026, 2029, 2030)] == pytest.approx([60, 80, 100])
    assert sold(run(system, scenario(method="supply", plants=["works"])), 2030) == pytest.approx(160)
    assert sold(run(system, scenario(method="supply", plants=["works"], supply_factor=3)), 2030) == pytest.approx(480)
    flood = run(system, scenario(method="supply", supply_factor=1000))
    assert sold(flood, 2030) == pytest.approx(1000) and sold(flood, 2030, "ice") == pytest.approx(0)


def test_duty_falls_on_imports_beyond_the_quota_only():
    """Demand 100, plant 20: 80 imports wanted. Quota 30, duty 25 %, elasticity -1: 30 + 50/1.25 = 70; with plant 90.

    Without a quota 64 + 20; with a quota of 80 the duty touches nobody.
    """
    duty = {"country": "C", "vehicle": "car", "powertrain": "ev", "year": 2026, "quota": 30}
    system = toy(
        vehicle_supply=[supplier("works", "plant", 20)],
        vehicle_duties=[duty | {"duty_percent": 25, "price_elasticity": -1}],
    )
    assert sold(run(system, scenario()), 2026) == pytest.approx(90)
    assert sold(run(system, scenario(quota=0)), 2026) == pytest.approx(84)
    assert sold(run(system, scenario(quota=80)), 2026) == pytest.approx(100)
    assert sold(run(system, scenario()), 2025) == pytest.approx(100), "published years are as they were"


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1), st.floats(-5, 0))
def test_duty_never_adds_imports_and_never_touches_the_quota(wanted, quota, duty, elasticity):
    kept = dutiable(wanted, quota, duty, elasticity)
    assert min(wanted, quota) <= kept * (1 + 1e-12) and kept <= wanted * (1 + 1e-12)


def test_imports_are_scaled_in_one_place():
    """Twice the trade from 2026 on: 80 wanted imports become 160, the plant stays at 20."""
    system, question = toy(vehicle_supply=[supplier("works", "plant", 20)]), scenario()
    doubled, _ = make_vehicles(system, question, make_horizon(question), lambda year: 2.0)
    assert sold(doubled, 2026) == pytest.approx(180) and sold(doubled, 2025) == pytest.approx(100)


def test_a_factor_multiplies_demand_after_the_published_years():
    fleet = run(toy(), scenario(factor=3))
    assert sold(fleet, 2025) == pytest.approx(100) and sold(fleet, 2026) == pytest.approx(300)
    assert sold(fleet, 2026, "ice") == pytest.approx(700), "the market does not grow"


def test_two_powertrains_do_not_sell_more_than_the_market():
    """1,000 cars a year, of which 100 electric and 300 hybrids; three times the demand is 300 and 900.

    The hybrids find 700 left, petrol cars nothing: the market stays at 1,000.
    """
    electric, petrol = types()
    hybrid = electric | {"powertrain": "phev", "electric_km_percent": 50}
    known = {"country": "C", "vehicle": "car", "year": 2021}
    tables = toy(
        vehicle_types=[electric, hybrid, petrol],
        vehicle_sales=[known | {"powertrain": p, "new": n} for p, n in (("ev", 100), ("phev", 300), ("ice", 600))],
        vehicle_adoption=[adoption(), adoption(powertrain="phev")],
    )
    vehicles = run(tables, scenario(factor=3))
    assert [sold(vehicles, 2026, name) for name in ("ev", "phev", "ice")] == pytest.approx([300, 700, 0])


def test_a_stated_stock_is_reached_exactly():
    """Stated 1,500 for 2030: on the line from the stock of 2025 whatever goes out of use, then constant."""
    fleet = run(toy(life=10), scenario((2026, 2030, 2032), vehicles={"car": {2030: 1500}}))
    start = end(fleet, 2025)
    assert end(fleet, 2028) == pytest.approx(start + 0.6 * (1500 - start))
    assert end(fleet, 2030) == pytest.approx(1500) and end(fleet, 2032) == pytest.approx(1500)
    with pytest.raises(InputError, match="vehicles of car/ev would have to vanish in 2026"):
        run(toy(life=10), scenario(vehicles={"car": {2026: 10}}))


def test_money_goes_to_plants_and_brands():
    """2026: 20 cars from the plant and 80 imports, three quarters of them brand one, at 10,000 USD.

    The plant starts in 2028: its 100 MUSD fall in the interval 2027-2030 that ends with model year 2030.
    """
    rows = [supplier("works", "plant", 20, start="2028", investment_musd=100, probability_percent=50)]
    rows += [supplier("one", "import", 30), supplier("two", "import", 10)]
    fleet = run(toy(vehicle_supply=rows), scenario())
    assert fleet.sold_musd[:, 0] == pytest.approx([0, 0.75, 0.25])
    assert fleet.sold_musd[:, 1] == pytest.approx([0.1, 0.675, 0.225])
    assert fleet.plant_musd[0] == pytest.approx([0, 50])


def test_oil_carbon_and_import_bill_by_hand():
    """550 cars on average in 2026, 10,000 km at 8 l/100 km: 0.44 million litres, 1.012 kt, 0.44·0.5·40 % = 0.088."""
    fleet = run(toy(), scenario())
    assert fleet.stock[0, 0, 0, 0] == pytest.approx(550, rel=1e-4)
    assert fleet.oil_million_litres[0, 0, 0] == pytest.approx(0.44, rel=1e-4)
    assert fleet.co2_kt[0, 0] == pytest.approx(1.012, rel=1e-4)
    assert fleet.import_bill_musd[0, 0] == pytest.approx(0.088, rel=1e-4)


# --------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("nev", "message"),
    [
        ({"method": "supply"}, "no sales of this country can follow supply"),
        ({"method": "path"}, "or all do already"),
        ({"supply_factor": 2}, "no sales follow supply"),
        ({"plants": ["works"]}, "unknown name 'works': not in vehicle_supply"),
        ({"quota": 10}, "nothing in the tables of this country changes"),
        ({"smart_percent": 50}, "no place of this country changes"),
        ({"v2g_percent": 5}, "no vehicle charges smartly"),
        ({"vehicles": {"lorry": {2030: 5}}}, "unknown name 'lorry': not in vehicle_types"),
        ({"vehicles": {"car": {2020: 5}}}, "the stock is known until 2025"),
        ({"scrappage": {"percent_per_year": 5, "first_year": 2031}}, "the stock is followed from 2020 to 2030"),
        ({"scrappage": {"percent_per_year": 5, "first_year": 2010, "last_year": 2019}}, "the stock is followed"),
    ],
)
def test_a_key_without_effect_is_refused(nev, message):
    with pytest.raises(InputError, match=message):
        run(toy(), scenario(**nev))


@pytest.mark.parametrize(
    ("sales", "columns", "message"),
    [
        ([0, 0, 0], {"method": "logistic"}, "has no sales in these years"),
        ([10, 20, 30], {"method": "logistic", "history_to": 2021}, "has 1 published years"),
        ([10, 20, 30], {"method": "bass"}, "has no stock of its class"),
    ],
)
def test_a_curve_that_cannot_be_fitted_is_refused(sales, columns, message):
    rows = [
        {"country": "C", "vehicle": "car", "powertrain": name, "year": 2021 + k, "new": n}
        for k, new in enumerate(sales) for name, n in (("ev", new), ("ice", 900))
    ]  # fmt: skip
    tables = {"vehicle_sales": rows, "vehicle_stocks": [], "vehicle_adoption": [adoption(**columns)]}
    with pytest.raises(InputError, match=message):
        run(toy(**tables), scenario())


def test_a_fit_that_fails_is_a_refusal(monkeypatch):
    """As the library does when it does not converge."""

    def fails(*_arguments):
        raise RuntimeError("Optimal parameters not found")

    monkeypatch.setattr("simulator.case.vehicles.fleet.fit_logistic", fails)
    with pytest.raises(InputError, match="has sales that no curve fits"):
        run(toy(vehicle_adoption=[adoption(method="logistic")]), scenario())


def test_a_curve_of_years_that_all_lie_in_the_past_is_not_fitted():
    """Sales are published until after the last model year: nothing is left for the curve to say."""
    rows = {"vehicle_adoption": [adoption(method="logistic", fit_from=2030, history_to=2040)]}
    assert sold(run(toy(**rows), scenario()), 2030) == pytest.approx(100)


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match=r"unknown name 'steam': not in vehicle_types\.powertrain"):
        run(toy(vehicle_adoption=[adoption(powertrain="steam")]), scenario())
    with pytest.raises(InputError, match="the zones of C hold 60 %"):
        run(toy(vehicle_zones=[{"zone": "A", "share_percent": 60}]), scenario())
    with pytest.raises(InputError, match="the places of C/car take 70 %"):
        run(toy(charging_places=[place(share_percent=70)]), scenario())
    with pytest.raises(InputError, match=r"unknown name 'flat': not in temperature_factors\.curve"):
        run(toy(temperature_factors=[]), scenario())


# --------------------------------------------------------------------------------------------- the region


@pytest.fixture(scope="module")
def region() -> Vehicles:
    path = FOLDER / "reference.yaml"
    return make_case(load_scenario(path), path)[0].vehicles


def test_published_stocks_are_reproduced_within_ten_percent(region):
    """All counts used for comparison: 570, 7,680, 12,587 and 21,000 in Kazakhstan, 86,100 in Uzbekistan, …"""
    chosen = [i for i, row in enumerate(region.counted) if row.chosen]
    assert len(chosen) >= 18 and {region.counted[i].country for i in chosen} == {"KAZ", "UZB", "KGZ", "TJK"}
    for i in chosen:
        assert region.modelled[i] == pytest.approx(region.counted[i].value, rel=0.1), region.counted[i].key


def test_the_outlook_stays_near_earlier_ones(region):
    """Cars in the middle of 2030: Kazakhstan 75,000-110,000, Uzbekistan 350,000-420,000."""
    fleet = region.fleet
    cars = region.stock[:, fleet.vehicles.index("car"), fleet.powertrains.index("ev"), 2]
    assert 75_000 < cars[fleet.countries.index("KAZ")] < 110_000
    assert 350_000 < cars[fleet.countries.index("UZB")] < 420_000
