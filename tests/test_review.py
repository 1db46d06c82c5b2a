"""A plan beside published figures: which are odd, and what explains the others. Figures are those of ``results_toy``.

In 2028 the wind of Alland gives 400 MW, 3.504 TWh, from a plant of 2027; it buys 50 MW from Berland and sells 10 MW, a
net import of 0.35 TWh.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from results_toy import results_toy

from simulator.analysis import review
from simulator.analysis.review_page import page

STUDIES = pd.DataFrame(
    {"study": ["Ours", "Theirs"], "country": ["AAA"] * 2, "year": [2030, 2030], "counts": ["official", "tides"],
     "definition": ["law", None], "basis": ["generation"] * 2, "percent": [12.0, 3.0], "differs": ["", "No law."]}
)  # fmt: skip


def statistics(**items: tuple[float, ...]) -> pd.DataFrame:
    """Figures of Alland, the last one of 2024, the others of the years before it."""
    rows = [
        {"country": "AAA", "item": item, "year": 2024 - back, "value": value, "chosen": True, "source": "s", "note": ""}
        for item, values in items.items() for back, value in enumerate(reversed(values))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def mark(run: xr.Dataset, item: str, *years: int, **items: tuple[float, ...]) -> str:
    table = review.figures(run, statistics(**items), years)
    (found,) = table[(table["country"] == "AAA") & (table["item"] == item)]["mark"]
    return str(found)


def as_old_plants(run: xr.Dataset) -> xr.Dataset:
    """The same energy, from plants that were there before."""
    old = run.assign_coords(asset_status=("asset", ["existing"] * run.sizes["asset"]))
    return old.assign_coords(asset_date=("asset", np.full(run.sizes["asset"], 2015.0)))


def test_more_wind_than_ever_is_explained_by_new_wind():
    """1 to 2 TWh so far. The plant of 2027 gives all 3.5; were it old, it could not have given 2."""
    assert mark(results_toy(), "wind", 2028, generation_wind=(1.0, 2.0)) == ""
    assert mark(as_old_plants(results_toy()), "wind", 2028, generation_wind=(1.0, 2.0)) == "2028"


def test_a_plant_of_the_last_statistics_year_counts_as_new():
    old = as_old_plants(results_toy())
    late = old.assign_coords(asset_date=("asset", np.full(old.sizes["asset"], 2024.5)))
    assert mark(late, "wind", 2028, generation_wind=(1.0, 2.0)) == ""


def test_less_of_a_fuel_is_explained_by_new_plants_of_others():
    """Alland's hydro gives 320 MW, 2.8 TWh. With 6 before, new wind of 3.5 takes the place of 3.2; with 7 it cannot."""
    assert mark(results_toy(), "hydro", 2028, generation_hydro=(6.0,)) == ""
    assert mark(results_toy(), "hydro", 2028, generation_hydro=(7.0,)) == "2028"


@pytest.mark.parametrize(
    ("past", "marked"),
    [((0.1, 0.3), ""), ((0.3, 0.5), ""), ((-0.5, 0.1), ""), ((-0.5, 0.0), "2028, 2030"), ((1.0, 2.0), "2028, 2030")],
)
def test_nothing_explains_net_imports(past: tuple[float, ...], marked: str):
    """0.35 TWh; 0.3 TWh beside the range are let pass, and the sign is not lost."""
    assert mark(results_toy(), "net_import", 2028, 2030, net_import=past) == marked


def test_a_peak_may_grow_as_demand_does():
    """A peak twice as high as the last one is not odd while demand doubles; growth of a half is not enough."""
    run = results_toy()
    peak, demand = (
        float(run["peak_load_mw"].sel(country="AAA", year=2028)),
        float((run["country_consumption_gwh"] + run["unserved_gwh"]).sel(country="AAA", year=2028)) / 1000,
    )
    assert mark(run, "peak", 2028, peak=(peak / 2,), demand=(demand / 2,)) == ""
    assert mark(run, "peak", 2028, peak=(peak / 2,), demand=(demand / 1.5,)) == "2028"
    assert mark(run, "peak", 2028, peak=(peak / 2,)) == "2028"


def test_demand_is_an_input():
    assert mark(results_toy(), "demand", 2028, demand=(1.0, 2.0)) == ""


def test_figures_without_statistics_are_shown_and_not_judged():
    table = review.figures(results_toy(), statistics(generation_wind=(1.0,)), [2028])
    coal = table[(table["country"] == "AAA") & (table["item"] == "coal")].iloc[0]
    assert coal["years"] == 0 and np.isnan(coal["last"]) and coal["mark"] == "" and coal["2028"] > 0


def test_capacity_factors():
    """20 of 30 MW are 67 %, 400 of 1,000 MW 40 %."""
    table = review.capacity_factors(results_toy(), [2028]).set_index(["zone", "technology"])["2028"]
    assert table["A_S", "small_hydro"] == pytest.approx(200 / 3)
    assert table["A_N", "wind"] == pytest.approx(40)


def test_storage_is_measured_in_full_discharges():
    """85 MW for four hours of 365 days from a store of 400 MWh: 310 a year."""
    table = review.storage_use(results_toy(), [2028, 2030]).set_index(["zone", "figure"])
    assert table.loc[("A_N", "full discharges a year"), "2030"] == pytest.approx(85 * 4 * 365 / 400)
    assert np.isnan(table.loc[("A_N", "full discharges a year"), "2028"])


def test_links_show_the_way_that_energy_goes():
    """50 MW from Berland are 0.438 TWh; nothing goes back."""
    table = review.links(results_toy(), [2028])
    flows = {(row["from"], row["to"]): row["2028"] for row in table.to_dict("records")}
    assert flows["B_1", "A_S"] == pytest.approx(0.438)
    assert ("A_S", "B_1") not in flows


def test_prices_are_weighted_by_load_in_each_season():
    run = results_toy()
    price = run["price_usd_per_mwh"].copy(data=np.full(run["price_usd_per_mwh"].shape, 7.0))
    price.loc[{"zone": "B_1"}] = price.sel(zone="B_1").where(run["slice_month"] == 1, 20.0).values
    table = review.seasonal_prices(run.assign(price_usd_per_mwh=price), [2028]).set_index(["zone", "season"])["2028"]
    assert table["B_1", "winter"] == pytest.approx(7) and table["B_1", "summer"] == pytest.approx(20)
    assert np.isnan(table["B_1", "spring and autumn"]), "no day of these months is planned"


def test_studies_stand_beside_the_share_that_counts_the_same():
    table = review.beside_studies(results_toy(), STUDIES)
    assert np.isfinite(table["model"].iloc[0]) and np.isnan(table["model"].iloc[1])


def test_the_page_shows_marks_and_sentences():
    text = page(results_toy(), statistics(net_import=(-2.0, -1.0)), STUDIES, [2026, 2028])
    assert "AAA net import: " in text and "**0.4**" in text and "| Theirs | AAA | 2030 | tides, of generation |" in text


def test_load_shed_is_marked_where_it_lasts_longer_than_a_winter():
    """A MW is shed in all slices of 2028, in none of 2030; in another run only in the first of them."""
    run, known = results_toy(), statistics(generation_wind=(1.0,))
    always = run.assign(unserved_mw=xr.where(run["year"] == 2028, 1.0, 0.0) + 0 * run["unserved_mw"])
    seldom = always.assign(unserved_mw=always["unserved_mw"] * (np.arange(run.sizes["slice"]) == 0))
    for dataset, marked in ((always, "2028"), (seldom, "")):
        table = review.figures(dataset, known, [2028, 2030]).set_index(["country", "item"])
        hours = table.loc[("AAA", "hours_with_load_shed")]
        assert hours["mark"] == marked and hours["2028"] > 0 and hours["2030"] == 0
        assert table.loc[("AAA", "load_shed")]["mark"] == ""
    assert any("a winter has 3,624" in line for line in review.marked(review.figures(always, known, [2028])))
    none = run.assign(unserved_mw=0 * run["unserved_mw"])
    assert not set(review.SHED) & set(review.figures(none, known, [2028])["item"])
