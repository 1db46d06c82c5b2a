"""National targets: the renewable share by a legal definition, reported, priced, or binding.

======  ===================  ====================  =======  =======================================================
symbol  name                 index                 unit     meaning
======  ===================  ====================  =======  =======================================================
``ω``   counts, pool_counts  target, unit or pool  –        share of a unit's energy that counts by the target's
                                                            definition
``x``   target_missing_gwh   target                GWh      energy missing to the target (variable; zero when it is
                                                            hard)
``p``   required_share       target                –        share that is asked for
``π``   target_price         target                USD/MWh  price of energy missing to a soft target
======  ===================  ====================  =======  =======================================================

Of the target's country and year, in GWh:

==========  ======================================================================================================
``R``       energy that counts, Σ_u ω[t,u]·G[u], after curtailment and less the plants' own use
``G``       all that is generated, own use included
``L``       what reaches nobody: lost on lines inside the country and at its border, in storage, by vehicles that
            feed back, and surplus (account of ``surplus``)
``U``       load that is shed, so that no target is met by leaving customers in the dark
``C``       what users need: load and charging, shed or not, without what vehicles lose by feeding back
``O``       what the country takes beside: own use of its plants, and what its distribution networks lose of power w
            on its way to users, (1 − μ)·(w − Λ), with Λ the part of L that lies below them and has that loss in it
==========  ======================================================================================================

(1)  R − L + x ≥ p·(G − L + U)     basis generation
(2)  R − L + x ≥ p·(C + O)         basis generation, unless the target lets imports rise
(3)  R − L + x ≥ p·C               basis consumption
(4)  cost "missed targets"[y] = Σ_{t of year y} π[t]·x[t] / 1000

Only targets that are soft or hard have rows; whether a reported target is met is read from the results.

*What is lost does not count.* A share asks for energy that reaches users, so all that is lost is taken from the energy
that counts. Then no plan is nearer to a target by burning. Let it lose t > 0 more, sent out by a unit of which ω counts
and which uses υ ≥ 0 itself: R grows by ω·t, L by t, G by t + υ, O by υ, C stays. The left sides grow by (ω − 1)·t ≤ 0,
the right sides by p·υ ≥ 0. Sent out and lost below a distribution network it has L grow by t/μ, O fall by (1/μ − 1)·t;
the left sides lose another (1/μ − 1)·t, the right ones p times that. So for every p, ω, price and hurdle, losing is no
better than curtailing or turning down; and throwing away what must run is as good as burning it, and by ``surplus``
cheaper.

No rule that is linear could spare losses that have a use. Power that passes a line both ways is the mean of two plans
in which it passes one way; what counts fully in both counts fully in their mean. So the rows ask a little more than the
law, which counts what is generated: by (1), R ≥ p·(G + U) + (1 − p)·L. The share by law is met with that to spare.

*Imports do not count as fewer needs.* Net imports M, measured beyond the border lines, close the balance of the
country: G + M + U = C + O + L. So (2) is (1) with M added to what is generated: a share of all electricity the country
takes. Importing instead of generating lowers G and would meet (1) without a kilowatt more; it leaves (2) as it is, but
for the own use of plants that do not run. A country with net exports has (1) as the stricter row, one with net imports
(2); both shares, of generation and of consumption, then reach p. A target of consumption needs no such guard.

Left out: what becomes of energy that is exported. It counts, as it does by law, even where a neighbour has no use for
it and throws it away; the results name such surplus.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from simulator.case.case import Case
from simulator.model.features.dispatch import is_dispatched
from simulator.model.features.renewables import net_output, pools
from simulator.model.features.surplus import lost_below
from simulator.model.ledger import Ledger
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.sets import grouped, subset
from simulator.model.solved import Solved


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
    m.target_missing_gwh = array_var(m.TARGET, upper=np.where(hard, 0.0, np.inf))
    generated = [t for t in binding if targets.basis[t] == "generation"]
    m.GENERATION_TARGET = subset(targets.id[t] for t in generated)
    m.HELD_TARGET = subset(targets.id[t] for t in generated if targets.imports[t] == "held")
    m.CONSUMPTION_TARGET = subset(targets.id[t] for t in binding if targets.basis[t] == "consumption")
    m.target = rows(  # (1)
        m.GENERATION_TARGET,
        rule=lambda m, t: _reached(m, ledger, t) >= m.required_share[t] * (_generation(m, t) - _lost(m, ledger, t)),
    )
    m.target_held = rows(  # (2)
        m.HELD_TARGET, rule=lambda m, t: _reached(m, ledger, t) >= m.required_share[t] * (_needed(m, t) + _beside(m, t))
    )
    m.target_of_consumption = rows(  # (3)
        m.CONSUMPTION_TARGET, rule=lambda m, t: _reached(m, ledger, t) >= m.required_share[t] * _needed(m, t)
    )
    m.TARGETS_OF_YEAR = grouped(
        m.YEAR, {y: [targets.id[t] for t in binding if targets.calendar_year[t] == y] for y in case.horizon.years}
    )
    ledger.cost.post(  # (4)
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
    m.COUNTRY_OF_TARGET = grouped(m.TARGET, {name[t]: [targets.country[t]] for t in binding})
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


def _reached(m: pyo.ConcreteModel, ledger: Ledger, t: Any) -> Any:
    """R − L + x."""
    return _counted(m, t) - _lost(m, ledger, t) + m.target_missing_gwh[t]


def _counted(m: pyo.ConcreteModel, t: Any) -> Any:
    return sum(
        m.counts[t, u] * m.sent_out[u] * m.hours[y, s] * m.output_gw[u, y, s]
        for y in m.YEAR_OF_TARGET[t] for u in m.PLANTS_OF_TARGET[t] for s in m.SLICE
    ) + sum(
        m.pool_counts[t, p] * m.net_of_use[p] * m.hours[y, s] * net_output(m, p, y, s)
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


def _lost(m: pyo.ConcreteModel, ledger: Ledger, t: Any) -> Any:
    """L."""
    return sum(
        m.hours[y, s] * ledger.lost.total(m, c, y, s)
        for y in m.YEAR_OF_TARGET[t] for c in m.COUNTRY_OF_TARGET[t] for s in m.SLICE
    )  # fmt: skip


def _needed(m: pyo.ConcreteModel, t: Any) -> Any:
    """C: over a day smart charging adds up to what it would be without control."""
    return sum(
        m.hours[y, s]
        * (m.load_gw[z, y, s] + m.nev_gw[z, y, s] + sum(m.baseline_gw[k, y, s] for k in m.SMART_OF_ZONE[z]))
        for y in m.YEAR_OF_TARGET[t] for z in m.ZONES_OF_TARGET[t] for s in m.SLICE
    )  # fmt: skip


def _beside(m: pyo.ConcreteModel, t: Any) -> Any:
    """O."""
    return sum(
        (1 - m.sent_out[u]) * m.hours[y, s] * m.output_gw[u, y, s]
        for y in m.YEAR_OF_TARGET[t] for u in m.PLANTS_OF_TARGET[t] for s in m.SLICE
    ) + sum(
        (1 - m.net_of_use[p]) * m.hours[y, s] * net_output(m, p, y, s)
        for y in m.YEAR_OF_TARGET[t] for p in m.POOLS_OF_TARGET[t] for s in m.SLICE
    ) + sum(
        (1 - m.distribution_delivered[k]) * m.hours[y, s] * (m.withdrawn_gw[k, y, s] - lost_below(m, k, y, s))
        for y in m.YEAR_OF_TARGET[t] for z in m.ZONES_OF_TARGET[t] for k in m.NETWORK_OF_ZONE[z] for s in m.SLICE
    )  # fmt: skip


def report(s: Solved) -> None:
    """What is missing to each target, and what one more MWh of it costs."""
    case, binding = s.case, binding_targets(s.case)
    dual, missing = np.full(len(case.targets.id), np.nan), np.full(len(case.targets.id), np.nan)
    weight = [case.horizon.weight[case.horizon.years.index(int(case.targets.calendar_year[t]))] for t in binding]
    dual[binding] = _duals(s) * 1e3 / np.array(weight)
    missing[binding] = s.value(s.m.target_missing_gwh)
    s.put("target_dual_usd_per_mwh", dual)
    s.put("target_shortfall_gwh", missing)


def _duals(s: Solved) -> np.ndarray:
    """What each target adds to the present value per GWh that is asked for, over all its rows."""
    found: dict[str, float] = dict.fromkeys(s.m.TARGET, 0.0)
    for law, members in (
        (s.m.target, s.m.GENERATION_TARGET),
        (s.m.target_held, s.m.HELD_TARGET),
        (s.m.target_of_consumption, s.m.CONSUMPTION_TARGET),
    ):
        for name, value in zip(members, s.dual(law), strict=True):
            found[name] -= float(value)  # Pyomo turns a ≥ b into b − a ≤ 0
    return np.array(list(found.values()))
