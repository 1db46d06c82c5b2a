"""Tables as spreadsheets save them: read alike in every dialect, refused where a cell could mean two things."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError, Problem
from simulator.files import Unreadable
from simulator.files.sheet import read_sheet
from simulator.files.text import decode
from simulator.inputs.read import read_system

SYSTEM = """\
name: toy
countries: [{id: C, name: Country}]
zones: zones.csv
technologies: technologies.csv
plants: plants.csv
"""
ZONES = [["id", "country", "name", "latitude"], ["A", "C", "Alpha", "45.5"]]
TECHNOLOGIES = [["id", "name", "kind", "group", "variable_om_usd_per_mwh", "commitment"],
                ["gas", "Gas, new", "thermal", "gas", "5.00E+01", "FALSE"]]  # fmt: skip
PLANTS = [["id", "name", "zone", "technology", "capacity_mw", "commissioned"],
          ["g", "Gas", "A", "gas", "200.25", "2001"],
          ["h", 'Gas "two"', "A", "gas", "1000", "2020-05"]]  # fmt: skip
Rows = list[list[str]]


def _text(rows: Rows, separator: str = ",", comma: bool = False, line: str = "\r\n") -> str:
    """Rows as a spreadsheet writes them; ``comma``: with decimal commas."""
    cells = [[_localised(cell) if comma else cell for cell in row] for row in rows]
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=line).writerows(cells)
    return file.getvalue()


def _localised(cell: str) -> str:
    try:
        float(cell)
    except ValueError:
        return cell
    return cell.replace(".", ",")


def _write(folder: Path, **texts: str) -> Path:
    (folder / "system.yaml").write_text(SYSTEM)
    for name, rows in (("zones", ZONES), ("technologies", TECHNOLOGIES), ("plants", PLANTS)):
        (folder / f"{name}.csv").write_bytes(texts.get(name, _text(rows)).encode())
    return folder


def _problems(folder: Path, **texts: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_system(_write(folder, **texts))
    return caught.value.problems


# --------------------------------------------------------------------------------------- every dialect alike


def _empty_cells(rows: Rows) -> Rows:
    """Rows and columns that somebody emptied: between the others, at the end, and beyond the header."""
    wide = [[*row[:2], "", *row[2:], "", ""] for row in rows]
    blank = [""] * len(wide[0])
    return [wide[0], blank, *wide[1:2], blank, blank, *wide[2:], [*blank, "", ""]]


DIALECTS = {
    "plain": ("", ",", False, "\n"),
    "Excel": ("\ufeff", ",", False, "\r\n"),
    "Excel of most of Europe and Asia": ("\ufeff", ";", True, "\r\n"),
    "semicolons with points": ("", ";", False, "\n"),
    "tabs": ("", "\t", True, "\r\n"),
    "with a line for Excel": ("sep=;\r\n", ";", True, "\r\n"),
    "old Macintosh": ("", ",", False, "\r"),
    "blank lines above": ("\n\n", ",", False, "\n"),
}


@pytest.mark.parametrize("emptied", [False, True])
@pytest.mark.parametrize("name", DIALECTS)
def test_a_system_reads_alike_in_every_dialect(tmp_path: Path, name: str, emptied: bool) -> None:
    start, separator, comma, line = DIALECTS[name]
    right = read_system(_write(tmp_path))
    tables = {"zones": ZONES, "technologies": TECHNOLOGIES, "plants": PLANTS}
    texts = {
        table: start + _text(_empty_cells(rows) if emptied else rows, separator, comma, line)
        for table, rows in tables.items()
    }
    assert read_system(_write(tmp_path, **texts)) == right
    assert right.plants[0].capacity_mw == 200.25 and right.plants[1].name == 'Gas "two"'


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=6).filter(
    lambda word: word == word.strip() and not word.lower().startswith(("sep=", '"sep='))
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(st.sampled_from("abcdefgh"), min_size=width, max_size=width, unique=True),
        st.lists(st.lists(st.just("") | WORDS, min_size=width, max_size=width).filter(any), max_size=5),
    )
)


@given(table=TABLES, separator=st.sampled_from([",", ";", "\t"]), data=st.data())
def test_what_is_written_is_what_is_read(table: tuple[list[str], Rows], separator: str, data: st.DataObject) -> None:
    """Any words in any cells; empty rows and columns put in anywhere change nothing but the line numbers."""
    names, rows = table
    place = data.draw(st.integers(0, len(names)))
    wide = [[*row[:place], "", *row[place:]] for row in (names, *rows)] if data.draw(st.booleans()) else [names, *rows]
    if len(wide[0]) == 1:
        separator = ","  # nothing says what separates one column
    for _ in range(data.draw(st.integers(0, 3))):
        wide.insert(data.draw(st.integers(1, len(wide))), [""] * len(wide[0]))
    sheet = read_sheet(_text(wide, separator, line="\n").split("\n"))
    assert (sheet.names, sheet.rows, sheet.flaws) == (names, rows, [])


@given(value=st.floats(-1e9, 1e9).map(lambda x: round(x, 6)), places=st.integers(1, 6))
def test_decimal_commas_are_decimal_points(value: float, places: int) -> None:
    text = f"{value:.{places}f}"
    sheet = read_sheet(["name;x", f"a;{text.replace('.', ',')}", "b;7"])
    assert float(sheet.plain_numbers([1])(sheet.rows[0][1])) == float(text)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1.200", "300"], None),  # 1200 where commas are decimals, 1.2 where points are
        (["1.200.000"], None),
        (["1.200", "0.350"], [1.2, 0.35]),  # no thousands begin with 0
        (["1.200", "12.5"], [1.2, 12.5]),
        (["1.2000"], [1.2]),
        (["1200", "7"], [1200, 7]),
    ],
)
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_point_that_may_divide_thousands_is_no_decimal(
    cells: list[str], read: list[float] | None, separator: str
) -> None:
    """Where a spreadsheet separates columns by something else than commas, commas may be its decimals."""
    sheet = read_sheet([f"name{separator}x", *(f"a{separator}{cell}" for cell in cells)])
    plain = sheet.plain_numbers([1])
    if read is None:
        with pytest.raises(Unreadable, match=r"could be 1200"):
            plain(cells[0])
    else:
        assert [float(plain(cell)) for cell in cells] == read


# ------------------------------------------------------------------------------------------- what is refused


MISTAKES = {
    # text of plants.csv, line, column, message, help
    "a point beside commas": (
        _text(PLANTS, ";", True).replace("1000", "1.234"), 3, 23, "'1.234' has a point in a file that writes decimal",
        "write all decimals alike",
    ),
    "thousands and commas": (
        _text(PLANTS, ";", True).replace("1000", "1.234,5"), 3, 23, "'1.234,5' has a point", "thousands without a sign",
    ),
    "thousands with a blank": (_text(PLANTS).replace("1000", "1 000"), 3, 23, "found the text '1 000'", "write 1000"),
    "thousands in quotes": (
        _text(PLANTS).replace("1000", '"1,000"'), 3, 23, "found the text '1,000'", "thousands without a sign",
    ),
    "a decimal comma in quotes": (_text(PLANTS).replace("200.25", '"200,25"'), 2, 13, "'200,25'", "write 200.25"),
    "a decimal comma without": (
        _text(PLANTS).replace("200.25", "200,25"), 2, 1, "the row has 7 cells, the header has 6", "decimals have",
    ),
    "a value without a name": (
        _text([[*PLANTS[0], ""], [*PLANTS[1], ""], [*PLANTS[2], "note"]]), 3, 1,
        "the value 'note' is in column 7, which has no name", "name the column",
    ),
    "a value beyond the header": (
        _text([PLANTS[0], PLANTS[1], [*PLANTS[2], "note"]]), 3, 1, "the row has 7 cells, the header has 6", "",
    ),
    "a month as Excel shows it": (_text(PLANTS).replace("2020-05", "May-20"), 3, 28, "May-20", ""),
    "nothing at all": (",,,\r\n,,,\r\n", 1, 1, "the file has no header", "the first line names columns"),
    "bars": ("id|name|zone\r\ng|Gas|A\r\n", 1, 1, "unknown column 'id|name|zone'", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_what_could_mean_two_things_is_refused_at_its_cell(tmp_path: Path, name: str) -> None:
    text, line, column, message, help = MISTAKES[name]
    fitting = [p for p in _problems(tmp_path, plants=text) if message in p.message]
    assert fitting, _problems(tmp_path, plants=text)
    assert (fitting[0].line, fitting[0].column) == (line, column) and help in fitting[0].help
    assert Path(fitting[0].file).name == "plants.csv"


def test_a_workbook_is_called_one(tmp_path: Path) -> None:
    folder = _write(tmp_path)
    (folder / "plants.csv").write_bytes(b"PK\x03\x04\x14\0\x06\0[Content_Types].xml")
    with pytest.raises(InputError) as caught:
        read_system(folder)
    (problem,) = caught.value.problems
    assert problem.message == "this is an Excel workbook, not a text" and "CSV UTF-8" in problem.help


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251", "cp866", "koi8-r"])
def test_other_encodings_say_how_to_save(encoding: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode("id,name\nA,Север\n".encode(encoding))
    assert "UTF-8" in caught.value.message and "CSV UTF-8 (Comma delimited)" in caught.value.help


@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_text_or_a_clear_error(content: bytes) -> None:
    try:
        read_sheet(decode(content).split("\n"))
    except Unreadable as error:
        assert error.message


def test_the_case_of_emptied_rows(tmp_path: Path) -> None:
    """As a spreadsheet leaves a table after rows and a column were emptied: it reads as if they were not there."""
    text = "\ufeffid,name,zone,technology,capacity_mw,commissioned,\r\ng,Gas,A,gas,200.25,2001,\r\n,,,,,,\r\n,,,,,,\r\n"
    system = read_system(_write(tmp_path, plants=text))
    assert [plant.id for plant in system.plants] == ["g"]
    shutil.rmtree(tmp_path)
