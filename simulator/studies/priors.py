"""The shipped judgement on projects beside what the register and the literature say: ``simulator priors``.

It joins the tables ``realisation``, ``projects``, ``register_history`` and ``realisation_literature`` of a system with
the statistics of ``simulator/analysis/priors.py`` and writes them as Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from simulator.analysis.priors import Hazard, Interval, Mean, Share, mean_of
from simulator.errors import InputError, Problem
from simulator.system import Evidence, Precedent, Project, Realisation, System, year_fraction

LEVELS = (0.8, 0.95)
WITHIN = (2, 5)
STANDS_FOR = {"agreement": "due", "announced": "announced"}
"""Cohort that comes closest to a stage: who promises a date has an agreement. Past stages are not on record."""


def report(system: System) -> str:
    """All tables as one Markdown text. Raises ``InputError`` when the system has no history of projects."""
    if not system.register_history:
        raise InputError([Problem(
            "the system has no history of projects to learn from", path="register_history",
            help="add rows to `register_history`: id, name, country, group, capacity_mw, status, announced, promised, "
            "operating",
        )])  # fmt: skip
    register = Register(system)
    parts = [
        INTRODUCTION.format(closed=register.closed, n=len(register.counted)),
        _stages(system, register), _shares(register), _hazards(register), _delays(system, register),
        _literature(system.realisation_literature),
    ]  # fmt: skip
    return "\n".join(parts)


class Register:
    """The register's cohorts at its closing: what was due by then, what was announced long enough ago."""

    def __init__(self, system: System) -> None:
        self.counted = [row for row in system.register_history if row.counted]
        self.closed = max(row.data_year or 0 for row in system.register_history)
        """Compiled in this year: it knows the years before in full."""
        self.large_mw = system.large_project_mw
        self.due_year, self.announced_year = self.closed - 1, self.closed - 3
        """Two full years pass between an announcement that counts and the closing: the median of the literature."""

    def due(self) -> list[Precedent]:
        """Projects whose promised date has passed."""
        return [row for row in self.counted if row.promised and int(row.promised[:4]) <= self.due_year]

    def announced(self) -> list[Precedent]:
        """Projects announced long enough ago."""
        return [row for row in self.counted if row.announced and int(row.announced[:4]) <= self.announced_year]

    def is_large(self, row: Precedent) -> bool:
        """Whether it is above the size that divides the priors."""
        return (row.capacity_mw or 0) > self.large_mw

    def cohorts(self) -> dict[str, list[Precedent]]:
        """Label → projects: all, by country and by size."""
        due, old = self.due(), self.announced()
        promised, announced = f"due by {self.due_year}", f"announced by {self.announced_year}"
        found = {promised: due} | _by(promised, due, lambda row: row.country) | {announced: old}
        found |= _by(announced, old, lambda row: row.country)
        size = {False: f"up to {self.large_mw:g} MW", True: f"above {self.large_mw:g} MW"}
        return found | _by(announced, old, lambda row: size[self.is_large(row)])

    def hazard(self, rows: Iterable[Precedent]) -> Hazard:
        """Project-years from announcement to operation or to the closing; a year without month means its middle."""
        dates = [(_middle(row.announced), row.operating) for row in rows if row.announced]
        known = [(announced, operating) for announced, operating in dates if announced < self.closed]
        ends = [_middle(operating) if operating else self.closed for _, operating in known]
        years = sum(max(end - announced, 0.0) for (announced, _), end in zip(known, ends, strict=True))
        return Hazard(sum(operating is not None for _, operating in known), years)


def built_share(rows: Sequence[Precedent]) -> Share:
    """How many of the projects operate, and how much of their capacity."""
    built = [row for row in rows if row.operating]
    return Share(
        len(built), len(rows), sum(row.capacity_mw or 0 for row in built), sum(row.capacity_mw or 0 for row in rows)
    )


def _by(label: str, rows: Sequence[Precedent], key: Callable[[Precedent], str]) -> dict[str, list[Precedent]]:
    names = dict.fromkeys(key(row) for row in rows)
    return {f"{label}, {name}": [row for row in rows if key(row) == name] for name in names}


def _middle(date: str) -> float:
    """Decimal year in the middle of a year or month."""
    return year_fraction(date) + (0.5 if len(date) == 4 else 1 / 24)


# ------------------------------------------------------------------------------------------------ tables

INTRODUCTION = """\
# How likely and how late projects come

Written by `simulator priors`. Shipped priors (table `realisation`) are judgement; beside them is what the register
of Chinese projects itself says ({n} projects counted, closed at the start of {closed}) and what the literature says.
Maths: `simulator/analysis/priors.py`. Intervals are those of small samples and treat projects as independent, so the
true ones are wider. Two biases: plants without a known announcement drop out, and dead memoranda are under-reported.
"""

STAGES = """\
Probability (%) and delay (months) that the simulator uses, with the range it draws from, beside the built share of the
cohort that comes closest: what was due by {due} for `agreement`, what was announced by {announced} for `announced`, of
the same technology and size. The stage in which a project was in an earlier year is not on record, so that the
register cannot speak of construction and financing. A cohort is all that was once announced; what is still listed as
announced is what has not moved on, so its prior may lie below the interval (last column: whether it lies inside)."""

OVERDUE = """
{overdue} of the {due} projects due are not built and were {late:.0f} months late on average when the register closed:
the delay of those built is that of the quick ones. All months late of the {due}, early ones as 0, per plant finished
make {each:.0f} months."""


def _table(title: str, text: str, head: str, lines: Iterable[Sequence[str]]) -> str:
    columns = head.split("|")
    rule = "|".join("---" if name.startswith(" ") else "---:" for name in columns)
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {title}\n\n{text}\n\n| {' | '.join(name.strip() for name in columns)} |\n|{rule}|\n{body}\n"


def _range(interval: Interval | None, scale: float = 100, digits: int = 0) -> str:
    return "" if interval is None else " … ".join(f"{scale * value:.{digits}f}" for value in interval)


def _stages(system: System, register: Register) -> str:
    lines = []
    for row in system.realisation:
        if row.stage in ("operating", "superseded"):
            continue
        share = built_share(_beside(row, register))
        low, high = share.interval(0.8)
        inside = "yes" if low <= row.probability_percent / 100 <= high else "no"
        seen = [f"{share.built} of {share.projects}", f"{100 * share.mean:.0f}", _range((low, high)), inside]
        lines.append([
            row.stage, row.group, row.size, f"{row.probability_percent:g}",
            f"{row.probability_low_percent:g} … {row.probability_high_percent:g}", f"{row.delay_months:g}",
            *(seen if share.projects else [""] * len(seen)),
        ])  # fmt: skip
    text = STAGES.format(due=register.due_year, announced=register.announced_year)
    head = " stage| technology| size|prior|range|delay|built|estimate|80 %| inside"
    return _table("Shipped priors", text, head, lines)


def _beside(row: Realisation, register: Register) -> list[Precedent]:
    cohort = {"due": register.due, "announced": register.announced}.get(STANDS_FOR.get(row.stage, ""))
    if cohort is None:
        return []
    return [
        each for each in cohort()
        if row.group in ("all", each.group) and (row.size == "all" or (row.size == "large") == register.is_large(each))
    ]  # fmt: skip


def _shares(register: Register) -> str:
    lines = []
    for label, rows in register.cohorts().items():
        share = built_share(rows)
        lines.append([
            label, f"{share.built} of {share.projects}", f"{share.built_mw:,.0f} of {share.mw:,.0f}",
            f"{100 * share.built_mw / share.mw:.0f}", f"{100 * share.mean:.0f}",
            *(_range(share.interval(level)) for level in LEVELS),
        ])  # fmt: skip
    return _table("Built share of the register", "Estimate: probability (%) that a project of the cohort is built.",
                  " cohort|projects|MW|% of MW|estimate|80 %|95 %", lines)  # fmt: skip


def _hazards(register: Register) -> str:
    small = [row for row in register.counted if not register.is_large(row)]
    sets = {"all": register.counted, f"up to {register.large_mw:g} MW": small,
            f"above {register.large_mw:g} MW": [row for row in register.counted if register.is_large(row)]}  # fmt: skip
    sets |= _by("all", register.counted, lambda row: row.country) | _by("all", register.counted, lambda row: row.group)
    lines = []
    for label, rows in sets.items():
        hazard = register.hazard(rows)
        if hazard.project_years:
            chances = [(f"{100 * hazard.within(y):.0f}", _range(hazard.interval_within(y, 0.8))) for y in WITHIN]
            lines.append([label.removeprefix("all, "), f"{hazard.built}", f"{hazard.project_years:.0f}",
                          f"{100 * hazard.rate:.0f}", *(cell for pair in chances for cell in pair)])  # fmt: skip
    head = " projects|built|project-years|% a year|" + "|".join(f"within {y} years, %|80 %" for y in WITHIN)
    return _table("Hazard", "Commissionings per project-year since the announcement, at a constant rate.", head, lines)


def _delays(system: System, register: Register) -> str:
    due = [(_middle(row.promised), row.operating) for row in register.due() if row.promised]
    built = [12 * (_middle(operating) - promised) for promised, operating in due if operating]
    overdue = [12 * (register.closed - promised) for promised, operating in due if not operating]
    single = [row.value for row in system.realisation_literature if row.metric == "delay_to_commissioning"]
    rows = {"register: built of those due": built, "literature: single projects": single}
    stages = dict.fromkeys(row.stage for row in system.projects if row.stage != "superseded")
    rows |= {f"pipeline, {stage}: slip so far": _slips(system.projects, stage) for stage in stages}
    rows |= {f"pipeline, {group}: announcement to stated date": _leads(system, group)
             for group in dict.fromkeys(row.group for row in system.technologies)}  # fmt: skip
    lines = [_delay_line(label, mean_of(values)) for label, values in rows.items() if values]
    text = "Months, with the mean's 95 % interval. *Slip so far* is the stated date less the date once promised."
    if built and overdue:
        late = sum(overdue) / len(overdue)
        each = (sum(max(months, 0) for months in built) + sum(overdue)) / len(built)
        text += OVERDUE.format(overdue=len(overdue), due=len(due), late=late, each=each)
    return _table("Delays and lead times", text, " projects|n|mean|standard deviation|95 %", lines)


def _slips(projects: Sequence[Project], stage: str) -> list[float]:
    return [12 * (_middle(row.commissioning) - _middle(row.promised)) for row in projects
            if row.stage == stage and row.promised]  # fmt: skip


def _leads(system: System, group: str) -> list[float]:
    mine = {row.id for row in system.technologies if row.group == group}
    return [12 * (_middle(row.commissioning) - _middle(row.announced)) for row in system.projects
            if row.technology in mine and row.announced and row.stage != "superseded"]  # fmt: skip


def _delay_line(label: str, mean: Mean) -> list[str]:
    spread = "" if mean.n < 2 else f"{mean.deviation:.1f}"
    return [label, f"{mean.n}", f"{mean.mean:.1f}", spread, _range(mean.interval(0.95), 1, 1)]


def _literature(rows: Sequence[Evidence]) -> str:
    lines = [
        [row.scope, row.country, row.subject, row.cohort, row.metric.replace("_", " "), f"{row.value:g} {row.unit}",
         "" if row.projects is None else f"{row.projects}", row.source] for row in rows
    ]  # fmt: skip
    return _table("Literature", "Published figures; keys of the sources in the table `sources`.",
                  " scope| country| subject| cohort| figure|value|projects| source", lines)  # fmt: skip
