"""The energy balance of every zone, and the load of electrified corridors."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.audit.measure import excess, outside, relative
from simulator.case.case import Case


def balance(case: Case, results: xr.Dataset) -> float:
    """Generation, storage, trade and unserved energy meet the load and the surplus in every zone and slice."""
    zone = {z.id: i for i, z in enumerate(case.zones)}
    upper = np.zeros_like(case.load_mw)
    local = np.zeros_like(case.load_mw)
    networked = {n.row.zone for n in case.locals}
    net = results["generation_mw"].values + results["storage_discharge_mw"].values - results["storage_charge_mw"].values
    for u, unit in enumerate(case.units):
        side = local if unit.technology.distributed and unit.zone in networked else upper
        side[zone[unit.zone]] += net[u] * (1 - unit.technology.own_use_percent / 100)
    sent = results["forward_mw"].values, results["backward_mw"].values
    for i, line in enumerate(case.lines):
        keep = 1 - line.row.loss_percent / 100
        upper[zone[line.row.to_zone]] += keep * sent[0][i] - sent[1][i]
        upper[zone[line.row.from_zone]] += keep * sent[1][i] - sent[0][i]
    for i, deal in enumerate(case.deals):
        sign = 1 if deal.row.direction == "import" else -1
        upper[zone[deal.row.zone]] += sign * results["trade_mw"].values[i]
    upper -= results["surplus_mw"].values
    local -= results["local_surplus_mw"].values
    charged = results["nev_load_mw"].values - results["nev_feed_mw"].values
    served = case.load_mw + charged - results["unserved_mw"].values
    worst = 0.0
    for name, z in zone.items():
        if name in networked:
            loss = next(n.row.loss_percent for n in case.locals if n.row.zone == name) / 100
            residual = (1 - loss) * upper[z] + local[z] - served[z]
        else:
            residual = upper[z] + local[z] - served[z]
        worst = max(worst, relative(residual * (case.hours > 0), np.maximum(case.load_mw[z], np.abs(upper[z]))))
    surplus = results["surplus_mw"].values, results["local_surplus_mw"].values
    return max(
        worst,
        outside(results["unserved_mw"].values, case.load_mw + results["nev_load_mw"].values),
        *(excess(-thrown, np.zeros(1)) for thrown in surplus),
    )


def corridors(case: Case, results: xr.Dataset) -> float:
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
