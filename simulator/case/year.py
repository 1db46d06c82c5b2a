"""One model year of a case whose capacities are decided: nothing is left but to operate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from simulator.case.case import Case
from simulator.errors import InputError, Problem


@dataclass(frozen=True)
class Capacities:
    """What operates in a model year."""

    mw: np.ndarray
    """(assets)"""
    mwh: np.ndarray
    """(assets) energy of storage."""
    added_line_mw: np.ndarray
    """(lines) capacity chosen up to the year, in both directions."""


Year = Callable[..., np.ndarray]
"""(values, axis = 1) → the values of the one model year, which keeps its axis."""


def operated(case: Case, position: int, built: Capacities) -> Case:
    """The case of the model year at ``position`` with these capacities: no investment, no closure, no target.

    Costs are those of one year, not discounted. Targets have no force in operation; whether their share is reached is
    read from the results. Raises ``InputError`` for systems with local networks, whose capacity is still a choice here.
    """
    if case.locals:
        raise InputError([Problem("a system with local networks cannot be operated apart from its plan",
                                  path="local_networks", help="remove the table `local_networks`")])  # fmt: skip

    def year(values: np.ndarray, axis: int = 1) -> np.ndarray:
        return np.take(values, [position], axis=axis)

    one = replace(
        case,
        horizon=replace(
            case.horizon, years=(case.horizon.years[position],), span=np.ones(1), interval=np.ones(1, int),
            weight=np.ones(1),
        ),
        exchange=replace(
            case.exchange, usd=year(case.exchange.usd), real=year(case.exchange.real),
            of_country={country: year(factor, 0) for country, factor in case.exchange.of_country.items()},
        ),
        stretches=case.stretches.of_year(position),
        loops=tuple(replace(loop, year=0) for loop in case.loops if loop.year == position),
        carbon_usd_per_t=year(case.carbon_usd_per_t), carbon_cap_kt=year(case.carbon_cap_kt),
        targets=replace(case.targets, mode=("report",) * len(case.targets.id)),
    )  # fmt: skip
    return _water_and_fuel(_grid(_plants(_loads(one, year), year, built), year, built), year)


def _loads(case: Case, year: Year) -> Case:
    """Loads of the year; local networks for charging are built and cost nothing more."""
    flexible = case.flexible
    return replace(
        case,
        hours=year(case.hours, 0), load_mw=year(case.load_mw), corridor_mw=year(case.corridor_mw),
        nev_mw=year(case.nev_mw), peak_mw=year(case.peak_mw), peak_fixed_mw=year(case.peak_fixed_mw),
        flexible=replace(
            flexible, baseline_mw=year(flexible.baseline_mw), power_mw=year(flexible.power_mw),
            deferrable_mwh=year(flexible.deferrable_mwh), feed_mw=year(flexible.feed_mw),
            battery_mwh=year(flexible.battery_mwh),
            network_usd_per_kw_year=np.zeros_like(flexible.network_usd_per_kw_year),
        ),
    )  # fmt: skip


def _plants(case: Case, year: Year, built: Capacities) -> Case:
    """Plants with the capacity they have, of which none is built or closed."""
    investment = case.investment
    return replace(
        case,
        assets=tuple(
            replace(asset, mw=mw, mwh=mwh, om_factor=year(asset.om_factor, 0))
            for asset, mw, mwh in zip(case.assets, built.mw[:, None], built.mwh[:, None], strict=True)
        ),
        units=tuple(
            replace(
                unit, variable_om_usd_per_mwh=year(unit.variable_om_usd_per_mwh, 0),
                fuel_usd_per_mwh=year(unit.fuel_usd_per_mwh, 0),
            )
            for unit in case.units
        ),
        availability=year(case.availability), forced=year(case.forced), heat=year(case.heat), may_retire=False,
        investment=replace(
            investment, vintages=(), caps=(), budgets=(), paid_capital_musd=year(investment.paid_capital_musd),
            spent_musd=year(investment.spent_musd), fixed_om_musd=year(investment.fixed_om_musd),
        ),
    )  # fmt: skip


def _grid(case: Case, year: Year, built: Capacities) -> Case:
    """Lines with what was added to them, the cut-sets that this raises, and offers of the year."""
    return replace(
        case,
        lines=tuple(
            replace(
                line, forward_mw=year(line.forward_mw, 0) + added, backward_mw=year(line.backward_mw, 0) + added,
                expansion_years=(), existing_musd=year(line.existing_musd, 0),
            )
            for line, added in zip(case.lines, built.added_line_mw, strict=True)
        ),
        cuts=tuple(
            replace(
                cut, forward_mw=year(cut.forward_mw, 0) + gained, backward_mw=year(cut.backward_mw, 0) + gained
            )
            for cut, gained in ((cut, cut.gained_mw(built.added_line_mw)) for cut in case.cuts)
        ),
        deals=tuple(
            replace(deal, open=year(deal.open, 0), active=year(deal.active, 0)) for deal in case.deals
        ),
    )  # fmt: skip


def _water_and_fuel(case: Case, year: Year) -> Case:
    """What rivers bring and fields take in the year, and fuel that is scarce in it."""
    water = case.water
    return replace(
        case,
        water=replace(
            water, inflow_hm3=year(water.inflow_hm3), withdrawal_hm3=year(water.withdrawal_hm3),
            arrival_share=year(water.arrival_share),
            windows=tuple(
                replace(window, share=year(window.share, 0), minimum_hm3=year(window.minimum_hm3, 0))
                for window in water.windows
            ),
        ),
        fuel_steps=tuple(
            replace(step, usd_per_mwh=year(step.usd_per_mwh, 0), limit_gwh=year(step.limit_gwh, 0))
            for step in case.fuel_steps
        ),
        fuel_windows=tuple(
            replace(
                window, share=year(window.share, 0),
                limit_gwh={k: year(limit, 0) for k, limit in window.limit_gwh.items()},
            )
            for window in case.fuel_windows
        ),
    )  # fmt: skip
