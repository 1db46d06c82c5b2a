"""Dry and wet, calm and windy, dull and sunny years: what nature gives in a country, relative to a normal year.

======  =====================================================================================
F       yield relative to a normal year: of a country's rivers, or of a technology there
P       its lowest and highest tenth, percent / 100 (``interannual_inflows``, ``interannual_yields``)
ρ       part of its variation that all countries share, ``common_percent`` / 100
Z, e    standard normal: shared by all countries in a seed, and the country's own
======  =====================================================================================

The normal year is the median; below and above it the logarithm of the yield is a half normal each, so that one year in
ten is drier than the dry and one in ten wetter than the wet year. Rivers of a country move together; those of two
countries as far as both follow the common part. Water, wind and sun vary apart from each other.

(1)  z = √ρ · Z + √(1 − ρ) · e,  cut at ± 2.33: one year in a hundred, beyond which nothing is known
(2)  ln F = ln P(low) · z / −1.28 below the normal year,  ln P(high) · z / 1.28 above it
(3)  correlation of z between countries i and j:  √(ρᵢ · ρⱼ)

Every draw has its own stream, named by seed, nature and country, so that another country changes no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist

import numpy as np

from simulator.errors import InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.system import InterannualInflow, InterannualYield, System

TENTH = NormalDist().inv_cdf(0.9)
FURTHEST = NormalDist().inv_cdf(0.99)
Spread = InterannualInflow | InterannualYield
"""How far years of a country differ."""


def draw_water(system: System, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Country → inflow of its rivers relative to a normal year, one per seed; equations 1 and 2.

    The same seed gives the same year in every country of every system. Raises ``InputError`` where the table
    ``interannual_inflows`` is empty.
    """
    if not system.interannual_inflows:
        raise InputError([Problem("the system has no `interannual_inflows` from which water can be drawn",
                                  path="horizon.water", help="add the table, or say water: normal")])  # fmt: skip
    return {
        row.country: np.array([factor(row, standing(row, seed)) for seed in seeds])
        for row in system.interannual_inflows
    }


def standing(row: Spread, seed: int) -> float:
    """Equation 1: how good the year of a seed is in a country, in standard deviations."""
    common = row.common_percent / 100
    shared = Random(f"{row.nature}/{seed}").gauss(0, 1)
    own = Random(f"{row.nature}/{seed}/{row.country}").gauss(0, 1)
    return min(max(sqrt(common) * shared + sqrt(1 - common) * own, -FURTHEST), FURTHEST)


def factor(row: Spread, z: float) -> float:
    """Equation 2.

    >>> row = InterannualInflow(country="A", dry_percent=80, wet_percent=125, common_percent=50)
    >>> [round(factor(row, z), 6) for z in (-TENTH, 0, TENTH)]
    [0.8, 1.0, 1.25]
    """
    tenth = row.tenths[0] if z < 0 else row.tenths[1]
    return exp(log(tenth / 100) * abs(z) / TENTH)


def water_year(system: System, scenario: Scenario) -> dict[str, float]:
    """Country → inflow relative to a normal year in all model years; countries without a row have their normal one."""
    horizon = scenario.horizon
    if horizon.water == "normal":
        return {}
    if horizon.water == "sampled":
        seed = horizon.weather_seed if horizon.water_seed is None else horizon.water_seed
        return {country: float(drawn[0]) for country, drawn in draw_water(system, [seed]).items()}
    return {
        row.country: (row.dry_percent if horizon.water == "dry" else row.wet_percent) / 100
        for row in system.interannual_inflows
    }


def yield_year(system: System, scenario: Scenario) -> dict[tuple[str, str], float]:
    """(country, technology) → yield of wind and sun relative to a normal year; normal without a row.

    Raises ``InputError`` where yields are to be drawn and the table ``interannual_yields`` is empty.
    """
    if scenario.horizon.wind_and_sun == "normal":
        return {}
    if not system.interannual_yields:
        raise InputError([Problem("the system has no `interannual_yields` from which wind and sun can be drawn",
                                  path="horizon.wind_and_sun", help="add the table, or say normal")])  # fmt: skip
    horizon = scenario.horizon
    seed = horizon.weather_seed if horizon.yield_seed is None else horizon.yield_seed
    return {(row.country, row.technology): factor(row, standing(row, seed)) for row in system.interannual_yields}
