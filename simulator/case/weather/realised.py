"""What nature gives in each model year, relative to the normal year of the tables.

A plan takes one year of water, wind and sun for all model years, normal or drawn. A backcast takes what past years
gave, technology by technology, from the table ``realised``; so does what thermal plants could run, where it is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.case.capacity.assets import Asset
from simulator.case.weather.interannual import water_year, yield_year
from simulator.errors import InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.system import System, Technology

NATURAL = ("variable", "run_of_river", "reservoir")
Factors = dict[tuple[str, str], np.ndarray]
"""(country, technology) → (Y) output of nature relative to the normal year."""


def natural_factors(system: System, scenario: Scenario, years: Sequence[int], assets: Sequence[Asset]) -> Factors:
    """Factors of every natural technology in every country, and of thermal ones in past years that the table names.

    Raises ``InputError`` when realised years are asked for and a technology with capacity has no row for one of them,
    and for thermal plants whose output heat or a host sets.
    """
    natural = [technology for technology in system.technologies if technology.kind in NATURAL]
    if scenario.horizon.realised:
        named = {row.technology for row in system.realised}
        thermal = [
            technology for technology in system.technologies if technology.id in named and technology not in natural
        ]
        _check_thermal(thermal)
        return _realised(system, years, assets, (*natural, *thermal))
    water, yields = water_year(system, scenario), yield_year(system, scenario)

    def given(country: str, technology: Technology) -> float:
        if technology.kind == "variable":
            return yields.get((country, technology.id), 1.0)
        return water.get(country, 1.0)

    return {
        (country.id, technology.id): np.full(len(years), given(country.id, technology))
        for country in system.countries
        for technology in natural
    }


def _check_thermal(thermal: Sequence[Technology]) -> None:
    problems = [
        Problem(f"the table `realised` cannot scale {technology.id}: its output follows heat or a host",
                path="realised", help="delete its rows; the capacity of single plants is `plants.…available_mw`")
        for technology in thermal if technology.heats or technology.host_load_percent
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def _realised(
    system: System, years: Sequence[int], assets: Sequence[Asset], natural: Sequence[Technology]
) -> Factors:  # fmt: skip
    known = {(row.country, row.technology, row.year): row.factor_percent / 100 for row in system.realised}
    named = {(country, technology) for country, technology, _ in known}
    capacity: Factors = {}
    for asset in assets:
        key = asset.country, asset.technology.id
        capacity[key] = capacity.get(key, np.zeros(len(years))) + asset.mw
    problems: list[Problem] = []
    factors: Factors = {}
    for country in system.countries:
        for technology in natural:
            key = country.id, technology.id
            if technology.kind not in NATURAL and key not in named:
                continue
            running = capacity.get(key, np.zeros(len(years))) > 0
            problems += [
                Problem(f"the table `realised` does not say what {technology.id} of {country.id} gave in {year}",
                        path=f"realised.{country.id}/{technology.id}/{year}",
                        help="add the row, or leave the year out of horizon.model_years")
                for year, runs in zip(years, running, strict=True) if runs and (*key, year) not in known
            ]  # fmt: skip
            factors[key] = np.array([known.get((*key, year), 1.0) for year in years])
    if problems:
        raise InputError(problems)
    return factors
