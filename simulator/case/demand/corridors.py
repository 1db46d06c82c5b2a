"""Electricity of electrified corridors: tonnes times kilometres times energy per tonne-km, flat over the year.

==========  =============================  ==========  =========================================================
symbol      name                           unit        meaning
==========  =============================  ==========  =========================================================
``m[c,y]``  million_tonnes                 Mt          freight in both directions
``d[c]``    km                             km          length in the zone
``w[c]``    wh_per_tonne_km                Wh          electricity at the catenary per net tonne-km
``a[c,y]``  share of the year in service   1           from the opening date
``E[z,y]``  energy                         GWh         on top of the zone's demand
==========  =============================  ==========  =========================================================

(1)  E[z,y] = Σ_{c in z} a[c,y] · m[c,y] · d[c] · w[c] / 1000          Mt · km · Wh/tkm is MWh

Left out: diesel that is saved, passenger trains, losses between grid and catenary, braking energy fed back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.case.capacity.assets import in_service
from simulator.errors import InputError, Problem
from simulator.grouping import paths
from simulator.interpolation import at_years
from simulator.system import Corridor, System, year_fraction


def corridor_energy(system: System, years: Sequence[int]) -> np.ndarray:
    """(Z, Y) GWh of the corridors of each zone. Raises ``InputError`` for a corridor without freight."""
    freight = paths((row.corridor, row.year, row.million_tonnes) for row in system.corridor_freight)
    empty = [row.id for row in system.corridors if row.id not in freight]
    if empty:
        raise InputError([Problem(
            f"corridor {name!r} has no freight", path=f"corridor_freight.{name}",
            help="add a row to `corridor_freight`: corridor, year, million_tonnes",
        ) for name in empty])  # fmt: skip
    energy = np.zeros((len(system.zones), len(years)))
    position = {zone.id: z for z, zone in enumerate(system.zones)}
    for corridor in system.corridors:
        energy[position[corridor.zone]] += energy_of(corridor, freight[corridor.id], years)
    return energy


def energy_of(row: Corridor, million_tonnes: dict[int, float], years: Sequence[int]) -> np.ndarray:
    """(Y) GWh of one corridor.

    >>> line = Corridor(id="c", name="Line", zone="A", km=500, wh_per_tonne_km=30, opens="2028-07")
    >>> energy_of(line, {2030: 10.0}, [2026, 2028, 2030]).tolist()  # 10 Mt · 500 km · 30 Wh = 150 GWh
    [0.0, 75.0, 150.0]
    """
    running = in_service(years, year_fraction(row.opens), None)
    return np.asarray(running * at_years(million_tonnes, years) * row.km * row.wh_per_tonne_km / 1e3)  # (1)
