"""What was found out once and remains true while nothing it depends on changes, kept between runs.

An entry is a file in the user's cache folder, named by a checksum of *all* that it depends on: code, versions of the
libraries, inputs. Another checksum is another entry, so nothing that is kept can be out of date. The first bytes of an
entry are the checksum of the others; half an entry is none. A folder that is missing, full or not writable costs time
and nothing else.

``SIMULATOR_CACHE`` names another folder; if it is empty, nothing is kept.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from simulator._version import __version__

HOME = Path(__file__).parent
FOLDER_KEY = "SIMULATOR_CACHE"
MOST = 200
"""Entries of one kind; the oldest give way."""
SIZE = hashlib.sha256().digest_size


def folder() -> Path | None:
    """Where entries are kept; None when nothing is to be kept."""
    stated = os.environ.get(FOLDER_KEY)
    if stated is not None:
        return Path(stated) if stated else None
    from platformdirs import user_cache_path

    return user_cache_path("central-asia-simulator", appauthor=False)


def checksum(*parts: bytes | str) -> str:
    """One checksum of several parts, in hexadecimal; where one ends and the next begins matters."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(content)}:".encode() + content)
    return digest.hexdigest()


def checksum_of_files(paths: Iterable[Path]) -> str:
    """One checksum of the names and bytes of files. Raises ``OSError``."""
    return checksum(*(part for path in sorted(paths) for part in (str(path), path.read_bytes())))


@cache
def code(*packages: str) -> str:
    """A checksum of the source of packages of the simulator (none: of all), of its version and the interpreter's."""
    files = [path for package in packages or ("",) for path in (HOME / package).rglob("*.py")]
    return checksum(__version__, platform.python_version(), checksum_of_files(files))


@cache
def data() -> str:
    """A checksum of the data that come with the simulator."""
    return checksum_of_files(path for path in (HOME / "data").rglob("*") if path.is_file())


def find(kind: str, key: str) -> bytes | None:
    """The entry with a checksum, or None."""
    home = folder()
    if home is None:
        return None
    try:
        entry = (home / kind / key).read_bytes()
    except OSError:
        return None
    content = entry[SIZE:]
    return content if hashlib.sha256(content).digest() == entry[:SIZE] else None


def keep(kind: str, key: str, content: bytes = b"") -> None:
    """Keep an entry, if that is possible."""
    home = folder()
    if home is None:
        return
    try:
        (home / kind).mkdir(parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(prefix=".", dir=home / kind)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(half).replace(home / kind / key)
        finally:
            Path(half).unlink(missing_ok=True)
        entries = sorted((home / kind).iterdir(), key=lambda path: path.stat().st_mtime)
        for old in entries[:-MOST]:
            old.unlink(missing_ok=True)
    except OSError:
        return
