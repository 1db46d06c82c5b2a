"""Every door is as strict as the tables: what a scenario changes, lays over or overrides is read like a row of a file.

The toy: one zone with 100 MW of gas at 50 USD/MWh and a load of 100 MW in two slices of one day.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.case import assemble
from simulator.case.loading import make_case
from simulator.cli import main
from simulator.errors import InputError
from simulator.inputs.read import read_scenario
from simulator.inputs.scenario import Scenario
from simulator.solve.plan import plan
from simulator.system import System, Technology
from simulator.system.kinds import ALL, TECHNOLOGY

SCENARIO: dict[str, Any] = {
    "question": "Is the mistake found at its line?",
    "description": "A small system with one mistake.",
    "system": "system.yaml",
    "horizon": {
        "model_years": [2025], "part_year": False,
        "time": {"method": "slices", "slices": [
            {"name": "s0", "hours_per_year": 4380, "day": "d", "block_hours": 12},
            {"name": "s1", "hours_per_year": 4380, "day": "d", "block_hours": 12},
        ]},
    },
    "finance": {"discount_rate_percent": 0, "base_year": 2025},
}  # fmt: skip
SYSTEM: dict[str, Any] = {
    "name": "toy",
    "countries": [{"id": "C", "name": "C", "value_of_lost_load_usd_per_mwh": 1000}],
    "zones": [{"id": "Z", "country": "C", "name": "Z"}],
    "investors": [{"id": "o", "name": "o", "real_wacc_percent": 5}],
    "technologies": [
        {"id": "gas", "name": "gas", "kind": "thermal", "group": "gas", "variable_om_usd_per_mwh": 50},
    ],
    "plants": [{"id": "g", "name": "g", "zone": "Z", "technology": "gas", "capacity_mw": 100}],
    "profiles": [{"zone": "Z", "name": "load", "year": 2025, "slice": s, "value": 100} for s in ("s0", "s1")],
}  # fmt: skip


def write(folder: Path, scenario: dict[str, Any] | None = None, system: dict[str, Any] | None = None) -> Path:
    """The toy in two files, keys of the scenario and tables of the system replaced or added."""
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump(SCENARIO | (scenario or {}), sort_keys=False))
    (folder / "system.yaml").write_text(yaml.safe_dump(copy.deepcopy(SYSTEM) | (system or {}), sort_keys=False))
    return path


def problems(path: Path) -> list[str]:
    """What a run would refuse before it solves: ``line of the file: message`` of every problem."""
    loaded = read_scenario(path)
    with pytest.raises(InputError) as caught:
        make_case(loaded.scenario, path, marks=loaded.marks)
    lines = path.read_text().splitlines()
    return [f"{lines[p.line - 1].strip()}: {p.message}" for p in caught.value.problems]


def test_the_toy_is_good(tmp_path):
    loaded = read_scenario(path := write(tmp_path))
    assert make_case(loaded.scenario, path)[0].load_mw.tolist() == [[[100, 100]]]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("capacity_mw", "inf", "expected a number, found the text 'inf'"),
        ("capacity_mw", "300", "expected a number, found the text '300'"),
        ("capacity_mw", True, "expected a number, found true"),
        ("capacity_mw", -1, "must be at least 0, found the number -1"),
        ("capacity_mw", None, "expected a number, found nothing (null)"),
        ("capacity_mw", [1], "expected a number, found a list"),
        ("life_binds", "yes", "expected true or false, found the text 'yes'"),
        ("life_binds", 1, "expected true or false, found the number 1"),
        ("name", 12, "expected text, found the number 12"),
        ("retires", "soon", "'soon' is not a year (2028) or a month (2028-06)"),
        ("zone", "Y", "unknown name 'Y': not in zones"),
        ("technology", "/etc/passwd", "unknown name '/etc/passwd': not in technologies"),
        ("capacity", 1, "unknown column 'capacity'"),
        ("id", "h", "`id` is part of the row's name and cannot be changed"),
        ("capacity_mw", 100, "the system already says capacity_mw = 100.0: this has no effect"),
    ],
)
def test_a_change_is_as_strict_as_a_table(tmp_path, column, value, message):
    path = write(tmp_path, {"changes": {"plants": {"g": {column: value}}}})
    (found,) = problems(path)
    assert found.startswith(f"{column}:") and found.endswith(message)


def test_a_refused_change_leaves_the_rest_to_be_looked_at(tmp_path):
    """Four mistakes in one round; the unknown zone of the plant brings no error of its own."""
    path = write(tmp_path, {
        "changes": {"plants": {"g": {"zone": "Y"}}, "technologies": {"gas": {"life_years": "thirty"}, "oil": {}},
                    "plant": {}},
        "demand": {"X": {"factor": 2}},
    })  # fmt: skip
    assert sorted(problems(path)) == [
        "X:: unknown name 'X': not in countries",
        "life_years: thirty: expected a number, found the text 'thirty'",
        "oil: {}: unknown row of `technologies` 'oil'",
        "plant: {}: unknown name 'plant': not in tables",
        "zone: Y: unknown name 'Y': not in zones",
    ]


def test_a_number_too_large_for_any_power_system_is_refused(tmp_path, capsys):
    path = write(tmp_path, {"changes": {"plants": {"g": {"capacity_mw": 3}}}})
    path.write_text(path.read_text().replace("capacity_mw: 3", "capacity_mw: 3e20"))
    assert main(["validate", str(path)]) == 2
    assert "the number is too large or too small" in capsys.readouterr().err


# ------------------------------------------------------------------------- what means nothing is refused

HEAT = {"power_to_heat": 0.5, "heat_per_power": 0.8}
COMMITTED = {"commitment": True}
COLUMNS: dict[str, dict[str, Any]] = {
    "fuel": {"fuel": "f", "efficiency_percent": 50},
    "efficiency_percent": {"efficiency_percent": 50},
    "co2_capture_percent": {"co2_capture_percent": 50},
    "commitment": COMMITTED,
    "minimum_output_percent": COMMITTED | {"minimum_output_percent": 40},
    "start_cost_usd_per_mw": COMMITTED | {"start_cost_usd_per_mw": 40},
    "ramp_percent_per_hour": COMMITTED | {"ramp_percent_per_hour": 4},
    "flat": {"flat": True},
    "capacity_factor_percent": {"capacity_factor_percent": 40},
    "realised_yield_percent": {"capacity_factor_percent": 40, "realised_yield_percent": 92},
    "power_to_heat": HEAT,
    "heat_per_power": HEAT,
    "power_loss_per_heat": HEAT | {"power_loss_per_heat": 0.1},
    "back_pressure_percent": HEAT | {"back_pressure_percent": 20},
    "host_load_percent": {"host_load_percent": 10},
    "spinning": {"spinning": True},
    "own_use_percent": {"own_use_percent": 50},
    "hours_min": {"hours_min": 1, "hours_max": 4},
    "hours_max": {"hours_max": 4},
    "self_discharge_percent_per_hour": {"self_discharge_percent_per_hour": 1},
}
"""A value of every column that is not for all kinds, with the columns it needs."""
NEEDED: dict[str, dict[str, Any]] = {
    "thermal": {"fuel": "f", "efficiency_percent": 40}, "storage": {"efficiency_percent": 80},
}  # fmt: skip


def _technology(kind: str, columns: dict[str, Any]) -> dict[str, Any]:
    group = {"storage": "battery", "variable": "wind", "thermal": "gas"}.get(kind, "hydro")
    return {"id": "t", "name": "t", "kind": kind, "group": group} | NEEDED.get(kind, {}) | columns


def _with_technology(kind: str, columns: dict[str, Any]) -> System:
    """The toy with 50 MW of one more technology, and all that its kind asks for."""
    plant = {"id": "p", "name": "p", "zone": "Z", "technology": "t", "capacity_mw": 50}
    plant |= {"storage": {"energy_mwh": 100}, "reservoir": {"reservoir": "r"}}.get(kind, {})
    profiles = [{"zone": "Z", "name": name, "year": 2025, "slice": s, "value": value}
                for name in ("t", "heat") for s, value in (("s0", 1.0), ("s1", 0.5))]  # fmt: skip
    return System.model_validate(SYSTEM | {
        "technologies": [*SYSTEM["technologies"], _technology(kind, columns)],
        "plants": [*SYSTEM["plants"], plant],
        "profiles": [*SYSTEM["profiles"], *profiles],
        "fuels": [{"id": "f", "co2_t_per_mwh": 0.2}],
        "fuel_prices": [{"fuel": "f", "zone": "Z", "year": 2025, "usd_per_mwh": 10}],
        "reservoirs": [{"id": "r", "name": "r", "zone": "Z", "active_hm3": 10, "energy_mwh_per_hm3": 1000}],
        "inflows": [{"reservoir": "r", "month": m, "inflow_hm3": 10} for m in range(1, 13)],
        "distribution_networks": [{"zone": "Z", "existing_mw": 200}],
        "countries": [SYSTEM["countries"][0] | {"reserve_percent_of_load": 5}],
    })  # fmt: skip


def test_the_table_of_columns_is_complete():
    assert set(COLUMNS) == set(TECHNOLOGY)


@pytest.mark.parametrize("kind", sorted(ALL))
@pytest.mark.parametrize("column", TECHNOLOGY)
def test_every_column_of_every_kind_is_refused_or_counted(column, kind):
    """What the table refuses is named; what it accepts gives a plan that passes its independent check."""
    if kind not in TECHNOLOGY[column].kinds:
        with pytest.raises(ValueError, match=f"{column} means nothing for 't'"):
            Technology.model_validate(_technology(kind, COLUMNS[column]))
        return
    scenario = Scenario.model_validate(SCENARIO)
    case = assemble(scenario, _with_technology(kind, COLUMNS[column]))
    assert plan(case, scenario).attrs["objective_musd"] > 0


def test_own_use_of_a_variable_plant_is_counted():
    """50 MW of wind that uses half of its output serves 25 of 100 MW: 75 MW of gas at 50 USD for 8,760 h = 32.85."""
    wind = {"id": "w", "name": "w", "kind": "variable", "group": "wind", "own_use_percent": 50}
    plant = {"id": "w", "name": "w", "zone": "Z", "technology": "w", "capacity_mw": 50}
    blows = [{"zone": "Z", "name": "w", "year": 2025, "slice": s, "value": 1} for s in ("s0", "s1")]
    system = System.model_validate(SYSTEM | {
        "technologies": [*SYSTEM["technologies"], wind], "plants": [*SYSTEM["plants"], plant],
        "profiles": [*SYSTEM["profiles"], *blows],
    })  # fmt: skip
    scenario = Scenario.model_validate(SCENARIO)
    results = plan(assemble(scenario, system), scenario)
    assert results.attrs["objective_musd"] == pytest.approx(32.85)
    assert results["generation_gwh"].sel(asset="w").item() == pytest.approx(438)


BATTERY = {"id": "b", "name": "b", "kind": "storage", "group": "battery", "efficiency_percent": 90, "hours_max": 4}
RIVER = {"id": "h", "name": "h", "kind": "reservoir", "group": "hydro"}
PROJECT = {
    "id": "x", "name": "x", "zone": "Z", "technology": "gas", "capacity_mw": 10, "stage": "operating",
    "commissioning": "2024", "investor": "o",
}  # fmt: skip
NEW = {"zone": "Z", "technology": "b", "investors": ["o"]}
COST = {"year": 2025, "overnight_usd_per_kw": 1}


@pytest.mark.parametrize(
    ("technology", "tables", "line", "message"),
    [
        (BATTERY, {"plants": [{"capacity_mw": 50}]}, "- id: p", "needs energy_mwh: without energy it stores nothing"),
        (BATTERY, {"plants": [{"capacity_mw": 50, "energy_mwh": 0}]}, "energy_mwh: 0", "needs energy_mwh"),
        (BATTERY, {"plants": [{"capacity_mw": 50, "energy_mwh": 9, "co2_capture_percent": 50}]},
         "co2_capture_percent: 50", "co2_capture_percent means nothing for 'b' (storage)"),
        (BATTERY | {"hours_max": 0}, {"candidates": [NEW]}, "hours_max: 0", "without `hours_max` it has no hours"),
        (BATTERY | {"hours_min": 8}, {}, "hours_max: 4", "hours_max (4) is below hours_min (8)"),
        (BATTERY, {"projects": [{"technology": "b"}]}, "- id: x", "'b' (storage) needs storage_mwh"),
        (BATTERY, {"projects": [{"storage_mw": 5}]}, "storage_mw: 5", "has an effect with `storage_technology` only"),
        (BATTERY, {"projects": [{"storage_technology": "b"}]}, "storage_technology: b", "has no size"),
        (BATTERY, {"projects": [{"storage_technology": "b", "storage_mw": 5}]}, "- id: x", "needs storage_mwh"),
        (BATTERY, {"projects": [{"storage_technology": "gas", "storage_mw": 5, "storage_mwh": 5}]},
         "storage_technology: gas", "'gas' is not storage"),
        (BATTERY, {"projects": [{"technology": "b", "storage_technology": "b", "storage_mw": 5, "storage_mwh": 5}]},
         "storage_technology: b", "a storage project brings no other storage"),
        (RIVER, {"plants": [{"capacity_mw": 50}]}, "- id: p", "'h' (reservoir) needs reservoir: whose water"),
        (RIVER, {"candidates": [NEW | {"technology": "h"}]}, "- zone: Z", "'h' (reservoir) needs reservoir"),
        ({"fuel": "f"}, {"plants": [{"technology": "t", "capacity_mw": 5}],
                         "fuel_prices": [{"fuel": "f", "zone": "Z", "year": 2025, "usd_per_mwh": 1}]},
         "technology: t", "technology 't' needs an efficiency"),
        ({"efficiency_percent": 30}, {}, "efficiency_percent: 30", "efficiency_percent of 't' (thermal) has an effect"),
        ({"co2_capture_percent": 30}, {}, "co2_capture_percent: 30", "has an effect with a `fuel` only"),
        ({"minimum_output_percent": 30}, {}, "minimum_output_percent: 30", "with `commitment: true` only"),
        ({"heat_per_power": 1}, {}, "heat_per_power: 1", "with a `power_to_heat` only"),
        ({"power_to_heat": 1}, {}, "power_to_heat: 1", "power_to_heat has an effect with heat to give only"),
        ({}, {"technology_costs": [COST | {"technology": "t", "overnight_usd_per_kwh": 9}]},
         "overnight_usd_per_kwh: 9", "overnight_usd_per_kwh means nothing for 't' (thermal)"),
        ({}, {"plants": [{"technology": "t", "capacity_mw": 5, "available_mw": 6}]},
         "available_mw: 6", "more can run (6 MW) than is installed (5 MW)"),
        ({}, {"plants": [{"technology": "t", "capacity_mw": 5, "life_binds": True}]},
         "life_binds: true", "plant 'p' is bound to its life but has no commissioning date"),
        ({}, {"links": [{"id": "l", "from_zone": "Z", "to_zone": "Z", "forward_mw": 5}]},
         "to_zone: Z", "link 'l' begins and ends in 'Z'"),
    ],
)  # fmt: skip
def test_what_has_no_effect_is_refused_at_its_line(tmp_path, technology, tables, line, message):
    new = {"id": "t", "name": "t", "kind": "thermal", "group": "gas"} | technology
    base = {"plants": {"id": "p", "name": "p", "zone": "Z", "technology": new["id"]}, "projects": PROJECT}
    more = {name: [*SYSTEM.get(name, []), *(base.get(name, {}) | row for row in rows)] for name, rows in tables.items()}
    costs = [COST | {"technology": name} for name in {"gas", new["id"]}]
    path = write(tmp_path, system={
        "technologies": [*SYSTEM["technologies"], new], "technology_costs": costs, "fuels": [{"id": "f"}],
        "reservoirs": [{"id": "r", "name": "r", "zone": "Z", "active_hm3": 1, "energy_mwh_per_hm3": 1}],
        "inflows": [{"reservoir": "r", "month": m, "inflow_hm3": 1} for m in range(1, 13)],
        **more,
    })  # fmt: skip
    with pytest.raises(InputError) as caught:
        make_case(read_scenario(path).scenario, path)
    found = next(problem for problem in caught.value.problems if message in problem.message)
    assert (tmp_path / "system.yaml").read_text().splitlines()[found.line - 1].strip() == line


@pytest.mark.parametrize(
    ("tables", "path", "message"),
    [
        ({"candidates": [NEW | {"technology": "gas", "investors": ["o", "o"]}]}, "candidates.0.investors", "twice"),
        ({"candidates": [NEW | {"technology": "gas", "investors": []}]}, "candidates.0.investors", "at least 1 items"),
        ({"releases": [{"reservoir": "r", "name": "x", "months": [], "purpose": "winter"}]},
         "releases.0.months", "at least 1 items"),
        ({"releases": [{"reservoir": "r", "name": "x", "months": [5, 6, 5], "purpose": "winter"}]},
         "releases.0.months", "5 is in the list twice"),
        ({"fuel_supply": [{"market": "m", "step": 1, "year": 2025, "fuel": "f", "zones": ["Z", "Z"],
                           "usd_per_mwh": 1}]},
         "fuel_supply.0.zones", "'Z' is in the list twice"),
        ({"trade_links": [{"item": "envelopes", "elasticity": 1e9}]}, "trade_links.0.elasticity", "must be at most 5"),
        ({"currencies": [{"id": "X", "name": "x", "base_rate_percent": -100, "inflation_percent": 0, "per_usd": 1}]},
         "currencies.0.base_rate_percent", "must be at least -20"),
        ({"technologies": [{"id": "t", "name": "t", "kind": "thermal", "group": "gas", "construction_years": 1e9}]},
         "technologies.1.construction_years", "must be at most 30"),
        ({"projects": [PROJECT | {"id": "lake", "commissioning": "2027"}],
          "fillings": [{"project": "lake", "reservoir": "r", "volume_hm3": 1, "years": 2, "months": [1]}]},
         "fillings.lake/r.months", "nothing flows in the months"),
        ({"candidates": [NEW | {"technology": "gas"}],
          "technology_costs": [{"technology": "gas", "year": 2025, "overnight_usd_per_kw": 0}],
          "procurement": [{"id": "deal", "name": "x", "investor": "o", "kind": "framework"}],
          "procurement_mix": [{"procurement": "deal", "zone": "Z", "technology": "gas", "percent": 100}],
          "procurement_years": [{"procurement": "deal", "year": 2025, "musd": 5}]},
         "procurement.deal", "gas in Z costs nothing to build"),
        ({"profiles": [{"zone": "Z", "name": "gas", "year": 2025, "slice": s, "value": 50} for s in ("s0", "s1")]},
         "profiles.Z/gas/2025/s0.value", "the profile 'gas' of Z exceeds 1"),
    ],
)  # fmt: skip
def test_lists_and_figures_without_sense_are_refused_before_anything_runs(tmp_path, tables, path, message):
    """Each of them once ended in a division by zero, an overflow or a figure counted twice."""
    inflows = [{"reservoir": "r", "month": m, "inflow_hm3": float(m > 6)} for m in range(1, 13)]
    more = {name: [*SYSTEM.get(name, []), *rows] for name, rows in tables.items()}
    file = write(tmp_path, system={
        "fuels": [{"id": "f"}], "inflows": inflows,
        "reservoirs": [{"id": "r", "name": "r", "zone": "Z", "active_hm3": 1, "energy_mwh_per_hm3": 1}], **more,
    })  # fmt: skip
    with pytest.raises(InputError) as caught:
        make_case(read_scenario(file).scenario, file)
    (found,) = [problem for problem in caught.value.problems if problem.path == path]
    assert message in found.message and found.line > 0


@pytest.mark.parametrize("base_year", [1925, 2125])
def test_money_of_far_years_that_weighs_nothing_or_all_is_refused(tmp_path, base_year):
    """1.3 to the power of 100: HiGHS calls such a plan optimal or unknown, and its prices are wrong."""
    finance = {"discount_rate_percent": 30, "base_year": base_year}
    file = write(tmp_path, scenario={"finance": finance})
    with pytest.raises(InputError, match="no plan can be found with such weights") as caught:
        make_case(read_scenario(file).scenario, file)
    weighs = 1.3 ** (base_year - 2026)  # at the end of 2025
    assert f"weighs {weighs:.1e} dollars of {base_year}" in str(caught.value)
