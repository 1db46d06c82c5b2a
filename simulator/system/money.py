"""Currencies, investors and the money they are ready to place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.rows import (
    CONFIG,
    Names,
    NonNegative,
    Percent,
    Positive,
    Premium,
    Rate,
    Row,
    Year,
    wrong,
)


class Currency(Row):
    """What loans in a currency cost before the borrower is looked at, and what the currency is worth."""

    id: Id
    """Name of the currency, for example its code."""
    name: FreeText
    """Name for the reader."""
    base_rate_percent: Annotated[Rate, Unit("%/year")]
    """Nominal lending benchmark; lenders add their margin."""
    inflation_percent: Annotated[Rate, Unit("%/year")]
    """Inflation expected over the life of a loan."""
    hedging_percent: Annotated[Premium, Unit("%/year")] = 0
    """Yearly cost of bringing a loan to the currency of the revenue, beyond the difference in inflation."""
    per_usd: Annotated[Positive, Unit("units/USD")]
    """Units of the currency for one dollar of the system's money year."""
    pass_through_percent: Percent = 0
    """Share of a fall of its dollar value that domestic prices make good."""


InvestorKind = Literal[
    "policy_bank", "commercial_bank", "developer", "equipment_maker", "multilateral_bank", "gulf_sponsor", "sponsor",
    "domestic_auction", "state_company", "owner",
]  # fmt: skip


class Investor(Row):
    """Who pays, and on what terms. ``real_wacc_percent`` overrides the cost of capital that follows from the terms."""

    rising = (("grace_years", "tenor_years"),)
    id: Id
    """Name of the investor."""
    name: FreeText
    """Name for the reader."""
    kind: InvestorKind = "owner"
    """What kind of investor it is; groups investors in tables and figures."""
    chinese: bool = False
    """Whether it is Chinese: the keys of ``chinese_investment`` apply to it."""
    real_wacc_percent: Annotated[Annotated[float, Field(ge=0, le=40)] | None, Unit("%/year")] = None
    """Real cost of capital after tax; empty: it follows from the terms below and the country's risk. When given, no
    risk is added."""
    debt_share_percent: Percent = 0
    """Share of debt in the capital."""
    debt_margin_percent: Annotated[float, Field(ge=-50, le=100), Unit("%/year")] = 0
    """Nominal interest above the base rate of the loan's currency; negative for loans below it."""
    real_equity_return_percent: Annotated[Premium, Unit("%/year")] = 0
    """Return that equity asks for after inflation, whatever the currency of the loan."""
    tax_rate_percent: Percent = 0
    """Tax rate at which interest is deductible."""
    currency: Annotated[str, Of("currencies")] | None = None
    """Currency of its loans; empty: no loans, and ``real_wacc_percent`` must be given."""
    fees_percent: Premium = 0
    """Fees paid once at the start, as a share of the debt."""
    tenor_years: Annotated[int, Field(ge=1, le=60)] = 15
    """Years from commissioning to the last repayment."""
    grace_years: Annotated[int, Field(ge=0, le=59)] = 0
    """Years after commissioning in which only interest is paid."""
    exposure_percent: Percent = 100
    """Share of the country's risk premium that it asks for."""
    equipment_cost_percent: Positive = 100
    """Overnight cost with this investor's supply chain, relative to the technology's."""
    chinese_supply_percent: Percent = 0
    """Share of its equipment that is bought in China."""

    @model_validator(mode="after")
    def _terms_are_whole(self) -> Investor:
        if self.currency is None and self.real_wacc_percent is None:
            raise wrong("currency", "give the currency and the terms of its money, or real_wacc_percent")
        if self.currency is None and (self.debt_share_percent or self.debt_margin_percent or self.fees_percent):
            raise wrong("currency", "the terms of its debt have no effect without a currency")
        return self


class ProfitTax(Row):
    """Tax on profits of plants in a country, and how their capital is deducted; a country without a row has none."""

    key_fields = ("country",)
    country: Annotated[str, Of("countries")]
    """Country whose plants pay it, whoever owns them."""
    profit_tax_percent: Annotated[Percent, Field(lt=90)]
    """Tax on profits."""
    profit_tax_percent_low: Annotated[Annotated[Percent, Field(lt=90)] | None, Unit("%")] = None
    """The same with ``taxes: low``; empty: as the middle."""
    profit_tax_percent_high: Annotated[Annotated[Percent, Field(lt=90)] | None, Unit("%")] = None
    """The same with ``taxes: high``; empty: as the middle."""
    holiday_years: Annotated[float, Field(ge=0, le=60), Unit("years")] = 0
    """First years in which no tax is due."""
    method: Literal["declining", "straight"]
    """``declining``: the depreciation rate is of what is left; ``straight``: of what was there at first."""
    depreciation_percent: Annotated[Percent, Field(gt=0), Unit("%/year")]
    """Depreciation a year."""
    at_once_percent: Percent = 0
    """Share of the capital deducted in the first year; depreciation is of the rest."""


class EnvelopeTerms(BaseModel):
    """What an envelope is for, and what it asks of the country; shared by the table and by scenarios."""

    model_config = CONFIG
    investor: Annotated[str, Of("investors")]
    """Who has the money; an investor with an envelope builds by choice only what its envelopes cover."""
    countries: Annotated[Names, Of("countries")] = ()
    """Where; empty: everywhere."""
    technologies: Annotated[Names, Of("technologies")] = ()
    """For what; empty: for all the investor may build."""
    cumulative_musd: NonNegative | None = None
    """Most over the whole horizon; empty: the yearly money is the only limit."""
    ticket_musd: NonNegative = 0
    """In the interval of a model year nothing is spent or at least this (makes the plan a mixed-integer problem); 0:
    any sum."""
    local_equity_percent: Percent = 0
    """Share of the equity that a domestic partner brings; the larger of this and ``cofinance_usd_per_usd`` decides the
    domestic part."""
    cofinance_usd_per_usd: NonNegative = 0
    """Domestic dollars asked for beside each dollar of the investor."""
    cofinanciers: Annotated[Names, Of("investors")] = ()
    """Who brings the domestic part, from the own envelope in the country; without one nothing is built."""

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
    """Name of the envelope."""


class EnvelopeYear(Row):
    """Money of an envelope per year, at anchor years; before the first nothing."""

    key_fields = ("envelope", "year")
    envelope: Annotated[str, Of("envelopes")]
    """Envelope to which the money belongs."""
    year: Year
    """Year of the money; linear between years, constant after the last, nothing before the first."""
    musd_per_year: NonNegative
    """Money per year; what a year does not use can be used in the other years of its interval."""


class ProcurementTerms(BaseModel):
    """By which rule an investor places money, and on what terms; shared by the table and by scenarios."""

    model_config = CONFIG
    investor: Annotated[str, Of("investors")]
    """Who pays for the plants."""
    kind: Literal["treaty", "auction", "framework"]
    """``auction``, which has a ceiling; ``treaty`` or ``framework``, which may have one."""
    ceiling_per_mwh: Annotated[Positive | None, Unit("currency/MWh")] = None
    """What is dearer than this is not awarded, at the exchange rate of the award; empty: no ceiling."""
    ceiling_currency: Annotated[str, Of("currencies")] | None = None
    """Currency of the ceiling; given together with it."""
    ceiling_per_usd: Annotated[Positive | None, Unit("units/USD")] = None
    """Units of that currency for one dollar in the year of the ceiling, so that its dollar value is kept; empty: those
    of ``currencies``."""
    lead_years: Annotated[int, Field(ge=0, le=15)] = 0
    """Years from award to operation."""
    ticket_mw: NonNegative = 0
    """Each plant has a multiple of this size; what does not fill one waits for the next year. 0: any size."""
    realisation_percent: Percent = 100
    """Share of the volume that is built at all."""
    local_equity_percent: Percent = 0
    """Share of the equity that a domestic partner brings; it lowers the Chinese share of the capital."""

    @model_validator(mode="after")
    def _ceiling_fits(self) -> ProcurementTerms:
        if (self.ceiling_per_mwh is None) != (self.ceiling_currency is None):
            raise wrong("ceiling_per_mwh", "ceiling_per_mwh and ceiling_currency go together")
        if self.ceiling_per_mwh is None and self.ceiling_per_usd is not None:
            raise wrong("ceiling_per_usd", "ceiling_per_usd has an effect with a ceiling only")
        if self.kind == "auction" and self.ceiling_per_mwh is None:
            raise wrong("ceiling_per_mwh", "an auction needs a ceiling")
        return self


class Procurement(Row, ProcurementTerms):
    """Money that becomes plants by an investor's own rule, whether or not the plan would choose them."""

    id: Id
    """Name of the programme."""
    realisation_percent_low: Annotated[Percent | None, Unit("%")] = None
    """The share that is built at all, low; empty: as ``realisation_percent``."""
    realisation_percent_high: Annotated[Percent | None, Unit("%")] = None
    """The same, high."""
    name: FreeText
    """Name for the reader."""


class ProcurementMix(Row):
    """Into which plants the volume of a procurement goes; adds up to 100 for each."""

    key_fields = ("procurement", "zone", "technology")
    together = {("zone", "technology"): "candidates"}
    procurement: Annotated[str, Of("procurement")]
    """Programme to which the part belongs."""
    zone: Annotated[str, Of("zones")]
    """Zone where it is built."""
    technology: Annotated[str, Of("technologies")]
    """Technology that is built; needs a row in ``candidates`` for the zone."""
    percent: Percent
    """Share of the MW, or of the money where the volume is money; adds up to 100."""


class ProcurementYear(Row):
    """Volume awarded per year, at anchor years; in between interpolated, before the first nothing."""

    key_fields = ("procurement", "year")
    procurement: Annotated[str, Of("procurement")]
    """Programme to which the volume belongs."""
    year: Year
    """Year of award; linear between years, constant after the last, nothing before the first."""
    mw: Annotated[NonNegative | None, Unit("MW/year")] = None
    """Volume awarded per year as capacity; either this or ``musd`` in all years."""
    mw_low: Annotated[NonNegative | None, Unit("MW/year")] = None
    """The volume as capacity, low; empty: as ``mw``."""
    mw_high: Annotated[NonNegative | None, Unit("MW/year")] = None
    """The same, high."""
    musd: Annotated[NonNegative | None, Unit("MUSD/year")] = None
    """Volume awarded per year as money, overnight cost with connection; either this or ``mw`` in all years."""

    @model_validator(mode="after")
    def _one_volume(self) -> ProcurementYear:
        if (self.mw is None) == (self.musd is None):
            raise wrong("mw", "give mw or musd, one of them")
        for end in ("mw_low", "mw_high"):
            if self.mw is None and getattr(self, end) is not None:
                raise wrong(end, f"{end} has an effect with `mw` only")
        return self
