"""What counts as renewable: a legal definition becomes coefficients by asset, once, for optimiser and verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.system import Definition, System


@dataclass(frozen=True)
class Law:
    """The definitions of a system, ready to be asked."""

    definitions: tuple[str, ...]
    rules: dict[tuple[str, str, str], Definition]
    """(definition, country or ``all``, technology) → rule."""

    def share(self, definition: str, country: str, technology: str, unit_mw: float, eligible_percent: float) -> float:
        """Share of a plant's energy that counts, 0 to 1.

        A rule for the country wins over a rule for all; a technology without a rule does not count. A plant above
        the size limit does not count; where one row is for plants of several sizes, ``eligible_percent`` of
        its capacity lies below the limit.
        """
        rule = self.rules.get((definition, country, technology)) or self.rules.get((definition, "all", technology))
        if rule is None:
            return 0.0
        counts = rule.counts_percent / 100
        if rule.largest_unit_mw is None:
            return counts
        if eligible_percent < 100:
            return counts * eligible_percent / 100
        return counts if unit_mw <= rule.largest_unit_mw else 0.0


def make_law(system: System) -> Law:
    """All definitions of the system, in the order of their first row."""
    rules = {(row.definition, row.country, row.technology): row for row in system.definitions}
    return Law(tuple(dict.fromkeys(row.definition for row in system.definitions)), rules)


@dataclass(frozen=True)
class Targets:
    """National goals (T) as columns."""

    id: tuple[str, ...]
    country: tuple[str, ...]
    calendar_year: np.ndarray = field(metadata=over("target"))
    definition: tuple[str, ...]
    basis: tuple[str, ...]
    percent: np.ndarray = field(metadata=over("target"))
    mode: tuple[str, ...]
    shortfall_usd_per_mwh: np.ndarray = field(metadata=over("target"))
    imports: tuple[str, ...]


def make_targets(system: System) -> Targets:
    """The system's targets as columns."""
    rows = system.targets
    return Targets(
        id=tuple(row.id for row in rows),
        country=tuple(row.country for row in rows),
        calendar_year=np.array([row.year for row in rows], int),
        definition=tuple(row.definition for row in rows),
        basis=tuple(row.basis for row in rows),
        percent=np.array([row.percent for row in rows], float),
        mode=tuple(row.mode for row in rows),
        shortfall_usd_per_mwh=np.array([row.shortfall_usd_per_mwh for row in rows], float),
        imports=tuple(row.imports for row in rows),
    )
