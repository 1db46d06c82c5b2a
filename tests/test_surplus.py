"""Energy with nowhere to go has a named outlet; burning it in lines, storage or vehicles never pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import toy
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from share import count
from test_nev_charging import with_smart
from toy import plant, scenario, solve, system, technology

from simulator.analysis.summary import summary
from simulator.analysis.surplus import surplus as sentences
from simulator.analysis.verdict import verdict
from simulator.audit import check
from simulator.errors import InfeasibleError, NumericalError
from simulator.solve.plan import plan

YEAR = 8760.0
ONE = scenario({"s": YEAR})
HOST = technology("host", variable_om_usd_per_mwh=20, host_load_percent=60)
WIND = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
BATTERY = {"id": "battery", "name": "battery", "kind": "storage", "group": "battery", "efficiency_percent": 64,
           "hours_max": 8}  # fmt: skip
LINE = {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 400, "backward_mw": 400}
FULL = {"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 0.9}


def surplus(results: xr.Dataset) -> list[float]:
    return results["surplus_mw"].values.ravel().tolist()


def burnt(results: xr.Dataset) -> float:
    """MW that pass a line both ways, or that storage or vehicles draw and feed at once."""
    pairs = (
        ("forward_mw", "backward_mw"), ("storage_charge_mw", "storage_discharge_mw"), ("nev_load_mw", "nev_feed_mw"),
    )  # fmt: skip
    return max(float(np.minimum(results[a], results[b]).max()) if results[a].size else 0.0 for a, b in pairs)


# -------------------------------------------------------------------------------------------------- the outlet


@pytest.mark.parametrize(("loss", "hurdle", "rest"), [(5, 0.5, 70 - 50 / 0.95), (5, 0, 70 - 50 / 0.95), (0, 0.5, 20)])
def test_must_run_output_without_room_is_surplus(loss, hurdle, rest):
    """A host forces 60 % of 200 MW in A. A and B take 50 MW each, B through a line: the rest has nowhere to go.

    Only one direction of the line is used, and the cost is the plant's 120 MW at 20 USD, with the use of the line.
    """
    line = LINE | {"loss_percent": loss, "hurdle_usd_per_mwh": hurdle}
    results = solve(
        system({"s": 50}, zones=("A", "B"), technologies=[HOST], plants=[plant("host", 200)], links=[line]), ONE
    )
    assert surplus(results) == pytest.approx([rest, 0])
    sent = 50 / (1 - loss / 100)
    assert results["forward_mw"].values.ravel() == pytest.approx([sent])
    assert results["backward_mw"].values.ravel() == pytest.approx([0], abs=1e-9)
    assert results.attrs["objective_musd"] == pytest.approx((120 * 20 + sent * hurdle) * YEAR / 1e6, rel=1e-9)
    gone = results["lost_gwh"].squeeze()
    assert float(gone.sel(loss="surplus")) == pytest.approx(rest * YEAR / 1e3)
    assert float(gone.sel(loss="lines")) == pytest.approx(sent * loss / 100 * YEAR / 1e3)


def test_the_results_name_plant_zone_hours_and_energy():
    """20 MW of 120 in all hours: 175.2 GWh, from the one plant that must run."""
    world = system(
        {"s": 50},
        zones=("A", "B"),
        technologies=[HOST],
        plants=[plant("host", 200, name="Smelter plant")],
        links=[LINE],
    )
    results = solve(world, ONE)
    said = (
        "A: 175 GWh have nowhere to go in 2030, 20 MW on average in 8,760 hours, most (20 MW) in slice s. "
        "Smelter plant (host_A) must run with up to 120 MW."
    )
    assert sentences(results) == [said]
    assert said in verdict(results).as_text()
    table = summary(results)
    assert float(table[(table["indicator"] == "surplus") & (table["region"] == "A")]["value"].iloc[0]) == pytest.approx(
        175.2
    )


def test_what_can_be_curtailed_is_curtailed_and_not_burnt():
    """The host forces 60 MW of a load of 100; wind could give 90. 40 serve the load, 50 are curtailed, none is stored.

    Battery and curtailment are free alike, and no target asks for anything.
    """
    results = solve(
        system(
            {"s": 100}, technologies=[HOST, WIND, BATTERY], profiles=[FULL],
            plants=[plant("host", 100), plant("wind", 100), plant("battery", 500, energy_mwh=5000)],
        ),
        ONE,
    )  # fmt: skip
    assert results["generation_mw"].sel(unit=results["unit_group"] == "wind").values.ravel() == pytest.approx([40])
    assert surplus(results) == pytest.approx([0])
    assert not results["storage_charge_mw"].any()


def test_the_least_output_of_plants_that_choose_to_be_online_is_not_thrown_away():
    """As in ``test_model_toys``: 100 MW by day, 20 at night, coal with a least output of half: 40 are online.

    A host plant of 4 MW beside changes nothing: what it forces (2.4 MW) is no room for coal.
    """
    coal = technology("coal", group="coal", variable_om_usd_per_mwh=10, commitment=True, minimum_output_percent=50)
    gas = technology("gas", variable_om_usd_per_mwh=50)
    toy_system = system(
        {"day": 102.4, "night": 22.4}, technologies=[coal, gas, HOST],
        plants=[plant("coal", 100), plant("gas", 100), plant("host", 4)],
    )  # fmt: skip
    results = solve(toy_system, scenario({"day": 1, "night": 1}, days={"day": "d", "night": "d"}))
    # with the 2.4 MW of the host thrown away at night, 2.4/0.5 = 4.8 MW more of coal could stay online
    online = results["online_mw"].sel(unit=results["unit_group"] == "coal")
    assert float(online.max()) == pytest.approx(44.8)
    assert surplus(results) == pytest.approx([0, 2.4])


def test_power_that_somebody_pays_to_get_rid_of_is_surplus():
    """A market pays 10 USD for each MWh taken, 100 MW at most; the load is 60: 40 MW are thrown away, none is burnt."""
    offer = {"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": -10, "limit_mw": 100}
    results = solve(
        system(
            {"s": 60}, technologies=[BATTERY], plants=[plant("battery", 500, energy_mwh=5000)],
            markets=[{"id": "M", "name": "M"}], market_steps=[offer],
        ),
        ONE,
    )  # fmt: skip
    assert surplus(results) == pytest.approx([40])
    assert burnt(results) == pytest.approx(0, abs=1e-6)
    assert results.attrs["objective_musd"] == pytest.approx(-100 * 10 * YEAR / 1e6)
    assert sentences(results)[0].endswith("o brings up to 100 MW.")


def test_a_plant_that_is_paid_to_run_has_an_outlet():
    """Waste earns 5 USD per MWh burnt (efficiency 50 %: 10 per MWh of power): 100 MW run against a load of 60."""
    waste = technology("waste", group="bioenergy", fuel="waste", efficiency_percent=50)
    results = solve(
        system(
            {"s": 60}, technologies=[waste, BATTERY], fuels=[{"id": "waste"}],
            fuel_prices=[{"fuel": "waste", "zone": "A", "year": 2030, "usd_per_mwh": -5}],
            plants=[plant("waste", 100), plant("battery", 500, energy_mwh=5000)],
        ),
        ONE,
    )  # fmt: skip
    assert surplus(results) == pytest.approx([40])
    assert burnt(results) == pytest.approx(0, abs=1e-6)


def test_vehicles_do_not_charge_and_feed_at_once():
    """The host forces 60 MW of 50 that are asked for; feeding with an efficiency of 50 % could lose the other 10.

    The peak of another slice leaves room for it: charging may make no new one.
    """
    time = scenario({"s": 8000, "peak": 760})
    world = system({"s": 40, "peak": 90}, technologies=[HOST], plants=[plant("host", 100)])
    case = with_smart(toy.case(world, time), 10, feed=100, battery=100, efficiency=0.5)
    results = plan(case, time)
    assert surplus(results) == pytest.approx([10, 0])
    assert not results["nev_feed_mw"].any()


def test_below_a_distribution_network_there_is_an_outlet_too():
    """A distributed host forces 60 MW where 50 are asked for; nothing of it can go back to the grid."""
    local = {"zone": "A", "existing_mw": 100, "loss_percent": 10}
    results = solve(
        system({"s": 50}, technologies=[HOST | {"distributed": True}], plants=[plant("host", 100)],
               distribution_networks=[local]),
        ONE,
    )  # fmt: skip
    assert results["distribution_surplus_mw"].values.ravel() == pytest.approx([10])
    assert surplus(results) == pytest.approx([0])
    assert float(results["lost_gwh"].sel(loss="surplus").squeeze()) == pytest.approx(10 / 0.9 * YEAR / 1e3)


@pytest.mark.parametrize("name", ["surplus_mw", "forward_mw", "backward_mw", "lost_gwh"])
def test_the_audit_recomputes_surplus_and_both_directions(name):
    """A plan that says 1 more than it did is refused."""
    line = LINE | {"loss_percent": 5, "hurdle_usd_per_mwh": 0.5}
    world = system({"s": 50}, zones=("A", "B"), technologies=[HOST], plants=[plant("host", 200)], links=[line])
    case = toy.case(world, ONE)
    results = plan(case, ONE)
    results[name] = results[name] + 1
    with pytest.raises(NumericalError, match=r"balance|links|lost_gwh|flow_mw"):
        check(case, results)


# ------------------------------------------------------------------------------- burning pays in no world


def hosted(**columns: Any) -> dict[str, Any]:
    """A target of wind beside a host that forces 60 of 100 MW, with 90 MW of wind and a battery that could lose 50."""
    row = {"id": "t", "country": "C", "year": 2030, "percent": 55, "definition": "law"}
    return {
        "technologies": [HOST | {"variable_om_usd_per_mwh": 50}, WIND, BATTERY], "profiles": [FULL],
        "plants": [plant("host", 100), plant("wind", 100), plant("battery", 500, energy_mwh=5000)],
        "definitions": [{"definition": "law", "technology": "wind"}], "targets": [row | columns],
    }  # fmt: skip


@pytest.mark.parametrize("basis", ["generation", "consumption"])
def test_a_share_is_not_reached_by_burning_in_a_battery(basis):
    """Users take 100 MW, of which the host forces 60: 40 % is the most, and 15 MW (131 GWh) are missing to 55 %."""
    with pytest.raises(InfeasibleError, match=r"targets\.t: 55 % in 2030 is out of reach by 0\.13 TWh"):
        solve(system({"s": 100}, **hosted(mode="hard", basis=basis)), ONE)
    reached = solve(system({"s": 100}, **hosted(mode="hard", basis=basis, percent=40)), ONE)
    assert reached["generation_mw"].sum("unit").values.ravel() == pytest.approx([100])


@pytest.mark.parametrize("usd", [1, 17, 3000])
def test_no_price_for_a_share_makes_burning_pay(usd):
    """Each MWh missing costs; only 40 MW of wind reach users, so 15 are missing and none of the rest is burnt."""
    results = solve(system({"s": 100}, **hosted(mode="soft", shortfall_usd_per_mwh=usd)), ONE)
    assert float(results["target_shortfall_gwh"].squeeze()) == pytest.approx(15 * YEAR / 1e3)
    assert burnt(results) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("usd", [16, 18, 1000])
def test_no_premium_makes_a_line_burn(usd):
    """The line from North to West: 3 % are lost, the hurdle is 0.5 USD. Sent there and back, 0.0591 of a MWh are lost

    for 0.5·1.97 USD (0.97 arrive and go back), or 16.7 USD for each MWh: a premium above that once paid for burning.
    """
    line = LINE | {"loss_percent": 3, "hurdle_usd_per_mwh": 0.5}
    tables = hosted(mode="soft", shortfall_usd_per_mwh=usd, imports="free")
    tables["plants"] = tables["plants"][:2]
    results = solve(system({"s": [100, 0]}, zones=("A", "B"), links=[line], **tables), ONE)
    assert not results["forward_mw"].any()
    assert not results["backward_mw"].any()


@st.composite
def worlds(draw: Any) -> dict[str, Any]:
    """Two zones in one slice: a host and wind, a battery and vehicles, a line, a market, and a target or none.

    In one slice nothing can be moved in time, so whatever storage or vehicles draw and feed is burnt.
    """
    mw, share = st.integers(0, 200).map(float), st.integers(1, 100).map(float)
    return {
        "load": [draw(mw), draw(mw)],
        "host": [draw(mw), draw(mw)],
        "wind": [3 * draw(mw), 3 * draw(mw)],
        "gas": draw(st.integers(0, 60)),
        "loss": draw(st.integers(1, 20)),
        "hurdle": draw(st.sampled_from([0, 0.5, 13])),
        "wear": draw(st.sampled_from([0, 1])),
        "efficiency": draw(st.integers(30, 95)),
        "import": draw(st.sampled_from([-30, 20, 20])),
        "export": draw(st.sampled_from([-30, 0, 20])),
        "carbon": draw(st.sampled_from([0, 100])),
        "percent": draw(share),
        "basis": draw(st.sampled_from(["generation", "consumption"])),
        "mode": draw(st.sampled_from(["report", "soft", "soft"])),
        "imports": draw(st.sampled_from(["held", "free"])),
        "price": draw(st.sampled_from([1, 17, 100, 3000])),
    }


def made(x: dict[str, Any]) -> xr.Dataset:
    techs = [
        HOST | {"fuel": "gas", "efficiency_percent": 50}, WIND,
        technology("gas", variable_om_usd_per_mwh=x["gas"]),
        BATTERY | {"efficiency_percent": x["efficiency"], "variable_om_usd_per_mwh": x["wear"]},
    ]  # fmt: skip
    plants = [plant(t, 300, zone=z) for t in ("gas", "battery") for z in "AB"]
    plants = [row | ({"energy_mwh": 3000} if row["technology"] == "battery" else {}) for row in plants]
    plants += [plant(t, mw, zone=z) for t in ("host", "wind") for z, mw in zip("AB", x[t], strict=True) if mw]
    offers = [
        {"id": way, "market": market, "zone": "A", "direction": way, "usd_per_mwh": x[way], "limit_mw": 50}
        for way, market in (("import", "M"), ("export", "N"))
    ]
    soft = x["mode"] == "soft"
    row = {"id": "t", "country": "C", "year": 2030, "percent": x["percent"], "definition": "law", "basis": x["basis"],
           "mode": x["mode"], "shortfall_usd_per_mwh": x["price"] if soft else 0, "imports": x["imports"]}  # fmt: skip
    world = system(
        {"s": x["load"]}, zones=("A", "B"), technologies=techs, plants=plants, targets=[row],
        definitions=[{"definition": "law", "technology": "wind"}], fuels=[{"id": "gas", "co2_t_per_mwh": 0.2}],
        fuel_prices=[{"fuel": "gas", "zone": z, "year": 2030, "usd_per_mwh": 5} for z in "AB"],
        carbon_policies=[{"country": "C", "year": 2030, "usd_per_t": x["carbon"]}],
        links=[LINE | {"loss_percent": x["loss"], "hurdle_usd_per_mwh": x["hurdle"]}],
        markets=[{"id": m, "name": m} for m in "MN"], market_steps=offers,
        profiles=[FULL | {"zone": z} for z in "AB"],
    )  # fmt: skip
    case = with_smart(toy.case(world, ONE), 5, feed=100, battery=1000, efficiency=0.8, wear=x["wear"])
    return plan(case, ONE)


@settings(max_examples=count(60, least=4), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_no_plan_burns_energy(x):
    """Whatever the target, its price, the hurdle, the wear, carbon, and prices at which somebody pays to trade."""
    results = made(x)
    assert burnt(results) < 1e-4
