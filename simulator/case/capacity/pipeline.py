"""Which projects become real, with how much of their capacity, and when: the realisation of the pipeline.

A project is commissioned on its stated date plus a delay, with a share of its capacity:

===================  ===========================  =============================
realisation          share of capacity            delay
===================  ===========================  =============================
``all``              1                            the rule's extra delay
``expected``         probability of its stage     delay of its stage + extra
``committed_only``   1 if under construction or   delay of its stage + extra
                     financed, else 0
``sampled``            1 or 0 by chance             by chance + extra
``none``             0                            –
===================  ===========================  =============================

The rule is that of the project's national plan where the scenario gives one, else that of Chinese or of other
projects, and late equipment adds its delay. An explicit choice for the project wins over both. A probability or delay
of the project's own wins over its stage's. Operating projects are certain and on time; superseded ones never come.
Nothing is commissioned after its investor has left. Limits of building may delay what is not certain (``permits``).
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.case.capacity.chance import draw_outcome, draw_probability
from simulator.case.money.equipment import delay_years
from simulator.errors import Findings, InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.investment import ProjectOverride, Projects, Rule
from simulator.system import Project, Realisation, Size, System, year_fraction

COMMITTED = ("construction", "financed")


@dataclass(frozen=True)
class Outcome:
    """What becomes of a project: share of its capacity (0 to 1) and decimal year of full operation."""

    project: Project
    share: float
    date: float
    certain: bool = False
    """In operation, or built in any case because the scenario says so: limits of building do not delay it."""
    late_years: int = 0
    """Whole years by which limits of building delay this part of it; parts of a project are outcomes of their own."""


def realise(system: System, scenario: Scenario) -> list[Outcome]:
    """The outcome of every project under the scenario's rules, in the system's order."""
    priors, findings = Priors(system), Findings()
    outcomes = [findings.of(outcome, project, scenario, priors) for project in system.projects]
    findings.finish()
    return [found for found in outcomes if found is not None]


def outcome(project: Project, scenario: Scenario, priors: Priors) -> Outcome:
    """The outcome of one project."""
    rule = rule_of(project, scenario)
    choice = _group(project, scenario).override.get(project.id, ProjectOverride())
    changes = {
        name: value
        for name in ("commissioning", "storage_mw", "storage_mwh")
        if (value := getattr(choice, name)) is not None
    }
    project = project.model_copy(update=changes)
    share, delay = _by_rule(project, rule, priors)
    delay += priors.late_equipment(project, scenario)
    if choice.build is not None:
        share, delay = float(choice.build == "always"), 0.0
    date = year_fraction(project.commissioning) + delay + (choice.extra_delay_months or 0) / 12
    last = leaves_after(scenario, project.investor, project.chinese)
    certain = project.stage == "operating" or choice.build == "always"
    return Outcome(project, 0.0 if last is not None and date >= last + 1 else share, date, certain)


def rule_of(project: Project, scenario: Scenario) -> Rule:
    """The rule that holds for a project: that of its national plan where the scenario gives one."""
    plan = scenario.national_plans.get(project.plan) if project.plan else None
    return plan or _group(project, scenario)


def leaves_after(scenario: Scenario, investor: str, chinese: bool) -> int | None:
    """Last year in which something of an investor is commissioned; none: it stays."""
    years = [scenario.withdrawals.get(investor), scenario.chinese_investment.last_year if chinese else None]
    return min((year for year in years if year is not None), default=None)


def _group(project: Project, scenario: Scenario) -> Projects:
    return scenario.chinese_investment.projects if project.chinese else scenario.projects


class Priors:
    """How likely and how late projects come, from the table ``realisation``."""

    def __init__(self, system: System) -> None:
        self.groups = {technology.id: technology.group for technology in system.technologies}
        self.investors = {investor.id: investor for investor in system.investors}
        self.large_mw = system.large_project_mw
        self.rows: dict[tuple[str, str, str], Realisation] = {
            (row.stage, row.group, row.size): row for row in system.realisation
        }

    def row(self, project: Project) -> Realisation | None:
        """The row that fits best, in the order that :class:`Realisation` states."""
        group, size = self.groups[project.technology], self._size(project)
        keys = ((group, size), (group, "all"), ("all", size), ("all", "all"))
        return next((self.rows[project.stage, g, s] for g, s in keys if (project.stage, g, s) in self.rows), None)

    def probability(self, project: Project, seed: int | None = None) -> float:
        """Between 0 and 1; with a seed drawn from the range of its stage."""
        if project.probability_percent is not None:
            return project.probability_percent / 100
        row = self._row(project)
        return row.probability_percent / 100 if seed is None else draw_probability(row, seed)

    def delay(self, project: Project) -> float:
        """Mean delay in years."""
        months = project.delay_months
        return (self._row(project).delay_months if months is None else months) / 12

    def late_equipment(self, project: Project, scenario: Scenario) -> float:
        """Years by which the scenario's late equipment delays a project that is not operating."""
        late = delay_years(scenario, self.groups[project.technology], self.investors[project.investor])
        return 0.0 if project.stage == "operating" else late

    def _size(self, project: Project) -> Size:
        return "large" if project.capacity_mw > self.large_mw else "small"

    def _row(self, project: Project) -> Realisation:
        row = self.row(project)
        if row is None:
            raise InputError([Problem(
                f"project {project.id!r}: the table `realisation` has no row for its stage {project.stage!r}",
                path=f"projects.{project.id}",
                help="add that row, or give the project its own probability_percent and delay_months",
            )])  # fmt: skip
        return row


def _by_rule(project: Project, rule: Rule, priors: Priors) -> tuple[float, float]:
    """Share of capacity and delay in years, without explicit choices."""
    extra = rule.extra_delay_months / 12
    if project.stage == "operating":
        return float(rule.realisation != "none"), 0.0
    if project.stage == "superseded" or rule.realisation == "none":
        return 0.0, extra
    if rule.realisation == "all":
        return 1.0, extra
    delay = priors.delay(project)
    if rule.realisation == "sampled":
        assert rule.seed is not None, "the schema asks for it"
        probability = priors.probability(project, rule.seed)
        built, delay = draw_outcome(project.id, probability, delay, rule.seed, (rule.common_percent or 0) / 100)
        return float(built), delay + extra
    if rule.realisation == "committed_only":
        return float(project.stage in COMMITTED), delay + extra
    return priors.probability(project), delay + extra
