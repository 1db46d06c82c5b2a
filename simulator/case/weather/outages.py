"""What can run of a plant, month by month: wear, unexpected outage, repair.

    share[m] = available · (1 − forced) · (1 − days · planned[m] / length[m])

``available``: share of installed capacity that can run at all; ``forced``: what of it is out unexpectedly, on average;
``days``: planned outage of a year, spread over months by ``maintenance`` of the country. Means, not single machines:
what chance makes of them is covered by reserve and planning margin.
"""

from __future__ import annotations

import numpy as np

from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH
from simulator.errors import InputError, Problem
from simulator.grouping import months
from simulator.system import System, Technology


def running(technology: Technology) -> float:
    """Share of capacity that can run outside its repair."""
    return technology.available_percent / 100 * (1 - technology.forced_outage_percent / 100)


def yearly(technology: Technology) -> float:
    """Share of capacity that can run on average over the year, for systems without months."""
    return running(technology) * (1 - technology.planned_outage_days / DAYS)


class Outages:
    """Months of repair by country. Raises ``InputError`` for shares that do not add up to 100."""

    def __init__(self, system: System) -> None:
        self.first = {row.country: row.key for row in reversed(system.maintenance)}
        shares = ((row.country, row.month, row.share_percent / 100) for row in system.maintenance)
        self.planned = months(shares, missing=0.0)
        wrong = [Problem(
            f"the months of repair in {country} add up to {100 * shares.sum():g} %",
            path=f"maintenance.{self.first[country]}", help="share_percent of a country's months add up to 100",
        ) for country, shares in self.planned.items() if abs(shares.sum() - 1) > 1e-6]  # fmt: skip
        if wrong:
            raise InputError(wrong)

    def monthly(self, country: str, technology: Technology) -> np.ndarray:
        """(12) share of capacity that can run. Raises ``InputError`` where the months of repair are not known."""
        if technology.planned_outage_days == 0:
            return np.full(12, running(technology))
        path = f"technologies.{technology.id}.planned_outage_days"
        if country not in self.planned:
            raise InputError([Problem(
                f"{technology.id} in {country} has planned outage, but not the months it falls into", path=path,
                help=f"add rows of {country} to `maintenance`",
            )])  # fmt: skip
        out = technology.planned_outage_days * self.planned[country] / DAYS_OF_MONTH
        if out.max() > 1 + 1e-9:
            raise InputError([Problem(
                f"the repair of {technology.id} in {country} is longer than month {int(out.argmax()) + 1}", path=path,
                help="take fewer days, or spread them over more months of `maintenance`",
            )])  # fmt: skip
        return np.asarray(running(technology) * (1 - out))
