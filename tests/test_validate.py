"""A scenario that was found valid is not looked at again, until anything that was read for it changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from simulator import cache, errors
from simulator.case import loading
from simulator.case.loading import make_case
from simulator.errors import InputError, Problem
from simulator.studies import validate as validation
from simulator.studies.validate import validate

REFERENCE = Path(__file__).parent / "reference"

CHILD = """
extends: switch_3zone_toy
question: Is it valid?
description: The same, beside its system.
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    """A small scenario that extends another, beside its system, and an empty cache."""
    monkeypatch.setenv(cache.FOLDER_KEY, str(tmp_path / "kept"))
    for file in REFERENCE.glob("switch_3zone_toy*"):
        shutil.copy(file, tmp_path)
    child = tmp_path / "child.yaml"
    child.write_text(CHILD, encoding="utf-8")
    return child


@pytest.fixture
def looked(monkeypatch):
    """The scenarios that were read and assembled."""
    before, files = validation._looked_at, []
    monkeypatch.setattr(validation, "_looked_at", lambda file: files.append(file) or before(file))
    return files


def test_what_was_valid_is_not_looked_at_again(scenario, looked):
    for _ in range(3):
        validate(scenario)
    assert looked == [scenario]


@pytest.mark.parametrize("name", ["child.yaml", "switch_3zone_toy.yaml", "switch_3zone_toy_system.yaml"])
def test_each_file_that_was_read_is_watched(name, scenario, looked):
    """The scenario, the one it extends, and its system: a line that makes one of them wrong is seen."""
    validate(scenario)
    with (scenario.parent / name).open("a", encoding="utf-8") as file:
        file.write("\nnonsense: 1\n")
    for _ in range(2):
        with pytest.raises(InputError, match="nonsense"):
            validate(scenario)
    assert len(looked) == 3


def test_a_file_that_is_gone_is_missed(scenario):
    validate(scenario)
    (scenario.parent / "switch_3zone_toy.yaml").unlink()
    with pytest.raises(InputError, match="switch_3zone_toy"):
        validate(scenario)


def test_other_code_looks_again(scenario, looked, monkeypatch):
    validate(scenario)
    for part in ("code", "data"):
        monkeypatch.setattr(cache, part, lambda *packages: "changed")
        validate(scenario)
    assert len(looked) == 3


def test_warnings_are_given_each_time(scenario, looked, monkeypatch):
    odd = Problem("looks wrong", file="child.yaml", line=3, path="question", help="ask another one")
    monkeypatch.setattr(loading, "make_case", lambda *asked, **more: errors.warn(odd) or make_case(*asked, **more))
    said: list[list[Problem]] = [[], []]
    for found in said:
        with errors.warnings_through(found.append):
            validate(scenario)
    assert len(looked) == 1 and odd in said[0] and said[0] == said[1]
