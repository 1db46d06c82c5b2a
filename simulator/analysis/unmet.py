"""What a scenario asked for and the plan does not contain, and the limit that prevents it.

Named projects that limits of building delay; volume of auctions, treaties and deals that was not built, by reason;
money of envelopes that was left; energy missing to targets with a price. Small remainders (below ``SMALL`` of what was
asked) are rounding and left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

SMALL = 1e-3
"""Part of what was asked below which nothing is said."""


def unmet(dataset: xr.Dataset) -> list[str]:
    """Lines for projects that limits delay, for procurement that is cut, and one for money not spent, over the horizon,
    the largest first."""
    return [*_late(dataset), *_volume(dataset), *_money(dataset)]


def _late(dataset: xr.Dataset) -> Iterator[str]:
    """Projects of which limits delay a part, by country."""
    delayed: dict[str, dict[str, None]] = {}
    for asset, country in zip(dataset["asset"].values, dataset["asset_country"].values, strict=True):
        project, *rest = str(asset).split("/")
        if rest[:1] == ["late"]:
            delayed.setdefault(str(country), {})[project] = None
    for country, projects in delayed.items():
        yield (
            f"{len(projects)} named projects of {country} are late in part, all that wait by the same share, as limits "
            f"of building leave them less room: {', '.join(projects)}"
        )


def _volume(dataset: xr.Dataset) -> Iterator[str]:
    built = dataset["procured_mw"].sum("year")
    refused = dataset["procurement_refused_mw"].sum("year")
    asked = built + refused.sum("reason")
    for procurement in _largest_first(refused.sum("reason"), "procurement"):
        lost = refused.sel(procurement=procurement)
        whole = float(asked.sel(procurement=procurement))
        if float(lost.sum()) <= SMALL * whole:
            continue
        causes = ", ".join(
            f"{float(lost.sel(reason=reason)):,.0f} MW {_because(reason)}"
            for reason in _largest_first(lost, "reason")
            if float(lost.sel(reason=reason)) > SMALL * whole
        )
        yield f"{procurement}: {float(built.sel(procurement=procurement)):,.0f} of {whole:,.0f} MW are built; {causes}"


def _because(reason: str) -> str:
    """A reason as the end of a sentence."""
    if reason.startswith("limit "):
        return f"refused by the limit {reason.removeprefix('limit ')}"
    return {"investor has left": "refused: the investor has left"}.get(reason, reason if reason == "not realised"
                                                                       else f"refused: {reason}")  # fmt: skip


def _money(dataset: xr.Dataset) -> Iterator[str]:
    """Envelopes limit money by interval; what is left in one is not carried on. One line for all, the largest first."""
    ready, spent = dataset["investor_budget_musd"].sum("year"), dataset["investor_spent_musd"].sum("year")
    left = (ready - spent).where(np.isfinite(ready), 0.0)
    said = [
        f"{envelope} {rest:,.0f} of {whole:,.0f} MUSD"
        for envelope in _largest_first(left, "envelope")
        if (rest := float(left.sel(envelope=envelope))) > SMALL * (whole := float(ready.sel(envelope=envelope))) > 0
    ]
    if said:
        yield f"money not spent, as more would not pay within the limits of what may be built: {', '.join(said)}"


def _largest_first(array: xr.DataArray, dimension: str) -> list[str]:
    order = np.argsort(-array.values, kind="stable")
    return [str(array[dimension].values[i]) for i in order]
