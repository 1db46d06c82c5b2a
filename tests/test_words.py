"""The paragraph for a minister: rounding never contradicts the outcome, in every language of the table."""

from __future__ import annotations

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.likelihood import Estimate
from simulator.analysis.words import PHRASES, Outlook, languages, paragraph, percent, share_text
from simulator.inputs.read import DATA, read_system


def finding(reached: float = 0.12, share: float = 12.3, **more) -> Outlook:
    return Outlook("Kazakhstan", 2030, 15, Estimate(share, share - 0.3, share + 0.3, 500),
                   Estimate(reached, max(reached - 0.03, 0), min(reached + 0.03, 1), 500), 500, **more)  # fmt: skip


@given(st.floats(0, 30), st.integers(100, 2500))
def test_a_share_is_never_rounded_across_its_target(share, hundredths):
    required = hundredths / 100
    text = float(share_text(share, required))
    assert 0 < abs(share - required) < 1e-12 or (text >= required) == (share >= required)


@given(st.floats(0, 1))
def test_only_what_is_certain_is_called_so(p):
    assert (percent(p) == "0 %") == (p == 0) and (percent(p) == "100 %") == (p == 1)


@pytest.mark.parametrize("language", languages())
def test_every_phrase_is_there_with_the_same_figures(language):
    with PHRASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row[language], row["key"]
            assert sorted(re.findall(r"{\w+}", row[language])) == sorted(re.findall(r"{\w+}", row["en"])), row["key"]


def test_a_difference_that_is_not_sure_is_not_claimed():
    points, sure = Estimate(1.2, 0.9, 1.5, 500), Estimate(0.05, 0.02, 0.08, 500)
    without = Estimate(0.07, 0.05, 0.1, 500)
    said = paragraph(finding(points=points, chances=sure, without=without, drivers=[("projects", 0.6)]))
    assert "with a probability of 12 %" in said and "Without Chinese projects and money the probability is 7 %" in said
    assert "The probability is then lower by 5 points (2 to 8)" in said and "projects (60 %)" in said
    unsure = paragraph(finding(points=points, chances=Estimate(0.05, -0.01, 0.11, 500), without=without))
    assert "cannot be said" in unsure and "The probability is then" not in unsure


@pytest.mark.parametrize("language", languages())
def test_a_small_sure_difference_is_not_rounded_to_none(language):
    points = Estimate(0.3, 0.1, 0.5, 500)
    said = paragraph(finding(points=points, chances=Estimate(0.004, 0.001, 0.007, 500), without=points), language)
    assert ("0.4 points (0.1 to 0.7)" if language == "en" else "0,4 п. п. (от 0,1 до 0,7)") in said


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("taken", [("project", "Pavlodar"), ("investor", "Dragon"), ("kind", "sponsor")])
def test_one_thing_that_is_taken_away_is_named_as_readers_call_it(language, taken):
    points = Estimate(0.3, 0.1, 0.5, 500)
    said = paragraph(finding(points=points, chances=points, without=points, taken=taken), language)
    assert taken[1] in said and ":" not in said.split(taken[1])[0][-12:] and "Chinese" not in said


@pytest.mark.parametrize("language", languages())
def test_groups_and_countries_of_the_shipped_table_have_phrases(language):
    """Nothing of the paragraph is a name in the data."""
    system = read_system(DATA / "central_asia")
    words = {row.group or row.id for row in system.uncertainties} | {row.name for row in system.countries}
    with PHRASES.open(encoding="utf-8", newline="") as file:
        known = {row["key"]: row[language] for row in csv.DictReader(file)}
    targeted = {row.country for row in system.targets}
    names = {row.name for row in system.countries if row.id in targeted}
    assert not [word for word in words if "_" in word and word not in known]
    assert all(known.get(name) for name in names)
    assert all(known.get(row.group) for row in system.uncertainties if row.group)


def test_parts_that_are_less_than_half_are_not_called_most():
    assert "Most of" in paragraph(finding(drivers=[("projects", 0.6)]))
    assert "Most of" not in paragraph(finding(drivers=[("projects", 0.3)]))


def test_a_share_that_is_higher_without_is_called_so():
    """The sign of a difference is said in words, and its interval turns with it."""
    points, chances = Estimate(-0.4, -0.9, 0.1, 9), Estimate(0.0, -0.1, 0.1, 9)
    said = paragraph(finding(points=points, chances=chances, without=Estimate(0.1, 0.0, 0.3, 9)))
    assert "the share is higher by 0.4 points on average (-0.1 – 0.9)" in said


def test_russian_writes_decimals_with_a_comma():
    said = paragraph(finding(), "ru")
    assert said.startswith("Вероятность того, что Казахстан к 2030 году") and "12,3 %" in said
