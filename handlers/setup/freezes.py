"""Windows in which environments are closed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from handlers.rules.freezes import read_edge
from handlers.setup.forms import Name, Zone
from handlers.setup.part import Part


def edge(text: str) -> str:
    try:
        read_edge(text)
    except ValueError:
        raise ValueError(
            "expected a day and a time such as 2026-12-20 18:00, or fri 16:00 for every week"
        ) from None
    return text


Edge = Annotated[str, AfterValidator(edge)]


class Freeze(Part):
    """A window, once or every week, in which nothing is deployed, prepared or reset: in all
    environments, or in those of some tiers and some by name, but not in others. Rollbacks pass."""

    begins: Edge
    ends: Edge
    zone: Zone = "UTC"
    tiers: tuple[Literal["development", "test", "staging", "production"], ...] = ()
    environments: tuple[Name, ...] = ()
    but: tuple[Name, ...] = ()
    because: Annotated[str, Field(min_length=3, max_length=300)]

    def covers(self, environment: str, tier: str) -> bool:
        if environment in self.but:
            return False
        everywhere = not self.tiers and not self.environments
        return everywhere or tier in self.tiers or environment in self.environments
