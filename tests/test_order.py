"""Figures that must ascend (a least and a most, a first and a last year, a low and a high one) are refused when read.

One mechanism (``system/rows.Ordered``) for all tables and all parts of scenarios.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import rich_toy
from fuzz import SCENARIO, TOY
from pydantic import ValidationError
from test_one_round import said

from simulator.inputs.read import DATA, system_called
from simulator.inputs.scenario import Scenario, System
from simulator.inputs.study import SampledRange, Study
from simulator.system import BuildLimit
from simulator.system.meaning import models_in
from simulator.system.names import row_models
from simulator.system.rows import Ordered, Row, _orders

OPPOSITES = {
    "minimum": "maximum", "min": "max", "low": "high", "lowest": "highest", "first": "last", "from": "to",
    "least": "most", "earliest": "latest", "in": "out", "opens": "closes", "start": "end", "dry": "wet",
}  # fmt: skip
APART = {
    ("dry_percent", "wet_percent"): "the one is below 100, the other above, each by its own limit",
    ("low_percent", "high_percent"): "the same",
    ("from_zone", "to_zone"): "names",
}
"""Columns whose names are opposites, and why no order is declared."""


def models() -> Iterator[type[Any]]:
    """Every row of a table, and every part of scenarios and studies."""
    seen: set[type[Any]] = set()
    open_ = [*row_models(System).values(), Scenario, Study]
    while open_:
        model = open_.pop()
        if model not in seen:
            seen.add(model)
            yield model
            open_ += [inner for field in model.model_fields.values() for inner in models_in(field.annotation)]


def test_columns_with_opposite_names_have_an_order():
    """Whoever adds a column ``maximum_x`` beside ``minimum_x`` declares it, or says here why not."""
    missing = []
    for model in models():
        declared = {pair for names, _ in _orders(model) for pair in itertools.combinations(names, 2)} if (
            issubclass(model, Ordered)) else set()  # fmt: skip
        for one in model.model_fields:
            words = one.split("_")
            for i, word in enumerate(words):
                other = "_".join([*words[:i], OPPOSITES.get(word, "?"), *words[i + 1 :]])
                if other in model.model_fields and (one, other) not in declared | set(APART):
                    missing.append(f"{model.__name__}: {one}, {other}")
    assert not missing


def test_declared_columns_are_columns():
    for model in models():
        if issubclass(model, Ordered):
            for names, _ in _orders(model):
                assert set(names) <= set(model.model_fields) and len(names) > 1, (model, names)


ORDERS = [
    (table, model, names, strictly)
    for table, model in row_models(System).items() if issubclass(model, Row) for names, strictly in _orders(model)
]  # fmt: skip
FIGURES = {"text": ("2029", "2030", "2031"), "year": (2029, 2030, 2031), "figure": (20, 21, 22), "few": (2, 3, 4)}


@pytest.mark.parametrize(
    ("table", "model", "names", "strictly"), ORDERS, ids=[f"{table}.{'-'.join(names)}" for table, _, names, _ in ORDERS]
)  # fmt: skip
def test_every_row_whose_figures_fall_is_refused(table, model, names, strictly):
    """Of a row of the shipped tables (or of the rich toy) that takes the figures in their order, any two exchanged."""
    rows = [
        row
        for system in (system_called("central_asia", DATA).system, rich_toy.system())
        for row in getattr(system, table)
    ]
    for row, figures in itertools.product(rows, FIGURES.values()):
        good = row.model_dump() | dict(zip(names, figures, strict=False))
        try:
            model.model_validate(good)
        except ValidationError:
            continue
        for i in range(len(names) - 1):
            bad = good | {names[i]: figures[i + 1], names[i + 1]: figures[i]}
            same = good | {names[i]: figures[i], names[i + 1]: figures[i]}
            with pytest.raises(ValidationError, match=re.escape(f"{names[i + 1]} (")):
                model.model_validate(bad)
            if strictly:
                with pytest.raises(ValidationError, match="must"):
                    model.model_validate(same)
        return
    pytest.fail(f"no row of {table} takes figures in {names}")


def test_paths_by_year_are_compared_in_every_year():
    """Low 100 in 2026 and 300 in 2030 is 200 in 2028, where the middle says 150; before, it has no limit."""
    row = {"id": "x", "countries": ["C"], "technologies": ["wind"], "mw_per_year": {2028: 150, 2030: 400}}
    BuildLimit.model_validate(row | {"mw_per_year_low": {2026: 40, 2030: 240}})
    with pytest.raises(ValidationError, match=r"mw_per_year .* is below mw_per_year_low"):
        BuildLimit.model_validate(row | {"mw_per_year_low": {2026: 100, 2030: 300}})
    with pytest.raises(ValidationError, match=r"mw_per_year_high .* is below mw_per_year "):
        BuildLimit.model_validate(row | {"mw_per_year_high": 399})
    BuildLimit.model_validate(row | {"mw_per_year_high": {2028: None}})


def test_a_range_of_a_study_must_rise():
    with pytest.raises(ValidationError, match=r"high \(2\) must exceed low \(2\)"):
        SampledRange.model_validate({"low": 2, "high": 2})


def test_a_contract_for_more_than_its_power_gives_is_refused_at_its_line(tmp_path, capsys):
    """20 MW give 175.2 GWh in 8,760 hours."""
    step = {"id": "buy", "market": "north", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 20}
    system = TOY | {"markets": [{"id": "north", "name": "North"}], "market_steps": [step | {"minimum_gwh": 176}]}
    found = said(tmp_path, capsys, SCENARIO, system)
    line = next(i for i, text in enumerate((tmp_path / "system.yaml").read_text().splitlines(), 1)
                if "minimum_gwh: 176" in text)  # fmt: skip
    assert f"system.yaml:{line}:" in found and "20 MW give 175.2 GWh in a year" in found


def test_a_limit_that_never_limits_is_refused():
    with pytest.raises(ValidationError, match="limits nothing in any year"):
        BuildLimit.model_validate(
            {"id": "x", "countries": ["C"], "technologies": ["wind"], "mw_per_year": {2026: None}}
        )


@pytest.mark.parametrize("by", ["table", "change"])
def test_a_contract_whose_least_exceeds_its_most_is_refused_at_its_line(tmp_path, capsys, by):
    """In a table, and where a scenario changes one of the two."""
    system, scenario = copy.deepcopy(TOY), copy.deepcopy(SCENARIO)
    system["markets"] = [{"id": "north", "name": "North"}]
    step = {"id": "buy", "market": "north", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 20}
    system["market_steps"] = [step | {"minimum_gwh": 60 if by == "table" else 10, "maximum_gwh": 50}]
    if by == "change":
        scenario["changes"] = {"market_steps": {"buy": {"minimum_gwh": 60}}}
    found = said(tmp_path, capsys, scenario, system)
    file = "system.yaml" if by == "table" else "scenario.yaml"
    line = next(i for i, text in enumerate((tmp_path / file).read_text().splitlines(), 1)
                if ("maximum_gwh: 50" if by == "table" else "    buy:") in text)  # fmt: skip
    assert re.search(rf"{file}:{line}:\d+: .*maximum_gwh \(50\) is below minimum_gwh \(60\)", found), found
