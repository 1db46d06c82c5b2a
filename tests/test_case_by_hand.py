"""From tables to arrays, one rule at a time: what years weigh, what the law counts, when something opens or closes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import test_lives
import test_pipeline
import test_procurement
from toy import case, plant, scenario, solve, system, technology

from simulator.case.capacity.permits import Permits
from simulator.case.demand.corridors import energy_of
from simulator.case.law import make_law
from simulator.case.time.horizon import make_horizon
from simulator.interpolation import limits_at
from simulator.system import Corridor

YEARS = (2025, 2030, 2035)
COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)


def coal(years: tuple[int, ...] = YEARS, **tables: Any):
    return system({"s": 100}, years=years, **({"technologies": [COAL], "plants": [plant("coal", 100)]} | tables))


def test_a_plant_that_closes_early_is_paid_until_then():
    """100 MUSD over the ten years to 2035, but it closes in 2030: after that nobody owes an annuity."""
    row = plant("coal", 100, commissioned="2025", retires="2030", overnight_usd_per_kw=1000, investor="owner")
    years = (2025, 2028, 2032)
    results = solve(test_lives.toy(years, plants=[row]), test_lives.asked(years))
    assert results["annuity_musd"].values.ravel() == pytest.approx([10, 10, 0])


def test_model_years_weigh_the_years_around_them():
    """2025 and 2030 share the years between them: of 2026 to 2029 the first has 0.8, 0.6, 0.4, 0.2. 2030 has what is
    left of these, itself and the two years after it: 5 of 8 years in all. At 25 % the k-th year weighs 0.8^k."""
    asked = scenario({"s": 1}, years=(2025, 2030))
    asked = asked.model_copy(update={"horizon": asked.horizon.model_copy(update={"last_year_stands_for": 3})})
    assert make_horizon(asked).weight == pytest.approx([3, 5])
    asked = asked.model_copy(update={"finance": asked.finance.model_copy(update={"discount_rate_percent": 25})})
    assert make_horizon(asked).weight == pytest.approx(
        [
            0.8 + 0.8 * 0.8**2 + 0.6 * 0.8**3 + 0.4 * 0.8**4 + 0.2 * 0.8**5,
            0.2 * 0.8**2 + 0.4 * 0.8**3 + 0.6 * 0.8**4 + 0.8 * 0.8**5 + 0.8**6 + 0.8**7 + 0.8**8,
        ]
    )


def test_with_steps_a_model_year_weighs_the_years_until_the_next():
    """2025 to 2029 are as 2025, 2030 to 2032 as 2030; at 25 % the k-th year weighs 0.8^k. Without a year between the
    key is refused."""
    asked = scenario({"s": 1}, years=(2025, 2030))
    steps = asked.horizon.model_copy(update={"last_year_stands_for": 3, "years_between": "step"})
    finance = asked.finance.model_copy(update={"discount_rate_percent": 25})
    weight = make_horizon(asked.model_copy(update={"horizon": steps, "finance": finance})).weight
    assert weight == pytest.approx([sum(0.8**k for k in range(1, 6)), 0.8**6 + 0.8**7 + 0.8**8])
    said = asked.horizon.model_dump(exclude_unset=True) | {"years_between": "step", "model_years": [2025, 2026]}
    with pytest.raises(ValueError, match="no year lies between model years"):
        type(asked.horizon).model_validate(said)


def test_a_chosen_plant_runs_for_its_life():
    """Ten years from 2025 on: still in 2034, no longer in 2035."""
    years = (2025, 2034, 2035)
    horizon = make_horizon(scenario({"s": 1}, years=years))
    assert [horizon.operating_share(0, y, 10, 2025, 2025) for y in range(3)] == [1, 1, 0]


def test_the_country_s_own_rule_wins_and_size_decides():
    """All rivers count in full up to units of 35 MW, in C half and whatever their size."""
    rows = [{"definition": "law", "technology": "river", "largest_unit_mw": 35},
            {"definition": "law", "technology": "river", "country": "C", "counts_percent": 50}]  # fmt: skip
    law = make_law(coal(technologies=[COAL, technology("river", kind="run_of_river", group="hydro")], definitions=rows))
    assert [law.share("law", country, "river", mw, 100) for country in "DC" for mw in (35, 36)] == [1, 0, 0.5, 0.5]
    assert law.share("law", "D", "river", 300, 40) == pytest.approx(0.4), "of a row of several sizes, the small part"
    assert law.share("law", "D", "coal", 1, 100) == 0


def test_a_year_does_not_lend_its_permits():
    """60 MW a year, of which 80 were taken in 2030: none are left there, and 60 in 2031."""
    limit = {"id": "permits", "countries": ["C"], "technologies": ["wind"], "mw_per_year": 60}
    world = test_procurement.toy(build_limits=[limit])
    permits = Permits(world, test_procurement.asked(), [], make_horizon(test_procurement.asked()))
    permits.take("A", "wind", 2030, 80, named=False)
    assert [span.mw for span in permits.spans_left(world.build_limits[0])[:2]] == [0, 60]


def test_what_operates_is_on_time():
    """An extra delay of a year does not touch a plant that runs."""
    of = test_pipeline.register(test_pipeline.project("a", stage="operating"))
    assert test_pipeline.outcomes(of, projects={"extra_delay_months": 12}) == {"a": (1, 2028.5)}


def test_limits_slope_to_the_next_anchor():
    """100 in 2025 and 50 in 2030: 80 in 2027, whatever comes in 2040."""
    assert limits_at({2025: 100.0, 2030: 50.0, 2040: 10.0}, [2027, 2035]) == pytest.approx([80, 30])


def test_a_currency_keeps_its_worth_until_it_falls():
    """A fifth less from 2030 on, of which prices make good a quarter."""
    money = {"id": "T", "name": "T", "base_rate_percent": 0, "inflation_percent": 0, "per_usd": 1,
             "pass_through_percent": 25}  # fmt: skip
    world = coal(country={"currency": "T"}, currencies=[money])
    exchange = case(world, scenario({"s": 1}, years=YEARS, depreciations={"T": {"year": 2030, "percent": 20}})).exchange
    assert exchange.usd[0] == pytest.approx([1, 0.8, 0.8])
    assert exchange.real[0] == pytest.approx([1, 0.85, 0.85])


def test_a_lake_that_is_full_keeps_no_more():
    """1 hm3 over the two years to 2031, half likely: 0.25 hm3 in 2030, nothing in 2035."""
    dam = {"id": "dam", "name": "Dam", "zone": "A", "technology": "coal", "capacity_mw": 1, "stage": "announced",
           "commissioning": "2031-01", "investor": "owner", "probability_percent": 50, "delay_months": 0}  # fmt: skip
    lake = {"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1000, "active_hm3": 5}
    world = coal(
        projects=[dam], technology_costs=[{"technology": "coal", "year": 2030, "overnight_usd_per_kw": 0}],
        reservoirs=[lake], inflows=[{"reservoir": "lake", "month": m, "inflow_hm3": 1} for m in range(1, 13)],
        fillings=[{"project": "dam", "reservoir": "lake", "volume_hm3": 1, "years": 2, "months": [1]}],
    )  # fmt: skip
    kept = case(world, scenario({"s": 1}, years=YEARS)).water.withdrawal_hm3.sum(axis=2)
    assert kept == pytest.approx(np.array([[0, 0.25, 0]]))


def test_an_offer_is_open_in_its_years():
    """From 2028 to 2032: of three model years in the second."""
    offer = {"id": "o", "market": "M", "zone": "A", "direction": "import", "usd_per_mwh": 1, "limit_mw": 10,
             "first_year": 2028, "last_year": 2032}  # fmt: skip
    made = case(coal(markets=[{"id": "M", "name": "M"}], market_steps=[offer]), scenario({"s": 1}, years=YEARS))
    assert made.market_steps[0].limit_mw.ravel() == pytest.approx([0, 10, 0])


def test_a_corridor_draws_from_its_opening_on():
    """10 Mt over 500 km at 30 Wh are 150 GWh a year, half of it in the year that it opens in July."""
    row = Corridor(id="c", name="Line", zone="A", km=500, wh_per_tonne_km=30, opens="2028-07")
    assert energy_of(row, {2030: 10.0}, [2026, 2028, 2030]) == pytest.approx([0, 75, 150])
