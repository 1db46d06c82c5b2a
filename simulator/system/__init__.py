"""A power system as tables: what each table is called, its columns, their units and what they may contain.

The built-in system lies in ``simulator/data/central_asia`` as CSV files; a user's own system is a YAML file with the
same tables, written inline or as CSV files beside it. One row is one object of a class of this package; a column is a
field. The unit is part of the name. Every row can carry its provenance: ``source`` (key of the table ``sources``),
``data_year``, ``confidence`` and ``note``; in the built-in data they are obligatory (a test sees to it).

Values for a year are given at anchor years and interpolated in between; before the first and after the last anchor
they stay constant. Dates are years (``2028``, meaning 1 January) or months (``2028-06``, meaning the first day).
"""

from __future__ import annotations

from pydantic import BaseModel

from simulator.system.auctions import Award
from simulator.system.fuels import Fuel, FuelDelivery, FuelPrice, FuelSupply, FuelWindow
from simulator.system.grid import ContractYear, CutSet, Link, Market, MarketStep, ReserveArea, TradeContract
from simulator.system.heat import HeatZone, Maintenance
from simulator.system.history import Evidence, Precedent
from simulator.system.jobs import JobFactor
from simulator.system.law import PLAN_GROUPS, CarbonPolicy, Definition, Plan, Profile, Statistic, StudyShare, Target
from simulator.system.levers import (
    Corridor,
    CorridorFreight,
    Equipment,
    EquipmentRebate,
    IrrigationSaving,
    TradeLink,
)
from simulator.system.money import (
    Currency,
    Envelope,
    EnvelopeTerms,
    EnvelopeYear,
    Investor,
    InvestorKind,
    Procurement,
    ProcurementMix,
    ProcurementTerms,
    ProcurementYear,
    ProfitTax,
)
from simulator.system.names import FreeText
from simulator.system.past import Band, Calibration, Cause, Fact, FirstYear, Realised
from simulator.system.places import Country, Demand, DistributionNetwork, PeakDemand, Rationing, Zone
from simulator.system.plants import (
    BuildLimit,
    Candidate,
    ChinesePart,
    Group,
    Kind,
    LimitLine,
    OwnFigures,
    Plant,
    Project,
    Realisation,
    Size,
    Stage,
    Technology,
    TechnologyCost,
)
from simulator.system.rows import (
    CONFIG,
    ByYear,
    Confidence,
    Date,
    Month,
    Months,
    Names,
    NonNegative,
    Percent,
    Positive,
    Row,
    Source,
    WrongColumns,
    Year,
    wrong,
    year_fraction,
)
from simulator.system.uncertainty import Uncertainty
from simulator.system.vehicles import (
    ChargingPlace,
    ChargingProfile,
    ChargingTerms,
    MotorFuel,
    MotorFuelPrice,
    Temperature,
    TemperatureFactor,
    Vehicle,
    VehicleAdoption,
    VehicleDuty,
    VehicleSales,
    VehicleStock,
    VehicleSupply,
    VehicleType,
    VehicleUse,
    VehicleZone,
)
from simulator.system.water import (
    Filling,
    Inflow,
    InterannualInflow,
    InterannualYield,
    Release,
    Reservoir,
    RiverProfile,
    Withdrawal,
)

__all__ = [
    "PLAN_GROUPS",
    "Award",
    "Band",
    "BuildLimit",
    "ByYear",
    "Calibration",
    "Candidate",
    "CarbonPolicy",
    "Cause",
    "ChargingPlace",
    "ChargingProfile",
    "ChargingTerms",
    "ChinesePart",
    "Confidence",
    "ContractYear",
    "Corridor",
    "CorridorFreight",
    "Country",
    "Currency",
    "CutSet",
    "Date",
    "Definition",
    "Demand",
    "DistributionNetwork",
    "Envelope",
    "EnvelopeTerms",
    "EnvelopeYear",
    "Equipment",
    "EquipmentRebate",
    "Evidence",
    "Fact",
    "Filling",
    "FirstYear",
    "Fuel",
    "FuelDelivery",
    "FuelPrice",
    "FuelSupply",
    "FuelWindow",
    "Group",
    "HeatZone",
    "Inflow",
    "InterannualInflow",
    "InterannualYield",
    "Investor",
    "InvestorKind",
    "IrrigationSaving",
    "JobFactor",
    "Kind",
    "LimitLine",
    "Link",
    "Maintenance",
    "Market",
    "MarketStep",
    "Month",
    "Months",
    "MotorFuel",
    "MotorFuelPrice",
    "Names",
    "NonNegative",
    "OwnFigures",
    "PeakDemand",
    "Percent",
    "Plan",
    "Plant",
    "Positive",
    "Precedent",
    "Procurement",
    "ProcurementMix",
    "ProcurementTerms",
    "ProcurementYear",
    "Profile",
    "ProfitTax",
    "Project",
    "Rationing",
    "Realisation",
    "Realised",
    "Release",
    "ReserveArea",
    "Reservoir",
    "RiverProfile",
    "Row",
    "Size",
    "Source",
    "Stage",
    "Statistic",
    "StudyShare",
    "System",
    "Target",
    "Technology",
    "TechnologyCost",
    "Temperature",
    "TemperatureFactor",
    "TradeContract",
    "TradeLink",
    "Uncertainty",
    "Vehicle",
    "VehicleAdoption",
    "VehicleDuty",
    "VehicleSales",
    "VehicleStock",
    "VehicleSupply",
    "VehicleType",
    "VehicleUse",
    "VehicleZone",
    "Withdrawal",
    "WrongColumns",
    "Year",
    "Zone",
    "wrong",
    "year_fraction",
]


class System(BaseModel):
    """All tables of a power system."""

    model_config = CONFIG
    name: FreeText
    """Name of the system."""
    description: FreeText = ""
    """What it covers, in a sentence or two."""
    hours_per_year: Positive = 8760
    """Hours that the slices of a year add up to."""
    money_year: Year = 2025
    """Year in whose real dollars all money of the tables is."""
    large_project_mw: Positive = 300
    """Projects above this are ``large`` in the table ``realisation``."""

    sources: tuple[Source, ...] = ()
    countries: tuple[Country, ...]
    zones: tuple[Zone, ...]
    distribution_networks: tuple[DistributionNetwork, ...] = ()
    peak_demand: tuple[PeakDemand, ...] = ()
    demand: tuple[Demand, ...] = ()
    rationing: tuple[Rationing, ...] = ()
    taxes: tuple[ProfitTax, ...] = ()
    fuels: tuple[Fuel, ...] = ()
    fuel_prices: tuple[FuelPrice, ...] = ()
    fuel_supply: tuple[FuelSupply, ...] = ()
    fuel_windows: tuple[FuelWindow, ...] = ()
    fuel_deliveries: tuple[FuelDelivery, ...] = ()
    technologies: tuple[Technology, ...]
    technology_costs: tuple[TechnologyCost, ...] = ()
    job_factors: tuple[JobFactor, ...] = ()
    awards: tuple[Award, ...] = ()
    plants: tuple[Plant, ...] = ()
    projects: tuple[Project, ...] = ()
    realisation: tuple[Realisation, ...] = ()
    plans: tuple[Plan, ...] = ()
    register_history: tuple[Precedent, ...] = ()
    realisation_literature: tuple[Evidence, ...] = ()
    uncertainties: tuple[Uncertainty, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    build_limits: tuple[BuildLimit, ...] = ()
    limit_lines: tuple[LimitLine, ...] = ()
    currencies: tuple[Currency, ...] = ()
    investors: tuple[Investor, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    envelope_years: tuple[EnvelopeYear, ...] = ()
    procurement: tuple[Procurement, ...] = ()
    procurement_mix: tuple[ProcurementMix, ...] = ()
    procurement_years: tuple[ProcurementYear, ...] = ()
    links: tuple[Link, ...] = ()
    cut_sets: tuple[CutSet, ...] = ()
    reserve_areas: tuple[ReserveArea, ...] = ()
    markets: tuple[Market, ...] = ()
    market_steps: tuple[MarketStep, ...] = ()
    trade_contracts: tuple[TradeContract, ...] = ()
    contract_years: tuple[ContractYear, ...] = ()
    reservoirs: tuple[Reservoir, ...] = ()
    inflows: tuple[Inflow, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    fillings: tuple[Filling, ...] = ()
    releases: tuple[Release, ...] = ()
    river_profiles: tuple[RiverProfile, ...] = ()
    interannual_inflows: tuple[InterannualInflow, ...] = ()
    interannual_yields: tuple[InterannualYield, ...] = ()
    heat_zones: tuple[HeatZone, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    irrigation_savings: tuple[IrrigationSaving, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    equipment_rebates: tuple[EquipmentRebate, ...] = ()
    trade_links: tuple[TradeLink, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    corridor_freight: tuple[CorridorFreight, ...] = ()
    profiles: tuple[Profile, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    vehicle_types: tuple[VehicleType, ...] = ()
    vehicle_stocks: tuple[VehicleStock, ...] = ()
    vehicle_sales: tuple[VehicleSales, ...] = ()
    vehicle_adoption: tuple[VehicleAdoption, ...] = ()
    vehicle_supply: tuple[VehicleSupply, ...] = ()
    vehicle_duties: tuple[VehicleDuty, ...] = ()
    vehicle_use: tuple[VehicleUse, ...] = ()
    vehicle_zones: tuple[VehicleZone, ...] = ()
    temperatures: tuple[Temperature, ...] = ()
    temperature_factors: tuple[TemperatureFactor, ...] = ()
    motor_fuels: tuple[MotorFuel, ...] = ()
    motor_fuel_prices: tuple[MotorFuelPrice, ...] = ()
    charging_profiles: tuple[ChargingProfile, ...] = ()
    charging_places: tuple[ChargingPlace, ...] = ()
    charging_terms: tuple[ChargingTerms, ...] = ()
    definitions: tuple[Definition, ...] = ()
    targets: tuple[Target, ...] = ()
    carbon_policies: tuple[CarbonPolicy, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    studies: tuple[StudyShare, ...] = ()
    realised: tuple[Realised, ...] = ()
    backcast_bands: tuple[Band, ...] = ()
    backcast_facts: tuple[Fact, ...] = ()
    backcast_causes: tuple[Cause, ...] = ()
    calibration: tuple[Calibration, ...] = ()
    first_year_causes: tuple[FirstYear, ...] = ()

    @property
    def country_of(self) -> dict[str, str]:
        """Zone → its country."""
        return {zone.id: zone.country for zone in self.zones}
