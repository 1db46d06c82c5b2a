"""Files as people have them: of countries and cutouts, zipped, summed up, labelled otherwise, saved by spreadsheets."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from share import count

from simulator.case.time.calendar import HOURS
from simulator.case.weather.sun import noon
from simulator.cli import main
from simulator.errors import InputError, InputWarning
from simulator.importers import conversion, import_weather
from simulator.importers.era5 import hourly_sums

RISING = np.round(np.linspace(0, 1, HOURS), 6)
STAMPS = [datetime(2019, 1, 1) + timedelta(hours=h) for h in range(HOURS)]
TIME = pd.DatetimeIndex(STAMPS)
PLACES = ([43.0, 42.75], [75.0])


def _write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _save(path: Path, data: xr.Dataset) -> Path:
    data.to_netcdf(path, engine="netcdf4")
    return path


def _sun(longitude: float, label: float = 0.0) -> np.ndarray:
    """8760 hours UTC of a sun that shines for twelve hours, each labelled so many hours after its beginning."""
    hour = np.arange(HOURS) + 0.5 - label
    away = (hour + 5 - noon(longitude) + 12) % 24 - 12
    return np.where(np.abs(away) < 6, 0.8 * np.cos(np.pi * away / 12), 0)


def _message(format: str, *files: str, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        import_weather(format, files, **options)  # type: ignore[arg-type]
    return str(caught.value)


# ---------------------------------------------------------------------------------------- renewables.ninja


def _country(columns: str = "time,national", values: np.ndarray = RISING) -> list[str]:
    head = ["# Renewables.ninja Wind (Country-level) - KZ", "# License: see the web site", columns]
    return [*head, *(f"{s:%Y-%m-%d %H:%M:%S},{v:.6f}" for s, v in zip(STAMPS, values, strict=True))]


def test_a_country_file_is_per_unit_of_capacity(tmp_path: Path) -> None:
    path = _write(tmp_path / "ninja_wind_country_XX.csv", _country())
    found = import_weather("ninja", [f"A:wind={path}"])["A", "wind"]
    np.testing.assert_allclose(found, np.roll(RISING, 5), atol=1e-6)


def test_the_only_whole_year_is_taken_without_asking(tmp_path: Path) -> None:
    """A file of 2019 that begins a day early, as those of countries do."""
    day = [f"2018-12-31 {hour:02d}:00:00,0.9" for hour in range(24)]
    lines = _country()
    path = _write(tmp_path / "a.csv", [*lines[:3], *day, *lines[3:]])
    found = import_weather("ninja", [f"A:wind={path}"])["A", "wind"]
    np.testing.assert_allclose(found, [0.9] * 5 + list(RISING[:-5]), atol=1e-6)


def test_another_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    said = _message("ninja", f"A:wind={_write(tmp_path / 'a.csv', _country('time,KZ'))}")
    assert "a.csv:3: no column `electricity` or `national`" in said and "this file has time, KZ" in said


@pytest.mark.parametrize("about", ['{"params": 5}', '{"units": []}', '{"params": {"capacity": null}}',
                                   '{"params": {"lon": "x"}}', '{"a":' * 100_000, "{}"])  # fmt: skip
def test_headers_of_any_shape(tmp_path: Path, about: str) -> None:
    lines = ["# a", f"# {about}", "time,electricity", *(f"{s:%Y-%m-%d %H:%M},0.5" for s in STAMPS)]
    path = _write(tmp_path / "point.csv", lines)
    try:
        assert import_weather("ninja", [f"A:wind={path}"])["A", "wind"].max() == 0.5
    except InputError as error:
        assert error.problems[0].line == 2


def test_a_point_with_a_clock_of_its_own_is_noticed(tmp_path: Path) -> None:
    """Local time in the column of UTC: the sun at 75 degrees east is five hours early at UTC+5."""
    about = json.dumps({"params": {"capacity": 1.0, "lat": 43.0, "lon": 75.0}})
    for shift, said in ((0, ""), (5, "5.0 hours late")):
        rows = zip(STAMPS, np.roll(_sun(75), shift), strict=True)
        lines = [f"# {about}", "time,electricity", *(f"{s:%Y-%m-%d %H:%M},{v:.6f}" for s, v in rows)]
        path = _write(tmp_path / "point.csv", lines)
        if said:
            assert said in _message("ninja", f"A:solar={path}")
        else:
            import_weather("ninja", [f"A:solar={path}"])


# ------------------------------------------------------------------------------------ saved by a spreadsheet


def test_files_that_a_spreadsheet_has_saved_again(tmp_path: Path) -> None:
    """Semicolons, decimal commas, a byte-order mark, separators to the right of every line."""
    pvgis = ["Latitude (decimal degrees):\t43.000;;", "Longitude (decimal degrees):\t75.000;;",
             "Nominal power of the PV system (c-Si) (kWp):\t2.0;;", ";;", "time;P;",
             *(f"{s:%Y%m%d:%H}10;{2000 * v:.3f};".replace(".", ",") for s, v in zip(STAMPS, _sun(75), strict=True)),
             ";;", "P: PV system power (W);;"]  # fmt: skip
    pvgis[0] = "\ufeff" + pvgis[0]
    found = import_weather("pvgis", [f"A:solar={_write(tmp_path / 'sun.csv', pvgis)}"])["A", "solar"]
    np.testing.assert_allclose(found, np.roll(_sun(75), 5), atol=1e-6)
    ninja = [line.replace(",", ";").replace(".", ",") for line in _country()]
    found = import_weather("ninja", [f"A:wind={_write(tmp_path / 'wind.csv', ninja)}"])["A", "wind"]
    np.testing.assert_allclose(found, np.roll(RISING, 5), atol=1e-6)
    plain = ["sep=;", "time;A:wind", ";", "", *(f"{s.isoformat()}+00:00;{v:g}".replace(".", ",")
                                              for s, v in zip(STAMPS, RISING, strict=True)), ";"]  # fmt: skip
    found = import_weather("plain", [str(_write(tmp_path / "plain.csv", plain))])["A", "wind"]
    np.testing.assert_allclose(found, np.roll(RISING, 5), atol=1e-6)


# --------------------------------------------------------------------------------------------------- atlite


def _regions(values: np.ndarray, **attrs: str) -> xr.Dataset:
    data = xr.Dataset({"specific generation": (("time", "name"), values[:, None])}, {"time": TIME, "name": ["A"]})
    return data.assign_attrs(attrs)


@pytest.mark.usefixtures("sound_files")
def test_hours_labelled_by_their_beginning(tmp_path: Path) -> None:
    """Of SARAH: taken for ERA5 the sun is an hour early, which is said; named by user or file it is right."""
    places, right = {"A": 68.25}, np.roll(_sun(68.25), 5)
    path = f"solar={_save(tmp_path / 'sarah.nc', _regions(_sun(68.25)))}"
    with pytest.warns(InputWarning, match="1.0 hours early"):
        import_weather("atlite", [path], longitudes=places)
    found = import_weather("atlite", [path], longitudes=places, labels="beginning")["A", "solar"]
    np.testing.assert_allclose(found, right)
    path = f"solar={_save(tmp_path / 'named.nc', _regions(_sun(68.25), module='sarah'))}"
    np.testing.assert_allclose(import_weather("atlite", [path], longitudes=places)["A", "solar"], right)
    era5 = f"solar={_save(tmp_path / 'era5.nc', _regions(_sun(68.25, label=1), module='era5'))}"
    np.testing.assert_allclose(import_weather("atlite", [era5], longitudes=places)["A", "solar"], right)


def test_labels_without_effect_are_refused(tmp_path: Path) -> None:
    path = _save(tmp_path / "wind.nc", _regions(RISING))
    assert "--labels has no effect" in _message("atlite", f"wind={path}", labels="end")
    assert "--labels has no effect" in _message("era5", f"A={path}", labels="end")


# -------------------------------------------------------------------------------- cutouts, zips, ERA5-Land


def _grid(names: Sequence[str], units: Sequence[str], *fields: np.ndarray | float, **coords: object) -> xr.Dataset:
    shape, dims = (HOURS, 2, 1), ("valid_time", "latitude", "longitude")
    data = {
        name: (dims, np.broadcast_to(np.asarray(field, float), shape), {"units": unit})
        for name, unit, field in zip(names, units, fields, strict=True)
    }
    return xr.Dataset(data, {"valid_time": TIME, "latitude": PLACES[0], "longitude": PLACES[1], **coords})


def _clear(middle: np.timedelta64) -> np.ndarray:
    """(8760, 2, 1) W/m2 on the ground when the sun of 700 W/m2 is where it is so long after each stamp."""
    stamps = np.array(STAMPS, dtype="datetime64[m]") + middle
    zenith = [conversion.sun(stamps, latitude, PLACES[1][0])["zenith"].to_numpy() for latitude in PLACES[0]]
    return 700 * np.clip(np.cos(np.radians(zenith)), 0, None).T[:, :, None]


BEFORE, AFTER = np.timedelta64(-30, "m"), np.timedelta64(30, "m")


def _hourly() -> xr.Dataset:
    return _grid(("ssrd", "t2m"), ("J m**-2", "K"), 3600 * _clear(BEFORE), 298.15)


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The sun of ERA5, hour by hour."""
    path = _save(tmp_path_factory.mktemp("era5") / "hourly.nc", _hourly())
    return import_weather("era5", [f"A={path}"])["A", "solar"]


@pytest.mark.usefixtures("sound_files")
def test_sums_since_midnight_are_those_of_the_hours(tmp_path: Path, hourly: np.ndarray) -> None:
    """ERA5-Land: at 01:00 the sum of one hour, at 24:00 of the day; at the first 00:00 that of the day before."""
    data = _hourly()
    steps = data["ssrd"].values
    sums = np.empty_like(steps)
    for first in range(1, HOURS, 24):
        sums[first : first + 24] = np.cumsum(steps[first : first + 24], axis=0)
    sums[0] = steps[1:25].sum(axis=0)
    data["ssrd"] = data["ssrd"].copy(data=sums)
    found = import_weather("era5", [f"A={_save(tmp_path / 'land.nc', data)}"])["A", "solar"]
    np.testing.assert_allclose(found, hourly, atol=1e-6)


def test_sums_of_hours_are_left_alone() -> None:
    """Two days by hand, J/m2: 2 in each of eight hours from 04:00, then none; sums grow to 16 and stay."""
    stamps = np.datetime64("2019-06-01T01:00", "m") + np.arange(48).astype("timedelta64[h]")
    steps = np.tile(np.repeat([0.0, 2.0, 0.0], (4, 8, 12)), 2)[:, None]
    np.testing.assert_array_equal(hourly_sums(steps, stamps), steps)
    sums = np.concatenate([np.cumsum(day, axis=0) for day in np.split(steps, 2)])
    np.testing.assert_array_equal(hourly_sums(sums, stamps), steps)
    np.testing.assert_array_equal(hourly_sums(0 * steps, stamps), 0 * steps)


@pytest.mark.usefixtures("sound_files")
def test_cells_of_the_sea_do_not_count(tmp_path: Path) -> None:
    """8 m/s on land gives 0.9 · 0.555; the other cell holds nothing. A grid of sea alone is refused."""
    land = np.array([1.0, np.nan])[None, :, None]
    data = _grid(("u100", "v100"), ("m s**-1", "m s**-1"), 8 * land, 0.0)
    found = import_weather("era5", [f"A={_save(tmp_path / 'coast.nc', data)}"])["A", "wind"]
    np.testing.assert_allclose(found, 0.9 * 0.554984, rtol=1e-5)
    sea = _save(tmp_path / "sea.nc", data.isel(latitude=[1]))
    assert "no cell of the grid has all variables" in _message("era5", f"A={sea}")


@pytest.mark.parametrize("name", ["cds.nc", "cds.zip"])
@pytest.mark.usefixtures("sound_files")
def test_the_zip_of_the_data_store_is_read_whatever_it_is_called(tmp_path: Path, hourly: np.ndarray, name: str) -> None:
    """Two netCDF files: states at an instant, and sums; temperature in the first, sun in the second."""
    data = _hourly().assign(_grid(("u100", "v100"), ("m s**-1", "m s**-1"), 8.0, 0.0).data_vars)
    instant = _save(tmp_path / "data_stream-oper_stepType-instant.nc", data.drop_vars("ssrd"))
    sums = _save(tmp_path / "data_stream-oper_stepType-accum.nc", data[["ssrd"]])
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        for path in (instant, sums):
            archive.write(path, path.name)
    found = import_weather("era5", [f"A={tmp_path / name}"])
    assert set(found) == {("A", "wind"), ("A", "solar")}
    np.testing.assert_allclose(found["A", "solar"], hourly)


def test_zips_that_are_of_no_use(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no data")
    assert "a.nc: this is a zip archive without a netCDF file" in _message("era5", f"A={path}")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.nc", b"no netCDF")
    assert "this is no netCDF file" in _message("era5", f"A={path}")
    path.write_bytes(path.read_bytes()[:40])
    assert "not a zip archive that can be decoded" in _message("era5", f"A={path}")
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("one.nc", "two.nc"):
            archive.write(_save(tmp_path / name, _regions(RISING)), name)
    assert "the archive contains 2 netCDF files" in _message("atlite", f"wind={path}")
    assert "this is a zip archive, not netCDF" in _message("plain", str(path))


def _cutout(module: str, middle: np.timedelta64) -> xr.Dataset:
    """As atlite prepares it: (time, y, x), the sun in its parts, what else it needs."""
    clear = _clear(middle)
    names = ("wnd100m", "influx_direct", "influx_diffuse", "temperature", "roughness", "height")
    units = ("m s**-1", "W m**-2", "W m**-2", "K", "m", "m")
    data = _grid(names, units, 8.0, 0.8 * clear, 0.2 * clear, 298.15, 0.1, 500.0)
    data = data.rename(valid_time="time", latitude="y", longitude="x")
    for name in ("influx_direct", "influx_diffuse"):
        data[name].attrs["module"] = module
    return data.assign_coords(lon=("x", PLACES[1]), lat=("y", PLACES[0]))


@pytest.mark.parametrize(("module", "middle"), [("era5", BEFORE), ("sarah", AFTER)])
@pytest.mark.usefixtures("sound_files")
def test_a_cutout_is_read_as_a_grid(tmp_path: Path, hourly: np.ndarray, module: str, middle: np.timedelta64) -> None:
    """The same sun as from the data store, however the hours are labelled; wind of 8 m/s."""
    found = import_weather("era5", [f"A={_save(tmp_path / 'cutout.nc', _cutout(module, middle))}"])
    np.testing.assert_allclose(found["A", "wind"], 0.9 * 0.554984, rtol=1e-5)
    np.testing.assert_allclose(found["A", "solar"], hourly, atol=2e-3)


@pytest.mark.usefixtures("sound_files")
def test_a_cutout_is_no_capacity_factor(tmp_path: Path) -> None:
    said = _message("atlite", f"wind={_save(tmp_path / 'cutout.nc', _cutout('era5', BEFORE))}")
    assert "this is a cutout of weather" in said and "import-weather era5 ZONE=FILE" in said


# -------------------------------------------------------------------------------------------- the command


def test_the_command_holds_the_sun_against_the_zones_of_a_system(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file without a place, of a zone of the user's own system: five hours off is refused, an hour is said."""
    (tmp_path / "sys.yaml").write_text(
        "name: toy\ncountries: [{id: C, name: Country}]\n"
        "zones: [{id: A, country: C, name: Zone, latitude: 45, longitude: 68.25}]\ntechnologies: []\n"
    )
    for shift, status, said in ((0, 0, ""), (1, 0, "warning: "), (5, 2, "5.0 hours late")):
        lines = ["hour,A:solar", *(f"{h},{v:.6g}" for h, v in enumerate(np.roll(_sun(68.25), 5 + shift)))]
        output = tmp_path / f"out{shift}.csv"
        command = ["import-weather", "plain", str(_write(tmp_path / "own.csv", lines)), "-o", str(output)]
        assert main([*command, "--system", str(tmp_path / "sys.yaml")]) == status
        assert said in capsys.readouterr().err
        assert output.exists() == (status == 0)


# --------------------------------------------------------------------------------------------------- fuzz


@pytest.mark.parametrize("rounds", [2, pytest.param(count(125, 8), marks=pytest.mark.slow)])
def test_any_damage_is_a_clear_error_or_no_damage(tmp_path: Path, rounds: int) -> None:
    """Bytes flipped, pieces cut out or doubled, columns exchanged: profiles within their range, or an InputError."""
    random = np.random.default_rng(11)
    files = {
        "ninja": ("A:wind=", _write(tmp_path / "ninja.csv", _country()).read_bytes()),
        "plain": ("", "\n".join(["hour;A:wind", *(f"{h};{v:g}" for h, v in enumerate(RISING))]).encode()),
        "atlite": ("solar=", _save(tmp_path / "atlite.nc", _regions(_sun(75))).read_bytes()),
        "era5": ("A=", _save(tmp_path / "era5.nc", _grid(("u100", "v100"), ("m s**-1",) * 2, 8.0, 0.0)).read_bytes()),
    }
    for _ in range(rounds):
        for format, (name, content) in files.items():
            path = tmp_path / f"damaged.{'nc' if format in ('atlite', 'era5') else 'csv'}"
            path.write_bytes(damaged(content, random))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InputWarning)
                try:
                    found = import_weather(format, [f"{name}{path}"])
                except InputError as error:
                    assert all(problem.message for problem in error.problems)
                else:
                    assert all(v.shape == (HOURS,) and v.min() >= 0 and v.max() <= 1 for v in found.values())


def damaged(content: bytes, random: np.random.Generator) -> bytes:
    """The same with some bytes changed, or a piece cut out, doubled or taken off the end, or cells exchanged."""
    first, last = sorted(random.integers(0, len(content), 2))
    kind = random.integers(0, 5)
    if kind == 0:
        changed = bytearray(content)
        for place in random.integers(0, len(content), random.integers(1, 9)):
            changed[place] ^= random.integers(1, 256)
        return bytes(changed)
    if kind == 1 and b"\n" in content:
        return b"\n".join(b",".join(reversed(line.split(b","))) for line in content.split(b"\n"))
    return (content[:last], content[:first] + content[last:], content[:last] + content[first:])[kind % 3]
