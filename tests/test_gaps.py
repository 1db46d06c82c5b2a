"""What is missing is never zero: every row that is taken out of a whole system is missed, by name.

The toy of slices has two zones, wind and a lake in one, and a coal plant whose profile is given too; the toy of
vehicles is that of ``test_vehicles``.
"""

from __future__ import annotations

from typing import Any

import pytest
import test_vehicles as cars
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import case, plant, scenario, solve, system, technology

from simulator.case.changes.system import effective_system
from simulator.errors import InputError
from simulator.inputs.scenario import Scenario
from simulator.system import System

YEARS = (2030, 2032)
HOURS = {"a": 2000.0, "b": 6760.0}
LAKE = {"id": "lake", "name": "Lake", "zone": "A", "active_hm3": 10, "energy_mwh_per_hm3": 100}
WIND = technology("wind", kind="variable", group="wind")
COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)


def whole(**tables: Any) -> System:
    profiles = [{"zone": "A", "name": name, "year": y, "slice": s, "value": 0.5}
                for name in ("wind", "coal") for y in YEARS for s in HOURS]  # fmt: skip
    data: dict[str, Any] = {
        "technologies": [WIND, COAL, technology("hydro", kind="reservoir", group="hydro")],
        "plants": [plant("wind", 100), plant("coal", 300), plant("hydro", 10, reservoir="lake"),
                   plant("coal", 300, zone="B")],
        "reservoirs": [LAKE],
        "inflows": [{"reservoir": "lake", "month": m, "inflow_hm3": 1} for m in range(1, 13)],
        "profiles": profiles,
    }  # fmt: skip
    return system({"a": 100, "b": 50}, years=YEARS, zones=("A", "B"), **(data | tables))


def asked(**parts: Any) -> Scenario:
    return scenario(HOURS, years=YEARS, **parts)


def refusals(system: System, scenario: Scenario) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        case(system, scenario)
    return [(problem.path, problem.message) for problem in caught.value.problems]


# ---------------------------------------------------------------------------------------------- profiles


def test_the_toy_is_whole() -> None:
    made = case(whole(), asked())
    assert made.load_mw[:, :, 0].tolist() == [[100, 100], [100, 100]]
    assert {unit.id: made.availability[u].tolist() for u, unit in enumerate(made.units)} == {
        "A|wind": [[0.5, 0.5]] * 2, "A|coal": [[0.5, 0.5]] * 2, "A|hydro|lake": [[1, 1]] * 2, "B|coal": [[1, 1]] * 2,
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_row_that_is_taken_out_is_missed(data: st.DataObject) -> None:
    """A load, an availability or a month of inflow: without any one of them nothing runs, and the hole is named."""
    full = whole()
    table = data.draw(st.sampled_from(["profiles", "inflows"]))
    rows = getattr(full, table)
    gone = data.draw(st.sampled_from(rows))
    ((path, message),) = refusals(full.model_copy(update={table: tuple(r for r in rows if r != gone)}), asked())
    assert path.startswith(f"{table}.")
    if table == "profiles":
        assert (
            message == f"the profile {gone.name!r} of {gone.zone} has no value for slice {gone.slice!r} in {gone.year}"
        )
    else:
        assert message == f"the inflow of lake lacks month {gone.month}"


def test_a_misspelt_slice_is_no_load_of_zero() -> None:
    """4,380 h of 100 MW twice at 50 USD/MWh cost 43.8 MUSD; with one slice misspelt the load is not half of it."""
    hours = {"s0": 4380.0, "s1": 4380.0}
    tables = {"technologies": [technology("gas", variable_om_usd_per_mwh=50)], "plants": [plant("gas", 1000)]}
    right = solve(system({"s0": 100, "s1": 100}, **tables), scenario(hours))
    assert right.attrs["objective_musd"] == pytest.approx(43.8)
    found = refusals(system({"s0": 100, "S1": 100}, **tables), scenario(hours))
    assert found == [("profiles.A/load/2030/S1.slice", "unknown name 'S1': not in slices")]


def test_years_of_other_scenarios_do_no_harm_and_those_of_this_one_are_all_needed() -> None:
    assert case(whole(), scenario(HOURS, years=(2032,))).load_mw.shape == (2, 1, 2)
    found = dict(refusals(whole(), scenario(HOURS, years=(2030, 2031, 2032))))
    assert set(found) == {
        f"profiles.{z}/{n}/2030/a" for z, n in (("A", "load"), ("B", "load"), ("A", "wind"), ("A", "coal"))
    }
    assert all("in 2031 (2 such values in all)" in message for message in found.values())


def test_a_zone_without_load_and_a_plant_without_its_profile_are_refused() -> None:
    full = whole()
    silent = full.model_copy(update={"profiles": tuple(row for row in full.profiles if row.zone != "B")})
    assert refusals(silent, asked()) == [
        ("zones.B", "the profile 'load' of B has no value for slice 'a' in 2030 (4 such values in all)")
    ]
    windless = full.model_copy(update={"profiles": tuple(row for row in full.profiles if row.name != "wind")})
    assert refusals(windless, asked()) == [("plants.wind_A.technology", "wind in A has no profile 'wind'")]


def test_a_value_in_a_year_that_its_slice_does_not_belong_to_is_refused() -> None:
    plain = scenario({"a": 8760.0, "b": 8760.0}, years=YEARS).model_dump()
    for item, year in zip(plain["horizon"]["time"]["slices"], YEARS, strict=True):
        item["year"] = year
    by_year = Scenario.model_validate(plain)
    rows = [{"zone": "A", "name": "load", "year": y, "slice": s, "value": 1} for y, s in zip(YEARS, "ab", strict=True)]
    tables = {"years": (), "technologies": [COAL], "plants": [plant("coal", 300)]}
    assert case(system({}, profiles=rows, **tables), by_year).load_mw.tolist() == [[[1, 0], [0, 1]]]
    stray = [*rows, rows[0] | {"year": 2032}]
    assert refusals(system({}, profiles=stray, **tables), by_year) == [
        ("profiles.A/load/2032/a.year", "slice 'a' belongs to 2030, so a value for 2032 has no effect")
    ]


def test_profiles_beside_typical_days_are_refused() -> None:
    days = asked().model_dump()
    days["horizon"]["time"] = {"method": "typical_days", "days": 2}
    with pytest.raises(InputError, match="the table `profiles` has an effect where slices are named only"):
        effective_system(whole(), Scenario.model_validate(days | {"horizon": days["horizon"]}))


def test_a_least_size_has_a_limit() -> None:
    """A choice between nothing and at least 40 MW needs the most there could be: of the zone, by year, or shared."""
    chosen = {"zone": "A", "technology": "wind", "investors": ["owner"]}
    tables: dict[str, Any] = {
        "technologies": [WIND | {"minimum_build_mw": 40}, COAL, technology("hydro", kind="reservoir", group="hydro")],
        "technology_costs": [{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 1000}],
    }
    permits = {"id": "all", "countries": ["C"], "technologies": ["wind"], "mw_per_year": 100}
    path = "candidates.A/wind"
    assert refusals(whole(candidates=[chosen], **tables), asked()) == [
        (path, "wind in A has a least size and no limit")
    ]
    for limited in ({"limit_mw": 90}, {"limit_mw_per_year": 50}):
        assert case(whole(candidates=[chosen | limited], **tables), asked())
    assert case(whole(candidates=[chosen], build_limits=[permits], **tables), asked())
    assert case(whole(candidates=[chosen], **tables), asked(optimiser={"build": False}))


# ------------------------------------------------------------------------------- rivers, weather and law


def test_a_reservoir_without_inflow_lies_below_another() -> None:
    dry = LAKE | {"id": "dry", "name": "Dry"}
    assert refusals(whole(reservoirs=[LAKE, dry]), asked()) == [("reservoirs.dry", "no water comes to reservoir 'dry'")]
    assert case(whole(reservoirs=[LAKE | {"downstream": "dry"}, dry]), asked()).water.inflow_hm3[1].sum() == 0


def horizon(**parts: Any) -> Scenario:
    said = asked().model_dump()
    return Scenario.model_validate(said | {"horizon": said["horizon"] | parts})


def test_a_dry_year_is_known_in_every_country_with_rivers_or_in_none() -> None:
    """Country D has no rivers and needs no row; C has, and a row of D alone would leave its rivers as they are."""
    two = {"countries": [{"id": c, "name": c} for c in "CD"]}
    year = {"dry_percent": 80, "wet_percent": 120, "common_percent": 50}
    assert case(whole(interannual_inflows=[{"country": "C"} | year], **two), horizon(water="dry"))
    ((path, message),) = refusals(whole(interannual_inflows=[{"country": "D"} | year], **two), horizon(water="dry"))
    assert path == "horizon.water" and message.startswith("C has rivers")


def test_a_drawn_year_of_wind_and_sun_is_known_for_all_that_can_be_built() -> None:
    other = {"country": "D", "technology": "wind", "low_percent": 90, "high_percent": 110, "common_percent": 50}
    two = {"countries": [{"id": c, "name": c} for c in "CD"]}
    assert refusals(whole(interannual_yields=[other], **two), horizon(wind_and_sun="sampled")) == [
        ("horizon.wind_and_sun", "`interannual_yields` does not say how years of wind differ in C")
    ]


def test_a_target_has_a_definition_that_speaks_of_its_country_and_a_headline_a_model_year() -> None:
    goal = {"id": "t", "country": "C", "year": 2031, "percent": 10, "definition": "law"}
    rule = {"definition": "law", "technology": "wind"}
    two = {"countries": [{"id": c, "name": c} for c in "CD"]}
    assert case(whole(targets=[goal], definitions=[rule]), asked())
    assert refusals(whole(targets=[goal], definitions=[rule | {"country": "D"}], **two), asked()) == [
        ("targets.t.definition", "the definition 'law' says nothing about C")
    ]
    assert refusals(whole(targets=[goal], definitions=[rule]), asked(headline="t")) == [
        ("headline", "the headline 't' is a target for 2031, which is not a model year")
    ]


STEP = {"market": "m", "step": 1, "year": 2030, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 1}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"zones": ["A", "B"]}, "the rows of fuel market 'm' have different fuels or zones"),
        ({"fuel": "coal"}, "the rows of fuel market 'm' have different fuels or zones"),
        ({"step": 2, "fuel": "coal"}, "the rows of fuel market 'm' have different fuels or zones"),
        ({"border_price": True}, "step 1 of 'm' is a border price in some years only"),
    ],
)
def test_what_rows_of_a_market_say_alike_is_not_taken_from_one_of_them(rows: dict[str, Any], message: str) -> None:
    fuels = [{"id": name, "name": name} for name in ("gas", "coal")]
    ((_, found),) = refusals(whole(fuels=fuels, fuel_supply=[STEP, STEP | {"year": 2032} | rows]), asked())
    assert found == message


def test_the_peak_of_a_distribution_network_is_interpolated() -> None:
    """100 MW in 2030 and 200 in 2040: 120 in 2032."""
    peaks = [{"zone": "A", "year": y, "peak_mw": mw} for y, mw in ((2030, 100), (2040, 200))]
    made = case(whole(distribution_networks=[{"zone": "A"}], peak_demand=peaks), asked())
    assert made.distribution_networks[0].peak_mw.tolist() == [100, 120]


# ---------------------------------------------------------------------------------------------- vehicles


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"vehicle_use": [], "charging_places": [], "vehicle_zones": []},
         r"how far plug-in vehicles \(car\) of C drive is not known"),
        ({"motor_fuel_prices": []}, "what petrol costs in C is not known"),
        ({"temperatures": [{"zone": "A", "month": m, "celsius": 5} for m in range(1, 12)]},
         "the temperature of A lacks month 12"),
        ({"vehicle_sales": []}, "sales of C/car/ev are not known in any year"),
        ({"vehicle_adoption": [cars.adoption(method="supply")]}, "C/car/ev follow supply, but nobody supplies them"),
        ({"vehicle_adoption": [cars.adoption(method="bass", fit_from=2015)]}, "from 2015 on, but sales are known"),
        ({"vehicle_stocks": [{"country": "C", "vehicle": "car", "powertrain": "ev", "year": 2026, "vehicles": 5}]},
         "the stock is known from the end of 2026 on, but the first model year is 2026"),
    ],
)  # fmt: skip
def test_what_vehicles_need_is_not_zero_where_it_is_missing(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        cars.run(cars.toy(**tables), cars.scenario())


def test_temperatures_are_known_where_vehicles_are_or_nowhere() -> None:
    zones = [{"id": z, "country": "C", "name": z, "weather": "KAZ_S"} for z in "AB"]
    months = [{"zone": "B", "month": m, "celsius": 5} for m in range(1, 13)]
    demand = [{"zone": z, "year": 2025, "energy_gwh": 1000} for z in "AB"]
    with pytest.raises(InputError, match="the temperatures of A, where vehicles are, are not known"):
        cars.run(cars.toy(zones=zones, demand=demand, temperatures=months), cars.scenario())


def test_a_stated_stock_starts_from_the_one_that_is_known() -> None:
    """500 at the end of 2025, 1,500 stated for 2030: 700 a year later, whatever year sales were last published in."""
    known = {"country": "C", "vehicle": "car", "powertrain": "ev", "year": 2025, "vehicles": 500}
    adoption = cars.adoption(fit_from=2018, history_to=2020)
    tables = {"vehicle_stocks": [known], "vehicle_sales": [], "vehicle_adoption": [adoption]}
    fleet = cars.run(cars.toy(**tables), cars.scenario(vehicles={"car": {2030: 1500}})).fleet
    ends = dict(zip(fleet.calendar, fleet.end[0, 0, 0].tolist(), strict=True))
    assert ends[2025] == pytest.approx(500) and ends[2026] == pytest.approx(700) and ends[2030] == pytest.approx(1500)


def test_stocks_counted_before_the_tables_begin_are_not_compared_with_nothing() -> None:
    """500 cars are known at the end of 2025; a count of 2024 has no model beside it, one of mid-2026 has."""
    stock = {"country": "C", "vehicle": "car", "powertrain": "ev", "year": 2025, "vehicles": 500}
    count = {"country": "C", "item": "ev_stock_car", "value": 400, "unit": "vehicles"}
    counts = [count | {"year": 2024, "state_of": "2024-07"}, count | {"year": 2026, "state_of": "2026-07"}]
    tables = {"vehicle_stocks": [stock], "vehicle_sales": [], "vehicle_adoption": [cars.adoption(method="path")]}
    said = cars.scenario(vehicles={"car": {2026: 700, 2030: 700}})
    vehicles = cars.run(cars.toy(**tables, statistics=counts), said)
    assert [row.year for row in vehicles.counted] == [2026] and vehicles.modelled.tolist() == pytest.approx([600])


def test_a_count_of_a_class_that_is_not_there_is_refused() -> None:
    count = {
        "country": "C",
        "item": "ev_stock_lorry",
        "year": 2026,
        "state_of": "2026-07",
        "value": 1,
        "unit": "vehicles",
    }
    with pytest.raises(InputError, match="counts 'lorry', which is no class of vehicles"):
        cars.run(cars.toy(statistics=[count]), cars.scenario())
