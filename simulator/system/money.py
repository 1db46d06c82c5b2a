"""Investors and the money they are ready to place."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.system.rows import Names, NonNegative, Percent, Positive, Row, Year


class Investor(Row):
    """Who pays, and on what terms. ``real_wacc_percent`` overrides the terms."""

    id: str
    name: str
    chinese: bool = False
    real_wacc_percent: Annotated[float, Field(ge=0, le=40)] | None = None
    debt_share_percent: Percent = 70
    debt_rate_percent: NonNegative = 0
    """Nominal, in the loan's currency."""
    equity_return_percent: NonNegative = 0
    """Nominal, in the currency of the equity."""
    tax_rate_percent: Percent = 0
    """Interest is deductible at this rate."""
    currency: str = "USD"
    inflation_percent: float = 0
    """Expected inflation of the currency."""
    hedging_percent: NonNegative = 0
    """Cost of bringing the currency to the currency of the revenue."""
    fees_percent: NonNegative = 0
    """One-off fees, as a share of the debt."""
    tenor_years: Positive = 18
    exposure_percent: Percent = 100
    """Share of the country's risk premium the investor asks for."""
    equipment_cost_percent: Positive = 100
    """Overnight cost with this investor's supply chain, relative to the technology's."""


class Envelope(Row):
    """Money an investor is ready to place; may be left unspent."""

    key_fields = ("investor", "year")
    references = {"investor": "investors", "countries": "countries"}
    investor: str
    year: Year
    musd_per_year: NonNegative
    countries: Names = ()
    """Where; empty: everywhere."""
