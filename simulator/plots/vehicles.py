"""Electric vehicles: energy by year, and what they add to the peak day."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from simulator.analysis.indicators import focus, focus_year, labels, names, winter_day
from simulator.plots.style import SERIES, new_figure


def charging(dataset: xr.Dataset) -> Figure:
    """Left: charging energy by country and year; right: load of the headline country on its winter peak day."""
    figure, (left, right) = new_figure(f"Electric vehicles ({dataset.attrs['scenario']})", 9, 4.2, 1, 2)
    years = [int(year) for year in dataset["year"].values]
    bottom = np.zeros(len(years))
    for i, country in enumerate(labels(dataset, "country")):
        energy = dataset["nev_energy_gwh"].sel(country=country).values / 1e3
        left.bar(
            range(len(years)), energy, 0.7, bottom=bottom, color=SERIES[i], label=names(dataset, "country")[country]
        )
        bottom += energy
    left.set_xticks(range(len(years)), [str(year) for year in years])
    left.set_ylabel("TWh per year")
    left.set_title("Charging energy")
    left.legend()
    question, year = focus(dataset), focus_year(dataset)
    country = question.country if question else labels(dataset, "country")[0]
    zones = np.flatnonzero(dataset["zone_country"].values == country)
    slices = np.flatnonzero(dataset["slice_day"].values == winter_day(dataset, year))
    hour = dataset["slice_hour"].values[slices].astype(float)
    edges = np.append(hour, hour[-1] + float(dataset["slice_block_hours"].values[slices][-1]))
    load, nev = (
        dataset[name].sel(year=year).isel(zone=zones, slice=slices).sum("zone").values / 1e3
        for name in ("load_mw", "nev_load_mw")
    )
    right.stairs(load, edges, fill=True, color="#c9c9c9", label="other load")
    right.stairs(load + nev, edges, baseline=load, fill=True, color=SERIES[1], label="charging")
    right.set_xticks(range(0, 25, 6))
    right.set_ylim(0, 1.25 * float((load + nev).max()) if len(load) else 1)
    right.set_ylabel("GW")
    right.set_xlabel("hour of the day, UTC+5")
    right.set_title(f"{names(dataset, 'country')[country]}, winter peak day {year}")
    right.legend(ncols=2, loc="upper left")
    return figure
