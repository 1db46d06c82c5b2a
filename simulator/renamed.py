"""Names that have changed: what each was called before, and what it is called now.

Old names of commands, scenario keys, words, tables and columns work in this version, each with a notice, and no longer
in the next. Variables of the results have their new names only; a file with old ones is refused with a message that
gives the new ones. This is the one list of them; whoever reads names looks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

What = Literal["command", "key", "word", "table", "column", "variable"]


@dataclass(frozen=True)
class Renamed:
    """One name that has changed.

    A ``key`` is a dotted path of a scenario, of which the last part has changed; a ``word`` is a value, and ``at`` the
    dotted path of its key (``*``: any key); a ``column`` belongs to the table ``at``. Paths and tables have their new
    names.
    """

    what: What
    old: str
    new: str
    at: str = ""


RENAMED = (
    Renamed("command", "check", "operate"),
    Renamed("key", "placements", "procurement"),
    Renamed("key", "chinese_investment.placed", "chinese_investment.procurement"),
    Renamed("key", "trade", "trade_with_china"),
    Renamed("key", "trade_with_china.turnover_percent", "trade_with_china.volume_percent"),
    Renamed("word", "drawn", "sampled", "horizon.water"),
    Renamed("word", "drawn", "sampled", "horizon.wind_and_sun"),
    Renamed("word", "drawn", "sampled", "projects.realisation"),
    Renamed("word", "drawn", "sampled", "chinese_investment.projects.realisation"),
    Renamed("word", "drawn", "sampled", "national_plans.*.realisation"),
    Renamed("table", "offers", "market_steps"),
    Renamed("table", "placements", "procurement"),
    Renamed("table", "placement_mix", "procurement_mix"),
    Renamed("table", "placement_years", "procurement_years"),
    Renamed("table", "local_networks", "distribution_networks"),
    Renamed("table", "yield_years", "interannual_yields"),
    Renamed("table", "water_years", "interannual_inflows"),
    Renamed("column", "placement", "procurement", "procurement_mix"),
    Renamed("column", "placement", "procurement", "procurement_years"),
    Renamed("variable", "offer", "market_step"),
    Renamed("variable", "offer_market", "market_step_market"),
    Renamed("variable", "offer_zone", "market_step_zone"),
    Renamed("variable", "offer_country", "market_step_country"),
    Renamed("variable", "offer_direction", "market_step_direction"),
    Renamed("variable", "placement", "procurement"),
    Renamed("variable", "placement_investor", "procurement_investor"),
    Renamed("variable", "placement_kind", "procurement_kind"),
    Renamed("variable", "placed_mw", "procured_mw"),
    Renamed("variable", "placement_refused_mw", "procurement_refused_mw"),
    Renamed("variable", "local_withdrawal_mw", "distribution_withdrawal_mw"),
    Renamed("variable", "local_network_mw", "distribution_network_mw"),
    Renamed("variable", "local_surplus_mw", "distribution_surplus_mw"),
)


def renamed(what: What, at: str = "") -> dict[str, str]:
    """Old → new of one kind; of columns, those of the table ``at``."""
    return {row.old: row.new for row in RENAMED if row.what == what and row.at == at}


def notice(what: str, old: str, new: str) -> str:
    """The message to a user who writes the old name."""
    return f"the {what} `{old}` is called `{new}` now: the old name works in this version and no longer in the next"
