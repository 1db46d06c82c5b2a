"""Contracts of trade, and figures of which only a range is known, on systems small enough to be solved on paper."""

from __future__ import annotations

from typing import Any

import pytest
import test_grid
from pydantic import ValidationError
from toy import case as toy_case
from toy import plant, scenario, solve, system, technology

from simulator.audit import findings
from simulator.errors import InputError
from simulator.system import ContractYear, System, TradeContract

HOURS = {"s": 1000}
GAS = technology("gas", variable_om_usd_per_mwh=50)
IMPORT = {"id": "buy", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 60}


def contract(*volumes: tuple[int, float], **columns: Any) -> dict[str, Any]:
    """Tables with one contract and its volumes by year."""
    years = [{"contract": "deal", "year": year, "maximum_gwh": gwh} for year, gwh in volumes]
    return {"trade_contracts": [{"id": "deal", "name": "Deal"} | columns], "contract_years": years}


def musd(results, year: int = 0) -> float:
    return float(results["cost_musd"].isel(year=year).sum())


@pytest.mark.parametrize(
    ("columns", "volume", "expected"),
    [
        ({"forward_links": ["ab"]}, 30, 0.3 + 1.2 + 0.5),
        ({"forward_links": ["ab"], "backward_links": ["bc"]}, 80, 0.6 + 0.4 + 1.0),
        ({"backward_links": ["ab"], "forward_links": ["bc"]}, 0, 0.6 + 0.8),
    ],
)
def test_a_contract_limits_the_energy_of_a_year(columns, volume, expected):
    """B uses 100 GWh. Coal of A (10) and of C (20) may bring 60 each, gas (50) gives the rest.

    30 GWh from A: 30·10 + 60·20 + 10·50. 80 in all: 60·10 + 20·20 + 20·50. Nothing out of B limits nobody: 60·10 +
    40·20.
    """
    world = test_grid.two_ways_in(**contract((2030, volume), **columns))
    results = solve(world, scenario(HOURS))
    assert musd(results) == pytest.approx(expected)
    assert float(results["contract_limit_gwh"].squeeze()) == volume
    assert float(results["contract_energy_gwh"].squeeze()) == pytest.approx(volume)


def buying(*volumes: tuple[int, float], years: tuple[int, ...] = (2030,)) -> System:
    """Imports at 30 of at most 60 MW, gas at 50, for 50 MW by day and 10 by night (1,000 h each)."""
    return system(
        {"day": 50, "night": 10}, years=years, technologies=[GAS], plants=[plant("gas", 100)],
        markets=[{"id": "M", "name": "M"}], market_steps=[IMPORT], **contract(*volumes, market_steps=["buy"]),
    )  # fmt: skip


def test_a_contract_leaves_open_when_its_energy_is_used():
    """45 of 60 GWh: 45·30 + 15·50 = 2.1 MUSD, whatever the hour."""
    assert musd(solve(buying((2030, 45)), scenario({"day": 1000, "night": 1000}))) == pytest.approx(2.1)


def test_volumes_are_linear_between_years_and_open_before_the_first():
    """2026 has no contract: 60·30. 2030 is half way from 40 to 20 GWh: 30·30 + 30·50. Later as in the last year."""
    world = buying((2028, 40), (2032, 20), years=(2026, 2030, 2040))
    results = solve(world, scenario({"day": 1000, "night": 1000}, years=(2026, 2030, 2040)))
    assert [musd(results, y) for y in range(3)] == pytest.approx([1.8, 2.4, 20 * 0.03 + 40 * 0.05])
    assert results["contract_limit_gwh"].values[0, 1:] == pytest.approx([30, 20])
    assert results["contract_limit_gwh"].isnull().values[0].tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("place", "gwh"), [("low", 20), (0.25, 30), ("middle", 40), (0.5, 40), (0.75, 50), ("high", 60)]
)
def test_a_scenario_picks_a_place_in_the_range(place, gwh):
    """Low 20, middle 40, high 60 GWh; the places between on a straight line to the middle."""
    world = buying((2030, 40))
    row = world.contract_years[0].model_copy(update={"maximum_gwh_low": 20.0, "maximum_gwh_high": 60.0})
    world = world.model_copy(update={"contract_years": (row,)})
    results = solve(world, scenario({"day": 1000, "night": 1000}, contracts=place))
    assert float(results["contract_energy_gwh"].squeeze()) == pytest.approx(gwh)


def test_a_place_in_no_range_has_no_effect():
    with pytest.raises(InputError, match="no table has a range in this direction"):
        toy_case(buying((2030, 40)), scenario({"day": 1000, "night": 1000}, contracts="low"))


def test_a_contract_without_a_volume_is_refused():
    with pytest.raises(InputError, match="has no volume"):
        toy_case(buying(), scenario({"day": 1000, "night": 1000}))


def test_a_volume_below_what_is_owed_is_refused():
    """The step owes 30 GWh in 2030, the contract lets 20 pass."""
    world = buying((2030, 20))
    step = world.market_steps[0].model_copy(update={"minimum_gwh": 30.0})
    with pytest.raises(InputError, match="lets 20 GWh pass in 2030, its market steps oblige to 30"):
        toy_case(world.model_copy(update={"market_steps": (step,)}), scenario({"day": 1000, "night": 1000}))


@pytest.mark.parametrize("columns", [{"first_year": 2030}, {"last_year": 2030}])
def test_an_obligation_holds_in_the_first_and_the_last_year_of_its_step(columns):
    """The step owes 30 GWh in 2030, with which it begins or ends."""
    world = buying((2030, 20))
    step = world.market_steps[0].model_copy(update={"minimum_gwh": 30.0} | columns)
    with pytest.raises(InputError, match="lets 20 GWh pass in 2030"):
        toy_case(world.model_copy(update={"market_steps": (step,)}), scenario({"day": 1000, "night": 1000}))


def test_the_audit_holds_a_contract_to_its_volume():
    """45 of 60 GWh are bought: with a volume of 30 that is half as much again, a third of what is bought too much."""
    asked = scenario({"day": 1000, "night": 1000})
    results = solve(buying((2030, 45)), asked)
    (found,) = findings(toy_case(buying((2030, 30)), asked), results, ["contracts of trade"])
    assert found.violation == pytest.approx(1 / 3)


def test_rows_that_make_no_sense_are_refused():
    with pytest.raises(ValidationError, match="limits nothing"):
        TradeContract(id="deal", name="Deal")
    with pytest.raises(ValidationError, match=r"maximum_gwh \(10\) is below maximum_gwh_low \(20\)"):
        ContractYear(contract="deal", year=2030, maximum_gwh=10, maximum_gwh_low=20)
