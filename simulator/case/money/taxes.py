"""Tax on profits: what a plant must earn so that its owners have their rate of return after tax.

The rates of investors are after tax, while what a plant earns is taxed. The yearly payment for capital, due at each
year's end and equal in real money, therefore covers the tax on itself, less what depreciation takes off the profit.

======  =======================  ========  ======================================================================
symbol  name                     unit      meaning
======  =======================  ========  ======================================================================
``A``   (yearly payment)         1/year    per unit of capital, interest during construction inside
``r``   (investor's rate)        1/year    real, after tax
``n``   life_years               years     of the plant; those of the line
``τ``   profit_tax_percent       –         tax on profits of the country where the plant is
``h``   holiday_years            years     first years without that tax
``δ``   (depreciation)           –         share of the capital that is deducted in a year: at once, then by rule
``e``   at_once_percent          –         deducted in the first year, beside depreciation of what is left
``p``   depreciation_percent     1/year    of what is left (declining), or of what was left at first (straight)
``π``   currencies.inflation     1/year    of the country's currency, in which the books are kept; without one 0
======  =======================  ========  ======================================================================

(1)  Σ_{k=1…n} [A − τ[k]·(A − δ[k]/(1 + π)^k)]/(1 + r)^k = 1,    τ[k] = 0 up to year h, then τ
(2)  A = (1 − τ·Σ_{k>h} δ[k]/((1 + r)·(1 + π))^k) / (a(n) − τ·(a(n) − a(min(h, n)))),    a(n) = (1 − (1 + r)⁻ⁿ)/r
(3)  δ[k] = e·[k = 1] + (1 − e)·p·(1 − p)^(k − 1)            declining; what is left in the last year is deducted then
     δ[k] = e·[k = 1] + (1 − e)·min(p, what is left)         straight

Depreciation runs in the years of a holiday too and is used up there. Without tax (2) is the recovery factor 1/a(n).
Interest is deducted where it belongs: the cost of debt is after tax (``cost_of_capital``), so that nothing is counted
twice. Losses are set against other profits or carried forward without loss of value. Operation and fuel are deducted in
the year in which they are paid and need no row. Where nobody owns a line, or no owner is named, no tax is added.

Taxes are a payment to the state, not a use of resources. They are in the cost of supply because they are in the price
at which an investor builds. Left out: property and land tax, duties, value-added tax, tax on dividends sent abroad.
"""

from __future__ import annotations

from simulator.case.finance import Tax
from simulator.system import System


def all_taxes(system: System) -> dict[str, Tax]:
    """Country → its tax on profits; countries without a row have none."""
    inflation = {row.id: row.inflation_percent / 100 for row in system.currencies}
    money = {row.id: row.currency for row in system.countries}
    return {
        row.country: Tax(
            rate=row.profit_tax_percent / 100,
            holiday=row.holiday_years,
            at_once=row.at_once_percent / 100,
            depreciation=row.depreciation_percent / 100,
            declining=row.method == "declining",
            inflation=inflation.get(money[row.country] or "", 0.0),
        )
        for row in system.taxes
    }
