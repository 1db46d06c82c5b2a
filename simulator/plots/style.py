"""One look for all figures: colours by technology and entry, sizes, legends, saving that repeats byte for byte.

The colours start from the Okabe–Ito set and were moved apart until, for normal sight and for each of the three kinds
of colour blindness (full strength), any two differ more than the closest two of Okabe and Ito's own do: ΔE 22 against
16 in CIELAB. Neighbours in a stack differ by 30. A test computes this.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure

GROUP_COLOURS = {  # in the order of the stack, from the bottom
    "nuclear": "#b47ead",
    "coal": "#141005",
    "oil": "#683c1c",
    "gas": "#c0e0e0",
    "geothermal": "#8b0559",
    "bioenergy": "#89a255",
    "hydro": "#3060a5",
    "pumped_hydro": "#0e0578",
    "wind": "#6cd0fa",
    "solar": "#f5fa68",
    "battery": "#059b73",
}
ENTRY_COLOURS = {"storage": "#059b73", "other zones": "#f59605", "outside markets": "#fac8a4",
                  "vehicles": "#8833ee", "unserved": "#d83605"}  # fmt: skip
ENTRY_NAMES = {  # both directions share a colour: above zero it feeds the zone, below it draws from it
    "storage discharge": "storage",
    "storage charge": "storage",
    "imports by link": "other zones",
    "exports by link": "other zones",
    "border imports": "outside markets",
    "border exports": "outside markets",
    "unserved energy": "unserved",
    "vehicles to grid": "vehicles",
}
SERIES = ("#0072b2", "#d55e00", "#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#000000")
"""Okabe–Ito, ordered so that neighbours differ most; for what has no colour of its own."""
LINES = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
TARGET = "#000000"
CHINESE = "#d55e00"
PLAIN = "#999999"

SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.ymargin": 0.06,
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.hashsalt": "simulator",
    "text.parse_math": False,  # names are the user's: a $ in them is a dollar and not mathematics
}

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """A figure function that draws under the settings above, whatever the user's own are."""

    @functools.wraps(draw)
    def inner(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(SETTINGS)
            return draw(*args, **kwargs)

    return inner


def colour(name: str) -> str:
    """Colour of a technology group or of what an entry is called in figures."""
    return GROUP_COLOURS.get(name) or ENTRY_COLOURS.get(name) or PLAIN


def label(name: str) -> str:
    """What a reader sees for a group, entry, definition or investor without a longer name."""
    return name.replace("_", " ")


def in_order(groups: Iterable[object]) -> list[str]:
    """Technology groups in the order of the stack, unknown ones last."""
    known = list(GROUP_COLOURS)
    return sorted(map(str, groups), key=lambda g: known.index(g) if g in known else len(known))


def new_figure(
    title: str, width: float = 8, height: float = 4.5, rows: int = 1, columns: int = 1, **grid: Any
) -> tuple[Figure, list[Axes]]:
    """A figure with its axes in reading order and a title above them."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **grid)
    add_title(figure, title)
    return figure, [axis for row in axes for axis in row]


def add_title(figure: Figure, title: str) -> None:
    """The figure's title: what it shows, and of which run."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")


def legend_below(figure: Figure, handles: Mapping[str, Any]) -> None:
    """A legend under the axes, in as many columns as the width takes."""
    if handles:
        column_inches = 0.075 * max(map(len, handles)) + 0.6
        columns = max(1, min(len(handles), int(figure.get_figwidth() / column_inches)))
        figure.legend(list(handles.values()), list(handles), loc="outside lower left", ncols=columns)


def halo(text: Any, width: float = 2.5) -> None:
    """A white rim, so that a text stays readable on lines."""
    text.set_path_effects([patheffects.withStroke(linewidth=width, foreground="white")])


def spread(places: Iterable[float], least: float) -> list[float]:
    """Positions moved apart to at least ``least``, order kept, labels that touch centred on their mean.

    >>> spread([1.0, 5.0, 1.0], 2.0)
    [0.0, 5.0, 2.0]
    """
    old = np.array(list(places), dtype=float)
    order = np.argsort(old, kind="stable")
    clusters: list[tuple[float, int]] = []  # centre and members of labels that touch
    for place in old[order]:
        centre, count = float(place), 1
        while clusters and centre - clusters[-1][0] < least * (count + clusters[-1][1]) / 2:
            before, members = clusters.pop()
            centre = (centre * count + before * members) / (count + members)
            count += members
        clusters.append((centre, count))
    new = np.concatenate([c + least * (np.arange(n) - (n - 1) / 2) for c, n in clusters] or [old])
    return [float(new[i]) for i in np.argsort(order)]


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write SVG and PNG without dates, so that the same run gives the same bytes; the paths.

    Where axes and texts have room is worked out once and here: for each file matplotlib would draw the figure once more
    to find out.
    """
    paths = [folder / f"{name}.svg", folder / f"{name}.png"]
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        layout = figure.get_layout_engine()
        if layout is not None:
            layout.execute(figure)
            figure.set_layout_engine(None)
        figure.savefig(paths[0], metadata={"Date": None, "Creator": None})
        figure.savefig(paths[1], dpi=130, metadata={"Software": None})
    return paths
