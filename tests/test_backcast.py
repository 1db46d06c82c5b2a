"""Past years: the tables they rest on, the comparison by hand, and a coarse backcast of two years."""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy import plant, scenario, solve, system, technology

from simulator.analysis.backcast import History, all_hold, backcast, kind_of, null_model, published_rows, score
from simulator.analysis.backcast_page import as_text, page
from simulator.cli import main
from simulator.cli.screen import year_list
from simulator.errors import InputError
from simulator.inputs.read import read_system
from simulator.inputs.schema.time import TypicalDays
from simulator.studies.backcast import BUILT_IN, frame, history, read_table, run_backcast
from simulator.system import Link, System, year_fraction

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FUELS = ("coal", "gas", "oil", "hydro", "wind", "solar")


@cache
def built_in() -> System:
    return read_system(BUILT_IN.parent / "central_asia" / "system.yaml")


@cache
def published() -> dict[tuple[str, str, int], float]:
    return {(s.country, s.item, s.year): s.value for s in built_in().statistics if s.chosen}


# ------------------------------------------------------------------------------------------------- tables


def test_one_figure_is_chosen_per_item_and_year() -> None:
    chosen = [(s.country, s.item, s.year) for s in built_in().statistics if s.chosen]
    assert len(chosen) == len(set(chosen))


@pytest.mark.parametrize("country", ["KAZ", "UZB", "KGZ", "TJK", "TKM"])
@pytest.mark.parametrize("year", range(2020, 2026))
def test_the_chosen_set_of_a_year_closes(country: str, year: int) -> None:
    """Fuels add up to the total; total and net import are the demand; and demand is what the model is given."""
    total = published().get((country, "generation_total", year))
    if total is None:
        assert (country, year) == ("TKM", 2025), "only one year of one country has no published total"
        return
    fuels = sum(published().get((country, f"generation_{fuel}", year), 0.0) for fuel in FUELS)
    assert fuels == pytest.approx(total, rel=0.003)
    demand = published()[country, "demand", year]
    assert total + published()[country, "net_import", year] == pytest.approx(demand, rel=0.003)
    zones = {zone.id for zone in built_in().zones if zone.country == country}
    given = sum(row.energy_gwh for row in built_in().demand if row.zone in zones and row.year == year)
    assert given / 1e3 == pytest.approx(demand, rel=0.015)


@pytest.mark.parametrize(
    ("technologies", "item", "tolerance"),
    [(("wind",), "capacity_wind", 0.01), (("solar",), "capacity_solar", 0.01),
     (("wind", "solar", "hydro_small", "bioenergy"), "capacity_res", 0.04)],
)  # fmt: skip
def test_the_fleet_of_a_year_is_the_official_one(technologies: tuple[str, ...], item: str, tolerance: float) -> None:
    """Capacity in operation at the end of each year, Kazakhstan."""
    known = {year: value for (country, name, year), value in published().items() if (country, name) == ("KAZ", item)}
    assert len(known) >= 5
    home = {zone.id for zone in built_in().zones if zone.country == "KAZ"}
    for year, value in known.items():
        mw = sum(
            p.capacity_mw for p in built_in().plants
            if p.zone in home and p.technology in technologies and year_fraction(p.commissioned or "1900") < year + 1
        )  # fmt: skip
        assert mw == pytest.approx(value, rel=tolerance), year


def test_calibrated_figures_are_the_tables_own() -> None:
    """The list says what the tables say, and every figure lies in its plausible range."""
    for entry in built_in().calibration:
        (row,) = [row for row in getattr(built_in(), entry.table) if row.key == entry.row]
        assert getattr(row, entry.column) == pytest.approx(entry.value), entry.id
        assert entry.low <= entry.value <= entry.high, entry.id
        assert bool(entry.fitted_items) == bool(entry.fitted_years), entry.id


def test_the_coal_of_the_first_two_years_is_a_test() -> None:
    """Coal decides the Kazakh balance; nothing was chosen with the coal of 2020 and 2021 in view."""
    seen = {
        (item, int(y)) for entry in built_in().calibration for item in entry.fitted_items for y in entry.fitted_years
    }
    assert not seen & {(f"{c}/coal", year) for c in ("KAZ", "UZB", "KGZ", "TJK") for year in (2020, 2021)}
    assert ("KAZ/net_import", 2021) in seen, "what was put in after a look at a year makes its row a fit"


@pytest.mark.parametrize("table", ["realised", "backcast_bands", "backcast_facts", "backcast_causes", "calibration"])
def test_every_row_says_where_it_comes_from(table: str) -> None:
    known = {source.id for source in built_in().sources}
    rows = getattr(built_in(), table)
    keys = [row.key for row in rows]
    assert len(keys) == len(set(keys))
    for row in rows:
        assert set(row.source.split(";")) <= known and row.data_year and row.confidence and row.note, row.key


def test_facts_name_what_the_system_has() -> None:
    places = {row.id for row in (*built_in().links, *built_in().reservoirs)}
    assert {fact.place for fact in built_in().backcast_facts} <= places


# ----------------------------------------------------------------------------------------- the comparison


def toy_history(bands: list[dict[str, object]], **published: float) -> History:
    """Statistics of country C in 2030, each chosen; further tables empty but for one calibrated figure."""
    figures = [{"country": "C", "year": 2030, "item": item, "value": value, "unit": "", "chosen": True,
                "source": "agency", "note": "as printed"} for item, value in published.items()]  # fmt: skip
    figures.append(figures[0] | {"value": 1.0, "chosen": False, "source": "other"})
    defaults = {"country": "all", "above": 0.0, "percent": None, "absolute": None, "same_sign": False,
                "published_range": False}  # fmt: skip
    return History(
        pd.DataFrame(figures),
        pd.DataFrame([defaults | band for band in bands]),
        pd.DataFrame(columns=["id"]),
        pd.DataFrame([{"country": "C", "item": "coal", "year": 2030, "cause": "two machines stood still"}]),
        pd.DataFrame([{"fitted_items": ("C/gas_oil",), "fitted_years": ("2030",), "set_items": ()}]),
    )


def toy_results() -> object:
    """900 GWh of coal and 100 of gas in the year 2030: 90 and 10 MW for 10,000 h."""
    coal = technology("coal", group="coal", variable_om_usd_per_mwh=10)
    gas = technology("gas", variable_om_usd_per_mwh=50)
    tables = {"technologies": [coal, gas], "plants": [plant("coal", 90), plant("gas", 50)]}
    return solve(system({"s": 100}, **tables), scenario({"s": 10000}))


def by_item(table: pd.DataFrame) -> dict[str, object]:
    return {row.item: row for row in table.itertuples()}


def test_errors_bands_and_kinds() -> None:
    """Coal 0.9 TWh of 1.0 published is 10 % off: outside 5 %. Gas 0.1 of 0.12 is 0.02 off: the wider 0.03 holds.

    The band of the country wins over that of all, and the one with the highest threshold over the others.
    """
    bands = [
        {"item": "fuel", "percent": 50.0},
        {"country": "C", "item": "fuel", "percent": 10.0, "absolute": 0.03},
        {"country": "C", "item": "fuel", "above": 0.5, "percent": 5.0},
    ]
    table = backcast(toy_results(), toy_history(bands, generation_coal=1.0, generation_gas=0.12, demand=1.0))
    rows = by_item(table)
    assert (rows["coal"].model, rows["coal"].error_percent) == (pytest.approx(0.9), pytest.approx(-10))
    assert (rows["coal"].holds, rows["coal"].kind) == (False, "test")
    assert rows["coal"].cause == "two machines stood still"
    assert rows["coal"].others == "1 (other)"
    assert (rows["gas_oil"].holds, rows["gas_oil"].kind, rows["gas_oil"].band) == (True, "fit", "±0.03")
    assert (rows["demand"].holds, rows["demand"].kind) == (None, "input")
    assert rows["thermal"].published == pytest.approx(1.12)
    assert not all_hold(table)
    assert score(table).set_index("kind").loc["test"].tolist() == [1, 0, 0, 0], "one year gives the null model no mean"
    assert "FAILS" in as_text(table)


def calibrated(**rows: object) -> pd.DataFrame:
    return pd.DataFrame([{"fitted_items": (), "fitted_years": (), "set_items": ()} | rows])


CLOSED = {("C", item, 2020) for item in ("coal", "gas_oil", "net_import", "demand", "thermal", "generation", "peak")}


@pytest.mark.parametrize(
    ("calibration", "kinds"),
    [
        ({}, {"net_import": "test", "coal": "test", "gas_oil": "derived"}),
        ({"fitted_items": ("C/gas_oil",), "fitted_years": ("2020",)},
         {"net_import": "test", "coal": "derived", "gas_oil": "fit"}),
        ({"fitted_items": ("C/gas_oil", "C/net_import"), "fitted_years": ("2020",)},
         {"net_import": "fit", "coal": "fit", "gas_oil": "fit"}),
        ({"fitted_items": ("C/gas_oil", "C/net_import"), "fitted_years": ("2021",)},
         {"net_import": "test", "coal": "test", "gas_oil": "derived"}),
        ({"set_items": ("C/coal",)}, {"net_import": "test", "coal": "input", "gas_oil": "derived"}),
        ({"set_items": ("C/coal",), "fitted_items": ("C/gas_oil",), "fitted_years": ("2020",)},
         {"net_import": "fit", "coal": "input", "gas_oil": "fit"}),
    ],
)  # fmt: skip
def test_what_closes_a_year_is_no_test(calibration: dict[str, object], kinds: dict[str, str]) -> None:
    """Coal, gas and trade add up to what demand leaves, so that of three only two can be tests."""
    known = calibrated(**calibration)
    assert {item: kind_of("C", item, 2020, CLOSED, known) for item in kinds} == kinds
    others = {item: kind_of("C", item, 2020, CLOSED, known) for item in ("demand", "thermal", "generation", "peak")}
    assert others == {"demand": "input", "thermal": "derived", "generation": "derived", "peak": "test"}


def test_without_a_figure_of_trade_the_fuels_are_tests() -> None:
    fuels = {("C", "coal", 2020), ("C", "gas_oil", 2020)}
    assert kind_of("C", "coal", 2020, fuels, calibrated(fitted_items=("C/gas_oil",), fitted_years=("2020",))) == "test"


def test_the_null_model_by_hand() -> None:
    """2020: demand 100, hydro 10: 90 thermal, three quarters of it coal as in 2021 (60 and 20). Peaks: 11 per 55."""
    figures = [
        (2020, "demand", 100.0), (2020, "generation_hydro", 10.0), (2020, "generation_coal", 50.0),
        (2020, "generation_gas", 30.0), (2021, "demand", 55.0), (2021, "generation_coal", 60.0),
        (2021, "generation_gas", 20.0), (2021, "peak", 11.0),
    ]  # fmt: skip
    statistics = pd.DataFrame(
        [{"country": "C", "year": year, "item": item, "value": value, "chosen": True, "source": "s", "note": ""}
         for year, item, value in figures]
    )  # fmt: skip
    null = null_model("C", published_rows(statistics))
    wanted = {"coal": 67.5, "gas_oil": 22.5, "thermal": 90, "generation": 100, "net_import": 0, "hydro": 10, "peak": 20}
    assert {item: null[item, 2020] for item in wanted} == pytest.approx(wanted)
    assert np.isnan(null["peak", 2021]), "no other year has a peak"


def test_a_band_can_be_the_published_range() -> None:
    """0.9 TWh where one source says 1.0 and the other 1.2 is outside, and inside where the other says 0.5."""
    bands = [{"item": "coal", "percent": 5.0, "published_range": True}]
    history = toy_history(bands, generation_coal=1.0)
    for other, inside in ((1.2, False), (0.5, True)):
        history.statistics.loc[1, "value"] = other
        row = by_item(backcast(toy_results(), history))["coal"]
        assert (row.holds, row.band) == (inside, f"{min(1, other):.1f} to {max(1, other):.1f} ±5 %")


def test_a_band_can_ask_for_the_sign() -> None:
    """No trade at all is within 1 TWh of −0.5 and has no wrong sign; the peak of 100 MW is not 200."""
    bands = [{"item": "net_import", "absolute": 1.0, "same_sign": True}, {"item": "peak", "percent": 3.0}]
    rows = by_item(backcast(toy_results(), toy_history(bands, net_import=-0.5, peak=200.0)))
    assert rows["net_import"].holds is True
    assert rows["peak"].holds is False


def test_a_line_closes_at_its_date() -> None:
    """50 MW from cheap A to B until July 2030: half the year counts, 25 MW on average."""
    cheap, dear = technology("cheap", variable_om_usd_per_mwh=10), technology("dear", variable_om_usd_per_mwh=50)
    line = {"id": "l", "from_zone": "A", "to_zone": "B", "forward_mw": 50, "out_of_service": "2030-07"}
    results = solve(
        system({"s": [0, 100]}, zones=("A", "B"), technologies=[cheap, dear], links=[line],
               plants=[plant("cheap", 200), plant("dear", 200, zone="B")]),
        scenario({"s": 10}),
    )  # fmt: skip
    assert float(results["flow_mw"].max()) == pytest.approx(25)
    with pytest.raises(ValueError, match="must come after in_service"):
        Link(id="l", from_zone="A", to_zone="B", in_service="2030", out_of_service="2029-05")


# --------------------------------------------------------------------------------------- the system's years


@pytest.fixture(scope="module")
def coarse():
    """Two years of the built-in system in six days of four-hour blocks."""
    return run_backcast([2022, 2025], time=TypicalDays(method="typical_days", days=6, block_hours=4))


def test_two_coarse_years_hold_within_wider_bands(coarse) -> None:
    """In CI time is coarse, so thermal fuels may be off by 10 % and trade by 2.5 TWh; inputs must come out as given.

    Gas of 2022 misses by 8 % in the backcast itself (its published split is an interpolation): 12 % here.
    """
    rows = {(row.country, row.item, row.year): row for row in coarse.table.itertuples()}
    for (country, item, year), row in rows.items():
        if item in ("hydro", "wind", "solar", "demand") and row.published > 0.3:
            # six days let reservoirs spill where lines are full in summer; the backcast's own days do not
            tolerance = 0.08 if item == "hydro" else 0.06
            assert row.model == pytest.approx(row.published, rel=tolerance), (country, item, year)
    for year in (2022, 2025):
        for item in ("coal", "gas_oil", "thermal", "generation"):
            assert abs(rows["KAZ", item, year].error_percent) < (12 if item == "gas_oil" else 10), (item, year)
        assert abs(rows["KAZ", "net_import", year].error) < 2.5
        assert abs(rows["KAZ", "official_share", year].error) < 0.3
        assert abs(rows["UZB", "gas_oil", year].error_percent) < 10
        assert rows["KAZ", "demand", year].error == pytest.approx(0, abs=0.01), "vehicles charge inside it"
    assert rows["KAZ", "west_alone_north", 2025].holds
    assert rows["KGZ", "toktogul_inflow", 2022].holds
    assert float(coarse.results["nev_energy_gwh"].sel(country="KAZ", year=2025)) > 20
    assert float(coarse.results["unserved_gwh"].sum()) < 1


def test_a_year_or_country_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no year 2031"):
        run_backcast([2031])
    with pytest.raises(InputError, match="no country MARS"):
        run_backcast(countries=["MARS"])


def test_the_command_reads_years_and_refuses_others(capsys) -> None:
    assert year_list("2020-2022,2025") == (2020, 2021, 2022, 2025)
    with pytest.raises(argparse.ArgumentTypeError):
        year_list("lately")
    assert main(["backcast", "--country", "MARS"]) == 2
    assert "no country MARS" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ the page


def test_the_page_in_the_docs_is_the_page_of_its_table() -> None:
    table = read_table(DOCS / "backcast.csv")
    countries = {c.id: c.name for c in built_in().countries if c.id in set(table["country"])}
    text = page(table, history(built_in()).calibration, countries)
    assert (DOCS / "backcast.md").read_text(encoding="utf-8") == text


def test_every_failed_band_of_the_docs_has_its_cause_and_every_cause_a_failed_band() -> None:
    table = read_table(DOCS / "backcast.csv")
    failed = table[[holds is False for holds in table["holds"]]]
    assert (failed["cause"] != "").all()
    rows = set(zip(failed["country"], failed["item"], failed["year"], strict=True))
    items = {(country, item) for country, item, _ in rows}
    for cause in built_in().backcast_causes:
        key = (cause.country, cause.item)
        assert key in items if cause.year is None else (*key, cause.year) in rows, cause.key


def test_the_figures_of_the_docs_are_there_and_can_be_drawn() -> None:
    from simulator.plots.backcast import backcast as draw

    table = read_table(DOCS / "backcast.csv")
    for country in dict.fromkeys(table["country"]):
        assert (DOCS / f"backcast_{country}.svg").is_file()
    mine = table[(table["country"] == "KAZ") & table["item"].isin(["coal", "gas_oil", "hydro", "wind", "solar"])]
    stacks, trade = draw(table, "KAZ", "Kazakhstan").axes
    heights = np.array([bar.get_height() for bar in stacks.patches])
    assert heights.sum() == pytest.approx(mine["model"].sum() + mine["published"].sum())
    assert len(trade.patches) == 12


def test_statistics_as_a_frame_keep_their_cells() -> None:
    table = frame(built_in().statistics)
    assert len(table) == len(built_in().statistics)
    assert table["chosen"].dtype == bool
