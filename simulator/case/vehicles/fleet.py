"""The stock of vehicles: opening stock, sales, ageing, scrappage, year by year.

========  ==========================================  ========  ===============================================
symbol    index                                       unit      meaning
========  ==========================================  ========  ===============================================
``N``     powertrain p, age a, end of year t          vehicles  on the road
``S``     p, a                                        1         share alive at age a, exp(-(a/scale)^shape)
``B``     p, t                                        vehicles  come on the road in year t, new or second-hand
``X``     p, t                                        vehicles  taken off the road by a scrappage scheme
``T``     t                                           vehicles  all sales of the class without the scheme
========  ==========================================  ========  ===============================================

Each country and class (car, bus …) is a market of its own.

(1)  N[p,a+1,t] = N[p,a,t-1]·S[p,a+1]/S[p,a] - X[p,a+1,t]                      ageing
(2)  X[p,a,t] = x·N[p,a,t] for ages from the scheme's on, in its years        scrappage
(3)  N[p,0,t] = new, N[p,h,t] += second-hand, of age h                         B[p,t] split as in the sales table
(4)  N[p,a,t°] = N°·S[p,a] / Σ S[p]                                            opening stock: ages of a steady fleet
(5)  Σ_p B[p,t] = T[t] + Σ_p X[p,t]                                            a scrapped vehicle is replaced

Until the last published year ``B`` is what the table says. Afterwards a plug-in powertrain follows its method: a share
of sales (path, logistic), adopters (Bass), plants and importers (supply); demand is met by local plants first, then by
imports, which meet duties (``vehicle_sales``). Where several powertrains replace one, each finds what those before it
in ``vehicle_types`` leave of (5); the powertrain they replace gets the rest. Where the table does not know its sales,
the market is open: plug-in sales have no upper limit.

A scenario that states a stock gets it, beyond (5) if need be: ``B`` is then what is missing to the stated number after
(1) and (2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.case.axes import over
from simulator.case.time.horizon import ModelYears
from simulator.case.vehicles.sales import Duty, YearlySupply, bass, fit_bass, fit_logistic, logistic, ramp
from simulator.errors import InputError, Problem
from simulator.inputs.scenario import Scenario
from simulator.inputs.schema.vehicles import Scrappage, VehicleChange
from simulator.interpolation import at_years
from simulator.system import System, VehicleAdoption, VehicleSales, VehicleStock, VehicleSupply, VehicleType
from simulator.system.known import called_vehicles

AGES = 80
"""Years after which nothing is left."""


@dataclass(frozen=True)
class Fleet:
    """Vehicles by country (C), class (V), powertrain (P) and calendar year (T), and by supplier (F)."""

    countries: tuple[str, ...]
    vehicles: tuple[str, ...]
    powertrains: tuple[str, ...]
    calendar: tuple[int, ...]
    types: tuple[VehicleType, ...]
    end: np.ndarray = field(metadata=over("country", "vehicle", "powertrain", "calendar_year"))
    """On the road at the end of the year."""
    sales: np.ndarray = field(metadata=over("country", "vehicle", "powertrain", "calendar_year"))
    """That came on the road in the year."""
    supply: tuple[VehicleSupply, ...]
    supplied: np.ndarray = field(metadata=over("supplier", "calendar_year"))
    """Sold in the country by each plant and brand; published years are not attributed."""

    def by_type(self, figure: Callable[[VehicleType], float]) -> np.ndarray:
        """(V, P) a figure of each vehicle type; 0 where a class has no such powertrain.

        Of a figure that is a condition, 1 where it holds.
        """
        table = np.zeros((len(self.vehicles), len(self.powertrains)))
        for row in self.types:
            table[self.vehicles.index(row.vehicle), self.powertrains.index(row.powertrain)] = figure(row)
        return table

    def mean(self, years: Sequence[int]) -> np.ndarray:
        """(C, V, P, Y) on the road on average over each year."""
        at = np.array([self.calendar.index(year) for year in years])
        return np.asarray((self.end[..., at - 1] + self.end[..., at]) / 2)

    def at(self, date: float) -> np.ndarray:
        """(C, V, P) on the road at a decimal year, linear between the ends of years; nothing before the first."""
        ends = np.array(self.calendar) + 1.0
        before = np.concatenate([np.zeros((*self.end.shape[:-1], 1)), self.end], axis=-1)
        marks = np.concatenate([[ends[0] - 1], ends])
        i = int(np.clip(np.searchsorted(marks, date, side="right"), 1, len(marks) - 1))
        part = np.clip((date - marks[i - 1]) / (marks[i] - marks[i - 1]), 0, 1)
        return np.asarray(before[..., i - 1] * (1 - part) + before[..., i] * part)


def survival(shape: float, scale_years: float) -> np.ndarray:
    """(ages) share alive at each full year of age.

    >>> [round(float(s), 4) for s in survival(1.0, 10.0)[:3]]
    [1.0, 0.9048, 0.8187]
    """
    return np.asarray(np.exp(-((np.arange(AGES + 1) / scale_years) ** shape)))


def aged(stock: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """(1) The stock one year later, without newcomers.

    >>> alive = survival(1.0, 10.0)
    >>> float(aged(np.eye(AGES + 1)[0], alive).sum()) == float(alive[1])
    True
    """
    older = np.zeros_like(stock)
    older[1:] = stock[:-1] * np.divide(alive[1:], alive[:-1], out=np.zeros(AGES), where=alive[:-1] > 0)
    return older


def steady(vehicles: float, alive: np.ndarray) -> np.ndarray:
    """(4) A number of vehicles with the ages of a fleet that neither grows nor shrinks."""
    return np.asarray(vehicles * alive / alive.sum())


def make_fleet(
    system: System, scenario: Scenario, horizon: ModelYears, import_factor: Callable[[int], float] = lambda year: 1.0
) -> Fleet:
    """The stock of every class and country, from the first year of the tables to the last model year.

    ``import_factor`` scales imports of a year beyond the published ones. Raises ``InputError`` for tables that do not
    fit together and for a stated stock that falls faster than vehicles go out of use.
    """
    countries = tuple(row.id for row in system.countries)
    vehicles = tuple(row.id for row in system.vehicles)
    powertrains = tuple(dict.fromkeys(row.powertrain for row in system.vehicle_types))
    known = [row.year for row in system.vehicle_stocks] + [row.year - 1 for row in system.vehicle_sales]
    calendar = tuple(range(min([*known, horizon.years[0] - 1]), horizon.years[-1] + 1))
    shape = (len(countries), len(vehicles), len(powertrains), len(calendar))
    end, sales = np.zeros(shape), np.zeros(shape)
    supplied = np.zeros((len(system.vehicle_supply), len(calendar)))
    for c, country in enumerate(countries):
        for v, vehicle in enumerate(vehicles):
            change = scenario.nev.get(country, VehicleChange())
            market = _Market(system, change, country, vehicle, calendar, import_factor)
            market.run()
            for name, line in market.lines.items():
                end[c, v, powertrains.index(name)], sales[c, v, powertrains.index(name)] = line.end, line.sales
            for f, row in enumerate(system.vehicle_supply):
                if row.id in market.supplied:
                    supplied[f] = market.supplied[row.id]
    return Fleet(
        countries, vehicles, powertrains, calendar, system.vehicle_types, end, sales, system.vehicle_supply, supplied
    )  # fmt: skip


@dataclass
class _Line:
    """One powertrain of a market: its given sales, and its stock as it grows."""

    alive: np.ndarray
    given: np.ndarray
    """(T) sales of the table."""
    second_hand: np.ndarray
    """(T) share of them that is second-hand …"""
    second_hand_age: np.ndarray
    """(T) … and their age."""
    opens: int
    """Year at whose end its stock is ``opening``."""
    opening: float
    adoption: VehicleAdoption | None
    end: np.ndarray
    sales: np.ndarray
    stock: np.ndarray = field(default_factory=lambda: np.zeros(AGES + 1))

    def age(self, year: int, scheme: Scrappage | None) -> float:
        """(1), (2) and (4); what the scheme takes off the road."""
        self.stock = steady(self.opening, self.alive) if year == self.opens else aged(self.stock, self.alive)
        if scheme is None or not scheme.first_year <= year <= scheme.last_year:
            return 0.0
        scrapped = self.stock[scheme.age_years :] * scheme.percent_per_year / 100
        self.stock[scheme.age_years :] -= scrapped
        return float(scrapped.sum())

    def add(self, i: int, vehicles: float) -> None:
        """(3)"""
        self.stock[0] += vehicles * (1 - self.second_hand[i])
        self.stock[int(self.second_hand_age[i])] += vehicles * self.second_hand[i]
        self.sales[i], self.end[i] = vehicles, self.stock.sum()


def stated_stocks(system: System, change: VehicleChange) -> dict[tuple[str, str], tuple[str, dict[int, float]]]:
    """(class, powertrain) → what the scenario calls it, and the stock it states."""
    called = called_vehicles(system.vehicle_types)
    return {called[name]: (name, path) for name, path in (change.vehicles or {}).items() if name in called}


class _Market:
    """A class of vehicles in a country, stepped through the years."""

    def __init__(
        self, system: System, change: VehicleChange, country: str, vehicle: str, calendar: Sequence[int],
        import_factor: Callable[[int], float],
    ) -> None:  # fmt: skip
        self.change, self.country, self.vehicle = change, country, vehicle
        self.calendar, self.import_factor = calendar, import_factor
        self.types = {row.powertrain: row for row in system.vehicle_types if row.vehicle == vehicle}
        self.lines = {name: self._line(system, row) for name, row in self.types.items()}
        self.lines = {
            name: line for name, line in self.lines.items() if line.opening > 0 or line.given.any() or line.adoption
        }
        self.rest = next((r for r in (self.types[n].replaces for n in self.lines) if r in self.lines), None)
        self.supply = [row for row in system.vehicle_supply if (row.country, row.vehicle) == (country, vehicle)]
        self.supplied = {row.id: np.zeros(len(calendar)) for row in self.supply}
        duties = [row for row in system.vehicle_duties if (row.country, row.vehicle) == (country, vehicle)]
        self.duties = sorted(duties, key=lambda row: row.year)
        self.total = sum((line.given for line in self.lines.values()), np.zeros(len(calendar)))
        self.curves = {name: self._curve(line) for name, line in self.lines.items()}
        self.stated = stated_stocks(system, change)

    def _line(self, system: System, kind: VehicleType) -> _Line:
        key = (self.country, self.vehicle, kind.powertrain)
        sales = sorted((r for r in system.vehicle_sales if _key(r) == key), key=lambda row: row.year)
        stock = next((r for r in system.vehicle_stocks if _key(r) == key), None)
        adoption = next((r for r in system.vehicle_adoption if _key(r) == key), None)

        def path(value: Callable[[VehicleSales], float]) -> np.ndarray:
            anchors = {row.year: value(row) for row in sales}
            return at_years(anchors, self.calendar) if sales else np.zeros(len(self.calendar))

        total = path(lambda row: row.new + row.second_hand)
        opens = stock.year if stock else sales[0].year - 1 if sales else self.calendar[0]
        years = len(self.calendar)
        return _Line(
            survival(kind.survival_shape, kind.survival_scale_years),
            np.where(np.array(self.calendar) > opens, total, total if self._is_replaced(kind.powertrain) else 0.0),
            np.divide(path(lambda row: row.second_hand), total, out=np.zeros(years), where=total > 0),
            np.round(path(lambda row: row.second_hand_age)).astype(int),
            opens, stock.vehicles if stock else 0.0, adoption, np.zeros(years), np.zeros(years),
        )  # fmt: skip

    def _is_replaced(self, powertrain: str) -> bool:
        """Sales of what is replaced are also known as part of the market before its stock is."""
        return any(row.replaces == powertrain for row in self.types.values())

    def _curve(self, line: _Line) -> Callable[[int, float], float]:
        """(t, market) → demand for a powertrain by its method."""
        adoption, years = line.adoption, self.calendar
        index = {year: i for i, year in enumerate(years)}
        if adoption is None or adoption.method in ("path", "supply") or adoption.history_to >= years[-1]:
            return lambda t, market: market * _part(line.given[index[t]], self.total[index[t]])
        if adoption.fit_from is None or adoption.saturation_percent is None or self.rest is None:
            raise InputError([Problem(
                f"{adoption.key} is to follow a {adoption.method} curve, but fit_from, saturation_percent or the stock "
                "and sales of what it replaces are missing",
                path=f"vehicle_adoption.{adoption.key}", help="give them, or use method path",
            )])  # fmt: skip
        known = range(max(adoption.fit_from, years[0]), adoption.history_to + 1)
        past = np.array([index[t] for t in known], int)
        if len(past) < 2 or not line.given[past].any():
            raise _no_curve(adoption, f"{len(past)} published years" if len(past) < 2 else "no sales in these years")
        try:
            return self._fitted(adoption, line, known, past, adoption.saturation_percent / 100)
        except (RuntimeError, ValueError) as error:  # of the fit: it does not converge, or shares are not numbers
            raise _no_curve(adoption, "sales that no curve fits") from error

    def _fitted(
        self, adoption: VehicleAdoption, line: _Line, known: range, past: np.ndarray, end: float
    ) -> Callable[[int, float], float]:
        """(t, market) → demand along a curve fitted to years (their positions: ``past``), which ends at a share."""
        if adoption.method == "logistic":
            rate, middle = fit_logistic(known, line.given[past] / self.total[past], end)
            return lambda t, market: market * float(logistic(t, end, rate, middle))
        size = end * sum(other.opening for other in self.lines.values())
        if size <= 0:
            raise _no_curve(adoption, "no stock of its class to take a part of")
        start = known[0] - 1
        p, q = fit_bass([t - start for t in known], np.cumsum(line.given[past]).tolist(), size)
        return lambda t, market: float(bass(t - start, size, p, q) - bass(t - 1 - start, size, p, q))

    def run(self) -> None:
        """Step through the calendar."""
        for i, year in enumerate(self.calendar):
            scrapped = sum(line.age(year, self.change.scrappage) for line in self.lines.values())
            market = self.total[i] + scrapped
            left = market
            for name, line in self.lines.items():
                if name != self.rest and year > line.opens:
                    sold = self._sold(i, name, line, market, left)
                    line.add(i, sold)
                    left -= sold
                elif name != self.rest:
                    line.add(i, 0.0)
            if self.rest:
                rest = self.lines[self.rest]
                rest.add(i, max(left, 0.0) if year > rest.opens else 0.0)

    def _sold(self, i: int, name: str, line: _Line, market: float, left: float) -> float:
        """What a plug-in powertrain sells of a market of which so much is left."""
        year, adoption = self.calendar[i], line.adoption
        if adoption is None or year <= adoption.history_to:
            return float(market * _part(line.given[i], self.total[i]))
        limit = max(left, 0.0) if self.rest else np.inf
        stated = self._stated(name, year, line, adoption.history_to)
        offer = self._offer(i, name)
        if stated is not None:
            local = min(offer.local, stated)
            imports = stated - local
        else:
            by_supply = adoption.method == "supply"
            demand = min(self.curves[name](year, market) * self.change.factor, limit)
            local, imports = offer.sold(demand, limited_by_supply=by_supply)
            scale = min(1.0, limit / max(local + imports, 1e-9))
            local, imports = local * scale, imports * scale
        self._attribute(i, name, local, imports)
        return local + imports

    def _stated(self, name: str, year: int, line: _Line, history_to: int) -> float | None:
        """Sales that reach the stock the scenario states; None when it states none."""
        called, stocks = self.stated.get((self.vehicle, name), ("", None))
        if stocks is None:
            return None
        anchors = {t: n * self.change.factor for t, n in stocks.items()}
        known = max(history_to, line.opens)
        last = line.end[self.calendar.index(known)]
        anchors = {known: last} | {t: n for t, n in anchors.items() if t > known}
        missing = float(at_years(anchors, [year])[0] - line.stock.sum())
        if missing < -1e-9 * max(anchors.values()):
            raise InputError([Problem(
                f"{-missing:,.0f} vehicles of {self.vehicle}/{name} would have to vanish in {year}: a fleet cannot "
                "shrink faster than vehicles go out of use",
                path=f"nev.{self.country}.vehicles.{called}",
                help="state a higher number, or a scrappage scheme",
            )])  # fmt: skip
        return max(missing, 0.0)

    def _capacity(self, row: VehicleSupply, year: int) -> float:
        share = ramp(year, row.starts, row.ramp_years) * row.home_market_percent * row.probability_percent / 1e4
        return row.capacity_per_year * share * self.change.supply_factor

    def _offer(self, i: int, powertrain: str) -> YearlySupply:
        year = self.calendar[i]
        rows = [row for row in self.supply if row.powertrain == powertrain]
        local, imports = (sum(self._capacity(r, year) for r in rows if r.kind == k) for k in ("plant", "import"))
        rule = [row for row in self.duties if row.powertrain == powertrain and row.year <= year]
        duty = Duty(rule[-1].quota, rule[-1].duty_percent / 100, rule[-1].price_elasticity) if rule else Duty()
        return YearlySupply(local, imports, duty, self.import_factor(year))

    def _attribute(self, i: int, powertrain: str, local: float, imports: float) -> None:
        """Vehicles sold, shared among plants and among brands by what each can bring."""
        for kind, sold in (("plant", local), ("import", imports)):
            rows = [row for row in self.supply if (row.powertrain, row.kind) == (powertrain, kind)]
            weights = np.array([self._capacity(row, self.calendar[i]) for row in rows])
            for row, weight in zip(rows, weights, strict=True):
                self.supplied[row.id][i] = sold * _part(weight, weights.sum())


def _no_curve(adoption: VehicleAdoption, has: str) -> InputError:
    return InputError([Problem(
        f"{adoption.key} is to follow a {adoption.method} curve, but has {has}",
        path=f"vehicle_adoption.{adoption.key}.fit_from",
        help="give sales of two years and more that grow along a curve and the stock of the class, or use method path",
    )])  # fmt: skip


def _key(row: VehicleSales | VehicleStock | VehicleAdoption) -> tuple[str, str, str]:
    return row.country, row.vehicle, row.powertrain


def _part(value: float, whole: float) -> float:
    return float(value / whole) if whole > 0 else 0.0
