"""Reading: what YAML words mean, how scenarios extend each other, how tables are read, and what is said when wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from simulator.errors import FileError, InputError, Problem
from simulator.inputs.read import load_scenario, read_extending, read_scenario, read_system, read_tables
from simulator.inputs.strict_yaml import Report, compose, flatten
from simulator.inputs.validation import Marks, number_advice
from simulator.system.meaning import with_meanings
from simulator.system.names import Id, Of


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=with_meanings)


class Days(Part):
    method: Literal["days"]
    days: Annotated[int, Field(ge=1)] = 12


class Full(Part):
    method: Literal["full"]


class Unit(Part):
    name: str
    size_mw: Annotated[float, Field(gt=0)]
    """Gross capacity."""


class Question(Part):
    """A small scenario."""

    question: str
    description: str
    time: Annotated[Days | Full, Field(discriminator="method")] = Full(method="full")
    units: tuple[Unit, ...] = ()
    years: tuple[int, ...] = ()
    money: float | dict[int, float] = 0
    flags: dict[str, bool] = {}
    limit_mw: float | None = 5


class Place(Part):
    key_fields: ClassVar[tuple[str, ...]] = ("id",)
    together: ClassVar[dict[tuple[str, ...], str]] = {}
    id: Id
    months: tuple[int, ...] = ()


class Machine(Part):
    key_fields: ClassVar[tuple[str, ...]] = ("place", "name")
    together: ClassVar[dict[tuple[str, ...], str]] = {}
    place: Annotated[str, Of("places")]
    name: Id
    size_mw: Annotated[float, Field(gt=0)]
    count: int = 1
    spinning: bool = False
    serves: Annotated[tuple[str, ...], Of("places")] = ()


class World(Part):
    name: str
    places: tuple[Place, ...]
    machines: tuple[Machine, ...] = ()


HEAD = "question: q\ndescription: d\n"


def write(folder: Path, **files: str) -> Path:
    """Write ``name=text`` as YAML (``name_csv`` as CSV); the path of the first."""
    paths = []
    for name, text in files.items():
        stem = name.removesuffix("_csv")
        paths.append(folder / f"{stem}.{'csv' if stem != name else 'yaml'}")
        paths[-1].write_text(text, encoding="utf-8")
    return paths[0]


def read(folder: Path, **files: str) -> tuple[Question, Marks]:
    return read_extending(write(folder, **files), Question)[:2]


def problems(folder: Path, **files: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read(folder, **files)
    return caught.value.problems


def world_problems(folder: Path, **files: str) -> list[tuple[str, int, int, str, str]]:
    with pytest.raises(InputError) as caught:
        read_tables(write(folder, **files), World)
    return [(Path(p.file).name, p.line, p.column, p.path, p.message) for p in caught.value.problems]


# ---------------------------------------------------------------------------------------- words of YAML


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("False", False), ("yes", "yes"), ("NO", "NO"), ("on", "on"), ("12:30", "12:30"),
     ("2030-06", "2030-06"), ("2030-06-01", "2030-06-01"), ("1e6", 1_000_000), ("-1.5", -1.5), (".5", 0.5),
     ("1_000", "1_000"), ("~", None), ("'12'", "12"), ('"null"', "null"), ("0", 0), ("0.25", 0.25),
     ("[1, [a]]", (1, ("a",)))],
)  # fmt: skip
def test_words_mean_what_yaml_1_2_says(word: str, value: Any) -> None:
    report = Report()
    node = compose(f"key: {word}", "f", report)
    assert node is not None and not report.problems
    data = flatten(node).data
    assert data == {"key": value} and type(data["key"]) is type(value)


def test_years_are_whole_number_keys_and_every_value_has_its_place() -> None:
    """``money`` is in line 1, its second year in line 3: key in column 3, value in column 9."""
    node = compose("money:\n  2027: 200\n  2028: 500\n", "f.yaml", Report())
    assert node is not None
    document = flatten(node)
    assert document.data == {"money": {2027: 200, 2028: 500}}
    assert document.marks[("money", 2028)] == ("f.yaml", 3, 9, 3, 3)


# ------------------------------------------------------------------------------------------------ extends


def test_child_overrides_removes_and_merges_by_name(tmp_path: Path) -> None:
    """a is changed in one field, b removed, c new; the list of years has no names and is replaced; null removes
    ``flags.x``; where the parent says nothing, null is a value: no limit, instead of the default 5."""
    base = HEAD + "units: [{name: a, size_mw: 1}, {name: b, size_mw: 2}]\nyears: [1, 2]\nflags: {x: true, y: true}\n"
    child = (
        HEAD + "extends: base\nunits:\n  - {name: a, size_mw: 9}\n  - {name: b, remove: true}\n"
        "  - {name: c, size_mw: 3}\nyears: [3]\nflags: {x: null}\nlimit_mw: null\n"
    )
    scenario, marks = read(tmp_path, child=child, base=base)
    assert [(unit.name, unit.size_mw) for unit in scenario.units] == [("a", 9), ("c", 3)]
    assert scenario.years == (3,) and scenario.flags == {"y": True} and scenario.limit_mw is None
    size, kept = marks.nodes[("units", 0, "size_mw")], marks.nodes[("flags", "y")]
    assert (Path(size.file).name, size.line) == ("child.yaml", 5)
    assert (Path(kept.file).name, kept.line) == ("base.yaml", 5)


def test_question_and_description_are_not_inherited(tmp_path: Path) -> None:
    found = problems(tmp_path, child="extends: base.yaml\nyears: [1]\n", base=HEAD)
    assert [(p.path, p.line) for p in found] == [("question", 1), ("description", 1)]
    assert all(p.file.endswith("child.yaml") for p in found)


def test_a_problem_names_the_file_that_set_the_value(tmp_path: Path) -> None:
    """Changing the method leaves the parent's ``days`` without meaning: said of the parent's line, with the cure."""
    (found,) = problems(tmp_path, child=HEAD + "extends: base\ntime: {method: full}\n",
                        base=HEAD + "time: {method: days, days: 3}\n")  # fmt: skip
    assert found.file.endswith("base.yaml") and (found.line, found.column) == (3, 22)
    assert "unknown key 'days'" in found.message and "`days: null` in" in found.help
    fixed, _ = read(tmp_path, child=HEAD + "extends: base\ntime: {method: full, days: null}\n")
    assert fixed.time == Full(method="full")


def test_problems_of_several_files_come_together(tmp_path: Path) -> None:
    found = problems(tmp_path, child=HEAD + "extends: base\nyears: [010]\n", base=HEAD + "years: 3\nyears: 4\n")
    assert [(Path(p.file).name, p.line) for p in found] == [("base.yaml", 4), ("child.yaml", 4)]


def test_a_circle_is_refused_with_its_chain(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, a=HEAD + "extends: b", b=HEAD + "extends: c", c=HEAD + "extends: b")
    chain = found.message.split(": ")[1].split(" -> ")
    assert [Path(name).stem for name in chain] == ["a", "b", "c", "b"]
    assert found.file.endswith("c.yaml") and (found.line, found.column) == (3, 10)


@pytest.mark.parametrize(
    ("name", "message"),
    [("/etc/passwd", "not a relative path"), ("../base", "outside the folder"), ("C:/x", "not a relative path"),
     ("'sub\\x'", "not a relative path"), ("bse", "no file 'bse.yaml'"), ("[base]", "names one file, found a list"),
     ("12", "names one file"), ("a" * 5000, "cannot be resolved")],
)  # fmt: skip
def test_extends_stays_in_the_folder(tmp_path: Path, name: str, message: str) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    write(tmp_path, base=HEAD)
    (found,) = problems(folder, child=HEAD + f"extends: {name}\n", base=HEAD)
    assert message in found.message and (found.line, found.column) == (3, 10)
    assert name != "bse" or found.help == "nearest: base.yaml"


@pytest.mark.parametrize(
    ("text", "advice"),
    [("200k", "without 'k', in the unit"), ("1 GW", "without 'GW', in the unit"), ("15 %", "without '%', in the unit"),
     ("2026-06", "write 2026 for the year"), ("1_000", "write 1000"), ("1,5", "write 1.5"), ("three", "such as 12.5")],
)  # fmt: skip
def test_advice_never_drops_what_changes_a_number(text: str, advice: str) -> None:
    """A thousand, or a unit of another size, is not cut off: 1 GW is no 1 in a column of MW."""
    assert advice in number_advice(text)


def test_removing_what_is_not_there_is_a_problem(tmp_path: Path) -> None:
    child = HEAD + "extends: base\nunits: [{name: bat1, remove: true}]\n"
    (found,) = problems(tmp_path, child=child, base=HEAD + "units: [{name: bat2, size_mw: 2}]\n")
    assert "nothing to remove" in found.message and found.line == 4 and found.help == "nearest: bat2"


# --------------------------------------------------------------------------------------------- validation


@pytest.mark.parametrize(
    ("text", "column", "message", "help"),
    [
        ("yers: [1]", 1, "unknown key 'yers'", "nearest: years"),
        ("years: 2026", 8, "expected a list, found the number 2026", "write [2026]"),
        ("years: [1, x]", 12, "expected a whole number, found the text 'x'", "write a number such as 12.5"),
        ("years: [2.0]", 9, "expected a whole number, found the number 2.0", "write 2"),
        ("flags: {a: NO}", 12, "expected true or false, found the text 'NO'", "write false"),
        ("flags: {a: 1}", 12, "expected true or false, found the number 1", "write true"),
        ("flags: {2027: true}", 9, "expected text, found the number 2027", 'write "2027", in quotes'),
        (
            "money: much",
            8,
            "expected a number or keys and values, found the text 'much'",
            "write a number such as 12.5",
        ),
        ("money: {2027: true}", 15, "expected a number, found true", ""),
        ("limit_mw: 1_000", 11, "expected a number, found the text '1_000'", "write 1000"),
        ("time: {method: dys}", 16, "expected one of days, full, found the text 'dys'", "nearest: days"),
        ("time: {days: 3}", 7, "`method` is missing", "add `method: …`"),
        ("time: {method: days, days: 0}", 28, "must be at least 1, found the number 0", ""),
        ("time: 3", 7, "expected keys and values, found the number 3", ""),
        ("units: [{name: a}]", 9, "`size_mw` is missing", "add `size_mw: …` (Gross capacity. [MW])"),
        ("units: [{name: a, size_mw: 0}]", 28, "must be greater than 0, found the number 0", "Gross capacity. [MW]"),
        ("units: [{name: a, size: 5, size_mw: 1}]", 19, "unknown key 'size'", "nearest: size_mw"),
        ("time: {method: days, dayz: 1}", 22, "unknown key 'dayz'", "nearest: days"),
    ],
)
def test_each_mistake_has_its_place_and_its_cure(
    tmp_path: Path, text: str, column: int, message: str, help: str
) -> None:
    (found,) = problems(tmp_path, scenario=HEAD + text + "\n")
    assert (found.line, found.column, found.message, found.help) == (3, column, message, help)
    assert found.excerpt == text


def test_all_problems_at_once_in_order_and_in_colonned_places(tmp_path: Path) -> None:
    found = problems(tmp_path, scenario="question: q\nyers: 1\nlimit_mw: x\nflags: {a: no}\n")
    assert [p.line for p in found] == [1, 2, 3, 4]
    lines = str(found[2]).splitlines()
    assert lines[0].endswith("scenario.yaml:3:11: expected a number, found the text 'x'")
    assert lines[2].index("^") - 4 == found[2].excerpt.index("x")


# ------------------------------------------------------------------------------------------------ tables

WORLD = "name: toy\nplaces: places.csv\nmachines: machines.csv\n"
PLACES = "id,months\nnorth,1;2;12\nsouth,\n"


def test_tables_come_inline_from_one_csv_or_from_several(tmp_path: Path) -> None:
    """Cells are typed by the row model; an empty cell is the default; text with a comma stands in quotes."""
    one = 'place,name,size_mw,spinning,serves\nnorth,"big, old",1e3,true,north;south\n'
    two = "name,place,size_mw,count\nb,south,2.5,3\n\n"
    text = WORLD.replace("machines.csv", "[one.csv, two.csv]")
    world, marks, files = read_tables(write(tmp_path, world=text, places_csv=PLACES, one_csv=one, two_csv=two), World)
    assert world.places == (Place(id="north", months=(1, 2, 12)), Place(id="south"))
    first = Machine(place="north", name="big, old", size_mw=1000, spinning=True, serves=("north", "south"))
    assert world.machines == (first, Machine(place="south", name="b", size_mw=2.5, count=3))
    assert [file.name for file in files] == ["world.yaml", "places.csv", "one.csv", "two.csv"]
    mark = marks.near(("machines", 0, "size_mw"))
    assert (Path(mark.file).name, mark.line, mark.column) == ("one.csv", 2, 18)
    inline = "name: toy\nplaces:\n  - {id: north, months: [1, 2, 12]}\n  - {id: south}\n"
    assert read_tables(write(tmp_path, inline=inline), World)[0].places == world.places


@pytest.mark.parametrize(
    ("cell", "message"),
    [("NaN", "'NaN' is not a finite number"), ("-inf", "'-inf' is not a finite number"),
     ("1_000", "expected a number, found the text '1_000'"), ('"1,5"', "expected a number, found the text '1,5'"),
     ("007", "a number cannot begin with 0"), ("0", "must be greater than 0, found the number 0"),
     ("", "`size_mw` is missing"), ("9" * 41, "the number has more than 40 digits")],
)  # fmt: skip
def test_a_bad_cell_is_found_in_its_column(tmp_path: Path, cell: str, message: str) -> None:
    """``north,a,`` has 8 characters, so the third cell begins in column 9 of line 2."""
    found = world_problems(tmp_path, world=WORLD, places_csv=PLACES,
                           machines_csv=f"place,name,size_mw,count\nnorth,a,{cell},1\n")  # fmt: skip
    assert found == [("machines.csv", 2, 9, "size_mw", message)]


def test_headers_and_rows_must_fit(tmp_path: Path) -> None:
    header = world_problems(tmp_path, world=WORLD, places_csv=PLACES, machines_csv="place,nam,size_mw,place\n")
    assert header == [
        ("machines.csv", 1, 7, "nam", "unknown column 'nam'"),
        ("machines.csv", 1, 19, "place", "column 'place' is given twice"),
    ]
    rows = world_problems(tmp_path, world=WORLD, places_csv=PLACES,
                          machines_csv='place,name,size_mw\n"nor\nth",a\nnorth,a,1,2\nnorth,"a,1\n')  # fmt: skip
    assert [(line, message.split(":")[0]) for _, line, _, _, message in rows] == [
        (2, "the row has 2 cells, the header has 3"),
        (4, "the row has 4 cells, the header has 3"),
        (5, "this is not CSV"),
    ]


def test_a_key_given_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    found = world_problems(tmp_path, world=WORLD, places_csv=PLACES,
                           machines_csv="name,place,size_mw\na,north,1\nb,north,1\na,north,2\n")  # fmt: skip
    message = "place north, name a is in machines twice: in line 2 and in line 4"
    assert found == [("machines.csv", 4, 3, "place", message)]


def test_references_are_checked_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_tables(write(tmp_path, world=WORLD, places_csv=PLACES,
                          machines_csv="place,name,size_mw,serves\nnorht,a,1,south;west\n"), World)  # fmt: skip
    first, second = caught.value.problems
    assert (first.column, first.message, first.help) == (1, "unknown name 'norht': not in places", "nearest: north")
    assert (second.column, second.help) == (11, "known: north, south")


def test_a_refused_row_is_not_reported_again_by_those_who_name_it(tmp_path: Path) -> None:
    found = world_problems(tmp_path, world=WORLD, places_csv="id,months\nnorth,13x\n",
                           machines_csv="place,name,size_mw\nnorth,a,1\n")  # fmt: skip
    assert [(file, line) for file, line, *_ in found] == [("places.csv", 2)]


def test_tables_stay_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(tmp_path, places_csv=PLACES)
    (folder / "link.csv").symlink_to(tmp_path / "places.csv")
    for name in ("../places.csv", "link.csv"):
        (found,) = world_problems(folder, world=f"name: toy\nplaces: {name}\n")
        assert found[1:3] == (2, 9) and "outside the folder" in found[4]


# ------------------------------------------------------------------------------------------ the real ones

MINIMAL = """\
question: Does the toy reach its target?
description: Two days, one year.
horizon:
  model_years: [2030]
  time: {method: typical_days, days: 2}
finance: {discount_rate_percent: 6, base_year: 2025}
"""

TOY_SYSTEM = """\
name: toy
countries: [{id: AAA, name: A-land}]
zones: zones.csv
technologies:
  - {id: wind, name: Wind, kind: variable, group: wind}
plants:
  - {id: w1, name: First, zone: A_N, technology: wind, capacity_mw: 10, commissioned: 2020, retires: 2040-06}
"""


def test_a_minimal_scenario_reads_and_says_where_values_come_from(tmp_path: Path) -> None:
    path = write(tmp_path, child="question: And in a dry year, what then?\ndescription: As the base, but dry.\n"
                 "extends: base\nhorizon: {water: dry}\n", base=MINIMAL)  # fmt: skip
    loaded = read_scenario(path)
    assert loaded.scenario == load_scenario(path)
    assert loaded.scenario.horizon.water == "dry" and loaded.scenario.horizon.model_years == (2030,)
    assert loaded.where("horizon.water") == f"{path}:4"
    assert loaded.where("horizon.time.days") == f"{tmp_path / 'base.yaml'}:5"
    assert loaded.where("solver.threads") == ""
    assert [file.name for file in loaded.files] == ["child.yaml", "base.yaml"]


def test_the_message_of_a_check_in_the_schema_stands_at_its_key(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(write(tmp_path, scenario=MINIMAL.replace("[2030]", "[2030, 2026]")))
    (found,) = caught.value.problems
    assert found.message.startswith("model years must ascend")
    assert (found.path, found.line, found.column) == ("horizon.model_years", 4, 16)


def test_a_small_system_reads_from_its_folder(tmp_path: Path) -> None:
    path = write(tmp_path, system=TOY_SYSTEM, zones_csv="id,country,name,latitude\nA_N,AAA,North,50\n")
    system = read_system(path.parent)
    assert system == read_system(path)
    assert system.plants[0].commissioned == "2020" and system.plants[0].retires == "2040-06"
    write(tmp_path, zones_csv="id,country,name,latitude\nA_N,AAB,North,50\n")
    with pytest.raises(InputError, match="unknown name 'AAB': not in countries"):
        read_system(path)


def test_a_missing_file_is_a_file_error_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, reference=MINIMAL)
    with pytest.raises(FileError, match=r"does not exist; nearest: reference\.yaml"):
        load_scenario(tmp_path / "referense.yaml")
    with pytest.raises(FileError, match="is a folder"):
        load_scenario(tmp_path)


def test_reading_is_quick_and_imports_no_heavy_library(tmp_path: Path) -> None:
    """600 rows of 12 cells stay far below the half second that ``validate`` has in all."""
    rows = "".join(f"p{i},Plant {i},A_N,wind,{i}.5,,,,2020,2040,false,12\n" for i in range(600))
    header = (
        "id,name,zone,technology,capacity_mw,available_mw,energy_mwh,efficiency_percent,commissioned,retires,"
        "life_binds,overnight_usd_per_kw\n"
    )
    text = TOY_SYSTEM.split("plants:")[0] + "plants: plants.csv\n"
    path = write(tmp_path, system=text, zones_csv="id,country,name\nA_N,AAA,North\n", plants_csv=header + rows)
    start = time.process_time()
    assert len(read_system(path).plants) == 600
    assert time.process_time() - start < 0.3
    heavy = "{'pandas', 'pyomo', 'xarray', 'matplotlib', 'scipy'}"
    code = f"import sys, simulator.inputs.read; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
