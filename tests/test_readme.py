"""What the README tells a reader to type works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import simulator
from simulator.cli import main

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"^(?:\.venv/bin/)?simulator ([\w-]+)", README, re.MULTILINE)))


def test_the_two_commands_stand_on_top_and_are_targets_of_make():
    """The first code block names ``make demo`` and ``make test``; the Makefile has both."""
    first = README.split("```")[1]
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in first
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command, capsys):
    """Every command of the README has a help text."""
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "usage: simulator" in capsys.readouterr().out


def test_the_example_scenario_is_valid(tmp_path, capsys):
    """The scenario of the README, saved beside the shipped ones, is valid, and so is a new one from ``init``."""
    folder = tmp_path / "scenarios"
    shutil.copytree(PROJECT / "scenarios", folder)
    (folder / "example.yaml").write_text(re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0], encoding="utf-8")
    assert main(["init", str(folder / "mine.yaml")]) == 0
    assert main(["validate", str(folder / "example.yaml"), str(folder / "mine.yaml")]) == 0
    assert "2 scenarios valid" in capsys.readouterr().out


def test_named_files_exist():
    """Links and figures of the README point at files of the project."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (PROJECT / target).exists(), target


def test_the_version_has_one_source():
    """``CITATION.cff`` names the version of the program."""
    assert f"\nversion: {simulator.__version__}\n" in (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
