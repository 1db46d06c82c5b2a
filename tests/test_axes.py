"""Every array of a case says over what it is, and what follows from that reaches every array."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
import rich_toy
import toy

from simulator.case.assembly import check_finite
from simulator.case.axes import AXES, POSITION, numbers, of_year, over, wrong_numbers
from simulator.case.case import Case
from simulator.errors import InputError

CALENDAR = {"Batch.year", "Growth.years", "Asset.late_years", "ModelYears.base_year"}
"""Years of the calendar, or numbers of years, and no positions among the model years."""


def inside(kind: Any) -> Iterator[Any]:
    """A type and all that it is made of."""
    yield kind
    for part in typing.get_args(kind):
        yield from inside(part)


def parts(kind: Any, seen: set[Any]) -> set[Any]:
    """All dataclasses that a type consists of, itself included."""
    for each in inside(kind):
        if is_dataclass(each) and each not in seen:
            seen.add(each)
            for hint in typing.get_type_hints(each).values():
                parts(hint, seen)
    return seen


def forgotten(part: type) -> list[str]:
    """Fields with arrays, or with years, that do not say what they belong to."""
    hints = typing.get_type_hints(part)
    return [
        f"{part.__name__}.{f.name}"
        for f in fields(part)  # type: ignore[arg-type]
        if not f.metadata.keys() & {AXES, POSITION} and f"{part.__name__}.{f.name}" not in CALENDAR
        and (np.ndarray in {typing.get_origin(k) or k for k in inside(hints[f.name])}
             or (re.search(r"(^|_)years?$", f.name) and int in inside(hints[f.name])))
    ]  # fmt: skip


PARTS = sorted(parts(Case, set()), key=lambda part: part.__name__)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_array_says_its_axes(part: type) -> None:
    assert forgotten(part) == []


def test_an_array_without_axes_is_found_wherever_it_is() -> None:
    """In a mapping, in a tuple of parts, beside others that say theirs; and a year that is not said to be one."""
    assert len(PARTS) > 20
    assert forgotten(Forgetful) == ["Forgetful.bare", "Forgetful.by_name", "Forgetful.maybe", "Forgetful.year"]
    assert Forgetful in parts(Whole, set())


@dataclass(frozen=True)
class Forgetful:
    bare: np.ndarray
    by_name: dict[str, np.ndarray]
    maybe: np.ndarray | None
    year: int
    said: np.ndarray = field(metadata=over("year"))
    number: float


@dataclass(frozen=True)
class Whole:
    parts: tuple[Forgetful, ...]


@pytest.fixture(scope="module", params=["named slices", "vehicles"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "vehicles":
        return toy.case(rich_toy.driven(), rich_toy.typical())
    return toy.case(rich_toy.system(), rich_toy.scenario())


def sizes(case: Case) -> dict[str, int]:
    """The length of every axis."""
    fleet = case.vehicles.fleet
    members: dict[str, Any] = {
        "year": case.horizon.years, "zone": case.zones, "country": case.countries, "unit": case.units,
        "asset": case.assets, "link": case.links, "slice": case.frame.label, "day": case.frame.date_index,
        "month": range(12), "target": case.targets.id, "currency": case.exchange.currencies,
        "reservoir": case.water.reservoirs, "vehicle": fleet.vehicles, "powertrain": fleet.powertrains,
        "calendar_year": fleet.calendar, "supplier": fleet.supply, "place": case.vehicles.chargers.places,
        "motor_fuel": case.system.motor_fuels, "count": case.vehicles.counted,
    }  # fmt: skip
    return {name: len(found) for name, found in members.items()}


def arrays(case: Case) -> dict[str, tuple[np.ndarray, Any]]:
    return {path: (value, axes) for path, value, axes in numbers(case) if isinstance(value, np.ndarray)}


def test_arrays_have_the_lengths_of_their_axes(case: Case) -> None:
    length = sizes(case)
    for path, (values, axes) in arrays(case).items():
        assert values.shape == tuple(length[name] for name in axes.names), path


def test_a_year_of_a_case_is_that_year_of_every_array(case: Case) -> None:
    """Every array with the axis of model years has one of them, the others are as they were."""
    for y in range(len(case.horizon.years)):
        one = of_year(case, y)
        assert one.horizon.years == (case.horizon.years[y],)
        assert all(values.shape == tuple((sizes(case) | {"year": 1})[name] for name in axes.names)
                   for values, axes in arrays(one).values())  # fmt: skip
        for path, (values, axes) in arrays(replace(case, water=replace(case.water, parts=()))).items():
            taken = np.take(values, [y], axes.names.index("year")) if "year" in axes.names else values
            if "vintages[" not in path and "expansions[" not in path:  # those of other years are left out
                np.testing.assert_array_equal(arrays(one)[path][0], taken, err_msg=path)
        assert {v.year for v in one.investment.vintages} <= {0}
        assert len(one.investment.vintages) == sum(v.year == y for v in case.investment.vintages)
        assert len(one.water.parts) == sum(part.year == y for part in case.water.parts)


def test_no_number_that_is_none_passes(case: Case) -> None:
    """NaN in any array of any part, and less than nothing where there can be no less, is refused by name."""
    assert wrong_numbers(case) == []
    seen = set()
    copied = of_year(case, 0)  # arrays of its own
    for path, (values, axes) in arrays(copied).items():
        kind = re.sub(r"\[[^\]]*\]", "[]", path)
        if kind in seen or values.dtype.kind != "f" or not values.size or not values.flags.writeable:
            continue
        seen.add(kind)
        for bad in [np.nan, *([-1.0] if axes.least == 0 else []), *([] if axes.unlimited else [np.inf])]:
            before, values.flat[-1] = values.flat[-1], bad
            with pytest.raises(InputError, match=re.escape(f"{path} has a value")):
                check_finite(copied)
            values.flat[-1] = before
    assert len(seen) > 30


def test_a_number_by_itself_is_looked_at_too(case: Case) -> None:
    with pytest.raises(InputError, match="discount_rate has a value that is not a number"):
        check_finite(replace(case, discount_rate=float("nan")))


def test_types_are_read_and_not_guessed() -> None:
    """``X | None`` and ``tuple[X, ...]`` are looked into."""
    assert isinstance(int | None, types.UnionType)
    assert np.ndarray in {typing.get_origin(k) or k for k in inside(typing.get_type_hints(Forgetful)["maybe"])}
