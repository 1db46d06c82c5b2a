"""Every bound binds somewhere: toys in which one limit, loss or year decides, the optimum derived in the docstring."""

from __future__ import annotations

from typing import Any

import pytest
import test_slices as slices
import toy
from lever_toys import COAL, GAS, cost
from test_nev_charging import with_smart
from toy import plant, scenario, solve, system, technology

from simulator.errors import InfeasibleError
from simulator.solve.plan import plan

TWO_YEARS = (2025, 2030)
WIND = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
BATTERY = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 100,
           "life_years": 10, "hours_max": 8}  # fmt: skip


def blowing(name: str = "wind", **slices: float) -> list[dict[str, Any]]:
    """What wind gives by slice."""
    return [{"zone": "A", "name": name, "year": 2030, "slice": s, "value": x} for s, x in slices.items()]


def one_day(*slices: str, hours: float = 1.0, times: float = 1.0, **parts: Any):
    """Slices of so many hours that make a day, which stands for ``times`` days."""
    given = dict.fromkeys(slices, hours * times)
    return scenario(given, days=dict.fromkeys(slices, "d"), block_hours=hours, **parts)


def group(results, name: str, variable: str = "generation_mw"):
    """(Y, S) of the units of a group."""
    return results[variable].sel(unit=results["unit_group"] == name).sum("unit").values


# ------------------------------------------------------------------------------------------------ dispatch


def test_ramps_hold_back_on_the_way_down():
    """Coal (10) falls by 20 MW in an hour, to 50: it gave no more than 70 of the 100 before, gas (50) the other 30."""
    coal = COAL | {"commitment": True, "ramp_percent_per_hour": 20}
    world = system({"first": 100, "second": 50}, technologies=[coal, GAS],
                   plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    assert cost(solve(world, one_day("first", "second"))) == pytest.approx(70 * 10 + 30 * 50 + 50 * 10)


def test_a_long_block_lets_output_change_by_more():
    """20 MW an hour are 40 from a block of two hours to the next: 50, then 90 of 100 from coal."""
    coal = COAL | {"commitment": True, "ramp_percent_per_hour": 20}
    world = system({"first": 50, "second": 100}, technologies=[coal, GAS],
                   plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    assert cost(solve(world, one_day("first", "second", hours=2))) == pytest.approx(2 * (140 * 10 + 10 * 50))


def test_base_load_is_the_same_in_every_slice():
    """A reactor at 10 gives 50 MW by night, when no more is asked for, and so 50 by day; gas (50) the other 50."""
    reactor = technology("reactor", group="nuclear", flat=True, variable_om_usd_per_mwh=10)
    world = system({"night": 50, "day": 100}, technologies=[reactor, GAS],
                   plants=[plant("reactor", 100), plant("gas", 100)])  # fmt: skip
    assert cost(solve(world, scenario({"night": 1, "day": 1}))) == pytest.approx(100 * 10 + 50 * 50)


def test_what_does_not_count_is_curtailed_first():
    """60 MW of wind and 60 that do not count for a load of 100, 60 % of which shall be wind: 20 of the other go."""
    old = WIND | {"id": "old", "name": "old"}
    world = system(
        {"s": 100}, technologies=[old, WIND], plants=[plant("old", 60), plant("wind", 60)],
        profiles=[*blowing(s=1), *blowing("old", s=1)], definitions=[{"definition": "law", "technology": "wind"}],
        targets=[{"id": "t", "country": "C", "year": 2030, "percent": 60, "definition": "law", "mode": "hard"}],
    )  # fmt: skip
    results = solve(world, scenario({"s": 1}))
    curtailed = results["curtailment_mw"].squeeze()
    assert [float(curtailed.sel(unit=results["unit_technology"] == name).sum()) for name in ("old", "wind")] == (
        pytest.approx([20, 0])
    )


# ------------------------------------------------------------------------------------------------- water


def lake(**columns: Any) -> dict[str, Any]:
    return {"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1000, "active_hm3": 5} | columns


HYDRO = technology("hydro", kind="reservoir", group="hydro")
JANUARY = [{"reservoir": "lake", "month": m, "inflow_hm3": float(m == 1)} for m in range(1, 13)]


def test_a_lake_holds_no_more_than_it_can():
    """1 hm3 (1000 MWh) comes in January; a lake of 0.3 keeps 300 MWh for the second half of the year, which asks for
    1000 at 50 USD."""
    world = system(
        {"a": 0, "b": 100}, technologies=[GAS, HYDRO], reservoirs=[lake(active_hm3=0.3)], inflows=JANUARY,
        plants=[plant("gas", 100), plant("hydro", 100, reservoir="lake")],
    )  # fmt: skip
    results = solve(world, scenario({"a": 10, "b": 10}))
    assert cost(results) == pytest.approx(700 * 50)
    assert results["reservoir_level_hm3"].values.ravel() == pytest.approx([0, 0.3], abs=1e-9)


def test_water_arrives_after_it_has_left():
    """What leaves in the first third of the year arrives in the second, after a third of a year on its way."""
    foot = lake(id="foot", active_hm3=0)
    world = system(
        dict.fromkeys("abc", 100), technologies=[GAS, HYDRO], inflows=JANUARY,
        reservoirs=[lake(active_hm3=0, downstream="foot", travel_hours=2920), foot],
        plants=[plant("gas", 100), plant("hydro", 100, reservoir="lake"),
                plant("hydro", 100, id="low", reservoir="foot")],
    )  # fmt: skip
    results = solve(world, scenario(dict.fromkeys("abc", 2920)))
    arrived = results["reservoir_arrival_hm3"].sel(reservoir="foot").values.ravel()
    assert arrived == pytest.approx([0, 1, 0], abs=1e-9)


def test_four_months_let_out_no_more_than_they_bring_and_the_lake_held():
    """January to April bring 120 · 1200 = 144,000 hm3, and a lake of 50,000 as much more: 190,000 can leave, 200,000
    cannot, whatever the rest of the year could lend."""

    def of(minimum):
        asked = [slices.window(minimum, months=[1, 2, 3, 4]), slices.window(1000, months=[5, 6, 7, 8], name="v")]
        tables = slices.lake(50_000, releases=asked)
        return solve(slices.yearly({"a": 100, "b": 100}, **tables), slices.by_year(slices.one_day()))

    assert slices.musd(of(190_000)) == pytest.approx(131.4)
    with pytest.raises(InfeasibleError):
        of(200_000)


# ------------------------------------------------------------------------------------------------- storage


def test_a_battery_charges_no_faster_than_its_power():
    """Half is lost on the way, so 20 MW drawn give 10 back: of the night's 15 MW gas gives 5."""
    world = system(
        {"day": 0, "night": 15}, technologies=[GAS, WIND, BATTERY | {"efficiency_percent": 50}],
        plants=[plant("gas", 100), plant("wind", 100), plant("battery", 20, energy_mwh=100)],
        profiles=blowing(day=1, night=0),
    )  # fmt: skip
    assert cost(solve(world, one_day("day", "night"))) == pytest.approx(5 * 50)


def test_contents_leak_by_the_hour():
    """10 MW for two hours are 20 MWh, of which 0.9² are left after the two hours of the night: 8.1 of 10 MW."""
    world = system(
        {"day": 0, "night": 10}, technologies=[GAS, WIND, BATTERY | {"self_discharge_percent_per_hour": 10}],
        plants=[plant("gas", 100), plant("wind", 10), plant("battery", 100, energy_mwh=100)],
        profiles=blowing(day=1, night=0),
    )  # fmt: skip
    assert cost(solve(world, one_day("day", "night", hours=2))) == pytest.approx(2 * 1.9 * 50)


def a_new_battery(**columns: Any) -> dict[str, Any]:
    """A candidate at 20 USD per kW and 1 per kWh a year; wind by day, load by night."""
    return {
        "technologies": [GAS, WIND, BATTERY | columns],
        "technology_costs": [
            {"technology": "battery", "year": 2030, "overnight_usd_per_kw": 200, "overnight_usd_per_kwh": 10}
        ],
        "candidates": [{"zone": "A", "technology": "battery", "investors": ["owner"]}],
    }


@pytest.mark.parametrize(("limits", "hours", "mw", "mwh"), [
    ({"hours_min": 4}, 1, 10, 40),  # one hour would do
    ({"hours_min": 1, "hours_max": 2}, 6, 30, 60),  # six hours are needed
])  # fmt: skip
def test_a_battery_has_its_hours(limits, hours, mw, mwh):
    """10 MW every night, from wind by day, or shed at 1000 USD: in nights of an hour 10 MW with the least energy; in
    nights of six hours the power that holds 60 MWh."""
    world = system(
        {"day": 0, "night": 10}, plants=[plant("wind", 100)], profiles=blowing(day=1, night=0),
        **a_new_battery(**limits),
    )  # fmt: skip
    results = solve(world, one_day("day", "night", hours=hours, times=365))
    assert float(results["build_mw"].sum()) == pytest.approx(mw)
    assert float(results["build_mwh"].sum()) == pytest.approx(mwh)


def test_the_energy_of_a_later_battery_is_not_there_yet():
    """A battery of 30 MW and 10 MWh, to which 50 MWh may be added from 2030 on: of 60 MWh a night gas gives 50 before,
    and nothing afterwards. They cost 25 MW · 20 + 50 MWh · 1 = 0.55 MUSD, gas 50 · 365 · 50 = 0.9125."""
    tables = a_new_battery(hours_max=2)
    tables["candidates"] = [tables["candidates"][0] | {"earliest": 2030}]
    wind = [row | {"year": year} for year in TWO_YEARS for row in blowing(day=1, night=0)]
    world = system(
        {"day": 0, "night": 10}, years=TWO_YEARS, profiles=wind,
        plants=[plant("gas", 10), plant("wind", 100), plant("battery", 30, energy_mwh=10)], **tables,
    )  # fmt: skip
    results = solve(world, one_day("day", "night", hours=6, times=365, years=TWO_YEARS))
    assert results["energy_capacity_mwh"].sum("asset").values == pytest.approx([10, 60])
    assert group(results, "gas")[:, 1] * 6 == pytest.approx([50, 0], abs=1e-6)


# ----------------------------------------------------------------------------------------------- investment


def kept(hours: float, last_years: int = 1):
    """80 MW of load in 2025 and 100 in 2030; 80 MW of coal (10), and 100 of gas (50) at 20 USD/kW a year."""
    gas = GAS | {"fixed_om_usd_per_kw_year": 20, "retirable": True}
    rows = [{"zone": "A", "name": "load", "year": y, "slice": "s", "value": mw} for y, mw in ((2025, 80), (2030, 100))]
    world = system({}, profiles=rows, technologies=[COAL, gas], plants=[plant("coal", 80), plant("gas", 100)])
    asked = scenario({"s": hours}, years=TWO_YEARS)
    horizon = asked.horizon.model_copy(update={"last_year_stands_for": last_years})
    return solve(world, asked.model_copy(update={"horizon": horizon}))["capacity_mw"].sel(asset="gas_A").values


def test_what_is_closed_stays_closed():
    """20 MW of gas save 20 GWh shed at 1000 USD in 2030, 19 MUSD: they are kept idle from 2025 on, for 0.4 a year."""
    assert kept(1000) == pytest.approx([20, 20])


def test_what_stands_for_more_years_weighs_more():
    """In 35 hours 20 MW save 20 · 35 · 950 = 0.665 MUSD a year where 2030 counts; to keep them costs 0.4 in all years.

    Of the years between, half are as 2030: 3 of 6 years in all, 1.995 MUSD saved for 2.4. If 2030 is followed by four
    more years, they are 7 of 10: 4.655 saved for 4.
    """
    assert kept(35) == pytest.approx([0, 0], abs=1e-6)
    assert kept(35, last_years=5) == pytest.approx([20, 20])


def a_new_plant(load: float, **columns: Any):
    """MW built of coal at 50 USD/kW a year, to serve a load for 1000 hours that is shed at 1000 USD otherwise."""
    world = system(
        {"s": load}, technologies=[COAL | {"life_years": 20} | columns],
        technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"], "limit_mw": 1000}],
    )  # fmt: skip
    return float(solve(world, scenario({"s": 1000}))["build_mw"].sum())


def test_large_plants_come_whole_or_not_at_all():
    """Units of 40 MW: two for a load of 50."""
    assert a_new_plant(50, unit_size_mw=40) == pytest.approx(80)


def test_a_plant_has_its_least_size_or_is_not_built():
    """10 MW are asked for, 30 are the least: 1.5 MUSD instead of 10 for shedding."""
    assert a_new_plant(10, minimum_build_mw=30) == pytest.approx(30)


def test_help_from_outside_is_firm():
    """120 MW must be firm: 100 of coal count 90, neighbours bring 25, so 5 are missing."""
    country = {"planning_margin_percent": 20, "adequacy_shortfall_usd_per_kw_year": 5, "firm_import_mw": 25}
    world = system({"s": 100}, country=country, technologies=[COAL | {"capacity_credit_percent": 90}],
                   plants=[plant("coal", 100)])  # fmt: skip
    assert float(solve(world, scenario({"s": 1}))["adequacy_shortfall_mw"].squeeze()) == pytest.approx(5)


# ---------------------------------------------------------------------------------------------------- grid


def from_b(**columns: Any):
    """A (gas at 50) asks for 100 MW; coal at 10 is in B, at the end of a line that is weaker on the way back."""
    row = {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 200, "backward_mw": 50}
    return system(
        {"s": [100, 0]}, zones=("A", "B"), technologies=[COAL, GAS],
        plants=[plant("coal", 500, zone="B"), plant("gas", 100)], links=[row | columns],
    )  # fmt: skip


def test_a_line_is_as_strong_and_loses_as_much_on_the_way_back_as_its_row_says():
    """50 MW are sent for 2 USD, of which 45 arrive."""
    results = solve(from_b(loss_percent=10, hurdle_usd_per_mwh=2), scenario({"s": 1}))
    assert cost(results) == pytest.approx(50 * 10 + 50 * 2 + 55 * 50)


def test_a_line_that_may_grow_is_limited_both_ways():
    """It may grow, at a price that nobody pays: 50 MW come."""
    results = solve(from_b(expandable_from=2030, overnight_usd_per_kw=1e6), scenario({"s": 1}))
    assert cost(results) == pytest.approx(50 * 10 + 50 * 50)


def test_a_line_carries_nothing_before_it_is_built():
    """From 2030 on, 100 MW at 2 USD/kW a year bring coal instead of gas for 1000 hours."""
    row = {"id": "l", "from_zone": "A", "to_zone": "B", "overnight_usd_per_kw": 100, "life_years": 50,
           "expandable_from": 2030}  # fmt: skip
    world = system(
        {"s": [0, 100]}, zones=("A", "B"), years=TWO_YEARS, technologies=[COAL, GAS],
        plants=[plant("coal", 500), plant("gas", 100, zone="B")], links=[row],
    )  # fmt: skip
    results = solve(world, scenario({"s": 1000}, years=TWO_YEARS))
    assert results["forward_mw"].values.ravel() == pytest.approx([0, 100])
    assert results["cost_musd"].sel(cost_component="lines").values == pytest.approx([0, 0.2])


def test_flow_against_a_line_counts_against_its_loop():
    """Three lines alike, one of them read from C to B: of 90 MW from A to C 60 come direct, 30 over B, against it."""
    known = {"forward_mw": 200, "backward_mw": 200, "reactance_ohm": 30, "voltage_kv": 500}
    links = [{"id": a + b, "from_zone": a, "to_zone": b} | known for a, b in ("AB", "CB", "AC")]
    world = system({"s": [0, 0, 90]}, zones=("A", "B", "C"), technologies=[COAL], plants=[plant("coal", 500)],
                   links=links)  # fmt: skip
    results = solve(world, scenario({"s": 1}, grid={"power_flow": "linear"}))
    assert results["flow_mw"].values.ravel() == pytest.approx([30, -30, 60])


def test_a_flat_contract_comes_by_night_too():
    """Power at 30 instead of gas at 50, the same by day (100 MW) and by night (10): above 10 MW it is wasted by night,
    at 30 USD, for 20 saved by day. So 10 MW come."""
    offer = {"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 40}
    world = system(
        {"day": 100, "night": 10}, technologies=[GAS], plants=[plant("gas", 200)],
        markets=[{"id": "M", "name": "M"}], market_steps=[offer | {"profile": "flat"}],
    )  # fmt: skip
    assert cost(solve(world, scenario({"day": 1, "night": 1}))) == pytest.approx(20 * 30 + 90 * 50)


def test_a_distribution_network_grows_with_its_peak_and_stays():
    """It delivers 80 %: peaks of 80 and 120 MW ask for 100 and 150, of which 60 are there; all cost 10 USD/kW."""
    local = {"zone": "A", "existing_mw": 60, "loss_percent": 20, "annual_usd_per_kw": 10}
    world = system(
        {"s": 40}, years=TWO_YEARS, technologies=[COAL], plants=[plant("coal", 100)], distribution_networks=[local],
        peak_demand=[{"zone": "A", "year": y, "peak_mw": mw} for y, mw in ((2025, 80), (2030, 120))],
    )  # fmt: skip
    results = solve(world, scenario({"s": 1000}, years=TWO_YEARS))
    assert results["distribution_network_mw"].values.ravel() == pytest.approx([100, 150])
    assert results["cost_musd"].sel(cost_component="distribution networks").values == pytest.approx([1, 1.5])
    assert float(abs(results["energy_mw"].sum("entry")).max()) < 1e-6


# ------------------------------------------------------------------------------------------------- targets


def goal(percent: float, counted: str = "wind", **columns: Any) -> dict[str, Any]:
    row = {"id": "t", "country": "C", "year": 2030, "percent": percent, "definition": "law", "mode": "hard"}
    return {"targets": [row | columns], "definitions": [{"definition": "law", "technology": counted}]}


def test_what_is_thrown_away_brings_no_target_nearer():
    """A host forces 60 MW that count, of which A takes 50 and 10 are thrown away; B takes 50 MW of gas: 50 %.

    Counted in full they would be 60 of 110, or 54.5 %.
    """
    host = technology("host", group="bioenergy", host_load_percent=60)
    world = {"technologies": [GAS, host], "plants": [plant("host", 100), plant("gas", 100, zone="B")]}
    solve(system({"s": 50}, zones=("A", "B"), **world, **goal(50, "host")), scenario({"s": 8760}))
    with pytest.raises(InfeasibleError, match="52 % in 2030 is out of reach"):
        solve(system({"s": 50}, zones=("A", "B"), **world, **goal(52, "host")), scenario({"s": 8760}))


@pytest.mark.parametrize("imports", ["held", "free"])
def test_no_share_is_reached_by_shedding_load(imports):
    """40 of 100 MW are wind. With 20 MW in the dark they would be half of what is left."""
    world = system(
        {"s": 100}, technologies=[GAS, WIND], plants=[plant("gas", 100), plant("wind", 40)], profiles=blowing(s=1),
        **goal(50, imports=imports),
    )  # fmt: skip
    with pytest.raises(InfeasibleError, match=r"out of reach by 0\.09 TWh"):
        solve(world, scenario({"s": 8760}))


def test_a_target_is_paid_for_in_its_own_year():
    """30 GWh of 2030 are missing, at 30 USD: 0.9 MUSD in 2030, and nothing in 2025."""
    world = system(
        {"s": 100}, years=TWO_YEARS, technologies=[COAL, WIND], plants=[plant("coal", 100)],
        **goal(30, mode="soft", shortfall_usd_per_mwh=30),
    )  # fmt: skip
    results = solve(world, scenario({"s": 1000}, years=TWO_YEARS))
    assert results["cost_musd"].sel(cost_component="missed targets").values == pytest.approx([0, 0.9])


# ----------------------------------------------------------------------------------------- reserve, vehicles


def test_a_battery_that_feeds_holds_no_reserve():
    """By night 100 MW ask for 50 MW of reserve. A battery of 50 MW feeds all of it, which saves gas at 50, and holds
    none: 50 MW are missing at 10 USD."""
    country = {"reserve_percent_of_load": 50, "reserve_shortfall_usd_per_mwh": 10}
    world = system(
        {"day": 0, "night": 100}, country=country, technologies=[GAS, WIND, BATTERY | {"spinning": True}],
        plants=[plant("gas", 100), plant("wind", 100), plant("battery", 50, energy_mwh=50)],
        profiles=blowing(day=1, night=0),
    )  # fmt: skip
    assert cost(solve(world, one_day("day", "night"))) == pytest.approx(50 * 50 + 50 * 10)


def test_wind_asks_for_reserve():
    """40 MW of wind ask for 20 MW of reserve, which nobody holds, at 10 USD; gas gives the other 60 MW."""
    country = {"reserve_percent_of_wind_and_solar": 50, "reserve_shortfall_usd_per_mwh": 10}
    world = system({"s": 100}, country=country, technologies=[GAS, WIND], profiles=blowing(s=1),
                   plants=[plant("gas", 100), plant("wind", 40)])  # fmt: skip
    assert cost(solve(world, scenario({"s": 1}))) == pytest.approx(60 * 50 + 20 * 10)


def test_vehicles_charge_what_they_owe_over_the_hours_of_a_slice():
    """60 MWh may be owed, 10 MW over the six hours of the night: of 20 MW that come in the evening beside 100, gas
    gives 10."""
    time = one_day("evening", "night", hours=6)
    world = system({"evening": 100, "night": 60}, technologies=[COAL, GAS],
                   plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    results = plan(with_smart(toy.case(world, time), [20, 0], deferrable=60), time)
    assert cost(results) == pytest.approx(6 * (170 * 10 + 10 * 50))
