"""Charging: energy that adds up to 1e-9, clocks, smart shares and their limits, chargers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from test_vehicles import place, run, scenario, toy

from simulator.audit import vehicles
from simulator.audit.measure import differs
from simulator.case import assemble
from simulator.case.loading import make_case
from simulator.case.time.frame import full_year
from simulator.case.vehicles.charging import recent
from simulator.inputs.read import load_scenario
from simulator.model.results.vehicles import put_vehicles

FOLDER = Path(__file__).parents[1] / "scenarios"
SMART = {"delay_hours": 4, "smart_percent": 50}


COLD_JANUARY = [{"zone": "A", "month": m, "celsius": 20.0 * (m > 1)} for m in range(1, 13)]


def daily(array: np.ndarray) -> np.ndarray:
    """The first zone, year and day of (Z, Y, S) blocks of two hours."""
    return array[0, 0, :12]


def test_energy_charged_is_energy_driven_plus_losses():
    """550 cars, 10,000 km, 0.2 kWh/km: 1.1 GWh driven, 1.375 drawn with 20 % lost; all of it between 20 and 24 h."""
    question = scenario()
    case = assemble(question, toy())
    assert case.vehicles.energy.driven_gwh[0, 0, 0] == pytest.approx(1.1, rel=1e-4)
    assert case.vehicles.energy.charged_gwh[0, 0, 0] == pytest.approx(1.375, rel=1e-4)
    drawn = np.einsum("zys,ys->y", case.nev_mw, case.hours) / 1e3
    assert drawn == pytest.approx(case.vehicles.energy.charged_gwh.sum(axis=(0, 1)), rel=1e-9)
    assert daily(case.nev_mw)[:10] == pytest.approx(0) and (daily(case.nev_mw)[10:] > 0).all()


def test_energy_adds_up_for_the_whole_region_whatever_is_smart():
    """Every country and model year of the built-in system, fixed and smart charging together, to 1e-9."""
    path = FOLDER / "nev_boom_smart.yaml"
    case, _ = make_case(load_scenario(path), path)
    energy = case.vehicles.energy
    loss = {(u.country, u.vehicle): u.charging_loss_percent / 100 for u in case.system.vehicle_use}
    assert case.flexible.baseline_mw.max() > 100
    drawn = np.einsum("zys,ys->zy", case.nev_mw + case.flexible.baseline_mw, case.hours) / 1e3
    for c, country in enumerate(case.countries):
        here = drawn[[zone.country == country.id for zone in case.zones]].sum(axis=0)
        driven = sum(energy.driven_gwh[c, v] / (1 - loss[country.id, name])
                     for v, name in enumerate(case.vehicles.fleet.vehicles))  # fmt: skip
        assert here == pytest.approx(driven, rel=1e-9)
        assert energy.charged_gwh[c].sum(axis=0) == pytest.approx(driven, rel=1e-9)


def test_another_profile_at_a_place_is_a_change_of_the_scenario():
    """Charging of homes starts at 23 instead of in the evening: more is drawn at 2 o'clock, as much over the day."""
    question = load_scenario(FOLDER / "reference.yaml")
    night = {"charging_places": {"KAZ/car/home": {"profile": "home_night"}}}
    usual, changed = (
        make_case(question.model_copy(update={"changes": changes}), FOLDER / "reference.yaml")[0].nev_mw
        for changes in ({}, night)
    )
    assert (changed[0, 2, 1:12:12] > usual[0, 2, 1:12:12]).all()
    assert daily(changed).sum() == pytest.approx(daily(usual).sum(), rel=1e-2)


def test_cold_months_draw_more():
    """At 0 degrees in January, factor 1.5: January days draw one and a half times what July days draw."""
    curve = [{"curve": "flat", "celsius": t, "factor": f} for t, f in ((-10, 2.0), (10, 1.0))]
    system = toy(temperature_factors=curve, temperatures=COLD_JANUARY)
    day = assemble(scenario(), system).vehicles.energy.day_mwh[0, 0, :, 0]
    assert day[0] / day[6] == pytest.approx(1.5)


def test_a_clock_that_is_ahead_draws_earlier():
    """Charging at 20-24 h of a clock two hours ahead of UTC+5 is drawn at 18-22 h."""
    case = assemble(scenario(), toy(charging_terms=[{"country": "C", "hours_ahead": 2}]))
    assert daily(case.nev_mw)[9:11].min() > 0 and daily(case.nev_mw)[11] == pytest.approx(0)


def test_smart_charging_by_hand():
    """A day's energy E comes in two blocks of E/2 at 20 and 22 h; half of it is smart and may wait four hours.

    At 22 h a quarter of E may be owed, at 0 h half of it, at 2 h the quarter of 22 h, at 4 h nothing. Sessions of
    16 kWh at 8 kW: power 0.5/h of the energy of this slice and the four hours before, never below the baseline E/8.
    """
    smart = assemble(scenario(), toy(charging_places=[place(**SMART)]))
    plain = assemble(scenario(), toy())
    energy = 2 * daily(plain.nev_mw).sum()
    flexible = smart.flexible
    assert smart.nev_mw + flexible.baseline_mw == pytest.approx(plain.nev_mw)
    assert daily(flexible.baseline_mw)[10:] == pytest.approx([energy / 8, energy / 8])
    owed = np.zeros(12)
    owed[[11, 0, 1]] = energy / 4, energy / 2, energy / 4
    assert daily(flexible.deferrable_mwh) == pytest.approx(owed)
    power = np.zeros(12)
    power[[10, 11, 0, 1]] = energy / 8, energy / 4, energy / 4, energy / 8
    assert daily(flexible.power_mw) == pytest.approx(power)


def test_batteries_feed_back_what_can_be_counted_on():
    """550 cars of 50 kWh, half smart, 10 % feed back, half of them at hand, 40 % of the battery: 0.275 MWh."""
    terms = {"country": "C", "v2g_available_percent": 50, "v2g_battery_percent": 40, "v2g_efficiency_percent": 81,
             "v2g_wear_usd_per_mwh": 54, "network_usd_per_kw": 200, "network_life_years": 40}  # fmt: skip
    system = toy(charging_places=[place(**SMART)], charging_terms=[terms])
    case = assemble(scenario(v2g_percent=10), system)
    flexible = case.flexible
    stock = case.vehicles.stock[0, 0, 0, 0]
    assert flexible.battery_mwh[0, 0] == pytest.approx(stock * 50 * 0.5 * 0.1 * 0.5 * 0.4 / 1e3)
    assert flexible.feed_mw == pytest.approx(0.05 * flexible.power_mw)
    assert (flexible.feed_efficiency[0], flexible.wear_usd_per_mwh[0]) == (0.81, 54)
    assert flexible.network_usd_per_kw_year[0] == pytest.approx(5), "200 USD over 40 years without interest"
    assert not assemble(scenario(smart_percent=20), system).flexible.feed_mw.any()


def test_chargers_and_their_cost():
    """550 cars share a charger by two: 275, at 1,000 USD over ten years without interest 27,500 USD a year."""
    chargers = run(toy(), scenario()).chargers
    assert chargers.places == ("home",)
    assert chargers.count[0, 0, 0] == pytest.approx(275, rel=1e-4)
    assert chargers.musd[0, 0] == pytest.approx(0.0275, rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=24, max_size=24), st.floats(0, 24))
def test_what_may_be_owed_grows_with_the_wait_and_never_exceeds_the_day(values, hours):
    frame = full_year(0)
    mw = np.zeros(8760)
    mw[:24] = values
    owed = recent(mw, frame, hours)
    assert owed[24:].max() == 0, "days do not owe each other"
    assert (owed <= recent(mw, frame, 24.0) + 1e-9).all() and owed.max() <= sum(values) + 1e-9
    assert recent(mw, frame, 24.0)[:24] == pytest.approx(np.full(24, sum(values)))


def test_without_smart_charging_nothing_is_flexible():
    flexible = assemble(scenario(), toy()).flexible
    parts = (flexible.baseline_mw, flexible.power_mw, flexible.deferrable_mwh, flexible.feed_mw, flexible.battery_mwh)
    assert not any(part.any() for part in parts)


@pytest.mark.parametrize("name", [None, "vehicle_stock", "vehicle_driven_gwh"])
def test_the_independent_check_follows_energy_from_the_road_to_the_grid(name):
    """Half the month's energy more in a January at 0 degrees; one vehicle or GWh in ten that is not there shows."""
    cold = {
        "temperature_factors": [{"curve": "flat", "celsius": t, "factor": f} for t, f in ((0, 1.5), (20, 1))],
        "temperatures": COLD_JANUARY,
    }
    case = assemble(scenario(), toy(**cold))
    told: dict[str, xr.DataArray] = {}

    def put(key, values):
        told[key] = xr.DataArray(values, dims=("country", "vehicle", "powertrain", "year")[: np.ndim(values)])

    put_vehicles(case, put)
    if name is not None:
        told[name] = told[name] * 0.9
    driven = told["vehicle_driven_gwh"].rename(powertrain="year")
    results = xr.Dataset({"vehicle_stock": told["vehicle_stock"], "vehicle_driven_gwh": driven})
    expected = vehicles.FIGURES["vehicle_driven_gwh"](case, results)
    assert (vehicles.charging(case, results) < 1e-12) == (name != "vehicle_stock")
    assert (differs(driven.values, expected) < 1e-12) == (name is None)
