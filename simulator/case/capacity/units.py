"""Dispatch units: the assets of a zone that run alike, and the figures their dispatch needs.

All assets of a unit share one technology, or one variant of it (``cohorts``), so no figure is an average. Costs
are per MWh of gross electricity, in real USD; fuels are priced per MWh of fuel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.capacity.assets import Asset
from simulator.grouping import lists, paths
from simulator.interpolation import at_years
from simulator.system import Fuel, System, Technology


@dataclass(frozen=True)
class DispatchUnit:
    """Assets dispatched together. ``capacity`` of the unit is decided or given in the model, not here."""

    id: str
    zone: str
    country: str
    technology: Technology
    reservoir: str | None
    eligibility: tuple[float, ...]
    assets: tuple[int, ...]
    """Positions of its assets."""
    efficiency: float
    """Electricity per fuel; storage: round trip. 1 without fuel."""
    fuel: Fuel | None
    variable_om_usd_per_mwh: np.ndarray = field(metadata=over("year"))
    """Variable operation per MWh of electricity, by model year."""
    fuel_usd_per_mwh: np.ndarray = field(metadata=over("year"))
    """Fuel cost per MWh of electricity at the zone's price, by model year (supply steps come on top)."""
    co2_t_per_mwh: float
    """Emission per MWh of electricity after capture."""
    below: bool
    """Whether it feeds in below a distribution network: distributed technology in a zone that has one."""


def make_units(system: System, years: Sequence[int], assets: Sequence[Asset]) -> list[DispatchUnit]:
    """Units in the order in which their first asset appears."""
    members = lists((asset.unit, position) for position, asset in enumerate(assets))
    fuels = {row.id: row for row in system.fuels}
    prices = paths(((row.fuel, row.zone), row.year, row.usd_per_mwh) for row in system.fuel_prices)
    networked = {row.zone for row in system.distribution_networks}
    return [_unit(name, assets[found[0]], tuple(found), years, fuels, prices, networked)
            for name, found in members.items()]  # fmt: skip


def _unit(
    name: str,
    first: Asset,
    positions: tuple[int, ...],
    years: Sequence[int],
    fuels: dict[str, Fuel],
    prices: dict[tuple[str, str], dict[int, float]],
    networked: set[str],
) -> DispatchUnit:
    technology = first.technology
    efficiency = _efficiency(technology)
    fuel = fuels[technology.fuel] if technology.fuel else None
    cost = np.zeros(len(years))
    co2 = 0.0
    if fuel is not None:
        anchors = prices.get((fuel.id, first.zone))
        if anchors is not None:  # otherwise steps of supply have the whole price (case/needs.py)
            cost = at_years(anchors, years) / efficiency
        co2 = fuel.co2_t_per_mwh / efficiency * (1 - technology.co2_capture_percent / 100)
    return DispatchUnit(
        name, first.zone, first.country, technology, first.reservoir, first.eligibility, positions,
        efficiency, fuel, technology.variable_om_usd_per_mwh * first.om_factor, cost, co2,
        technology.distributed and first.zone in networked,
    )  # fmt: skip


def _efficiency(technology: Technology) -> float:
    """Electricity per fuel, or out of storage per what goes in; without either 1 (who needs one must state it, see
    ``system/kinds.py``)."""
    return 1.0 if technology.efficiency_percent is None else technology.efficiency_percent / 100
