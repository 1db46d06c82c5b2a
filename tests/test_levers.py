"""Levers of a scenario: each moves what it says, by the amount worked out by hand, or is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from lever_toys import COAL, GAS, cost, refused, shipped
from toy import case, plant, scenario, solve, system

from simulator import system as tables

DATA = Path(tables.__file__).parents[1] / "data" / "central_asia"
SHIPPED = {
    "corridors": tables.Corridor,
    "corridor_freight": tables.CorridorFreight,
    "trade_links": tables.TradeLink,
    "equipment": tables.Equipment,
    "equipment_rebates": tables.EquipmentRebate,
    "irrigation_savings_neighbours": tables.IrrigationSaving,
}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_row_of_the_levers_says_where_it_comes_from(name):
    """One key per row, known sources, a year, a confidence, and a note on how an estimate was made."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [SHIPPED[name].model_validate({k: v for k, v in row.items() if v != ""}) for row in csv.DictReader(file)]
    known = set()
    for path in DATA.glob("sources*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            known |= {row["id"] for row in csv.DictReader(file)}
    assert len({row.key for row in rows}) == len(rows) > 0
    for row in rows:
        assert row.data_year and row.confidence and row.source and set(row.source.split(";")) <= known, row.key
        assert row.note or "estimate" not in row.source, row.key


# ------------------------------------------------------------------------------------------------------------ corridors


def railway(**columns):
    """A railway of 10 Mt, 100 km and 1 Wh per tonne-km: 1 GWh a year, a flat MW in a year of 1,000 hours."""
    line = {"id": "rail", "name": "Rail", "zone": "A", "km": 100, "wh_per_tonne_km": 1, "opens": "2030"}
    freight = [{"corridor": "rail", "year": 2030, "million_tonnes": 10}]
    return {"corridors": [line | {"decided": True} | columns], "corridor_freight": freight}


def with_railway(**columns):
    return system(
        {"s": 100}, technologies=[COAL, GAS], plants=[plant("coal", 100), plant("gas", 100)], **railway(**columns)
    )


@pytest.mark.parametrize(
    ("columns", "key", "megawatts"),
    [
        ({}, {}, 1),
        ({"opens": "2030-07"}, {}, 0.5),
        ({"decided": False}, {}, 0),
        ({"decided": False}, {"factors": {"rail": 2}}, 2),
        ({}, {"factor": 3}, 3),
        ({}, {"factors": {"rail": 0}}, 0),
        ({"km": 200}, {}, 2),
    ],
)
def test_a_corridor_is_a_flat_load(columns, key, megawatts):
    """Coal at 10 covers 100 MW, gas at 50 each MW of the railway, for 1000 h: 1 + 0.05 MUSD per MW; the peak too."""
    results = solve(with_railway(**columns), scenario({"s": 1000}, corridors=key))
    assert cost(results) == pytest.approx(1e6 + 50_000 * megawatts)
    assert float(results["corridor_energy_gwh"].sum()) == pytest.approx(megawatts)
    assert float(results["peak_load_mw"].squeeze()) == pytest.approx(100 + megawatts)
    assert float(results["country_consumption_gwh"].squeeze()) == pytest.approx(100 + megawatts)


def test_corridors_without_effect_are_refused():
    assert "nearest: rail" in refused(with_railway(), corridors={"factors": {"rails": 2}})
    assert "no effect" in refused(with_railway(), corridors={"factors": {"rail": 1}})
    assert "no effect" in refused(with_railway(decided=False), corridors={"factor": 2})
    toy = with_railway().model_copy(update={"corridor_freight": ()})
    assert "corridor 'rail' has no freight" in refused(toy)


def test_shipped_corridors_add_their_energy_to_the_year_and_to_the_peak():
    """Moyynty to Dostyk in 2030: 836 km, 23.7 Mt, 27 Wh: 535 GWh; the decided Uzbek line 465·11.8·27 = 148 GWh."""
    off, on = shipped("reference"), shipped("corridors")
    energy = np.einsum("zys,ys->zy", on.load_mw - off.load_mw, on.hours) / 1e3
    north, south = (next(i for i, zone in enumerate(on.zones) if zone.id == name) for name in ("KAZ_N", "KAZ_S"))
    assert energy[[north, south], 1].sum() == pytest.approx(836 * 23.7 * 27 / 1e3)
    assert (off.corridor_mw * 8.76).sum(axis=0)[1] == pytest.approx(465 * 11.8 * 27 / 1e3)
    extra = (on.corridor_mw - off.corridor_mw)[[north, south], 1].sum()
    assert on.peak_mw[0, 1] - off.peak_mw[0, 1] == pytest.approx(extra)


# ----------------------------------------------------------------------------------------------------------- irrigation


def with_fields(purpose="irrigation"):
    """1 hm3 a year (1000 MWh), of which 0.6 must leave in the first half, when nobody needs power."""
    return system(
        {"summer": 0, "winter": 100},
        technologies=[GAS, {"id": "hydro", "name": "hydro", "kind": "reservoir", "group": "hydro"}],
        reservoirs=[{"id": "lake", "name": "Lake", "zone": "A", "energy_mwh_per_hm3": 1000, "active_hm3": 5}],
        inflows=[{"reservoir": "lake", "month": m, "inflow_hm3": 1 / 12} for m in range(1, 13)],
        plants=[plant("gas", 100), plant("hydro", 100, reservoir="lake")],
        releases=[
            {
                "reservoir": "lake",
                "name": "fields",
                "months": [1, 2, 3, 4, 5, 6],
                "purpose": purpose,
                "minimum_hm3": 0.6,
            }
        ],
        irrigation_savings=[{"country": "C", "saving_percent": 20}],
    )


@pytest.mark.parametrize(("saving", "winter_mwh"), [({}, 400), ({"C": 10}, 460), ("planned", 520), ({"C": 100}, 1000)])
def test_water_that_fields_save_becomes_power_in_winter(saving, winter_mwh):
    """The second half has 184 h of 100 MW. Of 1000 MWh, 400 are left; a tenth of 0.6 hm3 saved adds 60, and so on:
    gas at 50 gives 18,400 MWh less the water.
    """
    hours = {"summer": 181, "winter": 184}
    results = solve(with_fields(), scenario(hours, irrigation_saving_percent=saving))
    assert cost(results) == pytest.approx(50 * (18_400 - winter_mwh))


def test_only_irrigation_saves():
    """A release for the river itself stays, and saving where nobody irrigates is refused."""
    halves = ("summer", "winter")
    message = "no irrigation is asked of reservoirs in C"
    assert message in refused(with_fields("ecology"), halves, irrigation_saving_percent={"C": 10})
    assert "no effect" in refused(with_fields("ecology"), halves, irrigation_saving_percent="planned")
    assert "no effect" in refused(with_fields(), halves, irrigation_saving_percent={"C": 0})


def test_shipped_saving_leaves_winter_and_ecology_alone():
    """Only summer windows shrink, by 11 percent, where a programme promises it (none in Kazakhstan)."""
    before = {w.name: w for w in shipped("reference").water.windows}
    for window in shipped("irrigation_saving").water.windows:
        name = window.name.split("/")[1]
        saves = name in ("irrigation", "summer") and not window.name.startswith("kaz_")
        factor = 0.89 if saves else 1
        assert window.minimum_hm3 == pytest.approx(factor * before[window.name].minimum_hm3), window.name
        assert window.maximum_hm3 == before[window.name].maximum_hm3


# ---------------------------------------------------------------------------------------------------------------- lines


def with_lines():
    row = {"from_zone": "A", "to_zone": "B", "forward_mw": 50}
    links = [
        row | {"id": "new", "in_service": "2030"},
        row | {"id": "other", "in_service": "2030"},
        row | {"id": "old"},
    ]
    plants = [plant("coal", 500), plant("gas", 100, zone="B")]
    return system({"s": [0, 100]}, zones=("A", "B"), technologies=[COAL, GAS], plants=plants, links=links)


@pytest.mark.parametrize(
    ("grid", "coal_mw"),
    [
        ({}, 100),
        ({"delay_months": {"new": 12}, "extra_delay_months": 6}, 75),
        ({"delay_months": {"new": 12, "other": 12}}, 50),
    ],
)
def test_a_single_line_can_be_late(grid, coal_mw):
    """Three lines of 50 MW carry coal at 10 to 100 MW of load, gas at 50 is there too. A year late, a line of 2030
    carries nothing in 2030; half a year late, 25 MW in the year's mean. The old line is never late.
    """
    results = solve(with_lines(), scenario({"s": 1000}, grid=grid))
    assert cost(results) == pytest.approx(1000 * (coal_mw * 10 + (100 - coal_mw) * 50))


def test_a_delay_without_effect_is_refused():
    assert "link 'old' has no date in or after the first model year" in refused(
        with_lines(), grid={"delay_months": {"old": 12}}
    )
    assert "no effect" in refused(with_lines(), grid={"delay_months": {"new": 0}})


# ---------------------------------------------------------------------------------------------------------------- trade

DOUBLED = {"volume_percent": 200, "year": 2030}


def with_trade(elasticity):
    link = tables.TradeLink(item="corridor_freight", elasticity=elasticity)
    return with_railway().model_copy(update={"trade_links": (link,)})


@pytest.mark.parametrize(
    ("elasticity", "trade", "megawatts"),
    [
        (1, DOUBLED, 2),
        (2, DOUBLED, 4),
        (0.5, DOUBLED | {"volume_percent": 225}, 1.5),
        (1, DOUBLED | {"year": 2035}, 1.5),
        (1, DOUBLED | {"year": 2035, "base_year": 2020}, 1 + 10 / 15),
        (1, {"volume_percent": 50, "year": 2027}, 0.5),
    ],
)
def test_freight_follows_trade(elasticity, trade, megawatts):
    """The railway of 1 MW with twice the trade of 2025, or half way to it, to the power of the elasticity."""
    results = solve(with_trade(elasticity), scenario({"s": 1000}, trade_with_china=trade))
    assert float(results["corridor_energy_gwh"].sum()) == pytest.approx(megawatts)


def test_chinese_money_follows_trade_where_the_table_says_so():
    """100 MUSD a year from 2025 on: 140 in 2027 and 200 in 2030 with doubled trade; the money of others stays."""
    bank = {"id": "bank", "name": "Bank", "chinese": True, "real_wacc_percent": 0}
    toy = system({"s": 100}, technologies=[COAL], plants=[plant("coal", 100)],
                 investors=[bank, {"id": "owner", "name": "Owner", "real_wacc_percent": 0}],
                 candidates=[{"zone": "A", "technology": "coal", "investors": ["bank", "owner"]}],
                 technology_costs=[{"technology": "coal", "year": 2025, "overnight_usd_per_kw": 1000}],
                 envelopes=[{"id": name, "investor": name} for name in ("bank", "owner")],
                 envelope_years=[{"envelope": n, "year": 2025, "musd_per_year": 100} for n in ("bank", "owner")],
                 trade_links=[{"item": "envelopes", "elasticity": 1}])  # fmt: skip
    rows = case(toy, scenario({"s": 1}, trade_with_china=DOUBLED)).system.envelope_years
    money = {name: {row.year: row.musd_per_year for row in rows if row.envelope == name} for name in ("bank", "owner")}
    assert money["owner"] == {2025: 100}
    assert money["bank"][2027] == pytest.approx(140) and money["bank"][2030] == pytest.approx(200)
    assert max(money["bank"]) == 2030


def test_trade_without_effect_is_refused():
    assert "nothing in `trade_links` follows" in refused(with_trade(0), trade_with_china=DOUBLED)
    assert "trade volume stays" in refused(with_trade(1), trade_with_china=DOUBLED | {"volume_percent": 100})
    late = {"volume_percent": 200, "year": 2040, "base_year": 2030}
    assert "only after the last model year" in refused(with_trade(1), trade_with_china=late)


def test_shipped_trade_doubles_vehicle_imports_of_2030_and_leaves_money_alone():
    """Turnover is twice that of 2025 in 2030: so are imports, less what plants at home give, and decided freight."""
    before, after = shipped("reference"), shipped("trade_doubling")
    assert after.corridor_mw[:, 1] == pytest.approx(2 * before.corridor_mw[:, 1])
    sold = [made.vehicles.fleet.supplied[:, -1] for made in (before, after)]
    imports = [row.kind == "import" for row in before.vehicles.fleet.supply]
    assert sold[0][imports].sum() > 0
    assert sold[1][imports].sum() == pytest.approx(2 * sold[0][imports].sum(), rel=0.05)
    assert after.vehicles.energy.charged_gwh[..., 1].sum() > 1.05 * before.vehicles.energy.charged_gwh[..., 1].sum()
    assert [b.limit_musd for b in after.investment.budgets] == [b.limit_musd for b in before.investment.budgets]
