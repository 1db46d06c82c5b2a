"""What a scenario changes of procurement, and what contradicts in its tables."""

from __future__ import annotations

from simulator.case.messages import borne, no_effect
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.investment import AddedProcurement, ProcurementChange
from simulator.system import Procurement, ProcurementMix, ProcurementYear, Row, System

TERMS = ("ceiling_per_mwh", "lead_years", "ticket_mw", "realisation_percent")


def changed(system: System, scenario: Scenario, problems: list[Problem]) -> dict[str, tuple[Row, ...]]:
    """The three tables of procurement as the scenario changes them and adds to them."""
    rows = {row.id: row for row in system.procurement}
    refused = {problem.path for problem in problems}
    years = list(system.procurement_years)
    for name, change in borne(scenario.procurement, rows):
        path = f"procurement.{name}"
        rows[name] = _changed(rows[name], change, path, problems)
        years = [_scaled(row, change.factor) if row.procurement == name else row for row in years]
    mix = list(system.procurement_mix)
    for i, deal in enumerate(scenario.chinese_investment.procurement):
        path = f"chinese_investment.procurement.{i}"
        found = _deal_problems(system, deal, path)
        if deal.name in rows:
            found.append(Problem(f"there is already procurement {deal.name!r}", path=f"{path}.name", help="rename it"))
        problems += found
        if not found and not any(other.startswith(f"{path}.") for other in refused):
            rows[deal.name] = Procurement(
                id=deal.name, **deal.model_dump(exclude={"mix", "mw_per_year", "musd_per_year"})
            )  # fmt: skip
            mix += [ProcurementMix(procurement=deal.name, zone=zone, technology=technology, percent=percent)
                    for (zone, technology), percent in _parts(deal).items()]  # fmt: skip
            years += [ProcurementYear(procurement=deal.name, year=y, mw=v) for y, v in (deal.mw_per_year or {}).items()]
            years += [
                ProcurementYear(procurement=deal.name, year=y, musd=v) for y, v in (deal.musd_per_year or {}).items()
            ]
    return {"procurement": tuple(rows.values()), "procurement_mix": tuple(mix), "procurement_years": tuple(years)}


def _changed(row: Procurement, change: ProcurementChange, path: str, problems: list[Problem]) -> Procurement:
    new = {name: value for name in TERMS if (value := getattr(change, name)) is not None}
    for name, value in new.items():
        if getattr(row, name) == value:
            problems.append(no_effect(f"the system already says {name} = {value:g}", f"{path}.{name}"))
    if not new and change.factor == 1 and change.level is None:
        problems.append(no_effect("nothing is changed", path))
    if "ceiling_per_mwh" in new and row.ceiling_currency is None:
        problems.append(Problem(f"procurement {row.id!r} has no ceiling, so its currency is not known",
                                path=f"{path}.ceiling_per_mwh"))  # fmt: skip
    return row.model_copy(update=new)


def _scaled(row: ProcurementYear, factor: float) -> ProcurementYear:
    name = "musd" if row.mw is None else "mw"
    return row.model_copy(update={name: getattr(row, name) * factor})


def _parts(deal: AddedProcurement) -> dict[tuple[str, str], float]:
    return {tuple(name.split("/", 1)): percent for name, percent in deal.mix.items()}  # type: ignore[misc]


def _deal_problems(system: System, deal: AddedProcurement, path: str) -> list[Problem]:
    investors = {row.id: row for row in system.investors}
    problems = []
    if deal.investor in investors and not investors[deal.investor].chinese:
        problems.append(Problem(f"{deal.investor!r} is not a Chinese investor", path=f"{path}.investor"))
    return problems


def check(system: System) -> list[Problem]:
    """What contradicts in the tables of procurement."""
    technologies = {row.id: row for row in system.technologies}
    problems = []
    for row in system.procurement:
        path = f"procurement.{row.id}"
        mix = [part for part in system.procurement_mix if part.procurement == row.id]
        total = sum(part.percent for part in mix)
        if abs(total - 100) > 1e-6:
            problems.append(
                Problem(f"its mix adds up to {total:g} instead of 100", path=path, help="see `procurement_mix`")
            )
        years = [year for year in system.procurement_years if year.procurement == row.id]
        if not years:
            problems.append(Problem("it has no volume", path=path, help="add rows to `procurement_years`"))
        if len({year.mw is None for year in years}) > 1:
            problems.append(Problem("its volume is MW in some years and money in others", path=path))
        free = {(row.zone, row.technology) for row in system.candidates if row.connection_usd_per_kw == 0}
        free &= {(part.zone, cost.technology) for part in mix for cost in system.technology_costs
                 if cost.overnight_usd_per_kw == 0}  # fmt: skip
        for part in mix:
            technology = technologies[part.technology]
            if (part.zone, part.technology) in free and any(year.musd is not None for year in years):
                problems.append(Problem(f"its volume is money, but {part.technology} in {part.zone} costs nothing to "
                                        "build in some year", path=path, help="give its volume in MW"))  # fmt: skip
            if technology.kind == "storage":
                problems.append(Problem("storage is not placed by rule", path=path, help="name a project instead"))
            elif row.ceiling_per_mwh is not None and (technology.fuel or technology.kind == "reservoir"):
                problems.append(Problem(f"{part.technology} has no cost per MWh before the plan, so no ceiling can be "
                                        "compared with it", path=path))  # fmt: skip
    return problems
