"""Heat by the hour, the turbines that give it, and the months of repair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from toy import case, plant, scenario, system, technology

from simulator.case.time.calendar import MONTH_OF_DAY, MONTH_OF_HOUR
from simulator.case.time.frame import full_year, stretch_means, typical_days, weeks
from simulator.case.weather.heat import daily_means, day_cycle, heat_led, heating, heating_of
from simulator.case.weather.outages import Outages, running
from simulator.errors import InputError
from simulator.system import HeatZone, Technology

MONTHLY = np.array([-15, -14, -7, 5, 13, 19, 21, 19, 12, 4, -6, -12], float)
ZONE = {"zone": "A", "design_celsius": -32, "hot_water_percent": 15, "plant_percent": 50}
LOAD = np.cos(np.arange(8760))
CHP = technology("chp", heat_per_power=1.5, power_to_heat=0.5, power_loss_per_heat=0.12, back_pressure_percent=10)
MONTHS = [{"zone": "A", "month": m + 1, "celsius": t} for m, t in enumerate(MONTHLY)]


@given(st.lists(st.floats(-30, 35), min_size=12, max_size=12))
def test_days_keep_the_means_of_their_months(monthly):
    daily = daily_means(np.array(monthly))
    for month in range(1, 13):
        assert daily[month == MONTH_OF_DAY].mean() == pytest.approx(monthly[month - 1], abs=1e-6)


def test_a_day_is_coldest_before_dawn_and_keeps_its_mean():
    cycle = day_cycle(10)
    assert cycle.sum() == pytest.approx(0)
    assert int(cycle.argmin()) in (2, 3) and int(cycle.argmax()) in (14, 15)
    assert np.ptp(cycle) == pytest.approx(10, abs=0.2)


def test_heat_follows_the_temperature_in_the_season_and_is_hot_water_outside_it():
    """18 °C inside, -32 at design. At 0 °C: 0.15 + 0.85·18/50 = 0.456 of the design load, 0.912 of what turbines can.

    Above 8 °C heating is off: 0.15/0.5 = 0.3. At -7 °C (0.575) and below boilers help: turbines give all.
    """
    row = HeatZone.model_validate(ZONE)
    for celsius, share in ((0, 0.912), (8.1, 0.3), (20, 0.3), (-7, 1.0), (-30, 1.0)):
        assert heating_of(row, np.full(12, float(celsius))) == pytest.approx(share), celsius


def test_the_season_begins_and_ends_where_the_mean_passes_eight_degrees():
    on = heating_of(HeatZone.model_validate(ZONE), MONTHLY).reshape(365, 24)[:, 0] > 0.31
    assert on[MONTH_OF_DAY == 1].all() and not on[MONTH_OF_DAY == 7].any()
    assert np.count_nonzero(np.diff(on.astype(int))) == 2
    assert 190 < on.sum() < 225


@given(st.floats(0, 1), st.floats(0, 100), st.floats(0.2, 2), st.floats(0.1, 1), st.floats(0, 0.3))
def test_the_least_of_a_heat_plant_is_never_above_its_most(share, pressed, heat, line, loss):
    columns = {"heat_per_power": heat, "power_to_heat": line, "power_loss_per_heat": loss}
    if heat * (line + loss) > 1:
        with pytest.raises(ValidationError, match="at full heat"):
            Technology.model_validate(technology("chp", **columns))
        return
    plant_ = Technology.model_validate(technology("chp", **columns, back_pressure_percent=pressed))
    led = heat_led(plant_, np.array([share]))
    assert led.least <= led.most + 1e-9 and led.most <= 1 + 1e-9
    assert led.least == pytest.approx(line * led.heat)


def test_repair_falls_into_its_months():
    """18 days of repair in June and 12 in July; 80 % of 90 % run outside: in June 0.72·(1 − 18/30)."""
    rows = [{"country": "C", "month": m, "share_percent": s} for m, s in ((6, 60), (7, 40))]
    worn = technology("worn", available_percent=90, forced_outage_percent=20, planned_outage_days=30)
    months = Outages(system({}, technologies=[worn], maintenance=rows)).monthly("C", Technology.model_validate(worn))
    assert months[0] == pytest.approx(0.72) == running(Technology.model_validate(worn))
    assert months[5:7] == pytest.approx([0.72 * 0.4, 0.72 * (1 - 12 / 31)])


@pytest.mark.parametrize(
    ("tables", "days", "message"),
    [
        ({}, 10, "not the months"),
        ({"maintenance": [{"country": "C", "month": 6, "share_percent": 90}]}, 10, "add up to 90 %"),
        ({"maintenance": [{"country": "C", "month": 6, "share_percent": 100}]}, 31, "longer than month 6"),
    ],
)
def test_repair_without_a_place_is_refused(tables, days, message):
    worn = technology("worn", planned_outage_days=days)
    with pytest.raises(InputError, match=message):
        Outages(system({}, technologies=[worn], **tables)).monthly("C", Technology.model_validate(worn))


def test_heat_without_temperatures_or_profile_is_refused():
    with pytest.raises(InputError, match="needs its temperatures"):
        heating(system({}, technologies=[CHP], heat_zones=[ZONE], temperatures=MONTHS[:11]))
    with pytest.raises(InputError, match="no profile 'heat'"):
        case(system({"s": 1}, technologies=[CHP], plants=[plant("chp", 1)]), scenario({"s": 1}))
    with pytest.raises(InputError, match="`heat_zones` has no effect"):
        case(system({"s": 1}, technologies=[CHP], heat_zones=[ZONE]), scenario({"s": 1}))


@pytest.mark.parametrize("frame", [full_year(0), weeks(5, 2, 0), typical_days(11, 3, LOAD, LOAD, 0)])
def test_slices_keep_the_mean_of_the_year(frame):
    """Whatever days are chosen: by energy, heat of the year is that of its 8760 hours."""
    hourly = heating_of(HeatZone.model_validate(ZONE | {"daily_range_celsius": 9}), MONTHLY)
    values = stretch_means(np.array([hourly, MONTH_OF_HOUR]), frame)
    weight = frame.weight_h / frame.weight_h.sum()
    assert values @ weight == pytest.approx([hourly.mean(), MONTH_OF_HOUR.mean()])
    if len(frame.day) == 8760:
        assert values[0] == pytest.approx(hourly)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([{"step": 2}], "no row of fuel_supply has market m, step 2"),
        ([{}, {"year": 2035, "months": [1, 2]}], "different months in different rows"),
        ([{}, {"name": "other", "months": [12, 1]}], "overlap"),
    ],
)
def test_windows_of_fuel_that_cannot_work_are_refused(changes, message):
    window = {"market": "m", "name": "cold", "step": 1, "year": 2030, "months": [1], "maximum_gwh": 1}
    step = {"market": "m", "step": 1, "year": 2030, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 0}
    engine = technology("engine", fuel="gas", efficiency_percent=50)
    with pytest.raises(InputError, match=message):
        case(
            system({"s": 1}, fuels=[{"id": "gas"}], technologies=[engine], plants=[plant("engine", 1)],
                   fuel_supply=[step], fuel_windows=[window | change for change in changes]),
            scenario({"s": 1}),
        )  # fmt: skip


def test_a_flat_plant_is_never_in_repair():
    """Its output is one figure for the whole year: days of repair would leave months in which it cannot give it."""
    with pytest.raises(ValidationError, match="lower its available_percent"):
        Technology.model_validate({"id": "a", "name": "a", "kind": "thermal", "group": "nuclear", "flat": True,
                                   "planned_outage_days": 20})  # fmt: skip
