"""Levers that change the tables of a system: every later step sees one effective system.

Each lever is one pure function from a system and a scenario to new rows. A name that is unknown, or a key that would
change nothing, is reported with its path.
"""

from __future__ import annotations

from simulator.case.changes import trade_with_china
from simulator.case.messages import borne, ids, no_effect
from simulator.case.money import currency
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.system import CorridorFreight, EquipmentRebate, Release, System, year_fraction


def apply(system: System, scenario: Scenario, problems: list[Problem]) -> System:
    """The system as the scenario's levers change it; adds every lever that cannot work to ``problems``."""
    updated = system.model_copy(update={
        "corridor_freight": corridor_freight(system, scenario, problems),
        "releases": releases(system, scenario, problems),
        "investors": currency.investors(system, scenario, problems),
    })  # fmt: skip
    check_lines(system, scenario, problems)
    check_equipment(system, scenario, problems)
    currency.check_depreciations(system, scenario, problems)
    trade_with_china.check_trade(system, scenario, problems)
    if scenario.depreciations and not problems:
        updated = updated.model_copy(update={
            "fuel_prices": currency.fuel_prices(system, scenario),
            "fuel_supply": currency.fuel_supply(system, scenario),
        })  # fmt: skip
    if scenario.trade_with_china is not None and not problems:
        updated = updated.model_copy(update={
            "corridor_freight": trade_with_china.freight(updated, scenario),
            "envelope_years": trade_with_china.envelope_years(updated, scenario),
        })  # fmt: skip
    return updated


# ---------------------------------------------------------------------------------------------- corridors


def corridor_freight(system: System, scenario: Scenario, problems: list[Problem]) -> tuple[CorridorFreight, ...]:
    """Freight of the corridors that count: decided ones times the common factor, named ones times their own."""
    change = scenario.corridors
    decided = {row.id for row in system.corridors if row.decided}
    if change.factor != 1 and not decided - set(change.factors):
        problems.append(no_effect("no decided corridor is left to which it applies", "corridors.factor"))
    usual = {row.id: change.factor if row.decided else 0.0 for row in system.corridors}
    for name, factor in borne(change.factors, usual):
        path = f"corridors.factors.{name}"
        if factor == usual[name]:
            problems.append(no_effect(f"corridor {name!r} counts {factor:g} times anyway", path))
    factors = usual | {name: factor for name, factor in change.factors.items() if name in usual}
    return tuple(
        row.model_copy(update={"million_tonnes": row.million_tonnes * factors[row.corridor]})
        for row in system.corridor_freight
    )


# --------------------------------------------------------------------------------------------- irrigation


def releases(system: System, scenario: Scenario, problems: list[Problem]) -> tuple[Release, ...]:
    """Releases whose least volume for irrigation is smaller by what fields save; all else stays.

    Water that is no longer asked for may wait for another season; where a window has a most, that still binds.
    """
    change = scenario.irrigation_saving_percent
    planned = {row.country: row.saving_percent for row in system.irrigation_savings}
    saving = planned if change == "planned" else dict(change)
    country = system.country_of
    place = {row.id: country[row.zone] for row in system.reservoirs}
    asked = {place[row.reservoir] for row in system.releases if row.purpose == "irrigation" and row.minimum_hm3 > 0}
    if change == "planned" and not any(saving.get(name, 0) > 0 for name in asked):
        problems.append(no_effect("no programme saves water of a reservoir with irrigation",
                                  "irrigation_saving_percent"))  # fmt: skip
    if change != "planned":
        for name, percent in borne(change, ids(system.countries)):
            path = f"irrigation_saving_percent.{name}"
            if name not in asked:
                problems.append(no_effect(f"no irrigation is asked of reservoirs in {name}", path))
            elif percent == 0:
                problems.append(no_effect("nothing is saved", path))
    return tuple(
        row.model_copy(update={"minimum_hm3": row.minimum_hm3 * (1 - saving.get(place[row.reservoir], 0) / 100)})
        if row.purpose == "irrigation" else row
        for row in system.releases
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------- lines


def check_lines(system: System, scenario: Scenario, problems: list[Problem]) -> None:
    """Only a link that enters service within the plan can be late."""
    first = scenario.horizon.model_years[0]
    dated = [row.id for row in system.links if row.in_service and year_fraction(row.in_service) >= first]
    for name, months in borne(scenario.grid.delay_months, ids(system.links)):
        path = f"grid.delay_months.{name}"
        if name not in dated:
            problems.append(no_effect(f"link {name!r} has no date in or after the first model year", path))
        elif months == 0:
            problems.append(no_effect("a delay of 0 months", path))
    if scenario.grid.power_flow == "linear":
        check_power_flow(system, scenario, problems)


def check_power_flow(system: System, scenario: Scenario, problems: list[Problem]) -> None:
    """Power divides only where there is a loop."""
    from simulator.case.grid.loops import make_loops  # here, because it loads numpy, which other scenarios do without

    if not make_loops(system, scenario):
        why = "no loop of links with a reactance is in service in any model year"
        problems.append(no_effect(why, "grid.power_flow", "give links.reactance_ohm and voltage_kv, or remove it"))


# ---------------------------------------------------------------------------------------------- equipment


def check_equipment(system: System, scenario: Scenario, problems: list[Problem]) -> None:
    """Every key must name a group of the table and change something of it."""
    change, last = scenario.equipment, scenario.horizon.model_years[-1]
    groups = {row.group for row in system.equipment}
    if change != type(change)() and not any(row.chinese_supply_percent for row in system.investors):
        problems.append(no_effect("no investor buys equipment in China", "equipment"))
    for name, path in borne(change.price_percent, groups):
        if all(percent == 100 for percent in path.values()):
            problems.append(no_effect("the path leaves prices as they are", f"equipment.price_percent.{name}"))
    for name, months in borne(change.delay_months, groups):
        if months == 0:
            problems.append(no_effect("a delay of 0 months", f"equipment.delay_months.{name}"))
    for name, date in borne(change.rebate_ends, groups):
        steps = [row for row in system.equipment_rebates if row.group == name]
        if year_fraction(date) >= last + 1 or not _rebate_after(steps, year_fraction(date)):
            problems.append(no_effect(
                f"no rebate of {name!r} is in force from {date} to the last model year",
                f"equipment.rebate_ends.{name}",
            ))  # fmt: skip


def _rebate_after(rows: list[EquipmentRebate], date: float) -> bool:
    """Whether any item still has a rebate at or after a date."""
    for item in {row.item for row in rows}:
        steps = sorted((year_fraction(row.since), row.rebate_percent) for row in rows if row.item == item)
        in_force = [rebate for since, rebate in steps if since <= date][-1:] + [r for since, r in steps if since > date]
        if any(in_force):
            return True
    return False
