"""A power system as tables: what each table is called, its columns, their units and what may stand in them.

The built-in system lies in ``simulator/data/central_asia`` as CSV files; a user's own system is a YAML file with the
same tables, written inline or as CSV files beside it. One row is one object of a class below; a column is a field.
Units stand in the names. Every row can carry its provenance: ``source`` (key of the table ``sources``), ``data_year``,
``confidence`` and ``note``; in the built-in data they are obligatory (a test sees to it).

Values for a year are given at anchor years and interpolated in between; before the first and after the last anchor
they stay constant. Dates are years (``2028``, meaning 1 January) or months (``2028-06``, meaning the first day).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
Month = Annotated[int, Field(ge=1, le=12)]
Year = Annotated[int, Field(ge=1900, le=2200)]
Confidence = Literal["high", "medium", "low", ""]


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


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Months = Annotated[tuple[Month, ...], BeforeValidator(_split)]
Date = Annotated[str, BeforeValidator(_as_text), AfterValidator(_check_date)]


def year_fraction(date: str) -> float:
    """A date as a decimal year: ``"2028-07"`` is 2028.5.

    >>> year_fraction("2028"), year_fraction("2028-07")
    (2028.0, 2028.5)
    """
    return int(date[:4]) + ((int(date[5:]) - 1) / 12 if len(date) > 4 else 0.0)


class Row(BaseModel):
    """Parent of all rows: frozen, unknown columns refused, provenance at the end.

    ``key_fields`` make a row unique in its table; ``references`` says which table a field points into.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    key_fields: ClassVar[tuple[str, ...]] = ("id",)
    references: ClassVar[dict[str, str]] = {}

    source: str = ""
    """Key of the source in the table ``sources``; several are joined by ``;``."""
    data_year: Year | None = None
    """The year the figure describes or was published."""
    confidence: Confidence = ""
    note: str = ""
    """How an estimate was made, or what a reader must know."""

    @property
    def key(self) -> str:
        """The row's name in its table: key fields joined by ``/``."""
        return "/".join(str(getattr(self, field)) for field in self.key_fields)


class Source(BaseModel):
    """Where figures come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key_fields: ClassVar[tuple[str, ...]] = ("id",)
    references: ClassVar[dict[str, str]] = {}
    id: str
    title: str
    publisher: str = ""
    url: str = ""
    year: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        return self.id


# ---------------------------------------------------------------------------------------------- places


class Country(Row):
    """A country: the area of adequacy, reserves, emissions and targets."""

    id: str
    name: str
    planning_margin_percent: NonNegative = 0
    """Firm capacity must exceed the yearly peak by this much."""
    firm_import_mw: NonNegative = 0
    """Firm help from outside the modelled system that planners count on at the peak."""
    adequacy_shortfall_usd_per_kw_year: NonNegative = 0
    """Price of each kW missing from the planning margin; 0 = the margin is not enforced."""
    reserve_percent_of_load: NonNegative = 0
    """Spinning reserve as a share of load …"""
    reserve_percent_of_wind_and_solar: NonNegative = 0
    """… and of the output of wind and solar."""
    reserve_shortfall_usd_per_mwh: Positive = 500
    """Price of reserve that is missing."""
    value_of_lost_load_usd_per_mwh: Positive = 3000
    risk_premium_percent: NonNegative = 0
    """Country risk added to an investor's cost of capital, times the investor's exposure."""


class Zone(Row):
    """A node of the grid."""

    references = {"country": "countries"}
    id: str
    country: str
    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0
    longitude: Annotated[float, Field(ge=-180, le=180)] = 0
    weather: str | None = None
    """Zone of the weather tables whose wind, sun and load shape are used; none: profiles must be given."""


class LocalNetwork(Row):
    """The network between the grid's node and its customers, where it is planned too."""

    key_fields = ("zone",)
    references = {"zone": "zones"}
    zone: str
    existing_mw: NonNegative = 0
    annual_usd_per_kw: NonNegative = 0
    """Cost of a kW of network per year, existing or new."""
    loss_percent: Percent = 0


class PeakDemand(Row):
    """Coincident peak the local network must carry, beyond what flows in the slices of the plan."""

    key_fields = ("zone", "year")
    references = {"zone": "zones"}
    zone: str
    year: Year
    peak_mw: Positive


class Demand(Row):
    """Yearly electricity demand of a zone at the generator terminals (own use and losses inside), without NEV."""

    key_fields = ("zone", "year")
    references = {"zone": "zones"}
    zone: str
    year: Year
    energy_gwh: NonNegative


# ----------------------------------------------------------------------------------------------- fuels


class Fuel(Row):
    """A fuel and what burning it emits."""

    id: str
    name: str = ""
    co2_t_per_mwh: Annotated[float, Field(ge=-1, le=2)] = 0
    """tCO2 per MWh of fuel (lower heating value) counted to the power sector."""


class FuelPrice(Row):
    """Price of a fuel at the plants of a zone."""

    key_fields = ("fuel", "zone", "year")
    references = {"fuel": "fuels", "zone": "zones"}
    fuel: str
    zone: str
    year: Year
    usd_per_mwh: float
    """USD per MWh of fuel (lower heating value)."""


class FuelSupply(Row):
    """A step of a fuel's supply curve shared by zones; its price comes on top of the zone's fuel price."""

    key_fields = ("market", "step", "year")
    references = {"fuel": "fuels", "zones": "zones"}
    market: str
    step: int
    year: Year
    fuel: str
    zones: Names
    usd_per_mwh: float
    limit_gwh: NonNegative | None = None
    """GWh of fuel per year available in this step; empty: no limit."""


# ---------------------------------------------------------------------------------------- technologies

Kind = Literal["thermal", "variable", "run_of_river", "reservoir", "storage"]
Group = Literal[
    "coal", "gas", "oil", "nuclear", "hydro", "wind", "solar", "bioenergy", "geothermal", "battery", "pumped_hydro"
]


class Technology(Row):
    """How a kind of plant works and what it costs to run."""

    references = {"fuel": "fuels"}
    id: str
    name: str
    kind: Kind
    group: Group
    """What figures and tables call it."""
    fuel: str | None = None
    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Gross electricity per fuel (LHV); storage: round trip."""
    variable_om_usd_per_mwh: NonNegative = 0
    fixed_om_usd_per_kw_year: NonNegative = 0
    life_years: Positive = 30
    construction_years: NonNegative = 0
    """Years between spending and operation, for interest during construction."""
    availability_winter_percent: Percent = 100
    """Share of capacity that can run in the heating season (October to April) …"""
    availability_summer_percent: Percent = 100
    """… and outside it. Wind, sun and run-of-river: outages on top of the profile."""
    minimum_output_percent: Percent = 0
    """Lowest output of what is online, when ``commitment`` is set."""
    commitment: bool = False
    """Decide day by day how much is online; online plants cannot fall below their minimum output."""
    ramp_percent_per_hour: Positive = 100
    start_cost_usd_per_mw: NonNegative = 0
    flat: bool = False
    """Output is constant over the year (base load)."""
    heat_led_winter_percent: Percent = 0
    """CHP: output that heat forces in full heating season, share of capacity …"""
    heat_led_summer_percent: Percent = 0
    heat_cap_winter_percent: Percent = 100
    """… and the most it can give beside heat in full heating season …"""
    heat_cap_summer_percent: Percent = 100
    """… and outside it (repairs, low heat)."""
    capacity_credit_percent: Percent = 0
    """Share of capacity that counts as firm at the winter peak."""
    spinning: bool = False
    """Can hold spinning reserve."""
    distributed: bool = False
    """Feeds in below the local network."""
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


class TechnologyCost(Row):
    """Overnight cost of new plants by the year they are built."""

    key_fields = ("technology", "year")
    references = {"technology": "technologies"}
    technology: str
    year: Year
    overnight_usd_per_kw: NonNegative
    overnight_usd_per_kwh: NonNegative = 0
    """Storage: cost of energy capacity, apart from power."""
    fixed_om_usd_per_kw_year: NonNegative | None = None
    """Overrides the technology's where given."""


# ---------------------------------------------------------------------------------- plants and projects


class Plant(Row):
    """An existing plant, or a group of small ones."""

    references = {"zone": "zones", "technology": "technologies", "reservoir": "reservoirs", "investor": "investors"}
    id: str
    name: str
    zone: str
    technology: str
    capacity_mw: NonNegative
    available_mw: NonNegative | None = None
    """What can run at all, where less than installed."""
    energy_mwh: NonNegative | None = None
    """Storage: energy capacity."""
    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    commissioned: Date | None = None
    retires: Date | None = None
    """Known closing date; without one, ``commissioned`` plus the technology's life if ``life_binds``, else open."""
    life_binds: bool = False
    largest_unit_mw: NonNegative | None = None
    """Size the law looks at when this row stands for several plants; default: its capacity."""
    investor: str | None = None
    reservoir: str | None = None
    overnight_usd_per_kw: NonNegative = 0
    """Capital still being paid off; 0: sunk and not counted."""
    fixed_om_usd_per_kw_year: NonNegative | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Plant:
        if self.commissioned and self.retires and year_fraction(self.retires) <= year_fraction(self.commissioned):
            raise ValueError(f"it retires ({self.retires}) before it is commissioned ({self.commissioned})")
        return self


Stage = Literal["operating", "construction", "financed", "agreement", "announced", "superseded"]


class Project(Row):
    """A named project of the pipeline. Built as its stage makes likely, or as the scenario says."""

    references = {
        "zone": "zones",
        "technology": "technologies",
        "investor": "investors",
        "replaces": "plants",
        "storage_technology": "technologies",
        "reservoir": "reservoirs",
    }
    id: str
    name: str
    zone: str
    technology: str
    capacity_mw: NonNegative
    stage: Stage
    commissioning: Date
    """Stated date of full operation, before any delay."""
    announced: Date | None = None
    promised: Date | None = None
    """Date promised at signature."""
    investor: str
    chinese: bool = False
    """Owned, financed or built by Chinese companies."""
    chinese_role: str = ""
    chinese_equity_percent: Percent | None = None
    storage_technology: str | None = None
    storage_mw: NonNegative = 0
    storage_mwh: NonNegative = 0
    """Storage that comes with the plant."""
    overnight_usd_per_kw: Positive | None = None
    """Announced cost; default: the technology's."""
    efficiency_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    probability_percent: Percent | None = None
    """Overrides the probability of the stage …"""
    delay_months: float | None = None
    """… and its delay."""
    replaces: Names = ()
    """Plants that close when it opens."""
    largest_unit_mw: NonNegative | None = None
    """Size the law looks at when the row stands for several plants."""
    eligible_percent: Percent = 100
    """Share of the capacity that falls under the law's size limit, where a row mixes sizes."""
    reservoir: str | None = None


class Realisation(Row):
    """How likely a project of a stage is built and how late."""

    key_fields = ("stage", "group")
    stage: Stage
    group: str = "all"
    """Technology group, or ``all``."""
    probability_percent: Percent
    probability_low_percent: Percent
    probability_high_percent: Percent
    delay_months: NonNegative


class Candidate(Row):
    """New capacity that may be chosen: a technology in a zone, open to some investors."""

    key_fields = ("zone", "technology")
    references = {"zone": "zones", "technology": "technologies", "investors": "investors", "reservoir": "reservoirs"}
    zone: str
    technology: str
    investors: Names
    earliest: Year = 1900
    """First year in which it can operate."""
    limit_mw: NonNegative | None = None
    """Most that can ever be added by choice; empty: no limit."""
    limit_mw_per_year: NonNegative | None = None
    connection_usd_per_kw: NonNegative = 0
    """Grid connection, on top of the overnight cost."""
    reservoir: str | None = None


class BuildLimit(Row):
    """Most that a country can add per year over several technologies (grid permits, contractors)."""

    key_fields = ("id",)
    references = {"countries": "countries", "technologies": "technologies"}
    id: str
    countries: Names
    technologies: Names
    mw_per_year: NonNegative


# ------------------------------------------------------------------------------------------- investors


class Investor(Row):
    """Who pays, and on what terms. ``real_wacc_percent`` overrides the terms."""

    id: str
    name: str
    chinese: bool = False
    real_wacc_percent: Annotated[float, Field(ge=0, le=40)] | None = None
    debt_share_percent: Percent = 70
    debt_rate_percent: NonNegative = 0
    """Nominal, in the loan's currency."""
    equity_return_percent: NonNegative = 0
    """Nominal, in the currency of the equity."""
    tax_rate_percent: Percent = 0
    """Interest is deductible at this rate."""
    currency: str = "USD"
    inflation_percent: float = 0
    """Expected inflation of the currency."""
    hedging_percent: NonNegative = 0
    """Cost of bringing the currency to the currency of the revenue."""
    fees_percent: NonNegative = 0
    """One-off fees, as a share of the debt."""
    tenor_years: Positive = 18
    exposure_percent: Percent = 100
    """Share of the country's risk premium the investor asks for."""
    equipment_cost_percent: Positive = 100
    """Overnight cost with this investor's supply chain, relative to the technology's."""


class Envelope(Row):
    """Money an investor is ready to place; may be left unspent."""

    key_fields = ("investor", "year")
    references = {"investor": "investors", "countries": "countries"}
    investor: str
    year: Year
    musd_per_year: NonNegative
    countries: Names = ()
    """Where; empty: everywhere."""


# --------------------------------------------------------------------------------------- grid and trade


class Link(Row):
    """A line or cut-set between two zones."""

    references = {"from_zone": "zones", "to_zone": "zones"}
    id: str
    from_zone: str
    to_zone: str
    forward_mw: NonNegative = 0
    backward_mw: NonNegative = 0
    loss_percent: Percent = 0
    hurdle_usd_per_mwh: NonNegative = 0
    """Cost of using it: tariffs and the friction of trade."""
    in_service: Date | None = None
    """Capacity counts from here; empty: already there."""
    expandable_from: Year | None = None
    """First year in which capacity can be added; empty: never."""
    expansion_limit_mw: NonNegative | None = None
    overnight_usd_per_kw: NonNegative = 0
    life_years: Positive = 40
    fixed_om_percent: Percent = 0
    """Of the overnight cost per year."""
    investor: str | None = None
    """Whose cost of capital expansion is paid at; default: the social rate."""
    existing_is_paid: bool = True
    """If false, existing capacity still costs its annuity and operation."""


class Market(Row):
    """A neighbour outside the model."""

    id: str
    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0
    longitude: Annotated[float, Field(ge=-180, le=180)] = 0


class Offer(Row):
    """A step of trade with a market: so much at this price, in these months."""

    references = {"market": "markets", "zone": "zones"}
    id: str
    market: str
    zone: str
    direction: Literal["import", "export"]
    usd_per_mwh: float
    """Price paid for imports or earned for exports."""
    limit_mw: NonNegative
    first_year: Year = 1900
    last_year: Year = 2200
    months: Months = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    minimum_gwh: NonNegative = 0
    """Contract: least and most energy per year."""
    maximum_gwh: NonNegative | None = None
    profile: Literal["flexible", "flat"] = "flexible"
    """Flat: the same power in every hour of its months."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Offer:
        if self.last_year < self.first_year:
            raise ValueError(f"it ends ({self.last_year}) before it begins ({self.first_year})")
        return self


# ----------------------------------------------------------------------------------------------- water


class Reservoir(Row):
    """Water that is stored over seasons and turned into power by the plants that name it."""

    references = {"zone": "zones", "downstream": "reservoirs"}
    id: str
    name: str
    zone: str
    active_hm3: NonNegative
    """Volume between dead and full storage; 0: the month's inflow must be used in its month."""
    energy_mwh_per_hm3: Positive
    """Energy of one hm3 through the turbines counted with it (own plant and the cascade named with it)."""
    start_percent: Percent | None = None
    """Content on 1 January, of the active volume; empty: free. It is the same at the year's end."""
    downstream: str | None = None


class Inflow(Row):
    """Natural inflow of a month in a normal year."""

    key_fields = ("reservoir", "month")
    references = {"reservoir": "reservoirs"}
    reservoir: str
    month: Month
    inflow_hm3: NonNegative


class Release(Row):
    """What must or may flow out over a season: irrigation, ecology, winter protocol."""

    key_fields = ("reservoir", "name")
    references = {"reservoir": "reservoirs"}
    reservoir: str
    name: str
    months: Months
    minimum_hm3: NonNegative = 0
    maximum_hm3: NonNegative | None = None


class RiverProfile(Row):
    """Run-of-river output of a month in a normal year."""

    key_fields = ("zone", "technology", "month")
    references = {"zone": "zones", "technology": "technologies"}
    zone: str
    technology: str
    month: Month
    capacity_factor_percent: Percent


class WaterYear(Row):
    """What a dry or a wet year makes of the normal inflow."""

    key_fields = ("condition", "country")
    references = {"country": "countries"}
    condition: Literal["dry", "wet"]
    country: str
    factor_percent: NonNegative


class HeatSeason(Row):
    """How far the heating season is on: 0 in summer, 100 in full winter."""

    key_fields = ("zone", "month")
    references = {"zone": "zones"}
    zone: str
    month: Month
    heat_percent: Percent


# ------------------------------------------------------------------------------------------ profiles


class Profile(Row):
    """Availability or load in a slice, for systems that name their own slices.

    ``name`` is ``load`` (MW) or a technology (per unit of capacity). With typical days the weather tables or a
    profile file give these.
    """

    key_fields = ("zone", "name", "year", "slice")
    references = {"zone": "zones"}
    zone: str
    name: str
    year: Year
    slice: str
    value: NonNegative


# ------------------------------------------------------------------------------------------------ NEV


class VehicleFleet(Row):
    """Electric vehicles on the road."""

    key_fields = ("country", "vehicle", "year")
    references = {"country": "countries"}
    country: str
    vehicle: str
    """Class and powertrain, such as ``car`` or ``bus``."""
    year: Year
    vehicles: NonNegative


class VehicleUse(Row):
    """What a vehicle drives and draws from the grid."""

    key_fields = ("country", "vehicle")
    references = {"country": "countries"}
    country: str
    vehicle: str
    km_per_year: NonNegative
    kwh_per_km: NonNegative
    """At the battery, at 20 degrees."""
    charging_loss_percent: Percent = 10
    charging: str
    """Charging profile, a key of ``charging_profiles``."""


class VehicleZone(Row):
    """How a country's vehicles are spread over its zones and how cold months raise their use."""

    key_fields = ("zone",)
    references = {"zone": "zones"}
    zone: str
    share_percent: Percent
    cold_m01: Positive = 1
    cold_m02: Positive = 1
    cold_m03: Positive = 1
    cold_m04: Positive = 1
    cold_m05: Positive = 1
    cold_m06: Positive = 1
    cold_m07: Positive = 1
    cold_m08: Positive = 1
    cold_m09: Positive = 1
    cold_m10: Positive = 1
    cold_m11: Positive = 1
    cold_m12: Positive = 1

    @property
    def cold_factor(self) -> tuple[float, ...]:
        """Energy per km relative to 20 degrees, by month."""
        return tuple(float(getattr(self, f"cold_m{month:02d}")) for month in range(1, 13))


class ChargingProfile(Row):
    """When a day's charging energy is drawn: shares by hour of the day (UTC+5), adding up to 1."""

    key_fields = ("id", "day_type", "hour")
    id: str
    day_type: Literal["weekday", "weekend"]
    hour: Annotated[int, Field(ge=0, le=23)]
    share: NonNegative


# ------------------------------------------------------------------------------------- law and policy


class Definition(Row):
    """What counts as renewable: technology by technology, law by law."""

    key_fields = ("definition", "country", "technology")
    references = {"technology": "technologies"}
    definition: str
    country: str = "all"
    """Country code, or ``all`` for a definition that holds everywhere."""
    technology: str
    largest_unit_mw: NonNegative | None = None
    """Counts only up to this size."""
    counts_percent: Percent = 100
    article: str = ""


class Target(Row):
    """A national goal."""

    references = {"country": "countries"}
    id: str
    country: str
    year: Year
    percent: Percent
    definition: str
    basis: Literal["generation", "consumption"] = "generation"
    mode: Literal["report", "soft", "hard"] = "report"
    shortfall_usd_per_mwh: NonNegative = 0
    """Soft: price of each MWh missing."""


class CarbonPolicy(Row):
    """Carbon price and cap of a country."""

    key_fields = ("country", "year")
    references = {"country": "countries"}
    country: str
    year: Year
    usd_per_t: NonNegative = 0
    cap_kt: NonNegative | None = None


class Statistic(Row):
    """A published figure to compare with; never an input of the model."""

    key_fields = ("country", "year", "item", "source")
    references = {"country": "countries"}
    country: str
    year: Year
    item: str
    """Such as ``generation_coal``, ``official_share``, ``net_import``, ``peak``, ``demand``."""
    value: float
    unit: str
    chosen: bool = True
    """Where sources disagree, the one used for comparison."""


class System(BaseModel):
    """All tables of a power system."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    name: str
    description: str = ""
    hours_per_year: Positive = 8760
    money_year: Year = 2025
    """Real USD of this year."""

    sources: tuple[Source, ...] = ()
    countries: tuple[Country, ...]
    zones: tuple[Zone, ...]
    local_networks: tuple[LocalNetwork, ...] = ()
    peak_demand: tuple[PeakDemand, ...] = ()
    demand: tuple[Demand, ...] = ()
    fuels: tuple[Fuel, ...] = ()
    fuel_prices: tuple[FuelPrice, ...] = ()
    fuel_supply: tuple[FuelSupply, ...] = ()
    technologies: tuple[Technology, ...]
    technology_costs: tuple[TechnologyCost, ...] = ()
    plants: tuple[Plant, ...] = ()
    projects: tuple[Project, ...] = ()
    realisation: tuple[Realisation, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    build_limits: tuple[BuildLimit, ...] = ()
    investors: tuple[Investor, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    links: tuple[Link, ...] = ()
    markets: tuple[Market, ...] = ()
    offers: tuple[Offer, ...] = ()
    reservoirs: tuple[Reservoir, ...] = ()
    inflows: tuple[Inflow, ...] = ()
    releases: tuple[Release, ...] = ()
    river_profiles: tuple[RiverProfile, ...] = ()
    water_years: tuple[WaterYear, ...] = ()
    heat_seasons: tuple[HeatSeason, ...] = ()
    profiles: tuple[Profile, ...] = ()
    vehicle_fleets: tuple[VehicleFleet, ...] = ()
    vehicle_use: tuple[VehicleUse, ...] = ()
    vehicle_zones: tuple[VehicleZone, ...] = ()
    charging_profiles: tuple[ChargingProfile, ...] = ()
    definitions: tuple[Definition, ...] = ()
    targets: tuple[Target, ...] = ()
    carbon_policies: tuple[CarbonPolicy, ...] = ()
    statistics: tuple[Statistic, ...] = ()
