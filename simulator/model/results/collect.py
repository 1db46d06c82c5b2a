"""From the solver's vectors to one labelled dataset: what features report, and what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from simulator.model.build import Model
from simulator.model.closing import present_value
from simulator.model.results.coordinates import coordinates
from simulator.model.results.money import put_money
from simulator.model.results.sums import put_sums
from simulator.model.results.vehicles import put_vehicles, vehicle_coordinates
from simulator.model.solved import Solved


def collect_operation(model: Model, solved: Solved, attrs: dict[str, Any]) -> xr.Dataset:
    """Results of a year that was only operated: everything but adequacy, money, targets and vehicles beyond their
    charging."""
    _put_common(model, solved)
    return xr.Dataset(solved.data, coords=coordinates(solved.case, model.ledger), attrs=attrs)


def collect(model: Model, solved: Solved, attrs: dict[str, Any]) -> xr.Dataset:
    """All results of a plan; ``attrs`` become attributes of the dataset."""
    case = solved.case
    _put_common(model, solved)
    put_money(solved)
    put_vehicles(case, solved.put)
    labels = coordinates(case, model.ledger) | vehicle_coordinates(case.vehicles)
    objective = float(solved.entry(lambda m: present_value(m, model.ledger))[()])
    return xr.Dataset(solved.data, coords=labels, attrs=attrs | {
        "objective_musd": objective, "discount_rate_percent": 100 * case.discount_rate,
    })  # fmt: skip


def _put_common(model: Model, s: Solved) -> None:
    model.report(s)
    put_sums(s)
    case = s.case
    eligibility = np.array([a.eligibility for a in case.assets]).reshape(len(case.assets), len(case.law.definitions))
    s.put("eligibility", eligibility)
    s.put("currency_usd_factor", case.exchange.usd)
    s.put("currency_real_factor", case.exchange.real)
