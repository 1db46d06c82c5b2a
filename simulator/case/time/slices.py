"""Named slices: the days they belong to, how long they last within them, and where in the year they lie.

Slices of one ``day`` (and one ``year``, where they name it) are the hours of a day, in the order given; a slice without
``day`` is a day of its own. Every model year has its own calendar: the days without a year and those of that year.

========  =====  ===========================================================================================
symbol    unit   meaning
========  =====  ===========================================================================================
``h``     h      hours per year of a slice, ``hours_per_year``
``H``     h      hours of the system's year
``Δ``     h      length of a slice within its day, ``block_hours``
``L``     h      length of the day: 24, or what the stated lengths give
========  =====  ===========================================================================================

(1)  |Σ h of the slices of a model year − H| ≤ 0.2 % · H
(2)  Δ[s] = L · h[s] / Σ_{day} h, for storage and ramps, so that what a day moves is moved as often as it is counted

Stated lengths that contradict (2) by more than 0.2 % are refused. Days follow each other through the year in the order
given, in proportion to their hours (``stretches``), unless slices state their ``months``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from simulator.case.time.calendar import DAYS, DAYS_OF_MONTH, FIRST_DAY_OF_MONTH, MONTH_OF_DAY
from simulator.case.time.frame import Frame
from simulator.errors import InputError, Problem
from simulator.grouping import lists
from simulator.inputs.schema.time import NamedSlice, NamedSlices

TOLERANCE = 0.002
"""How far hours may be from what they must add up to."""
MONTHS_TOLERANCE = 0.05
"""How far the hours of slices may be from those of the months they state: four seasons of equal length are meant."""
PATH = "horizon.time.slices"

DayKey = tuple[str | None, str, int | None]


def named_frame(named: NamedSlices, years: Sequence[int], hours_per_year: float) -> tuple[Frame, np.ndarray]:
    """The frame of named slices, and the hours (Y, S) of each in every model year; 0 where it is not part of one.

    Raises ``InputError`` with everything that does not fit together.
    """
    slices = named.slices
    days = _days(slices)
    hours = np.array([[item.hours_per_year * (item.year in (None, year)) for item in slices] for year in years])
    problems = [
        *_sums(slices, years, hours, hours_per_year), *_mixed(days), *_months(days, years)
    ]  # fmt: skip
    lengths = {day: _lengths(members, problems) for day, members in days.items()}
    if problems:
        raise InputError(problems)
    order = {item.name: d for d, members in enumerate(days.values()) for item in members}
    length = {item.name: x for day, members in days.items() for item, x in zip(members, lengths[day], strict=True)}
    start = {item.name: x for day, members in days.items()
             for item, x in zip(members, np.cumsum(lengths[day]) - lengths[day], strict=True)}  # fmt: skip
    stated = np.array([[m in (members[0].months or ()) for m in range(1, 13)] for members in days.values()])
    middle = _middles(days, hours, np.array([order[item.name] for item in slices]))
    weight = np.array([sum(item.hours_per_year for item in members) for members in days.values()])
    return Frame(
        label=tuple(item.name for item in slices),
        day=np.array([order[item.name] for item in slices]),
        hour_start=np.array([round(start[item.name], 6) for item in slices]).astype(int),
        block_hours=np.array([length[item.name] for item in slices]),
        weight_h=np.array([item.hours_per_year for item in slices]),
        date_index=middle, month=MONTH_OF_DAY[middle], day_type=np.array(["weekday"] * len(days)),
        weight_days=weight * DAYS / hours_per_year, dated=False, months=stated if stated.any() else None,
    ), hours  # fmt: skip


def _days(slices: Iterable[NamedSlice]) -> dict[DayKey, list[NamedSlice]]:
    """Slices by the day they belong to, in the order in which days first appear."""
    return lists(
        ((None, item.name, item.year) if item.day is None else ("day", item.day, item.year), item) for item in slices
    )


def _mixed(days: dict[DayKey, list[NamedSlice]]) -> list[Problem]:
    return [
        Problem(f"day {name!r} has slices with and without a year", path=PATH,
                help="give all slices of a day a `year`, or none")
        for kind, name, year in days if kind and year is None
        if any(other == name and when is not None for also, other, when in days if also)
    ]  # fmt: skip


def _sums(
    slices: Sequence[NamedSlice], years: Sequence[int], hours: np.ndarray, whole: float
) -> list[Problem]:  # fmt: skip
    """(1)"""
    problems = []
    for year, yearly in zip(years, hours, strict=True):
        total = yearly.sum()
        if abs(total - whole) > TOLERANCE * whole:
            mine = [item.name for item, h in zip(slices, yearly, strict=True) if h > 0]
            problems.append(Problem(
                f"the slices of {year} ({_listed(mine)}) add up to {total:,.10g} of {whole:,.10g} hours a year"
                if mine else f"no slice is part of {year}", path=PATH,
                help=f"give `hours_per_year` that add up to {whole:,.10g} within 0.2 % in every model year",
            ))  # fmt: skip
    return problems


def _lengths(members: Sequence[NamedSlice], problems: list[Problem]) -> np.ndarray:
    """(2) The lengths of the slices of a day."""
    hours = np.array([item.hours_per_year for item in members])
    stated = np.array([np.nan if item.block_hours is None else item.block_hours for item in members])
    given = ~np.isnan(stated)
    whole = 24.0 if not given.any() else stated[given].sum() * hours.sum() / hours[given].sum()
    length = whole * hours / hours.sum()
    if np.any(np.abs(stated[given] / length[given] - 1) > TOLERANCE):
        lengths = ", ".join(f"{item.name}: {item.hours_per_year:g} h in {item.block_hours:g}-hour blocks"
                         for item in members if item.block_hours is not None)  # fmt: skip
        problems.append(Problem(
            f"the slices of day {members[0].day!r} are not in the proportion of their lengths ({lengths})", path=PATH,
            help="give `hours_per_year` in the proportion of `block_hours`, or leave `block_hours` out",
        ))  # fmt: skip
    return np.asarray(length)


def _months(days: dict[DayKey, list[NamedSlice]], years: Sequence[int]) -> list[Problem]:
    """What contradicts itself in the months that slices state."""
    problems = [
        Problem(f"the slices of day {members[0].day!r} state different months", path=PATH,
                help="give all slices of a day the same `months`")
        for members in days.values() if len({frozenset(item.months or ()) for item in members}) > 1
    ]  # fmt: skip
    for year in years:
        mine = [members for members in days.values() if members[0].year in (None, year)]
        stating = [members for members in mine if members[0].months]
        if not stating or problems:
            continue
        silent = [item.name for members in mine if not members[0].months for item in members]
        if silent:
            problems.append(Problem(f"of the slices of {year} only some state their months, not {_listed(silent)}",
                                    path=PATH, help="give `months` to all slices of a year, or to none"))  # fmt: skip
            continue
        missing = set(range(1, 13)) - {m for members in mine for m in members[0].months or ()}
        if missing:
            problems.append(Problem(f"no slice of {year} is in month {_listed(map(str, sorted(missing)))}", path=PATH,
                                    help="name every month in the `months` of some slice"))  # fmt: skip
            continue
        problems += _month_hours(mine, year)
    return problems


def _month_hours(mine: Sequence[Sequence[NamedSlice]], year: int) -> list[Problem]:
    """Slices whose hours are not those of their months; those that share months are looked at together."""
    groups: list[tuple[set[int], list[NamedSlice]]] = []
    for members in mine:
        months, together = set(members[0].months or ()), list(members)
        for other in [group for group in groups if group[0] & months]:
            groups.remove(other)
            months, together = months | other[0], other[1] + together
        groups.append((months, together))
    total = sum(item.hours_per_year for _, together in groups for item in together)
    problems = []
    for months, together in groups:
        given = sum(item.hours_per_year for item in together)
        due = total / DAYS * sum(DAYS_OF_MONTH[m - 1] for m in months)
        if abs(given / due - 1) > MONTHS_TOLERANCE:
            problems.append(Problem(
                f"the slices {_listed(item.name for item in together)} have {given:,.6g} hours in {year}, but their "
                f"months ({_listed(map(str, sorted(months)))}) have {due:,.6g}", path=PATH,
                help="give hours that fit the months within 5 %, or other months",
            ))  # fmt: skip
    return problems


def _middles(days: dict[DayKey, list[NamedSlice]], hours: np.ndarray, day: np.ndarray) -> np.ndarray:
    """(D) the day of the year (0 to 364) in the middle of what each day represents, to label it by."""
    middles = np.zeros(len(days), int)
    for yearly in hours:
        weight = np.bincount(day, yearly, len(days))
        centre = (np.cumsum(weight) - weight / 2) / weight.sum() * DAYS
        middles = np.where(weight > 0, np.minimum(centre, DAYS - 1).astype(int), middles)
    for d, members in enumerate(days.values()):
        if members[0].months:
            month = _middle_month(sorted(set(members[0].months)))
            middles[d] = FIRST_DAY_OF_MONTH[month - 1] + DAYS_OF_MONTH[month - 1] // 2
    return middles


def _middle_month(months: list[int]) -> int:
    """The month in the middle, counted from behind the longest gap.

    >>> _middle_month([1, 2, 12]), _middle_month([6, 7, 8])
    (1, 7)
    """
    gaps = [after - before for before, after in pairwise([*months, months[0] + 12])]
    first = (int(np.argmax(gaps)) + 1) % len(months)
    return [*months[first:], *months[:first]][(len(months) - 1) // 2]


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
