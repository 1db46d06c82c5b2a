"""A user's own hourly profiles: what is read, how clocks are moved, and what is said of every kind of mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.case.time.calendar import HOURS
from simulator.case.weather.profiles import read_profiles
from simulator.errors import FileError, InputError, InputWarning, Problem

pytestmark = pytest.mark.usefixtures("sound_files")
ZONES, ITEMS = ("NORTH", "SOUTH"), ("load", "solar", "wind")
WIND = np.round(np.linspace(0, 1, HOURS), 6)
Rows = list[list[str]]


@cache
def _stamps(year: int = 2023, hours_ahead: float = 5) -> list[datetime]:
    """The 8760 hours of a year by the clock of a time zone, 29 February left out."""
    zone = timezone(timedelta(hours=hours_ahead))
    every = (datetime(year, 1, 1, tzinfo=zone) + timedelta(hours=h) for h in range(8784))
    return [stamp for stamp in every if stamp.year == year and (stamp.month, stamp.day) != (2, 29)]


@cache
def _text(stamp: datetime) -> str:
    return stamp.isoformat()


def _rows(stamps: list[datetime] | None = None, column: str = "NORTH:wind") -> Rows:
    stamps = _stamps() if stamps is None else stamps
    return [["time", column], *([_text(s), f"{v:g}"] for s, v in zip(stamps, WIND, strict=False))]


def _counted() -> Rows:
    return [["hour", "NORTH:wind"], *([str(h), f"{v:g}"] for h, v in enumerate(WIND))]


def _write(folder: Path, rows: Rows, separator: str = ",") -> Path:
    path = folder / "own.csv"
    path.write_text("".join(separator.join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _problems(path: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_profiles(path, ZONES, ITEMS)
    assert all(p.file == path.name for p in caught.value.problems)
    return list(caught.value.problems)


# --------------------------------------------------------------------------------------------- what is read


def test_stamps_with_offset_are_read_as_they_stand(tmp_path: Path) -> None:
    found = read_profiles(_write(tmp_path, _rows()), ZONES, ITEMS)
    assert list(found) == [("NORTH", "wind")]
    np.testing.assert_allclose(found["NORTH", "wind"], WIND, atol=1e-6)


def test_a_byte_order_mark_and_a_leap_year_do_no_harm(tmp_path: Path) -> None:
    """2024 without 29 February: 1 March is day 59 (counted from 0) as in any year."""
    path = _write(tmp_path, _rows(_stamps(2024)))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    np.testing.assert_allclose(read_profiles(path, ZONES, ITEMS)["NORTH", "wind"], WIND, atol=1e-6)


@settings(max_examples=4, deadline=None)
@given(st.sampled_from([-3, 0, 1, 4, 6, 8]))
def test_other_offsets_are_moved_to_utc5_and_wrap_around_new_year(
    tmp_path_factory: pytest.TempPathFactory, offset: int
) -> None:
    """Noon by a clock ``offset`` hours ahead of UTC is 12 + 5 − offset at UTC+5: the series turns by 5 − offset."""
    path = _write(tmp_path_factory.mktemp("offset"), _rows(_stamps(hours_ahead=offset)))
    found = read_profiles(path, ZONES, ITEMS)["NORTH", "wind"]
    np.testing.assert_allclose(found, np.roll(WIND, 5 - offset), atol=1e-6)


def test_rows_in_any_order_are_sorted(tmp_path: Path) -> None:
    rows = _counted()
    found = read_profiles(_write(tmp_path, [rows[0], *reversed(rows[1:])]), ZONES, ITEMS)
    np.testing.assert_allclose(found["NORTH", "wind"], WIND, atol=1e-6)


def test_load_may_have_any_unit(tmp_path: Path) -> None:
    rows = [["hour", "SOUTH:load"], *([str(h), str(4000 + h)] for h in range(HOURS))]
    np.testing.assert_array_equal(
        read_profiles(_write(tmp_path, rows), ZONES, ITEMS)["SOUTH", "load"], 4000.0 + np.arange(HOURS)
    )


# ------------------------------------------------------------------------------------------- what is refused


def _without(row: int) -> Callable[[Rows], Rows]:
    return lambda rows: rows[: row - 1] + rows[row:]


def _cell(row: int, column: int, text: str) -> Callable[[Rows], Rows]:
    return lambda rows: [
        [text if (r, c) == (row - 1, column) else cell for c, cell in enumerate(cells)] for r, cells in enumerate(rows)
    ]


MISTAKES: dict[str, tuple[Callable[[Rows], Rows], int, str, str]] = {
    # change to the rows, line reported, message, help; lines count from 1, the header is line 1
    "8759 hours": (_without(HOURS + 1), 0, "8759 hours instead of 8760", "every hour once"),
    "gap": (_without(26), 0, r"hour 24 \(02 Jan 00:00 at UTC\+5\) is missing", "fill the gap"),
    "double": (_cell(27, 0, "2023-01-02T00:00:00+05:00"), 27, r"hour 24 .* is given twice", "keep one"),
    "naive": (_cell(5, 0, "2023-01-01T03:00:00"), 5, "does not say its time zone", "or use a column `hour`"),
    "no time": (_cell(5, 0, "yesterday"), 5, "'yesterday' is not a time", "2023-01-01T00:00+05:00"),
    "half hour": (_cell(5, 0, "2023-01-01T03:30:00+05:00"), 5, "not a full hour", "full hours"),
    "leap day": (_cell(5, 0, "2024-02-29T03:00:00+05:00"), 5, "29 February", "leave out"),
    "empty cell": (_cell(7, 1, ""), 7, "'' is not a number", "fill the gap"),
    "NaN": (_cell(7, 1, "NaN"), 7, "nan is not a finite number", "fill the gap"),
    "percent": (_cell(7, 1, "35"), 7, "35 is out of range", "not percent or MW"),
    "negative": (_cell(7, 1, "-0.1"), 7, "-0.1 is out of range", "between 0 and 1"),
    "underscore": (_cell(7, 1, "1_0"), 7, "'1_0' is not a number", ""),
    "decimal comma": (_cell(7, 1, "0,5"), 7, "row has 3 cells, the header has 2", "point"),
    "zone": (_cell(1, 1, "NORHT:wind"), 0, "unknown zone 'NORHT'", "nearest: NORTH"),
    "item": (_cell(1, 1, "NORTH:winds"), 0, "unknown item 'winds'", "nearest: wind"),
    "year 1": (_cell(5, 0, "0001-01-01T00:00+14:00"), 5, "the year 1 is not one of hourly data", "1900"),
    "year 9999": (_cell(5, 0, "9999-12-31T23:00-12:00"), 5, "the year 9999 is not one", "between 1900 and 2200"),
    "another year": (_cell(5, 0, "2030-01-01T03:00:00+05:00"), 5, "hours of several years: 2023, 2030", "one year"),
    "seconds": (_cell(5, 0, "2023-01-01T03:00:01+05:00"), 5, "not a full hour", "full hours"),
    "thousands": (_cell(7, 1, "1 000"), 7, "'1 000' is not a number", "write 1000"),
    "no clock": (_cell(1, 0, "date"), 0, "no column `time` or `hour`", ""),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    change, line, message, help = MISTAKES[name]
    found = _problems(_write(tmp_path, change(_rows())))
    matching = [p for p in found if re.search(message, p.message)]
    assert matching, [p.message for p in found]
    assert matching[0].line == line
    assert help in matching[0].help


@pytest.mark.parametrize("cell", ["8760", "-1", "1.5", "9" * 5000, "1e3", "", "²"])
def test_a_count_outside_the_year_is_refused(tmp_path: Path, cell: str) -> None:
    (problem,) = _problems(_write(tmp_path, _cell(HOURS + 1, 0, cell)(_counted())))
    assert problem.line == HOURS + 1 and "from 0 to 8759" in problem.message and len(problem.message) < 120


def test_years_of_every_row_its_own_are_refused(tmp_path: Path) -> None:
    """Every hour of the year once, but of 1999, 2023 and 2030 by turns: no year had this weather."""
    stamps = [stamp.replace(year=(1999, 2023, 2030)[n % 3]) for n, stamp in enumerate(_stamps())]
    (problem,) = _problems(_write(tmp_path, _rows(stamps)))
    assert problem.line == 3 and problem.message == "the file has hours of several years: 1999, 2023, 2030"


def test_twelve_months_from_july_are_no_calendar_year(tmp_path: Path) -> None:
    stamps = [stamp.replace(year=2022 if stamp.month > 6 else 2023) for stamp in _stamps()]
    (problem,) = _problems(_write(tmp_path, _rows(stamps)))
    assert problem.message == "the file has hours of several years: 2022, 2023"


def test_stamps_of_summer_time_are_read_by_their_offset(tmp_path: Path) -> None:
    """From April to September clocks are an hour ahead, and each stamp says so: nothing is missing or double."""
    summer = timezone(timedelta(hours=6))
    stamps = [s.astimezone(summer) if 4 <= s.month <= 9 else s for s in _stamps()]
    found = read_profiles(_write(tmp_path, _rows(stamps)), ZONES, ITEMS)["NORTH", "wind"]
    np.testing.assert_allclose(found, WIND, atol=1e-6)


def test_an_output_of_zero_all_year_is_a_warning(tmp_path: Path) -> None:
    rows = [["hour", "SOUTH:wind"], *([str(h), "0"] for h in range(HOURS))]
    with pytest.warns(InputWarning, match="'SOUTH:wind': the output is zero all year"):
        read_profiles(_write(tmp_path, rows), ZONES, ITEMS)


# ------------------------------------------------------------------------------- as spreadsheets save it


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_a_spreadsheet_s_habits_do_no_harm(tmp_path: Path, separator: str, start: str) -> None:
    """Any separator, a byte-order mark, empty rows, empty columns without a name, cells beyond the header."""
    rows = [[*cells[:1], "", *cells[1:], ""] for cells in _rows()]
    rows[7:7] = [["", "", "", ""]] * 3
    rows = [[*cells, "", ""] if n else cells for n, cells in enumerate(rows)]
    path = _write(tmp_path, rows, separator)
    path.write_text(start + path.read_text() + f"{separator * 3}\r\n", encoding="utf-8")
    np.testing.assert_allclose(read_profiles(path, ZONES, ITEMS)["NORTH", "wind"], WIND, atol=1e-6)


def test_decimal_commas_beside_semicolons(tmp_path: Path) -> None:
    rows = [[cell.replace(".", ",") for cell in cells] for cells in _rows()]
    found = read_profiles(_write(tmp_path, rows, ";"), ZONES, ITEMS)
    np.testing.assert_allclose(found["NORTH", "wind"], WIND, atol=1e-6)
    rows[7][1] = "0.5"
    (problem,) = _problems(_write(tmp_path, rows, ";"))
    assert problem.line == 8 and "'0.5' has a point in a file that writes decimal commas" in problem.help


def test_a_value_in_a_column_without_a_name_is_refused(tmp_path: Path) -> None:
    rows = [[*cells, ""] for cells in _rows()]
    rows[7][2] = "0.5"
    (problem,) = _problems(_write(tmp_path, rows))
    assert problem.line == 8 and problem.message == "the value '0.5' is in column 3, which has no name"


OTHERS = {
    "a workbook": (b"PK\x03\x04\x14\0[Content_Types].xml", "this is an Excel workbook", "CSV UTF-8"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is an Excel workbook", "CSV UTF-8"),
    "UTF-16": ("hour,NORTH:wind\n".encode("utf-16"), "the file is in UTF-16", "CSV UTF-8"),
    "Windows-1251": ("hour,Север:wind\n".encode("cp1251"), "byte 0xd1 is not UTF-8", "CSV UTF-8"),
    "a netCDF file": (b"\x89HDF\r\n\x1a\n", "this is a netCDF or HDF5 file", "name it .nc"),
    "a page": (b"<!DOCTYPE html>\n<html>", "this is a web page", "log in"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_called_what_they_are(tmp_path: Path, name: str) -> None:
    content, message, help = OTHERS[name]
    (tmp_path / "own.csv").write_bytes(content)
    (problem,) = _problems(tmp_path / "own.csv")
    assert message in problem.message and help in problem.help


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    rows = [[*cells, *extra] for cells, extra in zip(
        _counted(), [["EAST:load", "SOUTH:solar"], *[["1", "2"]] * HOURS], strict=True)]  # fmt: skip
    found = _problems(_write(tmp_path, rows[:-1]))
    text = " | ".join(p.message for p in found)
    for part in ("8759 hours", "hour 8759", "unknown zone 'EAST'", "2 is out of range (8759 such in all)"):
        assert part in text


def test_a_column_given_twice_is_refused(tmp_path: Path) -> None:
    rows = [[*cells, cells[1]] for cells in _counted()]
    assert "'NORTH:wind' is given twice" in _problems(_write(tmp_path, rows))[0].message


def test_a_load_of_zero_has_no_shape(tmp_path: Path) -> None:
    rows = [["hour", "SOUTH:load"], *([str(h), "0"] for h in range(HOURS))]
    assert "zero all year" in _problems(_write(tmp_path, rows))[0].message


def test_empty_binary_and_missing_files(tmp_path: Path) -> None:
    path = _write(tmp_path, [])
    assert "no column" in _problems(path)[0].message
    path = _write(tmp_path, [["hour", "NORTH:wind"]])
    assert "0 hours instead of 8760" in " ".join(p.message for p in _problems(path))
    path.write_bytes(b"hour,NORTH:wind\n0,\xff\n")
    assert "byte 0xff is not UTF-8" in _problems(path)[0].message
    for name in ("absent.csv", "absent.nc"):
        with pytest.raises(FileError, match="cannot read the profiles absent"):
            read_profiles(tmp_path / name, ZONES, ITEMS)
    (tmp_path / "text.nc").write_text("no netCDF")
    with pytest.raises(InputError, match=r"text\.nc: this is no netCDF file"):
        read_profiles(tmp_path / "text.nc", ZONES, ITEMS)


# ------------------------------------------------------------------------------------------------- netCDF


def _save(folder: Path, data: xr.Dataset) -> Path:
    path = folder / "own.nc"
    data.to_netcdf(path, engine="netcdf4")
    return path


def test_netcdf_layouts(tmp_path: Path) -> None:
    """By name, by zone, and by zone and technology, in any order of dimensions; NaN alone is not given."""
    hour = np.arange(HOURS)
    own = xr.Dataset({"NORTH:wind": ("hour", WIND)}, {"hour": hour})
    by_zone = xr.Dataset({"solar": (("hour", "zone"), np.stack([WIND, 1 - WIND], 1))}, {"hour": hour, "zone": [*ZONES]})
    cube = np.full((2, HOURS, 2), np.nan)
    cube[0, :, 1], cube[1, :, 0] = WIND, 0.5
    full = xr.Dataset(
        {"availability": (("technology", "hour", "zone"), cube)},
        {"hour": hour, "zone": [*ZONES], "technology": ["wind", "solar"]},
    )
    np.testing.assert_array_equal(read_profiles(_save(tmp_path, own), ZONES, ITEMS)["NORTH", "wind"], WIND)
    found = read_profiles(_save(tmp_path, by_zone), ZONES, ITEMS)
    np.testing.assert_array_equal(found["NORTH", "solar"], WIND)
    np.testing.assert_array_equal(found["SOUTH", "solar"], 1 - WIND)
    found = read_profiles(_save(tmp_path, full), ZONES, ITEMS)
    assert set(found) == {("SOUTH", "wind"), ("NORTH", "solar")}
    np.testing.assert_array_equal(found["SOUTH", "wind"], WIND)


@pytest.mark.parametrize("calendar", ["standard", "noleap"])
def test_netcdf_time_is_utc(tmp_path: Path, calendar: str) -> None:
    """00:00 UTC is 05:00 at UTC+5, and the last five hours of the year become the first."""
    data = xr.Dataset({"NORTH:wind": ("time", WIND)}, {"time": np.arange(HOURS)})
    data["time"].attrs = {"units": "hours since 2023-01-01 00:00", "calendar": calendar}
    found = read_profiles(_save(tmp_path, data), ZONES, ITEMS)["NORTH", "wind"]
    np.testing.assert_array_equal(found, np.roll(WIND, 5))


def _timed(units: str, calendar: str, values: np.ndarray | None = None) -> xr.Dataset:
    """Wind over a coordinate of so many hours since a date."""
    hours = np.arange(HOURS, dtype=float) if values is None else values
    attrs = {"units": units, "calendar": calendar}
    return xr.Dataset({"NORTH:wind": ("time", WIND)}, {"time": ("time", hours, attrs)})


@pytest.mark.parametrize(
    ("units", "calendar", "message"),
    [
        (
            "hours since 2023-01-01",
            "360_day",
            "the calendar of `time` is '360_day', whose days are not those of a year",
        ),
        ("hours since 2023-01-01", "all_leap", "'all_leap'"),
        ("hours since 2023-01-01", "julian", "'julian'"),
        ("hours since 0001-01-01", "standard", "the year 1 is not one of hourly data"),
        ("hours since 9000-01-01", "noleap", "the year 9000 is not one of hourly data"),
        ("hours since 2022-07-01", "standard", "hours of several years: 2022, 2023"),
        ("minutes since 2023-01-01", "standard", "not a full hour"),
        ("sheep since 2023-01-01", "standard", "has no dates|can be decoded"),
        ("hours since yesterday", "standard", "has no dates|can be decoded"),
    ],
)
def test_times_of_netcdf_that_are_no_year(tmp_path: Path, units: str, calendar: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_profiles(_save(tmp_path, _timed(units, calendar)), ZONES, ITEMS)


def test_netcdf_times_that_are_missing_or_off_by_rounding(tmp_path: Path) -> None:
    """Days as fractions end up some microseconds beside the hour; a gap in the coordinate is a gap."""
    days = _timed("days since 2023-01-01", "standard", np.arange(HOURS) / 24)
    found = read_profiles(_save(tmp_path, days), ZONES, ITEMS)
    np.testing.assert_array_equal(found["NORTH", "wind"], np.roll(WIND, 5))
    gap = np.arange(HOURS, dtype=float)
    gap[100] = np.nan
    with pytest.raises(InputError, match="`time` has gaps"):
        read_profiles(_save(tmp_path, _timed("hours since 2023-01-01", "standard", gap)), ZONES, ITEMS)


def test_netcdf_mistakes(tmp_path: Path) -> None:
    hour = np.arange(HOURS)
    wind = WIND.copy()
    wind[12] = np.nan
    cases = [
        (xr.Dataset({"NORTH:wind": ("time", WIND)}), "`time` has no labels"),
        (xr.Dataset({"NORTH:wind": ("time", WIND)}, {"time": hour}), "`time` has no dates"),
        (xr.Dataset({"NORTH:wind": ("day", WIND)}, {"day": hour}), "one dimension `time` or `hour`"),
        (xr.Dataset({"wind": (("hour", "site"), WIND[:, None])}, {"hour": hour}), "dimensions hour, site"),
        (xr.Dataset({"NORTH:wind": ("hour", ["x"] * HOURS)}, {"hour": hour}), "does not contain numbers"),
        (xr.Dataset({"NORTH:wind": ("hour", wind)}, {"hour": hour}), "nan is not a finite number in position 12"),
        (xr.Dataset({"NORTH:wind": ("hour", WIND * 100)}, {"hour": hour}), "is out of range"),
        (
            xr.Dataset({"NORTH:wind": ("hour", WIND)}, {"hour": [f"h{h}" for h in hour]}),
            "`hour` does not contain numbers",
        ),
        (xr.Dataset({"NORTH:wind": ("hour", hour.astype("m8[s]"))}, {"hour": hour}), "is out of range"),
        (xr.Dataset({"NORTH:wind": ("hour", WIND[1:])}, {"hour": hour[1:]}), "hour 0 .* is missing"),
        (xr.Dataset({"NORTH:wind": ("hour", WIND)}, {"hour": hour + 1}), "'8760' is not a whole number"),
    ]
    for data, message in cases:
        with pytest.raises(InputError, match=message):
            read_profiles(_save(tmp_path, data), ZONES, ITEMS)
