"""From the solver's vectors to one labelled dataset with units.

Ledger entries are evaluated from the same rules that built the balance, so the entries of a results file add up by
construction; ``simulator/check`` recomputes them from inputs and decisions without this code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from simulator.case.capacity.procurement import by_interval, reasons
from simulator.case.case import Case
from simulator.model.build import Model
from simulator.model.closing import present_value
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
from simulator.results_schema import Described, variable


class _Collector:
    """Collects variables of the dataset; holds the solution's vectors by component name."""

    def __init__(self, case: Case, model: Model, compiler: Compiler, compiled: CompiledModel, solution: Solution):
        self.case, self.m, self.ledger = case, model.pyomo, model.ledger
        self.compiler, self.compiled, self.solution = compiler, compiled, solution
        self.data: dict[str, Described] = {}

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

    def put(self, name: str, values: Any) -> None:
        """Add a declared variable to the dataset."""
        self.data[name] = variable(name, values)


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
    for name, values in finance(case, c.data, c.value("purchase_gwh")).items():
        c.put(name, values)
    put_vehicles(case, c.put)
    dataset = xr.Dataset(
        c.data, coords=coordinates(case, model.ledger) | vehicle_coordinates(case.vehicles), attrs=attrs
    )
    dataset.attrs["objective_musd"] = float(c.entry(lambda m: present_value(m, c.ledger))[()])
    dataset.attrs["discount_rate_percent"] = 100 * case.discount_rate
    return dataset


# ------------------------------------------------------------------------------------------------- parts


def _put_balance(c: _Collector) -> None:
    case, m = c.case, c.m
    c.put("load_mw", case.load_mw)
    corridors = np.einsum("zy,ys->zy", case.corridor_mw, case.hours) / 1e3
    c.put("corridor_energy_gwh", corridors)
    c.put("unserved_mw", c.value("unserved_gw") * 1e3)
    _put_lost(c)
    names = c.ledger.energy_entries
    entries = np.zeros((len(names), len(m.ZONE), len(m.YEAR), len(m.SLICE)))
    for account in (c.ledger.energy, c.ledger.local):
        for name, rule in account.items():
            entries[names.index(name)] += c.entry(rule, m.ZONE, m.YEAR, m.SLICE) * 1e3
    c.put("energy_mw", entries)
    c.put("price_usd_per_mwh", _price(c))


def _put_lost(c: _Collector) -> None:
    """Surplus by zone, and all that reaches nobody by country."""
    case, m = c.case, c.m
    position = {zone.id: i for i, zone in enumerate(case.zones)}
    for name, outlets in (("surplus", m.OUTLET), ("local_surplus", m.LOCAL_OUTLET)):
        thrown = np.zeros_like(case.load_mw)
        thrown[[position[zone] for zone in outlets]] = c.value(f"{name}_gw") * 1e3
        c.put(f"{name}_mw", thrown)
    lost = [c.entry(rule, m.COUNTRY, m.YEAR, m.SLICE) * case.hours for rule in c.ledger.lost.values()]
    c.put("lost_gwh", np.sum(lost, axis=3))


def _put_charging(c: _Collector) -> None:
    case, m = c.case, c.m
    drawn = case.nev_mw + c.entry(smart_gw, m.ZONE, m.YEAR, m.SLICE) * 1e3
    fed = c.entry(fed_gw, m.ZONE, m.YEAR, m.SLICE) * 1e3
    deferred, borrowed = np.zeros_like(drawn), np.zeros_like(drawn)
    deferred[smart_zones(case)] = _above_least(case, c.value("deferred_gwh")) * 1e3
    borrowed[feeding_zones(case)] = _above_least(case, c.value("borrowed_gwh")) * 1e3
    without_control = case.nev_mw + case.flexible.baseline_mw
    c.put("nev_load_mw", drawn)
    c.put("nev_uncontrolled_mw", without_control)
    c.put("nev_feed_mw", fed)
    c.put("nev_deferred_mwh", deferred)
    c.put("nev_borrowed_mwh", borrowed)
    c.put("nev_network_mw", (drawn - fed).max(axis=2))


def _above_least(case: Case, energy: np.ndarray) -> np.ndarray:
    """(…, S) less the least of each day: what is owed all day long moves no charging, and the solver may add any."""
    least = np.empty_like(energy)
    for day in range(len(case.frame.date_index)):
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
    c.put("generation_mw", generation)
    capacity = c.value("capacity_gw")[:, :, None] * 1e3
    c.put("must_run_mw", case.forced * capacity)
    c.put("heat_mw", case.heat * capacity)
    c.put("curtailment_mw", curtailment)
    c.put("storage_charge_mw", charge)
    c.put("storage_discharge_mw", discharge)
    c.put("storage_level_mwh", stored)
    online = np.zeros((*shape[:2], len(m.DAY)))
    online[[position[u] for u in m.COMMITTED]] = c.value("online_gw") * 1e3
    c.put("online_mw", online)
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
    c.put("capacity_mw", mw)
    c.put("energy_capacity_mwh", mwh)
    c.put("build_mw", build)
    c.put("build_mwh", build_mwh)
    c.put("retired_mw", retired)
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
    c.put("generation_gwh", share * generation[unit_of])
    c.put("asset_emissions_kt", share * (co2 * generation)[unit_of])
    c.put("curtailment_gwh", share * curtailed[unit_of])
    c.put("potential_gwh", share * potential_gwh[unit_of])


def _put_grid(c: _Collector) -> None:
    case = c.case
    years = case.horizon.years
    forward, backward = c.value("forward_gw") * 1e3, c.value("backward_gw") * 1e3
    shape = (len(case.lines), len(years))
    added = np.zeros(shape)
    built = dict(zip(c.m.LINE_VINTAGE, c.value("line_build_gw") * 1e3, strict=True))
    for i, line in enumerate(case.lines):
        for v in line.expansion_years:
            added[i, v] = built[line.row.id, years[v]]
    existing = np.array([np.maximum(line.forward_mw, line.backward_mw) for line in case.lines]).reshape(shape)
    c.put("forward_mw", forward)
    c.put("backward_mw", backward)
    c.put("flow_mw", forward - backward)
    c.put("link_capacity_mw", existing + np.cumsum(added, axis=1))
    c.put("link_build_mw", added)
    c.put("trade_mw", c.value("traded_gw") * 1e3)
    _put_cut_sets(c, forward - backward, np.cumsum(added, axis=1))
    _put_local_networks(c)


def _put_cut_sets(c: _Collector, flow: np.ndarray, added: np.ndarray) -> None:
    case = c.case
    sign = np.array([cut.sign for cut in case.cuts]).reshape(len(case.cuts), len(case.lines))
    gain = np.array([cut.gained_mw(added) for cut in case.cuts]).reshape(len(case.cuts), len(case.horizon.years))
    c.put("cut_set_flow_mw", np.einsum("ck,kys->cys", sign, flow))
    for name, limit in (
        ("forward", [x.forward_mw for x in case.cuts]),
        ("backward", [x.backward_mw for x in case.cuts]),
    ):
        mw = np.array(limit).reshape(gain.shape) + gain
        c.put(f"cut_set_{name}_mw", np.where(np.isfinite(mw), mw, np.nan))


def _put_local_networks(c: _Collector) -> None:
    case = c.case
    zones = [zone.id for zone in case.zones]
    withdrawn, capacity = np.zeros_like(case.load_mw), np.zeros(case.load_mw.shape[:2])
    mine = [zones.index(local.row.zone) for local in case.locals]
    withdrawn[mine], capacity[mine] = c.value("withdrawn_gw") * 1e3, c.value("local_gw") * 1e3
    c.put("local_withdrawal_mw", withdrawn)
    c.put("local_network_mw", capacity)


def _put_water(c: _Collector) -> None:
    case, m = c.case, c.m
    c.put("reservoir_level_hm3", c.value("level_hm3"))
    c.put("reservoir_inflow_hm3", case.water.inflow_hm3)
    c.put("reservoir_withdrawal_hm3", case.water.withdrawal_hm3)
    c.put("reservoir_arrival_hm3", c.entry(arrivals, m.RESERVOIR, m.YEAR, m.DAY))
    c.put("reservoir_turbined_hm3", c.entry(turbined, m.RESERVOIR, m.YEAR, m.DAY))
    c.put("reservoir_spill_hm3", c.value("spill_hm3"))
    c.put("water_value_usd_per_hm3", _water_value(c))


def _water_value(c: _Collector) -> np.ndarray:
    """Dual of the water balance: v' = v + inflow − outflow reads v' − v + outflow = inflow, so inflow is its side."""
    return np.asarray(-c.dual("water_balance") * 1e6 / c.case.horizon.weight[:, None])


def _put_reserve(c: _Collector) -> None:
    m = c.m
    missing = np.zeros((len(m.COUNTRY), len(m.YEAR), len(m.SLICE)))
    missing[[list(m.COUNTRY).index(country) for country in m.RESERVING]] = c.value("reserve_missing_gw") * 1e3
    c.put("reserve_missing_mw", missing)


def _put_costs(c: _Collector) -> None:
    case, m = c.case, c.m
    c.put("currency_usd_factor", case.exchange.usd)
    c.put("currency_real_factor", case.exchange.real)
    costs = [c.entry(rule, m.YEAR) for rule in c.ledger.cost.values()]
    c.put("cost_musd", costs)
    emissions = sum(c.entry(rule, m.COUNTRY, m.YEAR) for rule in c.ledger.emissions.values())
    c.put("emissions_kt", emissions)


def _put_adequacy(c: _Collector) -> None:
    case, m = c.case, c.m
    firm = sum(c.entry(rule, m.COUNTRY, m.YEAR) for rule in c.ledger.firm.values())
    peak = peak_mw(case, c.data["nev_load_mw"][1] - c.data["nev_feed_mw"][1])
    required = peak * np.array([1 + x.planning_margin_percent / 100 for x in case.countries])[:, None]
    missing = np.zeros_like(peak)
    for i, country in enumerate(m.PLANNING):
        missing[list(m.COUNTRY).index(country)] = c.value("firm_missing_gw")[i] * 1e3
    c.put("peak_load_mw", peak)
    c.put("peak_uncontrolled_mw", case.peak_mw)
    c.put("firm_mw", firm * 1e3)
    c.put("required_mw", required)
    c.put("adequacy_shortfall_mw", missing)


def _put_countries(c: _Collector) -> None:
    case = c.case
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
    c.put("country_generation_gwh", (unit_country * kind) @ generation)
    for name, values in (
        ("country_consumption_gwh", served),
        ("net_import_gwh", net),
        ("nev_energy_gwh", charged),
        ("unserved_gwh", c.data["unserved_mw"][1]),
    ):
        c.put(name, member @ np.einsum("zys,ys->zy", values, hours) / 1e3)
    fuels = case.system.fuels
    use = np.zeros((len(fuels), len(case.countries), len(case.horizon.years)))
    for u, unit in enumerate(case.units):
        if unit.fuel is not None:
            use[fuels.index(unit.fuel)] += unit_country[:, u][:, None] * generation[u] / unit.efficiency
    c.put("fuel_use_gwh", use)


def _put_policy(c: _Collector) -> None:
    case = c.case
    eligibility = np.array([a.eligibility for a in case.assets]).reshape(len(case.assets), len(case.law.definitions))
    c.put("eligibility", eligibility)
    dual, missing = np.full(len(case.targets.id), np.nan), np.full(len(case.targets.id), np.nan)
    binding = binding_targets(case)
    duals = _target_duals(c) if binding else {}
    for i, t in enumerate(binding):
        weight = case.horizon.weight[case.horizon.years.index(int(case.targets.calendar_year[t]))]
        dual[t] = duals[case.targets.id[t]] * 1e3 / weight
        missing[t] = c.value("target_missing_gwh")[i]
    c.put("target_dual_usd_per_mwh", dual)
    c.put("target_shortfall_gwh", missing)


def _target_duals(c: _Collector) -> dict[str, float]:
    """What each target adds to the present value per GWh that is asked for, over all its rows."""
    found: dict[str, float] = dict.fromkeys(c.m.TARGET, 0.0)
    for rows, members in (
        ("target", c.m.GENERATION_TARGET),
        ("target_held", c.m.HELD_TARGET),
        ("target_of_consumption", c.m.CONSUMPTION_TARGET),
    ):
        for name, value in zip(members, c.dual(rows), strict=True):
            found[name] -= float(value)  # Pyomo turns a ≥ b into b − a ≤ 0
    return found


def _put_money(c: _Collector) -> None:
    case = c.case
    investment = case.investment
    money = investment.spent_musd.copy()
    built, energy = c.value("build_gw"), iter(c.value("build_gwh"))
    for vintage, new in zip(investment.vintages, built, strict=True):
        money[vintage.asset, vintage.year] += vintage.overnight_usd_per_kw * new
        if case.assets[vintage.asset].technology.kind == "storage":
            money[vintage.asset, vintage.year] += vintage.overnight_usd_per_kwh * next(energy)
    c.put("investment_musd", money)
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
    c.put("investor_budget_musd", limit)
    c.put("investor_spent_musd", spent)
    c.put("budget_dual", dual)
    c.put("cumulative_budget_musd", total)
    c.put("cumulative_budget_dual", total_dual)


def _put_placed(c: _Collector) -> None:
    case, rows = c.case, c.case.system.placements
    why = reasons(case.system)
    built = np.zeros((len(rows), len(case.horizon.years)))
    refused = np.zeros((len(rows), len(why), len(case.horizon.years)))
    for p, y, reason, mw in by_interval(case.placed, rows, case.horizon, why):
        if reason is None:
            built[p, y] += mw
        else:
            refused[p, reason, y] += mw
    ceiling = [np.nan if a.ceiling_usd_per_mwh is None else a.ceiling_usd_per_mwh for a in case.assets]
    c.put("placed_mw", built)
    c.put("placement_refused_mw", refused)
    c.put("ceiling_usd_per_mwh", ceiling)
