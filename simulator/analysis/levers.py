"""What one lever moves: two runs side by side, one line of a table."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.verdict import verdict

HEAD = (
    "share, %", "points", "points by the other basis", "load shed, GWh", "cost of supply, bn USD",
    "cost of shortage, bn USD", "CO2, Mt", "last peak, MW",
)  # fmt: skip
"""Columns: the share of the headline target and its change, then changes of the others."""


@dataclass(frozen=True)
class Effect:
    """A run less its base. Costs are discounted; they and load shed, in the target's year, are of all countries."""

    share_percent: float
    points: float
    consumption_points: float
    shed_gwh: float
    supply_busd: float
    shortage_busd: float
    co2_mt: float
    peak_mw: float

    def cells(self) -> tuple[str, ...]:
        """As in ``HEAD``."""
        return (
            f"{self.share_percent:.1f}", f"{self.points:+.2f}", f"{self.consumption_points:+.2f}",
            f"{self.shed_gwh:+,.0f}", f"{self.supply_busd:+.2f}",
            f"{self.shortage_busd:+.2f}", f"{self.co2_mt:+.2f}", f"{self.peak_mw:+,.0f}",
        )  # fmt: skip


def effect(run: xr.Dataset, base: xr.Dataset) -> Effect:
    """The effect of what differs. Raises ``ValueError`` where a run has no headline target."""
    mine, other = _levels(run), _levels(base)
    return Effect(mine[0], *(a - b for a, b in zip(mine, other, strict=True)))


def _levels(dataset: xr.Dataset) -> tuple[float, ...]:
    answer = verdict(dataset)
    head = answer.headline
    if head is None:
        raise ValueError("the run has no headline target")
    rows = [r for r in answer.rows if (r.target, r.definition) == (head.target, head.definition)]
    here = {"country": head.country, "year": head.year}
    return (
        head.share_percent,
        next(row.share_percent for row in rows if row.basis != head.basis),
        float(ind.unserved_gwh(dataset).sel(year=head.year).sum(skipna=False)),
        ind.npv_of_supply_musd(dataset) / 1e3,
        ind.npv_of_shortage_musd(dataset) / 1e3,
        float(dataset["emissions_kt"].sel(here)) / 1e3,
        float(dataset["peak_load_mw"].sel(country=head.country).isel(year=-1)),
    )
