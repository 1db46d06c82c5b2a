"""National targets: the renewable share by a legal definition, reported, priced, or binding.

==========  ==================  ========  ====  ==============================================================
symbol      name                index     unit  meaning
==========  ==================  ========  ====  ==============================================================
``ω``       counts              target, unit  –  share of a unit's energy that counts by the target's definition
``x``       target_missing_gwh  target    GWh   energy missing to the target (variable; zero when it is hard)
==========  ==================  ========  ====  ==============================================================

(1)  Σ_u ω[t,u]·G[u] + x[t] ≥ percent·B[t],   B = generation Σ_u G[u] + U, or consumption: load with vehicles,
     less what they feed back (so that their losses count)

G is the energy of a unit in the target's year, after curtailment; U is unserved energy, counted in both bases so that
a target is never met by leaving customers in the dark. Only targets that are soft or hard have a row;
whether a reported target is met is read from the results.

Left out: what becomes of energy that counts. A binding target pays for wind and sun that are lost instead of curtailed:
in storage, in vehicles that charge and feed, on a line used both ways at once (which the independent check refuses).
Their cost of use (operation, wear, hurdle) stands against it, so give one to lines where a target is binding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.features.dispatch import is_dispatched
from simulator.model.features.nev_charging import fed_gw, smart_gw
from simulator.model.features.renewables import net_output, pools
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset


def binding_targets(case: Case) -> list[int]:
    """Positions of the targets that shape the plan."""
    targets = case.targets
    return [
        t for t in range(len(targets.id))
        if targets.mode[t] != "report" and targets.calendar_year[t] in case.horizon.years
    ]  # fmt: skip


def add(m: pyo.ConcreteModel, case: Case, ledger: Ledger) -> None:
    """Declare the rows of soft and hard targets."""
    targets, binding = case.targets, binding_targets(case)
    m.TARGET = subset(targets.id[t] for t in binding)
    _members(m, case, binding)
    hard = np.array([targets.mode[t] == "hard" for t in binding], bool)
    price = np.array([targets.shortfall_usd_per_mwh[t] for t in binding]) / 1e3
    m.target_price = array_param(m.TARGET, values=price)
    m.required_share = array_param(m.TARGET, values=np.array([targets.percent[t] for t in binding]) / 100)
    by_consumption = np.array([targets.basis[t] == "consumption" for t in binding], float)
    m.by_consumption = array_param(m.TARGET, values=by_consumption)
    m.target_missing_gwh = array_var(m.TARGET, upper=np.where(hard, 0.0, np.inf))
    m.target = rows(  # (1)
        m.TARGET,
        rule=lambda m, t: (
            _counted(m, t) + m.target_missing_gwh[t]
            >= m.required_share[t] * ((1 - m.by_consumption[t]) * _generation(m, t) + m.by_consumption[t] * _load(m, t))
        ),
    )
    m.TARGETS_OF_YEAR = grouped(
        m.YEAR, {y: [targets.id[t] for t in binding if targets.calendar_year[t] == y] for y in case.horizon.years}
    )
    ledger.cost.post(
        "missed targets",
        lambda m, y: sum(m.target_price[t] * m.target_missing_gwh[t] for t in m.TARGETS_OF_YEAR[y]),
    )


def _members(m: pyo.ConcreteModel, case: Case, binding: list[int]) -> None:
    targets = case.targets
    name = {t: targets.id[t] for t in binding}
    pool_units = pools(case)
    plants = {
        name[t]: [u.id for u in case.units if is_dispatched(u) and u.country == targets.country[t]] for t in binding
    }
    natural = {
        name[t]: [p for p, found in pool_units.items() if case.units[found[0]].country == targets.country[t]]
        for t in binding
    }
    m.PLANTS_OF_TARGET = grouped(m.TARGET, plants)
    m.POOLS_OF_TARGET = grouped(m.TARGET, natural)
    m.ZONES_OF_TARGET = grouped(
        m.TARGET, {name[t]: [z.id for z in case.zones if z.country == targets.country[t]] for t in binding}
    )
    m.YEAR_OF_TARGET = grouped(m.TARGET, {name[t]: [int(targets.calendar_year[t])] for t in binding})
    column = [case.law.definitions.index(targets.definition[t]) for t in binding]
    dispatched = [u for u in case.units if is_dispatched(u)]
    shape = (len(binding), len(dispatched))
    m.counts = array_param(
        m.TARGET, m.DISPATCHED,
        values=np.array([[u.eligibility[d] for u in dispatched] for d in column]).reshape(shape),
    )  # fmt: skip
    first = [case.units[found[0]] for found in pool_units.values()]
    m.pool_counts = array_param(
        m.TARGET, m.POOL,
        values=np.array([[u.eligibility[d] for u in first] for d in column]).reshape(len(binding), len(first)),
    )  # fmt: skip


def _counted(m: pyo.ConcreteModel, t: Any) -> Any:
    return sum(
        m.counts[t, u] * m.hours[y, s] * m.output_gw[u, y, s]
        for y in m.YEAR_OF_TARGET[t] for u in m.PLANTS_OF_TARGET[t] for s in m.SLICE
    ) + sum(
        m.pool_counts[t, p] * m.hours[y, s] * net_output(m, p, y, s)
        for y in m.YEAR_OF_TARGET[t] for p in m.POOLS_OF_TARGET[t] for s in m.SLICE
    )  # fmt: skip


def _generation(m: pyo.ConcreteModel, t: Any) -> Any:
    return (
        sum(
            m.hours[y, s] * m.output_gw[u, y, s]
            for y in m.YEAR_OF_TARGET[t]
            for u in m.PLANTS_OF_TARGET[t]
            for s in m.SLICE
        )
        + sum(
            m.hours[y, s] * net_output(m, p, y, s)
            for y in m.YEAR_OF_TARGET[t]
            for p in m.POOLS_OF_TARGET[t]
            for s in m.SLICE
        )
        + sum(
            m.hours[y, s] * m.unserved_gw[z, y, s]
            for y in m.YEAR_OF_TARGET[t]
            for z in m.ZONES_OF_TARGET[t]
            for s in m.SLICE
        )
    )


def _load(m: pyo.ConcreteModel, t: Any) -> Any:
    return sum(
        m.hours[y, s] * (m.load_gw[z, y, s] + m.nev_gw[z, y, s] + smart_gw(m, z, y, s) - fed_gw(m, z, y, s))
        for y in m.YEAR_OF_TARGET[t]
        for z in m.ZONES_OF_TARGET[t]
        for s in m.SLICE
    )
