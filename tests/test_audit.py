"""The independent check sees every figure: whatever is changed in a plan's results, it is refused.

Two toys hold something of everything. Each variable is scaled, shifted, exchanged and emptied; what survives must be
named here with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import rich_toy
import toy
import xarray as xr
from toy import plant, technology

from simulator.analysis.verdict import verdict
from simulator.audit import CHECKS, FIGURES, RULES, check, findings
from simulator.case import Case, assemble
from simulator.errors import NumericalError
from simulator.solve.plan import plan
from simulator.system import System

World = tuple[Case, xr.Dataset]
ANY = {"all scaled by 1.1", "all shifted", "the largest scaled by 1.1", "turned around"}
SOLVER_SAYS = {
    "budget_dual": (ANY, "`solve` holds it against the matrix; here its sign, and nothing where money is left"),
    "cumulative_budget_dual": (ANY, "the same"),
    "target_dual_usd_per_mwh": (ANY, "the same; that of a soft target that is missed is its stated price"),
    "price_usd_per_mwh": ({"the largest scaled by 1.1"}, "single prices of a year in which a target binds"),
    "water_value_usd_per_hm3": (
        {"all shifted", "all scaled by 1.1", "turned around"},
        "of lakes whose days lie in windows, or above such",
    ),
}
"""Duals that decisions do not pin down in every place: variable → what of it may pass, and why."""


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    """Both toys with their plans, which pass."""
    cases = {
        "rich": (rich_toy.scenario(), rich_toy.system()),
        "driven": (rich_toy.typical(), rich_toy.driven()),
    }
    found = {}
    for name, (asked, tables) in cases.items():
        case = assemble(asked, tables, name)
        found[name] = case, plan(case, asked)
    return found


def seen(case: Case, results: xr.Dataset, name: str, before: dict[str, str]) -> bool:
    """Whether a check fails: the figure's own first, then the one that saw the variable before."""
    order = dict.fromkeys(n for n in (name, before.get(name, "labels"), *CHECKS) if n in CHECKS)
    failed = next((finding.name for finding in findings(case, results, order) if not finding.holds), None)
    if failed is not None:
        before[name] = failed
    return failed is not None


def changes(values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The same values otherwise; nothing where a change would change nothing."""
    size = float(np.nanmax(np.abs(values), initial=0.0))
    yield "all scaled by 1.1", values * 1.1
    yield "all shifted", values + max(size, 1.0)
    one = values.copy()
    one.flat[int(np.nanargmax(np.abs(values)))] *= 1.1
    yield "the largest scaled by 1.1", one
    nothing, hole = np.full_like(values, np.nan), values.copy()
    hole.flat[int(np.nanargmax(np.abs(values)))] = np.nan
    yield "no number", nothing
    yield "one hole", hole
    for axis in range(values.ndim):
        yield "turned around", np.flip(values, axis)


def survivors(case: Case, results: xr.Dataset, names: list[str]) -> dict[str, list[str]]:
    """Variables with the changes that no check sees."""
    found: dict[str, list[str]] = {}
    before: dict[str, str] = {}
    results = results.copy(deep=True)
    for name in names:
        told = results.variables[name]
        values = told.values.astype(float)
        if not np.isfinite(values).any():
            continue
        for change, other in changes(values):
            if not np.allclose(other, values, rtol=1e-6, atol=1e-9, equal_nan=True):
                told.values = other
                if not seen(case, results, name, before):
                    found.setdefault(name, []).append(change)
        told.values = values
    return found


def numeric(results: xr.Dataset, names: Iterator[str]) -> list[str]:
    return [str(n) for n in names if results[n].dtype.kind in "fiub" and n not in results.dims]


@pytest.mark.parametrize("name", ["rich", "driven"])
def test_no_figure_is_changed_unseen(worlds, name):
    """Only what the solver alone can say is, and no hole ever."""
    case, results = worlds[name]
    unseen = survivors(case, results, numeric(results, results.data_vars))
    loud = {name: set(left) - SOLVER_SAYS.get(name, (set(),))[0] for name, left in unseen.items()}
    assert not {name: left for name, left in loud.items() if left}


@pytest.mark.parametrize("name", ["rich", "driven"])
def test_no_label_is_changed_unseen(worlds, name):
    """Weights, hours, percentages of targets, shares of Chinese money: labels are figures too."""
    case, results = worlds[name]
    assert not survivors(case, results, numeric(results, results.coords))


def test_the_toys_hold_something_of_everything(worlds):
    """Otherwise a change of that variable would show nothing."""
    empty = [
        name for name in worlds["rich"][1].data_vars
        if not any(np.nan_to_num(results[name].values).any() for _, results in worlds.values())
    ]  # fmt: skip
    assert not empty


def test_texts_of_labels_are_seen(worlds):
    """Whose a plant is, where it stands, what a target is measured by."""
    case, results = worlds["rich"]
    for name in results.coords:
        values = results[name].values
        if values.dtype.kind in "OU" and values.ndim == 1 and len(set(values.tolist())) > 1:
            other = results.assign_coords({name: (results[name].dims, np.roll(values, 1))})
            assert seen(case, other, name, {}), name


def test_the_docs_name_what_the_solver_alone_can_say(worlds):
    """Whatever is not recomputed is named in the table of how a plan is checked."""
    page = (Path(__file__).parent.parent / "docs" / "results.md").read_text(encoding="utf-8")
    section = page[page.index("## How a plan is checked") : page.index("## Labels and variables of")]
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| [^|]*\|", section, re.MULTILINE))))
    assert named == set(worlds["rich"][1].data_vars) - set(FIGURES)


def test_coal_does_not_pass_for_wind():
    """Coal gives 60 MW and wind 40: 40 %. Exchanged in the results, in one variable or in all, wind would give 60 %."""
    wind = technology("wind", kind="variable", group="wind")
    tables = toy.system(
        {"s": 100}, technologies=[technology("coal", group="coal", variable_om_usd_per_mwh=10), wind],
        plants=[plant("coal", 100), plant("wind", 100)], definitions=[{"definition": "law", "technology": "wind"}],
        profiles=[{"zone": "A", "name": "wind", "year": 2030, "slice": "s", "value": 0.4}],
        targets=[{"id": "t", "country": "C", "year": 2030, "percent": 50, "definition": "law"}],
    )  # fmt: skip
    asked = toy.scenario({"s": 8760})
    case = toy.case(tables, asked)
    results = plan(case, asked)
    assert verdict(results).headline.share_percent == pytest.approx(40)
    for names in (["generation_gwh"], ["generation_mw", "generation_gwh"]):
        told = results.copy(deep=True)
        for name in names:
            told.variables[name].values = np.flip(told[name].values, 0)
        assert verdict(told).headline.share_percent == pytest.approx(60)
        with pytest.raises(NumericalError, match=r"generation_gwh|wind, sun and river"):
            check(case, told)


def test_no_two_units_of_a_zone_change_places(worlds):
    """Not even where every figure that follows from their output is changed with it."""
    case, results = worlds["rich"]
    output, told, tried = results["generation_mw"].values, results.copy(deep=True), 0
    for one, other in combinations(range(len(case.units)), 2):
        if case.units[one].zone == case.units[other].zone and not np.allclose(output[one], output[other]):
            tried += 1
            changed = output.copy()
            changed[[one, other]] = output[[other, one]]
            told.variables["generation_mw"].values = changed
            names = case.units[one].id, case.units[other].id
            assert any(not finding.holds for finding in findings(case, told, FIGURES)), names
            consistent = told.copy(deep=True)
            for figure in FIGURES:
                consistent.variables[figure].values = FIGURES[figure](case, consistent)
            assert any(not finding.holds for finding in findings(case, consistent, RULES)), names
    assert tried >= 10


@cache
def rich() -> System:
    return rich_toy.system()


def stricter(table: str, key: str, **columns: object) -> dict[str, tuple]:
    """The rich toy's table with one row changed."""
    rows = getattr(rich(), table)
    return {table: tuple(row.model_copy(update=columns) if row.key == key else row for row in rows)}


@pytest.mark.parametrize(
    ("rule", "tables"),
    [
        ("links", stricter("links", "db", expansion_limit_mw=1.0)),
        ("links", stricter("links", "db", expandable_from=None)),
        ("links", stricter("links", "ad", forward_mw=1.0)),
        ("links", stricter("links", "ad", backward_mw=1.0)),
        ("contracts of trade", stricter("contract_years", "deal/2028", maximum_gwh=1.0)),
        ("cut-sets", stricter("cut_sets", "island", forward_mw=1.0)),
        ("cut-sets", stricter("cut_sets", "border", backward_mw=1.0)),
        ("trade", stricter("market_steps", "sell", minimum_gwh=41.0, maximum_gwh=50.0)),
        ("trade", stricter("market_steps", "sell", maximum_gwh=10.0)),
        ("trade", stricter("market_steps", "sell", limit_mw=2.0)),
        ("distribution networks", stricter("distribution_networks", "B", existing_mw=400.0)),
        ("distribution networks", stricter("peak_demand", "B/2030", peak_mw=400.0)),
        ("water", stricter("reservoirs", "upper", active_hm3=150.0)),
        ("water", stricter("reservoirs", "lower", minimum_percent=10.0)),
        ("water", stricter("reservoirs", "upper", start_percent=90.0)),
        ("water", stricter("reservoirs", "upper", travel_hours=2000.0)),
        ("releases", stricter("releases", "lower/fields", minimum_hm3=900.0)),
        ("releases", stricter("releases", "lower/fields", maximum_hm3=261.0)),
        ("storage", stricter("technologies", "battery", self_discharge_percent_per_hour=1.0)),
        ("what is built", stricter("technologies", "battery", hours_min=5.9)),
        ("what is built", stricter("technologies", "battery", hours_min=1.0, hours_max=1.9)),
        ("what is built", stricter("technologies", "roof", minimum_build_mw=500.0)),
        ("what is built", stricter("technologies", "roof", unit_size_mw=7.0)),
        ("limits of building", stricter("candidates", "B/roof", limit_mw=3.0)),
        ("limits of building", stricter("candidates", "A/wind", limit_mw_per_year=0.1)),
        ("closed plants", stricter("technologies", "coal", retirable=False)),
        ("commitment", stricter("technologies", "coal", ramp_percent_per_hour=0.1)),
        ("commitment", stricter("technologies", "coal", minimum_output_percent=99.0)),
        ("commitment", stricter("technologies", "gas", commitment=True)),
        ("flat output", stricter("technologies", "dam", flat=True)),
        ("heat", stricter("technologies", "chp", power_to_heat=0.5)),
        ("output within capacity", stricter("technologies", "gas", available_percent=20.0)),
        ("output within capacity", stricter("technologies", "host", host_load_percent=95.0)),
        ("reserve", stricter("countries", "C", reserve_percent_of_load=60.0)),
        ("reserve", stricter("countries", "C", reserve_percent_of_wind_and_solar=90.0)),
        ("reserve", stricter("reserve_areas", "pool", own_percent=99.0)),
        ("firm capacity", stricter("countries", "C", planning_margin_percent=95.0)),
        ("firm_mw", stricter("technologies", "coal", capacity_credit_percent=20.0)),
        ("permits", stricter("build_limits", "permits", mw_per_year=0.1, countries=("C", "E"))),
        ("envelopes", stricter("envelopes", "dragon wind", cumulative_musd=1.0)),
        ("envelopes", stricter("envelopes", "dragon storage", ticket_musd=15.0)),
        ("envelopes", stricter("envelope_years", "dragon storage/2026", musd_per_year=2.0)),
        ("targets", stricter("targets", "e_2030", percent=90.0)),
        ("targets", stricter("targets", "c_2030", percent=90.0)),
        ("carbon caps", stricter("carbon_policies", "E/2028", cap_kt=4.0)),
        ("eligibility", stricter("definitions", "law/E/river", counts_percent=100.0)),
        ("eligibility", stricter("definitions", "law/all/river", largest_unit_mw=10.0)),
        ("emissions_kt", stricter("fuels", "coal", co2_t_per_mwh=0.3)),
        ("fuel", stricter("fuel_supply", "pipe/2/2026", limit_gwh=1.0)),
        ("delivery of fuel", stricter("fuel_deliveries", "line/2028", maximum_gwh=0.1)),
        ("cost_musd", stricter("fuel_windows", "pipe/cold/1/2026", maximum_gwh=1.0)),
        ("variable_cost_musd", stricter("fuel_prices", "gas/A/2030", usd_per_mwh=30.0)),
        ("corridor_energy_gwh", stricter("corridors", "rail", opens="2028")),
        ("annuity_musd", stricter("investors", "dragon", exposure_percent=61.0)),
        ("annuity_musd", stricter("taxes", "C", profit_tax_percent=4.0)),
        ("annuity_musd", stricter("taxes", "C", holiday_years=1)),
        ("annuity_musd", stricter("taxes", "E", at_once_percent=0)),
        ("debt_service_musd", stricter("investors", "dragon", grace_years=3)),
        ("subsidy_musd", stricter("countries", "C", market_debt_rate_percent=13.0)),
        ("capital_musd", stricter("technologies", "wind", construction_years=2.0)),
        ("prices", stricter("rationing", "C/1", usd_per_mwh=20.0)),
        ("prices", stricter("market_steps", "buy", usd_per_mwh=20.0)),
        ("prices", stricter("links", "ab", loss_percent=30.0)),
        ("labels", stricter("targets", "c_2028", percent=21.0)),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_a_plan_is_held_to_the_tables(worlds, rule, tables):
    """The plan of the rich toy, held against a table that asks for something else: the rule named sees it."""
    _, results = worlds["rich"]
    other = assemble(rich_toy.scenario(), rich_toy.system(**tables), "rich")
    violation = next(findings(other, results, [rule])).violation
    assert violation > 1e-6, f"off by {violation}"
