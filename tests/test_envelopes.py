"""Envelopes: what they are for, what they ask of the country, and how they bind; optima worked out by hand."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from share import count
from toy import case, plant, scenario, solve, system, technology

from simulator.case.money import envelopes
from simulator.errors import InputError

WIND = technology("wind", group="wind", life_years=20)
SUN = technology("sun", group="solar", life_years=20)
GAS = technology("gas", variable_om_usd_per_mwh=50)
DRAGON = {
    "id": "dragon", "name": "Dragon", "chinese": True, "real_wacc_percent": 0, "debt_share_percent": 60,
    "currency": "CNY",
}  # fmt: skip
STATE = {"id": "state", "name": "State", "real_wacc_percent": 0}
YUAN = {"id": "CNY", "name": "yuan", "base_rate_percent": 3, "inflation_percent": 0, "per_usd": 7}


def row(name: str, musd: float, **columns: Any) -> dict[str, Any]:
    return {"id": name, "investor": name, "musd": musd} | columns


def toy(*rows: dict[str, Any], years: tuple[int, ...] = (2030,), investors: Any = None, **tables: Any) -> Any:
    """100 MW of load; wind and sun for 1000 USD/kW (50 a year) replace gas at 50 USD/MWh in 8000 hours."""
    given = {
        "technologies": [WIND, SUN, GAS],
        "plants": [plant("gas", 100)],
        "currencies": [YUAN],
        "investors": investors or [DRAGON, STATE],
        "technology_costs": [{"technology": t, "year": 2026, "overnight_usd_per_kw": 1000} for t in ("wind", "sun")],
        "candidates": [{"zone": "A", "technology": "wind", "investors": ["dragon"]}],
        "envelopes": [{k: v for k, v in row.items() if k != "musd"} for row in rows],
        "envelope_years": [{"envelope": row["id"], "year": 2020, "musd_per_year": row["musd"]} for row in rows],
        "years": years,
    }
    return system({"s": 100}, **(given | tables))


def built(toy: Any, years: tuple[int, ...] = (2030,), **parts: Any) -> Any:
    """MW chosen by model year, and the results."""
    results = solve(toy, scenario({"s": 8000}, years=years, **parts))
    return results["build_mw"].sum("asset").values, results


def problem(toy: Any, match: str, **parts: Any) -> None:
    with pytest.raises(InputError, match=match):
        case(toy, scenario({"s": 8000}, **parts))


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(envelopes).failed == 0


# ------------------------------------------------------------------------------------------ what for


def test_an_envelope_for_the_sun_builds_no_wind() -> None:
    """30 MUSD for the sun give 30 MW of it; the investor's wind has no money, though it costs the same."""
    both = [{"zone": "A", "technology": t, "investors": ["dragon"]} for t in ("wind", "sun")]
    mw, results = built(toy(row("dragon", 30, technologies=["sun"]), candidates=both))
    assert mw == pytest.approx([30])
    assert float(results["build_mw"].sel(asset="A/wind/dragon").sum()) == 0


def test_two_envelopes_of_one_investor_pay_for_their_own() -> None:
    """20 MUSD for wind and 30 for the sun: 20 and 30 MW, each spent in full."""
    both = [{"zone": "A", "technology": t, "investors": ["dragon"]} for t in ("wind", "sun")]
    rows = [row("dragon", m, id=f"for {t}", technologies=[t]) for t, m in (("wind", 20), ("sun", 30))]
    mw, results = built(toy(*rows, candidates=both))
    assert mw == pytest.approx([50])
    assert results["investor_spent_musd"].sel(year=2030).values == pytest.approx([20, 30])


def test_a_limit_over_the_horizon_binds_where_yearly_money_does_not() -> None:
    """30 MUSD a year, 50 in all: 30 MW in 2030, 20 MW in 2031; one more dollar saves 8000 h · 50 / 1000 = 0.40 USD a
    year less its annuity of 0.05, in the one year left."""
    mw, results = built(toy(row("dragon", 30, cumulative_musd=50), years=(2030, 2031)), years=(2030, 2031))
    assert mw == pytest.approx([30, 20])
    assert float(results["cumulative_budget_dual"].sel(envelope="dragon")) == pytest.approx(0.35)
    assert float(results["budget_dual"].sel(envelope="dragon", year=2030)) == pytest.approx(0.35), "earlier by a year"


def test_a_deal_is_large_or_not_at_all() -> None:
    """100 MW are wanted. A ticket of 120 MUSD is more than the 110 there are: nothing is built. One of 90 is no matter,
    and one of 105 makes a deal of 105 MW, 5 of them idle."""
    assert built(toy(row("dragon", 110, ticket_musd=120)))[0] == pytest.approx([0])
    assert built(toy(row("dragon", 110, ticket_musd=90)))[0] == pytest.approx([100])
    assert built(toy(row("dragon", 110, ticket_musd=105)))[0] == pytest.approx([105])


def test_the_dual_of_an_envelope_with_a_ticket_is_the_value_of_one_more_dollar() -> None:
    """As without: 0.40 − 0.05 USD per USD, given that the deal is made."""
    _, results = built(toy(row("dragon", 60, ticket_musd=50)))
    assert float(results["budget_dual"].squeeze()) == pytest.approx(0.35)


# -------------------------------------------------------------------------------- the country's own part


@pytest.mark.parametrize(
    ("asked", "domestic"),
    [
        ({"local_equity_percent": 50}, 0.2),
        ({"cofinance_usd_per_usd": 0.25}, 0.2),
        ({"local_equity_percent": 50, "cofinance_usd_per_usd": 1}, 0.5),
    ],
)
def test_the_partner_pays_its_part(asked: dict[str, float], domestic: float) -> None:
    """60 % debt: half of the equity is 20 % of the cost; 0.25 dollars beside each are 20 %; a dollar beside each half.

    The investor's 40 MUSD reach for 40/(1 − κ) MW, of which the partner pays κ; only 1 − κ is Chinese money.
    """
    mw, results = built(toy(row("dragon", 40, cofinanciers=["state"], **asked), row("state", 1000)))
    assert mw == pytest.approx([40 / (1 - domestic)])
    spent = results["investor_spent_musd"].sel(year=2030)
    assert spent.sel(envelope="state") == pytest.approx(domestic * float(mw[0]))
    assert float(results["asset_chinese_money"].sel(asset="A/wind/dragon")) == pytest.approx(1 - domestic)


def test_a_partner_with_little_money_holds_the_deal_back() -> None:
    """κ = 20 %: the state's 6 MUSD reach for 30 MW, whatever the investor has."""
    mw, results = built(toy(row("dragon", 90, cofinanciers=["state"], local_equity_percent=50), row("state", 6)))
    assert mw == pytest.approx([30])
    assert float(results["budget_dual"].sel(envelope="state").squeeze()) == pytest.approx(0.35 / 0.2)
    assert float(results["budget_dual"].sel(envelope="dragon").squeeze()) == pytest.approx(0)


def test_without_a_partner_s_envelope_there_is_no_deal() -> None:
    """The state's money is for the sun only."""
    rows = (row("dragon", 90, cofinanciers=["state"], local_equity_percent=50), row("state", 50, technologies=["sun"]))
    assert built(toy(*rows))[0].sum() == 0


# --------------------------------------------------------------------------------- the scenario's say


def test_a_scenario_replaces_an_envelope_with_all_its_terms() -> None:
    """50 MUSD with a partner at κ = 20 %, doubled by the factor: 100/0.8 would be 125 MW, 100 are wanted; in all 64."""
    new = {
        "investor": "dragon", "musd_per_year": {2030: 50}, "local_equity_percent": 50, "cofinanciers": ["state"],
        "cumulative_musd": 32,
    }  # fmt: skip
    china = {"envelopes": [new], "envelope_factor": 2}
    mw, _ = built(toy(row("dragon", 1), row("state", 1000)), chinese_investment=china)
    assert mw == pytest.approx([64 / 0.8])


def test_contradictions_are_told() -> None:
    partner = {"cofinanciers": ["state"], "local_equity_percent": 50}
    problem(toy(row("dragon", 1, **partner)), "'state' has no envelope")
    problem(toy(row("dragon", 1), row("state", 1)), "no candidate is open to its investor there")
    problem(toy(row("dragon", 1), row("dragon", 2, id="twice")), "'dragon' and 'twice' both cover wind in C")
    problem(toy(row("dragon", 1), envelope_years=[]), "it has no money")
    all_debt = [DRAGON | {"debt_share_percent": 100}, STATE]
    problem(toy(row("dragon", 1, **partner), row("state", 1), investors=all_debt), "brings no equity")
    problem(
        toy(row("state", 1), candidates=[{"zone": "A", "technology": "wind", "investors": ["state"]}]),
        "no Chinese investor has an envelope", chinese_investment={"envelope_factor": 2},
    )  # fmt: skip
    change = {"investor": "draggon", "musd_per_year": {2030: 1}}
    problem(toy(row("dragon", 1)), "nearest: dragon", chinese_investment={"envelopes": [change]})


@pytest.mark.parametrize("columns", [{"cofinanciers": ["state"]}, {"local_equity_percent": 10}])
def test_a_domestic_part_needs_a_payer_and_a_payer_a_part(columns: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cofinanciers go together with"):
        toy(row("dragon", 1, **columns), row("state", 1))


# -------------------------------------------------------------------------------------------- laws


FEW = settings(max_examples=count(40, least=3), deadline=None, suppress_health_check=[HealthCheck.too_slow])
money = st.integers(0, 90)


@FEW
@given(money, money, st.integers(0, 100), st.sampled_from(["dragon", "state"]), st.integers(1, 50))
def test_more_money_never_costs_more_nor_lowers_the_share(
    own: int, partner: int, equity: int, who: str, more: int
) -> None:
    """Whoever brings it, money widens what can be done: cost cannot rise, and the energy missing to an expensive target
    cannot grow."""
    goal = {
        "definitions": [{"definition": "d", "technology": "wind"}],
        "targets": [{"id": "t", "country": "C", "year": 2030, "percent": 100, "definition": "d", "mode": "soft",
                     "shortfall_usd_per_mwh": 1000}],
    }  # fmt: skip
    terms = {"cofinanciers": ["state"], "local_equity_percent": equity} if equity else {}
    candidates = [{"zone": "A", "technology": "wind", "investors": ["dragon", "state"]}]
    results = []
    for extra in (0, more):
        rows = [
            row("dragon", own + extra * (who == "dragon"), **terms),
            row("state", partner + extra * (who == "state")),
        ]
        results.append(built(toy(*rows, candidates=candidates, **goal))[1])
    less, richer = results
    assert richer.attrs["objective_musd"] <= less.attrs["objective_musd"] + 1e-7
    assert float(richer["target_shortfall_gwh"].squeeze()) <= float(less["target_shortfall_gwh"].squeeze()) + 1e-6
    assert np.nan_to_num(less["budget_dual"].values).min() >= -1e-9
