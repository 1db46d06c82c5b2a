"""Cut-sets, power flow, shared reserve and border trade on systems small enough to be solved on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from toy import YEAR, plant, scenario, solve, system, technology
from toy import case as toy_case

from simulator.audit import check
from simulator.case.grid.loops import independent_loops
from simulator.case.year import Capacities, operated
from simulator.errors import InputError, NumericalError
from simulator.inputs.read import DATA, read_system
from simulator.solve.plan import plan
from simulator.system import CutSet, Link, ReserveArea, System

COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
GAS = technology("gas", variable_om_usd_per_mwh=50)


def cost(results):
    """Undiscounted cost of the first model year in USD."""
    return float(results["cost_musd"].isel(year=0).sum()) * 1e6


def flow(results, link):
    return float(results["flow_mw"].sel(link=link).squeeze())


def line(name: str, start: str, end: str, **columns: Any) -> dict[str, Any]:
    """A line of 200 MW both ways."""
    return {"id": name, "from_zone": start, "to_zone": end, "forward_mw": 200, "backward_mw": 200} | columns


# ----------------------------------------------------------------------------------------------- cut-sets


def two_ways_in(**tables: Any) -> System:
    """B (100 MW) has gas at 50 and two ways in: from A, where coal costs 10, and to C, where it costs 20."""
    dearer = technology("dearer", group="coal", variable_om_usd_per_mwh=20)
    links = [line("ab", "A", "B", forward_mw=60), line("bc", "B", "C", backward_mw=60)]
    return system(
        {"s": [0, 100, 0]}, zones=("A", "B", "C"), technologies=[COAL, GAS, dearer],
        plants=[plant("coal", 500), plant("gas", 100, zone="B"), plant("dearer", 500, zone="C")],
        **({"links": links} | tables),
    )  # fmt: skip


CUT = {"id": "into_b", "name": "Into B", "forward_links": ["ab"], "backward_links": ["bc"], "forward_mw": 80}


def test_a_cut_set_limits_lines_together():
    """Each way carries 60 MW, both together 80: 60 come from A (10), 20 against its direction from C (20), gas 20.

    Without the cut-set C gives the other 40. Cost 60·10 + 20·20 + 20·50 = 2,000, or 60·10 + 40·20 = 1,400 USD.
    """
    free, cut = solve(two_ways_in(), scenario({"s": 1})), solve(two_ways_in(cut_sets=[CUT]), scenario({"s": 1}))
    assert cost(free) == pytest.approx(1400)
    assert cost(cut) == pytest.approx(2000)
    assert float(cut["cut_set_flow_mw"].squeeze()) == pytest.approx(80)
    assert (flow(cut, "ab"), flow(cut, "bc")) == (pytest.approx(60), pytest.approx(-20))


def test_the_other_direction_has_a_limit_of_its_own():
    """Read from B outwards the same lines are counted the other way round: 80 MW backward limit what comes in."""
    outwards = CUT | {"forward_links": ["bc"], "backward_links": ["ab"], "forward_mw": None, "backward_mw": 80}
    results = solve(two_ways_in(cut_sets=[outwards]), scenario({"s": 1}))
    assert cost(results) == pytest.approx(2000)
    assert float(results["cut_set_flow_mw"].squeeze()) == pytest.approx(-80)


@pytest.mark.parametrize("without", [{"forward_mw": None}, {"out_of_service": "2030-07"}, {"in_service": "2031"}])
def test_a_cut_set_without_a_limit_is_reported_only(without):
    """No limit, or none whose dates hold the middle of the year: the flow of 100 MW is told, and nothing else."""
    results = solve(two_ways_in(cut_sets=[CUT | without]), scenario({"s": 1}))
    assert cost(results) == pytest.approx(1400)
    assert float(results["cut_set_flow_mw"].squeeze()) == pytest.approx(100)
    assert np.isnan(float(results["cut_set_forward_mw"].squeeze()))


@pytest.mark.parametrize(("percent", "built"), [(100, 20), (50, 20), (0, 0)])
def test_new_lines_raise_the_limit_by_their_share(percent, built):
    """A carries 60 MW and may get 20 more at 2 USD/kW and year; the cut-set lets 60 pass. 1000 h of 40 USD/MWh saved.

    Each MW of line saves 40,000 USD times its share and costs 2,000. With half a share 10 MW of 20 may be used.
    """
    wider = line("ab", "A", "B", forward_mw=60, overnight_usd_per_kw=100, life_years=50, expandable_from=2030,
                 expansion_limit_mw=20)  # fmt: skip
    closed = line("bc", "B", "C", backward_mw=0)
    cut = CUT | {"forward_mw": 60, "expansion_percent": percent}
    results = solve(two_ways_in(links=[wider, closed], cut_sets=[cut]), scenario({"s": 1000}))
    used = 60 + built * percent / 100
    assert float(results["link_build_mw"].sum()) == pytest.approx(built)
    assert cost(results) == pytest.approx(built * 2000 + used * 1000 * 10 + (100 - used) * 1000 * 50)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"backward_links": []}, "two links or more"),
        ({"backward_links": ["ab", "bc"]}, "counts ab twice"),
        ({"in_service": "2030", "out_of_service": "2029"}, "must come after in_service"),
    ],
)
def test_a_cut_set_that_makes_no_sense_is_refused(columns, message):
    with pytest.raises(ValidationError, match=message):
        CutSet.model_validate(CUT | columns)


# --------------------------------------------------------------------------------------------- power flow


def ring(ohm: float | None = 30, **columns: Any) -> System:
    """A (coal at 10) feeds C (90 MW, gas at 50) over a line of its own and over B; all lines alike."""
    known = {} if ohm is None else {"reactance_ohm": ohm, "voltage_kv": 500}
    links = [line(a + b, a.upper(), b.upper(), **known) for a, b in ("ab", "bc")]
    return system(
        {"s": [0, 0, 90]}, zones=("A", "B", "C"), technologies=[COAL, GAS],
        plants=[plant("coal", 500), plant("gas", 100, zone="C")],
        links=[*links, line("ac", "A", "C", **(known | columns))],
    )  # fmt: skip


LINEAR = {"grid": {"power_flow": "linear"}}


def test_power_divides_as_reactances_say():
    """The way over B has twice the reactance of the direct line: a third of 90 MW goes over B, two thirds direct."""
    results = solve(ring(), scenario({"s": 1}, **LINEAR))
    assert flow(results, "ac") == pytest.approx(60)
    assert (flow(results, "ab"), flow(results, "bc")) == (pytest.approx(30), pytest.approx(30))


def test_the_weakest_line_of_a_loop_holds_back_the_others():
    """The direct line carries 40 MW, so 20 may go over B: 60 MW of coal, 30 of gas. Transport would bring all 90."""
    weak = ring(forward_mw=40)
    assert cost(solve(weak, scenario({"s": 1}, **LINEAR))) == pytest.approx(60 * 10 + 30 * 50)
    assert cost(solve(weak, scenario({"s": 1}))) == pytest.approx(90 * 10)


def test_a_line_at_another_voltage_counts_by_the_square():
    """30 ohm at 250 kV are worth four times 30 at 500: direct 4, over B 2, so two thirds go over B."""
    results = solve(ring(voltage_kv=250), scenario({"s": 1}, **LINEAR))
    assert flow(results, "ac") == pytest.approx(30)


def test_a_line_without_reactance_stays_free():
    """Direct current beside the ring carries what the plan sends: with it 90 MW come although the ring is weak."""
    weak = ring(forward_mw=40)
    direct = Link.model_validate(line("dc", "A", "C", forward_mw=30))
    results = solve(weak.model_copy(update={"links": (*weak.links, direct)}), scenario({"s": 1}, **LINEAR))
    assert cost(results) == pytest.approx(90 * 10)
    assert flow(results, "ac") == pytest.approx(2 * flow(results, "ab"))


def test_an_expanded_line_keeps_its_reactance():
    """The direct line of 40 MW may grow: 20 MW more let the 90 MW divide 60 to 30, for 20 MW · 2 USD/kW and year."""
    wider = ring(forward_mw=40, overnight_usd_per_kw=100, life_years=50, expandable_from=2030)
    results = solve(wider, scenario({"s": 1000}, **LINEAR))
    assert float(results["link_build_mw"].sum()) == pytest.approx(20)
    assert cost(results) == pytest.approx(20 * 2000 + 90_000 * 10)


@pytest.mark.parametrize("columns", [{"reactance_ohm": None, "voltage_kv": None}, {"in_service": "2030-07"}])
def test_power_flow_without_a_loop_is_an_error(columns):
    """A line with unknown reactance closes no loop, nor does one that comes in the middle of the only year."""
    with pytest.raises(InputError, match="no loop of links with a reactance"):
        toy_case(ring(**columns), scenario({"s": 1}, **LINEAR))


def test_a_reactance_needs_its_voltage():
    with pytest.raises(ValidationError, match="go together"):
        Link.model_validate(line("l", "A", "B", reactance_ohm=30))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda ends: ends[0] != ends[1]), min_size=1, max_size=14
    )
)
def test_loops_are_closed_independent_and_all_there(ends):
    """In any grid: what enters a node of a loop leaves it; they are as many as fit, none made of others."""
    edges = [(str(a), str(b)) for a, b in ends]
    loops = independent_loops(edges)
    nodes = sorted({node for edge in edges for node in edge})
    incidence = np.array([[float(n == b) - float(n == a) for a, b in edges] for n in nodes])
    matrix = np.array(loops).reshape(-1, len(edges))
    assert not (incidence @ matrix.T).any()
    assert len(loops) == len(edges) - np.linalg.matrix_rank(incidence)
    assert not loops or np.linalg.matrix_rank(matrix) == len(loops)


# ---------------------------------------------------------------------------------------- shared reserve


SPINNING = COAL | {"spinning": True}


def neighbours(**area: Any) -> System:
    """Two countries of 100 MW that ask for 10 % reserve and have no line between them.

    C runs coal (10, spinning, 100 MW) beside gas (50), D spinning gas of its own (60, 300 MW).
    """
    reserve = {"reserve_percent_of_load": 10, "value_of_lost_load_usd_per_mwh": 1000}
    own = technology("own", spinning=True, variable_om_usd_per_mwh=60)
    tables = {"reserve_areas": [{"id": "pool", "countries": ["C", "D"]} | area]} if area else {}
    found = system(
        {"s": [100, 100]}, zones=("A", "B"), country=reserve, technologies=[SPINNING, GAS, own],
        plants=[plant("coal", 100), plant("gas", 100), plant("own", 300, zone="B")],
    )  # fmt: skip
    rows = found.model_dump()
    rows["countries"] = [*rows["countries"], rows["countries"][0] | {"id": "D"}]
    rows["zones"] = [zone | {"country": "C" if zone["id"] == "A" else "D"} for zone in rows["zones"]]
    return System.model_validate(rows | tables)


@pytest.mark.parametrize(
    ("area", "held"),
    [({}, 10), ({"own_percent": 0}, 0), ({"own_percent": 40}, 4), ({"first_year": YEAR + 1}, 10)],
)
def test_an_area_holds_its_reserve_where_it_is_cheap(area, held):
    """Alone C holds 10 MW on its coal and burns 10 MW of gas: 90·10 + 10·50. D's plant has 200 MW of room for both.

    In one area C holds at home only its own part h of 10 MW: (100 − h)·10 + h·50, and 100·60 in D.
    """
    results = solve(neighbours(**area), scenario({"s": 1}))
    assert cost(results) == pytest.approx((100 - held) * 10 + held * 50 + 6000)


def test_missing_reserve_of_an_area_is_paid_once():
    """No gas in C, 105 MW in D: C's coal is full, D has 5 MW of room. 20 MW are asked, 15 are missing at 500 USD."""
    small = neighbours(own_percent=0)
    plants = tuple(
        row.model_copy(update={"capacity_mw": 105.0 if row.technology == "own" else row.capacity_mw})
        for row in small.plants if row.technology != "gas"
    )  # fmt: skip
    results = solve(small.model_copy(update={"plants": plants}), scenario({"s": 1}))
    assert float(results["reserve_missing_mw"].sum()) == pytest.approx(15)
    assert cost(results) == pytest.approx(100 * 10 + 100 * 60 + 15 * 500)


def test_a_country_shares_in_one_area_at_a_time():
    twice = neighbours(own_percent=0)
    second = ReserveArea(id="other", countries=("C", "D"), first_year=2035)
    with pytest.raises(InputError, match="C, D would share reserve in areas 'pool' and 'other' at once"):
        toy_case(twice.model_copy(update={"reserve_areas": (*twice.reserve_areas, second)}), scenario({"s": 1}))


@pytest.mark.parametrize(
    "columns", [{"countries": ["C"]}, {"own_percent": 100}, {"first_year": 2030, "last_year": 2029}]
)
def test_an_area_that_shares_nothing_is_refused(columns):
    with pytest.raises(ValidationError):
        ReserveArea.model_validate({"id": "pool", "countries": ["C", "D"]} | columns)


# ----------------------------------------------------------------------------------------------- borders


def test_a_border_sells_in_steps_of_price():
    """40 MW at 30, the next 40 at 45, gas at 50 USD/MWh: 100 MW take both steps and 20 of gas.

    60 MW would take 40 and 20. A contract of at least 0.03 GWh in the dear step over one hour takes 30 of it.
    """

    def offer(name: str, price: float, **columns: Any) -> dict[str, Any]:
        row = {"id": name, "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": price, "limit_mw": 40}
        return row | columns

    def at_border(load: float, **columns: Any) -> float:
        return cost(solve(
            system({"s": load}, technologies=[GAS], plants=[plant("gas", 200)], markets=[{"id": "M", "name": "M"}],
                   market_steps=[offer("cheap", 30), offer("dear", 45, **columns)]),
            scenario({"s": 1}),
        ))  # fmt: skip

    assert at_border(100) == pytest.approx(40 * 30 + 40 * 45 + 20 * 50)
    assert at_border(60) == pytest.approx(40 * 30 + 20 * 45)
    assert at_border(60, minimum_gwh=0.03) == pytest.approx(30 * 30 + 30 * 45)
    assert at_border(100, maximum_gwh=0.01) == pytest.approx(40 * 30 + 10 * 45 + 50 * 50)


# ----------------------------------------------------------------------------------------------- the check


def _minimum_coal() -> System:
    """Coal that is committed and costs something to start, with reserve that is missing."""
    coal = SPINNING | {"commitment": True, "minimum_output_percent": 50, "start_cost_usd_per_mw": 10}
    return system(
        {"day": 100, "night": 20}, technologies=[coal, GAS], plants=[plant("coal", 100), plant("gas", 30)],
        country={"reserve_percent_of_load": 10},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("world", "parts", "name", "finding"),
    [
        (two_ways_in(cut_sets=[CUT]), {}, "cut_set_flow_mw", "cut_set_flow_mw"),
        (ring(), LINEAR, "flow_mw", "power flow"),
        (neighbours(own_percent=40), {}, "generation_mw", "reserve"),
        (_minimum_coal(), {}, "online_mw", "commitment"),
        (_minimum_coal(), {}, "reserve_missing_mw", "reserve"),
    ],
)
def test_the_independent_check_recomputes_the_grid(world, parts, name, finding):
    """A plan whose figures are told 1 MW too high is refused by the check that recomputes them."""
    time = scenario(dict.fromkeys(dict.fromkeys(row.slice for row in world.profiles), 1.0), **parts)
    case = toy_case(world, time)
    results = plan(case, time)
    results[name] = results[name] + (-1 if name == "reserve_missing_mw" else 1)
    with pytest.raises(NumericalError, match=finding):
        check(case, results)


def test_a_year_that_is_only_operated_keeps_its_loops_and_limits():
    """Two model years, the second of them operated: its loop, and 80 MW with half of the 20 MW that were added."""
    links = [row.model_dump() for row in ring().links]
    cut = {"id": "cut", "name": "Cut", "forward_links": ["ac", "bc"], "forward_mw": 80, "expansion_percent": 50}
    world = system({"s": [0, 0, 90]}, zones=("A", "B", "C"), years=(2028, 2030), technologies=[COAL],
                   plants=[plant("coal", 500)], links=links, cut_sets=[cut])  # fmt: skip
    case = toy_case(world, scenario({"s": 1}, years=(2028, 2030), **LINEAR))
    case = replace(case, frame=replace(case.frame, dated=True))  # as if its hour were a date
    one = operated(case, 1, Capacities(np.array([500.0]), np.zeros(1), np.array([0.0, 0.0, 20.0])))
    assert one.cut_sets[0].forward_mw == pytest.approx([90]) and np.isinf(one.cut_sets[0].backward_mw).all()
    assert len(case.loops) == 2 and [loop.year for loop in one.loops] == [0]


# ------------------------------------------------------------------------------------------ built-in data


BUILT_IN = read_system(DATA / "central_asia")


@pytest.mark.parametrize("row", [*BUILT_IN.cut_sets, *BUILT_IN.reserve_areas], ids=lambda row: row.key)
def test_rows_say_where_they_come_from(row):
    assert set(row.source.split(";")) <= {source.id for source in BUILT_IN.sources}
    assert row.data_year and row.confidence and len(row.note) > 40


def test_reactances_are_those_of_lines_of_a_few_hundred_kilometres():
    """0.3 ohm per km at 500 kV, 0.4 at 220 kV, one circuit or two: each row is a line of 50 to 500 km."""
    known = [row for row in BUILT_IN.links if row.reactance_ohm]
    assert len(known) >= 5
    for row in known:
        km = row.reactance_ohm / (0.3 if row.voltage_kv == 500 else 0.4)
        assert 50 <= km <= 500, row.id
