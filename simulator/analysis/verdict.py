"""Does the plan reach the targets? For each target, the share under every legal definition and accounting basis.

    share    = numerator / denominator
    numerator   = Σ over the country's assets of generation × eligibility under the definition
    denominator = the country's gross generation, or its consumption including vehicles
    gap         = required share × denominator − numerator

The gap is the energy missing, in TWh; a surplus is a negative gap. The denominator is taken as it is: what it takes to
close the gap also depends on whether new plants replace others (denominator unchanged) or add to them.

A definition under which nothing in the country can count (the law of another country) gives no row. A target whose year
is not a model year gives no rows either; it is listed in ``not_modelled`` with the reason.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import xarray as xr

from simulator.analysis.costs import costs
from simulator.analysis.indicators import (
    BASES,
    chinese_share_of_numerator_percent,
    definition_applies,
    denominator_gwh,
    labels,
    names,
    numerator_gwh,
)
from simulator.analysis.shed import shed
from simulator.analysis.surplus import surplus
from simulator.analysis.text import aligned
from simulator.analysis.unmet import unmet
from simulator.errors import FileError

TOLERANCE = 1e-6
"""A share missing the required one by less than this part of the denominator is reached: a hard target binds only to
solver accuracy."""
JUST_TWH = 0.05
"""A target exceeded by less is called just met."""


@dataclass(frozen=True)
class VerdictRow:
    """One cell of the matrix definition × basis of one target."""

    target: str
    country: str
    year: int
    definition: str
    basis: str
    required_percent: float
    share_percent: float
    numerator_twh: float
    denominator_twh: float
    gap_twh: float
    """TWh missing to the required share; a surplus is negative."""
    outcome: Literal["reached", "missed"]
    is_official: bool
    """The target's own definition and basis."""
    country_name: str


@dataclass(frozen=True)
class NotModelled:
    """A target that the run cannot judge."""

    target: str
    country: str
    year: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """The answers of one run. ``headline`` is None if the run names no headline target or does not model its year."""

    scenario: str
    headline: VerdictRow | None
    rows: tuple[VerdictRow, ...]
    not_modelled: tuple[NotModelled, ...]
    chinese_percent: float | None = None
    """Part of the headline's counted energy that Chinese money pays for; None where nothing counts."""
    unmet: tuple[str, ...] = ()
    """What the scenario asked for and the plan does not contain, with the limit in the way."""
    surplus: tuple[str, ...] = ()
    """Where energy has nowhere to go."""
    shed: tuple[str, ...] = ()
    """Load that is not served, by country and year."""
    costs: tuple[str, ...] = ()
    """Cost of supply and of shortage, in sum and by country."""
    net_import_twh: float = 0.0
    """Of the headline's country and year: why its shares of generation and of consumption differ."""

    @property
    def chinese_sentence(self) -> str:
        """``Chinese money pays for 21 % of the energy that counts (3.7 of 17.4 TWh).`` Empty without a figure."""
        if self.headline is None or self.chinese_percent is None:
            return ""
        counted = self.headline.numerator_twh
        part = self.chinese_percent / 100 * counted
        share = f"Chinese money pays for {self.chinese_percent:.0f} % of the energy that counts"
        return f"{share} ({part:.1f} of {counted:.1f} TWh)."

    @property
    def bases_sentence(self) -> str:
        """The share by the other accounting basis, and what it is due to where the outcome is another."""
        head = self.headline
        if head is None:
            return ""
        other = next(
            (row for row in self.rows if (row.target, row.definition) == (head.target, head.definition)
             and row.basis != head.basis), None,
        )  # fmt: skip
        if other is None:
            return ""
        measured = f"Measured by {other.basis} instead of {head.basis} the share is {_share_text(other)} %"
        if other.outcome == head.outcome:
            return f"{measured}."
        judged = "would be met" if other.outcome == "reached" else "would be missed"
        more, less = ("buys", "sells") if self.net_import_twh > 0 else ("sells", "buys")
        return (
            f"{measured}: it {judged}. "
            f"{head.country_name} {more} {_energy(abs(self.net_import_twh))} more than it {less}."
        )

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        if self.headline is None:
            return "No headline target in a model year."
        return row_sentence(self.headline)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "scenario": self.scenario,
            "sentence": self.sentence,
            "headline": asdict(self.headline) if self.headline else None,
            "chinese_percent": self.chinese_percent,
            "unmet": list(self.unmet),
            "surplus": list(self.surplus),
            "shed": list(self.shed),
            "costs": list(self.costs),
            "rows": [asdict(row) for row in self.rows],
            "not_modelled": [asdict(target) for target in self.not_modelled],
        }

    def as_text(self) -> str:
        """The sentences, a table with one line per row (``*`` marks the official ones), and what was not judged."""
        parts = [" ".join(text for text in (self.sentence, self.bases_sentence, self.chinese_sentence) if text)]
        if self.shed:
            parts.append("Load that is not served:\n" + "\n".join(f"  {line}" for line in self.shed))
        if self.costs:
            parts.append("Cost over the horizon, MUSD:\n" + "\n".join(f"  {line}" for line in self.costs))
        if self.unmet:
            parts.append("Asked for and not in the plan:\n" + "\n".join(f"  {line}" for line in self.unmet))
        if self.surplus:
            parts.append("Energy with nowhere to go:\n" + "\n".join(f"  {line}" for line in self.surplus))
        if self.rows:
            parts.append(_table(self.rows) + "\n\n* the target's own definition and basis")
        if self.not_modelled:
            parts.append("\n".join(f"{t.target} not judged: {t.reason}" for t in self.not_modelled))
        return "\n\n".join(parts) + "\n"


def row_sentence(row: VerdictRow) -> str:
    """``A generates 11.2 % of its electricity from renewables in 2030, 5.4 TWh short of the target of 15 %.``"""
    share, required = _share_text(row), f"the target of {row.required_percent:g} %"
    said = f"{row.country_name} generates {share} % of its electricity from renewables in {row.year}"
    if row.basis == "consumption":
        said = f"{row.country_name} covers {share} % of its electricity consumption with renewables in {row.year}"
    if row.outcome == "missed":
        return f"{said}, {_energy(row.gap_twh)} short of {required}."
    if -row.gap_twh < JUST_TWH:
        return f"{said} and just meets {required}."
    return f"{said}, {_energy(-row.gap_twh)} above {required}."


def _energy(twh: float) -> str:
    """Two significant digits below 0.1 TWh, so that a small gap is not shown as none."""
    return f"{twh:.2g} TWh" if twh < 0.1 else f"{twh:.1f} TWh"


def _share_text(row: VerdictRow) -> str:
    """One decimal, or as many more as it takes not to show a missed target as reached by rounding."""
    for digits in range(1, 13):
        text = f"{row.share_percent:.{digits}f}"
        if row.outcome == "reached" or float(text) < row.required_percent:
            return text
    return text


def _table(rows: tuple[VerdictRow, ...]) -> str:
    head = ("target", "definition", "basis", "required %", "share %", "numerator TWh", "of TWh", "gap TWh", "outcome")
    body = [
        (
            row.target,
            row.definition + (" *" if row.is_official else ""),
            row.basis,
            f"{row.required_percent:g}",
            _share_text(row),
            f"{row.numerator_twh:.2f}",
            f"{row.denominator_twh:.2f}",
            f"{row.gap_twh:+.2f}",
            row.outcome,
        )
        for row in rows
    ]
    return aligned(head, body, left=(0, 1, 2, len(head) - 1))


@dataclass(frozen=True)
class _Shares:
    """What shares are made of, the same for every target."""

    counted: xr.DataArray
    below: xr.DataArray
    applies: xr.DataArray


def _rows(dataset: xr.Dataset, target: str, shares: _Shares) -> list[VerdictRow]:
    about = _about(dataset, target)
    country, year = str(about["target_country"].item()), int(about["target_year"].item())
    official = (str(about["target_definition"].item()), str(about["target_basis"].item()))
    required = float(about["target_percent"].item())
    counted = shares.counted.sel(country=country, year=year) / 1000
    below = shares.below.sel(country=country, year=year) / 1000
    applies = shares.applies.sel(country=country)
    rows = []
    for definition in labels(dataset, "definition"):
        if definition != official[0] and not bool(applies.sel(definition=definition)):
            continue
        for basis in BASES:
            above, under = float(counted.sel(definition=definition)), float(below.sel(basis=basis))
            if not (math.isfinite(above) and math.isfinite(under)):
                raise FileError(f"results of {target} under {definition!r} are not finite: run the scenario again")
            share = 100 * above / under if under > 0 else 0.0  # where nothing is generated nothing is renewable
            rows.append(
                VerdictRow(
                    target=target,
                    country=country,
                    year=year,
                    definition=definition,
                    basis=basis,
                    required_percent=required,
                    share_percent=share,
                    numerator_twh=above,
                    denominator_twh=under,
                    gap_twh=required / 100 * under - above,
                    outcome="reached" if share >= required - 100 * TOLERANCE else "missed",
                    is_official=(definition, basis) == official,
                    country_name=names(dataset, "country")[country],
                )
            )
    return rows


def _about(dataset: xr.Dataset, target: str) -> xr.DataArray:
    """What is said of a target, as coordinates of its name."""
    return dataset["target"].sel(target=target)


def verdict(dataset: xr.Dataset) -> Verdict:
    """The verdict of a results dataset: targets and definitions in its order, generation before consumption.

    ``sentence`` is the answer to the headline target, ``rows`` has every target under every definition and basis:
    shares in %, energies in TWh. Raises FileError where a figure is not finite.
    """
    years = {int(y) for y in dataset["year"].values}
    shares = _Shares(numerator_gwh(dataset), denominator_gwh(dataset), definition_applies(dataset))
    rows: list[VerdictRow] = []
    missing: list[NotModelled] = []
    for target in labels(dataset, "target"):
        about = _about(dataset, target)
        year = int(about["target_year"].item())
        if year in years:
            rows += _rows(dataset, target, shares)
        else:
            known = ", ".join(str(y) for y in sorted(years))
            reason = f"{year} is not a model year ({known}); add it to horizon.model_years"
            missing.append(NotModelled(target, str(about["target_country"].item()), year, reason))
    name = str(dataset.attrs.get("headline_target", ""))
    headline = next((row for row in rows if row.target == name and row.is_official), None)
    chinese = None if headline is None else _chinese_percent(dataset, headline)
    bought = 0.0
    if headline is not None:
        bought = float(dataset["net_import_gwh"].sel(country=headline.country, year=headline.year)) / 1000
    scenario = str(dataset.attrs.get("scenario", ""))
    return Verdict(
        scenario, headline, tuple(rows), tuple(missing), chinese, tuple(unmet(dataset)), tuple(surplus(dataset)),
        tuple(shed(dataset)), tuple(costs(dataset)), bought,
    )  # fmt: skip


def _chinese_percent(dataset: xr.Dataset, headline: VerdictRow) -> float | None:
    """Part of the headline's numerator that Chinese money pays for."""
    shares = chinese_share_of_numerator_percent(dataset)
    share = float(shares.sel(country=headline.country, year=headline.year, definition=headline.definition))
    return share if math.isfinite(share) else None
