"""The backcast as texts: a table for the terminal and a page in Markdown. Only the table and its data frames go in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from simulator.analysis.backcast import records, score
from simulator.analysis.text import Markup, markdown

NAMES = {
    "coal": "coal", "gas_oil": "gas and oil", "thermal": "coal, gas and oil", "hydro": "hydro", "wind": "wind",
    "solar": "solar", "generation": "all generation", "demand": "demand", "net_import": "net import",
    "peak": "peak load", "generation_at_peak": "own generation at the peak",
    "load_shed": "load shed", "hours_with_load_shed": "hours with load shed",
}  # fmt: skip
HEAD = """\
# Backcast: past years

Before the model plans, it repeats: fleet, demand, fuel volumes, wind, sun and water of past years, dispatched at least
cost. Nothing is built, nothing is closed, and no row of the model forces a fuel's published total. The table says how
far the model's generation, trade and peaks lie from the statistics, and whether they lie within bands.

Made by `simulator backcast --docs docs`; all figures with their sources are in [backcast.csv](backcast.csv).

How to read *kind*: **test**, nothing was fitted to it; **derived**, other rows of the year set it, so it repeats their
errors (generation and the sum of coal and gas repeat that of net imports; the last of coal, gas and trade is what
demand leaves); **fit**, a calibrated parameter was chosen to fit this figure, or fitted figures set it;
**input**, the year's own figure, or a volume or cap of the tables, went into the model, so the row proves nothing;
**fact**, what every operator knows.

Figures are *model / published / null model*. The null model has no trade and no plants: demand less hydro, wind and sun
is thermal, split as the country's other years were on average; peaks follow demand. Where it is as good, the model has
shown nothing. Bands with a range are those of the published figures, where sources disagree.
"""


def name(item: str, sentences: Mapping[str, str] | None = None) -> str:
    """What a reader sees for an item; facts are shown by their sentence."""
    if item.endswith("_share"):
        return f"{item.removesuffix('_share').replace('_', ' ')} renewable share"
    return NAMES.get(item) or (sentences or {}).get(item, item)


def as_text(table: pd.DataFrame) -> str:
    """All judged rows for the terminal, one line each, and the score."""
    lines = [f"{'':4}{'item':28}{'year':>5} {'model':>9} {'published':>10} {'error':>8}  {'band':18}{'kind':6}"]
    for row in records(table):
        if row.holds is None:
            continue
        published = "" if pd.isna(row.published) else f"{row.published:.2f}"
        error = "" if pd.isna(row.error) else f"{row.error:+.2f}"
        lines.append(
            f"{row.country:4}{name(row.item):28.28}{row.year:5d} {row.model:9.2f} {published:>10} {error:>8}  "
            f"{row.band:18}{row.kind:6}{'' if row.holds else 'FAILS'}".rstrip()
        )
    return "\n".join([*lines, "", *(f"{r.kind}: {r.held} of {r.judged} in band" for r in score(table).itertuples())])


def page(table: pd.DataFrame, calibration: pd.DataFrame, countries: Mapping[str, str], figures: bool = True) -> str:
    """The page in Markdown: score, a table and figure per country, facts, what fails and why, what was calibrated."""
    parts = [HEAD, _score(table)]
    for country, title in countries.items():
        here = table[(table["country"] == country) & (table["kind"] != "fact")]
        if len(here):
            picture = f"![{title}: model and statistics](backcast_{country}.svg)\n\n" if figures else ""
            parts.append(f"## {title}\n\n{picture}{_matrix(here)}")
    facts = table[table["kind"] == "fact"]
    if len(facts):
        parts.append(f"## Facts\n\n{_matrix(facts, dict(zip(facts['item'], facts['reason'], strict=True)))}")
    parts += [_failures(table), _choices(table), _calibration(calibration)]
    return "\n".join(part for part in parts if part)


def _score(table: pd.DataFrame) -> str:
    rows = [(r.kind, r.judged, r.held, f"{r.null_held} of {r.null_judged}" if r.null_judged else "–")
            for r in records(score(table))]  # fmt: skip
    head = ("kind", "judged", "in band", "null model in band")
    return "## Score\n\n" + markdown(head, rows)


def _matrix(table: pd.DataFrame, sentences: Mapping[str, str] | None = None) -> str:
    """Items down, years across; failures in bold, figures without a band in italics."""
    years = sorted(table["year"].unique())
    rows = []
    for item in dict.fromkeys(table["item"]):
        mine = {row.year: row for row in records(table[table["item"] == item])}
        bands = dict.fromkeys(row.band for row in mine.values() if row.band)
        kinds = dict.fromkeys(row.kind for row in mine.values())
        unit = next(iter(mine.values())).unit
        cells = [_cell(mine[year]) if year in mine else "" for year in years]
        rows.append((f"{name(item, sentences)}, {unit}", *cells, "; ".join(bands), ", ".join(kinds)))
    return markdown(("", *map(str, years), "band", "kind"), rows)


def _cell(row: Any) -> str:
    model, published, unit = row.model, row.published, row.unit
    digits = 0 if unit == "MW" else 1 if unit == "percent" and pd.isna(published) else 2
    others = "".join(f" / {value:.{digits}f}" for value in (published, row.null) if not pd.isna(value))
    text = f"{model:.{digits}f}{others}"
    return Markup(f"*{text}*" if row.holds is None else text if row.holds else f"**{text}**")


def _failures(table: pd.DataFrame) -> str:
    failed = table[[holds is False for holds in table["holds"]]]
    if failed.empty:
        return "## What fails\n\nNothing.\n"
    rows = []
    for row in records(failed):
        error = "" if pd.isna(row.error) else f"{row.error:+.2f}"
        rows.append((row.country, name(row.item), row.year, row.kind, error, row.band, row.cause or "not found yet"))
    head = ("", "item", "year", "kind", "error", "band", "cause")
    return "## What fails, and why\n\nA failed band stays failed.\n\n" + markdown(head, rows)


def _choices(table: pd.DataFrame) -> str:
    """Where sources disagree: the figure chosen, why, and the others."""
    rows = [
        (row.country, name(row.item), row.year, f"{row.published:g} ({row.source})", row.reason, row.others)
        for row in records(table[table["others"] != ""])
    ]
    head = ("", "item", "year", "chosen", "reason", "others")
    text = (
        "## Where sources disagree\n\nOne set per year is chosen that closes: fuels add up to the total, and the total"
    )
    return text + " and net import to demand.\n\n" + markdown(head, rows)


def _calibration(calibration: pd.DataFrame) -> str:
    rows = [
        (Markup(f"`{r.table}.{r.row}.{r.column}`"), f"{r.value:g} {r.unit}", f"{r.low:g} to {r.high:g}",
         _fitted(r.fitted_items, r.fitted_years), r.note)
        for r in records(calibration)
    ]  # fmt: skip
    head = ("parameter", "value", "plausible", "fitted to", "reasoning")
    text = "Every figure is in the system's tables; a test compares them with this list."
    return f"## What was calibrated\n\n{text}\n\n{markdown(head, rows)}"


def _fitted(items: tuple[str, ...], years: tuple[str, ...]) -> str:
    named = (f"{item.split('/')[0]} {name(item.split('/')[1])}" for item in items)
    return f"{', '.join(named)} ({', '.join(years)})" if items else "not fitted"
