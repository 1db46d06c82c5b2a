"""What a scenario may say: its keys here, what lies below them in ``inputs/schema``, a file per subject.

A scenario asks a ``question``, names a ``system`` (its tables are in ``simulator/system``) and says what differs: time
structure, money, demand, Chinese investment, vehicles, grid, targets. Anything in the system's tables can be changed by
name under ``changes``. Unknown keys are refused; a key that would have no effect is refused when the case is assembled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from simulator.errors import InputError, Problem
from simulator.inputs.change import changed, laid
from simulator.inputs.schema.demand import Corridors, DemandChange
from simulator.inputs.schema.grid import Grid
from simulator.inputs.schema.investment import (
    AddedInvestors,
    ChineseInvestment,
    Optimiser,
    ProcurementChange,
    ProjectsAndMore,
    Rule,
)
from simulator.inputs.schema.money import Depreciation, Finance
from simulator.inputs.schema.part import Level, Part
from simulator.inputs.schema.solver import Solver
from simulator.inputs.schema.targets import TargetChange
from simulator.inputs.schema.time import Horizon, NamedSlices
from simulator.inputs.schema.trade import EquipmentChange, TradeWithChina
from simulator.inputs.schema.vehicles import VehicleChange
from simulator.inputs.strict_yaml import dotted
from simulator.inputs.tables import system_called
from simulator.inputs.validation import Marks
from simulator.system import Percent, System, Year
from simulator.system.faults import faults_of
from simulator.system.known import known_names
from simulator.system.names import FreeText, KnownNames, Of, row_models

__all__ = ["Scenario", "System"]


@dataclass(frozen=True)
class Origin:
    """Where a scenario comes from, which is no part of what it says: scenarios that say the same are equal."""

    path: Path = field(default=Path("scenario"), compare=False)
    """Its file, or a place in the folder in which the files it names are looked for."""
    files: tuple[Path, ...] = field(default=(), compare=False)
    """What was read for it."""
    marks: Marks = field(default_factory=Marks, compare=False)
    """Where files state its values."""


class Scenario(Part):
    """One question, and the world in which it is asked."""

    question: FreeText = Field(min_length=10)
    """What this scenario asks."""
    description: FreeText = Field(min_length=10)
    """What it assumes, in a sentence or two."""
    system: FreeText = "central_asia"
    """Built-in system, or the path of a system file beside the scenario."""
    horizon: Horizon
    finance: Finance
    projects: ProjectsAndMore = ProjectsAndMore()
    """The rule for projects without a Chinese part, choices for single ones, and projects that are added."""
    investors: AddedInvestors = AddedInvestors()
    """Investors that are added."""
    chinese_investment: ChineseInvestment = ChineseInvestment()
    national_plans: dict[Annotated[str, Of("plans")], Rule] = {}
    """By national plan: the rule for its projects, instead of the one for Chinese or other projects."""
    withdrawals: dict[Annotated[str, Of("investors")], Year] = {}
    """By investor: it leaves, and nothing of its own is commissioned after this year."""
    procurement: dict[Annotated[str, Of("procurement")], ProcurementChange] = {}
    """By programme: changes of what the system builds by rule (auctions, treaties, framework deals)."""
    limits: Level = "middle"
    """Which figures apply to limits of building (``build_limits``) and to procurement, where they have a low and a
    high one: ``low``, ``middle``, ``high``, or a number from 0 (low) over 0.5 (middle) to 1 (high), linear between."""
    optimiser: Optimiser = Optimiser()
    demand: dict[Annotated[str, Of("countries")], DemandChange] = {}
    """By country: changes of demand."""
    nev: dict[Annotated[str, Of("countries")], VehicleChange] = {}
    """By country: changes of plug-in vehicles."""
    grid: Grid = Grid()
    contracts: Level = "middle"
    """Which volumes of ``contract_years`` apply: ``low``, ``middle``, ``high``, or a number between 0 (low) and 1
    (high)."""
    shortage: Level = "middle"
    """Which prices of load that is not served apply, planned or not (``rationing``, ``countries``): ``low``,
    ``middle``, ``high``, or a number between 0 (low) and 1 (high)."""
    taxes: Level = "middle"
    """Which rates of the tax on profits apply (``taxes``): ``low``, ``middle``, ``high``, or a number between 0 (low)
    and 1 (high)."""
    gas: Level = "middle"
    """Which prices and volumes of fuel apply, where ``fuel_prices``, ``fuel_supply`` and ``fuel_deliveries`` give a
    range: ``low``, ``middle``, ``high``, or a number between 0 (low) and 1 (high). Low prices come with low volumes."""
    trade_with_china: TradeWithChina | None = None
    """Turnover with China, which other things follow as the table ``trade_links`` says; empty: no change."""
    depreciations: dict[Annotated[str, Of("currencies")], Depreciation] = {}
    """By currency: it loses value. What is priced at home becomes cheaper in dollars, as far as domestic prices do not
    follow."""
    equipment: EquipmentChange = EquipmentChange()
    corridors: Corridors = Corridors()
    irrigation_saving_percent: Literal["planned"] | dict[Annotated[str, Of("countries")], Percent] = {}
    """By country: share of the releases for irrigation that fields no longer ask of its reservoirs; ``planned``: what
    national programmes promise."""
    targets: dict[Annotated[str, Of("targets")], TargetChange] = {}
    """By target: changes of the system's targets."""
    changes: dict[Annotated[str, Of("tables")], dict[FreeText, dict[FreeText, Any]]] = {}
    """``table: {row: {column: value}}``: any figure of the system's tables. A row is named by its key (``wind`` or
    ``KAZ_N/wind``). Rows are changed, not added: a plant that no table has comes as a deal in
    ``chinese_investment.procurement``, or as a row of a system of one's own."""
    solver: Solver = Solver()
    headline: Annotated[str, Of("targets")] | None = None
    """Target whose outcome is the headline; empty: the system's first."""
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Where it comes from; of a scenario made in Python, the current folder."""
        return self._origin

    def from_origin(self, origin: Origin) -> Scenario:
        """The same, from elsewhere."""
        copy = self.model_copy()
        copy._origin = origin
        return copy

    def with_(self, changes: Mapping[str, Any] | None = None, /, **keys: Any) -> Scenario:
        """A new scenario with other values at dotted paths, checked as a file would be; this one stays as it is.

        ``scenario.with_({"nev.KAZ.factor": 3, "horizon.time.days": 4})``, or by top-level keys:
        ``scenario.with_(headline="kaz_2030", optimiser={"retire": False})``.

        A value is laid over what is there as a file is over the one it ``extends``: a dict merges key by key, ``None``
        takes a key out, so that its default counts, a list whose items have names merges by them, anything else is
        replaced. A path may lead to an item of a list by its name or its position (from 0). Units are those of
        ``docs/scenario_reference.md``. Files that it names (a system, profiles) are looked for where this scenario's
        are: beside its file; for one made from a dict, in the folder given then; for ``Scenario(...)``, in the
        current folder.

        Raises ``InputError`` with every path or name that is unknown (and the nearest known one), every wrong type,
        and every change that changes nothing. What only the whole case can see is refused when it is planned, before
        anything is solved.
        """
        return self._checked(*changed(self, {**(changes or {}), **keys}, self.origin.marks))

    def at_levels(self, levels: Mapping[str, Any]) -> Scenario:
        """As ``with_``, for studies: a level may be what the scenario says anyway, and then changes nothing."""
        return self._checked(*laid(self, levels, self.origin.marks))

    def _checked(self, new: Scenario, marks: Marks) -> Scenario:
        """From the same place, if every name it uses is known."""
        new = new.from_origin(replace(self.origin, marks=marks))
        names = names_of(system_called(new.system, new.origin.path).system, new)
        if problems := said_problems(new, names):
            raise InputError(problems)
        return new


def with_added(system: System, scenario: Scenario) -> System:
    """The system with the projects and investors that a scenario adds; the same where they are in it already."""
    tables = (("projects", scenario.projects.add), ("investors", scenario.investors.add))
    return system.model_copy(update={
        name: (*getattr(system, name), *(row for row in rows if row not in getattr(system, name)))
        for name, rows in tables if rows
    })  # fmt: skip


def names_of(system: System, scenario: Scenario) -> KnownNames:
    """All names that a system and a scenario know."""
    system = with_added(system, scenario)
    time, models = scenario.horizon.time, row_models(System)
    lists: dict[str, Collection[Any]] = {"model years": scenario.horizon.model_years}
    if isinstance(time, NamedSlices):
        lists["slices"] = [item.name for item in time.slices]
    return known_names(models, {table: getattr(system, table) for table in models}, lists)


def said_problems(scenario: Scenario, names: KnownNames) -> list[Problem]:
    """Names in a scenario that nobody bears, and names that meet."""
    return [Problem(fault.message, path=dotted(fault.path), help=fault.help) for fault in faults_of(scenario, names)]
