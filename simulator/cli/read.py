"""Commands that read a finished run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from simulator.cli.screen import Command, Live, make_folder, message, warn, year_list
from simulator.errors import disk_errors


def add(command: Command) -> None:
    """Declare the commands of this group and their options."""
    sub = command("verdict", _verdict, "say whether the targets of a run are met, by definition and basis")
    sub.add_argument("results", type=Path, help="run folder or results.nc")
    sub.add_argument("--json", action="store_true")
    sub = command("report", _report, "one page: verdict, hours, and past years; makes what is missing")
    sub.add_argument("results", type=Path, help="run folder")
    sub.add_argument("--backcast", type=Path, help="folder of a backcast (default: backcast beside the run)")
    sub.add_argument("--scenario", type=Path, help="the scenario's file, if its system or profiles lie beside it")
    sub = command("limits", _limits, "limits that bind in the year of the target, who uses them, and what 100 MW move")
    sub.add_argument("results", type=Path, help="run folder")
    sub.add_argument("--only", action="append", default=[], metavar="ROW", help="this limit only; may be repeated")
    sub.add_argument("--no-plans", action="store_true", help="do not plan again for what 100 MW more and less move")
    sub.add_argument("--scenario", type=Path, help="the scenario's file, if its system or profiles lie beside it")
    sub = command("review", _review, "a plan's generation, trade, peaks, prices and storage beside published figures")
    sub.add_argument("results", type=Path, help="run folder")
    sub.add_argument("--years", type=year_list, default=(), metavar="YEARS",
                     help="model years, such as 2026,2030 (default: the first and the headline target's)")  # fmt: skip
    sub.add_argument("--docs", type=Path, help="write grid_review.md into this folder instead of printing")
    sub.add_argument("--scenario", type=Path, help="the scenario's file, if its system or profiles lie beside it")
    sub = command("plot", _plot, "draw the figures of a run again")
    sub.add_argument("results", type=Path)
    sub.add_argument("-o", "--output", type=Path, required=True, help="folder for the figures")
    sub = command("investors", _investors, "say who pays, what plants' energy costs, and who works there")
    sub.add_argument("results", type=Path, help="run folder or results.nc")
    sub.add_argument(
        "--csv", choices=("investors", "projects", "jobs", "envelopes"), help="print a table of all countries as CSV"
    )
    sub = command("vehicles", _vehicles, "show what electric vehicles change, and compare their stock with counts")
    sub.add_argument("results", type=Path, help="run folder or results.nc")


def _verdict(options: argparse.Namespace) -> int:
    from simulator.analysis.verdict import verdict
    from simulator.studies.store import open_results

    answer = verdict(open_results(options.results))
    print(json.dumps(answer.as_dict(), indent=2, ensure_ascii=False) if options.json else answer.as_text().rstrip("\n"))
    return 0


def _report(options: argparse.Namespace) -> int:
    from simulator.studies.report import report

    with Live() as live:
        text = report(options.results, options.backcast, scenario=options.scenario, progress=live.say)
    print(text, end="")
    message(f"\nreport in {options.results / 'report.md'}")
    return 0


def _limits(options: argparse.Namespace) -> int:
    from simulator.studies.limits import limits

    with Live() as live:
        text = limits(options.results, scenario=options.scenario, again=not options.no_plans, only=options.only,
                      progress=live.say)  # fmt: skip
    print(text.rstrip("\n"))
    return 0


def _review(options: argparse.Namespace) -> int:
    from simulator.studies.review import review, write_page

    text = review(options.results, options.years, scenario=options.scenario)
    print(text if options.docs is None else f"{write_page(text, options.docs)}\n", end="")
    return 0


def _plot(options: argparse.Namespace) -> int:
    from simulator.plots import save_all
    from simulator.studies.store import open_results

    results = open_results(options.results)
    make_folder(options.output)
    with disk_errors(options.output):
        drawn = save_all(results, options.output)
    for path in drawn.paths:
        print(path)
    warn(drawn.warnings())
    return 0


def _investors(options: argparse.Namespace) -> int:
    from simulator.analysis import finance
    from simulator.analysis.text import csv
    from simulator.studies.store import open_results

    results = open_results(options.results)
    tables = {
        "investors": finance.by_investor,
        "projects": finance.by_project,
        "jobs": finance.jobs,
        "envelopes": finance.by_envelope,
    }
    if options.csv:
        print(csv(tables[options.csv](results)), end="")
    else:
        print(finance.as_text(results), end="")
    return 0


def _vehicles(options: argparse.Namespace) -> int:
    from simulator.analysis.vehicles import as_text
    from simulator.studies.store import open_results

    print(as_text(open_results(options.results)), end="")
    return 0
