"""What all rows of a system's tables share: types of their cells, dates, key, provenance."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from simulator.interpolation import limits_at
from simulator.system.meaning import Unit, with_meanings
from simulator.system.names import FreeText, Id, Of, Text, key_of

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
Month = Annotated[int, Field(ge=1, le=12), Unit("month")]
Year = Annotated[int, Field(ge=1900, le=2200), Unit("year")]
Latitude = Annotated[float, Field(ge=-90, le=90), Unit("°N")]
Longitude = Annotated[float, Field(ge=-180, le=180), Unit("°E")]
Rate = Annotated[float, Field(ge=-20, le=500)]
"""Nominal interest or inflation, percent per year; of hyperinflation, too."""
Premium = Annotated[float, Field(ge=0, le=100)]
"""What is added to an interest or asked as a return, percent per year."""
Life = Annotated[float, Field(ge=0.25, le=200)]
"""Years over which capital is paid."""
Confidence = Literal["high", "medium", "low", ""]
CONFIG = ConfigDict(frozen=True, extra="forbid", json_schema_extra=with_meanings, allow_inf_nan=False, defer_build=True)
"""Of all rows and all parts of a scenario."""


def _split(value: Any) -> Any:
    """A CSV cell ``a;b;c`` is a list; a single word is a list of one."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return (value,) if isinstance(value, int) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_date(value: str) -> str:
    if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        raise ValueError(f"{value!r} is not a year (2028) or a month (2028-06)")
    return value


def _each_once(value: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A list that names something twice would count it twice, or say less than its length."""
    again = [item for i, item in enumerate(value) if item in value[:i]]
    if again:
        raise ValueError(f"{again[0]!r} is in the list twice")
    return value


ONCE = AfterValidator(_each_once)


def _by_year(value: Any) -> Any:
    """A CSV cell ``2026=627; 2028=1200; 2031=none`` is a path; a single number applies to all years."""
    if isinstance(value, str):
        pairs = [[word.strip() for word in part.split("=")] for part in value.split(";") if part.strip()]
        if any(len(pair) != 2 for pair in pairs) and len(pairs) > 1:
            raise ValueError(f"{value!r} is not a number, nor a path such as 2026=627; 2028=1200")
        if len(pairs) == 1 and len(pairs[0]) == 1:
            return float(value)
        path = {int(year): None if number == "none" else float(number) for year, number in pairs}
        if len(path) < len(pairs):
            raise ValueError(f"{value!r} has a year twice")
        return path
    return value


Words = BeforeValidator(_split)
Names = Annotated[tuple[str, ...], Words, ONCE]
SomeNames = Annotated[tuple[str, ...], Words, ONCE, Field(min_length=1)]
"""Without any name the row would have no effect."""
Months = Annotated[tuple[Month, ...], Words, ONCE, Field(min_length=1)]
ByYear = Annotated[
    NonNegative | Annotated[dict[Year, NonNegative | None], Field(min_length=1)], BeforeValidator(_by_year)
]
"""A limit for all years, or at anchor years; ``none``: no limit from that year on."""
Date = Annotated[str, BeforeValidator(_as_text), AfterValidator(_check_date), Text("date")]


def year_fraction(date: str) -> float:
    """A date as a decimal year: ``"2028-07"`` is 2028.5.

    >>> year_fraction("2028"), year_fraction("2028-07")
    (2028.0, 2028.5)
    """
    return int(date[:4]) + ((int(date[5:]) - 1) / 12 if len(date) > 4 else 0.0)


class WrongColumns(ValueError):
    """Columns of a row that are wrong, each with what is wrong and what to do: a check of a whole row raises it."""

    def __init__(self, found: Sequence[tuple[str, str, str]]) -> None:
        super().__init__("; ".join(f"{message}: {help}" if help else message for _, message, help in found))
        self.found = tuple(found)


def wrong(column: str, message: str, help: str = "") -> WrongColumns:
    """One column of a row that is wrong."""
    return WrongColumns([(column, message, help)])


class Ordered(BaseModel):
    """Parent of whatever has figures that must ascend; those that are empty are passed over.

    A figure with ``…_low`` or ``…_high`` beside it lies between them: the names alone say so. Other columns are named
    by their class: in ``ascending`` where equal figures are allowed, in ``rising`` where they are not.
    """

    ascending: ClassVar[tuple[tuple[str, ...], ...]] = ()
    rising: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @model_validator(mode="after")
    def _figures_ascend(self) -> Self:
        found = []
        for names, strictly in _orders(type(self)):
            given = [(name, getattr(self, name)) for name in names if getattr(self, name) is not None]
            for (lower, low), (upper, high) in itertools.pairwise(given):
                if _falls(low, high, strictly):
                    stated = lower if upper not in self.model_fields_set else upper
                    found.append((stated, _must_ascend(lower, low, upper, high, strictly), ""))
        if found:
            raise WrongColumns(found)
        return self


@cache
def _orders(model: type[Ordered]) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """Columns that ascend, and whether they must differ."""
    fields = model.model_fields
    ranges = ((f"{name}_low", name, f"{name}_high") for name in fields)
    known = (tuple(name for name in names if name in fields) for names in ranges)
    return tuple(
        [(names, False) for names in (*known, *model.ascending) if len(names) > 1]
        + [(names, True) for names in model.rising]
    )


def _falls(low: Any, high: Any, strictly: bool) -> bool:
    """Whether figures, dates or paths that must ascend do not; of paths, in any year that one of them names."""
    if isinstance(low, str):
        low, high = year_fraction(low), year_fraction(high)
    if not isinstance(low, dict) and not isinstance(high, dict):
        return bool(low >= high if strictly else low > high)
    years = sorted({*(low if isinstance(low, dict) else ()), *(high if isinstance(high, dict) else ())})
    lows, highs = (limits_at(path if isinstance(path, dict) else {0: path}, years) for path in (low, high))
    return bool((lows > highs).any())


def _must_ascend(lower: str, low: Any, upper: str, high: Any, strictly: bool) -> str:
    timely = isinstance(low, str) or (lower.endswith("year") and not lower.endswith("_per_year"))
    asked = ("must come after" if timely else "must exceed") if strictly else "comes before" if timely else "is below"
    low, high = (f"{value:g}" if isinstance(value, float) else value for value in (low, high))
    return f"{upper} ({high}) {asked} {lower} ({low})"


class Row(Ordered):
    """Parent of all rows: frozen, unknown columns refused, provenance at the end.

    ``key_fields`` make a row unique in its table. What a text names is said in its type (``names``); columns that only
    together name a row of another table are in ``together``.
    """

    model_config = CONFIG
    key_fields: ClassVar[tuple[str, ...]] = ("id",)
    together: ClassVar[dict[tuple[str, ...], str]] = {}
    """Columns → the table whose first key fields they are."""

    source: Annotated[str, Of("sources", parted=";", if_any=True)] = ""
    """Key of the source in the table ``sources``, where there is one; several are joined by ``;``."""
    data_year: Year | None = None
    """The year that the figure describes or in which it was published."""
    confidence: Confidence = ""
    """How sure the figure is: ``high``, ``medium`` or ``low``; empty: not judged."""
    note: FreeText = ""
    """How an estimate was made, or what a reader must know."""

    @property
    def key(self) -> str:
        """The row's name in its table: key fields joined by ``/``."""
        return key_of(self)


class Source(BaseModel):
    """Where figures come from."""

    model_config = CONFIG
    key_fields: ClassVar[tuple[str, ...]] = ("id",)
    together: ClassVar[dict[tuple[str, ...], str]] = {}
    id: Id
    """Key by which rows name it; several in one cell are joined by ``;``."""
    title: FreeText
    """Title of the publication or data set."""
    publisher: FreeText = ""
    """Who published it."""
    url: FreeText = ""
    """Where it can be read."""
    year: FreeText = ""
    """Year of publication, as text; a range such as ``2023-2024`` is allowed."""
    note: FreeText = ""
    """What was taken from it, or what a reader must know."""

    @property
    def key(self) -> str:
        return self.id
