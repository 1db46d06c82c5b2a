"""What a results dataset says, as small pure functions: Dataset in, DataArray or DataFrame out.

Energy is in GWh per year, power in MW, money in million USD (real, of the dataset's ``money_year``), emissions in kt.
Power in slices becomes energy by ``hours``, the hours of each year that a slice represents. Countries, technology
groups, investors and definitions are labels of the dataset; nothing here knows one of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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

WINTER_MONTHS = (11, 12, 1, 2)
HEATING_MONTHS = (10, 11, 12, 1, 2, 3, 4)
GROWING_MONTHS = (4, 5, 6, 7, 8, 9)
"""Summer of those who share rivers; the other half year is their winter."""
SUMMER_MONTH = 7
MIDSUMMER_DAY = 196

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


def by_asset(dataset: xr.Dataset, variable: str, *by: str) -> xr.DataArray:
    """An asset variable summed by asset coordinates, such as ``("country", "group")``."""
    return sum_by(dataset[variable], "asset", *by)


def energy_gwh(dataset: xr.Dataset, power_mw: xr.DataArray) -> xr.DataArray:
    """Yearly energy of a power given by year and slice."""
    return (power_mw * dataset["hours"]).sum("slice", skipna=False) / 1000


def _zones_to_countries(array: xr.DataArray) -> xr.DataArray:
    return sum_by(array, "zone", "country")


# -------------------------------------------------------------------------------------------------- shares


def numerator_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy that counts: Σ over a country's assets of generation × eligibility. (country, definition, year)."""
    counted = dataset["generation_gwh"] * dataset["eligibility"]
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
    part = numerator_gwh(dataset.assign(generation_gwh=dataset["generation_gwh"] * share))
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
    paid = _zones_to_countries(energy_gwh(dataset, load * price))
    bought = _zones_to_countries(energy_gwh(dataset, load))
    return paid / bought.where(bought > 0)


def bill_musd(dataset: xr.Dataset) -> xr.DataArray:
    """What load served costs at the marginal price of its zone and hour, vehicles included. (country, year).

    What vehicles feed back is paid at the same price. A measure of what consumers would pay in a market without
    regulation; administered tariffs are not modelled.
    """
    served = dataset["load_mw"] + dataset["nev_load_mw"] - dataset["nev_feed_mw"] - dataset["unserved_mw"]
    price = dataset["price_usd_per_mwh"].where(dataset["hours"] > 0, 0.0)  # slices outside the year have none
    return _zones_to_countries(energy_gwh(dataset, served * price)) / 1000


def must_run_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Output that heat, or a plant's host, forces. (zone, year, slice)."""
    return sum_by(dataset["must_run_mw"], "unit", "zone").reindex(zone=dataset["zone"].values, fill_value=0.0)


def must_run_share_percent(dataset: xr.Dataset) -> xr.DataArray:
    """Must-run output as a share of load with vehicles, and of generation.

    (of = load, generation; period; zone; year); NaN where there is none. Periods: the year, winter (October to April),
    summer, and the lowest and highest hour.
    """
    generation = sum_by(dataset["generation_mw"], "unit", "zone").reindex(zone=dataset["zone"].values, fill_value=0.0)
    whole = {"load": dataset["load_mw"] + dataset["nev_load_mw"], "generation": generation}
    forced, hours = must_run_mw(dataset), dataset["hours"]
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


SHORTAGE = ("unserved energy", "missing reserve", "missing firm capacity", "missed targets")
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


# ---------------------------------------------------------------------------------------------- days and dispatch


def winter_day(dataset: xr.Dataset, year: int) -> int:
    """Position of the winter day with the highest system load; of any day if no winter month is modelled."""
    day_of_slice = dataset["slice_day"].values
    load = (dataset["load_mw"] + dataset["nev_load_mw"]).sel(year=year).sum("zone").values
    winter = np.isin(dataset["day_month"].values[day_of_slice], WINTER_MONTHS)
    return int(day_of_slice[np.argmax(np.where(winter, load, -1.0) if winter.any() else load)])


def summer_day(dataset: xr.Dataset) -> int:
    """Position of the day that represents most of July; the day nearest to mid-July if July is not modelled."""
    july = dataset["day_month"].values == SUMMER_MONTH
    if july.any():
        return int(np.argmax(np.where(july, dataset["day_weight"].values, -1.0)))
    apart = np.abs(dataset["day_of_year"].values - MIDSUMMER_DAY)
    return int(np.argmin(np.minimum(apart, 365 - apart)))


def dispatch_mw(dataset: xr.Dataset, zone: str, year: int, slices: np.ndarray) -> Table:
    """The ledger of a zone in some slices: rows slices, columns technology groups, then the other entries.

    What feeds the zone is positive, what takes from it negative; load is left out, so a row adds up to load and NEV
    charging. Where plants use part of their gross output, and where distribution networks lose energy, a column of its
    own says so. ``slices`` are positions.
    """
    here = dataset.sel(year=year).isel(slice=slices)
    by_group = sum_by(here["generation_mw"].isel(unit=np.flatnonzero(here["unit_zone"] == zone)), "unit", "group")
    table = pd.DataFrame({str(g): by_group.sel(group=g).values for g in by_group["group"].values})
    entries = pd.DataFrame(here["energy_mw"].sel(zone=zone).transpose("slice", "entry").values)
    entries.columns = pd.Index(labels(dataset, "entry"))
    sent_out = entries.loc[:, entries.columns.isin(GENERATION_ENTRIES)].sum(axis=1)
    table["own use of plants"] = sent_out - table.sum(axis=1)
    table["distribution network losses"] = entries.loc[:, entries.columns.isin(DISTRIBUTION_ENTRIES)].sum(axis=1)
    listed = GENERATION_ENTRIES + DISTRIBUTION_ENTRIES + LOAD_ENTRIES
    table = pd.concat([table, entries.loc[:, ~entries.columns.isin(listed)]], axis=1)
    table.index = pd.Index(here["slice"].values, name="slice")
    return table.loc[:, (table.abs() > 1e-6).any()]


def peak_dispatch_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Who serves the slice with each country's highest load of the year. (country, year, item); load is left out.

    Links inside the country cancel; what is left of imports and exports by link is their net.
    """
    load = _zones_to_countries(dataset["load_mw"] + dataset["nev_load_mw"])
    net = {"imports by link": "links, net", "exports by link": "links, net"}
    rows = {}
    for country in labels(dataset, "country"):
        zones = zones_of(dataset, country)
        for year in map(int, dataset["year"].values):
            at = np.array([int(np.argmax(load.sel(country=country, year=year).values))])
            parts = [dispatch_mw(dataset, z, year, at).iloc[0].rename(net) for z in zones]
            rows[country, year] = pd.concat(parts).groupby(level=0).sum()
    table = pd.DataFrame(rows).fillna(0.0)
    shape = (dataset.sizes["country"], dataset.sizes["year"], len(table))
    coords = {"country": labels(dataset, "country"), "year": dataset["year"].values, "item": list(table.index)}
    return xr.DataArray(table.to_numpy().T.reshape(shape), coords=coords, dims=("country", "year", "item"))


def nev_at_peak_mw(dataset: xr.Dataset) -> xr.DataArray:
    """Net charging in the slice with each country's highest load: as planned, and if nobody controlled it.

    (control = planned, uncontrolled; country; year).
    """
    load = _zones_to_countries(dataset["load_mw"])
    ways = {"planned": dataset["nev_load_mw"] - dataset["nev_feed_mw"], "uncontrolled": dataset["nev_uncontrolled_mw"]}
    parts = []
    for zones in ways.values():
        charging = _zones_to_countries(zones)
        parts.append(charging.isel(slice=(load + charging).argmax("slice")).drop_vars("slice"))
    return xr.concat(parts, pd.Index(list(ways), name="control"))


def nev_moved_gwh(dataset: xr.Dataset) -> xr.DataArray:
    """Energy charged in other slices than without control. (zone, year)."""
    return energy_gwh(dataset, (dataset["nev_load_mw"] - dataset["nev_uncontrolled_mw"]).clip(min=0))


def money_by_brand_musd(dataset: xr.Dataset) -> xr.DataArray:
    """Value of vehicles sold. (country, brand, year)."""
    return sum_by(dataset["vehicle_money_musd"], "supplier", "country", "brand")


# -------------------------------------------------------------------------------------------------------- summary


def _capacity_by(*names_: str) -> Callable[[xr.Dataset], xr.DataArray]:
    return lambda dataset: by_asset(dataset, "capacity_mw", *names_)


def _variable(name: str) -> Callable[[xr.Dataset], xr.DataArray]:
    return lambda dataset: dataset[name]


def _stored(dataset: xr.Dataset, name: str) -> xr.DataArray:
    zones = sum_by(dataset[name], "unit", "zone")
    return energy_gwh(dataset, zones)


SUMMARY: tuple[tuple[str, str, str | None, tuple[str, ...], Callable[[xr.Dataset], xr.DataArray]], ...] = (
    # indicator, unit, dimension that is the region (None: the whole system), dimensions that make the item, function
    ("renewable share", "%", "country", ("definition", "basis"), share_percent),
    ("counted energy", "GWh", "country", ("definition",), numerator_gwh),
    ("Chinese-financed share of counted energy", "%", "country", ("definition",), chinese_share_of_numerator_percent),
    (
        "Chinese-built share of counted energy",
        "%",
        "country",
        ("definition",),
        chinese_built_share_of_numerator_percent,
    ),
    ("denominator", "GWh", "country", ("basis",), denominator_gwh),
    ("generation", "GWh", "country", ("group",), generation_by_group_gwh),
    ("curtailment", "GWh", "country", ("group",), curtailment_gwh),
    ("unserved energy", "GWh", "zone", (), unserved_gwh),
    ("surplus", "GWh", "zone", (), surplus_gwh),
    ("lost energy", "GWh", "country", ("loss",), _variable("lost_gwh")),
    ("must run", "GWh", "zone", (), lambda d: energy_gwh(d, must_run_mw(d))),
    ("must-run share", "%", "zone", ("of", "period"), must_run_share_percent),
    ("heat from power plants", "GWh", "zone", (), lambda d: _stored(d, "heat_mw")),
    ("storage charge", "GWh", "zone", (), lambda d: _stored(d, "storage_charge_mw")),
    ("storage discharge", "GWh", "zone", (), lambda d: _stored(d, "storage_discharge_mw")),
    ("net import", "GWh", "country", (), _variable("net_import_gwh")),
    ("NEV charging", "GWh", "country", (), _variable("nev_energy_gwh")),
    ("vehicles on the road", "vehicles", "country", ("vehicle", "powertrain"), _variable("vehicle_stock")),
    ("vehicles sold", "vehicles/yr", "country", ("vehicle", "powertrain"), _variable("vehicle_sales_total")),
    ("electricity driven", "GWh", "country", ("vehicle",), _variable("vehicle_driven_gwh")),
    ("electricity charged to drive", "GWh", "country", ("vehicle",), _variable("vehicle_charged_gwh")),
    ("chargers", "chargers", "country", ("place",), _variable("charger_count")),
    ("cost of chargers", "MUSD/yr", "country", (), _variable("charger_cost_musd")),
    ("motor fuel avoided", "million l", "country", (), _variable("oil_avoided_million_litres")),
    ("CO2 avoided at the exhaust", "kt", "country", (), _variable("co2_avoided_kt")),
    ("fuel imports avoided", "MUSD", "country", (), _variable("fuel_bill_avoided_musd")),
    ("value of vehicles sold", "MUSD/yr", "country", ("brand",), money_by_brand_musd),
    ("spending on vehicle plants", "MUSD", None, ("supplier",), _variable("vehicle_plant_musd")),
    ("mean price", "USD/MWh", "country", (), price_usd_per_mwh),
    ("bill of consumers", "MUSD", "country", (), bill_musd),
    ("NEV charging moved", "GWh", "zone", (), nev_moved_gwh),
    ("vehicles to grid", "GWh", "zone", (), lambda d: energy_gwh(d, d["nev_feed_mw"])),
    ("distribution network for NEV charging", "MW", "zone", (), _variable("nev_network_mw")),
    ("NEV charging at the peak", "MW", "country", ("control",), nev_at_peak_mw),
    ("peak load", "MW", "country", (), _variable("peak_load_mw")),
    ("peak load, uncontrolled charging", "MW", "country", (), _variable("peak_uncontrolled_mw")),
    ("dispatch at the peak", "MW", "country", ("item",), peak_dispatch_mw),
    ("firm capacity", "MW", "country", (), _variable("firm_mw")),
    ("required firm capacity", "MW", "country", (), _variable("required_mw")),
    ("missing firm capacity", "MW", "country", (), _variable("adequacy_shortfall_mw")),
    ("emissions", "kt", "country", (), _variable("emissions_kt")),
    ("fuel use", "GWh", "country", ("fuel",), _variable("fuel_use_gwh")),
    ("capacity", "MW", "zone", ("group",), _capacity_by("zone", "group")),
    ("capacity by investor", "MW", "country", ("investor", "group"), _capacity_by("country", "investor", "group")),
    ("storage capacity", "MWh", "zone", ("group",), lambda d: by_asset(d, "energy_capacity_mwh", "zone", "group")),
    ("investment", "MUSD", "country", ("investor",), lambda d: by_asset(d, "investment_musd", "country", "investor")),
    ("annuity", "MUSD/yr", "country", ("investor",), lambda d: by_asset(d, "annuity_musd", "country", "investor")),
    ("debt service", "MUSD/yr", "country", ("investor", "currency"), debt_service_musd),
    (
        "subsidy equivalent",
        "MUSD",
        "country",
        ("investor",),
        lambda d: by_asset(d, "subsidy_musd", "country", "investor"),
    ),
    ("procured volume", "MW", None, ("procurement",), _variable("procured_mw")),
    ("refused volume", "MW", None, ("procurement", "reason"), _variable("procurement_refused_mw")),
    (
        "money left in envelopes",
        "MUSD",
        None,
        ("envelope",),
        lambda d: d["investor_budget_musd"] - d["investor_spent_musd"],
    ),
    ("value of one more dollar", "1", None, ("envelope",), _variable("budget_dual")),
    ("link flow", "GWh", None, ("link", "direction"), link_flow_gwh),
    ("link capacity", "MW", None, ("link",), _variable("link_capacity_mw")),
    ("highest flow of cut-set", "MW", None, ("cut_set",), lambda d: d["cut_set_flow_mw"].max("slice")),
    ("missing reserve", "GWh", "country", (), lambda d: energy_gwh(d, d["reserve_missing_mw"])),
    ("net import from market", "GWh", "zone", ("market",), market_net_import_gwh),
    ("reservoir water", "hm3", None, ("reservoir", "flow", "season"), reservoir_flow_hm3),
    ("cost", "MUSD/yr", None, ("cost_component",), _variable("cost_musd")),
    ("discounted cost", "MUSD", None, ("cost_component",), npv_musd),
)


def _rows(
    scenario: str, indicator: str, unit: str, region: str | None, item: Iterable[str], array: xr.DataArray
) -> Iterator[tuple[object, ...]]:
    for at in np.ndindex(array.shape):
        here = {str(d): array[d].values[i] for d, i in zip(array.dims, at, strict=True)}
        yield (
            scenario,
            str(here[region]) if region else "system",
            int(here["year"]) if "year" in here else pd.NA,
            indicator,
            " / ".join(str(here[d]) or "none" for d in item),
            float(array.values[at]),
            unit,
        )


def summary(dataset: xr.Dataset) -> Table:
    """Everything above as one tidy table: scenario, region, year, indicator, item, value, unit.

    ``year`` is empty for sums over the horizon; values that do not exist (a share of nothing) are left out.
    """
    scenario = str(dataset.attrs.get("scenario", ""))
    rows = [
        row
        for indicator, unit, region, item, function in SUMMARY
        for row in _rows(scenario, indicator, unit, region, item, function(dataset))
    ]
    table = pd.DataFrame(rows, columns=["scenario", "region", "year", "indicator", "item", "value", "unit"])
    return table.astype({"year": "Int64"}).dropna(subset=["value"]).reset_index(drop=True)
