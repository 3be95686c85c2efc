"""What an environment is made of beside the versions that run there."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field, model_validator

from handlers.setup.forms import (
    CLOCK,
    CURRENCY,
    PATH,
    VARIABLE,
    WEEKDAYS,
    Count,
    Duration,
    Name,
    Rate,
    Zone,
    formed,
)
from handlers.setup.part import Part


class Data(Part):
    """A service's data in an environment: a place of its own, which its process finds in
    ``variable``. At first it holds what the ``baseline`` folder holds, with the files of
    ``seeds`` laid over it in their order; without either it is empty."""

    variable: Annotated[str, formed(VARIABLE)]
    baseline: str = ""
    seeds: tuple[str, ...] = ()


class Smoke(Part):
    """A question to a service's stable address: answered 2xx, with ``contains`` in the answer."""

    service: Name
    path: Annotated[str, formed(PATH)]
    contains: str = ""


class Approvals(Part):
    needed: Count = 0
    by: tuple[Name, ...] = ("approver",)
    expire: Duration = 1800.0


class Reset(Part):
    """Who may ask for a reset, nobody unless it is said; whether data is kept first; and how many
    others have to say yes."""

    by: tuple[Name, ...] = ()
    backup: bool = True
    approvals: Approvals = Approvals()


class WorkingHours(Part):
    """On which days, and from when until when, in the time of which zone."""

    days: Annotated[str, formed(WEEKDAYS)] = "mon-fri"
    begin: Annotated[str, formed(CLOCK)] = Field(alias="from")
    until: Annotated[str, formed(CLOCK)]
    zone: Zone

    @model_validator(mode="after")
    def _in_order(self) -> WorkingHours:
        if self.begin >= self.until:
            raise ValueError("expected from to be before until, on one day")
        return self


def clock_time(text: str) -> time:
    """``08:00`` -> a time of day; 24:00 is midnight."""
    return time() if text == "24:00" else time.fromisoformat(text)


class Cost(Part):
    """What an hour costs while something runs there, and while nothing does."""

    per_hour: Rate
    stopped: Rate = 0.0
    currency: Annotated[str, formed(CURRENCY)] = "EUR"
