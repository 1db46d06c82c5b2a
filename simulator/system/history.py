"""How earlier projects fared, which is what priors are judged by. Statistics, never an input of the model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from simulator.system.meaning import Unit
from simulator.system.names import FreeText, Id, Of
from simulator.system.plants import Group, Stage
from simulator.system.rows import Date, NonNegative, Row, wrong


class Precedent(Row):
    """A plant of the register of Chinese projects, whatever became of it."""

    ascending = (("announced", "operating"),)
    id: Id
    """Name of the record."""
    name: FreeText
    """Name of the plant for the reader."""
    country: Annotated[str, Of("countries")]
    """Country of the plant."""
    group: Group
    """Technology group of the plant."""
    capacity_mw: NonNegative | None = None
    """Capacity as announced, needed where ``counted``; empty: not published."""
    status: Stage
    """What became of it: ``operating``, ``construction``, ``financed``, ``agreement``, ``announced``, or ``superseded``
    by another project."""
    announced: Date | None = None
    """First public word of it; empty: not known."""
    promised: Date | None = None
    """Date of operation promised at signature; empty: not known."""
    operating: Date | None = None
    """Date of operation; empty: not yet."""
    counted: bool = True
    """Whether it belongs to the cohorts of the statistics."""

    @model_validator(mode="after")
    def _status_and_dates_agree(self) -> Precedent:
        if (self.status == "operating") != (self.operating is not None):
            raise wrong("operating", "what is operating has a date of operation, and nothing else has one")
        if self.counted and self.capacity_mw is None:
            raise wrong("capacity_mw", "what is counted needs a capacity")
        return self


class Evidence(Row):
    """A published figure on how projects fared elsewhere, or how one project fared."""

    id: Id
    """Name of the record."""
    scope: Literal["world", "country", "project"]
    """What the figure describes: the ``world``, a ``country``, or a single ``project``."""
    country: Annotated[str, Of("countries", also=("",))] = ""
    """Country that it describes; empty: none of the system's."""
    subject: FreeText
    """Technology or sector, in the words of the source."""
    cohort: FreeText
    """Which projects are counted, for example those announced from 2013 to 2018."""
    metric: FreeText
    """What is measured, such as ``operating_share_capacity`` or ``delay_to_commissioning``."""
    value: Annotated[float, Unit("see unit")]
    """The published figure."""
    unit: FreeText
    """Unit of the value."""
    projects: Annotated[int | None, Unit("projects")] = None
    """Number of projects behind the figure; empty: not published."""
    capacity_mw: NonNegative | None = None
    """Capacity behind the figure; empty: not published."""
