"""Every place where the code gives up as if it were wrong itself, with why no input gets there.

``raise`` of an error that a user cannot mend, ``assert``, and ``next`` without a default. A file with a first one asks
for its reason here: who looks first, so that it cannot happen, or which test shows what a user sees when it does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import simulator

ROOT = Path(simulator.__path__[0])
OURS = {"InternalError", "RuleError", "NumericalError", "AssertionError", "KeyError", "ValueError", "RuntimeError"}

NAMES = "every name of a table is borne by a row (system/names.py), or the case is never made"
MODEL = "speaks to who writes rules: sets, names and formulas are those of the code, whatever the input"
FIGURES = (
    "figures are finite: readers refuse what is larger than 1e15 and what is not a number, rates, lives and "
    "elasticities have limits (test_doors), no divisor is zero (Positive), and case/assembly.check_finite looks at "
    "every series"
)
SOLVER = "numerics, status 14, with the method that took over in the notes (test_solve, test_interior); never saved"
REASONS: dict[str, str] = {
    "analysis/backcast_page.py": "groups of rows that were made by grouping rows: none is empty",
    "analysis/compare.py": "inside the branch in which a name occurs twice",
    "analysis/levers.py": "called for the shipped reference and its levers, which all have its targets",
    "analysis/priors.py": "called for groups of projects, none of them empty",
    "analysis/text.py": "files read back: the caller makes a FileError of it (test_read_back)",
    "analysis/weather.py": "a table of the package, which has a row for the year (test_weather)",
    "audit/__init__.py": "the audit itself, status 14: the fuzzer counts it as a failure",
    "audit/books.py": NAMES,
    "audit/fuel.py": f"of steps that are there; a column for what no step gives makes every supply possible; {NAMES}",
    "audit/policy.py": NAMES,
    "audit/running.py": NAMES,
    "audit/vehicles.py": NAMES,
    "case/assembly.py": "findings.finish() has raised if one of them is None",
    "case/capacity/pipeline.py": "inputs/schema/investment.Rule asks for a seed",
    "case/capacity/procurement.py": NAMES,
    "case/finance.py": "lives have a least value, and what gives no energy is looked for before (procurement._lcoe)",
    "case/gaps.py": "inside the branch in which something is given",
    "case/grid/loops.py": "called for links that have one",
    "case/money/cost_of_capital.py": "system/money.Investor asks for a currency or a cost of capital",
    "case/time/frame.py": "with 365 days every month has one",
    "case/vehicles/sales.py": "fleet._curve refuses fewer years, and whatever else the fit raises (test_vehicles)",
    "case/weather/series.py": "case/needs.py asks for the profile",
    "files/sheet.py": "the end of the lines is caught where it is read",
    "importers/__init__.py": "every format refuses a file without series (test_importers)",
    "importers/atlite.py": "inside the branch in which one was found",
    "importers/plain.py": "a stamp that is none: caught where stamps are read (test_importers)",
    "inputs/csv_tables.py": "a column of the header has a place",
    "inputs/change.py": "report.raise_if_any() has raised if it is None",
    "inputs/strict_yaml.py": "events of the parser, which closes what it opens; faulty syntax is caught",
    "inputs/study.py": "the schema asks for samples where a design draws them",
    "inputs/read.py": "report.raise_if_any() has raised if it is None",
    "inputs/tables.py": "report.raise_if_any() has raised if it is None",
    "inputs/validation.py": "the root of every document has a mark",
    "model/ledger.py": MODEL,
    "model/lp/compile.py": f"{MODEL}; {FIGURES}",
    "model/lp/components.py": f"{MODEL}; {FIGURES}",
    "model/lp/template.py": f"{MODEL} (test_compile); a division by zero: {FIGURES}",
    "model/lp/sample.py": f"holds the compiled rows against Pyomo's own: {MODEL} (test_compile)",
    "plots/compare.py": "rows are chosen from the panels; and a figure that fails costs no run (test_store)",
    "reference/formulation.py": "reads source files of the package",
    "audit/shedding.py": "a zone's country is one of the system (system/names.py)",
    "case/changes/levels.py": "asked for tables of COLUMNS alone",
    "solve/choice.py": "inputs/schema/solver.Solver knows the methods",
    "solve/face.py": SOLVER,
    "solve/highs.py": f"{SOLVER}; options are those of the code; {FIGURES}",
    "solve/interior.py": f"{SOLVER}; pipes are asked for where the process is made",
    "solve/judge.py": f"{SOLVER}; weights that no solver bears are refused (case/time/horizon.discounting)",
    "solve/rolling.py": MODEL,
    "solve/ties.py": SOLVER,
    "solve/worker.py": f"{SOLVER}; the plan that was found is kept (test_ties)",
    "solve/solver.py": f"{FIGURES}; every order has a method",
    "studies/store.py": "the root of the file system exists; declared variables (test_results_schema); caught below",
    "system/meaning.py": "reads source files of the package",
    "studies/gallery.py": "a target whose share is given has one by each basis (analysis/verdict.py)",
    "analysis/words.py": "a table of the package, which has rows (test_words)",
    "studies/counterfactual.py": "called for a name that was found among the projects",
    "studies/draws.py": "called for what a scenario has under its rules",
    "studies/likelihood_report.py": "a target of the system names a country of it (system/names.py)",
    "studies/limits.py": "of figures found in the tables of the same scenario, whose targets do not change",
    "studies/cluster.py": "a process of Python that does not start; the message names the way without it",
    "system/alike.py": "two texts that differ differ somewhere",
    "system/names.py": "validators, which pydantic turns into problems",
    "system/rows.py": "validators, which pydantic turns into problems",
}


def places(path: Path) -> Iterator[int]:
    """Lines of a module at which it gives up."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = node.exc.func
            if isinstance(name, ast.Name) and name.id in OURS:
                yield node.lineno
        elif isinstance(node, ast.Assert) or _is_next(node):
            yield node.lineno


def _is_next(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "next" and len(node.args) == 1


def test_every_place_has_its_reason() -> None:
    found = {path.relative_to(ROOT).as_posix(): sorted(places(path)) for path in ROOT.rglob("*.py")}
    found = {name: lines for name, lines in found.items() if lines}
    new = {name: lines for name, lines in found.items() if name not in REASONS}
    assert not new, f"write down why no input gets to these lines: {new}"
