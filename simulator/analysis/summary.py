"""The lines of ``summary.csv``: which indicators it has, by what, in which unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import product

import pandas as pd
import xarray as xr

from simulator.analysis.costs import plants_musd, shed_musd
from simulator.analysis.dispatch import nev_at_peak_mw, nev_moved_gwh, peak_dispatch_mw
from simulator.analysis.indicators import (
    bill_musd,
    by_asset,
    chinese_built_share_of_numerator_percent,
    chinese_share_of_numerator_percent,
    curtailment_gwh,
    debt_service_musd,
    denominator_gwh,
    energy_gwh,
    generation_by_group_gwh,
    link_flow_gwh,
    market_net_import_gwh,
    money_by_brand_musd,
    must_run_mw,
    must_run_share_percent,
    npv_musd,
    npv_of_shortage_musd,
    npv_of_supply_musd,
    numerator_gwh,
    price_usd_per_mwh,
    reservoir_flow_hm3,
    share_percent,
    sum_by,
    surplus_gwh,
    unserved_gwh,
)
from simulator.analysis.shed import rationed_gwh, shed_hours


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
    ("load shed", "GWh", "country", (), lambda d: sum_by(unserved_gwh(d), "zone", "country")),
    ("load rationed by plan", "GWh", "country", (), rationed_gwh),
    ("hours with load shed", "h", "country", (), shed_hours),
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
    ("discounted cost of supply", "MUSD", None, (), lambda d: xr.DataArray(npv_of_supply_musd(d))),
    ("discounted cost of shortage", "MUSD", None, (), lambda d: xr.DataArray(npv_of_shortage_musd(d))),
    ("discounted cost of plants", "MUSD", "country", (), plants_musd),
    ("discounted price of load shed", "MUSD", "country", (), shed_musd),
    ("cost", "MUSD/yr", None, ("cost_component",), _variable("cost_musd")),
    ("discounted cost", "MUSD", None, ("cost_component",), npv_musd),
)


def _rows(
    scenario: str, indicator: str, unit: str, region: str | None, item: Iterable[str], array: xr.DataArray
) -> Iterator[tuple[object, ...]]:
    names = {str(dim): array[dim].values.tolist() for dim in array.dims}
    for coordinates, value in zip(product(*names.values()), array.values.ravel().tolist(), strict=True):
        here = dict(zip(names, coordinates, strict=True))
        yield (
            scenario,
            str(here[region]) if region else "system",
            int(here["year"]) if "year" in here else pd.NA,
            indicator,
            " / ".join(str(here[d]) or "none" for d in item),
            float(value),
            unit,
        )


def summary(dataset: xr.Dataset, only: Collection[str] = ()) -> pd.DataFrame:
    """All indicators of ``SUMMARY``, or ``only`` some, as one tidy table: scenario, region, year, indicator, item,
    value, unit.

    ``year`` is empty for sums over the horizon; values that do not exist (a share of nothing) are left out.
    """
    scenario = str(dataset.attrs.get("scenario", ""))
    rows = [
        row
        for indicator, unit, region, item, function in SUMMARY
        if not only or indicator in only
        for row in _rows(scenario, indicator, unit, region, item, function(dataset))
    ]
    table = pd.DataFrame(rows, columns=["scenario", "region", "year", "indicator", "item", "value", "unit"])
    return table.astype({"year": "Int64"}).dropna(subset=["value"]).reset_index(drop=True)
