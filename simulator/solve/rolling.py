"""A year of hours, operated week by week: a problem too large to solve at once, solved in windows that roll forward.

Each window is cut from the rows and columns of the whole year, so no physics is written twice. It decides its own week
and looks some days further; what lies before is as it was operated, what lies after is as the plan expects it.

==========  ==========================================================================================================
``x``       columns of the window: those of its week and of the days it looks ahead, and those that belong to no day
``x̂``       all other columns: operated before the window, expected by the plan after it
``v``       content of reservoirs when the window's sight ends (columns of the first day after it)
``v*``      content that the plan expects
``ω``       the plan's value of water
``δ``       ``SPREAD``: water beyond the expected level is worth ω(1 − δ), water missing to it costs ω(1 + δ)
``m``       what is missing to a row of the whole year (a fuel volume, a contract, a release), at the price ``LATER``
            as long as later days can make up for it, and ``MISSED`` in the last window that can
==========  ==========================================================================================================

(1)  A x + Â x̂ within the limits of every row of the window's days
(2)  A x + Â x̂ + m within the limits of every row of the whole year
(3)  v = v* + over − under,  cost ω(1 + δ)·under − ω(1 − δ)·over

Because (2) counts what was used and what the plan will use, a yearly volume is shared out over the year as the plan
needs it. A week may take more, as later weeks have to make up for; none sheds load for it while there are such weeks.

The last window ends the year: by (3) it may leave a little more or less than the year began with, within what
reservoirs may have. Water that arrives on the first days left the reservoirs above in the year before, as the plan
expects it, and what leaves on the last days arrives in the next. Both differences are carried, and reported. The price
of water in (3) follows the plan's seasonal levels without being tied to them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from simulator.errors import InfeasibleError
from simulator.model.lp.chronology import YEARLY, Chronology
from simulator.model.lp.problem import CompiledModel, Solution
from simulator.solve import SolveOptions, solve
from simulator.solve.slack import widened, with_slack
from simulator.solve.watch import Progress

WINDOW_DAYS = 7
AHEAD_DAYS = 4
SPREAD = 0.2
MISSED = 30.0
"""MUSD for a unit (GWh, hm3, kt) missing to a row of the whole year at its end: ten times an unserved GWh."""
LATER = 0.15
"""MUSD for a unit that later days have to make up for: dearer than any plant's GWh, a twentieth of an unserved one."""


@dataclass(frozen=True)
class Stocks:
    """What is carried from one day to the next: contents of reservoirs."""

    columns: np.ndarray
    """(R, D) the column of the content at the start of a day."""
    rows: np.ndarray
    """(R, D) the row that leads from a day's content to the next; the last leads back to the first."""
    value: np.ndarray
    """(R, D) what one more unit at the start of a day is worth to the plan, MUSD."""


@dataclass(frozen=True)
class Operated:
    """A year as it was operated."""

    column_value: np.ndarray
    row_dual: np.ndarray
    """Of the windows in which the rows' days were decided."""
    missed: dict[tuple[str, int], float]
    """Rows of the whole year that could not be met (component, position), and by how much (in their unit)."""
    carried: np.ndarray
    """(R, D) water of the next year less that of the year before: at the end, what a reservoir has beyond the content
    it began with; on the first days, what left the reservoirs above at the end of this year beyond what arrives."""


def windows(days: int) -> list[tuple[int, int, int]]:
    """First day, first day after, and first day after those looked at, of every window; the last takes the rest."""
    starts = [WINDOW_DAYS * i for i in range(max(days // WINDOW_DAYS, 1))]
    ends = [*starts[1:], days]
    return [(a, b, min(b + AHEAD_DAYS, days)) for a, b in zip(starts, ends, strict=True)]


def roll(
    whole: CompiledModel, chronology: Chronology, stocks: Stocks, expected: np.ndarray, say: Progress | None = None
) -> Operated:
    """Operate a year. ``expected`` (columns) is what the plan expects; the year starts with its stocks.

    Raises a ``SolveError`` that names the window when there is no way to operate it.
    """
    year = _Year(whole, chronology, stocks, expected)
    for first, after, seen in windows(chronology.days):
        if say:
            say(f"operating days {first + 1} to {after}")
        window = year.window(first, seen)
        year.keep(window, _solve(window, first, after), after)
    return Operated(year.x, year.dual, year.missed(), year.carried())


@dataclass(frozen=True)
class _Window:
    """A linear problem; its first columns and rows are those of the year, at these positions; slack follows."""

    problem: CompiledModel
    columns: np.ndarray
    rows: np.ndarray


def _solve(window: _Window, first: int, after: int) -> Solution:
    """From the last window's basis it takes four times as long: HiGHS then leaves out its presolve."""
    try:
        return solve(window.problem, SolveOptions(purpose="window"))
    except InfeasibleError as error:
        raise InfeasibleError(
            f"days {first + 1} to {after} cannot be operated with the plan's capacities: fixed trade asks for more "
            "than plants and lines can give, or fields take more water than rivers bring"
        ) from error


class _Year:
    """The year so far: what has been operated and what is still expected."""

    def __init__(self, whole: CompiledModel, chronology: Chronology, stocks: Stocks, expected: np.ndarray) -> None:
        self.whole, self.chronology, self.stocks = whole, chronology, stocks
        self.x, self.dual = expected.copy(), np.zeros(len(whole.row_lower))
        self.expected = expected
        self.lower, self.upper = whole.column_lower.copy(), whole.column_upper.copy()
        self._hold(stocks.columns[:, 0])
        self.columns_by_day = _by_day(chronology.column_day, chronology.days)
        self.rows_by_day = _by_day(chronology.row_day, chronology.days)
        self.yearly_columns = np.flatnonzero(chronology.column_day == YEARLY)
        self.yearly_rows = np.flatnonzero(chronology.row_day == YEARLY)
        of_days = (chronology.column_day != YEARLY).astype(float)
        self.shared = np.abs(whole.matrix[self.yearly_rows]) @ of_days > 0
        """Rows of the whole year with columns of days, by position in ``yearly_rows``."""
        self.last_day = self._last_days()

    def _hold(self, columns: np.ndarray) -> None:
        """Nothing may change these any more."""
        self.lower[columns] = self.upper[columns] = self.x[columns]

    def _last_days(self) -> np.ndarray:
        """(yearly rows) the last day of which a row has columns."""
        part = sp.csr_array(self.whole.matrix[self.yearly_rows])
        day = self.chronology.column_day[part.indices]
        found = [day[a:b].max(initial=YEARLY) for a, b in itertools.pairwise(part.indptr)]
        return np.array(found, int)

    def window(self, first: int, seen: int) -> _Window:
        """The problem of the days from ``first`` to before ``seen``."""
        days, whole = self.chronology.days, self.whole
        columns = np.concatenate([self.yearly_columns, *self.columns_by_day[first:seen]])
        rows = np.concatenate([self.yearly_rows, *self.rows_by_day[first:seen]])
        ends = self.stocks.columns[:, seen] if seen < days else self.stocks.columns[:0, 0]
        columns = np.concatenate([columns, ends])
        part = whole.matrix[rows]
        others = self.x.copy()
        others[columns] = 0
        given = part @ others
        problem = CompiledModel(
            cost=whole.cost[columns], offset=0.0, column_lower=self.lower[columns],
            column_upper=self.upper[columns], integrality=whole.integrality[columns], matrix=part[:, columns],
            row_lower=whole.row_lower[rows] - given, row_upper=whole.row_upper[rows] - given, columns={}, rows={},
        )  # fmt: skip
        shared = np.flatnonzero(self.shared)
        price = np.where(self.last_day[shared] < seen, MISSED, LATER)
        problem = with_slack(problem, shared, price, price, np.inf, np.inf)
        if seen == days:
            problem = self._ending(problem, rows)
        else:
            place = len(columns) - len(ends) + np.arange(len(ends))
            problem = _with_stocks(problem, place, self.x[ends], self.stocks.value[:, seen])
        return _Window(problem, columns, rows)

    def _ending(self, problem: CompiledModel, rows: np.ndarray) -> CompiledModel:
        """(3) for the year's end, which the balances of the last day lead to: content of 1 January, over or under."""
        place = np.flatnonzero(np.isin(rows, self.stocks.rows[:, -1]))
        start, next_day = self.x[self.stocks.columns[:, 0]], self.stocks.columns[:, 1]
        room_over = self.whole.column_upper[next_day] - start
        room_under = start - self.whole.column_lower[next_day]
        value = self.stocks.value[:, 0]
        return with_slack(
            problem, place, -value * (1 - SPREAD), value * (1 + SPREAD),
            np.maximum(room_over, 0), np.maximum(room_under, 0),
        )  # fmt: skip

    def keep(self, window: _Window, solution: Solution, after: int) -> None:
        """Take what the window decided for its own days, its yearly columns and the stocks they leave."""
        days = self.chronology.column_day[window.columns]
        value = solution.column_value[: len(window.columns)]
        own = days < after
        if after < self.chronology.days:
            own |= np.isin(window.columns, self.stocks.columns[:, after])
        self.x[window.columns[own]] = value[own]
        own_rows = self.chronology.row_day[window.rows] < after
        self.dual[window.rows[own_rows]] = solution.row_dual[: len(window.rows)][own_rows]
        if after < self.chronology.days:
            self._hold(self.stocks.columns[:, after])

    def missed(self) -> dict[tuple[str, int], float]:
        """Rows of the whole year that the year as operated does not meet; rounding is not missing."""
        rows = self.yearly_rows[self.shared]
        activity = self.whole.matrix[rows] @ self.x
        lower, upper = self.whole.row_lower[rows], self.whole.row_upper[rows]
        amount = np.maximum(np.maximum(lower - activity, activity - upper), 0)
        scale = 1 + np.where(np.isfinite(lower), np.abs(lower), np.abs(upper))
        return {
            self._name(int(rows[i])): float(amount[i]) for i in np.flatnonzero(amount > 1e-6 * scale)
        }  # fmt: skip

    def carried(self) -> np.ndarray:
        """(R, D) what the balances of the year's two ends have too much."""
        rows = self.stocks.rows
        activity = (self.whole.matrix[rows.reshape(-1)] @ self.x).reshape(rows.shape)
        return np.asarray(self.whole.row_lower[rows] - activity)

    def _name(self, row: int) -> tuple[str, int]:
        """Component of a row, and its position there."""
        for name, segment in self.whole.rows.items():
            if segment.start <= row < segment.start + segment.size:
                return name, row - segment.start
        raise AssertionError(f"row {row} belongs to no component")


def _by_day(day: np.ndarray, days: int) -> list[np.ndarray]:
    """Positions of each day."""
    order = np.argsort(day, kind="stable")
    starts = np.searchsorted(day[order], np.arange(days + 1))
    return [order[starts[d] : starts[d + 1]] for d in range(days)]


def _with_stocks(
    problem: CompiledModel, columns: np.ndarray, expected: np.ndarray, value: np.ndarray
) -> CompiledModel:  # fmt: skip
    """(3) A row more for each stock, and two columns: what is over and what is under the expected content."""
    n, (height, width) = len(columns), problem.matrix.shape
    cost = np.concatenate([-value * (1 - SPREAD), value * (1 + SPREAD)])
    wide = widened(problem, sp.csr_array((height, 2 * n)), cost, np.full(2 * n, np.inf))
    place = np.arange(n)
    rows = sp.csr_array(
        (
            np.repeat([1.0, -1.0, 1.0], n),
            (np.tile(place, 3), np.concatenate([columns, width + place, width + n + place])),
        ),
        shape=(n, width + 2 * n),
    )
    return replace(
        wide, matrix=sp.csr_array(sp.vstack([wide.matrix, rows])),
        row_lower=np.concatenate([wide.row_lower, expected]), row_upper=np.concatenate([wide.row_upper, expected]),
    )  # fmt: skip
