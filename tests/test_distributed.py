"""Distributed technology: below the distribution network where its zone has one, at the zone where it has none."""

from __future__ import annotations

import pytest
from lever_toys import GAS, cost
from toy import plant, scenario, solve, system, technology

from simulator.system import System

HOURS = 8760
KINDS = {
    "thermal": {"group": "bioenergy"},
    "variable": {"group": "solar"},
    "run_of_river": {"group": "hydro"},
    "reservoir": {"group": "hydro"},
}
NETWORK = [{"zone": "A", "existing_mw": 1000, "loss_percent": 20, "annual_usd_per_kw": 0}]


def roof(kind: str, distributed: bool = True, networks: list[dict] | None = None, **tables) -> System:
    """Load of 80 MW, gas at 50, and 40 MW of a kind that cost nothing to run: full sun, a full river, enough water."""
    own = technology("roof", kind=kind, distributed=distributed, **KINDS[kind])
    water = {
        "reservoirs": [{"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1, "active_hm3": 0}],
        "inflows": [{"reservoir": "lake", "month": m, "inflow_hm3": 40 * 24 * 31} for m in range(1, 13)],
    }
    wet = kind == "reservoir"
    data = {
        "technologies": [GAS, own], "distribution_networks": networks or [],
        "plants": [plant("gas", 1000), plant("roof", 40, **({"reservoir": "lake"} if wet else {}))],
        "profiles": [{"zone": "A", "name": "roof", "year": 2030, "slice": "s", "value": 1}]
        if kind in ("variable", "run_of_river") else [],
    }  # fmt: skip
    return system({"s": 80}, **(data | (water if wet else {}) | tables))


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_distribution_network_it_feeds_its_zone(kind):
    """40 of 80 MW come from it, 40 from gas: 40 · 8760 · 50 USD, distributed or not."""
    for distributed in (True, False):
        results = solve(roof(kind, distributed), scenario({"s": HOURS}))
        assert cost(results) == pytest.approx(40 * HOURS * 50)
        assert results["generation_mw"].values.ravel() == pytest.approx([40, 40])


@pytest.mark.parametrize("kind", KINDS)
def test_below_a_distribution_network_nothing_of_it_is_lost(kind):
    """A network loses 20 %. Below it 40 MW leave 40 to customers, 50 at the grid; at the grid it gives 40 of 100."""
    below = solve(roof(kind, True, NETWORK), scenario({"s": HOURS}))
    above = solve(roof(kind, False, NETWORK), scenario({"s": HOURS}))
    assert cost(below) == pytest.approx(50 * HOURS * 50)
    assert cost(above) == pytest.approx(60 * HOURS * 50)


def test_a_network_in_another_zone_changes_nothing():
    """The other zone has the network, and a tenth of its 10 MW is lost there."""
    toy = roof("thermal", True, [{"zone": "B", "existing_mw": 1000, "loss_percent": 10, "annual_usd_per_kw": 0}])
    zones = [{"id": z, "country": "C", "name": z} for z in ("A", "B")]
    load = {"zone": "B", "name": "load", "year": 2030, "slice": "s", "value": 9}
    plain = toy.model_dump(mode="json", exclude_unset=True)
    plain |= {"zones": zones, "profiles": [*plain["profiles"], load]}
    plain["plants"] = [*plain["plants"], plant("gas", 100, zone="B")]
    results = solve(System.model_validate(plain), scenario({"s": HOURS}))
    assert cost(results) == pytest.approx((40 + 10) * HOURS * 50)


def battery(distributed: bool, networks: list[dict]) -> System:
    """Sun of 100 MW by day at the grid, no load; 40 MW at night; a lossless battery of 40 MW and 480 MWh."""
    store = technology("store", kind="storage", group="battery", efficiency_percent=100, distributed=distributed)
    sun = technology("sun", kind="variable", group="solar")
    return system(
        {"day": 0, "night": 40}, technologies=[GAS, store, sun], distribution_networks=networks,
        plants=[plant("gas", 1000), plant("store", 40, energy_mwh=480), plant("sun", 100)],
        profiles=[{"zone": "A", "name": "sun", "year": 2030, "slice": "day", "value": 1},
                  {"zone": "A", "name": "sun", "year": 2030, "slice": "night", "value": 0}],
    )  # fmt: skip


NIGHT = scenario({"day": 4380, "night": 4380}, days={"day": "d", "night": "d"}, block_hours=12)


def test_storage_without_a_distribution_network_serves_its_zone():
    """All of the night comes out of it, distributed or not."""
    for distributed in (True, False):
        assert cost(solve(battery(distributed, []), NIGHT)) == pytest.approx(0, abs=1e-3)


def test_storage_below_a_distribution_network_charges_and_feeds_there():
    """The network loses 20 %: 40 MW of a night need 50 MW at the grid.

    A battery at the grid of 40 MW gives 32 of them, and 10 MW of gas the other 8. Below the network it takes 40 of 50
    MW by day and serves the night alone; what it draws by day has been through the network, and nothing is drawn from
    the grid at night.
    """
    above, below = (solve(battery(d, NETWORK), NIGHT) for d in (False, True))
    assert cost(above) == pytest.approx(10 * 4380 * 50)
    assert cost(below) == pytest.approx(0, abs=1e-3)
    assert below["distribution_withdrawal_mw"].values.ravel() == pytest.approx([50, 0])


def test_a_distributed_candidate_is_built_where_there_is_no_network():
    """A kW costs 100 USD a year (1,000 over ten years, no interest) and saves 8760 h of 50: all 80 MW are built."""
    toy = roof("thermal", True)
    plain = toy.model_dump(mode="json", exclude_unset=True)
    plain["plants"] = [plant("gas", 1000)]
    plain["technologies"][1]["life_years"] = 10
    plain["technology_costs"] = [{"technology": "roof", "year": 2030, "overnight_usd_per_kw": 1000}]
    plain["candidates"] = [{"zone": "A", "technology": "roof", "investors": ["owner"]}]
    results = solve(System.model_validate(plain), scenario({"s": HOURS}))
    assert float(results["build_mw"].sum()) == pytest.approx(80)
    assert cost(results) == pytest.approx(80 * 100_000)


def test_a_change_can_make_a_technology_distributed():
    """Below the network by a change of the scenario: 50 MW of gas instead of 60."""
    changed = scenario({"s": HOURS}, changes={"technologies": {"roof": {"distributed": True}}})
    assert cost(solve(roof("variable", False, NETWORK), changed)) == pytest.approx(50 * HOURS * 50)


def test_a_distributed_project_feeds_its_zone():
    """The plant of 40 MW comes as a project instead."""
    plain = roof("thermal", True).model_dump(mode="json", exclude_unset=True)
    plain["plants"] = [plant("gas", 1000)]
    plain["technology_costs"] = [{"technology": "roof", "year": 2030, "overnight_usd_per_kw": 0}]
    plain["projects"] = [{"id": "p", "name": "P", "zone": "A", "technology": "roof", "capacity_mw": 40,
                          "stage": "construction", "commissioning": "2028", "investor": "owner"}]  # fmt: skip
    results = solve(System.model_validate(plain), scenario({"s": HOURS}, projects={"realisation": "all"}))
    assert cost(results) == pytest.approx(40 * HOURS * 50)
