"""One model year of a case whose capacities are decided: nothing is left but to operate it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.case.axes import of_year
from simulator.case.case import Case
from simulator.errors import InputError, Problem

NAMED = Problem("named slices have no hours that could be operated", path="horizon.time",
                help="plan with typical_days, weeks or full")  # fmt: skip


@dataclass(frozen=True)
class Capacities:
    """What operates in a model year."""

    mw: np.ndarray
    """(assets)"""
    mwh: np.ndarray
    """(assets) energy of storage."""
    added_line_mw: np.ndarray
    """(lines) capacity chosen up to the year, in both directions."""


def operated(case: Case, position: int, built: Capacities) -> Case:
    """The case of the model year at ``position`` with these capacities: no investment, no closure, no target.

    Costs are those of one year, not discounted. Targets have no force in operation; whether their share is reached is
    read from the results. Raises ``InputError`` for systems with distribution networks, whose capacity is a choice, and
    for named slices, which have no hours.
    """
    if not case.frame.dated:
        raise InputError([NAMED])
    if case.distribution_networks:
        raise InputError([Problem("a system with distribution networks cannot be operated apart from its plan",
                                  path="distribution_networks", help="remove this table")])  # fmt: skip
    return _with_capacities(of_year(_decided(case), position), built)


def _decided(case: Case) -> Case:
    """Without decisions: distribution networks for charging are built and cost nothing more."""
    none = np.zeros_like(case.flexible.network_usd_per_kw_year)
    return replace(
        case,
        may_retire=False,
        investment=replace(case.investment, vintages=(), caps=(), growth=(), budgets=()),
        links=tuple(replace(line, expansions=()) for line in case.links),
        flexible=replace(case.flexible, network_usd_per_kw_year=none),
        targets=replace(case.targets, mode=("report",) * len(case.targets.id)),
    )


def _with_capacities(case: Case, built: Capacities) -> Case:
    """A single model year with the plants it has, its lines with what was added, and the cut-sets that this raises."""
    gained = [cut.gained_mw(built.added_line_mw) for cut in case.cut_sets]
    return replace(
        case,
        horizon=replace(
            case.horizon,
            span=np.ones(1),
            interval=np.ones(1, int),
            weight=np.ones(1),
            base_year=case.horizon.years[0] + 1,
            stands_for=1,
        ),
        assets=tuple(
            replace(asset, mw=mw, mwh=mwh)
            for asset, mw, mwh in zip(case.assets, built.mw[:, None], built.mwh[:, None], strict=True)
        ),
        links=tuple(
            replace(line, forward_mw=line.forward_mw + mw, backward_mw=line.backward_mw + mw)
            for line, mw in zip(case.links, built.added_line_mw, strict=True)
        ),
        cut_sets=tuple(
            replace(cut, forward_mw=cut.forward_mw + mw, backward_mw=cut.backward_mw + mw)
            for cut, mw in zip(case.cut_sets, gained, strict=True)
        ),
    )
