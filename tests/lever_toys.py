"""What tests of levers share: two plants, the cost of a plan, shipped scenarios on one day, and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import case, scenario, technology

from simulator.case.loading import make_case
from simulator.errors import InputError
from simulator.inputs.read import load_scenario
from simulator.inputs.schema.time import TypicalDays

SCENARIOS = Path(__file__).parent.parent / "scenarios"
COAL = technology("coal", group="coal", variable_om_usd_per_mwh=10)
GAS = technology("gas", variable_om_usd_per_mwh=50)


def cost(results):
    """Undiscounted cost of the first model year in USD."""
    return float(results["cost_musd"].isel(year=0).sum()) * 1e6


def shipped(name):
    """The case of a shipped scenario in 2026 and 2030 on one day a year."""
    path = SCENARIOS / f"{name}.yaml"
    read = load_scenario(path)
    time = TypicalDays(method="typical_days", days=1, block_hours=24)
    horizon = read.horizon.model_copy(update={"model_years": (2026, 2030), "time": time})
    return make_case(read.model_copy(update={"horizon": horizon}), path)[0]


def refused(toy, slices=("s",), **parts):
    """The message with which a toy refuses a part of a scenario."""
    with pytest.raises(InputError) as caught:
        case(toy, scenario(dict.fromkeys(slices, 1000), **parts))
    return str(caught.value)
