"""Water between reservoirs: what leaves arrives, late and in full; dry years are drawn together; rivers can be run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lever_toys import GAS, cost, shipped
from pydantic import ValidationError
from scipy.optimize import linprog
from toy import case, plant, scenario, solve, system, technology

from simulator.case.time.calendar import DAYS_OF_MONTH
from simulator.case.time.slices import named_frame
from simulator.case.time.stretches import make_stretches
from simulator.case.weather.interannual import FURTHEST, TENTH, draw_water, factor
from simulator.case.weather.water import travel_shares
from simulator.errors import InputError
from simulator.inputs.read import read_tables
from simulator.inputs.schema.time import Horizon
from simulator.system import InterannualInflow, Reservoir, System

DATA = Path(__file__).parent.parent / "simulator" / "data" / "central_asia"
UPPER = technology("upper", kind="reservoir", group="hydro")
LOWER = technology("lower", kind="reservoir", group="hydro")
HALF_YEAR = 182.5 * 24

weights = st.lists(st.floats(0.01, 100), min_size=1, max_size=30).map(np.array)


# ----------------------------------------------------------------------------------------------- travel time


@given(weights, st.floats(0, 364.9))
def test_all_water_arrives_whatever_days_stand_for(weight, days):
    """Rows add up to one, and so does the water: any release arrives in full, to the last digits."""
    shares = travel_shares(weight, days)
    assert shares.min() >= 0
    assert np.allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-12)
    release = np.linspace(1, 2, len(weight)) * 1e3
    assert (release @ shares).sum() == pytest.approx(release.sum(), rel=1e-12)


@given(weights, st.floats(0, 364.9))
def test_a_steady_river_stays_steady(weight, days):
    """A river that flows evenly through the year arrives evenly, however long it takes."""
    assert weight @ travel_shares(weight, days) == pytest.approx(weight, rel=1e-9, abs=1e-9)


@given(weights)
def test_water_without_travel_time_arrives_at_once(weight):
    np.testing.assert_allclose(travel_shares(weight, 0.0), np.eye(len(weight)), atol=1e-11)


@pytest.mark.parametrize(
    ("weight", "days", "first"),
    [
        (np.ones(365), 0.25, {0: 0.75, 1: 0.25}),  # six hours: a quarter of a day's release comes on the next
        (np.ones(365), 3.5, {3: 0.5, 4: 0.5}),
        (np.full(10, 36.5), 3.65, {0: 0.9, 1: 0.1}),  # a day that stands for 36.5: a tenth comes in the next period
        (np.array([1.0, 364.0]), 365 - 0.5, {0: 0.5, 1: 0.5}),  # half before the year's end, half after it
    ],
)
def test_kernel_by_hand(weight, days, first):
    row = travel_shares(weight, days)[0]
    assert {k: pytest.approx(row[k]) for k in np.flatnonzero(row > 1e-12)} == first


# ----------------------------------------------------------------------------------------------- toys


def cascade(hours=HALF_YEAR, **tables):
    """An upper lake with 1 hm3 a year, all in January, at 500 MWh per hm3, above a plant of 800 without a lake.

    Load is 100 MW in the second half of the year only, for 10 hours: 1000 MWh; gas costs 50.
    """
    lake = {"id": "top", "name": "Top", "zone": "A", "energy_mwh_per_hm3": 500, "active_hm3": 5}
    run = {"id": "foot", "name": "Foot", "zone": "A", "energy_mwh_per_hm3": 800, "active_hm3": 0}
    data = {
        "technologies": [GAS, UPPER, LOWER],
        "reservoirs": [lake | {"downstream": "foot", "travel_hours": hours}, run],
        "inflows": [{"reservoir": "top", "month": m, "inflow_hm3": float(m == 1)} for m in range(1, 13)],
        "plants": [plant("gas", 200), plant("upper", 200, reservoir="top"), plant("lower", 200, reservoir="foot")],
    }
    return system({"a": 0, "b": 100}, **(data | tables))


TWO_HALVES = scenario({"a": 10, "b": 10})


@pytest.mark.parametrize(
    ("hours", "gas"),
    [
        (0, 0),  # released when needed it serves twice: 500 + 800 MWh cover all
        (HALF_YEAR / 2, 100),  # half arrives in its own half year: 0.5 · 800 + 500
        (HALF_YEAR, 200),  # spilled in the first half it arrives in the second: 800 are more than 500
    ],
)
def test_water_is_let_out_early_where_it_travels_long(hours, gas):
    """With x of the 1 hm3 released in the second half: 500·x there, and below what arrives in it.

    At once: 800·x; half on its way over the change of half years: 800·0.5 whatever x; half a year: 800·(1 − x).
    """
    results = solve(cascade(hours), TWO_HALVES)
    assert cost(results) == pytest.approx(gas * 50, abs=1e-3)
    arrived = results["reservoir_arrival_hm3"].sel(reservoir="foot").sum()
    assert float(arrived) == pytest.approx(1)


def test_fields_drink_first():
    """0.4 of the 1 hm3 is taken above the lower plant in August, when all arrives: 500 + 800·0.6 = 980, gas 20."""
    withdrawals = [{"reservoir": "foot", "month": 8, "withdrawal_hm3": 0.4}]
    results = solve(cascade(0, withdrawals=withdrawals), TWO_HALVES)
    assert cost(results) == pytest.approx(20 * 50, abs=1e-3)
    assert float(results["reservoir_withdrawal_hm3"].sum()) == pytest.approx(0.4)


def test_a_least_level_leaves_less_to_store():
    """Of a lake of 1 hm3, 0.4 must stay: 0.6 of the January inflow waits, 0.4 passes unused. 1300 · 0.6 = 780."""
    lakes = [r.model_dump(exclude_defaults=True) for r in cascade(0).reservoirs]
    lakes[0] |= {"active_hm3": 1.0, "minimum_percent": 40.0}
    results = solve(cascade(0, reservoirs=lakes), TWO_HALVES)
    assert cost(results) == pytest.approx(220 * 50, abs=1e-3)
    assert float(results["reservoir_level_hm3"].sel(reservoir="top").min()) == pytest.approx(0.4)


def test_a_filling_lake_keeps_water_as_far_as_its_project_comes():
    """1 hm3 over two years before 2031, half likely: 0.25 hm3 in 2030, from the months named; 975 MWh remain."""
    project = {
        "id": "dam", "name": "Dam", "zone": "A", "technology": "gas", "capacity_mw": 1, "stage": "announced",
        "commissioning": "2031-01", "investor": "owner", "probability_percent": 50, "delay_months": 0,
    }  # fmt: skip
    filling = {"project": "dam", "reservoir": "top", "volume_hm3": 1, "years": 2, "months": [1]}
    costs = [{"technology": "gas", "year": 2030, "overnight_usd_per_kw": 0}]
    dam = {"projects": [project], "technology_costs": costs}
    toy = cascade(0, **dam, fillings=[filling])
    results = solve(toy, TWO_HALVES)
    assert float(results["reservoir_withdrawal_hm3"].sum()) == pytest.approx(0.25)
    assert cost(results) == pytest.approx(25 * 50, abs=1e-3)
    with pytest.raises(InputError, match="keep more than flows in"):
        case(cascade(0, **dam, fillings=[filling | {"volume_hm3": 5}]), TWO_HALVES)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"travel_hours": 3}, "with `downstream` only"),
        ({"travel_hours": 9000, "downstream": "b"}, "less than a year"),
        ({"start_percent": 10, "minimum_percent": 20}, "is below minimum_percent"),
    ],
)
def test_rows_that_cannot_be_are_refused(columns, message):
    with pytest.raises(ValidationError, match=message):
        Reservoir.model_validate(
            {"id": "a", "name": "A", "zone": "A", "active_hm3": 1, "energy_mwh_per_hm3": 1} | columns
        )


def test_water_does_not_flow_in_a_circle():
    lakes = [r.model_dump(exclude_defaults=True) for r in cascade(0).reservoirs]
    lakes[1] |= {"downstream": "top"}
    with pytest.raises(InputError, match="'top' flows in a circle"):
        case(cascade(0, reservoirs=lakes), TWO_HALVES)


# ----------------------------------------------------------------------------------------------- books


@given(weights)
def test_months_are_shared_out_exactly(weight):
    """What the months bring is what the periods get: no weight makes water."""
    time = scenario({f"s{i}": float(hours) for i, hours in enumerate(weight)}).horizon.time
    stretches = make_stretches(*named_frame(time, [2030], float(weight.sum())))
    assert stretches.month_days.sum(axis=1) == pytest.approx(DAYS_OF_MONTH[None], rel=1e-9)
    monthly = np.arange(12.0)[None]
    assert stretches.spread(monthly).sum() == pytest.approx(monthly.sum(), rel=1e-9)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(1, 300), min_size=2, max_size=5),
    st.floats(0, 8000),
    st.lists(st.floats(0, 2), min_size=12, max_size=12),
)
def test_books_of_a_cascade_close(hours, travel, months):
    """Whatever days stand for and however long water travels: inflow − withdrawal − release = 0 over the year."""
    names = [f"s{i}" for i in range(len(hours))]
    inflows = [{"reservoir": "top", "month": m + 1, "inflow_hm3": water} for m, water in enumerate(months)]
    inflows += [{"reservoir": "foot", "month": m, "inflow_hm3": 0.1} for m in range(1, 13)]
    withdrawals = [{"reservoir": "foot", "month": 7, "withdrawal_hm3": 0.05}]
    toy = cascade(travel, inflows=inflows, withdrawals=withdrawals)
    loads = {name: 50.0 + 10 * i for i, name in enumerate(names)}
    toy = system(
        loads, technologies=[GAS, UPPER, LOWER], reservoirs=[r.model_dump() for r in toy.reservoirs], inflows=inflows,
        withdrawals=withdrawals, plants=[p.model_dump(exclude_defaults=True) for p in toy.plants],
    )  # fmt: skip
    results = solve(toy, scenario(dict(zip(names, map(float, hours), strict=True))))
    water = {name: results[f"reservoir_{name}_hm3"].isel(year=0).sum("day")
             for name in ("inflow", "arrival", "withdrawal", "turbined", "spill")}  # fmt: skip
    left = water["inflow"] + water["arrival"] - water["withdrawal"] - water["turbined"] - water["spill"]
    scale = sum(months) + 1.2
    assert float(water["inflow"].sum()) == pytest.approx(scale, rel=1e-9)
    assert float(abs(left).max()) < 1e-9 * scale


# ----------------------------------------------------------------------------------------------- draws


def drawn_system(first=80.0, second=80.0):
    rows = [
        {"country": name, "dry_percent": 75, "wet_percent": 130, "common_percent": percent}
        for name, percent in (("C", first), ("D", second))
    ]
    countries = [{"id": c, "name": c, "value_of_lost_load_usd_per_mwh": 1000} for c in ("C", "D")]
    return system({"a": 1}, technologies=[GAS]).model_copy(update={
        "interannual_inflows": tuple(InterannualInflow.model_validate(row) for row in rows), "countries": countries,
    })  # fmt: skip


@pytest.mark.parametrize(("first", "second", "expected"), [(80, 80, 0.8), (80, 20, 0.4), (0, 80, 0), (100, 100, 1)])
def test_draws_have_the_tenths_of_the_table_and_the_correlation_stated(first, second, expected):
    """One year in ten below the dry and above the wet factor, half below normal; logarithms correlate as √(ρᵢρⱼ)."""
    draws = draw_water(drawn_system(first, second), range(4000))
    for values in draws.values():
        assert np.quantile(values, [0.1, 0.5, 0.9]) == pytest.approx([0.75, 1, 1.3], abs=0.03)
    ranks = [np.argsort(np.argsort(values)) for values in draws.values()]
    spearman = 6 / np.pi * np.arcsin(expected / 2)
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(spearman, abs=0.04)


def test_a_draw_is_named_by_its_seed_and_country_alone():
    """Another country changes nothing; the furthest year is one in a hundred."""
    both = draw_water(drawn_system(), [3, 4])
    alone = drawn_system().model_copy(update={"interannual_inflows": drawn_system().interannual_inflows[:1]})
    assert np.array_equal(draw_water(alone, [3, 4])["C"], both["C"])
    row = drawn_system().interannual_inflows[0]
    many = draw_water(drawn_system(), range(2000))["C"]
    assert factor(row, -FURTHEST) <= many.min() and many.max() <= factor(row, FURTHEST)
    assert factor(row, -TENTH) == pytest.approx(0.75)


def test_water_is_drawn_with_the_weather_unless_it_has_a_seed_of_its_own():
    toy = cascade(
        0, interannual_inflows=[{"country": "C", "dry_percent": 80, "wet_percent": 120, "common_percent": 50}]
    )
    expected = draw_water(toy, [5, 9])["C"]

    def inflow(**horizon):
        told = scenario({"a": 10, "b": 10}).model_dump(exclude_unset=True)
        made = case(toy, type(TWO_HALVES).model_validate(told | {"horizon": told["horizon"] | horizon}))
        return made.water.inflow_hm3.sum()

    assert inflow(water="sampled", weather_seed=5) == pytest.approx(expected[0])
    assert inflow(water="sampled", weather_seed=5, water_seed=9) == pytest.approx(expected[1])
    assert inflow(water="dry") == pytest.approx(0.8)
    with pytest.raises(ValidationError, match="`water_seed` has an effect"):
        Horizon.model_validate({"model_years": [2030], "time": {"method": "full"}, "water_seed": 1})
    with pytest.raises(InputError, match="no `interannual_inflows`"):
        toy = toy.model_copy(update={"interannual_inflows": ()})
        inflow(water="sampled")


def test_in_a_year_drier_than_the_dry_one_quotas_shrink():
    """Half the inflow where the dry year has 80 percent: what is owed is 0.5 / 0.8 of the table."""
    realised = [{"country": "C", "technology": "upper", "year": 2030, "factor_percent": 50},
                {"country": "C", "technology": "lower", "year": 2030, "factor_percent": 100}]  # fmt: skip
    toy = cascade(
        0, realised=realised, withdrawals=[{"reservoir": "top", "month": 1, "withdrawal_hm3": 0.16}],
        interannual_inflows=[{"country": "C", "dry_percent": 80, "wet_percent": 120, "common_percent": 50}],
        releases=[{"reservoir": "top", "name": "fish", "months": [1], "purpose": "ecology", "minimum_hm3": 0.08}],
    )  # fmt: skip
    told = scenario({"a": 10, "b": 10}).model_dump(exclude_unset=True)
    told["horizon"] |= {"realised": True}
    made = case(toy, type(TWO_HALVES).model_validate(told)).water
    assert made.withdrawal_hm3.sum() == pytest.approx(0.1)
    assert made.windows[0].minimum_hm3 == pytest.approx([0.05])


# ----------------------------------------------------------------------------------------------- the rivers


SYSTEM, _, _ = read_tables(DATA, System)
COUNTRY = SYSTEM.country_of


def can_be_run(standings: dict[str, float]) -> bool:
    """Whether a year of months keeps all levels, windows and withdrawals, water travelling within its month.

    Unknowns: release of every reservoir and month, content on 1 January.
    """
    lakes = SYSTEM.reservoirs
    share = {row.country: factor(row, standings[row.country]) for row in SYSTEM.interannual_inflows}
    owed = {row.country: min(1, share[row.country] * 100 / row.dry_percent) for row in SYSTEM.interannual_inflows}
    place = {r.id: i for i, r in enumerate(lakes)}
    width = 13 * len(lakes)
    limits, right, bounds = [], [], []
    for i, lake in enumerate(lakes):
        home = COUNTRY[lake.zone]
        gain = np.zeros(12)
        for row in SYSTEM.inflows:
            gain[row.month - 1] += share[home] * row.inflow_hm3 * (row.reservoir == lake.id)
        for row in SYSTEM.withdrawals:
            gain[row.month - 1] -= owed[home] * row.withdrawal_hm3 * (row.reservoir == lake.id)
        above = [place[o.id] for o in lakes if o.downstream == lake.id]
        for month in range(12):
            left = np.zeros(width)
            left[13 * i + 12] = 1
            for k in range(month + 1):
                left[13 * i + k] = -1
                left[[13 * a + k for a in above]] = 1
            gained = gain[: month + 1].sum()
            limits += [left, -left]
            right += [lake.active_hm3 - gained, gained - lake.active_hm3 * lake.minimum_percent / 100]
        end = np.zeros(width)
        end[[13 * i + k for k in range(12)]] = -1
        for a in above:
            end[[13 * a + k for k in range(12)]] = 1
        limits += [end, -end]
        right += [-gain.sum() + 1e-6, gain.sum() + 1e-6]
        first = (
            (0, lake.active_hm3) if lake.start_percent is None else (lake.active_hm3 * lake.start_percent / 100,) * 2
        )
        bounds += [(0, None)] * 12 + [first]
        for window in SYSTEM.releases:
            if window.reservoir == lake.id:
                inside = np.zeros(width)
                inside[[13 * i + m - 1 for m in window.months]] = 1
                limits.append(-inside)
                right.append(-owed[home] * window.minimum_hm3)
                if window.maximum_hm3 is not None:
                    limits.append(inside)
                    right.append(window.maximum_hm3)
    return bool(linprog(np.zeros(width), A_ub=limits, b_ub=right, bounds=bounds).success)


EXTREMES = [dict(zip([row.country for row in SYSTEM.interannual_inflows], z, strict=True)) for z in (
    (0, 0, 0, 0, 0), *((z,) * 5 for z in (-FURTHEST, -TENTH, TENTH, FURTHEST)),
    (0, 0, -FURTHEST, 0, 0), (0, -FURTHEST, 0, -FURTHEST, 0), (-FURTHEST, 0, 0, FURTHEST, 0),
    (FURTHEST, 0, -FURTHEST, FURTHEST, 0), (-FURTHEST, 0, FURTHEST, -FURTHEST, 0),
)]  # fmt: skip


@pytest.mark.parametrize("standings", EXTREMES)
def test_the_rivers_can_be_run_in_every_year_that_is_drawn(standings):
    """From one year in a hundred dry to one in a hundred wet, together or against each other."""
    assert can_be_run(standings)


def test_rogun_and_kambarata_keep_water_while_they_fill():
    """12 km3 over nine years, nine tenths of it expected: 1.2 km3 in 2030, in 2026 where it comes earliest.

    None at Toktogul before the lake of Kambarata-1 fills.
    """
    water = shipped("reference").water
    kept = {r.id: water.withdrawal_hm3[i].sum(axis=1) for i, r in enumerate(water.reservoirs)}
    assert kept["tjk_nurek"] == pytest.approx([100, 1200])
    assert kept["kgz_toktogul"] == pytest.approx([0, 0])


def test_announced_dams_keep_more_and_come_earlier():
    """With the dams on their announced dates Toktogul lacks the water of Kambarata-1 while that fills."""
    optimism = shipped("hydro_optimism")
    kept = {r.id: optimism.water.withdrawal_hm3[i].sum(axis=1) for i, r in enumerate(optimism.water.reservoirs)}
    assert kept["tjk_nurek"] == pytest.approx([12000 / 9, 12000 / 9])
    assert kept["kgz_toktogul"][0] == pytest.approx(1800)
    mw = {a.id: a.mw for a in optimism.assets}
    assert any(a.project == "kgz_kambarata1" and mw[a.id][1] == pytest.approx(1860) for a in optimism.assets)
