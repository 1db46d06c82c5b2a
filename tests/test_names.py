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
from share import count
from toy import case, plant, scenario, solve, system, technology

from simulator.errors import InputError
from simulator.inputs.read import load_scenario, read_system
from simulator.inputs.scenario import Scenario, names_of, said_problems
from simulator.system import System, names
from simulator.system.alike import look
from simulator.system.faults import faults_of_row
from simulator.system.known import BACKCAST_ITEMS, called_vehicles
from simulator.system.names import Id, Of, fields_of, leaves

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
    assert {
        "Plant",
        "Source",
        "Profile",
        "NamedSlice",
        "ProjectOverride",
        "EnvelopeChange",
        "AddedProcurement",
        "Scrappage",
    } <= found
    assert len(names.row_models(System)) == sum(isinstance(value, tuple) for _, value in shipped()[0])


def test_every_target_is_a_table_a_column_or_a_list() -> None:
    models = names.row_models(System)
    known = names_of(*shipped())
    for model in MODELS:
        for typed in fields_of(model).values():
            for _, mark in leaves(*typed):
                for target in mark.targets if isinstance(mark, Of) else ():
                    table, _, column = target.partition(".")
                    if target not in (*known.others, "slices"):  # a scenario with typical days has no slices
                        assert column in ("", *models[table].model_fields), target


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


@settings(max_examples=count(600, least=50), deadline=None)
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
    ({"procurement": {"auction": {"factor": 2}}}, "procurement.auction"),
    ({"projects": {"override": {"p": {"build": "never"}}}}, "projects.override.p"),
    ({"chinese_investment": {"projects": {"override": {"p": {"build": "never"}}}}},
     "chinese_investment.projects.override.p"),
    ({"chinese_investment": {"settlement": "YUAN"}}, "chinese_investment.settlement"),
    ({"chinese_investment": {"envelopes": [{"investor": "x", "musd_per_year": {2030: 1}}]}},
     "chinese_investment.envelopes.0.investor"),
    ({"chinese_investment": {"procurement": [{"name": "deal", "investor": "x", "mix": {"KAZ_N/wind": 100},
                                         "mw_per_year": {2030: 1}}]}}, "chinese_investment.procurement.0.investor"),
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
    asked = scenario({"s": 8760, "t": 8760}).model_dump()
    asked["horizon"]["time"]["slices"][1]["year"] = 2031
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
        ("a:b", "it joins names"), ("a=b", "it joins names"), ("a\\b", "it joins names"),
        (" a", "no blanks at its ends"), ("a ", "no blanks at its ends"), ("a  b", "no two in a row"),
        ("a\tb", "invisible character U\\+0009"), ("a\u200bb", "invisible character U\\+200B"),
        ("a\u00adb", "invisible character U\\+00AD"), ("a\u00a0b", "invisible character U\\+00A0"),
        ("a\u3164", "invisible character U\\+3164"), ("a\ufe0f", "invisible character U\\+FE0F"),
        ("a\u202eb", "invisible character U\\+202E"), ("a\U000e0041", "invisible character U\\+E0041"),
        ("Сырдари\u0306", "write 'й' as one character"),
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


def test_names_of_one_kind_that_look_the_same_are_refused() -> None:
    """Capitals, wide letters and Cyrillic ones: a reader of a table takes them for one name."""
    assert len({look(name) for name in ("KAZ_N", "kaz_n", "КАZ_N", "ＫAZ_N")}) == 1
    for other in ("a", "А"):
        with pytest.raises(InputError, match=f"'{other}' and 'A' look the same to a reader"):
            case(system({"s": 1}, zones=("A", other), technologies=[technology("gas")]), scenario({"s": 1}))
    assert case(system({"s": 1}, technologies=[technology("a")]), scenario({"s": 1})), "a zone is no technology"


def test_a_word_with_a_meaning_of_its_own_is_no_name() -> None:
    for name in ("load", "heat"):
        with pytest.raises(InputError, match=f"'{name}' is a word with a meaning of its own"):
            case(system({"s": 1}, technologies=[technology(name)]), scenario({"s": 1}))
    with pytest.raises(InputError, match="'all' is a word with a meaning of its own"):
        case(system({"s": 1}, country={"id": "all"}, technologies=[technology("gas")]), scenario({"s": 1}))


PROJECT_ROW = {
    "name": "p", "zone": "A", "technology": "gas", "capacity_mw": 10, "stage": "operating", "commissioning": "2029",
    "investor": "owner", "storage_technology": "battery", "storage_mw": 5, "storage_mwh": 20,
}  # fmt: skip
BATTERY = technology("battery", kind="storage", group="battery", efficiency_percent=80, hours_max=8)


def test_plants_and_projects_share_their_names() -> None:
    """A plant and a project of one name would be one row of the results; the storage of a project has its own name."""
    tables: dict[str, Any] = {
        "technologies": [technology("gas"), BATTERY],
        "technology_costs": [{"technology": t, "year": 2030, "overnight_usd_per_kw": 100} for t in ("gas", "battery")],
        "projects": [PROJECT_ROW | {"id": "p"}],
    }
    with pytest.raises(InputError, match="'p' is a name of two things, in plants and in projects"):
        case(system({"s": 1}, plants=[plant("gas", 1, id="p")], **tables), scenario({"s": 1}))
    made = case(system({"s": 1}, plants=[plant("gas", 1, id="p_storage")], **tables), scenario({"s": 1}))
    assert [asset.id for asset in made.assets] == ["p_storage", "p", "p/storage"]


def test_candidates_whose_names_would_meet_when_joined_stay_apart() -> None:
    """Technology ``gas A`` in zone ``B`` and ``gas`` in zone ``A B``: 100 MW each, over 8,760 h at 20 and 10 USD/MWh
    and 100 USD/kW over 10 years, (20 + 10) * 0.876 + 2 * 1 = 28.28 MUSD."""
    toy = system(
        {"s": 100}, zones=("B", "A B"),
        technologies=[technology("gas", variable_om_usd_per_mwh=10, life_years=10),
                      technology("gas A", variable_om_usd_per_mwh=20, life_years=10)],
        technology_costs=[{"technology": t, "year": 2030, "overnight_usd_per_kw": 100} for t in ("gas", "gas A")],
        candidates=[{"zone": "B", "technology": "gas A", "investors": ["owner"]},
                    {"zone": "A B", "technology": "gas", "investors": ["owner"]}],
    )  # fmt: skip
    results = solve(toy, scenario({"s": 8760}))
    assert results.attrs["objective_musd"] == pytest.approx(28.28)
    assert results["build_mw"].sel(asset="B/gas A/owner").item() == pytest.approx(100)
    assert results["build_mw"].sel(asset="A B/gas/owner").item() == pytest.approx(100)


WORD = st.sampled_from(["a", "b", "a b", "b a", "a b a", "storage", "new", "scenario", "1", "2030", "a_storage"])


@settings(max_examples=60, deadline=None)
@given(
       st.lists(WORD, min_size=2, max_size=2, unique=True), st.lists(WORD, min_size=3, max_size=3, unique=True),
       st.lists(WORD, min_size=2, max_size=2, unique=True), st.lists(WORD, min_size=5, max_size=5, unique=True),
)  # fmt: skip
def test_every_label_is_the_label_of_one_thing(
    zones: list[str], techs: list[str], owners: list[str], own: list[str]
) -> None:
    """Plants, projects with storage, placed plants, candidates and units of names made to meet: all stay apart."""
    a, b, battery = techs
    toy = system(
        {"s": 100}, zones=tuple(zones),
        technologies=[technology(a), technology(b, kind="reservoir", group="hydro"), BATTERY | {"id": battery}],
        technology_costs=[{"technology": t, "year": 2030, "overnight_usd_per_kw": 100} for t in techs],
        investors=[{"id": name, "name": name, "real_wacc_percent": 0} for name in owners],
        plants=[plant(a, 50, zone=zones[0], id=own[0]), plant(a, 50, zone=zones[1], id=own[1]),
                plant(b, 5, zone=zones[0], id=own[4], reservoir=own[0])],
        reservoirs=[{"id": own[0], "name": "r", "zone": zones[0], "active_hm3": 1, "energy_mwh_per_hm3": 1}],
        inflows=[{"reservoir": own[0], "month": m, "inflow_hm3": 1} for m in range(1, 13)],
        projects=[PROJECT_ROW | {"id": own[2], "zone": zones[0], "technology": a, "investor": owners[0],
                                 "storage_technology": battery}],
        candidates=[{"zone": z, "technology": a, "investors": owners} for z in zones],
        procurement=[{"id": own[3], "name": "p", "investor": owners[0], "kind": "treaty"}],
        procurement_mix=[{"procurement": own[3], "zone": zones[0], "technology": a, "percent": 100}],
        procurement_years=[{"procurement": own[3], "year": 2030, "mw": 10}],
    )  # fmt: skip
    made = case(toy, scenario({"s": 8760}))
    assets, units = [asset.id for asset in made.assets], [unit.id for unit in made.units]
    assert len(assets) == 3 + 2 + 1 + 4 == len(set(assets)) and len(units) == len(set(units)) == 4


def test_a_share_is_told_apart_from_one_that_prints_like_it() -> None:
    """Two plants of one technology count with 33.33333 and 33.333334 percent by their size: two units, two shares."""
    rule = {"definition": "law", "technology": "gas", "counts_percent": 33.33333, "largest_unit_mw": 10}
    large = {"definition": "law", "technology": "big", "counts_percent": 33.333334}
    toy = system({"s": 1}, technologies=[technology("gas"), technology("big")], definitions=[rule, large],
                 plants=[plant("gas", 1), plant("gas", 2, id="x", largest_unit_mw=20), plant("big", 1)])  # fmt: skip
    units = case(toy, scenario({"s": 1})).units
    shares = [float(unit.id.removeprefix(f"A|{unit.technology.id}|")) for unit in units]
    assert shares == pytest.approx([0.3333333, 0, 0.33333334], rel=1e-12)


def test_a_class_with_two_electric_powertrains_must_be_called_in_full() -> None:
    types = shipped()[0].vehicle_types
    called = called_vehicles(types)
    assert called["car"] == called["car/ev"] == ("car", "ev") and called["car/phev"] == ("car", "phev")
    twice = (*types, types[0].model_copy(update={"powertrain": "fast"}))
    assert "car" not in called_vehicles(twice) and called_vehicles(twice)["car/fast"] == ("car", "fast")
