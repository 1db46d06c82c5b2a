"""Planned rationing and unplanned loss of load, on systems small enough to be solved on paper."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from toy import case as toy_case
from toy import plant, scenario, solve, system, technology

from simulator.errors import InputError
from simulator.system import Rationing, System

HOURS = {"day": 1000, "night": 1000}
STEPS = [
    {"country": "C", "step": 1, "percent_of_load": 10, "usd_per_mwh": 150},
    {"country": "C", "step": 2, "percent_of_load": 15, "usd_per_mwh": 500},
]


def short(*steps: dict[str, Any], gas_mw: float = 60, **country: Any) -> System:
    """Gas at 50 for 100 MW by day and 50 by night; the value of lost load is 1000 USD/MWh."""
    return system(
        {"day": 100, "night": 50}, technologies=[technology("gas", variable_om_usd_per_mwh=50)],
        plants=[plant("gas", gas_mw)], rationing=list(steps), country=country,
    )  # fmt: skip


def by_component(results) -> dict[str, float]:
    return {str(c): float(v) for c, v in zip(results["cost_component"].values, results["cost_musd"].values[:, 0],
                                             strict=True)}  # fmt: skip


def test_rationing_comes_first_and_step_by_step():
    """40 MW are missing by day: 10 % at 150, 15 % at 500, the last 15 MW at 1,000 USD/MWh, for 1,000 hours."""
    results = solve(short(*STEPS), scenario(HOURS))
    cost = by_component(results)
    assert cost["planned rationing"] == pytest.approx(10 * 0.15 + 15 * 0.5)
    assert cost["unserved energy"] == pytest.approx(15 * 1.0)
    assert results["unserved_mw"].values.ravel().tolist() == pytest.approx([40, 0])
    assert results["rationed_mw"].values.ravel().tolist() == pytest.approx([25, 0])
    assert float(results["shed_musd"].squeeze()) == pytest.approx(1.5 + 7.5 + 15)


@pytest.mark.parametrize(("gas_mw", "price"), [(95, 150), (80, 500), (60, 1000)])
def test_the_price_is_that_of_the_step_in_use(gas_mw, price):
    results = solve(short(*STEPS, gas_mw=gas_mw), scenario(HOURS))
    assert float(results["price_usd_per_mwh"].sel(slice="day").squeeze()) == pytest.approx(price)


def test_a_step_cuts_a_share_of_the_load_of_that_time():
    """With 40 MW of gas 10 of 50 MW are missing by night, too: 5 rationed and 5 lost where only 10 % may be."""
    results = solve(short(STEPS[0], gas_mw=40), scenario(HOURS))
    assert results["rationed_mw"].values.ravel().tolist() == pytest.approx([10, 5])
    assert by_component(results)["unserved energy"] == pytest.approx(50 + 5)


@pytest.mark.parametrize(("place", "step", "value"), [("low", 75, 500), ("middle", 150, 1000), ("high", 300, 3000)])
def test_a_scenario_picks_prices_of_shortage(place, step, value):
    """Rationing and lost load move together: 10 MW at the step's price, 30 at the value of lost load."""
    ranged = STEPS[0] | {"usd_per_mwh_low": 75, "usd_per_mwh_high": 300}
    world = short(ranged, value_of_lost_load_usd_per_mwh_low=500, value_of_lost_load_usd_per_mwh_high=3000)
    results = solve(world, scenario(HOURS, shortage=place))
    assert float(results["shed_musd"].squeeze()) == pytest.approx((10 * step + 30 * value) / 1e3)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([STEPS[0], STEPS[1] | {"usd_per_mwh": 150}], "step 1 of C costs 150 USD/MWh, the next step 150"),
        ([STEPS[0] | {"usd_per_mwh": 1000}], "step 1 of C costs 1000 USD/MWh, the value of lost load 1000"),
        ([STEPS[0] | {"percent_of_load": 90}, STEPS[1]], "rationing steps of C cut 105 % of the load"),
    ],
)
def test_steps_that_contradict_one_another_are_refused(steps, message):
    with pytest.raises(InputError, match=message):
        toy_case(short(*steps), scenario(HOURS))


def test_a_step_cuts_something():
    with pytest.raises(ValidationError, match="percent_of_load"):
        Rationing(country="C", step=1, percent_of_load=0, usd_per_mwh=100)
