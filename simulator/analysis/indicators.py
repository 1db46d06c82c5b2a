"""What a results dataset says, as small pure functions: Dataset in, DataArray or DataFrame out.

Energy is in GWh per year, power in MW, money in million USD (real, of the dataset's ``money_year``), emissions in kt.
Power in slices becomes energy by ``hours``, the hours of each year that a slice represents. Countries, technology
groups, investors and definitions are labels of the dataset; nothing here knows one of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

BASES = ("generation", "consumption")
"""What a share is measured against: gross generation, or consumption including vehicles."""

GENERATION_ENTRIES = (
    "thermal generation",
    "hydro generation",
    "wind, sun and river",
    "distributed thermal generation",
    "distributed wind and sun",
    "distributed hydro generation",
)
"""Ledger entries that ``generation_mw`` splits by technology group."""

DISTRIBUTION_ENTRIES = ("to distribution networks", "from the grid")
"""Ledger entries that only pass energy on inside a zone; what is left of their sum is loss."""

LOAD_ENTRIES = ("load", "NEV charging", "smart charging")
"""Ledger entries that are demand."""

VEHICLE_ENTRIES = ("NEV charging", "smart charging", "vehicles to grid")
"""Ledger entries of vehicles; their sum is what they use on balance."""

HEATING_MONTHS = (10, 11, 12, 1, 2, 3, 4)
GROWING_MONTHS = (4, 5, 6, 7, 8, 9)
"""Summer of those who share rivers; the other half year is their winter."""

Table = pd.DataFrame


# -------------------------------------------------------------------------------------- names and focus


@dataclass(frozen=True)
class Focus:
    """The question of the run: its headline target, whether or not its year is modelled."""

    target: str
    country: str
    year: int
    definition: str
    basis: str
    percent: float


def focus(dataset: xr.Dataset) -> Focus | None:
    """The headline target; None if the run has none."""
    name = str(dataset.attrs.get("headline_target", ""))
    if name not in labels(dataset, "target"):
        return None
    row = dataset.sel(target=name)
    return Focus(
        name,
        str(row["target_country"].item()),
        int(row["target_year"].item()),
        str(row["target_definition"].item()),
        str(row["target_basis"].item()),
        float(row["target_percent"].item()),
    )


def focus_year(dataset: xr.Dataset) -> int:
    """The headline target's year if it is a model year, else the last model year."""
    years = [int(y) for y in dataset["year"].values]
    question = focus(dataset)
    return question.year if question and question.year in years else years[-1]


def labels(dataset: xr.Dataset, coordinate: str) -> list[str]:
    """A coordinate, such as the labels of a dimension, as texts; none if the dataset does not have it."""
    return [str(v) for v in dataset[coordinate].values] if coordinate in dataset.coords else []


def names(dataset: xr.Dataset, dimension: str) -> dict[str, str]:
    """Label → readable name, from the coordinate ``<dimension>_name`` where there is one, else the label itself."""
    keys = labels(dataset, dimension)
    coordinate = f"{dimension}_name"
    return dict(zip(keys, labels(dataset, coordinate) if coordinate in dataset.coords else keys, strict=True))


def zones_of(dataset: xr.Dataset, country: str) -> list[str]:
    """The zones of a country, in the order of the results."""
    return [str(zone) for zone in dataset["zone"].values[dataset["zone_country"].values == country]]


def chinese_investors(dataset: xr.Dataset) -> set[str]:
    """Investors that are Chinese; others may have plants that Chinese companies build."""
    return {str(v) for v in dataset["investor"].values[dataset["investor_chinese"].values.astype(bool)]}


# --------------------------------------------------------------------------------------------- building blocks


def sum_by(array: xr.DataArray, along: str, *by: str) -> xr.DataArray:
    """Sum of an array over dimension ``along``, kept apart by its coordinates ``<along>_<name>``.

    Returns dimensions ``by`` (labels in order of first appearance) followed by the other dimensions of the array.
    """
    array = array.transpose(along, ...)
    coded = [pd.factorize(array[f"{along}_{name}"].values.astype(str)) for name in by]
    shape = tuple(len(found) for _, found in coded)
    out = np.zeros(shape + array.shape[1:])
    np.add.at(out, tuple(codes for codes, _ in coded), array.values)
    rest = [str(d) for d in array.dims[1:]]
    coords = {name: found for name, (_, found) in zip(by, coded, strict=True)}
    coords |= {d: array[d].values for d in rest}
    return xr.DataArray(out, coords=coords, dims=(*by, *rest), attrs=array.attrs)


def bare(array: xr.DataArray) -> xr.DataArray:
    """An array with the labels of its dimensions alone. What is calculated with another array compares all coordinates
    that both have, which takes longer than the calculation."""
    return array.reset_coords(drop=True)


def by_asset(dataset: xr.Dataset, variable: str, *by: str) -> xr.DataArray:
    """An asset variable summed by asset coordinates, such as ``("country", "group")``."""
    return sum_by(dataset[variable], "asset", *by)


def energy_gwh(dataset: xr.Dataset, power_mw: xr.DataArray) -> xr.DataArray:
    """Yearly energy of a power given by year and slice."""
    return (power_mw * bare(dataset["hours"])).sum("slice", skipna=False) / 1000


def zones_to_countries(array: xr.DataArray) -> xr.DataArray:
    """Sum over the zones of each country."""
    return sum_by(array, "zone", "country")


# -------------------------------------------------------------------------------------------------- shares


def numerator_gwh(dataset: xr.Dataset, part: xr.DataArray | float = 1.0) -> xr.DataArray:
    """Energy that counts: Σ over a country's assets of generation × eligibility. (country, definition, year).

    ``part``: what of an asset's generation is asked about."""
    counted = dataset["generation_gwh"] * part * bare(dataset["eligibility"])
    return (
        sum_by(counted, "asset", "country")
        .transpose("country", "definition", "year")
        .reindex(country=dataset["country"].values, fill_value=0.0)
    )


def denominator_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """What the share is measured against. (country, basis, year)."""
    parts = [dataset[f"country_{basis}_gwh"] for basis in BASES]
    index = pd.Index(BASES, name="basis")
    return xr.concat(parts, index, combine_attrs="drop").transpose("country", "basis", "year")


def share_percent(dataset: xr.Dataset) -> xr.DataArray:
    """Renewable share. (country, definition, basis, year); NaN where the denominator is zero."""
    below = denominator_gwh(dataset)
    return 100 * numerator_gwh(dataset) / below.where(below > 0)


def definition_applies(dataset: xr.Dataset) -> xr.DataArray:
    """Whether any asset of the country can count under the definition. (country, definition)."""
    counts = sum_by(dataset["eligibility"], "asset", "country") > 0
    return counts.reindex(country=dataset["country"].values, fill_value=False)


def chinese_share_of_numerator_percent(dataset: xr.Dataset) -> xr.DataArray:
    """Part of the counted energy that Chinese money pays for: each plant's, times the Chinese share of its capital.

    (country, definition, year); NaN where nothing counts.
    """
    return _part_of_numerator_percent(dataset, dataset["asset_chinese_money"])


def chinese_built_share_of_numerator_percent(dataset: xr.Dataset) -> xr.DataArray:
    """Part of the counted energy from plants that Chinese companies build or equip for the money of others.

    (country, definition, year); NaN where nothing counts.
    """
    built = (dataset["asset_chinese_role"] != "") & (dataset["asset_chinese_money"] == 0)
    return _part_of_numerator_percent(dataset, built)


def _part_of_numerator_percent(dataset: xr.Dataset, share: xr.DataArray) -> xr.DataArray:
    whole = numerator_gwh(dataset)
    part = numerator_gwh(dataset, bare(share))
    return 100 * part / whole.where(whole > 0)


# ------------------------------------------------------------------------------------ generation, shortage, price


def generation_by_group_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """(country, group, year)."""
    return by_asset(dataset, "generation_gwh", "country", "group")


def curtailment_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy of wind, sun and water that could have been and was not generated. (country, group, year)."""
    return by_asset(dataset, "curtailment_gwh", "country", "group")


def unserved_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """(zone, year)."""
    return energy_gwh(dataset, dataset["unserved_mw"])


def surplus_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy with nowhere to go, at the grid or below a distribution network. (zone, year)."""
    return energy_gwh(dataset, dataset["surplus_mw"] + dataset["distribution_surplus_mw"])


def price_usd_per_mwh(dataset: xr.Dataset) -> xr.DataArray:
    """Mean marginal price, weighted by load including vehicles. (country, year); NaN without load."""
    load = dataset["load_mw"] + dataset["nev_load_mw"]
    price = dataset["price_usd_per_mwh"].where(dataset["hours"] > 0, 0.0)  # slices outside the year have none
    paid = zones_to_countries(energy_gwh(dataset, load * price))
    bought = zones_to_countries(energy_gwh(dataset, load))
    return paid / bought.where(bought > 0)


def bill_musd(dataset: xr.Dataset) -> xr.DataArray:
    """What load served costs at the marginal price of its zone and hour, vehicles included. (country, year).

    What vehicles feed back is paid at the same price. A measure of what consumers would pay in a market without
    regulation; administered tariffs are not modelled.
    """
    served = dataset["load_mw"] + dataset["nev_load_mw"] - dataset["nev_feed_mw"] - dataset["unserved_mw"]
    price = dataset["price_usd_per_mwh"].where(dataset["hours"] > 0, 0.0)  # slices outside the year have none
    return zones_to_countries(energy_gwh(dataset, served * price)) / 1000


def must_run_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Output that heat, or a plant's host, forces. (zone, year, slice)."""
    return sum_by(dataset["must_run_mw"], "unit", "zone").reindex(zone=dataset["zone"].values, fill_value=0.0)


def must_run_share_percent(dataset: xr.Dataset) -> xr.DataArray:
    """Must-run output as a share of load with vehicles, and of generation.

    (of = load, generation; period; zone; year); NaN where there is none. Periods: the year, winter (October to April),
    summer, and the lowest and highest hour.
    """
    generation = sum_by(dataset["generation_mw"], "unit", "zone").reindex(zone=dataset["zone"].values, fill_value=0.0)
    whole = {"load": bare(dataset["load_mw"]) + bare(dataset["nev_load_mw"]), "generation": generation}
    forced, hours = must_run_mw(dataset), bare(dataset["hours"])
    winter = xr.DataArray(np.isin(dataset["slice_month"].values, HEATING_MONTHS), dims="slice")
    kinds = []
    for below in whole.values():
        hourly = 100 * forced / below.where((below > 0) & (hours > 0))
        parts = {}
        for name, inside in {"year": winter | True, "winter": winter, "summer": ~winter}.items():
            energy = (below * hours).where(inside, 0.0).sum("slice")
            parts[name] = 100 * (forced * hours).where(inside, 0.0).sum("slice") / energy.where(energy > 0)
        parts |= {"lowest hour": hourly.min("slice"), "highest hour": hourly.max("slice")}
        kinds.append(xr.concat(list(parts.values()), pd.Index(list(parts), name="period"), coords="minimal"))
    return xr.concat(kinds, pd.Index(list(whole), name="of"), coords="minimal").transpose(
        "of", "period", "zone", "year"
    )


# --------------------------------------------------------------------------------------------- capacity and money


def investment_by_investor_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Overnight spending in the interval that ends with the year. (investor, year)."""
    return by_asset(dataset, "investment_musd", "investor")


def new_capacity_by_investor_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Projects and chosen capacity operating in the year, without what was there before. (investor, group, year)."""
    new = np.flatnonzero(dataset["asset_status"].values != "existing")
    return sum_by(dataset["capacity_mw"].isel(asset=new), "asset", "investor", "group")


def debt_service_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Interest and repayment to lenders in the year. (country, investor, currency of the loans, year)."""
    return by_asset(dataset, "debt_service_musd", "country", "investor", "currency")


def npv_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Discounted cost over the horizon; adds up to the objective. (cost_component)."""
    return (dataset["cost_musd"] * dataset["year_weight"]).sum("year", skipna=False)


SHORTAGE = ("planned rationing", "unserved energy", "missing reserve", "missing firm capacity", "missed targets")
"""Components of cost that nobody is billed for: prices that the model puts on what is missing."""


def npv_of_supply_musd(dataset: xr.Dataset) -> float:
    """Discounted cost of what is built, run, bought and sold."""
    return float(npv_musd(dataset).sum(skipna=False)) - npv_of_shortage_musd(dataset)


def npv_of_shortage_musd(dataset: xr.Dataset) -> float:
    """Discounted price of what is missing: energy, reserve, firm capacity, targets."""
    cost = npv_musd(dataset)
    return float(cost.isel(cost_component=np.isin(cost["cost_component"].values, SHORTAGE)).sum(skipna=False))


# ---------------------------------------------------------------------------------------------------------- trade


def link_flow_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy over each link at the sending end. (direction = forward, backward; link; year)."""
    ways = ("forward", "backward")
    sent = [energy_gwh(dataset, dataset[f"{way}_mw"]).drop_attrs() for way in ways]
    return xr.concat(sent, pd.Index(ways, name="direction"))


def market_step_net_import_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy from each market step; exports are negative. (market_step, year)."""
    sign = np.where(dataset["market_step_direction"].values == "export", -1.0, 1.0)
    return energy_gwh(dataset, dataset["trade_mw"]) * xr.DataArray(sign, dims="market_step")


def market_net_import_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy from each market into the modelled system; exports are negative. (market, zone, year)."""
    return sum_by(market_step_net_import_gwh(dataset), "market_step", "market", "zone")


# ---------------------------------------------------------------------------------------------------------- water


def reservoir_flow_hm3(dataset: xr.Dataset) -> xr.DataArray:
    """Water that comes and that leaves by season, of reservoirs with storage. (flow, season, reservoir, year).

    ``inflow`` is what nature brings and what arrives from above; ``release`` is turbined and spilled water.
    """
    storing = dataset.isel(reservoir=np.flatnonzero(dataset["reservoir_active_hm3"].values > 0))
    flows = {
        "inflow": storing["reservoir_inflow_hm3"] + storing["reservoir_arrival_hm3"],
        "release": storing["reservoir_turbined_hm3"] + storing["reservoir_spill_hm3"],
    }
    summer = dataset["day_month"].isin(GROWING_MONTHS)
    seasons = {"winter": ~summer, "summer": summer}
    return xr.concat(
        [xr.concat([flow.where(inside, 0).sum("day") for inside in seasons.values()], pd.Index(seasons, name="season"))
         for flow in flows.values()],
        pd.Index(flows, name="flow"),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------- vehicles


def money_by_brand_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Value of vehicles sold. (country, brand, year)."""
    return sum_by(dataset["vehicle_money_musd"], "supplier", "country", "brand")
