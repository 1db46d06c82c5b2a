"""From the solver's vectors to one labelled dataset with units.

Ledger entries are evaluated from the same rules that built the balance, so the entries of a results file add up by
construction; ``simulator/check`` recomputes them from inputs and decisions without this code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from simulator.case.capacity.procurement import REASONS, by_interval
from simulator.case.case import Case
from simulator.model.build import Model
from simulator.model.features import budget
from simulator.model.features.adequacy import peak_mw
from simulator.model.features.hydro import arrivals, turbined
from simulator.model.features.nev_charging import fed_gw, feeding_zones, smart_gw, smart_zones
from simulator.model.features.policy import binding_targets
from simulator.model.features.renewables import is_natural, pools
from simulator.model.lp.compile import Compiler
from simulator.model.lp.problem import CompiledModel, Solution
from simulator.model.results.coordinates import coordinates
from simulator.model.results.money import finance
from simulator.model.results.vehicles import put_vehicles, vehicle_coordinates

Dims = tuple[str, ...]


class _Collector:
    """Collects variables of the dataset; holds the solution's vectors by component name."""

    def __init__(self, case: Case, model: Model, compiler: Compiler, compiled: CompiledModel, solution: Solution):
        self.case, self.m, self.ledger = case, model.pyomo, model.ledger
        self.compiler, self.compiled, self.solution = compiler, compiled, solution
        self.data: dict[str, tuple[Dims, np.ndarray, dict[str, str]]] = {}

    def value(self, name: str) -> np.ndarray:
        """A variable's solution in the shape of its sets."""
        return self.compiled.columns[name].pick(self.solution.column_value)

    def dual(self, name: str) -> np.ndarray:
        """A constraint's dual in the shape of its sets (change of the objective per unit of right-hand side)."""
        return self.compiled.rows[name].pick(self.solution.row_dual)

    def entry(self, rule: Any, *sets: Any) -> np.ndarray:
        """A ledger entry evaluated over sets."""
        form = self.compiler.linear_form(rule, *sets)
        return form.value(self.solution.column_value).reshape([len(s) for s in sets])

    def put(self, name: str, dims: Dims, values: Any, units: str, long_name: str) -> None:
        """Add a variable to the dataset."""
        self.data[name] = (dims, np.asarray(values), {"units": units, "long_name": long_name})


def collect_operation(
    case: Case, model: Model, compiler: Compiler, compiled: CompiledModel, solution: Solution, attrs: dict[str, Any]
) -> xr.Dataset:
    """Results of a year that was only operated: everything but adequacy, money and vehicles beyond their charging."""
    c = _Collector(case, model, compiler, compiled, solution)
    _put_operation(c)
    return xr.Dataset(c.data, coords=coordinates(case, model.ledger), attrs=attrs)


def _put_operation(c: _Collector) -> None:
    _put_balance(c)
    _put_charging(c)
    _put_assets(c, _put_units(c))
    _put_grid(c)
    _put_water(c)
    _put_reserve(c)
    _put_costs(c)
    _put_countries(c)
    _put_policy(c)


def collect(
    case: Case, model: Model, compiler: Compiler, compiled: CompiledModel, solution: Solution, attrs: dict[str, Any]
) -> xr.Dataset:
    """All results of a plan as one dataset; ``attrs`` become its attributes."""
    c = _Collector(case, model, compiler, compiled, solution)
    _put_operation(c)
    _put_adequacy(c)
    _put_money(c)
    c.data |= finance(case, c.data, c.value("purchase_gwh"))
    put_vehicles(case, c.put)
    dataset = xr.Dataset(
        c.data, coords=coordinates(case, model.ledger) | vehicle_coordinates(case.vehicles), attrs=attrs
    )
    dataset.attrs["objective_musd"] = float(solution.objective)
    dataset.attrs["discount_rate_percent"] = 100 * case.discount_rate
    return dataset


# ------------------------------------------------------------------------------------------------- parts


def _put_balance(c: _Collector) -> None:
    case, m = c.case, c.m
    zys: Dims = ("zone", "year", "slice")
    c.put("load_mw", zys, case.load_mw, "MW", "load without electric vehicles")
    corridors = np.einsum("zy,ys->zy", case.corridor_mw, case.hours) / 1e3
    c.put("corridor_energy_gwh", zys[:2], corridors, "GWh/yr", "load of electrified corridors, part of the load")
    c.put("unserved_mw", zys, c.value("unserved_gw") * 1e3, "MW", "load that is shed")
    names = c.ledger.energy_entries
    entries = np.zeros((len(names), len(m.ZONE), len(m.YEAR), len(m.SLICE)))
    for account in (c.ledger.energy, c.ledger.local):
        for name, rule in account.items():
            entries[names.index(name)] += c.entry(rule, m.ZONE, m.YEAR, m.SLICE) * 1e3
    c.put("energy_mw", ("entry", *zys), entries, "MW", "entries of the energy balance, + feeds, - draws")
    c.put("price_usd_per_mwh", zys, _price(c), "USD/MWh", "marginal price of energy at the grid")


def _put_charging(c: _Collector) -> None:
    case, m = c.case, c.m
    zys: Dims = ("zone", "year", "slice")
    drawn = case.nev_mw + c.entry(smart_gw, m.ZONE, m.YEAR, m.SLICE) * 1e3
    fed = c.entry(fed_gw, m.ZONE, m.YEAR, m.SLICE) * 1e3
    deferred, borrowed = np.zeros_like(drawn), np.zeros_like(drawn)
    deferred[smart_zones(case)] = _above_least(case, c.value("deferred_gwh")) * 1e3
    borrowed[feeding_zones(case)] = _above_least(case, c.value("borrowed_gwh")) * 1e3
    without_control = case.nev_mw + case.flexible.baseline_mw
    c.put("nev_load_mw", zys, drawn, "MW", "charging of electric vehicles, smart or not")
    c.put("nev_uncontrolled_mw", zys, without_control, "MW", "what they would draw if nobody controlled them")
    c.put("nev_feed_mw", zys, fed, "MW", "fed to the grid by vehicles")
    c.put("nev_deferred_mwh", zys, deferred, "MWh", "charging put off, at the start of the slice")
    c.put("nev_borrowed_mwh", zys, borrowed, "MWh", "charging owed for what was fed, at the start of the slice")
    c.put("nev_network_mw", zys[:2], (drawn - fed).max(axis=2), "MW", "highest net charging, what local networks carry")


def _above_least(case: Case, energy: np.ndarray) -> np.ndarray:
    """(…, S) less the least of each day: what is owed all day long moves no charging, and the solver may add any."""
    least = np.empty_like(energy)
    for day in range(len(case.frame.weight_days)):
        inside = np.flatnonzero(case.frame.day == day)
        least[..., inside] = energy[..., inside].min(axis=-1, keepdims=True)
    return np.asarray(energy - least)


def _price(c: _Collector) -> np.ndarray:
    """Dual of the balance, from present value per GW and slice to USD per MWh of the year.

    The balance reads feeds − draws = 0, so one more GW drawn moves the right-hand side by +1.
    """
    hours, weight = c.case.hours, c.case.horizon.weight
    with np.errstate(divide="ignore", invalid="ignore"):
        price = c.dual("energy_balance") * 1e3 / (weight[:, None] * hours)[None]
    return np.where(hours[None] > 0, price, np.nan)


def _put_units(c: _Collector) -> np.ndarray:
    """Generation by unit; returns yearly potential (U, Y) in GWh for the attribution of curtailment."""
    case, m = c.case, c.m
    shape = (len(case.units), len(m.YEAR), len(m.SLICE))
    position = {unit.id: i for i, unit in enumerate(case.units)}
    generation, curtailment = np.zeros(shape), np.zeros(shape)
    charge, discharge, stored = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    dispatched = [position[u] for u in m.DISPATCHED]
    generation[dispatched] = c.value("output_gw") * 1e3
    potential = case.availability * c.value("capacity_gw")[:, :, None] * 1e3
    curtailed = c.value("curtailed_gw") * 1e3
    for p, members in enumerate(pools(case).values()):
        total = potential[members].sum(axis=0)
        share = np.divide(curtailed[p], total, out=np.zeros_like(total), where=total > 1e-9)
        curtailment[members] = potential[members] * share
        generation[members] = potential[members] - curtailment[members]
    storage = [position[u] for u in m.STORAGE]
    charge[storage] = c.value("charge_gw") * 1e3
    discharge[storage] = c.value("discharge_gw") * 1e3
    stored[storage] = c.value("stored_gwh") * 1e3
    uys: Dims = ("unit", "year", "slice")
    c.put("generation_mw", uys, generation, "MW", "gross output after curtailment")
    capacity = c.value("capacity_gw")[:, :, None] * 1e3
    c.put("must_run_mw", uys, case.forced[:, None] * capacity, "MW", "output that heat or a plant's host forces")
    c.put("heat_mw", uys, case.heat[:, None] * capacity, "MW", "heat that turbines give to towns")
    c.put("curtailment_mw", uys, curtailment, "MW", "output of wind, sun and river thrown away")
    c.put("storage_charge_mw", uys, charge, "MW", "drawn by storage")
    c.put("storage_discharge_mw", uys, discharge, "MW", "fed by storage")
    c.put("storage_level_mwh", uys, stored, "MWh", "content of storage at the start of the slice")
    online = np.zeros((*shape[:2], len(m.DAY)))
    online[[position[u] for u in m.COMMITTED]] = c.value("online_gw") * 1e3
    c.put("online_mw", ("unit", "year", "day"), online, "MW", "committed plants that are online on the day")
    natural = np.array([is_natural(unit) for unit in case.units])[:, None]
    return np.where(natural, np.einsum("uys,ys->uy", potential, case.hours) / 1e3, 0)


def _put_assets(c: _Collector, potential_gwh: np.ndarray) -> None:
    case, m = c.case, c.m
    assets, years = case.assets, len(m.YEAR)
    position = {asset.id: i for i, asset in enumerate(assets)}
    mw = np.array([a.mw for a in assets]).reshape(len(assets), years)
    mwh = np.array([a.mwh for a in assets]).reshape(len(assets), years)
    build, build_mwh, retired = np.zeros_like(mw), np.zeros_like(mw), np.zeros_like(mw)
    kept = c.value("kept_gw") * 1e3
    for i, name in enumerate(m.RETIRABLE):
        retired[position[name]] = mw[position[name]] - kept[i]
        mw[position[name]] = kept[i]
    built, built_energy = c.value("build_gw") * 1e3, iter(c.value("build_gwh") * 1e3)
    for vintage, new in zip(case.investment.vintages, built, strict=True):
        build[vintage.asset, vintage.year] = new
        mw[vintage.asset] += vintage.operating * new
        if assets[vintage.asset].technology.kind == "storage":
            energy = next(built_energy)
            build_mwh[vintage.asset, vintage.year] = energy
            mwh[vintage.asset] += vintage.operating * energy
    ay: Dims = ("asset", "year")
    c.put("capacity_mw", ay, mw, "MW", "capacity that operates, on average over the year")
    c.put("energy_capacity_mwh", ay, mwh, "MWh", "storage energy that operates, on average over the year")
    c.put("build_mw", ay, build, "MW", "capacity chosen in the interval ending with the year")
    c.put("build_mwh", ay, build_mwh, "MWh", "storage energy chosen in the interval ending with the year")
    c.put("retired_mw", ay, retired, "MW", "capacity closed early, so far")
    generation = np.einsum("uys,ys->uy", c.data["generation_mw"][1], case.hours) / 1e3
    curtailed = np.einsum("uys,ys->uy", c.data["curtailment_mw"][1], case.hours) / 1e3
    share = np.zeros_like(mw)
    unit_of = np.zeros(len(assets), int)
    for u, unit in enumerate(case.units):
        members = list(unit.assets)
        unit_of[members] = u
        total = mw[members].sum(axis=0)
        share[members] = np.divide(mw[members], total, out=np.zeros_like(mw[members]), where=total > 1e-9)
    co2 = np.array([unit.co2_t_per_mwh for unit in case.units])[:, None]
    c.put("generation_gwh", ay, share * generation[unit_of], "GWh", "gross generation per year")
    c.put("asset_emissions_kt", ay, share * (co2 * generation)[unit_of], "ktCO2/yr", "carbon dioxide of the plant")
    c.put("curtailment_gwh", ay, share * curtailed[unit_of], "GWh", "curtailed energy per year")
    c.put("potential_gwh", ay, share * potential_gwh[unit_of], "GWh", "wind, sun and river before curtailment")


def _put_grid(c: _Collector) -> None:
    case = c.case
    lys: Dims = ("link", "year", "slice")
    years = case.horizon.years
    forward, backward = c.value("forward_gw") * 1e3, c.value("backward_gw") * 1e3
    shape = (len(case.lines), len(years))
    added = np.zeros(shape)
    built = dict(zip(c.m.LINE_VINTAGE, c.value("line_build_gw") * 1e3, strict=True))
    for i, line in enumerate(case.lines):
        for v in line.expansion_years:
            added[i, v] = built[line.row.id, years[v]]
    existing = np.array([np.maximum(line.forward_mw, line.backward_mw) for line in case.lines]).reshape(shape)
    c.put("flow_mw", lys, forward - backward, "MW", "power sent, + from first to second zone")
    c.put("link_capacity_mw", lys[:2], existing + np.cumsum(added, axis=1), "MW", "larger capacity of the link")
    c.put("link_build_mw", lys[:2], added, "MW", "link capacity chosen in the interval ending with the year")
    c.put("trade_mw", ("offer", "year", "slice"), c.value("traded_gw") * 1e3, "MW", "power traded under an offer")
    _put_cut_sets(c, forward - backward, np.cumsum(added, axis=1))
    _put_local_networks(c)


def _put_cut_sets(c: _Collector, flow: np.ndarray, added: np.ndarray) -> None:
    case = c.case
    sign = np.array([cut.sign for cut in case.cuts]).reshape(len(case.cuts), len(case.lines))
    gain = np.array([cut.gained_mw(added) for cut in case.cuts]).reshape(len(case.cuts), len(case.horizon.years))
    cy: Dims = ("cut_set", "year")
    c.put("cut_set_flow_mw", (*cy, "slice"), np.einsum("ck,kys->cys", sign, flow), "MW", "sent by its links together")
    for name, limit in (
        ("forward", [x.forward_mw for x in case.cuts]),
        ("backward", [x.backward_mw for x in case.cuts]),
    ):
        mw = np.array(limit).reshape(gain.shape) + gain
        label = f"most it lets pass {name}; NaN: no limit"
        c.put(f"cut_set_{name}_mw", cy, np.where(np.isfinite(mw), mw, np.nan), "MW", label)


def _put_local_networks(c: _Collector) -> None:
    case = c.case
    zones = [zone.id for zone in case.zones]
    withdrawn, capacity = np.zeros_like(case.load_mw), np.zeros(case.load_mw.shape[:2])
    mine = [zones.index(local.row.zone) for local in case.locals]
    withdrawn[mine], capacity[mine] = c.value("withdrawn_gw") * 1e3, c.value("local_gw") * 1e3
    zys: Dims = ("zone", "year", "slice")
    c.put("local_withdrawal_mw", zys, withdrawn, "MW", "drawn from the grid into a local network that is planned")
    c.put("local_network_mw", zys[:2], capacity, "MW", "capacity of a local network that is planned")


def _put_water(c: _Collector) -> None:
    case, m = c.case, c.m
    ryd: Dims = ("reservoir", "year", "day")
    c.put("reservoir_level_hm3", ryd, c.value("level_hm3"), "hm3", "active storage at the start of the day")
    c.put("reservoir_inflow_hm3", ryd, case.water.inflow_hm3, "hm3", "inflow of the days it stands for")
    label = "taken by fields, or kept by new lakes that fill"
    c.put("reservoir_withdrawal_hm3", ryd, case.water.withdrawal_hm3, "hm3", label)
    c.put("reservoir_arrival_hm3", ryd, c.entry(arrivals, m.RESERVOIR, m.YEAR, m.DAY), "hm3", "from reservoirs above")
    c.put("reservoir_turbined_hm3", ryd, c.entry(turbined, m.RESERVOIR, m.YEAR, m.DAY), "hm3", "through turbines")
    c.put("reservoir_spill_hm3", ryd, c.value("spill_hm3"), "hm3", "past the turbines")
    c.put("water_value_usd_per_hm3", ryd, _water_value(c), "USD/hm3", "worth of water at the end of the day")


def _water_value(c: _Collector) -> np.ndarray:
    """Dual of the water balance: v' = v + inflow − outflow reads v' − v + outflow = inflow, so inflow is its side."""
    return np.asarray(-c.dual("water_balance") * 1e6 / c.case.horizon.weight[:, None])


def _put_reserve(c: _Collector) -> None:
    m = c.m
    missing = np.zeros((len(m.COUNTRY), len(m.YEAR), len(m.SLICE)))
    missing[[list(m.COUNTRY).index(country) for country in m.RESERVING]] = c.value("reserve_missing_gw") * 1e3
    c.put("reserve_missing_mw", ("country", "year", "slice"), missing, "MW", "spinning reserve that is missing")


def _put_costs(c: _Collector) -> None:
    case, m = c.case, c.m
    cy: Dims = ("country", "year")
    ky: Dims = ("currency", "year")
    c.put("currency_usd_factor", ky, case.exchange.usd, "1", "dollars for a unit of a currency, relative to the tables")
    c.put(
        "currency_real_factor",
        ky,
        case.exchange.real,
        "1",
        "dollar price of what is priced at home, relative to the tables",
    )
    costs = [c.entry(rule, m.YEAR) for rule in c.ledger.cost.values()]
    c.put("cost_musd", ("cost_component", "year"), costs, "MUSD/yr", "cost per year, not discounted")
    emissions = sum(c.entry(rule, m.COUNTRY, m.YEAR) for rule in c.ledger.emissions.values())
    c.put("emissions_kt", cy, emissions, "ktCO2/yr", "carbon dioxide of power plants")


def _put_adequacy(c: _Collector) -> None:
    case, m = c.case, c.m
    cy: Dims = ("country", "year")
    firm = sum(c.entry(rule, m.COUNTRY, m.YEAR) for rule in c.ledger.firm.values())
    peak = peak_mw(case, c.data["nev_load_mw"][1] - c.data["nev_feed_mw"][1])
    required = peak * np.array([1 + x.planning_margin_percent / 100 for x in case.countries])[:, None]
    missing = np.zeros_like(peak)
    for i, country in enumerate(m.PLANNING):
        missing[list(m.COUNTRY).index(country)] = c.value("firm_missing_gw")[i] * 1e3
    c.put("peak_load_mw", cy, peak, "MW", "yearly peak with vehicles")
    c.put("peak_uncontrolled_mw", cy, case.peak_mw, "MW", "yearly peak if nobody controlled the charging of vehicles")
    c.put("firm_mw", cy, firm * 1e3, "MW", "firm capacity")
    c.put("required_mw", cy, required, "MW", "firm capacity required")
    c.put("adequacy_shortfall_mw", cy, missing, "MW", "firm capacity missing to the planning margin")


def _put_countries(c: _Collector) -> None:
    case = c.case
    cy: Dims = ("country", "year")
    hours, zones = case.hours, case.zones
    member = np.array([[z.country == x.id for z in zones] for x in case.countries], float)
    charged = c.data["nev_load_mw"][1] - c.data["nev_feed_mw"][1]
    served = c.data["load_mw"][1] + charged - c.data["unserved_mw"][1]
    entries = c.ledger.energy_entries
    traded = ["imports by link", "exports by link", "border imports", "border exports"]
    net = sum(c.data["energy_mw"][1][entries.index(name)] for name in traded)
    unit_country = np.array([[u.country == x.id for u in case.units] for x in case.countries], float)
    kind = np.array([u.technology.kind != "storage" for u in case.units], float)
    generation = np.einsum("uys,ys->uy", c.data["generation_mw"][1], hours) / 1e3
    c.put("country_generation_gwh", cy, (unit_country * kind) @ generation, "GWh/yr", "gross generation")
    for name, values, label in (
        ("country_consumption_gwh", served, "load served, vehicles included"),
        ("net_import_gwh", net, "imports less exports, as they arrive"),
        ("nev_energy_gwh", charged, "charging of electric vehicles, less what they feed back"),
        ("unserved_gwh", c.data["unserved_mw"][1], "load shed"),
    ):
        c.put(name, cy, member @ np.einsum("zys,ys->zy", values, hours) / 1e3, "GWh/yr", label)
    fuels = case.system.fuels
    use = np.zeros((len(fuels), len(case.countries), len(case.horizon.years)))
    for u, unit in enumerate(case.units):
        if unit.fuel is not None:
            use[fuels.index(unit.fuel)] += unit_country[:, u][:, None] * generation[u] / unit.efficiency
    c.put("fuel_use_gwh", ("fuel", *cy), use, "GWh/yr", "fuel burnt, lower heating value")


def _put_policy(c: _Collector) -> None:
    case = c.case
    eligibility = np.array([a.eligibility for a in case.assets]).reshape(len(case.assets), len(case.law.definitions))
    c.put("eligibility", ("asset", "definition"), eligibility, "1", "share of energy that counts as renewable")
    dual, missing = np.full(len(case.targets.id), np.nan), np.full(len(case.targets.id), np.nan)
    for i, t in enumerate(binding_targets(case)):
        weight = case.horizon.weight[case.horizon.years.index(int(case.targets.calendar_year[t]))]
        dual[t] = -c.dual("target")[i] * 1e3 / weight  # Pyomo turns a ≥ b into b − a ≤ 0
        missing[t] = c.value("target_missing_gwh")[i]
    c.put("target_dual_usd_per_mwh", ("target",), dual, "USD/MWh", "cost of one more MWh of the target")
    c.put("target_shortfall_gwh", ("target",), missing, "GWh", "energy missing to a soft target")


def _put_money(c: _Collector) -> None:
    case = c.case
    investment = case.investment
    money = investment.spent_musd.copy()
    built, energy = c.value("build_gw"), iter(c.value("build_gwh"))
    for vintage, new in zip(investment.vintages, built, strict=True):
        money[vintage.asset, vintage.year] += vintage.overnight_usd_per_kw * new
        if case.assets[vintage.asset].technology.kind == "storage":
            money[vintage.asset, vintage.year] += vintage.overnight_usd_per_kwh * next(energy)
    c.put("investment_musd", ("asset", "year"), money, "MUSD", "overnight spending in the interval of the year")
    _put_budgets(c)
    _put_placed(c)


def _put_budgets(c: _Collector) -> None:
    case, budgets = c.case, c.case.investment.budgets
    shape = (len(case.system.envelopes), len(case.horizon.years))
    limit, spent, dual = np.full(shape, np.nan), np.zeros(shape), np.full(shape, np.nan)
    total, total_dual = np.full(shape[0], np.nan), np.full(shape[0], np.nan)
    drawn, worth = c.entry(budget.spent, c.m.BUDGET), -c.dual("budget")
    for k, money in enumerate(budgets):
        if money.year is None:
            total[money.envelope], total_dual[money.envelope] = money.limit_musd, worth[k]
        else:
            place = money.envelope, money.year
            limit[place], spent[place], dual[place] = money.limit_musd, drawn[k], worth[k]
    ey: Dims = ("envelope", "year")
    c.put(
        "investor_budget_musd", ey, limit, "MUSD", "money to place by choice in the interval; NaN: nobody draws on it"
    )
    c.put("investor_spent_musd", ey, spent, "MUSD", "money placed by choice in the interval")
    c.put("budget_dual", ey, dual, "1", "present value saved by one more dollar in the interval")
    c.put("cumulative_budget_musd", ("envelope",), total, "MUSD", "money over the whole horizon; NaN: no such limit")
    c.put("cumulative_budget_dual", ("envelope",), total_dual, "1", "present value saved by one more dollar over all")


def _put_placed(c: _Collector) -> None:
    case, rows = c.case, c.case.system.placements
    built = np.zeros((len(rows), len(case.horizon.years)))
    refused = np.zeros((len(rows), len(REASONS), len(case.horizon.years)))
    for p, y, reason, mw in by_interval(case.placed, rows, case.horizon):
        if reason is None:
            built[p, y] += mw
        else:
            refused[p, reason, y] += mw
    ceiling = [np.nan if a.ceiling_usd_per_mwh is None else a.ceiling_usd_per_mwh for a in case.assets]
    c.put("placed_mw", ("placement", "year"), built, "MW", "capacity placed by rule in the interval of the year")
    label = "volume of placements that is not built, in the interval of the year"
    c.put("placement_refused_mw", ("placement", "reason", "year"), refused, "MW", label)
    c.put("ceiling_usd_per_mwh", ("asset",), ceiling, "USD/MWh", "highest price of its award; NaN: no ceiling")
