"""What is in repair is not online: it holds no reserve, carries no least output, and coming back is a start."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from toy import YEAR, plant, scenario, solve, system, technology
from toy import case as toy_case

from simulator.audit import check
from simulator.errors import NumericalError
from simulator.solve.plan import plan
from simulator.system import Technology

COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10, commitment=True, spinning=True)
GAS = technology("gas", variable_om_usd_per_mwh=50)
NIGHT_AND_DAY = {"first": "d", "second": "d"}


def usd(results):
    """Undiscounted cost of the model year."""
    return float(results["cost_musd"].sum()) * 1e6


def profile(**shares):
    """What can run of coal, by slice."""
    return [{"zone": "A", "name": "coal", "year": YEAR, "slice": s, "value": x} for s, x in shares.items()]


@pytest.mark.parametrize("outage", [{"available_percent": 50}, {"forced_outage_percent": 50},
                                    {"planned_outage_days": 182.5}])  # fmt: skip
def test_what_is_in_repair_holds_no_reserve(outage):
    """40 MW of load ask for 20 MW of reserve. Of 100 MW of coal half can run: 50 − 40 = 10 MW are held, 10 are missing.

    40 · 10 USD and 10 missing MW at 100 USD, for an hour.
    """
    country = {"reserve_percent_of_load": 50, "reserve_shortfall_usd_per_mwh": 100}
    toy = system({"s": 40}, country=country, technologies=[COAL | outage], plants=[plant("coal", 100)])
    results = solve(toy, scenario({"s": 1}))
    assert float(results["reserve_missing_mw"].squeeze()) == pytest.approx(10)
    assert usd(results) == pytest.approx(400 + 1000)


def test_what_comes_back_from_repair_is_started():
    """100 MW on two days; half of the coal (100 MW) is in repair on the second, so 50 MW start again on the first.

    Coal gives 100 and 50 MWh at 10, gas 50 at 50, and the start costs 50 · 8 USD.
    """
    coal = COAL | {"start_cost_usd_per_mw": 8}
    toy = system({"first": 100, "second": 100}, technologies=[coal, GAS], profiles=profile(first=1, second=0.5),
                 plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    results = solve(toy, scenario({"first": 1, "second": 1}))
    assert usd(results) == pytest.approx(150 * 10 + 50 * 50 + 50 * 8)
    assert results["online_mw"].values.ravel()[:2] == pytest.approx([100, 50])


@pytest.mark.parametrize(("minimum", "coal_mwh"), [(0, 150), (40, 150), (60, 150)])
def test_what_can_run_for_part_of_a_day_gives_all_it_can(minimum, coal_mwh):
    """100 MW for two hours of a day, in the second of which half of what is online can run: coal gives 100 and 50 MWh.

    A least output above a half means what is left: all of it runs.
    """
    coal = COAL | {"minimum_output_percent": minimum}
    toy = system({"first": 100, "second": 100}, technologies=[coal, GAS], profiles=profile(first=1, second=0.5),
                 plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    results = solve(toy, scenario({"first": 1, "second": 1}, days=NIGHT_AND_DAY))
    assert usd(results) == pytest.approx(coal_mwh * 10 + (200 - coal_mwh) * 50)


def test_reserve_is_what_can_run_of_what_is_online():
    """10 MW of load ask for 45 MW of reserve in two hours of a day. 50 MW of coal online: 50 − 10 = 40 held, 5 missing;
    in the second hour, when half can run, 25 − 10 = 15 held and 30 missing. 20 · 10 and 35 · 100 USD."""
    country = {"reserve_percent_of_load": 450, "reserve_shortfall_usd_per_mwh": 100}
    toy = system({"first": 10, "second": 10}, country=country, technologies=[COAL], plants=[plant("coal", 50)],
                 profiles=profile(first=1, second=0.5))  # fmt: skip
    results = solve(toy, scenario({"first": 1, "second": 1}, days=NIGHT_AND_DAY))
    assert results["reserve_missing_mw"].values.ravel() == pytest.approx([5, 30])
    assert usd(results) == pytest.approx(200 + 3500)


def test_a_ramp_bites_also_where_less_can_run():
    """Of 100 MW a fifth can run in the first hour, and output may rise by 30 % of what is online: 20, 50, 80 of 100 MW.

    Gas at 50 gives the rest of the last two hours: 150 · 10 and 70 · 50 USD.
    """
    coal = COAL | {"ramp_percent_per_hour": 30, "minimum_output_percent": 0}
    toy = system({"a": 20, "b": 100, "c": 100}, technologies=[coal, GAS], profiles=profile(a=0.2, b=1, c=1),
                 plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    results = solve(toy, scenario(dict.fromkeys("abc", 1), days=dict.fromkeys("abc", "d")))
    assert usd(results) == pytest.approx(150 * 10 + 70 * 50)


def test_a_ramp_binds_where_less_can_run_than_the_least_output():
    """A tenth of 100 MW can run in the second hour, all of which is least output. It may fall by 60 MW: 70 and 10 MWh.

    With gas at 50 for the other 30 and 90 MW the price is 50, and the coal at 10 that could run in the first hour does
    not, for the sake of the second.
    """
    coal = COAL | {"ramp_percent_per_hour": 60, "minimum_output_percent": 40}
    toy = system({"first": 100, "second": 100}, technologies=[coal, GAS], profiles=profile(first=1, second=0.1),
                 plants=[plant("coal", 100), plant("gas", 100)])  # fmt: skip
    results = solve(toy, scenario({"first": 1, "second": 1}, days=NIGHT_AND_DAY))
    assert results["generation_mw"].values[0].ravel() == pytest.approx([70, 10])
    assert usd(results) == pytest.approx(80 * 10 + 120 * 50)


def _ramping():
    """Coal of which a tenth is out, that may change by 30 % an hour."""
    coal = COAL | {"available_percent": 90, "minimum_output_percent": 20, "ramp_percent_per_hour": 30}
    return system(
        {"a": 30, "b": 100, "c": 100}, technologies=[coal, GAS], plants=[plant("coal", 100), plant("gas", 100)],
        country={"reserve_percent_of_load": 10},
    )  # fmt: skip


@pytest.mark.parametrize(("name", "change", "finding"), [
    ("online_mw", np.array([10.0]), "commitment"),  # more online than is fit
    ("generation_mw", np.array([-30.0, 30.0, 0.0]), "commitment"),  # from below the least to above what a ramp allows
    ("generation_mw", np.array([0.0, 5.0, 0.0]), "commitment"),  # 5 MW faster than the ramp
])  # fmt: skip
def test_the_check_refuses_what_repair_and_ramps_forbid(name, change, finding):
    """90 MW are online, 10 of them in reserve where load is highest. A plan that says otherwise is refused."""
    time = scenario(dict.fromkeys("abc", 1.0), days=dict.fromkeys("abc", "d"))
    case = toy_case(_ramping(), time)
    results = plan(case, time)
    assert results["generation_mw"].sel(unit="A|coal").values.ravel() == pytest.approx([30, 57, 80])
    results[name].loc[{"unit": "A|coal"}] = results[name].sel(unit="A|coal") + change
    with pytest.raises(NumericalError, match=finding):
        check(case, results)


@pytest.mark.parametrize("column", ["minimum_output_percent", "ramp_percent_per_hour", "start_cost_usd_per_mw"])
def test_what_only_a_committed_plant_has_is_refused_elsewhere(column):
    """Without commitment nothing is online, so none of this could act."""
    Technology.model_validate(COAL | {column: 40})
    with pytest.raises(ValidationError, match=rf"{column}.* `commitment: true` only"):
        Technology.model_validate(technology("gas", **{column: 40}))
