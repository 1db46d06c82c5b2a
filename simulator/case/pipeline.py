"""Which projects become real, with how much of their capacity, and when: the realisation of the pipeline.

A project is commissioned on its stated date plus a delay, with a share of its capacity:

===================  ===========================  =============================
realisation          share of capacity            delay
===================  ===========================  =============================
``all``              1                            the scenario's extra delay
``expected``         probability of its stage     delay of its stage + extra
``committed_only``   1 if under construction or   delay of its stage + extra
                     financed, else 0
``none``             0                            –
===================  ===========================  =============================

A probability or delay of the project's own wins over its stage's. Operating projects are certain and on time;
superseded ones never come.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.errors import InputError, Problem
from simulator.schema import Projects, Scenario
from simulator.system import Project, Realisation, System, year_fraction

COMMITTED = ("construction", "financed")


@dataclass(frozen=True)
class Outcome:
    """What becomes of a project: share of its capacity (0 to 1) and decimal year of full operation."""

    project: Project
    share: float
    date: float


def realise(system: System, scenario: Scenario) -> list[Outcome]:
    """The outcome of every project under the scenario's rules, in the system's order."""
    groups = {technology.id: technology.group for technology in system.technologies}
    priors: dict[tuple[str, str], Realisation] = {(row.stage, row.group): row for row in system.realisation}
    outcomes = []
    for project in system.projects:
        rule = scenario.chinese_investment.projects if project.chinese else scenario.projects
        outcome = _outcome(project, rule, _prior(project, groups[project.technology], priors, rule))
        last = scenario.chinese_investment.last_year
        if project.chinese and last is not None and outcome.date >= last + 1:
            outcome = Outcome(project, 0.0, outcome.date)
        outcomes.append(outcome)
    return outcomes


def _prior(
    project: Project, group: str, priors: dict[tuple[str, str], Realisation], rule: Projects
) -> tuple[float, float]:
    """Probability (0 to 1) and delay (years) of a project."""
    if project.stage in ("operating", "superseded"):
        return float(project.stage == "operating"), 0.0
    row = priors.get((project.stage, group)) or priors.get((project.stage, "all"))
    if row is None and (project.probability_percent is None or project.delay_months is None):
        raise InputError(
            [
                Problem(
                    f"project {project.id!r}: the table `realisation` has no row for its stage {project.stage!r}",
                    path=f"projects.{project.id}",
                    help="add that row, or give the project its own probability_percent and delay_months",
                )
            ]
        )
    percent = project.probability_percent if project.probability_percent is not None else row.probability_percent  # type: ignore[union-attr]
    months = project.delay_months if project.delay_months is not None else row.delay_months  # type: ignore[union-attr]
    return percent / 100, months / 12


def _outcome(project: Project, rule: Projects, prior: tuple[float, float]) -> Outcome:
    probability, delay = prior
    stated = year_fraction(project.commissioning)
    if project.stage == "operating":
        return Outcome(project, float(rule.realisation != "none"), stated)
    extra = rule.extra_delay_months / 12
    if project.stage == "superseded" or rule.realisation == "none":
        return Outcome(project, 0.0, stated + extra)
    if rule.realisation == "all":
        return Outcome(project, 1.0, stated + extra)
    share = probability if rule.realisation == "expected" else float(project.stage in COMMITTED)
    return Outcome(project, share, stated + delay + extra)
