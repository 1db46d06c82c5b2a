"""Levers of a scenario: each moves what it says, by the amount worked out by hand, or is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from toy import case, plant, scenario, solve, system, technology

from simulator import system as tables
from simulator.case.fleet import CostTable
from simulator.errors import InputError
from simulator.read import load_scenario
from simulator.schema import TypicalDays
from simulator.workflow import make_case

SCENARIOS = Path(__file__).parent.parent / "scenarios"
DATA = Path(tables.__file__).parents[1] / "data" / "central_asia"
SHIPPED = {
    "corridors": tables.Corridor,
    "corridor_freight": tables.CorridorFreight,
    "trade_links": tables.TradeLink,
    "equipment": tables.Equipment,
    "equipment_rebates": tables.EquipmentRebate,
    "irrigation_savings_neighbours": tables.IrrigationSaving,
}
COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
GAS = technology("gas", variable_om_usd_per_mwh=50)


def cost(results):
    """Undiscounted cost of the first model year in USD."""
    return float(results["cost_musd"].isel(year=0).sum()) * 1e6


def shipped(name, **changes):
    """The case of a shipped scenario on one day per year, with other keys of the scenario if given."""
    path = SCENARIOS / f"{name}.yaml"
    read = load_scenario(path)
    time = TypicalDays(method="typical_days", days=1, block_hours=24)
    horizon = read.horizon.model_copy(update={"model_years": (2026, 2030), "time": time})
    return make_case(read.model_copy(update={"horizon": horizon} | changes), path)[0]


def refused(toy, **parts):
    """The message with which a toy refuses a part of a scenario."""
    with pytest.raises(InputError) as caught:
        case(toy, scenario({"s": 1000}, **parts))
    return str(caught.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_row_of_the_levers_says_where_it_comes_from(name):
    """One key per row, known sources, a year, a confidence, and a note on how an estimate was made."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [SHIPPED[name].model_validate({k: v for k, v in row.items() if v != ""}) for row in csv.DictReader(file)]
    known = set()
    for path in DATA.glob("sources*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            known |= {row["id"] for row in csv.DictReader(file)}
    assert len({row.key for row in rows}) == len(rows) > 0
    for row in rows:
        assert row.data_year and row.confidence and row.source and set(row.source.split(";")) <= known, row.key
        assert row.note or "estimate" not in row.source, row.key


# ---------------------------------------------------------------------------------------------- corridors


def railway(**columns):
    """A railway of 10 Mt, 100 km and 8.76 Wh per tonne-km: 8.76 GWh a year, a flat MW."""
    line = {"id": "rail", "name": "Rail", "zone": "A", "km": 100, "wh_per_tonne_km": 8.76, "opens": "2030"}
    freight = [{"corridor": "rail", "year": 2030, "million_tonnes": 10}]
    return {"corridors": [line | {"decided": True} | columns], "corridor_freight": freight}


def with_railway(**columns):
    return system(
        {"s": 100}, technologies=[COAL, GAS], plants=[plant("coal", 100), plant("gas", 100)], **railway(**columns)
    )


@pytest.mark.parametrize(
    ("columns", "key", "megawatts"),
    [
        ({}, {}, 1),
        ({"opens": "2030-07"}, {}, 0.5),
        ({"decided": False}, {}, 0),
        ({"decided": False}, {"factors": {"rail": 2}}, 2),
        ({}, {"factor": 3}, 3),
        ({}, {"factors": {"rail": 0}}, 0),
        ({"km": 200}, {}, 2),
    ],
)
def test_a_corridor_is_a_flat_load(columns, key, megawatts):
    """Coal at 10 covers 100 MW, gas at 50 each MW of the railway, for 1000 h: 1 + 0.05 MUSD per MW; the peak too."""
    results = solve(with_railway(**columns), scenario({"s": 1000}, corridors=key))
    assert cost(results) == pytest.approx(1e6 + 50_000 * megawatts)
    assert float(results["corridor_energy_gwh"].sum()) == pytest.approx(megawatts)
    assert float(results["peak_load_mw"].squeeze()) == pytest.approx(100 + megawatts)
    assert float(results["country_consumption_gwh"].squeeze()) == pytest.approx(100 + megawatts)


def test_corridors_without_effect_are_refused():
    assert "did you mean 'rail'" in refused(with_railway(), corridors={"factors": {"rails": 2}})
    assert "no effect" in refused(with_railway(), corridors={"factors": {"rail": 1}})
    assert "no effect" in refused(with_railway(decided=False), corridors={"factor": 2})
    toy = with_railway().model_copy(update={"corridor_freight": ()})
    assert "corridor 'rail' has no freight" in refused(toy)


def test_shipped_corridors_add_their_energy_to_the_year_and_to_the_peak():
    """Moyynty to Dostyk in 2030: 836 km, 23.7 Mt, 27 Wh: 535 GWh; the decided Uzbek line 465·11.8·27 = 148 GWh."""
    off, on = (
        shipped("reference", corridors=load_scenario(SCENARIOS / "reference.yaml").corridors),
        shipped("corridors"),
    )
    energy = np.einsum("zys,ys->zy", on.load_mw - off.load_mw, on.hours) / 1e3
    north, south = (next(i for i, zone in enumerate(on.zones) if zone.id == name) for name in ("KAZ_N", "KAZ_S"))
    assert energy[[north, south], 1].sum() == pytest.approx(836 * 23.7 * 27 / 1e3)
    assert (off.corridor_mw * 8.76).sum(axis=0)[1] == pytest.approx(465 * 11.8 * 27 / 1e3)
    extra = (on.corridor_mw - off.corridor_mw)[[north, south], 1].sum()
    assert on.peak_mw[0, 1] - off.peak_mw[0, 1] == pytest.approx(extra)


# --------------------------------------------------------------------------------------------- irrigation


def with_fields(purpose="irrigation"):
    """1 hm3 a year (1000 MWh), of which 0.6 must leave in the first half, when nobody needs power."""
    return system(
        {"summer": 0, "winter": 100},
        technologies=[GAS, {"id": "hydro", "name": "hydro", "kind": "reservoir", "group": "hydro"}],
        reservoirs=[{"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1000, "active_hm3": 5}],
        inflows=[{"reservoir": "lake", "month": m, "inflow_hm3": 1 / 12} for m in range(1, 13)],
        plants=[plant("gas", 100), plant("hydro", 100, reservoir="lake")],
        releases=[
            {
                "reservoir": "lake",
                "name": "fields",
                "months": [1, 2, 3, 4, 5, 6],
                "purpose": purpose,
                "minimum_hm3": 0.6,
            }
        ],
        irrigation_savings=[{"country": "C", "saving_percent": 20}],
    )


@pytest.mark.parametrize(("saving", "winter_mwh"), [({}, 400), ({"C": 10}, 460), ("planned", 520), ({"C": 100}, 1000)])
def test_water_that_fields_save_becomes_power_in_winter(saving, winter_mwh):
    """The second half has 184 h of 100 MW. Of 1000 MWh, 400 are left; a tenth of 0.6 hm3 saved adds 60, and so on:
    gas at 50 gives 18,400 MWh less the water.
    """
    hours = {"summer": 181, "winter": 184}
    results = solve(with_fields(), scenario(hours, irrigation_saving_percent=saving))
    assert cost(results) == pytest.approx(50 * (18_400 - winter_mwh))


def test_only_irrigation_saves():
    """A release for the river itself stays, and saving where nobody irrigates is refused."""
    message = "unknown country with irrigation from its reservoirs 'C'"
    assert message in refused(with_fields("ecology"), irrigation_saving_percent={"C": 10})
    assert "no effect" in refused(with_fields("ecology"), irrigation_saving_percent="planned")
    assert "no effect" in refused(with_fields(), irrigation_saving_percent={"C": 0})


def test_shipped_saving_leaves_winter_and_ecology_alone():
    """Only summer windows shrink, by 11 percent."""
    before = {w.name: w for w in shipped("reference").water.windows}
    for window in shipped("irrigation_saving").water.windows:
        name = window.name.split("/")[1]
        factor = 0.89 if name in ("irrigation", "summer") else 1
        assert window.minimum_hm3 == pytest.approx(factor * before[window.name].minimum_hm3), window.name
        assert window.maximum_hm3 == before[window.name].maximum_hm3


# -------------------------------------------------------------------------------------------------- lines


def with_lines():
    row = {"from_zone": "A", "to_zone": "B", "forward_mw": 50}
    links = [
        row | {"id": "new", "in_service": "2030"},
        row | {"id": "other", "in_service": "2030"},
        row | {"id": "old"},
    ]
    plants = [plant("coal", 500), plant("gas", 100, zone="B")]
    return system({"s": [0, 100]}, zones=("A", "B"), technologies=[COAL, GAS], plants=plants, links=links)


@pytest.mark.parametrize(
    ("grid", "coal_mw"),
    [
        ({}, 100),
        ({"delay_months": {"new": 12}, "extra_delay_months": 6}, 75),
        ({"delay_months": {"new": 12, "other": 12}}, 50),
    ],
)
def test_a_single_line_can_be_late(grid, coal_mw):
    """Three lines of 50 MW carry coal at 10 to 100 MW of load, gas at 50 is there too. A year late, a line of 2030
    carries nothing in 2030; half a year late, 25 MW in the year's mean. The old line is never late.
    """
    results = solve(with_lines(), scenario({"s": 1000}, grid=grid))
    assert cost(results) == pytest.approx(1000 * (coal_mw * 10 + (100 - coal_mw) * 50))


def test_a_delay_without_effect_is_refused():
    assert "unknown link with a date" in refused(with_lines(), grid={"delay_months": {"old": 12}})
    assert "no effect" in refused(with_lines(), grid={"delay_months": {"new": 0}})


# ---------------------------------------------------------------------------------------------- equipment

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
        ({"rebates": RATES, "row": {"pass_through_percent": 50}}, {}, 1 + 0.5 * 0.5 * (1 / 0.9 - 1)),
        ({"rebates": RATES, "row": {"vat_percent": 23}}, {}, 1 + 0.5 * (0.9 / 0.8 - 1)),
        ({"rebates": RATES}, {"price_percent": {"wind": {2030: 80}}}, 1 + 0.5 * (0.8 / 0.9 - 1)),
    ],
)
def test_the_price_of_chinese_equipment_moves_the_overnight_cost(toy, key, factor):
    """100 MW at 50 USD/kW a year times the factor of equation (3), worked out in the table of cases.

    With a tax of 13 and a rebate of 13 an exporter keeps the whole price, with 3 only 0.9 of it; a rebate that ends in
    July gives 6.5 in the year's mean.
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
    assert "unknown group" in refused(toy, equipment={"price_percent": {"solar": {2030: 80}}})
    assert "no effect" in refused(toy, equipment={"price_percent": {"wind": {2030: 100}}})
    assert "no effect" in refused(toy, equipment={"delay_months": {"wind": 0}})
    assert "no effect" in refused(toy, equipment={"rebate_ends": {"wind": "2031"}})
    assert "no effect" in refused(with_equipment(), equipment={"rebate_ends": {"wind": "2028"}})
    assert "no investor buys" in refused(with_equipment(supply=0), equipment={"price_percent": {"wind": {2030: 80}}})
    orphan = [RATES[0] | {"item": "towers"}]
    assert "unknown item" in refused(with_equipment(rebates=orphan))


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


# ----------------------------------------------------------------------------------------------- currency

TENGE = {"id": "T", "name": "T", "base_rate_percent": 0, "inflation_percent": 0, "per_usd": 1,
         "pass_through_percent": 25}  # fmt: skip
FALL = {"T": {"year": 2030, "percent": 20}}


def with_currency(**tables):
    """100 MW of gas at 40 USD/MWh of fuel and 50 % efficiency, 10 of variable and 20 USD/kW of fixed operation."""
    gas = technology("gas", fuel="gas", efficiency_percent=50, variable_om_usd_per_mwh=10, fixed_om_usd_per_kw_year=20)
    data = {
        "country": {"currency": "T"},
        "technologies": [gas],
        "fuels": [{"id": "gas"}],
        "fuel_prices": [{"fuel": "gas", "zone": "A", "year": 2025, "usd_per_mwh": 40, "currency": "T"}],
        "plants": [plant("gas", 100)],
        "currencies": [TENGE],
    }
    return system({"s": 100}, **(data | tables))


@pytest.mark.parametrize(
    ("tables", "fall", "usd"),
    [
        ({}, {}, 80 * 100_000 + 10 * 100_000 + 20 * 100_000),
        ({}, FALL, 0.85 * (80 * 100_000 + 10 * 100_000 + 20 * 100_000)),
        ({}, {"T": {"year": 2029, "percent": 40}}, 0.7 * 11e6),
        ({"currencies": [TENGE | {"pass_through_percent": 100}]}, FALL, 11e6),
        ({"country": {}}, FALL, 0.85 * 8e6 + 3e6),
        ({"fuel_prices": [{"fuel": "gas", "zone": "A", "year": 2025, "usd_per_mwh": 40}]}, FALL, 8e6 + 0.85 * 3e6),
    ],
)
def test_a_depreciation_makes_domestic_fuel_and_operation_cheaper(tables, fall, usd):
    """For 1000 h: 100 GWh of fuel at 80 and operation at 10 USD/MWh, 100 MW at 20 USD/kW: 11 MUSD. A fall of 20
    percent of which prices make good a quarter leaves 85 percent, of what is priced at home alone.
    """
    results = solve(with_currency(**tables), scenario({"s": 1000}, depreciations=fall))
    assert cost(results) == pytest.approx(usd)
    if fall == FALL:
        assert float(results["currency_usd_factor"].squeeze()) == pytest.approx(0.8)


def test_a_depreciation_holds_from_its_year_on():
    """A price that rises from 40 in 2028 to 50 in 2030, with a fall in 2029: 40, 45·0.85, 50·0.85."""
    prices = [{"fuel": "gas", "zone": "A", "year": y, "usd_per_mwh": p, "currency": "T"} for y, p in
              ((2028, 40), (2030, 50))]  # fmt: skip
    made = case(
        system({"s": 100}, years=(2028, 2029, 2030), country={"currency": "T"}, currencies=[TENGE],
               technologies=[technology("gas", fuel="gas", efficiency_percent=50)], fuels=[{"id": "gas"}],
               fuel_prices=prices, plants=[plant("gas", 100)]),
        scenario({"s": 1000}, years=(2028, 2029, 2030), depreciations={"T": {"year": 2029, "percent": 20}}),
    )  # fmt: skip
    assert made.units[0].fuel_usd_per_mwh * 0.5 == pytest.approx([40, 45 * 0.85, 50 * 0.85])


@pytest.mark.parametrize(("border", "dear"), [(True, 60), (False, 40 * 0.85 + 20)])
def test_imported_gas_keeps_its_border_price(border, dear):
    """50 GWh of fuel come at the domestic price of 40, the other 150 cost 20 more: 60 at the border. After the fall
    the first costs 34; the rest stays at 60, or falls to 54 where the step is not a border price.
    """
    steps = [
        {"market": "g", "step": 1, "year": 2025, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 0, "limit_gwh": 50},
        {"market": "g", "step": 2, "year": 2025, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 20, "limit_gwh": 500}
        | {"border_price": border},
    ]
    results = solve(with_currency(fuel_supply=steps), scenario({"s": 1000}, depreciations=FALL))
    assert cost(results) == pytest.approx(50_000 * 34 + 150_000 * dear + 0.85 * 3e6)


def test_new_plants_pay_for_operation_in_their_country_s_money():
    """A plant built at 1000 USD/kW for 20 years and 20 USD/kW of fixed operation: 50 + 17 USD/kW after the fall."""
    toy = with_currency(
        plants=[],
        technologies=[technology("coal", life_years=20, fixed_om_usd_per_kw_year=20)],
        technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"]}],
    )
    assert cost(solve(toy, scenario({"s": 1000}, depreciations=FALL))) == pytest.approx(100_000 * 67)


def test_storage_and_wind_pay_for_operation_too():
    """Wind gives 100 MW by day at 2 USD/MWh, a lossless battery moves 50 MWh at 4: 200 + 200 USD, less 15 percent."""
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "variable_om_usd_per_mwh": 2}
    battery = {"id": "b", "name": "b", "kind": "storage", "group": "battery", "efficiency_percent": 100,
               "variable_om_usd_per_mwh": 4}  # fmt: skip
    day = [{"zone": "A", "name": "wind", "year": 2030, "slice": s, "value": v} for s, v in (("day", 1), ("night", 0))]
    toy = system(
        {"day": 50, "night": 50}, technologies=[wind, battery], country={"currency": "T"}, currencies=[TENGE],
        plants=[plant("wind", 100), plant("b", 50, energy_mwh=50)], profiles=day,
    )  # fmt: skip
    hours, days = {"day": 1, "night": 1}, {"day": "d", "night": "d"}
    assert cost(solve(toy, scenario(hours, days=days))) == pytest.approx(400)
    assert cost(solve(toy, scenario(hours, days=days, depreciations=FALL))) == pytest.approx(340)


def test_depreciations_without_effect_are_refused():
    toy = with_currency()
    assert "unknown currency in which something is priced 'USD'" in refused(toy, depreciations={"USD": FALL["T"]})
    assert "no effect" in refused(toy, depreciations={"T": {"year": 2030, "percent": 0}})
    assert "no effect" in refused(toy, depreciations={"T": {"year": 2031, "percent": 20}})


def with_lenders():
    """A Chinese bank that lends at 2 points over dollars of 5 percent, and one whose money is not told."""
    money = [
        {"id": "USD", "name": "Dollar", "base_rate_percent": 5, "inflation_percent": 2, "per_usd": 1},
        {
            "id": "CNY",
            "name": "Yuan",
            "base_rate_percent": 3,
            "inflation_percent": 1,
            "hedging_percent": 1,
            "per_usd": 7,
        },
    ]
    bank = {"name": "Bank", "chinese": True}
    lender = {"debt_share_percent": 100, "debt_margin_percent": 2, "currency": "USD"}
    return system(
        {"s": 100},
        technologies=[COAL],
        currencies=money,
        plants=[plant("coal", 100)],
        investors=[bank | lender | {"id": "bank"}, bank | {"id": "other", "real_wacc_percent": 3}],
    )


def test_settlement_moves_chinese_loans_to_one_currency():
    """7 percent in dollars are 1.07/1.02 − 1 = 4.90 real; 5 + 1 of hedging in yuan 1.06/1.01 − 1 = 4.95 percent."""
    rate = {key: case(with_lenders(), scenario({"s": 1}, chinese_investment=part)).investment.wacc["bank", "C"]
            for key, part in {"": {}, "CNY": {"settlement": "CNY"}}.items()}  # fmt: skip
    assert rate[""] == pytest.approx(1.07 / 1.02 - 1)
    assert rate["CNY"] == pytest.approx(1.06 / 1.01 - 1)


def test_settlement_without_effect_is_refused():
    assert "no effect" in refused(with_lenders(), chinese_investment={"settlement": "USD"})
    assert "unknown currency 'EUR'" in refused(with_lenders(), chinese_investment={"settlement": "EUR"})


@pytest.mark.parametrize(("name", "currencies"), [("reference", {"CNY", "USD"}), ("yuan_finance", {"CNY"}),
                                                   ("dollar_finance", {"USD"})])  # fmt: skip
def test_shipped_chinese_loans_are_in_the_currency_the_scenario_names(name, currencies):
    investors = shipped(name).system.investors
    assert {row.currency for row in investors if row.chinese} == currencies


# -------------------------------------------------------------------------------------------------- trade

DOUBLED = {"turnover_percent": 200, "year": 2030}


def with_trade(elasticity):
    link = tables.TradeLink(item="corridor_freight", elasticity=elasticity)
    return with_railway().model_copy(update={"trade_links": (link,)})


@pytest.mark.parametrize(
    ("elasticity", "trade", "megawatts"),
    [
        (1, DOUBLED, 2),
        (2, DOUBLED, 4),
        (0.5, DOUBLED | {"turnover_percent": 225}, 1.5),
        (1, DOUBLED | {"year": 2035}, 1.5),
        (1, DOUBLED | {"year": 2035, "base_year": 2020}, 1 + 10 / 15),
        (1, {"turnover_percent": 50, "year": 2027}, 0.5),
    ],
)
def test_freight_follows_trade(elasticity, trade, megawatts):
    """The railway of 1 MW with twice the trade of 2025, or half way to it, to the power of the elasticity."""
    results = solve(with_trade(elasticity), scenario({"s": 1000}, trade=trade))
    assert float(results["corridor_energy_gwh"].sum()) == pytest.approx(megawatts)


def test_chinese_money_follows_trade_where_the_table_says_so():
    """100 MUSD a year from 2025 on: 140 in 2027 and 200 in 2030 with doubled trade; the money of others stays."""
    bank = {"id": "bank", "name": "Bank", "chinese": True, "real_wacc_percent": 0}
    toy = system({"s": 100}, technologies=[COAL], plants=[plant("coal", 100)],
                 investors=[bank, {"id": "owner", "name": "Owner", "real_wacc_percent": 0}],
                 envelopes=[{"investor": name, "year": 2025, "musd_per_year": 100} for name in ("bank", "owner")],
                 trade_links=[{"item": "envelopes", "elasticity": 1}])  # fmt: skip
    rows = case(toy, scenario({"s": 1}, trade=DOUBLED)).system.envelopes
    money = {name: {row.year: row.musd_per_year for row in rows if row.investor == name} for name in ("bank", "owner")}
    assert money["owner"] == {2025: 100}
    assert money["bank"][2027] == pytest.approx(140) and money["bank"][2030] == pytest.approx(200)
    assert max(money["bank"]) == 2030


def test_trade_without_effect_is_refused():
    assert "nothing in `trade_links` follows" in refused(with_trade(0), trade=DOUBLED)
    assert "turnover stays" in refused(with_trade(1), trade=DOUBLED | {"turnover_percent": 100})
    late = {"turnover_percent": 200, "year": 2040, "base_year": 2030}
    assert "only after the last model year" in refused(with_trade(1), trade=late)


def test_shipped_trade_doubles_vehicle_imports_of_2030_and_leaves_money_alone():
    """Turnover is twice that of 2025 in 2030: so are imports, less what plants at home give, and decided freight."""
    before, after = shipped("reference"), shipped("trade_doubling")
    assert after.corridor_mw[:, 1] == pytest.approx(2 * before.corridor_mw[:, 1])
    sold = [made.vehicles.fleet.supplied[:, -1] for made in (before, after)]
    imports = [row.kind == "import" for row in before.vehicles.fleet.supply]
    assert sold[0][imports].sum() > 0
    assert sold[1][imports].sum() == pytest.approx(2 * sold[0][imports].sum(), rel=0.05)
    assert after.vehicles.energy.charged_gwh[..., 1].sum() > 1.05 * before.vehicles.energy.charged_gwh[..., 1].sum()
    assert [b.limit_musd for b in after.investment.budgets] == [b.limit_musd for b in before.investment.budgets]
