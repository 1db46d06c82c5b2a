"""The result as a paragraph that a minister can read, in languages of the table ``data/phrases.csv``.

A phrase has a key and a text by language, with figures in braces. Numbers are rounded so that they never contradict the
outcome: a probability that is neither 0 nor 1 is not shown as such, and a share below its target is not rounded up to
it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.analysis.likelihood import Estimate

PHRASES = Path(__file__).parent.parent / "data" / "phrases.csv"
DECIMAL_COMMA = frozenset({"ru"})


@dataclass(frozen=True)
class Outlook:
    """What a paragraph says."""

    country: str
    year: int
    required: float
    share: Estimate
    reached: Estimate
    draws: int
    without: Estimate | None = None
    """P(reached) without what was taken away."""
    points: Estimate | None = None
    """What was taken away adds to the mean share."""
    chances: Estimate | None = None
    """What it adds to P(reached), 0 to 1."""
    taken: tuple[str, str] = ("chinese", "")
    """What was taken away: ``chinese``, ``project``, ``investor`` or ``kind``, and its name."""
    spread: tuple[float, float] | None = None
    """Between what shares eight of ten draws lie."""
    drivers: Sequence[tuple[str, float]] = ()
    """Largest inputs or groups, and their parts of the variance."""


def languages() -> list[str]:
    """Languages of the table."""
    return list(next(iter(_phrases().values())))


@cache
def _phrases() -> dict[str, dict[str, str]]:
    with PHRASES.open(encoding="utf-8", newline="") as file:
        return {row.pop("key"): row for row in csv.DictReader(file)}


def phrase(key: str, language: str) -> str:
    """A phrase, or the key itself where the table has none: names of inputs stay as the data call them."""
    return _phrases().get(key, {}).get(language) or key


def percent(p: float, language: str = "en") -> str:
    """A probability (0 to 1) in whole percent, never rounded to what would be certain.

    >>> percent(0.0), percent(0.002), percent(0.137), percent(0.998), percent(1.0)
    ('0 %', 'less than 1 %', '14 %', 'more than 99 %', '100 %')
    """
    whole = round(100 * p)
    if whole == 0 and p > 0:
        return phrase("less than 1", language)
    if whole == 100 and p < 1:
        return phrase("more than 99", language)
    return f"{whole} %"


def share_text(share: float, required: float, language: str = "en") -> str:
    """One decimal, or as many as it takes not to show a share below its target as having reached it, or the reverse.

    >>> share_text(14.97, 15), share_text(14.996, 15), share_text(15.02, 15), share_text(12.34, 15, "ru")
    ('14.97', '14.996', '15.0', '12,3')
    """
    for digits in range(1, 13):
        text = f"{share:.{digits}f}"
        if (float(text) >= required) == (share >= required):
            break
    return _number(text, language)


def _number(text: str, language: str) -> str:
    return text.replace(".", ",") if language in DECIMAL_COMMA else text


def paragraph(found: Outlook, language: str = "en") -> str:
    """The finding in words."""
    say = _Speaker(language, found)
    parts = [say("likelihood"), say("mean")]
    if found.spread is not None:
        parts.append(say("spread"))
    if found.without is not None and found.points is not None and found.chances is not None:
        parts.append(say("without"))
        certain = found.chances.low > 0 or found.chances.high < 0
        parts.append(say("chances differ" if certain else "chances not sure"))
    if found.drivers:
        parts.append(say("drivers" if sum(part for _, part in found.drivers) > 0.5 else "some drivers"))
    parts.append(say("draws"))
    return " ".join(parts)


class _Speaker:
    """Fills the figures of a finding into phrases."""

    def __init__(self, language: str, found: Outlook) -> None:
        self.language = language

        def number(x: float, digits: int = 1) -> str:
            text = f"{x:.{digits}f}"
            return _number(text if float(text) else text.removeprefix("-"), language)

        def span(e: Estimate) -> str:
            return f"{percent(e.low, language)} – {percent(e.high, language)}"

        self.figures: dict[str, str | int] = {
            "country": phrase(found.country, language), "year": found.year,
            "required": _number(f"{found.required:g}", language),
            "probability": percent(found.reached.value, language), "interval": span(found.reached),
            "share": share_text(found.share.value, found.required, language),
            "low": number(found.share.low), "high": number(found.share.high), "draws": found.draws,
            "taken": phrase(f"taken {found.taken[0]}", language).format(name=found.taken[1]),
            **({} if found.spread is None else {"from": number(found.spread[0]), "to": number(found.spread[1])}),
            "drivers": _listed([f"{phrase(name, language)} ({100 * part:.0f} %)" for name, part in found.drivers],
                               phrase("and", language)),
        }  # fmt: skip
        if found.without is not None and found.points is not None and found.chances is not None:
            points, chances = found.points, found.chances
            less, fewer = points.value >= 0, chances.value >= 0
            digits = _digits([100 * x for x in (chances.value, chances.low, chances.high)])
            self.figures |= {
                "without": percent(found.without.value, language), "without_interval": span(found.without),
                "direction": phrase("lower" if less else "higher", language), "points": number(abs(points.value)),
                "points_low": number(points.low if less else -points.high),
                "points_high": number(points.high if less else -points.low),
                "moves": phrase("lower" if fewer else "higher", language),
                "chances": number(100 * abs(chances.value), digits),
                "chances_low": number(100 * (chances.low if fewer else -chances.high), digits),
                "chances_high": number(100 * (chances.high if fewer else -chances.low), digits),
            }  # fmt: skip

    def __call__(self, key: str) -> str:
        return phrase(key, self.language).format(**self.figures)


def _digits(figures: Sequence[float]) -> int:
    """The fewest decimals, up to two, at which nothing that is not zero is shown as zero.

    >>> _digits([5.2, 1.7, 8.1]), _digits([0.6, 0.2, 1.0]), _digits([3.0, 0.0, 6.0])
    (0, 1, 0)
    """
    return next((d for d in (0, 1) if all(round(x, d) or not x for x in figures)), 2)


def _listed(words: Sequence[str], joint: str) -> str:
    """``a, b and c``"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}" if words else ""
