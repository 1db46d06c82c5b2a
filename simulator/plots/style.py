"""One look for all figures: colours by technology and entry, sizes, saving that repeats byte for byte.

Colours start from the Okabe–Ito set, which colour-blind readers can tell apart; neighbours in a stack differ in
lightness as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

GROUP_COLOURS = {
    "coal": "#3b3b3b",
    "oil": "#8c6d4f",
    "gas": "#b8b8b8",
    "nuclear": "#cc79a7",
    "hydro": "#0072b2",
    "bioenergy": "#117733",
    "geothermal": "#882255",
    "wind": "#56b4e9",
    "solar": "#f0e442",
    "pumped_hydro": "#332288",
    "battery": "#009e73",
}
ENTRY_COLOURS = {
    "storage discharge": "#009e73",
    "storage charge": "#7fceb9",
    "imports by link": "#e69f00",
    "exports by link": "#f3cf80",
    "border imports": "#d55e00",
    "border exports": "#eaae7f",
    "unserved energy": "#ff2d2d",
}
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#882255", "#117733", "#8c6d4f",
          "#3b3b3b")  # fmt: skip
TARGET = "#d55e00"
PLAIN = "#555555"
LABELS = {"pumped_hydro": "pumped hydro"}

SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.hashsalt": "simulator",
    "figure.constrained_layout.use": True,
}


def colour(name: str) -> str:
    """Colour of a technology group or a ledger entry."""
    return GROUP_COLOURS.get(name) or ENTRY_COLOURS.get(name) or PLAIN


def label(name: str) -> str:
    """What a reader sees for a group, entry or investor."""
    return LABELS.get(name, name.replace("_", " "))


def new_figure(
    title: str, width: float = 8, height: float = 4.5, rows: int = 1, columns: int = 1, **grid: Any
) -> tuple[Figure, list[Axes]]:
    """A figure with its axes in reading order and a title above them."""
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **grid)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    return figure, [axis for row in axes for axis in row]


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write SVG and PNG without dates, so that the same run gives the same bytes."""
    paths = [folder / f"{name}.svg", folder / f"{name}.png"]
    with mpl.rc_context(SETTINGS):
        figure.savefig(paths[0], metadata={"Date": None, "Creator": None})
        figure.savefig(paths[1], dpi=130, metadata={"Software": None})
    return paths
