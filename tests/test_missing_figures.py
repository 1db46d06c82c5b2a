"""A cost, a date or a partner that is not stated is asked for: nothing is built or paid for a figure nobody gave."""

from __future__ import annotations

from typing import Any

import pytest
from lever_toys import COAL, GAS, cost, refused
from toy import plant, scenario, solve, system, technology

from simulator.case.plausibility import warn_of_oddities
from simulator.system import System

BATTERY = technology("battery", kind="storage", group="battery", efficiency_percent=100, life_years=10)
LINE = {"id": "l", "from_zone": "A", "to_zone": "B", "life_years": 50}


def two_zones(**line: Any) -> System:
    """Coal in A, load and dear gas in B, and a line between."""
    return system(
        {"s": [0, 100]}, zones=("A", "B"), technologies=[COAL, GAS],
        plants=[plant("coal", 200), plant("gas", 200, zone="B")], links=[LINE | line],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [({"expandable_from": 2030}, "may be expanded"), ({"forward_mw": 100, "existing_is_paid": False}, "not paid off")],
)
def test_a_line_that_costs_has_a_cost(line: dict[str, Any], why: str) -> None:
    """Without a figure it would be built, or paid for, with nothing; a stated zero is taken at its word: 100 MW of
    coal for 1000 hours at 10 are 1 MUSD."""
    assert why in refused(two_zones(**line))
    free = solve(two_zones(**line, overnight_usd_per_kw=0), scenario({"s": 1000}))
    assert cost(free) == pytest.approx(1e6)
    dear = solve(two_zones(**line, overnight_usd_per_kw=500), scenario({"s": 1000}))
    assert cost(dear) == pytest.approx(1e6 + 100_000 * 500 / 50)


def stored(hours: tuple[float, float], **costs: float) -> System:
    """Cheap coal by day, nothing but a battery to be built by night."""
    battery = BATTERY | {"hours_min": hours[0], "hours_max": hours[1]}
    return system(
        {"day": 0, "night": 100}, technologies=[COAL, battery], plants=[plant("coal", 300)],
        profiles=[{"zone": "A", "name": "coal", "year": 2030, "slice": "day", "value": 1},
                  {"zone": "A", "name": "coal", "year": 2030, "slice": "night", "value": 0}],
        technology_costs=[{"technology": "battery", "year": 2030, "overnight_usd_per_kw": 1} | costs],
        candidates=[{"zone": "A", "technology": "battery", "investors": ["owner"]}],
    )  # fmt: skip


DAYS: dict[str, Any] = {"days": {"day": "d", "night": "d"}, "block_hours": None}


def test_energy_that_the_plan_chooses_has_a_cost() -> None:
    """100 MW for 12 hours are 1,200 MWh. With 12 hours a kW, 1 USD/kW over 10 years is all: 10,000 USD a year. With
    hours to choose, 2 USD/kWh add 240,000. Coal gives 438 GWh at 10 either way."""
    coal = 100 * 4380 * 10
    hours = {"day": 4380, "night": 4380}
    assert "its energy has no cost" in refused(stored((1, 20)), ("day", "night"))
    assert cost(solve(stored((12, 12)), scenario(hours, **DAYS))) == pytest.approx(coal + 10_000)
    chosen = solve(stored((1, 20), overnight_usd_per_kwh=2), scenario(hours, **DAYS))
    assert cost(chosen) == pytest.approx(coal + 10_000 + 240_000)


def test_a_peak_needs_a_network_that_carries_it() -> None:
    toy = {"technologies": [COAL], "plants": [plant("coal", 200)],
           "peak_demand": [{"zone": "A", "year": 2030, "peak_mw": 150}]}  # fmt: skip
    assert "no distribution network" in refused(system({"s": 100}, **toy))
    network = {"zone": "A", "existing_mw": 100, "annual_usd_per_kw": 2}
    results = solve(system({"s": 100}, **toy, distribution_networks=[network]), scenario({"s": 1000}))
    assert cost(results) == pytest.approx(100 * 1000 * 10 + 150_000 * 2)


def test_capital_is_paid_off_at_some_date() -> None:
    """300 USD/kW over 30 years for 100 MW: 1 MUSD a year, until the life has passed and not for ever."""
    years = (2030, 2035)
    toy = {"years": years, "technologies": [COAL]}
    owed = plant("coal", 100, overnight_usd_per_kw=300)
    assert "no date says until when" in refused(system({"s": 100}, technologies=[COAL], plants=[owed]))
    results = solve(system({"s": 100}, **toy, plants=[owed | {"commissioned": "2002"}]),
                    scenario({"s": 1000}, years=years))  # fmt: skip
    assert results["cost_musd"].sum("cost_component").values.ravel() == pytest.approx([2, 1])


@pytest.mark.parametrize(
    ("days", "warned"), [(None, True), ({"a": "d", "b": "e"}, True), ({"a": "d", "b": "d"}, False)]
)
def test_storage_that_can_move_nothing_is_mentioned(
    days: dict[str, str] | None, warned: bool, recwarn: pytest.WarningsRecorder
) -> None:
    toy = system({"a": 0, "b": 10}, technologies=[COAL, BATTERY],
                 plants=[plant("coal", 20), plant("battery", 5, energy_mwh=20)])  # fmt: skip
    warn_of_oddities(toy, scenario({"a": 4380, "b": 4380}, days=days, block_hours=None))
    assert any("storage (battery) cannot move energy" in str(x.message) for x in recwarn) == warned
