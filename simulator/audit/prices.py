"""Prices agree with decisions: at a plan's prices nobody who is free would do something else.

The price of energy is a dual of the balance, so it cannot be recomputed from decisions; but it must agree with them.
What can still give or take more has a cost of at least the price, what can give or take less one of at most the price.

(1)  load shed:    price ≤ its value where more could be shed, ≥ where some is; step by step where it is rationed
(2)  market steps: price ≤ what an import costs where more could come, ≥ where some comes; exports the other way round
(3)  links:        price at the end, less losses, ≤ price at the start + cost of use where more fits, ≥ where some flows
(4)  plants:       price of what they send out ≤ running cost where they could give more, ≥ where they give some
(5)  wind and sun: price ≤ running cost where some is thrown away, ≥ where some is taken
(6)  water:        as (4), at the worth of water here less its worth below; nothing where some is spilled; and a lake
                   neither full nor empty is worth tomorrow what it is today; both per MWh that its water gives
(7)  below a distribution network a MWh is worth the price over the share that arrives: at least where the network
                   draws any, at most where it could draw more; (1), (4), (5) there

Left out is who is bound by something that has a price of its own: ramps and least outputs, contracts, windows, fuel in
steps, caps, reserve where it is short, loops and cut-sets, targets. So not every price is checked alone; prices of
zones and hours check each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import xarray as xr

from simulator.audit import books, days, grid, policy, shedding
from simulator.audit.capacity import of_units
from simulator.audit.running import able_share, spare
from simulator.case.capacity.units import DispatchUnit
from simulator.case.case import Case

INDIFFERENT = 1e-3
"""USD per MWh that decide nothing: less is used to choose between plans of equal cost."""
INTERIOR = 1.0
"""USD per MWh to which the prices of an interior point are exact, in hours that represent few of a year."""

Deed = tuple[np.ndarray | float, np.ndarray | float, np.ndarray, np.ndarray]
"""What one more MWh is worth and costs, where more could be done, and where some is done."""


def prices(case: Case, results: xr.Dataset) -> float:
    """How far prices disagree with decisions, relative to the highest price; none outside the year."""
    price = results.variables["price_usd_per_mwh"].values
    if np.any(np.isfinite(price) != (case.hours > 0)[None]):
        return np.inf
    scale = max(float(np.abs(np.nan_to_num(price)).max(initial=0)), 1.0)
    market = _Market(case, results)
    return _excess((_regret(deed, case.hours > 0) for deed in market.deeds()), results, INDIFFERENT) / scale


def water_values(case: Case, results: xr.Dataset) -> float:
    """How far the worth of water disagrees with lakes and spill, relative to the highest."""
    value = results.variables["water_value_usd_per_hm3"].values
    if not np.isfinite(value).all():
        return np.inf
    market = _Market(case, results)
    worth = (float(np.abs(value[r]).max(initial=0)) / mwh for r, mwh in enumerate(market.mwh_per_hm3))
    scale = max(max(worth, default=0.0), 1.0)
    exact = INDIFFERENT / max([1.0, *market.mwh_per_hm3])
    return _excess((_regret(deed, np.array(True)) for deed in market.lakes()), results, exact) / scale


def _excess(regrets: Iterable[float], results: xr.Dataset, exact: float) -> float:
    """The largest regret beyond ``exact``, or what the prices of an interior point are exact to."""
    allowed = INTERIOR if results.attrs["solver"] == "piqp" else exact
    return max(max(regrets, default=0.0) - allowed, 0.0)


def _regret(deed: Deed, now: np.ndarray) -> float:
    """What somebody would gain by doing more, or less."""
    worth, cost, more, some = deed
    gain = np.nan_to_num(np.asarray(worth - cost))
    return float(max(np.max(gain * (more & now), initial=0), np.max(-gain * (some & now), initial=0)))


def _between(amount: np.ndarray, least: np.ndarray | float, most: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Whether there is room above, and something above the least; what a solver rounds is neither."""
    rounding = 1e-5 * float(np.max(np.abs(amount), initial=0)) + 1e-4
    return amount < most - rounding, amount > least + rounding


class _Market:
    """Decisions and the prices they meet."""

    def __init__(self, case: Case, results: xr.Dataset) -> None:
        self.case, self.results = case, results
        self.zone = {zone.id: z for z, zone in enumerate(case.zones)}
        self.country = {c.id: i for i, c in enumerate(case.countries)}
        self.price = results.variables["price_usd_per_mwh"].values
        self.bound = {(row.country, y) for _, row, y in policy.binding(case)}
        self.spare = spare(case, results)
        self.value = results.variables["water_value_usd_per_hm3"].values
        self.lake = {row.id: i for i, row in enumerate(case.water.reservoirs)}
        self.mwh_per_hm3 = [row.energy_mwh_per_hm3 for row in case.water.reservoirs]

    def deeds(self) -> Iterator[Deed]:
        """(1) to (7) of power."""
        yield from self._shed()
        yield from self._offers()
        yield from self._links()
        for u, unit in enumerate(self.case.units):
            found = None
            if unit.technology.kind in ("variable", "run_of_river"):
                found = self._natural(u, unit)
            elif unit.technology.kind in ("thermal", "reservoir") and not self._steps(unit):
                found = self._plant(u, unit)
            if found is not None:
                yield self._below(unit.zone, found) if unit.below else found

    def _below(self, zone: str, deed: Deed) -> Deed:
        """(7) A deed whose worth is that at the zone, below the zone's distribution network, if it has one."""
        worth, cost, more, some = deed
        network = next((x for x in self.case.distribution_networks if x.row.zone == zone), None)
        if network is None:
            return deed
        arrives = 1 - network.row.loss_percent / 100
        if arrives == 0:
            return worth, cost, more & False, some & False
        z = self.zone[zone]
        capacity = self.results.variables["distribution_network_mw"].values[z][:, None]
        room, draws = _between(self.results.variables["distribution_withdrawal_mw"].values[z], 0, capacity)
        return worth / arrives, cost, more & draws, some & room

    def _free(self, *countries: str) -> np.ndarray:
        """(Y, 1) years in which no target binds these countries."""
        years = range(len(self.case.horizon.years))
        return np.array([all((c, y) not in self.bound for c in countries) for y in years])[:, None]

    def _home(self, zone: str) -> str:
        return self.case.zones[self.zone[zone]].country

    def _shed(self) -> Iterator[Deed]:
        for z, zone in enumerate(self.case.zones):
            free = self._free(zone.country)
            for price, shed, most in shedding.steps_of(self.case, self.results, z):
                more, some = _between(shed, 0, most)
                yield self._below(zone.id, (self.price[z], price, more & free, some & free))

    def _offers(self) -> Iterator[Deed]:
        agreed = {name for contract in self.case.contracts for name in contract.row.market_steps}
        for step, traded in zip(self.case.market_steps, self.results.variables["trade_mw"].values, strict=True):
            row = step.row
            if row.profile == "flat" or row.minimum_gwh > 0 or row.maximum_gwh is not None or row.id in agreed:
                continue
            more, some = _between(traded, 0, step.limit_mw)
            free = self._free(self._home(step.row.zone))
            here, there = self.price[self.zone[step.row.zone]], step.row.usd_per_mwh
            worth, cost = (here, there) if step.row.direction == "import" else (there, here)
            yield worth, cost, more & free, some & free

    def _links(self) -> Iterator[Deed]:
        added = grid.added_mw(self.case, self.results)
        limited = [cut for cut in self.case.cut_sets if np.isfinite([cut.forward_mw, cut.backward_mw]).any()]
        tied = {name for cut in limited for name in (*cut.row.forward_links, *cut.row.backward_links)}
        agreed = {
            "forward_mw": {name for contract in self.case.contracts for name in contract.row.forward_links},
            "backward_mw": {name for contract in self.case.contracts for name in contract.row.backward_links},
        }
        for k, line in enumerate(self.case.links):
            if line.row.id in tied or any(loop.radian_per_gw[k] for loop in self.case.loops):
                continue
            row = line.row
            free = self._free(self._home(row.from_zone), self._home(row.to_zone))
            for start, end, way, capacity in (
                (row.from_zone, row.to_zone, "forward_mw", line.forward_mw),
                (row.to_zone, row.from_zone, "backward_mw", line.backward_mw),
            ):
                if row.id in agreed[way]:
                    continue
                more, some = _between(self.results.variables[way].values[k], 0, (capacity + added[k])[:, None])
                worth = (1 - row.loss_percent / 100) * self.price[self.zone[end]]
                yield worth, self.price[self.zone[start]] + row.hurdle_usd_per_mwh, more & free, some & free

    def _natural(self, u: int, unit: DispatchUnit) -> Deed:
        """Output takes reserve with it where wind and sun ask for some, so more of it may cost more, never less."""
        _, wasted = _between(self.results.variables["curtailment_mw"].values[u], 0, np.inf)
        _, taken = _between(self.results.variables["generation_mw"].values[u], 0, np.inf)
        free, spare_ = self._free(unit.country), self.spare[self.country[unit.country]]
        cost = books.operation_usd_per_mwh(self.case, unit)[:, None]
        return self.price[self.zone[unit.zone]], cost, wasted & free & spare_, taken & free

    def _steps(self, unit: DispatchUnit) -> bool:
        """Whether it burns a fuel that is sold in steps or delivered within limits."""
        limited = [(row.fuel, row.zones) for row in self.case.system.fuel_supply]
        limited += [(row.fuel, row.zones) for row in self.case.system.fuel_deliveries]
        return any(unit.technology.fuel == fuel and unit.zone in zones for fuel, zones in limited)

    def _plant(self, u: int, unit: DispatchUnit) -> Deed:
        case, technology = self.case, unit.technology
        capacity = of_units(case, self.results)[u][:, None]
        least, most = case.must_run[u] * capacity, case.availability[u] * capacity
        free = self._free(unit.country) & np.isinf(case.carbon_cap_kt[self.country[unit.country]])[:, None]
        if technology.commitment:
            online = self.results.variables["online_mw"].values[u][:, case.frame.day]
            able = able_share(case, u)
            lowest = np.minimum(technology.minimum_output_percent / 100, able)
            least = np.maximum(least, lowest * online)
            most = np.minimum(most, able * online)
            change = 100 * (able.max() - lowest.min(where=case.hours > 0, initial=1))
            free = free & (technology.ramp_percent_per_hour * float(case.frame.block_hours.min()) >= change)
        more, some = _between(self.results.variables["generation_mw"].values[u], least, most)
        running = books.operation_usd_per_mwh(case, unit) + books.fuel_usd_per_mwh(case, unit)
        carbon = policy.emission(case, unit) * case.carbon_usd_per_t[self.country[unit.country]]
        cost = (running + carbon)[:, None] + np.zeros_like(most)
        if unit.reservoir is not None:
            r = self.lake[unit.reservoir]
            cost = cost + (self._worth(r) / case.water.reservoirs[r].energy_mwh_per_hm3)[:, case.frame.day]
            free = free & self._open(r)[:, case.frame.day]
        free = free & (not technology.flat)
        spare_ = self.spare[self.country[unit.country]] | (not technology.spinning)
        worth = (1 - technology.own_use_percent / 100) * self.price[self.zone[unit.zone]]
        return worth, cost, more & free & spare_, some & free

    # ------------------------------------------------------------------------------------------------------ water

    def _worth(self, r: int) -> np.ndarray:
        """(Y, D) USD per hm3 that leaves a reservoir: its worth there less its worth where and when it arrives."""
        row = self.case.water.reservoirs[r]
        if row.downstream is None:
            return np.asarray(self.value[r])
        below = np.einsum("yk,ydk->yd", self.value[self.lake[row.downstream]], self.case.water.arrival_share[r])
        return np.asarray(self.value[r] - below)

    def _open(self, r: int) -> np.ndarray:
        """(Y, D) days of a reservoir that lie in no window of release, nor send water into a day below that windows
        divide: what can leave in them grows with what arrives."""
        water, found = self.case.water, days.weight(self.case) > 0
        for window in water.windows:
            if window.reservoir == r:
                found &= window.share == 0
        for part in water.parts:
            if part.reservoir == r:
                found[part.year, part.day] = False
            if water.reservoirs[part.reservoir].id == water.reservoirs[r].downstream:
                found[part.year] &= water.arrival_share[r][part.year, :, part.day] == 0
        return found

    def lakes(self) -> Iterator[Deed]:
        """(6) of lakes and spill, per MWh: one hm3 gives hundreds, so its worth is known that much less exactly."""
        for r, row in enumerate(self.case.water.reservoirs):
            level, spilled = (self.results.variables[f"reservoir_{name}_hm3"].values[r] for name in ("level", "spill"))
            more, some = _between(level, row.active_hm3 * row.minimum_percent / 100, row.active_hm3)
            there = days.weight(self.case) > 0
            first = there.argmax(axis=1)
            if row.start_percent is not None:
                more[np.arange(len(first)), first] = some[np.arange(len(first)), first] = False
            worth, leaving = self.value[r] / self.mwh_per_hm3[r], self._worth(r) / self.mwh_per_hm3[r]
            yield worth, days.shifted(self.case, worth, 1), more & there, some & there
            _, spills = _between(spilled, 0, np.inf)
            yield 0.0, leaving, self._open(r), spills & self._open(r)
