"""netCDF files in memory, after a look at how large they say they are.

A header of a few bytes can announce any number of values. Compression (deflate) makes at most 1 byte of 1032, so a file
that announces more than that, and more than a small allowance for values that were never written, is damaged or made to
do harm; so is one beyond a limit of memory. A damaged file can end the process that reads it, so one that nobody
vouches for is read by another process first (``probe``).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import netCDF4
import numpy as np
import xarray as xr

from simulator.files import Unreadable, probe
from simulator.files.kinds import ZIP, head_of, refuse_other_than_netcdf

ALLOWANCE = 64 * 1024**2
"""Bytes that any file may announce: values that equal the fill value need no place in the file."""
LIMIT = 8 * 1024**3
"""Bytes of values that are read from one file at most."""
SMALL = 4096
"""Variables of at most so many bytes are written as they are: compression takes longer than it saves."""
COMPRESSED = {"zlib": True, "complevel": 4, "shuffle": True, "fletcher32": True}
SECONDS = 600
"""How long another process may take to read a file."""
DAMAGED = "it is damaged, or its units of time are unusual: make it again"
TOO_LARGE = "it is damaged or too large: make it again, or cut out what is needed"


@dataclass(frozen=True)
class Header:
    """What a file says of itself: variables with dimensions and dtype (``object`` for texts), and attributes."""

    dims: dict[str, tuple[str, ...]]
    dtypes: dict[str, np.dtype]
    units: dict[str, str]
    attributes: dict[str, Any]


def read_header(path: Path, *, sound: bool = False) -> Header:
    """The header of a netCDF file. ``sound``: its bytes are known to be those that were written.

    Raises ``OSError``; ``Unreadable`` for what is no netCDF, damaged, or announces too much.
    """
    refuse_other_than_netcdf(head_of(path))
    answer = _read_here(path) if sound or not sys.executable else _read_elsewhere(path)
    return Header(
        {name: tuple(dims) for name, dims in answer["dims"].items()},
        {name: np.dtype(code) for name, code in answer["dtypes"].items()},
        answer["units"],
        answer["attributes"],
    )


def read_netcdf(path: Path, decode_times: bool = True, *, sound: bool = False) -> xr.Dataset:
    """A netCDF file in memory. Raises as ``read_header``."""
    read_header(path, sound=sound)
    return load(path, decode_times)


def load(path: Path, decode_times: bool = True) -> xr.Dataset:
    """The same of a file whose header has been read. Raises ``OSError`` and ``Unreadable``."""
    with _foreign(), warnings.catch_warnings():
        warnings.simplefilter("ignore", xr.SerializationWarning)  # years far from ours are refused by who reads times
        return xr.load_dataset(path, engine="netcdf4", decode_times=decode_times, decode_timedelta=False)


def write(dataset: xr.Dataset, path: Path) -> None:
    """A new netCDF4 file. All variables are declared before the first is written: the library arranges the header anew
    whenever the two take turns, which takes longer than writing. Raises ``OSError`` and ``RuntimeError``."""
    labels = [str(name) for name in dataset.coords if name not in dataset.dims]
    with netCDF4.Dataset(path, "w", format="NETCDF4") as file:
        file.setncatts(dataset.attrs | ({"coordinates": " ".join(labels)} if labels else {}))
        for name, size in dataset.sizes.items():
            file.createDimension(str(name), size or None)
        columns = [(_declared(file, str(name), array), array) for name, array in dataset.variables.items()]
        for column, array in columns:
            if array.size:
                column[...] = array.values.astype(column.dtype)


def _declared(file: Any, name: str, array: xr.Variable) -> Any:
    """A variable as xarray writes it: texts of any length, truth values as small numbers with a note."""
    kind = {"O": str, "U": str, "T": str, "b": np.int8}.get(array.dtype.kind, array.dtype)
    filters = COMPRESSED if kind is not str and array.nbytes > SMALL else {}
    column = file.createVariable(name, kind, array.dims, **filters)
    column.setncatts(array.attrs | ({"dtype": "bool"} if array.dtype.kind == "b" else {}))
    return column


def read_all(path: Path) -> list[xr.Dataset]:
    """A netCDF file, or every one in a zip archive, in memory. Raises ``OSError`` and ``Unreadable``."""
    if not head_of(path).startswith(ZIP):
        return [read_netcdf(path)]
    with _foreign("zip archive"), ZipFile(path) as archive, TemporaryDirectory() as folder:
        members = [member for member in archive.infolist() if member.filename.lower().endswith((".nc", ".nc4"))]
        if not members:
            raise Unreadable("this is a zip archive without a netCDF file", "unpack it and name the file of data")
        if sum(member.file_size for member in members) > LIMIT:
            raise Unreadable(f"the zip archive contains more than {LIMIT // 1024**3} GB", "cut out what is needed")
        found = []
        for number, member in enumerate(members):
            place = Path(folder) / f"{number}.nc"  # never a name that the archive chooses
            with archive.open(member) as packed, place.open("wb") as file:
                shutil.copyfileobj(packed, file)
            found.append(read_netcdf(place))
        return found


def _read_here(path: Path) -> dict[str, Any]:
    with _foreign():
        return probe.describe(str(path), LIMIT, ALLOWANCE, whole=False)


def _read_elsewhere(path: Path) -> dict[str, Any]:
    """The header as another process reads it, with all values, so that a crash of the library is not ours."""
    command = [sys.executable, "-P", str(Path(probe.__file__)), str(path.absolute()), str(LIMIT), str(ALLOWANCE)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise Unreadable("not a netCDF file that can be decoded: the library fails on it", DAMAGED) from error
    if "memory" in answer:
        raise MemoryError
    if "too_large" in answer:
        raise Unreadable(answer["too_large"], TOO_LARGE)
    if "error" in answer:
        raise Unreadable(f"not a netCDF file that can be decoded: {answer['error']}", DAMAGED)
    header: dict[str, Any] = answer["header"]
    return header


@contextmanager
def _foreign(what: str = "netCDF file") -> Iterator[None]:
    """Whatever the libraries raise for foreign bytes becomes ``Unreadable``."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except probe.TooLarge as error:
        raise Unreadable(str(error), TOO_LARGE) from error
    except Exception as error:  # files of other programs: the libraries promise no kind of error
        raise Unreadable(f"not a {what} that can be decoded: {probe.reason(error)}", DAMAGED) from error
