"""Every text says what it names, every name is borne by somebody, and no two names meet."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from toy import case, plant, scenario, system, technology

from simulator.case.messages import names_of, said_problems
from simulator.errors import InputError
from simulator.inputs.read import load_scenario, read_system
from simulator.inputs.scenario import Scenario
from simulator.system import System, names
from simulator.system.known import BACKCAST_ITEMS
from simulator.system.names import Id, Of, faults_of_row, fields_of, leaves

PROJECT = Path(__file__).parent.parent
REFERENCE = PROJECT / "scenarios" / "reference.yaml"
NAME = TypeAdapter(Id)


@cache
def shipped() -> tuple[System, Scenario]:
    return read_system(PROJECT / "simulator" / "data" / "central_asia"), load_scenario(REFERENCE)


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(names).failed == 0


# ------------------------------------------------------------------------------------------ declarations


def parts_of(model: type[BaseModel], seen: set[Any]) -> Iterator[type[BaseModel]]:
    """A model and all models inside its fields."""
    if model not in seen:
        seen.add(model)
        yield model
        for typed in fields_of(model).values():
            for leaf, _ in leaves(*typed):
                if names.is_model(leaf):
                    yield from parts_of(leaf, seen)


MODELS = [*parts_of(System, set()), *parts_of(Scenario, set())]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_text_declares_what_it_is(model: type[BaseModel]) -> None:
    """A name of its own, the name of something else, or words for the reader. Literals and dates say it themselves."""
    for field, typed in fields_of(model).items():
        for leaf, mark in leaves(*typed):
            assert leaf is not str or mark is not None, f"{model.__name__}.{field}: what does this text name?"


def test_the_walk_sees_all_rows_and_all_keys_of_a_scenario() -> None:
    found = {model.__name__ for model in MODELS}
    assert {"Plant", "Source", "Profile", "NamedSlice", "Choice", "EnvelopeChange", "Deal", "Scrappage"} <= found
    assert len(names.row_models(System)) == sum(isinstance(value, tuple) for _, value in shipped()[0])


def test_every_target_is_a_table_a_column_or_a_list() -> None:
    models = names.row_models(System)
    known = names_of(*shipped())
    for model in MODELS:
        for typed in fields_of(model).values():
            for _, mark in leaves(*typed):
                for target in mark.targets if isinstance(mark, Of) else ():
                    table, _, column = target.partition(".")
                    assert target in known.others or column in ("", *models[table].model_fields), target


def test_columns_named_together_are_the_key_of_their_table() -> None:
    models = names.row_models(System)
    for model in models.values():
        for columns, target in model.together.items():
            assert set(columns) <= set(model.model_fields) and len(models[target].key_fields) >= len(columns)


def test_the_list_of_the_backcast_is_that_of_the_backcast() -> None:
    from simulator.analysis.backcast import FUELS, ONE_FIGURE, SUMS

    assert set(BACKCAST_ITEMS) == {*FUELS, *SUMS, *ONE_FIGURE}


# ------------------------------------------------------------------------------------------- misspellings


@cache
def borrowed() -> list[tuple[str, int, names.Word]]:
    """Every name of something else in the shipped tables."""
    system = shipped()[0]
    return [
        (table, i, word)
        for table in names.row_models(System) for i, row in enumerate(getattr(system, table))
        for word in names.words(row) if isinstance(word.mark, Of) and not word.mark.parted
    ]  # fmt: skip


def slips(word: str) -> Iterator[str]:
    """What a hand makes of a word: a letter left out, twice, in the other case, or two letters changed over."""
    for i, sign in enumerate(word):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + sign + word[i:]
        yield word[:i] + sign.swapcase() + word[i + 1 :]
        yield word[:i] + word[i + 1 : i + 2] + sign + word[i + 2 :]
    yield word + " "
    yield word.replace("a", "а").replace("A", "А")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_misspelt_name_is_found_in_every_column(data: st.DataObject) -> None:
    """One slip in one cell of the shipped tables is one fault, in that cell, with the right word beside it."""
    system, _ = shipped()
    table, i, word = data.draw(st.sampled_from(borrowed()))
    known = names_of(*shipped())
    wrong = data.draw(st.sampled_from(sorted(set(slips(str(word.text))))))
    if known.unknown(word.mark, wrong) is None:  # type: ignore[arg-type]
        return  # another name, which a reader cannot know to be wrong
    row, column = getattr(system, table)[i], str(word.path[0])
    value = getattr(row, column)
    changed = tuple(wrong if k == word.path[1] else v for k, v in enumerate(value)) if word.path[1:] else wrong
    (fault,) = faults_of_row(row.model_copy(update={column: changed}), known)
    assert fault.path[0] == column and repr(wrong) in fault.message
    assert fault.help.startswith("nearest: ") or len(wrong) < 4


KEYS: list[tuple[dict[str, Any], str]] = [
    ({"headline": "kaz_res_2031"}, "headline"),
    ({"demand": {"KAX": {"factor": 2}}}, "demand.KAX"),
    ({"nev": {"Kaz": {"factor": 2}}}, "nev.Kaz"),
    ({"nev": {"KAZ": {"plants": ["qostanai"]}}}, "nev.KAZ.plants.0"),
    ({"nev": {"KAZ": {"vehicles": {"cars": {2030: 5}}}}}, "nev.KAZ.vehicles.cars"),
    ({"nev": {"KAZ": {"vehicles": {"car/evs": {2030: 5}}}}}, "nev.KAZ.vehicles.car/evs"),
    ({"grid": {"delay_months": {"kaz_north_wst": 12}}}, "grid.delay_months.kaz_north_wst"),
    ({"depreciations": {"KTZ": {"year": 2028, "percent": 5}}}, "depreciations.KTZ"),
    ({"equipment": {"price_percent": {"Solar": {2030: 90}}}}, "equipment.price_percent.Solar"),
    ({"equipment": {"rebate_ends": {"sun": "2027"}}}, "equipment.rebate_ends.sun"),
    ({"equipment": {"delay_months": {"winds": 12}}}, "equipment.delay_months.winds"),
    ({"corridors": {"factors": {"x": 2}}}, "corridors.factors.x"),
    ({"irrigation_saving_percent": {"UZ": 2}}, "irrigation_saving_percent.UZ"),
    ({"targets": {"kaz_res": {"percent": 2}}}, "targets.kaz_res"),
    ({"national_plans": {"kaz_coals": {}}}, "national_plans.kaz_coals"),
    ({"withdrawals": {"Exim": 2028}}, "withdrawals.Exim"),
    ({"placements": {"auction": {"factor": 2}}}, "placements.auction"),
    ({"projects": {"override": {"p": {"build": "never"}}}}, "projects.override.p"),
    ({"chinese_investment": {"projects": {"override": {"p": {"build": "never"}}}}},
     "chinese_investment.projects.override.p"),
    ({"chinese_investment": {"settlement": "YUAN"}}, "chinese_investment.settlement"),
    ({"chinese_investment": {"envelopes": [{"investor": "x", "musd_per_year": {2030: 1}}]}},
     "chinese_investment.envelopes.0.investor"),
    ({"chinese_investment": {"placed": [{"name": "deal", "investor": "x", "mix": {"KAZ_N/wind": 100},
                                         "mw_per_year": {2030: 1}}]}}, "chinese_investment.placed.0.investor"),
    ({"changes": {"plant": {"x": {"capacity_mw": 1}}}}, "changes.plant"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "path"), KEYS, ids=[path for _, path in KEYS])
def test_a_misspelt_name_is_found_in_every_key_of_a_scenario(parts: dict[str, Any], path: str) -> None:
    system, said = shipped()
    asked = Scenario.model_validate(said.model_dump() | parts)
    (problem,) = said_problems(asked, names_of(system, asked))
    assert problem.path == path and problem.message.startswith("unknown name '") and problem.help


def test_a_slice_or_a_year_that_nobody_defined_is_refused() -> None:
    """A profile of a slice that is not there, and a slice of a year that is no model year."""
    toy = system({"s0": 100, "S1": 100}, technologies=[technology("gas")])
    with pytest.raises(InputError) as caught:
        case(toy, scenario({"s0": 1, "s1": 1}))
    (problem,) = caught.value.problems
    assert problem.message == "unknown name 'S1': not in slices"
    assert (problem.path, problem.help) == ("profiles.A/load/2030/S1.slice", "nearest: s1")
    asked = scenario({"s": 1}).model_dump()
    asked["horizon"]["time"]["slices"][0]["year"] = 2031
    with pytest.raises(InputError, match="unknown name 2031: not in model years"):
        case(system({"s": 1}, technologies=[technology("gas")]), Scenario.model_validate(asked))


def test_a_country_of_a_definition_and_a_definition_of_a_target_are_known() -> None:
    rule = {"definition": "law", "technology": "gas"}
    goal = {"id": "t", "country": "C", "year": 2030, "percent": 10, "definition": "Law"}
    tables = {"technologies": [technology("gas")], "plants": [plant("gas", 1)]}
    with pytest.raises(InputError) as caught:
        case(system({"s": 1}, definitions=[rule | {"country": "K"}], targets=[goal], **tables), scenario({"s": 1}))
    assert [problem.message for problem in caught.value.problems] == [
        "unknown name 'K': not in countries", "unknown name 'Law': not in definitions",
    ]  # fmt: skip


# --------------------------------------------------------------------------------------- names that meet


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "cannot be empty"), ("a/b", "it joins names"), ("a|b", "it joins names"), ("a;b", "it joins names"),
        ("a:b", "it joins names"), ("a\\b", "it joins names"), (" a", "no blanks at its ends"),
        ("a ", "no blanks at its ends"), ("a  b", "no two in a row"), ("a\tb", "invisible character U\\+0009"),
        ("a\u200bb", "invisible character U\\+200B"), ("a\u00adb", "invisible character U\\+00AD"),
        ("a\u00a0b", "invisible character U\\+00A0"), ("a\u3164", "invisible character U\\+3164"),
        ("a\ufe0f", "invisible character U\\+FE0F"), ("a\u202eb", "invisible character U\\+202E"),
        ("a\U000e0041", "invisible character U\\+E0041"), ("Сырдари\u0306", "write 'й' as one character"),
        ("x" * 81, "at most 80 characters"),
    ],
)  # fmt: skip
def test_what_a_name_may_not_hold(name: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        NAME.validate_python(name)


@pytest.mark.parametrize(
    "name", ["a", "GRES-1", "gas A", "Сырдарья", "Ақтөбе", "n.1", "1", "$40", "日本", "a_b", "(x)"]
)
def test_what_a_name_may_hold(name: str) -> None:
    assert NAME.validate_python(name) == name


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12))
def test_a_name_is_what_a_reader_sees(text: str) -> None:
    """What passes is printable, shows something, and comes back from a list of names joined by a sign."""
    try:
        name = NAME.validate_python(text)
    except ValidationError:
        return
    assert name.isprintable() and name.strip() == name != ""
    assert all(f"{name}{sign}{name}".split(sign) == [name, name] for sign in names.JOINTS)
