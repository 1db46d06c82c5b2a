"""Commands that make many plans: studies, and how likely targets are reached."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator.cli.screen import Command, Live, message, structures, where
from simulator.errors import InputError, SolveError


def add(command: Command) -> None:
    """Declare the commands of this group and their options."""
    sub = command("sweep", _sweep, "make all runs of a study: a grid, a list or samples over keys of a scenario")
    sub.add_argument("file", type=Path, help="study, such as scenarios/studies/growth_and_pace.yaml")
    sub.add_argument("-o", "--output", type=Path, help="folder of the study (default: results/NAME)")
    sub.add_argument("--plan", action="store_true", help="write the list of runs and plan nothing")
    sub.add_argument("--index", type=int, metavar="N", help="make run N of the list alone, as a job of an array")
    where(sub)
    sub = command("likelihood", _likelihood, "how likely targets are reached, with and without projects and money")
    sub.add_argument("file", type=Path, help="scenario, such as scenarios/reference.yaml")
    sub.add_argument("--draws", type=_number, default=500, metavar="N", help="draws of each variant (default: 500)")
    sub.add_argument("--without", nargs="*", action="extend", metavar="WHAT", help="what is taken away, in a variant "
                     "each: chinese, investor:ID, kind:KIND, project:ID (default: chinese; alone: none)")  # fmt: skip
    sub.add_argument("--seed", type=_seed, default=1, metavar="N", help="number of the sequence of draws (default: 1)")
    sub.add_argument("--screening", type=structures, default=((8, 2),), metavar="DAYSxHOURS",
                     help="coarse days of all draws (default: 8x2)")  # fmt: skip
    sub.add_argument("--full", type=_number, metavar="N", help="draws of each variant that are planned in full as well "
                     "(default: a tenth)")  # fmt: skip
    sub.add_argument("-o", "--output", type=Path, help="folder of the draws (default: results/NAME_likelihood)")
    sub.add_argument("--no-figures", action="store_true", help="do not draw figures")
    where(sub)


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of draws such as 500")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of a sequence, from 0")
    return int(text)


def _likelihood(options: argparse.Namespace) -> int:
    from simulator.studies.likelihood import Question
    from simulator.studies.likelihood_report import run_likelihood

    if len(options.screening) > 1:
        raise InputError("--screening is one structure of coarse days, such as 8x2")
    output = options.output or Path("results") / f"{options.file.stem}_likelihood"
    without = ("chinese",) if options.without is None else tuple(dict.fromkeys(options.without))
    question = Question(options.file, without, options.draws, options.seed, options.screening[0], options.full)
    with Live() as live:
        report = run_likelihood(
            question, output, processes=options.processes, scheduler=options.scheduler,
            figures=not options.no_figures, progress=live.say,
        )  # fmt: skip
    print(report.text(), end="")
    message(f"\ndraws, tables, page, words and figures in {output}")
    return SolveError.exit_status if report.answer.driven.failed else 0


def _sweep(options: argparse.Namespace) -> int:
    from simulator.studies.sweep import run_index, run_study, write_plan

    if options.plan and options.index is not None:
        raise InputError("--plan writes the list and --index makes a run of it: give one of them")
    output = options.output or Path("results") / options.file.stem
    if options.plan:
        print(write_plan(options.file, output))
        return 0
    with Live() as live:
        if options.index is not None:
            driven = run_index(options.file, output, options.index, progress=live.say)
        else:
            driven = run_study(
                options.file, output, processes=options.processes, scheduler=options.scheduler, progress=live.say
            )
    print(driven.text)
    message(f"\ntable, runs and failures in {output}")
    return SolveError.exit_status if driven.failed else 0
