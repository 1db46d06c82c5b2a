"""How the plan is solved."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.inputs.schema.part import Part
from simulator.system import Positive
from simulator.system.meaning import Unit


class Solver(Part):
    """How the plan is solved; sensible as it is."""

    method: Literal["auto", "highs", "hipo", "ipx", "simplex"] = "auto"
    """``auto``: PIQP's interior point between HiGHS' own steps, simplex for small plans. ``highs``: HiGHS alone.
    ``hipo``, ``ipx``, ``simplex``: one method of HiGHS."""
    time_limit_s: Positive = 3600
    """Longest time of a solution; then the run ends with an error."""
    threads: Annotated[int, Field(ge=1, le=64), Unit("threads")] = 1
    """Number of threads."""
