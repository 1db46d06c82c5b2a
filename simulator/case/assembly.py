"""From a scenario and a system to a case: every step by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.case.axes import wrong_numbers
from simulator.case.capacity.assets import Asset, make_assets
from simulator.case.capacity.investment import make_investment
from simulator.case.capacity.permits import Permits
from simulator.case.capacity.pipeline import Outcome, realise
from simulator.case.capacity.procurement import Procured, place
from simulator.case.capacity.units import DispatchUnit, make_units
from simulator.case.case import Case
from simulator.case.changes.system import changed_system
from simulator.case.changes.trade_with_china import trade_factor
from simulator.case.demand.corridors import corridor_energy
from simulator.case.demand.loads import (
    Loads,
    Weather,
    generated,
    hourly_loads,
    make_hourly,
    sliced_loads,
    useless_with_slices,
)
from simulator.case.demand.rationing import make_rationing, rationing_problems
from simulator.case.fuel import carbon, make_fuel_deliveries, make_fuel_steps, make_fuel_windows, window_problems
from simulator.case.grid.contracts import contract_problems, make_contracts
from simulator.case.grid.loops import make_loops
from simulator.case.grid.network import (
    make_cut_sets,
    make_distribution_networks,
    make_links,
    make_market_steps,
    round_trips,
)
from simulator.case.law import Law, make_law, make_targets
from simulator.case.money.exchange import Exchange, make_exchange
from simulator.case.needs import missing, without_weather
from simulator.case.plausibility import warn_of_oddities
from simulator.case.time.horizon import ModelYears, discounting, make_horizon
from simulator.case.time.slices import named_frame
from simulator.case.time.stretches import Stretches, make_stretches
from simulator.case.vehicles.charging import Charging, problems_of
from simulator.case.vehicles.results import Vehicles, make_vehicles
from simulator.case.weather.realised import Factors, natural_factors
from simulator.case.weather.series import Hourly, Running, SliceProfiles, running, sliced_running
from simulator.case.weather.water import circles, make_water
from simulator.case.weather.yields import full_load_hours, sliced_hours
from simulator.errors import Findings, InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import NamedSlices
from simulator.system import System


def assemble(
    scenario: Scenario, system: System, name: str = "scenario", folder: Path | None = None,
    weather: Weather = generated,
) -> Case:  # fmt: skip
    """The case of a scenario.

    ``folder`` is where a profile file of the scenario is looked for, ``weather`` makes the hours of weather zones.
    Raises ``InputError`` with every change that names something unknown or has no effect, with everything that is
    missing, and for data that contradict each other.
    """
    basis = _checked(scenario, system, folder, weather)
    plants = _plants(basis)
    case = _case(name, basis, plants, _slices(basis, plants))
    check_finite(case)
    return case


@dataclass(frozen=True)
class _Basis:
    """What a case is made from, once nothing in it is wrong."""

    scenario: Scenario
    system: System
    """With all that the scenario changes."""
    horizon: ModelYears
    law: Law
    exchange: Exchange
    outcomes: list[Outcome]
    """Which projects come, and when, before permits."""
    hourly: Hourly
    """Empty where slices are named: their figures are in the tables."""
    vehicles: Vehicles
    charging: Charging

    @property
    def named(self) -> NamedSlices | None:
        """The slices of the user's own, if the year consists of them."""
        return _named(self.scenario)


@dataclass(frozen=True)
class _Plants:
    """What is there and what may be built."""

    permits: Permits
    """With the projects that they let come."""
    procured: Procured
    assets: list[Asset]
    units: list[DispatchUnit]


@dataclass(frozen=True)
class _Slices:
    """The slices of the model years: what is asked for in each, and what can run."""

    loads: Loads
    stretches: Stretches
    factors: Factors
    running: Running


def _checked(scenario: Scenario, system: System, folder: Path | None, weather: Weather) -> _Basis:
    """Everything that can be wrong is looked for before the first of it is refused."""
    findings = Findings()
    before = system
    system, findings.problems = changed_system(system, scenario)
    warn_of_oddities(system, scenario, before)
    horizon, named = make_horizon(scenario), _named(scenario)
    findings.problems += discounting(scenario, horizon)
    exchange = make_exchange(system, scenario, horizon.years)
    outcomes = findings.of(realise, system, scenario) or []
    findings.problems += missing(system, scenario, outcomes)
    hourly = {} if named else findings.of(make_hourly, system, scenario, folder, weather)
    if hourly and not named:
        findings.problems += without_weather(system, scenario, outcomes, hourly)
    driven = findings.of(make_vehicles, system, scenario, horizon,
                         lambda year: trade_factor(system, scenario, "vehicle_imports", year))  # fmt: skip
    findings.of(corridor_energy, system, horizon.years)
    findings.problems += [*circles(system), *window_problems(system), *round_trips(system, horizon.years)]
    findings.problems += [*contract_problems(system, horizon), *rationing_problems(system)]
    if named:
        findings.of(named_frame, named, horizon.years, system.hours_per_year)
        findings.problems += useless_with_slices(system)
    findings.finish()
    assert hourly is not None and driven is not None
    return _Basis(scenario, system, horizon, make_law(system), exchange, outcomes, hourly, *driven)


def _named(scenario: Scenario) -> NamedSlices | None:
    time = scenario.horizon.time
    return time if isinstance(time, NamedSlices) else None


def _plants(basis: _Basis) -> _Plants:
    """Projects and what is procured, within limits of building, beside the plants that are there."""
    system, scenario, horizon, named = basis.system, basis.scenario, basis.horizon, basis.named
    permits = Permits(system, scenario, basis.outcomes, horizon)
    full_load = sliced_hours(system, named, horizon.years) if named else full_load_hours(system, basis.hourly)
    procured = place(system, scenario, horizon, permits, full_load, basis.exchange)
    assets = make_assets(system, scenario, horizon, basis.law, permits.outcomes, procured.batches, basis.exchange)
    return _Plants(permits, procured, assets, make_units(system, horizon.years, assets))


def _slices(basis: _Basis, plants: _Plants) -> _Slices:
    """Load and weather in the slices of the year: of hours that are grouped, or as the user's tables say."""
    system, horizon, hourly, named = basis.system, basis.horizon, basis.hourly, basis.named
    factors = natural_factors(system, basis.scenario, horizon.years, plants.assets)
    if named:
        loads = sliced_loads(system, horizon, named)
    else:
        loads = hourly_loads(system, basis.scenario, horizon, plants.assets, basis.charging, hourly)
    stretches = make_stretches(loads.frame, loads.hours)
    if named:
        profiles = SliceProfiles(system, horizon.years, loads.frame.label, loads.hours)
        can_run = sliced_running(system, factors, plants.units, horizon.years, profiles)
    else:
        can_run = running(system, factors, loads.frame, stretches, plants.units, horizon.years, hourly)
    return _Slices(loads, stretches, factors, can_run)


def _case(name: str, basis: _Basis, plants: _Plants, slices: _Slices) -> Case:
    """Everything in one place, with what needs no step of its own."""
    system, scenario, horizon = basis.system, basis.scenario, basis.horizon
    loads, stretches, can_run = slices.loads, slices.stretches, slices.running
    price, cap = carbon(system, horizon.years)
    targets = make_targets(system)
    steps = tuple(make_fuel_steps(system, horizon.years))
    return Case(
        name=name, system=system, horizon=horizon, discount_rate=scenario.finance.discount_rate_percent / 100,
        frame=loads.frame, hours=loads.hours, stretches=stretches, countries=system.countries, zones=system.zones,
        markets=system.markets,
        load_mw=loads.load_mw, corridor_mw=loads.corridor_mw, nev_mw=loads.nev_mw, flexible=loads.flexible,
        rationing=tuple(make_rationing(system)),
        vehicles=basis.vehicles, peak_mw=_country_peaks(system, loads.peak_series_mw),
        peak_fixed_mw=_country_peaks(system, loads.fixed_series_mw), exchange=basis.exchange,
        assets=tuple(plants.assets), units=tuple(plants.units),
        availability=can_run.available, must_run=can_run.must_run, heat=can_run.heat,
        may_retire=scenario.optimiser.retire,
        investment=make_investment(system, scenario, horizon, plants.assets, plants.permits), procured=plants.procured,
        links=tuple(make_links(system, scenario, horizon)), cut_sets=tuple(make_cut_sets(system, horizon)),
        loops=tuple(make_loops(system, scenario)),
        market_steps=tuple(make_market_steps(system, horizon, loads.frame, stretches)),
        contracts=tuple(make_contracts(system, horizon)),
        distribution_networks=tuple(make_distribution_networks(system, horizon)),
        water=make_water(system, slices.factors, stretches, horizon.years, plants.permits.outcomes),
        fuel_steps=steps, fuel_windows=tuple(make_fuel_windows(system, steps, stretches, horizon.years)),
        fuel_deliveries=tuple(make_fuel_deliveries(system, stretches, horizon.years)),
        carbon_usd_per_t=price, carbon_cap_kt=cap, law=basis.law, targets=targets,
        headline=scenario.headline or (targets.id[0] if targets.id else ""),
    )  # fmt: skip


def _country_peaks(system: System, total: np.ndarray) -> np.ndarray:
    """(C, Y) coincident peak of each country, MW, of a load (Z, Y, hours or slices)."""
    return np.array([
        total[[i for i, zone in enumerate(system.zones) if zone.country == country.id]].sum(axis=0).max(axis=-1)
        for country in system.countries
    ])  # fmt: skip


def check_finite(case: Case) -> None:
    """Refuse invalid numbers before they reach the solver. Raises ``InputError``."""
    problems = wrong_numbers(case) + problems_of(case.flexible, case.hours)
    if not np.all(case.peak_fixed_mw <= case.peak_mw * (1 + 1e-9)):
        problems.append(Problem("a country's peak is lower with smart vehicles than without them",
                                help="look at the profiles of charging"))  # fmt: skip
    if problems:
        raise InputError(problems)
