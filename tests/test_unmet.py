"""What a scenario asks for and does not get is said in the verdict's closing words, with the limit in the way."""

from __future__ import annotations

import numpy as np
import xarray as xr

from simulator.analysis.unmet import unmet

REASONS = ["not realised", "dearer than the ceiling", "investor has left", "limit grid"]


def results(
    refused: list[list[list[float]]], built: list[list[float]], ready: list[list[float]], late: bool = False
) -> xr.Dataset:  # fmt: skip
    """Two procurement, one envelope (without money where infinite or NaN), two model years."""
    return xr.Dataset(
        {
            "procured_mw": (("procurement", "year"), np.array(built, float)),
            "procurement_refused_mw": (("procurement", "reason", "year"), np.array(refused, float)),
            "investor_budget_musd": (("envelope", "year"), np.array(ready, float)),
            "investor_spent_musd": (("envelope", "year"), np.array([[60.0, 40.0]])),
        },
        coords={
            "procurement": ["auction", "deal"],
            "reason": REASONS,
            "year": [2028, 2030],
            "envelope": ["policy_bank"],
            "asset": ["p", "p/late/1", "p/late/1/storage", "q/late/2", "z/wind/late"] if late else [],
            "asset_country": ("asset", ["C", "C", "C", "D", "C"] if late else []),
        },
    )


NOTHING = [[0, 0]] * 4


def test_a_deal_cut_by_a_limit_names_it():
    """1,000 MW asked, 100 refused by the limit of the grid: 900 are built. The auction has nothing refused."""
    said = unmet(results([NOTHING, [[0, 0], [0, 0], [0, 0], [100, 0]]], [[50, 50], [400, 500]], [[60, 40]]))
    assert said == ["deal: 900 of 1,000 MW are built; 100 MW refused by the limit grid"]


def test_the_largest_reason_comes_first():
    """Of 500 MW 300 are too dear and 150 are not realised; nothing is left of the money."""
    said = unmet(results([[[100, 50], [300, 0], [0, 0], [0, 0]], NOTHING], [[0, 50], [0, 0]], [[60, 40]]))
    assert said == ["auction: 50 of 500 MW are built; 300 MW refused: dearer than the ceiling, 150 MW not realised"]


def test_money_that_is_left_is_said():
    said = unmet(results([NOTHING, NOTHING], [[0, 0], [0, 0]], [[100, 100]]))
    assert said == [
        "money not spent, as more would not pay within the limits of what may be built: policy_bank 100 of 200 MUSD"
    ]


def test_rounding_and_envelopes_without_a_limit_say_nothing():
    assert unmet(results([NOTHING, [[0, 0], [0.05, 0], [0, 0], [0, 0]]], [[0, 0], [500, 400]], [[60.01, 40]])) == []
    assert unmet(results([NOTHING, NOTHING], [[0, 0], [0, 0]], [[np.inf, np.nan]])) == []


def test_projects_that_limits_delay_are_named_by_country() -> None:
    """Of a candidate whose investor is called ``late`` nothing is said."""
    said = unmet(results([NOTHING, NOTHING], [[0, 0], [0, 0]], [[60, 40]], late=True))
    assert [line.split(" are late")[0] + line.rpartition(":")[2] for line in said] == [
        "1 named projects of C p", "1 named projects of D q"
    ]  # fmt: skip
