"""Past years, as the model gives them and as statistics report them: one table, with bands set beforehand.

A figure is within its band when its error is. The wider of a relative and an absolute width counts:

(1)  |model − published| ≤ max(percent/100 · |published|, absolute)

and, where the band asks for it, both have the same sign. Where a band is that of the published range, sources disagree,
and the model must lie between the lowest and the highest figure of them, with the same width beside each:

(2)  low − w(low) ≤ model ≤ high + w(high)

What a row can prove is its ``kind``:

===========  =========================================================================================
kind         meaning
===========  =========================================================================================
``input``    the year's own figure went into the model, or a volume or cap of the tables sets it: no proof of anything
``fit``      a calibrated parameter was chosen to fit this figure of this year, or other fitted figures set it
``derived``  other rows of the year and inputs set it: it repeats their errors
``test``     nothing was fitted to it
``fact``     what every operator knows of the system, without a published figure
===========  =========================================================================================

Once demand, water, wind and sun are given, coal, gas and trade have one sum:

(3)  coal + gas and oil + net import = demand − hydro − wind − sun

so the last of the three that is not known otherwise is set by the others. All generation and the sum of coal and gas
repeat the error of net imports. Beside each figure is that of a *null model* without trade and without plants: demand
less hydro, wind and sun is thermal; its split, and the peak over the year's mean, are the published means of the
country's other years. A model that is no better than this has shown nothing.

Tables come as data frames with the columns of the system's tables ``statistics``, ``backcast_bands``,
``backcast_facts``, ``backcast_causes`` and ``calibration``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis import indicators as ind

FUELS: dict[str, tuple[str, ...]] = {
    "coal": ("coal",),
    "gas_oil": ("gas", "oil"),
    "hydro": ("hydro",),
    "wind": ("wind",),
    "solar": ("solar",),
}
"""Items by technology groups. Plants burn gas and oil in the same boilers, and statistics part them differently."""
NATURAL = ("hydro", "wind", "solar")
KINDS = ("test", "derived", "fit", "input", "fact")
CLOSING = ("net_import", "coal", "gas_oil")
"""Figures that close a year (3); the last one that nothing else sets is derived from the others."""
DERIVED = ("thermal", "generation")
"""Sums that repeat the error of net imports."""
SUMS = {"thermal": ("coal", "gas_oil")}
ONE_FIGURE = {
    "generation": "generation_total",
    "demand": "demand",
    "net_import": "net_import",
    "peak": "peak",
    "generation_at_peak": "generation_at_peak",
}
COLUMNS = (
    "country", "item", "year", "unit", "kind", "model", "published", "error", "error_percent", "band", "holds",
    "null", "null_holds", "source", "reason", "others", "cause",
)  # fmt: skip


@dataclass(frozen=True)
class History:
    """What is known of past years, as data frames with the columns of the system's tables."""

    statistics: pd.DataFrame
    bands: pd.DataFrame
    facts: pd.DataFrame
    causes: pd.DataFrame
    calibration: pd.DataFrame


def backcast(dataset: xr.Dataset, history: History) -> pd.DataFrame:
    """One row per country, item and year for which a figure is published, then the facts. Columns: ``COLUMNS``.

    ``holds`` is True, False or None (no band). Energy in TWh, power in MW, shares and errors of shares in percent.
    """
    rows = [*_compared(dataset, history), *_facts(dataset, history)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    causes = {(c.country, c.item, None if pd.isna(c.year) else int(c.year)): c.cause for c in records(history.causes)}
    table["cause"] = [
        causes.get((row.country, row.item, row.year), causes.get((row.country, row.item, None), ""))
        if row.holds is False else ""
        for row in records(table)
    ]  # fmt: skip
    return table


def score(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by kind: columns kind, judged, held, null_held (of those that the null model can give), null_judged."""
    judged = table[table["holds"].notna()]
    rows = []
    for kind in (kind for kind in KINDS if kind in set(judged["kind"])):
        mine = judged[judged["kind"] == kind]
        null = mine["null_holds"].dropna()
        rows.append((kind, len(mine), int(mine["holds"].sum()), int(null.sum()), len(null)))
    return pd.DataFrame(rows, columns=["kind", "judged", "held", "null_held", "null_judged"])


def records(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, their cells as attributes."""
    return iter(table.itertuples(index=False))


def all_hold(table: pd.DataFrame) -> bool:
    """Whether every band holds."""
    return not any(holds is False for holds in table["holds"])


# ----------------------------------------------------------------------------------------------- figures


def model_figures(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Item → (country, year): TWh, MW at peaks, percent for shares (``<definition>_share`` of generation)."""
    groups = ind.generation_by_group_gwh(dataset) / 1e3
    countries = dataset["country"].values
    figures = {
        item: groups.sel(group=[g for g in members if g in groups["group"].values])
        .sum("group").reindex(country=countries, fill_value=0.0)
        for item, members in FUELS.items()
    }  # fmt: skip
    for item, (first, *rest) in SUMS.items():
        figures[item] = figures[first]
        for part in rest:
            figures[item] = figures[item] + figures[part]
    figures["generation"] = dataset["country_generation_gwh"] / 1e3
    figures["demand"] = (dataset["country_consumption_gwh"] + dataset["unserved_gwh"]) / 1e3
    figures["net_import"] = dataset["net_import_gwh"] / 1e3
    figures["peak"] = dataset["peak_load_mw"]
    figures["generation_at_peak"] = _generation_at_peak(dataset)
    share = ind.share_percent(dataset).sel(basis="generation")
    return figures | {f"{name}_share": share.sel(definition=name) for name in ind.labels(dataset, "definition")}


def _generation_at_peak(dataset: xr.Dataset) -> xr.DataArray:
    """Generation of a country in the slice of its own highest load, (country, year) MW."""
    load = ind.sum_by(dataset["load_mw"] + dataset["nev_load_mw"], "zone", "country")
    generation = ind.sum_by(dataset["generation_mw"], "unit", "country").reindex(country=load["country"].values)
    highest = load.argmax("slice")
    return generation.isel(slice=highest).drop_vars("slice", errors="ignore")


def _unit(item: str) -> str:
    if item.endswith("_share"):
        return "percent"
    return "MW" if item in ("peak", "generation_at_peak") else "TWh"


# -------------------------------------------------------------------------------------------- statistics


@dataclass(frozen=True)
class Published:
    """A published figure, its range where sources disagree, and what else is printed."""

    value: float
    low: float
    high: float
    source: str
    reason: str
    others: str


def published_figures(statistics: pd.DataFrame) -> dict[tuple[str, str, int], float]:
    """(country, item, year) → the chosen figure; items and units as ``model_figures``."""
    return {key: known.value for key, known in published_rows(statistics).items()}


def published_rows(statistics: pd.DataFrame) -> dict[tuple[str, str, int], Published]:
    """(country, item, year) → the chosen figure, its source and reason, and all others; items as ``model_figures``."""
    members = {item: tuple(f"generation_{group}" for group in groups) for item, groups in FUELS.items()}
    members |= {item: tuple(m for part in parts for m in members[part]) for item, parts in SUMS.items()}
    members |= {item: (name,) for item, name in ONE_FIGURE.items()}
    shares = [str(name) for name in statistics["item"].unique() if str(name).endswith("_share")]
    members |= {name: (name,) for name in shares}
    found = {}
    places = zip(statistics["country"].astype(str), statistics["year"].astype(int), strict=True)
    for country, year in dict.fromkeys(places):
        here = statistics[(statistics["country"] == country) & (statistics["year"] == year)]
        for item, names in members.items():
            rows = here[here["item"].isin(names)]
            chosen = rows[rows["chosen"]]
            needed = {m for part in SUMS.get(item, ()) for m in members[part][:1]} or {names[0]}
            if needed <= set(chosen["item"]):
                found[country, item, year] = _one_figure(rows, chosen, item in SUMS)
    return found


def _one_figure(rows: pd.DataFrame, chosen: pd.DataFrame, summed: bool) -> Published:
    keys = dict.fromkeys(key for source in chosen["source"] for key in str(source).split(";"))
    notes = dict.fromkeys(str(note) for note in chosen["note"] if note)
    others = rows[~rows["chosen"]]
    value = float(chosen["value"].sum())
    printed = [value, *(() if summed else others["value"])]
    return Published(
        value,
        float(min(printed)),
        float(max(printed)),
        ";".join(keys),
        "Sum of the chosen figures." if summed else " ".join(notes),
        "" if summed else "; ".join(f"{r.value:g} ({r.source})" for r in records(others)),
    )


def _compared(dataset: xr.Dataset, history: History) -> Iterator[dict[str, Any]]:
    figures, published = model_figures(dataset), published_rows(history.statistics)
    years = [int(year) for year in dataset["year"].values]
    for country in ind.labels(dataset, "country"):
        null = null_model(country, published)
        for item, values in figures.items():
            for year in years:
                known = published.get((country, item, year))
                if known is None:
                    continue
                kind = kind_of(country, item, year, set(published), history.calibration)
                model = float(values.sel(country=country, year=year))
                band = _band(history.bands, country, item, known.value)
                yield _row(country, item, year, kind, model, known, band, null.get((item, year), np.nan))


def _row(
    country: str, item: str, year: int, kind: str, model: float, known: Published, band: Any | None, null: float
) -> dict[str, Any]:  # fmt: skip
    error = model - known.value
    return {
        "country": country, "item": item, "year": year, "unit": _unit(item), "kind": kind, "model": model,
        "published": known.value, "error": error,
        "error_percent": 100 * error / abs(known.value) if known.value else np.nan,
        "band": "" if band is None else _band_text(band, known), "holds": _within(band, model, known),
        "null": null, "null_holds": None if np.isnan(null) else _within(band, null, known),
        "source": known.source, "reason": known.reason, "others": known.others,
    }  # fmt: skip


def _within(band: Any | None, figure: float, known: Published) -> bool | None:
    """Whether a figure is within its band (1), (2); None without one."""
    if band is None:
        return None
    low, high = (known.low, known.high) if band.published_range else (known.value, known.value)
    if band.same_sign and figure * known.value < 0:
        return False
    return low - _width(band, low) - 1e-9 <= figure <= high + _width(band, high) + 1e-9


def _width(band: Any, published: float) -> float:
    percent, absolute = (0.0 if pd.isna(width) else float(width) for width in (band.percent, band.absolute))
    return max(percent / 100 * abs(published), absolute)


def _band_text(band: Any, known: Published) -> str:
    percent, absolute = (0.0 if pd.isna(width) else float(width) for width in (band.percent, band.absolute))
    text = f"±{percent:g} %" if percent / 100 * abs(known.value) >= absolute else f"±{absolute:g}"
    text += ", same sign" if band.same_sign else ""
    if band.published_range and known.low < known.high:
        text = f"{known.low:.1f} to {known.high:.1f} {text}"
    return text


# ---------------------------------------------------------------------------------------- what a row can prove


def kind_of(
    country: str, item: str, year: int, published: Collection[tuple[str, str, int]], calibration: pd.DataFrame
) -> str:  # fmt: skip
    """The kind of a row; ``published`` says which (country, item, year) have a figure. Facts are not asked for."""
    if item in DERIVED:
        return "derived"
    if item not in CLOSING:
        return _own_kind(country, item, year, calibration)
    here = [other for other in CLOSING if (country, other, year) in published]
    kinds = {other: _own_kind(country, other, year, calibration) for other in here}
    unknown = [other for other in here if kinds[other] == "test"]
    if unknown and unknown[-1] == item:  # the last one that nothing else sets closes the year
        if len(unknown) > 1:
            return "derived"
        if "net_import" in here:
            return "fit"
    return kinds[item]


def _own_kind(country: str, item: str, year: int, calibration: pd.DataFrame) -> str:
    """As the tables say it, before the year is closed."""
    if item in NATURAL or item == "demand" or item.endswith("_share"):
        return "input"
    name = f"{country}/{item}"
    if any(name in row.set_items for row in records(calibration)):
        return "input"
    fitted = (row for row in records(calibration) if name in row.fitted_items)
    return "fit" if any(str(year) in map(str, row.fitted_years) for row in fitted) else "test"


def null_model(country: str, published: Mapping[tuple[str, str, int], Published]) -> dict[tuple[str, int], float]:
    """(item, year) → what a model without trade and without plants gives; nothing where it has no figure to go by."""
    known = {(item, year): figure.value for (place, item, year), figure in published.items() if place == country}
    years = sorted({year for item, year in known if item == "demand"})
    found: dict[tuple[str, int], float] = {}
    for year in years:
        demand = known["demand", year]
        natural = sum(known.get((item, year), 0.0) for item in NATURAL)
        found[("generation", year)], found[("net_import", year)] = demand, 0.0
        found |= {(item, year): known[item, year] for item in (*NATURAL, "demand") if (item, year) in known}
        found["thermal", year] = demand - natural
        coal = _mean([known["coal", y] / (known["coal", y] + known["gas_oil", y])
                      for y in years if y != year and ("coal", y) in known and ("gas_oil", y) in known])  # fmt: skip
        if ("coal", year) in known:
            found["coal", year] = coal * found["thermal", year]
        found["gas_oil", year] = found["thermal", year] - found.get(("coal", year), 0.0)
        for item in ("peak", "generation_at_peak"):
            over = [known[item, y] / known["demand", y] for y in years if y != year and (item, y) in known]
            found[item, year] = _mean(over) * demand
    return found


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _band(bands: pd.DataFrame, country: str, item: str, published: float) -> Any | None:
    """The band of the country (or of all), for the item (or every fuel), with the highest threshold that fits."""
    named = [band for band in records(bands) if band.item == item or (band.item == "fuel" and item in FUELS)]
    own = [band for band in named if band.country == country] or [band for band in named if band.country == "all"]
    fitting = [band for band in own if band.above < abs(published)]
    return max(fitting, key=lambda band: float(band.above), default=None)


# ------------------------------------------------------------------------------------------------- facts


def _facts(dataset: xr.Dataset, history: History) -> Iterator[dict[str, Any]]:
    for fact in records(history.facts):
        values = QUANTITIES[fact.quantity](dataset, fact)
        unit = "percent" if fact.quantity.endswith(("percent", "limit")) else "MW"
        least, most = fact.least, fact.most
        text = " ".join(f"{sign} {bound:g}" for sign, bound in (("≥", least), ("≤", most)) if not pd.isna(bound))
        for year in dataset["year"].values:
            model = float(values.sel(year=year))
            holds = (pd.isna(least) or model >= least - 1e-6) and (pd.isna(most) or model <= most + 1e-6)
            yield {
                "country": fact.country, "item": fact.id, "year": int(year), "unit": unit, "kind": "fact",
                "model": model, "published": np.nan, "error": np.nan, "error_percent": np.nan, "band": text,
                "holds": bool(holds), "null": np.nan, "null_holds": None, "source": fact.source,
                "reason": fact.sentence, "others": "",
            }  # fmt: skip


def _when(dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    month, hour = dataset["slice_month"], dataset["slice_hour"]
    return month.isin(list(fact.months)) & (hour >= float(fact.first_hour)) & (hour <= float(fact.last_hour))


def _flow_percent_of_limit(dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    flow = dataset["flow_mw"].sel(link=fact.place).where(_when(dataset, fact), 0)
    return 100 * flow.max("slice") / dataset["link_capacity_mw"].sel(link=fact.place)


def _backward_mw(dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    return (-dataset["flow_mw"].sel(link=fact.place)).where(_when(dataset, fact), 0).max("slice").clip(min=0)


def _capacity_mw(dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    return dataset["link_capacity_mw"].sel(link=fact.place)


def _months_percent(water: xr.DataArray, dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    inside = dataset["day_month"].isin(list(fact.months))
    return 100 * water.where(inside, 0).sum("day") / water.sum("day")


def _release_percent(dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    out = (dataset["reservoir_turbined_hm3"] + dataset["reservoir_spill_hm3"]).sel(reservoir=fact.place)
    return _months_percent(out, dataset, fact)


def _inflow_percent(dataset: xr.Dataset, fact: Any) -> xr.DataArray:
    return _months_percent(dataset["reservoir_inflow_hm3"].sel(reservoir=fact.place), dataset, fact)


QUANTITIES: dict[str, Callable[[xr.Dataset, Any], xr.DataArray]] = {
    "flow_percent_of_limit": _flow_percent_of_limit,
    "backward_mw": _backward_mw,
    "capacity_mw": _capacity_mw,
    "release_percent": _release_percent,
    "inflow_percent": _inflow_percent,
}
