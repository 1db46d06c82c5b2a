"""What plants cost to build: the one place through which all overnight costs of new capacity pass."""

from __future__ import annotations

import numpy as np

from simulator.case.money.equipment import EquipmentPrices
from simulator.inputs.scenario import Scenario
from simulator.system import Investor, System


class CostTable:
    """Overnight and fixed cost of a technology by year of construction and by who buys its equipment."""

    def __init__(self, system: System, scenario: Scenario) -> None:
        self.equipment = EquipmentPrices(system, scenario)
        self.technologies = {row.id: row for row in system.technologies}
        self.anchors: dict[str, list[tuple[int, float, float, float]]] = {}
        for row in system.technology_costs:
            om = row.fixed_om_usd_per_kw_year
            fixed = self.technologies[row.technology].fixed_om_usd_per_kw_year if om is None else om
            self.anchors.setdefault(row.technology, []).append(
                (row.year, row.overnight_usd_per_kw, row.overnight_usd_per_kwh or 0.0, fixed)
            )

    def at(self, technology: str, year: float, investor: str) -> tuple[float, float, float]:
        """Overnight USD/kW, overnight USD/kWh and fixed USD/kW and year of a plant commissioned in ``year``.

        The overnight costs follow the price of the equipment that the investor buys in China.
        """
        known = sorted(self.anchors[technology])  # what is built has some (case/needs.py)
        years = [row[0] for row in known]
        kw, kwh, om = (float(np.interp(year, years, [row[i] for row in known])) for i in (1, 2, 3))
        factor = self.equipment.factor(self.technologies[technology].group, investor, year)
        return kw * factor, kwh * factor, om

    def built(
        self, technology: str, year: float, investor: Investor, connection_usd_per_kw: float
    ) -> tuple[float, float, float]:
        """The same for a plant without an announced cost: with the investor's supply chain, and the grid connection."""
        kw, kwh, om = self.at(technology, year, investor.id)
        share = investor.equipment_cost_percent / 100
        return kw * share + connection_usd_per_kw, kwh * share, om
