"""Investors' terms: what a row of the table ``investors`` means for the pure functions of ``finance``."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.case.finance import Loan, grant_element, real_wacc
from simulator.system import Country, Currency, Investor, System

Rates = dict[tuple[str, str], float]
"""(investor, country) → real cost of capital, a fraction per year."""


def loan(investor: Investor, currencies: Mapping[str, Currency]) -> Loan | None:
    """The loans an investor brings; none where no currency is stated."""
    if investor.currency is None:
        return None
    currency = currencies[investor.currency]
    return Loan(
        rate=(currency.base_rate_percent + investor.debt_margin_percent) / 100,
        inflation=currency.inflation_percent / 100,
        tenor=investor.tenor_years,
        grace=investor.grace_years,
        fees=investor.fees_percent / 100,
        hedging=currency.hedging_percent / 100,
    )


def wacc(investor: Investor, country: Country, currencies: Mapping[str, Currency]) -> float:
    """Real cost of capital of an investor in a country, as a fraction per year."""
    if investor.real_wacc_percent is not None:
        return investor.real_wacc_percent / 100
    terms = loan(investor, currencies)
    assert terms is not None, "an investor without a currency states its cost of capital"
    return real_wacc(
        investor.debt_share_percent / 100,
        terms,
        investor.real_equity_return_percent / 100,
        investor.tax_rate_percent / 100,
        country.risk_premium_percent / 100,
        investor.exposure_percent / 100,
    )


def all_rates(system: System) -> Rates:
    """The cost of capital of every investor in every country."""
    currencies = {row.id: row for row in system.currencies}
    return {(i.id, c.id): wacc(i, c, currencies) for i in system.investors for c in system.countries}


def grant(investor: Investor, country: Country, currencies: Mapping[str, Currency]) -> float | None:
    """Grant element of an investor's loans against the country's market, as a share of the loan; none where the
    investor brings no loan or the country states no market rate."""
    terms = loan(investor, currencies)
    if terms is None or country.market_debt_rate_percent is None or country.market_debt_currency is None:
        return None
    market = currencies[country.market_debt_currency]
    return grant_element(terms, country.market_debt_rate_percent / 100, market.inflation_percent / 100)
