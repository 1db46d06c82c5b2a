"""Lines, cut-sets, power flow, trade and distribution networks of a plan, and what they cost."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit import books
from simulator.audit.measure import excess, negative, outside, relative
from simulator.case.case import Case


def added_mw(case: Case, results: xr.Dataset) -> np.ndarray:
    """(links, Y) what is added: evenly over the calendar years in which it may come, each year's part in its middle."""
    build = results.variables["link_chosen_mw"].values
    years, added = case.horizon.years, np.zeros(build.shape)
    for k, v in np.argwhere(build != 0):
        since, first = case.links[k].row.expandable_from, years[v - 1] + 1 if v > 0 else years[0]
        comes = [t for t in range(first, years[v] + 1) if since is None or t >= since] or [years[v]]
        for y in range(v, len(years)):
            late = 0.5 if case.horizon.part_year else 0.0
            added[k, y] += build[k, v] * np.mean([min(years[y] + 1 - t - late, 1.0) for t in comes])
    return added


def links(case: Case, results: xr.Dataset) -> float:
    """What is sent either way stays within links; capacity is added only where, when and as far as it may be."""
    build = results.variables["link_chosen_mw"].values
    sent = (results.variables[f"{way}_mw"].values for way in ("forward", "backward"))
    added, shape, years = added_mw(case, results), build.shape, np.array(case.horizon.years)
    forward, backward = (
        np.array([getattr(line, name) for line in case.links]).reshape(shape) + added
        for name in ("forward_mw", "backward_mw")
    )
    rows = [line.row for line in case.links]
    opens = np.array([np.inf if row.expandable_from is None else row.expandable_from for row in rows])
    limit = np.array([np.inf if row.expansion_limit_mw is None else row.expansion_limit_mw for row in rows])
    return max(
        *(outside(mw, most[:, :, None]) for mw, most in zip(sent, (forward, backward), strict=True)),
        negative(build, forward),
        relative(build * (years < opens[:, None]), forward),
        excess(np.cumsum(build, axis=1), limit[:, None], forward),
    )


def trade(case: Case, results: xr.Dataset) -> float:
    """Trade stays within market steps and contracts."""
    rows, traded = [step.row for step in case.market_steps], results.variables["trade_mw"].values
    limit = np.array([step.limit_mw for step in case.market_steps]).reshape(traded.shape)
    flat = np.array([row.profile == "flat" for row in rows], bool)
    opened = np.array([step.open for step in case.market_steps]).reshape(traded.shape)
    steady = opened * (traded.sum(axis=2) / np.maximum(opened.sum(axis=2), 1e-12))[:, :, None]
    active = np.array([step.active for step in case.market_steps], bool).reshape(traded.shape[:2])
    energy = (traded * case.hours).sum(axis=2) / 1e3
    least, most = (
        np.where(
            active, np.reshape([open_ if (x := getattr(row, name)) is None else x for row in rows], (-1, 1)), open_
        )
        for name, open_ in (("minimum_gwh", 0.0), ("maximum_gwh", np.inf))
    )
    return max(
        outside(traded, limit),
        relative((traded - steady)[flat], limit),
        excess(energy, most, energy),
        excess(least, energy, energy),
    )


def contracts(case: Case, results: xr.Dataset) -> float:
    """No contract lets more energy pass in a year than its volume."""
    limit, sent = _contract_limit(case, results), _contract_energy(case, results)
    return excess(sent, np.nan_to_num(limit, nan=np.inf), sent)


def cut_sets(case: Case, results: xr.Dataset) -> float:
    """What the links of a cut-set send together stays within its limits as lines raise them."""
    worst = 0.0
    flow = _cut_flow(case, results)
    for name, sent in (("forward_mw", flow), ("backward_mw", -flow)):
        limit = np.nan_to_num(_cut_limit(case, results, name), nan=np.inf)
        worst = max(worst, excess(sent, limit[:, :, None]))
    return worst


def power_flow(case: Case, results: xr.Dataset) -> float:
    """There are voltage angles of the zones that explain every flow in a loop (least squares leave nothing over)."""
    worst = 0.0
    zone = {z.id: i for i, z in enumerate(case.zones)}
    for y in {loop.year for loop in case.loops}:
        inside = np.flatnonzero(np.any([loop.radian_per_gw != 0 for loop in case.loops if loop.year == y], axis=0))
        ends = np.zeros((len(inside), len(case.zones)))
        across = np.zeros((len(inside), len(case.frame.day)))
        for i, k in enumerate(inside):
            row = case.links[k].row
            ends[i, zone[row.from_zone]], ends[i, zone[row.to_zone]] = 1, -1
            across[i] = (
                (row.reactance_ohm or 0.0) / (row.voltage_kv or 1.0) ** 2 * results.variables["flow_mw"].values[k, y]
            )
        angles = np.linalg.lstsq(ends, across, rcond=None)[0]
        worst = max(worst, relative(ends @ angles - across, across))
    return worst


def distribution_networks(case: Case, results: xr.Dataset) -> float:
    """Distribution networks carry what is drawn from them and the peaks stated for them, and never shrink; no zone
    without one has any."""
    capacity, drawn = (results.variables[f"distribution_{name}_mw"].values for name in ("network", "withdrawal"))
    zones = [zone.id for zone in case.zones]
    peak, existing, keep = np.zeros_like(capacity), np.zeros_like(capacity), np.ones_like(capacity)
    for network in case.distribution_networks:
        z = zones.index(network.row.zone)
        peak[z], existing[z] = network.peak_mw, network.row.existing_mw
        keep[z] = 1 - network.row.loss_percent / 100
    without = [zone not in {network.row.zone for network in case.distribution_networks} for zone in zones]
    return max(
        relative(capacity[without], capacity),
        outside(drawn, capacity[:, :, None]),
        excess(peak, keep * capacity),
        excess(np.maximum.accumulate(np.maximum(existing, capacity), axis=1), capacity),
    )


def cost_musd(case: Case, results: xr.Dataset) -> dict[str, np.ndarray]:
    """Component → (Y) MUSD: lines, their use, distribution networks and border trade."""
    hours = case.hours
    years = len(case.horizon.years)
    lines, use, trade, local = (np.zeros(years) for _ in range(4))
    added = added_mw(case, results)
    for i, line in enumerate(case.links):
        sent = results.variables["forward_mw"].values[i] + results.variables["backward_mw"].values[i]
        moved = (sent * hours).sum(axis=1) / 1e3
        use += moved * line.row.hurdle_usd_per_mwh / 1e3
        owed = added[i] + (0 if line.row.existing_is_paid else np.maximum(line.forward_mw, line.backward_mw))
        lines += books.line_usd_per_kw(case, line.row) * owed / 1e3
    for i, step in enumerate(case.market_steps):
        moved = (results.variables["trade_mw"].values[i] * hours).sum(axis=1) / 1e3
        trade += (1 if step.row.direction == "import" else -1) * moved * step.row.usd_per_mwh / 1e3
    zones = [zone.id for zone in case.zones]
    for network in case.distribution_networks:
        mw = results.variables["distribution_network_mw"].values[zones.index(network.row.zone)]
        local += network.row.annual_usd_per_kw * mw / 1e3
    return {"lines": lines, "use of lines": use, "border trade": trade, "distribution networks": local}


# ------------------------------------------------------------------------------------------- variables that follow


def _link_capacity(case: Case, results: xr.Dataset) -> np.ndarray:
    larger = np.array([np.maximum(line.forward_mw, line.backward_mw) for line in case.links])
    return np.asarray(larger.reshape(results["link_chosen_mw"].shape) + added_mw(case, results))


def _cut_flow(case: Case, results: xr.Dataset) -> np.ndarray:
    """(cut-sets, Y, S) flow of its links, counted in or against their direction."""
    flow = dict(zip((line.row.id for line in case.links), results.variables["flow_mw"].values, strict=True))
    sums = [
        sum(flow[name] for name in cut.row.forward_links) - sum(flow[name] for name in cut.row.backward_links)
        for cut in case.cut_sets
    ]
    return np.array(sums).reshape(len(case.cut_sets), *case.hours.shape)


def _cut_limit(case: Case, results: xr.Dataset, name: str) -> np.ndarray:
    """(cut-sets, Y) the table's limit and what its links gained; NaN without a limit."""
    added = added_mw(case, results)
    found = np.full((len(case.cut_sets), len(case.horizon.years)), np.nan)
    for i, cut in enumerate(case.cut_sets):
        mine = [line.row.id in (*cut.row.forward_links, *cut.row.backward_links) for line in case.links]
        limit = getattr(cut, name) + cut.row.expansion_percent / 100 * added[np.array(mine, bool)].sum(axis=0)
        found[i] = np.where(np.isfinite(limit), limit, np.nan)
    return found


def _contract_energy(case: Case, results: xr.Dataset) -> np.ndarray:
    """(contracts, Y) GWh over its links, each in the direction that counts, and with its market steps."""
    found = np.zeros((len(case.contracts), len(case.horizon.years)))
    flow = [results.variables[f"{way}_mw"].values for way in ("forward", "backward")]
    for i, contract in enumerate(case.contracts):
        row = contract.row
        mw = np.zeros(case.hours.shape)
        for k, line in enumerate(case.links):
            mw += (line.row.id in row.forward_links) * flow[0][k] + (line.row.id in row.backward_links) * flow[1][k]
        for o, step in enumerate(case.market_steps):
            if step.row.id in row.market_steps:
                mw += results.variables["trade_mw"].values[o]
        found[i] = (mw * case.hours).sum(axis=1) / 1e3
    return found


def _contract_limit(case: Case, results: xr.Dataset) -> np.ndarray:
    """(contracts, Y) GWh of the table at model years: linear between its years; NaN before the first."""
    found = np.full((len(case.contracts), len(case.horizon.years)), np.nan)
    for i, contract in enumerate(case.contracts):
        rows = sorted((r.year, r.maximum_gwh) for r in case.system.contract_years if r.contract == contract.row.id)
        for y, year in enumerate(case.horizon.years):
            if year >= rows[0][0]:
                found[i, y] = np.interp(year, [at for at, _ in rows], [gwh for _, gwh in rows])
    return found


FIGURES = {
    "contract_energy_gwh": _contract_energy,
    "contract_limit_gwh": _contract_limit,
    "flow_mw": lambda case, results: results.variables["forward_mw"].values - results.variables["backward_mw"].values,
    "link_build_mw": lambda case, results: np.diff(added_mw(case, results), axis=1, prepend=0),
    "link_capacity_mw": _link_capacity,
    "cut_set_flow_mw": _cut_flow,
    "cut_set_forward_mw": lambda case, results: _cut_limit(case, results, "forward_mw"),
    "cut_set_backward_mw": lambda case, results: _cut_limit(case, results, "backward_mw"),
}
