"""The case: a scenario turned into numbers, and nothing of Pyomo.

Labels are strings or years; arrays follow the order zone (Z), country (C), unit (U), model year (Y), slice (S),
day (D). Power is in MW here; the model works in GW, GWh and MUSD, which keeps its matrix well scaled.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.capacity.assets import Asset
from simulator.case.capacity.investment import Investment
from simulator.case.capacity.procurement import Procured
from simulator.case.capacity.units import DispatchUnit
from simulator.case.demand.rationing import RationingStep
from simulator.case.fuel import FuelDeliveryByYear, FuelStep, FuelWindowByYear
from simulator.case.grid.contracts import ContractByYear
from simulator.case.grid.loops import Loop
from simulator.case.grid.network import CutSetByYear, DistributionNetworkByYear, LinkByYear, MarketStepByYear
from simulator.case.law import Law, Targets
from simulator.case.money.exchange import Exchange
from simulator.case.time.frame import Frame
from simulator.case.time.horizon import ModelYears
from simulator.case.time.stretches import Stretches
from simulator.case.vehicles.charging import Flexible
from simulator.case.vehicles.results import Vehicles
from simulator.case.weather.water import Water
from simulator.system import Country, Market, System, Zone


@dataclass(frozen=True)
class Case:
    """Everything the model is built from."""

    name: str
    system: System
    horizon: ModelYears
    discount_rate: float
    """Social rate, real, as a fraction per year."""
    frame: Frame
    hours: np.ndarray = field(metadata=over("year", "slice", least=0))
    """Hours per year that each slice represents; 0 where a slice is not part of a year."""
    stretches: Stretches
    countries: tuple[Country, ...]
    zones: tuple[Zone, ...]
    markets: tuple[Market, ...]
    load_mw: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    """Without vehicles, electrified corridors included."""
    corridor_mw: np.ndarray = field(metadata=over("zone", "year", least=0))
    """Flat part of ``load_mw`` that electrified corridors draw."""
    nev_mw: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    """Charging of electric vehicles that nobody controls."""
    rationing: tuple[RationingStep, ...]
    flexible: Flexible
    vehicles: Vehicles
    peak_mw: np.ndarray = field(metadata=over("country", "year", least=0))
    """Yearly peak of the country if nobody controls the charging of vehicles."""
    peak_fixed_mw: np.ndarray = field(metadata=over("country", "year", least=0))
    """The same without the vehicles that charge smartly; never above ``peak_mw``."""
    exchange: Exchange
    assets: tuple[Asset, ...]
    units: tuple[DispatchUnit, ...]
    availability: np.ndarray = field(metadata=over("unit", "year", "slice", least=0, most=1))
    """Share of capacity that can run."""
    must_run: np.ndarray = field(metadata=over("unit", "year", "slice", least=0))
    """Share of capacity that must run, for heat or for the plant's own host."""
    heat: np.ndarray = field(metadata=over("unit", "year", "slice", least=0))
    """Heat that plants give, MW per MW of capacity."""
    may_retire: bool
    investment: Investment
    procured: Procured
    links: tuple[LinkByYear, ...]
    cut_sets: tuple[CutSetByYear, ...]
    loops: tuple[Loop, ...]
    market_steps: tuple[MarketStepByYear, ...]
    contracts: tuple[ContractByYear, ...]
    distribution_networks: tuple[DistributionNetworkByYear, ...]
    water: Water
    fuel_steps: tuple[FuelStep, ...]
    fuel_windows: tuple[FuelWindowByYear, ...]
    fuel_deliveries: tuple[FuelDeliveryByYear, ...]
    carbon_usd_per_t: np.ndarray = field(metadata=over("country", "year", least=0))
    carbon_cap_kt: np.ndarray = field(metadata=over("country", "year", least=0, unlimited=True))
    """Infinite without a cap."""
    law: Law
    targets: Targets
    headline: str
