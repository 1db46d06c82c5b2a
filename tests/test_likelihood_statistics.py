"""The estimator of likelihood on toys whose right value is known exactly.

Independent projects of equal size, each built with its own chance: the number built has a Poisson binomial
distribution (all chances alike: a binomial one), so the probability of reaching a level is a sum that anyone can
repeat. ``T`` is the share those projects give, ``S`` what a screening model makes of it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.analysis import draws, likelihood
from simulator.analysis.draws import Spread, points, value_of, values
from simulator.analysis.drivers import Inputs, conditions, fit
from simulator.analysis.likelihood import Control, Estimate, Sample

PROJECTS, CHANCE, POINTS, LEVEL = 12, 0.45, 1.5, 11.2
"""Each project gives 1.5 points on top of 2; 11.2 points need seven of twelve."""
EXACT = float(stats.binom.sf(6, PROJECTS, CHANCE))
COVERED = 0.91


def drawn(seed: int, n: int, bias: float = 0.0, noise: float = 0.1, wanted: float = 50) -> Sample:
    """Shares of ``n`` draws, screened with an error, and of some at full structure."""
    rng = np.random.default_rng(seed)
    built = (rng.random((n, PROJECTS)) < CHANCE).sum(axis=1)
    true = 2 + POINTS * built
    screened = true + bias + rng.normal(0, noise, n)
    chance = likelihood.probabilities(screened, LEVEL, wanted)
    return Sample(screened, np.where(rng.random(n) < chance, true, np.nan), chance)


def covered(samples, exact: float = EXACT) -> float:
    found = [likelihood.reached(sample, LEVEL) for sample in samples]
    return float(np.mean([e.low <= exact <= e.high for e in found]))


def test_the_interval_covers_the_exact_binomial_value():
    """P(7 or more of 12 at 45 %) = 26.1 %; 200 seeds."""
    assert pytest.approx(sum(stats.binom.pmf(k, 12, 0.45) for k in range(7, 13))) == EXACT
    assert covered(drawn(seed, 300) for seed in range(200)) >= COVERED


@pytest.mark.parametrize("wanted", [25, 60])
@pytest.mark.parametrize(
    "bias, noise", [(0.9, 0.1), (-1.4, 0.1), (0.0, 2.0), (3.0, 1.0), (-3.0, 1.0), (5.0, 0.1), (-5.0, 0.5)]
)
def test_a_screening_model_made_wrong_on_purpose_is_corrected(bias, noise, wanted):
    """Off by more than half a project, by noise as large as one, or by so much that doubt is looked for at the wrong
    place: the raw screened share is wrong by many points, the estimate is not, and its interval still covers."""
    samples = [drawn(seed, 300, bias, noise, wanted) for seed in range(200)]
    raw = float(np.mean([np.mean(s.screened >= LEVEL) for s in samples]))
    corrected = float(np.mean([likelihood.scores(s, LEVEL).h.mean() for s in samples]))
    assert bias == 0 or abs(raw - EXACT) > 0.1
    assert corrected == pytest.approx(EXACT, abs=0.02)
    assert covered(samples) >= COVERED


@pytest.mark.parametrize("error", [0.1, 0.2, 0.3])
def test_forty_plans_in_full_are_enough_for_five_hundred_draws(error):
    """A share of 13.4 ± 1.5 points and a level of 15, as in the main scenario: P = 14 %. Draws alone would give ± 3.1
    points; coarse days that are off by up to 0.3 points leave it at most ± 4.5 with 40 plans in full."""
    exact, halves, inside = float(stats.norm.sf(1.6 / 1.5)), [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        true = rng.normal(13.4, 1.5, 500)
        screened = true + rng.normal(0, error, 500)
        chance = likelihood.probabilities(screened, 15.0, 40)
        found = likelihood.reached(Sample(screened, np.where(rng.random(500) < chance, true, np.nan), chance), 15.0)
        halves.append(found.half)
        inside.append(found.low <= exact <= found.high)
    assert np.mean(halves) < 0.045 and np.mean(inside) >= COVERED


def test_what_failed_is_within_the_interval():
    """Two of 102 draws have no plan: 2 % of them are on either side. A plan in full that was to be made with a
    probability of a half speaks for two draws."""
    rng = np.random.default_rng(2)
    share = rng.normal(13, 1, 100)
    every = Sample(share, share, np.ones(100))
    plain, lost = likelihood.reached(every, 14), likelihood.reached(replace(every, lost=2), 14)
    assert lost.value == plain.value
    assert (lost.low, lost.high) == pytest.approx((plain.low * 100 / 102, (plain.high * 100 + 2) / 102))
    failed = np.arange(100) == int(np.argmin(abs(share - 14)))
    some = Sample(share, np.full(100, np.nan), np.full(100, 0.5))
    before, after = likelihood.reached(some, 14), likelihood.reached(replace(some, failed=failed), 14)
    assert after.value == before.value and after.high - after.low == pytest.approx(before.high - before.low + 0.02)


def test_what_could_have_been_seen_counts():
    """σ is a point, and by luck no plan in full is on another side than it was screened: what could have been seen
    counts."""
    screened = np.linspace(12, 18, 200)
    error = np.where(np.arange(200) % 4 < 2, 1.0, -1.0) * np.where(abs(screened - 15) < 1.1, 0, 1)
    sample = Sample(screened, np.where(np.arange(200) % 5 == 0, screened + error, np.nan), np.full(200, 0.2))
    found = likelihood.scores(sample, 15)
    assert found.correction == pytest.approx(found.likely.sum() / 200**2) and found.likely.sum() > found.seen.sum()
    assert found.unseen == pytest.approx((found.likely.sum() - found.seen.sum()) / 200**2)
    exact = likelihood.reached(Sample(screened, screened, np.ones(200)), 15)
    assert likelihood.reached(sample, 15).half > 1.2 * exact.half


def test_draws_in_full_have_the_probability_they_are_weighted_by():
    """As many as wanted on average, most of them near the level, none without a chance."""
    sample = drawn(1, 500, wanted=50)
    assert sample.probability.sum() == pytest.approx(50)
    assert sample.probability.min() >= 0.05
    near = np.abs(sample.screened - LEVEL) < 0.2
    assert not near.any() or sample.probability[near].mean() > 2 * sample.probability[~near].mean()


def test_never_and_always_have_intervals_of_some_width():
    """None of 59 does not mean never: the rule of three allows 5 %."""
    none = Sample(np.full(59, 10.0), np.full(59, np.nan), np.full(59, 0.5))
    found = likelihood.reached(none, 15.0)
    assert found.value == pytest.approx(0) and 0.04 < found.high < 0.08
    every = likelihood.reached(none, 5.0)
    assert every.value == pytest.approx(1) and 0.92 < every.low < 0.96


def test_a_target_that_the_plan_must_meet_is_met():
    """Shares at the limit of a row are a hair below it, as the verdict allows."""
    share = np.full(40, 15 - 1e-7)
    assert likelihood.reached(Sample(share, share, np.ones(40)), 15.0).value == 1


def test_a_control_variate_narrows_and_stays_right():
    """The arithmetic knows eleven of twelve projects, so that what is left to chance is little. Its mean is exact."""

    def one(seed: int) -> tuple[Estimate, Estimate]:
        rng = np.random.default_rng(seed)
        built = rng.random((400, PROJECTS)) < CHANCE
        true = 2 + POINTS * built.sum(axis=1)
        known = built[:, 1:].sum(axis=1)
        sample = Sample(true.astype(float), true.astype(float), np.ones(400))
        control = Control((known >= 7).astype(float), np.full(400, stats.binom.sf(6, PROJECTS - 1, CHANCE)), 10**9)
        return likelihood.reached(sample, LEVEL, control), likelihood.reached(sample, LEVEL)

    pairs = [one(seed) for seed in range(200)]
    assert np.mean([e.low <= EXACT <= e.high for e, _ in pairs]) >= COVERED
    gain = float(np.mean([e.gain for e, _ in pairs]))
    assert gain > 1.8
    assert np.mean([plain.half / e.half for e, plain in pairs]) == pytest.approx(np.sqrt(gain), rel=0.1)


def test_paired_draws_narrow_a_difference_and_cover_it():
    """Without one project of the twelve: P(7 of 11) less than P(7 of 12). Pairing keeps the other eleven the same."""
    exact = EXACT - float(stats.binom.sf(6, PROJECTS - 1, CHANCE))
    inside, gains = [], []
    for seed in range(200):
        built = np.random.default_rng(seed).random((400, PROJECTS)) < CHANCE
        whole, less = (2 + POINTS * part.sum(axis=1).astype(float) for part in (built, built[:, 1:]))
        one, other = (Sample(share, share, np.ones(400)) for share in (whole, less))
        found = likelihood.difference(one, other, LEVEL)
        inside.append(found.estimate.low <= exact <= found.estimate.high)
        gains.append(found.pairing)
    assert np.mean(inside) >= COVERED and np.mean(gains) > 2


def test_differences_add_up():
    """All projects less none is the sum of taking away one after the other, draw by draw."""
    built = np.random.default_rng(3).random((400, 4)) < CHANCE
    shares = [2 + 4.0 * built[:, k:].sum(axis=1) for k in range(5)]
    samples = [Sample(share, share, np.ones(400)) for share in shares]
    steps = [likelihood.difference(a, b, None).estimate.value for a, b in pairwise(samples)]
    whole = likelihood.difference(samples[0], samples[-1], None).estimate
    assert sum(steps) == pytest.approx(whole.value)
    alone = [likelihood.difference(samples[0], _without(built, k), None).estimate for k in range(4)]
    assert abs(sum(e.value for e in alone) - whole.value) <= sum(e.half for e in alone) + whole.half


def _without(built: np.ndarray, k: int) -> Sample:
    share = 2 + 4.0 * np.delete(built, k, axis=1).sum(axis=1)
    return Sample(share, share, np.ones(len(share)))


@pytest.mark.parametrize("seed", range(5))
def test_a_higher_level_is_never_likelier(seed):
    """Neither are the ends of the intervals; and at the level of which more is said, the same is said."""
    sample = drawn(seed, 200, noise=1.0)
    found = likelihood.by_level(sample, range(2, 21), said=11)
    assert all(a.value >= b.value and a.low >= b.low and a.high >= b.high for a, b in pairwise(found))
    assert all(e.low <= e.value <= e.high for e in found)
    assert found[9] == likelihood.reached(sample, 11)


def test_a_difference_is_that_of_what_is_said_of_both():
    """With control variates, too."""
    rng = np.random.default_rng(4)
    built = rng.random((300, PROJECTS)) < CHANCE
    samples, controls = [], []
    for part in (built, built[:, 1:]):
        share, known = 2 + POINTS * part.sum(axis=1).astype(float), part[:, 1:].sum(axis=1)
        samples.append(Sample(share, share, np.ones(300)))
        controls.append(Control((known >= 7).astype(float), np.full(300, (known >= 7).mean() + 0.02), 2000))
    one, other = (likelihood.reached(s, LEVEL, c) for s, c in zip(samples, controls, strict=True))
    found = likelihood.difference(*samples, LEVEL, (controls[0], controls[1])).estimate
    assert one.gain > 1 and found.value == pytest.approx(one.value - other.value)
    assert found.low < found.value < found.high


def test_no_difference_among_the_draws_is_not_none_at_all():
    """300 pairs that are alike: 2.8 of 300 may differ, either way."""
    sample = Sample(np.full(300, 10.0), np.full(300, 10.0), np.ones(300))
    found = likelihood.difference(sample, sample, 15.0).estimate
    assert (found.low, found.value, found.high) == pytest.approx((-2.8 / 300, 0, 2.8 / 300), rel=0.02)


def test_three_times_as_many_more_draws_halve_the_interval():
    few, many = (likelihood.reached(drawn(7, n, wanted=n / 6), LEVEL) for n in (400, 1600))
    assert likelihood.more_draws(few) == 1200 and many.half == pytest.approx(few.half / 2, rel=0.15)
    steps = likelihood.running(drawn(7, 400), LEVEL)
    assert steps[-1] == likelihood.reached(drawn(7, 400), LEVEL) and steps[0].half > steps[-1].half


def test_a_project_is_on_time_that_runs_nearly_as_long_as_it_ever_does():
    """It is due in the middle of the target's year, so that it never runs for more than half of it, and delays are
    never quite none: 30 of 100 draws have 0.46 to 0.5 of the year."""
    part = np.concatenate([np.linspace(0.46, 0.5, 30), np.linspace(0.1, 0.4, 30), np.zeros(40)])
    share = 14 + 4 * part
    found = conditions(Inputs(("project p",), part[:, None]), Sample(share, share, np.ones(100)), 15.5,
                       [("p on time", ["project p"])])  # fmt: skip
    assert (found[0].draws, found[0].value) == (30, 1.0) and found[0].low < 0.9


def test_a_linear_picture_of_noise_explains_nothing_that_it_has_not_seen():
    """Of 30 draws with 20 inputs most of the variance is explained; of others nothing."""
    rng = np.random.default_rng(1)
    inputs = Inputs(tuple(f"x{i}" for i in range(20)), rng.normal(size=(30, 20)))
    noise = fit(inputs, rng.normal(size=30))
    assert noise.r2 > 0.4 and noise.unseen_r2 == 0
    real = fit(inputs, inputs.values[:, 0] * 3 + 0.1 * rng.normal(size=30))
    assert real.unseen_r2 > 0.9


# --------------------------------------------------------------------------------------------------- draws


@pytest.mark.parametrize("shape", ["uniform", "triangle", "normal", "lognormal"])
def test_shapes_keep_their_low_middle_and_high(shape):
    """Ends, or the lowest and highest tenth; the mean of the triangle is (a + m + b) / 3."""
    spread = Spread(shape, 1.0, 2.0, 4.0)
    x = values([spread], points(0, 4096, 1, seed=1))[:, 0]
    if shape in ("normal", "lognormal"):
        assert np.quantile(x, [0.1, 0.5, 0.9]) == pytest.approx([1, 2, 4], rel=0.01)
    else:
        assert x.min() >= 1 and x.max() <= 4
        assert x.mean() == pytest.approx(2.5 if shape == "uniform" else 7 / 3, rel=0.01)


def test_inputs_of_a_group_vary_together_and_others_do_not():
    """Normal correlation √(ρ₁ ρ₂) = 0.6; ranks a little less: 6/π · asin(0.3)."""
    spreads = [Spread("uniform", 0, 0.5, 1, "fuel", 0.4), Spread("uniform", 0, 0.5, 1, "fuel", 0.9),
               Spread("uniform", 0, 0.5, 1)]  # fmt: skip
    x = values(spreads, points(0, 8192, draws.dimensions(spreads), seed=2))
    found = np.corrcoef(x.T)
    assert found[0, 1] == pytest.approx(6 / np.pi * np.arcsin(0.3), abs=0.02)
    assert abs(found[0, 2]) < 0.02 and abs(found[1, 2]) < 0.02


@given(st.integers(0, 60), st.integers(1, 40), st.integers(1, 5), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_more_draws_continue_the_sequence(first, more, dimensions, seed):
    whole = points(0, first + more, dimensions, seed)
    assert (whole[first:] == points(first, more, dimensions, seed)).all()
    assert whole.min() >= 0 and whole.max() < 1


@given(st.sampled_from(["uniform", "triangle", "normal"]), st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=50, deadline=None)
def test_a_luckier_rank_is_never_less(shape, one, other):
    low, high = value_of(Spread(shape, 1, 2, 5), np.array(sorted((one, other))))
    assert low <= high
