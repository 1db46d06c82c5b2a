"""Which methods solve a problem, in which order: by its size, its purpose and what was asked for.

Measured on one thread, CPU seconds, the same matrix for all (rows × columns of the compiled plan):

====================================  =======================  ===================  ==================
method                                232,615 × 191,607        10 days × 2 h        6 days × 4 h
====================================  =======================  ===================  ==================
``hipo``: HiGHS' HiPO and crossover   137-151                  51                   18
``ipx``: HiGHS' IPX and crossover                              37-41                6.0
HiGHS' own choice (serial simplex)    > 160, not feasible yet  > 100                15.8
Clarabel 0.11                         58                       18                   5.0
``piqp``: PIQP between HiGHS' steps   15-22                    5.2                  1.5
====================================  =======================  ===================  ==================

Four fifths of PIQP's time is the factorisation of its system. On 45,810 × 66,774 (8 days × 2 h, presolved) it takes 81
iterations; cost scaled too, 3 or 30 rounds of equilibration, another step length, other regularisation, or a gap of
1e-5 leave 76 to 84 (with cost scaled it does not end), and its condensed systems had not made 15 iterations in the time
of all 81. It knows no warm start.

Clarabel is not a fall-back: it is a second dependency that would save a minute in the rare case that PIQP fails. The
windows of a year that is operated hour by hour are solved by simplex in less than a second each, which is less than
starting another process takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulator.errors import InternalError
from simulator.model.lp.problem import CompiledModel

SMALL_PROBLEM = 20_000
"""Below this many coefficients simplex is quicker than any interior point."""
HIGHS_ALONE = ("hipo", "ipx", "simplex")
ORDERS = {
    "auto": ("piqp", *HIGHS_ALONE),
    "piqp": ("piqp", *HIGHS_ALONE),
    "highs": HIGHS_ALONE,
    "hipo": HIGHS_ALONE,
    "ipx": ("ipx", "simplex"),
    "simplex": ("simplex",),
}
"""What is asked for → the methods in the order in which they are tried."""


@dataclass(frozen=True)
class SolveOptions:
    """How to solve."""

    method: str = "auto"
    """A key of ``ORDERS``; small problems are left to simplex, whole units to branch and bound."""
    purpose: Literal["plan", "window"] = "plan"
    """A plan to be decided, or a window of a year to be operated."""
    time_limit_s: float = 3600
    threads: int = 1


def even_methods(solver: str) -> tuple[str, ...]:
    """What chooses among plans of equal cost, after who found one of them; HiGHS alone stays alone."""
    return ("piqp", "hipo") if solver == "piqp" else ("hipo",)


def methods(problem: CompiledModel, options: SolveOptions) -> tuple[str, ...]:
    """The methods to try, the first first."""
    if options.method not in ORDERS:
        raise InternalError(f"there is no method {options.method!r}: choose one of {', '.join(ORDERS)}")
    if options.purpose == "window":
        return ("simplex", "hipo")
    if problem.matrix.nnz < SMALL_PROBLEM:
        return ("simplex",)
    return ORDERS[options.method]
