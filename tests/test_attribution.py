"""Differences of runs are sums of their causes: exact, symmetric, and worked out by hand on the toy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from results_toy import results_toy, single_zone
from test_compare import windier

from simulator.analysis.attribution import as_table, as_text, denominator_parts, explain, largest, ratio_effects
from simulator.analysis.indicators import denominator_gwh, focus

Parts = dict[str, float]
energy = st.floats(0, 1e5, allow_nan=False)
parts = st.dictionaries(st.sampled_from("abcde"), energy, min_size=1)
uses = st.dictionaries(st.sampled_from("vwxyz"), st.floats(1.0, 1e5), min_size=1)


@given(parts, parts, uses, uses)
def test_effects_add_up_to_the_difference_and_turn_with_the_runs(n0: Parts, n1: Parts, d0: Parts, d1: Parts) -> None:
    """Equation (1) leaves nothing over, whichever parts a run has; swapped runs give the same effects negated."""
    above, below = (pd.Series(n0), pd.Series(n1)), (pd.Series(d0), pd.Series(d1))
    effects = pd.concat(ratio_effects(above, below))
    ratios = [float(n.sum() / d.sum()) for n, d in zip(above, below, strict=True)]
    scale = max(1.0, float(effects.abs().max()), *ratios)
    assert effects.sum() == pytest.approx(ratios[1] - ratios[0], abs=1e-12 * scale)
    back = pd.concat(ratio_effects(above[::-1], below[::-1]))
    assert np.allclose(effects, -back.reindex(effects.index), rtol=1e-12, atol=1e-12 * scale)


def test_a_share_of_nothing_has_no_causes() -> None:
    with pytest.raises(ZeroDivisionError, match="share of nothing"):
        ratio_effects((pd.Series({"a": 1.0}),) * 2, (pd.Series({"b": 0.0}), pd.Series({"b": 1.0})))


def greedy() -> xr.Dataset:
    """The toy with 100 MW more load in the South all 2030, served by coal; less wind by choice."""
    run = results_toy("greedy").copy(deep=True)
    at = {"year": 2030}
    run["load_mw"].loc[{**at, "zone": "A_S"}] += 100
    run["energy_mw"].loc[{**at, "entry": "load", "zone": "A_S"}] -= 100
    run["energy_mw"].loc[{**at, "entry": "thermal generation", "zone": "A_S"}] += 100
    run["generation_gwh"].loc[{**at, "asset": "coal_north"}] += 876
    run["asset_emissions_kt"].loc[{**at, "asset": "coal_north"}] += 851
    run["emissions_kt"].loc[{**at, "country": "AAA"}] += 851
    for name in ("generation", "consumption"):
        run[f"country_{name}_gwh"].loc[{**at, "country": "AAA"}] += 876
    run["cost_musd"].loc[{**at, "cost_component": "fuel"}] += 30
    return run


def test_load_lowers_the_share_by_hand() -> None:
    """Nothing counted changes, so all of Δs = N·(1/D₁ − 1/D₀) stands with the load, as does the coal's CO2."""
    share, supply, cost, emission = explain(results_toy(), greedy())
    expected = 100 * 3.942 * (1 / (30.8505 + 0.876) - 1 / 30.8505)
    assert share.total == pytest.approx(expected, abs=1e-9)
    assert list(largest(share.causes).index) == ["load"]
    assert share.causes["text"].iloc[0] == "0.88 TWh more generated for load"
    assert supply.total == pytest.approx(0.876) and supply.causes["text"].iloc[0] == "coal, existing plants"
    assert cost.total == pytest.approx(30) and cost.causes["effect"].to_dict()["fuel"] == pytest.approx(30)
    assert emission.causes["effect"]["coal"] == pytest.approx(851)
    assert emission.sentences() == ["  +851.00 kt: coal gives 0.88 TWh more"]


def test_wind_that_replaces_coal_raises_the_share_by_hand() -> None:
    """438 GWh more counted, the denominator as before: Δs = 0.438 / 30.8505, all of it from Chinese wind."""
    share, *_ = explain(results_toy(), windier())
    assert share.causes["effect"].iloc[0] == pytest.approx(100 * 0.438 / 30.8505)
    assert share.causes["text"].iloc[0] == "wind of Chinese projects gives 0.44 TWh more that counts"
    text = as_text(explain(results_toy(), windier()))
    assert "Why the share of 2030 differs: +1.42 points\n    +1.42 points: wind of Chinese projects" in text
    assert as_text(explain(windier(), results_toy())).count("-1.42 points") == 2


def test_partly_chinese_money_is_told_apart() -> None:
    """A plant with 40 % Chinese money gives two fifths of its energy as Chinese."""
    runs = [
        run.assign_coords(asset_chinese_money=run["asset_chinese_money"] * 0.4) for run in (results_toy(), windier())
    ]
    share, *_ = explain(*runs)
    whole = 100 * 0.438 / 30.8505
    assert share.causes["effect"]["wind of Chinese projects"] == pytest.approx(0.4 * whole)
    assert share.causes["effect"]["wind of other projects"] == pytest.approx(0.6 * whole)


@pytest.mark.parametrize("basis", ["generation", "consumption"])
def test_uses_add_up_to_the_denominator(basis: str) -> None:
    """Alland 2030: 3,400 MW load less 6.6 GWh, 50 GWh of it corridors; 160 MW vehicles; 40 MW net import.

    The battery draws 100 MW for four hours a day and gives 85 MW for four.
    """
    toy = results_toy().assign_coords(target_basis=("target", [basis] * 3))
    question = focus(toy)
    assert question is not None
    used = denominator_parts(toy, question)
    total = float(denominator_gwh(toy).sel(country="AAA", basis=basis, year=2030))
    assert used.sum() == pytest.approx(total, rel=1e-12)
    assert used["load"] == pytest.approx(3400 * 8.76 - 6.6 - 50) and used["electrified corridors"] == 50
    assert used["charging of electric vehicles"] == pytest.approx(160 * 8.76)
    if basis == "generation":
        assert used["net exports"] == pytest.approx(-40 * 8.76)
        assert used["losses in storage"] == pytest.approx(15 * 4 * 365 / 1000)
        assert used["own use of plants"] == pytest.approx(0, abs=1e-6)
    else:
        assert used["other consumption"] == pytest.approx(0, abs=1e-6)


def test_what_cannot_be_explained_is_left_out() -> None:
    """No target: no share. A year that one run lacks: nothing."""
    assert [why.unit for why in explain(*[single_zone(results_toy())] * 2)] == ["TWh", "MUSD/yr", "kt"]
    assert explain(results_toy(), results_toy().sel(year=[2026, 2028])) == []
    assert as_text([]) == ""


def test_supply_names_the_kind_of_investor_and_adds_up() -> None:
    """438 GWh more from a Chinese developer's project, as much less from coal without a named owner."""
    _, supply, _, _ = explain(results_toy(), windier())
    assert supply.causes["effect"]["wind, projects of Chinese developer"] == pytest.approx(0.438)
    assert supply.causes["effect"]["coal, existing plants"] == pytest.approx(-0.438)
    assert supply.total == pytest.approx(0, abs=1e-12)
    table = as_table(explain(results_toy(), windier()))
    sums = table.groupby("differs", sort=False)["effect"].sum().to_list()
    assert sums == pytest.approx([why.total for why in explain(results_toy(), windier())])
    assert as_table([]).empty


def test_small_causes_are_added_up() -> None:
    effects = [*np.linspace(1, 0.1, 12), 0.001]
    causes = pd.DataFrame({"effect": effects, "text": "x"}, index=[f"cause {i}" for i in range(13)])
    shown = largest(causes)
    assert len(shown) == 9 and shown["effect"].sum() == pytest.approx(sum(effects))
