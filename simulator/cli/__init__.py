"""The command ``simulator``: the only place that parses arguments, prints and exits.

Data goes to standard output, messages to standard error. Heavy libraries are imported inside the commands, so that
``--help`` and ``validate`` answer at once.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from simulator.cli.memory import require_memory
from simulator.cli.streams import Stream
from simulator.errors import (
    FileError,
    InputError,
    InternalError,
    Interrupted,
    MemoryLimitError,
    Problem,
    SimulatorError,
    SolveError,
    disk_errors,
    warnings_through,
)

MISSED = 10
SHORT_OF_MEMORY = ("cannot allocate memory", "failed to map segment", "can't start new thread", "unable to allocate")
"""What libraries say, apart from ``MemoryError``, when memory is short."""
TEMPLATE = """\
# yaml-language-server: $schema=scenario.schema.json     (write it with: simulator schema > scenario.schema.json)
question: Which question does this scenario ask?
description: What it assumes, in a sentence or two.

system: central_asia                      # or a system file of your own beside this scenario

horizon:
  model_years: [2026, 2028, 2030, 2035]   # each stands for the years until the next one
  last_year_stands_for: 5
  time: {method: typical_days, days: 12, block_hours: 2}
  weather_seed: 7
  water: normal                           # dry | normal | wet | drawn

finance:
  discount_rate_percent: 6                # social, real
  base_year: 2026

chinese_investment:
  projects:
    realisation: expected                 # all | expected | committed_only | drawn | none
    extra_delay_months: 0
  envelope_factor: 1                      # multiplies the further money of Chinese investors
  # placed:                               # deals that come whether or not they pay
  #   - {name: A deal, investor: chinese_developer, mix: {ZONE/wind: 100}, mw_per_year: {2027: 200}, lead_years: 2}

# placements: {kaz_auction_wind: {factor: 0}}   # auctions that the system places by rule: changed, or none

# Any figure of the system can be changed by name, for instance:
# changes:
#   projects:
#     kaz_spic_pavlodar: {commissioning: 2030-06}
#   links:
#     kaz_north_south: {forward_mw: 2600}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status."""
    output, errors = Stream(sys.stdout), Stream(sys.stderr)
    with redirect_stdout(output), redirect_stderr(errors), _sigterm_as_ctrl_c():
        try:
            status = _run_command(_parser().parse_args(arguments))
        finally:
            output.flush()
            errors.flush()
        if output.failure is not None:
            _message(f"cannot write to standard output: {output.failure.strerror or output.failure}")
            return FileError.exit_status
        return status


def _run_command(options: argparse.Namespace) -> int:
    """The exit status of a command; every failure has a message."""
    try:
        require_memory()
        with warnings_through(_say_warning):
            return int(options.command(options))
    except KeyboardInterrupt:
        _message("interrupted; nothing was written, earlier results are untouched")
        return Interrupted.exit_status
    except SimulatorError as error:
        if options.debug:
            traceback.print_exc()
        if getattr(options, "json", False) and isinstance(error, InputError):
            print(json.dumps([problem.as_dict() for problem in error.problems], indent=2, ensure_ascii=False))
        else:
            _message(str(error))
        return error.exit_status
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        if _lacks_memory(error):
            _message("not enough memory; use fewer days or longer blocks, or raise the limit of memory")
            return MemoryLimitError.exit_status
        _message(f"internal error: {type(error).__name__}: {error}\nThis is a bug of ours; run again with --debug.")
        return InternalError.exit_status


def _lacks_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that caused it, says that memory is short; libraries say it in several ways."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        words = str(error).lower()
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        if isinstance(error, ImportError | OSError | RuntimeError) and any(word in words for word in SHORT_OF_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """A request to end, as a batch system sends it, is treated like Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
        yield
        return

    def handle(_number: int, _frame: object) -> None:
        if callable(signal.getsignal(signal.SIGINT)):
            signal.raise_signal(signal.SIGINT)
        else:  # a job in the background ignores Ctrl-C
            raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        _message(f"warning: {warning}")


def _message(text: str) -> None:
    print(text, file=sys.stderr)


def _say_warning(problem: Problem) -> None:
    """Print a warning, in a line of its own also where progress rewrites its line."""
    print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr)
    _warn([str(problem)])


Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Makes the parser of a command from its name, its function and what it does."""


def _parser() -> argparse.ArgumentParser:
    from simulator._version import __version__

    parser = argparse.ArgumentParser(prog="simulator", description="Energy-transition scenarios for power grids.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, function: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.add_argument("--debug", action="store_true", help="show a traceback when something fails")
        sub.set_defaults(command=function)
        return sub

    _planning(command)
    _reading(command)
    _supplying(command)
    return parser


def _planning(command: Command) -> None:
    """Commands that check or plan scenarios."""
    sub = command("run", _run, "plan a scenario and save results, verdict and figures")
    sub.add_argument("file", type=Path, help="scenario, such as scenarios/reference.yaml")
    sub.add_argument("-o", "--output", type=Path, help="run folder (default: results/NAME)")
    sub.add_argument("--no-figures", action="store_true", help="do not draw figures")
    sub.add_argument(
        "--fail-on-miss", action="store_true", help=f"exit with {MISSED} unless the headline target is reached"
    )
    sub = command("validate", _validate, "check scenarios and the data they use, without solving")
    sub.add_argument("files", type=Path, nargs="+")
    sub.add_argument("--json", action="store_true", help="print problems as JSON")
    sub = command(
        "counterfactual", _counterfactual, "plan a scenario with and without Chinese projects and money, and compare"
    )
    sub.add_argument("file", type=Path, help="scenario, such as scenarios/reference.yaml")
    sub.add_argument("--without", metavar="INVESTOR", help="take away one investor instead of all Chinese ones")
    sub.add_argument("-o", "--output", type=Path, help="folder for both runs (default: results/NAME_counterfactual)")
    sub.add_argument("--no-figures", action="store_true", help="do not draw figures")
    sub = command("backcast", _backcast, "repeat past years and compare them with statistics; fails if a band fails")
    sub.add_argument("--years", type=_year_list, default=(), help="such as 2020-2025 or 2022,2024 (default: all)")
    sub.add_argument("--country", action="append", default=[], help="judge this country only; may be repeated")
    sub.add_argument("-o", "--output", type=Path, default=Path("results/backcast"))
    sub.add_argument("--docs", type=Path, help="write page, table and figures here too")
    sub = command("time-structure", _time_structure, "plan a scenario with coarser and finer days, and compare")
    sub.add_argument("file", type=Path, nargs="?", default=Path("scenarios/reference.yaml"))
    sub.add_argument("--structures", type=_structures, default="12x2,24x2,24x1,48x2,96x2", metavar="DAYSxHOURS,…",
                     help="days of the year and hours of a block (default: %(default)s)")  # fmt: skip
    sub.add_argument("-o", "--output", type=Path, default=Path("results/time_structure"))
    sub.add_argument("--docs", type=Path, help="write page and table here too")
    sub.add_argument("--resume", action="store_true", help="keep the runs that are in the folder already")


def _reading(command: Command) -> None:
    """Commands that read results."""
    sub = command("verdict", _verdict, "say whether the targets of a run are met, by definition and basis")
    sub.add_argument("results", type=Path, help="run folder or results.nc")
    sub.add_argument("--json", action="store_true")
    sub = command("check", _check, "operate the plan of a run hour by hour, in several weather years, and compare")
    sub.add_argument("results", type=Path, help="run folder")
    sub.add_argument("--year", type=int, help="model year (default: the headline target's)")
    sub.add_argument("--weather", type=_year_list, default=(), metavar="SEEDS",
                     help="weather years, such as 7-11 (default: the plan's own and the two after it)")  # fmt: skip
    sub.add_argument("--scenario", type=Path, help="the scenario's file, if its system or profiles lie beside it")
    sub.add_argument("--keep-hours", action="store_true", help="save every hour of every weather year, too")
    sub = command("report", _report, "one page: verdict, hours, and years that happened; makes what is missing")
    sub.add_argument("results", type=Path, help="run folder")
    sub.add_argument("--backcast", type=Path, help="folder of a backcast (default: backcast beside the run)")
    sub.add_argument("--scenario", type=Path, help="the scenario's file, if its system or profiles lie beside it")
    sub = command("compare", _compare, "compare runs; the first one is what the others differ from")
    sub.add_argument("results", type=Path, nargs="+")
    sub.add_argument("-o", "--output", type=Path, help="folder for comparison.csv and figures")
    sub = command("investors", _investors, "say who pays, what plants' energy costs, and who works there")
    sub.add_argument("results", type=Path, help="run folder or results.nc")
    sub.add_argument(
        "--csv", choices=("investors", "projects", "jobs", "envelopes"), help="print a table of all countries as CSV"
    )
    sub = command("vehicles", _vehicles, "say what electric vehicles change, and hold their stock against counts")
    sub.add_argument("results", type=Path, help="run folder or results.nc")
    sub = command("plot", _plot, "draw the figures of a run again")
    sub.add_argument("results", type=Path)
    sub.add_argument("-o", "--output", type=Path, required=True, help="folder for the figures")


def _supplying(command: Command) -> None:
    """Commands around scenarios, data and the installation."""
    sub = command("schema", _schema, "print the JSON schema of a scenario, for editors")
    sub.add_argument("--results", action="store_true", help="print what results.nc consists of instead, as tables")
    sub = command("init", _init, "write a commented scenario to start from")
    sub.add_argument("file", type=Path)
    sub = command("scenarios", _scenarios, "write scenarios/README.md: every scenario's question and verdict")
    sub.add_argument("--folder", type=Path, default=Path("scenarios"))
    sub.add_argument("--results", type=Path, default=Path("results"))
    sub.add_argument("--run", action="store_true", help="run the scenarios that have no results yet")
    sub.add_argument("--docs", type=Path, help="write levers.md here: each scenario against the one it extends")
    sub = command("priors", _priors, "show how likely projects are, beside what register and literature say")
    sub.add_argument("--system", default="central_asia", help="name or file (default: %(default)s)")
    sub = command("weather", _weather, "hold the synthetic weather against published statistics")
    sub.add_argument("--seeds", type=int, default=20, metavar="N", help="synthetic years (default: 20)")
    sub.add_argument("--json", action="store_true", help="print the rows as JSON")
    sub = command("import-weather", _import_weather, "turn hourly weather of other programs into horizon.profiles")
    sub.add_argument("format", choices=("ninja", "pvgis", "atlite", "era5", "plain"))
    sub.add_argument("files", nargs="+", metavar="NAME=FILE", help="NAME is ZONE:item (ninja, pvgis), item (atlite), "
                     "ZONE (era5); plain files have none")  # fmt: skip
    sub.add_argument("-o", "--output", type=Path, required=True, help="CSV file to write, such as profiles.csv")
    sub.add_argument("--year", type=int, help="the year to take from a file with several")
    sub.add_argument("--labels", choices=("beginning", "end"), default="", help="what stamps of atlite's sun are, "
                     "if the file does not say (default: end, as in ERA5)")  # fmt: skip
    sub.add_argument("--system", default="central_asia", help="whose zones the sun is held against "
                     "(name or file, default: %(default)s)")  # fmt: skip
    command("doctor", _doctor, "show versions and solvers")


# ---------------------------------------------------------------------------------------------- commands


def _run(options: argparse.Namespace) -> int:
    from simulator.analysis.verdict import verdict
    from simulator.studies.run import run

    output = options.output or Path("results") / options.file.stem
    with _Live() as live:
        results = run(options.file, output, figures=not options.no_figures, progress=live.say)
    answer = verdict(results)
    print(answer.as_text(), end="")
    _message(f"\nresults in {output}")
    reached = answer.headline is not None and answer.headline.outcome == "reached"
    return MISSED if options.fail_on_miss and not reached else 0


def _validate(options: argparse.Namespace) -> int:
    from simulator.case.demand.loads import same_in_every_hour
    from simulator.case.loading import make_case
    from simulator.inputs.locate import Places
    from simulator.inputs.read import asks_nothing, read_scenario

    problems: list[Problem] = []
    valid = len(options.files)
    for file in options.files:
        try:
            loaded = read_scenario(file)
            with Places(loaded.marks).placing_problems():
                make_case(loaded.scenario, file, marks=loaded.marks, weather=same_in_every_hour)
        except InputError as error:
            if asks_nothing(file, error):
                _message(f"{file}: this file asks nothing; others extend it")
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


def _verdict(options: argparse.Namespace) -> int:
    from simulator.analysis.verdict import verdict
    from simulator.studies.store import open_results

    answer = verdict(open_results(options.results))
    print(json.dumps(answer.as_dict(), indent=2, ensure_ascii=False) if options.json else answer.as_text().rstrip("\n"))
    return 0


def _check(options: argparse.Namespace) -> int:
    from simulator.studies.hours import check_hours

    with _Live() as live:
        found = check_hours(
            options.results, options.year, options.weather, scenario=options.scenario, keep_hours=options.keep_hours,
            progress=live.say,
        )  # fmt: skip
    print(found.text)
    _message(f"\ntable, hours without supply, page and figure in {options.results / 'check'}")
    return 0


def _report(options: argparse.Namespace) -> int:
    from simulator.studies.report import report

    with _Live() as live:
        text = report(options.results, options.backcast, scenario=options.scenario, progress=live.say)
    print(text, end="")
    _message(f"\nreport in {options.results / 'report.md'}")
    return 0


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

        _folder(options.output)
        with disk_errors(options.output):
            (options.output / "comparison.csv").write_text(as_csv(table), encoding="utf-8")
            for name, frame in causes.items():
                (options.output / name).write_text(csv(frame), encoding="utf-8")
            _warn(save_comparison(datasets, options.output).warnings())
        _message(f"tables and figures in {options.output}")
    return 0


def _counterfactual(options: argparse.Namespace) -> int:
    from simulator.studies.counterfactual import counterfactual

    output = options.output or Path("results") / f"{options.file.stem}_counterfactual"
    with _Live() as live:
        found = counterfactual(
            options.file, output, investor=options.without, figures=not options.no_figures, progress=live.say
        )
    print(found.text, end="")
    _message(f"\nboth runs and their comparison in {output}")
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


def _year_list(text: str) -> tuple[int, ...]:
    """``2020-2022,2025`` → (2020, 2021, 2022, 2025)."""
    years: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            raise argparse.ArgumentTypeError(f"{text!r} is not a list of years such as 2020-2025 or 2022,2024")
        years += range(int(first), int(last or first) + 1)
    return tuple(years)


def _backcast(options: argparse.Namespace) -> int:
    from simulator.analysis.backcast import all_hold
    from simulator.analysis.backcast_page import as_text
    from simulator.studies.backcast import run_backcast, write

    with _Live() as live:
        found = run_backcast(options.years, options.country, options.output, progress=live.say)
    print(as_text(found.table))
    _message(f"\nrun, table, page and figures in {options.output}")
    if options.docs is not None:
        write(found, options.docs)
    return 0 if all_hold(found.table) else MISSED


def _structures(text: str) -> tuple[tuple[int, int], ...]:
    """``12x2,24x1`` → ((12, 2), (24, 1))."""
    pairs = [part.strip().split("x") for part in text.split(",")]
    if not all(len(pair) == 2 and pair[0].isdigit() and pair[1].isdigit() for pair in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list such as 12x2,24x1 (24 days of blocks of 1 hour)")
    return tuple((int(days), int(hours)) for days, hours in pairs)


def _time_structure(options: argparse.Namespace) -> int:
    from simulator.analysis.time_resolution import as_text
    from simulator.studies.time_resolution import run_structures

    with _Live() as live:
        table = run_structures(
            options.file, options.structures, options.output, docs=options.docs, resume=options.resume,
            progress=live.say,
        )  # fmt: skip
    print(as_text(table))
    _message(f"\nruns, page and table in {options.output}")
    return 0


def _plot(options: argparse.Namespace) -> int:
    from simulator.plots import save_all
    from simulator.studies.store import open_results

    results = open_results(options.results)
    _folder(options.output)
    with disk_errors(options.output):
        drawn = save_all(results, options.output)
    for path in drawn.paths:
        print(path)
    _warn(drawn.warnings())
    return 0


def _schema(options: argparse.Namespace) -> int:
    if options.results:
        from simulator.results_schema import as_markdown

        print(as_markdown(), end="")
        return 0
    from simulator.inputs.scenario import Scenario

    print(json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False))
    return 0


def _init(options: argparse.Namespace) -> int:
    if options.file.exists():
        raise FileError(f"{options.file} exists already; choose another name")
    with disk_errors(options.file):
        options.file.write_text(TEMPLATE, encoding="utf-8")
    _message(f"{options.file} written; check it with: simulator validate {options.file}")
    return 0


def _scenarios(options: argparse.Namespace) -> int:
    from simulator.studies.gallery import write_gallery, write_levers

    with _Live() as live:
        path, failed = write_gallery(options.folder, options.results, run_missing=options.run, progress=live.say)
    print(path)
    if options.docs is not None:
        print(write_levers(options.folder, options.results, options.docs))
    for line in failed:
        _message(line)
    return SolveError.exit_status if failed else 0


def _priors(options: argparse.Namespace) -> int:
    from simulator.inputs.read import built_in, read_system
    from simulator.studies.priors import report

    print(report(read_system(built_in(options.system) or Path(options.system))), end="")
    return 0


def _weather(options: argparse.Namespace) -> int:
    from simulator.analysis.weather import as_markdown, as_records, quality
    from simulator.case.weather.synthesis import weather_years
    from simulator.system.known import weather_zones

    rows = quality(weather_years(weather_zones(), options.seeds))
    if options.json:
        print(json.dumps(as_records(rows), indent=2))
    else:
        print(as_markdown(rows, options.seeds), end="")
    return 0


def _import_weather(options: argparse.Namespace) -> int:
    from simulator.case.demand.loads import longitudes
    from simulator.importers import import_weather, write_profiles
    from simulator.inputs.read import built_in, read_system

    places = longitudes(read_system(built_in(options.system) or Path(options.system)))
    profiles = import_weather(options.format, options.files, options.year, labels=options.labels, longitudes=places)
    write_profiles(options.output, profiles)
    for (zone, item), values in profiles.items():
        print(f"{zone}:{item}  mean {values.mean():.4g}  largest {values.max():.4g}")
    _message(f"{options.output} written; name it in a scenario: horizon: {{profiles: {options.output.name}}}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    import importlib.metadata
    import platform

    from simulator.studies.run import PACKAGES

    print(f"python          {platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in PACKAGES:
        print(f"{name:15s} {importlib.metadata.version(name)}")
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    accepted = highs.setOptionValue("solver", "hipo") == highspy.HighsStatus.kOk
    print(f"{'HiPO':15s} {'available' if accepted else 'missing: IPX follows PIQP'}")
    return 0


def _folder(path: Path) -> None:
    with disk_errors(path):
        path.mkdir(parents=True, exist_ok=True)


class _Live:
    """Progress on standard error: one line rewritten on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") in (None, "", "dumb")
        self.terminal = sys.stderr.isatty() and not plain
        self.start = time.monotonic()
        self.last = 0.0

    def __enter__(self) -> _Live:
        return self

    def __exit__(self, *error: object) -> None:
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def say(self, message: str) -> None:
        """Show a message with the time passed; on a plain stream, solver iterations at most every ten seconds."""
        now = time.monotonic() - self.start
        text = f"{now:6.1f} s  {message}"
        if self.terminal:
            print(f"\r\033[K{text[:110]}", end="", file=sys.stderr, flush=True)
        elif not message.startswith("iteration") or now - self.last > 10:
            self.last = now
            print(text, file=sys.stderr, flush=True)
