"""From weather to output: a few lines each, so that everybody can see what was assumed.

*Wind*: speed v at hub height, power curve p of turbines of IEC class 2 (``data/importers/power_curve.csv``; nothing
below 3 and above 25 m/s):

    output = (1 − WIND_LOSS)·p(v)

*Sun*: irradiance E on the plane of the modules, W/m2, temperature T of the cell after Faiman, γ = GAMMA (PVWatts):

    output = (1 − SOLAR_LOSS)·E/1000·(1 + γ·(T − 25 °C))
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pvlib import irradiance, location, pvsystem, temperature

from simulator.case.weather.synthesis import south_tilt

CURVE = Path(__file__).parent.parent / "data" / "importers" / "power_curve.csv"
WIND_LOSS = 0.10
"""Wakes, cables, standstill: an estimate of this project."""
SOLAR_LOSS = 0.14
"""Soiling, cables, inverter, mismatch: the default of PVWatts and of PVGIS."""
GAMMA = -0.0035
"""Change of output by degree: crystalline silicon of the better kind (PVWatts: premium)."""
STILL = 1.0
"""Wind speed at the modules where no data say otherwise, m/s."""


def wind_output(speed: np.ndarray) -> np.ndarray:
    """Output per unit of capacity of wind at hub height, m/s; of any shape.

    >>> wind_output(np.array([2.0, 8.0, 14.0, 26.0])).round(3).tolist()
    [0.0, 0.499, 0.899, 0.0]
    """
    speeds, output = _power_curve()
    result = (1 - WIND_LOSS) * np.interp(speed, speeds, output, left=0, right=0)
    return np.where(np.isnan(speed), np.nan, result)


@cache
def _power_curve() -> tuple[np.ndarray, np.ndarray]:
    with CURVE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([float(row["speed_m_s"]) for row in rows]), np.array([float(row["output"]) for row in rows])


def solar_output(plane_w_m2: np.ndarray, air_celsius: np.ndarray, wind_m_s: np.ndarray | float = STILL) -> np.ndarray:
    """Output per unit of capacity from irradiance on the plane of the modules.

    At 1000 W/m2, 0 °C and 1 m/s the cell is at 1000/(25 + 6.84) = 31.4 °C, so 0.86 · (1 − 0.0035 · 6.4) = 0.841.

    >>> solar_output(np.array([0.0, 1000.0]), np.zeros(2)).round(3).tolist()
    [0.0, 0.841]
    """
    cell = temperature.faiman(plane_w_m2, air_celsius, wind_m_s)
    return np.asarray((1 - SOLAR_LOSS) * pvsystem.pvwatts_dc(plane_w_m2, cell, 1.0, GAMMA))


def sun(stamps: np.ndarray, latitude: float, longitude: float) -> pd.DataFrame:
    """``zenith``, ``apparent_zenith`` and ``azimuth``, degrees, at UTC stamps."""
    times = pd.DatetimeIndex(stamps.astype("datetime64[s]")).tz_localize("UTC")
    position: pd.DataFrame = location.Location(latitude, longitude).get_solarposition(times, method="nrel_numpy")
    return position


def on_tilted_plane(
    position: pd.DataFrame, latitude: float, global_w_m2: np.ndarray, beam_w_m2: np.ndarray, diffuse_w_m2: np.ndarray
) -> np.ndarray:
    """Irradiance on a plane that faces south, W/m2, from global and diffuse horizontal and direct normal irradiance."""
    zenith, azimuth = position["apparent_zenith"].to_numpy(), position["azimuth"].to_numpy()
    plane = irradiance.get_total_irradiance(
        south_tilt(latitude), 180, zenith, azimuth, beam_w_m2, global_w_m2, diffuse_w_m2, model="isotropic"
    )
    return np.asarray(np.clip(plane["poa_global"], 0, None))


def from_global_horizontal(
    stamps: np.ndarray, latitude: float, longitude: float, global_w_m2: np.ndarray
) -> np.ndarray:
    """Irradiance on a plane that faces south, W/m2, from global horizontal irradiance split after Erbs."""
    position = sun(stamps, latitude, longitude)
    parts = irradiance.erbs(
        global_w_m2, position["zenith"].to_numpy(), pd.DatetimeIndex(stamps.astype("datetime64[s]"))
    )
    beam, diffuse = (np.nan_to_num(np.asarray(parts[name])) for name in ("dni", "dhi"))
    return on_tilted_plane(position, latitude, global_w_m2, beam, diffuse)
