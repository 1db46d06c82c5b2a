"""A small results dataset whose every number can be worked out by hand.

Two countries: Alland (zones A_N, A_S) and Berland (zone B_1). Years 2026, 2028, 2030. Two days, each 12 blocks of 2 h:
a January weekday standing for 165 days and a July weekday standing for 200 days, so a constant MW is 8.76 GWh per year.

Load has the shape 0.8 (0-8 h), 1.0 (8-16 h), 1.2 (16-24 h), mean 1, times 1.2 in winter and 0.835 in summer:
(165 × 1.2 + 200 × 0.835) / 365 = 1, so a mean of L MW is L × 8.76 GWh.

Constant output, MW:        2026   2028   2030
  wind A_N (1,000 MW from 2028, Chinese)    0    400    400   (after curtailment of 50 in 2030: 350)
  small hydro A_S (30 MW)  20     20     20
  large hydro A_S (600 MW) 300    300    300
  nothing else is constant: coal in A_N and gas in B_1 close their zones.
Sun A_S (500 MW chosen in 2030): 240 MW from 8 to 16 h, which is a third of the day: mean 80 MW.
Battery A_N (2030): charges 100 MW from 8 to 12 h, discharges 85 MW from 18 to 22 h; mean loss 15 × 4 / 24 = 2.5 MW.
Heat forces coal in A_N to give 100 MW in winter and 20 in summer, with twice as much heat.
Flows: A_N → A_S closes A_S; B_1 → A_S is 50 MW, no losses. Market imports to B_1 30 MW, exports from A_N 10 MW.
Unserved: 20 MW in A_S in the winter block 18-20 h of 2030: 20 × 2 × 165 / 1000 = 6.6 GWh.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

YEARS = (2026, 2028, 2030)
ZONES = ("A_N", "A_S", "B_1")
COUNTRIES = ("AAA", "BBB")
DAYS = (165.0, 200.0)
HOURS = np.arange(0, 24, 2)
ENTRIES = (
    "thermal generation",
    "hydro generation",
    "wind, sun and river",
    "storage discharge",
    "storage charge",
    "imports by link",
    "exports by link",
    "border imports",
    "border exports",
    "load",
    "NEV charging",
    "unserved energy",
)
MEAN_LOAD_MW = {"A_N": (2000, 2100, 2200), "A_S": (1000, 1100, 1200), "B_1": (800, 800, 800)}
MEAN_NEV_MW = {"A_N": (10, 40, 80), "A_S": (10, 40, 80), "B_1": (0, 0, 0)}
# name, zone, technology, group, kind, investor, Chinese, status, project, capacity by year, energy MWh, overnight MUSD
ASSETS = (
    ("Coal North", "A_N", "coal", "coal", "thermal", "", False, "existing", "", (4000, 4000, 3800), 0, 0),
    ("Plain Wind", "A_N", "wind", "wind", "variable", "dragon", True, "project", "plain", (0, 1000, 1000), 0, 1200),
    ("Battery", "A_N", "battery", "battery", "storage", "dragon", True, "candidate", "", (0, 0, 100), 400, 60),
    ("Small hydro", "A_S", "small_hydro", "hydro", "run_of_river", "state", False, "existing", "", (30, 30, 30), 0, 0),
    ("Big dam", "A_S", "large_hydro", "hydro", "reservoir", "state", False, "existing", "", (600, 600, 600), 0, 0),
    ("South Sun", "A_S", "solar", "solar", "variable", "local", False, "candidate", "", (0, 0, 500), 0, 350),
    ("Gas Berland", "B_1", "gas", "gas", "thermal", "state", False, "existing", "", (1500, 1500, 1500), 0, 0),
)
# asset: real cost of capital %, then by year MUSD: annuity, fixed, variable, debt service; subsidy in its first year
MONEY = {
    "Plain Wind": (7.0, (0, 100, 100), (0, 15, 15), (0, 0, 0), (0, 84, 80), 60),
    "Battery": (7.0, (0, 0, 6), (0, 0, 1), (0, 0, 0.5), (0, 0, 5), 3),
    "South Sun": (9.0, (0, 0, 30), (0, 0, 5), (0, 0, 0), (0, 0, 20), -4),
    "Coal North": (8.0, (0, 0, 0), (90, 90, 85), (300, 310, 320), (0, 0, 0), 0),
}
DATES = {"Plain Wind": 2027.5}
CO2 = {"coal": 0.34 / 0.35, "gas": 0.2 / 0.5}
DEFINITIONS = ("law", "all_hydro", "wind_and_solar")
ELIGIBLE = {"law": {"wind", "small_hydro", "solar"}, "wind_and_solar": {"wind", "solar"}}
ELIGIBLE["all_hydro"] = ELIGIBLE["law"] | {"large_hydro"}
COST_COMPONENTS = ("capital", "fuel", "variable O&M", "border trade", "unserved energy")

Array = np.ndarray


def _blocks(first: int, end: int) -> Array:
    """1 in the blocks of both days between two hours, else 0; one value per slice."""
    return np.tile(((first <= HOURS) & (end > HOURS)).astype(float), 2)


def _profiles() -> dict[str, Array]:
    """Hourly power by name, each (year, slice), all of it chosen except what closes the zones."""
    ones = np.ones((3, 24))
    shape = (0.8 * _blocks(0, 8) + _blocks(8, 16) + 1.2 * _blocks(16, 24)) * np.repeat([1.2, 0.835], 12)
    p = {f"load {z}": np.outer(MEAN_LOAD_MW[z], shape) for z in ZONES}
    p |= {f"nev {z}": np.outer(MEAN_NEV_MW[z], 3 * _blocks(16, 24)) for z in ZONES}
    p["wind"] = np.array([[0.0], [400.0], [350.0]]) * ones
    p["curtailed wind"] = np.array([[0.0], [0.0], [50.0]]) * ones
    p["small_hydro"], p["large_hydro"] = 20 * ones, 300 * ones
    p["solar"] = np.outer([0, 0, 240], _blocks(8, 16))
    p["charge"], p["discharge"] = np.outer([0, 0, 100], _blocks(8, 12)), np.outer([0, 0, 85], _blocks(18, 22))
    p["unserved"] = np.zeros((3, 24))
    p["unserved"][2, 9] = 20
    p["south_bound"] = (
        p["load A_S"] + p["nev A_S"] - p["small_hydro"] - p["large_hydro"] - p["solar"] - p["unserved"] - 50
    )
    p["coal"] = p["load A_N"] + p["nev A_N"] + p["charge"] - p["discharge"] + p["south_bound"] + 10 - p["wind"]
    p["gas"] = p["load B_1"] + p["nev B_1"] + 50 - 30
    assert p["coal"].min() > 0 and p["gas"].min() > 0
    return p


def _energy(p: dict[str, Array]) -> Array:
    """The ledger (entry, zone, year, slice); every column adds up to zero."""
    energy = np.zeros((len(ENTRIES), 3, 3, 24))

    def post(entry: str, zone: str, values: Array | float) -> None:
        energy[ENTRIES.index(entry), ZONES.index(zone)] += values

    south = p["south_bound"]
    post("thermal generation", "A_N", p["coal"])
    post("thermal generation", "B_1", p["gas"])
    post("hydro generation", "A_S", p["large_hydro"])
    post("wind, sun and river", "A_N", p["wind"])
    post("wind, sun and river", "A_S", p["small_hydro"] + p["solar"])
    post("storage discharge", "A_N", p["discharge"])
    post("storage charge", "A_N", -p["charge"])
    post("imports by link", "A_S", np.maximum(south, 0) + 50)
    post("exports by link", "A_S", np.minimum(south, 0))
    post("imports by link", "A_N", np.maximum(-south, 0))
    post("exports by link", "A_N", -np.maximum(south, 0))
    post("exports by link", "B_1", -50)
    post("border imports", "B_1", 30)
    post("border exports", "A_N", -10)
    post("unserved energy", "A_S", p["unserved"])
    for zone in ZONES:
        post("load", zone, -p[f"load {zone}"])
        post("NEV charging", zone, -p[f"nev {zone}"])
    assert np.allclose(energy.sum(axis=0), 0)
    return energy


def _coordinates() -> dict[str, object]:
    name, zone, technology, group, kind, investor, chinese, status, project, *_ = (
        list(c) for c in zip(*ASSETS, strict=True)
    )
    country = ["AAA" if z.startswith("A") else "BBB" for z in zone]
    day = [0] * 12 + [1] * 12
    return {
        "country": list(COUNTRIES),
        "country_name": ("country", ["Alland", "Berland"]),
        "country_currency": ("country", ["ALD", ""]),
        "currency": ["USD", "CNY", "ALD"],
        "zone": list(ZONES),
        "zone_country": ("zone", ["AAA", "AAA", "BBB"]),
        "zone_name": ("zone", ["Alland North", "Alland South", "Berland"]),
        "zone_latitude": ("zone", [51.0, 44.0, 41.0]),
        "zone_longitude": ("zone", [72.0, 74.0, 65.0]),
        "year": list(YEARS),
        "year_weight": ("year", [1.9, 1.7, 4.0]),
        "interval_years": ("year", [1, 2, 2]),
        "slice": [f"{d}-{h:02d}" for d in ("jan", "jul") for h in HOURS],
        "slice_day": ("slice", day),
        "slice_month": ("slice", [1] * 12 + [7] * 12),
        "slice_hour": ("slice", np.tile(HOURS, 2)),
        "slice_block_hours": ("slice", np.full(24, 2.0)),
        "slice_weight_h": ("slice", np.repeat([2 * d for d in DAYS], 12)),
        "hours": (("year", "slice"), np.tile(np.repeat([2 * d for d in DAYS], 12), (3, 1))),
        "day": ["jan weekday", "jul weekday"],
        "day_month": ("day", [1, 7]),
        "day_type": ("day", ["weekday", "weekday"]),
        "day_weight": ("day", list(DAYS)),
        "day_of_year": ("day", [15, 196]),
        "asset": [n.lower().replace(" ", "_") for n in name],
        "asset_name": ("asset", name),
        "asset_zone": ("asset", zone),
        "asset_country": ("asset", country),
        "asset_technology": ("asset", technology),
        "asset_group": ("asset", group),
        "asset_kind": ("asset", kind),
        "asset_investor": ("asset", investor),
        "asset_chinese": ("asset", chinese),
        "asset_chinese_money": ("asset", np.array(chinese, float)),
        "asset_chinese_role": ("asset", ["developer" if c else "" for c in chinese]),
        "asset_currency": ("asset", [{"dragon": "CNY", "local": "USD"}.get(i, "") for i in investor]),
        "asset_date": ("asset", [DATES.get(n, np.nan) for n in name]),
        "asset_full_mw": ("asset", [max(a[9]) * (a[0] in DATES) for a in ASSETS]),
        "asset_award_usd_per_mwh": ("asset", [{"wind": 60.0, "solar": 40.0}.get(t, np.nan) for t in technology]),
        "asset_award_year": ("asset", [{"wind": 2018.0, "solar": 2021.0}.get(t, np.nan) for t in technology]),
        "asset_construction_years": ("asset", [1.5] * len(ASSETS)),
        "asset_construction_jobs_per_mw": ("asset", [1.1 if t in ("wind", "solar") else np.nan for t in technology]),
        "asset_operation_jobs_per_mw": ("asset", [0.11 if t in ("wind", "solar") else np.nan for t in technology]),
        "asset_status": ("asset", status),
        "asset_project": ("asset", project),
        "asset_unit": ("asset", [f"{z}/{t}" for z, t in zip(zone, technology, strict=True)]),
        "unit": [f"{z}/{t}" for z, t in zip(zone, technology, strict=True)],
        "unit_zone": ("unit", zone),
        "unit_country": ("unit", country),
        "unit_technology": ("unit", technology),
        "unit_group": ("unit", group),
        "unit_kind": ("unit", kind),
        "link": ["north_south", "berland_south"],
        "link_from": ("link", ["A_N", "B_1"]),
        "link_to": ("link", ["A_S", "A_S"]),
        "cut_set": ["south_import"],
        "cut_set_name": ("cut_set", ["Import of the south"]),
        "offer": ["east_import", "west_export"],
        "offer_market": ("offer", ["east", "west"]),
        "offer_zone": ("offer", ["B_1", "A_N"]),
        "offer_direction": ("offer", ["import", "export"]),
        "market": ["east", "west"],
        "market_name": ("market", ["Eastland", "Westland"]),
        "market_latitude": ("market", [37.0, 55.0]),
        "market_longitude": ("market", [68.0, 65.0]),
        "entry": list(ENTRIES),
        "cost_component": list(COST_COMPONENTS),
        "reservoir": ["big_lake"],
        "reservoir_zone": ("reservoir", ["A_S"]),
        "reservoir_active_hm3": ("reservoir", [500.0]),
        "fuel": ["coal", "gas"],
        "definition": list(DEFINITIONS),
        "target": ["aaa_2030", "bbb_2030", "bbb_2029"],
        "target_country": ("target", ["AAA", "BBB", "BBB"]),
        "target_year": ("target", [2030, 2030, 2029]),
        "target_definition": ("target", ["law", "all_hydro", "all_hydro"]),
        "target_basis": ("target", ["generation", "consumption", "consumption"]),
        "target_percent": ("target", [15.0, 0.0, 10.0]),
        "target_mode": ("target", ["report", "report", "report"]),
        "investor": ["state", "dragon", "local"],
        "envelope": ["state", "dragon", "local"],
        "envelope_investor": ("envelope", ["state", "dragon", "local"]),
        "investor_name": ("investor", ["State utility", "Dragon Power", "Local Energy"]),
        "investor_chinese": ("investor", [False, True, False]),
        "investor_kind": ("investor", ["state_company", "developer", "owner"]),
    }


def _asset_variables(p: dict[str, Array]) -> dict[str, tuple[tuple[str, ...], Array, str]]:
    zero = np.zeros((3, 24))
    weight = np.repeat([2 * d for d in DAYS], 12)
    generation = np.array([p.get(a[2], zero) for a in ASSETS])
    curtailment = np.array([p["curtailed wind"] if a[2] == "wind" else zero for a in ASSETS])
    forced = np.array([float(a[2] == "coal") for a in ASSETS])[:, None, None] * np.repeat([100.0, 20.0], 12)
    forced = forced * np.ones((1, 3, 1))
    battery = np.array([float(a[2] == "battery") for a in ASSETS])[:, None, None]
    capacity = np.array([a[9] for a in ASSETS], dtype=float)
    build = np.maximum(np.diff(capacity, axis=1, prepend=capacity[:, :1]), 0)
    eligibility = [[float(a[2] in ELIGIBLE[d]) for d in DEFINITIONS] for a in ASSETS]
    unit, asset = ("unit", "year", "slice"), ("asset", "year")
    return {
        "generation_mw": (unit, generation, "MW"),
        "must_run_mw": (unit, forced, "MW"),
        "heat_mw": (unit, 2 * forced, "MW"),
        "curtailment_mw": (unit, curtailment, "MW"),
        "storage_charge_mw": (unit, battery * p["charge"], "MW"),
        "storage_discharge_mw": (unit, battery * p["discharge"], "MW"),
        "storage_level_mwh": (unit, battery * zero, "MWh"),
        "online_mw": (("unit", "year", "day"), generation.reshape(-1, 3, 2, 12).max(axis=3), "MW"),
        "capacity_mw": (asset, capacity, "MW"),
        "energy_capacity_mwh": (asset, np.array([[a[10] * (c > 0) for c in a[9]] for a in ASSETS], float), "MWh"),
        "build_mw": (asset, build * np.array([[a[7] == "candidate"] for a in ASSETS]), "MW"),
        "retired_mw": (asset, np.maximum(capacity[:, :1] - capacity, 0), "MW"),
        "generation_gwh": (asset, generation @ weight / 1000, "GWh"),
        "asset_emissions_kt": (asset, generation @ weight / 1000 * [[CO2.get(a[2], 0)] for a in ASSETS], "kt"),
        "curtailment_gwh": (asset, curtailment @ weight / 1000, "GWh"),
        "investment_musd": (asset, (build > 0) * np.array([[a[11]] for a in ASSETS], dtype=float), "MUSD"),
        "eligibility": (("asset", "definition"), np.array(eligibility), "1"),
    }


def _money_variables() -> dict[str, tuple[tuple[str, ...], Array, str]]:
    none = (8.0, (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0)
    rows = [MONEY.get(a[0], none) for a in ASSETS]
    subsidy = [[r[5] * (y == int(np.argmax(r[1]))) for y in range(3)] for r in rows]
    yearly = {name: np.array([r[i] for r in rows], float) for i, name in enumerate(
        ("annuity_musd", "fixed_cost_musd", "variable_cost_musd", "debt_service_musd"), start=1
    )}  # fmt: skip
    yearly["subsidy_musd"] = np.array(subsidy, float)
    return {
        "currency_usd_factor": (("currency", "year"), np.array([[1, 1, 1], [1, 1, 1.1], [1, 1, 0.8]]), "1"),
        "asset_wacc_percent": (("asset",), np.array([r[0] for r in rows]), "percent"),
        "investor_wacc_percent": (("investor", "country"), np.array([[8, 8], [7, 7.5], [9, 9.5]]), "percent"),
        **{name: (("asset", "year"), values, "MUSD") for name, values in yearly.items()},
    }


def _zone_variables(p: dict[str, Array]) -> dict[str, tuple[tuple[str, ...], Array, str]]:
    zone = ("zone", "year", "slice")
    unserved = np.zeros((3, 3, 24))
    unserved[1] = p["unserved"]
    price = np.where(unserved > 0, 3000.0, 30.0)
    ones = np.ones((3, 24))
    return {
        "load_mw": (zone, np.array([p[f"load {z}"] for z in ZONES]), "MW"),
        "nev_load_mw": (zone, np.array([p[f"nev {z}"] for z in ZONES]), "MW"),
        "nev_uncontrolled_mw": (zone, np.array([p[f"nev {z}"] for z in ZONES]), "MW"),
        "nev_feed_mw": (zone, np.zeros((3, 3, 24)), "MW"),
        "nev_network_mw": (zone[:2], np.array([p[f"nev {z}"].max(axis=1) for z in ZONES]), "MW"),
        "unserved_mw": (zone, unserved, "MW"),
        "corridor_energy_gwh": (("zone", "year"), np.array([[0.0] * 3, [0, 0, 50.0], [0.0] * 3]), "GWh/yr"),
        "price_usd_per_mwh": (zone, price, "USD/MWh"),
        "energy_mw": (("entry", *zone), _energy(p), "MW"),
        "flow_mw": (("link", "year", "slice"), np.array([p["south_bound"], 50 * ones]), "MW"),
        "link_capacity_mw": (("link", "year"), np.array([[2000.0] * 3, [100.0] * 3]), "MW"),
        "link_build_mw": (("link", "year"), np.zeros((2, 3)), "MW"),
        "trade_mw": (("offer", "year", "slice"), np.array([30 * ones, 10 * ones]), "MW"),
        "cut_set_flow_mw": (("cut_set", "year", "slice"), np.array([p["south_bound"] + 50]), "MW"),
        "cut_set_forward_mw": (("cut_set", "year"), np.array([[2050.0] * 3]), "MW"),
        "cut_set_backward_mw": (("cut_set", "year"), np.array([[np.nan] * 3]), "MW"),
        "local_withdrawal_mw": (zone, np.zeros((3, 3, 24)), "MW"),
        "local_network_mw": (zone[:2], np.zeros((3, 3)), "MW"),
    }


def _country_variables(p: dict[str, Array]) -> dict[str, tuple[tuple[str, ...], Array, str]]:
    weight = np.repeat([2 * d for d in DAYS], 12) / 1000
    gwh = {name: values @ weight for name, values in p.items()}
    made = [gwh["coal"] + gwh["wind"] + gwh["small_hydro"] + gwh["large_hydro"] + gwh["solar"], gwh["gas"]]
    nev = np.array([gwh["nev A_N"] + gwh["nev A_S"], gwh["nev B_1"]])
    used = nev + np.array([gwh["load A_N"] + gwh["load A_S"] - gwh["unserved"], gwh["load B_1"]])
    peak = [(p["load A_N"] + p["nev A_N"] + p["load A_S"] + p["nev A_S"]).max(axis=1), p["load B_1"].max(axis=1)]
    country = ("country", "year")
    zero = np.zeros((2, 3))
    fuel = np.zeros((2, 2, 3))
    fuel[0, 0], fuel[1, 1] = gwh["coal"] / 0.35, gwh["gas"] / 0.5
    return {
        "emissions_kt": (country, np.array([fuel[0, 0] * 0.34, fuel[1, 1] * 0.2]), "kt"),
        "fuel_use_gwh": (("fuel", *country), fuel, "GWh"),
        "firm_mw": (country, np.array(peak) * 1.1, "MW"),
        "required_mw": (country, np.array(peak) * 1.15, "MW"),
        "adequacy_shortfall_mw": (country, np.array(peak) * 0.05, "MW"),
        "reserve_missing_mw": ((*country, "slice"), np.zeros((2, 3, 24)), "MW"),
        "peak_load_mw": (country, np.array(peak), "MW"),
        "peak_uncontrolled_mw": (country, np.array(peak), "MW"),
        "country_generation_gwh": (country, np.array(made), "GWh"),
        "country_consumption_gwh": (country, used, "GWh"),
        # Alland buys 50 MW from Berland and sells 10 MW; Berland buys 30 MW and sells 50 MW.
        "net_import_gwh": (country, zero + np.array([[40 * 8.76], [-20 * 8.76]]), "GWh"),
        "nev_energy_gwh": (country, nev, "GWh"),
    }


def _vehicle_coordinates() -> dict[str, tuple[str, Array | list]]:
    return {
        "vehicle": ("vehicle", ["car", "van"]),
        "vehicle_registered_as": ("vehicle", ["car", "truck"]),
        "powertrain": ("powertrain", ["ev", "ice"]),
        "calendar_year": ("calendar_year", np.arange(2020, 2031)),
        "place": ("place", ["home"]),
        "supplier": ("supplier", ["works", "trade"]),
        "supplier_brand": ("supplier", ["one", "two"]),
        "supplier_country": ("supplier", ["AAA", "AAA"]),
        "supplier_chinese": ("supplier", np.array([True, False])),
        "count_country": ("count", ["AAA", "AAA"]),
        "count_of": ("count", ["car", "all"]),
        "count_date": ("count", np.array([2024.0, 2025.5])),
        "count_chosen": ("count", np.array([True, False])),
    }


def _vehicle_variables() -> dict[str, tuple[tuple[str, ...], Array, str]]:
    """Alland has 1,000 cars and 100 vans with plugs in 2026, twice as many in 2028, four times in 2030."""
    growth, country = np.array([1.0, 2.0, 4.0]), ("country", "year")
    alland = np.array([growth, 0 * growth])
    stock = np.einsum("cy,v->cvy", alland, np.array([1000.0, 100.0]))
    kinds = np.stack([stock, 10 * stock], axis=2)
    ends = np.zeros((2, 2, 2, 11))
    ends[0, :, 0] = np.outer([100.0, 10.0], 2.0 ** np.arange(11))
    return {
        "vehicle_electric_km_percent": (("vehicle", "powertrain"), np.array([[100.0, 0], [100, 0]]), "percent"),
        "vehicle_stock": (("country", "vehicle", "powertrain", "year"), kinds, "vehicles"),
        "vehicle_stock_end": (("country", "vehicle", "powertrain", "calendar_year"), ends, "vehicles"),
        "vehicle_sales_total": (("country", "vehicle", "powertrain", "year"), kinds / 10, "vehicles/yr"),
        "vehicle_driven_gwh": (("country", "vehicle", "year"), stock * 0.0095, "GWh/yr"),
        "vehicle_charged_gwh": (("country", "vehicle", "year"), stock * 0.01, "GWh/yr"),
        "charger_count": (("country", "place", "year"), stock.sum(axis=1, keepdims=True) / 2, "chargers"),
        "charger_cost_musd": (country, alland * 0.1, "MUSD/yr"),
        "oil_avoided_million_litres": (country, alland * 2, "million l/yr"),
        "co2_avoided_kt": (country, alland * 5, "ktCO2/yr"),
        "fuel_bill_avoided_musd": (country, alland, "MUSD/yr"),
        "vehicle_money_musd": (("supplier", "year"), alland + 1, "MUSD/yr"),
        "vehicle_plant_musd": (("supplier", "year"), alland * 10, "MUSD"),
        "count_published": (("count",), np.array([1600.0, 4000]), "vehicles"),
        "count_modelled": (("count",), np.array([1600.0, 3960]), "vehicles"),
    }


def results_toy(scenario: str = "toy") -> xr.Dataset:
    """The whole dataset; a fresh copy each time."""
    p = _profiles()
    cost = np.array([[50, 60, 200], [400, 410, 420], [30, 31, 32], [-5, -5, -5], [0, 0, 19.8]], dtype=float)
    variables = _asset_variables(p) | _zone_variables(p) | _country_variables(p) | _money_variables()
    variables |= {
        "cost_musd": (("cost_component", "year"), cost, "MUSD/yr"),
        "target_dual_usd_per_mwh": (("target",), np.zeros(3), "USD/MWh"),
        "target_shortfall_gwh": (("target",), np.zeros(3), "GWh"),
        "investor_budget_musd": (("envelope", "year"), np.array([[np.nan] * 3, [0, 1500, 60], [np.nan] * 3]), "MUSD"),
        "investor_spent_musd": (("envelope", "year"), np.array([[0, 0, 0], [0, 1200, 60], [0, 0, 350.0]]), "MUSD"),
        "budget_dual": (("envelope", "year"), np.array([[0] * 3, [0, 0, 0.25], [0] * 3]), "1"),
    }
    variables |= _vehicle_variables()
    for name in ("level", "inflow", "withdrawal", "arrival", "turbined", "spill"):
        variables[f"reservoir_{name}_hm3"] = (("reservoir", "year", "day"), np.zeros((1, 3, 2)), "hm3")
    variables["water_value_usd_per_hm3"] = (("reservoir", "year", "day"), np.zeros((1, 3, 2)), "USD/hm3")
    dataset = xr.Dataset(
        {
            name: (dims, values, {"units": unit, "long_name": name.replace("_", " ")})
            for name, (dims, values, unit) in variables.items()
        },
        coords=_coordinates() | _vehicle_coordinates(),
    )
    dataset.attrs = {
        "scenario": scenario,
        "question": "Does Alland reach 15 % by 2030?",
        "description": "A toy.",
        "system": "toyland",
        "headline_target": "aaa_2030",
        "money_year": 2025,
        "discount_rate_percent": 6.0,
        "objective_musd": float((cost.sum(axis=0) * [1.9, 1.7, 4.0]).sum()),
        "simulator_version": "0.1.0",
    }
    return dataset


def single_zone(dataset: xr.Dataset, zone: str = "B_1") -> xr.Dataset:
    """Only what lies in one zone: no links, no targets."""
    country = str(dataset["zone_country"].sel(zone=zone).values)
    keep = {
        "country": dataset["country"].values == country,
        "zone": dataset["zone"].values == zone,
        "asset": dataset["asset_zone"].values == zone,
        "unit": dataset["unit_zone"].values == zone,
        "offer": dataset["offer_zone"].values == zone,
        "reservoir": dataset["reservoir_zone"].values == zone,
        "link": np.zeros(dataset.sizes["link"], dtype=bool),
        "target": np.zeros(dataset.sizes["target"], dtype=bool),
    }
    return dataset.isel({dim: np.flatnonzero(mask) for dim, mask in keep.items()}).assign_attrs(headline_target="")
