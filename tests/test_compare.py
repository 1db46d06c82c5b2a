"""Comparison of runs: a second toy run differs from the first by amounts chosen here."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from results_toy import results_toy, single_zone

from simulator.analysis.compare import as_csv, as_text, compare
from simulator.analysis.verdict import verdict
from simulator.errors import InputError


def windier() -> xr.Dataset:
    """The toy with the wind's 438 GWh of curtailment given to the grid, coal down by as much, and a dearer 2030."""
    run = results_toy("windier").copy(deep=True)
    run["generation_gwh"].loc[{"asset": "plain_wind", "year": 2030}] += 438
    run["curtailment_gwh"].loc[{"asset": "plain_wind", "year": 2030}] -= 438
    run["generation_gwh"].loc[{"asset": "coal_north", "year": 2030}] -= 438
    run["emissions_kt"].loc[{"country": "AAA", "year": 2030}] -= 400
    run["cost_musd"].loc[{"cost_component": "capital", "year": 2030}] += 10
    return run


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return compare([results_toy(), windier()])


def value(table: pd.DataFrame, indicator: str, column: str) -> float:
    (found,) = table.xs(indicator, level="indicator")[column]
    return float(found)


def test_differences_by_hand(table: pd.DataFrame) -> None:
    """Numerator + 0.438 TWh of 30.8505; 10 MUSD a year stand for 4 discounted years in 2030."""
    expected = {
        "renewable share of generation, AAA 2030, law": 100 * 0.438 / 30.8505,
        "renewable share of consumption, AAA 2030, law": 100 * 0.438 / 31.179,
        "gap to 15 % of generation, AAA 2030, law": -0.438,
        "renewable energy that counts, AAA 2030, law": 0.438,
        "curtailment": -438,
        "emissions": -400,
        "system cost": 10,
        "discounted cost of supply": 40,
    }
    column = "windier − toy"
    for (indicator, _), difference in table[column].items():
        if indicator != "of it paid with Chinese money":
            assert difference == pytest.approx(expected.get(indicator, 0.0), abs=1e-9), indicator
    chinese = 100 * (3504 / 4380 - 3066 / 3942)  # wind of 400 of 500 MW that count, before 350 of 450
    assert value(table, "of it paid with Chinese money", column) == pytest.approx(chinese)


def test_levels_by_hand(table: pd.DataFrame) -> None:
    expected = {
        "renewable energy that counts, AAA 2030, law": 3.942,
        "generation": 30.8505,
        "consumption": 31.179,
        "of it NEV charging": 1.4016,
        "peak load": 1.2 * 1.2 * 3400 + 3 * 160,  # evening of the cold day: load and charging
        "net import": 0.3504,
        "unserved energy": 6.6,
        "capacity wind": 1000,
        "capacity solar": 500,
        "Chinese-financed capacity": 1100,
        "Chinese money placed to date": 1260,
        "system cost": 666.8,
        "discounted cost of supply": 4412.9 - 79.2,
        "discounted cost of shortage": 79.2,  # 6.6 GWh at 3,000 USD per MWh in each of four discounted years
    }
    assert {key: value(table, key, "toy") for key in expected} == pytest.approx(expected)


def test_compares_the_first_runs_question(table: pd.DataFrame) -> None:
    """Gas stands in Berland only, so it is not among the capacities of Alland."""
    assert table.attrs == {"year": 2030, "countries": ["AAA"], "warnings": []}
    assert "capacity gas" not in table.index.get_level_values("indicator")


def test_only_the_chinese_part_of_the_money_is_chinese() -> None:
    """Wind with 40 % Chinese money: 400 of 1,000 MW and 480 of 1,200 MUSD, beside the battery's 100 MW and 60 MUSD."""
    toy = results_toy()
    money = toy["asset_chinese_money"].where(toy["asset"] != "plain_wind", 0.4)
    table = compare([toy.assign_coords(asset_chinese_money=money)])
    assert value(table, "Chinese-financed capacity", "toy") == pytest.approx(500)
    assert value(table, "Chinese money placed to date", "toy") == pytest.approx(540)


def test_run_without_the_year_shows_empty_cells() -> None:
    short = results_toy("short").sel(year=[2026, 2028])
    table = compare([results_toy(), short])
    assert table["short"].isna().all() and table["toy"].notna().all()
    assert "–" in as_text(table)


def test_capacity_only_one_run_has_is_zero_in_the_other() -> None:
    dark = results_toy("dark").copy(deep=True)
    dark["capacity_mw"].loc[{"asset": "south_sun"}] = 0
    for runs in ([results_toy(), dark], [dark, results_toy()]):
        table = compare(runs)
        assert value(table, "capacity solar", "dark") == 0
        assert value(table, "capacity solar", "toy") == 500
        indicators = list(table.index.get_level_values("indicator"))
        assert indicators.index("capacity solar") < indicators.index("Chinese-financed capacity")


def test_without_a_target_all_countries_are_compared() -> None:
    """Both countries together: 30.8505 + 820 MW × 8.76 GWh."""
    table = compare([results_toy().assign_attrs(headline_target="")])
    assert value(table, "generation", "toy") == pytest.approx(30.8505 + 7.1832)
    assert not any("share" in name for name in table.index.get_level_values("indicator"))
    one = compare([single_zone(results_toy())])
    assert one.attrs["countries"] == ["BBB"]


def test_equal_names_and_empty_lists_are_refused() -> None:
    with pytest.raises(InputError, match="'toy'"):
        compare([results_toy(), results_toy()])
    with pytest.raises(InputError, match="at least one"):
        compare([])


def test_csv_reads_back(table: pd.DataFrame) -> None:
    back = pd.read_csv(io.StringIO(as_csv(table)), index_col=["indicator", "unit"])
    assert list(back.columns) == list(table.columns)
    np.testing.assert_allclose(back.to_numpy(), table.to_numpy())


def test_text_signs_differences(table: pd.DataFrame) -> None:
    lines = as_text(table).splitlines()
    assert lines[0].startswith("AAA, 2030")
    assert next(line for line in lines if line.startswith("emissions")).endswith("-400.0")
    assert next(line for line in lines if line.startswith("curtailment")).endswith("-438.0")
    assert len({line.rstrip()[-1] for line in lines[4:]} - set("0123456789")) == 0


def test_a_share_never_contradicts_a_verdict() -> None:
    """The second run asks another question (all hydro, of consumption, 12 %): its own share and gap have rows, too."""
    other = windier().assign_coords(
        target_definition=("target", ["all_hydro", "all_hydro", "all_hydro"]),
        target_basis=("target", ["consumption"] * 3),
        target_percent=("target", [12.0, 0.0, 10.0]),
    )
    table = compare([results_toy(), other])
    head = verdict(other).headline
    assert head is not None
    share = value(table, "renewable share of consumption, AAA 2030, all_hydro", "windier")
    gap = value(table, "gap to 12 % of consumption, AAA 2030, all_hydro", "windier")
    assert share == pytest.approx(head.share_percent)
    assert gap == pytest.approx(head.gap_twh)
    first = verdict(results_toy()).headline
    assert first is not None
    assert value(table, "gap to 15 % of generation, AAA 2030, law", "toy") == pytest.approx(first.gap_twh)


def test_unlike_runs_are_not_subtracted_in_silence() -> None:
    other = windier()
    other.attrs["money_year"] = 1999
    other = other.assign_coords(year_weight=("year", [9.0, 9.0, 9.0]))
    table = compare([results_toy(), other])
    (warning,) = table.attrs["warnings"]
    assert "year of the money" in warning and "years that each model year represents" in warning
    assert warning in as_text(table)
