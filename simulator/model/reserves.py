"""Spinning reserve: room to raise output at once, for load and for the errors of wind and sun.

==========  ====================  =======================  ====  =================================================
symbol      name                  index                    unit  meaning
==========  ====================  =======================  ====  =================================================
``x``       reserve_missing_gw    country, year, slice     GW    reserve that is missing (variable, has a price)
``o``, ``g``  online_gw, output_gw                         GW    from ``dispatch``
``c``       smart_gw              zone, year, slice        GW    from ``nev_charging``
==========  ====================  =======================  ====  =================================================

(1)  Σ_{committed} (o − g) + Σ_{other spinning plants} (α·K − g) + Σ_{storage} (α·K − charge − discharge) + x
     ≥ share_load·(D + N + c) + share_wind_sun·Σ (α·K − curtailed)        for every country that asks for reserve

Left out: reserve downwards, energy behind the reserve of storage, sharing between countries, reserve that smart
vehicles could give by charging less or feeding more.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.case.units import Unit
from simulator.model.components import array_param, array_var, rows
from simulator.model.ledger import Ledger
from simulator.model.nev_charging import smart_gw
from simulator.model.renewables import net_output, pools
from simulator.model.sets import grouped, subset, units_by

VARIABLE_GROUPS = ("wind", "solar")


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the reserve of every country that asks for one, and post who can hold it."""
    asking = [c for c in case.countries if c.reserve_percent_of_load > 0 or c.reserve_percent_of_wind_and_solar > 0]
    m.RESERVING = subset(c.id for c in asking)
    m.reserve_load = array_param(m.RESERVING, values=np.array([c.reserve_percent_of_load for c in asking]) / 100)
    m.reserve_variable = array_param(
        m.RESERVING, values=np.array([c.reserve_percent_of_wind_and_solar for c in asking]) / 100
    )
    m.reserve_price = array_param(m.RESERVING, values=np.array([c.reserve_shortfall_usd_per_mwh for c in asking]) / 1e3)
    m.reserve_missing_gw = array_var(m.RESERVING, m.YEAR, m.SLICE)
    _headroom(m, case, ledger)

    country_of = {zone.id: zone.country for zone in case.zones}
    variable: dict[str, list[str]] = {}
    for pool, members in pools(case).items():
        if all(case.units[i].technology.group in VARIABLE_GROUPS for i in members):
            variable.setdefault(country_of[case.units[members[0]].zone], []).append(pool)
    m.VARIABLE_POOLS = grouped(m.RESERVING, variable)
    m.reserve = rows(  # (1)
        m.RESERVING, m.YEAR, m.SLICE,
        rule=lambda m, c, y, s: ledger.reserve.total(m, c, y, s) + m.reserve_missing_gw[c, y, s]
        >= m.reserve_load[c]
        * sum(m.load_gw[z, y, s] + m.nev_gw[z, y, s] + smart_gw(m, z, y, s) for z in m.ZONES_OF_COUNTRY[c])
        + m.reserve_variable[c] * sum(net_output(m, p, y, s) for p in m.VARIABLE_POOLS[c]),
    )  # fmt: skip
    ledger.cost.post(
        "missing reserve",
        lambda m, y: sum(
            m.reserve_price[c] * m.hours[y, s] * m.reserve_missing_gw[c, y, s] for c in m.RESERVING for s in m.SLICE
        ),
    )


def _headroom(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    def members(which: str) -> pyo.Set:
        def fits(unit: Unit) -> bool:
            kind = "storage" if unit.technology.kind == "storage" else "output"
            kind = "committed" if unit.technology.commitment else kind
            return unit.technology.spinning and kind == which

        return grouped(m.COUNTRY, units_by(case, lambda u: u.country, fits))

    m.SPINNING_COMMITTED, m.SPINNING_OUTPUT, m.SPINNING_STORAGE = (
        members(which) for which in ("committed", "output", "storage")
    )
    ledger.reserve.post(
        "committed plants",
        lambda m, c, y, s: sum(m.online_gw[u, y, m.day_of[s]] - m.output_gw[u, y, s] for u in m.SPINNING_COMMITTED[c]),
    )
    ledger.reserve.post(
        "other plants",
        lambda m, c, y, s: sum(
            m.availability[u, y, s] * m.capacity_gw[u, y] - m.output_gw[u, y, s] for u in m.SPINNING_OUTPUT[c]
        ),
    )
    ledger.reserve.post(
        "storage",
        lambda m, c, y, s: sum(
            m.availability[u, y, s] * m.capacity_gw[u, y] - m.charge_gw[u, y, s] - m.discharge_gw[u, y, s]
            for u in m.SPINNING_STORAGE[c]
        ),
    )
