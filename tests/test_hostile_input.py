"""Hostile files: each is answered by a clear message with its line, never by a crash, a hang or a surprise."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from share import count

from simulator.errors import FileError, InputError, Problem
from simulator.inputs.read import load_scenario, read_system
from simulator.inputs.scenario import Scenario, System

SCENARIO = """\
question: Does the toy reach its target?
description: Two days, one year.
horizon:
  model_years: [2030]
  time: {method: typical_days, days: 2}
finance: {discount_rate_percent: 6, base_year: 2025}
"""
"""Six lines; what a test adds begins in line 7."""

SYSTEM = "name: toy\ncountries: countries.csv\nzones: []\ntechnologies: []\n"

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def refused(folder: Path, content: str | bytes) -> tuple[Problem, ...]:
    path = folder / "scenario.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    ("added", "line", "column", "message"),
    [
        ("horizn: {}", 7, 1, "unknown key 'horizn'"),
        ("solver: fast", 7, 9, "expected keys and values, found the text 'fast'"),
        ("solver: {threads: many}", 7, 19, "expected a whole number, found the text 'many'"),
        ("grid: {}\ngrid: {}", 8, 1, "`grid` is given twice: in line 7 and in line 8"),
        ("optimiser: {build: NO}", 7, 20, "expected true or false, found the text 'NO'"),
        ("solver: {threads: 1_000}", 7, 19, "expected a whole number, found the text '1_000'"),
        ("solver: {threads: 010}", 7, 19, "a number cannot begin with 0"),
        ("solver: {threads: 0x10}", 7, 19, "only decimal numbers are read"),
        ("solver: {time_limit_s: .nan}", 7, 24, ".nan is not a finite number"),
        ("solver: {time_limit_s: 1e999}", 7, 24, "the number is too large or too small"),
        ("solver: {time_limit_s: " + "9" * 5000 + "}", 7, 24, "the number has more than 40 digits"),
        ("solver: *fast", 7, 9, "aliases (*) are not read"),
        ("solver: &fast {}", 7, 9, "anchors (&) are not read"),
        ("solver: {<<: {threads: 2}}", 7, 10, "merge keys (<<) are not read"),
        ("solver: !!python/object:os.system {}", 7, 9, "tags (!) are not read"),
        ("headline: !!str 12", 7, 11, "tags (!) are not read"),
        ("grid:\n\textra_delay_months: 1", 8, 1, "there is a tab here"),
        ("grid:\textra", 7, 6, "there is a tab here"),
        ("headline: a\0b", 7, 12, "control or invisible character U+0000"),
        ('headline: "a\\0b"', 7, 11, "control or invisible character U+0000"),
        ('headline: "\\uD800"', 7, 11, "control or invisible character U+D800"),
        ("headline: a\u202eb", 7, 12, "control or invisible character U+202E"),
        ('headline: "open', 7, 11, "a quote is never closed"),
        ("grid: [a, b", 8, 1, "a bracket is not closed, or a comma is missing"),
        ("headline: a: b", 7, 12, "a colon where no key can end, or a wrong indentation"),
        ("headline: @x", 7, 11, "text cannot begin with this sign"),
        ("---\nquestion: again", 7, 1, "a file has one document only"),
        ("true: 1", 7, 1, "a key must be a word or a whole number, not `true`"),
        ("? [a]\n: 1", 7, 3, "a key must be a word or a whole number"),
        ("extends: 12", 7, 10, "`extends` names one file, found the number 12"),
    ],
)
def test_added_to_a_good_scenario(tmp_path: Path, added: str, line: int, column: int, message: str) -> None:
    first = refused(tmp_path, SCENARIO + added + "\n")[0]
    assert (first.line, first.column, first.message) == (line, column, message)


def test_the_good_scenario_is_good(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO)
    assert load_scenario(path).horizon.model_years == (2030,)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "the file is empty"),
        (b"# nothing\n", 2, "the file is empty"),
        (b"- a\n", 1, "the file must be a mapping of keys and values"),
        (b"\xef\xbb\xbf" + SCENARIO.encode(), 1, "the file begins with a byte-order mark"),
        (SCENARIO.encode("utf-16"), 1, "the file is in UTF-16, not UTF-8"),
        ("question: ok\ndescription: энергия\n".encode("cp1251"), 2, "byte 0xfd is not UTF-8"),
        (b'a: "\\UFFFFFFFF"\n', 1, "this escape or directive cannot be read"),
        (b"%YAML 1." + b"9" * 5000 + b"\n---\na: 1\n", 1, "this escape or directive cannot be read"),
        (b"%YAML 1.1\n---\na: 1\n", 1, "directives (%) are not read"),
        (b"a: " + b"[" * 100_000, 1, "nested deeper than 40 levels"),
        (b"".join(b" " * i + b"a:\n" for i in range(300)), 41, "nested deeper than 40 levels"),
        (b"- " * 100_000, 1, "nested deeper than 40 levels"),
        (b"a: 1\n" * 400_000, 0, "the file is larger than 1024 KiB"),
    ],
)
def test_a_whole_file(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    start = time.process_time()
    first = refused(tmp_path, content)[0]
    assert (first.line, first.message) == (line, message)
    assert time.process_time() - start < 2


def test_an_alias_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    found = refused(tmp_path, BOMB)
    assert [(p.line, p.column) for p in found if "(" in p.message] == [(1, 4), (2, 4), (2, 8), (2, 12), (3, 5), (3, 9)]


def test_a_flood_of_problems_is_cut(tmp_path: Path) -> None:
    found = refused(tmp_path, SCENARIO + "".join(f"k{i}: 010\n" for i in range(500)))
    assert len(found) == 101 and found[0].line == 7 and found[-1].message == "further problems are not shown"


def test_many_unknown_keys_and_rows_take_no_long(tmp_path: Path) -> None:
    """Work per problem ends with the problems that are shown."""
    start = time.process_time()
    refused(tmp_path, SCENARIO + "".join(f"horizon{i}: 0\n" for i in range(5_000)))
    (tmp_path / "system.yaml").write_text(SYSTEM.replace("zones: []", "zones: zones.csv"))
    (tmp_path / "countries.csv").write_text("id,name\n" + "".join(f"A{i},x\n" for i in range(5_000)))
    (tmp_path / "zones.csv").write_text("id,name,country\n" + "".join(f"Z{i},x,B{i}\n" for i in range(5_000)))
    with pytest.raises(InputError) as caught:
        read_system(tmp_path)
    assert len(caught.value.problems) == 101
    assert time.process_time() - start < 8


def test_a_terminal_is_not_steered_by_a_file(tmp_path: Path) -> None:
    found = refused(tmp_path, SCENARIO + "headline: \x1b[31mred\n")
    assert "\x1b" not in str(InputError(found))


def test_links_lead_neither_out_nor_in_circles(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("password: x\n")
    (folder / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "round.yaml").symlink_to(folder / "round.yaml")
    for name, message in (("out", "outside the folder"), ("round", "cannot be resolved"), ("/dev/zero", "relative")):
        (found,) = refused(folder, f"extends: {name}\n{SCENARIO}")
        assert message in found.message and (found.line, found.column) == (1, 10)
        assert "password" not in str(found)


def test_a_scenario_cannot_extend_itself(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, SCENARIO + "extends: scenario\n")
    assert "circle" in found.message and found.line == 7


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "missing/deep.yaml", "pipe", "loop.yaml"])
def test_what_cannot_be_read_is_a_file_error(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    with pytest.raises(FileError):
        load_scenario(tmp_path / name)
    with pytest.raises(FileError):
        read_system(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        (b"id,name,firm_import_mw\nA,x,NaN\n", 2, 5, "'NaN' is not a finite number"),
        (b"id,name\nA,x\nB,y\nA,z\n", 4, 1, "id A is in countries twice: in line 2 and in line 4"),
        (b"id,name\nA,\xff\n", 2, 3, "byte 0xff is not UTF-8"),
        (b"id,name\nA,\0\n", 2, 3, "control or invisible character U+0000"),
        (b'id,name\nA,"x\n\n', 2, 1, "this is not CSV: unexpected end of data"),
        (b"id,name\nA," + b"x" * 200_000 + b"\n", 2, 1, "this is not CSV: field larger than field limit (131072)"),
        (b"", 1, 1, "the file has no header"),
        ("id,name\nA,x\n".encode("utf-16"), 1, 1, "the file is in UTF-16, not UTF-8"),
    ],
)
def test_a_table(tmp_path: Path, content: bytes, line: int, column: int, message: str) -> None:
    (tmp_path / "system.yaml").write_text(SYSTEM)
    (tmp_path / "countries.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_system(tmp_path)
    first = caught.value.problems[0]
    assert (Path(first.file).name, first.line, first.column, first.message) == ("countries.csv", line, column, message)


def test_a_table_saved_by_a_spreadsheet_with_a_byte_order_mark_reads(tmp_path: Path) -> None:
    (tmp_path / "system.yaml").write_text(SYSTEM)
    (tmp_path / "countries.csv").write_bytes(b"\xef\xbb\xbfid,name\r\nA,x\r\n")
    assert read_system(tmp_path).countries[0].id == "A"


# --------------------------------------------------------------------------------------------------- fuzz

QUICK = settings(
    max_examples=count(600, least=50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

WORDS = st.sampled_from(
    ["question: ", "horizon:", "time: ", "{method: weeks}", "system: ", "extends: ", "scenario", "changes: ",
     "demand: ", "finance: {", "}", "[", "]", "\n", "\n  ", "- ", ": ", ", ", '"', "'", "|", ">", "&a ", "*a", "!x ",
     "? ", "#", "%", "---\n", "\t", "\\", "0x1", "010", "1e5", ".inf", "null", "true", "2027", "zones: ",
     "plants: ", "plants.csv", "solver: ", "threads: ", "\u2028", "\x85", "\r", "chinese_investment: ", "envelopes: ",
     "- {investor: a}", "key",
     "musd_per_year: ", "name: ", "id: ", "months: ", "id,name\n", "retires: "]
)  # fmt: skip
LIKE_YAML = st.lists(WORDS | st.text(max_size=4), max_size=30).map("".join)


@QUICK
@given(content=st.binary(max_size=300) | LIKE_YAML.map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_an_object_or_an_input_error(tmp_path: Path, content: bytes) -> None:
    for name in ("scenario.yaml", "system.yaml"):
        (tmp_path / name).write_bytes(content)
    with contextlib.suppress(InputError):
        load_scenario(tmp_path / "scenario.yaml")
    with contextlib.suppress(InputError):
        read_system(tmp_path)


@QUICK
@given(added=LIKE_YAML)
def test_anything_after_a_good_start_is_an_object_or_an_input_error(tmp_path: Path, added: str) -> None:
    for name, start in (("scenario.yaml", SCENARIO), ("system.yaml", SYSTEM)):
        (tmp_path / name).write_text(start + added, encoding="utf-8", errors="replace", newline="")
    with contextlib.suppress(InputError):
        load_scenario(tmp_path / "scenario.yaml")
    with contextlib.suppress(InputError):
        read_system(tmp_path)


SCALARS = st.none() | st.booleans() | st.integers(-3, 3000) | st.floats(-9, 9)
KEYS = st.sampled_from(["id", "name", "method", "zone"])
VALUES = st.recursive(
    SCALARS | st.sampled_from(["a", "2030-06", "x;y", "full"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=6,
)
CELLS = st.sampled_from(["id", "name", ",", ";", '"', "\n", "\r", "1", "é", " ", "firm_import_mw", "nan"])


@QUICK
@given(data=st.data(), value=VALUES)
def test_any_value_under_any_key_is_an_object_or_an_input_error(
    tmp_path: Path, data: st.DataObject, value: object
) -> None:
    """JSON is YAML: the value is written in brackets under a key of the schema."""
    key = data.draw(st.sampled_from([*System.model_fields, *Scenario.model_fields]))
    text = f"{key}: {json.dumps(value)}\n"
    (tmp_path / "scenario.yaml").write_text(SCENARIO + text)
    (tmp_path / "system.yaml").write_text("name: toy\n" + text)
    with contextlib.suppress(InputError):
        load_scenario(tmp_path / "scenario.yaml")
    with contextlib.suppress(InputError):
        read_system(tmp_path)


@QUICK
@given(content=st.lists(CELLS | st.text(max_size=3), max_size=30).map("".join))
def test_any_table_is_an_object_or_an_input_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "system.yaml").write_text(SYSTEM)
    for start in ("", "id,name,firm_import_mw\n"):
        (tmp_path / "countries.csv").write_bytes((start + content).encode(errors="replace"))
        with contextlib.suppress(InputError):
            read_system(tmp_path)
