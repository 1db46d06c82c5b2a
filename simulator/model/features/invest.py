"""Capacity: existing plants and projects, new plants by investor, and early retirement.

Symbols
-------
=======  ==============  ======================  ==============  ======================================================
symbol   name            index                   unit            meaning
=======  ==============  ======================  ==============  ======================================================
``K``    capacity_gw     unit, year              GW              capacity that operates (variable)
``E``    energy_gwh      storage unit, year      GWh             storage energy (variable)
``b``    build_gw        asset, vintage          GW              new capacity (variable)
``e``    build_gwh       storage asset, vintage  GWh             new storage energy (variable)
``k``    kept_gw         retirable asset, year   GW              existing capacity kept (variable), at most X
``n``    blocks          asset, vintage          –               whole units (integer)
``z``    chosen          asset, vintage          –               built at all (0 or 1)
``F``    fixed_gw        unit, year              GW              existing and projects, not retirable
``F_E``  fixed_gwh       storage unit, year      GWh             energy of existing and projects
``φ``    operating       asset, vintage, year    –               share of a vintage that runs
``X``    (existing)      retirable asset, year   GW              what could be kept
``L``    cap_gw          limit                   GW              of vintages together: potential and yearly limit of a
                                                                 candidate
``c``    room_gw         limit, calendar year    GW              room of a limit of ``build_limits`` that the choice may
                                                                 take in a year (variable)
``R``    span_gw         span of a limit         GW              what others leave of its calendar years
``β``    least_gw        asset, vintage          GW              least size
``B``    most_gw         asset, vintage          GW              most that its limits allow
``A``    annuity         asset, vintage          USD/(kW·year)   yearly payment for its capital, at the investor's real
                                                                 cost
``A_E``  annuity_energy  asset, vintage          USD/(kWh·year)  the same for storage energy
``o``    fixed_om        asset, vintage, year    USD/(kW·year)   fixed operation
``o'``   fixed_om_kept   retirable asset, year   USD/(kW·year)   fixed operation of what may close
``P``    paid_capital    year                    MUSD/year       capital still paid of projects and plants
``O``    fixed_om_given  year                    MUSD/year       fixed operation of what is given
=======  ==============  ======================  ==============  ======================================================

Equations
---------
(1)  K[u,y] = F[u,y] + Σ_{a of u} k[a,y] + Σ_{(a,v) of u} φ[a,v,y]·b[a,v]
(2)  E[u,y] = F_E[u,y] + Σ_{(a,v) of u} φ[a,v,y]·e[a,v]
(3)  k[a,y] ≤ k[a,y−1] + max(X[a,y] − X[a,y−1], 0)           what is closed stays closed
(4)  Σ_{(a,v) in l} b[a,v] ≤ L[l]                            for every limit l of a candidate
(5)  h_min[a,v]·b[a,v] ≤ e[a,v] ≤ h_max[a,v]·b[a,v]          hours of storage
(6)  b[a,v] = size[a,v]·n[a,v]                               technologies that come in whole units
(7)  β[a,v]·z[a,v] ≤ b[a,v] ≤ B[a,v]·z[a,v],  B[a,v] = min of L[l] and of what (11) and (12) allow (a,v) alone
(8)  cost "capital of new plants"[y] = Σ_(a,v) φ[a,v,y]·(A[a,v]·b[a,v] + A_E[a,v]·e[a,v])
(9)  cost "capital of projects and indebted plants"[y] = P[y]
(10) cost "fixed operation"[y] = O[y] + Σ_a o'[a,y]·k[a,y] + Σ_(a,v) o[a,v,y]·φ[a,v,y]·b[a,v]
(11) Σ_{(a,v) within w} b[a,v] ≤ Σ_{t in w} c[l,t]           what can come in no calendar years but w, of every model
                                                             year, with the years in which others can come, too
(12) Σ_{t in s} c[l,t] ≤ R[s]                                every span s of limit l: one year, a mean over several, or
                                                             all since the first model year (``case/capacity/permits``)

USD/(kW·year) · GW is MUSD/year. A candidate with a least size and no limit at all is refused (``case/needs.py``): (7)
needs one.

Left out: lead time between decision and operation beyond ``earliest``; salvage (annuities make it needless).
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from simulator.case.capacity.investment import Growth
from simulator.case.capacity.permits import Span
from simulator.case.case import Case
from simulator.grouping import lists
from simulator.model.handover import Handover
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare capacity, its decisions, limits and cost."""
    _sets(m, case)
    _variables(m, case)
    _capacity_rows(m)
    _limits(m, case)
    _integers(m, case)
    _costs(m, case, ledger)


def stored_vintages(case: Case) -> list[int]:
    """Positions of the vintages of storage, which have energy beside power."""
    return [
        i for i, v in enumerate(case.investment.vintages) if case.assets[v.asset].technology.kind == "storage"
    ]  # fmt: skip


def _sets(m: pyo.ConcreteModel, case: Case) -> None:
    assets, vintages, years = case.assets, case.investment.vintages, case.horizon.years
    label = [(assets[v.asset].id, years[v.year]) for v in vintages]
    m.VINTAGE = pyo.Set(initialize=label, dimen=2, ordered=True)
    m.STORAGE_VINTAGE = pyo.Set(initialize=[label[v] for v in stored_vintages(case)], dimen=2, ordered=True)
    m.RETIRABLE = subset(a.id for a in assets if case.may_retire and a.retirable)
    m.STORAGE = subset(u.id for u in case.units if u.technology.kind == "storage")
    of_unit = ((assets[vintage.asset].unit, name) for name, vintage in zip(label, vintages, strict=True))
    m.VINTAGES_OF_UNIT = grouped(m.UNIT, lists(of_unit), dimen=2)
    m.RETIRABLE_OF_UNIT = grouped(
        m.UNIT, {u.id: [assets[i].id for i in u.assets if assets[i].id in m.RETIRABLE] for u in case.units}
    )


def _variables(m: pyo.ConcreteModel, case: Case) -> None:
    assets, vintages = case.assets, case.investment.vintages
    years = len(case.horizon.years)
    kept = [a for a in assets if a.id in m.RETIRABLE]
    existing = np.array([a.mw for a in kept]).reshape(len(kept), years) / 1e3
    fixed = np.zeros((len(case.units), years))
    fixed_energy = np.zeros((len(case.units), years))
    for u, unit in enumerate(case.units):
        for i in unit.assets:
            fixed_energy[u] += assets[i].mwh / 1e3
            if assets[i].id not in m.RETIRABLE:
                fixed[u] += assets[i].mw / 1e3
    storage = [u for u, unit in enumerate(case.units) if unit.id in m.STORAGE]
    m.fixed_gw = array_param(m.UNIT, m.YEAR, values=fixed)
    m.fixed_gwh = array_param(m.STORAGE, m.YEAR, values=fixed_energy[storage])
    m.growth_gw = array_param(
        m.RETIRABLE, m.YEAR, values=np.maximum(np.diff(existing, axis=1, prepend=existing[:, :1]), 0)
    )
    operating = np.array([v.operating for v in vintages]).reshape(len(vintages), years)
    m.operating = array_param(m.VINTAGE, m.YEAR, values=operating)

    m.capacity_gw = array_var(m.UNIT, m.YEAR)
    m.energy_gwh = array_var(m.STORAGE, m.YEAR)
    m.build_gw = array_var(m.VINTAGE)
    m.build_gwh = array_var(m.STORAGE_VINTAGE)
    m.kept_gw = array_var(m.RETIRABLE, m.YEAR, upper=existing)


def _capacity_rows(m: pyo.ConcreteModel) -> None:
    m.capacity_sum = rows(  # (1)
        m.UNIT, m.YEAR,
        rule=lambda m, u, y: m.capacity_gw[u, y] == m.fixed_gw[u, y]
        + sum(m.kept_gw[a, y] for a in m.RETIRABLE_OF_UNIT[u])
        + sum(m.operating[a, v, y] * m.build_gw[a, v] for a, v in m.VINTAGES_OF_UNIT[u]),
    )  # fmt: skip
    m.energy_sum = rows(  # (2)
        m.STORAGE, m.YEAR,
        rule=lambda m, u, y: m.energy_gwh[u, y] == m.fixed_gwh[u, y]
        + sum(m.operating[a, v, y] * m.build_gwh[a, v] for a, v in m.VINTAGES_OF_UNIT[u]),
    )  # fmt: skip
    years = list(m.YEAR)
    m.LATER_YEAR = subset(years[1:])
    m.year_before = array_param(m.LATER_YEAR, values=np.array(years[:-1]))
    m.stay_closed = rows(  # (3)
        m.RETIRABLE, m.LATER_YEAR,
        rule=lambda m, a, y: m.kept_gw[a, y] <= m.kept_gw[a, m.year_before[y]] + m.growth_gw[a, y],
    )  # fmt: skip


def _limits(m: pyo.ConcreteModel, case: Case) -> None:
    caps, vintages = case.investment.caps, list(m.VINTAGE)
    m.CAP = subset(range(len(caps)))
    m.VINTAGES_OF_CAP = grouped(m.CAP, {i: [vintages[v] for v in cap.vintages] for i, cap in enumerate(caps)}, dimen=2)
    m.cap_gw = array_param(m.CAP, values=np.array([cap.limit_mw for cap in caps]) / 1e3)
    m.build_limit = rows(  # (4)
        m.CAP, rule=lambda m, c: sum(m.build_gw[a, v] for a, v in m.VINTAGES_OF_CAP[c]) <= m.cap_gw[c]
    )
    _growth(m, case)
    technology = [case.assets[case.investment.vintages[v].asset].technology for v in stored_vintages(case)]
    m.hours_min = array_param(m.STORAGE_VINTAGE, values=np.array([t.hours_min for t in technology]))
    m.hours_max = array_param(m.STORAGE_VINTAGE, values=np.array([t.hours_max for t in technology]))
    m.least_hours = rows(  # (5)
        m.STORAGE_VINTAGE, rule=lambda m, a, v: m.build_gwh[a, v] >= m.hours_min[a, v] * m.build_gw[a, v]
    )
    m.most_hours = rows(  # (5)
        m.STORAGE_VINTAGE, rule=lambda m, a, v: m.build_gwh[a, v] <= m.hours_max[a, v] * m.build_gw[a, v]
    )


def highest_gw(case: Case) -> np.ndarray:
    """(vintages) most that the limits of (4), (11) and (12) allow each alone; infinite where there are none."""
    highest = np.full(len(case.investment.vintages), np.inf)
    for cap in case.investment.caps:
        members = list(cap.vintages)
        highest[members] = np.minimum(highest[members], cap.limit_mw / 1e3)
    for growth in case.investment.growth:
        for v in {v for _, inside in growth.groups for v in inside}:
            highest[v] = min(highest[v], growth.most_mw(case.investment.vintages[v].window) / 1e3)
    return highest


def _growth(m: pyo.ConcreteModel, case: Case) -> None:
    """Limits over calendar years that several technologies share."""
    growth, names = case.investment.growth, list(m.VINTAGE)
    spans = [(g, span) for g in growth for span in g.spans]
    groups = [(g, group) for g in growth for group in g.groups]
    m.LIMIT_YEAR = pyo.Set(initialize=[(g.limit.id, t) for g in growth for t in g.years], dimen=2, ordered=True)
    m.SPAN = pyo.Set(initialize=[span_label(g, span) for g, span in spans], dimen=4, ordered=True)
    m.WINDOWS = subset(range(len(groups)))
    m.room_gw = array_var(m.LIMIT_YEAR)
    m.span_gw = array_param(m.SPAN, values=np.array([span.mw for _, span in spans]) / 1e3)
    of_span = {span_label(g, s): [(g.limit.id, t) for t in g.years if t in s] for g, s in spans}
    of_years = {i: [(g.limit.id, t) for t in years] for i, (g, (years, _)) in enumerate(groups)}
    of_vintages = {i: [names[v] for v in inside] for i, (_, (_, inside)) in enumerate(groups)}
    m.YEARS_OF_SPAN = grouped(m.SPAN, of_span, dimen=2)
    m.YEARS_OF_WINDOWS = grouped(m.WINDOWS, of_years, dimen=2)
    m.VINTAGES_OF_WINDOWS = grouped(m.WINDOWS, of_vintages, dimen=2)
    m.built_in_room = rows(  # (11)
        m.WINDOWS, rule=lambda m, i: sum(m.build_gw[a, v] for a, v in m.VINTAGES_OF_WINDOWS[i])
        <= sum(m.room_gw[n, t] for n, t in m.YEARS_OF_WINDOWS[i]),
    )  # fmt: skip
    m.growth_limit = rows(  # (12)
        m.SPAN,
        rule=lambda m, n, kind, first, last: sum(m.room_gw[i, t] for i, t in m.YEARS_OF_SPAN[n, kind, first, last])
        <= m.span_gw[n, kind, first, last],
    )  # fmt: skip


def span_label(growth: Growth, span: Span) -> tuple[str, str, int, int]:
    """Limit, column, first and last calendar year."""
    return growth.limit.id, span.kind, span.first, span.last


def _integers(m: pyo.ConcreteModel, case: Case) -> None:
    names = list(m.VINTAGE)
    technology = [case.assets[v.asset].technology for v in case.investment.vintages]
    blocks = [i for i, t in enumerate(technology) if t.unit_size_mw is not None]
    least = [i for i, t in enumerate(technology) if t.minimum_build_mw > 0]
    m.BLOCKS = pyo.Set(initialize=[names[i] for i in blocks], dimen=2, ordered=True)
    m.LEAST = pyo.Set(initialize=[names[i] for i in least], dimen=2, ordered=True)
    m.block_gw = array_param(m.BLOCKS, values=np.array([technology[i].unit_size_mw or 0 for i in blocks]) / 1e3)
    m.least_gw = array_param(m.LEAST, values=np.array([technology[i].minimum_build_mw for i in least]) / 1e3)
    m.most_gw = array_param(m.LEAST, values=highest_gw(case)[least])
    m.blocks = array_var(m.BLOCKS, integer=True)
    m.chosen = array_var(m.LEAST, upper=1.0, integer=True)
    m.whole_units = rows(  # (6)
        m.BLOCKS, rule=lambda m, a, v: m.build_gw[a, v] == m.block_gw[a, v] * m.blocks[a, v]
    )
    m.at_least = rows(  # (7)
        m.LEAST, rule=lambda m, a, v: m.build_gw[a, v] >= m.least_gw[a, v] * m.chosen[a, v]
    )
    m.at_most = rows(m.LEAST, rule=lambda m, a, v: m.build_gw[a, v] <= m.most_gw[a, v] * m.chosen[a, v])  # (7)


def _costs(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """GW times USD/kW is MUSD."""
    vintages, investment = case.investment.vintages, case.investment
    m.annuity = array_param(m.VINTAGE, values=np.array([v.annuity_usd_per_kw for v in vintages]))
    years = len(m.YEAR)
    operation = np.array([v.fixed_om_usd_per_kw_year for v in vintages]).reshape(len(vintages), years)
    m.fixed_om = array_param(m.VINTAGE, m.YEAR, values=operation)
    annuity_energy = [vintages[v].annuity_usd_per_kwh for v in stored_vintages(case)]
    m.annuity_energy = array_param(m.STORAGE_VINTAGE, values=np.array(annuity_energy))
    m.paid_capital = array_param(m.YEAR, values=investment.paid_capital_musd.sum(axis=0))
    free = np.array([a.id not in m.RETIRABLE for a in case.assets], bool)
    m.fixed_om_given = array_param(m.YEAR, values=investment.fixed_om_musd[free].sum(axis=0))
    kept = [asset.fixed_om for asset in case.assets if asset.id in m.RETIRABLE]
    m.fixed_om_kept = array_param(m.RETIRABLE, m.YEAR, values=np.array(kept).reshape(len(kept), years))
    ledger.cost.post(  # (8)
        "capital of new plants",
        lambda m, y: (
            sum(m.annuity[a, v] * m.operating[a, v, y] * m.build_gw[a, v] for a, v in m.VINTAGE)
            + sum(m.annuity_energy[a, v] * m.operating[a, v, y] * m.build_gwh[a, v] for a, v in m.STORAGE_VINTAGE)
        ),
    )
    ledger.cost.post("capital of projects and indebted plants", lambda m, y: m.paid_capital[y])  # (9)
    ledger.cost.post(  # (10)
        "fixed operation",
        lambda m, y: (
            m.fixed_om_given[y]
            + sum(m.fixed_om_kept[a, y] * m.kept_gw[a, y] for a in m.RETIRABLE)
            + sum(m.fixed_om[a, v, y] * m.operating[a, v, y] * m.build_gw[a, v] for a, v in m.VINTAGE)
        ),
    )


def built(s: Solved) -> tuple[np.ndarray, np.ndarray]:
    """New capacity (GW) and storage energy (GWh) of every vintage."""
    power, energy = s.value(s.m.build_gw), np.zeros(len(s.m.VINTAGE))
    energy[stored_vintages(s.case)] = s.value(s.m.build_gwh)
    return power, energy


def report(s: Solved) -> None:
    """Capacity of every asset, what is built of it and what is closed."""
    assets, shape = s.case.assets, (len(s.case.assets), len(s.m.YEAR))
    mw = np.array([a.mw for a in assets]).reshape(shape)
    mwh = np.array([a.mwh for a in assets]).reshape(shape)
    build, build_mwh, retired = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    position = {asset.id: i for i, asset in enumerate(assets)}
    retirable = [position[name] for name in s.m.RETIRABLE]
    kept = s.value(s.m.kept_gw) * 1e3
    retired[retirable], mw[retirable] = mw[retirable] - kept, kept
    for vintage, gw, gwh in zip(s.case.investment.vintages, *built(s), strict=True):
        build[vintage.asset, vintage.year], build_mwh[vintage.asset, vintage.year] = gw * 1e3, gwh * 1e3
        mw[vintage.asset] += vintage.operating * (gw * 1e3)
        mwh[vintage.asset] += vintage.operating * (gwh * 1e3)
    s.put("capacity_mw", mw)
    s.put("energy_capacity_mwh", mwh)
    s.put("build_mw", build)
    s.put("build_mwh", build_mwh)
    s.put("retired_mw", retired)


def carry(h: Handover) -> None:
    """Capacities are the plan's; none is built or closed."""
    storage = [unit for unit in h.case.units if unit.id in h.m.STORAGE]
    h.expect(h.m.capacity_gw, h.capacity_mw / 1e3)
    mwh = [sum(h.case.assets[a].mwh[0] for a in unit.assets) for unit in storage]
    h.expect(h.m.energy_gwh, np.array(mwh) / 1e3)
