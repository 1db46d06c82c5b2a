"""What currencies do to a system: in which one Chinese investors lend, and what a depreciation makes cheaper.

==========  ====================  =======  =======================================================================
symbol      name                  unit     meaning
==========  ====================  =======  =======================================================================
``δ[k]``    percent               1        fall of a currency's value in dollars, from a year on
``φ[k]``    pass_through_percent  1        share of that fall that domestic prices make good within the year
``P[f,z]``  usd_per_mwh           USD/MWh  price of a fuel stated in a currency
``a[s]``    usd_per_mwh           USD/MWh  step of a fuel's supply curve on top of P, its end price at the border
==========  ====================  =======  =======================================================================

(1)  value of a unit in dollars, relative to the tables:              1 − δ
(2)  dollar price of what is priced at home, relative to the tables:  ρ = 1 − δ·(1 − φ)
(3)  P → ρ·P, and fixed and variable operation of the country's plants likewise (``exchange``)
(4)  a → a + (1 − ρ)·P of the dearest zone, where the step ends at a border price: imported fuel keeps its price

A change of settlement moves the loans of all Chinese investors to one currency: base rate, inflation and hedging are
the currency's, margin and real return of equity stay the investor's.

Left out: prices of border trade, equipment, lines and imported parts stay in dollars; wages follow domestic prices;
debts in the currency are not written down; demand, tariffs and the cost of capital do not answer; nothing comes back.
"""

from __future__ import annotations

from math import isinf

from simulator.case.messages import borne, ids, no_effect
from simulator.errors import Problem
from simulator.grouping import lists, paths
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.money import Depreciation
from simulator.interpolation import at_years, limits_at
from simulator.system import Currency, FuelPrice, FuelSupply, Investor, System


def real_factor(fall: float, pass_through: float) -> float:
    """(2) Dollar price of domestic goods after a fall of the currency, relative to before; fractions.

    >>> real_factor(0.2, 0.25), real_factor(0.2, 1.0)
    (0.85, 1.0)
    """
    return 1 - fall * (1 - pass_through)


def rho(currency: Currency, change: Depreciation, year: int) -> float:
    """(2) in a calendar year."""
    if year < change.year:
        return 1.0
    return real_factor(change.percent / 100, currency.pass_through_percent / 100)


def check_depreciations(system: System, scenario: Scenario, problems: list[Problem]) -> None:
    """Only a currency in which something is priced can matter, and only within the plan."""
    used = {row.currency for row in system.countries} | {row.currency for row in system.fuel_prices}
    last = scenario.horizon.model_years[-1]
    for name, change in borne(scenario.depreciations, ids(system.currencies)):
        path = f"depreciations.{name}"
        if name not in used:
            problems.append(no_effect(f"nothing is priced in {name}", path))
        elif change.percent == 0:
            problems.append(no_effect("a fall of 0 percent", f"{path}.percent"))
        elif change.year > last:
            problems.append(no_effect(f"{change.year} is after the last model year {last}", f"{path}.year"))


def fuel_prices(system: System, scenario: Scenario) -> tuple[FuelPrice, ...]:
    """Prices of fuels with those stated in a depreciated currency lower from its year on: (3)."""
    currencies = {row.id: row for row in system.currencies}
    new: list[FuelPrice] = []
    for path in paths(((row.fuel, row.zone), row.year, row) for row in system.fuel_prices).values():
        name = path[min(path)].currency
        change = scenario.depreciations.get(name or "")
        if name is None or change is None:
            new += path.values()
            continue
        price = _with_step({year: row.usd_per_mwh for year, row in path.items()}, change.year)
        pattern = path[min(path)]
        new += [
            pattern.model_copy(update={"year": year, "usd_per_mwh": usd * rho(currencies[name], change, year)})
            for year, usd in price.items()
        ]
    return tuple(new)


def fuel_supply(system: System, scenario: Scenario) -> tuple[FuelSupply, ...]:
    """Supply steps, of which those that end at a border price keep it while the zones' own price falls: (4)."""
    before, after = _dearest(system.fuel_prices), _dearest(fuel_prices(system, scenario))
    new: list[FuelSupply] = []
    for rows in lists(((row.market, row.step), row) for row in system.fuel_supply).values():
        zones = [(rows[0].fuel, zone) for zone in rows[0].zones if (rows[0].fuel, zone) in before]
        if not rows[0].border_price or not zones or all(before[zone] == after[zone] for zone in zones):
            new += rows
            continue
        dearest = max(zones, key=lambda zone: max(before[zone].values()))
        new += _steady_end(rows, before[dearest], after[dearest])
    return tuple(new)


def _steady_end(rows: list[FuelSupply], before: dict[int, float], after: dict[int, float]) -> list[FuelSupply]:
    """The anchors of a step with what the price below it lost added; a limit holds from its own anchor on."""
    years = sorted({row.year for row in rows} | set(after))
    steps = at_years({row.year: row.usd_per_mwh for row in rows}, years)
    lost = at_years(before, years) - at_years(after, years)
    limits = limits_at({row.year: row.limit_gwh for row in rows}, years)
    return [
        rows[0].model_copy(
            update={"year": year, "usd_per_mwh": float(step), "limit_gwh": None if isinf(limit) else limit}
        )
        for year, step, limit in zip(years, steps + lost, map(float, limits), strict=True)
    ]


def _dearest(rows: tuple[FuelPrice, ...]) -> dict[tuple[str, str], dict[int, float]]:
    """(fuel, zone) → price at its anchors."""
    return paths(((row.fuel, row.zone), row.year, row.usd_per_mwh) for row in rows)


def _with_step(path: dict[int, float], year: int) -> dict[int, float]:
    """The same path with anchors on both sides of the start of ``year``, where something jumps."""
    years = sorted({*path, year - 1, year})
    return dict(zip(years, map(float, at_years(path, years)), strict=True))


def investors(system: System, scenario: Scenario, problems: list[Problem]) -> tuple[Investor, ...]:
    """Investors, with the loans of Chinese ones in the scenario's currency of settlement."""
    currency, path = scenario.chinese_investment.settlement, "chinese_investment.settlement"
    if currency is None:
        return system.investors
    lenders = [row.id for row in system.investors if row.chinese and row.real_wacc_percent is None]
    if all(row.currency == currency for row in system.investors if row.id in lenders):
        problems.append(no_effect(f"all Chinese loans are in {currency} anyway", path))
    return tuple(
        row.model_copy(update={"currency": currency}) if row.id in lenders else row for row in system.investors
    )
