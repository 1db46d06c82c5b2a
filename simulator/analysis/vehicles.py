"""What electric vehicles mean for the grid, the air and the fuel bill: pure functions of a results dataset.

Two views of their carbon dioxide. The *average* view, here, gives each kWh charged the mean emissions of the country's
power plants. The *marginal* view is the difference between two runs, with and without the vehicles: compare them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from simulator.analysis.indicators import denominator_gwh, focus, focus_year, labels, names, numerator_gwh, sum_by


def plug_in(dataset: xr.Dataset) -> xr.DataArray:
    """1 for types that drive on electricity from the grid, else 0. (vehicle, powertrain)."""
    return (dataset["vehicle_electric_km_percent"] > 0).astype(float)


def fully_electric(dataset: xr.Dataset) -> xr.DataArray:
    """1 for types that drive on electricity alone, else 0. (vehicle, powertrain)."""
    return (dataset["vehicle_electric_km_percent"] == 100).astype(float)


def plug_in_stock(dataset: xr.Dataset) -> xr.DataArray:
    """Plug-in vehicles on the road, on average over the year. (country, vehicle, year)."""
    return (dataset["vehicle_stock"] * plug_in(dataset)).sum("powertrain")


def counted_stock(dataset: xr.Dataset, country: str, kind: str) -> xr.DataArray:
    """Fully electric vehicles at the end of each calendar year: of a class, of what registers call it, or ``all``.

    (calendar_year).
    """
    classes = zip(labels(dataset, "vehicle"), labels(dataset, "vehicle_registered_as"), strict=True)
    wanted = np.array([kind in ("all", *names_) for names_ in classes], float)
    stock = (dataset["vehicle_stock_end"].sel(country=country) * fully_electric(dataset)).sum("powertrain")
    return (stock * xr.DataArray(wanted, dims="vehicle")).sum("vehicle")


def stock_beside_counts(dataset: xr.Dataset) -> pd.DataFrame:
    """Published counts beside the model: country, what is counted, date, published, modelled, percent off, chosen."""
    published, modelled = dataset["count_published"].values, dataset["count_modelled"].values
    return pd.DataFrame({
        "country": labels(dataset, "count_country"),
        "counted": labels(dataset, "count_of"),
        "date": dataset["count_date"].values,
        "published": published,
        "modelled": modelled,
        "percent_off": 100 * (modelled / published - 1),
        "chosen": dataset["count_chosen"].values.astype(bool),
    })  # fmt: skip


def charged_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy drawn to drive. (country, year)."""
    return dataset["vehicle_charged_gwh"].sum("vehicle")


def grid_factor_kg_per_mwh(dataset: xr.Dataset) -> xr.DataArray:
    """Emissions of a country's plants per MWh they generate; imports are not counted. (country, year)."""
    generation = dataset["country_generation_gwh"]
    return 1e3 * dataset["emissions_kt"] / generation.where(generation > 0)


def grid_co2_kt(dataset: xr.Dataset) -> xr.DataArray:
    """Carbon dioxide of the power plants behind the charging, at the mean of the country. (country, year).

    NaN where vehicles charge in a country that generates nothing: what its imports emit is not known.
    """
    charged = charged_gwh(dataset)
    return (grid_factor_kg_per_mwh(dataset) * charged / 1e3).where(charged > 0, 0.0)


def net_co2_avoided_kt(dataset: xr.Dataset) -> xr.DataArray:
    """At the exhaust, less at the power plants; negative where the grid is dirtier than the engine. (country, year)."""
    return dataset["co2_avoided_kt"] - grid_co2_kt(dataset)


def denominator_effect_points(dataset: xr.Dataset) -> xr.DataArray:
    """Points of the renewable share that charging takes by raising what the share is measured against.

    The share, less what it would be if the energy that counts were the same and the denominator smaller by the energy
    charged; zero or negative. (country, definition, basis, year).
    """
    below = denominator_gwh(dataset)
    without = below - charged_gwh(dataset)
    counted = numerator_gwh(dataset)
    return 100 * counted / below.where(below > 0) - 100 * counted / without.where(without > 0)


def sold_musd(dataset: xr.Dataset, *, chinese_only: bool = False) -> xr.DataArray:
    """Value of vehicles sold, of all makers or of Chinese ones. (country, year)."""
    chosen = dataset["supplier_chinese"].astype(bool) | (not chinese_only)
    money = sum_by(dataset["vehicle_money_musd"] * chosen, "supplier", "country")
    return money.reindex(country=dataset["country"].values, fill_value=0.0)


def overview(dataset: xr.Dataset) -> pd.DataFrame:
    """One row per country for the year of the question."""
    year = focus_year(dataset)
    here = dataset.sel(year=year)
    question = focus(dataset)
    rows = {
        "plug-in vehicles": plug_in_stock(dataset).sel(year=year).sum("vehicle"),
        "charged, GWh": charged_gwh(dataset).sel(year=year),
        "vehicles sold, MUSD": sold_musd(dataset).sel(year=year),
        "by Chinese makers, MUSD": sold_musd(dataset, chinese_only=True).sel(year=year),
        "chargers": here["charger_count"].sum("place"),
        "chargers, MUSD a year": here["charger_cost_musd"],
        "motor fuel avoided, million l": here["oil_avoided_million_litres"],
        "fuel imports avoided, MUSD": here["fuel_bill_avoided_musd"],
        "CO2 at the exhaust, kt": here["co2_avoided_kt"],
        "CO2 of the grid, kt": grid_co2_kt(dataset).sel(year=year),
        "CO2 avoided, net, kt": net_co2_avoided_kt(dataset).sel(year=year),
    }
    if question:
        effect = denominator_effect_points(dataset).sel(year=year, definition=question.definition, basis=question.basis)
        rows["effect on the share, points"] = effect
    return pd.DataFrame({name: values.values for name, values in rows.items()}, index=labels(dataset, "country")).T


def as_text(dataset: xr.Dataset) -> str:
    """The overview, and the stock beside published counts, for a terminal."""
    table = overview(dataset).rename(columns=names(dataset, "country"))
    counts = stock_beside_counts(dataset)
    counts = counts[counts["chosen"]].drop(columns="chosen")
    counts["date"] = [f"{int(d)}-{round(d % 1 * 12) + 1:02d}" for d in counts["date"]]
    shown = table.map(lambda value: f"{value:,.2f}" if abs(value) < 10 else f"{value:,.0f}", na_action="ignore")
    shown = shown.fillna("–")
    lines = [f"Electric vehicles in {focus_year(dataset)}", shown.to_string(), ""]
    if len(counts):
        listed = counts.to_string(index=False, formatters={
            "published": "{:,.0f}".format, "modelled": "{:,.0f}".format, "percent_off": "{:+.1f}".format,
        })  # fmt: skip
        lines += [
            "Published stocks of electric vehicles beside the model", listed,
            "Where sales were not published they were derived from such counts: see the notes of vehicle_sales.", "",
        ]  # fmt: skip
    return "\n".join(lines)
