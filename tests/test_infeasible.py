"""Where there is no plan, the limits that leave none are named, by how much, and nothing that does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from rich_toy import driven, typical
from toy import plant, scenario, solve, system, technology

from simulator.case import assemble
from simulator.case.demand.loads import same_in_every_hour
from simulator.errors import InfeasibleError
from simulator.inputs.scenario import Scenario
from simulator.solve.plan import plan
from simulator.system import System

YEAR = 8760.0
ONE = scenario({"s": YEAR})
HOST = technology(
    "host", host_load_percent=60, fuel="coal", efficiency_percent=50, variable_om_usd_per_mwh=20
)  # fmt: skip
FUEL = {
    "fuels": [{"id": "coal", "co2_t_per_mwh": 0.4}],
    "fuel_prices": [{"fuel": "coal", "zone": "A", "year": 2030, "usd_per_mwh": 4}],
}
HOSTED = {"technologies": [HOST], "plants": [plant("host", 100)], **FUEL}
"""60 MW must run: 525.6 GWh from 1,051.2 GWh of coal, which emit 420.48 kt."""


def why(**tables: Any) -> list[str]:
    """The lines that say why there is no plan."""
    with pytest.raises(InfeasibleError) as caught:
        solve(system({"s": 100}, **HOSTED | tables), ONE)
    first, *lines = str(caught.value).splitlines()
    assert first == "no plan satisfies all the rules of the scenario"
    return lines


def test_a_carbon_cap_below_what_must_run():
    cap = {"country": "C", "year": 2030, "cap_kt": 400}
    assert why(carbon_policies=[cap]) == ["carbon_policies.C/2030: cap_kt is 20.48 kt too low"]


def test_fuel_that_is_missing_to_what_must_run():
    step = {"market": "m", "step": 1, "year": 2030, "fuel": "coal", "zones": ["A"], "usd_per_mwh": 0, "limit_gwh": 1000}
    assert why(fuel_supply=[step]) == ["fuel_supply m: 51.2 GWh of fuel are missing in 2030"]


def test_a_contract_that_asks_for_more_than_all_plants_give():
    """100 MW all year are 876 GWh, even if no load is served."""
    sale = {"id": "sale", "market": "M", "zone": "A", "direction": "export", "usd_per_mwh": 10, "limit_mw": 200,
            "minimum_gwh": 1000}  # fmt: skip
    lines = why(markets=[{"id": "M", "name": "M"}], market_steps=[sale])
    assert lines == ["market_steps.sale: minimum_gwh is 124 GWh too high for 2030"]


def test_a_target_and_a_cap_are_both_named():
    """Without wind no share is reached, and the cap cannot be kept: the cap alone is what no target explains."""
    cap = {"country": "C", "year": 2030, "cap_kt": 400}
    target = {"id": "t", "country": "C", "year": 2030, "percent": 10, "definition": "law", "mode": "hard"}
    law = {"definition": "law", "technology": "wind"}
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
    blows = {"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 0.5}
    lines = why(
        technologies=[HOST, wind], plants=[plant("host", 100), plant("wind", 1)], profiles=[blows],
        carbon_policies=[cap], targets=[target], definitions=[law],
    )  # fmt: skip
    assert [line.split(":")[0] for line in lines] == ["targets.t", "carbon_policies.C/2030"]


def test_days_that_leave_the_months_of_a_contract_out_are_too_few() -> None:
    """Days in spring, autumn and of the peaks, but 1 GWh must be sold in July. Twelve days reach every month."""
    trade = {"markets": [{"id": "M", "name": "M"}], "market_steps": [
        {"id": "sale", "market": "M", "zone": "A", "direction": "export", "usd_per_mwh": 10, "limit_mw": 50,
         "minimum_gwh": 1, "months": [7]}]}  # fmt: skip
    tables = driven().model_dump() | trade

    def planned(days: int) -> None:
        asked = typical().model_dump() | {"horizon": {
            "model_years": [2028], "time": {"method": "typical_days", "days": days, "block_hours": 24}}}  # fmt: skip
        asking = Scenario.model_validate(asked)
        plan(assemble(asking, System.model_validate(tables), weather=same_in_every_hour), asking)

    with pytest.raises(InfeasibleError) as caught:
        planned(2)
    _, contract, days = str(caught.value).splitlines()
    assert contract == "market_steps.sale: minimum_gwh is 1 GWh too high for 2028"
    assert days.startswith("horizon.time: the plan's ") and days.endswith("With days: 12 every month has one.")
    missing = days.partition("none lies in month ")[2].partition(".")[0].split(", ")
    assert "7" in missing and "4" not in missing
    planned(12)


def test_a_soft_target_is_never_named():
    """It may be missed; only the cap leaves no plan."""
    target = {"id": "t", "country": "C", "year": 2030, "percent": 10, "definition": "law", "mode": "soft",
              "shortfall_usd_per_mwh": 10}  # fmt: skip
    law = {"definition": "law", "technology": "wind"}
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
    lines = why(
        technologies=[HOST, wind], targets=[target], definitions=[law],
        carbon_policies=[{"country": "C", "year": 2030, "cap_kt": 400}],
    )  # fmt: skip
    assert lines == ["carbon_policies.C/2030: cap_kt is 20.48 kt too low"]


def test_a_release_that_asks_for_more_water_than_comes():
    """12 hm3 come in a year, and 15 must leave the lake, which may store none: 3 hm3 too many.

    The host plant beside is no part of it.
    """
    hydro = {"id": "hydro", "name": "hydro", "kind": "reservoir", "group": "hydro"}
    months = [{"reservoir": "lake", "month": m, "inflow_hm3": 1} for m in range(1, 13)]
    fields = {"reservoir": "lake", "name": "fields", "months": list(range(1, 13)), "purpose": "ecology",
              "minimum_hm3": 15}  # fmt: skip
    lines = why(
        technologies=[HOST, hydro], plants=[plant("host", 100), plant("hydro", 100, reservoir="lake")],
        reservoirs=[{"id": "lake", "name": "Lake", "zone": "A", "active_hm3": 0, "energy_mwh_per_hm3": 1000}],
        inflows=months, releases=[fields],
    )  # fmt: skip
    assert len(lines) == 1
    assert lines[0].startswith(("releases.lake/fields", "reservoirs.lake"))
    assert " 3 hm3 " in lines[0]
