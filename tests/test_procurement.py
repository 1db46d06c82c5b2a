"""Placed money: auctions, treaties and deals become plants by rule; every step worked out by hand."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lever_toys import shipped
from toy import case, plant, scenario, solve, system, technology

from simulator.case.capacity import procurement as procurement
from simulator.errors import InputError
from simulator.inputs.scenario import Scenario

YEARS = (2030, 2031, 2032)
COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
WIND = technology("wind", kind="variable", group="wind", life_years=20)
TENGE = {"id": "KZT", "name": "tenge", "base_rate_percent": 9, "inflation_percent": 8, "per_usd": 500,
         "pass_through_percent": 100}  # fmt: skip
STATE = {"id": "state", "name": "State", "real_wacc_percent": 0, "kind": "domestic_auction"}
DRAGON = {"id": "dragon", "name": "Dragon", "real_wacc_percent": 0, "chinese": True, "currency": "KZT",
          "debt_share_percent": 60}  # fmt: skip
AUCTION = {"id": "auction", "name": "Auction", "investor": "state", "kind": "auction", "ceiling_per_mwh": 15000,
           "ceiling_currency": "KZT"}  # fmt: skip
PART = {"procurement": "auction", "zone": "A", "technology": "wind", "percent": 100}
PROFILES = [{"zone": "A", "name": "wind", "year": y, "slice": "s", "value": 1} for y in YEARS]
CANDIDATE = {"zone": "A", "technology": "wind", "investors": ["state"]}


def toy(mw: Any = 40, *, terms: dict[str, Any] | None = None, candidate: dict[str, Any] | None = None, **tables: Any):
    """40 MW of wind a year at 1000 USD/kW over 20 years: 50 USD/kW and year, 25 USD/MWh in 2000 hours.

    The ceiling is 15,000 tenge = 30 USD/MWh. Coal at 10 USD/MWh serves the whole load, so no plan would choose wind.
    """
    volume = mw if isinstance(mw, dict) else {2030: mw}
    given = {
        "technologies": [COAL, WIND],
        "plants": [plant("coal", 100)],
        "currencies": [TENGE],
        "country": {"currency": "KZT"},
        "investors": [STATE, DRAGON],
        "technology_costs": [{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 1000}],
        "candidates": [CANDIDATE | (candidate or {})],
        "procurement": [AUCTION | (terms or {})],
        "procurement_mix": [PART],
        "procurement_years": [{"procurement": "auction", "year": year, "mw": value} for year, value in volume.items()],
        "profiles": PROFILES,
        "years": YEARS,
    }
    return system({"s": 100}, **(given | tables))


def asked(part_year: bool = False, **parts: Any) -> Scenario:
    plain = scenario({"s": 2000}, years=YEARS, **parts)
    return plain.model_copy(update={"horizon": plain.horizon.model_copy(update={"part_year": part_year})})


def run(system: Any, **parts: Any) -> Any:
    return solve(system, asked(**parts))


def placed(results: Any) -> list[float]:
    return results["procured_mw"].sum("procurement").values.tolist()


def refused(results: Any, reason: str) -> list[float]:
    return results["procurement_refused_mw"].sum("procurement").sel(reason=reason).values.tolist()


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(procurement).failed == 0


# ------------------------------------------------------------------------------------------- the rule


def test_placed_plants_come_although_coal_is_cheaper() -> None:
    """40, 80, 120 MW stand in the three years; the plan builds nothing. 40 MUSD a year, 2 MUSD of annuity each."""
    results = run(toy())
    assert placed(results) == [40, 40, 40]
    wind = results["capacity_mw"].where(results["asset_status"] == "procured", 0).sum("asset")
    assert wind.values == pytest.approx([40, 80, 120])
    assert float(results["build_mw"].sum()) == 0
    assert results["investment_musd"].sum("asset").values == pytest.approx([40, 40, 40])
    assert results["annuity_musd"].sum("asset").values == pytest.approx([2, 4, 6])
    assert set(results["asset_investor"].values[results["asset_status"].values == "procured"]) == {"state"}


@pytest.mark.parametrize(("ceiling", "mw"), [(12501, 40), (12500, 40), (12499, 0)])
def test_what_is_dearer_than_the_ceiling_is_not_awarded(ceiling: float, mw: float) -> None:
    """25 USD/MWh are 12,500 tenge at 500 for a dollar."""
    results = run(toy(terms={"ceiling_per_mwh": ceiling}))
    assert placed(results)[0] == mw
    assert refused(results, "dearer than the ceiling")[0] == 40 - mw


def test_a_ceiling_in_a_currency_that_falls_buys_less() -> None:
    """30 USD/MWh until the tenge loses a fifth in 2031: 24 are less than 25."""
    results = run(toy(), depreciations={"KZT": {"year": 2031, "percent": 20}})
    assert placed(results) == [40, 0, 0]
    ceiling = results["ceiling_usd_per_mwh"].values[results["asset_status"].values == "procured"]
    assert ceiling.tolist() == [30]


def test_connection_and_operation_count_against_the_ceiling() -> None:
    """With 100 USD/kW of connection and 10 USD/kW of operation it is (55 + 10)/2 = 32.5 USD/MWh: above 30."""
    dear = [COAL, WIND | {"fixed_om_usd_per_kw_year": 10}]
    assert placed(run(toy(candidate={"connection_usd_per_kw": 100}))) == [40, 40, 40]
    assert placed(run(toy(candidate={"connection_usd_per_kw": 100}, technologies=dear))) == [0, 0, 0]


def test_a_ticket_waits_until_it_is_full() -> None:
    """30 MW a year in plants of 50: 30 wait, 60 make one and leave 10, 40 wait."""
    results = run(toy(30, terms={"ticket_mw": 50}))
    assert placed(results) == [0, 50, 0]


def test_part_of_the_volume_is_never_built() -> None:
    """41 % of 40 MW."""
    results = run(toy(terms={"realisation_percent": 41}))
    assert placed(results) == pytest.approx([16.4] * 3)
    assert refused(results, "not realised") == pytest.approx([23.6] * 3)


def test_awards_come_to_operation_later_and_run_half_of_their_first_year() -> None:
    """Awards of 2030 and 2031 with a year of lead: 40 MW from the middle of 2031 on, 40 more from that of 2032."""
    results = run(toy(terms={"lead_years": 1}), part_year=True)
    assert placed(results) == [0, 40, 40]
    wind = results["capacity_mw"].where(results["asset_status"] == "procured", 0).sum("asset")
    assert wind.values == pytest.approx([0, 20, 60])


def test_volumes_follow_their_anchors() -> None:
    """40 in 2030 and nothing in 2032: 20 in between."""
    assert placed(run(toy({2030: 40, 2032: 0}))) == [40, 20, 0]


def test_money_buys_what_the_year_s_cost_allows() -> None:
    """40 MUSD at 1000 USD/kW and 250 of connection: 32 MW."""
    money = [{"procurement": "auction", "year": 2030, "musd": 40}]
    dear = {"candidate": {"connection_usd_per_kw": 250}, "terms": {"ceiling_per_mwh": 20000}}
    assert placed(run(toy(procurement_years=money, **dear)))[0] == pytest.approx(32)


def test_a_mix_shares_the_volume_and_each_part_has_its_own_ceiling_test() -> None:
    """70 % go to wind; sun at 1400 USD/kW costs 35 USD/MWh and is not awarded."""
    sun = WIND | {"id": "sun", "name": "sun", "group": "solar"}
    results = run(toy(
        technologies=[COAL, WIND, sun],
        technology_costs=[{"technology": t, "year": 2030, "overnight_usd_per_kw": usd}
                          for t, usd in (("wind", 1000), ("sun", 1400))],
        candidates=[CANDIDATE, CANDIDATE | {"technology": "sun"}],
        procurement_mix=[{"procurement": "auction", "zone": "A", "technology": t, "percent": p}
                       for t, p in (("wind", 70), ("sun", 30))],
        profiles=[row | {"name": t} for row in PROFILES for t in ("wind", "sun")],
    ))  # fmt: skip
    assert placed(results) == pytest.approx([28] * 3)
    assert refused(results, "dearer than the ceiling") == pytest.approx([12] * 3)


# ------------------------------------------------------------------------------------------- permits


def limit(mw: float, **columns: Any) -> dict[str, Any]:
    return {"build_limits": [{"id": "grid", "countries": ["C"], "technologies": ["wind"], "mw_per_year": mw} | columns]}


def test_permits_cut_what_is_placed() -> None:
    """25 MW a year: 15 are refused, in plants of 10 MW 20 are built."""
    results = run(toy(**limit(25)))
    assert placed(results) == [25, 25, 25] and refused(results, "limit grid") == [15, 15, 15]
    assert placed(run(toy(terms={"ticket_mw": 10}, **limit(25)))) == [20, 20, 20]


def test_the_plan_gets_what_placed_money_leaves() -> None:
    """Gas at 50 USD/MWh instead of coal: the plan wants wind for the whole load, 60 MW a year are allowed, 40 placed.

    20 are chosen in the first year; in the second the load is met with 100 MW, of which 40 more are placed: nothing.
    """
    gas = technology("gas", variable_om_usd_per_mwh=50)
    dear = {"technologies": [gas, WIND], "plants": [plant("gas", 100)]}
    results = run(toy(**limit(60), **dear))
    assert placed(results) == [40, 40, 40]
    assert results["build_mw"].sum("asset").values == pytest.approx([20, 0, 0])


def project(mw: float) -> dict[str, Any]:
    """A named wind project of 2030."""
    row = {"id": "p", "name": "P", "zone": "A", "technology": "wind", "capacity_mw": mw, "stage": "operating",
           "commissioning": "2030-07", "investor": "state", "overnight_usd_per_kw": 1000}  # fmt: skip
    return {"projects": [row]}


def test_projects_use_the_limit_where_they_count() -> None:
    """60 MW a year, a project of 35 in 2030: 25 of the 40 are left in it; one of 80 is not cut and leaves none."""
    assert placed(run(toy(**limit(60), **project(35)))) == [40, 40, 40]
    assert placed(run(toy(**limit(60, counts_projects=True), **project(35)))) == [25, 40, 40]
    results = run(toy(**limit(60, counts_projects=True), **project(80)))
    assert placed(results) == [0, 40, 40]
    assert float(results["capacity_mw"].sel(asset="p", year=2031)) == 80


def test_the_potential_of_a_place_is_used_up() -> None:
    """50 MW in all: 40, 10, nothing. 30 a year and none before 2031: nothing, 30, 20."""
    assert placed(run(toy(candidate={"limit_mw": 50}))) == [40, 10, 0]
    assert placed(run(toy(candidate={"limit_mw": 50, "limit_mw_per_year": 30, "earliest": 2031}))) == [0, 30, 20]


def test_whoever_comes_earlier_leaves_the_room_that_others_have_taken_later() -> None:
    """A first treaty takes 40 of 50 MW in 2032. A second would bring 40 in 2030, which run on: 10 come."""
    row = AUCTION | {"kind": "treaty", "ceiling_per_mwh": None, "ceiling_currency": None}
    years = {"first": {2031: 0, 2032: 40}, "second": {2030: 40, 2031: 0}}
    results = run(toy(
        candidate={"limit_mw": 50}, procurement=[row | {"id": name} for name in years],
        procurement_mix=[PART | {"procurement": name} for name in years],
        procurement_years=[{"procurement": name, "year": year, "mw": mw}
                           for name, path in years.items() for year, mw in path.items()],
    ))  # fmt: skip
    assert placed(results) == [10, 0, 40]
    assert refused(results, "potential of the zone") == [30, 0, 0]


def test_years_in_a_row_lend_each_other_no_permits() -> None:
    """60 MW a year. Wind can come in 2031 and 2032, sun in 2032 and 2033: together 180 MW in three years, each 120.

    That a third technology, which is too dear, could come from 2030 on makes no room in 2030 for them.
    """
    gas = technology("gas", variable_om_usd_per_mwh=50)
    kinds = {"wind": 1000, "sun": 1100, "tide": 9000}
    first = {"wind": 2031, "sun": 2032, "tide": 2030}
    dear = toy(
        0, years=(), technologies=[gas, *(WIND | {"id": t, "name": t} for t in kinds)], plants=[plant("gas", 300)],
        technology_costs=[{"technology": t, "year": 2030, "overnight_usd_per_kw": usd} for t, usd in kinds.items()],
        candidates=[CANDIDATE | {"technology": t, "earliest": year, "investors": ["dragon" if t == "wind" else "state"]}
                    for t, year in first.items()],
        profiles=[{"zone": "A", "name": t, "year": y, "slice": "s", "value": 1} for t in kinds for y in (2029, 2033)]
        + [{"zone": "A", "name": "load", "year": y, "slice": "s", "value": 300} for y in (2029, 2033)],
        build_limits=[{"id": "grid", "countries": ["C"], "technologies": [*kinds], "mw_per_year": 60}],
        procurement=[], procurement_mix=[], procurement_years=[],
    )  # fmt: skip
    results = solve(dear, scenario({"s": 2000}, years=(2029, 2033), withdrawals={"dragon": 2032}))
    built = results["build_mw"].groupby("asset_technology").sum()
    assert built.sum(["year"]).sel(asset_technology=[*kinds]).values == pytest.approx([120, 60, 0])


def test_what_can_only_come_in_one_year_does_not_borrow_the_permits_of_another() -> None:
    """60 MW a year; wind can come in 2031 only, sun in 2030 and 2031, both in the interval of the second model year.

    Wind is cheaper, but 60 MW are its most; sun, the rest of the load of 100, comes in 2030.
    """
    gas = technology("gas", variable_om_usd_per_mwh=50)
    sun = WIND | {"id": "sun", "name": "sun", "group": "solar"}
    dear = toy(
        0, years=(), technologies=[gas, WIND, sun], plants=[plant("gas", 100)],
        technology_costs=[{"technology": t, "year": 2030, "overnight_usd_per_kw": usd}
                          for t, usd in (("wind", 1000), ("sun", 1100))],
        candidates=[CANDIDATE | {"earliest": 2031}, CANDIDATE | {"technology": "sun", "earliest": 2030}],
        profiles=[row | {"name": t, "year": y} for row in PROFILES[:1] for t in ("wind", "sun") for y in (2029, 2031)]
        + [{"zone": "A", "name": "load", "year": y, "slice": "s", "value": 100} for y in (2029, 2031)],
        build_limits=[{"id": "grid", "countries": ["C"], "technologies": ["wind", "sun"], "mw_per_year": 60}],
    )  # fmt: skip
    results = solve(dear, scenario({"s": 2000}, years=(2029, 2031)))
    built = results["build_mw"].groupby("asset_technology").sum()
    assert float(built.sel(asset_technology="wind").sum()) == pytest.approx(60)
    assert float(built.sel(asset_technology="sun").sum()) == pytest.approx(40)


# ------------------------------------------------------------------------------- the scenario's say


def test_a_scenario_changes_or_stops_a_placement() -> None:
    assert placed(run(toy(), procurement={"auction": {"factor": 0.5}})) == [20, 20, 20]
    assert placed(run(toy(), procurement={"auction": {"factor": 0}})) == [0, 0, 0]
    assert placed(run(toy(), procurement={"auction": {"ceiling_per_mwh": 12000}})) == [0, 0, 0]
    assert placed(run(toy(), procurement={"auction": {"lead_years": 2}})) == [0, 0, 40]
    assert placed(run(toy(), procurement={"auction": {"realisation_percent": 50, "ticket_mw": 20}})) == [20, 20, 20]


DEAL = {"name": "Silk", "investor": "dragon", "mix": {"A/wind": 100}, "mw_per_year": {2030: 10}}


def test_a_deal_of_a_chinese_investor_is_built_without_a_ceiling() -> None:
    """10 MW a year beside the auction's 40; a partner holds half of the 40 % of equity: 80 % is Chinese money."""
    results = run(toy(), chinese_investment={"procurement": [DEAL | {"local_equity_percent": 50}]})
    assert results["procured_mw"].sel(procurement="Silk").values.tolist() == [10, 10, 10]
    mine = results.sel(asset="Silk/A/wind/2030")
    assert float(mine["asset_chinese_money"]) == pytest.approx(0.8) and bool(mine["asset_chinese"])
    money = DEAL | {"mw_per_year": None, "musd_per_year": {2031: 5}}
    bought = run(toy(), chinese_investment={"procurement": [money]})["procured_mw"]
    assert bought.sel(procurement="Silk").values.tolist() == [
        0, 5, 5,
    ]  # fmt: skip


def test_nothing_is_placed_after_the_investor_has_left() -> None:
    deal = {"procurement": [DEAL]}
    results = run(toy(), chinese_investment=deal | {"last_year": 2030})
    assert results["procured_mw"].sel(procurement="Silk").values.tolist() == [10, 0, 0]
    assert refused(results, "investor has left") == [0, 10, 10]
    only_placed = {"candidate": {"investors": ["dragon"]}}
    assert placed(run(toy(**only_placed), withdrawals={"state": 2031})) == [40, 40, 0]


def test_late_equipment_delays_awards() -> None:
    """All of it is bought in China and comes a year late: the award of 2030 is in operation from 2031 on."""
    item = {"group": "wind", "item": "turbine", "share_percent": 60, "vat_percent": 13, "pass_through_percent": 100}
    buyers = [STATE | {"chinese_supply_percent": 100}, DRAGON]
    results = run(toy(investors=buyers, equipment=[item]), equipment={"delay_months": {"wind": 12}})
    assert placed(results) == [0, 40, 40]


@pytest.mark.parametrize(
    ("tables", "parts", "match"),
    [
        ({"procurement_years": []}, {}, "it has no volume"),
        ({"procurement_mix": [PART | {"percent": 90}]}, {}, "adds up to 90"),
        ({"procurement_mix": [PART | {"technology": "coal"}]}, {}, "no row of candidates has zone A, technology coal"),
        ({}, {"procurement": {"auktion": {"factor": 0}}}, "nearest: auction"),
        ({}, {"procurement": {"auction": {"factor": 1}}}, "nothing is changed"),
        ({}, {"procurement": {"auction": {"ceiling_per_mwh": 15000}}}, "already says ceiling_per_mwh = 15000"),
        ({}, {"chinese_investment": {"procurement": [DEAL | {"investor": "state"}]}}, "not a Chinese investor"),
        ({}, {"chinese_investment": {"procurement": [DEAL | {"mix": {"A/wnd": 100}}]}}, "nearest: A/wind"),
        ({}, {"chinese_investment": {"procurement": [DEAL | {"name": "auction"}]}}, "already procurement"),
    ],
)  # fmt: skip
def test_contradictions_are_told(tables: dict[str, Any], parts: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        case(toy(**tables), asked(**parts))


def test_an_auction_needs_a_ceiling() -> None:
    with pytest.raises(ValueError, match="an auction needs a ceiling"):
        toy(terms={"ceiling_per_mwh": None, "ceiling_currency": None})


def test_shipped_auctions_award_wind_but_no_sun_and_projects_take_the_permits() -> None:
    """Wind costs private winners less than the 49.7 USD/MWh of 2021, sun more than 39.1.

    A year brings 343 MW of wind in plants of 50. From 2027 to 2030 named projects leave 680 of the 3,760 MW: they are
    gone before 2030.
    """
    made = shipped("reference")
    lost: dict[tuple[str, str], float] = {}
    for (name, reason, _), mw in made.procured.refused_mw.items():
        lost[name, reason] = lost.get((name, reason), 0.0) + mw
    assert lost["kaz_auction_solar", "dearer than the ceiling"] == pytest.approx(4 * 29.4), "awards of 2024 to 2027"
    assert lost.get(("kaz_auction_wind", "dearer than the ceiling"), 0) == 0
    built = {year: sum(b.mw for b in made.procured.batches if b.year == year) for year in (2027, 2028, 2029, 2030)}
    assert built == {2027: 250, 2028: 250, 2029: 150, 2030: 0}
    assert lost["kaz_auction_wind", "limit kaz_wind_solar"] == 50 + 50 + 150 + 350


def test_a_shipped_deal_is_built_where_permits_allow() -> None:
    """500 MW are due in 2028, 2029 and 2030, but named projects and auctions leave 31 MW."""
    made = shipped("framework_deal")
    deal = dict.fromkeys(("wind", "solar"), 0.0)
    for batch in made.procured.batches:
        if batch.procurement.id == "Framework deal":
            deal[batch.technology] += batch.mw
            assert batch.year in (2028, 2029)
    assert deal["wind"] == pytest.approx(31.35) and deal["solar"] == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 90), st.integers(0, 60), st.integers(0, 100), st.integers(0, 120))
def test_every_megawatt_is_built_refused_or_waits(mw: int, ticket: int, realised: int, allowed: int) -> None:
    """Built and refused are never more than the volume; what waits is less than a ticket."""
    made = case(toy(mw, terms={"ticket_mw": ticket, "realisation_percent": realised}, **limit(allowed)), asked())
    built = sum(batch.mw for batch in made.procured.batches)
    lost = sum(made.procured.refused_mw.values())
    assert -1e-6 <= 3 * mw - built - lost <= max(ticket, 1e-6)
    assert all(batch.mw <= allowed + 1e-6 for batch in made.procured.batches)
