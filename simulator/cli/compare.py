"""Commands that compare: runs, a plan without some investors, past years, coarser and finer days."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator.cli.screen import MISSED, Command, Live, make_folder, message, structures, warn, where, year_list
from simulator.errors import disk_errors


def add(command: Command) -> None:
    """Declare the commands of this group and their options."""
    sub = command("compare", _compare, "compare runs; the first one is what the others differ from")
    sub.add_argument("results", type=Path, nargs="+")
    sub.add_argument("-o", "--output", type=Path, help="folder for comparison.csv and figures")
    sub = command(
        "counterfactual", _counterfactual, "plan a scenario with and without Chinese projects and money, and compare"
    )
    sub.add_argument("file", type=Path, help="scenario, such as scenarios/reference.yaml")
    sub.add_argument("--without", metavar="INVESTOR", help="take away one investor instead of all Chinese ones")
    sub.add_argument("-o", "--output", type=Path, help="folder for both runs (default: results/NAME_counterfactual)")
    sub.add_argument("--no-figures", action="store_true", help="do not draw figures")
    where(sub)
    sub = command("backcast", _backcast, "repeat past years and compare them with statistics; fails if a band fails")
    sub.add_argument("--years", type=year_list, default=(), help="such as 2020-2025 or 2022,2024 (default: all)")
    sub.add_argument("--country", action="append", default=[], help="judge this country only; may be repeated")
    sub.add_argument("-o", "--output", type=Path, default=Path("results/backcast"))
    sub.add_argument("--docs", type=Path, help="write page, table and figures here too")
    sub = command("time-structure", _time_structure, "plan a scenario with coarser and finer days, and compare")
    sub.add_argument("file", type=Path, nargs="?", default=Path("scenarios/reference.yaml"))
    sub.add_argument("--structures", type=structures, default="12x2,24x2,24x1,48x2,96x2", metavar="DAYSxHOURS,…",
                     help="days of the year and hours of a block (default: %(default)s)")  # fmt: skip
    sub.add_argument("-o", "--output", type=Path, default=Path("results/time_structure"))
    sub.add_argument("--docs", type=Path, help="write page and table here too")
    sub.add_argument("--resume", action="store_true", help="keep the runs that are in the folder already")
    where(sub)


def _compare(options: argparse.Namespace) -> int:
    from simulator.analysis import attribution
    from simulator.analysis.compare import as_csv, as_text, compare
    from simulator.studies.counterfactual import told_differences
    from simulator.studies.store import open_results

    datasets = [open_results(path) for path in options.results]
    table = compare(datasets)
    print(as_text(table))
    causes = {}
    for path, dataset in zip(options.results[1:], datasets[1:], strict=True):
        found = attribution.explain(datasets[0], dataset)
        print(f"{dataset.attrs['scenario']} against {datasets[0].attrs['scenario']}")
        print(told_differences(options.results[0], path))
        print(attribution.as_text(found))
        causes[f"causes_{dataset.attrs['scenario']}.csv"] = attribution.as_table(found)
    if options.output is not None:
        from simulator.analysis.text import csv
        from simulator.plots import save_comparison

        make_folder(options.output)
        with disk_errors(options.output):
            (options.output / "comparison.csv").write_text(as_csv(table), encoding="utf-8")
            for name, frame in causes.items():
                (options.output / name).write_text(csv(frame), encoding="utf-8")
            warn(save_comparison(datasets, options.output).warnings())
        message(f"tables and figures in {options.output}")
    return 0


def _counterfactual(options: argparse.Namespace) -> int:
    from simulator.studies.counterfactual import counterfactual

    output = options.output or Path("results") / f"{options.file.stem}_counterfactual"
    with Live() as live:
        found = counterfactual(
            options.file, output, investor=options.without, figures=not options.no_figures,
            processes=options.processes, scheduler=options.scheduler, progress=live.say,
        )  # fmt: skip
    print(found.text, end="")
    message(f"\nboth runs and their comparison in {output}")
    return 0


def _backcast(options: argparse.Namespace) -> int:
    from simulator.analysis.backcast import all_hold
    from simulator.analysis.backcast_page import as_text
    from simulator.studies.backcast import run_backcast, write

    with Live() as live:
        found = run_backcast(options.years, options.country, options.output, progress=live.say)
    print(as_text(found.table))
    message(f"\nrun, table, page and figures in {options.output}")
    if options.docs is not None:
        write(found, options.docs)
    return 0 if all_hold(found.table) else MISSED


def _time_structure(options: argparse.Namespace) -> int:
    from simulator.analysis.time_resolution import as_text
    from simulator.studies.time_resolution import run_structures

    with Live() as live:
        table = run_structures(
            options.file, options.structures, options.output, docs=options.docs, resume=options.resume,
            processes=options.processes, scheduler=options.scheduler, progress=live.say,
        )  # fmt: skip
    print(as_text(table))
    message(f"\nruns, page and table in {options.output}")
    return 0
