"""A solution as features read it, by the components they declared, and the variables they report from it.

Ledger entries are evaluated from the rules that built the balance, so the entries of a results file add up by
construction; ``simulator/audit`` recomputes them from inputs and decisions without this code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.ledger import Account, Ledger
from simulator.model.lp.compile import Compiler
from simulator.model.lp.problem import CompiledModel, Solution
from simulator.results_schema import Described, variable


@dataclass(frozen=True)
class Carried:
    """What a year that was operated leaves to the next, less what it had from the year before."""

    amount: np.ndarray
    """(stores, D)"""
    musd: float
    """What it is worth to the plan."""


@dataclass
class Solved:
    """A solution of the model of a case, and the variables of the dataset so far."""

    case: Case
    m: pyo.ConcreteModel
    ledger: Ledger
    compiler: Compiler
    compiled: CompiledModel
    solution: Solution
    carried: dict[str, Carried] = field(default_factory=dict)
    """By the name of the variable of the contents of stores; only of operated years."""
    data: dict[str, Described] = field(default_factory=dict)

    def value(self, var: pyo.Var) -> np.ndarray:
        """A variable in the shape of its sets."""
        return self.compiled.columns[var.name].pick(self.solution.column_value)

    def dual(self, constraint: pyo.Constraint) -> np.ndarray:
        """A constraint's dual in the shape of its sets (change of the objective per unit of right-hand side)."""
        return self.compiled.rows[constraint.name].pick(self.solution.row_dual)

    def entry(self, rule: Any, *sets: Any) -> np.ndarray:
        """A rule, such as an entry of the ledger, evaluated over sets."""
        return self.compiler.value(self.solution.column_value, rule, *sets)

    def entries(self, account: Account, *sets: Any) -> np.ndarray:
        """(entries, …) all entries of an account."""
        found = [self.entry(rule, *sets) for rule in account.values()]
        return np.array(found).reshape(len(found), *(len(s) for s in sets))

    def put(self, name: str, values: Any) -> None:
        """Report a declared variable."""
        self.data[name] = variable(name, values)

    def fill(self, name: str, whole: pyo.Set, members: Iterable[Any], values: np.ndarray) -> None:
        """Report a declared variable at some members of the set of its first dimension. It is 0 at those that no
        feature fills."""
        if name not in self.data:
            self.put(name, np.zeros((len(whole), *values.shape[1:])))
        position = {member: i for i, member in enumerate(whole)}
        self.reported(name)[[position[member] for member in members]] = values

    def reported(self, name: str) -> np.ndarray:
        """The values of a variable that was reported before."""
        return self.data[name][1]
