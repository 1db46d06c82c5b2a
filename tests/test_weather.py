"""The report on the synthetic weather: it finds nothing wrong with the published year, and finds what is broken."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from simulator.analysis import weather
from simulator.analysis.weather import DAYS, HOURS, MONTH, Comparison, quality, read_table
from simulator.case.weather.synthesis import weather_years
from simulator.case.weather.tables import TABLES
from simulator.cli import main
from simulator.system.known import weather_zones

PROJECT = Path(__file__).parents[1]
PACK = PROJECT.parent / "shared" / "data" / "timeseries"
YEARS = 20


@pytest.fixture(scope="module")
def years() -> xr.Dataset:
    return weather_years(weather_zones(), YEARS)


@pytest.fixture(scope="module")
def rows(years: xr.Dataset) -> list[Comparison]:
    return quality(years)


def _failed(rows: list[Comparison]) -> set[tuple[str, str, str, str]]:
    return {(row.zone, row.item, row.other, row.statistic) for row in rows if not row.passed}


def _changed(years: xr.Dataset, zone: str, item: str, values: np.ndarray) -> xr.Dataset:
    """The first years with one series replaced."""
    broken = years.isel(year=slice(len(values))).copy(deep=True)
    broken[item].loc[{"zone": zone}] = values
    return broken


# ------------------------------------------------------------------------------------------------ the report


def test_most_rows_pass_and_every_miss_is_explained(rows: list[Comparison]) -> None:
    """A reason for a row that passes would be as misleading as a failed row without one."""
    explained = {(row["zone"], row["item"], row["other"], row["statistic"]) for row in read_table("misses")}
    assert _failed(rows) == explained
    assert all(row.why for row in rows if not row.passed)
    assert sum(row.passed for row in rows) >= 0.85 * len(rows)


def test_every_published_series_has_every_statistic(rows: list[Comparison]) -> None:
    series = {(row["zone"], row["item"]) for row in read_table("quantiles")}
    single = {row["statistic"] for row in read_table("bands") if not row["statistic"].startswith("correlation")}
    assert {(r.zone, r.item, r.statistic) for r in rows if not r.other} == {
        (*s, name) for s in series for name in single
    }


def test_the_document_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Words to the letter; numbers to the last digit but one, for libraries round differently."""
    assert main(["weather"]) == 0
    printed, kept = capsys.readouterr().out, (PROJECT / "docs" / "weather.md").read_text(encoding="utf-8")
    number = r"-?\d+(?:\.\d+)?"
    assert re.sub(number, "#", printed) == re.sub(number, "#", kept), (
        "write it anew: simulator weather > docs/weather.md"
    )
    found, expected = ([float(n) for n in re.findall(number, text)] for text in (printed, kept))
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.002)


def test_rows_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weather", "--seeds", "2", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)[0]
    assert set(record) == set(Comparison.__annotations__)


def test_no_years_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weather", "--seeds", "0"]) == 2
    assert "ask for one or more" in capsys.readouterr().err


# ------------------------------------------------------------------------------------- it finds what is broken


def test_shuffled_wind_fails_by_its_memory_alone(years: xr.Dataset) -> None:
    """Within every month and hour of the day the values stay, and so do quantiles and means; days lose their order."""
    generator = np.random.default_rng(0)
    values = years["wind"].sel(zone="KAZ_N").values[:4].copy()
    hour = np.tile(np.arange(24), DAYS)
    for m in range(1, 13):
        for h in range(24):
            places = np.flatnonzero((m == MONTH) & (h == hour))
            values[:, places] = generator.permuted(values[:, places], axis=1)
    names = {name for zone, item, _, name in _failed(quality(_changed(years, "KAZ_N", "wind", values)))
             if (zone, item) == ("KAZ_N", "wind")}  # fmt: skip
    assert {"autocorrelation 1 h", "mean ramp", "correlation of daily anomalies"} <= names
    assert not names & {"standard deviation", "duration curve", "months", "season and hour"}


def test_sun_on_the_wrong_clock_is_found(years: xr.Dataset) -> None:
    """UTC instead of UTC+5 puts the sun five hours late: into the evening, where the peaks are."""
    values = np.roll(years["solar"].sel(zone="KAZ_W").values[:4], 5, axis=1)
    names = {name for zone, item, _, name in _failed(quality(_changed(years, "KAZ_W", "solar", values)))
             if (zone, item) == ("KAZ_W", "solar")}  # fmt: skip
    assert {"season and hour", "winter evenings", "100 peak hours"} <= names
    assert "autocorrelation 24 h" not in names


def test_sun_that_does_not_know_the_wind_is_found(years: xr.Dataset) -> None:
    """The sun of another seed with the wind of this one: published anomalies correlate by −0.34."""
    other = weather_years(weather_zones(), 4, first_seed=500)["solar"].sel(zone="KAZ_N").values
    pair = ("KAZ_N", "wind", "KAZ_N solar", "correlation of daily anomalies")
    assert pair in _failed(quality(_changed(years, "KAZ_N", "solar", other)))
    assert pair not in _failed(quality(years))


if PACK.exists():

    def test_the_published_year_itself_passes_every_row() -> None:
        """The hourly series, judged as if it were synthetic: every difference is rounding, so definitions agree.

        Its peak hours are those of the 2018 load with the official months of that year.
        """
        hourly = pd.read_csv(PACK / "vre_cf_hourly_spice.csv.gz")
        column = {"KAZ_N": "kz_north", "KAZ_S": "kz_south", "KAZ_W": "kz_west", "UZB": "uz", "KGZ": "kg"}
        load = pd.read_csv(PACK / "load_shape_hourly_kaz_gegis2018.csv.gz")["load_fraction_of_annual"].to_numpy()
        months = pd.read_csv(PACK / "statistics_load_monthly_factor.csv", index_col="month")
        load = load * (months["kz_korem_2018"] / months["kz_gegis_2018"]).to_numpy()[MONTH - 1]
        dims = ("year", "zone", "hour")
        data = {
            item: (dims, np.array([[hourly[f"{name}_{item}_cf"] for name in column.values()]]))
            for item in ("wind", "solar")
        }
        data["load"] = (dims, np.broadcast_to(load, (1, len(column), HOURS)))
        found = quality(xr.Dataset(data, {"year": [1], "zone": list(column)}))
        assert not _failed(found)
        assert max(abs(row.difference) for row in found) < 1e-3


# ------------------------------------------------------------------------------------------------- by hand


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(weather, extraglobs={"np": np}).failed == 0


def test_means_of_the_last_day_by_hand() -> None:
    """One hour of 24 in an idle year: it is in 24 windows, each of mean 1."""
    values = np.zeros((1, HOURS))
    values[0, 100] = 24
    means = weather.last_day(values)
    assert means.shape == (1, HOURS - 23)
    np.testing.assert_allclose(means[0, 77:101], 1)
    np.testing.assert_allclose(means.sum(), 24)


def test_a_steady_rise_has_no_anomaly_away_from_the_ends() -> None:
    """The centred mean of 31 days of a straight line is the line."""
    values = np.repeat(np.arange(DAYS, dtype=float), 24)[None]
    np.testing.assert_allclose(weather.daily_anomalies(values)[0, 15:-15], 0, atol=1e-9)


# --------------------------------------------------------------------------------------------------- tables


def test_every_row_names_a_source_and_a_confidence() -> None:
    with (TABLES / "sources.csv").open(encoding="utf-8") as file:
        known = {line.split(",")[0] for line in file}
    for name in ("quantiles", "autocorrelation", "season_hours", "months", "correlations", "scarcity"):
        for row in read_table(name):
            assert set(row["source"].split(";")) <= known and row["data_year"].isdigit()
            assert row["confidence"] in ("high", "medium", "low")
