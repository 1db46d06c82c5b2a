"""Currencies by model year: what a unit is worth, and what domestic goods cost in dollars, relative to the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.money.currency import rho
from simulator.inputs.scenario import Scenario
from simulator.system import System


@dataclass(frozen=True)
class Exchange:
    """Factors by currency and model year, (K, Y); 1 without a depreciation. See ``currency`` for the equations."""

    currencies: tuple[str, ...]
    usd: np.ndarray = field(metadata=over("currency", "year"))
    """(1) Dollars for a unit of the currency."""
    real: np.ndarray = field(metadata=over("currency", "year"))
    """(2) Dollar price of what is priced at home in the currency."""
    of_country: dict[str, np.ndarray] = field(metadata=over("year"))
    """Country → (Y) factor on its operation cost."""


def make_exchange(system: System, scenario: Scenario, years: Sequence[int]) -> Exchange:
    """The factors of a scenario; a country without a currency counts in dollars."""
    usd = np.ones((len(system.currencies), len(years)))
    real = np.ones_like(usd)
    for k, currency in enumerate(system.currencies):
        change = scenario.depreciations.get(currency.id)
        if change is not None:
            usd[k] = [1 - change.percent / 100 if year >= change.year else 1.0 for year in years]  # (1)
            real[k] = [rho(currency, change, year) for year in years]  # (2)
    names = tuple(row.id for row in system.currencies)
    own = np.ones(len(years))
    return Exchange(
        names, usd, real,
        {row.id: real[names.index(row.currency)] if row.currency in names else own for row in system.countries},
    )  # fmt: skip
