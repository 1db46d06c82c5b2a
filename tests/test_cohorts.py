"""What differs by age belongs to the plants that have it: old ones, projects, new capacity.

Fuel costs 10 USD per MWh in all systems, so a plant of 50 % spends 20 USD per MWh of electricity.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_properties import FEW
from toy import YEAR, case, plant, scenario, solve, system, technology

from simulator.case.capacity.cohorts import variant
from simulator.errors import InputError
from simulator.system import OwnFigures, Plant, Technology

GAS = technology("gas", fuel="gas", efficiency_percent=50)
FUEL = {
    "fuels": [{"id": "gas", "co2_t_per_mwh": 0.2}],
    "fuel_prices": [{"fuel": "gas", "zone": "A", "year": 2020, "usd_per_mwh": 10}],
}
NEW = {
    "technology_costs": [{"technology": "gas", "year": 2020, "overnight_usd_per_kw": 0}],
    "candidates": [{"zone": "A", "technology": "gas", "investors": ["owner"], "limit_mw": 100}],
}


def musd(results):
    """Undiscounted cost by model year."""
    return results["cost_musd"].sum("cost_component").values.tolist()


def gwh(results, name):
    """Generation of an asset by model year."""
    return results["generation_gwh"].sel(asset=name).values.tolist()


def test_new_capacity_does_not_inherit_the_efficiency_of_an_old_plant():
    """100 MW for 1000 h. The old plant of 25 % costs 40 USD/MWh and closes in 2026; a new one of 50 % costs nothing to
    build and 20 to run, so it serves both years: 2 MUSD each, and the old one gives nothing."""
    results = solve(
        system({"s": 100}, years=(2025, 2030), technologies=[GAS], **FUEL, **NEW,
               plants=[plant("gas", 100, id="old", efficiency_percent=25, retires="2026")]),
        scenario({"s": 1000}, years=(2025, 2030)),
    )  # fmt: skip
    assert musd(results) == pytest.approx([2, 2])
    assert gwh(results, "old") == pytest.approx([0, 0], abs=1e-6)


def test_what_is_left_of_old_plants_runs_at_their_own_efficiency():
    """150 MW for 1000 h. Old: 40 MW of 20 % (50 USD/MWh) and 60 MW of 40 % (25), which closes before 2030; new: 100 MW
    at 20. 2025: 100·20 + 50·25 = 3.25 MUSD. 2030: 100·20 + 40·50 and 10 MW shed at 1000: 2 + 2 + 10 = 14 MUSD."""
    results = solve(
        system({"s": 150}, years=(2025, 2030), technologies=[GAS], **FUEL, **NEW,
               plants=[plant("gas", 40, id="poor", efficiency_percent=20),
                       plant("gas", 60, id="fair", efficiency_percent=40, retires="2028")]),
        scenario({"s": 1000}, years=(2025, 2030)),
    )  # fmt: skip
    assert musd(results) == pytest.approx([3.25, 14])
    assert gwh(results, "fair") == pytest.approx([50, 0], abs=1e-6)


def test_a_project_brings_its_own_efficiency():
    """A project of 80 % (12.5 USD/MWh) runs full, 100 MW; old plants of the technology's 50 % give the other 50 MW:
    1.25 + 1 = 2.25 MUSD for 1000 h."""
    project = {"id": "p", "name": "P", "zone": "A", "technology": "gas", "capacity_mw": 100, "stage": "operating",
               "commissioning": "2025", "investor": "owner", "efficiency_percent": 80}  # fmt: skip
    results = solve(
        system({"s": 150}, technologies=[GAS], plants=[plant("gas", 100)], projects=[project], **FUEL,
               technology_costs=NEW["technology_costs"]),
        scenario({"s": 1000}),
    )  # fmt: skip
    assert musd(results) == pytest.approx([2.25])
    assert gwh(results, "p") == pytest.approx([100])


CARBON = {"carbon_policies": [{"country": "C", "year": 2020, "usd_per_t": 100}]}


@pytest.mark.parametrize(("own", "tables", "expected"), [
    ({}, {}, 3),  # 150 GWh at 20
    ({"efficiency_percent": 25}, {}, 2 + 50 * 0.040),
    ({"variable_om_usd_per_mwh": 6}, {}, 2 + 50 * 0.026),
    ({"own_use_percent": 20}, {}, 2 + 50 / 0.8 * 0.020),
    ({"available_percent": 40}, {}, 140 * 0.020 + 10 * 1.0),  # 10 MW are shed at 1000
    ({"forced_outage_percent": 60}, {}, 140 * 0.020 + 10 * 1.0),
    ({"planned_outage_days": 219}, {}, 140 * 0.020 + 10 * 1.0),  # three fifths of the year
    ({"co2_capture_percent": 75}, CARBON, 100 * 0.030 + 50 * 0.060),  # 0.4 t/MWh at 100, a quarter of it for the old
])  # fmt: skip
def test_every_figure_of_its_own_is_the_old_plant_s_alone(own, tables, expected):
    """150 MW for 1000 h from 100 MW of new plants (free to build) and 100 MW of old with a figure of its own."""
    results = solve(
        system({"s": 150}, technologies=[GAS], plants=[plant("gas", 100, **own)], **FUEL, **NEW, **tables),
        scenario({"s": 1000}),
    )
    assert musd(results) == pytest.approx([expected])
    assert results.sizes["unit"] == (2 if own else 1)


def test_every_figure_that_a_plant_may_own_is_tried_above():
    tried = {name for mark in test_every_figure_of_its_own_is_the_old_plant_s_alone.pytestmark
             for own, _, _ in mark.args[1] for name in own}  # fmt: skip
    row = Plant(id="p", name="p", zone="A", technology="gas", capacity_mw=1, **dict.fromkeys(tried, 3))
    assert set(row.differing(Technology.model_validate(GAS))) == tried
    assert tried | {"capacity_factor_percent"} == set(OwnFigures.__annotations__)  # wind and sun have it: below


def test_a_good_site_gives_what_is_announced_less_what_experience_takes_off():
    """Wind blows in half of the hours, so a plant of the fleet gives 50 %. One announced with 40 % of which 90 % are
    realised gives 36 % of 100 MW in 1000 h, 36 GWh beside the fleet's 50; gas at 20 gives the other 214 of 300 GWh."""
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "realised_yield_percent": 90}
    results = solve(
        system(
            {"calm": 300, "windy": 300}, technologies=[GAS, wind], **FUEL,
            plants=[plant("gas", 300), plant("wind", 100, id="fleet"),
                    plant("wind", 100, id="good", capacity_factor_percent=40)],
            profiles=[{"zone": "A", "name": "wind", "year": YEAR, "slice": "calm", "value": 0},
                      {"zone": "A", "name": "wind", "year": YEAR, "slice": "windy", "value": 1}],
        ),
        scenario({"calm": 500, "windy": 500}),
    )  # fmt: skip
    assert [gwh(results, name)[0] for name in ("fleet", "good")] == pytest.approx([50, 36])
    assert musd(results) == pytest.approx([214 * 0.020])


def test_batteries_lose_what_each_loses():
    """By day 70 MW of wind, at night 60 MW of load; one hour each, 365 days. A battery of 81 % holds 30 MWh (draws
    33.3, gives 27), one of 64 % holds 25 (draws 31.25, gives 20); gas at 50 USD/MWh gives the other 13: 237,250 USD."""
    battery = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 81}
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
    results = solve(
        system(
            {"day": 0, "night": 60}, technologies=[technology("gas", variable_om_usd_per_mwh=50), battery, wind],
            plants=[plant("gas", 100), plant("battery", 60, id="good", energy_mwh=30), plant("wind", 70),
                    plant("battery", 60, id="worn", energy_mwh=25, efficiency_percent=64)],
            profiles=[{"zone": "A", "name": "wind", "year": YEAR, "slice": "day", "value": 1},
                      {"zone": "A", "name": "wind", "year": YEAR, "slice": "night", "value": 0}],
        ),
        scenario({"day": 365, "night": 365}, days={"day": "d", "night": "d"}),
    )  # fmt: skip
    assert musd(results) == pytest.approx([13 * 365 * 50 / 1e6])
    assert float(results["curtailment_mw"].max()) == pytest.approx(70 - 30 / 0.9 - 25 / 0.8)


def test_heat_plants_burn_and_emit_with_their_own_efficiency():
    """Heat forces both heat plants (100 MW each) to 50 MW; of 120 MW the one of 40 % gives 70 and the one of 25 % 50.

    For 1000 h: fuel 70/0.4 + 50/0.25 = 375 GWh at 10 USD, and 375 · 0.2 = 75 kt of carbon dioxide, 40 of the old one.
    """
    chp = technology("chp", fuel="gas", efficiency_percent=40, heat_per_power=1, power_to_heat=0.5)
    results = solve(
        system({"s": 120}, technologies=[chp], **FUEL,
               plants=[plant("chp", 100, id="old", efficiency_percent=25), plant("chp", 100, id="young")],
               profiles=[{"zone": "A", "name": "heat", "year": YEAR, "slice": "s", "value": 1}]),
        scenario({"s": 1000}),
    )  # fmt: skip
    assert musd(results) == pytest.approx([3.75])
    assert float(results["fuel_use_gwh"].sum()) == pytest.approx(375)
    assert float(results["asset_emissions_kt"].sel(asset="old").squeeze()) == pytest.approx(40)


def test_the_optimiser_closes_the_plant_that_is_worse():
    """100 MW for 1000 h; two old plants of 100 MW at 10 USD/kW: that of 25 % closes, that of 50 % costs 1 + 2 MUSD."""
    gas = GAS | {"retirable": True, "fixed_om_usd_per_kw_year": 10}
    results = solve(
        system({"s": 100}, technologies=[gas], **FUEL,
               plants=[plant("gas", 100, id="worse", efficiency_percent=25), plant("gas", 100, id="better")]),
        scenario({"s": 1000}),
    )  # fmt: skip
    assert musd(results) == pytest.approx([3])
    assert results["retired_mw"].sel(asset=["worse", "better"]).values.ravel() == pytest.approx([100, 0], abs=1e-6)


def test_the_books_say_what_each_plant_burnt():
    """Fuel 10 at the plant and 10 more in its market: new 100 GWh at 40, old 50 GWh of 25 % at 80: 4 MUSD each."""
    step = {"market": "pipe", "year": YEAR, "fuel": "gas", "zones": ["A"], "step": 1, "usd_per_mwh": 10}
    results = solve(
        system({"s": 150}, technologies=[GAS], **FUEL, fuel_supply=[step],
               plants=[plant("gas", 100, id="new"), plant("gas", 100, id="old", efficiency_percent=25)]),
        scenario({"s": 1000}),
    )  # fmt: skip
    assert results["variable_cost_musd"].sel(asset=["new", "old"]).values.ravel() == pytest.approx([4, 4])


@FEW
@given(st.lists(st.tuples(st.integers(20, 60), st.integers(10, 100)), min_size=1, max_size=5), st.integers(0, 100))
def test_plants_of_one_technology_run_in_the_order_of_their_efficiency(plants, percent_of_all):
    """The best of them run first: cost is the area under the sorted fuel costs, and equal figures are one unit."""
    left = load = percent_of_all / 100 * sum(mw for _, mw in plants)
    expected = 0.0
    for percent, mw in sorted(plants, reverse=True):
        expected += min(left, mw) * 10 / (percent / 100)
        left -= min(left, mw)
    rows = [plant("gas", mw, id=f"p{i}", efficiency_percent=e) for i, (e, mw) in enumerate(plants)]
    results = solve(system({"s": load}, technologies=[GAS], plants=rows, **FUEL), scenario({"s": 1000}))
    assert musd(results)[0] * 1e3 == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert results.sizes["unit"] == len({percent for percent, _ in plants})


def test_only_what_differs_makes_a_variant():
    """A figure that is the technology's own is none of the plant's."""
    gas = Technology.model_validate(GAS)
    same, name = variant(gas, OwnFigures(efficiency_percent=50))
    assert same is gas and name == ""
    other, name = variant(gas, OwnFigures(efficiency_percent=31.5, own_use_percent=0))
    assert (other.efficiency_percent, name) == (31.5, "efficiency_percent=31.5")
    assert other.model_copy(update={"efficiency_percent": 50}) == gas


@pytest.mark.parametrize(("tech", "own", "message"), [
    ({}, {"efficiency_percent": 30}, "has an effect with a `fuel` only"),
    ({}, {"co2_capture_percent": 30}, "has an effect with a `fuel` only"),
    ({"flat": True}, {"planned_outage_days": 30}, "so it is never in repair"),
])  # fmt: skip
def test_figures_that_a_plant_cannot_have_are_refused_at_its_row(tech, own, message):
    toy = system({"s": 100}, technologies=[technology("gas", **tech)], plants=[plant("gas", 100, **own)])
    with pytest.raises(InputError) as caught:
        case(toy, scenario({"s": 1000}))
    assert message in str(caught.value) and "plants.gas_A" in str(caught.value)


def test_a_technology_without_an_efficiency_is_fine_while_all_its_plants_have_one():
    bare = technology("gas", fuel="gas")
    own = plant("gas", 100, efficiency_percent=50)
    assert musd(solve(system({"s": 100}, technologies=[bare], plants=[own], **FUEL), scenario({"s": 1000})))
    with pytest.raises(InputError, match="needs an efficiency"):
        case(
            system({"s": 100}, technologies=[bare], plants=[own, plant("gas", 1, id="x")], **FUEL),
            scenario({"s": 1000}),
        )
