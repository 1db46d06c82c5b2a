"""Solving: a linear problem, the plan, and the operation of a year.

HiGHS is the solver of record; PIQP lends it an interior point.

==============  =======================================================================================================
``solver``      all steps of solving in order, and what takes over when a method fails
``choice``      which methods are tried, in which order, by size and purpose
``watch``       what every phase shares: progress, time limit, Ctrl-C
``highs``       HiGHS alone: hand-over, options asserted, outcomes named, whole units
``interior``    the interior point of PIQP, in a process of its own (``worker``)
``face``        the set of all optimal plans, made small, and a vertex of it by HiGHS' simplex
``ties``        of plans of equal cost the most even one
``judge``       the solution looked at again: residuals, gap, signs of duals
``plan``        a case to audited results: build, compile, solve, collect
``operate``     a plan through every hour of a year in ``rolling`` weeks
==============  =======================================================================================================
"""

from simulator.model.lp.problem import Solution
from simulator.solve.choice import SolveOptions
from simulator.solve.solver import solve

__all__ = ["Solution", "SolveOptions", "solve"]
