"""What a scenario says about the vehicles of a country, put into the tables; what would have no effect is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from simulator.case.messages import borne, ids, no_effect
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.vehicles import VehicleChange
from simulator.system import ChargingPlace, Row, System, VehicleAdoption, VehicleSupply
from simulator.system.known import called_vehicles

R = TypeVar("R", bound=Row)


def changed_vehicles(system: System, scenario: Scenario, problems: list[Problem]) -> dict[str, Any]:
    """Tables as the scenario's ``nev`` changes them; adds to ``problems`` what is unknown or has no effect."""
    countries = sorted({row.country for row in system.vehicle_use})
    for country, change in borne(scenario.nev, ids(system.countries)):
        if country not in countries:
            problems.append(no_effect("the tables have no vehicles of this country", f"nev.{country}"))
            continue
        say = _Sayer(f"nev.{country}", problems)
        system = system.model_copy(update=_changed(system, country, change, say))
        _check_stocks(system, country, change, say)
        _check_scrappage(system, country, change, say, scenario.horizon.model_years[-1])
    names = ("vehicle_adoption", "vehicle_supply", "vehicle_duties", "charging_places", "charging_terms")
    return {name: getattr(system, name) for name in names}


class _Sayer:
    """Collects problems of one country's part."""

    def __init__(self, path: str, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems

    def no_effect(self, key: str, why: str, help: str) -> None:
        self.problems.append(no_effect(why, f"{self.path}.{key}", help))


def _changed(system: System, country: str, change: VehicleChange, say: _Sayer) -> dict[str, Any]:
    adoption = _adoption(system, country, change, say)
    mine = [row for row in adoption if row.country == country]
    if change.supply_factor != 1 and not any(row.method == "supply" for row in mine):
        say.no_effect("supply_factor", "no sales follow supply", "set method: supply, or use factor")
    if change.factor != 1 and not change.vehicles and mine and all(row.method == "supply" for row in mine):
        say.no_effect("factor", "all sales follow supply", "use supply_factor")
    places = _places(system, country, change, say)
    smart = any(row.country == country and row.smart_percent > 0 for row in places)
    terms = system.charging_terms
    if change.v2g_percent is not None:
        if change.v2g_percent > 0 and not smart:
            say.no_effect("v2g_percent", "no vehicle charges smartly", "give smart_percent as well")
        terms = _with(terms, country, {"v2g_percent": change.v2g_percent}, "v2g_percent", say)
    duties = system.vehicle_duties
    if change.quota is not None:
        duties = _with(duties, country, {"quota": change.quota}, "quota", say)
    return {
        "vehicle_adoption": adoption,
        "vehicle_supply": _supply(system, country, change, say),
        "vehicle_duties": duties,
        "charging_places": places,
        "charging_terms": terms,
    }


def _with(rows: Sequence[R], country: str, update: dict[str, Any], key: str, say: _Sayer) -> tuple[R, ...]:
    """Rows of a country with new values; refused when none of them changes."""
    new = tuple(r.model_copy(update=update) if getattr(r, "country", "") == country else r for r in rows)
    if new == tuple(rows):
        say.no_effect(key, "nothing in the tables of this country changes", "remove it, or write another value")
    return new


def _adoption(system: System, country: str, change: VehicleChange, say: _Sayer) -> tuple[VehicleAdoption, ...]:
    """The method for every powertrain whose tables allow it; the others keep theirs."""
    if change.method is None:
        return system.vehicle_adoption
    supplied = {(row.country, row.vehicle, row.powertrain) for row in system.vehicle_supply}

    def allows(row: VehicleAdoption) -> bool:
        if change.method == "supply":
            return (row.country, row.vehicle, row.powertrain) in supplied
        return change.method == "path" or row.saturation_percent is not None

    new = tuple(
        row.model_copy(update={"method": change.method}) if row.country == country and allows(row) else row
        for row in system.vehicle_adoption
    )
    if new == system.vehicle_adoption:
        say.no_effect("method", f"no sales of this country can follow {change.method}, or all do already",
                      "look at the tables vehicle_adoption and vehicle_supply")  # fmt: skip
    return new


def _supply(system: System, country: str, change: VehicleChange, say: _Sayer) -> tuple[VehicleSupply, ...]:
    """Plants named by the scenario come for certain."""
    rows = {row.id: row for row in system.vehicle_supply if row.country == country}
    known = ids(system.vehicle_supply)
    for name in (name for name in change.plants if name in known):
        if name not in rows:
            say.no_effect("plants", f"{name!r} is not in {country}", "name a plant of this country")
        elif rows[name].probability_percent == 100:
            say.no_effect("plants", f"{name!r} comes for certain already", "remove it")
    return tuple(
        row.model_copy(update={"probability_percent": 100.0}) if row.id in change.plants else row
        for row in system.vehicle_supply
    )


def _places(system: System, country: str, change: VehicleChange, say: _Sayer) -> tuple[ChargingPlace, ...]:
    """The smart share wherever vehicles can wait."""
    if change.smart_percent is None:
        return system.charging_places
    new = tuple(
        row.model_copy(update={"smart_percent": change.smart_percent})
        if row.country == country and row.delay_hours > 0 else row
        for row in system.charging_places
    )  # fmt: skip
    if new == system.charging_places:
        say.no_effect("smart_percent", "no place of this country changes", "remove it, or write another value")
    return new


def _check_stocks(system: System, country: str, change: VehicleChange, say: _Sayer) -> None:
    """A stated stock is that of a plug-in powertrain whose sales go on, after its published years, and stated once."""
    called, first = called_vehicles(system.vehicle_types), dict[tuple[str, str], str]()
    rows = {(row.vehicle, row.powertrain): row for row in system.vehicle_adoption if row.country == country}
    for name, path in borne(change.vehicles or {}, called):
        key = f"vehicles.{name}"
        if (other := first.setdefault(called[name], name)) != name:
            say.problems.append(Problem(f"{other} and {name} are the same vehicles", path=f"{say.path}.{key}",
                                        help="state one of them"))  # fmt: skip
        elif called[name] not in rows:
            say.no_effect(key, f"`vehicle_adoption` has no row for {'/'.join(called[name])} in {country}", "add one")
        elif not any(year > rows[called[name]].history_to for year in path):
            last = rows[called[name]].history_to
            say.no_effect(key, f"the stock is known until {last}", f"state years after {last}")


def _check_scrappage(system: System, country: str, change: VehicleChange, say: _Sayer, last: int) -> None:
    """A scheme falls into years in which the stock is followed."""
    scheme = change.scrappage
    if scheme is None:
        return
    first = min((row.year for row in system.vehicle_stocks if row.country == country), default=last)
    if scheme.first_year > last or scheme.last_year < first:
        say.no_effect("scrappage", f"the stock is followed from {first} to {last}", "name years within")
