"""The independent check of a year that is only operated: whatever is changed in its hours, it is refused."""

from __future__ import annotations

import numpy as np
import pytest
import rich_toy
import xarray as xr
from test_audit import changes, numeric

from simulator.audit import OPERATION, check_operation, findings
from simulator.case import Case, assemble
from simulator.errors import NumericalError
from simulator.inputs.schema.time import FullYear
from simulator.solve import operate as operating
from simulator.solve.plan import plan

Hours = tuple[Case, xr.Dataset, np.ndarray]
SOLVER_SAYS = {
    "price_usd_per_mwh": "of weeks in which days to come are looked at",
    "water_value_usd_per_hm3": "the same",
}
"""What only the solver can say: no hole is let through, but other numbers are."""
BY_FIGURE = {"generation_mw": "country_generation_gwh"}
"""Decisions and the figure that sees a change of them first; it saves trying all."""


@pytest.fixture(scope="module")
def hours() -> Hours:
    """The plan of the toy with vehicles, heat and water, operated hour by hour in 2030: its case, its results, and what
    the plan thinks water is worth."""
    asked, tables, given = rich_toy.typical(), rich_toy.driven(), []
    full = asked.horizon.model_copy(update={"time": FullYear(method="full")})
    hourly = assemble(asked.model_copy(update={"horizon": full}), tables, "driven")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operating, "check_operation", lambda *arguments: given.append(arguments))
        operating.operate(hourly, plan(assemble(asked, tables, "driven"), asked), 2030)
    return given[0]


def test_the_year_as_it_is_operated_passes(hours):
    assert {finding.name for finding in check_operation(*hours)} == {*OPERATION, "carried_value_musd"}


def refused(hours: Hours, results: xr.Dataset, name: str) -> bool:
    """Whether a check fails: the figure's own first, then all."""
    case, _, worth = hours
    first = [n for n in (name, BY_FIGURE.get(name, "numbers"), "labels") if n in OPERATION]
    if any(not finding.holds for finding in findings(case, results, first)):
        return True
    try:
        check_operation(case, results, worth)
    except NumericalError:
        return True
    return False


def test_nothing_of_an_operated_year_is_changed_unseen(hours):
    """Every variable scaled, shifted and emptied; cost component by component, too."""
    _, given, _ = hours
    results, unseen = given.copy(deep=True), []
    for name in numeric(given, given.data_vars):
        values = given[name].values.astype(float)
        if not values.size:
            continue
        for change, other in changes(values):
            same = np.allclose(other, values, rtol=1e-6, atol=1e-9, equal_nan=True)
            if same or change in ("turned around", "the largest scaled by 1.1"):
                continue
            results.variables[name].values = other
            if not refused(hours, results, name) and not (name in SOLVER_SAYS and np.isfinite(other).all()):
                unseen.append((name, change))
        results.variables[name].values = values
    assert not unseen


@pytest.mark.parametrize("component", ["fuel and variable operation", "use of lines", "wear of vehicle batteries"])
@pytest.mark.parametrize("factor", [1.1, np.nan])
def test_the_cost_of_an_operated_year_is_recomputed(hours, component, factor):
    """Fuel, lines and batteries of the year: each tenth more, or no number, is refused by name (the wear of a few
    thousandths of a dollar is no part of a millionth of the bill)."""
    case, given, worth = hours
    results = given.copy(deep=True)
    at = list(given["cost_component"].values).index(component)
    before = float(given["cost_musd"].values[at, 0])
    assert before > 0
    results["cost_musd"][at] = before * factor if not np.isfinite(factor) or before > 1e-3 else before + 1
    with pytest.raises(NumericalError, match="cost_musd"):
        check_operation(case, results, worth)
