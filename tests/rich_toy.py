"""Two systems small enough to be solved in a moment that together have something of everything.

``system``: no vehicles. Two countries share their reserve: Cland with zones A and B (whose customers lie behind a local
network), Eland with zone D. Two days of three blocks of eight hours stand for a half year each, in 2028 and 2030.
``driven``: vehicles that charge smartly and feed back, heat by temperature and repair by month, on typical days.

Nothing here is worked out by hand: the toys are for tests that change a plan and ask whether the independent check
sees it.
"""

from __future__ import annotations

from typing import Any

from toy import plant, technology

from simulator.inputs.scenario import Scenario
from simulator.system import System

YEARS = (2028, 2030)
ZONES = ("A", "B", "D")
SLICES = {f"{day}{hour}": day for day in ("winter", "summer") for hour in ("night", "day", "evening")}
LOAD = {"A": (80, 100, 120, 60, 90, 100), "B": (40, 60, 80, 30, 60, 70), "D": (50, 70, 90, 40, 50, 60)}
WIND, SUN = (0.5, 0.3, 0.4, 0.3, 0.2, 0.35), (0, 0.3, 0, 0.05, 0.6, 0.1)
HEAT = (1, 0.8, 1, 0.2, 0.1, 0.2)

TECHNOLOGIES = [
    technology(
        "coal", group="coal", fuel="coal", efficiency_percent=40, variable_om_usd_per_mwh=2, commitment=True,
        minimum_output_percent=40, ramp_percent_per_hour=5, start_cost_usd_per_mw=60, spinning=True, retirable=True,
        capacity_credit_percent=90, fixed_om_usd_per_kw_year=25, own_use_percent=8, available_percent=95,
        forced_outage_percent=5,
    ),
    technology("gas", fuel="gas", efficiency_percent=50, variable_om_usd_per_mwh=3, spinning=True, retirable=True,
               capacity_credit_percent=95, fixed_om_usd_per_kw_year=12),
    technology("chp", fuel="gas", efficiency_percent=45, heat_per_power=1.2, power_to_heat=0.4, power_loss_per_heat=0.2,
               back_pressure_percent=20, capacity_credit_percent=80, co2_capture_percent=10),
    technology("host", fuel="gas", efficiency_percent=35, host_load_percent=40, distributed=True),
    technology("reactor", group="nuclear", flat=True, variable_om_usd_per_mwh=8, capacity_credit_percent=90),
    technology("turbine", fuel="gas", efficiency_percent=38, life_years=25, unit_size_mw=15, construction_years=1.5,
               capacity_credit_percent=95, fixed_om_usd_per_kw_year=8),
    technology("wind", kind="variable", group="wind", life_years=20, construction_years=1, capacity_credit_percent=10,
               fixed_om_usd_per_kw_year=20, variable_om_usd_per_mwh=1),
    technology("sun", kind="variable", group="solar", life_years=1.5, fixed_om_usd_per_kw_year=10, minimum_build_mw=4),
    technology("roof", kind="variable", group="solar", distributed=True, life_years=25),
    technology("river", kind="run_of_river", group="hydro", capacity_credit_percent=30),
    technology("dam", kind="reservoir", group="hydro", spinning=True, capacity_credit_percent=60,
               variable_om_usd_per_mwh=0.5),
    technology("battery", kind="storage", group="battery", efficiency_percent=81, hours_min=2, hours_max=6,
               variable_om_usd_per_mwh=1, self_discharge_percent_per_hour=0.1, life_years=15,
               capacity_credit_percent=50),
]  # fmt: skip
COSTS = {"wind": (700, 0), "sun": (150, 0), "roof": (600, 0), "battery": (60, 60), "turbine": (500, 0)}
MONEY: dict[str, list[dict[str, Any]]] = {
    "currencies": [
        {"id": "USD", "name": "dollar", "base_rate_percent": 4, "inflation_percent": 2, "per_usd": 1},
        {"id": "CNY", "name": "yuan", "base_rate_percent": 3, "inflation_percent": 1, "per_usd": 7,
         "hedging_percent": 0.5},
        {"id": "CLD", "name": "mark", "base_rate_percent": 10, "inflation_percent": 7, "per_usd": 500,
         "pass_through_percent": 40},
    ],
    "investors": [
        {"id": "owner", "name": "Owner", "real_wacc_percent": 8},
        {"id": "state", "name": "State", "real_wacc_percent": 5, "kind": "state_company"},
        {"id": "dragon", "name": "Dragon", "chinese": True, "currency": "CNY", "debt_share_percent": 70,
         "debt_margin_percent": 2, "real_equity_return_percent": 9, "tax_rate_percent": 20, "fees_percent": 1,
         "tenor_years": 12, "grace_years": 2, "exposure_percent": 60},
        {"id": "bank", "name": "Bank", "currency": "USD", "debt_share_percent": 60, "real_equity_return_percent": 8,
         "tenor_years": 15, "kind": "multilateral_bank"},
    ],
    "envelopes": [
        {"id": "dragon wind", "investor": "dragon", "technologies": ["wind"], "local_equity_percent": 30,
         "cofinanciers": ["state"], "cumulative_musd": 2},
        {"id": "dragon storage", "investor": "dragon", "technologies": ["battery"], "ticket_musd": 2},
        {"id": "state money", "investor": "state"},
    ],
    "envelope_years": [
        {"envelope": name, "year": year, "musd_per_year": musd}
        for name, path in {"dragon wind": {2027: 14, 2030: 18}, "dragon storage": {2026: 5},
                           "state money": {2028: 12}}.items()
        for year, musd in path.items()
    ],
    "procurement": [{"id": "auction", "name": "Auction", "investor": "bank", "kind": "auction", "ceiling_per_mwh": 60,
                    "ceiling_currency": "USD", "realisation_percent": 80}],
    "procurement_mix": [{"procurement": "auction", "zone": "D", "technology": "wind", "percent": 100}],
    "procurement_years": [{"procurement": "auction", "year": 2028, "mw": 10}],
    "awards": [{"id": "a", "country": "C", "group": "wind", "date": "2024-05", "highest_usd_per_mwh": 45},
               {"id": "b", "country": "C", "group": "wind", "date": "2025-05", "highest_usd_per_mwh": 41}],
    "job_factors": [{"group": "wind", "construction_jobs_per_mw": 1.1, "operation_jobs_per_mw": 0.2}],
}  # fmt: skip


def _profiles() -> list[dict[str, Any]]:
    shapes = {zone: {"load": loads, "wind": WIND, "sun": SUN, "roof": SUN, "heat": HEAT,
                     "river": (0.4, 0.4, 0.4, 0.8, 0.8, 0.8)} for zone, loads in LOAD.items()}  # fmt: skip
    return [
        {"zone": zone, "name": name, "year": year, "slice": slice_, "value": value * (1 + 0.1 * k * (name == "load"))}
        for zone, profiles in shapes.items() for name, values in profiles.items()
        for k, year in enumerate(YEARS) for slice_, value in zip(SLICES, values, strict=True)
    ]  # fmt: skip


def system(**tables: Any) -> System:
    """The tables; those given take the place of the toy's."""
    reserve = {
        "reserve_percent_of_load": 6,
        "reserve_percent_of_wind_and_solar": 10,
        "reserve_shortfall_usd_per_mwh": 1,
    }
    data: dict[str, Any] = {
        "name": "rich",
        "countries": [
            {"id": "C", "name": "Cland", "currency": "CLD", "planning_margin_percent": 60, "firm_import_mw": 10,
             "adequacy_shortfall_usd_per_kw_year": 40, "value_of_lost_load_usd_per_mwh": 43, "risk_premium_percent": 2,
             "market_debt_rate_percent": 14, "market_debt_currency": "CLD"} | reserve,
            {"id": "E", "name": "Eland", "value_of_lost_load_usd_per_mwh": 70} | reserve,
        ],
        "zones": [{"id": z, "country": "E" if z == "D" else "C", "name": f"Zone {z}", "latitude": 40 + i,
                   "longitude": 60 + i} for i, z in enumerate(ZONES)],
        "technologies": TECHNOLOGIES,
        "technology_costs": [
            {"technology": name, "year": year, "overnight_usd_per_kw": kw * part, "overnight_usd_per_kwh": kwh * part}
            for name, (kw, kwh) in COSTS.items() for year, part in ((2026, 1.0), (2030, 0.9))
        ],
        "fuels": [{"id": "coal", "co2_t_per_mwh": 0.34}, {"id": "gas", "co2_t_per_mwh": 0.2}],
        "fuel_prices": [
            {"fuel": fuel, "zone": zone, "year": year, "usd_per_mwh": usd * (1 + 0.05 * (year - 2026)),
             "currency": "CLD" if fuel == "coal" and zone != "D" else None}
            for fuel, usd in (("coal", 5), ("gas", 11)) for zone in ZONES for year in (2026, 2030)
        ],
        "fuel_supply": [
            {"market": "pipe", "step": k, "year": 2026, "fuel": "gas", "zones": ["A", "B"], "usd_per_mwh": usd,
             "limit_gwh": gwh} for k, usd, gwh in ((1, 0, 900), (2, 9, None))
        ],
        "fuel_deliveries": [{"name": "line", "fuel": "gas", "zones": ["A"], "months": [12, 1, 2], "year": year,
                             "maximum_gwh": gwh} for year, gwh in ((2028, 160), (2035, 190))],
        "fuel_windows": [{"market": "pipe", "name": "cold", "step": 1, "year": 2026, "months": [11, 12, 1, 2, 3],
                          "maximum_gwh": 150}],
        "carbon_policies": [{"country": "C", "year": 2028, "usd_per_t": 6},
                            {"country": "E", "year": 2028, "cap_kt": 150}],
        "plants": [
            plant("coal", 160, zone="A", commissioned="1990", efficiency_percent=36),
            plant("coal", 40, zone="D", commissioned="2016", fixed_om_usd_per_kw_year=30),
            plant("gas", 60, zone="B", commissioned="2005", retires="2030-07"),
            plant("gas", 50, zone="D"),
            plant("chp", 40, zone="A", investor="state", overnight_usd_per_kw=300, commissioned="2020"),
            plant("host", 80, zone="B"),
            plant("reactor", 12, zone="D"),
            plant("wind", 150, zone="A", chinese_role=["lender"], chinese_debt_percent=80, investor="bank"),
            plant("river", 15, zone="A"),
            plant("river", 60, zone="D", largest_unit_mw=50),
            plant("dam", 40, zone="A", reservoir="upper"),
            plant("wind", 150, zone="D"),
            plant("dam", 10, zone="D", reservoir="lower"),
            plant("battery", 8, zone="D", energy_mwh=30),
        ],
        "projects": [
            {"id": "steppe", "name": "Steppe", "zone": "A", "technology": "wind", "capacity_mw": 30,
             "investor": "dragon", "stage": "construction", "commissioning": "2028-04", "chinese": True,
             "chinese_role": ["developer", "epc"],
             "chinese_equity_percent": 60, "storage_technology": "battery", "storage_mw": 5, "storage_mwh": 15,
             "probability_percent": 80, "delay_months": 3, "overnight_usd_per_kw": 900},
            {"id": "field", "name": "Field", "zone": "D", "technology": "sun", "capacity_mw": 16, "investor": "bank",
             "stage": "financed", "commissioning": "2029-07", "probability_percent": 100, "delay_months": 0,
             "replaces": ["coal_D"]},
        ],
        "candidates": [
            {"zone": "A", "technology": "wind", "investors": ["dragon", "owner"], "limit_mw": 150,
             "connection_usd_per_kw": 40},
            {"zone": "D", "technology": "wind", "investors": ["bank", "state"], "earliest": 2029,
             "limit_mw_per_year": 25},
            {"zone": "B", "technology": "roof", "investors": ["owner"], "limit_mw": 25},
            {"zone": "D", "technology": "sun", "investors": ["state"], "limit_mw": 40},
            {"zone": "A", "technology": "battery", "investors": ["dragon"]},
            {"zone": "B", "technology": "turbine", "investors": ["owner"]},
        ],
        "build_limits": [{"id": "permits", "countries": ["C"], "technologies": ["wind"], "mw_per_year": 30,
                          "counts_projects": True}],
        "definitions": [
            *({"definition": d, "technology": t} for d in ("law", "broad") for t in ("wind", "sun", "roof")),
            {"definition": "law", "technology": "river", "largest_unit_mw": 35},
            {"definition": "law", "country": "E", "technology": "river", "counts_percent": 50},
            {"definition": "broad", "technology": "river"}, {"definition": "broad", "technology": "dam"},
        ],
        "targets": [
            {"id": "c_2030", "country": "C", "year": 2030, "percent": 75, "definition": "law", "mode": "soft",
             "shortfall_usd_per_mwh": 8},
            {"id": "e_2030", "country": "E", "year": 2030, "percent": 60, "definition": "law", "mode": "hard",
             "basis": "generation"},
            {"id": "c_2028", "country": "C", "year": 2028, "percent": 20, "definition": "broad",
             "basis": "consumption"},
            {"id": "c_2035", "country": "C", "year": 2035, "percent": 60, "definition": "law"},
        ],
        "links": [
            {"id": "ab", "from_zone": "A", "to_zone": "B", "forward_mw": 30, "backward_mw": 20, "loss_percent": 3,
             "hurdle_usd_per_mwh": 0.5, "expandable_from": 2029, "expansion_limit_mw": 40, "overnight_usd_per_kw": 200,
             "fixed_om_percent": 2, "investor": "state", "existing_is_paid": False},
            {"id": "ad", "from_zone": "A", "to_zone": "D", "forward_mw": 25, "backward_mw": 30, "loss_percent": 2,
             "hurdle_usd_per_mwh": 1},
            {"id": "db", "from_zone": "D", "to_zone": "B", "forward_mw": 20, "backward_mw": 15, "loss_percent": 2,
             "hurdle_usd_per_mwh": 1, "in_service": "2027", "expandable_from": 2028, "overnight_usd_per_kw": 900},
        ],
        "cut_sets": [
            {"id": "border", "name": "Border", "forward_links": ["ad"], "backward_links": ["db"], "forward_mw": 35,
             "backward_mw": 40, "expansion_percent": 50},
            {"id": "island", "name": "Island", "forward_links": ["ab", "db"]},
        ],
        "taxes": [
            {"country": "C", "profit_tax_percent": 3, "holiday_years": 2, "method": "declining",
             "depreciation_percent": 30},
            {"country": "E", "profit_tax_percent": 2, "profit_tax_percent_high": 4, "method": "straight",
             "depreciation_percent": 15, "at_once_percent": 10},
        ],
        "rationing": [
            {"country": "C", "step": 1, "percent_of_load": 2, "usd_per_mwh": 42},
            {"country": "E", "step": 1, "percent_of_load": 4, "usd_per_mwh": 64},
            {"country": "E", "step": 2, "percent_of_load": 3, "usd_per_mwh": 67},
        ],
        "trade_contracts": [
            {"id": "deal", "name": "A and north to D", "forward_links": ["db"], "backward_links": ["ad"],
             "market_steps": ["band"]},
        ],
        "contract_years": [{"contract": "deal", "year": year, "maximum_gwh": gwh, "maximum_gwh_high": gwh + 50}
                           for year, gwh in ((2028, 350), (2035, 400))],
        "markets": [{"id": "north", "name": "North", "latitude": 55, "longitude": 65}],
        "market_steps": [
            {"id": "buy", "market": "north", "zone": "A", "direction": "import", "usd_per_mwh": 48, "limit_mw": 20},
            {"id": "sell", "market": "north", "zone": "A", "direction": "export", "usd_per_mwh": 20, "limit_mw": 8,
             "minimum_gwh": 10, "maximum_gwh": 40},
            {"id": "band", "market": "north", "zone": "D", "direction": "import", "usd_per_mwh": 30, "limit_mw": 6,
             "profile": "flat"},
        ],
        "reserve_areas": [{"id": "pool", "countries": ["C", "E"], "own_percent": 40, "first_year": 2030}],
        "distribution_networks": [{"zone": "B", "existing_mw": 60, "annual_usd_per_kw": 15, "loss_percent": 6}],
        "peak_demand": [{"zone": "B", "year": 2030, "peak_mw": 85}],
        "corridors": [{"id": "rail", "name": "Rail", "zone": "A", "km": 400, "wh_per_tonne_km": 25,
                       "opens": "2028-07"}],
        "corridor_freight": [{"corridor": "rail", "year": year, "million_tonnes": mt}
                             for year, mt in ((2026, 3), (2030, 5))],
        "reservoirs": [
            {"id": "upper", "name": "Upper lake", "zone": "A", "active_hm3": 300, "energy_mwh_per_hm3": 200,
             "downstream": "lower", "travel_hours": 72, "start_percent": 40, "minimum_percent": 10},
            {"id": "lower", "name": "Lower lake", "zone": "D", "active_hm3": 80, "energy_mwh_per_hm3": 120},
        ],
        "inflows": [{"reservoir": lake, "month": m, "inflow_hm3": (160 if 4 <= m <= 8 else 30) * part}
                    for lake, part in (("upper", 1.0), ("lower", 0.3)) for m in range(1, 13)],
        "withdrawals": [{"reservoir": "lower", "month": m, "withdrawal_hm3": 20} for m in (6, 7, 8)],
        "releases": [{"reservoir": "lower", "name": "fields", "months": [5, 6, 7, 8], "purpose": "irrigation",
                      "minimum_hm3": 260}],
        "profiles": _profiles(),
    }  # fmt: skip
    return System.model_validate(data | MONEY | tables)


def scenario(**parts: Any) -> Scenario:
    """Both years, discounted, with a currency that falls; parts given take the place of the toy's."""
    slices = [{"name": name, "hours_per_year": 1460, "day": day, "block_hours": 8} for name, day in SLICES.items()]
    data: dict[str, Any] = {
        "question": "Does the check see it?",
        "description": "Something of everything.",
        "headline": "c_2030",
        "horizon": {"model_years": list(YEARS), "last_year_stands_for": 3,
                    "time": {"method": "slices", "slices": slices}},
        "finance": {"discount_rate_percent": 5, "base_year": 2026},
        "projects": {"realisation": "expected"},
        "chinese_investment": {"projects": {"realisation": "expected"}},
        "corridors": {"factors": {"rail": 1.0}},
        "depreciations": {"CLD": {"year": 2029, "percent": 15}},
    }  # fmt: skip
    return Scenario.model_validate(data | parts)


def driven() -> System:
    """Cland and Eland with vehicles: of cars and buses, by a curve and by supply; heat plants; a lake."""
    car = {"vehicle": "car", "survival_shape": 2, "survival_scale_years": 15}
    bus = {"vehicle": "bus", "survival_shape": 2, "survival_scale_years": 12}
    electric = {"powertrain": "ev", "electric_km_percent": 100, "replaces": "ice"}
    places = [("home", 70, "night", 60), ("street", 30, "day", 0)]
    data: dict[str, Any] = {
        "name": "driven",
        "countries": [{"id": c, "name": f"{c}land", "value_of_lost_load_usd_per_mwh": 800,
                       "planning_margin_percent": 10, "adequacy_shortfall_usd_per_kw_year": 30,
                       "reserve_percent_of_load": 5} for c in ("C", "E")],
        "zones": [{"id": "A", "country": "C", "name": "A", "weather": "KAZ_N"},
                  {"id": "B", "country": "C", "name": "B", "weather": "KAZ_S"},
                  {"id": "D", "country": "E", "name": "D", "weather": "UZB"}],
        "investors": [{"id": "owner", "name": "Owner", "real_wacc_percent": 6}],
        "technologies": [
            technology("chp", fuel="gas", efficiency_percent=42, heat_per_power=1.2, power_to_heat=0.45,
                       power_loss_per_heat=0.2, capacity_credit_percent=80, planned_outage_days=30,
                       forced_outage_percent=4),
            technology("gas", fuel="gas", efficiency_percent=50, variable_om_usd_per_mwh=4, spinning=True,
                       capacity_credit_percent=90),
            technology("oil", group="oil", variable_om_usd_per_mwh=90, spinning=True, capacity_credit_percent=90),
            technology("sun", kind="variable", group="solar", life_years=25),
            technology("wind", kind="variable", group="wind"),
            technology("dam", kind="reservoir", group="hydro", capacity_credit_percent=50),
        ],
        "technology_costs": [{"technology": "sun", "year": 2026, "overnight_usd_per_kw": 450}],
        "candidates": [{"zone": z, "technology": "sun", "investors": ["owner"]} for z in ("A", "D")],
        "fuels": [{"id": "gas", "co2_t_per_mwh": 0.2}],
        "fuel_prices": [{"fuel": "gas", "zone": z, "year": 2026, "usd_per_mwh": usd}
                        for z, usd in (("A", 12), ("B", 14), ("D", 18))],
        "plants": [plant("chp", 280, zone="A"), plant("gas", 90, zone="B"), plant("wind", 60, zone="A"),
                   plant("gas", 70, zone="D"), plant("dam", 25, zone="D", reservoir="lake"),
                   *(plant("oil", 90, zone=z) for z in ("A", "B", "D"))],
        "demand": [{"zone": z, "year": 2026, "energy_gwh": gwh} for z, gwh in (("A", 600), ("B", 500), ("D", 450))],
        "links": [{"id": "ab", "from_zone": "A", "to_zone": "B", "forward_mw": 30, "backward_mw": 30, "loss_percent": 3,
                   "hurdle_usd_per_mwh": 0.5},
                  {"id": "bd", "from_zone": "B", "to_zone": "D", "forward_mw": 15, "backward_mw": 15, "loss_percent": 4,
                   "hurdle_usd_per_mwh": 1}],
        "reservoirs": [{"id": "lake", "name": "Lake", "zone": "D", "active_hm3": 12, "energy_mwh_per_hm3": 400}],
        "inflows": [{"reservoir": "lake", "month": m, "inflow_hm3": 35 if 5 <= m <= 7 else 12} for m in range(1, 13)],
        "maintenance": [{"country": "C", "month": m, "share_percent": 25} for m in (5, 6, 7, 8)],
        "heat_zones": [{"zone": "A", "design_celsius": -25, "hot_water_percent": 15, "plant_percent": 60,
                        "daily_range_celsius": 8}],
        "temperatures": [
            {"zone": z, "month": m, "celsius": t + warmer}
            for z, warmer in (("A", 0), ("B", 8), ("D", 12))
            for m, t in enumerate((-16, -14, -6, 6, 14, 20, 21, 19, 13, 4, -6, -13), start=1)
        ],
        "temperature_factors": [{"curve": "usual", "celsius": t, "factor": f}
                                for t, f in ((-20, 1.6), (0, 1.3), (20, 1))],
        "vehicles": [{"id": name, "name": name, "registered_as": name, "temperature_curve": "usual"}
                     for name in ("car", "bus")],
        "vehicle_types": [
            car | electric | {"kwh_per_km": 0.18, "price_usd": 20_000, "battery_kwh": 60},
            car | {"powertrain": "phev", "electric_km_percent": 50, "replaces": "ice", "kwh_per_km": 0.2,
                   "battery_kwh": 15, "fuel": "petrol", "fuel_l_per_100km": 6, "price_usd": 18_000},
            car | {"powertrain": "ice", "fuel": "petrol", "fuel_l_per_100km": 8},
            bus | electric | {"kwh_per_km": 1.2, "price_usd": 200_000, "battery_kwh": 300},
            bus | {"powertrain": "ice", "fuel": "diesel", "fuel_l_per_100km": 30},
        ],
        "vehicle_stocks": [{"country": c, "vehicle": v, "powertrain": "ice", "year": 2020, "vehicles": n * part}
                           for c, part in (("C", 1), ("E", 0.6)) for v, n in (("car", 90_000), ("bus", 2_000))],
        "vehicle_sales": [
            {"country": c, "vehicle": v, "powertrain": p, "year": year, "new": n * part * (1 + growth * (year - 2021)),
             "second_hand": 0.2 * n, "second_hand_age": 4}
            for c, part in (("C", 1), ("E", 0.6))
            for v, p, n, growth in (("car", "ev", 300, 0.8), ("car", "phev", 100, 0.5), ("car", "ice", 9_000, 0.0),
                                    ("bus", "ev", 20, 0.4), ("bus", "ice", 200, 0.0))
            for year in (2021, 2025)
        ],
        "vehicle_adoption": [
            {"country": c, "vehicle": v, "powertrain": p, "history_to": 2025, "method": method, "fit_from": 2021,
             "saturation_percent": 60}
            for c in ("C", "E")
            for v, p, method in (("car", "ev", "logistic"), ("car", "phev", "path"), ("bus", "ev", "supply"))
        ],
        "vehicle_supply": [
            {"id": f"{kind}_{v}_{c}", "name": f"{kind} {v} {c}", "brand": brand, "country": c, "kind": kind,
             "vehicle": v, "powertrain": "ev", "capacity_per_year": capacity, "start": start, "investment_musd": musd,
             "chinese": chinese, "probability_percent": 80}
            for c in ("C", "E")
            for kind, v, brand, capacity, start, musd, chinese in (
                ("plant", "car", "one", 4_000, "2027", 30, True), ("import", "car", "two", 9_000, "2010", 0, False),
                ("plant", "bus", "one", 60, "2028-07", 12, True), ("import", "bus", "two", 90, "2010", 0, True))
        ],
        "vehicle_use": [{"country": c, "vehicle": v, "km_per_year": km, "charging_loss_percent": 12}
                        for c in ("C", "E") for v, km in (("car", 12_000), ("bus", 50_000))],
        "vehicle_zones": [{"zone": z, "share_percent": share} for z, share in (("A", 40), ("B", 60), ("D", 100))],
        "motor_fuels": [{"id": "petrol", "name": "Petrol", "co2_kg_per_litre": 2.3},
                        {"id": "diesel", "name": "Diesel", "co2_kg_per_litre": 2.7}],
        "motor_fuel_prices": [{"country": c, "fuel": f, "usd_per_litre": usd, "import_percent": 40}
                              for c in ("C", "E") for f, usd in (("petrol", 0.5), ("diesel", 0.6))],
        "charging_profiles": [
            {"id": name, "day_type": kind, "hour": hour, "share": 1 / 6 if first <= hour < first + 6 else 0}
            for name, first in (("night", 17), ("day", 8)) for kind in ("weekday", "weekend") for hour in range(24)
        ],
        "charging_places": [
            {"country": c, "vehicle": v, "place": name, "share_percent": share, "profile": profile,
             "smart_percent": smart, "delay_hours": 8 if smart else 0, "charger_kw": 10, "session_kwh": 30,
             "vehicles_per_charger": 2,
             "charger_usd": 1500, "charger_life_years": 10}
            for c in ("C", "E") for v in ("car", "bus") for name, share, profile, smart in places
        ],
        "charging_terms": [{"country": c, "hours_ahead": ahead, "network_usd_per_kw": 100, "v2g_percent": 20,
                            "v2g_wear_usd_per_mwh": 1} for c, ahead in (("C", 0), ("E", -1))],
        "statistics": [{"country": "C", "year": 2025, "item": f"ev_stock_{of}", "value": n, "unit": "vehicles",
                        "state_of": date}
                       for of, n, date in (("car", 3_000, "2025-07"), ("all", 2_500, "2025-04"))],
        "definitions": [{"definition": "law", "technology": t} for t in ("wind", "sun")],
        "targets": [{"id": "c_2030", "country": "C", "year": 2030, "percent": 15, "definition": "law"}],
    }  # fmt: skip
    return System.model_validate(data)


def typical() -> Scenario:
    """Two years of some days in blocks of six hours."""
    return Scenario.model_validate(
        {
            "question": "Does the check see it?",
            "description": "Vehicles, heat and water on typical days.",
            "horizon": {"model_years": list(YEARS), "time": {"method": "typical_days", "days": 4, "block_hours": 6}},
            "finance": {"discount_rate_percent": 5, "base_year": 2026},
        }
    )
