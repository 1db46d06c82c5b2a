"""Kinds of files, recognised by their first bytes: so that a file with the wrong name is called what it is."""

from __future__ import annotations

from pathlib import Path

from simulator.files import Unreadable

HDF5, CLASSIC, ZIP = b"\x89HDF\r\n\x1a\n", b"CDF", b"PK\x03\x04"
SAVE_AS_CSV = 'save it as UTF-8; in a spreadsheet: Save As, "CSV UTF-8 (Comma delimited)"'
"""How to make a table that can be read."""

STARTS: tuple[tuple[bytes, str, str], ...] = (
    (HDF5, "a netCDF or HDF5 file", "name it .nc"),
    (CLASSIC, "a netCDF file", "name it .nc"),
    (b"PK\x05\x06", "an empty zip archive", "download it again"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook", SAVE_AS_CSV),
    (b"\x1f\x8b", "a file compressed with gzip", "unpack it first: gunzip"),
    (b"BZh", "a file compressed with bzip2", "unpack it first: bunzip2"),
    (b"\xfd7zXZ", "a file compressed with xz", "unpack it first: unxz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"GRIB", "a GRIB file", "download the data as netCDF"),
    (b"PAR1", "a Parquet file", "save it as CSV"),
    (b"%PDF", "a PDF document", "look for the data as CSV"),
    (b"\x89PNG", "an image", "name the file of data"),
)
PAGES = (b"<!doctype html", b"<html")


def kind_of(head: bytes) -> tuple[str, str] | None:
    """What a file is that begins with these bytes, and what to do with it; None for text and what is not known."""
    if head.startswith(ZIP):
        if b"xl/" in head or b"[Content_Types].xml" in head[:200]:
            return "an Excel workbook", SAVE_AS_CSV
        return "a zip archive", "unpack it and name the file inside"
    for start, what, help in STARTS:
        if head.startswith(start):
            return what, help
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
        return "a web page", "the download gave a page instead of the data: log in, or repeat it"
    return None


def head_of(path: Path) -> bytes:
    """The first bytes of a file. Raises ``OSError``."""
    with path.open("rb") as file:
        return file.read(4096)


def refuse_other_than_netcdf(head: bytes) -> None:
    """Raises ``Unreadable`` for a file whose first bytes belong to no netCDF file."""
    if head.startswith((HDF5, CLASSIC)):
        return
    if not head:
        raise Unreadable("the file is empty", "download or make it again")
    what, help = kind_of(head) or ("no netCDF file", "check the name, or make the file again")
    raise Unreadable(f"this is {what}" + (", not netCDF" if kind_of(head) else ""), help)
