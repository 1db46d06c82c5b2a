"""What Chinese equipment costs and when it comes.

==========  =======================  =====  ==================================================================
symbol      name                     unit   meaning
==========  =======================  =====  ==================================================================
``s[i]``    share_percent            1      item's share of the overnight cost of its technology group
``σ``       chinese_supply_percent   1      share of the investor's equipment that is bought in China
``v[i]``    vat_percent              1      Chinese value-added tax
``r[i,t]``  rebate_percent           1      share of the export price that is given back, mean of calendar year t
``θ[i]``    pass_through_percent     1      share of a change that reaches the buyer
``p[g,t]``  price_percent            1      the scenario's price path before the rebate, 1 without one
``0``                                       the system's money year, in whose prices the cost tables are; r[i,0] is that
                                            of the tables, whatever the scenario ends
==========  =======================  =====  ==================================================================

An exporter carries the tax on its inputs and gets the rebate: of a price P it keeps P·(1 − v + r), because the part of
the tax that is not given back is a cost. To keep the same after the rebate changes, the price must follow

(1)  R[i,t] = (1 − v + r[0]) / (1 − v + r[t])

so that the end of a rebate of 9 percent under a tax of 13 asks for 0.96 / 0.87 = 10.3 percent more. The buyer pays

(2)  π[i,t] = p[g,t] · (1 + θ · (R[i,t] − 1))
(3)  overnight cost of the tables · (1 + σ · Σ_i s[i] · (π[i,t] − 1))

Left out: announced costs of projects (contracts hold their price), stocks bought before a date, changes of v itself.
"""

from __future__ import annotations

from simulator.grouping import lists
from simulator.inputs.scenario import Scenario
from simulator.interpolation import at_years
from simulator.system import EquipmentRebate, Investor, System, year_fraction


def rebate_in_year(steps: list[tuple[float, float]], year: int) -> float:
    """Mean rebate of a calendar year, from (decimal date, rebate) steps; before the first step its rebate holds.

    >>> rebate_in_year([(2024.0, 0.09), (2026.25, 0.0)], 2026)  # a quarter of the year at 9 percent
    0.0225
    """
    steps = sorted(steps)
    if not steps:
        return 0.0
    total = steps[0][1] * min(max(steps[0][0] - year, 0.0), 1.0)
    for (start, rebate), end in zip(steps, [date for date, _ in steps[1:]] + [float("inf")], strict=True):
        total += rebate * max(min(end, year + 1) - max(start, year), 0.0)
    return total


def rebate_price(vat: float, before: float, after: float, pass_through: float) -> float:
    """Price that follows a change of the rebate, relative to the price before; all as fractions.

    >>> round(rebate_price(0.13, 0.09, 0.0, 1.0), 4), round(rebate_price(0.13, 0.09, 0.0, 0.5), 4)
    (1.1034, 1.0517)
    """
    return 1 + pass_through * ((1 - vat + before) / (1 - vat + after) - 1)  # (1) and the bracket of (2)


def rebate_steps(rows: list[EquipmentRebate], ends: str | None) -> list[tuple[float, float]]:
    """Steps of one item, (decimal date, rebate as a fraction), after the scenario's end of it."""
    steps = [(year_fraction(row.since), row.rebate_percent / 100) for row in rows]
    if ends is None:
        return steps
    end = year_fraction(ends)
    return [step for step in steps if step[0] < end] + [(end, 0.0)]


def delay_years(scenario: Scenario, group: str, investor: Investor) -> float:
    """Years by which late equipment delays an investor's plants of a group: the mean over all its suppliers."""
    return scenario.equipment.delay_months.get(group, 0.0) / 12 * investor.chinese_supply_percent / 100


def first_year(earliest: int, plan_starts: int, delay: float) -> int:
    """First calendar year of new capacity: nothing ordered before the plan starts escapes the delay.

    A plant of a calendar year starts, on average, in its middle, so a delay counts from half a year on.

    >>> first_year(2028, 2026, 1.0), first_year(1900, 2026, 1.5), first_year(2028, 2026, 0.4)
    (2029, 2028, 2028)
    """
    return earliest if delay == 0 else max(earliest, plan_starts) + int(delay + 0.5)


class EquipmentPrices:
    """Factors on overnight costs by technology group, investor and year."""

    def __init__(self, system: System, scenario: Scenario) -> None:
        self.supply = {row.id: row.chinese_supply_percent / 100 for row in system.investors}
        self.items = system.equipment
        self.prices = scenario.equipment.price_percent
        self.base = system.money_year
        ends = scenario.equipment.rebate_ends
        rebates: dict[tuple[str, str], list[EquipmentRebate]] = lists(
            ((row.group, row.item), row) for row in system.equipment_rebates
        )
        self.steps = {key: rebate_steps(rows, ends.get(key[0])) for key, rows in rebates.items()}
        self.law = {key: rebate_steps(rows, None) for key, rows in rebates.items()}

    def factor(self, group: str, investor: str, year: float) -> float:
        """Overnight cost of a plant of ``group`` relative to the cost tables; ``year`` may be a decimal date."""
        supply = self.supply.get(investor, 0.0)
        path = self.prices.get(group)
        price = float(at_years(path, [year])[0]) / 100 if path else 1.0
        change = 0.0
        for row in (item for item in self.items if item.group == group):
            key = group, row.item
            before = rebate_in_year(self.law.get(key, []), self.base)
            after = rebate_in_year(self.steps.get(key, []), int(year))
            step = rebate_price(row.vat_percent / 100, before, after, row.pass_through_percent / 100)
            change += row.share_percent / 100 * (price * step - 1)  # (2)
        return 1 + supply * change  # (3)
