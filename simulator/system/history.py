"""How earlier projects fared, which is what priors are judged by. Statistics, never an input of the model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from simulator.system.names import FreeText, Id, Of
from simulator.system.plants import Group, Stage
from simulator.system.rows import Date, NonNegative, Row, wrong, year_fraction


class Precedent(Row):
    """A plant of the register of Chinese projects, whatever became of it."""

    id: Id
    name: FreeText
    country: Annotated[str, Of("countries")]
    group: Group
    capacity_mw: NonNegative | None = None
    status: Stage
    announced: Date | None = None
    promised: Date | None = None
    """Date of operation promised at signature."""
    operating: Date | None = None
    """Date of operation; empty: not yet."""
    counted: bool = True
    """Belongs to the cohorts of the statistics."""

    @model_validator(mode="after")
    def _status_and_dates_agree(self) -> Precedent:
        if (self.status == "operating") != (self.operating is not None):
            raise wrong("operating", "what is operating has a date of operation, and nothing else has one")
        if self.operating and self.announced and year_fraction(self.operating) < year_fraction(self.announced):
            raise wrong("operating", f"it operates ({self.operating}) before it is announced ({self.announced})")
        if self.counted and self.capacity_mw is None:
            raise wrong("capacity_mw", "what is counted needs a capacity")
        return self


class Evidence(Row):
    """A published figure on how projects fared elsewhere, or how one project fared."""

    id: Id
    scope: Literal["world", "country", "project"]
    country: Annotated[str, Of("countries", also=("",))] = ""
    subject: FreeText
    """Technology or sector, in the words of the source."""
    cohort: FreeText
    metric: FreeText
    """Such as ``operating_share_capacity`` or ``delay_to_commissioning``."""
    value: float
    unit: FreeText
    projects: int | None = None
    capacity_mw: NonNegative | None = None
