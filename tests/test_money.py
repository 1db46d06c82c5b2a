"""Money by asset and investor: books, debts and gifts, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from toy import plant, scenario, solve, system, technology

COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
WIND = technology("wind", kind="variable", group="wind", life_years=20, fixed_om_usd_per_kw_year=20)
USD = {"id": "USD", "name": "dollar", "base_rate_percent": 4, "inflation_percent": 0, "per_usd": 1}
YUAN = {"id": "CNY", "name": "yuan", "base_rate_percent": 3, "inflation_percent": 25, "per_usd": 7}
BANK = {
    "id": "bank", "name": "Bank", "kind": "policy_bank", "real_wacc_percent": 0, "debt_share_percent": 50,
    "debt_margin_percent": 6, "currency": "USD", "tenor_years": 4, "grace_years": 1,
}  # fmt: skip


def wind_everywhere(years):
    return [{"zone": "A", "name": "wind", "year": y, "slice": "s", "value": 1} for y in years]


def project(**columns):
    row = {"id": "p", "name": "P", "zone": "A", "technology": "wind", "capacity_mw": 40, "investor": "bank",
           "stage": "operating", "commissioning": "2026", "overnight_usd_per_kw": 1000}  # fmt: skip
    return row | columns


def financed(years=(2026, 2028, 2030), **tables):
    """40 MW of wind for 40 MUSD, half of it lent at 4 + 6 = 10 % over four years with one of grace."""
    given = {
        "technologies": [COAL, WIND],
        "plants": [plant("coal", 100)],
        "technology_costs": [{"technology": "wind", "year": 2026, "overnight_usd_per_kw": 1000}],
        "projects": [project()],
        "currencies": [USD, YUAN],
        "investors": [BANK, {"id": "owner", "name": "Owner", "real_wacc_percent": 0}],
        "profiles": wind_everywhere(years),
        "years": years,
    }
    return solve(system({"s": 100}, **(given | tables)), scenario({"s": 1000}, years=years))


def test_a_project_pays_capital_operation_and_debt():
    """40 MUSD without interest over 20 years: 2 a year, and 40 MW · 20 USD/kW = 0.8. Coal: 60 GWh · 10 = 0.6.

    20 MUSD are lent from the start of 2026. Out are 20, 20, 40/3, 20/3; interest 2, 2, 4/3, 2/3; repaid 20/3 each after
    the grace. Payments of 2026, 2028 and 2030 are the first, third and fifth: 2, 4/3 + 20/3 = 8, and nothing.
    """
    results = financed()
    mine = results.sel(asset="p")
    assert mine["annuity_musd"].values == pytest.approx([2, 2, 2])
    assert mine["fixed_cost_musd"].values == pytest.approx([0.8] * 3)
    assert mine["debt_service_musd"].values == pytest.approx([2, 8, 0])
    assert mine["capital_musd"].values == pytest.approx([40, 0, 0])
    assert results["variable_cost_musd"].sel(asset="coal_A").values == pytest.approx([0.6] * 3)
    assert str(mine["asset_currency"].item()) == "USD"
    assert float(mine["asset_wacc_percent"]) == 0 and results.attrs["discount_rate_percent"] == 0


def test_inflation_of_the_loan_s_currency_eats_its_payments():
    """In yuan at 3 + 6 = 9 % with 25 % inflation: 1.8/1.25 in 2026, (1.2 + 20/3)/1.25³ = 4.0277 in 2028."""
    results = financed(investors=[BANK | {"currency": "CNY"}])
    assert results["debt_service_musd"].sel(asset="p").values == pytest.approx(
        [1.8 / 1.25, (1.2 + 20 / 3) / 1.25**3, 0]
    )
    assert str(results["asset_currency"].sel(asset="p").item()) == "CNY"


def test_a_cheap_loan_is_a_gift_measured_against_the_market():
    """At no interest, due after a year, against 25 %: 1 − 1/1.25 = 20 % of 20 MUSD; without a market rate unknown."""
    free = BANK | {"debt_margin_percent": -4, "tenor_years": 1, "grace_years": 0}
    market = {"market_debt_rate_percent": 25, "market_debt_currency": "USD"}
    results = financed(investors=[free], country=market)
    assert results["subsidy_musd"].sel(asset="p").values == pytest.approx([4, 0, 0])
    assert np.isnan(financed(investors=[free])["subsidy_musd"].sel(asset="p").values).all()


def test_a_chosen_plant_owes_as_it_comes():
    """30 % of 2030 must be wind: 40 MW, half of them commissioned in 2029, half in 2030 and so running for half of it.

    20 MUSD are lent. Plants start on average in the middle of their year: the loans of mid-2029 (10) pay their first
    interest of 10 % in mid-2030, those of mid-2030 nothing yet.
    """
    years = (2026, 2028, 2030)
    toy = system(
        {"s": 100}, years=years, technologies=[COAL, WIND], plants=[plant("coal", 100)], currencies=[USD],
        technology_costs=[{"technology": "wind", "year": 2026, "overnight_usd_per_kw": 1000}], investors=[BANK],
        candidates=[{"zone": "A", "technology": "wind", "investors": ["bank"], "earliest": 2029}],
        profiles=wind_everywhere(years), definitions=[{"definition": "d", "technology": "wind"}],
        targets=[{"id": "t", "country": "C", "year": 2030, "percent": 30, "definition": "d", "mode": "hard"}],
    )  # fmt: skip
    asked = scenario({"s": 1000}, years=years)
    asked = asked.model_copy(update={"horizon": asked.horizon.model_copy(update={"part_year": True})})
    results = solve(toy, asked)
    new = results.isel(asset=-1).sel(year=2030)
    assert float(new["build_mw"]) == pytest.approx(40) and float(new["capacity_mw"]) == pytest.approx(30)
    assert float(new["debt_service_musd"]) == pytest.approx(1)
    assert float(new["capital_musd"]) == pytest.approx(40)
    assert float(new["annuity_musd"]) == pytest.approx(40 / 20 * 0.75)


def test_fuel_with_its_step_and_carbon_is_booked_where_it_is_burnt():
    """Gas at 50 % burns 200 GWh for 100 GWh: 5 USD/MWh at the plant, 150 GWh free and 50 GWh at 20 more in the market.

    Fuel 1 MUSD, step 1 MUSD, carbon 200 · 0.2 kt · 10 = 0.4 MUSD, operation 0.1. Two plants, 3:1: 1.875 and 0.625 MUSD.
    """
    gas = technology("gas", fuel="gas", efficiency_percent=50, variable_om_usd_per_mwh=1)
    step = {"market": "pipe", "year": 2030, "fuel": "gas", "zones": ["A"]}
    results = solve(
        system(
            {"s": 100}, technologies=[gas], fuels=[{"id": "gas", "co2_t_per_mwh": 0.2}],
            plants=[plant("gas", 75), plant("gas", 25, id="small")],
            fuel_prices=[{"fuel": "gas", "zone": "A", "year": 2030, "usd_per_mwh": 5}],
            fuel_supply=[step | {"step": 1, "usd_per_mwh": 0, "limit_gwh": 150},
                         step | {"step": 2, "usd_per_mwh": 20}],
            carbon_policies=[{"country": "C", "year": 2030, "usd_per_t": 10}],
        ),
        scenario({"s": 1000}),
    )  # fmt: skip
    assert results["variable_cost_musd"].values.ravel() == pytest.approx([1.875, 0.625])
