"""What a plan costs: supply apart from shortage, in sum and by country, discounted over the horizon.

Supply is what is built, run, bought and sold. Shortage is the price that the model puts on what is missing, which
nobody is billed for; what is missing itself comes before it (``shed``). Of a country there are the cost of its plants
and the price of its load shed: what trade and lines cost has no border along which it could be divided.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.analysis.indicators import SHORTAGE, names, npv_musd, npv_of_shortage_musd, npv_of_supply_musd, sum_by

PLANTS = ("annuity_musd", "fixed_cost_musd", "variable_cost_musd")
NOTABLE_MUSD = 0.5


def plants_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Capital, operation, fuel and carbon of a country's plants. (country)."""
    yearly = sum(sum_by(dataset[name], "asset", "country") for name in PLANTS)
    found = (yearly * dataset["year_weight"]).sum("year", skipna=False)
    return xr.DataArray(found).reindex(country=dataset["country"].values, fill_value=0.0)


def shed_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Price of load that a country sheds. (country)."""
    return (dataset["shed_musd"] * dataset["year_weight"]).sum("year", skipna=False)


def costs(dataset: xr.Dataset) -> list[str]:
    """A line for the sum, and one for each country that has plants or sheds load; none where nothing costs."""
    components = npv_musd(dataset)
    supply, shortage = npv_of_supply_musd(dataset), npv_of_shortage_musd(dataset)
    if max(abs(supply), abs(shortage)) < NOTABLE_MUSD:
        return []
    parts = [
        f"{name} {musd:,.0f}" for name in SHORTAGE if name in components["cost_component"].values
        and (musd := float(components.sel(cost_component=name))) >= NOTABLE_MUSD
    ]  # fmt: skip
    why = f" ({', '.join(parts)})" if parts else ""
    lines = [f"all countries: supply {supply:,.0f}, shortage {shortage:,.0f}{why}"]
    plants, shed, called = plants_musd(dataset), shed_musd(dataset), names(dataset, "country")
    for country in dataset["country"].values.astype(str):
        here = [float(x.sel(country=country)) for x in (plants, shed)]
        if np.abs(here).max() >= NOTABLE_MUSD:
            lines.append(f"{called.get(country, country)}: plants {here[0]:,.0f}, load shed {here[1]:,.0f}")
    return lines
