"""What must hold for any system: laws of books and of optima, on small random systems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from share import count
from toy import envelope, plant, scenario, solve, system, technology

FEW = settings(max_examples=count(60, least=4), deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOURS = {"a": 2000.0, "b": 6760.0}

mw = st.integers(10, 200).map(float)
price = st.integers(1, 90).map(float)


@st.composite
def systems(draw):
    """Two zones with two plants each, a line, a candidate, and a budget for it."""
    return {
        "load": {name: [draw(mw), draw(mw)] for name in HOURS},
        "mw": [draw(mw) for _ in range(4)],
        "usd": [draw(price) for _ in range(4)],
        "line": draw(mw),
        "loss": float(draw(st.integers(0, 15))),
        "budget": float(draw(st.integers(0, 300))),
        "overnight": float(draw(st.integers(200, 2000))),
    }


def make(figures, *, order=("A", "B"), scale=1.0, line=1.0, budget=1.0):
    """The system of some figures; ``order`` of the zones, ``scale`` of all power and money, looser limits."""
    names = [f"t{i}" for i in range(4)]
    techs = [technology(n, variable_om_usd_per_mwh=u) for n, u in zip(names, figures["usd"], strict=True)]
    new = technology("new", variable_om_usd_per_mwh=5, life_years=20)
    loads = {
        name: [
            scale * value for _, value in sorted(zip(("A", "B"), both, strict=True), key=lambda p: order.index(p[0]))
        ]
        for name, both in figures["load"].items()
    }
    return system(
        loads, zones=order, technologies=[*techs, new],
        plants=[plant(n, scale * m, zone="AABB"[i]) for i, (n, m) in enumerate(zip(names, figures["mw"], strict=True))],
        links=[{"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": line * scale * figures["line"],
                "backward_mw": scale * figures["line"], "loss_percent": figures["loss"], "hurdle_usd_per_mwh": 0.5}],
        technology_costs=[{"technology": "new", "year": 2030, "overnight_usd_per_kw": figures["overnight"]}],
        candidates=[{"zone": "A", "technology": "new", "investors": ["owner"]}],
        **envelope("owner", budget * scale * figures["budget"]),
    )  # fmt: skip


@FEW
@given(systems())
def test_books_close(figures):
    """Energy entries sum to zero in every zone and slice; cost components make the objective."""
    results = solve(make(figures), scenario(HOURS))
    assert np.abs(results["energy_mw"].sum("entry")).max() < 1e-6
    present = float((results["cost_musd"].sum("cost_component") * results["year_weight"]).sum())
    assert present == pytest.approx(results.attrs["objective_musd"], rel=1e-9)


@FEW
@given(systems())
def test_the_order_of_zones_changes_nothing(figures):
    """Naming the zones the other way round gives the same cost."""
    one = solve(make(figures), scenario(HOURS)).attrs["objective_musd"]
    other = solve(make(figures, order=("B", "A")), scenario(HOURS)).attrs["objective_musd"]
    assert one == pytest.approx(other, rel=1e-8)


@FEW
@given(systems(), st.sampled_from([0.1, 7.0, 100.0]))
def test_scaling_scales(figures, scale):
    """A system with all power and money times a factor costs that factor more."""
    one = solve(make(figures), scenario(HOURS)).attrs["objective_musd"]
    other = solve(make(figures, scale=scale), scenario(HOURS)).attrs["objective_musd"]
    assert other == pytest.approx(scale * one, rel=1e-7)


@FEW
@given(systems(), st.sampled_from(["line", "budget"]))
def test_a_looser_limit_never_costs_more(figures, limit):
    """A wider line or a larger budget cannot make the optimum worse."""
    tight = solve(make(figures), scenario(HOURS)).attrs["objective_musd"]
    loose = solve(make(figures, **{limit: 1.5}), scenario(HOURS)).attrs["objective_musd"]
    assert loose <= tight * (1 + 1e-9)


@FEW
@given(systems())
def test_the_budget_s_dual_is_the_value_of_one_more_dollar(figures):
    """Between a budget and a slightly larger one, cost falls by at most the dual at the smaller budget."""
    tight = solve(make(figures), scenario(HOURS))
    step = 1e-3
    loose = solve(make(figures, budget=1 + step), scenario(HOURS))
    saved = tight.attrs["objective_musd"] - loose.attrs["objective_musd"]
    dual = float(np.nan_to_num(tight["budget_dual"].values).max())
    assert saved <= dual * figures["budget"] * step * (1 + 1e-4) + 1e-7
