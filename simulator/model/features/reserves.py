"""Spinning reserve: room to raise output at once, for load and for the errors of wind and sun.

===================  ==============================  ======================  =======  ==================================
symbol               name                            index                   unit     meaning
===================  ==============================  ======================  =======  ==================================
``x``                reserve_missing_gw              country, year, slice    GW       reserve that is missing (variable)
``o``, ``g``         online_gw, output_gw            unit, year, slice       GW       from ``dispatch``; o of the
                                                                                      slice's day
``ρ``                able                            committed, year, slice  –        what can run of what is online,
                                                                                      from ``dispatch``
``α·K``              availability · capacity_gw      unit, year, slice       GW       what can run
``D``, ``N``, ``c``  load_gw, nev_gw, smart_gw       zone, year, slice       GW       from ``load`` and ``nev_charging``
``G``                net_output                      pool, year, slice       GW       output of wind and sun after
                                                                                      curtailment, from ``renewables``
``λ``, ``ν``         reserve_load, reserve_variable  country                 –        reserve asked for per load, and
                                                                                      per output of wind and sun
``ω``                reserve_own                     country, year           –        share of its need a country
                                                                                      provides at home; alone: 1
``π``                reserve_price                   country                 USD/MWh  price of missing reserve
===================  ==============================  ======================  =======  ==================================

(1)  H[c,y,s] = Σ_{committed} (ρ·o − g) + Σ_{other spinning plants} (α·K − g) + Σ_{storage} (α·K − charge − discharge)
(2)  R[c,y,s] = λ[c]·Σ_{z in c} (D + N + c)[z,y,s] + ν[c]·Σ_{p in c} G[p,y,s]
(3)  H[c,y,s] + x[c,y,s] ≥ ω[c,y]·R[c,y,s]                   for every country that asks for reserve
(4)  Σ_{c in area} (H + x)[c,y,s] ≥ Σ_{c in area} R[c,y,s]   for every area that shares its reserve
(5)  cost "missing reserve"[y] = Σ_c π[c]·Σ_s h[y,s]·x[c,y,s] / 1000

In (4), x and R are those of countries that ask for reserve; what an area lacks falls on the country with the lowest
price. Left out: reserve downwards, energy behind the reserve of storage, reserve that smart vehicles could give by
charging less or feeding more; room on the lines over which shared reserve would come, for which the part provided at
home is a substitute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.grouping import lists
from simulator.model.features.nev_charging import smart_gw
from simulator.model.features.renewables import net_output, pools
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset, units_by
from simulator.model.solved import Solved
from simulator.system import Country, ReserveArea, Technology

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

    variable = lists(
        (case.units[members[0]].country, pool) for pool, members in pools(case).items()
        if all(case.units[i].technology.group in VARIABLE_GROUPS for i in members)
    )  # fmt: skip
    m.VARIABLE_POOLS = grouped(m.RESERVING, variable)
    m.reserve_own = array_param(m.RESERVING, m.YEAR, values=_own(case, asking))
    m.reserve = rows(  # (3)
        m.RESERVING, m.YEAR, m.SLICE,
        rule=lambda m, c, y, s: ledger.reserve.total(m, c, y, s) + m.reserve_missing_gw[c, y, s]
        >= m.reserve_own[c, y] * _need(m, c, y, s),
    )  # fmt: skip
    _areas(m, case, ledger)
    ledger.cost.post(  # (5)
        "missing reserve",
        lambda m, y: sum(
            m.reserve_price[c] * m.hours[y, s] * m.reserve_missing_gw[c, y, s] for c in m.RESERVING for s in m.SLICE
        ),
    )


def _own(case: Case, asking: list[Country]) -> np.ndarray:
    """(asking countries, Y) share of its need that each holds at home."""
    own = np.ones((len(asking), len(case.horizon.years)))
    for area, y in areas(case):
        mine = [i for i, country in enumerate(asking) if country.id in area.countries]
        own[mine, y] = area.own_percent / 100
    return own


def areas(case: Case) -> list[tuple[ReserveArea, int]]:
    """Every area with the positions of the model years in which it shares."""
    return [
        (area, y) for area in case.system.reserve_areas
        for y, year in enumerate(case.horizon.years) if area.first_year <= year <= area.last_year
    ]  # fmt: skip


def _need(m: pyo.ConcreteModel, c: Any, y: Any, s: Any) -> Any:
    """(2) Reserve that a country asks for, GW."""
    load = sum(m.load_gw[z, y, s] + m.nev_gw[z, y, s] + smart_gw(m, z, y, s) for z in m.ZONES_OF_COUNTRY[c])
    return m.reserve_load[c] * load + m.reserve_variable[c] * sum(net_output(m, p, y, s) for p in m.VARIABLE_POOLS[c])


def _areas(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """What countries that share hold together; a member that asks for no reserve may still give some."""
    members = {(area.id, case.horizon.years[y]): list(area.countries) for area, y in areas(case)}
    m.RESERVE_AREA = pyo.Set(initialize=list(members), dimen=2, ordered=True)
    m.AREA_COUNTRIES = grouped(m.RESERVE_AREA, members)
    m.AREA_ASKING = grouped(m.RESERVE_AREA, {a: [c for c in found if c in m.RESERVING] for a, found in members.items()})
    m.reserve_of_area = rows(  # (4)
        m.RESERVE_AREA, m.SLICE,
        rule=lambda m, a, y, s: sum(ledger.reserve.total(m, c, y, s) for c in m.AREA_COUNTRIES[a, y])
        + sum(m.reserve_missing_gw[c, y, s] for c in m.AREA_ASKING[a, y])
        >= sum(_need(m, c, y, s) for c in m.AREA_ASKING[a, y]),
    )  # fmt: skip


def _headroom(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """(1) Who can hold reserve, and how much room each leaves."""

    def spinning(fits: Callable[[Technology], bool]) -> pyo.Set:
        members = units_by(case, lambda unit: unit.country, lambda u: u.technology.spinning and fits(u.technology))
        return grouped(m.COUNTRY, members)

    m.SPINNING_COMMITTED = spinning(lambda t: t.commitment)
    m.SPINNING_OUTPUT = spinning(lambda t: not t.commitment and t.kind != "storage")
    m.SPINNING_STORAGE = spinning(lambda t: not t.commitment and t.kind == "storage")
    ledger.reserve.post(
        "committed plants",
        lambda m, c, y, s: sum(
            m.able[u, y, s] * m.online_gw[u, y, m.day_of[s]] - m.output_gw[u, y, s] for u in m.SPINNING_COMMITTED[c]
        ),
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


def report(s: Solved) -> None:
    """Missing reserve."""
    s.fill("reserve_missing_mw", s.m.COUNTRY, s.m.RESERVING, s.value(s.m.reserve_missing_gw) * 1e3)
