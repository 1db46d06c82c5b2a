"""From a scenario and a system to a case: every step by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simulator.case.axes import wrong_numbers
from simulator.case.capacity.assets import make_assets
from simulator.case.capacity.investment import make_investment
from simulator.case.capacity.permits import Permits
from simulator.case.capacity.pipeline import realise
from simulator.case.capacity.procurement import place
from simulator.case.capacity.units import make_units
from simulator.case.case import Case
from simulator.case.changes.system import changed_system
from simulator.case.changes.trade_with_china import trade_factor
from simulator.case.demand.corridors import corridor_energy
from simulator.case.demand.loads import (
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
from simulator.case.law import make_law, make_targets
from simulator.case.money.exchange import make_exchange
from simulator.case.needs import missing, without_weather
from simulator.case.plausibility import warn_of_oddities
from simulator.case.time.horizon import discounting, make_horizon
from simulator.case.time.slices import named_frame
from simulator.case.time.stretches import make_stretches
from simulator.case.vehicles.charging import problems_of
from simulator.case.vehicles.results import make_vehicles
from simulator.case.weather.realised import natural_factors
from simulator.case.weather.series import SliceProfiles, running, sliced_running
from simulator.case.weather.water import circles, make_water
from simulator.case.weather.yields import full_load_hours, sliced_hours
from simulator.errors import Findings, InputError, Problem
from simulator.inputs.scenario import NamedSlices, Scenario
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
    findings = Findings()
    before = system
    system, findings.problems = changed_system(system, scenario)
    warn_of_oddities(system, scenario, before)
    horizon, law = make_horizon(scenario), make_law(system)
    findings.problems += discounting(scenario, horizon)
    exchange = make_exchange(system, scenario, horizon.years)
    time = scenario.horizon.time
    named = time if isinstance(time, NamedSlices) else None
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
    vehicles, charging = driven
    permits = Permits(system, scenario, outcomes, horizon)
    outcomes = permits.outcomes
    hours = sliced_hours(system, named, horizon.years) if named else full_load_hours(system, hourly)
    procured = place(system, scenario, horizon, permits, hours, exchange)
    assets = make_assets(system, scenario, horizon, law, outcomes, procured.batches, exchange)
    units = make_units(system, horizon.years, assets)
    factors = natural_factors(system, scenario, horizon.years, assets)
    if named:
        loads = sliced_loads(system, horizon, named)
        stretches = make_stretches(loads.frame, loads.hours)
        ran = sliced_running(
            system,
            factors,
            units,
            horizon.years,
            SliceProfiles(system, horizon.years, loads.frame.label, loads.hours),
        )
    else:
        loads = hourly_loads(system, scenario, horizon, assets, charging, hourly)
        stretches = make_stretches(loads.frame, loads.hours)
        ran = running(system, factors, loads.frame, stretches, units, horizon.years, hourly)
    frame = loads.frame
    price, cap = carbon(system, horizon.years)
    targets = make_targets(system)
    steps = tuple(make_fuel_steps(system, horizon.years))
    headline = scenario.headline or (targets.id[0] if targets.id else "")
    case = Case(
        name=name, system=system, horizon=horizon, discount_rate=scenario.finance.discount_rate_percent / 100,
        frame=frame, hours=loads.hours, stretches=stretches, countries=system.countries, zones=system.zones,
        markets=system.markets,
        load_mw=loads.load_mw, corridor_mw=loads.corridor_mw, nev_mw=loads.nev_mw, flexible=loads.flexible,
        rationing=tuple(make_rationing(system)),
        vehicles=vehicles, peak_mw=_country_peaks(system, loads.peak_series_mw),
        peak_fixed_mw=_country_peaks(system, loads.fixed_series_mw), exchange=exchange, assets=tuple(assets),
        units=tuple(units), availability=ran.available, must_run=ran.must_run, heat=ran.heat,
        may_retire=scenario.optimiser.retire,
        investment=make_investment(system, scenario, horizon, assets, permits), procured=procured,
        links=tuple(make_links(system, scenario, horizon)), cut_sets=tuple(make_cut_sets(system, horizon)),
        loops=tuple(make_loops(system, scenario)),
        market_steps=tuple(make_market_steps(system, horizon, frame, stretches)),
        contracts=tuple(make_contracts(system, horizon)),
        distribution_networks=tuple(make_distribution_networks(system, horizon)),
        water=make_water(system, factors, stretches, horizon.years, outcomes),
        fuel_steps=steps, fuel_windows=tuple(make_fuel_windows(system, steps, stretches, horizon.years)),
        fuel_deliveries=tuple(make_fuel_deliveries(system, stretches, horizon.years)),
        carbon_usd_per_t=price, carbon_cap_kt=cap, law=law, targets=targets, headline=headline,
    )  # fmt: skip
    check_finite(case)
    return case


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
