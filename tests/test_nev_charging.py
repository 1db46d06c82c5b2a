"""Smart charging and vehicles that feed back: optima worked out by hand, and laws for any system."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import toy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from share import count
from toy import plant, scenario, system, technology

from simulator.analysis import dispatch, indicators
from simulator.analysis.attribution import denominator_parts
from simulator.audit import check
from simulator.case.assembly import check_finite
from simulator.case.axes import wrong_numbers
from simulator.case.vehicles.charging import Flexible, problems_of
from simulator.errors import InputError, NumericalError
from simulator.model.build import build
from simulator.solve.plan import plan

COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
GAS = technology("gas", variable_om_usd_per_mwh=50)
FLEET = {"technologies": [COAL, GAS], "plants": [plant("coal", 100), plant("gas", 100)]}
"""100 MW at 10 USD/MWh and 100 MW at 50."""
TWO = scenario({"evening": 365, "night": 365}, days={"evening": "d", "night": "d"})
"""A day of two slices of one hour that stands for the whole year."""
DAYS = 365


def with_smart(
    case, baseline, *, power=1000.0, deferrable=1000.0, feed=0.0, battery=0.0, efficiency=1.0, wear=0.0, network=0.0,
    fixed=0.0, hour=1.0, fixed_hour=1.0,
):  # fmt: skip
    """The case with vehicles: power in MW by zone (or all) and slice.

    The hour of the peak stands ``hour`` times as high as its slice, and without smart vehicles ``fixed_hour`` times.
    """
    shape = case.load_mw.shape
    zones = np.zeros(shape[0])

    def spread(values):
        return np.broadcast_to(np.asarray(values, float), (shape[0], shape[2]))[:, None, :] + np.zeros(shape)

    flexible = Flexible(
        baseline_mw=spread(baseline), power_mw=spread(power), deferrable_mwh=spread(deferrable), feed_mw=spread(feed),
        battery_mwh=np.zeros(shape[:2]) + battery, feed_efficiency=zones + efficiency, wear_usd_per_mwh=zones + wear,
        network_usd_per_kw_year=zones + network,
    )  # fmt: skip
    nev = spread(fixed)
    member = np.array([[z.country == c.id for z in case.zones] for c in case.countries], float)
    peaks = [
        np.einsum("cz,zys->cys", member, values).max(axis=2)
        for values in (case.load_mw + nev + flexible.baseline_mw, case.load_mw + nev)
    ]
    case = replace(case, nev_mw=nev, flexible=flexible, peak_mw=peaks[0] * hour, peak_fixed_mw=peaks[1] * fixed_hour)
    check_finite(case)
    return case


def solve(tables, baseline, time=TWO, **limits):
    """Results of a system with smart vehicles, after the independent check."""
    return plan(with_smart(toy.case(tables, time), baseline, **limits), time)


def cost(results):
    """USD per year."""
    return float(results["cost_musd"].sum()) * 1e6


def values(results, name):
    return results[name].values.ravel()


def test_smart_vehicles_charge_when_power_is_cheap():
    """Load 100 in the evening, 60 at night; vehicles would draw 20 in the evening, from gas at 50.

    Charged at night they take coal: a day costs 100·10 + 80·10 = 1,800 USD instead of 100·10 + 20·50 + 60·10 = 2,600.
    """
    results = solve(system({"evening": 100, "night": 60}, **FLEET), [20, 0])
    assert cost(results) == pytest.approx(DAYS * 1800)
    assert values(results, "nev_load_mw") == pytest.approx([0, 20])
    assert values(results, "nev_uncontrolled_mw") == pytest.approx([20, 0])
    assert values(results, "nev_deferred_mwh") == pytest.approx([0, 20])
    assert float(dispatch.nev_moved_gwh(results).squeeze()) == pytest.approx(20 * DAYS / 1e3)
    at_peak = dispatch.nev_at_peak_mw(results).squeeze()
    assert at_peak.sel(control=["planned", "uncontrolled"]).values == pytest.approx([0, 20])


@pytest.mark.parametrize(("limits", "moved"), [({"deferrable": 5}, 5), ({"power": [20, 12]}, 12)])
def test_smart_charging_stays_within_its_envelopes(limits, moved):
    """As before, but at most 5 MWh may be owed, or at most 12 MW drawn at night: only so much leaves the evening."""
    results = solve(system({"evening": 100, "night": 60}, **FLEET), [20, 0], **limits)
    assert cost(results) == pytest.approx(DAYS * (2600 - moved * 40))


def test_charging_is_never_earlier_than_without_control():
    """Vehicles that come home at night take gas: the cheap evening is over, and the next is later than they wait."""
    tables = system({"evening": 60, "night": 100}, **FLEET)
    assert values(solve(tables, [0, 20], deferrable=[0, 1000]), "nev_load_mw") == pytest.approx([0, 20])
    assert values(solve(tables, [0, 20], deferrable=[1000, 0]), "nev_load_mw") == pytest.approx([20, 0])


@pytest.mark.parametrize(("gas", "fed"), [(17.4, 0), (17.6, 10)])
def test_vehicles_feed_back_when_the_spread_pays_for_losses_and_wear(gas, fed):
    """Gas runs in the evening, coal at 10 has room at night. A MWh fed is charged again as 1/0.8 MWh and wears for 5:

    10/0.8 + 5 = 17.5 USD. Gas at 17.4 is cheaper, at 17.6 the vehicles feed all they can, 10 MW.
    """
    fleet = FLEET | {"technologies": [COAL, technology("gas", variable_om_usd_per_mwh=gas)]}
    tables = system({"evening": 120, "night": 60}, **fleet)
    results = solve(tables, [0, 0], feed=10, battery=1000, efficiency=0.8, wear=5)
    assert cost(results) == pytest.approx(DAYS * (160 * 10 + 20 * gas + fed * (17.5 - gas)))
    assert values(results, "nev_feed_mw") == pytest.approx([fed, 0])
    assert values(results, "nev_load_mw") == pytest.approx([0, fed / 0.8])
    assert values(results, "nev_energy_gwh") == pytest.approx([DAYS * fed * 0.25 / 1e3]), "only the losses are used"
    assert values(results, "country_consumption_gwh") == pytest.approx([DAYS * (180 + fed * 0.25) / 1e3])
    bill = DAYS * ((120 - fed) * gas + (60 + fed / 0.8) * 10)
    assert float(indicators.bill_musd(results).squeeze()) * 1e6 == pytest.approx(bill)


def test_only_what_batteries_hold_is_fed():
    """5 MWh may be borrowed: at 80 % that is 4 MWh fed, though 20 MWh of charging may be put off as well.

    Evening 100 + 20 without control; the 20 are moved to the night and 4 MWh replace gas that the load of 104 needs:
    a day costs 100·10 in the evening and (60 + 20 + 5)·10 at night.
    """
    tables = system({"evening": 104, "night": 60}, **FLEET)
    results = solve(tables, [20, 0], deferrable=20, feed=50, battery=5, efficiency=0.8)
    assert values(results, "nev_feed_mw") == pytest.approx([4, 0])
    assert values(results, "nev_borrowed_mwh") == pytest.approx([0, 5])
    assert cost(results) == pytest.approx(DAYS * (1000 + 850))


def test_a_vehicle_plugged_in_charges_or_feeds():
    """30 MW of chargers: while 10 MW feed, at most 20 MW charge. 25 MW would come in the evening, of which 5 wait.

    The evening's load of 120 needs 20 of gas; feeding is free and without loss: 10 fed, 20 charged, 15 moved to night.
    Nothing may be owed but 5 MWh, so a day is (120 + 20 − 10) − 100 = 30 of gas in the evening.
    """
    tables = system({"evening": 120, "night": 60}, **FLEET)
    results = solve(tables, [25, 0], power=30, deferrable=5, feed=10, battery=1000)
    assert values(results, "nev_load_mw") == pytest.approx([20, 15])
    assert cost(results) == pytest.approx(DAYS * (100 * 10 + 30 * 50 + 75 * 10))


def test_the_distribution_network_flattens_charging():
    """30 MW in one of three slices, or 10 MW in each: a network at 20 USD/kW costs 200,000 instead of 600,000."""
    names = ("a", "b", "c")
    time = scenario(dict.fromkeys(names, 365), days=dict.fromkeys(names, "d"))
    tables = system(dict.fromkeys(names, 50), **FLEET)
    energy = DAYS * 180 * 10
    assert cost(solve(tables, [30, 0, 0], time, network=20)) == pytest.approx(energy + 200_000)
    stiff = solve(tables, 0, time, fixed=[30, 0, 0], network=20)
    assert cost(stiff) == pytest.approx(energy + 600_000)
    assert values(stiff, "nev_network_mw") == pytest.approx([30])


MARGIN = {"planning_margin_percent": 20, "adequacy_shortfall_usd_per_kw_year": 5}
"""120 % of the peak must be firm; what is missing costs 5 USD/kW."""


def test_smart_charging_lowers_the_need_for_firm_capacity():
    """The evening's slice has 100 + 20; its highest hour is 132, 1.1 times as much, and 105 without smart vehicles.

    Without control 1.2·132 = 158.4 MW must be firm. With all charging moved the slice has 100, an hour of it 110, more
    than 105: 132 MW. 200 MW at 50 % credit are firm, so 32 MW are missing instead of 58.4.
    """
    coal = COAL | {"capacity_credit_percent": 50}
    toy_system = system({"evening": 100, "night": 60}, country=MARGIN, technologies=[coal], plants=[plant("coal", 200)])
    smart = solve(toy_system, [20, 0], hour=1.1, fixed_hour=1.05)
    assert values(smart, "peak_load_mw") == pytest.approx([110])
    assert values(smart, "peak_uncontrolled_mw") == pytest.approx([132])
    assert values(smart, "adequacy_shortfall_mw") == pytest.approx([32])
    bound = solve(toy_system, [20, 0], hour=1.1, fixed_hour=1.15)
    assert values(bound, "peak_load_mw") == pytest.approx([115]), "never below the peak of the rest"
    stiff = solve(toy_system, 0, fixed=[20, 0], hour=1.1, fixed_hour=1.1)
    assert values(stiff, "adequacy_shortfall_mw") == pytest.approx([58.4])


def test_charging_is_moved_to_the_night_for_the_peak_alone():
    """Energy costs the same all day; 20 MW less of peak save 1.2·20 MW at 5 USD/kW, 120,000 USD a year."""
    coal = COAL | {"capacity_credit_percent": 100}
    tables = system({"evening": 100, "night": 60}, country=MARGIN, technologies=[coal], plants=[plant("coal", 110)])
    missing = 1.2 * 100 - 110
    assert cost(solve(tables, [20, 0])) == pytest.approx(DAYS * 180 * 10 + missing * 5000)


def test_smart_charging_makes_no_new_peak():
    """Sun is free at noon, when the load is 100; vehicles would draw 15 at night beside 90, a peak of 105.

    Noon takes 5 MW and no more, even where firm capacity is no concern; the night's other 100 MW come from coal.
    """
    sun = {"id": "sun", "name": "sun", "kind": "variable", "group": "solar"}
    shine = [{"zone": "A", "name": "sun", "year": 2030, "slice": s, "value": v} for s, v in (("night", 0), ("noon", 1))]
    tables = system(
        {"night": 90, "noon": 100}, technologies=[COAL, sun], plants=[plant("coal", 200), plant("sun", 200)],
        profiles=shine,
    )  # fmt: skip
    results = solve(tables, [15, 0], scenario({"night": 365, "noon": 365}, days={"night": "d", "noon": "d"}))
    assert values(results, "nev_load_mw") == pytest.approx([10, 5])
    assert cost(results) == pytest.approx(DAYS * 100 * 10)


def test_days_that_stand_for_different_numbers_of_days_make_no_energy():
    """300 days with gas in the evening and 65 with a load of 10: each day charges its own 20 MWh, no other's."""
    hours = {"e1": 300, "n1": 300, "e2": 65, "n2": 65}
    time = scenario(hours, days={"e1": "one", "n1": "one", "e2": "two", "n2": "two"})
    tables = system({"e1": 100, "n1": 100, "e2": 10, "n2": 10}, **FLEET)
    results = solve(tables, [20, 0, 20, 0], time)
    assert cost(results) == pytest.approx(300 * (200 * 10 + 20 * 50) + 65 * 40 * 10)
    by_day = results["nev_load_mw"].squeeze().values.reshape(2, 2).sum(axis=1)
    assert by_day == pytest.approx([20, 20])


def test_smart_charging_holds_reserve_and_counts_as_consumption():
    """10 % of 80 + 20 MW must be held: coal gives 90 and holds 10. 30 % of consumption is 30 MW of wind, not 24."""
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "life_years": 20}
    tables = system(
        {"s": 80}, country={"reserve_percent_of_load": 10}, technologies=[COAL | {"spinning": True}, GAS, wind],
        plants=[plant("coal", 100), plant("gas", 100)],
        technology_costs=[{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 20_000}],
        candidates=[{"zone": "A", "technology": "wind", "investors": ["owner"]}],
        profiles=[{"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 1}],
    )  # fmt: skip
    one = scenario({"s": 1})
    assert cost(solve(tables, [20], one)) == pytest.approx(90 * 10 + 10 * 50)
    bound = {
        "targets": [{"id": "t", "country": "C", "year": 2030, "percent": 30, "definition": "official",
                     "basis": "consumption", "mode": "hard"}],
        "definitions": [{"definition": "official", "technology": "wind"}],
    }  # fmt: skip
    bound_system = tables.model_validate(tables.model_dump() | bound)
    results = solve(bound_system, [20], one)
    assert float(results["build_mw"].sum()) == pytest.approx(30)
    question = indicators.focus(results)
    assert question is not None
    assert denominator_parts(results, question)["charging of electric vehicles"] == pytest.approx(20 / 1e3)


def test_charging_that_does_not_happen_is_not_shed():
    """Shedding 20 MW of charging at 100 USD/MWh cannot feed a neighbour whose load is worth 1000.

    10 MW of coal stand with the neighbour: of a day, 20 MWh of charging and 2·40 MWh of the neighbour's load are shed.
    """
    countries = [
        {"id": c, "name": c, "value_of_lost_load_usd_per_mwh": usd} for c, usd in (("cheap", 100), ("dear", 1000))
    ]
    tables = system(
        {"evening": [0, 50], "night": [0, 50]}, zones=("A", "B"), technologies=[COAL], countries=countries,
        plants=[plant("coal", 10, zone="B")],
        links=[{"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 100}],
    )  # fmt: skip
    data = tables.model_dump()
    data["zones"] = [{"id": "A", "country": "cheap", "name": "A"}, {"id": "B", "country": "dear", "name": "B"}]
    results = solve(tables.model_validate(data), [[20, 0], [0, 0]])
    assert cost(results) == pytest.approx(DAYS * (2 * 10 * 10 + 20 * 100 + 80 * 1000))


def test_charging_below_a_distribution_network_bears_its_losses():
    """A network that delivers 80 % draws 100 MW for 60 MW of load and 20 MW of smart charging."""
    network = [{"zone": "A", "existing_mw": 1000, "loss_percent": 20, "annual_usd_per_kw": 0}]
    tables = system({"s": 60}, distribution_networks=network, **FLEET)
    assert cost(solve(tables, [20], scenario({"s": 1}))) == pytest.approx(100 * 10)


def test_without_smart_vehicles_the_plan_keeps_its_size():
    """No column and no row of smart charging, and the books have no other entry than zero."""
    case = with_smart(toy.case(system({"evening": 100, "night": 60}, country=MARGIN, **FLEET), TWO), 0, fixed=[20, 0])
    m = build(case).pyomo
    for name in (
        "deferred_gwh", "borrowed_gwh", "feed_gw", "network_gw", "peak_gw", "charging_limit", "recharging_limit",
        "plugged_in", "shedding_limit", "network_limit", "peak_limit",
    ):  # fmt: skip
        assert len(m.component(name).index_set()) == 0, name
    results = plan(case, TWO)
    assert not results["energy_mw"].sel(entry=["smart charging", "vehicles to grid"]).any()
    assert values(results, "peak_load_mw") == pytest.approx([120])


# ----------------------------------------------------------------------------------------------------- any system

FEW = settings(max_examples=count(60, least=3), deadline=None, suppress_health_check=[HealthCheck.too_slow])
SLICES = {"a": 600.0, "b": 600.0, "c": 600.0, "d": 130.0, "e": 130.0, "f": 130.0}
TIME = scenario(SLICES, days={"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "y"})
mw = st.lists(st.integers(1, 150).map(float), min_size=6, max_size=6)
some = st.lists(st.integers(0, 40).map(float), min_size=6, max_size=6)


@st.composite
def vehicles(draw):
    """A load, what vehicles draw of their own, and limits of smart charging in two zones."""
    baseline = np.array([draw(some), draw(some)])
    return {
        "load": [draw(mw), draw(mw)],
        "baseline": baseline,
        "limits": {
            "power": baseline + np.array([draw(some), draw(some)]),
            "deferrable": np.array([draw(some), draw(some)]),
            "feed": np.array([draw(some), draw(some)]),
            "battery": float(draw(st.integers(0, 60))),
            "efficiency": draw(st.integers(50, 100)) / 100,
            "wear": float(draw(st.integers(0, 30))),
            "network": float(draw(st.integers(0, 30))),
        },
        "hour": 1 + draw(st.integers(0, 30)) / 100,
    }


def random_system(figures):
    """Two zones of one country, one below a distribution network, with reserve, a margin and a share of consumption.

    Using the line costs 2 USD/MWh: without, sending wind both ways at once would earn 30 USD for each MWh lost.
    """
    loads = {name: [figures["load"][0][i], figures["load"][1][i]] for i, name in enumerate(SLICES)}
    wind = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
    goal = {"id": "t", "country": "C", "year": 2030, "percent": 40, "definition": "law", "basis": "consumption"}
    reserve = {"reserve_percent_of_load": 10, "reserve_percent_of_wind_and_solar": 10}
    return system(
        loads, zones=("A", "B"), country=MARGIN | reserve | {"reserve_shortfall_usd_per_mwh": 200},
        technologies=[COAL | {"spinning": True}, GAS, wind],
        plants=[plant("coal", 120), plant("gas", 120, zone="B"), plant("gas", 20), plant("wind", 100)],
        links=[{"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 60, "backward_mw": 30, "loss_percent": 5,
                "hurdle_usd_per_mwh": 2}],
        distribution_networks=[{"zone": "B", "existing_mw": 40, "loss_percent": 8, "annual_usd_per_kw": 10}],
        profiles=[
            {"zone": "A", "name": "wind", "year": 2030, "slice": s, "value": v}
            for s, v in zip(SLICES, (0.1, 0.6, 0.3, 0.9, 0, 0.4), strict=True)
        ],
        targets=[goal | {"mode": "soft", "shortfall_usd_per_mwh": 30}],
        definitions=[{"definition": "law", "technology": "wind"}],
    )  # fmt: skip


@FEW
@given(vehicles())
def test_smart_charging_never_costs_more_nor_raises_the_firm_need(figures):
    """Against the same vehicles without control: the cost is at most as high, and so are peak and firm need.

    All energy charged is what they would draw without control plus the losses of feeding back, to 1e-9.
    """
    tables, limits = random_system(figures), figures["limits"]
    smart = solve(tables, figures["baseline"], TIME, hour=figures["hour"], **limits)
    stiff = solve(
        tables, 0, TIME, fixed=figures["baseline"], network=limits["network"],
        hour=figures["hour"], fixed_hour=figures["hour"],
    )  # fmt: skip
    assert smart.attrs["objective_musd"] <= stiff.attrs["objective_musd"] * (1 + 1e-8) + 1e-9
    assert values(smart, "peak_load_mw") <= values(stiff, "peak_load_mw") * (1 + 1e-9)
    assert values(smart, "required_mw") <= values(stiff, "required_mw") * (1 + 1e-9)
    assert np.abs(smart["energy_mw"].sum("entry")).max() < 1e-6
    for name in ("nev_deferred_mwh", "nev_borrowed_mwh"):
        least = smart[name].groupby(smart["slice_day"]).min()
        assert least.values == pytest.approx(0), "nothing is owed all day long"
    fed = indicators.energy_gwh(smart, smart["nev_feed_mw"])
    drawn = indicators.energy_gwh(smart, smart["nev_load_mw"])
    needed = indicators.energy_gwh(smart, smart["nev_uncontrolled_mw"]) + fed / limits["efficiency"]
    assert drawn.values == pytest.approx(needed.values, rel=1e-9, abs=1e-12)


@FEW
@given(vehicles())
def test_smart_vehicles_that_may_not_wait_are_like_those_without_control(figures):
    """With nothing to put off and nothing to feed, cost and need are those of uncontrolled charging."""
    tables, network, hour = random_system(figures), figures["limits"]["network"], figures["hour"]
    smart = solve(tables, figures["baseline"], TIME, deferrable=0, network=network, hour=hour)
    stiff = solve(tables, 0, TIME, fixed=figures["baseline"], network=network, hour=hour, fixed_hour=hour)
    assert smart.attrs["objective_musd"] == pytest.approx(stiff.attrs["objective_musd"], rel=1e-8)
    assert values(smart, "required_mw") == pytest.approx(values(stiff, "required_mw"), rel=1e-9)


# --------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"power_mw": 0.5}, "draw more without control"),
        ({"baseline_mw": -1.0}, "baseline_mw has a value that is negative"),
        ({"wear_usd_per_mwh": np.nan}, "wear_usd_per_mwh has a value that is not a number"),
        ({"feed_efficiency": 1.2}, "efficiency of feeding back"),
    ],
)
def test_impossible_limits_are_refused(change, message):
    good = dict.fromkeys(Flexible.__dataclass_fields__, 1.0)
    arrays = {
        name: np.full((1, 1, 2) if name in ("baseline_mw", "power_mw", "deferrable_mwh", "feed_mw") else (1,), value)
        for name, value in (good | change).items()
    }
    hours = np.ones((1, 2))
    assert not problems_of(Flexible(**{k: np.ones_like(v) for k, v in arrays.items()}), hours)
    impossible = Flexible(**arrays)
    assert any(message in str(found) for found in [*problems_of(impossible, hours), *wrong_numbers(impossible)])


def test_charging_outside_the_year_is_refused():
    """A slice without hours would charge for nothing."""
    case = toy.case(system({"evening": 100, "night": 60}, **FLEET), TWO)
    outside = replace(case, hours=case.hours * [[1, 0]])
    with pytest.raises(InputError, match="not part of the year"):
        with_smart(outside, [20, 0], power=20)


@pytest.mark.parametrize(
    ("name", "by", "finding"),
    [
        ("nev_load_mw", [1e-4, -1e-4], "smart charging"),
        ("nev_load_mw", [1e-6, 0], "energy of vehicles"),
        ("nev_deferred_mwh", [5, 5], "smart charging"),
        ("nev_feed_mw", [0, 9], "smart charging"),
        ("peak_load_mw", -1, "peak_load_mw"),
        ("adequacy_shortfall_mw", -1, "firm capacity"),
        ("unserved_mw", [200, 0], "energy balance"),
    ],
)
def test_the_independent_check_sees_a_wrong_plan(name, by, finding):
    """A plan at its limits, one figure of which is then changed."""
    tables = system({"evening": 100, "night": 60}, country=MARGIN, **FLEET | {"plants": [plant("coal", 110)]})
    case = with_smart(toy.case(tables, TWO), [20, 0], power=20, deferrable=5, feed=2, battery=5, efficiency=0.8, wear=1)
    results = plan(case, TWO)
    results[name] = results[name] + np.asarray(by, float)
    with pytest.raises(NumericalError, match=finding):
        check(case, results)


def test_the_independent_check_recomputes_wear_and_network():
    """Without wear and distribution network in the recomputed cost, the objective would not be met."""
    tables = system({"evening": 120, "night": 60}, **FLEET)
    case = with_smart(toy.case(tables, TWO), [20, 0], feed=10, battery=50, efficiency=0.8, wear=5, network=2)
    results = plan(case, TWO)
    assert values(results, "nev_feed_mw").max() > 1
    for change in ({"wear_usd_per_mwh": np.array([6.0])}, {"network_usd_per_kw_year": np.array([21.0])}):
        with pytest.raises(NumericalError, match="cost"):
            check(replace(case, flexible=replace(case.flexible, **change)), results)
