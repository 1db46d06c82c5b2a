"""Limits of the delivery of a fuel, on systems small enough to be solved on paper."""

from __future__ import annotations

from typing import Any

import pytest
from toy import case as toy_case
from toy import plant, scenario, solve, system, technology

from simulator.audit import findings
from simulator.errors import InputError
from simulator.system import System

HOURS = {"jan": 744, "rest": 8016}
ENGINE = technology("engine", fuel="gas", efficiency_percent=50)
DEAR = technology("dear", variable_om_usd_per_mwh=100)
LINE = {"name": "line", "fuel": "gas", "zones": ["A"], "months": [1], "year": 2030, "maximum_gwh": 10}


def cold(*deliveries: dict[str, Any], price: dict[str, Any] | None = None, **tables: Any) -> System:
    """10 MW all year from gas (free unless priced, half efficiency) or something dear (100); January has 31 of 365
    days."""
    priced = {"fuel": "gas", "zone": "A", "year": 2030, "usd_per_mwh": 0} | (price or {})
    return system(
        {"jan": 10, "rest": 10}, fuels=[{"id": "gas", "name": "gas"}], fuel_prices=[priced],
        technologies=[ENGINE, DEAR], plants=[plant("engine", 10), plant("dear", 10)],
        fuel_deliveries=list(deliveries), **tables,
    )  # fmt: skip


def musd(results) -> float:
    return float(results["cost_musd"].isel(year=0).sum())


@pytest.mark.parametrize(("limit", "dear"), [(10, 2.44), (20, 0), (0, 7.44)])
def test_a_pipeline_limits_what_is_burnt_in_its_months(limit, dear):
    """January burns 2·10·0.744 = 14.88 GWh of gas for 7.44 of power; with 10 GWh of gas 5 of power are left."""
    assert musd(solve(cold(LINE | {"maximum_gwh": limit}), scenario(HOURS))) == pytest.approx(dear * 0.1)


def test_steps_of_supply_do_not_widen_it():
    """Two sellers without limit behind the same pipeline: still 10 GWh in January, at the price of the cheaper (1)."""
    steps = [{"market": "m", "step": k, "year": 2030, "fuel": "gas", "zones": ["A"], "usd_per_mwh": k} for k in (1, 2)]
    results = solve(cold(LINE, fuel_supply=steps), scenario(HOURS))
    assert musd(results) == pytest.approx(2.44 * 0.1 + (10 + 2 * 80.16) * 1e-3)


@pytest.mark.parametrize(
    ("place", "gwh", "price"), [("low", 5, 4), ("middle", 10, 8), ("high", 12, 20), (0.75, 11, 14)]
)
def test_price_and_volume_come_from_one_place_of_the_range(place, gwh, price):
    """January: the gas of the range and the rest dear; eleven months: 160.32 GWh of gas."""
    line = LINE | {"maximum_gwh_low": 5, "maximum_gwh_high": 12}
    world = cold(line, price={"usd_per_mwh": 8, "usd_per_mwh_low": 4, "usd_per_mwh_high": 20})
    results = solve(world, scenario(HOURS, gas=place))
    assert musd(results) == pytest.approx((7.44 - gwh / 2) * 0.1 + (gwh + 160.32) * price * 1e-3)


def test_a_pipeline_limits_its_own_zones_and_its_own_fuel():
    """The pipeline of A takes 5 GWh of power from its gas in January, 2.44 are dear (100) and burn coal; B has its own.

    A year of A and B costs 2.44 GWh at 100: neither the gas of B nor the coal of A uses up the pipeline.
    """
    world = system(
        {"jan": 10, "rest": 10}, zones=("A", "B"), fuels=[{"id": "gas"}, {"id": "coal"}],
        fuel_prices=[{"fuel": fuel, "zone": zone, "year": 2030, "usd_per_mwh": 0} for fuel in ("gas", "coal")
                     for zone in "AB"],
        technologies=[ENGINE, DEAR | {"fuel": "coal", "efficiency_percent": 40}],
        plants=[plant(name, 10, zone=zone) for name in ("engine", "dear") for zone in "AB"], fuel_deliveries=[LINE],
    )  # fmt: skip
    assert musd(solve(world, scenario(HOURS))) == pytest.approx(2.44 * 0.1)


def test_the_audit_holds_a_pipeline_to_what_it_delivers():
    """14.88 GWh of gas are burnt in January: 4.88 more than a pipeline of 10 delivers."""
    results = solve(cold(LINE | {"maximum_gwh": 20}), scenario(HOURS))
    (found,) = findings(toy_case(cold(LINE), scenario(HOURS)), results, ["delivery of fuel"])
    assert found.violation == pytest.approx(4.88 / 14.88)


def test_there_is_no_limit_before_its_first_year():
    assert musd(solve(cold(LINE | {"year": 2031}), scenario(HOURS))) == pytest.approx(0)


def test_rows_of_a_name_limit_the_same():
    with pytest.raises(InputError, match="delivery 'line' has different months in different rows"):
        toy_case(cold(LINE, LINE | {"year": 2035, "months": [2]}), scenario(HOURS))
