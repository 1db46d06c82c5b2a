"""Technologies, plants, projects, and what may be built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.system.kinds import TECHNOLOGY, misplaced
from simulator.system.names import FREE, AssetName, FreeText, Id, Of
from simulator.system.rows import (
    ONCE,
    Date,
    Life,
    Names,
    NonNegative,
    Percent,
    Positive,
    Row,
    SomeNames,
    Words,
    WrongColumns,
    Year,
    wrong,
    year_fraction,
)

Kind = Literal["thermal", "variable", "run_of_river", "reservoir", "storage"]
Group = Literal[
    "coal", "gas", "oil", "nuclear", "hydro", "wind", "solar", "bioenergy", "geothermal", "battery", "pumped_hydro"
]


class Technology(Row):
    """How a kind of plant works and what it costs to run."""

    id: Id
    name: FreeText
    kind: Kind
    group: Group
    """What figures and tables call it."""
    fuel: Annotated[str, Of("fuels")] | None = None
    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Gross electricity per fuel (LHV); storage: round trip."""
    variable_om_usd_per_mwh: NonNegative = 0
    fixed_om_usd_per_kw_year: NonNegative = 0
    life_years: Life = 30
    """Years from opening to closing of projects, placed and chosen plants, over which their capital is paid; plants of
    ``plants`` close by their own dates."""
    construction_years: Annotated[float, Field(ge=0, le=30)] = 0
    """Years between spending and operation, for interest during construction."""
    available_percent: Percent = 100
    """Share of the installed capacity that can run at all: wear, poor fuel, lack of cooling …"""
    forced_outage_percent: Percent = 0
    """… what of it is out unexpectedly, on average over the year (wind, sun and rivers: on top of the profile) …"""
    planned_outage_days: Annotated[float, Field(ge=0, le=365)] = 0
    """… and days of repair a year, in the months of ``maintenance``."""
    minimum_output_percent: Percent = 0
    """With ``commitment``: lowest output of what is online …"""
    commitment: bool = False
    """Decide day by day how much is online; online plants cannot fall below their minimum output."""
    ramp_percent_per_hour: Positive = 100
    """… how much of it its output may change in an hour …"""
    start_cost_usd_per_mw: NonNegative = 0
    """… and what bringing it online costs."""
    flat: bool = False
    """Output is constant over the year (base load)."""
    heat_per_power: NonNegative = 0
    """CHP: heat that extraction turbines can give, MW per MW of capacity (back-pressure turbines: by their line)."""
    power_to_heat: NonNegative = 0
    """CHP: power that must come with heat, MW per MW: the back-pressure line …"""
    power_loss_per_heat: NonNegative = 0
    """… and power that heat takes away from the most an extraction turbine can give, MW per MW."""
    back_pressure_percent: Percent = 0
    """CHP: share of the capacity in back-pressure turbines, which give power only with heat."""
    host_load_percent: Percent = 0
    """Output that a plant's own host takes all year (oil field, smelter), share of what can run."""
    capacity_credit_percent: Percent = 0
    """Share of capacity that counts as firm at the winter peak."""
    spinning: bool = False
    """Can hold spinning reserve."""
    distributed: bool = False
    """Feeds in (storage also draws) below the local network of its zone; where the zone has none, at the zone."""
    retirable: bool = False
    """May be closed before its date when its fixed cost is not earned."""
    co2_capture_percent: Percent = 0
    own_use_percent: Percent = 0
    """Share of gross output the plant itself uses (demand and statistics here are gross, so normally 0)."""
    unit_size_mw: Positive | None = None
    """New capacity comes in whole units of this size (makes the plan a mixed-integer problem)."""
    minimum_build_mw: NonNegative = 0
    """New capacity is zero or at least this much (makes the plan a mixed-integer problem)."""
    hours_min: NonNegative = 0
    """Storage: least and most hours of energy per MW of power."""
    hours_max: NonNegative = 0
    self_discharge_percent_per_hour: Percent = 0

    @property
    def heats(self) -> bool:
        """Whether heat decides what it must and can give."""
        return self.power_to_heat > 0

    @model_validator(mode="after")
    def _every_column_means_something(self) -> Technology:
        found = [*misplaced(self, self, TECHNOLOGY), *self._contradictions()]
        if found:
            raise WrongColumns(found)
        return self

    def _contradictions(self) -> Iterator[tuple[str, str, str]]:
        if self.heats and not (self.heat_per_power or self.back_pressure_percent):
            yield ("power_to_heat", "power_to_heat has an effect with heat to give only",
                   "give heat_per_power or back_pressure_percent")  # fmt: skip
        if self.heats and self.host_load_percent:
            yield ("host_load_percent", "power_to_heat and host_load_percent exclude each other",
                   "use two technologies")  # fmt: skip
        if self.heat_per_power * (self.power_to_heat + self.power_loss_per_heat) > 1 + 1e-9:
            yield (
                "heat_per_power", "at full heat the least output exceeds the most",
                "heat_per_power times the sum of power_to_heat and power_loss_per_heat must not exceed 1",
            )  # fmt: skip
        if self.flat and self.planned_outage_days:
            yield ("planned_outage_days", "a flat plant gives the same in every hour, so it is never in repair",
                   "lower its available_percent instead")  # fmt: skip
        if self.hours_min > self.hours_max:
            yield ("hours_min", f"hours_min ({self.hours_min:g}) exceeds hours_max ({self.hours_max:g})",
                   "storage has between hours_min and hours_max hours of energy")  # fmt: skip


class TechnologyCost(Row):
    """Overnight cost of new plants by the year they are built."""

    key_fields = ("technology", "year")
    technology: Annotated[str, Of("technologies")]
    year: Year
    overnight_usd_per_kw: NonNegative
    overnight_usd_per_kwh: NonNegative = 0
    """Storage: cost of energy capacity, apart from power."""
    fixed_om_usd_per_kw_year: NonNegative | None = None
    """Overrides the technology's where given."""


class OwnFigures(Row):
    """What a plant may have of its own in place of its technology's figure, by its age or make.

    Plants that differ in any of it run apart, each with its own: neither lends its efficiency to new capacity.
    """

    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    own_use_percent: Percent | None = None
    variable_om_usd_per_mwh: NonNegative | None = None
    available_percent: Percent | None = None
    forced_outage_percent: Percent | None = None
    planned_outage_days: Annotated[float, Field(ge=0, le=365)] | None = None
    co2_capture_percent: Percent | None = None

    def differing(self, technology: Technology) -> dict[str, float]:
        """Its own figures that are not those of the technology."""
        names = [name for name in OwnFigures.model_fields if name not in Row.model_fields]
        own = {name: getattr(self, name) for name in names}
        return {name: x for name, x in own.items() if x is not None and x != getattr(technology, name)}


Role = Literal["developer", "owner", "lender", "grant", "epc", "equipment"]
MONEY_ROLES = frozenset({"developer", "owner", "lender", "grant"})
"""Roles that bring money; ``epc`` builds and ``equipment`` sells, both for the money of others."""


class ChinesePart(Row):
    """What Chinese companies and banks have to do with a plant or project."""

    chinese_role: Annotated[tuple[Role, ...], Words, ONCE] = ()
    companies: Annotated[Names, FREE] = ()
    """Names, for the reader."""
    chinese_equity_percent: Percent | None = None
    """Chinese share of the equity, gifts included …"""
    chinese_debt_percent: Percent | None = None
    """… and of the debt. Default of both: 100 if the investor is Chinese and a role brings money, else 0."""

    @property
    def chinese_funded(self) -> bool:
        """Whether a Chinese role brings money."""
        return not MONEY_ROLES.isdisjoint(self.chinese_role)

    @model_validator(mode="after")
    def _money_comes_from_somebody(self) -> ChinesePart:
        if not self.chinese_funded and (self.chinese_equity_percent or self.chinese_debt_percent):
            raise wrong("chinese_role", "Chinese equity or debt needs a `chinese_role` that brings it: developer, "
                        "owner, lender or grant")  # fmt: skip
        return self


class Plant(ChinesePart, OwnFigures):
    """An existing plant, or a group of small ones."""

    id: AssetName
    name: FreeText
    zone: Annotated[str, Of("zones")]
    technology: Annotated[str, Of("technologies")]
    capacity_mw: NonNegative
    available_mw: NonNegative | None = None
    """What can run at all, where less than installed."""
    energy_mwh: NonNegative | None = None
    """Storage: energy capacity."""
    commissioned: Date | None = None
    retires: Date | None = None
    """Known closing date; without one, ``commissioned`` plus the technology's life if ``life_binds``, else open."""
    life_binds: bool = False
    largest_unit_mw: NonNegative | None = None
    """Size the law looks at when this row stands for several plants; default: its capacity."""
    investor: Annotated[str, Of("investors")] | None = None
    reservoir: Annotated[str, Of("reservoirs")] | None = None
    overnight_usd_per_kw: NonNegative = 0
    """Capital still being paid off, up to the technology's life after ``commissioned``; 0: sunk and not counted."""
    fixed_om_usd_per_kw_year: NonNegative | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Plant:
        if self.commissioned and self.retires and year_fraction(self.retires) <= year_fraction(self.commissioned):
            raise wrong("retires", f"it retires ({self.retires}) before it is commissioned ({self.commissioned})")
        return self

    @model_validator(mode="after")
    def _chinese_shares_need_an_owner(self) -> Plant:
        if self.investor is None and (self.chinese_equity_percent or self.chinese_debt_percent):
            raise wrong("investor", "Chinese equity and debt weigh by the debt share of its `investor`: give one")
        return self


Stage = Literal["operating", "construction", "financed", "agreement", "announced", "superseded"]


class Project(ChinesePart, OwnFigures):
    """A named project of the pipeline. Built as its stage makes likely, or as the scenario says."""

    id: AssetName
    name: FreeText
    zone: Annotated[str, Of("zones")]
    technology: Annotated[str, Of("technologies")]
    capacity_mw: NonNegative
    stage: Stage
    commissioning: Date
    """Stated date of full operation, before any delay."""
    announced: Date | None = None
    """First public word of it …"""
    promised: Date | None = None
    """… and the date promised at signature: both feed the statistics of ``simulator priors``."""
    investor: Annotated[str, Of("investors")]
    plan: Annotated[str, Of("plans")] | None = None
    """National plan it belongs to."""
    chinese: bool = False
    """Stands or falls with Chinese companies or banks: they own it, finance it, or build it for an owner who is not
    a foreign sponsor. Decides which of the scenario's rules holds for it."""
    storage_technology: Annotated[str, Of("technologies")] | None = None
    storage_mw: NonNegative = 0
    storage_mwh: NonNegative = 0
    """Storage that comes with the plant."""
    overnight_usd_per_kw: Positive | None = None
    """Announced cost; default: the technology's."""
    probability_percent: Percent | None = None
    """Overrides the probability of the stage …"""
    delay_months: Annotated[float, Field(ge=-240, le=1200)] | None = None
    """… and its delay."""
    replaces: Annotated[Names, Of("plants")] = ()
    """Plants that close when it opens."""
    largest_unit_mw: NonNegative | None = None
    """Size the law looks at when the row stands for several plants."""
    eligible_percent: Percent = 100
    """Share of the capacity that falls under the law's size limit, where a row mixes sizes."""
    reservoir: Annotated[str, Of("reservoirs")] | None = None

    @model_validator(mode="after")
    def _chinese_agrees_with_the_roles(self) -> Project:
        if self.chinese_funded and not self.chinese:
            raise wrong("chinese", "a `chinese_role` brings money, so `chinese` must be true")
        if self.chinese and not self.chinese_funded and "epc" not in self.chinese_role:
            raise wrong("chinese", "`chinese: true` needs a `chinese_role` beyond equipment: developer, owner, lender, "
                             "grant or epc")  # fmt: skip
        return self


Size = Literal["all", "small", "large"]


class Realisation(Row):
    """How likely a project of a stage is built and how late.

    The first row found holds, in the order (stage, group, size), (stage, group, all), (stage, all, size),
    (stage, all, all).
    """

    key_fields = ("stage", "group", "size")
    stage: Stage
    group: Group | Literal["all"] = "all"
    """Technology group, or ``all``."""
    size: Size = "all"
    """``large``: above the system's ``large_project_mw``."""
    probability_percent: Percent
    probability_low_percent: Percent
    probability_high_percent: Percent
    """What the probability itself may be; drawn outcomes draw it, too."""
    delay_months: Annotated[float, Field(ge=0, le=1200)]

    @model_validator(mode="after")
    def _the_range_holds_the_value(self) -> Realisation:
        if not self.probability_low_percent <= self.probability_percent <= self.probability_high_percent:
            raise wrong("probability_percent", "the probability must lie between its low and its high value")
        return self


class Candidate(Row):
    """New capacity that may be chosen: a technology in a zone, open to some investors."""

    key_fields = ("zone", "technology")
    zone: Annotated[str, Of("zones")]
    technology: Annotated[str, Of("technologies")]
    investors: Annotated[SomeNames, Of("investors")]
    earliest: Year = 1900
    """First year in which it can operate."""
    limit_mw: NonNegative | None = None
    """Most that may run of what is placed or chosen; what has closed makes room again. Empty: no limit."""
    limit_mw_per_year: NonNegative | None = None
    connection_usd_per_kw: NonNegative = 0
    """Grid connection, on top of the overnight cost."""
    reservoir: Annotated[str, Of("reservoirs")] | None = None


class BuildLimit(Row):
    """Most that a country can add per year over several technologies (grid permits, contractors).

    Placed money uses it first, in the order of its table; the plan's choice gets what is left. What a year does not use
    is lost.
    """

    key_fields = ("id",)
    id: Id
    countries: Annotated[SomeNames, Of("countries")]
    technologies: Annotated[SomeNames, Of("technologies")]
    mw_per_year: NonNegative
    counts_projects: bool = False
    """Named projects use it too, before all others, in the year in which they are commissioned; they are never cut."""
