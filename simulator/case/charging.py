"""Charging that the plan may shift, and batteries of vehicles that may feed back: limits by zone, year and slice.

Vehicles that charge without control are part of the load (``Case.nev_mw``). Of those that charge smartly, a plan knows
what they would draw if nobody controlled them, and how far it may depart from that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Flexible:
    """Smart charging of the vehicles of a zone (Z) in a model year (Y) and slice (S)."""

    baseline_mw: np.ndarray
    """(Z, Y, S) what they would draw without control; a day's sum is the energy they need that day."""
    power_mw: np.ndarray
    """(Z, Y, S) most that those plugged in can draw; never below the baseline."""
    deferrable_mwh: np.ndarray
    """(Z, Y, S) most energy that may be owed to them at the start of the slice."""
    feed_mw: np.ndarray
    """(Z, Y, S) most that they can feed to the grid."""
    battery_mwh: np.ndarray
    """(Z, Y) energy that may be borrowed from their batteries, beyond what is deferrable."""
    feed_efficiency: np.ndarray
    """(Z) energy fed to the grid per energy taken from the batteries and charged again later."""
    wear_usd_per_mwh: np.ndarray
    """(Z) wear of the batteries per MWh fed."""
    network_usd_per_kw_year: np.ndarray
    """(Z) yearly cost of local network per kW of the highest net charging, controlled or not."""


def inflexible(zones: int, years: int, slices: int) -> Flexible:
    """No smart charging at all, and local networks that cost nothing."""
    nothing, zone = np.zeros((zones, years, slices)), np.zeros(zones)
    return Flexible(nothing, nothing, nothing, nothing, np.zeros((zones, years)), np.ones(zones), zone, zone)
