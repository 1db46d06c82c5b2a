"""The evidence for the time structure: every structure planned, its page written as runs come, errors to the finest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from results_toy import results_toy
from test_cli import SMALL

import simulator.studies.batch
from simulator.analysis.time_resolution import COLUMNS, as_text, errors, finest, own_structure, page, records
from simulator.cli import main
from simulator.errors import InputError
from simulator.studies.time_resolution import PAGE, TABLE, run_structures

SYSTEM = {
    "name": "one zone",
    "countries": [{"id": "C", "name": "Country"}],
    "zones": [{"id": "A", "country": "C", "name": "A", "weather": "KAZ_S"}],
    "demand": [{"zone": "A", "year": 2030, "energy_gwh": 1000}],
    "investors": [{"id": "owner", "name": "Owner", "real_wacc_percent": 5}],
    "technologies": [
        {"id": "coal", "name": "coal", "kind": "thermal", "group": "coal", "variable_om_usd_per_mwh": 60},
        {"id": "wind", "name": "wind", "kind": "variable", "group": "wind", "life_years": 25},
    ],
    "technology_costs": [{"technology": "wind", "year": 2030, "overnight_usd_per_kw": 1200}],
    "plants": [{"id": "coal", "name": "coal", "zone": "A", "technology": "coal", "capacity_mw": 300}],
    "candidates": [{"zone": "A", "technology": "wind", "investors": ["owner"]}],
    "definitions": [{"definition": "official", "technology": "wind"}],
    "targets": [{"id": "t", "country": "C", "year": 2030, "percent": 15, "definition": "official"}],
}
SCENARIO = {
    "question": "How much wind pays beside coal in one zone?",
    "description": "Small enough to be planned with several time structures.",
    "system": "system.yaml",
    "horizon": {"model_years": [2030], "time": {"method": "typical_days", "days": 3, "block_hours": 6}},
    "finance": {"discount_rate_percent": 5, "base_year": 2030},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "system.yaml").write_text(yaml.safe_dump(SYSTEM))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(SCENARIO))
    return tmp_path / "toy.yaml"


def test_the_command_plans_all_structures_and_writes_the_page(file, tmp_path, capsys):
    """Two structures asked for and the scenario's own, from the coarsest; wind differs, the page says by how much."""
    out, docs = tmp_path / "out", tmp_path / "docs"
    assert main(["time-structure", str(file), "--structures", "2x12,8x3", "-o", str(out), "--docs", str(docs)]) == 0
    assert capsys.readouterr().out.splitlines()[2].startswith("2x12")
    table = pd.read_csv(docs / TABLE)
    assert list(table.columns) == list(COLUMNS)
    assert list(table["structure"].unique()) == ["2x12", "3x6", "8x3"]
    assert (own_structure(table), finest(table)) == ("3x6", "8x3")
    wind = table[(table["figure"] == "wind") & (table["region"] == "C")].set_index("structure")["value"]
    assert (wind > 0).all() and wind.nunique() == 3
    text = (docs / PAGE).read_text()
    assert text == (out / PAGE).read_text() and "**3x6**" in text and "## Errors of 3x6 against 8x3" in text
    assert {path.name for path in out.iterdir()} == {"2x12", "3x6", "8x3", PAGE, TABLE}


def test_an_interruption_loses_nothing(file, tmp_path, monkeypatch):
    """The page stands after every run; taken up again, what is there is not planned twice unless it says otherwise."""
    out, planned = tmp_path / "out", []
    real = simulator.studies.batch.run_as

    def until(limit):
        def run(path, name, change, folder, **rest):
            if len(planned) == limit:
                raise KeyboardInterrupt
            planned.append(folder.name)
            return real(path, name, change, folder, **rest)

        monkeypatch.setattr(simulator.studies.batch, "run_as", run)

    until(1)
    with pytest.raises(KeyboardInterrupt):
        run_structures(file, [(2, 12)], out)
    assert list(pd.read_csv(out / TABLE)["structure"].unique()) == ["2x12"]
    until(9)
    run_structures(file, [(2, 12)], out, resume=True)
    assert planned == ["2x12", "3x6"]
    file.write_text(yaml.safe_dump(SCENARIO | {"finance": {"discount_rate_percent": 6, "base_year": 2030}}))
    run_structures(file, [(2, 12)], out, resume=True)
    assert planned == ["2x12", "3x6", "2x12", "3x6"], "another scenario is planned anew"


def test_errors_are_distances_to_the_structure_with_most_slices():
    """The toy with a cost of 110 instead of 100 in its finer run: −10, −9.1 %."""
    coarse, fine = results_toy(), results_toy()
    for toy, cost, rows in ((coarse, 100e3, 10), (fine, 110e3, 20)):
        toy.attrs |= {"objective_musd": cost, "rows": rows}
    table = pd.concat([records(coarse, "12x2", True, 5), records(fine, "24x2", False, 9).assign(slices=48)])
    row = errors(table, "12x2").set_index("figure").loc["present cost"]
    assert (row["difference"], row["percent"]) == (pytest.approx(-10), pytest.approx(-100 / 11))
    assert "| present cost, bn USD | system |  | 100.00 | 110.00 | -10.00 | -9.1 |" in page(table)
    assert "110.00" in as_text(table) and "law share 2030, %" in as_text(table)


def test_only_typical_days_can_be_finer(tmp_path):
    with pytest.raises(InputError, match="only typical days"):
        run_structures(SMALL, [(2, 12)], tmp_path)


@pytest.mark.parametrize("words", ["12", "12x", "axb", "12x5", "0x2"])
def test_a_structure_that_cannot_be_is_refused(words, file, tmp_path, capsys):
    try:
        assert main(["time-structure", str(file), "--structures", words, "-o", str(tmp_path / "out")]) != 0
    except SystemExit as refused:
        assert refused.code == 2
    assert words.split("x")[0] in capsys.readouterr().err
