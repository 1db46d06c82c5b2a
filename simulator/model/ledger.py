"""The accounts in which the features of the model meet: energy, what is lost, cost, emissions, firm
capacity, reserve.

A feature posts a rule, a function that returns a linear Pyomo expression for one index of the account. ``closing``
turns the energy account into the balance and the cost account into the objective; other features read the rest. Every
entry keeps its name, so the dispatch chart, the cost table and the test that the books close use the same entries.

=========  ===========================  =======================================================================
account    index of a rule              unit and sign
=========  ===========================  =======================================================================
energy     model, zone, year, slice     GW; + feeds the grid of the zone, − draws from it
local      model, zone, year, slice     GW; the same below the distribution network of a zone that has one
lost       model, country, year, slice  GW at the grid that reach nobody
cost       model, year                  MUSD per year, not discounted
order      model, year                  MUSD per year that no cost reports: chooses between plans of equal cost
emissions  model, country, year         ktCO2 per year
firm       model, country, year         GW that count at the peak
reserve    model, country, year, slice  GW that could be raised at once
=========  ===========================  =======================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Rule = Callable[..., Any]


class Account(dict[str, Rule]):
    """Named entries; a name can be posted once."""

    def post(self, name: str, rule: Rule) -> None:
        """Add an entry. Raises ``ValueError`` when the name is taken."""
        if name in self:
            raise ValueError(f"the ledger already has an entry {name!r}")
        self[name] = rule

    def total(self, *index: Any) -> Any:
        """The sum of all entries at an index (the model first)."""
        return sum(rule(*index) for rule in self.values())


@dataclass(frozen=True)
class Ledger:
    """All accounts of one model."""

    energy: Account = field(default_factory=Account)
    distribution: Account = field(default_factory=Account)
    lost: Account = field(default_factory=Account)
    cost: Account = field(default_factory=Account)
    order: Account = field(default_factory=Account)
    emissions: Account = field(default_factory=Account)
    firm: Account = field(default_factory=Account)
    reserve: Account = field(default_factory=Account)

    @property
    def energy_entries(self) -> list[str]:
        """Names in the accounts of energy, at the grid or below it, each once."""
        return list(dict.fromkeys([*self.energy, *self.distribution]))
