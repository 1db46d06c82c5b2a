"""What is drawn for a scenario: a table of uncertain figures, projects and years; and how targets are then reached.

The toy of the counterfactual has a Chinese wind plant of 40 MW for a load of 100 MW, which never stops, and 10 MW
that a Chinese company may add. Here the plant comes with 60 %, a second one of 20 MW with 50 %, both exactly on time,
and demand grows by a factor between 0.9 and 1.1. Shares of generation are (10 + built MW) / demand.
"""

from __future__ import annotations

import copy
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml
from test_counterfactual import SCENARIO, SYSTEM

from simulator.analysis import likelihood as maths
from simulator.analysis.likelihood import Sample
from simulator.case.demand.loads import same_in_every_hour
from simulator.case.loading import make_case
from simulator.cli import main
from simulator.errors import FileError, InputError
from simulator.inputs.read import load_scenario, load_system
from simulator.studies import batch, likelihood, sweep
from simulator.studies.batch import Done
from simulator.studies.counterfactual import taken_away
from simulator.studies.draws import make_world
from simulator.studies.likelihood import AS_IT_IS, Question, run_name, world_of
from simulator.studies.likelihood_report import LikelihoodReport, run_likelihood
from simulator.studies.rows import StudyRow

UNCERTAIN = {
    "id": "demand", "name": "Demand", "changes": ["changes.profiles.A/load/2030/s.value"], "way": "factor",
    "shape": "uniform", "low": 0.9, "middle": 1.0, "high": 1.1,
}  # fmt: skip
SECOND = {
    "id": "near_wind", "name": "Near wind", "zone": "A", "technology": "wind", "capacity_mw": 20, "chinese": False,
    "stage": "agreement", "commissioning": "2030", "investor": "owner", "probability_percent": 50, "delay_months": 0,
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    system = copy.deepcopy(SYSTEM)
    system["projects"][0] |= {"probability_percent": 60, "delay_months": 0}
    system["projects"].append(SECOND)
    system["uncertainties"] = [UNCERTAIN]
    scenario = copy.deepcopy(SCENARIO)
    del scenario["chinese_investment"]
    (tmp_path / "system.yaml").write_text(yaml.safe_dump(system))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(scenario))
    return tmp_path / "toy.yaml"


def test_only_what_is_open_is_drawn(file):
    """``expected`` rules become drawn ones, others stay; so do figures whose shape is ``fixed``."""
    world = make_world(load_scenario(file))
    values = world.values(0, 4)
    one, two = world.at(0, values[0]), world.at(1, values[1])
    assert one.projects.realisation == two.projects.realisation == "sampled"
    assert one.projects.seed == one.chinese_investment.projects.seed != two.projects.seed
    load = one.changes["profiles"]["A/load/2030/s"]["value"]
    assert 90 <= load <= 110 and one.changes != two.changes
    assert world.middle() == load_scenario(file), "the middle of a factor of 1 changes nothing"

    certain = load_scenario(file).with_({"projects.realisation": "all", "changes.uncertainties.demand.shape": "fixed"})
    world = make_world(certain)
    assert not world.rows and world.at(3, []).projects.realisation == "all"
    assert world.at(3, []).chinese_investment.projects.realisation == "sampled"


def test_a_draw_is_the_same_world_with_and_without(file):
    """Common random numbers: the second project and demand have the same fate in both."""
    scenario = load_scenario(file)
    system = load_system(scenario, file).system
    whole, less = make_world(scenario), make_world(taken_away(scenario, system, "chinese"))
    target = system.targets[0]
    assert (whole.values(0, 50) == less.values(0, 50)).all()
    fates = [(w.parts(i, w.values(i, 1)[0], target)) for w in (whole, less) for i in range(40)]
    first, second = fates[:40], fates[40:]
    assert [f["near_wind"] for f in first] == [f["near_wind"] for f in second]
    assert {f["far_wind"] for f in second} == {0.0} and {f["far_wind"] for f in first} == {0.0, 1.0}
    assert np.mean([f["far_wind"] for f in first]) == pytest.approx(0.6, abs=0.2)


@pytest.mark.parametrize(
    "what, message",
    [
        ("chines", "nothing is called"),
        ("investor:dragn", "dragon"),
        ("project:far", "nothing is called"),
        ("kind:x", "nothing is called"),
    ],
)
def test_what_is_taken_away_must_be_there(file, what, message):
    scenario = load_scenario(file)
    with pytest.raises(InputError, match=message):
        taken_away(scenario, load_system(scenario, file).system, what)


def test_one_project_one_investor_and_all_of_a_kind_can_be_taken_away(file):
    scenario = load_scenario(file)
    system = load_system(scenario, file).system
    rules = taken_away(scenario, system, "project:near_wind").projects
    assert rules.override["near_wind"].build == "never"
    assert taken_away(scenario, system, "investor:dragon").withdrawals == {"dragon": 2029}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"changes": ["demand.C.factr"]}, "factr"),
        ({"changes": ["changes.plants.nothing*.capacity_mw"], "way": "factor"}, "no row and column"),
        ({"changes": ["demand.C.growth_percent_per_year"], "way": "plus"}, "no number"),
        ({"low": 1.5}, "is below low"),
        ({"shape": "lognormal", "low": 0}, "greater than 0"),
        ({"common_percent": 50}, "needs a `group`"),
    ],
)
def test_a_wrong_uncertainty_is_refused(file, change, message):
    system = yaml.safe_load((file.parent / "system.yaml").read_text())
    system["uncertainties"] = [UNCERTAIN | change]
    (file.parent / "system.yaml").write_text(yaml.safe_dump(system))
    with pytest.raises(InputError, match=message):
        make_world(load_scenario(file))


def test_two_uncertainties_of_one_figure_are_refused(file):
    """The second would undo the first."""
    system = yaml.safe_load((file.parent / "system.yaml").read_text())
    system["uncertainties"] = [UNCERTAIN, UNCERTAIN | {"id": "again", "changes": ["changes.profiles.A/load/*.value"]}]
    (file.parent / "system.yaml").write_text(yaml.safe_dump(system))
    with pytest.raises(InputError, match="changed by another uncertainty as well"):
        make_world(load_scenario(file))


def test_every_row_found_by_a_star_changes(file):
    scenario = load_scenario(file)
    system = yaml.safe_load((file.parent / "system.yaml").read_text())
    system["uncertainties"] = [UNCERTAIN | {"changes": ["changes.fuel_prices.coal/*.usd_per_mwh"], "way": "factor"}]
    (file.parent / "system.yaml").write_text(yaml.safe_dump(system))
    world = make_world(scenario)
    assert world.levels([1.05]) == {"changes.fuel_prices.coal/A/2030.usd_per_mwh": pytest.approx(21)}
    assert world.levels([1.0]) == {}, "today's value is left out"


# ------------------------------------------------------------------- draws with an analytic plan in their place


def by_hand(demand: float, built_mw: float, bias: float) -> float:
    """Share, percent, of a draw of the toy."""
    return 100 * (10 + built_mw) / (100 * demand) + bias


def analytic(bias: float):
    """A stand-in for the driver: every run gets the share that the toy has by hand, screened ones with an error."""

    def plans(jobs, **_):
        for i, job in enumerate(jobs):
            path, variant, seed, number, time = job.change.args
            world = world_of(path, variant, seed)
            target = world.system.targets[0]
            if number is None:
                share = by_hand(1, 40 * 0.6 + 20 * 0.5, bias if time is not None else 0)
            else:
                values = world.values(number, 1)[0]
                parts = world.parts(number, values, target)
                chinese = 0 if variant == "without chinese" else 1
                built = 40 * parts["far_wind"] + 20 * parts["near_wind"]
                share = by_hand(values[0], built - 10 * (1 - chinese), bias if time is not None else 0)
            label = "renewable share: law / generation [%]"
            row = StudyRow(job.take.key, job.called, job.take.inputs, [("C", label, 2030, share)])
            sweep_write(job.take.folder, row)
            yield i, Done(job, row)

    return plans


def sweep_write(folder: Path, row: StudyRow) -> None:
    from simulator.studies.rows import write_row

    write_row(folder, row)


@pytest.fixture
def fast(monkeypatch):
    """No solver: shares by hand, a screening model that is 4 points too low, and a coarse structure for the toy."""
    coarse = {"method": "typical_days", "days": 8, "block_hours": 2}
    monkeypatch.setattr(sweep, "as_done", analytic(-4.0))
    monkeypatch.setattr(likelihood, "screening_of",
                        lambda scenario, structure: likelihood.TypicalDays.model_validate(coarse))  # fmt: skip
    monkeypatch.setattr(likelihood, "CHEAP_DRAWS", 300)
    likelihood.world_of.cache_clear()


def exact(level: float) -> float:
    """P(share ≥ level) by hand: four fates of two projects, demand uniform between 0.9 and 1.1."""
    total = 0.0
    for far, p in ((40, 0.6), (0, 0.4)):
        for near, q in ((20, 0.5), (0, 0.5)):
            most = (10 + far + near) / level
            total += p * q * min(max((most - 0.9) / 0.2, 0), 1)
    return total


def test_the_estimate_is_right_with_a_wrong_screening_model(file, fast, tmp_path):
    """Level 50 %: reached by 10 + 40 + 20 of at most 110 MW always, by 10 + 40 where demand is at most 100: 0.3 + 0.15.
    Screened shares are 4 points too low, so raw draws would say less."""
    scenario = yaml.safe_load(file.read_text()) | {"targets": {"goal": {"percent": 50}}}
    file.write_text(yaml.safe_dump(scenario))
    assert exact(50) == pytest.approx(0.45)
    report = run_likelihood(Question(file, draws=400, full=120), tmp_path / "out", figures=False)
    found, sample = report.reached(AS_IT_IS), report.answer.samples[AS_IT_IS]
    assert float(np.mean(sample.screened >= 50)) < 0.38
    assert found.low <= 0.45 <= found.high and found.value == pytest.approx(0.45, abs=0.06)
    without = report.reached("without chinese")
    assert without.high < 0.02, "20 of at least 90 MW are never a half"
    assert report.means[AS_IT_IS].value == pytest.approx(100 * 0.44 * np.log(1.1 / 0.9) / 0.2, abs=1.5)
    assert "% (" in report.text() and "120" not in report.text().split("draws were planned")[0][-4:]


def test_a_second_start_makes_nothing_and_more_draws_continue(file, fast, tmp_path):
    question = Question(file, draws=30, full=10)
    first = run_likelihood(question, tmp_path / "out", figures=False)
    again = run_likelihood(question, tmp_path / "out", figures=False)
    assert first.answer.driven.made > 60 and again.answer.driven.made == 0
    assert again.reached(AS_IT_IS) == first.reached(AS_IT_IS)
    more = run_likelihood(replace(question, draws=50, full=17), tmp_path / "out", figures=False)
    assert 40 <= more.answer.driven.made <= 60
    old, new = first.answer.samples[AS_IT_IS], more.answer.samples[AS_IT_IS]
    assert (new.screened[:30] == old.screened).all() and (new.probability[:30] == old.probability).all()


def test_what_single_things_add_is_what_they_add_together(file, fast, tmp_path):
    """Without one plant, without the other, and without the money of all investors of their kind: the mean shares add
    up, and so do the probabilities within their intervals (a level that takes both plants takes more than each)."""
    without = ("project:far_wind", "project:near_wind", "kind:owner")
    report = run_likelihood(Question(file, without, draws=200, full=60), tmp_path / "out", figures=False)
    found = {what: (points.estimate, chances.estimate) for what, points, chances in report.differences()}
    far, near, both = (found[what][0] for what in without)
    assert far.value + near.value == pytest.approx(both.value, abs=far.half + near.half + both.half)
    assert far.value == pytest.approx(40 * 0.6, abs=2) and near.value == pytest.approx(20 * 0.5, abs=2)
    assert both.half < far.half + near.half
    chances = [found[what][1] for what in without]
    assert abs(chances[0].value + chances[1].value - chances[2].value) <= sum(c.half for c in chances)


def test_what_drives_the_share_is_found(file, fast, tmp_path):
    """The plant of 40 MW moves more than that of 20 MW; demand moves least; nothing else does."""
    report = run_likelihood(Question(file, draws=200, without=(), full=20), tmp_path / "out")
    table = report.drivers().set_index("input")["variance_percent"]
    assert table["project far_wind"] > table["project near_wind"] > table["demand"] > 1
    assert table.sum() == pytest.approx(100 * report.surrogate.r2)
    assert report.surrogate.error < 3 < report.surrogate.spread
    conditions = {c.text: c for c in report.conditions()}
    assert conditions["Far wind on time"].value > conditions["Near wind on time"].value
    assert conditions["Far wind on time"].draws == pytest.approx(120, abs=20)
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"likelihood.csv", "drivers.csv", "conditions.csv", "likelihood.md", "words_en.txt", "words_ru.txt",
            "distribution.svg", "by_level.svg", "tornado.svg", "scatter.svg", "study.nc"} <= written  # fmt: skip


@pytest.mark.parametrize("draws", [1, 2, 5])
def test_few_draws_give_wide_intervals_and_no_drivers(file, fast, tmp_path, draws):
    report = run_likelihood(Question(file, draws=draws, full=1), tmp_path / "out", figures=False)
    text = report.text()
    assert "nan" not in text and "% of variance" not in text
    assert report.reached(AS_IT_IS).high - report.reached(AS_IT_IS).low > 0.4


def test_failed_draws_are_named_and_not_dropped_in_silence(file, fast, tmp_path, monkeypatch):
    right = sweep.as_done

    def some_fail(jobs, **_):
        for i, done in right(jobs):
            if done.job.called in (run_name(AS_IT_IS, 3, "screened"), run_name(AS_IT_IS, 4, "screened")):
                (done.job.take.folder / "rows" / f"{done.job.take.key}.json.gz").unlink()
                yield i, Done(done.job, error=batch.NumericalError("no optimum"))
            else:
                yield i, done

    monkeypatch.setattr(sweep, "as_done", some_fail)
    report = run_likelihood(Question(file, draws=30, full=10), tmp_path / "out", figures=False)
    assert len(report.answer.numbers) == 28
    assert "2 of 30 draws have no plan" in report.text() and "with/00003/screened: no optimum" in report.text()


def test_a_plan_in_full_that_failed_is_in_the_interval(file, fast, tmp_path, monkeypatch):
    """The draw counts as screened; the interval is wider on both sides by what it speaks for."""
    question, right = Question(file, (), draws=40, full=10), sweep.as_done
    first = run_likelihood(question, tmp_path / "right", figures=False)
    last = int(np.flatnonzero(first.answer.samples[AS_IT_IS].chosen)[-1])

    def one_fails(jobs, **_):
        for i, done in right(jobs):
            if done.job.called == run_name(AS_IT_IS, last, "full"):
                (done.job.take.folder / "rows" / f"{done.job.take.key}.json.gz").unlink()
                done = Done(done.job, error=batch.NumericalError("no optimum"))
            yield i, done

    monkeypatch.setattr(sweep, "as_done", one_fails)
    report = run_likelihood(question, tmp_path / "out", figures=False)
    sample = report.answer.samples[AS_IT_IS]
    assert sample.failed.tolist() == [i == last for i in range(40)]
    assert "1 plans in full failed" in report.text() and f"with/{last:05d}/full: no optimum" in report.text()
    certain = Sample(sample.screened, sample.full, sample.probability)
    plain, found = maths.reached(certain, 30), maths.reached(sample, 30)
    assert found.high - found.low > plain.high - plain.low


def test_doubt_is_looked_for_where_the_middle_plan_says(file, fast, tmp_path):
    """Screened shares are 4 points too low, which the middle plan knows in the toy: draws screened at 46 are in doubt
    at a level of 50, and not those screened at 50."""
    scenario = yaml.safe_load(file.read_text()) | {"targets": {"goal": {"percent": 50}}}
    file.write_text(yaml.safe_dump(scenario))
    report = run_likelihood(Question(file, (), draws=300, full=40), tmp_path / "out", figures=False)
    sample = report.answer.samples[AS_IT_IS]
    near, wrong = (abs(sample.screened - level) < 0.5 for level in (46, 50))
    assert sample.probability[near].mean() > 3 * sample.probability[wrong].mean()


def test_a_folder_of_other_draws_is_left_alone(file, fast, tmp_path):
    """Another scenario's folder is refused; a scenario that changed is planned again there, and old rows are named."""
    question = Question(file, (), draws=6, full=2)
    run_likelihood(question, tmp_path / "out", figures=False)
    other = file.with_name("other.yaml")
    other.write_text(file.read_text())
    with pytest.raises(FileError, match=r"another study, .likelihood of toy\.yaml."):
        run_likelihood(replace(question, path=other), tmp_path / "out", figures=False)
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"targets": {"goal": {"percent": 40}}}))
    again = run_likelihood(replace(question, draws=3), tmp_path / "out", figures=False)
    assert again.answer.driven.kept == 0 and again.target.percent == 40
    assert "older rows in study.nc are of other runs" in again.text()


def test_workers_that_live_on_read_what_changed(file, fast, tmp_path):
    """The stamp of a question is that of its files; a worker with other files says so."""
    one = likelihood._asked(Question(file))
    world = likelihood.world_in(one, AS_IT_IS)
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"projects": {"realisation": "none"}}))
    two = likelihood._asked(Question(file))
    assert likelihood.world_in(two, AS_IT_IS).scenario != world.scenario
    likelihood.world_of.cache_clear()
    with pytest.raises(InputError, match="not what they were"):
        likelihood.world_in(one, AS_IT_IS)


@pytest.mark.parametrize("structure", [(0, 2), (8, 5)])
def test_a_structure_that_is_none_is_refused(file, structure):
    """Also where the scenario's own slices are all there is."""
    with pytest.raises(InputError, match="draws cannot be screened at"):
        likelihood.screening_of(load_scenario(file), structure)


@pytest.mark.parametrize(
    "change",
    [{"draws": 0}, {"seed": -1}, {"full": 0}, {"full": 9}, {"without": ("chinese", "chinese")}],
)
def test_questions_without_an_answer_are_refused(file, fast, tmp_path, change):
    with pytest.raises(InputError, match="likelihood cannot work with"):
        run_likelihood(replace(Question(file, draws=8), **change), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_several_things_are_taken_away_by_the_command(file, fast, tmp_path, capsys):
    """``--without`` may be said again; each is a variant, and the differences add up within their intervals."""
    command = ["likelihood", str(file), "--draws", "60", "--without", "project:far_wind", "--without",
               "project:near_wind", "kind:owner", "--no-figures", "-o", str(tmp_path / "out")]  # fmt: skip
    assert main(command) == 0
    said = capsys.readouterr().out
    assert all(f"  {what}: +" in said for what in ("project:far_wind", "project:near_wind", "kind:owner"))
    for wrong in (
        ["--screening", "8x2,12x2"],
        ["--processes", "0"],
        ["--draws", "0"],
        ["--draws", "x"],
        ["--seed", "-1"],
        ["--without", "nobody"],
    ):
        with pytest.raises(SystemExit) if wrong[0] in ("--draws", "--seed", "--processes") else nullcontext():
            assert main([*command[:2], *wrong, "-o", str(tmp_path / "wrong")]) == 2
    assert not (tmp_path / "wrong").exists(), "nothing begins"


@pytest.mark.slow
def test_real_plans_from_the_command_line(file, tmp_path, capsys):
    """Two draws of the toy in this process; its slices are its own structure, so all are planned in full."""
    likelihood.world_of.cache_clear()
    command = ["likelihood", str(file), "--draws", "2", "--processes", "1", "-o", str(tmp_path / "out"), "--no-figures"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Country reaches 30 % renewable electricity by 2030 with a probability of" in said
    data = xr.open_dataset(tmp_path / "out" / "study.nc")
    assert {f"with/0000{i}/full" for i in range(2)} <= set(data["run"].values)


def test_a_report_needs_a_target_in_a_model_year(file):
    scenario = load_scenario(file)
    system = load_system(scenario, file).system
    world = make_world(scenario)
    other = system.targets[0].model_copy(update={"year": 2040})
    assert LikelihoodReport is not None
    with pytest.raises(InputError, match="headline target"):
        likelihood.target_of(replace(world, system=system.model_copy(update={"targets": (other,)})))


@pytest.mark.parametrize("what", [None, "chinese"])
def test_the_shipped_table_can_be_drawn(what):
    """Every row of the built-in table has an effect in the main scenario, at its lowest and highest values, too."""
    file = Path(__file__).parent.parent / "scenarios" / "reference.yaml"
    scenario = load_scenario(file)
    if what:
        scenario = taken_away(scenario, load_system(scenario, file).system, what)
    world = make_world(scenario)
    assert not world.left_out and len(world.rows) > 15
    drawn = world.values(0, 512)
    for values in (drawn.min(axis=0), drawn.max(axis=0)):
        case, _ = make_case(world.at(0, values), file, weather=same_in_every_hour)
        assert case.headline == "kaz_res_2030"
    assert world.middle().limits == 0.5
    assert world.middle().contracts == 1.0 and scenario.contracts == "high", "likeliest is what the scenario says"
