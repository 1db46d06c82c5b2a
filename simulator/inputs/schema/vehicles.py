"""Changes of plug-in vehicles."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.inputs.schema.part import Part
from simulator.system import NonNegative, Percent, Year
from simulator.system.meaning import Unit
from simulator.system.names import Of
from simulator.system.rows import ONCE


class Scrappage(Part):
    """Old vehicles are taken off the road on top of natural losses; sales replace them one for one."""

    ascending = (("first_year", "last_year"),)
    percent_per_year: Annotated[float, Field(gt=0, le=100)]
    """Share of the vehicles of this age and above that is scrapped each year."""
    age_years: Annotated[int, Field(ge=0, le=80)] = 20
    """Age from which vehicles are scrapped."""
    first_year: Year
    """First year of the scheme."""
    last_year: Year = 2200
    """Last year of the scheme."""


class VehicleChange(Part):
    """Plug-in vehicles of a country."""

    method: Literal["path", "logistic", "bass", "supply"] | None = None
    """How sales go on after the published years, in every class whose tables allow it: ``path``, ``logistic``, ``bass``
    or ``supply``; empty: as the table says."""
    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies demand after the published years in every class, and stocks stated in ``vehicles``."""
    vehicles: dict[Annotated[str, Of("vehicle_types (car, car/phev)")], dict[Year, NonNegative]] | None = None
    """Electric vehicles on the road at the end of some years, by class, for example ``{car: {2030: 200000}}``; replaces
    sales (``car/phev``: another powertrain). Empty: sales decide."""
    plants: Annotated[tuple[str, ...], ONCE, Of("vehicle_supply")] = ()
    """Vehicle plants that come for certain."""
    supply_factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies what plants and importers can bring."""
    quota: Annotated[NonNegative | None, Unit("vehicles/year")] = None
    """Duty-free imports per year, of each class that pays duty beyond; empty: as the table says."""
    scrappage: Scrappage | None = None
    """Old vehicles are scrapped on top of natural losses; sales replace them one for one. Empty: no scheme."""
    smart_percent: Percent | None = None
    """Smart share of charging wherever vehicles can wait; empty: as the table says."""
    v2g_percent: Percent | None = None
    """Share of smart vehicles that feed back to the grid; empty: as the table says."""
