"""What capital costs: pure functions of rates, years and shares, all as fractions per year (0.08, not 8).

Two rates meet in a plan, and they answer different questions.

The *annuity* uses the investor's own real cost of capital: a plant earns every year what its owners and lenders ask
for, so a cheap lender makes a plant cheaper than a dear one. It turns an overnight cost into equal yearly payments.

The *discount rate* is one social rate for the whole system: it says how much a payment in 2035 weighs against one in
2026, whoever pays. Discounting with the investor's rate as well would count the cost of capital twice, and would make
the future of expensive investors matter less than that of cheap ones.

All rates are real when prices are. Interest is nominal, in the loan's currency, and is made real with the inflation of
that currency; what equity asks for is real. So a loan can change its currency without changing anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, expm1, floor, isinf, log1p


@dataclass(frozen=True)
class Loan:
    """Terms of a loan. Nothing is repaid in the years of grace, then equal parts at each year's end until ``tenor``.

    Years are counted from commissioning; interest before it is part of the capital.

    >>> Loan(rate=0.05, inflation=0.02, tenor=20, grace=5).average_life  # between the ends of the 6th and 20th year
    13.0
    """

    rate: float
    """Nominal interest in the loan's currency."""
    inflation: float
    """Expected inflation of that currency."""
    tenor: int
    grace: int = 0
    fees: float = 0.0
    """Paid once, at the start, as a share of the loan."""
    hedging: float = 0.0
    """Yearly cost of bringing the currency to that of the revenue, beyond the difference in inflation."""

    @property
    def average_life(self) -> float:
        """Years for which a unit lent is out, on average."""
        return (self.grace + 1 + self.tenor) / 2


def real_wacc(
    debt_share: float,
    loan: Loan,
    equity_return: float,
    tax_rate: float,
    country_premium: float = 0.0,
    exposure: float = 0.0,
) -> float:
    """Real cost of capital after tax, per year, as a fraction.

    Debt costs its interest after tax, hedging, and the fees spread over its average life L; Fisher's relation with
    the inflation of the loan's currency makes it real. Equity asks for a real return. The investor adds the part x of
    the country's premium p:

        d·[(1 + r_d·(1 − t) + h + f/L) / (1 + i) − 1] + (1 − d)·r_e + x·p

    A rate in yuan and one in dollars can only be compared after this step, and after hedging.

    >>> round(real_wacc(0.7, Loan(0.065, 0.0, tenor=18), 0.12, 0.2), 4)
    0.0724
    >>> loan = Loan(0.04, 0.02, tenor=15, grace=4, fees=0.02, hedging=0.01)  # 0.04 + 0.01 + 0.02/10, then ÷ 1.02
    >>> round(real_wacc(0.5, loan, 0.08, 0.0), 6)
    0.055686
    """
    debt = real_rate(loan.rate * (1 - tax_rate) + loan.hedging + loan.fees / loan.average_life, loan.inflation)
    return debt_share * debt + (1 - debt_share) * equity_return + exposure * country_premium


def real_rate(nominal: float, inflation: float) -> float:
    """Fisher's relation: what a nominal rate is worth after inflation.

    >>> round(real_rate(0.0710, 0.02), 4)
    0.05
    """
    return (1 + nominal) / (1 + inflation) - 1


def outstanding(loan: Loan, age: int) -> float:
    """Nominal share of a loan that is out during the year ``age`` after commissioning (1 is the first).

    >>> [outstanding(Loan(0.05, 0.0, tenor=3, grace=1), age) for age in (1, 2, 3, 4)]
    [1.0, 1.0, 0.5, 0.0]
    """
    if not 1 <= age <= loan.tenor:
        return 0.0
    return 1 - max(age - 1 - loan.grace, 0) / (loan.tenor - loan.grace)


def debt_service(loan: Loan, age: int) -> float:
    """Interest and repayment at the end of the year ``age`` per unit lent, in real money of the commissioning.

    Inflation of the loan's currency eats into payments that are fixed in it.

    >>> loan = Loan(0.10, 0.0, tenor=3, grace=1)
    >>> [round(debt_service(loan, age), 4) for age in range(5)]  # 0; 0.1; 0.1 + 0.5; 0.05 + 0.5; 0
    [0.0, 0.1, 0.6, 0.55, 0.0]
    >>> round(debt_service(Loan(0.10, 0.25, tenor=1), 1), 4)  # 1.1 / 1.25
    0.88
    """
    before, after = outstanding(loan, age), outstanding(loan, age + 1)
    if before == 0:
        return 0.0
    return (before * loan.rate + before - after) / (1 + loan.inflation) ** age


def grant_element(loan: Loan, market_rate: float, market_inflation: float) -> float:
    """What a lender gives away against the market, as a share of the loan; negative when it is dearer.

    The loan less the present value, at the real market rate, of all the borrower pays: fees, interest, repayment and
    hedging. ``market_rate`` and ``market_inflation`` are nominal, in the market's currency.

    >>> market = Loan(0.10, 0.02, tenor=15, grace=3)
    >>> abs(round(grant_element(market, 0.10, 0.02), 9))  # a loan at the market's terms gives nothing
    0.0
    >>> round(grant_element(Loan(0.0, 0.0, tenor=1), 0.25, 0.0), 6)  # 1 − 1/1.25
    0.2
    """
    rate = real_rate(market_rate, market_inflation)
    paid = loan.fees
    for age in range(1, loan.tenor + 1):
        hedge = loan.hedging * outstanding(loan, age) / (1 + loan.inflation) ** age
        paid += (debt_service(loan, age) + hedge) / (1 + rate) ** age
    return 1 - paid


def capital_recovery_factor(rate: float, years: float) -> float:
    """Yearly payment, at each year's end, that pays back 1 within ``years`` at ``rate``; per year.

    Without interest it is 1/years; with an endless life only the interest is paid. Raises ``ValueError`` for a life
    of zero or less.

    >>> capital_recovery_factor(0.0, 25), capital_recovery_factor(0.05, float("inf"))
    (0.04, 0.05)
    >>> round(capital_recovery_factor(0.10, 2), 6)  # 1.1² · 0.1 / (1.1² − 1) = 0.121 / 0.21
    0.57619
    """
    if years <= 0:
        raise ValueError(f"a life of {years} years cannot pay back its capital; give a positive number of years")
    if rate == 0:
        return 1 / years
    return rate if isinf(years) else rate / -expm1(-years * log1p(rate))


@dataclass(frozen=True)
class Tax:
    """Tax on profits and what is deducted from them (``case/money/taxes``)."""

    rate: float
    depreciation: float
    """Share of the capital a year: of what is left, or of what was there at first."""
    declining: bool = False
    holiday: float = 0.0
    """First years without tax."""
    at_once: float = 0.0
    """Share deducted in the first year beside it."""
    inflation: float = 0.0
    """Of the money in which the books are kept."""

    def deducted(self, years: float) -> list[float]:
        """Share of the capital that is deducted in each year of a life, nominal; equation (3).

        >>> Tax(0.2, 0.4).deducted(5), Tax(0.2, 0.5, declining=True, at_once=0.2).deducted(3)
        ([0.4, 0.4, 0.2, 0.0, 0.0], [0.6, 0.2, 0.2])
        """
        last, rest = ceil(years), 1 - self.at_once
        left = [rest * (1 - self.depreciation) ** k if self.declining else rest * max(1 - self.depreciation * k, 0.0)
                for k in range(last)]  # fmt: skip
        shares = [now - then for now, then in zip(left, [*left[1:], 0.0 if self.declining else left[-1]], strict=True)]
        if not self.declining:
            shares[-1] = min(left[-1], rest * self.depreciation)
        shares[0] += self.at_once
        return [round(share, 15) for share in shares]


def capital_charge(rate: float, years: float, tax: Tax | None = None) -> float:
    """Yearly payment per unit of capital that leaves the owners ``rate`` after tax; equation (2) of taxes.

    >>> capital_charge(0.0, 4, Tax(0.2, 0.25)), capital_charge(0.0, 4, Tax(0.5, 1.0, holiday=2))
    (0.25, 0.3333333333333333)
    """
    whole = 1 / capital_recovery_factor(rate, years)
    if tax is None or tax.rate == 0:
        return 1 / whole
    free = 1 / capital_recovery_factor(rate, min(tax.holiday, years)) if tax.holiday > 0 else 0.0
    fall = 1 / ((1 + rate) * (1 + tax.inflation))
    shield = sum(
        share * fall**k * min(max(k - tax.holiday, 0.0), 1.0) for k, share in enumerate(tax.deducted(years), start=1)
    )
    return (1 - tax.rate * shield) / (whole - tax.rate * (whole - free))


def interest_during_construction(rate: float, years: float) -> float:
    """What 1 spent evenly over ``years`` of construction has grown to when operation starts (1 or more).

    Each year's part is spent in the middle of its year, counted back from the start of operation; a broken year comes
    first and its part is spent in the middle of it.

    >>> interest_during_construction(0.08, 0)
    1.0
    >>> round(interest_during_construction(0.21, 1), 6)  # half a year: 1.21^0.5
    1.1
    """
    if years <= 0:
        return 1.0
    whole = floor(years)
    broken = years - whole
    grown = sum((1 + rate) ** (year + 0.5) for year in range(whole)) + broken * (1 + rate) ** (whole + broken / 2)
    return float(grown / years)


def annuity(
    overnight: float, rate: float, life: float, construction_years: float = 0.0, tax: Tax | None = None
) -> float:
    """Equal yearly payment, in the unit of ``overnight`` per year, for a plant financed at the investor's ``rate``,
    which the owners have after ``tax``.

    >>> round(annuity(1000.0, 0.0, 25, 2), 6), round(annuity(1000.0, 0.21, 1, 1), 6)  # 1000 · 1.1 · 1.21
    (40.0, 1331.0)
    """
    return overnight * interest_during_construction(rate, construction_years) * capital_charge(rate, life, tax)


def lcoe(
    overnight: float, rate: float, life: float, construction_years: float, fixed_om: float, full_load_hours: float,
    variable: float = 0.0, tax: Tax | None = None,
) -> float:  # fmt: skip
    """Levelised cost of electricity at the investor's rate, USD/MWh.

    ``overnight`` in USD/kW, ``fixed_om`` in USD/kW and year, ``variable`` in USD/MWh, ``full_load_hours`` per year.
    Raises ``ValueError`` for a plant that gives no energy.

    >>> lcoe(1000, 0.0, 25, 0, 20, 3000, 5)  # (40 + 20) USD/kW / 3 MWh/kW + 5
    25.0
    """
    if full_load_hours <= 0:
        raise ValueError("a plant without energy has no levelised cost; give its yearly full-load hours")
    return (annuity(overnight, rate, life, construction_years, tax) + fixed_om) / full_load_hours * 1e3 + variable


def discount_factor(year: float, base: float, rate: float) -> float:
    """Weight in the base year of a payment made ``year − base`` years later.

    >>> discount_factor(2027, 2025, 0.25)
    0.64
    """
    return float((1 + rate) ** -(year - base))
