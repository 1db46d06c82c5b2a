"""What a scenario may say. The tables of the power system itself are in ``simulator/system``.

A scenario asks a ``question``, names a ``system`` and says what differs: time structure, money, demand, Chinese
investment, vehicles, grid, targets. Anything in the system's tables can be changed by name under ``changes``.
Unknown keys are refused; a key that would have no effect is refused when the case is assembled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PrivateAttr, model_validator

from simulator.errors import InputError, Problem
from simulator.inputs.change import changed, laid
from simulator.inputs.strict_yaml import dotted
from simulator.inputs.tables import system_called
from simulator.inputs.validation import Marks
from simulator.system import (
    Date,
    EnvelopeTerms,
    Investor,
    Months,
    NonNegative,
    Percent,
    Positive,
    ProcurementTerms,
    Project,
    System,
    Year,
    wrong,
)
from simulator.system.faults import faults_of
from simulator.system.known import known_names
from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, KnownNames, Of, Own, row_models
from simulator.system.rows import CONFIG, ONCE

__all__ = ["Scenario", "System"]


@dataclass(frozen=True)
class Origin:
    """Where a scenario comes from, which is no part of what it says: scenarios that say the same are equal."""

    path: Path = field(default=Path("scenario"), compare=False)
    """Its file, or a place in the folder in which the files it names are looked for."""
    files: tuple[Path, ...] = field(default=(), compare=False)
    """What was read for it."""
    marks: Marks = field(default_factory=Marks, compare=False)
    """Where files state its values."""


class Part(BaseModel):
    """Parent of all parts of a scenario: frozen, unknown keys refused."""

    model_config = CONFIG


# ------------------------------------------------------------------------------------------------ time


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
    """Years that are planned, for example ``[2026, 2028, 2030]``; each represents the years until the next one."""
    last_year_stands_for: Annotated[int, Field(ge=1, le=60), Unit("years")] = 1
    """Number of years that the last model year represents."""
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
    def _one_water(self) -> Horizon:
        if self.realised and self.water != "normal":
            raise wrong(
                "water", f"water: {self.water} has no effect where years are as they happened: remove one of them"
            )
        if self.realised and self.wind_and_sun != "normal":
            raise wrong(
                "wind_and_sun", "wind_and_sun has no effect where years are as they happened: remove one of them"
            )
        if self.water != "sampled" and self.water_seed is not None:
            raise wrong("water_seed", "`water_seed` has an effect with water: sampled only")
        if self.wind_and_sun != "sampled" and self.yield_seed is not None:
            raise wrong("yield_seed", "`yield_seed` has an effect with wind_and_sun: sampled only")
        return self


class Finance(Part):
    """How the system values time and money."""

    discount_rate_percent: Annotated[float, Field(ge=0, le=30), Unit("%/year")]
    """Social discount rate, real; also the cost of capital where no investor is named."""
    base_year: Year
    """Costs are discounted to the start of this year."""


# ------------------------------------------------------------------------------------------ investment


class Rule(Part):
    """What becomes of a set of projects."""

    realisation: Literal["all", "expected", "committed_only", "sampled", "none"] = "expected"
    """``all``: each project on its stated date. ``expected``: capacity times probability, with the mean delay of its
    stage. ``committed_only``: those under construction or financed, in full, with the delay of their stage.
    ``sampled``: each project comes or does not, and late, by chance. ``none``: no project."""
    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] = 0
    """Delay of all projects that are not operating, on top of any other; negative: earlier."""
    seed: Annotated[Annotated[int, Field(ge=0)] | None, Unit("–")] = None
    """With ``realisation: sampled``: number of the draw; the same number gives the same outcome."""
    common_percent: Annotated[float, Field(ge=0, le=95)] | None = None
    """With ``realisation: sampled``: correlation between projects, whose delays come together; empty: 0."""

    @model_validator(mode="after")
    def _chance_needs_a_seed(self) -> Rule:
        if self.realisation == "sampled" and self.seed is None:
            raise wrong("seed", "realisation: sampled needs a `seed`, such as 1")
        if self.realisation != "sampled" and (self.seed is not None or self.common_percent is not None):
            raise wrong(
                "seed" if self.seed is not None else "common_percent",
                "`seed` and `common_percent` have an effect with realisation: sampled only",
            )
        return self


class ProjectOverride(Part):
    """An explicit choice for one project."""

    build: Literal["always", "never"] | None = None
    """``always``: in full on its stated date, without delays of the rule, its stage or equipment. ``never``: not at
    all. Empty: as the rule says."""
    commissioning: Date | None = None
    """Another stated date, for example ``2030-06``; empty: that of the table."""
    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] | None = None
    """Delay on top of any other; negative: earlier; empty: none."""
    storage_mw: NonNegative | None = None
    """Other power of the storage that comes with it; empty: that of the table."""
    storage_mwh: NonNegative | None = None
    """Other energy of the storage that comes with it; empty: that of the table."""


class Projects(Rule):
    """How much of a pipeline becomes real, and when."""

    override: dict[Annotated[str, Of("projects")], ProjectOverride] = {}
    """Explicit choices by project, for example ``{kaz_spic_pavlodar: {build: never}}``."""


class ProjectsAndMore(Projects):
    """The rule for projects without a Chinese part, and projects that no table has."""

    add: tuple[Project, ...] = ()
    """Projects beside those of the table ``projects``, with its columns, Chinese ones too: own cost, yield, lender."""


class AddedInvestors(Part):
    """Investors that no table has."""

    add: tuple[Investor, ...] = ()
    """Investors beside those of the table ``investors``, with its columns: own terms."""


class EnvelopeChange(EnvelopeTerms):
    """Money an investor is ready to place by the optimiser's choice, beyond named projects and procurement."""

    musd_per_year: Annotated[dict[Year, NonNegative], Unit("MUSD/year")] = Field(min_length=1)
    """Money by year; linear in between, constant after the last, nothing before the first."""


class AddedProcurement(ProcurementTerms):
    """A deal of a Chinese investor, built by its own rule whether or not the plan would choose it. The way to add a
    hypothetical plant. What exceeds the limits of building (``build_limits``) is not built, and the verdict says so."""

    name: Annotated[Id, Own("procurement.id")]
    """Name of the deal."""
    kind: Literal["treaty", "auction", "framework"] = "framework"
    """``auction``, which has a ceiling; ``treaty`` or ``framework``, which may have one."""
    mix: Annotated[dict[Annotated[str, Of("candidates (zone/technology)")], Percent], Unit("%")] = Field(min_length=1)
    """``zone/technology``: share of the volume; adds up to 100."""
    mw_per_year: Annotated[dict[Year, NonNegative] | None, Unit("MW/year")] = None
    """Volume awarded per year as capacity, by year; linear in between, constant after the last, nothing before the
    first. Either this or ``musd_per_year``."""
    musd_per_year: Annotated[dict[Year, NonNegative] | None, Unit("MUSD/year")] = None
    """Volume awarded per year as money, overnight cost with connection; by year as above. Either this or
    ``mw_per_year``."""

    @model_validator(mode="after")
    def _one_volume(self) -> AddedProcurement:
        if bool(self.mw_per_year) == bool(self.musd_per_year):
            raise wrong("mw_per_year", "give mw_per_year or musd_per_year, one of them")
        return self


Level = Literal["low", "middle", "high"] | Annotated[float, Field(ge=0, le=1), Unit("–")]
"""Where in the range of a figure: from 0 (low) over 0.5 (middle) to 1 (high), linear in between."""


class ProcurementChange(Part):
    """What becomes of money that the system places by rule."""

    level: Level | None = None
    """Where in the range of its figures it lies, such as ``low`` or 0.3; empty: as ``limits`` says."""

    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies its volume; 0: none."""
    ceiling_per_mwh: Annotated[Positive | None, Unit("currency/MWh")] = None
    """Another ceiling, in the currency of the table; empty: that of the table."""
    lead_years: Annotated[int, Field(ge=0, le=15)] | None = None
    """Another time from award to operation; empty: that of the table."""
    ticket_mw: NonNegative | None = None
    """Another size of plants; empty: that of the table."""
    realisation_percent: Percent | None = None
    """Another share of the volume that is built at all; empty: that of the table."""


class ChineseInvestment(Part):
    """Chinese projects and money."""

    projects: Projects = Projects()
    """The rule for projects with a Chinese part (``chinese`` in the table), and choices for single ones."""
    envelopes: tuple[EnvelopeChange, ...] | None = None
    """Envelopes that replace all of the investors named in them; empty: those of the system."""
    envelope_factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies all envelopes of Chinese investors."""
    procurement: tuple[AddedProcurement, ...] = ()
    """Deals that are built by their own rule, on top of the system's."""
    settlement: Annotated[str, Of("currencies")] | None = None
    """Currency in which all Chinese investors lend; empty: each as its table says."""
    last_year: Year | None = None
    """Chinese investors leave: nothing of theirs is commissioned after this year; empty: they stay."""


class Optimiser(Part):
    """What the plan may choose."""

    build: bool = True
    """Whether the plan may choose new capacity beyond projects."""
    retire: bool = True
    """Whether the plan may close plants early whose technology is ``retirable``."""
    expand_grid: bool = True
    """Whether the plan may add capacity to links."""


# ---------------------------------------------------------------------------------------------- others


class DemandChange(Part):
    """Demand of a country, without electric vehicles."""

    growth_percent_per_year: Annotated[float, Field(ge=-20, le=30)] | None = None
    """Growth from ``growth_from`` on, in place of the system's path; empty: the system's path."""
    growth_from: Year = 2025
    """Year whose demand grows on; before it the system's own path counts."""
    extra_growth_percent_per_year: Annotated[float, Field(ge=-20, le=30)] = 0
    """Added to the growth of the path from ``growth_from`` on."""
    factor: Annotated[Positive, Unit("–")] = 1
    """Multiplies the demand of all years."""


class Scrappage(Part):
    """Old vehicles are taken off the road on top of natural losses; sales replace them one for one."""

    percent_per_year: Annotated[float, Field(gt=0, le=100)]
    """Share of the vehicles of this age and above that is scrapped each year."""
    age_years: Annotated[int, Field(ge=0, le=80)] = 20
    """Age from which vehicles are scrapped."""
    first_year: Year
    """First year of the scheme."""
    last_year: Year = 2200
    """Last year of the scheme."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Scrappage:
        if self.last_year < self.first_year:
            raise wrong("last_year", f"scrappage ends ({self.last_year}) before it begins ({self.first_year})")
        return self


class VehicleChange(Part):
    """Plug-in vehicles of a country."""

    method: Literal["path", "logistic", "bass", "supply"] | None = None
    """How sales go on after the published years, in every class whose tables allow it: ``path``, ``logistic``, ``bass``
    or ``supply``; empty: as the table says."""
    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies demand after the published years in every class, and stocks stated in ``vehicles``."""
    vehicles: dict[Annotated[str, Of("vehicle_types (car, car/phev)")], dict[Year, NonNegative]] | None = None
    """Electric vehicles on the road at the end of some years, by class, for example ``{car: {2030: 200000}}``; replaces
    sales (``car/phev``: another powertrain). Empty: sales decide."""
    plants: Annotated[tuple[str, ...], ONCE, Of("vehicle_supply")] = ()
    """Vehicle plants that come for certain."""
    supply_factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies what plants and importers can bring."""
    quota: Annotated[NonNegative | None, Unit("vehicles/year")] = None
    """Duty-free imports per year, of each class that pays duty beyond; empty: as the table says."""
    scrappage: Scrappage | None = None
    """Old vehicles are scrapped on top of natural losses; sales replace them one for one. Empty: no scheme."""
    smart_percent: Percent | None = None
    """Smart share of charging wherever vehicles can wait; empty: as the table says."""
    v2g_percent: Percent | None = None
    """Share of smart vehicles that feed back to the grid; empty: as the table says."""


class Grid(Part):
    """Delay of lines that are not in service yet, and how power divides between lines."""

    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] = 0
    """Delay of all links that are not in service at the start of the plan; negative: earlier."""
    delay_months: dict[Annotated[str, Of("links")], Annotated[float, Field(ge=-60, le=240)]] = {}
    """Delay of single links, on top."""
    power_flow: Literal["transport", "linear"] = "transport"
    """``transport``: every link carries what the plan sends over it. ``linear``: where reactances are given, power
    divides between the links of a loop as Kirchhoff's voltage law says."""


class TradeWithChina(Part):
    """Trade volume with China; what follows it says the table ``trade_links``."""

    volume_percent: Annotated[float, Field(gt=0, le=10_000)]
    """Turnover relative to that of the base year."""
    year: Year
    """Year from which on it is reached; linear in between."""
    base_year: Year = 2025
    """Year to which the trade volume is compared."""

    @model_validator(mode="after")
    def _grows_after_its_base(self) -> TradeWithChina:
        if self.year <= self.base_year:
            raise wrong("year", f"year {self.year} must come after the base year {self.base_year}")
        return self


class Depreciation(Part):
    """A currency loses value against the dollar at the start of a year, for good."""

    year: Year
    """Year at whose start the currency falls."""
    percent: Annotated[float, Field(ge=0, lt=100)]
    """Fall of the dollar value of a unit."""


class EquipmentChange(Part):
    """Chinese equipment by technology group: its price, its export rebate, its delivery."""

    price_percent: dict[Annotated[str, Of("equipment.group")], dict[Year, Positive]] = {}
    """Price path by group and year, relative to the cost tables, before the rebate; linear in between."""
    rebate_ends: dict[Annotated[str, Of("equipment.group")], Date] = {}
    """Date by group from which China gives no value-added tax back; empty: as the tables say."""
    delay_months: dict[Annotated[str, Of("equipment.group")], Annotated[float, Field(ge=0, le=240)]] = {}
    """Delay by group of projects, and of the first year of new capacity, of those who buy everything in China; others
    in proportion to what they buy there."""


class Corridors(Part):
    """Freight on electrified corridors. Without this, those already decided carry their tables' freight."""

    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies the freight of decided corridors."""
    factors: Annotated[dict[Annotated[str, Of("corridors")], NonNegative], Unit("–")] = {}
    """Freight of single corridors, decided or not, relative to their tables; wins over ``factor``."""


class TargetChange(Part):
    """What becomes of a target of the system."""

    mode: Literal["report", "soft", "hard"] | None = None
    """Another mode: ``report``, ``soft`` or ``hard``; empty: that of the table."""
    percent: Percent | None = None
    """Another share; empty: that of the table."""
    shortfall_usd_per_mwh: NonNegative | None = None
    """Another price of each MWh missing, for soft targets; empty: that of the table."""
    imports: Literal["held", "free"] | None = None
    """Whether importing instead of generating may bring a binding target of generation nearer: ``held`` no, ``free``
    yes; empty: as the table says."""


class Solver(Part):
    """How the plan is solved; sensible as it is."""

    method: Literal["auto", "highs", "hipo", "ipx", "simplex"] = "auto"
    """``auto``: PIQP's interior point between HiGHS' own steps, simplex for small plans. ``highs``: HiGHS alone.
    ``hipo``, ``ipx``, ``simplex``: one method of HiGHS."""
    time_limit_s: Positive = 3600
    """Longest time of a solution; then the run ends with an error."""
    threads: Annotated[int, Field(ge=1, le=64), Unit("threads")] = 1
    """Number of threads."""


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
    projects: ProjectsAndMore = ProjectsAndMore()
    """The rule for projects without a Chinese part, choices for single ones, and projects that are added."""
    investors: AddedInvestors = AddedInvestors()
    """Investors that are added."""
    chinese_investment: ChineseInvestment = ChineseInvestment()
    national_plans: dict[Annotated[str, Of("plans")], Rule] = {}
    """By national plan: the rule for its projects, instead of the one for Chinese or other projects."""
    withdrawals: dict[Annotated[str, Of("investors")], Year] = {}
    """By investor: it leaves, and nothing of its own is commissioned after this year."""
    procurement: dict[Annotated[str, Of("procurement")], ProcurementChange] = {}
    """By programme: changes of what the system builds by rule (auctions, treaties, framework deals)."""
    limits: Level = "middle"
    """Which figures hold for limits of building (``build_limits``) and for procurement, where they have a low and a
    high one: ``low``, ``middle``, ``high``, or a number from 0 (low) over 0.5 (middle) to 1 (high), linear between."""
    optimiser: Optimiser = Optimiser()
    demand: dict[Annotated[str, Of("countries")], DemandChange] = {}
    """By country: changes of demand."""
    nev: dict[Annotated[str, Of("countries")], VehicleChange] = {}
    """By country: changes of plug-in vehicles."""
    grid: Grid = Grid()
    contracts: Level = "middle"
    """Which volumes of ``contract_years`` hold: ``low``, ``middle``, ``high``, or a number between 0 (low) and 1
    (high)."""
    shortage: Level = "middle"
    """Which prices of load that is not served hold, planned or not (``rationing``, ``countries``): ``low``, ``middle``,
    ``high``, or a number between 0 (low) and 1 (high)."""
    gas: Level = "middle"
    """Which prices and volumes of fuel hold, where ``fuel_prices``, ``fuel_supply`` and ``fuel_deliveries`` give a
    range: ``low``, ``middle``, ``high``, or a number between 0 (low) and 1 (high). Low prices come with low volumes."""
    trade_with_china: TradeWithChina | None = None
    """Turnover with China, which other things follow as the table ``trade_links`` says; empty: no change."""
    depreciations: dict[Annotated[str, Of("currencies")], Depreciation] = {}
    """By currency: it loses value. What is priced at home becomes cheaper in dollars, as far as domestic prices do not
    follow."""
    equipment: EquipmentChange = EquipmentChange()
    corridors: Corridors = Corridors()
    irrigation_saving_percent: Literal["planned"] | dict[Annotated[str, Of("countries")], Percent] = {}
    """By country: share of the releases for irrigation that fields no longer ask of its reservoirs; ``planned``: what
    national programmes promise."""
    targets: dict[Annotated[str, Of("targets")], TargetChange] = {}
    """By target: changes of the system's targets."""
    changes: dict[Annotated[str, Of("tables")], dict[FreeText, dict[FreeText, Any]]] = {}
    """``table: {row: {column: value}}``: any figure of the system's tables. A row is named by its key (``wind`` or
    ``KAZ_N/wind``). Rows are changed, not added: a plant that no table has comes as a deal in
    ``chinese_investment.procurement``, or as a row of a system of one's own."""
    solver: Solver = Solver()
    headline: Annotated[str, Of("targets")] | None = None
    """Target whose outcome is the headline; empty: the system's first."""
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Where it comes from; of a scenario made in Python, the current folder."""
        return self._origin

    def from_origin(self, origin: Origin) -> Scenario:
        """The same, from elsewhere."""
        copy = self.model_copy()
        copy._origin = origin
        return copy

    def with_(self, changes: Mapping[str, Any] | None = None, /, **keys: Any) -> Scenario:
        """A new scenario with other values at dotted paths, checked as a file would be; this one stays as it is.

        ``scenario.with_({"nev.KAZ.factor": 3, "horizon.time.days": 4})``, or by top-level keys:
        ``scenario.with_(headline="kaz_2030", optimiser={"retire": False})``.

        A value is laid over what is there as a file is over the one it ``extends``: a dict merges key by key, ``None``
        takes a key out, so that its default counts, a list whose items have names merges by them, anything else is
        replaced. A path may lead to an item of a list by its name or its position (from 0). Units are those of
        ``docs/scenario_reference.md``. Files that it names (a system, profiles) are looked for where this scenario's
        are: beside its file; for one made from a dict, in the folder given then; for ``Scenario(...)``, in the
        current folder.

        Raises ``InputError`` with every path or name that is unknown (and the nearest known one), every wrong type,
        and every change that changes nothing. What only the whole case can see is refused when it is planned, before
        anything is solved.
        """
        return self._checked(*changed(self, {**(changes or {}), **keys}, self.origin.marks))

    def at_levels(self, levels: Mapping[str, Any]) -> Scenario:
        """As ``with_``, for studies: a level may be what the scenario says anyway, and then changes nothing."""
        return self._checked(*laid(self, levels, self.origin.marks))

    def _checked(self, new: Scenario, marks: Marks) -> Scenario:
        """From the same place, if every name it uses is known."""
        new = new.from_origin(replace(self.origin, marks=marks))
        names = names_of(system_called(new.system, new.origin.path).system, new)
        if problems := said_problems(new, names):
            raise InputError(problems)
        return new


def with_added(system: System, scenario: Scenario) -> System:
    """The system with the projects and investors that a scenario adds; the same where they are in it already."""
    tables = (("projects", scenario.projects.add), ("investors", scenario.investors.add))
    return system.model_copy(update={
        name: (*getattr(system, name), *(row for row in rows if row not in getattr(system, name)))
        for name, rows in tables if rows
    })  # fmt: skip


def names_of(system: System, scenario: Scenario) -> KnownNames:
    """All names that a system and a scenario know."""
    system = with_added(system, scenario)
    time, models = scenario.horizon.time, row_models(System)
    lists: dict[str, Collection[Any]] = {"model years": scenario.horizon.model_years}
    if isinstance(time, NamedSlices):
        lists["slices"] = [item.name for item in time.slices]
    return known_names(models, {table: getattr(system, table) for table in models}, lists)


def said_problems(scenario: Scenario, names: KnownNames) -> list[Problem]:
    """Names in a scenario that nobody bears, and names that meet."""
    return [Problem(fault.message, path=dotted(fault.path), help=fault.help) for fault in faults_of(scenario, names)]
