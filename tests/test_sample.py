"""The sample of rows is compared once for each structure, and again whenever anything that decides it is different."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest

from simulator import cache
from simulator.errors import InternalError
from simulator.model.lp import sample
from simulator.model.lp.compile import Compiler
from simulator.model.lp.components import array_param, array_var, rows
from simulator.model.lp.sample import check_sample, structure


@pytest.fixture(autouse=True)
def nothing_checked_yet(tmp_path, monkeypatch):
    """Rules of this file count as the simulator's own, and no structure is known."""
    monkeypatch.setattr(sample, "OURS", Path(__file__).parent)
    another_process(monkeypatch)
    monkeypatch.setenv(cache.FOLDER_KEY, str(tmp_path / "cache"))


def another_process(monkeypatch):
    monkeypatch.setattr(sample, "_checked", set())
    monkeypatch.setattr(sample, "_rules_checked", set())


def compiled(zones=("A", "B"), following=(1, 2, 0), load=1.0, group=("A",), factor=1):
    """Stock of the next slice = stock of this one less the load, in some zones."""
    m = pyo.ConcreteModel()
    m.ZONE, m.SLICE = pyo.Set(initialize=zones), pyo.RangeSet(0, 2)
    m.SOME = pyo.Set(m.SLICE, initialize=dict.fromkeys(range(3), group))
    m.next = array_param(m.SLICE, values=list(following))
    m.taken = array_param(m.ZONE, m.SLICE, values=np.full((len(zones), 3), load))
    m.stock = array_var(m.ZONE, m.SLICE)
    m.store = rows(
        m.ZONE, m.SLICE, rule=lambda m, z, s: m.stock[z, m.next[s]] == factor * m.stock[z, s] - m.taken[z, s]
    )
    m.total = rows(m.SLICE, rule=lambda m, s: sum(m.stock[z, s] for z in m.SOME[s]) <= 9)
    compiler = Compiler(m)
    return compiler, compiler.compile(lambda m: m.stock["A", 0])


def test_the_same_structure_has_the_same_checksum_whatever_the_numbers():
    assert structure(compiled()[0]) == structure(compiled()[0]) == structure(compiled(load=7.0)[0])
    assert structure(compiled()[0])[0] is not None


@pytest.mark.parametrize(
    "different", [{"zones": ("A", "C")}, {"following": (2, 0, 1)}, {"group": ("B",)}, {"factor": 2}]
)
def test_sets_positions_and_rules_make_another_structure(different):
    assert structure(compiled(**different)[0])[0] != structure(compiled()[0])[0]


def test_members_of_sets_are_no_part_of_what_rules_say():
    """Only the factor is written in a rule."""
    assert structure(compiled(zones=("A", "C"))[0])[1] == structure(compiled()[0])[1]
    assert structure(compiled(factor=2)[0])[1] != structure(compiled()[0])[1]


def test_other_code_makes_another_structure(monkeypatch):
    before = structure(compiled()[0])
    monkeypatch.setattr(cache, "code", lambda *packages: "other code")
    assert all(now != then for now, then in zip(structure(compiled()[0]), before, strict=True))


def test_a_structure_is_compared_once_in_a_process_and_once_between_processes(monkeypatch):
    assert check_sample(*compiled()) > 0
    assert check_sample(*compiled(load=2.0)) == 0
    another_process(monkeypatch)
    assert check_sample(*compiled()) == 0
    another_process(monkeypatch)
    assert check_sample(*compiled(zones=("A", "C"))) > 0


def test_where_rules_were_compared_in_whole_a_tenth_of_the_next_structure_is(monkeypatch):
    """Forty zones: 40 rows of stock and 3 of the total in whole, about four of them in part, and never nearly all."""
    many = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn")
    whole = check_sample(*compiled(zones=many))
    parts = [check_sample(*compiled(zones=(*many[:-1], last))) for last in "opqrstuv"]
    assert whole == 43
    assert 0 < sum(parts) < 0.25 * whole * len(parts)
    assert check_sample(*compiled(zones=many, factor=2)) == whole  # other rules


def test_a_structure_that_was_compared_in_part_is_not_known_to_another_process(monkeypatch):
    check_sample(*compiled())
    check_sample(*compiled(zones=("A", "C")))
    another_process(monkeypatch)
    assert check_sample(*compiled(zones=("A", "C"))) > 2


def test_a_structure_that_failed_is_compared_again():
    for _ in range(2):
        compiler, plan = compiled()
        plan.matrix.data[0] *= 2
        with pytest.raises(InternalError, match="compiled wrongly"):
            check_sample(compiler, plan)


def test_rows_that_someone_touched_are_compared_every_time():
    check_sample(*compiled())
    compiler, plan = compiled()
    compiler.model.store["B", 1].set_value(compiler.model.stock["B", 1] == 5)
    with pytest.raises(InternalError, match="was rewritten"):
        check_sample(compiler, plan)


def test_rules_from_elsewhere_are_compared_every_time(tmp_path, monkeypatch):
    monkeypatch.setattr(sample, "OURS", tmp_path)
    assert check_sample(*compiled()) == check_sample(*compiled()) > 0
