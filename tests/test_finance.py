"""The cost of capital, recomputed by hand."""

from __future__ import annotations

import doctest
from math import inf, isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.case import finance
from simulator.case.finance import (
    annuity,
    capital_recovery_factor,
    discount_factor,
    interest_during_construction,
    real_wacc,
    years_weight,
)

rates = st.floats(0, 0.3)
lives = st.integers(1, 60)


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(finance).failed == 0


def test_wacc_of_the_zhanatas_package() -> None:
    """Zhanatas: loans of 95.4 of about 150 MUSD, 64 % debt.

    At 6.5 % for debt, 12 % for equity and 20 % tax: 0.64 · 0.065 · 0.8 + 0.36 · 0.12 = 0.03328 + 0.0432 = 0.07648
    nominal; with 2.3 % inflation 1.07648 / 1.023 − 1 = 0.052278 real.
    """
    assert round(95.4 / 150, 2) == 0.64
    assert isclose(real_wacc(0.64, 0.065, 0.12, 0.2, 0.0), 0.07648)
    assert isclose(real_wacc(0.64, 0.065, 0.12, 0.2, 0.023), 1.07648 / 1.023 - 1)


def test_wacc_adds_hedging_and_fees_on_the_debt_only_and_the_premium_on_all() -> None:
    plain = real_wacc(0.5, 0.06, 0.10, 0.2, 0.0)
    assert isclose(real_wacc(0.5, 0.06, 0.10, 0.2, 0.0, hedging=0.02) - plain, 0.01)
    assert isclose(real_wacc(0.5, 0.06, 0.10, 0.2, 0.0, fees=0.04, tenor=10) - plain, 0.002)
    assert isclose(real_wacc(0.5, 0.06, 0.10, 0.2, 0.0, country_premium=0.04, exposure=0.25) - plain, 0.01)


@given(st.floats(0, 1), rates, rates, st.floats(0, 0.5), st.floats(0, 0.1))
@settings(max_examples=50, deadline=None)
def test_real_wacc_falls_with_inflation(debt: float, rate: float, equity: float, tax: float, inflation: float) -> None:
    """Deflating is exact: (1 + real) · (1 + inflation) = 1 + nominal."""
    nominal = real_wacc(debt, rate, equity, tax, 0.0)
    real = real_wacc(debt, rate, equity, tax, inflation)
    assert isclose((1 + real) * (1 + inflation), 1 + nominal)


@given(st.floats(0, 0.3), lives)
@settings(max_examples=50, deadline=None)
def test_annuities_pay_the_capital_back(rate: float, life: int) -> None:
    """Payments of the recovery factor, discounted at the same rate, are worth the capital, 1."""
    assert isclose(capital_recovery_factor(rate, life) * years_weight(2030, life, 2030, rate), 1, rel_tol=1e-7)


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


def test_weight_of_a_span_splits_into_years() -> None:
    """2028 and 2029 together weigh what they weigh alone; payments fall at the end of the year."""
    both = years_weight(2028, 2, 2026, 0.05)
    assert isclose(both, years_weight(2028, 1, 2026, 0.05) + years_weight(2029, 1, 2026, 0.05))
    assert isclose(years_weight(2026, 1, 2026, 0.05), 1 / 1.05)
    assert isclose(both, discount_factor(2029, 2026, 0.05) + discount_factor(2030, 2026, 0.05))
