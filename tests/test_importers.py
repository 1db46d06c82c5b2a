"""Weather of other programs: small files as those programs write them, and what is said of files that are wrong."""

from __future__ import annotations

import csv
import doctest
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from simulator.case.time.calendar import HOURS
from simulator.case.weather.profiles import read_profiles
from simulator.case.weather.tables import TABLES
from simulator.cli import main
from simulator.errors import FileError, InputError, Problem
from simulator.importers import FORMATS, conversion, hours, import_weather, write_profiles

pytestmark = pytest.mark.usefixtures("sound_files")
RISING = np.round(np.linspace(0, 1, HOURS), 6)
"""Every hour its own value, so that an hour out of place is seen."""
LOCAL = np.roll(RISING, 5)
"""The same, given by UTC: 00:00 UTC is 05:00 at UTC+5, and the last five hours become the first."""


def _year(year: int = 2019) -> list[datetime]:
    first, hours = datetime(year, 1, 1), 8784 if year % 4 == 0 else 8760
    return [first + timedelta(hours=h) for h in range(hours)]


def _leap(values: np.ndarray, on_the_day: float) -> np.ndarray:
    """8784 values whose 29 February at UTC+5, from 28 February 19:00 UTC, is marked."""
    start = (31 + 28) * 24 - 5
    return np.concatenate([values[:start], np.full(24, on_the_day), values[start:]])


def _write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _one(format: str, *files: str, year: int | None = None) -> np.ndarray:
    (values,) = import_weather(format, files, year).values()
    return values


def _problem(format: str, *files: str, year: int | None = None, message: str = "") -> Problem:
    """The first problem said of files that has ``message`` in it."""
    with pytest.raises(InputError) as caught:
        import_weather(format, files, year)
    fitting = [problem for problem in caught.value.problems if re.search(message, problem.message)]
    assert fitting, caught.value
    return fitting[0]


# ---------------------------------------------------------------------------------------- renewables.ninja

ABOUT = {"units": {"time": "UTC", "local_time": "Asia/Almaty", "electricity": "kW"}, "params": {"capacity": 2.0}}


def _ninja(values: np.ndarray = RISING, stamps: Sequence[datetime] | None = None) -> list[str]:
    """As the web site writes it: three lines of comment, then the table; 2 kW."""
    stamps = _year() if stamps is None else stamps
    return [
        "# Renewables.ninja Wind (Point API) - 51.0, 71.0 - Version: 1.3",
        "# Units: time in UTC, local_time in Asia/Almaty, electricity in kW",
        f"# {json.dumps(ABOUT)}",
        "time,local_time,electricity",
        *(f"{s:%Y-%m-%d %H:%M},{s + timedelta(hours=6):%Y-%m-%d %H:%M},{2 * v:.6f}"
          for s, v in zip(stamps, values, strict=True)),
    ]  # fmt: skip


def test_ninja_power_is_divided_by_the_capacity_and_moved_to_the_clock(tmp_path: Path) -> None:
    path = _write(tmp_path / "point.csv", _ninja())
    found = import_weather("ninja", [f"NORTH:wind={path}"])
    assert list(found) == [("NORTH", "wind")]
    np.testing.assert_allclose(found["NORTH", "wind"], LOCAL, atol=1e-6)


def test_ninja_without_its_header_means_one_kilowatt(tmp_path: Path) -> None:
    path = _write(tmp_path / "point.csv", _ninja(RISING / 2)[3:])
    np.testing.assert_allclose(_one("ninja", f"NORTH:wind={path}"), LOCAL, atol=1e-6)


def test_sites_of_a_zone_are_averaged(tmp_path: Path) -> None:
    """Rising and falling values of two sites: the mean is one half all year."""
    one = _write(tmp_path / "one.csv", _ninja())
    two = _write(tmp_path / "two.csv", _ninja(1 - RISING))
    found = import_weather("ninja", [f"A:wind={one}", f"A:wind={two}", f"B:wind={two}"])
    np.testing.assert_allclose(found["A", "wind"], 0.5, atol=1e-6)
    np.testing.assert_allclose(found["B", "wind"], 1 - LOCAL, atol=1e-6)


def test_the_leap_day_of_the_own_clock_is_left_out(tmp_path: Path) -> None:
    path = _write(tmp_path / "leap.csv", _ninja(_leap(RISING, 0.77), _year(2020)))
    np.testing.assert_allclose(_one("ninja", f"A:wind={path}"), LOCAL, atol=1e-6)


def test_of_several_years_one_must_be_named_and_is_whole(tmp_path: Path) -> None:
    """2019 at UTC+5 begins in 2018 by UTC: with both years in the file nothing wraps around."""
    stamps = _year(2018) + _year(2019)
    values = np.concatenate([np.zeros(HOURS), RISING])
    values[HOURS - 5 : HOURS] = 0.9
    path = _write(tmp_path / "both.csv", _ninja(values, stamps))
    assert "choose one, such as --year 2019" in _problem("ninja", f"A:wind={path}").help
    found = _one("ninja", f"A:wind={path}", year=2019)
    np.testing.assert_allclose(found, [0.9] * 5 + list(RISING[:-5]), atol=1e-6)
    first = _one("ninja", f"A:wind={path}", year=2018)
    np.testing.assert_allclose(first[:5], 0.9, atol=1e-6)
    assert "no hour of 2020" in _problem("ninja", f"A:wind={path}", year=2020).message


def _without(line: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: lines[: line - 1] + lines[line:]


def _instead(line: int, old: str, new: str) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        assert old in lines[line - 1]
        return [text.replace(old, new) if n == line else text for n, text in enumerate(lines, start=1)]

    return change


NINJA_MISTAKES: dict[str, tuple[Callable[[list[str]], list[str]], int, str]] = {
    # change to the lines, line reported, message
    "gap": (_without(30), 0, r"hour 30 \(02 Jan 06:00 at UTC\+5\) is missing"),
    "double": (lambda lines: [*lines, lines[-1]], 8765, "is given twice"),
    "other unit": (_instead(3, '"electricity": "kW"', '"electricity": "W"'), 3, "`electricity` is in 'W'"),
    "other clock": (_instead(3, '"time": "UTC"', '"time": "Asia/Almaty"'), 3, "`time` is in 'Asia/Almaty'"),
    "capacity": (_instead(3, '"capacity": 2.0', '"capacity": 0'), 3, "a capacity of 0 kW"),
    "capacity a word": (_instead(3, '"capacity": 2.0', '"capacity": "two"'), 3, "capacity: 'two' is not a number"),
    "broken header": (_instead(3, "{", "{{"), 3, "the header is not JSON"),
    "column": (_instead(4, "electricity", "output"), 4, "no column `electricity`"),
    "twice the column": (_instead(4, "local_time", "time"), 4, "two columns have the same name"),
    "time": (_instead(9, "2019-01-01 04:00", "yesterday"), 9, "'yesterday' is not a time"),
    "word": (_instead(9, "0.000914", "calm"), 9, "'calm' is not a number"),
    "cells": (_instead(9, "0.000914", "0,000914"), 9, "the row has 4 cells, the header has 3"),
    "percent": (_instead(9, "0.000914", "91.4"), 9, "45.7 is out of range"),
    "fill value": (_instead(9, "0.000914", "-999"), 9, "-499.5 is out of range"),
    "empty": (lambda lines: lines[:3], 0, "the file has no table"),
    "no rows": (lambda lines: lines[:4], 0, "0 hours instead of 8760"),
}


@pytest.mark.parametrize("name", NINJA_MISTAKES)
def test_a_mistake_in_a_ninja_file_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    change, line, message = NINJA_MISTAKES[name]
    path = _write(tmp_path / "point.csv", change(_ninja()))
    found = _problem("ninja", f"A:wind={path}", message=message)
    assert (found.file, found.line) == ("point.csv", line)


# ---------------------------------------------------------------------------------------------------- PVGIS

PVGIS = ["Latitude (decimal degrees):\t43.000", "Longitude (decimal degrees):\t75.000", "Elevation (m):\t600"]
FOOTER = ["", "P: PV system power (W)", "T2m: 2-m air temperature (degree Celsius)", "", "PVGIS (c) European Union"]


def _pvgis(columns: str, rows: Sequence[str], stamps: Sequence[datetime] | None = None) -> list[str]:
    stamps = _year() if stamps is None else stamps
    header = [*PVGIS, "Radiation database:\tPVGIS-SARAH3", "", "Slope: 35 deg.", "Azimuth: 0 deg.",
              "Nominal power of the PV system (c-Si) (kWp):\t2.0", "System losses (%):\t14.0", ""]  # fmt: skip
    table = [f"{s:%Y%m%d:%H}10,{row}" for s, row in zip(stamps, rows, strict=True)]
    return [*header, columns, *table, *FOOTER]


def test_pvgis_power_by_nominal_power(tmp_path: Path) -> None:
    """P in watts of 2 kWp; ten minutes past the hour belongs to the hour."""
    lines = _pvgis("time,P,G(i),H_sun,T2m,WS10m,Int", [f"{2000 * v:.3f},0,0,5,2,0" for v in RISING])
    path = _write(tmp_path / "sun.csv", lines)
    np.testing.assert_allclose(_one("pvgis", f"A:sun={path}"), LOCAL, atol=1e-6)


def test_a_cold_clear_noon_is_cut_to_the_nominal_power(tmp_path: Path) -> None:
    lines = _pvgis("time,P,T2m,WS10m", ["2100,-20,2"] * HOURS)
    np.testing.assert_array_equal(_one("pvgis", f"A:sun={_write(tmp_path / 'sun.csv', lines)}"), 1)


@pytest.mark.parametrize(("columns", "cells"), [("G(i)", "1000"), ("Gb(i),Gd(i),Gr(i)", "700,250,50")])
def test_pvgis_irradiance_on_the_plane(tmp_path: Path, columns: str, cells: str) -> None:
    """1000 W/m2, 0 °C, 1 m/s: cell at 31.4 °C, 0.86 · (1 − 0.0035 · 6.4) = 0.841."""
    lines = _pvgis(f"time,{columns},H_sun,T2m,WS10m,Int", [f"{cells},40,0,1,0"] * HOURS)
    np.testing.assert_allclose(_one("pvgis", f"A:sun={_write(tmp_path / 'sun.csv', lines)}"), 0.841, atol=5e-4)


SOURCE_YEARS = (2014, 2008, 2005, 2008, 2007, 2013, 2013, 2016, 2013, 2013, 2005, 2020)


def _typical(row: str) -> list[str]:
    """February and December come from leap years; there is no 29 February."""
    stamps = [stamp.replace(year=SOURCE_YEARS[stamp.month - 1]) for stamp in _year(2019)]
    return [
        *(line.replace("\t", " ") for line in PVGIS), "Irradiance Time Offset (h): 0.5", "month,year",
        *(f"{month},{year}" for month, year in enumerate(SOURCE_YEARS, start=1)),
        "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP",
        *(f"{s:%Y%m%d:%H%M},{row}" for s in stamps), *FOOTER,
    ]  # fmt: skip


def test_a_typical_year_of_diffuse_light(tmp_path: Path) -> None:
    """100 W/m2 from the whole sky, tilt 35° at 43° north, cos 35° = 0.8192, ground reflection 0.25:

    100 · (1 + 0.8192)/2 + 0.25 · 100 · (1 − 0.8192)/2 = 90.96 + 2.26 = 93.22 W/m2; at 1 m/s the cell is
    93.22/31.84 = 2.93 K above the air, which at 22.07 °C makes 25 °C: 0.86 · 0.09322 = 0.0802, all year.
    """
    path = _write(tmp_path / "tmy.csv", _typical("22.07,50,100,-0.0,100,300,1,90,101325"))
    found = _one("pvgis", f"A:sun={path}")
    assert found.shape == (HOURS,)
    np.testing.assert_allclose(found, 0.0802, atol=5e-5)


def test_noon_of_a_typical_year_is_at_twelve(tmp_path: Path) -> None:
    """At 75° east the sun is highest at 12:00 UTC+5 but for the equation of time, whose mean is zero."""
    found = _one("pvgis", f"A:solar={_write(tmp_path / 'tmy.csv', _typical('20,50,0,800,0,300,1,90,101325'))}")
    assert np.average(np.tile(np.arange(24) + 0.5, 365), weights=found) == pytest.approx(12, abs=0.05)
    assert not found.reshape(365, 24)[:, [0, 1, 2, 22, 23]].any()


def test_mistakes_in_pvgis_files(tmp_path: Path) -> None:
    power = _pvgis("time,P,T2m,WS10m", [f"{2000 * v:.3f},5,2" for v in RISING])
    plane = _pvgis("time,G(i),T2m", ["500,5"] * HOURS)
    typical = _typical("20,50,100,0,100,300,1,90,101325")
    cases = [
        (_without(8)(power), None, 0, "no line 'Nominal power"),
        (_instead(8, "2.0", "two")(power), None, 8, "'two' is not a number"),
        (_instead(12, "20190101:0010", "2019-01-01 00:10")(power), None, 12, "is not a time"),
        (_without(20)(power), None, 0, "hour 13 .* is missing"),
        (plane, None, 11, "no column `WS10m`"),
        (power[:10], None, 0, "no line with the columns"),
        (_pvgis("time,P", ["9000"] * HOURS), None, 12, "4.5 is out of range"),
        (typical, 2008, 0, "a typical year has no 2008"),
        (_without(1)(typical), None, 0, "no line 'Latitude'"),
    ]
    for lines, year, line, message in cases:
        found = _problem("pvgis", f"A:solar={_write(tmp_path / 'sun.csv', lines)}", year=year, message=message)
        assert found.line == line, found


# --------------------------------------------------------------------------------------------------- atlite


def _save(path: Path, data: xr.Dataset) -> Path:
    data.to_netcdf(path, engine="netcdf4")
    return path


def _regions(stamps: Sequence[datetime] | None = None, values: np.ndarray = RISING) -> xr.Dataset:
    """Two regions, as ``cutout.wind(turbine, shapes=…, per_unit=True)`` gives them."""
    both = np.stack([values, 1 - values], axis=1)
    time = pd.DatetimeIndex(_year() if stamps is None else stamps)
    data = xr.Dataset({"specific generation": (("time", "name"), both)}, {"time": time, "name": ["NORTH", "SOUTH"]})
    data["specific generation"].attrs["units"] = "p.u."
    return data


def test_atlite_regions_are_zones_and_the_sun_is_labelled_by_the_end_of_the_hour(tmp_path: Path) -> None:
    """Sun stamped 01:00 UTC is that from 00:00 to 01:00, hour 5 at UTC+5: turned by four hours instead of five."""
    path = _save(tmp_path / "regions.nc", _regions())
    found = import_weather("atlite", [f"wind={path}", f"solar={path}"])
    assert set(found) == {("NORTH", "wind"), ("SOUTH", "wind"), ("NORTH", "solar"), ("SOUTH", "solar")}
    np.testing.assert_allclose(found["NORTH", "wind"], LOCAL)
    np.testing.assert_allclose(found["SOUTH", "solar"], 1 - np.roll(RISING, 4))


def test_atlite_leap_years(tmp_path: Path) -> None:
    path = _save(tmp_path / "leap.nc", _regions(_year(2020), _leap(RISING, 0.77)))
    np.testing.assert_allclose(import_weather("atlite", [f"wind={path}"])["NORTH", "wind"], LOCAL)


def test_profiles_of_a_chain_of_tools(tmp_path: Path) -> None:
    """PyPSA-Eur's files hold more variables, other orders and dimensions of length one."""
    data = xr.Dataset(
        {
            "profile": (("year", "bus", "time"), np.stack([RISING, 1 - RISING])[None]),
            "p_nom_max": ("bus", [1000.0, 500.0]),
            "speed": (("bus", "time"), np.zeros((2, HOURS))),
        },
        {"time": pd.DatetimeIndex(_year()), "bus": ["NORTH", "SOUTH"], "year": [2019]},
    )
    found = import_weather("atlite", [f"wind={_save(tmp_path / 'profile.nc', data)}"])
    assert set(found) == {("NORTH", "wind"), ("SOUTH", "wind")}
    np.testing.assert_allclose(found["NORTH", "wind"], LOCAL)
    alone = _save(tmp_path / "alone.nc", data.isel(bus=[0]))
    assert "no variable over time and region" in _problem("atlite", f"wind={alone}").message
    alone = _save(tmp_path / "alone.nc", data.isel(bus=[0], year=0))
    np.testing.assert_allclose(_one("atlite", f"wind={alone}"), LOCAL)


def test_mistakes_in_atlite_files(tmp_path: Path) -> None:
    name = "specific generation"
    gap = _regions().isel(time=np.arange(HOURS) != 100)
    missing = _regions()
    missing[name][7, 0] = np.nan
    mw = _regions()
    mw[name].attrs["units"] = "MW"
    cases = [
        ("wind", gap, "hour 105 .* is missing"),
        ("wind", missing, "nan is not a finite number in position 7"),
        ("wind", _regions() * 40, "is out of range"),
        ("wind", mw, "is in 'MW'"),
        ("wind", _regions().drop_vars("name"), "`name` has no labels"),
        ("wind", _regions().assign(other=_regions()[name]), "several variables over time and region"),
        ("wind", _regions().mean("time"), "no variable over time and region"),
        ("wind", _regions().assign_coords(time=np.arange(HOURS)), "has no dates"),
        ("hydro", _regions(), "item 'hydro'"),
        ("NORTH:wind", _regions(), "the file is called 'NORTH:wind'"),
    ]
    for item, data, message in cases:
        _problem("atlite", f"{item}={_save(tmp_path / 'regions.nc', data)}", message=message)


# ----------------------------------------------------------------------------------------------------- ERA5

UNITS = {"u100": "m s**-1", "v100": "m s**-1", "ssrd": "J m**-2", "t2m": "K"}
PLACES = ([43.0, 42.75], [75.0])


def _era5(**fields: np.ndarray | float) -> xr.Dataset:
    """A file of the Climate Data Store: ``valid_time``, two cells, scalar coordinates that nobody needs."""
    shape = (HOURS, 2, 1)
    values = {name: np.broadcast_to(np.asarray(field, dtype=float), shape) for name, field in fields.items()}
    grid = ("valid_time", "latitude", "longitude")
    data = xr.Dataset(
        {name: (grid, field, {"units": UNITS[name]}) for name, field in values.items()},
        {"valid_time": pd.DatetimeIndex(_year()), "latitude": PLACES[0], "longitude": PLACES[1], "number": 0},
    )
    return data.assign_coords(expver=("valid_time", ["0001"] * HOURS))


def test_era5_wind_is_averaged_after_the_power_curve(tmp_path: Path) -> None:
    """8 m/s (6 east, 8 − … north: 4.8 and 6.4) in one cell gives 0.9 · 0.555 = 0.499, calm in the other nothing."""
    cells = np.array([1.0, 0.0])[None, :, None]
    path = _save(tmp_path / "wind.nc", _era5(u100=-4.8 * cells, v100=6.4 * cells))
    found = import_weather("era5", [f"A={path}"])
    assert list(found) == [("A", "wind")]
    np.testing.assert_allclose(found["A", "wind"], 0.9 * 0.554984 / 2, rtol=1e-5)


def test_era5_hours_and_parts(tmp_path: Path) -> None:
    """Two halves of a year in two files: every speed at its hour at UTC+5."""
    speed = np.round(np.linspace(4, 12, HOURS), 4)
    data = _era5(u100=speed[:, None, None], v100=0.0)
    first = _save(tmp_path / "first.nc", data.isel(valid_time=slice(0, 4000)))
    second = _save(tmp_path / "second.nc", data.isel(valid_time=slice(4000, None)))
    found = _one("era5", f"A={second}", f"A={first}")
    np.testing.assert_allclose(found, conversion.wind_output(np.roll(speed, 5)))


def _clear(seconds: float = 3600) -> np.ndarray:
    """(8760, 2, 1) J/m2 summed over the hour before the stamp, under a sky that lets 700 W/m2 of beam through."""
    stamps = np.array(_year(), dtype="datetime64[m]") - np.timedelta64(30, "m")
    zenith = [conversion.sun(stamps, latitude, PLACES[1][0])["zenith"].to_numpy() for latitude in PLACES[0]]
    return seconds * 700 * np.clip(np.cos(np.radians(zenith)), 0, None).T[:, :, None]


def test_era5_sun_is_highest_at_twelve(tmp_path: Path) -> None:
    """At 75° east; an hour lost between the end and the beginning of the hour would move it to 11 or 13.

    700 W/m2 of global radiation at vertical sun are well below a clear sky, so the year gives some 15 % of capacity.
    """
    path = _save(tmp_path / "sun.nc", _era5(ssrd=_clear(), t2m=298.15))
    found = import_weather("era5", [f"A={path}"])["A", "solar"]
    assert np.average(np.tile(np.arange(24) + 0.5, 365), weights=found) == pytest.approx(12, abs=0.05)
    assert 0.1 < found.mean() < 0.2 and found.max() < 0.8


def test_era5_variables_may_come_in_two_files(tmp_path: Path) -> None:
    state = _save(tmp_path / "instant.nc", _era5(u100=8.0, v100=0.0, t2m=298.15))
    sums = _save(tmp_path / "accumulated.nc", _era5(ssrd=_clear()))
    assert set(import_weather("era5", [f"A={state}", f"A={sums}"])) == {("A", "wind"), ("A", "solar")}


def test_mistakes_in_era5_files(tmp_path: Path) -> None:
    wind = _era5(u100=8.0, v100=0.0)
    watts = _era5(ssrd=500.0, t2m=298.15)
    watts["ssrd"].attrs["units"] = "W m**-2"
    celsius = _era5(ssrd=_clear(), t2m=25.0)
    celsius["t2m"].attrs["units"] = "degC"
    missing = wind.copy(deep=True)
    missing["u100"][9, 1, 0] = np.nan
    members = xr.concat([wind, wind], dim="number")
    cases = [
        (watts, "`ssrd` is in 'W m[*][*]-2'"),
        (celsius, "`t2m` is in 'degC'"),
        (missing, "nan is not a finite number in position 9"),
        (wind.isel(valid_time=slice(0, 8000)), "8000 hours instead of 8760"),
        (wind[["u100"]], "A has u100"),
        (_era5(ssrd=_clear()), "A has ssrd"),
        (members, "dimension `number` has 2 values"),
        (wind.mean(["latitude", "longitude"], keep_attrs=True), "do not lie over time, latitude and longitude"),
        (wind[[]], "A has none of these"),
    ]
    for data, message in cases:
        _problem("era5", f"A={_save(tmp_path / 'era5.nc', data)}", message=message)


def test_era5_files_that_contradict_each_other(tmp_path: Path) -> None:
    one = _save(tmp_path / "one.nc", _era5(u100=8.0, v100=0.0))
    two = _save(tmp_path / "two.nc", _era5(u100=9.0, v100=0.0))
    assert "do not fit together" in _problem("era5", f"A={one}", f"A={two}").message


# ---------------------------------------------------------------------------------------------------- plain


def test_a_plain_file_with_a_leap_year_among_others(tmp_path: Path) -> None:
    """By a clock six hours ahead of UTC; load in MW. 31 December 2019 is there only in part."""
    stamps = [datetime(2019, 12, 31) + timedelta(hours=h) for h in range(24 * 400)]
    values = [float(s.year * 10000 + s.month * 100 + s.day) for s in stamps]
    lines = ["time,NORTH:load", *(f"{s.isoformat()}+06:00,{v}" for s, v in zip(stamps, values, strict=True))]
    found = _one("plain", str(_write(tmp_path / "own.csv", lines)), year=2020)
    assert found[0] == 20200101 and found[-2] == 20201231  # one hour behind: its last hour is 1 January there
    assert 20200229 not in found[(31 + 28) * 24 :: 24] and found[(31 + 28) * 24] == 20200301


def test_plain_files_are_put_into_one(tmp_path: Path) -> None:
    first = _write(tmp_path / "a.csv", ["hour,A:wind", *(f"{h},{v}" for h, v in enumerate(RISING))])
    second = _save(tmp_path / "b.nc", xr.Dataset({"B:solar": ("hour", RISING)}, {"hour": np.arange(HOURS)}))
    found = import_weather("plain", [str(first), str(second)])
    assert set(found) == {("A", "wind"), ("B", "solar")}
    assert "in more than one file" in _problem("plain", str(first), str(first)).message
    assert "--year has no effect" in _problem("plain", str(first), year=2019).message
    assert (
        "names no item"
        in _problem("plain", str(_write(first, ["hour,wind", *(f"{h},0" for h in range(HOURS))]))).message
    )
    assert "is not a time" in _problem("plain", str(_write(first, ["time,A:wind", "2019-01-01T00:00,0"]))).message


# ------------------------------------------------------------------------------------------- all of them


def test_the_command_writes_what_a_scenario_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, output = _write(tmp_path / "point.csv", _ninja()), tmp_path / "profiles.csv"
    command = ["import-weather", "ninja", f"NORTH:wind={path}", "-o", str(output)]
    assert main(command) == 0
    printed = capsys.readouterr()
    assert printed.out == "NORTH:wind  mean 0.5  largest 1\n" and "profiles: profiles.csv" in printed.err
    found = read_profiles(output, ("NORTH",), ("wind",))
    np.testing.assert_allclose(found["NORTH", "wind"], LOCAL, atol=1e-6)
    assert main(command) == 3
    assert "exists already" in capsys.readouterr().err


def test_the_command_offers_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["import-weather", "--help"])
    assert f"{{{','.join(FORMATS)}}}" in capsys.readouterr().out


@pytest.mark.parametrize(("format", "name", "advice"), [
    ("ninja", "", "write ZONE:item=absent.csv"), ("pvgis", "A", "write ZONE:item=absent.csv"),
    ("era5", "A:wind", "write ZONE=absent.csv"), ("plain", "A:wind", "write absent.csv"),
])  # fmt: skip
def test_a_file_with_the_wrong_kind_of_name(format: str, name: str, advice: str) -> None:
    assert _problem(format, f"{name}=absent.csv" if name else "absent.csv").help == advice


@pytest.mark.parametrize("format", FORMATS)
def test_files_that_are_not_there_or_not_what_they_say(tmp_path: Path, format: str) -> None:
    name = {"ninja": "A:wind=", "pvgis": "A:solar=", "atlite": "wind=", "era5": "A=", "plain": ""}[format]
    suffix = "nc" if format in ("atlite", "era5") else "csv"
    with pytest.raises(FileError, match="absent"):
        import_weather(format, [f"{name}{tmp_path / f'absent.{suffix}'}"])
    other = tmp_path / f"other.{suffix}"
    other.write_bytes(b"\xff\xfe\x00")
    with pytest.raises((InputError, FileError)):
        import_weather(format, [f"{name}{other}"])


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        write_profiles(tmp_path / "no" / "profiles.csv", {("A", "wind"): RISING})


@pytest.mark.parametrize("module", [conversion, hours])
def test_examples_in_the_docstrings(module: object) -> None:
    assert doctest.testmod(module, extraglobs={"np": np}).failed == 0


def test_the_power_curve_rises_to_its_rating_and_names_its_source() -> None:
    with conversion.CURVE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (TABLES / "sources.csv").open(encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    speed, output = (np.array([float(row[name]) for row in rows]) for name in ("speed_m_s", "output"))
    assert {row["source"] for row in rows} <= known
    assert (np.diff(speed) == 0.5).all() and (np.diff(output[speed <= 13]) > 0).all()
    assert output.max() <= 1 and output.min() > 0
