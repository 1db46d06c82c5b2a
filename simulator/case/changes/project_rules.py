"""Checks what a scenario says about projects, plans and investors: every name is known, every key has an effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from simulator.case.capacity.pipeline import Outcome, Priors, outcome, rule_of
from simulator.case.changes.consistency import storage_of_project
from simulator.case.messages import borne, ids, no_effect
from simulator.errors import Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.investment import ProjectOverride, Projects, Rule
from simulator.system import PLAN_GROUPS, Project, System
from simulator.system.names import Of, words

AnyRule = TypeVar("AnyRule", bound=Rule)

ON_AVERAGE = {"realisation": "expected"}
"""A rule without chance: what has an effect must not depend on a draw."""
GROUPS = {False: "projects", True: "chinese_investment.projects"}
"""Paths of the choices for other and for Chinese projects."""


def check_choices(system: System, scenario: Scenario) -> list[Problem]:
    """All problems of explicit choices, national plans and withdrawals."""
    return [
        *_overrides(system, scenario),
        *_plan_members(system),
        *_plans(system, scenario),
        *_withdrawals(system, scenario),
        *_added_investors(system, scenario),
    ]


def _overrides(system: System, scenario: Scenario) -> list[Problem]:
    problems = []
    projects = {project.id: project for project in system.projects}
    for chinese, group in GROUPS.items():
        choices = _rules(scenario, chinese).override
        for name, choice in borne(choices, projects):
            path = f"{group}.override.{name}"
            if projects[name].chinese != chinese:
                problems.append(Problem(
                    f"project {name!r} is {'not ' if chinese else ''}a Chinese one", path=path,
                    help=f"say it under {GROUPS[not chinese]}.override",
                ))  # fmt: skip
            else:
                problems += _choice(system, scenario, projects[name], choice, path)
    return problems


def _choice(system: System, scenario: Scenario, project: Project, choice: ProjectOverride, path: str) -> list[Problem]:
    given = {key for key, value in choice if value is not None}
    if not given:
        return [Problem(f"nothing is chosen for project {project.id!r}", path=path, help="remove it")]
    if project.stage == "superseded" and choice.build == "always":
        return [Problem(
            f"project {project.id!r} is superseded: another row replaces it, and it would count twice", path=path,
            help="choose the other row, or change its stage under changes.projects",
        )]  # fmt: skip
    storing = {technology.id for technology in system.technologies if technology.kind == "storage"}
    storage = project.storage_technology is not None
    alone = project.technology in storing
    if ("storage_mw" in given and not storage) or ("storage_mwh" in given and not (storage or alone)):
        return [Problem(
            f"project {project.id!r} comes without storage, so there is nothing to size", path=path,
            help=f"name its technology first: changes.projects.{project.id}.storage_technology",
        )]  # fmt: skip
    changed = project.model_copy(update=choice.model_dump(include={"storage_mw", "storage_mwh"}, exclude_none=True))
    bare = storage and changed.storage_mw == changed.storage_mwh == 0
    technologies = {technology.id: technology for technology in system.technologies}
    if {"storage_mw", "storage_mwh"} & given and not bare and (wrong := [*storage_of_project(changed, technologies)]):
        return [Problem(message, path=f"{path}.{column if column in given else min(given)}",
                        help=f"{help}, or 0 of both for none") for column, message, help in wrong]  # fmt: skip
    return [
        Problem(f"without `{key}` the outcome of project {project.id!r} is the same: it has no effect",
                path=f"{path}.{key}", help="remove it, or write another value")
        for key in sorted(given) if not _matters(system, scenario, project, choice, key)
    ]  # fmt: skip


def _matters(system: System, scenario: Scenario, project: Project, choice: ProjectOverride, key: str) -> bool:
    """Whether one key of a choice changes the outcome; where chance rules, whether it would on average."""
    priors = Priors(system)
    without = choice.model_copy(update={key: None})
    with_key, without_key = (
        _real(outcome(project, _with_choice(scenario, project, each), priors)) for each in (choice, without)
    )
    return with_key != without_key


def _real(result: Outcome) -> Outcome | None:
    """The outcome, or nothing if nothing is built."""
    return result if result.share > 0 else None


def _rules(scenario: Scenario, chinese: bool) -> Projects:
    return scenario.chinese_investment.projects if chinese else scenario.projects


def _with_choice(scenario: Scenario, project: Project, choice: ProjectOverride) -> Scenario:
    scenario = change_sampled(scenario, ON_AVERAGE)
    rules = _rules(scenario, project.chinese).model_copy(update={"override": {project.id: choice}})
    if project.chinese:
        chinese = scenario.chinese_investment.model_copy(update={"projects": rules})
        return scenario.model_copy(update={"chinese_investment": chinese})
    return scenario.model_copy(update={"projects": rules})


def change_sampled(scenario: Scenario, update: Mapping[str, Any]) -> Scenario:
    """The scenario with keys changed in every rule by which projects are sampled."""

    def changed(rule: AnyRule) -> AnyRule:
        return rule.model_copy(update=update) if rule.realisation == "sampled" else rule

    chinese = scenario.chinese_investment
    return scenario.model_copy(update={
        "projects": changed(scenario.projects),
        "chinese_investment": chinese.model_copy(update={"projects": changed(chinese.projects)}),
        "national_plans": {name: changed(rule) for name, rule in scenario.national_plans.items()},
    })  # fmt: skip


def _plan_members(system: System) -> list[Problem]:
    """Projects whose country or technology is not that of their plan."""
    plans = {plan.id: plan for plan in system.plans}
    groups = {technology.id: technology.group for technology in system.technologies}
    country = system.country_of
    problems = []
    for project in system.projects:
        if project.plan is None or project.plan not in plans:
            continue  # an unknown plan is found where references are checked
        plan = plans[project.plan]
        here, group = country[project.zone], groups[project.technology]
        if here != plan.country or group not in PLAN_GROUPS[plan.kind]:
            problems.append(Problem(
                f"project {project.id!r} ({group}, {here}) cannot belong to plan {plan.id!r} ({plan.kind}, "
                f"{plan.country})", path=f"projects.{project.id}.plan", help="name another plan, or none",
            ))  # fmt: skip
    return problems


def _plans(system: System, scenario: Scenario) -> list[Problem]:
    problems = []
    priors = Priors(system)
    for name, rule in borne(scenario.national_plans, ids(system.plans)):
        path = f"national_plans.{name}"
        others = {plan: r for plan, r in scenario.national_plans.items() if plan != name}
        without = scenario.model_copy(update={"national_plans": others})
        mine = [project for project in system.projects if project.plan == name]
        if all(
            rule_of(row, without).realisation != "sampled" and rule.realisation != "sampled"
            and _real(outcome(row, scenario, priors)) == _real(outcome(row, without, priors)) for row in mine
        ):  # fmt: skip
            problems.append(Problem(
                f"the projects of plan {name!r} come no other way than without this rule: it has no effect", path=path,
                help="remove it, or write another rule",
            ))  # fmt: skip
    return problems


def _withdrawals(system: System, scenario: Scenario) -> list[Problem]:
    problems = []
    staying = change_sampled(scenario.model_copy(update={"withdrawals": {}}), ON_AVERAGE)
    priors = Priors(system)
    for name, last in borne(scenario.withdrawals, ids(system.investors)):
        path = f"withdrawals.{name}"
        projects = (outcome(row, staying, priors) for row in system.projects if row.investor == name)
        something = (
            any(name in row.investors for row in system.candidates)
            or any(row.investor == name for row in system.procurement)
            or any(result.share > 0 and result.date >= last + 1 for result in projects)
        )
        if last >= scenario.horizon.model_years[-1] or not something:
            problems.append(Problem(
                f"nothing of investor {name!r} would be commissioned after {last}: this has no effect", path=path,
                help="name an earlier year, or remove it",
            ))  # fmt: skip
    return problems


def _added_investors(system: System, scenario: Scenario) -> list[Problem]:
    """Nothing of an investor whom no row and no key names is ever built."""
    added = scenario.investors.add
    named = {
        word.text
        for said in ((system, scenario) if added else ())
        for word in words(said)
        if isinstance(word.mark, Of) and "investors" in word.mark.targets
    }
    return [
        no_effect(f"nothing names investor {row.id!r}", f"investors.add.{i}",
                  "name it as the investor of a project, a procurement or a candidate, or remove it")
        for i, row in enumerate(added) if row.id not in named
    ]  # fmt: skip
