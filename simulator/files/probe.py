"""A program of its own that reads a netCDF file and says what is in it, or what is wrong with it.

The library for HDF5 can end the whole process when a file is damaged. So a file that nobody vouches for is read here
first: if this process ends well, the file can be read. It imports nothing of this package, so that it starts quickly.

    python probe.py FILE LIMIT_BYTES ALLOWANCE_BYTES     one line of JSON: {"header": …} or {"error": …, "help": …}
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

DEFLATE = 1032
"""The most that deflate compresses."""
TEXT_BYTES = 64
"""What a text of any length takes at least, in memory."""


class TooLarge(Exception):
    """A file that announces more than it can hold, or more than is read."""


def describe(path: str, limit: int, allowance: int, *, whole: bool) -> dict[str, Any]:
    """Variables with dimensions, dtype and unit, and attributes; ``whole``: after reading all values.

    Raises ``TooLarge`` before any value is read, and whatever the library raises.
    """
    with netCDF4.Dataset(path) as file:
        variables = file.variables
        announced, size = sum(map(_bytes, variables.values())), Path(path).stat().st_size
        if announced > min(limit, DEFLATE * size + allowance):
            raise TooLarge(f"the file announces {announced / 1e9:,.1f} GB of values in {size / 1e3:,.0f} kB")
        if whole:
            file.set_auto_maskandscale(False)
            for variable in variables.values():
                variable[...]
        return {
            "dims": {name: list(variable.dimensions) for name, variable in variables.items()},
            "dtypes": {name: _dtype(variable).str for name, variable in variables.items()},
            "units": {name: str(_attributes(variable).get("units", "")) for name, variable in variables.items()},
            "attributes": {name: _plain(value) for name, value in _attributes(file).items()},
        }


def _attributes(holder: Any) -> dict[str, Any]:
    return {name: holder.getncattr(name) for name in holder.ncattrs()}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value if isinstance(value, str) else None


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
    return np.dtype(bool) if str(_attributes(variable).get("dtype", "")) == "bool" else variable.dtype


def reason(error: Exception) -> str:
    """What an error of the library says, in a line."""
    return " ".join(str(getattr(error, "strerror", None) or error).split()).partition(". ")[0][:200]


def _answer(path: str, limit: int, allowance: int) -> dict[str, Any]:
    try:
        return {"header": describe(path, limit, allowance, whole=True)}
    except TooLarge as error:
        return {"too_large": str(error)}
    except MemoryError:
        return {"memory": path}
    except Exception as error:  # of damaged files: the library promises no kind of error
        return {"error": reason(error)}


if __name__ == "__main__":
    os.write(1, json.dumps(_answer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))).encode())
