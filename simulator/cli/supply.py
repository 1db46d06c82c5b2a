"""Commands around data, schema and the installation."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from simulator.cli.screen import Command, make_folder, message
from simulator.errors import disk_errors


def add(command: Command) -> None:
    """Declare the commands of this group and their options."""
    sub = command("schema", _schema, "print the JSON schema of a scenario, for editors")
    sub.add_argument("--results", action="store_true", help="print what results.nc consists of instead, as tables")
    sub.add_argument("--docs", type=Path, metavar="DIR", help="write the reference pages into a folder instead")
    sub = command("import-weather", _import_weather, "turn hourly weather of other programs into horizon.profiles")
    sub.add_argument("format", choices=("ninja", "pvgis", "atlite", "era5", "plain"))
    sub.add_argument("files", nargs="+", metavar="NAME=FILE", help="NAME is ZONE:item (ninja, pvgis), item (atlite), "
                     "ZONE (era5); plain files have none")  # fmt: skip
    sub.add_argument("-o", "--output", type=Path, required=True, help="CSV file to write, such as profiles.csv")
    sub.add_argument("--year", type=int, help="the year to take from a file with several")
    sub.add_argument("--labels", choices=("beginning", "end"), default="", help="what stamps of atlite's sun are, "
                     "if the file does not say (default: end, as in ERA5)")  # fmt: skip
    sub.add_argument("--system", default="central_asia", help="with whose zones the sun is compared "
                     "(name or file, default: %(default)s)")  # fmt: skip
    sub = command("weather", _weather, "compare the synthetic weather with published statistics")
    sub.add_argument("--seeds", type=int, default=20, metavar="N", help="synthetic years (default: 20)")
    sub.add_argument("--json", action="store_true", help="print the rows as JSON")
    sub = command("priors", _priors, "show how likely projects are, beside what register and literature say")
    sub.add_argument("--system", default="central_asia", help="name or file (default: %(default)s)")
    command("doctor", _doctor, "show versions and solvers")


def _schema(options: argparse.Namespace) -> int:
    if options.docs is not None:
        from simulator.reference.pages import written

        make_folder(options.docs)
        with disk_errors(options.docs):
            for name, text in written(options.docs).items():
                (options.docs / name).write_text(text, encoding="utf-8")
                print(options.docs / name)
        return 0
    if options.results:
        from simulator.results_schema import as_markdown

        print(as_markdown(), end="")
        return 0
    from simulator.inputs.scenario import Scenario

    print(json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False))
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
    message(f"{options.output} written; name it in a scenario: horizon: {{profiles: {options.output.name}}}")
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


def _priors(options: argparse.Namespace) -> int:
    from simulator.inputs.read import built_in, read_system
    from simulator.studies.priors import report

    print(report(read_system(built_in(options.system) or Path(options.system))), end="")
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
