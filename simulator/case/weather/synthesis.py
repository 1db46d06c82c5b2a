"""A synthetic year of wind, sun and load, calibrated to published statistics and reproducible by its seed.

*Wind*: a Gaussian process with two time constants (AR(2) with real poles), its innovations correlated between zones,
shifted by season and hour, goes through the monthly quantiles of the zone:

    x[t] = (a + b)·x[t−1] − a·b·x[t−2] + ε[t],     z = shift[season, hour] + s·x,     cf = quantile_month(Φ(z))

*Sun*: clear-sky irradiance (Ineichen) on a plane tilted to the South, at several points of the zone, times a
performance ratio, times a clearness index of the day (Beta between 0 and 1.12, AR(1), correlated between zones and
with the wind: a windy day is often a cloudy one), times noise within the day that keeps the day's sum.

*Load*: monthly factors, a shape by season and day type, and an amplitude of that shape by zone.

Wind and sun are scaled to the mean capacity factor of the zone's fleet. Tables: ``simulator/data/weather``.
Clock: UTC+5, hour beginning, 365 days from 1 January.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr
from pvlib import clearsky, irradiance, location
from scipy.signal import lfilter
from scipy.special import ndtr
from scipy.stats import beta

from simulator.case.time.calendar import DAYS, HOURS, MONTH_OF_DAY, MONTH_OF_HOUR
from simulator.case.weather.tables import Row, rows
from simulator.errors import InputError
from simulator.system.known import weather_zones

QUANTILES = np.array([0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100]) / 100
SEASONS = ("DJF", "MAM", "JJA", "SON")
SEASON_OF_MONTH = np.array([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0])
CLEAREST = 1.12
"""Largest clearness index of a day: reflection by clouds lifts it above a clear sky."""
WARM_UP, CLOUD_WARM_UP = 500, 30
"""Hours in which the wind, and days in which the clearness, forget their start."""
CALENDAR_YEAR = 2023
"""Only for the position of the sun: a year without 29 February."""


def synthesise(zones: Sequence[str], seed: int, first_weekday: int = 0) -> dict[tuple[str, str], np.ndarray]:
    """(zone, ``wind``, ``solar`` or ``load``) → 8760 values: availability per capacity, or load relative to its mean.

    The same seed gives the same year whatever zones are asked for and in whatever order. ``first_weekday`` is the
    weekday of 1 January (Monday 0).
    """
    year = _year(seed, first_weekday)
    return {(zone, item): year[zone, item] for zone in zones for item in ("wind", "solar", "load")}


def weather_years(zones: Sequence[str], years: int, first_seed: int = 1, first_weekday: int = 0) -> xr.Dataset:
    """As many synthetic years as asked: ``wind``, ``solar`` and ``load`` over (year, zone, hour).

    Year k (from 1) is ``synthesise(…, first_seed + k − 1)``, whatever the number of years and whatever the zones; its
    seed is in the coordinate ``seed``. Hours begin on 1 January 00:00 UTC+5. Raises ``InputError`` for an unknown
    zone and for fewer than one year.
    """
    unknown = [zone for zone in zones if zone not in weather_zones()]
    if unknown:
        raise InputError(f"no weather for {', '.join(unknown)}; known: {', '.join(weather_zones())}")
    if years < 1:
        raise InputError(f"{years} weather years: ask for one or more")
    seeds = range(first_seed, first_seed + years)
    drawn = [synthesise(zones, seed, first_weekday) for seed in seeds]
    dims, result = ("year", "zone", "hour"), {}
    for item, unit, meaning in (
        ("wind", "1", "output per unit of capacity"),
        ("solar", "1", "output per unit of capacity"),
        ("load", "1", "load relative to the mean of the year"),
    ):
        values = np.array([[year[zone, item] for zone in zones] for year in drawn]).reshape(years, len(zones), HOURS)
        result[item] = (dims, values, {"units": unit, "long_name": meaning})
    coordinates = {
        "year": ("year", np.arange(1, years + 1), {"long_name": "synthetic weather year, of no calendar year"}),
        "seed": ("year", np.array(seeds)),
        "zone": ("zone", np.array(zones, dtype=str)),
        "hour": ("hour", np.arange(HOURS), {"units": "h", "long_name": "since 1 January 00:00 UTC+5"}),
    }
    return xr.Dataset(result, coordinates)


@lru_cache(maxsize=4)
def _year(seed: int, first_weekday: int) -> dict[tuple[str, str], np.ndarray]:
    generator = np.random.default_rng(seed)
    result: dict[tuple[str, str], np.ndarray] = {}
    noise = _wind_noise(generator)
    made = {"wind": _wind(noise), "solar": _solar(generator, noise), "load": _load(first_weekday)}
    for item, series in made.items():
        for zone, values in zip(weather_zones(), series, strict=True):
            values.setflags(write=False)
            result[zone, item] = values
    return result


def _numbers(row: Row, names: Sequence[str]) -> np.ndarray:
    return np.array([float(row[name]) for name in names])


def _matrix(table: str) -> np.ndarray:
    """(zones, zones) correlations."""
    return np.array([_numbers(row, weather_zones()) for row in rows(table)])


def _scaled_to_mean(values: np.ndarray, mean: float) -> np.ndarray:
    """Scale a series in [0, 1] to a mean; what would exceed 1 stays there."""
    for _ in range(20):
        values = np.minimum(values * mean / values.mean(), 1.0)
    return values


# -------------------------------------------------------------------------------------------------- wind


def _wind_noise(generator: np.random.Generator) -> np.ndarray:
    """(zones, warm-up and year) innovations, correlated between zones."""
    own = generator.standard_normal((len(weather_zones()), HOURS + WARM_UP))
    return np.asarray(np.linalg.cholesky(_matrix("wind_correlation")) @ own)


def _wind(noise: np.ndarray) -> list[np.ndarray]:
    parameters = rows("wind_parameters")
    month, hour = MONTH_OF_HOUR, np.tile(np.arange(24), DAYS)
    hours = [f"h{h:02d}" for h in range(24)]
    shift = {(row["zone"], row["season"]): _numbers(row, hours) for row in rows("wind_diurnal")}
    names = [f"q{round(100 * q)}" for q in QUANTILES]
    quantiles = {(row["zone"], int(row["month"])): _numbers(row, names) for row in rows("wind_quantiles")}
    result = []
    for row, innovations in zip(parameters, noise, strict=True):
        zone, a, b = row["zone"], float(row["ar2_pole_slow"]), float(row["ar2_pole_fast"])
        latent = lfilter([1.0], [1.0, -(a + b), a * b], innovations)[WARM_UP:] / _ar2_deviation(a, b)
        shifts = np.array([shift[zone, season] for season in SEASONS])
        z = shifts[SEASON_OF_MONTH[month - 1], hour] + float(row["latent_sd"]) * latent
        probability = ndtr(z)
        factor = np.empty(HOURS)
        for m in range(1, 13):
            inside = month == m
            factor[inside] = np.interp(probability[inside], QUANTILES, quantiles[zone, m])
        result.append(_scaled_to_mean(np.clip(factor, 0, 1), float(row["mean_capacity_factor"])))
    return result


def _ar2_deviation(a: float, b: float) -> float:
    """Standard deviation of an AR(2) process with poles a and b and unit innovations."""
    return float(np.sqrt((1 + a * b) / ((1 - a * b) * (1 - a * a) * (1 - b * b))))


# --------------------------------------------------------------------------------------------------- sun


def _solar(generator: np.random.Generator, wind_noise: np.ndarray) -> list[np.ndarray]:
    parameters = rows("solar_parameters")
    daily = _clearness_noise(generator, wind_noise[:, WARM_UP:])
    hourly = generator.standard_normal((len(parameters), HOURS))
    result = []
    for row, day_noise, hour_noise in zip(parameters, daily, hourly, strict=True):
        clear = _clear_sky(row["points"], tuple(_numbers(row, [f"linke_m{m:02d}" for m in range(1, 13)])))
        power = float(row["performance_ratio"]) * clear * np.repeat(_clearness(row, day_noise), 24)
        power = power * _within_day(row, hour_noise, power)
        result.append(_scaled_to_mean(np.clip(power, 0, 1), float(row["mean_capacity_factor"])))
    return result


def _clearness_noise(generator: np.random.Generator, wind_noise: np.ndarray) -> np.ndarray:
    """(zones, days) innovations of the clearness, correlated between zones and with the wind of the same day.

    Given the wind's innovations w of a day, with correlation W, those of the clearness are normal: with S their own
    correlation and C that with the wind, mean C·W⁻¹·w and covariance S − C·W⁻¹·Cᵀ. Days before the year know no wind.
    """
    with_wind, wind = _matrix("wind_solar_correlation"), _matrix("wind_correlation")
    explained = with_wind @ np.linalg.inv(wind)
    own = generator.standard_normal((len(wind), DAYS + CLOUD_WARM_UP))
    noise = np.linalg.cholesky(_matrix("solar_correlation") - explained @ with_wind.T) @ own
    noise[:, CLOUD_WARM_UP:] += explained @ wind_noise.reshape(len(wind), DAYS, 24).sum(axis=2) / np.sqrt(24)
    return np.asarray(noise)


def _clearness(row: Row, noise: np.ndarray) -> np.ndarray:
    """Clearness index of every day."""
    memory = float(row["daily_k_acf1"])
    latent = lfilter([np.sqrt(1 - memory**2)], [1.0, -memory], noise)[-DAYS:]
    mean = _numbers(row, [f"k_mean_m{m:02d}" for m in range(1, 13)])[MONTH_OF_DAY - 1] / CLEAREST
    deviation = _numbers(row, [f"k_sd_m{m:02d}" for m in range(1, 13)])[MONTH_OF_DAY - 1] / CLEAREST
    spread = mean * (1 - mean) / deviation**2 - 1
    return np.asarray(CLEAREST * beta.ppf(ndtr(latent), mean * spread, (1 - mean) * spread))


def _within_day(row: Row, noise: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Factors around 1 that leave each day's sum as it is."""
    memory = float(row["intraday_acf1"])
    wobble = lfilter([np.sqrt(1 - memory**2)], [1.0, -memory], noise)
    factor = np.clip(1 + float(row["intraday_sd"]) * wobble, 0, None)
    before = power.reshape(DAYS, 24).sum(axis=1)
    after = (power * factor).reshape(DAYS, 24).sum(axis=1)
    return np.asarray(factor * np.repeat(np.divide(before, after, out=np.ones(DAYS), where=after > 0), 24))


def south_tilt(latitude: float) -> float:
    """Tilt of a fixed plane that faces south, degrees."""
    return min(latitude - 8, 35)


@lru_cache(maxsize=32)
def _clear_sky(points: str, linke: tuple[float, ...]) -> np.ndarray:
    """Mean clear-sky irradiance on the tilted plane over the points of a zone, kW/m2, at the middle of each hour."""
    times = pd.date_range(f"{CALENDAR_YEAR}-01-01 00:30", periods=HOURS, freq="h", tz="Etc/GMT-5")
    turbidity = np.array(linke)[MONTH_OF_HOUR - 1]
    total = np.zeros(HOURS)
    places = [tuple(map(float, point.split(":"))) for point in points.split(";")]
    for latitude, longitude in places:
        sun = location.Location(latitude, longitude).get_solarposition(times, method="nrel_numpy")
        zenith, azimuth = sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy()
        airmass = location.Location(latitude, longitude).get_airmass(solar_position=sun)["airmass_absolute"].to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):  # the sun below the horizon
            sky = clearsky.ineichen(zenith, np.nan_to_num(airmass, nan=40.0), turbidity)
        plane = irradiance.get_total_irradiance(
            south_tilt(latitude), 180, zenith, azimuth, sky["dni"], sky["ghi"], sky["dhi"], model="isotropic"
        )
        total += np.where(zenith < 90, np.nan_to_num(plane["poa_global"]), 0.0) / 1000
    return total / len(places)


# -------------------------------------------------------------------------------------------------- load


def _load(first_weekday: int) -> list[np.ndarray]:
    hours = [f"h{h:02d}" for h in range(24)]
    shape = {
        (row["season"], row["daytype"]): (float(row["level"]), _numbers(row, hours)) for row in rows("load_diurnal")
    }
    weekday = (np.arange(DAYS) + first_weekday) % 7
    kind = np.where(weekday == 5, "saturday", np.where(weekday == 6, "sunday", "weekday"))
    season = [SEASONS[SEASON_OF_MONTH[m - 1]] for m in MONTH_OF_DAY]
    level = np.array([shape[key][0] for key in zip(season, kind, strict=True)])
    diurnal = np.array([shape[key][1] for key in zip(season, kind, strict=True)])
    result = []
    for row in sorted(rows("load_shape"), key=lambda r: weather_zones().index(r["zone"])):
        monthly = _smooth_months(_numbers(row, [f"m{m:02d}" for m in range(1, 13)]))
        load = (monthly * level)[:, None] * (1 + float(row["amplitude"]) * (diurnal - 1))
        result.append((load / load.mean()).ravel())
    return result


def _smooth_months(factor: np.ndarray) -> np.ndarray:
    """(365) daily factors without steps whose means over the months are the monthly factors."""
    middle = np.array([np.flatnonzero(m == MONTH_OF_DAY).mean() for m in range(1, 13)])
    wanted, nodes = factor.copy(), factor.copy()
    for _ in range(30):
        daily = np.interp(np.arange(DAYS), middle, nodes, period=DAYS)
        nodes = nodes + wanted - np.array([daily[m == MONTH_OF_DAY].mean() for m in range(1, 13)])
    return np.asarray(np.interp(np.arange(DAYS), middle, nodes, period=DAYS))
