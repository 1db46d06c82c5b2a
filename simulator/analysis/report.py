"""One page that says what a run found, how far to trust it, and where its figures come from.

The verdict of the plan comes with two tests of it: the hours of whole weather years, operated with its capacities,
and past years, dispatched by the same model and compared with statistics.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from simulator.analysis import backcast, backcast_page
from simulator.analysis import hours as hourly
from simulator.analysis import indicators as ind
from simulator.analysis.finance import by_investor
from simulator.analysis.text import markdown, paragraph, plain
from simulator.analysis.verdict import Verdict, verdict


def page(plan: xr.Dataset, check: pd.DataFrame, unserved: pd.DataFrame, past: pd.DataFrame | None) -> str:
    """The report in Markdown: ``check`` and ``unserved`` as ``analysis.hourly`` makes them, ``past`` a backcast.

    A system without past years has none.
    """
    answer = verdict(plan)
    answers = " ".join(part for part in (answer.sentence, answer.bases_sentence, answer.chinese_sentence) if part)
    parts = [
        f"# {plain(plan.attrs['scenario'])}\n\n{paragraph(plan.attrs['question'])}\n\n"
        f"{paragraph(plan.attrs['description'])}\n\n> **{plain(answers)}**\n",
        _lines("Load that is not served", answer.shed),
        _lines("Cost over the horizon, discounted, MUSD", answer.costs),
        _shares(answer),
        _generation(plan),
        _money(plan),
        f"## Hour by hour\n\n{hourly.summary_markdown(plan, check, unserved)}",
        _past(plan, past) if past is not None else "",
    ]
    return "\n".join(part for part in parts if part)


def _lines(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "".join(f"- {plain(line)}\n" for line in lines) if lines else ""


def _shares(answer: Verdict) -> str:
    rows = [
        (row.target, row.country_name, row.definition, row.basis, f"{row.required_percent:g} %",
         f"{row.share_percent:.1f} %", f"{row.numerator_twh:.2f}", f"{row.denominator_twh:.2f}", f"{row.gap_twh:+.2f}",
         row.outcome + (" (the law's own)" if row.is_official else ""))
        for row in answer.rows
    ]  # fmt: skip
    head = ("target", "country", "definition", "basis", "required", "share", "renewables, TWh", "of, TWh", "gap, TWh",
            "")  # fmt: skip
    missing = "".join(f"\n{target.target} not judged: {target.reason}.\n" for target in answer.not_modelled)
    return f"## Targets, by definition and basis\n\n{markdown(head, rows)}{missing}"


def _generation(plan: xr.Dataset) -> str:
    """Generation of the headline country by technology group in every model year, TWh."""
    question = ind.focus(plan)
    if question is None:
        return ""
    energy = ind.generation_by_group_gwh(plan).sel(country=question.country) / 1e3
    kept = [g for g in energy["group"].values if float(energy.sel(group=g).max()) > 0.005]
    rows = [(g, *(f"{value:.2f}" for value in energy.sel(group=g).values)) for g in kept]
    head = ("", *(str(year) for year in plan["year"].values))
    name = ind.names(plan, "country")[question.country]
    return f"## Generation of {name}, TWh\n\n{markdown(head, rows)}"


def _money(plan: xr.Dataset) -> str:
    """Who pays for new plants of the headline country until the target's year."""
    question = ind.focus(plan)
    if question is None:
        return ""
    money = by_investor(plan)
    here = money[(money["country"] == question.country) & (money["year"] <= ind.focus_year(plan))]
    spent = here.groupby("investor", sort=False)["investment_musd"].sum()
    last = here[here["year"] == ind.focus_year(plan)].set_index("investor")
    names = ind.names(plan, "investor")
    rows = [
        (names[str(name)], f"{musd:,.0f}", f"{last['capacity_mw'].get(name, 0.0):,.0f}")
        for name, musd in spent.sort_values(ascending=False).items() if musd > 0.5
    ]  # fmt: skip
    head = ("investor", "spending, MUSD", f"new plants in {ind.focus_year(plan)}, MW")
    return f"## Who pays until {ind.focus_year(plan)}\n\n{markdown(head, rows)}" if rows else ""


def _past(plan: xr.Dataset, past: pd.DataFrame) -> str:
    """How the model repeats past years: the score, and what fails in the headline country."""
    score = [(row.kind, row.judged, row.held) for row in backcast.score(past).itertuples()]
    question = ind.focus(plan)
    failed = past[[holds is False for holds in past["holds"]]]
    if question is not None:
        failed = failed[failed["country"] == question.country]
    rows = [
        (backcast_page.name(row.item), row.year, row.kind, f"{row.model:.2f}",
         "" if pd.isna(row.published) else f"{row.published:.2f}", row.band, row.cause)
        for row in backcast.records(failed)
    ]  # fmt: skip
    words = (
        "The same model dispatches past years, nothing forced, and is compared with statistics: *test* rows were "
        "fitted to nothing, *derived* rows repeat the errors of others, *fit* rows had a parameter chosen with them in "
        "view, *input* rows went in, *facts* are what every operator knows."
    )
    head = ("item", "year", "kind", "model", "published", "band", "cause")
    failing = f"\nWhat fails here:\n\n{markdown(head, rows)}" if rows else ""
    return f"## Past years\n\n{words}\n\n{markdown(('kind', 'judged', 'in band'), score)}{failing}"
