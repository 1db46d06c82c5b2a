"""Sums over the year of what features report: by asset in proportion to capacity, and by country."""

from __future__ import annotations

import numpy as np

from simulator.model.features.renewables import is_natural, potential_mw
from simulator.model.solved import Solved


def put_sums(s: Solved) -> None:
    """Energy of assets and of countries, GWh per year."""
    _put_assets(s)
    _put_countries(s)


def _yearly(s: Solved, power_mw: np.ndarray) -> np.ndarray:
    """(…, Y) GWh of a power (…, Y, S)."""
    return np.asarray(np.einsum("...ys,ys->...y", power_mw, s.case.hours) / 1e3)


def _put_assets(s: Solved) -> None:
    """Output and curtailment of a unit are shared by capacity among its assets."""
    case, mw = s.case, s.reported("capacity_mw")
    share, unit_of = np.zeros_like(mw), np.zeros(len(case.assets), int)
    for u, unit in enumerate(case.units):
        members = list(unit.assets)
        unit_of[members] = u
        total = mw[members].sum(axis=0)
        share[members] = np.divide(mw[members], total, out=np.zeros_like(mw[members]), where=total > 1e-9)
    generation = _yearly(s, s.reported("generation_mw"))
    curtailed = _yearly(s, s.reported("curtailment_mw"))
    natural = np.array([is_natural(unit) for unit in case.units])[:, None]
    potential = np.where(natural, _yearly(s, potential_mw(s)), 0)
    co2 = np.array([unit.co2_t_per_mwh for unit in case.units])[:, None]
    s.put("generation_gwh", share * generation[unit_of])
    s.put("asset_emissions_kt", share * (co2 * generation)[unit_of])
    s.put("curtailment_gwh", share * curtailed[unit_of])
    s.put("potential_gwh", share * potential[unit_of])


def _put_countries(s: Solved) -> None:
    case, entries = s.case, s.ledger.energy_entries
    country = [row.id for row in case.countries]
    zones = np.array([[zone.country == name for zone in case.zones] for name in country], float)
    made = np.array([[u.country == name and u.technology.kind != "storage" for u in case.units] for name in country],
                    float)  # fmt: skip
    charged = s.reported("nev_load_mw") - s.reported("nev_feed_mw")
    unserved = s.reported("unserved_mw")
    traded = ("imports by link", "exports by link", "border imports", "border exports")
    net = sum(s.reported("energy_mw")[entries.index(name)] for name in traded)
    s.put("country_generation_gwh", made @ _yearly(s, s.reported("generation_mw")))
    for name, power in (
        ("country_consumption_gwh", s.reported("load_mw") + charged - unserved),
        ("net_import_gwh", net),
        ("nev_energy_gwh", charged),
        ("unserved_gwh", unserved),
    ):
        s.put(name, zones @ np.einsum("zys,ys->zy", power, case.hours) / 1e3)
