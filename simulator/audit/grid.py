"""Lines, cut-sets, power flow, trade and local networks of a plan, and what they cost."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, outside, relative
from simulator.case.case import Case


def links(case: Case, results: xr.Dataset) -> float:
    """What is sent either way stays within links, and their flow is its difference."""
    added = np.cumsum(results["link_build_mw"].values, axis=1)
    forward, backward = results["forward_mw"].values, results["backward_mw"].values
    worst = relative(forward - backward - results["flow_mw"].values, results["flow_mw"].values)
    for i, line in enumerate(case.lines):
        worst = max(worst, outside(forward[i], (line.forward_mw + added[i])[:, None]))
        worst = max(worst, outside(backward[i], (line.backward_mw + added[i])[:, None]))
    return worst


def trade(case: Case, results: xr.Dataset) -> float:
    """Trade stays within offers and contracts."""
    worst = 0.0
    for i, deal in enumerate(case.deals):
        traded = results["trade_mw"].values[i]
        worst = max(worst, excess(traded, deal.limit_mw))
        if deal.row.profile == "flat":
            steady = traded.sum(axis=1) / np.maximum(deal.open.sum(axis=1), 1e-12)
            worst = max(worst, relative(traded - deal.open * steady[:, None], deal.row.limit_mw))
        energy = (traded * case.hours).sum(axis=1)[deal.active] / 1e3
        most = np.inf if deal.row.maximum_gwh is None else deal.row.maximum_gwh
        worst = max(worst, excess(energy, np.full_like(energy, most)))
        worst = max(worst, excess(np.full_like(energy, deal.row.minimum_gwh), energy))
    return worst


def cut_sets(case: Case, results: xr.Dataset) -> float:
    """What the links of a cut-set send together is told as it is, and stays within its limits as lines raise them."""
    worst = 0.0
    place = {line.row.id: i for i, line in enumerate(case.lines)}
    added = np.cumsum(results["link_build_mw"].values, axis=1)
    for i, cut in enumerate(case.cuts):
        ahead = [place[name] for name in cut.row.forward_links]
        against = [place[name] for name in cut.row.backward_links]
        flow = results["flow_mw"].values[ahead].sum(axis=0) - results["flow_mw"].values[against].sum(axis=0)
        gained = cut.row.expansion_percent / 100 * added[[*ahead, *against]].sum(axis=0)
        worst = max(worst, relative(results["cut_set_flow_mw"].values[i] - flow, flow))
        worst = max(worst, excess(flow, (cut.forward_mw + gained)[:, None]))
        worst = max(worst, excess(-flow, (cut.backward_mw + gained)[:, None]))
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
            row = case.lines[k].row
            ends[i, zone[row.from_zone]], ends[i, zone[row.to_zone]] = 1, -1
            across[i] = (row.reactance_ohm or 0.0) / (row.voltage_kv or 1.0) ** 2 * results["flow_mw"].values[k, y]
        angles = np.linalg.lstsq(ends, across, rcond=None)[0]
        worst = max(worst, relative(ends @ angles - across, across))
    return worst


def local_networks(case: Case, results: xr.Dataset) -> float:
    """Local networks carry what is drawn from them and the peaks stated for them."""
    worst = 0.0
    for i, zone in enumerate(case.zones):
        for network in (local for local in case.locals if local.row.zone == zone.id):
            capacity = results["local_network_mw"].values[i]
            keep = 1 - network.row.loss_percent / 100
            worst = max(worst, excess(results["local_withdrawal_mw"].values[i], capacity[:, None]))
            worst = max(worst, excess(network.peak_mw, keep * capacity))
    return worst


def cost_musd(case: Case, results: xr.Dataset) -> np.ndarray:
    """(Y) MUSD for lines, local networks and border trade."""
    hours = case.hours
    total = np.zeros(len(case.horizon.years))
    added = np.cumsum(results["link_build_mw"].values, axis=1)
    for i, line in enumerate(case.lines):
        sent = results["forward_mw"].values[i] + results["backward_mw"].values[i]
        moved = (sent * hours).sum(axis=1) / 1e3
        total += moved * line.row.hurdle_usd_per_mwh / 1e3 + line.annual_usd_per_kw * added[i] / 1e3
    for i, deal in enumerate(case.deals):
        moved = (results["trade_mw"].values[i] * hours).sum(axis=1) / 1e3
        total += (1 if deal.row.direction == "import" else -1) * moved * deal.row.usd_per_mwh / 1e3
    zones = [zone.id for zone in case.zones]
    for local in case.locals:
        mw = results["local_network_mw"].values[zones.index(local.row.zone)]
        total += local.row.annual_usd_per_kw * mw / 1e3
    return total
