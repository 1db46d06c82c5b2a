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
What is not said here (water, distribution networks, feeding back, surplus, targets) is zero.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.results_schema import expected, variable

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
        "country_name": ["Alland", "Berland"],
        "country_currency": ["ALD", ""],
        "currency": ["USD", "CNY", "ALD"],
        "loss": ["storage"],
        "zone": list(ZONES),
        "zone_country": ["AAA", "AAA", "BBB"],
        "zone_name": ["Alland North", "Alland South", "Berland"],
        "zone_latitude": [51.0, 44.0, 41.0],
        "zone_longitude": [72.0, 74.0, 65.0],
        "year": list(YEARS),
        "year_weight": [1.9, 1.7, 4.0],
        "interval_years": [1, 2, 2],
        "slice": [f"{d}-{h:02d}" for d in ("jan", "jul") for h in HOURS],
        "slice_day": day,
        "slice_month": [1] * 12 + [7] * 12,
        "slice_hour": np.tile(HOURS, 2),
        "slice_block_hours": np.full(24, 2.0),
        "slice_weight_h": np.repeat([2 * d for d in DAYS], 12),
        "hours": np.tile(np.repeat([2 * d for d in DAYS], 12), (3, 1)),
        "day": [0, 1],
        "day_month": [1, 7],
        "day_type": ["weekday", "weekday"],
        "day_weight": list(DAYS),
        "day_of_year": [15, 196],
        "asset": [n.lower().replace(" ", "_") for n in name],
        "asset_name": name,
        "asset_zone": zone,
        "asset_country": country,
        "asset_technology": technology,
        "asset_group": group,
        "asset_kind": kind,
        "asset_investor": investor,
        "asset_chinese": chinese,
        "asset_chinese_money": np.array(chinese, float),
        "asset_chinese_role": ["developer" if c else "" for c in chinese],
        "asset_currency": [{"dragon": "CNY", "local": "USD"}.get(i, "") for i in investor],
        "asset_date": [DATES.get(n, np.nan) for n in name],
        "asset_full_mw": [max(a[9]) * (a[0] in DATES) for a in ASSETS],
        "asset_award_usd_per_mwh": [{"wind": 60.0, "solar": 40.0}.get(t, np.nan) for t in technology],
        "asset_award_year": [{"wind": 2018.0, "solar": 2021.0}.get(t, np.nan) for t in technology],
        "asset_life_years": [25.0] * len(ASSETS),
        "asset_construction_years": [1.5] * len(ASSETS),
        "asset_construction_jobs_per_mw": [1.1 if t in ("wind", "solar") else np.nan for t in technology],
        "asset_operation_jobs_per_mw": [0.11 if t in ("wind", "solar") else np.nan for t in technology],
        "asset_status": status,
        "asset_project": project,
        "asset_unit": [f"{z}/{t}" for z, t in zip(zone, technology, strict=True)],
        "unit": [f"{z}/{t}" for z, t in zip(zone, technology, strict=True)],
        "unit_zone": zone,
        "unit_country": country,
        "unit_technology": technology,
        "unit_group": group,
        "unit_kind": kind,
        "link": ["north_south", "berland_south"],
        "link_from": ["A_N", "B_1"],
        "link_to": ["A_S", "A_S"],
        "contract": ["into_south"],
        "contract_name": ["North to south"],
        "cut_set": ["south_import"],
        "cut_set_name": ["Import of the south"],
        "market_step": ["east_import", "west_export"],
        "market_step_market": ["east", "west"],
        "market_step_zone": ["B_1", "A_N"],
        "market_step_country": ["BBB", "AAA"],
        "market_step_direction": ["import", "export"],
        "market": ["east", "west"],
        "market_name": ["Eastland", "Westland"],
        "market_latitude": [37.0, 55.0],
        "market_longitude": [68.0, 65.0],
        "entry": list(ENTRIES),
        "cost_component": list(COST_COMPONENTS),
        "reservoir": ["big_lake"],
        "reservoir_zone": ["A_S"],
        "reservoir_active_hm3": [500.0],
        "fuel": ["coal", "gas"],
        "definition": list(DEFINITIONS),
        "target": ["aaa_2030", "bbb_2030", "bbb_2029"],
        "target_country": ["AAA", "BBB", "BBB"],
        "target_year": [2030, 2030, 2029],
        "target_definition": ["law", "all_hydro", "all_hydro"],
        "target_basis": ["generation", "consumption", "consumption"],
        "target_percent": [15.0, 0.0, 10.0],
        "target_mode": ["report", "report", "report"],
        "procurement": [],
        "procurement_investor": [],
        "procurement_kind": [],
        "reason": ["no permit"],
        "investor": ["state", "dragon", "local"],
        "envelope": ["state", "dragon", "local"],
        "envelope_investor": ["state", "dragon", "local"],
        "investor_name": ["State utility", "Dragon Power", "Local Energy"],
        "investor_chinese": [False, True, False],
        "investor_kind": ["state_company", "developer", "owner"],
    }


def _asset_variables(p: dict[str, Array]) -> dict[str, Array]:
    zero = np.zeros((3, 24))
    weight = np.repeat([2 * d for d in DAYS], 12)
    generation = np.array([p.get(a[2], zero) for a in ASSETS])
    curtailment = np.array([p["curtailed wind"] if a[2] == "wind" else zero for a in ASSETS])
    forced = np.array([float(a[2] == "coal") for a in ASSETS])[:, None, None] * np.repeat([100.0, 20.0], 12)
    forced = forced * np.ones((1, 3, 1))
    battery = np.array([float(a[2] == "battery") for a in ASSETS])[:, None, None]
    natural = np.array([float(a[4] in ("variable", "run_of_river")) for a in ASSETS])[:, None, None]
    capacity = np.array([a[9] for a in ASSETS], dtype=float)
    build = np.maximum(np.diff(capacity, axis=1, prepend=capacity[:, :1]), 0)
    eligibility = [[float(a[2] in ELIGIBLE[d]) for d in DEFINITIONS] for a in ASSETS]
    return {
        "generation_mw": generation,
        "must_run_mw": forced,
        "heat_mw": 2 * forced,
        "curtailment_mw": curtailment,
        "storage_charge_mw": battery * p["charge"],
        "storage_discharge_mw": battery * p["discharge"],
        "storage_level_mwh": battery * zero,
        "online_mw": generation.reshape(-1, 3, 2, 12).max(axis=3),
        "capacity_mw": capacity,
        "energy_capacity_mwh": np.array([[a[10] * (c > 0) for c in a[9]] for a in ASSETS], float),
        "build_mw": build * np.array([[a[7] == "candidate"] for a in ASSETS]),
        "build_mwh": (build > 0) * np.array([[a[10]] for a in ASSETS], dtype=float),
        "retired_mw": np.maximum(capacity[:, :1] - capacity, 0),
        "generation_gwh": generation @ weight / 1000,
        "asset_emissions_kt": generation @ weight / 1000 * [[CO2.get(a[2], 0)] for a in ASSETS],
        "curtailment_gwh": curtailment @ weight / 1000,
        "potential_gwh": natural * (generation + curtailment) @ weight / 1000,
        "investment_musd": (build > 0) * np.array([[a[11]] for a in ASSETS], dtype=float),
        "eligibility": np.array(eligibility),
    }


def _money_variables() -> dict[str, Array]:
    none = (8.0, (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0)
    rows = [MONEY.get(a[0], none) for a in ASSETS]
    subsidy = [[r[5] * (y == int(np.argmax(r[1]))) for y in range(3)] for r in rows]
    yearly = {name: np.array([r[i] for r in rows], float) for i, name in enumerate(
        ("annuity_musd", "fixed_cost_musd", "variable_cost_musd", "debt_service_musd"), start=1
    )}  # fmt: skip
    yearly["subsidy_musd"] = np.array(subsidy, float)
    yearly["capital_musd"] = np.array([[a[11] * (y == int(np.argmax(r[1]))) for y in range(3)]
                                       for a, r in zip(ASSETS, rows, strict=True)], float)  # fmt: skip
    return {
        "currency_usd_factor": np.array([[1, 1, 1], [1, 1, 1.1], [1, 1, 0.8]]),
        "currency_real_factor": np.ones((3, 3)),
        "asset_wacc_percent": np.array([r[0] for r in rows]),
        "investor_wacc_percent": np.array([[8, 8], [7, 7.5], [9, 9.5]]),
        **yearly,
    }


def _zone_variables(p: dict[str, Array]) -> dict[str, Array]:
    unserved = np.zeros((3, 3, 24))
    unserved[1] = p["unserved"]
    price = np.where(unserved > 0, 3000.0, 30.0)
    ones = np.ones((3, 24))
    return {
        "load_mw": np.array([p[f"load {z}"] for z in ZONES]),
        "nev_load_mw": np.array([p[f"nev {z}"] for z in ZONES]),
        "nev_uncontrolled_mw": np.array([p[f"nev {z}"] for z in ZONES]),
        "nev_network_mw": np.array([p[f"nev {z}"].max(axis=1) for z in ZONES]),
        "unserved_mw": unserved,
        "rationed_mw": unserved / 2,
        "corridor_energy_gwh": np.array([[0.0] * 3, [0, 0, 50.0], [0.0] * 3]),
        "price_usd_per_mwh": price,
        "energy_mw": _energy(p),
        "forward_mw": np.array([np.maximum(p["south_bound"], 0), 50 * ones]),
        "backward_mw": np.array([np.maximum(-p["south_bound"], 0), 0 * ones]),
        "flow_mw": np.array([p["south_bound"], 50 * ones]),
        "link_capacity_mw": np.array([[2000.0] * 3, [100.0] * 3]),
        "trade_mw": np.array([30 * ones, 10 * ones]),
        "contract_energy_gwh": np.array([[900.0] * 3]),
        "contract_limit_gwh": np.array([[np.nan, 1000.0, 900.0]]),
        "cut_set_flow_mw": np.array([p["south_bound"] + 50]),
        "cut_set_forward_mw": np.array([[2050.0] * 3]),
        "cut_set_backward_mw": np.array([[np.nan] * 3]),
    }


def _country_variables(p: dict[str, Array]) -> dict[str, Array]:
    weight = np.repeat([2 * d for d in DAYS], 12) / 1000
    gwh = {name: values @ weight for name, values in p.items()}
    made = [gwh["coal"] + gwh["wind"] + gwh["small_hydro"] + gwh["large_hydro"] + gwh["solar"], gwh["gas"]]
    nev = np.array([gwh["nev A_N"] + gwh["nev A_S"], gwh["nev B_1"]])
    used = nev + np.array([gwh["load A_N"] + gwh["load A_S"] - gwh["unserved"], gwh["load B_1"]])
    peak = [(p["load A_N"] + p["nev A_N"] + p["load A_S"] + p["nev A_S"]).max(axis=1), p["load B_1"].max(axis=1)]
    zero = np.zeros((2, 3))
    fuel = np.zeros((2, 2, 3))
    fuel[0, 0], fuel[1, 1] = gwh["coal"] / 0.35, gwh["gas"] / 0.5
    return {
        "emissions_kt": np.array([fuel[0, 0] * 0.34, fuel[1, 1] * 0.2]),
        "fuel_use_gwh": fuel,
        "firm_mw": np.array(peak) * 1.1,
        "required_mw": np.array(peak) * 1.15,
        "adequacy_shortfall_mw": np.array(peak) * 0.05,
        "reserve_missing_mw": np.zeros((2, 3, 24)),
        "peak_load_mw": np.array(peak),
        "peak_uncontrolled_mw": np.array(peak),
        "unserved_gwh": np.array([gwh["unserved"], gwh["unserved"] * 0]),
        "shed_musd": np.array([gwh["unserved"], gwh["unserved"] * 0]),
        "country_generation_gwh": np.array(made),
        "country_consumption_gwh": used,
        # Alland buys 50 MW from Berland and sells 10 MW; Berland buys 30 MW and sells 50 MW.
        "net_import_gwh": zero + np.array([[40 * 8.76], [-20 * 8.76]]),
        "nev_energy_gwh": nev,
        "lost_gwh": np.array([[gwh["charge"] - gwh["discharge"], [0.0] * 3]]),
    }


def _vehicle_coordinates() -> dict[str, Array | list]:
    return {
        "vehicle": ["car", "van"],
        "vehicle_registered_as": ["car", "truck"],
        "powertrain": ["ev", "ice"],
        "calendar_year": np.arange(2020, 2031),
        "place": ["home"],
        "supplier": ["works", "trade"],
        "supplier_name": ["Works", "Trade"],
        "supplier_brand": ["one", "two"],
        "supplier_country": ["AAA", "AAA"],
        "supplier_kind": ["plant", "import"],
        "supplier_vehicle": ["car", "van"],
        "supplier_powertrain": ["ev", "ev"],
        "supplier_chinese": np.array([True, False]),
        "count_country": ["AAA", "AAA"],
        "count_of": ["car", "all"],
        "count_date": np.array([2024.0, 2025.5]),
        "count_chosen": np.array([True, False]),
    }


def _vehicle_variables() -> dict[str, Array]:
    """Alland has 1,000 cars and 100 vans with plugs in 2026, twice as many in 2028, four times in 2030."""
    growth = np.array([1.0, 2.0, 4.0])
    alland = np.array([growth, 0 * growth])
    stock = np.einsum("cy,v->cvy", alland, np.array([1000.0, 100.0]))
    kinds = np.stack([stock, 10 * stock], axis=2)
    ends = np.zeros((2, 2, 2, 11))
    ends[0, :, 0] = np.outer([100.0, 10.0], 2.0 ** np.arange(11))
    return {
        "vehicle_electric_km_percent": np.array([[100.0, 0], [100, 0]]),
        "vehicle_stock": kinds,
        "vehicle_stock_end": ends,
        "vehicle_sales_total": kinds / 10,
        "vehicle_driven_gwh": stock * 0.0095,
        "vehicle_charged_gwh": stock * 0.01,
        "charger_count": stock.sum(axis=1, keepdims=True) / 2,
        "charger_cost_musd": alland * 0.1,
        "oil_avoided_million_litres": alland * 2,
        "co2_avoided_kt": alland * 5,
        "fuel_bill_avoided_musd": alland,
        "vehicle_money_musd": alland + 1,
        "vehicle_plant_musd": alland * 10,
        "count_published": np.array([1600.0, 4000]),
        "count_modelled": np.array([1600.0, 3960]),
    }


def results_toy(scenario: str = "toy") -> xr.Dataset:
    """The whole dataset; a fresh copy each time."""
    p = _profiles()
    cost = np.array([[50, 60, 200], [400, 410, 420], [30, 31, 32], [-5, -5, -5], [0, 0, 19.8]], dtype=float)
    variables = _asset_variables(p) | _zone_variables(p) | _country_variables(p) | _money_variables()
    variables |= {
        "cost_musd": cost,
        "investor_budget_musd": np.array([[np.nan] * 3, [0, 1500, 60], [np.nan] * 3]),
        "investor_spent_musd": np.array([[0, 0, 0], [0, 1200, 60], [0, 0, 350.0]]),
        "cumulative_budget_musd": np.full(3, np.nan),
        "cumulative_budget_dual": np.full(3, np.nan),
        "ceiling_usd_per_mwh": np.full(len(ASSETS), np.nan),
        "budget_dual": np.array([[0] * 3, [0, 0, 0.25], [0] * 3]),
    }
    variables |= _vehicle_variables()
    labels = _coordinates() | _vehicle_coordinates()
    size = {name: len(values) for name, values in labels.items()}
    zero = {
        row.name: np.zeros([size[dim] for dim in row.dims])
        for row in expected("plan").values()
        if not row.is_label and row.name not in variables
    }
    dataset = xr.Dataset(
        {name: variable(name, values) for name, values in (variables | zero).items()},
        coords={name: variable(name, values) for name, values in labels.items()},
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
        "solver": "simplex",
        "rows": 100,
        "columns": 200,
        "notes": "",
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
        "market_step": dataset["market_step_zone"].values == zone,
        "reservoir": dataset["reservoir_zone"].values == zone,
        "link": np.zeros(dataset.sizes["link"], dtype=bool),
        "target": np.zeros(dataset.sizes["target"], dtype=bool),
    }
    return dataset.isel({dim: np.flatnonzero(mask) for dim, mask in keep.items()}).assign_attrs(headline_target="")
