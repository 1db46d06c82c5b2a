"""Heat plants: from the temperature outside, hour by hour, to the power that heat forces and the most beside it.

Heat is given from outside: what turbines do not carry comes from boilers, so a plan has no rows for it.

==========  ======================  =====  ========================================================================
symbol      name                    unit   meaning
==========  ======================  =====  ========================================================================
``T``       (temperature)           °C     by hour t of day d; ``T_d`` its mean over the day
``R``       daily_range_celsius     °C     between the coldest and the warmest hour of a day
``T_in``    indoor_celsius          °C     inside; ``T_0`` design_celsius, ``T_s`` season_celsius: outside
``w``       hot_water_percent       –      hot water, share of the heat load at ``T_0``
``a``       plant_percent           –      share of the heat load at ``T_0`` that extractions can carry
``q``       (heating)               –      heat that turbines give, share of what their extractions can give
``H``       heat_per_power          –      heat of extraction turbines at q = 1, MW per MW of capacity
``σ``       power_to_heat           –      power per heat on the back-pressure line
``κ``       power_loss_per_heat     –      power lost per heat at full steam
``β``       back_pressure_percent   –      share of capacity in back-pressure turbines
==========  ======================  =====  ========================================================================

(1)  T_d linear between the middles of months, through nodes that give each month its mean exactly, cyclic
(2)  T = T_d + R/2·cos(2π·(hour − 15)/24)                             warmest at three in the afternoon, UTC+5
(3)  load = w + (1 − w)·(T_in − T)/(T_in − T_0)                       where T_d < T_s, else w; never below w
(4)  q = min(1, load / a)
(5)  heat  = (1 − β)·H·q + β·q/σ          per MW of capacity that can run
(6)  least = σ·heat = (1 − β)·σ·H·q + β·q
(7)  most  = (1 − β)·(1 − κ·H·q) + β·q

Left out: cold spells beyond the usual year, heat storage, the delay of buildings and networks, and steam for industry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH, FIRST_DAY_OF_MONTH, MONTH_OF_DAY
from simulator.errors import InputError, Problem
from simulator.grouping import months
from simulator.system import HeatZone, System, Technology

WARMEST_HOUR = 15


@dataclass(frozen=True)
class HeatLed:
    """Per MW of capacity that can run, in the shape of the heating it comes from: MW of power, of power, of heat."""

    least: np.ndarray
    most: np.ndarray
    heat: np.ndarray


def heat_led(technology: Technology, heating: np.ndarray) -> HeatLed:
    """(5) to (7) for a heat plant, given (4)."""
    pressed = technology.back_pressure_percent / 100
    extracted = (1 - pressed) * technology.heat_per_power * heating
    heat = extracted + pressed * heating / technology.power_to_heat
    most = (1 - pressed) - technology.power_loss_per_heat * extracted + pressed * heating
    return HeatLed(technology.power_to_heat * heat, most, heat)


def heating(system: System) -> dict[str, np.ndarray]:
    """Zone → (8760) of (4), for the zones of ``heat_zones``. Raises ``InputError`` where temperatures are missing."""
    monthly = months((row.zone, row.month, row.celsius) for row in system.temperatures)
    none = np.full(12, np.nan)
    gaps = [Problem(
        f"heat of zone {row.zone!r} needs its temperatures", path=f"heat_zones.{row.zone}",
        help="give all twelve months in `temperatures`",
    ) for row in system.heat_zones if np.isnan(monthly.get(row.zone, none)).any()]  # fmt: skip
    if gaps:
        raise InputError(gaps)
    return {row.zone: heating_of(row, monthly[row.zone]) for row in system.heat_zones}


def heating_of(row: HeatZone, monthly: np.ndarray) -> np.ndarray:
    """(8760) of (4) from twelve monthly means."""
    daily = daily_means(monthly)
    outside = daily[:, None] + day_cycle(row.daily_range_celsius)[None, :]
    water = row.hot_water_percent / 100
    load = water + (1 - water) * (row.indoor_celsius - outside) / (row.indoor_celsius - row.design_celsius)
    load = np.where((daily < row.season_celsius)[:, None], np.maximum(load, water), water)
    return np.asarray(np.minimum(load / (row.plant_percent / 100), 1.0).ravel())


def daily_means(monthly: np.ndarray) -> np.ndarray:
    """(365) of (1)."""
    middle = FIRST_DAY_OF_MONTH + DAYS_OF_MONTH / 2
    nodes = np.concatenate([[middle[-1] - DAYS], middle, [middle[0] + DAYS]])
    weight = np.zeros((DAYS, 12))
    for month in range(12):
        unit = np.eye(12)[month]
        weight[:, month] = np.interp(np.arange(DAYS) + 0.5, nodes, np.concatenate([unit[-1:], unit, unit[:1]]))
    of_month = (MONTH_OF_DAY[None, :] == np.arange(1, 13)[:, None]) / DAYS_OF_MONTH[:, None]
    return np.asarray(weight @ np.linalg.solve(of_month @ weight, monthly))


def day_cycle(range_celsius: float) -> np.ndarray:
    """(24) deviation from the day's mean, of (2), at the middle of each hour."""
    return np.asarray(range_celsius / 2 * np.cos(2 * np.pi * (np.arange(24) + 0.5 - WARMEST_HOUR) / 24))
