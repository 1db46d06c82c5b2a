"""When: model years, the slices of a year, its weather and water."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.inputs.schema.part import Part
from simulator.system import Months, Positive, Year, wrong
from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of, Own


class TypicalDays(Part):
    """Evenly spaced days of the year, plus the day of the peak and the day of the residual peak."""

    method: Literal["typical_days"]
    """Time structure of typical days."""
    days: Annotated[int, Field(ge=1, le=365)] = 12
    """Number of days; the day of the peak and that of the peak less wind and sun are added where they are missing."""
    block_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 2
    """Length of a slice."""


class Weeks(Part):
    """Whole weeks, evenly spaced."""

    method: Literal["weeks"]
    """Time structure of whole weeks."""
    weeks: Annotated[int, Field(ge=1, le=52)] = 4
    """Number of weeks."""
    block_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 2
    """Length of a slice."""


class FullYear(Part):
    """Every hour of the year."""

    method: Literal["full"]
    """Time structure of all hours."""


class NamedSlice(Part):
    """A slice of the user's own."""

    name: Annotated[Id, Own("slices")]
    """Name of the slice, as in the table ``profiles``."""
    hours_per_year: Positive
    """Hours of the year that the slice consists of."""
    year: Annotated[Year, Of("model years")] | None = None
    """Model year to which it belongs; empty: every model year."""
    day: Annotated[Id, Own("days of slices", repeats=True)] | None = None
    """Name of a day: slices of one day (and year) follow each other in the order given, and storage closes over them.
    Empty: a day of its own."""
    block_hours: Positive | None = None
    """Length of the slice within its day; empty: its share of the day's hours per year, of 24 hours in all."""
    months: Months | None = None
    """Months that it represents, the same for all slices of a day; empty in all slices of a year: days follow each
    other from 1 January in the order given, in proportion to their hours."""


class NamedSlices(Part):
    """Slices named one by one, for systems that bring their own ``profiles``; those of a year add up to its hours."""

    method: Literal["slices"]
    """Time structure of named slices."""
    slices: tuple[NamedSlice, ...] = Field(min_length=1)
    """The slices, in order; those of a year add up to the system's hours per year."""


TimeStructure = Annotated[TypicalDays | Weeks | FullYear | NamedSlices, Field(discriminator="method")]


class Horizon(Part):
    """When: model years, the slices of a year, weather and water."""

    model_years: tuple[Year, ...] = Field(min_length=1)
    """Years that are planned, for example ``[2026, 2028, 2030]``; each represents the years around it: what
    lies between two model years costs what lies between their costs."""
    last_year_stands_for: Annotated[int, Field(ge=1, le=60), Unit("years")] = 1
    """Number of years from the last model year on that are as it is; the plan ends with them."""
    years_between: Literal["line", "step"] = "line"
    """What a calendar year between two model years costs: ``line``, on the straight line between theirs; ``step``, as
    the model year before it."""
    part_year: bool = True
    """Whether capacity chosen between two model years comes evenly over that time, so that in its first model year only
    part of it runs; false: all of it runs from the start of its model year."""
    time: TimeStructure
    """How the year is cut into slices: ``typical_days``, ``weeks``, ``full`` or ``slices``, chosen by ``method``."""
    weather_seed: Annotated[int, Field(ge=0), Unit("–")] = 1
    """Number of the synthetic weather year; the same number gives the same hours."""
    water: Literal["dry", "normal", "wet", "sampled"] = "normal"
    """``normal`` rivers; ``dry``, ``wet``: one year in ten is drier, wetter, in all countries at once; ``sampled``:
    rivers by chance, those of neighbours more or less alike. The same year in all model years."""
    water_seed: Annotated[Annotated[int, Field(ge=0)] | None, Unit("–")] = None
    """With ``water: sampled``: number of the draw; empty: that of ``weather_seed``."""
    wind_and_sun: Literal["normal", "sampled"] = "normal"
    """``normal`` yields, or ``sampled``: how much the year of ``weather_seed`` yields by chance, from calm to windy and
    dull to sunny; hours follow the seed in any case. The same year in all model years."""
    yield_seed: Annotated[Annotated[int, Field(ge=0)] | None, Unit("–")] = None
    """With ``wind_and_sun: sampled``: number of the draw of yields; empty: that of ``weather_seed``."""
    realised: bool = False
    """Whether model years are past years as they were: wind, sun and water from the table ``realised``, and the
    charging of vehicles inside the demand, as published consumption counts it."""
    profiles: FreeText | None = None
    """CSV or netCDF file with hourly profiles of one's own, by zone and technology; empty: the weather tables."""

    @model_validator(mode="after")
    def _years_ascend(self) -> Horizon:
        if list(self.model_years) != sorted(set(self.model_years)):
            raise wrong("model_years", "model years must ascend and differ, such as [2026, 2028, 2030, 2035]")
        return self

    @model_validator(mode="after")
    def _years_lie_between(self) -> Horizon:
        if self.years_between != "line" and all(b - a == 1 for a, b in pairwise(self.model_years)):
            raise wrong("years_between", "`years_between` has no effect: no year lies between model years; remove it")
        return self

    @model_validator(mode="after")
    def _one_water(self) -> Horizon:
        if self.realised and self.water != "normal":
            raise wrong(
                "water", f"water: {self.water} has no effect on past years (realised: true): remove one of them"
            )
        if self.realised and self.wind_and_sun != "normal":
            raise wrong("wind_and_sun", "wind_and_sun has no effect on past years (realised: true): remove one of them")
        if self.water != "sampled" and self.water_seed is not None:
            raise wrong("water_seed", "`water_seed` has an effect with water: sampled only")
        if self.wind_and_sun != "sampled" and self.yield_seed is not None:
            raise wrong("yield_seed", "`yield_seed` has an effect with wind_and_sun: sampled only")
        return self
