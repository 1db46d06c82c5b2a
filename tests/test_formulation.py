"""The docstrings of the model say what its code does: every equation has its rule, every cost its equation."""

from __future__ import annotations

import ast
import inspect
import re

import pytest
import rich_toy

from simulator.case import assemble
from simulator.model import build
from simulator.reference.formulation import ORDER, as_markdown, formulation

MODULES = {module.__name__.rpartition(".")[2]: module for module in ORDER}
EQUATION = re.compile(r"^\((\d+)\) ", re.MULTILINE)


def code_of(module) -> str:
    """A module without its docstring."""
    source = inspect.getsource(module)
    return source.split('"""', 2)[2]


@pytest.mark.parametrize("name", MODULES)
def test_numbers_of_a_docstring_are_those_of_the_code(name):
    """A reader who follows a number from the page to the code, or back, arrives."""
    equations = EQUATION.findall(inspect.getdoc(MODULES[name]))
    assert equations == [str(n + 1) for n in range(len(equations))]
    code = code_of(MODULES[name])
    notes = re.findall(r"#.*|\"\"\".*", code)
    marked = {number for note in notes for number in re.findall(r"\((\d+)\)", note)}
    ranges = {
        str(n) for note in notes for a, b in re.findall(r"\((\d+)\) to \((\d+)\)", note) for n in range(int(a), int(b))
    }
    assert marked | ranges == set(equations)


@pytest.mark.parametrize("name", MODULES)
def test_every_rule_has_a_number(name):
    """Each ``rows(…)``, and each entry of the accounts of cost and order, has a number in its lines or its function."""
    lines = inspect.getsource(MODULES[name]).splitlines()
    tree = ast.parse("\n".join(lines))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        numbered = re.match(r"\(\d+\)", ast.get_docstring(function) or "")
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            called = ast.unparse(call.func)
            if called in ("rows", "ledger.cost.post", "ledger.order.post"):
                own = "\n".join(lines[call.lineno - 1 : call.end_lineno])
                assert numbered or re.search(r"# .*\(\d+\)", own), f"{name}:{call.lineno} has no number"


def test_every_cost_has_an_equation_under_its_name():
    """The names are those of a plan's cost table, taken from a model with every feature."""
    posted = build.build(assemble(rich_toy.scenario(), rich_toy.system(), "rich")).ledger.cost
    written = re.findall(r'^\(\d+\) +cost "([^"]+)"', "\n".join(map(inspect.getdoc, MODULES.values())), re.MULTILINE)
    assert sorted(written) == sorted(posted)


def test_every_name_in_a_table_of_symbols_is_in_the_code():
    """A name is a variable or parameter of a model with every feature, or a function; others are in parentheses."""
    m = build.build(assemble(rich_toy.scenario(), rich_toy.system(), "rich")).pyomo
    for name, section in sections().items():
        cells = [line.split("|")[2] for line in section.splitlines() if re.match(r"\| `.*(\|.*){5}$", line)]
        known = re.findall(r"\w+", re.sub(r"\(.*?\)", "", " ".join(cells)))
        assert known, name
        strange = [word for word in known if not any(hasattr(place, word) for place in (m, *ORDER))]
        assert not strange, f"{name}: {strange}"


def sections() -> dict[str, str]:
    """Feature → its part of the page."""
    page = formulation()
    return {name: page.split(f"\n## {name}\n")[1].split("\n## ")[0] for name in MODULES}


def test_the_page_has_every_section_table_and_equation():
    page = formulation()
    for name, section in sections().items():
        assert len(EQUATION.findall(section)) == len(EQUATION.findall(inspect.getdoc(MODULES[name])))
        assert "| symbol | name | index | unit | meaning |" in section
    assert "(4)  minimise PV" in page
    assert "===" not in page and "``" not in page.replace("```", "")


def test_a_table_whose_cells_overlap_is_refused():
    """Columns are read by their place: a long cell would move the next one."""
    good = "====  ====\na     b\n====  ====\n``x``  wide\n====  ===="
    with pytest.raises(ValueError, match="reaches into the next column"):
        as_markdown(good)
