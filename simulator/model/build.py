"""The optimisation model: a table of contents.

Every feature is a file. A feature whose sets are empty vanishes. To add physics, write one file and name it in
``FEATURES``. Inside the model power is in GW, energy in GWh, money in MUSD.

============================  =====================================================================================
``add(model, case, ledger)``  declares its sets, variables and rows, and posts what it gives or takes to the ledger
``report(solved)``            puts its variables into the results
``carry(handover)``           says what a plan expects of its variables in a year that is operated hour by hour, and
                              what each week takes over from the week before
============================  =====================================================================================

Only ``add`` must be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model import closing, sets
from simulator.model.features import (
    adequacy,
    budget,
    chp,
    contracts,
    cut_sets,
    dispatch,
    distribution_network,
    emissions,
    fuel,
    hydro,
    invest,
    load,
    nev_charging,
    policy,
    power_flow,
    renewables,
    reserves,
    storage,
    surplus,
    trade,
    transmission,
)
from simulator.model.handover import Handover
from simulator.model.ledger import Ledger
from simulator.model.solved import Solved

FEATURES = (
    invest,
    dispatch,
    chp,
    renewables,
    hydro,
    storage,
    fuel,
    transmission,
    cut_sets,
    power_flow,
    trade,
    contracts,
    load,
    nev_charging,
    distribution_network,
    surplus,
    adequacy,
    reserves,
    emissions,
    budget,
    policy,
    closing,
)
"""In the order in which they are declared: later ones may use the variables of earlier ones."""


OPERATION = tuple(feature for feature in FEATURES if feature not in (adequacy, budget, policy))
"""What is left of a year whose capacities are decided."""


@dataclass(frozen=True)
class Model:
    """A Pyomo model and the ledger its features posted to."""

    pyomo: pyo.ConcreteModel
    ledger: Ledger
    features: tuple[ModuleType, ...]

    def report(self, solved: Solved) -> None:
        """Every feature puts its variables into the results; later ones may read those of earlier ones."""
        for feature in self.features:
            getattr(feature, "report", _nothing)(solved)

    def carry(self, handover: Handover) -> None:
        """Every feature takes what it needs from the plan of a year that is to be operated."""
        for feature in self.features:
            getattr(feature, "carry", _nothing)(handover)


def _nothing(_: Solved | Handover) -> None:
    """What a feature does that has nothing to report or to carry."""


def build(case: Case, features: Sequence[ModuleType] = FEATURES) -> Model:
    """The plan of a case as a Pyomo model; users may add ordinary constraints to ``Model.pyomo`` before solving."""
    m, ledger = pyo.ConcreteModel(name=case.name), Ledger()
    sets.add(m, case)
    for feature in features:
        feature.add(m, case, ledger)
    return Model(m, ledger, tuple(features))
