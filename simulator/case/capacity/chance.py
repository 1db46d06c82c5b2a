"""Outcomes drawn by chance: which projects come, and how late, so that bad times hit many of them at once.

=====  =====================================================================================
u      standing of a project, uniform between 0 and 1: 0 is the luckiest
z, e   standard normal: shared by all projects of a seed, and the project's own
ρ      common share, ``common_percent`` / 100
p, m   probability and mean delay of the project
=====  =====================================================================================

One factor ties the projects together (a Gaussian copula); a project comes if its standing is good enough, and one
that only just comes, comes late:

(1)  u = Φ(√ρ · z + √(1 − ρ) · e)
(2)  built ⇔ u < p
(3)  delay = −m · ln(1 − u/p)

Given that it is built, u/p is uniform, so that the delay is exponential with mean m whatever ρ is. The few delays on
record (mean 6.9 months, standard deviation 9.4) have a spread of the size of their mean, as an exponential has; that
two of them came early it cannot show.

The probability of a stage is itself a judgement with a range. It is drawn once for all projects that share it, from
the triangle over that range whose mean is the probability, so that many draws average to ``expected``:

(4)  p ~ triangle(low, mode, high),  mode = 3 · mid − low − high, kept inside the range

A probability stated for one project is used as it is. Every draw has its own stream, named by seed and project,
so that an added or removed project changes no other.
"""

from __future__ import annotations

from math import log, sqrt
from random import Random
from statistics import NormalDist

from simulator.system import Realisation

_NORMAL = NormalDist()


def draw_probability(row: Realisation, seed: int) -> float:
    """Equation 4, as a fraction: the same for all projects that share the row."""
    low, high = row.probability_low_percent, row.probability_high_percent
    mode = min(max(3 * row.probability_percent - low - high, low), high)
    return Random(f"{seed}/{row.key}").triangular(low, high, mode) / 100


def common_luck(seed: int) -> float:
    """z of a seed, which all projects share: the lower, the luckier."""
    return Random(f"{seed}").gauss(0, 1)


def draw_outcome(project: str, probability: float, mean_delay: float, seed: int, common: float) -> tuple[bool, float]:
    """Whether the project comes, and its delay in the unit of ``mean_delay``; equations 1 to 3.

    >>> draw_outcome("plant", 1.0, 0.0, seed=1, common=0.0)
    (True, 0.0)
    >>> draw_outcome("plant", 0.0, 1.0, seed=1, common=0.0)
    (False, 1.0)
    """
    shared, own = common_luck(seed), Random(f"{seed}/{project}").gauss(0, 1)
    standing = _NORMAL.cdf(sqrt(common) * shared + sqrt(1 - common) * own)
    if standing >= probability:
        return False, mean_delay
    return True, mean_delay * -log(1 - standing / probability) if mean_delay else 0.0
