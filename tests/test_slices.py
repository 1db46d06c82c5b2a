"""Named slices: every model year has its own calendar, and hours, lengths and months fit together or are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lever_toys import COAL, GAS
from share import count
from toy import case, plant, scenario, solve, system, technology

from simulator.audit.water import releases
from simulator.case import assemble
from simulator.case.time.calendar import DAYS_OF_MONTH
from simulator.case.time.slices import named_frame
from simulator.case.time.stretches import make_stretches
from simulator.case.year import Capacities, operated
from simulator.errors import InputError
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import NamedSlices
from simulator.solve.plan import plan

YEARS = (2025, 2030)
HYDRO = technology("hydro", kind="reservoir", group="hydro")
SECOND_HALF = [7, 8, 9, 10, 11, 12]


def by_year(slices: list[dict], years: tuple[int, ...] = YEARS, **parts) -> Scenario:
    """A scenario whose slices are given once for every model year, ``a`` as ``a_2025`` and ``a_2030``."""
    named = [item | {"name": f"{item['name']}_{year}", "year": year} for year in years for item in slices]
    return timed(named, years, **parts)


def timed(slices: list[dict], years: tuple[int, ...] = (2030,), **parts) -> Scenario:
    plain = scenario({"s": 1}, years=years, **parts).model_dump(exclude_unset=True)
    plain["horizon"]["time"]["slices"] = slices
    return Scenario.model_validate(plain)


def yearly(loads: dict[str, float], years: tuple[int, ...] = YEARS, profiles: list[dict] | None = None, **tables):
    """The system of ``by_year``: the same load in the slices of every year."""
    rows = [{"zone": "A", "name": "load", "value": mw} | {"slice": f"{name}_{year}", "year": year}
            for year in years for name, mw in loads.items()]  # fmt: skip
    rows += [row | {"slice": f"{row['slice']}_{year}", "year": year} for year in years for row in profiles or []]
    return system({}, profiles=rows, **tables)


def halves(**columns) -> list[dict]:
    """Two days of 4380 hours: January to June, and July to December."""
    return [{"name": name, "hours_per_year": 4380} | columns for name in ("a", "b")]


def one_day() -> list[dict]:
    """One day that stands for the whole year, in two blocks."""
    return [{"name": name, "hours_per_year": 4380, "day": "d", "block_hours": 12} for name in ("a", "b")]


def months(column: str, per_day: float, **columns) -> list[dict]:
    """A monthly table with the same amount on every day."""
    return [{"month": m + 1, column: per_day * days} | columns for m, days in enumerate(DAYS_OF_MONTH.tolist())]


def lake(active: float, **tables) -> dict:
    """A lake of 1 MWh per hm3 with 1200 hm3 on every day, 438 GWh a year, under a plant of 100 MW; gas at 50."""
    return {
        "technologies": [GAS, HYDRO],
        "reservoirs": [{"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1, "active_hm3": active}],
        "inflows": months("inflow_hm3", 1200, reservoir="lake"),
        "plants": [plant("gas", 1000), plant("hydro", 100, reservoir="lake")],
    } | tables


def musd(results) -> float:
    """Cost of all years, each with those it is the model year of."""
    return float(results.attrs["objective_musd"])


def cost(results) -> float:
    return 1e6 * musd(results)


# ------------------------------------------------------------------------------------------------- a year is a year


@pytest.mark.parametrize("slices", [one_day(), halves()])
def test_the_water_of_a_year_is_in_its_own_slices(slices):
    """100 MW are 876 GWh a year, of which 438 are water: 438 · 50 = 21.9 MUSD a year, in 5 + 1 years 131.4.

    Shared over the days of both years as if they were one, each would have half of its water and cost 197.1.
    """
    results = solve(yearly({"a": 100, "b": 100}, **lake(active=0)), by_year(slices))
    assert musd(results) == pytest.approx(131.4)
    assert results["reservoir_inflow_hm3"].sum("day").values.ravel() == pytest.approx([438_000, 438_000])


def window(minimum: float | None = None, maximum: float | None = None, months: list[int] = SECOND_HALF, name="w"):
    return {"reservoir": "lake", "name": name, "months": months, "purpose": "irrigation",
            "minimum_hm3": minimum or 0, "maximum_hm3": maximum}  # fmt: skip


@pytest.mark.parametrize("slices", [one_day(), halves()])
def test_what_must_leave_in_months_leaves_in_them(slices):
    """300,000 of 438,000 hm3 leave from July to December: the lake holds them, and no water is wasted."""
    toy = yearly({"a": 100, "b": 100}, **lake(active=1e6, releases=[window(300_000)]))
    assert musd(solve(toy, by_year(slices))) == pytest.approx(131.4)


def test_a_day_that_stands_for_a_year_lets_out_no_more_in_a_window_than_comes_and_is_stored():
    """July to December bring 184 · 1200 = 220,800 hm3; a lake of 50,000 adds no more than that: 270,800 can leave.

    300,000 have no plan, and so have two halves that each ask for 230,000 of 438,000.
    """

    def of(active, *windows):
        return solve(yearly({"a": 100, "b": 100}, **lake(active, releases=list(windows))), by_year(one_day()))

    assert musd(of(50_000, window(270_000))) == pytest.approx(131.4)
    with pytest.raises(Exception, match="no plan satisfies"):
        of(50_000, window(300_000))
    with pytest.raises(Exception, match="no plan satisfies"):
        of(1e6, window(230_000), window(230_000, months=[1, 2, 3, 4, 5, 6], name="v"))
    with pytest.raises(Exception, match="no plan satisfies"):
        of(0, window(maximum=200_000))
    assert musd(of(30_000, window(maximum=200_000))) == pytest.approx(131.4)


@pytest.mark.parametrize("limits", [{"minimum_hm3": np.array([275_000.0] * 2)}, {"maximum_hm3": 160_000.0}])
def test_the_audit_finds_windows_that_no_division_of_a_day_can_keep(limits):
    """July to December bring 220,800 hm3, and the lake of 50,000 moves as much: from 170,800 to 270,800 leave."""
    question = by_year(one_day())
    made = case(yearly({"a": 100, "b": 100}, **lake(50_000, releases=[window(270_000)])), question)
    results = plan(made, question)
    assert releases(made, results) < 1e-6
    stricter = replace(made.water, windows=(replace(made.water.windows[0], minimum_hm3=np.zeros(2)),))
    stricter = replace(stricter, windows=(replace(stricter.windows[0], **limits),))
    assert releases(replace(made, water=stricter), results) > 1e-3


def test_a_maximum_moves_water_to_other_months():
    """100,000 hm3 at most leave from July to December, so 338,000 leave before: 100 MW turn up to 438,000 there.

    The second half lies in the window but for 36 hours of its 4380: 100,000 · 4380/4380 and a little.
    """
    toy = yearly({"a": 100, "b": 100}, **lake(active=1e6, releases=[window(maximum=100_000)]))
    results = solve(toy, by_year(halves()))
    released = results["reservoir_turbined_hm3"] + results["reservoir_spill_hm3"]
    assert musd(results) == pytest.approx(131.4)
    assert released.sel(year=2025).sum() == pytest.approx(438_000)
    assert float(released.sel(year=2025, day=1).squeeze()) <= 100_000 + 1


def test_the_year_begins_with_the_content_stated_in_every_year():
    """Half full on 1 January, in the first day of each year and not of the list."""
    tables = lake(active=1000)
    tables["reservoirs"] = [tables["reservoirs"][0] | {"start_percent": 50}]
    results = solve(yearly({"a": 100, "b": 100}, **tables), by_year(halves()))
    level = results["reservoir_level_hm3"].sel(reservoir="lake")
    assert float(level.sel(year=2025)[0]) == pytest.approx(500)
    assert float(level.sel(year=2030)[2]) == pytest.approx(500)


def test_water_travels_within_its_year():
    """Half a year on its way: what is let out in the first half of a year arrives in the second of the same."""
    upper = {"id": "top", "name": "Top", "zone": "A", "energy_mwh_per_hm3": 1, "active_hm3": 0,
             "downstream": "lake", "travel_hours": 4380}  # fmt: skip
    tables = lake(
        active=0, inflows=[{"reservoir": "top", "month": m, "inflow_hm3": 1000.0 * (m == 1)} for m in range(1, 13)]
    )
    tables["reservoirs"] = [upper, *tables["reservoirs"]]
    results = solve(yearly({"a": 100, "b": 100}, **tables), by_year(halves()))
    arrived = results["reservoir_arrival_hm3"].sel(reservoir="lake").values
    assert arrived == pytest.approx(np.array([[0, 1000, 0, 0], [0, 0, 0, 1000]]))


def test_water_is_sent_early_for_a_window_below():
    """A lake with 3,650 hm3 a year and a power plant of 1 MWh per hm3, and below it a basin that stores nothing.

    300 hm3 leave the basin in June: 30 of the 182.5 days of the first half, in which 300 · 182.5/30 = 1,825 hm3 pass it
    then. They replace coal at 10; the other 1,825 replace gas at 50 in the second half.
    """
    tables = lake(1e6)
    below = {"id": "below", "name": "Below", "zone": "A", "energy_mwh_per_hm3": 1, "active_hm3": 0}
    tables |= {
        "technologies": [COAL, GAS, HYDRO],
        "reservoirs": [tables["reservoirs"][0] | {"downstream": "below"}, below],
        "inflows": months("inflow_hm3", 10, reservoir="lake") + months("inflow_hm3", 0, reservoir="below"),
        "plants": [*tables["plants"], plant("coal", 20)],
        "releases": [window(300, months=[6]) | {"reservoir": "below"}],
    }
    results = solve(yearly({"a": 20, "b": 100}, years=(2030,), **tables), by_year(halves(), years=(2030,)))
    coal, gas = 2 * 20 * 4380 - 1825, 80 * 4380 - 1825
    assert musd(results) == pytest.approx((coal * 10 + gas * 50) / 1e6)


FUEL = {
    "fuels": [{"id": "gas", "name": "gas"}],
    "technologies": [technology("engine", fuel="gas", efficiency_percent=50)],
    "plants": [plant("engine", 10)],
}


def test_fuel_windows_are_those_of_the_year():
    """10 MW burn 20 MW of gas: 88.32 of 175.2 GWh from July to December (184 of 365 days).

    At most 80 of them come from the first step, the rest of the window costs 20: 8.32 GWh, 0.1664 MUSD a year.
    """
    supply = [
        {"market": "m", "step": k, "year": 2025, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 20 * (k - 1)}
        for k in (1, 2)
    ]
    late = {"market": "m", "name": "late", "step": 1, "year": 2025, "months": SECOND_HALF, "maximum_gwh": 80}
    for slices in (one_day(), halves()):
        toy = yearly({"a": 10, "b": 10}, **FUEL, fuel_supply=supply, fuel_windows=[late])
        assert musd(solve(toy, by_year(slices))) == pytest.approx(6 * 8.32 * 0.02)


def offer(**columns) -> dict:
    row = {"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 10, "limit_mw": 60}
    return {"markets": [{"id": "M", "name": "M"}], "market_steps": [row | {"months": SECOND_HALF} | columns],
            "technologies": [GAS], "plants": [plant("gas", 100)]}  # fmt: skip


@pytest.mark.parametrize("columns", [{}, {"profile": "flat"}, {"profile": "flat", "minimum_gwh": 264.96}])
@pytest.mark.parametrize("slices", [one_day(), halves()])
def test_an_offer_is_open_in_its_months_of_every_year(slices, columns):
    """Imports of 60 MW at 10 from July to December, 184 days: 264.96 GWh instead of gas at 50.

    876 · 50 − 264.96 · 40 = 33.2016 MUSD a year, whatever the days stand for, flat or not.
    """
    results = solve(yearly({"a": 100, "b": 100}, **offer(**columns)), by_year(slices))
    assert musd(results) == pytest.approx(6 * 33.2016)


def test_starts_are_counted_from_day_to_day_of_a_year():
    """Coal (10, 1,000 USD per MW started) serves 50 and 100 MW on two days: 50 MW are started once a year.

    Its minimum of 80 % rules out more than 62.5 online on the first day. In a year of one day nothing ever starts.
    """
    coal = COAL | {"commitment": True, "minimum_output_percent": 80, "start_cost_usd_per_mw": 1000}
    tables = {"technologies": [coal], "plants": [plant("coal", 100)]}
    energy = (50 + 100) * 4380 * 10
    two = solve(yearly({"a": 50, "b": 100}, **tables), by_year(halves()))
    assert cost(two) == pytest.approx(6 * (energy + 37.5 * 1000))
    one = solve(yearly({"a": 100, "b": 100}, **tables), by_year(one_day()))
    assert cost(one) == pytest.approx(6 * 8760 * 100 * 10)
    assert float(one["online_mw"].sel(unit="A|coal").sum()) == pytest.approx(200)


def test_heat_forces_in_the_slices_and_values_of_its_year():
    """All in back-pressure turbines, half the heat in 2025 and all of it in 2030: 50 and 100 MW of 100, coal the rest.

    In slices of other years there is no load, and nothing is forced.
    """
    chp = GAS | {"id": "chp", "power_to_heat": 0.4, "back_pressure_percent": 100}
    warmth = [{"zone": "A", "name": "heat", "slice": f"a_{year}", "year": year, "value": value}
              for year, value in ((2025, 0.5), (2030, 1.0))]  # fmt: skip
    load = [row | {"name": "load", "value": 100} for row in warmth]
    toy = system({}, profiles=warmth + load, technologies=[COAL, chp], plants=[plant("coal", 100), plant("chp", 100)])
    results = solve(toy, by_year([{"name": "a", "hours_per_year": 8760}]))
    assert results["generation_mw"].sel(unit="A|chp").values == pytest.approx(np.array([[50, 0], [0, 100]]))


def test_the_peak_of_a_year_is_in_its_own_slices():
    """Firm capacity for 110 % of 100 MW in 2025 and of 200 in 2030: 80 firm MW leave 30 and 140 missing, at 10 a kW."""
    firm = GAS | {"capacity_credit_percent": 80}
    rows = [
        {"zone": "A", "name": "load", "slice": f"a_{y}", "year": y, "value": mw} for y, mw in ((2025, 100), (2030, 200))
    ]
    toy = system(
        {}, profiles=rows, technologies=[firm], plants=[plant("gas", 100)],
        country={"planning_margin_percent": 10, "adequacy_shortfall_usd_per_kw_year": 10},
    )  # fmt: skip
    results = solve(toy, by_year([{"name": "a", "hours_per_year": 8760}]))
    assert results["adequacy_shortfall_mw"].values.ravel() == pytest.approx([30, 140])


some_hours = st.lists(st.integers(1, 50), min_size=1, max_size=4)


@settings(max_examples=count(60, least=4), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_hours, st.integers(0, 3), st.integers(1, 12), st.integers(1, 12), st.floats(0, 8000))
def test_a_year_of_its_own_costs_what_a_common_year_costs(hours, active, first, last, travel):
    """The same slices for every year, and the same again for each year by name, are one problem: equal objectives.

    With lakes and travel, a window, scarce fuel in months, trade in months, commitment with starts, and storage.
    """
    some = sorted({first, last})
    engine = technology("engine", fuel="gas", efficiency_percent=50, commitment=True, minimum_output_percent=40,
                        start_cost_usd_per_mw=5)  # fmt: skip
    battery = technology("battery", kind="storage", group="battery", efficiency_percent=81)
    top = {"id": "top", "name": "Top", "zone": "A", "energy_mwh_per_hm3": 5, "active_hm3": active,
           "downstream": "foot", "travel_hours": travel}  # fmt: skip
    foot = {"id": "foot", "name": "Foot", "zone": "A", "energy_mwh_per_hm3": 9, "active_hm3": 2}
    tables = {
        "technologies": [GAS, engine, battery, HYDRO], "fuels": FUEL["fuels"], "reservoirs": [top, foot],
        "inflows": [{"reservoir": r, "month": m, "inflow_hm3": 0.1 * m} for r in ("top", "foot") for m in range(1, 13)],
        "releases": [window(0.3, months=some) | {"reservoir": "foot"}],
        "fuel_supply": [{"market": "m", "step": k, "year": 2025, "fuel": "gas", "zones": ["A"], "usd_per_mwh": 9 * k}
                        for k in (1, 2)],
        "fuel_windows": [{"market": "m", "name": "w", "step": 1, "year": 2025, "months": some, "maximum_gwh": 0.1}],
        "markets": [{"id": "M", "name": "M"}],
        "market_steps": [{"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 12,
                    "limit_mw": 9, "months": some, "profile": "flat"}],
        "plants": [plant("gas", 300), plant("engine", 60), plant("hydro", 30, reservoir="foot"),
                   plant("battery", 20, energy_mwh=40), plant("hydro", 20, reservoir="top", id="upper")],
    }  # fmt: skip
    slices = [{"name": f"{part}{d}", "day": f"d{d}", "hours_per_year": h * weight}
              for d, h in enumerate(hours) for part, weight in (("n", 1), ("p", 2))]  # fmt: skip
    loads = {item["name"]: 40.0 + 20 * i for i, item in enumerate(slices)}
    common = solve(system(loads, years=YEARS, **tables), timed(slices, YEARS))
    own = solve(yearly(loads, **tables), by_year(slices))
    assert own.attrs["objective_musd"] == pytest.approx(common.attrs["objective_musd"], rel=1e-6)


# ------------------------------------------------------------------------------------------------- months and lengths


def made(slices: list[dict], years: tuple[int, ...] = (2030,), whole: float = 8760):
    return named_frame(NamedSlices.model_validate({"method": "slices", "slices": slices}), years, whole)


def test_days_follow_each_other_from_january_in_proportion_to_their_hours():
    """A working day of 6000 h in two slices and a holiday of 2000 in a year of 8000: 273.75 and 91.25 days.

    The first covers January to September (273 days) and 0.75 days of October; blocks are 16 and 8 hours long.
    """
    slices = [{"name": n, "hours_per_year": h, "day": d} for n, h, d in
              (("a", 4000, "work"), ("b", 2000, "work"), ("c", 2000, "holiday"))]  # fmt: skip
    frame, hours = made(slices, whole=8000)
    stretches = make_stretches(frame, hours)
    assert frame.day.tolist() == [0, 0, 1]
    assert frame.block_hours == pytest.approx([16, 8, 24])
    assert frame.hour_start.tolist() == [0, 16, 0]
    assert frame.month.tolist() == [5, 11]
    assert stretches.weight_days == pytest.approx(np.array([[273.75, 91.25]]))
    assert stretches.month_days[0, 0] == pytest.approx([*DAYS_OF_MONTH[:9], 0.75, 0, 0])
    assert stretches.open_in([10])[0] == pytest.approx([0.75 / 273.75, 30.25 / 91.25])


def test_stated_months_say_where_a_season_lies():
    """Winter wraps around the year; work days and weekends share it. Each month's water goes to the days that name it.

    December to May are 182 days, the other half 183: 4380 h each are within 5 %. The market step of July is open in 31
    of 183 days of the summer, on work days and weekends alike.
    """
    cold, warm = [12, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]
    slices = [{"name": n, "hours_per_year": h, "months": m} for n, h, m in
              (("cold work", 3120, cold), ("cold rest", 1260, cold), ("warm", 4380, warm))]  # fmt: skip
    frame, hours = made(slices)
    stretches = make_stretches(frame, hours)
    assert frame.month.tolist() == [2, 2, 8]
    assert stretches.open_in([7])[0] == pytest.approx([0, 0, 31 / 183])
    monthly = np.arange(1.0, 13)[None]
    assert stretches.spread(monthly)[0] == pytest.approx([27 * 3120 / 4380, 27 * 1260 / 4380, 51])


@pytest.mark.parametrize(
    ("slices", "message"),
    [
        ([("a", 4380, None), ("b", 4380, [1, 2, 3])], "only some state their months, not a"),
        ([("a", 4380, [1, 2, 3, 4, 5, 6]), ("b", 4380, [7, 8, 9, 10, 11])], "no slice of 2030 is in month 12"),
        ([("a", 4380, [1]), ("b", 4380, list(range(2, 13)))], "a have 4,380 hours in 2030.*have 744"),
    ],
)
def test_months_that_contradict_themselves_are_refused(slices, message):
    rows = [{"name": n, "hours_per_year": h} | ({"months": m} if m else {}) for n, h, m in slices]
    with pytest.raises(InputError, match=message):
        made(rows)


def test_slices_of_a_day_lie_in_the_same_months():
    rows = [{"name": n, "hours_per_year": 4380, "day": "d", "months": m}
            for n, m in (("a", list(range(1, 13))), ("b", [1]))]  # fmt: skip
    with pytest.raises(InputError, match="slices of day 'd' state different months"):
        made(rows)


@pytest.mark.parametrize(
    ("stated", "lengths"),
    [
        ((None, None), (18, 6)),  # of 24 hours, as 3 to 1
        ((3, 1), (3, 1)),
        ((None, 2), (6, 2)),  # the other follows
        ((3, 1.001), (3, 1)),  # within 0.2 percent
    ],
)
def test_lengths_follow_from_the_hours(stated, lengths):
    rows = [{"name": n, "hours_per_year": h, "day": "d", "block_hours": x}
            for n, h, x in (("a", 6570, stated[0]), ("b", 2190, stated[1]))]  # fmt: skip
    assert made(rows)[0].block_hours == pytest.approx(lengths, rel=2e-3)


def test_lengths_that_contradict_the_hours_are_refused():
    """6570 and 2190 hours a year are not two blocks of 12."""
    rows = [{"name": n, "hours_per_year": h, "day": "d", "block_hours": 12} for n, h in (("a", 6570), ("b", 2190))]
    with pytest.raises(InputError, match=r"day 'd' are not in the proportion .*a: 6570 h in 12-hour blocks"):
        made(rows)


def test_storage_feeds_as_long_as_its_slices_last():
    """Sun for 3/4 of the hours, 18 of 24: a lossless battery of 60 MWh feeds 10 MW for the other 6, every day.

    Load is 20 MW; gas (50) gives the 10 MW that are missing, for 2190 h: 1,095,000 USD. With blocks of one hour each
    it would feed 60 MWh in 2190 of 8760 hours that were charged in four times as many.
    """
    sun = technology("sun", kind="variable", group="solar")
    battery = technology("battery", kind="storage", group="battery", efficiency_percent=100)
    toy = system(
        {"day": 20, "night": 20}, technologies=[GAS, sun, battery],
        plants=[plant("gas", 20), plant("sun", 100), plant("battery", 20, energy_mwh=60)],
        profiles=[{"zone": "A", "name": "sun", "year": 2030, "slice": "day", "value": 1},
                  {"zone": "A", "name": "sun", "year": 2030, "slice": "night", "value": 0}],
    )  # fmt: skip
    results = solve(toy, scenario({"day": 6570, "night": 2190}, days={"day": "d", "night": "d"}, block_hours=None))
    assert cost(results) == pytest.approx(10 * 2190 * 50)
    fed = (results["storage_discharge_mw"] * results["hours"]).sum()
    assert float(fed) == pytest.approx(365 * 60)


def test_ramps_join_the_slices_of_a_day_wherever_they_are_listed():
    """Coal may change by 20 MW in an hour: 50, then 70 of 100, though the slice of another day is listed between."""
    coal = COAL | {"commitment": True, "ramp_percent_per_hour": 20}
    toy = system({"a": 50, "x": 0, "b": 100}, technologies=[coal, GAS], plants=[plant("coal", 100), plant("gas", 100)])
    slices = [
        {"name": n, "hours_per_year": 1, "day": d, "block_hours": 1} for n, d in (("a", "d"), ("x", "e"), ("b", "d"))
    ]
    assert cost(solve(toy, timed(slices))) == pytest.approx(50 * 10 + 70 * 10 + 30 * 50)


# ------------------------------------------------------------------------------------------------- what is refused


def test_the_hours_of_a_year_add_up_to_it():
    """200 of 8,760 hours; half of them in the second year; 0.2 percent are rounding."""
    toy = system({"s": 1}, technologies=[GAS], plants=[plant("gas", 1)])
    with pytest.raises(InputError, match=r"slices of 2030 \(s\) add up to 200 of 8,760 hours"):
        assemble(scenario({"s": 200}), toy, "toy")
    assert assemble(scenario({"s": 8760 * 1.0019}), toy, "toy").hours.sum() == pytest.approx(8760 * 1.0019)
    with pytest.raises(InputError, match="add up to"):
        assemble(scenario({"s": 8760 * 1.0021}), toy, "toy")
    halved = [{"name": "a", "hours_per_year": 4380}, {"name": "b", "hours_per_year": 4380, "year": 2025}]
    with pytest.raises(InputError, match=r"slices of 2030 \(a\) add up to 4,380 of"):
        made(halved, YEARS)
    with pytest.raises(InputError, match="no slice is part of 2030"):
        made([{"name": "b", "hours_per_year": 8760, "year": 2025}], YEARS)


def test_a_slice_belongs_to_a_model_year_and_has_a_name_of_its_own():
    toy = system({"s": 1}, technologies=[GAS], plants=[plant("gas", 1)])
    with pytest.raises(InputError, match="2031"):
        case(toy, timed([{"name": "s", "hours_per_year": 8760}, {"name": "x", "hours_per_year": 1, "year": 2031}]))
    with pytest.raises(InputError, match="slices"):
        case(toy, timed([{"name": "s", "hours_per_year": 8760, "year": y} for y in YEARS], YEARS))


def test_a_day_is_of_all_years_or_of_one():
    rows = [{"name": "a", "hours_per_year": 4380, "day": "d"}]
    rows += [{"name": f"b{y}", "hours_per_year": 4380, "day": "d", "year": y} for y in YEARS]
    with pytest.raises(InputError, match="day 'd' has slices with and without a year"):
        made(rows, YEARS)


def test_tables_without_effect_on_named_slices_are_refused():
    river = [{"zone": "A", "technology": "river", "month": m, "capacity_factor_percent": 50} for m in range(1, 13)]
    toy = system({"s": 1}, technologies=[GAS, technology("river", kind="run_of_river", group="hydro")],
                 plants=[plant("gas", 1)], river_profiles=river)  # fmt: skip
    with pytest.raises(InputError, match="`river_profiles` has no effect when slices are named"):
        case(toy, scenario({"s": 1}))


def test_named_slices_have_no_hours_to_operate():
    toy = case(system({"s": 1}, technologies=[GAS], plants=[plant("gas", 1)]), scenario({"s": 1}))
    one = np.ones(1)
    with pytest.raises(InputError, match="named slices have no hours that could be operated"):
        operated(toy, 0, Capacities(one, one, np.zeros(0)))


def test_the_example_of_the_page_is_accepted():
    page = (Path(__file__).parent.parent / "docs" / "named_slices.md").read_text(encoding="utf-8")
    horizon = yaml.safe_load(page.split("```yaml")[1].split("```")[0])["horizon"]
    frame, hours = named_frame(NamedSlices.model_validate(horizon["time"]), horizon["model_years"], 8760)
    assert hours.sum(axis=1) == pytest.approx([8760, 8760])
    assert frame.block_hours == pytest.approx([16, 8, 24])
