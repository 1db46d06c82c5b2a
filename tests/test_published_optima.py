"""Systems whose optimum another model has published, said in our own schema (figures in ``tests/reference``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.case.loading import make_case
from simulator.inputs.read import load_scenario
from simulator.solve.plan import plan

FOLDER = Path(__file__).parent / "reference"
PUBLISHED_USD = {
    "switch_copperplate0": 18_504_623.68565862,
    "switch_copperplate1": 33_700_474.30486566,
    "switch_3zone_toy": 134_733_088.429291,
}


@pytest.mark.parametrize("name", PUBLISHED_USD)
def test_published_optimum_is_reached(name):
    """The present cost agrees with the published one to a millionth, and the plan passes its independent check."""
    path = FOLDER / f"{name}.yaml"
    scenario = load_scenario(path)
    case, _ = make_case(scenario, path)
    results = plan(case, scenario)
    assert results.attrs["objective_musd"] * 1e6 == pytest.approx(PUBLISHED_USD[name], rel=1e-6)


def test_the_three_zones_build_what_was_published():
    """Capacity in 2027 as published: wind in the North 5 MW, in the Centre 7 MW, and 6.02 MW of gas there."""
    path = FOLDER / "switch_3zone_toy.yaml"
    scenario = load_scenario(path)
    case, _ = make_case(scenario, path)
    capacity = plan(case, scenario)["capacity_mw"].sel(year=2027).groupby("asset_technology").sum()
    for technology, mw in {"N-Wind-1": 4, "N-Wind-2": 1, "C-Wind-1": 4, "C-Wind-2": 3, "C-NG_CC": 6.016944}.items():
        assert float(capacity.sel(asset_technology=technology)) == pytest.approx(mw, rel=1e-5)
