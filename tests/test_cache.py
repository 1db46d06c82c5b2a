"""What is kept between runs is found again only while nothing it depends on changed, and never stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from simulator import cache
from simulator.inputs import tables
from simulator.inputs.read import DATA, load_system
from simulator.inputs.scenario import Scenario
from simulator.system import Source


class Library(BaseModel):
    """A system of one small table."""

    name: str
    sources: tuple[Source, ...]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.FOLDER_KEY, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_an_entry_is_found_under_its_own_checksum_only(folder):
    cache.keep("toys", "one", b"content")
    assert cache.find("toys", "one") == b"content"
    assert cache.find("toys", "two") is None and cache.find("games", "one") is None


def test_half_an_entry_is_none(folder):
    cache.keep("toys", "one", b"content")
    whole = (folder / "toys" / "one").read_bytes()
    for damaged in (whole[:-1], whole[:5], b"", whole[:-1] + b"x"):
        (folder / "toys" / "one").write_bytes(damaged)
        assert cache.find("toys", "one") is None


@pytest.mark.parametrize("place", ["a file and no folder", "nothing to be kept"])
def test_a_folder_that_cannot_be_used_costs_nothing_else(place, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.FOLDER_KEY, "" if place == "nothing to be kept" else str(tmp_path / "file"))
    cache.keep("toys", "one", b"content")
    assert cache.find("toys", "one") is None
    assert (tmp_path / "file").read_text() == "in the way"


def test_the_oldest_entries_give_way(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 3)
    for name in "abcde":
        cache.keep("toys", name)
    assert len(list((folder / "toys").iterdir())) == 3
    assert cache.find("toys", "e") == b""


def test_a_checksum_knows_where_parts_end(tmp_path):
    assert cache.checksum("ab", "c") != cache.checksum("a", "bc")
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("x")
    before = cache.checksum_of_files([one])
    one.write_text("y")
    assert cache.checksum_of_files([one]) != before
    other.write_text("x")
    assert cache.checksum_of_files([other]) != before


def test_tables_are_read_again_when_one_of_them_changed(folder, tmp_path, monkeypatch):
    """A system is built in when its folder lies beside the others; here that place is a folder of the test."""
    monkeypatch.setattr(tables, "DATA", tmp_path)
    monkeypatch.setattr(tables, "System", Library)
    small = tmp_path / "small"
    small.mkdir()
    (small / "system.yaml").write_text("name: one\nsources: sources.csv\n", encoding="utf-8")
    (small / "sources.csv").write_text("id,title\nA,First\n", encoding="utf-8")

    def names() -> list[str]:
        tables._built_in_system.cache_clear()
        system = load_system(Scenario.model_construct(system="small"), Path("scenario.yaml")).system
        return [row.title for row in system.sources]

    read_before = tables.read_tables
    calls: list[object] = []
    monkeypatch.setattr(tables, "read_tables", lambda *asked: calls.append(asked) or read_before(*asked))
    assert names() == ["First"] and names() == ["First"] and len(calls) == 1
    (small / "sources.csv").write_text("id,title\nA,Second\n", encoding="utf-8")
    assert names() == ["Second"] and len(calls) == 2
    for entry in (folder / "systems").iterdir():
        entry.write_bytes(b"no entry")
    assert names() == ["Second"] and len(calls) == 3


def test_what_was_kept_of_the_built_in_system_is_what_is_read(folder):
    tables._built_in_system.cache_clear()
    first = load_system(Scenario.model_construct(system="central_asia"), Path("scenario.yaml"))
    tables._built_in_system.cache_clear()
    again = load_system(Scenario.model_construct(system="central_asia"), Path("scenario.yaml"))
    assert again is not first and again.system == first.system and again.files == first.files
    places = ("zones", 0, "id"), ("projects", 3, "mw"), ("countries",)
    assert [again.marks.near(place) for place in places] == [first.marks.near(place) for place in places]
    assert all(path.is_relative_to(DATA) for path in again.files)
