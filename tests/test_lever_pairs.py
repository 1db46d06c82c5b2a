"""Pairs of scenarios: which levers differ, and a page that only calls a pair one lever where one key differs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from fuzz import SCENARIO, TOY

from simulator.cli import main
from simulator.inputs.levers import levers
from simulator.inputs.read import load_scenario, read_scenario
from simulator.inputs.scenario import Scenario

FOLDER = Path(__file__).parents[1] / "scenarios"
PAGE = Path(__file__).parents[1] / "docs" / "levers.md"


@pytest.fixture(scope="module")
def reference() -> Scenario:
    return load_scenario(FOLDER / "reference.yaml")


def _with(scenario: Scenario, update: dict[str, object]) -> Scenario:
    return Scenario.model_validate(scenario.model_dump() | update)


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"question": "Another one entirely?"}, []),
        ({"nev": {"KAZ": {"factor": 2}, "UZB": {"factor": 3}}}, ["nev.factor"]),
        ({"nev": {"KAZ": {"factor": 2, "smart_percent": 30}}}, ["nev.factor", "nev.smart_percent"]),
        ({"depreciations": {"KZT": {"year": 2027, "percent": 20}}}, ["depreciations.percent"]),
        ({"changes": {"links": {"a": {"forward_mw": 1}, "b": {"forward_mw": 2}}}}, ["changes.links.forward_mw"]),
        ({"changes": {"links": {"a": {"forward_mw": 1, "loss_percent": 2}}}},
         ["changes.links.forward_mw", "changes.links.loss_percent"]),
        ({"changes": {"build_limits": {"a": {"mw_per_year": {2026: 627, 2028: 1200}}}}},
         ["changes.build_limits.mw_per_year"]),
        ({"withdrawals": {"gulf_sponsor": 2026}}, ["withdrawals"]),
    ],
)  # fmt: skip
def test_a_lever_is_a_key_whatever_it_is_given_for(
    reference: Scenario, update: dict[str, object], expected: list[str]
) -> None:
    assert levers(reference, _with(reference, update)) == expected
    assert levers(_with(reference, update), reference) == expected


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_shipped_scenarios_differ_from_what_they_extend(name: str) -> None:
    """Only the main scenario asks its base's question; every other pulls a lever."""
    loaded = read_scenario(FOLDER / f"{name}.yaml") if name != "base" else None
    if loaded is None or name == "reference":
        return
    assert levers(load_scenario(loaded.files[1]), loaded.scenario)


def test_the_page_puts_pairs_that_differ_in_more_than_one_key_apart() -> None:
    """Every line of the first table of docs/levers.md has one lever, as the resolved files say, and names it."""
    one, several = PAGE.read_text(encoding="utf-8").split("## Several levers")
    for part, single in ((one, True), (several, False)):
        for line in part.splitlines():
            if line.startswith("| ["):
                link, against, keys, *_ = (cell.strip() for cell in line.strip("|").split(" | "))
                loaded = read_scenario(PAGE.parent / link.rsplit("](", 1)[1].rstrip(")"))
                pulled = levers(load_scenario(FOLDER / f"{against}.yaml"), loaded.scenario)
                assert keys == ", ".join(f"`{key}`" for key in pulled)
                assert (len(pulled) == 1) == single, line
    assert one.count("\n| [") > 10


def test_the_command_writes_a_line_for_a_pair(tmp_path: Path) -> None:
    """A project that is certain instead of likely: the pair differs in one key."""
    folder, docs = tmp_path / "scenarios", tmp_path / "docs"
    (folder / "systems").mkdir(parents=True)
    docs.mkdir()
    (folder / "systems" / "toy.yaml").write_text(yaml.safe_dump(TOY, sort_keys=False), encoding="utf-8")
    first = SCENARIO | {"system": "systems/toy.yaml"}
    (folder / "first.yaml").write_text(yaml.safe_dump(first, sort_keys=False), encoding="utf-8")
    second = {"question": "What if the farm is certain?", "description": "The farm comes.", "extends": "first.yaml",
              "chinese_investment": {"projects": {"realisation": "all"}}}  # fmt: skip
    (folder / "second.yaml").write_text(yaml.safe_dump(second, sort_keys=False), encoding="utf-8")
    options = ["--folder", str(folder), "--results", str(tmp_path / "results"), "--run", "--docs", str(docs)]
    assert main(["scenarios", *options]) == 0
    page = (docs / "levers.md").read_text(encoding="utf-8")
    link = "[What if the farm is certain?](../scenarios/second.yaml)"
    assert f"| {link} | first | `chinese_investment.projects.realisation` |" in page
