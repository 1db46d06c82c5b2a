"""Figures of a run: a dataset goes in, a figure comes out; one look for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from simulator.plots import likelihood
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


@dataclass(frozen=True)
class Drawn:
    """What was drawn and what could not be."""

    paths: list[Path]
    not_drawn: dict[str, str]
    """Name of a figure → why it could not be drawn."""

    def warnings(self) -> list[str]:
        """A line for each figure that is missing."""
        return [f"the figure {name} could not be drawn ({reason})" for name, reason in self.not_drawn.items()]


def save_all(dataset: xr.Dataset, folder: Path) -> Drawn:
    """Draw every figure of a run as SVG and PNG."""
    return save_each({name: partial(draw, dataset) for name, draw in FIGURES.items()}, folder)


def save_each(figures: Mapping[str, Callable[[], Figure]], folder: Path) -> Drawn:
    """Draw and save figures by name; one that fails leaves no file and does not stop the others.

    Errors of the disk pass through: they concern all figures.
    """
    paths: list[Path] = []
    not_drawn: dict[str, str] = {}
    for name, draw in figures.items():
        try:
            paths += save(draw(), folder, name)
        except OSError:
            raise
        except Exception as error:
            not_drawn[name] = f"{type(error).__name__}: {error}"
            for half in folder.glob(f"{name}.*"):
                half.unlink()
    return Drawn(paths, not_drawn)


def save_comparison(datasets: Sequence[xr.Dataset], folder: Path) -> Drawn:
    """Draw the comparison of several runs, and why their shares differ where that is known."""
    figures: dict[str, Callable[[], Figure]] = {"comparison": lambda: comparison(datasets)}
    if share_causes(datasets):
        figures["why_share"] = lambda: why_share(datasets)
    return save_each(figures, folder)


def save_backcast(table: pd.DataFrame, countries: Mapping[str, str], folder: Path) -> Drawn:
    """Draw the backcast of every country, by its name."""
    return save_each(
        {f"backcast_{id_}": partial(backcast, table, id_, name) for id_, name in countries.items()}, folder
    )


def save_likelihood(found: Mapping[str, Any], folder: Path) -> Drawn:
    """Draw what draws say of a target; drivers only where they are known."""
    shares, target, name = found["shares"], found["target"], found["name"]
    figures: dict[str, Callable[[], Figure]] = {
        "distribution": lambda: likelihood.distribution(shares, target, name),
        "by_level": lambda: likelihood.by_level(found["levels"], target, name),
        "running": lambda: likelihood.running(found["running"], name),
    }
    if "drivers" in found:
        figures["tornado"] = lambda: likelihood.tornado(found["drivers"], name)
    if "scatter" in found:
        of, x = found["scatter"]
        figures["scatter"] = lambda: likelihood.scatter(x, shares, target, of, name)
    return save_each(figures, folder)


def save_hours(plan: xr.Dataset, hours: Mapping[int, xr.Dataset], folder: Path) -> Drawn:
    """Draw the hardest week of a plan that was operated hour by hour."""
    return save_each({"hardest_week": lambda: hardest_week(plan, hours)}, folder)
