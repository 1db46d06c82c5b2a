"""A seeded fuzzer: damaged scenarios, tables, profiles and result files go in at the doors a user has.

Every answer must be a status the documentation names, with a message; never a stray exception, a hang or silence. Some
of the scenarios that are called valid are solved, too: what ``validate`` lets through must be planned or be infeasible,
unbounded or out of time, and nothing else.

Half of the damage is what a reader must notice: other types, unknown names, missing parts. The other half obeys the
schema (``fuzz_schema``).

    python tests/fuzz.py --share 1        all of it; prints what failed, with the number that repeats it
    python tests/fuzz.py --only scenario --number 137 --show
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import copy
import functools
import io
import json
import random
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from fuzz_schema import Obedient

COUNTS = {"scenario": 20_000, "table": 2_000, "profile": 500, "result": 500}
"""How many of each kind a whole run tries."""
PATIENCE_S = 60
"""Of work, however busy the machine is."""
PATIENCE_ASLEEP_S = 1800
SOLVE_ONE_IN = 20
GOOD = {0, 2, 3, 10}
"""Statuses of commands that read: done, bad input, unreadable file, target missed."""
SOLVED = GOOD | {11, 12, 13}
"""Statuses of a plan besides: infeasible, unbounded, out of time. 14 would be a rule or a check of ours that fails."""

TOY: dict[str, Any] = {
    "name": "toy",
    "money_year": 2025,
    "countries": [{"id": "C", "name": "Country", "value_of_lost_load_usd_per_mwh": 1000}],
    "zones": [{"id": "A", "country": "C", "name": "North"}, {"id": "B", "country": "C", "name": "South"}],
    "investors": [
        {"id": "owner", "name": "Owner", "real_wacc_percent": 5},
        {"id": "dragon", "name": "Dragon Power", "chinese": True, "real_wacc_percent": 4},
    ],
    "fuels": [{"id": "coal", "co2_t_per_mwh": 0.34}],
    "fuel_prices": [{"fuel": "coal", "zone": z, "year": 2025, "usd_per_mwh": 5} for z in "AB"],
    "technologies": [
        {"id": "steam", "name": "Steam", "kind": "thermal", "group": "coal", "fuel": "coal", "efficiency_percent": 35,
         "available_percent": 85, "life_years": 30},
        {"id": "wind", "name": "Wind", "kind": "variable", "group": "wind", "life_years": 25},
        {"id": "battery", "name": "Battery", "kind": "storage", "group": "battery", "efficiency_percent": 85,
         "hours_min": 1, "hours_max": 4, "life_years": 15},
    ],
    "technology_costs": [
        {"technology": "wind", "year": 2025, "overnight_usd_per_kw": 1100, "fixed_om_usd_per_kw_year": 20},
        {"technology": "battery", "year": 2025, "overnight_usd_per_kw": 200, "overnight_usd_per_kwh": 150},
    ],
    "plants": [{"id": "old", "name": "Old", "zone": "A", "technology": "steam", "capacity_mw": 300}],
    "projects": [
        {"id": "farm", "name": "Farm", "zone": "B", "technology": "wind", "investor": "dragon", "capacity_mw": 50,
         "stage": "construction", "commissioning": "2027-06"},
    ],
    "realisation": [{"stage": "construction", "size": "all", "probability_percent": 80,
                     "probability_low_percent": 60, "probability_high_percent": 90, "delay_months": 6}],
    "candidates": [
        {"zone": "A", "technology": "wind", "investors": ["owner", "dragon"], "limit_mw": 400},
        {"zone": "B", "technology": "battery", "investors": ["owner"], "limit_mw": 50},
    ],
    "links": [{"id": "line", "from_zone": "A", "to_zone": "B", "forward_mw": 120, "backward_mw": 100,
               "loss_percent": 3, "hurdle_usd_per_mwh": 0.5}],
    "definitions": [{"definition": "law", "country": "C", "technology": "wind"}],
    "targets": [{"id": "goal", "country": "C", "year": 2030, "definition": "law", "percent": 20,
                 "basis": "generation"}],
    "profiles": [
        {"zone": z, "name": name, "year": year, "slice": s, "value": value}
        for year in (2026, 2030)
        for z in "AB"
        for name, values in (("load", (120, 90)), ("wind", (0.3, 0.5)))
        for s, value in zip(("day", "night"), values, strict=True)
    ],
}  # fmt: skip
SCENARIO: dict[str, Any] = {
    "question": "Does a damaged scenario get a clear answer?",
    "description": "A small system with wind, a battery, a line and a target.",
    "system": "system.yaml",
    "horizon": {
        "model_years": [2026, 2030],
        "part_year": False,
        "time": {"method": "slices", "slices": [
            {"name": "day", "hours_per_year": 4380, "day": "d"}, {"name": "night", "hours_per_year": 4380, "day": "d"},
        ]},
    },
    "finance": {"discount_rate_percent": 6, "base_year": 2026},
    "headline": "goal",
    "chinese_investment": {"projects": {"realisation": "expected"}},
    "changes": {"plants": {"old": {"capacity_mw": 250}}},
}  # fmt: skip


@functools.cache
def bases() -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    """Scenarios with their systems, as plain data: the toy above, and two that have something of everything."""
    import rich_toy

    def plain(model: Any) -> dict[str, Any]:
        return json.loads(model.model_dump_json(exclude_defaults=True))  # type: ignore[no-any-return]

    pairs = ((rich_toy.scenario(), rich_toy.system()), (rich_toy.typical(), rich_toy.driven()))
    others = [(plain(scenario) | {"system": "system.yaml"}, plain(system)) for scenario, system in pairs]
    return ((SCENARIO, TOY), *others)


VALUES: tuple[Any, ...] = (
    None, "", " ", "x", "NO", "goal", "A", "C", "wind", "=1+1", "$x^2$", "<b>", "a|b", "a/b", "ä" * 40, "\u200b", True,
    False, -1, 0, 1, 2, 0.5, 1e-12, 1e30, -1e9, 2026, 2029, 1900, 9999, 10**40, float("inf"), float("nan"), [], {},
    [1, 2], ["A"], {"a": 1}, [[]], "2027-13", "2027-06", "12:30", "010", "1_000", "1e6",
)  # fmt: skip
"""What a figure, a name or a whole part may become."""


# ---------------------------------------------------------------------------------------------------- damage


def damaged(data: Any, rng: random.Random) -> Any:
    """A deep copy of nested data with one to three mistakes."""
    data = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        holder, key = _anywhere(data, rng)
        rng.choice((_replace, _replace, _remove, _misspell, _borrow, _repeat, _scale))(data, holder, key, rng)
    return data


def _anywhere(data: dict[str, Any], rng: random.Random) -> tuple[Any, Any]:
    """Somewhere in one of the parts, a long table or a single figure."""
    part = rng.choice(list(data))
    return rng.choice([(data, part), *_places(data[part])])


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key) of nested mappings and lists."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield data, key
        yield from _places(value)


def _replace(_data: Any, holder: Any, key: Any, rng: random.Random) -> None:
    holder[key] = copy.deepcopy(rng.choice(VALUES))


def _remove(_data: Any, holder: Any, key: Any, _rng: random.Random) -> None:
    del holder[key]


def _misspell(_data: Any, holder: Any, key: Any, rng: random.Random) -> None:
    """A key, or a name that is a value, with one letter changed, doubled or left out."""
    if isinstance(holder, dict) and rng.random() < 0.5:
        holder[_typo(str(key), rng)] = holder.pop(key)
    elif isinstance(holder[key], str):
        holder[key] = _typo(holder[key], rng)


def _typo(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(("", "x", text[at : at + 1] * 2, text[at : at + 1].upper())) + text[at + 1 :]


def _borrow(data: Any, holder: Any, key: Any, rng: random.Random) -> None:
    """A value from elsewhere in the same file."""
    other, name = rng.choice(list(_places(data)))
    holder[key] = copy.deepcopy(other[name])


def _repeat(_data: Any, holder: Any, key: Any, rng: random.Random) -> None:
    """A list's item again, or the items in another order."""
    value = holder[key]
    if isinstance(value, list) and value:
        value.append(copy.deepcopy(rng.choice(value)))
        rng.shuffle(value)


def _scale(_data: Any, holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = holder[key] * rng.choice((-1, 0, 0.001, 10, 1e6))


def damaged_text(text: str, rng: random.Random) -> bytes:
    """A text with one to three places deleted, doubled, moved or overwritten; sometimes in another encoding."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        lines = text.split("\n")
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        at = rng.randrange(len(text) + 1)
        text = rng.choice((
            lambda lines=lines, i=i: "\n".join(lines[:i] + lines[i + 1 :]),
            lambda lines=lines, i=i, j=j: "\n".join([*lines[:i], lines[j], *lines[i:]]),
            lambda lines=lines, i=i: "\n".join([*lines[:i], "", ",,,,", *lines[i:]]),
            lambda text=text, at=at: text[:at] + rng.choice("\t,;:{}[]'\"#&*!|>%@`-\u00e9\ufeff\x00 9") + text[at:],
            lambda text=text, at=at: text[:at] + text[at + rng.randrange(1, 20) :],
            lambda text=text: text.replace(",", ";"),
            lambda text=text: text.replace(".", ","),
            lambda text=text: text.replace("\n", "\r\n"),
        ))()  # fmt: skip
    encoding = rng.choice(("utf-8",) * 8 + ("utf-16", "cp1251", "utf-8-sig", "latin-1"))
    return text.encode(encoding, errors="replace")


# ---------------------------------------------------------------------------------------------------- attempts


class Hang(BaseException):
    """Not an ``Exception``: the program under test must not swallow it."""


def answer(arguments: list[str]) -> tuple[int, str]:
    """Status and messages of a command; -1 when it takes too long."""
    from simulator.cli import main

    def alarm(_number: int, _frame: object) -> None:
        raise Hang

    said = io.StringIO()
    old = signal.signal(signal.SIGALRM, alarm), signal.signal(signal.SIGPROF, alarm)
    signal.alarm(PATIENCE_ASLEEP_S)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE_S)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            return main(arguments), said.getvalue()
    except Hang:
        return -1, f"no answer within {PATIENCE_S} s"
    except SystemExit as error:
        return -2, f"SystemExit {error.code}"
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, old[0])
        signal.signal(signal.SIGPROF, old[1])


def wrong(status: int, said: str, allowed: set[int]) -> str:
    """What is wrong with an answer; empty if nothing is."""
    if status not in allowed:
        return f"status {status}: {said[-600:]}"
    if status != 0 and not said.strip():
        return f"status {status} without a message"
    if "internal error" in said or "Traceback" in said or "bug of ours" in said:
        return said[-600:]
    return ""


def scenario(folder: Path, rng: random.Random) -> str:
    """A damaged scenario or system: validated, and solved where it is valid."""
    files = dict(zip(("scenario", "system"), rng.choices(bases(), (18, 1, 1))[0], strict=True))
    which = rng.choice(("scenario", "system"))
    if (way := rng.random()) < 0.5:
        files = copy.deepcopy(files)
        names = [
            row["id"] for rows in files["system"].values() if isinstance(rows, list) for row in rows if "id" in row
        ]
        for _ in range(rng.choice((1, 1, 2, 3))):
            Obedient(which, names, rng).change(files[which], files["system"])
    elif way < 0.9:
        files[which] = damaged(files[which], rng)
    for name, data in files.items():
        text = _written(data)
        content = damaged_text(text, rng) if name == which and way >= 0.9 else text.encode()
        (folder / f"{name}.yaml").write_bytes(content)
    status, said = answer(["validate", str(folder / "scenario.yaml")])
    if found := wrong(status, said, GOOD):
        return f"validate: {found}"
    if status == 0 and rng.randrange(SOLVE_ONE_IN) == 0:
        command = ["run", str(folder / "scenario.yaml"), "--no-figures", "-o", str(folder / "out")]
        status, said = answer(command)
        if status in (2, 3):
            return f"valid, but run refuses: {said[-600:]}"
        if found := wrong(status, said, SOLVED):
            return f"run: {found}"
    return ""


def _written(data: Any) -> str:
    """As YAML, by the fast writer where libyaml is there: writing is the dearest part of an attempt."""
    writer = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(data, Dumper=writer, sort_keys=False, allow_unicode=True))


def table(folder: Path, rng: random.Random) -> str:
    """One table of the toy as a damaged CSV file."""
    names = [name for name, rows in TOY.items() if isinstance(rows, list)]
    name = rng.choice(names)
    columns = list(dict.fromkeys(key for row in TOY[name] for key in row))
    lines = [",".join(columns)]
    for row in TOY[name]:
        cells = [row.get(column, "") for column in columns]
        lines.append(",".join(" ".join(map(str, c)) if isinstance(c, list) else str(c) for c in cells))
    (folder / f"{name}.csv").write_bytes(damaged_text("\n".join(lines) + "\n", rng))
    for file, data in (("scenario", SCENARIO), ("system", TOY | {name: f"{name}.csv"})):
        (folder / f"{file}.yaml").write_text(_written(data), encoding="utf-8")
    status, said = answer(["validate", str(folder / "scenario.yaml")])
    return wrong(status, said, GOOD)


def profile(folder: Path, rng: random.Random) -> str:
    """A year of hours as a damaged CSV file."""
    from simulator.case.weather.profiles import read_profiles
    from simulator.errors import FileError, InputError

    hours = [f"2019-{m:02d}-{d:02d} {h:02d}:00" for m, days in enumerate(MONTHS, 1) for d in range(1, days + 1)
             for h in range(24)]  # fmt: skip
    text = "time,A:wind,A:load\n" + "\n".join(f"{hour},{i % 7 / 10},{100 + i % 24}" for i, hour in enumerate(hours))
    path = folder / "profiles.csv"
    path.write_bytes(damaged_text(text + "\n", rng))
    try:
        read_profiles(path)
    except (InputError, FileError) as error:
        return "" if str(error).strip() else "refused without a message"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def result(folder: Path, rng: random.Random) -> str:
    """A damaged results file or run folder, read by the commands that read results."""
    run = Path(shutil.copytree(_whole_run(), folder / "run"))
    path = run / rng.choice(("results.nc", "results.nc", "results.nc", "manifest.json"))
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 5, 50))):
        at = rng.randrange(len(content))
        if rng.random() < 0.3:
            del content[at : at + rng.choice((1, 8, 4096, len(content)))]
        else:
            content[at] ^= 1 << rng.randrange(8)
        if not content:
            break
    path.write_bytes(bytes(content))
    target = rng.choice((run, run / "results.nc"))
    command = rng.choice((["verdict"], ["investors"], ["vehicles"], ["compare", str(target)]))
    status, said = answer([*command, str(target)])
    return wrong(status, said, GOOD)


@functools.cache
def _whole_run() -> Path:
    """A run folder that is never damaged; each attempt takes a copy."""
    from results_toy import results_toy

    from simulator.studies.store import save_run

    folder = Path(tempfile.mkdtemp(prefix="whole_run_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return save_run(folder / "run", results_toy(), {"summary.csv": "a\n"}, dict)


KINDS: dict[str, Callable[[Path, random.Random], str]] = {
    "scenario": scenario, "table": table, "profile": profile, "result": result,
}  # fmt: skip


def attempt(kind: str, number: int, keep: Path | None = None) -> str:
    """What is wrong with the answer to one damaged input; the same number always gives the same input."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # numbers that are none, as in tests
        try:
            return KINDS[kind](keep or Path(folder), random.Random(f"{kind} {number}"))
        except Exception as error:
            return f"stray {type(error).__name__}: {error}"


def fuzz(kind: str, count: int, first: int = 0) -> list[str]:
    """Failures of ``count`` attempts, each with the number that repeats it."""
    return [f"{kind} {number}: {found}" for number in range(first, first + count) if (found := attempt(kind, number))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--share", type=float, default=0.1, help="part of the whole run (default: a tenth)")
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--number", type=int, help="one attempt of the kind named with --only")
    parser.add_argument("--show", type=Path, help="keep the files of that attempt in this folder")
    options = parser.parse_args()
    if options.number is not None:
        print(attempt(options.only, options.number, options.show) or "as it should be")
        return 0
    failures = []
    for kind in [options.only] if options.only else KINDS:
        found = fuzz(kind, round(COUNTS[kind] * options.share))
        print(f"{kind}: {round(COUNTS[kind] * options.share)} tried, {len(found)} wrong", flush=True)
        failures += found
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
