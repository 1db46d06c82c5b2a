"""Run folders, written atomically.

A run is written beside its final name and moved into place at the end, so that a full disk, a crash or Ctrl-C leaves
what was there before. ``manifest.json`` is written last and has the checksum of every other file; a folder without
a valid manifest does not exist for the simulator, and a folder with anything else in it is never replaced. Figures
follow when the run is in place, so that no figure can cost a solved plan.

``results.nc`` says which declaration (``results_schema``) it follows and carries a checksum of all it says, so that
what is read back is what the run wrote: an older version, another program, a cut or an edited file are refused.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from simulator import results_schema
from simulator._version import __version__
from simulator.errors import FileError, InternalError, Interrupted, disk_errors
from simulator.files import Unreadable
from simulator.files.netcdf import Header, load, read_header, write
from simulator.results_schema import Found, Part

FORMAT = "simulator run folder, version 1"
MANIFEST = "manifest.json"
MANIFEST_BYTES = 64 * 1024**2
RESULTS = "results.nc"
RESOLVED = "scenario.resolved.yaml"
FIGURES = "figures"
OPERATION, FORMER_OPERATION = "operation", "check"
REPORT = "report.md"
"""What operating it hour by hour and a report add to a run; a new run deletes them."""
OWN = {
    MANIFEST, RESULTS, FIGURES, OPERATION, REPORT, RESOLVED, "summary.csv", "investors.csv",
    "projects.csv", "jobs.csv", "verdict.json", "run.log", FORMER_OPERATION,
}  # fmt: skip
"""All that a run writes."""
FORMAT_KEY, PART_KEY, SEAL_KEY = OUR_KEYS = ("results_format", "results_of", "checksum")
"""Attributes of a results file that are about the file."""
PARTS = {"plan": "the results of a plan", "hours": "the hours of an operated year"}
LITTER = {".DS_Store", "Thumbs.db"}
"""What file managers leave behind."""
FORGOTTEN_S = 7 * 24 * 3600
"""After this time a staging folder of another machine counts as left by a killed run."""


T = TypeVar("T")

# --------------------------------------------------------------------------------------------- writing


def save_run(
    folder: str | Path,
    dataset: xr.Dataset,
    texts: Mapping[str, str],
    manifest: Callable[[], Mapping[str, Any]],
    draw: Callable[[Path], Mapping[str, str]] | None = None,
) -> Path:
    """Write a run folder, replacing an earlier run of that name; the folder's path.

    ``texts`` are small files by name. ``manifest`` is called when all data are written, so that it can say how long
    that took. Raises ``FileError``; then nothing has changed. Figures are drawn last, when the run is safe on the
    disk: ``draw`` puts them into the folder it is given and returns what could not be drawn, with the reason; the
    manifest lists it under ``not_drawn``.
    """
    folder = check_target(folder)
    with disk_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with replacing(folder) as staging:
            write_results(dataset, staging / RESULTS)
            for name, text in texts.items():
                (staging / name).write_text(text, encoding="utf-8")
            content = {"format": FORMAT, "inputs": {}, "seconds": {}, **manifest(), "files": _checksums(staging)}
            _write_manifest(staging / MANIFEST, content)
    if draw:
        _add_figures(folder, content, draw)
    return folder


def _add_figures(folder: Path, content: dict[str, Any], draw: Callable[[Path], Mapping[str, str]]) -> None:
    """Draw into a run that is saved; whatever happens, its data stay."""
    try:
        with replacing(folder / FIGURES) as staging:
            not_drawn = dict(draw(staging))
        content |= {"files": _checksums(folder)} | ({"not_drawn": not_drawn} if not_drawn else {})
        _write_manifest(folder / MANIFEST, content)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted while drawing; the results are saved in {folder}, without figures") from None
    except OSError as error:
        reason = error.strerror or error
        raise FileError(f"the results are saved in {folder}, but its figures cannot be written: {reason}") from error


def _checksums(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path) for path in _files(folder) if path.name != MANIFEST}


def _write_manifest(path: Path, content: Mapping[str, Any]) -> None:
    """Written beside its place and moved there: a manifest is never half a file."""
    half = path.with_name(f".{path.name}.new")
    half.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _flush(half)
    half.replace(path)


def check_target(folder: str | Path) -> Path:
    """The resolved path, if a run may be saved there; nothing is made. Raises ``FileError`` with what is in the way."""
    with disk_errors(Path(folder)):
        folder = Path(folder).resolve()
        _tidy(folder)
        if folder.exists():
            _refuse_strangers(folder)
        check_writable(folder)
        return folder


def folder_for(output: str | Path, what: str) -> Path:
    """The path of a folder for something of several files. Raises ``FileError`` for a file or a run of its own."""
    folder = Path(output)
    if folder.is_file() or is_run(folder):
        raise FileError(
            f"{folder} contains {'a run' if is_run(folder) else 'something else'}: name another folder for {what}"
        )
    return folder


def check_writable(folder: Path) -> None:
    """Raise ``FileError`` unless a folder could be made or is writable; nothing is left behind."""
    with disk_errors(folder):
        folder = folder.resolve()
        above = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if not above.is_dir():
            raise FileError(f"{above} is a file: name another folder for the results")
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=above):
            pass


def _refuse_strangers(folder: Path) -> None:
    if not folder.is_dir():
        raise FileError(f"{folder} is a file: name another folder for the results")
    present = {path.name for path in folder.iterdir()} - LITTER
    if present and (MANIFEST not in present or not _is_manifest(folder / MANIFEST)):
        raise FileError(f"{folder} exists and is not a run folder: name another folder for the results")
    if strangers := sorted(present - OWN):
        raise FileError(
            f"{folder} also contains {', '.join(strangers[:3])}, which a new run would delete: "
            "move that elsewhere or name another folder for the results"
        )


@contextmanager
def replacing(final: Path) -> Iterator[Path]:
    """A new folder on the same file system that takes the place of ``final`` when all goes well, else disappears."""
    _tidy(final)
    staging = Path(tempfile.mkdtemp(prefix=f".{final.name}.new-{_process()}-", dir=final.parent))
    aside = staging.with_name(staging.name.replace(".new-", ".old-"))
    try:
        yield staging
        staging.chmod(0o777 & ~_umask())  # mkdtemp makes folders that only their owner can read
        for path in (*_files(staging), *_folders(staging)):
            _flush(path)
        try:
            if final.exists():
                final.rename(aside)
            staging.rename(final)
        except BaseException:
            if aside.exists() and not final.exists():
                aside.rename(final)
            raise
        _flush(final.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if final.exists():
            shutil.rmtree(aside, ignore_errors=True)


def _process() -> str:
    """This machine and process, as part of a folder's name."""
    machine = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
    return f"{machine}-{os.getpid()}"


def _tidy(final: Path) -> None:
    """Remove what killed runs have left beside ``final``; an earlier run they had set aside comes back."""
    if not final.parent.is_dir():
        return
    for kind in ("old", "new"):
        for left in final.parent.glob(f"{glob.escape(f'.{final.name}.{kind}-')}*"):
            if not left.is_dir() or _in_use(left):
                continue
            if kind == "old" and not final.exists():
                left.rename(final)
            else:
                shutil.rmtree(left, ignore_errors=True)


def _in_use(left: Path) -> bool:
    """Whether the process that made a folder may still be at work: it runs here, or it is on another machine."""
    found = re.search(r"-([0-9a-f]{8})-([0-9]+)-[^-]*$", left.name)
    if found is None or found[1] != _process()[:8]:
        return time.time() - left.stat().st_mtime < FORGOTTEN_S
    number = int(found[2])
    return number == os.getpid() or _is_running(number)


def _is_running(number: int) -> bool:
    if os.name == "nt":  # there is no harmless signal there
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_results(dataset: xr.Dataset, path: Path, part: Part = "plan") -> None:
    """Write results as a compressed netCDF4 file and read it back. Raises ``FileError`` where the two differ."""
    if wrong := results_schema.differences(results_schema.header(dataset), dataset.attrs, part):
        raise InternalError(f"the results are not as declared: {'; '.join(wrong)}")
    sealed = dataset.assign_attrs({FORMAT_KEY: results_schema.FORMAT, PART_KEY: part})
    sealed.attrs[SEAL_KEY] = _seal(sealed)
    try:
        write(sealed, path)
    except RuntimeError as error:  # how the library reports a full disk
        raise FileError(f"cannot write {path.name}: {error}; is the disk full?") from error
    _flush(path)
    if not sealed.identical(_load(path)):
        raise FileError(f"{path.name} reads back with other values than were written: check the disk")


def _seal(dataset: xr.Dataset) -> str:
    """A checksum of all a dataset says: names, dimensions, values and attributes."""
    digest = hashlib.sha256()
    about = {key: value for key, value in dataset.attrs.items() if key != SEAL_KEY}
    digest.update(repr(sorted((key, str(value)) for key, value in about.items())).encode())
    for name in sorted(map(str, dataset.variables)):
        array = dataset.variables[name]
        digest.update(repr((name, array.dims, array.shape, sorted(array.attrs.items()))).encode())
        if array.dtype.kind in "OUT":
            digest.update(repr(array.values.astype(object).tolist()).encode())
        else:
            digest.update(np.ascontiguousarray(array.values).tobytes())
    return digest.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a small file of a study so that it is never half there. Raises ``FileError``."""
    half = path.with_name(f".{path.name}.{_process()}")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            half.write_text(text, encoding="utf-8")
            _flush(half)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this process gathers a study in a folder, no other one does. Raises ``FileError`` where one does so."""
    if os.name == "nt":  # files there cannot be locked by advice
        yield
        return
    import fcntl

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".in_use", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileError(f"another process makes runs in {folder}: wait for it, or name another folder") from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)


# --------------------------------------------------------------------------------------------- reading


def open_results(path: str | Path, part: Part = "plan") -> xr.Dataset:
    """The results in a run folder or in a ``results.nc``, in memory; of a plan, or of an operated year's ``hours``.

    Raises ``FileError`` for anything but the file that this version wrote.
    """
    path = Path(path)
    with disk_errors(path, "read"):
        sound = path.is_dir()  # then the checksum is known before the library for netCDF meets the file
        if sound:
            path = run_file(path, RESULTS)
        elif not path.exists():
            raise FileError(f"there are no results at {path}{_known_runs(path.parent)}")
        _check_header(path, part, sound)
        dataset = _load(path)
    if _seal(dataset) != dataset.attrs[SEAL_KEY]:
        raise FileError(f"{path} was changed after the run wrote it: run the scenario again")
    for key in OUR_KEYS:
        del dataset.attrs[key]
    return dataset


def _check_header(path: Path, part: Part, sound: bool) -> None:
    """Refuse a file that is not as declared before any of its values are read."""
    header = _readable(partial(read_header, sound=sound), path)
    about = header.attributes
    version = about.get("simulator_version")
    if not isinstance(version, str):
        raise FileError(f"{path} is a netCDF file, but no results of this simulator")
    made_by = f"{path} was made by simulator {version[:20]}"
    if about.get(FORMAT_KEY) != results_schema.FORMAT:
        raise FileError(
            f"{made_by}, whose results have format {about.get(FORMAT_KEY, 0)}; this is simulator {__version__}, which "
            f"reads format {results_schema.FORMAT}: run the scenario again"
        )
    if about.get(PART_KEY) != part:
        raise FileError(f"{path} contains {PARTS.get(str(about.get(PART_KEY)), 'something else')}, not {PARTS[part]}")
    wrong = results_schema.differences(_found(header), about, part)
    if wrong or not isinstance(about.get(SEAL_KEY), str):
        why = "; ".join(wrong[:3]) + ("; and more" if len(wrong) > 3 else "") or "it has no checksum"
        raise FileError(
            f"{made_by}, but is not as this version ({__version__}) writes it: {why}. Run the scenario again"
        )


def _found(header: Header) -> dict[str, Found]:
    return {
        name: Found(dims, results_schema.kind_of(header.dtypes[name]), header.units[name])
        for name, dims in header.dims.items()
    }


def read_manifest(folder: str | Path, format: str = FORMAT) -> dict[str, Any]:
    """What a run folder, or one of another ``format``, says of itself. Raises ``FileError`` if it is none.

    A run's has ``inputs`` (checksums by name), ``seconds`` (by stage) and ``files`` (checksums); others have ``files``.
    """
    path = Path(folder) / MANIFEST
    try:
        if path.stat().st_size > MANIFEST_BYTES:
            raise ValueError("too large")
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FileError(f"{folder} is not a run folder: no readable {MANIFEST}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != format:
        raise FileError(f"{folder} is not a run folder of this version: its {MANIFEST} does not say {format!r}")
    wanted = {"files": str} | ({"inputs": str, "seconds": int | float} if format == FORMAT else {})
    for key, kind in wanted.items():
        found = manifest.get(key)
        if not isinstance(found, dict) or not all(isinstance(value, kind) for value in found.values()):
            raise FileError(f"{folder} is not a run folder: its {MANIFEST} has no {key}; run the scenario again")
    return manifest


def run_file(folder: str | Path, name: str) -> Path:
    """The path of a file that a run wrote, if it is as the run wrote it. Raises ``FileError``."""
    path = Path(folder) / name
    checksum = read_manifest(folder)["files"].get(name)
    with disk_errors(path, "read"):
        if checksum is None or not path.is_file() or sha256(path) != checksum:
            raise FileError(f"{path} is not the file this run wrote: run the scenario again")
    return path


def seal(folder: Path, format: str, **about: str) -> None:
    """Say of a folder what it is, about what, and the checksums of its files. Raises ``FileError``."""
    with disk_errors(folder):
        _write_manifest(folder / MANIFEST, {"format": format, **about, "files": _checksums(folder)})


def sealed_file(folder: Path, name: str, format: str, **about: str) -> Path:
    """The path of a file in a folder that ``seal`` has sealed so, if it is as it was then. Raises ``FileError``."""
    manifest = read_manifest(folder, format)
    path = folder / name
    with disk_errors(path, "read"):
        same = path.is_file() and sha256(path) == manifest["files"].get(name)
    if not same or any(manifest.get(key) != value for key, value in about.items()):
        raise FileError(f"{path} is not as it was written, or belongs to another run")
    return path


def is_run(folder: Path) -> bool:
    """Whether a folder is a whole run."""
    return folder.is_dir() and _is_manifest(folder / MANIFEST)


def _is_manifest(path: Path) -> bool:
    try:
        read_manifest(path.parent)
    except FileError:
        return False
    return True


def _load(path: Path) -> xr.Dataset:
    return _readable(partial(load, decode_times=False), path)


def _readable(read: Callable[[Path], T], path: Path) -> T:
    try:
        return read(path)
    except Unreadable as error:
        raise FileError(f"{path} cannot be read as a results file: {error.message}; {error.help}") from error


def _known_runs(folder: Path) -> str:
    try:
        names = sorted(path.name for path in folder.iterdir() if is_run(path))
    except OSError:
        return ""
    return f"; in {folder} there are: {', '.join(names)}" if names else ""


# ----------------------------------------------------------------------------------------------- files


def sha256(path: Path) -> str:
    """Checksum of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir()] + [folder]


def _flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk and not only in memory."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """The process's umask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
