"""Figures of a run: a dataset goes in, a figure comes out; one look for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from simulator.plots.backcast import backcast
from simulator.plots.compare import comparison, share_causes, why_share
from simulator.plots.dispatch import days
from simulator.plots.hours import hardest_week
from simulator.plots.investors import debt, money
from simulator.plots.share import share_trajectory
from simulator.plots.stacks import capacity, cost, generation
from simulator.plots.style import save
from simulator.plots.trade_map import flows
from simulator.plots.vehicles import charging, stock_backcast, vehicle_stock

FIGURES: dict[str, Callable[[xr.Dataset], Figure]] = {
    "share": share_trajectory,
    "generation": generation,
    "capacity": capacity,
    "dispatch": days,
    "investors": money,
    "debt": debt,
    "flows": flows,
    "vehicles": charging,
    "vehicle_stock": vehicle_stock,
    "vehicle_backcast": stock_backcast,
    "cost": cost,
}


def save_all(dataset: xr.Dataset, folder: Path) -> list[Path]:
    """Draw every figure of a run as SVG and PNG; the paths written."""
    return [path for name, draw in FIGURES.items() for path in save(draw(dataset), folder, name)]


def save_comparison(datasets: Sequence[xr.Dataset], folder: Path) -> list[Path]:
    """Draw the comparison of several runs, and why their shares differ where they can be told."""
    paths = save(comparison(datasets), folder, "comparison")
    return paths + (save(why_share(datasets), folder, "why_share") if share_causes(datasets) else [])


def save_backcast(table: pd.DataFrame, countries: Mapping[str, str], folder: Path) -> list[Path]:
    """Draw the backcast of every country, by its name."""
    return [
        path
        for country, name in countries.items()
        for path in save(backcast(table, country, name), folder, f"backcast_{country}")
    ]


def save_hours(plan: xr.Dataset, hours: Mapping[int, xr.Dataset], folder: Path) -> list[Path]:
    """Draw the hardest week of a plan that was operated hour by hour."""
    return save(hardest_week(plan, hours), folder, "hardest_week")
