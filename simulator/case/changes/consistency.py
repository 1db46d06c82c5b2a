"""What rows of different tables must agree on: columns that a technology knows, storage, lines, shared reserve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.errors import Problem
from simulator.inputs.strict_yaml import dotted
from simulator.inputs.validation import checked
from simulator.system import Project, System, Technology
from simulator.system.kinds import USERS, misplaced

Found = Iterator[tuple[str, str, str]]
"""Column, what is wrong with it, what to do."""


def contradictions(system: System) -> list[Problem]:
    """All rows that contradict one another, or say what can have no effect."""
    return [
        *_columns(system),
        *_own_figures(system),
        *_storage(system),
        *_plants(system),
        *_lines(system),
        *_market_steps(system),
        *_peaks(system),
        *_areas(system),
    ]


def _columns(system: System) -> Iterator[Problem]:
    """Columns that mean nothing for the technology of their row, and what it cannot do without."""
    technologies = {row.id: row for row in system.technologies}
    for table, meanings in USERS.items():
        for row in getattr(system, table):
            if not (table == "projects" and row.stage == "superseded"):
                for column, message, help in misplaced(row, technologies[row.technology], meanings):
                    yield Problem(message, path=f"{table}.{row.key}.{column}", help=help)


def _own_figures(system: System) -> Iterator[Problem]:
    """Figures of a plant's own that its technology cannot have."""
    technologies = {row.id: row for row in system.technologies}
    for table in ("plants", "projects"):
        for row in getattr(system, table):
            technology = technologies[row.technology]
            if own := row.differing(technology):
                for found in checked(Technology, technology.model_dump() | own)[1]:
                    yield Problem(found.message, path=dotted((table, row.key, *found.path)), help=found.help)


def _storage(system: System) -> Iterator[Problem]:
    """Storage without energy."""
    technologies = {row.id: row for row in system.technologies}
    for name in dict.fromkeys(row.technology for row in system.candidates):
        technology = technologies[name]
        if technology.kind == "storage" and technology.hours_max == 0:
            yield Problem(
                f"{name!r} may be built, but without `hours_max` it has no hours of energy",
                path=f"technologies.{name}.hours_max", help="give hours_max, such as 4",
            )  # fmt: skip
        elif technology.kind == "storage" and technology.hours_max > technology.hours_min:
            for row in system.technology_costs:
                if row.technology == name and row.overnight_usd_per_kwh is None:
                    yield Problem(
                        f"the plan chooses how much {name!r} stores, but its energy has no cost",
                        path=f"technology_costs.{row.key}.overnight_usd_per_kwh",
                        help="give the cost per kWh (0 is allowed), or equal hours_min and hours_max",
                    )  # fmt: skip
    for project in system.projects:
        if project.stage != "superseded":
            for column, message, help in storage_of_project(project, technologies):
                yield Problem(message, path=f"projects.{project.id}.{column}", help=help)


def storage_of_project(project: Project, technologies: Mapping[str, Technology]) -> Found:
    """What is wrong with the storage that a project is, or that comes with it."""
    alone = technologies[project.technology].kind == "storage"
    given = project.storage_technology
    power, energy = project.storage_mw > 0, project.storage_mwh > 0
    if given is None:
        if power:
            yield ("storage_mw", "storage_mw has an effect with `storage_technology` only",
                   "remove it; the power of a storage project is its capacity_mw" if alone
                   else "name the storage's technology")  # fmt: skip
        if energy and not alone:
            yield ("storage_mwh", "storage_mwh has an effect with `storage_technology` only",
                   "name the storage's technology")  # fmt: skip
        if alone and not energy:
            yield "storage_mwh", f"{project.technology!r} (storage) needs storage_mwh", "give its energy in MWh"
    elif technologies[given].kind != "storage":
        yield "storage_technology", f"{given!r} is not storage", "name a technology of kind storage"
    elif alone:
        yield ("storage_technology", "a storage project brings no other storage",
               "remove it, and give its energy as storage_mwh")  # fmt: skip
    elif power != energy:
        missing = "storage_mwh" if power else "storage_mw"
        yield missing, f"the storage that comes with it needs {missing}", f"give {missing}"
    elif not power:
        yield "storage_technology", "the storage that comes with it has no size", "give storage_mw and storage_mwh"


def _plants(system: System) -> Iterator[Problem]:
    for row in system.plants:
        if row.available_mw is not None and row.available_mw > row.capacity_mw:
            yield Problem(
                f"more can run ({row.available_mw:g} MW) than is installed ({row.capacity_mw:g} MW)",
                path=f"plants.{row.id}.available_mw", help="available_mw is for plants that can run in part only",
            )  # fmt: skip
        if row.overnight_usd_per_kw and row.commissioned is row.retires is None:
            yield Problem(
                f"plant {row.id!r} has capital to pay off, and no date says until when",
                path=f"plants.{row.id}.overnight_usd_per_kw", help="give `commissioned` (or `retires`), or remove this",
            )  # fmt: skip
        if row.life_binds and row.commissioned is None and row.retires is None:
            yield Problem(
                f"plant {row.id!r} is bound to its life but has no commissioning date",
                path=f"plants.{row.id}.life_binds", help="give `commissioned`, or `retires`, or drop `life_binds`",
            )  # fmt: skip


def _lines(system: System) -> Iterator[Problem]:
    for row in system.links:
        if row.from_zone == row.to_zone:
            yield Problem(f"link {row.id!r} begins and ends in {row.to_zone!r}", path=f"links.{row.id}.to_zone",
                          help="name another zone")  # fmt: skip
        if row.expandable_from is None and row.expansion_limit_mw is not None:
            yield Problem(
                "expansion_limit_mw has an effect with `expandable_from` only",
                path=f"links.{row.id}.expansion_limit_mw", help="give `expandable_from`, or remove this",
            )  # fmt: skip
        if row.overnight_usd_per_kw is None and (row.expandable_from is not None or not row.existing_is_paid):
            yield Problem(
                f"link {row.id!r} {'is not paid off' if row.expandable_from is None else 'may be expanded'}, but has "
                "no cost", path=f"links.{row.id}.overnight_usd_per_kw", help="give its cost per kW (0 is allowed)",
            )  # fmt: skip


def _market_steps(system: System) -> Iterator[Problem]:
    """Contracts that ask for more energy than their power gives in all hours of a year."""
    for row in system.market_steps:
        most = row.limit_mw * system.hours_per_year / 1e3
        if row.minimum_gwh > most * (1 + 1e-9):
            yield Problem(
                f"at least {row.minimum_gwh:g} GWh are to be traded, but {row.limit_mw:g} MW give {most:g} GWh in a "
                "year",
                path=f"market_steps.{row.id}.minimum_gwh", help="lower minimum_gwh, or raise limit_mw",
            )  # fmt: skip


def _peaks(system: System) -> Iterator[Problem]:
    """Peaks of networks that nobody has."""
    networked = {row.zone for row in system.distribution_networks}
    for row in system.peak_demand:
        if row.zone not in networked:
            yield Problem(
                f"{row.zone!r} has no distribution network to carry this peak: it has no effect",
                path=f"peak_demand.{row.key}.peak_mw",
                help="add a row of the zone to `distribution_networks`, or remove this",
            )  # fmt: skip


def _areas(system: System) -> Iterator[Problem]:
    """Countries that would share their reserve in two areas at once."""
    rows = system.reserve_areas
    for i, a in enumerate(rows):
        for b in rows[i + 1 :]:
            both = set(a.countries) & set(b.countries)
            if both and a.first_year <= b.last_year and b.first_year <= a.last_year:
                yield Problem(
                    f"{', '.join(sorted(both))} would share reserve in areas {a.id!r} and {b.id!r} at once",
                    path=f"reserve_areas.{b.id}", help="let the years of one end before those of the other begin",
                )  # fmt: skip
