"""What results consist of is declared once; what is read back is what the run wrote, or a clear error."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import toy
import xarray as xr
from results_toy import results_toy, single_zone
from share import count

from simulator import results_schema
from simulator.cli import main
from simulator.errors import FileError, InternalError
from simulator.files import netcdf
from simulator.results_schema import as_markdown, declared, differences, expected, header
from simulator.studies import store

PROJECT = Path(__file__).parent.parent


def test_a_plan_is_as_declared() -> None:
    """Names, dimensions, types, units and attributes, of a system with next to nothing in it."""
    system = toy.system({"day": 100.0}, technologies=[toy.technology("gas")], plants=[toy.plant("gas", 200)])
    results = toy.solve(system, toy.scenario({"day": 8760}))
    assert differences(header(results), results.attrs, "plan") == []


def test_the_toy_of_the_tests_is_as_declared() -> None:
    for results in (results_toy(), single_zone(results_toy())):
        assert differences(header(results), results.attrs, "plan") == []


def test_the_documentation_has_the_tables_of_the_declaration() -> None:
    """Write them with: simulator schema --results."""
    assert (PROJECT / "docs" / "results.md").read_text(encoding="utf-8").endswith(as_markdown())


def test_every_variable_says_what_it_is_and_lies_over_declared_dimensions() -> None:
    dimensions = {dim for row in declared().values() for dim in row.dims}
    for row in declared().values():
        assert row.meaning and row.kind in results_schema.DTYPE and row.part in ("", "plan", "hours"), row
        assert row.is_label or row.unit, f"{row.name} has no unit"
        assert set(row.dims) <= dimensions and row.dims, row
    assert dimensions - {name for name, row in declared().items() if row.is_label} == {"count"}
    assert set(expected("hours")) - set(expected("plan")) == {"reservoir_carried_hm3", "carried_value_musd"}


def test_results_that_are_not_as_declared_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(InternalError, match="lacks load_mw"):
        store.write_results(results_toy().drop_vars("load_mw"), tmp_path / "results.nc")


# ------------------------------------------------------------------------------------------- read back

Change = Callable[[xr.Dataset], xr.Dataset]


def _scaled(name: str, factor: float) -> Change:
    return lambda data: data.assign({name: data[name] * factor})


def _exchanged(data: xr.Dataset) -> xr.Dataset:
    """Coal and wind exchange their generation, so that the share of renewables grows."""
    values = data["generation_gwh"].values.copy()
    values[[0, 1]] = values[[1, 0]]
    return data.assign(generation_gwh=data["generation_gwh"].copy(data=values))


def _with_nan(data: xr.Dataset) -> xr.Dataset:
    return data.assign(generation_gwh=data["generation_gwh"] * np.nan)


def _relabelled(data: xr.Dataset) -> xr.Dataset:
    return data.assign_coords(asset_country=("asset", ["ZZZ"] * data.sizes["asset"], data["asset_country"].attrs))


def _in_watts(data: xr.Dataset) -> xr.Dataset:
    data = data.copy()
    data["load_mw"].attrs["units"] = "W"
    return data


DOCTORED: dict[str, tuple[Change, str]] = {
    "a variable less": (lambda d: d.drop_vars("load_mw"), "lacks load_mw"),
    "a label less": (lambda d: d.drop_vars("asset_country"), "lacks asset_country"),
    "the old name": (lambda d: d.rename(load_mw="demand_mw"), "lacks load_mw; has demand_mw, which this version does"),
    "a dimension less": (lambda d: d.isel(year=0), "'year' is whole over nothing"),
    "dimensions turned": (
        lambda d: d.transpose(*reversed(list(d.dims))),
        "number over zone, slice, year in MW instead of",
    ),
    "another unit": (_in_watts, "'load_mw' is number over zone, year, slice in W instead of .* in MW"),
    "text for numbers": (lambda d: d.assign(load_mw=d["load_mw"].astype(str)), "'load_mw' is text over zone"),
    "whole numbers": (lambda d: d.assign(load_mw=d["load_mw"].astype(int)), "'load_mw' is whole over zone"),
    "an attribute less": (lambda d: d.drop_attrs(deep=False).assign_attrs(_but(d, "money_year")), "'money_year'"),
    "an attribute of another kind": (lambda d: d.assign_attrs(money_year="2025"), "'money_year' is missing or no"),
    "no checksum": (lambda d: d.drop_attrs(deep=False).assign_attrs(_but(d, "checksum")), "it has no checksum"),
    "scaled": (_scaled("country_generation_gwh", 1.1), "was changed after the run wrote it"),
    "exchanged": (_exchanged, "was changed after the run wrote it"),
    "not a number": (_with_nan, "was changed after the run wrote it"),
    "relabelled": (_relabelled, "was changed after the run wrote it"),
    "another headline": (lambda d: d.assign_attrs(headline_target="bbb_2030"), "was changed after the run wrote it"),
    "a year less": (lambda d: d.isel(year=[0, 2]), "was changed after the run wrote it"),
    "an older format": (lambda d: d.assign_attrs(results_format=0), "whose results have format 0; .* run the scenario"),
    "a newer format": (lambda d: d.assign_attrs(results_format=99, simulator_version="9.9"), "simulator 9.9, whose"),
    "no format": (lambda d: d.drop_attrs(deep=False).assign_attrs(_but(d, "results_format")), "have format 0"),
    "a format in words": (lambda d: d.assign_attrs(results_format="one"), "have format one"),
    "no version": (lambda d: d.drop_attrs(deep=False).assign_attrs(_but(d, "simulator_version")), "no results of this"),
    "the hours of a year": (lambda d: d.assign_attrs(results_of="hours"), "contains the hours of an operated year"),
}


def _but(data: xr.Dataset, name: str) -> dict[str, object]:
    return {key: value for key, value in data.attrs.items() if key != name}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run as a file alone."""
    path = tmp_path_factory.mktemp("saved") / "results.nc"
    store.write_results(results_toy(), path)
    return path


@pytest.fixture(scope="module")
def stored(saved: Path) -> xr.Dataset:
    """The same as it lies in the file."""
    return xr.load_dataset(saved)


@pytest.mark.parametrize("name", DOCTORED)
def test_results_of_another_version_or_doctored_are_refused(
    stored: xr.Dataset, tmp_path: Path, name: str, sound_files: None
) -> None:
    """These files are whole, so that no other process need read them first."""
    change, message = DOCTORED[name]
    path = tmp_path / "other.nc"
    netcdf.write(change(stored.copy(deep=True)), path)
    with pytest.raises(FileError) as caught:
        store.open_results(path)
    assert re.search(message, str(caught.value)) and "other.nc" in str(caught.value)


def test_a_copy_by_another_program_is_the_same(saved: Path, tmp_path: Path) -> None:
    """Nothing hangs on compression or order: what the file says is what counts."""
    data = xr.load_dataset(saved)
    xr.Dataset({name: data[name] for name in sorted(data.data_vars, reverse=True)}, data.coords, data.attrs).to_netcdf(
        tmp_path / "copy.nc"
    )
    assert store.open_results(tmp_path / "copy.nc").identical(results_toy())


def _announcing(path: Path, values: int, chunk: int = 1024) -> None:
    """A file of a few kB with our attributes and a variable of so many values, none of them written."""
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({"simulator_version": "0.2.0", "results_format": results_schema.FORMAT, "results_of": "plan"})
        file.createDimension("zone", values)
        file.createDimension("year", None)
        file.createVariable("load_mw", "f8", ("zone",), zlib=True, chunksizes=(min(chunk, values),))
        file.createVariable("year", "f8", ("year",), zlib=True, chunksizes=(chunk,))


@pytest.mark.parametrize(("values", "chunk"), [(4_000_000_000, 1024), (10, 400_000_000)])
def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path, values: int, chunk: int) -> None:
    """32 GB announced in 6 kB, as values or as one chunk of a variable that can grow: refused from the header alone."""
    path = tmp_path / "huge.nc"
    _announcing(path, values, chunk)
    assert path.stat().st_size < 20_000
    with pytest.raises(FileError, match=r"announces (32\.0|3\.2) GB of values in \d+ kB"):
        store.open_results(path)


FOREIGN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "text": (b"a,b\n1,2\n", "this is no netCDF file"),
    "page": (b"<!DOCTYPE html><html>", "this is a web page"),
    "gzip": (b"\x1f\x8b\x08\0\0", "compressed with gzip"),
    "beginning": (b"\x89HDF\r\n\x1a\n", "cannot be read"),
    "classic beginning": (b"CDF\x01\0\0", "cannot be read"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_files_that_are_no_netcdf_are_called_what_they_are(tmp_path: Path, name: str) -> None:
    content, message = FOREIGN[name]
    (tmp_path / "results.nc").write_bytes(content)
    with pytest.raises(FileError, match=message):
        store.open_results(tmp_path / "results.nc")


def test_a_zip_of_results_is_called_one(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "results.nc", "w") as archive:
        archive.write(saved, "results.nc")
    with pytest.raises(FileError, match="this is a zip archive, not netCDF; unpack it"):
        store.open_results(tmp_path / "results.nc")


@pytest.fixture(scope="module")
def older(saved: Path) -> Path:
    """A run folder whose results lack a variable, as an older version would have left it."""
    folder = store.save_run(saved.parent / "older", results_toy(), {}, dict)
    xr.load_dataset(saved).drop_vars("generation_gwh").to_netcdf(folder / "results.nc")
    return folder


@pytest.mark.parametrize("command", ["verdict", "compare", "investors", "vehicles", "plot", "operate", "report"])
def test_every_command_that_reads_results_ends_with_status_3(
    older: Path, tmp_path: Path, command: str, sound_files: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (older, older / "results.nc"):
        options = ["-o", str(tmp_path / "figures")] if command == "plot" else []
        assert main([command, str(path), *options]) == 3
        said = capsys.readouterr()
        assert "run the scenario again" in said.err.lower() or "not a run folder" in said.err
        assert not said.out


# ------------------------------------------------------------------------------------------------- fuzz


@pytest.mark.parametrize("files", [5, pytest.param(count(500, 20), marks=pytest.mark.slow)])
def test_any_damage_to_a_file_is_a_clear_error_or_no_damage(saved: Path, tmp_path: Path, files: int) -> None:
    """Bytes flipped, cut, repeated: never another exception and never other values (a byte may be one nobody reads).

    The library for HDF5 ends the process that reads some of these files, which must not be ours.
    """
    content, random = saved.read_bytes(), np.random.default_rng(7)
    path = tmp_path / "damaged.nc"
    refused = 0
    for _ in range(files):
        path.write_bytes(damaged(content, random))
        try:
            assert store.open_results(path).identical(results_toy())
        except FileError as error:
            assert str(error).startswith(str(path))
            refused += 1
    assert refused > files / 3


def damaged(content: bytes, random: np.random.Generator) -> bytes:
    """The same with some bytes changed, or a piece cut out, doubled or taken off the end."""
    first, last = sorted(random.integers(0, len(content), 2))
    kind = random.integers(0, 4)
    if kind == 0:
        changed = bytearray(content)
        for place in random.integers(0, len(content), random.integers(1, 9)):
            changed[place] ^= random.integers(1, 256)
        return bytes(changed)
    return (content[:last], content[:first] + content[last:], content[:last] + content[first:])[kind - 1]


def test_a_library_that_ends_its_process_is_a_clear_error(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does on some damaged files: here a program that ends itself by a signal, and one that never ends."""
    for program, seconds in (("import os; os.abort()", 60), ("import time; time.sleep(60)", 1)):
        script = saved.parent / "broken.py"
        script.write_text(program)
        monkeypatch.setattr(netcdf.probe, "__file__", str(script))
        monkeypatch.setattr(netcdf, "SECONDS", seconds)
        with pytest.raises(FileError, match="the library fails on it"):
            store.open_results(saved)
