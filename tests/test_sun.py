"""The sun of a profile shines by day: what is refused, what is warned of, and where the warning goes."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.case.time.calendar import HOURS
from simulator.case.weather.sun import check_sun, day_share, hours_late, noon
from simulator.cli import main
from simulator.errors import InputError, InputWarning, Problem, warn, warnings_through

HOUR = np.arange(24) + 0.5


def _sun(middle: float, daylight: float = 12) -> np.ndarray:
    """8760 hours of a sun that shines so long around the middle of its day: half a wave of a cosine."""
    away = (HOUR - middle + 12) % 24 - 12
    day = np.where(np.abs(away) < daylight / 2, 0.8 * np.cos(np.pi * away / daylight), 0)
    return np.tile(day, 365)


def _said(values: np.ndarray, longitude: float) -> str:
    """What is said of a profile: "", "warning: …" or "error: …"."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            check_sun({("A", "solar"): values}, {"A": longitude}, "own.csv")
        except InputError as error:
            (problem,) = error.problems
            assert problem.file == "own.csv" and problem.help
            return f"error: {problem.message}"
    assert all(isinstance(found.message, InputWarning) for found in caught)
    return "".join(f"warning: {found.message}" for found in caught)


@pytest.mark.parametrize(("longitude", "expected"), [(75, 12), (68.25, 12.45), (90, 11), (-180, 29)])
def test_noon_by_hand(longitude: float, expected: float) -> None:
    """15 degrees are an hour; UTC+5 is the time of 75 degrees east."""
    assert noon(longitude) == pytest.approx(expected)


@given(longitude=st.floats(45, 90), late=st.floats(-11.9, 11.9), daylight=st.floats(8, 16))
def test_how_late_the_sun_is_does_not_hang_on_place_or_season(longitude: float, late: float, daylight: float) -> None:
    assert hours_late(_sun(noon(longitude) + late, daylight), longitude) == pytest.approx(late, abs=0.1)
    assert day_share(_sun(12, daylight)) > 0.55


@pytest.mark.parametrize(
    ("late", "begins"),
    [(0, ""), (0.6, ""), (-0.6, ""), (-0.98, "warning"), (1, "warning"), (2.9, "warning"), (3.1, "error"),
     (-5, "error"), (12, "error")],
)  # fmt: skip
def test_three_quarters_of_an_hour_are_a_warning_and_three_hours_an_error(late: float, begins: str) -> None:
    """-0.98: hours of a satellite labelled by their beginning, taken for their end; -5: UTC taken for UTC+5."""
    said = _said(_sun(noon(68.25) + late), 68.25)
    assert said.partition(":")[0] == begins
    if said:
        assert f"{abs(late):.1f} hours {'late' if late > 0 else 'early'}" in said and "is at 12.45" in said


def test_a_sun_that_shines_by_night_as_by_day_is_a_warning() -> None:
    assert "nearly as much by night" in _said(np.full(HOURS, 0.2), 68.25)


def test_what_cannot_be_checked_passes() -> None:
    """No place, no output, no sun."""
    check_sun({("B", "solar"): _sun(0)}, {"A": 70.0}, "own.csv")
    check_sun({("A", "solar"): np.zeros(HOURS), ("A", "wind"): _sun(0)}, {"A": 70.0}, "own.csv")


# ----------------------------------------------------------------------------------- through every door

SYSTEM = """\
name: toy
countries: [{id: C, name: Country, value_of_lost_load_usd_per_mwh: 1000}]
zones: [{id: A, country: C, name: Zone, latitude: 45, longitude: 68.25}]
technologies: [{id: sun, name: Sun, kind: variable, group: solar}, {id: gas, name: Gas, kind: thermal, group: gas}]
plants:
  - {id: s, name: Sun, zone: A, technology: sun, capacity_mw: 50}
  - {id: g, name: Gas, zone: A, technology: gas, capacity_mw: 200}
demand: [{zone: A, year: 2030, energy_gwh: 876}]
"""
SCENARIO = """\
question: Does the sun shine when it should?
description: One zone, one year, a profile of the user's own.
system: sys.yaml
horizon:
  model_years: [2030]
  time: {method: typical_days, days: 2, block_hours: 6}
  profiles: own.csv
finance: {discount_rate_percent: 5, base_year: 2030}
"""


def _beside(folder: Path, middle: float) -> Path:
    """A scenario, its system and its profiles with the sun's noon at an hour."""
    (folder / "sys.yaml").write_text(SYSTEM)
    rows = (f"{hour},100,{output:.6g}" for hour, output in enumerate(_sun(middle)))
    (folder / "own.csv").write_text("\n".join(["hour,A:load,A:solar", *rows]) + "\n")
    (folder / "sunny.yaml").write_text(SCENARIO)
    return folder / "sunny.yaml"


@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_night_sun_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    options = ["-o", str(tmp_path / "out")] if command == "run" else []
    assert main([command, str(_beside(tmp_path, 0.45)), *options]) == 2
    assert "own.csv: series 'A:solar': the middle of the sun's day is at 0.45" in capsys.readouterr().err


def test_a_warning_reaches_the_terminal_the_log_and_the_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = _beside(tmp_path, 11.47), tmp_path / "out"
    assert main(["validate", str(path)]) == 0
    assert "warning: own.csv: series 'A:solar'" in capsys.readouterr().err
    assert main(["run", str(path), "-o", str(output), "--no-figures"]) == 0
    said = "own.csv: series 'A:solar': the middle of the sun's day is at 11.47"
    assert f"warning: {said}" in capsys.readouterr().err
    assert f"warning: {said}" in (output / "run.log").read_text()
    (kept,) = json.loads((output / "manifest.json").read_text())["warnings"]
    assert kept.startswith(said)


def test_a_good_sun_is_not_spoken_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(_beside(tmp_path, 12.45))]) == 0
    assert capsys.readouterr().err == ""


# ------------------------------------------------------------------------------------------ the channel


def test_warnings_go_from_the_inner_listener_to_the_outer() -> None:
    heard: list[str] = []

    def placed(problem: Problem) -> Problem:
        heard.append("inner")
        return Problem(f"{problem.message}, placed")

    with warnings_through(lambda problem: heard.append(problem.message)):  # type: ignore[func-returns-value]
        with warnings_through(placed):
            warn(Problem("odd"))
        warn(Problem("strange"))
    assert heard == ["inner", "odd, placed", "strange"]
    with pytest.warns(InputWarning, match="nobody listens"):
        warn(Problem("nobody listens"))


def test_other_warnings_are_left_alone() -> None:
    with warnings_through(lambda problem: None), pytest.warns(DeprecationWarning, match="old"):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
