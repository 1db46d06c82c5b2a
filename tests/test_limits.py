"""Limits bind from their first year on and prices hold before it; a market is not bought from to be sold to."""

from __future__ import annotations

import numpy as np
import pytest
from lever_toys import GAS
from test_slices import by_year, halves, yearly
from toy import case, plant, scenario, solve, system, technology

from simulator.errors import InputError, InputWarning
from simulator.interpolation import limits_at

YEARS = (2025, 2030)
LIGNITE = technology("coal", group="coal", fuel="lignite", efficiency_percent=100)


def musd(results) -> float:
    return float(results.attrs["objective_musd"])


def two_years(**tables):
    """100 MW for 1,000 h in 2025 and 2030, each representing three years of six: coal at 10 with a ton per MWh, or gas
    at 50."""
    data = {
        "technologies": [LIGNITE, GAS],
        "plants": [plant("coal", 100), plant("gas", 100)],
        "fuels": [{"id": "lignite", "name": "lignite", "co2_t_per_mwh": 1}],
        "fuel_prices": [{"fuel": "lignite", "zone": "A", "year": 2030, "usd_per_mwh": 10}],
    }
    return system({"s": 100}, years=YEARS, **(data | tables))


THOUSAND = scenario({"s": 1000}, years=YEARS)
FREE, BOUND = 1.0, 0.4 + 3.0
"""MUSD a year of coal alone, and of 40 GWh of coal with 60 of gas."""


def test_a_carbon_cap_binds_from_its_first_year():
    """40 kt from 2030 on; the price of coal, stated for 2030 too, is that of 2025."""
    cap = [{"country": "C", "year": 2030, "cap_kt": 40}]
    assert musd(solve(two_years(carbon_policies=cap), THOUSAND)) == pytest.approx(3 * FREE + 3 * BOUND)


def test_a_carbon_price_holds_before_its_first_year():
    """5 USD/t: coal costs 15 in both years."""
    price = [{"country": "C", "year": 2030, "usd_per_t": 5}]
    assert musd(solve(two_years(carbon_policies=price), THOUSAND)) == pytest.approx(6 * 1.5)


def test_a_fuel_volume_binds_from_its_first_year_and_warns_before():
    """40 GWh of lignite at 10 from 2030 on, the rest from gas; in 2025 nothing limits it, and a warning says so."""
    step = {
        "market": "m",
        "step": 1,
        "year": 2030,
        "fuel": "lignite",
        "zones": ["A"],
        "usd_per_mwh": 10,
        "limit_gwh": 40,
    }
    toy = two_years(fuel_supply=[step], fuel_prices=[])
    with pytest.warns(InputWarning, match="step 1 of fuel market 'm' is limited from 2030 on"):
        assert musd(solve(toy, THOUSAND)) == pytest.approx(3 * FREE + 3 * BOUND)
    both = two_years(fuel_supply=[step, step | {"year": 2025}], fuel_prices=[])
    assert musd(solve(both, THOUSAND)) == pytest.approx(6 * BOUND)


def test_a_fuel_window_binds_from_its_first_year():
    """40 GWh in all twelve months from 2030 on."""
    step = {"market": "m", "step": 1, "year": 2025, "fuel": "lignite", "zones": ["A"], "usd_per_mwh": 10}
    late = {"market": "m", "name": "w", "step": 1, "year": 2030, "months": list(range(1, 13)), "maximum_gwh": 40}
    toy = two_years(fuel_supply=[step], fuel_windows=[late], fuel_prices=[])
    assert musd(solve(toy, THOUSAND)) == pytest.approx(3 * FREE + 3 * BOUND)


@pytest.mark.parametrize(
    ("anchors", "years", "limits"),
    [
        ({2030: 40.0}, [2025, 2030, 2050], [np.inf, 40, 40]),
        ({2025: 100.0, 2035: 50.0}, [2025, 2029, 2035], [100, 80, 50]),
        ({2025: None, 2030: 40.0}, [2020, 2025, 2029, 2030], [np.inf, np.inf, np.inf, 40]),
        ({2025: 100.0, 2030: None, 2035: 50.0}, [2027, 2030, 2034, 2036], [100, np.inf, np.inf, 50]),
        ({2025: None}, [2020, 2030], [np.inf, np.inf]),
    ],
)
def test_limits_by_hand(anchors, years, limits):
    """What is open lends nothing to its neighbours: no limit slopes towards one that comes after an open year."""
    assert limits_at(anchors, years).tolist() == limits


# ------------------------------------------------------------------------------------------------------- round trips


def trading(export: dict | None = None, imported: dict | None = None, **tables):
    """A market that sells 60 MW for 20 and buys 60 MW for 30, beside gas at 50 for 100 MW."""
    offer = {"market": "M", "zone": "A", "limit_mw": 60}
    rows = [offer | {"id": "buy", "direction": "import", "usd_per_mwh": 20} | (imported or {}),
            offer | {"id": "sell", "direction": "export", "usd_per_mwh": 30} | (export or {})]  # fmt: skip
    return {"markets": [{"id": "M", "name": "M"}, {"id": "N", "name": "N"}], "market_steps": rows,
            "technologies": [GAS], "plants": [plant("gas", 1000)]} | tables  # fmt: skip


def test_buying_to_sell_back_is_refused():
    """Both at once would bring 10 USD for each of 60 MWh and hour, for nothing."""
    with pytest.raises(
        InputError, match=r"sells in A for 20 \(buy\) and buys for 30 \(sell\) in the same months"
    ) as told:
        case(system({"s": 100}, **trading()), scenario({"s": 1000}))
    assert "market_steps.sell" in str(told.value)


@pytest.mark.parametrize(
    ("export", "imported"),
    [
        ({"months": [1, 2, 3]}, {"months": [4, 5]}),
        ({"last_year": 2029}, {"first_year": 2030}),
        ({"limit_mw": 0}, {}),
        ({"market": "N"}, {}),  # from one market to another is trade
        ({"usd_per_mwh": 20}, {}),
    ],
)
def test_offers_that_cannot_meet_stand_side_by_side(export, imported):
    slices = dict.fromkeys(("jan", "feb", "mar", "apr", "may", "rest"), 0.0)
    slices |= {"jan": 31, "feb": 28, "mar": 31, "apr": 30, "may": 31, "rest": 214}
    case(system(dict.fromkeys(slices, 100), **trading(export, imported)), scenario(slices))


def test_a_slice_that_lies_in_the_months_of_both_is_refused():
    """July sells for 20 what October buys for 30; one slice holds both, and power of July would be sold in October."""
    toy = yearly({"a": 100, "b": 100}, **trading({"months": [10]}, {"months": [7]}))
    with pytest.raises(InputError, match=r"in slice 'b_2025'"):
        case(toy, by_year(halves()))


def test_at_one_price_nothing_goes_around():
    """Bought and sold for 20, the market gives the 60 MW it can, and takes nothing."""
    toy = system({"s": 100}, **trading({"usd_per_mwh": 20}))
    results = solve(toy, scenario({"s": 1000}))
    assert results["trade_mw"].values.ravel() == pytest.approx([60, 0], abs=1e-6)
    idle = system({"s": 0}, **trading({"usd_per_mwh": 20}))
    assert solve(idle, scenario({"s": 1000}))["trade_mw"].values.ravel() == pytest.approx([0, 0], abs=1e-6)
