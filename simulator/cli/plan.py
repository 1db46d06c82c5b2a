"""Commands that make scenarios and plan them."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator.cli.screen import MISSED, Command, Live, message, where, year_list
from simulator.errors import FileError, InputError, Problem, SolveError, disk_errors

TEMPLATE = Path(__file__).parent.parent / "data" / "scenario_template.yaml"
"""What ``init`` writes."""


def add(command: Command) -> None:
    """Declare the commands of this group and their options."""
    sub = command("init", _init, "write a commented scenario to start from")
    sub.add_argument("file", type=Path)
    sub = command("validate", _validate, "check scenarios and the data they use, without solving")
    sub.add_argument("files", type=Path, nargs="+")
    sub.add_argument("--json", action="store_true", help="print problems as JSON")
    sub = command("run", _run, "plan a scenario and save results, verdict and figures")
    sub.add_argument("file", type=Path, help="scenario, such as scenarios/reference.yaml")
    sub.add_argument("-o", "--output", type=Path, help="run folder (default: results/NAME)")
    sub.add_argument("--no-figures", action="store_true", help="do not draw figures")
    sub.add_argument(
        "--fail-on-miss", action="store_true", help=f"exit with {MISSED} unless the headline target is reached"
    )
    sub = command("operate", _operate, "operate the plan of a run hour by hour, in several weather years, and compare")
    sub.add_argument("results", type=Path, help="run folder")
    sub.add_argument("--year", type=int, help="model year (default: the headline target's)")
    sub.add_argument("--weather", type=year_list, default=(), metavar="SEEDS",
                     help="weather years, such as 7-11 (default: the plan's own and the two after it)")  # fmt: skip
    sub.add_argument("--scenario", type=Path, help="the scenario's file, if its system or profiles lie beside it")
    sub.add_argument("--keep-hours", action="store_true", help="save every hour of every weather year, too")
    sub = command("scenarios", _scenarios, "write scenarios/README.md: every scenario's question and verdict")
    sub.add_argument("--folder", type=Path, default=Path("scenarios"))
    sub.add_argument("--results", type=Path, default=Path("results"))
    sub.add_argument("--run", action="store_true", help="run the scenarios that have no results yet, without figures")
    sub.add_argument("--docs", type=Path, help="write levers.md here: each scenario against the one it extends")
    where(sub)


def _init(options: argparse.Namespace) -> int:
    if options.file.exists():
        raise FileError(f"{options.file} exists already; choose another name")
    with disk_errors(options.file):
        options.file.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    message(f"{options.file} written; check it with: simulator validate {options.file}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    from simulator.studies.validate import validate

    problems: list[Problem] = []
    valid = len(options.files)
    for file in options.files:
        try:
            validate(file)
        except InputError as error:
            from simulator.inputs.read import asks_nothing

            if asks_nothing(file, error):
                message(f"{file}: this file asks nothing; others extend it")
                valid -= 1
            else:
                problems += error.problems
    if problems:
        raise InputError(problems)
    if options.json:
        print("[]")
    else:
        print(f"{valid} scenario{'' if valid == 1 else 's'} valid")
    return 0


def _run(options: argparse.Namespace) -> int:
    from simulator.analysis.verdict import verdict
    from simulator.studies.run import run

    output = options.output or Path("results") / options.file.stem
    with Live() as live:
        results = run(options.file, output, figures=not options.no_figures, progress=live.say)
    answer = verdict(results)
    print(answer.as_text(), end="")
    message(f"\nresults in {output}")
    reached = answer.headline is not None and answer.headline.outcome == "reached"
    return MISSED if options.fail_on_miss and not reached else 0


def _operate(options: argparse.Namespace) -> int:
    from simulator.studies.hours import operate_run

    with Live() as live:
        found = operate_run(
            options.results, options.year, options.weather, scenario=options.scenario, keep_hours=options.keep_hours,
            progress=live.say,
        )  # fmt: skip
    print(found.text)
    message(f"\ntable, hours without supply, page and figure in {options.results / 'operation'}")
    return 0


def _scenarios(options: argparse.Namespace) -> int:
    from simulator.studies.gallery import write_gallery, write_levers

    with Live() as live:
        path, failed = write_gallery(
            options.folder, options.results, run_missing=options.run, processes=options.processes,
            scheduler=options.scheduler, progress=live.say,
        )  # fmt: skip
    print(path)
    if options.docs is not None:
        print(write_levers(options.folder, options.results, options.docs))
    for line in failed:
        message(line)
    return SolveError.exit_status if failed else 0
