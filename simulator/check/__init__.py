"""An independent look at a plan: recompute balances, limits, cost and shares from inputs and results alone.

Nothing here knows Pyomo, the ledger or the compiler. Each check gives the largest violation, relative to the scale of
what it checks; above ``TOLERANCE`` the plan is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from simulator.case.case import Case
from simulator.check import fuel, grid, money, policy, running, vehicles, water
from simulator.check.measure import excess, outside, relative
from simulator.errors import NumericalError

TOLERANCE = 1e-6
EXACT = {"charging of vehicles": 1e-9, "energy of vehicles": 1e-9}
"""Checks that hold however the solver rounds."""


Test = Callable[[Case, xr.Dataset], float]


@dataclass(frozen=True)
class Finding:
    """One check: its name and the largest violation, relative to the scale of what is checked."""

    name: str
    violation: float


def check(case: Case, results: xr.Dataset) -> tuple[Finding, ...]:
    """All findings. Raises ``NumericalError`` naming every check that fails."""
    return _judged(case, results, CHECKS, "the plan fails its independent check and is not saved")


def check_operation(case: Case, results: xr.Dataset) -> tuple[Finding, ...]:
    """Findings on a year that was only operated: what must hold in every hour and day. Raises as ``check``."""
    tests = {name: CHECKS[name] for name in OPERATION}
    return _judged(case, results, tests, "the operated year fails its independent check")


def _judged(case: Case, results: xr.Dataset, tests: Mapping[str, Test], failure: str) -> tuple[Finding, ...]:
    findings = tuple(Finding(name, float(test(case, results))) for name, test in tests.items())
    allowed = {f.name: EXACT.get(f.name, TOLERANCE) for f in findings}
    failed = [f for f in findings if not f.violation <= allowed[f.name]]
    if failed:
        lines = [f"  {f.name}: off by {f.violation:.1e} (allowed {allowed[f.name]:.0e})" for f in failed]
        raise NumericalError(f"{failure}:\n" + "\n".join(lines))
    return findings


def _balance(case: Case, results: xr.Dataset) -> float:
    """Generation, storage, trade and unserved energy meet the load in every zone and slice."""
    zone = {z.id: i for i, z in enumerate(case.zones)}
    upper = np.zeros_like(case.load_mw)
    local = np.zeros_like(case.load_mw)
    networked = {n.row.zone for n in case.locals}
    net = results["generation_mw"].values + results["storage_discharge_mw"].values - results["storage_charge_mw"].values
    for u, unit in enumerate(case.units):
        side = local if unit.technology.distributed else upper
        side[zone[unit.zone]] += net[u] * (1 - unit.technology.own_use_percent / 100)
    flow = results["flow_mw"].values
    sent = np.maximum(flow, 0), np.maximum(-flow, 0)
    for i, line in enumerate(case.lines):
        keep = 1 - line.row.loss_percent / 100
        upper[zone[line.row.to_zone]] += keep * sent[0][i] - sent[1][i]
        upper[zone[line.row.from_zone]] += keep * sent[1][i] - sent[0][i]
    for i, deal in enumerate(case.deals):
        sign = 1 if deal.row.direction == "import" else -1
        upper[zone[deal.row.zone]] += sign * results["trade_mw"].values[i]
    charged = results["nev_load_mw"].values - results["nev_feed_mw"].values
    served = case.load_mw + charged - results["unserved_mw"].values
    worst = 0.0
    for name, z in zone.items():
        if name in networked:
            loss = next(n.row.loss_percent for n in case.locals if n.row.zone == name) / 100
            residual = (1 - loss) * upper[z] + local[z] - served[z]
        else:
            residual = upper[z] + local[z] - served[z]
        worst = max(worst, relative(residual * (case.hours > 0), case.load_mw[z]))
    return max(worst, outside(results["unserved_mw"].values, case.load_mw + results["nev_load_mw"].values))


def _corridors(case: Case, results: xr.Dataset) -> float:
    """Energy of electrified corridors is freight times distance times energy per tonne-km, and part of the load."""
    years = case.horizon.years
    expected = np.zeros((len(case.zones), len(years)))
    for row in case.system.corridors:
        freight = sorted((f.year, f.million_tonnes) for f in case.system.corridor_freight if f.corridor == row.id)
        opening = int(row.opens[:4]) + (int(row.opens[5:]) - 1) / 12 if len(row.opens) > 4 else float(row.opens)
        place = [zone.id for zone in case.zones].index(row.zone)
        for y, year in enumerate(years):
            tonnes = np.interp(year, [f[0] for f in freight], [f[1] for f in freight])
            expected[place, y] += min(max(year + 1 - opening, 0), 1) * tonnes * row.km * row.wh_per_tonne_km / 1e3
    scale = case.hours.sum(axis=1) / case.system.hours_per_year
    energy = results["corridor_energy_gwh"].values
    load = (case.load_mw * case.hours).sum(axis=2) / 1e3
    return max(relative(energy - expected * scale, energy), excess(energy, load))


def _capacity(case: Case, results: xr.Dataset) -> np.ndarray:
    """(U, Y) capacity of units from the assets' results."""
    mw = results["capacity_mw"].values
    return np.array([mw[list(unit.assets)].sum(axis=0) for unit in case.units]).reshape(
        len(case.units), len(case.horizon.years)
    )


def _output(case: Case, results: xr.Dataset) -> float:
    """No unit exceeds its available capacity; heat-led plants give what heat forces; nothing is negative."""
    limit = case.availability * _capacity(case, results)[:, :, None]
    used = results["generation_mw"].values + results["storage_charge_mw"].values
    used = used + results["storage_discharge_mw"].values
    natural = np.array([u.technology.kind == "thermal" for u in case.units])
    forced = case.forced[:, None, :] * _capacity(case, results)[:, :, None]
    return max(
        excess(used, limit),
        excess(forced[natural], results["generation_mw"].values[natural]),
        excess(-results["curtailment_mw"].values, np.zeros(1)),
    )


def _heat(case: Case, results: xr.Dataset) -> float:
    """Heat plants lie on or right of the back-pressure line, below full steam less what heat takes, hour by hour."""
    worst = 0.0
    output, heat = results["generation_mw"].values, results["heat_mw"].values
    capacity = _capacity(case, results)
    for u, unit in enumerate(case.units):
        t = unit.technology
        if t.power_to_heat == 0:
            worst = max(worst, relative(heat[u], 1.0))
            continue
        able = t.available_percent / 100 * (1 - t.forced_outage_percent / 100) * capacity[u]
        worst = max(worst, excess(t.power_to_heat * heat[u], output[u]))
        worst = max(worst, relative(results["must_run_mw"].values[u] - t.power_to_heat * heat[u], able))
        pressed = t.back_pressure_percent / 100
        per_heating = (1 - pressed) * t.heat_per_power + pressed / t.power_to_heat
        heating = heat[u] / per_heating  # MW of capacity that gives all the heat it can
        worst = max(worst, excess(heating, able[:, None]))
        lost = t.power_loss_per_heat * (1 - pressed) * t.heat_per_power * heating
        worst = max(worst, excess(output[u] + lost, (1 - pressed) * able[:, None] + pressed * heating))
    return worst


def _storage(case: Case, results: xr.Dataset) -> float:
    """What a day discharges is what it charges less the losses, and contents stay within the energy."""
    worst = 0.0
    hours = np.asarray(case.frame.block_hours, float)
    for u, unit in enumerate(case.units):
        if unit.technology.kind != "storage":
            continue
        one_way = np.sqrt(unit.efficiency)
        level = results["storage_level_mwh"].values[u]
        keep = (1 - unit.technology.self_discharge_percent_per_hour / 100) ** hours
        change = hours * (
            one_way * results["storage_charge_mw"].values[u] - results["storage_discharge_mw"].values[u] / one_way
        )
        energy = results["energy_capacity_mwh"].values[list(unit.assets)].sum(axis=0)
        for day in range(len(case.frame.weight_days)):
            inside = np.flatnonzero(case.frame.day == day)
            after = np.roll(level[:, inside], -1, axis=1)
            residual = after - keep[inside] * level[:, inside] - change[:, inside]
            worst = max(worst, relative(residual, np.maximum(energy, 1.0)))
        worst = max(worst, excess(level, energy[:, None]))
    return worst


def _charging(case: Case, results: xr.Dataset) -> float:
    """Charging is what vehicles would draw, less what it is put off or lent; limits of power and energy hold."""
    flexible, feed = case.flexible, results["nev_feed_mw"].values
    deferred, borrowed = results["nev_deferred_mwh"].values, results["nev_borrowed_mwh"].values
    smart = results["nev_load_mw"].values - case.nev_mw
    prompt = flexible.baseline_mw - _growth_mw(case, deferred)
    again = feed / flexible.feed_efficiency[:, None, None] - _growth_mw(case, borrowed)
    return max(
        relative(prompt + again - smart, flexible.power_mw),
        outside(prompt, flexible.power_mw),
        outside(again, flexible.power_mw),
        outside(smart + feed, flexible.power_mw),
        outside(feed, flexible.feed_mw),
        outside(deferred, flexible.deferrable_mwh),
        outside(borrowed, flexible.battery_mwh[:, :, None]),
    )


def _growth_mw(case: Case, energy_mwh: np.ndarray) -> np.ndarray:
    """(Z, Y, S) how fast an energy (Z, Y, S) at the start of slices grows through each, the day closing on itself."""
    after = np.empty_like(energy_mwh)
    for day in range(len(case.frame.weight_days)):
        inside = np.flatnonzero(case.frame.day == day)
        after[:, :, inside] = energy_mwh[:, :, np.roll(inside, -1)]
    return np.asarray((after - energy_mwh) / case.frame.block_hours)


def _vehicle_energy(case: Case, results: xr.Dataset) -> float:
    """Energy charged is what vehicles would draw without control plus the losses of feeding back."""
    charged = results["nev_load_mw"].values - results["nev_feed_mw"].values
    loss = results["nev_feed_mw"].values * (1 / case.flexible.feed_efficiency - 1)[:, None, None]
    needed = ((case.nev_mw + case.flexible.baseline_mw + loss) * case.hours).sum(axis=2)
    return relative((charged * case.hours).sum(axis=2) - needed, needed)


def _firm(case: Case, results: xr.Dataset) -> float:
    """Firm capacity with what is missing covers the peak and its margin; no peak is above that without control."""
    net = results["load_mw"].values + results["nev_load_mw"].values - results["nev_feed_mw"].values
    free = case.load_mw + case.nev_mw + case.flexible.baseline_mw
    capacity, worst = _capacity(case, results), 0.0
    for i, country in enumerate(case.countries):
        mine = [z for z, zone in enumerate(case.zones) if zone.country == country.id]
        highest, usual = net[mine].sum(axis=0).max(axis=1), free[mine].sum(axis=0).max(axis=1)
        peak = np.maximum(case.peak_fixed_mw[i], case.peak_mw[i] * highest / np.where(usual > 0, usual, 1))
        worst = max(worst, excess(peak, case.peak_mw[i]))
        worst = max(worst, relative(peak - results["peak_load_mw"].values[i], peak))
        firm = sum(
            (capacity[u] * unit.technology.capacity_credit_percent / 100
             for u, unit in enumerate(case.units) if unit.country == country.id),
            np.full_like(peak, country.firm_import_mw),
        )  # fmt: skip
        if country.adequacy_shortfall_usd_per_kw_year > 0:
            need = (1 + country.planning_margin_percent / 100) * peak
            worst = max(worst, excess(need, firm + results["adequacy_shortfall_mw"].values[i]))
    return worst


def _limits(case: Case, results: xr.Dataset) -> float:
    """Potentials, yearly build limits, fuel volumes and carbon caps hold."""
    worst = 0.0
    build = results["build_mw"].values
    vintages = case.investment.vintages
    for cap in case.investment.caps:
        chosen = sum(build[vintages[v].asset, vintages[v].year] for v in cap.vintages)
        worst = max(worst, excess(np.array([chosen]), np.array([cap.limit_mw])))
    for market in {step.market for step in case.fuel_steps}:
        worst = max(worst, fuel.missing(case, market, _burnt(case, results)))
    return max(worst, excess(results["emissions_kt"].values, case.carbon_cap_kt))


def _burnt(case: Case, results: xr.Dataset) -> fuel.Burnt:
    def burnt(name: str, zones: tuple[str, ...], share: np.ndarray) -> np.ndarray:
        use = np.zeros(len(case.horizon.years))
        for u, unit in enumerate(case.units):
            if unit.fuel is not None and unit.fuel.id == name and unit.zone in zones:
                energy = results["generation_mw"].values[u] * case.hours * share[case.frame.day]
                use += energy.sum(axis=1) / 1e3 / unit.efficiency
        return use

    return burnt


def _cost(case: Case, results: xr.Dataset) -> float:
    """Cost recomputed from decisions equals the objective."""
    hours = case.hours
    energy = (results["generation_mw"].values * hours).sum(axis=2) / 1e3
    total = case.investment.paid_capital_musd.sum(axis=0) + sum(line.existing_musd for line in case.lines)
    for u, unit in enumerate(case.units):
        country = [c.id for c in case.countries].index(unit.country)
        operation = unit.technology.variable_om_usd_per_mwh * _home_price(case, unit.country)
        usd = operation + unit.fuel_usd_per_mwh
        usd = usd + unit.co2_t_per_mwh * case.carbon_usd_per_t[country]
        total = total + energy[u] * usd / 1e3
        stored = (results["storage_discharge_mw"].values[u] * hours).sum(axis=1) / 1e3
        total = total + stored * operation / 1e3
    for a, asset in enumerate(case.assets):
        if asset.status != "candidate":
            fixed = asset.fixed_om_usd_per_kw_year * _home_price(case, asset.country)
            total = total + fixed * results["capacity_mw"].values[a] / 1e3
    for v in case.investment.vintages:
        mw, mwh = results["build_mw"].values[v.asset, v.year], results["build_mwh"].values[v.asset, v.year]
        yearly = (v.annuity_usd_per_kw + v.fixed_om_usd_per_kw_year) * mw + v.annuity_usd_per_kwh * mwh
        total = total + v.operating * yearly / 1e3
    total = total + grid.cost_musd(case, results) + _charging_cost(case, results) + _scarcity_cost(case, results)
    return relative(np.array([total @ case.horizon.weight - results.attrs["objective_musd"]]),
                     results.attrs["objective_musd"])  # fmt: skip


def _home_price(case: Case, country: str) -> np.ndarray:
    """(Y) dollar price of a country's operation relative to the tables."""
    name = next(row.currency for row in case.countries if row.id == country)
    return case.exchange.real[case.exchange.currencies.index(name)] if name else np.ones(len(case.horizon.years))


def _charging_cost(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for wear of the vehicles' batteries and for the local network their charging needs."""
    feed, price = results["nev_feed_mw"].values, case.flexible.network_usd_per_kw_year
    wear = case.flexible.wear_usd_per_mwh @ (feed * case.hours).sum(axis=2) / 1e6
    highest = (results["nev_load_mw"].values - feed).max(axis=2)
    return np.asarray(wear + price @ highest / 1e3)


def _scarcity_cost(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for load shed, missing firm capacity and reserve, fuel steps, missed targets, and starts."""
    hours = case.hours
    total = np.zeros(len(case.horizon.years))
    country = {c.id: c for c in case.countries}
    for z, zone in enumerate(case.zones):
        lost = (results["unserved_mw"].values[z] * hours).sum(axis=1) / 1e3
        total += lost * country[zone.country].value_of_lost_load_usd_per_mwh / 1e3
    for i, c in enumerate(case.countries):
        total += c.adequacy_shortfall_usd_per_kw_year * results["adequacy_shortfall_mw"].values[i] / 1e3
    for market in {step.market for step in case.fuel_steps}:
        total += fuel.cost_musd(case, market, _burnt(case, results))
    total += policy.missed_targets_musd(case, results)
    total += running.starts_musd(case, results) + running.missing_reserve_musd(case, results)
    return total


def _shares(case: Case, results: xr.Dataset) -> float:
    """Energy attributed to assets adds up to the generation of their country."""
    worst = 0.0
    for i, country in enumerate(case.countries):
        mine = [a for a, asset in enumerate(case.assets) if asset.country == country.id]
        total = results["generation_gwh"].values[mine].sum(axis=0)
        worst = max(worst, relative(total - results["country_generation_gwh"].values[i], total))
    return worst


CHECKS: dict[str, Test] = {
    "energy balance": _balance,
    "electrified corridors": _corridors,
    "output within capacity": _output,
    "heat": _heat,
    "charging of vehicles": vehicles.charging,
    "storage": _storage,
    "smart charging": _charging,
    "energy of vehicles": _vehicle_energy,
    "firm capacity": _firm,
    "water": water.balances,
    "releases": water.releases,
    "links": grid.links,
    "cut-sets": grid.cut_sets,
    "power flow": grid.power_flow,
    "trade": grid.trade,
    "local networks": grid.local_networks,
    "commitment": running.commitment,
    "reserve": running.reserve,
    "limits of building, fuel and carbon": _limits,
    "permits": money.permits,
    "envelopes": money.envelopes,
    "emissions": policy.emissions,
    "targets": policy.targets,
    "cost": _cost,
    "shares": _shares,
    "cost by asset": money.books,
}
OPERATION = (
    "energy balance", "output within capacity", "heat", "storage", "smart charging", "energy of vehicles", "water",
    "links", "cut-sets", "power flow", "commitment", "reserve", "emissions",
)  # fmt: skip
"""What must hold whatever a plan has decided; limits of the whole year are reported where they are missed."""
