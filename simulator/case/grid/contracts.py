"""Contracted volumes of trade by model year."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.time.horizon import ModelYears
from simulator.errors import Problem
from simulator.grouping import paths
from simulator.interpolation import limits_at
from simulator.system import System, TradeContract


@dataclass(frozen=True)
class ContractByYear:
    """A contract and the most energy that it lets pass (GWh; infinite: no limit yet)."""

    row: TradeContract
    limit_gwh: np.ndarray = field(metadata=over("year", least=0, unlimited=True))


def make_contracts(system: System, horizon: ModelYears) -> list[ContractByYear]:
    """Contracts with their volumes, linear between the years of the table; no limit before the first."""
    volumes = paths((row.contract, row.year, row.maximum_gwh) for row in system.contract_years)
    return [ContractByYear(row, limits_at(volumes.get(row.id, {}), horizon.years)) for row in system.trade_contracts]


def contract_problems(system: System, horizon: ModelYears) -> list[Problem]:
    """Contracts without a volume, and volumes below what market steps oblige to."""
    steps = {row.id: row for row in system.market_steps}
    known = {row.contract for row in system.contract_years}
    problems = [
        Problem(f"contract {row.id!r} has no volume: it would limit nothing", path=f"trade_contracts.{row.id}",
                help="add a row of `contract_years`, or remove it")
        for row in system.trade_contracts if row.id not in known
    ]  # fmt: skip
    for contract in make_contracts(system, horizon):
        mine = [steps[name] for name in contract.row.market_steps]
        for year, limit in zip(horizon.years, contract.limit_gwh, strict=True):
            obliged = sum(row.minimum_gwh for row in mine if row.first_year <= year <= row.last_year)
            if obliged > limit:
                problems.append(Problem(
                    f"contract {contract.row.id!r} lets {limit:g} GWh pass in {year}, its market steps oblige to "
                    f"{obliged:g}", path=f"trade_contracts.{contract.row.id}",
                    help="raise maximum_gwh in `contract_years`, or lower minimum_gwh of the steps",
                ))  # fmt: skip
    return problems
