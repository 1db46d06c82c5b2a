"""Why two runs differ: every difference as a sum of its causes, with nothing left over.

Share. It is a ratio of two sums, ``s = N/D``: counted energy over generation or consumption. With the mean of both
orders of change (first N then D, first D then N; the Shapley value of two players) the difference splits exactly:

(1)  Δs = ½·(1/D₀ + 1/D₁)·ΔN − (N₀ + N₁)/(2·D₀·D₁)·ΔD

=======  ==========================================================================  =====
symbol   meaning                                                                     unit
=======  ==========================================================================  =====
``N``    counted energy: Σ generation × eligibility of the country's assets          GWh
``D``    gross generation or consumption of the country                              GWh
``Δ``    second run less first run; subscripts 0 and 1 are the two runs              –
=======  ==========================================================================  =====

Both coefficients are the same for all parts of N and of D, so a part gets in proportion to its own change. Swapping
the runs turns every sign. A part of N that only replaces another generator leaves D as it is; one that comes on top
is also in D, where it shows as what it was used for.

(2)  N = Σ over technology group, standing (existing, project, procured, chosen) and Chinese or other money
(3)  D = load served + corridors + vehicles + net exports + lost in storage and distribution networks + used by plants
     (consumption: load served + corridors + vehicles)

Supply, cost and emissions are sums. Supply is generation plus net import; it shows what takes the place of a plant that
is missing: technology group, standing and kind of investor. Cost is split by component, emission by technology group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind
from simulator.analysis.compare import Scope, scope_of

STANDING = {
    "existing": "existing plants",
    "project": "projects",
    "procured": "procured plants",
    "candidate": "chosen plants",
}
NET_EXPORTS = ("imports by link", "exports by link", "border imports", "border exports")
NET_EXPORT = "net exports"
STORAGE = ("storage discharge", "storage charge")
SERVED = ("load", "unserved energy")
SHOWN = 8
"""Causes named in a text or figure; the smaller ones are added up."""


@dataclass(frozen=True)
class Why:
    """A difference and its causes, largest effect first: columns effect (in ``unit``) and text (a clause)."""

    title: str
    unit: str
    total: float
    causes: pd.DataFrame

    def sentences(self) -> list[str]:
        """``+0.51 points: wind of Chinese projects gives 0.74 TWh more that counts``, and one line for the rest."""
        return [f"{row['effect']:+9,.2f} {self.unit}: {row['text']}" for _, row in largest(self.causes).iterrows()]


def ratio_effects(
    above: tuple[pd.Series, pd.Series], below: tuple[pd.Series, pd.Series]
) -> tuple[pd.Series, pd.Series]:
    """Equation (1): what each part of the numerator and of the denominator adds to the difference of the ratios.

    ``above`` and ``below`` have the parts in the first and in the second run; a part one of them lacks is zero there.
    Raises ``ZeroDivisionError`` where a denominator is zero.

    >>> wind = pd.Series({"wind": 1.0}), pd.Series({"wind": 2.0})
    >>> load = pd.Series({"load": 10.0}), pd.Series({"load": 16.0})
    >>> [part.round(5).to_dict() for part in ratio_effects(wind, load)]  # 2/16 − 1/10 = 0.025
    [{'wind': 0.08125}, {'load': -0.05625}]
    """
    n0, n1, d0, d1 = (float(part.sum()) for part in (*above, *below))
    if d0 == 0 or d1 == 0:
        raise ZeroDivisionError("a share of nothing has no causes")
    return (1 / d0 + 1 / d1) / 2 * _difference(*above), -(n0 + n1) / (2 * d0 * d1) * _difference(*below)


def _difference(first: pd.Series, second: pd.Series) -> pd.Series:
    return second.sub(first, fill_value=0.0)


def largest(causes: pd.DataFrame) -> pd.DataFrame:
    """The ``SHOWN`` largest causes that show with two decimals, and the sum of the others as one row."""
    visible = causes[causes["effect"].abs() >= 0.005].iloc[:SHOWN]
    rest = causes["effect"].sum() - visible["effect"].sum()
    if abs(rest) < 0.005:
        return visible
    others = pd.DataFrame({"effect": [rest], "text": ["all other causes"]}, index=["all other causes"])
    return pd.concat([visible, others])


def explain(first: xr.Dataset, second: xr.Dataset) -> list[Why]:
    """Why the second run differs from the first in share, supply, cost and emissions, in the question of the first.

    Without a headline target there is no share; runs that do not both model the year have nothing to explain.
    """
    scope = scope_of(first)
    if not (scope.holds(first) and scope.holds(second)):
        return []
    sums = (_supply, _cost, _emissions)
    return [*_share(first, second, scope), *(part(first, second, scope) for part in sums)]


def as_text(whys: Sequence[Why]) -> str:
    """One paragraph per difference: what it is in all, then its causes, one a line."""
    parts = []
    for why in whys:
        lines = why.sentences() or ["      no cause shows"]
        parts.append("\n".join([f"Why {why.title} differs: {why.total:+,.2f} {why.unit}", *lines]))
    return "\n\n".join(parts) + ("\n" if parts else "")


def as_table(whys: Sequence[Why]) -> pd.DataFrame:
    """All causes, one a row: what differs, unit, cause, effect, text."""
    frames = [
        why.causes.rename_axis("cause").reset_index().assign(differs=why.title, unit=why.unit) for why in whys
    ]  # fmt: skip
    columns = ["differs", "unit", "cause", "effect", "text"]
    return pd.concat(frames)[columns] if frames else pd.DataFrame(columns=columns)


# --------------------------------------------------------------------------------------------------- the share


def _share(first: xr.Dataset, second: xr.Dataset, scope: Scope) -> Iterator[Why]:
    target = scope.target
    if target is None or target.definition not in ind.labels(second, "definition"):
        return
    above = counted_parts(first, target), counted_parts(second, target)
    below = denominator_parts(first, target), denominator_parts(second, target)
    if not all(part.sum() > 0 for part in below):
        return
    counted, used = ratio_effects(above, below)
    verb = "generated" if target.basis == "generation" else "consumed"
    more = _difference(*above).map(_more) + " that counts"
    drawn = _difference(*below).map(_more) + f" {verb} for "
    table = pd.concat([
        pd.DataFrame({"effect": 100 * counted, "text": counted.index + " gives " + more}),
        pd.DataFrame({"effect": 100 * used, "text": drawn + used.index}),
    ])  # fmt: skip
    if NET_EXPORT in used.index:
        exports = [float(part.get(NET_EXPORT, 0.0)) for part in below]
        table["text"] = table["text"].mask(table.index == NET_EXPORT, _trade_text(*exports))
    yield Why(f"the share of {scope.year}", "points", *_ranked(table))


def _trade_text(first: float, second: float) -> str:
    """What a change of net exports (GWh, negative: net imports) means for generation."""
    change = second - first
    if max(first, second) <= 0:
        return f"{_more(-change)} imported instead of generated"
    if min(first, second) >= 0:
        return f"{_more(change)} generated for export"
    names = [f"net {'exports' if value > 0 else 'imports'} of {abs(value) / 1e3:.2f} TWh" for value in (first, second)]
    return " become ".join(names)


def _more(gwh: float) -> str:
    return f"{abs(gwh) / 1e3:.2f} TWh {'more' if gwh > 0 else 'less'}"


def _ranked(table: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    order = table["effect"].abs().sort_values(ascending=False, kind="stable").index
    return float(table["effect"].sum()), table.loc[order]


def counted_parts(dataset: xr.Dataset, target: ind.Focus) -> pd.Series:
    """Equation (2): counted energy of the target's country and year by cause, GWh."""
    here = dataset.isel(asset=np.flatnonzero(dataset["asset_country"].values == target.country))
    here = here.sel(year=target.year, definition=target.definition)
    energy = (here["generation_gwh"] * here["eligibility"]).values
    money = here["asset_chinese_money"].values
    groups = [g.replace("_", " ") for g in here["asset_group"].values.astype(str)]
    standing = [STANDING[s] for s in here["asset_status"].values.astype(str)]
    parts = [
        pd.Series(energy * share, index=[f"{g} of {whose} {s}" for g, s in zip(groups, standing, strict=True)])
        for whose, share in (("Chinese", money), ("other", 1 - money))
    ]
    total = pd.concat(parts).groupby(level=0).sum()
    return total[total != 0]


def denominator_parts(dataset: xr.Dataset, target: ind.Focus) -> pd.Series:
    """Equation (3): generation or consumption of the target's country and year by use, GWh.

    The ledger closes to the solver's accuracy; the rest, far below a GWh, is counted with the plants' own use.
    """
    zones = np.flatnonzero(dataset["zone_country"].values == target.country)
    here = dataset.sel(year=target.year)
    total = float(ind.denominator_gwh(here.expand_dims("year")).sel(country=target.country, basis=target.basis).item())
    power = here["energy_mw"].isel(zone=zones).sum("zone")
    drawn = -ind.energy_gwh(here, power).to_series()
    entries = pd.Series(drawn.values, index=[str(name) for name in drawn.index])
    uses = {name: value for name, value in entries.items() if name not in ind.GENERATION_ENTRIES}
    corridors = float(here["corridor_energy_gwh"].isel(zone=zones).sum())
    demand = {
        "load": sum(uses.pop(name, 0.0) for name in SERVED) - corridors,
        "electrified corridors": corridors,
        "charging of electric vehicles": sum(uses.pop(name, 0.0) for name in ind.VEHICLE_ENTRIES),
    }
    if target.basis == "consumption":
        return pd.Series(demand | {"other consumption": total - sum(demand.values())})
    used = demand | {
        NET_EXPORT: sum(uses.pop(name, 0.0) for name in NET_EXPORTS),
        "losses in storage": sum(uses.pop(name, 0.0) for name in STORAGE),
        "losses in distribution networks": sum(uses.pop(name, 0.0) for name in ind.DISTRIBUTION_ENTRIES),
        **uses,
    }
    return pd.Series(used | {"own use of plants": total - sum(used.values())})


# --------------------------------------------------------------------------------------- supply, cost, emissions


def _supply(first: xr.Dataset, second: xr.Dataset, scope: Scope) -> Why:
    effect = _difference(*(supply_parts(run, scope) for run in (first, second))) / 1e3
    table = pd.DataFrame({"effect": effect, "text": effect.index})
    return Why(f"the supply of {scope.year} (generation and net import)", "TWh", *_ranked(table))


def supply_parts(dataset: xr.Dataset, scope: Scope) -> pd.Series:
    """Generation of the scope by group, standing and kind of investor, and net import; GWh."""
    here = dataset.isel(asset=np.flatnonzero(np.isin(dataset["asset_country"].values, scope.countries)))
    here = here.sel(year=scope.year)
    kinds = dict(zip(ind.labels(here, "investor"), here["investor_kind"].values.astype(str), strict=True))
    chinese = ind.chinese_investors(here)
    of = [
        f"{'Chinese ' if investor in chinese else ''}{kinds[investor]}" if investor else ""
        for investor in here["asset_investor"].values.astype(str)
    ]
    names = [
        f"{group}, {STANDING[str(status)]}{' of ' if kind else ''}{kind}".replace("_", " ")
        for group, status, kind in zip(here["asset_group"].values, here["asset_status"].values, of, strict=True)
    ]
    energy = pd.Series(here["generation_gwh"].values, index=names).groupby(level=0).sum()
    bought = float(here["net_import_gwh"].sel(country=list(scope.countries)).sum())
    return pd.Series(energy[energy != 0].to_dict() | {"net import": bought})


def _cost(first: xr.Dataset, second: xr.Dataset, scope: Scope) -> Why:
    costs = [run["cost_musd"].sel(year=scope.year).to_series() for run in (first, second)]
    effect = _difference(*costs)
    table = pd.DataFrame({"effect": effect, "text": effect.index})
    return Why(f"the system's cost of {scope.year}", "MUSD/yr", *_ranked(table))


def _emissions(first: xr.Dataset, second: xr.Dataset, scope: Scope) -> Why:
    parts, energy = [], []
    for run in (first, second):
        here = run.isel(asset=np.flatnonzero(np.isin(run["asset_country"].values, scope.countries)))
        here = here.sel(year=scope.year)
        parts.append(ind.by_asset(here, "asset_emissions_kt", "group").to_series())
        energy.append(ind.by_asset(here, "generation_gwh", "group").to_series())
    effect = _difference(*parts)
    text = effect.index.str.replace("_", " ") + " gives " + _difference(*energy).map(_more)
    return Why(f"the emission of {scope.year}", "kt", *_ranked(pd.DataFrame({"effect": effect, "text": text})))
