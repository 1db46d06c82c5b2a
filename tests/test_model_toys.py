"""Systems small enough to be solved on paper: one feature each, the optimum derived in the docstring."""

from __future__ import annotations

import numpy as np
import pytest
from toy import case as toy_case
from toy import envelope, plant, scenario, solve, system, technology

from simulator.audit import check
from simulator.errors import NumericalError
from simulator.solve.plan import plan

COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
GAS = technology("gas", variable_om_usd_per_mwh=50)


def cost(results, year=0):
    """Undiscounted cost of a model year in USD."""
    return float(results["cost_musd"].isel(year=year).sum()) * 1e6


def total(results, variable, **where):
    """Energy of a power variable over the year in MWh."""
    return float((results[variable].sel(**where) * results["hours"]).sum())


def test_cheap_plants_run_first():
    """80 MW of coal at 10 and 100 MW of gas at 50 USD/MWh meet 100 MW for 1000 h.

    Coal runs full (80 GWh), gas gives 20 GWh: 80,000·10 + 20,000·50 = 1.8 MUSD; the price is gas, 50.
    """
    results = solve(
        system({"s": 100}, technologies=[COAL, GAS], plants=[plant("coal", 80), plant("gas", 100)]),
        scenario({"s": 1000}),
    )
    assert cost(results) == pytest.approx(1.8e6)
    assert float(results["price_usd_per_mwh"].squeeze()) == pytest.approx(50)


def test_load_is_shed_at_its_value_when_nothing_else_helps():
    """70 MW meet 100 MW: 30 MW are shed for 10 h at 1000 USD/MWh: 70·10·10 + 30·10·1000 = 307,000 USD."""
    results = solve(system({"s": 100}, technologies=[COAL], plants=[plant("coal", 70)]), scenario({"s": 10}))
    assert cost(results) == pytest.approx(307_000)
    assert float(results["unserved_mw"].sum()) == pytest.approx(30)


def test_new_capacity_pays_its_annuity():
    """A plant at 1000 USD/kW lives 20 years at no interest: 50 USD/kW and year, plus 10 USD/MWh.

    Against shedding at 1000 USD/MWh for 1000 h it is built for the whole load: 100 MW · 50 + 100 GWh · 10 = 6 MUSD.
    """
    results = solve(
        system(
            {"s": 100},
            technologies=[COAL | {"life_years": 20}],
            technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
            candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"]}],
        ),
        scenario({"s": 1000}),
    )
    assert float(results["build_mw"].sum()) == pytest.approx(100)
    assert cost(results) == pytest.approx(6e6)
    assert float(results["investment_musd"].sum()) == pytest.approx(100)


@pytest.mark.parametrize(("least", "limit", "built"), [(20, 80, 30), (40, 80, 40), (60, 80, 0), (40, 35, 0)])
def test_new_capacity_has_its_least_size_or_is_not_built(least, limit, built):
    """Oil at 100 USD/MWh, or coal at 60 USD/kW and year that runs for nothing, for 30 MW over 1000 h.

    Oil costs 3 MUSD, 30 MW of coal 1.8: built. A least size of 40 MW costs 2.4: built, with 10 MW to spare. One of 60
    MW costs 3.6, more than oil. Where the zone has room for 35 MW, 40 cannot be built: the limit closes the choice.
    """
    results = solve(
        system(
            {"s": 30},
            technologies=[
                technology("coal", group="coal", life_years=20, minimum_build_mw=least),
                technology("oil", group="oil", variable_om_usd_per_mwh=100),
            ],
            plants=[plant("oil", 30)],
            technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1200}],
            candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"], "limit_mw": limit}],
        ),
        scenario({"s": 1000}),
    )
    assert float(results["build_mw"].sum()) == pytest.approx(built)


def test_the_dearer_investor_waits_for_the_cheap_one_to_run_out_of_money():
    """Two investors with the same technology; the cheap one (0 %) can place 40 MUSD = 40 MW, the dear one the rest.

    One more dollar of the cheap one saves the difference of the annuities: (0.1 − 0.05) USD per USD and year.
    """
    life = {"life_years": 20}
    dear = {"id": "dear", "name": "Dear", "real_wacc_percent": 7.754692}  # its annuity over 20 years is 10 %
    results = solve(
        system(
            {"s": 100},
            technologies=[COAL | life],
            investors=[{"id": "owner", "name": "Owner", "real_wacc_percent": 0}, dear],
            technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
            candidates=[{"zone": "A", "technology": "coal", "investors": ["owner", "dear"]}],
            **envelope("owner", 40),
        ),
        scenario({"s": 1000}),
    )
    built = results["build_mw"].groupby("asset_investor").sum().sum("year")
    assert float(built.sel(asset_investor="owner")) == pytest.approx(40)
    assert float(built.sel(asset_investor="dear")) == pytest.approx(60)
    assert float(results["budget_dual"].sel(envelope="owner").squeeze()) == pytest.approx(0.05, abs=1e-5)


def test_an_old_plant_closes_when_its_fixed_cost_is_not_earned():
    """100 MW of gas cost 20 USD/kW to keep; coal covers the load but for 10 MW in one hour at 1000 USD/MWh.

    Keeping 10 MW costs 200,000 and saves 10 MWh · (1000 − 50) = 9,500 USD: everything closes.
    """
    gas = GAS | {"fixed_om_usd_per_kw_year": 20, "retirable": True}
    toy = system({"peak": 90, "rest": 80}, technologies=[COAL, gas], plants=[plant("coal", 80), plant("gas", 100)])
    closed = solve(toy, scenario({"peak": 1, "rest": 8759}))
    kept = solve(toy, scenario({"peak": 1, "rest": 8759}, optimiser={"retire": False}))
    assert float(closed["retired_mw"].sum()) == pytest.approx(100)
    assert cost(kept) - cost(closed) == pytest.approx(100 * 20_000 - 9_500)


def test_storage_moves_energy_within_its_day():
    """Wind gives 100 MW in the morning and nothing at night; load is 40 MW; a battery (round trip 81 %) moves it.

    To feed 40 MWh at night it stores 40/0.9 and draws 40/0.81 = 49.38 MWh; gas is not needed, nothing is spent.
    """
    battery = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 81}
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
    results = solve(
        system(
            {"day": 40, "night": 40},
            technologies=[GAS, battery, wind],
            plants=[plant("gas", 100), plant("battery", 60, energy_mwh=100), plant("wind", 100)],
            profiles=[
                {"zone": "A", "name": "wind", "year": 2030, "slice": "day", "value": 1},
                {"zone": "A", "name": "wind", "year": 2030, "slice": "night", "value": 0},
            ],
        ),
        scenario({"day": 365, "night": 365}, days={"day": "d", "night": "d"}),
    )
    assert cost(results) == pytest.approx(0, abs=1e-3)
    assert float(results["storage_charge_mw"].max()) == pytest.approx(40 / 0.81)
    assert float(results["curtailment_mw"].max()) == pytest.approx(60 - 40 / 0.81)


def test_a_line_loses_energy_and_binds():
    """Cheap coal in A (10) feeds B over 50 MW with 10 % loss: 45 MW arrive, gas in B (50) gives the other 55."""
    toy = system(
        {"s": [0, 100]},
        zones=("A", "B"),
        technologies=[COAL, GAS],
        plants=[plant("coal", 500), plant("gas", 100, zone="B")],
        links=[{"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 50, "loss_percent": 10}],
    )
    results = solve(toy, scenario({"s": 1}))
    assert cost(results) == pytest.approx(50 * 10 + 55 * 50)
    assert results["price_usd_per_mwh"].values.ravel() == pytest.approx([10, 50])


HALF = {"taxes": [{"country": "C", "profit_tax_percent": 50, "method": "straight", "depreciation_percent": 50}]}
"""Half of profits; capital is deducted within two years."""


def test_new_capacity_pays_the_tax_on_its_profit():
    """Four years at no interest: 1000 USD/kW are 250 a year, of which nothing is profit over the life: the tax takes
    back in the last two years what it spared in the first.

    With prices rising by a quarter, half the capital is deducted at 0.8 and 0.64 of its worth: 0.72 of it. The owners
    keep half of the payments and half of the deductions: (1 − 0.5 · 0.72)/(0.5 · 4) = 0.32, 320 USD/kW a year.
    """

    def built(**tables):
        world = system(
            {"s": 100}, technologies=[COAL | {"life_years": 4}],
            technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
            candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"]}], **HALF, **tables,
        )  # fmt: skip
        return cost(solve(world, scenario({"s": 1000}))) - 100 * 1000 * 10

    assert built() == pytest.approx(100 * 250e3)
    money = {"id": "X", "name": "X", "base_rate_percent": 0, "inflation_percent": 25, "per_usd": 1}
    assert built(currencies=[money], country={"currency": "X"}) == pytest.approx(100 * 320e3)


def test_plants_pay_tax_where_they_have_an_owner():
    """At a quarter of interest, 1000 USD/kW over two years cost 1000/(0.8 + 0.64) = 694.44 a year without tax.

    With it: (1 − 0.5 · 0.5 · 1.44)/(0.5 · 1.44) = 0.888889: 888.89. Who has no owner pays the social rate and no tax.
    """

    def paid(**columns):
        row = plant("coal", 100, commissioned="2030", overnight_usd_per_kw=1000, **columns)
        world = system({"s": 100}, technologies=[COAL | {"life_years": 2}], plants=[row], **HALF,
                       investors=[{"id": "owner", "name": "Owner", "real_wacc_percent": 25}])  # fmt: skip
        finance = {"discount_rate_percent": 25, "base_year": 2030}
        return float(solve(world, scenario({"s": 1000}, finance=finance))["annuity_musd"].sum())

    assert paid(investor="owner") == pytest.approx(100 * 0.888889, rel=1e-6)
    assert paid() == pytest.approx(100 * 0.694444, rel=1e-6)


def test_a_line_with_an_owner_pays_tax():
    """As the plant above: a kW of line for 100 USD, two years at a quarter, costs 88.89 a year; 69.44 without owner."""

    def lines(**columns):
        row = {"id": "l", "from_zone": "A", "to_zone": "B", "overnight_usd_per_kw": 100, "life_years": 2,
               "forward_mw": 100, "existing_is_paid": False} | columns  # fmt: skip
        world = system(
            {"s": [0, 100]}, zones=("A", "B"), technologies=[COAL], plants=[plant("coal", 100)], links=[row], **HALF,
            investors=[{"id": "owner", "name": "Owner", "real_wacc_percent": 25}],
        )  # fmt: skip
        results = solve(world, scenario({"s": 1}, finance={"discount_rate_percent": 25, "base_year": 2030}))
        return float(results["cost_musd"].sel(cost_component="lines").sum())

    assert lines(investor="owner") == pytest.approx(100 * 0.0888889, rel=1e-6)
    assert lines() == pytest.approx(100 * 0.0694444, rel=1e-6)


def test_a_line_is_expanded_while_it_pays():
    """A kW of line costs 100 USD over 50 years without interest, 2 a year; it saves 1000 h of 40 USD/MWh: 100 MW."""
    toy = system(
        {"s": [0, 100]},
        zones=("A", "B"),
        technologies=[COAL, GAS],
        plants=[plant("coal", 500), plant("gas", 100, zone="B")],
        links=[
            {
                "id": "l",
                "from_zone": "A",
                "to_zone": "B",
                "overnight_usd_per_kw": 100,
                "life_years": 50,
                "expandable_from": 2030,
                "expansion_limit_mw": 80,
            }
        ],
    )
    results = solve(toy, scenario({"s": 1000}))
    assert float(results["link_build_mw"].sum()) == pytest.approx(80)
    assert cost(results) == pytest.approx(80 * 2000 + 80_000 * 10 + 20_000 * 50)


def test_a_line_added_between_model_years_serves_as_plants_do():
    """80 MW come evenly over 2031 and 2032, half a year late on average in 2032: 60 MW of them serve in 2032.

    Those who pay 2 USD/kW for what serves save 1000 h of 40 USD/MWh; with 100 MW of load beside gas, 60 MW are sent.
    """
    line = {"id": "l", "from_zone": "A", "to_zone": "B", "overnight_usd_per_kw": 100, "life_years": 50,
            "expandable_from": 2031, "expansion_limit_mw": 80}  # fmt: skip
    toy = system(
        {"s": [0, 100]}, zones=("A", "B"), years=(2030, 2032), technologies=[COAL, GAS],
        plants=[plant("coal", 500), plant("gas", 100, zone="B")], links=[line],
    )  # fmt: skip
    asked = scenario({"s": 1000}, years=(2030, 2032))
    results = solve(toy, asked.model_copy(update={"horizon": asked.horizon.model_copy(update={"part_year": True})}))
    assert results["link_chosen_mw"].values.ravel() == pytest.approx([0, 80])
    assert results["link_build_mw"].values.ravel() == pytest.approx([0, 60])
    assert results["link_capacity_mw"].values.ravel() == pytest.approx([0, 60])
    assert results["forward_mw"].values.ravel() == pytest.approx([0, 60])
    assert float(results["cost_musd"].sel(cost_component="lines", year=2032)) == pytest.approx(60 * 2 / 1e3)


def reservoir(**columns):
    """A reservoir of 1 MWh per 1000 m3 (1000 MWh per hm3) with a month's inflow in January only."""
    return {"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1000} | columns


HYDRO = {"id": "hydro", "name": "hydro", "kind": "reservoir", "group": "hydro"}


def test_water_waits_for_the_dear_hours():
    """1 hm3 a year (1 GWh) serves 100 MW in slices of 10 h where gas costs 50 (dear) and coal, up to 90 MW, 10.

    Both slices are days of their own; with storage the water is worth 50 everywhere the coal is short. Load exceeds
    coal by 10 MW for 20 h = 200 MWh, which hydro serves; the other 800 MWh replace coal at 10: no gas at all.
    """
    months = [{"reservoir": "lake", "month": m, "inflow_hm3": 1 if m == 1 else 0} for m in range(1, 13)]
    results = solve(
        system(
            {"a": 100, "b": 100},
            technologies=[COAL, GAS, HYDRO],
            reservoirs=[reservoir(active_hm3=5)],
            inflows=months,
            plants=[plant("coal", 90), plant("gas", 50), plant("hydro", 100, reservoir="lake")],
        ),
        scenario({"a": 10, "b": 10}),
    )
    assert total(results, "generation_mw", unit="A|gas") == pytest.approx(0, abs=1e-6)
    assert total(results, "generation_mw", unit="A|hydro|lake") == pytest.approx(1000)
    assert cost(results) == pytest.approx(1000 * 10)


@pytest.mark.parametrize("hours", [(10, 10), (5, 15), (1, 30)])
def test_unequal_weights_make_no_water(hours):
    """Whatever the days stand for, a year turbines and spills exactly its inflow (1 hm3)."""
    months = [{"reservoir": "lake", "month": m, "inflow_hm3": 1 / 12} for m in range(1, 13)]
    results = solve(
        system(
            {"a": 60, "b": 100},
            technologies=[GAS, HYDRO],
            reservoirs=[reservoir(active_hm3=0.3)],
            inflows=months,
            plants=[plant("gas", 100), plant("hydro", 80, reservoir="lake")],
        ),
        scenario({"a": hours[0], "b": hours[1]}),
    )
    used = results["reservoir_turbined_hm3"].sum() + results["reservoir_spill_hm3"].sum()
    assert float(used) == pytest.approx(1)


def test_irrigation_forces_water_out():
    """A window asks 0.6 hm3 in January to June, where the load is met by coal at 10, and gas at 50 must serve later.

    Of 1 hm3 (1 GWh), 0.6 leave in the first half; 0.4 remain for the second: gas gives 1000 − 400 = 600 MWh.
    """
    months = [{"reservoir": "lake", "month": m, "inflow_hm3": 1 / 12} for m in range(1, 13)]
    tables = {
        "technologies": [GAS, HYDRO],
        "reservoirs": [reservoir(active_hm3=5)],
        "inflows": months,
        "plants": [plant("gas", 100), plant("hydro", 100, reservoir="lake")],
        "releases": [
            {
                "reservoir": "lake",
                "name": "fields",
                "months": [1, 2, 3, 4, 5, 6],
                "purpose": "irrigation",
                "minimum_hm3": 0.6,
            }
        ],
    }
    results = solve(system({"a": 0, "b": 100}, **tables), scenario({"a": 365 * 0.4959, "b": 365 * 0.5041}))
    released = results["reservoir_turbined_hm3"] + results["reservoir_spill_hm3"]
    assert float(released.isel(day=0).squeeze()) >= 0.6 - 2e-3


CHP = GAS | {"id": "chp", "heat_per_power": 1.5, "power_to_heat": 0.4, "power_loss_per_heat": 0.2}


def warmth(*shares: float) -> list[dict[str, object]]:
    """How much of the heat they can give turbines give in slices s1, s2 …"""
    return [
        {"zone": "A", "name": "heat", "year": 2030, "slice": f"s{i}", "value": share}
        for i, share in enumerate(shares, start=1)
    ]


def test_heat_forces_an_extraction_turbine_and_limits_it():
    """A CHP (50) of 100 MW and coal (10) of 100 MW; at full heat Q = 150 MW.

    Its least is 0.4·150 = 60 MW though coal is cheaper: at 100 MW of load coal gives 40. Its most is
    100 − 0.2·150 = 70: of 180 MW 10 are unserved (1000). With half the heat the same load of 180 takes 80, below
    100 − 0.2·75 = 85.
    """
    results = solve(
        system({"s1": 100, "s2": 180, "s3": 180}, technologies=[COAL, CHP], profiles=warmth(1, 1, 0.5),
               plants=[plant("coal", 100), plant("chp", 100)]),
        scenario({"s1": 1, "s2": 1, "s3": 1}),
    )  # fmt: skip
    chp = results["generation_mw"].sel(unit="A|chp").squeeze().values
    assert chp == pytest.approx([60, 70, 80])
    assert results["must_run_mw"].sel(unit="A|chp").squeeze().values == pytest.approx([60, 60, 30])
    assert results["heat_mw"].sel(unit="A|chp").squeeze().values == pytest.approx([150, 150, 75])
    assert cost(results) == pytest.approx(60 * 50 + 40 * 10 + 70 * 50 + 100 * 10 + 10 * 1000 + 80 * 50 + 100 * 10)


def test_a_back_pressure_turbine_gives_power_as_heat_asks():
    """All of it in back-pressure turbines: at 60 % of the heat 60 MW, no more and no less; heat 60/0.4 = 150 MW."""
    pressed = CHP | {"heat_per_power": 0, "power_loss_per_heat": 0, "back_pressure_percent": 100}
    results = solve(
        system({"s1": 100, "s2": 180}, technologies=[COAL, pressed], profiles=warmth(0.6, 0.6),
               plants=[plant("coal", 100), plant("chp", 100)]),
        scenario({"s1": 1, "s2": 1}),
    )  # fmt: skip
    assert results["generation_mw"].sel(unit="A|chp").squeeze().values == pytest.approx([60, 60])
    assert results["heat_mw"].sel(unit="A|chp").squeeze().values == pytest.approx([150, 150])


def test_outages_leave_a_part_of_what_is_installed():
    """Of 100 MW 90 can run at all, a ninth of it is out unexpectedly: 80 MW; with 73 days of repair 80·0.8 = 64.

    A host takes half of what can run: at no load at all 40 MW would run; at 50 MW it gives them though coal is cheaper.
    """
    worn = GAS | {"id": "worn", "available_percent": 90, "forced_outage_percent": 100 / 9}
    for days, host, load, expected in ((0, 0, 200, 80), (73, 0, 200, 64), (0, 50, 50, 40)):
        gas = worn | {"planned_outage_days": days, "host_load_percent": host}
        results = solve(
            system({"s": load}, technologies=[COAL, gas], plants=[plant("coal", 100), plant("worn", 100)]),
            scenario({"s": 1}),
        )
        assert float(results["generation_mw"].sel(unit="A|worn").squeeze()) == pytest.approx(expected)


def test_fuel_is_scarcer_in_winter_than_over_the_year():
    """Gas of half efficiency serves 10 MW all year; January has 31 of 365 days, the rest of the year one day of 334.

    Fuel of the year: 2·10·8.76 = 175.2 GWh at a base price of nil. Step 1 holds 170 GWh but only 10 in January, whose
    plants burn 2·10·0.024·31 = 14.88; so step 2 (20 USD/MWh) sells 4.88 in January. The year's limit leaves 5.2 to
    step 2 in any case: 170 + 5.2, of which at least 4.88 in January; so 5.2 is bought at 20. With 8 in January:
    6.88 from step 2, 168.32 from step 1.
    """
    fuel = {"id": "gas", "name": "gas"}
    supply = [
        {"market": "m", "step": k, "year": 2030, "fuel": "gas", "zones": ["A"], "usd_per_mwh": p, "limit_gwh": g}
        for k, p, g in ((1, 0, 170), (2, 20, None))
    ]
    for most, dear in ((10, 5.2), (8, 6.88)):
        window = {"market": "m", "name": "cold", "step": 1, "year": 2030, "months": [1], "maximum_gwh": most}
        engine = technology("engine", fuel="gas", efficiency_percent=50)
        results = solve(
            system({"jan": 10, "rest": 10}, fuels=[fuel], fuel_supply=supply, fuel_windows=[window],
                   technologies=[engine], plants=[plant("engine", 10)]),
            scenario({"jan": 744, "rest": 8016}),
        )  # fmt: skip
        assert cost(results) == pytest.approx(dear * 20 * 1e3)


def test_what_is_online_cannot_fall_below_its_minimum():
    """Coal (10) with a minimum of 50 % faces 100 MW by day and 20 MW at night, gas (50) is flexible.

    With o online: the day takes o from coal, the night 20 ≥ 0.5·o, so o = 40: 40·10 + 60·50 + 20·10 for an hour each.
    """
    coal = COAL | {"commitment": True, "minimum_output_percent": 50}
    results = solve(
        system({"day": 100, "night": 20}, technologies=[coal, GAS], plants=[plant("coal", 100), plant("gas", 100)]),
        scenario({"day": 1, "night": 1}, days={"day": "d", "night": "d"}),
    )
    assert cost(results) == pytest.approx(40 * 10 + 60 * 50 + 20 * 10)


def test_ramps_hold_back():
    """Coal (10) may change by 20 % of what is online per hour: with 100 MW online 50 → 70, gas gives the other 30."""
    coal = COAL | {"commitment": True, "ramp_percent_per_hour": 20}
    results = solve(
        system({"first": 50, "second": 100}, technologies=[coal, GAS], plants=[plant("coal", 100), plant("gas", 100)]),
        scenario({"first": 1, "second": 1}, days={"first": "d", "second": "d"}),
    )
    assert cost(results) == pytest.approx(50 * 10 + 70 * 10 + 30 * 50)


def test_trade_follows_price_and_contract():
    """Imports at 30 beat gas at 50 up to 40 MW; an export contract of 10 MWh at 5 must be served although it loses."""
    toy = system(
        {"s": 100},
        technologies=[GAS],
        plants=[plant("gas", 200)],
        markets=[{"id": "M", "name": "M"}],
        market_steps=[
            {"id": "in", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 40},
            {
                "id": "out",
                "market": "M",
                "zone": "A",
                "direction": "export",
                "usd_per_mwh": 5,
                "limit_mw": 40,
                "minimum_gwh": 0.01,
            },
        ],
    )
    results = solve(toy, scenario({"s": 1}))
    assert cost(results) == pytest.approx(40 * 30 + 70 * 50 - 10 * 5)


def test_scarce_fuel_is_bought_step_by_step():
    """Gas at 10 USD per MWh of fuel plus nothing up to 100 MWh, 20 above; efficiency 50 %: 100 MWh need 200 of fuel.

    100·10 + 100·(10 + 20) = 4,000 USD.
    """
    gas = technology("gas", fuel="gas", efficiency_percent=50)
    steps = [
        {"market": "m", "step": 1, "year": 2030, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 0, "limit_gwh": 0.1},
        {"market": "m", "step": 2, "year": 2030, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 20},
    ]
    results = solve(
        system(
            {"s": 100},
            technologies=[gas],
            plants=[plant("gas", 100)],
            fuels=[{"id": "gas"}],
            fuel_prices=[{"fuel": "gas", "zone": "A", "year": 2030, "usd_per_mwh": 10}],
            fuel_supply=steps,
        ),
        scenario({"s": 1}),
    )
    assert cost(results) == pytest.approx(4000)


FUELLED = {
    "fuels": [{"id": "coal", "co2_t_per_mwh": 0.4}],
    "fuel_prices": [{"fuel": "coal", "zone": "A", "year": 2030, "usd_per_mwh": 4}],
    "technologies": [technology("coal", group="coal", fuel="coal", efficiency_percent=40), GAS],
    "plants": [plant("coal", 100), plant("gas", 100)],
}


def test_a_carbon_price_turns_the_order():
    """Coal costs 4/0.4 = 10 plus 1 t/MWh; at 50 USD/t that is 60, and gas without carbon at 50 runs instead."""
    priced = [{"country": "C", "year": 2030, "usd_per_t": 50}]
    results = solve(system({"s": 100}, carbon_policies=priced, **FUELLED), scenario({"s": 1}))
    assert cost(results) == pytest.approx(100 * 50)


def test_a_carbon_cap_shares_out_emissions():
    """A cap of 0.03 kt = 30 t lets coal (1 t/MWh) give 30 MWh."""
    capped = [{"country": "C", "year": 2030, "cap_kt": 0.03}]
    results = solve(system({"s": 100}, carbon_policies=capped, **FUELLED), scenario({"s": 1}))
    assert float(results["emissions_kt"].squeeze()) == pytest.approx(0.03)
    assert cost(results) == pytest.approx(30 * 10 + 70 * 50)


def test_a_missing_margin_is_paid():
    """A peak of 100 MW and 20 % ask 120 MW firm; 100 MW of coal count 90 %: 30 MW are missing at 5 USD/kW."""
    coal = COAL | {"capacity_credit_percent": 90}
    country = {"planning_margin_percent": 20, "adequacy_shortfall_usd_per_kw_year": 5}
    results = solve(
        system({"s": 100}, country=country, technologies=[coal], plants=[plant("coal", 100)]), scenario({"s": 1})
    )
    assert float(results["adequacy_shortfall_mw"].squeeze()) == pytest.approx(30)
    assert cost(results) == pytest.approx(100 * 10 + 30_000 * 5)


def test_reserve_keeps_room():
    """10 % of 100 MW must be held; coal (10, spinning, 100 MW) gives 90 and holds 10, gas (50) gives the other 10."""
    coal = COAL | {"spinning": True}
    results = solve(
        system(
            {"s": 100},
            country={"reserve_percent_of_load": 10},
            technologies=[coal, GAS],
            plants=[plant("coal", 100), plant("gas", 100)],
        ),
        scenario({"s": 1}),
    )
    assert cost(results) == pytest.approx(90 * 10 + 10 * 50)


def target(**columns):
    """30 % of generation from what the definition counts."""
    row = {"id": "t", "country": "C", "year": 2030, "percent": 30, "definition": "official"}
    return {
        "targets": [row | columns],
        "definitions": [{"definition": "official", "technology": "wind"}],
    }


WIND = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "life_years": 20}
WINDY = {
    "technologies": [COAL, WIND],
    "plants": [plant("coal", 100)],
    "technology_costs": [{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 1000}],
    "candidates": [{"zone": "A", "technology": "wind", "investors": ["owner"], "limit_mw": 50}],
    "profiles": [{"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 1}],
}


def test_a_hard_target_is_met_at_least_cost_and_has_a_price():
    """Wind costs 50 USD/kW and year, here 50 USD/MWh in 1000 h; coal 10. 30 MW are built: the target's price is 40.

    (Every MWh of wind displaces a MWh of coal, so generation, the basis, stays.)
    """
    results = solve(system({"s": 100}, **WINDY, **target(mode="hard")), scenario({"s": 1000}))
    assert float(results["build_mw"].sum()) == pytest.approx(30)
    assert float(results["target_dual_usd_per_mwh"].squeeze()) == pytest.approx(40)


def test_a_soft_target_is_missed_where_missing_is_cheaper():
    """At 30 USD per MWh missing, against 40 for wind over coal, nothing is built and 30 GWh are missing."""
    soft = target(mode="soft", shortfall_usd_per_mwh=30)
    results = solve(system({"s": 100}, **WINDY, **soft), scenario({"s": 1000}))
    assert float(results["target_shortfall_gwh"].squeeze()) == pytest.approx(30)


@pytest.mark.parametrize(
    ("basis", "name", "finding"),
    [
        ("generation", "target_shortfall_gwh", "targets"),
        ("consumption", "target_shortfall_gwh", "targets"),
        ("generation", "emissions_kt", "emissions"),
    ],
)
def test_the_independent_check_recomputes_targets_and_emissions(basis, name, finding):
    """30 GWh are missing, and 100 GWh of coal emit 100 kt; a plan that tells of 1 less is refused."""
    coal = COAL | {"fuel": "coal", "efficiency_percent": 50}
    fuel = {
        "fuels": [{"id": "coal", "name": "coal", "co2_t_per_mwh": 0.5}],
        "fuel_prices": [{"fuel": "coal", "zone": "A", "year": 2030, "usd_per_mwh": 0}],
    }
    soft = target(mode="soft", shortfall_usd_per_mwh=30, basis=basis)
    time = scenario({"s": 1000})
    case = toy_case(system({"s": 100}, **WINDY | {"technologies": [coal, WIND]}, **fuel, **soft), time)
    results = plan(case, time)
    results[name] = results[name] - 1
    with pytest.raises(NumericalError, match=finding):
        check(case, results)


def test_an_impossible_target_says_by_how_much():
    """50 MW of wind at most against 60 %: 10 GWh are missing, and the message says so."""
    from simulator.errors import InfeasibleError

    with pytest.raises(InfeasibleError, match=r"targets\.t: 60 % in 2030 is out of reach by 0\.01 TWh"):
        solve(system({"s": 100}, **WINDY, **target(mode="hard", percent=60)), scenario({"s": 1000}))


def test_later_vintages_and_part_years():
    """Model years 2026 and 2030; capacity of 2030 is commissioned evenly over 2027-2030.

    In 2030 three of its four parts run all year and the last half of it: 3.5/4 = 87.5 % of the year's build.
    """
    tables = dict(
        WINDY, profiles=[{"zone": "A", "name": "wind", "year": y, "slice": "s", "value": 1} for y in (2026, 2030)]
    )
    toy = system({"s": 100}, years=(2026, 2030), **tables, **target(mode="hard"))
    plan = scenario({"s": 1000}, years=(2026, 2030))
    plan = plan.model_copy(update={"horizon": plan.horizon.model_copy(update={"part_year": True})})
    results = solve(toy, plan)
    built = results["build_mw"].sum("asset")
    running = results["capacity_mw"].where(results["asset_group"] == "wind", 0).sum("asset")
    assert float(running.sel(year=2030)) == pytest.approx(
        float(built.sel(year=2026)) + 0.875 * float(built.sel(year=2030))
    )


def test_entries_add_up_and_costs_make_the_objective():
    """The books close: energy entries sum to zero everywhere, cost components to the objective."""
    results = solve(
        system(
            {"s": 100, "t": 40},
            **(
                WINDY
                | {"profiles": [{"zone": "A", "name": "wind", "year": 2030, "slice": s, "value": 0.5} for s in "st"]}
            ),
            **target(mode="hard"),
        ),
        scenario({"s": 1000, "t": 500}),
    )
    assert np.abs(results["energy_mw"].sum("entry")).max() < 1e-6
    present = (results["cost_musd"].sum("cost_component") * results["year_weight"]).sum()
    assert float(present) == pytest.approx(results.attrs["objective_musd"], rel=1e-9)
