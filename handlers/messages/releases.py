"""Releases: which versions there are, where they run, and where they could."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Question


@dataclass(frozen=True)
class ListReleases(Question):
    service: str = ""


@dataclass(frozen=True)
class ShowRelease(Question):
    service: str
    version: str


@dataclass(frozen=True)
class PlanRelease(Question):
    """Which environments does this release fit, and what stands in the way in the others?"""

    service: str
    version: str
