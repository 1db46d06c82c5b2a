"""Currencies, investors and the money they are ready to place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.system.meaning import with_meanings
from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import Names, NonNegative, Percent, Positive, Premium, Rate, Row, Year, wrong


class Currency(Row):
    """What loans in a currency cost before the borrower is looked at, and what the currency is worth."""

    id: Id
    name: FreeText
    base_rate_percent: Rate
    """Nominal lending benchmark; lenders add their margin."""
    inflation_percent: Rate
    """Expected over the life of a loan."""
    hedging_percent: Premium = 0
    """Yearly cost of bringing it to the currency of the revenue, beyond the difference in inflation."""
    per_usd: Positive
    """Units of the currency for one dollar of the system's money year."""
    pass_through_percent: Percent = 0
    """Share of a fall of its dollar value that domestic prices make good."""


InvestorKind = Literal[
    "policy_bank", "commercial_bank", "developer", "equipment_maker", "multilateral_bank", "gulf_sponsor", "sponsor",
    "domestic_auction", "state_company", "owner",
]  # fmt: skip


class Investor(Row):
    """Who pays, and on what terms. ``real_wacc_percent`` overrides the cost of capital that follows from the terms."""

    id: Id
    name: FreeText
    kind: InvestorKind = "owner"
    chinese: bool = False
    real_wacc_percent: Annotated[float, Field(ge=0, le=40)] | None = None
    debt_share_percent: Percent = 0
    debt_margin_percent: Annotated[float, Field(ge=-50, le=100)] = 0
    """Nominal interest above the base rate of the loan's currency; negative for loans below it."""
    real_equity_return_percent: Premium = 0
    """What equity asks for after inflation, whatever the currency of the loan."""
    tax_rate_percent: Percent = 0
    """Interest is deductible at this rate."""
    currency: Annotated[str, Of("currencies")] | None = None
    """Of the loan."""
    fees_percent: Premium = 0
    """One-off fees, as a share of the debt."""
    tenor_years: Annotated[int, Field(ge=1, le=60)] = 15
    """Years from commissioning to the last repayment."""
    grace_years: Annotated[int, Field(ge=0, le=59)] = 0
    """Years after commissioning in which only interest is paid."""
    exposure_percent: Percent = 100
    """Share of the country's risk premium the investor asks for."""
    equipment_cost_percent: Positive = 100
    """Overnight cost with this investor's supply chain, relative to the technology's."""
    chinese_supply_percent: Percent = 0
    """Share of its equipment that is bought in China."""

    @model_validator(mode="after")
    def _terms_are_whole(self) -> Investor:
        if self.grace_years >= self.tenor_years:
            raise wrong(
                "grace_years", f"grace of {self.grace_years} years leaves nothing of a tenor of {self.tenor_years}"
            )
        if self.currency is None and self.real_wacc_percent is None:
            raise wrong("currency", "give the currency and the terms of its money, or real_wacc_percent")
        if self.currency is None and (self.debt_share_percent or self.debt_margin_percent or self.fees_percent):
            raise wrong("currency", "the terms of its debt have no effect without a currency")
        return self


class EnvelopeTerms(BaseModel):
    """What an envelope is for, and what it asks of the country; shared by the table and by scenarios."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra=with_meanings, allow_inf_nan=False, defer_build=True
    )
    investor: Annotated[str, Of("investors")]
    countries: Annotated[Names, Of("countries")] = ()
    """Where; empty: everywhere."""
    technologies: Annotated[Names, Of("technologies")] = ()
    """For what; empty: for all the investor may build."""
    cumulative_musd: NonNegative | None = None
    """Most over the whole horizon; empty: the yearly money is the only limit."""
    ticket_musd: NonNegative = 0
    """In the interval of a model year nothing is placed or at least this (makes the plan a mixed-integer problem)."""
    local_equity_percent: Percent = 0
    """Share of the equity that a domestic partner brings …"""
    cofinance_usd_per_usd: NonNegative = 0
    """… and domestic dollars asked for beside each dollar of the investor; the larger of the two counts."""
    cofinanciers: Annotated[Names, Of("investors")] = ()
    """Who brings the domestic part, from the own envelope in the country; without one there is no deal."""

    @model_validator(mode="after")
    def _domestic_part_has_a_payer(self) -> EnvelopeTerms:
        asked = self.local_equity_percent > 0 or self.cofinance_usd_per_usd > 0
        if asked != bool(self.cofinanciers):
            raise wrong("cofinanciers", "cofinanciers go together with local_equity_percent or cofinance_usd_per_usd")
        if self.investor in self.cofinanciers:
            raise wrong("cofinanciers", f"{self.investor} cannot finance beside itself")
        return self


class Envelope(Row, EnvelopeTerms):
    """Money an investor is ready to place by choice; may be left unspent. How much by year: ``envelope_years``."""

    id: Id


class EnvelopeYear(Row):
    """Money of an envelope per year, at anchor years; before the first nothing."""

    key_fields = ("envelope", "year")
    envelope: Annotated[str, Of("envelopes")]
    year: Year
    musd_per_year: NonNegative


class PlacementTerms(BaseModel):
    """By which rule an investor places money, and on what terms; shared by the table and by scenarios."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra=with_meanings, allow_inf_nan=False, defer_build=True
    )
    investor: Annotated[str, Of("investors")]
    kind: Literal["treaty", "auction", "framework"]
    """An auction has a ceiling; a treaty or a framework deal may have one."""
    ceiling_per_mwh: Positive | None = None
    """What is dearer than this is not awarded; per MWh at the exchange rate of the award …"""
    ceiling_currency: Annotated[str, Of("currencies")] | None = None
    """… in this currency."""
    lead_years: Annotated[int, Field(ge=0, le=15)] = 0
    """From award to operation."""
    ticket_mw: NonNegative = 0
    """Each plant has a multiple of this size; what does not fill one waits for the next year."""
    realisation_percent: Percent = 100
    """Share of the volume that is built at all."""
    local_equity_percent: Percent = 0
    """Share of the equity that a domestic partner brings."""

    @model_validator(mode="after")
    def _ceiling_fits(self) -> PlacementTerms:
        if (self.ceiling_per_mwh is None) != (self.ceiling_currency is None):
            raise wrong("ceiling_per_mwh", "ceiling_per_mwh and ceiling_currency go together")
        if self.kind == "auction" and self.ceiling_per_mwh is None:
            raise wrong("ceiling_per_mwh", "an auction needs a ceiling")
        return self


class Placement(Row, PlacementTerms):
    """Money that becomes plants by an investor's own rule, whether or not the plan would choose them."""

    id: Id
    name: FreeText


class PlacementMix(Row):
    """Into which plants the volume of a placement goes; adds up to 100 for each."""

    key_fields = ("placement", "zone", "technology")
    together = {("zone", "technology"): "candidates"}
    placement: Annotated[str, Of("placements")]
    zone: Annotated[str, Of("zones")]
    technology: Annotated[str, Of("technologies")]
    percent: Percent
    """Of the MW, or of the money where the volume is money."""


class PlacementYear(Row):
    """Volume awarded per year, at anchor years; in between interpolated, before the first nothing."""

    key_fields = ("placement", "year")
    placement: Annotated[str, Of("placements")]
    year: Year
    mw: NonNegative | None = None
    musd: NonNegative | None = None
    """Either MW or money; one of them for all years of a placement."""

    @model_validator(mode="after")
    def _one_volume(self) -> PlacementYear:
        if (self.mw is None) == (self.musd is None):
            raise wrong("mw", "give mw or musd, one of them")
        return self
