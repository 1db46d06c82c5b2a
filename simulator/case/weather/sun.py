"""Does the sun of a profile shine by day? A clock that is wrong moves the sun, and nothing else in a file shows it.

Symbols: o[h] mean output in hour h of the day (0 to 23, UTC+5), λ longitude of the place, degrees east.

(1)  middle of the sun's day  m = 24/2π · arg Σ_h o[h]·exp(2πi·(h+½)/24)
(2)  noon                     n = 12 + (75 − λ)/15          (the equation of time has mean zero over the year)
(3)  how late the sun is      d = m − n, between −12 and 12 hours
(4)  how much it is day       r = |Σ_h o[h]·exp(2πi·(h+½)/24)| / Σ_h o[h]      (1: one hour only, 0: no day at all)

Clouds, slopes and sites away from the middle of a zone move m by some tens of minutes, an hour labelled by its other
end by one hour, UTC taken for UTC+5 by five.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.errors import InputError, Problem, warn

SOLAR = "solar"
"""The item of a profile that is checked."""
WARN_HOURS, ERROR_HOURS = 0.75, 3.0
NO_DAY = 0.5
"""r of a sun that shines evenly for 14 hours is 0.53, that of a clear day about 0.8."""


def check_sun(profiles: Mapping[tuple[str, str], np.ndarray], longitude: Mapping[str, float], file: str) -> None:
    """Refuse profiles (zone, item) → 8760 values whose sun is hours off; warn of less. Zones without longitude pass.

    Raises ``InputError``.
    """
    problems = []
    for (zone, item), values in profiles.items():
        if item != SOLAR or zone not in longitude or not values.sum() > 0:
            continue
        late, day = hours_late(values, longitude[zone]), day_share(values)
        if day < NO_DAY:
            message = f"series '{zone}:{item}' gives nearly as much by night as by day"
            warn(Problem(message, file=file, help="give the output of every hour, UTC+5"))
        elif abs(late) >= ERROR_HOURS:
            problems.append(_problem(zone, item, late, longitude[zone], file))
        elif abs(late) >= WARN_HOURS:
            warn(_problem(zone, item, late, longitude[zone], file))
    if problems:
        raise InputError(problems)


def hours_late(values: np.ndarray, longitude: float) -> float:
    """How long after noon the middle of the sun's day is, (3)."""
    middle = np.angle(_turning(values)) * 12 / np.pi
    return float((middle - noon(longitude) + 12) % 24 - 12)


def noon(longitude: float) -> float:
    """When the sun is highest on average over the year, hours at UTC+5, (2).

    >>> round(noon(68.25), 2)
    12.45
    """
    return 12 + (75 - longitude) / 15


def day_share(values: np.ndarray) -> float:
    """How much output keeps to one part of the day, (4)."""
    return float(abs(_turning(values)) / _by_hour(values).sum())


def _turning(values: np.ndarray) -> complex:
    return complex(_by_hour(values) @ np.exp(2j * np.pi * (np.arange(24) + 0.5) / 24))


def _by_hour(values: np.ndarray) -> np.ndarray:
    mean: np.ndarray = values.reshape(-1, 24).mean(axis=0)
    return mean


def _problem(zone: str, item: str, late: float, longitude: float, file: str) -> Problem:
    highest, side = noon(longitude) % 24, "late" if late > 0 else "early"
    return Problem(
        f"series '{zone}:{item}': the middle of the sun's day is at {(highest + late) % 24:.2f}, but noon at "
        f"{longitude:g} degrees east is at {highest:.2f} (UTC+5): {abs(late):.1f} hours {side}",
        file=file,
        help="hours are counted at UTC+5, stamps carry their offset; an hour is labelled by its beginning",
    )
