"""What a case looks up by name must be there: prices, costs, profiles, months. Everything missing is found at once.

A *use* is a technology in a zone that a scenario has: a plant, a project that comes, placed money, a candidate. Later
steps look things up and trust that they are there. Nothing that is missing becomes zero.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from simulator.case.capacity.cohorts import variant
from simulator.case.capacity.permits import spans
from simulator.case.capacity.pipeline import Outcome
from simulator.case.time.horizon import make_horizon
from simulator.case.weather.heat import heating
from simulator.case.weather.outages import Outages
from simulator.case.weather.series import HEAT
from simulator.errors import Findings, Problem
from simulator.grouping import lists
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import NamedSlices
from simulator.system import System, Technology

MONTHS = frozenset(range(1, 13))


@dataclass(frozen=True)
class Use:
    """A technology in a zone, and the row that has it there."""

    technology: Technology
    zone: str
    path: str
    built: bool
    """Whether its overnight cost counts."""


def uses(system: System, scenario: Scenario, outcomes: Sequence[Outcome]) -> list[Use]:
    """Every technology in every zone of a scenario, with the first row that has it."""
    kinds = {row.id: row for row in system.technologies}
    found = [
        Use(variant(kinds[row.technology], row)[0], row.zone, f"plants.{row.id}.technology", False)
        for row in system.plants
    ]
    for outcome in outcomes:
        row = outcome.project
        if outcome.share > 0:
            found.append(Use(variant(kinds[row.technology], row)[0], row.zone, f"projects.{row.id}.technology", True))
            if row.storage_technology is not None and row.storage_mw > 0:
                path = f"projects.{row.id}.storage_technology"
                found.append(Use(kinds[row.storage_technology], row.zone, path, True))
    found += [
        Use(kinds[part.technology], part.zone, f"procurement_mix.{part.key}.technology", True)
        for part in system.procurement_mix
    ]
    if scenario.optimiser.build:
        found += [
            Use(kinds[row.technology], row.zone, f"candidates.{row.key}.technology", True) for row in system.candidates
        ]
    return list({(use.technology, use.zone, use.built): use for use in reversed(found)}.values())


def missing(system: System, scenario: Scenario, outcomes: Sequence[Outcome]) -> list[Problem]:
    """Everything that the tables lack."""
    found = uses(system, scenario, outcomes)
    problems = [*_efficiency(found), *_costs(system, found), *_fuels(system, found), *_chance(system, scenario)]
    problems += _least_sizes(system, scenario)
    if isinstance(scenario.horizon.time, NamedSlices):
        problems += _profiles(system, found)
    else:
        problems += [*_demand(system), *_rivers(system, found), *_heat(system, found), *_repair(system, found)]
    return problems


def _least_sizes(system: System, scenario: Scenario) -> Iterator[Problem]:
    """A choice between nothing and at least so much has a row in the plan that needs the most that may be chosen."""
    kinds, country = {row.id: row for row in system.technologies}, system.country_of
    horizon = make_horizon(scenario)
    years = range(horizon.years[0], horizon.years[-1] + 1)
    for row in system.candidates if scenario.optimiser.build else ():
        holding = [x for x in system.build_limits if x.holds(row.zone, country[row.zone], row.technology)]
        joint = any(all(any(t in span for span in spans(x, horizon)) for t in years) for x in holding)
        if kinds[row.technology].minimum_build_mw > 0 and row.limit_mw is row.limit_mw_per_year is None and not joint:
            yield Problem(f"{row.technology} in {row.zone} has a least size and no limit", path=f"candidates.{row.key}",
                          help="give limit_mw or limit_mw_per_year: the most that could be built")  # fmt: skip


def _chance(system: System, scenario: Scenario) -> Iterator[Problem]:
    """The tables from which years are drawn, or dry and wet ones are taken."""
    horizon = scenario.horizon
    if horizon.water != "normal" and not system.interannual_inflows:
        yield Problem(f"the system has no `interannual_inflows`, so water: {horizon.water} has no effect",
                      path="horizon.water", help="add the table, or say water: normal")  # fmt: skip
    if horizon.wind_and_sun == "sampled" and not system.interannual_yields:
        yield Problem("the system has no `interannual_yields` from which wind and sun can be drawn",
                      path="horizon.wind_and_sun", help="add the table, or say normal")  # fmt: skip


def _efficiency(found: Sequence[Use]) -> Iterator[Problem]:
    """How much of what goes in comes out, where something goes in."""
    for name, path in {
        use.technology.id: use.path for use in found
        if use.technology.efficiency_percent is None and (use.technology.fuel or use.technology.kind == "storage")
    }.items():  # fmt: skip
        yield Problem(
            f"technology {name!r} needs an efficiency", path=path,
            help=f"give efficiency_percent of {name}, electricity per fuel; of storage the round trip",
        )  # fmt: skip


def _costs(system: System, found: Sequence[Use]) -> Iterator[Problem]:
    """Overnight costs of what is built."""
    priced = {row.technology for row in system.technology_costs}
    for name, path in {use.technology.id: use.path for use in found if use.built}.items():
        if name not in priced:
            yield Problem(
                f"technology {name!r} is to be built but the table `technology_costs` has no row for it", path=path,
                help=f"add a row: technology {name}, year, overnight_usd_per_kw",
            )  # fmt: skip


def _fuels(system: System, found: Sequence[Use]) -> Iterator[Problem]:
    """A price, or steps of supply, of every fuel where it is burnt."""
    sold = {(row.fuel, row.zone) for row in system.fuel_prices}
    sold |= {(row.fuel, zone) for row in system.fuel_supply for zone in row.zones}
    for use in _first(found):
        fuel = use.technology.fuel
        if fuel is not None and (fuel, use.zone) not in sold:
            yield Problem(
                f"{use.technology.id} in {use.zone} burns {fuel}, which has no price there", path=use.path,
                help=f"add rows to `fuel_prices` (or `fuel_supply`) for fuel {fuel} and zone {use.zone}",
            )  # fmt: skip


def _demand(system: System) -> Iterator[Problem]:
    known = {row.zone for row in system.demand}
    for zone in system.zones:
        if zone.id not in known:
            yield Problem(f"zone {zone.id!r} has no demand", path=f"zones.{zone.id}",
                          help="add a row to `demand`; 0 is allowed")  # fmt: skip


def _profiles(system: System, found: Sequence[Use]) -> Iterator[Problem]:
    """Where slices are named, the profiles of all that follows nature, and of heating."""
    given = {(row.zone, row.name) for row in system.profiles}
    for use in _first(found):
        natural = use.technology.kind in ("variable", "run_of_river")
        name = use.technology.id if natural else HEAT if use.technology.heats else None
        if name is not None and (use.zone, name) not in given:
            yield Problem(
                f"{use.technology.id} in {use.zone} has no profile {name!r}", path=use.path,
                help="give it in `profiles` for every slice of every model year; 0 is allowed",
            )  # fmt: skip


def _rivers(system: System, found: Sequence[Use]) -> Iterator[Problem]:
    """Twelve months of every river that runs a plant, and of every river that is given at all."""
    rows = {(row.zone, row.technology): row.key for row in reversed(system.river_profiles)}
    months = lists(((row.zone, row.technology), row.month) for row in system.river_profiles)
    for (zone, technology), given in months.items():
        if gap := sorted(MONTHS.difference(given)):
            yield Problem(
                f"river profile of {technology} in {zone}: month {gap[0]} is missing",
                path=f"river_profiles.{rows[zone, technology]}", help="give all twelve months",
            )  # fmt: skip
    for use in _first(found):
        if use.technology.kind == "run_of_river" and (use.zone, use.technology.id) not in months:
            yield Problem(f"{use.technology.id} in {use.zone} has no river profile", path=use.path,
                          help="add its twelve months to `river_profiles`")  # fmt: skip


def _heat(system: System, found: Sequence[Use]) -> Iterator[Problem]:
    """The heating of towns with heat plants, and the temperatures it follows."""
    findings = Findings()
    findings.of(heating, system)
    yield from findings.problems
    heated = {row.zone for row in system.heat_zones}
    for use in _first(found):
        if use.technology.heats and use.zone not in heated:
            yield Problem(f"{use.technology.id} in {use.zone} gives heat, but the zone's heating is not known",
                          path=use.path, help=f"add a row of {use.zone} to `heat_zones`")  # fmt: skip


def without_weather(
    system: System, scenario: Scenario, outcomes: Sequence[Outcome], hourly: Container[tuple[str, str]]
) -> list[Problem]:
    """Wind and sun in zones that have no hourly profile of them."""
    return [
        Problem(f"{use.technology.group} in {use.zone} has no hourly profile", path=use.path,
                help=f"name a weather zone in `zones` for {use.zone}, or give the profile in horizon.profiles")
        for use in _first(uses(system, scenario, outcomes))
        if use.technology.kind == "variable" and (use.zone, use.technology.group) not in hourly
    ]  # fmt: skip


def _repair(system: System, found: Sequence[Use]) -> list[Problem]:
    """Months of repair that are known and long enough."""
    findings, country = Findings(), system.country_of
    if outages := findings.of(Outages, system):
        for use in _first(found):
            findings.of(outages.monthly, country[use.zone], use.technology)
    return findings.problems


def _first(found: Sequence[Use]) -> list[Use]:
    """One use of every technology in a zone."""
    return list({(use.technology.id, use.zone): use for use in reversed(found)}.values())
