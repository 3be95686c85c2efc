"""What an environment is made of beside the versions that run there."""

from __future__ import annotations

from typing import Annotated

from handlers.setup.forms import CURRENCY, PATH, VARIABLE, Count, Duration, Name, Rate, formed
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


class Cost(Part):
    """What an hour costs while something runs there, and while nothing does."""

    per_hour: Rate
    stopped: Rate = 0.0
    currency: Annotated[str, formed(CURRENCY)] = "EUR"
