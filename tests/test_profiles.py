"""A user's own hourly profiles: what is read, how clocks are moved, and what is said of every kind of mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.case.time.calendar import HOURS
from simulator.case.weather.profiles import read_profiles
from simulator.errors import FileError, InputError, Problem

ZONES, ITEMS = ("NORTH", "SOUTH"), ("load", "solar", "wind")
WIND = np.round(np.linspace(0, 1, HOURS), 6)
Rows = list[list[str]]


def _stamps(year: int = 2023, hours_ahead: float = 5) -> list[datetime]:
    """The 8760 hours of a year by the clock of a time zone, 29 February left out."""
    zone = timezone(timedelta(hours=hours_ahead))
    every = (datetime(year, 1, 1, tzinfo=zone) + timedelta(hours=h) for h in range(8784))
    return [stamp for stamp in every if stamp.year == year and (stamp.month, stamp.day) != (2, 29)]


def _rows(stamps: list[datetime] | None = None, column: str = "NORTH:wind") -> Rows:
    stamps = _stamps() if stamps is None else stamps
    return [["time", column], *([s.isoformat(), f"{v:g}"] for s, v in zip(stamps, WIND, strict=False))]


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


@pytest.mark.parametrize(("cell", "line"), [("8760", HOURS + 1), ("-1", HOURS + 1), ("1.5", HOURS + 1)])
def test_a_count_outside_the_year_is_refused(tmp_path: Path, cell: str, line: int) -> None:
    (problem,) = _problems(_write(tmp_path, _cell(HOURS + 1, 0, cell)(_counted())))
    assert problem.line == line and "from 0 to 8759" in problem.message


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


def test_semicolons_are_recognised(tmp_path: Path) -> None:
    assert _problems(_write(tmp_path, _rows(), ";"))[0].help == "separate columns by commas"


def test_a_load_of_zero_has_no_shape(tmp_path: Path) -> None:
    rows = [["hour", "SOUTH:load"], *([str(h), "0"] for h in range(HOURS))]
    assert "zero all year" in _problems(_write(tmp_path, rows))[0].message


def test_empty_binary_and_missing_files(tmp_path: Path) -> None:
    path = _write(tmp_path, [])
    assert "no column" in _problems(path)[0].message
    path = _write(tmp_path, [["hour", "NORTH:wind"]])
    assert "0 hours instead of 8760" in " ".join(p.message for p in _problems(path))
    path.write_bytes(b"hour,NORTH:wind\n0,\xff\n")
    assert "not a CSV table in UTF-8" in _problems(path)[0].message
    for name in ("absent.csv", "absent.nc"):
        with pytest.raises(FileError, match="cannot read the profiles absent"):
            read_profiles(tmp_path / name, ZONES, ITEMS)
    (tmp_path / "text.nc").write_text("no netCDF")
    with pytest.raises(FileError, match=r"cannot read the profiles text\.nc"):
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


def test_netcdf_mistakes(tmp_path: Path) -> None:
    hour = np.arange(HOURS)
    wind = WIND.copy()
    wind[12] = np.nan
    cases = [
        (xr.Dataset({"NORTH:wind": ("time", WIND)}), "`time` has no labels"),
        (xr.Dataset({"NORTH:wind": ("time", WIND)}, {"time": hour}), "`time` is a plain number"),
        (xr.Dataset({"NORTH:wind": ("day", WIND)}, {"day": hour}), "one dimension `time` or `hour`"),
        (xr.Dataset({"wind": (("hour", "site"), WIND[:, None])}, {"hour": hour}), "dimensions hour, site"),
        (xr.Dataset({"NORTH:wind": ("hour", ["x"] * HOURS)}, {"hour": hour}), "does not hold numbers"),
        (xr.Dataset({"NORTH:wind": ("hour", wind)}, {"hour": hour}), "nan is not a finite number in position 12"),
        (xr.Dataset({"NORTH:wind": ("hour", WIND * 100)}, {"hour": hour}), "is out of range"),
        (xr.Dataset({"NORTH:wind": ("hour", WIND[1:])}, {"hour": hour[1:]}), "hour 0 .* is missing"),
        (xr.Dataset({"NORTH:wind": ("hour", WIND)}, {"hour": hour + 1}), "'8760' is not a whole number"),
    ]
    for data, message in cases:
        with pytest.raises(InputError, match=message):
            read_profiles(_save(tmp_path, data), ZONES, ITEMS)
