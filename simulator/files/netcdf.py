"""netCDF files in memory, after a look at how large they say they are.

A header of a few bytes can announce any number of values. Compression (deflate) makes at most 1 byte of 1032, so a file
that announces more than that, and more than a small allowance for values that were never written, is damaged or made to
do harm; so is one beyond a limit of memory.
"""

from __future__ import annotations

import math
import shutil
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

from simulator.files import Unreadable
from simulator.files.kinds import ZIP, head_of, refuse_other_than_netcdf

DEFLATE = 1032
"""The most that deflate compresses."""
ALLOWANCE = 64 * 1024**2
"""Bytes that any file may announce: values that equal the fill value need no place in the file."""
LIMIT = 8 * 1024**3
"""Bytes of values that are read from one file at most."""
TEXT_BYTES = 64
"""What a text of any length takes at least, in memory."""


@dataclass(frozen=True)
class Header:
    """What a file says of itself: variables with dimensions and dtype (``object`` for texts), and attributes."""

    dims: dict[str, tuple[str, ...]]
    dtypes: dict[str, np.dtype]
    units: dict[str, str]
    attributes: dict[str, Any]


def read_header(path: Path) -> Header:
    """The header of a netCDF file. Raises ``OSError``; ``Unreadable`` for what is no netCDF or announces too much."""
    refuse_other_than_netcdf(head_of(path))
    with _foreign(), netCDF4.Dataset(path) as file:
        variables = file.variables
        announced = sum(_bytes(variable) for variable in variables.values())
        size = path.stat().st_size
        if announced > min(LIMIT, DEFLATE * size + ALLOWANCE):
            raise Unreadable(
                f"the file announces {announced / 1e9:,.1f} GB of values in {size / 1e3:,.0f} kB",
                "it is damaged or too large: make it again, or cut out what is needed",
            )
        return Header(
            {name: variable.dimensions for name, variable in variables.items()},
            {name: _dtype(variable) for name, variable in variables.items()},
            {name: str(getattr(variable, "units", "")) for name, variable in variables.items()},
            {name: file.getncattr(name) for name in file.ncattrs()},
        )


def read_netcdf(path: Path, decode_times: bool = True) -> xr.Dataset:
    """A netCDF file in memory. Raises ``OSError`` and ``Unreadable``."""
    read_header(path)
    with _foreign(), warnings.catch_warnings():
        warnings.simplefilter("ignore", xr.SerializationWarning)  # years far from ours are refused by who reads times
        return xr.load_dataset(path, engine="netcdf4", decode_times=decode_times, decode_timedelta=False)


def read_all(path: Path) -> list[xr.Dataset]:
    """A netCDF file, or every one in a zip archive, in memory. Raises ``OSError`` and ``Unreadable``."""
    if not head_of(path).startswith(ZIP):
        return [read_netcdf(path)]
    with _foreign("zip archive"), ZipFile(path) as archive, TemporaryDirectory() as folder:
        members = [member for member in archive.infolist() if member.filename.lower().endswith((".nc", ".nc4"))]
        if not members:
            raise Unreadable("this is a zip archive without a netCDF file", "unpack it and name the file of data")
        if sum(member.file_size for member in members) > LIMIT:
            raise Unreadable(f"the zip archive holds more than {LIMIT // 1024**3} GB", "cut out what is needed")
        found = []
        for number, member in enumerate(members):
            place = Path(folder) / f"{number}.nc"  # never a name that the archive chooses
            with archive.open(member) as packed, place.open("wb") as file:
                shutil.copyfileobj(packed, file)
            found.append(read_netcdf(place))
        return found


@contextmanager
def _foreign(what: str = "netCDF file") -> Iterator[None]:
    """Whatever the libraries raise for foreign bytes becomes ``Unreadable``."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # files of other programs: the libraries promise no kind of error
        reason = " ".join(str(getattr(error, "strerror", None) or error).split()).partition(". ")[0][:200]
        help = "it is damaged, or its units of time are unusual: make it again"
        raise Unreadable(f"not a {what} that can be decoded: {reason}", help) from error


def _bytes(variable: Any) -> int:
    """What a variable takes in memory; a chunk of it is read whole even where little of it is used."""
    chunk = variable.chunking()
    values = max(math.prod(map(int, variable.shape)), math.prod(chunk) if isinstance(chunk, list) else 0)
    dtype = _dtype(variable)
    return values * (TEXT_BYTES if dtype.kind == "O" else dtype.itemsize)


def _dtype(variable: Any) -> np.dtype:
    """The dtype of a variable; netCDF has no truth values, which xarray notes in an attribute."""
    if not isinstance(variable.dtype, np.dtype):
        return np.dtype(object)
    noted = variable.getncattr("dtype") if "dtype" in variable.ncattrs() else ""
    return np.dtype(bool) if str(noted) == "bool" else variable.dtype
