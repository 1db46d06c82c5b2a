"""Every shipped scenario is read, assembled and compiled; one is solved in a coarse form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.indicators import reservoir_flow_hm3
from simulator.case.demand.loads import same_in_every_hour
from simulator.case.loading import make_case
from simulator.errors import InputError
from simulator.inputs.read import load_scenario, load_system
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.time import TypicalDays
from simulator.model.build import build
from simulator.model.closing import present_value
from simulator.model.lp import sample
from simulator.model.lp.compile import Compiler
from simulator.model.lp.sample import check_sample
from simulator.solve.plan import plan

FOLDER = Path(__file__).parent.parent / "scenarios"
SCENARIOS = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "base")
COMPILED_ALWAYS = ("reference", "power_flow", "target_15")
"""With loops and a binding target; the others are compiled in the slow part."""
SCENARIOS_TO_COMPILE = [
    pytest.param(name, marks=[] if name in COMPILED_ALWAYS else pytest.mark.slow) for name in SCENARIOS
]


def coarse(name: str, **horizon) -> Scenario:
    """A shipped scenario with four days of three-hour blocks in 2026 and 2030 only, and no capacity by choice.

    Without choice the named projects alone decide the share: with it the plan builds less where more is placed.
    """
    scenario = load_scenario(FOLDER / f"{name}.yaml")
    update = {"model_years": (2026, 2030), "time": TypicalDays(method="typical_days", days=4, block_hours=3)} | horizon
    horizon_part = scenario.horizon.model_copy(update=update)
    choice = scenario.optimiser.model_copy(update={"build": False})
    return scenario.model_copy(update={"horizon": horizon_part, "optimiser": choice})


def solved(name: str, **horizon):
    """Results of the coarse form of a scenario."""
    scenario = coarse(name, **horizon)
    case, _ = make_case(scenario, FOLDER / f"{name}.yaml")
    return plan(case, scenario)


def official(results, definition="official", basis="generation"):
    """Share in 2030 of the headline country by a definition, percent of generation or consumption."""
    country = str(results["target_country"].sel(target=results.attrs["headline_target"]).values)
    mine = results["asset_country"] == country
    counted = (results["generation_gwh"].sel(year=2030) * results["eligibility"].sel(definition=definition)).where(
        mine, 0
    )
    return 100 * float(counted.sum()) / float(results[f"country_{basis}_gwh"].sel(country=country, year=2030))


@pytest.fixture(scope="module")
def reference():
    return solved("reference")


@pytest.mark.parametrize("name", SCENARIOS)
def test_shipped_scenarios_are_valid(name):
    """Each reads and assembles."""
    make_case(coarse(name), FOLDER / f"{name}.yaml", weather=same_in_every_hour)


@pytest.mark.parametrize("name", SCENARIOS_TO_COMPILE)
def test_shipped_scenarios_compile(name, monkeypatch):
    """Each compiles to rows that agree with Pyomo's expansion, whatever was compared before."""
    monkeypatch.setattr(sample, "_checked", set())
    monkeypatch.setattr(sample, "_rules_checked", set())
    monkeypatch.setenv("SIMULATOR_CACHE", "")
    scenario = coarse(name)
    case, _ = make_case(scenario, FOLDER / f"{name}.yaml")
    model = build(case)
    compiler = Compiler(model.pyomo)
    compiled = compiler.compile(lambda m: present_value(m, model.ledger))
    assert check_sample(compiler, compiled) > 250


def test_the_first_year_looks_like_the_published_system(reference):
    """2026 against the statistics of 2025, within 15 %: coal 76, gas 29.2, hydro 10.5, wind 5.5, solar 1.93 TWh."""
    country = str(reference["country"].values[0])
    mine = reference["asset_country"] == country
    energy = reference["generation_gwh"].sel(year=2026).where(mine, 0).groupby("asset_group").sum() / 1e3
    for group, twh in {"coal": 76, "gas": 29.2, "hydro": 10.5, "wind": 5.5, "solar": 1.93}.items():
        assert float(energy.sel(asset_group=group)) == pytest.approx(twh, rel=0.15), group
    first = reference.sel(year=2026)
    short = {str(c): float(first["unserved_gwh"].sel(country=c)) for c in reference["country"].values}
    used = {str(c): float(first["country_consumption_gwh"].sel(country=c)) for c in reference["country"].values}
    assert short[country] < 0.005 * used[country], "contracts leave Kazakhstan hardly short"
    planned = float((first["rationed_mw"] * first["hours"]).sum()) / 1e3
    assert planned > 0.95 * sum(short.values()), "what is missing is what neighbours ration today"


def test_every_country_starts_where_its_history_ended(reference):
    """Wind, sun and water of 2026 give at least what the last statistic says, unless `first_year_causes` says why; a
    reason that is no longer needed is taken out."""
    system = load_system(coarse("reference"), FOLDER / "reference.yaml").system
    energy = (reference["generation_gwh"] + reference["curtailment_gwh"]).sel(year=2026)
    below = set()
    for country in (row.id for row in system.countries):
        for item, label in {"wind": "group", "solar": "group", "hydro": "group", "hydro_small": "technology"}.items():
            told = [row for row in system.statistics if row.item == f"generation_{item}" and row.chosen
                    and row.country == country and row.year < 2026]  # fmt: skip
            mine = (reference["asset_country"] == country) & (reference[f"asset_{label}"] == item)
            last = max(told, key=lambda row: row.year, default=None)
            if last is not None and float(energy.where(mine, 0).sum()) / 1e3 < 0.995 * last.value:
                below.add((country, last.item))
    assert below == {(row.country, row.item) for row in system.first_year_causes}


def test_fewer_projects_lower_the_share(reference):
    """With projects under construction alone, and nothing by choice, less counts than with those expected."""
    assert official(reference) > official(solved("committed_only"))


@pytest.mark.slow
def test_shares_move_as_they_must(reference):
    """Full pipeline ≥ reference ≥ committed ≥ withdrawn; more demand lowers the share.

    More vehicles lower that of consumption: what they charge may be imported, which leaves generation as it is.
    """
    share = {name: official(solved(name)) for name in ("full_pipeline", "committed_only", "withdrawal", "high_demand")}
    middle = official(reference)
    assert share["full_pipeline"] > middle > share["committed_only"] > share["withdrawal"] - 1e-6
    assert share["high_demand"] < middle
    boom = solved("nev_boom")
    assert float(boom["nev_energy_gwh"].sel(year=2030).sum()) > 2 * float(
        reference["nev_energy_gwh"].sel(year=2030).sum()
    )
    assert official(boom, basis="consumption") < official(reference, basis="consumption") - 0.01


def test_a_dry_year_has_less_water_in_every_country(monkeypatch):
    """One year in ten is drier than it: every country has at most 95 % of its normal inflow."""
    brought = {}
    for name in ("reference", "dry_years"):
        case, _ = make_case(coarse(name), FOLDER / f"{name}.yaml", weather=same_in_every_hour)
        brought[name] = {}
        for row, hm3 in zip(case.water.reservoirs, case.water.inflow_hm3.sum(axis=(1, 2)), strict=True):
            country = case.system.country_of[row.zone]
            brought[name][country] = brought[name].get(country, 0.0) + float(hm3)
    assert len(brought["reference"]) >= 4
    assert all(brought["dry_years"][c] < 0.95 * hm3 for c, hm3 in brought["reference"].items())


@pytest.mark.slow
def test_dry_years_lower_the_share_with_all_hydro_and_hardly_the_official_one(reference):
    """A dry year takes a sixth of Kazakhstan's water: the all-hydro share loses clearly more than the official one."""
    dry = solved("dry_years")
    lost = official(reference, "all_hydro") - official(dry, "all_hydro")
    assert lost > 0.5
    assert abs(official(reference) - official(dry)) < lost / 2


def test_solar_is_dark_at_night_and_water_is_conserved(reference):
    """No solar output between 21 and 3 o'clock; what comes to a reservoir is taken, turbined or spilled; none stays."""
    night = reference["slice_hour"].isin([0, 21])
    solar = reference["generation_mw"].where((reference["unit_group"] == "solar") & night, 0)
    assert float(solar.max()) < 1e-6 * float(reference["generation_mw"].max())
    water = {name: reference[f"reservoir_{name}_hm3"].sum("day")
             for name in ("inflow", "arrival", "withdrawal", "turbined", "spill")}  # fmt: skip
    used = water["withdrawal"] + water["turbined"] + water["spill"]
    assert np.allclose(used, water["inflow"] + water["arrival"], rtol=1e-9)


def test_toktogul_turns_the_seasons_round(reference):
    """It lets out more water from October to March than in summer, while its inflow does the opposite."""
    water = reservoir_flow_hm3(reference).sel(reservoir="kgz_toktogul")
    release, inflow = water.sel(flow="release"), water.sel(flow="inflow")
    assert (release.sel(season="winter") > 1.5 * release.sel(season="summer")).all()
    assert (inflow.sel(season="winter") < 0.5 * inflow.sel(season="summer")).all()


def test_a_change_without_effect_is_refused():
    """A change that repeats what the system says, or names something unknown, is an error that helps."""
    scenario = load_scenario(FOLDER / "reference.yaml")
    changes = {"links": {"kaz_north_south": {"forward_mw": 2100.0}, "kaz_nort_west": {"forward_mw": 1.0}}}
    changed = scenario.model_copy(update={"changes": changes})
    with pytest.raises(InputError) as caught:
        make_case(changed, FOLDER / "reference.yaml")
    assert "no effect" in str(caught.value)
    assert "nearest: kaz_north_west" in str(caught.value)


def test_a_wrong_change_is_shown_at_its_line(tmp_path, capsys):
    """What only the system can tell is still said with file, line and column, and nothing is run."""
    from simulator.cli import main

    (tmp_path / "base.yaml").write_text((FOLDER / "base.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    lines = ["question: Is the mistake found at its line?", "description: It names a link that is not there.",
             "extends: base.yaml", "changes:", "  links:", "    kaz_nort_west: {forward_mw: 600}"]  # fmt: skip
    wrong.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["validate", str(wrong)]) == 2
    message = capsys.readouterr().err
    assert "wrong.yaml:6:5: unknown row of `links` 'kaz_nort_west'" in message
    assert "rows are changed here, not added" in message
    assert "nearest: kaz_north_west" in message
    assert main(["run", str(wrong), "-o", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_contradictory_dates_are_refused():
    """A plant that closes before it opens, a step that ends before it begins: the change names the contradiction."""
    scenario = load_scenario(FOLDER / "reference.yaml")
    changes = {
        "plants": {"kaz_ekibastuz_gres1": {"commissioned": "2040", "retires": "2030"}},
        "market_steps": {"rus_kaz_n_contract": {"first_year": 2035, "last_year": 2030}},
    }
    with pytest.raises(InputError) as caught:
        make_case(scenario.model_copy(update={"changes": changes}), FOLDER / "reference.yaml")
    assert "retires (2030) must come after commissioned (2040)" in str(caught.value)
    assert "last_year (2030) comes before first_year (2035)" in str(caught.value)
