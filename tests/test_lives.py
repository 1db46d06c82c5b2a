"""What is built closes after its life and is paid for no longer: plants, projects, procured and chosen ones alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_properties import FEW
from toy import case, plant, scenario, solve, system, technology

from simulator.analysis.finance import jobs

YEARS = (2025, 2030, 2040)
COAL = technology("coal", group="coal", life_years=10, fixed_om_usd_per_kw_year=20, variable_om_usd_per_mwh=10)
COST = {"technology": "coal", "year": 2020, "overnight_usd_per_kw": 1000}
CANDIDATE = {"zone": "A", "technology": "coal", "investors": ["owner"]}
PROJECT = {"id": "p", "name": "P", "zone": "A", "technology": "coal", "capacity_mw": 100, "stage": "operating",
           "commissioning": "2025", "investor": "owner"}  # fmt: skip
DOORS = {
    "plant": {"plants": [plant("coal", 100, id="p", commissioned="2025", life_binds=True, investor="owner",
                               overnight_usd_per_kw=1000)]},
    "project": {"projects": [PROJECT]},
    "procurement": {
        "candidates": [CANDIDATE | {"limit_mw": 100}],
        "procurement": [{"id": "treaty", "name": "Treaty", "investor": "owner", "kind": "treaty"}],
        "procurement_mix": [{"procurement": "treaty", "zone": "A", "technology": "coal", "percent": 100}],
        "procurement_years": [{"procurement": "treaty", "year": y, "mw": mw} for y, mw in ((2025, 100), (2026, 0))],
    },
    "chosen": {"candidates": [CANDIDATE]},
}  # fmt: skip


def asked(years=YEARS, part_year=False, **parts):
    """1000 h in every model year."""
    plain = scenario({"s": 1000}, years=years, **parts)
    return plain.model_copy(update={"horizon": plain.horizon.model_copy(update={"part_year": part_year})})


def toy(years=YEARS, load=100, **tables):
    """100 MW of load for coal that lives 10 years."""
    return system({"s": load}, years=years, **({"technologies": [COAL], "technology_costs": [COST]} | tables))


@pytest.mark.parametrize("door", DOORS)
def test_every_door_closes_after_the_same_life(door):
    """100 MW of 2025 cost 100 MUSD over 10 years, 2 to keep and 1 to run: 13 MUSD in 2025 and 2030.

    In 2040 there is nothing, and nothing may be built: 100 GWh are shed at 1000 USD/MWh, 100 MUSD.
    """
    choice = {"withdrawals": {"owner": 2025}} if door == "chosen" else {"optimiser": {"build": False}}
    results = solve(toy(**DOORS[door]), asked(**choice))
    assert results["capacity_mw"].values[0] == pytest.approx([100, 100, 0])
    assert results["cost_musd"].sum("cost_component").values == pytest.approx([13, 13, 100])
    assert results["annuity_musd"].values[0] == pytest.approx([10, 10, 0])


def test_a_life_that_ends_within_a_year_leaves_that_year_in_part():
    """A project of July 2025 that lives 10 years runs and is paid for half of 2025 and half of 2035."""
    years = (2025, 2030, 2035)
    results = solve(toy(years, projects=[PROJECT | {"commissioning": "2025-07"}]), asked(years))
    assert results["capacity_mw"].values[0] == pytest.approx([50, 100, 50])
    assert results["annuity_musd"].values[0] == pytest.approx([5, 10, 5])
    assert results["fixed_cost_musd"].values[0] == pytest.approx([1, 2, 1])


def test_storage_of_a_project_closes_after_its_own_life():
    battery = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 81,
               "life_years": 5}  # fmt: skip
    project = PROJECT | {"storage_technology": "battery", "storage_mw": 30, "storage_mwh": 60}
    costs = [COST, {"technology": "battery", "year": 2020, "overnight_usd_per_kw": 100, "overnight_usd_per_kwh": 50}]
    results = solve(toy(technologies=[COAL, battery], technology_costs=costs, projects=[project]), asked())
    stored = results.sel(asset="p/storage")
    assert stored["energy_capacity_mwh"].values.tolist() == [60, 0, 0]
    assert stored["annuity_musd"].values == pytest.approx([(30 * 100 + 60 * 50) / 1e3 / 5, 0, 0])
    assert results["capacity_mw"].sel(asset="p").values.tolist() == [100, 100, 0]


def test_what_a_project_replaced_does_not_come_back():
    """The project stands in for an old plant that has no closing date; after 2035 both are gone."""
    old = plant("coal", 70, id="old")
    results = solve(toy(plants=[old], projects=[PROJECT | {"commissioning": "2026", "replaces": ["old"]}]), asked())
    assert results["capacity_mw"].sel(asset=["old", "p"]).values.tolist() == [[70, 0, 0], [0, 100, 0]]


def test_what_has_closed_makes_room_for_choice():
    """Of a potential of 100 MW a treaty takes 100 in 2025. In 2030 nothing is left; in 2040 the plan chooses 100 anew.

    A treaty in the middle of its year leaves half of the room in 2035, when it runs for half of the year.
    """
    results = solve(toy(load=150, **DOORS["procurement"]), asked())
    assert results["build_mw"].sum("asset").values == pytest.approx([0, 0, 100])
    years = (2025, 2030, 2035)
    results = solve(toy(years, load=150, **DOORS["procurement"]), asked(years, part_year=True))
    assert results["build_mw"].sum("asset").values == pytest.approx([0, 0, 50])


def test_choice_leaves_room_for_a_treaty_to_come():
    """Of a potential of 100 MW a treaty takes 60 in 2030, when what is chosen in 2025 still runs: 40 are chosen. Their
    owner leaves after 2025, and in 2035 they are gone."""
    tables = DOORS["procurement"] | {
        "investors": [{"id": name, "name": name, "real_wacc_percent": 0} for name in ("owner", "state")],
        "procurement": [{"id": "treaty", "name": "Treaty", "investor": "state", "kind": "treaty"}],
        "procurement_years": [
            {"procurement": "treaty", "year": y, "mw": mw} for y, mw in ((2029, 0), (2030, 60), (2031, 0))
        ],
    }
    years = (2025, 2030, 2035)
    results = solve(toy(years, **tables), asked(years, withdrawals={"owner": 2025}))
    assert results["build_mw"].sum("asset").values == pytest.approx([40, 0, 0])
    assert results["capacity_mw"].sum("asset").values == pytest.approx([40, 100, 60])


def test_a_plant_that_outlives_its_life_is_paid_off():
    """It runs on, as nothing binds it to its life, but its capital of 100 MUSD was paid over the 10 years to 2035."""
    row = plant("coal", 100, commissioned="2025", overnight_usd_per_kw=1000, investor="owner")
    results = solve(toy(plants=[row]), asked())
    assert results["capacity_mw"].values.tolist() == [[100, 100, 100]]
    assert results["annuity_musd"].values.ravel() == pytest.approx([10, 10, 0])


def test_nobody_works_in_a_plant_that_has_closed():
    """2 jobs per MW from 2025 to 2034; the site of the one year before has gone."""
    rows = [{"group": "coal", "construction_jobs_per_mw": 1, "operation_jobs_per_mw": 2}]
    table = jobs(solve(toy(projects=[PROJECT], job_factors=rows), asked())).set_index("year")["operation_jobs"]
    assert table.loc[2025:2034].unique() == pytest.approx([200])
    assert table.loc[2035:].unique() == pytest.approx([0])


@FEW
@given(st.integers(2000, 2040), st.integers(1, 12), st.floats(0.5, 40), st.sets(st.integers(2020, 2060), min_size=1))
def test_a_project_lives_as_a_plant_of_its_date(year, month, life, years):
    """Capacity, paid capital and fixed cost of a project are those of a plant that is bound to the same life."""
    years = tuple(sorted(years))
    date = f"{year}-{month:02d}"
    row = plant("coal", 100, id="x", commissioned=date, life_binds=True, overnight_usd_per_kw=1000, investor="owner")
    toys = toy(
        years, technologies=[COAL | {"life_years": life}], plants=[row], projects=[PROJECT | {"commissioning": date}]
    )
    made = case(toys, asked(years))
    old, new = made.assets
    np.testing.assert_allclose(new.mw, old.mw)
    for books in (made.investment.paid_capital_musd, made.investment.fixed_om_musd):
        np.testing.assert_allclose(books[1], books[0])
    after = np.array(years) >= year + (month - 1) / 12 + life
    assert not old.mw[after].any() and not made.investment.paid_capital_musd[:, after].any()
