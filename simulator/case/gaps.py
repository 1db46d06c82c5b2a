"""Series of which a part is missing. What is missing is never zero: it is interpolated by a rule, or refused here.

Figures by year are anchors: linear in between, constant outside (``time.interpolation``), so one year is enough. What
has no such rule must be whole: profiles in every slice of every model year, rivers and temperatures in all twelve
months, dry and drawn years in every country with rivers, use and fuel prices of all plug-in vehicles, a definition in
the country of its target. Tables where no row means none, or a default, say so in the docstring of their class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simulator.errors import Problem
from simulator.grouping import lists
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import NamedSlices
from simulator.inputs.schema.vehicles import VehicleChange
from simulator.system import Profile, System, VehicleType
from simulator.system.known import called_vehicles

MONTHS = range(1, 13)


def gaps(system: System, scenario: Scenario) -> list[Problem]:
    """Everything of which a part is missing."""
    return [
        *_profiles(system, scenario), *_months(system), *_years_of_nature(system, scenario), *_law(system),
        *_headline(system, scenario), *_supply(system), *_vehicles(system, scenario),
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------- profiles


def _profiles(system: System, scenario: Scenario) -> Iterator[Problem]:
    """Profiles of named slices: the load of every zone, and any other series that is given, without a hole."""
    time, years = scenario.horizon.time, scenario.horizon.model_years
    if not isinstance(time, NamedSlices):
        if system.profiles:
            yield Problem("the table `profiles` has an effect where slices are named only", path="profiles",
                          help="remove it, or say horizon.time: {method: slices, ...}")  # fmt: skip
        return
    of_slice = {item.name: item.year for item in time.slices}
    needed = [(year, name) for year in years for name, own in of_slice.items() if own in (None, year)]
    series: dict[tuple[str, str], dict[tuple[int, str], Profile]] = {(zone.id, "load"): {} for zone in system.zones}
    for row in system.profiles:
        series.setdefault((row.zone, row.name), {})[row.year, row.slice] = row
        if (own := of_slice[row.slice]) not in (None, row.year):
            yield Problem(f"slice {row.slice!r} belongs to {own}, so a value for {row.year} has no effect",
                          path=f"profiles.{row.key}.year", help=f"write {own}")  # fmt: skip
        if row.name != "load" and row.value > 1:
            yield Problem(
                f"the profile {row.name!r} of {row.zone} exceeds 1", path=f"profiles.{row.key}.value",
                help="write a share of the capacity (of the heat that turbines can give), 0 to 1; not MW or percent",
            )  # fmt: skip
    for (zone, name), given in series.items():
        missing = [key for key in needed if key not in given]
        if missing:
            year, slice_ = missing[0]
            nearby = next(iter(given.values())).key if given else ""
            others = f" ({len(missing)} such values in all)" if len(missing) > 1 else ""
            yield Problem(
                f"the profile {name!r} of {zone} has no value for slice {slice_!r} in {year}{others}",
                path=f"profiles.{nearby}" if nearby else f"zones.{zone}",
                help="give a row of `profiles` for every slice of every model year; 0 is allowed",
            )  # fmt: skip


# -------------------------------------------------------------------------------------- months and years


def _months(system: System) -> Iterator[Problem]:
    """Twelve months of inflow and of temperature; a reservoir without inflow lies below another."""
    below = {row.downstream for row in system.reservoirs}
    inflow = _grouped((row.reservoir, row.month) for row in system.inflows)
    for lake in system.reservoirs:
        if lake.id not in inflow and lake.id not in below:
            yield Problem(
                f"no water comes to reservoir {lake.id!r}", path=f"reservoirs.{lake.id}",
                help="give its twelve months in `inflows`, or let another reservoir flow into it",
            )  # fmt: skip
    yield from _twelve("inflow of", "inflows", inflow)
    flowing = {(row.reservoir, row.month) for row in system.inflows if row.inflow_hm3 > 0}
    for row in system.fillings:
        if not any((row.reservoir, month) in flowing for month in row.months):
            yield Problem(f"nothing flows in the months in which the lake of {row.project!r} fills",
                          path=f"fillings.{row.key}.months", help="name months with inflow in `inflows`")  # fmt: skip
    yield from _twelve("temperature of", "temperatures", _grouped((row.zone, row.month) for row in system.temperatures))


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    return {name: set(found) for name, found in lists(pairs).items()}


def _twelve(what: str, table: str, found: Mapping[str, set[int]]) -> Iterator[Problem]:
    for name, months in found.items():
        missing = [str(month) for month in MONTHS if month not in months]
        if missing:
            yield Problem(f"the {what} {name} lacks month {', '.join(missing)}", path=f"{table}.{name}/{min(months)}",
                          help=f"give all twelve months in `{table}`")  # fmt: skip


def _years_of_nature(system: System, scenario: Scenario) -> Iterator[Problem]:
    """A dry, wet or drawn year in every country with rivers, and a drawn one of all wind and sun that can run."""
    horizon, country = scenario.horizon, system.country_of
    kinds = {row.id: row.kind for row in system.technologies}
    tables = (system.plants, system.projects, system.candidates, system.procurement_mix)
    places = [(country[row.zone], row.technology) for table in tables for row in table]
    if horizon.water != "normal" and system.interannual_inflows:
        rivers = [country[row.zone] for row in system.reservoirs]
        rivers += [place for place, technology in places if kinds[technology] == "run_of_river"]
        known = {row.country for row in system.interannual_inflows}
        for name in dict.fromkeys(rivers):
            if name not in known:
                yield Problem(f"{name} has rivers, but `interannual_inflows` does not say water: {horizon.water} there",
                              path="horizon.water", help=f"add a row of {name} to `interannual_inflows`")  # fmt: skip
    if horizon.wind_and_sun == "sampled" and system.interannual_yields:
        varying = {(row.country, row.technology) for row in system.interannual_yields}
        for place, technology in dict.fromkeys(places):
            if kinds[technology] == "variable" and (place, technology) not in varying:
                yield Problem(f"`interannual_yields` does not say how years of {technology} differ in {place}",
                              path="horizon.wind_and_sun", help="add that row to `interannual_yields`")  # fmt: skip


# --------------------------------------------------------------------------------------------- law, fuel


def _law(system: System) -> Iterator[Problem]:
    """A target whose definition says nothing about its country: its share would be nothing."""
    ruled = {(row.definition, row.country) for row in system.definitions}
    for row in system.targets:
        if not {(row.definition, row.country), (row.definition, "all")} & ruled:
            yield Problem(
                f"the definition {row.definition!r} says nothing about {row.country}",
                path=f"targets.{row.id}.definition",
                help=f"add rows of {row.country} (or all) to `definitions`, or name another definition",
            )  # fmt: skip


def _headline(system: System, scenario: Scenario) -> Iterator[Problem]:
    year = {row.id: row.year for row in system.targets}.get(scenario.headline or "")
    if year is not None and year not in scenario.horizon.model_years:
        yield Problem(f"the headline {scenario.headline!r} is a target for {year}, which is not a model year",
                      path="headline", help=f"add {year} to horizon.model_years, or name another target")  # fmt: skip


def _supply(system: System) -> Iterator[Problem]:
    """What all rows of a fuel market, of its steps and of a fuel's price in a zone must say alike."""
    market: dict[str, object] = {}
    step: dict[tuple[str, int], bool] = {}
    for row in system.fuel_supply:
        if market.setdefault(row.market, (row.fuel, set(row.zones))) != (row.fuel, set(row.zones)):
            yield Problem(
                f"the rows of fuel market {row.market!r} have different fuels or zones",
                path=f"fuel_supply.{row.key}.zones", help="a market sells one fuel in the same zones",
            )  # fmt: skip
        if step.setdefault((row.market, row.step), row.border_price) != row.border_price:
            yield Problem(f"step {row.step} of {row.market!r} is a border price in some years only",
                          path=f"fuel_supply.{row.key}.border_price", help="say the same in all years")  # fmt: skip
    currency: dict[tuple[str, str], str | None] = {}
    for price in system.fuel_prices:
        if currency.setdefault((price.fuel, price.zone), price.currency) != price.currency:
            yield Problem(f"the price of {price.fuel} in {price.zone} is set in different currencies",
                          path=f"fuel_prices.{price.key}.currency", help="say the same in all years")  # fmt: skip


# ---------------------------------------------------------------------------------------------- vehicles


def _vehicles(system: System, scenario: Scenario) -> Iterator[Problem]:
    """What plug-in vehicles drive, replace and feel, and from when on they are known."""
    types = {(row.vehicle, row.powertrain): row for row in system.vehicle_types}
    yield from _use(system, types)
    yield from _motor_fuels(system, types)
    yield from _first_years(system, types, scenario.horizon.model_years[0])
    yield from _outlooks(system, scenario)
    warm = {row.zone for row in system.temperatures}
    for row in system.vehicle_zones:
        if warm and row.share_percent > 0 and row.zone not in warm:
            yield Problem(f"the temperatures of {row.zone}, where vehicles are, are not known",
                          path=f"vehicle_zones.{row.key}", help="give its twelve months in `temperatures`")  # fmt: skip


def _use(system: System, types: Mapping[tuple[str, str], VehicleType]) -> Iterator[Problem]:
    known = {(row.country, row.vehicle) for row in system.vehicle_use}
    for table in ("vehicle_stocks", "vehicle_sales", "vehicle_adoption", "vehicle_supply"):
        for row in getattr(system, table):
            place = (row.country, row.vehicle)
            if types[row.vehicle, row.powertrain].electric_km_percent > 0 and place not in known:
                known.add(place)
                yield Problem(f"how far plug-in vehicles ({row.vehicle}) of {row.country} drive is not known",
                              path=f"{table}.{row.key}", help=f"add {'/'.join(place)} to `vehicle_use`")  # fmt: skip


def _motor_fuels(system: System, types: Mapping[tuple[str, str], VehicleType]) -> Iterator[Problem]:
    """A price of every fuel that plug-in vehicles burn or replace."""
    priced = {(row.country, row.fuel) for row in system.motor_fuel_prices}
    for use in system.vehicle_use:
        plug_in = [row for (vehicle, _), row in types.items() if vehicle == use.vehicle and row.replaces]
        replaced = [types[use.vehicle, row.replaces] for row in plug_in if row.replaces]
        burnt = [row.fuel for row in (*plug_in, *replaced)]
        for fuel in dict.fromkeys(burnt):
            if fuel is not None and (use.country, fuel) not in priced:
                priced.add((use.country, fuel))
                yield Problem(f"what {fuel} costs in {use.country} is not known", path=f"vehicle_use.{use.key}",
                              help=f"add {use.country}/{fuel} to `motor_fuel_prices`")  # fmt: skip


def _first_years(system: System, types: Mapping[tuple[str, str], VehicleType], first: int) -> Iterator[Problem]:
    """Plug-in vehicles are on the road before the first model year, or their stock would be nothing there."""
    for row in system.vehicle_stocks:
        if types[row.vehicle, row.powertrain].electric_km_percent > 0 and row.vehicles > 0 and row.year >= first:
            yield Problem(
                f"the stock is known from the end of {row.year} on, but the first model year is {first}",
                path=f"vehicle_stocks.{row.key}.year", help=f"give the stock at the end of {first - 1}",
            )  # fmt: skip


def _outlooks(system: System, scenario: Scenario) -> Iterator[Problem]:
    """Sales that go on come from somewhere: an outlook, published years to fit a curve to, plants and importers."""
    sold: dict[tuple[str, str, str], int] = {}
    for row in system.vehicle_sales:
        key = (row.country, row.vehicle, row.powertrain)
        sold[key] = min(row.year, sold.get(key, row.year))
    supplied = {(row.country, row.vehicle, row.powertrain) for row in system.vehicle_supply}
    called = called_vehicles(system.vehicle_types)
    for rule in system.vehicle_adoption:
        key = (rule.country, rule.vehicle, rule.powertrain)
        stated = scenario.nev.get(rule.country, VehicleChange()).vehicles or {}
        path = f"vehicle_adoption.{rule.key}"
        if key[1:] in (called.get(name) for name in stated):
            continue
        if rule.method == "supply" and key not in supplied:
            yield Problem(f"sales of {rule.key} follow supply, but nobody supplies them", path=f"{path}.method",
                          help="add plants or imports to `vehicle_supply`, or use another method")  # fmt: skip
        elif rule.method != "supply" and key not in sold:
            yield Problem(f"sales of {rule.key} are not known in any year", path=path,
                          help="add rows to `vehicle_sales`, or use method supply")  # fmt: skip
        elif rule.method in ("logistic", "bass") and rule.fit_from is not None and rule.fit_from < sold[key]:
            yield Problem(f"the curve of {rule.key} is fitted from {rule.fit_from} on, but sales are known from "
                          f"{sold[key]}", path=f"{path}.fit_from", help=f"write {sold[key]}, or add sales")  # fmt: skip
