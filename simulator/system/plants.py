"""Technologies, plants, projects, and what may be built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.system.kinds import TECHNOLOGY, misplaced
from simulator.system.meaning import Unit
from simulator.system.names import FREE, AssetName, FreeText, Id, Of
from simulator.system.rows import (
    ONCE,
    ByYear,
    Date,
    Latitude,
    Life,
    Longitude,
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
)

Kind = Literal["thermal", "variable", "run_of_river", "reservoir", "storage"]
Group = Literal[
    "coal", "gas", "oil", "nuclear", "hydro", "wind", "solar", "bioenergy", "geothermal", "battery", "pumped_hydro"
]


class Technology(Row):
    """How a kind of plant works and what it costs to run."""

    ascending = (("hours_min", "hours_max"),)
    id: Id
    """Name of the technology."""
    name: FreeText
    """Name for the reader."""
    kind: Kind
    """How it works: ``thermal`` (dispatched), ``variable`` (wind, sun), ``run_of_river``, ``reservoir``,
    ``storage``."""
    group: Group
    """Group under which figures and tables show it; it also decides which profiles, priors and Chinese equipment prices
    apply."""
    fuel: Annotated[str, Of("fuels")] | None = None
    """Fuel that it burns; empty: none."""
    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Gross electricity per fuel (lower heating value); storage: round trip."""
    variable_om_usd_per_mwh: NonNegative = 0
    """Operation cost per MWh of output, without fuel; storage: per MWh discharged."""
    fixed_om_usd_per_kw_year: NonNegative = 0
    """Operation cost per kW and year, whether it runs or not."""
    life_years: Life = 30
    """Years from opening to closing of projects, procured and chosen plants, over which their capital is paid; those of
    ``plants`` close by their own dates."""
    construction_years: Annotated[float, Field(ge=0, le=30)] = 0
    """Years over which the capital is spent before operation, for interest during construction."""
    available_percent: Percent = 100
    """Share of the installed capacity that can run at all, after wear, poor fuel or lack of cooling."""
    forced_outage_percent: Percent = 0
    """Share of what can run that is out unexpectedly, on average over the year (wind, sun and rivers: on top of the
    profile)."""
    planned_outage_days: Annotated[float, Field(ge=0, le=365), Unit("days/year")] = 0
    """Days of repair a year, in the months of ``maintenance``."""
    minimum_output_percent: Percent = 0
    """With ``commitment``: least output, as a share of the capacity that is online."""
    commitment: bool = False
    """Whether the plan decides day by day how much is online; online plants cannot fall below their minimum output."""
    ramp_percent_per_hour: Positive = 100
    """With ``commitment``: how much the output may change in an hour, as a share of the capacity that is online."""
    start_cost_usd_per_mw: NonNegative = 0
    """With ``commitment``: cost of bringing a MW online."""
    flat: bool = False
    """Whether output is constant over the year (base load)."""
    capacity_factor_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Wind and sun: mean output of a normal year as announced, share of capacity; empty: that of the zone's weather."""
    realised_yield_percent: Annotated[float, Field(gt=0, le=100)] = 100
    """Wind and sun: what plants give of an announced ``capacity_factor_percent``."""
    heat_per_power: Annotated[NonNegative, Unit("MW/MW")] = 0
    """Heat plants: most heat of extraction turbines per MW of capacity (back-pressure turbines: by their line)."""
    power_to_heat: Annotated[NonNegative, Unit("MW/MW")] = 0
    """Heat plants: power that must come with each MW of heat, the back-pressure line; 0: no heat plant."""
    power_loss_per_heat: Annotated[NonNegative, Unit("MW/MW")] = 0
    """Heat plants: power that each MW of heat takes from the most an extraction turbine can give."""
    back_pressure_percent: Percent = 0
    """Heat plants: share of the capacity in back-pressure turbines, which give power only with heat."""
    host_load_percent: Percent = 0
    """Output that a plant's own host takes all year (oil field, smelter), as a share of what can run."""
    capacity_credit_percent: Percent = 0
    """Share of the capacity that counts as firm at the yearly peak."""
    spinning: bool = False
    """Whether it can provide spinning reserve."""
    distributed: bool = False
    """Whether it feeds in (storage also draws) below the distribution network of its zone; where there is none, at the
    zone."""
    retirable: bool = False
    """Whether it may be closed before its date when its fixed cost is not earned."""
    co2_capture_percent: Percent = 0
    """Share of the CO2 that is captured."""
    own_use_percent: Percent = 0
    """Share of gross output that the plant itself uses (the built-in demand and statistics are gross, so there it is
    0)."""
    unit_size_mw: Positive | None = None
    """New capacity comes in whole units of this size (makes the plan a mixed-integer problem); empty: any size."""
    minimum_build_mw: NonNegative = 0
    """New capacity is zero or at least this much (makes the plan a mixed-integer problem); it needs a limit of the
    candidate or of its country. 0: any size."""
    hours_min: Annotated[NonNegative, Unit("h")] = 0
    """Storage: least MWh of energy per MW of new power."""
    hours_max: Annotated[NonNegative, Unit("h")] = 0
    """Storage: most MWh of energy per MW of new power."""
    self_discharge_percent_per_hour: Percent = 0
    """Storage: share of the content that is lost in an hour."""

    def yield_factor(self, weather_mean: float) -> float:
        """Factor on the weather of a zone whose mean output is ``weather_mean``, 0 to 1, that gives what the technology
        is expected to give: what is announced, less what experience takes off."""
        if self.capacity_factor_percent is None or weather_mean <= 0:
            return 1.0
        return self.capacity_factor_percent / 100 * self.realised_yield_percent / 100 / weather_mean

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


class TechnologyCost(Row):
    """Overnight cost of new plants by the year they are built."""

    key_fields = ("technology", "year")
    technology: Annotated[str, Of("technologies")]
    """Technology that is built."""
    year: Year
    """Year of commissioning; linear between years, constant before the first and after the last."""
    overnight_usd_per_kw: NonNegative
    """Capital cost per kW without interest during construction and without grid connection; storage: its power part."""
    overnight_usd_per_kwh: NonNegative | None = None
    """Storage: capital cost per kWh of energy, beside that of its power; empty: the cost per kW includes it, which is
    refused where the plan may choose the hours."""
    fixed_om_usd_per_kw_year: NonNegative | None = None
    """Fixed operation cost of plants of this year; empty: the technology's."""


class OwnFigures(Row):
    """What a plant may have of its own in place of its technology's figure, by its age or make.

    Plants that differ in any of it run apart, each with its own: neither lends its efficiency to new capacity.
    """

    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Its own gross electricity per fuel; empty: the technology's."""
    own_use_percent: Percent | None = None
    """Its own share of gross output that it uses itself; empty: the technology's."""
    variable_om_usd_per_mwh: NonNegative | None = None
    """Its own operation cost per MWh; empty: the technology's."""
    available_percent: Percent | None = None
    """Its own share of installed capacity that can run at all; empty: the technology's."""
    forced_outage_percent: Percent | None = None
    """Its own share that is out unexpectedly; empty: the technology's."""
    planned_outage_days: Annotated[Annotated[float, Field(ge=0, le=365)] | None, Unit("days/year")] = None
    """Its own days of repair a year; empty: the technology's."""
    co2_capture_percent: Percent | None = None
    """Its own share of CO2 that is captured; empty: the technology's."""
    capacity_factor_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Wind and sun: its own mean output of a normal year, as announced; empty: that of the zone's weather."""

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
    """What Chinese companies and banks do, for example ``owner;lender``: ``developer``, ``owner``, ``lender`` and
    ``grant`` bring money, ``epc`` builds, ``equipment`` sells; empty: nothing."""
    companies: Annotated[Names, FREE] = ()
    """Names of the Chinese companies and banks, for the reader."""
    chinese_equity_percent: Percent | None = None
    """Chinese share of the equity, gifts included; empty: 100 if the investor is Chinese and a role brings money, else
    0."""
    chinese_debt_percent: Percent | None = None
    """Chinese share of the debt; empty: 100 if the investor is Chinese and a role brings money, else 0."""

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

    rising = (("commissioned", "retires"),)
    id: AssetName
    """Name of the plant; no project may have the same."""
    name: FreeText
    """Name for the reader."""
    zone: Annotated[str, Of("zones")]
    """Zone into which it feeds."""
    technology: Annotated[str, Of("technologies")]
    """Technology of the plant."""
    capacity_mw: NonNegative
    """Installed capacity."""
    available_mw: NonNegative | None = None
    """Capacity that can run at all; empty: all that is installed."""
    energy_mwh: NonNegative | None = None
    """Storage: energy it can store."""
    commissioned: Date | None = None
    """Date of commissioning; empty: long ago."""
    retires: Date | None = None
    """Known closing date; empty: ``commissioned`` plus the technology's life if ``life_binds``, else it stays open."""
    life_binds: bool = False
    """Whether a plant without a closing date closes at the end of its technology's life."""
    largest_unit_mw: NonNegative | None = None
    """Size that a size limit of the law looks at, where this row contains several plants; empty: the capacity."""
    investor: Annotated[str, Of("investors")] | None = None
    """Who owns it; decides the cost of capital that is still paid. Empty: the social rate, and no Chinese money."""
    reservoir: Annotated[str, Of("reservoirs")] | None = None
    """Reservoir whose water it turns into power; needed for technologies of the kind ``reservoir``."""
    overnight_usd_per_kw: NonNegative = 0
    """Capital still being paid off, up to the technology's life after ``commissioned``; 0: sunk and not counted."""
    fixed_om_usd_per_kw_year: NonNegative | None = None
    """Its own fixed operation cost; empty: the technology's."""
    latitude: Latitude | None = None
    """Place, for the reader; empty: not known."""
    longitude: Longitude | None = None
    """Place, for the reader; empty: not known."""

    @model_validator(mode="after")
    def _chinese_shares_need_an_owner(self) -> Plant:
        if self.investor is None and (self.chinese_equity_percent or self.chinese_debt_percent):
            raise wrong("investor", "Chinese equity and debt weigh by the debt share of its `investor`: give one")
        return self


Stage = Literal["operating", "construction", "financed", "agreement", "announced", "superseded"]


class Project(ChinesePart, OwnFigures):
    """A named project of the pipeline. Built as its stage makes likely, or as the scenario says."""

    id: AssetName
    """Name of the project; no plant may have the same."""
    name: FreeText
    """Name for the reader."""
    zone: Annotated[str, Of("zones")]
    """Zone into which it will feed."""
    technology: Annotated[str, Of("technologies")]
    """Technology of the project."""
    capacity_mw: NonNegative
    """Capacity as announced."""
    stage: Stage
    """How far it is: ``operating``, ``construction``, ``financed``, ``agreement``, ``announced``, or ``superseded`` by
    another (never built)."""
    commissioning: Date
    """Stated date of full operation, before any delay."""
    announced: Date | None = None
    """First public word of it, for the statistics of ``simulator priors``; empty: not known."""
    promised: Date | None = None
    """Date promised at signature, for the statistics of ``simulator priors``; empty: not known."""
    investor: Annotated[str, Of("investors")]
    """Who pays; decides the cost of capital."""
    plan: Annotated[str, Of("plans")] | None = None
    """National plan to which it belongs; empty: none."""
    chinese: bool = False
    """Whether it depends on Chinese companies or banks: they own it, finance it, or build it for an owner who is not a
    foreign sponsor. Decides which of the scenario's rules applies to it."""
    storage_technology: Annotated[str, Of("technologies")] | None = None
    """Technology of storage that comes with the plant; empty: none, and ``storage_mwh`` is the energy of the project
    where it is storage itself."""
    storage_mw: NonNegative = 0
    """Power of the storage that comes with the plant."""
    storage_mwh: NonNegative = 0
    """Energy of the storage that comes with the plant."""
    overnight_usd_per_kw: Positive | None = None
    """Announced capital cost; empty: the technology's."""
    probability_percent: Percent | None = None
    """Its own probability of being built; empty: that of its stage in ``realisation``."""
    delay_months: Annotated[float, Field(ge=-240, le=1200)] | None = None
    """Its own mean delay; empty: that of its stage in ``realisation``."""
    replaces: Annotated[Names, Of("plants")] = ()
    """Plants that close as far as it opens."""
    largest_unit_mw: NonNegative | None = None
    """Size that a size limit of the law looks at, where this row contains several plants; empty: the capacity."""
    eligible_percent: Percent = 100
    """Share of the capacity that is below the law's size limit, where a row mixes sizes."""
    reservoir: Annotated[str, Of("reservoirs")] | None = None
    """Reservoir whose water it turns into power; needed for technologies of the kind ``reservoir``."""

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

    The first row found applies, in the order (stage, group, size), (stage, group, all), (stage, all, size),
    (stage, all, all).
    """

    key_fields = ("stage", "group", "size")
    ascending = (("probability_low_percent", "probability_percent", "probability_high_percent"),)
    stage: Stage
    """Stage of the projects."""
    group: Group | Literal["all"] = "all"
    """Technology group of the projects, or ``all``."""
    size: Size = "all"
    """Size of the projects: ``large`` is above the system's ``large_project_mw``, ``small`` up to it, or ``all``."""
    probability_percent: Percent
    """Probability that a project is built."""
    probability_low_percent: Percent
    """Lower end of what the probability itself may be; drawn outcomes draw it, too."""
    probability_high_percent: Percent
    """Upper end of what the probability itself may be."""
    delay_months: Annotated[float, Field(ge=0, le=1200)]
    """Mean delay after the stated date."""


class Candidate(Row):
    """New capacity that may be chosen: a technology in a zone, open to some investors."""

    key_fields = ("zone", "technology")
    zone: Annotated[str, Of("zones")]
    """Zone where it may be built."""
    technology: Annotated[str, Of("technologies")]
    """Technology that may be built."""
    investors: Annotated[SomeNames, Of("investors")]
    """Who may build it, for example ``state;developer``; each at its own cost of capital."""
    earliest: Year = 1900
    """First year in which it can operate."""
    limit_mw: NonNegative | None = None
    """Most that may run of what is procured or chosen; what has closed makes room again. Empty: no limit."""
    limit_mw_per_year: NonNegative | None = None
    """Most that may be commissioned in a calendar year, procured and chosen together; empty: no limit."""
    connection_usd_per_kw: NonNegative = 0
    """Grid connection, on top of the overnight cost."""
    reservoir: Annotated[str, Of("reservoirs")] | None = None
    """Reservoir whose water it turns into power; needed for technologies of the kind ``reservoir``."""


class BuildLimit(Row):
    """How much may be commissioned, over several technologies, in a country or in some of its zones.

    For growth, auctions, contractors and grid connection alike. Equations and the order in which it is used:
    ``case/capacity/permits.py``. A figure is one for all years, or by year (``2026=627; 2028=1200`` in a table,
    ``{2026: 627, 2028: 1200}`` in a scenario): linear between anchor years, no limit before the first, constant after
    the last, ``none`` from a year without one. Low and high figures apply where ``limits`` of a scenario says so.
    """

    key_fields = ("id",)
    id: Id
    """Name of the limit."""
    countries: Annotated[SomeNames, Of("countries")]
    """Countries that share the limit."""
    zones: Annotated[Names, Of("zones")] = ()
    """Only in these; empty: in all zones of the countries."""
    technologies: Annotated[SomeNames, Of("technologies")]
    """Technologies that share the limit."""
    mw_per_year: ByYear | None = None
    """Most in a calendar year; what a year does not use is lost for this figure."""
    mw_per_year_low: Annotated[ByYear | None, Unit("MW/year")] = None
    """The same, low."""
    mw_per_year_high: Annotated[ByYear | None, Unit("MW/year")] = None
    """The same, high."""
    mean_mw_per_year: ByYear | None = None
    """Most on average over ``mean_years`` calendar years in a row; what a year does not use serves the next ones."""
    mean_mw_per_year_low: Annotated[ByYear | None, Unit("MW/year")] = None
    """The same, low."""
    mean_mw_per_year_high: Annotated[ByYear | None, Unit("MW/year")] = None
    """The same, high."""
    mean_years: Annotated[int, Field(ge=2, le=30), Unit("years")] = 4
    """Calendar years over which ``mean_mw_per_year`` is a mean."""
    total_mw: ByYear | None = None
    """Most since the first model year, at the end of a year; lines of ``limit_lines`` widen it."""
    total_mw_low: Annotated[ByYear | None, Unit("MW")] = None
    """The same, low."""
    total_mw_high: Annotated[ByYear | None, Unit("MW")] = None
    """The same, high."""
    counts_projects: bool = False
    """Yes: named projects and treaties use it too; when projects alone want more than there is, all of them are late by
    the same share. No: it is one of auctions and of the plan's choice."""

    def holds(self, zone: str, country: str, technology: str) -> bool:
        """Whether it limits a technology in a zone."""
        return country in self.countries and technology in self.technologies and zone in (self.zones or (zone,))

    @model_validator(mode="after")
    def _limits_something(self) -> BuildLimit:
        if self.mw_per_year is self.mean_mw_per_year is self.total_mw is None:
            raise wrong("mw_per_year", "a limit needs mw_per_year, mean_mw_per_year or total_mw")
        figures = [
            getattr(self, f"{name}{end}")
            for name in ("mw_per_year", "mean_mw_per_year", "total_mw") for end in ("", "_low", "_high")
        ]  # fmt: skip
        if all(mw is None for path in figures for mw in (path.values() if isinstance(path, dict) else [path])):
            raise wrong(
                "mw_per_year", "it limits nothing in any year", "give a number for some year, or remove the row"
            )
        for name in ("mw_per_year", "mean_mw_per_year", "total_mw"):
            for end in (f"{name}_low", f"{name}_high"):
                if getattr(self, name) is None and getattr(self, end) is not None:
                    raise wrong(end, f"{end} has an effect with `{name}` only")
        if self.mean_years != 4 and self.mean_mw_per_year is None:
            raise wrong("mean_years", "mean_years has an effect with `mean_mw_per_year` only")
        return self


class LimitLine(Row):
    """What a line adds to the total of a limit (``build_limits.total_mw``) once it is in service."""

    key_fields = ("limit", "link")
    limit: Annotated[str, Of("build_limits")]
    """Limit that is widened."""
    link: Annotated[str, Of("links")]
    """Line that widens it."""
    mw: Positive
    """What the line adds to the total."""
