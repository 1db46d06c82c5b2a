"""The cost of capital, recomputed by hand."""

from __future__ import annotations

import doctest
from dataclasses import replace
from math import inf, isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.case import finance
from simulator.case.finance import (
    Loan,
    Tax,
    annuity,
    capital_charge,
    capital_recovery_factor,
    debt_service,
    discount_factor,
    grant_element,
    interest_during_construction,
    lcoe,
    real_rate,
    real_wacc,
)

rates = st.floats(0, 0.3)
lives = st.integers(1, 60)


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(finance).failed == 0


def test_zhanatas_by_hand() -> None:
    """100 MW of wind for 150 MUSD with 95.4 MUSD of loans (64 % debt), 319 GWh a year.

    At 6.5 % for debt over 15 years with 2 of grace and 1.5 % fees, 9.48 % real for equity, 20 % tax, 2.3 % inflation:
    average life (2 + 1 + 15)/2 = 9; debt 0.065·0.8 + 0.015/9 = 0.0536667 nominal, 1.0536667/1.023 − 1 = 0.0299772 real;
    0.636·0.0299772 + 0.364·0.0948 = 0.0190655 + 0.0345072 = 0.0535727.

    Capital 1,500 USD/kW at once, 27 years: 0.0535727/(1 − 1.0535727⁻²⁷) = 0.0708986, 106.348 USD/kW and year; with 30
    USD/kW of operation over 3,190 hours 42.74 USD/MWh.
    """
    loan = Loan(0.065, 0.023, tenor=15, grace=2, fees=0.015)
    debt_share = 95.4 / 150
    assert round(debt_share, 2) == 0.64
    rate = real_wacc(debt_share, loan, 0.0948, 0.2)
    assert isclose(rate, 0.636 * ((1 + 0.052 + 0.015 / 9) / 1.023 - 1) + 0.364 * 0.0948)
    assert isclose(rate, 0.0535727, abs_tol=1e-7)
    assert isclose(rate / (1 - (1 + rate) ** -27), 0.0708986, abs_tol=1e-7)
    hours = 319e6 / 100e3
    assert isclose(lcoe(1500, rate, 27, 0, 30, hours), (1500 * 0.0708986 + 30) / 3190 * 1e3, rel_tol=1e-6)
    assert isclose(lcoe(1500, rate, 27, 0, 30, hours), 42.74, abs_tol=0.005)


def test_wacc_adds_hedging_and_fees_on_the_debt_only_and_the_premium_on_all() -> None:
    plain = real_wacc(0.5, Loan(0.06, 0.0, tenor=10), 0.10, 0.2)
    assert isclose(real_wacc(0.5, Loan(0.06, 0.0, tenor=10, hedging=0.02), 0.10, 0.2) - plain, 0.01)
    assert isclose(real_wacc(0.5, Loan(0.06, 0.0, tenor=10, fees=0.055), 0.10, 0.2) - plain, 0.005)
    assert isclose(real_wacc(0.5, Loan(0.06, 0.0, tenor=10), 0.10, 0.2, 0.04, exposure=0.25) - plain, 0.01)


def test_longer_tenor_and_grace_spread_the_fees() -> None:
    """Fees of 10 %: over 10 years without grace 5.5 years on average, with 4 years of grace 7.5, over 16 years 8.5."""

    def cost(tenor: int, grace: int) -> float:
        return real_wacc(1.0, Loan(0.0, 0.0, tenor, grace, fees=0.10), 0.0, 0.0)

    assert isclose(cost(10, 0), 0.10 / 5.5) and isclose(cost(10, 4), 0.10 / 7.5) and isclose(cost(16, 0), 0.10 / 8.5)


loans = st.builds(
    lambda rate, inflation, tenor, grace: Loan(rate, inflation, tenor, min(grace, tenor - 1)),
    rates, st.floats(-0.02, 0.2), st.integers(1, 30), st.integers(0, 10),
)  # fmt: skip


@given(st.floats(0, 1), loans, rates, st.floats(0, 0.5))
@settings(max_examples=50, deadline=None)
def test_only_debt_feels_inflation(debt: float, loan: Loan, equity: float, tax: float) -> None:
    """Deflating is exact: (1 + real) · (1 + inflation) = 1 + nominal for the debt; equity is real already."""
    real = (real_wacc(debt, loan, equity, tax) - (1 - debt) * equity) / debt if debt > 1e-6 else None
    if real is not None:
        assert isclose((1 + real) * (1 + loan.inflation), 1 + loan.rate * (1 - tax), rel_tol=1e-7)


@given(loans)
@settings(max_examples=50, deadline=None)
def test_a_loan_s_payments_at_its_own_real_rate_are_worth_the_loan(loan: Loan) -> None:
    """Interest and repayment, discounted at the loan's rate, add up to 1: so the grant element is nil there."""
    rate = real_rate(loan.rate, loan.inflation)
    worth = sum(debt_service(loan, age) / (1 + rate) ** age for age in range(1, loan.tenor + 1))
    assert isclose(worth, 1, rel_tol=1e-9)
    assert abs(grant_element(loan, loan.rate, loan.inflation)) < 1e-9
    assert (
        grant_element(loan, loan.rate + 0.02, loan.inflation)
        > 0
        > grant_element(loan, loan.rate - 0.01, loan.inflation)
    )


def test_debt_service_by_hand() -> None:
    """100 lent at 10 % for 4 years with 2 of grace, inflation 5 %.

    Nominal 10, 10, 10 + 50, 5 + 50; real 10/1.05, 10/1.1025, 60/1.157625, 55/1.21550625.
    """
    loan = Loan(0.10, 0.05, tenor=4, grace=2)
    expected = [10 / 1.05, 10 / 1.1025, 60 / 1.157625, 55 / 1.21550625, 0]
    assert [100 * debt_service(loan, age) for age in range(1, 6)] == pytest.approx(expected)


def test_grant_element_of_a_two_year_loan_by_hand() -> None:
    """At 2 % without inflation: 0.52 and 0.51, against a market of 10 %: 0.472727 + 0.421488 = 0.894215.

    With 3 % of fees the borrower pays 0.03 more, with 1 % hedging 0.01/1.1 + 0.005/1.21 = 0.013223 more.
    """
    assert isclose(grant_element(Loan(0.02, 0.0, tenor=2), 0.10, 0.0), 1 - 0.894215, abs_tol=1e-6)
    assert isclose(grant_element(Loan(0.02, 0.0, tenor=2, fees=0.03), 0.10, 0.0), 1 - 0.924215, abs_tol=1e-6)
    assert isclose(grant_element(Loan(0.02, 0.0, tenor=2, hedging=0.01), 0.10, 0.0), 1 - 0.907438, abs_tol=1e-6)


@given(st.floats(0, 0.3), lives)
@settings(max_examples=50, deadline=None)
def test_annuities_pay_the_capital_back(rate: float, life: int) -> None:
    """Payments of the recovery factor, discounted at the same rate, are worth the capital, 1."""
    worth = sum(discount_factor(2030 + k, 2030, rate) for k in range(1, life + 1))
    assert isclose(capital_recovery_factor(rate, life) * worth, 1, rel_tol=1e-7)


def test_recovery_factor_at_its_ends() -> None:
    assert capital_recovery_factor(0.0, 20) == 0.05
    assert isclose(capital_recovery_factor(1e-12, 20), 0.05)
    assert capital_recovery_factor(0.07, inf) == 0.07
    assert isclose(capital_recovery_factor(0.07, 1000), 0.07)
    assert isclose(capital_recovery_factor(0.10, 1), 1.10)
    with pytest.raises(ValueError, match="positive number of years"):
        capital_recovery_factor(0.05, 0)


def test_interest_during_construction_by_hand() -> None:
    """At 21 % half a year is a factor of 1.1.

    Two years: halves spent 1.5 and 0.5 years before operation, (1.331 + 1.1) / 2 = 1.2155. One year and a half:
    2/3 spent half a year before, 1/3 in the middle of the broken half year, 1.25 years before operation.
    """
    assert isclose(interest_during_construction(0.21, 2), 1.2155)
    assert isclose(interest_during_construction(0.21, 1.5), (1.1 * 1 + 0.5 * 1.21**1.25) / 1.5)
    assert interest_during_construction(0.0, 7) == 1
    assert isclose(annuity(2000, 0.21, 1, 2), 2000 * 1.2155 * 1.21)


@given(rates, st.floats(0, 12), st.floats(0, 12))
@settings(max_examples=50, deadline=None)
def test_longer_construction_never_costs_less(rate: float, one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert interest_during_construction(rate, short) <= interest_during_construction(rate, long) + 1e-9


def left_after_tax(paid: float, rate: float, years: int, tax: Tax) -> float:
    """Present value of what owners keep of equal real payments, year by year, with books in nominal money."""
    book, value = 1 - tax.at_once, 0.0
    for k in range(1, years + 1):
        written = tax.depreciation * (book if tax.declining else 1 - tax.at_once)
        written = book if tax.declining and k == years else min(written, book)
        book -= written
        nominal = paid * (1 + tax.inflation) ** k
        profit = nominal - written - (tax.at_once if k == 1 else 0)
        kept = nominal - (tax.rate * profit if k > tax.holiday else 0)
        value += kept / (1 + tax.inflation) ** k / (1 + rate) ** k
    return value


taxes = st.builds(
    Tax, st.floats(0, 0.5), st.floats(0.05, 1), st.booleans(), st.integers(0, 12), st.floats(0, 0.5), st.floats(0, 0.2)
)


@given(rates, lives, taxes)
@settings(max_examples=100, deadline=None)
def test_owners_have_their_return_after_tax(rate: float, life: int, tax: Tax) -> None:
    """What is left of the yearly payments after tax, discounted at the owners' rate, is the capital."""
    paid = capital_charge(rate, life, tax)
    assert isclose(left_after_tax(paid, rate, life, tax), 1, rel_tol=1e-6)


def test_the_charge_before_tax_by_hand() -> None:
    """Two years at 10 %: without tax 1/(1/1.1 + 1/1.21) = 0.576190.

    Half of profits taken, half of the capital deducted each year: deductions save 0.25/1.1 + 0.25/1.21 = 0.433884 of
    the capital, half of the payments is kept: (1 − 0.433884)/(0.5 · 1.735537) = 0.652381. With prices rising by 10 %
    the deductions are worth 0.25/1.21 + 0.25/1.4641 = 0.377365: 0.717513. With the first year free the second pays tax
    on all but half of the capital: (1 − 0.25/1.21)/(1.735537 − 0.5/1.21) = 0.600000.
    """
    half = Tax(0.5, 0.5)
    assert isclose(capital_charge(0.1, 2), 0.576190, abs_tol=1e-6)
    assert isclose(capital_charge(0.1, 2, half), 0.652381, abs_tol=1e-6)
    assert isclose(capital_charge(0.1, 2, replace(half, inflation=0.1)), 0.717513, abs_tol=1e-6)
    assert isclose(capital_charge(0.1, 2, replace(half, holiday=1)), 0.6, abs_tol=1e-6)


def test_a_tax_that_leaves_costs_whole_takes_nothing() -> None:
    """If all is deducted at once, the state pays its share of the capital as it takes its share of the profit."""
    assert isclose(capital_charge(0.0, 20, Tax(0.3, 1.0, at_once=1.0)), 0.05)
