"""How good is the synthetic weather? Its years compared with published statistics of one real year.

Every statistic is computed for each synthetic year x and for the published year p:

    difference = mean over years of s(x) − s(p)             for a number s
    difference = distance(mean over years of s(x), s(p))    for a curve s: mean absolute, or root mean square

and passes when its size is within a band that was set beforehand from what one year can tell (``bands.csv`` says how);
a relative band is a share of the published figure. Published figures in capacity units are first scaled to the fleet's
mean capacity factor, as the generator is; so are the thresholds of a calm.

A difference outside its band stays failed, and ``misses.csv`` says why. Tables: ``simulator/data/weather_statistics``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

TABLES = Path(__file__).parent.parent / "data" / "weather_statistics"
LEVELS = np.array([1, 5, 10, 25, 50, 75, 90, 95, 99]) / 100
"""Quantiles of a duration curve; the extremes of one year are left out."""
SEASONS = ("DJF", "MAM", "JJA", "SON")
SEASON_OF_MONTH = np.array([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0])
DAYS, HOURS = 365, 8760
MONTH_OF_DAY = np.repeat(np.arange(1, 13), [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MONTH = np.repeat(MONTH_OF_DAY, 24)
HOUR = np.tile(np.arange(24), DAYS)
SEASON = SEASON_OF_MONTH[MONTH - 1]
LAGS = (1, 24, 72, 168)
ANOMALY_DAYS = 31
CALM = 0.1
"""Below this share of capacity it is calm."""
PEAK_HOURS = 100
EVENING = np.isin(MONTH, (11, 12, 1, 2)) & np.isin(HOUR, (17, 18, 19, 20, 21))

Table = list[dict[str, str]]


@dataclass(frozen=True)
class Comparison:
    """One statistic of one series, or of a pair of series."""

    zone: str
    item: str
    other: str
    """The second series of a correlation, as ``ZONE item``; empty otherwise."""
    statistic: str
    published: float | None
    """None for a curve, of which only the distance is shown."""
    synthetic: float | None
    """Mean over the years; None for a curve."""
    low: float
    high: float
    """Between these lie 90 % of single synthetic years: their values, or for a curve their distances."""
    difference: float
    band: float
    passed: bool
    why: str
    """Why a failed row fails."""


@dataclass(frozen=True)
class Series:
    """Years of one zone and item, and what is published of it."""

    zone: str
    item: str
    values: np.ndarray
    """(years, 8760)"""
    scale: float
    """Fleet's mean capacity factor over the published mean."""


Measured = tuple[str, np.ndarray, np.ndarray]
"""Statistic, its values by year (years,) or (years, points), and the published () or (points)."""


def quality(years: xr.Dataset) -> list[Comparison]:
    """Rows for every published series.

    ``years`` has ``wind``, ``solar`` and ``load`` over (year, zone, hour), as ``weather_years`` makes them; zones
    must include those of the tables (``KeyError`` otherwise).
    """
    series = {}
    for row in read_table("quantiles"):
        if row["period"] == "year":
            values = years[row["item"]].sel(zone=row["zone"]).transpose("year", "hour").values
            key = (row["zone"], row["item"])
            series[key] = Series(*key, values, float(values.mean()) / float(row["mean"]))
    load = {str(zone): years["load"].sel(zone=zone).transpose("year", "hour").values for zone in years["zone"].values}
    judge = _Judge()
    rows = [judge.row(one, "", measured) for one in series.values() for measured in _of_one(one, load)]
    for row in read_table("correlations"):
        one, other = series[row["zone"], row["item"]], series[row["other_zone"], row["other_item"]]
        rows += [judge.row(one, f"{other.zone} {other.item}", measured) for measured in _of_pair(one, other, row)]
    return rows


@cache
def read_table(name: str) -> Table:
    """Rows of a table of ``simulator/data/weather_statistics``."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------------------------------- statistics


def _of_one(series: Series, load: dict[str, np.ndarray]) -> Iterator[Measured]:
    """Every statistic of a series by itself or with the load."""
    x, scale = series.values, series.scale

    def rows(table: str) -> Table:
        return [row for row in read_table(table) if (row["zone"], row["item"]) == (series.zone, series.item)]

    by_period = {
        row["period"]: _numbers(row, [f"q{round(100 * q)}" for q in LEVELS]) * scale for row in rows("quantiles")
    }
    yearly = next(row for row in rows("quantiles") if row["period"] == "year")
    yield "standard deviation", x.std(axis=1), np.array(float(yearly["std"]) * scale)
    yield "duration curve", quantiles(x), by_period["year"]
    seasonal = [quantiles(x[:, s == SEASON]) for s in range(4)]
    yield "duration curve by season", np.concatenate(seasonal, 1), np.concatenate([by_period[s] for s in SEASONS])
    yield "duration curve of daily means", quantiles(daily_means(x)), by_period["daily mean"]
    (memory,) = rows("autocorrelation")
    for lag in LAGS:
        yield f"autocorrelation {lag} h", autocorrelation(x, lag), np.array(float(memory[f"lag_{lag}h"]))
    yield "mean ramp", np.abs(np.diff(x, axis=1)).mean(axis=1), np.array(float(memory["mean_ramp"]) * scale)
    shape = {row["season"]: _numbers(row, [f"h{h:02d}" for h in range(24)]) for row in rows("season_hours")}
    yield "season and hour", season_hours(x), np.concatenate([shape[s] for s in SEASONS]) * scale
    (months,) = rows("months")
    by_month = np.stack([x[:, m == MONTH].mean(axis=1) for m in range(1, 13)], axis=1)
    yield "months", by_month, _numbers(months, [f"m{m:02d}" for m in range(1, 13)]) * scale
    (scarce,) = rows("scarcity")
    yield "longest calm", longest_run(x < CALM * scale), np.array(float(scarce["calm_h"]))
    yield "longest calm of daily means", longest_run(last_day(x) < CALM * scale), np.array(float(scarce["calm_day_h"]))
    peaks = np.argsort(-load[scarce["load_zone"]], axis=1, kind="stable")[:, :PEAK_HOURS]
    at_peaks = np.take_along_axis(x, peaks, axis=1).mean(axis=1)
    yield "100 peak hours", at_peaks, np.array(float(scarce["peak_100"]) * scale)
    yield "winter evenings", x[:, EVENING].mean(axis=1), np.array(float(scarce["winter_evening"]) * scale)


def _of_pair(one: Series, other: Series, row: dict[str, str]) -> Iterator[Measured]:
    yield "correlation of hours", correlation(one.values, other.values), np.array(float(row["hourly"]))
    anomalies = correlation(daily_anomalies(one.values), daily_anomalies(other.values))
    yield "correlation of daily anomalies", anomalies, np.array(float(row["daily_anomaly"]))


def _numbers(row: dict[str, str], names: Sequence[str]) -> np.ndarray:
    return np.array([float(row[name]) for name in names])


def quantiles(values: np.ndarray) -> np.ndarray:
    """(years, 9) quantiles 1 to 99 % of (years, n)."""
    return np.asarray(np.quantile(values, LEVELS, axis=1).T)


def daily_means(values: np.ndarray) -> np.ndarray:
    """(years, 365) of (years, 8760)."""
    return np.asarray(values.reshape(len(values), DAYS, 24).mean(axis=2))


def daily_anomalies(values: np.ndarray) -> np.ndarray:
    """(years, 365) daily means less their centred moving mean of 31 days, shorter at the ends of the year."""
    window = np.ones(ANOMALY_DAYS)
    days = np.convolve(np.ones(DAYS), window, mode="same")
    return np.array([row - np.convolve(row, window, mode="same") / days for row in daily_means(values)])


def season_hours(values: np.ndarray) -> np.ndarray:
    """(years, 96) means by season (DJF, MAM, JJA, SON) and hour of the day."""
    means = [values[:, (s == SEASON) & (h == HOUR)].mean(axis=1) for s in range(4) for h in range(24)]
    return np.stack(means, axis=1)


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(years) correlation of two series, year by year.

    >>> correlation(np.array([[1.0, 2.0, 3.0]]), np.array([[3.0, 2.0, 1.0]])).tolist()
    [-1.0]
    """
    a, b = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    return np.asarray((a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1)))


def autocorrelation(values: np.ndarray, lag: int) -> np.ndarray:
    """(years) correlation of a series with itself ``lag`` hours later."""
    return correlation(values[:, :-lag], values[:, lag:])


def last_day(values: np.ndarray) -> np.ndarray:
    """(years, 8737) means of 24 hours, by the hour they end in."""
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    return np.asarray((total[:, 24:] - total[:, :-24]) / 24)


def longest_run(flags: np.ndarray) -> np.ndarray:
    """(years) hours of the longest unbroken stretch that is true.

    >>> longest_run(np.array([[True, True, False, True], [False] * 4])).tolist()
    [2.0, 0.0]
    """
    lengths = []
    for row in np.pad(flags, ((0, 0), (1, 1))):
        edges = np.flatnonzero(np.diff(row.astype(int)))
        lengths.append(float((edges[1::2] - edges[::2]).max(initial=0)))
    return np.array(lengths)


# ------------------------------------------------------------------------------------------------- judging


class _Judge:
    """Bands, and reasons of known misses."""

    def __init__(self) -> None:
        self.bands = {row["statistic"]: row for row in read_table("bands")}
        self.why = {(r["zone"], r["item"], r["other"], r["statistic"]): r["why"] for r in read_table("misses")}

    def row(self, series: Series, other: str, measured: Measured) -> Comparison:
        statistic, values, published = measured
        windy = "wind" in (series.item, other.partition(" ")[2])
        rule = self.bands[statistic]
        band = float(rule["wind" if windy else "solar"])
        curve = published.ndim == 1
        if curve:
            distance = _root_mean_square if statistic in ("season and hour", "months") else _mean_absolute
            difference = float(distance(values.mean(axis=0) - published))
            single = distance(values - published)
        else:
            difference, single = float(values.mean() - published), values
            band *= abs(float(published)) if rule["relative"] == "true" else 1
        passed = abs(difference) <= band
        key = (series.zone, series.item, other, statistic)
        low, high = map(float, np.quantile(single, [0.05, 0.95]))
        return Comparison(
            *key, None if curve else float(published), None if curve else float(values.mean()),
            low, high, difference, band, passed, "" if passed else self.why.get(key, ""),
        )  # fmt: skip


def _mean_absolute(difference: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(difference).mean(axis=-1))


def _root_mean_square(difference: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt((difference**2).mean(axis=-1)))


# ------------------------------------------------------------------------------------------------- telling


def as_records(rows: Sequence[Comparison]) -> list[dict[str, Any]]:
    """The rows as plain data, for ``--json``."""
    return [asdict(row) for row in rows]


def as_markdown(rows: Sequence[Comparison], years: int) -> str:
    """The report as a page: what it rests on, the failed rows with their reasons, and all rows by series."""
    failed = [row for row in rows if not row.passed]
    parts = [INTRODUCTION.format(years=years, passed=len(rows) - len(failed), rows=len(rows))]
    parts.append("## Outside the band, and why\n\n" + _whys(failed))
    for zone, item in dict.fromkeys((row.zone, row.item) for row in rows):
        own = [row for row in rows if (row.zone, row.item) == (zone, item) and not row.other]
        parts.append(f"## {zone} {item}\n\n" + _table(own))
    parts.append("## Between series\n\n" + _table([row for row in rows if row.other]))
    return "\n".join(parts)


INTRODUCTION = """\
# The synthetic weather against published statistics

Written by `simulator weather`. {years} synthetic years against the statistics of one published year of hourly series
(`ts_spice`, weather year not documented; `simulator/data/weather/sources.csv`): {passed} of {rows} rows lie within
their bands.

*What it says and what not.* The generator is calibrated to many of these figures (quantiles, memory, means by month and
hour, most correlations), so the rows show whether it does what it should, on the year it learnt from. Not fitted, and
therefore a test, are calms, peak hours, winter evenings, ramps of the wind, and the correlations of hours of wind with
hours of sun. A series that does not appear has no usable publication and cannot be judged. Every synthetic year has the
same mean capacity factor: years differ in when, not in how much, for how real years vary cannot be learnt from one.

*How to read.* Published figures are scaled to the mean capacity factor of the zone's fleet. `synthetic` is the mean
over the years, `90 % of years` the range of single years. For a curve (no published number) the difference is the
distance of the mean curve, and the range that of single years. Bands were set beforehand from what one year can tell
(`simulator/data/weather_statistics/bands.csv`).
"""


def _whys(failed: Sequence[Comparison]) -> str:
    lines = []
    for why in dict.fromkeys(row.why for row in failed):
        names = [" ".join(filter(None, (r.zone, r.item, r.other, r.statistic))) for r in failed if r.why == why]
        lines.append(f"- *{'; '.join(names)}*: {why or 'not explained yet'}\n")
    return "".join(lines) or "None.\n"


def _table(rows: Sequence[Comparison]) -> str:
    lines = [
        "| statistic | published | synthetic | 90 % of years | difference | band | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        digits = 0 if row.statistic.startswith("longest") else 3
        numbers = (row.published, row.synthetic, row.low, row.high, row.difference, row.band)
        published, synthetic, low, high, difference, band = (_figure(number, digits) for number in numbers)
        name = f"{row.zone} {row.item}, {row.other}: {row.statistic}" if row.other else row.statistic
        outcome = "pass" if row.passed else "**fail**"
        lines.append(f"| {name} | {published} | {synthetic} | {low} … {high} | {difference} | {band} | {outcome} |")
    return "\n".join(lines) + "\n"


def _figure(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
