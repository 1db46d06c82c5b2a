"""What is built: projects, money of investors, procurement, and what the plan may choose."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.inputs.schema.part import Level, Part
from simulator.system import (
    Date,
    EnvelopeTerms,
    Investor,
    NonNegative,
    Percent,
    Positive,
    ProcurementTerms,
    Project,
    Year,
    wrong,
)
from simulator.system.meaning import Unit
from simulator.system.names import Id, Of, Own


class Rule(Part):
    """What becomes of a set of projects."""

    realisation: Literal["all", "expected", "committed_only", "sampled", "none"] = "expected"
    """``all``: each project on its stated date. ``expected``: capacity times probability, with the mean delay of its
    stage. ``committed_only``: those under construction or financed, in full, with the delay of their stage.
    ``sampled``: each project comes or does not, and late, by chance. ``none``: no project."""
    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] = 0
    """Delay of all projects that are not operating, on top of any other; negative: earlier."""
    seed: Annotated[Annotated[int, Field(ge=0)] | None, Unit("–")] = None
    """With ``realisation: sampled``: number of the draw; the same number gives the same outcome."""
    common_percent: Annotated[float, Field(ge=0, le=95)] | None = None
    """With ``realisation: sampled``: correlation between projects, whose delays come together; empty: 0."""

    @model_validator(mode="after")
    def _chance_needs_a_seed(self) -> Rule:
        if self.realisation == "sampled" and self.seed is None:
            raise wrong("seed", "realisation: sampled needs a `seed`, such as 1")
        if self.realisation != "sampled" and (self.seed is not None or self.common_percent is not None):
            raise wrong(
                "seed" if self.seed is not None else "common_percent",
                "`seed` and `common_percent` have an effect with realisation: sampled only",
            )
        return self


class ProjectOverride(Part):
    """An explicit choice for one project."""

    build: Literal["always", "never"] | None = None
    """``always``: in full on its stated date, without delays of the rule, its stage or equipment. ``never``: not at
    all. Empty: as the rule says."""
    commissioning: Date | None = None
    """Another stated date, for example ``2030-06``; empty: that of the table."""
    extra_delay_months: Annotated[float, Field(ge=-60, le=240)] | None = None
    """Delay on top of any other; negative: earlier; empty: none."""
    storage_mw: NonNegative | None = None
    """Other power of the storage that comes with it; empty: that of the table."""
    storage_mwh: NonNegative | None = None
    """Other energy of the storage that comes with it; empty: that of the table."""


class Projects(Rule):
    """How much of a pipeline becomes real, and when."""

    override: dict[Annotated[str, Of("projects")], ProjectOverride] = {}
    """Explicit choices by project, for example ``{kaz_spic_pavlodar: {build: never}}``."""


class ProjectsAndMore(Projects):
    """The rule for projects without a Chinese part, and projects that no table has."""

    add: tuple[Project, ...] = ()
    """Projects beside those of the table ``projects``, with its columns, Chinese ones too: own cost, yield, lender."""


class AddedInvestors(Part):
    """Investors that no table has."""

    add: tuple[Investor, ...] = ()
    """Investors beside those of the table ``investors``, with its columns: own terms."""


class EnvelopeChange(EnvelopeTerms):
    """Money an investor is ready to place by the optimiser's choice, beyond named projects and procurement."""

    musd_per_year: Annotated[dict[Year, NonNegative], Unit("MUSD/year")] = Field(min_length=1)
    """Money by year; linear in between, constant after the last, nothing before the first."""


class AddedProcurement(ProcurementTerms):
    """A deal of a Chinese investor, built by its own rule whether or not the plan would choose it. The way to add a
    hypothetical plant. What exceeds the limits of building (``build_limits``) is not built, and the verdict says so."""

    name: Annotated[Id, Own("procurement.id")]
    """Name of the deal."""
    kind: Literal["treaty", "auction", "framework"] = "framework"
    """``auction``, which has a ceiling; ``treaty`` or ``framework``, which may have one."""
    mix: Annotated[dict[Annotated[str, Of("candidates (zone/technology)")], Percent], Unit("%")] = Field(min_length=1)
    """``zone/technology``: share of the volume; adds up to 100."""
    mw_per_year: Annotated[dict[Year, NonNegative] | None, Unit("MW/year")] = None
    """Volume awarded per year as capacity, by year; linear in between, constant after the last, nothing before the
    first. Either this or ``musd_per_year``."""
    musd_per_year: Annotated[dict[Year, NonNegative] | None, Unit("MUSD/year")] = None
    """Volume awarded per year as money, overnight cost with connection; by year as above. Either this or
    ``mw_per_year``."""

    @model_validator(mode="after")
    def _one_volume(self) -> AddedProcurement:
        if bool(self.mw_per_year) == bool(self.musd_per_year):
            raise wrong("mw_per_year", "give mw_per_year or musd_per_year, one of them")
        return self


class ProcurementChange(Part):
    """What becomes of money that the system places by rule."""

    level: Level | None = None
    """Where in the range of its figures it lies, such as ``low`` or 0.3; empty: as ``limits`` says."""

    factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies its volume; 0: none."""
    ceiling_per_mwh: Annotated[Positive | None, Unit("currency/MWh")] = None
    """Another ceiling, in the currency of the table; empty: that of the table."""
    lead_years: Annotated[int, Field(ge=0, le=15)] | None = None
    """Another time from award to operation; empty: that of the table."""
    ticket_mw: NonNegative | None = None
    """Another size of plants; empty: that of the table."""
    realisation_percent: Percent | None = None
    """Another share of the volume that is built at all; empty: that of the table."""


class ChineseInvestment(Part):
    """Chinese projects and money."""

    projects: Projects = Projects()
    """The rule for projects with a Chinese part (``chinese`` in the table), and choices for single ones."""
    envelopes: tuple[EnvelopeChange, ...] | None = None
    """Envelopes that replace all of the investors named in them; empty: those of the system."""
    envelope_factor: Annotated[NonNegative, Unit("–")] = 1
    """Multiplies all envelopes of Chinese investors."""
    procurement: tuple[AddedProcurement, ...] = ()
    """Deals that are built by their own rule, on top of the system's."""
    settlement: Annotated[str, Of("currencies")] | None = None
    """Currency in which all Chinese investors lend; empty: each as its table says."""
    last_year: Year | None = None
    """Chinese investors leave: nothing of theirs is commissioned after this year; empty: they stay."""


class Optimiser(Part):
    """What the plan may choose."""

    build: bool = True
    """Whether the plan may choose new capacity beyond projects."""
    retire: bool = True
    """Whether the plan may close plants early whose technology is ``retirable``."""
    expand_grid: bool = True
    """Whether the plan may add capacity to links."""
