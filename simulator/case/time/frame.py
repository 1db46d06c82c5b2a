"""The time structure of a year: days of the plan, their slices, and what each represents.

Slices belong to days; a day represents ``weight_days`` days of the year, and its slices for that many times their
length. Days follow each other through the year, so water can pass from one to the next; storage closes within a day.
All clocks are UTC+5, the year starts on 1 January and has 365 days. Dated frames are the same for every model year;
named slices (``slices``) may belong to one, and ``stretches`` says what each day represents in which.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.time.calendar import DAYS, FIRST_DAY_OF_MONTH, FIRST_WEEKDAY, HOURS, MONTH_OF_DAY
from simulator.errors import InputError, Problem


@dataclass(frozen=True)
class Frame:
    """Slices (S) and the days (D) they belong to."""

    label: tuple[str, ...]
    """Name of every slice, such as ``d03h08``."""
    day: np.ndarray = field(metadata=over("slice"))
    """Position of the slice's day."""
    hour_start: np.ndarray = field(metadata=over("slice"))
    """Hour of the day at which it starts, UTC+5."""
    block_hours: np.ndarray = field(metadata=over("slice", least=0))
    """Its length within the day."""
    weight_h: np.ndarray = field(metadata=over("slice", least=0))
    """Hours per year it represents, in years it is part of."""
    date_index: np.ndarray = field(metadata=over("day"))
    """Day of the year, 0 to 364, whose hours it takes; of named slices: in the middle of what it represents."""
    month: np.ndarray = field(metadata=over("day"))
    """Its month, 1 to 12."""
    day_type: np.ndarray = field(metadata=over("day"))
    """``weekday`` or ``weekend``."""
    weight_days: np.ndarray = field(metadata=over("day", least=0))
    """Days per year it represents, in years it is part of."""
    dated: bool = True
    """Whether days are dates of the year; named slices have none."""
    months: np.ndarray | None = field(default=None, metadata=over("day", "month"))
    """Months that named slices state for their days; none: they follow from order and hours."""


def is_weekend(first_weekday: int) -> np.ndarray:
    """(365) whether a day is Saturday or Sunday, when 1 January is ``first_weekday`` (Monday 0)."""
    return (np.arange(DAYS) + first_weekday) % 7 >= 5


def typical_days(
    days: int,
    block_hours: int,
    load: np.ndarray,
    residual: np.ndarray,
    first_weekday: int,
    hours_per_year: float = HOURS,
) -> Frame:
    """Evenly spaced days, plus the days of the highest load and of the highest residual load.

    The peak days represent one day each; every other day of the plan represents the days of the year nearest to it.
    Where even spacing would meet far too many or too few weekends, some days move to the nearest day of the other kind.
    ``load`` and ``residual``: (8760) of the whole system.
    """
    spaced = set(_spaced(days, is_weekend(first_weekday)))
    peaks = {int(np.argmax(series)) // 24 for series in (load, residual)}
    ordinary = np.array(sorted(spaced - peaks)) if spaced - peaks else np.array(sorted(spaced))
    chosen = np.array(sorted(set(ordinary.tolist()) | peaks))
    rest = np.array(sorted({*range(DAYS)} - (peaks - set(ordinary.tolist()))))
    distance = np.abs(rest[:, None] - ordinary[None, :])
    distance = np.minimum(distance, DAYS - distance)
    represented = np.bincount(np.argmin(distance, axis=1), minlength=len(ordinary)).astype(float)
    weight = np.ones(len(chosen))
    weight[np.searchsorted(chosen, ordinary)] = represented
    return _of_days(chosen, weight, block_hours, first_weekday, hours_per_year)


def _spaced(count: int, weekend: np.ndarray) -> list[int]:
    """Evenly spaced days of the year, of which about two in seven are at the weekend.

    A spacing of whole weeks, as with 13, 26 or 52 days, would meet one weekday only. When the weekends miss their
    share by more than a tenth of the days, days spread over the year move to the nearest free day of the kind missing.
    """
    chosen = ((np.arange(count) + 0.5) * DAYS / count).astype(int)
    surplus = int(weekend[chosen].sum()) - round(count * weekend.mean())
    if abs(surplus) <= count / 10:
        return [int(day) for day in chosen]
    movable = np.flatnonzero(weekend[chosen] == (surplus > 0))
    for i in movable[((np.arange(abs(surplus)) + 0.5) * len(movable) / abs(surplus)).astype(int)]:
        free = np.array(sorted({*np.flatnonzero(weekend != (surplus > 0)).tolist()} - {*chosen}), int)
        chosen[i] = free[np.argmin(np.abs(free - chosen[i]))]
    return [int(day) for day in chosen]


def days_too_few(frame: Frame) -> str:
    """That some months have no day of the plan, in words; empty where each has one, or slices have no dates.

    What is asked of such a month (a contract, a release) is asked of no hour, or of the day that represents it.
    """
    without = sorted(set(range(1, 13)) - set(frame.month.tolist()))
    if not frame.dated or not without:
        return ""
    weekend = is_weekend(FIRST_WEEKDAY)
    enough = next(n for n in range(1, DAYS + 1) if len(set(MONTH_OF_DAY[_spaced(n, weekend)])) == 12)
    alone = [_date(int(day)) for day, weight in zip(frame.date_index, frame.weight_days, strict=True) if weight < 1.5]
    peaks = f" ({' and '.join(alone)}, of a peak, for itself alone)" if alone else ""
    return (
        f"horizon.time: the plan's {len(frame.date_index)} days{peaks} are too few for what is asked of single months: "
        f"none lies in month {', '.join(map(str, without))}. With days: {enough} every month has one."
    )


def _date(day: int) -> str:
    """A day of the year, from 0, in figures: month and day."""
    month = int(MONTH_OF_DAY[day])
    return f"{month:02d}-{day - int(FIRST_DAY_OF_MONTH[month - 1]) + 1:02d}"


def weeks(count: int, block_hours: int, first_weekday: int, hours_per_year: float = HOURS) -> Frame:
    """Whole weeks from Monday on, evenly spaced."""
    monday = (7 - first_weekday) % 7
    starts = [monday + 7 * round((i + 0.5) * 51 / count - 0.5) for i in range(count)]
    chosen = np.unique([min(start, DAYS - 7) + k for start in starts for k in range(7)])
    return _of_days(chosen, np.full(len(chosen), DAYS / len(chosen)), block_hours, first_weekday, hours_per_year)


def full_year(first_weekday: int, hours_per_year: float = HOURS) -> Frame:
    """Every hour of the year."""
    return _of_days(np.arange(DAYS), np.ones(DAYS), 1, first_weekday, hours_per_year)


def _of_days(
    chosen: np.ndarray, weight: np.ndarray, block_hours: int, first_weekday: int, hours_per_year: float
) -> Frame:
    blocks = 24 // block_hours
    day = np.repeat(np.arange(len(chosen)), blocks)
    hour = np.tile(np.arange(blocks) * block_hours, len(chosen))
    weekend = is_weekend(first_weekday)[chosen]
    return Frame(
        label=tuple(f"d{d:03d}h{h:02d}" for d, h in zip(chosen[day] + 1, hour, strict=True)),
        day=day,
        hour_start=hour,
        block_hours=np.full(len(day), float(block_hours)),
        weight_h=np.repeat(weight, blocks) * block_hours * hours_per_year / HOURS,
        date_index=chosen,
        month=MONTH_OF_DAY[chosen],
        day_type=np.where(weekend, "weekend", "weekday"),
        weight_days=weight * DAYS / weight.sum(),
    )


def block_means(hourly: np.ndarray, frame: Frame) -> np.ndarray:
    """Mean of (…, 8760) hourly values over the hours of each slice: (…, S)."""
    block = int(frame.block_hours[0])
    first = frame.date_index[frame.day] * 24 + frame.hour_start
    hours = first[:, None] + np.arange(block)[None, :]
    return np.asarray(hourly[..., hours].mean(axis=-1))


def stretch_means(hourly: np.ndarray, frame: Frame) -> np.ndarray:
    """Slices of what follows the calendar and the clock, (…, 8760) → (…, S); their weighted mean is that of the year.

    Days of the plan represent consecutive stretches of the year in proportion to their weights. A slice is the mean,
    over its day's stretch, of the hours of its block.
    """
    edges = np.concatenate([[0.0], np.cumsum(frame.weight_days)]) * DAYS / frame.weight_days.sum()
    calendar = np.arange(DAYS)
    overlap = np.minimum(edges[1:, None], calendar + 1) - np.maximum(edges[:-1, None], calendar)
    share = np.clip(overlap, 0, None) / np.diff(edges)[:, None]
    days = np.einsum("dk,...kh->...dh", share, hourly.reshape(*hourly.shape[:-1], DAYS, 24), optimize=True)
    hours = frame.hour_start[:, None] + np.arange(int(frame.block_hours[0]))[None, :]
    return np.asarray(days[..., frame.day[:, None], hours].mean(axis=-1))


def aggregate(hourly: np.ndarray, frame: Frame, limit: float = 1.0, factor: float = 1.0) -> np.ndarray:
    """Slices of an hourly series whose weighted mean is ``factor`` times the mean of the year: (…, 8760) → (…, S).

    Block means of the chosen days are scaled by one factor; values that would exceed ``limit`` stay there and the
    others are scaled further. Zeros stay zero, so night stays dark. Raises ``InputError`` when the chosen days have too
    few hours above zero to carry the mean of the year.
    """
    values = block_means(np.atleast_2d(hourly), frame)
    target = factor * np.atleast_2d(hourly).mean(axis=-1)
    weight = frame.weight_h / frame.weight_h.sum()
    reach = np.where(values > 0, limit, 0.0) @ weight
    short = reach < target - 1e-9
    if short.any():
        raise InputError([Problem(
            f"the days of the plan have too little of a profile: its mean is {target[short][0]:.4g} over the year, and"
            f" can be {reach[short][0]:.4g} at most over those days",
            path="horizon.time", help="choose more days, or method: full",
        )])  # fmt: skip
    for _ in range(len(weight)):  # every pass meets the mean or brings one more value to the limit
        missing = target - values @ weight
        scalable = (values * (values < limit)) @ weight
        growth = np.divide(missing, scalable, out=np.zeros_like(missing), where=(missing > 1e-12) & (scalable > 0))
        if not growth.any():
            break
        values = np.where(values < limit, np.minimum(values * (1 + growth[..., None]), limit), values)
    mean = values @ weight
    values = values * np.divide(target, mean, out=np.ones_like(mean), where=mean > target)[..., None]
    return np.asarray(values.reshape(*np.shape(hourly)[:-1], len(frame.day)))


def aggregate_load(hourly: np.ndarray, frame: Frame) -> np.ndarray:
    """Slices of a load whose energy is that of the year, (…, 8760) → (…, S); the day of the peak keeps its values.

    All days but those that represent one day are scaled by one factor.
    """
    values = block_means(hourly, frame)
    ordinary = (frame.weight_days > 1.5)[frame.day]
    if not ordinary.any():
        ordinary = np.ones(len(frame.day), bool)
    weight = frame.weight_h / frame.weight_h.sum()
    kept = (values * ~ordinary) @ weight
    scaled = (values * ordinary) @ weight
    factor = np.divide(hourly.mean(axis=-1) - kept, scaled, out=np.ones_like(kept), where=scaled > 0)
    return np.asarray(np.where(ordinary, values * factor[..., None], values))
