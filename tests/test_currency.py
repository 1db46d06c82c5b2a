"""Depreciation of a currency and settlement of Chinese loans, against the equations by hand."""

from __future__ import annotations

import pytest
from lever_toys import COAL, cost, refused, shipped
from toy import case, plant, scenario, solve, system, technology

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
    assert "unknown name 'USD'" in refused(toy, depreciations={"USD": FALL["T"]})
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
    assert "unknown name 'EUR'" in refused(with_lenders(), chinese_investment={"settlement": "EUR"})


@pytest.mark.parametrize(("name", "currencies"), [("reference", {"CNY", "USD"}), ("yuan_finance", {"CNY"}),
                                                   ("dollar_finance", {"USD"})])  # fmt: skip
def test_shipped_chinese_loans_are_in_the_currency_the_scenario_names(name, currencies):
    investors = shipped(name).system.investors
    assert {row.currency for row in investors if row.chinese} == currencies
