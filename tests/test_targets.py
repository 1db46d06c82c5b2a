"""Binding targets: what counts is what reaches users, and imports are no way to a share."""

from __future__ import annotations

from typing import Any

import pytest
from toy import plant, scenario, solve, system, technology

from simulator.analysis.verdict import verdict
from simulator.errors import InfeasibleError, InputError

YEAR = 8760.0
ONE = scenario({"s": YEAR})
GAS = technology("gas", variable_om_usd_per_mwh=50)
WIND = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "life_years": 20}
WINDY = {
    "technologies": [GAS, WIND],
    "technology_costs": [{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 17520}],
    "definitions": [{"definition": "law", "technology": "wind"}],
}
"""New wind costs 876 USD per kW and year, 100 USD/MWh with the profile below; gas costs 50."""


def blowing(zone: str = "A") -> dict[str, Any]:
    return {"zone": zone, "name": "wind", "year": 2030, "slice": "s", "value": 1}


def goal(percent: float, **columns: Any) -> dict[str, Any]:
    row = {"id": "t", "country": "C", "year": 2030, "percent": percent, "definition": "law", "mode": "hard"}
    return {"targets": [row | columns]}


def candidate(zone: str = "A") -> dict[str, Any]:
    return {"candidates": [{"zone": zone, "technology": "wind", "investors": ["owner"]}]}


def offer(direction: str, usd: float, **columns: Any) -> dict[str, Any]:
    row = {"id": direction, "market": "M", "zone": "A", "direction": direction, "usd_per_mwh": usd, "limit_mw": 200}
    return {"markets": [{"id": "M", "name": "M"}], "market_steps": [row | columns]}


def power(results, group: str) -> float:
    return float(results["generation_mw"].sel(unit=results["unit_group"] == group).sum())


# ------------------------------------------------------------------------------------------------- imports


def importing(**columns: Any):
    """100 MW are asked for; 12 MW of wind and gas at 50 stand in the country, a neighbour sells at 60."""
    return system(
        {"s": 100}, plants=[plant("gas", 100), plant("wind", 12)], profiles=[blowing()],
        **WINDY, **offer("import", 60), **goal(15, **columns),
    )  # fmt: skip


def test_a_share_is_not_reached_by_importing():
    """12 of 100 MW; 3 MW (0.03 TWh) are missing to 15 %, whatever is imported instead of generated."""
    with pytest.raises(InfeasibleError, match=r"targets\.t: 15 % in 2030 is out of reach by 0\.03 TWh"):
        solve(importing(), ONE)
    with pytest.raises(InfeasibleError, match=r"out of reach by 0\.03 TWh"):
        solve(importing(basis="consumption"), ONE)


def test_a_scenario_may_let_imports_rise_and_the_verdict_says_what_that_means():
    """12 MW are 15 % of 80: 20 MW of gas are left out and bought at 60. Of consumption it stays 12 %."""
    results = solve(importing(imports="free"), ONE)
    assert power(results, "gas") == pytest.approx(68)
    assert float(results["net_import_gwh"].squeeze()) == pytest.approx(20 * YEAR / 1e3)
    answer = verdict(results)
    assert answer.headline is not None
    assert answer.headline.outcome == "reached"
    assert answer.bases_sentence == (
        "Measured by consumption instead of generation the share is 12.0 %: it would be missed. "
        "Country buys 0.2 TWh more than it sells."
    )
    assert answer.bases_sentence in answer.as_text()


def test_the_verdict_says_the_share_by_both_bases():
    """Without a target that binds, the plan generates all it needs: 12 % by either basis, both missed."""
    said = verdict(solve(importing(mode="report"), ONE)).bases_sentence
    assert said == "Measured by consumption instead of generation the share is 12.0 %."


def test_building_is_the_way_to_a_share_and_imports_stay():
    """Wind at 100 USD may be built. It replaces gas, not generation: 15 MW of wind, 85 of gas, nothing imported."""
    world = system(
        {"s": 100}, plants=[plant("gas", 100)], profiles=[blowing()], **WINDY, **candidate(), **offer("import", 60),
        **goal(15),
    )  # fmt: skip
    results = solve(world, ONE)
    assert (power(results, "wind"), power(results, "gas")) == pytest.approx((15, 85))
    assert float(results["net_import_gwh"].squeeze()) == pytest.approx(0, abs=1e-6)
    assert float(results["target_dual_usd_per_mwh"].squeeze()) == pytest.approx(50)


def test_imports_that_pay_anyway_count_as_if_they_were_generated():
    """A neighbour sells 40 MW at 20: they come with a target and without. 15 % are of 100 MW, not of 60."""
    world = system(
        {"s": 100}, plants=[plant("gas", 100)], profiles=[blowing()], **WINDY, **candidate(),
        **offer("import", 20, limit_mw=40), **goal(15),
    )  # fmt: skip
    results = solve(world, ONE)
    assert power(results, "wind") == pytest.approx(15)
    assert float(results["net_import_gwh"].squeeze()) == pytest.approx(40 * YEAR / 1e3)


def test_what_is_sold_is_generated_too():
    """A contract sells 100 MW: 15 % of generation are 15 % of 200 MW; of consumption, of 100 MW."""
    sold = offer("export", 60, limit_mw=100, minimum_gwh=100 * YEAR / 1e3)
    world = {"plants": [plant("gas", 200)], "profiles": [blowing()], **WINDY, **candidate(), **sold}
    assert power(solve(system({"s": 100}, **world, **goal(15)), ONE), "wind") == pytest.approx(30)
    by_use = solve(system({"s": 100}, **world, **goal(15, basis="consumption")), ONE)
    assert power(by_use, "wind") == pytest.approx(15)


def test_a_neighbour_that_is_modelled_is_no_way_to_a_share_either():
    """B has gas at 50 and sells to A over a line with 10 % loss and 13 USD; A has gas at 50 and 12 MW of wind.

    Sent there and back, power of A would be lost on its own border line; it does not count.
    """
    tables = WINDY | {"technologies": [GAS, WIND]}
    countries = [{"id": c, "name": c, "value_of_lost_load_usd_per_mwh": 1000} for c in "CD"]
    zones = [{"id": z, "country": c, "name": z} for z, c in zip("AB", "CD", strict=True)]
    line = {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 200, "backward_mw": 200, "loss_percent": 10,
            "hurdle_usd_per_mwh": 13}  # fmt: skip
    world = system(
        {"s": [100, 50]}, zones=("A", "B"), plants=[plant("gas", 100), plant("gas", 200, zone="B"), plant("wind", 12)],
        profiles=[blowing()], links=[line], **tables, **goal(15),
    ).model_dump(exclude_unset=True)  # fmt: skip
    with pytest.raises(InfeasibleError, match=r"out of reach by 0\.03 TWh"):
        solve(type(importing()).model_validate(world | {"countries": countries, "zones": zones}), ONE)


def test_imports_matter_only_to_a_binding_target_of_generation():
    """The key would change nothing for a target that is reported, or that is of consumption."""
    for columns in ({"mode": "report"}, {"basis": "consumption"}):
        asked = scenario({"s": YEAR}, targets={"t": {"imports": "free"}})
        with pytest.raises(InputError, match="imports matter to a soft or hard target of generation"):
            solve(importing(**columns), asked)
    freed = solve(importing(), scenario({"s": YEAR}, targets={"t": {"imports": "free"}}))
    assert power(freed, "gas") == pytest.approx(68)


# ----------------------------------------------------------------------------------- what reaches users


def test_a_target_asks_for_what_reaches_users():
    """Wind in A, 90 MW and gas in B, 10 % are lost between them. Half of what reaches users is 45 MW, so 50 are built.

    The share by law, of generation, is then 50 of 95 MW: the target is met with something to spare.
    """
    line = {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 200, "loss_percent": 10}
    world = system(
        {"s": [0, 90]}, zones=("A", "B"), plants=[plant("gas", 100, zone="B")], profiles=[blowing()], links=[line],
        **WINDY, **candidate(), **goal(50),
    )  # fmt: skip
    results = solve(world, ONE)
    assert (power(results, "wind"), power(results, "gas")) == pytest.approx((50, 45))
    answer = verdict(results).headline
    assert answer is not None
    assert answer.share_percent == pytest.approx(100 * 50 / 95)


def test_what_is_lost_below_a_distribution_network_is_counted_once():
    """32 MW of a night below a network that loses a fifth. A MW of gas at 50 brings 0.8 there; one of wind at 80, which
    blows by day, comes through the network into a battery that returns 64 %: 0.8 · 0.64.

    W of wind reach users as gas of 0.64·W would, so 40 % of 40 MW at the grid are W = 16 / 0.64 = 25, beside 24 of gas.
    One more MWh of the target is 1/0.64 of wind instead of one of gas: 125 − 50 USD.
    """
    wind = WIND | {"variable_om_usd_per_mwh": 80}
    store = technology("store", kind="storage", group="battery", efficiency_percent=64, distributed=True)
    world = system(
        {"day": 0, "night": 32}, technologies=[GAS, wind, store], definitions=WINDY["definitions"],
        distribution_networks=[{"zone": "A", "existing_mw": 1000, "loss_percent": 20, "annual_usd_per_kw": 0}],
        plants=[plant("gas", 1000), plant("wind", 100), plant("store", 100, energy_mwh=4800)],
        profiles=[blowing() | {"slice": "day"}, blowing() | {"slice": "night", "value": 0}], **goal(40),
    )  # fmt: skip
    results = solve(world, scenario({"day": 4380, "night": 4380}, days={"day": "d", "night": "d"}, block_hours=12))
    assert (power(results, "wind"), power(results, "gas")) == pytest.approx((25, 24))
    assert float(results["target_dual_usd_per_mwh"].squeeze()) == pytest.approx(75, rel=1e-4)


@pytest.mark.parametrize("kind", ["thermal", "variable"])
def test_what_plants_use_themselves_reaches_nobody(kind):
    """A plant that counts uses a tenth of what it gives, gas nothing. With g from it, 0.9·g must be half of

    100 MW + 0.1·g: g = 50 / 0.85, whether fuel or wind drives it.
    """
    counted = technology("counted", kind=kind, group="bioenergy", variable_om_usd_per_mwh=80, own_use_percent=10)
    profile = [blowing() | {"name": "counted"}] if kind == "variable" else []
    world = system(
        {"s": 100}, technologies=[GAS, counted], plants=[plant("gas", 100), plant("counted", 100)], profiles=profile,
        definitions=[{"definition": "law", "technology": "counted"}], **goal(50),
    )  # fmt: skip
    assert power(solve(world, ONE), "bioenergy") == pytest.approx(50 / 0.85)


def test_all_of_a_country_s_power_may_be_asked_for():
    """100 %: wind serves the whole load, although a battery would let some of it be lost."""
    battery = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 64,
               "hours_max": 8}  # fmt: skip
    tables = WINDY | {"technologies": [GAS, WIND, battery]}
    world = system(
        {"s": 100}, plants=[plant("gas", 100), plant("battery", 50, energy_mwh=500)], profiles=[blowing()], **tables,
        **candidate(), **goal(100),
    )  # fmt: skip
    results = solve(world, ONE)
    assert (power(results, "wind"), power(results, "gas")) == pytest.approx((100, 0))
