"""What capital costs: pure functions of rates, years and shares, all as fractions per year (0.08, not 8).

Two rates meet in a plan, and they answer different questions.

The *annuity* uses the investor's own real cost of capital: a plant earns every year what its owners and lenders ask
for, so a cheap lender makes a plant cheaper than a dear one. It turns an overnight cost into equal yearly payments.

The *discount rate* is one social rate for the whole system: it says how much a payment in 2035 weighs against one in
2026, whoever pays. Discounting with the investor's rate as well would count the cost of capital twice, and would make
the future of expensive investors matter less than that of cheap ones.

All rates are real when prices are; :func:`real_wacc` does the step from the nominal terms of a loan.
"""

from __future__ import annotations

from math import expm1, floor, inf, isinf, log1p


def real_wacc(
    debt_share: float,
    debt_rate: float,
    equity_return: float,
    tax_rate: float,
    inflation: float,
    hedging: float = 0.0,
    fees: float = 0.0,
    tenor: float = inf,
    country_premium: float = 0.0,
    exposure: float = 0.0,
) -> float:
    """Real cost of capital after tax, per year, as a fraction.

    The nominal rate weights debt after tax and equity, then adds hedging on the debt, one-off ``fees`` (share of the
    debt) spread over ``tenor`` years, and the part of the country's premium the investor asks for:

        n = d·r_d·(1 − t) + (1 − d)·r_e + d·(h + f/T) + x·p

    Fisher's relation with the inflation of the loan's currency makes it real: (1 + n) / (1 + i) − 1. A rate in yuan
    and one in dollars can only be compared after this step, and after hedging.

    >>> round(real_wacc(0.7, 0.065, 0.12, 0.2, 0.0), 4)
    0.0724
    >>> round(real_wacc(0.5, 0.04, 0.08, 0.0, 0.02, hedging=0.01, fees=0.02, tenor=10), 6)
    0.045098
    """
    debt = debt_share * (debt_rate * (1 - tax_rate) + hedging + fees / tenor)
    nominal = debt + (1 - debt_share) * equity_return + exposure * country_premium
    return (1 + nominal) / (1 + inflation) - 1


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


def annuity(overnight: float, rate: float, life: float, construction_years: float = 0.0) -> float:
    """Equal yearly payment, in the unit of ``overnight`` per year, for a plant financed at the investor's ``rate``.

    >>> round(annuity(1000.0, 0.0, 25, 2), 6), round(annuity(1000.0, 0.21, 1, 1), 6)  # 1000 · 1.1 · 1.21
    (40.0, 1331.0)
    """
    return overnight * interest_during_construction(rate, construction_years) * capital_recovery_factor(rate, life)


def discount_factor(year: float, base: float, rate: float) -> float:
    """Weight in the base year of a payment made ``year − base`` years later.

    >>> discount_factor(2027, 2025, 0.25)
    0.64
    """
    return float((1 + rate) ** -(year - base))


def years_weight(start: int, span: int, base: int, rate: float) -> float:
    """Weight in the base year of one payment at the end of each of the ``span`` years from ``start`` on.

    >>> years_weight(2026, 2, 2026, 0.25)  # 0.8 + 0.64
    1.44
    >>> years_weight(2026, 5, 2026, 0.0)
    5.0
    """
    return sum(discount_factor(start + k, base, rate) for k in range(1, span + 1))
