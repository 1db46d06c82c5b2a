"""Energy between zones and with outside markets in a year, on a plain map without borders."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from simulator.analysis.indicators import focus_year, labels, link_flow_gwh, market_net_import_gwh
from simulator.plots.style import CHINESE, PLAIN, SERIES, add_title, halo, styled

WIDTH, MARGIN, TITLE = 620.0, 60.0, 34.0
"""Points; the axes' coordinates are points too, so that texts can be placed by their size."""
NOTHING_TWH = 0.005
MARKET = CHINESE
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass
class _Page:
    """Where texts and symbols lie already, in points."""

    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    ink: list[Point] = field(default_factory=list)

    def place(self, centres: Iterable[Point], width: float, height: float) -> Point:
        """The centre whose box covers least of what lies there; ties go to the earlier one."""
        best = min(enumerate(centres), key=lambda item: (self._cover(item[1], width, height), item[0]))[1]
        self.boxes.append(_box(best, width, height))
        return best

    def _cover(self, centre: Point, width: float, height: float) -> float:
        x0, y0, x1, y1 = _box(centre, width, height)
        over = sum(max(0, min(x1, b[2]) - max(x0, b[0])) * max(0, min(y1, b[3]) - max(y0, b[1])) for b in self.boxes)
        outside = max(0, -x0) + max(0, -y0) + max(0, x1 - self.width) + max(0, y1 - self.height)
        return 10 * over + 1000 * outside + 12 * sum(x0 <= x <= x1 and y0 <= y <= y1 for x, y in self.ink)


def _box(centre: Point, width: float, height: float) -> Box:
    return centre[0] - width / 2, centre[1] - height / 2, centre[0] + width / 2, centre[1] + height / 2


@styled
def flows(dataset: xr.Dataset) -> Figure:
    """Arrows from sender to receiver, as wide as the net energy; numbers in TWh. Dotted: a link with no net flow."""
    year = focus_year(dataset)
    arrows = _net_twh(dataset, year)
    markets = {end for pair in arrows for end in pair if end[0] == "market"}
    places, height = _layout(dataset, markets)
    figure = Figure(figsize=(WIDTH / 72, (height + TITLE) / 72))
    add_title(figure, f"Net flows of electricity in {year}, TWh ({dataset.attrs['scenario']})")
    axis = figure.add_axes((0, 0, 1, height / (height + TITLE)))
    axis.set(xlim=(0, WIDTH), ylim=(0, height))
    axis.set_axis_off()
    page = _Page(WIDTH, height)
    page.boxes += [_box(point, 16, 16) for point in places.values()]
    largest = max([abs(twh) for twh in arrows.values()] + [NOTHING_TWH])
    for (a, b), twh in arrows.items():
        ends = (places[a], places[b]) if twh >= 0 else (places[b], places[a])
        _draw_arrow(axis, *ends, abs(twh), largest, MARKET if "market" in (a[0], b[0]) else SERIES[0])
        page.ink += [_between(*ends, t) for t in np.linspace(0.04, 0.96, 40)]
    for end, point in places.items():
        _draw_place(axis, page, end, point, _name(dataset, end))
    for (a, b), twh in arrows.items():
        if abs(twh) >= NOTHING_TWH:
            _draw_number(axis, page, places[a], places[b], abs(twh))
    return figure


End = tuple[str, str]  # ("zone" or "market", label)


def _net_twh(dataset: xr.Dataset, year: int) -> dict[tuple[End, End], float]:
    """Net energy by pair of places, + from the first to the second; markets without trade are left out."""
    net: dict[tuple[End, End], float] = {}
    energy = link_flow_gwh(dataset).sel(year=year)
    forward = energy.sel(direction="forward") - energy.sel(direction="backward")
    for i, link in enumerate(forward.values):
        ends = [("zone", str(dataset[f"link_{side}"].values[i])) for side in ("from", "to")]
        sign = 1 if ends[0] <= ends[1] else -1
        pair = (min(ends), max(ends))
        net[pair] = net.get(pair, 0.0) + sign * float(link) / 1e3
    traded = market_net_import_gwh(dataset).sel(year=year)
    for m, market in enumerate(traded["market"].values):
        for z, zone in enumerate(traded["zone"].values):
            twh = float(traded.values[m, z]) / 1e3
            if abs(twh) >= NOTHING_TWH:
                net[("market", str(market)), ("zone", str(zone))] = twh
    return net


def _layout(dataset: xr.Dataset, markets: set[End]) -> tuple[dict[End, Point], float]:
    """Places in points and the map's height; on a circle if two places share their coordinates (none were given)."""
    ends: list[End] = [("zone", z) for z in labels(dataset, "zone")]
    ends += [("market", m) for m in labels(dataset, "market") if ("market", m) in markets]
    at = [labels(dataset, kind).index(name) for kind, name in ends]
    x, y = (
        np.array([float(dataset[f"{e[0]}_{axis}"].values[i]) for e, i in zip(ends, at, strict=True)])
        for axis in ("longitude", "latitude")
    )
    if len(set(zip(x.tolist(), y.tolist(), strict=True))) < len(ends):
        angle = np.linspace(0, 2 * np.pi, len(ends), endpoint=False)
        x, y = 2 * np.cos(angle), np.sin(angle)
    else:
        x = x * np.cos(np.radians(y.mean()))
    wide, high = max(np.ptp(x), 1e-6), np.ptp(y)
    inner = WIDTH - 2 * MARGIN - 40
    height = float(np.clip(inner * high / wide, 120, 420))
    scale_x = inner / wide if np.ptp(x) > 0 else 0.0
    scale_y = height / high if high > 0 else 0.0
    px = MARGIN + (x - x.min()) * scale_x if scale_x else np.full(len(x), WIDTH / 2)
    py = MARGIN + (y - y.min()) * scale_y if scale_y else np.full(len(y), MARGIN + height / 2)
    return dict(zip(ends, zip(px.tolist(), py.tolist(), strict=True), strict=True)), height + 2 * MARGIN


def _name(dataset: xr.Dataset, end: End) -> str:
    kind, key = end
    name = str(dataset[f"{kind}_name"].values[labels(dataset, kind).index(key)])
    return "\n".join(textwrap.wrap(name, 20)) or key


def _between(start: Point, end: Point, t: float) -> Point:
    return start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])


def _draw_arrow(axis: Axes, start: Point, end: Point, twh: float, largest: float, shade: str) -> None:
    if twh < NOTHING_TWH:
        axis.plot(*zip(start, end, strict=True), color=PLAIN, lw=0.8, ls=":", zorder=1)
        return
    width = 0.8 + 8 * twh / largest
    style = f"simple,tail_width={width},head_width={width + 7},head_length={width + 7}"
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle=style, shrinkA=8, shrinkB=8, color=shade, alpha=0.75, lw=0,
                                   zorder=2))  # fmt: skip


def _draw_place(axis: Axes, page: _Page, end: End, point: Point, name: str) -> None:
    zone = end[0] == "zone"
    axis.plot(*point, "o" if zone else "s", ms=9 if zone else 8, color="black" if zone else MARKET, zorder=4)
    lines = name.split("\n")
    wide, high = 6.3 * max(map(len, lines)) + 4, 12.0 * len(lines) + 2
    x, y = point
    right, up = 10 + wide / 2, 10 + high / 2
    around = [(right, 0), (0, up), (0, -up), (-right, 0), (right, up), (right, -up), (-right, up), (-right, -up)]
    spot = page.place([(x + dx, y + dy) for dx, dy in around], wide, high)
    halo(axis.text(*spot, name, ha="center", va="center", fontweight="bold" if zone else "normal", zorder=6,
                   color="black" if zone else MARKET))  # fmt: skip


def _draw_number(axis: Axes, page: _Page, start: Point, end: Point, twh: float) -> None:
    text = f"{twh:.1f}" if twh >= 0.1 else f"{twh:.2f}"
    along = [_between(start, end, t) for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)]
    spot = page.place(along, 6.2 * len(text) + 4, 13)
    axis.text(*spot, text, ha="center", va="center", fontsize=8.5, zorder=7,
              bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.9})  # fmt: skip
