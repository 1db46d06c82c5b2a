"""Every arrow points one way: the house described in CONTRIBUTING.md, read from the imports.

A module belongs to the layer with the longest matching name; a new module must be given a place here.
"""

from __future__ import annotations

import ast
import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyomo.environ as pyo
import pytest
import toy

import simulator
from simulator.model.build import build

PACKAGE = Path(simulator.__file__).parent

LEFT_ARM = (
    "_version", "errors", "grouping", "interpolation", "renamed", "cache", "files", "results_schema", "system",
    "inputs.strict_yaml", "inputs.validation", "inputs.renaming", "inputs.csv_tables", "inputs.tables",
    "inputs.merge", "inputs.plain_data", "inputs.change", "inputs.schema", "inputs.scenario", "inputs.read",
    "inputs.study", "inputs.locate", "inputs.levers",
    "case.messages", "case.axes", "case.finance", "case.time", "case.money", "case.law", "case.capacity",
    "case.weather", "case.grid", "case.vehicles", "case.demand", "case.gaps", "case.changes", "case",
    "model.lp", "model", "model.results", "audit", "solve",
)  # fmt: skip
"""From a scenario file to checked results: each may import those before it."""
RIGHT_ARM = ("_version", "errors", "analysis", "plots")
"""From results to tables and figures: nothing of the model."""
STUDIES = (
    "validate", "run", "cluster", "batch", "rows", "sweep", "counterfactual", "draws", "likelihood",
    "likelihood_report", "backcast", "time_resolution", "hours", "report", "review", "limits", "gallery", "priors",
)  # fmt: skip
ON_TOP = (*(f"studies.{name}" for name in STUDIES), "reference", "cli", "__main__")
"""Each of these may import both arms and those before it."""
MAY_IMPORT = (
    {layer: set(LEFT_ARM[: i + 1]) for i, layer in enumerate(LEFT_ARM)}
    | {layer: set(RIGHT_ARM[: i + 1]) for i, layer in enumerate(RIGHT_ARM)}
    | {"inputs": set(), "studies": set(), "studies.store": {"errors", "_version", "files", "results_schema"}}
    | {"importers": {"errors", "files", "case.time", "case.weather", "importers"}}
    | {layer: {*LEFT_ARM, *RIGHT_ARM, "studies.store", "importers", *ON_TOP[: i + 1]} for i, layer in enumerate(ON_TOP)}
)
HOMES = {
    "distributed": ("studies",),
    "pyomo": ("model",),
    "highspy": ("solve", "cli"),
    "piqp": ("solve", "cli"),
    "matplotlib": ("plots",),
}
"""The only layers that know a library."""

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"  # the public names, imported when they are used
}


@dataclass(frozen=True)
class Facts:
    """What these tests want to know of a module; it is read once."""

    imports: tuple[str, ...]
    """Full names of all that it imports, inside functions too; ``from a import b`` gives ``a.b``."""
    classes: tuple[str, ...]
    """Its public classes."""
    constants: frozenset[str]
    """All texts."""
    said: tuple[tuple[int, str], ...]
    """Line and text of names and constants, without docstrings."""
    exits: tuple[tuple[int, str], ...]
    """Line and words of what prints or ends the process."""


@cache
def facts(module: str) -> Facts:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    names = [(node.lineno, node.id) for node in nodes if isinstance(node, ast.Name)]
    return Facts(
        tuple(_imports(module, nodes)),
        tuple(n.name for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")),
        frozenset(node.value for node in texts),
        (*names, *((node.lineno, node.value) for node in texts if id(node) not in prose)),
        tuple(_exits(nodes)),
    )


def _imports(module: str, nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _exits(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "exit", "quit", "sys.exit", "os._exit"}:
            yield node.lineno, ast.unparse(node.func)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "sys.stderr"}:
            yield node.lineno, ast.unparse(node)


def layer(module: str) -> str:
    """The layer of a module, or of a name in it."""
    fitting = [name for name in MAY_IMPORT if module == name or module.startswith(name + ".")]
    assert fitting, f"{module} has no place in the architecture: give it one in this test and in CONTRIBUTING.md"
    return max(fitting, key=len)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module):
    allowed = MAY_IMPORT[layer(module)]
    for name in facts(module).imports:
        inner = name.removeprefix("simulator.")
        if name != inner:
            assert layer(inner) in allowed, f"{module} must not import {inner}"


def test_one_class_has_one_name():
    """No two public classes share a name: a reader who searches for it finds one."""
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for name in facts(module).classes:
            homes.setdefault(name, []).append(module)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_a_newcomer_finds_every_room():
    """Every package, and every file of the packages of a case, has a place in the map of CONTRIBUTING.md."""
    guide = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {module.replace(".", "/") for module, path in MODULES.items() if path.name == "__init__.py"}
    missing = {room for room in rooms if f"{room}/" not in guide}
    files = {module.rpartition(".")[2] for module in MODULES if module.startswith("case.")} - {"__init__"}
    missing |= {name for name in files if f"`{name}`" not in guide and f"{name}/" not in guide}
    assert not missing, "give them a place in the map of CONTRIBUTING.md"


def test_only_features_know_their_variables_and_rows():
    """Solver and results call ``report`` and ``carry`` of each feature; they name no component of the model in text.

    ``infeasible`` has words for rows that a user may have set too tight, and ``target`` is a dimension of results, too.
    """
    day = toy.system({"day": 100.0}, technologies=[toy.technology("gas")], plants=[toy.plant("gas", 200)])
    model = build(toy.case(day, toy.scenario({"day": 8760}))).pyomo
    components = {c.name for c in model.component_objects((pyo.Var, pyo.Constraint), descend_into=False)}
    readers = [name for name in MODULES if name.startswith(("solve.", "model.results."))]
    named = frozenset().union(*(facts(name).constants for name in readers if name != "solve.infeasible"))
    assert len(components) > 50
    assert named & components == {"target"}


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_at_home(library):
    """A new solver touches one file, and a verdict needs neither solver nor model."""
    users = {layer(module) for module in MODULES for name in facts(module).imports if name.split(".")[0] == library}
    assert users, f"nobody imports {library}: this test has lost its object"
    assert users <= {name for name in MAY_IMPORT if name.startswith(HOMES[library])}


def test_only_the_command_line_prints_and_exits():
    """A library that prints or exits cannot be used from another program."""
    silent = [name for name in MODULES if layer(name) not in {"cli", "__main__"}]
    guilty = [f"{module}:{line} {words}" for module in silent for line, words in facts(module).exits]
    assert not guilty


def test_no_place_of_the_built_in_data_is_named_in_code():
    """What holds for one country is data. Docstrings may give examples; code and its texts may not."""
    data = PACKAGE / "data" / "central_asia"
    places = set()
    for table in ("countries", "zones"):
        with (data / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            places |= {row[column] for row in csv.DictReader(file) for column in ("id", "name")}
    assert len(places) > 10
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(places))) + r")\b")
    guilty = [
        f"{module}:{line} {found[0]}"
        for module in MODULES for line, text in facts(module).said if (found := pattern.search(text))
    ]  # fmt: skip
    assert not guilty


def test_public_names_are_a_decision():
    """Sixteen names, each of which exists; ``run`` is the function and not a module of that name."""
    assert set(simulator.__all__) == {
        "InputError", "Job", "Scenario", "SimulatorError", "System", "__version__", "backcast", "compare",
        "counterfactual", "load_scenario", "open_results", "operate", "plan", "run", "run_many", "verdict",
    }  # fmt: skip
    assert all(getattr(simulator, name) for name in simulator.__all__)
    assert all(callable(getattr(simulator, name)) for name in set(simulator.__all__) - {"__version__"})
    with pytest.raises(AttributeError, match="no attribute 'solve_everything'"):
        simulator.solve_everything  # noqa: B018


HEAVY = ("dask", "distributed", "pandas", "scipy", "xarray", "matplotlib", "pyomo", "highspy", "pvlib", "netCDF4")


@pytest.mark.parametrize(
    "statement",
    [
        "import simulator",
        "from simulator.cli import main; main(['validate', 'reference/switch_3zone_toy.yaml'])",
        "from simulator.cli import main; main(['schema'])",
    ],
)
def test_small_commands_load_no_heavy_library(statement):
    """What takes seconds to import must not be imported by what should answer at once; ``validate`` needs numpy."""
    program = f"import sys; {statement}; print('LOADED', *[name for name in {HEAVY} if name in sys.modules])"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=Path(__file__).parent, env=environment, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]
