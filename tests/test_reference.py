"""Every key and column says what it means, and in which unit; the schema, errors and pages take it from there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from simulator.cli import main
from simulator.inputs.scenario import Scenario
from simulator.reference.pages import scenario_page, tables_page, written
from simulator.reference.values import default, values
from simulator.system import System
from simulator.system.meaning import Unit, about, models_in, sentence, unit_in, unit_of, without_meaning
from simulator.system.names import Id, Of, row_models
from simulator.system.rows import CONFIG, Date, Months, Names, NonNegative, Percent, Year

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("scenario_reference.md", "study_reference.md", "tables.md", "formulation.md", "results.md")


def parts(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A class and all classes of objects inside it, by name."""
    found = {model.__name__: model}
    for info in model.model_fields.values():
        for inner in models_in(info.annotation):
            if inner.__name__ not in found:
                found |= parts(inner)
    return found


EVERYTHING = parts(Scenario) | parts(System)


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_key_and_column_has_a_text_and_every_figure_a_unit(name):
    """The first mistake of a user is about a unit or about what an empty cell means."""
    model = EVERYTHING[name]
    assert not without_meaning(model), "write a docstring below the field; give a figure a name that ends with its unit"
    assert about(model), f"{name} says nothing of itself"


def test_all_tables_and_keys_are_looked_at():
    rows = row_models(System).values()
    assert len(rows) > 70 and {row.__name__ for row in rows} <= EVERYTHING.keys()
    assert len(parts(Scenario)) > 25


@pytest.mark.parametrize("name", EVERYTHING)
def test_texts_are_sentences_of_their_own(name):
    """Texts are read one by one, in an editor or under an error: none goes on in the next."""
    for field in EVERYTHING[name].model_fields:
        text = sentence(EVERYTHING[name], field)
        assert "…" not in text and not text[0].islower(), f"{name}.{field}: {text}"


class Wrong(BaseModel):
    """A class whose author forgot everything."""

    model_config = CONFIG
    bare: NonNegative
    said: NonNegative
    """A figure without a unit."""
    price_usd_per_kw: NonNegative
    named: str


def test_what_is_forgotten_is_found():
    assert without_meaning(Wrong) == [
        "Wrong.bare: no text", "Wrong.price_usd_per_kw: no text", "Wrong.named: no text",
        "Wrong.bare: no unit", "Wrong.said: no unit",
    ]  # fmt: skip


class Right(BaseModel):
    """A class whose author forgot nothing."""

    model_config = CONFIG
    energy_gwh: dict[Year, NonNegative] | None = None
    """Energy by year; empty: none."""
    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies it."""
    first: Year | None = None
    """First year."""


def test_a_unit_is_the_ending_of_the_name_or_stated():
    """The key of a mapping is not its figure: energy by year is in GWh."""
    assert [unit_of(Right, name) for name in Right.model_fields] == ["GWh", "–", "year"]
    assert [sentence(Right, name) for name in ("energy_gwh", "factor")] == [
        "Energy by year; empty: none. [GWh]", "Multiplies it.",
    ]  # fmt: skip
    assert Right.model_json_schema()["properties"]["first"]["description"] == "First year. [year]"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("wh_per_tonne_km", "Wh/(t·km)"), ("fuel_l_per_100km", "l/100 km"), ("reserve_percent_of_load", "%"),
        ("value_of_lost_load_usd_per_mwh", "USD/MWh"), ("energy_mwh_per_hm3", "MWh/hm³"), ("musd", "MUSD"),
        ("step", ""),
    ],
)  # fmt: skip
def test_units_in_names(name, unit):
    assert unit_in(name) == unit


# ----------------------------------------------------------------------------------------------- the pages


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return written(DOCS)


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_in_docs_are_those_of_the_code(name, pages):
    assert (DOCS / name).read_text(encoding="utf-8") == pages[name], "run: simulator schema --docs docs"


def test_all_pages_are_compared(pages):
    assert set(pages) == set(PAGES)


def test_the_command_writes_the_pages(tmp_path, capsys, pages):
    """Into any folder; the hand-written beginning of ``results.md`` is kept where there is one."""
    (tmp_path / "results.md").write_text("By hand.\n\n### Labels\nout of date\n", encoding="utf-8")
    assert main(["schema", "--docs", str(tmp_path)]) == 0
    assert sorted(capsys.readouterr().out.split()) == sorted(str(tmp_path / name) for name in pages)
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") == tables_page()
    results = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert results.startswith("By hand.\n\n### Labels\n") and "out of date" not in results


def test_every_table_column_and_key_is_on_its_page():
    tables, keys = tables_page(), scenario_page()
    for name, row in row_models(System).items():
        section = tables.split(f"\n### {name}\n")[1].split("\n### ")[0]
        own = set(row.model_fields) - {"source", "data_year", "confidence", "note"}
        assert not [column for column in own if f"| `{column}` |" not in section], name
    for part in parts(Scenario).values():
        assert not [key for key in part.model_fields if f"| `{key}` |" not in keys]


class Sample(BaseModel):
    """One of each kind of value."""

    a: Id
    b: Annotated[str, Of("zones", also=("all",))] = "all"
    c: Percent | None = None
    d: dict[Annotated[str, Of("links")], Percent] = {}
    e: Annotated[Names, Of("countries")] = ()
    f: Annotated[float, Field(gt=0, lt=5)] = 2.5
    g: Literal["x", "y", 1] = "y"
    h: Date | Literal["never"] | None = None
    i: Year = 2025
    j: bool = False
    k: tuple[Right, ...] = Field((), min_length=1)
    n: Months = (1, 2)
    m: Annotated[Percent, Field(ge=5)] | None = None


@pytest.mark.parametrize(
    ("field", "words", "without"),
    [
        ("a", "name", "required"), ("b", "name in `zones` or `all`", "`all`"), ("c", "number, ≥ 0, ≤ 100", "empty"),
        ("d", "name in `links`: number, ≥ 0, ≤ 100", "empty"), ("e", "names in `countries`", "empty"),
        ("f", "number, > 0, < 5", "`2.5`"), ("g", "`x` or `y` or `1`", "`y`"), ("h", "date or `never`", "empty"),
        ("i", "year", "`2025`"), ("j", "true or false", "`false`"), ("k", "list of Right, 1 or more", "empty"),
        ("n", "months (1 to 12), 1 or more", "`[1, 2]`"), ("m", "number, ≥ 5, ≤ 100", "empty"),
    ],
)  # fmt: skip
def test_values_and_defaults_in_words(field, words, without):
    """What may be written is read from the type; Annotated inside unions and lists counts, too."""
    info = Sample.model_fields[field]
    assert (values(info, lambda model: model.__name__), default(info)) == (words, without)


def test_a_column_that_means_something_for_some_technologies_says_for_which():
    line = next(line for line in tables_page().splitlines() if line.startswith("| `hours_max` |"))
    assert line.endswith("Only for `storage`. |")
