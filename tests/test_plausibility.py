"""Figures that look like a slip get a warning at their line; shipped scenarios give none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from fuzz import SCENARIO, TOY

from simulator.case.changes.system import changed_system
from simulator.case.plausibility import warn_of_oddities
from simulator.cli import main
from simulator.inputs.read import load_scenario, load_system
from simulator.inputs.scenario import Scenario
from simulator.system import System

SHIPPED = Path(__file__).parents[1] / "scenarios"


def warnings(folder: Path, capsys: pytest.CaptureFixture[str], scenario: dict, system: dict | None = None) -> str:
    for name, data in (("scenario", SCENARIO | scenario), ("system", TOY | (system or {}))):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert main(["validate", str(folder / "scenario.yaml")]) == 0
    return capsys.readouterr().err


def test_the_toy_gives_no_warning(tmp_path, capsys):
    assert warnings(tmp_path, capsys, {}) == ""


@pytest.mark.parametrize(
    ("scenario", "system", "said"),
    [
        ({"targets": {"goal": {"percent": 0.15}}}, {}, "percent is 0.15"),
        ({}, {"build_limits": [{"id": "grid", "countries": ["C"], "technologies": ["wind"], "mw_per_year": 1.2}]},
         "mw_per_year is 1.2"),
        ({"finance": {"discount_rate_percent": 0.06, "base_year": 2026}}, {}, "discount_rate_percent is 0.06"),
        ({}, {"technology_costs": [cost | {"overnight_usd_per_kw": 1_095_000} for cost in TOY["technology_costs"]]},
         "overnight_usd_per_kw is 1.095e+06"),
        ({}, {"investors": [row | {"real_wacc_percent": None, "debt_share_percent": 0.7, "tenor_years": 12,
                                   "real_equity_return_percent": 10, "currency": "USD"}
                            for row in TOY["investors"]],
              "currencies": [{"id": "USD", "name": "Dollar", "per_usd": 1, "base_rate_percent": 4,
                              "inflation_percent": 2}]},
         "debt_share_percent is 0.7"),
        ({}, {"plants": [*TOY["plants"], {"id": "b", "name": "B", "zone": "A", "technology": "battery",
                                          "capacity_mw": 100, "energy_mwh": 0.6}]},
         "energy_mwh is 0.6 where capacity_mw is 100"),
        ({}, {"fuel_prices": [{"fuel": "coal", "zone": zone, "year": year, "usd_per_mwh": price} for zone in "AB"
                              for year, price in ((2025, 2), (2030, 400))]}, "usd_per_mwh is 400, in 2025 2"),
        ({"changes": {"plants": {"old": {"capacity_mw": 0.3}}}}, {}, "capacity_mw is 0.3, in the table 300"),
    ],
)  # fmt: skip
def test_a_slip_of_units_is_questioned_at_its_line(tmp_path, capsys, scenario, system, said):
    found = warnings(tmp_path, capsys, scenario, system)
    assert "warning" in found and said in found and ".yaml:" in found


def shipped(folder: Path, text: str) -> Path:
    """A scenario beside copies of the shipped ones it extends."""
    for name in ("base", "reference"):
        (folder / f"{name}.yaml").write_bytes((SHIPPED / f"{name}.yaml").read_bytes())
    head = "question: Is it said that this looks odd?\ndescription: A slip of a user.\nextends: reference.yaml\n"
    (folder / "mine.yaml").write_text(head + text, encoding="utf-8")
    return folder / "mine.yaml"


def test_years_beyond_the_tables_and_growth_as_a_fraction(tmp_path, capsys):
    path = shipped(tmp_path, "horizon: {model_years: [2026, 2030, 2060]}\n"
                             "demand: {KAZ: {growth_percent_per_year: 0.03}}\n")  # fmt: skip
    assert main(["validate", str(path)]) == 0
    said = capsys.readouterr().err
    assert "the table demand ends in" in said and "2060 have the figures of" in said
    assert "growth_percent_per_year is 0.03" in said


def test_a_file_that_others_extend_asks_nothing(tmp_path, capsys):
    shipped(tmp_path, "")
    assert main(["validate", str(tmp_path / "base.yaml")]) == 0
    out = capsys.readouterr()
    assert "this file asks nothing; others extend it" in out.err and "0 scenarios valid" in out.out


def test_a_file_without_a_question_that_nobody_extends_is_wrong(tmp_path):
    (tmp_path / "base.yaml").write_bytes((SHIPPED / "base.yaml").read_bytes())
    assert main(["validate", str(tmp_path / "base.yaml")]) == 2


def test_what_run_would_refuse_is_found_by_validate(tmp_path, capsys):
    """A plant burns a fuel without a price: only the case knows."""
    for name, data in (("scenario", SCENARIO), ("system", TOY | {"fuel_prices": []})):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert main(["validate", str(tmp_path / "scenario.yaml")]) == 2
    assert "price" in capsys.readouterr().err


def test_demand_is_compared_with_the_size_of_the_system(recwarn):
    """3 GWh for 300 MW of plants: ten hours of a year; 1,500 GWh are 5,000 hours."""
    for energy, found in ((1.5, 1), (750, 0)):
        rows = [{"zone": zone, "year": 2025, "energy_gwh": energy} for zone in "AB"]
        system = System.model_validate_json(json.dumps(TOY | {"demand": rows}))
        recwarn.clear()
        warn_of_oddities(system, Scenario.model_validate_json(json.dumps(SCENARIO | {"changes": {}})))
        assert [str(w.message).count("10 hours of its 300 MW") for w in recwarn] == [1] * found


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_shipped_scenario_looks_odd(path, recwarn):
    if path.stem == "base":
        pytest.skip("asks nothing by itself")
    scenario = load_scenario(path)
    system = load_system(scenario, path).system
    warn_of_oddities(changed_system(system, scenario)[0], scenario, system)
    assert [str(warning.message) for warning in recwarn] == []
