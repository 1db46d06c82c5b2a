"""What grows with trade with China: vehicle imports, freight on electrified corridors, further Chinese money.

==========  ================  ====  =============================================================================
symbol      name              unit  meaning
==========  ================  ====  =============================================================================
``T[y]``    trade_volume      1     trade volume relative to the base year: 1 before it, the scenario's figure
                                    from its year on, linear in between
``ε[i]``    elasticity        1     percent by which an item grows when trade volume grows by one, ``trade_links``
==========  ================  ====  =============================================================================

(1)  T[y] = 1 + (T − 1) · min(max((y − base) / (year − base), 0), 1)
(2)  item in year y → item · T[y]^ε

An item without a row does not follow trade. Left out: what is traded, prices, and what trade does to demand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.case.messages import no_effect
from simulator.errors import Problem
from simulator.grouping import paths
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.trade import TradeWithChina
from simulator.interpolation import at_years
from simulator.system import CorridorFreight, EnvelopeYear, System


def trade_volume(trade: TradeWithChina, year: float) -> float:
    """(1) Turnover of a year relative to the base year.

    >>> doubled = TradeWithChina(volume_percent=200, year=2030)
    >>> trade_volume(doubled, 2020), trade_volume(doubled, 2027.5), trade_volume(doubled, 2040)
    (1.0, 1.5, 2.0)
    """
    way = min(max((year - trade.base_year) / (trade.year - trade.base_year), 0.0), 1.0)
    return 1 + (trade.volume_percent / 100 - 1) * way


def trade_factor(system: System, scenario: Scenario, item: str, year: float) -> float:
    """(2) What trade makes of an item in a year, relative to the tables; 1 without a change of trade."""
    if scenario.trade_with_china is None:
        return 1.0
    elasticity = next((row.elasticity for row in system.trade_links if row.item == item), 0.0)
    return float(trade_volume(scenario.trade_with_china, year) ** elasticity)


def check_trade(system: System, scenario: Scenario, problems: list[Problem]) -> None:
    """A change of trade must be one, and something must follow it."""
    trade = scenario.trade_with_china
    if trade is None:
        return
    if trade.volume_percent == 100:
        problems.append(no_effect("trade volume stays as it is", "trade_with_china.volume_percent"))
    if trade.base_year >= scenario.horizon.model_years[-1]:
        problems.append(no_effect("trade volume changes only after the last model year", "trade_with_china.base_year"))
    if not any(row.elasticity for row in system.trade_links):
        problems.append(no_effect("nothing in `trade_links` follows trade volume", "trade_with_china"))


def freight(system: System, scenario: Scenario) -> tuple[CorridorFreight, ...]:
    """Freight on electrified corridors as trade lets it grow."""
    factor = _factor(system, scenario, "corridor_freight")
    rows = paths((row.corridor, row.year, row) for row in system.corridor_freight)
    return tuple(
        path[min(path)].model_copy(update={"year": year, "million_tonnes": tonnes})
        for path in rows.values()
        for year, tonnes in _scaled({y: row.million_tonnes for y, row in path.items()}, scenario, factor).items()
    )


def envelope_years(system: System, scenario: Scenario) -> tuple[EnvelopeYear, ...]:
    """Further money of Chinese investors as trade lets it grow; that of others and that of the scenario stays."""
    factor = _factor(system, scenario, "envelopes")
    chinese = {row.id for row in system.investors if row.chinese}
    moved = {row.id for row in system.envelopes if row.investor in chinese}
    rows = paths((row.envelope, row.year, row) for row in system.envelope_years)
    return tuple(
        path[min(path)].model_copy(update={"year": year, "musd_per_year": musd})
        for name, path in rows.items()
        for year, musd in _scaled(
            {y: row.musd_per_year for y, row in path.items()}, scenario,
            factor if name in moved else lambda year: 1.0,
        ).items()
    )  # fmt: skip


def _factor(system: System, scenario: Scenario, item: str) -> Callable[[float], float]:
    return lambda year: trade_factor(system, scenario, item, year)


def _scaled(path: Mapping[int, float], scenario: Scenario, factor: Callable[[float], float]) -> dict[int, float]:
    """Anchors times the factor, with one for every year in which it moves; nothing before the first anchor."""
    trade = scenario.trade_with_china
    if trade is None or all(factor(year) == 1.0 for year in (*path, trade.year)):
        return dict(path)
    years = sorted({*path, *(y for y in range(trade.base_year, trade.year + 1) if y >= min(path))})
    return {year: float(value) * factor(year) for year, value in zip(years, at_years(path, years), strict=True)}
