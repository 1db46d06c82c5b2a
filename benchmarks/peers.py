"""(c) The same question said in PyPSA and in our rules: build, solve, and the same optimum.

The synthetic plan of (a) for one year, with storage over the whole plan: what PyPSA can say. Both sides leave out
commitment, rivers, fuel steps, reserve and trade. HiGHS solves PyPSA's problem by IPX, the quicker of the methods it
may be told to use, and by its own choice; ours is solved as every plan is. A row whose optimum differs by more than
1e-6 is void.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from build import PLANTS, Data, by_rules
from measure import timed

from simulator.solve import SolveOptions, solve

SAME = 1e-6


def measure(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the page."""
    data = Data(3, 1, 4, 6, by_day=False) if quick else Data(7, 1, 24, 24, by_day=False)
    jobs: dict[str, Callable[[], float]] = {
        "ours": lambda: solve(by_rules(data), SolveOptions()).objective,
        "PyPSA, IPX": lambda: _pypsa(data, {"solver": "ipx", "output_flag": False}),
        "PyPSA, HiGHS' own choice": lambda: _pypsa(data, {"output_flag": False}),
    }
    if importlib.util.find_spec("pypsa"):
        importlib.import_module("pypsa")  # what an import costs is not the question
    else:
        jobs = {"ours": jobs["ours"]}
    found = {name: timed(job) for name, job in jobs.items()}
    best = found["ours"]["value"]
    return [{
        "what": name, "size": f"{data.zones} zones, {data.units} plants, {data.slices} slices",
        "cpu_s": spent["cpu_s"], "clock_s": spent["clock_s"], "ratio": spent["cpu_s"] / found["ours"]["cpu_s"],
        "difference": abs(spent["value"] - best) / abs(best),
        "status": "same optimum" if abs(spent["value"] - best) <= SAME * abs(best) else "void: another optimum",
    } for name, spent in found.items()]  # fmt: skip


def _pypsa(data: Data, options: dict[str, Any]) -> float:
    """The optimum by PyPSA: everything added at once, HiGHS fed directly and not by way of a file."""
    import pandas as pd
    import pypsa

    for name in ("pypsa", "linopy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    network = pypsa.Network()
    network.set_snapshots(pd.RangeIndex(data.slices))
    network.snapshot_weightings = pd.DataFrame(
        {"objective": data.hours[0], "stores": 1.0, "generators": data.hours[0]}, index=network.snapshots
    )
    zones = [f"z{z}" for z in range(data.zones)]
    units = [f"u{u}" for u in range(data.units)]
    network.add("Bus", zones)
    network.add("Load", zones, suffix=" load", bus=zones, p_set=_series(data.load[:, 0], [f"{z} load" for z in zones]))
    network.add(
        "Generator", units, bus=[zones[u // PLANTS] for u in range(data.units)], p_nom_extendable=True,
        capital_cost=data.annuity[:, 0], marginal_cost=data.cost[:, 0], p_max_pu=_series(data.available[:, 0], units),
    )  # fmt: skip
    network.add(
        "StorageUnit", zones, suffix=" storage", bus=zones, p_nom=1.0, max_hours=4.0, efficiency_store=0.9,
        efficiency_dispatch=0.9, cyclic_state_of_charge=True,
    )  # fmt: skip
    lines = [f"l{k}" for k in range(data.zones - 1)]
    network.add("Link", lines, bus0=zones[:-1], bus1=zones[1:], p_nom=2.0, p_min_pu=-1.0)
    network.optimize(solver_name="highs", io_api="direct", solver_options=options)
    return float(network.objective)


def _series(values: np.ndarray, names: list[str]) -> Any:
    import pandas as pd

    return pd.DataFrame(values.T, columns=names)
