"""Chinese equipment: its price, its export rebate and its delay, against the equations by hand."""

from __future__ import annotations

import pytest
from lever_toys import SCENARIOS, cost, refused, shipped
from toy import scenario, solve, system

from simulator.case.money.costs import CostTable
from simulator.inputs.read import load_scenario

RATES = [
    {"group": "wind", "item": "turbines", "since": "2020", "rebate_percent": 13},
    {"group": "wind", "item": "turbines", "since": "2028", "rebate_percent": 3},
]
"""With a tax of 13: the price of the end in 2028 is 1 / 0.9 = 1.1111 at full passing on."""


def with_equipment(*, supply=100, share=50, rebates=(), project=None, row=None, **columns):
    """A wind candidate of 1000 USD/kW that lives 20 years at no interest: 50 USD/kW a year, always needed.

    Shedding costs 1000 USD/MWh; wind always blows, so it is built for the whole load of 100 MW.
    """
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "life_years": 20}
    buyer = {"id": "owner", "name": "Owner", "real_wacc_percent": 0, "chinese_supply_percent": supply}
    return system(
        {"s": 100},
        technologies=[wind],
        investors=[buyer],
        technology_costs=[{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[] if project else [{"zone": "A", "technology": "wind", "investors": ["owner"], **columns}],
        projects=[project] if project else [],
        equipment=[{"group": "wind", "item": "turbines", "share_percent": share} | (row or {})],
        equipment_rebates=list(rebates),
        profiles=[{"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 1}],
    )


@pytest.mark.parametrize(
    ("toy", "key", "factor"),
    [
        ({}, {}, 1),
        ({}, {"price_percent": {"wind": {2030: 80}}}, 1 - 0.5 * 0.2),
        ({}, {"price_percent": {"wind": {2025: 100, 2035: 80}}}, 1 - 0.5 * 0.1),
        ({"supply": 50}, {"price_percent": {"wind": {2030: 80}}}, 1 - 0.5 * 0.5 * 0.2),
        ({"share": 20}, {"price_percent": {"wind": {2030: 80}}}, 1 - 0.2 * 0.2),
        ({"rebates": RATES[:1]}, {}, 1),
        ({"rebates": RATES}, {}, 1 + 0.5 * (1 / 0.9 - 1)),
        ({"rebates": RATES[:1]}, {"rebate_ends": {"wind": "2028"}}, 1 + 0.5 * (1 / 0.87 - 1)),
        ({"rebates": RATES[:1]}, {"rebate_ends": {"wind": "2030-07"}}, 1 + 0.5 * (1 / (0.87 + 0.065) - 1)),
        ({"rebates": RATES[:1]}, {"rebate_ends": {"wind": "2025"}}, 1 + 0.5 * (1 / 0.87 - 1)),
        ({"rebates": RATES, "row": {"pass_through_percent": 50}}, {}, 1 + 0.5 * 0.5 * (1 / 0.9 - 1)),
        ({"rebates": RATES, "row": {"vat_percent": 23}}, {}, 1 + 0.5 * (0.9 / 0.8 - 1)),
        ({"rebates": RATES}, {"price_percent": {"wind": {2030: 80}}}, 1 + 0.5 * (0.8 / 0.9 - 1)),
    ],
)
def test_the_price_of_chinese_equipment_moves_the_overnight_cost(toy, key, factor):
    """100 MW at 50 USD/kW a year times the factor of equation (3), worked out in the table of cases.

    With a tax of 13 and a rebate of 13 an exporter keeps the whole price, with 3 only 0.9 of it; a rebate that ends in
    July gives 6.5 in the year's mean. Tables are in prices of 2025 and its rebate, even where a scenario ends it then.
    """
    results = solve(with_equipment(**toy), scenario({"s": 1000}, equipment=key))
    assert cost(results) == pytest.approx(5e6 * factor)
    assert float(results["investment_musd"].sum()) == pytest.approx(100 * factor)


PROJECT = {"id": "park", "name": "Park", "zone": "A", "technology": "wind", "capacity_mw": 100, "stage": "construction",
           "commissioning": "2030", "investor": "owner", "probability_percent": 100, "delay_months": 0}  # fmt: skip


@pytest.mark.parametrize(("announced", "factor"), [({}, 0.9), ({"overnight_usd_per_kw": 1000}, 1)])
def test_projects_pay_the_price_of_their_year_unless_their_cost_is_announced(announced, factor):
    """A project of 100 MW pays 5 MUSD a year, less a tenth by cheaper turbines; a contract keeps its price."""
    results = solve(
        with_equipment(project=PROJECT | announced),
        scenario({"s": 1000}, equipment={"price_percent": {"wind": {2030: 80}}}),
    )
    assert cost(results) == pytest.approx(5e6 * factor)


@pytest.mark.parametrize(("supply", "months", "served"), [(100, 0.0001, 100), (100, 6, 50), (50, 6, 75), (100, 12, 0)])
def test_projects_wait_for_late_equipment(supply, months, served):
    """A project of January 2030 that waits for half a year gives half of 2030; with half of it Chinese, a quarter."""
    results = solve(
        with_equipment(supply=supply, project=PROJECT),
        scenario({"s": 1000}, equipment={"delay_months": {"wind": months}}),
    )
    assert float(results["generation_mw"].sum()) == pytest.approx(served, abs=0.01)


@pytest.mark.parametrize(("earliest", "months", "built"), [(2030, 5, 100), (2030, 12, 0), (1900, 12, 0), (2029, 12, 0)])
def test_new_capacity_waits_for_late_equipment(earliest, months, built):
    """The plan starts in 2030, its only year: nothing ordered then comes in 2030 if equipment is a year late."""
    results = solve(
        with_equipment(earliest=earliest), scenario({"s": 1000}, equipment={"delay_months": {"wind": months}})
    )
    assert float(results["build_mw"].sum()) == pytest.approx(built)


def test_equipment_keys_without_effect_are_refused():
    toy = with_equipment(rebates=RATES[:1])
    assert "unknown name 'solar'" in refused(toy, equipment={"price_percent": {"solar": {2030: 80}}})
    assert "no effect" in refused(toy, equipment={"price_percent": {"wind": {2030: 100}}})
    assert "no effect" in refused(toy, equipment={"delay_months": {"wind": 0}})
    assert "no effect" in refused(toy, equipment={"rebate_ends": {"wind": "2031"}})
    assert "no effect" in refused(with_equipment(), equipment={"rebate_ends": {"wind": "2028"}})
    assert "no investor buys" in refused(with_equipment(supply=0), equipment={"price_percent": {"wind": {2030: 80}}})
    orphan = [RATES[0] | {"item": "towers"}]
    assert "unknown name 'towers'" in refused(with_equipment(rebates=orphan))


def test_the_law_is_in_the_reference():
    """Panels lost 9 points on 1 April 2026 and cells the last 6 on 1 January 2027; turbines still have their 13."""
    costs = CostTable(shipped("reference").system, load_scenario(SCENARIOS / "reference.yaml"))
    ratio = 0.96 / 0.87
    solar = 1 + 0.95 * 0.13 * (ratio - 1)
    assert costs.at("solar", 2030, "chinese_developer")[0] == pytest.approx(600 * solar)
    assert costs.at("solar", 2025, "chinese_developer")[0] == pytest.approx(750)
    assert costs.at("wind", 2030, "chinese_developer")[0] == pytest.approx(980)
    battery = 1 + 0.95 * 0.35 * 0.8 * (ratio - 1)
    assert costs.at("battery", 2030, "chinese_developer")[1] == pytest.approx(107.5 * battery)


def test_the_end_of_all_rebates_makes_wind_dearer():
    """Wind of Chinese companies: 0.95 · 60 percent of four fifths of 13 / 0.87 percent more: 6.8 percent."""
    costs = CostTable(shipped("rebate_end").system, load_scenario(SCENARIOS / "rebate_end.yaml"))
    assert costs.at("wind", 2030, "chinese_developer")[0] == pytest.approx(980 * (1 + 0.95 * 0.6 * 0.8 * 0.13 / 0.87))
