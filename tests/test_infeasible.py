"""When there is no plan, the message names only what the case has."""

from __future__ import annotations

import pytest
from toy import plant, scenario, solve, system, technology

from simulator.errors import InfeasibleError

GAS = technology("gas", variable_om_usd_per_mwh=50)


def test_a_contract_that_cannot_be_met_is_named() -> None:
    """1,000 GWh a year must be exported over 50 MW, which carry 438."""
    offer = {"id": "deal", "zone": "A", "market": "abroad", "direction": "export", "limit_mw": 50, "usd_per_mwh": 10,
             "first_year": 2030, "last_year": 2030, "minimum_gwh": 1000, "maximum_gwh": 2000}  # fmt: skip
    tables = {"technologies": [GAS], "plants": [plant("gas", 300)], "offers": [offer]}
    with pytest.raises(InfeasibleError) as caught:
        solve(system({"s": 100}, markets=[{"id": "abroad", "name": "Abroad"}], **tables), scenario({"s": 8760}))
    assert "contracts with minimum energy (deal)" in str(caught.value)
    assert "carbon" not in str(caught.value) and "release" not in str(caught.value)
    assert "days" not in str(caught.value), "named slices have no days to add"
