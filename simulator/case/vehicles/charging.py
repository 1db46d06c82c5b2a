"""Charging: what vehicles draw hour by hour, how far the plan may shift it, and the chargers it takes.

Vehicles that charge without control are part of the load (``Case.nev_mw``). Of those that charge smartly, a plan knows
what they would draw if nobody controlled them, and how far it may depart from that.

========  ==================  ====  =====================================================================
symbol    index               unit  meaning
========  ==================  ====  =====================================================================
``E``     zone, class, month  MWh   drawn on each day (``vehicle_energy``)
``q``     place               1     share of the class's energy charged there
``h``     place, hour         1     share of a day's energy drawn in the hour, on the common clock (UTC+5)
``σ``     place               1     smart share of its energy
``L``     place               h     hours a vehicle stays plugged in after its charging would begin
``P, s``  place               kW    power of a charger, and kWh of a session
``ν, α``  country             1     share of smart vehicles that feed back; how much of them can be counted on
========  ==================  ====  =====================================================================

(1)  uncontrolled[z,v,place] = E·q·h
(2)  baseline b[z] = Σ σ·uncontrolled; the rest is part of the load
(3)  deferrable[z,s] = Σ b·Δ over the L hours before s, cyclic within the day: they may still be owed
(4)  power[z,s] = P/s · (b·Δ of the slice and of the L hours before): sessions that are plugged in, times their power;
     at least b
(5)  feed = ν·α·power;  battery = ν·α·(part of the battery that may be borrowed)·(kWh of the smart vehicles)

Slices are cut from the total charging of a zone so that its energy is that of the year; the smart part of a slice has
the same proportion as in its hours, so that fixed and smart charging always add up to the total.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.finance import capital_recovery_factor
from simulator.case.time.calendar import HOURS, MONTH_OF_DAY
from simulator.case.time.frame import Frame, aggregate_load, block_means
from simulator.case.vehicles.energy import Energy, zone_shares
from simulator.case.vehicles.fleet import Fleet
from simulator.errors import InputError, Problem
from simulator.grouping import lists
from simulator.system import ChargingPlace, ChargingTerms, System


@dataclass(frozen=True)
class Flexible:
    """Smart charging of the vehicles of a zone (Z) in a model year (Y) and slice (S)."""

    baseline_mw: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    """What they would draw without control; a day's sum is the energy they need that day."""
    power_mw: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    """Most that those plugged in can draw; never below the baseline."""
    deferrable_mwh: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    """Most energy that may be owed to them at the start of the slice."""
    feed_mw: np.ndarray = field(metadata=over("zone", "year", "slice", least=0))
    """Most that they can feed to the grid."""
    battery_mwh: np.ndarray = field(metadata=over("zone", "year", least=0))
    """Energy that may be borrowed from their batteries, beyond what is deferrable."""
    feed_efficiency: np.ndarray = field(metadata=over("zone", least=0))
    """Energy fed to the grid per energy taken from the batteries and charged again later."""
    wear_usd_per_mwh: np.ndarray = field(metadata=over("zone", least=0))
    """Wear of the batteries per MWh fed."""
    network_usd_per_kw_year: np.ndarray = field(metadata=over("zone", least=0))
    """Yearly cost of distribution network per kW of the highest net charging, controlled or not."""


def inflexible(zones: int, years: int, slices: int) -> Flexible:
    """No smart charging at all, and distribution networks that cost nothing."""
    nothing, zone = np.zeros((zones, years, slices)), np.zeros(zones)
    return Flexible(nothing, nothing, nothing, nothing, np.zeros((zones, years)), np.ones(zones), zone, zone)


@dataclass(frozen=True)
class Chargers:
    """Chargers of a place, over all classes that charge there; C countries, L places, Y model years."""

    places: tuple[str, ...]
    count: np.ndarray = field(metadata=over("country", "place", "year", least=0))
    musd: np.ndarray = field(metadata=over("country", "year", least=0))
    """Yearly payment for them, at the discount rate, MUSD."""


class Charging:
    """Charging of all zones: hourly, then by slice."""

    def __init__(self, system: System, fleet: Fleet, energy: Energy, years: tuple[int, ...], weekend: np.ndarray):
        """``weekend``: (365) by day. Raises ``InputError`` for profiles and places that do not fit together."""
        self.system, self.fleet, self.years = system, fleet, years
        self.energy, self.weekend = energy, weekend
        self.profiles = _profiles(system)
        self.terms = {row.country: row for row in system.charging_terms}
        self.places = lists(((row.country, row.vehicle), row) for row in system.charging_places)
        _check_places(system, self.places, self.profiles)

    def terms_of(self, country: str) -> ChargingTerms:
        """The country's terms, or the defaults without any."""
        return self.terms.get(country) or ChargingTerms(country=country)

    def unit_day(self, row: ChargingPlace) -> np.ndarray:
        """(365, 24) share of a day's energy that is drawn in each hour of the common clock."""
        kinds = np.array([self.profiles[row.profile, kind] for kind in ("weekday", "weekend")])
        common = np.roll(kinds, -self.terms_of(row.country).hours_ahead, axis=1)
        return np.asarray(common[self.weekend.astype(int)])

    def hourly_mw(self, z: int, row: ChargingPlace) -> np.ndarray:
        """(1) what a place of a zone draws: (Y, 8760)."""
        day = self.energy.day_mwh[z, self.fleet.vehicles.index(row.vehicle)][MONTH_OF_DAY - 1]  # (365, Y)
        hourly = row.share_percent / 100 * day[:, None, :] * self.unit_day(row)[:, :, None]
        return np.asarray(hourly.reshape(HOURS, len(self.years)).T)

    def by_zone(self, z: int) -> list[ChargingPlace]:
        """Places where the vehicles of a zone charge."""
        country = self.system.zones[z].country
        return [row for (c, _), rows in self.places.items() if c == country for row in rows]

    def total_mw(self) -> tuple[np.ndarray, np.ndarray]:
        """(Z, Y, 8760) all charging when nothing is controlled, and the smart vehicles' part of it."""
        total = np.zeros((len(self.system.zones), len(self.years), HOURS))
        smart = np.zeros_like(total)
        for z in range(len(self.system.zones)):
            for row in self.by_zone(z):
                hourly = self.hourly_mw(z, row)
                total[z] += hourly
                if row.smart_percent > 0:
                    smart[z] += row.smart_percent / 100 * hourly
        return total, smart

    def sliced(self, frame: Frame, total: np.ndarray, rate: float) -> tuple[np.ndarray, Flexible]:
        """Charging that nobody controls (Z, Y, S), and (2) to (5); ``rate``: discount rate, fraction."""
        all_mw, means = aggregate_load(total, frame), block_means(total, frame)
        scale = np.divide(all_mw, means, out=np.zeros_like(means), where=means > 0)
        shape, zones = all_mw.shape, range(len(self.system.zones))
        baseline, power, owed, feed = (np.zeros(shape) for _ in range(4))
        battery = np.zeros(shape[:2])
        for z in zones:
            terms = self.terms_of(self.system.zones[z].country)
            fed = terms.v2g_percent * terms.v2g_available_percent / 1e4
            for row in self.by_zone(z):
                if row.smart_percent == 0:
                    continue
                smart = row.smart_percent / 100 * block_means(self.hourly_mw(z, row), frame) * scale[z]
                before = recent(smart, frame, row.delay_hours)
                sessions_kw = row.charger_kw / row.session_kwh * (before + smart * frame.block_hours)
                baseline[z] += smart
                owed[z] += before
                power[z] += np.maximum(smart, sessions_kw)
                feed[z] += fed * sessions_kw
                battery[z] += fed * terms.v2g_battery_percent / 100 * self._batteries_mwh(z, row)
        each = [self.terms_of(zone.country) for zone in self.system.zones]
        return all_mw - baseline, Flexible(
            baseline, power, owed, feed, battery,
            np.array([terms.v2g_efficiency_percent / 100 for terms in each]),
            np.array([terms.v2g_wear_usd_per_mwh for terms in each]),
            np.array([t.network_usd_per_kw * capital_recovery_factor(rate, t.network_life_years) for t in each]),
        )  # fmt: skip

    def _batteries_mwh(self, z: int, row: ChargingPlace) -> np.ndarray:
        """(Y) batteries of the smart vehicles of a place: those it charges, by its share of their energy."""
        v, share = self.fleet.vehicles.index(row.vehicle), zone_shares(self.system)[z]
        each = self.fleet.by_type(lambda kind: kind.battery_kwh)[v]
        stock = self.fleet.mean(self.years)[self.fleet.countries.index(row.country), v]
        return np.asarray(each @ stock * share * row.share_percent * row.smart_percent / 1e4 / 1e3)

    def chargers(self, rate: float) -> Chargers:
        """Chargers by place, and what they cost a year."""
        names = tuple(dict.fromkeys(row.place for row in self.system.charging_places))
        count = np.zeros((len(self.fleet.countries), len(names), len(self.years)))
        musd = np.zeros((len(self.fleet.countries), len(self.years)))
        plug_in = self.fleet.by_type(lambda row: row.electric_km_percent > 0)
        vehicles = np.einsum("cvpy,vp->cvy", self.fleet.mean(self.years), plug_in)
        for row in self.system.charging_places:
            c, v = self.fleet.countries.index(row.country), self.fleet.vehicles.index(row.vehicle)
            here = vehicles[c, v] / row.vehicles_per_charger
            count[c, names.index(row.place)] += here
            musd[c] += here * row.charger_usd * capital_recovery_factor(rate, row.charger_life_years) / 1e6
        return Chargers(names, count, musd)


def recent(mw: np.ndarray, frame: Frame, hours: float) -> np.ndarray:
    """(3) energy of the last ``hours`` before each slice of (…, S), cyclic within its day, MWh.

    All days of the frame have the same number of blocks of the same length.
    """
    blocks = int(np.sum(frame.day == 0))
    length = float(frame.block_hours[0])
    by_day = mw.reshape(*mw.shape[:-1], -1, blocks) * length
    weight = np.clip(hours / length - np.arange(blocks), 0, 1)
    energy = sum(w * np.roll(by_day, k + 1, axis=-1) for k, w in enumerate(weight) if w > 0)
    return np.asarray(energy + np.zeros_like(by_day)).reshape(mw.shape)


def _profiles(system: System) -> dict[tuple[str, str], np.ndarray]:
    """(profile, day type) → 24 shares that add up to 1."""
    profiles: dict[tuple[str, str], np.ndarray] = {}
    for row in system.charging_profiles:
        profiles.setdefault((row.id, row.day_type), np.zeros(24))[row.hour] = row.share
    problems = [
        Problem(f"charging profile {name!r}, {kind}: shares add up to {shares.sum():.4f} instead of 1",
                path=f"charging_profiles.{name}", help="give 24 hours whose shares add up to 1")
        for (name, kind), shares in profiles.items() if abs(shares.sum() - 1) > 1e-3
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    return {key: shares / shares.sum() for key, shares in profiles.items()}


def _check_places(
    system: System, places: dict[tuple[str, str], list[ChargingPlace]], profiles: dict[tuple[str, str], np.ndarray]
) -> None:
    """Every class that drives has places for all its energy, and every place has its profiles."""
    problems = [
        Problem(f"vehicles charge along {row.profile!r}, which has no {kind} profile",
                path=f"charging_places.{row.key}.profile", help="add its 24 hours to `charging_profiles`")
        for row in system.charging_places for kind in ("weekday", "weekend") if (row.profile, kind) not in profiles
    ]  # fmt: skip
    for use in system.vehicle_use:
        total = sum(row.share_percent for row in places.get((use.country, use.vehicle), []))
        if abs(total - 100) > 1e-6:
            problems.append(Problem(
                f"the places of {use.key} take {total:g} % of its charging energy", path="charging_places",
                help="the share_percent of a class's places add up to 100",
            ))  # fmt: skip
    problems += [
        Problem(f"{row.key} is {row.smart_percent:g} % smart but cannot wait", path=f"charging_places.{row.key}",
                help="give delay_hours, or smart_percent 0")
        for row in system.charging_places if row.smart_percent > 0 and row.delay_hours == 0
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def problems_of(flexible: Flexible, hours: np.ndarray) -> list[Problem]:
    """What makes limits of charging impossible; ``hours``: (Y, S) per year of every slice.

    Without these, charging as if nobody controlled it would not always be possible.
    """
    problems = []
    if np.any(flexible.power_mw < flexible.baseline_mw * (1 - 1e-9)):
        problems.append(Problem("smart vehicles draw more without control than those plugged in can draw",
                                help="raise the power of chargers or the vehicles per charging place"))  # fmt: skip
    if np.any((flexible.power_mw > 0) & (hours == 0)):
        problems.append(Problem("smart vehicles charge in a slice that is not part of the year",
                                help="give them power only where the slice has hours"))  # fmt: skip
    if np.any((flexible.feed_efficiency <= 0) | (flexible.feed_efficiency > 1)):
        problems.append(Problem("the efficiency of feeding back must be above 0 and at most 1",
                                help="such as 0.85: energy fed per energy charged again"))  # fmt: skip
    return problems
