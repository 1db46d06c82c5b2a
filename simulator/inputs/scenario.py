"""What a scenario may say. The tables of the power system itself are in ``simulator/system``.

A scenario asks a ``question``, names a ``system`` and says what differs: time structure, money, demand, Chinese
investment, vehicles, grid, targets. Anything in the system's tables can be changed by name under ``changes``.
Unknown keys are refused; a key that would have no effect is refused when the case is assembled.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.system import (
    Date,
    EnvelopeTerms,
    Months,
    NonNegative,
    Percent,
    PlacementTerms,
    Positive,
    System,
    Year,
    wrong,
)
from simulator.system.meaning import with_meanings
from simulator.system.names import FreeText, Id, Of, Own
from simulator.system.rows import ONCE

__all__ = ["Scenario", "System"]


class Part(BaseModel):
    """Parent of all parts of a scenario: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra=with_meanings, allow_inf_nan=False, defer_build=True
    )


# ------------------------------------------------------------------------------------------------ time


class TypicalDays(Part):
    """Evenly spaced days of the year, plus the day of the peak and the day of the residual peak."""

    method: Literal["typical_days"]
    days: Annotated[int, Field(ge=1, le=365)] = 12
    block_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 2


class Weeks(Part):
    """Whole weeks, evenly spaced."""

    method: Literal["weeks"]
    weeks: Annotated[int, Field(ge=1, le=52)] = 4
    block_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 2


class FullYear(Part):
    """Every hour of the year."""

    method: Literal["full"]


class NamedSlice(Part):
    """A slice of the user's own."""

    name: Annotated[Id, Own("slices")]
    hours_per_year: Positive
    year: Annotated[Year, Of("model years")] | None = None
    """The model year it belongs to; empty: every model year."""
    day: Annotated[Id, Own("days of slices", repeats=True)] | None = None
    """Slices of one day (and year) follow each other in the order given, and storage closes over them; empty: a day of
    its own."""
    block_hours: Positive | None = None
    """Its length within the day; empty: its share of the day's hours per year, of 24 hours in all."""
    months: Months | None = None
    """Months it stands for, the same for all slices of a day; empty in all slices of a year: days follow each other
    from 1 January in the order given, in proportion to their hours."""


class NamedSlices(Part):
    """Slices named one by one, for systems that bring their own ``profiles``; those of a year add up to its hours."""

    method: Literal["slices"]
    slices: tuple[NamedSlice, ...] = Field(min_length=1)


TimeStructure = Annotated[TypicalDays | Weeks | FullYear | NamedSlices, Field(discriminator="method")]


class Horizon(Part):
    """When: model years, the slices of a year, weather and water."""

    model_years: tuple[Year, ...] = Field(min_length=1)
    """Each stands for the years until the next one."""
    last_year_stands_for: Annotated[int, Field(ge=1, le=60)] = 1
    """How many years the last model year stands for."""
    part_year: bool = True
    """Capacity chosen between two model years comes evenly over that time, so that in its first model year only
    part of it runs; false: all of it runs from the start of its model year."""
    time: TimeStructure
    weather_seed: Annotated[int, Field(ge=0)] = 1
    water: Literal["dry", "normal", "wet", "drawn"] = "normal"
    """``dry``, ``wet``: one year in ten is drier, wetter, in all countries at once; ``drawn``: rivers by chance, those
    of neighbours more or less alike. The same year in all model years."""
    water_seed: Annotated[int, Field(ge=0)] | None = None
    """Drawn: names the draw; empty: ``weather_seed``."""
    wind_and_sun: Literal["normal", "drawn"] = "normal"
    """``drawn``: how much the year of ``weather_seed`` yields by chance, from calm to windy and dull to sunny; hours
    follow the seed in any case. The same year in all model years."""
    realised: bool = False
    """Past years as they were: wind, sun and water from the table ``realised``, where every model year must be, and the
    charging of vehicles inside the demand, as published consumption counts it."""
    profiles: FreeText | None = None
    """CSV or netCDF file with hourly profiles of the user's own, per zone and technology."""

    @model_validator(mode="after")
    def _years_ascend(self) -> Horizon:
        if list(self.model_years) != sorted(set(self.model_years)):
            raise wrong("model_years", "model years must ascend and differ, such as [2026, 2028, 2030, 2035]")
        return self

    @model_validator(mode="after")
    def _one_water(self) -> Horizon:
        if self.realised and self.water != "normal":
            raise wrong(
                "water", f"water: {self.water} has no effect where years are as they happened: remove one of them"
            )
        if self.realised and self.wind_and_sun != "normal":
            raise wrong(
                "wind_and_sun", "wind_and_sun has no effect where years are as they happened: remove one of them"
            )
        if self.water != "drawn" and self.water_seed is not None:
            raise wrong("water_seed", "`water_seed` has an effect with water: drawn only")
        return self


class Finance(Part):
    """How the system values time and money."""

    discount_rate_percent: Annotated[float, Field(ge=0, le=30)]
    """Social discount rate, real."""
    base_year: Year
    """Costs are discounted to the start of this year."""


# ------------------------------------------------------------------------------------------ investment


class Rule(Part):
    """What becomes of a set of projects."""

    realisation: Literal["all", "expected", "committed_only", "drawn", "none"] = "expected"
    """``all``: each project on its stated date. ``expected``: capacity times probability, with the mean delay of its
    stage. ``committed_only``: under construction or financed, in full, with the delay of their stage. ``drawn``: each
    project comes or does not, and late, by chance. ``none``."""
    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] = 0
    seed: Annotated[int, Field(ge=0)] | None = None
    """Drawn: names the draw; the same seed gives the same outcome."""
    common_percent: Annotated[float, Field(ge=0, le=95)] | None = None
    """Drawn: correlation between projects, whose delays come together; default 0."""

    @model_validator(mode="after")
    def _chance_needs_a_seed(self) -> Rule:
        if self.realisation == "drawn" and self.seed is None:
            raise wrong("seed", "realisation: drawn needs a `seed`, such as 1")
        if self.realisation != "drawn" and (self.seed is not None or self.common_percent is not None):
            raise wrong(
                "seed" if self.seed is not None else "common_percent",
                "`seed` and `common_percent` have an effect with realisation: drawn only",
            )
        return self


class Choice(Part):
    """An explicit choice for one project."""

    build: Literal["always", "never"] | None = None
    """``always``: in full on its stated date, whatever the rule says, delays of the rule and its stage included."""
    commissioning: Date | None = None
    """Another stated date."""
    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] | None = None
    """On top of any other delay."""
    storage_mw: NonNegative | None = None
    """Other storage that comes with it."""
    storage_mwh: NonNegative | None = None


class Projects(Rule):
    """How much of a pipeline becomes real, and when."""

    override: dict[Annotated[str, Of("projects")], Choice] = {}
    """Explicit choices by project."""


class EnvelopeChange(EnvelopeTerms):
    """Money an investor is ready to place by the optimiser's choice, beyond named projects and placed money."""

    musd_per_year: dict[Year, NonNegative] = Field(min_length=1)
    """Anchor years; in between interpolated, after the last constant, before the first nothing."""


class Deal(PlacementTerms):
    """A deal of a Chinese investor, built by its own rule whether or not the plan would choose it."""

    name: Annotated[Id, Own("placements.id")]
    kind: Literal["treaty", "auction", "framework"] = "framework"
    mix: dict[Annotated[str, Of("candidates (zone/technology)")], Percent] = Field(min_length=1)
    """``zone/technology``: share of the volume in percent; adds up to 100."""
    mw_per_year: dict[Year, NonNegative] | None = None
    """Volume awarded per year at anchor years; in between interpolated, before the first nothing …"""
    musd_per_year: dict[Year, NonNegative] | None = None
    """… or as money, overnight cost with connection."""

    @model_validator(mode="after")
    def _one_volume(self) -> Deal:
        if bool(self.mw_per_year) == bool(self.musd_per_year):
            raise wrong("mw_per_year", "give mw_per_year or musd_per_year, one of them")
        return self


class PlacementChange(Part):
    """What becomes of money that the system places by rule."""

    factor: NonNegative = 1
    """Multiplies its volume; 0: none."""
    ceiling_per_mwh: Positive | None = None
    lead_years: Annotated[int, Field(ge=0, le=15)] | None = None
    ticket_mw: NonNegative | None = None
    realisation_percent: Percent | None = None


class ChineseInvestment(Part):
    """Chinese projects and money."""

    projects: Projects = Projects()
    envelopes: tuple[EnvelopeChange, ...] | None = None
    """Replaces the system's envelopes of the investors named."""
    envelope_factor: NonNegative = 1
    """Multiplies all envelopes of Chinese investors."""
    placed: tuple[Deal, ...] = ()
    """Deals on top of the system's placements."""
    settlement: Annotated[str, Of("currencies")] | None = None
    """Currency in which all Chinese investors lend; empty: each as its table says."""
    last_year: Year | None = None
    """Chinese investors leave: nothing of theirs is commissioned after this year."""


class Optimiser(Part):
    """What the plan may choose."""

    build: bool = True
    """New capacity beyond projects."""
    retire: bool = True
    """Early closing of plants marked ``retirable``."""
    expand_grid: bool = True
    """New lines beyond those with a date."""


# ---------------------------------------------------------------------------------------------- others


class DemandChange(Part):
    """Demand of a country, without electric vehicles."""

    growth_percent_per_year: Annotated[float, Field(ge=-20, le=30)] | None = None
    """Replaces the system's path after ``growth_from`` …"""
    growth_from: Year = 2025
    factor: Positive = 1
    """… and multiplies all years."""


class Scrappage(Part):
    """Old vehicles are taken off the road on top of natural losses; sales replace them one for one."""

    percent_per_year: Annotated[float, Field(gt=0, le=100)]
    """Share of the vehicles from the age on that goes each year."""
    age_years: Annotated[int, Field(ge=0, le=80)] = 20
    first_year: Year
    last_year: Year = 2200

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Scrappage:
        if self.last_year < self.first_year:
            raise wrong("last_year", f"scrappage ends ({self.last_year}) before it begins ({self.first_year})")
        return self


class VehicleChange(Part):
    """Plug-in vehicles of a country."""

    method: Literal["path", "logistic", "bass", "supply"] | None = None
    """How sales go on after the published years, in every class whose tables allow it."""
    factor: NonNegative = 1
    """Multiplies demand after the published years in every class, and stocks stated in ``vehicles``."""
    vehicles: dict[Annotated[str, Of("vehicle_types (car, car/phev)")], dict[Year, NonNegative]] | None = None
    """Electric vehicles on the road at the end of anchor years, by class; replaces sales (``car/phev``: another
    powertrain)."""
    plants: Annotated[tuple[str, ...], ONCE, Of("vehicle_supply")] = ()
    """Vehicle plants that come for certain."""
    supply_factor: NonNegative = 1
    """Multiplies what plants and importers can bring, where sales follow supply."""
    quota: NonNegative | None = None
    """Duty-free imports per year, of each class that pays duty beyond."""
    scrappage: Scrappage | None = None
    smart_percent: Percent | None = None
    """Smart share of charging wherever vehicles can wait."""
    v2g_percent: Percent | None = None
    """Share of smart vehicles that feed back to the grid."""


class Grid(Part):
    """Delay of lines that are not in service yet, and how power divides between lines."""

    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] = 0
    """Of all of them …"""
    delay_months: dict[Annotated[str, Of("links")], Annotated[float, Field(ge=-60, le=240)]] = {}
    """… and of single links, on top."""
    power_flow: Literal["transport", "linear"] = "transport"
    """``transport``: every line carries what the plan sends over it. ``linear``: where reactances are given, power
    divides between the lines of a loop as Kirchhoff's voltage law says."""


class Trade(Part):
    """Trade turnover with China; what follows it says the table ``trade_links``."""

    turnover_percent: Annotated[float, Field(gt=0, le=10_000)]
    """Of the base year's turnover …"""
    year: Year
    """… from this year on; in between linear."""
    base_year: Year = 2025

    @model_validator(mode="after")
    def _grows_after_its_base(self) -> Trade:
        if self.year <= self.base_year:
            raise wrong("year", f"year {self.year} must come after the base year {self.base_year}")
        return self


class Depreciation(Part):
    """A currency loses value against the dollar at the start of a year, for good."""

    year: Year
    percent: Annotated[float, Field(ge=0, lt=100)]
    """Fall of the dollar value of a unit."""


class Equipment(Part):
    """Chinese equipment by technology group: its price, its export rebate, its delivery."""

    price_percent: dict[Annotated[str, Of("equipment.group")], dict[Year, Positive]] = {}
    """Price path relative to the cost tables, before the rebate; interpolated between anchor years."""
    rebate_ends: dict[Annotated[str, Of("equipment.group")], Date] = {}
    """Date from which China gives no value-added tax back; the tables hold what is law."""
    delay_months: dict[Annotated[str, Of("equipment.group")], Annotated[float, Field(ge=0, le=240)]] = {}
    """Delay of projects, and of the first year of new capacity, of those who buy everything in China; others in
    proportion to what they buy there."""


class Corridors(Part):
    """Freight on electrified corridors. Without this, those already decided carry their tables' freight."""

    factor: NonNegative = 1
    """Multiplies the freight of decided corridors …"""
    factors: dict[Annotated[str, Of("corridors")], NonNegative] = {}
    """… and of single corridors, decided or not, relative to their tables; wins over ``factor``."""


class TargetChange(Part):
    """What becomes of a target of the system."""

    mode: Literal["report", "soft", "hard"] | None = None
    percent: Percent | None = None
    shortfall_usd_per_mwh: NonNegative | None = None
    imports: Literal["held", "free"] | None = None
    """Whether importing instead of generating may bring a binding target of generation nearer; default: held."""


class Solver(Part):
    """How the plan is solved; sensible as it is."""

    method: Literal["auto", "highs", "hipo", "ipx", "simplex"] = "auto"
    """``auto``: PIQP's interior point between HiGHS' own steps, simplex for small plans; ``highs``: HiGHS alone."""
    time_limit_s: Positive = 3600
    threads: Annotated[int, Field(ge=1, le=64)] = 1


class Scenario(Part):
    """One question, and the world in which it is asked."""

    question: FreeText = Field(min_length=10)
    """What this scenario asks."""
    description: FreeText = Field(min_length=10)
    """What it assumes, in a sentence or two."""
    system: FreeText = "central_asia"
    """Built-in system, or the path of a system file beside the scenario."""
    horizon: Horizon
    finance: Finance
    projects: Projects = Projects()
    """Projects without Chinese part."""
    chinese_investment: ChineseInvestment = ChineseInvestment()
    national_plans: dict[Annotated[str, Of("plans")], Rule] = {}
    """The rule for the projects of a national plan, instead of the one for Chinese or other projects."""
    withdrawals: dict[Annotated[str, Of("investors")], Year] = {}
    """Investors that leave: nothing of theirs is commissioned after this year."""
    placements: dict[Annotated[str, Of("placements")], PlacementChange] = {}
    """Changes of money that the system places by rule: auctions, treaties, framework deals."""
    optimiser: Optimiser = Optimiser()
    demand: dict[Annotated[str, Of("countries")], DemandChange] = {}
    nev: dict[Annotated[str, Of("countries")], VehicleChange] = {}
    grid: Grid = Grid()
    trade: Trade | None = None
    depreciations: dict[Annotated[str, Of("currencies")], Depreciation] = {}
    """By currency. What is priced at home becomes cheaper in dollars, as far as domestic prices do not follow."""
    equipment: Equipment = Equipment()
    corridors: Corridors = Corridors()
    irrigation_saving_percent: Literal["planned"] | dict[Annotated[str, Of("countries")], Percent] = {}
    """Water that irrigation no longer asks of a country's reservoirs; ``planned``: what national programmes promise."""
    targets: dict[Annotated[str, Of("targets")], TargetChange] = {}
    changes: dict[Annotated[str, Of("tables")], dict[FreeText, dict[FreeText, Any]]] = {}
    """``table: {row: {column: value}}``: any figure of the system's tables. A row is named by its key
    (``wind`` or ``KAZ_N/wind``)."""
    solver: Solver = Solver()
    headline: Annotated[str, Of("targets")] | None = None
    """The target whose outcome is the headline; default: the system's first."""
