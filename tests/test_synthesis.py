"""The synthetic weather year, held against the statistics it is calibrated to and against cases worked by hand."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.case.time.calendar import DAYS, HOURS, MONTH_OF_DAY
from simulator.case.weather import synthesis
from simulator.case.weather.synthesis import synthesise, weather_years
from simulator.case.weather.tables import TABLES
from simulator.errors import InputError
from simulator.system.known import weather_zones

SEEDS = range(12)
PUBLISHED = Path(__file__).parents[2] / "shared" / "data" / "timeseries" / "vre_cf_hourly_spice.csv.gz"
COLUMN = {"KAZ_N": "kz_north", "KAZ_S": "kz_south", "KAZ_W": "kz_west"}
LAGS = {  # autocorrelation of the published hourly series at 1 and 24 hours
    ("KAZ_N", "wind"): (0.9914, 0.4789),
    ("KAZ_S", "wind"): (0.9886, 0.4018),
    ("KAZ_W", "wind"): (0.9907, 0.4242),
    ("KAZ_N", "solar"): (0.9476, 0.9746),
    ("KAZ_S", "solar"): (0.9442, 0.9730),
    ("KAZ_W", "solar"): (0.9461, 0.9687),
    ("UZB", "solar"): (0.9431, 0.9368),
    ("KGZ", "solar"): (0.9409, 0.9629),
}
KAZAKH_ENERGY_SHARE = {"KAZ_N": 0.630, "KAZ_S": 0.244, "KAZ_W": 0.126}


@pytest.fixture(scope="module")
def years() -> dict[tuple[str, str], np.ndarray]:
    """(zone, item) → (12, 8760): one row per seed."""
    drawn = [synthesise(weather_zones(), seed) for seed in SEEDS]
    return {key: np.array([year[key] for year in drawn]) for key in drawn[0]}


def _table(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _lag(values: np.ndarray, hours: int) -> float:
    return float(np.mean([np.corrcoef(row[:-hours], row[hours:])[0, 1] for row in values]))


def _daily_anomaly(values: np.ndarray) -> np.ndarray:
    """(seeds × 365) daily sums less the mean of their month over all seeds."""
    daily = values.reshape(len(values), DAYS, 24).sum(axis=2)
    return np.concatenate([(daily[:, m == MONTH_OF_DAY] - daily[:, m == MONTH_OF_DAY].mean()).T for m in range(1, 13)])


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


# ------------------------------------------------------------------------------------------------ contract


def test_every_zone_has_8760_values_within_bounds(years: dict[tuple[str, str], np.ndarray]) -> None:
    assert set(years) == {(zone, item) for zone in weather_zones() for item in ("wind", "solar", "load")}
    for (_, item), values in years.items():
        assert values.shape == (len(SEEDS), HOURS)
        assert np.isfinite(values).all()
        assert values.min() >= 0
        if item != "load":
            assert values.max() <= 1


def test_annual_means_are_those_of_the_tables(years: dict[tuple[str, str], np.ndarray]) -> None:
    for item in ("wind", "solar"):
        for row in _table(f"{item}_parameters"):
            mean = years[row["zone"], item].mean(axis=1)
            np.testing.assert_allclose(mean, float(row["mean_capacity_factor"]), rtol=1e-4)
    for zone in weather_zones():
        np.testing.assert_allclose(years[zone, "load"].mean(axis=1), 1, rtol=1e-12)


def test_a_seed_repeats_and_another_differs() -> None:
    zones = weather_zones()
    first = synthesise(zones, 7)
    synthesis._year.cache_clear()
    again, other = synthesise(zones, 7), synthesise(zones, 8)
    for zone in zones:
        for item in ("wind", "solar", "load"):
            np.testing.assert_array_equal(first[zone, item], again[zone, item])
        assert not np.array_equal(first[zone, "wind"], other[zone, "wind"])
        assert not np.array_equal(first[zone, "solar"], other[zone, "solar"])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(weather_zones()), unique=True))
def test_choice_and_order_of_zones_change_nothing(zones: list[str]) -> None:
    everything = synthesise(weather_zones(), 3)
    some = synthesise(zones, 3)
    assert {zone for zone, _ in some} == set(zones)
    assert all(np.array_equal(values, everything[key]) for key, values in some.items())


def test_a_cached_year_cannot_be_changed_by_its_reader() -> None:
    with pytest.raises(ValueError, match="read-only"):
        synthesise(weather_zones(), 3)[weather_zones()[0], "wind"][0] = 0.5


# ---------------------------------------------------------------------------------------------- statistics


@pytest.mark.parametrize(("key", "published"), LAGS.items(), ids=["-".join(key) for key in LAGS])
def test_memory_of_wind_and_sun(
    years: dict[tuple[str, str], np.ndarray], key: tuple[str, str], published: tuple[float, float]
) -> None:
    """A day of memory is sampled less well than an hour, and better for the sun, which rises every day."""
    assert _lag(years[key], 1) == pytest.approx(published[0], abs=0.008)
    assert _lag(years[key], 24) == pytest.approx(published[1], abs=0.06 if key[1] == "wind" else 0.02)


def test_wind_months_follow_the_quantile_tables(years: dict[tuple[str, str], np.ndarray]) -> None:
    """The mean of a month is the area under its quantile curve; the zone's target scales all months alike."""
    names = [f"q{round(100 * q)}" for q in synthesis.QUANTILES]
    for parameters in _table("wind_parameters"):
        zone = parameters["zone"]
        rows = sorted((r for r in _table("wind_quantiles") if r["zone"] == zone), key=lambda r: int(r["month"]))
        area = np.array([np.trapezoid([float(r[name]) for name in names], synthesis.QUANTILES) for r in rows])
        wanted = area * float(parameters["mean_capacity_factor"]) / area[MONTH_OF_DAY - 1].mean()
        daily = years[zone, "wind"].reshape(len(SEEDS), DAYS, 24).mean(axis=(0, 2))
        found = np.array([daily[m == MONTH_OF_DAY].mean() for m in range(1, 13)])
        np.testing.assert_allclose(found, wanted, atol=0.05)
        assert _correlation(found, wanted) > 0.9


def test_neighbours_share_wind_and_night_wind_opposes_sun(years: dict[tuple[str, str], np.ndarray]) -> None:
    """Published hourly correlations: wind North-South 0.21, South-West 0.18; wind with sun -0.24 to -0.13."""
    wind = {zone: years[zone, "wind"] for zone in weather_zones()}
    assert _correlation(wind["KAZ_N"], wind["KAZ_S"]) == pytest.approx(0.209, abs=0.08)
    assert _correlation(wind["KAZ_S"], wind["KAZ_W"]) == pytest.approx(0.178, abs=0.08)
    for zone in COLUMN:
        assert -0.35 < _correlation(wind[zone], years[zone, "solar"]) < -0.05


def test_clouds_are_shared_by_near_zones_only(years: dict[tuple[str, str], np.ndarray]) -> None:
    """Published correlations of daily sums less their month: UZB with KGZ 0.588, KAZ_N with KAZ_W 0.09."""
    anomaly = {zone: _daily_anomaly(years[zone, "solar"]) for zone in ("UZB", "KGZ", "KAZ_N", "KAZ_W")}
    assert _correlation(anomaly["UZB"], anomaly["KGZ"]) == pytest.approx(0.588, abs=0.12)
    assert _correlation(anomaly["KAZ_N"], anomaly["KAZ_W"]) == pytest.approx(0.09, abs=0.1)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published hourly series are not next to the repository")
@pytest.mark.parametrize(("item", "largest_distance"), [("wind", 0.015), ("solar", 0.012)])
@pytest.mark.parametrize("zone", COLUMN)
def test_duration_curves_of_the_published_series(
    years: dict[tuple[str, str], np.ndarray], zone: str, item: str, largest_distance: float
) -> None:
    """Mean distance between the duration curves, the published one scaled to the mean of the fleet."""
    import pandas as pd

    published = pd.read_csv(PUBLISHED)[f"{COLUMN[zone]}_{item}_cf"].to_numpy().clip(0, 1)
    made = years[zone, item].ravel()
    levels = np.linspace(0.01, 0.99, 99)
    distance = np.quantile(made, levels) - np.quantile(published * made.mean() / published.mean(), levels)
    assert np.abs(distance).mean() < largest_distance


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published hourly series are not next to the repository")
@pytest.mark.parametrize("zone", [*COLUMN, "UZB", "KGZ"])
def test_solar_months_of_the_published_series(years: dict[tuple[str, str], np.ndarray], zone: str) -> None:
    """The season of the sun comes from geometry, turbidity and cloudiness; only the year is scaled to the fleet."""
    import pandas as pd

    column = {**COLUMN, "UZB": "uz", "KGZ": "kg"}[zone]
    published = pd.read_csv(PUBLISHED)[f"{column}_solar_cf"].to_numpy()
    made = years[zone, "solar"].mean(axis=0)
    published = published * made.mean() / published.mean()
    month = np.repeat(MONTH_OF_DAY, 24)
    errors = np.array([made[m == month].mean() - published[m == month].mean() for m in range(1, 13)])
    assert np.sqrt((errors**2).mean()) < 0.009


# ----------------------------------------------------------------------------------------------------- sun


def test_nights_are_exactly_dark(years: dict[tuple[str, str], np.ndarray]) -> None:
    """Between 35 and 55 degrees north and 50 to 88 east, 22:00 to 03:00 by UTC+5 is night all year."""
    for zone in weather_zones():
        by_hour = years[zone, "solar"].reshape(len(SEEDS), DAYS, 24)
        assert not by_hour[:, :, [22, 23, 0, 1, 2]].any()
        assert (by_hour[:, :, 12] > 0).all()


def test_solar_noon_on_the_meridian_of_the_clock() -> None:
    """UTC+5 is the time of 75° east, where the sun is highest at 12:00 but for the equation of time (±17 minutes).

    Values belong to hour beginnings and the sun is taken in the middle, so the centroid of the year is at 12:00. At
    60° east it comes an hour (15°) later.
    """
    linke = (3.0,) * 12
    middle = np.tile(np.arange(24) + 0.5, DAYS)
    for longitude, noon in ((75, 12.0), (60, 13.0)):
        clear = synthesis._clear_sky(f"43:{longitude}", linke)
        assert np.average(middle, weights=clear) == pytest.approx(noon, abs=0.05)
        assert 0.9 < clear.max() < 1.2  # kW/m2: below the solar constant, near the standard test condition


def test_noise_within_the_day_keeps_the_sum_of_the_day() -> None:
    row = {"intraday_acf1": "0.7", "intraday_sd": "0.15"}
    power = np.tile(np.clip(np.sin((np.arange(24) - 6) * np.pi / 12), 0, None), DAYS)
    power[:24] = 0  # a day without sun must not divide by zero
    factor = synthesis._within_day(row, np.random.default_rng(0).standard_normal(HOURS), power)
    sums = (power * factor).reshape(DAYS, 24).sum(axis=1)
    np.testing.assert_allclose(sums, power.reshape(DAYS, 24).sum(axis=1))
    assert factor[power > 0].std() > 0.1


# ---------------------------------------------------------------------------------------------------- load


def test_peaks_are_near_the_observed_ones() -> None:
    """Kazakhstan 1.27 of the mean; Kyrgyzstan 3,612 MW on 18.3 TWh: 3612 · 8760 / 18.3e6 = 1.73.

    Uzbekistan 12,300 MW in July 2023 on 79.7 TWh: 12300 · 8760 / 79.73e6 = 1.35, in summer.
    """
    load = {zone: synthesise(weather_zones(), 1)[zone, "load"] for zone in weather_zones()}
    national = sum(share * load[zone] for zone, share in KAZAKH_ENERGY_SHARE.items())
    assert np.max(national) == pytest.approx(1.27, abs=0.015)
    assert MONTH_OF_DAY[int(np.argmax(national)) // 24] in (1, 2, 12)
    assert load["KGZ"].max() == pytest.approx(1.73, abs=0.05)
    assert MONTH_OF_DAY[int(np.argmax(load["KGZ"])) // 24] in (1, 12)
    assert load["UZB"].max() == pytest.approx(1.35, abs=0.04)
    assert MONTH_OF_DAY[int(np.argmax(load["UZB"])) // 24] in (6, 7, 8)


def test_weekends_follow_the_calendar() -> None:
    """When 1 January is a Monday the sixth and seventh days are lighter; when it is a Saturday the first two are."""
    zone = weather_zones()[0]
    by_start = {first: synthesise([zone], 1, first)[zone, "load"].reshape(DAYS, 24).mean(axis=1) for first in (0, 5)}
    for first, weekend in ((0, {5, 6}), (5, {0, 1})):
        lightest = {int(day) for day in np.argsort(by_start[first][:7])[:2]}
        assert lightest == weekend


def test_the_calendar_leaves_the_weather_alone() -> None:
    monday, saturday = synthesise(weather_zones(), 1, 0), synthesise(weather_zones(), 1, 5)
    for zone in weather_zones():
        np.testing.assert_array_equal(monday[zone, "wind"], saturday[zone, "wind"])
        np.testing.assert_array_equal(monday[zone, "solar"], saturday[zone, "solar"])


def test_months_keep_their_means_without_steps() -> None:
    """From 1.5 in January to 0.5 in February is a fall of 1 in a month; no single day may take a tenth of it."""
    factor = np.array([1.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    daily = synthesis._smooth_months(factor)
    found = [daily[m == MONTH_OF_DAY].mean() for m in range(1, 13)]
    np.testing.assert_allclose(found, factor, atol=1e-3)
    assert np.abs(np.diff(daily, append=daily[0])).max() < 0.1


# ------------------------------------------------------------------------------------------- parts by hand


def test_scaling_to_a_mean_by_hand() -> None:
    """0.2 and 1.0 to a mean of 0.75: the second stays at 1, so the first must become 2 · 0.75 − 1 = 0.5."""
    np.testing.assert_allclose(synthesis._scaled_to_mean(np.array([0.2, 1.0]), 0.75), [0.5, 1.0], atol=1e-3)


def test_deviation_of_ar2_by_hand() -> None:
    """With one pole at zero it is AR(1): variance 1 / (1 − 0.6²) = 1 / 0.64, deviation 1.25."""
    assert synthesis._ar2_deviation(0.6, 0.0) == pytest.approx(1.25)
    assert synthesis._ar2_deviation(0.0, 0.6) == pytest.approx(1.25)


# -------------------------------------------------------------------------------------------------- tables


def test_tables_list_the_same_zones_in_the_same_order() -> None:
    """Series are drawn row by row, so an exchange of two rows would exchange two zones."""
    for name in ("wind_parameters", "wind_correlation", "solar_parameters", "solar_correlation", "load_shape",
                 "wind_solar_correlation"):  # fmt: skip
        assert tuple(row["zone"] for row in _table(name)) == weather_zones(), name


@pytest.mark.parametrize("name", ["wind_correlation", "solar_correlation"])
def test_correlations_are_symmetric_and_positive_definite(name: str) -> None:
    matrix = np.array([[float(row[zone]) for zone in weather_zones()] for row in _table(name)])
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(np.diag(matrix), 1)
    assert np.linalg.eigvalsh(matrix).min() > 0.05


def test_wind_quantiles_rise() -> None:
    rows = _table("wind_quantiles")
    assert {(r["zone"], int(r["month"])) for r in rows} == {(z, m) for z in weather_zones() for m in range(1, 13)}
    for row in rows:
        assert all(low <= high for low, high in pairwise(float(v) for k, v in row.items() if k[0] == "q")), row


def test_every_row_names_known_sources_and_a_confidence() -> None:
    known = {row["id"] for row in _table("sources")}
    for path in TABLES.glob("*.csv"):
        if path.stem == "sources":
            continue
        for row in _table(path.stem):
            assert set(row["source"].split(";")) <= known, (path.stem, row["source"])
            assert row["confidence"] in ("high", "medium", "low")
            assert row["data_year"].isdigit()


# ---------------------------------------------------------------------------------------------- many years


def test_many_years_are_labelled_and_carry_units() -> None:
    years = weather_years(("UZB", "KAZ_N"), 3, first_seed=5)
    assert dict(years.sizes) == {"year": 3, "zone": 2, "hour": HOURS}
    assert years["seed"].values.tolist() == [5, 6, 7] and years["year"].values.tolist() == [1, 2, 3]
    assert {name: years[name].attrs["units"] for name in ("wind", "solar", "load")} == dict.fromkeys(
        ("wind", "solar", "load"), "1"
    )
    np.testing.assert_array_equal(years["wind"].sel(zone="KAZ_N", year=2), synthesise(["KAZ_N"], 6)["KAZ_N", "wind"])


def test_a_year_does_not_depend_on_how_many_are_asked_for() -> None:
    few, more = weather_years(("KAZ_W",), 1, first_seed=4), weather_years(weather_zones()[::-1], 3, first_seed=2)
    for item in ("wind", "solar", "load"):
        np.testing.assert_array_equal(few[item].sel(zone="KAZ_W", year=1), more[item].sel(zone="KAZ_W", year=3))


@pytest.mark.parametrize(("zones", "years", "message"), [(("ATLANTIS",), 1, "no weather for ATLANTIS"),
                                                        (("UZB",), 0, "ask for one or more")])  # fmt: skip
def test_impossible_years_are_refused(zones: tuple[str, ...], years: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        weather_years(zones, years)


def test_wind_and_clearness_correlate_as_asked() -> None:
    """The clearness correlates with the wind of the day by its table, and between zones as it would without wind."""
    days, zones = 60, len(weather_zones())
    wind, sun = [], []
    for seed in range(days):
        generator = np.random.default_rng(seed)
        noise = synthesis._wind_noise(generator)[:, synthesis.WARM_UP :]
        wind.append(noise.reshape(zones, DAYS, 24).sum(axis=2) / np.sqrt(24))
        sun.append(synthesis._clearness_noise(generator, noise)[:, synthesis.CLOUD_WARM_UP :])
    found = np.corrcoef(np.concatenate(sun, axis=1), np.concatenate(wind, axis=1))
    tolerance = 4 / np.sqrt(days * DAYS)
    np.testing.assert_allclose(found[:zones, zones:], synthesis._matrix("wind_solar_correlation"), atol=tolerance)
    np.testing.assert_allclose(found[:zones, :zones], synthesis._matrix("solar_correlation"), atol=tolerance)
