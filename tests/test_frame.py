"""The time structure: days that stand for the year, their order and weights, and means that survive aggregation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.case.time.calendar import DAYS, HOURS, MONTH_OF_DAY
from simulator.case.time.frame import (
    Frame,
    aggregate,
    aggregate_load,
    block_means,
    full_year,
    is_weekend,
    typical_days,
    weeks,
)
from simulator.errors import InputError

BLOCKS = st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24])
MONDAY, SATURDAY = 0, 5


def _peaked(load_hour: int, residual_hour: int) -> tuple[np.ndarray, np.ndarray]:
    """Two flat series of 1, each with one peak of 2."""
    load, residual = np.ones(HOURS), np.ones(HOURS)
    load[load_hour] = residual[residual_hour] = 2
    return load, residual


def _days(count: int, block_hours: int = 24, first_weekday: int = MONDAY) -> Frame:
    """Typical days without peaks of their own: the first day of the year is taken as the peak of both."""
    return typical_days(count, block_hours, *_peaked(0, 0), first_weekday)


def _weekend_share(frame: Frame) -> float:
    return float(frame.weight_days[frame.day_type == "weekend"].sum() / frame.weight_days.sum())


def _check_consistent(frame: Frame, hours_per_year: float) -> None:
    """What every frame of calendar days promises."""
    assert frame.weight_h.sum() == pytest.approx(hours_per_year, rel=1e-12)
    assert frame.weight_days.sum() == pytest.approx(DAYS, rel=1e-12)
    assert (np.diff(frame.date_index) > 0).all(), "days follow each other through the year"
    assert (np.diff(frame.day) >= 0).all(), "slices follow the days"
    assert len(set(frame.label)) == len(frame.label) == len(frame.day)
    np.testing.assert_array_equal(frame.month, MONTH_OF_DAY[frame.date_index])
    for d in range(len(frame.date_index)):
        inside = frame.day == d
        assert frame.block_hours[inside].sum() == 24
        np.testing.assert_array_equal(
            frame.hour_start[inside], np.cumsum(frame.block_hours[inside]) - frame.block_hours[0]
        )
        assert frame.weight_h[inside].sum() == pytest.approx(frame.weight_days[d] * 24 * hours_per_year / HOURS)


# ------------------------------------------------------------------------------------------------ builders


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 365), BLOCKS, st.integers(0, HOURS - 1), st.integers(0, HOURS - 1),
    st.integers(0, 6), st.sampled_from([8760.0, 8766.0]),
)  # fmt: skip
def test_typical_days_hold_the_year_and_its_peaks(
    days: int, block: int, load_hour: int, residual_hour: int, first_weekday: int, hours: float
) -> None:
    frame = typical_days(days, block, *_peaked(load_hour, residual_hour), first_weekday, hours)
    _check_consistent(frame, hours)
    for peak in {load_hour // 24, residual_hour // 24}:
        assert peak in frame.date_index
        if len(frame.date_index) > 2:
            assert frame.weight_days[frame.date_index == peak] == 1
    weekend = is_weekend(first_weekday)[frame.date_index]
    np.testing.assert_array_equal(frame.day_type == "weekend", weekend)
    assert days - 2 <= len(frame.date_index) <= min(days + 2, DAYS)


def test_weights_by_hand() -> None:
    """One day asked for, and two peaks: the middle day, 182, stands for all but the two peak days, 363 days."""
    frame = typical_days(1, 24, *_peaked(10 * 24, 300 * 24 + 5), MONDAY)
    assert frame.date_index.tolist() == [10, 182, 300]
    assert frame.weight_days.tolist() == [1, 363, 1]
    assert frame.weight_h.tolist() == [24, 363 * 24, 24]
    assert frame.label == ("d011h00", "d183h00", "d301h00")


def test_a_day_stands_for_the_days_nearest_to_it() -> None:
    """Seven days lie at 26, 78, 130, 182, 234, 286, 338; 182 is the peak and stands for itself alone.

    Borders lie half-way, a tie goes to the earlier day: 0-52 (and across New Year from 364.5 on), 53-104, 105-181
    without the peak, 183-260, 261-312, 313-364.
    """
    frame = typical_days(7, 24, *_peaked(182 * 24, 182 * 24), MONDAY)
    assert frame.date_index.tolist() == [26, 78, 130, 182, 234, 286, 338]
    assert frame.weight_days.tolist() == [53, 52, 77, 1, 78, 52, 52]


def test_new_year_is_no_border() -> None:
    """With the peak on day 338, the last of the seven, December's days from 339 on are nearer to day 26 of the year
    than to 286: 26 of them beside its 53."""
    frame = typical_days(7, 24, *_peaked(338 * 24, 338 * 24), MONDAY)
    assert frame.date_index.tolist() == [26, 78, 130, 182, 234, 286, 338]
    assert frame.weight_days.tolist() == [79, 52, 52, 52, 52, 77, 1]


@pytest.mark.parametrize("first_weekday", [MONDAY, SATURDAY])
@pytest.mark.parametrize("count", [4, 8, 12, 13, 24, 26, 48, 52, 73, 104, 182, 365])
def test_weekends_keep_their_share(count: int, first_weekday: int) -> None:
    """Two days in seven, 0.286; thirteen or fifty-two evenly spaced days would all be the same weekday."""
    assert _weekend_share(_days(count, first_weekday=first_weekday)) == pytest.approx(2 / 7, abs=0.12)


def test_weeks_are_whole_and_start_on_monday() -> None:
    """Four weeks, one in the middle of each quarter: 28 days that each stand for 365/28 = 13.04 days."""
    for first_weekday in range(7):
        frame = weeks(4, 2, first_weekday)
        _check_consistent(frame, HOURS)
        assert len(frame.date_index) == 28
        np.testing.assert_allclose(frame.weight_days, DAYS / 28)
        by_week = frame.date_index.reshape(4, 7)
        assert (np.diff(by_week, axis=1) == 1).all()
        assert ((by_week[:, 0] + first_weekday) % 7 == 0).all()
        assert [(week[3] * 4) // DAYS for week in by_week] == [0, 1, 2, 3]


def test_the_full_year_is_the_hourly_series_itself() -> None:
    frame = full_year(MONDAY)
    _check_consistent(frame, HOURS)
    series = np.random.default_rng(0).uniform(0, 1, HOURS)
    np.testing.assert_array_equal(block_means(series, frame), series)
    np.testing.assert_allclose(aggregate(series, frame), series, rtol=1e-12)
    np.testing.assert_allclose(aggregate_load(series, frame), series, rtol=1e-12)


# --------------------------------------------------------------------------------------------- aggregation


def test_block_means_by_hand() -> None:
    """The hour of the day as the series: blocks of six hours have the means 2.5, 8.5, 14.5 and 20.5."""
    series = np.tile(np.arange(24.0), DAYS)
    np.testing.assert_allclose(block_means(series, _days(1, 6))[:4], [2.5, 8.5, 14.5, 20.5])


def test_availability_is_scaled_up_to_the_limit_by_hand() -> None:
    """Two half-days of 0.8 and 0.4 on the only day, of a year whose mean is 0.65.

    One factor would be 0.65 / 0.6 = 1.0833 and give 0.8667 and 0.4333. With a mean of 0.75 the factor 1.25 brings the
    first to 1, where it stays; 2 · 0.75 − 1 = 0.5 is left for the second.
    """
    frame = _days(1, 12)
    day = frame.date_index[0]
    for mean, expected in ((0.65, [0.8 * 0.65 / 0.6, 0.4 * 0.65 / 0.6]), (0.75, [1, 0.5]), (0.3, [0.4, 0.2])):
        series = np.full(HOURS, mean)
        for d in set(frame.date_index.tolist()):
            series[d * 24 : d * 24 + 12], series[d * 24 + 12 : d * 24 + 24] = 0.8, 0.4
        rest = np.ones(DAYS, bool)
        rest[frame.date_index] = False
        series[np.repeat(rest, 24)] += (mean - series.mean()) * DAYS / rest.sum()
        np.testing.assert_allclose(aggregate(series, frame)[:2], expected, rtol=1e-9, err_msg=f"day {day}")


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 60), BLOCKS, st.integers(0, 10**6), st.floats(0.05, 5))
def test_availability_keeps_mean_bounds_and_nights(days: int, block: int, seed: int, skew: float) -> None:
    """A sun of random days: never above 1, dark where it was dark, and the weighted mean is that of the year."""
    generator = np.random.default_rng(seed)
    day = np.clip(np.sin((np.arange(24) - 6) * np.pi / 12), 0, None)
    series = (generator.uniform(0.01, 1, DAYS) ** skew)[:, None] * day
    frame = _days(days, block)
    found = aggregate(series.ravel(), frame)
    assert (found @ frame.weight_h) / frame.weight_h.sum() == pytest.approx(series.mean(), rel=1e-9)
    assert found.max() <= 1
    np.testing.assert_array_equal(found == 0, block_means(series.ravel(), frame) == 0)


def test_several_series_at_once_are_each_their_own() -> None:
    series = np.random.default_rng(1).uniform(0, 1, (2, 3, HOURS))
    frame = _days(5, 4)
    found = aggregate(series, frame)
    assert found.shape == (2, 3, len(frame.day))
    np.testing.assert_allclose(found[1, 2], aggregate(series[1, 2], frame))


def test_a_profile_the_days_cannot_carry_is_refused() -> None:
    """It blows on one day only, which is not among the days of the plan."""
    series = np.zeros(HOURS)
    series[100 * 24 : 101 * 24] = 1
    with pytest.raises(InputError, match=r"mean is 0\.00274 .* at most") as caught:
        aggregate(series, _days(3))
    assert caught.value.problems[0].path == "horizon.time"


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 120), BLOCKS, st.integers(0, 10**6))
def test_load_keeps_energy_and_the_days_of_the_peaks(days: int, block: int, seed: int) -> None:
    """A load with a season and noise: energy is that of the year, and the peak days keep their block means."""
    generator = np.random.default_rng(seed)
    season = 1 + 0.2 * np.cos(2 * np.pi * np.arange(HOURS) / HOURS)
    load = season * generator.uniform(0.8, 1.2, HOURS)
    frame = typical_days(days, block, load, load[::-1], MONDAY)
    found = aggregate_load(load, frame)
    assert (found @ frame.weight_h) / frame.weight_h.sum() == pytest.approx(load.mean(), rel=1e-9)
    if len(frame.date_index) > 2:
        peak = frame.date_index[frame.day] == int(load.argmax()) // 24
        np.testing.assert_array_equal(found[peak], block_means(load, frame)[peak])
