"""Energy between zones and with neighbours in a year, on a plain map."""

from __future__ import annotations

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.analysis.indicators import focus_year, labels, link_flow_gwh, market_net_import_gwh
from simulator.plots.style import PLAIN, SERIES, new_figure

Point = tuple[float, float]


def flows(dataset: xr.Dataset) -> Figure:
    """Arrows from sender to receiver, as wide as the net energy; numbers in TWh."""
    year = focus_year(dataset)
    figure, (axis,) = new_figure(f"Net flows in {year}, TWh ({dataset.attrs['scenario']})", 8.5, 5.6)
    zone = {
        str(z): (float(dataset["zone_longitude"].sel(zone=z)), float(dataset["zone_latitude"].sel(zone=z)))
        for z in dataset["zone"].values
    }
    market = {
        str(x): (float(dataset["market_longitude"].sel(market=x)), float(dataset["market_latitude"].sel(market=x)))
        for x in dataset["market"].values
    }
    net: dict[tuple[str, str], float] = {}
    energy = link_flow_gwh(dataset).sel(year=year)
    for link in labels(dataset, "link"):
        pair = str(dataset["link_from"].sel(link=link).item()), str(dataset["link_to"].sel(link=link).item())
        net[pair] = net.get(pair, 0) + float(
            energy.sel(link=link, direction="forward") - energy.sel(link=link, direction="backward")
        )
    for (a, b), gwh in net.items():
        _arrow(axis, *((zone[a], zone[b]) if gwh >= 0 else (zone[b], zone[a])), abs(gwh) / 1e3, SERIES[0])
    traded = market_net_import_gwh(dataset).sel(year=year)
    used = set()
    for m in map(str, traded["market"].values):
        for z in map(str, traded["zone"].values):
            gwh = float(traded.sel(market=m, zone=z).fillna(0))
            if abs(gwh) > 1:
                used.add(m)
                _arrow(axis, *((market[m], zone[z]) if gwh >= 0 else (zone[z], market[m])), abs(gwh) / 1e3, SERIES[1])
    for name, point in zone.items():
        axis.plot(*point, "o", ms=9, color="black", zorder=4)
        axis.annotate(
            str(dataset["zone_name"].sel(zone=name).item()),
            point,
            xytext=(8, 7),
            textcoords="offset points",
            fontweight="bold",
            zorder=5,
        )
    for name in used:
        axis.plot(*market[name], "s", ms=8, color=SERIES[1], zorder=4)
        axis.annotate(
            str(dataset["market_name"].sel(market=name).item()),
            market[name],
            xytext=(8, -12),
            textcoords="offset points",
            color=SERIES[1],
            zorder=5,
        )
    axis.margins(0.12)
    axis.grid(False)
    axis.set_xlabel("longitude")
    axis.set_ylabel("latitude")
    return figure


def _arrow(axis: Axes, start: Point, end: Point, twh: float, shade: str) -> None:
    if twh < 0.005:
        axis.plot(*zip(start, end, strict=True), color=PLAIN, lw=0.6, ls=":", zorder=1)
        return
    axis.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": shade,
            "lw": 0.8 + 0.45 * min(twh, 14),
            "shrinkA": 7,
            "shrinkB": 8,
            "alpha": 0.75,
            "mutation_scale": 16,
        },
    )
    middle = (0.5 * (start[0] + end[0]), 0.5 * (start[1] + end[1]))
    axis.annotate(
        f"{twh:.1f}",
        middle,
        ha="center",
        va="center",
        fontsize=8.5,
        zorder=6,
        bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": shade, "lw": 0.6},
    )
