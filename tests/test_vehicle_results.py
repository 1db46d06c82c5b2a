"""What is said of vehicles from a results dataset, by hand on the toy of tests/results_toy.py."""

from __future__ import annotations

import numpy as np
import pytest
from results_toy import results_toy

from simulator.analysis import vehicles as told
from simulator.analysis.indicators import money_by_brand_musd, share_percent

AT = {"country": "AAA", "year": 2030}


def test_the_grid_s_own_carbon_is_taken_off():
    """4,400 vehicles charge 44 GWh at the mean of Alland's plants; the engines would have burnt 20 kt."""
    toy = results_toy()
    here = toy.sel(AT)
    factor = float(here["emissions_kt"] / here["country_generation_gwh"])
    assert float(told.charged_gwh(toy).sel(AT)) == pytest.approx(44)
    assert float(told.grid_factor_kg_per_mwh(toy).sel(AT)) == pytest.approx(1e3 * factor)
    assert float(told.net_co2_avoided_kt(toy).sel(AT)) == pytest.approx(20 - 44 * factor)


def test_charging_from_imports_alone_is_not_free_of_carbon():
    """A country that generates nothing says nothing of what its charging emits; one without vehicles emits nothing."""
    toy = results_toy()
    dark = toy.assign(country_generation_gwh=0 * toy["country_generation_gwh"])
    assert np.isnan(told.grid_co2_kt(dark).sel(AT)) and np.isnan(told.net_co2_avoided_kt(dark).sel(AT))
    idle = dark.assign(vehicle_charged_gwh=0 * dark["vehicle_charged_gwh"])
    assert float(told.grid_co2_kt(idle).sel(AT)) == 0
    assert "–" in told.as_text(dark)


def test_charging_takes_points_of_the_share():
    """The share times what the denominator would be without 44 GWh, less the share."""
    toy = results_toy()
    share = share_percent(toy).sel(**AT, definition="law", basis="generation")
    below = toy["country_generation_gwh"].sel(AT)
    effect = told.denominator_effect_points(toy).sel(**AT, definition="law", basis="generation")
    assert float(effect) == pytest.approx(float(share - share * below / (below - 44))) and float(effect) < 0


def test_the_stock_is_held_against_counts_of_the_same_vehicles():
    """Cars at the end of 2023: 100·2³ = 800; all of them 880. Counts beside the model: exact, and 1 % below."""
    toy = results_toy()
    assert float(told.counted_stock(toy, "AAA", "car").sel(calendar_year=2023)) == pytest.approx(800)
    assert float(told.counted_stock(toy, "AAA", "all").sel(calendar_year=2023)) == pytest.approx(880)
    assert told.stock_beside_counts(toy)["percent_off"].tolist() == pytest.approx([0, -1])


def test_money_by_brand_and_text():
    toy = results_toy()
    money = money_by_brand_musd(toy).sel(country="AAA", year=2030)
    assert money.sel(brand="one").item() == pytest.approx(5) and money.sel(brand="two").item() == pytest.approx(1)
    assert float(told.sold_musd(toy).sel(AT)) == pytest.approx(6)
    assert float(told.sold_musd(toy, chinese_only=True).sel(AT)) == pytest.approx(5)
    text = told.as_text(toy)
    assert "Electric vehicles in 2030" in text and "4,400" in text and "2024-01" in text and "+0.0" in text
    assert "2025" not in text, "counts that are not used for comparison are left to the figure"
