"""Figures: they draw whatever a run holds, nothing overlaps or is cut, colours can be told apart, bytes repeat.

The size of a difference between colours is ΔE (CIE 1976), the distance in CIELAB. Colour blindness is simulated by the
matrices of Machado, Oliveira and Fernandes (2009) at full severity, applied to linear RGB. The yardstick is the set of
Okabe and Ito (2008), made for colour-blind readers: under the same measure its closest two colours are 16 apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text
from results_toy import results_toy, single_zone
from share import sampled

from simulator.plots import FIGURES, save_all, save_comparison, save_each
from simulator.plots.compare import comparison, share_causes, why_share
from simulator.plots.style import ENTRY_COLOURS, GROUP_COLOURS, LINES, SERIES, save, spread


def still(dataset: xr.Dataset) -> xr.Dataset:
    """No flow over links, no trade, so no energy between zones."""
    quiet = dataset.copy(deep=True)
    for name in ("flow_mw", "forward_mw", "backward_mw", "trade_mw", "net_import_gwh"):
        quiet[name] = quiet[name] * 0
    for entry in ("imports by link", "exports by link", "border imports", "border exports"):
        quiet["energy_mw"].loc[{"entry": entry}] = 0
    return quiet


def without_vehicles(dataset: xr.Dataset) -> xr.Dataset:
    """No charging, and none of the tables about vehicles."""
    none = {dim: slice(0) for dim in ("vehicle", "powertrain", "place", "supplier", "count")}
    fields = ("co2_avoided_kt", "oil_avoided_million_litres", "nev_load_mw", "nev_energy_gwh")
    return dataset.isel(none).assign({name: dataset[name] * 0 for name in fields})


def without_places(dataset: xr.Dataset) -> xr.Dataset:
    """A system whose zones and markets have no coordinates: all lie at 0, 0."""
    kinds = [(f"{kind}_{axis}", kind) for kind in ("zone", "market") for axis in ("latitude", "longitude")]
    return dataset.assign_coords({name: (kind, np.zeros(dataset.sizes[kind])) for name, kind in kinds})


CASES: dict[str, Callable[[], xr.Dataset]] = {
    "whole toy": results_toy,
    "one zone, no links, no targets": lambda: single_zone(results_toy()),
    "one year": lambda: results_toy().sel(year=[2030]),
    "target year not modelled": lambda: results_toy().sel(year=[2026, 2028]),
    "one day": lambda: results_toy().isel(slice=slice(0, 12), day=[0]),
    "nothing flows": lambda: still(results_toy()),
    "no vehicles": lambda: without_vehicles(results_toy()),
    "nothing built": lambda: results_toy().assign_coords(asset_status=("asset", ["existing"] * 7)),
    "no coordinates": lambda: without_places(results_toy()),
    "no definition": lambda: results_toy().isel(definition=[], target=[]),
}


SOME = [
    pytest.param(name, case, marks=[] if row == 0 or (row + column) % 8 == 0 else pytest.mark.slow)
    for column, name in enumerate(FIGURES) for row, case in enumerate(CASES)
]  # fmt: skip
"""All figures of the whole toy, and every eighth of the others, each figure and each case among them; the rest is
slow."""


@pytest.mark.parametrize(("name", "case"), SOME)
def test_every_figure_draws_cleanly(name: str, case: str) -> None:
    """Warnings are errors (see pyproject.toml); texts neither touch each other nor leave the page."""
    assert_readable(FIGURES[name](CASES[case]()))


def test_comparison_draws_cleanly() -> None:
    other = results_toy("a_scenario_with_a_long_name").copy(deep=True)
    other["generation_gwh"] = other["generation_gwh"] * 1.17
    other["net_import_gwh"] = -other["net_import_gwh"]
    short = results_toy("short").sel(year=[2026, 2028])
    assert_readable(comparison([results_toy(), other, short]))
    assert_readable(comparison([results_toy()]))
    assert_readable(comparison([single_zone(results_toy()), results_toy("b")]))


def test_waterfalls_draw_cleanly_and_end_at_the_share() -> None:
    """From 12.78 % to 14.20 %: 438 GWh more of Chinese wind that count; nothing to draw without a share."""
    windier = results_toy("windier").copy(deep=True)
    windier["generation_gwh"].loc[{"asset": "plain_wind", "year": 2030}] += 438
    dimmer = results_toy("a_run_with_less_sun").copy(deep=True)
    dimmer["generation_gwh"].loc[{"asset": "south_sun"}] *= 0.5
    figure = why_share([results_toy(), windier, dimmer])
    assert_readable(figure)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["12.78", "+1.42", "14.20"]
    assert share_causes([single_zone(results_toy()), single_zone(results_toy("b"))]) == []
    assert_readable(why_share([results_toy(), results_toy("same")]))


def test_titles_name_the_run_and_axes_carry_units() -> None:
    for draw in FIGURES.values():
        figure = draw(results_toy("my_run"))
        assert "(my_run)" in figure.get_suptitle()
    labels = {
        name: [axis.get_ylabel() for axis in FIGURES[name](results_toy()).axes]
        for name in ("generation", "capacity", "share")
    }
    assert labels["generation"][0] == "TWh per year" and labels["capacity"][0] == "GW"
    assert labels["share"] == ["share of generation, %"]


def test_share_figure_says_what_the_toy_says() -> None:
    """12.8 % under the law in 2030 against 15 %; 13.0 % in 2028; definitions named at their lines."""
    figure = FIGURES["share"](results_toy())
    words = [text.get_text() for text in figure.axes[0].texts]
    assert {"law 12.8 %", "all hydro 21.3 %", "wind and solar 12.2 %", "target 15 % in 2030", "13.0 %"} <= set(words)
    for run in (results_toy().sel(year=[2030]), results_toy().sel(year=[2026, 2028])):
        (axis,) = FIGURES["share"](run).axes
        (note,) = [text for text in axis.texts if text.get_text() == "target 15 % in 2030"]
        low, high = axis.get_xlim()
        assert low <= note.xy[0] <= high, "a note anchored outside the axes is not drawn"  # type: ignore[attr-defined]
    consumption = results_toy().assign_coords(target_basis=("target", ["consumption"] * 3))
    assert "law 12.6 %" in [text.get_text() for text in FIGURES["share"](consumption).axes[0].texts]


def test_flows_are_net_and_point_to_the_receiver() -> None:
    """North to South 830 MW × 8.76 − 6.6 GWh = 7.3 TWh; Berland 0.4; markets 0.3 in and 0.09 out."""
    axis = FIGURES["flows"](results_toy()).axes[0]
    words = [text.get_text() for text in axis.texts]
    assert {"7.3", "0.4", "0.3", "0.09"} <= set(words)
    reverse = results_toy().copy(deep=True)
    reverse = reverse.rename(forward_mw="backward_mw", backward_mw="forward_mw")
    heads = [_head(FIGURES["flows"](run).axes[0], "7.3") for run in (results_toy(), reverse)]
    assert heads == ["Alland South", "Alland North"]


def _head(axis: Axes, number: str) -> str:
    """The place whose name is nearest to the head of the arrow that is nearest to a number."""
    texts = {text.get_text(): np.array(text.get_position()) for text in axis.texts}
    arrows = [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]
    arrow = min(arrows, key=lambda a: np.linalg.norm(np.mean(a._posA_posB, axis=0) - texts[number]))
    named = {name: at for name, at in texts.items() if not name[0].isdigit()}
    return min(named, key=lambda name: float(np.linalg.norm(named[name] - arrow._posA_posB[1])))


# ------------------------------------------------------------------------------------------- nothing overlaps


def _ticks(axis: Axis) -> Iterator[Text]:
    low, high = sorted(axis.get_view_interval())
    slack = 1e-6 * (high - low)
    for tick in axis.get_major_ticks():
        if low - slack <= tick.get_loc() <= high + slack:
            yield tick.label1


def _texts(figure: Figure) -> Iterator[Text]:
    yield from figure.texts
    for legend in figure.legends:
        yield from legend.get_texts()
    for axis in figure.axes:
        if not axis.get_visible():
            continue
        yield from axis.texts
        yield axis._left_title  # type: ignore[attr-defined]
        if axis.get_legend():
            yield from axis.get_legend().get_texts()
        if axis.axison:
            yield from (axis.xaxis.label, axis.yaxis.label)
            yield from itertools.chain(_ticks(axis.xaxis), _ticks(axis.yaxis))


def assert_readable(figure: Figure) -> None:
    """No two texts share more than a pixel in both directions; every text lies on the page."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    shown = [text for text in _texts(figure) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
    width, height = canvas.get_width_height()
    for text, box in boxes:
        assert box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1, f"{text!r} leaves the page"
    for (a, one), (b, two) in itertools.combinations(boxes, 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        down = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across <= 1 or down <= 1, f"{a!r} and {b!r} overlap"


def test_overlap_is_noticed() -> None:
    figure = Figure()
    figure.text(0.5, 0.5, "one")
    figure.text(0.51, 0.5, "two")
    with pytest.raises(AssertionError, match="overlap"):
        assert_readable(figure)


@pytest.mark.parametrize(
    ("places", "expected"),
    [([1, 5], [1, 5]), ([1, 1], [0, 2]), ([3, 2, 1], [4, 2, 0]), ([0, 0, 3], [-1, 1, 3]), ([], [])],
)
def test_labels_are_spread(places: list[float], expected: list[float]) -> None:
    assert spread(places, 2) == pytest.approx(expected)


# ----------------------------------------------------------------------------------------------------- colours

SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)
OKABE_ITO = ("#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")


def cielab(colour: str, sight: str) -> np.ndarray:
    """A hex colour as seen, in CIELAB (white point D65)."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, two: str) -> float:
    """ΔE for the reader who sees least of it."""
    return min(float(np.linalg.norm(cielab(one, sight) - cielab(two, sight))) for sight in SIGHT)


def test_difference_of_known_colours() -> None:
    """Black and white are 100 apart for everyone; red and green of equal lightness nearly vanish for some."""
    assert difference("#000000", "#ffffff") == pytest.approx(100, abs=0.5)
    assert cielab("#ff0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert difference("#a06a00", "#5a8a00") < 16


def test_any_two_colours_differ_more_than_okabe_itos_closest() -> None:
    yardstick = min(difference(a, b) for a, b in itertools.combinations(OKABE_ITO, 2))
    assert yardstick == pytest.approx(16, abs=1)
    colours = {**GROUP_COLOURS, **ENTRY_COLOURS}
    del colours["storage"]  # the same thing as the group "battery", and the same colour
    closest = min((difference(colours[a], colours[b]), a, b) for a, b in itertools.combinations(colours, 2))
    assert closest[0] > 1.3 * yardstick, closest


def test_neighbours_in_a_stack_differ_clearly() -> None:
    """Neighbours touch, so they need more than colours in a legend: nearly twice the closest of Okabe and Ito."""
    stack = [*GROUP_COLOURS.values(), *list(ENTRY_COLOURS.values())[1:]]
    assert min(difference(a, b) for a, b in itertools.pairwise(stack)) > 29
    assert min(difference(a, b) for a, b in itertools.pairwise(SERIES)) > 29


def test_lines_read_on_white() -> None:
    """Lines and their labels must stand out from the paper, and from each other as Okabe and Ito's do."""
    assert min(difference(a, "#ffffff") for a in LINES) > 29
    assert min(difference(a, b) for a, b in itertools.combinations(LINES, 2)) > 15


# ------------------------------------------------------------------------------------------------------ files


def test_same_run_same_bytes(tmp_path: Path) -> None:
    """Two figures; all of them when all tests are run."""
    names = sampled(list(FIGURES), least=2)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    drawing = {name: partial(FIGURES[name], results_toy()) for name in names}
    first, second = (save_each(drawing, tmp_path / folder).paths for folder in "ab")
    assert [p.name for p in first] == [f"{name}.{kind}" for name in names for kind in ("svg", "png")]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name
    assert b"<dc:date>" not in first[0].read_bytes()


@pytest.mark.slow
def test_comparison_is_saved(tmp_path: Path) -> None:
    """Every time: ``test_cli.test_comparison_on_the_screen_and_in_a_folder``, which draws the same."""
    paths = save_comparison([results_toy(), results_toy("b")], tmp_path).paths
    assert [p.name for p in paths] == ["comparison.svg", "comparison.png", "why_share.svg", "why_share.png"]
    assert all(p.stat().st_size > 5000 for p in paths)


def test_a_users_own_style_does_not_leak_in(tmp_path: Path) -> None:
    plain = save(FIGURES["share"](results_toy()), tmp_path, "plain")[0].read_bytes()
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 20}):
        styled = save(FIGURES["share"](results_toy()), tmp_path, "styled")[0].read_bytes()
    assert plain == styled


def test_a_name_is_never_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dollar signs, mathematics and tags in names are drawn as written."""
    for other in FIGURES.keys() - {"dispatch", "share", "flows"}:
        monkeypatch.delitem(FIGURES, other)
    name = "A $_x^2$ (US$5 to US$8) \\frac{ <b>&amp;"
    odd = results_toy("$40 vs $50 \\alpha {")
    for label in ("zone", "country", "investor", "asset"):
        if f"{label}_name" in odd:
            odd[f"{label}_name"] = odd[f"{label}_name"].astype(object)
            odd[f"{label}_name"][:] = name
    drawn = save_all(odd, tmp_path)
    assert not drawn.not_drawn
    text = (tmp_path / "dispatch.svg").read_text(encoding="utf-8")
    assert "$40 vs $50" in text or "<!-- $40" in text


def test_a_figure_that_fails_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in FIGURES.keys() - {"capacity", "share"}:
        monkeypatch.delitem(FIGURES, other)
    monkeypatch.setitem(FIGURES, "capacity", lambda dataset: 1 / 0)
    drawn = save_all(results_toy(), tmp_path)
    assert drawn.warnings() == ["the figure capacity could not be drawn (ZeroDivisionError: division by zero)"]
    assert {p.stem for p in tmp_path.iterdir()} == FIGURES.keys() - {"capacity"}
