"""Money and jobs by investor and project, worked out by hand on the toy (its figures stand in ``results_toy``)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from results_toy import results_toy, single_zone

from simulator.analysis.finance import as_text, by_envelope, by_investor, by_project, jobs


@pytest.fixture(scope="module")
def plants() -> pd.DataFrame:
    return by_project(results_toy()).set_index("name")


def test_only_what_comes_in_the_horizon_is_told(plants: pd.DataFrame) -> None:
    assert list(plants.index) == ["Battery", "Plain Wind", "South Sun"]


def test_levelised_cost_of_the_first_full_year(plants: pd.DataFrame) -> None:
    """Wind: (100 + 15) MUSD for 400 MW × 8.76 = 3,504 GWh of 2028. Sun: 35 MUSD for 240 MW × 8 h × 365 = 700.8 GWh."""
    assert plants.loc["Plain Wind", "full_year"] == 2028
    assert plants.loc["Plain Wind", "lcoe_usd_per_mwh"] == pytest.approx(115e3 / 3504)
    assert plants.loc["South Sun", "lcoe_usd_per_mwh"] == pytest.approx(35e3 / 700.8)
    assert np.isnan(plants.loc["Battery", "lcoe_usd_per_mwh"])
    assert plants.loc["Plain Wind", ["wacc_percent", "social_rate_percent"]].to_list() == [7.0, 6.0]


def test_tariff_needed_is_held_against_what_auctions_paid(plants: pd.DataFrame) -> None:
    """Wind needs 32.8 and got 60; sun needs 49.9 and got 40; no auction ever awarded a battery."""
    assert plants.loc["Plain Wind", "margin_usd_per_mwh"] == pytest.approx(60 - 115e3 / 3504)
    assert plants.loc["South Sun", "margin_usd_per_mwh"] == pytest.approx(40 - 35e3 / 700.8)
    assert np.isnan(plants.loc["Battery", "margin_usd_per_mwh"])


def test_value_is_weighted_by_when_the_plant_runs() -> None:
    """Price 30, but 3,000 in one block of 2 h × 165 days of 2030 in the South: the sun is not up then.

    Were the sun to shine 100 MW in that block, the year's 700.8 + 33 GWh would be worth 2,970 × 33 kUSD more.
    """
    assert by_project(results_toy()).set_index("name")["value_usd_per_mwh"]["South Sun"] == pytest.approx(30)
    run = results_toy().copy(deep=True)
    evening = {"unit": "A_S/solar", "year": 2030, "slice": "jan-18"}
    run["generation_mw"].loc[evening] += 100
    value = by_project(run).set_index("name")["value_usd_per_mwh"]["South Sun"]
    assert value == pytest.approx(30 + 2970 * 33 / 733.8)


def test_a_year_late_costs_energy_and_share(plants: pd.DataFrame) -> None:
    """3,504 GWh × 30 USD/MWh, and of the denominator of 2028; a battery that only moves energy loses its saved cost."""
    toy = results_toy()
    below = float(toy["country_generation_gwh"].sel(country="AAA", year=2028))
    assert plants.loc["Plain Wind", "year_late_musd"] == pytest.approx(3504 * 30 / 1e3)
    assert plants.loc["Plain Wind", "year_late_points"] == pytest.approx(100 * 3504 / below)
    assert np.isnan(plants.loc["Battery", "year_late_musd"])
    elsewhere = by_project(toy.assign_coords(asset_country=("asset", ["BBB"] * 7)))
    assert elsewhere["year_late_points"].isna().all()
    assert by_project(toy.assign_attrs(headline_target=""))["year_late_points"].isna().all()


def test_money_by_investor_adds_up_to_its_plants() -> None:
    """Dragon 2030: wind and battery; loans in yuan; 63 MUSD given away in all; local sun pays more than the market."""
    table = by_investor(results_toy()).set_index(["investor", "year"])
    dragon = table.loc[("dragon", 2030)]
    assert dragon["capacity_mw"] == 1100 and dragon["currency"] == "CNY" and bool(dragon["chinese"])
    assert dragon[["annuity_musd", "debt_service_musd", "investment_musd"]].to_list() == [106, 85, 60]
    assert table.loc["dragon", "subsidy_musd"].sum() == 63
    assert table.loc[("local", 2030), "subsidy_musd"] == -4
    assert table.loc[("dragon", 2030), "wacc_percent"] == 7
    assert "state" not in table.index.get_level_values("investor")


def test_a_depreciation_raises_what_foreign_loans_take_at_home() -> None:
    """Alland's money falls by a fifth in 2030, the yuan rises by a tenth: 85 · 1.1 / 0.8, and 20 / 0.8 for dollars."""
    table = by_investor(results_toy()).set_index(["investor", "year"])["debt_service_home_musd"]
    assert table["dragon", 2028] == pytest.approx(84)
    assert table["dragon", 2030] == pytest.approx(85 * 1.1 / 0.8)
    assert table["local", 2030] == pytest.approx(20 / 0.8)
    at_home = results_toy().assign_coords(asset_currency=("asset", ["ALD"] * 7))
    assert by_investor(at_home).set_index(["investor", "year"])["debt_service_home_musd"]["local", 2030] == 20


def test_an_unknown_subsidy_is_not_zero() -> None:
    """A country without a market rate for debt has no figure; a sum with a known part keeps that part."""
    run = results_toy().copy(deep=True)
    run["subsidy_musd"].loc[{"asset": "south_sun"}] = np.nan
    table = by_investor(run).set_index(["investor", "year"])["subsidy_musd"]
    assert np.isnan(table["local", 2030]) and table["dragon", 2030] == 3


def test_one_more_dollar_is_worth_something_where_money_is_spent() -> None:
    """Dragon spends 1,200 of 1,500 MUSD to 2028, and all of 60 MUSD in 2030; others have no envelope of their own."""
    table = by_envelope(results_toy()).set_index(["investor", "year"])
    assert list(table.index) == [("dragon", 2028), ("dragon", 2030)]
    assert table.loc[("dragon", 2028)].to_list() == ["dragon", 1500, 1200, 0]
    assert table.loc[("dragon", 2030), "value_of_one_more_dollar"] == 0.25
    assert [line.split() for line in as_text(results_toy()).splitlines()][-1] == [
        "dragon",
        "dragon",
        "60",
        "60",
        "0.25",
    ]


def test_jobs_while_it_is_built_and_while_it_runs() -> None:
    """Wind: 1,000 MW in July 2027, built from January 2026: 1,100 heads a year and a half, 55 in 2027, then 110.

    Sun: 500 MW chosen for 2029-2030, 250 in the middle of each, so building goes from January 2028 to July 2030.
    """
    table = jobs(results_toy()).set_index(["name", "year"])
    wind = table.loc["Plain Wind"]
    assert wind["construction_jobs"].to_list() == pytest.approx([1100, 550, 0, 0, 0])
    assert wind["operation_jobs"].to_list() == pytest.approx([0, 55, 110, 110, 110])
    sun = table.loc["South Sun"]
    assert sun["construction_jobs"].to_list() == pytest.approx([0, 0, 275, 1.1 * (125 + 250), 137.5])
    assert sun["operation_jobs"].to_list() == pytest.approx([0, 0, 0, 0.11 * 125, 0.11 * (250 + 125)])
    assert table.loc["Battery"][["construction_jobs", "operation_jobs"]].isna().all(axis=None)
    by_hand = by_investor(results_toy()).set_index(["investor", "year"])
    assert by_hand.loc[("dragon", 2026), "construction_jobs"] == pytest.approx(1100)


def test_text_shows_both_rates_and_no_figure_as_a_dash() -> None:
    text = as_text(results_toy())
    assert "The social rate that weighs years is 6 %" in text
    (dragon,) = [line for line in text.splitlines() if line.startswith("Dragon Power")]
    assert dragon.split() == ["Dragon", "Power", "CNY", "1,100", "1,260", "106", "85", "63", "7.0", "0", "110"]
    (battery,) = [line for line in text.splitlines() if line.startswith("Battery")]
    assert "–" in battery
    assert "Gas Berland" not in as_text(single_zone(results_toy()))


def test_sums_of_all_and_of_chinese_investors() -> None:
    """Dragon (wind 1,000 MW, battery 100) is Chinese, the owner of the sun (500 MW) is not."""
    rows = {" ".join(line.split()[:1]): line.split() for line in as_text(results_toy()).splitlines() if line}
    assert rows["All"][1] == "1,600"
    assert rows["Chinese"][2:4] == ["1,100", "1,260"]
