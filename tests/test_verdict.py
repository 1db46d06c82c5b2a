"""The verdict and the indicators on a dataset whose numbers are worked out by hand (tests/results_toy.py).

Alland 2030, as means over the year times 8.76 GWh per MW:
  counts under the law   wind 350 + small hydro 20 + sun 80 = 450 MW                       →  3.9420 TWh
  consumption            (2200 + 1200) load + (80 + 80) vehicles = 3560 MW, less 6.6 GWh   → 31.1790 TWh
  generation             consumption + battery loss 2.5 MW − net import (50 − 10) MW       → 30.8505 TWh
  share                  3.9420 / 30.8505 = 12.778 %; 15 % is 4.627575 TWh; gap 0.685575 TWh
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import toy as small
import xarray as xr
from results_toy import YEARS, ZONES, results_toy, single_zone

from simulator.analysis import dispatch
from simulator.analysis import indicators as ind
from simulator.analysis.costs import costs
from simulator.analysis.summary import summary
from simulator.analysis.verdict import verdict
from simulator.errors import FileError


@pytest.fixture(scope="module")
def toy() -> xr.Dataset:
    return results_toy()


def test_headline_by_hand(toy: xr.Dataset) -> None:
    headline = verdict(toy).headline
    assert headline is not None
    assert (headline.target, headline.country, headline.year) == ("aaa_2030", "AAA", 2030)
    assert (headline.definition, headline.basis, headline.is_official) == ("law", "generation", True)
    assert headline.numerator_twh == pytest.approx(3.9420)
    assert headline.denominator_twh == pytest.approx(30.8505)
    assert headline.share_percent == pytest.approx(100 * 3.9420 / 30.8505)
    assert headline.gap_twh == pytest.approx(0.685575)
    assert headline.outcome == "missed"


def test_matrix_holds_every_definition_on_both_bases(toy: xr.Dataset) -> None:
    """Large hydro adds 300 MW = 2.628 TWh; without small hydro 20 MW = 0.1752 TWh are missing."""
    cells = {(r.definition, r.basis): r for r in verdict(toy).rows if r.target == "aaa_2030"}
    assert set(cells) == {(d, b) for d in ("law", "all_hydro", "wind_and_solar") for b in ("generation", "consumption")}
    assert [key for key, row in cells.items() if row.is_official] == [("law", "generation")]
    counted = {d: cells[d, "generation"].numerator_twh for d in ("law", "all_hydro", "wind_and_solar")}
    assert counted == pytest.approx({"law": 3.942, "all_hydro": 6.57, "wind_and_solar": 3.7668})
    assert [row.denominator_twh for row in cells.values()] == pytest.approx([30.8505, 31.179] * 3)
    assert {d for (d, _), row in cells.items() if row.outcome == "reached"} == {"all_hydro"}
    for row in cells.values():
        assert row.share_percent == pytest.approx(100 * row.numerator_twh / row.denominator_twh)
        assert row.gap_twh == pytest.approx(0.15 * row.denominator_twh - row.numerator_twh)


def test_law_of_another_country_gives_no_row_but_the_official_one_stays(toy: xr.Dataset) -> None:
    """Nothing in Berland counts under any definition; its target names all_hydro, so only that stands: 0 of 0 %."""
    rows = [r for r in verdict(toy).rows if r.target == "bbb_2030"]
    assert [(r.definition, r.basis, r.is_official) for r in rows] == [
        ("all_hydro", "generation", False),
        ("all_hydro", "consumption", True),
    ]
    assert all(r.share_percent == 0 and r.outcome == "reached" for r in rows)


def test_year_outside_the_model_is_named_not_judged(toy: xr.Dataset) -> None:
    answer = verdict(toy)
    (missing,) = answer.not_modelled
    assert (missing.target, missing.country, missing.year) == ("bbb_2029", "BBB", 2029)
    assert "2026, 2028, 2030" in missing.reason
    assert all(row.target != "bbb_2029" for row in answer.rows)
    assert "bbb_2029 not judged" in answer.as_text()


def test_outcome_at_the_edge(toy: xr.Dataset) -> None:
    """Just at the required share, or less than a ten-thousandth of a point below: reached. A hundredth: missed."""
    share = 100 * 3.9420 / 30.8505
    for required, outcome in ((share, "reached"), (share + 0.9e-4, "reached"), (share + 0.01, "missed")):
        changed = toy.assign_coords(target_percent=("target", [required, 0.0, 0.0]))
        headline = verdict(changed).headline
        assert headline is not None and headline.outcome == outcome


def test_sentences(toy: xr.Dataset) -> None:
    assert verdict(toy).sentence == (
        "Alland generates 12.8 % of its electricity from renewables in 2030, 0.7 TWh short of the target of 15 %."
    )
    met = toy.assign_coords(target_percent=("target", [10.0, 0.0, 0.0]))
    assert verdict(met).sentence == (
        "Alland generates 12.8 % of its electricity from renewables in 2030, 0.9 TWh above the target of 10 %."
    )
    close = toy.assign_coords(target_percent=("target", [12.79, 0.0, 0.0]))
    sentence = verdict(close).sentence
    assert "12.78 %" in sentence and "12.79 %" in sentence, "a missed target must not look reached by rounding"
    assert "0.0038 TWh short" in sentence


def test_text_has_one_line_per_row(toy: xr.Dataset) -> None:
    answer = verdict(toy)
    lines = answer.as_text().splitlines()
    other = "Measured by consumption instead of generation the share is 12.6 %."
    assert (
        lines[0] == f"{answer.sentence} {other} Chinese money pays for 78 % of the energy that counts (3.1 of 3.9 TWh)."
    )
    assert sum(line.endswith(("reached", "missed")) for line in lines) == len(answer.rows)
    assert "+0.69" in next(line for line in lines if "law *" in line)


def test_json_has_the_promised_keys(toy: xr.Dataset) -> None:
    data = json.loads(json.dumps(verdict(toy).as_dict(), allow_nan=False))
    promised = {"target", "country", "year", "definition", "basis", "required_percent", "share_percent"}
    promised |= {"numerator_twh", "denominator_twh", "gap_twh", "outcome"}
    assert data["scenario"] == "toy"
    assert data["rows"] and all(promised <= set(row) for row in data["rows"])


def test_without_targets_there_is_no_headline(toy: xr.Dataset) -> None:
    answer = verdict(single_zone(toy))
    assert answer.headline is None and answer.rows == ()
    assert answer.as_dict()["headline"] is None
    assert "No headline target" in answer.as_text()


def test_country_without_generation_has_no_share(toy: xr.Dataset) -> None:
    """Nothing generated is a share of zero, not NaN, and misses any positive target."""
    dark = toy.assign(
        generation_gwh=toy["generation_gwh"] * 0, country_generation_gwh=toy["country_generation_gwh"] * 0
    )
    headline = verdict(dark).headline
    assert headline is not None and (headline.share_percent, headline.outcome) == (0.0, "missed")


def test_damaged_results_are_refused(toy: xr.Dataset) -> None:
    broken = toy.copy(deep=True)
    broken["generation_gwh"].loc[{"asset": "plain_wind", "year": 2030}] = np.nan
    with pytest.raises(FileError, match="not finite"):
        verdict(broken)


def test_same_verdict_from_a_file(toy: xr.Dataset, tmp_path: Path) -> None:
    toy.to_netcdf(tmp_path / "results.nc")
    with xr.open_dataset(tmp_path / "results.nc") as read:
        assert verdict(read) == verdict(toy)


# ------------------------------------------------------------------------------------------------ indicators


def test_curtailment_unserved_trade(toy: xr.Dataset) -> None:
    """50 MW of wind = 438 GWh; 20 MW × 2 h × 165 days = 6.6 GWh; 30 MW in = 262.8 GWh, 10 MW out = −87.6 GWh."""
    assert float(ind.curtailment_gwh(toy).sel(country="AAA", group="wind", year=2030)) == pytest.approx(438)
    assert ind.unserved_gwh(toy).sel(zone="A_S").values == pytest.approx([0, 0, 6.6])
    assert ind.market_step_net_import_gwh(toy).sel(year=2030).values == pytest.approx([262.8, -87.6])
    assert float(ind.market_net_import_gwh(toy).sel(year=2030).sum()) == pytest.approx(262.8 - 87.6)
    assert float(ind.link_flow_gwh(toy).sel(direction="forward", link="berland_south", year=2028)) == pytest.approx(438)


def test_southward_flow_by_hand(toy: xr.Dataset) -> None:
    """The South lacks 1200 + 80 − 20 − 300 − 80 − 50 = 830 MW on average, less the 6.6 GWh that are not served."""
    flow = ind.link_flow_gwh(toy).sel(link="north_south", year=2030)
    assert float(flow.sel(direction="forward") - flow.sel(direction="backward")) == pytest.approx(830 * 8.76 - 6.6)


def test_chinese_share_counts_wind_only(toy: xr.Dataset) -> None:
    """Of 450 MW that count, 350 are Chinese wind; in Berland nothing counts, so there is no share."""
    shares = ind.chinese_share_of_numerator_percent(toy).sel(definition="law", year=2030)
    assert float(shares.sel(country="AAA")) == pytest.approx(100 * 350 / 450)
    assert np.isnan(float(shares.sel(country="BBB")))


def test_price_is_weighted_by_load(toy: xr.Dataset) -> None:
    """30 USD everywhere; 3000 in one block of 2 h × 165 days in the South: 1.2 × 1.2 × 1200 + 3 × 80 = 1968 MW."""
    extra = (3000 - 30) * 1968 * 330 / (3560 * 8760)
    assert ind.price_usd_per_mwh(toy).sel(year=2030).values == pytest.approx([30 + extra, 30])


def test_slices_outside_a_year_have_no_price_and_no_weight(toy: xr.Dataset) -> None:
    """A slice that stands for no hours of a year carries no energy, and its missing price does no harm."""
    hours = toy["hours"].copy(deep=True)
    hours.loc[{"year": 2030, "slice": "jan-00"}] = 0
    price = toy["price_usd_per_mwh"].copy(deep=True)
    price.loc[{"year": 2030, "slice": "jan-00"}] = np.nan
    changed = toy.assign(price_usd_per_mwh=price).assign_coords(hours=hours)
    assert float(ind.price_usd_per_mwh(changed).sel(country="BBB", year=2030)) == pytest.approx(30)


def test_money_and_capacity(toy: xr.Dataset) -> None:
    """Discounted cost is the objective; 1,200 MUSD of wind in 2028 and a 60 MUSD battery in 2030 are Chinese."""
    assert float(ind.npv_musd(toy).sum()) == pytest.approx(toy.attrs["objective_musd"])
    assert ind.investment_by_investor_musd(toy).sel(investor="dragon").values == pytest.approx([0, 1200, 60])
    assert float(ind.new_capacity_by_investor_mw(toy).sel(investor="local", group="solar", year=2030)) == 500
    north = ind.by_asset(toy, "capacity_mw", "zone", "group").sel(zone="A_N", year=2030).to_series()
    assert north[north > 0].to_dict() == {"coal": 3800, "wind": 1000, "battery": 100}
    assert ind.chinese_investors(toy) == {"dragon"}
    built_by_chinese = toy.assign_coords(asset_chinese=("asset", [True] * 7))
    assert ind.chinese_investors(built_by_chinese) == {"dragon"}, "a Chinese contractor makes no investor Chinese"


def test_chinese_money_and_chinese_building_are_told_apart(toy: xr.Dataset) -> None:
    """Wind with 40 % Chinese money counts two fifths; small hydro (20 of 450 MW) built by a Chinese contractor."""
    money = toy["asset_chinese_money"].where(toy["asset"] != "plain_wind", 0.4)
    roles = toy["asset_chinese_role"].where(toy["asset"] != "small_hydro", "epc")
    changed = toy.assign_coords(asset_chinese_money=money, asset_chinese_role=roles)
    at = {"country": "AAA", "definition": "law", "year": 2030}
    assert float(ind.chinese_share_of_numerator_percent(changed).sel(at)) == pytest.approx(40 * 350 / 450)
    assert float(ind.chinese_built_share_of_numerator_percent(changed).sel(at)) == pytest.approx(100 * 20 / 450)
    assert verdict(changed).chinese_percent == pytest.approx(40 * 350 / 450)
    nothing = toy.assign(eligibility=toy["eligibility"] * 0)
    assert verdict(nothing).chinese_percent is None and verdict(nothing).chinese_sentence == ""


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [0, 1])
def test_dispatch_adds_up_to_load(toy: xr.Dataset, zone: str, day: int) -> None:
    slices = np.flatnonzero(toy["slice_day"].values == day)
    load = (toy["load_mw"] + toy["nev_load_mw"]).sel(zone=zone, year=2030).isel(slice=slices)
    assert dispatch.dispatch_mw(toy, zone, 2030, slices).sum(axis=1).values == pytest.approx(load.values)


def test_dispatch_tells_own_use_and_distribution_losses(toy: xr.Dataset) -> None:
    """Coal sends out 5 % less than its gross output, and a distribution network delivers 90 of 100 MW."""
    changed = toy.copy(deep=True)
    coal = changed["generation_mw"].sel(unit="A_N/coal")
    changed["energy_mw"].loc[{"entry": "thermal generation", "zone": "A_N"}] = 0.95 * coal
    names = {"border imports": "to distribution networks", "border exports": "from the grid"}
    changed = changed.assign_coords(entry=[names.get(e, e) for e in ind.labels(changed, "entry")])
    changed["energy_mw"].loc[{"entry": "to distribution networks", "zone": "A_N"}] = -100.0
    changed["energy_mw"].loc[{"entry": "from the grid", "zone": "A_N"}] = 90.0
    table = dispatch.dispatch_mw(changed, "A_N", 2030, np.arange(12))
    assert table["own use of plants"].values == pytest.approx(-0.05 * coal.sel(year=2030).values[:12])
    assert table["distribution network losses"].values == pytest.approx(np.full(12, -10.0))
    assert not {"to distribution networks", "from the grid", "thermal generation"} & set(table.columns)


def test_peak_dispatch_serves_the_peak(toy: xr.Dataset) -> None:
    """Alland's peak is a winter evening; generation, storage, imports and shedding add up to it."""
    peak = dispatch.peak_dispatch_mw(toy)
    assert peak.sum("item").values == pytest.approx(toy["peak_load_mw"].values)
    assert peak.sel(country="AAA", year=2030, item="links, net").item() == pytest.approx(50)
    assert "solar" not in peak["item"].values


def test_days(toy: xr.Dataset) -> None:
    assert (dispatch.winter_day(toy, 2030), dispatch.summer_day(toy)) == (0, 1)
    southern = toy.assign_coords(day_month=("day", [4, 5]), day_of_year=("day", [100, 130]))
    assert (dispatch.winter_day(southern, 2030), dispatch.summer_day(southern)) == (0, 1), "nearest days stand in"


def test_focus_year(toy: xr.Dataset) -> None:
    assert ind.focus_year(toy) == 2030
    assert ind.focus_year(toy.sel(year=[2026, 2028])) == 2028, "a target year that is not modelled: the last year"


def test_summary_is_tidy_and_complete(toy: xr.Dataset) -> None:
    table = summary(toy)
    assert list(table.columns) == ["scenario", "region", "year", "indicator", "item", "value", "unit"]
    assert not table.duplicated(["region", "year", "indicator", "item"]).any()
    assert np.isfinite(table["value"]).all()
    row = table.query(
        "indicator == 'renewable share' and region == 'AAA' and item == 'law / generation' and year == 2030"
    )
    assert row["value"].item() == pytest.approx(12.77775, abs=1e-5)
    cost = table[(table.indicator == "cost") & (table.year == YEARS[-1])]
    assert cost["value"].sum() == pytest.approx(float(toy["cost_musd"].sel(year=YEARS[-1]).sum()))
    assert table[table.indicator == "discounted cost"]["year"].isna().all()


def test_supply_and_shortage_are_said_apart_and_by_country() -> None:
    """Gas at 50 USD/MWh serves 70 of 100 MW for 1,000 hours: 3.5 MUSD of plants; 30 GWh are shed at 1,000: 30 MUSD."""
    gas = small.technology("gas", variable_om_usd_per_mwh=50)
    dataset = small.solve(
        small.system({"s": 100}, technologies=[gas], plants=[small.plant("gas", 70)]), small.scenario({"s": 1000})
    )
    assert costs(dataset) == [
        "all countries: supply 4, shortage 30 (unserved energy 30)", "Country: plants 4, load shed 30",
    ]  # fmt: skip
    table = summary(dataset).set_index(["indicator", "region"])["value"]
    assert table["discounted cost of supply", "system"] == pytest.approx(3.5)
    assert table["discounted cost of shortage", "system"] == pytest.approx(30)
    assert table["discounted cost of plants", "C"] == pytest.approx(3.5)
    assert table["discounted price of load shed", "C"] == pytest.approx(30)
    assert table["load shed", "C"] == pytest.approx(30) and table["hours with load shed", "C"] == pytest.approx(1000)
    names = [str(name) for name in table.index.get_level_values("indicator")]
    assert names.index("hours with load shed") < min(i for i, name in enumerate(names) if "cost" in name)
    said = verdict(dataset).as_text()
    assert 0 < said.index("Load that is not served") < said.index("Cost over the horizon")
