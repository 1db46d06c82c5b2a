"""Each rule of the independent check sees its own breach, in a plan that is consistent otherwise.

A toy is solved, something is added to variables of its plan so that one rule alone is broken, and that rule is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import test_bounds as bounds
import test_grid
import test_nev_charging as vehicles
import test_targets
import toy
import xarray as xr
from toy import plant, scenario, system, technology

from simulator.audit import TOLERANCE, Finding, findings
from simulator.audit.measure import differs, excess, outside, relative
from simulator.case import Case
from simulator.solve.plan import plan

Made = tuple[Case, xr.Dataset]
YEARS = bounds.TWO_YEARS
ONE = scenario({"s": 1})


def violation(made: Made, rule: str, case: Case | None = None, **added: Any) -> float:
    """What a rule says of a plan to whose variables something is added, perhaps held against another case."""
    own, results = made
    told = results.copy(deep=True)
    for name, by in added.items():
        told.variables[name].values = told.variables[name].values + np.asarray(by, float)
    return next(findings(own if case is None else case, told, [rule])).violation


def assert_seen(made: Made, rule: str, **added: Any) -> None:
    """The rule holds for the plan, and no longer once that is added."""
    assert violation(made, rule) <= TOLERANCE
    assert violation(made, rule, **added) > TOLERANCE


def solved(world: Any, time: Any = ONE) -> Made:
    case = toy.case(world, time)
    return case, plan(case, time)


# ------------------------------------------------------------------------------------------------ the measure


def test_what_is_not_a_number_is_infinitely_far_off():
    none = np.array([np.nan])
    assert differs(none, np.ones(1)) == np.inf
    assert differs(np.ones(1), none) == np.inf
    assert differs(none, none) == 0
    assert relative(none, 1.0) == excess(none, np.ones(1)) == outside(none, np.ones(1)) == np.inf
    assert excess(none, np.array([np.inf]), 1.0) == np.inf, "even where nothing limits it"


def test_a_finding_that_is_not_a_number_does_not_hold():
    assert not Finding("links", float("nan")).holds
    assert Finding("links", 1e-7).holds and not Finding("energy of vehicles", 1e-7).holds


def test_violations_are_measured_against_the_largest_value_and_at_least_against_one():
    assert relative(np.array([0.5, -2.0]), np.array([10.0])) == pytest.approx(0.2)
    assert relative(np.array([1e-3]), np.array([1e-6])) == pytest.approx(1e-3)
    assert outside(np.array([-1.0, 2.5]), np.array([2.0])) == pytest.approx(0.5)
    assert outside(np.array([-0.5, 3.0]), np.array([2.0])) == pytest.approx(0.5)
    assert excess(np.array([3.0, 0.0]), np.array([2.0, 1.0])) == pytest.approx(1 / 3)
    assert excess(np.array([1.0]), np.array([2.0])) == 0


# ----------------------------------------------------------------------------------------------- plants, storage


@cache
def host() -> Made:
    """A host forces 60 of 100 MW; the load is 50 below, and 10 are thrown away."""
    row = technology("host", variable_om_usd_per_mwh=20, host_load_percent=60)
    return solved(system({"s": 50}, technologies=[row], plants=[plant("host", 100)]))


@cache
def networked() -> Made:
    """A distributed plant of 20 MW below a distribution network that loses a fifth, 80 MW of load."""
    local = {"zone": "A", "existing_mw": 100, "loss_percent": 20}
    roof = technology("roof", distributed=True)
    return solved(
        system({"s": 80}, technologies=[bounds.GAS, roof], plants=[plant("gas", 200), plant("roof", 20)],
               distribution_networks=[local])
    )  # fmt: skip


@cache
def stored() -> Made:
    """Wind by day, 10 MW at night from a battery of 20 MW and 30 MWh that loses nothing."""
    return solved(
        system({"day": 0, "night": 10}, technologies=[bounds.GAS, bounds.WIND, bounds.BATTERY],
               plants=[plant("gas", 100), plant("wind", 50), plant("battery", 20, energy_mwh=30)],
               profiles=bounds.blowing(day=1, night=0)),
        bounds.one_day("day", "night"),
    )  # fmt: skip


def units(made: Made, **by_technology: Any) -> np.ndarray:
    """(U, 1, S) what is added to units, by technology."""
    case, results = made
    found = np.zeros(results["generation_mw"].shape)
    for u, unit in enumerate(case.units):
        found[u] += np.asarray(by_technology.get(unit.technology.id, 0.0))
    return found


def test_plants_give_what_is_forced_and_no_more_than_they_can():
    assert_seen(host(), "output within capacity", generation_mw=-10)
    assert_seen(host(), "output within capacity", generation_mw=50)


def test_a_battery_keeps_to_its_power_in_both_directions():
    """15 MW more by day are 25 of 20, and as much less than nothing at night."""
    for name in ("storage_charge_mw", "storage_discharge_mw"):
        assert_seen(stored(), "output within capacity", **{name: units(stored(), battery=[15, 0])})
        assert_seen(stored(), "output within capacity", **{name: units(stored(), battery=[0, -15])})


def test_contents_stay_within_the_battery_and_follow_what_it_draws():
    assert_seen(stored(), "storage", storage_level_mwh=units(stored(), battery=[25, 25]))
    assert_seen(stored(), "storage", storage_level_mwh=units(stored(), battery=[0, 5]))


def test_only_storage_charges():
    assert_seen(stored(), "kinds of units", storage_charge_mw=units(stored(), gas=1))
    assert_seen(stored(), "kinds of units", generation_mw=units(stored(), battery=1))
    assert_seen(stored(), "kinds of units", online_mw=1)


def test_wind_gives_no_more_than_blows():
    """10 MW more than the whole of what blows, with as much less than nothing curtailed, and other sums that fit."""
    gives, wastes = units(stored(), wind=[45, 0]), units(stored(), wind=[-45, 0])
    assert_seen(stored(), "wind, sun and river", generation_mw=gives, curtailment_mw=wastes)
    assert_seen(stored(), "wind, sun and river", generation_mw=gives)
    assert_seen(stored(), "wind, sun and river", curtailment_mw=units(stored(), gas=1))


def test_heat_plants_stay_between_their_lines():
    """At full heat from 60 to 70 of 100 MW."""
    chp = bounds.GAS | {"id": "chp", "heat_per_power": 1.5, "power_to_heat": 0.4, "power_loss_per_heat": 0.2}
    warm = [{"zone": "A", "name": "heat", "year": 2030, "slice": "s", "value": 1}]
    made = solved(system({"s": 65}, technologies=[chp], plants=[plant("chp", 100)], profiles=warm))
    assert_seen(made, "heat", generation_mw=-10)
    assert_seen(made, "heat", generation_mw=10)
    assert_seen(made, "heat", must_run_mw=1)
    assert_seen(made, "heat", heat_mw=10)


def test_energy_balances_at_the_grid_and_below_it():
    assert_seen(networked(), "energy balance", generation_mw=units(networked(), gas=1))
    assert_seen(networked(), "energy balance", generation_mw=units(networked(), roof=1))
    assert_seen(networked(), "energy balance", distribution_withdrawal_mw=1)


def test_no_more_is_shed_than_is_asked_and_nothing_is_thrown_away_below_zero():
    assert_seen(host(), "energy balance", unserved_mw=60, surplus_mw=60)
    assert_seen(host(), "energy balance", unserved_mw=-5, surplus_mw=-5)
    assert_seen(host(), "energy balance", generation_mw=-20, surplus_mw=-20)


# ---------------------------------------------------------------------------------------------------- water


@cache
def lake(minimum: float = 0, active: float = 1) -> Made:
    """A lake with 1 hm3 in January and half of one in July; 1000 MWh are asked for in the second half of the year."""
    inflows = [{"reservoir": "lake", "month": m, "inflow_hm3": {1: 1, 7: 0.5}.get(m, 0)} for m in range(1, 13)]
    return solved(
        system({"a": 0, "b": 100}, technologies=[bounds.GAS, bounds.HYDRO], inflows=inflows,
               reservoirs=[bounds.lake(active_hm3=active, minimum_percent=minimum)],
               plants=[plant("gas", 100), plant("hydro", 100, reservoir="lake")]),
        scenario({"a": 10, "b": 10}),
    )  # fmt: skip


SMALL = 0.5
"""hm3 of a lake that cannot keep all of January's water: some is spilled."""


def test_a_lake_is_not_overfull():
    """A tenth more waits in it than it holds, and leaves later; the books of every day and of the year close."""
    added = {"reservoir_level_hm3": [0, 0.1], "reservoir_spill_hm3": [-0.1, 0.1]}
    assert_seen(lake(active=SMALL), "water", **added)


def test_a_lake_does_not_fall_below_its_least_level():
    """Half of it must stay. A tenth less waits, and as much less is turbined later."""
    level = lake(50)[1]["reservoir_level_hm3"].values[0, 0, 1]
    less = level - 0.4
    added = {
        "reservoir_level_hm3": [0, -less], "reservoir_spill_hm3": [less, 0], "reservoir_turbined_hm3": [0, -less],
        "generation_mw": units(lake(50), hydro=[0, -100 * less]),
    }  # fmt: skip
    assert_seen(lake(50), "water", **added)


def test_the_books_of_every_day_close():
    """What is spilled a day too late adds up over the year, but not day by day."""
    assert_seen(lake(active=SMALL), "water", reservoir_spill_hm3=[-0.1, 0.1])
    assert_seen(lake(active=SMALL), "water", reservoir_spill_hm3=[0, 0.1])
    assert_seen(lake(), "water", reservoir_arrival_hm3=[0.1, 0])


def test_turbined_water_is_energy():
    assert_seen(lake(), "water", reservoir_turbined_hm3=[0, -0.1], reservoir_spill_hm3=[0, 0.1])


# ------------------------------------------------------------------------------------------------ what is built


@cache
def kept() -> Made:
    """20 of 100 MW of gas are kept, idle in 2025, for a load of 100 in 2030 beside 80 MW of coal."""
    gas = bounds.GAS | {"fixed_om_usd_per_kw_year": 20, "retirable": True}
    loads = zip(YEARS, (80, 100), strict=True)
    rows = [{"zone": "A", "name": "load", "year": year, "slice": "s", "value": mw} for year, mw in loads]
    world = system({}, profiles=rows, technologies=[bounds.COAL, gas], plants=[plant("coal", 80), plant("gas", 100)])
    return solved(world, scenario({"s": 1000}, years=YEARS))


def test_what_is_closed_stays_closed_and_only_what_may_close_is():
    assert_seen(kept(), "closed plants", retired_mw=[[0, 0], [20, 0]])
    assert_seen(kept(), "closed plants", retired_mw=[[10, 10], [0, 0]])
    assert_seen(kept(), "closed plants", retired_mw=[[0, 0], [-90, -90]])
    assert_seen(kept(), "closed plants", retired_mw=[[0, 0], [40, 40]])


@cache
def battery(**limits: Any) -> Made:
    """10 MW and 40 MWh of a new battery in 2030, which may not come before."""
    tables = bounds.a_new_battery(hours_min=4, hours_max=6)
    tables["candidates"] = [tables["candidates"][0] | {"earliest": 2030}]
    wind = [row | {"year": year} for year in YEARS for row in bounds.blowing(day=1, night=0)]
    world = system({"day": 0, "night": 10}, years=YEARS, plants=[plant("wind", 100)], profiles=wind, **tables)
    return solved(world, bounds.one_day("day", "night", times=365, years=YEARS))


def new(made: Made, *by_year: float) -> np.ndarray:
    """(A, Y) what is added to the last asset, which the plan chose."""
    found = np.zeros(made[1]["build_mw"].shape)
    found[-1] = by_year
    return found


def test_a_battery_has_its_hours():
    assert_seen(battery(), "what is built", build_mwh=new(battery(), 0, -10))
    assert_seen(battery(), "what is built", build_mwh=new(battery(), 0, 25))


def test_nothing_is_built_before_it_may_come():
    """A plant that may come in 2030: one MW of 2025 is none that the plan could choose."""
    world = system(
        {"s": 50}, years=YEARS, technologies=[bounds.COAL | {"life_years": 20}],
        technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"], "earliest": 2030}],
    )  # fmt: skip
    made = solved(world, scenario({"s": 1000}, years=YEARS))
    assert_seen(made, "what is built", build_mw=new(made, 1, 0))


@cache
def built(limit_mw: float | None = None, limit_mw_per_year: float | None = None, **columns: Any) -> Made:
    """A coal plant for a load of 50 MW."""
    world = system(
        {"s": 50}, technologies=[bounds.COAL | {"life_years": 20} | columns],
        technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"], "limit_mw": limit_mw,
                     "limit_mw_per_year": limit_mw_per_year}],
    )  # fmt: skip
    return solved(world, scenario({"s": 1000}))


def test_plants_come_whole_in_their_size_and_within_limits():
    assert_seen(built(unit_size_mw=40), "what is built", build_mw=-20)
    assert_seen(built(limit_mw=200, minimum_build_mw=30), "what is built", build_mw=-25)
    assert_seen(built(limit_mw=50), "limits of building", build_mw=1)
    assert_seen(built(limit_mw_per_year=50), "limits of building", build_mw=1)


def test_permits_and_envelopes_are_kept():
    """40 MW a year are permitted, 40 MUSD a year are there."""
    limit = {"id": "permits", "countries": ["C"], "technologies": ["coal"], "mw_per_year": 40}
    world = system(
        {"s": 50}, technologies=[bounds.COAL | {"life_years": 20}], build_limits=[limit],
        technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"]}],
        **toy.envelope("owner", 45, ticket_musd=20, cumulative_musd=42),
    )  # fmt: skip
    made = solved(world, scenario({"s": 1000}))
    assert float(made[1]["build_mw"].sum()) == pytest.approx(40)
    assert_seen(made, "permits", build_mw=1)
    assert_seen(made, "envelopes", build_mw=4)  # more than in all, less than a year's
    assert_seen(made, "envelopes", build_mw=-25)  # less than a ticket
    assert_seen(made, "value of one more dollar", budget_dual=0.1)


def test_an_envelope_s_year_is_kept():
    world = system(
        {"s": 50}, technologies=[bounds.COAL | {"life_years": 20}],
        technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 1000}],
        candidates=[{"zone": "A", "technology": "coal", "investors": ["owner"]}], **toy.envelope("owner", 45),
    )  # fmt: skip
    assert_seen(solved(world, scenario({"s": 1000})), "envelopes", build_mw=1)


# ---------------------------------------------------------------------------------------------------- grid


def test_a_line_is_held_to_its_limit_on_the_way_back():
    """50 MW are sent back, all that the line can."""
    made = solved(bounds.from_b())
    assert_seen(made, "links", backward_mw=10)
    assert_seen(made, "links", forward_mw=-1)
    assert_seen(made, "links", link_chosen_mw=1)  # it may not grow


def test_a_line_grows_only_when_and_as_far_as_it_may():
    made = solved(bounds.from_b(expandable_from=2030, overnight_usd_per_kw=1e6, expansion_limit_mw=20))
    assert_seen(made, "links", link_chosen_mw=21)
    assert_seen(made, "links", link_chosen_mw=-1)
    assert violation(made, "links", link_chosen_mw=20) <= TOLERANCE


def test_both_limits_of_a_cut_set_are_kept():
    """80 MW pass into B, read as forward and as backward."""
    outwards = {"forward_links": ["bc"], "backward_links": ["ab"], "forward_mw": None, "backward_mw": 80}
    for cut, sign in (({}, 1), (outwards, -1)):
        made = solved(test_grid.two_ways_in(cut_sets=[test_grid.CUT | cut]))
        assert_seen(made, "cut-sets", flow_mw=np.array([5.0, 0]).reshape(2, 1, 1))
        assert sign * float(made[1]["cut_set_flow_mw"].squeeze()) == pytest.approx(80)


@cache
def trading(**columns: Any) -> Made:
    """Gas at 50 or imports at 30, of at most 40 MW, for 100 MW by day and 10 by night."""
    row = {"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 40}
    world = system({"day": 100, "night": 10}, technologies=[bounds.GAS], plants=[plant("gas", 200)],
                   markets=[{"id": "M", "name": "M"}], market_steps=[row | columns])  # fmt: skip
    return solved(world, scenario({"day": 1, "night": 1}))


def test_offers_and_contracts_are_kept():
    assert_seen(trading(), "trade", trade_mw=[1, 0])
    assert_seen(trading(profile="flat"), "trade", trade_mw=[1, 0])
    assert_seen(trading(maximum_gwh=0.03), "trade", trade_mw=[-1, 2])
    assert_seen(trading(minimum_gwh=0.05), "trade", trade_mw=[-1, 0])


def test_local_networks_carry_their_peaks_and_never_shrink():
    local = {"zone": "A", "existing_mw": 60, "loss_percent": 20, "annual_usd_per_kw": 10}
    peaks = [{"zone": "A", "year": y, "peak_mw": mw} for y, mw in zip(YEARS, (80, 120), strict=True)]
    world = system({"s": 40}, years=YEARS, technologies=[bounds.COAL], plants=[plant("coal", 100)],
                   distribution_networks=[local], peak_demand=peaks)  # fmt: skip
    made = solved(world, scenario({"s": 1000}, years=YEARS))
    assert_seen(made, "distribution networks", distribution_network_mw=[-5, 0])  # 76 of 80 MW arrive
    assert_seen(made, "distribution networks", distribution_network_mw=[60, 0])
    assert_seen(made, "distribution networks", distribution_withdrawal_mw=120)


# ------------------------------------------------------------------------------------------- running, reserve


@cache
def reserving(**country: Any) -> Made:
    """Load of 100 MW, of which a battery feeds 50 and wind gives 40 at night; nobody holds reserve."""
    return solved(
        system({"day": 0, "night": 100}, country=country | {"reserve_shortfall_usd_per_mwh": 10},
               technologies=[bounds.GAS, bounds.WIND, bounds.BATTERY | {"spinning": True}],
               plants=[plant("gas", 100), plant("wind", 80), plant("battery", 50, energy_mwh=50)],
               profiles=bounds.blowing(day=1, night=0.5)),
        bounds.one_day("day", "night"),
    )  # fmt: skip


def test_reserve_is_held_for_load_and_wind_and_not_by_what_feeds():
    assert_seen(reserving(reserve_percent_of_load=50), "reserve", reserve_missing_mw=[0, -1])
    assert_seen(reserving(reserve_percent_of_wind_and_solar=50), "reserve", reserve_missing_mw=[0, -1])


def test_base_load_is_held_to_be_flat():
    reactor = technology("reactor", group="nuclear", flat=True)
    world = system({"a": 50, "b": 50}, technologies=[reactor], plants=[plant("reactor", 100)])
    assert_seen(solved(world, scenario({"a": 1, "b": 1})), "flat output", generation_mw=[1, 0])


# -------------------------------------------------------------------------------- targets, fuel, carbon, cost


def missed(**columns: Any) -> dict[str, Any]:
    return bounds.goal(52, "host", mode="soft", shortfall_usd_per_mwh=1) | columns


def test_what_is_lost_does_not_reach_a_target():
    """60 MW are forced, 50 of them used, beside 50 of gas in B: 50 of 100 MW, so 2 are missing to 52 %."""
    row = technology("host", group="bioenergy", host_load_percent=60)
    world = system({"s": 50}, zones=("A", "B"), technologies=[bounds.GAS, row],
                   plants=[plant("host", 100), plant("gas", 100, zone="B")], **missed())  # fmt: skip
    made = solved(world, scenario({"s": 1000}))
    assert float(made[1]["target_shortfall_gwh"].sum()) == pytest.approx(2)
    assert_seen(made, "targets", target_shortfall_gwh=-1)


def test_imports_count_as_if_they_were_generated():
    """A neighbour sells 40 of 100 MW; no wind is built for a soft target of 15 %: 15 MW are missing, not 9."""
    world = system(
        {"s": 100}, plants=[plant("gas", 100)], profiles=[test_targets.blowing()], **test_targets.WINDY,
        **test_targets.offer("import", 20, limit_mw=40), **test_targets.goal(15, mode="soft", shortfall_usd_per_mwh=1),
    )  # fmt: skip
    made = solved(world, scenario({"s": 1000}))
    assert float(made[1]["target_shortfall_gwh"].sum()) == pytest.approx(15)
    assert_seen(made, "targets", target_shortfall_gwh=-5)


def test_own_use_reaches_nobody():
    """A plant that counts and uses a tenth itself gives 40 MW net of 100: 0.9·g of 0.4·(100 + 0.1·g)."""
    counted = technology("counted", group="bioenergy", variable_om_usd_per_mwh=80, own_use_percent=10)
    world = system({"s": 100}, technologies=[bounds.GAS, counted], plants=[plant("gas", 100), plant("counted", 30)],
                   **bounds.goal(40, "counted", mode="soft", shortfall_usd_per_mwh=3000))  # fmt: skip
    made = solved(world, scenario({"s": 1000}))
    missing = float(made[1]["target_shortfall_gwh"].sum())
    assert missing == pytest.approx(0.4 * 103 - 27)
    assert_seen(made, "targets", target_shortfall_gwh=-2)


def test_a_hard_target_misses_nothing():
    made = solved(system({"s": 100}, technologies=[bounds.GAS, bounds.WIND], profiles=bounds.blowing(s=1),
                         plants=[plant("gas", 100), plant("wind", 40)], **bounds.goal(40)))  # fmt: skip
    assert_seen(made, "targets", target_shortfall_gwh=0.01)


@cache
def burning() -> Made:
    """100 MW of coal for 1000 hours, a ton and 2.5 MWh of fuel for each MWh; 300 GWh of fuel could be had."""
    coal = technology("coal", group="coal", fuel="lignite", efficiency_percent=40)
    step = {"market": "m", "step": 1, "year": 2030, "fuel": "lignite", "zones": ["A"], "usd_per_mwh": 10,
            "limit_gwh": 300}  # fmt: skip
    world = system({"s": 100}, technologies=[coal], plants=[plant("coal", 100)], fuel_supply=[step],
                   fuels=[{"id": "lignite", "co2_t_per_mwh": 0.4}],
                   carbon_policies=[{"country": "C", "year": 2030, "cap_kt": 100}])  # fmt: skip
    return solved(world, scenario({"s": 1000}))


def test_a_cap_is_kept():
    assert_seen(burning(), "carbon caps", emissions_kt=1)


def test_fuel_is_bought_before_it_is_burnt():
    """Held against 240 GWh, 10 of 250 are missing; and as many where a part of the year has less."""
    case, _ = burning()
    scarce = tuple(replace(step, limit_gwh=step.limit_gwh * 0.8) for step in case.fuel_steps)
    assert violation(burning(), "fuel") <= TOLERANCE
    assert violation(burning(), "fuel", replace(case, fuel_steps=scarce)) == pytest.approx(10 / 250)


def test_costs_add_up_to_what_was_minimised_and_to_what_assets_cost():
    case, results = burning()
    dearer = results.assign_attrs(objective_musd=results.attrs["objective_musd"] * 1.1)
    assert violation((case, dearer), "cost") > TOLERANCE
    for name in ("variable_cost_musd", "annuity_musd", "fixed_cost_musd"):
        assert_seen(burning(), "cost by asset", **{name: 1})


def test_labels_and_what_a_run_says_of_itself_are_held_to_the_tables():
    case, results = burning()
    for name in ("year_weight", "hours"):
        assert violation((case, results.assign_coords({name: 2 * results[name]})), "labels") > TOLERANCE
    assert violation((case, results.assign_attrs(headline_target="other")), "attributes") > TOLERANCE
    assert violation((case, results.assign_attrs(discount_rate_percent=7.0)), "attributes") > TOLERANCE


# -------------------------------------------------------------------------------------------------- prices


def test_the_price_of_shed_load_is_its_value():
    """70 of 100 MW are there: shed at 1000 USD, so that no price but this fits."""
    made = solved(system({"s": 100}, technologies=[bounds.COAL], plants=[plant("coal", 70)]))
    assert_seen(made, "prices", price_usd_per_mwh=-100)
    assert_seen(made, "prices", price_usd_per_mwh=100)


def test_the_price_behind_a_line_is_that_before_it_with_its_loss_and_use():
    """10 USD in A, (10 + 2)/0.9 in B, to which more could be sent; nobody else holds the price there."""
    row = {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 50, "loss_percent": 10, "hurdle_usd_per_mwh": 2}
    world = system({"s": [0, 30]}, zones=("A", "B"), technologies=[bounds.COAL], plants=[plant("coal", 500)],
                   links=[row])  # fmt: skip
    made = solved(world)
    assert made[1]["price_usd_per_mwh"].values.ravel() == pytest.approx([10, 12 / 0.9], rel=1e-4)
    assert_seen(made, "prices", price_usd_per_mwh=np.array([0, 5.0]).reshape(2, 1, 1))
    assert_seen(made, "prices", price_usd_per_mwh=np.array([0, -5.0]).reshape(2, 1, 1))


def test_the_price_is_the_cost_of_the_plant_that_could_give_more():
    made = solved(system({"s": 50}, technologies=[bounds.GAS], plants=[plant("gas", 100)]))
    assert_seen(made, "prices", price_usd_per_mwh=10)
    assert_seen(made, "prices", price_usd_per_mwh=-10)


def test_the_price_at_a_border_is_that_of_the_market():
    """Only a market, at 30 USD, serves 20 MW of a possible 40."""
    row = {"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 30, "limit_mw": 40}
    made = solved(system({"s": 20}, technologies=[bounds.GAS], markets=[{"id": "M", "name": "M"}], market_steps=[row]))
    assert_seen(made, "prices", price_usd_per_mwh=10)
    assert_seen(made, "prices", price_usd_per_mwh=-10)


def test_the_price_of_wind_that_is_thrown_away_is_its_cost():
    wind = bounds.WIND | {"variable_om_usd_per_mwh": 3}
    made = solved(system({"s": 20}, technologies=[wind], plants=[plant("wind", 40)], profiles=bounds.blowing(s=1)))
    assert_seen(made, "prices", price_usd_per_mwh=10)
    assert_seen(made, "prices", price_usd_per_mwh=-2)


@pytest.mark.parametrize("below", ["gas", "wind", "shed"])
def test_below_a_distribution_network_a_price_is_that_of_what_arrives(below):
    """Of 4 MWh drawn 3 arrive, so that 60 USD below the network are 45 above it, 6 are 4.5, and 1000 are 750.

    Below are gas (60) that could give more, wind (6) that is thrown away, or load that is shed; above a plant that is
    full (with wind: one that is forced, so that what is drawn is what the wind leaves).
    """
    gas = technology("gas", variable_om_usd_per_mwh=60, distributed=True)
    wind = technology("wind", kind="variable", group="wind", variable_om_usd_per_mwh=6, distributed=True)
    forced = technology("coal", group="coal", host_load_percent=100 if below == "wind" else 0)
    plants = {"gas": [plant("gas", 100)], "wind": [plant("wind", 100)], "shed": []}[below]
    network = {"zone": "A", "existing_mw": 200, "loss_percent": 25}
    made = solved(system({"s": 100}, technologies=[forced, gas, wind], plants=[plant("coal", 40), *plants],
                         profiles=bounds.blowing(s=1), distribution_networks=[network]))  # fmt: skip
    at_grid = {"gas": 45, "wind": 4.5, "shed": 750}[below]
    assert made[1]["price_usd_per_mwh"].values.ravel() == pytest.approx([at_grid], rel=1e-3)
    assert_seen(made, "prices", price_usd_per_mwh=10)
    assert_seen(made, "prices", price_usd_per_mwh=-4)


def test_water_is_worth_nothing_where_it_is_spilled_and_the_same_while_it_waits():
    assert violation(lake(), "worth of water") <= TOLERANCE
    assert violation(lake(), "worth of water", water_value_usd_per_hm3=1000) > TOLERANCE


def test_water_is_as_exact_as_the_energy_that_it_gives():
    """An hm3 gives 1,000 MWh: 50 USD are 0.05 USD per MWh, which an interior point may be off, 1,800 are not."""
    case, found = lake()
    (reservoir,) = case.water.reservoirs
    assert reservoir.energy_mwh_per_hm3 == 1000
    assert violation(lake(), "worth of water", water_value_usd_per_hm3=[0, 50]) > TOLERANCE
    interior = case, found.assign_attrs(solver="piqp")
    assert violation(interior, "worth of water", water_value_usd_per_hm3=[0, 50]) <= TOLERANCE
    assert violation(interior, "worth of water", water_value_usd_per_hm3=[0, 1800]) > TOLERANCE


# ------------------------------------------------------------------------------------------------- vehicles

Change = Callable[[Case], Case]


@cache
def smart() -> Made:
    """20 MW come in the evening, of which 5 MWh may wait; 2 MW feed back, at 80 %."""
    tables = system({"evening": 100, "night": 60}, **vehicles.FLEET)
    case = vehicles.with_smart(toy.case(tables, vehicles.TWO), [20, 0], power=30, deferrable=5, feed=2, battery=5,
                               efficiency=0.8, wear=1)  # fmt: skip
    return case, plan(case, vehicles.TWO)


@pytest.mark.parametrize("name", ["deferrable_mwh", "feed_mw", "battery_mwh"])
def test_smart_charging_is_held_to_its_limits(name):
    """Held against half of what it may owe, feed or borrow, the plan is refused."""
    case, _ = smart()
    flexible = replace(case.flexible, **{name: getattr(case.flexible, name) / 2.1})
    assert violation(smart(), "smart charging") <= TOLERANCE
    assert violation(smart(), "smart charging", replace(case, flexible=flexible)) > TOLERANCE


def test_energy_of_vehicles_adds_up():
    assert violation(smart(), "energy of vehicles") <= 1e-9
    assert violation(smart(), "energy of vehicles", nev_load_mw=[0, 1]) > 1e-9
    assert violation(smart(), "energy of vehicles", nev_feed_mw=[0, 1], nev_load_mw=[0, 1]) > 1e-9  # no losses
